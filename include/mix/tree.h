/* tree.h - the names below a directory: packed as TASK_TREE brings them, found by fuzzy words.
 *
 * Pure: chunks in, places out; whoever asks says how much work a call may do. 200,000 names are
 * searched in slices, so that no key waits for the whole; a query that only grew looks at what the
 * shorter one found. Names are as the file system has them: any bytes but NUL, not UTF-8, not
 * clean. Main thread only, like the model that owns them. */
#ifndef MIX_TREE_H
#define MIX_TREE_H

#include "mix/base.h"

enum {
    TREE_NAMES_MAX = 1000000,
    TREE_BEST = 1000,           /* rows that are kept in order; the rest is counted */
    TREE_SLICE = 512 * MIX_KIB, /* bytes of names in one step: about 3 ms at worst */
};
#define TREE_BYTES_MAX (64 * MIX_MIB)

enum tree_kind { TREE_FILE, TREE_DIR, TREE_FIFO, TREE_SOCKET, TREE_DEVICE, TREE_DANGLING };

/* ---- the names ---- */
struct tree;
struct tree *tree_new(void);
void tree_free(struct tree *t);
/* A chunk: for each name one byte '0' + enum tree_kind, the path below the start directory, NUL.
 * False: it does not fit any more, or is no chunk; what fitted is there. */
bool tree_add(struct tree *t, const char *chunk, size_t n);
size_t tree_count(const struct tree *t);
const char *tree_name(const struct tree *t, size_t at); /* `src/main.c`; a directory without `/` */
size_t tree_length(const struct tree *t, size_t at);
enum tree_kind tree_kind(const struct tree *t, size_t at);

/* ---- finding ---- */
struct tree_find;
struct tree_find *tree_find_new(const struct tree *t); /* which outlives it and may go on growing */
void tree_find_free(struct tree_find *f);
/* Blank-separated words, each a subsequence of the path; smart case. A word that starts with ' is
 * found as it stands, one with ^ begins the path, one with $ behind it ends it, ! turns one of
 * these round. Empty: every name, in the order of the tree. Cheap. */
void tree_find_set(struct tree_find *f, const char *query);
/* Looks at `bytes` more of the names. True: there is more to look at. */
bool tree_find_step(struct tree_find *f, size_t bytes);
bool tree_find_left(const struct tree_find *f); /* a step has something to do */
size_t tree_found(const struct tree_find *f);   /* so far */
/* The best of them so far, best first, places in the tree; *n <= TREE_BEST. Valid until the next
 * set or step. While a slower search goes on these are the best of what was looked at. */
const uint32_t *tree_best(struct tree_find *f, size_t *n);
/* The same score for one name; 0: it does not match. */
int tree_score(const struct tree_find *f, const char *name, size_t n);

#endif
