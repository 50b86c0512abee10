/* find.h - finding text in text, by PCRE2. A finder may be used by one thread at a time. Pure. */
#ifndef MIX_FIND_H
#define MIX_FIND_H

#include "mix/base.h"

struct find;
enum find_kind {
    FIND_TEXT,  /* as it stands */
    FIND_REGEX, /* Perl's syntax; work on one text is bounded, what exceeds it is no match */
};
/* Smart case: a query without upper-case letters matches any case. UTF-8 both ways; invalid bytes
 * of the text match nothing. ^ and $ are ends of lines. Fails: RC_USAGE, `detail` is the byte of
 * the query where it goes wrong. */
enum rc find_new(struct find **out, const char *query, enum find_kind kind, struct err *err);
void find_free(struct find *f);
/* Matches are never empty and do not overlap. Looked for in the n bytes at s, from `from` on,
 * which is where a character begins; what stands before it is seen by \b and the like. */
bool find_next(struct find *f, const char *s, size_t n, size_t from, size_t *at, size_t *len);
/* The last of those that begin before `before`, and how many those are. */
bool find_last(struct find *f, const char *s, size_t n, size_t from, size_t before, size_t *at,
               size_t *len);
size_t find_count(struct find *f, const char *s, size_t n, size_t from, size_t before);
/* How often work was given up since find_new: there may be more than what was found. */
size_t find_given_up(const struct find *f);

#endif
