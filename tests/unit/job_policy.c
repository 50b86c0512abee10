/* Rules and audit log by way of the job thread. */
#include "job_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char dir[64], state[80];
static struct job *job;

static int begin(void **unused) {
    (void)unused;
    if (kit_dir(dir) != 0)
        return -1;
    snprintf(state, sizeof state, "%s/state", dir);
    job = job_new();
    return 0;
}

static int finish(void **unused) {
    (void)unused;
    job_free(job);
    return kit_dir_remove(dir);
}

static struct task *send(struct task *t) {
    assert_int_equal(job_send(job, t), RC_OK);
    return kit_next(job);
}

static struct task *with(enum task_kind kind, const char *data) {
    struct task *t = task_new(kind, state);

    t->data = arena_strdup(&t->arena, data);
    t->len = data ? strlen(data) : 0;
    t->most = MIX_MIB;
    return t;
}

static void ok(struct task *t) {
    if (t->err.rc != RC_OK)
        fail_msg("%s", t->err.text);
    task_free(t);
}

static enum verdict asked(const char *object) {
    struct task *t = with(TASK_RULES_ASK, NULL);

    t->ask =
        (struct ruling_ask){.id = "p", .tool = "Bash", .object = arena_strdup(&t->arena, object)};
    t->real = 1800000000000;
    t = send(t);
    const enum verdict v = t->ruling.verdict;

    ok(t);
    return v;
}

static void a_rule_is_made_used_read_and_taken_away(void **unused) {
    (void)unused;
    assert_int_equal(asked("ls -l"), VERDICT_ASK);
    ok(send(with(TASK_RULES_ADD, "{\"id\":\"r1\",\"rule\":\"Bash:ls *\",\"answer\":\"allow\","
                                 "\"scope\":\"always\"}\n")));
    assert_int_equal(asked("ls -l"), VERDICT_ALLOW);
    assert_int_equal(asked("rm -l"), VERDICT_ASK);
    struct task *t = send(with(TASK_RULES_READ, NULL));

    assert_non_null(strstr(t->data, "\"r1\""));
    assert_int_equal(t->len, strlen(t->data));
    assert_non_null(strstr(t->used, "r1 1 1800000000000"));
    assert_string_equal(t->path, state);
    ok(t);
    ok(send(with(TASK_AUDIT_ADD, "{\"time\":\"x\"}\n")));
    t = send(with(TASK_AUDIT_READ, NULL));
    assert_non_null(strstr(t->data, "\"rule_text\":\"Bash:ls *\""));
    assert_non_null(strstr(t->data, "{\"time\":\"x\"}\n"));
    ok(t);
    ok(send(with(TASK_RULES_REMOVE, "r1")));
    assert_int_equal(asked("ls -l"), VERDICT_ASK);
    t = send(with(TASK_RULES_REMOVE, "r1"));
    assert_int_equal(t->err.rc, RC_USAGE);
    task_free(t);
}

static void what_was_asked_last_is_written_before_the_end(void **unused) {
    (void)unused;
    for (int i = 0; i < 50; i++)
        assert_int_equal(job_send(job, with(TASK_AUDIT_ADD, "line\n")), RC_OK);
    job_free(job);
    job = job_new();
    struct task *t = send(with(TASK_AUDIT_READ, NULL));

    assert_int_equal(t->len, 50 * 5);
    ok(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_rule_is_made_used_read_and_taken_away, begin, finish),
        cmocka_unit_test_setup_teardown(what_was_asked_last_is_written_before_the_end, begin,
                                        finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
