/* Finding the server, what is shown first, and the clock. */
#include "model_kit.h"

static const char *const two[] = {"s1", "s2"};

static void retry(struct kit *k, enum op op, int64_t in_ms) {
    struct incoming *in = incoming_new(IN_RETRY, kit_last(k, op)->id);

    in->retry_at = k->now + in_ms;
    (void)err_set(&in->err, RC_CONNECT, 7, "connection refused");
    kit_apply(k, in);
}

/* ---- start ---- */
static void everything_is_asked_at_once(void **state) {
    struct kit *k = kit_new();

    (void)state;
    assert_int_equal(kit_count_kind(k, REQ_PROBE), 1);
    assert_int_equal(kit_count(k, OP_SESSIONS_LIST), 1); /* the probe is not waited for */
    assert_true(
        ((const struct sessions_query *)kit_last(k, OP_SESSIONS_LIST)->in)->include_subagents);
    assert_ptr_equal(k->m->shown, k->m->fresh);
    assert_int_equal(k->m->ui.focus, PANE_COMPOSER);
    kit_caps(k, caps_of(GEN_TOP));
    assert_int_equal(kit_count(k, OP_SESSIONS_LIST), 1);
    assert_int_equal(kit_count(k, OP_AUTH_STATUS), 1);
    assert_int_equal(kit_count(k, OP_COMMANDS_LIST), 1);
    assert_int_equal(kit_count(k, OP_MESSAGES_HISTORY), 1);
    assert_int_equal(k->m->server.state, SERVER_ONLINE);
    kit_free(k);
}

static void the_newest_session_is_shown(void **state) {
    struct kit *k = kit_new();

    (void)state;
    kit_list(k, two, 2);
    assert_string_equal(k->m->shown->id, "s2");
    assert_int_equal(k->m->ui.focus, PANE_COMPOSER);
    kit_free(k);
}

static void somebody_who_types_already_is_left_alone(void **state) {
    struct kit *k = kit_new();

    (void)state;
    kit_type(k, "h");
    kit_list(k, two, 2);
    assert_ptr_equal(k->m->shown, k->m->fresh);
    kit_free(k);
}

static void an_empty_server_shows_an_empty_session(void **state) {
    struct kit *k = kit_new();

    (void)state;
    kit_list(k, NULL, 0);
    assert_ptr_equal(k->m->shown, k->m->fresh);
    assert_string_equal(session_title(k->m->shown), "new");
    kit_free(k);
}

static void a_session_can_be_named(void **state) {
    struct kit *k = kit_new_with((struct model_config){.url = "http://x", .session_id = "s1"});

    (void)state;
    kit_step(k);
    assert_string_equal(k->m->shown->id, "s1"); /* before the list came */
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), 1);
    kit_list(k, two, 2);
    assert_string_equal(k->m->shown->id, "s1");
    kit_free(k);
}

static void a_named_session_that_is_not_there_is_said(void **state) {
    struct kit *k = kit_new_with((struct model_config){.url = "http://x", .session_id = "nope"});

    (void)state;
    kit_step(k);
    kit_list(k, two, 2);
    kit_pass(k, 1);
    kit_http_fail(k, OP_SESSION_GET, 404);
    assert_string_equal(k->m->shown->id, "s2");
    assert_string_equal(kit_notice(k), "The server has no session \"nope\" any more");
    kit_free(k);
}

/* ---- trouble ---- */
static void no_server_is_said_and_tried_again(void **state) {
    struct kit *k = kit_new();

    (void)state;
    kit_fail_at(k, OP_SESSIONS_LIST, RC_CONNECT, 0, 7);
    assert_int_equal(k->m->server.state, SERVER_OFFLINE);
    assert_int_equal(k->m->ui.over, OVER_SERVER);
    assert_int_equal(k->m->server.retry_at, k->now + 1000);
    kit_pass(k, 999);
    assert_int_equal(kit_count(k, OP_SESSIONS_LIST), 1);
    kit_pass(k, 1);
    assert_int_equal(kit_count(k, OP_SESSIONS_LIST), 2);
    for (int i = 0; i < 8; i++) { /* the pause grows to 30 s */
        kit_fail_at(k, OP_SESSIONS_LIST, RC_CONNECT, 0, 7);
        assert_true(k->m->server.retry_at <= k->now + 30000);
        kit_pass(k, 30000);
    }
    assert_int_equal(kit_count(k, OP_SESSIONS_LIST), 10);
    act_over_close(k->m);
    kit_fail_at(k, OP_SESSIONS_LIST, RC_CONNECT, 0, 7);
    assert_int_equal(k->m->ui.over, OVER_NONE); /* offered once */
    act_reconnect(k->m, k->fx);
    kit_step(k);
    kit_list(k, two, 2);
    assert_int_equal(k->m->server.state, SERVER_ONLINE);
    assert_int_equal(k->m->server.retry_at, 0);
    kit_free(k);
}

static void a_server_that_is_back_is_no_longer_called_lost(void **state) {
    struct kit *k = kit_new();

    (void)state;
    kit_fail_at(k, OP_SESSIONS_LIST, RC_CONNECT, 0, 7);
    assert_non_null(strstr(kit_notice(k), "No server"));
    assert_true(k->m->notice_at > 0);
    kit_pass(k, 1000);
    kit_list(k, two, 2);
    assert_int_equal(k->m->server.state, SERVER_ONLINE);
    assert_int_equal(k->m->notice_at, 0);
    kit_free(k);
}

static void the_workers_own_retries_are_shown(void **state) {
    struct kit *k = kit_new();

    (void)state;
    retry(k, OP_SESSIONS_LIST, 3000);
    assert_int_equal(k->m->server.state, SERVER_OFFLINE);
    kit_tick(k);
    const size_t ticks = k->n_ticks;
    const uint64_t rev = k->m->rev;

    kit_pass(k, 2999);
    assert_in_range(k->n_ticks - ticks, 2, 4); /* the countdown, a second each */
    assert_true(k->m->rev > rev);
    assert_int_equal(kit_count(k, OP_SESSIONS_LIST), 1);
    kit_list(k, two, 2);
    assert_int_equal(k->m->ui.over, OVER_NONE); /* the question went with its reason */
    kit_free(k);
}

static void the_question_does_not_come_over_a_draft(void **state) {
    struct kit *k = kit_new();

    (void)state;
    kit_type(k, "typing");
    retry(k, OP_SESSIONS_LIST, 1000);
    assert_int_equal(k->m->ui.over, OVER_NONE);
    act_send(k->m, k->fx);
    kit_step(k);
    assert_string_equal(buf_str(&k->m->shown->draft.text), "typing");
    kit_free(k);
}

struct stranger {
    const char *name;
    enum rc rc;
    int status;
};

static void a_server_that_is_not_mix_is_called_so(void **state) {
    static const struct stranger strangers[] = {
        {"HTML", RC_PROTO, 200}, {"404", RC_HTTP, 404}, {"405", RC_HTTP, 405}};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(strangers); i++) {
        struct kit *k = kit_new();

        kit_fail_at(k, OP_SESSIONS_LIST, strangers[i].rc, strangers[i].status, strangers[i].status);
        if (k->m->server.state != SERVER_FOREIGN)
            fail_msg("%s: state %d", strangers[i].name, k->m->server.state);
        kit_pass(k, 60000);
        assert_int_equal(kit_count(k, OP_SESSIONS_LIST), 1);
        kit_free(k);
    }
    struct kit *k = kit_new();
    struct caps caps = {.version = GEN_NONE, .why = "not a Mix server: GET /health answered 404"};

    kit_caps(k, caps);
    assert_int_equal(k->m->server.state, SERVER_FOREIGN);
    assert_null(kit_last(k, OP_AUTH_STATUS));
    kit_free(k);
}

static void missing_operations_are_not_complained_about(void **state) {
    struct kit *k = kit_online(two, 2);
    const size_t notices = k->m->n_notices;

    (void)state;
    kit_http_fail(k, OP_AUTH_STATUS, 404);
    kit_http_fail(k, OP_COMMANDS_LIST, 404);
    kit_http_fail(k, OP_MESSAGES_HISTORY, 404);
    assert_int_equal(k->m->n_notices, notices);
    kit_free(k);
}

static void a_server_without_keys_is_said(void **state) {
    struct kit *k = kit_online(two, 2);
    struct provider_auth none[] = {{.provider = "a"}, {.provider = "b"}};
    struct auth_status status = {.providers = {none, 2}};

    (void)state;
    kit_reply(k, OP_AUTH_STATUS, &status, 0);
    assert_true(k->m->server.no_provider);
    kit_free(k);
}

static void streams_that_cannot_connect_mean_that_the_server_is_away(void **state) {
    struct kit *k = kit_online(two, 2);
    struct incoming *in = incoming_new(IN_LINK, k->m->shown->stream);
    const size_t lists = kit_count(k, OP_SESSIONS_LIST);

    (void)state;
    in->link = LINK_RETRYING;
    in->retry_at = k->now + 500;
    (void)err_set(&in->err, RC_CONNECT, 7, "refused");
    kit_apply(k, in);
    assert_int_equal(k->m->server.state, SERVER_OFFLINE);
    assert_int_equal(k->m->ui.over, OVER_NONE);
    kit_live(k, "s2");
    assert_int_equal(k->m->server.state, SERVER_ONLINE);
    assert_int_equal(kit_count(k, OP_SESSIONS_LIST), lists + 1); /* what else was missed? */
    kit_free(k);
}

static void a_thread_that_could_not_be_read_is_read_when_the_server_is_back(void **state) {
    struct kit *k = kit_new_with((struct model_config){.url = "http://x", .session_id = "s1"});

    (void)state;
    kit_step(k);
    kit_fail_at(k, OP_SESSIONS_LIST, RC_CONNECT, 0, 7);
    kit_fail_at(k, OP_MESSAGES_LIST, RC_CONNECT, 0, 7);
    kit_pass(k, 10000);
    const size_t loads = kit_count(k, OP_MESSAGES_LIST);

    kit_live(k, "s1");
    kit_pass(k, 1);
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), loads + 1);
    kit_free(k);
}

/* ---- the list again ---- */
static void keys_fetch_the_list_once_a_minute(void **state) {
    struct kit *k = kit_online(two, 2);
    const size_t lists = kit_count(k, OP_SESSIONS_LIST);

    (void)state;
    for (int i = 0; i < 59; i++) {
        kit_pass(k, 1000);
        act_alive(k->m, k->fx);
        kit_step(k);
    }
    assert_int_equal(kit_count(k, OP_SESSIONS_LIST), lists);
    kit_pass(k, 1001);
    act_alive(k->m, k->fx);
    act_alive(k->m, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_SESSIONS_LIST), lists + 1);
    kit_free(k);
}

/* ---- the clock ---- */
static void idle_wants_no_wake_up(void **state) {
    struct kit *k = kit_online(two, 2);

    (void)state;
    kit_pass(k, 60000);
    assert_int_equal(model_next_tick(k->m, k->now), -1);
    const uint64_t rev = k->m->rev;

    for (int i = 0; i < 100; i++)
        kit_event(k, "s2", EV_HEARTBEAT, .type = "ping");
    assert_int_equal(k->m->rev, rev);
    assert_int_equal(model_next_tick(k->m, k->now), -1);
    kit_free(k);
}

static void a_countdown_ticks_once_a_second(void **state) {
    struct kit *k = kit_online(two, 2);

    (void)state;
    kit_pass(k, 60000);
    kit_event(k, "s2", EV_PERMISSION, .id = "p", .session_id = "s2", .tool_name = "Bash",
              .params_raw = "{}");
    kit_tick(k);
    const size_t ticks = k->n_ticks;

    kit_pass(k, 10000);
    assert_in_range(k->n_ticks - ticks, 9, 11);
    kit_free(k);
}

static void the_spinner_moves_four_times_a_second_at_most(void **state) {
    (void)state;
    for (int animate = 0; animate < 2; animate++) {
        struct kit *k = kit_online_with(
            (struct model_config){.url = "http://x", .animate = animate == 1}, GEN_TOP, two, 2);

        kit_pass(k, 60000);
        kit_event(k, "s2", EV_CONTENT, .message_id = "m", .content = "x");
        kit_tick(k);
        const size_t ticks = k->n_ticks;
        const uint64_t rev = k->m->rev;

        kit_pass(k, 10000);
        if (animate)
            assert_in_range(k->n_ticks - ticks, 39, 41);
        else
            assert_true(k->n_ticks - ticks <= 1 && k->m->rev == rev);
        kit_free(k);
    }
}

static void a_notice_goes_after_eight_seconds(void **state) {
    struct kit *k = kit_online(two, 2);

    (void)state;
    kit_pass(k, 60000);
    act_notice(k->m, "hello\nthere");
    assert_null(strchr(kit_notice(k), '\n'));
    assert_int_equal(model_next_tick(k->m, k->now), k->now + 8000);
    kit_pass(k, 8000);
    assert_int_equal(k->m->notice_at, 0);
    assert_int_equal(model_next_tick(k->m, k->now), -1);
    for (int i = 0; i < 600; i++)
        act_notice(k->m, "%d", i);
    assert_int_equal(k->m->n_notices, 500);
    assert_string_equal(kit_notice(k), "599");
    kit_free(k);
}

static void a_confirmation_brightens_after_its_time(void **state) {
    struct kit *k = kit_online(two, 2);

    (void)state;
    kit_pass(k, 60000);
    act_confirm(k->m, 7, "s2", "Delete?");
    assert_false(act_confirmed(k->m, 7, "s2"));
    kit_paint(k);
    kit_pass(k, 399);
    assert_false(act_confirmed(k->m, 7, "s2"));
    assert_int_equal(model_next_tick(k->m, k->now), k->now + 1);
    kit_pass(k, 1);
    assert_false(act_confirmed(k->m, 7, "s1"));
    assert_true(act_confirmed(k->m, 7, "s2"));
    assert_false(act_confirmed(k->m, 7, "s2"));
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_asked_at_once),
        cmocka_unit_test(the_newest_session_is_shown),
        cmocka_unit_test(somebody_who_types_already_is_left_alone),
        cmocka_unit_test(an_empty_server_shows_an_empty_session),
        cmocka_unit_test(a_session_can_be_named),
        cmocka_unit_test(a_named_session_that_is_not_there_is_said),
        cmocka_unit_test(no_server_is_said_and_tried_again),
        cmocka_unit_test(a_server_that_is_back_is_no_longer_called_lost),
        cmocka_unit_test(the_workers_own_retries_are_shown),
        cmocka_unit_test(the_question_does_not_come_over_a_draft),
        cmocka_unit_test(a_server_that_is_not_mix_is_called_so),
        cmocka_unit_test(missing_operations_are_not_complained_about),
        cmocka_unit_test(a_server_without_keys_is_said),
        cmocka_unit_test(streams_that_cannot_connect_mean_that_the_server_is_away),
        cmocka_unit_test(a_thread_that_could_not_be_read_is_read_when_the_server_is_back),
        cmocka_unit_test(keys_fetch_the_list_once_a_minute),
        cmocka_unit_test(idle_wants_no_wake_up),
        cmocka_unit_test(a_countdown_ticks_once_a_second),
        cmocka_unit_test(the_spinner_moves_four_times_a_second_at_most),
        cmocka_unit_test(a_notice_goes_after_eight_seconds),
        cmocka_unit_test(a_confirmation_brightens_after_its_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
