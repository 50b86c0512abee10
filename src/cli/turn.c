/* turn.c - one message and what becomes of it. It leaves once; servers cannot be asked whether an
 * agent works, so events tell, and the session's messages where events were lost. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mix/jtext.h"
#include "send.h"

enum {
    CHECK_MS = 3000,
    ECHO_MS = 400,    /* a failed turn says so twice */
    ANSWER_MS = 5000, /* a synchronous answer comes after the events */
    CANCEL_MS = 3000,
    LISTEN_MS = 500,
    SILENCE_MS = 120000,
    CALL_MS = 20 * 60000, /* servers end commands after 10 minutes */
    DENIED_CODE = 8,
    FAILED_CODE = 9,
};

#define BUSY_TEXT "currently processing another request"

/* ---- the end ---- */
void turn_sent(struct turn *t) {
    auto_buf struct buf line = {.max = MIX_MIB};

    t->confirmed = true;
    if (t->phase == TURN_POST || t->phase == TURN_CHECK)
        t->phase = TURN_RUN;
    if (t->sent_told)
        return;
    t->sent_told = true;
    feed_begin(&t->talk.feed, &line, "sent", t->talk.session);
    feed_end(&t->talk.feed, &line);
}

static int last_line(struct turn *t) {
    struct feed *f = &t->talk.feed;
    auto_buf struct buf line = {.max = MIX_MIB};
    const size_t denied = asks_denied(&t->talk);

    asks_over(&t->talk);
    if (f->closed)
        return t->code;
    f->closed = true;
    feed_begin(f, &line, "end", t->talk.session);
    jtext_field(&line, "outcome", t->outcome);
    buf_addf(&line, ",\"denied\":%zu", denied);
    if (t->cost_known)
        buf_addf(&line, ",\"cost\":%.6f", t->cost);
    if (t->errors.n)
        jtext_field(&line, "error", buf_str(&t->errors));
    buf_addf(&line, ",\"code\":%d", t->code);
    feed_end(f, &line);
    return t->code;
}

/* The code is settled; the price of it is asked for where something was paid. */
int turn_finish(struct turn *t, const char *outcome, int code) {
    t->outcome = outcome;
    t->code = code;
    t->due = t->rows_at = t->end_at = t->stop_at = 0;
    asks_over(&t->talk);
    if (!t->confirmed || t->talk.feed.broken || code == CLI_INTERRUPTED || !t->live)
        return last_line(t);
    t->phase = TURN_COST;
    t->due = clock_now() + ANSWER_MS;
    t->request = talk_call_id(&t->talk, OP_SESSION_GET, t->talk.session);
    return CLI_GO_ON;
}

static void add_error(struct turn *t, const char *text) {
    if (!text || !*text)
        text = "an error without words";
    if (t->errors.n && strstr(buf_str(&t->errors), text))
        return;
    if (t->errors.n)
        buf_adds(&t->errors, "; ");
    buf_adds(&t->errors, text);
    feed_say(&t->talk.feed, "the server says: %s", text);
}

/* In old generations a refusal ends the turn. */
static bool only_denied(const struct turn *t) {
    return asks_denied(&t->talk) > 0 && strcasestr(buf_str(&t->errors), "permission denied");
}

int turn_could_not(struct turn *t, const char *what, const struct err *err) {
    struct feed *f = &t->talk.feed;

    t->failure = *err;
    if (!t->errors.n)
        buf_adds(&t->errors, err->text);
    asks_over(&t->talk);
    if (f->midline)
        f->midline = false;
    return turn_finish(t, "refused", cli_could_not(f->command, what, err));
}

int turn_ended(struct turn *t) {
    if (t->refusal.rc != RC_OK && !t->seen && !t->confirmed)
        return turn_could_not(t, "send", &t->refusal);

    if (t->outcome && str_eq(t->outcome, "cancelled"))
        return turn_finish(t, t->outcome, t->code);
    if (t->outcome && str_eq(t->outcome, "timeout"))
        return turn_finish(t, t->outcome, t->code);
    if (t->errors.n)
        return only_denied(t) ? turn_finish(t, "denied", DENIED_CODE)
                              : turn_finish(t, "failed", FAILED_CODE);
    return turn_finish(t, "complete", asks_denied(&t->talk) ? DENIED_CODE : 0);
}

/* ---- answers ---- */
static bool never_arrived(const struct incoming *in) {
    enum { PROXY_NAME = 5, HOST_NAME = 6, NO_CONNECTION = 7 }; /* libcurl's numbers */
    const struct err *e = &in->err;

    if (in->status >= 400 || e->rc == RC_HTTP)
        return in->status != 502 && in->status != 504; /* a proxy's words about somebody else */
    if (e->rc == RC_CONNECT)
        return e->detail == PROXY_NAME || e->detail == HOST_NAME || e->detail == NO_CONNECTION;
    return e->rc == RC_TLS || e->rc == RC_USAGE || e->rc == RC_LIMIT || e->rc == RC_BUSY;
}

static int post_failed(struct turn *t, const struct incoming *in) {
    const bool sync = t->talk.caps.sync_send;

    if (strstr(in->err.text, BUSY_TEXT)) { /* not taken for certain: it may leave again */
        t->end_at = 0;
        t->confirmed = false;
        return turn_busy(t);
    }
    if (t->confirmed) { /* how a synchronous turn ended, told on the stream as well */
        if (in->status >= 400 && !t->errors.n)
            add_error(t, in->err.text);
        if (t->end_at)
            return turn_ended(t);
        t->gap = true;
        t->rows_at = clock_now() + ECHO_MS;
        return CLI_GO_ON;
    }
    if (sync && in->status >= 500 && never_arrived(in)) { /* the turn may have said so itself */
        t->refusal = in->err;
        t->end_at = clock_now() + ECHO_MS;
        return CLI_GO_ON;
    }
    if (never_arrived(in))
        return turn_could_not(t, "send", &in->err);
    t->phase = TURN_CHECK;
    t->checks = 0;
    feed_say(&t->talk.feed, "the answer was lost (%s): looking whether the message arrived",
             in->err.text);
    turn_read_rows(t);
    return CLI_GO_ON;
}

static void print_answer(struct turn *t, const char *text) {
    auto_buf struct buf line = {.max = 64 * MIX_MIB};

    feed_text(&t->talk.feed, NULL, text);
    feed_begin(&t->talk.feed, &line, "content", t->talk.session);
    jtext_field(&line, "content", text);
    feed_end(&t->talk.feed, &line);
}

/* A builtin answers with an object; a command made of a file with the prompt it stands for. */
static int command_answer(struct turn *t, const struct message *answer) {
    const char *text = answer->assistant_response ? answer->assistant_response : "";
    auto_buf struct buf value = {.max = 4 * strlen(text) + 64};

    if (text[0] != '{') {
        if (t->expanded || str_blank(text) || text[0] == '/') {
            add_error(t, "the command stands for nothing that can be sent");
            return turn_finish(t, "failed", FAILED_CODE);
        }
        t->expanded = true;
        free(t->text);
        t->text = xstrdup(text);
        turn_post(t);
        return CLI_GO_ON;
    }
    turn_sent(t);
    const bool bad = jtext_get(&value, text, "type") && str_eq(buf_str(&value), "error");
    const char *shown = jtext_get(&value, text, "message") || jtext_get(&value, text, "error")
                            ? buf_str(&value)
                            : text;

    print_answer(t, shown);
    if (bad)
        buf_adds(&t->errors, shown);
    if (jtext_get(&value, text, "sessionId"))
        feed_say(&t->talk.feed, "the session is now %s", buf_str(&value));
    return turn_finish(t, bad ? "failed" : "command", bad ? FAILED_CODE : 0);
}

static int posted(struct turn *t, const struct incoming *in) {
    const struct send_ack *ack = in->out;
    const char *id = ack ? ack->message.id : NULL;

    if (id && strncmp(id, "cmd-", 4) == 0)
        return command_answer(t, &ack->message);
    turn_sent(t);
    if (!id) {
        if (t->end_at) /* the events were faster */
            t->end_at = clock_now() + ECHO_MS;
        return CLI_GO_ON;
    }
    if (str_eq(id, "system-auth-prompt")) {
        add_error(t, ack->message.assistant_response ? ack->message.assistant_response
                                                     : "the server has no key of a provider");
        return turn_finish(t, "failed", FAILED_CODE);
    }
    if (t->end_at) /* the events said so before */
        return turn_ended(t);
    feed_rest(&t->talk.feed, NULL, ack->message.assistant_response);
    t->end_at = clock_now() + ECHO_MS;
    return CLI_GO_ON;
}

/* ---- what comes back, by phase ---- */
static int session_answered(struct turn *t, const struct incoming *in) {
    const struct session_data *s = in->out;

    if (t->phase == TURN_COST) {
        if (in->kind == IN_REPLY && s && s->cost > 0) {
            t->cost_known = true;
            t->cost = s->cost > t->cost_before ? s->cost - t->cost_before : 0;
        }
        return last_line(t);
    }
    if (in->kind == IN_FAIL)
        return turn_could_not(t, t->phase == TURN_CREATE ? "create a session" : "find the session",
                              &in->err);
    if (!s || str_blank(s->id)) {
        struct err err;

        err_set(&err, RC_PROTO, 0, "the server named no session");
        return turn_finish(t, "refused", cli_fail(t->talk.feed.command, &err));
    }
    t->talk.feed.session = t->talk.session = xstrdup(s->id);
    t->cost_before = s->cost;
    t->talk.work_dir = s->working_directory ? xstrdup(s->working_directory) : NULL;
    if (t->phase == TURN_LOOK) {
        turn_read_rows(t);
        return CLI_GO_ON;
    }
    if (!t->json)
        feed_say(&t->talk.feed, "session %s", s->id);
    turn_go_on(t);
    return CLI_GO_ON;
}

static int uploaded(struct turn *t, const struct incoming *in) {
    const struct file_info *file = in->out;

    if (in->kind == IN_FAIL || !file)
        return turn_could_not(t, "upload a file", &in->err);
    turn_place_file(t, t->files.items[t->uploaded++], file);
    turn_go_on(t);
    return CLI_GO_ON;
}

static int probed(struct turn *t, const struct incoming *in) {
    struct err err;

    if (in->kind == IN_FAIL)
        return turn_could_not(t, "reach the server", &in->err);
    t->talk.caps = in->caps;
    if (turn_fits(t, &err) != RC_OK)
        return turn_finish(t, "refused", cli_fail(t->talk.feed.command, &err));
    if (str_eq(t->target, "new"))
        turn_create(t);
    else
        turn_look(t);
    return CLI_GO_ON;
}

static int answered(struct turn *t, const struct incoming *in) {
    if (in->kind != IN_REPLY && in->kind != IN_FAIL && in->kind != IN_CAPS)
        return CLI_GO_ON;
    t->request = 0;
    switch ((int)t->phase) {
    case TURN_PROBE:
        return probed(t, in);
    case TURN_LOOK:
    case TURN_CREATE:
    case TURN_COST:
        return session_answered(t, in);
    case TURN_UPLOAD:
        return uploaded(t, in);
    case TURN_STOP:
        if (in->kind == IN_FAIL)
            return turn_could_not(t, "cancel what runs", &in->err);
        t->rows_at = clock_now() + CANCEL_MS;
        return CLI_GO_ON;
    default:
        return CLI_GO_ON;
    }
}

/* ---- events of the session ---- */
static bool sign_of_work(const struct wire_event *e) {
    switch ((int)e->kind) {
    case EV_THINKING:
    case EV_CONTENT:
    case EV_TOOL_START:
    case EV_TOOL_INPUT:
    case EV_TOOL_INPUT_DELTA:
    case EV_TOOL_CALL:
    case EV_EXECUTION_START:
    case EV_EXECUTION_COMPLETE:
        return true;
    default:
        return false;
    }
}

static void note_denial(struct turn *t, const struct event_data *d) {
    if (!d->success && d->progress && strcasestr(d->progress, "permission denied"))
        t->talk.refused++;
}

/* `complete` may overtake the last deltas, and a synchronous answer comes after it. */
static void on_end(struct turn *t, const struct wire_event *e) {
    const struct event_data *d = &e->data;

    if (e->kind == EV_COMPLETE)
        feed_rest(&t->talk.feed, d->message_id, d->content);
    else if (!t->outcome)
        add_error(t, e->kind == EV_ERROR ? d->error : "the session was deleted");
    if (e->kind == EV_COMPLETE && !t->outcome)
        buf_clear(&t->errors); /* what failed was got over */
    t->end_at = clock_now() + (t->post ? ANSWER_MS : e->kind == EV_COMPLETE ? 1 : ECHO_MS);
}

static void on_event(struct talk *talk, const struct wire_event *e) {
    struct turn *t = talk->owner;
    const struct event_data *d = &e->data;
    const bool gone = e->kind == EV_SESSION_DELETED && str_eq(d->session_id, talk->session);
    const bool end =
        gone || ((e->kind == EV_COMPLETE || e->kind == EV_ERROR) && !d->parent_tool_call_id);

    if (t->phase < TURN_POST) {
        t->heard_other = (t->heard_other || sign_of_work(e)) && !end;
        return;
    }
    if (t->phase > TURN_CHECK || (t->end_at && !t->outcome && !end))
        return; /* deltas that `complete` overtook */
    if (e->kind == EV_ERROR && d->error && strstr(d->error, BUSY_TEXT))
        return; /* the answer to the message says so as well */
    if (sign_of_work(e) || (e->kind == EV_USER_MESSAGE && turn_same_text(t->text, d->content)))
        turn_sent(t);
    t->heard_at = clock_now();
    t->quiet = 0;
    if (t->phase == TURN_RUN && !t->gap)
        t->rows_at = 0;
    t->seen = t->seen || sign_of_work(e) || end || e->kind == EV_RATE_LIMIT;
    if (e->kind == EV_EXECUTION_COMPLETE)
        note_denial(t, d);
    if (e->kind == EV_USER_MESSAGE && !talk->feed.json)
        return;
    feed_event(&talk->feed, talk->session, e);
    if (end && e->kind == EV_COMPLETE)
        turn_sent(t);
    if (end)
        on_end(t, e);
}

static void on_live(struct talk *talk, bool gap) {
    struct turn *t = talk->owner;

    t->live = true;
    t->live_at = clock_now();
    t->down_at = 0;
    if (t->phase == TURN_OPEN)
        return; /* the tick goes on */
    if (t->phase < TURN_POST || t->phase > TURN_CHECK)
        return;
    if (gap)
        feed_say(&talk->feed, talk->caps.sync_send
                                  ? "the connection was lost: this server may have cancelled the "
                                    "turn; reading what was missed"
                                  : "the connection was lost: a request may have been missed and "
                                    "denied; reading what was missed");
    t->gap = t->gap || gap;
    t->quiet = 0;
    if (t->phase == TURN_RUN && t->gap)
        t->rows_at = clock_now() + 1;
}

static void on_lost(struct talk *talk, const struct incoming *in) {
    struct turn *t = talk->owner;

    t->failure = in->err;
    if (in->kind == IN_FAIL || in->link == LINK_REFUSED)
        t->down_at = 1; /* not tried again */
    else if (!t->down_at)
        t->down_at = clock_now();
    if (t->live && t->phase >= TURN_POST)
        t->gap = true;
    t->live = false;
}

/* ---- time ---- */
/* `complete` may be lost: servers drop what does not fit their queues. A call may take its time. */
static int64_t silent_at(const struct turn *t) {
    int64_t patience = SILENCE_MS;

    for (size_t i = 0; i < t->talk.n_calls; i++)
        if (t->talk.calls[i].open)
            patience = CALL_MS;
    return t->phase == TURN_RUN && !t->post && !t->rows_at && !t->rows_request && t->heard_at
               ? t->heard_at + patience
               : 0;
}

/* An agent that only writes leaves no trace in the messages: it is heard. */
static int64_t listen_ms(const struct turn *t) { return str_eq(t->target, "new") ? 0 : LISTEN_MS; }

static void plan(struct turn *t) {
    int64_t at = 0;

    sooner_of(&at, t->due);
    sooner_of(&at, silent_at(t));
    if (t->phase == TURN_OPEN && t->live)
        sooner_of(&at, t->live_at + listen_ms(t));
    sooner_of(&at, t->rows_at);
    sooner_of(&at, t->end_at);
    sooner_of(&at, t->stop_at);
    if (t->down_at)
        sooner_of(&at, t->down_at + t->give_up_ms);
    if (t->phase != TURN_COST) {
        sooner_of(&at, talk_watch_next(&t->talk));
        sooner_of(&at, talk_asks_next(&t->talk));
    }
    t->talk.loop.until = at;
}

static bool passed(int64_t at, int64_t now) { return at > 0 && now >= at; }

static int out_of_patience(struct turn *t) {
    feed_say(&t->talk.feed, "%s (%s)",
             t->phase < TURN_POST ? "not sent: the stream of the session does not open"
                                  : "the connection was lost in the middle of the turn",
             t->failure.text[0] ? t->failure.text : "no answer");
    const enum rc rc = t->failure.rc == RC_OK ? RC_TIMEOUT : t->failure.rc;

    return turn_finish(
        t, t->phase < TURN_POST ? "refused" : "lost",
        rc_exit_code(rc == RC_PROTO || rc == RC_IO ? RC_CONNECT : rc, t->failure.detail));
}

static int step(struct turn *t) {
    const int64_t now = clock_now();

    if (t->phase == TURN_COST)
        return passed(t->due, now) ? last_line(t) : CLI_GO_ON;
    if (t->talk.feed.broken && !t->outcome) { /* nobody reads it any more */
        if (t->phase < TURN_POST)
            return 1;
        t->outcome = "cancelled";
        t->code = 1;
        turn_stop(t);
    }
    if (passed(t->stop_at, now)) {
        feed_say(&t->talk.feed, "--max-time is over: cancelling");
        t->stop_at = 0;
        t->outcome = "timeout";
        t->code = rc_exit_code(RC_TIMEOUT, 0);
        if (t->phase < TURN_POST)
            return turn_finish(t, t->outcome, t->code);
        turn_stop(t);
    }
    if (t->phase == TURN_OPEN && t->live && t->heard_other)
        return turn_busy(t);
    if (t->phase == TURN_OPEN && t->live && now >= t->live_at + listen_ms(t))
        turn_post(t);
    if (passed(t->due, now) || (t->down_at && now >= t->down_at + t->give_up_ms))
        return out_of_patience(t);
    if (passed(t->end_at, now))
        return turn_ended(t);
    if (passed(silent_at(t), now))
        t->rows_at = now;
    if (passed(t->rows_at, now) && !t->rows_request)
        turn_read_rows(t);
    talk_watch_tick(&t->talk, now);
    talk_asks_tick(&t->talk, now);
    return CLI_GO_ON;
}

static int go_on(struct turn *t, int code) {
    if (code == CLI_GO_ON)
        code = step(t);
    t->talk.loop.wake = t->talk.tty >= 0 ? t->talk.tty : 0;
    plan(t);
    return code;
}

static int take(void *arg, struct incoming *in) {
    struct turn *t = arg;
    int code = CLI_GO_ON;
    const bool over = in->kind == IN_REPLY || in->kind == IN_FAIL;

    if (watch_take(&t->talk, in) || asks_take(&t->talk, in)) {
        /* done */
    } else if (in->request == t->request && t->request) {
        code = answered(t, in);
    } else if (in->request == t->rows_request && t->rows_request) {
        code = turn_take_rows(t, in);
    } else if (in->request == t->post && t->post && over) {
        t->post = 0;
        if (t->phase != TURN_COST)
            code = in->kind == IN_FAIL ? post_failed(t, in) : posted(t, in);
    } else if (in->request == t->cancel && t->cancel && over) {
        t->cancel = 0;
        t->end_at = clock_now() + CANCEL_MS;
    }
    return go_on(t, code);
}

static int late(void *arg) { return go_on(arg, CLI_GO_ON); }

static int woken(void *arg) {
    struct turn *t = arg;

    if (t->talk.tty >= 0)
        asks_typed(&t->talk);
    return go_on(t, CLI_GO_ON);
}

static int interrupted(void *arg, int nth) {
    struct turn *t = arg;

    t->code = CLI_INTERRUPTED;
    t->outcome = "cancelled";
    if (nth > 1 || t->phase < TURN_POST || t->phase == TURN_COST)
        return last_line(t);
    asks_over(&t->talk);
    feed_say(&t->talk.feed, "cancelling the turn; Ctrl+C again leaves at once");
    turn_stop(t);
    return go_on(t, CLI_GO_ON);
}

/* ---- the whole ---- */
int turn_run(struct turn *t, const struct connect_flags *conn) {
    struct talk *k = &t->talk;
    int code = cli_open(&k->run, k->feed.command, conn);

    if (code == CLI_GO_ON) {
        t->errors.max = 64 * MIX_KIB;
        k->state_dir = path_state_dir();
        k->server = server_key(k->run.profile.url);
        k->event = on_event;
        k->live = on_live;
        k->lost = on_lost;
        k->loop = (struct cli_loop){
            .take = take, .interrupt = interrupted, .late = late, .woken = woken, .arg = t};
        if (t->max_time_ms)
            t->stop_at = clock_now() + t->max_time_ms;
        t->request = cli_send_request(&k->run, request_new(REQ_PROBE, 0));
        plan(t);
        k->loop.wake = k->tty >= 0 ? k->tty : 0;
        code = cli_wait(&k->run, &k->loop);
    }
    cli_close(&k->run);
    for (size_t i = 0; i < t->rows.n; i++)
        free(t->rows.texts[i]);
    free(t->rows.texts);
    free(t->rows.last_id);
    free(t->known_id);
    buf_fini(&t->errors);
    return code;
}
