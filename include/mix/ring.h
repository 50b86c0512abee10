/* ring.h - the border between two threads: a lock-free queue of owned pointers, and a bell.
 *
 * ring: bounded, single producer, single consumer, C11 atomics: the producer publishes with
 * release, the consumer reads with acquire, each on its own cache line. A pushed pointer belongs to
 * the consumer; on `false` the producer still owns it.
 *
 * bell: one file descriptor to poll on. bell_ring writes only when nobody rang since the last
 * bell_ack, so a burst costs one write. The consumer calls bell_ack FIRST and drains the ring
 * AFTER: whatever is pushed after the drain rings again, so no wake-up is lost. */
#ifndef MIX_RING_H
#define MIX_RING_H

#include <stdbool.h>
#include <stddef.h>

struct ring;
struct ring *ring_new(size_t slots);                                            /* a power of two */
bool ring_push(struct ring *r, void *item) __attribute__((warn_unused_result)); /* producer only */
/* consumer only; NULL when empty */
void *ring_pop(struct ring *r);
/* either side; a hint for the producer */
bool ring_empty(const struct ring *r);
/* after both sides have stopped; items left in it are the caller's business */
void ring_free(struct ring *r);

struct bell;
struct bell *bell_new(void);       /* eventfd, else a pipe; non-blocking, close-on-exec */
int bell_fd(const struct bell *b); /* readable after a ring */
void bell_ring(struct bell *b);    /* any thread; never blocks */
void bell_ack(struct bell *b);     /* consumer only; call it before draining */
void bell_free(struct bell *b);

#endif
