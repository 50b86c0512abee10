/* policy.h - what may be answered without a person, how dangerous a request looks, and what is
 * written down of every answer. Pure; any thread. The files are in policy_store.h.
 *
 * A rule is one JSON object on one line of the rules file:
 *
 *   {"id":"r3f9a01c2","rule":"Bash:git status*","answer":"allow","scope":"session",
 *    "server":KEY,"session":ID,"directory":DIR,"made":"2026-11-23T14:02:00Z","expires":TIME}
 *
 * `rule` is read by rule_parse (rule.h). `scope`: session needs server and session, and holds for
 * its sub-agents as well; directory needs server and directory, the session's working directory,
 * exactly; always needs neither and ignores them. `made` and `expires` may be missing. A line with
 * anything else in it, a name twice, a name nobody knows, or a value of another kind is off: a rule
 * is never wider than it was written. Blank lines and lines that begin with # are skipped.
 *
 * Deny beats allow. A request with hidden characters, with parameters that are not wholly
 * understood or without a tool's name is allowed by no rule; it may be denied by one. */
#ifndef MIX_POLICY_H
#define MIX_POLICY_H

#include "mix/rule.h"
#include "mix/ruling.h"

/* ---- rules ---- */
enum rule_scope { RULE_SESSION, RULE_DIRECTORY, RULE_ALWAYS };
struct policy_rule {
    char id[24];
    char *text; /* `TOOL` or `TOOL:PATTERN` as it was written */
    struct rule rule;
    bool deny;
    enum rule_scope scope;
    char *server, *session, *directory; /* what the scope needs, else NULL */
    int64_t made, expires;              /* ms since 1970; 0: not told, never */
    int64_t hits, used;                 /* of the file beside it: how often, when last; 0: never */
    size_t line;                        /* of the file, from 1; 0: not from a file */
    char *off;                          /* why this line is off, naming what is wrong; NULL: it is a
                                           rule. Then only `line` and `text`, the line itself, are set */
};
struct policy {
    struct policy_rule *rules; /* in the file's order, bad lines among them */
    size_t n, cap;
    size_t n_off;
};
/* What a rules file says; never fails: bad lines are off. used: the file of hits, may be NULL. */
void policy_read(struct policy *p, const char *data, size_t n, const char *used, size_t n_used);
void policy_fini(struct policy *p);
void policy_rule_fini(struct policy_rule *r);
/* Its line with its line end; a fresh id is the caller's. RC_USAGE: it is not complete. */
enum rc policy_write_rule(struct buf *out, const struct policy_rule *r, struct err *err);
/* What the rules say at `real`; p is as it was read then. */
struct ruling policy_decide(const struct policy *p, const struct ruling_ask *ask, int64_t real);
/* Why the rule does not hold for this request, in a few words; NULL: it does. For a tester and for
 * the editor of a rule. */
const char *policy_why_not(const struct policy_rule *r, const struct ruling_ask *ask, int64_t real);
/* What begins so may do anything: `bash -c`, `sudo`, `find src`, `rm`. beginning: of a command. */
bool policy_opens_all(const char *beginning);
/* Patterns that fit the request, best first: exact, then ever wider ones that are still safe, as
 * `Bash:git status*`, `Edit:src/parser/<star>`, `Grep`. Each is a text for rule_parse; in a.
 * Returns how many. */
size_t policy_suggest(struct arena *a, const struct ruling_ask *ask, const char **out, size_t max);

/* ---- requests ---- */
/* The command or path of a call, from its parameters; false: it has none that is beyond doubt. */
bool policy_object(struct buf *out, const char *tool, const char *params);
/* Something in its object or parameters would not be seen when it is read. */
bool policy_hides(const struct ruling_ask *ask);

/* ---- risk: risks.def is the one table ---- */
enum risk {
    RISK_NONE,
    RISK_NOTABLE, /* marked: network, outside the working directory, ... */
    RISK_SEVERE,  /* a grant is held a moment: rm -r outside the session, sudo, a pipe to a shell,
                     secrets */
};
struct risk_mark {
    enum risk level;
    const char *why; /* "runs as root"; static */
    size_t from, to; /* bytes of the object it was seen in; equal: all of it */
};
/* The worst first, in the order of the object otherwise; at most max, and how many of them. */
size_t risk_look(const struct ruling_ask *ask, struct risk_mark *out, size_t max);

/* ---- audit: one JSON line for every answer, automatic or manual ----
 *   {"time":"2026-11-23T14:02:31.120Z","server":KEY,"session":ID,"title":T,"request":ID,
 *    "tool":T,"object":TEXT,"bytes":N,"sha256":HEX,"answer":"grant","by":"key","rule":ID,
 *    "rule_text":TEXT,"armed_ms":N}
 * `object` is the whole object, or where there is none the parameters: secrets redacted, then cut
 * to 16 kB on a character, with the bytes and the SHA-256 of what it was before both. */
enum { AUDIT_OBJECT = 16 * 1024 };
enum rc audit_line(struct buf *out, const struct ruling_ask *ask,
                   const struct ruling_answer *answer, const struct ruling *ruling, int64_t real);
/* One line read again; strings in a; false: it is none. */
struct audit_row {
    int64_t real;
    const char *server, *session, *title, *request, *tool, *object, *answer, *by, *rule, *rule_text;
    const char *sha256;
    int64_t bytes, armed_ms;
};
bool audit_read(struct audit_row *out, struct arena *a, const char *line, size_t n);

#endif
