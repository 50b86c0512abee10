/* The main job from end to end, as somebody does it for the first time: create, send, watch, grant
 * and deny beside a draft, cancel, fork, upload, quit, and find the draft again. */
#include "people.h"

#include <string.h>

static void creates_a_session_and_watches(struct screen *s) {
    new_session(s);
    say(s, "hello there");
    screen_wait(s, "README.md"); /* the agent looks at the files for real */
    screen_wait_gone(s, "mix is working");
}

static void grants_beside_a_draft(struct screen *s) {
    say(s, "run echo answer is $((6*7))");
    screen_wait(s, "!1");
    type_line(s, "half a thought");
    open_asks(s);
    screen_wait(s, "echo answer is");
    screen_keys(s, "y");
    screen_wait(s, "granted");
    leave_asks(s);
    screen_wait(s, "answer is 42");
    screen_wait(s, "half a thought");
    type_line(s, " more"); /* Esc led back to the very caret */
    screen_wait(s, "half a thought more");
    screen_keys(s, KEY_CTRL('c'));
    screen_wait_gone(s, "half a thought more");
}

static void denies_beside_a_draft(struct screen *s) {
    say(s, "run touch never.txt");
    screen_wait(s, "!1");
    type_line(s, "second thought");
    screen_keys(s, "\033p"); /* Alt+P */
    screen_wait_armed(s, "n deny");
    screen_keys(s, "n");
    screen_wait(s, "refused");
    leave_asks(s);
    screen_wait(s, "second thought");
    screen_keys(s, KEY_CTRL('c'));
    screen_wait_gone(s, "second thought");
}

static void cancels_a_turn(struct screen *s) {
    screen_wait_gone(s, "mix is working");
    say(s, "long");
    screen_wait(s, "second 2 of 60");
    leader(s, "k");
    screen_wait_gone(s, "mix is working");
    screen_wait_gone(s, "cancelling");
}

static void forks(struct screen *s) {
    leader(s, "f");
    screen_wait(s, "Forked:");
    screen_wait(s, "second 2 of 60");
}

static void uploads_a_file(struct screen *s) {
    leader(s, "u");
    screen_wait(s, "two words.txt");
    screen_keys(s, "two w");
    screen_wait(s, "find two w");
    screen_keys(s, KEY_ENTER);
    to_files(s);
    screen_wait(s, "Uploads 1");
    screen_wait(s, "uploaded");
    to_composer(s);
}

static void goes_all_the_way(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    bool forkable = !st->generation || strcmp(st->generation, "0.2.5") == 0;

    screen_file("two words.txt", "a file with a blank in its name\n");
    struct screen *s = mixtui_at(st, demo);
    screen_wait(s, "Plan the notes");
    screen_wait(s, "measure before changing");
    creates_a_session_and_watches(s);
    grants_beside_a_draft(s);
    denies_beside_a_draft(s);
    cancels_a_turn(s);
    if (forkable)
        forks(s);
    uploads_a_file(s);
    type_line(s, "to be continued");
    assert_int_equal(quit(s), 0);
    assert_false(screen_alternate(s));

    s = mixtui_at(st, demo);
    screen_wait(s, "to be continued");
    screen_wait(s, "second 2 of 60"); /* the session shown last */
    assert_int_equal(quit(s), 0);
}

/* The same program started with nothing but --demo. */
static void the_demo_needs_nothing(void **state) {
    const struct stage *st = *state;
    struct screen *s = mixtui_with(st, (const char *[]){"--demo", NULL}, NULL);

    screen_wait(s, "live");
    new_session(s);
    say(s, "run echo $((6*7)) times");
    screen_wait(s, "!1");
    open_asks(s);
    screen_keys(s, "y");
    screen_wait(s, "granted");
    leave_asks(s);
    screen_wait(s, "42 times");
    type_line(s, "kept by the demo too");
    assert_int_equal(quit(s), 0);
    s = mixtui_with(st, (const char *[]){"--demo", NULL}, NULL);
    screen_wait(s, "live");
    screen_wait(s, "42 times");
    screen_wait(s, "kept by the demo too");
    assert_int_equal(quit(s), 0);
}

int main(void) {
#define T(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        T(the_demo_needs_nothing, narrow), T(the_demo_needs_nothing, wide),
        T(goes_all_the_way, narrow),       T(goes_all_the_way, wide),
        T(goes_all_the_way, seed_narrow),  T(goes_all_the_way, seed_wide),
        T(goes_all_the_way, late_narrow),  T(goes_all_the_way, late_wide),
    };
#undef T
    return screen_run(tests);
}
