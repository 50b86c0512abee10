/* What waits, handled by keys: seen above the composer, changed, moved, taken out, sent now. */
#include "people.h"

#include <stdio.h>
#include <string.h>

static size_t said(const struct peer *demo, const char *text) {
    struct buf answer;
    size_t n = 0;

    buf_init(&answer, 16 * MIX_MIB);
    assert_int_equal(
        http_call(demo->port, "GET", "/api/messages/history?limit=1000", NULL, &answer), 200);
    for (const char *p = buf_str(&answer); (p = strstr(p, text)); p += strlen(text))
        n++;
    buf_fini(&answer);
    return n;
}

static void comes(struct screen *s, const struct peer *demo, const char *text) {
    for (int i = 0; i < 400 && said(demo, text) == 0; i++)
        screen_pump(s, 50);
    assert_int_equal(said(demo, text), 1);
}

/* A turn of a minute, and three that wait for it. */
static struct screen *waiting(const struct stage *st, const struct peer *demo) {
    struct screen *s = mixtui_at(st, demo);

    say(s, "long");
    screen_wait(s, "working");
    say(s, "wait-a");
    say(s, "wait-b");
    say(s, "wait-c");
    screen_wait(s, "queued 3");
    return s;
}

static void everything_by_keys(void **state) {
    struct peer *demo = demo_at(*state, NULL);
    struct screen *s = waiting(*state, demo);

    type_line(s, "a draft");
    leader(s, "Q");
    screen_wait(s, "Message > Queue");
    screen_wait(s, "waits for the turn");
    screen_keys(s, "d");
    screen_wait_gone(s, "  wait-a");
    screen_keys(s, "u");
    screen_wait(s, "wait-a");
    screen_keys(s, KEY_DOWN); /* from the second to the third */
    screen_keys(s, "KK");
    screen_wait_quiet(s, 200);
    screen_keys(s, "e");
    screen_wait(s, "Queue > Message");
    screen_keys(s, " changed");
    screen_wait(s, "wait-c changed");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "Queue > Message");
    screen_wait(s, "wait-c changed");
    screen_keys(s, "s");
    screen_wait(s, "cancelled");
    screen_pause(s, 600);
    screen_keys(s, "s");
    comes(s, demo, "wait-c changed");
    assert_int_equal(said(demo, "wait-a"), 0); /* held */
    screen_wait(s, "held");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "Message > Queue");
    screen_wait(s, "a draft");
    screen_assert_clean(s);
    to_thread(s);
    screen_wait_gone(s, "working");
    screen_keys(s, "r");
    comes(s, demo, "wait-a");
    comes(s, demo, "wait-b");
    assert_int_equal(quit(s), 0);
}

/* Arrows, Space and Enter do all of it: no letter, no Alt. */
static void everything_without_letters(void **state) {
    struct peer *demo = demo_at(*state, NULL);
    struct screen *s = waiting(*state, demo);

    leader(s, "Q");
    screen_wait(s, "Message > Queue");
    screen_keys(s, " ");
    screen_wait(s, "send it now");
    screen_keys(s, KEY_DOWN);
    screen_keys(s, KEY_DOWN);
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "Enter again");
    screen_pause(s, 600);
    screen_keys(s, KEY_ENTER);
    comes(s, demo, "wait-a");
    assert_int_equal(said(demo, "wait-b"), 0);
    screen_keys(s, "\033[F"); /* both that are left */
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "2 messages leave the queue");
    screen_pause(s, 600);
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "Nothing waits here");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "Message > Queue");
    assert_int_equal(quit(s), 0);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(everything_by_keys, narrow),
        S(everything_by_keys, wide),
        S(everything_without_letters, narrow),
    };
#undef S
    return screen_run(tests);
}
