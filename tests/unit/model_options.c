/* What a message asks of its turn: only where the server takes it, kept with the session, and as it
 * was when the message was written. */
#include "model_form_kit.h"

static const char *const ids[] = {"s1"};

static struct kit *online(int version) {
    return kit_online_with(
        (struct model_config){.url = "http://localhost:8088", .state_dir = "/state"}, version, ids,
        1);
}

static const struct message_send *sent(struct kit *k) {
    const struct request *r = kit_last(k, OP_MESSAGE_SEND);

    assert_non_null(r);
    return r->in;
}

static void a_message_says_what_was_chosen(void **state) {
    struct kit *k = online(GEN_TOP);
    struct session *s = k->m->shown;

    (void)state;
    act_plan_mode(k->m, s);
    act_thinking(k->m, s, 3);
    act_max_steps(k->m, s, 20);
    kit_send(k, "do it");
    assert_true(sent(k)->plan_mode);
    assert_string_equal(sent(k)->thinking_level, "medium");
    assert_int_equal(sent(k)->max_steps, 20);
    kit_free(k);
}

static void nothing_is_said_that_was_not_chosen(void **state) {
    struct kit *k = online(GEN_TOP);

    (void)state;
    kit_send(k, "do it");
    assert_false(sent(k)->plan_mode);
    assert_null(sent(k)->thinking_level);
    assert_int_equal(sent(k)->max_steps, 0);
    kit_free(k);
}

static void each_is_there_from_its_generation_on(void **state) {
    static const struct {
        int version;
        bool plan, thinking, steps;
    } table[] = {
        {GEN_NONE, false, false, false},     {GEN_SEED, false, false, false},
        {GEN(0, 4, 2), false, false, false}, {GEN(0, 4, 5), true, false, false},
        {GEN(0, 6, 4), true, false, false},  {GEN(0, 7, 0), true, false, false},
        {GEN(0, 7, 2), true, true, false},   {GEN(0, 8, 0), true, true, false},
        {GEN_TOP, true, true, true},         {GEN_POST, true, true, true},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct kit *k = online(table[i].version);
        struct session *s = k->m->shown;

        assert_int_equal(!why_no_turn_option(k->m, TURN_PLAN), table[i].plan);
        assert_int_equal(!why_no_turn_option(k->m, TURN_THINKING), table[i].thinking);
        assert_int_equal(!why_no_turn_option(k->m, TURN_STEPS), table[i].steps);
        act_plan_mode(k->m, s);
        act_thinking(k->m, s, 1);
        act_max_steps(k->m, s, 5);
        assert_int_equal(s->options.plan, table[i].plan);
        assert_int_equal(s->options.thinking != THINK_UNSAID, table[i].thinking);
        assert_int_equal(s->options.max_steps, table[i].steps ? 5 : 0);
        kit_free(k);
    }
}

static void a_queued_message_keeps_what_it_was_written_with(void **state) {
    struct kit *k = online(GEN_TOP);
    struct session *s = k->m->shown;

    (void)state;
    kit_send(k, "first");
    act_plan_mode(k->m, s);
    kit_send(k, "plan it");
    act_plan_mode(k->m, s);
    kit_send(k, "then do it");
    assert_int_equal(s->n_queue, 2);
    assert_false(sent(k)->plan_mode);
    struct send_ack ack = {.status = "processing"};

    kit_reply(k, OP_MESSAGE_SEND, &ack, 0);
    kit_event(k, "s1", EV_COMPLETE, .content = "ok");
    assert_string_equal(sent(k)->text, "plan it");
    assert_true(sent(k)->plan_mode);
    kit_reply(k, OP_MESSAGE_SEND, &ack, 0);
    kit_event(k, "s1", EV_CONTENT, .content = "a", .message_id = "m9");
    kit_event(k, "s1", EV_COMPLETE, .content = "a", .message_id = "m9");
    assert_string_equal(sent(k)->text, "then do it");
    assert_false(sent(k)->plan_mode);
    kit_free(k);
}

static void they_outlive_the_program(void **state) {
    struct kit *k = online(GEN_TOP);
    struct session *s = k->m->shown;

    (void)state;
    kit_send(k, "first");
    act_plan_mode(k->m, s);
    kit_send(k, "plan it");
    act_plan_mode(k->m, s);
    act_max_steps(k->m, s, 7);
    kit_pass(k, 3000);
    kit_restart(k, (struct model_config){.url = "http://localhost:8088", .state_dir = "/state"});
    kit_caps(k, caps_of(GEN_TOP));
    kit_list(k, ids, 1);
    s = model_session(k->m, "s1");
    assert_ptr_equal(k->m->shown, s);
    assert_false(s->options.plan);
    assert_int_equal(s->options.max_steps, 7);
    assert_int_equal(s->n_queue, 1);
    assert_true(s->queue[0].options.plan);
    assert_int_equal(s->queue[0].options.max_steps, 0);
    kit_free(k);
}

/* A plan that was asked for must not become a deed because the server is another one now. */
static void what_the_server_cannot_take_is_not_sent_without_it(void **state) {
    struct kit *k = online(GEN_TOP);
    struct session *s = k->m->shown;

    (void)state;
    act_plan_mode(k->m, s);
    k->m->server.caps = caps_of(GEN_SEED);
    kit_send(k, "plan it");
    assert_null(kit_last(k, OP_MESSAGE_SEND));
    assert_string_equal(buf_str(&s->draft.text), "plan it");
    assert_non_null(strstr(kit_notice(k), "no plan mode"));
    act_plan_mode(k->m, s); /* it can be taken back all the same */
    assert_false(s->options.plan);
    kit_send(k, "plan it");
    assert_non_null(kit_last(k, OP_MESSAGE_SEND));
    kit_free(k);
}

static void a_text_that_comes_back_brings_its_options(void **state) {
    struct kit *k = online(GEN_TOP);
    struct session *s = k->m->shown;

    (void)state;
    act_plan_mode(k->m, s);
    kit_send(k, "plan it");
    act_plan_mode(k->m, s);
    assert_false(s->options.plan);
    kit_http_fail(k, OP_MESSAGE_SEND, 400);
    assert_string_equal(buf_str(&s->draft.text), "plan it");
    assert_true(s->options.plan);
    kit_free(k);
}

static void the_form_changes_them_at_once(void **state) {
    struct kit *k = online(GEN_TOP);
    const struct session *s = k->m->shown;

    (void)state;
    form_open(k, PANEL_TURN);
    form_choose(k, "plan mode", "on");
    form_choose(k, "thinking", "maximum");
    assert_true(form_type(k, "max steps", "12"));
    assert_true(s->options.plan);
    assert_int_equal(s->options.thinking, THINK_MAXIMUM);
    assert_int_equal(s->options.max_steps, 12);
    static const char *const wrong[] = {"0", "-1", "many", "1e3", "100001", "12 "};

    for (size_t i = 0; i < MIX_COUNT(wrong); i++) {
        (void)form_type(k, "max steps", wrong[i]);
        assert_true(form_says(k, "a number from 1"));
        assert_int_equal(s->options.max_steps, 12);
    }
    (void)form_type(k, "max steps", "");
    assert_int_equal(s->options.max_steps, 0);
    form_press(k, "back to the message");
    assert_null(panel_top(k->m));
    kit_free(k);
}

static void the_form_says_what_the_server_lacks(void **state) {
    struct kit *k = online(GEN(0, 7, 0));

    (void)state;
    form_open(k, PANEL_TURN);
    assert_null(form_row(k, "plan mode")->why_not);
    assert_non_null(strstr(form_row(k, "thinking")->why_not, "0.7.2"));
    assert_non_null(strstr(form_row(k, "max steps")->why_not, "0.8.1"));
    form_press(k, "thinking");
    assert_int_equal(k->m->shown->options.thinking, THINK_UNSAID);
    kit_free(k);
}

static void a_damaged_file_gives_no_nonsense(void **state) {
    static const char *const files[] = {
        "mixtui draft 1\nsession 2 0 0\n\nend\n", "mixtui draft 1\nsession 1 9 0\n\nend\n",
        "mixtui draft 1\nsession 1 1 99999999\n\nend\n", "mixtui draft 1\nsession 1\n\nend\n",
        "mixtui draft 1\nsession -1 0 0\n\nend\n"};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(files); i++) {
        struct kit *k = kit_new_with(
            (struct model_config){.url = "http://localhost:8088", .state_dir = "/state"});

        kit_put_file(k, "/state/http_localhost_8088/drafts/s1", files[i]);
        kit_step(k);
        kit_caps(k, caps_of(GEN_TOP));
        kit_list(k, ids, 1);
        const struct session *s = model_session(k->m, "s1");

        assert_true(s->draft_loaded);
        assert_false(turn_options_set(&s->options));
        assert_non_null(kit_file(k, "/state/http_localhost_8088/drafts/s1.damaged"));
        kit_free(k);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_says_what_was_chosen),
        cmocka_unit_test(nothing_is_said_that_was_not_chosen),
        cmocka_unit_test(each_is_there_from_its_generation_on),
        cmocka_unit_test(a_queued_message_keeps_what_it_was_written_with),
        cmocka_unit_test(they_outlive_the_program),
        cmocka_unit_test(what_the_server_cannot_take_is_not_sent_without_it),
        cmocka_unit_test(a_text_that_comes_back_brings_its_options),
        cmocka_unit_test(the_form_changes_them_at_once),
        cmocka_unit_test(the_form_says_what_the_server_lacks),
        cmocka_unit_test(a_damaged_file_gives_no_nonsense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
