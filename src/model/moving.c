/* moving.c - to the next message, call, error, mark or unread one. From the selection on, which is
 * always on screen. */
#include "private.h"

#include <stdlib.h>

/* A part, by its number; the entry as a whole is its first one. */
struct step {
    size_t entry, part;
};

bool part_failed(const struct part *p) {
    return p->is_error || p->state == CALL_FAILED || p->state == CALL_DENIED;
}

static bool is_goal(const struct session *s, enum goal goal, struct step at) {
    const struct entry *e = &s->transcript.entries[at.entry];
    const struct part *p = at.part < e->n_parts ? &e->parts[at.part] : NULL;

    switch (goal) {
    case GOAL_PERSON:
        return at.part == 0 && e->role == ROLE_USER;
    case GOAL_CALL:
        return p && p->kind == PART_TOOL;
    case GOAL_ERROR:
        return p && part_failed(p);
    case GOAL_UNREAD:
        return at.part == 0 && at.entry + 1 == s->reading.unread;
    case GOAL_MARK:
        return thread_marked(s, at.entry, at.part);
    }
    return false;
}

static bool step_on(const struct transcript *t, struct step *at, int by) {
    if (by > 0) {
        if (at->part + 1 < t->entries[at->entry].n_parts)
            at->part++;
        else if (at->entry + 1 < t->n)
            *at = (struct step){at->entry + 1, 0};
        else
            return false;
        return true;
    }
    if (at->part > 0) {
        at->part--;
    } else if (at->entry > 0) {
        const size_t parts = t->entries[at->entry - 1].n_parts;

        *at = (struct step){at->entry - 1, parts > 0 ? parts - 1 : 0};
    } else {
        return false;
    }
    return true;
}

/* On from *at, which is none itself. */
static bool seek_goal(const struct session *s, enum goal goal, struct step *at, int by) {
    struct step to = *at;

    while (step_on(&s->transcript, &to, by))
        if (is_goal(s, goal, to)) {
            *at = to;
            return true;
        }
    return false;
}

static void go(struct model *m, enum goal goal, struct step at) {
    struct reading *r = &m->shown->reading;

    if (goal == GOAL_PERSON || goal == GOAL_UNREAD) { /* read on from there */
        act_go_to(m, at.entry, SIZE_MAX, 0);
        r->to_top = true;
    } else {
        act_go_to(m, at.entry, at.part, 0);
    }
    r->sel_entry = at.entry;
    r->sel_part = at.part;
}

static const char *none(enum goal goal, int by) {
    switch (goal) {
    case GOAL_PERSON:
        return by > 0 ? "No later message of yours" : "No earlier message of yours";
    case GOAL_CALL:
        return by > 0 ? "No later tool call" : "No earlier tool call";
    case GOAL_ERROR:
        return by > 0 ? "No later error" : "No earlier error";
    case GOAL_UNREAD:
        return "Nothing came while you were away";
    case GOAL_MARK:
        return "Nothing is marked here: * sets a mark";
    }
    return "";
}

void act_goal(struct model *m, enum goal goal, int by) {
    const struct session *s = m->shown;
    const struct transcript *t = &s->transcript;
    const bool round = goal == GOAL_MARK || goal == GOAL_UNREAD;
    struct step at = {s->reading.sel_entry, s->reading.sel_part};

    if (t->n > 0) {
        if (at.entry >= t->n)
            at = (struct step){t->n - 1, 0};
        if (seek_goal(s, goal, &at, by)) {
            go(m, goal, at);
            return;
        }
        at = (struct step){0};
        if (round && (is_goal(s, goal, at) || seek_goal(s, goal, &at, 1))) {
            go(m, goal, at);
            return;
        }
    }
    act_notice(m, "%s", none(goal, by));
}
