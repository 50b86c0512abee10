/* Finding: tables of what is found where, then what must be bounded. */
#include "mix/find.h"
#include "cpu_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct find *made(const char *query, enum find_kind kind) {
    struct find *f = NULL;
    struct err err = {0};

    assert_int_equal(find_new(&f, query, kind, &err), RC_OK);
    assert_non_null(f);
    return f;
}

/* Every match as `at+len`, by blanks. */
static void assert_found(const char *query, enum find_kind kind, const char *text, size_t n,
                         const char *want) {
    struct find *f = made(query, kind);
    auto_buf struct buf got = {.max = 100000};
    size_t at = 0, len = 0, count = 0;

    for (size_t from = 0; find_next(f, text, n, from, &at, &len); from = at + len, count++)
        buf_addf(&got, "%s%zu+%zu", count > 0 ? " " : "", at, len);
    if (strcmp(buf_str(&got), want) != 0)
        print_error("'%s' in '%s'\n", query, text);
    assert_string_equal(buf_str(&got), want);
    assert_int_equal(find_count(f, text, n, 0, n), count);
    find_free(f);
}

static const struct {
    const char *query, *text, *want;
} texts[] = {
    {"a", "", ""},
    {"a", "a", "0+1"},
    {"aa", "aaaaa", "0+2 2+2"},
    {"word", "a word, words", "2+4 8+4"},
    /* smart case */
    {"word", "Word WORD", "0+4 5+4"},
    {"Word", "Word WORD word", "0+4"},
    {"\u00e4rger", "\u00c4RGER", "0+6"},
    {"\u00c4rger", "\u00e4rger", ""},
    {"\u0434\u0430", "\u0414\u0410", "0+4"},
    /* as it stands */
    {"a.c", "abc a.c", "4+3"},
    {"(x", "f(x)", "1+2"},
    {"\\d", "\\d 1", "0+2"},
    {"[", "[]", "0+1"},
    {"$", "a$\n$", "1+1 3+1"},
    {"two words", "two  words two words", "11+9"},
    {"\u65e5\u672c", "\u65e5\u65e5\u672c\u8a9e", "3+6"},
    {"a\nb", "a\nb", "0+3"},
};

static const struct {
    const char *query, *text, *want;
} expressions[] = {
    {"a.c", "abc a.c", "0+3 4+3"},
    {"a+", "aa b aaa", "0+2 5+3"},
    {"^b", "a\nb\nb", "2+1 4+1"},
    {"c$", "abc\nc\nx", "2+1 4+1"},
    {"\\bword\\b", "word sword word", "0+4 11+4"},
    {"\\w+", "\u00fcber alles", "0+5 6+5"},
    {"(?<=x)a", "xa a xa", "1+1 6+1"},
    /* smart case looks at the text, not at the syntax */
    {"\\Serror", "xERROR", "0+6"},
    {"\\p{Lu}x", "AX", "0+2"},
    {"(?P<a>b)C", "bC bc", "0+2"},
    {"(?P<a>b)c", "BC", "0+2"},
    {"(*ANYCRLF)x", "X", "0+1"},
    /* never empty */
    {"x*", "axxb", "1+2"},
    {"^", "a\nb", ""},
    {"b*?", "abb", "1+1 2+1"},
    {"a\\Kb", "ab ab", "1+1 4+1"},
    {".", "\u65e5a", "0+3 3+1"},
};

static void text_is_found_as_it_stands(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(texts); i++)
        assert_found(texts[i].query, FIND_TEXT, texts[i].text, strlen(texts[i].text),
                     texts[i].want);
}

static void an_expression_is_found(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(expressions); i++)
        assert_found(expressions[i].query, FIND_REGEX, expressions[i].text,
                     strlen(expressions[i].text), expressions[i].want);
}

static void what_cannot_be_used_says_why_and_where(void **state) {
    static const struct {
        const char *query, *why;
        enum find_kind kind;
        int at;
    } bad[] = {
        {"", "nothing to look for", FIND_TEXT, 0},
        {"(", "missing closing parenthesis", FIND_REGEX, 1},
        {"*b", "quantifier does not follow a repeatable item", FIND_REGEX, 0},
        {"[a", "missing terminating ] for character class", FIND_REGEX, 2},
        {"\xff", "UTF-8 error: illegal byte (0xfe or 0xff)", FIND_TEXT, 0},
        {"a\\C", "using \\C is disabled by the application", FIND_REGEX, 3},
        {"((ab|cd){1,100}){1,100}", "regular expression is too large", FIND_REGEX, 23},
        {"(a{1,6000}){1,6000}", "regular expression is too large", FIND_REGEX, 19},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(bad); i++) {
        struct find *f = NULL;
        struct err err = {0};

        assert_int_equal(find_new(&f, bad[i].query, bad[i].kind, &err), RC_USAGE);
        assert_int_equal(err.rc, RC_USAGE);
        assert_null(f);
        assert_string_equal(err.text, bad[i].why);
        assert_int_equal(err.detail, bad[i].at);
    }
}

static void invalid_bytes_match_nothing_and_hide_nothing(void **state) {
    (void)state;
    assert_found("a", FIND_TEXT,
                 "\xff\xfe"
                 "a\xc3"
                 "a\xe2\x82"
                 "a",
                 8, "2+1 4+1 7+1");
    assert_found(".", FIND_REGEX,
                 "\xff"
                 "a\xc3\x28\x80",
                 5, "1+1 3+1");
    assert_found("\u00fc", FIND_TEXT, "\xbc\xc3\xbc\xc3", 4, "1+2");
    assert_found("a", FIND_TEXT, "\0a\0", 3, "1+1");
}

static void the_last_one_is_found_before_a_place(void **state) {
    struct find *f = made("ab", FIND_TEXT);
    const char *text = "ab ab ab";
    size_t at = 99, len = 0;

    (void)state;
    assert_true(find_last(f, text, 8, 0, 8, &at, &len));
    assert_int_equal(at, 6);
    assert_true(find_last(f, text, 8, 0, 6, &at, &len));
    assert_int_equal(at, 3);
    assert_true(find_last(f, text, 8, 0, 1, &at, &len));
    assert_int_equal(at, 0);
    assert_false(find_last(f, text, 8, 0, 0, &at, &len));
    assert_false(find_last(f, text, 8, 1, 3, &at, &len));
    assert_int_equal(find_count(f, text, 8, 1, 6), 1);
    find_free(f);
}

static void what_stands_before_the_place_is_seen(void **state) {
    struct find *f = made("\\bcd", FIND_REGEX);
    size_t at, len;

    (void)state;
    assert_false(find_next(f, "abcd", 4, 2, &at, &len));
    assert_true(find_next(f, "ab cd", 5, 3, &at, &len));
    find_free(f);
}

static void an_expression_that_explodes_is_given_up(void **state) {
    static const char *const evil[] = {"(a+)+$",     "(a|aa)+$",        "(a*)*b",
                                       "(.*a){20}b", "((a?){30}){30}c", "a*a*a*a*c"};
    char text[30001];
    size_t at, len;

    (void)state;
    memset(text, 'a', sizeof text - 1);
    memcpy(text + sizeof text - 4, "!xbc", 4);
    for (size_t i = 0; i < MIX_COUNT(evil); i++) {
        struct find *f = made(evil[i], FIND_REGEX);
        const uint64_t before = cpu_ns();

        (void)find_next(f, text, sizeof text, 0, &at, &len);
        assert_true(find_given_up(f) > 0);
        assert_true(cpu_ns() - before < 2000 * (uint64_t)1000000);
        find_free(f);
    }
}

static void a_long_text_takes_time_by_its_length_only(void **state) {
    const size_t n = 4 * MIX_MIB;
    char *text = malloc(n);
    struct find *f = made("a", FIND_TEXT);
    size_t at, len;

    (void)state;
    assert_non_null(text);
    memset(text, 'a', n);
    memset(text, '\xff', 100); /* not UTF-8 */
    assert_int_equal(find_count(f, text, n, 0, n), n - 100);
    assert_true(find_last(f, text, n, 0, n, &at, &len));
    assert_int_equal(at, n - 1);
    find_free(f);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_found_as_it_stands),
        cmocka_unit_test(an_expression_is_found),
        cmocka_unit_test(what_cannot_be_used_says_why_and_where),
        cmocka_unit_test(invalid_bytes_match_nothing_and_hide_nothing),
        cmocka_unit_test(the_last_one_is_found_before_a_place),
        cmocka_unit_test(what_stands_before_the_place_is_seen),
        cmocka_unit_test(an_expression_that_explodes_is_given_up),
        cmocka_unit_test(a_long_text_takes_time_by_its_length_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
