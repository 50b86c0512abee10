/* Command lines from tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "mix/flags.h"

static const struct flag rows[] = {
    {"--name", "TEXT", "a text", 1},
    {"--mode", "ask|deny|grant", "one of three", 2},
    {"--plain", NULL, "no value", 3},
    {"--maybe", "[true|false]", "may be left out", 4},
};
static const struct flag_table table = {rows, MIX_COUNT(rows)};

/* "ID=VALUE ..." of what was read, or the complaint. */
static const char *read_line(const char *line) {
    static char words[256], result[512];
    static char name[] = "x";
    char *argv[16] = {name};
    int argc = 1;
    struct err err = {0};

    (void)snprintf(words, sizeof words, "%s", line);
    for (char *p = words; *p && argc < 15;) {
        argv[argc++] = p;
        p += strcspn(p, " ");
        if (*p)
            *p++ = '\0';
    }
    struct flag_reader r = {
        .argc = argc, .argv = argv, .at = 1, .tables = &table, .n_tables = 1, .usage = "x --help"};

    result[0] = '\0';
    for (;;) {
        struct flag_given g;

        if (flags_next(&r, &g, &err) != RC_OK)
            return (void)snprintf(result, sizeof result, "%s", err.text), result;
        if (!g.flag && !g.value)
            return result;
        const size_t n = strlen(result);

        (void)snprintf(result + n, sizeof result - n, "%d=%s ", g.flag ? g.flag->id : 0,
                       g.value ? g.value : "");
    }
}

static void words_become_flags_and_operands(void **state) {
    static const struct {
        const char *line, *read;
    } cases[] = {
        {"", ""},
        {"a --name b c", "0=a 1=b 0=c "},
        {"--name=b=c", "1=b=c "},
        {"--name --plain", "1=--plain "},
        {"--plain - --", "3= 0=- "},
        {"-- --plain", "0=--plain "},
        {"--mode deny", "2=deny "},
        {"--maybe a", "4= 0=a "},
        {"--maybe=false --maybe=true", "4=false 4=true "},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++)
        assert_string_equal(read_line(cases[i].line), cases[i].read);
}

static void wrong_words_are_named(void **state) {
    static const struct {
        const char *line, *complaint;
    } cases[] = {
        {"--nam x", "unknown option --nam: x --help lists them"},
        {"--name", "--name needs a value: --name TEXT"},
        {"--name=", "--name needs a value"},
        {"--plain=1", "--plain takes no value"},
        {"--mode as", "--mode as: it is one of"},
        {"--mode ask|deny", "it is one of"},
        {"--maybe=yes", "--maybe yes: it is one of"},
        {"--maybe=true|false", "it is one of"},
        {"--maybe=[true", "it is one of"},
        {"--maybe=", "--maybe needs a value"},
        {"-x", "unknown option -x"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++)
        if (!strstr(read_line(cases[i].line), cases[i].complaint))
            fail_msg("%s: %s", cases[i].line, read_line(cases[i].line));
}

static void times_have_units(void **state) {
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused */
    } cases[] = {{"1500ms", 1500}, {"30s", 30000}, {"2m", 120000}, {"1.5s", 1500},
                 {"1h", 3600000},  {"0", 0},       {"5", -1},      {"-1s", -1},
                 {"s", -1},        {"1d", -1},     {"nan", -1},    {"1e300s", -1}};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct flag_given g = {&rows[0], cases[i].text};
        int64_t ms = -1;

        assert_int_equal(flag_duration(&ms, &g, NULL) == RC_OK, cases[i].ms >= 0);
        assert_int_equal(ms, cases[i].ms);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_become_flags_and_operands),
        cmocka_unit_test(wrong_words_are_named),
        cmocka_unit_test(times_have_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
