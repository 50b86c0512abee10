/* `mixtui rules` and `mixtui send --permission rules`. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"

static char *first_word(const char *text) {
    static char word[64];

    snprintf(word, sizeof word, "%.*s", (int)strcspn(text, " \n"), text);
    return word;
}

static void a_rule_is_added_tried_listed_and_removed(void **state) {
    (void)state;
    const struct run *r = RUN("rules", "list");

    assert_code(r, 0);
    assert_err(r, "there are no rules yet");
    r = RUN("rules", "add", "Bash:git status*", "--allow", "--always");
    assert_code(r, 0);
    char id[64];

    snprintf(id, sizeof id, "%s", first_word(buf_str(&r->out)));
    assert_int_equal(id[0], 'r');
    r = RUN("rules", "test", "Bash", "git status -s");
    assert_code(r, 0);
    assert_out(r, "allow: rule r");
    r = RUN("rules", "test", "Bash", "git status; rm x");
    assert_code(r, 1);
    assert_out(r, "the pattern does not match");
    r = RUN("rules", "add", "Bash:git *", "--deny", "--session", "s1", "--server",
            "http://127.0.0.1:9");
    assert_code(r, 0);
    r = RUN("rules", "test", "Bash", "git status", "--session", "s1", "--server",
            "http://127.0.0.1:9");
    assert_code(r, 8);
    assert_out(r, "deny: rule r");
    r = RUN("rules", "test", "Bash", "git status", "--session", "s2", "--server",
            "http://127.0.0.1:9");
    assert_code(r, 0);
    r = RUN("rules", "list");
    assert_code(r, 0);
    assert_out(r, "Bash:git status*  (always, 0 hits)");
    assert_out(r, "session s1, 0 hits)");
    r = RUN("rules", "list", "--json");
    assert_out(r, "\"rule\":\"Bash:git *\",\"answer\":\"deny\"");
    r = RUN("rules", "remove", id);
    assert_code(r, 0);
    r = RUN("rules", "test", "Bash", "git status -s");
    assert_code(r, 1);
    assert_out(r, "another server");
    r = RUN("rules", "remove", id);
    assert_code(r, 2);
    assert_err(r, "there is no rule");
}

static void what_is_no_rule_is_refused_in_one_line(void **state) {
    static const struct {
        const char *words[8];
        const char *why;
    } cases[] = {
        {{"rules"}, "its first word is list, test, add or remove"},
        {{"rules", "change"}, "its first word is list, test, add or remove"},
        {{"rules", "list", "x"}, "list takes no operand"},
        {{"rules", "add", "--allow", "--always"}, "add takes one rule"},
        {{"rules", "add", "Bash", "--always"}, "either --allow or --deny"},
        {{"rules", "add", "Bash", "--allow", "--deny", "--always"}, "either --allow or --deny"},
        {{"rules", "add", "Bash", "--allow"}, "one of --session ID"},
        {{"rules", "add", "Bash", "--allow", "--always", "--session", "s"}, "one of --session ID"},
        {{"rules", "add", "Bash:*", "--allow", "--always"}, "is everything"},
        {{"rules", "add", "Bash:a\nb", "--allow", "--always"}, "visible characters"},
        {{"rules", "add", "Bash", "--allow", "--always", "--expires", "soon"}, "--expires soon"},
        {{"rules", "test"}, "test takes a tool"},
        {{"rules", "remove"}, "remove takes the ids"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const struct run *r = run(cases[i].words);

        assert_code(r, 2);
        if (!strstr(buf_str(&r->err), cases[i].why))
            run_failed(r, cases[i].why, __FILE__, __LINE__);
    }
    const struct run *r = RUN("rules", "list");

    assert_out(r, "");
    assert_int_equal(r->out.n, 0);
}

static void a_line_made_by_hand_with_a_mistake_is_off_and_named(void **state) {
    char path[512];

    (void)state;
    assert_code(RUN("rules", "add", "Grep", "--allow", "--always"), 0);
    snprintf(path, sizeof path, "%s", screen_path("state/mixtui/rules.jsonl"));
    FILE *f = fopen(path, "a");

    assert_non_null(f);
    fputs("{\"id\":\"mine\",\"rule\":\"Bash:\\u001b[2J\",\"answer\":\"allow\",\"scope\":\"always\"}"
          "\n",
          f);
    fclose(f);
    const struct run *r = RUN("rules", "list");

    assert_code(r, 2);
    assert_out(r, "line 2 is off: ");
    assert_out(r, "allow Grep");
    assert_null(strchr(buf_str(&r->out), '\033'));
    assert_code(RUN("rules", "remove", "mine"), 0);
    assert_code(RUN("rules", "list"), 0);
}

static void send_follows_the_rules_and_writes_every_answer_down(void **state) {
    const struct peer *d = demo_start((const char *const[]){"--speed", "0", NULL});

    (void)state;
    run_server(d->url);
    assert_code(RUN("rules", "add", "Bash:echo *", "--allow", "--always"), 0);
    assert_code(RUN("rules", "add", "Bash:echo secret*", "--deny", "--always"), 0);
    const struct run *r = RUN("send", "new", "run echo seen", "--permission", "rules");

    assert_code(r, 0);
    assert_err(r, "granted Bash: echo seen (rule Bash:echo *)");
    r = RUN("send", "new", "run echo secret one", "--permission", "rules", "--allow", "Bash");
    assert_code(r, 8);
    assert_err(r, "denied Bash: echo secret one (rule Bash:echo secret*)");
    r = RUN("send", "new", "run ls", "--permission", "rules");
    assert_code(r, 8);
    assert_err(r, "denied Bash: ls (no rule fits)");
    r = RUN("send", "new", "run ls -l", "--permission", "rules", "--allow", "Bash:ls *");
    assert_code(r, 0);
    r = RUN("rules", "list");
    assert_out(r, "Bash:echo *  (always, 1 hit, last ");

    FILE *f = fopen(screen_path("state/mixtui/audit.jsonl"), "r");
    char line[8192];
    size_t n = 0, by_rule = 0;

    assert_non_null(f);
    for (; fgets(line, sizeof line, f); n++)
        by_rule += strstr(line, "\"by\":\"rule\"") != NULL;
    fclose(f);
    assert_int_equal(n, 4);
    assert_int_equal(by_rule, 2);
    struct stat st;

    assert_int_equal(stat(screen_path("state/mixtui/audit.jsonl"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

/* A rule that denies may be among them: --allow does not stand in for it. */
static void rules_that_cannot_be_read_grant_nothing(void **state) {
    const struct peer *d = demo_start((const char *const[]){"--speed", "0", NULL});

    (void)state;
    run_server(d->url);
    assert_code(RUN("rules", "add", "Bash:ls*", "--deny", "--always"), 0);
    assert_int_equal(unlink(screen_path("state/mixtui/rules.jsonl")), 0);
    assert_int_equal(mkdir(screen_path("state/mixtui/rules.jsonl"), 0700), 0);
    const struct run *r = RUN("send", "new", "run ls", "--permission", "rules", "--allow", "Bash");

    assert_code(r, 8);
    assert_err(r, "denied Bash: ls (the rules cannot be followed)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_rule_is_added_tried_listed_and_removed, run_teardown),
        cmocka_unit_test_teardown(what_is_no_rule_is_refused_in_one_line, run_teardown),
        cmocka_unit_test_teardown(a_line_made_by_hand_with_a_mistake_is_off_and_named,
                                  run_teardown),
        cmocka_unit_test_teardown(rules_that_cannot_be_read_grant_nothing, run_teardown),
        cmocka_unit_test_teardown(send_follows_the_rules_and_writes_every_answer_down,
                                  run_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
