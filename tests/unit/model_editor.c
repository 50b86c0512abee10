/* The editor as a table of steps: text, caret, and what undo brings back. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix/editor.h"
#include "mix/text.h"

/* One letter a step; other bytes are typed. Uppercase of a motion kills up to it. */
static void play(struct editor *e, const char *steps, struct buf *killed) {
    static const struct {
        char letter;
        enum motion to;
    } motions[] = {{'l', TO_LEFT},       {'r', TO_RIGHT},      {'b', TO_WORD_LEFT},
                   {'f', TO_WORD_RIGHT}, {'a', TO_LINE_START}, {'e', TO_LINE_END},
                   {'<', TO_START},      {'>', TO_END},        {'u', TO_UP},
                   {'d', TO_DOWN}};
    for (const char *p = steps; *p; p++) {
        if (*p != '\\') {
            size_t n = text_cluster(p, strlen(p)).bytes;
            assert_true(editor_insert(e, p, n));
            p += n - 1;
            continue;
        }
        p++;
        if (*p == 'z')
            editor_undo(e);
        else if (*p == 'y')
            editor_redo(e);
        else if (*p == 't')
            editor_transpose(e);
        else if (*p == 'p')
            assert_true(editor_insert(e, buf_str(killed), killed->n));
        for (size_t i = 0; i < MIX_COUNT(motions); i++) {
            if (*p == motions[i].letter)
                editor_move(e, motions[i].to);
            else if (*p == motions[i].letter - 32 && motions[i].letter >= 'a')
                editor_kill(e, motions[i].to, killed);
        }
    }
}

static const struct {
    const char *steps, *text; /* | is the caret */
} table[] = {
    {"abc", "abc|"},
    {"abc\\l\\lX", "aX|bc"},
    {"abc\\L", "ab|"},
    {"abc\\a\\R", "|bc"},
    {"one two\\B", "one |"},
    {"one two\\b\\B\\>", "two|"},
    {"one two\\b\\Ax", "x|two"},
    {"one two\\a\\f\\Ex", "onex|"},
    {"one two\\a\\F", "| two"},
    {"one two\\B\\a\\p", "two|one "},
    {"ab\ncd\\u", "ab|\ncd"},
    {"abcd\nx\nefgh\\u\\u", "abcd|\nx\nefgh"},
    {"abcd\nx\nefgh\\u\\u\\d\\d", "abcd\nx\nefgh|"},
    {"ab\ncd\\a\\L", "ab|cd"},
    {"ab\ncd\\u\\E", "ab|cd"},
    {"漢字\nab\\u", "漢|字\nab"},
    {"e\xcc\x81x\\l\\L", "|x"}, /* a letter with its accent goes as one */
    {"👨‍👩‍👧!\\l\\L", "|!"},
    {"abc\\z", "|"}, /* typing is one step of undo */
    {"abc\\z\\y", "abc|"},
    {"abc def\\z", "abc |"},
    {"abc def\\z\\z", "|"}, /* a word goes with the blanks behind it */
    {"abc\\L\\L\\z", "abc|"},
    {"abc\\L\\L\\z\\z", "|"},
    {"abc\\B\\z", "abc|"},
    {"abc\\zx\\y", "x|"}, /* typing ends redo */
    {"ab\\t", "ba|"},
    {"abc\\l\\l\\t", "ba|c"},
    {"a\\t", "a|"},
    {"\\l\\r\\u\\d\\L\\R\\t\\z\\y", "|"},
};

static void editor_does_as_the_table_says(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct editor e;
        struct buf killed, shown;
        buf_init(&killed, 4096);
        buf_init(&shown, 4096);
        editor_init(&e, 4096);
        play(&e, table[i].steps, &killed);
        buf_addf(&shown, "%.*s|%s", (int)e.caret, buf_str(&e.text), buf_str(&e.text) + e.caret);
        if (strcmp(buf_str(&shown), table[i].text) != 0)
            print_error("row %zu\n", i);
        assert_string_equal(buf_str(&shown), table[i].text);
        editor_fini(&e);
        buf_fini(&killed);
        buf_fini(&shown);
    }
}

static void foreign_bytes_come_in_clean(void **state) {
    (void)state;
    struct editor e;
    editor_init(&e, 4096);
    static const char bytes[] = "a\033[31m\r\nb\xff\tc\x7f\xc2\x9b";
    assert_true(editor_insert(&e, bytes, sizeof bytes - 1));
    assert_string_equal(buf_str(&e.text), "a[31m\nb\xef\xbf\xbd\tc");
    editor_fini(&e);
    editor_init_line(&e, 4096);
    assert_true(editor_insert(&e, "a\nb\tc", 5));
    assert_string_equal(buf_str(&e.text), "a b c");
    editor_fini(&e);
}

static void what_does_not_fit_is_refused_whole(void **state) {
    (void)state;
    struct editor e;
    editor_init(&e, 8);
    assert_true(editor_insert(&e, "12345", 5));
    assert_false(editor_insert(&e, "6789", 4));
    assert_string_equal(buf_str(&e.text), "12345");
    assert_false(editor_insert(&e, "123456789", 9));
    editor_fini(&e);
}

static void random_edits_keep_text_valid_and_caret_on_a_border(void **state) {
    (void)state;
    struct editor e;
    struct buf killed;
    buf_init(&killed, 1 << 16);
    editor_init(&e, 1 << 16);
    uint32_t seed = 12345;
    static const char *const bits[] = {
        "a", "é", "漢", "\n", " ", "e\xcc\x81", "👨‍👩‍👧", "\xcc\x81", "🇩🇪"};
    for (int i = 0; i < 20000; i++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t what = seed >> 16;
        const char *bit = bits[what / 16 % MIX_COUNT(bits)];
        enum motion to = (enum motion)(what / 16 % 10);
        if (what % 16 < 8)
            (void)editor_insert(&e, bit, strlen(bit));
        else if (what % 16 < 12)
            editor_move(&e, to);
        else if (what % 16 < 13)
            editor_kill(&e, to, &killed);
        else if (what % 16 < 14)
            editor_undo(&e);
        else if (what % 16 < 15)
            editor_redo(&e);
        else
            editor_transpose(&e);
        assert_true(e.caret <= e.text.n);
        assert_true(text_valid(buf_str(&e.text), e.text.n));
        assert_true(e.caret == 0 || e.caret == e.text.n ||
                    ((unsigned char)e.text.p[e.caret] & 0xc0) != 0x80);
    }
    editor_fini(&e);
    buf_fini(&killed);
}

int main(void) {
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(editor_does_as_the_table_says),
        cmocka_unit_test(foreign_bytes_come_in_clean),
        cmocka_unit_test(what_does_not_fit_is_refused_whole),
        cmocka_unit_test(random_edits_keep_text_valid_and_caret_on_a_border),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
