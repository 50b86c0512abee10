/* draft_file.h - the bytes of a draft's file, for drafts.c. */
#ifndef MIX_MODEL_DRAFT_FILE_H
#define MIX_MODEL_DRAFT_FILE_H

#include "private.h"

void draft_write(struct buf *out, const struct session *s); /* nothing: the file goes */
/* What the file holds, merged into s; how many were queued. False: it is damaged, and what could be
 * read of it was taken. */
bool draft_take(struct model *m, struct session *s, const struct task *t, size_t *queued,
                struct effects *fx);
/* The texts of a file that nobody here has go into the prompt history; how many. s NULL: all. */
size_t draft_keep(struct model *m, const struct task *t, const struct session *s,
                  struct effects *fx);

#endif
