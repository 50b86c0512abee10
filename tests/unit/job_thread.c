/* The border: order, collapse, cancel, and that nothing is lost or left asleep. */
#include "job_kit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BIG = 3000 }; /* files of a directory that keeps the thread busy for a while */

static char dir[64];

static int begin(void **state) {
    char path[128];

    (void)state;
    if (kit_dir(dir) != 0)
        return -1;
    snprintf(path, sizeof path, "%s/big", dir);
    if (mkdir(path, 0700) != 0)
        return -1;
    for (int i = 0; i < BIG; i++) {
        snprintf(path, sizeof path, "%s/big/%d", dir, i);
        const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

        if (fd < 0)
            return -1;
        close(fd);
    }
    return 0;
}

static int finish(void **state) {
    (void)state;
    return kit_dir_remove(dir);
}

static uint32_t send(struct job *j, enum task_kind kind, const char *name, const char *data) {
    char path[128];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    struct task *t = task_new(kind, path);
    const uint32_t id = t->id;

    if (data) {
        t->data = arena_strdup(&t->arena, data);
        t->len = strlen(data);
    }
    assert_int_equal(job_send(j, t), RC_OK);
    return id;
}

static void cancel(struct job *j, uint32_t target) {
    struct task *t = task_new(TASK_CANCEL, NULL);

    t->target = target;
    assert_int_equal(job_send(j, t), RC_OK);
}

static void expect(struct job *j, uint32_t id, enum rc rc) {
    struct task *t = kit_next(j);

    assert_int_equal(t->id, id);
    assert_int_equal(t->err.rc, rc);
    task_free(t);
}

static void expect_content(struct job *j, const char *name, const char *content) {
    send(j, TASK_READ, name, NULL);
    struct task *t = kit_next(j);

    assert_non_null(t->data);
    assert_string_equal(t->data, content);
    task_free(t);
}

enum { BUSY_SCANS = 40 };

/* Work that keeps the thread from what is sent next for much longer than sending takes. */
static void keep_busy(struct job *j) {
    for (int i = 0; i < BUSY_SCANS; i++)
        send(j, TASK_SCAN, "big", NULL);
}

static void expect_busy_over(struct job *j) {
    for (int i = 0; i < BUSY_SCANS; i++) {
        struct task *t = kit_next(j);

        assert_int_equal(t->kind, TASK_SCAN);
        assert_int_equal(t->n_entries, BIG);
        task_free(t);
    }
}

static void writes_that_wait_collapse_into_the_last(void **state) {
    struct job *j = job_new();

    (void)state;
    keep_busy(j);
    const uint32_t first = send(j, TASK_WRITE, "a", "1"), other = send(j, TASK_WRITE, "b", "x"),
                   second = send(j, TASK_WRITE, "a", "2"), third = send(j, TASK_WRITE, "a", "3");

    expect_busy_over(j);
    /* Had they run one by one, the first would come before the other. */
    expect(j, other, RC_OK);
    expect(j, first, RC_OK);
    expect(j, second, RC_OK);
    expect(j, third, RC_OK);
    expect_content(j, "a", "3");
    job_free(j);
}

static void a_read_between_two_writes_keeps_them_apart(void **state) {
    struct job *j = job_new();

    (void)state;
    keep_busy(j);
    const uint32_t first = send(j, TASK_WRITE, "c", "1"), read = send(j, TASK_READ, "c", NULL),
                   second = send(j, TASK_WRITE, "c", "2");

    expect_busy_over(j);
    expect(j, first, RC_OK);
    struct task *t = kit_next(j);

    assert_int_equal(t->id, read);
    assert_string_equal(t->data, "1");
    task_free(t);
    expect(j, second, RC_OK);
    job_free(j);
}

static void a_cancelled_task_comes_back_at_once(void **state) {
    struct job *j = job_new();

    (void)state;
    keep_busy(j);
    const uint32_t look = send(j, TASK_LOOK, "big", NULL), stat = send(j, TASK_STAT, "big", NULL);

    cancel(j, look);
    cancel(j, look); /* it is no longer there */
    struct task *t = kit_next(j);

    while (t->kind == TASK_SCAN && t->id < look) {
        task_free(t);
        t = kit_next(j);
    }
    assert_int_equal(t->kind, TASK_LOOK);
    assert_int_equal(t->err.rc, RC_CANCELLED);
    task_free(t);
    while ((t = kit_next(j))->id != stat)
        task_free(t);
    assert_int_equal(t->err.rc, RC_OK);
    task_free(t);
    job_free(j);
}

/* The look takes some milliseconds: on a busy machine it may be over before it is cancelled. */
static void a_running_task_looks_for_its_cancel(void **state) {
    struct job *j = job_new();
    enum rc rc = RC_OK;

    (void)state;
    for (int i = 0; i < 100 && rc == RC_OK; i++) {
        const uint32_t id = send(j, TASK_SCAN, "big", NULL);

        usleep((useconds_t)i * 50);
        cancel(j, id);
        struct task *t = kit_next(j);

        rc = t->err.rc;
        assert_int_equal(t->n_entries > 0, rc == RC_OK);
        task_free(t);
    }
    assert_int_equal(rc, RC_CANCELLED);
    job_free(j);
}

static void writes_already_sent_are_finished_at_the_end(void **state) {
    struct job *j = job_new();

    (void)state;
    send(j, TASK_SCAN, "big", NULL);
    send(j, TASK_WRITE, "last/draft", "kept");
    send(j, TASK_SCAN, "big", NULL);
    send(j, TASK_APPEND, "last/log", "line\n");
    send(j, TASK_APPEND, "last/log", "line\n");
    job_free(j);
    j = job_new();
    expect_content(j, "last/draft", "kept");
    expect_content(j, "last/log", "line\nline\n");
    job_free(j);
}

static void a_full_ring_is_said_and_nothing_is_lost(void **state) {
    enum { TASKS = 20000 };
    struct job *j = job_new();
    uint32_t sent = 0, got = 0, first = 0, busy = 0;

    (void)state;
    /* Main takes nothing back until it cannot send: results pile up behind the ring, then come in
     * order. Every sleep ends by a bell, or the test does by its timeout. */
    while (got < TASKS) {
        while (sent < TASKS) {
            struct task *t = task_new(TASK_STAT, "/");

            if (sent == 0)
                first = t->id;
            t->tag = sent;
            if (job_send(j, t) == RC_BUSY) {
                task_free(t);
                busy++;
                break;
            }
            sent++;
        }
        if (sent < TASKS && busy % 3 != 0)
            continue;
        struct task *t = kit_next(j);

        do {
            assert_int_equal(t->tag, got);
            got++;
            task_free(t);
        } while ((t = job_next(j)) != NULL);
    }
    assert_true(first > 0);
    assert_null(job_next(j));
    job_free(j);
}

static void results_behind_a_full_ring_wake_main_again(void **state) {
    enum { TASKS = 256 + 200 };
    struct job *j = job_new();
    size_t sent = 0;

    (void)state;
    while (sent < TASKS) {
        struct task *t = task_new(TASK_STAT, "/");

        if (job_send(j, t) == RC_OK)
            sent++;
        else
            task_free(t);
    }
    usleep(200 * 1000); /* all are done, and main was not looking */
    for (size_t got = 0; got < TASKS; got++)
        task_free(kit_next(j));
    job_free(j);
}

static void ending_with_everything_under_way_leaks_nothing(void **state) {
    (void)state;
    for (int round = 0; round < 50; round++) {
        struct job *j = job_new();

        for (int i = 0; i < round * 5; i++) {
            struct task *t = task_new(i % 3 == 0 ? TASK_SCAN : TASK_STAT, dir);

            if (job_send(j, t) != RC_OK)
                task_free(t);
        }
        if (round % 2 == 0)
            task_free(job_next(j));
        job_free(j);
    }
}

static void ids_are_never_the_same(void **state) {
    (void)state;
    struct task *a = task_new(TASK_STAT, NULL), *b = task_new(TASK_STAT, "x");

    assert_int_not_equal(a->id, 0);
    assert_int_not_equal(a->id, b->id);
    assert_string_equal(a->path, "");
    task_free(a);
    task_free(b);
    task_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_that_wait_collapse_into_the_last),
        cmocka_unit_test(a_read_between_two_writes_keeps_them_apart),
        cmocka_unit_test(a_cancelled_task_comes_back_at_once),
        cmocka_unit_test(a_running_task_looks_for_its_cancel),
        cmocka_unit_test(writes_already_sent_are_finished_at_the_end),
        cmocka_unit_test(a_full_ring_is_said_and_nothing_is_lost),
        cmocka_unit_test(results_behind_a_full_ring_wake_main_again),
        cmocka_unit_test(ending_with_everything_under_way_leaks_nothing),
        cmocka_unit_test(ids_are_never_the_same),
    };

    return cmocka_run_group_tests(tests, begin, finish);
}
