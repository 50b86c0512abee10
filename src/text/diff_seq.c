/* diff_seq.c - two sequences compared: Myers' search from both ends, in bounded time. */
#include <stdlib.h>
#include <string.h>

#include "diff.h"

enum {
    DEPTH_MAX = 1024, /* of the search from one end */
    DEPTH_MIN = 12,   /* always allowed, so that small differences are exact everywhere */
    LEVELS_MAX = 5,   /* of anchors among anchors */
    UNREACHED = -(1 << 30)
};

struct anchor {
    uint32_t x, y, chain; /* chain: 1 + index of the one before in its row */
};
/* How often a number is on each side, and where on the second: beside each other in memory. */
struct tally {
    uint32_t a, b, place;
};
/* The furthest place from one end on each diagonal; v points at diagonal 0. */
struct front {
    int32_t memory[2 * DEPTH_MAX + 5];
    int32_t *v;
    int sign; /* 1: from the start on, -1: from the end back */
};
struct search {
    const uint32_t *a, *b;
    uint8_t *gone, *come;
    struct front forward, backward;
    int64_t work;
    struct tally *tallies; /* by number; counts are zero between uses */
    struct anchor *anchors;
    uint32_t *tops; /* of rows of anchors, by length */
};
struct box {
    int32_t x0, x1, y0, y1;
};

static void compare_box(struct search *w, struct box box, int level);

/* ---- Myers: the middle of a shortest way ---- */
static int32_t furthest(struct search *w, const struct box *box, const struct front *f, int32_t k) {
    const int32_t n = box->x1 - box->x0, m = box->y1 - box->y0;
    const int32_t left = f->v[k - 1], above = f->v[k + 1];
    const int32_t right = left >= 0 && left < n ? left + 1 : UNREACHED;
    const int32_t down = above >= 0 && above - k <= m ? above : UNREACHED;
    int32_t x = right > down ? right : down;

    if (x < 0)
        return x;
    const uint32_t *a = f->sign > 0 ? w->a + box->x0 : w->a + box->x1 - 1;
    const uint32_t *b = f->sign > 0 ? w->b + box->y0 : w->b + box->y1 - 1;

    const int32_t from = x;

    while (x < n && x - k < m && a[f->sign * x] == b[f->sign * (x - k)])
        x++;
    w->work -= 1 + x - from;
    return x;
}

/* One more step from one end; true when it met what came from the other: *x, *k is where. */
static bool step(struct search *w, const struct box *box, struct front *f,
                 const struct front *other, int32_t d, int32_t other_d, int32_t *x, int32_t *k) {
    const int32_t n = box->x1 - box->x0, m = box->y1 - box->y0, delta = n - m;
    const int32_t low = d <= m ? -d : d - 2 * m, high = d <= n ? d : 2 * n - d;

    for (*k = low; *k <= high; *k += 2) {
        const int32_t across = delta - *k;

        *x = furthest(w, box, f, *k);
        f->v[*k] = *x;
        if (*x >= 0 && across >= -other_d && across <= other_d && ((across ^ other_d) & 1) == 0 &&
            other->v[across] >= 0 && *x + other->v[across] >= n)
            return true;
    }
    return false;
}

static void front_start(struct front *f, int32_t reach, int sign) {
    f->v = f->memory + DEPTH_MAX + 2;
    f->sign = sign;
    for (int32_t k = -reach - 1; k <= reach + 1; k++)
        f->v[k] = UNREACHED;
    f->v[1] = 0;
}

static bool middle(struct search *w, const struct box *box, int32_t *mx, int32_t *my) {
    const int32_t n = box->x1 - box->x0, m = box->y1 - box->y0;
    const int32_t need = (n + m + 1) / 2 + 1;
    const int32_t most = w->work > 0 ? DEPTH_MAX : DEPTH_MIN;
    const int32_t reach = need < most ? need : most;
    int32_t x, k;

    front_start(&w->forward, reach, 1);
    front_start(&w->backward, reach, -1);
    for (int32_t d = 0; d <= reach && (w->work > 0 || d <= DEPTH_MIN); d++) {
        if (step(w, box, &w->forward, &w->backward, d, d - 1, &x, &k)) {
            *mx = box->x0 + x;
            *my = box->y0 + x - k;
            return true;
        }
        if (step(w, box, &w->backward, &w->forward, d, d, &x, &k)) {
            *mx = box->x1 - x;
            *my = box->y1 - (x - k);
            return true;
        }
    }
    return false;
}

/* ---- anchors: what is there once on each side, in the order of both ---- */

/* Places found once in both, in order of a; counts are as before afterwards. */
static size_t find_anchors(struct search *w, const struct box *box) {
    size_t n = 0;

    for (int32_t x = box->x0; x < box->x1; x++)
        w->tallies[w->a[x]].a++;
    for (int32_t y = box->y0; y < box->y1; y++) {
        struct tally *t = &w->tallies[w->b[y]];

        t->b++;
        t->place = (uint32_t)y;
    }
    for (int32_t x = box->x0; x < box->x1; x++) {
        const struct tally *t = &w->tallies[w->a[x]];

        if (t->a == 1 && t->b == 1)
            w->anchors[n++] = (struct anchor){.x = (uint32_t)x, .y = t->place};
    }
    for (int32_t x = box->x0; x < box->x1; x++)
        w->tallies[w->a[x]].a = 0;
    for (int32_t y = box->y0; y < box->y1; y++)
        w->tallies[w->b[y]].b = 0;
    return n;
}

/* The longest row rising in both; the kept ones go to the front of anchors. */
static size_t longest_row(struct search *w, size_t n) {
    size_t length = 0;

    for (size_t i = 0; i < n; i++) {
        size_t low = 0, high = length;

        while (low < high) {
            const size_t mid = (low + high) / 2;

            if (w->anchors[w->tops[mid]].y < w->anchors[i].y)
                low = mid + 1;
            else
                high = mid;
        }
        w->anchors[i].chain = low > 0 ? w->tops[low - 1] + 1 : 0;
        w->tops[low] = (uint32_t)i;
        if (low == length)
            length++;
    }
    uint32_t at = length > 0 ? w->tops[length - 1] + 1 : 0;

    for (size_t i = length; i-- > 0; at = w->anchors[at - 1].chain)
        w->tops[i] = at - 1;
    return length;
}

static void mark_all(struct search *w, const struct box *box) {
    memset(w->gone + box->x0, 1, (size_t)(box->x1 - box->x0));
    memset(w->come + box->y0, 1, (size_t)(box->y1 - box->y0));
}

static void between_anchors(struct search *w, const struct box *box, int level) {
    const size_t n = level < LEVELS_MAX ? longest_row(w, find_anchors(w, box)) : 0;

    if (n == 0) {
        mark_all(w, box);
        return;
    }
    struct anchor *kept = xmalloc(n * sizeof *kept); /* deeper levels use the same room */
    int32_t x = box->x0, y = box->y0;

    for (size_t i = 0; i < n; i++)
        kept[i] = w->anchors[w->tops[i]];
    for (size_t i = 0; i < n; i++) {
        compare_box(w, (struct box){x, (int32_t)kept[i].x, y, (int32_t)kept[i].y}, level + 1);
        x = (int32_t)kept[i].x + 1;
        y = (int32_t)kept[i].y + 1;
    }
    compare_box(w, (struct box){x, box->x1, y, box->y1}, level + 1);
    free(kept);
}

static void compare_box(struct search *w, struct box box, int level) {
    while (box.x0 < box.x1 && box.y0 < box.y1 && w->a[box.x0] == w->b[box.y0])
        box.x0++, box.y0++;
    while (box.x0 < box.x1 && box.y0 < box.y1 && w->a[box.x1 - 1] == w->b[box.y1 - 1])
        box.x1--, box.y1--;
    int32_t x, y;

    if (box.x0 == box.x1 || box.y0 == box.y1) {
        mark_all(w, &box);
    } else if (middle(w, &box, &x, &y)) {
        compare_box(w, (struct box){box.x0, x, box.y0, y}, level);
        compare_box(w, (struct box){x, box.x1, y, box.y1}, level);
    } else {
        between_anchors(w, &box, level);
    }
}

/* ---- what has no twin on the other side is no part of the search ---- */
struct thinned {
    uint32_t *v, *from;
    uint8_t *marks;
    size_t n;
};

static struct thinned thin(const struct search *w, const uint32_t *v, size_t n, uint8_t *marks) {
    struct thinned t = {.v = xmalloc((n + 1) * sizeof *t.v),
                        .from = xmalloc((n + 1) * sizeof *t.from),
                        .marks = xcalloc(n + 1, 1)};

    for (size_t i = 0; i < n; i++)
        if (w->tallies[v[i]].a == 0 || w->tallies[v[i]].b == 0) {
            marks[i] = 1;
        } else {
            t.v[t.n] = v[i];
            t.from[t.n++] = (uint32_t)i;
        }
    return t;
}

static void unthin(struct thinned *t, uint8_t *marks) {
    for (size_t i = 0; i < t->n; i++)
        if (t->marks[i])
            marks[t->from[i]] = 1;
    free(t->v);
    free(t->from);
    free(t->marks);
}

void seq_compare(const struct seq *s) {
    struct search *w = xcalloc(1, sizeof *w);
    const size_t least = s->n < s->m ? s->n : s->m;

    w->tallies = xcalloc(s->ids + 1, sizeof *w->tallies);
    w->anchors = xmalloc((least + 1) * sizeof *w->anchors);
    w->tops = xmalloc((least + 1) * sizeof *w->tops);
    w->work = s->work;
    for (size_t i = 0; i < s->n; i++)
        w->tallies[s->a[i]].a++;
    for (size_t i = 0; i < s->m; i++)
        w->tallies[s->b[i]].b++;
    struct thinned a = thin(w, s->a, s->n, s->gone), b = thin(w, s->b, s->m, s->come);

    memset(w->tallies, 0, (s->ids + 1) * sizeof *w->tallies);
    w->a = a.v;
    w->b = b.v;
    w->gone = a.marks;
    w->come = b.marks;
    compare_box(w, (struct box){0, (int32_t)a.n, 0, (int32_t)b.n}, 0);
    unthin(&a, s->gone);
    unthin(&b, s->come);
    free(w->tallies);
    free(w->anchors);
    free(w->tops);
    free(w);
}
