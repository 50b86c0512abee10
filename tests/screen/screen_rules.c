/* Rules, as a person makes and revokes them: by keys alone, from a prompt. */
#include "people.h"

#include <stdio.h>
#include <string.h>

static void wait_asks(struct screen *s, size_t n) {
    char text[24];

    snprintf(text, sizeof text, "!%zu", n);
    screen_wait(s, text);
}

/* Down to the last row of the editor, which saves. */
static void save_rule(struct screen *s) {
    screen_wait(s, "New rule");
    for (int i = 0; i < 5; i++)
        screen_keys(s, "\t");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "Saved: Bash:");
}

static void close_screen(struct screen *s, const char *title) {
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, title);
}

static void a_rule_made_from_a_prompt_answers_the_next_one_until_it_is_revoked(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    struct peer *tap = tap_start(demo->port, 0);
    struct screen *s = mixtui_at(st, tap);

    new_session(s);
    say(s, "run echo one");
    wait_asks(s, 1);
    open_asks(s);
    screen_keys(s, "a");
    screen_wait(s, "would be granted");
    screen_wait(s, "the request waits 0:");
    save_rule(s);
    assert_int_equal(tap_count(tap, "/grant HTTP"), 0); /* it does not answer its own prompt */
    screen_wait_armed(s, "y grant");
    screen_keys(s, "y");
    screen_wait_that(s, tap_count(tap, "/grant HTTP") == 1);
    leave_asks(s);
    to_composer(s);
    screen_wait_gone(s, "mix is working");
    say(s, "run echo one");
    screen_wait(s, "auto 1");
    screen_wait_that(s, tap_count(tap, "/grant HTTP") == 2);
    leader(s, "p");
    screen_keys(s, "jj");
    screen_wait(s, "granted by rule");
    screen_wait(s, "by rule Bash:=echo one");
    leave_asks(s);

    leader(s, "j");
    screen_wait(s, "1 hit");
    screen_wait(s, "rules.jsonl");
    screen_keys(s, "d");
    screen_wait(s, "Revoked here");
    close_screen(s, "Revoked here");
    to_composer(s);
    say(s, "run echo one");
    wait_asks(s, 1);
    screen_pause(s, 500);
    assert_int_equal(tap_count(tap, "/grant HTTP"), 2);

    leader(s, "J");
    screen_wait(s, "audit.jsonl");
    screen_wait(s, "granted by rule Bash:=echo one");
    screen_wait(s, "granted by key");
    screen_keys(s, "rule");
    screen_wait_gone(s, "granted by key");
    close_screen(s, "audit.jsonl");
    assert_int_equal(quit(s), 0);
}

static void a_file_with_errors_shows_the_lines_that_are_off(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});

    screen_file(
        "state/mixtui/rules.jsonl",
        "# mine\n"
        "{\"id\":\"a\",\"rule\":\"Bash:echo *\",\"answer\":\"allow\",\"scope\":\"always\"}\n"
        "{\"id\":\"b\",\"rule\":\"Bash\",\"answer\":\"alow\",\"scope\":\"always\"}\n"
        "{\"id\":\"c\",\"rule\":\"Bash\",\"answer\":\"allow\",\"scope\":\"always\"\n");
    struct screen *s = mixtui_at(st, demo);

    leader(s, "j");
    screen_wait(s, "Bash:echo *");
    screen_wait(s, "line 3");
    screen_wait(s, "line 4");
    close_screen(s, "line 4");
    new_session(s);
    say(s, "run echo two");
    screen_wait(s, "auto 1");
    screen_wait_gone(s, "mix is working");
    say(s, "run uname");
    wait_asks(s, 1); /* the lines that are off allow nothing */
    screen_assert_clean(s);
    quit(s);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(a_rule_made_from_a_prompt_answers_the_next_one_until_it_is_revoked, narrow),
        S(a_rule_made_from_a_prompt_answers_the_next_one_until_it_is_revoked, wide),
        S(a_file_with_errors_shows_the_lines_that_are_off, narrow),
        S(a_file_with_errors_shows_the_lines_that_are_off, wide),
    };
#undef S
    return screen_run(tests);
}
