/* run_reading.c - commands of how the thread is shown. */
#include "private.h"

COMMAND(cmd_source) { act_source(m); }

COMMAND(cmd_split) { act_split(m); }
