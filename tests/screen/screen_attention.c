/* Who is called, and how: bell, notices on the desktop, the title, a command; what is asked before
 * somebody leaves, and who goes on then. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "people.h"

static bool wrote(const struct screen *s, const char *text) {
    size_t n;
    const char *raw = screen_raw(s, &n);

    return memmem(raw, n, text, strlen(text)) != NULL;
}

static size_t count(const struct screen *s, const char *text) {
    size_t n, found = 0;
    const char *raw = screen_raw(s, &n), *end = raw + n;

    for (const char *p = raw; (p = memmem(p, (size_t)(end - p), text, strlen(text))); p++)
        found++;
    return found;
}

static struct screen *with(const struct stage *st, const struct peer *v, const char *env) {
    return mixtui_with(st, (const char *const[]){"--server", v->url, NULL},
                       (const char *const[]){env ? env : "MIX_NOTHING=1", NULL});
}

static void ask(struct screen *s, const char *what) {
    say(s, what);
    screen_wait(s, "!1");
}

/* ---- calls ---- */
static void a_request_calls_with_bell_notice_and_title(void **state) {
    const struct stage *st = *state;
    struct screen *s = with(st, demo_at(st, NULL), NULL);

    new_session(s);
    screen_wait_that(s, wrote(s, "\033]2;mixtui\033\\"));
    ask(s, "run echo $(id); true");
    screen_wait_that(s, wrote(s, "\033]2;!1 *1 mixtui\033\\"));
    screen_wait_that(s, screen_bells(s) == 1);
    screen_wait_that(s, wrote(s, "\033]9;mixtui: approval: ")); /* a write of its own */
    screen_wait_that(s, wrote(s, " - asks for Bash: echo $(id), true\033\\"));
    const size_t titles = count(s, "\033]2;");

    screen_pause(s, 2200); /* the countdown goes on, the title stands */
    assert_int_equal(count(s, "\033]2;"), titles);
    open_asks(s);
    screen_keys(s, "n");
    screen_wait_gone(s, "!1");
    leave_asks(s);
    screen_wait_that(s, count(s, "\033]2;mixtui\033\\") >= 2);
    assert_int_equal(quit(s), 0);
}

static void a_terminal_with_the_focus_only_rings(void **state) {
    const struct stage *st = *state;
    struct screen *s = with(st, demo_at(st, NULL), NULL);

    screen_keys(s, "\033[I");
    new_session(s);
    ask(s, "run echo one");
    screen_wait_that(s, screen_bells(s) == 1);
    screen_pause(s, 300);
    assert_false(wrote(s, "\033]9;"));
    screen_keys(s, "\033[O");
    open_asks(s);
    screen_keys(s, "n");
    screen_wait_gone(s, "!1");
    leave_asks(s);
    screen_pause(s, 3100); /* another one would be held back */
    to_composer(s);
    ask(s, "run echo two");
    screen_wait_that(s, wrote(s, "\033]9;mixtui: "));
    open_asks(s);
    screen_keys(s, "n");
    screen_wait_gone(s, "!1");
    leave_asks(s);
    assert_int_equal(quit(s), 0);
}

static void inside_tmux_only_the_bell_rings(void **state) {
    const struct stage *st = *state;
    struct screen *s = with(st, demo_at(st, NULL), "TMUX=/tmp/nowhere,1,0");

    new_session(s);
    ask(s, "run echo one");
    screen_wait_that(s, screen_bells(s) == 1);
    screen_pause(s, 300);
    assert_false(wrote(s, "\033]9;"));
    open_asks(s);
    screen_keys(s, "n");
    screen_wait_gone(s, "!1");
    leave_asks(s);
    assert_int_equal(quit(s), 0);
}

static void settings_decide_the_ways(void **state) {
    const struct stage *st = *state;
    auto_buf struct buf config = {.max = MIX_KIB};

    (void)buf_addf(&config,
                   "[ui]\ndesktop = 777\nbell = off\n"
                   "notify = printf '%%s+%%s' \"$1\" \"$2\" > %s/told; touch %s/done\n",
                   screen_dir(), screen_dir());
    screen_file("config/mixtui/config.ini", buf_str(&config));
    struct screen *s = with(st, demo_at(st, NULL), NULL);

    new_session(s);
    ask(s, "run echo 'a b'");
    screen_wait_that(s, wrote(s, "\033]777;notify;mixtui: approval: "));
    screen_wait_that(s, access(screen_path("done"), F_OK) == 0);
    assert_int_equal(screen_bells(s), 0);
    struct buf told = {.max = MIX_KIB};

    assert_true(screen_read_file(&told, screen_path("told")));
    assert_non_null(strstr(buf_str(&told), "+asks for Bash: echo 'a b'"));
    buf_fini(&told);
    open_asks(s);
    screen_keys(s, "n");
    screen_wait_gone(s, "!1");
    leave_asks(s);
    assert_int_equal(quit(s), 0);
}

/* ---- leaving ---- */
static void ctrl_z_asks_once(void **state) {
    const struct stage *st = *state;
    struct screen *s = with(st, demo_at(st, NULL), NULL);

    new_session(s);
    say(s, "long");
    screen_wait(s, "*1");
    screen_keys(s, KEY_CTRL('Z'));
    screen_wait(s, "Suspend");
    screen_wait(s, "1 agent works: it goes on");
    screen_keys(s, KEY_ESC);
    screen_wait_gone(s, "1 agent works: it goes on");
    screen_keys(s, KEY_CTRL('Z'));
    screen_wait(s, "1 agent works: it goes on");
    screen_pause(s, 450);
    screen_keys(s, KEY_CTRL('Z'));
    screen_wait_stopped(s);
    screen_signal(s, SIGCONT);
    screen_wait(s, "*1");
    screen_keys(s, KEY_CTRL('Z')); /* it was answered */
    screen_wait_stopped(s);
    screen_signal(s, SIGCONT);
    screen_wait(s, "*1");
    screen_stop(s);
}

static void quitting_may_leave_a_keeper(void **state) {
    const struct stage *st = *state;
    struct screen *s = with(st, demo_at(st, NULL), NULL);

    new_session(s);
    say(s, "long");
    screen_wait(s, "*1");
    leader(s, "q");
    screen_wait(s, "1 agent works: it goes on; its");
    screen_wait(s, "keep");
    screen_pause(s, 450);
    screen_keys(s, "k");
    assert_int_equal(screen_wait_exit(s), 0);
    assert_true(wrote(s, "mixtui keep: keeps "));
    size_t n;
    const char *raw = screen_raw(s, &n), *at = memmem(raw, n, ", process ", 10);

    assert_non_null(at);
    const int pid = atoi(at + 10);

    assert_true(pid > 1);
    assert_int_equal(kill(pid, 0), 0);
    kill(pid, SIGTERM);
}

int main(void) {
#define S(test, stage)                                                                             \
    { #test "_" #stage, test, NULL, screen_teardown, &stage_##stage }
    const struct CMUnitTest tests[] = {
        S(a_request_calls_with_bell_notice_and_title, narrow),
        S(a_request_calls_with_bell_notice_and_title, wide),
        S(a_terminal_with_the_focus_only_rings, narrow),
        S(inside_tmux_only_the_bell_rings, narrow),
        S(settings_decide_the_ways, narrow),
        S(ctrl_z_asks_once, narrow),
        S(ctrl_z_asks_once, wide),
        S(quitting_may_leave_a_keeper, narrow),
    };
    return screen_run(tests);
}
