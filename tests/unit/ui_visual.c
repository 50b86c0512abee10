/* Text chosen by keys: where its ends go, how it looks, and what is copied of it. */
#include "mix/copy.h"
#include "ui_fixture.h"

static struct fixture *f;
static struct session *s;

static int start(void **state) {
    f = fixture_new(80, 24);
    s = &f->s[0];
    f->m.ui.focus = PANE_THREAD;
    free_transcript(&s->transcript);
    s->transcript.loaded = true;
    return start_locale(state);
}

static int end(void **state) {
    (void)state;
    free(TAKE(f->m.ui.visual.text));
    fixture_free(f);
    return 0;
}

/* h j k l w b 0 $ o v as in the keymap; U and D are pages; c copies. */
static void press(const char *keys) {
    static const char letters[] = "hlkjwb0$UDovc";

    for (; *keys; keys++)
        act_visual_key(&f->m, (enum visual_key)(strchr(letters, *keys) - letters));
}

static void begin_at(size_t entry) {
    s->reading.follow = entry > 100;
    s->reading.sel_entry = entry;
    s->reading.sel_part = 0;
    f->m.ui.visual = (struct visual){.on = true, .session = s};
    frame(f);
}

static void assert_copies(const char *keys, const char *text) {
    press(keys);
    press("c");
    frame(f);
    assert_non_null(f->m.ui.visual.text);
    assert_string_equal(f->m.ui.visual.text, text);
    assert_false(f->m.ui.visual.on);
    free(TAKE(f->m.ui.visual.text));
}

static void thread(void) {
    add_exchange(f, s, "first words of mine", "an *answer* with `code`:\n\n- one\n- two\n");
    frame(f);
}

static void words_and_cells_are_chosen_both_ends_in(void **state) {
    static const struct {
        const char *keys, *text;
    } cases[] = {
        {"", "f"},
        {"l", "fi"},
        {"w", "first w"},
        {"ww", "first words o"},
        {"$", "first words of mine"},
        {"wwb", "first w"},
        {"$b", "first words of m"},
        {"$0", "f"},
        {"wol", "irst w"},
        {"h", "f"},
        {"v", "first words of mine"},
        {"vv", "f"},
    };

    (void)state;
    thread();
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        begin_at(0);
        assert_copies(cases[i].keys, cases[i].text);
    }
}

static void rows_of_several_messages_are_one_text(void **state) {
    (void)state;
    thread();
    begin_at(0);
    assert_copies("vjjjjjj", "first words of mine\n\nan answer with code:\n\n- one\n- two");
    begin_at(1);
    assert_copies("vkkkkkkkkkk", "first words of mine\n\nan answer with code:");
}

static void what_the_layout_wraps_is_one_line(void **state) {
    static const char text[] =
        "This is a paragraph that is longer than the pane is wide, so that it takes two rows or "
        "three of them, and yet it is one line.";

    (void)state;
    add_exchange(f, s, text, "x");
    frame(f);
    begin_at(0);
    assert_copies("vj", text);
}

static void what_is_chosen_stands_out_and_the_caret_is_shown(void **state) {
    const struct rect r = view_layout(&f->m).pane[PANE_THREAD];
    int chosen = 0;

    (void)state;
    thread();
    begin_at(0);
    press("w");
    frame(f);
    for (int y = 0; y < f->c.h; y++)
        for (int x = 0; x < f->c.w; x++)
            chosen += canvas_at(&f->c, x, y)->style == STYLE_CHOSEN_TEXT;
    assert_int_equal(chosen, 7); /* "first w" */
    assert_int_equal(f->c.cursor_x, r.x + 1 + 6);
    assert_int_equal(canvas_at(&f->c, f->c.cursor_x, f->c.cursor_y)->cp[0], 'w');
    f->m.ui.visual.on = false;
    frame(f);
    for (int y = 0; y < f->c.h; y++)
        for (int x = 0; x < f->c.w; x++)
            assert_int_not_equal(canvas_at(&f->c, x, y)->style, STYLE_CHOSEN_TEXT);
}

static void the_caret_takes_the_screen_along(void **state) {
    static char texts[200][32];

    (void)state;
    for (int i = 0; i < 200; i++) {
        snprintf(texts[i], sizeof texts[i], "message %d", i);
        add_part(f, add_entry(s, i % 2 ? ROLE_ASSISTANT : ROLE_USER), PART_TEXT, texts[i]);
    }
    frame(f);
    begin_at(199);
    assert_true(s->reading.follow);
    press("UUU");
    frame(f);
    assert_false(s->reading.follow);
    assert_true(f->c.cursor_y > 0);
    const size_t top = s->reading.entry;

    assert_true(top < 199);
    press("D");
    frame(f);
    assert_int_equal(s->reading.entry, top); /* the caret moved, not the screen */
}

static void another_width_ends_it(void **state) {
    (void)state;
    thread();
    begin_at(0);
    f->m.ui.cols = 60;
    canvas_resize(&f->c, 60, 24);
    frame(f);
    assert_false(f->m.ui.visual.on);
}

static void what_is_gone_meanwhile_is_no_longer_chosen(void **state) {
    (void)state;
    thread();
    begin_at(1);
    press("vj");
    frame(f);
    free_transcript(&s->transcript);
    s->transcript.loaded = true;
    frame(f);
    add_exchange(f, s, "only", "this");
    frame(f);
    press("D");
    press("c");
    frame(f);
    assert_non_null(f->m.ui.visual.text);
}

#define T(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(words_and_cells_are_chosen_both_ends_in),
        T(rows_of_several_messages_are_one_text),
        T(what_the_layout_wraps_is_one_line),
        T(what_is_chosen_stands_out_and_the_caret_is_shown),
        T(the_caret_takes_the_screen_along),
        T(another_width_ends_it),
        T(what_is_gone_meanwhile_is_no_longer_chosen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
