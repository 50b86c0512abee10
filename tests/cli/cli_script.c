/* The whole way of a script through each generation of the demo: a session, a file, a turn that
 * asks for two permissions, the document of it, and nothing left. */
#include <stdio.h>
#include <string.h>

#include "run.h"

static void create(const char *generation, char id[64]) {
    const bool late =
        str_eq(generation, "0.8.1") || str_eq(generation, "post") || str_eq(generation, "all");
    const struct run *r = late ? RUN("api", "sessions.create", "--title", "By script",
                                     "--browserMode", "local-browser-service")
                               : RUN("api", "sessions.create", "--title", "By script");

    assert_code(r, 0);
    snprintf(id, 64, "%s", run_string(buf_str(&r->out), "id", 0));
    assert_int_equal(strlen(id), 36);
}

static void walk(const char *generation) {
    char id[64];
    struct peer *demo =
        demo_start((const char *[]){"--generation", generation, "--speed", "0", NULL});

    run_server(demo->url);
    create(generation, id);
    screen_file("by-script.txt", "a line\n");
    const struct run *r =
        RUN("api", "files.upload_session_file", "--id", id, "--file", "by-script.txt");

    assert_code(r, 0);
    r = RUN("api", "files.get_session_file", "--id", id, "--filename",
            run_string(buf_str(&r->out), "name", 0));
    assert_code(r, 0);
    assert_string_equal(buf_str(&r->out), "a line\n");
    r = RUN("send", id, "two permissions", "--allow", "Bash");
    assert_code(r, 8); /* one was denied */
    assert_out(r, "Two things at once");
    r = RUN("export", id, "--format", "json");
    assert_code(r, 0);
    assert_out(r, "two permissions");
    r = RUN("export", id, "--format", "md", "--out", "session.md");
    assert_code(r, 0);
    struct buf text;

    buf_init(&text, MIX_MIB);
    assert_true(screen_read_file(&text, screen_path("session.md")));
    assert_non_null(strstr(buf_str(&text), "two permissions"));
    buf_fini(&text);
    remove(screen_path("session.md"));
    r = RUN("api", "sessions.delete", "--id", id);
    assert_code(r, 0);
    assert_code(RUN("api", "sessions.get", "--id", id), 5);
    assert_code(RUN("export", id), 5);
}

/* What was allowed ran, what was not did not: servers of 0.8.1 say so in their messages. */
static void one_was_run_and_one_was_not(void **state) {
    char id[64];

    (void)state;
    struct peer *demo = demo_start((const char *[]){"--generation", "0.8.1", "--speed", "0", NULL});

    run_server(demo->url);
    create("0.8.1", id);
    const struct run *r = RUN("send", id, "two permissions", "--allow", "Bash");

    assert_code(r, 8);
    assert_err(r, "denied Write");
    r = RUN("api", "messages.list_session", "--id", id);
    assert_code(r, 0);
    const char *bash = strstr(buf_str(&r->out), "\"Bash\"");
    const char *write = strstr(buf_str(&r->out), "\"Write\"");

    assert_non_null(bash);
    assert_non_null(write);
    assert_null(strstr(run_string(bash, "result", 0), "ermission denied"));
    assert_non_null(strstr(run_string(write, "result", 0), "enied"));
}

#define WALK(name, generation)                                                                     \
    static void name(void **state) {                                                               \
        (void)state;                                                                               \
        walk(generation);                                                                          \
    }
WALK(a_script_goes_through_0_2_5, "0.2.5")
WALK(a_script_goes_through_0_4_5, "0.4.5")
WALK(a_script_goes_through_0_6_4, "0.6.4")
WALK(a_script_goes_through_0_7_2, "0.7.2")
WALK(a_script_goes_through_0_8_1, "0.8.1")
WALK(a_script_goes_through_post, "post")
WALK(a_script_goes_through_all, "all")

int main(void) {
#define TEST(f) cmocka_unit_test_teardown(f, run_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_script_goes_through_0_2_5), TEST(a_script_goes_through_0_4_5),
        TEST(a_script_goes_through_0_6_4), TEST(a_script_goes_through_0_7_2),
        TEST(a_script_goes_through_0_8_1), TEST(a_script_goes_through_post),
        TEST(a_script_goes_through_all),   TEST(one_was_run_and_one_was_not),
    };

    return screen_run(tests);
}
