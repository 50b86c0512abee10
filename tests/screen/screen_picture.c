/* The README's picture: the program's own screen with an agent at work. With PICTURE=FILE in the
 * environment it is written there. */
#include "people.h"

#include <stdio.h>

static struct stage stage = {.cols = 140, .rows = 32};

static void an_agent_at_work_is_a_picture(void **state) {
    struct peer *demo = demo_at(&stage, (const char *[]){"--speed", "20", NULL});
    struct screen *s = mixtui_at(&stage, demo);
    const char *path = getenv("PICTURE");

    (void)state;
    screen_wait(s, "measure before changing");
    say(s, "run make test");
    screen_wait(s, "!1");
    type_line(s, "also count the words in notes.txt");
    open_asks(s);
    assert_true(screen_has(s, "y grant"));
    assert_true(screen_has(s, "make test"));
    if (path) {
        FILE *out = fopen(path, "w");
        assert_non_null(out);
        fputs(screen_text(s), out);
        fclose(out);
    }
    screen_keys(s, "n");
    screen_wait(s, "refused");
    leave_asks(s);
    screen_keys(s, KEY_CTRL('c'));
    assert_int_equal(quit(s), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(an_agent_at_work_is_a_picture, screen_teardown),
    };
    return screen_run(tests);
}
