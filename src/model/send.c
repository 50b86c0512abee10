/* send.c - from the draft to the server, one turn at a time, and nothing typed is ever lost. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

enum {
    LIVE_WAIT_MS = 10000,
    CHECK_AGAIN_MS = 3000,
    CHECKS = 2,
    QUEUE_MAX = 500,
    QUEUE_BYTES = 8 * 1024 * 1024, /* with a draft and a message on its way it can be read again */
    NAME_MAX_BYTES = 200
};
/* What libcurl calls a failure before the first byte of a request left. */
enum { CURL_PROXY_NAME = 5, CURL_HOST_NAME = 6, CURL_NO_CONNECTION = 7 };

/* ---- back to the person ---- */
static void give_back(struct model *m, struct session *s, char *text,
                      const struct turn_options *options) {
    if (draft_free(s)) {
        message_to_draft(m, s, &(struct queued){.text = text, .options = *options});
    } else {
        (void)queue_add(m, s, 0, text, options);
        s->held = true;
    }
}

static void forget_sending(struct model *m, struct session *s) {
    struct session_private *p = s->priv;

    free(s->sending);
    s->sending = NULL;
    s->sent = SENT_NONE;
    s->sending_options = (struct turn_options){0};
    p->live_by = 0;
    p->leaving = false;
    p->check = false;
    p->checks = 0;
    set_string(&p->known_id, NULL);
    journal_touch(m, s);
}

void send_take_back(struct model *m, struct session *s) {
    auto_free char *text = TAKE(s->sending);
    const struct turn_options options = s->sending_options;

    forget_sending(m, s);
    transcript_unsend(&s->transcript, text);
    if (s->own == OWN_OTHER) {
        history_add(m, text, NULL);
        act_notice(m, "It is in the prompt history; another mixtui has this draft");
    } else {
        give_back(m, s, text, &options);
    }
    if (s->turn == TURN_SENDING || s->turn == TURN_UNSURE)
        s->turn = TURN_IDLE;
    queue_hold(m, s);
    order_touch(m);
    watch_touch(m);
}

void send_confirmed(struct model *m, struct session *s) {
    if (s->sending)
        forget_sending(m, s);
}

/* ---- out ---- */
static const char *last_known_id(const struct session *s) {
    const struct transcript *t = &s->transcript;

    for (size_t i = t->n; i-- > 0;)
        if (t->entries[i].id && !t->entries[i].pending && !t->entries[i].local)
            return t->entries[i].id;
    return NULL;
}

static void post(struct model *m, struct session *s, struct effects *fx) {
    struct session_private *p = s->priv;

    p->leaving = false;
    p->heard_at = p->posted_at = m->now;
    s->sent = SENT_POSTED;
    struct request *r = fx_call(m, fx, OP_MESSAGE_SEND, s);
    struct message_send *in = call_in(r, sizeof *in);

    in->id = arena_strdup(&r->arena, s->id);
    in->text = arena_strdup(&r->arena, s->sending);
    in->plan_mode = s->sending_options.plan;
    in->thinking_level = thinking_name(s->sending_options.thinking);
    in->max_steps = s->sending_options.max_steps;
    s->send_request = r->id;
    model_touch(m);
}

/* It leaves when the disk has it as `sending`: whatever happens then, nobody sends it twice. */
static void leave(struct model *m, struct session *s, struct effects *fx) {
    struct session_private *p = s->priv;

    p->live_by = 0;
    set_string(&p->known_id, last_known_id(s));
    if (!p->known_id && !s->transcript.loaded)
        set_string(&p->known_id, "?"); /* no id: whether it arrived cannot be told from the rows */
    p->leaving = true;
    p->leave_write = draft_save(m, s, fx);
    if (p->leave_write == 0)
        post(m, s, fx);
}

void send_create(struct model *m, struct session *s, const char *text, struct effects *fx) {
    if (s->priv->create_request)
        return;
    struct request *r = fx_call(m, fx, OP_SESSION_CREATE, s);
    struct session_create *in = call_in(r, sizeof *in);
    auto_free char *title = clean_line(text, NAME_MAX_BYTES);
    char *end = title ? strstr(title, "\u21b5") : NULL;

    if (end && end > title)
        *end = '\0'; /* the first line */
    in->title = arena_strdup(&r->arena, str_blank(title) ? "New session" : title);
    in->browser_mode = "local-browser-service";
    s->priv->create_request = r->id;
}

/* A message leaves only when the stream is live: whatever the agent then does is heard. And when
 * its draft file was read: a message of an earlier run may still be on its way. */
static void go(struct model *m, struct session *s, struct effects *fx) {
    struct session_private *p = s->priv;

    if (m->priv->probe_request)
        return; /* which fields this server takes is not known yet: send_resume goes on */
    const char *unfit = turn_options_unfit(m, &s->sending_options);

    if (unfit) { /* a plan that was asked for must not become a deed */
        act_notice(m, "Not sent, the text is back: %s", unfit);
        send_take_back(m, s);
        return;
    }
    if (!s->id) {
        send_create(m, s, s->sending, fx);
        return;
    }
    if (!s->draft_loaded || p->leaving)
        return; /* the disk's answer goes on */
    if (s->link == LINK_LIVE || s->link == LINK_LATE) {
        leave(m, s, fx);
        return;
    }
    if (!p->live_by)
        p->live_by = m->now + LIVE_WAIT_MS;
    if (s->link == LINK_REFUSED)
        s->link = LINK_IDLE;
    watch_now(m, s, fx);
}

/* A write ended, well or not: a full disk is no reason to keep silent. */
void send_written(struct model *m, struct session *s, uint32_t task, struct effects *fx) {
    struct session_private *p = s->priv;

    if (!p->leaving || p->leave_write != task)
        return;
    if (s->link == LINK_LIVE || s->link == LINK_LATE) {
        post(m, s, fx);
    } else {
        p->leaving = false;
        go(m, s, fx);
    }
}

static void begin(struct model *m, struct session *s, char *text,
                  const struct turn_options *options, struct effects *fx) {
    s->sending = text;
    s->sending_options = *options;
    s->sent = SENT_NONE;
    s->turn = TURN_SENDING;
    s->failed = false;
    s->priv->touched = true;
    transcript_user(&s->transcript, NULL, text, m->real);
    session_active(m, s);
    journal_touch(m, s);
    order_touch(m);
    watch_touch(m);
    go(m, s, fx);
}

static bool free_to_send(const struct session *s) {
    return s->turn == TURN_IDLE && !s->sending && !s->send_request && !s->priv->create_request;
}

/* Which one leaves next, n_queue: none. */
static size_t next_queued(const struct session *s) {
    const struct session_private *p = s->priv;
    const size_t at = p->now_id ? queue_find(s, p->now_id) : 0;

    if (s->n_queue == 0 || !free_to_send(s) || s->own == OWN_OTHER || (s->held && !p->now_id))
        return s->n_queue;
    return at < s->n_queue && !s->queue[at].edited ? at : s->n_queue;
}

void send_drain(struct model *m, struct session *s, struct effects *fx) {
    const size_t at = next_queued(s);

    if (at >= s->n_queue)
        return;
    if (s->queue[at].n_chips > 0 && !attach_ready(m, s, &s->queue[at], fx))
        return; /* its files are on their way, or it says why it waits */
    struct queued q = queue_take(m, s, at);

    begin(m, s, TAKE(q.text), &q.options, fx);
    queued_fini(&q);
}

void send_resume(struct model *m, struct effects *fx) {
    for (size_t i = 0; i < m->n_sessions; i++)
        send_live(m, m->sessions[i], fx);
    if (m->fresh)
        send_live(m, m->fresh, fx);
}

void send_live(struct model *m, struct session *s, struct effects *fx) {
    if (s->sending && s->sent == SENT_NONE)
        go(m, s, fx);
    else
        send_drain(m, s, fx);
}

/* ---- what the person does ---- */
static size_t queued_bytes(const struct session *s) {
    size_t n = 0;

    for (size_t i = 0; i < s->n_queue; i++)
        n += strlen(s->queue[i].text);
    return n;
}

static bool refuses(struct model *m, struct session *s) {
    if (m->server.state == SERVER_OFFLINE || m->server.state == SERVER_FOREIGN)
        act_error(m, &m->server.err, "Not sent, the text stays here; no server");
    else if (s->own == OWN_OTHER)
        own_say(m, s);
    else if (s->subagent)
        act_notice(m, "A sub-agent takes no messages: write to \"%s\"",
                   s->parent ? session_title(s->parent) : "its parent");
    else if (s->n_queue >= QUEUE_MAX)
        act_notice(m, "%d messages wait already: this one stays here", QUEUE_MAX);
    else if (s->n_queue > 0 && queued_bytes(s) + s->draft.text.n > QUEUE_BYTES)
        act_notice(m, "%d MiB wait already: this message stays here", QUEUE_BYTES >> 20);
    else
        return false;
    return true;
}

/* Takes text and chips: it leaves now, or when the turn is over. */
static void say(struct model *m, struct session *s, char *text, struct chip *chips, size_t n_chips,
                struct effects *fx) {
    history_said(m, s, text, fx);
    s->history_at = 0;
    s->reading.unread = 0; /* who answers has read it */
    act_follow(m);
    if (s->n_queue == 0 && free_to_send(s) && n_chips == 0) {
        begin(m, s, text, &s->options, fx);
    } else {
        struct queued *q = queue_add(m, s, s->n_queue, text, &s->options);

        q->chips = chips;
        q->n_chips = n_chips;
        free(text);
        if (s->held || s->sent == SENT_UNKNOWN)
            act_notice(m, "Queued; the queue of this session waits for you");
        else
            send_drain(m, s, fx);
    }
    s->priv->touched = true;
}

void act_send(struct model *m, struct effects *fx) {
    struct session *s = m->shown;
    const char *draft = buf_str(&s->draft.text);

    if (draft[strspn(draft, " \t\r\n")] == '\0') {
        if (s->held)
            act_queue_go(m, s, fx);
        else
            act_notice(m, "Nothing to send");
        return;
    }
    if (refuses(m, s) || slash_typed(m, s, draft, fx)) {
        model_settle(m, fx);
        return;
    }
    char *text = xstrdup(draft);

    struct chip *chips;
    const size_t n_chips = chips_of_files(s->draft.chips, s->draft.n_chips, &chips);

    editor_set(&s->draft, ""); /* first: the disk never has it twice */
    act_draft_changed(m, s);
    say(m, s, text, chips, n_chips, fx);
    model_settle(m, fx);
}

void act_send_text(struct model *m, const char *text, struct effects *fx) {
    if (!refuses(m, m->shown))
        say(m, m->shown, xstrdup(text), NULL, 0, fx);
    model_settle(m, fx);
}

bool send_next(struct model *m, struct session *s, const char *text, struct effects *fx) {
    if (refuses(m, s))
        return false;
    history_said(m, s, text, fx);
    if (s->n_queue == 0 && free_to_send(s)) {
        begin(m, s, xstrdup(text), &s->options, fx);
    } else {
        (void)queue_add(m, s, 0, text, &s->options);
        send_drain(m, s, fx);
    }
    s->priv->touched = true;
    model_settle(m, fx);
    return true;
}

void act_unknown_resend(struct model *m, struct session *s, struct effects *fx) {
    if (!s || s->sent != SENT_UNKNOWN || s->send_request) {
        act_notice(m, "No message with an unknown fate here");
        return;
    }
    char *text = TAKE(s->sending);
    const struct turn_options options = s->sending_options;

    forget_sending(m, s);
    transcript_unsend(&s->transcript, text);
    if (s->turn == TURN_IDLE) {
        begin(m, s, text, &options, fx);
    } else { /* somebody else's began meanwhile: one at a time */
        s->priv->now_id = queue_add(m, s, 0, text, &options)->id;
        free(text);
        act_notice(m, "It is sent again when the turn that runs is over");
    }
    model_settle(m, fx);
}

void act_unknown_drop(struct model *m, struct session *s, struct effects *fx) {
    if (!s || s->sent != SENT_UNKNOWN) {
        act_notice(m, "No message with an unknown fate here");
        return;
    }
    auto_free char *text = TAKE(s->sending);
    const struct turn_options options = s->sending_options;

    forget_sending(m, s);
    transcript_unsend(&s->transcript, text);
    if (draft_free(s)) {
        message_to_draft(m, s, &(struct queued){.text = text, .options = options});
    } else {
        history_said(m, s, text, fx);
        act_notice(m, "Dropped; it is in the prompt history (Up)");
    }
    queue_hold(m, s);
    model_settle(m, fx);
}

/* ---- answers ---- */
static bool never_arrived(const struct incoming *in) {
    const struct err *e = &in->err;

    if (in->status >= 400 || e->rc == RC_HTTP) {
        const int status = in->status ? in->status : e->detail;

        return status != 502 && status != 504; /* a proxy's words about somebody else */
    }
    if (e->rc == RC_CONNECT)
        return e->detail == CURL_PROXY_NAME || e->detail == CURL_HOST_NAME ||
               e->detail == CURL_NO_CONNECTION;
    return e->rc == RC_TLS || e->rc == RC_USAGE || e->rc == RC_LIMIT || e->rc == RC_BUSY;
}

/* Old servers take one message at a time; the turn that was seen is somebody else's. */
static bool refused_as_busy(const struct incoming *in) {
    return in->status >= 400 && strstr(in->err.text, "currently processing another request");
}

/* It is this message's turn that was seen to run, or, where the answer comes at its end, to end. */
static bool seen_at_work(const struct model *m, const struct session *s, int status) {
    const struct session_private *p = s->priv;

    return p->seen_running ||
           (m->server.caps.sync_send && status >= 500 && p->ended_at > p->posted_at);
}

static void failed(struct model *m, struct incoming *in, struct session *s, struct effects *fx) {
    if (in->status == 401)
        m->server.no_provider = true;
    if (!s->sending) { /* the server has it; a synchronous turn ended badly or was cut */
        act_error(m, &in->err, "The turn of \"%s\" ended", session_title(s));
        if (s->turn == TURN_IDLE)
            send_drain(m, s, fx);
        else if (in->status >= 400)
            turn_ends(m, s, s->turn == TURN_CANCELLING ? END_CANCELLED : END_ERROR, fx);
        else
            turn_unsure(m, s);
        load_plan(m, s, 0);
        return;
    }
    if (refused_as_busy(in) || (never_arrived(in) && !seen_at_work(m, s, in->status))) {
        act_error(m, &in->err, "Not sent, the text is back");
        send_take_back(m, s);
        s->turn = TURN_IDLE;
        return;
    }
    /* a synchronous server's refusal is how the turn ended, told on the stream as well */
    if (!m->server.caps.sync_send || !never_arrived(in))
        act_error(m, &in->err, "Nobody knows yet whether the message arrived: looking");
    s->priv->check = true;
    s->priv->checks = 0;
    if (s->turn == TURN_SENDING)
        turn_unsure(m, s);
    load_plan(m, s, 0);
}

/* 200 with a message: a slash command's answer, the plea for a key of old servers, or a whole turn.
 */
static void answered(struct model *m, struct incoming *in, struct session *s, struct effects *fx) {
    struct send_ack *ack = in->out;
    const char *id = ack->message.id;

    if (strncmp(id, "cmd-", 4) == 0) {
        send_confirmed(m, s);
        slash_answer(m, s, &ack->message, &in->arena, fx);
        s->turn = TURN_IDLE;
        order_touch(m);
        send_drain(m, s, fx);
    } else if (str_eq(id, "system-auth-prompt")) {
        m->server.no_provider = true;
        transcript_note(&s->transcript,
                        ack->message.assistant_response ? ack->message.assistant_response
                                                        : "The server has no key of a provider",
                        m->real);
        if (s->sending)
            send_take_back(m, s);
        turn_ends(m, s, END_ERROR, fx);
    } else {
        send_confirmed(m, s);
        set_string(&s->priv->answered_id, id);
        turn_ends(m, s, END_COMPLETE, fx);
    }
}

void send_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx) {
    if ((in->kind != IN_REPLY && in->kind != IN_FAIL) || in->request != s->send_request)
        return;
    const struct send_ack *ack = in->out;

    s->send_request = 0;
    model_touch(m);
    if (in->kind == IN_FAIL) {
        failed(m, in, s, fx);
    } else if (ack && ack->message.id) {
        answered(m, in, s, fx);
    } else {
        send_confirmed(m, s);
        if (s->turn == TURN_SENDING)
            turn_runs(m, s);
        send_drain(m, s, fx);
    }
}

void create_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx) {
    const struct session_data *data = in->out;

    if ((in->kind != IN_REPLY && in->kind != IN_FAIL) || in->request != s->priv->create_request)
        return;
    s->priv->create_request = 0;
    if (in->kind == IN_FAIL || !data || str_blank(data->id)) {
        act_error(m, &in->err, "Could not create a session, the text is back");
        if (s->sending)
            send_take_back(m, s);
        queue_hold(m, s); /* what waited for it with its files */
        return;
    }
    session_name(m, s, data->id);
    history_named(m, s, fx);
    session_take_data(m, s, data);
    s->transcript.loaded = true; /* it is empty there, too */
    s->priv->touched = true;
    draft_move(m, s, fx);
    state_touch(m);
    if (s->sending)
        go(m, s, fx);
    else
        send_drain(m, s, fx);
}

/* ---- did it arrive? ---- */
void send_check_row(struct session *s, const struct message *row) {
    struct session_private *p = s->priv;

    if (!p->check_passed) {
        p->check_passed = str_eq(row->id, p->known_id);
        return;
    }
    if (!str_eq(row->role, "user") || !row->user_input || !s->sending)
        return;
    const size_t n = strlen(s->sending);

    /* plan mode appends a reminder to what was sent */
    if (strncmp(row->user_input, s->sending, n) == 0 &&
        (row->user_input[n] == '\0' ||
         strncmp(row->user_input + n, "\n\n<system-reminder>", 19) == 0))
        p->check_found = true;
}

void send_check_end(struct model *m, struct session *s) {
    struct session_private *p = s->priv;

    if (!s->sending) {
        p->check = false;
        return;
    }
    if (p->check_found) {
        send_confirmed(m, s);
        if (s->turn == TURN_SENDING || (s->turn == TURN_IDLE && p->ended_at <= p->posted_at))
            turn_unsure(m, s);
        return;
    }
    if (++p->checks < CHECKS) {
        load_plan(m, s, CHECK_AGAIN_MS);
        return;
    }
    p->check = false;
    if (s->own == OWN_OTHER) { /* who has the queue now found it there, and asks about it */
        forget_sending(m, s);
        if (s->turn == TURN_SENDING || s->turn == TURN_UNSURE)
            s->turn = TURN_IDLE;
        return;
    }
    s->sent = SENT_UNKNOWN;
    if (s->turn == TURN_SENDING || s->turn == TURN_UNSURE)
        s->turn = TURN_IDLE;
    journal_touch(m, s);
    order_touch(m);
    act_notice(m, "\"%s\": the fate of a message is unknown: r sends it again, x drops it",
               session_title(s));
}

/* ---- time ---- */
void send_tick(struct model *m, struct session *s) {
    if (s->priv->live_by == 0 || m->now < s->priv->live_by || !s->sending)
        return;
    act_notice(m, "Not sent, the text is back: the stream of \"%s\" does not open",
               session_title(s));
    send_take_back(m, s);
}
