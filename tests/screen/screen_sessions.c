/* The list of sessions: found, opened, forked, cancelled, deleted; the marks tell who needs
 * somebody. */
#include "people.h"

#include <stdio.h>
#include <string.h>

static void the_filter_finds_by_a_few_letters(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    to_sessions(s);
    screen_wait(s, "Sessions 3");
    screen_wait(s, "Count words");
    screen_keys(s, "/");
    screen_keys(s, "prtab");
    screen_wait(s, "Sessions 1");
    screen_wait_gone(s, "Count words");
    screen_keys(s, KEY_ENTER);
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "All prices are in EUR");
    leader(s, "l");
    screen_keys(s, "/");
    screen_keys(s, KEY_ESC);
    screen_wait(s, "Sessions 3");
    assert_int_equal(quit(s), 0);
}

static void a_fork_goes_its_own_way(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct screen *s = mixtui_at(st, demo);

    screen_wait(s, "measure before changing");
    leader(s, "f");
    screen_wait(s, "Forked:");
    screen_wait(s, "measure before changing");
    say(s, "hello fork");
    screen_wait(s, "README.md");
    to_sessions(s);
    screen_wait(s, "Sessions 4");
    assert_int_equal(quit(s), 0);
}

static void a_server_without_fork_is_told_of(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    screen_wait(s, "measure before changing");
    leader(s, "f");
    screen_wait(s, "no fork");
    to_sessions(s);
    screen_wait(s, "Sessions 3");
    assert_int_equal(quit(s), 0);
}

static void a_turn_is_cancelled_and_the_next_one_runs(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    say(s, "long");
    screen_wait(s, "second 3 of 60");
    to_sessions(s);
    screen_wait(s, "*");
    screen_keys(s, "g");
    screen_keys(s, "C");
    to_composer(s);
    screen_wait(s, "Cancelled");
    screen_wait_gone(s, "mix is working");
    screen_wait_gone(s, "cancelling");
    assert_false(screen_has(s, "That took a minute"));
    say(s, "hello after all");
    screen_wait(s, "README.md");
    assert_int_equal(quit(s), 0);
}

static void deleting_asks_for_the_name(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    to_sessions(s);
    screen_wait(s, "Count words");
    screen_keys(s, "G");
    screen_keys(s, "d");
    screen_wait(s, "Type its name");
    screen_pause(s, 500);
    screen_keys(s, "something else\r");
    screen_pause(s, 300);
    assert_true(screen_has(s, "Type its name"));
    screen_keys(s, KEY_CTRL('u'));
    screen_keys(s, "Count words in a pipe");
    screen_wait(s, "its name: Count words in a pipe");
    screen_pause(s, 600); /* what comes in one burst with its Enter confirms nothing */
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "Sessions 2");
    struct buf list = {0};
    assert_int_equal(http_call(demo->port, "GET", "/api/sessions", NULL, &list), 200);
    assert_null(strstr(buf_str(&list), "Count words"));
    assert_non_null(strstr(buf_str(&list), "Prices as a table"));
    buf_fini(&list);
    assert_int_equal(quit(s), 0);
}

static void an_empty_one_is_deleted_by_the_key_twice(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    char id[40];

    demo_session(demo, "nothing in it", id);
    struct screen *s = mixtui_at(st, demo);
    to_sessions(s);
    screen_wait(s, "Sessions 4");
    screen_keys(s, "g");
    screen_keys(s, "d");
    screen_wait(s, "Delete the empty session");
    screen_keys(s, "d"); /* too early */
    screen_pause(s, 500);
    assert_true(screen_has(s, "Delete the empty session"));
    screen_keys(s, "d");
    screen_wait(s, "Sessions 3");
    assert_int_equal(quit(s), 0);
}

static void marks_show_who_needs_somebody(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--quirk", "retitle=off", NULL});
    char asker[40], worker[40];
    int y;

    demo_session(demo, "the asker", asker);
    demo_session(demo, "the worker", worker);
    struct screen *s = mixtui_at(st, demo);
    to_sessions(s);
    screen_wait(s, "the worker");
    demo_send(demo, worker, "long");
    demo_send(demo, asker, "run true && false");
    screen_wait(s, "!1");
    screen_wait_that(s, screen_find(s, "! the asker", NULL, &y) &&
                            y == (is_wide(s) ? 1 : 2)); /* sorted to the top */
    screen_wait(s, "* the worker");
    leader(s, "a"); /* the next that needs somebody */
    screen_wait(s, "run true && false");
    assert_int_equal(quit(s), 0);
}

static void what_others_do_is_seen(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct screen *s = mixtui_at(st, demo);
    char id[40], path[80];

    to_sessions(s);
    screen_wait(s, "Sessions 3");
    demo_session(demo, "made elsewhere", id);
    screen_wait(s, "made elsewhere");
    screen_wait(s, "Sessions 4");
    snprintf(path, sizeof path, "/api/sessions/%s", id);
    assert_int_equal(http_call(demo->port, "DELETE", path, NULL, NULL), 204);
    screen_wait(s, "Sessions 3");
    assert_int_equal(quit(s), 0);
}

static void a_sub_agents_request_is_seen(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "1", NULL});
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    say(s, "task look around and run echo deep");
    screen_wait(s, "!1");
    open_asks(s);
    screen_wait(s, "echo deep");
    screen_keys(s, "y");
    screen_wait(s, "granted");
    leave_asks(s);
    screen_wait(s, "The sub-agent reports");
    assert_int_equal(quit(s), 0);
}

static void help_runs_what_it_lists(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    screen_keys(s, "\033OP"); /* F1 */
    screen_wait(s, " Commands ");
    screen_keys(s, "empty thread");
    screen_wait(s, "find empty thread");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "no messages yet");
    assert_int_equal(quit(s), 0);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(the_filter_finds_by_a_few_letters, narrow),
        S(the_filter_finds_by_a_few_letters, wide),
        S(a_fork_goes_its_own_way, narrow),
        S(a_fork_goes_its_own_way, wide),
        S(a_fork_goes_its_own_way, seed_narrow),
        S(a_server_without_fork_is_told_of, late_narrow),
        S(a_server_without_fork_is_told_of, late_wide),
        S(a_turn_is_cancelled_and_the_next_one_runs, narrow),
        S(a_turn_is_cancelled_and_the_next_one_runs, seed_wide),
        S(a_turn_is_cancelled_and_the_next_one_runs, late_narrow),
        S(deleting_asks_for_the_name, narrow),
        S(deleting_asks_for_the_name, wide),
        S(an_empty_one_is_deleted_by_the_key_twice, narrow),
        S(marks_show_who_needs_somebody, narrow),
        S(marks_show_who_needs_somebody, wide),
        S(what_others_do_is_seen, narrow),
        S(what_others_do_is_seen, wide),
        S(a_sub_agents_request_is_seen, narrow),
        S(a_sub_agents_request_is_seen, wide),
        S(help_runs_what_it_lists, narrow),
        S(help_runs_what_it_lists, wide),
    };
#undef S
    return screen_run(tests);
}
