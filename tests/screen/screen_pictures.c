/* Pictures on the screen: through the real chafa, and through programs of its name that hang, lie
 * or are not there. */
#include "people.h"

#include <stdio.h>
#include <string.h>
#include <signal.h>
#include <sys/stat.h>

static struct stage stage = {.cols = 140, .rows = 40};

/* ---- programs that stand in for chafa ---- */

static const char *path_of(const char *dirs) {
    static char path[4096];

    snprintf(path, sizeof path, "PATH=%s", dirs);
    return path;
}

/* PATH with nothing in it but this script. */
static const char *with_chafa(const char *script) {
    chmod(screen_file("bin/chafa", script), 0700);
    return path_of(screen_path("bin"));
}

static struct screen *start(const struct peer *v, const char *path, const char *term) {
    const char *const env[] = {path ? path : term, path ? term : NULL, NULL};
    struct screen *s = mixtui_with(&stage, (const char *[]){"--server", v->url, NULL}, env);

    screen_wait(s, "live");
    return s;
}

/* The agent draws one and shows it. */
static void see_one(struct screen *s) {
    new_session(s);
    say(s, "picture");
    screen_wait(s, "can be fetched");
}

/* ---- looking ---- */

/* Cells with colours of their own on both sides, which nothing else on the screen has. */
static size_t coloured(const struct screen *s, int from_x, int to_x) {
    size_t n = 0;

    for (int y = 0; y < screen_rows(s); y++)
        for (int x = from_x; x < to_x && x < screen_cols(s); x++) {
            const struct screen_cell c = screen_cell(s, x, y);

            n += !c.fg_default && !c.bg_default;
        }
    return n;
}

static size_t pictured(const struct screen *s) { return coloured(s, 0, 1000); }

static bool wrote(struct screen *s, const char *bytes) {
    size_t n;
    const char *raw = screen_raw(s, &n);

    return memmem(raw, n, bytes, strlen(bytes)) != NULL;
}

/* ---- the thread ---- */

static void a_shown_picture_is_seen_in_the_thread(void **state) {
    struct peer *demo = demo_at(&stage, NULL);
    struct screen *s = start(demo, NULL, NULL);

    (void)state;
    see_one(s);
    screen_wait_that(s, pictured(s) > 200);
    screen_wait(s, "sea.jpg");
    to_thread(s);
    screen_keys(s, "g"); /* away, and back */
    screen_keys(s, "G");
    screen_wait_that(s, pictured(s) > 200);
    assert_int_equal(quit(s), 0);
}

static void a_terminal_of_few_colours_asks_for_none(void **state) {
    struct peer *demo = demo_at(&stage, NULL);
    struct peer *tap = tap_start(demo->port, 0);
    struct screen *s = start(tap, NULL, "TERM=xterm");

    (void)state;
    see_one(s);
    screen_wait(s, "256 colours");
    assert_int_equal(tap_count(tap, "thumb="), 0);
    assert_int_equal(quit(s), 0);
}

static void a_missing_chafa_is_named_once_it_is_needed(void **state) {
    struct peer *demo = demo_at(&stage, NULL);
    struct peer *tap = tap_start(demo->port, 0);
    struct screen *s = start(tap, path_of("/nowhere"), NULL);

    (void)state;
    see_one(s);
    screen_wait(s, "pictures need the program chafa");
    assert_int_equal(tap_count(tap, "thumb="), 1);
    type_line(s, "and everything else works");
    assert_int_equal(pictured(s), 0);
    assert_int_equal(quit(s), 0);
}

static void a_hanging_chafa_is_ended_and_holds_nobody_up(void **state) {
    const char *script = "#!/bin/sh\necho $$ > \"$HOME/pid\"\nexec /bin/sleep 1000\n";
    struct peer *demo = demo_at(&stage, NULL);
    struct screen *s = start(demo, with_chafa(script), NULL);
    auto_buf struct buf pid = {.max = 64};

    (void)state;
    see_one(s);
    screen_wait(s, "on its way");
    type_line(s, "typed meanwhile");
    screen_wait(s, "chafa took too long");
    assert_true(screen_read_file(&pid, screen_path("pid")));
    assert_int_equal(kill(atoi(buf_str(&pid)), 0), -1); /* and it is gone */
    assert_int_equal(quit(s), 0);
}

static void what_chafa_says_does_not_reach_the_terminal(void **state) {
    static const char *const scripts[] = {
        "#!/bin/sh\nprintf '\\033[2J\\033]0;owned\\007\\033[31mowned'\n",
        "#!/bin/sh\nprintf '\\033Pq~\\033\\\\'\n",
        "#!/bin/sh\nprintf '\\302\\233[2J'\n",
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(scripts); i++) {
        struct peer *demo = demo_at(&stage, NULL);
        struct screen *s = start(demo, with_chafa(scripts[i]), NULL);

        see_one(s);
        screen_wait(s, "chafa said what is no picture");
        assert_false(wrote(s, "owned"));
        assert_int_equal(quit(s), 0); /* looks at every byte */
        server_stop(demo);
    }
}

static void what_chafa_complains_of_is_one_line(void **state) {
    const char *script = "#!/bin/sh\necho \"chafa: Failed to open '-': Unknown file format\" >&2\n"
                         "exit 2\n";
    struct peer *demo = demo_at(&stage, NULL);
    struct screen *s = start(demo, with_chafa(script), NULL);

    (void)state;
    see_one(s);
    screen_wait(s, "not a picture: Unknown file format");
    assert_int_equal(quit(s), 0);
}

static void a_server_without_thumbnails_says_so(void **state) {
    struct peer *demo = demo_at(&stage, (const char *[]){"--quirk", "thumbnails=off", NULL});
    struct screen *s = start(demo, NULL, NULL);

    (void)state;
    see_one(s);
    screen_wait(s, "Thumbnail generation failed");
    assert_int_equal(quit(s), 0);
}

/* ---- the preview, and the files ---- */

static void enter_shows_it_large_and_esc_goes_back(void **state) {
    struct peer *demo = demo_at(&stage, NULL);
    struct screen *s = start(demo, NULL, NULL);

    (void)state;
    see_one(s);
    screen_wait_that(s, pictured(s) > 200);
    to_thread(s);
    leader(s, "V");
    screen_wait(s, "any key: back");
    screen_wait_that(s, pictured(s) > 2000);
    screen_keys(s, "x");
    screen_wait(s, "Enter whole screen");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "whole screen");
    screen_wait_that(s, pictured(s) > 200 && pictured(s) < 1000);
    screen_keys(s, "T\r"); /* the call that shows it */
    screen_wait(s, "Enter whole screen");
    screen_keys(s, "\r");
    screen_wait(s, "any key: back");
    screen_keys(s, "\r");
    screen_wait(s, "Enter whole screen");
    screen_keys(s, "q");
    screen_wait_gone(s, "whole screen");
    screen_keys(s, " "); /* it folds */
    screen_wait_that(s, pictured(s) == 0);
    assert_int_equal(quit(s), 0);
}

static void the_selected_file_is_seen_under_the_list(void **state) {
    struct peer *demo = demo_at(&stage, NULL);

    (void)state;
    screen_file("sea.png", "the demo draws by the name");
    screen_file("words.txt", "no picture");
    struct screen *s = start(demo, NULL, NULL);

    for (int i = 0; i < 2; i++) {
        leader(s, "u");
        screen_wait(s, " Upload ");
        screen_keys(s, i ? "words" : "sea");
        screen_wait(s, i ? "words.txt" : "sea.png");
        screen_wait_quiet(s, 100);
        screen_keys(s, KEY_ENTER);
        screen_wait_gone(s, " Upload ");
        screen_wait(s, i ? "Uploads 2" : "Uploads 1");
    }
    to_files(s);
    screen_keys(s, "g");
    screen_wait_quiet(s, 300);
    if (!screen_has(s, "▌sea.png"))
        screen_keys(s, "j");
    screen_wait(s, "▌sea.png");
    screen_wait_that(s, pictured(s) > 100);
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "Enter whole screen");
    screen_wait_that(s, pictured(s) > 1000);
    screen_keys(s, "q");
    screen_wait_gone(s, "whole screen");
    screen_keys(s, screen_has(s, "▌sea.png") ? "G" : "g");
    assert_int_equal(quit(s), 0);
}

/* ---- pixels ---- */

static void pixels_fill_the_screen_where_the_terminal_says_it_can(void **state) {
    static const struct {
        const char *says, *begins, *ends;
    } table[] = {
        {"\033[?62;4;22c", "q\"1;1;", "\033\\"},
        {"\033[?62;4c\033_Gi=31;OK\033\\", "\033_Ga=T", "\033_Ga=d,q=2\033\\"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct peer *demo = demo_at(&stage, NULL);
        struct screen *s = start(demo, NULL, NULL);

        assert_true(wrote(s, "\033[c"));
        screen_keys(s, table[i].says);
        see_one(s);
        screen_wait_that(s, pictured(s) > 200); /* there it is of cells */
        to_thread(s);
        leader(s, "V");
        screen_wait(s, "any key: back");
        screen_wait_that(s, wrote(s, table[i].begins));
        assert_int_equal(pictured(s), 0);
        screen_keys(s, " ");
        screen_wait(s, "Enter whole screen");
        screen_wait_that(s, wrote(s, table[i].ends));
        screen_wait_that(s, pictured(s) > 1000); /* the preview is of cells again */
        screen_keys(s, KEY_ESC);
        screen_wait(s, "can be fetched");
        screen_stop(s);
        server_stop(demo);
    }
}

static void a_terminal_that_says_nothing_gets_no_pixels(void **state) {
    struct peer *demo = demo_at(&stage, NULL);
    struct screen *s = start(demo, NULL, NULL);

    (void)state;
    screen_keys(s, "\033[?1;2c\033[?64;1;2;6;9;15;16;17;18;21;22c");
    see_one(s);
    to_thread(s);
    leader(s, "V");
    screen_wait(s, "any key: back");
    screen_wait_that(s, pictured(s) > 2000);
    screen_keys(s, KEY_ESC);
    screen_wait(s, "Enter whole screen");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "whole screen");
    assert_int_equal(quit(s), 0);
}

/* Where the bytes stand last among all that was written; 0: nowhere. */
static size_t last_of(struct screen *s, const char *bytes) {
    const size_t len = strlen(bytes);
    size_t n, at = 0;
    const char *raw = screen_raw(s, &n), *p = raw;

    while ((p = memmem(p, n - (size_t)(p - raw), bytes, len)) != NULL)
        at = (size_t)(p++ - raw);
    return at;
}

/* The screen is painted anew once the shell gives it back, and the picture over it. */
static void pixels_come_back_from_the_shell(void **state) {
    struct peer *demo = demo_at(&stage, NULL);
    struct screen *s = start(demo, NULL, NULL);
    static const char begins[] = "q\"1;1;";

    (void)state;
    screen_keys(s, "\033[?62;4;22c");
    see_one(s);
    to_thread(s);
    leader(s, "V");
    screen_wait(s, "any key: back");
    screen_wait_that(s, wrote(s, begins));
    for (int i = 0; i < 3; i++) {
        const size_t before = last_of(s, begins);

        screen_signal(s, SIGTSTP);
        screen_wait_stopped(s);
        screen_signal(s, SIGCONT);
        screen_wait_that(s, last_of(s, begins) > before);
        screen_wait_quiet(s, 300);
        assert_true(last_of(s, begins) > last_of(s, "any key: back"));
    }
    screen_keys(s, " ");
    screen_wait(s, "Enter whole screen");
    screen_stop(s);
    server_stop(demo);
}

int main(void) {
#define CASE(f) cmocka_unit_test_teardown(f, screen_teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_shown_picture_is_seen_in_the_thread),
        CASE(a_terminal_of_few_colours_asks_for_none),
        CASE(a_missing_chafa_is_named_once_it_is_needed),
        CASE(a_hanging_chafa_is_ended_and_holds_nobody_up),
        CASE(what_chafa_says_does_not_reach_the_terminal),
        CASE(what_chafa_complains_of_is_one_line),
        CASE(a_server_without_thumbnails_says_so),
        CASE(enter_shows_it_large_and_esc_goes_back),
        CASE(the_selected_file_is_seen_under_the_list),
        CASE(pixels_fill_the_screen_where_the_terminal_says_it_can),
        CASE(a_terminal_that_says_nothing_gets_no_pixels),
        CASE(pixels_come_back_from_the_shell),
    };

    return screen_run(tests);
}
