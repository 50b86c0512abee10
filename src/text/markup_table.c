/* markup_table.c - a table in boxes that fit the width; when it is too narrow for that, a card for
 * each row. */
#include "markup.h"

#include <md4c.h>
#include <string.h>

enum {
    NARROWEST = 8, /* a column that has to be narrower makes cards */
    EDGE = 3       /* cells between two columns */
};

struct grid {
    struct markup_out *o;
    struct flow *f;
    const struct markup_table *t;
    size_t columns, rows;
    int width[MARKUP_COLUMNS];
    struct markup_prefix p; /* in front of every row; also in the flow's text: */
    struct run prefix[FLOW_DECORS];
    size_t n_prefix;
    uint32_t spacer; /* blanks, a bar with a blank, blanks: every distance is a piece of it */
    uint32_t blanks;
    uint32_t bar;    /* bytes of the bar */
    bool ruled;      /* a line between any two rows */
    uint32_t middle; /* that line, once it was written */
    uint32_t middle_n;
};
/* A cell of the row that is set out. */
struct slot {
    const struct markup_cell *cell;
    uint32_t text;           /* where its text is */
    size_t first, last, row; /* among the wrapped ones */
    size_t bit;              /* the next row begins in it */
    uint32_t bit_at;
};

static const struct markup_cell *cell_at(const struct grid *g, size_t row, size_t column) {
    const size_t i = row * g->columns + column;

    return i < g->t->n_cells ? &g->t->cells[i] : NULL;
}

/* ---- widths ---- */
static int total(const int *natural, size_t n, int most) {
    int sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += natural[i] < most ? natural[i] : most;
    return sum;
}

/* The most a column may have so that all fit into the room. */
static int level_of(const int *natural, size_t n, int widest, int room) {
    int low = 0, high = widest;

    if (total(natural, n, widest) <= room)
        return widest;
    while (low + 1 < high) {
        const int mid = (low + high) / 2;

        if (total(natural, n, mid) <= room)
            low = mid;
        else
            high = mid;
    }
    return low;
}

/* The widest columns give way first; false when that leaves too little. */
static bool fit(struct grid *g, int room) {
    int natural[MARKUP_COLUMNS] = {0}, widest = 0;

    for (size_t i = 0; i < g->t->n_cells; i++) {
        const int cells = g->t->cells[i].cells;

        if (cells > natural[i % g->columns])
            natural[i % g->columns] = cells;
    }
    for (size_t c = 0; c < g->columns; c++) {
        natural[c] = natural[c] < 1 ? 1 : natural[c] < FLOW_WIDEST ? natural[c] : FLOW_WIDEST;
        widest = natural[c] > widest ? natural[c] : widest;
    }
    const int level = level_of(natural, g->columns, widest, room);

    if (level < widest && level < NARROWEST)
        return false;
    int spare = room - total(natural, g->columns, level);

    for (size_t c = 0; c < g->columns; c++) {
        g->width[c] = natural[c] < level ? natural[c] : level;
        if (natural[c] > level && spare > 0) {
            g->width[c]++;
            spare--;
        }
    }
    return true;
}

/* ---- lines ---- */
static void put_repeated(struct flow *f, const char *s, int times) {
    const size_t n = strlen(s);
    char many[16 * 4];

    for (size_t at = 0; at < 16 * n;)
        for (size_t i = 0; i < n; i++)
            many[at++] = s[i];
    for (; times > 0; times -= 16)
        flow_put(f, many, n * (size_t)(times < 16 ? times : 16));
}

static void add_prefix(const struct grid *g) {
    for (size_t i = 0; i < g->n_prefix; i++)
        flow_run(g->f, g->prefix[i], i == 0 ? g->p.cells : 0);
}

static void border(struct grid *g, const char *left, const char *cross, const char *right,
                   uint32_t src) {
    const char *line = g->o->how->ascii ? "-" : "\u2500";
    struct run run = {.off = (uint32_t)g->f->text.n, .ink = INK_RULE, .flags = RUN_DECOR};
    int cells = 1;

    flow_put(g->f, left, strlen(left));
    for (size_t c = 0; c < g->columns; c++) {
        put_repeated(g->f, line, g->width[c] + 2);
        flow_put(g->f, c + 1 < g->columns ? cross : right, strlen(right));
        cells += g->width[c] + 3;
    }
    run.len = (uint32_t)g->f->text.n - run.off;
    flow_put(g->f, "\n", 1);
    flow_row_begin(g->f, src, INK_TEXT);
    add_prefix(g);
    flow_run(g->f, run, cells);
}

static void inner_border(struct grid *g, uint32_t src) {
    if (g->middle_n == 0) {
        border(g, g->o->how->ascii ? "+" : "\u251c", g->o->how->ascii ? "+" : "\u253c",
               g->o->how->ascii ? "+" : "\u2524", src);
        const struct run *run = &g->f->runs[g->f->n_runs - 1];

        g->middle = run->off;
        g->middle_n = run->len;
        return;
    }
    int cells = 1;

    for (size_t c = 0; c < g->columns; c++)
        cells += g->width[c] + 3;
    flow_row_begin(g->f, src, INK_TEXT);
    add_prefix(g);
    flow_run(
        g->f,
        (struct run){.off = g->middle, .len = g->middle_n, .ink = INK_RULE, .flags = RUN_DECOR},
        cells);
}

/* The distance between two texts: blanks, the bar (or not), blanks. */
static void distance(const struct grid *g, int before, bool bar, int after) {
    const uint32_t off = g->spacer + g->blanks - (uint32_t)before;
    struct run run = {.off = off, .ink = INK_RULE, .flags = RUN_DECOR};

    run.len = (uint32_t)before + (bar ? g->bar : 0) + (uint32_t)after;
    flow_run(g->f, run, before + bar + after);
}

static void put_cell(struct grid *g, struct slot *slot, int width) {
    struct rows *rows = &g->f->scratch;

    slot->text = slot->bit_at = (uint32_t)g->f->text.n;
    slot->bit = 0;
    slot->first = slot->last = slot->row = rows->n;
    if (!slot->cell)
        return;
    for (size_t i = 0; i < slot->cell->n; i++) {
        const struct flow_bit *bit = &g->t->bits[slot->cell->bits + i];

        flow_put(g->f, bit->s, bit->n);
    }
    const size_t n = g->f->text.n - slot->text;

    flow_put(g->f, "\n", 1);
    if (n > 0)
        text_wrap(rows, g->f->text.p + slot->text, n, width);
    slot->last = rows->n;
}

/* The runs of a cell in one row. */
static void cell_row(const struct grid *g, struct slot *slot, const struct row *row) {
    const uint32_t from = slot->text + row->off, to = from + row->len;

    while (slot->bit < slot->cell->n) {
        const struct flow_bit *bit = &g->t->bits[slot->cell->bits + slot->bit];
        const uint32_t end = slot->bit_at + (uint32_t)bit->n;
        const uint32_t a = slot->bit_at > from ? slot->bit_at : from, b = end < to ? end : to;

        if (b > a)
            flow_run(g->f,
                     (struct run){.off = a,
                                  .len = b - a,
                                  .link = bit->link,
                                  .ink = bit->ink,
                                  .attrs = bit->attrs},
                     text_width(g->f->text.p + a, b - a));
        if (end > to)
            return;
        slot->bit_at = end;
        slot->bit++;
    }
}

/* Blanks in front of a text of so many cells in a column. */
static int lead(const struct grid *g, size_t column, int cells) {
    const int room = g->width[column] > cells ? g->width[column] - cells : 0;

    if (g->t->align[column] == MD_ALIGN_RIGHT)
        return room;
    return g->t->align[column] == MD_ALIGN_CENTER ? room / 2 : 0;
}

static void line_of_row(struct grid *g, struct slot *slots, uint32_t src) {
    int behind = 0; /* blanks owed to the column before */

    flow_row_begin(g->f, src, INK_TEXT);
    add_prefix(g);
    for (size_t c = 0; c < g->columns; c++) {
        struct slot *slot = &slots[c];
        const struct row *row = slot->row < slot->last ? &g->f->scratch.v[slot->row++] : NULL;
        const int cells = row ? row->cells : 0, front = lead(g, c, cells);

        distance(g, c > 0 ? behind + 1 : 0, true, front + 1);
        if (row)
            cell_row(g, slot, row);
        behind = g->width[c] - front - cells;
        behind = behind > 0 ? behind : 0;
    }
    distance(g, behind + 1, true, 0);
}

static uint32_t src_of(const struct grid *g, size_t row) {
    for (size_t c = 0; c < g->columns; c++) {
        const struct markup_cell *cell = cell_at(g, row, c);

        if (cell && cell->n > 0)
            return g->t->bits[cell->bits].src;
    }
    return 0;
}

static void box_row(struct grid *g, size_t row) {
    struct slot slots[MARKUP_COLUMNS];
    size_t lines = 1;
    const uint32_t src = src_of(g, row);

    g->f->scratch.n = 0;
    for (size_t c = 0; c < g->columns; c++) {
        slots[c].cell = cell_at(g, row, c);
        put_cell(g, &slots[c], g->width[c]);
        if (slots[c].last - slots[c].first > lines)
            lines = slots[c].last - slots[c].first;
    }
    for (size_t i = 0; i < lines; i++)
        line_of_row(g, slots, src);
}

static bool wraps(const struct grid *g) {
    for (size_t i = 0; i < g->t->n_cells; i++) {
        const struct markup_cell *cell = &g->t->cells[i];

        if (cell->cells > g->width[i % g->columns])
            return true;
        for (size_t k = 0; k < cell->n; k++)
            if (g->t->bits[cell->bits + k].s[0] == '\n')
                return true;
    }
    return false;
}

static void put_spacer(struct grid *g) {
    const char *bar = g->o->how->ascii ? "|" : "\u2502";
    int most = 0;

    for (size_t c = 0; c < g->columns; c++)
        most = g->width[c] > most ? g->width[c] : most;
    g->spacer = (uint32_t)g->f->text.n;
    g->blanks = (uint32_t)most + 1;
    g->bar = (uint32_t)strlen(bar);
    put_repeated(g->f, " ", most + 1);
    flow_put(g->f, bar, g->bar);
    put_repeated(g->f, " ", most + 1);
    flow_put(g->f, "\n", 1);
}

static void boxes(struct grid *g) {
    const bool ascii = g->o->how->ascii;

    put_spacer(g);
    g->ruled = wraps(g);
    border(g, ascii ? "+" : "\u250c", ascii ? "+" : "\u252c", ascii ? "+" : "\u2510", src_of(g, 0));
    for (size_t row = 0; row < g->rows; row++) {
        if (row == 1 || (row > 1 && g->ruled))
            inner_border(g, src_of(g, row));
        box_row(g, row);
    }
    border(g, ascii ? "+" : "\u2514", ascii ? "+" : "\u2534", ascii ? "+" : "\u2518", 0);
}

/* ---- cards ---- */
/* The bits of a cell without its line ends. */
static size_t cell_bits(const struct grid *g, const struct markup_cell *cell, struct flow_bit *out,
                        size_t max) {
    size_t n = 0;

    for (size_t i = 0; cell && i < cell->n && n < max; i++) {
        out[n] = g->t->bits[cell->bits + i];
        if (out[n].s[0] == '\n')
            out[n].s = " ";
        n++;
    }
    return n;
}

enum { CARD_BITS = 256 };

static void card_line(struct grid *g, size_t row, size_t column) {
    struct flow_bit bits[2 * CARD_BITS + 1];
    size_t n = cell_bits(g, cell_at(g, 0, column), bits, CARD_BITS);
    struct flow_bit rest[FLOW_DECORS];
    const size_t decor = g->p.n_rest;

    if (row > 0) {
        for (size_t i = 0; i < n; i++)
            bits[i].src = src_of(g, row);
        bits[n++] =
            (struct flow_bit){.s = ": ", .n = 2, .src = src_of(g, row), .ink = INK_TABLE_HEAD};
        n += cell_bits(g, cell_at(g, row, column), bits + n, CARD_BITS);
    }
    memcpy(rest, g->p.rest, decor * sizeof *rest);
    const bool hangs = decor < FLOW_DECORS && g->o->how->width > g->p.cells + NARROWEST;

    if (hangs)
        rest[decor] = (struct flow_bit){.s = "  ", .n = 2};
    flow_line_decor(
        g->f, bits, n,
        &(struct flow_decor){
            .first = g->p.rest, .rest = rest, .n_first = decor, .n_rest = decor + hangs},
        WRAP_WORDS, g->o->how->width, INK_TEXT);
}

static void cards(struct grid *g) {
    for (size_t row = g->rows > 1; row < g->rows; row++) {
        if (row > 1) {
            flow_row_begin(g->f, src_of(g, row), INK_TEXT);
            add_prefix(g);
        }
        for (size_t c = 0; c < g->columns; c++)
            card_line(g, row, c);
    }
}

/* ---- the table ---- */
static void put_prefix(struct grid *g) {
    markup_prefix(g->o, &g->p);
    for (size_t i = 0; i < g->p.n_rest; i++)
        g->prefix[g->n_prefix++] =
            (struct run){.off = flow_put(g->f, g->p.rest[i].s, g->p.rest[i].n),
                         .len = (uint32_t)g->p.rest[i].n,
                         .ink = g->p.rest[i].ink,
                         .flags = RUN_DECOR};
}

void markup_table(struct markup_out *o) {
    struct grid g = {.o = o, .f = o->flow, .t = &o->table, .columns = o->table.columns};
    const int width = o->how->width < FLOW_WIDEST ? o->how->width : FLOW_WIDEST;

    if (o->table.n_cells == 0)
        return;
    g.rows = (o->table.n_cells + g.columns - 1) / g.columns;
    markup_gap(o);
    markup_bullet(o);
    put_prefix(&g);
    if (fit(&g, width - g.p.cells - EDGE * (int)g.columns - 1))
        boxes(&g);
    else
        cards(&g);
}
