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
                   {'d', TO_DOWN},       {'w', TO_BLANK_LEFT}};
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
    {"see src/main.c\\W", "see |"},
    {"see src/main.c\\B", "see src/main.|"},
    {"see --x  \\W", "see |"},
    {"one\n\xe6\x97\xa5,x\\W", "one\n|"},
    {"  \\W", "|"},
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

/* ---- chips ---- */
static void is(const struct editor *e, const char *text, size_t caret, size_t chips) {
    assert_string_equal(buf_str(&e->text), text);
    assert_int_equal(e->caret, caret);
    assert_int_equal(e->n_chips, chips);
}

static void a_chip_is_one_thing(void **state) {
    struct editor e;
    (void)state;
    editor_init(&e, 4096);
    assert_true(editor_insert(&e, "a one\ntwo b", 11));
    editor_chip(&e, CHIP_PASTE, 2, 7, NULL, -1);
    is(&e, "a one\ntwo b", 11, 1);
    editor_move(&e, TO_WORD_LEFT);
    assert_int_equal(e.caret, 10);
    editor_move(&e, TO_LEFT);
    editor_move(&e, TO_LEFT);
    assert_int_equal(e.caret, 2); /* over it in one step */
    editor_move(&e, TO_RIGHT);
    assert_int_equal(e.caret, 9);
    editor_move(&e, TO_LINE_START); /* a line end inside it ends no line */
    assert_int_equal(e.caret, 0);
    editor_move(&e, TO_LINE_END);
    assert_int_equal(e.caret, 11);
    assert_false(editor_move(&e, TO_UP));
    editor_move(&e, TO_WORD_LEFT);
    editor_move(&e, TO_WORD_LEFT);
    assert_int_equal(e.caret, 2);
    assert_true(editor_insert(&e, "x", 1)); /* what is before it moves it */
    is(&e, "a xone\ntwo b", 3, 1);
    assert_int_equal(e.chips[0].off, 3);
    editor_move(&e, TO_RIGHT);
    editor_kill(&e, TO_LEFT, NULL);
    is(&e, "a x b", 3, 0);
    assert_true(editor_undo(&e));
    is(&e, "a xone\ntwo b", 10, 1);
    editor_unchip(&e, 5);
    is(&e, "a xone\ntwo b", 10, 0);
    assert_true(editor_undo(&e));
    is(&e, "a xone\ntwo b", 10, 1);
    assert_true(editor_redo(&e));
    is(&e, "a xone\ntwo b", 10, 0);
    assert_true(editor_undo(&e));
    assert_true(editor_undo(&e));
    assert_true(editor_undo(&e));
    is(&e, "", 0, 0);
    assert_true(editor_redo(&e));
    is(&e, "a one\ntwo b", 11, 1); /* the chip comes back with its text */
    editor_fini(&e);
}

static void a_chip_says_what_it_stands_for(void **state) {
    static const struct {
        const char *text, *label;
        enum chip_kind kind;
        int64_t size;
    } rows[] = {
        {"one\ntwo\n", "[2 lines, 8 B: one...]", CHIP_PASTE, -1},
        {"\n\n  x", "[3 lines, 5 B: x...]", CHIP_PASTE, -1},
        {"only", "[1 line, 4 B: only]", CHIP_PASTE, -1},
        {"a very long line of which only the head is told",
         "[1 line, 47 B: a very long line of which on...]", CHIP_PASTE, -1},
        {"@notes.md", "[@notes.md, 12 kB]", CHIP_FILE, 12345},
        {"@big", "[@big, 2.1 GB]", CHIP_FILE, 2100000000},
        {"@x", "[@x]", CHIP_FILE, -1},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct editor e;
        auto_buf struct buf label = {.max = 4096};
        editor_init(&e, 4096);
        assert_true(editor_insert(&e, rows[i].text, strlen(rows[i].text)));
        editor_chip(&e, rows[i].kind, 0, e.text.n, NULL, rows[i].size);
        editor_chip_label(&e, &e.chips[0], &label);
        assert_string_equal(buf_str(&label), rows[i].label);
        editor_fini(&e);
    }
}

/* ---- undo that was on disk ---- */
static void undo_comes_back_from_disk(void **state) {
    struct editor e, other;
    auto_buf struct buf kept = {.max = 65536};
    (void)state;
    editor_init(&e, 4096);
    assert_true(editor_insert(&e, "one ", 4));
    assert_true(editor_insert(&e, "file.c and", 10));
    editor_chip(&e, CHIP_FILE, 4, 6, "/tmp/file.c", 7);
    editor_kill(&e, TO_WORD_LEFT, NULL);
    editor_kill(&e, TO_START, NULL);
    assert_true(editor_undo(&e));
    editor_undo_keep(&e, &kept, 65536);
    assert_true(kept.n > 0);

    editor_init(&other, 4096);
    assert_true(editor_insert(&other, buf_str(&e.text), e.text.n));
    editor_chip(&other, CHIP_FILE, 4, 6, "/tmp/file.c", 7);
    assert_true(editor_undo_take(&other, kept.p, kept.n));
    for (int i = 0; i < 9; i++) {
        const bool back = i < 5;
        assert_int_equal(back ? editor_undo(&e) : editor_redo(&e),
                         back ? editor_undo(&other) : editor_redo(&other));
        is(&other, buf_str(&e.text), e.caret, e.n_chips);
        for (size_t k = 0; k < e.n_chips; k++)
            assert_string_equal(other.chips[k].path, "/tmp/file.c");
    }
    editor_fini(&e);
    editor_fini(&other);
}

static void undo_of_another_text_is_refused(void **state) {
    struct editor e, other;
    auto_buf struct buf kept = {.max = 65536};
    uint32_t seed = 99;
    (void)state;
    editor_init(&e, 4096);
    editor_init(&other, 4096);
    assert_true(editor_insert(&e, "one two", 7));
    editor_chip(&e, CHIP_FILE, 0, 3, "/x", 7);
    editor_kill(&e, TO_WORD_LEFT, NULL);
    editor_undo_keep(&e, &kept, 65536);
    assert_false(editor_undo_take(&other, kept.p, kept.n));
    assert_false(editor_undo(&other));
    assert_true(editor_insert(&other, buf_str(&e.text), e.text.n));
    for (size_t n = 0; n < kept.n; n++) { /* torn: never more than what was there, never a fall */
        (void)editor_undo_take(&other, kept.p, n);
        assert_true(text_valid(buf_str(&other.text), other.text.n));
    }
    for (int i = 0; i < 20000; i++) {
        auto_buf struct buf bad = {.max = 65536};
        (void)buf_add(&bad, kept.p, kept.n);
        seed = seed * 1664525 + 1013904223;
        bad.p[(seed >> 8) % bad.n] = (char)"0123456789ur \n-\377"[seed >> 28];
        (void)editor_undo_take(&other, bad.p, bad.n);
        while (editor_undo(&other))
            assert_true(text_valid(buf_str(&other.text), other.text.n));
        while (editor_redo(&other))
            assert_true(other.caret <= other.text.n);
        editor_set(&other, buf_str(&e.text));
    }
    editor_fini(&e);
    editor_fini(&other);
}

static void what_is_kept_of_undo_is_the_newest_that_fits(void **state) {
    struct editor e, other;
    (void)state;
    editor_init(&e, 65536);
    for (int i = 0; i < 400; i++)
        assert_true(editor_insert(&e, "a longer word\n", 14));
    auto_buf struct buf kept = {.max = 65536};
    editor_undo_keep(&e, &kept, 4000);
    assert_true(kept.n > 2000 && kept.n <= 4000);
    editor_init(&other, 65536);
    assert_true(editor_insert(&other, buf_str(&e.text), e.text.n));
    assert_true(editor_undo_take(&other, kept.p, kept.n));
    assert_true(editor_undo(&other));
    assert_int_equal(other.text.n, 399 * 14);
    editor_fini(&e);
    editor_fini(&other);
}

/* ---- words ---- */
static void kills_join_and_come_back(void **state) {
    struct editor e;
    struct kills k = {0};
    (void)state;
    editor_init(&e, 4096);
    assert_true(editor_insert(&e, "one two three four", 18));
    assert_true(editor_kill_into(&e, TO_WORD_LEFT, &k));
    assert_true(editor_kill_into(&e, TO_WORD_LEFT, &k));
    assert_string_equal(k.v[0], "three four");
    editor_move(&e, TO_START);
    assert_true(editor_kill_into(&e, TO_WORD_RIGHT, &k));
    assert_int_equal(k.n, 2);
    assert_true(editor_yank(&e, &k));
    is(&e, "one two ", 3, 0);
    assert_true(editor_yank_older(&e, &k));
    is(&e, "three four two ", 10, 0);
    assert_true(editor_yank_older(&e, &k)); /* round again */
    is(&e, "one two ", 3, 0);
    editor_move(&e, TO_END);
    assert_false(editor_yank_older(&e, &k));
    editor_fini(&e);
    kills_fini(&k);
    assert_false(editor_kill_into(&(struct editor){.text = {.max = 4}}, TO_END, &k));
}

static void words_are_of_any_script(void **state) {
    static const struct {
        const char *text, *after; /* | is the caret */
        char what;
    } rows[] = {
        {"|one two", "ONE| two", 'u'},
        {"|éTÉ ß", "été| ß", 'l'},
        {"| привет мир", " Привет| мир", 'c'},
        {"|漢字かな", "漢字|かな", 'f'},
        {"한글 |word", "|한글 word", 'b'},
        {"|don't", "don|'t", 'f'},
        {"one| two", "two one|", 't'},
        {"one two|", "two one|", 't'},
        {"one, tw|o three", "two, one| three", 't'},
        {"one|", "one|", 't'},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct editor e;
        auto_buf struct buf shown = {.max = 4096};
        const char *bar = strchr(rows[i].text, '|');
        editor_init(&e, 4096);
        assert_true(editor_insert(&e, bar + 1, strlen(bar + 1)));
        editor_move(&e, TO_START);
        assert_true(editor_insert(&e, rows[i].text, (size_t)(bar - rows[i].text)));
        if (rows[i].what == 'u' || rows[i].what == 'l' || rows[i].what == 'c')
            editor_case(&e, rows[i].what == 'u'   ? CASE_UPPER
                            : rows[i].what == 'l' ? CASE_LOWER
                                                  : CASE_CAPITAL);
        else if (rows[i].what == 't')
            editor_transpose_words(&e);
        else
            editor_move(&e, rows[i].what == 'f' ? TO_WORD_RIGHT : TO_WORD_LEFT);
        buf_addf(&shown, "%.*s|%s", (int)e.caret, buf_str(&e.text), buf_str(&e.text) + e.caret);
        assert_string_equal(buf_str(&shown), rows[i].after);
        editor_fini(&e);
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
        cmocka_unit_test(a_chip_is_one_thing),
        cmocka_unit_test(a_chip_says_what_it_stands_for),
        cmocka_unit_test(undo_comes_back_from_disk),
        cmocka_unit_test(undo_of_another_text_is_refused),
        cmocka_unit_test(what_is_kept_of_undo_is_the_newest_that_fits),
        cmocka_unit_test(kills_join_and_come_back),
        cmocka_unit_test(words_are_of_any_script),
        cmocka_unit_test(foreign_bytes_come_in_clean),
        cmocka_unit_test(what_does_not_fit_is_refused_whole),
        cmocka_unit_test(random_edits_keep_text_valid_and_caret_on_a_border),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
