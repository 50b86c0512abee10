/* The list: order, nesting, filter, and what a person does with sessions. */
#include "model_kit.h"

#include <limits.h>

static const char *const three[] = {"s1", "s2", "s3"};

static const char *order(struct kit *k) {
    static char line[256];

    line[0] = '\0';
    for (size_t i = 0; i < k->m->n_visible; i++)
        (void)snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s", i ? " " : "",
                       k->m->visible[i]->id ? k->m->visible[i]->id : "new");
    return line;
}

static void sub_list(struct kit *k) {
    struct session_data data[] = {
        {.id = "s1", .title = "Refactor the parser", .created_at = 1000},
        {.id = "k2",
         .title = "second child",
         .session_type = "subagent",
         .parent_session_id = "s1",
         .parent_tool_call_id = "t2",
         .created_at = 3000},
        {.id = "k1",
         .title = "first child",
         .session_type = "subagent",
         .parent_session_id = "s1",
         .parent_tool_call_id = "t1",
         .created_at = 2000},
        {.id = "s2", .title = "Scrape prices", .created_at = 5000},
        {.id = "f1",
         .title = "Forked",
         .session_type = "forked",
         .parent_session_id = "s1",
         .created_at = 4000},
        {.id = "o1",
         .title = "orphan",
         .session_type = "subagent",
         .parent_session_id = "gone",
         .created_at = 100},
    };

    kit_reply(k, OP_SESSIONS_LIST, data, MIX_COUNT(data));
}

/* ---- order ---- */
static void the_newest_come_first(void **state) {
    struct kit *k = kit_online(three, 3);

    (void)state;
    assert_string_equal(order(k), "s3 s2 s1");
    act_session_new(k->m, k->fx);
    kit_step(k);
    assert_string_equal(order(k), "new s3 s2 s1");
    kit_type(k, "kept");
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    kit_step(k);
    assert_string_equal(order(k), "new s3 s2 s1"); /* it holds a draft */
    kit_free(k);
}

static void the_marks_come_before_the_time(void **state) {
    struct kit *k = kit_online(three, 3);

    (void)state;
    kit_live(k, "s1");
    kit_live(k, "s2");
    kit_event(k, "s1", EV_CONTENT, .message_id = "m", .content = "x");
    assert_string_equal(order(k), "s1 s3 s2");
    kit_event(k, "s2", EV_PERMISSION, .id = "p", .session_id = "s2", .tool_name = "Bash");
    assert_string_equal(order(k), "s2 s1 s3");
    kit_event(k, "s1", EV_ERROR, .error = "boom");
    assert_string_equal(order(k), "s2 s1 s3");
    kit_pass(k, 30000);
    assert_string_equal(order(k), "s1 s2 s3"); /* x before working, then nothing */
    kit_free(k);
}

static void two_that_stream_do_not_change_places(void **state) {
    struct kit *k = kit_online(three, 3);

    (void)state;
    kit_live(k, "s1");
    kit_live(k, "s2");
    kit_event(k, "s1", EV_CONTENT, .message_id = "m", .content = "x");
    kit_pass(k, 10);
    kit_event(k, "s2", EV_CONTENT, .message_id = "m", .content = "x");
    char before[256];

    (void)snprintf(before, sizeof before, "%s", order(k));
    for (int i = 0; i < 50; i++) {
        kit_pass(k, 100);
        kit_event(k, i % 2 ? "s1" : "s2", EV_CONTENT, .message_id = "m", .content = "x");
        assert_string_equal(order(k), before);
    }
    kit_free(k);
}

static void sub_agents_stand_behind_their_parent(void **state) {
    struct kit *k = kit_online(NULL, 0);

    (void)state;
    act_refresh(k->m, k->fx);
    kit_step(k);
    sub_list(k);
    assert_string_equal(order(k), "new s2 f1 s1 k1 k2 o1");
    kit_free(k);
}

static void the_filter_keeps_parents_of_what_matches(void **state) {
    static const struct {
        const char *filter, *order;
    } cases[] = {
        {"second", "s1 k2"}, {"parser", "s1 k1 k2"}, {"price", "s2"},
        {"new", "new"},      {"zzzz", ""},           {"", "new s2 f1 s1 k1 k2 o1"},
    };
    struct kit *k = kit_online(NULL, 0);

    (void)state;
    act_refresh(k->m, k->fx);
    kit_step(k);
    sub_list(k);
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        editor_set(&k->m->ui.session_filter, cases[i].filter);
        act_sessions_filter(k->m);
        kit_check(k);
        if (!str_eq(order(k), cases[i].order))
            fail_msg("'%s': %s", cases[i].filter, order(k));
    }
    kit_free(k);
}

static void the_cursor_stays_on_its_session(void **state) {
    struct kit *k = kit_online(three, 3);

    (void)state;
    act_sessions_move(k->m, INT_MAX);
    assert_string_equal(k->m->ui.session_cursor->id, "s1");
    kit_live(k, "s1");
    kit_event(k, "s1", EV_CONTENT, .message_id = "m", .content = "x");
    assert_string_equal(k->m->ui.session_cursor->id, "s1");
    act_sessions_move(k->m, 1);
    assert_string_equal(k->m->ui.session_cursor->id, "s3");
    act_sessions_move(k->m, INT_MIN);
    assert_string_equal(k->m->ui.session_cursor->id, "s1");
    kit_free(k);
}

/* ---- titles ---- */
static void foreign_titles_are_cleaned(void **state) {
    struct kit *k = kit_online(NULL, 0);
    struct session_data data[] = {
        {.id = "a", .title = "two\nlines \x1b]0;x\x07 \xe2\x80\xae rtl", .created_at = 1},
        {.id = "b", .title = "", .first_user_message = "first words", .created_at = 2},
        {.id = "c", .created_at = 3},
    };

    (void)state;
    act_refresh(k->m, k->fx);
    kit_step(k);
    kit_reply(k, OP_SESSIONS_LIST, data, 3);
    const char *title = session_title(model_session(k->m, "a"));

    assert_null(strpbrk(title, "\n\x1b\x07"));
    assert_null(strstr(title, "\xe2\x80\xae"));
    assert_string_equal(session_title(model_session(k->m, "b")), "first words");
    assert_string_equal(session_title(model_session(k->m, "c")), "c");
    assert_string_equal(session_title(k->m->fresh), "new");
    kit_free(k);
}

/* ---- gone ---- */
static void a_list_without_it_takes_a_session_away(void **state) {
    struct kit *k = kit_online(three, 3);
    static const char *const rest[] = {"s3"};

    (void)state;
    act_refresh(k->m, k->fx);
    kit_step(k);
    kit_list(k, rest, 1);
    kit_pass(k, 1);
    assert_int_equal(k->m->n_sessions, 3); /* they are watched: asked for by name first */
    const size_t n = k->n_sent;
    int asked = 0;

    for (size_t i = 0; i < n; i++) {
        const struct session_ref *in = k->sent[i]->in;

        if (k->sent[i]->op != OP_SESSION_GET || str_eq(in->id, "s3"))
            continue;
        asked++;
        if (str_eq(in->id, "s1"))
            kit_fail_id(k, k->sent[i]->id, OP_SESSION_GET, RC_HTTP, 404, 404);
        else
            kit_fail_id(k, k->sent[i]->id, OP_SESSION_GET, RC_HTTP, 500, 500);
    }
    assert_int_equal(asked, 2);
    assert_null(model_session(k->m, "s1"));
    assert_non_null(model_session(k->m, "s2")); /* no answer is not a 404 */
    kit_free(k);
}

static void a_deleted_one_that_is_shown_makes_room_for_the_next(void **state) {
    struct kit *k = kit_online(three, 3);

    (void)state;
    kit_event(k, "s3", EV_PERMISSION, .id = "p", .session_id = "s3", .tool_name = "Bash");
    kit_enter_asks(k);
    k->selecting = true;
    act_session_delete(k->m, k->m->shown, k->fx);
    kit_step(k);
    assert_int_equal(k->m->n_sessions, 3);
    kit_reply(k, OP_SESSION_DELETE, NULL, 0);
    assert_string_equal(k->m->shown->id, "s2");
    assert_int_equal(k->m->n_asks, 0);
    act_session_delete(k->m, k->m->shown, k->fx);
    kit_step(k);
    kit_http_fail(k, OP_SESSION_DELETE, 500);
    assert_string_equal(k->m->shown->id, "s2");
    act_session_delete(k->m, k->m->shown, k->fx);
    kit_step(k);
    kit_http_fail(k, OP_SESSION_DELETE, 404);
    kit_event(k, "s1", EV_SESSION_DELETED, .session_id = "s1");
    assert_ptr_equal(k->m->shown, k->m->fresh);
    assert_int_equal(k->m->n_watched, 0);
    kit_free(k);
}

static void an_old_requests_arming_is_not_inherited(void **state) {
    struct kit *k = kit_online(three, 3);

    (void)state;
    kit_live(k, "s2");
    kit_event(k, "s2", EV_PERMISSION, .id = "p", .session_id = "s2", .tool_name = "Bash");
    kit_enter_asks(k);
    kit_paint(k);
    kit_pass(k, 500);
    assert_true(ask_armed(k->m, model_ask(k->m, "p"), k->now));
    kit_event(k, "s3", EV_SESSION_DELETED, .session_id = "s2");
    kit_event(k, "s3", EV_PERMISSION, .id = "p", .session_id = "s3", .tool_name = "Bash");
    assert_false(ask_armed(k->m, model_ask(k->m, "p"), k->now)); /* nobody has seen this one */
    kit_free(k);
}

static void answers_for_a_session_that_is_gone_are_ignored(void **state) {
    struct kit *k = kit_online(three, 3);

    (void)state;
    kit_send(k, "hello");
    act_session_cancel(k->m, k->m->shown, k->fx);
    act_refresh(k->m, k->fx);
    kit_step(k);
    kit_event(k, "s3", EV_SESSION_DELETED, .session_id = "s3");
    kit_http_fail(k, OP_MESSAGE_SEND, 500);
    kit_http_fail(k, OP_SESSION_CANCEL, 500);
    assert_null(model_session(k->m, "s3"));
    assert_string_equal(k->m->history[k->m->n_history - 1].text, "hello");
    kit_free(k);
}

/* ---- fork ---- */
static void a_fork_is_shown(void **state) {
    struct kit *k = kit_online_with((struct model_config){.url = "http://x"}, GEN_SEED, three, 3);
    struct session_data data = {.id = "f1", .title = "Fork", .parent_session_id = "s3"};

    (void)state;
    act_session_fork(k->m, k->m->shown, 0, k->fx);
    kit_step(k);
    const struct session_fork *in = kit_last(k, OP_SESSION_FORK)->in;

    assert_string_equal(in->id, "s3");
    assert_int_equal(in->message_count, 2);
    kit_reply(k, OP_SESSION_FORK, &data, 0);
    assert_string_equal(k->m->shown->id, "f1");
    assert_true(k->m->shown->forked);
    assert_int_not_equal(k->m->shown->stream, 0);
    kit_free(k);
}

/* Cut behind a question it looks as if somebody was at work. */
static void nothing_works_in_a_fork_just_made(void **state) {
    struct kit *k = kit_online_with((struct model_config){.url = "http://x"}, GEN_SEED, three, 3);
    struct session_data data = {.id = "f1", .title = "Fork", .parent_session_id = "s3"};
    const struct row_spec rows[] = {{.id = "h1", .role = "user", .text = "before"}};

    (void)state;
    act_session_fork(k->m, k->m->shown, 1, k->fx);
    kit_step(k);
    kit_reply(k, OP_SESSION_FORK, &data, 0);
    kit_messages(k, rows, MIX_COUNT(rows));
    assert_true(k->m->shown->transcript.tail_open);
    assert_int_equal(k->m->shown->turn, TURN_IDLE);
    kit_free(k);
}

/* Otherwise the fork would lack what was said last. */
static void a_fork_waits_until_the_last_turn_is_counted(void **state) {
    struct kit *k = kit_online_with((struct model_config){.url = "http://x"}, GEN_SEED, three, 3);
    const struct row_spec rows[] = {{.id = "h1", .role = "user", .text = "before"},
                                    {.id = "h2", .role = "assistant", .text = "done"},
                                    {.id = "h3", .role = "assistant", .text = "more"}};

    (void)state;
    kit_event(k, "s3", EV_CONTENT, .content = "more", .message_id = "h3");
    act_session_fork(k->m, k->m->shown, 0, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_SESSION_FORK), 0);
    kit_messages(k, rows, MIX_COUNT(rows));
    const struct session_fork *in = kit_last(k, OP_SESSION_FORK)->in;

    assert_int_equal(in->message_count, 3);
    kit_free(k);
}

static void a_server_that_cannot_fork_is_not_asked(void **state) {
    struct kit *k = kit_online(three, 3);

    (void)state;
    act_session_fork(k->m, k->m->shown, 1, k->fx);
    kit_step(k);
    assert_null(kit_last(k, OP_SESSION_FORK));
    k->m->server.caps = caps_of(GEN_SEED);
    act_session_fork(k->m, k->m->shown, 1, k->fx);
    kit_step(k);
    kit_http_fail(k, OP_SESSION_FORK, 405); /* it does not after all */
    assert_false(caps_has(&k->m->server.caps, OP_SESSION_FORK));
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_come_first),
        cmocka_unit_test(the_marks_come_before_the_time),
        cmocka_unit_test(two_that_stream_do_not_change_places),
        cmocka_unit_test(sub_agents_stand_behind_their_parent),
        cmocka_unit_test(the_filter_keeps_parents_of_what_matches),
        cmocka_unit_test(the_cursor_stays_on_its_session),
        cmocka_unit_test(foreign_titles_are_cleaned),
        cmocka_unit_test(a_list_without_it_takes_a_session_away),
        cmocka_unit_test(a_deleted_one_that_is_shown_makes_room_for_the_next),
        cmocka_unit_test(an_old_requests_arming_is_not_inherited),
        cmocka_unit_test(answers_for_a_session_that_is_gone_are_ignored),
        cmocka_unit_test(a_fork_is_shown),
        cmocka_unit_test(nothing_works_in_a_fork_just_made),
        cmocka_unit_test(a_fork_waits_until_the_last_turn_is_counted),
        cmocka_unit_test(a_server_that_cannot_fork_is_not_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
