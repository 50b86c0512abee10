/* act_session.c - what a person does with sessions. */
#include "mix/servers.h"
#include "private.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_AGE_MS = 60000 };

/* ---- show ---- */
void act_session_show(struct model *m, struct session *s, struct effects *fx) {
    if (!s)
        return;
    m->priv->started = true;
    if (s != m->shown)
        search_end(m);
    m->shown = s;
    m->ui.session_cursor = s;
    s->seen = true;
    draft_load(m, s, fx);
    if (s->id) {
        if (s->link == LINK_REFUSED)
            s->link = LINK_IDLE;
        watch_now(m, s, fx);
        if (!s->transcript.loaded && !s->load_request)
            load_now(m, s, fx);
        if (!s->priv->counted)
            info_plan(s, m->now);
    }
    state_touch(m);
    order_touch(m);
    watch_touch(m);
    model_settle(m, fx);
}

void act_session_new(struct model *m, struct effects *fx) {
    if (!m->fresh)
        m->fresh = session_new(m, NULL);
    if (m->fresh->priv->create_request)
        act_notice(m, "The new session is being created");
    act_session_show(m, m->fresh, fx);
    act_focus(m, PANE_COMPOSER);
}

/* ---- who needs somebody ---- */
static int need(const struct model *m, const struct session *s) {
    for (size_t i = 0; i < m->n_asks; i++)
        if (m->asks[i]->session == s && ask_answerable(m->asks[i]))
            return m->asks[i]->kind == ASK_PERMISSION ? 4 : 3;
    if (s->seen)
        return 0;
    return s->failed ? 2 : 1;
}

struct needy {
    struct model *m;
    struct session *s;
};

struct needy_list {
    struct needy *v;
    size_t n, cap;
};

static bool listed(const struct model *m, const struct session *s) {
    for (size_t i = 0; i < m->n_visible; i++)
        if (m->visible[i] == s)
            return true;
    return false;
}

static void add_needy(struct needy_list *l, struct model *m, struct session *s, int want) {
    if (need(m, s) != want)
        return;
    l->v = xgrow(l->v, l->n, &l->cap, sizeof *l->v);
    l->v[l->n++] = (struct needy){m, s};
}

/* Those that a filter hides come behind those that are listed. */
static struct needy *all_needy(struct model *m, size_t *n) {
    struct needy_list l = {0};
    struct model *peer;

    for (int want = 4; want > 0; want--)
        for (size_t p = 0; (peer = peer_at(m, p)); p++) {
            for (size_t i = 0; i < peer->n_visible; i++)
                add_needy(&l, peer, peer->visible[i], want);
            for (size_t i = 0; i < peer->n_sessions; i++)
                if (need(peer, peer->sessions[i]) == want && !listed(peer, peer->sessions[i]))
                    add_needy(&l, peer, peer->sessions[i], want);
        }
    *n = l.n;
    return l.v;
}

/* Most urgent first, of every server that is open, then in the order of the list; from the shown
 * one onwards. */
void act_next_needy(struct model *m, struct effects *fx) {
    size_t n = 0, at = 0;
    auto_free struct needy *needy = all_needy(m, &n);

    if (n == 0) {
        act_notice(m, "No session needs you");
        return;
    }
    while (at < n && needy[at].s != m->shown)
        at++;
    const struct needy *to = &needy[at >= n ? 0 : (at + 1) % n];

    act_session_show(to->m, to->s, peer_effects(m, to->m, fx));
    if (to->m->ui.focus == PANE_SESSIONS || to->m->ui.focus == PANE_FILES)
        act_focus(to->m, PANE_THREAD); /* where one pane is shown at a time it would not be seen */
    if (to->m == m)
        return;
    m->servers->rows[servers_row_of(m->servers, m)].watch = true; /* going there is no goodbye */
    act_server_show(m, servers_row_of(m->servers, to->m), fx);
}

/* ---- the list ---- */
void act_sessions_move(struct model *m, int by) {
    size_t at = 0;

    if (m->n_visible == 0)
        return;
    while (at < m->n_visible && m->visible[at] != m->ui.session_cursor)
        at++;
    if (at == m->n_visible) {
        at = by == INT_MAX ? m->n_visible - 1 : 0;
    } else {
        const int64_t to = (int64_t)at + by;

        at = to < 0 ? 0 : to >= (int64_t)m->n_visible ? m->n_visible - 1 : (size_t)to;
    }
    m->ui.session_cursor = m->visible[at];
    model_touch(m);
}

void act_sessions_filter(struct model *m) {
    size_t at = 0;

    sessions_order(m);
    while (at < m->n_visible && m->visible[at] != m->ui.session_cursor)
        at++;
    if (at == m->n_visible && m->n_visible > 0)
        m->ui.session_cursor = m->visible[0]; /* what is typed selects: the first that matches */
    model_touch(m);
}

void act_session_pin(struct model *m, struct session *s, struct effects *fx) {
    if (!s || !s->id) {
        act_notice(m, "A session that does not exist yet cannot be pinned");
        return;
    }
    pin_set(m, s, s->pinned ? PIN_OFF : PIN_ON);
    order_touch(m);
    watch_touch(m);
    model_settle(m, fx);
}

void act_refresh(struct model *m, struct effects *fx) {
    list_request(m, fx);
    if (m->files.loaded)
        files_list(m, fx);
    if (m->shown && m->shown->id) {
        load_now(m, m->shown, fx);
        info_plan(m->shown, m->now);
    }
    model_settle(m, fx);
}

void act_alive(struct model *m, struct effects *fx) {
    struct model *peer;

    for (size_t i = 0; (peer = peer_at(m, i)); i++)
        if (peer->server.state == SERVER_ONLINE && peer->sessions_loaded && !peer->list_request &&
            m->now - peer->priv->listed_at >= LIST_AGE_MS)
            list_request(peer, peer_effects(m, peer, fx));
    own_look(m, fx);
}

/* ---- fork ---- */
static int64_t all_messages(const struct session *s) {
    for (size_t i = s->transcript.n; i-- > 0;)
        if (s->transcript.entries[i].server_index > 0)
            return s->transcript.entries[i].server_index;
    return s->priv->rows;
}

static void cannot_fork(struct model *m) {
    act_notice(m, "This server cannot fork sessions (they could until 0.7.2)");
}

/* Whether messages are shown that the last load did not count. */
static bool shows_more_than_counted(const struct session *s) {
    const struct transcript *t = &s->transcript;

    for (size_t i = t->n; t->loaded && i-- > 0;)
        if (!t->entries[i].local && t->entries[i].role != ROLE_NOTE)
            return t->entries[i].server_index == 0;
    return false;
}

void act_session_fork(struct model *m, struct session *s, uint32_t message_count,
                      struct effects *fx) {
    if (!s || !s->id) {
        act_notice(m, "There is nothing to fork yet");
        return;
    }
    if (!caps_has(&m->server.caps, OP_SESSION_FORK)) {
        cannot_fork(m);
        return;
    }
    if (message_count == 0 && shows_more_than_counted(s)) {
        s->priv->fork_next = true;
        load_now(m, s, fx);
        act_notice(m, "Forking \"%s\"", session_title(s));
        return;
    }
    fork_now(m, s, message_count, fx);
}

void fork_now(struct model *m, struct session *s, uint32_t message_count, struct effects *fx) {
    const int64_t count = message_count > 0 ? message_count : all_messages(s);

    if (count <= 0) {
        act_notice(m, "\"%s\" has no messages to fork", session_title(s));
        return;
    }
    struct request *r = fx_call(m, fx, OP_SESSION_FORK, s);
    struct session_fork *in = call_in(r, sizeof *in);

    in->id = arena_strdup(&r->arena, s->id);
    in->message_count = count;
    in->title = arena_printf(&r->arena, "Fork: %s", session_title(s));
    act_notice(m, "Forking \"%s\"", session_title(s));
}

void fork_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx) {
    if (in->kind == IN_FAIL) {
        if (in->status == 404 || in->status == 405 || in->status == 501) {
            m->server.caps.ops &= ~((uint64_t)1 << OP_SESSION_FORK);
            cannot_fork(m);
        } else {
            act_error(m, &in->err, "Could not fork \"%s\"", session_title(s));
        }
        return;
    }
    struct session *made = in->kind == IN_REPLY && in->out ? session_add(m, in->out) : NULL;

    if (!made)
        return;
    made->forked = true;
    made->priv->touched = true;
    made->priv->ended_at = m->now; /* nothing works in it, wherever it was cut */
    act_session_show(m, made, fx);
    act_notice(m, "Forked: \"%s\"", session_title(made));
}

/* ---- delete ---- */
void act_session_delete(struct model *m, struct session *s, struct effects *fx) {
    if (!s || !s->id) {
        act_notice(m, "There is nothing to delete");
        return;
    }
    s->priv->index_forget = m->ui.confirm_index == CONFIRM_FORGETS;
    m->ui.confirm_index = CONFIRM_NOT_INDEXED;
    (void)fx_call_id(m, fx, OP_SESSION_DELETE, s, s->id);
    act_notice(m, "Deleting \"%s\"", session_title(s));
}

void session_delete_reply(struct model *m, struct incoming *in, struct session *s,
                          struct effects *fx) {
    if (in->kind == IN_FAIL && in->status != 404) {
        act_error(m, &in->err, "Could not delete \"%s\"", session_title(s));
        s->priv->index_forget = false;
    } else if (in->kind == IN_REPLY || in->kind == IN_FAIL) {
        act_notice(m, "Deleted \"%s\"", session_title(s));
        session_gone(m, s, fx);
    }
}
