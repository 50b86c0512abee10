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
    const size_t at = f->text.n;

    if (at + n < f->text.cap && at + n <= FLOW_TEXT_MAX) {
        memcpy(f->text.p + at, s, n);
        f->text.n += n;
        f->text.p[f->text.n] = '\0';
        return (uint32_t)at;
    }
    f->text.max = FLOW_TEXT_MAX;
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
struct decor {
    struct run v[FLOW_DECORS];
    size_t n;
    int cells;
};
struct liner {
    struct flow *f;
    const struct flow_bit *bits;
    size_t n, bit;      /* bit: the row in the making starts in it */
    uint32_t line, end; /* of the line in the text */
    uint32_t bit_at;    /* where that bit starts in the text */
    struct decor first, other;
    const struct decor *rest; /* other, or first when they are the same */
    uint8_t fill;
};

/* The decoration of a list of lines is mostly the same: it is kept once. */
static uint32_t put_decor(struct flow *f, size_t nth, const char *s, size_t n) {
    if (f->n > 0 && f->rows[f->n - 1].n_runs > nth) {
        const struct run *before = &f->runs[f->rows[f->n - 1].run + nth];

        if ((before->flags & RUN_DECOR) && before->len == n &&
            memcmp(f->text.p + before->off, s, n) == 0)
            return before->off;
    }
    return flow_put(f, s, n);
}

static bool put_prefix(struct liner *l, struct decor *out, const struct flow_bit *bits, size_t n) {
    assert(n <= FLOW_DECORS);
    for (size_t i = 0; i < n; i++) {
        const struct flow_bit *bit = &bits[i];

        if (bit->n == 0)
            continue;
        const uint32_t off = put_decor(l->f, i, bit->s, bit->n);

        if (off == UINT32_MAX)
            return false;
        out->v[out->n++] = (struct run){.off = off,
                                        .len = (uint32_t)bit->n,
                                        .ink = bit->ink,
                                        .attrs = bit->attrs,
                                        .flags = RUN_DECOR};
        out->cells += text_width(bit->s, bit->n);
    }
    return true;
}

static bool same_bits(const struct flow_decor *d) {
    for (size_t i = 0; i < d->n_first; i++)
        if (d->n_first != d->n_rest || d->first[i].n != d->rest[i].n ||
            d->first[i].ink != d->rest[i].ink || d->first[i].attrs != d->rest[i].attrs ||
            memcmp(d->first[i].s, d->rest[i].s, d->first[i].n) != 0)
            return false;
    return d->n_first == d->n_rest;
}

static bool put_prefixes(struct liner *l, const struct flow_decor *d) {
    if (!put_prefix(l, &l->first, d->first, d->n_first))
        return false;
    l->rest = &l->first;
    if (same_bits(d))
        return true;
    l->rest = &l->other;
    return put_prefix(l, &l->other, d->rest, d->n_rest);
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

static void add_decor(struct flow *f, const struct decor *d) {
    for (size_t i = 0; i < d->n; i++)
        flow_run(f, d->v[i], i == 0 ? d->cells : 0);
}

/* One row with the line's bytes [from, to). */
static void add_row(struct liner *l, uint32_t from, uint32_t to, bool ascii) {
    struct flow *f = l->f;
    const bool first = from == l->line;

    flow_row_begin(f, source_at(l, from), l->fill);
    add_decor(f, first ? &l->first : l->rest);
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

static int room_behind(const struct decor *d, int width) {
    return width - d->cells > 1 ? width - d->cells : 1;
}

static void wrap_cells(struct liner *l, int width, bool ascii) {
    const uint32_t first = (uint32_t)room_behind(&l->first, width);
    const uint32_t rest = (uint32_t)room_behind(l->rest, width);
    uint32_t at = l->line;

    do {
        const uint32_t room = at == l->line ? first : rest;
        uint32_t n = l->end - at;

        if (ascii)
            n = n < room ? n : room;
        else
            n = (uint32_t)text_fit(l->f->text.p + at, n, (int)room);
        if (n == 0 && at < l->end)
            n = text_cluster(l->f->text.p + at, l->end - at).bytes;
        add_row(l, at, at + n, ascii);
        at += n;
    } while (at < l->end);
}

static void wrap_words(struct liner *l, int width, bool ascii) {
    const int first = room_behind(&l->first, width), rest = room_behind(l->rest, width);
    struct rows *rows = &l->f->scratch;
    const char *s = l->f->text.p + l->line;
    uint32_t from = 0; /* of the rows behind the first */

    rows->n = 0;
    text_wrap(rows, s, l->end - l->line, first);
    if (first != rest && rows->n > 1) {
        from = rows->v[1].off;
        rows->n = 1;
        text_wrap(rows, s + from, l->end - l->line - from, rest);
    }
    for (size_t i = 0; i < rows->n; i++) {
        const uint32_t at = l->line + rows->v[i].off + (i > 0 ? from : 0);

        add_row(l, at, at + rows->v[i].len, ascii);
        l->f->rows[l->f->n - 1].soft = i + 1 < rows->n;
    }
    if (rows->cap * sizeof *rows->v > FLOW_SCRATCH_KEPT)
        rows_fini(rows);
}

void flow_line_decor(struct flow *f, const struct flow_bit *bits, size_t n,
                     const struct flow_decor *decor, enum flow_wrap wrap, int width, uint8_t fill) {
    assert(width >= 1);
    struct liner l;
    const size_t before = f->text.n;

    l.f = f;
    l.bits = bits;
    l.n = n;
    l.bit = 0;
    l.fill = fill;
    l.first.n = l.other.n = 0; /* not all of it zeroed: it is large */
    l.first.cells = l.other.cells = 0;
    if (!put_prefixes(&l, decor) || !put_bits(&l)) {
        buf_cut(&f->text, before, f->text.n - before);
        return;
    }
    const uint32_t len = l.end - l.line;
    const bool ascii = bytes_printable(f->text.p + l.line, len);
    width = width < FLOW_WIDEST ? width : FLOW_WIDEST;
    if (n == 0 && f->n > 0) { /* nothing tells where it stands: behind the row before */
        const uint32_t src = f->rows[f->n - 1].src;

        l.bits = &(struct flow_bit){.s = "", .src = src};
        l.n = 1;
        add_row(&l, l.line, l.end, true);
    } else if (len == 0 || (ascii && len <= (uint32_t)room_behind(&l.first, width))) {
        add_row(&l, l.line, l.end, true);
    } else if (wrap == WRAP_CELLS) {
        wrap_cells(&l, width, ascii);
    } else {
        wrap_words(&l, width, ascii);
    }
}

void flow_line(struct flow *f, const struct flow_bit *bits, size_t n,
               const struct flow_prefix *prefix, enum flow_wrap wrap, int width, uint8_t fill) {
    static const struct flow_prefix none = {"", "", INK_TEXT, 0};

    if (!prefix)
        prefix = &none;
    const char *first = prefix->first ? prefix->first : "";
    const char *rest = prefix->rest ? prefix->rest : "";
    const struct flow_bit one = {
        .s = first, .n = strlen(first), .ink = prefix->ink, .attrs = prefix->attrs};
    const struct flow_bit two = {
        .s = rest, .n = strlen(rest), .ink = prefix->ink, .attrs = prefix->attrs};
    const struct flow_decor decor = {
        .first = &one, .rest = &two, .n_first = one.n > 0, .n_rest = two.n > 0};

    flow_line_decor(f, bits, n, &decor, wrap, width, fill);
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
    if (bytes_printable(s, n)) {
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
    bool ended;   /* the last row ended a line */
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

static bool starts(const struct flow *f, const struct run *run, const char *with) {
    const size_t n = strlen(with);

    return run->len >= n && memcmp(f->text.p + run->off, with, n) == 0;
}

static bool is_edge(const struct flow *f, const struct run *run) {
    return (run->flags & RUN_DECOR) && run->ink == INK_RULE &&
           (starts(f, run, "+-") || starts(f, run, "\u250c") || starts(f, run, "\u251c") ||
            starts(f, run, "\u2514"));
}

/* The line between two rows of a table, or around it. */
static bool is_border(const struct flow *f, const struct flow_row *row) {
    return row->n_runs > 0 && is_edge(f, &f->runs[row->run + row->n_runs - 1]);
}

/* The mark of a list item as Markdown writes it; NULL: it is none. */
static const char *said_mark(const char *s, size_t n, size_t *said_n) {
    static const struct {
        const char *shown, *said;
    } marks[] = {{"\u2022 ", "- "},     {"\u25e6 ", "- "},     {"\u25aa ", "- "},
                 {"* ", "- "},          {"- ", "- "},          {"+ ", "- "},
                 {"\u2610 ", "- [ ] "}, {"\u2611 ", "- [x] "}, {"[ ] ", "- [ ] "},
                 {"[x] ", "- [x] "}};

    for (size_t i = 0; i < MIX_COUNT(marks); i++)
        if (n == strlen(marks[i].shown) && memcmp(s, marks[i].shown, n) == 0) {
            *said_n = strlen(marks[i].said);
            return marks[i].said;
        }
    *said_n = n;
    return n > 2 && s[0] >= '0' && s[0] <= '9' && s[n - 1] == ' ' ? s : NULL;
}

/* In front of a list item: its mark is content, and its depth is blanks. */
static void take_mark(struct taker *t, const struct flow_row *row, size_t nth) {
    const struct run *run = &t->f->runs[row->run + nth];
    const char *s = t->f->text.p + run->off;
    size_t n = run->len, blanks = 0;

    if (t->soft ||
        (run->ink != INK_BULLET && run->ink != INK_TASK_OPEN && run->ink != INK_TASK_DONE))
        return;
    for (size_t i = nth; i < row->n_runs; i++) {
        const struct run *next = &t->f->runs[row->run + i];

        if (!(next->flags & RUN_DECOR) && next->ink >= INK_FENCE && next->ink <= INK_META)
            return; /* the columns of code are its own */
    }
    while (blanks < n && s[blanks] == ' ')
        blanks++;
    const char *said = said_mark(s + blanks, n - blanks, &n);

    if (said || blanks == run->len)
        buf_addf(t->out, "%*s", (int)(blanks / 2 * 2), ""); /* numbers are set to the right */
    if (said)
        buf_add(t->out, said, n);
}

/* Text was taken before it, or the cell before it is empty: what follows is another cell. */
static bool parts_cells(const struct flow *f, const struct run *run, bool text) {
    const char *s = f->text.p + run->off;

    return text || (run->ink == INK_RULE && s[0] == ' ' &&
                    (memchr(s, '|', run->len) || memmem(s, run->len, "\u2502", 3)));
}

static void take_row(struct taker *t, const struct flow_row *row, int from, int to) {
    int x = 0, tabs = 0;
    bool text = false;

    for (size_t i = 0; i < row->n_runs; i++) {
        const struct run *run = &t->f->runs[row->run + i];
        const char *s = t->f->text.p + run->off;
        const int cells = text_width(s, run->len);
        const size_t skip = x < from ? text_fit(s, run->len, from - x) : 0;
        const size_t stop = to < 0 ? run->len : to > x ? text_fit(s, run->len, to - x) : 0;

        if (run->flags & RUN_DECOR) {
            tabs += parts_cells(t->f, run, text);
            if (x >= from && !text)
                take_mark(t, row, i);
        }
        x += cells;
        if ((run->flags & RUN_DECOR) || stop <= skip)
            continue;
        take_gap(t, row, run->off);
        for (; tabs > 0; tabs--)
            buf_add(t->out, "\t", 1);
        text = true;
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
        if (is_border(f, &f->rows[i]))
            continue;
        if (t.ended) {
            end_line(&t);
            buf_add(out, "\n", 1);
            t.line = out->n;
        }
        take_row(&t, &f->rows[i], i == from ? from_x : 0, i + 1 == to ? to_x : -1);
        t.soft = f->rows[i].soft;
        t.ended = !t.soft;
    }
    end_line(&t);
}
