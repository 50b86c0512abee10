/* visual.c - text of the thread chosen by keys: its ends, how it looks, and what it says. */
#include "mix/copy.h"
#include "sheet.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_MOST = 20000, CELLS_MOST = 2048 };
#define TEXT_MOST (16 * MIX_MIB)

static struct spot spot_of(const struct visual_end *e) {
    return (struct spot){e->entry, e->piece, e->slice, e->row};
}

static void set_spot(struct visual_end *e, struct spot s) {
    e->entry = s.entry;
    e->piece = s.piece;
    e->slice = s.slice;
    e->row = s.row;
}

/* ---- one row ---- */

struct shown_row {
    const struct flow *flow; /* NULL: a heading, a head line, a gap */
    size_t row;
    int x, cells; /* of its text, in the pane */
};

static struct shown_row line_at(struct view *v, const struct thread_place *at, struct spot spot) {
    const struct part *p = spot_part(at, spot);
    struct shown_row l = {.cells = 0};

    l.flow = spot_flow(v, at, spot, &l.row, &l.x);
    if (l.flow) {
        l.cells = l.flow->rows[l.row].cells;
        l.x += p && p->kind == PART_NOTE ? 3 : 0; /* behind its rule */
    } else if (p && spot.slice == 0 && spot.row == 0) {
        l.cells = at->r.w;
    }
    return l;
}

static int last_cell(const struct shown_row *l) { return l->x + (l->cells > 0 ? l->cells - 1 : 0); }

static int clamp(const struct shown_row *l, int x) {
    return x < l->x ? l->x : x > last_cell(l) ? last_cell(l) : x;
}

/* Which cells of the row begin a word. */
static void word_starts(const struct shown_row *l, bool starts[CELLS_MOST]) {
    const struct flow_row *row = l->flow ? &l->flow->rows[l->row] : NULL;
    bool blank = true;
    int x = l->x;

    memset(starts, 0, CELLS_MOST * sizeof *starts);
    if (!row && l->cells > 0)
        starts[l->x] = true;
    for (size_t i = 0; row && i < row->n_runs; i++) {
        const struct run *run = &l->flow->runs[row->run + i];
        const char *s = l->flow->text.p + run->off;

        for (size_t k = 0; k < run->len;) {
            const struct cluster c = text_cluster(s + k, run->len - k);
            const bool now = s[k] == ' ' || (run->flags & RUN_DECOR);

            if (x < CELLS_MOST)
                starts[x] = blank && !now;
            blank = now;
            x += c.cells;
            k += c.bytes;
        }
    }
}

/* ---- moving ---- */

static bool step_row(struct view *v, const struct thread_place *at, struct visual_end *e, int by) {
    struct spot spot = spot_of(e);
    const bool moved = by < 0 ? spot_up(v, at, &spot, -by) : spot_down(v, at, &spot, by);
    const bool any = spot_compare(spot, spot_of(e)) != 0;

    set_spot(e, spot);
    return moved || any;
}

static void step_cell(struct view *v, const struct thread_place *at, struct visual_end *e, int by) {
    struct shown_row l = line_at(v, at, spot_of(e));
    const int x = clamp(&l, e->x) + by;

    if (x >= l.x && x <= last_cell(&l)) {
        e->x = x;
        return;
    }
    if (!step_row(v, at, e, by))
        return;
    l = line_at(v, at, spot_of(e));
    e->x = by < 0 ? last_cell(&l) : l.x;
}

static void step_word(struct view *v, const struct thread_place *at, struct visual_end *e, int by) {
    bool starts[CELLS_MOST];
    struct shown_row l = line_at(v, at, spot_of(e));
    int x = clamp(&l, e->x) + by;

    for (int rows = 0; rows < at->r.h * 2; rows++) {
        word_starts(&l, starts);
        for (; x >= l.x && x <= last_cell(&l) && x < CELLS_MOST; x += by)
            if (starts[x]) {
                e->x = x;
                return;
            }
        if (!step_row(v, at, e, by))
            return;
        l = line_at(v, at, spot_of(e));
        x = by < 0 ? last_cell(&l) : l.x;
        e->x = x;
    }
}

static void move(struct view *v, const struct thread_place *at, struct visual *s,
                 enum visual_key key) {
    struct visual_end *e = &s->caret;
    const int page = at->r.h > 3 ? at->r.h - 2 : 1;
    const struct shown_row l = line_at(v, at, spot_of(e));

    switch (key) {
    case VISUAL_LEFT:
    case VISUAL_RIGHT:
        step_cell(v, at, e, key == VISUAL_LEFT ? -1 : 1);
        break;
    case VISUAL_WORD:
    case VISUAL_WORD_BACK:
        step_word(v, at, e, key == VISUAL_WORD ? 1 : -1);
        break;
    case VISUAL_START:
        e->x = l.x;
        break;
    case VISUAL_END:
        e->x = last_cell(&l);
        break;
    case VISUAL_UP:
    case VISUAL_DOWN:
    case VISUAL_PGUP:
    case VISUAL_PGDN: {
        const int by = key == VISUAL_UP     ? -1
                       : key == VISUAL_DOWN ? 1
                       : key == VISUAL_PGUP ? -page
                                            : page;

        (void)step_row(v, at, e, by);
        e->x = s->goal;
        return;
    }
    case VISUAL_SWAP: {
        const struct visual_end other = s->anchor;

        s->anchor = *e;
        *e = other;
        break;
    }
    case VISUAL_LINES:
        s->lines = !s->lines;
        return;
    case VISUAL_COPY:
        return;
    }
    s->goal = e->x;
}

/* ---- what is chosen ---- */

struct chosen {
    struct spot from, to;
    int from_x, to_x; /* cells of the pane; to_x is the last one */
};

static struct chosen chosen_of(const struct visual *s) {
    const struct spot a = spot_of(&s->anchor), b = spot_of(&s->caret);
    const int order = spot_compare(a, b);
    const bool swap = order > 0 || (order == 0 && s->anchor.x > s->caret.x);
    struct chosen c = {a, b, s->anchor.x, s->caret.x};

    if (swap)
        c = (struct chosen){b, a, s->caret.x, s->anchor.x};
    if (s->lines) {
        c.from_x = 0;
        c.to_x = INT16_MAX;
    }
    return c;
}

static void new_line(struct buf *out) {
    if (out->n > 0)
        (void)buf_adds(out, "\n");
}

/* A head line has no text of its own; a gap stays one empty line. */
static void copy_head(struct view *v, const struct thread_place *at, struct spot spot,
                      struct buf *out) {
    const struct part *p = spot_part(at, spot);

    if (spot.piece > at->s->transcript.entries[spot.entry].n_parts || spot.row > 0)
        new_line(out);
    if (!p || p->kind != PART_TOOL || spot.slice > 0 || spot.row > 0)
        return;
    struct sheet *s = sheet_of(v, p, &at->lay);

    sheet_head(s, p);
    new_line(out);
    (void)text_clean(out, p->name, strlen(p->name), CLEAN_LINE);
    if (s->head.object.n > 0)
        (void)buf_addf(out, "  %s", buf_str(&s->head.object));
}

/* Of one slice from the spot on; the spot goes to the last row that was taken. */
static void copy_slice(struct view *v, const struct thread_place *at, const struct chosen *c,
                       struct spot *spot, struct buf *out) {
    const struct shown_row l = line_at(v, at, *spot);
    const bool first = spot_compare(*spot, c->from) == 0;
    const bool last =
        spot->entry == c->to.entry && spot->piece == c->to.piece && spot->slice == c->to.slice;

    if (!l.flow) {
        copy_head(v, at, *spot, out);
        return;
    }
    const size_t end = last && (size_t)c->to.row < l.flow->n ? (size_t)c->to.row : l.flow->n - 1;
    const int from = first && c->from_x > l.x ? c->from_x - l.x : 0;
    const int to = last ? c->to_x - l.x + 1 : -1;

    if (spot_compare(*spot, c->from) != 0)
        new_line(out);
    if (!last || to > 0)
        flow_copy(out, l.flow, l.row, end + 1, from, to);
    spot->row = (int)end;
}

static char *copy_chosen_text(struct view *v, const struct thread_place *at,
                              const struct visual *s) {
    struct chosen c = chosen_of(s);
    struct spot spot = spot_existing(v, at, c.from);
    struct buf out = {.max = TEXT_MOST};

    c.from = spot;
    c.to = spot_existing(v, at, c.to);
    for (int i = 0; i < ROWS_MOST; i++) {
        copy_slice(v, at, &c, &spot, &out);
        if (spot_compare(spot, c.to) >= 0 || !spot_down(v, at, &spot, 1))
            break;
    }
    return buf_take(&out);
}

/* ---- settling ---- */

static void place(struct view *v, const struct thread_place *at, struct visual *s) {
    const struct reading *r = &at->s->reading;
    const struct spot top = {r->entry, r->piece, r->slice, r->row};
    struct spot spot = {.entry = r->sel_entry, .piece = r->sel_part + 1};

    spot = spot_existing(v, at, spot);
    if (spot_compare(spot, top) < 0)
        spot = spot_existing(v, at, top);
    const struct shown_row l = line_at(v, at, spot);

    set_spot(&s->caret, spot);
    s->caret.x = s->goal = l.x;
    s->anchor = s->caret;
    s->width = at->r.w;
    s->placed = true;
}

static struct visual_end end_under(struct view *v, const struct thread_place *at, int x, int y) {
    const struct reading *r = &at->s->reading;
    struct spot spot = {r->entry, r->piece, r->slice, r->row};
    struct visual_end e;

    spot = spot_existing(v, at, spot);
    y -= at->r.y;
    y = y < 0 ? 0 : y >= at->r.h ? at->r.h - 1 : y;
    spot_down(v, at, &spot, y);
    set_spot(&e, spot);
    e.x = x > at->r.x ? x - at->r.x : 0;
    return e;
}

/* The caret is on the screen; who moves it up reads, and follows no more. */
static void reveal(struct view *v, const struct thread_place *at, struct reading *r,
                   const struct visual *s) {
    const struct spot caret = spot_of(&s->caret);
    struct spot top = {r->entry, r->piece, r->slice, r->row}, bottom = top;

    spot_down(v, at, &bottom, at->r.h - 1);
    if (spot_compare(caret, top) < 0) {
        top = caret;
    } else if (spot_compare(caret, bottom) > 0) {
        top = caret;
        spot_up(v, at, &top, at->r.h - 1);
    } else {
        return;
    }
    r->follow = false;
    r->entry = top.entry;
    r->piece = top.piece;
    r->slice = top.slice;
    r->row = top.row;
    place_note(v, at, r);
}

void visual_settle(struct view *v, struct model *m, const struct thread_place *at) {
    struct visual *s = &m->ui.visual;

    if (!s->on)
        return;
    /* rows are others at another width */
    if (!visual_on(m) || (s->placed && s->width != at->r.w)) {
        s->on = m->ui.focus == PANE_THREAD && s->session == m->shown && m->ui.over != OVER_NONE;
        return;
    }
    if (!s->placed)
        place(v, at, s);
    if (s->dragged) {
        s->anchor = end_under(v, at, s->from_x, s->from_y);
        s->caret = end_under(v, at, s->to_x, s->to_y);
        s->goal = s->caret.x;
        s->dragged = false;
    }
    set_spot(&s->caret, spot_existing(v, at, spot_of(&s->caret)));
    set_spot(&s->anchor, spot_existing(v, at, spot_of(&s->anchor)));
    for (size_t i = 0; i < s->n_keys && s->on; i++) {
        move(v, at, s, (enum visual_key)s->keys[i]);
        if (s->keys[i] == VISUAL_COPY) {
            free(s->text);
            s->text = copy_chosen_text(v, at, s);
            s->on = false;
        }
    }
    if (s->n_keys > 0)
        reveal(v, at, &m->shown->reading, s);
    s->n_keys = 0;
}

/* ---- drawing ---- */

void visual_draw_row(struct view *v, const struct thread_place *at, struct canvas *c, int y,
                     struct spot spot) {
    const struct visual *s = &at->m->ui.visual;

    if (!visual_on(at->m) || !s->placed)
        return;
    const struct chosen chosen = chosen_of(s);
    const struct shown_row l = line_at(v, at, spot);
    const int first = spot_compare(spot, chosen.from), last = spot_compare(spot, chosen.to);

    if (first >= 0 && last <= 0) {
        const int from = first == 0 ? clamp(&l, chosen.from_x) : l.x;
        const int to = last == 0 ? clamp(&l, chosen.to_x) : last_cell(&l);

        for (int x = from; x <= to && x < at->r.w; x++) {
            struct cell *cell = canvas_at(c, at->r.x + x, y);

            if (cell) {
                cell->style = STYLE_CHOSEN_TEXT;
                cell->extra = 0;
            }
        }
    }
    if (spot_compare(spot, spot_of(&s->caret)) == 0) {
        c->cursor_x = at->r.x + clamp(&l, s->caret.x);
        c->cursor_y = y;
    }
}
