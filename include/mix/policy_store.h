/* policy_store.h - the files of the rules and of the audit log, in the state directory:
 * `rules.jsonl`, `rules.used` and `audit.jsonl` with `audit.jsonl.1` to `.4`, all 0600. Every
 * change is made under a lock and by writing beside and renaming, so that several programs may do
 * it at once. Blocking: for the job thread and the command line. */
#ifndef MIX_POLICY_STORE_H
#define MIX_POLICY_STORE_H

#include "mix/policy.h"

enum { AUDIT_BYTES = 10 * 1000 * 1000, AUDIT_FILES = 5, RULES_BYTES = 4 * 1024 * 1024 };
/* dir: `.../mixtui`. Missing files are empty. */
enum rc policy_load(struct policy *out, const char *dir, struct err *err);
/* Rules that belong to somebody else, or that others may write, are not used: RC_IO says so. Every
 * verb here looks by itself; this is for who reads the file in another way. */
enum rc policy_check(const char *dir, struct err *err);
/* line: as policy_write_rule writes it. */
enum rc policy_add(const char *dir, const char *line, struct err *err);
/* RC_USAGE: there is no such rule. The line is taken out; its neighbours stay as they are. */
enum rc policy_remove(const char *dir, const char *id, struct err *err);
/* Reads the rules as they are now, decides, counts the hit and writes the audit line of an
 * automatic answer, in this order; what cannot be written down is not allowed: *out is ASK then,
 * with err. rule_text is in a. */
enum rc policy_rule_on(const char *dir, const struct ruling_ask *ask, int64_t real, struct arena *a,
                       struct ruling *out, struct err *err);
/* Appends one line; the file that passes AUDIT_BYTES makes way first. */
enum rc audit_append(const char *dir, const char *line, size_t n, struct err *err);
/* The newest lines, at most `most` bytes of them, whole, oldest first, across the files. */
enum rc audit_tail(const char *dir, struct buf *out, size_t most, struct err *err);

#endif
