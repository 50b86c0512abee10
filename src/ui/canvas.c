/* canvas.c - cells. A wide character is its own cell and a right half; writing over one half blanks
 * the other, so that no half is ever left alone. */
#include "mix/canvas.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ZWNJ = 0x200c, ZWJ = 0x200d, VS15 = 0xfe0e, VS16 = 0xfe0f, UNKNOWN = 0xfffd, DOTS = 0x2026 };
#define DOTS_TEXT "\xe2\x80\xa6"

static const struct cell blank = {.cp = {' '}, .style = STYLE_TEXT, .width = 1};

void canvas_init(struct canvas *c, int w, int h) {
    *c = (struct canvas){.cursor_x = -1, .cursor_y = -1};
    canvas_resize(c, w, h);
}

void canvas_resize(struct canvas *c, int w, int h) {
    w = w < 0 ? 0 : w;
    h = h < 0 ? 0 : h;
    if (w != c->w || h != c->h || !c->cells) {
        free(c->cells);
        c->cells = xcalloc((size_t)w * (size_t)h + 1, sizeof *c->cells);
        c->w = w;
        c->h = h;
    }
    for (size_t i = 0; i < (size_t)w * (size_t)h; i++)
        c->cells[i] = blank;
    c->cursor_x = c->cursor_y = -1;
}

void canvas_fini(struct canvas *c) {
    free(c->cells);
    *c = (struct canvas){.cursor_x = -1, .cursor_y = -1};
}

struct cell *canvas_at(const struct canvas *c, int x, int y) {
    if (x < 0 || y < 0 || x >= c->w || y >= c->h)
        return NULL;
    return &c->cells[(size_t)y * (size_t)c->w + (size_t)x];
}

static struct cell lone(const struct cell *half) {
    return (struct cell){.cp = {' '}, .style = half->style, .width = 1, .extra = half->extra};
}

/* Writes one cell; a wide character that lost a half becomes blanks of its own style. */
static void set_cell(struct canvas *c, int x, int y, uint32_t cp, enum style s, uint8_t width) {
    struct cell *cell = &c->cells[(size_t)y * (size_t)c->w + (size_t)x];

    if (cell->width == 0 && x > 0 && cell[-1].width == 2)
        cell[-1] = lone(&cell[-1]);
    if (cell->width == 2 && x + 1 < c->w)
        cell[1] = lone(&cell[1]);
    *cell = (struct cell){.cp = {cp}, .style = (uint8_t)s, .width = width};
}

/* The right half goes first: what it breaks is then overwritten. */
static void put_cp(struct canvas *c, int x, int y, uint32_t cp, int cells, enum style s) {
    if (cells == 2)
        set_cell(c, x + 1, y, 0, s, 0);
    set_cell(c, x, y, cp, s, (uint8_t)cells);
}

static struct rect clip(const struct canvas *c, struct rect r) {
    const int right = r.x + r.w < c->w ? r.x + r.w : c->w;
    const int bottom = r.y + r.h < c->h ? r.y + r.h : c->h;

    r.x = r.x < 0 ? 0 : r.x;
    r.y = r.y < 0 ? 0 : r.y;
    r.w = right > r.x ? right - r.x : 0;
    r.h = bottom > r.y ? bottom - r.y : 0;
    return r;
}

void canvas_fill(struct canvas *c, struct rect r, uint32_t cp, enum style s) {
    r = clip(c, r);
    for (int y = r.y; y < r.y + r.h; y++)
        for (int x = r.x; x < r.x + r.w; x++)
            set_cell(c, x, y, cp, s, 1);
}

static void add_mark(struct canvas *c, int x, int y, uint32_t cp) {
    struct cell *cell = canvas_at(c, x, y);

    if (cell && cell->width == 0)
        cell = canvas_at(c, x - 1, y);
    for (int i = 1; cell && i < 4; i++)
        if (cell->cp[i] == 0) {
            cell->cp[i] = cp;
            return;
        }
}

static bool is_joiner(uint32_t cp) { return cp == ZWJ || cp == ZWNJ || cp == VS15 || cp == VS16; }

/* One cluster, whole, as the cells ncurses can show: each spacing code point stands for itself. */
static int put_cluster(struct canvas *c, int x, int y, enum style s, const char *p, size_t n) {
    int at = x;

    for (size_t i = 0, used; i < n; i += used) {
        uint32_t cp = text_decode(p + i, n - i, &used);

        if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0)) {
            put_cp(c, at++, y, UNKNOWN, 1, s);
            continue;
        }
        const int cells = text_cluster(p + i, used).cells;

        if (cells > 0 && at + cells <= c->w) {
            put_cp(c, at, y, cp, cells, s);
            at += cells;
        } else if (cells == 0 && at > x && !is_joiner(cp)) {
            add_mark(c, at - 1, y, cp);
        }
    }
    return at - x;
}

static bool printable(char ch) { return ch >= 0x20 && ch < 0x7f; }

/* The cluster at the head of p, its controls counted as one cell each. */
static struct cluster next_cluster(const char *p, size_t n) {
    if (printable(p[0]) && (n < 2 || (unsigned char)p[1] < 0x80))
        return (struct cluster){.bytes = 1, .cells = 1};
    if ((unsigned char)p[0] < 0x20 || p[0] == 0x7f)
        return (struct cluster){.bytes = 1, .cells = 1};
    struct cluster k = text_cluster(p, n);
    size_t used;
    const uint32_t cp = text_decode(p, n, &used);

    if (cp >= 0x80 && cp < 0xa0)
        k = (struct cluster){.bytes = (uint32_t)used, .cells = 1};
    return k;
}

int canvas_put(struct canvas *c, int x, int y, int max, enum style s, const char *text, size_t n) {
    int used = 0;

    if (y < 0 || y >= c->h)
        return 0;
    if (max > c->w - x)
        max = c->w - x;
    for (size_t i = 0; i < n && max > 0;) {
        const struct cluster k = next_cluster(text + i, n - i);

        if (used + k.cells > max)
            break;
        if (x + used >= 0 && k.cells > 0) {
            if (k.bytes == 1 && printable(text[i]))
                put_cp(c, x + used, y, (unsigned char)text[i], 1, s);
            else
                put_cluster(c, x + used, y, s, text + i, k.bytes);
        }
        used += k.cells;
        i += k.bytes;
    }
    return used;
}

int canvas_put_attrs(struct canvas *c, int x, int y, int max, enum style s, unsigned extra,
                     const char *text, size_t n) {
    const int used = canvas_put(c, x, y, max, s, text, n);

    for (int i = 0; i < used && extra; i++) {
        struct cell *cell = canvas_at(c, x + i, y);

        if (cell)
            cell->extra = (uint16_t)extra;
    }
    return used;
}

void canvas_put_picture(struct canvas *c, int x, int y, uint32_t cp, uint8_t fg, uint8_t bg) {
    if (x < 0 || y < 0 || x >= c->w || y >= c->h)
        return;
    set_cell(c, x, y, cp, STYLE_PICTURE, 1);
    canvas_at(c, x, y)->extra = (uint16_t)(fg | bg << 8);
}

int canvas_put_cut(struct canvas *c, int x, int y, int max, enum style s, const char *text,
                   size_t n) {
    if (max > c->w - x)
        max = c->w - x;
    if (max <= 0)
        return 0;
    /* A long text is cut without measuring all of it: no cluster takes less than a byte a cell. */
    if (text_fit(text, n, max) >= n)
        return canvas_put(c, x, y, max, s, text, n);
    const size_t fit = text_fit(text, n, max - 1);
    const int used = canvas_put(c, x, y, max - 1, s, text, fit);
    char dots[4];
    const size_t len = text_encode(dots, c->ascii || text_width(DOTS_TEXT, 3) > 1 ? '~' : DOTS);

    return used + canvas_put(c, x + used, y, 1, s, dots, len);
}

int canvas_putf(struct canvas *c, int x, int y, int max, enum style s, const char *fmt, ...) {
    char text[1024];
    va_list args;

    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (n < 0)
        return 0;
    if ((size_t)n >= sizeof text) {
        n = (int)sizeof text - 1;
        n -= (int)text_tail(text, (size_t)n);
    }
    return canvas_put(c, x, y, max, s, text, (size_t)n);
}

static void add_cell(struct buf *out, const struct cell *cell) {
    char bytes[4];

    for (int i = 0; i < 4 && cell->cp[i]; i++)
        buf_add(out, bytes, text_encode(bytes, cell->cp[i]));
}

void canvas_text(const struct canvas *c, struct buf *out) {
    for (int y = 0; y < c->h; y++) {
        int end = c->w;

        while (end > 0 && canvas_at(c, end - 1, y)->cp[0] == ' ' &&
               canvas_at(c, end - 1, y)->cp[1] == 0)
            end--;
        for (int x = 0; x < end; x++)
            add_cell(out, canvas_at(c, x, y));
        buf_adds(out, "\n");
    }
}
