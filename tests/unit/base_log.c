/* The debug log, in a directory of its own. */
#include "mix/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64], path[96];

static int make_dir(void **state) {
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/mix-log-XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    snprintf(path, sizeof path, "%s/log", dir);
    return 0;
}

static int remove_dir(void **state) {
    (void)state;
    log_close();
    unlink(path);
    return rmdir(dir);
}

static char *read_log(void) {
    static char text[MIX_MIB];
    FILE *f = fopen(path, "r");

    assert_non_null(f);
    const size_t n = fread(text, 1, sizeof text - 1, f);

    text[n] = '\0';
    fclose(f);
    return text;
}

static void log_is_off_until_opened(void **state) {
    (void)state;
    assert_false(log_on());
    log_line("t", "nowhere");
    assert_int_equal(log_open(path, NULL), RC_OK);
    assert_true(log_on());
    log_close();
    assert_false(log_on());
    log_line("t", "nowhere again");
    assert_string_equal(read_log(), "");
}

static void log_file_is_private_and_appended_to(void **state) {
    (void)state;
    struct stat st;

    for (int i = 0; i < 2; i++) {
        assert_int_equal(log_open(path, NULL), RC_OK);
        log_line("net", "line %d", i);
        log_close();
    }
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    const char *text = read_log();

    assert_non_null(strstr(text, "net: line 0\n"));
    assert_non_null(strstr(text, "net: line 1\n"));
    /* 2024-05-06T07:08:09.123Z */
    assert_int_equal(text[4], '-');
    assert_int_equal(text[10], 'T');
    assert_int_equal(text[23], 'Z');
}

static void log_lines_hold_no_control_bytes_and_keep_errno(void **state) {
    (void)state;
    assert_int_equal(log_open(path, NULL), RC_OK);
    errno = ENOSPC;
    log_line("t", "a\x1b[31m\nb\x7f\tc\xc2\x9b"
                  "d\xc3\xa9");
    assert_int_equal(errno, ENOSPC);
    assert_non_null(strstr(read_log(), "t: a.[31m.b..c..d\xc3\xa9\n"));
}

static void log_cuts_endless_lines(void **state) {
    (void)state;
    assert_int_equal(log_open(path, NULL), RC_OK);
    log_line("t", "%*d", 100000, 1);
    log_line("t", "next");
    const char *text = read_log();

    assert_in_range(strcspn(text, "\n"), 1000, 10000);
    assert_non_null(strstr(text, "\n20")); /* the next line begins with its date */
}

static void log_open_says_why_it_failed(void **state) {
    (void)state;
    struct err err;

    assert_int_equal(log_open("/nonexistent/dir/log", &err), RC_IO);
    assert_int_equal(err.detail, ENOENT);
    assert_non_null(strstr(err.text, "/nonexistent/dir/log"));
    assert_false(log_on());
}

enum { THREADS = 4, LINES = 500 };

static void *write_lines(void *topic) {
    for (int i = 0; i < LINES; i++)
        log_line(topic, "%04d%s", i, "-----------------------------------------------");
    return NULL;
}

static void log_lines_of_several_threads_stay_whole(void **state) {
    (void)state;
    static char topics[THREADS][2] = {"a", "b", "c", "d"};
    pthread_t threads[THREADS];
    int next[THREADS] = {0};

    assert_int_equal(log_open(path, NULL), RC_OK);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, topics[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    const char *line = read_log();

    for (int i = 0; i < THREADS * LINES; i++) {
        const int who = line[25] - 'a';

        assert_in_range(who, 0, THREADS - 1);
        assert_int_equal(strcspn(line, "\n"), 25 + 3 + 4 + 47);
        assert_int_equal(strtol(line + 28, NULL, 10), next[who]++);
        line += 25 + 3 + 4 + 47 + 1;
    }
    assert_string_equal(line, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(log_is_off_until_opened),
        TEST(log_file_is_private_and_appended_to),
        TEST(log_lines_hold_no_control_bytes_and_keep_errno),
        TEST(log_cuts_endless_lines),
        cmocka_unit_test(log_open_says_why_it_failed),
        TEST(log_lines_of_several_threads_stay_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
