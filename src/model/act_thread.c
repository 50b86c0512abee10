/* act_thread.c - reading: scrolling is asked for here and settled by the layout; folding. */
#include "private.h"

#include <stdlib.h>

void act_scroll(struct model *m, int move, int by) {
    struct reading *r = &m->shown->reading;
    const bool up = move == MOVE_TOP || (move != MOVE_END && by < 0);

    if (move < MOVE_NONE || move > MOVE_MESSAGE || move == MOVE_NONE)
        return;
    if (move == MOVE_END) {
        act_follow(m);
        return;
    }
    if (up)
        r->follow = false;
    if (r->move == MOVE_ROWS && move == MOVE_ROWS) {
        r->move_by += by; /* two keys in one frame are two moves */
    } else {
        r->move = MOVE_NONE;
        r->move_by = by;
        switch (move) {
        case MOVE_ROWS:
            r->move = MOVE_ROWS;
            break;
        case MOVE_PAGES:
            r->move = MOVE_PAGES;
            break;
        case MOVE_TOP:
            r->move = MOVE_TOP;
            break;
        default:
            r->move = MOVE_MESSAGE;
            break;
        }
    }
    model_touch(m);
}

void act_follow(struct model *m) {
    struct reading *r = &m->shown->reading;

    r->follow = true;
    r->new_below = 0;
    r->move = MOVE_END;
    r->move_by = 0;
    model_touch(m);
}

static bool foldable(const struct part *p) {
    return p->kind == PART_TOOL || p->kind == PART_THINKING;
}

void act_fold(struct model *m) {
    struct transcript *t = &m->shown->transcript;
    const struct reading *r = &m->shown->reading;

    if (r->sel_entry >= t->n || r->sel_part >= t->entries[r->sel_entry].n_parts) {
        act_notice(m, "Nothing to fold here");
        return;
    }
    struct part *p = &t->entries[r->sel_entry].parts[r->sel_part];

    part_fold(t, p, part_open(p) ? FOLD_SHUT : FOLD_OPEN);
    model_touch(m);
}

/* Not by itself, as plans are. */
static bool opened(const struct part *p) {
    struct part by_itself = *p;

    by_itself.fold = FOLD_AUTO;
    return foldable(p) && part_open(p) && (p->live || !part_open(&by_itself));
}

void act_fold_all(struct model *m) {
    struct transcript *t = &m->shown->transcript;
    bool any_open = false;

    for (size_t i = 0; i < t->n && !any_open; i++)
        for (size_t k = 0; k < t->entries[i].n_parts && !any_open; k++)
            any_open = opened(&t->entries[i].parts[k]);
    for (size_t i = 0; i < t->n; i++)
        for (size_t k = 0; k < t->entries[i].n_parts; k++)
            if (foldable(&t->entries[i].parts[k]))
                part_fold(t, &t->entries[i].parts[k], any_open ? FOLD_SHUT : FOLD_OPEN);
    model_touch(m);
}

void act_source(struct model *m) {
    m->shown->reading.raw = !m->shown->reading.raw;
    model_touch(m);
}

void act_split(struct model *m) {
    m->shown->reading.split = !m->shown->reading.split;
    model_touch(m);
}

void act_go_to(struct model *m, size_t entry, size_t part, size_t off) {
    struct reading *r = &m->shown->reading;

    r->follow = false;
    r->move = MOVE_TO;
    r->move_by = 0;
    r->to_entry = entry;
    r->to_part = part;
    r->to_off = off;
    r->to_result = r->to_top = false;
    model_touch(m);
}
