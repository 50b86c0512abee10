/* The composer: its keys, its history, pastes from anywhere, and messages whose fate is not known;
 * leaving while agents work. */
#include "people.h"

#include <stdio.h>
#include <string.h>

static void ctrl_c_never_quits(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    for (int i = 0; i < 5; i++)
        screen_keys(s, KEY_CTRL('c'));
    screen_wait(s, "never quits");
    to_thread(s);
    screen_keys(s, KEY_CTRL('c'));
    to_sessions(s);
    screen_keys(s, KEY_CTRL('c'));
    to_files(s);
    screen_keys(s, KEY_CTRL('c'));
    to_composer(s);
    type_line(s, "still running");
    assert_int_equal(quit(s), 0);
}

static void a_paste_elsewhere_goes_into_the_draft(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    to_sessions(s);
    screen_paste(s, "dddd pasted over the list");
    to_thread(s);
    screen_paste(s, " and over the thread");
    to_composer(s);
    screen_wait(s, "dddd pasted over the list and over the thread");
    to_sessions(s);
    screen_wait(s, "Sessions 3"); /* none of it was a key */
    assert_int_equal(quit(s), 0);
}

static void writes_and_edits(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    type_line(s, "one two three");
    screen_keys(s, KEY_CTRL('w'));
    screen_wait_gone(s, "one two three");
    screen_keys(s, KEY_CTRL('y'));
    screen_wait(s, "one two three");
    screen_keys(s, KEY_CTRL('a'));
    screen_keys(s, "zero ");
    screen_wait(s, "zero one two three");
    screen_keys(s, KEY_CTRL('k'));
    screen_wait_gone(s, "one two three");
    screen_keys(s, "\037"); /* Ctrl+_ */
    screen_wait(s, "zero one two three");
    screen_keys(s, KEY_CTRL('e'));
    screen_keys(s, KEY_CTRL('j'));
    type_line(s, "second line");
    screen_keys(s, KEY_UP);
    screen_keys(s, KEY_CTRL('e'));
    screen_keys(s, "!");
    screen_wait(s, "zero one two three!");
    assert_int_equal(quit(s), 0);
}

static void older_messages_come_back_by_up(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "0", NULL});
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    say(s, "first of all");
    screen_wait(s, "README.md");
    screen_wait_gone(s, "mix is working");
    type_line(s, "being written");
    screen_keys(s, KEY_UP);
    screen_wait_gone(s, "being written");
    screen_keys(s, KEY_DOWN);
    screen_wait(s, "being written"); /* the draft was not lost by looking */
    assert_int_equal(quit(s), 0);
    s = mixtui_with(st, (const char *[]){"--server", demo->url, NULL}, NULL);
    screen_wait(s, "being written");
    screen_keys(s, KEY_CTRL('u'));
    screen_keys(s, KEY_UP);
    int y;
    screen_wait_that(s, screen_find(s, "first of all", NULL, &y));
    assert_int_equal(quit(s), 0);
}

/* The answer was lost, the message was not: what the server has tells. */
static void a_lost_answer_is_looked_for(void **state) {
    const struct stage *st = *state;
    struct peer *demo =
        demo_at(st, (const char *[]){"--speed", "20", "--fault", "sendMessage:1:reset", NULL});
    struct peer *tap = tap_start(demo->port, 0);
    struct screen *s = mixtui_at(st, tap);

    new_session(s);
    say(s, "did you get this");
    /* either it turns out to have arrived, or a person is asked; it is never sent twice by itself
     */
    screen_wait_that(s, screen_has(s, "README.md") || screen_has(s, "r sends") ||
                            screen_has(s, "the text is back"));
    screen_pause(s, 1500);
    assert_in_range(tap_count(tap, "/messages HTTP/1.1\r\n"), 1, 100);
    size_t posts = 0;
    struct buf log = {0};
    tap_log(tap, &log);
    for (const char *p = buf_str(&log); (p = strstr(p, "did you get this")); p++)
        posts += strncmp(p - 8, "\"text\":\"", 8) == 0;
    buf_fini(&log);
    assert_int_equal(posts, 1);
    quit(s);
}

static void leaving_says_what_becomes_of_the_agents(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "1", NULL});
    struct screen *s = mixtui_at(st, demo);
    bool cancels = st->generation && strcmp(st->generation, "0.2.5") == 0;

    new_session(s);
    say(s, "long");
    screen_wait(s, "second 1 of 60");
    leader(s, "q");
    screen_wait(s, " Quit ");
    screen_wait(s, cancels ? "cancels it" : "requests will be denied");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, " Quit ");
    screen_wait(s, "second 3 of 60");
    assert_int_equal(quit(s), 0);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(ctrl_c_never_quits, narrow),
        S(ctrl_c_never_quits, wide),
        S(a_paste_elsewhere_goes_into_the_draft, narrow),
        S(a_paste_elsewhere_goes_into_the_draft, wide),
        S(writes_and_edits, narrow),
        S(writes_and_edits, wide),
        S(older_messages_come_back_by_up, narrow),
        S(older_messages_come_back_by_up, wide),
        S(a_lost_answer_is_looked_for, narrow),
        S(a_lost_answer_is_looked_for, wide),
        S(leaving_says_what_becomes_of_the_agents, narrow),
        S(leaving_says_what_becomes_of_the_agents, wide),
        S(leaving_says_what_becomes_of_the_agents, seed_narrow),
    };
#undef S
    return screen_run(tests);
}
