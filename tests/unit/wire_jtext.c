/* JSON text without a tree: members found, strings written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "mix/jtext.h"

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

        assert_int_equal(jtext_quote(&out, rows[i].in), RC_OK);
        assert_string_equal(buf_str(&out), rows[i].want);
    }
}

static void a_server_quotes_for_html(void **state) {
    (void)state;
    auto_buf struct buf out = {.max = 100};

    assert_int_equal(jtext_quote_server(&out, "<a&\xff\u2028\u00e9\n\x7f\x02>"), RC_OK);
    assert_string_equal(buf_str(&out),
                        "\"\\u003ca\\u0026\\ufffd\\u2028\u00e9\\n\x7f\\u0002\\u003e\"");
}

static void a_string_that_does_not_fit_leaves_nothing_behind(void **state) {
    (void)state;
    auto_buf struct buf out = {.max = 10};

    buf_adds(&out, "{}");
    assert_int_equal(jtext_quote(&out, "a long text"), RC_LIMIT);
    assert_string_equal(buf_str(&out), "{}");
    jtext_field(&out, "x", "a long text");
    assert_string_equal(buf_str(&out), "{}");
}

static void an_object_is_walked_to_where_it_is_cut(void **state) {
    (void)state;
    static const struct {
        const char *json, *members;
        bool whole;
    } rows[] = {
        {" { } ", "", true},
        {"{\"a\":1,\"b\":\"c\"}", "a=1;b='c';", true},
        {"{\"a\" : -1.5 , \"b\":{\"a\":[1,\"}\"]} }", "a=-1.5;b={\"a\":[1,\"}\"]};", true},
        {"{\"a\":\"\",\"\\u0062\":\"\\ud83d!\"}", "a='';b='\ufffd!';", true},
        {"{\"a\":1} {", "a=1;", false},
        {"{\"a\":1,}", "a=1;", false},
        {"{\"a\":1 \"b\":2}", "a=1;", false},
        {"{\"a\":\"make te", "a='make te'...;", false},
        {"{\"a\":\"b\\", "a='b'...;", false},
        {"{\"a\":\"b\\u00", "a='b'...;", false},
        {"{\"a\":\"\\uzzzz\\q\"}", "a='\ufffdzzzzq'...;", true},
        {"{\"a\":[1,2", "a=[1,2...;", false},
        {"{\"a\":12", "a=12...;", false},
        {"{\"a\":", "", false},
        {"{\"a\":}", "", false},
        {"{\"a\"", "", false},
        {"{\"a", "", false},
        {"{,\"a\":1}", "", false},
        {"{1:2}", "", false},
        {"{]]}}}\"", "", false},
        {"[\"a\"]", "", false},
        {"", "", false},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        const size_t n = strlen(rows[i].json);
        char *exact = xmalloc(n + 1); /* no byte behind the text may be read */
        auto_buf struct buf out = {.max = 1000};
        struct jtext name, value;

        memcpy(exact + 1, rows[i].json, n);
        struct jwalk walk = jtext_walk(exact + 1, n);

        while (jtext_next(&walk, &name, &value)) {
            assert_int_equal(jtext_add(&out, name), RC_OK);
            buf_adds(&out, value.string ? "='" : "=");
            const enum rc rc = jtext_add(&out, value);

            buf_addf(&out, "%s%s;", value.string ? "'" : "", rc == RC_OK ? "" : "...");
        }
        assert_false(jtext_next(&walk, &name, &value));
        if (walk.whole != rows[i].whole)
            fail_msg("%s: %d", rows[i].json, walk.whole);
        assert_string_equal(buf_str(&out), rows[i].members);
        free(exact);
    }
}

static void what_does_not_fit_is_cut(void **state) {
    (void)state;
    static const char json[] = "{\"s\":\"ab\\ncd\",\"n\":12345,\"s\":1";
    static const struct {
        const char *name;
        size_t max;
        const char *want;
    } rows[] = {
        {"s", 5, "ab\ncd"}, {"s", 4, "ab\nc"}, {"s", 2, "ab"}, {"n", 4, "1234"}, {"n", 5, "12345"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        auto_buf struct buf out = {.max = rows[i].max};

        assert_true(jtext_find(&out, json, strlen(json), rows[i].name));
        assert_string_equal(buf_str(&out), rows[i].want);
    }
    auto_buf struct buf none = {.max = 10};

    assert_false(jtext_find(&none, json, strlen(json), "x"));
    assert_int_equal(jtext_add(&none, (struct jtext){json, 11, false, false}), RC_LIMIT);
}

static void a_value_ends_where_it_is_whole(void **state) {
    (void)state;
    static const struct {
        const char *json;
        size_t n;
    } rows[] = {
        {" {\"a\":\"}\"} {\"z\":1}", 10},
        {"[1,[2]]x", 7},
        {"\"a\\\"\" ", 5},
        {"true,", 4},
        {"{\"a\":", 0},
        {"", 0},
        {"  ", 0},
        {"}", 0},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        assert_int_equal(jtext_span(rows[i].json, strlen(rows[i].json)), rows[i].n);
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
        {"{\"x\":\"\\z\",\"command\":\"ls\"}", NULL},
        {"{\"x\":tru,\"command\":\"ls\"}", NULL},
        {"{\"command\":\"a\nb\"}", NULL},
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_quoted_so_that_nothing_hides),
        cmocka_unit_test(a_server_quotes_for_html),
        cmocka_unit_test(a_string_that_does_not_fit_leaves_nothing_behind),
        cmocka_unit_test(an_object_is_walked_to_where_it_is_cut),
        cmocka_unit_test(what_does_not_fit_is_cut),
        cmocka_unit_test(a_value_ends_where_it_is_whole),
        cmocka_unit_test(a_member_is_found_when_it_is_beyond_doubt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
