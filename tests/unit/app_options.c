/* The command line: what is taken, and the one line for what is not. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
    assert_int_equal(read_line(&o, &err, ""), RC_OK);
    assert_null(o.connect.server);
    options_fini(&o);
    assert_int_equal(read_line(&o, &err, "--server http://h:1/x --theme dark --session s1 --ascii"),
                     RC_OK);
    assert_string_equal(o.connect.server, "http://h:1/x");
    assert_string_equal(o.theme, "dark");
    assert_string_equal(o.session, "s1");
    assert_true(o.ascii);
    options_fini(&o);
    assert_int_equal(
        read_line(&o, &err,
                  "--server=http://h:2 --still --allow-core --profile p --watch a --watch b"),
        RC_OK);
    assert_string_equal(o.connect.server, "http://h:2");
    assert_true(o.still && o.connect.allow_core);
    assert_string_equal(o.connect.profile, "p");
    assert_int_equal(o.n_watch, 2);
    assert_string_equal(o.watch[1], "b");
    options_fini(&o);
    assert_int_equal(read_line(&o, &err, "--help"), RC_OK);
    assert_int_equal(o.what, DO_HELP);
    assert_int_equal(read_line(&o, &err, "-h"), RC_OK);
    assert_int_equal(o.what, DO_HELP);
    assert_int_equal(read_line(&o, &err, "--help-keys"), RC_OK);
    assert_int_equal(o.what, DO_HELP_KEYS);
    assert_int_equal(read_line(&o, &err, "--help-keys=markdown"), RC_OK);
    assert_int_equal(o.what, DO_HELP_KEYS_MARKDOWN);
}

/* A file's text, then flags: what the screen begins with. */
static void open_line(struct options *o, const char *file, const char *line) {
    char path[] = "/tmp/mixtui-options-XXXXXX", words[256];
    struct err err;
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, file, strlen(file)), strlen(file));
    close(fd);
    (void)snprintf(words, sizeof words, "--config %s%s%s", path, *line ? " " : "", line);
    assert_int_equal(read_line(o, &err, words), RC_OK);
    const enum rc rc = options_open(o, &err);
    unlink(path);
    if (rc != RC_OK)
        fail_msg("%s", err.text);
}

static void a_flag_beats_the_environment_that_beats_the_file(void **state) {
    static const char file[] = "[ui]\ntheme = light\nborders = ascii\nanimations = off\n"
                               "[server a]\nurl = http://file:1\n";
    static const struct {
        const char *line, *env, *url, *theme;
        bool given;
    } table[] = {
        {"", NULL, "http://localhost:8088", "light", false},
        {"--profile a --theme dark", NULL, "http://file:1", "dark", true},
        {"", "http://env:1", "http://env:1", "light", true},
        {"--server http://flag:1", "http://env:1", "http://flag:1", "light", true},
        {"--demo", "http://env:1", "demo", "light", false},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct options o;
        unsetenv("MIX_SERVER_URL");
        if (table[i].env)
            setenv("MIX_SERVER_URL", table[i].env, 1);
        open_line(&o, file, table[i].line);
        assert_string_equal(o.url, table[i].url);
        assert_string_equal(o.theme, table[i].theme);
        assert_int_equal(o.url_given, table[i].given);
        assert_true(o.ascii && o.still);
        assert_int_equal(o.complaints.n, 0);
        options_fini(&o);
    }
    unsetenv("MIX_SERVER_URL");
}

static void keys_and_themes_of_the_file_are_judged(void **state) {
    struct options o;
    (void)state;
    options_judge();
    open_line(&o, "[ui]\ntheme = pink\n[keys]\nno-such-thing = x\nhelp = NoSuchKey\npalette = F5\n",
              "");
    const char *said = buf_str(&o.complaints);
    assert_non_null(strstr(said, ":2: "));
    assert_non_null(strstr(said, "pink"));
    assert_non_null(strstr(said, ":4: no-such-thing: "));
    assert_non_null(strstr(said, ":5: help: "));
    assert_null(strstr(said, ":6: "));
    assert_null(o.theme);
    assert_int_equal(o.config.ui.keys.n, 1);
    options_fini(&o);
}

static void what_is_wrong_is_named_in_one_line(void **state) {
    (void)state;
    static const struct {
        const char *line, *says;
    } table[] = {
        {"--sever x", "--sever"},
        {"x", "x is no command"},
        {"--ascii send", "mixtui send"},
        {"--help-keys=html", "--help-keys"},
        {"--demo --profile x", "exclude"},
        {"--insecure=1", "takes no value"},
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
        options_fini(&o);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_taken),
        cmocka_unit_test(a_flag_beats_the_environment_that_beats_the_file),
        cmocka_unit_test(keys_and_themes_of_the_file_are_judged),
        cmocka_unit_test(what_is_wrong_is_named_in_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
