/* Random changes of an editor, with chips, undo and redo, and keys of vi: whatever is done, the
 * text stays text, chips lie in it one behind the other, and the way back and forth is the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mix/editor.h"
#include "mix/text.h"
#include "mix/vi.h"

enum { ROUNDS = 300, STEPS = 120, MOST = 4000 };

static uint32_t seed;

static uint32_t pick(uint32_t n) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static void check(const struct editor *e) {
    size_t at = 0;

    assert_true(e->caret <= e->text.n);
    assert_true(e->text.n <= e->text.max);
    assert_true(text_valid(buf_str(&e->text), e->text.n));
    assert_true(text_valid(buf_str(&e->text), e->caret));
    for (size_t i = 0; i < e->n_chips; i++) {
        const struct chip *c = &e->chips[i];

        assert_true(c->off >= at && c->len > 0);
        at = c->off + c->len;
        assert_true(at <= e->text.n);
        assert_true(text_valid(e->text.p, c->off));
        assert_true(text_valid(e->text.p, at));
        assert_false(e->caret > c->off && e->caret < at);
    }
}

static const char *const words[] = {
    "a",
    "b c",
    "\n",
    " ",
    "word",
    "\xc3\xa9",
    "\xff",
    "e\xcc\x81",
    "\xe2\x80\x8d",
    "two\nlines",
    "(x)",
    "\"q\"",
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
    "\t",
};

static void change(struct editor *e, struct kills *kills) {
    const char *word = words[pick(MIX_COUNT(words))];
    const size_t from = e->caret;

    switch (pick(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
        (void)editor_insert(e, word, strlen(word));
        break;
    case 4:
    case 5:
        if (editor_insert(e, "pasted\nwords ", 13))
            editor_chip(e, pick(2) ? CHIP_PASTE : CHIP_FILE, from, e->caret - from, "/tmp/x\ny",
                        (int64_t)pick(3) - 1);
        break;
    case 6:
    case 7:
    case 8:
        (void)editor_move(e, (enum motion)pick(TO_DOWN + 1));
        break;
    case 9:
        (void)editor_kill(e, (enum motion)pick(TO_DOWN + 1), NULL);
        break;
    case 10:
        (void)editor_kill_into(e, (enum motion)pick(TO_DOWN + 1), kills);
        break;
    case 11:
        if (editor_yank(e, kills))
            (void)editor_yank_older(e, kills);
        break;
    case 12:
        if (e->n_chips > 0)
            editor_unchip(e, e->chips[pick((uint32_t)e->n_chips)].off);
        break;
    case 13:
        editor_transpose(e);
        editor_transpose_words(e);
        break;
    case 14:
        editor_case(e, (enum word_case)pick(3));
        break;
    default:
        if (pick(2))
            editor_group(e);
        else
            editor_group_end(e);
        break;
    }
}

/* Text and chips, to be compared. */
static char *shot(const struct editor *e) {
    struct buf out = {.max = MIX_MIB};

    (void)buf_add(&out, buf_str(&e->text), e->text.n);
    for (size_t i = 0; i < e->n_chips; i++)
        (void)buf_addf(&out, "|%zu+%zu %d %s %lld", e->chips[i].off, e->chips[i].len,
                       (int)e->chips[i].kind, e->chips[i].path ? e->chips[i].path : "",
                       (long long)e->chips[i].size);
    return buf_take(&out);
}

static void assert_shot(const struct editor *e, const char *expected) {
    auto_free char *now = shot(e);

    assert_string_equal(now, expected);
}

/* All the way back and forth, each place the same on both ways. */
static void go_through(struct editor *e) {
    char *back[STEPS + 1];
    size_t n = 0;

    for (back[n++] = shot(e); editor_undo(e); back[n++] = shot(e)) {
        check(e);
        assert_true(n < STEPS + 1);
    }
    assert_int_equal(e->text.n, 0);
    for (size_t i = n - 1; i-- > 0;) {
        assert_true(editor_redo(e));
        check(e);
        assert_shot(e, back[i]);
    }
    assert_false(editor_redo(e));
    for (size_t i = 0; i < n; i++)
        free(back[i]);
}

static void changes_are_undone_and_made_again_as_they_were(void **state) {
    (void)state;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        struct editor e;
        struct kills kills = {0};

        seed = round;
        editor_init(&e, MOST);
        for (int i = 0; i < STEPS; i++) {
            change(&e, &kills);
            check(&e);
            if (pick(20) == 0)
                (void)editor_undo(&e);
            if (pick(40) == 0)
                (void)editor_redo(&e);
            check(&e);
        }
        while (editor_redo(&e))
            check(&e);
        editor_group_end(&e);
        go_through(&e);
        kills_fini(&kills);
        editor_fini(&e);
    }
}

static void what_is_kept_of_the_undo_is_the_same_undo(void **state) {
    (void)state;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        struct editor e, other;
        struct kills kills = {0};
        auto_buf struct buf kept = {.max = 4 * MIX_MIB};

        seed = round + 1000;
        editor_init(&e, MOST);
        editor_init(&other, MOST);
        for (int i = 0; i < STEPS; i++)
            change(&e, &kills);
        editor_group_end(&e);
        for (uint32_t i = pick(5); i > 0; i--)
            (void)editor_undo(&e);
        editor_undo_keep(&e, &kept, MIX_MIB);
        editor_set(&other, buf_str(&e.text));
        for (size_t i = 0; i < e.n_chips; i++)
            editor_chip(&other, e.chips[i].kind, e.chips[i].off, e.chips[i].len, e.chips[i].path,
                        e.chips[i].size);
        if (kept.n > 0)
            assert_true(editor_undo_take(&other, kept.p, kept.n));
        while (editor_redo(&e)) {
            assert_true(editor_redo(&other));
            auto_free char *expected = shot(&e);
            assert_shot(&other, expected);
        }
        while (kept.n > 0 && editor_undo(&e)) {
            assert_true(editor_undo(&other));
            check(&other);
            auto_free char *expected = shot(&e);
            assert_shot(&other, expected);
        }
        kills_fini(&kills);
        editor_fini(&e);
        editor_fini(&other);
    }
}

/* What has a meaning, and now and then something else. */
static struct key vi_press(void) {
    static const char keys[] = "hjklwbeWBE0^$ggGfaFbtcTd;,%xXsSDCYyydddcciwawi(a\"ip.pPJ~vvVVuuoO"
                               "iIaAra123rU{}";

    if (pick(8) == 0)
        return (struct key){.code = K_ESC};
    if (pick(30) == 0)
        return (struct key){.code = 'r', .mods = MOD_CTRL};
    return (struct key){.code = (uint32_t)keys[pick(sizeof keys - 1)]};
}

static void keys_of_vi_leave_text_behind(void **state) {
    (void)state;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        struct editor e;
        struct kills kills = {0};
        struct vi v;

        seed = round + 5000;
        editor_init(&e, MOST);
        vi_init(&v);
        for (int i = 0; i < 10; i++)
            change(&e, &kills);
        for (int i = 0; i < 4 * STEPS; i++) {
            const struct key k = vi_press();
            char byte = (char)k.code;

            if (vi_key(&v, &e, &k) == VI_NOT && k.mods == 0 && k.code < 0x80 && k.code != K_ESC)
                (void)editor_insert(&e, &byte, 1);
            check(&e);
            if (pick(10) == 0) /* Ctrl+W and others are there in every mode */
                change(&e, &kills);
            check(&e);
            size_t from, to;

            if (vi_selected(&v, &e, &from, &to))
                assert_true(from <= to && to <= e.text.n);
        }
        vi_fini(&v);
        kills_fini(&kills);
        editor_fini(&e);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_are_undone_and_made_again_as_they_were),
        cmocka_unit_test(what_is_kept_of_the_undo_is_the_same_undo),
        cmocka_unit_test(keys_of_vi_leave_text_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
