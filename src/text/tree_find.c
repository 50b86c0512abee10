/* tree_find.c - a search in a tree, slice by slice.
 *
 * `hits` are the rows that match among those looked at. A query that only grew filters them in
 * place: [0, kept) match the new one, [next, n_hits) are still to be looked at, behind them the
 * rows from `looked` on. */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

enum { ROW_COST = 2, MATCH_COST = 24 }; /* bytes that looking at a row counts for */

struct tree_find {
    const struct tree *tree;
    struct tree_query query;
    char *typed;
    uint32_t *hits;
    size_t n_hits, cap_hits, kept, next;
    size_t looked;
    /* The best: a heap, the worst on top. Score above, place below, turned round: earlier is
     * better. */
    uint64_t heap[TREE_BEST];
    size_t n_heap;
    bool sorted;
    uint32_t best[TREE_BEST];
};

struct tree_find *tree_find_new(const struct tree *t) {
    struct tree_find *f = xcalloc(1, sizeof *f);

    f->tree = t;
    f->typed = xstrdup("");
    return f;
}

void tree_find_free(struct tree_find *f) {
    if (!f)
        return;
    free(f->hits);
    free(f->typed);
    free(f);
}

/* All that matches the new one matches the old one. */
static bool only_grew(const char *old, const char *now) {
    const size_t n = strlen(old);

    return strncmp(old, now, n) == 0 && !strpbrk(now, "!") && !strchr(old, '$');
}

void tree_find_set(struct tree_find *f, const char *query) {
    if (strcmp(f->typed, query) == 0)
        return;
    const bool grew = f->query.n > 0 && only_grew(f->typed, query);

    if (grew) {
        if (f->hits)
            memmove(f->hits + f->kept, f->hits + f->next, (f->n_hits - f->next) * sizeof *f->hits);
        f->n_hits -= f->next - f->kept;
    } else {
        f->n_hits = 0;
        f->looked = 0;
    }
    f->kept = f->next = 0;
    f->n_heap = 0;
    f->sorted = false;
    free(f->typed);
    f->typed = xstrdup(query);
    tree_query_read(&f->query, query);
}

/* ---- the best ---- */

static void sink(uint64_t *heap, size_t n, uint64_t key) {
    size_t at = 0;

    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && heap[child + 1] < heap[child])
            child++;
        if (key <= heap[child])
            break;
        heap[at] = heap[child];
    }
    heap[at] = key;
}

static void rise(uint64_t *heap, size_t at, uint64_t key) {
    for (; at > 0 && heap[(at - 1) / 2] > key; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = key;
}

static void offer(struct tree_find *f, int score, size_t row) {
    const uint64_t key = (uint64_t)(uint32_t)score << 32 | (UINT32_MAX - (uint32_t)row);

    f->sorted = false;
    if (f->n_heap < TREE_BEST)
        rise(f->heap, f->n_heap, key), f->n_heap++;
    else if (key > f->heap[0])
        sink(f->heap, TREE_BEST, key);
}

static int best_first(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x > y ? -1 : x < y;
}

const uint32_t *tree_best(struct tree_find *f, size_t *n) {
    if (f->query.n == 0) {
        *n = f->tree->n < TREE_BEST ? f->tree->n : TREE_BEST;
        for (size_t i = 0; i < *n; i++)
            f->best[i] = (uint32_t)i;
        return f->best;
    }
    *n = f->n_heap;
    if (f->sorted)
        return f->best;
    uint64_t in_order[TREE_BEST];

    memcpy(in_order, f->heap, f->n_heap * sizeof *in_order);
    qsort(in_order, f->n_heap, sizeof *in_order, best_first);
    for (size_t i = 0; i < f->n_heap; i++)
        f->best[i] = UINT32_MAX - (uint32_t)in_order[i];
    f->sorted = true;
    return f->best;
}

/* ---- looking ---- */

static size_t try_row(struct tree_find *f, size_t row) {
    const struct tree *t = f->tree;
    const struct tree_row *r = &t->rows[row];

    if ((t->masks[row] & f->query.need) != f->query.need)
        return ROW_COST;
    const int score =
        tree_query_score(&f->query, t->names + r->off, t->low + r->off, r->len, r->base);

    if (score > 0) {
        if (f->kept == f->n_hits) { /* else there is room: more was read than is kept */
            f->hits = xgrow(f->hits, f->n_hits, &f->cap_hits, sizeof *f->hits);
            f->n_hits++;
            f->next = f->n_hits;
        }
        f->hits[f->kept++] = (uint32_t)row;
        offer(f, score, row);
    }
    return MATCH_COST + r->len;
}

bool tree_find_left(const struct tree_find *f) {
    return f->query.n > 0 && (f->next < f->n_hits || f->looked < f->tree->n);
}

bool tree_find_step(struct tree_find *f, size_t bytes) {
    size_t spent = 0;

    if (f->query.n == 0)
        return false;
    while (spent < bytes && f->next < f->n_hits)
        spent += try_row(f, f->hits[f->next++]);
    if (f->next == f->n_hits) /* only what matches is left of them */
        f->n_hits = f->next = f->kept;
    while (spent < bytes && f->next == f->n_hits && f->looked < f->tree->n)
        spent += try_row(f, f->looked++);
    return tree_find_left(f);
}

size_t tree_found(const struct tree_find *f) { return f->query.n == 0 ? f->tree->n : f->kept; }

int tree_score(const struct tree_find *f, const char *name, size_t n) {
    auto_free char *low = xstrndup(name, n);
    size_t base = 0;

    if (f->query.n == 0)
        return 1;
    for (size_t i = 0; i < n; i++) {
        if (low[i] >= 'A' && low[i] <= 'Z')
            low[i] = (char)(low[i] + 32);
        if (low[i] == '/')
            base = i + 1;
    }
    auto_free char *own = xstrndup(name, n);

    return tree_query_score(&f->query, own, low, n, base);
}
