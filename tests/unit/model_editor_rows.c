/* Up and down by the rows a line is wrapped into. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "mix/editor.h"

/* '|' is the caret, before and behind the moves: u up, d down; a capital: it must not move. */
static void carets_go_by_rows(void **state) {
    static const struct {
        const char *text, *moves, *then;
        int width;
    } rows[] = {
        /* rows of ten: "aaaa bbbb", "cccc dddd", "eeee" */
        {"aaaa bbbb cccc dddd ee|ee", "u", "aaaa bbbb cc|cc dddd eeee", 10},
        {"aaaa bbbb cccc dddd ee|ee", "uu", "aa|aa bbbb cccc dddd eeee", 10},
        {"aa|aa bbbb cccc dddd eeee", "U", "aa|aa bbbb cccc dddd eeee", 10},
        {"aaaa bbbb cccc dddd ee|ee", "D", "aaaa bbbb cccc dddd ee|ee", 10},
        {"aaaa bbb|b cccc dddd eeee", "ddD", "aaaa bbbb cccc dddd eeee|", 10},
        {"aaaa bbb|b cccc dddd eeee", "ddu", "aaaa bbbb cccc ddd|d eeee", 10}, /* column kept */
        /* without blanks: the end of a row is the beginning of the next one */
        {"0123456789012345678|9", "u", "012345678|90123456789", 10},
        {"0123456789|ab", "u", "|0123456789ab", 10},
        {"012345678|9abcdefghijAB", "d", "0123456789abcdefghi|jAB", 10},
        {"0123456789abcdefghijxy|\n0123456789", "u", "0123456789ab|cdefghijxy\n0123456789", 10},
        /* from line to line: into the nearest row */
        {"aaaa bbbb cccc\nx|y", "u", "aaaa bbbb c|ccc\nxy", 10},
        {"aaaa bbbb cc|cc\nxyz", "d", "aaaa bbbb cccc\nxy|z", 10},
        {"aaaa b|bbb cccc\n\nxyz", "ddd", "aaaa bbbb cccc\n\nxyz|", 10},
        /* wide letters, marks, tabs */
        {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e|", "u",
         "\xe6\x97\xa5|\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 10},
        {"e\xcc\x81"
         "e\xcc\x81\n12|",
         "u",
         "e\xcc\x81"
         "e\xcc\x81|\n12",
         10},
        {"\tx\n12345678|9", "u", "\t|x\n123456789", 20},
        {"\tx\n123|456789", "u", "|\tx\n123456789", 20},
        {"ab|c", "UD", "ab|c", 1000},
        {"|", "UD", "|", 10},
        {"one\ntw|o", "u", "on|e\ntwo", 0}, /* not laid out yet: by lines */
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        const char *caret = strchr(rows[i].text, '|');
        struct editor e;
        auto_buf struct buf out = {.max = 4096};

        editor_init(&e, 4096);
        assert_true(editor_insert(&e, rows[i].text, (size_t)(caret - rows[i].text)));
        const size_t at = e.caret;
        assert_true(editor_insert(&e, caret + 1, strlen(caret + 1)));
        e.caret = at;
        for (const char *move = rows[i].moves; *move; move++) {
            const bool moves = *move == 'u' || *move == 'd';

            assert_int_equal(
                editor_move_row(&e, *move == 'u' || *move == 'U' ? -1 : 1, rows[i].width), moves);
        }
        (void)buf_add(&out, e.text.p, e.caret);
        (void)buf_adds(&out, "|");
        (void)buf_adds(&out, buf_str(&e.text) + e.caret);
        assert_string_equal(buf_str(&out), rows[i].then);
        editor_fini(&e);
    }
}

static void a_folded_paste_is_as_wide_as_its_label(void **state) {
    struct editor e;
    static const char text[] = "ab [paste]\nsecond line that is longer than the label";

    (void)state;
    editor_init(&e, 4096);
    assert_true(editor_insert(&e, text, strlen(text)));
    editor_chip(&e, CHIP_PASTE, 3, 7, NULL, 0); /* its label is wider than 12 cells */
    e.caret = 11 + 12;
    assert_true(editor_move_row(&e, -1, 60));
    assert_int_equal(e.caret, 3); /* never into it */
    assert_true(editor_move_row(&e, 1, 60));
    assert_int_equal(e.caret, 11 + 12);
    editor_fini(&e);
}

/* Up and down again in any text: every row is gone over once, whatever stands there. */
static void every_row_is_reached(void **state) {
    static const char *const words[] = {
        "a",  " ", "word ",     "\xe6\x97\xa5",
        "\n", "-", "e\xcc\x81", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
        "\t"};
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 600; round++) {
        const size_t some = MIX_COUNT(words) - (size_t)(round % 2); /* the last: a tab */
        struct editor e;

        editor_init(&e, 4096);
        for (int i = 0; i < 60; i++) {
            seed = seed * 1664525U + 1013904223U;
            const char *w = words[(seed >> 16) % some];

            assert_true(editor_insert(&e, w, strlen(w)));
        }
        const int width = 3 + round % 20;
        int down = 0, up = 0;

        e.caret = 0;
        for (size_t was = 0; editor_move_row(&e, 1, width) && down < 1000; down++) {
            assert_true(e.caret > was);
            was = e.caret;
        }
        for (size_t was = e.caret; editor_move_row(&e, -1, width) && up < 1000; up++) {
            assert_true(e.caret < was);
            was = e.caret;
        }
        assert_int_equal(e.caret, 0);
        if (!strchr(buf_str(&e.text), '\t')) /* one may be wider than a row */
            assert_int_equal(up, down);
        editor_fini(&e);
    }
}

int main(void) {
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carets_go_by_rows),
        cmocka_unit_test(a_folded_paste_is_as_wide_as_its_label),
        cmocka_unit_test(every_row_is_reached),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
