/* The terminal is given back as it was found, whatever happens, and any size will do. */
#include "people.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A shell that starts mixtui and looks at the line afterwards, as a person's does. */
static struct screen *in_a_shell(const struct stage *st, const struct peer *demo) {
    char script[1024];

    snprintf(script, sizeof script,
             "was=$(stty -g); sh -c 'echo $$ >pid; exec \"$0\" --server %s' %s; "
             "echo \"code $?\"; test \"$was\" = \"$(stty -g)\" && echo line as before || stty -a; "
             "exec cat",
             demo->url, MIXTUI_EXE);
    return screen_start(&(struct screen_setup){.cols = st->cols,
                                               .rows = st->rows,
                                               .program = "/bin/sh",
                                               .args = (const char *[]){"-c", script, NULL}});
}

static int inner_pid(void) {
    struct buf text = {.max = 100};

    screen_read_file(&text, screen_path("pid"));
    int pid = (int)strtol(buf_str(&text), NULL, 10);
    buf_fini(&text);
    return pid;
}

static void expect_terminal_back(struct screen *s) {
    screen_wait(s, "line as before");
    assert_false(screen_alternate(s));
    bool visible;
    int x, y;
    screen_cursor(s, &x, &y, &visible);
    assert_true(visible);
    size_t n;
    const char *raw = screen_raw(s, &n);
    /* bracketed paste and focus reports are off again: the last word on each */
    const char *on = NULL, *off = NULL;
    for (const char *p = raw; (p = strstr(p, "\033[?2004h")); p++)
        on = p;
    for (const char *p = raw; (p = strstr(p, "\033[?2004l")); p++)
        off = p;
    assert_true(on && off && off > on);
    screen_assert_clean(s);
}

static void is_given_back_by_every_end(void **state) {
    static const int signals[] = {0, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGSEGV, SIGABRT, SIGBUS};
    struct peer *demo = demo_at(*state, NULL);

    for (size_t i = 0; i < MIX_COUNT(signals); i++) {
        struct screen *s = in_a_shell(*state, demo);
        screen_wait(s, "live");
        if (signals[i])
            kill(inner_pid(), signals[i]);
        else
            leader(s, "q");
        expect_terminal_back(s);
        screen_stop(s);
    }
}

static void is_given_back_while_suspended(void **state) {
    struct peer *demo = demo_at(*state, NULL);
    static const char *const ways[] = {"\032", NULL}; /* Ctrl+Z, and the signal from elsewhere */

    for (size_t i = 0; i < MIX_COUNT(ways); i++) {
        struct screen *s = mixtui_at(*state, demo);
        type_line(s, i ? "on hold again" : "on hold");
        if (ways[i])
            screen_keys(s, ways[i]);
        else
            screen_signal(s, SIGTSTP);
        screen_wait_stopped(s);
        assert_true(screen_line_restored(s));
        assert_false(screen_alternate(s));
        screen_signal(s, SIGCONT);
        screen_wait(s, "on hold");
        assert_true(screen_alternate(s));
        assert_false(screen_line_restored(s)); /* keys come at once and unseen, as before */
        type_line(s, " no more");
        screen_keys(s, KEY_CTRL('c'));
        screen_wait_gone(s, "on hold");
        assert_int_equal(quit(s), 0);
    }
}

/* Also while the program is writing, when curses would rather not be disturbed. */
static void no_request_to_stop_is_lost(void **state) {
    struct peer *demo = demo_at(*state, NULL);
    struct screen *s = mixtui_at(*state, demo);

    screen_wait(s, "measure before changing");
    for (int i = 0; i < 30; i++) {
        screen_keys(s, KEY_CTRL('l'));
        screen_pump(s, 100); /* the first bytes of the redraw */
        screen_signal(s, SIGTSTP);
        screen_wait_stopped(s);
        screen_signal(s, SIGCONT);
        screen_wait_that(s, screen_alternate(s));
    }
    screen_wait(s, "live");
    assert_int_equal(quit(s), 0);
}

static void what_others_wrote_is_painted_over(void **state) {
    struct peer *demo = demo_at(*state, NULL);
    struct screen *s = mixtui_at(*state, demo);

    screen_wait_quiet(s, 300);
    auto_free char *before = xstrdup(screen_text(s));
    screen_scribble(s, "\033[3;3Hsomebody else wrote this\033[5;1H and this");
    assert_string_not_equal(screen_text(s), before);
    screen_keys(s, KEY_CTRL('l'));
    screen_wait_gone(s, "and this");
    screen_wait_gone(s, "somebody else");
    assert_int_equal(quit(s), 0);
}

static void any_size_will_do(void **state) {
    static const int sizes[][2] = {{1, 1},   {2, 1},    {1, 2},    {3, 3},    {10, 2},  {39, 9},
                                   {40, 10}, {41, 11},  {20, 50},  {200, 5},  {89, 24}, {90, 24},
                                   {91, 25}, {139, 40}, {140, 40}, {141, 41}, {250, 70}};
    struct peer *demo = demo_at(*state, NULL);
    const struct stage *st = *state;

    for (size_t i = 0; i < MIX_COUNT(sizes); i++) {
        struct screen *s = mixtui_with(&(struct stage){sizes[i][0], sizes[i][1], NULL},
                                       (const char *[]){"--server", demo->url, NULL}, NULL);
        /* before that the line itself would show what is typed */
        screen_wait_that(s, !screen_line_restored(s) && screen_written(s) > 0);
        screen_keys(s, KEY_PGUP KEY_UP "\t");
        screen_pause(s, 30);
        screen_resize(s, st->cols, st->rows);
        screen_wait(s, "live");
        screen_wait(s, "measure before changing");
        screen_keys(s, KEY_CTRL('c'));
        assert_int_equal(quit(s), 0);
        screen_stop(s);
    }
}

static void says_when_it_is_too_small(void **state) {
    struct peer *demo = demo_at(*state, NULL);
    struct screen *s = mixtui_at(*state, demo);

    screen_resize(s, 39, 9);
    screen_wait_gone(s, "measure before changing");
    screen_wait_quiet(s, 200);
    int rows = 0;
    for (int y = 0; y < 9; y++)
        rows += screen_row(s, y)[0] != '\0';
    assert_int_equal(rows, 1);
    screen_resize(s, 80, 24);
    screen_wait(s, "measure before changing");
    assert_int_equal(quit(s), 0);
}

static void survives_a_storm_of_sizes(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct screen *s = mixtui_at(st, demo);
    uint32_t seed = 99;

    type_line(s, "in the storm");
    screen_wait_quiet(s, 500);
    auto_free char *before = xstrdup(screen_text(s));
    for (int i = 0; i < 300; i++) {
        seed = seed * 1664525U + 1013904223U;
        screen_resize(s, 1 + (int)(seed >> 8 & 0xFF) % 180, 1 + (int)(seed >> 16 & 0xFF) % 60);
        if (i % 3 == 0)
            screen_pump(s, 2);
    }
    screen_resize(s, st->cols, st->rows);
    screen_wait(s, "in the storm");
    screen_wait(s, "live");
    screen_wait_quiet(s, 500);
    screen_keys(s, KEY_CTRL('l'));
    screen_wait_that(s, strcmp(screen_text(s), before) == 0);
    screen_assert_clean(s);
    assert_int_equal(quit(s), 0);
}

/* Rule 4: no byte when nothing changed. */
static void writes_nothing_when_nothing_happens(void **state) {
    struct peer *demo = demo_at(*state, NULL);
    struct screen *s = mixtui_at(*state, demo);

    screen_wait(s, "measure before changing");
    screen_wait_quiet(s, 1500);
    size_t before = screen_written(s);
    screen_pause(s, 3000);
    assert_int_equal(screen_written(s), before);
    assert_int_equal(quit(s), 0);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(is_given_back_by_every_end, narrow),
        S(is_given_back_by_every_end, wide),
        S(is_given_back_while_suspended, narrow),
        S(is_given_back_while_suspended, wide),
        S(no_request_to_stop_is_lost, wide),
        S(what_others_wrote_is_painted_over, narrow),
        S(what_others_wrote_is_painted_over, wide),
        S(any_size_will_do, narrow),
        S(says_when_it_is_too_small, narrow),
        S(survives_a_storm_of_sizes, narrow),
        S(survives_a_storm_of_sizes, wide),
        S(writes_nothing_when_nothing_happens, narrow),
        S(writes_nothing_when_nothing_happens, wide),
    };
#undef S
    return screen_run(tests);
}
