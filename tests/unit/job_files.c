/* What each kind of task does to the file system. */
#include "job_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];
static struct job *job;

static int begin(void **state) {
    (void)state;
    if (kit_dir(dir) != 0)
        return -1;
    setenv("HOME", dir, 1);
    job = job_new();
    return 0;
}

static int finish(void **state) {
    (void)state;
    job_free(job);
    return kit_dir_remove(dir);
}

static const char *at(const char *name) {
    static char path[4][200];
    static int turn;

    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
    return path[turn];
}

static struct task *ask(enum task_kind kind, const char *path, const char *data) {
    struct task *t = task_new(kind, path);
    const uint32_t id = t->id;

    t->tag = 77;
    if (data) {
        t->len = strlen(data);
        t->data = arena_strdup(&t->arena, data);
    }
    assert_int_equal(job_send(job, t), RC_OK);
    t = kit_next(job);
    assert_int_equal(t->id, id);
    assert_int_equal(t->tag, 77);
    return t;
}

static enum rc done(enum task_kind kind, const char *path, const char *data) {
    struct task *t = ask(kind, path, data);
    const enum rc rc = t->err.rc;

    task_free(t);
    return rc;
}

static void assert_content(const char *path, const char *expected) {
    struct task *t = ask(TASK_READ, path, NULL);

    assert_int_equal(t->err.rc, RC_OK);
    assert_non_null(t->data);
    assert_string_equal(t->data, expected);
    assert_int_equal(t->len, strlen(expected));
    task_free(t);
}

static size_t files_in(const char *path) {
    struct task *t = ask(TASK_SCAN, path, NULL);
    const size_t n = t->n_entries;

    assert_int_equal(t->err.rc, RC_OK);
    task_free(t);
    return n;
}

static void a_write_replaces_the_whole_file(void **state) {
    struct stat st;

    (void)state;
    assert_int_equal(done(TASK_WRITE, at("state/deep/draft"), "one, and longer"), RC_OK);
    assert_int_equal(done(TASK_WRITE, at("state/deep/draft"), "two"), RC_OK);
    assert_content(at("state/deep/draft"), "two");
    assert_int_equal(stat(at("state/deep/draft"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(at("state/deep"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(files_in(at("state/deep")), 1);
    assert_int_equal(done(TASK_WRITE, at("state/deep/draft"), ""), RC_OK);
    assert_int_equal(files_in(at("state/deep")), 0);
    assert_int_equal(done(TASK_WRITE, at("state/deep/draft"), ""), RC_OK);
}

static struct task *fresh(const char *path, const char *data) {
    struct task *t = task_new(TASK_WRITE, path);

    t->fresh = true;
    t->data = arena_strdup(&t->arena, data);
    t->len = strlen(data);
    return t;
}

static void a_fresh_file_is_never_written_over(void **state) {
    struct stat st;

    (void)state;
    /* both before the first is done: neither takes the other's place in the queue */
    assert_int_equal(job_send(job, fresh(at("fresh/export"), "mine")), RC_OK);
    assert_int_equal(job_send(job, fresh(at("fresh/export"), "another")), RC_OK);
    struct task *first = kit_next(job), *second = kit_next(job);

    assert_int_equal(first->err.rc, RC_OK);
    assert_int_equal(second->err.rc, RC_IO);
    assert_int_equal(second->err.detail, EEXIST);
    assert_content(at("fresh/export"), "mine");
    assert_int_equal(files_in(at("fresh")), 1); /* nothing temporary stays */
    assert_int_equal(stat(at("fresh/export"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    task_free(first);
    task_free(second);
}

static void a_failed_write_leaves_the_old_file_and_says_why(void **state) {
    struct rlimit limit, tight;
    char big[4096];

    (void)state;
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    assert_int_equal(done(TASK_WRITE, at("full/draft"), "old"), RC_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    tight = limit;
    tight.rlim_cur = 100;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    struct task *t = ask(TASK_WRITE, at("full/draft"), big);

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(t->err.rc, RC_IO);
    assert_int_equal(t->err.detail, EFBIG);
    assert_non_null(strstr(t->err.text, "could not write "));
    assert_non_null(strstr(t->err.text, "full/draft: File too large"));
    task_free(t);
    assert_content(at("full/draft"), "old");
    assert_int_equal(files_in(at("full")), 1);
    t = ask(TASK_WRITE, at("full/draft/below"), "x");
    assert_int_equal(t->err.detail, ENOTDIR);
    task_free(t);
}

static void an_append_goes_to_the_end(void **state) {
    struct stat st;

    (void)state;
    assert_int_equal(done(TASK_APPEND, at("log/lines"), "one\n"), RC_OK);
    assert_int_equal(done(TASK_APPEND, at("log/lines"), "two\n"), RC_OK);
    assert_content(at("log/lines"), "one\ntwo\n");
    assert_int_equal(stat(at("log/lines"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    struct task *t = ask(TASK_APPEND, "/dev/full", "x");

    assert_int_equal(t->err.rc, RC_IO);
    assert_int_equal(t->err.detail, ENOSPC);
    assert_string_equal(t->err.text, "could not write /dev/full: No space left on device");
    task_free(t);
}

static void what_cannot_be_read_is_told_apart(void **state) {
    (void)state;
    struct task *t = ask(TASK_READ, at("missing"), NULL);

    assert_int_equal(t->err.rc, RC_OK);
    assert_null(t->data);
    task_free(t);
    t = ask(TASK_READ, at("missing/below"), NULL);
    assert_int_equal(t->err.rc, RC_OK);
    assert_null(t->data);
    task_free(t);
    assert_int_equal(mkfifo(at("fifo"), 0600), 0);
    t = ask(TASK_READ, at("fifo"), NULL); /* nobody writes to it: this must not hang */
    assert_int_equal(t->err.rc, RC_IO);
    assert_non_null(strstr(t->err.text, "not a regular file"));
    task_free(t);
    assert_int_equal(done(TASK_READ, dir, NULL), RC_IO);
    const int fd = open(at("huge"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 16 * 1024 * 1024 + 1), 0);
    assert_int_equal(done(TASK_READ, at("huge"), NULL), RC_LIMIT);
    assert_int_equal(ftruncate(fd, 0), 0);
    close(fd);
    assert_content(at("huge"), "");
}

static void a_tilde_is_the_home_directory(void **state) {
    (void)state;
    assert_int_equal(done(TASK_WRITE, "~/at-home", "x"), RC_OK);
    struct task *t = ask(TASK_STAT, "~/at-home", NULL);

    assert_int_equal(t->err.rc, RC_OK);
    assert_string_equal(t->path, at("at-home"));
    assert_string_equal(t->entries[0].name, at("at-home"));
    assert_int_equal(t->entries[0].size, 1);
    assert_true(t->entries[0].readable);
    task_free(t);
    t = ask(TASK_STAT, "~nobody", NULL);
    assert_string_equal(t->path, "~nobody");
    assert_int_equal(t->err.rc, RC_IO);
    assert_int_equal(t->err.detail, ENOENT);
    task_free(t);
}

static void assert_names(struct task *t, const char *expected) {
    auto_buf struct buf out = {.max = 10000};

    assert_int_equal(t->err.rc, RC_OK);
    for (size_t i = 0; i < t->n_entries; i++)
        buf_addf(&out, "%s%s%s%s", i > 0 ? " " : "", t->entries[i].name,
                 t->entries[i].is_dir ? "/" : "", t->entries[i].hidden ? "*" : "");
    assert_string_equal(buf_str(&out), expected);
    task_free(t);
}

static void make(const char *path, const char *data) {
    assert_int_equal(done(TASK_WRITE, at(path), data), RC_OK);
}

static void a_scan_sorts_and_follows_links(void **state) {
    (void)state;
    make("scan/b.txt", "12345");
    make("scan/A.txt", "1");
    make("scan/zdir/in", "1");
    make("scan/.hidden", "1");
    make("scan/a\n\x1b[31m", "1");
    assert_int_equal(symlink("zdir", at("scan/linkdir")), 0);
    assert_int_equal(symlink("nowhere", at("scan/dangling")), 0);
    assert_names(ask(TASK_SCAN, at("scan"), NULL),
                 "linkdir/ zdir/ .hidden* a\n\x1b[31m A.txt b.txt dangling");
    struct task *t = ask(TASK_SCAN, at("scan"), NULL);

    assert_int_equal(t->entries[5].size, 5);
    assert_true(t->entries[5].modified > 1600000000000);
    assert_false(t->entries[6].readable);
    task_free(t);
    t = ask(TASK_SCAN, at("scan/b.txt"), NULL);
    assert_int_equal(t->err.rc, RC_IO);
    assert_int_equal(t->err.detail, ENOTDIR);
    assert_non_null(strstr(t->err.text, "could not list "));
    task_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_replaces_the_whole_file),
        cmocka_unit_test(a_fresh_file_is_never_written_over),
        cmocka_unit_test(a_failed_write_leaves_the_old_file_and_says_why),
        cmocka_unit_test(an_append_goes_to_the_end),
        cmocka_unit_test(what_cannot_be_read_is_told_apart),
        cmocka_unit_test(a_tilde_is_the_home_directory),
        cmocka_unit_test(a_scan_sorts_and_follows_links),
    };

    return cmocka_run_group_tests(tests, begin, finish);
}
