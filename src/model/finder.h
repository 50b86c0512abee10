/* finder.h - the names below one local directory as they come in, and a search in them. For the
 * file picker and for `@`: each has one of its own. */
#ifndef MIX_MODEL_FINDER_H
#define MIX_MODEL_FINDER_H

#include "private.h"

#include "mix/tree.h"

struct finder {
    char *dir; /* NULL: nothing was ever asked for */
    bool hidden;
    char *query;
    struct tree *tree;
    struct tree_find *find;
    uint32_t task;   /* the scan's, 0: none is under way */
    bool whole, cut; /* scanned to its end; it has more than is kept */
    int64_t scanned_at;
    struct err err;
};

/* Scans dir unless that was done within the last half minute, or is being done. The query stays. */
void finder_begin(struct model *m, struct finder *f, const char *dir, bool hidden,
                  enum task_tag tag, struct effects *fx);
/* One of its tasks came back; takes t. False: it is of an older scan and nothing changed. */
bool finder_task(struct model *m, struct finder *f, struct task *t, enum task_tag tag,
                 struct effects *fx);
void finder_query(struct finder *f, const char *query); /* and does the first slice */
bool finder_step(struct finder *f);       /* one more slice; true: what is shown changed */
bool finder_busy(const struct finder *f); /* a slice is due: ask for a tick now */
void finder_stop(struct model *m, struct finder *f, struct effects *fx); /* keeps what it has */
void finder_fini(struct finder *f);

#endif
