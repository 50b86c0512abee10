/* client_calls.c - blocking and asynchronous calls, what they hand out, errors. */
#include "client_help.h"

#include "mix/wire.h"

/* ---- the table of typed functions ---- */
static const struct {
    const char *name;
    enum op op;
    const char *in, *out;
} rows[] = {
#define MIX_CALL_IN_OUT(name, op, in, out) {#name, OP_##op, #in, #out},
#define MIX_CALL_IN(name, op, in)          {#name, OP_##op, #in, NULL},
#define MIX_CALL_OUT(name, op, out)        {#name, OP_##op, NULL, #out},
#include "mix/calls.def"
};

static const struct shape *named(const char *name) { return name ? shape_named(name) : NULL; }

static void each_typed_function_fits_its_row(void **state) {
    uint64_t seen = 0;

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        const struct op_spec *spec = op_spec(rows[i].op);
        const bool bytes = str_eq(rows[i].out, "mix_bytes");
        char name[128];

        snprintf(name, sizeof name, "%s", spec->sdk_name);
        if (strchr(name, '.'))
            *strchr(name, '.') = '_';
        assert_string_equal(rows[i].name, name);
        assert_ptr_equal(named(rows[i].in), spec->in);
        assert_ptr_equal(bytes ? NULL : named(rows[i].out), spec->out);
        assert_int_equal(bytes, spec->reply == REPLY_BYTES);
        seen |= UINT64_C(1) << rows[i].op;
    }
    for (int op = 0; op < OP_COUNT; op++)
        assert_int_equal(seen >> op & 1, op != OP_STREAM);
}

/* ---- answers ---- */
static void a_list_comes_whole_however_long(void **state) {
    struct pair p = pair_open((struct mix_options){.debug = MIX_DEBUG_OFF});
    struct session_list *all = NULL;
    struct buf body;

    (void)state;
    buf_init(&body, 64 * MIX_MIB);
    (void)buf_adds(&body, "[");
    for (int i = 0; i < 6000; i++)
        (void)buf_addf(&body,
                       "%s{\"id\":\"s%d\",\"title\":\"%0100d\",\"createdAt\":"
                       "\"2025-01-01T00:00:00Z\"}",
                       i ? "," : "", i, i);
    (void)buf_adds(&body, "]");
    standin_on(p.server, "GET", "/api/sessions",
               &(struct answer){.body = body.p, .chunk = 50000, .headers = "X-Mine: yes\r\n"});
    assert_int_equal(mix_sessions_list(p.client, &(struct sessions_query){0}, &all, NULL, NULL),
                     MIX_RC_OK);
    assert_int_equal(all->list.n, 6000);
    for (int i = 0; i < 6000; i++) {
        char id[16];

        snprintf(id, sizeof id, "s%d", i);
        assert_string_equal(all->list.items[i].id, id);
    }
    const struct mix_info *info = mix_reply_info(all);
    bool found = false;

    assert_int_equal(info->status, 200);
    assert_int_equal(info->attempts, 1);
    for (size_t i = 0; i < info->headers.n; i++)
        found |= str_eq(info->headers.items[i], "X-Mine: yes");
    assert_true(found);
    mix_reply_free(all);
    buf_fini(&body);
    pair_close(&p);
}

static void a_list_cut_in_half_is_fetched_anew(void **state) {
    struct pair p = pair_open((struct mix_options){.debug = MIX_DEBUG_OFF});
    static char big[900000];
    struct session_list *all = NULL;
    size_t n = 0;

    (void)state;
    for (int i = 0; n < sizeof big - 2000; i++)
        n += (size_t)snprintf(big + n, sizeof big - n, "%s" SESSION("a"), i ? "," : "[");
    snprintf(big + n, sizeof big - n, "]");
    standin_on(p.server, "GET", "/api/sessions",
               &(struct answer){.body = big, .cut_after = n - 5000, .times = 1});
    standin_on(p.server, "GET", "/api/sessions", &(struct answer){.body = "[" SESSION("b") "]"});
    assert_int_equal(mix_sessions_list(p.client, &(struct sessions_query){0}, &all, NULL, NULL),
                     MIX_RC_OK);
    assert_int_equal(all->list.n, 1);
    assert_string_equal(all->list.items[0].id, "b");
    assert_int_equal(mix_reply_info(all)->attempts, 2);
    mix_reply_free(all);
    pair_close(&p);
}

static void answers_without_content_are_empty(void **state) {
    struct pair p = pair_open((struct mix_options){.debug = MIX_DEBUG_OFF});
    struct session_list *all = NULL;
    struct mix_bytes *bytes = NULL;
    void *out = p.client;

    (void)state;
    standin_on(p.server, "GET", "/api/sessions", &(struct answer){.body = "null"});
    standin_on(p.server, "DELETE", "/api/sessions", &(struct answer){.status = 204});
    standin_on(p.server, "GET", "/doc", &(struct answer){.body = NULL});
    assert_int_equal(mix_sessions_list(p.client, NULL, &all, NULL, NULL), MIX_RC_OK);
    assert_int_equal(all->list.n, 0);
    assert_int_equal(
        mix_call(p.client, MIX_OP_SESSION_DELETE, &(struct session_ref){"x"}, &out, NULL, NULL),
        MIX_RC_OK);
    assert_null(out);
    assert_int_equal(mix_doc(p.client, &bytes, NULL, NULL), MIX_RC_OK);
    assert_int_equal(bytes->n, 0);
    assert_string_equal(bytes->p, "");
    mix_reply_free(bytes);
    mix_reply_free(all);
    mix_reply_free(NULL);
    pair_close(&p);
}

static void the_same_error_may_be_used_again(void **state) {
    struct pair p = pair_open((struct mix_options){.debug = MIX_DEBUG_OFF});
    struct mix_error err = {.rc = MIX_RC_OK};
    struct session_data *one = NULL;

    (void)state;
    standin_on(p.server, "GET", "/api/sessions/no",
               &(struct answer){.status = 403,
                                .body = "{\"error\":{\"type\":\"forbidden\",\"message\":\"not "
                                        "you\",\"code\":403}}"});
    standin_on(p.server, "GET", "/api/sessions/odd", &(struct answer){.body = "{\"id\":7}"});
    standin_on(p.server, "GET", "/api/sessions/yes", &(struct answer){.body = SESSION("yes")});
    for (int i = 0; i < 2; i++) {
        const struct session_ref no = {"no"}, odd = {"odd"}, yes = {"yes"};

        assert_int_equal(mix_sessions_get(p.client, &no, &one, NULL, &err), MIX_RC_HTTP);
        assert_null(one);
        assert_int_equal(err.status, 403);
        assert_string_equal(err.type, "forbidden");
        assert_string_equal(err.message, "not you");
        assert_int_equal(err.op, MIX_OP_SESSION_GET);
        assert_true(err.headers.n > 0 && err.body_len > 0 && !err.retryable);
        assert_int_equal(mix_sessions_get(p.client, &odd, &one, NULL, &err), MIX_RC_PROTO);
        assert_string_equal(err.where, "id");
        assert_null(err.type);
        assert_int_equal(mix_sessions_get(p.client, &yes, &one, NULL, &err), MIX_RC_OK);
        assert_int_equal(err.rc, MIX_RC_OK);
        assert_null(err.body);
        mix_reply_free(one);
    }
    mix_error_clear(&err);
    pair_close(&p);
}

static void wrong_calls_are_refused_at_once(void **state) {
    struct pair p = pair_open((struct mix_options){.debug = MIX_DEBUG_OFF});
    struct mix_error err = {.rc = MIX_RC_OK};
    const struct session_ref ref = {"x"};
    const struct {
        enum mix_op op;
        const void *in;
        struct mix_call_options o;
    } wrong[] = {
        {MIX_OP_COUNT, &ref, {0}},
        {MIX_OP_STREAM, &ref, {0}},
        {MIX_OP_SESSION_GET, NULL, {0}},
        {MIX_OP_FILE_UPLOAD, &ref, {0}},
        {MIX_OP_FILE_UPLOAD, &ref, {.upload = &(struct mix_source){.from = MIX_PATH}}},
        {MIX_OP_FILE_UPLOAD, &ref, {.upload = &(struct mix_source){.from = MIX_CALLBACK}}},
        {MIX_OP_DOC, NULL, {.download = &(struct mix_sink){.to = MIX_FD, .fd = -1}}},
        {MIX_OP_HEALTH, NULL, {.server = "nonsense"}},
        {MIX_OP_HEALTH, NULL, {.headers = (const char *[]){"none"}, .n_headers = 1}},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(wrong); i++) {
        assert_int_equal(mix_call(p.client, wrong[i].op, wrong[i].in, NULL, &wrong[i].o, &err),
                         MIX_RC_USAGE);
        assert_true(err.text[0]);
    }
    assert_int_equal(mix_call_async(p.client, MIX_OP_COUNT, NULL, NULL, NULL, NULL, NULL), 0);
    assert_int_equal(standin_count(p.server, NULL, "/"), 0);
    mix_error_clear(&err);
    pair_close(&p);
}

static void no_client_without_a_good_server(void **state) {
    static const char *const bad[] = {NULL, "", "localhost", "ftp://x", "http://"};
    struct mix_error err = {.rc = MIX_RC_OK};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(bad); i++) {
        assert_null(mix_client_new(&(struct mix_options){.server = bad[i]}, &err));
        assert_int_equal(err.rc, MIX_RC_USAGE);
    }
    mix_error_clear(&err);
    mix_client_free(NULL);
}

static void the_generation_decides_how_messages_are_worded(void **state) {
    struct pair p = pair_open((struct mix_options){.generation = GEN_SEED});
    const struct message_send say = {.id = "s", .text = "hello"};

    (void)state;
    standin_on(p.server, "POST", "/api/sessions/s/messages",
               &(struct answer){.status = 202, .body = "{\"status\":\"ok\",\"sessionId\":\"s\"}"});
    assert_int_equal(mix_messages_send(p.client, &say, NULL, NULL, NULL), MIX_RC_OK);
    const char *body = standin_request(p.server, "POST", "/api/sessions/s", 0)->body;

    assert_non_null(strstr(body, "content"));
    assert_null(strstr(body, "text"));
    pair_close(&p);
}

/* ---- asynchronous ---- */
struct done {
    struct latch latch;
    enum mix_rc rc[600];
    uint32_t id[600];
};

static void on_done(void *user, uint32_t id, void *out, const struct mix_error *err) {
    struct done *d = user;

    pthread_mutex_lock(&d->latch.lock);
    d->rc[d->latch.n] = err->rc;
    d->id[d->latch.n] = id;
    pthread_mutex_unlock(&d->latch.lock);
    mix_reply_free(out);
    latch_raise(&d->latch);
}

static void five_hundred_calls_at_once_all_end(void **state) {
    static struct done d = {.latch = LATCH};
    struct pair p = pair_open((struct mix_options){.debug = MIX_DEBUG_OFF});

    (void)state;
    standin_on(p.server, "GET", "/health", &(struct answer){.body = "{\"status\":\"ok\"}"});
    for (int i = 0; i < 500; i++)
        assert_int_not_equal(mix_call_async(p.client, MIX_OP_HEALTH, NULL, NULL, on_done, &d, NULL),
                             0);
    latch_wait(&d.latch, 500);
    for (int i = 0; i < 500; i++)
        assert_int_equal(d.rc[i], MIX_RC_OK);
    pair_close(&p);
    assert_int_equal(d.latch.n, 500);
}

static void a_probe_has_options_and_need_not_be_waited_for(void **state) {
    struct pair p = pair_open((struct mix_options){.generation = GEN_SEED});
    const struct mix_retry never = {.mode = MIX_RETRY_OFF};
    const struct mix_call_options soon = {.idle_timeout_ms = 50, .retry = &never},
                                  elsewhere = {.server = "http://127.0.0.1:9"};
    struct done d = {.latch = LATCH};
    int generation = 1;

    (void)state;
    standin_on(p.server, "GET", "/doc", &(struct answer){.manner = ANSWER_SILENT, .times = 1});
    assert_int_equal(mix_client_probe(p.client, &generation, &soon, NULL), MIX_RC_TIMEOUT);
    assert_int_equal(generation, 0);
    assert_int_equal(mix_client_generation(p.client), GEN_SEED);
    standin_on(p.server, "GET", "/doc",
               &(struct answer){.body = "{\"paths\":{\"/api/sessions/{id}/messages\":{\"post\":{"
                                        "\"responses\":{\"202\":{}}}}}}"});
    assert_true(mix_client_probe_async(p.client, &elsewhere, on_done, &d, NULL) != 0);
    latch_wait(&d.latch, 1);
    assert_int_equal(d.rc[0], MIX_RC_OK);
    assert_true(mix_client_generation(p.client) > GEN_SEED);
    pair_close(&p);
}

static void a_cancelled_call_ends_once_as_cancelled(void **state) {
    struct done d = {.latch = LATCH};
    struct pair p = pair_open((struct mix_options){.debug = MIX_DEBUG_OFF});

    (void)state;
    standin_on(p.server, "GET", "/health", &(struct answer){.manner = ANSWER_SILENT});
    const uint32_t id = mix_call_async(p.client, MIX_OP_HEALTH, NULL, NULL, on_done, &d, NULL);

    standin_wait(p.server, "GET", "/health", 1, PATIENCE);
    mix_cancel(p.client, id);
    mix_cancel(p.client, id);
    latch_wait(&d.latch, 1);
    mix_cancel(p.client, id);
    mix_cancel(p.client, 4711);
    assert_int_equal(d.rc[0], MIX_RC_CANCELLED);
    assert_int_equal(d.id[0], id);
    pair_close(&p);
    assert_int_equal(d.latch.n, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_typed_function_fits_its_row),
        cmocka_unit_test(a_list_comes_whole_however_long),
        cmocka_unit_test(a_list_cut_in_half_is_fetched_anew),
        cmocka_unit_test(answers_without_content_are_empty),
        cmocka_unit_test(the_same_error_may_be_used_again),
        cmocka_unit_test(wrong_calls_are_refused_at_once),
        cmocka_unit_test(no_client_without_a_good_server),
        cmocka_unit_test(the_generation_decides_how_messages_are_worded),
        cmocka_unit_test(five_hundred_calls_at_once_all_end),
        cmocka_unit_test(a_probe_has_options_and_need_not_be_waited_for),
        cmocka_unit_test(a_cancelled_call_ends_once_as_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
