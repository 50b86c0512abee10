/* wire_ops.c - the tables against what was published, and the way between operations and targets.
 */
#include "shape.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *name;
    int version;
} generations[] = {{"0.2.5", GEN_SEED}, {"0.7.2", GEN(0, 7, 2)}, {"0.8.1", GEN_TOP}};

/* What was published, a fact a line: `of kind place type required|-`; of kind `op` the line is
 * `of op METHOD path status`. */
struct fact {
    char of[64], kind[16], place[128], type[256], rest[32];
};

static FILE *fixture(const char *generation) {
    char path[512];

    snprintf(path, sizeof path, "%s/facts-%s.txt", MIX_FIXTURES, generation);
    FILE *f = fopen(path, "r");

    if (!f)
        fail_msg("cannot open %s", path);
    return f;
}

static bool next_fact(FILE *f, struct fact *out) {
    return fscanf(f, "%63s %15s %127s %255s %31s", out->of, out->kind, out->place, out->type,
                  out->rest) == 5;
}

static bool next_op(FILE *f, struct fact *out) {
    while (next_fact(f, out))
        if (strcmp(out->kind, "op") == 0)
            return true;
    return false;
}

static bool in_version(const struct op_spec *s, int version) {
    return s->since <= version && version <= s->until;
}

static void every_published_operation_is_in_the_table(void **state) {
    (void)state;
    for (size_t g = 0; g < MIX_COUNT(generations); g++) {
        FILE *f = fixture(generations[g].name);
        struct fact it;
        int n = 0;

        while (next_op(f, &it)) {
            const char *id = it.of, *method = it.place, *path = it.type;
            const enum op op = op_by_name(id);

            if (op == OP_COUNT)
                fail_msg("%s: no row for %s", generations[g].name, id);
            assert_string_equal(op_spec(op)->operation_id, id);
            assert_string_equal(op_spec(op)->path, path);
            assert_string_equal(method_name(op_spec(op)->method), method);
            if (!in_version(op_spec(op), generations[g].version))
                fail_msg("%s: %s is published, the table says it is not there", generations[g].name,
                         id);
            n++;
        }
        fclose(f);
        assert_true(n >= 30);
    }
}

static bool published(const char *generation, const char *operation_id) {
    FILE *f = fixture(generation);
    struct fact it;
    bool found = false;

    while (!found && next_op(f, &it))
        found = strcmp(it.of, operation_id) == 0;
    fclose(f);
    return found;
}

static void no_row_claims_a_generation_that_did_not_publish_it(void **state) {
    (void)state;
    for (size_t g = 0; g < MIX_COUNT(generations); g++)
        for (int op = 0; op < OP_COUNT; op++) {
            const struct op_spec *s = op_spec((enum op)op);

            /* Served before it was published, and never published. */
            if (op == OP_STREAM || op == OP_DOC || !in_version(s, generations[g].version))
                continue;
            if (!published(generations[g].name, s->operation_id))
                fail_msg("%s was not in %s", s->operation_id, generations[g].name);
        }
}

/* ---- fields ---- */
static const struct {
    const char *of, *kind, *field, *why;
} omitted[] = {
    {"grantPermission", "response", "granted", "no server sends it: the answer has status"},
    {"denyPermission", "response", "denied", "no server sends it: the answer has status"},
    {"cancelSessionProcessing", "response", "cancelled",
     "no server sends it: the answer has status"},
    {"createSession", "request", "subagentType", "only the agent makes sub-agent sessions"},
    {"uploadSessionFile", "request", "file", "the part of a multipart body, not a field"},
    {"*", "event", "type", "of an event: the event's name says it"},
};

static bool is_omitted(const char *of, const char *kind, const char *field) {
    for (size_t i = 0; i < MIX_COUNT(omitted); i++)
        if ((strcmp(omitted[i].of, of) == 0 || strcmp(omitted[i].of, "*") == 0) &&
            strcmp(omitted[i].kind, kind) == 0 && strcmp(omitted[i].field, field) == 0)
            return true;
    return false;
}

static const struct field *row(const struct shape *s, const char *name, size_t n, int version) {
    for (size_t i = 0; i < s->n; i++) {
        const struct field *f = &s->fields[i];

        if (f->kind == K_SELF) {
            const struct field *inner = row(f->sub, name, n, version);

            if (inner)
                return inner;
        }
        if (strlen(f->name) == n && memcmp(f->name, name, n) == 0 && field_known(f, version))
            return f;
    }
    return NULL;
}

/* Follows a dotted path through the tables; "*" is any key of a map. */
static bool knows(const struct shape *s, const char *path, int version) {
    bool in_map = false;

    if (s && s->form != FORM_OBJECT) {
        in_map = s->form == FORM_MAP;
        s = s->sub;
    }
    while (s && *path) {
        const size_t n = strcspn(path, ".");

        if (in_map != (n == 1 && *path == '*'))
            return false;
        if (!in_map) {
            const struct field *f = row(s, path, n, version);

            if (!f)
                return false;
            if (path[n] == '\0')
                return true;
            in_map = f->kind == K_MAP;
            s = f->sub;
        } else {
            in_map = false;
        }
        path += n + (path[n] == '.');
    }
    return false;
}

static const struct shape *event_table(const char *name) {
    static const struct {
        const char *name;
        const struct shape *shape;
    } tables[] = {
#define S(table)                                   &shape_##table
#define EVENT(id, wire, shape, type, since, until) {wire, shape},
#include "mix/events.def"
#undef EVENT
    };

    if (strcmp(name, "tool_parameter_delta") == 0) /* an older name */
        return &shape_event_tool_input_delta;
    for (size_t i = 0; i < MIX_COUNT(tables); i++)
        if (strcmp(tables[i].name, name) == 0)
            return tables[i].shape;
    return NULL;
}

static void every_published_field_is_known_or_left_out_for_a_reason(void **state) {
    (void)state;
    for (size_t g = 0; g < MIX_COUNT(generations); g++) {
        FILE *f = fixture(generations[g].name);
        struct fact it;
        int n = 0;

        while (next_fact(f, &it)) {
            const char *of = it.of, *field = it.place;
            const enum op op = op_by_name(of);
            const bool event = strcmp(it.kind, "event") == 0;
            const bool request = !event && !isdigit((unsigned char)it.kind[0]);
            const char *kind = event ? "event" : request ? "request" : "response";
            const struct shape *s = NULL;

            if (strcmp(it.kind, "op") == 0 || strcmp(of, "*") == 0 || strcmp(field, ".") == 0 ||
                strchr(field, '#') || field[strlen(field) - 1] == '*')
                continue; /* the whole, or an element without a name */
            if (event)
                s = event_table(of);
            else if (op != OP_COUNT)
                s = request ? op_spec(op)->in : op_spec(op)->out;
            n++;
            /* What is read is read whatever the generation: documents promise more than was sent.
             */
            if (!knows(s, field, request ? generations[g].version : GEN_NONE) &&
                !is_omitted(of, kind, field))
                fail_msg("%s: %s of %s has %s", generations[g].name, kind, of, field);
        }
        fclose(f);
        assert_true(n > 200);
    }
}

static void every_omission_is_still_needed(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(omitted); i++) {
        const enum op op = op_by_name(omitted[i].of);

        if (op != OP_COUNT)
            assert_false(
                knows(strcmp(omitted[i].kind, "request") == 0 ? op_spec(op)->in : op_spec(op)->out,
                      omitted[i].field, GEN_NONE));
    }
}

/* ---- the table itself ---- */
static void names_are_unique_and_find_their_row(void **state) {
    (void)state;
    for (int op = 0; op < OP_COUNT; op++) {
        const struct op_spec *s = op_spec((enum op)op);

        assert_int_equal(op_by_name(s->sdk_name), op);
        assert_int_equal(op_by_name(s->short_name), op);
        if (*s->operation_id)
            assert_int_equal(op_by_name(s->operation_id), op);
    }
    assert_int_equal(op_by_name(""), OP_COUNT);
    assert_int_equal(op_by_name(NULL), OP_COUNT);
    assert_int_equal(op_by_name("sessions.make"), OP_COUNT);
    assert_int_equal(op_by_name("sessions.list"), OP_SESSIONS_LIST);
    assert_int_equal(op_by_name("listSessions"), OP_SESSIONS_LIST);
    assert_int_equal(op_by_name("session-list"), OP_SESSIONS_LIST);
}

static void what_could_double_or_destroy_is_never_repeated(void **state) {
    static const enum op never[] = {
        OP_SESSION_CREATE, OP_SESSION_FORK,      OP_SESSION_REWIND,   OP_MESSAGE_SEND,
        OP_STREAM_MESSAGE, OP_FILE_UPLOAD,       OP_AUTH_OAUTH_START, OP_AUTH_OAUTH_CALLBACK,
        OP_REFRESH_TOKENS, OP_PREFERENCES_RESET,
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(never); i++)
        assert_int_equal(op_spec(never[i])->retry, RETRY_NEVER);
    for (int op = 0; op < OP_COUNT; op++)
        if (op_spec((enum op)op)->method == M_GET)
            assert_int_equal(op_spec((enum op)op)->retry,
                             op == OP_STREAM ? RETRY_FOREVER : RETRY_SAFE);
}

static void a_row_is_consistent(void **state) {
    (void)state;
    for (int op = 0; op < OP_COUNT; op++) {
        const struct op_spec *s = op_spec((enum op)op);
        bool has_body = false;

        for (size_t i = 0; s->in && i < s->in->n; i++)
            has_body |= s->in->fields[i].where == IN_BODY;
        assert_int_equal(has_body, s->body == BODY_JSON);
        assert_int_equal(s->out != NULL, s->reply == REPLY_JSON);
        assert_true(s->since <= s->until && s->cap > 0);
        assert_true(!s->in || shape_size(s->in) <= OP_IN_MAX);
    }
}

static void tables_stay_inside_their_structs(void **state) {
    (void)state;
    for (size_t i = 0; i < shape_count; i++) {
        const struct shape *s = shape_table[i];

        assert_ptr_equal(shape_named(s->name), s);
        assert_true(s->n <= 64);
        for (size_t k = 0; k < s->n; k++) {
            const struct field *f = &s->fields[k];

            assert_true(f->at < s->size);
            if (f->sub && (f->kind == K_OBJ || f->kind == K_SELF))
                assert_true(f->at + f->sub->size <= s->size);
            if (f->kind == K_SELF)
                assert_int_equal(k, 0);
            assert_true(f->until == 0 || f->since <= f->until);
        }
    }
    assert_null(shape_named("no_such_table"));
}

/* ---- generations ---- */
static void generations_differ_as_they_did(void **state) {
    const struct caps seed = caps_of(GEN_SEED), late = caps_of(GEN_TOP), post = caps_of(GEN_POST);
    const struct caps async = caps_of(GEN_ASYNC), any = caps_of(GEN_NONE), zero = {0};
    (void)state;

    assert_true(caps_has(&seed, OP_SESSION_FORK) && !caps_has(&late, OP_SESSION_FORK));
    assert_true(caps_has(&seed, OP_STREAM) && !caps_has(&seed, OP_SESSION_EXPORT));
    assert_true(seed.sync_send && !seed.strict_text && !seed.browser_mode);
    assert_true(!async.sync_send && async.strict_text && !async.browser_mode);
    assert_true(late.browser_mode && caps_has(&late, OP_PREFERENCES_GET));
    assert_false(caps_has(&post, OP_PREFERENCES_GET) || caps_has(&post, OP_PREFERENCES_RESET));
    assert_true(caps_has(&any, OP_SESSION_FORK) && caps_has(&zero, OP_SESSION_FORK));
}

/* ---- targets ---- */
static void a_target_has_its_parameters_percent_encoded(void **state) {
    const struct file_ref file = {
        .id = "s 1", .name = "a/b \xc3\xa4%.png", .thumb = "w100", .time = 1.5};
    const struct sessions_query query = {.include_subagents = true};
    const struct stream_query stream = {.session_id = "a&b=c"};
    const struct history_query history = {.limit = 50};
    const struct session_ref ref = {.id = "6f0c-~_.x"};
    const struct {
        enum op op;
        const void *in;
        const char *want;
    } cases[] = {
        {OP_FILE_GET, &file, "/api/sessions/s%201/files/a%2Fb%20%C3%A4%25.png?thumb=w100&time=1.5"},
        {OP_SESSIONS_LIST, &query, "/api/sessions?includeSubagents=true"},
        {OP_SESSIONS_LIST, &(struct sessions_query){0}, "/api/sessions"},
        {OP_SESSIONS_LIST, NULL, "/api/sessions"},
        {OP_STREAM, &stream, "/stream?sessionId=a%26b%3Dc"},
        {OP_MESSAGES_HISTORY, &history, "/api/messages/history?limit=50"},
        {OP_SESSION_GET, &ref, "/api/sessions/6f0c-~_.x"},
        {OP_HEALTH, NULL, "/health"},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct buf out;
        struct err err = {0};

        buf_init(&out, 1000);
        assert_int_equal(op_target(&out, cases[i].op, cases[i].in, GEN_TOP, &err), RC_OK);
        assert_string_equal(buf_str(&out), cases[i].want);
        buf_fini(&out);
    }
}

static void a_query_of_a_later_generation_is_left_out(void **state) {
    const struct sessions_query query = {.include_subagents = true};
    struct buf out;
    (void)state;

    buf_init(&out, 1000);
    assert_int_equal(op_target(&out, OP_SESSIONS_LIST, &query, GEN_SEED, NULL), RC_OK);
    assert_string_equal(buf_str(&out), "/api/sessions");
    buf_fini(&out);
}

static void a_target_without_its_parameter_is_a_usage_error(void **state) {
    const struct {
        enum op op;
        const void *in;
        const char *want;
    } cases[] = {
        {OP_SESSION_DELETE, &(struct session_ref){.id = ""}, "session-delete: id is missing"},
        {OP_SESSION_DELETE, NULL, "session-delete: id is missing"},
        {OP_SESSION_DELETE, &(struct session_ref){.id = ".."},
         "session-delete: \"..\" is no usable id"},
        {OP_FILE_DELETE, &(struct file_ref){.id = "s", .name = "."},
         "file-delete: \".\" is no usable filename"},
        {OP_STREAM, &(struct stream_query){0}, "stream: sessionId is missing"},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct buf out;
        struct err err = {0};

        buf_init(&out, 1000);
        assert_int_equal(op_target(&out, cases[i].op, cases[i].in, GEN_TOP, &err), RC_USAGE);
        assert_string_equal(err.text, cases[i].want);
        buf_fini(&out);
    }
}

static void a_target_that_does_not_fit_is_a_limit(void **state) {
    struct buf out;
    struct err err = {0};
    (void)state;

    buf_init(&out, 10);
    assert_int_equal(
        op_target(&out, OP_SESSION_GET, &(struct session_ref){.id = "long"}, GEN_TOP, &err),
        RC_LIMIT);
    buf_fini(&out);
}

static void every_operation_is_found_by_the_target_it_makes(void **state) {
    (void)state;
    for (int i = 0; i < OP_COUNT; i++) {
        const struct op_spec *s = op_spec((enum op)i);
        _Alignas(max_align_t) char in[OP_IN_MAX] = {0}, back[OP_IN_MAX] = {0};
        struct arena a = {0};
        struct buf out;
        enum op op = OP_COUNT;

        for (size_t k = 0; s->in && k < s->in->n; k++)
            if (s->in->fields[k].kind == K_STR && s->in->fields[k].where != IN_BODY)
                *(const char **)(void *)(in + s->in->fields[k].at) = "a/b c?&\xc3\xa4+";
        buf_init(&out, 1000);
        assert_int_equal(op_target(&out, (enum op)i, in, GEN_NONE, NULL), RC_OK);
        assert_true(op_match(&op, back, &a, method_name(s->method), buf_str(&out)));
        assert_int_equal(op, i);
        for (size_t k = 0; s->in && k < s->in->n; k++) {
            const struct field *f = &s->in->fields[k];

            if (f->kind == K_STR && f->where != IN_BODY)
                assert_string_equal(*(const char **)(void *)(back + f->at), "a/b c?&\xc3\xa4+");
        }
        arena_free(&a);
        buf_fini(&out);
    }
}

static void a_query_is_read_with_its_types(void **state) {
    struct arena a = {0};
    enum op op = OP_COUNT;
    _Alignas(max_align_t) char in[OP_IN_MAX] = {0};
    const struct file_ref *file = (const void *)in;
    (void)state;

    assert_true(
        op_match(&op, in, &a, "GET", "/api/sessions/s/files/x?time=12.25&thumb=h%31&other"));
    assert_true(file->time > 12.24 && file->time < 12.26);
    assert_string_equal(file->thumb, "h1");
    memset(in, 0, sizeof in);
    assert_true(op_match(&op, in, &a, "GET", "/api/sessions?includeSubagents=true"));
    assert_true(((const struct sessions_query *)(const void *)in)->include_subagents);
    memset(in, 0, sizeof in);
    assert_true(op_match(&op, in, &a, "GET", "/api/sessions?includeSubagents=1"));
    assert_false(((const struct sessions_query *)(const void *)in)->include_subagents);
    memset(in, 0, sizeof in);
    assert_true(op_match(&op, in, &a, "GET", "/api/messages/history?offset=-3&limit=x"));
    assert_int_equal(((const struct history_query *)(const void *)in)->offset, -3);
    arena_free(&a);
}

static void a_target_of_no_operation_is_not_found(void **state) {
    static const char *const cases[][2] = {
        {"GET", "/api"},
        {"GET", "/api/sessions/"},
        {"PUT", "/api/sessions"},
        {"POST", "/health"},
        {"GET", "/api/sessions/a/b"},
        {"DELETE", "/api/sessions"},
        {"GET", "/api/sessionsx"},
        {"GET", ""},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct arena a = {0};
        enum op op = OP_COUNT;

        assert_false(op_match(&op, NULL, &a, cases[i][0], cases[i][1]));
        arena_free(&a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_operation_is_in_the_table),
        cmocka_unit_test(no_row_claims_a_generation_that_did_not_publish_it),
        cmocka_unit_test(every_published_field_is_known_or_left_out_for_a_reason),
        cmocka_unit_test(every_omission_is_still_needed),
        cmocka_unit_test(names_are_unique_and_find_their_row),
        cmocka_unit_test(what_could_double_or_destroy_is_never_repeated),
        cmocka_unit_test(a_row_is_consistent),
        cmocka_unit_test(tables_stay_inside_their_structs),
        cmocka_unit_test(generations_differ_as_they_did),
        cmocka_unit_test(a_target_has_its_parameters_percent_encoded),
        cmocka_unit_test(a_query_of_a_later_generation_is_left_out),
        cmocka_unit_test(a_target_without_its_parameter_is_a_usage_error),
        cmocka_unit_test(a_target_that_does_not_fit_is_a_limit),
        cmocka_unit_test(every_operation_is_found_by_the_target_it_makes),
        cmocka_unit_test(a_query_is_read_with_its_types),
        cmocka_unit_test(a_target_of_no_operation_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
