/* stream.c - GET /stream: a connection that is meant to stand for ever, and what happens when it
 * does not.
 *
 *   CONNECTING --first frame--> LIVE --60 s of silence--> LATE --a byte--> LIVE
 *   CONNECTING, LIVE, LATE --closed, error, 100 s of silence--> RETRYING --retry_at--> CONNECTING
 *   CONNECTING --`Invalid session ID`, 4xx--> REFUSED, and the request has ended
 *   any --lost once too often for a policy of its own--> the request has ended
 *
 * The server's `retry:` is not used: it is in seconds where milliseconds are meant, or meant for
 * something else. Before the server's own cut after ten minutes a second connection takes over (see
 * overlap.h), unless a lost connection cancels the turn there. */
#include "inner.h"
#include "overlap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LATE_MS = 60000,
    DEAD_MS = 100000,
    RETRY_CAP = 30000,
    STOOD_MS = 5000, /* a connection that stood for as long makes the next delay short again */
    REPLACE_MS = 540000,
    REPLACE_AGAIN_MS = 20000, /* when the second one did not come about */
    GRACE_MS = 2000,          /* both are open for so long */
    SETTLE_MS = 5000,         /* the new one may lag behind the old one for so long */
    LEAST_WAIT_MS = 50,       /* however fast the tests want it */
    HELD_CAP = 4 << 20,
    LAST_ID_MAX = 128,
};

static const struct retry_policy reconnects = {
    .initial_ms = 500, .max_ms = RETRY_CAP, .exponent = 1.5};

struct conn {
    struct task task; /* first: callbacks get it */
    struct stream *stream;
    struct sse *sse;
    int64_t greeted_at /* 0: no frame yet */, heard_at;
    bool refused, overflowed;
    struct buf kept; /* of an error's body */
    struct err err;  /* why a callback gave up */
};

struct stream {
    struct flow flow;
    struct stream *next;
    struct net *net;
    struct request *req;
    struct route route;
    struct buf target;
    enum link_state state;
    int attempt;
    bool was_live;
    int64_t retry_at, heard_at;
    int64_t lost_at; /* when the first of `attempt` failures was */
    char last_id[LAST_ID_MAX];
    struct conn *first, *second; /* second: while a replacement is under way */
    struct overlap overlap;
    int64_t replace_at;
    int64_t settle_at; /* 0: not yet, or not at all */
    bool torn;         /* a frame could not be read, which main is yet to be told */
    bool settling; /* the old connection is closed, `first` is the new one and its frames are still
                      held */
};

/* ---- telling main ---- */
static void tell(struct stream *s, enum link_state state, const struct err *err, bool gap) {
    struct incoming *in = incoming_new(IN_LINK, s->req->id);

    s->state = state;
    trace_link(&s->flow, state, gap ? ", events may be missing" : "");
    in->link = state;
    in->gap = gap;
    in->attempt = s->attempt;
    in->last_byte_at = s->heard_at;
    in->retry_at = state == LINK_RETRYING ? s->retry_at : 0;
    if (err)
        in->err = *err;
    emit(s->net, &s->flow, in);
}

/* ---- connections ---- */
static size_t on_bytes(char *p, size_t one, size_t count, void *arg);
static void on_done(struct task *t, CURLcode code);

static struct conn *conn_open(struct stream *s) {
    struct net *n = s->net;
    struct conn *c = xcalloc(1, sizeof *c);
    char header[LAST_ID_MAX + 32] = "";

    c->task = (struct task){
        .net = n, .route = &s->route, .done = on_done, .flow = &s->flow, .attempt = s->attempt + 1};
    c->stream = s;
    c->sse = sse_new(SSE_EVENT_CAP);
    c->heard_at = n->now;
    buf_init(&c->kept, ERROR_BODY);
    if (s->last_id[0])
        snprintf(header, sizeof header, "Last-Event-ID: %s", s->last_id);
    task_start(&c->task, &(struct task_options){
                             .method = M_GET,
                             .target = buf_str(&s->target),
                             .accept = "text/event-stream",
                             .write = on_bytes,
                             .extra_header = header[0] ? header : NULL,
                             .connection = OWN_CONNECTION,
                             .http = ALWAYS_1_1,
                         });
    return c;
}

static void conn_close(struct conn *c) {
    if (!c)
        return;
    task_stop(&c->task);
    sse_free(c->sse);
    buf_fini(&c->kept);
    free(c);
}

static void drop_second(struct stream *s) {
    conn_close(TAKE(s->second));
    overlap_free(&s->overlap);
    s->settle_at = 0;
    s->settling = false;
}

static void connect_now(struct stream *s) {
    drop_second(s);
    conn_close(TAKE(s->first));
    s->first = conn_open(s);
    tell(s, LINK_CONNECTING, NULL, false);
}

static void stream_free(struct stream *s) {
    for (struct stream **link = &s->net->streams; *link; link = &(*link)->next)
        if (*link == s) {
            *link = s->next;
            break;
        }
    drop_second(s);
    conn_close(s->first);
    backlog_disown(s->net, &s->flow);
    buf_fini(&s->target);
    route_free(&s->route);
    request_free(s->req);
    free(s);
}

static void stream_end(struct stream *s, const struct err *err) {
    struct incoming *in = incoming_new(IN_FAIL, s->req->id);

    in->err = *err;
    in->status = err->rc == RC_HTTP ? err->detail : 0;
    emit(s->net, &s->flow, in);
    stream_free(s);
}

/* ---- frames ---- */
static void deliver(struct stream *s, const struct frame *f) {
    if (f->id && strlen(f->id) < sizeof s->last_id && !strpbrk(f->id, "\r\n"))
        memcpy(s->last_id, f->id, strlen(f->id) + 1);
    s->torn |= !emit_frame(s->net, &s->flow, f);
}

/* Once for a whole read: garbage would else make a message of every line. */
static void tell_torn(struct stream *s) {
    if (s->torn)
        tell(s, s->state, NULL, true);
    s->torn = false;
}

enum settle_when { IF_CLEAR, ANYHOW };

/* Held frames go out as soon as it is clear which of them were delivered by the old connection. */
static void settle(struct stream *s, enum settle_when when) {
    size_t drop;
    const struct frame *f;
    const enum overlap_state found = overlap_find(&s->overlap, &drop);

    if (found == OVERLAP_BEHIND && when == IF_CLEAR)
        return;
    const bool doubtful = overlap_doubtful(&s->overlap, found, drop);

    while ((f = overlap_next(&s->overlap, &drop)))
        deliver(s, f);
    overlap_free(&s->overlap);
    s->settling = false;
    s->settle_at = 0;
    s->torn |= doubtful;
    tell_torn(s);
}

static int64_t short_wait(const struct stream *s, int64_t ms) {
    const int64_t wait = net_delay(s->net, ms);

    return wait > LEAST_WAIT_MS ? wait : LEAST_WAIT_MS;
}

/* The second connection takes the place of the first. */
static void take_over(struct stream *s) {
    conn_close(s->first);
    s->first = TAKE(s->second);
    s->replace_at = s->first->greeted_at + net_delay(s->net, REPLACE_MS);
    s->settling = true;
    s->settle_at = s->net->now + short_wait(s, SETTLE_MS);
    if (s->state == LINK_LATE)
        tell(s, LINK_LIVE, NULL, false);
    settle(s, IF_CLEAR);
}

static void greeted(struct conn *c) {
    struct stream *s = c->stream;

    c->greeted_at = c->heard_at;
    if (c == s->second) {
        overlap_connected(&s->overlap);
        s->settle_at = c->greeted_at + short_wait(s, GRACE_MS);
        return;
    }
    s->replace_at = c->greeted_at + net_delay(s->net, REPLACE_MS);
    tell(s, LINK_LIVE, NULL, s->was_live);
    s->was_live = true;
}

static bool is_unknown_session(const struct frame *f) {
    return str_eq(f->event, "error") && strstr(f->data, "Invalid session ID");
}

static bool take_frame(struct conn *c, const struct frame *f) {
    struct stream *s = c->stream;

    const struct stream_query *q = s->req->in;

    trace_frame(&c->task, f);
    frames_keep(s->net, q ? q->session_id : NULL, f);
    if (c->greeted_at == 0) {
        if (is_unknown_session(f)) {
            c->refused = true;
            return false;
        }
        greeted(c);
    }
    if (c == s->second || s->settling) {
        overlap_hold(&s->overlap, f);
        if (s->overlap.arena.bytes > HELD_CAP)
            s->settle_at = s->net->now; /* in the next turn, not from within curl */
        return true;
    }
    if (s->second)
        overlap_saw(&s->overlap, f);
    deliver(s, f);
    return true;
}

static bool is_event_stream(struct conn *c) {
    const char *type = NULL;

    curl_easy_getinfo(c->task.easy, CURLINFO_CONTENT_TYPE, &type);
    if (type && strncmp(type, "text/event-stream", strlen("text/event-stream")) == 0)
        return true;
    err_set(&c->err, RC_PROTO, 0, "%s answered with %s, not with an event stream",
            c->stream->route.address->origin, type ? type : "no type");
    return false;
}

static void heard(struct conn *c) {
    struct stream *s = c->stream;

    c->heard_at = net_clock.boot();
    if (c != s->first)
        return;
    s->heard_at = c->heard_at;
    if (s->state == LINK_LATE)
        tell(s, LINK_LIVE, NULL, false);
}

static size_t on_bytes(char *p, size_t one, size_t count, void *arg) {
    struct conn *c = arg;
    struct stream *s = c->stream;
    const size_t n = one * count;
    struct frame f;

    if (atomic_load_explicit(&c->task.net->quit, memory_order_relaxed))
        return CURL_WRITEFUNC_ERROR; /* curl would go on for as long as bytes come */
    if (task_status(&c->task) != 200) {
        const size_t room = c->kept.max - c->kept.n;

        trace_bytes(&c->task, p, n);
        (void)buf_add(&c->kept, p, n < room ? n : room);
        return n <= room ? n : CURL_WRITEFUNC_ERROR;
    }
    if (s->flow.queued >= FLOW_CAP) {
        c->task.paused = c->overflowed = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    if (c->greeted_at == 0 && !is_event_stream(c))
        return CURL_WRITEFUNC_ERROR;
    heard(c);
    if (sse_feed(c->sse, p, n, &c->err) != RC_OK)
        return CURL_WRITEFUNC_ERROR;
    while (sse_next(c->sse, &f))
        if (!take_frame(c, &f))
            return CURL_WRITEFUNC_ERROR;
    if (s->settling)
        settle(s, IF_CLEAR);
    tell_torn(s);
    /* While it stood still the server may have dropped events: they are written for readers that
     * keep up. */
    if (c->overflowed && c == s->first)
        tell(s, s->state, NULL, true);
    c->overflowed = false;
    return n;
}

/* ---- the connection is gone ---- */
/* A policy of its own has run out. */
static bool gives_up(const struct stream *s) {
    const struct retry_policy *p = &s->route.retry;

    if (!s->route.retry_asked)
        return false;
    return p->mode == RETRY_OFF || s->attempt >= p->attempts ||
           s->retry_at - s->lost_at > net_delay(s->net, p->elapsed_ms);
}

/* May end the stream. */
static void lost(struct stream *s, const struct err *err, int64_t at_least) {
    struct net *n = s->net;
    const struct conn *c = s->first;

    if (c && c->greeted_at != 0 && n->now - c->greeted_at >= net_delay(n, STOOD_MS))
        s->attempt = 0;
    if (s->settling)
        settle(s, ANYHOW);
    conn_close(TAKE(s->first));
    if (s->second && s->settle_at != 0) {
        take_over(s);
        return;
    }
    if (s->second) { /* it was about to be replaced anyway, but events between the two are lost */
        s->first = TAKE(s->second);
        overlap_free(&s->overlap);
        tell(s, LINK_CONNECTING, err, false);
        return;
    }
    if (s->attempt++ == 0)
        s->lost_at = n->now;
    const int64_t backoff =
        net_backoff(n, s->route.retry_asked ? &s->route.retry : &reconnects, s->attempt);

    s->retry_at = n->now + (backoff > at_least ? backoff : at_least);
    if (gives_up(s))
        stream_end(s, err);
    else
        tell(s, LINK_RETRYING, err, false);
}

static void refuse(struct stream *s, const struct err *err) {
    tell(s, LINK_REFUSED, err, false);
    stream_end(s, err);
}

static bool is_refusal(int status) {
    return status >= 400 && status < 500 && status != 408 && status != 429;
}

static void on_done(struct task *t, CURLcode code) {
    struct conn *c = (struct conn *)t;
    struct stream *s = c->stream;
    const int status = task_status(t);
    const int64_t told = task_retry_after(t);
    struct err err = c->err;
    bool refused = c->refused;

    trace_answer(t, code);
    hooks_after(t, "GET", code, &c->kept, &t->refused);
    if (t->refused.rc != RC_OK) {
        err = t->refused;
        refused = true;
    } else if (c->refused)
        err_set(&err, RC_HTTP, 404, "the server does not know this session");
    else if (status >= 300) {
        task_refusal(t, s->req->op, &c->kept, &err);
        refused = is_refusal(status);
    } else if (err.rc == RC_OK && code != CURLE_OK && status != 200)
        task_error(t, code, &err);
    else if (err.rc == RC_OK)
        err_set(&err, RC_CONNECT, (int)code, "%s closed the stream", s->route.address->origin);
    if (c == s->second) {
        drop_second(s);
        s->replace_at = s->net->now + net_delay(s->net, REPLACE_AGAIN_MS);
    } else if (refused) {
        refuse(s, &err);
    } else {
        lost(s, &err,
             status >= 300 && told > 0 ? net_delay(s->net, told < RETRY_CAP ? told : RETRY_CAP)
                                       : 0);
    }
}

/* ---- from main ---- */
void stream_begin(struct net *n, struct request *r) {
    struct stream *s = xcalloc(1, sizeof *s);
    struct err err = {0};

    s->flow = (struct flow){.request = r->id, .op = r->op};
    s->net = n;
    s->req = r;
    s->next = n->streams;
    n->streams = s;
    buf_init(&s->target, 64 * MIX_KIB);
    if (route_find(&s->route, &n->set, r->options, &err) == RC_OK &&
        op_target(&s->target, r->op, r->in, r->version, &err) == RC_OK)
        connect_now(s);
    else
        stream_end(s, &err);
}

bool stream_cancel(struct net *n, uint32_t id) {
    for (struct stream *s = n->streams; s; s = s->next)
        if (s->req->id == id) {
            struct err err;

            err_set(&err, RC_CANCELLED, 0, "cancelled");
            stream_end(s, &err);
            return true;
        }
    return false;
}

void streams_reconnect(struct net *n) {
    for (struct stream *s = n->streams; s; s = s->next) {
        s->attempt = 0;
        connect_now(s);
    }
}

/* Where a lost connection cancels the turn, one that may have survived the sleep is given the
 * chance to show it. */
void streams_suspended(struct net *n) {
    for (struct stream *s = n->streams; s; s = s->next) {
        if (!s->first)
            s->retry_at = n->now;
        else if (s->state == LINK_LIVE)
            tell(s, LINK_LATE, NULL, false);
        if (!s->first)
            continue;
        s->attempt = 0;
        if (n->caps_known && n->caps.sync_send)
            s->first->heard_at = n->now - net_delay(n, LATE_MS);
        else
            connect_now(s);
    }
}

/* ---- by the clock ---- */
static bool may_replace(const struct stream *s) {
    return s->first && s->first->greeted_at != 0 && !s->second && !s->settling && !net_sync(s->net);
}

/* How long it may be silent. */
static int64_t dead_ms(const struct stream *s) {
    return s->route.idle_asked ? s->route.idle_ms : net_delay(s->net, DEAD_MS);
}

static int64_t silence_ends(const struct stream *s) {
    const int64_t late = net_delay(s->net, LATE_MS), dead = dead_ms(s);
    const int64_t ms = s->state == LINK_LIVE && late < dead ? late : dead;

    return ms < INT64_MAX - s->first->heard_at ? s->first->heard_at + ms : INT64_MAX;
}

/* When something is due for it. */
static int64_t due_at(const struct stream *s) {
    const struct conn *c = s->first;
    int64_t at = INT64_MAX;

    if (!c)
        return s->retry_at;
    if (!c->task.paused)
        at = silence_ends(s);
    if (may_replace(s) && s->replace_at < at)
        at = s->replace_at;
    if (s->settle_at != 0 && s->settle_at < at)
        at = s->settle_at;
    return at;
}

static void tick_silence(struct stream *s) {
    const struct net *n = s->net;
    const struct conn *c = s->first;
    const int64_t silence = n->now - c->heard_at;
    struct err err;

    if (c->task.paused)
        return;
    if (silence >= net_delay(n, LATE_MS) && s->state == LINK_LIVE)
        tell(s, LINK_LATE, NULL, false);
    if (silence >= dead_ms(s)) {
        err_set(&err, RC_TIMEOUT, 0, "nothing was heard from %s for %g s", s->route.address->origin,
                (double)(s->route.idle_asked ? s->route.idle_ms : DEAD_MS) / 1000);
        lost(s, &err, 0);
    }
}

static void tick(struct stream *s) {
    struct net *n = s->net;

    if (!s->first) {
        if (s->retry_at <= n->now)
            connect_now(s);
        return;
    }
    if (s->settle_at != 0 && s->settle_at <= n->now) {
        if (s->second)
            take_over(s);
        else
            settle(s, ANYHOW);
    }
    if (may_replace(s) && s->replace_at <= n->now)
        s->second = conn_open(s);
    tick_silence(s);
}

void streams_tick(struct net *n) {
    for (struct stream *s = n->streams, *next; s; s = next) {
        next = s->next;
        tick(s);
    }
}

int64_t streams_deadline(const struct net *n) {
    int64_t at = INT64_MAX;

    for (const struct stream *s = n->streams; s; s = s->next) {
        const int64_t mine = due_at(s);

        at = mine < at ? mine : at;
    }
    return at;
}

static void conn_resume(struct conn *c) {
    if (!c || !c->task.paused || c->stream->flow.queued >= FLOW_CAP / 2)
        return;
    c->task.paused = false;
    c->heard_at = c->task.net->now;
    curl_easy_pause(c->task.easy, CURLPAUSE_CONT);
}

/* Going on may call on_bytes at once, which may pause again; nothing is freed on the way. */
void streams_resume(struct net *n) {
    for (struct stream *s = n->streams; s; s = s->next) {
        conn_resume(s->first);
        conn_resume(s->second);
    }
}

void streams_free(struct net *n) {
    for (struct stream *s = n->streams, *next; s; s = next) {
        next = s->next;
        stream_free(s);
    }
}
