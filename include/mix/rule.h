/* rule.h - does a tool call match `TOOL` or `TOOL:PATTERN`? For automatic answers: when in doubt it
 * does not match. Pure.
 *
 * TOOL     a tool's name in any era's spelling (case and `_` do not count); `*` is every tool
 * PATTERN  none: every call of the tool
 *          `=TEXT`: exactly this text · `TEXT*` with the only star at the end: a prefix
 *          with `*` or `?` elsewhere: a glob over the whole text
 *          beginning with `/`, `./` or `~/`: a path; `*` stays within one segment, `**` crosses
 * them; a subject with `..` segments never matches else: exactly this text
 *
 * What `*` and `?` stand for never contains a shell operator (; & | < > ` $( newline ...), a
 * control byte or a character that is not seen; a subject that holds hidden characters anywhere
 * matches nothing but a bare TOOL, and not even that when it is granted: see rule_hidden. */
#ifndef MIX_RULE_H
#define MIX_RULE_H

#include "mix/base.h"

struct rule {
    char *tool;    /* normalised */
    char *pattern; /* NULL: every call */
    enum { RULE_ANY, RULE_EXACT, RULE_PREFIX, RULE_GLOB, RULE_PATH } kind;
};
/* Fails: RC_USAGE: no tool, an empty pattern, a pattern with hidden characters or of bare stars
 * (`Bash:*` says `Bash` instead), bytes that are not UTF-8. */
enum rc rule_parse(struct rule *out, const char *text, struct err *err);
void rule_fini(struct rule *r);
/* object: the whole command, or the path of the file; NULL when the call has neither, then only a
 * bare TOOL matches. */
bool rule_matches(const struct rule *r, const char *tool, const char *object);
/* Something in it would not be seen when it is read: controls, bidi, zero width, invalid UTF-8. */
bool rule_hidden(const char *object);

#endif
