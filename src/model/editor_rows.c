/* editor_rows.c - up and down by the rows that a line is wrapped into, as they are shown: chips as
 * their labels, everything clean. */
#include "editing.h"

#include <string.h>

enum { LINE_MOST = 64 * 1024, LABEL_MOST = 4096 }; /* a longer line is gone over in one step */

/* A line, how it is shown, and its rows. */
struct shown_line {
    size_t start, end; /* bytes of the text */
    struct buf clean;
    struct rows rows;
    bool same; /* byte for byte what stands in the text */
};

/* What the text from..to looks like. */
static void show(const struct editor *e, size_t from, size_t to, struct buf *out) {
    auto_buf struct buf raw = {.max = 2 * LINE_MOST};

    for (size_t at = from; at < to;) {
        const struct chip *c = editor_chip_at(e, at);
        size_t stop = to;

        for (size_t i = 0; !c && i < e->n_chips && stop == to; i++)
            if (e->chips[i].off > at && e->chips[i].off < to)
                stop = e->chips[i].off;
        if (c) {
            auto_buf struct buf label = {.max = LABEL_MOST};

            editor_chip_label(e, c, &label);
            (void)buf_add(&raw, buf_str(&label), label.n);
            at = c->off + c->len;
            continue;
        }
        (void)buf_add(&raw, e->text.p + at, stop - at);
        at = stop;
    }
    (void)text_clean(out, buf_str(&raw), raw.n, CLEAN_TEXT);
}

static bool line_of(const struct editor *e, size_t at, int width, struct shown_line *l) {
    *l = (struct shown_line){.start = edit_line_start(e, at),
                             .end = edit_line_end(e, at),
                             .clean = {.max = 16 * LINE_MOST}};
    const size_t n = l->end - l->start;

    if (n > LINE_MOST)
        return false;
    show(e, l->start, l->end, &l->clean);
    text_wrap(&l->rows, buf_str(&l->clean), l->clean.n, width);
    l->same = l->clean.n == n && (n == 0 || memcmp(l->clean.p, e->text.p + l->start, n) == 0);
    return true;
}

static void line_free(struct shown_line *l) {
    buf_fini(&l->clean);
    rows_fini(&l->rows);
}

static size_t clean_at(const struct editor *e, const struct shown_line *l, size_t at) {
    if (l->same)
        return at - l->start;
    auto_buf struct buf head = {.max = 16 * LINE_MOST};

    show(e, l->start, at, &head);
    return head.n;
}

/* The last place of the text that is shown at `clean` or before it. */
static size_t text_at(const struct editor *e, const struct shown_line *l, size_t clean) {
    if (l->same)
        return l->start + clean;
    size_t low = l->start, high = l->end;

    while (low < high) { /* the middle of a cluster is shown as the whole of it at most */
        const size_t mid = low + (high - low + 1) / 2;

        if (clean_at(e, l, mid) <= clean)
            low = mid;
        else
            high = mid - 1;
    }
    const struct chip *c = low < l->end ? editor_chip_at(e, low) : NULL;
    size_t at = c ? c->off : l->start;

    for (size_t next = at; !c && next <= low; next = edit_next(e, next)) {
        at = next;
        if (next == l->end)
            break;
    }
    return at;
}

static size_t row_at(const struct shown_line *l, size_t clean) {
    size_t row = 0;

    while (row + 1 < l->rows.n && l->rows.v[row + 1].off <= clean)
        row++;
    return row;
}

/* The place in that row at the wanted column. A cluster may be shown as several, on two rows: it
 * stands where it begins. */
static size_t place(const struct editor *e, const struct shown_line *l, size_t row) {
    const struct row *r = &l->rows.v[row];
    const size_t fit = text_fit(buf_str(&l->clean) + r->off, r->len, e->goal);
    const size_t at = text_at(e, l, r->off + fit), clean = clean_at(e, l, at);

    if (clean < r->off)
        return edit_next(e, at);
    const bool next_row = row + 1 < l->rows.n && clean >= l->rows.v[row + 1].off;

    return next_row ? edit_prev(e, at) : at; /* there it would stand in the row below */
}

/* A row above or below in the same line. A tab may fill several rows: those have no place. */
static bool within(struct editor *e, const struct shown_line *l, size_t row, int by) {
    while (by < 0 ? row > 0 : row + 1 < l->rows.n) {
        row = by < 0 ? row - 1 : row + 1;
        const size_t at = place(e, l, row);

        if (by < 0 ? at < e->caret : at > e->caret) {
            e->caret = at;
            return true;
        }
    }
    return false;
}

bool editor_move_row(struct editor *e, int by, int width) {
    const enum motion by_line = by < 0 ? TO_UP : TO_DOWN;
    struct shown_line l = {0};

    if (width < 1 || !line_of(e, e->caret, width, &l)) {
        line_free(&l);
        return editor_move(e, by_line);
    }
    const size_t clean = clean_at(e, &l, e->caret), row = row_at(&l, clean);
    const bool other = by < 0 ? l.start > 0 : l.end < e->text.n;
    const size_t to = by < 0 ? l.start - other : l.end + other;

    if (e->goal < 0)
        e->goal = text_width(buf_str(&l.clean) + l.rows.v[row].off, clean - l.rows.v[row].off);
    edit_undo_break(e);
    const bool inside = within(e, &l, row, by);

    line_free(&l);
    if (inside || !other)
        return inside;
    if (line_of(e, to, width, &l))
        e->caret = place(e, &l, by < 0 ? l.rows.n - 1 : 0);
    else
        (void)editor_move(e, by_line);
    line_free(&l);
    return true;
}
