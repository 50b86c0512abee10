/* The harness itself, against programs whose screen is known. */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct screen *shell(const char *script) {
    return screen_start(
        &(struct screen_setup){.program = "/bin/sh", .args = (const char *[]){"-c", script, NULL}});
}

static void reads_text_attributes_and_the_cursor(void **state) {
    (void)state;
    struct screen *s =
        shell("printf 'one \\303\\251 \\346\\274\\242 two\\n\\033[1;4mbold\\033[0m plain'; cat");
    screen_wait(s, "plain");
    assert_string_equal(screen_row(s, 0), "one \303\251 \346\274\242 two");
    assert_string_equal(screen_row(s, 1), "bold plain");
    int x, y;
    assert_true(screen_find(s, "two", &x, &y));
    assert_int_equal(x, 9); /* the wide one takes two */
    assert_int_equal(y, 0);
    assert_true(screen_cell(s, 0, 1).bold);
    assert_true(screen_cell(s, 3, 1).underline);
    assert_false(screen_cell(s, 5, 1).bold);
    bool visible;
    screen_cursor(s, &x, &y, &visible);
    assert_int_equal(x, 10);
    assert_int_equal(y, 1);
    assert_true(visible);
    screen_wait_armed(s, "bold");
}

static void types_and_counts_what_comes_back(void **state) {
    (void)state;
    struct screen *s = shell("echo ready; exec cat");
    screen_wait(s, "ready");
    size_t before = screen_written(s);
    screen_keys(s, "hello");
    screen_wait(s, "hello");
    assert_int_equal(screen_written(s) - before, 5);
    screen_keys(s, KEY_CTRL('d'));
    screen_keys(s, KEY_CTRL('d'));
    assert_int_equal(screen_wait_exit(s), 0);
}

static void a_paste_is_bracketed(void **state) {
    (void)state;
    struct screen *s = shell("stty raw -echo; echo ready; head -c 15 | od -An -c");
    screen_wait(s, "ready");
    screen_paste(s, "abc");
    screen_wait(s, "a   b   c");
}

static void follows_the_alternate_screen_and_bells(void **state) {
    (void)state;
    struct screen *s = shell("printf '\\033[?1049h\\033[?25linside\\a'; read x; printf "
                             "'\\033[?1049l\\033[?25h'; echo out; cat");
    screen_wait(s, "inside");
    assert_true(screen_alternate(s));
    assert_int_equal(screen_bells(s), 1);
    screen_keys(s, "\r");
    screen_wait(s, "out");
    assert_false(screen_alternate(s));
}

static void tells_a_new_size(void **state) {
    (void)state;
    struct screen *s = shell("trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done");
    screen_wait(s, "24 80");
    screen_resize(s, 100, 30);
    screen_wait(s, "30 100");
}

static void sees_changed_line_settings(void **state) {
    (void)state;
    struct screen *s =
        shell("was=$(stty -g); stty raw -echo; echo raw; read x; stty $was; echo back; cat");
    screen_wait(s, "raw");
    assert_false(screen_line_restored(s));
    screen_keys(s, "\n");
    screen_wait(s, "back");
    assert_true(screen_line_restored(s));
}

static void tells_how_a_program_ended(void **state) {
    (void)state;
    assert_int_equal(screen_wait_exit(shell("exit 7")), 7);
    struct screen *s = shell("echo up; exec cat");
    screen_wait(s, "up");
    screen_signal(s, SIGTERM);
    assert_int_equal(screen_wait_exit(s), 128 + SIGTERM);
}

static void notices_a_stopped_program(void **state) {
    (void)state;
    struct screen *s = shell("echo up; kill -STOP $$; echo again");
    screen_wait_stopped(s);
    screen_signal(s, SIGCONT);
    screen_wait(s, "again");
}

static void gives_a_program_its_own_home(void **state) {
    (void)state;
    struct screen *s = screen_start(&(struct screen_setup){
        .program = "/bin/sh",
        .args =
            (const char *[]){"-c", "test \"$HOME\" = \"$(pwd)\" && echo \"$A-$LANG-${TERM}\"; cat",
                             NULL},
        .env = (const char *[]){"A=b", "LANG", NULL},
    });
    screen_wait(s, "b--xterm-256color");
}

static void stdin_can_be_no_terminal(void **state) {
    (void)state;
    struct screen *s = screen_start(&(struct screen_setup){
        .program = "/bin/sh",
        .args = (const char *[]){"-c", "test -t 0 || echo none; test -t 1 && exit 3", NULL},
        .tty = SCREEN_NO_STDIN,
    });
    screen_wait(s, "none");
    assert_int_equal(screen_wait_exit(s), 3);
}

static void a_raw_server_answers_and_a_tap_records(void **state) {
    (void)state;
    struct peer *raw = raw_start("HTTP/1.0 418 teapot\r\n\r\nshort and stout");
    struct peer *tap = tap_start(raw->port, 0);
    struct buf body = {0};
    assert_int_equal(http_call(tap->port, "POST", "/kettle", "{}", &body), 418);
    assert_string_equal(buf_str(&body), "short and stout");
    buf_fini(&body);
    assert_int_equal(tap_count(tap, "POST /kettle"), 1);
    assert_int_equal(http_call(unused_port(), "GET", "/", NULL, NULL), 0);
}

static void finds_strings_in_json(void **state) {
    (void)state;
    char out[20];
    const char *json = "[{\"id\":\"a\",\"x\":1},{\"id\":\"bc\"}]";
    assert_true(json_string(out, sizeof out, json, "id", 1));
    assert_string_equal(out, "bc");
    assert_false(json_string(out, sizeof out, json, "id", 2));
}

int main(void) {
#define T(f) cmocka_unit_test_teardown(f, screen_teardown)
    const struct CMUnitTest tests[] = {
        T(reads_text_attributes_and_the_cursor),
        T(types_and_counts_what_comes_back),
        T(a_paste_is_bracketed),
        T(follows_the_alternate_screen_and_bells),
        T(tells_a_new_size),
        T(sees_changed_line_settings),
        T(tells_how_a_program_ended),
        T(notices_a_stopped_program),
        T(gives_a_program_its_own_home),
        T(stdin_can_be_no_terminal),
        T(a_raw_server_answers_and_a_tap_records),
        T(finds_strings_in_json),
    };
#undef T
    return screen_run(tests);
}
