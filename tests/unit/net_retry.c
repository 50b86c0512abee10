/* What is tried again, when, how often; and what never is. */
#include "net_help.h"

#include <time.h>

static void passing_failures_are_tried_again(void **state) {
    (void)state;
    static const struct answer rows[] = {
        {.status = 500},
        {.status = 502, .body = "<html><title>Bad Gateway</title></html>"},
        {.status = 503},
        {.status = 408},
        {.status = 429},
        {.manner = ANSWER_CLOSE},
        {.manner = ANSWER_RESET},
        {.body = "{\"status\":\"healthy\"}", .cut_after = 5},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;
        struct answer first = rows[i];

        box_open(&b, 100);
        first.times = 2;
        standin_on(b.server, "POST", "/api/sessions/s1/cancel", &first);
        standin_on(b.server, "POST", "/api/sessions/s1/cancel",
                   &(struct answer){.body = "{\"status\":\"ok\"}"});
        const uint32_t id = CALL(&b, OP_SESSION_CANCEL, NULL, (struct session_ref){.id = "s1"});

        assert_int_equal(box_wait(&b, id, IN_REPLY, 0)->attempt, 3);
        assert_int_equal(box_count(&b, id, IN_RETRY), 2);
        for (size_t k = 0; k < 2; k++) {
            const struct incoming *in = box_find(&b, id, IN_RETRY, k);
            const int64_t delay = in->retry_at - in->at;

            assert_int_equal(in->attempt, k + 1);
            assert_true(in->err.rc == RC_HTTP || in->err.rc == RC_CONNECT);
            assert_in_range(delay, k == 0 ? 3 : 5,
                            k == 0 ? 5 : 7); /* 500 and 750 ms, less a quarter at most */
        }
        assert_int_equal(standin_count(b.server, "POST", "/"), 3);
        box_close(&b);
    }
}

static void lasting_failures_are_not(void **state) {
    (void)state;
    static const int rows[] = {400, 401, 403, 404, 405, 409, 413, 501, 505, 301};

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;

        box_open(&b, 1000);
        standin_on(b.server, "GET", "/health", &(struct answer){.status = rows[i]});
        const uint32_t id = box_call(&b, OP_HEALTH, NULL, 0, NULL);

        assert_int_equal(box_wait(&b, id, IN_FAIL, 0)->err.detail, rows[i]);
        assert_int_equal(box_count(&b, id, IN_RETRY), 0);
        box_close(&b);
    }
}

static void five_attempts_are_enough(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 1000);
    standin_on(b.server, "GET", "/health", &(struct answer){.status = 503, .body = "later"});
    const uint32_t id = box_call(&b, OP_HEALTH, NULL, 0, NULL);
    const struct incoming *in = box_wait(&b, id, IN_FAIL, 0);

    assert_int_equal(in->attempt, 5);
    assert_int_equal(in->status, 503);
    assert_int_equal(box_count(&b, id, IN_RETRY), 4);
    assert_int_equal(standin_count(b.server, "GET", "/health"), 5);
    box_expect_quiet(&b, 50);
    box_close(&b);
}

static int64_t delay_told(const char *headers, double scale) {
    struct box b;

    box_open(&b, scale);
    standin_on(b.server, "GET", "/health", &(struct answer){.status = 429, .headers = headers});
    const uint32_t id = box_call(&b, OP_HEALTH, NULL, 0, NULL);
    const struct incoming *in = box_wait(&b, id, IN_RETRY, 0);
    const int64_t delay = in->retry_at - in->at;

    box_close(&b);
    return delay;
}

static void retry_after_is_honoured_in_seconds_and_as_a_date(void **state) {
    (void)state;
    char header[96];
    time_t then = time(NULL) + 30;
    struct tm utc;

    assert_int_equal(delay_told("Retry-After: 20\r\n", 1), 20000);
    assert_int_equal(delay_told("Retry-After: 20\r\n", 10), 2000);
    gmtime_r(&then, &utc);
    assert_true(
        strftime(header, sizeof header, "Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc) > 0);
    assert_in_range(delay_told(header, 1), 28000, 30000);
}

static void retry_after_has_bounds(void **state) {
    (void)state;
    static const char *const small[] = {"Retry-After: 0\r\n",
                                        "Retry-After: -5\r\n",
                                        "Retry-After: soon\r\n",
                                        "Retry-After: 20x\r\n",
                                        "Retry-After: 2e1\r\n",
                                        "Retry-After: +20\r\n",
                                        "Retry-After: \r\n",
                                        "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n",
                                        ""};

    for (size_t i = 0; i < MIX_COUNT(small); i++)
        assert_in_range(delay_told(small[i], 1), 375, 500);
    assert_int_equal(delay_told("Retry-After: 86400\r\n", 1), 60000);
    assert_int_equal(delay_told("Retry-After: 99999999999999999999\r\n", 1), 60000);
    assert_int_equal(delay_told("Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n", 1), 60000);
}

static void a_retry_after_of_a_year_is_cut_and_said(void **state) {
    (void)state;
    struct box b;
    const struct retry_policy off = {.mode = RETRY_OFF};
    const struct call_options once = {.retry = &off};

    box_open(&b, 1);
    standin_on(b.server, "GET", "/health",
               &(struct answer){.status = 429, .headers = "Retry-After: 31536000\r\n"});
    const uint32_t id = box_call(&b, OP_HEALTH, NULL, 0, NULL);
    const struct incoming *in = box_wait(&b, id, IN_RETRY, 0);

    assert_int_equal(in->retry_at - in->at, 60000);
    assert_string_equal(in->err.text, "health: server answered 429; it asks for 31536000 s, but is "
                                      "asked again after 60 s");
    in = box_wait(&b, box_call_with(&b, OP_HEALTH, NULL, &once), IN_FAIL, 0);
    assert_string_equal(in->err.text, "health: server answered 429; it asks to wait 31536000 s");
    box_close(&b);
}

/* Every way to lose an answer after the request was read: it is sent once, and the failure says
 * what is not known. */
static void a_send_is_never_repeated(void **state) {
    (void)state;
    static const struct answer rows[] = {
        {.manner = ANSWER_CLOSE},
        {.manner = ANSWER_RESET},
        {.status = 503},
        {.status = 429},
        {.body = "{\"status\":\"processing\"}", .cut_after = 4},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;

        box_open(&b, 1000);
        standin_on(b.server, "GET", "/health", &(struct answer){.body = "{\"status\":\"ok\"}"});
        standin_on(b.server, "POST", "/api/sessions/s1/messages", &rows[i]);
        /* An idle connection is there to be reused: curl by itself would repeat what fails on one.
         */
        box_wait(&b, box_call(&b, OP_HEALTH, NULL, 0, NULL), IN_REPLY, 0);
        const uint32_t id =
            CALL(&b, OP_MESSAGE_SEND, NULL, (struct message_send){.id = "s1", .text = "pay"});
        const struct incoming *in = box_wait(&b, id, IN_FAIL, 0);

        if (in->err.rc == RC_CONNECT)
            assert_non_null(strstr(in->err.text, "may have got the request"));
        else
            assert_int_equal(in->err.rc, RC_HTTP);
        box_expect_quiet(&b, 50);
        assert_int_equal(standin_count(b.server, "POST", "/"), 1);
        assert_int_equal(box_count(&b, id, IN_RETRY), 0);
        box_close(&b);
    }
}

static void waking_makes_retries_due(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 1);
    standin_on(b.server, "GET", "/health",
               &(struct answer){.status = 503, .headers = "Retry-After: 60\r\n", .times = 1});
    standin_on(b.server, "GET", "/health", &(struct answer){.body = "{\"status\":\"ok\"}"});
    const uint32_t id = box_call(&b, OP_HEALTH, NULL, 0, NULL);

    box_wait(&b, id, IN_RETRY, 0);
    box_simple(&b, REQ_WAKE);
    box_wait(&b, id, IN_REPLY, 0);
    box_close(&b);
}

static void a_probe_is_tried_again_and_believes_refusals(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 100);
    standin_on(b.server, "GET", "/doc", &(struct answer){.manner = ANSWER_RESET, .times = 1});
    standin_on(b.server, "GET", "/doc", &(struct answer){.status = 503, .times = 1});
    standin_on(b.server, "GET", "/health", &(struct answer){.body = "{\"status\":\"healthy\"}"});
    standin_on(b.server, "POST", "/api/sessions/0",
               &(struct answer){.status = 400,
                                .body = "{\"error\":{\"code\":400,\"message\":\"json: unknown "
                                        "field \\\"text\\\"\",\"type\":\"bad_request\"}}"});
    const uint32_t id = box_simple(&b, REQ_PROBE);
    const struct incoming *in = box_wait(&b, id, IN_CAPS, 0);

    assert_int_equal(box_count(&b, id, IN_RETRY), 2);
    assert_true(in->caps.sync_send);
    box_expect_quiet(&b, 30);
    box_close(&b);
}

static void a_probe_of_nobody_fails(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 1000);
    standin_on(b.server, "GET", "/", &(struct answer){.manner = ANSWER_CLOSE});
    const uint32_t id = box_simple(&b, REQ_PROBE);

    assert_int_equal(box_wait(&b, id, IN_FAIL, 0)->err.rc, RC_CONNECT);
    assert_int_equal(box_count(&b, id, IN_CAPS), 0);
    box_close(&b);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(passing_failures_are_tried_again),
        cmocka_unit_test(lasting_failures_are_not),
        cmocka_unit_test(five_attempts_are_enough),
        cmocka_unit_test(retry_after_is_honoured_in_seconds_and_as_a_date),
        cmocka_unit_test(retry_after_has_bounds),
        cmocka_unit_test(a_retry_after_of_a_year_is_cut_and_said),
        cmocka_unit_test(a_send_is_never_repeated),
        cmocka_unit_test(waking_makes_retries_due),
        cmocka_unit_test(a_probe_is_tried_again_and_believes_refusals),
        cmocka_unit_test(a_probe_of_nobody_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
