/* clipboard.h - private to the term floor. */
#ifndef MIX_TERM_CLIPBOARD_H
#define MIX_TERM_CLIPBOARD_H

#include "mix/base.h"

/* Appends what a terminal is told. Fails: RC_LIMIT. */
enum rc clipboard_sequence(struct buf *out, const char *text, size_t n);

#endif
