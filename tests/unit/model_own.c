/* Two mixtui on one state directory, seen from one of them. */
#include "model_kit.h"

#include "mix/editor.h"

static const char *const two[] = {"s1", "s2"};
#define DIR_ "/s/http_localhost_8088/"

static struct model_config with_disk(void) {
    return (struct model_config){.url = "http://localhost:8088", .state_dir = "/s"};
}

static const char *draft(struct kit *k) { return buf_str(&k->m->shown->draft.text); }

static void other_has(struct kit *k, const char *name) {
    char path[200];

    snprintf(path, sizeof path, DIR_ "owners/%s", name);
    map_set(&k->others, path, (void *)(intptr_t)4711);
}

static void other_left(struct kit *k, const char *name) {
    char path[200];

    snprintf(path, sizeof path, DIR_ "owners/%s", name);
    map_del(&k->others, path);
}

static bool remembered(const struct kit *k, const char *text) {
    for (size_t i = 0; i < k->m->n_history; i++)
        if (strcmp(k->m->history[i].text, text) == 0)
            return true;
    return false;
}

static void show(struct kit *k, const char *id) {
    act_session_show(k->m, model_session(k->m, id), k->fx);
    kit_step(k);
}

static void looks(struct kit *k) {
    kit_pass(k, 2100);
    act_alive(k->m, k->fx);
    kit_step(k);
}

/* s1 is another's, with a draft and two that wait. */
static struct kit *looking_on(void) {
    struct kit *k = kit_online_with(with_disk(), GEN_TOP, two, 2);

    other_has(k, "s1");
    kit_put_file(k, DIR_ "drafts/s1",
                 "mixtui draft 1\ndraft 6 6\ntheirs\nqueue 3\none\nqueue 3\ntwo\nend\n");
    show(k, "s1");
    return k;
}

static void anothers_is_shown_and_left_alone(void **state) {
    struct kit *k = looking_on();
    struct session *s = k->m->shown;
    const size_t writes = k->n_writes;

    (void)state;
    assert_int_equal(s->own, OWN_OTHER);
    assert_non_null(strstr(s->owner, "4711"));
    assert_string_equal(draft(k), "theirs");
    assert_int_equal(s->n_queue, 2);
    kit_type(k, "x");
    assert_string_equal(draft(k), "theirs");
    assert_non_null(strstr(kit_notice(k), "Ctrl+X ="));
    act_send(k->m, k->fx);
    act_draft_clear(k->m);
    (void)act_history(k->m, -1);
    act_queue_go(k->m, s, k->fx);
    act_queue_delete(k->m, s, s->queue[0].id, k->fx);
    act_queue_move(k->m, s, s->queue[0].id, 1, k->fx);
    act_queue_now(k->m, s, s->queue[0].id, k->fx);
    act_send_text(k->m, "a plan goes on", k->fx);
    kit_pass(k, 60000);
    model_save_all(k->m, k->fx);
    kit_step(k);
    assert_string_equal(draft(k), "theirs");
    assert_int_equal(s->n_queue, 2);
    assert_null(kit_last(k, OP_MESSAGE_SEND));
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s1"), "theirs"));
    assert_in_range(k->n_writes, writes, writes + 4);    /* of the rest of the state */
    assert_int_equal(model_next_tick(k->m, k->now), -1); /* and nobody wakes up for it */
    kit_free(k);
}

static void its_changes_are_seen_when_somebody_is_there(void **state) {
    struct kit *k = looking_on();

    (void)state;
    kit_put_file(k, DIR_ "drafts/s1", "mixtui draft 1\ndraft 5 5\nother\nend\n");
    kit_pass(k, 60000);
    assert_string_equal(draft(k), "theirs"); /* nobody looked */
    looks(k);
    assert_string_equal(draft(k), "other");
    assert_int_equal(k->m->shown->n_queue, 0);
    kit_free(k);
}

static void what_it_left_is_taken_when_somebody_is_there(void **state) {
    struct kit *k = looking_on();

    (void)state;
    other_left(k, "s1");
    looks(k);
    assert_int_equal(k->m->shown->own, OWN_MINE);
    assert_string_equal(draft(k), "theirs");
    assert_int_equal(k->m->shown->n_queue, 2);
    assert_true(k->m->shown->held); /* nothing leaves by itself */
    kit_type(k, "ours!");
    kit_pass(k, 2000);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s1"), "\nours!"));
    kit_free(k);
}

static void it_is_taken_over_when_the_other_answers(void **state) {
    struct kit *k = looking_on();

    (void)state;
    act_take_over(k->m, k->m->shown, k->fx);
    kit_step(k);
    assert_int_equal(k->m->shown->own, OWN_OTHER);
    kit_put_file(k, DIR_ "drafts/s1", "mixtui draft 1\ndraft 5 5\nsaved\nend\n");
    other_left(k, "s1");
    kit_other_says(k, "gone s1 1-00000000");
    kit_step(k);
    assert_int_equal(k->m->shown->own, OWN_MINE);
    assert_string_equal(draft(k), "saved");
    kit_pass(k, 10000);
    assert_string_equal(draft(k), "saved");
    kit_free(k);
}

static void one_that_does_not_answer_loses_it(void **state) {
    struct kit *k = looking_on();

    (void)state;
    act_take_over(k->m, k->m->shown, k->fx);
    kit_step(k);
    kit_pass(k, 1900);
    assert_int_equal(k->m->shown->own, OWN_OTHER);
    kit_pass(k, 200);
    assert_int_equal(k->m->shown->own, OWN_MINE);
    assert_string_equal(draft(k), "theirs");
    kit_free(k);
}

static void what_was_typed_too_soon_is_in_the_history(void **state) {
    struct kit *k = kit_online_with(with_disk(), GEN_TOP, two, 2);

    (void)state;
    other_has(k, "s1");
    kit_put_file(k, DIR_ "drafts/s1", "mixtui draft 1\ndraft 6 6\ntheirs\nend\n");
    k->disk_slow = true;
    show(k, "s1");
    kit_type(k, "said at once");
    act_send(k->m, k->fx);
    kit_type(k, "and typed");
    k->disk_slow = false;
    kit_step(k);
    assert_string_equal(draft(k), "theirs");
    assert_true(remembered(k, "said at once"));
    assert_true(remembered(k, "and typed"));
    assert_null(k->m->shown->sending);
    kit_pass(k, 60000);
    assert_null(kit_last(k, OP_MESSAGE_SEND));
    kit_free(k);
}

static void one_that_is_asked_saves_and_lets_go(void **state) {
    struct kit *k = kit_online_with(with_disk(), GEN_TOP, two, 2);

    (void)state;
    show(k, "s1");
    kit_type(k, "just typed");
    kit_other_says(k, "take s1 9-00000001");
    kit_step(k);
    assert_int_equal(k->m->shown->own, OWN_OTHER);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s1"), "just typed"));
    assert_string_equal(draft(k), "just typed");
    kit_type(k, "x");
    assert_string_equal(draft(k), "just typed");
    kit_free(k);
}

static void a_message_that_waits_for_the_disk_goes_along(void **state) {
    struct kit *k = kit_online_with(with_disk(), GEN_TOP, two, 2);

    (void)state;
    show(k, "s1");
    kit_live(k, "s1");
    k->disk_slow = true;
    kit_send(k, "on its way");
    assert_true(k->m->shown->priv->leaving);
    kit_other_says(k, "take s1 9-00000001");
    k->disk_slow = false;
    kit_step(k);
    kit_pass(k, 60000);
    assert_null(kit_last(k, OP_MESSAGE_SEND));
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s1"), "queue 10\non its way"));
    assert_null(k->m->shown->sending);
    assert_int_equal(k->m->shown->turn, TURN_IDLE);
    kit_free(k);
}

static void what_was_posted_is_the_others_to_ask_about(void **state) {
    struct kit *k = kit_online_with(with_disk(), GEN_TOP, two, 2);
    struct send_ack ack = {.status = "processing", .session_id = "s1"};

    (void)state;
    show(k, "s1");
    kit_live(k, "s1");
    kit_send(k, "posted");
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 1);
    kit_other_says(k, "take s1 9-00000001");
    kit_step(k);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s1"), "sending 6"));
    kit_reply(k, OP_MESSAGE_SEND, &ack, 0);
    kit_pass(k, 5000);
    assert_null(k->m->shown->sending);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s1"), "sending 6")); /* not ours to change */
    kit_free(k);
}

static void one_that_lost_it_unawares_sends_nothing(void **state) {
    struct kit *k = kit_online_with(with_disk(), GEN_TOP, two, 2);

    (void)state;
    show(k, "s1");
    kit_live(k, "s1");
    kit_type(k, "mine");
    kit_pass(k, 2000);
    other_has(k, "s1"); /* by force, while we stood still */
    kit_put_file(k, DIR_ "drafts/s1", "mixtui draft 1\ndraft 6 6\ntheirs\nend\n");
    kit_type(k, "mine!");
    act_send(k->m, k->fx);
    kit_step(k);
    kit_pass(k, 60000);
    assert_null(kit_last(k, OP_MESSAGE_SEND));
    assert_int_equal(k->m->shown->own, OWN_OTHER);
    assert_string_equal(draft(k), "theirs");
    assert_true(remembered(k, "mine!"));
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s1"), "theirs"));
    kit_free(k);
}

static void after_a_pause_it_is_looked_whose_it_is(void **state) {
    struct kit *k = kit_online_with(with_disk(), GEN_TOP, two, 2);

    (void)state;
    show(k, "s1");
    kit_type(k, "mine");
    kit_pass(k, 60000);
    other_has(k, "s1");
    kit_put_file(k, DIR_ "drafts/s1", "mixtui draft 1\ndraft 6 6\ntheirs\nend\n");
    act_alive(k->m, k->fx); /* the first key after that */
    kit_step(k);
    assert_int_equal(k->m->shown->own, OWN_OTHER);
    assert_string_equal(draft(k), "theirs");
    assert_true(remembered(k, "mine"));
    kit_free(k);
}

static void each_has_a_new_session_of_its_own(void **state) {
    struct kit *k = kit_new_with(with_disk());

    (void)state;
    other_has(k, "new");
    kit_put_file(k, DIR_ "drafts/new", "mixtui draft 1\ndraft 6 6\ntheirs\nend\n");
    kit_step(k);
    assert_int_equal(k->m->shown->own, OWN_MINE);
    assert_string_equal(draft(k), "");
    kit_type(k, "mine");
    kit_pass(k, 2000);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/new~1"), "mine"));
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/new"), "theirs"));
    kit_restart(k, with_disk()); /* both are gone */
    other_left(k, "new");
    kit_restart(k, with_disk());
    kit_pass(k, 2000);
    assert_string_equal(draft(k), "theirs");
    assert_true(remembered(k, "mine"));
    assert_null(kit_file(k, DIR_ "drafts/new~1"));
    kit_free(k);
}

static void nonsense_in_the_fifo_is_nothing(void **state) {
    static const char *const lines[] = {"",         "take",      "take ",     "take s1",
                                        "take  x",  "gone s1 x", "give s1 x", "take s9 1-2",
                                        "take new", "gone "};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(lines); i++) {
        struct kit *k = kit_online_with(with_disk(), GEN_TOP, two, 2);

        show(k, "s1");
        kit_other_says(k, lines[i]);
        kit_step(k);
        assert_int_equal(k->m->shown->own, OWN_MINE);
        kit_free(k);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(anothers_is_shown_and_left_alone),
        cmocka_unit_test(its_changes_are_seen_when_somebody_is_there),
        cmocka_unit_test(what_it_left_is_taken_when_somebody_is_there),
        cmocka_unit_test(it_is_taken_over_when_the_other_answers),
        cmocka_unit_test(one_that_does_not_answer_loses_it),
        cmocka_unit_test(what_was_typed_too_soon_is_in_the_history),
        cmocka_unit_test(one_that_is_asked_saves_and_lets_go),
        cmocka_unit_test(a_message_that_waits_for_the_disk_goes_along),
        cmocka_unit_test(what_was_posted_is_the_others_to_ask_about),
        cmocka_unit_test(one_that_lost_it_unawares_sends_nothing),
        cmocka_unit_test(after_a_pause_it_is_looked_whose_it_is),
        cmocka_unit_test(each_has_a_new_session_of_its_own),
        cmocka_unit_test(nonsense_in_the_fifo_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
