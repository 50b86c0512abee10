/* inner.h - what the files of the policy floor share. */
#ifndef MIX_POLICY_INNER_H
#define MIX_POLICY_INNER_H

#include "mix/policy.h"

/* JSON text of that length can be held; what is longer is not understood. */
enum { PARAMS_MAX = 32 * 1024 * 1024 };

/* The parameter that says what a call of that tool is about; NULL: no such tool is known. */
const char *policy_object_name(const char *tool);
/* One line without its line end, blanks around it or not; false: it has nothing but a remark. */
bool policy_line_says(const char *line, size_t n);
/* The `"id"` of a line as it stands, a bad one's too. False: none. */
bool policy_line_id(const char *line, size_t n, char out[24]);
/* A line of the file of hits: `ID HITS TIME`. */
void policy_add_used(struct buf *out, const char *id, int64_t hits, int64_t used);
/* The next line of a text; false at its end. *line and *n: without the line end. */
bool policy_next_line(const char **at, const char *end, const char **line, size_t *n);

#endif
