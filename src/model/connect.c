/* connect.c - finding the server, its lists, and what is shown first. */
#include "mix/types_admin.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

enum { BACKOFF_MS = 1000, BACKOFF_MAX_MS = 30000, PROMPTS_ASKED = 500, COMMANDS_MAX = 2000 };

/* ---- state ---- */
static void set_state(struct model *m, enum server_state state) {
    if (m->server.state == state)
        return;
    m->server.state = state;
    model_touch(m);
}

static bool untouched(const struct model *m) {
    const struct session *s = m->shown;

    return s && s == m->fresh && s->draft.text.n == 0 && !s->sending && s->n_queue == 0;
}

static void offer_server(struct model *m) {
    struct model_private *p = m->priv;

    /* an overlay must not take the keys of somebody who types already */
    if (p->ever_loaded || p->offered || m->ui.over != OVER_NONE || m->shown->draft.text.n > 0 ||
        model_hidden(m))
        return;
    p->offered = true;
    act_over(m, OVER_SERVER);
}

void connect_shown(struct model *m) {
    if (m->server.state == SERVER_OFFLINE || m->server.state == SERVER_FOREIGN)
        offer_server(m);
}

void connect_lost(struct model *m, const struct err *err, int64_t retry_at, struct effects *fx) {
    (void)fx;
    if (m->server.state == SERVER_FOREIGN)
        return;
    if (m->server.state != SERVER_OFFLINE) {
        if (strstr(err->text, m->server.url))
            act_error(m, err, "No server");
        else
            act_error(m, err, "No server at %s", m->server.url);
    }
    m->server.err = *err;
    if (m->server.retry_at != retry_at)
        model_touch(m);
    m->server.retry_at = retry_at;
    set_state(m, SERVER_OFFLINE);
    offer_server(m);
}

void act_no_server(struct model *m, const struct err *err, struct effects *fx) {
    connect_lost(m, err, 0, fx);
    model_settle(m, fx);
}

void connect_answered(struct model *m, struct effects *fx) {
    const bool was_away = m->server.state == SERVER_OFFLINE && m->priv->ever_loaded;

    if (m->server.state == SERVER_ONLINE)
        return;
    m->server.err = (struct err){.rc = RC_OK};
    m->server.retry_at = 0;
    if (m->n_notices > 0 && strncmp(m->notices[m->n_notices - 1].text, "No server", 9) == 0)
        m->notice_at = 0; /* that is over; the log has it */
    m->priv->retry_own_at = 0;
    m->priv->backoff = 0;
    set_state(m, SERVER_ONLINE);
    if (m->ui.over == OVER_SERVER)
        act_over_close(m);
    if (was_away)
        list_request(m, fx);
}

static void foreign(struct model *m, const char *why) {
    (void)err_set(&m->server.err, RC_PROTO, 0, "%s", why);
    if (m->server.state != SERVER_FOREIGN)
        act_error(m, &m->server.err, "%s answers, but is not a Mix server", m->server.url);
    m->server.retry_at = 0;
    set_state(m, SERVER_FOREIGN);
    offer_server(m);
}

/* ---- asking ---- */
void list_request(struct model *m, struct effects *fx) {
    struct model_private *p = m->priv;

    if (m->list_request) {
        p->list_again = true;
        return;
    }
    struct request *r = fx_call(m, fx, OP_SESSIONS_LIST, NULL);
    struct sessions_query *in = call_in(r, sizeof *in);

    in->include_subagents = true;
    m->list_request = r->id;
    p->list_seq++;
}

void connect_start(struct model *m, struct effects *fx) {
    struct model_private *p = m->priv;

    p->retry_own_at = 0;
    m->server.retry_at = 0;
    if (!p->probe_request && m->server.caps.version == GEN_NONE) {
        struct request *r = request_new(REQ_PROBE, 0);

        p->probe_request = r->id;
        fx_request(fx, r);
    }
    if (!m->list_request)
        list_request(m, fx);
    model_touch(m);
}

static void reconnect(struct model *m, struct effects *fx) {
    fx_request(fx, request_new(REQ_WAKE, 0));
    for (size_t i = 0; i < m->n_sessions; i++)
        if (m->sessions[i]->link == LINK_REFUSED)
            m->sessions[i]->link = LINK_IDLE;
    if (m->server.state == SERVER_FOREIGN)
        m->server.state = SERVER_CONNECTING;
    connect_start(m, fx);
    watch_touch(m);
    model_settle(m, fx);
}

void act_reconnect(struct model *m, struct effects *fx) {
    struct model *peer;

    fx->retry_now = true;
    for (size_t i = 0; (peer = peer_at(m, i)); i++)
        reconnect(peer, peer_effects(m, peer, fx));
    act_notice(m, "Connecting to %s", m->server.url);
}

/* ---- answers ---- */
static void retry_later(struct model *m) {
    struct model_private *p = m->priv;

    p->backoff = p->backoff ? 2 * p->backoff : BACKOFF_MS;
    if (p->backoff > BACKOFF_MAX_MS)
        p->backoff = BACKOFF_MAX_MS;
    p->retry_own_at = m->now + p->backoff;
    m->server.retry_at = p->retry_own_at;
}

void connect_failed(struct model *m, const struct incoming *in, struct effects *fx) {
    const bool html = in->err.rc == RC_PROTO;
    const bool not_there = in->err.rc == RC_HTTP && (in->status == 404 || in->status == 405);

    if (in->err.rc == RC_CANCELLED)
        return;
    if (!m->priv->ever_loaded && (html || not_there)) {
        foreign(m, in->err.text);
        return;
    }
    if (m->priv->retry_own_at == 0)
        retry_later(m);
    connect_lost(m, &in->err, m->priv->retry_own_at, fx);
}

static void ask_the_rest(struct model *m, struct effects *fx) {
    struct model_private *p = m->priv;

    if (p->asked_rest)
        return;
    p->asked_rest = true;
    if (!m->sessions_loaded && !m->list_request)
        list_request(m, fx);
    if (caps_has(&m->server.caps, OP_AUTH_STATUS))
        (void)fx_call(m, fx, OP_AUTH_STATUS, NULL);
    if (caps_has(&m->server.caps, OP_COMMANDS_LIST))
        (void)fx_call(m, fx, OP_COMMANDS_LIST, NULL);
    if (caps_has(&m->server.caps, OP_MESSAGES_HISTORY)) {
        struct request *r = fx_call(m, fx, OP_MESSAGES_HISTORY, NULL);
        struct history_query *in = call_in(r, sizeof *in);

        in->limit = PROMPTS_ASKED;
    }
}

void connect_caps(struct model *m, struct incoming *in, struct effects *fx) {
    m->priv->probe_request = 0;
    m->server.caps = in->caps;
    model_touch(m);
    send_resume(m, fx);
    if (in->caps.version == GEN_NONE && strstr(in->caps.why, "not a Mix server")) {
        if (!m->priv->ever_loaded)
            foreign(m, in->caps.why);
        return;
    }
    if (in->caps.version == GEN_NONE)
        return; /* the list will tell */
    connect_answered(m, fx);
    ask_the_rest(m, fx);
}

/* A session the list had and has no more. What is shown or live is asked for by name first. */
static void drop_missing(struct model *m, struct effects *fx) {
    struct model_private *p = m->priv;

    for (size_t i = m->n_sessions; i-- > 0;) {
        if (i >= m->n_sessions)
            continue;
        struct session *s = m->sessions[i];
        struct session_private *sp = s->priv;

        if (sp->list_seq == p->list_seq || (sp->list_seq == 0 && !sp->provisional))
            continue;
        if (sp->provisional || s == m->shown || s->stream || s->draft.text.n > 0)
            info_plan(s, m->now);
        else
            session_gone(m, s, fx);
    }
}

static void list_done(struct model *m, struct effects *fx) {
    struct model_private *p = m->priv;

    m->list_request = 0;
    m->sessions_loaded = true;
    p->ever_loaded = true;
    p->listed_at = m->now;
    p->listed_seq = p->list_seq;
    connect_answered(m, fx);
    if (!p->probe_request)
        ask_the_rest(m, fx);
    session_link_parents(m);
    drop_missing(m, fx);
    tasks_find_children(m, fx);
    start_choose(m, fx);
    order_touch(m);
    watch_touch(m);
    if (p->list_again) {
        p->list_again = false;
        list_request(m, fx);
    }
}

void sessions_reply(struct model *m, struct incoming *in, struct session *none,
                    struct effects *fx) {
    const struct session_data *items = in->out;

    (void)none;
    switch (in->kind) {
    case IN_ITEMS:
    case IN_REPLY:
        for (size_t i = 0; i < in->n; i++) {
            struct session *s = session_add(m, &items[i]);

            if (s)
                s->priv->list_seq = m->priv->list_seq;
        }
        if (in->kind == IN_REPLY)
            list_done(m, fx);
        break;
    case IN_FAIL:
        m->list_request = 0;
        m->priv->list_again = false;
        connect_failed(m, in, fx);
        break;
    case IN_RETRY:
        connect_lost(m, &in->err, in->retry_at, fx);
        break;
    case IN_RESTART: /* merging twice is the same as once */
    case IN_PROGRESS:
    case IN_EVENTS:
    case IN_LINK:
    case IN_CAPS:
    case IN_BYTES:
    case IN_FRAMES:
        break;
    }
}

bool auth_take(struct model *m, const struct auth_status *status) {
    bool any = m->priv->stored_unlisted;

    if (!status || status->providers.n == 0)
        return false;
    for (size_t i = 0; i < status->providers.n; i++)
        any = any || status->providers.items[i].authenticated;
    m->server.auth_known = true;
    m->server.no_provider = !any;
    model_touch(m);
    return true;
}

/* Once, and never where somebody types already. */
static void offer_keys(struct model *m, struct effects *fx) {
    struct model_private *p = m->priv;

    if (p->keys_offered)
        return;
    p->keys_offered = true;
    act_notice(m, "The server has no key for any provider: agents cannot answer");
    if (m->ui.over == OVER_NONE && m->shown->draft.text.n == 0 && !m->shown->sending &&
        !m->ui.leader && m->ui.focus != PANE_PERMISSIONS && !model_hidden(m))
        act_panel_open(m, PANEL_AUTH, fx);
}

void auth_reply(struct model *m, struct incoming *in, struct session *none, struct effects *fx) {
    (void)none;
    if (in->kind != IN_REPLY || !auth_take(m, in->out) || !m->server.no_provider)
        return;
    if (caps_has(&m->server.caps, OP_AUTH_VALIDATE)) /* the list forgets some providers */
        (void)fx_call(m, fx, OP_AUTH_VALIDATE, NULL);
    else
        offer_keys(m, fx);
}

void validate_reply(struct model *m, struct incoming *in, struct session *none,
                    struct effects *fx) {
    const struct auth_validity *v = in->out;

    (void)none;
    if (in->kind == IN_REPLY && v && v->valid)
        m->server.no_provider = false;
    else if (in->kind != IN_REPLY && in->kind != IN_FAIL)
        return;
    if (m->server.no_provider)
        offer_keys(m, fx);
    model_touch(m);
}

void commands_reply(struct model *m, struct incoming *in, struct session *none,
                    struct effects *fx) {
    struct model_private *p = m->priv;
    const struct command_info *items = in->out;

    (void)none;
    (void)fx;
    if (in->kind != IN_REPLY && in->kind != IN_ITEMS)
        return;
    for (size_t i = 0; i < in->n && p->n_commands < COMMANDS_MAX; i++) {
        if (!str_blank(items[i].name))
            command_learn(m, &items[i]);
    }
    p->commands_known = p->commands_known || in->kind == IN_REPLY;
}

static void prompt_row(struct model *m, const struct message *row) {
    struct model_private *p = m->priv;
    struct session *s = model_session(m, row->session_id);

    if (str_blank(row->user_input))
        return;
    const char *reminder = strstr(row->user_input, "\n\n<system-reminder>");
    const size_t n = reminder ? (size_t)(reminder - row->user_input) : strlen(row->user_input);
    auto_free char *text = xstrndup(row->user_input, n);

    if (s) { /* newest first: what comes last is the first message */
        char *line = clean_line(text, 1024);

        free(s->first_message);
        s->first_message = line;
    }
    if (p->n_server_prompts >= HISTORY_MAX)
        return;
    p->server_prompts = xgrow(p->server_prompts, p->n_server_prompts, &p->cap_server_prompts,
                              sizeof(*p->server_prompts));
    p->server_prompts[p->n_server_prompts++] = (struct prompt){
        .text = TAKE(text), .session = row->session_id ? xstrdup(row->session_id) : NULL};
}

void history_reply(struct model *m, struct incoming *in, struct session *none, struct effects *fx) {
    struct model_private *p = m->priv;
    const struct message *rows = in->out;

    (void)none;
    (void)fx;
    if (in->kind == IN_RESTART) {
        prompts_free(p->server_prompts, p->n_server_prompts);
        p->server_prompts = NULL;
        p->n_server_prompts = p->cap_server_prompts = 0;
    }
    if (in->kind != IN_REPLY && in->kind != IN_ITEMS)
        return;
    for (size_t i = 0; i < in->n; i++)
        prompt_row(m, &rows[i]);
    order_touch(m);
    if (in->kind != IN_REPLY)
        return;
    p->server_history_read = true;
    history_seed(m);
}

/* ---- what is shown first ---- */
void start_choose(struct model *m, struct effects *fx) {
    struct model_private *p = m->priv;
    struct session *s = NULL;

    if (p->started || m->keeps != KEEPS_NOT)
        return;
    if (!untouched(m)) {
        p->started = true; /* somebody types already: nothing moves under the caret */
        return;
    }
    if (p->wanted_id) {
        s = model_session(m, p->wanted_id);
        if (!s) {
            s = session_new(m, p->wanted_id);
            s->priv->provisional = true;
        }
    } else if (p->state_read && m->sessions_loaded &&
               (m->shown->draft_loaded || m->shown->own == OWN_OTHER)) {
        s = session_newest(m); /* nothing was left in the one not created yet */
    } else {
        return;
    }
    p->started = true;
    if (s)
        act_session_show(m, s, fx);
}

/* ---- time ---- */
void connect_tick(struct model *m, struct effects *fx) {
    const int64_t at = m->priv->retry_own_at;

    if (at > 0 && m->now >= at)
        connect_start(m, fx);
}

int64_t connect_next(const struct model *m) {
    int64_t at = -1;

    sooner(&at, m->priv->retry_own_at);
    return at;
}
