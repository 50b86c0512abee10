/* What may lie where the rules and the log should be: nothing of it hangs, grants or is destroyed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mix/policy_store.h"

#define ALLOW "{\"id\":\"r1\",\"rule\":\"Grep\",\"answer\":\"allow\",\"scope\":\"always\"}\n"

static char dir[64];
static struct arena arena;

static const char *in_dir(const char *name) {
    static char path[4][160];
    static size_t at;
    char *out = path[at++ % 4];

    snprintf(out, sizeof path[0], "%s/%s", dir, name);
    return out;
}

static void put(const char *name, const char *text) {
    auto_fd int fd = open(in_dir(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static char *get(const char *name) {
    static char text[65536];
    auto_fd int fd = open(in_dir(name), O_RDONLY);
    const ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);

    text[n > 0 ? n : 0] = '\0';
    return text;
}

static int setup(void **state) {
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/mix-policy-h-XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    put("rules.jsonl", ALLOW);
    return 0;
}

static int teardown(void **state) {
    char command[96];

    (void)state;
    arena_free(&arena);
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

/* A request that the rule allows; err of what is in the way. */
static enum verdict asks(struct err *err) {
    const struct ruling_ask ask = {.tool = "Grep", .object = "/src"};
    struct ruling r = {.verdict = VERDICT_ALLOW};

    *err = (struct err){0};
    const enum rc rc = policy_rule_on(dir, &ask, 1800000000000, &arena, &r, err);

    assert_int_equal(rc, err->rc);
    assert_true(rc == RC_OK || r.verdict == VERDICT_ASK);
    return r.verdict;
}

static void make_dir_at(const char *path) { assert_int_equal(mkdir(path, 0700), 0); }
static void make_fifo(const char *path) { assert_int_equal(mkfifo(path, 0600), 0); }
static void make_device(const char *path) { assert_int_equal(symlink("/dev/zero", path), 0); }
static void make_loop(const char *path) { assert_int_equal(symlink(path, path), 0); }

static void make_huge(const char *path) { /* a hole: of the size only */
    auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_int_equal(ftruncate(fd, 100 * 1000 * 1000), 0);
}

static void what_is_no_file_of_rules_grants_nothing_and_is_named(void **state) {
    static void (*const makes[])(const char *) = {make_dir_at, make_fifo, make_device, make_loop,
                                                  make_huge};
    struct policy p;
    struct err err;

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(makes); i++) {
        assert_int_equal(unlink(in_dir("rules.jsonl")), 0);
        makes[i](in_dir("rules.jsonl"));
        assert_int_equal(asks(&err), VERDICT_ASK);
        assert_non_null(strstr(err.text, "rules.jsonl"));
        assert_int_not_equal(policy_load(&p, dir, &err), RC_OK);
        assert_int_equal(p.n, 0);
        assert_int_not_equal(policy_add(dir, ALLOW, &err), RC_OK);
        assert_int_not_equal(policy_remove(dir, "r1", &err), RC_OK);
        if (rmdir(in_dir("rules.jsonl")) != 0) /* nobody replaced it */
            assert_int_equal(unlink(in_dir("rules.jsonl")), 0);
        put("rules.jsonl", ALLOW);
        assert_int_equal(asks(&err), VERDICT_ALLOW);
    }
}

static void rules_that_others_may_write_grant_nothing(void **state) {
    static const mode_t modes[] = {0666, 0620, 0602, 0777};
    struct policy p;
    struct err err;

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(modes); i++) {
        assert_int_equal(chmod(in_dir("rules.jsonl"), modes[i]), 0);
        assert_int_equal(asks(&err), VERDICT_ASK);
        assert_non_null(strstr(err.text, "others may write it (chmod 600 "));
        assert_int_equal(policy_load(&p, dir, &err), RC_IO);
        assert_int_equal(policy_check(dir, &err), RC_IO);
        /* nor do they become ours by a change of ours */
        assert_int_equal(policy_add(dir, ALLOW, &err), RC_IO);
        assert_int_equal(policy_remove(dir, "r1", &err), RC_IO);
        assert_string_equal(get("rules.jsonl"), ALLOW);
    }
    assert_int_equal(chmod(in_dir("rules.jsonl"), 0644), 0);
    assert_int_equal(policy_check(dir, &err), RC_OK);
    assert_int_equal(asks(&err), VERDICT_ALLOW);
    if (geteuid() != 0)
        return; /* only root can give a file away */
    assert_int_equal(chown(in_dir("rules.jsonl"), 65534, 65534), 0);
    assert_int_equal(asks(&err), VERDICT_ASK);
    assert_non_null(strstr(err.text, "belongs to somebody else"));
}

static void a_link_is_followed_to_the_rules_and_gives_way_to_a_change(void **state) {
    struct err err;

    (void)state;
    assert_int_equal(rename(in_dir("rules.jsonl"), in_dir("elsewhere")), 0);
    assert_int_equal(symlink("elsewhere", in_dir("rules.jsonl")), 0);
    assert_int_equal(asks(&err), VERDICT_ALLOW);
    assert_int_equal(chmod(in_dir("elsewhere"), 0666), 0);
    assert_int_equal(asks(&err), VERDICT_ASK);
    assert_int_equal(chmod(in_dir("elsewhere"), 0600), 0);
    assert_int_equal(policy_remove(dir, "r1", &err), RC_OK);
    assert_int_equal(asks(&err), VERDICT_ASK);
    assert_string_equal(get("elsewhere"), ALLOW);
}

static void what_is_no_log_allows_nothing(void **state) {
    static void (*const makes[])(const char *) = {make_dir_at, make_fifo, make_device, make_loop};
    auto_buf struct buf tail = {0};
    struct err err;

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(makes); i++) {
        makes[i](in_dir("audit.jsonl"));
        assert_int_equal(asks(&err), VERDICT_ASK);
        assert_non_null(strstr(err.text, "audit.jsonl"));
        assert_int_not_equal(audit_append(dir, "x\n", 2, &err), RC_OK);
        (void)audit_tail(dir, &tail, MIX_MIB, &err);
        assert_int_equal(tail.n, 0);
        if (rmdir(in_dir("audit.jsonl")) != 0)
            assert_int_equal(unlink(in_dir("audit.jsonl")), 0);
    }
    /* what a link leads to is not written to */
    put("precious", "keep\n");
    assert_int_equal(symlink("precious", in_dir("audit.jsonl")), 0);
    assert_int_equal(asks(&err), VERDICT_ASK);
    assert_string_equal(get("precious"), "keep\n");
}

static void a_log_that_is_open_to_others_is_closed_and_that_of_another_left_alone(void **state) {
    struct stat st;
    struct err err;

    (void)state;
    put("audit.jsonl", "old\n");
    assert_int_equal(chmod(in_dir("audit.jsonl"), 0666), 0);
    assert_int_equal(asks(&err), VERDICT_ALLOW);
    assert_int_equal(stat(in_dir("audit.jsonl"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    if (geteuid() != 0)
        return;
    put("audit.jsonl", "theirs\n");
    assert_int_equal(chown(in_dir("audit.jsonl"), 65534, 65534), 0);
    assert_int_equal(asks(&err), VERDICT_ASK);
    assert_non_null(strstr(err.text, "belongs to somebody else"));
    assert_string_equal(get("audit.jsonl"), "theirs\n");
}

static void a_log_of_a_hundred_megabytes_makes_way_and_is_read_from_its_end(void **state) {
    auto_buf struct buf tail = {0};
    struct stat st;
    struct err err;

    (void)state;
    make_huge(in_dir("audit.jsonl"));
    assert_int_equal(audit_tail(dir, &tail, MIX_MIB, &err), RC_OK);
    assert_true(tail.n <= MIX_MIB);
    assert_int_equal(asks(&err), VERDICT_ALLOW);
    assert_int_equal(stat(in_dir("audit.jsonl"), &st), 0);
    assert_true(st.st_size < 10000);
    assert_int_equal(stat(in_dir("audit.jsonl.1"), &st), 0);
    assert_int_equal(st.st_size, 100 * 1000 * 1000);
}

/* ---- a full disk ---- */
static struct rlimit before;

static void disk_takes(size_t bytes) {
    struct rlimit tight = before;

    tight.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
}

/* At each place where the bytes may run out: nothing is granted, and nothing says that it was. */
static void a_full_disk_grants_nothing_wherever_it_is_full(void **state) {
    struct err err;
    struct stat st;
    size_t granted_at = 0;

    (void)state;
    assert_int_equal(asks(&err), VERDICT_ALLOW);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    auto_free char *log = xstrdup(get("audit.jsonl"));

    for (size_t room = 0; granted_at == 0 && room < 4096; room += 7) {
        disk_takes(room);
        const enum verdict v = asks(&err);

        disk_takes((size_t)before.rlim_cur);
        if (v == VERDICT_ALLOW) {
            granted_at = room;
            break;
        }
        assert_int_equal(err.rc, RC_IO);
        assert_string_equal(get("audit.jsonl"), log);
    }
    assert_true(granted_at > strlen(log));
    assert_int_equal(stat(in_dir("audit.jsonl"), &st), 0);
    assert_int_equal(st.st_size, 2 * strlen(log));
    signal(SIGXFSZ, SIG_DFL);
}

/* ---- somebody stands still with the lock in its hand ---- */
static void a_lock_that_is_held_for_ever_is_waited_for_once(void **state) {
    struct err err;
    auto_fd int held = open(in_dir("rules.lock"), O_RDWR | O_CREAT, 0600);
    const int64_t start = clock_now();

    (void)state;
    assert_int_equal(flock(held, LOCK_EX), 0);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(asks(&err), VERDICT_ASK);
        assert_int_equal(err.rc, RC_BUSY);
        assert_non_null(strstr(err.text, "another mixtui holds "));
    }
    assert_true(clock_now() - start < 4000);
    assert_int_equal(flock(held, LOCK_UN), 0);
    assert_int_equal(asks(&err), VERDICT_ALLOW); /* at once, when it goes on */
}

static void what_is_no_lock_is_no_lock(void **state) {
    static void (*const makes[])(const char *) = {make_dir_at, make_device, make_loop};
    struct err err;

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(makes); i++) {
        (void)unlink(in_dir("rules.lock"));
        makes[i](in_dir("rules.lock"));
        assert_int_equal(asks(&err), VERDICT_ASK);
        assert_non_null(strstr(err.text, "rules.lock"));
        if (rmdir(in_dir("rules.lock")) != 0)
            assert_int_equal(unlink(in_dir("rules.lock")), 0);
    }
    make_fifo(in_dir("rules.lock")); /* one can be locked as well as a file */
    assert_int_equal(asks(&err), VERDICT_ALLOW);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(what_is_no_file_of_rules_grants_nothing_and_is_named),
        CASE(rules_that_others_may_write_grant_nothing),
        CASE(a_link_is_followed_to_the_rules_and_gives_way_to_a_change),
        CASE(what_is_no_log_allows_nothing),
        CASE(a_log_that_is_open_to_others_is_closed_and_that_of_another_left_alone),
        CASE(a_log_of_a_hundred_megabytes_makes_way_and_is_read_from_its_end),
        CASE(a_full_disk_grants_nothing_wherever_it_is_full),
        CASE(a_lock_that_is_held_for_ever_is_waited_for_once),
        CASE(what_is_no_lock_is_no_lock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
