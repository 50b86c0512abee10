/* The inbox as a person uses it: denied with a reason, gathered, held and dropped, asked again. */
#include "people.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static size_t grants(const struct peer *tap) { return tap_count(tap, "/grant HTTP"); }
static size_t denials(const struct peer *tap) { return tap_count(tap, "/deny HTTP"); }

static struct screen *asked(const struct stage *st, struct peer **tap, const char *words,
                            const char *scale) {
    const char *const slow[] = {"--speed", "20", "--time-scale", scale, NULL};
    const char *const plain[] = {"--speed", "20", NULL};
    struct peer *demo = demo_at(st, scale ? slow : plain);
    struct screen *s;

    *tap = tap_start(demo->port, 0);
    s = mixtui_at(st, *tap);
    new_session(s);
    say(s, words);
    screen_wait(s, "!1");
    return s;
}

static void a_denial_takes_its_reason(void **state) {
    struct peer *tap;
    struct screen *s = asked(*state, &tap, "run echo never", NULL);

    open_asks(s);
    screen_keys(s, "d");
    screen_wait_that(s, denials(tap) == 1);
    screen_wait(s, "why:");
    type_line(s, "use make, y");
    screen_pause(s, 300);
    screen_keys(s, KEY_ENTER);
    screen_wait_that(s, tap_count(tap, "use make, y") > 0);
    assert_int_equal(grants(tap), 0);
    assert_int_equal(denials(tap), 1);
    assert_int_equal(quit(s), 0);
}

static void escape_keeps_the_reason_for_later(void **state) {
    struct peer *tap;
    struct screen *s = asked(*state, &tap, "run echo never", NULL);

    open_asks(s);
    screen_keys(s, "d");
    screen_wait(s, "why:");
    type_line(s, "half of it");
    screen_keys(s, KEY_ESC);
    screen_wait(s, "half of it");
    screen_pause(s, 600);
    assert_int_equal(tap_count(tap, "half of it"), 0);
    leave_asks(s);
    screen_keys(s, KEY_UP); /* the history of the composer */
    screen_wait(s, "half of it");
    screen_keys(s, KEY_CTRL('c'));
    assert_int_equal(quit(s), 0);
}

static void a_severe_grant_is_held_and_u_drops_it(void **state) {
    struct peer *tap;
    struct screen *s = asked(*state, &tap, "run sudo true", NULL);

    open_asks(s);
    screen_wait(s, "!! runs as root");
    screen_keys(s, "y");
    screen_wait(s, "held");
    screen_keys(s, "u");
    screen_wait(s, "was not given");
    screen_pause(s, 1200);
    assert_int_equal(grants(tap), 0);
    screen_wait_armed(s, "y grant");
    screen_keys(s, "y");
    screen_wait_that(s, grants(tap) == 1);
    assert_int_equal(quit(s), 0);
}

static void leaving_the_pane_drops_a_held_grant(void **state) {
    struct peer *tap;
    struct screen *s = asked(*state, &tap, "run sudo true", NULL);

    open_asks(s);
    screen_keys(s, "y");
    screen_wait(s, "held");
    leave_asks(s);
    screen_pause(s, 1200);
    assert_int_equal(grants(tap), 0);
    assert_int_equal(quit(s), 0);
}

/* Nothing is painted behind it: what is held could be seen and dropped by nobody. */
static void a_program_in_place_of_the_screen_drops_a_held_grant(void **state) {
    static char editor[512];
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct peer *tap = tap_start(demo->port, 0);

    assert_int_equal(
        chmod(screen_file("editor.sh", "#!/bin/sh\nprintf 'EDITOR IS HERE'\nsleep 2\n"), 0700), 0);
    snprintf(editor, sizeof editor, "EDITOR=%s", screen_path("editor.sh"));
    struct screen *s = mixtui_with(st, (const char *[]){"--server", tap->url, NULL},
                                   (const char *[]){editor, "VISUAL", "TMUX", NULL});

    screen_wait(s, "live");
    new_session(s);
    say(s, "run sudo true");
    screen_wait(s, "!1");
    open_asks(s);
    screen_wait_armed(s, "y grant");
    screen_keys(s, "y");
    screen_wait(s, "held");
    leader(s, "e");
    screen_wait(s, "EDITOR IS HERE");
    screen_wait_armed(s, "y grant"); /* back, and it was not given */
    assert_int_equal(grants(tap), 0);
    assert_int_equal(quit(s), 0);
}

static void requests_that_are_the_same_take_one_answer(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct peer *tap = tap_start(demo->port, 0);
    struct screen *s = mixtui_at(st, tap);

    new_session(s);
    say(s, "two permissions");
    screen_wait(s, "!2");
    open_asks(s);
    screen_keys(s, "b");
    screen_pause(s, 600);
    if (screen_has(s, "one answer for 2 requests")) {
        screen_wait_armed(s, "y grant");
        screen_keys(s, "y");
        screen_wait_that(s, grants(tap) == 2);
    } else { /* they differ: nothing is gathered, and it is said why */
        screen_wait(s, "no other request is the same");
        assert_int_equal(grants(tap), 0);
    }
    assert_int_equal(quit(s), 0);
}

static void an_expired_one_is_asked_for_again(void **state) {
    struct peer *tap;
    struct screen *s = asked(*state, &tap, "run echo never", NULL);

    open_asks(s);
    screen_wait_ms(s, "expired?", 40000);
    screen_keys(s, "y");
    screen_pause(s, 600);
    assert_int_equal(grants(tap), 0);
    screen_keys(s, "R");
    screen_wait(s, "please try again");
    screen_pause(s, 600);
    assert_int_equal(tap_count(tap, "please try again"), 0); /* shown first */
    screen_keys(s, KEY_ENTER);
    screen_wait_that(s, tap_count(tap, "please try again") == 1);
    assert_int_equal(quit(s), 0);
}

static void a_change_is_compared_side_by_side(void **state) {
    struct peer *tap;
    struct screen *s = asked(*state, &tap, "edit notes.md", NULL);

    open_asks(s);
    screen_keys(s, "v");
    screen_wait(s, "no key decides here");
    screen_keys(s, "t");
    screen_keys(s, "y");
    screen_pause(s, 600);
    assert_int_equal(grants(tap) + denials(tap), 0);
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "no key decides here");
    assert_int_equal(quit(s), 0);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(a_denial_takes_its_reason, narrow),
        S(escape_keeps_the_reason_for_later, narrow),
        S(a_severe_grant_is_held_and_u_drops_it, narrow),
        S(a_severe_grant_is_held_and_u_drops_it, wide),
        S(leaving_the_pane_drops_a_held_grant, narrow),
        S(a_program_in_place_of_the_screen_drops_a_held_grant, narrow),
        S(requests_that_are_the_same_take_one_answer, narrow),
        S(an_expired_one_is_asked_for_again, narrow),
        S(a_change_is_compared_side_by_side, narrow),
        S(a_change_is_compared_side_by_side, wide),
    };
#undef S
    return screen_run(tests);
}
