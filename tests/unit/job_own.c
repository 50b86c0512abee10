/* One owner at a time, whatever becomes of it. Two job threads are two programs here. */
#include "job_kit.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64], owners[100], file[128], draft[128];
static struct job *a, *b;

static int begin(void **state) {
    (void)state;
    if (kit_dir(dir) != 0)
        return -1;
    snprintf(owners, sizeof owners, "%s/srv/owners", dir);
    snprintf(file, sizeof file, "%s/s1", owners);
    snprintf(draft, sizeof draft, "%s/srv/drafts/s1", dir);
    a = job_new();
    b = job_new();
    return 0;
}

static int finish(void **state) {
    (void)state;
    job_free(TAKE(a));
    job_free(TAKE(b));
    return kit_dir_remove(dir);
}

static struct task *ask(struct job *j, struct task *t) {
    const uint32_t id = t->id;

    assert_int_equal(job_send(j, t), RC_OK);
    t = kit_next(j);
    assert_int_equal(t->id, id);
    return t;
}

enum { IF_FREE, BY_FORCE };
static bool takes(struct job *j, int how) {
    struct task *t = task_new(TASK_OWN_TAKE, file);

    t->force = how == BY_FORCE;
    t = ask(j, t);
    const bool mine = t->err.rc == RC_OK && t->owned_by == 0;

    if (!mine)
        assert_int_equal(t->owned_by, getpid());
    task_free(t);
    return mine;
}

static enum rc does(struct job *j, enum task_kind kind, const char *data) {
    struct task *t = task_new(kind, file);

    if (data) {
        t->data = arena_strdup(&t->arena, data);
        t->len = strlen(data);
    }
    t = ask(j, t);
    const enum rc rc = t->err.rc;

    task_free(t);
    return rc;
}

static enum rc writes(struct job *j, const char *data) {
    struct task *t = task_new(TASK_WRITE, draft);

    t->data = arena_strdup(&t->arena, data);
    t->len = strlen(data);
    t->guard = arena_strdup(&t->arena, file);
    t = ask(j, t);
    const enum rc rc = t->err.rc;

    task_free(t);
    return rc;
}

static void one_has_it_until_it_lets_go(void **state) {
    (void)state;
    assert_true(takes(a, IF_FREE));
    assert_true(takes(a, IF_FREE));
    assert_false(takes(b, IF_FREE));
    assert_int_equal(does(b, TASK_OWN_DROP, NULL), RC_OK); /* not its own: nothing happens */
    assert_false(takes(b, IF_FREE));
    assert_int_equal(does(a, TASK_OWN_DROP, NULL), RC_OK);
    assert_true(takes(b, IF_FREE));
    assert_false(takes(a, IF_FREE));
}

static void its_end_lets_everything_go(void **state) {
    (void)state;
    assert_true(takes(a, IF_FREE));
    job_free(TAKE(a));
    assert_int_equal(access(file, F_OK), -1);
    assert_true(takes(b, IF_FREE));
}

/* A name of somebody whose FIFO nobody reads. */
static void put(const char *text) {
    const int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void one_that_was_killed_has_nothing(void **state) {
    static const char *const left[] = {
        "mixtui owner 1\n99999-00000001 1700000000000\n", /* no FIFO */
        "mixtui owner 1\n99999-00000002 1700000000000\n", /* one that nobody reads */
        "mixtui owner 1\n99999-0",                        /* torn */
        "mixtui owner 1\n../../../etc/passwd 1\n",
        "nonsense\n",
        "",
    };
    char fifo[160];

    (void)state;
    assert_true(takes(a, IF_FREE)); /* makes the directory */
    snprintf(fifo, sizeof fifo, "%s/.99999-00000002", owners);
    for (size_t i = 0; i < MIX_COUNT(left); i++) {
        assert_true(i != 1 || mkfifo(fifo, 0600) == 0);
        put(left[i]);
        assert_true(takes(b, IF_FREE));
        assert_int_equal(does(b, TASK_OWN_DROP, NULL), RC_OK);
    }
    assert_int_equal(access(fifo, F_OK), -1); /* cleaned up */
}

/* Nobody's, and nothing that holds the thread: a FIFO waits for a reader, a lock for its holder. */
static void what_is_no_file_of_an_owner_is_nobodys(void **state) {
    (void)state;
    assert_true(takes(a, IF_FREE));
    for (int i = 0; i < 4; i++) {
        (void)unlink(file);
        switch (i) {
        case 0:
            assert_int_equal(mkfifo(file, 0600), 0);
            break;
        case 1:
            assert_int_equal(mkdir(file, 0700), 0);
            break;
        case 2:
            assert_int_equal(symlink("/dev/zero", file), 0);
            break;
        default:
            assert_int_equal(symlink(file, file), 0);
            break;
        }
        assert_true(takes(b, IF_FREE));
        assert_int_equal(writes(b, "kept"), RC_OK);
        assert_int_equal(does(b, TASK_OWN_ASK, NULL), RC_IO);
        assert_int_equal(does(b, TASK_OWN_DROP, NULL), RC_OK);
        (void)rmdir(file);
    }
}

static void a_lock_that_stands_still_is_waited_for_once(void **state) {
    char path[160];
    const int64_t start = clock_now();

    (void)state;
    assert_true(takes(a, IF_FREE));
    snprintf(path, sizeof path, "%s/lock", owners);
    const int held = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    assert_int_equal(flock(held, LOCK_EX), 0);
    for (int i = 0; i < 50; i++) {
        assert_true(takes(a, IF_FREE));
        assert_int_equal(writes(a, "kept all the same"), RC_OK);
    }
    job_free(TAKE(a)); /* nor does the end wait again */
    assert_true(clock_now() - start < 4500);
    close(held);
}

static void a_killed_process_frees_it_at_once(void **state) {
    int ready[2];

    (void)state;
    assert_int_equal(pipe(ready), 0);
    job_free(TAKE(a)); /* threads do not live on in a child */
    job_free(TAKE(b));
    const pid_t child = fork();

    if (child == 0) {
        struct job *j = job_new();

        (void)takes(j, IF_FREE);
        (void)!write(ready[1], "x", 1);
        for (;;)
            pause();
    }
    char c;

    assert_int_equal(read(ready[0], &c, 1), 1);
    a = job_new();
    b = job_new();
    struct task *t = ask(b, task_new(TASK_OWN_TAKE, file));

    assert_int_equal(t->owned_by, child);
    task_free(t);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(takes(b, IF_FREE));
    close(ready[0]);
    close(ready[1]);
}

static void the_owner_is_asked_and_answers(void **state) {
    struct task *watch_a = task_new(TASK_OWN_WATCH, owners);
    struct task *watch_b = task_new(TASK_OWN_WATCH, owners);
    char verb[8], name[40], id[60];

    (void)state;
    assert_true(takes(a, IF_FREE));
    assert_false(takes(b, IF_FREE));
    assert_int_equal(job_send(a, watch_a), RC_OK);
    assert_int_equal(job_send(b, watch_b), RC_OK);
    assert_int_equal(does(b, TASK_OWN_ASK, NULL), RC_OK);
    struct task *t = kit_next(a);

    assert_int_equal(t->kind, TASK_OWN_WATCH);
    assert_int_equal(sscanf(t->data, "%7s %39s %59s", verb, name, id), 3);
    assert_string_equal(verb, "take");
    assert_string_equal(name, "s1");
    task_free(t);
    assert_int_equal(does(a, TASK_OWN_DROP, id), RC_OK);
    t = kit_next(b);
    assert_memory_equal(t->data, "gone s1 ", 8);
    task_free(t);
    assert_true(takes(b, IF_FREE));
}

static void nobody_can_be_asked_when_nobody_has_it(void **state) {
    (void)state;
    assert_int_equal(does(a, TASK_OWN_ASK, NULL), RC_IO);
}

static void by_force_it_is_lost_before_the_next_write(void **state) {
    (void)state;
    assert_true(takes(a, IF_FREE));
    assert_int_equal(writes(a, "of a"), RC_OK);
    assert_true(takes(b, BY_FORCE));
    assert_int_equal(writes(a, "of a again"), RC_BUSY);
    assert_int_equal(writes(b, "of b"), RC_OK);
    struct task *t = ask(a, task_new(TASK_READ, draft));

    assert_string_equal(t->data, "of b");
    task_free(t);
}

static void where_nothing_can_be_written_nothing_is_in_the_way(void **state) {
    char in_the_way[100];

    (void)state;
    snprintf(in_the_way, sizeof in_the_way, "%s/srv", dir);
    const int fd = open(in_the_way, O_WRONLY | O_CREAT, 0600);

    assert_true(fd >= 0);
    close(fd);
    assert_true(takes(a, IF_FREE));
    assert_true(takes(b, IF_FREE));
    assert_int_equal(writes(a, "x"), RC_IO); /* and that says why */
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, begin, finish)
    const struct CMUnitTest tests[] = {
        T(one_has_it_until_it_lets_go),
        T(its_end_lets_everything_go),
        T(one_that_was_killed_has_nothing),
        T(what_is_no_file_of_an_owner_is_nobodys),
        T(a_lock_that_stands_still_is_waited_for_once),
        T(a_killed_process_frees_it_at_once),
        T(the_owner_is_asked_and_answers),
        T(nobody_can_be_asked_when_nobody_has_it),
        T(by_force_it_is_lost_before_the_next_write),
        T(where_nothing_can_be_written_nothing_is_in_the_way),
    };
#undef T
    return cmocka_run_group_tests(tests, NULL, NULL);
}
