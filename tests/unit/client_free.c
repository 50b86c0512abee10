/* client_free.c - threads: freeing with everything in flight, several clients, callbacks that call
 * back. */
#include "client_help.h"

#include <poll.h>

/* ---- everything in flight ---- */
struct waiter {
    struct mix_client *client;
    struct mix_stream *stream;
    pthread_t thread;
    enum mix_rc rc;
};

static void *wait_for_call(void *arg) {
    struct waiter *w = arg;

    w->rc = mix_system_get_health(w->client, NULL, NULL, NULL);
    return NULL;
}

static void *wait_for_event(void *arg) {
    struct waiter *w = arg;
    const struct mix_event *e;

    do
        w->rc = mix_stream_next(w->stream, -1, &e);
    while (w->rc == MIX_RC_OK);
    return NULL;
}

static void on_done(void *user, uint32_t id, void *out, const struct mix_error *err) {
    (void)id;
    assert_int_equal(err->rc, MIX_RC_CANCELLED);
    mix_reply_free(out);
    latch_raise(user);
}

static void on_event(void *user, struct mix_stream *s, const struct mix_event *e) {
    (void)s;
    if (e->what == MIX_EVENT_END)
        latch_raise(user);
}

static void free_with_everything_in_flight(enum mix_delivery delivery) {
    static const struct step hold[] = {{.kind = STEP_SEND, .text = SSE("connected", "{}")},
                                       {.kind = STEP_HOLD},
                                       {.kind = STEP_END}};
    struct latch done = LATCH, ended = LATCH;
    struct pair p = pair_open((struct mix_options){.delivery = delivery});
    struct waiter waiters[4] = {{.client = p.client}, {.client = p.client}};

    standin_on(p.server, "GET", "/health", &(struct answer){.manner = ANSWER_SILENT});
    standin_on(p.server, "GET", "/api", &(struct answer){.manner = ANSWER_SILENT});
    standin_on(p.server, "GET", "/stream", &(struct answer){.steps = hold});
    waiters[2].stream = mix_stream_open(p.client, "a", NULL, NULL, NULL, NULL);
    waiters[3].stream = mix_stream_open(p.client, "b", NULL, NULL, NULL, NULL);
    mix_stream_open(p.client, "c", NULL, on_event, &ended, NULL);
    for (int i = 0; i < 4; i++)
        pthread_create(&waiters[i].thread, NULL, i < 2 ? wait_for_call : wait_for_event,
                       &waiters[i]);
    for (int i = 0; i < 300; i++) /* more than the ring holds */
        mix_call_async(p.client, MIX_OP_SESSIONS_LIST, &(struct sessions_query){0}, NULL, on_done,
                       &done, NULL);
    standin_wait(p.server, "GET", "/health", 2, PATIENCE);
    standin_wait(p.server, "GET", "/stream", 3, PATIENCE);
    mix_client_free(p.client);
    for (int i = 0; i < 4; i++) {
        pthread_join(waiters[i].thread, NULL);
        assert_int_equal(waiters[i].rc, MIX_RC_CANCELLED);
    }
    assert_int_equal(done.n, 300);
    assert_int_equal(ended.n, 1);
    standin_free(p.server);
}

static void free_ends_calls_streams_and_waiting_threads(void **state) {
    (void)state;
    free_with_everything_in_flight(MIX_ON_OWN_THREAD);
}

static void free_delivers_what_nobody_dispatched(void **state) {
    (void)state;
    free_with_everything_in_flight(MIX_BY_DISPATCH);
}

static void a_client_is_freed_right_after_it_was_made(void **state) {
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct pair p = pair_open((struct mix_options){.debug = MIX_DEBUG_OFF});

        mix_call_async(p.client, MIX_OP_HEALTH, NULL, NULL, NULL, NULL, NULL);
        mix_stream_open(p.client, "x", NULL, NULL, NULL, NULL);
        pair_close(&p);
    }
}

/* ---- several clients ---- */
static void *use_client(void *arg) {
    struct standin *server = arg;

    for (int round = 0; round < 5; round++) {
        struct mix_client *c =
            mix_client_new(&(struct mix_options){.server = standin_url(server)}, NULL);

        for (int i = 0; i < 40; i++) {
            struct session_list *all = NULL;
            struct mix_error err = {.rc = MIX_RC_OK};

            if (mix_sessions_list(c, &(struct sessions_query){0}, &all, NULL, &err) ||
                all->list.n != 3)
                return arg;
            mix_reply_free(all);
            if (mix_system_get_health(c, NULL, NULL, &err) != MIX_RC_PROTO)
                return arg;
            mix_error_clear(&err);
        }
        mix_client_free(c);
    }
    return NULL;
}

static void clients_on_several_threads_do_not_disturb_each_other(void **state) {
    struct standin *server = standin_new();
    pthread_t threads[3];
    void *failed;

    (void)state;
    standin_on(server, "GET", "/api/sessions",
               &(struct answer){.body = "[" SESSION("a") "," SESSION("b") "," SESSION("c") "]"});
    standin_on(server, "GET", "/health", &(struct answer){.body = "{\"status\": oops"});
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, use_client, server);
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    standin_free(server);
}

struct sharing {
    struct mix_client *client;
    enum mix_rc rc;
};

static void *share_client(void *arg) {
    struct sharing *s = arg;

    for (int i = 0; i < 50 && s->rc == MIX_RC_OK; i++)
        s->rc = mix_system_get_health(s->client, NULL, NULL, NULL);
    return NULL;
}

static void one_client_serves_several_threads(void **state) {
    struct pair p = pair_open((struct mix_options){.debug = MIX_DEBUG_OFF});
    struct sharing s[4];
    pthread_t threads[4];

    (void)state;
    standin_on(p.server, "GET", "/health", &(struct answer){.body = "{\"status\":\"ok\"}"});
    for (int i = 0; i < 4; i++) {
        s[i] = (struct sharing){p.client, MIX_RC_OK};
        pthread_create(&threads[i], NULL, share_client, &s[i]);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(s[i].rc, MIX_RC_OK);
    }
    assert_int_equal(standin_count(p.server, "GET", "/health"), 200);
    pair_close(&p);
}

/* ---- callbacks that call back ---- */
struct chain {
    struct mix_client *client;
    struct latch latch;
    enum mix_rc waited; /* what waiting in a callback said */
};

static void on_link_of_chain(void *user, uint32_t id, void *out, const struct mix_error *err) {
    struct chain *c = user;

    (void)id;
    (void)err;
    mix_reply_free(out);
    c->waited = mix_system_get_health(c->client, NULL, NULL, NULL);
    if (latch_value(&c->latch) < 4)
        mix_call_async(c->client, MIX_OP_HEALTH, NULL, NULL, on_link_of_chain, c, NULL);
    latch_raise(&c->latch);
}

static void a_callback_may_call_but_not_wait(void **state) {
    struct pair p = pair_open((struct mix_options){.debug = MIX_DEBUG_OFF});
    struct chain c = {.client = p.client, .latch = LATCH};

    (void)state;
    standin_on(p.server, "GET", "/health", &(struct answer){.body = "{\"status\":\"ok\"}"});
    mix_call_async(p.client, MIX_OP_HEALTH, NULL, NULL, on_link_of_chain, &c, NULL);
    latch_wait(&c.latch, 5);
    pair_close(&p);
    assert_int_equal(c.waited, MIX_RC_USAGE);
    assert_int_equal(c.latch.n, 5);
}

static void a_dispatched_callback_may_also_wait(void **state) {
    struct pair p = pair_open((struct mix_options){.delivery = MIX_BY_DISPATCH});
    struct chain c = {.client = p.client, .latch = LATCH};

    (void)state;
    standin_on(p.server, "GET", "/health", &(struct answer){.body = "{\"status\":\"ok\"}"});
    mix_call_async(p.client, MIX_OP_HEALTH, NULL, NULL, on_link_of_chain, &c, NULL);
    while (latch_value(&c.latch) < 5) {
        struct pollfd fd = {.fd = mix_client_fd(p.client), .events = POLLIN};

        assert_int_equal(poll(&fd, 1, PATIENCE), 1);
        mix_client_dispatch(p.client);
    }
    assert_int_equal(c.waited, MIX_RC_OK);
    pair_close(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(free_ends_calls_streams_and_waiting_threads),
        cmocka_unit_test(free_delivers_what_nobody_dispatched),
        cmocka_unit_test(a_client_is_freed_right_after_it_was_made),
        cmocka_unit_test(clients_on_several_threads_do_not_disturb_each_other),
        cmocka_unit_test(one_client_serves_several_threads),
        cmocka_unit_test(a_callback_may_call_but_not_wait),
        cmocka_unit_test(a_dispatched_callback_may_also_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
