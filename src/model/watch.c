/* watch.c - which streams are open. A server replays nothing and tells nobody what waits, so a
 * session is watched before something happens in it, and never dropped while something does. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STREAMS_MAX = 256,
    DISCOVER_FAST_MS = 250,
    DISCOVER_SLOW_MS = 2000,
    DISCOVER_FAST_FOR = 5000
};

void stream_key(char out[16], uint32_t request) {
    (void)snprintf(out, 16, "%u", (unsigned)request);
}

struct session *stream_session(struct model *m, uint32_t request) {
    struct model_private *p = m->priv;
    char key[16];

    if (p->hit && p->hit_id == request)
        return p->hit;
    stream_key(key, request);
    struct session *s = map_get(&m->streams, key);

    if (s) {
        p->hit = s;
        p->hit_id = request;
    }
    return s;
}

/* ---- open and shut ---- */
void watch_now(struct model *m, struct session *s, struct effects *fx) {
    char key[16];

    if (!s->id || s->stream)
        return;
    struct request *r = request_new(REQ_STREAM, OP_STREAM);
    struct stream_query *in = call_in(r, sizeof *in);

    in->session_id = arena_strdup(&r->arena, s->id);
    r->version = m->server.caps.version;
    s->stream = r->id;
    s->link = LINK_CONNECTING;
    s->wanted = true;
    s->priv->was_live = false;
    stream_key(key, r->id);
    map_set(&m->streams, key, s);
    m->n_watched++;
    fx_request(fx, r);
    order_touch(m);
}

static void forget_stream(struct model *m, struct session *s) {
    char key[16];

    if (!s->stream)
        return;
    stream_key(key, s->stream);
    map_del(&m->streams, key);
    if (m->priv->hit == s)
        m->priv->hit = NULL;
    s->stream = 0;
    m->n_watched--;
    order_touch(m);
}

void watch_stop(struct model *m, struct session *s, struct effects *fx) {
    if (s->stream)
        fx_cancel(fx, s->stream);
    forget_stream(m, s);
    s->link = LINK_IDLE;
    s->retry_at = 0;
    s->wanted = false;
}

/* ---- the policy ---- */
static bool child_at_work(const struct session *s) {
    if (!s->parent)
        return false;
    const struct session_private *p = s->parent->priv;

    for (size_t i = 0; i < p->n_tasks; i++)
        if (p->tasks[i].child == s)
            return true;
    return false;
}

/* Something is under way in it: its stream is not closed, whatever the policy thinks. */
static bool at_work(const struct model *m, const struct session *s) {
    if (s->turn != TURN_IDLE || s->sending || s->send_request || child_at_work(s) ||
        session_has_open_call(s))
        return true;
    for (size_t i = 0; i < m->n_asks; i++)
        if (m->asks[i]->session == s &&
            (ask_answerable(m->asks[i]) || m->asks[i]->state == ASK_SENT))
            return true;
    return false;
}

struct candidate {
    struct session *s;
    int64_t at;
};

static int newest_first(const void *va, const void *vb) {
    const struct candidate *a = va;
    const struct candidate *b = vb;

    if (a->at != b->at)
        return a->at > b->at ? -1 : 1;
    return strcmp(a->s->id, b->s->id);
}

static void choose(struct model *m) {
    auto_free struct candidate *rest = xmalloc((m->n_sessions + 1) * sizeof *rest);
    size_t n_rest = 0;
    size_t chosen = 0;

    for (size_t i = 0; i < m->n_sessions; i++) {
        struct session *s = m->sessions[i];

        s->wanted = s == m->shown || s->pinned || at_work(m, s);
        chosen += s->wanted;
        if (s->wanted || (s->subagent && !s->priv->touched))
            continue;
        rest[n_rest++] = (struct candidate){
            .s = s,
            .at = s->active_at > s->created_at ? s->active_at : s->created_at,
        };
    }
    qsort(rest, n_rest, sizeof *rest, newest_first);
    for (size_t i = 0; i < n_rest && chosen < STREAMS_MAX; i++) {
        if (!rest[i].s->priv->touched)
            continue;
        rest[i].s->wanted = true;
        chosen++;
    }
    for (size_t i = 0; i < n_rest && chosen < m->watch_limit; i++) {
        if (rest[i].s->wanted)
            continue;
        rest[i].s->wanted = true;
        chosen++;
    }
}

void watch_update(struct model *m, struct effects *fx) {
    m->priv->watch_dirty = false;
    choose(m);
    if (m->shown && m->shown->wanted && m->shown->link != LINK_REFUSED)
        watch_now(m, m->shown, fx); /* first in the queue */
    for (size_t i = 0; i < m->n_sessions; i++) {
        struct session *s = m->sessions[i];

        if (s->wanted && !s->stream && s->link != LINK_REFUSED)
            watch_now(m, s, fx);
        else if (!s->wanted && s->stream)
            watch_stop(m, s, fx);
    }
}

/* ---- what a stream says of itself ---- */
static void seam(struct model *m, struct session *s) {
    if (s->turn == TURN_IDLE && !session_has_open_call(s))
        return;
    const char *text = "The connection was lost here while the agent worked; "
                       "what was missed was read again";

    if (m->server.caps.sync_send)
        text = "The connection was lost here: this server probably cancelled the turn. "
               "To go on, send: please try again";
    else if (session_has_open_call(s))
        text = "The connection was lost here: a request for permission may have been missed "
               "and denied. If so, send: please try again";
    transcript_note(&s->transcript, text, m->real);
}

void watch_live(struct model *m, struct session *s, struct effects *fx) {
    struct session_private *p = s->priv;
    const bool first = !p->was_live;

    p->was_live = true;
    connect_answered(m, fx);
    if (p->gap) {
        p->gap = false;
        seam(m, s);
        if (s->turn == TURN_RUNNING || s->turn == TURN_SENDING)
            turn_unsure(m, s);
        load_plan(m, s, 0);
        info_plan(s, m->now);
    } else if (first && s->transcript.loaded) {
        p->compare = true; /* messages may have come between the load and this */
        info_plan(s, m->now);
    }
    if (s == m->shown && !s->transcript.loaded && !s->load_request)
        load_plan(m, s, 0); /* it failed while the server was away */
    send_live(m, s, fx);
}

static void refused(struct model *m, struct session *s, struct effects *fx) {
    forget_stream(m, s);
    s->link = LINK_REFUSED;
    if (s->sending && s->sent == SENT_NONE)
        s->priv->live_by = m->now;
    s->info_request = s->id ? fx_call_id(m, fx, OP_SESSION_GET, s, s->id) : 0;
    watch_touch(m);
}

void watch_link(struct model *m, struct session *s, const struct incoming *in, struct effects *fx) {
    struct session_private *p = s->priv;
    const bool changed = s->link != in->link || s->retry_at != in->retry_at;

    p->gap = p->gap || in->gap || (in->link == LINK_RETRYING && p->was_live);
    s->link = in->link;
    s->retry_at = in->link == LINK_RETRYING ? in->retry_at : 0;
    if (in->last_byte_at > 0)
        s->last_byte_at = in->last_byte_at;
    if (changed)
        model_touch(m);
    log_line("link", "%s: state %d gap %d", s->id, (int)in->link, (int)in->gap);
    switch (in->link) {
    case LINK_LIVE:
        watch_live(m, s, fx);
        break;
    case LINK_REFUSED:
        refused(m, s, fx);
        break;
    case LINK_RETRYING:
        if (in->err.rc == RC_CONNECT || in->err.rc == RC_TLS)
            connect_lost(m, &in->err, in->retry_at, fx);
        break;
    case LINK_IDLE:
        forget_stream(m, s);
        watch_touch(m);
        break;
    case LINK_CONNECTING:
    case LINK_LATE:
        break;
    }
}

void watch_failed(struct model *m, struct session *s, struct effects *fx) { refused(m, s, fx); }

/* ---- sub-agents: nobody announces them ---- */
static struct task_call *task_of(struct session *s, const char *call_id) {
    for (size_t i = 0; i < s->priv->n_tasks; i++)
        if (str_eq(s->priv->tasks[i].call_id, call_id))
            return &s->priv->tasks[i];
    return NULL;
}

static void child_works(struct model *m, struct session *child, struct effects *fx) {
    child->turn = TURN_RUNNING;
    child->failed = false;
    child->priv->heard_at = m->now;
    watch_now(m, child, fx);
    watch_touch(m);
    order_touch(m);
}

void task_begins(struct model *m, struct session *s, const char *call_id, struct effects *fx) {
    struct session_private *p = s->priv;

    if (str_blank(call_id) || task_of(s, call_id))
        return;
    struct session *child = map_get(&m->priv->children_by_call, call_id);

    if (child == s)
        child = NULL;
    p->tasks = xgrow(p->tasks, p->n_tasks, &p->cap_tasks, sizeof(*p->tasks));
    p->tasks[p->n_tasks++] = (struct task_call){
        .call_id = xstrdup(call_id),
        .since = m->now,
        .child = child,
    };
    watch_touch(m);
    if (child)
        child_works(m, child, fx);
    else
        list_request(m, fx);
}

void task_ends(struct model *m, struct session *s, const char *call_id, struct effects *fx) {
    struct session_private *p = s->priv;

    for (size_t i = p->n_tasks; i-- > 0;) {
        if (i >= p->n_tasks || (call_id && !str_eq(p->tasks[i].call_id, call_id)))
            continue; /* the end of a child may have ended more than one */
        struct session *child = p->tasks[i].child;

        free(p->tasks[i].call_id);
        p->tasks[i] = p->tasks[--p->n_tasks];
        if (!child) { /* it was quicker than the list: its thread can be read all the same */
            list_request(m, fx);
            continue;
        }
        asks_turn_over(m, child);
        turn_ends(m, child, END_SETTLED, fx);
        load_plan(m, child, 0);
    }
    watch_touch(m);
}

void tasks_find_children(struct model *m, struct effects *fx) {
    for (size_t i = 0; i < m->n_sessions; i++) {
        struct session_private *p = m->sessions[i]->priv;

        for (size_t k = 0; k < p->n_tasks; k++) {
            struct session *child =
                p->tasks[k].child ? NULL : map_get(&m->priv->children_by_call, p->tasks[k].call_id);

            if (!child || child == m->sessions[i])
                continue;
            p->tasks[k].child = child;
            child_works(m, child, fx);
        }
    }
}

/* When the list is asked for next in search of sub-agents; -1: nobody searches. */
int64_t watch_next(const struct model *m) {
    int64_t newest = -1;

    for (size_t i = 0; i < m->n_sessions; i++) {
        const struct session_private *p = m->sessions[i]->priv;

        for (size_t k = 0; k < p->n_tasks; k++)
            if (!p->tasks[k].child && p->tasks[k].since > newest)
                newest = p->tasks[k].since;
    }
    if (newest < 0 || m->list_request || m->server.state != SERVER_ONLINE)
        return -1;
    const int64_t step = m->now - newest < DISCOVER_FAST_FOR ? DISCOVER_FAST_MS : DISCOVER_SLOW_MS;

    return m->priv->listed_at + step;
}

void watch_tick(struct model *m, struct effects *fx) {
    const int64_t at = watch_next(m);

    if (at >= 0 && m->now >= at)
        list_request(m, fx);
}
