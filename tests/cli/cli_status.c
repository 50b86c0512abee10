/* `mixtui status`: what running programs publish, and that they do it sparingly. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

static const char *marks_of(int pid) {
    char name[64];

    snprintf(name, sizeof name, "runtime/mixtui/%d.marks", pid);
    return screen_path(name);
}

static struct screen *start(const struct peer *demo) {
    static char runtime[512];

    snprintf(runtime, sizeof runtime, "XDG_RUNTIME_DIR=%s", screen_path("runtime"));
    return screen_start(
        &(struct screen_setup){.cols = 120,
                               .rows = 30,
                               .args = (const char *const[]){"--server", demo->url, NULL},
                               .env = (const char *const[]){runtime, NULL}});
}

/* Until status prints it. */
static const struct run *wait_status(struct screen *s, const char *flag, const char *text) {
    const int64_t until = clock_now() + SCREEN_MS;

    for (;;) {
        const struct run *r = flag ? RUN("status", flag) : RUN("status");

        if (strstr(buf_str(&r->out), text))
            return r;
        if (clock_now() > until)
            run_failed(r, text, __FILE__, __LINE__);
        screen_pump(s, 50);
    }
}

static void nobody_runs_is_a_question_mark(void **state) {
    (void)state;
    const struct run *r = RUN("status", "--short");

    assert_code(r, 1);
    assert_string_equal(buf_str(&r->out), "?\n");
    r = RUN("status", "--json");
    assert_code(r, 1);
    assert_string_equal(buf_str(&r->out), "{\"running\":[]}\n");
}

static void wrong_words_are_refused(void **state) {
    static const struct {
        const char *words[4];
        const char *complaint;
    } cases[] = {
        {{"status", "now"}, "now: status takes no operand"},
        {{"status", "--shrt"}, "unknown option --shrt"},
        {{"status", "--short", "--json"}, "exclude each other"},
        {{"status", "--server", "http://x"}, "unknown option --server"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct run *r = run(cases[i].words);

        assert_code(r, 2);
        if (!strstr(buf_str(&r->err), cases[i].complaint))
            run_failed(r, cases[i].complaint, __FILE__, __LINE__);
    }
}

static void a_running_program_tells_what_it_watches(void **state) {
    char id[40];

    (void)state;
    struct peer *demo =
        demo_start((const char *[]){"--speed", "0", "--quirk", "retitle=off", NULL});

    demo_session(demo, "Ask here", id);
    struct screen *s = start(demo);

    screen_wait(s, "Ask here");
    const struct run *r = wait_status(s, NULL, id);

    assert_code(r, 0);
    assert_out(r, "!0 ?0 x0 *0 +0");
    demo_send(demo, id, "run touch x");
    r = wait_status(s, "--short", "!1");
    assert_code(r, 0);
    r = wait_status(s, NULL, "!1 ?0");
    assert_out(r, "  ! ");
    assert_out(r, "Ask here");
    r = wait_status(s, "--json", "\"approvals\":1");
    assert_out(r, "\"mark\":\"!\"");
    assert_out(r, "\"title\":\"Ask here\"");
    r = RUN("api", "health", "--server", demo->url); /* its own runs are no running programs */
    assert_code(r, 0);
    const int pid = screen_pid(s);
    struct stat st;

    assert_int_equal(stat(marks_of(pid), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    screen_signal(s, SIGTERM);
    screen_wait_exit(s);
    assert_int_not_equal(stat(marks_of(pid), &st), 0);
    assert_code(RUN("status"), 1);
}

static void nothing_is_written_while_nothing_changes(void **state) {
    struct stat before, after;
    char id[40];

    (void)state;
    struct peer *demo = demo_start((const char *[]){"--speed", "0", NULL});

    demo_session(demo, "Quiet", id);
    struct screen *s = start(demo);

    screen_wait(s, "Quiet");
    wait_status(s, NULL, id);
    screen_wait_quiet(s, 1500);
    assert_int_equal(stat(marks_of(screen_pid(s)), &before), 0);
    screen_keys(s, "?"); /* what is seen changes, what is watched does not */
    screen_wait_quiet(s, 1500);
    assert_int_equal(stat(marks_of(screen_pid(s)), &after), 0);
    assert_true(before.st_ino == after.st_ino && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
}

static void what_a_dead_program_left_is_removed(void **state) {
    struct stat st;
    char name[64];
    const pid_t pid = fork();

    (void)state;
    if (pid == 0)
        _exit(0);
    waitpid(pid, NULL, 0); /* a number that nobody has */
    snprintf(name, sizeof name, "runtime/mixtui/%d.marks", (int)pid);
    screen_file(name, "mixtui 1\t1\nserver\tx\tonline\t5\t0\t0\n");
    screen_file("runtime/mixtui/other.txt", "not ours");
    assert_code(RUN("status"), 1);
    assert_int_not_equal(stat(marks_of((int)pid), &st), 0);
    assert_int_equal(stat(screen_path("runtime/mixtui/other.txt"), &st), 0);
}

static void a_file_of_nonsense_does_no_harm(void **state) {
    static const char *const texts[] = {
        "",
        "nonsense",
        "mixtui 2\t1\nserver\tx\tonline\t5\t0\t0\n",
        "mixtui 1\t1\n\n\t\t\t\nsession\t!\tid\ttitle\nserver",
        ("mixtui 1\t1\nserver\t\x1b]0;evil\x07\tonline\t-5\tx\t99999999999999999999999\nsession\n"
         "session\t\t\t\nsession\t!\t\x1b[31m\t\xe2\x80\xae\xff\n"),
    };
    char name[64];

    (void)state;
    snprintf(name, sizeof name, "runtime/mixtui/%d.marks", (int)getpid()); /* runs */
    for (size_t i = 0; i < MIX_COUNT(texts); i++) {
        static const char *const flags[] = {"--short", "--json", NULL};

        screen_file(name, texts[i]);
        for (size_t k = 0; k < MIX_COUNT(flags); k++) {
            const struct run *r = flags[k] ? RUN("status", flags[k]) : RUN("status");

            if (r->code > 1 ||
                (!str_eq(flags[k], "--json") && strpbrk(buf_str(&r->out), "\033\007")))
                run_failed(r, texts[i], __FILE__, __LINE__);
        }
    }
}

int main(void) {
#define TEST(f) cmocka_unit_test_teardown(f, run_teardown)
    const struct CMUnitTest tests[] = {
        TEST(nobody_runs_is_a_question_mark),
        TEST(wrong_words_are_refused),
        TEST(a_running_program_tells_what_it_watches),
        TEST(nothing_is_written_while_nothing_changes),
        TEST(what_a_dead_program_left_is_removed),
        TEST(a_file_of_nonsense_does_no_harm),
    };

    return screen_run(tests);
}
