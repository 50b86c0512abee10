/* rule.h - does a tool call match `TOOL` or `TOOL:PATTERN`? For automatic answers: when in doubt it
 * does not match. Pure.
 *
 * TOOL     a tool's name in any era's spelling: case does not count, and `_` only where an era had
 *          none (todo_write, TodoWrite; the MCP tool `ba_sh` is not Bash); `*` is every tool
 * PATTERN  over the whole command or path, none of it left out; none: every call of the tool
 *          `=TEXT`: exactly this text
 *          beginning with `/`, `./` or `~/`: a path. `*` and `?` stay within one part, `**` between
 *          slashes is any number of parts (at the end: one or more); none of them stands for a dot
 *          at the beginning of a part or, in a command, for a blank. `~` is not expanded
 *          `TEXT*`, the only wildcard being the star at the end: a prefix
 *          with `*` or `?` elsewhere: a glob
 *          else: exactly this text
 *
 * What `*` and `?` stand for never contains a shell operator or what could change the meaning of
 * its surroundings (; & | < > ` $ ( ) { } backslash), a line end, a tab or another control byte;
 * quotes only after a prefix without quotes, and then in pairs. `..` as a part of a path anywhere
 * in the text: no wildcard matches. Nor in a text beyond 256 KiB. A text with characters that are
 * not seen (rule_hidden) matches nothing but a bare TOOL; who grants asks rule_hidden as well.
 * Links of the file system are not followed. Time is linear in the text for a pattern of a given
 * length. */
#ifndef MIX_RULE_H
#define MIX_RULE_H

#include "mix/base.h"

struct rule {
    char *tool;    /* normalised */
    char *pattern; /* NULL: every call */
    enum { RULE_ANY, RULE_EXACT, RULE_PREFIX, RULE_GLOB, RULE_PATH } kind;
};
/* Fails: RC_USAGE: no tool, an empty pattern, a pattern with hidden characters, line ends or tabs
 * or of bare wildcards (`Bash:*` says `Bash` instead), a path with `..`, `.` or empty parts or with
 * `**` beside other text, bytes that are not UTF-8. *out is empty then. */
enum rc rule_parse(struct rule *out, const char *text, struct err *err);
void rule_fini(struct rule *r);
/* object: the whole command, or the path of the file; NULL when the call has neither, then only a
 * bare TOOL matches. */
bool rule_matches(const struct rule *r, const char *tool, const char *object);
/* Something in it would not be seen when it is read: controls other than line ends and tabs, bidi,
 * zero width, selectors, blanks other than U+0020, private and unassigned characters, U+FFFD,
 * invalid UTF-8. */
bool rule_hidden(const char *object);

#endif
