/* reduce.c - incoming: answers by operation, events by kind. */
#include "private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- answers ---- */
typedef void reply_fn(struct model *m, struct incoming *in, struct session *s, struct effects *fx);

static reply_fn *const on_reply[OP_COUNT] = {
    [OP_SESSIONS_LIST] = sessions_reply,   [OP_SESSION_CREATE] = create_reply,
    [OP_SESSION_GET] = info_reply,         [OP_SESSION_DELETE] = session_delete_reply,
    [OP_SESSION_FORK] = fork_reply,        [OP_SESSION_CANCEL] = cancel_reply,
    [OP_MESSAGES_LIST] = load_reply,       [OP_MESSAGE_SEND] = send_reply,
    [OP_MESSAGES_HISTORY] = history_reply, [OP_PERMISSION_GRANT] = asks_reply,
    [OP_PERMISSION_DENY] = asks_reply,     [OP_NOTIFICATION_RESPOND] = asks_reply,
    [OP_FILES_LIST] = files_reply,         [OP_FILE_UPLOAD] = files_reply,
    [OP_FILE_GET] = files_reply,           [OP_FILE_DELETE] = files_reply,
    [OP_AUTH_STATUS] = auth_reply,         [OP_COMMANDS_LIST] = commands_reply,
    [OP_AUTH_VALIDATE] = validate_reply,
};

static bool is_file_op(enum op op) {
    return op == OP_FILES_LIST || op == OP_FILE_UPLOAD || op == OP_FILE_GET || op == OP_FILE_DELETE;
}

static void reduce_answer(struct model *m, struct incoming *in, struct effects *fx) {
    struct model_private *p = m->priv;
    size_t at = 0;

    while (at < p->n_pending && p->pending[at].id != in->request)
        at++;
    if (at == p->n_pending)
        return; /* nobody waits for it any more */
    p->pending[at].retry_at = in->kind == IN_RETRY ? in->retry_at : 0;
    p->pending[at].attempt = in->attempt + 1;
    p->pending[at].err = in->err;
    if (in->kind == IN_RETRY)
        model_touch(m);
    const struct pending call = p->pending[at];

    if (in->kind == IN_REPLY || in->kind == IN_FAIL)
        p->pending[at] = p->pending[--p->n_pending];
    if (in->kind == IN_REPLY && m->server.state != SERVER_FOREIGN)
        connect_answered(m, fx);
    if (call.had_panel) {
        if (call.panel)
            panel_reply(m, call.panel, in, fx);
        else if (in->kind == IN_FAIL && op_spec(call.op)->method != M_GET)
            act_error(m, &in->err, "%s", op_spec(call.op)->short_name);
        return;
    }
    if (call.had_session && !call.session && !is_file_op(call.op))
        return; /* its session is gone */
    if (on_reply[call.op])
        on_reply[call.op](m, in, call.session, fx);
}

/* ---- events ---- */
struct heard {
    struct model *m;
    struct session *stream; /* on whose stream it came */
    struct session *s;      /* whose it is; NULL: of a sub-agent not known yet */
    const struct event_data *d;
    int64_t at;
    struct effects *fx;
    bool relayed; /* of a sub-agent, on its parent's stream */
};

static struct transcript *thread(const struct heard *h) { return &h->s->transcript; }

enum { ECHO_MS = 2000 };

/* Where deltas have no ids only the clock tells those that `complete` overtook. */
static bool nameless_echo(const struct heard *h) {
    const struct session_private *p = h->s->priv;

    return !h->d->message_id && h->s->turn == TURN_IDLE && p->ended_at > 0 &&
           h->m->now - p->ended_at < ECHO_MS;
}

/* A sign of life of h->s. False: an echo of a message that is over. */
static bool begins(const struct heard *h) {
    if (delta_late(h->s, h->d->message_id) || nameless_echo(h))
        return false;
    delta_seen(h->s, h->d->message_id);
    turn_runs(h->m, h->s);
    return true;
}

static void on_nothing(const struct heard *h) { (void)h; }

static void on_connected(const struct heard *h) {
    struct session *s = h->stream;

    if (s->link == LINK_LIVE)
        return;
    s->link = LINK_LIVE;
    s->retry_at = 0;
    model_touch(h->m);
    watch_live(h->m, s, h->fx);
}

static bool same_text(const char *ours, const char *theirs) {
    const size_t n = strlen(ours);

    /* plan mode appends a reminder */
    return theirs && strncmp(ours, theirs, n) == 0 &&
           (theirs[n] == '\0' || strncmp(theirs + n, "\n\n<system-reminder>", 19) == 0);
}

static void on_user_message(const struct heard *h) {
    struct session *s = h->s;

    if (!s)
        return;
    transcript_user(thread(h), h->d->message_id, h->d->content ? h->d->content : "", h->m->real);
    if (s->sending && s->sent != SENT_NONE && same_text(s->sending, h->d->content))
        send_confirmed(h->m, s);
    if (!h->relayed) {
        if (s->user_messages == 0)
            s->user_messages = 1;
        turn_runs(h->m, s);
    }
}

static void delta(const struct heard *h, enum part_kind kind) {
    if (!h->s || str_blank(h->d->content) || !begins(h))
        return;
    transcript_delta(thread(h), kind, h->d->message_id, h->d->content, strlen(h->d->content),
                     h->m->now, h->m->real);
}

static void on_thinking(const struct heard *h) { delta(h, PART_THINKING); }
static void on_content(const struct heard *h) { delta(h, PART_TEXT); }

static void count_child_call(const struct heard *h) {
    struct part *task = transcript_find_call(&h->stream->transcript, h->d->parent_tool_call_id);

    if (task && h->relayed) {
        part_child_call(&h->stream->transcript, task);
        if (h->stream == h->m->shown)
            model_touch(h->m);
    }
}

/* What a Task shows of its sub-agent is another thing now. */
static void child_changed(const struct heard *h) {
    struct part *task =
        h->relayed ? transcript_find_call(&h->stream->transcript, h->d->parent_tool_call_id) : NULL;

    if (!task)
        return;
    part_shows_more(&h->stream->transcript, task);
    if (h->stream == h->m->shown)
        model_touch(h->m);
}

static struct part *call_of(const struct heard *h) {
    if (!h->s || str_blank(h->d->tool_call_id))
        return NULL;
    return transcript_call(thread(h), h->d->message_id, h->d->tool_call_id, h->d->tool_name,
                           h->m->now, h->m->real);
}

static void is_task(const struct heard *h, const struct part *call) {
    if (!h->relayed && call->name && tool_is(call->name, "Task"))
        task_begins(h->m, h->s, call->call_id, h->fx);
}

static void on_tool_start(const struct heard *h) {
    count_child_call(h);
    if (!h->s || !begins(h))
        return;
    const struct part *call = call_of(h);

    if (call)
        is_task(h, call);
}

static void on_tool_input_delta(const struct heard *h) {
    if (!h->s || !h->d->input || !begins(h))
        return;
    struct part *call = call_of(h);

    if (call)
        part_input_more(thread(h), call, h->d->input, strlen(h->d->input));
}

/* The call with its whole input, which thereby runs; NULL: of no known session, or an echo. */
static struct part *call_known(const struct heard *h) {
    if (!h->s || !begins(h))
        return NULL;
    struct part *call = call_of(h);

    if (!call)
        return NULL;
    if (h->d->input)
        part_input(thread(h), call, h->d->input, strlen(h->d->input));
    if (call->state == CALL_STREAMING)
        part_state(thread(h), call, CALL_RUNNING, -1.0);
    asks_call_input(h->m, h->s);
    child_changed(h);
    return call;
}

static void on_tool_input(const struct heard *h) {
    struct part *call = call_known(h);

    if (call)
        is_task(h, call);
}

static bool open_call(const struct part *call) {
    return call->state == CALL_STREAMING || call->state == CALL_WAITING ||
           call->state == CALL_RUNNING;
}

/* The whole call at once, possibly more than once: how servers told it before they streamed it. */
static void on_tool_call(const struct heard *h) {
    const bool completed = str_eq(h->d->status, "completed");

    if (!completed)
        count_child_call(h);
    struct part *call = call_known(h);

    if (call && !completed)
        is_task(h, call);
}

static void on_execution_start(const struct heard *h) {
    if (!h->s || str_blank(h->d->tool_call_id))
        return;
    const struct part *known = transcript_find_call(thread(h), h->d->tool_call_id);

    if (known && !open_call(known))
        return; /* an echo */
    turn_runs(h->m, h->s);
    struct part *call = call_of(h);

    if (call && call->state == CALL_STREAMING)
        part_state(thread(h), call, CALL_RUNNING, -1.0);
    if (call)
        is_task(h, call);
    asks_call_input(h->m, h->s);
}

static void on_execution_complete(const struct heard *h) {
    const char *progress = h->d->progress ? h->d->progress : "";
    const bool denied = !h->d->success && strstr(progress, "permission denied");

    if (!h->s || str_blank(h->d->tool_call_id))
        return;
    struct part *call = transcript_find_call(thread(h), h->d->tool_call_id);

    if (call) {
        h->s->priv->heard_at = h->m->now;
        part_state(thread(h), call,
                   h->d->success ? CALL_OK
                   : denied      ? CALL_DENIED
                                 : CALL_FAILED,
                   go_duration(progress));
    }
    asks_call_done(h->m, h->s, h->d->tool_call_id, h->d->success, denied);
    child_changed(h);
    if (!h->relayed)
        task_ends(h->m, h->s, h->d->tool_call_id, h->fx);
}

static struct session *asker(const struct heard *h) {
    struct session *s = model_session(h->m, h->d->session_id);

    return s ? s : h->stream;
}

static void on_permission(const struct heard *h) {
    ask_permission(h->m, asker(h), h->d, h->at, h->fx);
}

static void on_notification(const struct heard *h) {
    ask_notification(h->m, asker(h), h->d, h->at, h->fx);
}

static void on_complete(const struct heard *h) {
    if (!h->s)
        return;
    if (h->s->turn != TURN_IDLE && h->d->message_id &&
        str_eq(h->s->priv->answered_id, h->d->message_id))
        return; /* the answer was faster, and another turn runs since */
    transcript_complete(thread(h), h->d->message_id, h->d->content, h->m->now);
    message_done(h->s, h->d->message_id);
    if (!h->relayed)
        turn_ends(h->m, h->s, END_COMPLETE, h->fx);
}

static bool is_cancel(const char *text) {
    return strstr(text, "request cancelled by user") || strstr(text, "context canceled");
}

/* False: it is the same end of the turn, told again. */
static bool failed(const struct heard *h, const char *text) {
    struct session *s = h->s;
    struct session_private *p = s->priv;
    const bool cancel = is_cancel(text);
    const bool just_ended =
        s->turn == TURN_IDLE && p->end_text && h->m->now - p->ended_at < ECHO_MS;

    if (just_ended && (str_eq(p->end_text, text) || (cancel && is_cancel(p->end_text))))
        return false; /* servers say it twice */
    transcript_note(thread(h), cancel ? "Cancelled" : text, h->m->real);
    thread(h)->entries[thread(h)->n - 1].parts[0].is_error = !cancel;
    if (h->s == h->m->shown)
        model_touch(h->m);
    if (h->relayed || just_ended)
        return true;
    set_string(&p->end_text, text);
    turn_ends(h->m, s, cancel ? END_CANCELLED : END_ERROR, h->fx);
    return true;
}

static int64_t seconds_at_most(int64_t s) {
    enum { LONGEST_S = 6 * 3600 };

    return s < LONGEST_S ? s : LONGEST_S;
}

/* ", attempt 2 of 5, worth another try in 0:30", which counts down. */
static void fail_as(const struct heard *h, const char *what, const char *error) {
    auto_buf struct buf text = {.max = 64 * MIX_KIB};
    const struct event_data *d = h->d;

    (void)buf_adds(&text, what);
    if (d->attempt > 0)
        (void)buf_addf(&text, ", attempt %lld", (long long)d->attempt);
    if (d->attempt > 0 && d->max_attempts > 0)
        (void)buf_addf(&text, " of %lld", (long long)d->max_attempts);
    if (d->retry_after_s > 0)
        (void)buf_adds(&text, COUNT_WORDS "0:00");
    if (!str_blank(error))
        (void)buf_addf(&text, "%s%s", text.n > 0 ? ": " : "", error);
    if (failed(h, buf_str(&text)) && d->retry_after_s > 0)
        transcript_count_from(thread(h), h->m->now + 1000 * seconds_at_most(d->retry_after_s),
                              h->m->now);
}

static void on_error(const struct heard *h) {
    const struct event_data *d = h->d;
    const char *text = !str_blank(d->error) ? d->error : "The turn failed";

    if (!h->s || strstr(text, "Invalid session ID"))
        return;
    if (d->attempt > 0 || d->retry_after_s > 0)
        fail_as(h, "Failed", text);
    else
        (void)failed(h, text);
}

static void on_rate_limit(const struct heard *h) {
    if (h->s)
        fail_as(h, "Rate limited", h->d->error);
}

static void on_session_created(const struct heard *h) {
    const struct event_data *d = h->d;
    struct session_data data = {
        .id = d->session_id, .title = d->title, .created_at = d->created_at};

    if (str_blank(d->session_id) || model_session(h->m, d->session_id))
        return;
    struct session *s = session_add(h->m, &data);

    s->priv->counted = false;
    s->priv->touched = true;
    list_request(h->m, h->fx); /* it may be a sub-agent or a fork: the list knows */
}

static void on_session_deleted(const struct heard *h) {
    struct session *s = model_session(h->m, h->d->session_id);

    if (!s)
        return;
    if (s == h->m->shown)
        act_notice(h->m, "\"%s\" was deleted on the server", session_title(s));
    session_gone(h->m, s, h->fx);
}

static void on_summarize(const struct heard *h) {
    if (!h->s)
        return;
    turn_runs(h->m, h->s);
    if (h->d->done)
        transcript_note(thread(h), "The server summarised the messages so far", h->m->real);
}

static void on_unknown(const struct heard *h) {
    log_line("event", "unknown: %s", h->d->type ? h->d->type : "");
}

enum event_class { OF_STREAM, OF_THREAD }; /* THREAD: told on a parent's stream as well */
static const struct {
    void (*reduce)(const struct heard *h);
    enum event_class class;
} on_event[EV_COUNT] = {
    [EV_CONNECTED] = {on_connected, OF_STREAM},
    [EV_HEARTBEAT] = {on_nothing, OF_STREAM},
    [EV_USER_MESSAGE] = {on_user_message, OF_THREAD},
    [EV_THINKING] = {on_thinking, OF_THREAD},
    [EV_CONTENT] = {on_content, OF_THREAD},
    [EV_TOOL_START] = {on_tool_start, OF_THREAD},
    [EV_TOOL_INPUT_DELTA] = {on_tool_input_delta, OF_THREAD},
    [EV_TOOL_INPUT] = {on_tool_input, OF_THREAD},
    [EV_TOOL_CALL] = {on_tool_call, OF_THREAD},
    [EV_EXECUTION_START] = {on_execution_start, OF_THREAD},
    [EV_EXECUTION_COMPLETE] = {on_execution_complete, OF_THREAD},
    [EV_PERMISSION] = {on_permission, OF_STREAM},
    [EV_NOTIFICATION] = {on_notification, OF_STREAM},
    [EV_COMPLETE] = {on_complete, OF_THREAD},
    [EV_ERROR] = {on_error, OF_THREAD},
    [EV_RATE_LIMIT] = {on_rate_limit, OF_THREAD},
    [EV_SESSION_CREATED] = {on_session_created, OF_STREAM},
    [EV_SESSION_DELETED] = {on_session_deleted, OF_STREAM},
    [EV_SUMMARIZE] = {on_summarize, OF_THREAD},
    [EV_UNKNOWN] = {on_unknown, OF_STREAM},
};

/* Whose event it is. False: an echo, already told on another stream. */
static bool resolve(struct heard *h) {
    const char *call = h->d->parent_tool_call_id;
    struct session *s = h->stream;
    const bool parent_tells = s->parent && s->parent->stream && s->parent->link == LINK_LIVE;

    h->s = s;
    if (str_blank(call))
        return !parent_tells;
    if (str_eq(s->parent_call_id, call))
        return !parent_tells; /* the child's own stream */
    h->s = map_get(&h->m->priv->children_by_call, call);
    h->relayed = true;
    return true;
}

/* How much there is to see: entries and the parts of the last one. */
static size_t extent(const struct session *s) {
    const struct transcript *t = &s->transcript;

    return t->n == 0 ? 0 : t->n + t->entries[t->n - 1].n_parts;
}

static void reduce_event(struct heard *h, enum ev kind) {
    if (on_event[kind].class == OF_STREAM) {
        on_event[kind].reduce(h);
        return;
    }
    if (!resolve(h))
        return;
    struct session *s = h->s;
    const size_t before = s ? extent(s) : 0, entries = s ? s->transcript.n : 0;

    on_event[kind].reduce(h);
    if (!s)
        return;
    if (!s->reading.follow && extent(s) > before)
        s->reading.new_below += (uint32_t)(extent(s) - before);
    if (s->transcript.loaded)
        unread_came(h->m, s, entries);
    if (s == h->m->shown)
        model_touch(h->m);
}

static void reduce_events(struct model *m, struct incoming *in, struct effects *fx) {
    for (const struct wire_event *ev = in->events; ev; ev = ev->next) {
        /* looked up each time: an event may take its own session away */
        struct session *s = stream_session(m, in->request);
        struct heard h = {.m = m, .stream = s, .d = &ev->data, .at = in->at, .fx = fx};

        if (!s)
            return;
        s->last_byte_at = in->at;
        assert(ev->kind < EV_COUNT);
        reduce_event(&h, ev->kind);
    }
}

/* ---- the door ---- */
static void reduce_failed_probe(struct model *m, const struct incoming *in, struct effects *fx) {
    if (in->kind == IN_FAIL) {
        m->priv->probe_request = 0;
        connect_failed(m, in, fx);
        send_resume(m, fx);
    } else if (in->kind == IN_RETRY) {
        connect_lost(m, &in->err, in->retry_at, fx);
    }
}

void reduce(struct model *m, struct incoming *in, struct effects *fx) {
    struct session *s = NULL;

    switch (in->kind) {
    case IN_EVENTS:
        reduce_events(m, in, fx);
        break;
    case IN_LINK:
        s = stream_session(m, in->request);
        if (s)
            watch_link(m, s, in, fx);
        break;
    case IN_CAPS:
        connect_caps(m, in, fx);
        break;
    case IN_FRAMES:
        panel_frames(m, in, fx);
        break;
    case IN_REPLY:
    case IN_BYTES:
    case IN_ITEMS:
    case IN_RESTART:
    case IN_FAIL:
    case IN_RETRY:
    case IN_PROGRESS:
        if (in->request != 0 && in->request == m->priv->probe_request) {
            reduce_failed_probe(m, in, fx);
            break;
        }
        s = stream_session(m, in->request);
        if (s && in->kind == IN_FAIL)
            watch_failed(m, s, fx);
        else
            reduce_answer(m, in, fx);
        break;
    }
}
