/* The command line: what is taken, and the one line for what is not. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "../../src/app/app.h"

static enum rc read_line(struct options *o, struct err *err, const char *line) {
    static char words[256];
    static char name[] = "mixtui";
    char *argv[16] = {name};
    int argc = 1;
    strncpy(words, line, sizeof words - 1);
    for (char *p = words; *p && argc < 15;) {
        argv[argc++] = p;
        p += strcspn(p, " ");
        if (*p)
            *p++ = '\0';
    }
    *err = (struct err){0};
    return options_read(o, argc, argv, err);
}

static void options_are_taken(void **state) {
    (void)state;
    struct options o;
    struct err err;
    unsetenv("MIX_SERVER_URL");
    assert_int_equal(read_line(&o, &err, ""), RC_OK);
    assert_string_equal(o.url, "http://localhost:8088");
    assert_false(o.url_given);
    assert_int_equal(read_line(&o, &err, "--server http://h:1/x --theme dark --session s1 --ascii"),
                     RC_OK);
    assert_string_equal(o.url, "http://h:1/x");
    assert_string_equal(o.theme, "dark");
    assert_string_equal(o.session, "s1");
    assert_true(o.ascii && o.url_given);
    assert_int_equal(read_line(&o, &err, "--server=http://h:2 --still --allow-core"), RC_OK);
    assert_string_equal(o.url, "http://h:2");
    assert_true(o.still && o.allow_core);
    assert_int_equal(read_line(&o, &err, "--help"), RC_OK);
    assert_int_equal(o.what, DO_HELP);
    assert_int_equal(read_line(&o, &err, "--help-keys=markdown"), RC_OK);
    assert_int_equal(o.what, DO_HELP_KEYS_MARKDOWN);
}

static void a_flag_beats_the_environment(void **state) {
    (void)state;
    struct options o;
    struct err err;
    setenv("MIX_SERVER_URL", "http://env:1", 1);
    assert_int_equal(read_line(&o, &err, ""), RC_OK);
    assert_string_equal(o.url, "http://env:1");
    assert_int_equal(read_line(&o, &err, "--server http://flag:1"), RC_OK);
    assert_string_equal(o.url, "http://flag:1");
    assert_int_equal(read_line(&o, &err, "--demo"), RC_OK);
    assert_true(o.demo);
    unsetenv("MIX_SERVER_URL");
}

static void what_is_wrong_is_named_in_one_line(void **state) {
    (void)state;
    static const struct {
        const char *line, *says;
    } table[] = {
        {"--sever x", "--sever"},
        {"x", "x"},
        {"--server", "--server URL"},
        {"--server=", "--server URL"},
        {"--demo=1", "--demo takes no value"},
        {"--theme nosuch", "nosuch"},
        {"--demo --server http://h:1", "exclude"},
    };
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct options o;
        struct err err;
        assert_int_equal(read_line(&o, &err, table[i].line), RC_USAGE);
        assert_non_null(strstr(err.text, table[i].says));
        assert_null(strchr(err.text, '\n'));
        assert_int_equal(rc_exit_code(err.rc, err.detail), 2);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_taken),
        cmocka_unit_test(a_flag_beats_the_environment),
        cmocka_unit_test(what_is_wrong_is_named_in_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
