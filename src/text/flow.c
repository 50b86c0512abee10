/* flow.c - rows made of runs: lines of bits, wrapped; plain text; and text taken out again. */
#include "flow.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

void flow_clear(struct flow *f) {
    buf_clear(&f->text);
    f->n_runs = 0;
    f->n = 0;
    f->n_links = 0;
}

void flow_fini(struct flow *f) {
    buf_fini(&f->text);
    rows_fini(&f->scratch);
    free(f->runs);
    free(f->rows);
    free(f->links);
    *f = (struct flow){0};
}

size_t flow_bytes(const struct flow *f) {
    return f->text.cap + f->cap_runs * sizeof *f->runs + f->cap * sizeof *f->rows +
           f->cap_links * sizeof *f->links + f->scratch.cap * sizeof *f->scratch.v;
}

uint32_t flow_put(struct flow *f, const char *s, size_t n) {
    f->text.max = FLOW_TEXT_MAX;
    const size_t at = f->text.n;

    return buf_add(&f->text, s, n) == RC_OK ? (uint32_t)at : UINT32_MAX;
}

void flow_row_begin(struct flow *f, uint32_t src, uint8_t fill) {
    const uint32_t last = f->n > 0 ? f->rows[f->n - 1].src : 0;

    f->rows = xgrow(f->rows, f->n, &f->cap, sizeof *f->rows);
    f->rows[f->n++] =
        (struct flow_row){.run = (uint32_t)f->n_runs, .src = src > last ? src : last, .fill = fill};
}

static bool same_look(const struct run *a, const struct run *b) {
    return a->ink == b->ink && a->attrs == b->attrs && a->link == b->link && a->flags == b->flags;
}

void flow_run(struct flow *f, struct run run, int cells) {
    struct flow_row *row = &f->rows[f->n - 1];
    struct run *last = row->n_runs > 0 ? &f->runs[f->n_runs - 1] : NULL;

    if (run.len == 0 || row->n_runs == UINT16_MAX)
        return;
    row->cells = (uint16_t)(row->cells + cells);
    if (last && last->off + last->len == run.off && same_look(last, &run)) {
        last->len += run.len;
        return;
    }
    f->runs = xgrow(f->runs, f->n_runs, &f->cap_runs, sizeof *f->runs);
    f->runs[f->n_runs++] = run;
    row->n_runs++;
}

uint16_t flow_add_link(struct flow *f, const char *url, size_t n, bool image) {
    const size_t at = f->text.n;

    f->text.max = FLOW_TEXT_MAX;
    if (f->n_links == UINT16_MAX || text_clean(&f->text, url, n, CLEAN_LINE) != RC_OK)
        return 0;
    f->links = xgrow(f->links, f->n_links, &f->cap_links, sizeof *f->links);
    f->links[f->n_links++] = (struct flow_link){
        .url = (uint32_t)at, .url_len = (uint32_t)(f->text.n - at), .image = image};
    return (uint16_t)f->n_links;
}

/* ---- one logical line ---- */
struct liner {
    struct flow *f;
    const struct flow_bit *bits;
    size_t n, bit;          /* bit: the row in the making starts in it */
    uint32_t line, end;     /* of the line in the text */
    uint32_t bit_at;        /* where that bit starts in the text */
    struct run first, rest; /* decoration */
    int first_cells, rest_cells;
    uint8_t fill;
};

/* The decoration of a list of lines is mostly the same: it is kept once. */
static uint32_t put_decor(struct flow *f, const char *s, size_t n) {
    if (f->n > 0 && f->rows[f->n - 1].n_runs > 0) {
        const struct run *before = &f->runs[f->rows[f->n - 1].run];

        if ((before->flags & RUN_DECOR) && before->len == n &&
            memcmp(f->text.p + before->off, s, n) == 0)
            return before->off;
    }
    return flow_put(f, s, n);
}

static bool put_prefix(struct liner *l, const struct flow_prefix *prefix) {
    if (!prefix)
        return true;
    const char *first = prefix->first ? prefix->first : "";
    const char *rest = prefix->rest ? prefix->rest : "";
    struct run run = {.ink = prefix->ink, .attrs = prefix->attrs, .flags = RUN_DECOR};

    run.len = (uint32_t)strlen(first);
    run.off = run.len > 0 ? put_decor(l->f, first, run.len) : 0;
    l->first = run;
    l->first_cells = text_width(first, run.len);
    if (strcmp(first, rest) != 0) {
        run.len = (uint32_t)strlen(rest);
        run.off = run.len > 0 ? put_decor(l->f, rest, run.len) : 0;
    }
    l->rest = run;
    l->rest_cells = text_width(rest, run.len);
    return l->first.off != UINT32_MAX && l->rest.off != UINT32_MAX;
}

static bool put_bits(struct liner *l) {
    struct flow *f = l->f;

    l->line = l->bit_at = (uint32_t)f->text.n;
    for (size_t i = 0; i < l->n; i++)
        if (flow_put(f, l->bits[i].s, l->bits[i].n) == UINT32_MAX)
            return false;
    l->end = (uint32_t)f->text.n;
    return flow_put(f, "\n", 1) != UINT32_MAX;
}

static int cells_of(const char *s, size_t n, bool ascii) {
    return ascii ? (int)n : text_width(s, n);
}

/* Source position of a place of the line: cleaning may have changed lengths, so never past where
 * the next bit begins. */
static uint32_t source_at(struct liner *l, uint32_t off) {
    while (l->bit + 1 < l->n && off >= l->bit_at + l->bits[l->bit].n)
        l->bit_at += (uint32_t)l->bits[l->bit++].n;
    if (l->n == 0)
        return 0;
    const uint32_t src = l->bits[l->bit].src + (off - l->bit_at);

    if (l->bit + 1 < l->n && l->bits[l->bit + 1].src >= l->bits[l->bit].src &&
        src > l->bits[l->bit + 1].src)
        return l->bits[l->bit + 1].src;
    return src;
}

/* One row with the line's bytes [from, to). */
static void add_row(struct liner *l, uint32_t from, uint32_t to, bool ascii) {
    struct flow *f = l->f;
    const bool first = from == l->line;

    flow_row_begin(f, source_at(l, from), l->fill);
    if (first)
        flow_run(f, l->first, l->first_cells);
    else
        flow_run(f, l->rest, l->rest_cells);
    uint32_t at = l->bit_at;

    for (size_t i = l->bit; i < l->n && at < to; i++) {
        const struct flow_bit *bit = &l->bits[i];
        const uint32_t a = at > from ? at : from;

        at += (uint32_t)bit->n;
        const uint32_t b = at < to ? at : to;

        if (b > a)
            flow_run(f,
                     (struct run){.off = a,
                                  .len = b - a,
                                  .link = bit->link,
                                  .ink = bit->ink,
                                  .attrs = bit->attrs},
                     cells_of(f->text.p + a, b - a, ascii));
    }
    f->rows[f->n - 1].soft = to < l->end;
}

static bool all_ascii(const char *s, size_t n) {
    size_t i = 0;

    while (i < n && byte_printable(s[i]))
        i++;
    return i == n;
}

static void wrap_cells(struct liner *l, int width, bool ascii) {
    uint32_t at = l->line;

    do {
        uint32_t n = l->end - at;

        if (ascii)
            n = n < (uint32_t)width ? n : (uint32_t)width;
        else
            n = (uint32_t)text_fit(l->f->text.p + at, n, width);
        if (n == 0 && at < l->end)
            n = text_cluster(l->f->text.p + at, l->end - at).bytes;
        add_row(l, at, at + n, ascii);
        at += n;
    } while (at < l->end);
}

static void wrap_words(struct liner *l, int width, bool ascii) {
    struct rows *rows = &l->f->scratch;

    rows->n = 0;
    text_wrap(rows, l->f->text.p + l->line, l->end - l->line, width);
    for (size_t i = 0; i < rows->n; i++) {
        const uint32_t from = l->line + rows->v[i].off;

        add_row(l, from, from + rows->v[i].len, ascii);
        l->f->rows[l->f->n - 1].soft = i + 1 < rows->n;
    }
    if (rows->cap * sizeof *rows->v > FLOW_SCRATCH_KEPT)
        rows_fini(rows);
}

void flow_line(struct flow *f, const struct flow_bit *bits, size_t n,
               const struct flow_prefix *prefix, enum flow_wrap wrap, int width, uint8_t fill) {
    assert(width >= 1);
    struct liner l = {.f = f, .bits = bits, .n = n, .fill = fill};
    const size_t before = f->text.n;

    if (!put_prefix(&l, prefix) || !put_bits(&l)) {
        buf_cut(&f->text, before, f->text.n - before);
        return;
    }
    const uint32_t len = l.end - l.line;
    const bool ascii = all_ascii(f->text.p + l.line, len);
    const int decor = l.first_cells > l.rest_cells ? l.first_cells : l.rest_cells;
    int room = (width < FLOW_WIDEST ? width : FLOW_WIDEST) - decor;

    room = room > 1 ? room : 1;
    if (n == 0 && f->n > 0) { /* nothing tells where it stands: behind the row before */
        const uint32_t src = f->rows[f->n - 1].src;

        l.bits = &(struct flow_bit){.s = "", .src = src};
        l.n = 1;
        add_row(&l, l.line, l.end, true);
    } else if (len == 0 || (ascii && len <= (uint32_t)room)) {
        add_row(&l, l.line, l.end, true);
    } else if (wrap == WRAP_CELLS) {
        wrap_cells(&l, room, ascii);
    } else {
        wrap_words(&l, room, ascii);
    }
}

/* ---- plain text ---- */
size_t flow_piece(const char *s, size_t n) {
    if (n <= FLOW_PIECE)
        return n;
    const size_t start = text_prev(s, FLOW_PIECE);

    return start > FLOW_PIECE / 2 ? start : FLOW_PIECE;
}

struct plain {
    struct flow *f;
    const struct flow_plain *how;
    struct flow_prefix prefix;
    struct buf clean;
};

static void plain_line(struct plain *p, const char *s, size_t n, uint32_t src) {
    flow_line(
        p->f,
        &(struct flow_bit){.s = s, .n = n, .src = src, .ink = p->how->ink, .attrs = p->how->attrs},
        1, p->how->gutter ? &p->prefix : NULL, p->how->wrap, p->how->width, p->how->fill);
}

/* One line of the source, or a piece of one. Bare returns and separators in it end lines too. */
static void plain_source(struct plain *p, const char *s, size_t n, uint32_t src) {
    if (all_ascii(s, n)) {
        plain_line(p, s, n, src);
        return;
    }
    buf_clear(&p->clean);
    if (text_clean(&p->clean, s, n, p->how->clean) != RC_OK)
        return;
    const char *text = buf_str(&p->clean);
    size_t at = 0;

    for (;;) {
        const char *nl = memchr(text + at, '\n', p->clean.n - at);
        const size_t end = nl ? (size_t)(nl - text) : p->clean.n;

        plain_line(p, text + at, end - at, src + (uint32_t)(at < n ? at : n));
        if (!nl || nl + 1 == text + p->clean.n)
            return;
        at = end + 1;
    }
}

size_t flow_plain(struct flow *f, const char *s, size_t n, const struct flow_plain *how,
                  size_t max_rows) {
    struct plain p = {.f = f, .how = how, .prefix = {how->gutter, how->gutter, INK_DIM, 0}};
    size_t at = 0;

    buf_init(&p.clean, FLOW_TEXT_MAX);
    while (at < n && f->n < max_rows) {
        const char *nl = memchr(s + at, '\n', n - at);
        const size_t end = nl ? (size_t)(nl - s) : n;
        const size_t take = flow_piece(s + at, end - at);
        const bool piece = at + take < end;
        const size_t rows = f->n;

        plain_source(&p, s + at, take, how->src + (uint32_t)at);
        if (piece && f->n > rows) { /* the line goes on */
            f->rows[f->n - 1].soft = true;
            buf_cut(&f->text, f->text.n - 1, 1);
        }
        at += take + (nl && !piece);
    }
    buf_fini(&p.clean);
    return at;
}

/* ---- taking out ---- */
struct taker {
    struct buf *out;
    const struct flow *f;
    size_t line;  /* of out: the line being written starts there */
    uint32_t end; /* of the last run taken, in the text */
    bool soft;    /* the last row goes on in this one */
};

static void end_line(struct taker *t) {
    while (t->out->n > t->line && t->out->p[t->out->n - 1] == ' ')
        buf_cut(t->out, t->out->n - 1, 1);
}

/* What the wrap swallowed between two rows of one line. */
static void take_gap(struct taker *t, const struct flow_row *row, uint32_t start) {
    if (!t->soft || start <= t->end)
        return;
    for (size_t i = 0; i < row->n_runs; i++) {
        const struct run *run = &t->f->runs[row->run + i];

        if ((run->flags & RUN_DECOR) && run->off >= t->end && run->off < start)
            start = run->off;
    }
    buf_add(t->out, t->f->text.p + t->end, start - t->end);
    t->soft = false;
}

static void take_row(struct taker *t, const struct flow_row *row, int from, int to) {
    int x = 0;

    for (size_t i = 0; i < row->n_runs; i++) {
        const struct run *run = &t->f->runs[row->run + i];
        const char *s = t->f->text.p + run->off;
        const int cells = text_width(s, run->len);
        const size_t skip = x < from ? text_fit(s, run->len, from - x) : 0;
        const size_t stop = to < 0 ? run->len : to > x ? text_fit(s, run->len, to - x) : 0;

        x += cells;
        if ((run->flags & RUN_DECOR) || stop <= skip)
            continue;
        take_gap(t, row, run->off);
        buf_add(t->out, s + skip, stop - skip);
        t->end = run->off + run->len;
        t->soft = false;
    }
}

void flow_copy(struct buf *out, const struct flow *f, size_t from, size_t to, int from_x,
               int to_x) {
    struct taker t = {.out = out, .f = f, .line = out->n};

    to = to < f->n ? to : f->n;
    for (size_t i = from; i < to; i++) {
        take_row(&t, &f->rows[i], i == from ? from_x : 0, i + 1 == to ? to_x : -1);
        t.soft = f->rows[i].soft;
        if (t.soft || i + 1 == to)
            continue;
        end_line(&t);
        buf_add(out, "\n", 1);
        t.line = out->n;
    }
    end_line(&t);
}
