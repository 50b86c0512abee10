/* Finding something in a long thread by the keyboard: the search, the list of messages, marks; and
 * that a place is found again by the next mixtui. */
#include "people.h"

#include <stdio.h>
#include <string.h>

static struct peer *a_week(const struct stage *st) {
    return demo_at(st, (const char *[]){"--days", "60", NULL});
}

static struct screen *at_sales(const struct stage *st, const struct peer *demo) {
    struct screen *s = mixtui_with(st, (const char *[]){"--server", demo->url, NULL}, NULL);

    screen_wait(s, "live");
    open_session(s, "Sales");
    screen_wait(s, "next week");
    to_thread(s);
    return s;
}

/* The bottom line while somebody searches; else it tells which message one is in, or nothing. */
static const char *found_line(struct screen *s) {
    const char *line = screen_row(s, screen_rows(s) - 1);

    return strstr(line, "message ") ? "" : line;
}

/* The search's part of the bottom line is this. */
static void wait_found(struct screen *s, const char *text) {
    screen_wait_that(s, strstr(screen_row(s, screen_rows(s) - 1), text) != NULL);
}

/* "3 of 41" of the bottom line. */
static bool counted(struct screen *s, int *nth, int *all) {
    const char *of = strstr(found_line(s), " of ");

    if (!of || sscanf(of, " of %d", all) != 1)
        return false;
    const char *line = screen_row(s, screen_rows(s) - 1);

    while (of > line && of[-1] >= '0' && of[-1] <= '9')
        of--;
    return sscanf(of, "%d", nth) == 1;
}

static void wait_number(struct screen *s, int want) {
    int nth = 0, all = 0;

    screen_wait_that(s, counted(s, &nth, &all) && nth == want);
}

/* ---- the search ---- */

static void hits_are_walked_and_folds_open_and_close(void **state) {
    const struct stage *st = *state;
    struct peer *demo = a_week(st);
    struct screen *s = at_sales(st, demo);
    int nth = 0, all = 0, x, y;

    assert_false(screen_has(s, "Traceback"));
    screen_keys(s, "/Traceback");
    screen_wait(s, "Traceback (most recent"); /* was folded */
    screen_wait_that(s, counted(s, &nth, &all));
    assert_true(all > 3 && nth == all); /* the nearest to the end, where the reader was */
    assert_true(screen_find(s, "Traceback (most", &x, &y));
    const struct screen_cell hit = screen_cell(s, x, y), plain = screen_cell(s, x + 12, y);

    assert_true(hit.reverse != plain.reverse || hit.bg != plain.bg || hit.bold != plain.bold ||
                hit.underline != plain.underline || hit.fg != plain.fg);
    screen_keys(s, KEY_ENTER "N");
    wait_number(s, all - 1);
    screen_keys(s, "N");
    wait_number(s, all - 2);
    screen_keys(s, "nnn");
    wait_number(s, 1);
    wait_found(s, "from the top");
    assert_true(screen_has(s, "Traceback (most recent"));
    screen_keys(s, KEY_ESC);
    screen_wait_that(s, !strstr(screen_row(s, screen_rows(s) - 1), "Traceback"));
    assert_true(screen_has(s, "Traceback (most recent")); /* the reader stays */
    assert_int_equal(quit(s), 0);
}

static void esc_goes_back_to_where_one_was(void **state) {
    const struct stage *st = *state;
    struct peer *demo = a_week(st);
    struct screen *s = at_sales(st, demo);

    screen_keys(s, "/week 1\\?");
    wait_found(s, "nothing found");
    screen_keys(s, "\177\177?");
    wait_found(s, "1 of 1");
    screen_wait_gone(s, "next week");
    screen_keys(s, KEY_ESC);
    screen_wait(s, "next week"); /* the end */
    screen_wait_that(s, !strstr(found_line(s), " of "));
    screen_keys(s, "/");
    wait_found(s, "role: tool:");
    screen_keys(s, "/(/");
    wait_found(s, "missing closing");
    screen_keys(s, KEY_CTRL('u'));
    screen_keys(s, "tool:show role:mix");
    wait_number(s, 5);
    screen_keys(s, KEY_CTRL('c'));
    screen_wait_that(s, !strstr(found_line(s), " of "));
    screen_wait(s, "next week");
    assert_int_equal(quit(s), 0);
}

/* ---- moving ---- */

static void messages_calls_and_errors_are_jumped_to(void **state) {
    const struct stage *st = *state;
    struct peer *demo = a_week(st);
    struct screen *s = at_sales(st, demo);
    int x, y;

    screen_keys(s, "U"); /* to the top row, its heading */
    screen_wait_that(s, screen_find(s, "How did sales", &x, &y) && y <= 4);
    screen_keys(s, "t");
    screen_wait_that(s, screen_find(s, "▸ python", &x, &y) &&
                            strcmp(screen_cell(s, x - 1, y).text, "▌") == 0);
    screen_keys(s, "[");
    screen_wait_that(s, screen_find(s, "exit 1 ", &x, &y) &&
                            strcmp(screen_cell(s, is_wide(s) ? 28 : 0, y).text, "▌") == 0);
    screen_keys(s, "g");
    screen_wait_gone(s, "exit 1 ");
    screen_keys(s, "[");
    screen_wait(s, "No earlier error");
    screen_keys(s, "w");
    screen_wait(s, "Nothing came while you were away");
    screen_keys(s, "'");
    screen_wait(s, "Nothing is marked here");
    assert_int_equal(quit(s), 0);
}

static void the_list_of_messages_leads_to_one(void **state) {
    const struct stage *st = *state;
    struct peer *demo = a_week(st);
    struct screen *s = at_sales(st, demo);
    int x, y;

    screen_keys(s, "l");
    screen_wait(s, "> Messages");
    screen_wait(s, "1 call");
    screen_keys(s, "week 1?");
    screen_wait(s, "in week 1?");
    screen_wait_gone(s, "1 call");
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, "> Messages");
    screen_wait_that(s, screen_find(s, "in week 1?", &x, &y) && y <= 4);
    assert_int_equal(quit(s), 0);
}

static bool marked_row(struct screen *s, const char *text) {
    int x, y;

    if (!screen_find(s, text, &x, &y))
        return false;
    while (x >= 0 && strcmp(screen_cell(s, x, y).text, "*") != 0)
        x--;
    return x >= 0;
}

static void marks_and_the_place_are_there_the_next_time(void **state) {
    const struct stage *st = *state;
    struct peer *demo = a_week(st);
    struct screen *s = at_sales(st, demo);
    int x, y;

    screen_keys(s, "UU");
    screen_wait_that(s, screen_find(s, "How did sales", &x, &y) && y <= 4);
    screen_keys(s, "*");
    screen_wait_that(s, marked_row(s, "How did sales"));
    screen_keys(s, "jjj");
    screen_wait_gone(s, "How did sales");
    screen_wait_quiet(s, 100);
    char top[80] = "";

    assert_true(screen_find(s, "── mix · ", &x, &y));
    const char *heading = strstr(screen_row(s, y), "── mix · ");

    snprintf(top, sizeof top, "%.*s", (int)(strstr(heading, " tok") - heading), heading);
    const bool end = screen_has(s, "next week");

    assert_int_equal(quit(s), 0);
    s = mixtui_with(st, (const char *[]){"--server", demo->url, NULL}, NULL);
    screen_wait(s, "live");
    int x_now, y_now;

    screen_wait_that(s, screen_find(s, top, &x_now, &y_now) && y_now == y);
    screen_wait_that(s, screen_has(s, "next week") == end); /* when the pictures are there */
    to_thread(s);
    screen_keys(s, "'");
    screen_wait_that(s, marked_row(s, "How did sales"));
    screen_keys(s, "*");
    screen_wait_that(s, !marked_row(s, "How did sales"));
    screen_keys(s, "'");
    screen_wait(s, "Nothing is marked here");
    assert_int_equal(quit(s), 0);
}

static void what_came_while_another_was_shown_is_behind_a_line(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "0", NULL});
    char id[40];

    demo_session(demo, "Left alone", id);
    demo_send(demo, id, "say hello");
    struct screen *s = mixtui_with(st, (const char *[]){"--server", demo->url, NULL}, NULL);

    screen_wait(s, "live");
    open_session(s, "Left alone");
    screen_wait(s, "Try run ls");
    new_session(s);
    demo_send(demo, id, "and once more");
    screen_wait_quiet(s, 300);
    leader(s, "a"); /* the next that needs somebody */
    screen_wait(s, "Try run ls");
    to_thread(s);
    screen_keys(s, "gw");
    screen_wait(s, " unread ");
    screen_wait(s, "and once more");
    assert_int_equal(quit(s), 0);
}

#define BOTH(test)                                                                                 \
    cmocka_unit_test_prestate_setup_teardown(test, NULL, screen_teardown, &stage_narrow),          \
        cmocka_unit_test_prestate_setup_teardown(test, NULL, screen_teardown, &stage_wide)

int main(void) {
    const struct CMUnitTest tests[] = {
        BOTH(hits_are_walked_and_folds_open_and_close),
        BOTH(esc_goes_back_to_where_one_was),
        BOTH(messages_calls_and_errors_are_jumped_to),
        BOTH(the_list_of_messages_leads_to_one),
        BOTH(marks_and_the_place_are_there_the_next_time),
        BOTH(what_came_while_another_was_shown_is_behind_a_line),
    };

    return screen_run(tests);
}
