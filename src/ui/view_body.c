/* view_body.c - a long text in a panel: laid out once, drawn where it is in sight. Bytes need no
 * layout at all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix/markup.h"
#include "overlay.h"

enum { ROWS_MOST = 200000, HEX_WIDE = 16, HEX_NARROW = 8, HEX_WIDE_CELLS = 10 + 16 * 3 + 2 + 16 };

void body_fini(struct body_memo *b) {
    flow_fini(&b->flow);
    free(b->numbers);
    *b = (struct body_memo){0};
}

static int digits(size_t n) {
    int d = 1;

    for (; n >= 10; n /= 10)
        d++;
    return d;
}

static void lay_markup(struct body_memo *b, const struct panel_body *body, int width, bool ascii) {
    const struct markup_how how = {.width = width, .max_width = width, .ascii = ascii};
    struct markup_split split = {0};

    markup_split(&split, body->s, body->n, MARKUP_WHOLE);
    for (size_t i = 0; i < split.n && b->flow.n < ROWS_MOST; i++)
        markup_flow(&b->flow, body->s, body->n, &split.v[i], &how);
    markup_split_fini(&split);
}

/* Of the row that begins a line its number, counted from 1; 0: the row goes on with one. */
static void number_rows(struct body_memo *b) {
    uint32_t line = 0;
    bool soft = false;

    b->numbers = xcalloc(b->flow.n + 1, sizeof *b->numbers);
    for (size_t i = 0; i < b->flow.n; i++) {
        b->numbers[i] = soft ? 0 : ++line;
        soft = b->flow.rows[i].soft;
    }
}

static void lay_text(struct body_memo *b, const struct panel_body *body, int width) {
    size_t lines = 1;

    for (const char *p = body->s; (p = memchr(p, '\n', (size_t)(body->s + body->n - p))); p++)
        lines++;
    b->gutter = digits(lines) + 2;
    if (b->gutter > width / 2)
        b->gutter = 0;
    const struct code_how how = {.lang = body->lang, .width = width - b->gutter};
    const struct flow_plain plain = {.ink = INK_TEXT,
                                     .fill = INK_TEXT,
                                     .clean = CLEAN_TEXT,
                                     .wrap = WRAP_CELLS,
                                     .width = width - b->gutter};

    if (body->lang == LANG_NONE)
        (void)flow_plain(&b->flow, body->s, body->n, &plain, ROWS_MOST);
    else
        (void)code_flow(&b->flow, body->s, body->n, &how, ROWS_MOST);
    number_rows(b);
}

int body_rows(struct body_memo *b, const struct model *m, const struct panel_body *body,
              int width) {
    const int w = width > 8 ? width : 8;

    if (body->kind == PREVIEW_HEX) {
        b->per_row = w >= HEX_WIDE_CELLS ? HEX_WIDE : HEX_NARROW;
        return (int)((body->n + (size_t)b->per_row - 1) / (size_t)b->per_row);
    }
    if (b->rev != body->rev || b->width != w || b->ascii != m->ui.ascii) {
        body_fini(b);
        b->rev = body->rev;
        b->width = w;
        b->ascii = m->ui.ascii;
        if (body->kind == PREVIEW_MARKUP)
            lay_markup(b, body, w, b->ascii);
        else
            lay_text(b, body, w);
    }
    return (int)b->flow.n;
}

/* 00000010  48 65 6c 6c 6f 0a                    Hello. */
static void draw_hex(struct canvas *c, int x, int y, int w, const struct panel_body *body,
                     size_t from, size_t per_row) {
    char bytes[HEX_WIDE * 3 + 4], text[HEX_WIDE + 1], offset[16];
    const size_t n = body->n - from < per_row ? body->n - from : per_row;
    size_t at = 0;

    snprintf(offset, sizeof offset, "%08zx", from);
    for (size_t i = 0; i < n; i++) {
        const unsigned char b = (unsigned char)body->s[from + i];

        if (i == HEX_NARROW)
            bytes[at++] = ' ';
        at += (size_t)snprintf(bytes + at, sizeof bytes - at, "%02x ", b);
        text[i] = b >= ' ' && b < 0x7f ? (char)b : '.';
    }
    bytes[at] = text[n] = '\0';
    const int column = 10 + (int)per_row * 3 + (per_row > HEX_NARROW) + 1;

    put(c, x, y, w, STYLE_DIM, offset);
    put(c, x + 10, y, w - 10, STYLE_OVERLAY, bytes);
    put(c, x + column, y, w - column, STYLE_KEY, text);
}

void body_draw(const struct body_memo *b, struct canvas *c, struct rect r,
               const struct panel_body *body, size_t row) {
    if (body->kind == PREVIEW_HEX) {
        const size_t from = row * (size_t)b->per_row;

        if (b->per_row > 0 && from < body->n)
            draw_hex(c, r.x, r.y, r.w, body, from, (size_t)b->per_row);
        return;
    }
    if (row >= b->flow.n)
        return;
    if (row + 1 >= ROWS_MOST) {
        put(c, r.x, r.y, r.w, STYLE_NOTICE_BAD, "further lines are not shown: D downloads all");
        return;
    }
    if (b->numbers && b->gutter > 0 && b->numbers[row] > 0) {
        char number[16];

        snprintf(number, sizeof number, "%*u", b->gutter - 2, b->numbers[row]);
        put(c, r.x, r.y, b->gutter - 1, STYLE_DIM, number);
    }
    draw_flow_row(c, r.x + b->gutter, r.y, r.w - b->gutter, &b->flow, row, false,
                  (struct ink_marks){0});
}
