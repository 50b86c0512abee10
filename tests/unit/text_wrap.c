/* Line breaking: tables of rows, then properties on random text. */
#include "../fuzz/text_checks.h"
#include "cpu_time.h"

#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>

/* Rows joined by '|'; a row that ends with its source line ends with '$'. */
static void assert_rows(const char *s, int width, const char *want) {
    struct rows rows = {0};
    auto_buf struct buf got = {.max = 100000};

    text_wrap(&rows, s, strlen(s), width);
    for (size_t i = 0; i < rows.n; i++) {
        buf_adds(&got, i > 0 ? "|" : "");
        buf_add(&got, s + rows.v[i].off, rows.v[i].len);
        buf_adds(&got, rows.v[i].hard ? "$" : "");
    }
    assert_string_equal(got.p, want);
    rows_fini(&rows);
    check_wrap(s, strlen(s), width);
}

static const struct {
    const char *s;
    int width;
    const char *rows;
} cases[] = {
    /* line ends */
    {"", 10, "$"},
    {"\n", 10, "$|$"},
    {"a", 10, "a$"},
    {"a\n", 10, "a$|$"},
    {"a\n\nb", 10, "a$|$|b$"},
    /* words */
    {"hello world", 11, "hello world$"},
    {"hello world", 10, "hello|world$"},
    {"hello, world", 6, "hello,|world$"},
    {"a b c d e", 3, "a b|c d|e$"},
    {"aaa bbb", 3, "aaa|bbb$"},
    {"aaaa", 4, "aaaa$"},
    {"it -- (quietly) -- goes", 12, "it --|(quietly) --|goes$"},
    /* blanks */
    {"is    a test", 4, "is|a|test$"},
    {"ab      ", 4, "ab$"},
    {"ab  ", 4, "ab  $"},
    {"     ", 3, "$"},
    {"  ab cd", 4, "  ab|cd$"},
    {"      ab", 4, "|ab$"},
    {"abcd\tef", 5, "abcd|ef$"},
    {"ab  cd", 2, "ab|cd$"},
    {"ab \ncd", 2, "ab$|cd$"},
    /* words longer than a row: moved when that takes no more rows, else cut in place */
    {"abcdefgh", 3, "abc|def|gh$"},
    {"ab abcdefghij", 8, "ab abcde|fghij$"},
    {"abcdef abcdefghij", 8, "abcdef|abcdefgh|ij$"},
    {"see https://example.com/path", 8, "see|https://|example.|com/path$"},
    /* combining marks, bad bytes, controls */
    {"e\u0301e\u0301e\u0301", 2, "e\u0301e\u0301|e\u0301$"},
    {"ab \u0301cd", 3, "ab \u0301|cd$"},
    {"\xff\xff\xff", 2, "\xff\xff|\xff$"},
    {"a\rb", 1, "a\r|b$"},
    /* wide characters break anywhere, but not before closing or after opening punctuation */
    {"\u4e16\u754c\u4e16\u754c", 4, "\u4e16\u754c|\u4e16\u754c$"},
    {"\u4e16\u754c\u4e16\u754c", 5, "\u4e16\u754c|\u4e16\u754c$"},
    {"ab\u4e16\u754c", 3, "ab|\u4e16|\u754c$"},
    {"\u4e16\u754chello", 7, "\u4e16\u754c|hello$"},
    {"\u4e16\u754c\u3002", 4, "\u4e16|\u754c\u3002$"},
    {"\u4e16\u754c\u3001\u4e16", 5, "\u4e16|\u754c\u3001|\u4e16$"},
    {"\u4e16\u300c\u754c\u300d", 4, "\u4e16\u300c|\u754c\u300d$"},
    {"\u4e16\u300c\u754c\u300d", 6, "\u4e16|\u300c\u754c\u300d$"},
    {"\u4e16\u754c, ok", 4, "\u4e16|\u754c,|ok$"},
    {"\u4e16\u3002\u3002\u3002\u3002", 4, "\u4e16\u3002|\u3002\u3002|\u3002$"},
    /* clusters stay whole; one wider than the row stands alone */
    {"\u4e16\u754c", 1, "\u4e16|\u754c$"},
    {"a\u4e16b", 1, "a|\u4e16|b$"},
    {"\U0001f468\u200d\U0001f469\u200d\U0001f467x", 5,
     "\U0001f468\u200d\U0001f469\u200d\U0001f467|x$"},
    {"\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", 3, "\U0001f1e9\U0001f1ea|\U0001f1eb\U0001f1f7$"},
    /* right to left text is wrapped in its logical order */
    {"\u05e9\u05dc\u05d5\u05dd \u05e9\u05dc", 5, "\u05e9\u05dc\u05d5\u05dd|\u05e9\u05dc$"},
};

static void wrap_follows_its_rules(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++)
        assert_rows(cases[i].s, cases[i].width, cases[i].rows);
}

static void wrap_holds_its_properties_on_random_text(void **state) {
    (void)state;
    static const char *const pieces[] = {
        "a",      "word",     "longerword", " ",      "  ",         "\t",
        "\n",     ",",        ".",          "(",      ")",          "\u4e16",
        "\u3002", "\u300c",   "e\u0301",    "\u0301", "\U0001f600", "\U0001f469\u200d\U0001f466",
        "\xff",   "\xe4\xb8", "\U0001f1e9", "\r",     "\u05d0",     "https://example.com/",
    };
    uint32_t chance = 1;

    for (int round = 0; round < 4000; round++) {
        auto_buf struct buf b = {.max = MIX_MIB};
        const int count = round % 40;

        for (int i = 0; i < count; i++) {
            chance = chance * 1664525 + 1013904223;
            buf_adds(&b, pieces[(chance >> 16) % MIX_COUNT(pieces)]);
        }
        check_wrap(buf_str(&b), b.n, 1 + round % 23);
        check_clusters(buf_str(&b), b.n);
    }
}

static void wrap_appends_to_the_rows_given(void **state) {
    (void)state;
    struct rows rows = {0};

    text_wrap(&rows, "a b", 3, 1);
    text_wrap(&rows, "c", 1, 1);
    assert_int_equal(rows.n, 3);
    assert_int_equal(rows.v[1].off, 2);
    assert_int_equal(rows.v[2].off, 0);
    rows_fini(&rows);
    assert_null(rows.v);
}

static void wrap_takes_any_width(void **state) {
    (void)state;
    auto_buf struct buf b = {.max = MIX_MIB};

    for (int i = 0; i < 50000; i++)
        buf_adds(&b, "x");
    check_wrap(b.p, b.n, INT32_MAX);
    check_wrap(b.p, b.n, 65536);
}

/* Long words, blank runs and clusters are looked at a fixed number of times, not once for each row.
 */
static void wrap_is_linear(void **state) {
    (void)state;
    static const char *const units[] = {"x",      " ", "\u3002", "\u0301", "\U0001f469\u200d",
                                        "\u4e16("};
    enum { UNITS = 200000 };

    for (size_t i = 0; i < MIX_COUNT(units); i++) {
        auto_buf struct buf b = {.max = 16 * MIX_MIB};
        struct rows rows = {0};
        const uint64_t start = cpu_ns();

        buf_adds(&b, "y ");
        for (int k = 0; k < UNITS; k++)
            buf_adds(&b, units[i]);
        text_wrap(&rows, b.p, b.n, 10);
        assert_true(rows.n >= 1);
        assert_true(cpu_ns() - start < 5000000000); /* some 20 ms; quadratic would be minutes */
        rows_fini(&rows);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrap_follows_its_rules),
        cmocka_unit_test(wrap_holds_its_properties_on_random_text),
        cmocka_unit_test(wrap_appends_to_the_rows_given),
        cmocka_unit_test(wrap_takes_any_width),
        cmocka_unit_test(wrap_is_linear),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
