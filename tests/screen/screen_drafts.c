/* Nothing typed is ever lost: whatever ends the program, the draft is there when it comes back. */
#include "people.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static struct peer *calm(const struct stage *st) { return demo_at(st, NULL); }

static void comes_back(const struct stage *st, const struct peer *demo, const char *draft) {
    struct screen *s = mixtui_at(st, demo);

    screen_wait(s, draft);
    screen_keys(s, "!"); /* with the caret at its end */
    char longer[200];
    snprintf(longer, sizeof longer, "%s!", draft);
    screen_wait(s, longer);
    assert_int_equal(quit(s), 0);
}

static void survives_quitting(void **state) {
    struct peer *demo = calm(*state);
    struct screen *s = mixtui_at(*state, demo);

    type_line(s, "caf\303\251 \346\274\242\345\255\227 and more");
    assert_int_equal(quit(s), 0);
    comes_back(*state, demo, "caf\303\251 \346\274\242\345\255\227 and more");
}

static void survives_being_killed(void **state) {
    struct peer *demo = calm(*state);
    struct screen *s = mixtui_at(*state, demo);

    type_line(s, "older than a second");
    screen_pause(s, 1200);
    screen_signal(s, SIGKILL);
    assert_int_equal(screen_wait_exit(s), 128 + SIGKILL);
    comes_back(*state, demo, "older than a second");
}

static void survives_signals_that_end_it(void **state) {
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT};
    struct peer *demo = calm(*state);

    for (size_t i = 0; i < MIX_COUNT(signals); i++) {
        char draft[40];
        struct screen *s = mixtui_at(*state, demo);
        screen_keys(s, KEY_CTRL('c'));
        snprintf(draft, sizeof draft, "typed before signal %d", signals[i]);
        type_line(s, draft);
        screen_signal(s, signals[i]); /* at once: well within the second */
        int code = screen_wait_exit(s);
        assert_int_equal(code, signals[i] == SIGINT ? 130 : 0);
        assert_false(screen_alternate(s));
        comes_back(*state, demo, draft);
    }
}

static void survives_a_crash(void **state) {
    struct peer *demo = calm(*state);
    struct screen *s = mixtui_at(*state, demo);

    type_line(s, "before the crash");
    screen_pause(s, 1200);
    screen_signal(s, SIGSEGV);
    int code = screen_wait_exit(s);
    assert_true(code != 0);
    assert_false(screen_alternate(s));
    assert_true(screen_has(s, "mixtui crashed"));
    comes_back(*state, demo, "before the crash");
}

static void survives_a_terminal_that_goes_away(void **state) {
    struct peer *demo = calm(*state);
    struct screen *s = mixtui_at(*state, demo);

    type_line(s, "the line dropped");
    screen_stop_line(s); /* as a closed window or a lost ssh */
    for (int i = 0; i < 400 && !screen_ended(s); i++)
        screen_pause_alone(20);
    assert_true(screen_ended(s));
    comes_back(*state, demo, "the line dropped");
}

static void each_session_has_its_own(void **state) {
    const struct stage *st = *state;
    struct peer *demo = calm(st);
    struct screen *s = mixtui_at(st, demo);

    type_line(s, "for the notes");
    to_sessions(s);
    screen_keys(s, "j");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "All prices are in EUR");
    screen_wait_gone(s, "for the notes");
    type_line(s, "for the prices");
    to_sessions(s);
    screen_keys(s, "k");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "for the notes");
    assert_false(screen_has(s, "for the prices"));
    new_session(s);
    type_line(s, "for something new");
    assert_int_equal(quit(s), 0);
    s = mixtui_with(st, (const char *[]){"--server", demo->url, NULL}, NULL);
    screen_wait(s, "online");
    screen_wait(s, "for something new"); /* shown last, though the server knows nothing of it */
    open_session(s, "Prices");
    screen_wait(s, "for the prices");
    assert_int_equal(quit(s), 0);
}

static void a_failed_send_comes_back(void **state) {
    const struct stage *st = *state;
    struct peer *demo = demo_at(st, (const char *[]){"--fault", "sendMessage:1:status=400", NULL});
    struct screen *s = mixtui_at(st, demo);

    say(s, "refused at first");
    screen_wait(s, "the text is back");
    screen_wait(s, "refused at first");
    screen_keys(s, KEY_ENTER);
    screen_wait(s, "mix");
    assert_int_equal(quit(s), 0);
}

static void many_lines_and_a_paste_come_back(void **state) {
    const struct stage *st = *state;
    struct peer *demo = calm(st);
    struct screen *s = mixtui_at(st, demo);

    type_line(s, "first line");
    screen_keys(s, KEY_CTRL('j'));
    screen_paste(s, "pasted one\r\npasted two\nq: not a key\033");
    screen_wait(s, "q: not a key");
    assert_int_equal(quit(s), 0);
    s = mixtui_at(st, demo);
    screen_wait(s, "first line");
    screen_wait(s, "pasted one");
    screen_wait(s, "pasted two");
    screen_wait(s, "q: not a key");
    screen_assert_clean(s);
    assert_int_equal(quit(s), 0);
}

static void clearing_puts_it_into_the_history(void **state) {
    const struct stage *st = *state;
    struct peer *demo = calm(st);
    struct screen *s = mixtui_at(st, demo);

    type_line(s, "not so good");
    screen_keys(s, KEY_CTRL('c'));
    screen_wait_gone(s, "not so good");
    screen_keys(s, KEY_UP);
    screen_wait(s, "not so good");
    assert_int_equal(quit(s), 0);
}

/* ---- nowhere to keep it ---- */
static void says_that_it_cannot_be_kept(void **state) {
    const struct stage *st = *state;
    struct peer *demo = calm(st);
    struct screen *s = mixtui_with(st, (const char *[]){"--server", demo->url, NULL},
                                   (const char *[]){"XDG_STATE_HOME=/dev/null/state", NULL});

    screen_wait(s, "live");
    type_line(s, "kept in memory only");
    screen_wait(s, "cannot be saved");
    screen_wait(s, "kept in memory only");
    type_line(s, " and still alive");
    assert_int_equal(quit(s), 0);
}

static void a_full_disk_loses_neither_old_nor_new(void **state) {
    const struct stage *st = *state;
    struct peer *demo = calm(st);
    struct screen *s = mixtui_at(st, demo);
    char longer[1200];

    type_line(s, "the old draft");
    assert_int_equal(quit(s), 0);
    s = screen_start(&(struct screen_setup){.cols = st->cols,
                                            .rows = st->rows,
                                            .args = (const char *[]){"--server", demo->url, NULL},
                                            .file_limit = 400});
    screen_wait(s, "the old draft");
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    screen_paste(s, longer);
    screen_wait(s, "xxxxxxxxxx");
    screen_wait(s, "cannot be saved");
    screen_keys(s, " END");
    screen_wait(s, "END"); /* the text is still there, and so is the program */
    quit(s);
    comes_back(st, demo, "the old draft");
}

int main(void) {
#define S(f, st) cmocka_unit_test_prestate_setup_teardown(f, NULL, screen_teardown, &stage_##st)
    const struct CMUnitTest tests[] = {
        S(survives_quitting, narrow),
        S(survives_quitting, wide),
        S(survives_being_killed, narrow),
        S(survives_being_killed, wide),
        S(survives_signals_that_end_it, narrow),
        S(survives_a_crash, wide),
        S(survives_a_terminal_that_goes_away, narrow),
        S(each_session_has_its_own, narrow),
        S(each_session_has_its_own, wide),
        S(a_failed_send_comes_back, narrow),
        S(a_failed_send_comes_back, wide),
        S(many_lines_and_a_paste_come_back, narrow),
        S(many_lines_and_a_paste_come_back, wide),
        S(clearing_puts_it_into_the_history, narrow),
        S(says_that_it_cannot_be_kept, narrow),
        S(says_that_it_cannot_be_kept, wide),
        S(a_full_disk_loses_neither_old_nor_new, wide),
    };
#undef S
    return screen_run(tests);
}
