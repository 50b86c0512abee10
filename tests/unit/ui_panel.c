/* The server screens as they look; UPDATE_GOLDEN=1 draws the pictures anew. */
#include "ui_fixture.h"

#include "mix/editor.h"
#include "mix/panel.h"

enum { TITLE, PROMPT, SECRET, MODE, PLAN };

static const int sizes[][2] = {{200, 50}, {100, 30}, {80, 24}, {40, 10}};

/* Made by hand: what a reducer would have made of a server is none of the screen's business. */
static struct panel *panel_on(struct fixture *f, enum panel_id id, const char *title,
                              struct panel *below) {
    struct panel *p = xcalloc(1, sizeof *p);

    p->id = id;
    p->title = TEXT(title);
    p->below = below;
    p->reveal = true;
    editor_init_line(&p->filter, 1024);
    f->m.ui.panel = p;
    f->m.ui.over = OVER_PANEL;
    overlay_hints(&f->m);
    return p;
}

static void drop_panels(struct fixture *f) {
    struct panel *p = f->m.ui.panel;

    while (p) {
        struct panel *below = p->below;

        for (size_t i = 0; i < p->n_fields; i++)
            editor_fini(&p->fields[i].text);
        free(p->fields);
        free(p->rows);
        free(p->title);
        editor_fini(&p->filter);
        arena_free(&p->rows_arena);
        arena_free(&p->arena);
        free(p);
        p = below;
    }
    f->m.ui.panel = NULL;
}

static void scene(const char *name, int cols, int rows, void (*arrange)(struct fixture *f)) {
    struct fixture *f = fixture_new(cols, rows);

    arrange(f);
    assert_screen(f, name);
    drop_panels(f);
    fixture_free(f);
}

static void everywhere(const char *name, void (*arrange)(struct fixture *f)) {
    for (size_t i = 0; i < MIX_COUNT(sizes); i++)
        scene(name, sizes[i][0], sizes[i][1], arrange);
}

/* ---- a list ---- */
static void list(struct fixture *f) {
    struct panel *p = panel_on(f, PANEL_TOOLS, "Tools", NULL);

    p->filtered = true;
    panel_add(p, ROW_HEADING, 0, "Tools", "3; Enter shows the parameters");
    panel_add(p, ROW_VALUE, 0, "Bash", "Runs a command in the session's folder.");
    panel_add(p, ROW_VALUE, 0, "Edit",
              "Replaces text in a file. It has a long description that takes more than one row on "
              "any screen that is not very wide, and here it goes on for a while.")
        ->help = "edits";
    panel_add_text(p, 0, "needs: file_path\nparameters:\n{\n  \"file_path\": {}\n}", (size_t)-1)
        ->indent = 3;
    panel_add(p, ROW_VALUE, 0, "a_name_that_is_longer_than_the_column_of_names_may_be", "A tool.");
    panel_add(p, ROW_HEADING, 0, "Keys of tools", NULL);
    panel_add(p, ROW_VALUE, 0, "Brave", "authenticated")->tone = TONE_GOOD;
    panel_add(p, ROW_VALUE, 0, "Other", "no key: it cannot be used")->tone = TONE_BAD;
    panel_add(p, ROW_VALUE, 0, "Third", "not available")->why_not =
        "needs a server of 0.7.0 or newer, this one is 0.2.5";
    panel_add(p, ROW_ACTION, 0, "refresh", NULL)->help = "the server fetches new ones";
    p->cursor = 2;
}

static void a_list_has_columns_and_unfolds(void **state) {
    (void)state;
    everywhere("panel-list", list);
}

/* ---- a form ---- */
static struct panel *form(struct fixture *f) {
    static const char *const modes[] = {"default", "append", "replace"};
    struct panel *p =
        panel_on(f, PANEL_CREATE, "New session", panel_on(f, PANEL_AUTH, "Authentication", NULL));

    editor_set(&panel_text(p, TITLE, 200, ONE_LINE)->text, "Refactor the parser");
    editor_set(&panel_text(p, PROMPT, 4096, MANY_LINES)->text,
               "You are terse.\nNever apologise.\n日本語 too.");
    editor_insert(&panel_secret(p, SECRET)->text, "sk-ant-12345", 12);
    panel_choices(p, MODE, modes, MIX_COUNT(modes))->choice = 1;
    panel_field(p, PLAN)->on = true;
    panel_add_field(p, ROW_FIELD, TITLE, "title", "empty: New session");
    panel_add_field(p, ROW_CHOICE, MODE, "prompt mode", NULL);
    panel_add_field(p, ROW_FIELD, PROMPT, "prompt", "at most 50 KiB");
    panel_add_field(p, ROW_SECRET, SECRET, "key", "it is not shown");
    panel_add_field(p, ROW_SWITCH, PLAN, "plan mode", NULL);
    panel_add(p, ROW_ACTION, 0, "create the session", NULL);
    panel_add(p, ROW_ACTION, 1, "empty the form", NULL)->destroys = "what is written is gone";
    return p;
}

static void form_at_the_title(struct fixture *f) { form(f); }

static void form_in_the_text(struct fixture *f) { form(f)->cursor = 2; }

static void form_at_the_secret(struct fixture *f) {
    struct panel *p = form(f);

    p->cursor = 3;
    panel_field(p, SECRET)->complaint = "that is no key of anthropic: they begin with sk-ant-";
}

static void form_with_a_question(struct fixture *f) {
    struct panel *p = form(f);

    p->cursor = 6;
    p->confirm = 7;
}

static void a_form_shows_its_fields_and_the_caret(void **state) {
    (void)state;
    everywhere("panel-form", form_at_the_title);
    scene("panel-text", 80, 24, form_in_the_text);
    scene("panel-text", 40, 10, form_in_the_text);
    scene("panel-secret", 80, 24, form_at_the_secret);
    scene("panel-question", 80, 24, form_with_a_question);
    scene("panel-question", 40, 10, form_with_a_question);
}

static bool drawn(struct fixture *f, const char *text) {
    auto_buf struct buf got = {.max = MIX_MIB};

    frame(f);
    canvas_text(&f->c, &got);
    return strstr(buf_str(&got), text) != NULL;
}

static void a_secret_is_never_drawn(void **state) {
    (void)state;
    for (size_t cursor = 0; cursor < 7; cursor++)
        for (size_t i = 0; i < MIX_COUNT(sizes); i++) {
            struct fixture *f = fixture_new(sizes[i][0], sizes[i][1]);

            form(f)->cursor = cursor;
            assert_false(drawn(f, "sk-ant"));
            assert_false(drawn(f, "12345"));
            drop_panels(f);
            fixture_free(f);
        }
}

static void a_smaller_screen_keeps_the_cursor_in_view(void **state) {
    struct fixture *f = fixture_new(80, 24);
    struct panel *p = form(f);

    (void)state;
    p->cursor = 6;
    frame(f);
    assert_int_equal(p->scroll, 0);
    f->m.ui.rows = 10; /* its row is far below that */
    frame(f);
    assert_int_not_equal(p->scroll, 0);
    p->scroll = 0;
    f->m.ui.cols = 40;
    frame(f);
    assert_int_not_equal(p->scroll, 0);
    drop_panels(f);
    fixture_free(f);
}

/* A question is dim until its second Enter counts, and then bright: never by colour alone. */
static void a_question_looks_different_once_it_may_be_answered(void **state) {
    struct fixture *f = fixture_new(80, 24);
    struct panel *p = form(f);
    int x = -1, y = -1;

    (void)state;
    p->cursor = 6;
    p->confirm = 7;
    p->confirm_painted_at = NOW - 100;
    frame(f);
    for (int i = 0; i < f->c.w * f->c.h && y < 0; i++)
        if (f->c.cells[i].cp[0] == 'E' && f->c.cells[i + 1].cp[0] == 'n' &&
            f->c.cells[i + 6].cp[0] == 'a') {
            x = i % f->c.w;
            y = i / f->c.w;
        }
    assert_true(y >= 0);
    const uint8_t before = canvas_at(&f->c, x, y)->style;

    p->confirm_painted_at = NOW - 400;
    frame(f);
    assert_int_equal(canvas_at(&f->c, x, y)->style, STYLE_HINT_ARMED);
    assert_int_not_equal(before, STYLE_HINT_ARMED);
    drop_panels(f);
    fixture_free(f);
}

/* ---- waiting and failing ---- */
static void loading(struct fixture *f) { panel_on(f, PANEL_MCP, "MCP servers", NULL)->loading = 1; }

static void retrying(struct fixture *f) {
    struct panel *p = panel_on(f, PANEL_MCP, "MCP servers", NULL);

    p->loading = 1;
    p->retry_at = NOW + 3000;
    p->attempt = 2;
    f->m.retrying = (struct retrying){
        .at = NOW + 3000, .attempt = 2, .err = {.rc = RC_HTTP, .text = "server answered 503"}};
}

static void failed(struct fixture *f) {
    struct panel *p = panel_on(f, PANEL_MCP, "MCP servers", NULL);

    err_set(&p->err, RC_HTTP, 502,
            "could not list MCP servers: server answered 502 and said \033[31mBad Gateway");
    panel_add(p, ROW_ACTION, TAG_RETRY, "try again", NULL);
}

static void a_wait_a_retry_and_a_failure_are_said(void **state) {
    (void)state;
    scene("panel-loading", 80, 24, loading);
    scene("panel-retrying", 100, 30, retrying);
    everywhere("panel-failed", failed);
}

/* ---- scrolling ---- */
static struct panel *long_list(struct fixture *f) {
    struct panel *p = panel_on(f, PANEL_COMMANDS, "Commands", NULL);

    for (int i = 0; i < 100; i++)
        panel_add(p, ROW_VALUE, 0, "row", "number %d", i)->index = (size_t)i;
    return p;
}

static void the_cursor_is_always_in_view(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(sizes); i++) {
        struct fixture *f = fixture_new(sizes[i][0], sizes[i][1]);
        struct panel *p = long_list(f);

        for (size_t at = 0; at < 100; at += 7) {
            char text[32];

            p->cursor = at;
            p->reveal = true;
            snprintf(text, sizeof text, "number %zu ", at);
            assert_true(drawn(f, text));
        }
        p->scroll = 1 << 20; /* beyond the end: the view puts it right */
        p->reveal = false;
        assert_true(drawn(f, "number 99 "));
        drop_panels(f);
        fixture_free(f);
    }
}

static void a_reader_keeps_the_place_when_the_cursor_is_out_of_view(void **state) {
    struct fixture *f = fixture_new(80, 24);
    struct panel *p = long_list(f);

    (void)state;
    frame(f);
    p->scroll = 50;
    assert_true(drawn(f, "number 50 "));
    assert_int_equal(p->scroll, 50);
    assert_false(drawn(f, "number 0 "));
    drop_panels(f);
    fixture_free(f);
}

/* ---- anything at any size: what is foreign is clean, no cell is torn ---- */
static void nasty_texts_at_every_size_leave_whole_cells(void **state) {
    static const char *const nasty[] = {"",
                                        "\xe2\x80\xae tab\there",
                                        "日本語日本語日本語日本語",
                                        "a\nb\nc\nd\n\n\n",
                                        "\033[2J\033]52;c;AAAA\a\xff\xfe",
                                        "e\xcc\x81\xcc\x81\xcc\x81 combined"};

    (void)state;
    srand(7);
    for (int round = 0; round < 300; round++) {
        struct fixture *f = fixture_new(40 + rand() % 120, 10 + rand() % 40);
        struct panel *p = panel_on(f, PANEL_TOOLS, nasty[rand() % 6], NULL);

        for (int i = rand() % 30; i > 0; i--) {
            const enum row_kind kind = (enum row_kind)(rand() % (ROW_SWITCH + 1));
            const int tag = rand() % 8;
            struct panel_row *row;

            if (kind >= ROW_FIELD) {
                editor_set(&panel_text(p, tag, 4096, rand() % 2 ? ONE_LINE : MANY_LINES)->text,
                           nasty[rand() % 6]);
                panel_choices(p, tag, nasty, MIX_COUNT(nasty));
                row = panel_add_field(p, kind, tag, nasty[rand() % 6], nasty[rand() % 6]);
            } else {
                row = panel_add(p, kind, tag, nasty[rand() % 6], "%s", nasty[rand() % 6]);
            }
            row->indent = rand() % 20;
            row->destroys = rand() % 2 ? "all" : NULL;
            row->why_not = rand() % 4 ? NULL : nasty[rand() % 6];
        }
        p->filtered = rand() % 2;
        p->loading = (size_t)(rand() % 2);
        p->cursor = p->n_rows ? (size_t)rand() % p->n_rows : 0;
        p->confirm = rand() % 2 ? p->cursor + 1 : 0;
        f->m.ui.ascii = rand() % 2;
        frame(f);
        for (int i = 0; i < f->c.w * f->c.h; i++) {
            const struct cell *cell = &f->c.cells[i];

            assert_true(cell->width <= 2);
            assert_true(cell->cp[0] == 0 || cell->cp[0] >= ' ');
            assert_false(cell->cp[0] >= 0x202a && cell->cp[0] <= 0x202e);
            if (cell->width == 2)
                assert_int_equal(f->c.cells[i + 1].width, 0);
        }
        drop_panels(f);
        fixture_free(f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_has_columns_and_unfolds),
        cmocka_unit_test(a_form_shows_its_fields_and_the_caret),
        cmocka_unit_test(a_secret_is_never_drawn),
        cmocka_unit_test(a_smaller_screen_keeps_the_cursor_in_view),
        cmocka_unit_test(a_question_looks_different_once_it_may_be_answered),
        cmocka_unit_test(a_wait_a_retry_and_a_failure_are_said),
        cmocka_unit_test(the_cursor_is_always_in_view),
        cmocka_unit_test(a_reader_keeps_the_place_when_the_cursor_is_out_of_view),
        cmocka_unit_test(nasty_texts_at_every_size_leave_whole_cells),
    };

    return cmocka_run_group_tests(tests, start_locale, NULL);
}
