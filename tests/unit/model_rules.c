/* Answers without a person: what arrives is asked of the rules, and what they say is sent, unless
 * somebody was first. The rules and the log are files in memory here. */
#include "mix/policy.h"
#include "mix/servers.h"
#include "mix/wire.h"
#include "model_kit.h"

static const char *const one[] = {"s1"};
static const char *const two[] = {"s1", "s2"};
static struct buf rules_file, log_file;
static enum rc fails; /* every task, with this */
static size_t asked;

static void add_rule(const char *text, const char *answer) {
    (void)buf_addf(&rules_file,
                   "{\"id\":\"r%zu\",\"rule\":\"%s\",\"answer\":\"%s\",\"scope\":\"always\"}\n",
                   rules_file.n, text, answer);
}

static void remove_rule(const char *id) {
    char *at = rules_file.n > 0 ? strstr(rules_file.p, id) : NULL;

    if (!at)
        return;
    while (at > rules_file.p && at[-1] != '\n')
        at--;
    buf_cut(&rules_file, (size_t)(at - rules_file.p), (size_t)(strchr(at, '\n') + 1 - at));
}

static void decide(struct task *t) {
    struct policy p;

    asked++;
    policy_read(&p, buf_str(&rules_file), rules_file.n, NULL, 0);
    t->ruling = policy_decide(&p, &t->ask, t->real);
    if (t->ruling.rule_text)
        t->ruling.rule_text = arena_strdup(&t->arena, t->ruling.rule_text);
    if (t->ruling.verdict != VERDICT_ASK)
        assert_int_equal(
            audit_line(&log_file, &t->ask,
                       &(struct ruling_answer){
                           .answer = t->ruling.verdict == VERDICT_ALLOW ? "grant" : "deny",
                           .by = "rule",
                           .armed_ms = -1},
                       &t->ruling, t->real),
            RC_OK);
    policy_fini(&p);
}

static void rules(struct kit *k, struct task *t) {
    (void)k;
    if (fails != RC_OK) {
        (void)err_set(&t->err, fails, 5, "the disk is away");
        return;
    }
    if (t->kind == TASK_RULES_ASK)
        decide(t);
    else if (t->kind == TASK_RULES_ADD)
        (void)buf_add(&rules_file, t->data, t->len);
    else if (t->kind == TASK_RULES_REMOVE)
        remove_rule(t->data);
    else if (t->kind == TASK_AUDIT_ADD)
        (void)buf_add(&log_file, t->data, t->len);
    const struct buf *from = t->kind == TASK_RULES_READ   ? &rules_file
                             : t->kind == TASK_AUDIT_READ ? &log_file
                                                          : NULL;

    if (from)
        task_data(t, buf_str(from), from->n);
}

static int fresh(void **state_) {
    (void)state_;
    buf_fini(&rules_file);
    buf_fini(&log_file);
    buf_init(&rules_file, MIX_MIB);
    buf_init(&log_file, MIX_MIB);
    fails = RC_OK;
    asked = 0;
    return 0;
}

static int clear(void **state_) {
    (void)state_;
    buf_fini(&rules_file);
    buf_fini(&log_file);
    return 0;
}

static struct kit *start_at(const char *url, const char *const *ids, size_t n) {
    struct kit *k =
        kit_online_with((struct model_config){.url = url, .state_dir = "/state"}, GEN_TOP, ids, n);

    k->rules = rules;
    for (size_t i = 0; i < n; i++)
        if (model_session(k->m, ids[i])->stream && model_session(k->m, ids[i])->link != LINK_LIVE)
            kit_live(k, ids[i]);
    return k;
}

static struct kit *start(void) { return start_at("http://localhost:8088", one, 1); }

static void permission(struct kit *k, const char *session, const char *id, const char *params) {
    kit_event(k, session, EV_PERMISSION, .id = id, .session_id = session, .tool_name = "Bash",
              .action = "execute", .path = "/storage", .params_raw = params);
}

static void bash(struct kit *k, const char *id, const char *command) {
    char params[256];

    (void)snprintf(params, sizeof params, "{\"command\":\"%s\"}", command);
    permission(k, "s1", id, params);
}

static const struct ask *the(struct kit *k, const char *id) { return model_ask(k->m, id); }

static size_t answers(struct kit *k) {
    return kit_count(k, OP_PERMISSION_GRANT) + kit_count(k, OP_PERMISSION_DENY);
}

static void arm(struct kit *k) {
    kit_enter_asks(k);
    kit_paint(k);
    kit_pass(k, ARM_MS + 1);
}

/* ---- arrival ---- */
static void a_request_that_a_rule_fits_is_answered_by_it(void **state_) {
    struct kit *k = start();

    (void)state_;
    add_rule("Bash:git *", "allow");
    bash(k, "p1", "git status");
    assert_int_equal(kit_count(k, OP_PERMISSION_GRANT), 1);
    const struct session_ref *in = kit_last(k, OP_PERMISSION_GRANT)->in;

    assert_string_equal(in->id, "p1");
    assert_int_equal(the(k, "p1")->state, ASK_SENT);
    assert_int_equal(the(k, "p1")->decision, DECIDE_GRANT);
    assert_string_equal(the(k, "p1")->rule_text, "Bash:git *");
    assert_int_equal(k->m->shown->automatic, 1);
    assert_int_equal(k->fx->n_attend, 0); /* nobody has to come */
    assert_non_null(strstr(buf_str(&log_file), "\"by\":\"rule\""));
    kit_free(k);
}

static void a_rule_that_denies_denies_and_beats_one_that_allows(void **state_) {
    struct kit *k = start();

    (void)state_;
    add_rule("Bash", "allow");
    add_rule("Bash:git push*", "deny");
    bash(k, "p1", "git push");
    assert_int_equal(kit_count(k, OP_PERMISSION_DENY), 1);
    assert_int_equal(kit_count(k, OP_PERMISSION_GRANT), 0);
    assert_int_equal(the(k, "p1")->decision, DECIDE_DENY);
    kit_free(k);
}

static void without_a_rule_or_a_state_directory_a_person_is_asked(void **state_) {
    struct kit *k = start();

    (void)state_;
    add_rule("Bash:git *", "allow");
    bash(k, "p1", "make");
    assert_int_equal(answers(k), 0);
    assert_int_equal(the(k, "p1")->state, ASK_PENDING);
    assert_int_equal(k->fx->n_attend, 1);
    kit_free(k);

    k = kit_online(one, 1);
    k->rules = rules;
    asked = 0;
    bash(k, "p1", "git status");
    assert_int_equal(asked, 0);
    assert_int_equal(answers(k), 0);
    kit_free(k);
}

/* Through the whole way: the event's parameters, the object, the rule, the answer. */
static void nothing_that_does_more_than_the_pattern_says_is_granted(void **state_) {
    static const char *const commands[] = {
        "git status; rm -rf /", "git status && make", "git log | sh",   "git status\\nrm -rf /",
        "git log > /etc/a",     "git log $(make)",    "git log `make`", "git status\\u202e",
        "git st\\u200batus",    "git status\\rrm x",  "git log & make", "git log \\u00a0x",
    };
    struct kit *k = start();
    char params[256], id[16];

    (void)state_;
    add_rule("Bash:git *", "allow");
    for (size_t i = 0; i < MIX_COUNT(commands); i++) {
        (void)snprintf(params, sizeof params, "{\"command\":\"%s\"}", commands[i]);
        (void)snprintf(id, sizeof id, "p%zu", i);
        permission(k, "s1", id, params);
        assert_non_null(the(k, id));
        assert_int_equal(the(k, id)->state, ASK_PENDING);
    }
    permission(k, "s1", "twice", "{\"command\":\"git log\",\"command\":\"make\"}");
    permission(k, "s1", "broken", "{\"command\":\"git log\"");
    assert_int_equal(answers(k), 0);
    assert_int_equal(asked, MIX_COUNT(commands) + 2);
    kit_free(k);
}

static void a_rule_saved_while_a_request_waits_does_not_answer_it(void **state_) {
    struct kit *k = start();

    (void)state_;
    bash(k, "p1", "git status");
    add_rule("Bash:git *", "allow");
    bash(k, "p1", "git status"); /* another stream tells it again */
    kit_event(k, "s1", EV_TOOL_START, .tool_call_id = "c1", .tool_name = "Bash",
              .message_id = "m9");
    kit_event(k, "s1", EV_TOOL_INPUT, .tool_call_id = "c1", .tool_name = "Bash",
              .input = "{\"command\":\"git status\"}");
    kit_pass(k, 5000);
    assert_int_equal(asked, 1);
    assert_int_equal(the(k, "p1")->state, ASK_PENDING);
    bash(k, "p2", "git status");
    assert_int_equal(the(k, "p2")->state, ASK_SENT);
    assert_int_equal(the(k, "p1")->state, ASK_PENDING);
    kit_free(k);
}

/* Another program may save it between the arrival and the reading of the file. */
static void a_rule_that_was_made_after_the_arrival_does_not_answer(void **state_) {
    struct kit *k = start();
    char made[32];

    (void)state_;
    time_write(made, k->real + 2000);
    (void)buf_addf(&rules_file,
                   "{\"id\":\"x\",\"rule\":\"Bash\",\"answer\":\"allow\",\"scope\":\"always\","
                   "\"made\":\"%s\"}\n",
                   made);
    bash(k, "p1", "make");
    assert_int_equal(answers(k), 0);
    kit_pass(k, 3000);
    k->real += 3000;
    bash(k, "p2", "make");
    assert_int_equal(the(k, "p1")->state, ASK_PENDING);
    assert_int_equal(the(k, "p2")->state, ASK_SENT);
    kit_free(k);
}

/* ---- races ---- */
static void a_persons_key_that_came_first_wins(void **state_) {
    struct kit *k = start();

    (void)state_;
    add_rule("Bash:git *", "allow");
    k->disk_slow = true;
    bash(k, "p1", "git status");
    arm(k);
    kit_decide(k, DECIDE_DENY);
    assert_int_equal(kit_count(k, OP_PERMISSION_DENY), 1);
    kit_disk(k);
    kit_step(k);
    assert_int_equal(answers(k), 1);
    assert_int_equal(the(k, "p1")->decision, DECIDE_DENY);
    assert_null(the(k, "p1")->rule_text);
    assert_int_equal(k->m->shown->automatic, 0);
    kit_disk(k); /* what the log had as answered is said not to be */
    assert_non_null(strstr(buf_str(&log_file), "\"answer\":\"unsent\""));
    kit_free(k);
}

static void an_answer_that_would_come_too_late_is_not_given(void **state_) {
    static const int64_t waits[] = {ASK_LIFE_MS - 900, ASK_LIFE_MS + 500};

    (void)state_;
    for (size_t i = 0; i < MIX_COUNT(waits); i++) {
        struct kit *k = start();

        fresh(NULL);
        add_rule("Bash", "allow");
        k->disk_slow = true;
        bash(k, "p1", "git status");
        kit_pass(k, waits[i]);
        kit_disk(k);
        kit_step(k);
        assert_int_equal(answers(k), 0);
        assert_int_equal(the(k, "p1")->state, i == 0 ? ASK_PENDING : ASK_EXPIRED);
        kit_free(k);
    }
}

static void an_error_leaves_it_to_the_person_and_is_said_once_a_minute(void **state_) {
    struct kit *k = start();
    size_t notices;

    (void)state_;
    add_rule("Bash", "allow");
    fails = RC_IO;
    notices = k->m->n_notices;
    bash(k, "p1", "git status");
    bash(k, "p2", "git status");
    assert_int_equal(answers(k), 0);
    assert_int_equal(k->fx->n_attend, 2);
    assert_int_equal(k->m->n_notices, notices + 1);
    assert_non_null(strstr(kit_notice(k), "the disk is away"));
    kit_pass(k, 61000);
    bash(k, "p3", "git status");
    assert_int_equal(answers(k), 0);
    assert_true(k->m->n_notices >= notices + 1);
    kit_free(k);
}

static void a_disk_that_hangs_keeps_nobody_from_being_called(void **state_) {
    struct kit *k = start();

    (void)state_;
    k->disk_slow = true;
    bash(k, "p1", "git status");
    assert_int_equal(k->fx->n_attend, 0);
    kit_pass(k, 1000);
    assert_int_equal(k->fx->n_attend, 1);
    kit_pass(k, 3000);
    kit_disk(k);
    kit_step(k);
    assert_int_equal(k->fx->n_attend, 1); /* once */
    kit_free(k);
}

static void the_answer_for_a_session_that_is_gone_goes_nowhere(void **state_) {
    struct kit *k = start_at("http://localhost:8088", two, 2);

    (void)state_;
    add_rule("Bash", "allow");
    k->disk_slow = true;
    assert_int_not_equal(model_session(k->m, "s1")->stream, 0);
    bash(k, "p1", "git status");
    assert_non_null(the(k, "p1"));
    kit_event(k, "s1", EV_SESSION_DELETED, .session_id = "s1");
    assert_null(the(k, "p1"));
    kit_disk(k);
    kit_step(k);
    assert_int_equal(answers(k), 0);
    kit_free(k);
}

static void an_answer_that_did_not_arrive_is_the_persons_again(void **state_) {
    struct kit *k = start();

    (void)state_;
    add_rule("Bash", "allow");
    bash(k, "p1", "git status");
    assert_int_equal(k->fx->n_attend, 0);
    kit_fail_at(k, OP_PERMISSION_GRANT, RC_CONNECT, 0, 7);
    assert_int_equal(the(k, "p1")->state, ASK_FAILED);
    assert_null(the(k, "p1")->rule_text);
    assert_int_equal(k->fx->n_attend, 1);
    kit_pass(k, 3000);
    assert_int_equal(answers(k), 1); /* the rule does not try again */
    arm(k);
    kit_decide(k, DECIDE_GRANT);
    assert_int_equal(answers(k), 2);
    kit_free(k);
}

static void the_selected_one_stays_selected_and_the_others_stay_armed(void **state_) {
    struct kit *k = start();

    (void)state_;
    add_rule("Bash:git *", "allow");
    bash(k, "p1", "make");
    arm(k);
    assert_true(ask_armed(k->m, the(k, "p1"), k->now));
    bash(k, "p2", "git status"); /* kit_check: the selection stays where it is */
    assert_string_equal(k->m->ui.ask_cursor, "p1");
    assert_true(ask_armed(k->m, the(k, "p1"), k->now));
    k->disk_slow = true;
    bash(k, "p3", "git log");
    kit_move_asks(k, 1);
    kit_move_asks(k, 1);
    assert_string_equal(k->m->ui.ask_cursor, "p3");
    kit_paint(k);
    kit_pass(k, ARM_MS + 1);
    assert_true(ask_armed(k->m, the(k, "p3"), k->now));
    kit_disk(k);
    kit_step(k);
    assert_string_equal(k->m->ui.ask_cursor, "p3");
    assert_int_equal(the(k, "p3")->state, ASK_SENT);
    assert_false(ask_armed(k->m, the(k, "p3"), k->now));
    kit_free(k);
}

static void a_grant_that_is_held_is_no_rules_to_deny(void **state_) {
    struct kit *k = start();

    (void)state_;
    add_rule("Bash:sudo *", "deny");
    k->disk_slow = true;
    bash(k, "p1", "sudo make");
    arm(k);
    kit_decide(k, DECIDE_GRANT);
    assert_true(the(k, "p1")->held_until > 0);
    kit_disk(k);
    kit_step(k);
    assert_int_equal(answers(k), 0);
    assert_true(the(k, "p1")->held_until > 0);
    kit_pass(k, 2000);
    assert_int_equal(kit_count(k, OP_PERMISSION_GRANT), 1);
    assert_int_equal(kit_count(k, OP_PERMISSION_DENY), 0);
    kit_free(k);
}

/* ---- scope ---- */
static void a_rule_of_a_session_holds_for_its_sub_agents(void **state_) {
    struct kit *k = start_at("http://localhost:8088", two, 2);

    (void)state_;
    (void)buf_addf(&rules_file,
                   "{\"id\":\"x\",\"rule\":\"Bash\",\"answer\":\"allow\",\"scope\":\"session\","
                   "\"server\":\"%s\",\"session\":\"s2\"}\n",
                   k->m->server.key);
    bash(k, "p1", "make");
    assert_int_equal(the(k, "p1")->state, ASK_PENDING);
    session_add(k->m, &(struct session_data){.id = "s1",
                                             .title = "s1",
                                             .session_type = "subagent",
                                             .parent_session_id = "s2",
                                             .created_at = 1000});
    bash(k, "p2", "make");
    assert_int_equal(the(k, "p2")->state, ASK_SENT);
    assert_int_equal(model_session(k->m, "s2")->automatic, 1); /* the header above says it, too */
    kit_free(k);
}

static void a_rule_of_a_directory_holds_where_the_session_works(void **state_) {
    struct kit *k = start();

    (void)state_;
    (void)buf_addf(&rules_file,
                   "{\"id\":\"x\",\"rule\":\"Bash\",\"answer\":\"allow\",\"scope\":\"directory\","
                   "\"server\":\"%s\",\"directory\":\"/w\"}\n",
                   k->m->server.key);
    bash(k, "p1", "make");
    assert_int_equal(the(k, "p1")->state, ASK_PENDING);
    session_add(k->m, &(struct session_data){.id = "s1", .working_directory = "/w"});
    bash(k, "p2", "make");
    assert_int_equal(the(k, "p2")->state, ASK_SENT);
    session_add(k->m, &(struct session_data){.id = "s1", .working_directory = "/w/sub"});
    bash(k, "p3", "make");
    assert_int_equal(the(k, "p3")->state, ASK_PENDING);
    kit_free(k);
}

static void a_rule_of_one_server_holds_for_no_other(void **state_) {
    struct kit *a = start_at("http://localhost:8088", one, 1);
    struct kit *b = start_at("http://localhost:9099", one, 1);

    (void)state_;
    (void)buf_addf(&rules_file,
                   "{\"id\":\"x\",\"rule\":\"Bash\",\"answer\":\"allow\",\"scope\":\"session\","
                   "\"server\":\"%s\",\"session\":\"s1\"}\n",
                   a->m->server.key);
    bash(a, "p1", "make");
    bash(b, "p1", "make");
    assert_int_equal(the(a, "p1")->state, ASK_SENT);
    assert_int_equal(the(b, "p1")->state, ASK_PENDING);
    kit_free(a);
    kit_free(b);
}

static void a_hidden_server_answers_through_its_own_connection(void **state_) {
    struct servers all = {0};
    struct kit *a = start_at("http://localhost:8088", one, 1);
    struct kit *b = start_at("http://localhost:9099", one, 1);

    (void)state_;
    servers_open(&all, servers_add(&all, "a", "http://localhost:8088"), a->m, a->fx);
    servers_open(&all, servers_add(&all, "b", "http://localhost:9099"), b->m, b->fx);
    servers_show(&all, 0, a->now, a->real);
    add_rule("Bash", "allow");
    bash(b, "p1", "make");
    assert_int_equal(kit_count(b, OP_PERMISSION_GRANT), 1);
    assert_int_equal(kit_count(a, OP_PERMISSION_GRANT), 0);
    assert_int_equal(a->fx->n_requests, 0);
    servers_close(&all, 0);
    servers_close(&all, 1);
    kit_free(a);
    kit_free(b);
    servers_fini(&all);
}

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

int main(void) {
#define T(name) cmocka_unit_test_setup_teardown(name, fresh, clear)
    const struct CMUnitTest tests[] = {
        T(a_request_that_a_rule_fits_is_answered_by_it),
        T(a_rule_that_denies_denies_and_beats_one_that_allows),
        T(without_a_rule_or_a_state_directory_a_person_is_asked),
        T(nothing_that_does_more_than_the_pattern_says_is_granted),
        T(a_rule_saved_while_a_request_waits_does_not_answer_it),
        T(a_rule_that_was_made_after_the_arrival_does_not_answer),
        T(a_persons_key_that_came_first_wins),
        T(an_answer_that_would_come_too_late_is_not_given),
        T(an_error_leaves_it_to_the_person_and_is_said_once_a_minute),
        T(a_disk_that_hangs_keeps_nobody_from_being_called),
        T(the_answer_for_a_session_that_is_gone_goes_nowhere),
        T(an_answer_that_did_not_arrive_is_the_persons_again),
        T(the_selected_one_stays_selected_and_the_others_stay_armed),
        T(a_grant_that_is_held_is_no_rules_to_deny),
        T(a_rule_of_a_session_holds_for_its_sub_agents),
        T(a_rule_of_a_directory_holds_where_the_session_works),
        T(a_rule_of_one_server_holds_for_no_other),
        T(a_hidden_server_answers_through_its_own_connection),
        T(a_rule_is_made_from_a_request_and_does_not_answer_it),
        T(no_rule_is_offered_before_its_text_was_read),
        T(what_the_rule_would_do_is_told_as_it_is_typed),
        T(a_broad_rule_is_saved_only_when_it_is_confirmed),
        T(a_rule_that_cannot_be_saved_stays_in_the_editor),
        T(a_screen_that_cannot_be_read_says_so_and_is_asked_again),
        T(leaving_an_edited_rule_is_asked_once),
        T(the_editor_waits_while_its_request_is_answered),
        T(the_title_of_the_editor_counts_down),
        T(a_time_that_is_typed_ends_the_rule),
        T(a_rule_is_revoked_by_one_key_and_added_back_by_another),
        T(what_was_granted_by_hand_twice_is_suggested),
        T(the_log_shows_every_answer_newest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
