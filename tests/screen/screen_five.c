/* Five permissions at once are answered within five seconds by somebody who presses two keys a
 * second: being safe costs no time that matters. */
#include "people.h"

#include <stdio.h>

static struct peer *a_tap(const struct peer *demo) { return tap_start(demo->port, 0); }

static size_t answers(const struct peer *tap) {
    return tap_count(tap, "/grant HTTP") + tap_count(tap, "/deny HTTP");
}

/* Sessions that ask at once, made before the program starts so that all are watched. */
static void sessions(const struct peer *demo, char ids[][40], size_t n) {
    for (size_t i = 0; i < n; i++) {
        char title[32];
        snprintf(title, sizeof title, "asker %zu", i);
        demo_session(demo, title, ids[i]);
    }
}

static void wait_asks(struct screen *s, size_t n) {
    char text[24];

    snprintf(text, sizeof text, "!%zu", n);
    screen_wait(s, text);
}

/* y, then j, and so on, a key every half second; waits at most as long as the hints are dim. */
static int64_t answer_five(struct screen *s, const struct peer *tap) {
    size_t before = answers(tap);

    open_asks(s);
    int64_t from = clock_now();
    for (size_t i = 0; i < 5; i++) {
        screen_wait_armed(s, "y grant");
        screen_keys(s, "y");
        screen_wait_that(s, answers(tap) == before + i + 1);
        int64_t next = from + 500 * (2 * (int64_t)i + 1);
        screen_pause(s, (int)(next - clock_now()));
        if (i < 4)
            screen_keys(s, "j");
        screen_pause(s, i < 4 ? (int)(next + 500 - clock_now()) : 0);
    }
    return clock_now() - from;
}

static void five_are_answered_within_five_seconds(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct peer *tap = a_tap(demo);
    char ids[5][40];
    int64_t ms = INT64_MAX;

    sessions(demo, ids, 5);
    struct screen *s = mixtui_at(st, tap);
    to_sessions(s);
    screen_wait(s, "asker 4");
    /* A loaded machine may be slow once; a program that needs longer is so each time. */
    for (int tries = 0; tries < 3 && ms > 5000; tries++) {
        for (size_t i = 0; i < 5; i++)
            demo_send(demo, ids[i], "run true && echo done");
        wait_asks(s, 5);
        ms = answer_five(s, tap);
        leave_asks(s);
        screen_wait_gone(s, "*1");
    }
    assert_true(ms <= 5000);
    assert_int_equal(tap_count(tap, "/deny HTTP"), 0);
    assert_int_equal(quit(s), 0);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(five_are_answered_within_five_seconds, narrow),
        S(five_are_answered_within_five_seconds, wide),
    };
#undef S
    return screen_run(tests);
}
