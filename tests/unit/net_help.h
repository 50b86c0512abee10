/* net_help.h - for the tests of the worker: a stand-in, a worker, and a box that keeps everything
 * that came. */
#ifndef NET_HELP_H
#define NET_HELP_H

#include "clock.h"
#include "mix/net.h"
#include "standin.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#if defined(__has_feature)
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

enum { PATIENCE = 20000 };

struct box {
    struct standin *server;
    struct net *net;
    struct incoming **items;
    size_t n, cap;
};

static inline struct net *net_at(const char *url, double scale) {
    struct err err = {0};
    struct net *n = NULL;

    if (net_new(&n, &(struct net_config){.url = url, .time_scale = scale}, &err) != RC_OK)
        fail_msg("%s", err.text);
    return n;
}

static inline void box_open(struct box *b, double scale) {
    *b = (struct box){.server = standin_new()};
    b->net = net_at(standin_url(b->server), scale);
}

static inline void box_close(struct box *b) {
    net_free(b->net);
    for (size_t i = 0; i < b->n; i++)
        incoming_free(b->items[i]);
    free(b->items);
    standin_free(b->server);
}

/* Takes what is there, after waiting at most ms for something. */
static inline void box_pump(struct box *b, int ms) {
    struct pollfd fd = {.fd = net_fd(b->net), .events = POLLIN};
    struct incoming *in;

    if (poll(&fd, 1, ms) > 0)
        net_ack(b->net);
    while ((in = net_next(b->net))) {
        b->items = xgrow(b->items, b->n, &b->cap, sizeof *b->items);
        b->items[b->n++] = in;
    }
    net_drained(b->net);
}

static inline struct incoming *box_find(const struct box *b, uint32_t id, enum incoming_kind kind,
                                        size_t nth) {
    for (size_t i = 0; i < b->n; i++)
        if (b->items[i]->request == id && b->items[i]->kind == kind && nth-- == 0)
            return b->items[i];
    return NULL;
}

static inline size_t box_count(const struct box *b, uint32_t id, enum incoming_kind kind) {
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++)
        n += b->items[i]->request == id && b->items[i]->kind == kind;
    return n;
}

static inline const char *kind_name(enum incoming_kind kind) {
    static const char *const names[] = {"REPLY",  "ITEMS", "RESTART", "FAIL",  "RETRY", "PROGRESS",
                                        "EVENTS", "LINK",  "CAPS",    "BYTES", "FRAMES"};

    return names[kind];
}

static inline void box_print(const struct box *b) {
    for (size_t i = 0; i < b->n; i++)
        print_message("  #%u %s link %d gap %d attempt %d status %d %s\n", b->items[i]->request,
                      kind_name(b->items[i]->kind), (int)b->items[i]->link, b->items[i]->gap,
                      b->items[i]->attempt, b->items[i]->status, b->items[i]->err.text);
}

/* The incoming number nth from 0 of that kind, waited for; the test fails when it does not come. */
static inline struct incoming *box_wait(struct box *b, uint32_t id, enum incoming_kind kind,
                                        size_t nth) {
    const int64_t until = clock_now() + PATIENCE;
    struct incoming *in;

    while (!(in = box_find(b, id, kind, nth))) {
        if (clock_now() > until) {
            box_print(b);
            fail_msg("no %s number %zu for #%u", kind_name(kind), nth, id);
        }
        box_pump(b, 50);
    }
    return in;
}

/* The pieces of a raw answer, in order. */
static inline void box_bytes(const struct box *b, uint32_t id, struct buf *out) {
    for (size_t i = 0; i < b->n; i++)
        if (b->items[i]->request == id && b->items[i]->kind == IN_BYTES)
            assert_int_equal(buf_add(out, b->items[i]->out, b->items[i]->n), RC_OK);
}

/* Waits for the nth IN_LINK with that state. */
static inline struct incoming *box_link(struct box *b, uint32_t id, enum link_state state,
                                        size_t nth) {
    const int64_t until = clock_now() + PATIENCE;

    for (;;) {
        size_t seen = 0;

        for (size_t i = 0; i < b->n; i++)
            if (b->items[i]->request == id && b->items[i]->kind == IN_LINK &&
                b->items[i]->link == state && seen++ == nth)
                return b->items[i];
        if (clock_now() > until) {
            box_print(b);
            fail_msg("link state %d number %zu did not come for #%u", (int)state, nth, id);
        }
        box_pump(b, 50);
    }
}

/* RC_BUSY is an answer, not a fault: a full ring is waited for as main does. */
static inline void box_send(struct box *b, struct request *r) {
    const int64_t until = clock_now() + PATIENCE;
    enum rc rc;

    while ((rc = net_send(b->net, r)) == RC_BUSY && clock_now() < until)
        box_pump(b, 1);
    assert_int_equal(rc, RC_OK);
}

/* A call; `in` is copied. */
static inline uint32_t box_call(struct box *b, enum op op, const void *in, size_t size,
                                const char *path) {
    struct request *r = request_new(REQ_CALL, op);
    const uint32_t id = r->id;

    if (in) {
        void *copy = arena_alloc(&r->arena, size);

        memcpy(copy, in, size);
        r->in = copy;
    }
    r->local_path = arena_strdup(&r->arena, path);
    r->version = GEN_TOP;
    box_send(b, r);
    return id;
}

#define CALL(b, op, path, ...) box_call(b, op, &(__VA_ARGS__), sizeof(__VA_ARGS__), path)

/* The same with options, which stay the caller's. */
static inline uint32_t box_call_with(struct box *b, enum op op, const void *in,
                                     const struct call_options *o) {
    struct request *r = request_new(REQ_CALL, op);
    const uint32_t id = r->id;

    r->in = in;
    r->options = o;
    r->version = GEN_TOP;
    box_send(b, r);
    return id;
}

static inline uint32_t box_stream(struct box *b, const char *session) {
    struct request *r = request_new(REQ_STREAM, OP_STREAM);
    const uint32_t id = r->id;
    struct stream_query *q = arena_alloc(&r->arena, sizeof *q);

    q->session_id = arena_strdup(&r->arena, session);
    r->in = q;
    box_send(b, r);
    return id;
}

static inline void box_cancel(struct box *b, uint32_t id) {
    struct request *r = request_new(REQ_CANCEL, OP_COUNT);

    r->target = id;
    box_send(b, r);
}

static inline uint32_t box_simple(struct box *b, enum request_kind kind) {
    struct request *r = request_new(kind, OP_COUNT);
    const uint32_t id = r->id;

    box_send(b, r);
    return id;
}

/* Every event of a request so far, in order: "name:text name:text ". Deltas of one run are joined.
 */
static inline void box_events(const struct box *b, uint32_t id, struct buf *out) {
    buf_clear(out);
    for (size_t i = 0; i < b->n; i++) {
        if (b->items[i]->request != id || b->items[i]->kind != IN_EVENTS)
            continue;
        for (const struct wire_event *e = b->items[i]->events; e; e = e->next)
            if (e->kind != EV_CONNECTED && e->kind != EV_HEARTBEAT)
                (void)buf_addf(out, "%s:%s ", ev_name(e->kind),
                               e->data.content ? e->data.content
                               : e->data.id    ? e->data.id
                                               : "");
    }
}

/* Waits until the events of a request read as `want`. */
static inline void box_expect_events(struct box *b, uint32_t id, const char *want) {
    const int64_t until = clock_now() + PATIENCE;
    struct buf have;

    buf_init(&have, MIX_MIB);
    for (;;) {
        box_events(b, id, &have);
        if (strcmp(buf_str(&have), want) == 0 || clock_now() > until)
            break;
        box_pump(b, 20);
    }
    if (strcmp(buf_str(&have), want) != 0)
        box_print(b);
    assert_string_equal(buf_str(&have), want);
    buf_fini(&have);
}

/* Nothing else comes for a while. */
static inline void box_expect_quiet(struct box *b, int ms) {
    const size_t before = b->n;
    const int64_t until = clock_now() + ms;

    while (clock_now() < until)
        box_pump(b, 20);
    if (b->n != before)
        box_print(b);
    assert_int_equal(b->n, before);
}

#endif
