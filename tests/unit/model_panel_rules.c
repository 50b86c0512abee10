/* Rules are made from requests, shown, revoked; the log is looked through. */
#include "rules_kit.h"

#include <limits.h>

/* ---- the editor ---- */
static struct kit *editing(const char *command) {
    struct kit *k = start();

    bash(k, "p1", command);
    arm(k);
    model_ask(k->m, "p1")->uncut = true;
    act_rule_new(k->m, k->fx);
    kit_step(k);
    return k;
}

static void look(struct kit *k) { panel_fresh(k->m); }

/* The row with that label or value in it; -1: none. */
static int row_of(struct kit *k, const char *text) {
    look(k);
    const struct panel *p = k->m->ui.panel;

    for (size_t i = 0; p && i < p->n_rows; i++)
        if (strstr(p->rows[i].label, text) || strstr(p->rows[i].value, text))
            return (int)i;
    return -1;
}

static void press(struct kit *k, const char *row) {
    const int at = row_of(k, row);

    assert_true(at >= 0);
    k->m->ui.panel->cursor = (size_t)at;
    act_panel_enter(k->m, k->fx);
    kit_step(k);
}

static void type_rule(struct kit *k, const char *text) {
    look(k);
    k->m->ui.panel->cursor = (size_t)row_of(k, "rule");
    editor_set(panel_editor(k->m), text);
    act_panel_changed(k->m, k->fx);
    look(k);
}

static void a_rule_is_made_from_a_request_and_does_not_answer_it(void **state_) {
    struct kit *k = editing("git status");

    (void)state_;
    assert_int_equal(k->m->ui.panel->id, PANEL_RULE);
    assert_true(row_of(k, "would be granted") >= 0);
    assert_false(ask_armed(k->m, the(k, "p1"), k->now));
    press(k, "save the rule");
    assert_null(k->m->ui.panel);
    assert_int_equal(k->m->ui.focus, PANE_PERMISSIONS);
    assert_string_equal(k->m->ui.ask_cursor, "p1");
    assert_int_equal(the(k, "p1")->state, ASK_PENDING);
    assert_false(ask_armed(k->m, the(k, "p1"), k->now)); /* armed anew by the next frame */
    kit_paint(k);
    kit_pass(k, ARM_MS + 1);
    assert_true(ask_armed(k->m, the(k, "p1"), k->now));
    assert_int_equal(answers(k), 0);
    bash(k, "p2", "git status");
    assert_int_equal(the(k, "p2")->state, ASK_SENT);
    kit_free(k);
}

static void enter_behind_the_text_of_a_rule_saves_it(void **state_) {
    struct kit *k = editing("git status");

    (void)state_;
    type_rule(k, "Bash:");
    press(k, "rule"); /* the caret stays where it can be mended */
    assert_int_equal(rules_file.n, 0);
    assert_non_null(strstr(kit_notice(k), "not a rule"));
    assert_int_equal(k->m->ui.panel->cursor, row_of(k, "rule"));
    type_rule(k, "Bash");
    press(k, "rule"); /* a broad one is asked about */
    assert_int_equal(rules_file.n, 0);
    assert_int_equal(k->m->ui.panel->cursor, row_of(k, "save the rule"));
    type_rule(k, "Bash:git status");
    press(k, "rule");
    assert_true(rules_file.n > 0);
    assert_null(k->m->ui.panel);
    assert_int_equal(answers(k), 0);
    kit_free(k);
}

static void no_rule_is_offered_before_its_text_was_read(void **state_) {
    struct kit *k = start();

    (void)state_;
    bash(k, "p1", "git status");
    assert_non_null(act_rule_why_not(k->m)); /* none is selected */
    arm(k);
    model_ask(k->m, "p1")->uncut = false;
    assert_string_equal(act_rule_why_not(k->m), "read it to its end first: v");
    act_rule_new(k->m, k->fx);
    assert_null(k->m->ui.panel);
    model_ask(k->m, "p1")->uncut = true;
    assert_null(act_rule_why_not(k->m));
    kit_free(k);
}

static void what_the_rule_would_do_is_told_as_it_is_typed(void **state_) {
    struct kit *k = editing("git status");

    (void)state_;
    type_rule(k, "Bash:make*");
    assert_true(row_of(k, "the pattern does not match") >= 0);
    type_rule(k, "Edit:/a");
    assert_true(row_of(k, "another tool") >= 0);
    type_rule(k, "Bash:");
    assert_true(row_of(k, "not a rule") >= 0);
    const int save = row_of(k, "save the rule");

    assert_non_null(k->m->ui.panel->rows[save].why_not);
    press(k, "save the rule");
    assert_int_equal(rules_file.n, 0);
    kit_free(k);
}

static void a_broad_rule_is_saved_only_when_it_is_confirmed(void **state_) {
    struct kit *k = editing("git status");

    (void)state_;
    type_rule(k, "Bash");
    assert_true(row_of(k, "broad: ") >= 0);
    press(k, "save the rule");
    assert_int_equal(rules_file.n, 0);
    act_panel_enter(k->m, k->fx); /* before it was painted */
    kit_step(k);
    assert_int_equal(rules_file.n, 0);
    look(k);
    kit_paint(k);
    kit_pass(k, ARM_MS + 1);
    act_panel_enter(k->m, k->fx);
    kit_step(k);
    assert_true(rules_file.n > 0);
    kit_free(k);
}

static void a_pattern_that_is_wider_than_it_looks_is_called_broad(void **state_) {
    static const struct {
        const char *rule;
        bool broad;
    } rows[] = {
        {"Bash:git status *", false}, {"Bash:make*", false},         {"Bash:bash -c *", true},
        {"Bash:sudo *", true},        {"Bash:bash*", true},          {"Bash:env A=1 *", true},
        {"Bash:rm *", true},          {"Bash:bash run.sh *", false}, {"Bash:* --version", true},
        {"Write:/**", true},          {"Write:/w/**", false},        {"Edit:*.c", true},
        {"Edit:/*/a.c", true},        {"Edit:./**", true},           {"Edit:./src/**", false},
    };
    struct kit *k = editing("git status");

    (void)state_;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        type_rule(k, rows[i].rule);
        if ((row_of(k, "broad: ") >= 0) != rows[i].broad)
            fail_msg("%s", rows[i].rule);
    }
    kit_free(k);
}

static void a_rule_for_something_severe_is_saved_only_when_it_is_confirmed(void **state_) {
    struct kit *k = editing("sudo ls");

    (void)state_;
    assert_true(row_of(k, "it runs as root, and is granted without you") >= 0);
    press(k, "rule");
    assert_int_equal(rules_file.n, 0);
    look(k);
    kit_paint(k);
    kit_pass(k, ARM_MS + 1);
    act_panel_enter(k->m, k->fx);
    kit_step(k);
    assert_true(rules_file.n > 0);
    kit_free(k);
}

static void the_editor_says_that_the_request_waits_as_long_as_it_does(void **state_) {
    struct kit *k = editing("git status");

    (void)state_;
    int save = row_of(k, "save the rule");

    assert_non_null(k->m->ui.panel->rows[save].help);
    kit_pass(k, ASK_LIFE_MS + 1);
    save = row_of(k, "save the rule");
    assert_null(k->m->ui.panel->rows[save].help);
    kit_free(k);
}

static void a_rule_that_cannot_be_saved_stays_in_the_editor(void **state_) {
    struct kit *k = editing("git status");

    (void)state_;
    fails = RC_IO;
    press(k, "save the rule");
    assert_non_null(strstr(kit_notice(k), "The rule was not saved"));
    assert_non_null(k->m->ui.panel);
    fails = RC_OK;
    press(k, "save the rule");
    assert_null(k->m->ui.panel);
    assert_true(rules_file.n > 0);
    kit_free(k);
}

static void a_screen_that_cannot_be_read_says_so_and_is_asked_again(void **state_) {
    static const enum panel_id ids[] = {PANEL_RULES, PANEL_AUDIT};

    (void)state_;
    for (size_t i = 0; i < MIX_COUNT(ids); i++) {
        struct kit *k = start();

        add_rule("Bash:git *", "allow");
        bash(k, "p1", "git status");
        fails = RC_IO;
        act_panel_open(k->m, ids[i], k->fx);
        kit_step(k);
        assert_int_equal(k->m->ui.panel->loading, 0);
        assert_true(row_of(k, "Bash:git *") < 0);
        fails = RC_OK;
        press(k, "try again");
        assert_true(row_of(k, "Bash:git *") >= 0);
        assert_true(row_of(k, "try again") < 0);
        kit_free(k);
        fresh(NULL);
    }
}

static void leaving_an_edited_rule_is_asked_once(void **state_) {
    struct kit *k = editing("git status");

    (void)state_;
    type_rule(k, "Bash:git s*");
    act_panel_back(k->m);
    assert_non_null(k->m->ui.panel);
    kit_pass(k, ARM_MS + 1);
    act_panel_back(k->m);
    assert_null(k->m->ui.panel);
    assert_int_equal(rules_file.n, 0);
    kit_free(k);
}

/* Alt+P over the editor: the request comes first, what was written is there again after it. */
static void the_editor_waits_while_its_request_is_answered(void **state_) {
    struct kit *k = editing("git status");

    (void)state_;
    type_rule(k, "Bash:git s*");
    arm(k);
    assert_int_equal(k->m->ui.over, OVER_NONE);
    kit_decide(k, DECIDE_GRANT);
    assert_int_equal(answers(k), 1);
    act_asks_leave(k->m);
    kit_step(k);
    assert_int_equal(k->m->ui.over, OVER_PANEL);
    assert_true(row_of(k, "one like this request") >= 0);
    assert_non_null(strstr(k->m->ui.panel->title, "is answered"));
    press(k, "save the rule");
    assert_non_null(strstr(buf_str(&rules_file), "Bash:git s*"));
    kit_free(k);
}

static void the_title_of_the_editor_counts_down(void **state_) {
    struct kit *k = editing("git status");
    char title[64];

    (void)state_;
    look(k);
    (void)snprintf(title, sizeof title, "%s", k->m->ui.panel->title);
    assert_non_null(strstr(title, "the request waits 0:2"));
    kit_pass(k, 2000);
    look(k);
    assert_string_not_equal(k->m->ui.panel->title, title);
    kit_pass(k, ASK_LIFE_MS);
    look(k);
    assert_non_null(strstr(k->m->ui.panel->title, "has expired"));
    kit_free(k);
}

static void a_time_that_is_typed_ends_the_rule(void **state_) {
    static const struct {
        const char *typed;
        int64_t in; /* ms; 0: refused, -1: some time */
    } times[] = {{"90m", 5400000},       {"2d", 172800000}, {"1h30m", 5400000},
                 {"2099-13-01", 0},      {"nonsense", 0},   {"2001-01-01", 0},
                 {"99999999999999d", 0}, {"", 0},           {"2024-06-01 12:00", -1}};

    (void)state_;
    for (size_t i = 0; i < MIX_COUNT(times); i++) {
        struct kit *k = editing("git status");
        struct policy p;

        look(k);
        for (size_t f = 0; f < k->m->ui.panel->n_fields; f++)
            if (k->m->ui.panel->fields[f].choices.n == 5)
                k->m->ui.panel->fields[f].choice = 4;
        panel_touch(k->m, k->m->ui.panel);
        k->m->ui.panel->cursor = (size_t)row_of(k, "at");
        for (size_t r = 0; r < k->m->ui.panel->n_rows; r++)
            if (str_eq(k->m->ui.panel->rows[r].label, "at"))
                k->m->ui.panel->cursor = r;
        editor_set(panel_editor(k->m), times[i].typed);
        act_panel_changed(k->m, k->fx);
        press(k, "save the rule");
        policy_read(&p, buf_str(&rules_file), rules_file.n, NULL, 0);
        assert_int_equal(p.n, times[i].in != 0);
        if (times[i].in > 0)
            assert_int_equal(p.rules[0].expires / 1000, (k->real + times[i].in) / 1000);
        else if (times[i].in < 0)
            assert_true(p.rules[0].expires > k->real);
        policy_fini(&p);
        kit_free(k);
        fresh(NULL);
    }
}

/* ---- the screens ---- */
static void a_rule_is_revoked_by_one_key_and_added_back_by_another(void **state_) {
    struct kit *k = start();

    (void)state_;
    add_rule("Bash:git *", "allow");
    add_rule("Grep", "deny");
    (void)buf_adds(&rules_file, "{\"id\":\"bad\"\n");
    act_panel_open(k->m, PANEL_RULES, k->fx);
    kit_step(k);
    assert_true(row_of(k, "Bash:git *") >= 0);
    assert_true(row_of(k, "line 3") >= 0);
    k->m->ui.panel->cursor = (size_t)row_of(k, "Bash:git *");
    act_panel_key(k->m, 'u', k->fx);
    assert_non_null(strstr(kit_notice(k), "nothing was revoked"));
    act_panel_key(k->m, 'd', k->fx);
    kit_step(k);
    assert_null(strstr(buf_str(&rules_file), "git"));
    assert_true(row_of(k, "Revoked here") >= 0);
    act_panel_key(k->m, 'u', k->fx);
    kit_step(k);
    assert_non_null(strstr(buf_str(&rules_file), "git"));
    assert_true(row_of(k, "Revoked here") < 0);
    assert_true(row_of(k, "Bash:git *") >= 0);
    kit_free(k);
}

static void the_rule_used_last_stands_first_and_one_that_ended_says_so(void **state_) {
    struct kit *k = start();

    (void)state_;
    for (int i = 0; i < 3; i++)
        (void)buf_addf(&rules_file,
                       "{\"id\":\"r%d\",\"rule\":\"Tool%d\",\"answer\":\"allow\","
                       "\"scope\":\"always\"%s}\n",
                       i, i, i == 0 ? ",\"expires\":\"2001-01-01T00:00:00Z\"" : "");
    used_file = "r1 7 1600000000000\nr2 3 1650000000000\n";
    act_panel_open(k->m, PANEL_RULES, k->fx);
    kit_step(k);
    assert_true(row_of(k, "Tool2") < row_of(k, "Tool1"));
    assert_true(row_of(k, "Tool1") < row_of(k, "Tool0"));
    assert_int_equal(row_of(k, "3 hits, last"), row_of(k, "Tool2"));
    assert_int_equal(row_of(k, "7 hits, last"), row_of(k, "Tool1"));
    assert_int_equal(row_of(k, "expired"), row_of(k, "Tool0"));
    kit_free(k);
}

static void a_change_while_the_rules_are_read_is_read_as_well(void **state_) {
    struct kit *k = start();

    (void)state_;
    add_rule("Bash:git *", "allow");
    act_panel_open(k->m, PANEL_RULES, k->fx);
    kit_step(k);
    k->m->ui.panel->cursor = (size_t)row_of(k, "Bash:git *");
    k->disk_slow = true;
    act_panel_retry(k->m, k->fx);
    act_panel_key(k->m, 'd', k->fx);
    for (int i = 0; i < 4; i++) /* each brings the next */
        kit_disk(k);
    assert_int_equal(k->m->ui.panel->loading, 0);
    assert_int_equal(rules_file.n, 0);
    assert_true(row_of(k, "There are no rules") >= 0);
    kit_free(k);
}

static void what_was_granted_by_hand_twice_is_suggested(void **state_) {
    struct kit *k = start();

    (void)state_;
    for (int i = 0; i < 3; i++) {
        char id[8];

        (void)snprintf(id, sizeof id, "p%d", i);
        bash(k, id, "git status -s");
        rules_answered(k->m, the(k, id), "grant", "key", 900, k->fx);
        kit_step(k);
    }
    act_panel_open(k->m, PANEL_RULES, k->fx);
    kit_step(k);
    assert_true(row_of(k, "3 times") >= 0);
    press(k, "3 times");
    assert_int_equal(k->m->ui.panel->id, PANEL_RULE);
    press(k, "save the rule");
    assert_int_equal(k->m->ui.panel->id, PANEL_RULES);
    assert_true(row_of(k, "allow") >= 0);
    assert_true(row_of(k, "3 times") < 0); /* a rule has it now */
    kit_free(k);
}

static void what_is_severe_is_never_suggested(void **state_) {
    struct kit *k = start();

    (void)state_;
    for (int i = 0; i < 3; i++) {
        char id[8];

        (void)snprintf(id, sizeof id, "p%d", i);
        bash(k, id, "sudo make install");
        rules_answered(k->m, the(k, id), "grant", "key", 900, k->fx);
        kit_step(k);
    }
    act_panel_open(k->m, PANEL_RULES, k->fx);
    kit_step(k);
    assert_true(row_of(k, "There are no rules") >= 0);
    assert_true(row_of(k, "3 times") < 0);
    kit_free(k);
}

static void the_log_shows_every_answer_newest_first(void **state_) {
    struct kit *k = start();

    (void)state_;
    bash(k, "p1", "make");
    rules_answered(k->m, the(k, "p1"), "deny", "key", 900, k->fx);
    add_rule("Bash:git *", "allow");
    kit_step(k);
    bash(k, "p2", "git status");
    act_panel_open(k->m, PANEL_AUDIT, k->fx);
    kit_step(k);
    const int by_rule = row_of(k, "granted by rule Bash:git *"),
              by_hand = row_of(k, "denied by key");

    assert_true(by_rule >= 0 && by_hand > by_rule);
    assert_true(row_of(k, "/state/audit.jsonl") == 0);
    press(k, "denied by key");
    assert_true(row_of(k, "sha256") >= 0);
    assert_true(row_of(k, "armed for: 900 ms") >= 0);
    kit_free(k);
}

static void a_long_log_is_read_page_by_page(void **state_) {
    enum { ANSWERS = 4000 };
    const struct ruling_ask ask = {
        .id = "p", .tool = "Bash", .object = "make", .server = "s", .title = "a title"};
    struct kit *k = start();
    size_t shown;

    (void)state_;
    for (int i = 0; i < ANSWERS; i++)
        assert_int_equal(
            audit_line(&log_file, &ask,
                       &(struct ruling_answer){.answer = "grant", .by = "key", .armed_ms = 1},
                       &(struct ruling){.verdict = VERDICT_ASK}, k->real + 1000 * i),
            RC_OK);
    act_panel_open(k->m, PANEL_AUDIT, k->fx);
    kit_step(k);
    look(k);
    shown = k->m->ui.panel->n_rows;
    assert_in_range(shown, 100, ANSWERS - 100);
    assert_true(row_of(k, "older ones") >= 0);
    for (int i = 0; i < 5; i++) {
        act_panel_move(k->m, INT_MAX, k->fx);
        kit_step(k);
        look(k);
    }
    assert_int_equal(k->m->ui.panel->n_rows, ANSWERS + 1); /* and the file's name */
    assert_true(row_of(k, "older ones") < 0);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        RULES_TEST(a_rule_is_made_from_a_request_and_does_not_answer_it),
        RULES_TEST(enter_behind_the_text_of_a_rule_saves_it),
        RULES_TEST(no_rule_is_offered_before_its_text_was_read),
        RULES_TEST(what_the_rule_would_do_is_told_as_it_is_typed),
        RULES_TEST(a_broad_rule_is_saved_only_when_it_is_confirmed),
        RULES_TEST(a_pattern_that_is_wider_than_it_looks_is_called_broad),
        RULES_TEST(a_rule_for_something_severe_is_saved_only_when_it_is_confirmed),
        RULES_TEST(the_editor_says_that_the_request_waits_as_long_as_it_does),
        RULES_TEST(a_rule_that_cannot_be_saved_stays_in_the_editor),
        RULES_TEST(a_screen_that_cannot_be_read_says_so_and_is_asked_again),
        RULES_TEST(leaving_an_edited_rule_is_asked_once),
        RULES_TEST(the_editor_waits_while_its_request_is_answered),
        RULES_TEST(the_title_of_the_editor_counts_down),
        RULES_TEST(a_time_that_is_typed_ends_the_rule),
        RULES_TEST(a_rule_is_revoked_by_one_key_and_added_back_by_another),
        RULES_TEST(the_rule_used_last_stands_first_and_one_that_ended_says_so),
        RULES_TEST(a_change_while_the_rules_are_read_is_read_as_well),
        RULES_TEST(what_was_granted_by_hand_twice_is_suggested),
        RULES_TEST(what_is_severe_is_never_suggested),
        RULES_TEST(the_log_shows_every_answer_newest_first),
        RULES_TEST(a_long_log_is_read_page_by_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
