/* The list above the composer: all of it in view at any size, nothing foreign in it. */
#include "cpu_time.h"
#include "ui_fixture.h"

#include "mix/complete.h"
#include "mix/editor.h"

static struct fixture *f;
static struct complete list;
static struct complete_row rows[40];
static char names[40][32];

static int start(void **state) {
    f = fixture_new(80, 24);
    f->s[0].turn = TURN_IDLE;
    f->m.ui.focus = PANE_COMPOSER;
    f->m.complete = &list;
    return start_locale(state);
}

static int end(void **state) {
    (void)state;
    f->m.complete = NULL;
    fixture_free(f);
    return 0;
}

static void commands(void) {
    rows[0] = (struct complete_row){
        .text = "/commit", .detail = "make a commit", .hint = "MESSAGE", .size = -1};
    rows[1] =
        (struct complete_row){.text = "/compact", .detail = "shorten the history", .size = -1};
    list = (struct complete){
        .kind = COMPLETE_COMMAND, .query = names[0], .rows = rows, .n = 2, .found = 2};
    snprintf(names[0], sizeof names[0], "cm");
}

static void files(size_t n) {
    for (size_t i = 0; i < n; i++) {
        snprintf(names[i], sizeof names[i], "src/file%zu.c", i);
        rows[i] = (struct complete_row){.text = names[i], .from = ROW_LOCAL, .size = 12000};
    }
    rows[0].from = ROW_UPLOADED;
    static char query[] = "sf";

    list = (struct complete){
        .kind = COMPLETE_FILE, .query = query, .rows = rows, .n = n, .found = 4321};
}

static int find(const char *text, int *x) {
    auto_buf struct buf all = {.max = MIX_MIB};

    canvas_text(&f->c, &all);
    int y = 0;

    for (const char *line = buf_str(&all); *line; y++) {
        const char *stop = strchr(line, '\n'), *at = strstr(line, text);

        if (at && at < stop) {
            if (x)
                *x = text_width(line, (size_t)(at - line));
            return y;
        }
        line = stop + 1;
    }
    return -1;
}

static void show(void) {
    view_settle(f->v, &f->m);
    frame(f);
}

static void a_command_has_its_arguments_and_its_words(void **state) {
    static const int sizes[][2] = {{80, 24}, {200, 50}, {100, 30}, {40, 10}};

    (void)state;
    commands();
    for (size_t i = 0; i < MIX_COUNT(sizes); i++) {
        resize(f, sizes[i][0], sizes[i][1]);
        show();
        const int y = find("/commit MESSAGE", NULL);

        assert_int_not_equal(y, -1);
        assert_int_equal(find("commands 1 of 2", NULL), y - 1);
        assert_int_equal(find("/compact", NULL), y + 1);
        if (sizes[i][0] > 40)
            assert_int_equal(find("make a commit", NULL), y);
        assert_true(f->c.cursor_y > y + 1); /* the caret is where one types */
    }
}

static void letters_that_fit_stand_out_without_colour(void **state) {
    int x = 0;

    (void)state;
    commands();
    show();
    const int y = find("/compact", &x);
    unsigned marked = 0;

    for (int i = 0; i < 8; i++)
        if (canvas_at(&f->c, x + i, y)->extra & ATTR_UNDERLINE)
            marked |= 1U << i;
    assert_int_equal(marked, 1U << 1 | 1U << 3); /* c and m */
}

static void files_say_where_they_are_and_how_large(void **state) {
    (void)state;
    resize(f, 80, 24);
    files(3);
    show();
    const int y = find("src/file0.c", NULL);

    assert_int_equal(find("uploaded", NULL), y);
    assert_int_equal(find("local", NULL), y + 1);
    assert_int_not_equal(find("12 kB", NULL), -1);
    assert_int_not_equal(find("files 1 of 4,321", NULL), -1);
}

static void at_most_eight_and_the_chosen_one_among_them(void **state) {
    (void)state;
    resize(f, 80, 24);
    files(40);
    list.cursor = 30;
    show();
    int shown = 0;

    for (size_t i = 0; i < 40; i++)
        shown += find(names[i], NULL) >= 0;
    assert_in_range(shown, 8, 8 + 3); /* file3.c is a part of none, file1 of no other */
    assert_int_not_equal(find("src/file30.c", NULL), -1);
    files(0);
    show();
    assert_int_equal(find("files 1", NULL), -1);
}

static void a_long_path_keeps_its_end(void **state) {
    static char deep[301], query[] = "end";

    (void)state;
    memset(deep, 'd', 290);
    memcpy(deep + 290, "/theend.c", 10);
    files(1);
    rows[0].text = deep;
    list.query = query;
    f->m.ui.ascii = true;
    show();
    assert_int_not_equal(find("/theend.c", NULL), -1);
    assert_int_not_equal(find("~ddd", NULL), -1);
    f->m.ui.ascii = false;
}

/* A path may have 4 KB, of letters of any width. */
static void the_longest_paths_hold_no_frame(void **state) {
    static char deep[4096];

    (void)state;
    for (size_t i = 0; i + 4 < sizeof deep; i += 3)
        memcpy(deep + i, "\xe6\xbc\xa2", 4);
    files(8);
    for (size_t i = 0; i < 8; i++)
        rows[i].text = deep;
    const double from = cpu_ms();

    for (int i = 0; i < 20; i++)
        show();
    if (cpu_ms() - from > 4000) /* under a sanitizer */
        fail_msg("%.0f ms a frame", (cpu_ms() - from) / 20);
}

static void under_an_overlay_it_is_not_shown(void **state) {
    (void)state;
    commands();
    f->m.ui.over = OVER_COMMANDS;
    show();
    assert_int_equal(find("commands 1 of 2", NULL), -1);
    f->m.ui.over = OVER_NONE;
    f->m.ui.focus = PANE_THREAD;
    show();
    assert_int_equal(find("commands 1 of 2", NULL), -1);
    f->m.ui.focus = PANE_COMPOSER;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_has_its_arguments_and_its_words),
        cmocka_unit_test(letters_that_fit_stand_out_without_colour),
        cmocka_unit_test(files_say_where_they_are_and_how_large),
        cmocka_unit_test(at_most_eight_and_the_chosen_one_among_them),
        cmocka_unit_test(a_long_path_keeps_its_end),
        cmocka_unit_test(the_longest_paths_hold_no_frame),
        cmocka_unit_test(under_an_overlay_it_is_not_shown),
    };

    return cmocka_run_group_tests(tests, start, end);
}
