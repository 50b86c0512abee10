/* client_help.h - for the tests of libmix: a stand-in and a client of it. */
#ifndef CLIENT_HELP_H
#define CLIENT_HELP_H

#include "mix/base.h"
#include "mix/client.h"
#include "standin.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { PATIENCE = 20000 };

struct pair {
    struct standin *server;
    struct mix_client *client;
};

/* The options' server is filled in. */
static inline struct pair pair_open(struct mix_options o) {
    struct mix_error err = {.rc = MIX_RC_OK};
    struct pair p = {.server = standin_new()};

    o.server = standin_url(p.server);
    if (o.retry.initial_ms == 0)
        o.retry.initial_ms = 10;
    p.client = mix_client_new(&o, &err);
    if (!p.client)
        fail_msg("%s", err.text);
    return p;
}

static inline void pair_close(struct pair *p) {
    mix_client_free(p->client);
    standin_free(p->server);
}

static inline void nap(int ms) {
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

#define SESSION(id) "{\"id\":\"" id "\",\"title\":\"t\",\"createdAt\":\"2025-01-01T00:00:00Z\"}"

/* A number that one thread raises and another waits for. */
struct latch {
    pthread_mutex_t lock;
    pthread_cond_t raised;
    int n;
};
#define LATCH                                                                                      \
    { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 }

static inline void latch_raise(struct latch *l) {
    pthread_mutex_lock(&l->lock);
    l->n++;
    pthread_cond_broadcast(&l->raised);
    pthread_mutex_unlock(&l->lock);
}

static inline int latch_value(struct latch *l) {
    pthread_mutex_lock(&l->lock);
    const int n = l->n;

    pthread_mutex_unlock(&l->lock);
    return n;
}

static inline void latch_wait(struct latch *l, int n) {
    for (int ms = 0; latch_value(l) < n; ms += 5) {
        if (ms > PATIENCE)
            fail_msg("%d of %d came", latch_value(l), n);
        nap(5);
    }
}

#endif
