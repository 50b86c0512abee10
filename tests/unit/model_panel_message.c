/* The details of one message, and what servers add to their answers. */
#include "panel_kit.h"

static const char *const ids[] = {"s1", "s2"};

static void load(struct kit *k, struct message *rows, size_t n) {
    act_refresh(k->m, k->fx);
    kit_step(k);
    struct incoming *in = incoming_new(IN_REPLY, kit_last(k, OP_MESSAGES_LIST)->id);

    in->op = OP_MESSAGES_LIST;
    in->status = 200;
    in->out = rows;
    in->n = n;
    kit_apply(k, in);
}

static void show(struct kit *k, size_t entry, struct message *rows, size_t n) {
    k->m->shown->reading.sel_entry = entry;
    open_panel(k, PANEL_MESSAGE);
    kit_reply(k, OP_MESSAGES_LIST, rows, n);
}

/* As the first servers have it: question and answer are called the same. */
static struct message rows[] = {
    {.id = "m1", .role = "user", .user_input = "what is it?"},
    {.id = "m1", .role = "assistant", .assistant_response = "a fish", .cache_read_tokens = 512},
};

static void question_and_answer_of_one_id_are_told_apart(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    load(k, rows, 2);
    show(k, 0, rows, 2);
    assert_row(k, "role", "user");
    assert_non_null(find_row(k, "what is it?"));
    assert_null(find_row(k, "a fish"));
    show(k, 1, rows, 2);
    assert_row(k, "role", "assistant");
    assert_row(k, "read from cache", "512");
    assert_row(k, "written to cache", "-");
    go_to(k, "read from cache");
    enter(k);
    assert_string_equal(k->fx->copy, "512");
    kit_free(k);
}

static void a_message_that_is_gone_says_so(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    load(k, rows, 2);
    show(k, 1, rows, 1);
    assert_non_null(find_row(k, "no more"));
    kit_free(k);
}

static void without_a_selected_message_nothing_is_asked(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    k->m->shown->reading.sel_entry = 1000;
    const size_t before = kit_count(k, OP_MESSAGES_LIST);

    open_panel(k, PANEL_MESSAGE);
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), before);
    assert_non_null(find_row(k, "Select a message"));
    kit_free(k);
}

static void a_list_in_pieces_is_searched_piece_by_piece(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    load(k, rows, 2);
    k->m->shown->reading.sel_entry = 1;
    open_panel(k, PANEL_MESSAGE);
    const uint32_t id = kit_last(k, OP_MESSAGES_LIST)->id;

    kit_reply_as(k, IN_ITEMS, id, OP_MESSAGES_LIST, rows, 2);
    assert_row(k, "role", "assistant");
    kit_reply_as(k, IN_REPLY, id, OP_MESSAGES_LIST, NULL, 0);
    assert_row(k, "role", "assistant");
    kit_free(k);
}

static const char *noted(const struct kit *k) {
    const struct transcript *t = &k->m->shown->transcript;

    return t->entries[t->n - 1].parts[0].text;
}

static void an_error_says_which_attempt_it_was_and_when_another_is_worth_it(void **state) {
    static const struct {
        enum ev kind;
        int64_t attempt, most, after;
        const char *text;
    } cases[] = {
        {EV_ERROR, 0, 0, 0, "no luck"},
        {EV_ERROR, 2, 8, 30, "Failed, attempt 2 of 8, worth another try in 0:30: no luck"},
        {EV_RATE_LIMIT, 0, 0, 60, "Rate limited, worth another try in 1:00: no luck"},
        {EV_RATE_LIMIT, 1, 0, 0, "Rate limited, attempt 1: no luck"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct kit *k = kit_online(ids, 2);

        kit_event(k, "s2", cases[i].kind, .error = "no luck", .attempt = cases[i].attempt,
                  .max_attempts = cases[i].most, .retry_after_s = cases[i].after);
        assert_string_equal(noted(k), cases[i].text);
        kit_free(k);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(question_and_answer_of_one_id_are_told_apart),
        cmocka_unit_test(a_message_that_is_gone_says_so),
        cmocka_unit_test(without_a_selected_message_nothing_is_asked),
        cmocka_unit_test(a_list_in_pieces_is_searched_piece_by_piece),
        cmocka_unit_test(an_error_says_which_attempt_it_was_and_when_another_is_worth_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
