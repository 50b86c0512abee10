/* Answers without a person: what arrives is asked of the rules, and what they say is sent, unless
 * somebody was first. */
#include "mix/servers.h"
#include "mix/wire.h"
#include "rules_kit.h"

static const char *const two[] = {"s1", "s2"};

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

int main(void) {
    const struct CMUnitTest tests[] = {
        RULES_TEST(a_request_that_a_rule_fits_is_answered_by_it),
        RULES_TEST(a_rule_that_denies_denies_and_beats_one_that_allows),
        RULES_TEST(without_a_rule_or_a_state_directory_a_person_is_asked),
        RULES_TEST(nothing_that_does_more_than_the_pattern_says_is_granted),
        RULES_TEST(a_rule_saved_while_a_request_waits_does_not_answer_it),
        RULES_TEST(a_rule_that_was_made_after_the_arrival_does_not_answer),
        RULES_TEST(a_persons_key_that_came_first_wins),
        RULES_TEST(an_answer_that_would_come_too_late_is_not_given),
        RULES_TEST(an_error_leaves_it_to_the_person_and_is_said_once_a_minute),
        RULES_TEST(a_disk_that_hangs_keeps_nobody_from_being_called),
        RULES_TEST(the_answer_for_a_session_that_is_gone_goes_nowhere),
        RULES_TEST(an_answer_that_did_not_arrive_is_the_persons_again),
        RULES_TEST(the_selected_one_stays_selected_and_the_others_stay_armed),
        RULES_TEST(a_grant_that_is_held_is_no_rules_to_deny),
        RULES_TEST(a_rule_of_a_session_holds_for_its_sub_agents),
        RULES_TEST(a_rule_of_a_directory_holds_where_the_session_works),
        RULES_TEST(a_rule_of_one_server_holds_for_no_other),
        RULES_TEST(a_hidden_server_answers_through_its_own_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
