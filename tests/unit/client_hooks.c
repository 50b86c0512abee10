/* client_hooks.c - hooks that look, change and refuse; a replaced transport; the log. */
#include "client_help.h"

#include <unistd.h>

struct seen {
    const char *header, *body, *url; /* what `before` puts in; NULL: nothing */
    enum mix_rc before, after;       /* what they answer */
    int befores, afters, attempts, status;
    bool failed;
};

static enum mix_rc before(void *user, struct mix_outgoing *o) {
    struct seen *s = user;

    s->befores++;
    s->attempts = o->attempt;
    if (s->header)
        mix_outgoing_header(o, s->header);
    if (s->body)
        mix_outgoing_body(o, s->body, strlen(s->body));
    if (s->url)
        mix_outgoing_url(o, s->url);
    return s->before;
}

static enum mix_rc after(void *user, const struct mix_answer *a) {
    struct seen *s = user;

    s->afters++;
    s->status = a->status;
    s->failed = a->failure != NULL;
    return s->after;
}

static struct pair open_hooked(struct seen *s) {
    return pair_open((struct mix_options){
        .hooks = {.user = s, .before = before, .after = after},
        .headers = (const char *[]){"X-One: 1", "X-Two: 2"},
        .n_headers = 2,
        .retry = {.attempts = 3, .initial_ms = 5},
    });
}

static void a_request_is_changed_before_it_is_sent(void **state) {
    struct seen s = {.header = "x-one: 11", .body = "{\"title\":\"other\"}"};
    struct pair p = open_hooked(&s);

    (void)state;
    standin_on(p.server, "POST", "/api/sessions", &(struct answer){.body = SESSION("a")});
    assert_int_equal(
        mix_sessions_create(p.client, &(struct session_create){.title = "x"}, NULL, NULL, NULL),
        MIX_RC_OK);
    const struct seen_request *r = standin_request(p.server, "POST", "/api/sessions", 0);

    assert_string_equal(r->body, "{\"title\":\"other\"}");
    assert_null(strstr(r->headers, "X-One: 1\r"));
    assert_non_null(strstr(r->headers, "x-one: 11"));
    assert_non_null(strstr(r->headers, "X-Two: 2"));
    s.header = "X-Two:"; /* takes it away */
    assert_int_equal(
        mix_sessions_create(p.client, &(struct session_create){.title = "x"}, NULL, NULL, NULL),
        MIX_RC_OK);
    assert_null(strstr(standin_request(p.server, "POST", "/api/sessions", 1)->headers, "X-Two"));
    pair_close(&p);
}

static void a_request_is_sent_elsewhere(void **state) {
    struct standin *other = standin_new();
    char url[128];
    struct seen s = {.url = url};
    struct pair p = open_hooked(&s);

    (void)state;
    standin_on(other, "GET", "/over/there", &(struct answer){.body = "{\"status\":\"ok\"}"});
    snprintf(url, sizeof url, "%s/over/there", standin_url(other));
    assert_int_equal(mix_system_get_health(p.client, NULL, NULL, NULL), MIX_RC_OK);
    assert_int_equal(standin_count(p.server, NULL, "/"), 0);
    assert_int_equal(standin_count(other, "GET", "/over/there"), 1);
    pair_close(&p);
    standin_free(other);
}

static void a_refused_request_is_never_sent(void **state) {
    struct seen s = {.before = MIX_RC_LIMIT};
    struct pair p = open_hooked(&s);
    struct mix_error err = {.rc = MIX_RC_OK};
    const struct mix_event *e = NULL;

    (void)state;
    assert_int_equal(mix_system_get_health(p.client, NULL, NULL, &err), MIX_RC_LIMIT);
    assert_string_equal(err.text, "a hook refused the request");
    /* A stream ends instead of asking again and again. */
    struct mix_stream *stream = mix_stream_open(p.client, "s", NULL, NULL, NULL, NULL);

    do
        assert_int_equal(mix_stream_next(stream, PATIENCE, &e), MIX_RC_OK);
    while (e->what != MIX_EVENT_END);
    assert_int_equal(e->err->rc, MIX_RC_LIMIT);
    assert_int_equal(mix_client_probe(p.client, NULL, NULL, NULL), MIX_RC_LIMIT);
    assert_int_equal(standin_connections(p.server), 0);
    assert_int_equal(standin_count(p.server, NULL, "/"), 0);
    assert_int_equal(s.befores, 3);
    assert_int_equal(s.afters, 0);
    mix_error_clear(&err);
    pair_close(&p);
}

static void a_refused_answer_fails_the_call(void **state) {
    struct seen s = {.after = MIX_RC_PROTO};
    struct pair p = open_hooked(&s);
    struct session_list *all = NULL;

    (void)state;
    standin_on(p.server, "GET", "/api/sessions", &(struct answer){.body = "[]"});
    assert_int_equal(mix_sessions_list(p.client, &(struct sessions_query){0}, &all, NULL, NULL),
                     MIX_RC_PROTO);
    assert_null(all);
    assert_int_equal(s.status, 200);
    assert_false(s.failed);
    assert_int_equal(standin_count(p.server, NULL, "/"), 1);
    pair_close(&p);
}

static void hooks_see_every_attempt(void **state) {
    struct seen s = {.header = NULL};
    struct pair p = open_hooked(&s);

    (void)state;
    standin_on(p.server, "GET", "/health", &(struct answer){.status = 503, .times = 1});
    standin_on(p.server, "GET", "/health", &(struct answer){.status = 500, .times = 1});
    standin_on(p.server, "GET", "/health", &(struct answer){.body = "{\"status\":\"ok\"}"});
    assert_int_equal(mix_system_get_health(p.client, NULL, NULL, NULL), MIX_RC_OK);
    assert_int_equal(s.befores, 3);
    assert_int_equal(s.afters, 3);
    assert_int_equal(s.attempts, 3);
    pair_close(&p);
}

static void a_time_out_is_an_answer_that_did_not_come(void **state) {
    struct seen s = {.header = NULL};
    struct pair p = open_hooked(&s);
    const struct mix_call_options o = {.total_timeout_ms = 50};

    (void)state;
    standin_on(p.server, "GET", "/health", &(struct answer){.manner = ANSWER_SILENT});
    assert_int_equal(mix_system_get_health(p.client, NULL, &o, NULL), MIX_RC_TIMEOUT);
    assert_int_equal(s.befores, 1);
    assert_int_equal(s.afters, 1);
    pair_close(&p);
}

/* ---- retries ---- */
struct retries {
    struct mix_client *client;
    int n, cancel_at, status;
    int64_t wait_ms;
    enum mix_op op;
    bool odd;
};

static void on_retry(void *user, const struct mix_retrying *r) {
    struct retries *s = user;

    s->n++;
    s->odd |= r->attempt != s->n || r->id == 0 || !r->err->retryable || r->err->op != r->op;
    s->op = r->op;
    s->status = r->err->status;
    s->wait_ms = r->wait_ms;
    if (s->n == s->cancel_at)
        mix_cancel(s->client, r->id);
}

static void retries_are_told_and_may_be_ended(void **state) {
    struct retries s = {.n = 0};
    struct pair p = pair_open((struct mix_options){.hooks = {.user = &s, .retry = on_retry}});
    const struct mix_retry slow = {.initial_ms = 10000, .max_ms = 10000};

    (void)state;
    s.client = p.client;
    standin_on(p.server, "GET", "/health", &(struct answer){.status = 503, .times = 2});
    standin_on(p.server, "GET", "/health", &(struct answer){.body = "{}", .times = 1});
    standin_on(p.server, "GET", "/health", &(struct answer){.manner = ANSWER_CLOSE});
    assert_int_equal(mix_system_get_health(p.client, NULL, NULL, NULL), MIX_RC_OK);
    assert_int_equal(s.n, 2);
    assert_int_equal(s.status, 503);
    assert_int_equal(s.op, MIX_OP_HEALTH);
    assert_false(s.odd);
    s = (struct retries){.client = p.client, .cancel_at = 1};
    const struct mix_call_options o = {.retry = &slow};

    assert_int_equal(mix_system_get_health(p.client, NULL, &o, NULL), MIX_RC_CANCELLED);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.status, 0);
    assert_in_range(s.wait_ms, 5000, 10000);
    pair_close(&p);
}

struct nosy {
    struct mix_client *client;
    enum mix_rc rc;
};

static enum mix_rc wait_in_hook(void *user, struct mix_outgoing *o) {
    struct nosy *n = user;

    (void)o;
    n->rc = mix_system_get_health(n->client, NULL, NULL, NULL);
    return MIX_RC_OK;
}

static void a_hook_cannot_wait_for_its_client(void **state) {
    struct nosy n = {.rc = MIX_RC_OK};
    struct pair p = pair_open((struct mix_options){.hooks = {.user = &n, .before = wait_in_hook}});

    (void)state;
    n.client = p.client;
    standin_on(p.server, "GET", "/health", &(struct answer){.body = "{\"status\":\"ok\"}"});
    assert_int_equal(mix_system_get_health(p.client, NULL, NULL, NULL), MIX_RC_OK);
    assert_int_equal(n.rc, MIX_RC_USAGE);
    pair_close(&p);
}

/* ---- a replaced transport ---- */
struct nowhere {
    struct latch begun, left;
    enum { ECHO, VANISH, HALF, ENDLESS, ASLEEP } manner;
    size_t body;
};

static enum mix_rc nowhere(void *user, struct mix_exchange *x) {
    struct nowhere *n = user;
    char piece[5000];
    int64_t got;

    latch_raise(&n->begun);
    if (n->manner == VANISH)
        return MIX_RC_CONNECT;
    if (n->manner == ASLEEP)
        mix_exchange_read(x, piece, sizeof piece); /* ends with the client */
    if (n->manner == HALF)
        return mix_exchange_write(x, "[", 1) == MIX_RC_OK ? MIX_RC_CONNECT : MIX_RC_OK;
    while (n->manner == ENDLESS && mix_exchange_write(x, piece, sizeof piece) == MIX_RC_OK)
        ;
    while ((got = mix_exchange_read(x, piece, sizeof piece)) > 0)
        n->body += (size_t)got;
    mix_exchange_status(x, 201);
    mix_exchange_header(x, "X-From: nowhere");
    mix_exchange_header(x, "Content-Length: 99999");
    const enum mix_rc rc = mix_exchange_write(x, "{\"name\":\"f\"}", 12);

    latch_raise(&n->left);
    return rc;
}

static struct mix_client *client_of(struct nowhere *n) {
    struct mix_client *c = mix_client_new(
        &(struct mix_options){
            .server = "https://mix.invalid:1/x",
            .hooks = {.user = n, .transport = nowhere},
            .proxy = "http://127.0.0.1:9",
            .retry = {.initial_ms = 5, .attempts = 2},
        },
        NULL);

    assert_non_null(c);
    return c;
}

static int64_t many_bytes(void *user, char *to, size_t room) {
    size_t *left = user;
    const size_t n = *left < room ? *left : room;

    memset(to, 'x', n);
    *left -= n;
    return (int64_t)n;
}

static void a_transport_gets_bodies_of_any_length(void **state) {
    static const int64_t sizes[] = {0, 3000000};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct nowhere n = {.begun = LATCH, .left = LATCH};
        struct mix_client *c = client_of(&n);
        struct file_info *file = NULL;
        size_t left = 3000000;
        const struct mix_source source = {
            .from = MIX_CALLBACK, .read = many_bytes, .user = &left, .size = sizes[i]};
        const struct mix_call_options o = {.upload = &source};

        assert_int_equal(
            mix_files_upload_session_file(c, &(struct session_ref){"s"}, &file, &o, NULL),
            MIX_RC_OK);
        assert_string_equal(file->name, "f");
        assert_int_equal(mix_reply_info(file)->status, 201);
        assert_true(n.body > 3000000 && n.body < 3002000);
        mix_reply_free(file);
        mix_client_free(c);
    }
}

static void a_transport_that_fails_is_a_lost_connection(void **state) {
    (void)state;
    for (int half = 0; half < 2; half++) {
        struct nowhere n = {.begun = LATCH, .left = LATCH, .manner = half ? HALF : VANISH};
        struct mix_client *c = client_of(&n);

        assert_int_equal(mix_sessions_list(c, &(struct sessions_query){0}, NULL, NULL, NULL),
                         MIX_RC_CONNECT);
        assert_int_equal(latch_value(&n.begun), 2); /* tried again */
        mix_client_free(c);
    }
}

static void free_ends_a_transport_that_waits_or_writes(void **state) {
    (void)state;
    for (int endless = 0; endless < 2; endless++) {
        struct nowhere n = {.begun = LATCH, .left = LATCH, .manner = endless ? ENDLESS : ASLEEP};
        struct mix_client *c = client_of(&n);

        mix_call_async(c, MIX_OP_DOC, NULL, NULL, NULL, NULL, NULL);
        mix_call_async(c, MIX_OP_DOC, NULL, NULL, NULL, NULL, NULL);
        latch_wait(&n.begun, 2);
        mix_client_free(c);
    }
}

/* ---- the log ---- */
struct lines {
    int n;
    bool leaked, torn, changed;
};

static void on_line(void *user, const char *line) {
    struct lines *l = user;

    l->n++;
    l->leaked |= strstr(line, "s3cret") != NULL;
    l->torn |= strchr(line, '\n') != NULL;
    l->changed |= strstr(line, "\"changed\"") != NULL; /* what was really sent */
}

static enum mix_rc add_secrets(void *user, struct mix_outgoing *o) {
    (void)user;
    mix_outgoing_header(o, "X-Gateway-Pass: s3cret");
    if (o->body)
        mix_outgoing_body(o, "{\"title\":\"changed\"}", 19);
    return MIX_RC_OK;
}

static void each_client_has_its_own_log_without_secrets(void **state) {
    struct lines a = {.n = 0}, b = {.n = 0};
    struct pair p = pair_open((struct mix_options){
        .hooks = {.user = &a, .log = on_line, .before = add_secrets},
        .headers = (const char *[]){"Authorization: Bearer s3cret"},
        .n_headers = 1,
    });
    struct pair q = pair_open((struct mix_options){.hooks = {.user = &b, .log = on_line}});
    const struct mix_call_options o = {.headers = (const char *[]){"X-Mine: s3cret"},
                                       .n_headers = 1};

    (void)state;
    standin_on(p.server, "POST", "/api/sessions", &(struct answer){.body = SESSION("a")});
    assert_int_equal(
        mix_sessions_create(p.client, &(struct session_create){.title = "x"}, NULL, &o, NULL),
        MIX_RC_OK);
    const char *sent = standin_request(p.server, "POST", "/api", 0)->headers;

    assert_non_null(strstr(sent, "X-Mine: s3cret"));
    assert_non_null(strstr(sent, "X-Gateway-Pass: s3cret"));
    pair_close(&p);
    pair_close(&q);
    assert_true(a.n > 0 && a.changed && !a.leaked && !a.torn);
    assert_int_equal(b.n, 0);
}

static void the_environment_turns_the_log_on(void **state) {
    char name[] = "/tmp/mix-log-XXXXXX";
    const int fd = mkstemp(name);
    struct mix_error err = {.rc = MIX_RC_OK};

    (void)state;
    assert_true(fd >= 0);
    setenv("MIX_DEBUG", name, 1);
    for (int off = 1; off >= 0; off--) {
        struct pair p = pair_open(
            (struct mix_options){.debug = off ? MIX_DEBUG_OFF : MIX_DEBUG_BY_ENVIRONMENT});

        mix_system_get_health(p.client, NULL, NULL, NULL);
        pair_close(&p);
        assert_int_equal(lseek(fd, 0, SEEK_END) > 0, !off);
    }
    setenv("MIX_DEBUG", "/nowhere/at/all", 1);
    assert_null(mix_client_new(&(struct mix_options){.server = "http://127.0.0.1:1"}, &err));
    assert_int_equal(err.rc, MIX_RC_IO);
    unsetenv("MIX_DEBUG");
    mix_error_clear(&err);
    close(fd);
    unlink(name);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_changed_before_it_is_sent),
        cmocka_unit_test(a_request_is_sent_elsewhere),
        cmocka_unit_test(a_refused_request_is_never_sent),
        cmocka_unit_test(a_refused_answer_fails_the_call),
        cmocka_unit_test(hooks_see_every_attempt),
        cmocka_unit_test(a_time_out_is_an_answer_that_did_not_come),
        cmocka_unit_test(retries_are_told_and_may_be_ended),
        cmocka_unit_test(a_hook_cannot_wait_for_its_client),
        cmocka_unit_test(a_transport_gets_bodies_of_any_length),
        cmocka_unit_test(a_transport_that_fails_is_a_lost_connection),
        cmocka_unit_test(free_ends_a_transport_that_waits_or_writes),
        cmocka_unit_test(each_client_has_its_own_log_without_secrets),
        cmocka_unit_test(the_environment_turns_the_log_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
