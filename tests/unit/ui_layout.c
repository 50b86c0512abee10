/* Where the panes are: at every size, in every state, nothing lies outside or over another. */
#include "ui_fixture.h"

static struct fixture *f;

static int start(void **state) {
    f = fixture_new(80, 24);
    return start_locale(state);
}

static int end(void **state) {
    (void)state;
    fixture_free(f);
    return 0;
}

static bool shown(struct rect r) { return r.w > 0 && r.h > 0; }

static bool overlap(struct rect a, struct rect b) {
    return shown(a) && shown(b) && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h &&
           b.y < a.y + a.h;
}

static void assert_inside(struct rect r) {
    assert_true(r.w >= 0 && r.h >= 0 && r.x >= 0 && r.y >= 0);
    assert_true(r.x + r.w <= f->m.ui.cols && r.y + r.h <= f->m.ui.rows);
}

/* A drawer lies over the thread and its title, and over nothing else. */
static bool may_overlap(const struct frame_layout *l, int a, int b) {
    const bool drawer = a == PANE_FILES || a == PANE_PERMISSIONS;
    const bool below = b == PANE_THREAD || b == PANE_COUNT; /* PANE_COUNT stands for the title */

    return l->width == WIDTH_MEDIUM && drawer && below;
}

static void check(void) {
    const struct frame_layout l = view_layout(&f->m);
    struct rect all[PANE_COUNT + 3];

    memcpy(all, l.pane, sizeof l.pane);
    all[PANE_COUNT] = l.header;
    all[PANE_COUNT + 1] = l.tabs;
    all[PANE_COUNT + 2] = l.status;
    for (int a = 0; a < (int)MIX_COUNT(all); a++) {
        assert_inside(all[a]);
        for (int b = 0; b < (int)MIX_COUNT(all); b++)
            if (a != b && !may_overlap(&l, a, b) && !may_overlap(&l, b, a))
                assert_false(overlap(all[a], all[b]));
    }
    if (l.width != WIDTH_TINY) {
        assert_true(shown(l.pane[f->m.ui.focus]));
        assert_true(shown(l.status));
    }
}

static void no_pane_overlaps_another_at_any_size(void **state) {
    (void)state;
    for (int cols = 0; cols <= 250; cols += cols > 150 ? 7 : 1)
        for (int rows = 0; rows <= 80; rows += rows > 30 ? 5 : 1)
            for (int variant = 0; variant < PANE_COUNT * 3 * 2; variant++) {
                resize(f, cols, rows);
                f->m.ui.focus = (enum pane)(variant % PANE_COUNT);
                f->m.ui.zoom = (enum zoom)(variant / PANE_COUNT % 3);
                f->m.ui.drawer = variant >= PANE_COUNT * 3;
                check();
            }
}

static void the_width_decides_what_is_side_by_side(void **state) {
    static const struct {
        int cols, rows;
        enum width_class want;
    } cases[] = {{39, 24, WIDTH_TINY},   {80, 9, WIDTH_TINY},    {40, 10, WIDTH_NARROW},
                 {89, 50, WIDTH_NARROW}, {90, 24, WIDTH_MEDIUM}, {139, 24, WIDTH_MEDIUM},
                 {140, 24, WIDTH_WIDE},  {1, 1, WIDTH_TINY},     {0, 0, WIDTH_TINY},
                 {-1, -1, WIDTH_TINY},   {500, 200, WIDTH_WIDE}};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        resize(f, cases[i].cols, cases[i].rows);
        assert_int_equal(view_layout(&f->m).width, cases[i].want);
    }
}

static void the_message_box_grows_to_a_third(void **state) {
    static const int rows[] = {10, 24, 30, 50, 80};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        resize(f, 140, rows[i]);
        editor_set(&f->s[0].draft, "");
        assert_int_equal(view_layout(&f->m).pane[PANE_COMPOSER].h, 3);
        editor_set(&f->s[0].draft, "one\ntwo");
        assert_int_equal(view_layout(&f->m).pane[PANE_COMPOSER].h, rows[i] < 12 ? 3 : 4);
        for (int k = 0; k < 100; k++)
            buf_adds(&f->s[0].draft.text, "\nmore");
        assert_int_equal(view_layout(&f->m).pane[PANE_COMPOSER].h, rows[i] / 3);
    }
}

static void the_box_wraps_as_it_is_measured(void **state) {
    (void)state;
    resize(f, 80, 60);
    for (int n = 0; n < 400; n++) {
        const struct rect r = view_layout(&f->m).pane[PANE_COMPOSER];

        composer_settle(f->v, &f->m, r);
        if (f->v->draft.rows.n < 18)
            assert_int_equal(r.h, 2 + (int)f->v->draft.rows.n);
        buf_adds(&f->s[0].draft.text, n % 9 == 0 ? " 日本" : n % 31 == 0 ? "\n" : "x");
        f->s[0].draft.caret = f->s[0].draft.text.n;
    }
}

static void a_drawer_never_hides_the_message(void **state) {
    (void)state;
    resize(f, 100, 30);
    f->m.ui.drawer = true;
    const struct frame_layout l = view_layout(&f->m);

    assert_true(shown(l.pane[PANE_PERMISSIONS]));
    assert_int_equal(l.pane[PANE_COMPOSER].x + l.pane[PANE_COMPOSER].w, 100);
    assert_false(overlap(l.pane[PANE_PERMISSIONS], l.pane[PANE_COMPOSER]));
}

static void full_zoom_leaves_one_pane_and_the_status_line(void **state) {
    (void)state;
    f->m.ui.zoom = ZOOM_FULL;
    for (int p = 0; p < PANE_COUNT; p++) {
        f->m.ui.focus = (enum pane)p;
        resize(f, 140, 40);
        const struct frame_layout l = view_layout(&f->m);

        for (int q = 0; q < PANE_COUNT; q++)
            assert_int_equal(shown(l.pane[q]), p == q);
        assert_int_equal(l.pane[p].w, 140);
        assert_int_equal(l.pane[p].h + l.header.h, 39);
    }
}

/* ---- drawing at every size: nothing may crash, and every cell stays whole ---- */

static void shake(void) {
    static const char *const drafts[] = {"", "short", "日本語日本語日本語日本語",
                                         "a\nb\nc\nd\ne\nf", "\xe2\x80\xae tab\there"};
    struct ui *ui = &f->m.ui;

    ui->focus = (enum pane)(rand() % PANE_COUNT);
    ui->zoom = (enum zoom)(rand() % 3);
    ui->drawer = rand() % 2;
    ui->ascii = rand() % 2;
    ui->over = (enum overlay)(rand() % (OVER_PANEL + 1));
    ui->menu_pane = (enum pane)(rand() % PANE_COUNT);
    ui->over_scroll = rand() % 50 - 5;
    ui->over_cursor = (size_t)(rand() % 9);
    ui->filtering = rand() % 2;
    ui->early = rand() % 2;
    f->m.now = NOW + rand() % 40000;
    editor_set(&f->s[0].draft, drafts[rand() % (int)MIX_COUNT(drafts)]);
    f->a[0].state = (enum ask_state)(rand() % (ASK_FAILED + 1));
    f->a[0].late = rand() % 2;
    f->s[0].link = (enum link_state)(rand() % (LINK_REFUSED + 1));
    f->m.server.state = (enum server_state)(rand() % (SERVER_FOREIGN + 1));
    f->s[0].reading.move = (unsigned)rand() % (MOVE_MESSAGE + 1);
    f->s[0].reading.move_by = rand() % 9 - 4;
    for (size_t i = 0; i < f->s[0].transcript.entries[1].n_parts; i++) {
        f->s[0].transcript.entries[1].parts[i].fold = (enum fold)(rand() % 3);
        f->s[0].transcript.entries[1].parts[i].state =
            (enum call_state)(rand() % (CALL_UNKNOWN + 1));
    }
}

static void every_size_can_be_drawn(void **state) {
    (void)state;
    srand(11);
    for (int i = 0; i < 3000; i++) {
        shake();
        if (i % 3 == 0)
            resize(f, 1 + rand() % 60, 1 + rand() % 16);
        else
            resize(f, 1 + rand() % 250, 1 + rand() % 80);
        frame(f);
        assert_int_equal(f->c.w, f->m.ui.cols);
        assert_true(f->c.cursor_x < f->c.w && f->c.cursor_y < f->c.h);
        for (int k = 0; k < f->c.w * f->c.h; k++) {
            const struct cell *cell = &f->c.cells[k];

            assert_true(cell->width == 0 || cell->cp[0] >= 0x20);
            assert_true(cell->width != 2 || (k + 1 < f->c.w * f->c.h && cell[1].width == 0));
        }
    }
}

/* What the view remembers saves time and nothing else. */
static void a_fresh_view_draws_the_same(void **state) {
    struct canvas other;

    (void)state;
    canvas_init(&other, 1, 1);
    srand(5);
    for (int i = 0; i < 300; i++) {
        shake();
        resize(f, 40 + rand() % 180, 10 + rand() % 60);
        frame(f);
        struct view *fresh = view_new();

        view_settle(fresh, &f->m);
        view_draw(fresh, &f->m, &other);
        assert_memory_equal(f->c.cells, other.cells,
                            (size_t)other.w * (size_t)other.h * sizeof *other.cells);
        view_free(fresh);
    }
    canvas_fini(&other);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, end)
    const struct CMUnitTest tests[] = {
        CASE(no_pane_overlaps_another_at_any_size),
        CASE(the_width_decides_what_is_side_by_side),
        CASE(the_message_box_grows_to_a_third),
        CASE(the_box_wraps_as_it_is_measured),
        CASE(a_drawer_never_hides_the_message),
        CASE(full_zoom_leaves_one_pane_and_the_status_line),
        CASE(every_size_can_be_drawn),
        CASE(a_fresh_view_draws_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
