/* view_complete.c - the list above the composer while a word is typed that begins with / or @. */
#include "mix/complete.h"
#include "ui.h"

#include <stdio.h>
#include <string.h>

enum { ROWS_MOST = 8, LETTERS = 512, SIDE_CELLS = 20, NAME_LEAST = 12 };

static int rows_of(const struct model *m, const struct complete *c) {
    const int third = m->ui.rows / 3, most = third < ROWS_MOST ? third : ROWS_MOST;

    return (int)c->n < most ? (int)c->n : most;
}

/* Above the composer; over it when that has the whole screen. */
static struct rect place(const struct model *m, const struct complete *c, struct rect composer) {
    const int h = rows_of(m, c) + 1;
    const int above = composer.y - h;
    const int y = above >= 1 ? above : composer.y + composer.h - h;

    return (struct rect){composer.x, y > 0 ? y : 0, composer.w, h};
}

/* ---- the letters that fit ---- */
static char low(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static bool alike(char a, char b) { return a == b || low(a) == b; }

/* The shortest stretch that ends where the first whole match does. False: it does not match. */
static bool letters_in(const char *text, size_t n, const char *query, bool *marks) {
    const size_t n_query = strlen(query);
    size_t found = 0, at = 0;

    if (n_query == 0)
        return false;
    for (; at < n && found < n_query; at++)
        found += alike(text[at], query[found]);
    if (found < n_query)
        return false;
    while (at-- > 0 && found > 0)
        if (alike(text[at], query[found - 1])) {
            marks[at] = true;
            found--;
        }
    return true;
}

/* In its last part first: that is what one types of a path. */
static void mark_letters(const char *text, size_t n, const char *query, bool *marks) {
    const size_t base = (size_t)(path_base(text) - text);

    if (base < n && letters_in(text + base, n - base, query, marks + base))
        return;
    (void)letters_in(text, n, query, marks);
}

static int put_letters(struct canvas *out, int x, int y, int max, enum style s, const char *text,
                       const char *query, size_t skip) {
    const size_t all = strlen(text), n = all < LETTERS ? all : LETTERS - text_tail(text, LETTERS);
    bool marks[LETTERS] = {false};
    const int from = x;

    mark_letters(text + skip, n - skip, query, marks + skip);
    for (size_t at = 0; at < n && x - from < max;) {
        const struct cluster k = text_cluster(text + at, n - at);
        const unsigned attrs = marks[at] ? ATTR_BOLD | ATTR_UNDERLINE : 0;

        x += canvas_put_attrs(out, x, y, max - (x - from), s, attrs, text + at, k.bytes);
        at += k.bytes;
    }
    return x - from;
}

/* ---- a row ---- */
static const char *from_word(const struct complete_row *row) {
    switch (row->from) {
    case ROW_OWN:
    case ROW_SERVERS:
        break;
    case ROW_UPLOADED:
        return "uploaded";
    case ROW_LOCAL:
        return "local";
    case ROW_DIRECTORY:
        return "directory";
    }
    return "";
}

static void draw_file(const struct complete *c, const struct complete_row *row, struct canvas *out,
                      struct rect r, enum style s, const struct model *m) {
    const char *more = m->ui.ascii ? "~" : "\u2026";
    const int side = r.w > NAME_LEAST + SIDE_CELLS ? SIDE_CELLS : 0;
    const int room = r.w - side - (side > 0);
    const char *shown = end_fit(row->text, room);
    int x = r.x;

    if (shown != row->text) {
        shown = end_fit(row->text, room - 1);
        x += put(out, x, r.y, 1, s, more);
    }
    put_letters(out, x, r.y, r.x + room - x, s, shown, c->query, 0);
    if (side == 0)
        return;
    put(out, r.x + r.w - side, r.y, 10, STYLE_DIM, from_word(row));
    if (row->size >= 0)
        put_right(out, r.x + r.w, r.y, 9, STYLE_DIM, say_size(row->size).s);
}

static void draw_command(const struct complete *c, const struct complete_row *row,
                         struct canvas *out, struct rect r, enum style s, int column) {
    const int right = r.x + r.w;
    int x = r.x;

    x += put_letters(out, x, r.y, column, s, row->text, c->query, 1);
    if (row->hint && x + 2 < r.x + column)
        put(out, x + 1, r.y, r.x + column - x - 1, STYLE_DIM, row->hint);
    x = r.x + column + 2;
    if (row->detail && x < right)
        put(out, x, r.y, right - x, STYLE_DIM, row->detail);
}

/* Names and hints of what is shown, at most half of the width. */
static int column_of(const struct complete *c, size_t rows, int width) {
    int most = 0;

    for (size_t i = c->top; i < c->n && i < c->top + rows; i++) {
        const struct complete_row *row = &c->rows[i];
        const int w = text_width(row->text, strlen(row->text)) +
                      (row->hint ? 1 + text_width(row->hint, strlen(row->hint)) : 0);

        most = w > most ? w : most;
    }
    return most < width / 2 ? most : width / 2;
}

static void draw_head(const struct model *m, const struct complete *c, struct canvas *out,
                      struct rect r) {
    const char *what = c->kind == COMPLETE_COMMAND ? "commands" : "files";
    char text[96];

    draw_line(out, m, r.x, r.y, r.w, STYLE_BORDER_FOCUS);
    snprintf(text, sizeof text, " %s %zu of %s%s ", what, c->cursor + 1,
             say_grouped(c->found > c->n ? c->found : c->n).s, c->looking ? ", looking" : "");
    put(out, r.x + 1, r.y, r.w - 2, STYLE_TITLE, text);
}

void complete_settle(const struct model *m) {
    struct complete *c = m->complete;

    if (complete_shown(m))
        c->top = list_top(c->top, c->cursor, c->n, rows_of(m, c));
}

void draw_complete(const struct model *m, struct canvas *out, struct rect composer) {
    const struct complete *c = complete_shown(m);

    if (!c || composer.h <= 0 || composer.w < NAME_LEAST)
        return;
    const struct rect r = place(m, c, composer);
    const size_t rows = (size_t)r.h - 1;
    const int column = column_of(c, rows, r.w - 4);

    canvas_fill(out, r, ' ', STYLE_OVERLAY);
    draw_head(m, c, out, r);
    for (size_t i = 0; i < rows && c->top + i < c->n; i++) {
        const struct complete_row *row = &c->rows[c->top + i];
        const bool here = c->top + i == c->cursor;
        const struct rect line = {r.x + 2, r.y + 1 + (int)i, r.w - 3, 1};

        if (here)
            put(out, r.x, line.y, 2, STYLE_BORDER_FOCUS, glyph(m, G_CURSOR));
        if (c->kind == COMPLETE_COMMAND)
            draw_command(c, row, out, line, here ? STYLE_SELECTED : STYLE_OVERLAY, column);
        else
            draw_file(c, row, out, line, here ? STYLE_SELECTED : STYLE_OVERLAY, m);
    }
}
