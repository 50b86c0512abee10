/* ring.c - single producer, single consumer. Counters run freely; the mask picks the slot. */
#include "mix/ring.h"

#include "mix/base.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { CACHE_LINE = 64 };

/* The test of the ring is built once more without any order, to show that it would notice. */
#ifdef MIX_RING_ORDER_WEAK
#define ORDER_PUBLISH memory_order_relaxed
#define ORDER_OBSERVE memory_order_relaxed
#else
#define ORDER_PUBLISH memory_order_release
#define ORDER_OBSERVE memory_order_acquire
#endif

struct ring {
    _Alignas(CACHE_LINE) atomic_size_t pushed; /* written by the producer only */
    size_t popped_seen; /* producer only: what it last saw of the other side */
    _Alignas(CACHE_LINE) atomic_size_t popped; /* written by the consumer only */
    size_t pushed_seen;                        /* consumer only */
    _Alignas(CACHE_LINE) size_t slots;         /* constant */
    void *slot[];                              /* handed over by the counters */
};

struct ring *ring_new(size_t slots) {
    assert(slots > 0 && (slots & (slots - 1)) == 0);
    const size_t bytes = sizeof(struct ring) + slots * sizeof(void *);
    struct ring *r =
        aligned_alloc(CACHE_LINE, (bytes + CACHE_LINE - 1) & ~(size_t)(CACHE_LINE - 1));

    if (!r)
        abort();
    atomic_init(&r->pushed, 0);
    atomic_init(&r->popped, 0);
    r->popped_seen = 0;
    r->pushed_seen = 0;
    r->slots = slots;
    return r;
}

bool ring_push(struct ring *r, void *item) {
    assert(item);
    const size_t at = atomic_load_explicit(&r->pushed, memory_order_relaxed);

    if (at - r->popped_seen == r->slots) {
        r->popped_seen = atomic_load_explicit(&r->popped, ORDER_OBSERVE);
        if (at - r->popped_seen == r->slots)
            return false;
    }
    r->slot[at & (r->slots - 1)] = item;
    atomic_store_explicit(&r->pushed, at + 1, ORDER_PUBLISH);
    return true;
}

void *ring_pop(struct ring *r) {
    const size_t at = atomic_load_explicit(&r->popped, memory_order_relaxed);

    if (at == r->pushed_seen) {
        r->pushed_seen = atomic_load_explicit(&r->pushed, ORDER_OBSERVE);
        if (at == r->pushed_seen)
            return NULL;
    }
    void *item = r->slot[at & (r->slots - 1)];

    atomic_store_explicit(&r->popped, at + 1, ORDER_PUBLISH);
    return item;
}

bool ring_empty(const struct ring *r) {
    return atomic_load_explicit(&r->pushed, ORDER_OBSERVE) ==
           atomic_load_explicit(&r->popped, ORDER_OBSERVE);
}

void ring_free(struct ring *r) { free(r); }
