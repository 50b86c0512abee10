/* markup_checks.h - what is true of Markdown however hostile it is, and however it arrives. */
#ifndef TESTS_MARKUP_CHECKS_H
#define TESTS_MARKUP_CHECKS_H

#include "flow_checks.h"
#include "mix/markup.h"

#include <string.h>

#define CHECK_MARKUP(what)                                                                         \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what);                             \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* Sections follow each other without a gap and are small enough. */
static inline void check_sections(const struct markup_split *split, size_t n) {
    size_t at = 0;

    for (size_t i = 0; i < split->n; i++) {
        CHECK_MARKUP(split->v[i].off == at);
        CHECK_MARKUP(split->v[i].len > 0 && split->v[i].len <= MARKUP_SECTION);
        CHECK_MARKUP(!split->v[i].open || i + 1 == split->n);
        at += split->v[i].len;
    }
    CHECK_MARKUP(at == n);
    CHECK_MARKUP(split->closed <= split->n);
}

static inline void check_same_section(const struct markup_section *a,
                                      const struct markup_section *b) {
    CHECK_MARKUP(a->off == b->off && a->len == b->len && a->kind == b->kind);
    CHECK_MARKUP(a->lang == b->lang && a->fence_indent == b->fence_indent);
    CHECK_MARKUP(a->opens == b->opens && a->closes == b->closes && a->tight == b->tight);
    CHECK_MARKUP(a->open == b->open && a->head == b->head);
}

/* What is seen of a flow, one line a row. */
static inline void seen_of(struct buf *out, const struct flow *f) {
    buf_clear(out);
    for (size_t i = 0; i < f->n; i++) {
        for (size_t k = 0; k < f->rows[i].n_runs; k++) {
            const struct run *run = &f->runs[f->rows[i].run + k];

            buf_add(out, f->text.p + run->off, run->len);
            buf_addf(out, "\x1f%d,%d,%d\x1f", run->ink, run->attrs, run->flags);
        }
        buf_add(out, "\n", 1);
    }
}

static inline void check_whole(const char *s, size_t n, const struct markup_how *how) {
    struct markup_split split = {0};
    struct flow f = {0};

    markup_split(&split, s, n, MARKUP_WHOLE);
    check_sections(&split, n);
    CHECK_MARKUP(split.closed == split.n);
    for (size_t i = 0; i < split.n; i++) {
        const size_t rows = f.n;

        markup_flow(&f, s, n, &split.v[i], how);
        check_flow(&f, rows, how->width);
    }
    CHECK_MARKUP(f.n == 0 || f.rows[f.n - 1].src <= n);
    flow_fini(&f);
    markup_split_fini(&split);
}

/* Fed in steps of so many bytes: what is closed once looks the same for ever, and in the end
 * everything as if it had come at once. */
static inline void check_stream(const char *s, size_t n, size_t step,
                                const struct markup_how *how) {
    struct markup_split once = {0}, split = {0};
    struct buf early = {.max = 64 * MIX_MIB}, late = {.max = 64 * MIX_MIB};
    struct flow f = {0};
    size_t done = 0;

    markup_split(&once, s, n, MARKUP_WHOLE);
    for (size_t at = 0; at < n + step; at += step) {
        const size_t now = at < n ? at : n;

        markup_split(&split, s, now, MARKUP_GROWS);
        check_sections(&split, now);
        CHECK_MARKUP(split.closed >= done && split.closed <= once.n);
        for (; done < split.closed; done++) {
            check_same_section(&split.v[done], &once.v[done]);
            flow_clear(&f);
            markup_flow(&f, s, now, &split.v[done], how);
            seen_of(&early, &f);
            flow_clear(&f);
            markup_flow(&f, s, n, &once.v[done], how);
            seen_of(&late, &f);
            CHECK_MARKUP(early.n == late.n);
            CHECK_MARKUP(early.n == 0 || memcmp(early.p, late.p, early.n) == 0);
        }
        flow_clear(&f);
        for (size_t i = done; i < split.n; i++)
            markup_flow(&f, s, now, &split.v[i], how);
        check_flow(&f, 0, how->width);
    }
    markup_split(&split, s, n, MARKUP_WHOLE);
    CHECK_MARKUP(split.n == once.n);
    for (size_t i = 0; i < once.n; i++)
        check_same_section(&split.v[i], &once.v[i]);
    flow_fini(&f);
    buf_fini(&early);
    buf_fini(&late);
    markup_split_fini(&split);
    markup_split_fini(&once);
}

#endif
