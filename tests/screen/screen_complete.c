/* Words that begin with / and @ are completed by keys, files go along, and old prompts are found.
 */
#include "people.h"

#include <stdio.h>

static void a_command_is_completed_and_nothing_is_sent(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    type_line(s, "/ses");
    screen_wait(s, "commands 1 of");
    screen_wait(s, "the list of sessions");
    screen_keys(s, KEY_ENTER); /* takes it, sends nothing */
    screen_wait_gone(s, "commands 1 of");
    screen_wait(s, "/sessions");
    screen_keys(s, "\177\177");
    screen_wait(s, "commands 1 of");
    screen_keys(s, KEY_ESC); /* shuts the list, leaves the text */
    screen_wait_gone(s, "commands 1 of");
    screen_wait(s, "/session");
    screen_keys(s, KEY_CTRL('c'));
    assert_int_equal(quit(s), 0);
}

static void a_local_file_goes_along_by_its_url(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "0", NULL});

    screen_file("tree/parser_notes.md", "first line\n");
    screen_file("tree/other.c", "int x;\n");
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    type_line(s, "read @parsno");
    screen_wait(s, "tree/parser_notes.md");
    screen_wait(s, "local");
    screen_keys(s, "\t");
    screen_wait_gone(s, "files 1 of");
    screen_wait(s, "@tree/parser_notes.md");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "Try run ls"); /* the demo has read it */
    screen_wait_gone(s, "@tree/parser_notes.md");
    to_thread(s);
    screen_keys(s, "g");
    screen_wait(s, "parser_notes.md");
    assert_true(screen_has(s, "read http://"));
    to_files(s);
    screen_wait(s, "Uploads 1");
    assert_int_equal(quit(s), 0);
}

static void a_file_that_is_gone_holds_its_message(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "0", NULL});

    screen_file("soon_gone.md", "x\n");
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    type_line(s, "read @soongo");
    screen_wait(s, "local");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "@soon_gone.md");
    assert_int_equal(remove(screen_path("soon_gone.md")), 0);
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "No such file");
    to_thread(s);
    screen_keys(s, "x"); /* back, nothing is lost */
    to_composer(s);
    screen_wait(s, "@soon_gone.md");
    screen_keys(s, KEY_CTRL('c'));
    assert_int_equal(quit(s), 0);
}

static void an_old_prompt_is_found_by_some_letters(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "0", NULL});
    struct screen *s = mixtui_at(st, demo);

    new_session(s);
    say(s, "count the zebras");
    screen_wait_gone(s, "mix is working");
    type_line(s, "half a thought");
    screen_keys(s, KEY_CTRL('r'));
    screen_wait(s, "Prompts");
    screen_keys(s, "zbras");
    screen_wait(s, "count the zebras");
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, "Prompts");
    screen_wait(s, "is in the history");
    screen_keys(s, KEY_CTRL('_')); /* the draft that stood there */
    screen_wait(s, "half a thought");
    screen_keys(s, KEY_CTRL('c'));
    assert_int_equal(quit(s), 0);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(a_command_is_completed_and_nothing_is_sent, narrow),
        S(a_command_is_completed_and_nothing_is_sent, wide),
        S(a_local_file_goes_along_by_its_url, narrow),
        S(a_local_file_goes_along_by_its_url, wide),
        S(a_file_that_is_gone_holds_its_message, narrow),
        S(an_old_prompt_is_found_by_some_letters, narrow),
        S(an_old_prompt_is_found_by_some_letters, wide),
    };
#undef S
    return screen_run(tests);
}
