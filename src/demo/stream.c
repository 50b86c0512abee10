/* stream.c - GET /stream: one bounded queue of frames per connection, drained by the HTTP thread.
 *
 * An empty queue suspends the connection; whoever appends resumes it. Both happen under the lock,
 * so no wake-up is lost. A frame gets its number when it is queued: what was dropped leaves no gap,
 * as with real servers. */
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "demo.h"

#define FRAME_MAX        (32 * MIX_MIB)
#define WAIT_FOR_ROOM_MS 2000

struct queued {
    struct queued *next;
    size_t n, at;
    char bytes[];
};
struct stream {
    struct stream *next;
    struct demo *d;
    struct MHD_Connection *conn;
    char session[64];
    struct queued *first, **last;
    int count;
    int64_t id; /* of the next frame */
    int64_t beat_at, cut_at;
    int64_t bytes_left; /* of an injected cut; -1: no limit */
    bool suspended, ending, cut, slow;
};

struct stream *stream_open(struct demo *d, const char *session, struct MHD_Connection *c) {
    struct stream *st = xcalloc(1, sizeof *st);
    int64_t now = clock_now();
    st->d = d;
    st->conn = c;
    strncpy(st->session, session, sizeof st->session - 1);
    st->last = &st->first;
    st->id = 1;
    st->beat_at = now + demo_ms(d, 45000);
    st->cut_at = now + demo_ms(d, 600000);
    st->bytes_left = -1;
    st->next = d->streams;
    d->streams = st;
    return st;
}

void stream_close(struct demo *d, struct stream *st) {
    struct stream **at = &d->streams;
    while (*at != st)
        at = &(*at)->next;
    *at = st->next;
    while (st->first) {
        struct queued *q = st->first;
        st->first = q->next;
        free(q);
    }
    free(st);
    pthread_cond_broadcast(&d->changed);
}

static void resume(struct stream *st) {
    if (!st->suspended)
        return;
    st->suspended = false;
    MHD_resume_connection(st->conn);
}

static bool full(const struct stream *st) { return st->count >= STREAM_QUEUE; }

static bool jumps_queue(const struct demo *d, enum ev ev) {
    (void)d;
    return ev == EV_PERMISSION || ev == EV_NOTIFICATION || ev == EV_CONNECTED;
}

void stream_push(struct demo *d, struct stream *st, enum ev ev, const struct event_data *data) {
    if (st->ending || st->cut)
        return;
    bool jumps = jumps_queue(d, ev);
    if (full(st) && !jumps) {
        st->slow = true;
        return;
    }
    struct buf b;
    buf_init(&b, FRAME_MAX);
    if (event_write(&b, ev, data, d->o.version, st->id) == RC_OK && b.n) {
        struct queued *q = xmalloc(sizeof *q + b.n);
        *q = (struct queued){.n = b.n};
        memcpy(q->bytes, b.p, b.n);
        st->id++;
        st->count++;
        if (jumps && d->o.quirk[QUIRK_OVERTAKE] && st->first && st->first->next && !st->first->at) {
            q->next = st->first;
            st->first = q;
        } else {
            *st->last = q;
            st->last = &q->next;
        }
        resume(st);
    }
    buf_fini(&b);
}

void stream_raw(struct stream *st, const char *text) {
    size_t n = strlen(text);
    struct queued *q = xmalloc(sizeof *q + n);
    *q = (struct queued){.n = n};
    memcpy(q->bytes, text, n);
    *st->last = q;
    st->last = &q->next;
    st->count++;
    resume(st);
}

void stream_cut_after(struct stream *st, int64_t bytes) { st->bytes_left = bytes; }

void stream_end(struct demo *d, struct stream *st) {
    (void)d;
    st->ending = true;
    resume(st);
}

void stream_gone(struct stream *st) {
    st->cut = true;
    resume(st);
}

const char *stream_session(const struct stream *st) { return st->session; }

/* Copies what fits into the socket's buffer; whole queues at a time when the reader keeps up. */
static size_t take(struct stream *st, char *out, size_t max) {
    size_t done = 0;
    if (st->bytes_left >= 0 && max > (size_t)st->bytes_left)
        max = (size_t)st->bytes_left;
    while (st->first && done < max) {
        struct queued *q = st->first;
        size_t n = q->n - q->at < max - done ? q->n - q->at : max - done;
        memcpy(out + done, q->bytes + q->at, n);
        done += n;
        q->at += n;
        if (q->at < q->n)
            break;
        st->first = q->next;
        if (!st->first)
            st->last = &st->first;
        st->count--;
        free(q);
    }
    if (st->bytes_left >= 0)
        st->bytes_left -= (int64_t)done;
    return done;
}

ssize_t stream_read(void *stream, uint64_t pos, char *out, size_t max) {
    struct stream *st = stream;
    struct demo *d = st->d;
    (void)pos;
    pthread_mutex_lock(&d->lock);
    ssize_t result = 0;
    if (st->cut || st->bytes_left == 0) {
        result = MHD_CONTENT_READER_END_WITH_ERROR;
    } else if (st->first) {
        result = (ssize_t)take(st, out, max);
        if (!st->first)
            st->slow = false;
        pthread_cond_broadcast(&d->changed);
    } else if (st->ending || d->stopping) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        st->suspended = true;
        MHD_suspend_connection(st->conn);
    }
    pthread_mutex_unlock(&d->lock);
    return result;
}

void emit(struct demo *d, const char *session, enum ev ev, const struct event_data *data) {
    for (struct stream *st = d->streams; st; st = st->next)
        if (!strcmp(st->session, session))
            stream_push(d, st, ev, data);
}

void emit_all(struct demo *d, enum ev ev, const struct event_data *data) {
    for (struct stream *st = d->streams; st; st = st->next)
        stream_push(d, st, ev, data);
}

static bool room(const struct demo *d, const char *session) {
    for (const struct stream *st = d->streams; st; st = st->next)
        if (!strcmp(st->session, session) && full(st) && !st->slow && !st->cut && !st->ending)
            return false;
    return true;
}

/* A reader that keeps up loses nothing even in a flood; one that stands still holds the agent up
 * only once. */
void emit_paced(struct demo *d, const char *session, enum ev ev, const struct event_data *data) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t wait = d->o.quirk[QUIRK_DROP] ? WAIT_FOR_ROOM_MS : 60000;
    until.tv_sec += wait / 1000;
    until.tv_nsec += wait % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    while (!room(d, session) && !d->stopping)
        if (pthread_cond_timedwait(&d->changed, &d->lock, &until) == ETIMEDOUT)
            break;
    emit(d, session, ev, data);
}

bool stream_exists(const struct demo *d, const char *session) {
    for (const struct stream *st = d->streams; st; st = st->next)
        if (!strcmp(st->session, session) && !st->ending && !st->cut)
            return true;
    return false;
}

int64_t streams_tick(struct demo *d, int64_t now) {
    int64_t next = INT64_MAX;
    for (struct stream *st = d->streams; st; st = st->next) {
        if (now >= st->cut_at && !st->cut) {
            st->cut = true; /* without a closing chunk, and what was queued is lost */
            resume(st);
            continue;
        }
        if (now >= st->beat_at) {
            st->beat_at = now + demo_ms(d, 45000);
            stream_push(d, st, EV_HEARTBEAT, &(struct event_data){0});
        }
        if (!st->cut) {
            next = st->beat_at < next ? st->beat_at : next;
            next = st->cut_at < next ? st->cut_at : next;
        }
    }
    return next;
}

void streams_stop(struct demo *d) {
    for (struct stream *st = d->streams; st; st = st->next)
        resume(st);
}
