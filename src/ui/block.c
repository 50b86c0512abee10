/* block.c - text made safe and cut into rows, once, until it changes. */
#include "ui.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LONG_TAIL = 4096 /* a line this long without an end is settled in parts */
};
#define BLOCK_MAX (256 * MIX_MIB) /* of clean text; sources are far smaller */

void block_clear(struct block *b) {
    buf_clear(&b->text);
    buf_clear(&b->object);
    b->n = b->shown = 0;
    b->stable_source = b->stable_text = b->stable_lines = b->guard_n = 0;
    b->words = b->added = b->removed = 0;
}

void block_fini(struct block *b) {
    buf_fini(&b->text);
    buf_fini(&b->object);
    free(b->lines);
    *b = (struct block){0};
}

static int gutter_width(enum gutter g) {
    switch (g) {
    case GUTTER_NONE:
        return 0;
    case GUTTER_INDENT:
        return 2;
    case GUTTER_RESULT:
    case GUTTER_ADD:
    case GUTTER_DEL:
    case GUTTER_SAME:
        return 4;
    }
    return 0;
}

static void add_line(struct block *b, size_t off, size_t len, struct block_style how) {
    b->lines = xgrow(b->lines, b->n, &b->cap, sizeof *b->lines);
    b->lines[b->n++] = (struct line){.off = (uint32_t)off,
                                     .len = (uint32_t)len,
                                     .style = (uint8_t)how.style,
                                     .gutter = (uint8_t)how.gutter};
}

static void trim_end(struct block *b) {
    b->shown = b->n;
    while (b->shown > 0 && b->lines[b->shown - 1].len == 0)
        b->shown--;
}

/* One line of the source. False: the block is full. */
static bool add_source_line(struct block *b, struct rows *rows, const char *s, size_t n,
                            struct block_style how, size_t max_lines) {
    const int width = how.width - gutter_width(how.gutter);
    const size_t start = b->text.n, room = max_lines - b->n;
    const size_t cells = room < 1024 ? room * (size_t)(width > 0 ? width : 1) : SIZE_MAX / 16;

    if (n > 8 * cells + 64) { /* more than can be shown: a cluster has at most so many bytes */
        n = 8 * cells + 64;
        n -= text_tail(s, n);
    }
    b->text.max = BLOCK_MAX;
    if (text_clean(&b->text, s, n, how.clean) != RC_OK)
        return false;
    rows->n = 0;
    text_wrap(rows, buf_str(&b->text) + start, b->text.n - start, width > 0 ? width : 1);
    for (size_t i = 0; i < rows->n && b->n < max_lines; i++)
        add_line(b, start + rows->v[i].off, rows->v[i].len, how);
    return b->n < max_lines;
}

static size_t count_lines(const char *s, size_t n) {
    size_t lines = 1;

    for (const char *end = s + n; (s = memchr(s, '\n', (size_t)(end - s))); s++)
        lines++;
    return lines;
}

size_t block_add(struct block *b, const char *s, size_t n, struct block_style how,
                 size_t max_lines) {
    struct rows rows = {0};
    size_t left = 0;

    if (b->n >= max_lines)
        return count_lines(s, n);
    for (size_t at = 0; at <= n;) {
        const char *end = memchr(s + at, '\n', n - at);
        size_t len = end ? (size_t)(end - s) - at : n - at;
        const size_t next = at + len + 1;

        while (len > 0 && s[at + len - 1] == '\r' && how.clean == CLEAN_TEXT)
            len--;
        if (!add_source_line(b, &rows, s + at, len, how, max_lines) && next <= n) {
            left = count_lines(s + next, n - next);
            break;
        }
        at = next;
    }
    rows_fini(&rows);
    trim_end(b);
    return left;
}

void block_note(struct block *b, enum style s, enum gutter g, const char *fmt, ...) {
    char text[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const size_t start = b->text.n, n = strlen(text);

    b->text.max = BLOCK_MAX;
    if (buf_add(&b->text, text, n) == RC_OK)
        add_line(b, start, n, (struct block_style){.style = s, .gutter = g});
    trim_end(b);
}

/* ---- text that grows ---- */

static bool still_there(const struct block *b, const char *s, size_t n) {
    return n >= b->stable_source && (b->guard_n == 0 || memcmp(s + b->stable_source - b->guard_n,
                                                               b->guard, b->guard_n) == 0);
}

static void set_stable(struct block *b, const char *s, size_t source, size_t text, size_t lines) {
    b->stable_source = source;
    b->stable_text = text;
    b->stable_lines = lines;
    b->guard_n = source < sizeof b->guard ? source : sizeof b->guard;
    memcpy(b->guard, s + source - b->guard_n, b->guard_n);
}

/* A line without an end has grown long: all but its last rows stay as they are, when cleaning
 * changed nothing in it, so that places in source and text agree. */
static void settle_tail(struct block *b, const char *s, size_t n) {
    const size_t tail = n - b->stable_source;

    if (tail <= LONG_TAIL || b->n < b->stable_lines + 4 || b->text.n - b->stable_text != tail ||
        memcmp(b->text.p + b->stable_text, s + b->stable_source, tail) != 0)
        return;
    const size_t off = b->lines[b->n - 3].off;

    set_stable(b, s, b->stable_source + off - b->stable_text, off, b->n - 3);
}

void block_grow(struct block *b, const char *s, size_t n, struct block_style how) {
    size_t end = n;

    if (b->width != how.width || !still_there(b, s, n))
        block_clear(b);
    b->width = how.width;
    b->text.n = b->stable_text;
    b->n = b->stable_lines;
    while (end > b->stable_source && s[end - 1] != '\n')
        end--;
    if (end > b->stable_source) {
        block_add(b, s + b->stable_source, end - 1 - b->stable_source, how, SIZE_MAX);
        set_stable(b, s, end, b->text.n, b->n);
    }
    block_add(b, s + b->stable_source, n - b->stable_source, how, SIZE_MAX);
    settle_tail(b, s, n);
}

/* ---- drawing ---- */

static int draw_gutter(struct canvas *c, int x, int y, int w, const struct line *l) {
    static const char *const gutters[] = {
        [GUTTER_NONE] = "",    [GUTTER_INDENT] = "  ", [GUTTER_RESULT] = "  | ",
        [GUTTER_ADD] = "  + ", [GUTTER_DEL] = "  - ",  [GUTTER_SAME] = "    ",
    };
    const bool diff = l->gutter == GUTTER_ADD || l->gutter == GUTTER_DEL;

    return put(c, x, y, w, diff ? (enum style)l->style : STYLE_DIM, gutters[l->gutter]);
}

void draw_block_line(struct canvas *c, int x, int y, int w, const struct block *b, size_t at) {
    const struct line *l = &b->lines[at];
    const int gutter = draw_gutter(c, x, y, w, l);

    canvas_put(c, x + gutter, y, w - gutter, (enum style)l->style, buf_str(&b->text) + l->off,
               l->len);
}

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
    const struct line *l = &b->lines[at];
    const char *s = buf_str(&b->text) + l->off;
    int used = draw_gutter(c, x, y, w, l);
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
