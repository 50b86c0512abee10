/* watch.c - the streams of a session and of its sub-agents, whom nobody announces. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix/jtext.h"
#include "send.h"

enum { FAST_MS = 250, SLOW_MS = 2000, FAST_FOR_MS = 5000, CALLS_MAX = 2000, OBJECT_MAX = 4 << 20 };

/* ---- the conversation ---- */
void sooner_of(int64_t *at, int64_t other) {
    if (other > 0 && (*at == 0 || other < *at))
        *at = other;
}

void talk_init(struct talk *t, void *owner) {
    *t = (struct talk){.tty = -1, .owner = owner, .typed = {.max = 64 * MIX_KIB}};
}

void talk_fini(struct talk *t) {
    asks_fini(t);
    for (size_t i = 0; i < t->n_watches; i++) {
        free(t->watches[i].session);
        free(t->watches[i].call_id);
    }
    for (size_t i = 0; i < t->n_calls; i++) {
        free(t->calls[i].id);
        free(t->calls[i].name);
        free(t->calls[i].input);
        free(t->calls[i].session);
    }
    free(t->watches);
    free(t->calls);
    free(t->session);
    buf_fini(&t->typed);
}

struct request *talk_request(const struct talk *t, enum op op, size_t in_size, void **in) {
    struct request *r = request_new(REQ_CALL, op);

    r->version = t->caps.version;
    r->in = *in = arena_alloc(&r->arena, in_size);
    return r;
}

uint32_t talk_call_id(struct talk *t, enum op op, const char *id) {
    void *in;
    struct request *r = talk_request(t, op, sizeof(struct session_ref), &in);

    *(struct session_ref *)in = (struct session_ref){arena_strdup(&r->arena, id)};
    return cli_send_request(&t->run, r);
}

/* ---- streams ---- */
void watch_open(struct talk *t, const char *session, const char *call_id) {
    void *in;
    struct request *r = talk_request(t, OP_STREAM, sizeof(struct stream_query), &in);

    r->kind = REQ_STREAM;
    *(struct stream_query *)in = (struct stream_query){arena_strdup(&r->arena, session)};
    t->watches = xgrow(t->watches, t->n_watches, &t->cap_watches, sizeof *t->watches);
    t->watches[t->n_watches++] = (struct watched){
        .session = xstrdup(session),
        .call_id = call_id ? xstrdup(call_id) : NULL,
        .link = LINK_CONNECTING,
        .since = clock_now(),
        .stream = cli_send_request(&t->run, r),
    };
}

static struct watched *by_stream(const struct talk *t, uint32_t stream) {
    for (size_t i = 0; i < t->n_watches; i++)
        if (t->watches[i].stream == stream)
            return &t->watches[i];
    return NULL;
}

static void stop_child(struct talk *t, const char *call_id) {
    for (size_t i = t->n_watches; i-- > 1;) {
        struct watched *w = &t->watches[i];

        if (!str_eq(w->call_id, call_id))
            continue;
        if (w->stream) {
            struct request *r = request_new(REQ_CANCEL, OP_STREAM);

            r->target = w->stream;
            cli_send_request(&t->run, r);
        }
        free(w->session);
        free(w->call_id);
        t->watches[i] = t->watches[--t->n_watches];
    }
}

/* ---- calls ---- */
static struct known_call *call_of(struct talk *t, const char *id) {
    for (size_t i = t->n_calls; i-- > 0;)
        if (str_eq(t->calls[i].id, id))
            return &t->calls[i];
    return NULL;
}

static struct known_call *add_call(struct talk *t, const char *session, const char *id) {
    if (t->n_calls == CALLS_MAX) {
        struct known_call *first = &t->calls[0];

        free(first->id);
        free(first->name);
        free(first->input);
        free(first->session);
        memmove(t->calls, t->calls + 1, (CALLS_MAX - 1) * sizeof *t->calls);
        t->n_calls--;
    }
    t->calls = xgrow(t->calls, t->n_calls, &t->cap_calls, sizeof *t->calls);
    t->calls[t->n_calls] =
        (struct known_call){.id = xstrdup(id), .session = xstrdup(session), .open = true};
    return &t->calls[t->n_calls++];
}

static void same_string(char **at, const char *s) {
    if (!s || str_eq(*at, s))
        return;
    free(*at);
    *at = xstrdup(s);
}

static void told(struct talk *t, const struct known_call *call, const struct event_data *d) {
    auto_buf struct buf object = {.max = OBJECT_MAX};

    if (!policy_object(&object, call->name, call->input))
        buf_clear(&object);
    feed_note(&t->feed, "%s* %s %s", d->parent_tool_call_id ? "    " : "", call->name,
              buf_str(&object));
}

const struct known_call *watch_call(const struct talk *t, const char *session, const char *tool,
                                    const char *object) {
    const struct known_call *found = NULL;

    for (size_t i = 1; i < t->n_watches; i++) /* a sub-agent's calls go by its Task's id */
        if (str_eq(t->watches[i].session, session))
            session = t->watches[i].call_id;
    for (size_t i = 0; i < t->n_calls; i++) {
        const struct known_call *call = &t->calls[i];
        auto_buf struct buf theirs = {.max = OBJECT_MAX};
        struct rule same = {0};
        struct err err;

        if (!call->open || !call->input || !call->name || !str_eq(call->session, session) ||
            rule_parse(&same, call->name, &err) != RC_OK)
            continue;
        const bool fits = rule_matches(&same, tool, NULL) &&
                          (!object || (policy_object(&theirs, call->name, call->input) &&
                                       str_eq(buf_str(&theirs), object)));

        rule_fini(&same);
        if (fits && found)
            return NULL;
        if (fits)
            found = call;
    }
    return found;
}

static bool is_task(const struct known_call *call) {
    return call->name && (str_eq(call->name, "Task") || str_eq(call->name, "task"));
}

static void task_begins(struct talk *t, const char *call_id) {
    for (size_t i = 1; i < t->n_watches; i++)
        if (str_eq(t->watches[i].call_id, call_id))
            return;
    t->watches = xgrow(t->watches, t->n_watches, &t->cap_watches, sizeof *t->watches);
    t->watches[t->n_watches++] =
        (struct watched){.call_id = xstrdup(call_id), .since = clock_now()};
    t->list_at = clock_now();
    if (t->caps.version != GEN_NONE && t->caps.version < GEN(0, 7, 0))
        feed_say(&t->feed, "this server does not name its sub-agents: what they ask for is denied "
                           "after 30 s");
}

static void note_call(struct talk *t, const struct watched *w, const struct wire_event *e) {
    const struct event_data *d = &e->data;

    if (str_blank(d->tool_call_id) || w != t->watches)
        return; /* what a sub-agent does is told on its parent's stream as well */
    struct known_call *call = call_of(t, d->tool_call_id);

    if (!call)
        call = add_call(t, d->parent_tool_call_id ? d->parent_tool_call_id : w->session,
                        d->tool_call_id);
    same_string(&call->name, d->tool_name);
    if (e->kind == EV_TOOL_INPUT || e->kind == EV_TOOL_CALL) {
        const bool first = !call->input;

        same_string(&call->input, d->input);
        if (first && call->input && call->name)
            told(t, call, d);
    }
    if (e->kind == EV_EXECUTION_COMPLETE || str_eq(d->status, "completed"))
        call->open = e->kind == EV_TOOL_CALL && !str_eq(d->status, "completed");
    if (is_task(call) && !d->parent_tool_call_id) {
        if (call->open)
            task_begins(t, call->id);
        else
            stop_child(t, call->id);
    }
}

/* ---- sub-agents ---- */
static void found_child(struct talk *t, struct watched *w, const char *session) {
    struct watched child = *w;

    /* The row gives way to the stream's own. */
    *w = t->watches[--t->n_watches];
    watch_open(t, session, child.call_id);
    free(child.call_id);
}

static bool is_child(const struct talk *t, const struct session_data *s, const char *call_id) {
    if (s->parent_tool_call_id)
        return str_eq(s->parent_tool_call_id, call_id);
    if (t->caps.version >= GEN(0, 7, 0) || !str_eq(s->parent_session_id, t->session) ||
        str_eq(s->session_type, "forked"))
        return false;
    for (size_t i = 0; i < t->n_watches; i++)
        if (str_eq(t->watches[i].session, s->id))
            return false;
    return true;
}

static void look_for_children(struct talk *t, const struct session_data *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        for (size_t k = 1; k < t->n_watches; k++)
            if (!t->watches[k].session && list[i].id &&
                is_child(t, &list[i], t->watches[k].call_id)) {
                found_child(t, &t->watches[k], list[i].id);
                break;
            }
}

static void take_list(struct talk *t, const struct incoming *in) {
    if (in->kind == IN_ITEMS || in->kind == IN_REPLY)
        look_for_children(t, in->out, in->n);
    if (in->kind != IN_REPLY && in->kind != IN_FAIL)
        return;
    t->list_request = 0;
    int64_t newest = 0;

    for (size_t i = 1; i < t->n_watches; i++)
        if (!t->watches[i].session && t->watches[i].since > newest)
            newest = t->watches[i].since;
    const int64_t now = clock_now();

    t->list_at = newest ? now + (now - newest < FAST_FOR_MS ? FAST_MS : SLOW_MS) : 0;
}

int64_t talk_watch_next(const struct talk *t) { return t->list_request ? 0 : t->list_at; }

void talk_watch_tick(struct talk *t, int64_t now) {
    if (t->list_request || !t->list_at || now < t->list_at)
        return;
    void *in;
    struct request *r = talk_request(t, OP_SESSIONS_LIST, sizeof(struct sessions_query), &in);

    *(struct sessions_query *)in = (struct sessions_query){true};
    t->list_at = 0;
    t->list_request = cli_send_request(&t->run, r);
}

/* ---- what comes ---- */
static void take_link(struct talk *t, struct watched *w, const struct incoming *in) {
    const bool main_one = w == t->watches;

    if (w->link == in->link && !in->gap)
        return;
    w->link = in->link;
    if (!main_one)
        return;
    if (in->link == LINK_LIVE && t->live)
        t->live(t, in->gap);
    else if ((in->link == LINK_RETRYING || in->link == LINK_REFUSED) && t->lost)
        t->lost(t, in);
}

static void take_event(struct talk *t, size_t at, const struct wire_event *e) {
    const struct watched w = t->watches[at];

    if (e->kind == EV_PERMISSION || e->kind == EV_NOTIFICATION) {
        feed_event(&t->feed, w.session, e);
        asks_event(t, w.session, e);
        return;
    }
    if (at > 0)
        return;
    if (t->event)
        t->event(t, e);
    note_call(t, &t->watches[at], e);
}

bool watch_take(struct talk *t, struct incoming *in) {
    if (in->request == t->list_request && in->request) {
        take_list(t, in);
        return true;
    }
    struct watched *w = by_stream(t, in->request);

    if (!w || !in->request)
        return false;
    if (in->kind == IN_LINK)
        take_link(t, w, in);
    if (in->kind == IN_FAIL) {
        w->stream = 0;
        if (w == t->watches && t->lost)
            t->lost(t, in);
    }
    for (const struct wire_event *e = in->kind == IN_EVENTS ? in->events : NULL; e; e = e->next) {
        w = by_stream(t, in->request); /* rows move when a sub-agent comes or goes */
        if (w)
            take_event(t, (size_t)(w - t->watches), e);
    }
    return true;
}
