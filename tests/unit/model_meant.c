/* Nothing leaves that nobody meant: what was decided once, whose id it was, what was held. */
#include "mix/servers.h"
#include "rules_kit.h"

/* A denial that did not arrive is a denial all the same: the rule that is late changes nothing. */
static void a_late_rule_does_not_grant_what_somebody_denied(void **state_) {
    struct kit *k = start();

    (void)state_;
    add_rule("Bash:git *", "allow");
    k->disk_slow = true;
    bash(k, "p1", "git status");
    arm(k);
    kit_decide(k, DECIDE_DENY);
    kit_fail_at(k, OP_PERMISSION_DENY, RC_CONNECT, 0, 7);
    assert_int_equal(the(k, "p1")->state, ASK_FAILED);
    kit_disk(k);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_PERMISSION_GRANT), 0);
    assert_int_equal(the(k, "p1")->state, ASK_FAILED);
    kit_disk(k);
    assert_non_null(strstr(buf_str(&log_file), "\"answer\":\"unsent\""));
    kit_free(k);
}

/* `d` came too early to deny; what is typed since is the reason. */
static void a_late_rule_does_not_grant_what_somebody_writes_a_reason_against(void **state_) {
    struct kit *k = start();

    (void)state_;
    add_rule("Bash:git *", "allow");
    k->disk_slow = true;
    bash(k, "p1", "git status");
    kit_enter_asks(k);
    kit_paint(k);
    act_deny_why(k->m, k->fx);
    kit_step(k);
    assert_true(k->m->ui.replying);
    kit_disk(k);
    kit_step(k);
    assert_int_equal(answers(k), 0);
    assert_int_equal(the(k, "p1")->state, ASK_PENDING);
    kit_free(k);
}

/* A server that was started anew counts from 1 again, while the old request is before the eyes. */
static void an_id_that_is_used_again_is_another_request(void **state_) {
    struct kit *k = start();

    (void)state_;
    bash(k, "p1", "git status");
    arm(k);
    assert_true(ask_armed(k->m, the(k, "p1"), k->now));
    k->selecting = true; /* it is gone, and with it the selection */
    bash(k, "p1", "sudo rm -rf /");
    assert_int_equal(k->m->n_asks, 1);
    assert_non_null(strstr(the(k, "p1")->object, "sudo rm"));
    assert_null(k->m->ui.ask_cursor);
    kit_decide(k, DECIDE_GRANT);
    assert_int_equal(answers(k), 0);
    kit_pass(k, 2000);
    assert_int_equal(answers(k), 0);
    kit_free(k);
}

static void an_id_of_an_old_request_does_not_hide_a_new_one(void **state_) {
    struct kit *k = start();

    (void)state_;
    bash(k, "p1", "git status");
    arm(k);
    kit_pass(k, ASK_LIFE_MS + 1000);
    assert_int_equal(the(k, "p1")->state, ASK_EXPIRED);
    bash(k, "p1", "git status"); /* told once more, late: nothing */
    assert_int_equal(the(k, "p1")->state, ASK_EXPIRED);
    k->selecting = true;
    bash(k, "p1", "make");
    assert_int_equal(the(k, "p1")->state, ASK_PENDING);
    assert_string_equal(the(k, "p1")->object, "make");
    kit_free(k);
}

/* Its verdict is still under way when the id changes hands. */
static void a_verdict_on_the_old_one_is_none_on_the_new_one(void **state_) {
    struct kit *k = start();

    (void)state_;
    add_rule("Bash:git *", "allow");
    k->disk_slow = true;
    bash(k, "p1", "git status");
    bash(k, "p1", "make install");
    kit_disk(k);
    kit_step(k);
    kit_disk(k);
    kit_step(k);
    assert_int_equal(answers(k), 0);
    assert_int_equal(the(k, "p1")->state, ASK_PENDING);
    kit_free(k);
}

static void a_held_grant_that_is_denied_leaves_nothing_held(void **state_) {
    struct kit *k = start();

    (void)state_;
    bash(k, "p1", "sudo make");
    bash(k, "p2", "make");
    arm(k);
    kit_decide(k, DECIDE_GRANT);
    kit_paint(k);
    kit_pass(k, ARM_MS + 1);
    kit_decide(k, DECIDE_DENY);
    assert_int_equal(kit_count(k, OP_PERMISSION_DENY), 1);
    act_hold_drop(k->m);
    assert_string_equal(kit_notice(k), "No grant is held");
    kit_pass(k, 3000);
    assert_int_equal(kit_count(k, OP_PERMISSION_GRANT), 0);
    kit_free(k);
}

/* A turn that somebody else began meanwhile: late servers would run both at once. */
static void what_is_sent_again_waits_for_the_turn_that_runs(void **state_) {
    struct kit *k = start();

    (void)state_;
    kit_send(k, "hello");
    kit_fail_at(k, OP_MESSAGE_SEND, RC_TIMEOUT, 0, 28);
    for (int i = 0; i < 2; i++) {
        kit_pass(k, i == 0 ? 1 : 3000);
        kit_messages(k, NULL, 0);
    }
    assert_int_equal(k->m->shown->sent, SENT_UNKNOWN);
    kit_event(k, "s1", EV_THINKING, .content = "hm", .message_id = "m9");
    assert_int_equal(k->m->shown->turn, TURN_RUNNING);
    act_unknown_resend(k->m, k->m->shown, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 1);
    assert_int_equal(k->m->shown->turn, TURN_RUNNING);
    assert_int_equal(k->m->shown->n_queue, 1);
    kit_event(k, "s1", EV_COMPLETE, .message_id = "m9");
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 2);
    assert_int_equal(k->m->shown->n_queue, 0);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        RULES_TEST(a_late_rule_does_not_grant_what_somebody_denied),
        RULES_TEST(a_late_rule_does_not_grant_what_somebody_writes_a_reason_against),
        RULES_TEST(an_id_that_is_used_again_is_another_request),
        RULES_TEST(an_id_of_an_old_request_does_not_hide_a_new_one),
        RULES_TEST(a_verdict_on_the_old_one_is_none_on_the_new_one),
        RULES_TEST(a_held_grant_that_is_denied_leaves_nothing_held),
        RULES_TEST(what_is_sent_again_waits_for_the_turn_that_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
