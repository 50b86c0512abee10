/* The built program on the command line: what is wrong is one line on stderr and the right exit
 * code, whichever command it is given to. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mix/base.h"
#include "mix/cli.h"
#include "mix/config.h"

static char dir[] = "/tmp/mixtui-command-XXXXXX";

static int start(void **state) {
    (void)state;
    return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int end(void **state) {
    char command[128];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return chdir("/") == 0 ? system(command) : -1;
}

static void write_file(const char *name, const char *text) {
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    (void)fputs(text, f);
    (void)fclose(f);
    assert_int_equal(chmod(name, 0600), 0);
}

static const char *read_file(char *out, size_t size, const char *name) {
    FILE *f = fopen(name, "r");
    const size_t n = f ? fread(out, 1, size - 1, f) : 0;
    if (f)
        (void)fclose(f);
    out[n] = '\0';
    return out;
}

static char out[64 * 1024], err[64 * 1024];

/* `words` as a shell reads them; MIXTUI=... in front may set the environment. */
static int run(const char *env, const char *words) {
    char command[4096];
    (void)snprintf(command, sizeof command,
                   "env -u MIX_SERVER_URL -u MIX_DEBUG HOME='%s' XDG_CONFIG_HOME='%s/config' "
                   "XDG_STATE_HOME='%s/state' XDG_RUNTIME_DIR='%s' %s timeout 60 '%s' %s "
                   "</dev/null >out 2>err",
                   dir, dir, dir, dir, env, MIXTUI_EXE, words);
    const int status = system(command);
    (void)read_file(out, sizeof out, "out");
    (void)read_file(err, sizeof err, "err");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A complaint is a line; a usage line may follow. */
static void one_complaint(const char *words, const char *says) {
    const char *line = strchr(err, '\n');
    if (!strstr(err, says))
        fail_msg("%s: `%s` is not in `%s`", words, says, err);
    assert_non_null(line);
    if (line[1] != '\0' && strncmp(line + 1, "usage: mixtui ", 14) != 0)
        fail_msg("%s: more than a line: %s", words, err);
    assert_null(strstr(err, "hunter2"));
    assert_string_equal(out, "");
}

static void each_command_refuses_wrong_settings_alike(void **state) {
    static const char *const commands[] = {"api sessions.list", "send s1 hello", "tail s1",
                                           "export s1"};
    static const struct {
        const char *env, *words, *says;
        int code;
    } table[] = {
        {"", "--server nonsense", "http://nonsense", 2},
        {"", "--server http://u:hunter2@h", "--basic-file", 2},
        {"", "--header 'Authorization: hunter2'", "--header-file", 2},
        {"", "--header 'Cookie: hunter2'", "--header-file", 2},
        {"", "--header nonsense", "NAME:VALUE", 2},
        {"", "--proxy http://u:hunter2@p", "--proxy-file", 2},
        {"", "--insecure", "twice", 2},
        {"", "--connect-timeout soon", "1500ms", 2},
        {"", "--retry perhaps", "on|off", 2},
        {"", "--retry-attempts 0", "from 1 to 100", 2},
        {"", "--http 3", "1.1|2", 2},
        {"", "--profile nosuch", "no profile nosuch", 2},
        {"", "--config /nosuch/c.ini", "/nosuch/c.ini", 1},
        {"", "--bearer-file /nosuch/t", "/nosuch/t", 1},
        {"", "--bearer-file two", "more than one line", 1},
        {"", "--bearer-file open", "chmod 600", 1},
        {"", "--bearer-command 'exit 3'", "ended with 3", 1},
        {"", "--ca-file /nosuch/ca", "/nosuch/ca", 1},
        {"", "--debug /nosuch/dir/log", "/nosuch/dir/log", 1},
        {"", "--nosuch", "unknown option --nosuch", 2},
        {"", "--server", "--server needs a value", 2},
        {"MIX_SERVER_URL=nonsense", "", "MIX_SERVER_URL", 2},
        {"MIX_SERVER_URL=http://u:hunter2@h", "", "MIX_SERVER_URL", 2},
        {"", "--server http://127.0.0.1:1 --retry off", "127.0.0.1:1", 3},
    };
    (void)state;
    write_file("two", "hunter2\nhunter2\n");
    write_file("open", "hunter2\n");
    assert_int_equal(chmod("open", 0644), 0);
    for (size_t c = 0; c < MIX_COUNT(commands); c++)
        for (size_t i = 0; i < MIX_COUNT(table); i++) {
            char words[512];
            (void)snprintf(words, sizeof words, "%s %s", commands[c], table[i].words);
            const int code = run(table[i].env, words);
            if (code != table[i].code)
                fail_msg("%s: exit code %d, not %d: %s%s", words, code, table[i].code, err, out);
            one_complaint(words, table[i].says);
        }
}

/* What no flag of that kind takes; NULL: any text may be one. */
static const char *nonsense_for(const struct flag *f) {
    static const char *const kinds[] = {"N",          "TIME",      "X",           "URL",
                                        "NAME:VALUE", "NAME:FILE", "NAME:COMMAND"};

    if (strchr(f->value, '|') && f->value[0] != '[')
        return "hunter2";
    for (size_t i = 0; i < MIX_COUNT(kinds); i++)
        if (strcmp(f->value, kinds[i]) == 0)
            return i < 3 ? "-x" : ":// ";
    return NULL;
}

static void refuse(const char *command, const struct flag *f, const char *how, const char *says) {
    char words[256];

    (void)snprintf(words, sizeof words, "%s '%s%s'", command, f->name, how);
    if (run("", words) != 2)
        fail_msg("%s was taken: %s%s", words, err, out);
    if (!strstr(err, f->name) || !strstr(err, says) || out[0])
        fail_msg("%s: %s", words, err);
}

static void refuse_each(const char *command, const struct flag_table *t) {
    for (size_t i = 0; i < t->n; i++) {
        const struct flag *f = &t->rows[i];
        char how[64];

        refuse(command, f, "x", "unknown option");
        if (!f->value) {
            refuse(command, f, "=1", "takes no value");
            continue;
        }
        refuse(command, f, "=", "needs a value");
        if (f->value[0] != '[')
            refuse(command, f, "", "needs a value");
        if (nonsense_for(f)) {
            (void)snprintf(how, sizeof how, "=%s", nonsense_for(f));
            refuse(command, f, how, f->name);
        }
    }
}

/* From the tables: a flag that is new is tried as well. */
static void every_flag_is_refused_in_every_wrong_form(void **state) {
    static const char *const beginnings[][2] = {{"api", "api stream --sessionId s"},
                                                {"send", "send s1 hello"},
                                                {"tail", "tail s1"},
                                                {"status", "status"},
                                                {"rules", "rules list"},
                                                {"keep", "keep"},
                                                {"export", "export s1"},
                                                {"config", "config"}};
    (void)state;
    assert_int_equal(MIX_COUNT(beginnings), cli_count);
    for (size_t i = 0; i < MIX_COUNT(beginnings); i++)
        refuse_each(beginnings[i][1], &cli_find(beginnings[i][0])->flags);
    refuse_each("tail s1", &connect_flag_table);
}

static void what_is_no_command_is_named(void **state) {
    static const struct {
        const char *words, *says;
    } table[] = {
        {"", "mixtui send"},
        {"--profile nosuch", "mixtui send"}, /* no terminal: nothing is read or run */
        {"nosuch", "nosuch is no command"},
        {"''", "no command"},
        {"--ascii send", "mixtui send"},
        {"--nosuch", "--nosuch"},
        {"--theme pink", "pink"},
        {"--help-keys=html", "--help-keys"},
        {"config", "--default, --check and --path"},
        {"config c.ini", "--check"},
        {"config --check a b", "one file at a time"},
        {"config --default --path", "exclude"},
        {"config --server http://h", "--server"},
    };
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        const int code = run("", table[i].words);
        if (code != 2)
            fail_msg("%s: exit code %d: %s", table[i].words, code, err);
        one_complaint(table[i].words, table[i].says);
    }
}

static void config_prints_and_checks(void **state) {
    char text[64 * 1024];
    (void)state;
    assert_int_equal(run("", "config --default"), 0);
    assert_non_null(strstr(out, "[ui]"));
    write_file("good.ini", out);
    assert_int_equal(run("", "config --check good.ini"), 0);
    assert_string_equal(err, "");
    write_file("bad.ini", "[ui]\nthem = dark\n[keys]\nno-such = x\n[server a]\nurl = nonsense\n");
    assert_int_equal(run("", "config --check bad.ini"), 2);
    assert_non_null(strstr(err, "bad.ini:2: unknown setting them: did you mean theme?\n"));
    assert_non_null(strstr(err, "bad.ini:4: no-such: "));
    assert_non_null(strstr(err, "bad.ini:6: url: "));
    assert_string_equal(out, "");
    assert_int_equal(run("", "config --check /nosuch/c.ini"), 1);
    assert_int_equal(run("", "config --check"), 0); /* there is none */
    assert_int_equal(run("", "config --path"), 0);
    (void)snprintf(text, sizeof text, "%s/config/mixtui/config.ini\n", dir);
    assert_string_equal(out, text);
}

static void every_command_has_a_help_with_the_shared_flags(void **state) {
    static const char *const commands[] = {"", "api", "send", "tail", "export"};
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(commands); i++) {
        char words[64];
        (void)snprintf(words, sizeof words, "%s --help", commands[i]);
        assert_int_equal(run("", words), 0);
        assert_string_equal(err, "");
        if (!strstr(out, "--help") || !strstr(out, "--bearer-file"))
            fail_msg("%s: %s", words, out);
    }
    assert_int_equal(run("", "status --help"), 0);
    assert_int_equal(run("", "config --help"), 0);
}

static void a_secret_is_neither_said_nor_logged(void **state) {
    char log[64 * 1024];
    (void)state;
    write_file("token", "hunter2\n");
    write_file("basic", "me:hunter2\n");
    static const char *const ways[] = {"--bearer-file token", "--basic-file basic",
                                       "--header-file X-Api-Key:token",
                                       "--header-command 'Cookie:echo id=hunter2'"};
    for (size_t i = 0; i < MIX_COUNT(ways); i++) {
        char words[256];
        unlink("log");
        (void)snprintf(words, sizeof words,
                       "api sessions.list --server http://127.0.0.1:1 --retry off --debug log %s",
                       ways[i]);
        assert_int_equal(run("", words), 3);
        one_complaint(words, "127.0.0.1:1");
        (void)read_file(log, sizeof log, "log");
        assert_true(strlen(log) > 0);
        assert_null(strstr(log, "hunter2"));
        assert_null(strstr(log, "bWU6aHVudGVyMg")); /* me:hunter2 in base 64 */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_command_refuses_wrong_settings_alike),
        cmocka_unit_test(every_flag_is_refused_in_every_wrong_form),
        cmocka_unit_test(what_is_no_command_is_named),
        cmocka_unit_test(config_prints_and_checks),
        cmocka_unit_test(every_command_has_a_help_with_the_shared_flags),
        cmocka_unit_test(a_secret_is_neither_said_nor_logged),
    };
    return cmocka_run_group_tests(tests, start, end);
}
