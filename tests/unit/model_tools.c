/* Names and inputs of tool calls, complete or not. */
#include "private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void every_era_names_the_same_tool(void **state) {
    static const struct {
        const char *name, *canonical;
        bool same;
    } rows[] = {
        {"bash", "Bash", true},
        {"todo_write", "TodoWrite", true},
        {"exit_plan_mode", "ExitPlanMode", true},
        {"show_media", "Show", true},
        {"ShowMedia", "Show", true},
        {"ReadText", "ReadMedia", false},
        {"python_execution", "PythonExecution", true},
        {"Show", "ShowMediaX", false},
        {"", "Bash", false},
        {NULL, "Bash", false},
        {"Bash", NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        assert_int_equal(tool_is(rows[i].name, rows[i].canonical), rows[i].same);
}

static void the_object_of_a_call_is_found(void **state) {
    static const struct {
        const char *tool, *input, *object; /* NULL: none */
    } rows[] = {
        {"Bash", "{\"command\":\"ls -l\"}", "ls -l"},
        {"bash", " { \"timeout\" : 5 , \"command\" : \"ls\" } ", "ls"},
        {"Bash", "{\"comm", NULL},
        {"Bash", "{\"command\":", NULL},
        {"Bash", "{\"command\":\"", NULL},
        {"Bash", "{\"command\":\"make te", "make te"},
        {"Bash", "{\"command\":\"a\\", "a"},
        {"Bash", "{\"command\":\"a\\u00", "a"},
        {"Bash", "{\"command\":\"a\\u00e9b\"}",
         "a\xc3\xa9"
         "b"},
        {"Bash", "{\"command\":\"\\ud83d\\ude00\"}", "\xf0\x9f\x98\x80"},
        {"Bash", "{\"command\":\"\\ud83d!\"}", "\xef\xbf\xbd!"},
        {"Bash", "{\"command\":\"\\udc00\"}", "\xef\xbf\xbd"},
        {"Bash", "{\"command\":\"x\\u0000y\"}", "x\xef\xbf\xbdy"},
        {"Bash", "{\"command\":\"\\uzzzz\"}", "\xef\xbf\xbdzzzz"},
        {"Bash", "{\"command\":\"a\\n\\\"b\\\" \\\\ \\/\\t\"}", "a\n\"b\" \\ /\t"},
        {"Bash", "{\"x\":{\"command\":\"inner\"},\"command\":\"outer\"}", "outer"},
        {"Bash", "{\"x\":[\"}\",{\"command\":\"inner\"}]}", NULL},
        {"Bash", "{\"x\":\"\\\"command\\\":\",\"command\":\"real\"}", "real"},
        {"Write", "{\"content\":\"{\\\"file_path\\\":1}\",\"file_path\":\"/a/b.c\"}", "/a/b.c"},
        {"Grep", "{\"path\":\"src\",\"pattern\":\"x+\"}", "x+"},
        {"grep", "{\"path\":\"src\"}", "src"},
        {"Task", "{\"prompt\":\"p\",\"description\":\"d\"}", "d"},
        {"WebFetch", "{\"url\":\"http://x/\"}", "http://x/"},
        {"TodoWrite", "{\"todos\":[],\"name\":\"n\"}", NULL},
        {"srv_tool", "{\"limit\":3,\"query\":\"q\"}", "q"},
        {"srv_tool", "{\"a\":{\"title\":\"no\"},\"title\":\"yes\"}", "yes"},
        {"srv_tool", "{\"limit\":3}", NULL},
        {"Bash", "", NULL},
        {"Bash", "[\"command\"]", NULL},
        {"Bash", "{}", NULL},
        {"Bash", "{]]}}}\"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        auto_buf struct buf out = {.max = 1000};
        const bool found = tool_object(&out, rows[i].tool, rows[i].input, strlen(rows[i].input));

        assert_int_equal(found, rows[i].object != NULL);
        assert_string_equal(buf_str(&out), rows[i].object ? rows[i].object : "");
    }
}

static void an_object_longer_than_the_buffer_is_cut(void **state) {
    auto_buf struct buf out = {.max = 4};
    const char *input = "{\"command\":\"abcdef\"}";

    (void)state;
    assert_true(tool_object(&out, "Bash", input, strlen(input)));
    assert_string_equal(out.p, "abcd");
}

static struct part *call(struct transcript *t, const char *id, const char *name,
                         const char *input) {
    struct part *p = transcript_call(t, "m1", id, name, 1, 1);

    part_input(t, p, input, strlen(input));
    part_state(t, p, CALL_RUNNING, -1);
    return transcript_find_call(t, id);
}

static void a_request_finds_the_call_it_is_about(void **state) {
    struct transcript t = {0};
    static const struct {
        const char *tool, *what, *id; /* NULL: none or several */
    } rows[] = {
        {"bash", "make", "c1"},
        {"Bash", "make all", NULL},
        {"Bash", "twice", NULL},
        {"Bash", "done", NULL},
        {"Edit", "/home/x/src/main.c", "c4"},
        {"Edit", "/home/x/src/amain.c", NULL},
        {"Write", "/abs/file", "c5"},
        {"Write", "file", "c5"},
        {"Write", "/other/file", NULL},
        {"Write", NULL, "c5"},
        {"srv_tool", "{\"a\":1}", "c6"},
    };

    (void)state;
    call(&t, "c1", "Bash", "{\"command\":\"make\"}");
    call(&t, "c2", "Bash", "{\"command\":\"twice\"}");
    call(&t, "c3", "Bash", "{\"command\":\"twice\"}");
    call(&t, "c4", "edit", "{\"file_path\":\"./src/main.c\",\"old_string\":\"\"}");
    call(&t, "c5", "Write", "{\"content\":\"x\",\"file_path\":\"/abs/file\"}");
    call(&t, "c6", "srv_tool", "{\"a\":1}");
    part_state(&t, call(&t, "c7", "Bash", "{\"command\":\"done\"}"), CALL_OK, 1);
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        const struct part *p = transcript_match_call(&t, rows[i].tool, rows[i].what);

        if (rows[i].id)
            assert_non_null(p);
        else
            assert_null(p);
        if (p)
            assert_string_equal(p->call_id, rows[i].id);
    }
    transcript_fini(&t);
}

static void a_command_that_failed_is_told_by_its_last_line(void **state) {
    static const struct {
        const char *tool, *result;
        int64_t code;
    } rows[] = {
        {"Bash", "out\nExit code 2", 2},
        {"bash", "Exit code 127\n", 127},
        {"Bash", "out\nexit code 1\n\n", 1},
        {"Bash", "Exit code 2\nmore", 0},
        {"Bash", "the Exit code 2", 0},
        {"Bash", "Exit code 2 maybe", 0},
        {"Bash", "Exit code ", 0},
        {"Bash", "Exit code 0", 0},
        {"Bash", "", 0},
        {"Bash", NULL, 0},
        {"ReadText", "Exit code 2", 0},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        assert_int_equal(tool_exit(rows[i].tool, rows[i].result), rows[i].code);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_that_failed_is_told_by_its_last_line),
        cmocka_unit_test(every_era_names_the_same_tool),
        cmocka_unit_test(the_object_of_a_call_is_found),
        cmocka_unit_test(an_object_longer_than_the_buffer_is_cut),
        cmocka_unit_test(a_request_finds_the_call_it_is_about),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
