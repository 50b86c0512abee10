/* frames.c - what streams brought, as it came over the wire, for whoever wants to look.
 *
 * The last KEPT_BYTES lie in a ring of bytes, oldest first, each record in one piece; keeping one
 * is a copy and nothing else. Who looks gets those and then every new one. A looker that lags loses
 * frames instead of holding up the streams. */
#include "inner.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEPT_BYTES = 256 << 10,
    DATA_MAX = 16 << 10,
    WORD_MAX = 1 << 10, /* of a session, an event's name, an id */
    BATCH_FRAMES = 512,
    BATCH_BYTES = 256 << 10,
    LAG_MAX = 4 << 20, /* bytes a looker may be behind */
};

struct record {     /* followed by session, event, id and data, each with its NUL */
    uint32_t bytes; /* of the whole record; 0: the rest of the ring is empty */
    uint32_t session, event, id, data; /* lengths; id UINT32_MAX: none */
    size_t data_len;                   /* before it was cut */
    int64_t real_at;
};
struct frames {
    size_t from, to, used; /* oldest record, free space, bytes between them */
    _Alignas(struct record) char ring[KEPT_BYTES];
};
struct looker {
    struct flow flow;
    struct looker *next;
    struct incoming *batch; /* that still grows, or NULL */
    struct raw_frame *items;
    size_t n, room;
    bool missed;
};

/* ---- the ring ---- */
static uint32_t cut(size_t n, size_t most) { return (uint32_t)(n < most ? n : most); }

static void drop_oldest(struct frames *f) {
    const struct record *r = (const struct record *)(const void *)(f->ring + f->from);
    const size_t rest = KEPT_BYTES - f->from;
    const bool end = rest < sizeof *r || r->bytes == 0;
    const size_t bytes = end ? rest : r->bytes;

    f->used -= bytes;
    f->from = (f->from + bytes) % KEPT_BYTES;
}

/* Room for one record of so many bytes, in one piece. */
static struct record *make_room(struct frames *f, size_t bytes) {
    const size_t rest = KEPT_BYTES - f->to;

    if (rest < bytes) { /* the record begins at the start again */
        while (KEPT_BYTES - f->used < rest)
            drop_oldest(f);
        if (rest >= sizeof(struct record))
            ((struct record *)(void *)(f->ring + f->to))->bytes = 0;
        f->used += rest;
        f->to = 0;
    }
    while (KEPT_BYTES - f->used < bytes)
        drop_oldest(f);
    if (f->used == 0)
        f->from = f->to;
    return (struct record *)(void *)(f->ring + f->to);
}

static char *add(char *at, const char *s, size_t n) {
    if (n > 0)
        memcpy(at, s, n);
    at[n] = '\0';
    return at + n + 1;
}

static struct record *keep(struct frames *f, const char *session, const struct frame *frame,
                           int64_t real_at) {
    const struct record r = {
        .session = cut(strlen(session), WORD_MAX),
        .event = cut(strlen(frame->event), WORD_MAX),
        .id = frame->id ? cut(strlen(frame->id), WORD_MAX) : UINT32_MAX,
        .data = cut(frame->data_len, DATA_MAX),
        .data_len = frame->data_len,
        .real_at = real_at,
    };
    const size_t id = r.id == UINT32_MAX ? 0 : r.id;
    const size_t raw = sizeof r + r.session + r.event + id + r.data + 4;
    const size_t bytes = (raw + _Alignof(struct record) - 1) & ~(_Alignof(struct record) - 1);
    struct record *at = make_room(f, bytes);
    char *p = (char *)(at + 1);

    *at = r;
    at->bytes = (uint32_t)bytes;
    p = add(p, session, r.session);
    p = add(p, frame->event, r.event);
    p = add(p, frame->id, id);
    add(p, frame->data, r.data);
    f->used += bytes;
    f->to = (f->to + bytes) % KEPT_BYTES;
    return at;
}

/* ---- lookers ---- */
static void send_batch(struct net *n, struct looker *l) {
    struct incoming *in = TAKE(l->batch);

    if (!in)
        return;
    in->n = l->n;
    in->out = arena_alloc(&in->arena, l->n * sizeof *l->items);
    memcpy(in->out, l->items, l->n * sizeof *l->items);
    in->gap = l->missed;
    l->missed = false;
    l->n = 0;
    emit(n, &l->flow, in);
}

static void show(struct net *n, struct looker *l, const struct record *r) {
    if (l->flow.queued > LAG_MAX) {
        l->missed = true;
        return;
    }
    if (!l->batch)
        l->batch = incoming_new(IN_FRAMES, l->flow.request);
    struct arena *a = &l->batch->arena;
    const bool id = r->id != UINT32_MAX;
    const char *session = (const char *)(r + 1);
    const char *event = session + r->session + 1;
    const char *name = event + r->event + 1;
    const char *data = name + (id ? r->id : 0) + 1;
    char *copy = arena_alloc(a, (size_t)r->data + 1);

    memcpy(copy, data, r->data); /* it may have a NUL in it */
    l->items = xgrow(l->items, l->n, &l->room, sizeof *l->items);
    l->items[l->n++] = (struct raw_frame){
        .session_id = arena_strdup(a, session),
        .event = arena_strdup(a, event),
        .id = id ? arena_strdup(a, name) : NULL,
        .data = copy,
        .data_len = r->data_len,
        .real_at = r->real_at,
    };
    if (l->n >= BATCH_FRAMES || a->bytes >= BATCH_BYTES)
        send_batch(n, l);
}

void frames_keep(struct net *n, const char *session, const struct frame *frame) {
    if (!n->frames)
        n->frames = xcalloc(1, sizeof *n->frames);
    if (n->frames_at != n->now) /* once for a turn is often enough */
        n->frames_real = clock_real();
    n->frames_at = n->now;
    const struct record *r = keep(n->frames, session ? session : "", frame, n->frames_real);

    for (struct looker *l = n->lookers; l; l = l->next)
        show(n, l, r);
}

static void show_kept(struct net *n, struct looker *l) {
    const struct frames *f = n->frames;

    for (size_t at = f->from, left = f->used; left > 0;) {
        const struct record *r = (const struct record *)(const void *)(f->ring + at);
        const size_t rest = KEPT_BYTES - at;
        const bool end = rest < sizeof *r || r->bytes == 0;
        const size_t bytes = end ? rest : r->bytes;

        if (!end)
            show(n, l, r);
        left -= bytes;
        at = (at + bytes) % KEPT_BYTES;
    }
}

void frames_begin(struct net *n, const struct request *r) {
    struct looker *l = xcalloc(1, sizeof *l);

    l->flow = (struct flow){.request = r->id, .op = OP_STREAM};
    l->next = n->lookers;
    n->lookers = l;
    if (n->frames)
        show_kept(n, l);
}

void frames_flush(struct net *n) {
    for (struct looker *l = n->lookers; l; l = l->next)
        send_batch(n, l);
}

static void looker_free(struct net *n, struct looker *l) {
    backlog_disown(n, &l->flow);
    incoming_free(l->batch);
    free(l->items);
    free(l);
}

bool frames_cancel(struct net *n, uint32_t id) {
    for (struct looker **link = &n->lookers; *link; link = &(*link)->next) {
        struct looker *l = *link;

        if (l->flow.request != id)
            continue;
        struct incoming *in = incoming_new(IN_FAIL, id);

        *link = l->next;
        send_batch(n, l);
        err_set(&in->err, RC_CANCELLED, 0, "cancelled");
        emit(n, &l->flow, in);
        looker_free(n, l);
        return true;
    }
    return false;
}

void frames_free(struct net *n) {
    while (n->lookers) {
        struct looker *l = n->lookers;

        n->lookers = l->next;
        looker_free(n, l);
    }
    free(TAKE(n->frames));
}
