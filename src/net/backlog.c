/* backlog.c - the way back to main. Everything queues here first and goes into the ring at the end
 * of the turn, so that order holds and neither a full ring nor a slow main can block or drop
 * anything.
 *
 * A flow's newest batch of events stays open while it waits: more events are added to it, and a
 * delta that continues the one before is joined to it, so that a main that lags gets fewer and
 * longer ones. */
#include "inner.h"

#include <stdlib.h>
#include <string.h>

enum {
    BATCH_EVENTS = 512, /* a longer batch would keep main from its keys */
    BATCH_BYTES = 256 << 10,
    JOINED_BYTES = 256 << 10, /* of one joined delta */
};

struct parcel {
    struct parcel *next;
    struct incoming *in;
    struct flow *flow; /* NULL: its request has ended */
    size_t bytes, events;
    struct wire_event *last;
    struct buf joined; /* the text of `last` when others were joined to it, else empty */
};

static size_t *queued_of(struct parcel *p) { return p->flow ? &p->flow->queued : NULL; }

size_t incoming_bytes(const struct incoming *in) { return sizeof *in + in->arena.bytes; }

static void weigh(struct parcel *p) {
    const size_t bytes = incoming_bytes(p->in) + p->joined.n + sizeof *p;

    if (p->flow)
        *queued_of(p) += bytes - p->bytes; /* wraps around to the right sum when it shrank */
    p->bytes = bytes;
}

static struct parcel *append(struct net *n, struct flow *f, struct incoming *in) {
    struct parcel *p = xcalloc(1, sizeof *p);

    in->at = n->now;
    if (f)
        in->op = f->op;
    p->in = in;
    p->flow = f;
    buf_init(&p->joined, JOINED_BYTES);
    if (n->backlog.tail)
        n->backlog.tail->next = p;
    else
        n->backlog.head = p;
    n->backlog.tail = p;
    weigh(p);
    return p;
}

void emit(struct net *n, struct flow *f, struct incoming *in) {
    append(n, f, in);
    if (f)
        f->open = NULL; /* what comes later must not overtake this */
}

/* ---- batches ---- */
static const char **delta_of(struct wire_event *e) {
    if (e->kind == EV_CONTENT || e->kind == EV_THINKING)
        return &e->data.content;
    return e->kind == EV_TOOL_INPUT_DELTA ? &e->data.input : NULL;
}

static bool continues(struct wire_event *before, struct wire_event *e) {
    const struct event_data *a = &before->data, *b = &e->data;
    const char **text = delta_of(before), **more = delta_of(e);

    return text && before->kind == e->kind && *text && *more &&
           str_eq(a->message_id, b->message_id) && str_eq(a->tool_call_id, b->tool_call_id) &&
           str_eq(a->parent_tool_call_id, b->parent_tool_call_id) &&
           str_eq(a->session_id, b->session_id);
}

/* Writes the joined text into the event it belongs to. */
static void seal(struct parcel *p) {
    if (p->joined.n > 0)
        *delta_of(p->last) = arena_strndup(&p->in->arena, p->joined.p, p->joined.n);
    buf_fini(&p->joined);
    buf_init(&p->joined, JOINED_BYTES);
}

static bool join(struct parcel *p, struct wire_event *e) {
    if (!p->last || !continues(p->last, e))
        return false;
    const char *more = *delta_of(e);
    const char *text = *delta_of(p->last);
    const size_t so_far = p->joined.n > 0 ? p->joined.n : strlen(text);

    if (so_far + strlen(more) > JOINED_BYTES)
        return false;
    if (p->joined.n == 0)
        (void)buf_adds(&p->joined, text);
    (void)buf_adds(&p->joined, more);
    return true;
}

static struct parcel *open_batch(struct net *n, struct flow *f) {
    struct parcel *p = f->open;

    if (p && p->events < BATCH_EVENTS && p->bytes < BATCH_BYTES)
        return p;
    f->open = append(n, f, incoming_new(IN_EVENTS, f->request));
    return f->open;
}

bool emit_frame(struct net *n, struct flow *f, const struct frame *frame) {
    struct parcel *p = open_batch(n, f);
    const struct arena_mark mark = arena_mark(&p->in->arena);
    struct wire_event *e = event_read(frame, &p->in->arena, NULL);

    if (!e || join(p, e)) {
        arena_rewind(&p->in->arena, mark);
    } else {
        seal(p);
        if (p->last)
            p->last->next = e;
        else
            p->in->events = e;
        p->last = e;
        p->events++;
    }
    weigh(p);
    return e != NULL;
}

/* ---- to the ring ---- */
/* The ring counts messages; a batch may be large. */
static bool push(struct net *n, struct incoming *in) {
    const size_t bytes = incoming_bytes(in);
    const size_t there = n->pushed - atomic_load(&n->popped);

    if ((there > 0 && there + bytes > RING_BYTES) || !ring_push(n->incomings, in))
        return false;
    n->pushed += bytes;
    return true;
}

static bool push_head(struct net *n) {
    struct parcel *p = n->backlog.head;

    seal(p);
    if (p->flow && p->flow->open == p)
        p->flow->open = NULL;
    /* A batch whose only frame was torn has nothing to say. */
    if (p->in->kind == IN_EVENTS && !p->in->events)
        incoming_free(p->in);
    else if (!push(n, p->in))
        return false;
    if (p->flow)
        *queued_of(p) -= p->bytes;
    n->backlog.head = p->next;
    if (!n->backlog.head)
        n->backlog.tail = NULL;
    buf_fini(&p->joined);
    free(p);
    return true;
}

void backlog_flush(struct net *n) {
    bool pushed = false;

    while (n->backlog.head && push_head(n))
        pushed = true;
    /* First the flag, then the bell: main may just have looked at the flag, but then the bell makes
     * it look again. */
    if (n->backlog.head)
        atomic_store(&n->starved, true);
    if (pushed || n->backlog.head)
        bell_ring(n->bell);
    streams_resume(n);
    calls_resume(n);
}

void backlog_disown(struct net *n, const struct flow *f) {
    for (struct parcel *p = n->backlog.head; p; p = p->next)
        if (p->flow == f)
            p->flow = NULL;
}

void backlog_free(struct backlog *b) {
    while (b->head) {
        struct parcel *p = b->head;

        b->head = p->next;
        incoming_free(p->in);
        buf_fini(&p->joined);
        free(p);
    }
    b->tail = NULL;
}
