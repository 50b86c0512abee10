/* Children of the job thread: what goes in, what comes out, and that nothing of them stays. */
#include "job_kit.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAR_MS = 30000 };

static struct job *j;

static int begin(void **state) {
    (void)state;
    setenv("MIX_API_KEY", "a-secret", 1);
    setenv("MIX_SERVER_URL", "http://me:a-secret@localhost:1", 1);
    setenv("KEPT_FOR_CHILDREN", "yes", 1);
    j = job_new();
    return 0;
}

static int finish(void **state) {
    (void)state;
    job_free(j);
    return 0;
}

struct wish {
    const char *argv[4];
    const char *in;
    size_t n; /* of `in`, when it has NULs or is long */
    int64_t limit_ms;
    size_t most;
};

static uint32_t send(const struct wish *w) {
    struct task *t = task_new(TASK_RUN, NULL);
    const char **argv = arena_alloc(&t->arena, sizeof w->argv);
    const uint32_t id = t->id;

    for (size_t i = 0; i + 1 < MIX_COUNT(w->argv); i++)
        argv[i] = arena_strdup(&t->arena, w->argv[i]);
    t->argv = argv;
    t->limit_ms = w->limit_ms;
    t->most = w->most;
    t->len = w->n > 0 ? w->n : w->in ? strlen(w->in) : 0;
    if (t->len > 0)
        t->data = memcpy(arena_alloc(&t->arena, t->len + 1), w->in, t->len);
    assert_int_equal(job_send(j, t), RC_OK);
    return id;
}

static struct task *run(const struct wish *w) {
    send(w);
    return kit_next(j);
}

static struct task *shell(const char *script) {
    return run(&(struct wish){.argv = {"sh", "-c", script}, .limit_ms = FAR_MS, .most = MIX_MIB});
}

static void cancel(uint32_t target) {
    struct task *t = task_new(TASK_CANCEL, NULL);

    t->target = target;
    assert_int_equal(job_send(j, t), RC_OK);
}

static size_t open_files(void) {
    DIR *dir = opendir("/proc/self/fd");
    size_t n = 0;

    assert_non_null(dir);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static void no_zombies(void) {
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

/* ---- what goes through ---- */

static void a_child_gets_its_input_and_gives_its_output(void **state) {
    (void)state;
    struct task *t = run(&(struct wish){{"cat"}, "one\0two\n", 8, FAR_MS, 100});

    assert_int_equal(t->err.rc, RC_OK);
    assert_int_equal(t->status, 0);
    assert_int_equal(t->len, 8);
    assert_memory_equal(t->data, "one\0two\n", 9);
    task_free(t);
}

/* More than two pipes hold, both ways at once. */
static void much_goes_through_a_child_both_ways(void **state) {
    (void)state;
    const size_t n = 4 * MIX_MIB;
    char *big = xmalloc(n);

    for (size_t i = 0; i < n; i++)
        big[i] = (char)('a' + i % 23);
    struct task *t = run(&(struct wish){{"cat"}, big, n, FAR_MS, n});

    assert_int_equal(t->err.rc, RC_OK);
    assert_int_equal(t->len, n);
    assert_memory_equal(t->data, big, n);
    task_free(t);
    free(big);
}

static void a_child_that_reads_nothing_ends_well(void **state) {
    (void)state;
    const size_t n = MIX_MIB;
    char *big = xcalloc(1, n);
    struct task *t = run(&(struct wish){{"true"}, big, n, FAR_MS, 10});

    assert_int_equal(t->err.rc, RC_OK);
    assert_int_equal(t->status, 0);
    task_free(t);
    free(big);
}

static void a_failing_child_says_why_in_one_line(void **state) {
    (void)state;
    struct task *t = shell("echo got; printf 'no \\033[31mluck\\nmore' >&2; exit 7");

    assert_int_equal(t->err.rc, RC_OK);
    assert_int_equal(t->status, 7);
    assert_string_equal(t->data, "got\n");
    assert_string_equal(t->err.text, "no [31mluck");
    task_free(t);
}

static void a_signal_is_told_as_a_shell_does(void **state) {
    (void)state;
    struct task *t = shell("kill -SEGV $$");

    assert_int_equal(t->status, 128 + SIGSEGV);
    task_free(t);
}

static void a_missing_program_is_one_clear_line(void **state) {
    (void)state;
    struct task *t = run(&(struct wish){{"no-such-program-here"}, "x", 0, FAR_MS, 10});

    assert_int_equal(t->err.rc, RC_IO);
    assert_string_equal(t->err.text,
                        "could not start no-such-program-here: there is no such program");
    assert_null(t->data);
    task_free(t);
    t = run(&(struct wish){.argv = {"/tmp"}, .most = 1});
    assert_int_equal(t->err.rc, RC_IO);
    task_free(t);
}

/* ---- what it has of us ---- */

static void a_child_has_no_secrets_of_ours(void **state) {
    (void)state;
    struct task *t = shell("env");

    assert_non_null(strstr(t->data, "KEPT_FOR_CHILDREN=yes\n"));
    assert_null(strstr(t->data, "a-secret"));
    assert_null(strstr(t->data, "MIX_"));
    task_free(t);
}

static void a_child_has_three_files_and_its_own_session(void **state) {
    (void)state;
    struct task *t =
        run(&(struct wish){.argv = {"ls", "/proc/self/fd"}, .limit_ms = FAR_MS, .most = 1000});

    assert_string_equal(t->data, "0\n1\n2\n3\n"); /* 3 is the directory */
    task_free(t);
    t = shell(
        "set -- $(cat /proc/$$/stat); test $5 = $$ && test $6 = $$ && test $7 = 0 && echo own");
    assert_string_equal(t->data, "own\n");
    task_free(t);
}

static void a_child_has_every_signal_unblocked(void **state) {
    (void)state;
    struct task *t = shell("grep -E '^SigBlk' /proc/self/status; grep SigIgn /proc/self/status");
    const char *ignored = strstr(t->data, "SigIgn:");

    assert_memory_equal(t->data, "SigBlk:\t0000000000000000\n", 25);
    assert_non_null(ignored);
    /* but for 32 and 33, which the C library has for itself */
    assert_int_equal(strtoull(ignored + 7, NULL, 16) & ~(3ULL << 31), 0);
    task_free(t);
}

/* ---- limits ---- */

static void a_child_is_killed_at_its_limit(void **state) {
    (void)state;
    const int64_t began = clock_now();
    struct task *t = run(&(struct wish){
        .argv = {"sh", "-c", "trap '' TERM HUP INT; echo here; while :; do sleep 60; done"},
        .limit_ms = 200,
        .most = 100});

    assert_int_equal(t->err.rc, RC_TIMEOUT);
    assert_string_equal(t->err.text, "sh: it took too long");
    assert_string_equal(t->data, "here\n");
    assert_true(clock_now() - began < FAR_MS / 2);
    task_free(t);
    no_zombies();
}

static void output_beyond_the_cap_ends_the_child(void **state) {
    (void)state;
    struct task *t = run(&(struct wish){.argv = {"yes"}, .limit_ms = FAR_MS, .most = 1000});

    assert_int_equal(t->err.rc, RC_LIMIT);
    assert_int_equal(t->len, 1000);
    task_free(t);
    t = run(&(struct wish){.argv = {"printf", "1234"}, .limit_ms = FAR_MS, .most = 4});
    assert_int_equal(t->err.rc, RC_OK);
    assert_string_equal(t->data, "1234");
    task_free(t);
}

static void a_child_whose_output_nobody_wants_runs_on(void **state) {
    (void)state;
    struct task *t = run(
        &(struct wish){.argv = {"sh", "-c", "seq 100000; exit 3"}, .limit_ms = FAR_MS, .most = 0});

    assert_int_equal(t->err.rc, RC_OK);
    assert_int_equal(t->status, 3);
    assert_int_equal(t->len, 0);
    task_free(t);
}

static void much_error_output_holds_nobody(void **state) {
    (void)state;
    struct task *t = shell("seq 100000 >&2; exit 1");

    assert_string_equal(t->err.text, "1");
    task_free(t);
}

/* xclip and wl-copy leave somebody behind who keeps the pipes. */
static void what_a_child_leaves_behind_is_not_waited_for(void **state) {
    (void)state;
    const int64_t began = clock_now();
    struct task *t = shell("sleep 20 & echo $!");

    assert_int_equal(t->err.rc, RC_OK);
    assert_true(clock_now() - began < 10000);
    const pid_t left = atoi(t->data);

    assert_true(left > 1);
    assert_int_equal(kill(left, SIGKILL), 0); /* it lived */
    task_free(t);
}

static void cancel_kills_the_child_and_all_it_started(void **state) {
    (void)state;
    const uint32_t id = send(
        &(struct wish){.argv = {"sh", "-c", "sleep 50 & wait"}, .limit_ms = FAR_MS, .most = 100});
    const int64_t began = clock_now();

    cancel(id);
    struct task *t = kit_next(j);

    assert_int_equal(t->id, id);
    assert_int_equal(t->err.rc, RC_CANCELLED);
    assert_true(clock_now() - began < FAR_MS / 2);
    task_free(t);
    no_zombies();
}

static void a_waiting_child_can_be_cancelled(void **state) {
    (void)state;
    uint32_t id[6];

    for (size_t i = 0; i < MIX_COUNT(id); i++)
        id[i] = send(&(struct wish){.argv = {"sleep", "50"}, .limit_ms = FAR_MS, .most = 1});
    cancel(id[5]);
    struct task *t = kit_next(j);

    assert_int_equal(t->id, id[5]);
    assert_int_equal(t->err.rc, RC_CANCELLED);
    task_free(t);
    for (size_t i = 0; i < 5; i++)
        cancel(id[i]);
    for (size_t i = 0; i < 5; i++) {
        t = kit_next(j);
        assert_int_equal(t->err.rc, RC_CANCELLED);
        task_free(t);
    }
    no_zombies();
}

/* ---- many ---- */

static void a_hundred_at_once_all_come_back_and_leave_nothing(void **state) {
    (void)state;
    const size_t before = open_files();
    char seen[100] = {0}, text[8];

    for (int i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "%d", i);
        send(&(struct wish){{"cat"}, text, 0, FAR_MS, 10});
    }
    for (int i = 0; i < 100; i++) {
        struct task *t = kit_next(j);

        assert_int_equal(t->err.rc, RC_OK);
        seen[atoi(t->data)]++;
        task_free(t);
    }
    for (int i = 0; i < 100; i++)
        assert_int_equal(seen[i], 1);
    assert_int_equal(open_files(), before);
    no_zombies();
}

static void four_run_side_by_side(void **state) {
    (void)state;
    const int64_t began = clock_now();

    for (int i = 0; i < 4; i++)
        send(&(struct wish){.argv = {"sleep", "1"}, .limit_ms = FAR_MS, .most = 1});
    for (int i = 0; i < 4; i++)
        task_free(kit_next(j));
    assert_true(clock_now() - began < 2500);
}

static void a_file_does_not_wait_for_a_child(void **state) {
    (void)state;
    const uint32_t id =
        send(&(struct wish){.argv = {"sleep", "50"}, .limit_ms = FAR_MS, .most = 1});
    struct task *read = task_new(TASK_READ, "/no/such/file");
    const uint32_t read_id = read->id;

    assert_int_equal(job_send(j, read), RC_OK);
    struct task *t = kit_next(j);

    assert_int_equal(t->id, read_id);
    task_free(t);
    cancel(id);
    task_free(kit_next(j));
}

static void the_end_of_the_program_kills_them(void **state) {
    (void)state;
    struct job *other = job_new();
    struct task *t = task_new(TASK_RUN, NULL);
    static const char *const argv[] = {"sh", "-c", "trap '' TERM; sleep 50 & wait", NULL};

    for (int i = 0; i < 7; i++) {
        t = i == 0 ? t : task_new(TASK_RUN, NULL);
        t->argv = argv;
        t->most = 1;
        assert_int_equal(job_send(other, t), RC_OK);
    }
    usleep(100000);
    const int64_t began = clock_now();

    job_free(other);
    assert_true(clock_now() - began < 5000);
    no_zombies();
}

static void what_is_given_beside_the_environment_replaces_it(void **state) {
    static const char *const argv[] = {"sh", "-c", "printf '%s,%s,%s' \"$PATH\" \"$A\" \"$HOME\"",
                                       NULL};
    static const char *const env[] = {"A=$(id)", "HOME=/given", NULL};
    struct task *t = task_new(TASK_RUN, NULL);

    (void)state;
    t->argv = argv;
    t->env = env;
    t->limit_ms = FAR_MS;
    t->most = 4000;
    assert_int_equal(job_send(j, t), RC_OK);
    t = kit_next(j);
    assert_int_equal(t->status, 0);
    assert_non_null(strstr(t->data, ",$(id),/given"));
    assert_int_not_equal(t->data[0], ','); /* PATH is there too */
    task_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_given_beside_the_environment_replaces_it),
        cmocka_unit_test(a_child_gets_its_input_and_gives_its_output),
        cmocka_unit_test(much_goes_through_a_child_both_ways),
        cmocka_unit_test(a_child_that_reads_nothing_ends_well),
        cmocka_unit_test(a_failing_child_says_why_in_one_line),
        cmocka_unit_test(a_signal_is_told_as_a_shell_does),
        cmocka_unit_test(a_missing_program_is_one_clear_line),
        cmocka_unit_test(a_child_has_no_secrets_of_ours),
        cmocka_unit_test(a_child_has_three_files_and_its_own_session),
        cmocka_unit_test(a_child_has_every_signal_unblocked),
        cmocka_unit_test(a_child_is_killed_at_its_limit),
        cmocka_unit_test(output_beyond_the_cap_ends_the_child),
        cmocka_unit_test(a_child_whose_output_nobody_wants_runs_on),
        cmocka_unit_test(much_error_output_holds_nobody),
        cmocka_unit_test(what_a_child_leaves_behind_is_not_waited_for),
        cmocka_unit_test(cancel_kills_the_child_and_all_it_started),
        cmocka_unit_test(a_waiting_child_can_be_cancelled),
        cmocka_unit_test(a_hundred_at_once_all_come_back_and_leave_nothing),
        cmocka_unit_test(four_run_side_by_side),
        cmocka_unit_test(a_file_does_not_wait_for_a_child),
        cmocka_unit_test(the_end_of_the_program_kills_them),
    };

    return cmocka_run_group_tests(tests, begin, finish);
}
