/* Themes: every shipped one can be read, and readable; what is wrong in one is named with its line.
 */
#include "builtin_themes.h"
#include "mix/theme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = {"16", "dark", "default", "light", "mono"};

/* What is said once more by its surroundings may be fainter than text. */
static bool is_faint(enum style s) {
    static const enum style faint[] = {STYLE_DIM,           STYLE_BORDER,      STYLE_THINKING,
                                       STYLE_COMPOSER_HINT, STYLE_UNAVAILABLE, STYLE_HINT_UNARMED,
                                       STYLE_RULE,          STYLE_URL,         STYLE_CODE_COMMENT,
                                       STYLE_CODE_FENCE,    STYLE_DIFF_NUMBER};

    for (size_t i = 0; i < MIX_COUNT(faint); i++)
        if (faint[i] == s)
            return true;
    return false;
}

static struct theme load(const char *name) {
    struct theme t;
    struct err err;

    assert_int_equal(theme_builtin(&t, name, &err), RC_OK);
    return t;
}

static void every_shipped_theme_loads_without_a_complaint(void **state) {
    (void)state;
    assert_int_equal(theme_count(), MIX_COUNT(names));
    for (size_t i = 0; i < theme_count(); i++) {
        auto_buf struct buf complaints = {.max = 65536};
        const char *text = builtin_themes[i].text;
        struct theme t;

        assert_string_equal(theme_name(i), names[i]);
        assert_int_equal(theme_read(&t, names[i], text, strlen(text), &complaints), 0);
        assert_string_equal(buf_str(&complaints), "");
        assert_string_equal(t.name, names[i]);
    }
}

static void every_shipped_theme_names_every_role(void **state) {
    (void)state;
    for (size_t i = 0; i < theme_count(); i++)
        for (int s = 0; s < STYLE_COUNT; s++) {
            char line[80] = "\n";

            strncat(line, style_key((enum style)s), 60);
            strncat(line, " = ", 4);
            assert_non_null(strstr(builtin_themes[i].text, line));
        }
}

static void the_default_theme_is_the_built_in_one(void **state) {
    struct theme built_in;
    const struct theme shipped = load("default");

    (void)state;
    assert_int_equal(theme_read(&built_in, "default", "", 0, NULL), 0);
    for (int s = 0; s < STYLE_COUNT; s++) {
        assert_int_equal(built_in.look[s].fg, shipped.look[s].fg);
        assert_int_equal(built_in.look[s].bg, shipped.look[s].bg);
        assert_int_equal(built_in.look[s].attrs, shipped.look[s].attrs);
    }
}

static void assert_readable(const struct theme *t, enum style s, enum background kind) {
    const struct look *l = &t->look[s];
    const double contrast = colour_contrast(l->fg, l->bg, kind);
    const double least = is_faint(s) ? 3.0 : 4.5;

    if (contrast < least)
        print_error("%s: %s has a contrast of %.2f, needs %.1f\n", t->name, style_key(s), contrast,
                    least);
    assert_true(contrast >= least);
}

static void every_role_is_readable_where_the_theme_sets_the_background(void **state) {
    const struct {
        const char *name;
        enum background kind;
    } cases[] = {{"dark", BACKGROUND_DARK},
                 {"light", BACKGROUND_LIGHT},
                 {"16", BACKGROUND_DARK},
                 {"mono", BACKGROUND_DARK},
                 {"mono", BACKGROUND_LIGHT}};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct theme t = load(cases[i].name);

        for (int s = 0; s < STYLE_COUNT; s++)
            assert_readable(&t, (enum style)s, cases[i].kind);
    }
}

/* On the ground of a changed line code keeps its colours. */
static void code_is_readable_on_changed_lines(void **state) {
    static const struct {
        const char *name;
        enum background kind;
    } cases[] = {{"dark", BACKGROUND_DARK}, {"light", BACKGROUND_LIGHT}, {"16", BACKGROUND_DARK}};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++)
        for (int s = STYLE_CODE_TEXT; s <= STYLE_CODE_META; s++)
            for (int k = 0; k < 2; k++) {
                struct theme t = load(cases[i].name);

                t.look[s].bg = t.look[k ? STYLE_DIFF_ADD : STYLE_DIFF_DEL].bg;
                assert_readable(&t, (enum style)s, cases[i].kind);
            }
}

static void the_terminals_own_colours_are_never_the_only_difference(void **state) {
    const struct theme t = load("default");

    (void)state;
    for (int s = 0; s < STYLE_COUNT; s++) {
        const struct look *l = &t.look[s];
        const bool stands_out = l->attrs & (ATTR_BOLD | ATTR_REVERSE | ATTR_UNDERLINE);

        assert_int_equal(l->bg, COLOUR_DEFAULT);
        if (l->fg == COLOUR_DEFAULT || stands_out)
            continue;
        assert_true(colour_contrast(l->fg, l->bg, BACKGROUND_DARK) >= 3);
        assert_true(colour_contrast(l->fg, l->bg, BACKGROUND_LIGHT) >= 3);
    }
}

static void text_typed_in_the_default_theme_has_no_attributes(void **state) {
    const struct look *l = &load("default").look[STYLE_COMPOSER];

    (void)state;
    assert_int_equal(l->fg, COLOUR_DEFAULT);
    assert_int_equal(l->bg, COLOUR_DEFAULT);
    assert_int_equal(l->attrs, 0);
}

static void what_red_and_green_tell_apart_attributes_do_too(void **state) {
    static const enum style pairs[][2] = {
        {STYLE_TOOL_OK, STYLE_TOOL_FAILED},     {STYLE_DIFF_ADD, STYLE_DIFF_DEL},
        {STYLE_STATUS_LIVE, STYLE_STATUS_DOWN}, {STYLE_MARK_DONE, STYLE_MARK_ERROR},
        {STYLE_ASK_TIME, STYLE_ASK_TIME_LOW},   {STYLE_HINT_ARMED, STYLE_HINT_UNARMED},
        {STYLE_NOTICE, STYLE_NOTICE_BAD}};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(names); i++) {
        struct theme t = load(names[i]);

        theme_mono(&t);
        for (size_t p = 0; p < MIX_COUNT(pairs); p++) {
            const struct look *a = &t.look[pairs[p][0]], *b = &t.look[pairs[p][1]];

            assert_int_not_equal(a->attrs, b->attrs);
        }
    }
}

static void a_theme_may_say_only_a_part(void **state) {
    static const char text[] = "[palette]\nwater = #0080ff\n"
                               "[style]\nthread.user = water on 17 bold underline\ntext = red\n";
    struct theme t;

    (void)state;
    assert_int_equal(theme_read(&t, "mine", text, strlen(text), NULL), 0);
    assert_string_equal(t.name, "mine");
    assert_int_equal(t.look[STYLE_USER].fg, COLOUR_RGB | 0x0080ff);
    assert_int_equal(t.look[STYLE_USER].bg, 17);
    assert_int_equal(t.look[STYLE_USER].attrs, ATTR_BOLD | ATTR_UNDERLINE);
    assert_int_equal(t.look[STYLE_TEXT].fg, 1);
    assert_int_equal(t.look[STYLE_TITLE].attrs, ATTR_BOLD);
}

static void a_style_may_use_a_colour_defined_below_it(void **state) {
    static const char text[] = "[style]\ntext = ink\n[palette]\nink = #112233\n";
    struct theme t;

    (void)state;
    assert_int_equal(theme_read(&t, "mine", text, strlen(text), NULL), 0);
    assert_int_equal(t.look[STYLE_TEXT].fg, COLOUR_RGB | 0x112233);
}

static void a_wrong_line_is_named_and_changes_nothing(void **state) {
    static const struct {
        const char *line, *complaint;
    } cases[] = {
        {"txt = red", "mine:2: no role is called \"txt\"\n"},
        {"text = reddish", "mine:2: text: \"reddish\" is no colour or attribute\n"},
        {"text = red blue", "mine:2: text: \"blue\" is no colour or attribute\n"},
        {"text = red on", "mine:2: text: \"\" is no colour or attribute\n"},
        {"text = #12345", "mine:2: text: \"#12345\" is no colour or attribute\n"},
        {"text = 256", "mine:2: text: \"256\" is no colour or attribute\n"},
        {"text = red blinking", "mine:2: text: \"blinking\" is no colour or attribute\n"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        auto_buf struct buf text = {.max = 4096}, complaints = {.max = 4096};
        struct theme t;

        buf_addf(&text, "[style]\n%s\ntitle = blue\n", cases[i].line);
        assert_int_equal(theme_read(&t, "mine", text.p, text.n, &complaints), 1);
        assert_string_equal(buf_str(&complaints), cases[i].complaint);
        assert_int_equal(t.look[STYLE_TEXT].fg, COLOUR_DEFAULT);
        assert_int_equal(t.look[STYLE_TITLE].fg, 4);
    }
}

static void a_wrong_palette_or_section_is_named(void **state) {
    static const char text[] = "[palette]\nink = darkish\n[style]\ntext = ink\n[keys]\na = b\n";
    auto_buf struct buf complaints = {.max = 4096};
    struct theme t;

    (void)state;
    assert_int_equal(theme_read(&t, "mine", text, strlen(text), &complaints), 3);
    assert_string_equal(buf_str(&complaints), "mine:2: ink: \"darkish\" is no colour\n"
                                              "mine:4: text: \"ink\" is no colour or attribute\n"
                                              "mine:6: [keys] a means nothing in a theme\n");
}

static void a_palette_has_an_end(void **state) {
    auto_buf struct buf text = {.max = 8192}, complaints = {.max = 4096};
    struct theme t;

    (void)state;
    buf_adds(&text, "[palette]\n");
    for (int i = 0; i < 65; i++)
        buf_addf(&text, "c%d = red\n", i);
    assert_int_equal(theme_read(&t, "mine", text.p, text.n, &complaints), 1);
    assert_string_equal(buf_str(&complaints), "mine:66: a palette has at most 64 colours\n");
}

static void an_unknown_theme_is_refused_with_the_known_ones(void **state) {
    struct theme t;
    struct err err;

    (void)state;
    assert_int_equal(theme_builtin(&t, "sepia", &err), RC_USAGE);
    assert_non_null(strstr(err.text, "sepia"));
    for (size_t i = 0; i < MIX_COUNT(names); i++)
        assert_non_null(strstr(err.text, names[i]));
}

static void without_colour_the_attributes_stay(void **state) {
    struct theme t = load("dark");

    (void)state;
    theme_mono(&t);
    for (int s = 0; s < STYLE_COUNT; s++) {
        assert_int_equal(t.look[s].fg, COLOUR_DEFAULT);
        assert_int_equal(t.look[s].bg, COLOUR_DEFAULT);
    }
    assert_int_equal(t.look[STYLE_TITLE].attrs, ATTR_BOLD);
}

static void contrast_is_that_of_wcag(void **state) {
    static const struct {
        int32_t fg, bg;
        double want;
    } cases[] = {
        {COLOUR_RGB | 0x000000, COLOUR_RGB | 0xffffff, 21.0},
        {COLOUR_RGB | 0xffffff, COLOUR_RGB | 0xffffff, 1.0},
        {COLOUR_RGB | 0x777777, COLOUR_RGB | 0xffffff, 4.48},
        {COLOUR_RGB | 0xff0000, COLOUR_RGB | 0xffffff, 4.0},
        {COLOUR_RGB | 0x0000ff, COLOUR_RGB | 0xffffff, 8.59},
        {16, 231, 21.0},
        {COLOUR_DEFAULT, COLOUR_DEFAULT, 21.0},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const double got = colour_contrast(cases[i].fg, cases[i].bg, BACKGROUND_DARK);

        assert_true(got > cases[i].want - 0.01 && got < cases[i].want + 0.01);
    }
}

static void the_background_is_read_in_every_form_terminals_answer(void **state) {
    static const struct {
        const char *answer;
        enum background is;
    } cases[] = {
        {"rgb:ffff/ffff/dddd", BACKGROUND_LIGHT},
        {"rgb:1c1c/1c1c/1c1c", BACKGROUND_DARK},
        {"rgb:ff/ff/dd", BACKGROUND_LIGHT},
        {"rgb:0/0/0", BACKGROUND_DARK},
        {"rgb:f/f/f", BACKGROUND_LIGHT},
        {"rgba:FFFF/ffff/dddd/ffff", BACKGROUND_LIGHT},
        {"#fdf6e3", BACKGROUND_LIGHT},
        {"#002b36", BACKGROUND_DARK},
        {"", BACKGROUND_UNKNOWN},
        {"rgb:", BACKGROUND_UNKNOWN},
        {"rgb:ff/ff", BACKGROUND_UNKNOWN},
        {"rgb:zz/zz/zz", BACKGROUND_UNKNOWN},
        {"rgb:ff-ff-ff", BACKGROUND_UNKNOWN},
        {"#fff", BACKGROUND_UNKNOWN},
        {"hsl:1/2/3", BACKGROUND_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++)
        if (background_read(cases[i].answer) != cases[i].is)
            fail_msg("%s", cases[i].answer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shipped_theme_loads_without_a_complaint),
        cmocka_unit_test(every_shipped_theme_names_every_role),
        cmocka_unit_test(the_default_theme_is_the_built_in_one),
        cmocka_unit_test(every_role_is_readable_where_the_theme_sets_the_background),
        cmocka_unit_test(code_is_readable_on_changed_lines),
        cmocka_unit_test(the_terminals_own_colours_are_never_the_only_difference),
        cmocka_unit_test(text_typed_in_the_default_theme_has_no_attributes),
        cmocka_unit_test(what_red_and_green_tell_apart_attributes_do_too),
        cmocka_unit_test(a_theme_may_say_only_a_part),
        cmocka_unit_test(a_style_may_use_a_colour_defined_below_it),
        cmocka_unit_test(a_wrong_line_is_named_and_changes_nothing),
        cmocka_unit_test(a_wrong_palette_or_section_is_named),
        cmocka_unit_test(a_palette_has_an_end),
        cmocka_unit_test(an_unknown_theme_is_refused_with_the_known_ones),
        cmocka_unit_test(without_colour_the_attributes_stay),
        cmocka_unit_test(contrast_is_that_of_wcag),
        cmocka_unit_test(the_background_is_read_in_every_form_terminals_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
