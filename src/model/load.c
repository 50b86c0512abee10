/* load.c - GET messages and GET session: planned, arriving in chunks, applied. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

enum { LOAD_RETRY_MS = 5000 };

/* ---- GET messages ---- */
static bool wanted(const struct model *m, const struct session *s) {
    return s->id &&
           (s->transcript.loaded || s == m->shown || s->turn == TURN_UNSURE || s->priv->check);
}

void load_plan(struct model *m, struct session *s, int64_t in_ms) {
    if (!wanted(m, s))
        return;
    if (in_ms <= 0 && s->load_request) { /* what arrives now may be older than what happened */
        s->priv->load_again = true;
        return;
    }
    const int64_t at = m->now + in_ms;

    if (s->next_load_at == 0 || at < s->next_load_at)
        s->next_load_at = at > 0 ? at : 1;
}

static void begin(struct session *s) {
    struct session_private *p = s->priv;

    transcript_stage_begin(&s->transcript);
    p->rows_arriving = 0;
    p->checking = p->check;
    p->check_found = false;
    p->check_passed = p->known_id == NULL;
}

void load_now(struct model *m, struct session *s, struct effects *fx) {
    s->next_load_at = 0;
    if (!s->id)
        return;
    if (s->load_request) {
        s->priv->load_again = true;
        return;
    }
    begin(s);
    s->load_request = fx_call_id(m, fx, OP_MESSAGES_LIST, s, s->id);
    model_touch(m);
}

static void stage(struct session *s, struct incoming *in) {
    struct message *rows = in->out;
    struct session_private *p = s->priv;

    for (size_t i = 0; i < in->n; i++) {
        p->rows_arriving++;
        if (p->checking)
            send_check_row(s, &rows[i]);
    }
    if (in->n > 0)
        transcript_stage(&s->transcript, rows, in->n, &in->arena);
}

/* A Task that was at work before we came: its sub-agent may be waiting for somebody. */
static void find_tasks(struct model *m, struct session *s, struct effects *fx) {
    const struct transcript *t = &s->transcript;
    const struct entry *e = t->n > 0 ? &t->entries[t->n - 1] : NULL;

    if (!e || s->turn == TURN_IDLE || e->role != ROLE_ASSISTANT)
        return;
    for (size_t i = 0; i < e->n_parts; i++) {
        const struct part *p = &e->parts[i];

        if (p->kind == PART_TOOL && p->call_id && tool_is(p->name, "Task") &&
            (p->state == CALL_RUNNING || p->state == CALL_STREAMING))
            task_begins(m, s, p->call_id, fx);
    }
}

/* Whatever is known by the number of an entry gets the new one. */
static void commit(struct model *m, struct session *s) {
    struct reading *r = &s->reading;
    size_t unread = r->unread - 1; /* none is beyond the last */
    size_t *at[4 + SEARCH_ENTRIES] = {&r->entry, &r->sel_entry, &r->to_entry, &unread};
    size_t positions[MIX_COUNT(at)];
    const size_t n = 4 + search_entries(m, s, at + 4);

    for (size_t i = 0; i < n; i++)
        positions[i] = *at[i];
    transcript_commit(&s->transcript, positions, n);
    for (size_t i = 0; i < n; i++)
        *at[i] = positions[i];
    r->unread = r->unread > 0 ? unread + 1 : 0;
    search_committed(m, s);
}

/* A Task shows the calls of its sub-agent. */
static void tell_parent(struct model *m, const struct session *s) {
    struct session *parent = s->parent;
    struct part *task = parent && s->parent_call_id
                            ? transcript_find_call(&parent->transcript, s->parent_call_id)
                            : NULL;

    if (!task)
        return;
    part_shows_more(&parent->transcript, task);
    if (parent == m->shown)
        model_touch(m);
}

static void applied(struct model *m, struct session *s, struct effects *fx) {
    struct session_private *p = s->priv;
    struct transcript *t = &s->transcript;
    const bool first = !t->loaded;
    const size_t before = t->n;

    commit(m, s);
    tell_parent(m, s);
    if (!s->reading.follow && t->n > before && !first)
        s->reading.new_below += (uint32_t)(t->n - before);
    if (first)
        places_loaded(m, s);
    else
        unread_came(m, s, before);
    p->rows_loaded = p->rows_arriving;
    s->load_request = 0;
    const bool checked = p->check && p->checking;

    if (checked)
        send_check_end(m, s);
    turn_loaded(m, s, first, fx);
    if (checked) /* what was typed meanwhile has waited for the fate of the last one */
        send_drain(m, s, fx);
    find_tasks(m, s, fx);
    asks_call_input(m, s);
    index_touch(m, s);
    jump_now(m, s, fx);
    if (p->load_again) {
        p->load_again = false;
        load_now(m, s, fx);
    } else if (p->fork_next) {
        p->fork_next = false;
        fork_now(m, s, 0, fx);
    }
    model_touch(m);
}

void load_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx) {
    if (in->request != s->load_request)
        return;
    switch (in->kind) {
    case IN_ITEMS:
        stage(s, in);
        break;
    case IN_REPLY:
        stage(s, in);
        applied(m, s, fx);
        break;
    case IN_RESTART:
        transcript_stage_drop(&s->transcript);
        begin(s);
        break;
    case IN_FAIL:
        transcript_stage_drop(&s->transcript);
        s->transcript.error = in->err;
        s->load_request = 0;
        s->priv->load_again = s->priv->fork_next = false;
        if (s->turn == TURN_UNSURE || s->priv->check)
            load_plan(m, s, LOAD_RETRY_MS);
        if (s == m->shown)
            act_error(m, &in->err, "Could not read the messages of \"%s\"", session_title(s));
        jump_failed(m, s, fx);
        model_touch(m);
        break;
    case IN_RETRY:
    case IN_PROGRESS:
    case IN_EVENTS:
    case IN_LINK:
    case IN_CAPS:
    case IN_BYTES:
    case IN_FRAMES:
        break;
    }
}

/* ---- GET session ---- */
void info_plan(struct session *s, int64_t at) {
    if (s->next_info_at == 0 || at < s->next_info_at)
        s->next_info_at = at > 0 ? at : 1;
}

static void info_now(struct model *m, struct session *s, struct effects *fx) {
    s->next_info_at = 0;
    if (s->id && !s->info_request)
        s->info_request = fx_call_id(m, fx, OP_SESSION_GET, s, s->id);
}

static void gone(struct model *m, struct session *s, struct effects *fx) {
    const struct session_private *p = s->priv;

    /* 404 is also a database fault: believed only when something else says the same */
    if (!p->provisional && s->link != LINK_REFUSED && p->list_seq == m->priv->listed_seq)
        return;
    act_notice(m, "The server has no session \"%s\" any more", session_title(s));
    session_gone(m, s, fx);
}

void info_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx) {
    struct session_private *p = s->priv;

    if (in->kind != IN_REPLY && in->kind != IN_FAIL)
        return;
    s->info_request = 0;
    if (in->kind == IN_FAIL) {
        if (in->status == 404)
            gone(m, s, fx);
        return;
    }
    if (in->out)
        session_take_data(m, s, in->out);
    if (p->compare && s->transcript.loaded && !s->load_request && p->rows != p->rows_loaded)
        load_plan(m, s, 0);
    p->compare = false;
}

/* ---- time ---- */
void load_tick(struct model *m, struct session *s, struct effects *fx) {
    struct session_private *p = s->priv;

    for (size_t i = 0; i < MIX_COUNT(p->title_at); i++) {
        if (p->title_at[i] == 0 || m->now < p->title_at[i])
            continue;
        p->title_at[i] = 0;
        info_plan(s, m->now);
    }
    if (s->next_load_at > 0 && m->now >= s->next_load_at)
        load_now(m, s, fx);
    if (s->next_info_at > 0 && m->now >= s->next_info_at)
        info_now(m, s, fx);
}

int64_t load_next(const struct session *s) {
    int64_t at = -1;

    sooner(&at, s->next_load_at);
    sooner(&at, s->next_info_at);
    for (size_t i = 0; i < MIX_COUNT(s->priv->title_at); i++)
        sooner(&at, s->priv->title_at[i]);
    return at;
}
