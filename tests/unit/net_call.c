/* Calls: typed answers, what each failure is called, lists that arrive in pieces, cancel,
 * time-outs. */
#include "net_help.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static const char session_json[] =
    "{\"id\":\"s1\",\"title\":\"One\",\"createdAt\":\"2026-02-13T10:00:00Z\",\"userMessageCount\":"
    "0,"
    "\"assistantMessageCount\":0,\"toolCallCount\":0,\"promptTokens\":0,\"completionTokens\":0,"
    "\"cost\":0,\"sessionType\":\"main\",\"browserMode\":\"local-browser-service\"}";

static void call_gets_a_typed_answer(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 100);
    standin_on(b.server, "GET", "/api/sessions/s1", &(struct answer){.body = session_json});
    const uint32_t id = CALL(&b, OP_SESSION_GET, NULL, (struct session_ref){.id = "s1"});
    const struct incoming *in = box_wait(&b, id, IN_REPLY, 0);
    const struct session_data *s = in->out;

    assert_int_equal(in->status, 200);
    assert_int_equal(in->op, OP_SESSION_GET);
    assert_int_equal(in->attempt, 1);
    assert_string_equal(s->title, "One");
    const struct seen_request *r = standin_request(b.server, "GET", "/api/sessions/s1", 0);

    assert_non_null(r);
    assert_non_null(strstr(r->headers, "Accept: application/json"));
    assert_null(strstr(r->headers, "Accept-Encoding"));
    box_close(&b);
}

static void call_writes_body_and_headers(void **state) {
    (void)state;
    static const char *const headers[] = {"X-Key: secret"};
    struct box b = {.server = standin_new()};
    struct err err = {0};
    struct session_create in = {.title = "a \"b\"", .browser_mode = "local-browser-service"};

    assert_int_equal(net_new(&b.net,
                             &(struct net_config){
                                 .url = standin_url(b.server), .headers = headers, .n_headers = 1},
                             &err),
                     RC_OK);
    standin_on(b.server, "POST", "/api/sessions", &(struct answer){.body = session_json});
    const uint32_t id = CALL(&b, OP_SESSION_CREATE, NULL, in);

    box_wait(&b, id, IN_REPLY, 0);
    const struct seen_request *r = standin_request(b.server, "POST", "/api/sessions", 0);

    assert_non_null(r);
    assert_non_null(strstr(r->headers, "X-Key: secret"));
    assert_non_null(strstr(r->headers, "Content-Type: application/json"));
    assert_non_null(strstr(r->body, "\"title\":\"a \\\"b\\\"\""));
    box_close(&b);
}

static void call_without_a_body_sends_none(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 100);
    standin_on(b.server, "POST", "/api/permissions/p1/grant",
               &(struct answer){.body = "{\"status\":\"ok\"}"});
    standin_on(b.server, "DELETE", "/api/sessions/s1", &(struct answer){.status = 204});
    const uint32_t grant = CALL(&b, OP_PERMISSION_GRANT, NULL, (struct session_ref){.id = "p1"});
    const uint32_t gone = CALL(&b, OP_SESSION_DELETE, NULL, (struct session_ref){.id = "s1"});

    box_wait(&b, grant, IN_REPLY, 0);
    assert_int_equal(box_wait(&b, gone, IN_REPLY, 0)->status, 204);
    const struct seen_request *r = standin_request(b.server, "POST", "/api/perm", 0);

    assert_non_null(r);
    assert_non_null(strstr(r->headers, "Content-Length: 0"));
    assert_null(strstr(r->headers, "Content-Type"));
    box_close(&b);
}

static void headers_that_are_none_are_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"no colon, secret", ": secret", "A: b\r\nsecret: x"};

    for (size_t i = 0; i < MIX_COUNT(wrong); i++) {
        struct net *n;
        struct err err = {0};
        const struct net_config c = {.url = "http://x", .headers = wrong + i, .n_headers = 1};

        assert_int_equal(net_new(&n, &c, &err), RC_USAGE);
        assert_null(strstr(err.text, "secret"));
        assert_null(n);
    }
}

/* ---- failures ---- */
static int closed_port(void) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    close(fd);
    return ntohs(at.sin_port);
}

static void no_server_is_said_without_the_password(void **state) {
    (void)state;
    struct box b = {0};
    char url[64], want[96];
    const int port = closed_port();

    snprintf(url, sizeof url, "http://me:secret@127.0.0.1:%d", port);
    snprintf(want, sizeof want, "could not reach http://127.0.0.1:%d: connection refused", port);
    b.net = net_at(url, 1000);
    const uint32_t id = box_call(&b, OP_HEALTH, NULL, 0, NULL);
    const struct incoming *in = box_wait(&b, id, IN_FAIL, 0);

    assert_int_equal(in->err.rc, RC_CONNECT);
    assert_string_equal(in->err.text, want);
    box_close(&b);
}

static void each_failure_has_its_name(void **state) {
    (void)state;
    static const struct {
        struct answer answer;
        enum rc rc;
        int status;
        const char *says;
    } rows[] = {
        {{.status = 404,
          .body = "{\"error\":{\"code\":404,\"message\":\"Session with ID 's1' not "
                  "found\",\"type\":\"not_found\"}}"},
         RC_HTTP,
         404,
         "Session with ID 's1' not found"},
        {{.status = 405, .headers = "Content-Type: text/plain\r\n", .body = "Method Not Allowed\n"},
         RC_HTTP,
         405,
         "Method Not Allowed"},
        {{.status = 400}, RC_HTTP, 400, "400"},
        {{.status = 302, .headers = "Location: https://evil.example/x\r\n"},
         RC_HTTP,
         302,
         "redirects to https://evil.example/x"},
        {{.body = "not json"}, RC_PROTO, 200, NULL},
        {{.body = ""}, RC_PROTO, 200, NULL},
        {{.body = "[1]"}, RC_PROTO, 200, NULL},
        {{.headers = "Content-Type: text/html\r\n", .body = "<html><p>hello"},
         RC_PROTO,
         200,
         "is it a Mix server?"},
        {{.manner = ANSWER_RAW, .body = "SSH-2.0-OpenSSH_9.2\r\n"},
         RC_PROTO,
         0,
         "does not speak HTTP"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;

        box_open(&b, 1000);
        standin_on(b.server, "GET", "/api/sessions/s1", &rows[i].answer);
        const uint32_t id = CALL(&b, OP_SESSION_GET, NULL, (struct session_ref){.id = "s1"});
        const struct incoming *in = box_wait(&b, id, IN_FAIL, 0);

        if (in->err.rc != rows[i].rc || in->status != rows[i].status || !*in->err.text ||
            (rows[i].says && !strstr(in->err.text, rows[i].says)))
            fail_msg("row %zu: %s, status %d: %s", i, rc_text(in->err.rc), in->status,
                     in->err.text);
        assert_int_equal(standin_count(b.server, NULL, "/"), 1);
        box_expect_quiet(&b, 30);
        box_close(&b);
    }
}

static void a_server_without_tls_is_a_tls_failure(void **state) {
    (void)state;
    struct box b = {.server = standin_new()};
    char url[64];

    snprintf(url, sizeof url, "https%s", standin_url(b.server) + strlen("http"));
    b.net = net_at(url, 1000);
    const struct incoming *in = box_wait(&b, box_call(&b, OP_HEALTH, NULL, 0, NULL), IN_FAIL, 0);

    assert_int_equal(in->err.rc, RC_TLS);
    assert_non_null(strstr(in->err.text, url));
    assert_int_equal(in->attempt, 1);
    box_close(&b);
}

static void a_socket_file_is_a_server_too(void **state) {
    (void)state;
    char dir[] = "/tmp/mix_net_unix.XXXXXX", path[64];

    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/s", dir);
    struct box b = {.server = standin_new_unix(path)};

    b.net = net_at(standin_url(b.server), 1000);
    standin_on(b.server, "GET", "/health", &(struct answer){.body = "{\"status\":\"ok\"}"});
    box_wait(&b, box_call(&b, OP_HEALTH, NULL, 0, NULL), IN_REPLY, 0);
    box_close(&b);
    unlink(path);
    rmdir(dir);
}

static void a_redirect_carries_no_header_elsewhere(void **state) {
    (void)state;
    struct box b;
    struct standin *other = standin_new();
    char location[128];

    box_open(&b, 1000);
    snprintf(location, sizeof location, "Location: %s/x\r\n", standin_url(other));
    standin_on(b.server, "GET", "/health", &(struct answer){.status = 307, .headers = location});
    const uint32_t id = box_call(&b, OP_HEALTH, NULL, 0, NULL);

    assert_non_null(strstr(box_wait(&b, id, IN_FAIL, 0)->err.text, standin_url(other)));
    assert_int_equal(standin_count(other, NULL, "/"), 0);
    box_close(&b);
    standin_free(other);
}

static void a_long_error_is_read_only_so_far(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 1000);
    standin_on(b.server, "GET", "/health", &(struct answer){.status = 404, .filler = 50 << 20});
    const uint32_t id = box_call(&b, OP_HEALTH, NULL, 0, NULL);
    const struct incoming *in = box_wait(&b, id, IN_FAIL, 0);

    assert_int_equal(in->err.rc, RC_HTTP);
    assert_int_equal(in->err.detail, 404);
    box_close(&b);
}

static void an_endless_answer_ends_at_the_cap(void **state) {
    (void)state;
    struct box b;
    static char blanks[65536];

    memset(blanks, ' ', sizeof blanks - 1);
    box_open(&b, 1000);
    standin_on(b.server, "GET", "/health",
               &(struct answer){.manner = ANSWER_ENDLESS, .body = blanks});
    const uint32_t id = box_call(&b, OP_HEALTH, NULL, 0, NULL);

    assert_int_equal(box_wait(&b, id, IN_FAIL, 0)->err.rc, RC_LIMIT);
    box_close(&b);
}

static void silence_times_out_unless_it_is_a_synchronous_send(void **state) {
    (void)state;
    struct box b = {.server = standin_new()};
    struct err err;

    assert_int_equal(
        net_new(&b.net, &(struct net_config){.url = standin_url(b.server), .reply_timeout_ms = 150},
                &err),
        RC_OK);
    standin_on(b.server, "GET", "/", &(struct answer){.manner = ANSWER_SILENT});
    standin_on(b.server, "POST", "/",
               &(struct answer){.delay_ms = 500,
                                .body = "{\"status\":\"processing\",\"sessionId\":\"s1\"}"});
    const uint32_t get = box_call(&b, OP_HEALTH, NULL, 0, NULL);
    const uint32_t send =
        CALL(&b, OP_MESSAGE_SEND, NULL, (struct message_send){.id = "s1", .text = "hi"});
    const struct incoming *in = box_wait(&b, get, IN_FAIL, 0);

    assert_int_equal(in->err.rc, RC_TIMEOUT);
    assert_int_equal(box_count(&b, send, IN_REPLY), 0);
    box_wait(&b, send, IN_REPLY, 0);
    assert_int_equal(standin_count(b.server, "GET", "/health"), 1);
    box_close(&b);
}

static void a_slow_answer_is_no_silence(void **state) {
    (void)state;
    struct box b = {.server = standin_new()};
    struct err err;

    assert_int_equal(
        net_new(&b.net, &(struct net_config){.url = standin_url(b.server), .reply_timeout_ms = 200},
                &err),
        RC_OK);
    standin_on(b.server, "GET", "/",
               &(struct answer){.body = session_json, .chunk = 50, .pause_ms = 60});
    const uint32_t id = CALL(&b, OP_SESSION_GET, NULL, (struct session_ref){.id = "s1"});

    box_wait(&b, id, IN_REPLY, 0);
    box_close(&b);
}

/* ---- lists ---- */
enum { ROWS = 3000 };

static char *history(void) {
    struct buf json;

    buf_init(&json, 64 * MIX_MIB);
    (void)buf_adds(&json, "[");
    for (int i = 0; i < ROWS; i++)
        (void)buf_addf(&json,
                       "%s{\"id\":\"m%d\",\"sessionId\":\"s1\",\"role\":\"user\",\"userInput\":\"%"
                       "0200d \\u00e9\"}",
                       i > 0 ? "," : "", i, i);
    (void)buf_adds(&json, "]\n");
    return buf_take(&json);
}

/* The rows of all IN_ITEMS and the IN_REPLY since the last IN_RESTART, checked in order. */
static size_t count_rows(const struct box *b, uint32_t id) {
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++) {
        const struct incoming *in = b->items[i];
        const struct message *m = in->out;
        char want[16];

        if (in->request == id && in->kind == IN_RESTART)
            n = 0;
        if (in->request != id || (in->kind != IN_ITEMS && in->kind != IN_REPLY))
            continue;
        for (size_t k = 0; k < in->n; k++) {
            snprintf(want, sizeof want, "m%zu", n++);
            assert_string_equal(m[k].id, want);
        }
    }
    return n;
}

static void a_list_arrives_in_any_pieces(void **state) {
    (void)state;
    static const size_t chunks[] = {0, 1021, 4096, 65536};
    char *json = history();

    for (size_t i = 0; i < MIX_COUNT(chunks); i++) {
        struct box b;

        box_open(&b, 100);
        standin_on(b.server, "GET", "/api/sessions/s1/messages",
                   &(struct answer){.body = json, .chunk = chunks[i]});
        const uint32_t id = CALL(&b, OP_MESSAGES_LIST, NULL, (struct session_ref){.id = "s1"});

        box_wait(&b, id, IN_REPLY, 0);
        assert_int_equal(count_rows(&b, id), ROWS);
        assert_true(box_count(&b, id, IN_ITEMS) >= 2);
        box_close(&b);
    }
    free(json);
}

static void a_list_cut_short_starts_over(void **state) {
    (void)state;
    struct box b;
    char *json = history();

    box_open(&b, 100);
    standin_on(b.server, "GET", "/api/sessions/s1/messages",
               &(struct answer){.body = json, .cut_after = 600000, .times = 1});
    standin_on(b.server, "GET", "/api/sessions/s1/messages", &(struct answer){.body = json});
    const uint32_t id = CALL(&b, OP_MESSAGES_LIST, NULL, (struct session_ref){.id = "s1"});

    assert_int_equal(box_wait(&b, id, IN_REPLY, 0)->attempt, 2);
    assert_int_equal(box_count(&b, id, IN_RESTART), 1);
    assert_int_equal(count_rows(&b, id), ROWS);
    box_close(&b);
    free(json);
}

static void null_and_empty_lists_are_empty(void **state) {
    (void)state;
    static const char *const bodies[] = {"null\n", "[]", " [ ] "};

    for (size_t i = 0; i < MIX_COUNT(bodies); i++) {
        struct box b;

        box_open(&b, 100);
        standin_on(b.server, "GET", "/api/sessions",
                   &(struct answer){.body = bodies[i], .chunk = 1});
        const uint32_t id = CALL(&b, OP_SESSIONS_LIST, NULL, (struct sessions_query){0});

        assert_int_equal(box_wait(&b, id, IN_REPLY, 0)->n, 0);
        box_close(&b);
    }
}

static void a_burst_of_reads_is_answered_whole(void **state) {
    (void)state;
    struct box b;
    struct err err;
    uint32_t ids[200];

    b = (struct box){.server = standin_new()};
    assert_int_equal(
        net_new(&b.net, &(struct net_config){.url = standin_url(b.server), .reads_at_once = 16},
                &err),
        RC_OK);
    standin_on(b.server, "GET", "/api/sessions/s1",
               &(struct answer){.body = session_json, .delay_ms = 1});
    for (size_t i = 0; i < MIX_COUNT(ids); i++)
        ids[i] = CALL(&b, OP_SESSION_GET, NULL, (struct session_ref){.id = "s1"});
    for (size_t i = 0; i < MIX_COUNT(ids); i++)
        box_wait(&b, ids[i], IN_REPLY, 0);
    assert_true(standin_connections(b.server) <= 20);
    box_close(&b);
}

/* ---- cancel ---- */
static void expect_cancelled(struct box *b, uint32_t id) {
    assert_int_equal(box_wait(b, id, IN_FAIL, 0)->err.rc, RC_CANCELLED);
    box_expect_quiet(b, 30);
    assert_int_equal(box_count(b, id, IN_REPLY) + box_count(b, id, IN_FAIL), 1);
}

static void cancel_ends_a_call_in_any_phase(void **state) {
    (void)state;
    static const struct {
        const char *phase;
        struct answer answer;
        bool deaf;
        enum incoming_kind first; /* seen before the cancel; IN_REPLY: nothing */
    } rows[] = {
        {"queued or connecting", {.body = session_json, .delay_ms = 1000}, true, IN_REPLY},
        {"waiting for the answer", {.manner = ANSWER_SILENT}, false, IN_REPLY},
        {"reading", {.manner = ANSWER_ENDLESS, .body = "[", .pause_ms = 10}, false, IN_REPLY},
        {"waiting for the next attempt",
         {.status = 503, .headers = "Retry-After: 60\r\n"},
         false,
         IN_RETRY},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;

        box_open(&b, 1);
        if (rows[i].deaf)
            standin_deaf(b.server);
        standin_on(b.server, "GET", "/", &rows[i].answer);
        const uint32_t id = CALL(&b, OP_SESSION_GET, NULL, (struct session_ref){.id = "s1"});

        if (rows[i].first == IN_RETRY)
            box_wait(&b, id, IN_RETRY, 0);
        else if (!rows[i].deaf)
            standin_wait(b.server, "GET", "/", 1, PATIENCE);
        box_cancel(&b, id);
        expect_cancelled(&b, id);
        box_close(&b);
    }
}

static void cancel_right_behind_and_of_nothing_is_harmless(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 1);
    standin_on(b.server, "GET", "/", &(struct answer){.manner = ANSWER_SILENT});
    const uint32_t id = CALL(&b, OP_SESSION_GET, NULL, (struct session_ref){.id = "s1"});

    box_cancel(&b, id);
    box_cancel(&b, id);
    box_cancel(&b, 0xfffffff0);
    expect_cancelled(&b, id);
    box_close(&b);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(call_gets_a_typed_answer),
        cmocka_unit_test(call_writes_body_and_headers),
        cmocka_unit_test(call_without_a_body_sends_none),
        cmocka_unit_test(headers_that_are_none_are_refused),
        cmocka_unit_test(no_server_is_said_without_the_password),
        cmocka_unit_test(each_failure_has_its_name),
        cmocka_unit_test(a_server_without_tls_is_a_tls_failure),
        cmocka_unit_test(a_socket_file_is_a_server_too),
        cmocka_unit_test(a_redirect_carries_no_header_elsewhere),
        cmocka_unit_test(a_long_error_is_read_only_so_far),
        cmocka_unit_test(an_endless_answer_ends_at_the_cap),
        cmocka_unit_test(silence_times_out_unless_it_is_a_synchronous_send),
        cmocka_unit_test(a_slow_answer_is_no_silence),
        cmocka_unit_test(a_list_arrives_in_any_pieces),
        cmocka_unit_test(a_list_cut_short_starts_over),
        cmocka_unit_test(null_and_empty_lists_are_empty),
        cmocka_unit_test(a_burst_of_reads_is_answered_whole),
        cmocka_unit_test(cancel_ends_a_call_in_any_phase),
        cmocka_unit_test(cancel_right_behind_and_of_nothing_is_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
