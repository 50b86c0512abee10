/* Held grants, batches, reasons and second tries: nothing of them is given by accident or lost. */
#include "model_kit.h"

#include "cpu_time.h"

static const char *const one[] = {"s1"};
static const char *const two[] = {"s1", "s2"};

static void permission(struct kit *k, const char *session, const char *id, const char *command) {
    char params[512];

    (void)snprintf(params, sizeof params, "{\"command\":\"%s\",\"timeout\":0}", command);
    kit_event(k, session, EV_PERMISSION, .id = id, .session_id = session, .tool_name = "Bash",
              .action = "execute", .path = "/storage/s1", .params_raw = params);
}

static struct kit *asked(const char *command) {
    struct kit *k = kit_online(one, 1);

    permission(k, "s1", "p1", command);
    return k;
}

/* In the pane, armed. */
static void look(struct kit *k) {
    if (k->m->ui.focus != PANE_PERMISSIONS)
        kit_enter_asks(k);
    kit_paint(k);
    kit_pass(k, 500);
}

static void grant(struct kit *k) { kit_decide(k, DECIDE_GRANT); }
static enum ask_state state(struct kit *k, const char *id) { return model_ask(k->m, id)->state; }
static size_t grants(struct kit *k) { return kit_count(k, OP_PERMISSION_GRANT); }
static size_t denials(struct kit *k) { return kit_count(k, OP_PERMISSION_DENY); }

static struct kit *held(void) {
    struct kit *k = asked("sudo ls");

    look(k);
    grant(k);
    assert_int_equal(grants(k), 0);
    assert_true(model_ask(k->m, "p1")->held_until > 0);
    return k;
}

/* ---- marks ---- */
static bool is_outside(const char *path) {
    struct kit *k = kit_online(one, 1);
    char params[256];

    (void)snprintf(params, sizeof params, "{\"file_path\":\"%s\",\"content\":\"x\"}", path);
    kit_event(k, "s1", EV_PERMISSION, .id = "p1", .session_id = "s1", .tool_name = "Write",
              .action = "write", .path = path, .params_raw = params);
    const struct ask *a = model_ask(k->m, "p1");
    bool found = false;

    for (size_t i = 0; i < a->n_risks; i++)
        found = found || strstr(a->risks[i].why, "outside");
    kit_free(k);
    return found;
}

static void a_file_in_the_sessions_own_storage_is_not_outside(void **state_) {
    (void)state_;
    assert_false(is_outside("/srv/mix/storage/s1/notes.md"));
    assert_false(is_outside("/srv/mix/storage/s1/a/b.md"));
    assert_true(is_outside("/srv/mix/storage/s2/notes.md"));
    assert_true(is_outside("/srv/mix/storage/s1x/notes.md"));
    assert_true(is_outside("/srv/mix/storage/s1/../notes.md"));
    assert_true(is_outside("/srv/../mix/storage/s1/notes.md"));
    assert_true(is_outside("/etc/passwd"));
}

/* ---- held ---- */
static void a_plain_grant_leaves_in_the_same_act(void **state_) {
    struct kit *k = asked("make");

    (void)state_;
    look(k);
    grant(k);
    assert_int_equal(grants(k), 1);
    kit_free(k);
}

static void a_severe_grant_is_held_seven_tenths_of_a_second(void **state_) {
    struct kit *k = held();

    (void)state_;
    assert_int_equal(model_ask(k->m, "p1")->risks[0].level, RISK_SEVERE);
    kit_pass(k, 699);
    assert_int_equal(grants(k), 0);
    assert_int_equal(state(k, "p1"), ASK_PENDING);
    kit_pass(k, 1);
    assert_int_equal(grants(k), 1);
    assert_int_equal(state(k, "p1"), ASK_SENT);
    kit_free(k);
}

static void a_severe_denial_is_not_held(void **state_) {
    struct kit *k = asked("sudo ls");

    (void)state_;
    look(k);
    kit_decide(k, DECIDE_DENY);
    assert_int_equal(denials(k), 1);
    kit_free(k);
}

static void u_drops_it_and_it_is_armed_anew(void **state_) {
    struct kit *k = held();

    (void)state_;
    act_hold_drop(k->m);
    kit_pass(k, 2000);
    assert_int_equal(grants(k), 0);
    assert_int_equal(state(k, "p1"), ASK_PENDING);
    grant(k); /* not painted again */
    kit_pass(k, 1000);
    assert_int_equal(grants(k), 0);
    look(k);
    grant(k);
    kit_pass(k, 700);
    assert_int_equal(grants(k), 1);
    kit_free(k);
}

static void a_held_one_that_is_denied_is_not_granted(void **state_) {
    struct kit *k = held();

    (void)state_;
    kit_pass(k, 450);
    kit_decide(k, DECIDE_DENY);
    kit_pass(k, 2000);
    assert_int_equal(grants(k), 0);
    assert_int_equal(denials(k), 1);
    kit_free(k);
}

static void a_second_y_hurries_nothing(void **state_) {
    struct kit *k = held();

    (void)state_;
    kit_pass(k, 500);
    grant(k);
    assert_int_equal(grants(k), 0);
    kit_pass(k, 200);
    assert_int_equal(grants(k), 1);
    kit_free(k);
}

static void move_on(struct kit *k) {
    permission(k, "s1", "p2", "ls");
    kit_move_asks(k, 1);
}
static void leave(struct kit *k) { act_asks_leave(k->m); }
static void go(struct kit *k) { act_focus(k->m, PANE_THREAD); }
static void view(struct kit *k) { act_over(k->m, OVER_ASK); }
static void quit(struct kit *k) { act_over(k->m, OVER_QUIT); }
static void suspend(struct kit *k) { act_look_again(k->m); }
static void away_and_back(struct kit *k) {
    act_asks_leave(k->m);
    kit_enter_asks(k);
}
static void tiny(struct kit *k) { act_resize(k->m, 20, 5); }
static void sleep_long(struct kit *k) { k->now += 5000; }
static void cancelled(struct kit *k) {
    kit_event(k, "s1", EV_ERROR, .error = "request cancelled by user");
}

static void whatever_takes_it_out_of_sight_drops_it(void **state_) {
    static const struct {
        const char *name;
        void (*act)(struct kit *k);
        size_t granted;
    } cases[] = {{"left", leave, 0},
                 {"another pane", go, 0},
                 {"the whole text", view, 0},
                 {"the question before quitting", quit, 0},
                 {"a suspend", suspend, 0},
                 {"left and entered", away_and_back, 0},
                 {"too small", tiny, 0},
                 {"the machine stood still", sleep_long, 0},
                 {"the turn ended", cancelled, 0},
                 {"the next one is looked at", move_on, 1}};

    (void)state_;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct kit *k = held();

        kit_pass(k, 100);
        model_clock(k->m, k->now, k->real);
        cases[i].act(k);
        kit_tick(k);
        kit_pass(k, 3000);
        if (grants(k) != cases[i].granted)
            fail_msg("%s: %zu", cases[i].name, grants(k));
        kit_free(k);
    }
}

static void nothing_of_a_held_grant_is_on_disk(void **state_) {
    struct kit *k = kit_online_with(
        (struct model_config){.url = "http://localhost:8088", .state_dir = "/state"}, GEN_TOP, one,
        1);

    (void)state_;
    permission(k, "s1", "p1", "sudo ls");
    look(k);
    grant(k);
    model_save_all(k->m, k->fx);
    kit_step(k);
    size_t at = 0;
    const char *path;
    void *value;

    while (map_next(&k->disk, &at, &path, &value)) {
        const struct file *f = value;

        assert_null(memmem(f->data, f->len, "sudo", 4));
        assert_null(memmem(f->data, f->len, "p1", 2));
    }
    kit_restart(k, (struct model_config){.url = "http://localhost:8088", .state_dir = "/state"});
    kit_pass(k, 5000);
    assert_int_equal(grants(k), 0);
    kit_free(k);
}

static void none_is_held_in_the_last_two_seconds(void **state_) {
    struct kit *k = asked("sudo ls");

    (void)state_;
    look(k);
    kit_pass(k, 29000 - 1999 - 500);
    grant(k);
    kit_pass(k, 1000);
    assert_int_equal(grants(k), 0);
    assert_non_null(strstr(kit_notice(k), "Under 2 s"));
    kit_decide(k, DECIDE_DENY);
    assert_int_equal(denials(k), 1);
    kit_free(k);
}

static void what_changes_while_it_is_held_is_not_granted(void **state_) {
    struct kit *k = kit_online(one, 1);

    (void)state_;
    kit_event(k, "s1", EV_PERMISSION, .id = "p1", .session_id = "s1", .tool_name = "Edit",
              .action = "write", .params_raw = "{\"file_path\":\"/w/.env\",\"diff\":\"---\"}");
    look(k);
    grant(k);
    assert_true(model_ask(k->m, "p1")->held_until > 0);
    kit_event(k, "s1", EV_TOOL_START, .tool_call_id = "c1", .tool_name = "Edit",
              .message_id = "m9");
    kit_event(k, "s1", EV_TOOL_INPUT, .tool_call_id = "c1", .tool_name = "Edit",
              .input = "{\"file_path\":\"/w/.env\",\"old_string\":\"a\",\"new_string\":\"b\"}");
    kit_pass(k, 2000);
    assert_int_equal(grants(k), 0);
    assert_non_null(model_ask(k->m, "p1")->input);
    kit_free(k);
}

static void what_ends_while_it_is_held_says_so(void **state_) {
    struct kit *k = held();

    (void)state_;
    cancelled(k);
    assert_int_equal(model_ask(k->m, "p1")->held_until, 0);
    assert_non_null(strstr(kit_notice(k), "was not given"));
    act_hold_drop(k->m);
    assert_string_equal(kit_notice(k), "No grant is held");
    kit_free(k);
}

/* ---- batches ---- */
static struct kit *three_alike(const char *command) {
    struct kit *k = kit_online(two, 2);

    kit_live(k, "s1");
    permission(k, "s1", "p1", command);
    permission(k, "s2", "p2", command);
    permission(k, "s1", "p3", command);
    permission(k, "s2", "p4", "something else");
    return k;
}

static void a_batch_is_armed_anew_and_one_key_answers_all(void **state_) {
    struct kit *k = three_alike("make");
    size_t at = 0, n = 1;

    (void)state_;
    look(k);
    act_batch(k->m);
    while (ask_batch_next(k->m, model_ask(k->m, "p1"), &at))
        n++;
    assert_int_equal(n, 3);
    assert_true(ask_folded(model_ask(k->m, "p2")));
    assert_false(ask_folded(model_ask(k->m, "p4")));
    grant(k); /* early */
    assert_int_equal(grants(k), 0);
    permission(k, "s1", "p5", "make"); /* joins nothing by itself */
    assert_int_equal(model_ask(k->m, "p5")->batch, 0);
    look(k);
    grant(k);
    assert_int_equal(grants(k), 3);
    assert_int_equal(state(k, "p4"), ASK_PENDING);
    assert_int_equal(state(k, "p5"), ASK_PENDING);
    kit_free(k);
}

static void b_again_parts_them(void **state_) {
    struct kit *k = three_alike("make");

    (void)state_;
    look(k);
    act_batch(k->m);
    look(k);
    act_batch(k->m);
    assert_int_equal(model_ask(k->m, "p2")->batch, 0);
    grant(k);
    assert_int_equal(grants(k), 0);
    look(k);
    kit_decide(k, DECIDE_DENY);
    assert_int_equal(denials(k), 1);
    kit_free(k);
}

static void movement_goes_round_what_is_folded(void **state_) {
    struct kit *k = three_alike("make");

    (void)state_;
    look(k);
    act_batch(k->m);
    kit_move_asks(k, 1);
    assert_string_equal(k->m->ui.ask_cursor, "p4");
    kit_move_asks(k, -1);
    assert_string_equal(k->m->ui.ask_cursor, "p1");
    kit_free(k);
}

static void a_severe_batch_is_held_as_a_whole(void **state_) {
    struct kit *k = three_alike("sudo ls");

    (void)state_;
    look(k);
    act_batch(k->m);
    look(k);
    grant(k);
    kit_pass(k, 699);
    assert_int_equal(grants(k), 0);
    act_hold_drop(k->m);
    kit_pass(k, 1000);
    assert_int_equal(grants(k), 0);
    look(k);
    grant(k);
    kit_pass(k, 700);
    assert_int_equal(grants(k), 3);
    kit_free(k);
}

static void what_is_over_leaves_its_batch(void **state_) {
    struct kit *k = kit_online(two, 2);

    (void)state_;
    kit_live(k, "s1");
    permission(k, "s1", "p1", "make");
    kit_pass(k, 5000);
    permission(k, "s1", "p2", "make");
    permission(k, "s2", "p3", "make");
    look(k);
    kit_move_asks(k, 1);
    assert_string_equal(k->m->ui.ask_cursor, "p2");
    act_batch(k->m);
    kit_pass(k, 24000); /* p1 expires */
    assert_int_equal(state(k, "p1"), ASK_EXPIRED);
    look(k);
    grant(k);
    assert_int_equal(grants(k), 2);
    kit_free(k);
}

static void only_what_is_the_same_is_gathered(void **state_) {
    struct kit *k = kit_online(one, 1);

    (void)state_;
    permission(k, "s1", "p1", "make");
    permission(k, "s1", "p2", "make ");
    kit_event(k, "s1", EV_PERMISSION, .id = "p3", .session_id = "s1", .tool_name = "Bash",
              .action = "execute", .path = "/storage/s2",
              .params_raw = "{\"command\":\"make\",\"timeout\":0}");
    look(k);
    assert_non_null(act_batch_why_not(k->m));
    act_batch(k->m);
    assert_int_equal(model_ask(k->m, "p1")->batch, 0);
    kit_free(k);
}

static void what_hides_something_is_answered_alone(void **state_) {
    struct kit *k = kit_online(one, 1);

    (void)state_;
    permission(k, "s1", "p1", "ls\\u200b");
    permission(k, "s1", "p2", "ls\\u200b");
    look(k);
    act_batch(k->m);
    assert_int_equal(model_ask(k->m, "p1")->batch, 0);
    kit_free(k);
}

/* ---- the reason ---- */
static void deny_why(struct kit *k) {
    model_clock(k->m, k->now, k->real);
    act_deny_why(k->m, k->fx);
    kit_step(k);
}

static void reason(struct kit *k, const char *text) {
    model_clock(k->m, k->now, k->real);
    editor_set(&model_selected_ask(k->m)->reply, text);
    act_reason(k->m, k->fx);
    kit_step(k);
}

static void d_denies_at_once_and_its_reason_is_the_next_message(void **state_) {
    struct kit *k = asked("make");

    (void)state_;
    look(k);
    deny_why(k);
    assert_int_equal(denials(k), 1);
    assert_true(k->m->ui.replying);
    reason(k, "use ninja\nnot make");
    assert_false(k->m->ui.replying);
    assert_int_equal(k->m->shown->n_queue, 1); /* its turn runs */
    assert_string_equal(k->m->shown->queue[0].text, "use ninja\nnot make");
    assert_int_equal(denials(k), 1);
    kit_free(k);
}

static void an_early_d_denies_nothing_and_no_letter_behind_it_decides(void **state_) {
    struct kit *k = asked("make");

    (void)state_;
    kit_enter_asks(k);
    deny_why(k);
    assert_int_equal(denials(k), 0);
    assert_true(k->m->ui.replying); /* what is typed is text */
    reason(k, "because");           /* still too early */
    assert_int_equal(denials(k), 0);
    assert_true(k->m->ui.replying);
    look(k);
    reason(k, "because");
    assert_int_equal(denials(k), 1);
    assert_string_equal(k->m->shown->queue[0].text, "because");
    kit_free(k);
}

static void a_reason_that_is_left_is_not_lost(void **state_) {
    struct kit *k = asked("make");

    (void)state_;
    look(k);
    deny_why(k);
    editor_set(&model_selected_ask(k->m)->reply, "half a reas");
    act_reason_leave(k->m);
    assert_string_equal(k->m->history[k->m->n_history - 1].text, "half a reas");
    assert_int_equal(k->m->shown->n_queue, 0);
    deny_why(k); /* goes on with it */
    assert_true(k->m->ui.replying);
    assert_int_equal(denials(k), 1);
    assert_string_equal(buf_str(&model_selected_ask(k->m)->reply.text), "half a reas");
    kit_free(k);
}

static void a_denial_without_a_reason_says_nothing(void **state_) {
    struct kit *k = asked("make");

    (void)state_;
    look(k);
    deny_why(k);
    reason(k, "  ");
    assert_false(k->m->ui.replying);
    assert_int_equal(k->m->shown->n_queue, 0);
    kit_free(k);
}

/* ---- too late ---- */
static void an_expired_one_prepares_a_message_once(void **state_) {
    struct kit *k = asked("make");

    (void)state_;
    kit_enter_asks(k);
    assert_non_null(act_again_why_not(k->m));
    kit_pass(k, 29000);
    assert_int_equal(state(k, "p1"), ASK_EXPIRED);
    assert_null(act_again_why_not(k->m));
    act_ask_again(k->m, k->fx);
    kit_step(k);
    assert_non_null(strstr(buf_str(&k->m->shown->draft.text), "please try again: make"));
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 0);
    assert_int_equal(k->m->ui.focus, PANE_COMPOSER);
    act_asks_leave(k->m);
    k->selecting = true;
    kit_enter_asks(k);
    assert_non_null(act_again_why_not(k->m));
    kit_free(k);
}

static void where_something_is_written_already_it_waits_in_the_queue(void **state_) {
    struct kit *k = asked("make");

    (void)state_;
    kit_enter_asks(k);
    kit_pass(k, 29000);
    kit_event(k, "s1", EV_COMPLETE, .content = "done");
    kit_type(k, "my words");
    act_ask_again(k->m, k->fx);
    kit_step(k);
    assert_string_equal(buf_str(&k->m->shown->draft.text), "my words");
    assert_int_equal(k->m->shown->n_queue, 1);
    kit_pass(k, 5000);
    act_ask_again(k->m, k->fx); /* the stray second key */
    kit_step(k);
    assert_int_equal(k->m->shown->n_queue, 1);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 0);
    kit_free(k);
}

static void one_that_expires_as_it_is_answered_says_that_it_was_too_late(void **state_) {
    struct kit *k = asked("make");

    (void)state_;
    kit_event(k, "s1", EV_TOOL_START, .tool_call_id = "c1", .tool_name = "Bash",
              .message_id = "m9");
    kit_event(k, "s1", EV_TOOL_INPUT, .tool_call_id = "c1", .tool_name = "Bash",
              .input = "{\"command\":\"make\"}");
    look(k);
    kit_pass(k, 28999 - 500); /* the last millisecond */
    grant(k);
    assert_int_equal(grants(k), 1);
    assert_true(model_ask(k->m, "p1")->late);
    kit_event(k, "s1", EV_EXECUTION_COMPLETE, .tool_call_id = "c1", .success = false,
              .progress = "Failed Bash tool after 30s: permission denied");
    kit_reply(k, OP_PERMISSION_GRANT, NULL, 0);
    assert_int_equal(state(k, "p1"), ASK_REFUSED);
    assert_null(act_again_why_not(k->m));
    kit_free(k);
}

static void two_hundred_late_answers_are_all_refused(void **state_) {
    struct kit *k = kit_online(one, 1);

    (void)state_;
    for (int i = 0; i < 200; i++) {
        char id[16], command[32];

        (void)snprintf(id, sizeof id, "p%d", i);
        (void)snprintf(command, sizeof command, "make x%d", i);
        permission(k, "s1", id, command);
    }
    look(k);
    kit_pass(k, 29000);
    for (int i = 0; i < 200; i++) {
        kit_paint(k);
        kit_pass(k, 500);
        kit_decide(k, i % 2 ? DECIDE_GRANT : DECIDE_DENY);
        deny_why(k);
        act_batch(k->m);
        kit_move_asks(k, 1);
    }
    assert_int_equal(grants(k) + denials(k), 0);
    assert_false(k->m->ui.replying);
    for (size_t i = 0; i < k->m->n_asks; i++)
        assert_int_equal(k->m->asks[i]->state, ASK_EXPIRED);
    kit_free(k);
}

/* ---- large ---- */
static void a_command_of_five_megabytes_is_taken_in_whole(void **state_) {
    enum { BYTES = 5 << 20 };
    struct kit *k = kit_online(one, 1);
    char *params = xmalloc(BYTES + 64);
    size_t n = (size_t)snprintf(params, 64, "{\"command\":\"");

    (void)state_;
    while (n < BYTES) {
        memcpy(params + n, "echo a line of it; ", 19);
        n += 19;
    }
    memcpy(params + n, "sudo ls\"}", 10);
    const double before = cpu_ms();

    kit_event(k, "s1", EV_PERMISSION, .id = "p1", .session_id = "s1", .tool_name = "Bash",
              .action = "execute", .params_raw = params);
    assert_true(cpu_ms() - before < 8000); /* sanitizers take ten times as long */
    const struct ask *a = model_ask(k->m, "p1");

    assert_int_equal(strlen(a->object), n + 7 - strlen("{\"command\":\""));
    assert_true(ask_severe(a));
    look(k);
    grant(k);
    assert_int_equal(grants(k), 0);
    kit_pass(k, 700);
    assert_int_equal(grants(k), 1);
    free(params);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_in_the_sessions_own_storage_is_not_outside),
        cmocka_unit_test(a_plain_grant_leaves_in_the_same_act),
        cmocka_unit_test(a_severe_grant_is_held_seven_tenths_of_a_second),
        cmocka_unit_test(a_severe_denial_is_not_held),
        cmocka_unit_test(u_drops_it_and_it_is_armed_anew),
        cmocka_unit_test(a_held_one_that_is_denied_is_not_granted),
        cmocka_unit_test(a_second_y_hurries_nothing),
        cmocka_unit_test(whatever_takes_it_out_of_sight_drops_it),
        cmocka_unit_test(nothing_of_a_held_grant_is_on_disk),
        cmocka_unit_test(none_is_held_in_the_last_two_seconds),
        cmocka_unit_test(what_changes_while_it_is_held_is_not_granted),
        cmocka_unit_test(what_ends_while_it_is_held_says_so),
        cmocka_unit_test(a_batch_is_armed_anew_and_one_key_answers_all),
        cmocka_unit_test(b_again_parts_them),
        cmocka_unit_test(movement_goes_round_what_is_folded),
        cmocka_unit_test(a_severe_batch_is_held_as_a_whole),
        cmocka_unit_test(what_is_over_leaves_its_batch),
        cmocka_unit_test(only_what_is_the_same_is_gathered),
        cmocka_unit_test(what_hides_something_is_answered_alone),
        cmocka_unit_test(d_denies_at_once_and_its_reason_is_the_next_message),
        cmocka_unit_test(an_early_d_denies_nothing_and_no_letter_behind_it_decides),
        cmocka_unit_test(a_reason_that_is_left_is_not_lost),
        cmocka_unit_test(a_denial_without_a_reason_says_nothing),
        cmocka_unit_test(an_expired_one_prepares_a_message_once),
        cmocka_unit_test(where_something_is_written_already_it_waits_in_the_queue),
        cmocka_unit_test(one_that_expires_as_it_is_answered_says_that_it_was_too_late),
        cmocka_unit_test(two_hundred_late_answers_are_all_refused),
        cmocka_unit_test(a_command_of_five_megabytes_is_taken_in_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
