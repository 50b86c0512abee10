/* Rules: lines that are read, lines that are off, and what is allowed or denied by them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cpu_time.h"
#include "mix/policy.h"
#include "mix/wire.h"

#define HEAD "{\"id\":\"a\",\"rule\":"
#define TAIL ",\"answer\":\"allow\",\"scope\":\"always\"}"
#define NOW  INT64_C(1800000000000)

static struct policy read_text(const char *text) {
    struct policy p;

    policy_read(&p, text, strlen(text), NULL, 0);
    return p;
}

static void a_line_that_is_not_wholly_a_rule_is_off_and_says_why(void **state) {
    static const struct {
        const char *line, *why;
    } cases[] = {
        {"{", "no JSON object"},
        {"[]", "no JSON object"},
        {"\"Bash\"", "no JSON object"},
        {HEAD "\"Bash\"" TAIL " x", "no JSON object"},
        {HEAD "\"Bash\"" TAIL "{}", "no JSON object"},
        {HEAD "\"Bash\",\"answer\":\"allow\"}", "\"scope\""},
        {HEAD "\"Bash\",\"scope\":\"always\"}", "\"answer\""},
        {HEAD "\"Bash\",\"answer\":\"Allow\",\"scope\":\"always\"}", "\"answer\""},
        {HEAD "\"Bash\",\"answer\":\"allow\",\"scope\":\"all\"}", "\"scope\""},
        {"{\"rule\":\"Bash\",\"answer\":\"allow\",\"scope\":\"always\"}", "\"id\""},
        {"{\"id\":\"\",\"rule\":\"Bash\",\"answer\":\"allow\",\"scope\":\"always\"}", "\"id\""},
        {"{\"id\":\"a b\",\"rule\":\"Bash\",\"answer\":\"allow\",\"scope\":\"always\"}", "\"id\""},
        {"{\"id\":\"a\",\"answer\":\"allow\",\"scope\":\"always\"}", "\"rule\" is missing"},
        {HEAD "7" TAIL, "no text"},
        {HEAD "null" TAIL, "no text"},
        {HEAD "\"\"" TAIL, "name of a tool"},
        {HEAD "\"Bash:\"" TAIL, "nothing follows"},
        {HEAD "\"Bash:*\"" TAIL, "everything"},
        {HEAD "\"Bash:a\\u202eb\"" TAIL, "visible"},
        {HEAD "\"Edit:/a/../b\"" TAIL, "\"..\""},
        {HEAD "\"Bash\",\"answer\":\"allow\",\"answer\":\"deny\",\"scope\":\"always\"}", "twice"},
        {HEAD "\"Bash\",\"answer\":\"allow\",\"scope\":\"always\",\"scpoe\":\"session\"}",
         "nobody knows"},
        {HEAD "\"Bash\",\"answer\":\"allow\",\"scope\":\"session\",\"server\":\"s\"}",
         "\"session\""},
        {HEAD "\"Bash\",\"answer\":\"allow\",\"scope\":\"session\",\"session\":\"s\"}",
         "\"server\""},
        {HEAD "\"Bash\",\"answer\":\"allow\",\"scope\":\"directory\",\"server\":\"s\"}",
         "\"directory\""},
        {HEAD "\"Bash\",\"answer\":\"allow\",\"scope\":\"always\",\"expires\":\"soon\"}",
         "\"expires\""},
        {HEAD "\"Bash\",\"answer\":\"allow\",\"scope\":\"always\",\"expires\":17}", "no text"},
        {HEAD "\"Bash\\ud800\"" TAIL, "name"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct policy p = read_text(cases[i].line);
        const struct ruling_ask ask = {.tool = "Bash", .object = "ls"};

        if (p.n != 1 || p.n_off != 1 || !p.rules[0].off || !strstr(p.rules[0].off, cases[i].why))
            fail_msg("%s: %s", cases[i].line, p.n == 1 && p.rules[0].off ? p.rules[0].off : "read");
        assert_int_equal(p.rules[0].line, 1);
        assert_string_equal(p.rules[0].text, cases[i].line);
        assert_int_equal(policy_decide(&p, &ask, NOW).verdict, VERDICT_ASK);
        policy_fini(&p);
    }
}

static void bad_lines_are_counted_where_they_stand_and_the_others_hold(void **state) {
    struct policy p = read_text("# made by hand\n\n" HEAD "\"Bash:git *\"" TAIL "\n"
                                "{oops}\n" HEAD "\"Grep\"" TAIL "\n"
                                "{\"id\":\"b\",\"rule\":\"Grep\",\"answer\":\"deny\","
                                "\"scope\":\"always\"}\n  \t\n");
    const struct ruling_ask git = {.tool = "Bash", .object = "git status"};
    const struct ruling_ask grep = {.tool = "Grep", .object = "/src"};

    (void)state;
    assert_int_equal(p.n, 4);
    assert_int_equal(p.n_off, 2);
    assert_int_equal(p.rules[0].line, 3);
    assert_int_equal(p.rules[1].line, 4);
    assert_non_null(p.rules[1].off);
    assert_int_equal(p.rules[2].line, 5);
    assert_non_null(strstr(p.rules[2].off, "id of a rule above")); /* which of them is meant? */
    assert_int_equal(p.rules[3].line, 6);
    assert_int_equal(policy_decide(&p, &git, NOW).verdict, VERDICT_ALLOW);
    assert_int_equal(policy_decide(&p, &grep, NOW).verdict, VERDICT_DENY);
    policy_fini(&p);
}

static void a_nul_byte_or_a_long_line_is_off(void **state) {
    static const char nul[] = HEAD "\"Bash\0\"" TAIL;
    auto_buf struct buf big = {.max = MIX_MIB};
    struct policy p;

    (void)state;
    policy_read(&p, nul, sizeof nul - 1, NULL, 0);
    assert_int_equal(p.n_off, 1);
    policy_fini(&p);
    buf_adds(&big, HEAD "\"Bash:");
    for (int i = 0; i < 70000; i++)
        buf_adds(&big, "x");
    buf_adds(&big, "\"" TAIL);
    p = read_text(big.p);
    assert_int_equal(p.n_off, 1);
    policy_fini(&p);
}

static void deny_beats_allow_wherever_they_stand(void **state) {
    static const char *const files[] = {
        "{\"id\":\"d\",\"rule\":\"Bash:git push*\",\"answer\":\"deny\",\"scope\":\"always\"}\n"
        "{\"id\":\"w\",\"rule\":\"Bash:git *\",\"answer\":\"allow\",\"scope\":\"always\"}\n",
        "{\"id\":\"w\",\"rule\":\"Bash:git *\",\"answer\":\"allow\",\"scope\":\"always\"}\n"
        "{\"id\":\"d\",\"rule\":\"Bash:git push*\",\"answer\":\"deny\",\"scope\":\"always\"}\n"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct policy p = read_text(files[i]);
        struct ruling_ask ask = {.tool = "bash", .object = "git push origin"};
        struct ruling r = policy_decide(&p, &ask, NOW);

        assert_int_equal(r.verdict, VERDICT_DENY);
        assert_string_equal(r.rule, "d");
        assert_string_equal(r.rule_text, "Bash:git push*");
        ask.object = "git status";
        r = policy_decide(&p, &ask, NOW);
        assert_int_equal(r.verdict, VERDICT_ALLOW);
        assert_string_equal(r.rule, "w");
        policy_fini(&p);
    }
}

static void a_scope_is_never_wider_than_it_says(void **state) {
    static const char *const lines[] = {
        "{\"id\":\"a\",\"rule\":\"Bash\",\"answer\":\"allow\",\"scope\":\"session\","
        "\"server\":\"here\",\"session\":\"s1\"}",
        "{\"id\":\"a\",\"rule\":\"Bash\",\"answer\":\"allow\",\"scope\":\"directory\","
        "\"server\":\"here\",\"directory\":\"/w\"}",
        "{\"id\":\"a\",\"rule\":\"Bash\",\"answer\":\"allow\",\"scope\":\"always\"}",
    };
    static const char *const own[] = {"s1", NULL}, *const child[] = {"c", "s1", NULL},
                             *const other[] = {"s2", NULL};
    static const struct {
        const char *server, *dir;
        const char *const *sessions;
        bool want[3];
    } cases[] = {
        {"here", "/w", own, {true, true, true}},    {"here", "/w", child, {true, true, true}},
        {"here", "/w", other, {false, true, true}}, {"here", "/w/x", own, {true, false, true}},
        {"here", "/", other, {false, false, true}}, {"here", NULL, other, {false, false, true}},
        {"there", "/w", own, {false, false, true}}, {NULL, "/w", own, {false, false, true}},
        {"here", "/w", NULL, {false, true, true}},
    };

    (void)state;
    for (size_t l = 0; l < 3; l++) {
        struct policy p = read_text(lines[l]);

        assert_int_equal(p.n_off, 0);
        for (size_t i = 0; i < MIX_COUNT(cases); i++) {
            const struct ruling_ask ask = {.tool = "Bash",
                                           .object = "ls",
                                           .server = cases[i].server,
                                           .work_dir = cases[i].dir,
                                           .sessions = cases[i].sessions};

            assert_int_equal(policy_decide(&p, &ask, NOW).verdict == VERDICT_ALLOW,
                             cases[i].want[l]);
        }
        policy_fini(&p);
    }
}

static void what_has_expired_is_no_rule_any_more(void **state) {
    struct policy p = read_text("{\"id\":\"a\",\"rule\":\"Bash\",\"answer\":\"allow\",\"scope\":"
                                "\"always\",\"expires\":\"2026-11-23T14:02:00Z\"}");
    const struct ruling_ask ask = {.tool = "Bash", .object = "ls"};
    const int64_t end = time_read("2026-11-23T14:02:00Z");

    (void)state;
    assert_int_equal(policy_decide(&p, &ask, end - 1).verdict, VERDICT_ALLOW);
    assert_int_equal(policy_decide(&p, &ask, end).verdict, VERDICT_ASK);
    policy_fini(&p);
}

static void what_is_not_understood_is_never_allowed_but_may_be_denied(void **state) {
    static const struct {
        const char *tool, *object, *params;
        bool allowed;
    } cases[] = {
        {"Bash", "ls", "{\"command\":\"ls\"}", true},
        {"Bash", "ls", NULL, true},
        {"Bash", NULL, "{\"command\":\"ls\",\"command\":\"rm\"}", false},
        {"Bash", NULL, NULL, false},
        {"Bash", "ls", "{\"command\":\"ls\"", false},
        {"Bash", "ls", "{\"command\":\"ls\",\"note\":\"\\u202e\"}", false},
        {"Bash", "ls \xe2\x80\xae", "{}", false},
        {"Bash", "ls", "{\"command\":\"ls\",\"x\":\"\\u001b[2J\"}", false},
        {"mcp__db", NULL, "\"{\\\"q\\\":1}\"", true},
        {"mcp__db", NULL, "\"{\\\"q\\\":\\\"\\\\u200b\\\"}\"", false},
        {"", "ls", NULL, false},
        {NULL, "ls", NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        static const char *const answers[] = {"allow", "deny"};
        const struct ruling_ask ask = {
            .tool = cases[i].tool, .object = cases[i].object, .params = cases[i].params};

        for (size_t k = 0; k < 2; k++) {
            char line[128];

            snprintf(line, sizeof line,
                     "{\"id\":\"a\",\"rule\":\"*\",\"answer\":\"%s\",\"scope\":\"always\"}",
                     answers[k]);
            struct policy p = read_text(line);
            const enum verdict v = policy_decide(&p, &ask, NOW).verdict;
            const bool named = !str_blank(cases[i].tool);

            if (v != (k == 0  ? cases[i].allowed ? VERDICT_ALLOW : VERDICT_ASK
                      : named ? VERDICT_DENY
                              : VERDICT_ASK))
                fail_msg("case %zu, %s: %d", i, answers[k], (int)v);
            policy_fini(&p);
        }
    }
}

static void no_pattern_crosses_what_a_shell_would_act_on(void **state) {
    static const char *const commands[] = {
        "git status; rm -rf /", "git status && x",     "git status | sh",
        "git status > /etc/x",  "git status\nrm x",    "git status `x`",
        "git status $(x)",      "git status $HOME",    "git status & x",
        "git status < x",       "git status \\\nx",    "git ../x",
        "git status\r\nx",      "git status\tx",       "git {a,b}",
        "git status\xc2\xa0x",  "git status 'a\" ; x", "git status \xe2\x80\x8bx",
    };
    struct policy p = read_text(HEAD "\"Bash:git *\"" TAIL);

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(commands); i++) {
        const struct ruling_ask ask = {.tool = "Bash", .object = commands[i]};

        if (policy_decide(&p, &ask, NOW).verdict != VERDICT_ASK)
            fail_msg("allowed: %s", commands[i]);
    }
    policy_fini(&p);
}

static void what_is_written_is_what_is_read(void **state) {
    char text[] = "Edit:/w/a \"b\"/*", server[] = "http_here", session[] = "s-1",
         dir[] = "/w/\xc3\xa4";
    struct policy_rule rules[] = {
        {.id = "r1", .text = text, .scope = RULE_ALWAYS, .made = 1000},
        {.id = "r2",
         .text = text,
         .deny = true,
         .scope = RULE_SESSION,
         .server = server,
         .session = session,
         .expires = 1800000000000},
        {.id = "r3", .text = text, .scope = RULE_DIRECTORY, .server = server, .directory = dir},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rules); i++) {
        auto_buf struct buf line = {.max = 4096};
        struct policy p;
        struct err err;

        assert_int_equal(policy_write_rule(&line, &rules[i], &err), RC_OK);
        assert_int_equal(line.p[line.n - 1], '\n');
        p = read_text(line.p);
        assert_int_equal(p.n, 1);
        assert_null(p.rules[0].off);
        assert_string_equal(p.rules[0].id, rules[i].id);
        assert_string_equal(p.rules[0].text, text);
        assert_int_equal(p.rules[0].deny, rules[i].deny);
        assert_int_equal(p.rules[0].scope, rules[i].scope);
        assert_int_equal(p.rules[0].made, rules[i].made);
        assert_int_equal(p.rules[0].expires, rules[i].expires);
        assert_true(str_eq(p.rules[0].session, rules[i].session));
        assert_true(str_eq(p.rules[0].directory, rules[i].directory));
        policy_fini(&p);
    }
    rules[1].session = NULL;
    auto_buf struct buf line = {.max = 4096};
    struct err err;

    assert_int_equal(policy_write_rule(&line, &rules[1], &err), RC_USAGE);
    assert_int_equal(line.n, 0);
}

static void hits_come_from_the_file_beside(void **state) {
    static const char rules[] = HEAD "\"Bash\"" TAIL "\n",
                      used[] = "x 1 1\na 3 900\nnonsense\na 4 1000\n"
                               "a -1 5\na 9\n"
                               "a 9223372036854775807 5\na 5 9223372036854775807\n";
    struct policy p;

    (void)state;
    policy_read(&p, rules, sizeof rules - 1, used, sizeof used - 1);
    assert_int_equal(p.rules[0].hits, 4);
    assert_int_equal(p.rules[0].used, 1000);
    policy_fini(&p);
}

static void suggestions_fit_the_request_and_stay_narrow(void **state) {
    static const struct {
        const char *tool, *object, *work_dir;
        const char *want[8];
    } cases[] = {
        {"Bash",
         "git status -s src",
         NULL,
         {"Bash:=git status -s src", "Bash:git status -s *", "Bash:git status *"}},
        {"Bash", "ls -la", NULL, {"Bash:=ls -la", "Bash:ls *"}},
        {"Bash", "make", NULL, {"Bash:=make"}},
        {"Bash", "bash -c ls", NULL, {"Bash:=bash -c ls"}},
        {"Bash",
         "bash run.sh -v x",
         NULL,
         {"Bash:=bash run.sh -v x", "Bash:bash run.sh -v *", "Bash:bash run.sh *"}},
        {"Bash", "python3 -c pass now", NULL, {"Bash:=python3 -c pass now"}},
        {"Bash", "sudo make install", NULL, {"Bash:=sudo make install"}},
        {"Bash", "rm -f a b", NULL, {"Bash:=rm -f a b"}},
        {"Bash", "find src -name x", NULL, {"Bash:=find src -name x"}},
        {"Bash", "A=1 make x", NULL, {"Bash:=A=1 make x"}},
        {"Bash", "cat a | sh", NULL, {"Bash:=cat a | sh"}},
        {"Edit",
         "/w/src/a.c",
         "/w",
         {"Edit:=/w/src/a.c", "Edit:/w/src/*.c", "Edit:/w/src/*", "Edit:/w/src/**", "Edit:/w/**",
          "Edit"}},
        {"WebFetch",
         "https://example.org/a/b",
         NULL,
         {"WebFetch:=https://example.org/a/b", "WebFetch:https://example.org/*", "WebFetch"}},
        {"mcp__db", NULL, NULL, {"mcp__db"}},
        {"Bash", "ls \xe2\x80\xae", NULL, {NULL}},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct arena a = {0};
        const char *out[8];
        const struct ruling_ask ask = {
            .tool = cases[i].tool, .object = cases[i].object, .work_dir = cases[i].work_dir};
        const size_t n = policy_suggest(&a, &ask, out, 8);

        for (size_t k = 0; k < 8; k++)
            if (!str_eq(k < n ? out[k] : NULL, cases[i].want[k]))
                fail_msg("case %zu, %zu: %s", i, k, k < n ? out[k] : "none");
        arena_free(&a);
    }
}

/* A request of the same second is older than the rule. */
static void a_rule_made_in_the_same_second_answers_nothing_before_it(void **state) {
    char text[] = "Bash";
    struct policy_rule rule = {.id = "r", .text = text, .scope = RULE_ALWAYS, .made = NOW + 900};
    const struct ruling_ask ask = {.tool = "Bash", .object = "make", .params = "{}"};
    auto_buf struct buf line = {.max = 4096};
    struct err err;

    (void)state;
    assert_int_equal(policy_write_rule(&line, &rule, &err), RC_OK);
    struct policy p = read_text(line.p);

    assert_int_equal(policy_decide(&p, &ask, NOW + 500).verdict, VERDICT_ASK);
    assert_int_equal(policy_decide(&p, &ask, NOW + 900).verdict, VERDICT_ALLOW);
    policy_fini(&p);
}

/* ---- many of them ---- */
static double reading(size_t n) {
    auto_buf struct buf rules = {.max = 64 * MIX_MIB};
    auto_buf struct buf used = {.max = 64 * MIX_MIB};
    struct policy p;

    for (size_t i = 0; i < n; i++) {
        buf_addf(&rules,
                 "{\"id\":\"r%zu\",\"rule\":\"Glob\",\"answer\":\"deny\",\"scope\":\"always\"}\n",
                 i);
        buf_addf(&used, "r%zu %zu 1000\n", i, i + 1);
    }
    const double from = cpu_ms();

    policy_read(&p, rules.p, rules.n, used.p, used.n);
    const double took = cpu_ms() - from;

    assert_int_equal(p.n, n);
    assert_int_equal(p.n_off, 0);
    assert_int_equal(p.rules[n - 1].hits, n);
    policy_fini(&p);
    return took;
}

static void ten_times_the_rules_take_some_ten_times_as_long(void **state) {
    (void)state;
    const double few = reading(4000) + 1, many = reading(40000);

    if (many > 30 * few)
        fail_msg("%.1f ms for 4,000, %.1f ms for 40,000", few, many);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_that_is_not_wholly_a_rule_is_off_and_says_why),
        cmocka_unit_test(bad_lines_are_counted_where_they_stand_and_the_others_hold),
        cmocka_unit_test(a_nul_byte_or_a_long_line_is_off),
        cmocka_unit_test(deny_beats_allow_wherever_they_stand),
        cmocka_unit_test(a_scope_is_never_wider_than_it_says),
        cmocka_unit_test(what_has_expired_is_no_rule_any_more),
        cmocka_unit_test(what_is_not_understood_is_never_allowed_but_may_be_denied),
        cmocka_unit_test(no_pattern_crosses_what_a_shell_would_act_on),
        cmocka_unit_test(what_is_written_is_what_is_read),
        cmocka_unit_test(hits_come_from_the_file_beside),
        cmocka_unit_test(suggestions_fit_the_request_and_stay_narrow),
        cmocka_unit_test(ten_times_the_rules_take_some_ten_times_as_long),
        cmocka_unit_test(a_rule_made_in_the_same_second_answers_nothing_before_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
