/* Cells of characters that some terminals give two. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <cmocka.h>

#include "mix/term.h"

static const struct {
    const char *text;
    int narrow, wide;
} cases[] = {
    {"a", 1, 1},
    {"\xc2\xb1", 1, 2}, /* plus-minus */
    {"\xc3\xa9", 1, 2}, /* e acute */
    {"\xe2\x80\xa6", 1, 2},
    {"\xe6\x97\xa5", 2, 2}, /* three dots; CJK */
    {"e\xcc\x81", 1, 1},
    {"\xd7\xa9", 1, 1}, /* combining; Hebrew */
    {"\xd0\xb6", 1, 2},
    {"\xef\xbf\xbd", 1, 2}, /* Cyrillic; U+FFFD */
    {"\xf0\x9f\x98\x80", 2, 2},
};

static void ambiguous_ones_take_what_the_terminal_gives(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const size_t n = strlen(cases[i].text);

        term_ambiguous(AMBIGUOUS_NARROW);
        assert_int_equal(text_width(cases[i].text, n), cases[i].narrow);
        term_ambiguous(AMBIGUOUS_WIDE);
        assert_int_equal(text_width(cases[i].text, n), cases[i].wide);
        assert_int_equal(text_cluster(cases[i].text, n).cells, cases[i].wide);
    }
    term_ambiguous(AMBIGUOUS_NARROW);
}

static void what_is_cut_keeps_to_its_cells(void **state) {
    struct canvas c;
    auto_buf struct buf out = {.max = MIX_KIB};

    (void)state;
    term_ambiguous(AMBIGUOUS_WIDE);
    canvas_init(&c, 8, 1);
    assert_int_equal(canvas_put_cut(&c, 0, 0, 5, STYLE_TEXT, "abcdefgh", 8), 5);
    canvas_put(&c, 5, 0, 3, STYLE_TEXT, "xyz", 3);
    canvas_text(&c, &out);
    assert_string_equal(buf_str(&out), "abcd~xyz\n");
    canvas_fini(&c);
    term_ambiguous(AMBIGUOUS_NARROW);
}

static void the_table_holds_no_marks_and_no_joiners(void **state) {
    (void)state;
    term_ambiguous(AMBIGUOUS_WIDE);
    for (uint32_t cp = 0x300; cp < 0x370; cp++)
        assert_true(wcwidth((wchar_t)cp) <= 0);
    assert_true(wcwidth(0x200d) <= 0);
    assert_true(wcwidth(0xfe0f) <= 0);
    term_ambiguous(AMBIGUOUS_NARROW);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ambiguous_ones_take_what_the_terminal_gives),
        cmocka_unit_test(what_is_cut_keeps_to_its_cells),
        cmocka_unit_test(the_table_holds_no_marks_and_no_joiners),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
