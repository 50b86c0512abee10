/* The sanitiser: what is dropped, what becomes a mark, what stays. */
#include "../fuzz/text_checks.h"

#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>

static void assert_clean(const char *in, size_t n, enum clean how, const char *want) {
    auto_buf struct buf b = {.max = 100000};

    assert_int_equal(text_clean(&b, in, n, how), RC_OK);
    assert_string_equal(buf_str(&b), want);
    check_clean(in, n, how);
}

static void every_mode_on_every_kind_of_text(void **state) {
    (void)state;
    static const struct {
        const char *in, *line, *text, *marks, *name;
    } rows[] = {
        {"", "", "", "", ""},
        {"plain", "plain", "plain", "plain", "plain"},
        {"a\nb", "a\u21b5b", "a\nb", "a\nb", "a\u240ab"},
        {"a\r\nb", "a\u21b5b", "a\nb", "a\u240d\nb", "a\u240d\u240ab"},
        {"a\r\r\nb", "a\u21b5b", "a\nb", "a\u240d\u240d\nb", "a\u240d\u240d\u240ab"},
        {"a\rb", "a\u21b5b", "a\nb", "a\u240db", "a\u240db"},
        {"\x1b[31mred", "[31mred", "[31mred", "\u241b[31mred", "\u241b[31mred"},
        {"\x1b]52;c;x\x07", "]52;c;x", "]52;c;x", "\u241b]52;c;x\u2407", "\u241b]52;c;x\u2407"},
        {"a\x7f"
         "b",
         "ab", "ab", "a\u2421b", "a\u2421b"},
        {"a\xc2\x9b"
         "31m",
         "a31m", "a31m", "a<U+009B>31m", "a<U+009B>31m"},
        {"a\u202e"
         "fdp.exe",
         "afdp.exe", "afdp.exe", "a<U+202E>fdp.exe", "a<U+202E>fdp.exe"},
        {"\ufeffx\u200by\u2066z", "xyz", "xyz", "<U+FEFF>x<U+200B>y<U+2066>z",
         "<U+FEFF>x<U+200B>y<U+2066>z"},
        {"a\u2028b\u2029c", "a\u21b5b\u21b5c", "a\nb\nc", "a<U+2028>b<U+2029>c",
         "a<U+2028>b<U+2029>c"},
        {"x\U000e0041\U000e007fy", "xy", "xy", "x<U+E0041><U+E007F>y", "x<U+E0041><U+E007F>y"},
        {"soft\u00adhyphen \u061c\u180e\ufff9\u3164", "softhyphen ", "softhyphen ",
         "soft<U+00AD>hyphen <U+061C><U+180E><U+FFF9><U+3164>",
         "soft<U+00AD>hyphen <U+061C><U+180E><U+FFF9><U+3164>"},
        {"\u05e9\u05dc\u05d5\u05dd \u0645", "\u05e9\u05dc\u05d5\u05dd \u0645",
         "\u05e9\u05dc\u05d5\u05dd \u0645", "\u05e9\u05dc\u05d5\u05dd \u0645",
         "\u05e9\u05dc\u05d5\u05dd \u0645"},
        {"e\u0301\u4e16", "e\u0301\u4e16", "e\u0301\u4e16", "e\u0301\u4e16", "e\u0301\u4e16"},
        {"a\xff\xe4\xb8z", "a\ufffd\ufffd\ufffdz", "a\ufffd\ufffd\ufffdz", "a\ufffd\ufffd\ufffdz",
         "a\ufffd\ufffd\ufffdz"},
        {"\ufffd", "\ufffd", "\ufffd", "\ufffd", "\ufffd"},
        {"a\tb", "a b", "a       b", "a       b", "a\u2409b"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        const size_t n = strlen(rows[i].in);

        assert_clean(rows[i].in, n, CLEAN_LINE, rows[i].line);
        assert_clean(rows[i].in, n, CLEAN_TEXT, rows[i].text);
        assert_clean(rows[i].in, n, CLEAN_MARKS, rows[i].marks);
        assert_clean(rows[i].in, n, CLEAN_NAME, rows[i].name);
    }
}

static void every_c0_and_c1_control_is_dropped_or_marked(void **state) {
    (void)state;
    for (uint32_t cp = 0; cp < 0xa0; cp = cp == 0x1f ? 0x7f : cp + 1) {
        char in[4], mark[16];
        const size_t n = text_encode(in, cp);

        if (cp < 0x20)
            mark[text_encode(mark, 0x2400 + cp)] = '\0';
        else if (cp == 0x7f)
            mark[text_encode(mark, 0x2421)] = '\0';
        else
            snprintf(mark, sizeof mark, "<U+%04X>", cp);
        assert_clean(in, n, CLEAN_NAME, mark);
        if (cp != '\n' && cp != '\t')
            assert_clean(in, n, CLEAN_MARKS, mark);
        if (cp != '\n' && cp != '\t' && cp != '\r') {
            assert_clean(in, n, CLEAN_LINE, "");
            assert_clean(in, n, CLEAN_TEXT, "");
        }
    }
}

static void tabs_go_to_stops_of_eight_cells(void **state) {
    (void)state;
    static const struct {
        const char *in, *want;
    } rows[] = {
        {"\tx", "        x"},
        {"1234567\tx", "1234567 x"},
        {"12345678\tx", "12345678        x"},
        {"\t\tx", "                x"},
        {"abc\nd\te", "abc\nd       e"},
        {"a\tb\n\tc\n12\td", "a       b\n        c\n12      d"},
        {"\u4e16\tx", "\u4e16      x"},
        {"e\u0301\tx", "e\u0301       x"},
        {"\x1b\x1b\tx", "        x"},
        {"a\r\n\tx", "a\n        x"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        assert_clean(rows[i].in, strlen(rows[i].in), CLEAN_TEXT, rows[i].want);
}

static void joiners_stay_only_where_they_hold_an_emoji(void **state) {
    (void)state;
    static const struct {
        const char *in, *want, *marks;
    } rows[] = {
        {"\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467",
         "\U0001f468\u200d\U0001f469\u200d\U0001f467"},
        {"\u2764\ufe0f\u200d\U0001f525", "\u2764\ufe0f\u200d\U0001f525",
         "\u2764\ufe0f\u200d\U0001f525"},
        {"\U0001f468\U0001f3fd\u200d\U0001f33e", "\U0001f468\U0001f3fd\u200d\U0001f33e",
         "\U0001f468\U0001f3fd\u200d\U0001f33e"},
        {"a\u200db", "ab", "a<U+200D>b"},
        {"\U0001f468\u200dx", "\U0001f468x", "\U0001f468<U+200D>x"},
        {"x\u200d\U0001f468", "x\U0001f468", "x<U+200D>\U0001f468"},
        {"\U0001f468\u200d", "\U0001f468", "\U0001f468<U+200D>"},
        {"x\ufe0f", "x", "x<U+FE0F>"},
        {"\u2764\ufe0f\ufe0f\ufe0f", "\u2764\ufe0f", "\u2764\ufe0f<U+FE0F><U+FE0F>"},
        {"\u0915\u094d\u200d\u0937", "\u0915\u094d\u0937", "\u0915\u094d<U+200D>\u0937"},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        assert_clean(rows[i].in, strlen(rows[i].in), CLEAN_LINE, rows[i].want);
        assert_clean(rows[i].in, strlen(rows[i].in), CLEAN_TEXT, rows[i].want);
        assert_clean(rows[i].in, strlen(rows[i].in), CLEAN_MARKS, rows[i].marks);
        assert_clean(rows[i].in, strlen(rows[i].in), CLEAN_NAME, rows[i].marks);
    }
}

static void nul_bytes_do_not_end_the_text(void **state) {
    (void)state;
    assert_clean("a\0b", 3, CLEAN_TEXT, "ab");
    assert_clean("a\0b", 3, CLEAN_MARKS, "a\u2400b");
}

static void clean_appends_and_counts_tabs_from_its_own_start(void **state) {
    (void)state;
    auto_buf struct buf b = {.max = 100};

    buf_adds(&b, "abc");
    assert_int_equal(text_clean(&b, "x\ty", 3, CLEAN_TEXT), RC_OK);
    assert_string_equal(b.p, "abcx       y");
}

static void full_buffer_is_left_as_it_was(void **state) {
    (void)state;
    auto_buf struct buf b = {.max = 10};

    buf_adds(&b, "abc");
    assert_int_equal(text_clean(&b,
                                "1234\x1b"
                                "5678",
                                9, CLEAN_TEXT),
                     RC_LIMIT);
    assert_string_equal(b.p, "abc");
    assert_int_equal(text_clean(&b,
                                "1234\x1b"
                                "567",
                                8, CLEAN_TEXT),
                     RC_OK);
    assert_string_equal(b.p, "abc1234567");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mode_on_every_kind_of_text),
        cmocka_unit_test(every_c0_and_c1_control_is_dropped_or_marked),
        cmocka_unit_test(tabs_go_to_stops_of_eight_cells),
        cmocka_unit_test(joiners_stay_only_where_they_hold_an_emoji),
        cmocka_unit_test(nul_bytes_do_not_end_the_text),
        cmocka_unit_test(clean_appends_and_counts_tabs_from_its_own_start),
        cmocka_unit_test(full_buffer_is_left_as_it_was),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
