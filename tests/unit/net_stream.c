/* Streams: states, reconnects, refusals, silence, sleep. */
#include "net_help.h"

#include <stdatomic.h>

#define HELLO                                                                                      \
    { STEP_SEND, .text = SSE("connected", "{\"sessionId\":\"s1\"}") }
#define TEXT(t)                                                                                    \
    SSE("content", "{\"type\":\"content\",\"content\":\"" t "\",\"assistantMessageId\":\"m\"}")

static const struct step hello_and_hold[] = {HELLO, {STEP_HOLD, 0, NULL}, {STEP_END, 0, NULL}};

static void serve_streams(struct box *b) {
    standin_on(b->server, "GET", "/stream", &(struct answer){.steps = hello_and_hold});
}

static void wait_streams(struct box *b, int n) {
    for (int i = 0; i < 500 && standin_streams(b->server) != n; i++)
        box_pump(b, 10);
    assert_int_equal(standin_streams(b->server), n);
}

static void a_stream_is_connected_live_and_delivers(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 1);
    serve_streams(&b);
    const uint32_t id = box_stream(&b, "a b");

    box_link(&b, id, LINK_CONNECTING, 0);
    assert_false(box_link(&b, id, LINK_LIVE, 0)->gap);
    wait_streams(&b, 1);
    standin_push(b.server, TEXT("one "));
    standin_push(b.server, TEXT("two"));
    standin_push(b.server,
                 SSE("complete", "{\"type\":\"complete\",\"content\":\"all\",\"done\":true}"));
    struct buf have;

    buf_init(&have, MIX_MIB);
    for (int i = 0; i < 100 && !strstr(buf_str(&have), "complete:all"); i++) {
        box_pump(&b, 20);
        box_events(&b, id, &have);
    }
    assert_non_null(strstr(buf_str(&have), "one "));
    assert_non_null(strstr(buf_str(&have), "two complete:all "));
    buf_fini(&have);
    const struct seen_request *r = standin_request(b.server, "GET", "/stream", 0);

    assert_string_equal(r->target, "/stream?sessionId=a%20b");
    assert_non_null(strstr(r->headers, "Accept: text/event-stream"));
    assert_null(strstr(r->headers, "Accept-Encoding"));
    box_cancel(&b, id);
    assert_int_equal(box_wait(&b, id, IN_FAIL, 0)->err.rc, RC_CANCELLED);
    box_expect_quiet(&b, 30);
    assert_int_equal(standin_streams(b.server), 0);
    box_close(&b);
}

static void deltas_of_one_read_are_joined(void **state) {
    (void)state;
    static const struct step steps[] = {
        HELLO,
        {STEP_SEND, 0,
         TEXT("a") TEXT("b") TEXT("c") SSE("thinking",
                                           "{\"content\":\"t\",\"assistantMessageId\":\"m\"}")
             SSE("thinking", "{\"content\":\"u\",\"assistantMessageId\":\"m\"}")
                 SSE("thinking", "{\"content\":\"v\",\"assistantMessageId\":\"n\"}") SSE(
                     "thinking",
                     "{\"content\":\"w\",\"assistantMessageId\":\"n\",\"parentToolCallId\":\"p\"}")
                     TEXT("d") TEXT("e")},
        {STEP_HOLD, 0, NULL},
        {STEP_END, 0, NULL}};
    struct box b;

    box_open(&b, 1);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = steps});
    const uint32_t id = box_stream(&b, "s1");

    box_expect_events(&b, id, "content:abc thinking:tu thinking:v thinking:w content:de ");
    box_close(&b);
}

/* ---- reconnects ---- */
static void a_lost_stream_comes_back_with_a_gap(void **state) {
    (void)state;
    const struct {
        const char *what;
        struct answer answer;
    } rows[] = {
        {"ended well", {.steps = (const struct step[]){HELLO, {STEP_END, 0, NULL}}, .times = 1}},
        {"closed", {.steps = (const struct step[]){HELLO, {STEP_CLOSE, 0, NULL}}, .times = 1}},
        {"reset", {.steps = (const struct step[]){HELLO, {STEP_RESET, 0, NULL}}, .times = 1}},
        {"in a frame",
         {.steps = (const struct step[]){HELLO,
                                         {STEP_SEND, 0, "event: content\ndata: {\"con"},
                                         {STEP_CLOSE, 0, NULL}},
          .times = 1}},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;

        box_open(&b, 50);
        standin_on(b.server, "GET", "/stream", &rows[i].answer);
        serve_streams(&b);
        const uint32_t id = box_stream(&b, "s1");
        const struct incoming *down = box_link(&b, id, LINK_RETRYING, 0);

        assert_int_equal(down->err.rc, RC_CONNECT);
        assert_true(down->retry_at > down->at && down->retry_at <= down->at + 500 / 50);
        assert_true(box_link(&b, id, LINK_LIVE, 1)->gap);
        assert_false(box_link(&b, id, LINK_LIVE, 0)->gap);
        box_close(&b);
    }
}

static void a_server_in_trouble_is_tried_again(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 50);
    standin_on(b.server, "GET", "/stream",
               &(struct answer){.status = 503, .body = "no", .times = 1});
    standin_on(b.server, "GET", "/stream", &(struct answer){.status = 429, .times = 1});
    standin_on(b.server, "GET", "/stream", &(struct answer){.manner = ANSWER_RESET, .times = 1});
    standin_on(b.server, "GET", "/stream", &(struct answer){.manner = ANSWER_CLOSE, .times = 1});
    standin_on(b.server, "GET", "/stream", &(struct answer){.body = "[]", .times = 1});
    standin_on(b.server, "GET", "/stream",
               &(struct answer){.manner = ANSWER_RAW, .body = "what?\n", .times = 1});
    serve_streams(&b);
    const uint32_t id = box_stream(&b, "s1");
    const struct incoming *live = box_link(&b, id, LINK_LIVE, 0);
    static const enum rc want[] = {RC_HTTP, RC_HTTP, RC_CONNECT, RC_CONNECT, RC_PROTO, RC_PROTO};

    assert_false(live->gap); /* nothing was ever heard before */
    for (size_t i = 0; i < MIX_COUNT(want); i++)
        assert_int_equal(box_link(&b, id, LINK_RETRYING, i)->err.rc, want[i]);
    assert_int_equal(box_link(&b, id, LINK_RETRYING, 5)->attempt, 6);
    box_close(&b);
}

/* Delays grow although each connection says `connected`: it has to stand for a while first. */
static void a_server_that_cuts_at_once_is_not_hammered(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 20);
    standin_on(b.server, "GET", "/stream",
               &(struct answer){.steps = (const struct step[]){HELLO, {STEP_CLOSE, 0, NULL}}});
    const uint32_t id = box_stream(&b, "s1");
    const struct incoming *in = box_link(&b, id, LINK_RETRYING, 4);

    assert_int_equal(in->attempt, 5);
    assert_true(in->retry_at - in->at >= 500 * 5 / 20 * 3 / 4); /* 1.5^4 = 5.06 */
    box_close(&b);
}

static void retry_now_is_now(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 0.01); /* the first delay is 40 s at least */
    standin_on(b.server, "GET", "/stream", &(struct answer){.manner = ANSWER_CLOSE, .times = 1});
    serve_streams(&b);
    const uint32_t id = box_stream(&b, "s1");

    box_link(&b, id, LINK_RETRYING, 0);
    box_simple(&b, REQ_WAKE);
    box_link(&b, id, LINK_LIVE, 0);
    box_simple(&b, REQ_WAKE);
    assert_true(box_link(&b, id, LINK_LIVE, 1)->gap);
    wait_streams(&b, 1);
    box_close(&b);
}

/* ---- refusals ---- */
static void an_unknown_session_is_refused_once(void **state) {
    (void)state;
    const struct {
        struct answer answer;
        int status;
    } rows[] = {
        {{.steps = (const struct step[]){{STEP_SEND, 0,
                                          "id: 1\nevent: error\ndata: {\"error\":\"Invalid session "
                                          "ID: x\"}\nretry: 750\n\n"},
                                         {STEP_END, 0, NULL}}},
         404},
        {{.steps = (const struct step[]){{STEP_SEND, 0,
                                          SSE("error", "{\"error\":\"Invalid session ID: x\"}")},
                                         {STEP_HOLD, 0, NULL},
                                         {STEP_END, 0, NULL}}},
         404},
        {{.status = 404, .body = "404 page not found\n"}, 404},
        {{.status = 400}, 400},
        {{.status = 401, .body = "who are you"}, 401},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;

        box_open(&b, 1000);
        standin_on(b.server, "GET", "/stream", &rows[i].answer);
        const uint32_t id = box_stream(&b, "x");

        assert_int_equal(box_link(&b, id, LINK_REFUSED, 0)->err.rc, RC_HTTP);
        assert_int_equal(box_wait(&b, id, IN_FAIL, 0)->err.detail, rows[i].status);
        box_expect_quiet(&b, 60);
        assert_int_equal(standin_count(b.server, "GET", "/stream"), 1);
        assert_int_equal(box_count(&b, id, IN_EVENTS), 0);
        box_close(&b);
    }
}

static void another_error_first_is_an_event(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 1);
    standin_on(b.server, "GET", "/stream",
               &(struct answer){.steps = (const struct step[]){
                                    {STEP_SEND, 0, SSE("error", "{\"error\":\"overloaded\"}")},
                                    {STEP_HOLD, 0, NULL},
                                    {STEP_END, 0, NULL}}});
    const uint32_t id = box_stream(&b, "x");

    box_expect_events(&b, id, "error: ");
    assert_int_equal(box_count(&b, id, IN_FAIL), 0);
    box_close(&b);
}

static void a_torn_frame_is_dropped_and_told_once(void **state) {
    (void)state;
    static const struct step steps[] = {
        HELLO,
        {STEP_SEND, 0, TEXT("a") SSE("content", "{\"con") SSE("content", "nonsense") TEXT("b")},
        {STEP_HOLD, 0, NULL},
        {STEP_END, 0, NULL}};
    struct box b;
    size_t gaps = 0;

    box_open(&b, 1);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = steps});
    const uint32_t id = box_stream(&b, "x");

    box_expect_events(&b, id, "content:ab ");
    for (size_t i = 0; i < b.n; i++)
        gaps += b.items[i]->kind == IN_LINK && b.items[i]->gap && b.items[i]->link == LINK_LIVE;
    assert_int_equal(gaps, 1);
    assert_int_equal(box_count(&b, id, IN_FAIL), 0);
    box_close(&b);
}

/* ---- silence ---- */
static void silence_is_late_and_a_byte_heals_it(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 100); /* late after 600 ms, dead after 1000 */
    serve_streams(&b);
    const uint32_t id = box_stream(&b, "x");
    const struct incoming *live = box_link(&b, id, LINK_LIVE, 0);
    const struct incoming *late = box_link(&b, id, LINK_LATE, 0);

    assert_in_range(late->at - live->at, 550, 950);
    assert_int_equal(late->last_byte_at, live->last_byte_at);
    standin_push(b.server, SSE("heartbeat", "{\"type\":\"ping\"}"));
    assert_false(box_link(&b, id, LINK_LIVE, 1)->gap);
    assert_int_equal(standin_count(b.server, "GET", "/stream"), 1);
    box_close(&b);
}

static void a_dead_peer_is_left(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 500); /* late after 120 ms, dead after 200 */
    serve_streams(&b);
    const uint32_t id = box_stream(&b, "x");

    box_link(&b, id, LINK_LATE, 0);
    assert_int_equal(box_link(&b, id, LINK_RETRYING, 0)->err.rc, RC_TIMEOUT);
    assert_true(box_link(&b, id, LINK_LIVE, 1)->gap);
    box_close(&b);
}

static void a_server_that_takes_and_says_nothing_is_left_too(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 500);
    standin_on(b.server, "GET", "/stream", &(struct answer){.manner = ANSWER_SILENT});
    const uint32_t id = box_stream(&b, "x");

    assert_int_equal(box_link(&b, id, LINK_RETRYING, 0)->err.rc, RC_TIMEOUT);
    box_close(&b);
}

/* ---- sleep ---- */
static atomic_llong slept;

static int64_t boot_clock(void) { return clock_now() + atomic_load(&slept); }

static void a_suspend_makes_all_streams_reconnect(void **state) {
    (void)state;
    const struct net_clock real = net_clock;
    struct box b;

    net_clock.boot = boot_clock;
    atomic_store(&slept, 0);
    box_open(&b, 1);
    serve_streams(&b);
    const uint32_t one = box_stream(&b, "x"), two = box_stream(&b, "y");

    box_link(&b, one, LINK_LIVE, 0);
    box_link(&b, two, LINK_LIVE, 0);
    atomic_store(&slept, 4000); /* a clock that was only corrected */
    box_cancel(&b, 0xfffffff0);
    box_expect_quiet(&b, 50);
    atomic_store(&slept, 3600 * 1000);
    box_cancel(&b, 0xfffffff0); /* something that wakes the worker */
    box_link(&b, one, LINK_LATE, 0);
    box_link(&b, two, LINK_LATE, 0);
    assert_true(box_link(&b, one, LINK_LIVE, 1)->gap);
    assert_true(box_link(&b, two, LINK_LIVE, 1)->gap);
    assert_int_equal(standin_count(b.server, "GET", "/stream"), 4);
    box_close(&b);
    net_clock = real;
}

/* A synchronous server cancels the turn of a lost connection, and a short sleep need not lose it.
 */
static void a_suspend_keeps_the_stream_of_a_synchronous_server(void **state) {
    (void)state;
    const struct net_clock real = net_clock;
    struct box b;

    net_clock.boot = boot_clock;
    atomic_store(&slept, 0);
    box_open(&b, 100);
    standin_on(b.server, "GET", "/doc",
               &(struct answer){.body = "{\"paths\":{\"/api/sessions/{id}/"
                                        "messages\":{\"post\":{\"responses\":{\"200\":{}}}}}}"});
    serve_streams(&b);
    const uint32_t probe = box_simple(&b, REQ_PROBE);

    assert_true(box_wait(&b, probe, IN_CAPS, 0)->caps.sync_send);
    const uint32_t id = box_stream(&b, "x");

    box_link(&b, id, LINK_LIVE, 0);
    wait_streams(&b, 1);
    atomic_store(&slept, 60000);
    box_cancel(&b, 0xfffffff0);
    box_link(&b, id, LINK_LATE, 0);
    standin_push(b.server, TEXT("still here"));
    assert_false(box_link(&b, id, LINK_LIVE, 1)->gap);
    assert_int_equal(standin_count(b.server, "GET", "/stream"), 1);
    box_close(&b);
    net_clock = real;
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_is_connected_live_and_delivers),
        cmocka_unit_test(deltas_of_one_read_are_joined),
        cmocka_unit_test(a_lost_stream_comes_back_with_a_gap),
        cmocka_unit_test(a_server_in_trouble_is_tried_again),
        cmocka_unit_test(a_server_that_cuts_at_once_is_not_hammered),
        cmocka_unit_test(retry_now_is_now),
        cmocka_unit_test(an_unknown_session_is_refused_once),
        cmocka_unit_test(another_error_first_is_an_event),
        cmocka_unit_test(a_torn_frame_is_dropped_and_told_once),
        cmocka_unit_test(silence_is_late_and_a_byte_heals_it),
        cmocka_unit_test(a_dead_peer_is_left),
        cmocka_unit_test(a_server_that_takes_and_says_nothing_is_left_too),
        cmocka_unit_test(a_suspend_makes_all_streams_reconnect),
        cmocka_unit_test(a_suspend_keeps_the_stream_of_a_synchronous_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
