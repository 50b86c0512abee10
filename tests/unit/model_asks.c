/* Rule 1: no permission is answered by accident; and what becomes of what was asked. */
#include "model_kit.h"

#include <limits.h>

static const char *const one[] = {"s1"};
static const char *const two[] = {"s1", "s2"};

static void permission(struct kit *k, const char *session, const char *id, const char *command) {
    char params[256];

    (void)snprintf(params, sizeof params, "{\"command\":\"%s\",\"timeout\":0}", command);
    kit_event(k, session, EV_PERMISSION, .id = id, .session_id = session, .tool_name = "Bash",
              .action = "execute", .path = "/storage", .params_raw = params);
}

static void call(struct kit *k, const char *session, const char *id, const char *command) {
    char input[256];

    (void)snprintf(input, sizeof input, "{\"command\":\"%s\"}", command);
    kit_event(k, session, EV_TOOL_START, .tool_call_id = id, .tool_name = "Bash",
              .message_id = "m9");
    kit_event(k, session, EV_TOOL_INPUT, .tool_call_id = id, .tool_name = "Bash", .input = input);
}

static void completes(struct kit *k, const char *session, const char *id, bool success) {
    kit_event(k, session, EV_EXECUTION_COMPLETE, .tool_call_id = id, .success = success,
              .progress = success ? "Completed Bash tool in 1.5s"
                                  : "Failed Bash tool after 2s: permission denied");
}

static struct kit *with_ask(void) {
    struct kit *k = kit_online(one, 1);

    call(k, "s1", "c1", "make");
    permission(k, "s1", "p1", "make");
    return k;
}

static enum ask_state state(struct kit *k, const char *id) { return model_ask(k->m, id)->state; }
static size_t answers(struct kit *k) {
    return kit_count(k, OP_PERMISSION_GRANT) + kit_count(k, OP_PERMISSION_DENY) +
           kit_count(k, OP_NOTIFICATION_RESPOND);
}

/* ---- arrival ---- */
static void a_request_takes_neither_focus_nor_selection(void **state_) {
    struct kit *k = with_ask();

    (void)state_;
    assert_int_equal(k->m->ui.focus, PANE_COMPOSER);
    assert_null(k->m->ui.ask_cursor);
    assert_int_equal(model_asks_pending(k->m, ASK_PERMISSION), 1);
    assert_int_equal(session_mark(k->m->shown, k->m), MARK_APPROVAL);
    const struct ask *a = model_ask(k->m, "p1");

    assert_string_equal(a->object, "make");
    assert_string_equal(a->call_id, "c1");
    assert_int_equal(transcript_find_call(&k->m->shown->transcript, "c1")->state, CALL_WAITING);
    assert_int_equal(k->fx->n_attend, 1);
    assert_int_equal(k->fx->attend[0].kind, ATTEND_APPROVAL);
    kit_free(k);
}

static void the_same_request_twice_is_one(void **state_) {
    struct kit *k = with_ask();

    (void)state_;
    permission(k, "s1", "p1", "make");
    assert_int_equal(k->m->n_asks, 1);
    kit_free(k);
}

static void entering_selects_the_most_urgent_and_keeps_it(void **state_) {
    struct kit *k = with_ask();

    (void)state_;
    kit_enter_asks(k);
    assert_string_equal(k->m->ui.ask_cursor, "p1");
    kit_pass(k, 2000);
    permission(k, "s1", "p2", "ls");
    kit_pass(k, 28000); /* p1 expires */
    assert_int_equal(state(k, "p1"), ASK_EXPIRED);
    assert_string_equal(k->m->ui.ask_cursor, "p1");
    act_asks_leave(k->m);
    assert_int_equal(k->m->ui.focus, PANE_COMPOSER);
    kit_enter_asks(k); /* p1 is over: entering selects what waits */
    assert_string_equal(k->m->ui.ask_cursor, "p2");
    kit_move_asks(k, INT_MIN);
    assert_string_equal(k->m->ui.ask_cursor, "p1");
    kit_free(k);
}

/* ---- arming ---- */
struct step {
    char what; /* e enter, p paint, w wait, y grant, d down, l leave, o over, c close, z tiny */
    int ms;
};
struct arming {
    const char *name;
    struct step steps[12];
    size_t granted;
    bool early;
};
static const struct arming armings[] = {
    {"not before the paint", {{'e', 0}, {'w', 5000}, {'y', 0}}, 0, true},
    {"not 399 ms after the paint", {{'e', 0}, {'p', 0}, {'w', 399}, {'y', 0}}, 0, true},
    {"400 ms after the paint", {{'e', 0}, {'p', 0}, {'w', 400}, {'y', 0}}, 1, false},
    {"an early key starts it again",
     {{'e', 0}, {'p', 0}, {'w', 390}, {'y', 0}, {'w', 399}, {'y', 0}},
     0,
     true},
    {"400 ms after the early key",
     {{'e', 0}, {'p', 0}, {'w', 390}, {'y', 0}, {'w', 400}, {'y', 0}},
     1,
     false},
    {"painting again starts nothing again",
     {{'e', 0}, {'p', 0}, {'w', 200}, {'p', 0}, {'w', 200}, {'y', 0}},
     1,
     false},
    {"another selection starts over",
     {{'e', 0}, {'p', 0}, {'w', 500}, {'d', 0}, {'y', 0}},
     0,
     true},
    {"another selection is armed by its own paint",
     {{'e', 0}, {'p', 0}, {'w', 500}, {'d', 0}, {'p', 0}, {'w', 400}, {'y', 0}},
     1,
     false},
    {"leaving and entering starts over",
     {{'e', 0}, {'p', 0}, {'w', 500}, {'l', 0}, {'e', 0}, {'y', 0}},
     0,
     true},
    {"a held key answers one and no more",
     {{'e', 0},
      {'p', 0},
      {'w', 400},
      {'y', 0},
      {'d', 0},
      {'p', 0},
      {'w', 30},
      {'y', 0},
      {'w', 399},
      {'y', 0}},
     1,
     true},
    {"the whole text takes no decision",
     {{'e', 0}, {'p', 0}, {'w', 500}, {'o', 0}, {'p', 0}, {'w', 500}, {'y', 0}},
     0,
     true},
    {"closing the whole text starts over",
     {{'e', 0}, {'p', 0}, {'w', 500}, {'o', 0}, {'p', 0}, {'w', 500}, {'c', 0}, {'y', 0}},
     0,
     true},
    {"a screen too small for it arms nothing",
     {{'z', 0}, {'e', 0}, {'p', 0}, {'w', 500}, {'y', 0}},
     0,
     true},
};

static void perform(struct kit *k, const struct step *s) {
    switch (s->what) {
    case 'e':
        kit_enter_asks(k);
        break;
    case 'p':
        kit_paint(k);
        break;
    case 'w':
        kit_pass(k, s->ms);
        break;
    case 'y':
        kit_decide(k, DECIDE_GRANT);
        break;
    case 'd':
        kit_move_asks(k, 1);
        break;
    case 'l':
        act_asks_leave(k->m);
        break;
    case 'o':
        act_over(k->m, OVER_ASK);
        break;
    case 'c':
        act_over_close(k->m);
        break;
    case 'z':
        k->m->ui.cols = 39;
        break;
    default:
        break;
    }
}

static void a_decision_counts_only_when_armed(void **state_) {
    (void)state_;
    for (size_t i = 0; i < MIX_COUNT(armings); i++) {
        struct kit *k = with_ask();

        permission(k, "s1", "p2", "ls");
        for (const struct step *s = armings[i].steps; s->what; s++)
            perform(k, s);
        if (answers(k) != armings[i].granted || k->m->ui.early != armings[i].early)
            fail_msg("%s: %zu answers, early %d", armings[i].name, answers(k), k->m->ui.early);
        kit_free(k);
    }
}

static void a_menu_decides_after_a_movement_only(void **state_) {
    struct kit *k = with_ask();

    (void)state_;
    kit_enter_asks(k);
    kit_paint(k);
    kit_pass(k, 500);
    k->m->ui.over = OVER_MENU;
    k->m->ui.menu_pane = PANE_PERMISSIONS;
    kit_decide(k, DECIDE_GRANT);
    assert_int_equal(answers(k), 0);
    k->m->ui.menu_moved = true;
    kit_pass(k, 400);
    kit_decide(k, DECIDE_GRANT);
    assert_int_equal(answers(k), 1);
    kit_free(k);
}

static void arming_makes_one_more_frame(void **state_) {
    struct kit *k = with_ask();

    (void)state_;
    kit_enter_asks(k);
    kit_paint(k);
    kit_tick(k);
    assert_int_equal(model_next_tick(k->m, k->now), k->now + 400);
    const uint64_t rev = k->m->rev;

    kit_pass(k, 399);
    assert_int_equal(k->m->rev, rev);
    assert_false(ask_armed(k->m, model_ask(k->m, "p1"), k->now));
    kit_pass(k, 1);
    assert_true(k->m->rev > rev);
    assert_true(ask_armed(k->m, model_ask(k->m, "p1"), k->now));
    kit_free(k);
}

static void five_are_answered_in_five_seconds(void **state_) {
    struct kit *k = kit_online(one, 1);

    (void)state_;
    for (int i = 0; i < 5; i++) {
        char id[16], command[16];

        (void)snprintf(id, sizeof id, "p%d", i);
        (void)snprintf(command, sizeof command, "x%d", i);
        permission(k, "s1", id, command);
    }
    const int64_t start = k->now;

    kit_enter_asks(k);
    for (int i = 0; i < 5; i++) {
        kit_paint(k);
        kit_pass(k, 500);
        kit_decide(k, DECIDE_GRANT);
        kit_paint(k);
        kit_pass(k, 400);
        kit_move_asks(k, 1);
    }
    assert_int_equal(kit_count(k, OP_PERMISSION_GRANT), 5);
    assert_true(k->now - start <= 5000);
    kit_free(k);
}

/* ---- what becomes of it ---- */
static void answer(struct kit *k, enum decision d) {
    kit_enter_asks(k);
    kit_paint(k);
    kit_pass(k, 400);
    kit_decide(k, d);
}

/* Coming back is a person's act: an answered request is left for the one that waits, a waiting one
 * is kept. */
static void entering_again_selects_what_waits(void **state_) {
    struct kit *k = with_ask();

    (void)state_;
    kit_enter_asks(k);
    kit_pass(k, 500);
    answer(k, DECIDE_GRANT);
    act_asks_leave(k->m);
    permission(k, "s1", "p2", "ls");
    permission(k, "s1", "p3", "rm");
    assert_string_equal(k->m->ui.ask_cursor, "p1");
    kit_enter_asks(k);
    assert_string_equal(k->m->ui.ask_cursor, "p2");
    act_asks_leave(k->m);
    kit_enter_asks(k);
    assert_string_equal(k->m->ui.ask_cursor, "p2");
    assert_false(ask_armed(k->m, model_ask(k->m, "p2"), k->now));
    kit_free(k);
}

static void granted_means_that_its_call_ran(void **state_) {
    struct kit *k = with_ask();

    (void)state_;
    answer(k, DECIDE_GRANT);
    assert_int_equal(state(k, "p1"), ASK_SENT);
    assert_string_equal(((const struct session_ref *)kit_last(k, OP_PERMISSION_GRANT)->in)->id,
                        "p1");
    kit_reply(k, OP_PERMISSION_GRANT, NULL, 0);
    assert_int_equal(state(k, "p1"), ASK_ACCEPTED);
    completes(k, "s1", "c1", true);
    assert_int_equal(state(k, "p1"), ASK_GRANTED);
    assert_int_equal(transcript_find_call(&k->m->shown->transcript, "c1")->state, CALL_OK);
    kit_free(k);
}

static void denied_means_that_its_call_was(void **state_) {
    struct kit *k = with_ask();

    (void)state_;
    answer(k, DECIDE_DENY);
    kit_reply(k, OP_PERMISSION_DENY, NULL, 0);
    completes(k, "s1", "c1", false);
    assert_int_equal(state(k, "p1"), ASK_REFUSED);
    assert_int_equal(transcript_find_call(&k->m->shown->transcript, "c1")->state, CALL_DENIED);
    kit_free(k);
}

static void unanswered_it_expires_at_29_seconds(void **state_) {
    struct kit *k = with_ask();

    (void)state_;
    kit_pass(k, 28999);
    assert_int_equal(state(k, "p1"), ASK_PENDING);
    assert_int_equal(transcript_find_call(&k->m->shown->transcript, "c1")->state, CALL_WAITING);
    kit_pass(k, 1);
    assert_int_equal(state(k, "p1"), ASK_EXPIRED);
    assert_int_equal(transcript_find_call(&k->m->shown->transcript, "c1")->state, CALL_RUNNING);
    answer(k, DECIDE_GRANT);
    assert_int_equal(answers(k), 0);
    completes(k, "s1", "c1", true);
    assert_int_equal(state(k, "p1"), ASK_ELSEWHERE);
    kit_free(k);
}

static void a_suspend_expires_it_at_once(void **state_) {
    struct kit *k = with_ask();

    (void)state_;
    k->now += 3600000;
    kit_tick(k);
    assert_int_equal(state(k, "p1"), ASK_EXPIRED);
    kit_free(k);
}

static void an_answer_after_28_seconds_is_late(void **state_) {
    struct kit *k = with_ask();

    (void)state_;
    kit_enter_asks(k);
    kit_paint(k);
    kit_pass(k, 28001);
    kit_decide(k, DECIDE_GRANT);
    assert_int_equal(answers(k), 1);
    assert_true(model_ask(k->m, "p1")->late);
    kit_free(k);
}

static void a_failed_answer_may_be_given_again(void **state_) {
    struct kit *k = with_ask();

    (void)state_;
    answer(k, DECIDE_GRANT);
    kit_http_fail(k, OP_PERMISSION_GRANT, 500);
    assert_int_equal(state(k, "p1"), ASK_FAILED);
    kit_decide(k, DECIDE_GRANT); /* a held key: not armed */
    assert_int_equal(answers(k), 1);
    kit_paint(k);
    kit_pass(k, 400);
    kit_decide(k, DECIDE_GRANT);
    assert_int_equal(answers(k), 2);
    kit_pass(k, 29000);
    kit_http_fail(k, OP_PERMISSION_GRANT, 500);
    assert_int_equal(state(k, "p1"), ASK_EXPIRED);
    kit_free(k);
}

static void an_answered_one_takes_no_answer(void **state_) {
    struct kit *k = with_ask();

    (void)state_;
    answer(k, DECIDE_GRANT);
    kit_reply(k, OP_PERMISSION_GRANT, NULL, 0);
    kit_pass(k, 1000);
    kit_decide(k, DECIDE_DENY);
    assert_int_equal(answers(k), 1);
    assert_string_equal(kit_notice(k), "This request is answered already");
    kit_free(k);
}

static void two_alike_calls_stay_accepted(void **state_) {
    struct kit *k = kit_online(one, 1);

    (void)state_;
    call(k, "s1", "c1", "make");
    call(k, "s1", "c2", "make");
    permission(k, "s1", "p1", "make");
    permission(k, "s1", "p2", "make");
    assert_null(model_ask(k->m, "p1")->call_id);
    answer(k, DECIDE_GRANT);
    kit_reply(k, OP_PERMISSION_GRANT, NULL, 0);
    completes(k, "s1", "c1", true);
    completes(k, "s1", "c2", false);
    assert_int_equal(state(k, "p1"), ASK_ACCEPTED);
    kit_free(k);
}

static void a_request_that_overtakes_its_call_is_matched_later(void **state_) {
    struct kit *k = kit_online(one, 1);

    (void)state_;
    permission(k, "s1", "p1", "make");
    assert_null(model_ask(k->m, "p1")->call_id);
    call(k, "s1", "c1", "make");
    assert_string_equal(model_ask(k->m, "p1")->call_id, "c1");
    kit_free(k);
}

static void an_object_that_grows_has_to_be_looked_at_again(void **state_) {
    struct kit *k = kit_online(one, 1);
    static const char params[] = "{\"file_path\":\"/w/a.c\",\"diff\":\"--- a\\n+++ b\"}";

    (void)state_;
    kit_event(k, "s1", EV_PERMISSION, .id = "p1", .session_id = "s1", .tool_name = "Edit",
              .action = "write", .params_raw = params);
    kit_enter_asks(k);
    kit_paint(k);
    kit_pass(k, 500);
    assert_true(ask_armed(k->m, model_ask(k->m, "p1"), k->now));
    kit_event(k, "s1", EV_TOOL_START, .tool_call_id = "c1", .tool_name = "Edit",
              .message_id = "m9");
    kit_event(k, "s1", EV_TOOL_INPUT, .tool_call_id = "c1", .tool_name = "Edit",
              .input = "{\"file_path\":\"/w/a.c\",\"old_string\":\"one\\ntwo\\n\","
                       "\"new_string\":\"one\\n2\\n\"}");
    assert_string_equal(model_ask(k->m, "p1")->object, "/w/a.c\n  one\n- two\n+ 2\n");
    kit_decide(k, DECIDE_GRANT);
    assert_int_equal(answers(k), 0);
    kit_free(k);
}

static void a_cancelled_turn_waits_for_nobody(void **state_) {
    struct kit *k = with_ask();

    (void)state_;
    kit_event(k, "s1", EV_ERROR, .error = "request cancelled by user");
    assert_int_equal(state(k, "p1"), ASK_EXPIRED);
    assert_int_not_equal(session_mark(k->m->shown, k->m), MARK_APPROVAL);
    kit_free(k);
}

static void what_is_over_goes_when_it_is_looked_away_from(void **state_) {
    struct kit *k = with_ask();

    (void)state_;
    kit_enter_asks(k);
    kit_pass(k, 29000);
    kit_pass(k, 200000);
    assert_int_equal(k->m->n_asks, 1); /* it is selected */
    permission(k, "s1", "p2", "ls");
    kit_move_asks(k, 1);
    kit_tick(k);
    assert_null(model_ask(k->m, "p1"));
    assert_non_null(model_ask(k->m, "p2"));
    kit_free(k);
}

static void a_request_names_who_asks(void **state_) {
    struct kit *k = kit_online(two, 2);

    (void)state_;
    kit_event(k, "s1", EV_PERMISSION, .id = "p1", .session_id = "s1", .tool_name = "mcp_x",
              .params_raw = "{\"a\":[1,{\"b\":\"x\\ny\"}]}");
    const struct ask *a = model_ask(k->m, "p1");

    assert_string_equal(a->session->id, "s1");
    assert_string_equal(a->object, "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x\n"
                                   "        y\"\n    }\n  ]\n}");
    kit_free(k);
}

/* ---- questions ---- */
static void question(struct kit *k, const char *type, int64_t timeout) {
    static const char *choices[] = {"red", "green", "blue"};

    kit_event(k, "s1", EV_NOTIFICATION, .id = "n1", .session_id = "s1",
              .notification_type = "question", .title = "Colour", .message = "Which?",
              .response_type = type, .choices = {choices, 3}, .timeout_s = timeout);
}

static void a_choice_is_picked_by_movement(void **state_) {
    struct kit *k = kit_online(one, 1);

    (void)state_;
    question(k, "choice", 60);
    assert_int_equal(session_mark(k->m->shown, k->m), MARK_QUESTION);
    kit_enter_asks(k);
    act_choice_move(k->m, 1);
    act_choice_move(k->m, 5);
    act_choice_move(k->m, -1);
    kit_paint(k);
    kit_pass(k, 400);
    kit_decide(k, DECIDE_GRANT); /* no permission */
    assert_int_equal(answers(k), 0);
    kit_pass(k, 400);
    kit_decide(k, DECIDE_REPLY);
    const struct notification_answer *in = kit_last(k, OP_NOTIFICATION_RESPOND)->in;

    assert_string_equal(in->type, "choice");
    assert_string_equal(in->value, "green");
    kit_reply(k, OP_NOTIFICATION_RESPOND, NULL, 0);
    assert_int_equal(state(k, "n1"), ASK_GRANTED);
    kit_free(k);
}

static void a_text_answer_is_typed_first(void **state_) {
    struct kit *k = kit_online(one, 1);

    (void)state_;
    question(k, "text", 60);
    answer(k, DECIDE_REPLY);
    assert_int_equal(answers(k), 0);
    editor_set(&model_ask(k->m, "n1")->reply, "mauve");
    kit_pass(k, 400);
    kit_decide(k, DECIDE_REPLY);
    assert_string_equal(
        ((const struct notification_answer *)kit_last(k, OP_NOTIFICATION_RESPOND)->in)->value,
        "mauve");
    kit_http_fail(k, OP_NOTIFICATION_RESPOND, 404);
    assert_int_equal(state(k, "n1"), ASK_ELSEWHERE);
    kit_free(k);
}

static void who_asks_is_at_work_when_another_turn_has_ended(void **state_) {
    struct kit *k = kit_online(one, 1);

    (void)state_;
    question(k, "text", 60);
    assert_int_equal(model_working(k->m), 1);
    kit_event(k, "s1", EV_COMPLETE, .session_id = "s1");
    assert_int_equal(model_asks_pending(k->m, ASK_QUESTION), 1);
    assert_int_equal(model_working(k->m), 1);
    editor_set(&model_ask(k->m, "n1")->reply, "mauve");
    kit_enter_asks(k);
    kit_paint(k);
    kit_pass(k, 500);
    kit_decide(k, DECIDE_REPLY);
    assert_int_equal(model_working(k->m), 0);
    kit_free(k);
}

static void a_question_has_its_own_time_limit(void **state_) {
    struct kit *k = kit_online(one, 1);

    (void)state_;
    question(k, "acknowledge", 5);
    kit_pass(k, 3999);
    assert_int_equal(state(k, "n1"), ASK_PENDING);
    kit_pass(k, 1);
    assert_int_equal(state(k, "n1"), ASK_EXPIRED);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_takes_neither_focus_nor_selection),
        cmocka_unit_test(the_same_request_twice_is_one),
        cmocka_unit_test(entering_selects_the_most_urgent_and_keeps_it),
        cmocka_unit_test(a_decision_counts_only_when_armed),
        cmocka_unit_test(a_menu_decides_after_a_movement_only),
        cmocka_unit_test(arming_makes_one_more_frame),
        cmocka_unit_test(five_are_answered_in_five_seconds),
        cmocka_unit_test(entering_again_selects_what_waits),
        cmocka_unit_test(granted_means_that_its_call_ran),
        cmocka_unit_test(denied_means_that_its_call_was),
        cmocka_unit_test(unanswered_it_expires_at_29_seconds),
        cmocka_unit_test(a_suspend_expires_it_at_once),
        cmocka_unit_test(an_answer_after_28_seconds_is_late),
        cmocka_unit_test(a_failed_answer_may_be_given_again),
        cmocka_unit_test(an_answered_one_takes_no_answer),
        cmocka_unit_test(two_alike_calls_stay_accepted),
        cmocka_unit_test(a_request_that_overtakes_its_call_is_matched_later),
        cmocka_unit_test(an_object_that_grows_has_to_be_looked_at_again),
        cmocka_unit_test(a_cancelled_turn_waits_for_nobody),
        cmocka_unit_test(what_is_over_goes_when_it_is_looked_away_from),
        cmocka_unit_test(a_request_names_who_asks),
        cmocka_unit_test(a_choice_is_picked_by_movement),
        cmocka_unit_test(a_text_answer_is_typed_first),
        cmocka_unit_test(who_asks_is_at_work_when_another_turn_has_ended),
        cmocka_unit_test(a_question_has_its_own_time_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
