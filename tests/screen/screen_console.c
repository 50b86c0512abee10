/* The Linux console: eight colours, and no underline where there is colour. What counts is told
 * from what does not yet all the same, and nothing is written in the colour of its background. */
#include "people.h"

#include <string.h>

static struct screen *console_at(const struct peer *demo, const char *theme) {
    struct screen *s =
        mixtui_with(&stage_narrow, (const char *[]){"--server", demo->url, "--theme", theme, NULL},
                    (const char *[]){"TERM=linux", NULL});

    screen_wait(s, "live");
    return s;
}

static bool stands_out(struct screen *s, const char *text) {
    int x, y;

    if (!screen_find(s, text, &x, &y))
        return false;
    const struct screen_cell c = screen_cell(s, x, y);

    return c.bold && (c.reverse || c.underline);
}

static void armed_keys_stand_out_on_the_console(void **state) {
    static const char *const themes[] = {"16", "default", "dark", "light", "mono"};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(themes); i++) {
        struct peer *demo = demo_at(&stage_narrow, NULL);
        struct screen *s = console_at(demo, themes[i]);

        new_session(s);
        say(s, "run true");
        screen_wait(s, "!1");
        leader(s, "p");
        screen_wait(s, "y grant");
        screen_wait_that(s, stands_out(s, "y grant"));
        assert_false(stands_out(s, "v view"));
        screen_stop(s);
        server_stop(demo);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(armed_keys_stand_out_on_the_console, screen_teardown),
    };

    return screen_run(tests);
}
