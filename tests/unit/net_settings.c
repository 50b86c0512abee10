/* What a worker is set to: what is refused at once, and what comes of the rest. */
#include "net_help.h"

#include <unistd.h>

static const char healthy[] = "{\"status\":\"healthy\"}";

static struct net *net_with(const struct net_config *c) {
    struct err err = {0};
    struct net *n = NULL;

    if (net_new(&n, c, &err) != RC_OK)
        fail_msg("%s", err.text);
    return n;
}

static void wrong_settings_are_named_without_what_they_hold(void **state) {
    (void)state;
    static char long_header[(64 << 10) + 32] = "X-Key: ";
    static const char *const headers[] = {"no colon secret",   ": secret",
                                          "A: b\r\nsecret: x", "A: secret\n",
                                          "A: \x01secret",     "A: secret\x7f",
                                          "A b: secret",       "A\t: secret",
                                          "Content-Length: 5", "transfer-encoding: chunked",
                                          long_header};
    static const char *const proxies[] = {"ftp://me:secret@p:1", "http://me:secret@p:1 x",
                                          "http://me:secret@", "http://me:secret@p:99999999",
                                          "\x01secret"};

    memset(long_header + strlen(long_header), 'x', sizeof long_header - 8);
    long_header[sizeof long_header - 1] = '\0';
    for (size_t i = 0; i < MIX_COUNT(headers) + MIX_COUNT(proxies); i++) {
        const bool header = i < MIX_COUNT(headers);
        struct net_config c = {.url = "http://x"};
        struct net *n;
        struct err err = {0};

        if (header) {
            c.headers = headers + i;
            c.n_headers = 1;
        } else {
            c.proxy = proxies[i - MIX_COUNT(headers)];
        }
        if (net_new(&n, &c, &err) != RC_USAGE || n || strstr(err.text, "secret") ||
            !strstr(err.text, header ? "header 1" : "proxy"))
            fail_msg("row %zu: %s", i, err.text);
    }
}

static void files_that_cannot_be_read_are_named(void **state) {
    (void)state;
    char empty[] = "/tmp/mix_net_empty.XXXXXX";
    const struct {
        struct net_config config;
        enum rc rc;
        const char *says;
    } rows[] = {
        {{.ca_file = "/nowhere/ca.pem"},
         RC_IO,
         "No such file or directory (could not read the CA file /nowhere/ca.pem)"},
        {{.client_cert = "/nowhere/c.pem"},
         RC_IO,
         "No such file or directory (could not read the client certificate /nowhere/c.pem)"},
        {{.client_cert = "/etc/passwd", .client_key = "/nowhere/k.pem"},
         RC_IO,
         "No such file or directory (could not read the client key /nowhere/k.pem)"},
        {{.client_cert = "/tmp"},
         RC_IO,
         "Is a directory (could not read the client certificate /tmp)"},
        {{.ca_file = empty}, RC_IO, "empty (could not read the CA file "},
        {{.client_key = "/etc/passwd"}, RC_USAGE, "a client key needs a client certificate"},
    };

    close(mkstemp(empty));
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct net_config c = rows[i].config;
        struct net *n;
        struct err err = {0};

        c.url = "https://x";
        if (net_new(&n, &c, &err) != rows[i].rc || n || !strstr(err.text, rows[i].says))
            fail_msg("row %zu: %s", i, err.text);
    }
    unlink(empty);
}

static void a_file_that_is_no_certificate_is_a_tls_failure(void **state) {
    (void)state;
    const struct net_config rows[] = {{.ca_file = "/etc/passwd"}, {.client_cert = "/etc/passwd"}};

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b = {.server = standin_new()};
        struct net_config c = rows[i];
        char url[64];

        snprintf(url, sizeof url, "https%s", standin_url(b.server) + strlen("http"));
        c.url = url;
        b.net = net_with(&c);
        const struct incoming *in =
            box_wait(&b, box_call(&b, OP_HEALTH, NULL, 0, NULL), IN_FAIL, 0);

        assert_int_equal(in->err.rc, RC_TLS);
        assert_int_equal(in->fault->rc, RC_TLS);
        assert_false(in->fault->retryable);
        box_close(&b);
    }
}

static void a_proxy_is_used_unless_it_is_none(void **state) {
    (void)state;
    struct standin *proxy = standin_new();
    char url[128];
    const struct {
        const char *proxy;
        bool env, through;
    } rows[] = {{url, false, true}, {NULL, true, true}, {"", true, false}, {NULL, false, false}};

    snprintf(url, sizeof url, "http://me:secret@%s", standin_url(proxy) + strlen("http://"));
    standin_on(proxy, "GET", "http://127.0.0.1:", &(struct answer){.body = healthy});
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b = {.server = standin_new()};
        const int before = standin_count(proxy, NULL, "");

        standin_on(b.server, "GET", "/health", &(struct answer){.body = healthy});
        if (rows[i].env)
            setenv("http_proxy", url, 1);
        else
            unsetenv("http_proxy");
        b.net =
            net_with(&(struct net_config){.url = standin_url(b.server), .proxy = rows[i].proxy});
        box_wait(&b, box_call(&b, OP_HEALTH, NULL, 0, NULL), IN_REPLY, 0);
        assert_int_equal(standin_count(proxy, NULL, "") - before, rows[i].through);
        assert_int_equal(standin_count(b.server, NULL, ""), !rows[i].through);
        box_close(&b);
    }
    unsetenv("http_proxy");
    assert_non_null(strstr(standin_request(proxy, "GET", "", 0)->headers,
                           "Proxy-Authorization: Basic bWU6c2VjcmV0"));
    standin_free(proxy);
}

static void headers_win_over_the_usual_ones(void **state) {
    (void)state;
    static const char *const headers[] = {"accept: application/x-mine", "User-Agent: me",
                                          "X-Empty:", "X-Tab: a\tb"};
    struct box b = {.server = standin_new()};

    standin_on(b.server, "GET", "/health", &(struct answer){.body = healthy});
    b.net = net_with(&(struct net_config){
        .url = standin_url(b.server), .headers = headers, .n_headers = MIX_COUNT(headers)});
    box_wait(&b, box_call(&b, OP_HEALTH, NULL, 0, NULL), IN_REPLY, 0);
    const char *sent = standin_request(b.server, "GET", "/health", 0)->headers;

    assert_non_null(strstr(sent, "accept: application/x-mine\r\n"));
    assert_null(strstr(sent, "Accept:"));
    assert_non_null(strstr(sent, "User-Agent: me\r\n"));
    assert_null(strstr(sent, "mixtui/"));
    assert_non_null(strstr(sent, "X-Empty:\r\n"));
    assert_non_null(strstr(sent, "X-Tab: a\tb\r\n"));
    box_close(&b);
}

/* ---- time-outs ---- */
static const struct answer dripping = {.manner = ANSWER_ENDLESS, .body = " ", .pause_ms = 20};

static void the_total_time_out_is_length_over_all_attempts(void **state) {
    (void)state;
    const struct answer rows[] = {
        dripping, {.status = 503, .headers = "Retry-After: 1\r\n"}, {.manner = ANSWER_SILENT}};

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b = {.server = standin_new()};

        standin_on(b.server, "GET", "/health", &rows[i]);
        b.net =
            net_with(&(struct net_config){.url = standin_url(b.server), .total_timeout_ms = 300});
        const int64_t from = clock_now();
        const struct incoming *in =
            box_wait(&b, box_call(&b, OP_HEALTH, NULL, 0, NULL), IN_FAIL, 0);

        /* A retry that could only come too late is not waited for. */
        assert_int_equal(in->err.rc, i == 1 ? RC_HTTP : RC_TIMEOUT);
        assert_true(in->fault->retryable);
        if (i != 1)
            assert_non_null(strstr(in->err.text, "no complete answer from http://127.0.0.1"));
        assert_in_range(clock_now() - from, i == 1 ? 0 : 290, 5000);
        box_close(&b);
    }
}

static void no_time_out_holds_for_what_may_take_long(void **state) {
    (void)state;
    static const struct {
        enum op op;
        const char *method;
        struct answer answer;
    } rows[] = {
        {OP_FILE_GET, "GET", {.body = "xxxxxxxx", .chunk = 1, .pause_ms = 60}},
        {OP_FILE_GET, "GET", {.body = "x", .delay_ms = 500}},
        {OP_MESSAGE_SEND, "POST", {.body = "{\"id\":\"m\"}", .delay_ms = 500}},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b = {.server = standin_new()};
        static const struct file_ref file = {.id = "s1", .name = "a"};
        static const struct message_send send = {.id = "s1", .text = "hi"};
        struct request *r = request_new(REQ_CALL, rows[i].op);
        const uint32_t id = r->id;

        standin_on(b.server, rows[i].method, "/", &rows[i].answer);
        b.net = net_with(&(struct net_config){
            .url = standin_url(b.server), .total_timeout_ms = 200, .reply_timeout_ms = 200});
        r->in = rows[i].op == OP_FILE_GET ? (const void *)&file : (const void *)&send;
        r->version = GEN_SEED;
        box_send(&b, r);
        box_wait(&b, id, IN_REPLY, 0);
        box_close(&b);
    }
}

static void none_is_a_time_out_too(void **state) {
    (void)state;
    struct box b = {.server = standin_new()};

    standin_on(b.server, "GET", "/health", &(struct answer){.body = healthy, .delay_ms = 300});
    b.net = net_with(&(struct net_config){.url = standin_url(b.server),
                                          .connect_timeout_ms = -1,
                                          .reply_timeout_ms = -1,
                                          .total_timeout_ms = -1});
    box_wait(&b, box_call(&b, OP_HEALTH, NULL, 0, NULL), IN_REPLY, 0);
    box_close(&b);
}

/* ---- retries ---- */
static void the_retry_policy_is_followed(void **state) {
    (void)state;
    static const struct {
        struct retry_policy policy;
        int attempts;
        int64_t delays[3]; /* at most; three quarters at least */
    } rows[] = {
        {{.mode = RETRY_OFF}, 1, {0}},
        {{.attempts = 3, .initial_ms = 40, .exponent = 3}, 3, {40, 120}},
        {{.attempts = 4, .initial_ms = 40, .exponent = 10, .max_ms = 60}, 4, {40, 60, 60}},
        {{.attempts = 9, .initial_ms = 200, .elapsed_ms = 100}, 1, {0}},
        {{.attempts = 3, .initial_ms = 40, .exponent = 0.1}, 3, {40, 40}},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b = {.server = standin_new()};

        standin_on(b.server, "GET", "/health", &(struct answer){.status = 503});
        b.net =
            net_with(&(struct net_config){.url = standin_url(b.server), .retry = rows[i].policy});
        const uint32_t id = box_call(&b, OP_HEALTH, NULL, 0, NULL);

        assert_int_equal(box_wait(&b, id, IN_FAIL, 0)->attempt, rows[i].attempts);
        assert_int_equal(standin_count(b.server, NULL, "/"), rows[i].attempts);
        for (int k = 0; k + 1 < rows[i].attempts; k++) {
            const struct incoming *in = box_find(&b, id, IN_RETRY, (size_t)k);

            assert_in_range(in->retry_at - in->at, rows[i].delays[k] * 3 / 4, rows[i].delays[k]);
        }
        box_close(&b);
    }
}

/* One that answers late is asked for all at once, one that answers at once over few connections. */
static void many_reads_are_in_flight_when_answers_take_long(void **state) {
    (void)state;
    enum { READS = SANITIZED ? 100 : 500 };
    static const struct answer rows[] = {{.body = healthy, .delay_ms = SANITIZED ? 3000 : 1500},
                                         {.body = healthy}};

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b = {.server = standin_new()};
        const struct retry_policy off = {.mode = RETRY_OFF};
        uint32_t ids[READS];

        standin_on(b.server, "GET", "/health", &rows[i]);
        b.net = net_with(&(struct net_config){.url = standin_url(b.server), .retry = off});
        for (int k = 0; k < READS; k++)
            ids[k] = box_call(&b, OP_HEALTH, NULL, 0, NULL);
        assert_int_equal(standin_wait(b.server, "GET", "/health", READS, PATIENCE), READS);
        if (i == 0)
            assert_int_equal(standin_connections(b.server), READS);
        for (int k = 0; k < READS; k++)
            box_wait(&b, ids[k], IN_REPLY, 0);
        if (i == 1 && !SANITIZED)
            assert_true(standin_connections(b.server) < READS / 2);
        box_close(&b);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_settings_are_named_without_what_they_hold),
        cmocka_unit_test(files_that_cannot_be_read_are_named),
        cmocka_unit_test(a_file_that_is_no_certificate_is_a_tls_failure),
        cmocka_unit_test(a_proxy_is_used_unless_it_is_none),
        cmocka_unit_test(headers_win_over_the_usual_ones),
        cmocka_unit_test(the_total_time_out_is_length_over_all_attempts),
        cmocka_unit_test(no_time_out_holds_for_what_may_take_long),
        cmocka_unit_test(none_is_a_time_out_too),
        cmocka_unit_test(the_retry_policy_is_followed),
        cmocka_unit_test(many_reads_are_in_flight_when_answers_take_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
