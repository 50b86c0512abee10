/* Answers no client wants: compressed without being asked, of the wrong type, cut in half, from
 * somebody else. */
#include "mix/types_admin.h"
#include "net_help.h"

#include <unistd.h>

static const char html[] = "<html><head><title>Welcome</title></head><body>Log in</body></html>";
static const char session_json[] =
    "{\"id\":\"s1\",\"title\":\"One\",\"createdAt\":\"2026-02-13T10:00:00Z\",\"userMessageCount\":"
    "0,\"assistantMessageCount\":0,\"toolCallCount\":0,\"promptTokens\":0,\"completionTokens\":0,"
    "\"cost\":0}";

static void each_wrong_answer_is_named(void **state) {
    (void)state;
    static const struct session_ref ref = {.id = "s1"};
    static const struct {
        const char *what;
        enum op op;
        struct answer answer;
        enum rc rc; /* RC_OK: it is taken */
        int status;
        const char *says;
    } rows[] = {
        {"a web page with 200",
         OP_SESSION_GET,
         {.headers = "Content-Type: text/html; charset=utf-8\r\n", .body = html},
         RC_PROTO,
         200,
         "answered with a web page (text/html): is it a Mix server?"},
        {"a web page for nothing",
         OP_SESSION_DELETE,
         {.headers = "Content-Type: TEXT/HTML\r\n", .body = html},
         RC_PROTO,
         200,
         "answered with a web page"},
        {"a picture",
         OP_SESSION_GET,
         {.headers = "Content-Type: image/png\r\n", .body = "\x89PNG\r\n"},
         RC_PROTO,
         200,
         "answered with image/png, not with JSON"},
        {"JSON called text",
         OP_SESSION_GET,
         {.headers = "Content-Type: text/plain\r\n", .body = session_json},
         RC_OK,
         200,
         NULL},
        {"JSON called a web page",
         OP_SESSION_GET,
         {.headers = "Content-Type: text/html\r\n", .body = session_json},
         RC_OK,
         200,
         NULL},
        {"JSON cut in half",
         OP_SESSION_GET,
         {.body = "{\"id\":\"s1\",\"title\":\"On"},
         RC_PROTO,
         200,
         "JSON cut short"},
        {"a list cut in half",
         OP_SESSIONS_LIST,
         {.body = "[{\"id\":\"s1\""},
         RC_PROTO,
         200,
         "cut short"},
        {"two values", OP_SESSION_GET, {.body = "{}{}"}, RC_PROTO, 200, "not JSON"},
        {"another object", OP_SESSION_GET, {.body = "{\"ok\":true}"}, RC_PROTO, 200, "missing"},
        {"a plain 404",
         OP_SESSION_GET,
         {.status = 404, .headers = "Content-Type: text/plain\r\n", .body = "404 page not found\n"},
         RC_HTTP,
         404,
         "server answered 404: 404 page not found"},
        {"a page with 404",
         OP_SESSION_GET,
         {.status = 404, .headers = "Content-Type: text/html\r\n", .body = html},
         RC_HTTP,
         404,
         "server answered 404: Welcome"},
        {"gzip that nobody asked for",
         OP_SESSION_GET,
         {.headers = "Content-Encoding: gzip\r\n", .body = "\x1f\x8b\x08\x01", .body_len = 4},
         RC_PROTO,
         200,
         "answered in gzip, which was not asked for"},
        {"200 to an unknown permission",
         OP_PERMISSION_GRANT,
         {.body = "{\"status\":\"granted\",\"id\":\"x\"}"},
         RC_OK,
         200,
         NULL},
        {"200 where 204 is usual", OP_SESSION_DELETE, {.body = "{\"ok\":1}"}, RC_OK, 200, NULL},
        {"204 where a session is due",
         OP_SESSION_GET,
         {.status = 204},
         RC_PROTO,
         204,
         "empty answer"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct box b;

        box_open(&b, 1000);
        standin_on(b.server,
                   op_spec(rows[i].op)->method == M_GET    ? "GET"
                   : op_spec(rows[i].op)->method == M_POST ? "POST"
                                                           : "DELETE",
                   "/", &rows[i].answer);
        const bool list = rows[i].op == OP_SESSIONS_LIST;
        const uint32_t id =
            box_call(&b, rows[i].op, list ? NULL : (const void *)&ref, sizeof ref, NULL);
        const struct incoming *in = box_wait(&b, id, rows[i].rc == RC_OK ? IN_REPLY : IN_FAIL, 0);

        if (in->err.rc != rows[i].rc || in->status != rows[i].status ||
            (rows[i].says && !strstr(in->err.text, rows[i].says)))
            fail_msg("%s: %s, status %d: %s", rows[i].what, rc_text(in->err.rc), in->status,
                     in->err.text);
        assert_int_equal(standin_count(b.server, NULL, "/"), 1);
        box_close(&b);
    }
}

static void a_gateways_page_is_tried_again_and_its_title_shown(void **state) {
    (void)state;
    struct box b;

    box_open(&b, 1000);
    standin_on(b.server, "GET", "/",
               &(struct answer){.status = 502,
                                .headers = "Content-Type: text/html\r\n",
                                .body = "<html><title>502 Bad Gateway</title><p>x"});
    const struct incoming *in = box_wait(&b, box_call(&b, OP_HEALTH, NULL, 0, NULL), IN_FAIL, 0);

    assert_string_equal(in->err.text, "health: server answered 502: 502 Bad Gateway");
    assert_int_equal(in->attempt, 5);
    box_close(&b);
}

static void headers_without_end_are_not_taken(void **state) {
    (void)state;
    static const char *const lines[] = {"X-A: 0123456789012345678901234567890123456789\r\n", "x"};

    for (size_t i = 0; i < MIX_COUNT(lines); i++) {
        struct box b;
        struct buf raw;

        buf_init(&raw, 64 * MIX_MIB);
        assert_int_equal(buf_adds(&raw, "HTTP/1.1 200 OK\r\nX-Long: "), RC_OK);
        while (raw.n < 20 * MIX_MIB)
            assert_int_equal(buf_adds(&raw, lines[i]), RC_OK);
        box_open(&b, 1000);
        standin_on(b.server, "GET", "/",
                   &(struct answer){.manner = ANSWER_RAW, .body = raw.p, .body_len = raw.n});
        const uint32_t id = box_call(&b, OP_HEALTH, NULL, 0, NULL);
        const struct incoming *in = box_wait(&b, id, IN_FAIL, 0);

        if (in->err.rc != RC_LIMIT || in->attempt != 1)
            fail_msg("%s after %d: %s", rc_text(in->err.rc), in->attempt, in->err.text);
        box_close(&b);
        buf_fini(&raw);
    }
}

/* ---- a gzip bomb ---- */
struct bits {
    struct buf *out;
    unsigned held;
    int n;
};

static void put_bits(struct bits *b, unsigned value, int n) {
    b->held |= value << b->n;
    for (b->n += n; b->n >= 8; b->n -= 8, b->held >>= 8) {
        const char byte = (char)(b->held & 0xff);

        assert_int_equal(buf_add(b->out, &byte, 1), RC_OK);
    }
}

/* One gzip member of 258 * runs blanks: 13 bits for each run. */
static void make_bomb(struct buf *out, int runs) {
    static const char head[] = "\x1f\x8b\x08\0\0\0\0\0\0\xff";
    struct bits b = {.out = out};

    assert_int_equal(buf_add(out, head, 10), RC_OK);
    put_bits(&b, 3, 3);    /* the last block, fixed codes */
    put_bits(&b, 0x0a, 8); /* a blank: 0x30 + 0x20, its bits the other way round */
    for (int i = 0; i < runs; i++) {
        put_bits(&b, 0xa3, 8); /* length 258 */
        put_bits(&b, 0, 5);    /* distance 1 */
    }
    put_bits(&b, 0, 7);
    put_bits(&b, 0, 7);
    assert_int_equal(buf_add(out, "\0\0\0\0\0\0\0\0", 8), RC_OK);
}

/* curl undoes a transfer coding without being asked to: the cap counts what comes out of it. */
static void a_refusal_repeats_no_secret_of_the_headers(void **state) {
    (void)state;
    enum { SEEN = 64 << 10 }; /* so much of an error is kept: the secret ends behind it */
    static const char *const headers[] = {"Authorization: Bearer S3cr3tOfTheBearer",
                                          "x-tEAM-key: S3cr3tOfTheTeam"};
    struct buf long_one;

    buf_init(&long_one, MIX_MIB);
    for (size_t i = 0; i < SEEN - 9; i++)
        assert_int_equal(buf_adds(&long_one, "."), RC_OK);
    assert_int_equal(buf_adds(&long_one, "S3cr3tOfTheTeam and more"), RC_OK);
    const char *const bodies[] = {"{\"error\":\"no: S3cr3tOfTheTeam, bearer S3cr3tOfTheBearer\"}",
                                  "S3cr3tOfTheTeamS3cr3tOfTheTeam", buf_str(&long_one)};

    for (size_t i = 0; i < MIX_COUNT(bodies); i++) {
        struct box b = {.server = standin_new()};
        struct err err;

        standin_on(b.server, "GET", "/", &(struct answer){.status = 400, .body = bodies[i]});
        assert_int_equal(net_new(&b.net,
                                 &(struct net_config){.url = standin_url(b.server),
                                                      .headers = headers,
                                                      .n_headers = 2,
                                                      .time_scale = 1000},
                                 &err),
                         RC_OK);
        const struct incoming *in =
            box_wait(&b, box_call(&b, OP_HEALTH, NULL, 0, NULL), IN_FAIL, 0);

        assert_null(strstr(in->err.text, "S3cr3t"));
        assert_non_null(in->fault->body);
        assert_null(memmem(in->fault->body, in->fault->body_len, "S3cr3t", 6));
        assert_non_null(memmem(in->fault->body, in->fault->body_len, "(hidden)", 8));
        box_close(&b);
    }
    buf_fini(&long_one);
}

static void a_bomb_ends_at_the_cap(void **state) {
    (void)state;
    static const char *const codings[] = {"Transfer-Encoding: gzip", "Content-Encoding: gzip"};
    const struct call_options as_it_is = {.answer = REPLY_AS_IT_IS}, none = {0};
    struct buf bomb, raw;

    buf_init(&bomb, 16 * MIX_MIB);
    buf_init(&raw, 16 * MIX_MIB);
    make_bomb(&bomb, 400000); /* 100 MB in 650 KB */
    for (size_t i = 0; i < 2 * MIX_COUNT(codings); i++) {
        const bool transfer = i / 2 == 0, decoded = i % 2 == 0;
        struct box b;
        size_t came = 0;

        box_open(&b, 1000);
        buf_clear(&raw);
        assert_int_equal(buf_addf(&raw,
                                  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%s\r\n"
                                  "Connection: close\r\n\r\n",
                                  codings[i / 2]),
                         RC_OK);
        assert_int_equal(buf_add(&raw, bomb.p, bomb.n), RC_OK);
        standin_on(b.server, "GET", "/health",
                   &(struct answer){.manner = ANSWER_RAW, .body = raw.p, .body_len = raw.n});
        const uint32_t id = box_call_with(&b, OP_HEALTH, NULL, decoded ? &none : &as_it_is);
        /* Not undone, as it is: then it is only what it is, 650 KB. */
        const bool whole = !transfer && !decoded;
        const struct incoming *in = box_wait(&b, id, whole ? IN_REPLY : IN_FAIL, 0);

        if (!whole)
            assert_int_equal(in->err.rc, transfer ? RC_LIMIT : RC_PROTO);
        for (size_t k = 0; k < b.n; k++)
            came += b.items[k]->kind == IN_BYTES ? b.items[k]->n : 0;
        assert_in_range(came, 0, 16 << 20);
        if (whole)
            assert_int_equal(came, bomb.n);
        assert_null(strstr(standin_request(b.server, "GET", "/", 0)->headers, "Accept-Encoding"));
        box_close(&b);
    }
    buf_fini(&bomb);
    buf_fini(&raw);
}

/* ---- redirects ---- */
static void no_redirect_takes_a_secret_elsewhere(void **state) {
    (void)state;
    static const char *const headers[] = {"Authorization: Bearer secret", "Cookie: secret",
                                          "X-Api-Key: secret"};
    static const int statuses[] = {301, 302, 303, 307, 308};
    static const struct stream_query query = {.session_id = "s1"};
    static const struct call_options as_it_is = {.answer = REPLY_AS_IT_IS};
    struct standin *other = standin_new();
    char location[160];

    snprintf(location, sizeof location, "Location: %s/x\r\n", standin_url(other));
    for (size_t i = 0; i < MIX_COUNT(statuses); i++) {
        struct box b = {.server = standin_new()};
        struct err err;
        char url[96];
        const struct answer away = {.status = statuses[i], .headers = location};

        snprintf(url, sizeof url, "http://me:secret@%s", standin_url(b.server) + strlen("http://"));
        standin_on(b.server, "GET", "/", &away);
        standin_on(b.server, "POST", "/", &away);
        assert_int_equal(net_new(&b.net,
                                 &(struct net_config){.url = url,
                                                      .headers = headers,
                                                      .n_headers = MIX_COUNT(headers),
                                                      .time_scale = 1000},
                                 &err),
                         RC_OK);
        const uint32_t ids[] = {
            box_call(&b, OP_HEALTH, NULL, 0, NULL),
            CALL(&b, OP_AUTH_API_KEY, NULL, (struct api_key){"openai", "secret"}),
            box_call_with(&b, OP_STREAM, &query, &as_it_is),
        };

        for (size_t k = 0; k < MIX_COUNT(ids); k++) {
            const struct incoming *in = box_wait(&b, ids[k], IN_FAIL, 0);

            assert_int_equal(in->err.rc, RC_HTTP);
            assert_int_equal(in->err.detail, statuses[i]);
            assert_non_null(strstr(in->err.text, standin_url(other)));
            assert_null(strstr(in->err.text, "secret"));
        }
        box_close(&b);
    }
    assert_int_equal(standin_count(other, NULL, ""), 0);
    standin_free(other);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_wrong_answer_is_named),
        cmocka_unit_test(a_gateways_page_is_tried_again_and_its_title_shown),
        cmocka_unit_test(headers_without_end_are_not_taken),
        cmocka_unit_test(a_refusal_repeats_no_secret_of_the_headers),
        cmocka_unit_test(a_bomb_ends_at_the_cap),
        cmocka_unit_test(no_redirect_takes_a_secret_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
