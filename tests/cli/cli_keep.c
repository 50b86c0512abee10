/* `mixtui keep`: starts without a screen, answers by rules or denies, is listed and stopped, ends
 * by itself and leaves nothing behind. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"

#define IDLE "--idle", "60s"

static struct peer *demo;
static char session[40];

static void begin(const char *title) {
    demo = demo_start((const char *const[]){"--speed", "0", NULL});
    demo_session(demo, title, session);
    run_server(demo->url);
}

/* No keeper outlives its test. */
static int stop_all(void **state) {
    (void)RUN("status", "--stop");
    return run_teardown(state);
}

/* Until the file has the text; its content. */
static void wait_file(const char *path, const char *text, struct buf *out) {
    const int64_t until = clock_now() + SCREEN_MS;

    for (;;) {
        *out = (struct buf){.max = MIX_MIB};
        if (screen_read_file(out, path) && strstr(buf_str(out), text))
            return;
        if (clock_now() > until)
            fail_msg("%s lacks \"%s\":\n%s", path, text, buf_str(out));
        buf_fini(out);
        screen_pause_alone(20);
    }
}

static const char *audit(void) { return screen_path("state/mixtui/audit.jsonl"); }

static void assert_nobody_keeps(void) {
    const int64_t until = clock_now() + SCREEN_MS;

    while (RUN("status", "--short")->code == 0) {
        if (clock_now() > until)
            fail_msg("a keeper still runs");
        screen_pause_alone(50);
    }
    const struct run *r = RUN("status", "--stop");

    assert_code(r, 1);
    assert_out(r, "no keeper runs");
}

static void wrong_words_are_refused(void **state) {
    static const struct {
        const char *words[6];
        const char *complaint;
    } cases[] = {
        {{"keep", "--permission", "grant"}, "--permission"},
        {{"keep", "--permission", "ask"}, "--permission"},
        {{"keep", "no/id"}, "it is no session's id"},
        {{"keep", "--idle", "1ms"}, "from 100ms"},
        {{"status", "--stop", "--short"}, "exclude each other"},
        {{"status", "--stop", "x"}, "--stop"},
        {{"status", "12"}, "takes no operand"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct run *r = run(cases[i].words);

        assert_code(r, 2);
        if (!strstr(buf_str(&r->err), cases[i].complaint))
            run_failed(r, cases[i].complaint, __FILE__, __LINE__);
    }
}

static void no_server_is_said_at_once(void **state) {
    char url[64];

    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%d", unused_port());
    const int64_t from = clock_now();
    const struct run *r = RUN("keep", "--server", url);

    assert_code(r, 3);
    assert_err(r, "no connection");
    assert_true(clock_now() - from < 15000);
    assert_nobody_keeps();
}

static void it_is_listed_and_stopped(void **state) {
    (void)state;
    begin("One");
    const struct run *r = RUN("keep", IDLE);

    assert_code(r, 0);
    assert_err(r, "keeps ");
    r = RUN("keep", IDLE); /* one for each server */
    assert_code(r, 1);
    assert_err(r, "kept already");
    const int64_t until = clock_now() + SCREEN_MS;

    for (r = RUN("status"); !strstr(buf_str(&r->out), "keeps since"); r = RUN("status")) {
        if (clock_now() > until)
            run_failed(r, "it is not listed", __FILE__, __LINE__);
        screen_pause_alone(50);
    }
    r = RUN("status", "--json");
    assert_out(r, "\"keeps_since\":");
    r = RUN("status", "--stop", "1"); /* another process is left alone */
    assert_code(r, 1);
    r = RUN("status", "--stop");
    assert_code(r, 0);
    assert_out(r, "stopped process");
    assert_nobody_keeps();
}

static void it_denies_when_it_is_told_to(void **state) {
    struct buf text;

    (void)state;
    begin("Two");
    const struct run *r = RUN("keep", session, "--permission", "deny", IDLE);

    assert_code(r, 0);
    demo_send(demo, session, "run touch made-by-agent");
    wait_file(audit(), "\"answer\":\"deny\"", &text);
    assert_non_null(strstr(buf_str(&text), "\"by\":\"keep\""));
    assert_non_null(strstr(buf_str(&text), "made-by-agent"));
    buf_fini(&text);
}

static void it_answers_by_the_rules(void **state) {
    struct buf text;

    (void)state;
    begin("Three");
    screen_file("state/mixtui/rules.jsonl",
                "{\"id\":\"r1\",\"rule\":\"Bash:echo kept*\",\"answer\":\"allow\","
                "\"scope\":\"always\"}\n");
    const struct run *r = RUN("keep", session, IDLE);

    assert_code(r, 0);
    demo_send(demo, session, "run echo kept by a rule");
    wait_file(audit(), "\"answer\":\"grant\"", &text);
    assert_non_null(strstr(buf_str(&text), "\"rule\":\"r1\""));
    buf_fini(&text);
}

static void what_no_rule_decides_calls_the_command(void **state) {
    static const char command[] =
        "printf '%s|%s|%s|%s\\n' \"$MIXTUI_EVENT\" \"$1\" \"$2\" \"$MIXTUI_SESSION\" >> told";
    auto_buf struct buf hook = {.max = MIX_KIB};
    struct buf text;

    (void)state;
    begin("Four $(touch pwned)");
    (void)buf_addf(&hook, "cd '%s'; %s", screen_dir(), command);
    const struct run *r = RUN("keep", session, "--notify", buf_str(&hook), IDLE);

    assert_code(r, 0);
    demo_send(demo, session, "run echo $(touch pwned)");
    wait_file(screen_path("told"), "approval|approval: Four $(touch pwn", &text);
    assert_non_null(strstr(buf_str(&text), "|asks for Bash: echo $(touch pwned)|"));
    assert_non_null(strstr(buf_str(&text), session));
    buf_fini(&text);
    assert_int_not_equal(access(screen_path("pwned"), F_OK), 0);
}

static void it_ends_when_nothing_works_and_when_the_server_is_gone(void **state) {
    (void)state;
    begin("Five");
    const struct run *r = RUN("keep", "--idle", "300ms");

    assert_code(r, 0);
    assert_nobody_keeps();
    r = RUN("keep", "--idle", "2s", session);
    assert_code(r, 0);
    server_stop(demo);
    assert_nobody_keeps();
}

static void in_the_foreground_a_signal_ends_it(void **state) {
    (void)state;
    begin("Six");
    struct run *r = run_start((const char *const[]){"keep", "--foreground", "--idle", "60s", NULL});
    const int64_t until = clock_now() + SCREEN_MS;

    while (RUN("status", "--short")->code != 0) {
        assert_true(clock_now() < until);
        screen_pause_alone(50);
    }
    run_signal(r, SIGTERM);
    run_finish(r);
    assert_code(r, 0);
    run_free(r);
    assert_nobody_keeps();
}

int main(void) {
#define T(name) cmocka_unit_test_teardown(name, stop_all)
    const struct CMUnitTest tests[] = {
        T(wrong_words_are_refused),
        T(no_server_is_said_at_once),
        T(it_is_listed_and_stopped),
        T(it_denies_when_it_is_told_to),
        T(it_answers_by_the_rules),
        T(what_no_rule_decides_calls_the_command),
        T(it_ends_when_nothing_works_and_when_the_server_is_gone),
        T(in_the_foreground_a_signal_ends_it),
    };
    return screen_run(tests);
}
