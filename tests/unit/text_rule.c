/* Rules for automatic answers: what matches, and above all what does not. */
#include "mix/rule.h"
#include "cpu_time.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool matches(const char *rule, const char *tool, const char *object) {
    struct rule r;
    struct err err = {0};

    if (rule_parse(&r, rule, &err) != RC_OK)
        fail_msg("%s: %s", rule, err.text);
    const bool yes = rule_matches(&r, tool, object);

    rule_fini(&r);
    return yes;
}

struct row {
    const char *rule, *tool, *object;
    bool want;
};

static void check(const struct row *rows, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (matches(rows[i].rule, rows[i].tool, rows[i].object) != rows[i].want)
            fail_msg("rule \"%s\", %s \"%s\": should %smatch", rows[i].rule, rows[i].tool,
                     rows[i].object ? rows[i].object : "NULL", rows[i].want ? "" : "not ");
}
#define CHECK_ROWS(rows) check(rows, MIX_COUNT(rows))

static void a_tool_is_known_by_the_names_of_all_eras_and_by_no_others(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"Bash", "bash", "rm -rf /", true},
        {"bash", "Bash", NULL, true},
        {"BASH", "Bash", "", true},
        {"Bash", "Bash2", "ls", false},
        {"Bash", "Bas", "ls", false},
        {"Bash", "ba_sh", "ls", false},
        {"Bash", "_bash", "ls", false},
        {"Bash", "", "ls", false},
        {"Bash", NULL, "ls", false},
        {"TodoWrite", "todo_write", NULL, true},
        {"todo_write", "TodoWrite", NULL, true},
        {"exit_plan_mode", "ExitPlanMode", NULL, true},
        {"python_execution", "python_execution", NULL, true},
        {"PythonExecution", "python_execution", NULL, true},
        {"ShowMedia", "Show", NULL, true},
        {"show_media", "ShowMedia", NULL, true},
        {"Show", "show_media", NULL, true},
        {"fs_read", "fs_read", NULL, true},
        {"fs_read", "fsread", NULL, false},
        {"fs_read", "f_sread", NULL, false},
        {"Write", "Edit", "/a", false},
        {"*", "Anything", NULL, true},
        {"*:=ls", "Bash", "ls", true},
        {"*:=ls", "Bash", "ls -l", false},
    };

    CHECK_ROWS(rows);
}

static void a_pattern_needs_an_object(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"Bash:=ls", "Bash", NULL, false},   {"Bash:ls*", "Bash", NULL, false},
        {"Bash:/a/**", "Bash", NULL, false}, {"Bash:l?", "Bash", NULL, false},
        {"Bash:l*", "Bash", "", false},
    };

    CHECK_ROWS(rows);
}

static void exact_texts_match_whole(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"Bash:make test", "Bash", "make test", true},
        {"Bash:make test", "Bash", "make test ", false},
        {"Bash:make test", "Bash", " make test", false},
        {"Bash:make test", "Bash", "make  test", false},
        {"Bash:make test", "Bash", "make test; rm x", false},
        {"Bash:make test", "Bash", "make test\nrm x", false},
        {"Bash:make test", "Bash", "Make test", false},
        {"Bash:=make *", "Bash", "make *", true},
        {"Bash:=make *", "Bash", "make x", false},
        {"Bash:=a | b > c", "Bash", "a | b > c", true},
        {"Bash:a && b", "Bash", "a && b", true},
        {"Bash:=a:b", "Bash", "a:b", true},
        {"Bash:a:b", "Bash", "a:b", true},
        {"Bash:=/x/../y", "Bash", "/x/../y", true},
        {"Bash:caf\u00e9", "Bash", "caf\u00e9", true},
        {"Bash:caf\u00e9", "Bash", "cafe\u0301", false},
        {"Bash:paypal", "Bash", "p\u0430ypal", false},
        {"Bash:=ls", "Bash", "ls\u200b", false},
        {"Bash:=ls", "Bash", "ls\x01", false},
    };

    CHECK_ROWS(rows);
}

static void prefixes_stop_at_what_a_shell_would_understand(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"Bash:make *", "Bash", "make test", true},
        {"Bash:make *", "Bash", "make ", true},
        {"Bash:make *", "Bash", "make", false},
        {"Bash:make *", "Bash", "makefoo", false},
        {"Bash:make*", "Bash", "makefoo", true},
        {"Bash:make *", "Bash", "make -j 2 CC=gcc all", true},
        {"Bash:git log *", "Bash", "git log a..b", true},
        {"Bash:git commit -m *", "Bash", "git commit -m \"fix: it's done\"", true},
        {"Bash:git commit -m *", "Bash", "git commit -m 'a' \"b\"", true},
        {"Bash:git commit -m *", "Bash", "git commit -m 'a", false},
        {"Bash:git commit -m *", "Bash", "git commit -m \"a", false},
        {"Bash:git commit -m *", "Bash", "git commit -m it's", false},
        {"Bash:git commit -m \"*", "Bash", "git commit -m \"a\" --amend \"", false},
        {"Bash:git commit -m \"*", "Bash", "git commit -m \"plain", true},
        {"Bash:echo *", "Bash", "echo a;b", false},
        {"Bash:echo *", "Bash", "echo a ; b", false},
        {"Bash:echo *", "Bash", "echo a & b", false},
        {"Bash:echo *", "Bash", "echo a&&b", false},
        {"Bash:echo *", "Bash", "echo a || b", false},
        {"Bash:echo *", "Bash", "echo a|sh", false},
        {"Bash:echo *", "Bash", "echo a > b", false},
        {"Bash:echo *", "Bash", "echo a >> b", false},
        {"Bash:echo *", "Bash", "echo <b", false},
        {"Bash:echo *", "Bash", "echo `id`", false},
        {"Bash:echo *", "Bash", "echo $(id)", false},
        {"Bash:echo *", "Bash", "echo $HOME", false},
        {"Bash:echo *", "Bash", "echo ${x}", false},
        {"Bash:echo *", "Bash", "echo $'\\n'", false},
        {"Bash:echo *", "Bash", "echo (a", false},
        {"Bash:echo *", "Bash", "echo a)", false},
        {"Bash:echo *", "Bash", "echo {a,b", false},
        {"Bash:echo *", "Bash", "echo a}", false},
        {"Bash:echo *", "Bash", "echo a\nid", false},
        {"Bash:echo *", "Bash", "echo a\rid", false},
        {"Bash:echo *", "Bash", "echo a\r\nid", false},
        {"Bash:echo *", "Bash", "echo a\tb", false},
        {"Bash:echo *", "Bash", "echo a\x1b[2K", false},
        {"Bash:echo *", "Bash", "echo a\\", false},
        {"Bash:echo *", "Bash", "echo \\;id", false},
        {"Bash:echo *", "Bash", "echo a\\\nid", false},
        {"Bash:echo *", "Bash", "echo \"a\nid\"", false},
        {"Bash:echo *", "Bash", "echo \"a; id\"", false},
        {"Bash:echo *", "Bash", "echo ../secret", false},
        {"Bash:cat src/*", "Bash", "cat src/../../etc/passwd", false},
        {"Bash:cat src/*", "Bash", "cat src/a ..", false},
        {"Bash:cat src/*", "Bash", "cat src/a --to=../x", false},
        {"Bash:cat src/*", "Bash", "cat src/main.c", true},
        {"Write:src/*", "Write", "src/../.ssh/authorized_keys", false},
        {"Bash:echo; *", "Bash", "echo; a", true},
        {"Bash:echo; *", "Bash", "echo; a; b", false},
        {"Bash:echo *", "Bash", "echo caf\u00e9 \u4e16\u754c", true},
    };

    CHECK_ROWS(rows);
}

static void globs_cover_the_whole_text(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"Bash:npm run *:ci", "Bash", "npm run test:ci", true},
        {"Bash:npm run *:ci", "Bash", "npm run test:ci x", false},
        {"Bash:* --version", "Bash", "gcc --version", true},
        {"Bash:* --version", "Bash", "x; gcc --version", false},
        {"Bash:a*b*c", "Bash", "abc", true},
        {"Bash:a*b*c", "Bash", "aXbYc", true},
        {"Bash:a*b*c", "Bash", "aXbYcZ", false},
        {"Bash:a*b*c", "Bash", "abcbc", true},
        {"Bash:a**c", "Bash", "abc", true},
        {"Bash:a?c", "Bash", "abc", true},
        {"Bash:a?c", "Bash",
         "a\u4e16"
         "c",
         true},
        {"Bash:a?c", "Bash", "ac", false},
        {"Bash:a?c", "Bash", "abbc", false},
        {"Bash:a?c", "Bash", "a;c", false},
        {"Bash:a?c", "Bash", "a\nc", false},
        {"Bash:a?c", "Bash", "a\"c", false},
        {"Bash:a;*;b", "Bash", "a;x;b", true},
        {"Bash:a;*;b", "Bash", "a;x;y;b", false},
        {"Bash:a *.c;*", "Bash", "a x.c; y", true},
        {"Bash:tar * -C out", "Bash", "tar 'x' -C out", false},
        {"Bash:a*c", "Bash", "a\u202ec", false},
        {"Bash:a*c", "Bash",
         "a\xff"
         "c",
         false},
        {"Bash:a*c", "Bash", "a/../c", false},
        {"Bash:*a", "Bash", "a", true},
        {"Bash:*a", "Bash", "b", false},
        {"Bash:?*a", "Bash", "a", false},
        {"WebFetch:https://docs.example/*", "WebFetch", "https://docs.example/a/b", true},
        {"WebFetch:https://docs.example/*", "WebFetch", "https://docs.example.evil/", false},
        {"WebFetch:https://docs.example/*", "WebFetch", "https://docs.example/../x", false},
    };

    CHECK_ROWS(rows);
}

static void paths_keep_to_their_parts(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"Write:/src/a.c", "Write", "/src/a.c", true},
        {"Write:/src/a.c", "Write", "/src/a.cc", false},
        {"Write:/src/*.c", "Write", "/src/a.c", true},
        {"Write:/src/*.c", "Write", "/src/sub/a.c", false},
        {"Write:/src/*", "Write", "/src/a", true},
        {"Write:/src/*", "Write", "/src", false},
        {"Write:/src/*", "Write", "/src/", false},
        {"Write:/src/*", "Write", "/src/a/b", false},
        {"Write:/src/*", "Write", "/src//a", false},
        {"Write:/src/*", "Write", "//src/a", false},
        {"Write:/src/*", "Write", "src/a", false},
        {"Write:/src/*/x", "Write", "/src/./x", false},
        {"Write:/src/**", "Write", "/src/a", true},
        {"Write:/src/**", "Write", "/src/a/b/c.d", true},
        {"Write:/src/**", "Write", "/src", false},
        {"Write:/src/**", "Write", "/srcx/a", false},
        {"Write:/src/**", "Write", "/src/../etc/passwd", false},
        {"Write:/src/**", "Write", "/src/a/..", false},
        {"Write:/src/**", "Write", "/src/a/./b", false},
        {"Write:/src/**", "Write", "/src/.git/hooks/pre-commit", false},
        {"Write:/src/**", "Write", "/src/a/.ssh", false},
        {"Write:/src/*", "Write", "/src/.env", false},
        {"Write:/src/?env", "Write", "/src/.env", false},
        {"Write:/src/.*", "Write", "/src/.env", true},
        {"Write:/src/.git/**", "Write", "/src/.git/config", true},
        {"Write:/src/**/a.c", "Write", "/src/a.c", true},
        {"Write:/src/**/a.c", "Write", "/src/x/y/a.c", true},
        {"Write:/src/**/a.c", "Write", "/src/x/y/b.c", false},
        {"Write:/src/**/a.c", "Write", "/src/xa.c", false},
        {"Write:/**/x/**/y", "Write", "/a/x/b/x/c/y", true},
        {"Write:/**/x/**/y", "Write", "/a/x/b/x/c/z", false},
        {"Write:/**/x/*/y", "Write", "/x/a/x/b/y", true},
        {"Write:/src/**", "Write", "/src/a;b", false},
        {"Write:/src/**", "Write", "/src/a\nb", false},
        {"Write:/src/**", "Write",
         "/src/a\u202e"
         "b",
         false},
        {"Write:/src/**", "Write", "/src/a b", true},
        {"Write:./src/*.c", "Write", "./src/a.c", true},
        {"Write:./src/*.c", "Write", "src/a.c", true},
        {"Write:./src/*.c", "Write", "/src/a.c", false},
        {"Write:./**", "Write", "/etc/passwd", false},
        {"Write:./**", "Write", "~/x", false},
        {"Write:./**", "Write", ".//etc/passwd", false},
        {"Write:~/x/*", "Write", "~/x/y", true},
        {"Write:~/x/*", "Write", "/home/me/x/y", false},
        {"Bash:/usr/bin/*", "Bash", "/usr/bin/id", true},
        {"Bash:/usr/bin/*", "Bash", "/usr/bin/env sh", false},
        {"Bash:/usr/bin/**", "Bash", "/usr/bin/rm -rf /home/me", false},
        {"Bash:/bin/ls *", "Bash", "/bin/ls x", true},
    };

    CHECK_ROWS(rows);
}

static void what_makes_no_sense_is_refused(void **state) {
    (void)state;
    static const char *const rows[] = {
        "",
        ":",
        ":x",
        "Bash:",
        "Bash:=",
        "Bash:*",
        "Bash:**",
        "Bash:* *",
        "Bash:?",
        "Bash:*?",
        "B*:x",
        "Ba?h",
        "**",
        "Ba sh",
        "Bash\n",
        "Ba\u200bsh",
        "Ba\xffsh",
        "Bash:a\nb",
        "Bash:a\tb",
        "Bash:a\rb",
        "Bash:a\x1b",
        "Bash:a\u202e",
        "Bash:a\u00a0b",
        "Bash:a\xff",
        "Bash:=a\xe2\x80",
        "Write:/a/../b",
        "Write:/a/./b",
        "Write:/a//b",
        "Write:/a/",
        "Write:/",
        "Write:/a/**.c",
        "Write:/a/x**",
        "Write:/a/***",
        "Write:~/../x",
        "Write:./",
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct rule r;
        struct err err = {0};

        if (rule_parse(&r, rows[i], &err) != RC_USAGE)
            fail_msg("\"%s\" was taken", rows[i]);
        assert_true(strlen(err.text) > 0);
        assert_false(rule_matches(&r, "Bash", "ls"));
        rule_fini(&r);
    }
}

static void hidden_characters_are_found(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool hidden;
    } rows[] = {
        {"", false},
        {"plain ascii ~!", false},
        {"two\nlines\tand a tab", false},
        {"caf\u00e9 \u4e16\u754c \u05e9\u05dc", false},
        {"a\rb", true},
        {"a\x01", true},
        {"a\x7f", true},
        {"a\x1b[0m", true},
        {"a\xc2\x9b", true},
        {"a\u00a0", true},
        {"a\u00ad", true},
        {"a\u034f", true},
        {"a\u061c", true},
        {"a\u115f", true},
        {"a\u180e", true},
        {"a\u2003", true},
        {"a\u200b", true},
        {"a\u200d", true},
        {"a\u200f", true},
        {"a\u2028", true},
        {"a\u202a", true},
        {"a\u202e", true},
        {"a\u2060", true},
        {"a\u2066", true},
        {"a\u2069", true},
        {"a\u2800", true},
        {"a\u3000", true},
        {"a\u3164", true},
        {"a\ufe0f", true},
        {"a\ufeff", true},
        {"a\uffa0", true},
        {"a\ufff9", true},
        {"a\ufffd", true},
        {"a\ue000", true},
        {"a\U000e0041", true},
        {"a\U000e0100", true},
        {"a\xff", true},
        {"a\xc0\xaf", true},
        {"a\xed\xa0\x80", true},
        {"a\xe2\x80", true},
    };

    for (size_t i = 0; i < MIX_COUNT(rows); i++)
        if (rule_hidden(rows[i].text) != rows[i].hidden)
            fail_msg("row %zu \"%s\"", i, rows[i].text);
}

static void a_bare_tool_matches_what_is_hidden_and_a_pattern_does_not(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"Bash", "Bash", "ls\u202e", true},
        {"Bash:ls*", "Bash", "ls\u202e", false},
        {"Bash:ls*", "Bash", "ls\ufe0f", false},
    };

    CHECK_ROWS(rows);
}

/* `*a*a*...*b` over a long run of a: what backtracking engines never finish. */
static void huge_texts_take_linear_time(void **state) {
    (void)state;
    enum { SHORT = 32 * 1024, LONG = 250 * 1024, HUGE_TEXT = 4 << 20 };
    char *text = xmalloc(HUGE_TEXT + 1);
    const char *const rules[] = {"Bash:*a*a*a*a*a*a*a*a*a*a*a*a*b", "Bash:a?a?a?a?*?*?*?*b",
                                 "Bash:*aaaaaaaaaaaaaaaaaaaaaaaaaaab"};
    uint64_t took[2] = {0};

    memset(text, 'a', HUGE_TEXT);
    for (int i = 0; i < 2; i++) {
        text[i ? LONG : SHORT] = '\0';
        const uint64_t since = cpu_ns();

        for (size_t k = 0; k < MIX_COUNT(rules); k++)
            assert_false(matches(rules[k], "Bash", text));
        took[i] = cpu_ns() - since;
        text[i ? LONG : SHORT] = 'a';
    }
    /* eight times as long: quadratic time would be sixty times as much */
    assert_true(took[1] < 30 * took[0] + 20000000);
    text[HUGE_TEXT] = '\0';
    assert_false(matches("Bash:a*", "Bash", text)); /* too long for a wildcard */
    for (size_t i = 1; i < LONG; i += 2)
        text[i] = '/';
    text[LONG] = '\0';
    text[0] = '/';
    text[1] = 'a';
    assert_false(matches("Write:/**/a/**/a/**/a/**/b", "Write", text));
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tool_is_known_by_the_names_of_all_eras_and_by_no_others),
        cmocka_unit_test(a_pattern_needs_an_object),
        cmocka_unit_test(exact_texts_match_whole),
        cmocka_unit_test(prefixes_stop_at_what_a_shell_would_understand),
        cmocka_unit_test(globs_cover_the_whole_text),
        cmocka_unit_test(paths_keep_to_their_parts),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(hidden_characters_are_found),
        cmocka_unit_test(a_bare_tool_matches_what_is_hidden_and_a_pattern_does_not),
        cmocka_unit_test(huge_texts_take_linear_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
