/* known.h - private to the term floor: what is known of terminals by their names. */
#ifndef MIX_TERM_KNOWN_H
#define MIX_TERM_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

/* Terminals that answer OSC 11 or swallow it; others might print it. */
bool answers_osc(const char *name);
bool is_named(const char *name, const char *const *heads, size_t n); /* begins with one of them */

#endif
