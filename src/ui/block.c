/* block.c - the text of an ask made safe and cut into rows, once, until it changes. */
#include <stdlib.h>
#include <string.h>

#include "ui.h"

enum { INDENT = 2 };
#define BLOCK_MAX (256 * MIX_MIB) /* of clean text; sources are far smaller */

void block_clear(struct block *b) {
    buf_clear(&b->text);
    b->n = b->shown = 0;
}

void block_fini(struct block *b) {
    buf_fini(&b->text);
    free(b->lines);
    *b = (struct block){0};
}

/* One line of the source. */
static void add_source_line(struct block *b, struct rows *rows, const char *s, size_t n,
                            struct block_style how) {
    const int width = how.width - INDENT;
    const size_t start = b->text.n;

    b->text.max = BLOCK_MAX;
    if (text_clean(&b->text, s, n, how.clean) != RC_OK)
        return;
    rows->n = 0;
    text_wrap(rows, buf_str(&b->text) + start, b->text.n - start, width > 0 ? width : 1);
    for (size_t i = 0; i < rows->n; i++) {
        b->lines = xgrow(b->lines, b->n, &b->cap, sizeof *b->lines);
        b->lines[b->n++] = (struct block_line){.off = (uint32_t)(start + rows->v[i].off),
                                               .len = rows->v[i].len,
                                               .style = (uint8_t)how.style};
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
        add_source_line(b, &rows, s + at, len, how);
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

void draw_marked_line(struct canvas *c, int x, int y, int w, const struct block *b, size_t at) {
    const struct block_line *l = &b->lines[at];
    const char *s = buf_str(&b->text) + l->off;
    int used = INDENT;
    size_t from = 0;

    for (size_t i = 0; i < l->len;) {
        const size_t mark = mark_at(s + i, l->len - i);

        if (mark == 0) {
            i++;
            continue;
        }
        used += canvas_put(c, x + used, y, w - used, (enum style)l->style, s + from, i - from);
        used += canvas_put(c, x + used, y, w - used, STYLE_UNSAFE, s + i, mark);
        from = i += mark;
    }
    canvas_put(c, x + used, y, w - used, (enum style)l->style, s + from, l->len - from);
}
