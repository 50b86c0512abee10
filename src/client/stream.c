/* stream.c - streams: what came and was not taken yet, handed out one event at a time.
 *
 * A stream lives until it is closed, its request has ended, and nothing of it is being delivered.
 */
#include "inner.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#ifdef __APPLE__
#define WAIT_CLOCK CLOCK_REALTIME
#else
#define WAIT_CLOCK CLOCK_MONOTONIC
#endif

struct item {
    struct item *next;
    struct incoming *in;
    size_t bytes;
    bool gap; /* something before it was dropped */
};

struct mix_stream {
    /* constant */
    struct mix_client *client;
    uint32_t request;
    mix_on_event *on_event;
    void *user;
    /* under the client's lock */
    struct mix_stream *next;
    struct item *first, **last;
    size_t bytes;
    bool dropped; /* since the last item */
    bool ended;   /* its request is over */
    bool closed;
    bool queued;    /* waits for delivery */
    size_t closers; /* wait for `running` to end */
    bool running;   /* is being delivered, by: */
    pthread_t runner;
    pthread_cond_t wake;
    /* of who takes the events */
    struct incoming *now;
    struct wire_event *at;
    bool live, gap;
    struct mix_event event;
    struct mix_error err;
};

/* ---- life ---- */
static void stream_free(struct mix_stream *s) {
    while (s->first) {
        struct item *item = s->first;

        s->first = item->next;
        incoming_free(item->in);
        free(item);
    }
    incoming_free(s->now);
    mix_error_clear(&s->err);
    pthread_cond_destroy(&s->wake);
    free(s);
}

/* With the lock held. */
static void free_if_over(struct mix_stream *s) {
    if (!s->closed || !s->ended || s->running || s->queued || s->closers > 0)
        return;
    struct mix_stream **link = &s->client->streams;

    while (*link != s)
        link = &(*link)->next;
    *link = s->next;
    stream_free(s);
}

static struct mix_stream *stream_new(struct mix_client *c, mix_on_event *on_event, void *user) {
    struct mix_stream *s = xcalloc(1, sizeof *s);
    pthread_condattr_t attr;

    s->client = c;
    s->on_event = on_event;
    s->user = user;
    s->last = &s->first;
    pthread_condattr_init(&attr);
#ifndef __APPLE__
    pthread_condattr_setclock(&attr, WAIT_CLOCK);
#endif
    pthread_cond_init(&s->wake, &attr);
    pthread_condattr_destroy(&attr);
    return s;
}

struct mix_stream *mix_stream_open(struct mix_client *c, const char *session,
                                   const struct mix_call_options *options, mix_on_event *on_event,
                                   void *user, struct mix_error *err) {
    struct err why = {0};

    mix_error_clear(err);
    if (str_blank(session)) {
        err_set(&why, RC_USAGE, 0, "a stream needs a session");
        error_set(err, &why);
        return NULL;
    }
    struct mix_stream *s = stream_new(c, on_event, user);
    struct request *r = request_new(REQ_STREAM, OP_STREAM);
    struct stream_query *q = arena_alloc(&r->arena, sizeof *q);

    q->session_id = arena_strdup(&r->arena, session);
    r->in = q;
    r->options = options_copy(&r->arena, options);
    s->request = r->id;
    pthread_mutex_lock(&c->lock);
    if (c->closing) {
        pthread_mutex_unlock(&c->lock);
        request_free(r);
        stream_free(s);
        err_set(&why, RC_CANCELLED, 0, "the client is being freed");
        error_set(err, &why);
        return NULL;
    }
    r->version = c->version;
    s->next = c->streams;
    c->streams = s;
    client_send(c, r);
    pthread_mutex_unlock(&c->lock);
    return s;
}

void mix_stream_close(struct mix_stream *s) {
    if (!s)
        return;
    struct mix_client *c = s->client;

    pthread_mutex_lock(&c->lock);
    s->closed = true;
    if (!s->ended && !c->closing) {
        struct request *r = request_new(REQ_CANCEL, OP_COUNT);

        r->target = s->request;
        client_send(c, r);
    }
    s->closers++;
    while (s->running && !pthread_equal(s->runner, pthread_self()))
        pthread_cond_wait(&s->wake, &c->lock);
    s->closers--;
    free_if_over(s);
    pthread_mutex_unlock(&c->lock);
}

/* ---- what comes ---- */
/* With the lock held. Takes in. */
static void keep(struct mix_stream *s, struct incoming *in) {
    const size_t bytes = sizeof *in + in->arena.bytes;

    if (in->kind != IN_FAIL && s->bytes + bytes > STREAM_CAP) {
        s->dropped = true;
        incoming_free(in);
        return;
    }
    struct item *item = xcalloc(1, sizeof *item);

    item->in = in;
    item->bytes = bytes;
    item->gap = s->dropped;
    s->dropped = false;
    s->bytes += bytes;
    *s->last = item;
    s->last = &item->next;
    if (!s->on_event) {
        pthread_cond_broadcast(&s->wake);
    } else if (!s->queued && !s->running) {
        s->queued = true;
        client_deliver(s->client, NULL, s);
    }
}

static struct mix_stream *stream_find(const struct mix_client *c, uint32_t request) {
    struct mix_stream *s = c->streams;

    while (s && s->request != request)
        s = s->next;
    return s;
}

bool stream_incoming(struct mix_client *c, struct incoming *in) {
    pthread_mutex_lock(&c->lock);
    struct mix_stream *s = stream_find(c, in->request);
    const bool over = in->kind == IN_FAIL;

    if (s && s->closed)
        incoming_free(in);
    else if (s)
        keep(s, in);
    if (s && over) {
        s->ended = true;
        free_if_over(s);
    }
    pthread_mutex_unlock(&c->lock);
    return s != NULL;
}

void streams_end(struct mix_client *c) {
    pthread_mutex_lock(&c->lock);
    for (struct mix_stream *s = c->streams, *next; s; s = next) {
        next = s->next;
        if (!s->ended && !s->closed) {
            struct incoming *in = incoming_new(IN_FAIL, s->request);

            err_set(&in->err, RC_CANCELLED, 0, "the client is being freed");
            keep(s, in);
        }
        s->ended = true;
        pthread_cond_broadcast(&s->wake);
        free_if_over(s);
    }
    pthread_mutex_unlock(&c->lock);
}

void streams_release(struct mix_client *c) {
    while (c->streams) {
        struct mix_stream *s = c->streams;

        c->streams = s->next;
        stream_free(s);
    }
}

/* ---- one event at a time ---- */
/* With the lock held. False: nothing is there. */
static bool pop(struct mix_stream *s) {
    struct item *item = s->first;

    incoming_free(TAKE(s->now));
    if (!item)
        return false;
    s->first = item->next;
    if (!s->first)
        s->last = &s->first;
    s->bytes -= item->bytes;
    s->now = item->in;
    s->at = item->in->kind == IN_EVENTS ? item->in->events : NULL;
    s->gap |= item->gap;
    free(item);
    return true;
}

static void fill_event(struct mix_stream *s) {
    const struct wire_event *e = s->at;

    s->at = e->next;
    s->event = (struct mix_event){
        .what = MIX_EVENT,
        .kind = (enum mix_ev)e->kind,
        .name = e->kind == EV_UNKNOWN ? e->data.type : ev_name(e->kind),
        .data = &e->data,
        .link = MIX_LINK_LIVE,
    };
}

static void fill_other(struct mix_stream *s) {
    struct incoming *in = s->now;
    const bool end = in->kind == IN_FAIL;

    s->event = (struct mix_event){
        .what = end ? MIX_EVENT_END : MIX_EVENT_LINK,
        .kind = MIX_EV_COUNT,
        .name = "",
        .link = end ? MIX_LINK_REFUSED : (enum mix_link)in->link,
        .gap = in->gap,
    };
    if (in->retry_at > 0) {
        const int64_t left = in->retry_at - clock_now();

        s->event.wait_ms = left > 0 ? left : 0;
    }
    if (end || in->err.rc != RC_OK) {
        error_take(&s->err, in);
        s->event.err = &s->err;
    }
    s->live = s->event.link == MIX_LINK_LIVE;
}

/* The event is filled in from `now`, if that still holds one. */
static bool fill(struct mix_stream *s) {
    if (s->at)
        fill_event(s);
    else if (s->now && (s->now->kind == IN_LINK || s->now->kind == IN_FAIL))
        fill_other(s);
    else
        return false;
    s->event.gap |= s->gap;
    s->gap = false;
    return true;
}

/* What `now` held is used up. With the lock held, which is given away while nothing is to be done.
 */
static bool advance(struct mix_stream *s) {
    if (s->at)
        return fill(s);
    while (pop(s))
        if (fill(s))
            return true;
    return false;
}

void stream_deliver(struct mix_stream *s) {
    struct mix_client *c = s->client;

    pthread_mutex_lock(&c->lock);
    s->queued = false;
    s->running = true;
    s->runner = pthread_self();
    while (!s->closed && advance(s)) {
        pthread_mutex_unlock(&c->lock);
        s->on_event(s->user, s, &s->event);
        pthread_mutex_lock(&c->lock);
    }
    s->running = false;
    pthread_cond_broadcast(&s->wake);
    free_if_over(s);
    pthread_mutex_unlock(&c->lock);
}

/* ---- waited for ---- */
static struct timespec deadline(int64_t ms) {
    struct timespec t;

    clock_gettime(WAIT_CLOCK, &t);
    t.tv_sec += (time_t)(ms / 1000);
    t.tv_nsec += (long)(ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

/* False: the time is over. */
static bool wait_once(struct mix_stream *s, const struct timespec *until) {
    if (until)
        return pthread_cond_timedwait(&s->wake, &s->client->lock, until) != ETIMEDOUT;
    pthread_cond_wait(&s->wake, &s->client->lock);
    return true;
}

static enum mix_rc next_until(struct mix_stream *s, const struct timespec *until,
                              const struct mix_event **event) {
    struct mix_client *c = s->client;
    bool in_time = true, found;

    pthread_mutex_lock(&c->lock);
    c->inside++;
    while (!(found = !c->closing && advance(s)) && !c->closing && in_time)
        in_time = wait_once(s, until);
    const enum mix_rc rc = found ? MIX_RC_OK : c->closing ? MIX_RC_CANCELLED : MIX_RC_TIMEOUT;

    if (--c->inside == 0)
        pthread_cond_broadcast(&c->idle);
    pthread_mutex_unlock(&c->lock);
    *event = found ? &s->event : NULL;
    return rc;
}

enum mix_rc mix_stream_next(struct mix_stream *s, int64_t timeout_ms,
                            const struct mix_event **event) {
    const struct timespec until = deadline(timeout_ms > 0 ? timeout_ms : 0);

    *event = NULL;
    if (s->on_event || !client_may_wait(s->client, NULL))
        return MIX_RC_USAGE;
    return next_until(s, timeout_ms < 0 ? NULL : &until, event);
}

enum mix_rc mix_stream_wait(struct mix_stream *s, int64_t timeout_ms, struct mix_error *err) {
    const struct timespec until = deadline(timeout_ms > 0 ? timeout_ms : 0);
    const struct mix_event *event = NULL;
    struct err why = {0};
    enum mix_rc rc = MIX_RC_OK;

    mix_error_clear(err);
    if (s->on_event)
        rc = (enum mix_rc)err_set(&why, RC_USAGE, 0, "events of this stream come by its callback");
    else if (!client_may_wait(s->client, err))
        return MIX_RC_USAGE;
    while (rc == MIX_RC_OK && !s->live) {
        rc = next_until(s, timeout_ms < 0 ? NULL : &until, &event);
        if (rc != MIX_RC_OK)
            err_set(&why, (enum rc)rc, 0, "the stream is not open: %s", mix_rc_text(rc));
        else if (event->what == MIX_EVENT_END)
            return error_move(err, &s->err);
    }
    if (rc != MIX_RC_OK)
        error_set(err, &why);
    return rc;
}
