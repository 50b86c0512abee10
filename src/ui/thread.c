/* thread.c - the reader's place in a thread. It is a row of a piece, never a count of rows from the
 * start, so that nothing but what is near the screen is ever laid out, and so that what grows,
 * folds or is wrapped anew above or below leaves it where it is. */
#include "ui.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 10000 }; /* of one move; going further is what top and end are for */

static int compare(struct spot a, struct spot b) {
    if (a.entry != b.entry)
        return a.entry < b.entry ? -1 : 1;
    if (a.piece != b.piece)
        return a.piece < b.piece ? -1 : 1;
    return a.row < b.row ? -1 : a.row > b.row;
}

struct thread_place thread_place(const struct model *m, const struct frame_layout *l) {
    struct rect r = l->pane[PANE_THREAD];

    r.x++;
    r.w = r.w > 3 ? r.w - 2 : 1;
    return (struct thread_place){.m = m, .s = m->shown, .r = r};
}

/* ---- walking ---- */

static const struct transcript *text_of(const struct thread_place *at) {
    return &at->s->transcript;
}

static int height_at(struct view *v, const struct thread_place *at, struct spot spot) {
    return piece_height(v, text_of(at), spot.entry, spot.piece, at->r.w);
}

static bool next_piece(struct view *v, const struct thread_place *at, struct spot *spot) {
    const struct transcript *t = text_of(at);
    struct spot to = *spot;

    do {
        if (to.piece <= t->entries[to.entry].n_parts)
            to.piece++;
        else if (to.entry + 1 < t->n)
            to = (struct spot){.entry = to.entry + 1};
        else
            return false;
    } while (height_at(v, at, to) == 0);
    *spot = (struct spot){to.entry, to.piece, 0};
    return true;
}

static bool prev_piece(struct view *v, const struct thread_place *at, struct spot *spot) {
    const struct transcript *t = text_of(at);
    struct spot to = *spot;
    int height;

    do {
        if (to.piece > 0)
            to.piece--;
        else if (to.entry > 0)
            to = (struct spot){to.entry - 1, t->entries[to.entry - 1].n_parts + 1, 0};
        else
            return false;
    } while ((height = height_at(v, at, to)) == 0);
    *spot = (struct spot){to.entry, to.piece, height - 1};
    return true;
}

bool spot_down(struct view *v, const struct thread_place *at, struct spot *spot, int rows) {
    while (rows > 0) {
        const int left = height_at(v, at, *spot) - 1 - spot->row;
        const int step = left < rows ? left : rows;

        if (step > 0) {
            spot->row += step;
            rows -= step;
        } else if (next_piece(v, at, spot)) {
            rows--;
        } else {
            return false;
        }
    }
    return true;
}

static bool spot_up(struct view *v, const struct thread_place *at, struct spot *spot, int rows) {
    while (rows > 0) {
        const int step = spot->row < rows ? spot->row : rows;

        if (step > 0) {
            spot->row -= step;
            rows -= step;
        } else if (prev_piece(v, at, spot)) {
            rows--;
        } else {
            return false;
        }
    }
    return true;
}

static struct spot last_spot(struct view *v, const struct thread_place *at) {
    const struct transcript *t = text_of(at);
    struct spot spot = {t->n - 1, t->entries[t->n - 1].n_parts + 1, 0};
    const int height = height_at(v, at, spot);

    if (height > 0)
        spot.row = height - 1;
    else
        prev_piece(v, at, &spot);
    return spot;
}

/* The top of the screen that shows the end. */
static struct spot end_top(struct view *v, const struct thread_place *at) {
    struct spot spot = last_spot(v, at);

    spot_up(v, at, &spot, at->r.h - 1);
    return spot;
}

struct spot spot_existing(struct view *v, const struct thread_place *at, struct spot spot) {
    const struct transcript *t = text_of(at);

    if (spot.entry >= t->n)
        return last_spot(v, at);
    const size_t last = t->entries[spot.entry].n_parts + 1;

    if (spot.piece > last)
        spot.piece = last;
    const int height = height_at(v, at, spot);

    if (height == 0) {
        if (!next_piece(v, at, &spot) && !prev_piece(v, at, &spot))
            spot = (struct spot){0};
        return spot;
    }
    spot.row = spot.row < 0 ? 0 : spot.row >= height ? height - 1 : spot.row;
    return spot;
}

/* ---- the selected part ---- */

static bool is_part(const struct thread_place *at, struct spot spot) {
    return spot.piece > 0 && spot.piece <= text_of(at)->entries[spot.entry].n_parts;
}

/* From spot on in a direction to a part, itself included. False: none, and spot is as before. */
static bool seek_part(struct view *v, const struct thread_place *at, struct spot *spot, int by) {
    struct spot to = *spot;

    while (!is_part(at, to) || height_at(v, at, to) == 0)
        if (!(by < 0 ? prev_piece(v, at, &to) : next_piece(v, at, &to)))
            return false;
    *spot = to;
    return true;
}

static struct spot selected(const struct reading *r) {
    return (struct spot){r->sel_entry, r->sel_part + 1, 0};
}

static void select_part(struct reading *r, struct spot spot) {
    if (spot.piece > 0) {
        r->sel_entry = spot.entry;
        r->sel_part = spot.piece - 1;
    }
}

/* The selection follows what the reader looks at. */
static void keep_selection(struct view *v, const struct thread_place *at, struct reading *r) {
    struct spot top = {r->entry, r->piece, 0}, bottom = {r->entry, r->piece, r->row};
    struct spot sel = spot_existing(v, at, selected(r));

    sel.row = 0;
    spot_down(v, at, &bottom, at->r.h - 1);
    bottom.row = 0;
    if (r->follow) {
        sel = bottom;
        seek_part(v, at, &sel, -1);
    } else if (compare(sel, top) < 0) {
        sel = top;
        if (!seek_part(v, at, &sel, 1))
            seek_part(v, at, &sel, -1);
    } else if (compare(sel, bottom) > 0 || !is_part(at, sel)) {
        sel = bottom;
        if (!seek_part(v, at, &sel, -1))
            seek_part(v, at, &sel, 1);
    }
    select_part(r, sel);
}

/* Moves the selection by parts, then the top as little as shows it. */
static struct spot move_message(struct view *v, const struct thread_place *at, struct reading *r,
                                struct spot top, int by) {
    struct spot sel = spot_existing(v, at, selected(r)), bottom = top;

    for (int i = abs(by); i > 0; i--) {
        struct spot to = sel;

        if (!(by < 0 ? prev_piece(v, at, &to) : next_piece(v, at, &to)) ||
            !seek_part(v, at, &to, by))
            break;
        sel = to;
    }
    sel.row = 0;
    select_part(r, sel);
    const int height = height_at(v, at, sel);
    struct spot end = sel;

    end.row = (height < at->r.h ? height : at->r.h) - 1;
    end.row = end.row < 0 ? 0 : end.row;
    spot_down(v, at, &bottom, at->r.h - 1);
    if (compare(sel, top) < 0) {
        if (sel.piece == 1 && at->r.h > 1)
            return (struct spot){.entry = sel.entry};
        return sel;
    }
    if (compare(end, bottom) <= 0)
        return top;
    spot_up(v, at, &end, at->r.h - 1);
    return end;
}

/* ---- settling ---- */

static struct spot moved(struct view *v, const struct thread_place *at, struct reading *r,
                         struct spot top) {
    const int page = at->r.h > 3 ? at->r.h - 2 : 1;
    const int most = r->move == MOVE_PAGES ? MOST_ROWS / page : MOST_ROWS;
    const int by = r->move_by > most ? most : r->move_by < -most ? -most : r->move_by;
    const int rows = r->move == MOVE_PAGES ? by * page : by;

    switch (r->move) {
    case MOVE_NONE:
    case MOVE_END:
        break;
    case MOVE_TOP:
        return spot_existing(v, at, (struct spot){0});
    case MOVE_ROWS:
    case MOVE_PAGES:
        if (rows < 0)
            spot_up(v, at, &top, -rows);
        else
            spot_down(v, at, &top, rows);
        break;
    case MOVE_MESSAGE:
        return move_message(v, at, r, top, by);
    case MOVE_TO:
        r->sel_entry = r->to_entry;
        r->sel_part = r->to_part == SIZE_MAX ? 0 : r->to_part;
        return spot_existing(
            v, at, (struct spot){r->to_entry, r->to_part == SIZE_MAX ? 0 : r->to_part + 1, 0});
    }
    return top;
}

/* Follow is the reader's: an upward move ends it, reaching the end by moving sets it. */
static void settle_move(struct view *v, const struct thread_place *at, struct reading *r) {
    const struct spot end = end_top(v, at);
    struct spot top =
        r->follow ? end : spot_existing(v, at, (struct spot){r->entry, r->piece, r->row});
    const bool upward = r->move == MOVE_TOP || (r->move != MOVE_END && r->move_by < 0);

    if (r->move != MOVE_NONE) {
        top = moved(v, at, r, top);
        if (upward)
            r->follow = false;
        else if (r->move == MOVE_END || (r->move_by > 0 && compare(top, end) >= 0))
            r->follow = true;
    }
    r->move = MOVE_NONE;
    r->move_by = 0;
    if (r->follow || compare(top, end) > 0)
        top = end;
    r->entry = top.entry;
    r->piece = top.piece;
    r->row = top.row;
    if (r->follow || compare(top, end) == 0)
        r->new_below = 0;
}

void drop_memo(struct view *v) {
    for (size_t i = 0; i < MEMO_SLOTS; i++)
        if (v->memo[i]) {
            block_fini(v->memo[i]);
            free(v->memo[i]);
            v->memo[i] = NULL;
        }
    for (size_t i = 0; i < LIVE_SLOTS; i++)
        block_fini(&v->live[i]);
    v->memo_bytes = 0;
}

/* Revisions are unique within one transcript, so the memo holds one session's parts at a time. */
static void own_memo(struct view *v, const struct session *s) {
    if (v->thread == s && str_eq(v->thread_id, s->id))
        return;
    drop_memo(v);
    free(v->thread_id);
    v->thread = s;
    v->thread_id = s->id ? xstrdup(s->id) : NULL;
    v->thread_width = 0;
}

/* After a change of width: the same text at the top, not the same number of rows. */
static void keep_text(struct view *v, const struct thread_place *at, struct reading *r) {
    const struct spot top = spot_existing(v, at, (struct spot){r->entry, r->piece, INT_MAX});
    const int old_width = v->thread_width;

    if (old_width == 0 || old_width == at->r.w || r->follow || top.entry != r->entry ||
        top.piece != r->piece || !is_part(at, top))
        return;
    const struct entry *e = &text_of(at)->entries[top.entry];
    const struct part *p = &e->parts[top.piece - 1];
    const int head = p->kind == PART_TOOL || p->kind == PART_THINKING;
    const struct block *b = part_block(v, p, e->role, old_width);

    if (r->row < head || (size_t)(r->row - head) >= b->shown)
        return;
    const uint32_t off = b->lines[r->row - head].off;
    size_t line = 0;

    b = part_block(v, p, e->role, at->r.w);
    while (line + 1 < b->shown && b->lines[line + 1].off <= off)
        line++;
    r->row = (int)line + head;
}

void thread_settle(struct view *v, struct model *m, const struct frame_layout *l) {
    const struct thread_place at = thread_place(m, l);
    struct reading *r;

    if (!at.s || at.r.h <= 0 || l->pane[PANE_THREAD].w <= 0)
        return;
    own_memo(v, at.s);
    r = &m->shown->reading;
    if (text_of(&at)->n == 0) {
        *r = (struct reading){.follow = true};
        v->thread_width = at.r.w;
        return;
    }
    keep_text(v, &at, r);
    v->thread_width = at.r.w;
    if (r->move == MOVE_TOP)
        r->sel_entry = r->sel_part = 0;
    settle_move(v, &at, r);
    keep_selection(v, &at, r);
    if (thread_at_end(v, &at))
        m->shown->seen = true;
}

bool thread_at_end(struct view *v, const struct thread_place *at) {
    const struct reading *r = &at->s->reading;

    return compare((struct spot){r->entry, r->piece, r->row}, end_top(v, at)) >= 0;
}
