/* Programs that are started: what they have of ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/app/app.h"

enum { FOREIGN = 77, PATIENCE_MS = 20000 };

static char dir[] = "/tmp/mix-children-XXXXXX";

static const char *in_dir(const char *name) {
    static char path[sizeof dir + 64];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void write_program(const char *name, const char *text) {
    FILE *file = fopen(in_dir(name), "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(in_dir(name), 0700), 0);
}

/* A line that a program writes into a file beside it, moved there whole. */
static void expect_line(const char *want) {
    char got[64] = "";

    for (int i = 0; i < PATIENCE_MS / 10 && access(in_dir("said"), F_OK) != 0; i++)
        usleep(10 * 1000);
    FILE *file = fopen(in_dir("said"), "r");

    assert_non_null(file);
    assert_non_null(fgets(got, sizeof got, file));
    fclose(file);
    assert_string_equal(got, want);
}

/* A browser outlives us: a connection it had would never end. */
static void a_browser_has_no_connection_of_ours(void **state) {
    char script[512], path[512];
    int pair[2];

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(script, sizeof script,
             "#!/bin/sh\n"
             "test -e /proc/self/fd/%d && echo connection >%s/new || echo none >%s/new\n"
             "mv %s/new %s/said\n",
             FOREIGN, dir, dir, dir, dir);
    write_program("xdg-open", script);
    snprintf(path, sizeof path, "%s:%s", dir, getenv("PATH"));
    setenv("PATH", path, 1);
    setenv("DISPLAY", ":77", 1);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(dup2(pair[0], FOREIGN), FOREIGN); /* as libraries open them */
    struct err err = {0};

    assert_int_equal(open_url("https://mix.example/", &err), RC_OK);
    expect_line("none\n");
    close(FOREIGN);
    close(pair[0]);
    close(pair[1]);
    unlink(in_dir("said"));
    unlink(in_dir("xdg-open"));
    rmdir(dir);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_browser_has_no_connection_of_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
