/* Texts out of the thread, with programs in PATH that stand in for tmux and a display's clipboard.
 */
#include "people.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A program in the test's own bin that keeps its words and its input. */
static void program(const char *name, const char *script) {
    char path[64], text[512];

    snprintf(path, sizeof path, "bin/%s", name);
    snprintf(text, sizeof text, "#!/bin/sh\n%s\n", script);
    assert_int_equal(chmod(screen_file(path, text), 0700), 0);
}

static const char *path_variable(void) {
    static char path[4096];

    snprintf(path, sizeof path, "PATH=%s:%s", screen_path("bin"), getenv("PATH"));
    return path;
}

static struct screen *at_prices(const struct stage *st, const struct peer *demo,
                                const char *const *env) {
    struct screen *s = mixtui_with(st, (const char *[]){"--server", demo->url, NULL}, env);

    screen_wait(s, "live");
    open_session(s, "Prices");
    screen_wait(s, "All prices are in EUR");
    to_thread(s);
    return s;
}

/* The title of the session is the last row. */
static void copy_title(struct screen *s) {
    screen_keys(s, "c");
    screen_wait(s, "> Copy");
    screen_keys(s, "G");
    screen_wait(s, "▌ title");
    screen_keys(s, KEY_ENTER);
    screen_wait_gone(s, "> Copy");
}

static void is_file(const char *path, const char *text) {
    auto_buf struct buf file = {.max = MIX_MIB};

    for (int i = 0; i < 200; i++) {
        buf_clear(&file);
        if (screen_read_file(&file, path) && strcmp(buf_str(&file), text) == 0)
            return;
        screen_pause_alone(20);
    }
    assert_string_equal(buf_str(&file), text);
}

/* ---- ways ---- */

static void a_copy_goes_to_tmux_and_into_a_file(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);

    program("tmux", "echo \"$@\" >$HOME/words; cat >$HOME/input");
    struct screen *s =
        at_prices(st, demo, (const char *[]){path_variable(), "TMUX=/tmp/x,1,0", NULL});

    copy_title(s);
    screen_wait(s, "by tmux; also in ~/state/mixtui/copied.txt");
    is_file(screen_path("words"), "load-buffer -w -\n");
    is_file(screen_path("input"), "Prices as a table");
    is_file(screen_path("state/mixtui/copied.txt"), "Prices as a table");
    assert_int_equal(quit(s), 0);
}

static void a_broken_way_leads_to_the_next(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);

    program("tmux", "echo 'no server running' >&2; exit 1");
    program("wl-copy", "cat >$HOME/input; sleep 60 &");
    struct screen *s = at_prices(
        st, demo,
        (const char *[]){path_variable(), "TMUX=/tmp/x,1,0", "WAYLAND_DISPLAY=wayland-0", NULL});

    copy_title(s);
    screen_wait(s, "copied 17 bytes by wl-copy");
    is_file(screen_path("input"), "Prices as a table");
    assert_int_equal(quit(s), 0);
}

static void a_hanging_clipboard_holds_nobody(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);

    program("tmux", "trap '' TERM INT HUP; while :; do sleep 1; done");
    struct screen *s =
        at_prices(st, demo, (const char *[]){path_variable(), "TMUX=/tmp/x,1,0", NULL});

    copy_title(s);
    to_composer(s);
    type_line(s, "typed meanwhile");
    screen_wait(s, "by OSC 52");
    assert_int_equal(quit(s), 0);
}

static void without_anything_the_terminal_is_told(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = at_prices(st, demo, NULL);
    size_t n;

    copy_title(s);
    screen_wait(s, "by OSC 52");
    const char *raw = screen_raw(s, &n);

    assert_non_null(memmem(raw, n, "\033]52;c;UHJpY2VzIGFzIGEgdGFibGU=\a", 32));
    is_file(screen_path("state/mixtui/copied.txt"), "Prices as a table");
    struct stat file;

    assert_int_equal(stat(screen_path("state/mixtui/copied.txt"), &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    assert_int_equal(quit(s), 0);
}

static void a_display_behind_ssh_is_somebody_elses(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);

    program("xclip", "cat >$HOME/input");
    struct screen *s = at_prices(st, demo,
                                 (const char *[]){path_variable(), "DISPLAY=:0",
                                                  "SSH_CONNECTION=1.2.3.4 5 6.7.8.9 22", NULL});

    copy_title(s);
    screen_wait(s, "by OSC 52");
    assert_int_equal(quit(s), 0);
    s = at_prices(st, demo,
                  (const char *[]){path_variable(), "DISPLAY=localhost:10.0",
                                   "SSH_CONNECTION=1.2.3.4 5 6.7.8.9 22", NULL});
    copy_title(s);
    screen_wait(s, "by xclip");
    is_file(screen_path("input"), "Prices as a table");
    assert_int_equal(quit(s), 0);
}

/* ---- through a command ---- */

static void a_message_goes_through_a_command(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = at_prices(st, demo, (const char *[]){"MIX_API_KEY=a-secret", NULL});

    screen_keys(s, "|");
    screen_wait(s, "> Pipe");
    screen_keys(s, "tr a-z A-Z; printf 'a\\033[31mb %s|' \"$MIX_API_KEY\"; exit 4\r");
    screen_wait(s, "exit 4 after");
    screen_wait(s, "a[31mb |");
    screen_wait(s, "EUR");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "> Output");
    screen_keys(s, KEY_CTRL('u'));
    screen_wait_gone(s, "[tr a-z");
    screen_keys(s, "sleep 1000\r");
    screen_wait(s, "running; Esc ends it");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "> Output");
    screen_wait(s, "sleep 1000");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "> Pipe");
    assert_int_equal(quit(s), 0);
}

/* ---- bare ---- */

static void the_bare_view_is_plain_lines_and_comes_back(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = at_prices(st, demo, NULL);

    leader(s, "b");
    screen_wait(s, "any key returns");
    assert_false(screen_alternate(s));
    assert_true(screen_has(s, "## mix"));
    assert_true(screen_has(s, "All prices are in EUR"));
    screen_resize(s, st->cols - 5, st->rows);
    screen_wait_quiet(s, 200);
    assert_false(screen_alternate(s));
    screen_keys(s, " ");
    screen_wait(s, "live");
    assert_true(screen_alternate(s));
    screen_keys(s, "\033l"); /* Alt+L */
    screen_wait(s, "any key returns");
    screen_keys(s, KEY_ESC);
    screen_wait(s, "live");
    assert_int_equal(quit(s), 0);
}

static void what_comes_meanwhile_is_there_afterwards(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--speed", "4", NULL});
    struct screen *s = at_prices(st, demo, NULL);
    int bells;

    to_composer(s);
    say(s, "run echo hello");
    leader(s, "b");
    screen_wait(s, "any key returns");
    bells = screen_bells(s);
    screen_wait_that(s, screen_bells(s) > bells); /* somebody is asked */
    assert_false(screen_alternate(s));
    screen_keys(s, "y"); /* grants nothing */
    screen_wait(s, "waiting for you");
    screen_pause(s, 600);
    assert_false(screen_has(s, "granted"));
    assert_int_equal(quit(s), 0);
}

static void a_bare_view_is_suspended_and_hung_up_safely(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = at_prices(st, demo, NULL);

    leader(s, "b");
    screen_wait(s, "any key returns");
    screen_signal(s, SIGTSTP);
    screen_wait_stopped(s);
    assert_true(screen_line_restored(s));
    screen_signal(s, SIGCONT);
    screen_wait(s, "live");
    assert_true(screen_alternate(s));
    leader(s, "b");
    screen_wait(s, "any key returns");
    screen_keys(s, KEY_CTRL('z'));
    screen_wait_stopped(s);
    assert_true(screen_line_restored(s));
    screen_signal(s, SIGCONT);
    screen_wait(s, "live");
    leader(s, "b");
    screen_wait(s, "any key returns");
    screen_signal(s, SIGTERM);
    assert_int_equal(screen_wait_exit(s), 0);
    assert_false(screen_alternate(s));
    screen_assert_clean(s);
}

/* ---- choosing ---- */

static void text_is_chosen_by_keys(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = at_prices(st, demo, NULL);

    screen_keys(s, "vjjjjjjjjjv"); /* the answer: a table, and a line below it */
    screen_wait(s, "Enter copy");
    screen_keys(s, "y"); /* means nothing here */
    screen_wait(s, "Enter or c copies");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "by OSC 52");
    is_file(screen_path("state/mixtui/copied.txt"),
            "Item\tPrice\nbread\t2.40\ncoffee\t3.10\npaper\t5.00\ntotal\t10.50\n\nAll prices are "
            "in EUR.");
    screen_keys(s, "v");
    screen_wait(s, "Enter copy");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "Enter copy");
    assert_int_equal(quit(s), 0);
}

/* The button at the first and the last cell of a text. */
static void drag(struct screen *s, const char *text) {
    char keys[96];
    int x, y;

    assert_true(screen_find(s, text, &x, &y));
    const int end = x + (int)strlen(text);

    snprintf(keys, sizeof keys, "\033[<0;%d;%dM\033[<32;%d;%dM\033[<0;%d;%dm", x + 1, y + 1, end,
             y + 1, end, y + 1);
    screen_keys(s, keys);
}

static void text_is_chosen_by_dragging_when_the_mouse_is_on(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);

    screen_file("config/mixtui/config.ini", "[ui]\nmouse = on\n");
    struct screen *s = at_prices(st, demo, NULL);

    drag(s, "prices are in EUR");
    screen_wait(s, "copied 17 bytes");
    is_file(screen_path("state/mixtui/copied.txt"), "prices are in EUR");
    assert_int_equal(quit(s), 0);
}

static void the_mouse_is_not_asked_for_by_itself(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = at_prices(st, demo, NULL);
    size_t n;

    drag(s, "prices are in EUR"); /* another program left it on */
    screen_pause(s, 300);
    assert_false(screen_has(s, "copied"));
    const char *raw = screen_raw(s, &n);

    assert_null(memmem(raw, n, "?1002", 5));
    assert_int_equal(quit(s), 0);
}

/* ---- the draft ---- */

static void a_quotation_goes_behind_the_draft(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, NULL);
    struct screen *s = at_prices(st, demo, NULL);

    to_composer(s);
    type_line(s, "about this:");
    to_thread(s);
    screen_keys(s, "e");
    screen_wait(s, "> All prices are in EUR.");
    screen_keys(s, "\033[1;5H"); /* Ctrl+Home */
    screen_wait(s, "about this:");
    assert_int_equal(quit(s), 0);
}

#define BOTH(test)                                                                                 \
    cmocka_unit_test_prestate_setup_teardown(test, NULL, screen_teardown, &stage_narrow),          \
        cmocka_unit_test_prestate_setup_teardown(test, NULL, screen_teardown, &stage_wide)
#define ONCE(test)                                                                                 \
    cmocka_unit_test_prestate_setup_teardown(test, NULL, screen_teardown, &stage_wide)

int main(void) {
    const struct CMUnitTest tests[] = {
        BOTH(a_copy_goes_to_tmux_and_into_a_file),
        ONCE(a_broken_way_leads_to_the_next),
        ONCE(a_hanging_clipboard_holds_nobody),
        ONCE(without_anything_the_terminal_is_told),
        ONCE(a_display_behind_ssh_is_somebody_elses),
        BOTH(a_message_goes_through_a_command),
        BOTH(the_bare_view_is_plain_lines_and_comes_back),
        ONCE(what_comes_meanwhile_is_there_afterwards),
        ONCE(a_bare_view_is_suspended_and_hung_up_safely),
        BOTH(text_is_chosen_by_keys),
        BOTH(text_is_chosen_by_dragging_when_the_mouse_is_on),
        ONCE(the_mouse_is_not_asked_for_by_itself),
        BOTH(a_quotation_goes_behind_the_draft),
    };

    return screen_run(tests);
}
