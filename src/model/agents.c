/* agents.c - plans, todo lists and sub-agents: found in the thread, answered, walked. */
#include "mix/agents.h"

#include "private.h"

#include <stdlib.h>
#include <string.h>

#define PROCEED "Proceed with implementing the plan you just created. Begin implementation now."

/* ---- the plan ---- */

static const struct part *last_call(const struct entry *e) {
    for (size_t i = e->n_parts; i-- > 0;)
        if (e->parts[i].kind == PART_TOOL && !str_eq(e->parts[i].name, CALLBACK_TOOL))
            return &e->parts[i];
    return NULL;
}

const struct part *session_plan(const struct session *s) {
    const struct transcript *t = &s->transcript;
    size_t left = AGENTS_LOOK;

    if (!s->id || s->subagent || s->turn != TURN_IDLE || s->sending || s->n_queue > 0)
        return NULL;
    for (size_t i = t->n; i-- > 0 && left-- > 0 && t->entries[i].role != ROLE_USER;) {
        const struct part *p = last_call(&t->entries[i]);

        if (p)
            return tool_is(p->name, "ExitPlanMode") && p->state != CALL_FAILED &&
                           p->state != CALL_DENIED
                       ? p
                       : NULL;
    }
    return NULL;
}

void act_plan_proceed(struct model *m, struct effects *fx) {
    struct session *s = m->shown;

    if (!session_plan(s)) {
        act_notice(m, "No plan waits here");
        return;
    }
    s->options.plan = false;
    act_send_text(m, PROCEED, fx);
}

void act_plan_keep(struct model *m) {
    struct session *s = m->shown;

    if (!session_plan(s)) {
        act_notice(m, "No plan waits here");
        return;
    }
    if (!s->options.plan)
        act_plan_mode(m, s);
    act_focus(m, PANE_COMPOSER);
}

/* ---- the todo list ---- */

struct todo_count todo_count(const struct part *p) {
    enum { TODOS_MAX = 1000, INPUT_MAX = 256 << 10 };
    struct todo_walk walk = todo_walk(p->text, p->len < INPUT_MAX ? p->len : INPUT_MAX);
    auto_buf struct buf item = {.max = 64};
    struct todo_count c = {0};
    size_t first_open = SIZE_MAX, first_now = SIZE_MAX;
    enum todo state;

    for (; c.n < TODOS_MAX && todo_next(&walk, &item, &state); c.n++) {
        c.done += state == TODO_DONE;
        if (state == TODO_NOW && first_now == SIZE_MAX)
            first_now = c.n;
        if (state != TODO_DONE && first_open == SIZE_MAX)
            first_open = c.n;
    }
    c.now = first_now != SIZE_MAX ? first_now : first_open != SIZE_MAX ? first_open : c.n;
    return c;
}

/* The list before a user's message is of an earlier turn: it counts only while work goes on. */
const struct part *session_todos(const struct session *s) {
    const struct transcript *t = &s->transcript;
    size_t left = AGENTS_LOOK;
    bool earlier = false;

    for (size_t i = t->n; i-- > 0 && left-- > 0;) {
        const struct entry *e = &t->entries[i];

        for (size_t k = e->n_parts; k-- > 0;) {
            const struct part *p = &e->parts[k];

            if (p->kind != PART_TOOL || !tool_is(p->name, "TodoWrite") ||
                p->state == CALL_STREAMING || p->state == CALL_FAILED)
                continue;
            const struct todo_count c = todo_count(p);
            const bool runs = s->turn != TURN_IDLE;

            return c.n > 0 && (c.done < c.n ? runs || !earlier : runs && !earlier) ? p : NULL;
        }
        earlier = earlier || e->role == ROLE_USER;
    }
    return NULL;
}

/* ---- sub-agents ---- */

struct session *model_child(const struct model *m, const char *call_id) {
    if (str_blank(call_id) || !m->priv)
        return NULL;
    return map_get(&m->priv->children_by_call, call_id);
}

static struct session *child_of(const struct model *m, const struct part *p) {
    const bool task = p->kind == PART_TOOL && tool_is(p->name, "Task");
    struct session *s = task ? model_child(m, p->call_id) : NULL;

    return s != m->shown ? s : NULL;
}

struct session *model_chosen_child(const struct model *m) {
    const struct session *s = m->shown;
    const struct transcript *t = &s->transcript;
    const struct reading *r = &s->reading;
    struct session *newest = NULL;

    if (r->sel_entry < t->n && r->sel_part < t->entries[r->sel_entry].n_parts) {
        struct session *child = child_of(m, &t->entries[r->sel_entry].parts[r->sel_part]);

        if (child)
            return child;
    }
    for (size_t i = 0; i < m->n_sessions; i++) {
        struct session *at = m->sessions[i];

        if (at->parent == s && at->subagent && (!newest || at->created_at >= newest->created_at))
            newest = at;
    }
    return newest;
}

/* Oldest first; those of one second by their ids, so that the order holds. */
static bool before(const struct session *a, const struct session *b) {
    if (a->created_at != b->created_at)
        return a->created_at < b->created_at;
    return strcmp(a->id, b->id) < 0;
}

static bool is_sibling(const struct session *a, const struct session *s) {
    return a->subagent && a->parent == s->parent && a->id;
}

size_t model_sibling(const struct model *m, const struct session *s, size_t *n) {
    size_t place = 1;

    *n = 0;
    if (!s->parent || !s->id)
        return 0;
    for (size_t i = 0; i < m->n_sessions; i++)
        if (is_sibling(m->sessions[i], s)) {
            ++*n;
            place += before(m->sessions[i], s);
        }
    return place;
}

void act_child_load(struct model *m, struct effects *fx) {
    const struct transcript *t = &m->shown->transcript;
    const struct reading *r = &m->shown->reading;
    const struct entry *e = r->sel_entry < t->n ? &t->entries[r->sel_entry] : NULL;
    const struct part *p = e && r->sel_part < e->n_parts ? &e->parts[r->sel_part] : NULL;
    struct session *child = p && part_open(p) ? child_of(m, p) : NULL;

    if (child && !child->transcript.loaded && !child->load_request)
        load_now(m, child, fx);
}

void act_child_show(struct model *m, struct effects *fx) {
    struct session *s = model_chosen_child(m);

    if (s)
        act_session_show(m, s, fx);
    else
        act_notice(m, "No sub-agent is known here");
}

void act_parent_show(struct model *m, struct effects *fx) {
    if (m->shown->parent)
        act_session_show(m, m->shown->parent, fx);
    else
        act_notice(m, "This is no sub-agent");
}

/* The nearest one before or behind; at the end the other end. */
void act_sibling_show(struct model *m, int by, struct effects *fx) {
    const struct session *s = m->shown;
    struct session *next = NULL, *other_end = NULL;

    for (size_t i = 0; s->parent && s->id && i < m->n_sessions; i++) {
        struct session *at = m->sessions[i];

        if (at == s || !is_sibling(at, s))
            continue;
        const bool behind = by < 0 ? before(at, s) : before(s, at);

        if (behind && (!next || (by < 0 ? before(next, at) : before(at, next))))
            next = at;
        if (!behind && (!other_end || (by < 0 ? before(other_end, at) : before(at, other_end))))
            other_end = at;
    }
    if (next || other_end)
        act_session_show(m, next ? next : other_end, fx);
    else
        act_notice(m, "No other sub-agent is here");
}
