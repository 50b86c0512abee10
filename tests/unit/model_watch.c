/* Which streams are open, what a gap means, and how sub-agents are found. */
#include "mix/agents.h"
#include "model_kit.h"

static const char *const one[] = {"s1"};

static struct kit *many(int n, size_t limit) {
    static char names[60][16];
    static const char *ids[60];

    for (int i = 0; i < n; i++) {
        (void)snprintf(names[i], sizeof names[i], "s%d", i);
        ids[i] = names[i];
    }
    return kit_online_with((struct model_config){.url = "http://x", .watch_limit = limit}, GEN_TOP,
                           ids, (size_t)n);
}

static bool watched(struct kit *k, const char *id) { return model_session(k->m, id)->stream != 0; }

/* ---- the policy ---- */
static void the_newest_are_watched_up_to_the_limit(void **state) {
    struct kit *k = many(50, 0);

    (void)state;
    assert_int_equal(k->m->n_watched, 32);
    assert_true(watched(k, "s49"));
    assert_true(watched(k, "s18"));
    assert_false(watched(k, "s17"));
    assert_int_equal(session_mark(model_session(k->m, "s17"), k->m), MARK_UNWATCHED);
    kit_free(k);
}

static void what_is_shown_or_pinned_is_watched(void **state) {
    struct kit *k = many(10, 3);

    (void)state;
    act_session_pin(k->m, model_session(k->m, "s0"), k->fx);
    kit_step(k);
    assert_true(watched(k, "s0"));
    assert_false(watched(k, "s7")); /* it made room */
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    kit_step(k);
    assert_true(watched(k, "s1"));
    assert_int_equal(k->m->n_watched, 3);
    act_session_pin(k->m, model_session(k->m, "s0"), k->fx);
    kit_step(k);
    assert_false(watched(k, "s0"));
    kit_free(k);
}

static void one_that_works_is_never_dropped(void **state) {
    struct kit *k = many(10, 2);

    (void)state;
    assert_true(watched(k, "s8"));
    kit_live(k, "s8");
    kit_event(k, "s8", EV_CONTENT, .message_id = "m1", .content = "x");
    act_session_show(k->m, model_session(k->m, "s0"), k->fx);
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    kit_step(k);
    assert_true(watched(k, "s8"));
    assert_false(watched(k, "s9"));
    kit_event(k, "s8", EV_COMPLETE, .message_id = "m1", .content = "x");
    act_session_show(k->m, model_session(k->m, "s2"), k->fx);
    kit_step(k);
    assert_int_equal(k->m->n_watched, 2);
    kit_free(k);
}

static void one_that_asks_is_never_dropped(void **state) {
    struct kit *k = many(10, 2);

    (void)state;
    kit_live(k, "s8");
    kit_event(k, "s8", EV_PERMISSION, .id = "p1", .session_id = "s8", .tool_name = "Bash",
              .params_raw = "{}");
    model_session(k->m, "s8")->turn = TURN_IDLE; /* even then */
    for (int i = 0; i < 5; i++) {
        char id[16];

        (void)snprintf(id, sizeof id, "s%d", i);
        act_session_show(k->m, model_session(k->m, id), k->fx);
        kit_step(k);
        assert_true(watched(k, "s8"));
    }
    kit_free(k);
}

static void one_made_while_connected_is_watched(void **state) {
    struct kit *k = many(5, 2);

    (void)state;
    kit_event(k, "s4", EV_SESSION_CREATED, .session_id = "n1", .title = "made", .created_at = 1);
    kit_event(k, "s4", EV_SESSION_CREATED, .session_id = "n1", .title = "made", .created_at = 1);
    assert_true(watched(k, "n1"));
    kit_free(k);
}

static void a_session_the_server_does_not_know_goes(void **state) {
    struct kit *k = many(3, 0);
    const size_t streams = kit_count_kind(k, REQ_STREAM);

    (void)state;
    kit_link_as(k, "s0", LINK_REFUSED, false);
    assert_false(watched(k, "s0"));
    kit_pass(k, 60000);
    assert_int_equal(kit_count_kind(k, REQ_STREAM), streams); /* not asked again and again */
    kit_http_fail(k, OP_SESSION_GET, 404);
    assert_null(model_session(k->m, "s0"));
    kit_free(k);
}

/* ---- gaps ---- */
static void a_gap_is_read_again(void **state) {
    struct kit *k = kit_online(one, 1);
    const size_t loads = kit_count(k, OP_MESSAGES_LIST);

    (void)state;
    kit_link_as(k, "s1", LINK_RETRYING, true);
    kit_pass(k, 5000);
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), loads);
    kit_link_as(k, "s1", LINK_LIVE, false);
    kit_pass(k, 1);
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), loads + 1);
    assert_int_equal(k->m->shown->turn, TURN_IDLE);
    for (size_t i = 0; i < k->m->shown->transcript.n; i++) /* no seam where nothing ran */
        assert_int_not_equal(k->m->shown->transcript.entries[i].role, ROLE_NOTE);
    kit_free(k);
}

static void a_replaced_stream_is_no_gap(void **state) {
    struct kit *k = kit_online(one, 1);
    const size_t loads = kit_count(k, OP_MESSAGES_LIST);

    (void)state;
    kit_event(k, "s1", EV_CONTENT, .message_id = "m1", .content = "x");
    kit_link_as(k, "s1", LINK_LIVE, false);
    kit_pass(k, 1000);
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), loads);
    assert_int_equal(k->m->shown->turn, TURN_RUNNING);
    kit_free(k);
}

static const struct row_spec finished[] = {
    {.id = "h1", .role = "user", .text = "before"},
    {.id = "h2", .role = "assistant", .text = "done"},
    {.id = "h3", .role = "user", .text = "go"},
    {.id = "m1", .role = "assistant", .text = "all done"},
};
static const struct row_spec working[] = {
    {.id = "h3", .role = "user", .text = "go"},
    {.id = "m1",
     .role = "assistant",
     .text = "",
     .call = "c1",
     .input = "{\"command\":\"ls\"}",
     .open = true},
};

static void a_turn_across_a_gap_is_settled_by_two_loads(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_event(k, "s1", EV_CONTENT, .message_id = "m1", .content = "x");
    kit_link_as(k, "s1", LINK_RETRYING, true);
    kit_link_as(k, "s1", LINK_LIVE, true);
    assert_int_equal(k->m->shown->turn, TURN_UNSURE);
    kit_type(k, "queued");
    act_send(k->m, k->fx);
    kit_step(k);
    kit_pass(k, 1);
    kit_messages(k, finished, 4);
    assert_int_equal(k->m->shown->turn, TURN_UNSURE);
    assert_null(kit_last(k, OP_MESSAGE_SEND));
    kit_pass(k, 2999);
    const size_t loads = kit_count(k, OP_MESSAGES_LIST);

    kit_pass(k, 1);
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), loads + 1);
    kit_messages(k, finished, 4);
    assert_string_equal(((const struct message_send *)kit_last(k, OP_MESSAGE_SEND)->in)->text,
                        "queued");
    kit_free(k);
}

static void an_open_call_keeps_the_doubt(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    kit_event(k, "s1", EV_TOOL_START, .message_id = "m1", .tool_call_id = "c1",
              .tool_name = "Bash");
    kit_link_as(k, "s1", LINK_RETRYING, true);
    kit_link_as(k, "s1", LINK_LIVE, true);
    bool seam = false;

    for (size_t i = 0; i < k->m->shown->transcript.n; i++)
        seam = seam || k->m->shown->transcript.entries[i].role == ROLE_NOTE;
    assert_true(seam);
    for (int i = 0; i < 15; i++) {
        kit_pass(k, 3000);
        kit_messages(k, working, 2);
        assert_int_equal(k->m->shown->turn, TURN_UNSURE);
    }
    kit_event(k, "s1", EV_EXECUTION_COMPLETE, .tool_call_id = "c1", .success = true);
    kit_event(k, "s1", EV_CONTENT, .message_id = "m2", .content = "y");
    assert_int_equal(k->m->shown->turn, TURN_RUNNING);
    kit_free(k);
}

static void a_session_that_looks_busy_is_doubted_for_a_while(void **state) {
    struct kit *k = kit_new();

    (void)state;
    kit_caps(k, caps_of(GEN_TOP));
    kit_list(k, one, 1);
    kit_messages(k, finished, 3);
    kit_live(k, "s1");
    assert_int_equal(k->m->shown->turn, TURN_UNSURE);
    for (int i = 0; i < 9; i++) {
        kit_pass(k, 3000);
        kit_messages(k, finished, 3);
    }
    assert_int_equal(k->m->shown->turn, TURN_IDLE); /* it died long ago */
    kit_pass(k, 100000);
    assert_int_equal(model_next_tick(k->m, k->now), -1);
    kit_free(k);
}

static void what_came_between_the_load_and_the_stream_is_noticed(void **state) {
    struct kit *k = kit_new();
    struct session_data data = {
        .id = "s1", .title = "s1", .created_at = 1000, .user_messages = 2, .assistant_messages = 2};

    (void)state;
    kit_caps(k, caps_of(GEN_TOP));
    kit_list(k, one, 1);
    kit_history(k, "s1");
    kit_live(k, "s1");
    kit_pass(k, 1);
    kit_reply(k, OP_SESSION_GET, &data, 0);
    const size_t loads = kit_count(k, OP_MESSAGES_LIST);

    kit_pass(k, 1);
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), loads + 1);
    kit_free(k);
}

static void on_a_synchronous_server_a_cut_is_called_a_cancel(void **state) {
    struct kit *k = kit_online_with((struct model_config){.url = "http://x"}, GEN_SEED, one, 1);
    const struct entry *note = NULL;

    (void)state;
    kit_event(k, "s1", EV_CONTENT, .message_id = "m1", .content = "x");
    kit_link_as(k, "s1", LINK_RETRYING, true);
    kit_link_as(k, "s1", LINK_LIVE, true);
    for (size_t i = 0; i < k->m->shown->transcript.n; i++)
        if (k->m->shown->transcript.entries[i].role == ROLE_NOTE)
            note = &k->m->shown->transcript.entries[i];
    assert_non_null(note);
    assert_non_null(strstr(note->parts[0].text, "probably cancelled"));
    kit_free(k);
}

/* ---- sub-agents ---- */
static void task_starts(struct kit *k) {
    kit_event(k, "s1", EV_TOOL_START, .message_id = "m1", .tool_call_id = "t1",
              .tool_name = "Task");
}

static void list_with_child(struct kit *k) {
    struct session_data data[] = {
        {.id = "s1", .title = "s1", .session_type = "main", .created_at = 1000},
        {.id = "k1",
         .title = "child",
         .session_type = "subagent",
         .parent_session_id = "s1",
         .parent_tool_call_id = "t1",
         .created_at = 2000},
    };

    kit_reply(k, OP_SESSIONS_LIST, data, 2);
}

static void a_sub_agent_is_looked_for_fast_then_slowly(void **state) {
    struct kit *k = kit_online(one, 1);
    size_t asked = kit_count(k, OP_SESSIONS_LIST);

    (void)state;
    task_starts(k);
    assert_int_equal(kit_count(k, OP_SESSIONS_LIST), ++asked);
    for (int i = 0; i < 19; i++) {
        kit_list(k, one, 1);
        kit_pass(k, 249);
        assert_int_equal(kit_count(k, OP_SESSIONS_LIST), asked);
        kit_pass(k, 1);
        assert_int_equal(kit_count(k, OP_SESSIONS_LIST), ++asked);
    }
    kit_pass(k, 1000);
    kit_list(k, one, 1);
    kit_pass(k, 1999);
    assert_int_equal(kit_count(k, OP_SESSIONS_LIST), asked);
    kit_pass(k, 1);
    assert_int_equal(kit_count(k, OP_SESSIONS_LIST), ++asked);
    list_with_child(k);
    assert_true(watched(k, "k1"));
    kit_pass(k, 20000);
    assert_int_equal(kit_count(k, OP_SESSIONS_LIST), asked); /* found */
    kit_event(k, "s1", EV_EXECUTION_COMPLETE, .tool_call_id = "t1", .success = true);
    assert_false(watched(k, "k1"));
    kit_free(k);
}

static void a_task_that_ends_is_not_looked_for(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    task_starts(k);
    kit_list(k, one, 1);
    kit_event(k, "s1", EV_EXECUTION_COMPLETE, .tool_call_id = "t1", .success = true);
    const size_t asked = kit_count(k, OP_SESSIONS_LIST);

    kit_pass(k, 10000);
    assert_int_equal(kit_count(k, OP_SESSIONS_LIST), asked);
    kit_free(k);
}

static void a_quick_sub_agent_is_found_when_its_task_has_ended(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    task_starts(k);
    kit_list(k, one, 1);
    const size_t asked = kit_count(k, OP_SESSIONS_LIST);

    kit_event(k, "s1", EV_EXECUTION_COMPLETE, .tool_call_id = "t1", .success = true);
    assert_int_equal(kit_count(k, OP_SESSIONS_LIST), asked + 1);
    list_with_child(k);
    assert_ptr_equal(model_child(k->m, "t1"), model_session(k->m, "k1"));
    assert_non_null(model_child(k->m, "t1"));
    assert_false(watched(k, "k1"));
    kit_free(k);
}

static void its_events_come_on_the_parents_stream(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    task_starts(k);
    kit_event(k, "s1", EV_TOOL_START, .parent_tool_call_id = "t1", .message_id = "x1",
              .tool_call_id = "y1", .tool_name = "Bash");
    const struct part *task = transcript_find_call(&k->m->shown->transcript, "t1");

    assert_int_equal(task->child_calls, 1);
    assert_null(transcript_find_call(&k->m->shown->transcript, "y1"));
    list_with_child(k);
    struct session *child = model_session(k->m, "k1");

    assert_ptr_equal(child->parent, k->m->shown);
    assert_int_equal(child->turn, TURN_RUNNING);
    kit_event(k, "s1", EV_CONTENT, .parent_tool_call_id = "t1", .message_id = "x2",
              .content = "abc");
    kit_event(k, "k1", EV_CONTENT, .message_id = "x2", .content = "abc"); /* told twice */
    assert_int_equal(child->transcript.n, 1);
    assert_int_equal(child->transcript.entries[0].parts[0].len, 3);
    kit_event(k, "s1", EV_TOOL_START, .parent_tool_call_id = "t1", .message_id = "x2",
              .tool_call_id = "y2", .tool_name = "Bash");
    assert_int_equal(transcript_find_call(&k->m->shown->transcript, "t1")->child_calls, 2);
    assert_non_null(transcript_find_call(&child->transcript, "y2"));
    kit_event(k, "s1", EV_COMPLETE, .parent_tool_call_id = "t1", .message_id = "x2",
              .content = "abc");
    assert_int_equal(k->m->shown->turn, TURN_RUNNING);
    kit_free(k);
}

static void its_own_stream_counts_while_the_parents_is_down(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    task_starts(k);
    list_with_child(k);
    kit_live(k, "k1");
    kit_link_as(k, "s1", LINK_RETRYING, true);
    kit_event(k, "k1", EV_CONTENT, .message_id = "x2", .content = "abc");
    assert_int_equal(model_session(k->m, "k1")->transcript.n, 1);
    kit_free(k);
}

static void its_requests_come_on_its_own_stream(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    task_starts(k);
    list_with_child(k);
    kit_live(k, "k1");
    kit_event(k, "k1", EV_PERMISSION, .id = "p1", .session_id = "k1", .tool_name = "Bash",
              .params_raw = "{\"command\":\"rm x\"}");
    assert_string_equal(model_ask(k->m, "p1")->session->id, "k1");
    assert_int_equal(session_mark(k->m->shown, k->m), MARK_APPROVAL); /* the parent shows it too */
    kit_event(k, "s1", EV_EXECUTION_COMPLETE, .tool_call_id = "t1", .success = true);
    assert_int_equal(model_ask(k->m, "p1")->state, ASK_EXPIRED);
    kit_free(k);
}

static void a_sub_agent_that_changed_its_call_and_went_is_forgotten(void **state) {
    struct kit *k = kit_online(one, 1);
    struct session_data data[] = {
        {.id = "s1", .title = "s1", .created_at = 1000},
        {.id = "k1",
         .session_type = "subagent",
         .parent_session_id = "s1",
         .parent_tool_call_id = "t1"},
    };

    (void)state;
    for (int i = 0; i < 2; i++) {
        act_refresh(k->m, k->fx);
        kit_step(k);
        kit_reply(k, OP_SESSIONS_LIST, data, 2);
        data[1].parent_tool_call_id = "t2";
    }
    kit_event(k, "s1", EV_SESSION_DELETED, .session_id = "k1");
    kit_event(k, "s1", EV_CONTENT, .parent_tool_call_id = "t1", .message_id = "m", .content = "x");
    kit_event(k, "s1", EV_CONTENT, .parent_tool_call_id = "t2", .message_id = "m", .content = "x");
    assert_null(model_session(k->m, "k1"));
    kit_free(k);
}

static void parents_in_a_circle_do_no_harm(void **state) {
    struct kit *k = kit_online(one, 1);
    struct session_data data[] = {
        {.id = "a",
         .session_type = "subagent",
         .parent_session_id = "b",
         .parent_tool_call_id = "t1"},
        {.id = "b",
         .session_type = "subagent",
         .parent_session_id = "a",
         .parent_tool_call_id = "t2"},
        {.id = "c",
         .session_type = "subagent",
         .parent_session_id = "c",
         .parent_tool_call_id = "t3"},
    };

    (void)state;
    act_refresh(k->m, k->fx);
    kit_step(k);
    kit_reply(k, OP_SESSIONS_LIST, data, 3);
    kit_event(k, "s1", EV_TOOL_START, .message_id = "m", .tool_call_id = "t1", .tool_name = "Task");
    kit_event(k, "a", EV_TOOL_START, .message_id = "m", .tool_call_id = "t2", .tool_name = "Task");
    kit_event(k, "s1", EV_COMPLETE, .message_id = "m");
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_are_watched_up_to_the_limit),
        cmocka_unit_test(what_is_shown_or_pinned_is_watched),
        cmocka_unit_test(one_that_works_is_never_dropped),
        cmocka_unit_test(one_that_asks_is_never_dropped),
        cmocka_unit_test(one_made_while_connected_is_watched),
        cmocka_unit_test(a_session_the_server_does_not_know_goes),
        cmocka_unit_test(a_gap_is_read_again),
        cmocka_unit_test(a_replaced_stream_is_no_gap),
        cmocka_unit_test(a_turn_across_a_gap_is_settled_by_two_loads),
        cmocka_unit_test(an_open_call_keeps_the_doubt),
        cmocka_unit_test(a_session_that_looks_busy_is_doubted_for_a_while),
        cmocka_unit_test(what_came_between_the_load_and_the_stream_is_noticed),
        cmocka_unit_test(on_a_synchronous_server_a_cut_is_called_a_cancel),
        cmocka_unit_test(a_sub_agent_is_looked_for_fast_then_slowly),
        cmocka_unit_test(a_task_that_ends_is_not_looked_for),
        cmocka_unit_test(a_quick_sub_agent_is_found_when_its_task_has_ended),
        cmocka_unit_test(its_events_come_on_the_parents_stream),
        cmocka_unit_test(its_own_stream_counts_while_the_parents_is_down),
        cmocka_unit_test(its_requests_come_on_its_own_stream),
        cmocka_unit_test(a_sub_agent_that_changed_its_call_and_went_is_forgotten),
        cmocka_unit_test(parents_in_a_circle_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
