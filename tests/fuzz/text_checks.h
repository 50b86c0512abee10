/* text_checks.h - what must hold for any bytes at all: used by the fuzz targets and by the unit
 * tests. A broken property aborts with its condition. */
#ifndef MIX_TESTS_TEXT_CHECKS_H
#define MIX_TESTS_TEXT_CHECKS_H

#include "mix/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* Clusters cover the text, text_prev walks the same way back, and widths add up. */
static inline void check_clusters(const char *s, size_t n) {
    size_t at = 0;
    int cells = 0;

    while (at < n) {
        const struct cluster c = text_cluster(s + at, n - at);

        CHECK(c.bytes >= 1 && c.bytes <= n - at);
        CHECK(text_prev(s, at + c.bytes) == at);
        CHECK(text_width(s + at, c.bytes) == c.cells);
        at += c.bytes;
        cells += c.cells;
    }
    CHECK(text_width(s, n) == cells);
    for (int room = 0; room <= cells && room < 20; room++) {
        const size_t fit = text_fit(s, n, room);

        CHECK(text_width(s, fit) <= room);
        CHECK(fit == n || text_width(s, fit) + text_cluster(s + fit, n - fit).cells > room);
    }
}

static inline bool all_blanks(const char *s, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (s[i] != ' ' && s[i] != '\t')
            return false;
    return true;
}

/* Marks every offset at which a cluster of some source line begins or the line ends. */
static inline bool *cluster_starts(const char *s, size_t n) {
    bool *starts = xcalloc(n + 1, sizeof *starts);

    for (size_t at = 0; at < n;) {
        const char *nl = memchr(s + at, '\n', n - at);
        const size_t end = nl ? (size_t)(nl - s) : n;

        starts[at] = true;
        if (at == end)
            at++;
        else
            at += s[at] >= 0 && s[at] < 0x20 ? 1 : text_cluster(s + at, end - at).bytes;
    }
    starts[n] = true;
    return starts;
}

/* Nothing but blanks and line ends between rows; no row too wide; none ends inside a cluster. */
static inline void check_wrap(const char *s, size_t n, int width) {
    struct rows rows = {0};
    bool *starts = cluster_starts(s, n);
    size_t at = 0;

    text_wrap(&rows, s, n, width);
    CHECK(rows.n >= 1 && rows.v[0].off == 0);
    for (size_t i = 0; i < rows.n; i++) {
        const struct row *r = &rows.v[i];
        const size_t end = r->off + r->len;
        const bool after_line = i == 0 || rows.v[i - 1].hard;

        CHECK(r->off >= at && end <= n);
        if (i > 0 && after_line) {
            CHECK(r->off > at && s[r->off - 1] == '\n');
            CHECK(all_blanks(s + at, r->off - 1 - at));
        } else {
            CHECK(all_blanks(s + at, r->off - at));
        }
        CHECK(!memchr(s + r->off, '\n', r->len));
        CHECK(starts[r->off] && starts[end]);
        CHECK(text_width(s + r->off, r->len) == r->cells);
        CHECK(r->cells <= width || text_cluster(s + r->off, r->len).bytes == r->len);
        CHECK(r->len > 0 || r->hard || after_line);
        at = end;
    }
    CHECK(rows.v[rows.n - 1].hard && all_blanks(s + at, n - at));
    free(starts);
    rows_fini(&rows);
}

/* Neither a control nor anything without a shape is left, but what holds an emoji together. */
static inline void check_visible(const char *s, size_t n, bool lines) {
    for (size_t at = 0, used; at < n; at += used) {
        const uint32_t cp = text_decode(s + at, n - at, &used);

        CHECK(cp >= 0x20 || (lines && cp == '\n'));
        CHECK(cp != 0x7f && !(cp >= 0x80 && cp < 0xa0) && cp != 0xfeff && cp != 0x61c);
        CHECK(!(cp >= 0x202a && cp <= 0x202e) && !(cp >= 0x2060 && cp <= 0x206f));
        CHECK(!(cp >= 0x2028 && cp <= 0x2029) && !(cp >= 0xe0000 && cp <= 0xe0fff));
        CHECK(cp < 0x200b || cp > 0x200f || cp == 0x200d);
        /* A joiner that is left joins: it never ends a text or a cluster. */
        if (cp == 0x200d) {
            CHECK(at > 0 && at + used < n);
            CHECK(text_prev(s, at + used) < at);
            CHECK((unsigned char)s[at + used] >= 0xc2);
        }
    }
}

static inline void check_clean(const char *s, size_t n, enum clean how) {
    const bool lines = how == CLEAN_TEXT || how == CLEAN_MARKS;
    auto_buf struct buf once = {.max = 16 * n + 64}, twice = {.max = 16 * n + 64};

    CHECK(buf_adds(&once, "\xe2\x9d\xa4") == RC_OK); /* a heart of the caller's */
    CHECK(text_clean(&once, s, n, how) == RC_OK);
    CHECK(memcmp(once.p, "\xe2\x9d\xa4", 3) == 0);
    buf_cut(&once, 0, 3);
    CHECK(text_valid(buf_str(&once), once.n));
    check_visible(buf_str(&once), once.n, lines);
    CHECK(text_clean(&twice, once.p, once.n, how) == RC_OK);
    CHECK(twice.n == once.n && memcmp(buf_str(&twice), buf_str(&once), once.n) == 0);
    /* Too small a buffer is refused and left alone. */
    if (once.n > 0) {
        auto_buf struct buf small = {.max = once.n + 1};

        CHECK(buf_adds(&small, "ab") == RC_OK);
        CHECK(text_clean(&small, s, n, how) == RC_LIMIT);
        CHECK(small.n == 2 && memcmp(small.p, "ab", 3) == 0);
    }
}

#endif
