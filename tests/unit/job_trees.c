/* Scans of whole trees, and looks at several files. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "mix/job.h"
#include "mix/tree.h"

static char dir[64];

static int make_dir(void **state) {
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/mix_job_trees.XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state) {
    (void)state;
    char command[96];

    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

static const char *at(const char *name) {
    static char paths[4][400];
    static size_t turn;
    char *path = paths[turn++ % 4];

    snprintf(path, 400, "%s/%s", dir, name);
    return path;
}

static void make(const char *name) {
    const int fd = open(at(name), O_WRONLY | O_CREAT, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, "abc", 3), 3);
    close(fd);
}

static struct task *wait_task(struct job *j) {
    struct task *t;

    while (!(t = job_next(j))) {
        struct pollfd fd = {.fd = job_fd(j), .events = POLLIN};

        assert_true(poll(&fd, 1, 20000) > 0);
        job_ack(j);
    }
    return t;
}

enum show { PLAIN, HIDDEN };

static uint32_t ask(struct job *j, const char *path, uint32_t scan, enum show show) {
    struct task *t = task_new(TASK_TREE, path);
    const uint32_t id = t->id;

    t->scan = scan;
    t->hidden = show == HIDDEN;
    assert_int_equal(job_send(j, t), RC_OK);
    return id;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All names, sorted, with the digit of their kind. */
static void scan(const char *path, enum show show, char *out, size_t size) {
    struct job *j = job_new();
    struct tree *tree = tree_new();
    uint32_t number = 0;
    char *names[100];
    size_t n = 0, used = 0;

    for (bool more = true; more;) {
        const uint32_t id = ask(j, path, number, show);
        struct task *t = wait_task(j);

        assert_int_equal(t->id, id);
        assert_int_equal(t->err.rc, RC_OK);
        assert_true(tree_add(tree, t->data, t->len));
        number = t->scan;
        more = t->more;
        task_free(t);
    }
    for (size_t i = 0; i < tree_count(tree); i++) {
        names[n] = xmalloc(600);
        snprintf(names[n++], 600, "%s:%d", tree_name(tree, i), (int)tree_kind(tree, i));
    }
    qsort(names, n, sizeof names[0], by_name);
    *out = '\0';
    for (size_t i = 0; i < n; i++) {
        used += (size_t)snprintf(out + used, size - used, "%s%s", i > 0 ? " " : "", names[i]);
        free(names[i]);
    }
    tree_free(tree);
    job_free(j);
}

static void make_socket(const char *name) {
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(a.sun_path, sizeof a.sun_path, "%s", at(name));
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    close(fd);
}

static void a_tree_has_every_kind_of_name(void **state) {
    char out[2000];

    (void)state;
    assert_int_equal(mkdir(at("k"), 0700), 0);
    assert_int_equal(mkdir(at("k/.git"), 0700), 0);
    assert_int_equal(mkdir(at("k/node_modules"), 0700), 0);
    assert_int_equal(mkdir(at("k/deep"), 0700), 0);
    assert_int_equal(mkdir(at("k/deep/er"), 0700), 0);
    make("k/.git/config");
    make("k/node_modules/x.js");
    make("k/deep/er/file");
    make("k/new\nline");
    make("k/\xff\xfe");
    assert_int_equal(mkfifo(at("k/fifo"), 0600), 0);
    make_socket("k/sock");
    assert_int_equal(symlink("../../k", at("k/deep/up")), 0); /* a ring */
    assert_int_equal(symlink("self", at("k/self")), 0);
    assert_int_equal(symlink("nowhere", at("k/dead")), 0);
    assert_int_equal(symlink("/dev/null", at("k/null")), 0);
    scan(at("k"), PLAIN, out, sizeof out);
    assert_string_equal(out, "dead:5 deep/er/file:0 deep/er:1 deep/up:1 deep:1 fifo:2 new\nline:0 "
                             "null:4 self:5 sock:3 \xff\xfe:0");
    scan(at("k"), HIDDEN, out, sizeof out);
    assert_string_equal(out,
                        ".git/config:0 .git:1 dead:5 deep/er/file:0 deep/er:1 deep/up:1 deep:1 "
                        "fifo:2 new\nline:0 node_modules/x.js:0 node_modules:1 null:4 self:5 "
                        "sock:3 \xff\xfe:0");
}

static void what_is_no_directory_says_why(void **state) {
    struct job *j = job_new();

    (void)state;
    make("plain");
    for (int i = 0; i < 2; i++) {
        (void)ask(j, at(i == 0 ? "plain" : "missing"), 0, PLAIN);
        struct task *t = wait_task(j);

        assert_int_equal(t->err.rc, RC_IO);
        assert_int_equal(t->err.detail, i == 0 ? ENOTDIR : ENOENT);
        assert_false(t->more);
        task_free(t);
    }
    job_free(j);
}

/* A scan that nobody takes the chunks of holds nobody up, can be cancelled, and ends with the
 * thread. */
static void a_scan_is_cancelled_and_others_go_on(void **state) {
    struct job *j = job_new();
    uint32_t first = 0;

    (void)state;
    assert_int_equal(mkdir(at("c"), 0700), 0);
    make("c/one");
    for (int i = 0; i < 40; i++) {
        struct task *stop = task_new(TASK_CANCEL, "");
        const uint32_t id = ask(j, "/usr", 0, HIDDEN);

        first = first ? first : id;
        stop->target = id;
        assert_int_equal(job_send(j, stop), RC_OK);
        struct task *t = wait_task(j);

        assert_int_equal(t->id, id);
        assert_true(t->err.rc == RC_CANCELLED || t->err.rc == RC_BUSY || t->scan > 0);
        task_free(t);
    }
    job_free(j);
    j = job_new();
    (void)ask(j, "/", 0, HIDDEN); /* not asked again */
    task_free(wait_task(j));
    struct task *t = task_new(TASK_STAT, at("c/one"));

    assert_int_equal(job_send(j, t), RC_OK);
    t = wait_task(j);
    assert_int_equal(t->kind, TASK_STAT);
    task_free(t);
    job_free(j);
}

/* Who stops may have been answered already, without having heard it. */
static void a_scan_that_was_answered_is_cancelled_all_the_same(void **state) {
    enum { SCANS = 8, PATIENCE = 500 };
    struct job *j = job_new();

    (void)state;
    for (int i = 0; i < SCANS; i++) {
        struct task *stop = task_new(TASK_CANCEL, "");

        stop->target = ask(j, "/", 0, HIDDEN);
        struct task *t = wait_task(j);

        assert_int_equal(t->err.rc, RC_OK);
        assert_true(t->more);
        task_free(t);
        assert_int_equal(job_send(j, stop), RC_OK);
    }
    enum rc rc = RC_BUSY;

    for (int i = 0; i < PATIENCE && rc == RC_BUSY; i++) { /* their threads see it soon */
        (void)ask(j, dir, 0, PLAIN);
        struct task *t = wait_task(j);

        rc = t->err.rc;
        task_free(t);
        if (rc == RC_BUSY)
            (void)usleep(10000);
    }
    assert_int_equal(rc, RC_OK);
    job_free(j);
}

static void an_unknown_scan_is_over(void **state) {
    struct job *j = job_new();

    (void)state;
    (void)ask(j, dir, 77, PLAIN);
    struct task *t = wait_task(j);

    assert_int_equal(t->err.rc, RC_CANCELLED);
    task_free(t);
    job_free(j);
}

static void several_files_are_looked_at_at_once(void **state) {
    static const char names[] = "file\0dir\0fifo\0gone\0~/x\0/dev/null\0loop";
    static const enum entry_kind kinds[] = {ENTRY_FILE, ENTRY_DIR,    ENTRY_FIFO,    ENTRY_GONE,
                                            ENTRY_GONE, ENTRY_DEVICE, ENTRY_DANGLING};

    (void)state;
    assert_int_equal(setenv("HOME", at("home"), 1), 0);
    struct job *j = job_new();

    assert_int_equal(mkdir(at("look"), 0700), 0);
    assert_int_equal(mkdir(at("look/dir"), 0700), 0);
    make("look/file");
    assert_int_equal(mkfifo(at("look/fifo"), 0600), 0);
    assert_int_equal(symlink("loop", at("look/loop")), 0);
    struct task *t = task_new(TASK_LOOK, at("look"));

    char *data = arena_alloc(&t->arena, sizeof names);

    memcpy(data, names, sizeof names);
    t->data = data;
    t->len = sizeof names - 1;
    assert_int_equal(job_send(j, t), RC_OK);
    t = wait_task(j);
    assert_int_equal(t->err.rc, RC_OK);
    assert_int_equal(t->n_entries, MIX_COUNT(kinds));
    for (size_t i = 0; i < MIX_COUNT(kinds); i++)
        assert_int_equal(t->entries[i].kind, kinds[i]);
    assert_string_equal(t->entries[0].name, at("look/file"));
    assert_string_equal(t->entries[4].name, at("home/x"));
    assert_int_equal(t->entries[0].size, 3);
    task_free(t);
    job_free(j);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_has_every_kind_of_name),
        cmocka_unit_test(what_is_no_directory_says_why),
        cmocka_unit_test(a_scan_is_cancelled_and_others_go_on),
        cmocka_unit_test(a_scan_that_was_answered_is_cancelled_all_the_same),
        cmocka_unit_test(an_unknown_scan_is_over),
        cmocka_unit_test(several_files_are_looked_at_at_once),
    };

    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
