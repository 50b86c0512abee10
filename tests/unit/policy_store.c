/* The files of rules and of the audit log: private, whole, rotated, written by several at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mix/policy_store.h"

#define ALLOW(id, rule)                                                                            \
    "{\"id\":\"" id "\",\"rule\":\"" rule "\",\"answer\":\"allow\",\"scope\":\"always\"}\n"

static char base[64], dir[128];

static const char *in_dir(const char *name) {
    static char path[4][256];
    static size_t at;
    char *out = path[at++ % 4];

    snprintf(out, sizeof path[0], "%s/%s", dir, name);
    return out;
}

static int setup(void **state) {
    (void)state;
    snprintf(base, sizeof base, "/tmp/mix-policy-XXXXXX");
    if (!mkdtemp(base))
        return -1;
    snprintf(dir, sizeof dir, "%s/a/mixtui", base); /* made by the first who writes */
    return 0;
}

static int teardown(void **state) {
    static const char *const names[] = {"rules.jsonl",   "rules.used",    "rules.lock",
                                        "audit.jsonl",   "audit.jsonl.1", "audit.jsonl.2",
                                        "audit.jsonl.3", "audit.jsonl.4", "audit.jsonl.5"};
    char parent[80];

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(names); i++)
        if (unlink(in_dir(names[i])) != 0)
            (void)rmdir(in_dir(names[i]));
    rmdir(dir);
    snprintf(parent, sizeof parent, "%s/a", base);
    rmdir(parent);
    return rmdir(base); /* nothing else was left behind */
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

static int mode_of(const char *name) {
    struct stat st;

    return stat(in_dir(name), &st) == 0 ? (int)(st.st_mode & 0777) : -1;
}

static void ok(enum rc rc, const struct err *err) {
    if (rc != RC_OK)
        fail_msg("%s", err->text);
}

static void rules_are_added_and_taken_away_and_the_rest_stays_as_it_was(void **state) {
    struct err err = {0};
    struct policy p;

    (void)state;
    ok(policy_load(&p, dir, &err), &err);
    assert_int_equal(p.n, 0);
    ok(policy_add(dir, ALLOW("r1", "Grep"), &err), &err);
    assert_int_equal(mode_of("rules.jsonl"), 0600);
    put("rules.jsonl", "# mine\n" ALLOW("r1", "Grep") "{broken\n" ALLOW("r2", "Glob") "  ");
    ok(policy_add(dir, ALLOW("r3", "Bash:ls *"), &err), &err);
    assert_int_equal(policy_add(dir, ALLOW("r3", "Bash"), &err), RC_USAGE); /* its id is taken */
    assert_int_equal(policy_add(dir, ALLOW("r4", "Bash") ALLOW("r5", "Bash"), &err), RC_USAGE);
    assert_int_equal(policy_add(dir, "{}\n", &err), RC_USAGE);
    ok(policy_remove(dir, "r2", &err), &err);
    assert_int_equal(policy_remove(dir, "r2", &err), RC_USAGE);
    assert_string_equal(get("rules.jsonl"),
                        "# mine\n" ALLOW("r1", "Grep") "{broken\n  \n" ALLOW("r3", "Bash:ls *"));
    ok(policy_load(&p, dir, &err), &err);
    assert_int_equal(p.n, 3);
    assert_int_equal(p.n_off, 1);
    policy_fini(&p);
}

static void an_answer_by_rule_is_counted_and_written_down(void **state) {
    static const char *const sessions[] = {"s1", NULL};
    const struct ruling_ask ask = {.id = "p1",
                                   .tool = "Bash",
                                   .object = "ls -l --token=hunter2",
                                   .params = "{\"command\":\"ls -l --token=hunter2\"}",
                                   .server = "here",
                                   .sessions = sessions,
                                   .title = "A\ntitle"};
    struct arena a = {0};
    struct audit_row row;
    struct ruling r;
    struct err err = {0};
    struct policy p;

    (void)state;
    ok(policy_rule_on(dir, &ask, 1800000000123, &a, &r, &err), &err);
    assert_int_equal(r.verdict, VERDICT_ASK);
    assert_int_equal(access(dir, F_OK), -1); /* no rules: nothing was made */
    ok(policy_add(dir, ALLOW("r1", "Bash:ls *"), &err), &err);
    for (int i = 0; i < 2; i++) {
        ok(policy_rule_on(dir, &ask, 1800000000123 + i, &a, &r, &err), &err);
        assert_int_equal(r.verdict, VERDICT_ALLOW);
        assert_string_equal(r.rule_text, "Bash:ls *");
    }
    ok(policy_load(&p, dir, &err), &err);
    assert_int_equal(p.rules[0].hits, 2);
    assert_int_equal(p.rules[0].used, 1800000000124);
    policy_fini(&p);
    assert_int_equal(mode_of("audit.jsonl"), 0600);
    assert_null(strstr(get("audit.jsonl"), "hunter2"));
    const char *line = get("audit.jsonl");

    assert_true(audit_read(&row, &a, line, strcspn(line, "\n")));
    assert_int_equal(row.real, 1800000000123);
    assert_string_equal(row.tool, "Bash");
    assert_string_equal(row.answer, "grant");
    assert_string_equal(row.by, "rule");
    assert_string_equal(row.rule, "r1");
    assert_string_equal(row.session, "s1");
    assert_string_equal(row.title, "A\ntitle");
    assert_non_null(strstr(row.object, "ls -l --token="));
    assert_int_equal(row.bytes, strlen(ask.object));
    assert_int_equal(row.armed_ms, -1);
    arena_free(&a);
}

/* Known sums: of "abc", and of a million times "a" (FIPS 180). */
static void the_sum_is_of_the_whole_object_however_long(void **state) {
    char *million = xmalloc(1000001);
    struct ruling_ask ask = {.tool = "Bash", .object = "abc"};
    const struct ruling_answer how = {"deny", "key", 1234};
    auto_buf struct buf line = {.max = MIX_MIB};
    struct arena a = {0};
    struct audit_row row;

    (void)state;
    assert_int_equal(audit_line(&line, &ask, &how, NULL, 1800000000000), RC_OK);
    assert_true(audit_read(&row, &a, line.p, line.n));
    assert_string_equal(row.sha256,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(row.armed_ms, 1234);
    memset(million, 'a', 1000000);
    million[1000000] = '\0';
    ask.object = million;
    buf_clear(&line);
    assert_int_equal(audit_line(&line, &ask, &how, NULL, 1800000000000), RC_OK);
    assert_true(line.n < 40000);
    assert_true(audit_read(&row, &a, line.p, line.n));
    assert_string_equal(row.sha256,
                        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    assert_int_equal(row.bytes, 1000000);
    assert_true(strlen(row.object) <= AUDIT_OBJECT);
    arena_free(&a);
    free(million);
}

static void an_object_is_cut_between_characters_and_line_ends_stay_inside(void **state) {
    auto_buf struct buf object = {.max = MIX_MIB};
    auto_buf struct buf line = {.max = MIX_MIB};
    const struct ruling_answer how = {"grant", "key", 500};
    struct arena a = {0};
    struct audit_row row;

    (void)state;
    buf_adds(&object, "x\n\033[2J\xff");
    while (object.n < 2 * AUDIT_OBJECT)
        buf_adds(&object, "\xe2\x82\xac");
    const struct ruling_ask ask = {.tool = "Bash", .object = object.p};

    assert_int_equal(audit_line(&line, &ask, &how, NULL, 1800000000000), RC_OK);
    assert_int_equal(strcspn(line.p, "\n"), line.n - 1);
    for (size_t i = 0; i + 1 < line.n; i++)
        assert_true((unsigned char)line.p[i] >= 0x20);
    assert_true(audit_read(&row, &a, line.p, line.n));
    const size_t n = strlen(row.object);

    assert_true(n > AUDIT_OBJECT - 8 && n <= AUDIT_OBJECT + 8);
    assert_string_equal(row.object + n - 3, "\xe2\x82\xac");
    arena_free(&a);
}

static void the_log_is_rotated_and_read_from_its_end(void **state) {
    char *big = xmalloc(1000002);
    auto_buf struct buf out = {0};
    struct err err = {0};

    (void)state;
    memset(big, 'x', 1000000);
    memcpy(big + 1000000, "\n", 2);
    for (int i = 0; i < 55; i++) {
        snprintf(big, 8, "%06d", i);
        big[6] = 'x';
        ok(audit_append(dir, big, 1000001, &err), &err);
    }
    assert_int_equal(mode_of("audit.jsonl"), 0600);
    assert_true(mode_of("audit.jsonl.4") >= 0);
    assert_int_equal(mode_of("audit.jsonl.5"), -1);
    struct stat st;

    for (int i = 0; i < AUDIT_FILES; i++) {
        char name[32] = "audit.jsonl";

        if (i > 0)
            snprintf(name, sizeof name, "audit.jsonl.%d", i);
        assert_int_equal(stat(in_dir(name), &st), 0);
        assert_true(st.st_size <= AUDIT_BYTES);
    }
    ok(audit_tail(dir, &out, 12 * 1000000, &err), &err);
    size_t lines = 0;

    for (size_t i = 0; i < out.n; i++)
        lines += out.p[i] == '\n';
    assert_true(lines >= 10 && lines <= 12);
    char want[16];

    snprintf(want, sizeof want, "%06d", 55 - (int)lines);
    assert_memory_equal(out.p, want, 6); /* whole lines, the oldest of them first */
    assert_memory_equal(out.p + out.n - 1000001, "000054", 6);
    free(big);
}

static void a_line_torn_by_a_crash_does_not_swallow_the_next(void **state) {
    struct err err = {0};

    (void)state;
    ok(audit_append(dir, "one\n", 4, &err), &err);
    put("audit.jsonl", "one\ntw");
    ok(audit_append(dir, "three\n", 6, &err), &err);
    assert_string_equal(get("audit.jsonl"), "one\ntw\nthree\n");
}

static void what_cannot_be_written_down_is_not_allowed(void **state) {
    const struct ruling_ask ask = {.tool = "Grep", .object = "/src"};
    struct arena a = {0};
    struct ruling r;
    struct err err = {0};

    (void)state;
    ok(policy_add(dir, ALLOW("r1", "Grep"), &err), &err);
    assert_int_equal(mkdir(in_dir("audit.jsonl"), 0700), 0);
    assert_int_not_equal(policy_rule_on(dir, &ask, 1800000000000, &a, &r, &err), RC_OK);
    assert_int_equal(r.verdict, VERDICT_ASK);
    assert_non_null(strstr(err.text, "audit.jsonl"));
    assert_int_equal(rmdir(in_dir("audit.jsonl")), 0);
    assert_int_equal(mkfifo(in_dir("audit.jsonl"), 0600), 0);
    assert_int_not_equal(policy_rule_on(dir, &ask, 1800000000000, &a, &r, &err), RC_OK);
    assert_int_equal(r.verdict, VERDICT_ASK);
    arena_free(&a);
}

static void several_programs_at_once_lose_nothing(void **state) {
    enum { CHILDREN = 4, EACH = 25 };
    const struct ruling_ask ask = {.tool = "Grep", .object = "/src"};
    pid_t pids[CHILDREN];
    struct err err = {0};
    struct policy p;

    (void)state;
    ok(policy_add(dir, ALLOW("r0", "Grep"), &err), &err);
    for (int c = 0; c < CHILDREN; c++) {
        pids[c] = fork();
        if (pids[c] != 0)
            continue;
        for (int i = 0; i < EACH; i++) {
            struct arena a = {0};
            struct ruling r;
            char line[160];

            snprintf(line, sizeof line,
                     "{\"id\":\"c%d-%d\",\"rule\":\"Glob\",\"answer\":\"deny\","
                     "\"scope\":\"always\"}\n",
                     c, i);
            if (policy_add(dir, line, &err) != RC_OK ||
                policy_rule_on(dir, &ask, 1800000000000, &a, &r, &err) != RC_OK) {
                fprintf(stderr, "%s\n", err.text);
                _exit(1);
            }
            arena_free(&a);
        }
        _exit(0);
    }
    for (int c = 0; c < CHILDREN; c++) {
        int status = -1;

        assert_int_equal(waitpid(pids[c], &status, 0), pids[c]);
        assert_int_equal(status, 0);
    }
    ok(policy_load(&p, dir, &err), &err);
    assert_int_equal(p.n, 1 + CHILDREN * EACH);
    assert_int_equal(p.n_off, 0);
    assert_int_equal(p.rules[0].hits, CHILDREN * EACH);
    policy_fini(&p);
    auto_buf struct buf out = {0};
    size_t lines = 0;

    ok(audit_tail(dir, &out, MIX_MIB, &err), &err);
    for (size_t i = 0; i < out.n; i++)
        lines += out.p[i] == '\n';
    assert_int_equal(lines, CHILDREN * EACH);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(rules_are_added_and_taken_away_and_the_rest_stays_as_it_was),
        CASE(an_answer_by_rule_is_counted_and_written_down),
        CASE(the_sum_is_of_the_whole_object_however_long),
        CASE(an_object_is_cut_between_characters_and_line_ends_stay_inside),
        CASE(the_log_is_rotated_and_read_from_its_end),
        CASE(a_line_torn_by_a_crash_does_not_swallow_the_next),
        CASE(what_cannot_be_written_down_is_not_allowed),
        CASE(several_programs_at_once_lose_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
