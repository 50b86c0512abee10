/* wire_generations.c - in what the generations differ. MIX_TABLE=FILE: the facts go there, for the
 * table of the README. */
#include "mix/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *name;
    int version, operations; /* published ones, GET /doc and the stream */
    const char *send_fields, *tool_event, *told_by;
} generations[] = {
    {"0.2.5", GEN_SEED, 32, "content", "tool", "a message takes no `text`"},
    {"0.4.5", GEN(0, 4, 5), 33, "text, media, apps, plan_mode", "tool",
     "a message takes `apps`; no rewind"},
    {"0.6.4", GEN(0, 6, 4), 35, "text, plan_mode", "tool",
     "system/info; send answers 200; no health/auth"},
    {"0.7.2", GEN(0, 7, 2), 40, "text, plan_mode, thinking_level", "tool",
     "`thinking_level`; no `browserMode`"},
    {"0.8.1", GEN_TOP, 40, "text, plan_mode, thinking_level, max_steps", "tool_use_start",
     "`browserMode` and `max_steps`"},
    {"post", GEN_POST, 35, "text, plan_mode, thinking_level, max_steps", "tool_use_start",
     "as 0.8.1, without preferences"},
    {"all", GEN_TOP, 40, "text, plan_mode, thinking_level, max_steps", "tool_use_start",
     "as 0.8.1, with fork"},
};

static FILE *table;

static void write_down(const char *fact, size_t g, const char *value) {
    if (table)
        fprintf(table, "fact\t%s\t%s\t%s\n", fact, generations[g].name, value);
}

static void open_table(void) {
    const char *path = getenv("MIX_TABLE");

    table = path ? fopen(path, "a") : NULL;
}

static void close_table(void) {
    if (table)
        fclose(table);
    table = NULL;
}

/* The body's fields that it takes, in the table's order. */
static void fields_of(struct buf *out, const char *shape, int version) {
    struct field_view f;

    for (size_t i = 0; shape_field(shape_named(shape), i, &f); i++)
        if (f.place == PLACE_BODY && version >= f.since && (f.until == 0 || version <= f.until) &&
            !strstr(buf_str(out), f.name))
            buf_addf(out, "%s%s", out->n ? ", " : "", f.name);
}

static void a_message_has_the_fields_of_its_generation(void **state) {
    (void)state;
    open_table();
    for (size_t g = 0; g < MIX_COUNT(generations); g++) {
        struct buf fields = {.max = 4096};

        fields_of(&fields, "message_send", generations[g].version);
        assert_string_equal(buf_str(&fields), generations[g].send_fields);
        write_down("a message takes", g, buf_str(&fields));
        buf_fini(&fields);
    }
    close_table();
}

static void a_session_has_a_browser_from_0_8_on(void **state) {
    (void)state;
    open_table();
    for (size_t g = 0; g < MIX_COUNT(generations); g++) {
        const int v = generations[g].version;
        struct buf fields = {.max = 4096};

        fields_of(&fields, "session_create", v);
        assert_int_equal(strstr(buf_str(&fields), "browserMode") != NULL, v >= GEN_LATE);
        assert_int_equal(strstr(buf_str(&fields), "workingDirectory") != NULL, v <= GEN(0, 4, 5));
        assert_int_equal(strstr(buf_str(&fields), "modelId") != NULL, v >= GEN_POST);
        write_down("`browserMode` of a session", g, v >= GEN_LATE ? "required" : "-");
        write_down("provider and model of a session", g, v >= GEN_POST ? "yes" : "-");
        buf_fini(&fields);
    }
    close_table();
}

static void operations_come_and_go_as_published(void **state) {
    static const struct {
        const char *fact;
        enum op op;
    } facts[] = {
        {"fork", OP_SESSION_FORK},
        {"rewind", OP_SESSION_REWIND},
        {"export by the server", OP_SESSION_EXPORT},
        {"callbacks", OP_SESSION_CALLBACKS},
        {"preferences", OP_PREFERENCES_GET},
        {"notifications", OP_NOTIFICATION_RESPOND},
    };

    (void)state;
    open_table();
    for (size_t g = 0; g < MIX_COUNT(generations); g++) {
        const bool all = strcmp(generations[g].name, "all") == 0;
        const struct caps caps = caps_of(generations[g].version);
        char n[16];

        assert_int_equal(__builtin_popcountll(caps.ops), generations[g].operations);
        snprintf(n, sizeof n, "%d", generations[g].operations + all);
        write_down("operations, `/stream` and `/doc` too", g, n);
        write_down("send answers", g, caps.sync_send ? "200, after the turn" : "202, at once");
        for (size_t i = 0; i < MIX_COUNT(facts); i++) {
            const bool has =
                caps_has(&caps, facts[i].op) || (all && facts[i].op == OP_SESSION_FORK);

            write_down(facts[i].fact, g, has ? "yes" : "-");
        }
    }
    close_table();
}

/* The name on the wire of what that generation says first about a call. */
static void tool_event(char *out, size_t size, int version) {
    const struct event_data data = {.tool_call_id = "c", .tool_name = "Bash", .input = "{}"};
    struct buf frame = {.max = 4096};

    assert_int_equal(event_write(&frame, EV_TOOL_START, &data, version, 1), RC_OK);
    if (frame.n == 0)
        assert_int_equal(event_write(&frame, EV_TOOL_CALL, &data, version, 1), RC_OK);
    const char *name = strstr(buf_str(&frame), "event: ");

    assert_non_null(name);
    name += strlen("event: ");
    snprintf(out, size, "%.*s", (int)strcspn(name, "\n"), name);
    buf_fini(&frame);
}

static void a_call_is_told_under_the_names_of_its_time(void **state) {
    (void)state;
    open_table();
    for (size_t g = 0; g < MIX_COUNT(generations); g++) {
        const int v = generations[g].version;
        char name[64];

        tool_event(name, sizeof name, v);
        assert_string_equal(name, generations[g].tool_event);
        write_down("event of a call", g, name);
        write_down("names of tools", g, v >= GEN(0, 7, 0) ? "Bash" : "bash");
        write_down("known by", g, generations[g].told_by);
    }
    close_table();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_come_and_go_as_published),
        cmocka_unit_test(a_message_has_the_fields_of_its_generation),
        cmocka_unit_test(a_session_has_a_browser_from_0_8_on),
        cmocka_unit_test(a_call_is_told_under_the_names_of_its_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
