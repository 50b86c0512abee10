/* What ncurses is told: no character it would show otherwise than it was measured, no colour that
 * is unseen on its background. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>

#include "../../src/term/private.h"

static void unknown_characters_and_controls_show_as_a_sign(void **state) {
    static const struct {
        struct cell cell;
        wchar_t text[5];
        int columns;
    } table[] = {
        {{.cp = {'a'}, .width = 1}, {'a'}, 1},
        {{.cp = {0x6f22}, .width = 2}, {0x6f22}, 2},
        {{.cp = {'e', 0x301, 0x302}, .width = 1}, {'e', 0x301, 0x302}, 1},
        {{.cp = {0x378}, .width = 1}, {0xfffd}, 1}, /* not assigned */
        {{.cp = {0x1b}, .width = 1}, {0xfffd}, 1},  /* never reached, never told */
        {{.cp = {0x9b}, .width = 1}, {0xfffd}, 1},  /* CSI in one byte */
        {{.cp = {0x7f}, .width = 1}, {0xfffd}, 1},
        {{.cp = {0x6f22}, .width = 1}, {0xfffd}, 1}, /* would take the neighbour's column */
        {{.cp = {'a'}, .width = 2}, {0xfffd}, 1},    /* would leave one to what was there */
        {{.cp = {0x10fffe}, .width = 2}, {0xfffd}, 1},
        {{.cp = {'a', 0x1b, 0x301}, .width = 1}, {'a', 0x301}, 1}, /* a mark that is none */
        {{.cp = {'a', 'b'}, .width = 1}, {'a'}, 1},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        wchar_t text[5];

        assert_int_equal(cell_text(&table[i].cell, text), table[i].columns);
        assert_int_equal(wcscmp(text, table[i].text), 0);
    }
}

static void colours_that_differ_never_become_one(void **state) {
    static const int kinds[] = {8, 16, 88, 256};

    (void)state;
    for (size_t t = 0; t < theme_count(); t++) {
        struct theme theme;

        assert_int_equal(theme_builtin(&theme, theme_name(t), NULL), RC_OK);
        for (size_t k = 0; k < MIX_COUNT(kinds); k++)
            for (int i = 0; i < STYLE_COUNT; i++) {
                const struct colour_pair p = colours_near(&theme.look[i], kinds[k]);

                assert_true(p.fg < kinds[k] && p.bg < kinds[k]);
                if (theme.look[i].fg != theme.look[i].bg)
                    assert_true(p.fg != p.bg || p.fg < 0);
            }
    }
}

int main(void) {
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_characters_and_controls_show_as_a_sign),
        cmocka_unit_test(colours_that_differ_never_become_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
