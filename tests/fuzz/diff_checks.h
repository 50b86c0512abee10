/* diff_checks.h - what is true of the diff of any two texts. */
#ifndef TESTS_DIFF_CHECKS_H
#define TESTS_DIFF_CHECKS_H

#include <string.h>

#include "diff.h"
#include "flow_checks.h"

#define CHECK_DIFF(what)                                                                           \
    do {                                                                                           \
        const size_t i = 0;                                                                        \
        CHECK_FLOW(what);                                                                          \
    } while (0)

static inline void check_same_line(const struct diff *d, size_t a, size_t b) {
    size_t n, m;
    const char *s = side_line(&d->old, a, &n), *t = side_line(&d->new, b, &m);

    CHECK_DIFF(n == m && memcmp(s, t, n) == 0);
}

/* Lines outside the changes are the same and all are reached: the old text becomes the new one. */
static inline void check_apply(const struct diff *d, const char *old, size_t n, const char *new,
                               size_t m) {
    size_t a = 0, b = 0, added = 0, removed = 0;

    CHECK_DIFF(d->old.s == old && d->old.n == n && d->new.s == new && d->new.n == m);
    for (size_t k = 0; k <= d->n; k++) {
        const struct change end = {.a = (uint32_t)d->old.lines, .b = (uint32_t)d->new.lines};
        const struct change *c = k < d->n ? &d->changes[k] : &end;

        CHECK_DIFF(c->a >= a && c->b >= b && c->a - a == c->b - b);
        while (a < c->a)
            check_same_line(d, a++, b++);
        CHECK_DIFF(k == d->n || c->an + c->bn > 0);
        a += c->an;
        b += c->bn;
        removed += c->an;
        added += c->bn;
    }
    CHECK_DIFF(a == d->old.lines && b == d->new.lines);
    CHECK_DIFF(added == diff_added(d) && removed == diff_removed(d));
}

/* Every display line gives rows, in order, and only those asked for. */
static inline void check_shown(const struct diff *d, const struct diff_how *how) {
    const size_t lines = diff_lines(d, how), from = lines / 3, count = lines / 2;
    struct flow f = {0};
    size_t next = from;

    diff_flow(&f, d, from, count, how);
    check_flow(&f, 0, how->width);
    for (size_t i = 0; i < f.n; i++) {
        CHECK_FLOW(f.rows[i].src == next || f.rows[i].src + 1 == next);
        next = f.rows[i].src + 1;
    }
    CHECK_DIFF(next == (from + count < lines ? from + count : lines));
    flow_fini(&f);
}

static inline void check_diff(const char *old, size_t n, const char *new, size_t m, int width,
                              int context) {
    struct diff *d = diff_new(old, n, new, m);
    struct diff_how how = {.lang = (enum lang)((n + m) % LANG_COUNT),
                           .width = width,
                           .numbers = n % 2,
                           .first_old = 1 + m,
                           .first_new = 1};

    check_apply(d, old, n, new, m);
    diff_context(d, context);
    check_shown(d, &how);
    how.split = true;
    check_shown(d, &how);
    how.width += 80;
    check_shown(d, &how);
    diff_free(d);
}

#endif
