/* client_stream.c - streams: by callback, by waiting, closed at any moment. */
#include "client_help.h"

static const struct step hold[] = {
    {.kind = STEP_SEND, .text = SSE("connected", "{}")}, {.kind = STEP_HOLD}, {.kind = STEP_END}};

static struct pair open_streaming(enum mix_delivery delivery) {
    struct pair p = pair_open((struct mix_options){.delivery = delivery});

    standin_on(p.server, "GET", "/stream", &(struct answer){.steps = hold});
    return p;
}

static void push_words(const struct pair *p, int n) {
    for (int i = 0; i < n; i++) {
        char text[128];

        snprintf(text, sizeof text,
                 "event: tool_execution_start\ndata: {\"toolCallId\":\"t%d\",\"type\":\"x\"}\n\n",
                 i);
        standin_push(p->server, text);
    }
}

/* ---- waited for ---- */
static void events_are_taken_one_by_one_in_order(void **state) {
    struct pair p = open_streaming(MIX_ON_OWN_THREAD);
    struct mix_stream *s = mix_stream_open(p.client, "s", NULL, NULL, NULL, NULL);
    const struct mix_event *e = NULL;
    int next = 0;

    (void)state;
    assert_int_equal(mix_stream_wait(s, PATIENCE, NULL), MIX_RC_OK);
    assert_int_equal(mix_stream_wait(s, 0, NULL), MIX_RC_OK); /* still is */
    push_words(&p, 50);
    while (next < 50) {
        char id[16];

        assert_int_equal(mix_stream_next(s, PATIENCE, &e), MIX_RC_OK);
        if (e->what != MIX_EVENT || e->kind != MIX_EV_EXECUTION_START)
            continue;
        snprintf(id, sizeof id, "t%d", next++);
        assert_string_equal(e->data->tool_call_id, id);
        assert_string_equal(e->name, "tool_execution_start");
        assert_false(e->gap);
    }
    assert_int_equal(mix_stream_next(s, 0, &e), MIX_RC_TIMEOUT);
    assert_null(e);
    assert_int_equal(mix_stream_next(s, 30, &e), MIX_RC_TIMEOUT);
    mix_stream_close(s);
    pair_close(&p);
}

static void a_lost_connection_comes_back_with_a_gap(void **state) {
    struct pair p = open_streaming(MIX_ON_OWN_THREAD);
    struct mix_stream *s = mix_stream_open(p.client, "s", NULL, NULL, NULL, NULL);
    const struct mix_event *e = NULL;
    bool retried = false;

    (void)state;
    assert_int_equal(mix_stream_wait(s, PATIENCE, NULL), MIX_RC_OK);
    standin_drop_all(p.server);
    do {
        assert_int_equal(mix_stream_next(s, PATIENCE, &e), MIX_RC_OK);
        if (e->what == MIX_EVENT_LINK && e->link == MIX_LINK_RETRYING) {
            retried = true;
            assert_non_null(e->err);
            assert_int_equal(e->err->rc, MIX_RC_CONNECT);
        }
    } while (!(retried && e->what == MIX_EVENT_LINK && e->link == MIX_LINK_LIVE));
    assert_true(e->gap);
    mix_stream_close(s);
    pair_close(&p);
}

static void a_session_nobody_knows_ends_the_stream(void **state) {
    struct pair p = pair_open((struct mix_options){.debug = MIX_DEBUG_OFF});
    struct mix_error err = {.rc = MIX_RC_OK};
    struct mix_stream *s = mix_stream_open(p.client, "s", NULL, NULL, NULL, NULL);

    (void)state;
    assert_int_equal(mix_stream_wait(s, PATIENCE, &err), MIX_RC_HTTP);
    assert_int_equal(err.status, 404);
    mix_error_clear(&err);
    mix_stream_close(s);
    mix_stream_close(NULL);
    assert_null(mix_stream_open(p.client, "", NULL, NULL, NULL, &err));
    assert_int_equal(err.rc, MIX_RC_USAGE);
    mix_error_clear(&err);
    pair_close(&p);
}

/* What the stream ends in, NULL when it does not. */
static const struct mix_error *end_of(struct mix_stream *s, int *retries) {
    const struct mix_event *e = NULL;

    *retries = 0;
    while (mix_stream_next(s, PATIENCE, &e) == MIX_RC_OK) {
        if (e->what == MIX_EVENT_END)
            return e->err;
        if (e->what == MIX_EVENT_LINK && e->link == MIX_LINK_RETRYING) {
            assert_in_range(e->wait_ms, 1, 1000);
            ++*retries;
        } else {
            assert_int_equal(e->wait_ms, 0);
        }
    }
    return NULL;
}

static void a_stream_with_a_policy_of_its_own_gives_up(void **state) {
    struct pair p = pair_open((struct mix_options){.debug = MIX_DEBUG_OFF});
    const struct mix_retry policies[] = {{.mode = MIX_RETRY_OFF},
                                         {.attempts = 3, .initial_ms = 10},
                                         {.initial_ms = 300, .elapsed_ms = 400}};
    int retries;

    (void)state;
    standin_on(p.server, "GET", "/stream", &(struct answer){.status = 503});
    for (size_t i = 0; i < 3; i++) {
        const struct mix_call_options o = {.retry = &policies[i]};
        struct mix_stream *s = mix_stream_open(p.client, "s", &o, NULL, NULL, NULL);
        const struct mix_error *err = end_of(s, &retries);

        assert_non_null(err);
        assert_int_equal(err->status, 503);
        assert_int_equal(retries, i == 0 ? 0 : 3 - (int)i);
        mix_stream_close(s);
    }
    pair_close(&p);
}

static void a_stream_has_a_server_and_headers_of_its_own(void **state) {
    struct pair p = open_streaming(MIX_ON_OWN_THREAD);
    struct mix_client *c =
        mix_client_new(&(struct mix_options){.server = "http://127.0.0.1:9"}, NULL);
    const char *headers[] = {"X-Of-This: stream"};
    const struct mix_call_options o = {
        .server = standin_url(p.server), .headers = headers, .n_headers = 1};
    struct mix_stream *s = mix_stream_open(c, "s", &o, NULL, NULL, NULL);

    (void)state;
    assert_int_equal(mix_stream_wait(s, PATIENCE, NULL), MIX_RC_OK);
    assert_non_null(
        strstr(standin_request(p.server, "GET", "/stream", 0)->headers, "X-Of-This: stream"));
    mix_stream_close(s);
    mix_client_free(c);
    pair_close(&p);
}

static void a_silent_stream_is_lost_when_asked_for(void **state) {
    struct pair p = open_streaming(MIX_ON_OWN_THREAD);
    const struct mix_retry never = {.mode = MIX_RETRY_OFF};
    const struct mix_call_options o = {.retry = &never, .idle_timeout_ms = 100},
                                  bad = {.server = "nonsense"};
    struct mix_stream *s = mix_stream_open(p.client, "s", &o, NULL, NULL, NULL);
    int retries;

    (void)state;
    assert_int_equal(end_of(s, &retries)->rc, MIX_RC_TIMEOUT);
    assert_int_equal(standin_count(p.server, "GET", "/stream"), 1);
    mix_stream_close(s);
    s = mix_stream_open(p.client, "s", &bad, NULL, NULL, NULL);
    assert_int_equal(end_of(s, &retries)->rc, MIX_RC_USAGE);
    mix_stream_close(s);
    pair_close(&p);
}

static void what_nobody_takes_is_dropped_with_a_gap(void **state) {
    static char text[300000];
    static struct step flood[] = {{.kind = STEP_SEND, .text = SSE("connected", "{}")},
                                  {.kind = STEP_MANY, .n = 100, .text = text},
                                  {.kind = STEP_HOLD},
                                  {.kind = STEP_END}};
    struct pair p = pair_open((struct mix_options){.debug = MIX_DEBUG_OFF});
    const struct mix_event *e = NULL;
    size_t came = 0;
    bool gap = false;

    (void)state;
    size_t n = (size_t)snprintf(text, sizeof text, "event: content\ndata: {\"content\":\"");

    memset(text + n, 'x', sizeof text - n - 10);
    memcpy(text + sizeof text - 10, "\"}\n\n", 5);
    standin_on(p.server, "GET", "/stream", &(struct answer){.steps = flood});
    struct mix_stream *s = mix_stream_open(p.client, "s", NULL, NULL, NULL, NULL);

    for (int ms = 0; standin_streams(p.server) == 0 && ms < PATIENCE; ms += 20)
        nap(20);
    nap(200);
    standin_push(p.server, SSE("complete", "{\"content\":\"end\"}"));
    while (!gap && mix_stream_next(s, 3000, &e) == MIX_RC_OK) {
        gap |= e->gap && e->what == MIX_EVENT;
        if (e->what == MIX_EVENT && e->kind == MIX_EV_CONTENT)
            came += strlen(e->data->content);
        if (e->what == MIX_EVENT && e->kind == MIX_EV_COMPLETE && !gap)
            standin_push(p.server, SSE("complete", "{\"content\":\"end\"}"));
    }
    assert_true(gap);
    assert_in_range(came, 8 << 20, 18 << 20);
    mix_stream_close(s);
    pair_close(&p);
}

/* ---- by callback ---- */
struct taken {
    struct latch events, ends;
    int close_at, delay_ms;
    bool closed, late; /* an event came behind the close */
};

static void on_event(void *user, struct mix_stream *s, const struct mix_event *e) {
    struct taken *t = user;

    if (e->what == MIX_EVENT_END)
        latch_raise(&t->ends);
    if (e->what != MIX_EVENT || e->kind != MIX_EV_EXECUTION_START)
        return;
    t->late |= t->closed;
    latch_raise(&t->events);
    nap(t->delay_ms);
    if (latch_value(&t->events) == t->close_at) {
        mix_stream_close(s);
        t->closed = true;
    }
}

static void a_callback_closes_its_stream(void **state) {
    struct taken t = {.events = LATCH, .ends = LATCH, .close_at = 3};
    struct pair p = open_streaming(MIX_ON_OWN_THREAD);

    (void)state;
    mix_stream_open(p.client, "s", NULL, on_event, &t, NULL);
    for (int ms = 0; standin_streams(p.server) == 0 && ms < PATIENCE; ms += 5)
        nap(5);
    push_words(&p, 20);
    latch_wait(&t.events, 3);
    for (int ms = 0; standin_connections(p.server) > 0 && ms < PATIENCE; ms += 5)
        nap(5);
    pair_close(&p);
    assert_int_equal(t.events.n, 3);
    assert_int_equal(t.ends.n, 0);
    assert_false(t.late);
}

static void close_waits_for_a_callback_on_another_thread(void **state) {
    (void)state;
    for (int i = 0; i < 10; i++) {
        struct taken *t = calloc(1, sizeof *t);
        struct pair p = open_streaming(MIX_ON_OWN_THREAD);

        *t = (struct taken){.events = LATCH, .ends = LATCH, .delay_ms = 10};
        struct mix_stream *s = mix_stream_open(p.client, "s", NULL, on_event, t, NULL);

        for (int ms = 0; standin_streams(p.server) == 0 && ms < PATIENCE; ms += 5)
            nap(5);
        push_words(&p, 20);
        latch_wait(&t->events, 1);
        mix_stream_close(s);
        free(t); /* nothing touches it any more: the sanitizers would tell */
        pair_close(&p);
    }
}

static void events_are_dispatched_where_the_program_wants(void **state) {
    struct taken t = {.events = LATCH, .ends = LATCH};
    struct pair p = open_streaming(MIX_BY_DISPATCH);
    struct mix_stream *s = mix_stream_open(p.client, "s", NULL, on_event, &t, NULL);
    const struct mix_event *e = NULL;

    (void)state;
    for (int ms = 0; standin_streams(p.server) == 0 && ms < PATIENCE; ms += 5)
        nap(5);
    push_words(&p, 20);
    nap(50);
    assert_int_equal(t.events.n, 0);
    for (int ms = 0; t.events.n < 20 && ms < PATIENCE; ms += 5) {
        mix_client_dispatch(p.client);
        nap(5);
    }
    assert_int_equal(t.events.n, 20);
    assert_int_equal(mix_stream_next(s, 0, &e), MIX_RC_USAGE);
    assert_int_equal(mix_stream_wait(s, 0, NULL), MIX_RC_USAGE);
    mix_stream_close(s);
    pair_close(&p);
    assert_int_equal(t.ends.n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_taken_one_by_one_in_order),
        cmocka_unit_test(a_lost_connection_comes_back_with_a_gap),
        cmocka_unit_test(a_session_nobody_knows_ends_the_stream),
        cmocka_unit_test(a_stream_with_a_policy_of_its_own_gives_up),
        cmocka_unit_test(a_stream_has_a_server_and_headers_of_its_own),
        cmocka_unit_test(a_silent_stream_is_lost_when_asked_for),
        cmocka_unit_test(what_nobody_takes_is_dropped_with_a_gap),
        cmocka_unit_test(a_callback_closes_its_stream),
        cmocka_unit_test(close_waits_for_a_callback_on_another_thread),
        cmocka_unit_test(events_are_dispatched_where_the_program_wants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
