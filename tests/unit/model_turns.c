/* What the events of a turn come to, in every order in which servers send them. */
#include "model_kit.h"

static const char *const one[] = {"s1"};
static const char *const two[] = {"s1", "s2"};

static struct session *shown(struct kit *k) { return k->m->shown; }

static size_t notes(struct kit *k) {
    const struct transcript *t = &shown(k)->transcript;
    size_t n = 0;

    for (size_t i = 0; i < t->n; i++)
        n += t->entries[i].role == ROLE_NOTE;
    return n;
}

static const struct part *last_part(struct kit *k) {
    const struct transcript *t = &shown(k)->transcript;

    assert_true(t->n > 0);
    const struct entry *e = &t->entries[t->n - 1];

    assert_true(e->n_parts > 0);
    return &e->parts[e->n_parts - 1];
}

static void content(struct kit *k, const char *id, const char *text) {
    kit_event(k, "s1", EV_CONTENT, .message_id = id, .content = text);
}

static void complete(struct kit *k, const char *id, const char *text) {
    kit_event(k, "s1", EV_COMPLETE, .message_id = id, .content = text, .done = true);
}

/* ---- a turn ---- */
static void a_whole_turn(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_event(k, "s1", EV_USER_MESSAGE, .message_id = "m1", .content = "list");
    assert_int_equal(shown(k)->turn, TURN_RUNNING);
    kit_event(k, "s1", EV_THINKING, .message_id = "m2", .content = "hm");
    content(k, "m2", "I'll look");
    kit_event(k, "s1", EV_TOOL_START, .message_id = "m2", .tool_call_id = "c1",
              .tool_name = "Bash");
    kit_event(k, "s1", EV_TOOL_INPUT_DELTA, .message_id = "m2", .tool_call_id = "c1",
              .input = "{\"comm");
    assert_int_equal(last_part(k)->state, CALL_STREAMING);
    kit_event(k, "s1", EV_TOOL_INPUT, .tool_call_id = "c1", .tool_name = "Bash",
              .input = "{\"command\":\"ls\"}");
    kit_event(k, "s1", EV_EXECUTION_START, .tool_call_id = "c1", .progress = "Executing Bash tool");
    assert_int_equal(last_part(k)->state, CALL_RUNNING);
    kit_event(k, "s1", EV_EXECUTION_COMPLETE, .tool_call_id = "c1", .success = true,
              .progress = "Completed Bash tool in 1.25s");
    assert_int_equal(last_part(k)->state, CALL_OK);
    assert_true(last_part(k)->seconds > 1.24 && last_part(k)->seconds < 1.26);
    assert_memory_equal(last_part(k)->text, "{\"command\":\"ls\"}", 16);
    content(k, "m3", "One file");
    complete(k, "m3", "One file: a.txt");
    assert_memory_equal(last_part(k)->text, "One file: a.txt", 15);
    assert_int_equal(shown(k)->turn, TURN_IDLE);
    assert_true(shown(k)->seen);
    kit_free(k);
}

static void complete_overtakes_the_tail(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    content(k, "m2", "Hel");
    complete(k, "m2", "Hello");
    content(k, "m2", "lo");
    assert_int_equal(last_part(k)->len, 5);
    assert_int_equal(shown(k)->turn, TURN_IDLE); /* an echo begins nothing */
    content(k, "m3", "x");
    assert_int_equal(shown(k)->turn, TURN_RUNNING);
    kit_free(k);
}

static void after_an_error_the_tail_is_an_echo_as_well(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    content(k, "m2", "Hel");
    kit_event(k, "s1", EV_ERROR, .error = "boom");
    content(k, "m2", "lo");
    assert_int_equal(shown(k)->turn, TURN_IDLE);
    kit_free(k);
}

static void calls_without_an_end_are_closed_by_the_turn(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_event(k, "s1", EV_TOOL_START, .message_id = "m2", .tool_call_id = "c1",
              .tool_name = "Nope");
    complete(k, "m2", "");
    assert_int_equal(transcript_find_call(&shown(k)->transcript, "c1")->state, CALL_UNKNOWN);
    kit_event(k, "s1", EV_EXECUTION_START, .tool_call_id = "c1");
    assert_int_equal(shown(k)->turn, TURN_IDLE);
    kit_free(k);
}

static void the_whole_call_at_once_is_how_it_was(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    for (int i = 0; i < 2; i++)
        kit_event(k, "s1", EV_TOOL_CALL, .tool_call_id = "c1", .tool_name = "bash",
                  .input = "{\"command\":\"ls\"}", .status = "running");
    assert_int_equal(shown(k)->transcript.n, 3);
    assert_int_equal(last_part(k)->state, CALL_RUNNING);
    kit_event(k, "s1", EV_EXECUTION_COMPLETE, .tool_call_id = "c1", .success = false,
              .progress = "Failed bash tool after 1m30.5s: no");
    assert_int_equal(last_part(k)->state, CALL_FAILED);
    assert_true(last_part(k)->seconds > 90.4 && last_part(k)->seconds < 90.6);
    kit_free(k);
}

static void durations_are_read(void **state) {
    static const struct {
        const char *text;
        double seconds;
    } cases[] = {
        {"Completed Bash tool in 1.203456789s", 1.203456789},
        {"Completed Bash tool in 812.5\xc2\xb5s", 0.0008125},
        {"Completed Bash tool in 20ms", 0.02},
        {"Completed Bash tool in 1h2m3s", 3723},
        {"Failed Bash tool after 30.000812s: permission denied", 30.000812},
        {"Completed write in 5 files tool in 2s", 2},
        {"Executing Bash tool", -1},
        {"Completed in no time", -1},
        {"", -1},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        const double d = go_duration(cases[i].text) - cases[i].seconds;

        if (d > 1e-9 || d < -1e-9)
            fail_msg("%s: off by %f", cases[i].text, d);
    }
}

/* ---- how it ends ---- */
static void an_error_said_twice_is_one(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    content(k, "m2", "x");
    kit_event(k, "s1", EV_ERROR, .error = "boom");
    kit_pass(k, 1999);
    kit_event(k, "s1", EV_ERROR, .error = "boom");
    assert_int_equal(notes(k), 1);
    assert_true(shown(k)->failed);
    assert_int_equal(session_mark(shown(k), k->m), MARK_ERROR);
    kit_event(k, "s1", EV_ERROR, .error = "boom");
    kit_pass(k, 5000);
    kit_event(k, "s1", EV_ERROR, .error = "boom");
    assert_int_equal(notes(k), 2); /* that is another one */
    content(k, "m3", "y");
    assert_false(shown(k)->failed);
    kit_free(k);
}

static void a_rate_limit_and_its_raw_text_end_one_turn(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    content(k, "m2", "x");
    kit_event(k, "s1", EV_RATE_LIMIT, .error = "slow down", .retry_after_s = 60, .attempt = 1);
    kit_event(k, "s1", EV_ERROR, .error = "429 raw");
    assert_int_equal(shown(k)->turn, TURN_IDLE);
    assert_int_equal(notes(k), 2);
    assert_int_equal(shown(k)->priv->turns_done, 1);
    kit_free(k);
}

static void a_cancel_is_no_failure(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    content(k, "m2", "x");
    act_session_cancel(k->m, shown(k), k->fx);
    kit_step(k);
    assert_int_equal(shown(k)->turn, TURN_CANCELLING);
    assert_string_equal(((const struct session_ref *)kit_last(k, OP_SESSION_CANCEL)->in)->id, "s1");
    content(k, "m2", "tail");
    assert_int_equal(shown(k)->turn, TURN_CANCELLING);
    kit_reply(k, OP_SESSION_CANCEL, NULL, 0);
    kit_event(k, "s1", EV_ERROR, .error = "request cancelled by user");
    kit_event(k, "s1", EV_ERROR, .error = "context canceled");
    assert_int_equal(shown(k)->turn, TURN_IDLE);
    assert_false(shown(k)->failed);
    assert_int_equal(notes(k), 1);
    kit_free(k);
}

static void a_cancel_without_an_answer_is_settled_after_three_seconds(void **state) {
    struct kit *k = kit_online(one, 1);
    const size_t loads = kit_count(k, OP_MESSAGES_LIST);

    (void)state;
    content(k, "m2", "x");
    act_session_cancel(k->m, shown(k), k->fx);
    kit_step(k);
    kit_reply(k, OP_SESSION_CANCEL, NULL, 0);
    kit_pass(k, 2999);
    assert_int_equal(shown(k)->turn, TURN_CANCELLING);
    kit_pass(k, 2);
    assert_int_equal(shown(k)->turn, TURN_IDLE);
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), loads + 1);
    kit_free(k);
}

static void there_is_nothing_to_cancel_when_nothing_runs(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    act_session_cancel(k->m, shown(k), k->fx);
    kit_step(k);
    assert_null(kit_last(k, OP_SESSION_CANCEL));
    kit_free(k);
}

static void a_server_that_lost_the_end_is_asked_after_two_minutes(void **state) {
    struct kit *k = kit_online(one, 1);
    const size_t loads = kit_count(k, OP_MESSAGES_LIST);

    (void)state;
    content(k, "m2", "x");
    kit_pass(k, 119000);
    assert_int_equal(shown(k)->turn, TURN_RUNNING);
    kit_pass(k, 1001);
    assert_int_equal(shown(k)->turn, TURN_UNSURE);
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), loads + 1);
    kit_history(k, "s1");
    kit_pass(k, 3000);
    kit_history(k, "s1");
    assert_int_equal(shown(k)->turn, TURN_IDLE);
    kit_free(k);
}

static void a_long_call_is_no_silence(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_event(k, "s1", EV_TOOL_START, .message_id = "m2", .tool_call_id = "c1",
              .tool_name = "Bash");
    kit_pass(k, 600000);
    assert_int_equal(shown(k)->turn, TURN_RUNNING);
    kit_free(k);
}

static void an_invalid_session_is_no_turn(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_event(k, "s1", EV_ERROR, .error = "Invalid session ID: s1");
    assert_int_equal(notes(k), 0);
    assert_false(shown(k)->failed);
    kit_free(k);
}

/* ---- afterwards ---- */
static void the_end_is_reconciled(void **state) {
    struct kit *k = kit_online(one, 1);
    const size_t loads = kit_count(k, OP_MESSAGES_LIST), infos = kit_count(k, OP_SESSION_GET);

    (void)state;
    content(k, "m2", "x");
    complete(k, "m2", "x");
    kit_pass(k, 1);
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), loads + 1);
    assert_int_equal(kit_count(k, OP_SESSION_GET), infos + 1);
    struct session_data data = {
        .id = "s1", .title = "s1", .cost = 0.5, .prompt_tokens = 100, .completion_tokens = 23};

    kit_reply(k, OP_SESSION_GET, &data, 0);
    assert_int_equal(shown(k)->context_tokens, 123);
    kit_free(k);
}

static void an_end_during_a_load_is_loaded_again(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    act_refresh(k->m, k->fx);
    kit_step(k);
    const size_t loads = kit_count(k, OP_MESSAGES_LIST);

    content(k, "m2", "x");
    complete(k, "m2", "x");
    kit_pass(k, 100);
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), loads);
    kit_history(k, "s1");
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), loads + 1);
    kit_free(k);
}

static void the_title_is_fetched_again_after_the_first_turn(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    complete(k, "m2", "x");
    kit_pass(k, 1);
    struct session_data data = {.id = "s1", .title = "s1", .user_messages = 1};

    kit_reply(k, OP_SESSION_GET, &data, 0);
    const size_t infos = kit_count(k, OP_SESSION_GET);

    kit_pass(k, 4990);
    assert_int_equal(kit_count(k, OP_SESSION_GET), infos);
    kit_pass(k, 20);
    assert_int_equal(kit_count(k, OP_SESSION_GET), infos + 1);
    data.title = "A better\ntitle \x1b[31m";
    kit_reply(k, OP_SESSION_GET, &data, 0);
    assert_null(strchr(session_title(shown(k)), '\x1b'));
    assert_null(strchr(session_title(shown(k)), '\n'));
    kit_pass(k, 25000);
    assert_int_equal(kit_count(k, OP_SESSION_GET), infos + 2);
    kit_reply(k, OP_SESSION_GET, &data, 0);
    complete(k, "m3", "x");
    kit_pass(k, 1);
    kit_reply(k, OP_SESSION_GET, &data, 0);
    kit_pass(k, 60000);
    assert_int_equal(kit_count(k, OP_SESSION_GET), infos + 3); /* only after the first */
    kit_free(k);
}

static void what_ended_unseen_is_marked(void **state) {
    struct kit *k = kit_online(two, 2); /* s2 is shown */
    struct session *s = model_session(k->m, "s1");

    (void)state;
    kit_live(k, "s1");
    content(k, "m2", "x");
    assert_int_equal(session_mark(s, k->m), MARK_WORKING);
    complete(k, "m2", "x");
    assert_int_equal(session_mark(s, k->m), MARK_DONE);
    assert_null(s->load_request ? s : NULL); /* its thread was never shown: nothing to reconcile */
    act_next_needy(k->m, k->fx);
    kit_step(k);
    assert_ptr_equal(shown(k), s);
    assert_int_equal(session_mark(s, k->m), MARK_IDLE);
    act_next_needy(k->m, k->fx);
    assert_string_equal(kit_notice(k), "No session needs you");
    kit_free(k);
}

static void a_thread_nobody_looked_at_is_not_kept(void **state) {
    struct kit *k = kit_online(two, 2); /* s2 is shown */
    struct session *s = model_session(k->m, "s1");

    (void)state;
    kit_live(k, "s1");
    content(k, "m2", "x");
    assert_int_equal(s->transcript.n, 1);
    const uint32_t rev = s->transcript.rev;

    complete(k, "m2", "x");
    assert_int_equal(s->transcript.n, 0);
    assert_true(s->transcript.rev > rev);
    content(k, "m3", "y");
    kit_event(k, "s1", EV_ERROR, .error = "boom");
    assert_int_equal(s->transcript.n, 2); /* only we know why it failed */
    kit_free(k);
}

static void a_reader_who_went_up_is_told_how_much_is_below(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    content(k, "m2", "x");
    act_scroll(k->m, MOVE_ROWS, -3);
    assert_false(shown(k)->reading.follow);
    content(k, "m2", "more of the same part");
    assert_int_equal(shown(k)->reading.new_below, 0);
    kit_event(k, "s1", EV_TOOL_START, .message_id = "m2", .tool_call_id = "c1",
              .tool_name = "Bash");
    assert_true(shown(k)->reading.new_below > 0);
    act_scroll(k->m, MOVE_END, 0);
    assert_true(shown(k)->reading.follow);
    assert_int_equal(shown(k)->reading.new_below, 0);
    kit_free(k);
}

static void folding_is_undone_by_folding(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_event(k, "s1", EV_TOOL_START, .message_id = "m2", .tool_call_id = "c1",
              .tool_name = "Bash");
    shown(k)->reading.sel_entry = shown(k)->transcript.n - 1;
    shown(k)->reading.sel_part = 0;
    assert_false(part_open(last_part(k)));
    act_fold(k->m);
    assert_true(part_open(last_part(k)));
    act_fold_all(k->m);
    assert_false(part_open(last_part(k)));
    act_fold_all(k->m);
    assert_true(part_open(last_part(k)));
    shown(k)->reading.sel_entry = 99;
    act_fold(k->m);
    assert_string_equal(kit_notice(k), "Nothing to fold here");
    kit_free(k);
}

static void heartbeats_and_strangers_change_nothing(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_tick(k);
    const uint64_t rev = k->m->rev;

    kit_event(k, "s1", EV_HEARTBEAT, .type = "ping");
    kit_event(k, "s1", EV_UNKNOWN, .type = "party");
    assert_int_equal(k->m->rev, rev);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_turn),
        cmocka_unit_test(complete_overtakes_the_tail),
        cmocka_unit_test(after_an_error_the_tail_is_an_echo_as_well),
        cmocka_unit_test(calls_without_an_end_are_closed_by_the_turn),
        cmocka_unit_test(the_whole_call_at_once_is_how_it_was),
        cmocka_unit_test(durations_are_read),
        cmocka_unit_test(an_error_said_twice_is_one),
        cmocka_unit_test(a_rate_limit_and_its_raw_text_end_one_turn),
        cmocka_unit_test(a_cancel_is_no_failure),
        cmocka_unit_test(a_cancel_without_an_answer_is_settled_after_three_seconds),
        cmocka_unit_test(there_is_nothing_to_cancel_when_nothing_runs),
        cmocka_unit_test(a_server_that_lost_the_end_is_asked_after_two_minutes),
        cmocka_unit_test(a_long_call_is_no_silence),
        cmocka_unit_test(an_invalid_session_is_no_turn),
        cmocka_unit_test(the_end_is_reconciled),
        cmocka_unit_test(an_end_during_a_load_is_loaded_again),
        cmocka_unit_test(the_title_is_fetched_again_after_the_first_turn),
        cmocka_unit_test(what_ended_unseen_is_marked),
        cmocka_unit_test(a_thread_nobody_looked_at_is_not_kept),
        cmocka_unit_test(a_reader_who_went_up_is_told_how_much_is_below),
        cmocka_unit_test(folding_is_undone_by_folding),
        cmocka_unit_test(heartbeats_and_strangers_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
