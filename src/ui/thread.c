/* thread.c - the reader's place in a thread. It is a row of a piece, never a count of rows from the
 * start, so that nothing but what is near the screen is ever laid out, and so that what grows,
 * folds or is wrapped anew above or below leaves it where it is. */
#include <stdlib.h>

#include "mix/picture.h"
#include "sheet.h"

enum { MOST_ROWS = 10000 }; /* of one move; going further is what top and end are for */

struct thread_place thread_place(const struct model *m, const struct frame_layout *l) {
    struct rect r = l->pane[PANE_THREAD];

    r.x++;
    r.w = r.w > 3 ? r.w - 2 : 1;
    struct thread_place at = {.m = m, .s = m->shown, .r = r};

    at.lay = (struct lay){.width = r.w, .ascii = m->ui.ascii, .m = m};
    if (at.s) {
        at.lay.raw = at.s->reading.raw;
        at.lay.split = at.s->reading.split;
    }
    return at;
}

/* ---- the selected part ---- */

static bool seek_part(const struct thread_place *at, struct spot *spot, int by) {
    struct spot to = *spot;

    while (!spot_part(at, to) || piece_empty(at, to.entry, to.piece))
        if (!(by < 0 ? piece_up(at, &to) : piece_down(at, &to)))
            return false;
    *spot = to;
    return true;
}

static struct spot selected(const struct reading *r) {
    return (struct spot){.entry = r->sel_entry, .piece = r->sel_part + 1};
}

static void select_part(struct reading *r, struct spot spot) {
    if (spot.piece > 0) {
        r->sel_entry = spot.entry;
        r->sel_part = spot.piece - 1;
    }
}

static struct spot top_of(const struct reading *r) {
    return (struct spot){r->entry, r->piece, r->slice, r->row};
}

static struct spot piece_of(struct spot spot) {
    return (struct spot){.entry = spot.entry, .piece = spot.piece};
}

/* The selection follows what the reader looks at. */
static void keep_selection(struct view *v, const struct thread_place *at, struct reading *r) {
    struct spot top = piece_of(top_of(r)), bottom = top_of(r);
    struct spot sel = piece_of(spot_existing(v, at, selected(r)));

    spot_down(v, at, &bottom, at->r.h - 1);
    bottom = piece_of(bottom);
    if (r->follow) {
        sel = bottom;
        seek_part(at, &sel, -1);
    } else if (spot_compare(sel, top) < 0) {
        sel = top;
        if (!seek_part(at, &sel, 1))
            seek_part(at, &sel, -1);
    } else if (spot_compare(sel, bottom) > 0 || !spot_part(at, sel)) {
        sel = bottom;
        if (!seek_part(at, &sel, -1))
            seek_part(at, &sel, 1);
    }
    select_part(r, sel);
}

/* The last row of a piece, or the last of it that a screen shows beginning with its first. */
static struct spot piece_end(struct view *v, const struct thread_place *at, struct spot spot) {
    struct spot end = spot_existing(v, at, spot);

    for (int i = 1; i < at->r.h; i++) {
        struct spot next = end;

        if (!spot_down(v, at, &next, 1) || next.entry != spot.entry || next.piece != spot.piece)
            break;
        end = next;
    }
    return end;
}

/* Moves the selection by parts, then the top as little as shows it. */
static struct spot move_message(struct view *v, const struct thread_place *at, struct reading *r,
                                struct spot top, int by) {
    struct spot sel = piece_of(spot_existing(v, at, selected(r))), bottom = top;

    for (int i = abs(by); i > 0; i--) {
        struct spot to = sel;

        if (!(by < 0 ? piece_up(at, &to) : piece_down(at, &to)) || !seek_part(at, &to, by))
            break;
        sel = to;
    }
    select_part(r, sel);
    struct spot end = piece_end(v, at, sel);

    spot_down(v, at, &bottom, at->r.h - 1);
    if (spot_compare(sel, top) < 0) {
        if (sel.piece == 1 && at->r.h > 1)
            return (struct spot){.entry = sel.entry};
        return sel;
    }
    if (spot_compare(end, bottom) <= 0)
        return top;
    spot_up(v, at, &end, at->r.h - 1);
    return end;
}

/* A text that is on the screen already moves nothing; else it comes to a third of the height, or
 * to the top when that is asked for. */
static struct spot move_to(struct view *v, const struct thread_place *at, struct reading *r,
                           struct spot top) {
    struct spot to = place_asked(v, at, r), bottom = top;

    r->sel_entry = to.entry;
    r->sel_part = to.piece > 0 ? to.piece - 1 : 0;
    if (r->to_top)
        return to;
    spot_down(v, at, &bottom, at->r.h - 1);
    if (spot_compare(to, top) >= 0 && spot_compare(to, bottom) <= 0)
        return top;
    spot_up(v, at, &to, at->r.h / 3);
    return to;
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
        return move_to(v, at, r, top);
    }
    return top;
}

/* Follow is the reader's: an upward move ends it, reaching the end by moving sets it. */
static void settle_move(struct view *v, const struct thread_place *at, struct reading *r) {
    const struct spot end = end_top(v, at);
    struct spot top = r->follow ? end : place_kept(v, at, r);
    const bool upward = r->move == MOVE_TOP || (r->move != MOVE_END && r->move_by < 0);

    if (r->move != MOVE_NONE) {
        top = moved(v, at, r, top);
        if (upward)
            r->follow = false;
        else if (r->move == MOVE_END || (r->move_by > 0 && spot_compare(top, end) >= 0))
            r->follow = true;
    }
    r->move = MOVE_NONE;
    r->move_by = 0;
    if (r->follow || spot_compare(top, end) > 0)
        top = end;
    r->entry = top.entry;
    r->piece = top.piece;
    r->slice = top.slice;
    r->row = top.row;
    place_note(v, at, r);
    if (r->follow || spot_compare(top, end) == 0)
        r->new_below = 0;
}

/* Revisions are unique within one transcript, so the memo holds one session's parts at a time. */
static void own_memo(struct view *v, const struct session *s) {
    if (v->thread == s && str_eq(v->thread_id, s->id))
        return;
    sheets_clear(v);
    free(v->thread_id);
    v->thread = s;
    v->thread_id = s->id ? xstrdup(s->id) : NULL;
}

/* Pictures are asked for while they are on the screen. */
static void want_pictures(struct view *v, const struct thread_place *at, struct model *m) {
    struct spot spot = spot_existing(v, at, top_of(&m->shown->reading)), last = {0};
    const char *file;

    for (int y = 0; y < at->r.h; y++) {
        const bool same = y > 0 && spot.entry == last.entry && spot.piece == last.piece &&
                          spot.slice == last.slice;

        if (!same && (file = spot_picture(v, at, spot)))
            picture_want(m, file, PICTURE_COLS, PICTURE_ROWS);
        last = spot;
        if (!spot_down(v, at, &spot, 1))
            break;
    }
}

void thread_settle(struct view *v, struct model *m, const struct frame_layout *l) {
    const struct thread_place at = thread_place(m, l);
    struct reading *r;

    if (!at.s || at.r.h <= 0 || l->pane[PANE_THREAD].w <= 0)
        return;
    own_memo(v, at.s);
    r = &m->shown->reading;
    if (at.s->transcript.n == 0) {
        *r = (struct reading){.follow = true};
        return;
    }
    if (r->move == MOVE_TOP)
        r->sel_entry = r->sel_part = 0;
    settle_move(v, &at, r);
    keep_selection(v, &at, r);
    visual_settle(v, m, &at);
    want_pictures(v, &at, m);
    if (thread_at_end(v, &at))
        m->shown->seen = true;
}

bool thread_at_end(struct view *v, const struct thread_place *at) {
    const struct reading *r = &at->s->reading;

    return spot_compare(top_of(r), end_top(v, at)) >= 0;
}
