/* terminfo.h - private to term: the terminal's description, away from <term.h>'s macros and its
 * `struct term`. */
#ifndef MIX_TERM_TERMINFO_H
#define MIX_TERM_TERMINFO_H

#include <stdbool.h>

bool terminfo_load(void); /* TERM's description; false: there is none */
void terminfo_drop(void); /* what was loaded */
/* a capability by its short name ("cup"), NULL when absent */
const char *terminfo_string(const char *n);

int terminfo_number(const char *n); /* a number by its short name ("ncv"), 0 when absent */

#endif
