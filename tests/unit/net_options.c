/* What a single call may have otherwise: server, headers, body, time-outs, retries, an answer as it
 * is; and what a failure says. */
#include "net_help.h"

#include <unistd.h>

static const char healthy[] = "{\"status\":\"healthy\"}";

static void a_call_may_go_elsewhere_without_what_is_meant_for_the_worker(void **state) {
    (void)state;
    static const char *const headers[] = {"Authorization: Bearer secret"};
    static const char *const own[] = {"X-Mine: yes"};
    struct box b = {.server = standin_new()};
    struct standin *other = standin_new();
    struct err err;
    char url[96];

    standin_on(b.server, "GET", "/", &(struct answer){.body = healthy});
    standin_on(other, "GET", "/", &(struct answer){.body = healthy});
    assert_int_equal(net_new(&b.net,
                             &(struct net_config){
                                 .url = standin_url(b.server), .headers = headers, .n_headers = 1},
                             &err),
                     RC_OK);
    snprintf(url, sizeof url, "%s/base", standin_url(other));
    const struct call_options there = {.server = url, .headers = own, .n_headers = 1};

    box_wait(&b, box_call_with(&b, OP_HEALTH, NULL, &there), IN_REPLY, 0);
    const char *sent = standin_request(other, "GET", "/base/health", 0)->headers;

    assert_null(strstr(sent, "secret"));
    assert_non_null(strstr(sent, "X-Mine: yes"));
    /* The same server under another path is no other server. */
    snprintf(url, sizeof url, "%s/base", standin_url(b.server));
    box_wait(&b, box_call_with(&b, OP_HEALTH, NULL, &there), IN_REPLY, 0);
    assert_non_null(
        strstr(standin_request(b.server, "GET", "/base/health", 0)->headers, "Bearer secret"));
    box_close(&b);
    standin_free(other);
}

static void headers_of_a_call_replace_equally_named_ones(void **state) {
    (void)state;
    static const char *const headers[] = {"X-Key: of the worker", "X-Other: stays"};
    static const char *const own[] = {"x-key: of the call", "Content-Type: text/x"};
    struct box b = {.server = standin_new()};
    struct err err;

    standin_on(b.server, "POST", "/", &(struct answer){.body = "{\"status\":\"processing\"}"});
    assert_int_equal(net_new(&b.net,
                             &(struct net_config){
                                 .url = standin_url(b.server), .headers = headers, .n_headers = 2},
                             &err),
                     RC_OK);
    const struct call_options o = {.headers = own, .n_headers = 2};
    const struct message_send in = {.id = "s1", .text = "hi"};

    box_wait(&b, box_call_with(&b, OP_MESSAGE_SEND, &in, &o), IN_REPLY, 0);
    const char *sent = standin_request(b.server, "POST", "/", 0)->headers;

    assert_null(strstr(sent, "of the worker"));
    assert_non_null(strstr(sent, "x-key: of the call\r\n"));
    assert_non_null(strstr(sent, "X-Other: stays\r\n"));
    assert_non_null(strstr(sent, "Content-Type: text/x\r\n"));
    assert_null(strstr(sent, "application/json\r\nX"));
    box_close(&b);
}

static void a_body_is_sent_as_it_is(void **state) {
    (void)state;
    static const char body[] = " {\"title\": \"x\",\n \"other\":\0 1} ";
    struct box b;
    const struct call_options o = {.body = body, .body_len = sizeof body - 1};
    const struct call_options empty = {.body = "", .body_len = 0, .answer = REPLY_AS_IT_IS};
    const struct session_ref in = {.id = "s1"};

    box_open(&b, 1000);
    standin_on(b.server, "POST", "/", &(struct answer){.body = "{\"status\":\"processing\"}"});
    const uint32_t id = box_call_with(&b, OP_MESSAGE_SEND,
                                      &(struct message_send){.id = "s1", .text = "not this"}, &o);

    box_wait(&b, id, IN_REPLY, 0);
    const struct seen_request *r = standin_request(b.server, "POST", "/", 0);

    assert_int_equal(r->body_len, sizeof body - 1);
    assert_memory_equal(r->body, body, sizeof body - 1);
    assert_non_null(strstr(r->headers, "Content-Type: application/json"));
    box_wait(&b, box_call_with(&b, OP_SESSION_CREATE, NULL, &empty), IN_REPLY, 0);
    assert_int_equal(standin_request(b.server, "POST", "/api/sessions", 1)->body_len, 0);
    /* What has no body gets none. */
    const struct incoming *none =
        box_wait(&b, box_call_with(&b, OP_SESSION_GET, &in, &o), IN_FAIL, 0);

    assert_int_equal(none->err.rc, RC_USAGE);
    assert_string_equal(none->err.text, "session-get takes no body");
    box_close(&b);
}

static void wrong_options_are_usage(void **state) {
    (void)state;
    static const char *const bad_header[] = {"A: secret\r\nB: c"};
    const struct call_options rows[] = {
        {.headers = bad_header, .n_headers = 1},
        {.server = "ftp://x"},
        {.server = "http://x?secret=1"},
        {.target = "health"},
        {.target = "/a b"},
        {.target = "/a\r\nX: y"},
    };
    struct box b;

    box_open(&b, 1000);
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        const struct incoming *in =
            box_wait(&b, box_call_with(&b, OP_HEALTH, NULL, &rows[i]), IN_FAIL, 0);

        assert_int_equal(in->err.rc, RC_USAGE);
        assert_null(strstr(in->err.text, "secret"));
    }
    /* A stream is called as it is or not at all. */
    assert_int_equal(box_wait(&b, box_call_with(&b, OP_STREAM, NULL, NULL), IN_FAIL, 0)->err.rc,
                     RC_USAGE);
    assert_int_equal(standin_count(b.server, NULL, ""), 0);
    box_close(&b);
}

static void a_call_has_time_outs_and_retries_of_its_own(void **state) {
    (void)state;
    struct box b;
    const struct retry_policy once = {.mode = RETRY_OFF}, twice = {.attempts = 2};
    const struct call_options off = {.retry = &once}, two = {.retry = &twice},
                              idle = {.idle_timeout_ms = 150}, total = {.total_timeout_ms = 150};

    box_open(&b, 1000);
    standin_on(b.server, "GET", "/health", &(struct answer){.status = 503});
    standin_on(b.server, "GET", "/", &(struct answer){.manner = ANSWER_SILENT});
    assert_int_equal(box_wait(&b, box_call_with(&b, OP_HEALTH, NULL, &off), IN_FAIL, 0)->attempt,
                     1);
    assert_int_equal(box_wait(&b, box_call_with(&b, OP_HEALTH, NULL, &two), IN_FAIL, 0)->attempt,
                     2);
    const struct incoming *in =
        box_wait(&b, box_call_with(&b, OP_AUTH_STATUS, NULL, &idle), IN_FAIL, 0);

    assert_int_equal(in->err.rc, RC_TIMEOUT);
    assert_non_null(strstr(in->err.text, "within 0.15 s"));
    in = box_wait(&b, box_call_with(&b, OP_AUTH_STATUS, NULL, &total), IN_FAIL, 0);
    assert_int_equal(in->err.rc, RC_TIMEOUT);
    /* Asked for in so many words, silence counts for a download too. */
    const struct file_ref file = {.id = "s1", .name = "a"};

    in = box_wait(&b, box_call_with(&b, OP_FILE_GET, &file, &idle), IN_FAIL, 0);
    assert_int_equal(in->err.rc, RC_TIMEOUT);
    box_close(&b);
}

static void headers_come_when_asked_for(void **state) {
    (void)state;
    struct box b;
    const struct call_options o = {.want_headers = true};
    static const struct answer rows[] = {{.body = healthy, .headers = "X-One: 1\r\nX-Two:  2\r\n"},
                                         {.status = 400, .headers = "X-One: 1\r\nX-Two:  2\r\n"}};

    box_open(&b, 1000);
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        bool one = false, two = false;

        standin_clear(b.server);
        standin_on(b.server, "GET", "/", &rows[i]);
        const struct incoming *in =
            box_wait(&b, box_call_with(&b, OP_HEALTH, NULL, &o), i == 0 ? IN_REPLY : IN_FAIL, 0);

        for (size_t k = 0; k < in->headers.n; k++) {
            one |= str_eq(in->headers.items[k], "X-One: 1");
            two |= str_eq(in->headers.items[k], "X-Two: 2");
        }
        assert_true(one && two);
        assert_int_equal(
            box_wait(&b, box_call(&b, OP_HEALTH, NULL, 0, NULL), i == 0 ? IN_REPLY : IN_FAIL, 0)
                ->headers.n,
            0);
    }
    box_close(&b);
}

static void a_stream_takes_options_too(void **state) {
    (void)state;
    static const struct step steps[] = {
        {STEP_SEND, .text = SSE("connected", "{}")}, {.kind = STEP_HOLD}, {.kind = STEP_END}};
    static const char *const own[] = {"X-Mine: yes"};
    static const struct stream_query in = {.session_id = "s1"};
    struct box b;
    struct standin *other = standin_new();
    const struct call_options o = {.server = standin_url(other), .headers = own, .n_headers = 1};
    struct request *r = request_new(REQ_STREAM, OP_STREAM);
    const uint32_t id = r->id;

    box_open(&b, 1);
    standin_on(other, "GET", "/stream", &(struct answer){.steps = steps});
    r->in = &in;
    r->options = &o;
    box_send(&b, r);
    box_link(&b, id, LINK_LIVE, 0);
    assert_non_null(
        strstr(standin_request(other, "GET", "/stream", 0)->headers, "X-Mine: yes\r\n"));
    box_close(&b);
    standin_free(other);
}

/* ---- answers as they are ---- */
static const struct call_options as_it_is = {.answer = REPLY_AS_IT_IS};

static void an_answer_comes_as_it_is_in_order(void **state) {
    (void)state;
    static const struct {
        enum op op;
        struct answer answer;
    } rows[] = {
        {OP_HEALTH, {.body = "not json at all"}},
        {OP_HEALTH, {.body = "abcdefghijklmnopqrstuvwxyz", .chunk = 5, .pause_ms = 5}},
        {OP_SESSIONS_LIST, {.body = "[ 1, 2 ]"}},
        {OP_DOC, {.body = "openapi"}},
        {OP_HEALTH, {.body = ""}},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;
        struct buf have;

        box_open(&b, 1000);
        buf_init(&have, MIX_MIB);
        standin_on(b.server, "GET", "/", &rows[i].answer);
        const uint32_t id = box_call_with(&b, rows[i].op, NULL, &as_it_is);
        const struct incoming *in = box_wait(&b, id, IN_REPLY, 0);

        box_bytes(&b, id, &have);
        assert_string_equal(buf_str(&have), rows[i].answer.body);
        assert_int_equal(in->done, strlen(rows[i].answer.body));
        assert_null(in->out);
        buf_fini(&have);
        box_close(&b);
    }
}

/* 200 MB where two kilobytes are expected. */
static void a_flood_ends_at_the_cap_of_its_row(void **state) {
    (void)state;
    const struct call_options *const rows[] = {NULL, &as_it_is};

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;

        box_open(&b, 1000);
        standin_on(b.server, "GET", "/health", &(struct answer){.filler = 200 << 20});
        const uint32_t id = box_call_with(&b, OP_HEALTH, NULL, rows[i]);
        const struct incoming *in = box_wait(&b, id, IN_FAIL, 0);
        size_t came = 0;

        assert_int_equal(in->err.rc, RC_LIMIT);
        assert_string_equal(in->err.text, "health: the answer is larger than 16 MiB");
        for (size_t k = 0; k < b.n; k++)
            came += b.items[k]->kind == IN_BYTES ? b.items[k]->n : 0;
        assert_in_range(came, 0, 16 << 20);
        box_close(&b);
    }
}

/* Main does not look for a while: the server is made to wait, nothing is lost. */
static void a_large_file_streams_past_the_limit_of_memory(void **state) {
    (void)state;
    enum { BYTES = 100 << 20 };
    struct box b;
    const struct file_ref file = {.id = "s1", .name = "a"};
    size_t came = 0;
    bool over = false;

    box_open(&b, 1000);
    standin_on(b.server, "GET", "/", &(struct answer){.filler = BYTES});
    const uint32_t id = box_call_with(&b, OP_FILE_GET, &file, &as_it_is);

    standin_wait(b.server, "GET", "/", 1, PATIENCE);
    usleep(200000);
    while (!over) {
        box_pump(&b, 1000);
        for (size_t i = 0; i < b.n; i++) {
            came += b.items[i]->kind == IN_BYTES ? b.items[i]->n : 0;
            over |= b.items[i]->request == id && b.items[i]->kind == IN_REPLY;
            assert_int_not_equal(b.items[i]->kind, IN_FAIL);
            incoming_free(b.items[i]);
        }
        b.n = 0;
    }
    assert_int_equal(came, BYTES);
    box_close(&b);
}

static void what_was_passed_on_is_not_asked_for_again(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 1000);
    standin_on(b.server, "GET", "/health",
               &(struct answer){.body = "0123456789", .cut_after = 5, .chunk = 5});
    uint32_t id = box_call_with(&b, OP_HEALTH, NULL, &as_it_is);

    assert_int_equal(box_wait(&b, id, IN_FAIL, 0)->attempt, 1);
    /* Nothing came yet: tried again as ever. */
    standin_clear(b.server);
    standin_on(b.server, "GET", "/health", &(struct answer){.status = 503, .times = 1});
    standin_on(b.server, "GET", "/health", &(struct answer){.body = "x"});
    id = box_call_with(&b, OP_HEALTH, NULL, &as_it_is);
    assert_int_equal(box_wait(&b, id, IN_REPLY, 0)->attempt, 2);
    box_close(&b);
}

static void a_stream_can_be_had_as_it_is_until_it_is_cancelled(void **state) {
    (void)state;
    static const struct step steps[] = {
        {STEP_SEND, .text = SSE("connected", "{}")}, {.kind = STEP_HOLD}, {.kind = STEP_END}};
    struct box b;
    struct buf have;
    const struct stream_query in = {.session_id = "s1"};

    box_open(&b, 1000);
    buf_init(&have, MIX_MIB);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = steps});
    const uint32_t id = box_call_with(&b, OP_STREAM, &in, &as_it_is);

    box_wait(&b, id, IN_BYTES, 0);
    box_bytes(&b, id, &have);
    assert_string_equal(buf_str(&have), SSE("connected", "{}"));
    assert_non_null(strstr(standin_request(b.server, "GET", "/stream", 0)->headers,
                           "Accept: text/event-stream"));
    box_cancel(&b, id);
    assert_int_equal(box_wait(&b, id, IN_FAIL, 0)->err.rc, RC_CANCELLED);
    buf_fini(&have);
    box_close(&b);
}

/* ---- faults ---- */
static void a_fault_says_what_the_server_said_and_where(void **state) {
    (void)state;
    static const struct {
        struct answer answer;
        enum rc rc;
        const char *type, *message, *where;
        bool retryable;
    } rows[] = {
        {{.status = 404,
          .body = "{\"error\":{\"code\":404,\"message\":\"Session with ID 's1' not "
                  "found\",\"type\":\"not_found\"}}"},
         RC_HTTP,
         "not_found",
         "Session with ID 's1' not found",
         NULL,
         false},
        {{.status = 400,
          .body = "{\"error\":{\"code\":400,\"type\":\"INVALID_JSON\",\"message\":\"no\"}}"},
         RC_HTTP,
         "INVALID_JSON",
         "no",
         NULL,
         false},
        {{.status = 404, .headers = "Content-Type: text/plain\r\n", .body = "404 page not found\n"},
         RC_HTTP,
         NULL,
         "404 page not found",
         NULL,
         false},
        {{.status = 502,
          .headers = "Content-Type: text/html\r\n",
          .body = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"},
         RC_HTTP,
         NULL,
         "502 Bad Gateway",
         NULL,
         true},
        {{.status = 400}, RC_HTTP, NULL, NULL, NULL, false},
        {{.body = "[{\"id\":\"a\",\"createdAt\":\"2026-02-13T10:00:00Z\",\"title\":\"t\","
                  "\"userMessageCount\":0,\"assistantMessageCount\":0,\"toolCallCount\":0,"
                  "\"promptTokens\":0,\"completionTokens\":0,\"cost\":0},{\"id\":7}]"},
         RC_PROTO,
         NULL,
         NULL,
         "[1].id",
         false},
        {{.body = "[{\"id\":\"a\" oops}]"}, RC_PROTO, NULL, NULL, "[0]", false},
        {{.manner = ANSWER_CLOSE}, RC_CONNECT, NULL, NULL, NULL, true},
    };
    const struct retry_policy off = {.mode = RETRY_OFF};
    const struct call_options o = {.retry = &off};

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;
        const struct sessions_query in = {0};

        box_open(&b, 1000);
        standin_on(b.server, "GET", "/", &rows[i].answer);
        const struct incoming *got =
            box_wait(&b, box_call_with(&b, OP_SESSIONS_LIST, &in, &o), IN_FAIL, 0);
        const struct fault *f = got->fault;

        assert_non_null(f);
        if (f->rc != rows[i].rc || !str_eq(f->type, rows[i].type) ||
            !str_eq(f->message, rows[i].message) || !str_eq(f->where, rows[i].where) ||
            f->retryable != rows[i].retryable || f->status != got->status ||
            f->op != OP_SESSIONS_LIST || f->attempt != 1)
            fail_msg("row %zu: %s, %s, %s, %s, %d", i, rc_text(f->rc), f->type, f->message,
                     f->where, f->retryable);
        assert_true(str_eq(f->body, rows[i].answer.body));
        assert_int_equal(f->body_len, f->body ? strlen(f->body) : 0);
        box_close(&b);
    }
}

static void a_fault_keeps_so_much_of_a_body(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 1000);
    standin_on(b.server, "GET", "/", &(struct answer){.status = 503, .filler = 1 << 20});
    const uint32_t id = box_call(&b, OP_HEALTH, NULL, 0, NULL);
    const struct fault *retry = box_wait(&b, id, IN_RETRY, 0)->fault;
    const struct fault *fail = box_wait(&b, id, IN_FAIL, 0)->fault;

    assert_int_equal(retry->body_len, 64 << 10);
    assert_int_equal(fail->body_len, 64 << 10);
    assert_int_equal(fail->attempt, 5);
    assert_true(retry->retryable && fail->retryable);
    box_close(&b);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_may_go_elsewhere_without_what_is_meant_for_the_worker),
        cmocka_unit_test(headers_of_a_call_replace_equally_named_ones),
        cmocka_unit_test(a_body_is_sent_as_it_is),
        cmocka_unit_test(wrong_options_are_usage),
        cmocka_unit_test(a_call_has_time_outs_and_retries_of_its_own),
        cmocka_unit_test(headers_come_when_asked_for),
        cmocka_unit_test(a_stream_takes_options_too),
        cmocka_unit_test(an_answer_comes_as_it_is_in_order),
        cmocka_unit_test(a_flood_ends_at_the_cap_of_its_row),
        cmocka_unit_test(a_large_file_streams_past_the_limit_of_memory),
        cmocka_unit_test(what_was_passed_on_is_not_asked_for_again),
        cmocka_unit_test(a_stream_can_be_had_as_it_is_until_it_is_cancelled),
        cmocka_unit_test(a_fault_says_what_the_server_said_and_where),
        cmocka_unit_test(a_fault_keeps_so_much_of_a_body),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
