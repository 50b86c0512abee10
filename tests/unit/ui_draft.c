/* Only what changed of a draft is wrapped again: whatever was changed, it comes to what is seen
 * when all of it is wrapped anew. */
#include "ui_fixture.h"

#include "mix/editor.h"
#include "ui.h"

enum { ROUNDS = 200, STEPS = 60, MOST = 3000 };

static uint32_t seed;

static uint32_t pick(uint32_t n) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static const char *const words[] = {
    "a",
    "some words of a line, ",
    "\n",
    "\n\n",
    " ",
    "\t",
    "\xc3\xa9",
    "e\xcc\x81",
    "\xe6\xbc\xa2\xe5\xad\x97",
    "\xe2\x80\xae",
    "\xe2\x80\x8d",
    "one\ntwo\nthree\n",
    "averylongwordthatfitsintonorowofwhatisshown",
};

static void change(struct editor *e) {
    const char *word = words[pick(MIX_COUNT(words))];
    const size_t from = e->caret;

    switch (pick(8)) {
    case 0:
    case 1:
    case 2:
        (void)editor_insert(e, word, strlen(word));
        break;
    case 3:
        if (editor_insert(e, "folded\nlines", 12))
            editor_chip(e, CHIP_PASTE, from, e->caret - from, NULL, -1);
        break;
    case 4:
    case 5:
        (void)editor_move(e, (enum motion)pick(TO_DOWN + 1));
        break;
    case 6:
        (void)editor_kill(e, (enum motion)pick(TO_DOWN + 1), NULL);
        break;
    default:
        if (pick(2))
            (void)editor_undo(e);
        else if (e->n_chips > 0)
            editor_unchip(e, e->chips[pick((uint32_t)e->n_chips)].off);
        break;
    }
}

static void assert_same(const struct draft_view *d, const struct draft_view *fresh,
                        const struct editor *e) {
    assert_int_equal(d->clean.n, fresh->clean.n);
    assert_string_equal(buf_str(&d->clean), buf_str(&fresh->clean));
    assert_int_equal(d->rows.n, fresh->rows.n);
    for (size_t i = 0; i < d->rows.n; i++) {
        assert_int_equal(d->rows.v[i].off, fresh->rows.v[i].off);
        assert_int_equal(d->rows.v[i].len, fresh->rows.v[i].len);
        assert_int_equal(d->rows.v[i].hard, fresh->rows.v[i].hard);
    }
    for (size_t at = 0; at <= e->text.n; at++)
        assert_int_equal(draft_place(d, e, at), draft_place(fresh, e, at));
}

static void what_is_wrapped_again_is_as_if_all_were(void **state) {
    (void)state;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        struct draft_view d = {0};
        struct editor e;
        int width = 10 + (int)pick(60);

        seed = round;
        editor_init(&e, MOST);
        for (int i = 0; i < STEPS; i++) {
            struct draft_view fresh = {0};

            for (uint32_t n = pick(3); n > 0; n--)
                change(&e);
            width = pick(20) == 0 ? 10 + (int)pick(60) : width;
            draft_settle(&d, &e, width);
            draft_settle(&fresh, &e, width);
            assert_same(&d, &fresh, &e);
            draft_fini(&fresh);
        }
        draft_fini(&d);
        editor_fini(&e);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrapped_again_is_as_if_all_were),
    };

    return cmocka_run_group_tests(tests, start_locale, NULL);
}
