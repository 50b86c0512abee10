/* terminfo.c - what the description of the terminal says: strings and numbers. */
#include "terminfo.h"

#include <curses.h>
#include <stdint.h>
#include <term.h>
#include <unistd.h>

bool terminfo_load(void) {
    int status = 0;
    return setupterm(NULL, STDOUT_FILENO, &status) == OK;
}

void terminfo_drop(void) { del_curterm(cur_term); }

const char *terminfo_string(const char *n) {
    const char *s = tigetstr(n);
    return s && (intptr_t)s != -1 ? s : NULL; /* -1: no such capability name */
}

int terminfo_number(const char *n) {
    const int value = tigetnum(n);
    return value > 0 ? value : 0;
}
