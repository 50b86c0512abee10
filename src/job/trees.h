/* trees.h - scans of whole trees, each in a thread of its own. Private to the job floor; job thread
 * only. */
#ifndef MIX_JOB_TREES_H
#define MIX_JOB_TREES_H

#include "mix/task.h"

struct bell;
struct trees;
struct trees *trees_new(struct bell *bell);        /* rung when a chunk is there */
void trees_add(struct trees *all, struct task *t); /* takes t; its path is expanded already */
bool trees_cancel(struct trees *all, uint32_t id); /* false: it is not here */
struct task *trees_next(struct trees *all);        /* one that is answered, NULL: none */
void trees_free(struct trees *all);                /* stops and joins; drops what waits */

#endif
