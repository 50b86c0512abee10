/* The debug log: what is to be found in it, and what never is. */
#include "mix/types_admin.h"
#include "net_help.h"

#include <unistd.h>

struct log {
    char path[64];
    char *text;
};

static void log_begin(struct log *l) {
    struct err err;

    snprintf(l->path, sizeof l->path, "/tmp/mix_net_log.XXXXXX");
    close(mkstemp(l->path));
    assert_int_equal(log_open(l->path, &err), RC_OK);
}

static void log_finish(struct log *l) {
    struct buf text;
    char piece[65536];
    size_t n;

    log_close();
    FILE *f = fopen(l->path, "r");

    assert_non_null(f);
    buf_init(&text, 64 * MIX_MIB);
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        assert_int_equal(buf_add(&text, piece, n), RC_OK);
    fclose(f);
    unlink(l->path);
    l->text = buf_take(&text);
}

static void expect_in(const struct log *l, const char *what) {
    if (!strstr(l->text, what))
        fail_msg("not in the log: %s\n%s", what, l->text);
}

/* Whoever greps for one of these must find nothing. */
static const char *const planted[] = {
    "HeaderS3cr3t", "ProxyS3cr3t",    "KeyS3cr3t",   "CodeS3cr3t",   "StateS3cr3t", "CookieS3cr3t",
    "QueryS3cr3t",  "UserinfoS3cr3t", "TokenS3cr3t", "AnswerS3cr3t", "PlainS3cr3t", "b64:S3cr3t"};

static void expect_no_secret(const struct log *l) {
    for (size_t i = 0; i < MIX_COUNT(planted); i++)
        if (strstr(l->text, planted[i]))
            fail_msg("%s in the log:\n%s", planted[i], l->text);
    assert_null(strstr(l->text, "S3cr3t"));
}

static void script(struct standin *s) {
    static const char cookie[] = "Set-Cookie: sid=CookieS3cr3t; Path=/\r\n"
                                 "X-Auth-Next: TokenS3cr3t\r\n"
                                 "Location: http://u:UserinfoS3cr3t@h/?code=CodeS3cr3t\r\n";

    standin_on(s, "POST", "http://mix.example/api/auth/api-key",
               &(struct answer){.headers = cookie,
                                .body = "{\"status\":\"success\",\"api_key\":\"KeyS3cr3t\"}"});
    standin_on(s, "POST", "http://mix.example/api/auth/oauth-callback",
               &(struct answer){
                   .status = 400,
                   .headers = cookie,
                   .body =
                       "{\"error\":{\"code\":400,\"message\":\"state unknown: code=CodeS3cr3t\","
                       "\"type\":\"INVALID_STATE\",\"seen\":\"StateS3cr3t\"}}"});
    standin_on(s, "POST", "http://mix.example/api/auth/oauth/",
               &(struct answer){.body = "{\"auth_url\":\"https://a/authorize?state=StateS3cr3t\","
                                        "\"state\":\"StateS3cr3t\",\"mess"});
    standin_on(s, "GET", "http://mix.example/api/auth/status",
               &(struct answer){.status = 503, .body = "upstream said PlainS3cr3t"});
    standin_on(s, "GET", "http://mix.example/api/sessions",
               &(struct answer){.status = 401,
                                .headers = cookie,
                                .body = "no: api_key=AnswerS3cr3t, see "
                                        "http://u:UserinfoS3cr3t@h/?token=TokenS3cr3t"});
}

/* As the library and `api` hand over what they are asked to send. */
static void expect_failures(struct box *b) {
    static const char body[] = "{\"provider\":\"x\",\"code\":\"CodeS3cr3t\",\"state\":"
                               "\"StateS3cr3t\",\"note\":\"PlainS3cr3t\"}";
    static const char *const own[] = {"X-Session-Token: TokenS3cr3t"};
    static const struct call_options raw = {.body = body,
                                            .body_len = sizeof body - 1,
                                            .headers = own,
                                            .n_headers = 1,
                                            .want_headers = true};
    static const struct call_options query = {.target = "/api/sessions?code=QueryS3cr3t&limit=5"};
    static const struct provider_ref ref = {.provider = "anthropic"};
    const uint32_t ids[] = {
        CALL(b, OP_AUTH_OAUTH_CALLBACK, NULL,
             (struct oauth_code){"anthropic", "CodeS3cr3t", "StateS3cr3t"}),
        box_call_with(b, OP_AUTH_OAUTH_CALLBACK, NULL, &raw),
        box_call_with(b, OP_AUTH_OAUTH_START, &ref, NULL),
        box_call(b, OP_AUTH_STATUS, NULL, 0, NULL),
        box_call_with(b, OP_SESSIONS_LIST, NULL, &query),
    };

    for (size_t i = 0; i < MIX_COUNT(ids); i++) {
        const struct incoming *in = box_wait(b, ids[i], IN_FAIL, 0);

        if (i < 4) { /* what is shown of a failed sign-in */
            assert_null(strstr(in->err.text, "CodeS3cr3t"));
            assert_null(strstr(in->err.text, "StateS3cr3t"));
            assert_true(!in->fault->body || !strstr(in->fault->body, "S3cr3t"));
        }
    }
}

static void the_log_holds_no_secret(void **state) {
    (void)state;
    static const char *const headers[] = {"Authorization: Bearer HeaderS3cr3t",
                                          "X-Harmless: HeaderS3cr3t too"};
    struct log l;
    struct box b = {.server = standin_new()}; /* as the proxy */
    struct err err;
    char proxy[128];

    snprintf(proxy, sizeof proxy, "http://me:ProxyS3cr3t@%s",
             standin_url(b.server) + strlen("http://"));
    log_begin(&l);
    script(b.server);
    assert_int_equal(net_new(&b.net,
                             &(struct net_config){.url = "http://me:UserinfoS3cr3t@mix.example",
                                                  .proxy = proxy,
                                                  .headers = headers,
                                                  .n_headers = 2,
                                                  .time_scale = 1000},
                             &err),
                     RC_OK);
    const uint32_t key = CALL(&b, OP_AUTH_API_KEY, NULL, (struct api_key){"openai", "KeyS3cr3t"});

    box_wait(&b, key, IN_REPLY, 0);
    assert_non_null(strstr(standin_request(b.server, "POST", "http://mix", 0)->body, "KeyS3cr3t"));
    expect_failures(&b);
    box_close(&b);
    log_finish(&l);
    expect_no_secret(&l);
    expect_in(&l, "POST http://(hidden)@mix.example/api/auth/api-key, attempt 1, ");
    expect_in(&l, ">h Authorization: (hidden)");
    expect_in(&l, ">h X-Harmless: (hidden)");
    expect_in(&l, ">h X-Session-Token: (hidden)");
    expect_in(&l, ">h Accept: application/json");
    expect_in(&l, ">b {\"provider\":\"openai\",\"api_key\":\"(hidden)\"}");
    expect_in(&l, "<h Set-Cookie: (hidden)");
    expect_in(&l, "<b {\"status\":\"success\",\"api_key\":\"(hidden)\"}");
    expect_in(&l, "?code=(hidden)&limit=5");
    expect_in(&l, " < 503, ");
    expect_in(&l, "attempt 1 failed, again in ");
    expect_in(&l, "\"message\":\"state unknown: code=(hidden)\"");
    free(l.text);
}

static void long_bodies_are_cut_and_split_over_lines(void **state) {
    (void)state;
    struct log l;
    struct box b;
    static char body[100000];

    log_begin(&l);
    memset(body, ' ', sizeof body - 1);
    for (size_t i = 0; i + 1 < sizeof body; i += 100)
        memcpy(body + i, "\303\244", 2);
    box_open(&b, 1000);
    standin_on(b.server, "GET", "/", &(struct answer){.body = body, .status = 400});
    box_wait(&b, box_call(&b, OP_HEALTH, NULL, 0, NULL), IN_FAIL, 0);
    box_close(&b);
    log_finish(&l);
    size_t longest = 0, shown = 0;

    for (const char *line = l.text; *line; line += strcspn(line, "\n") + 1) {
        const size_t n = strcspn(line, "\n");

        longest = n > longest ? n : longest;
        if (n > 100 && memmem(line, n, " <b ", 4))
            shown += n;
    }
    assert_in_range(longest, 3000, 4096);
    assert_in_range(shown, 8 << 10, 9 << 10);
    expect_in(&l, " <b ... of ");
    expect_in(&l, "\303\244   ");
    free(l.text);
}

static void streams_leave_their_frames_and_links(void **state) {
    (void)state;
    static const struct step steps[] = {
        {STEP_SEND, .text = SSE("connected", "{}")},
        {STEP_SEND, .text = "event: content\nid: 7\ndata: {\"type\":\"content\",\"content\":\"hi\","
                            "\"api_key\":\"KeyS3cr3t\"}\n\n"},
        {.kind = STEP_HOLD},
        {.kind = STEP_END}};
    struct log l;
    struct box b;

    log_begin(&l);
    box_open(&b, 1);
    standin_on(b.server, "GET", "/stream", &(struct answer){.steps = steps});
    const uint32_t id = box_stream(&b, "s1");

    box_expect_events(&b, id, "content:hi ");
    standin_drop_all(b.server);
    box_link(&b, id, LINK_RETRYING, 0);
    box_close(&b);
    log_finish(&l);
    expect_in(&l, "/stream?sessionId=s1, attempt 1, 0 bytes");
    expect_in(&l, " - connected, id none, 2 bytes");
    expect_in(&l, " - content, id 7, ");
    expect_in(&l, " -b {\"type\":\"content\",\"content\":\"hi\",\"api_key\":\"(hidden)\"}");
    expect_in(&l, "link connecting");
    expect_in(&l, "link live");
    expect_in(&l, "link retrying");
    expect_no_secret(&l);
    free(l.text);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_holds_no_secret),
        cmocka_unit_test(long_bodies_are_cut_and_split_over_lines),
        cmocka_unit_test(streams_leave_their_frames_and_links),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
