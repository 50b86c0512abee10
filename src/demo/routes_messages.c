/* routes_messages.c - reading and sending messages, answers to the agent, the stream. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"

static void begin_list(struct buf *b) { json_open(b, NULL, '['); }

static void end_list(struct request *r, size_t n) {
    struct buf *b = &r->reply.body;
    json_close(b, ']');
    if (n == 0 && r->d->o.quirk[QUIRK_NULL_LISTS]) {
        buf_clear(b);
        buf_adds(b, "null");
    }
    reply_json(r, 200);
}

static void list(struct request *r) {
    const struct session_ref *in = r->in;
    struct session *s =
        store_find(r->d, in->id); /* an unknown session has no messages, says the server */
    struct buf *b = &r->reply.body;
    begin_list(b);
    for (size_t i = 0; s && i < s->n; i++) {
        if (i)
            buf_adds(b, ",");
        row_json(b, r->d, s, i);
    }
    end_list(r, s ? s->n : 0);
}

struct at {
    const struct session *s;
    size_t i;
};

static int newest_first(const void *a, const void *b) {
    const struct at *x = a, *y = b;
    int64_t t = x->s->rows[x->i]->created_at, u = y->s->rows[y->i]->created_at;
    if (t != u)
        return t > u ? -1 : 1;
    return x->i > y->i ? -1 : x->i < y->i;
}

static int64_t number(struct request *r, const char *name, int64_t least, int64_t fallback) {
    const char *text = request_query(r, name);
    char *end = NULL;
    long long v = text ? strtoll(text, &end, 10) : 0;
    return text && end != text && !*end && v >= least ? v : fallback;
}

static void history(struct request *r) {
    struct demo *d = r->d;
    size_t limit = (size_t)number(r, "limit", 1, 50), offset = (size_t)number(r, "offset", 0, 0);
    size_t n = 0, cap = 0;
    struct at *all = NULL;
    for (size_t k = 0; k < d->n; k++)
        for (size_t i = 0; i < d->sessions[k]->n; i++) {
            if (strcmp(d->sessions[k]->rows[i]->m.role, "user") != 0)
                continue;
            if (n == cap)
                all = xgrow(all, n, &cap, sizeof *all);
            all[n++] = (struct at){d->sessions[k], i};
        }
    if (n)
        qsort(all, n, sizeof *all, newest_first);
    struct buf *b = &r->reply.body;
    begin_list(b);
    size_t given = 0;
    for (size_t i = offset; i < n && given < limit; i++, given++) {
        if (given)
            buf_adds(b, ",");
        row_json(b, d, all[i].s, all[i].i);
    }
    free(all);
    end_list(r, given);
}

/* ---- sending ---- */
static bool sync_era(const struct demo *d) { return d->o.version < GEN_ASYNC; }

static bool check_level(struct request *r, const char *level) {
    static const char *const levels[] = {"off", "basic", "medium", "maximum"};
    bool known = level == NULL;
    for (size_t i = 0; i < MIX_COUNT(levels); i++)
        known = known || !strcmp(level, levels[i]);
    if (!known)
        reply_lower(
            r, 400,
            "Validation error for field 'thinking_level': must be one of off, basic, medium, "
            "maximum");
    return known;
}

/* Bodies the first desktop client wrote: a JSON string with the text in it. */
static void unwrap(struct request *r, struct message_send *in) {
    struct message_send inner = {0};
    if (r->d->o.version >= GEN(0, 4, 5) || in->text[0] != '{')
        return;
    if (shape_read(&inner, shape_named("message_send"), in->text, strlen(in->text), &r->a,
                   SHAPE_LENIENT, NULL) == RC_OK &&
        !str_blank(inner.text)) {
        in->text = inner.text;
        in->plan_mode = inner.plan_mode;
    }
}

static void unauthorized(struct request *r, const char *session) {
    static const char help[] = "No provider is authenticated. Store an API key or sign in first.";
    if (r->d->o.version < GEN(0, 5, 0)) { /* an answer that is none */
        reply_shape(r, 200, "message",
                    &(struct message){.id = "system-auth-prompt",
                                      .session_id = session,
                                      .role = "assistant",
                                      .user_input = help,
                                      .assistant_response = help});
        return;
    }
    emit(r->d, session, EV_ERROR, &(struct event_data){.error = help});
    reply_lower(r, 401, "%s", help);
}

static void reply_turn(struct request *r) {
    struct turn *t = r->turn;
    struct session *s = r->wait_for;
    t->holders--;
    r->turn = NULL;
    if (t->cancelled || t->failed) {
        reply_lower(r, 500, "Internal error during processing message: %s",
                    t->cancelled ? "request cancelled by user" : t->error);
        return;
    }
    struct message m = {
        .id = t->row->m.id, .session_id = s->d.id, .role = "user", .user_input = t->text};
    struct tool_call calls[64];
    size_t n = 0;
    size_t last = s->n;
    while (last > 0 && s->rows[last - 1] != t->row)
        last--;
    for (size_t i = last; i > 0 && strcmp(s->rows[i - 1]->m.role, "user") != 0; i--)
        for (size_t k = s->rows[i - 1]->m.tool_calls.n; k > 0 && n < MIX_COUNT(calls); k--)
            calls[n++] = s->rows[i - 1]->m.tool_calls.items[k - 1];
    for (size_t i = 0; i < n / 2; i++) {
        struct tool_call swap = calls[i];
        calls[i] = calls[n - 1 - i];
        calls[n - 1 - i] = swap;
    }
    m.assistant_response = buf_str(&t->row->text);
    m.tool_calls.items = calls;
    m.tool_calls.n = n;
    reply_shape(r, 200, "message", &m);
}

static void start(struct request *r, struct session *s, const struct message_send *in) {
    struct demo *d = r->d;
    if (s->current && d->o.version < GEN(0, 6, 0) && d->o.quirk[QUIRK_BUSY]) {
        static const char busy[] = "session is currently processing another request";
        emit(d, s->d.id, EV_ERROR,
             &(struct event_data){.error = "Failed to start agent: session is currently processing "
                                           "another request"});
        reply_lower(r, 500, "Internal error during processing message: %s", busy);
        return;
    }
    struct turn *t = turn_start(d, s, in);
    if (!t) {
        reply_lower(r, 500, "Internal error during processing message: no thread");
        return;
    }
    if (sync_era(d)) {
        t->holders++;
        r->turn = t;
        r->wait_for = s;
        s->running++;
        request_wait(r, INT64_MAX);
        return;
    }
    reply_shape(r, 202, "status_reply",
                &(struct status_reply){.status = "processing", .session_id = s->d.id});
}

static void send(struct request *r) {
    struct demo *d = r->d;
    if (r->turn) {
        if (r->turn->finished)
            reply_turn(r);
        else
            request_wait(r, INT64_MAX);
        return;
    }
    if (!request_read(r))
        return;
    struct message_send *in = r->in;
    if (str_blank(in->text)) {
        reply_lower(r, 400, "Validation error for field 'content': content is required");
        return;
    }
    if (!check_level(r, in->thinking_level))
        return;
    unwrap(r, in);
    const char *first = in->text + strspn(in->text, " \t\n");
    if (!admin_signed_in(d)) {
        unauthorized(r, in->id);
        return;
    }
    if (in->text[0] == '/') {
        slash_command(r, in->text);
        return;
    }
    if (*first == '/') {
        reply_lower(r, 400,
                    "Validation error for field 'content': a command must start the message");
        return;
    }
    struct session *s = store_find(d, in->id);
    if (!s) {
        reply_lower(r, d->o.version >= GEN_LATE ? 500 : 404, "Session with ID '%s' not found",
                    in->id);
        return;
    }
    start(r, s, in);
}

static void plain_error(struct request *r, int status, const char *text) {
    reply_text(r, status, text);
}

/* The stream's own way of sending, for a short time: lost when nobody listens. */
static void stream_message(struct request *r) {
    struct demo *d = r->d;
    struct stream_message *in = r->in;
    if (!request_read(r)) {
        buf_clear(&r->reply.body);
        plain_error(r, 400, "Invalid request body");
        return;
    }
    struct session *s = store_find(d, in->id);
    if (!s) {
        plain_error(r, 404, "Session not found");
        return;
    }
    struct message_send send_in = {.id = in->id, .text = in->content};
    if (str_blank(in->content)) {
        plain_error(r, 400, "content is required");
        return;
    }
    if (stream_exists(d, in->id) && !s->current)
        turn_start(d, s, &send_in);
    reply_shape(r, 200, "status_reply",
                &(struct status_reply){.status = "broadcasted", .session_id = in->id});
}

/* ---- answers to the agent: always 200, whatever the id ---- */
static void decide(struct request *r, enum answer answer) {
    const struct session_ref *in = r->in;
    bool yes = answer == ANSWER_YES;
    ask_answer(r->d, in->id, answer, NULL);
    reply_shape(r, 200, "status_reply",
                &(struct status_reply){.status = yes ? "granted" : "denied",
                                       .id = in->id,
                                       .message = yes ? "Permission granted successfully"
                                                      : "Permission denied successfully"});
}

static void grant(struct request *r) { decide(r, ANSWER_YES); }

static void deny(struct request *r) { decide(r, ANSWER_NO); }

static void respond(struct request *r) {
    const struct notification_answer *in = r->in;
    if (!request_read(r))
        return;
    if (!str_eq(in->type, "acknowledge") && !str_eq(in->type, "text") &&
        !str_eq(in->type, "choice")) {
        reply_lower(r, 400,
                    "Validation error for field 'type': must be acknowledge, text or choice");
        return;
    }
    if (ask_answer(r->d, in->id, ANSWER_TEXT, in->value))
        r->reply.status = 204;
    else
        reply_text(r, 404, "Notification not found or already responded");
}

/* ---- the stream ---- */
static void stream(struct request *r) {
    struct demo *d = r->d;
    const char *id = request_query(r, "sessionId");
    if (str_blank(id)) {
        r->reply.status = 400;
        return;
    }
    struct stream *st = stream_open(d, id, r->conn);
    r->reply.stream = st;
    r->reply.status = 200;
    r->reply.type = "text/event-stream";
    if (r->fault.kind == FAULT_CUT)
        stream_cut_after(st, r->fault.arg);
    if (!store_find(d, id)) {
        char text[160];
        size_t n = strlen(id);
        snprintf(text, sizeof text, "Invalid session ID: %.*s", (int)(n < 100 ? n : 100), id);
        stream_push(d, st, EV_ERROR, &(struct event_data){.error = text});
        stream_end(d, st);
        return;
    }
    stream_push(d, st, EV_CONNECTED, &(struct event_data){.session_id = id});
    if (r->fault.kind == FAULT_GARBAGE)
        stream_raw(st, "id: 1\nevent: content\ndata: {\"type\":\"content\",\"content\":\"to\n\n");
    demo_wake(d);
}

const struct route routes_messages[] = {
    {OP_MESSAGES_LIST, list},
    {OP_MESSAGE_SEND, send},
    {OP_MESSAGES_HISTORY, history},
    {OP_PERMISSION_GRANT, grant},
    {OP_PERMISSION_DENY, deny},
    {OP_NOTIFICATION_RESPOND, respond},
    {OP_STREAM, stream},
    {OP_STREAM_MESSAGE, stream_message},
    {OP_COUNT, NULL},
};
