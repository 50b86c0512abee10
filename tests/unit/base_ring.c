/* Ring and bell between real threads: nothing lost, nothing out of order, no wake-up missed.
 *
 * This file is built three times: as it is; with the pipe instead of the eventfd; and, under
 * ThreadSanitizer only, with a ring whose memory order was weakened to relaxed, which has to be
 * reported as a data race. */
#include "mix/ring.h"

#include "mix/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#if defined(__SANITIZE_THREAD__)
#define UNDER_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNDER_TSAN 1
#endif
#endif
#ifdef UNDER_TSAN
enum { MESSAGES = 200000, ROUND_TRIPS = 2000 };
#else
enum { MESSAGES = 500000, ROUND_TRIPS = 4000 };
#endif

/* A small ring makes the two threads take turns, which a busy machine does some hundred times a
 * second: the fewer slots, the fewer messages. */
enum { MESSAGES_PER_SLOT = 2000, WATCHDOG_MS = 30000, PRODUCERS = 2 };

struct message {
    size_t number;
};

struct producer {
    struct ring *ring;
    struct bell *bell;
    struct message *messages; /* written here, read by the consumer: the ring alone orders that */
    size_t count;
    pthread_t thread;
};

static void *produce(void *arg) {
    struct producer *p = arg;

    for (size_t i = 0; i < p->count; i++) {
        p->messages[i].number = i;
        while (!ring_push(p->ring, &p->messages[i]))
            sched_yield();
        bell_ring(p->bell);
    }
    return NULL;
}

/* False when nobody rang for half a minute. */
static bool wait_for_bell(struct bell *bell) {
    struct pollfd fd = {.fd = bell_fd(bell), .events = POLLIN};

    return poll(&fd, 1, WATCHDOG_MS) == 1;
}

static void run_producers(size_t producers, size_t slots) {
    const size_t most = slots * MESSAGES_PER_SLOT;
    const size_t count = most < MESSAGES ? most : MESSAGES;
    struct producer p[PRODUCERS] = {0};
    struct bell *bell = bell_new();
    size_t got[PRODUCERS] = {0}, total = 0;

    for (size_t k = 0; k < producers; k++) {
        p[k] = (struct producer){.ring = ring_new(slots),
                                 .bell = bell,
                                 .messages = xcalloc(count, sizeof *p[k].messages),
                                 .count = count};
        assert_int_equal(pthread_create(&p[k].thread, NULL, produce, &p[k]), 0);
    }
    while (total < producers * count) {
        assert_true(wait_for_bell(bell));
        bell_ack(bell);
        for (size_t k = 0; k < producers; k++) {
            const struct message *m;

            while ((m = ring_pop(p[k].ring))) {
                if (m->number != got[k])
                    fail_msg("message %zu came as number %zu", m->number, got[k]);
                got[k]++;
                total++;
            }
        }
    }
    for (size_t k = 0; k < producers; k++) {
        pthread_join(p[k].thread, NULL);
        assert_true(ring_empty(p[k].ring));
        ring_free(p[k].ring);
        free(p[k].messages);
    }
    bell_free(bell);
}

static void ring_loses_and_reorders_nothing(void **state) {
    (void)state;
    static const size_t slots[] = {1, 4, 8, 64, 256};

    for (size_t i = 0; i < MIX_COUNT(slots); i++)
        run_producers(1, slots[i]);
}

static void bell_serves_several_rings(void **state) {
    (void)state;
    run_producers(PRODUCERS, 8);
    run_producers(PRODUCERS, 256);
}

struct pair {
    struct ring *there, *back;
    struct bell *there_bell, *back_bell;
};

static void *echo(void *arg) {
    struct pair *p = arg;

    for (int left = ROUND_TRIPS; left > 0;) {
        if (!wait_for_bell(p->there_bell))
            return NULL;
        bell_ack(p->there_bell);
        void *item;

        while ((item = ring_pop(p->there))) {
            if (!ring_push(p->back, item))
                abort();
            bell_ring(p->back_bell);
            left--;
        }
    }
    return NULL;
}

/* Each side sleeps whenever the other works, so that every message depends on its own wake-up. */
static void bell_wakes_a_sleeper_for_every_message(void **state) {
    (void)state;
    struct pair p = {ring_new(4), ring_new(4), bell_new(), bell_new()};
    pthread_t thread;
    static int item;

    assert_int_equal(pthread_create(&thread, NULL, echo, &p), 0);
    for (int i = 0; i < ROUND_TRIPS; i++) {
        void *got;

        assert_true(ring_push(p.there, &item));
        bell_ring(p.there_bell);
        do {
            assert_true(wait_for_bell(p.back_bell));
            bell_ack(p.back_bell);
        } while (!(got = ring_pop(p.back)));
        assert_ptr_equal(got, &item);
    }
    pthread_join(thread, NULL);
    ring_free(p.there);
    ring_free(p.back);
    bell_free(p.there_bell);
    bell_free(p.back_bell);
}

static void full_ring_refuses_and_keeps_what_it_has(void **state) {
    (void)state;
    static int items[9];

    for (size_t slots = 1; slots <= 8; slots *= 2) {
        struct ring *r = ring_new(slots);

        for (int round = 0; round < 3; round++) {
            assert_null(ring_pop(r));
            assert_true(ring_empty(r));
            for (size_t i = 0; i < slots; i++)
                assert_true(ring_push(r, &items[i]));
            assert_false(ring_push(r, &items[8]));
            assert_false(ring_empty(r));
            for (size_t i = 0; i < slots; i++)
                assert_ptr_equal(ring_pop(r), &items[i]);
        }
        ring_free(r);
    }
}

static bool readable(struct bell *b) {
    struct pollfd fd = {.fd = bell_fd(b), .events = POLLIN};

    return poll(&fd, 1, 0) == 1;
}

static void bell_is_readable_from_the_first_ring_to_the_next_ack(void **state) {
    (void)state;
    struct bell *b = bell_new();

    assert_true(fcntl(bell_fd(b), F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(bell_fd(b), F_GETFD) & FD_CLOEXEC);
    for (int round = 0; round < 3; round++) {
        assert_false(readable(b));
        bell_ack(b); /* without a ring: returns at once */
        assert_false(readable(b));
        for (int i = 0; i < 100000; i++)
            bell_ring(b); /* would fill a pipe if every ring wrote */
        assert_true(readable(b));
        bell_ack(b);
    }
    bell_free(b);
    bell_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_ring_refuses_and_keeps_what_it_has),
        cmocka_unit_test(bell_is_readable_from_the_first_ring_to_the_next_ack),
        cmocka_unit_test(ring_loses_and_reorders_nothing),
        cmocka_unit_test(bell_serves_several_rings),
        cmocka_unit_test(bell_wakes_a_sleeper_for_every_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
