/* Servers that answer a message when its turn is over: the answer, the stream and the messages tell
 * the same thing. */
#include "model_kit.h"

static const char *const one[] = {"s1"};

static struct kit *kit_seed(void) {
    return kit_online_with((struct model_config){.url = "http://localhost:8088"}, GEN_SEED, one, 1);
}

static const char *draft(struct kit *k) { return buf_str(&k->m->shown->draft.text); }

static const struct row_spec arrived[] = {
    {.id = "h1", .role = "user", .text = "before"},
    {.id = "h2", .role = "assistant", .text = "done"},
    {.id = "h3", .role = "user", .text = "hello"},
};

static void a_synchronous_answer_ends_the_turn(void **state) {
    struct kit *k = kit_seed();
    struct send_ack ack = {.message = {.id = "m4", .role = "user", .user_input = "one"}};
    const size_t loads = kit_count(k, OP_MESSAGES_LIST);

    (void)state;
    kit_send(k, "one");
    kit_event(k, "s1", EV_CONTENT, .message_id = "m4", .content = "hi");
    kit_send(k, "two");
    kit_event(k, "s1", EV_COMPLETE, .message_id = "m4", .content = "hi");
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 1); /* the first POST is still open */
    kit_reply(k, OP_MESSAGE_SEND, &ack, 0);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 2);
    kit_pass(k, 1);
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), loads + 1);
    kit_free(k);
}

/* The stream may lag behind the answer, and the next message is out by then. */
static void a_complete_that_its_answer_overtook_ends_no_other_turn(void **state) {
    struct kit *k = kit_seed();
    struct send_ack ack = {.message = {.id = "m4", .role = "user", .user_input = "one"}};

    (void)state;
    kit_send(k, "one");
    kit_event(k, "s1", EV_CONTENT, .content = "hi");
    kit_send(k, "two");
    kit_reply(k, OP_MESSAGE_SEND, &ack, 0);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 2);
    const size_t n = k->m->shown->transcript.n;

    kit_event(k, "s1", EV_COMPLETE, .message_id = "m4", .content = "hi");
    assert_int_equal(k->m->shown->turn, TURN_SENDING);
    assert_int_equal(k->m->shown->transcript.n, n);
    kit_event(k, "s1", EV_CONTENT, .content = "of the second");
    assert_int_equal(k->m->shown->turn, TURN_RUNNING);
    kit_event(k, "s1", EV_COMPLETE, .message_id = "m6", .content = "of the second");
    assert_int_equal(k->m->shown->turn, TURN_IDLE);
    kit_free(k);
}

static void the_refusal_that_ends_a_synchronous_turn_does_not_bring_the_text_back(void **state) {
    static const char *const ends[] = {"request cancelled by user", "529 overloaded"};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(ends); i++) {
        struct kit *k = kit_seed();

        kit_send(k, "hello");
        kit_event(k, "s1", EV_CONTENT, .content = "hi");
        kit_pass(k, 10);
        kit_event(k, "s1", EV_ERROR, .error = ends[i]);
        kit_http_fail(k, OP_MESSAGE_SEND, 500);
        kit_pass(k, 1);
        assert_string_equal(draft(k), "");
        kit_messages(k, arrived, 3);
        assert_null(k->m->shown->sending);
        assert_int_equal(k->m->shown->turn, TURN_IDLE);
        assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 1);
        kit_free(k);
    }
}

/* The next message was typed when the stream had told of the end and the answer had not come. */
static void what_was_typed_before_a_refusal_came_goes_when_the_message_is_found(void **state) {
    struct kit *k = kit_seed();

    (void)state;
    kit_send(k, "hello");
    kit_event(k, "s1", EV_CONTENT, .content = "hi");
    kit_pass(k, 10);
    kit_event(k, "s1", EV_ERROR, .error = "request cancelled by user");
    kit_send(k, "and then");
    assert_int_equal(k->m->shown->n_queue, 1);
    kit_http_fail(k, OP_MESSAGE_SEND, 500);
    kit_pass(k, 1);
    kit_messages(k, arrived, 3);
    assert_int_equal(k->m->shown->n_queue, 0);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 2);
    kit_free(k);
}

static void a_refusal_before_any_turn_brings_the_text_back(void **state) {
    static const struct {
        int status;
        const char *text;
    } rows[] = {
        {401, "message send: server answered 401"},
        {500, "message send: server answered 500: session is currently processing another request"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct kit *k = kit_seed();

        kit_send(k, "hello");
        kit_pass(k, 10);
        kit_event(k, "s1", EV_ERROR, .error = "told on the stream as well");
        struct incoming *in = incoming_new(IN_FAIL, kit_last(k, OP_MESSAGE_SEND)->id);

        in->op = OP_MESSAGE_SEND;
        in->status = rows[i].status;
        (void)err_set(&in->err, RC_HTTP, rows[i].status, "%s", rows[i].text);
        kit_apply(k, in);
        assert_string_equal(draft(k), "hello");
        assert_null(k->m->shown->sending);
        kit_free(k);
    }
}

static void a_delta_without_an_id_that_complete_overtook_begins_no_turn(void **state) {
    struct kit *k = kit_seed();
    struct send_ack ack = {.message = {.id = "m4", .role = "user", .user_input = "one"}};

    (void)state;
    kit_send(k, "one");
    kit_event(k, "s1", EV_CONTENT, .content = "h");
    kit_event(k, "s1", EV_COMPLETE, .message_id = "m4", .content = "hi");
    kit_reply(k, OP_MESSAGE_SEND, &ack, 0);
    kit_event(k, "s1", EV_CONTENT, .content = "i");
    assert_int_equal(k->m->shown->turn, TURN_IDLE);
    kit_pass(k, 5000);
    kit_event(k, "s1", EV_CONTENT, .content = "somebody else asked");
    assert_int_equal(k->m->shown->turn, TURN_RUNNING);
    kit_free(k);
}

static void old_servers_say_in_a_message_that_a_key_is_missing(void **state) {
    struct kit *k = kit_online(one, 1);
    struct send_ack ack = {.message = {.id = "system-auth-prompt",
                                       .role = "assistant",
                                       .assistant_response = "please log in"}};

    (void)state;
    kit_send(k, "one");
    kit_reply(k, OP_MESSAGE_SEND, &ack, 0);
    assert_string_equal(draft(k), "one");
    assert_true(k->m->server.no_provider);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_synchronous_answer_ends_the_turn),
        cmocka_unit_test(a_complete_that_its_answer_overtook_ends_no_other_turn),
        cmocka_unit_test(the_refusal_that_ends_a_synchronous_turn_does_not_bring_the_text_back),
        cmocka_unit_test(what_was_typed_before_a_refusal_came_goes_when_the_message_is_found),
        cmocka_unit_test(a_refusal_before_any_turn_brings_the_text_back),
        cmocka_unit_test(a_delta_without_an_id_that_complete_overtook_begins_no_turn),
        cmocka_unit_test(old_servers_say_in_a_message_that_a_key_is_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
