/* The box a message is written in: the caret is always seen, and a key changes one cell. */
#include "cpu_time.h"
#include "ui_fixture.h"

#include "mix/editor.h"

static struct fixture *f;
static struct editor *draft;

static int start(void **state) {
    f = fixture_new(80, 24);
    draft = &f->s[0].draft;
    f->s[0].turn = TURN_IDLE;
    return start_locale(state);
}

static int end(void **state) {
    (void)state;
    fixture_free(f);
    return 0;
}

static void type(const char *text) { assert_true(editor_insert(draft, text, strlen(text))); }

static uint32_t before_caret(void) {
    const struct cell *cell = canvas_at(&f->c, f->c.cursor_x - 1, f->c.cursor_y);

    if (cell->width == 0)
        cell--;
    return cell->cp[0];
}

static void a_key_at_the_end_of_a_line_changes_one_cell(void **state) {
    static const int sizes[][2] = {{80, 24}, {140, 40}, {100, 30}, {200, 50}};
    struct canvas old;

    (void)state;
    canvas_init(&old, 1, 1);
    for (size_t i = 0; i < MIX_COUNT(sizes); i++) {
        resize(f, sizes[i][0], sizes[i][1]);
        editor_set(draft, "also run");
        for (int k = 0; k < 20; k++) {
            int changed = 0;

            view_settle(f->v, &f->m);
            view_draw(f->v, &f->m, &old);
            type("x");
            frame(f);
            for (int at = 0; at < old.w * old.h; at++)
                changed += memcmp(&old.cells[at], &f->c.cells[at], sizeof *old.cells) != 0;
            assert_int_equal(changed, 1);
            assert_int_equal(f->c.cursor_x, old.cursor_x + 1);
            assert_int_equal(f->c.cursor_y, old.cursor_y);
            assert_int_equal(canvas_at(&f->c, old.cursor_x, old.cursor_y)->style, STYLE_COMPOSER);
        }
    }
    canvas_fini(&old);
}

static void the_caret_stands_behind_what_was_typed(void **state) {
    static const char *const pieces[] = {"a",  "日",          " ", "e\xcc\x81", "word",
                                         "\n", "👩‍👧", "ß", "  "};

    (void)state;
    srand(3);
    editor_set(draft, "");
    for (int i = 0; i < 1500; i++) {
        const char *piece = pieces[rand() % (int)MIX_COUNT(pieces)];

        if (rand() % 4 == 0)
            editor_move(draft, (enum motion)(rand() % (TO_DOWN + 1)));
        type(piece);
        if (rand() % 50 == 0)
            resize(f, 40 + rand() % 120, 10 + rand() % 40);
        frame(f);
        const struct rect r = view_layout(&f->m).pane[PANE_COMPOSER];

        assert_true(f->c.cursor_x >= r.x + 3 && f->c.cursor_x < r.x + r.w);
        assert_true(f->c.cursor_y > r.y && f->c.cursor_y < r.y + r.h - 1);
        if (strcmp(piece, "a") == 0 && f->c.cursor_x > r.x + 3)
            assert_int_equal(before_caret(), 'a');
        if (strcmp(piece, "日") == 0 && f->c.cursor_x > r.x + 3)
            assert_int_equal(before_caret(), 0x65e5);
    }
}

static void wrapping_only_what_changed_gives_the_same_rows(void **state) {
    (void)state;
    srand(9);
    editor_set(draft, "");
    for (int i = 0; i < 600; i++) {
        static const char *const pieces[] = {"word ", "日本", "\n", "\t", "\xe2\x80\x8b", "x"};

        if (rand() % 3 == 0)
            editor_move(draft, (enum motion)(rand() % (TO_DOWN + 1)));
        if (rand() % 5 == 0)
            editor_kill(draft, (enum motion)(rand() % 4), NULL);
        type(pieces[rand() % (int)MIX_COUNT(pieces)]);
        frame(f);
        struct view *fresh = view_new();

        view_settle(fresh, &f->m);
        assert_int_equal(fresh->draft.rows.n, f->v->draft.rows.n);
        for (size_t k = 0; k < fresh->draft.rows.n; k++) {
            const struct row *a = &fresh->draft.rows.v[k], *b = &f->v->draft.rows.v[k];

            assert_int_equal(a->off, b->off);
            assert_int_equal(a->len, b->len);
            assert_int_equal(a->cells, b->cells);
            assert_int_equal(a->hard, b->hard);
        }
        assert_string_equal(buf_str(&fresh->draft.clean), buf_str(&f->v->draft.clean));
        view_free(fresh);
    }
}

static void the_caret_is_hidden_where_nothing_is_typed(void **state) {
    (void)state;
    for (int p = 0; p < PANE_COUNT; p++) {
        f->m.ui.focus = (enum pane)p;
        frame(f);
        assert_int_equal(f->c.cursor_x >= 0, p == PANE_COMPOSER);
    }
    f->m.ui.focus = PANE_COMPOSER;
    f->m.ui.over = OVER_QUIT;
    frame(f);
    assert_int_equal(f->c.cursor_x, -1);
    f->m.ui.over = OVER_COMMANDS;
    frame(f);
    assert_true(f->c.cursor_x > 0);
}

static void a_one_line_field_scrolls_to_its_caret(void **state) {
    struct canvas c;
    struct editor e;

    (void)state;
    canvas_init(&c, 10, 1);
    editor_init_line(&e, 4096);
    editor_set(&e, "");
    for (int i = 0; i < 100; i++) {
        editor_insert(&e, i % 3 ? "x" : "日", i % 3 ? 1 : 3);
        draw_field(&c, 0, 0, 10, STYLE_TEXT, &e, true);
        assert_true(c.cursor_x >= 0 && c.cursor_x < 10);
    }
    while (editor_move(&e, TO_LEFT)) {
        draw_field(&c, 0, 0, 10, STYLE_TEXT, &e, true);
        assert_true(c.cursor_x >= 0 && c.cursor_x < 10);
    }
    assert_int_equal(c.cursor_x, 0);
    editor_fini(&e);
    canvas_fini(&c);
}

static void a_huge_draft_is_wrapped_from_the_line_that_changed(void **state) {
    (void)state;
    editor_set(draft, "");
    for (int i = 0; i < 2000; i++)
        type("a line of the draft that is neither short nor long\n");
    frame(f);
    const struct row *rows = f->v->draft.rows.v;
    const size_t n = f->v->draft.rows.n;

    type("y");
    frame(f);
    assert_int_equal(f->v->draft.rows.n, n);
    assert_ptr_equal(f->v->draft.rows.v, rows);
    assert_int_equal(before_caret(), 'y');
}

/* 20,000 lines and a million bytes: wherever the key comes, it costs the same few milliseconds. */
static void a_key_in_a_huge_draft_costs_little(void **state) {
    enum { LINES = 20000, KEYS = 40, MOST_MS = 5 };
    auto_buf struct buf text = {.max = 2 * MIX_MIB};
    static const enum motion places[] = {TO_END, TO_START, TO_DOWN};

    (void)state;
    for (int i = 0; i < LINES; i++)
        buf_addf(&text, i % 7 ? "a line of the draft, of some fifty bytes, as usual\n"
                              : "\tindented, with 漢字 in it, and no longer than others\n");
    editor_set(draft, buf_str(&text));
    assert_true(draft->text.n > 1000000);
    for (size_t p = 0; p < MIX_COUNT(places); p++) {
        editor_move(draft, places[p] == TO_DOWN ? TO_START : places[p]);
        for (int i = 0; places[p] == TO_DOWN && i < 1000; i++)
            editor_move(draft, TO_DOWN);
        frame(f);
        const double before = cpu_ms();

        for (int i = 0; i < KEYS; i++) {
            type(i % 10 == 9 ? "\n" : "x");
            frame(f);
        }
        const double each = (cpu_ms() - before) / KEYS;

        print_message("a key in a draft of %zu bytes: %.2f ms\n", draft->text.n, each);
        assert_true(each < MOST_MS);
    }
}

static void a_folded_paste_is_shown_as_one_thing(void **state) {
    (void)state;
    editor_set(draft, "");
    type("see ");
    const size_t from = draft->caret;

    for (int i = 0; i < 63; i++)
        type("a line\n");
    editor_chip(draft, CHIP_PASTE, from, draft->caret - from, NULL, -1);
    type("!");
    frame(f);
    const struct cell *cell = canvas_at(&f->c, f->c.cursor_x - 1, f->c.cursor_y);

    assert_int_equal(before_caret(), '!');
    assert_int_equal(cell->style, STYLE_COMPOSER);
    assert_int_equal(cell[-1].cp[0], ']');
    assert_int_equal(cell[-1].style, STYLE_KEY);
    assert_int_equal(f->v->draft.rows.n, 1);
    editor_move(draft, TO_LEFT);
    editor_move(draft, TO_LEFT);
    frame(f);
    assert_int_equal(canvas_at(&f->c, f->c.cursor_x, f->c.cursor_y)->cp[0], '[');
    editor_unchip(draft, from);
    frame(f);
    assert_int_equal(f->v->draft.rows.n, 64);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)
    const struct CMUnitTest tests[] = {
        CASE(a_key_at_the_end_of_a_line_changes_one_cell),
        CASE(the_caret_stands_behind_what_was_typed),
        CASE(wrapping_only_what_changed_gives_the_same_rows),
        CASE(the_caret_is_hidden_where_nothing_is_typed),
        CASE(a_one_line_field_scrolls_to_its_caret),
        CASE(a_huge_draft_is_wrapped_from_the_line_that_changed),
        CASE(a_key_in_a_huge_draft_costs_little),
        CASE(a_folded_paste_is_shown_as_one_thing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
