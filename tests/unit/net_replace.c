/* A stream is replaced before the server cuts it: nothing is lost, nothing comes twice. */
#include "net_help.h"

#include <pthread.h>
#include <time.h>

#define HELLO                                                                                      \
    { STEP_SEND, .text = SSE("connected", "{\"sessionId\":\"s1\"}") }
/* Streams are replaced after 900 ms, late after 100 and dead after 166. */
#define SCALE 600
#define BEAT  SSE("heartbeat", "{\"type\":\"ping\"}")
#define HOLD                                                                                       \
    { STEP_HOLD, 0, BEAT }
#define END                                                                                        \
    { STEP_END, 0, NULL }
#define ASYNC_DOC                                                                                  \
    "{\"paths\":{\"/api/sessions/{id}/"                                                            \
    "messages\":{\"post\":{\"responses\":{\"202\":{}}}}},\"x\":\"browserMode max_steps\"}"
#define SYNC_DOC                                                                                   \
    "{\"paths\":{\"/api/sessions/{id}/messages\":{\"post\":{\"responses\":{\"200\":{}}}}}}"

static const struct step hello_and_hold[] = {HELLO, HOLD, END};

static void open_with(struct box *b, const char *doc, double scale) {
    box_open(b, scale);
    standin_on(b->server, "GET", "/doc", &(struct answer){.body = doc});
    const uint32_t id = box_simple(b, REQ_PROBE);

    box_wait(b, id, IN_CAPS, 0);
}

static void sleep_ms(int ms) {
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000L};

    nanosleep(&t, NULL);
}

struct pusher {
    struct standin *server;
    int n;
};

/* Numbers its events, so that a lost or doubled one shows. */
static void *push_all(void *arg) {
    const struct pusher *p = arg;
    char text[160];

    for (int i = 0; i < p->n; i++) {
        snprintf(text, sizeof text,
                 SSE("tool_execution_start", "{\"toolCallId\":\"t%d\",\"progress\":\"x\"}"), i);
        standin_push(p->server, text);
        sleep_ms(1);
    }
    return NULL;
}

static void a_replacement_loses_and_doubles_nothing(void **state) {
    (void)state;
    struct box b;
    struct pusher p = {.n = 2400};
    pthread_t thread;
    int next = 0;

    open_with(&b, ASYNC_DOC, SCALE);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = hello_and_hold});
    const uint32_t id = box_stream(&b, "s1");

    box_link(&b, id, LINK_LIVE, 0);
    for (int i = 0; i < 100 && standin_streams(b.server) < 1; i++)
        sleep_ms(5);
    p.server = b.server;
    assert_int_equal(pthread_create(&thread, NULL, push_all, &p), 0);
    const int64_t until = clock_now() + 3 * PATIENCE;
    size_t looked = 0;

    while (next < p.n && clock_now() < until) {
        box_pump(&b, 20);
        for (; looked < b.n; looked++) {
            if (b.items[looked]->kind == IN_LINK && b.items[looked]->gap)
                fail_msg("a gap after event %d", next);
            if (b.items[looked]->kind != IN_EVENTS)
                continue;
            for (const struct wire_event *e = b.items[looked]->events; e; e = e->next) {
                if (e->kind != EV_EXECUTION_START)
                    continue;
                assert_int_equal(atoll(e->data.tool_call_id + 1), next);
                next++;
            }
        }
    }
    pthread_join(thread, NULL);
    assert_int_equal(next, p.n);
    assert_true(standin_count(b.server, "GET", "/stream") >= 3);
    for (int i = 0; i < 100 && standin_streams(b.server) > 2; i++)
        sleep_ms(5);
    assert_true(standin_streams(b.server) <= 2);
    box_close(&b);
}

/* The server cuts each stream a little after it would be replaced; the model sees one unbroken
 * stream. */
static void the_servers_cut_is_never_felt(void **state) {
    (void)state;
    const int64_t until = clock_now() + PATIENCE;
    static const struct step cut[] = {HELLO, {STEP_WAIT, 1500, BEAT}, {STEP_CLOSE, 0, NULL}};
    struct box b;

    open_with(&b, ASYNC_DOC, SCALE);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = cut});
    const uint32_t id = box_stream(&b, "s1");

    while (standin_count(b.server, "GET", "/stream") < 3 && clock_now() < until)
        box_pump(&b, 20);
    assert_true(clock_now() < until);
    for (size_t i = 0; i < b.n; i++)
        if (b.items[i]->request == id && b.items[i]->kind == IN_LINK)
            assert_true(b.items[i]->link != LINK_RETRYING && !b.items[i]->gap);
    box_close(&b);
}

static void expect_one_stream(const char *doc) {
    struct box b;

    if (doc)
        open_with(&b, doc, SCALE);
    else
        box_open(&b, SCALE);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = hello_and_hold});
    const uint32_t id = box_stream(&b, "s1");

    box_link(&b, id, LINK_LIVE, 0);
    for (const int64_t until = clock_now() + 1200; clock_now() < until;)
        box_pump(&b, 20);
    assert_int_equal(standin_count(b.server, "GET", "/stream"), 1);
    box_close(&b);
}

static void a_synchronous_server_keeps_its_stream(void **state) {
    (void)state;
    expect_one_stream(SYNC_DOC);
}

static void an_unknown_server_keeps_its_stream(void **state) {
    (void)state;
    expect_one_stream(NULL);
}

static void a_second_stream_that_fails_changes_nothing(void **state) {
    (void)state;
    struct box b;

    open_with(&b, ASYNC_DOC, SCALE);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = hello_and_hold, .times = 1});
    standin_on(b.server, "GET", "/stream", &(struct answer){.status = 503});
    const uint32_t id = box_stream(&b, "s1");

    box_link(&b, id, LINK_LIVE, 0);
    assert_true(standin_wait(b.server, "GET", "/stream", 3, PATIENCE) >= 3);
    standin_push(b.server, SSE("content", "{\"content\":\"alive\"}"));
    box_expect_events(&b, id, "content:alive ");
    for (size_t i = 0; i < b.n; i++)
        assert_true(b.items[i]->kind != IN_LINK || b.items[i]->link != LINK_RETRYING);
    box_close(&b);
}

static void wait_streams(struct box *b, int n) {
    for (const int64_t until = clock_now() + PATIENCE; standin_streams(b->server) != n;) {
        assert_true(clock_now() < until);
        sleep_ms(1);
    }
}

static void the_first_may_die_while_the_second_stands(void **state) {
    (void)state;
    struct box b;

    open_with(&b, ASYNC_DOC, SCALE);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = hello_and_hold});
    const uint32_t id = box_stream(&b, "s1");

    box_link(&b, id, LINK_LIVE, 0);
    wait_streams(&b, 1);
    wait_streams(&b, 2);
    standin_push(b.server, SSE("content", "{\"content\":\"a\"}"));
    standin_drop(b.server, 1); /* number 0 was for the probe */
    standin_push(b.server, SSE("complete", "{\"content\":\"b\"}"));
    box_expect_events(&b, id, "content:a complete:b ");
    for (size_t i = 0; i < b.n; i++)
        assert_false(b.items[i]->kind == IN_LINK && b.items[i]->gap);
    box_close(&b);
}

static void cancel_during_a_replacement_closes_both(void **state) {
    (void)state;
    struct box b;

    open_with(&b, ASYNC_DOC, SCALE);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = hello_and_hold});
    const uint32_t id = box_stream(&b, "s1");

    assert_true(standin_wait(b.server, "GET", "/stream", 2, PATIENCE) >= 2);
    box_cancel(&b, id);
    assert_int_equal(box_wait(&b, id, IN_FAIL, 0)->err.rc, RC_CANCELLED);
    for (int i = 0; i < 100 && standin_streams(b.server) > 0; i++)
        sleep_ms(5);
    assert_int_equal(standin_streams(b.server), 0);
    box_expect_quiet(&b, 30);
    box_close(&b);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_replacement_loses_and_doubles_nothing),
        cmocka_unit_test(the_servers_cut_is_never_felt),
        cmocka_unit_test(a_synchronous_server_keeps_its_stream),
        cmocka_unit_test(an_unknown_server_keeps_its_stream),
        cmocka_unit_test(a_second_stream_that_fails_changes_nothing),
        cmocka_unit_test(the_first_may_die_while_the_second_stands),
        cmocka_unit_test(cancel_during_a_replacement_closes_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
