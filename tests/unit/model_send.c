/* From the draft to the server: one turn at a time, and nothing typed is lost. */
#include "model_kit.h"

static const char *const one[] = {"s1"};

static const struct message_send *sent(struct kit *k) {
    const struct request *r = kit_last(k, OP_MESSAGE_SEND);

    return r ? r->in : NULL;
}

static const char *draft(struct kit *k) { return buf_str(&k->m->shown->draft.text); }

static void accepted(struct kit *k) {
    struct send_ack ack = {.status = "processing", .session_id = "s1"};

    kit_reply(k, OP_MESSAGE_SEND, &ack, 0);
}

static void complete(struct kit *k) {
    kit_event(k, "s1", EV_COMPLETE, .content = "", .message_id = "mx", .done = true);
}

static const struct entry *last_entry(struct kit *k) {
    const struct transcript *t = &k->m->shown->transcript;

    return t->n > 0 ? &t->entries[t->n - 1] : NULL;
}

static struct model_config with_disk(void) {
    return (struct model_config){.url = "http://localhost:8088", .state_dir = "/s"};
}

/* ---- one message ---- */
static void a_message_is_shown_at_once_and_posted(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_send(k, "hello");
    assert_string_equal(draft(k), "");
    assert_string_equal(sent(k)->text, "hello");
    assert_string_equal(sent(k)->id, "s1");
    assert_true(last_entry(k)->pending);
    assert_int_equal(k->m->shown->turn, TURN_SENDING);
    accepted(k);
    assert_int_equal(k->m->shown->turn, TURN_RUNNING);
    assert_null(k->m->shown->sending);
    kit_event(k, "s1", EV_USER_MESSAGE, .message_id = "m1", .content = "hello");
    assert_false(last_entry(k)->pending);
    complete(k);
    assert_int_equal(k->m->shown->turn, TURN_IDLE);
    kit_free(k);
}

static void the_events_may_come_before_the_answer(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_send(k, "hello");
    kit_event(k, "s1", EV_USER_MESSAGE, .message_id = "m1", .content = "hello");
    kit_event(k, "s1", EV_CONTENT, .message_id = "m2", .content = "hi");
    complete(k);
    accepted(k);
    assert_int_equal(k->m->shown->turn, TURN_IDLE);
    kit_send(k, "again");
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 2);
    kit_free(k);
}

static void blank_text_is_not_sent(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_send(k, " \n\t ");
    assert_null(sent(k));
    assert_string_equal(draft(k), " \n\t ");
    kit_free(k);
}

static void it_is_posted_only_when_the_stream_is_live(void **state) {
    struct kit *k = kit_new();

    (void)state;
    kit_caps(k, caps_of(GEN_TOP));
    kit_list(k, one, 1);
    kit_send(k, "hello");
    assert_null(sent(k));
    kit_link_as(k, "s1", LINK_CONNECTING, false);
    assert_null(sent(k));
    kit_live(k, "s1");
    assert_string_equal(sent(k)->text, "hello");
    kit_free(k);
}

static void the_connected_event_is_as_good(void **state) {
    struct kit *k = kit_new();

    (void)state;
    kit_caps(k, caps_of(GEN_TOP));
    kit_list(k, one, 1);
    kit_send(k, "hello");
    kit_event(k, "s1", EV_CONNECTED, .session_id = "s1");
    assert_string_equal(sent(k)->text, "hello");
    kit_free(k);
}

static void without_a_stream_the_text_comes_back_after_ten_seconds(void **state) {
    struct kit *k = kit_new();

    (void)state;
    kit_caps(k, caps_of(GEN_TOP));
    kit_list(k, one, 1);
    kit_send(k, "hello");
    kit_pass(k, 9999);
    assert_string_equal(draft(k), "");
    kit_pass(k, 1);
    assert_string_equal(draft(k), "hello");
    assert_null(sent(k));
    assert_int_equal(k->m->shown->turn, TURN_IDLE);
    for (size_t i = 0; i < k->m->shown->transcript.n; i++)
        assert_false(k->m->shown->transcript.entries[i].pending);
    kit_free(k);
}

static void the_first_message_creates_the_session(void **state) {
    struct kit *k = kit_online(NULL, 0);
    struct session_data data = {.id = "n1", .title = "first line", .created_at = 5};

    (void)state;
    kit_send(k, "first line\nsecond");
    const struct session_create *in = kit_last(k, OP_SESSION_CREATE)->in;

    assert_string_equal(in->title, "first line");
    assert_string_equal(in->browser_mode, "local-browser-service");
    assert_null(sent(k));
    kit_reply(k, OP_SESSION_CREATE, &data, 0);
    assert_string_equal(k->m->shown->id, "n1");
    assert_null(k->m->fresh);
    assert_null(sent(k));
    kit_live(k, "n1");
    assert_string_equal(sent(k)->text, "first line\nsecond");
    assert_string_equal(sent(k)->id, "n1");
    kit_free(k);
}

static void a_session_told_of_before_it_is_answered_is_one(void **state) {
    struct kit *k = kit_online(one, 1);
    struct session_data data = {.id = "n1", .title = "x", .created_at = 5};

    (void)state;
    act_session_new(k->m, k->fx);
    kit_send(k, "x");
    kit_event(k, "s1", EV_SESSION_CREATED, .session_id = "n1", .title = "x");
    kit_event(k, "n1", EV_CONNECTED, .session_id = "n1");
    assert_int_equal(k->m->n_sessions, 2);
    kit_reply(k, OP_SESSION_CREATE, &data, 0);
    assert_int_equal(k->m->n_sessions, 2);
    assert_ptr_equal(k->m->shown, model_session(k->m, "n1"));
    assert_string_equal(sent(k)->text, "x");
    kit_free(k);
}

static void a_session_that_cannot_be_made_gives_the_text_back(void **state) {
    struct kit *k = kit_online(NULL, 0);

    (void)state;
    kit_send(k, "hello");
    kit_http_fail(k, OP_SESSION_CREATE, 500);
    assert_string_equal(draft(k), "hello");
    kit_send(k, "hello again");
    assert_int_equal(kit_count(k, OP_SESSION_CREATE), 2);
    kit_free(k);
}

/* ---- failures ---- */
struct failure {
    const char *name;
    enum rc rc;
    int status, detail;
    bool returns;
};
static const struct failure failures[] = {
    {"refused", RC_HTTP, 400, 400, true},      {"no key", RC_HTTP, 401, 401, true},
    {"gone", RC_HTTP, 404, 404, true},         {"server fault", RC_HTTP, 500, 500, true},
    {"proxy fault", RC_HTTP, 502, 502, false}, {"proxy time-out", RC_HTTP, 504, 504, false},
    {"no connection", RC_CONNECT, 0, 7, true}, {"reset", RC_CONNECT, 0, 56, false},
    {"time-out", RC_TIMEOUT, 0, 28, false},    {"no name", RC_CONNECT, 0, 6, true},
    {"torn answer", RC_PROTO, 0, 0, false},    {"too long", RC_LIMIT, 0, 0, true},
};

static void what_surely_did_not_arrive_comes_back(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(failures); i++) {
        struct kit *k = kit_online(one, 1);
        const size_t loads = kit_count(k, OP_MESSAGES_LIST);

        kit_send(k, "hello");
        kit_fail_at(k, OP_MESSAGE_SEND, failures[i].rc, failures[i].status, failures[i].detail);
        kit_pass(k, 1);
        if (str_eq(draft(k), "hello") != failures[i].returns)
            fail_msg("%s: draft '%s'", failures[i].name, draft(k));
        if (!failures[i].returns) {
            assert_true(kit_count(k, OP_MESSAGES_LIST) > loads);
            assert_string_equal(k->m->shown->sending, "hello");
        }
        kit_free(k);
    }
}

static void what_comes_back_does_not_replace_a_new_draft(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_send(k, "hello");
    kit_type(k, "next");
    kit_http_fail(k, OP_MESSAGE_SEND, 500);
    assert_string_equal(draft(k), "next");
    assert_int_equal(k->m->shown->n_queue, 1);
    assert_string_equal(k->m->shown->queue[0].text, "hello");
    assert_true(k->m->shown->held);
    kit_pass(k, 60000);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 1);
    act_queue_go(k->m, k->m->shown, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 2);
    kit_free(k);
}

static const struct row_spec arrived[] = {
    {.id = "h1", .role = "user", .text = "before"},
    {.id = "h2", .role = "assistant", .text = "done"},
    {.id = "h3", .role = "user", .text = "hello"},
};
static const struct row_spec not_arrived[] = {
    {.id = "h0", .role = "user", .text = "hello"}, /* an older one with the same text */
    {.id = "h2", .role = "assistant", .text = "done"},
};

static void a_lost_answer_is_found_in_the_messages(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_send(k, "hello");
    kit_fail_at(k, OP_MESSAGE_SEND, RC_TIMEOUT, 0, 28);
    kit_pass(k, 1);
    kit_messages(k, arrived, 3);
    assert_null(k->m->shown->sending);
    assert_string_equal(draft(k), "");
    assert_int_equal(k->m->shown->turn, TURN_UNSURE);
    kit_free(k);
}

static void a_fate_that_stays_unknown_is_never_decided_by_itself(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_send(k, "hello");
    kit_fail_at(k, OP_MESSAGE_SEND, RC_TIMEOUT, 0, 28);
    kit_pass(k, 1);
    kit_messages(k, not_arrived, 2);
    assert_int_equal(k->m->shown->sent, SENT_POSTED);
    kit_pass(k, 3000);
    kit_messages(k, not_arrived, 2);
    assert_int_equal(k->m->shown->sent, SENT_UNKNOWN);
    kit_pass(k, 100000);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 1);
    kit_send(k, "next");
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 1);
    assert_int_equal(k->m->shown->n_queue, 1);
    act_unknown_resend(k->m, k->m->shown, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 2);
    assert_string_equal(sent(k)->text, "hello");
    kit_free(k);
}

static void an_unknown_one_can_be_dropped_but_not_lost(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_send(k, "hello");
    kit_fail_at(k, OP_MESSAGE_SEND, RC_TIMEOUT, 0, 28);
    kit_pass(k, 1);
    kit_messages(k, not_arrived, 2);
    kit_pass(k, 3000);
    kit_messages(k, not_arrived, 2);
    act_unknown_drop(k->m, k->m->shown, k->fx);
    kit_step(k);
    assert_null(k->m->shown->sending);
    assert_string_equal(draft(k), "hello");
    kit_free(k);
}

static void an_event_settles_an_unknown_one(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_send(k, "hello");
    kit_fail_at(k, OP_MESSAGE_SEND, RC_TIMEOUT, 0, 28);
    kit_event(k, "s1", EV_USER_MESSAGE, .message_id = "m1",
              .content = "hello\n\n<system-reminder>plan</system-reminder>");
    assert_null(k->m->shown->sending);
    assert_int_equal(k->m->shown->turn, TURN_RUNNING);
    kit_free(k);
}

static void sent_before_the_thread_was_read_nobody_can_tell(void **state) {
    struct kit *k = kit_new();

    (void)state;
    kit_caps(k, caps_of(GEN_TOP));
    kit_list(k, one, 1);
    kit_live(k, "s1");
    kit_send(k, "hello"); /* the same as an older one */
    kit_fail_at(k, OP_MESSAGE_SEND, RC_TIMEOUT, 0, 28);
    kit_messages(k, arrived, 3); /* on its way since before */
    for (int i = 0; i < 2; i++) {
        kit_pass(k, 3000);
        kit_messages(k, arrived, 3);
    }
    assert_int_equal(k->m->shown->sent, SENT_UNKNOWN);
    kit_free(k);
}

/* ---- the queue ---- */
static void messages_wait_for_the_end_of_the_turn(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_send(k, "one");
    accepted(k);
    kit_send(k, "two");
    kit_send(k, "three");
    assert_int_equal(k->m->shown->n_queue, 2);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 1);
    complete(k);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 2);
    assert_string_equal(sent(k)->text, "two");
    complete(k); /* of the turn before: the answer to `two` is not there yet */
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 2);
    accepted(k);
    complete(k);
    assert_string_equal(sent(k)->text, "three");
    assert_int_equal(k->m->shown->n_queue, 0);
    kit_free(k);
}

static void a_turn_begun_elsewhere_counts(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_event(k, "s1", EV_CONTENT, .message_id = "m7", .content = "x");
    kit_send(k, "two");
    assert_null(sent(k));
    complete(k);
    assert_string_equal(sent(k)->text, "two");
    kit_free(k);
}

struct hold {
    const char *name, *error;
};
static const struct hold holds[] = {
    {"an error", "boom"},
    {"a cancel", "request cancelled by user"},
    {"a cancel of old", "context canceled"},
};

static void the_queue_is_held_after_what_was_no_success(void **state) {
    (void)state;
    for (size_t i = 0; i < MIX_COUNT(holds); i++) {
        struct kit *k = kit_online(one, 1);

        kit_send(k, "one");
        accepted(k);
        kit_send(k, "two");
        kit_event(k, "s1", EV_ERROR, .error = holds[i].error);
        kit_event(k, "s1", EV_ERROR, .error = holds[i].error);
        kit_pass(k, 60000);
        if (!k->m->shown->held || kit_count(k, OP_MESSAGE_SEND) != 1)
            fail_msg("%s: held %d", holds[i].name, k->m->shown->held);
        assert_int_equal(k->m->shown->failed, i == 0);
        act_queue_go(k->m, k->m->shown, k->fx);
        kit_step(k);
        assert_string_equal(sent(k)->text, "two");
        kit_free(k);
    }
}

static void a_queued_message_goes_back_to_the_draft(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_send(k, "one");
    kit_send(k, "two");
    kit_send(k, "three");
    act_queue_drop(k->m, k->m->shown, 0, k->fx);
    kit_step(k);
    assert_string_equal(draft(k), "two");
    act_queue_drop(k->m, k->m->shown, 0, k->fx);
    kit_step(k);
    assert_string_equal(draft(k), "two");
    assert_string_equal(k->m->history[k->m->n_history - 1].text, "three");
    act_queue_drop(k->m, k->m->shown, 0, k->fx);
    assert_string_equal(kit_notice(k), "Nothing is queued there");
    kit_free(k);
}

static void cancelling_what_waits_for_its_stream_takes_it_back(void **state) {
    struct kit *k = kit_new();

    (void)state;
    kit_caps(k, caps_of(GEN_TOP));
    kit_list(k, one, 1);
    kit_send(k, "hello");
    act_session_cancel(k->m, k->m->shown, k->fx);
    kit_step(k);
    assert_string_equal(draft(k), "hello");
    assert_null(kit_last(k, OP_SESSION_CANCEL));
    kit_live(k, "s1");
    assert_null(sent(k));
    kit_free(k);
}

/* ---- slash ---- */
static void a_leading_slash_is_no_message(void **state) {
    static const struct {
        const char *text;
        bool goes;
    } cases[] = {
        {"/etc/passwd is long", false}, {"//x", false},      {"/", false},   {" /show x", false},
        {"/nonsense", false},           {"/mcp list", true}, {"a /x", true},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct kit *k = kit_online(one, 1);
        struct command_info commands[] = {{.name = "help"}, {.name = "mcp"}};

        kit_reply(k, OP_COMMANDS_LIST, commands, 2);
        kit_send(k, cases[i].text);
        if ((sent(k) != NULL) != cases[i].goes)
            fail_msg("'%s' %s", cases[i].text, cases[i].goes ? "stayed" : "went");
        assert_string_equal(draft(k), cases[i].goes ? "" : cases[i].text);
        kit_free(k);
    }
}

static void some_commands_are_the_programs_own(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_send(k, "/sessions");
    assert_int_equal(k->m->ui.focus, PANE_SESSIONS);
    kit_send(k, "/help");
    assert_int_equal(k->m->ui.over, OVER_COMMANDS);
    kit_send(k, "/clear");
    assert_ptr_equal(k->m->shown, k->m->fresh);
    assert_null(sent(k));
    kit_free(k);
}

/* Sends a slash command and answers it with this text. */
static struct kit *commanded(const char *line, const char *text) {
    struct kit *k = kit_online(one, 1);
    struct command_info commands[] = {{.name = "explain"}};

    kit_reply(k, OP_COMMANDS_LIST, commands, 1);
    kit_send(k, line);
    struct incoming *in = incoming_new(IN_REPLY, kit_last(k, OP_MESSAGE_SEND)->id);
    struct send_ack *ack = arena_alloc(&in->arena, sizeof *ack);

    ack->message = (struct message){.id = arena_strdup(&in->arena, "cmd-explain"),
                                    .role = arena_strdup(&in->arena, "assistant"),
                                    .user_input = arena_strdup(&in->arena, line),
                                    .assistant_response = arena_strdup(&in->arena, text)};
    in->out = ack;
    kit_apply(k, in);
    assert_int_equal(k->m->shown->turn, TURN_IDLE);
    assert_null(k->m->shown->sending);
    return k;
}

static void a_commands_answer_is_shown_as_words(void **state) {
    static const struct {
        const char *json, *shown;
    } table[] = {
        {"{\"type\":\"message\",\"message\":\"no\\nservers\"}", "no\nservers"},
        {"{\"type\":\"error\",\"error\":\"broken\"}", "broken"},
        {"{\"type\":\"auth_status\",\"provider\":\"anthropic\"}", "anthropic"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(table); i++) {
        struct kit *k = commanded("/explain", table[i].json);
        const struct entry *e = last_entry(k);

        assert_int_equal(e->role, ROLE_ASSISTANT);
        assert_non_null(
            memmem(e->parts[0].text, e->parts[0].len, table[i].shown, strlen(table[i].shown)));
        assert_null(memchr(e->parts[0].text, i < 2 ? '{' : '@', e->parts[0].len));
        kit_free(k);
    }
}

static void a_command_that_stands_for_a_prompt_waits_in_the_draft(void **state) {
    struct kit *k = commanded("/explain", "Explain the servers.");

    (void)state;
    assert_string_equal(buf_str(&k->m->shown->draft.text), "Explain the servers.");
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 1);
    kit_free(k);
}

/* ---- the journal ---- */
static void a_crash_after_the_post_is_looked_into(void **state) {
    struct kit *k = kit_online_with(with_disk(), GEN_TOP, one, 1);

    (void)state;
    kit_send(k, "hello");
    assert_non_null(
        strstr(kit_file(k, "/s/http_localhost_8088/drafts/s1"), "sending 5 2\nhelloh2"));
    kit_type(k, "draft of the second before");
    kit_pass(k, 1000);
    kit_restart(k, with_disk());
    assert_string_equal(k->m->shown->id, "s1");
    assert_string_equal(draft(k), "draft of the second before");
    assert_string_equal(k->m->shown->sending, "hello");
    kit_messages(k, arrived, 2); /* asked for before the journal was read: says nothing */
    kit_pass(k, 1);
    assert_string_equal(k->m->shown->sending, "hello");
    kit_messages(k, arrived, 3);
    assert_null(k->m->shown->sending);
    kit_pass(k, 5000);
    assert_null(strstr(kit_file(k, "/s/http_localhost_8088/drafts/s1"), "sending"));
    kit_free(k);
}

static void what_never_left_waits_in_the_queue_after_a_crash(void **state) {
    struct kit *k = kit_new_with(with_disk());

    (void)state;
    kit_step(k);
    kit_caps(k, caps_of(GEN_TOP));
    kit_list(k, one, 1);
    kit_send(k, "hello");
    kit_send(k, "second");
    kit_pass(k, 1000);
    kit_restart(k, with_disk());
    assert_int_equal(k->m->shown->n_queue, 2);
    assert_string_equal(k->m->shown->queue[0].text, "hello");
    assert_string_equal(k->m->shown->queue[1].text, "second");
    assert_true(k->m->shown->held);
    kit_list(k, one, 1);
    kit_history(k, "s1");
    kit_live(k, "s1");
    kit_pass(k, 60000);
    assert_null(sent(k));
    kit_free(k);
}

/* A server of another generation would refuse the fields. */
static void a_message_waits_until_the_generation_is_known(void **state) {
    struct kit *k = kit_new();

    (void)state;
    kit_step(k);
    kit_list(k, NULL, 0);
    kit_send(k, "at once");
    kit_step(k);
    assert_int_equal(kit_count(k, OP_SESSION_CREATE), 0);
    kit_caps(k, caps_of(GEN_SEED));
    kit_step(k);
    assert_int_equal(kit_count(k, OP_SESSION_CREATE), 1);
    assert_int_equal(kit_last(k, OP_SESSION_CREATE)->version, GEN_SEED);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_waits_until_the_generation_is_known),
        cmocka_unit_test(a_message_is_shown_at_once_and_posted),
        cmocka_unit_test(the_events_may_come_before_the_answer),
        cmocka_unit_test(blank_text_is_not_sent),
        cmocka_unit_test(it_is_posted_only_when_the_stream_is_live),
        cmocka_unit_test(the_connected_event_is_as_good),
        cmocka_unit_test(without_a_stream_the_text_comes_back_after_ten_seconds),
        cmocka_unit_test(the_first_message_creates_the_session),
        cmocka_unit_test(a_session_told_of_before_it_is_answered_is_one),
        cmocka_unit_test(a_session_that_cannot_be_made_gives_the_text_back),
        cmocka_unit_test(what_surely_did_not_arrive_comes_back),
        cmocka_unit_test(what_comes_back_does_not_replace_a_new_draft),
        cmocka_unit_test(a_lost_answer_is_found_in_the_messages),
        cmocka_unit_test(a_fate_that_stays_unknown_is_never_decided_by_itself),
        cmocka_unit_test(an_unknown_one_can_be_dropped_but_not_lost),
        cmocka_unit_test(an_event_settles_an_unknown_one),
        cmocka_unit_test(sent_before_the_thread_was_read_nobody_can_tell),
        cmocka_unit_test(messages_wait_for_the_end_of_the_turn),
        cmocka_unit_test(a_turn_begun_elsewhere_counts),
        cmocka_unit_test(the_queue_is_held_after_what_was_no_success),
        cmocka_unit_test(a_queued_message_goes_back_to_the_draft),
        cmocka_unit_test(cancelling_what_waits_for_its_stream_takes_it_back),
        cmocka_unit_test(a_leading_slash_is_no_message),
        cmocka_unit_test(some_commands_are_the_programs_own),
        cmocka_unit_test(a_commands_answer_is_shown_as_words),
        cmocka_unit_test(a_command_that_stands_for_a_prompt_waits_in_the_draft),
        cmocka_unit_test(a_crash_after_the_post_is_looked_into),
        cmocka_unit_test(what_never_left_waits_in_the_queue_after_a_crash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
