/* wire_shape.c - JSON to structs and back, by table. */
#include "json.h"
#include "mix/pretty.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- reading ---- */
static void a_late_session_is_read_whole(void **state) {
    static const char json[] = " {\"id\":\"6f0c\",\"title\":\"Draft \\u003ca\\u003e "
                               "\\ud83d\\ude00\",\"sessionType\":\"main\",\"browserMode\":"
                               "\"local-browser-service\",\"userMessageCount\":1,"
                               "\"assistantMessageCount\":2,\"toolCallCount\":3,"
                               "\"promptTokens\":5120,\"completionTokens\":331,\"cost\":0.0213,"
                               "\"createdAt\":\"2026-02-13T09:41:07Z\","
                               "\"callbacks\":[{\"toolName\":\"*\",\"type\":\"bash_script\","
                               "\"bashCommand\":\"x\",\"bashTimeout\":120000}],"
                               "\"parentSessionId\":null,\"unknown\":{\"a\":[1]}} \n";
    struct arena a = {0};
    struct err err = {0};
    struct session_data s = {0};
    (void)state;

    assert_int_equal(
        shape_read(&s, &shape_session_data, json, sizeof json - 1, &a, SHAPE_LENIENT, &err), RC_OK);
    assert_string_equal(s.id, "6f0c");
    assert_string_equal(s.title, "Draft <a> \xf0\x9f\x98\x80");
    assert_string_equal(s.browser_mode, "local-browser-service");
    assert_int_equal(s.prompt_tokens, 5120);
    assert_true(s.cost > 0.02129 && s.cost < 0.02131);
    assert_int_equal(s.created_at, 1770975667000);
    assert_null(s.parent_session_id);
    assert_int_equal(s.callbacks.n, 1);
    assert_int_equal(s.callbacks.items[0].bash_timeout, 120000);
    arena_free(&a);
}

static void reading_names_the_place_of_what_is_wrong(void **state) {
    static const struct {
        const char *shape, *json, *error;
    } cases[] = {
        {"session_list", "[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"},{}]", "[3].id: missing"},
        {"session_list", "[{\"id\":null}]", "[0].id: missing"},
        {"session_list", "[{\"id\":\"a\",\"title\":5}]",
         "[0].title: expected a string, got a number"},
        {"session_list", "[{\"id\":\"a\",\"cost\":\"5\"}]",
         "[0].cost: expected a number, got a string"},
        {"session_list", "[{\"id\":\"a\",\"callbacks\":[{},{\"type\":[]}]}]",
         "[0].callbacks[1].type: expected a string, got a list"},
        {"session_list", "[7]", "[0]: expected an object, got a number"},
        {"session_list", "{}", "expected a list, got an object"},
        {"session_data", "[]", "expected an object, got a list"},
        {"session_data", "null", "expected an object, got null"},
        {"session_data", "{\"id\":\"a\",\"createdAt\":17}",
         "createdAt: expected a string, got a number"},
        {"message", "{\"id\":\"a\",\"toolCalls\":[{\"finished\":\"yes\"}]}",
         "toolCalls[0].finished: expected a boolean, got a string"},
        {"message", "{\"id\":\"a\",\"toolCalls\":{}}", "toolCalls: expected a list, got an object"},
        {"message", "{\"id\":\"a\",\"toolCalls\":[{\"screenshotUrls\":[\"u\",2]}]}",
         "toolCalls[0].screenshotUrls[1]: expected a string, got a number"},
        {"auth_status", "{\"providers\":{\"x\":{\"authenticated\":1}}}",
         "providers.x.authenticated: expected a boolean, got a number"},
        {"auth_status", "{\"providers\":[]}", "providers: expected an object, got a list"},
        {"health", "{\"services\":{\"backend\":false}}",
         "services.backend: expected a string, got a boolean"},
        {"preferences_reply", "{\"preferences\":{\"main_agent_max_tokens\":\"4\"}}",
         "preferences.main_agent_max_tokens: expected a number, got a string"},
        {"health", "", "empty answer"},
        {"health", "   ", "empty answer"},
        {"health", "<html><body>hi</body></html>", "not JSON: <html><body>hi</body></html>"},
        {"health", "{\"status\":\"ok\"", "JSON cut short: {\"status\":\"ok\""},
        {"health", "{\"status\":\"ok\",", "JSON cut short: {\"status\":\"ok\","},
        {"health", "{\"a\":1,}", "not JSON: }"},
        {"health", "{\"a\":1} {\"b\":2}", "not JSON: {\"b\":2}"},
        {"health", "{\"a\":\"\\x\"}", "not JSON: \\x\"}"},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct shape *s = shape_named(cases[i].shape);
        const size_t n = strlen(cases[i].json);
        char *exact = malloc(n > 0 ? n : 1); /* so that a sanitizer sees a read behind it */
        _Alignas(max_align_t) char out[1024] = {0};
        struct arena a = {0};
        struct err err = {0};

        memcpy(exact, cases[i].json, n);
        assert_true(shape_size(s) <= sizeof out);
        assert_int_equal(shape_read(out, s, exact, n, &a, SHAPE_LENIENT, &err), RC_PROTO);
        assert_string_equal(err.text, cases[i].error);
        assert_int_equal(shape_read(out, s, exact, n, &a, SHAPE_LENIENT, NULL), RC_PROTO);
        free(exact);
        arena_free(&a);
    }
}

static void null_and_absent_and_empty_are_alike(void **state) {
    static const char *const lists[] = {"null", "[]", " [ ] ", "[null,null]"};
    static const char *const messages[] = {
        "{\"id\":\"m\"}", "{\"id\":\"m\",\"toolCalls\":null,\"userInput\":null,\"cost\":null}",
        "{\"id\":\"m\",\"toolCalls\":[]}", "{\"id\":\"m\",\"toolCalls\":[null]}"};
    struct arena a = {0};
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(lists); i++) {
        struct session_list list = {0};

        assert_int_equal(shape_read(&list, &shape_session_list, lists[i], strlen(lists[i]), &a,
                                    SHAPE_LENIENT, NULL),
                         RC_OK);
        assert_int_equal(list.list.n, 0);
    }
    for (size_t i = 0; i < MIX_COUNT(messages); i++) {
        struct message m = {0};

        assert_int_equal(shape_read(&m, &shape_message, messages[i], strlen(messages[i]), &a,
                                    SHAPE_LENIENT, NULL),
                         RC_OK);
        assert_int_equal(m.tool_calls.n, 0);
        assert_null(m.user_input);
    }
    arena_free(&a);
}

static void no_string_ends_early(void **state) {
    static const struct {
        const char *json, *want;
    } cases[] = {
        {"{\"id\":\"a\\u0000b\"}", "a\xef\xbf\xbd"
                                   "b"},
        {"{\"id\":\"\\u0000\"}", "\xef\xbf\xbd"},
        {"{\"id\":\"\\\\u0000\"}", "\\u0000"},
        {"{\"id\":\"\\\\\\u0000\"}", "\\\xef\xbf\xbd"},
        {"{\"id\":\"\\ud800x\"}", "\xef\xbf\xbd"
                                  "x"},
        {"{\"id\":\"\\udc00x\"}", "\xef\xbf\xbd"
                                  "x"},
        {"{\"id\":\"\\ud83d\\ude00\\ud83d\"}", "\xf0\x9f\x98\x80\xef\xbf\xbd"},
        {"{\"id\":\"\\ud83d\\u0000\"}", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"{\"id\":\"half \xc3\"}", "half \xc3"},
        {"{\"id\":\"\xff\xfe\"}", "\xff\xfe"},
        {"{\"id\":\"raw\ncontrol\"}", "raw\ncontrol"},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct arena a = {0};
        struct session_data s = {0};
        struct err err = {0};

        if (shape_read(&s, &shape_session_data, cases[i].json, strlen(cases[i].json), &a,
                       SHAPE_LENIENT, &err))
            fail_msg("%s: %s", cases[i].json, err.text);
        assert_string_equal(s.id, cases[i].want);
        arena_free(&a);
    }
}

static void a_nul_byte_is_no_json(void **state) {
    struct arena a = {0};
    struct session_data s = {0};
    struct err err = {0};
    (void)state;

    assert_int_equal(
        shape_read(&s, &shape_session_data, "{\"id\":\"a\0b\"}", 12, &a, SHAPE_LENIENT, &err),
        RC_PROTO);
    assert_string_equal(err.text, "not JSON: a NUL byte inside");
    arena_free(&a);
}

static void numbers_are_clamped_and_the_last_of_a_name_wins(void **state) {
    static const char json[] = "{\"id\":\"a\",\"id\":\"b\",\"size\":1e400,\"modified\":-1e300,"
                               "\"name\":\"n\",\"cost\":1e400}";
    struct arena a = {0};
    struct file_info f = {0};
    (void)state;

    assert_int_equal(
        shape_read(&f, &shape_file_info, json, sizeof json - 1, &a, SHAPE_LENIENT, NULL), RC_OK);
    static const int64_t most = (INT64_C(1) << 53) - 1; /* may be added without a look */
    assert_true(f.size == most && f.modified == -most);
    struct session_data s = {0};

    assert_int_equal(
        shape_read(&s, &shape_session_data, json, sizeof json - 1, &a, SHAPE_LENIENT, NULL), RC_OK);
    assert_string_equal(s.id, "b");
    assert_true(s.cost == (double)most);
    arena_free(&a);
}

static void deep_nesting_is_refused_not_followed(void **state) {
    enum { DEPTH = 100000 };
    struct buf b;
    struct arena a = {0};
    struct session_data s = {0};
    (void)state;

    buf_init(&b, SIZE_MAX);
    buf_adds(&b, "{\"id\":\"a\",\"x\":");
    for (int i = 0; i < DEPTH; i++)
        buf_adds(&b, "[");
    for (int i = 0; i < DEPTH; i++)
        buf_adds(&b, "]");
    buf_adds(&b, "}");
    assert_int_equal(shape_read(&s, &shape_session_data, b.p, b.n, &a, SHAPE_LENIENT, NULL),
                     RC_PROTO);
    buf_fini(&b);
    arena_free(&a);
}

static void maps_become_lists_sorted_by_key(void **state) {
    static const char json[] =
        "{\"providers\":{\"openai\":{\"display_name\":\"O\"},\"anthropic\":{\"authenticated\":"
        "true},\"gemini\":null,\"brave\":{}}}";
    struct arena a = {0};
    struct auth_status s = {0};
    (void)state;

    assert_int_equal(
        shape_read(&s, &shape_auth_status, json, sizeof json - 1, &a, SHAPE_LENIENT, NULL), RC_OK);
    assert_int_equal(s.providers.n, 3);
    assert_string_equal(s.providers.items[0].provider, "anthropic");
    assert_true(s.providers.items[0].authenticated);
    assert_string_equal(s.providers.items[1].provider, "brave");
    assert_string_equal(s.providers.items[2].display_name, "O");
    arena_free(&a);
}

static void a_send_answer_is_an_acknowledgement_or_a_message(void **state) {
    static const char ack[] = "{\"status\":\"processing\",\"sessionId\":\"s\"}";
    static const char whole[] =
        "{\"id\":\"cmd-help\",\"sessionId\":\"\",\"role\":\"assistant\",\"userInput\":\"/help\","
        "\"assistantResponse\":\"{}\"}";
    struct arena a = {0};
    struct send_ack s = {0};
    (void)state;

    assert_int_equal(shape_read(&s, &shape_send_ack, ack, sizeof ack - 1, &a, SHAPE_LENIENT, NULL),
                     RC_OK);
    assert_string_equal(s.status, "processing");
    assert_string_equal(s.session_id, "s");
    assert_null(s.message.id);
    s = (struct send_ack){0};
    assert_int_equal(
        shape_read(&s, &shape_send_ack, whole, sizeof whole - 1, &a, SHAPE_LENIENT, NULL), RC_OK);
    assert_null(s.status);
    assert_string_equal(s.message.id, "cmd-help");
    assert_string_equal(s.message.session_id, "");
    assert_string_equal(s.message.assistant_response, "{}");
    arena_free(&a);
}

static void json_inside_strings_may_also_stand_bare(void **state) {
    static const char json[] = "{\"id\":\"t\",\"input\":{\"a\":\"b\"}}";
    struct arena a = {0};
    struct tool_call t = {0};
    (void)state;

    assert_int_equal(
        shape_read(&t, &shape_tool_call, json, sizeof json - 1, &a, SHAPE_LENIENT, NULL), RC_OK);
    assert_string_equal(t.input, "{\"a\":\"b\"}");
    arena_free(&a);
}

/* ---- strict servers ---- */
static void a_strict_server_names_the_field_it_does_not_know(void **state) {
    static const struct {
        const char *shape, *json;
        int version;
        const char *error; /* NULL: taken */
    } cases[] = {
        {"message_send", "{\"text\":\"a\"}", GEN_SEED, "unknown field \"text\""},
        {"message_send", "{\"content\":\"a\"}", GEN_SEED, NULL},
        {"message_send", "{\"content\":\"a\"}", GEN(0, 5, 2), "unknown field \"content\""},
        {"message_send", "{\"text\":\"\",\"media\":[],\"apps\":[],\"plan_mode\":true}",
         GEN(0, 4, 5), NULL},
        {"message_send", "{\"text\":\"\",\"media\":[]}", GEN(0, 5, 2), "unknown field \"media\""},
        {"message_send", "{\"text\":\"\",\"thinking_level\":\"off\",\"max_steps\":3}", GEN_LATE,
         "unknown field \"max_steps\""},
        {"message_send", "{\"id\":\"x\"}", GEN_TOP, "unknown field \"id\""},
        {"session_create", "{\"title\":\"\",\"browserMode\":\"x\"}", GEN(0, 7, 2),
         "unknown field \"browserMode\""},
        {"session_create", "{\"title\":\"\",\"browserMode\":\"x\"}", GEN_LATE, NULL},
        {"session_create", "{\"workingDirectory\":\"x\"}", GEN_LATE,
         "unknown field \"workingDirectory\""},
        {"session_create", "{\"title\":\"t\",\"provider\":\"x\"}", GEN_TOP,
         "unknown field \"provider\""},
        {"session_create", "{}", GEN_TOP, NULL},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct shape *s = shape_named(cases[i].shape);
        _Alignas(max_align_t) char out[OP_IN_MAX] = {0};
        struct arena a = {0};
        struct err err = {0};
        const enum rc rc = shape_read_strict(out, s, cases[i].json, strlen(cases[i].json), &a,
                                             cases[i].version, &err);

        assert_int_equal(rc, cases[i].error ? RC_PROTO : RC_OK);
        if (cases[i].error)
            assert_string_equal(err.text, cases[i].error);
        arena_free(&a);
    }
}

static void a_body_leaves_the_path_parameters_alone(void **state) {
    struct arena a = {0};
    struct message_send m = {.id = "from the path"};
    (void)state;

    assert_int_equal(
        shape_read(&m, &shape_message_send, "{\"text\":\"t\"}", 12, &a, SHAPE_LENIENT, NULL),
        RC_OK);
    assert_string_equal(m.id, "from the path");
    assert_string_equal(m.text, "t");
    arena_free(&a);
}

/* ---- writing ---- */
static void a_body_has_the_fields_of_its_generation(void **state) {
    const struct message_send send = {
        .id = "s", .text = "hi", .thinking_level = "basic", .plan_mode = true, .max_steps = 5};
    const struct message_send plain = {.id = "s", .text = "<\xc3\xa9>\x01\t"};
    const struct session_create create = {
        .title = "T", .working_directory = "/w", .provider = "gemini"};
    const struct session_rewind rewind = {.id = "s", .message_id = "m"};
    const struct session_fork fork = {.id = "s", .message_count = 3};
    const struct session_callbacks clear = {.id = "s"};
    const struct notification_answer answer = {.id = "n", .type = "acknowledge"};
    const struct preferences_update update = {
        .main_model = "m", .main_max_tokens = 4096, .main_effort = ""};
    const struct {
        const struct shape *shape;
        const void *in;
        int version;
        const char *want;
    } cases[] = {
        {&shape_message_send, &send, GEN_SEED, "{\"content\":\"hi\"}"},
        {&shape_message_send, &send, GEN(0, 4, 5),
         "{\"text\":\"hi\",\"media\":[],\"apps\":[],\"plan_mode\":true}"},
        {&shape_message_send, &send, GEN(0, 6, 5), "{\"text\":\"hi\",\"plan_mode\":true}"},
        {&shape_message_send, &send, GEN(0, 7, 2),
         "{\"text\":\"hi\",\"plan_mode\":true,\"thinking_level\":\"basic\"}"},
        {&shape_message_send, &send, GEN_NONE,
         "{\"text\":\"hi\",\"plan_mode\":true,\"thinking_level\":\"basic\",\"max_steps\":5}"},
        {&shape_message_send, &plain, GEN_TOP, "{\"text\":\"<\xc3\xa9>\\u0001\\t\"}"},
        {&shape_session_create, &create, GEN_SEED, "{\"title\":\"T\",\"workingDirectory\":\"/w\"}"},
        {&shape_session_create, &create, GEN(0, 7, 2), "{\"title\":\"T\"}"},
        {&shape_session_create, &create, GEN_TOP,
         "{\"title\":\"T\",\"browserMode\":\"local-browser-service\"}"},
        {&shape_session_create, &create, GEN_POST,
         "{\"title\":\"T\",\"browserMode\":\"local-browser-service\",\"provider\":\"gemini\"}"},
        {&shape_session_create, &(struct session_create){0}, GEN_SEED, "{\"title\":\"\"}"},
        {&shape_session_rewind, &rewind, GEN_TOP, "{\"messageId\":\"m\",\"cleanupMedia\":false}"},
        {&shape_session_fork, &fork, GEN_SEED, "{\"messageIndex\":3}"},
        {&shape_session_callbacks, &clear, GEN_TOP, "{\"callbacks\":[]}"},
        {&shape_notification_answer, &answer, GEN_TOP, "{\"type\":\"acknowledge\"}"},
        {&shape_preferences_update, &update, GEN_TOP,
         "{\"main_agent_model\":\"m\",\"main_agent_max_tokens\":4096,\"main_agent_reasoning_"
         "effort\":\"\"}"},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct buf out;

        buf_init(&out, 10000);
        assert_int_equal(shape_write(&out, cases[i].shape, cases[i].in, cases[i].version), RC_OK);
        assert_string_equal(buf_str(&out), cases[i].want);
        buf_fini(&out);
    }
}

static void servers_escape_and_end_with_a_newline(void **state) {
    struct session_data s = {.id = "1",
                             .title = "<&> \xe2\x80\xa8\xe2\x80\xa9 \xe2\x80\xa7 \"\\ \x7f \xff",
                             .cost = 0.0213,
                             .created_at = 1770975667123};
    struct session_list list = {.list = {&s, 1}};
    static const struct session_list none_at_all;
    struct preferences_reply none = {0};
    struct send_ack ack = {.status = "processing", .session_id = "s"};
    struct send_ack whole = {.message = {.id = "m", .role = "user"}};
    const struct server_error refused = {.code = 404, .message = "Session", .type = "not_found"};
    const struct {
        const struct shape *shape;
        const void *in;
        int version;
        const char *want;
    } cases[] = {
        {&shape_session_list, &list, GEN_SEED,
         "[{\"id\":\"1\",\"title\":\"\\u003c\\u0026\\u003e \\u2028\\u2029 \xe2\x80\xa7 \\\"\\\\ "
         "\x7f \\ufffd\","
         "\"userMessageCount\":0,\"assistantMessageCount\":0,\"toolCallCount\":0,\"promptTokens\":"
         "0,"
         "\"completionTokens\":0,\"cost\":0.0213,\"createdAt\":\"2026-02-13T09:41:07Z\"}]\n"},
        {&shape_session_list, &none_at_all, GEN_TOP, "[]\n"},
        {&shape_preferences_reply, &none, GEN_TOP,
         "{\"preferences\":null,\"available_providers\":{}}\n"},
        {&shape_send_ack, &ack, GEN_TOP, "{\"status\":\"processing\",\"sessionId\":\"s\"}\n"},
        {&shape_send_ack, &whole, GEN_SEED,
         "{\"id\":\"m\",\"sessionId\":\"\",\"role\":\"user\",\"userInput\":\"\"}\n"},
        {&shape_server_error, &refused, GEN_TOP,
         "{\"error\":{\"code\":404,\"message\":\"Session\",\"type\":\"not_found\"}}\n"},
        {&shape_health, &(struct health){.status = "ok", .backend = "healthy"}, GEN_TOP,
         "{\"status\":\"ok\",\"timestamp\":\"1970-01-01T00:00:00Z\",\"version\":\"\","
         "\"environment\":\"\","
         "\"services\":{\"backend\":\"healthy\",\"database\":\"\"}}\n"},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct buf out;

        buf_init(&out, 10000);
        assert_int_equal(shape_write_server(&out, cases[i].shape, cases[i].in, cases[i].version),
                         RC_OK);
        assert_string_equal(buf_str(&out), cases[i].want);
        buf_fini(&out);
    }
}

/* A value for every field, so that reading what was written and writing it again gives the same
 * text. */
static void fill(const struct shape *s, void *out, struct arena *a, int depth);

static void fill_list(const struct field *f, void *p, struct arena *a, int depth) {
    struct list list = {.n = depth > 2 ? 0 : 2};

    list.items = arena_alloc(a, list.n * f->sub->size);
    for (size_t i = 0; i < list.n; i++) {
        char *item = (char *)list.items + i * f->sub->size;

        fill(f->sub, item, a, depth + 1);
        if (f->kind == K_MAP)
            *(const char **)(void *)item = i ? "key b" : "key a";
    }
    memcpy(p, &list, sizeof list);
}

static void fill_field(const struct field *f, char *p, struct arena *a, int depth) {
    struct strings strings = {arena_alloc(a, 2 * sizeof(char *)), 2};

    switch (f->kind) {
    case K_STR:
    case K_KEY:
    case K_INPUT:
        *(const char **)(void *)p = arena_printf(a, "%s <&> \xc3\xa9 \"\n", f->name);
        break;
    case K_RAW:
        *(const char **)(void *)p = "{\"a\":[1,true,null,\"x\"]}";
        break;
    case K_BOOL:
        *(bool *)p = true;
        break;
    case K_INT:
    case K_TIME:
    case K_SECS:
    case K_MILLIS:
        *(int64_t *)(void *)p = 1770975667000;
        break;
    case K_DBL:
        *(double *)(void *)p = 0.1;
        break;
    case K_STRS:
        strings.items[0] = "one";
        strings.items[1] = "";
        memcpy(p, &strings, sizeof strings);
        break;
    case K_OBJ:
        fill(f->sub, p, a, depth);
        break;
    case K_OPT: {
        void *made = arena_alloc(a, f->sub->size);

        fill(f->sub, made, a, depth);
        memcpy(p, &made, sizeof made);
        break;
    }
    case K_LIST:
    case K_MAP:
        fill_list(f, p, a, depth);
        break;
    case K_SELF: /* send_ack: its own fields, not the message */
    case K_EMPTY:
        break;
    }
}

static void fill(const struct shape *s, void *out, struct arena *a, int depth) {
    if (s->form != FORM_OBJECT) {
        const struct field whole = {.kind = s->form == FORM_MAP ? K_MAP : K_LIST, .sub = s->sub};

        fill_field(&whole, out, a, depth);
        return;
    }
    for (size_t i = 0; i < s->n; i++)
        fill_field(&s->fields[i], (char *)out + s->fields[i].at, a, depth);
}

static void every_table_reads_what_it_wrote(void **state) {
    static const int versions[] = {GEN_SEED, GEN(0, 4, 5), GEN(0, 7, 2), GEN_TOP, GEN_POST};
    (void)state;

    for (size_t i = 0; i < shape_count; i++)
        for (size_t v = 0; v < MIX_COUNT(versions); v++) {
            const struct shape *s = shape_table[i];
            struct arena a = {0};
            struct err err = {0};
            struct buf first, second;
            void *in = arena_alloc(&a, s->size), *back = arena_alloc(&a, s->size);

            buf_init(&first, 100000);
            buf_init(&second, 100000);
            fill(s, in, &a, 0);
            assert_int_equal(shape_write(&first, s, in, versions[v]), RC_OK);
            if (shape_read_strict(back, s, first.p, first.n, &a, versions[v], &err))
                fail_msg("%s: %s in %s", s->name, err.text, first.p);
            assert_int_equal(shape_write(&second, s, back, versions[v]), RC_OK);
            assert_string_equal(second.p, first.p);
            assert_int_equal(json_check(first.p, first.n, NULL), RC_OK);
            buf_fini(&first);
            buf_fini(&second);
            arena_free(&a);
        }
}

static void a_buffer_that_is_full_is_a_limit(void **state) {
    struct session_data s = {.id = "1", .title = "t"};
    (void)state;

    for (size_t max = 0; max < 100; max++) {
        struct buf out;

        buf_init(&out, max);
        assert_int_equal(shape_write_server(&out, &shape_session_data, &s, GEN_TOP), RC_LIMIT);
        buf_fini(&out);
    }
}

static void doubles_are_short_and_exact_in_any_locale(void **state) {
    static const struct {
        double d;
        const char *want;
    } cases[] = {{0, "0"},       {0.1, "0.1"},      {1.5, "1.5"},
                 {-2, "-2"},     {1e300, "1e+300"}, {0.1 + 0.2, "0.30000000000000004"},
                 {HUGE_VAL, "0"}};
    (void)state;

    for (int with = 0; with < 2; with++) {
        /* Where it is not installed the second round repeats the first. */
        setlocale(LC_NUMERIC, with ? "de_DE.UTF-8" : "C");
        for (size_t i = 0; i < MIX_COUNT(cases); i++) {
            struct buf out;

            buf_init(&out, 100);
            assert_int_equal(json_add_double(&out, cases[i].d), RC_OK);
            assert_string_equal(buf_str(&out), cases[i].want);
            buf_fini(&out);
        }
    }
    setlocale(LC_NUMERIC, "C");
}

/* ---- times ---- */
static void times_are_read_with_any_offset(void **state) {
    static const struct {
        const char *text;
        int64_t want;
    } cases[] = {
        {"1970-01-01T00:00:01Z", 1000},
        {"2026-02-13T09:41:07Z", 1770975667000},
        {"2026-02-13T15:11:07+05:30", 1770975667000},
        {"2026-02-13T01:41:07-08:00", 1770975667000},
        {"2026-02-13t09:41:07.123456789z", 1770975667123},
        {"2026-02-13 09:41:07.5Z", 1770975667500},
        {"2024-02-29T00:00:00Z", 1709164800000},
        {"9999-12-31T23:59:59Z", 253402300799000},
        {"0001-01-01T00:00:00Z", 0},
        {"1969-12-31T23:59:59Z", 0},
        {"2026-13-01T00:00:00Z", 0},
        {"2026-02-13T25:00:00Z", 0},
        {"2026-02-13T09:41:07", 0},
        {"2026-02-13T09:41:07Zx", 0},
        {"2026-02-13T09:41:07+5:30", 0},
        {"2026-02-13", 0},
        {"yesterday", 0},
        {"", 0},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++)
        assert_int_equal(time_read(cases[i].text), cases[i].want);
}

static void times_are_written_in_utc(void **state) {
    char text[32];
    (void)state;

    for (int64_t day = 0; day < 80000; day += 13) {
        const int64_t ms = (day * 86400 + day % 86400) * 1000;

        time_write(text, ms);
        assert_int_equal(time_read(text), ms);
    }
    time_write(text, INT64_MAX);
    assert_string_equal(text, "9999-12-31T23:59:59Z");
    time_write(text, -5);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
}

/* ---- looking at JSON ---- */
static void valid_json_is_told_from_what_is_none(void **state) {
    static const struct {
        const char *text;
        bool valid;
    } cases[] = {
        {"{}", true},           {" [ 1 , -2.5e+3,\"\\u00e9\\n\" , {\"a\":null} ] ", true},
        {"true", true},         {"0", true},
        {"\"a\"", true},        {"", false},
        {"{", false},           {"[1,]", false},
        {"{\"a\"}", false},     {"{\"a\":1,}", false},
        {"01", false},          {"1.", false},
        {".5", false},          {"-", false},
        {"1e", false},          {"\"\\x\"", false},
        {"\"\\u00g0\"", false}, {"\"\n\"", false},
        {"[1] 2", false},       {"nul", false},
        {"\"a", false},         {"\"\\u12", false},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const size_t n = strlen(cases[i].text);
        char *exact = malloc(n > 0 ? n : 1);

        memcpy(exact, cases[i].text, n);
        if ((json_check(exact, n, NULL) == RC_OK) != cases[i].valid)
            fail_msg("%s", cases[i].text);
        free(exact);
    }
}

static void a_line_is_clean_and_cut_between_code_points(void **state) {
    static const struct {
        const char *text;
        size_t room;
        const char *want;
    } cases[] = {
        {"  a \n\t b\r\n", 100, "a b"},
        {"\x1b[31mred\x07", 100, "[31mred"},
        {"\xc2\x9b"
         "31m",
         100, "31m"},
        {"\xc3\xa9\xc3\xa9", 4, "\xc3\xa9"},
        {"\xc3\xa9\xc3\xa9", 5, "\xc3\xa9\xc3\xa9"},
        {"a\xff"
         "b",
         100,
         "a\xef\xbf\xbd"
         "b"},
        {"abc", 1, ""},
        {"abc", 3, "ab"},
        {"half\xe2\x82", 100, "half\xef\xbf\xbd\xef\xbf\xbd"},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        char out[100];

        line_clean(out, cases[i].room, cases[i].text, strlen(cases[i].text));
        assert_string_equal(out, cases[i].want);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_late_session_is_read_whole),
        cmocka_unit_test(reading_names_the_place_of_what_is_wrong),
        cmocka_unit_test(null_and_absent_and_empty_are_alike),
        cmocka_unit_test(no_string_ends_early),
        cmocka_unit_test(a_nul_byte_is_no_json),
        cmocka_unit_test(numbers_are_clamped_and_the_last_of_a_name_wins),
        cmocka_unit_test(deep_nesting_is_refused_not_followed),
        cmocka_unit_test(maps_become_lists_sorted_by_key),
        cmocka_unit_test(a_send_answer_is_an_acknowledgement_or_a_message),
        cmocka_unit_test(json_inside_strings_may_also_stand_bare),
        cmocka_unit_test(a_strict_server_names_the_field_it_does_not_know),
        cmocka_unit_test(a_body_leaves_the_path_parameters_alone),
        cmocka_unit_test(a_body_has_the_fields_of_its_generation),
        cmocka_unit_test(servers_escape_and_end_with_a_newline),
        cmocka_unit_test(every_table_reads_what_it_wrote),
        cmocka_unit_test(a_buffer_that_is_full_is_a_limit),
        cmocka_unit_test(doubles_are_short_and_exact_in_any_locale),
        cmocka_unit_test(times_are_read_with_any_offset),
        cmocka_unit_test(times_are_written_in_utc),
        cmocka_unit_test(valid_json_is_told_from_what_is_none),
        cmocka_unit_test(a_line_is_clean_and_cut_between_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
