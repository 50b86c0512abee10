/* draft.c - the draft as it is shown: chips as their labels, everything clean and wrapped. Only the
 * lines that changed are cleaned and wrapped again, so a key costs the same in a long draft. */
#include "mix/complete.h"
#include "mix/editor.h"
#include "mix/vi.h"
#include "ui.h"

#include <stdlib.h>
#include <string.h>

enum { LABEL_BYTES = 4096, DRAFT_BYTES = 64 * MIX_MIB };

void draft_fini(struct draft_view *d) {
    buf_fini(&d->with_labels);
    buf_fini(&d->raw);
    buf_fini(&d->clean);
    rows_fini(&d->rows);
    free(d->labels);
}

void draft_source(struct buf *out, struct draft_label **labels, const struct editor *e) {
    size_t at = 0;
    *labels = xcalloc(e->n_chips + 1, sizeof **labels);
    for (size_t i = 0; i < e->n_chips; i++) {
        const struct chip *c = &e->chips[i];
        auto_buf struct buf label = {.max = LABEL_BYTES};
        editor_chip_label(e, c, &label);
        (void)buf_add(out, e->text.p + at, c->off - at);
        (*labels)[i] = (struct draft_label){.off = out->n, .len = label.n};
        (void)buf_add(out, label.p, label.n);
        at = c->off + c->len;
    }
    (void)buf_add(out, buf_str(&e->text) + at, e->text.n - at);
}

/* Where a byte of the editor's text is in what is shown for it. */
static size_t source_of(const struct draft_view *d, const struct editor *e, size_t off) {
    for (size_t i = e->n_chips; i-- > 0;)
        if (e->chips[i].off <= off) {
            const size_t behind = off - e->chips[i].off;
            if (behind >= e->chips[i].len)
                return d->labels[i].off + d->labels[i].len + behind - e->chips[i].len;
            return d->labels[i].off;
        }
    return off;
}

static size_t count_ends(const char *s, size_t n) {
    size_t ends = 0;
    for (const char *p = s, *end = s + n; n > 0 && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        ends++;
    return ends;
}

/* ---- what is the same as before ---- */
struct same {
    size_t head, tail; /* bytes; both begin and end with whole lines */
    size_t tail_lines;
};

static size_t same_head(const char *a, const char *b, size_t n) {
    size_t at = 0;
    while (at + 4096 <= n && memcmp(a + at, b + at, 4096) == 0)
        at += 4096;
    while (at < n && a[at] == b[at])
        at++;
    while (at > 0 && a[at - 1] != '\n')
        at--;
    return at;
}

/* At most n bytes; begins behind a line end. */
static size_t same_tail(const char *a, const char *b, size_t n) {
    size_t len = 0;
    while (len + 4096 <= n && memcmp(a - len - 4096, b - len - 4096, 4096) == 0)
        len += 4096;
    while (len < n && a[-(ptrdiff_t)len - 1] == b[-(ptrdiff_t)len - 1])
        len++;
    const char *end = len > 0 ? memchr(a - len, '\n', len) : NULL;
    return end ? (size_t)(a - end) - 1 : 0;
}

static struct same compare(const struct buf *old, const char *now, size_t n) {
    const size_t least = old->n < n ? old->n : n;
    struct same s = {.head = same_head(buf_str(old), now, least)};
    if (least > s.head)
        s.tail = same_tail(old->p + old->n, now + n, least - s.head);
    s.tail_lines = s.tail > 0 ? count_ends(now + n - s.tail, s.tail) + 1 : 0;
    return s;
}

/* Index of the first row of a line, counted from 0. */
static size_t row_of_line(const struct rows *rows, size_t line) {
    size_t at = 0;
    for (; at < rows->n && line > 0; at++)
        line -= rows->v[at].hard;
    return at;
}

static size_t row_of_tail(const struct rows *rows, size_t lines) {
    size_t at = rows->n;
    for (; at > 0 && (lines > 0 || !rows->v[at - 1].hard); at--)
        lines -= lines > 0 && rows->v[at - 1].hard;
    return at;
}

static size_t off_of(const struct draft_view *d, size_t row) {
    return row < d->rows.n ? d->rows.v[row].off : d->clean.n;
}

static void splice_rows(struct rows *rows, size_t from, size_t to, const struct rows *now,
                        size_t off, ptrdiff_t shift) {
    const size_t n = rows->n - (to - from) + now->n;
    if (n > rows->cap) {
        rows->cap = n + n / 4;
        rows->v = xrealloc(rows->v, rows->cap * sizeof *rows->v);
    }
    memmove(rows->v + from + now->n, rows->v + to, (rows->n - to) * sizeof *rows->v);
    memcpy(rows->v + from, now->v, now->n * sizeof *now->v);
    rows->n = n;
    for (size_t i = from; i < from + now->n; i++)
        rows->v[i].off += (uint32_t)off;
    for (size_t i = from + now->n; i < n; i++)
        rows->v[i].off = (uint32_t)((ptrdiff_t)rows->v[i].off + shift);
}

static void wrap(struct draft_view *d, const char *s, size_t n, int width) {
    const bool first = d->width != width || d->rows.n == 0;
    if (first) {
        buf_clear(&d->raw);
        buf_clear(&d->clean);
        d->rows.n = 0;
    } else if (d->raw.n == n && (n == 0 || memcmp(d->raw.p, s, n) == 0)) {
        return;
    }
    struct same kept = {0};

    if (!first)
        kept = compare(&d->raw, s, n);
    const size_t from = row_of_line(&d->rows, count_ends(s, kept.head));
    const size_t to = first ? 0 : row_of_tail(&d->rows, kept.tail_lines);
    const size_t clean_from = off_of(d, from), clean_to = off_of(d, to);
    auto_buf struct buf clean = {.max = DRAFT_BYTES};
    struct rows rows = {0};

    text_clean(&clean, s + kept.head, n - kept.head - kept.tail, CLEAN_TEXT);
    text_wrap(&rows, buf_str(&clean), kept.tail_lines > 0 ? clean.n - 1 : clean.n, width);
    if (clean_to > clean_from)
        buf_cut(&d->clean, clean_from, clean_to - clean_from);
    (void)buf_insert(&d->clean, clean_from, buf_str(&clean), clean.n);
    splice_rows(&d->rows, from, to, &rows, clean_from,
                (ptrdiff_t)clean.n - (ptrdiff_t)(clean_to - clean_from));
    rows_fini(&rows);
    d->width = width;
    if (d->raw.n > kept.head + kept.tail)
        buf_cut(&d->raw, kept.head, d->raw.n - kept.head - kept.tail);
    (void)buf_insert(&d->raw, kept.head, s + kept.head, n - kept.head - kept.tail);
}

void draft_settle(struct draft_view *d, const struct editor *e, int width) {
    d->raw.max = d->clean.max = d->with_labels.max = DRAFT_BYTES;
    free(d->labels);
    d->labels = NULL;
    if (e->n_chips == 0) {
        wrap(d, buf_str(&e->text), e->text.n, width);
        return;
    }
    buf_clear(&d->with_labels);
    draft_source(&d->with_labels, &d->labels, e);
    wrap(d, buf_str(&d->with_labels), d->with_labels.n, width);
}

/* ---- places ---- */
static size_t clean_of(const struct draft_view *d, size_t raw) {
    const char *s = buf_str(&d->raw);
    size_t start = raw;
    while (start > 0 && s[start - 1] != '\n')
        start--;
    const size_t at = off_of(d, row_of_line(&d->rows, count_ends(s, start))), n = raw - start;
    if (n == 0 || (at + n <= d->clean.n && memcmp(s + start, d->clean.p + at, n) == 0))
        return at + n;
    auto_buf struct buf head = {.max = DRAFT_BYTES};
    text_clean(&head, s + start, n, CLEAN_TEXT);
    return at + head.n < d->clean.n ? at + head.n : d->clean.n;
}

size_t draft_place(const struct draft_view *d, const struct editor *e, size_t off) {
    const size_t raw = d->labels ? source_of(d, e, off) : off;
    return clean_of(d, raw < d->raw.n ? raw : d->raw.n);
}

size_t draft_row(const struct draft_view *d, size_t place) {
    size_t low = 0, high = d->rows.n;
    while (high - low > 1) {
        const size_t mid = (low + high) / 2;
        if (d->rows.v[mid].off <= place)
            low = mid;
        else
            high = mid;
    }
    return low;
}

/* ---- drawing ---- */
struct stretch {
    size_t from, to;
    enum style style;
};

static void put_row(const struct draft_view *d, struct canvas *c, struct rect r,
                    const struct row *row, const struct stretch *marks, size_t n) {
    const size_t end = row->off + row->len;
    int x = r.x;
    for (size_t at = row->off; at < end;) {
        enum style style = STYLE_COMPOSER;
        size_t stop = end;
        for (size_t i = 0; i < n; i++) {
            if (at >= marks[i].from && at < marks[i].to) {
                style = marks[i].style;
                stop = marks[i].to < stop ? marks[i].to : stop;
            } else if (marks[i].from > at && marks[i].from < stop) {
                stop = marks[i].from;
            }
        }
        x += canvas_put(c, x, r.y, r.x + r.w - x, style, d->clean.p + at, stop - at);
        at = stop;
    }
}

void draft_draw(const struct draft_view *d, const struct model *m, struct canvas *c, struct rect r,
                size_t top) {
    const struct editor *e = &m->shown->draft;
    const size_t caret = draft_place(d, e, e->caret), row = draft_row(d, caret);
    struct stretch *marks = xcalloc(e->n_chips + 1, sizeof *marks);
    size_t n = 0, from, to;

    for (size_t i = 0; d->labels && i < e->n_chips; i++)
        marks[n++] = (struct stretch){clean_of(d, d->labels[i].off),
                                      clean_of(d, d->labels[i].off + d->labels[i].len), STYLE_KEY};
    if (m->ui.vi && vi_selected(m->ui.vi, e, &from, &to))
        marks[n++] =
            (struct stretch){draft_place(d, e, from), draft_place(d, e, to), STYLE_CURSOR_ROW};
    for (int y = 0; y < r.h && top + (size_t)y < d->rows.n; y++) {
        const struct row *line = &d->rows.v[top + (size_t)y];

        put_row(d, c, (struct rect){r.x, r.y + y, r.w, 1}, line, marks, n);
        if (top + (size_t)y == row && m->ui.focus == PANE_COMPOSER && m->ui.over == OVER_NONE) {
            const int x = text_width(buf_str(&d->clean) + line->off, caret - line->off);

            c->cursor_x = r.x + (x < r.w ? x : r.w);
            c->cursor_y = r.y + y;
            if (complete_hint(m) && x < r.w) /* what the command takes */
                put(c, r.x + x, r.y + y, r.w - x, STYLE_COMPOSER_HINT, complete_hint(m));
        }
    }
    free(marks);
}
