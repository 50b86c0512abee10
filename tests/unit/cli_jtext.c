/* JSON text without a tree: in doubt there is no value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "jtext.h"
#include "send.h"

static void strings_are_quoted_so_that_nothing_hides(void **state) {
    (void)state;
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"", "\"\""},
        {"plain \"a\" \\", "\"plain \\\"a\\\" \\\\\""},
        {"a\nb\tc\r", "\"a\\nb\\tc\\r\""},
        {"\x01\x1b\x7f", "\"\\u0001\\u001b\\u007f\""},
        {"\xc2\x9b", "\"\\u009b\""},
        {"caf\u00e9 \u4e16", "\"caf\u00e9 \u4e16\""},
        {"a\u202eb\u200b\ufeff", "\"a\\u202eb\\u200b\\ufeff\""},
        {"\U0001f600", "\"\U0001f600\""},
        {"\U000e0041", "\"\\udb40\\udc41\""},
        {"a\xff", "\"a\ufffd\""},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        auto_buf struct buf out = {.max = 1000};

        assert_int_equal(jtext_string(&out, rows[i].in), RC_OK);
        assert_string_equal(buf_str(&out), rows[i].want);
    }
}

static void a_string_that_does_not_fit_leaves_nothing_behind(void **state) {
    (void)state;
    auto_buf struct buf out = {.max = 10};

    buf_adds(&out, "{}");
    assert_int_equal(jtext_string(&out, "a long text"), RC_LIMIT);
    assert_string_equal(buf_str(&out), "{}");
    jtext_field(&out, "x", "a long text");
    assert_string_equal(buf_str(&out), "{}");
}

static void a_member_is_found_when_it_is_beyond_doubt(void **state) {
    (void)state;
    static const struct {
        const char *json, *want; /* NULL: none */
    } rows[] = {
        {"{\"command\":\"ls\"}", "ls"},
        {" { \"x\" : [1,{\"command\":\"no\"}] , \"command\" : \"ls\" } ", "ls"},
        {"{\"command\":\"a\\\"b\\\\c\\/d\\n\\u00e9\\ud83d\\ude00\"}",
         "a\"b\\c/d\n\u00e9\U0001f600"},
        {"{\"co\\u006dmand\":\"ls\"}", "ls"},
        {"{\"command\":\"\"}", ""},
        {"{\"command\":\"a\\u0000b\"}", "a\ufffdb"},
        {"{\"command\":\"\\ud800x\"}", "\ufffdx"},
        {"{\"x\":{\"command\":\"ls\"}}", NULL},
        {"{\"command\":\"ls\",\"command\":\"rm\"}", NULL},
        {"{\"command\":1}", NULL},
        {"{\"command\":null}", NULL},
        {"{\"command\":[\"ls\"]}", NULL},
        {"{\"command\":\"ls\"", NULL},
        {"{\"command\":\"ls", NULL},
        {"{\"command\":\"ls\"} x", NULL},
        {"{\"command\":\"ls\",}", NULL},
        {"{\"command\":\"ls\" \"x\":1}", NULL},
        {"{\"command\":\"\\x\"}", NULL},
        {"{\"command\":\"\\u12\"}", NULL},
        {"{\"command\":}", NULL},
        {"{command:\"ls\"}", NULL},
        {"[\"command\",\"ls\"]", NULL},
        {"\"command\"", NULL},
        {"{}", NULL},
        {"", NULL},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        auto_buf struct buf out = {.max = 1000};
        const bool has = jtext_get(&out, rows[i].json, "command");

        if (has != (rows[i].want != NULL) || (has && strcmp(buf_str(&out), rows[i].want) != 0))
            fail_msg("%s: %s", rows[i].json, has ? buf_str(&out) : "none");
    }
}

static void the_object_of_a_call_is_its_whole_command_or_path(void **state) {
    (void)state;
    static const struct {
        const char *tool, *input, *want;
    } rows[] = {
        {"Bash", "{\"command\":\"ls\",\"timeout\":0}", "ls"},
        {"bash", "{\"command\":\"ls\"}", "ls"},
        {"Write", "{\"file_path\":\"/a\",\"content\":\"x\"}", "/a"},
        {"edit", "{\"file_path\":\"/a\",\"diff\":\"\"}", "/a"},
        {"WebFetch", "{\"url\":\"https://x\"}", "https://x"},
        {"Grep", "{\"pattern\":\"x\",\"path\":\"/p\"}", "/p"},
        {"fs_write", "{\"path\":\"/a\"}", NULL},
        {"fs_write", "\"{\\\"path\\\":\\\"/a\\\"}\"", NULL},
        {"ba_sh", "{\"command\":\"ls\"}", NULL},
        {"Task", "{\"description\":\"ls\"}", NULL},
        {"Bash", "{\"description\":\"ls\"}", NULL},
        {"Bash", NULL, NULL},
        {NULL, "{}", NULL},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        auto_buf struct buf out = {.max = 1000};
        const bool has = ask_object(&out, rows[i].tool, rows[i].input);

        assert_int_equal(has, rows[i].want != NULL);
        if (has)
            assert_string_equal(buf_str(&out), rows[i].want);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_quoted_so_that_nothing_hides),
        cmocka_unit_test(a_string_that_does_not_fit_leaves_nothing_behind),
        cmocka_unit_test(a_member_is_found_when_it_is_beyond_doubt),
        cmocka_unit_test(the_object_of_a_call_is_its_whole_command_or_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
