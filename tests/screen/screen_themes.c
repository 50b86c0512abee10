/* Colours: each theme, switched live; none of them when somebody wants none; light and dark asked
 * of the terminal. */
#include "people.h"

#include <stdlib.h>
#include <string.h>

/* SGR parameters that choose a colour: 30-37, 40-47, 90-97, 100-107, 38 and 48. */
static bool sets_colour(const char *p) {
    while (*p && *p != 'm') {
        long v = strtol(p, (char **)(uintptr_t)&p, 10);
        if ((v >= 30 && v <= 38) || (v >= 40 && v <= 48) || (v >= 90 && v <= 107))
            return true;
        if (*p == ';')
            p++;
        else
            break;
    }
    return false;
}

static bool has_colours(struct screen *s) {
    size_t n;

    for (const char *p = screen_raw(s, &n); (p = strstr(p, "\033[")); p += 2) {
        const char *end = p + 2 + strspn(p + 2, "0123456789;");
        if (*end == 'm' && sets_colour(p + 2))
            return true;
    }
    return false;
}

static void no_color_means_none(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "20", NULL});
    const char *const args[] = {"--server", demo->url, "--theme", "dark", NULL};
    struct screen *s = mixtui_with(st, args, (const char *[]){"NO_COLOR=1", NULL});

    screen_wait(s, "live");
    new_session(s);
    say(s, "run echo x");
    screen_wait(s, "!1");
    open_asks(s); /* armed is still told: bold and underlined */
    assert_false(has_colours(s));
    assert_int_equal(quit(s), 0);
    s = mixtui_with(st, args, NULL);
    screen_wait(s, "live");
    assert_true(has_colours(s));
    assert_int_equal(quit(s), 0);
}

static void every_theme_starts(void **state) {
    static const char *const names[] = {"default", "dark", "light", "16", "mono"};
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);

    for (size_t i = 0; i < MIX_COUNT(names); i++) {
        struct screen *s = mixtui_with(
            st, (const char *[]){"--server", demo->url, "--theme", names[i], NULL}, NULL);
        screen_wait(s, "live");
        screen_wait(s, "measure before changing");
        assert_int_equal(has_colours(s), strcmp(names[i], "mono") != 0);
        screen_assert_clean(s);
        assert_int_equal(quit(s), 0);
    }
}

static void is_switched_live(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);
    int x, y;

    type_line(s, "draft");
    screen_wait(s, "measure before"); /* what is typed shows before what is asked for comes */
    assert_true(screen_find(s, "measure before", &x, &y));
    bool before = screen_cell(s, x, y).fg_default && screen_cell(s, x, y).bg_default;
    assert_true(before); /* the terminal's own colours */
    leader(s, "o");
    screen_wait(s, " Theme ");
    screen_wait(s, "dark");
    for (int i = 0; i < 6; i++) {
        screen_wait_quiet(s, 100);
        assert_true(screen_find(s, "live", &x, &y));
        if (!screen_cell(s, 0, 0).bg_default || !screen_cell(s, x, y + 0).bg_default)
            break; /* shown while moving, before it was chosen */
        screen_keys(s, KEY_DOWN);
    }
    assert_false(screen_cell(s, 0, 0).bg_default);
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, " Theme ");
    assert_false(screen_cell(s, 0, 0).bg_default);
    screen_wait(s, "draft");
    assert_int_equal(quit(s), 0);
}

static void a_light_terminal_gets_the_light_theme(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);
    size_t n;

    assert_non_null(strstr(screen_raw(s, &n), "\033]11;?")); /* it asked */
    screen_wait_quiet(s, 300);
    size_t before = screen_written(s);
    screen_keys(s, "\033]11;rgb:ffff/ffff/eeee\033\\"); /* and is answered late, as over ssh */
    screen_wait_that(s, screen_written(s) > before);
    screen_wait_quiet(s, 200);
    assert_true(screen_has(s, "live"));
    assert_false(screen_has(s, "rgb:")); /* the answer is not typed into the draft */
    assert_int_equal(quit(s), 0);
}

static void a_dark_terminal_changes_nothing_visible(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = mixtui_at(st, demo);

    screen_wait_quiet(s, 300);
    screen_keys(s, "\033]11;rgb:1010/1010/2020\007");
    screen_wait_quiet(s, 300);
    assert_false(screen_has(s, "rgb:"));
    assert_int_equal(quit(s), 0);
}

static void ascii_draws_without_boxes(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s =
        mixtui_with(st, (const char *[]){"--server", demo->url, "--ascii", NULL}, NULL);
    size_t n;

    screen_wait(s, "live");
    screen_wait(s, "measure before changing");
    const char *raw = screen_raw(s, &n);
    assert_null(strstr(raw, "\342\224")); /* U+2500 to U+257F */
    assert_null(strstr(raw, "\342\225"));
    assert_null(strstr(raw, "\342\226")); /* blocks and shapes */
    assert_null(strstr(raw, "\342\227"));
    assert_int_equal(quit(s), 0);
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(no_color_means_none, narrow),
        S(no_color_means_none, wide),
        S(every_theme_starts, narrow),
        S(every_theme_starts, wide),
        S(is_switched_live, narrow),
        S(is_switched_live, wide),
        S(a_light_terminal_gets_the_light_theme, narrow),
        S(a_light_terminal_gets_the_light_theme, wide),
        S(a_dark_terminal_changes_nothing_visible, narrow),
        S(ascii_draws_without_boxes, narrow),
        S(ascii_draws_without_boxes, wide),
    };
#undef S
    return screen_run(tests);
}
