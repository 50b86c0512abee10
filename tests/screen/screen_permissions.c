/* Rule 1 on the real screen: no permission is answered by accident, and none needs long either. */
#include "people.h"

#include <stdio.h>
#include <string.h>

static struct peer *a_tap(const struct peer *demo) { return tap_start(demo->port, 0); }

static size_t answers(const struct peer *tap) {
    return tap_count(tap, "/grant HTTP") + tap_count(tap, "/deny HTTP");
}

static void wait_asks(struct screen *s, size_t n) {
    char text[24];

    snprintf(text, sizeof text, "!%zu", n);
    screen_wait(s, text);
}

/* A key held down repeats thirty times a second. */
static void hold(struct screen *s, const char *key, int ms) {
    for (int64_t until = clock_now() + ms; clock_now() < until;) {
        screen_keys(s, key);
        screen_pause(s, 33);
    }
}

static void a_held_y_answers_one_and_no_more(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct peer *tap = a_tap(demo);
    struct screen *s = mixtui_at(st, tap);

    new_session(s);
    say(s, "two permissions");
    wait_asks(s, 2);
    open_asks(s);
    hold(s, "y", 1500);
    screen_wait(s, "granted");
    wait_asks(s, 1);
    assert_int_equal(answers(tap), 1);
    screen_keys(s, "j"); /* the other one, with the key still down */
    hold(s, "y", 1000);
    assert_int_equal(answers(tap), 1);
    screen_wait(s, "too early");
    screen_wait_armed(s, "y grant"); /* let go, and it can be answered */
    screen_keys(s, "y");
    screen_wait_that(s, answers(tap) == 2);
    assert_int_equal(quit(s), 0);
}

static void an_answered_one_stays_selected_and_takes_no_answer(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct peer *tap = a_tap(demo);
    struct screen *s = mixtui_at(st, tap);

    new_session(s);
    say(s, "two permissions");
    wait_asks(s, 2);
    open_asks(s);
    screen_wait(s, "Bash");
    screen_keys(s, "n");
    screen_wait(s, "refused");
    for (int i = 0; i < 3; i++) {
        screen_pause(s, 600);
        screen_keys(s, i % 2 ? "n" : "y");
    }
    screen_pause(s, 300);
    assert_int_equal(answers(tap), 1);
    wait_asks(s, 1);
    assert_int_equal(quit(s), 0);
}

/* Keys that decide in the permissions pane do nothing anywhere else; Tab never leads there. */
static void only_its_own_keys_lead_to_the_pane(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct peer *tap = a_tap(demo);
    struct screen *s = mixtui_at(st, tap);

    new_session(s);
    say(s, "run echo never");
    wait_asks(s, 1);
    to_thread(s);
    for (int i = 0; i < 5; i++) {
        screen_pause(s, 450);
        screen_keys(s, i < 4 ? "\t" : "\033[Z");
        screen_pause(s, 50);
        leader(s, "h"); /* out of any text field */
        screen_keys(s, "y");
    }
    assert_int_equal(answers(tap), 0);
    wait_asks(s, 1);
    assert_int_equal(quit(s), 0);
}

static void a_paste_decides_nothing(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct peer *tap = a_tap(demo);
    struct screen *s = mixtui_at(st, tap);

    new_session(s);
    say(s, "run echo never");
    wait_asks(s, 1);
    open_asks(s);
    screen_paste(s, "y");
    screen_paste(s, "yyyy\r\nn");
    screen_pause(s, 500);
    assert_int_equal(answers(tap), 0);
    screen_wait_armed(s, "y grant");
    screen_keys(s, "\033y"); /* nor does a chord that begins with ESC: it leaves the pane at most */
    screen_pause(s, 500);
    assert_int_equal(answers(tap), 0);
    assert_int_equal(quit(s), 0);
}

static void the_whole_text_decides_nothing_and_marks_what_hides(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct peer *tap = a_tap(demo);
    struct screen *s = mixtui_at(st, tap);
    char id[40];

    demo_session(demo, "hidden", id);
    screen_wait_that(s, tap_count(tap, id) > 0); /* watched: nothing that was asked is told again */
    demo_send(demo, id, "run echo a\\u202eb\\u001b[2Jc\\u200bd");
    wait_asks(s, 1);
    open_asks(s);
    screen_keys(s, "v");
    screen_wait(s, "no key decides here");
    screen_keys(s, "y");
    screen_pause(s, 600);
    screen_keys(s, "n");
    screen_pause(s, 600);
    assert_int_equal(answers(tap), 0);
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "no key decides here");
    screen_assert_clean(s);
    assert_int_equal(quit(s), 0);
}

/* The server's time runs a hundred times as fast here, ours does not: what it gave up is not shown
 * as granted. */
static void what_the_server_gave_up_is_not_granted(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", "--time-scale", "30", NULL});
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    say(s, "run echo never");
    wait_asks(s, 1);
    screen_wait(s, "not allowed");
    assert_false(screen_has(s, "granted"));
    assert_int_equal(quit(s), 0);
}

static void the_menu_answers_after_a_movement_only(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct peer *tap = a_tap(demo);
    struct screen *s = mixtui_at(st, tap);

    new_session(s);
    say(s, "run echo by menu");
    wait_asks(s, 1);
    open_asks(s);
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "close this menu");
    screen_pause(s, 600);
    screen_keys(s, KEY_ENTER); /* the first row is Back */
    screen_wait_gone(s, "close this menu");
    assert_int_equal(answers(tap), 0);
    screen_pause(s, 600);
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "close this menu");
    screen_keys(s, KEY_DOWN); /* grant */
    screen_pause(s, 600);
    screen_keys(s, KEY_ENTER);
    screen_wait_that(s, answers(tap) == 1);
    assert_int_equal(tap_count(tap, "/grant HTTP"), 1);
    screen_wait(s, "granted");
    assert_int_equal(quit(s), 0);
}

static void a_question_is_answered_by_choice(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    say(s, "ask me");
    screen_wait(s, "?1");
    leader(s, "p");
    screen_wait(s, "How shall the files be sorted");
    screen_pause(s, 600);
    screen_keys(s, "l");
    screen_pause(s, 600);
    screen_keys(s, "r");
    screen_wait_gone(s, "?1");
    leave_asks(s);
    screen_wait(s, "all I wanted to know");
    assert_int_equal(quit(s), 0);
}

static void a_question_is_answered_by_a_text(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    say(s, "ask me in words");
    screen_wait(s, "?1");
    leader(s, "p");
    screen_wait(s, "What shall the file be called");
    screen_pause(s, 600);
    screen_keys(s, "r"); /* into the field of the answer */
    type_line(s, "notes by y and n");
    screen_pause(s, 600); /* no burst, and armed */
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, "?1");
    leave_asks(s);
    screen_wait(s, "answered: notes by y and n");
    assert_int_equal(quit(s), 0);
}

static void a_question_is_acknowledged(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct peer *tap = tap_start(demo->port, 0);
    struct screen *s = mixtui_at(st, tap);

    new_session(s);
    say(s, "ask me to confirm");
    screen_wait(s, "?1");
    leader(s, "p");
    screen_wait(s, "The checks take a while");
    screen_pause(s, 600);
    screen_keys(s, "r");
    screen_wait_gone(s, "?1");
    screen_wait_that(s, tap_count(tap, "\"type\":\"acknowledge\"") == 1);
    leave_asks(s);
    screen_wait(s, "all I wanted to know");
    assert_int_equal(quit(s), 0);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(a_held_y_answers_one_and_no_more, narrow),
        S(a_held_y_answers_one_and_no_more, wide),
        S(an_answered_one_stays_selected_and_takes_no_answer, wide),
        S(only_its_own_keys_lead_to_the_pane, narrow),
        S(only_its_own_keys_lead_to_the_pane, wide),
        S(a_paste_decides_nothing, wide),
        S(the_whole_text_decides_nothing_and_marks_what_hides, narrow),
        S(what_the_server_gave_up_is_not_granted, narrow),
        S(the_menu_answers_after_a_movement_only, narrow),
        S(the_menu_answers_after_a_movement_only, wide),
        S(a_question_is_answered_by_choice, narrow),
        S(a_question_is_answered_by_choice, wide),
        S(a_question_is_answered_by_a_text, narrow),
        S(a_question_is_answered_by_a_text, late_wide),
        S(a_question_is_acknowledged, narrow),
    };
#undef S
    return screen_run(tests);
}
