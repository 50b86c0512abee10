/* Directories that are made, and the one of our own. */
#include "job_kit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];

static int begin(void **state) {
    (void)state;
    if (kit_dir(dir) != 0)
        return -1;
    setenv("TMPDIR", dir, 1);
    return 0;
}

static int finish(void **state) {
    (void)state;
    return kit_dir_remove(dir);
}

static struct task *ask(struct job *job, enum task_kind kind, const char *path) {
    struct task *t = task_new(kind, path);

    assert_int_equal(job_send(job, t), RC_OK);
    return kit_next(job);
}

static void a_name_that_is_taken_is_told(void **state) {
    struct job *job = job_new();
    char path[200], below[300];

    (void)state;
    snprintf(path, sizeof path, "%s/new one", dir);
    snprintf(below, sizeof below, "%s/not/there", dir);
    struct task *t = ask(job, TASK_MKDIR, path);

    assert_int_equal(t->err.rc, RC_OK);
    task_free(t);
    assert_int_equal(access(path, W_OK | X_OK), 0);
    t = ask(job, TASK_MKDIR, path);
    assert_int_equal(t->err.rc, RC_IO);
    assert_int_equal(t->err.detail, EEXIST);
    task_free(t);
    t = ask(job, TASK_MKDIR, below);
    assert_int_equal(t->err.detail, ENOENT);
    task_free(t);
    job_free(job);
}

static void ours_is_private_and_goes_with_what_lies_in_it(void **state) {
    struct job *job = job_new();
    char path[200], file[300];
    struct stat st;

    (void)state;
    struct task *t = ask(job, TASK_TEMP, "temp");

    assert_int_equal(t->err.rc, RC_OK);
    snprintf(path, sizeof path, "%s", t->path);
    task_free(t);
    assert_int_equal(strncmp(path, dir, strlen(dir)), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    t = ask(job, TASK_TEMP, "temp"); /* the same one */
    assert_string_equal(t->path, path);
    task_free(t);
    snprintf(file, sizeof file, "%s/shown.txt", path);
    fclose(fopen(file, "w"));
    job_free(job);
    assert_int_equal(access(path, F_OK), -1);
}

static void one_that_was_swept_away_is_made_anew(void **state) {
    struct job *job = job_new();
    char path[200];

    (void)state;
    struct task *t = ask(job, TASK_TEMP, "temp");

    snprintf(path, sizeof path, "%s", t->path);
    task_free(t);
    assert_int_equal(rmdir(path), 0);
    t = ask(job, TASK_TEMP, "temp");
    assert_int_equal(t->err.rc, RC_OK);
    assert_int_equal(access(t->path, W_OK), 0);
    task_free(t);
    job_free(job);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_name_that_is_taken_is_told, begin, finish),
        cmocka_unit_test_setup_teardown(ours_is_private_and_goes_with_what_lies_in_it, begin,
                                        finish),
        cmocka_unit_test_setup_teardown(one_that_was_swept_away_is_made_anew, begin, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
