/* JSON text while it arrives: set out, checked, in any split. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "mix/pretty.h"

static enum rc put(void *arg, const char *p, size_t n, struct err *err) {
    (void)err;
    return buf_add(arg, p, n);
}

static enum rc run(struct buf *out, const char *json, size_t n, size_t piece, struct err *err) {
    struct pretty p = {.put = put, .arg = out, .lines = true};
    enum rc rc = RC_OK;

    buf_clear(out);
    for (size_t at = 0; at < n && rc == RC_OK; at += piece)
        rc = pretty_feed(&p, json + at, n - at < piece ? n - at : piece, err);
    return rc == RC_OK ? pretty_end(&p, err) : rc;
}

static void json_is_set_out_in_lines_in_any_split(void **state) {
    (void)state;
    static const struct {
        const char *json, *lines;
    } cases[] = {
        {"{}", "{}\n"},
        {" [ ] ", "[]\n"},
        {"12", "12\n"},
        {"-0.5e+10", "-0.5e+10\n"},
        {"\"a\\u00e9\\\"b\"", "\"a\\u00e9\\\"b\"\n"},
        {"[1,[],{}]", "[\n  1,\n  [],\n  {}\n]\n"},
        {"{\"a\":1,\"b\":[true,null]}",
         "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null\n  ]\n}\n"},
        {"{\"a\" : {\"b\":false}}\r\n", "{\n  \"a\": {\n    \"b\": false\n  }\n}\n"},
        {"[{\"x\":\"{[,:\"}]", "[\n  {\n    \"x\": \"{[,:\"\n  }\n]\n"},
    };
    struct buf out;
    struct err err = {0};

    buf_init(&out, MIX_MIB);
    for (size_t i = 0; i < MIX_COUNT(cases); i++)
        for (size_t piece = 1; piece < 12; piece++) {
            assert_int_equal(run(&out, cases[i].json, strlen(cases[i].json), piece, &err), RC_OK);
            assert_string_equal(buf_str(&out), cases[i].lines);
        }
    buf_fini(&out);
}

static void what_is_no_json_is_named_by_its_byte(void **state) {
    (void)state;
    static const struct {
        const char *json, *complaint;
    } cases[] = {
        {"", "ends too early, at byte 0"}, {"  ", "ends too early, at byte 2"},
        {"<!DOCTYPE", "'<' at byte 0"},    {"[1,", "ends too early, at byte 3"},
        {"[1,]", "']' at byte 3"},         {"{\"a\":1,}", "'}' at byte 7"},
        {"{\"a\" 1}", "'1' at byte 5"},    {"{a:1}", "'a' at byte 1"},
        {"[1}", "'}' at byte 2"},          {"1 2", "'2' at byte 2"},
        {"[] x", "'x' at byte 3"},         {"01", "'1' at byte 1"},
        {"-", "ends too early"},           {"1.", "ends too early"},
        {"1.x", "'x' at byte 2"},          {"1e", "ends too early"},
        {"+1", "'+' at byte 0"},           {"nul", "ends too early"},
        {"nulx", "'x' at byte 3"},         {"truefalse", "'f' at byte 4"},
        {"\"a", "ends too early"},         {"\"a\nb\"", "0x0a at byte 2"},
        {"\"\\x\"", "'x' at byte 2"},      {"\"\\u12g4\"", "'g' at byte 5"},
    };
    struct buf out;

    buf_init(&out, MIX_MIB);
    for (size_t i = 0; i < MIX_COUNT(cases); i++)
        for (size_t piece = 1; piece < 5; piece++) {
            struct err err = {0};

            if (run(&out, cases[i].json, strlen(cases[i].json), piece, &err) != RC_PROTO ||
                !strstr(err.text, cases[i].complaint))
                fail_msg("%s: %s", cases[i].json, err.text);
        }
    buf_fini(&out);
}

static void a_depth_that_no_server_needs_is_refused(void **state) {
    (void)state;
    char *deep = xmalloc(3 * PRETTY_DEPTH);
    struct err err = {0};

    memset(deep, '[', PRETTY_DEPTH + 1);
    assert_int_equal(json_check(deep, PRETTY_DEPTH + 1, &err), RC_LIMIT);
    memset(deep + PRETTY_DEPTH, ']', PRETTY_DEPTH);
    assert_int_equal(json_check(deep, 2 * PRETTY_DEPTH, &err), RC_OK);
    free(deep);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_set_out_in_lines_in_any_split),
        cmocka_unit_test(what_is_no_json_is_named_by_its_byte),
        cmocka_unit_test(a_depth_that_no_server_needs_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
