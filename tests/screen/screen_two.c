/* Two mixtui on one state directory: both work, neither loses, and no queue is sent twice. */
#include "people.h"

#include <signal.h>
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

/* Both on one session; the first has its draft. */
struct two {
    struct peer *demo;
    struct screen *a, *b;
};
static struct two two_on(const struct stage *st, const char *draft) {
    struct two t = {.demo = demo_at(st, NULL)};

    t.a = mixtui_at(st, t.demo);
    type_line(t.a, draft);
    screen_pause(t.a, 1300);
    t.b = mixtui_at(st, t.demo);
    screen_wait(t.b, "read only");
    screen_wait(t.b, draft);
    return t;
}

static void take_over(struct screen *s) {
    leader(s, "=");
    screen_wait_gone(s, "read only");
}

static void the_second_looks_on_until_it_takes_over(void **state) {
    const struct two t = two_on(*state, "begun by one");

    screen_keys(t.b, "z");
    screen_wait(t.b, "takes over from another mixtui");
    assert_false(screen_has(t.b, "begun by onez"));
    screen_keys(t.b, KEY_ENTER); /* nor is it sent */
    screen_wait_quiet(t.b, 200);
    assert_int_equal(said(t.demo, "begun by one"), 0);
    take_over(t.b);
    screen_keys(t.b, ", gone on with by two");
    screen_wait(t.b, "begun by one, gone on with by two");
    screen_wait(t.a, "read only");
    screen_pause(t.b, 1300);
    take_over(t.a);
    screen_wait(t.a, "begun by one, gone on with by two");
    screen_wait(t.b, "read only");
    screen_keys(t.a, KEY_ENTER);
    screen_wait(t.a, "mix");
    assert_int_equal(quit(t.a), 0);
    assert_int_equal(quit(t.b), 0);
    assert_int_equal(said(t.demo, "begun by one, gone on with by two"), 1);
}

static void what_is_typed_there_is_followed(void **state) {
    const struct two t = two_on(*state, "first words");

    screen_keys(t.a, ", more of them");
    screen_wait(t.a, "more of them");
    screen_pause(t.a, 2200);
    screen_keys(t.b, "\033[I"); /* somebody looks at it */
    screen_wait(t.b, "first words, more of them");
    assert_int_equal(quit(t.a), 0);
    screen_pause(t.b, 2200);
    screen_keys(t.b, "\033[I");
    screen_wait(t.b, "are here now"); /* left behind: it is free */
    screen_keys(t.b, "!");
    screen_wait(t.b, "first words, more of them!");
    assert_int_equal(quit(t.b), 0);
}

static void one_that_is_killed_lets_go(void **state) {
    const struct two t = two_on(*state, "before the kill");

    screen_signal(t.a, SIGKILL);
    (void)screen_wait_exit(t.a);
    take_over(t.b);
    screen_keys(t.b, ", after it");
    screen_wait(t.b, "before the kill, after it");
    assert_int_equal(quit(t.b), 0);
}

static void one_that_stands_still_loses_it_and_keeps_its_words(void **state) {
    const struct two t = two_on(*state, "before it stood");

    screen_keys(t.a, "?");
    screen_wait(t.a, "before it stood?");
    screen_signal(t.a, SIGSTOP);
    take_over(t.b);
    screen_keys(t.b, " two");
    screen_wait(t.b, " two");
    screen_keys(t.b, KEY_ENTER);
    screen_wait(t.b, "mix");
    screen_signal(t.a, SIGCONT);
    screen_keys(t.a, KEY_ENTER); /* it would be sent a second time */
    screen_wait(t.a, "read only");
    assert_int_equal(quit(t.a), 0);
    assert_int_equal(quit(t.b), 0);
    assert_int_equal(said(t.demo, "before it stood"), 1);
}

static void a_queue_is_sent_by_one(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *a = mixtui_at(st, demo);

    say(a, "long");
    screen_wait(a, "working");
    say(a, "queued the first");
    say(a, "queued the second");
    screen_wait(a, "queued 2");
    screen_pause(a, 1300);
    struct screen *b = mixtui_at(st, demo);

    screen_wait(b, "read only");
    screen_wait(b, "queued the second");
    take_over(b);
    screen_wait(b, "held");
    leader(b, "k"); /* the turn is over for both */
    to_thread(b);
    screen_wait_gone(b, "working");
    screen_keys(b, "r");
    for (int i = 0; i < 200 && said(demo, "queued the second") == 0; i++)
        screen_pause(a, 50);
    assert_int_equal(quit(a), 0);
    assert_int_equal(quit(b), 0);
    assert_int_equal(said(demo, "queued the first"), 1);
    assert_int_equal(said(demo, "queued the second"), 1);
}

static void each_has_a_new_session_of_its_own(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *a = mixtui_at(st, demo), *b = mixtui_at(st, demo);

    new_session(a);
    type_line(a, "new of one");
    new_session(b);
    type_line(b, "new of two");
    assert_false(screen_has(b, "read only"));
    screen_pause(b, 1300);
    assert_int_equal(quit(a), 0);
    assert_int_equal(quit(b), 0);
    a = mixtui_with(st, (const char *[]){"--server", demo->url, NULL}, NULL);
    screen_wait(a, "new of one");
    screen_wait(a, "What another mixtui left");
    screen_keys(a, KEY_CTRL('c'));
    screen_wait_gone(a, "new of one");
    for (int i = 0; i < 6 && !screen_has(a, "new of two"); i++) {
        screen_keys(a, KEY_UP);
        screen_wait_quiet(a, 400);
    }
    screen_wait_ms(a, "new of two", 1000);
    assert_int_equal(quit(a), 0);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(the_second_looks_on_until_it_takes_over, narrow),
        S(what_is_typed_there_is_followed, wide),
        S(one_that_is_killed_lets_go, narrow),
        S(one_that_stands_still_loses_it_and_keeps_its_words, narrow),
        S(a_queue_is_sent_by_one, wide),
        S(each_has_a_new_session_of_its_own, narrow),
    };
#undef S
    return screen_run(tests);
}
