/* wire_event.c - every event of every generation, read and written. */
#include "mix/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct wire_event *read_event(const char *name, const char *json, struct arena *a,
                                     struct err *err) {
    const struct frame f = {.event = name, .data = json, .data_len = strlen(json), .retry_ms = -1};

    return event_read(&f, a, err);
}

/* Every name of every era, and what becomes of it. */
static const struct {
    const char *name;
    enum ev kind;
    int since, until; /* a generation at either end in which servers write it; 0: never by us */
} names[] = {
    {"connected", EV_CONNECTED, GEN_SEED, GEN_POST},
    {"heartbeat", EV_HEARTBEAT, GEN_SEED, GEN_POST},
    {"user_message_created", EV_USER_MESSAGE, GEN(0, 7, 0), GEN_POST},
    {"thinking", EV_THINKING, GEN_SEED, GEN_POST},
    {"content", EV_CONTENT, GEN_SEED, GEN_POST},
    {"tool", EV_TOOL_CALL, GEN_SEED, GEN(0, 7, 2)},
    {"tool_parameter_delta", EV_TOOL_INPUT_DELTA, GEN(0, 6, 6), GEN(0, 7, 2)},
    {"tool_use_start", EV_TOOL_START, GEN_LATE, GEN_POST},
    {"tool_use_parameter_delta", EV_TOOL_INPUT_DELTA, GEN_LATE, GEN_POST},
    {"tool_use_parameter_streaming_complete", EV_TOOL_INPUT, GEN_LATE, GEN_POST},
    {"tool_execution_start", EV_EXECUTION_START, GEN_SEED, GEN_POST},
    {"tool_execution_complete", EV_EXECUTION_COMPLETE, GEN_SEED, GEN_POST},
    {"permission", EV_PERMISSION, GEN_SEED, GEN_POST},
    {"notification", EV_NOTIFICATION, GEN_LATE, GEN_POST},
    {"complete", EV_COMPLETE, GEN_SEED, GEN_POST},
    {"error", EV_ERROR, GEN_SEED, GEN_POST},
    {"rate_limit_error", EV_RATE_LIMIT, GEN_LATE, GEN_POST},
    {"session_created", EV_SESSION_CREATED, GEN(0, 5, 6), GEN_POST},
    {"session_deleted", EV_SESSION_DELETED, GEN(0, 5, 6), GEN_POST},
    {"summarize", EV_SUMMARIZE, GEN_SEED, GEN(0, 6, 6)},
    {"subagent_created", EV_UNKNOWN, 0, 0},
    {"Content", EV_UNKNOWN, 0, 0},
    {"message", EV_UNKNOWN, 0, 0},
    {"", EV_UNKNOWN, 0, 0},
};

static void every_name_of_every_era_is_known(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(names); i++) {
        struct arena a = {0};
        struct err err = {0};
        struct wire_event *e =
            read_event(names[i].name, "{\"id\":\"x\",\"sessionId\":\"s\"}", &a, &err);

        assert_non_null(e);
        assert_int_equal(e->kind, names[i].kind);
        if (names[i].kind == EV_UNKNOWN)
            assert_string_equal(e->data.type, names[i].name);
        arena_free(&a);
    }
}

static bool writes(const char *name, enum ev kind, int version) {
    const struct event_data data = {.id = "x"};
    struct buf out, want;

    buf_init(&out, 10000);
    buf_init(&want, 100);
    assert_int_equal(event_write(&out, kind, &data, version, 1), RC_OK);
    buf_addf(&want, "\nevent: %s\n", name);
    const bool found = strstr(buf_str(&out), buf_str(&want)) != NULL;

    buf_fini(&out);
    buf_fini(&want);
    return found;
}

static void an_event_has_the_name_of_its_generation(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(names); i++) {
        if (names[i].kind == EV_UNKNOWN)
            continue;
        assert_true(writes(names[i].name, names[i].kind, names[i].since));
        assert_true(writes(names[i].name, names[i].kind, names[i].until));
        if (names[i].since > GEN_SEED)
            assert_false(writes(names[i].name, names[i].kind, names[i].since - 1));
        if (names[i].until < GEN_POST)
            assert_false(writes(names[i].name, names[i].kind, names[i].until + 1));
    }
    assert_true(writes("error", EV_RATE_LIMIT, GEN(0, 7, 2)));
    assert_string_equal(ev_name(EV_TOOL_INPUT_DELTA), "tool_use_parameter_delta");
}

static void what_a_generation_lacks_is_not_written(void **state) {
    const struct event_data data = {0};
    struct buf out;
    (void)state;

    buf_init(&out, 1000);
    assert_int_equal(event_write(&out, EV_USER_MESSAGE, &data, GEN_SEED, 1), RC_OK);
    assert_int_equal(event_write(&out, EV_TOOL_CALL, &data, GEN_TOP, 1), RC_OK);
    assert_int_equal(event_write(&out, EV_UNKNOWN, &data, GEN_NONE, 1), RC_OK);
    assert_int_equal(out.n, 0);
    buf_fini(&out);
}

/* ---- the wire, byte for byte ---- */
static const struct event_data call = {.message_id = "m2",
                                       .parent_tool_call_id = "t0",
                                       .tool_call_id = "t1",
                                       .tool_name = "Bash",
                                       .input = "{\"command\":\"ls\"}",
                                       .status = "running"};
static const char *choice_items[] = {"a", "b"};

static const struct {
    enum ev kind;
    struct event_data data;
    int version;
    const char *wire;
} written[] = {
    {EV_CONNECTED,
     {.session_id = "s1"},
     GEN_TOP,
     "id: 7\nevent: connected\ndata: {\"sessionId\":\"s1\"}\nretry: 30000\n\n"},
    {EV_HEARTBEAT,
     {0},
     GEN_TOP,
     "id: 7\nevent: heartbeat\ndata: {\"type\":\"ping\"}\nretry: 45000\n\n"},
    {EV_CONTENT,
     {.content = "a<b> & \xe2\x80\xa8\n", .message_id = "m2"},
     GEN_TOP,
     "id: 7\nevent: content\ndata: {\"type\":\"content\",\"content\":\"a\\u003cb\\u003e \\u0026 "
     "\\u2028\\n\",\"assistantMessageId\":\"m2\"}\nretry: 30000\n\n"},
    {EV_CONTENT,
     {.content = "x", .message_id = "m2"},
     GEN_SEED,
     "id: 7\nevent: content\ndata: {\"type\":\"content\",\"content\":\"x\"}\nretry: 30000\n\n"},
    {EV_EXECUTION_COMPLETE,
     {.progress = "done", .success = true, .tool_call_id = "t1"},
     GEN_TOP,
     "id: 7\nevent: tool_execution_complete\ndata: {\"type\":\"tool_execution_complete\","
     "\"toolName\":\"\",\"progress\":\"done\",\"success\":true,\"toolCallId\":\"t1\"}\n"
     "retry: 30000\n\n"},
    {EV_ERROR,
     {.error = "boom"},
     GEN_TOP,
     "id: 7\nevent: error\ndata: {\"error\":\"boom\"}\nretry: 750\n\n"},
    {EV_ERROR,
     {.error = "boom", .retry_after_s = 60},
     GEN_SEED,
     "id: 7\nevent: error\ndata: {\"error\":\"boom\",\"retryAfter\":60}\nretry: 60\n\n"},
    {EV_RATE_LIMIT,
     {.error = "slow", .retry_after_s = 60, .attempt = 1, .max_attempts = 8},
     GEN_TOP,
     "id: 7\nevent: rate_limit_error\ndata: {\"type\":\"rate_limit_error\",\"error\":\"slow\","
     "\"retryAfter\":60,\"attempt\":1,\"maxAttempts\":8}\nretry: 30000\n\n"},
    {EV_SESSION_CREATED,
     {.session_id = "s9", .title = "T", .created_at = 1770976867000},
     GEN_TOP,
     "id: 7\nevent: session_created\ndata: {\"type\":\"session_created\",\"sessionId\":\"s9\","
     "\"title\":\"T\",\"createdAt\":1770976867}\nretry: 30000\n\n"},
    {EV_PERMISSION,
     {.id = "p1",
      .session_id = "s1",
      .tool_name = "Bash",
      .description = "d",
      .action = "execute",
      .path = "/x",
      .params_raw = "{\"timeout\":0}"},
     GEN_TOP,
     "id: 7\nevent: permission\ndata: {\"type\":\"permission\",\"id\":\"p1\",\"sessionId\":\"s1\","
     "\"toolName\":\"Bash\",\"description\":\"d\",\"action\":\"execute\",\"path\":\"/x\","
     "\"params\":{\"timeout\":0}}\nretry: 30000\n\n"},
    {EV_PERMISSION,
     {.id = "p1", .params_raw = "{\"cut"},
     GEN_TOP,
     "id: 7\nevent: permission\ndata: {\"type\":\"permission\",\"id\":\"p1\",\"sessionId\":\"\","
     "\"toolName\":\"\",\"description\":\"\",\"action\":\"\",\"params\":\"{\\\"cut\"}\n"
     "retry: 30000\n\n"},
    {EV_NOTIFICATION,
     {.id = "n1",
      .session_id = "s1",
      .notification_type = "question",
      .title = "T",
      .message = "M",
      .response_type = "choice",
      .choices = {choice_items, 2},
      .timeout_s = 60,
      .created_at = 1770976867123},
     GEN_TOP,
     "id: 7\nevent: notification\ndata: {\"type\":\"notification\",\"id\":\"n1\","
     "\"sessionId\":\"s1\",\"notificationType\":\"question\",\"title\":\"T\",\"message\":\"M\","
     "\"responseType\":\"choice\",\"choices\":[\"a\",\"b\"],\"timeout\":60,"
     "\"createdAt\":1770976867123}\nretry: 30000\n\n"},
    {EV_COMPLETE,
     {.content = "end", .message_id = "m4", .done = true, .reasoning = "r", .reasoning_seconds = 2},
     GEN_TOP,
     "id: 7\nevent: complete\ndata: {\"type\":\"complete\",\"content\":\"end\","
     "\"messageId\":\"m4\",\"done\":true,\"reasoning\":\"r\",\"reasoningDuration\":2}\n"
     "retry: 30000\n\n"},
};

static void frames_are_byte_for_byte_what_servers_send(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(written); i++) {
        struct buf out;

        buf_init(&out, 10000);
        assert_int_equal(
            event_write(&out, written[i].kind, &written[i].data, written[i].version, 7), RC_OK);
        assert_string_equal(buf_str(&out), written[i].wire);
        buf_fini(&out);
    }
}

static void tool_events_carry_the_fields_of_their_kind(void **state) {
    static const struct {
        enum ev kind;
        int version;
        const char *data;
    } cases[] = {
        {EV_TOOL_START, GEN_TOP,
         "{\"type\":\"tool_use_start\",\"name\":\"Bash\",\"id\":\"t1\",\"assistantMessageId\":"
         "\"m2\","
         "\"parentToolCallId\":\"t0\"}"},
        {EV_TOOL_INPUT_DELTA, GEN_TOP,
         "{\"type\":\"tool_use_parameter_delta\",\"toolCallId\":\"t1\",\"input\":\"{"
         "\\\"command\\\":"
         "\\\"ls\\\"}\",\"assistantMessageId\":\"m2\",\"parentToolCallId\":\"t0\"}"},
        {EV_TOOL_INPUT_DELTA, GEN(0, 6, 6),
         "{\"type\":\"tool_parameter_delta\",\"toolCallId\":\"t1\",\"input\":\"{\\\"command\\\":"
         "\\\"ls\\\"}\"}"},
        {EV_TOOL_CALL, GEN_SEED,
         "{\"type\":\"tool\",\"name\":\"Bash\",\"input\":\"{\\\"command\\\":\\\"ls\\\"}\","
         "\"id\":\"t1\",\"status\":\"running\"}"},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct arena a = {0};
        struct buf out;
        struct err err = {0};
        struct frame f;
        struct sse *s = sse_new(10000);

        buf_init(&out, 10000);
        assert_int_equal(event_write(&out, cases[i].kind, &call, cases[i].version, 1), RC_OK);
        assert_int_equal(sse_feed(s, out.p, out.n, &err), RC_OK);
        assert_true(sse_next(s, &f));
        assert_string_equal(f.data, cases[i].data);
        const struct wire_event *e = event_read(&f, &a, &err);

        assert_int_equal(e->kind, cases[i].kind);
        assert_string_equal(e->data.tool_call_id, "t1");
        if (cases[i].kind != EV_TOOL_START)
            assert_string_equal(e->data.input, "{\"command\":\"ls\"}");
        sse_free(s);
        buf_fini(&out);
        arena_free(&a);
    }
}

static void a_frame_that_does_not_fit_leaves_nothing_behind(void **state) {
    const struct event_data data = {.content = "a long text that will not fit"};
    struct buf out;
    (void)state;

    buf_init(&out, 60);
    buf_adds(&out, "before");
    assert_int_equal(event_write(&out, EV_CONTENT, &data, GEN_TOP, 1), RC_LIMIT);
    assert_string_equal(buf_str(&out), "before");
    buf_fini(&out);
}

/* ---- reading ---- */
static void written_events_read_back_split_at_every_byte(void **state) {
    struct buf all;
    (void)state;

    buf_init(&all, 100000);
    for (size_t i = 0; i < MIX_COUNT(written); i++)
        event_write(&all, written[i].kind, &written[i].data, GEN_NONE, (int64_t)i);
    for (size_t cut = 0; cut <= all.n; cut++) {
        struct sse *s = sse_new(100000);
        struct arena a = {0};
        struct err err = {0};
        struct frame f;
        size_t n = 0;

        for (int half = 0; half < 2; half++) {
            assert_int_equal(
                sse_feed(s, half ? all.p + cut : all.p, half ? all.n - cut : cut, &err), RC_OK);
            for (; sse_next(s, &f); n++) {
                const struct wire_event *e = event_read(&f, &a, &err);

                assert_non_null(e);
                assert_int_equal(e->kind, written[n].kind);
                assert_true(str_eq(e->data.content, written[n].data.content) || n == 2);
                assert_int_equal(e->data.created_at, written[n].data.created_at);
                assert_int_equal(e->data.choices.n, written[n].data.choices.n);
                assert_true(str_eq(e->data.params_raw, written[n].data.params_raw));
            }
        }
        assert_int_equal(n, MIX_COUNT(written));
        sse_free(s);
        arena_free(&a);
    }
    buf_fini(&all);
}

static void permission_parameters_may_be_a_string(void **state) {
    struct arena a = {0};
    struct err err = {0};
    const struct wire_event *e = read_event(
        "permission", "{\"id\":\"p\",\"toolName\":\"fs_read\",\"params\":\"{\\\"p\\\":1}\"}", &a,
        &err);
    (void)state;

    assert_string_equal(e->data.params_raw, "{\"p\":1}");
    e = read_event("permission", "{\"id\":\"p\",\"params\":{\"a\" : [1, 2.5,\"\\u003c\"]}}", &a,
                   &err);
    assert_string_equal(e->data.params_raw, "{\"a\":[1,2.5,\"<\"]}");
    assert_null(e->data.tool_name);
    arena_free(&a);
}

static void an_empty_tool_name_is_none(void **state) {
    struct arena a = {0};
    struct err err = {0};
    (void)state;

    assert_null(
        read_event("tool_execution_start", "{\"toolName\":\"\",\"progress\":\"\"}", &a, &err)
            ->data.tool_name);
    arena_free(&a);
}

static void a_torn_frame_is_dropped_and_says_where(void **state) {
    static const struct {
        const char *name, *json, *error;
    } cases[] = {
        {"content", "{\"type\":\"content\",\"con",
         "content: JSON cut short: {\"type\":\"content\",\"con"},
        {"content", "", "content: empty answer"},
        {"content", "[]", "content: expected an object, got a list"},
        {"content", "{\"content\":5}", "content.content: expected a string, got a number"},
        {"permission", "{\"sessionId\":\"s\"}", "permission.id: missing"},
        {"permission", "{\"id\":null}", "permission.id: missing"},
        {"content", "{\"content\":\"a\"}}", "content: not JSON: }"},
        {"notification", "{\"id\":\"n\",\"choices\":[\"a\",1]}",
         "notification.choices[1]: expected a string, got a number"},
    };
    (void)state;

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct arena a = {0};
        struct err err = {0};

        assert_null(read_event(cases[i].name, cases[i].json, &a, &err));
        assert_int_equal(err.rc, RC_PROTO);
        assert_string_equal(err.text, cases[i].error);
        arena_free(&a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_of_every_era_is_known),
        cmocka_unit_test(an_event_has_the_name_of_its_generation),
        cmocka_unit_test(what_a_generation_lacks_is_not_written),
        cmocka_unit_test(frames_are_byte_for_byte_what_servers_send),
        cmocka_unit_test(tool_events_carry_the_fields_of_their_kind),
        cmocka_unit_test(a_frame_that_does_not_fit_leaves_nothing_behind),
        cmocka_unit_test(written_events_read_back_split_at_every_byte),
        cmocka_unit_test(permission_parameters_may_be_a_string),
        cmocka_unit_test(an_empty_tool_name_is_none),
        cmocka_unit_test(a_torn_frame_is_dropped_and_says_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
