/* block.c - the text of an ask made safe and cut into rows, once, until it changes. */
#include <stdlib.h>
#include <string.h>

#include "ui.h"

enum { INDENT = 2 };
#define BLOCK_MAX (256 * MIX_MIB) /* of clean text; sources are far smaller */

void block_clear(struct block *b) {
    buf_clear(&b->text);
    b->n = b->shown = b->n_marks = 0;
}

void block_fini(struct block *b) {
    buf_fini(&b->text);
    free(b->lines);
    free(b->marks);
    *b = (struct block){0};
}

/* How bad the byte at `at` is, and where that ends at the latest. */
static enum risk risk_at(const struct block_style *how, size_t at, size_t *end) {
    enum risk worst = RISK_NONE;

    for (size_t i = 0; i < how->n_risks; i++) {
        const struct risk_mark *r = &how->risks[i];

        if (r->from > at && r->from < *end)
            *end = r->from;
        if (r->from > at || r->to <= at)
            continue;
        *end = r->to < *end ? r->to : *end;
        worst = r->level > worst ? r->level : worst;
    }
    return worst;
}

/* Bytes [from, to) of the source made safe, with marks where they look dangerous. */
static bool add_clean(struct block *b, const char *s, size_t from, size_t to,
                      const struct block_style *how) {
    while (from < to) {
        size_t end = to;
        const enum risk risk = risk_at(how, from, &end);
        const size_t start = b->text.n;

        if (text_clean(&b->text, s + from, end - from, how->clean) != RC_OK)
            return false;
        if (risk != RISK_NONE) {
            b->marks = xgrow(b->marks, b->n_marks, &b->cap_marks, sizeof *b->marks);
            b->marks[b->n_marks++] =
                (struct block_mark){(uint32_t)start, (uint32_t)b->text.n,
                                    risk == RISK_SEVERE ? STYLE_RISK_SEVERE : STYLE_RISK};
        }
        from = end;
    }
    return true;
}

/* One line of the source. */
static void add_source_line(struct block *b, struct rows *rows, const char *s, size_t from,
                            size_t n, const struct block_style *how) {
    const int width = how->width - INDENT;
    const size_t start = b->text.n;

    b->text.max = BLOCK_MAX;
    if (!add_clean(b, s, from, from + n, how))
        return;
    rows->n = 0;
    text_wrap(rows, buf_str(&b->text) + start, b->text.n - start, width > 0 ? width : 1);
    for (size_t i = 0; i < rows->n; i++) {
        b->lines = xgrow(b->lines, b->n, &b->cap, sizeof *b->lines);
        b->lines[b->n++] = (struct block_line){.off = (uint32_t)(start + rows->v[i].off),
                                               .len = rows->v[i].len,
                                               .style = (uint8_t)how->style};
    }
}

void block_add(struct block *b, const char *s, size_t n, struct block_style how) {
    struct rows rows = {0};

    for (size_t at = 0; at <= n;) {
        const char *end = memchr(s + at, '\n', n - at);
        size_t len = end ? (size_t)(end - s) - at : n - at;
        const size_t next = at + len + 1;

        while (len > 0 && s[at + len - 1] == '\r' && how.clean == CLEAN_TEXT)
            len--;
        add_source_line(b, &rows, s, at, len, &how);
        at = next;
    }
    rows_fini(&rows);
    b->shown = b->n;
    while (b->shown > 0 && b->lines[b->shown - 1].len == 0)
        b->shown--;
}

/* ---- drawing ---- */

/* Bytes of the mark that stands at the head of s, as text_clean makes them: U+2400..U+2421 or
 * <U+XXXX>; 0 when there is none. */
static size_t mark_at(const char *s, size_t n) {
    size_t i = 3;

    if (n >= 3 && memcmp(s, "\xe2\x90", 2) == 0 && (unsigned char)s[2] <= 0xa1)
        return 3;
    if (n < 8 || memcmp(s, "<U+", 3) != 0)
        return 0;
    while (i < n && i < 9 && strchr("0123456789ABCDEF", s[i]) && s[i])
        i++;
    return i >= 7 && i < n && s[i] == '>' ? i + 1 : 0;
}

/* The look of the text's byte at `at`, and where that ends at the latest. */
static enum style style_at(const struct block *b, const struct block_line *l, size_t at,
                           size_t *end) {
    size_t low = 0, high = b->n_marks;

    while (low < high) { /* the first that ends behind it */
        const size_t mid = low + (high - low) / 2;

        if (b->marks[mid].to <= at)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == b->n_marks)
        return (enum style)l->style;
    const struct block_mark *mark = &b->marks[low];
    const size_t border = mark->from > at ? mark->from : mark->to;

    *end = border < *end ? border : *end;
    return mark->from > at ? (enum style)l->style : (enum style)mark->style;
}

void draw_marked_line(struct canvas *c, int x, int y, int w, const struct block *b, size_t at) {
    const struct block_line *l = &b->lines[at];
    const char *s = buf_str(&b->text);
    const size_t stop = (size_t)l->off + l->len;
    int used = INDENT;

    for (size_t from = l->off; from < stop && used < w;) {
        size_t end = stop;
        enum style style = style_at(b, l, from, &end);
        const size_t unsafe = mark_at(s + from, stop - from);
        size_t to = from + (unsafe ? unsafe : 1);

        if (unsafe)
            style = STYLE_UNSAFE;
        while (!unsafe && to < end && mark_at(s + to, stop - to) == 0)
            to++;
        used += canvas_put(c, x + used, y, w - used, style, s + from, to - from);
        from = to;
    }
}
