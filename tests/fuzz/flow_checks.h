/* flow_checks.h - what is true of every flow. */
#ifndef TESTS_FLOW_CHECKS_H
#define TESTS_FLOW_CHECKS_H

#include "mix/flow.h"

#include <stdio.h>
#include <stdlib.h>

#define CHECK_FLOW(what)                                                                           \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "%s:%d: row %zu: %s\n", __FILE__, __LINE__, i, #what);                 \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static inline bool is_control(uint32_t cp) {
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x200b && cp < 0x200d) ||
           (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

static inline void check_run(const struct flow *f, size_t i, const struct run *run) {
    CHECK_FLOW(run->len > 0);
    CHECK_FLOW(run->off <= f->text.n && run->len <= f->text.n - run->off);
    CHECK_FLOW(run->ink < INK_COUNT);
    CHECK_FLOW(run->link <= f->n_links);
    CHECK_FLOW(text_valid(f->text.p + run->off, run->len));
    for (size_t at = 0, used; at < run->len; at += used)
        CHECK_FLOW(!is_control(text_decode(f->text.p + run->off + at, run->len - at, &used)));
}

/* Rows of the flow from `from`. */
static inline void check_flow(const struct flow *f, size_t from, int width) {
    for (size_t i = from; i < f->n; i++) {
        const struct flow_row *row = &f->rows[i];
        int cells = 0, clusters = 0;
        uint32_t end = 0;

        CHECK_FLOW(row->run + row->n_runs <= f->n_runs);
        CHECK_FLOW(row->fill < INK_COUNT);
        CHECK_FLOW(i == 0 || row->src >= row[-1].src);
        for (size_t k = 0; k < row->n_runs; k++) {
            const struct run *run = &f->runs[row->run + k];
            const char *s = f->text.p + run->off;

            check_run(f, i, run);
            cells += text_width(s, run->len);
            if (run->flags & RUN_DECOR)
                continue;
            for (size_t at = 0; at < run->len; clusters++)
                at += text_cluster(s + at, run->len - at).bytes;
            clusters -= end == run->off; /* marks cut off by a change of look */
            end = run->off + run->len;
        }
        CHECK_FLOW(cells == row->cells);
        CHECK_FLOW(cells <= width || clusters <= 1);
    }
    for (size_t i = 0; i < f->n_links; i++)
        CHECK_FLOW(f->links[i].url + f->links[i].url_len <= f->text.n);
}

#endif
