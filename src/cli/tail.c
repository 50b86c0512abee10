/* tail.c - `mixtui tail`: what happens in a session from now on. It answers nothing. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "mix/jtext.h"
#include "send.h"

enum { F_JSON, F_START };

const struct flag tail_flags[] = {
    {"--json", NULL, "one JSON object per event on standard output", F_JSON},
    {"--since-start", NULL, "first what was said before", F_START},
    CLI_HELP,
};

struct tail {
    struct talk talk;
    const char *session;
    bool json, since_start;
    enum { TAIL_PROBE, TAIL_FIND, TAIL_READ, TAIL_FOLLOW } phase;
    uint32_t request;
    bool down;
    int code;
};

static enum rc take_word(void *arg, const struct flag_given *g, struct err *err) {
    struct tail *t = arg;

    if (g->flag && g->flag->id == F_JSON)
        t->json = true;
    else if (g->flag)
        t->since_start = true;
    else if (t->session)
        return err_set(err, RC_USAGE, 0, "one session at a time: %.60s is one too many", g->value);
    else
        t->session = g->value;
    return RC_OK;
}

static void link_line(struct tail *t, const char *what, const char *why) {
    auto_buf struct buf line = {.max = MIX_MIB};

    if (!t->json) {
        feed_say(&t->talk.feed, "%s%s%s", what, why ? ": " : "", why ? why : "");
        return;
    }
    feed_begin(&t->talk.feed, &line, "link", t->talk.session);
    jtext_field(&line, "state", what);
    jtext_field(&line, "error", why);
    feed_end(&t->talk.feed, &line);
}

static void on_event(struct talk *talk, const struct wire_event *e) {
    feed_event(&talk->feed, talk->session, e);
    if (e->data.parent_tool_call_id)
        return;
    if (e->kind == EV_COMPLETE) {
        feed_rest(&talk->feed, e->data.message_id, e->data.content);
        feed_note(&talk->feed, "-- complete");
        talk->feed.next_part = true;
    } else if (e->kind == EV_ERROR) {
        feed_note(&talk->feed, "-- error: %s", e->data.error ? e->data.error : "");
        talk->feed.next_part = true;
    } else if (e->kind == EV_SESSION_DELETED && str_eq(e->data.session_id, talk->session)) {
        feed_note(&talk->feed, "-- the session was deleted");
    }
}

static void on_live(struct talk *talk, bool gap) {
    struct tail *t = talk->owner;

    if (t->down || gap)
        link_line(t, "live again", gap ? "events may have been lost" : NULL);
    t->down = false;
}

static void on_lost(struct talk *talk, const struct incoming *in) {
    struct tail *t = talk->owner;

    if (in->kind == IN_FAIL || in->link == LINK_REFUSED) {
        if (t->code == CLI_GO_ON)
            t->code = cli_could_not(talk->feed.command, "follow the session", &in->err);
    } else if (!t->down) {
        t->down = true;
        link_line(t, "the connection was lost, trying again", in->err.text);
    }
}

/* ---- what was said before ---- */
static void old_row(struct tail *t, const struct message *row) {
    struct feed *f = &t->talk.feed;
    const bool agent = str_eq(row->role, "assistant"), user = str_eq(row->role, "user");
    const char *text = agent && row->assistant_response ? row->assistant_response : row->user_input;
    auto_buf struct buf line = {.max = 64 * MIX_MIB};

    if (!agent && !user)
        return;
    feed_begin(f, &line, "message", t->talk.session);
    jtext_field(&line, "messageId", row->id);
    jtext_field(&line, "role", row->role);
    jtext_field(&line, "content", text);
    feed_end(f, &line);
    if (user)
        feed_note(f, "> %s", text ? text : "");
    f->next_part = true;
    if (agent)
        feed_text(f, row->id, text);
    for (size_t i = 0; i < row->tool_calls.n; i++) {
        const struct tool_call *call = &row->tool_calls.items[i];
        auto_buf struct buf object = {.max = 4 * MIX_MIB};

        if (!policy_object(&object, call->name, call->input))
            buf_clear(&object);
        feed_note(f, "* %s %s", call->name ? call->name : "", buf_str(&object));
        auto_buf struct buf tool = {.max = 64 * MIX_MIB};

        feed_begin(f, &tool, "tool", t->talk.session);
        jtext_field(&tool, "toolCallId", call->id);
        jtext_field(&tool, "toolName", call->name);
        jtext_field(&tool, "input", call->input);
        jtext_field(&tool, "result", call->result);
        feed_end(f, &tool);
    }
}

/* ---- what comes ---- */
static int answered(struct tail *t, const struct incoming *in) {
    struct talk *k = &t->talk;

    if (in->kind == IN_FAIL)
        return cli_could_not(k->feed.command,
                             t->phase == TAIL_PROBE ? "reach the server" : "find the session",
                             &in->err);
    if (t->phase == TAIL_READ && (in->kind == IN_ITEMS || in->kind == IN_REPLY))
        for (size_t i = 0; i < in->n; i++)
            old_row(t, &((const struct message *)in->out)[i]);
    if (in->kind != IN_CAPS && in->kind != IN_REPLY)
        return CLI_GO_ON;
    t->request = 0;
    if (t->phase == TAIL_PROBE) {
        k->caps = in->caps;
        t->phase = TAIL_FIND;
        t->request = talk_call_id(k, OP_SESSION_GET, k->session);
    } else if (t->phase == TAIL_FIND && t->since_start) {
        t->phase = TAIL_READ;
        t->request = talk_call_id(k, OP_MESSAGES_LIST, k->session);
    } else {
        t->phase = TAIL_FOLLOW;
        watch_open(k, k->session, NULL);
    }
    return CLI_GO_ON;
}

static int go_on(struct tail *t, int code) {
    talk_watch_tick(&t->talk, clock_now());
    t->talk.loop.until = talk_watch_next(&t->talk);
    if (t->talk.feed.broken)
        return 1;
    return code == CLI_GO_ON ? t->code : code;
}

static int take(void *arg, struct incoming *in) {
    struct tail *t = arg;
    int code = CLI_GO_ON;

    if (!watch_take(&t->talk, in) && in->request == t->request && t->request)
        code = answered(t, in);
    return go_on(t, code);
}

static int late(void *arg) { return go_on(arg, CLI_GO_ON); }

int cli_tail(const struct cli_command *c, int argc, char **argv) {
    struct connect_flags conn = {0};
    struct tail t = {.code = CLI_GO_ON};
    struct err err = {0};

    talk_init(&t.talk, &t);
    int code = cli_flags(c, argc, argv, &conn, take_word, &t);

    if (code == CLI_GO_ON && str_blank(t.session)) {
        err_set(&err, RC_USAGE, 0, "it needs a session");
        code = cli_usage(c, &err);
    }
    if (code == CLI_GO_ON && feed_open(&t.talk.feed, c, t.json, &err) != RC_OK)
        code = cli_fail(c, &err);
    if (code == CLI_GO_ON) {
        struct talk *k = &t.talk;

        signal(SIGPIPE, SIG_IGN);
        k->feed.notes_out = true;
        k->policy = POLICY_WATCH;
        k->feed.session = k->session = xstrdup(t.session);
        k->event = on_event;
        k->live = on_live;
        k->lost = on_lost;
        k->loop = (struct cli_loop){.take = take, .late = late, .arg = &t};
        code = cli_open(&k->run, c, &conn);
        if (code == CLI_GO_ON) {
            t.request = cli_send_request(&k->run, request_new(REQ_PROBE, 0));
            code = cli_wait(&k->run, &k->loop);
        }
        cli_close(&k->run);
        feed_close(&k->feed);
    }
    talk_fini(&t.talk);
    profile_fini(&conn.over);
    return code;
}
