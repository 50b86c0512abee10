/* wire_probe.c - generations told apart, by document and by refusals. */
#include "mix/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HAS(op) (UINT64_C(1) << OP_##op)
#define PAGE    "404 page not found\n"

/* What a server of some generation answers. A model of it: bodies are decoded field by field. */
struct server {
    int version;
    const char *health; /* NULL: as Mix */
    int health_status;
    bool doc;
    bool lenient_router; /* a wrong method instead of an unknown path */
};

static bool documented(int op, int version) {
    const struct caps caps = caps_of(version);

    return caps_has(&caps, (enum op)op) && op != OP_DOC &&
           (op != OP_STREAM || version >= GEN(0, 4, 2));
}

/* All methods of one path, as a document groups them. */
static void add_path(struct buf *out, const char *path, int version) {
    static const char *const verbs[] = {"get", "post", "patch", "delete"};
    const char *comma = "";

    buf_addf(out, "\"%s\":{", path);
    for (int i = 0; i < OP_COUNT; i++) {
        const struct op_spec *s = op_spec((enum op)i);

        if (!documented(i, version) || strcmp(s->path, path) != 0)
            continue;
        buf_addf(out, "%s\"%s\":{\"responses\":{\"%s\":{}}}", comma, verbs[s->method],
                 i == OP_MESSAGE_SEND && version >= GEN_ASYNC ? "202" : "200");
        comma = ",";
    }
    buf_adds(out, "}");
}

static bool first_of_its_path(int op, int version) {
    for (int i = 0; i < op; i++)
        if (documented(i, version) &&
            strcmp(op_spec((enum op)i)->path, op_spec((enum op)op)->path) == 0)
            return false;
    return documented(op, version);
}

static void add_doc(struct buf *out, int version) {
    static const struct {
        int since;
        const char *text;
    } marks[] = {{GEN(0, 4, 5), ",{\"plan_mode\":1}"},
                 {GEN(0, 7, 2), ",\"thinking_level\""},
                 {GEN_LATE, ",\"browserMode\""},
                 {GEN_TOP, ",\"max_steps\""}};
    const char *comma = "";

    buf_adds(out, "{\"openapi\":\"3.1.0\",\"paths\":{");
    for (int i = 0; i < OP_COUNT; i++) {
        if (!first_of_its_path(i, version))
            continue;
        buf_adds(out, comma);
        add_path(out, op_spec((enum op)i)->path, version);
        comma = ",";
    }
    buf_adds(out, "},\"components\":[\"title\"");
    for (size_t i = 0; i < MIX_COUNT(marks); i++)
        if (version >= marks[i].since)
            buf_adds(out, marks[i].text);
    if (version >= GEN(0, 4, 5) && version <= GEN(0, 5, 1))
        buf_adds(out, ",{\"apps\":[]}");
    if (version <= GEN(0, 4, 5))
        buf_adds(out, ",\"workingDirectory\"");
    if (version >= GEN(0, 5, 0))
        buf_adds(out, ",\"promptMode\"");
    buf_adds(out, "]}");
}

/* The first of the body's fields that the generation does not know is named, as Go's decoder does.
 */
static bool decode_fails(struct buf *out, enum op op, const char *body, int version) {
    _Alignas(max_align_t) char in[OP_IN_MAX] = {0};
    struct arena a = {0};
    struct err err = {0};
    const bool fails =
        shape_read_strict(in, op_spec(op)->in, body, strlen(body), &a, version, &err) != RC_OK;

    arena_free(&a);
    if (fails) {
        struct buf text;

        buf_init(&text, 1000);
        for (const char *p = err.text; *p; p++)
            buf_addf(&text, "%s%c", *p == '"' ? "\\" : "", *p);
        buf_addf(out, "{\"error\":{\"code\":400,\"message\":\"Invalid request body: json: %s\"}}",
                 buf_str(&text));
        buf_fini(&text);
    }
    return fails;
}

static int answer(const struct server *s, const struct probe_request *r, struct buf *out) {
    const struct caps caps = caps_of(s->version);
    enum op op = OP_COUNT;

    buf_clear(out);
    if (strcmp(r->path, "/doc") == 0) {
        if (s->doc)
            add_doc(out, s->version);
        else
            buf_adds(out, PAGE);
        return s->doc ? 200 : 404;
    }
    if (strcmp(r->path, "/health") == 0) {
        buf_adds(out, s->health ? s->health : "{\"status\":\"ok\",\"version\":\"1\"}\n");
        return s->health_status ? s->health_status : 200;
    }
    assert_true(op_match(&op, NULL, NULL, method_name(r->method), r->path));
    if (!caps_has(&caps, op)) {
        buf_adds(out, s->lenient_router ? "Method Not Allowed\n" : PAGE);
        return s->lenient_router ? 405 : 404;
    }
    if (r->body && decode_fails(out, op, r->body, s->version))
        return 400;
    if (r->method == M_POST) {
        buf_adds(out,
                 "{\"error\":{\"code\":400,\"message\":\"Validation error for field 'content'\"}}");
        return op == OP_SESSION_FORK ? 500 : 400;
    }
    buf_adds(out, op == OP_SESSION_EXPORT ? "{\"error\":{\"code\":404}}" : "{}");
    return op == OP_SESSION_EXPORT ? 404 : 200;
}

static struct caps probe(const struct server *s, int *requests) {
    struct probe p = {0};
    struct probe_request r;
    struct buf body;
    int n = 0;

    buf_init(&body, 1000000);
    while (probe_next(&p, &r)) {
        const int status = answer(s, &r, &body);

        assert_true(n++ < 20);
        probe_feed(&p, status, buf_str(&body), body.n);
    }
    assert_false(probe_next(&p, &r));
    buf_fini(&body);
    if (requests)
        *requests = n;
    return p.caps;
}

/* ---- by document ---- */
static void a_document_tells_every_generation(void **state) {
    static const struct {
        int server, want;
    } cases[] = {
        {GEN_SEED, GEN_SEED},         {GEN(0, 4, 5), GEN(0, 4, 5)}, {GEN(0, 4, 6), GEN(0, 4, 6)},
        {GEN(0, 5, 1), GEN(0, 5, 1)}, {GEN(0, 5, 3), GEN(0, 5, 3)}, {GEN(0, 5, 4), GEN(0, 5, 4)},
        {GEN(0, 5, 6), GEN(0, 5, 6)}, {GEN(0, 5, 7), GEN(0, 5, 7)}, {GEN(0, 6, 4), GEN(0, 6, 4)},
        {GEN_ASYNC, GEN_ASYNC},       {GEN(0, 6, 6), GEN(0, 6, 6)}, {GEN(0, 7, 0), GEN(0, 7, 1)},
        {GEN(0, 7, 2), GEN(0, 7, 2)}, {GEN_LATE, GEN_LATE},         {GEN_TOP, GEN_TOP},
        {GEN_POST, GEN_POST},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct server s = {.version = cases[i].server, .doc = true};
        const struct caps want = caps_of(cases[i].server);
        int requests = 0;
        const struct caps got = probe(&s, &requests);

        assert_int_equal(requests, 1);
        assert_int_equal(got.version, cases[i].want);
        assert_int_equal(got.ops, want.ops);
        assert_int_equal(got.sync_send, want.sync_send);
        assert_int_equal(got.strict_text, want.strict_text);
        assert_int_equal(got.browser_mode, want.browser_mode);
        assert_string_equal(got.why, "read from the server's own document");
    }
}

/* ---- by refusals ---- */
static void refusals_tell_every_generation(void **state) {
    static const struct {
        int server, want;
    } cases[] = {
        {GEN_SEED, GEN_SEED},         {GEN(0, 4, 5), GEN(0, 4, 5)}, {GEN(0, 4, 6), GEN(0, 4, 6)},
        {GEN(0, 5, 1), GEN(0, 4, 6)}, {GEN(0, 5, 3), GEN(0, 5, 3)}, {GEN(0, 5, 4), GEN(0, 5, 4)},
        {GEN(0, 5, 6), GEN(0, 5, 6)}, {GEN(0, 6, 4), GEN_ASYNC},    {GEN_ASYNC, GEN_ASYNC},
        {GEN(0, 6, 6), GEN(0, 6, 6)}, {GEN(0, 7, 0), GEN(0, 7, 1)}, {GEN(0, 7, 2), GEN(0, 7, 2)},
        {GEN_LATE, GEN_LATE},         {GEN_TOP, GEN_TOP},           {GEN_POST, GEN_POST},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++)
        for (int router = 0; router < 2; router++) {
            const struct server s = {.version = cases[i].server, .lenient_router = router == 1};
            const struct caps want = caps_of(cases[i].server);
            const struct caps got = probe(&s, NULL);
            const uint64_t asked = HAS(SESSION_FORK) | HAS(SESSION_REWIND) | HAS(SESSION_EXPORT) |
                                   HAS(PREFERENCES_GET) | HAS(TOOLS_LIST) | HAS(HEALTH_AUTH) |
                                   HAS(SYSTEM_INFO);

            assert_int_equal(got.version, cases[i].want);
            assert_int_equal(got.ops & asked, want.ops & asked);
            assert_int_equal(got.strict_text, want.strict_text);
            assert_int_equal(got.browser_mode, want.browser_mode);
            /* Where it cannot be told, sends are taken for synchronous. */
            assert_true(got.sync_send || !want.sync_send);
            assert_string_equal(got.why, "told by what the server refuses");
        }
}

static void a_fork_in_a_late_server_is_seen(void **state) {
    /* A document that claims late, and a path for fork. */
    static const char doc[] =
        "{\"paths\":{\"/api/sessions/{sid}/messages\":{\"post\":{\"responses\":{\"202\":{}}}},"
        "\"/api/sessions/{id}/fork\":{\"post\":{}},\"/api/preferences\":{\"get\":{}}},"
        "\"x\":{\"browserMode\":0,\"max_steps\":0,\"plan_mode\":1}}";
    struct probe p = {0};
    struct probe_request r;
    (void)state;

    assert_true(probe_next(&p, &r));
    probe_feed(&p, 200, doc, sizeof doc - 1);
    assert_false(probe_next(&p, &r));
    assert_int_equal(p.caps.version, GEN_TOP);
    assert_true(caps_has(&p.caps, OP_SESSION_FORK) && caps_has(&p.caps, OP_STREAM));
    assert_false(caps_has(&p.caps, OP_SESSION_EXPORT));
}

static void a_document_of_something_else_is_not_believed(void **state) {
    static const char *const docs[] = {"<html>Swagger</html>",
                                       "{}",
                                       "[]",
                                       "{\"paths\":{}}",
                                       "{\"paths\":{\"/pets\":{\"get\":{}}}}",
                                       "{\"paths\":[",
                                       ""};
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(docs); i++) {
        struct probe p = {0};
        struct probe_request r;

        assert_true(probe_next(&p, &r));
        assert_string_equal(r.path, "/doc");
        probe_feed(&p, 200, docs[i], strlen(docs[i]));
        assert_true(probe_next(&p, &r));
        assert_string_equal(r.path, "/health");
    }
}

static void what_is_no_mix_server_is_called_so(void **state) {
    static const struct {
        const char *body;
        int status;
        const char *why;
    } cases[] = {
        {PAGE, 404, "not a Mix server: GET /health answered 404"},
        {"<html>hello</html>", 200, "not a Mix server: GET /health answered no JSON"},
        {"\"ok\"", 200, "not a Mix server: GET /health answered something else"},
        {"{\"healthy\":true}", 200, "not a Mix server: GET /health answered something else"},
        {"<html>Bad Gateway", 502, "not a Mix server: GET /health answered 502"},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct server s = {
            .version = GEN_TOP, .health = cases[i].body, .health_status = cases[i].status};
        int requests = 0;
        const struct caps got = probe(&s, &requests);

        assert_int_equal(requests, 2);
        assert_int_equal(got.version, GEN_NONE);
        assert_string_equal(got.why, cases[i].why);
    }
    struct probe p = {0};

    probe_feed(&p, 0, NULL, 0);
    probe_feed(&p, 0, NULL, 0);
    assert_string_equal(p.caps.why, "no answer to GET /health");
}

/* No request may create, change or start anything, on any generation. */
static void every_request_is_one_that_must_be_refused(void **state) {
    struct probe p = {0};
    struct probe_request r;
    int posts = 0;
    (void)state;

    for (int n = 0; probe_next(&p, &r); n++) {
        static const char ok[] = "{\"status\":\"ok\"}";

        assert_true(n < 20);
        if (r.method != M_GET) {
            posts++;
            assert_int_equal(r.method, M_POST);
            if (strcmp(r.path, "/api/sessions") == 0) /* no title: nothing is made */
                assert_non_null(strstr(r.body, "\"title\":\"\""));
            else /* no such session */
                assert_non_null(strstr(r.path, "/00000000-0000-0000-0000-000000000000/"));
            assert_null(strstr(r.path, "cancel"));
        }
        probe_feed(&p, n == 0 ? 404 : 200, ok, sizeof ok - 1);
    }
    assert_true(posts >= 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_tells_every_generation),
        cmocka_unit_test(refusals_tell_every_generation),
        cmocka_unit_test(a_fork_in_a_late_server_is_seen),
        cmocka_unit_test(a_document_of_something_else_is_not_believed),
        cmocka_unit_test(what_is_no_mix_server_is_called_so),
        cmocka_unit_test(every_request_is_one_that_must_be_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
