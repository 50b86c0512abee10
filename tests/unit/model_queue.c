/* The queue as a person handles it: seen, changed, moved, taken out, brought back, sent now. */
#include "model_kit.h"

#include "mix/editor.h"
#include "mix/panel.h"

static const char *const one[] = {"s1"};
#define DIR_ "/s/http_localhost_8088/"

static struct model_config with_disk(void) {
    return (struct model_config){.url = "http://localhost:8088", .state_dir = "/s"};
}

static const char *posted(struct kit *k) {
    const struct request *r = kit_last(k, OP_MESSAGE_SEND);

    return r ? ((const struct message_send *)r->in)->text : NULL;
}

static void complete(struct kit *k) {
    kit_event(k, "s1", EV_COMPLETE, .content = "", .message_id = "mx", .done = true);
}

/* A turn runs, and three messages wait. */
static struct kit *waiting(void) {
    struct kit *k = kit_online_with(with_disk(), GEN_TOP, one, 1);
    struct send_ack ack = {.status = "processing", .session_id = "s1"};

    kit_pass(k, 2000);
    kit_send(k, "runs");
    kit_reply(k, OP_MESSAGE_SEND, &ack, 0);
    kit_send(k, "first");
    kit_send(k, "second");
    kit_send(k, "third");
    assert_int_equal(k->m->shown->n_queue, 3);
    return k;
}

static void is(const struct kit *k, const char *order) {
    struct buf all = {.max = 1000};

    for (size_t i = 0; i < k->m->shown->n_queue; i++)
        (void)buf_addf(&all, "%s%s", i > 0 ? " " : "", k->m->shown->queue[i].text);
    assert_string_equal(buf_str(&all), order);
    buf_fini(&all);
}

static uint32_t id_of(const struct kit *k, size_t at) { return k->m->shown->queue[at].id; }

static void key(struct kit *k, int c) {
    act_panel_key(k->m, c, k->fx);
    kit_step(k);
}

static void open_queue(struct kit *k) {
    act_panel_open(k->m, PANEL_QUEUE, k->fx);
    panel_fresh(k->m);
    assert_int_equal(panel_top(k->m)->id, PANEL_QUEUE);
}

static void choose(struct kit *k, const char *text) {
    struct panel *p = panel_top(k->m);

    panel_fresh(k->m);
    for (size_t i = 0; i < p->n_rows; i++)
        if (strstr(p->rows[i].value, text) || strstr(p->rows[i].label, text)) {
            p->cursor = i;
            return;
        }
    fail_msg("no row %s", text);
}

static void the_order_is_changed_by_keys_and_kept(void **state) {
    struct kit *k = waiting();

    (void)state;
    open_queue(k);
    choose(k, "third");
    key(k, 'K');
    key(k, 'K');
    is(k, "third first second");
    key(k, 'K'); /* it is the first already */
    is(k, "third first second");
    choose(k, "first");
    key(k, 'J');
    is(k, "third second first");
    kit_pass(k, 2000);
    const char *file = kit_file(k, DIR_ "drafts/s1");

    assert_true(strstr(file, "third") < strstr(file, "second"));
    assert_true(strstr(file, "second") < strstr(file, "\nfirst"));
    complete(k);
    kit_pass(k, 100);
    assert_string_equal(posted(k), "third");
    kit_free(k);
}

static void what_is_taken_out_comes_back_to_its_place(void **state) {
    struct kit *k = waiting();

    (void)state;
    open_queue(k);
    choose(k, "second");
    key(k, 'd');
    is(k, "first third");
    assert_string_equal(k->m->history[k->m->n_history - 1].text, "second");
    choose(k, "first");
    key(k, 'd');
    key(k, 'u');
    key(k, 'u');
    is(k, "first second third");
    key(k, 'u'); /* there is no more */
    is(k, "first second third");
    kit_free(k);
}

static void what_comes_back_alone_waits_for_a_key(void **state) {
    struct kit *k = waiting();

    (void)state;
    for (int i = 0; i < 3; i++)
        act_queue_delete(k->m, k->m->shown, id_of(k, 0), k->fx);
    kit_step(k);
    complete(k);
    act_queue_undo(k->m, k->m->shown, k->fx);
    kit_pass(k, 10000);
    is(k, "third");
    assert_true(k->m->shown->held);
    kit_free(k);
}

static void it_is_changed_in_its_place_and_the_draft_stays(void **state) {
    struct kit *k = waiting();

    (void)state;
    kit_type(k, "a draft");
    open_queue(k);
    choose(k, "first");
    key(k, 'e');
    assert_int_equal(panel_top(k->m)->id, PANEL_QUEUED);
    struct editor *e = panel_editor(k->m);

    assert_string_equal(buf_str(&e->text), "first");
    editor_insert(e, "!\nmore", 6);
    act_panel_changed(k->m, k->fx);
    complete(k); /* it is not sent half */
    kit_pass(k, 3000);
    assert_string_equal(posted(k), "runs");
    assert_string_equal(k->m->shown->queue[0].text, "first!\nmore");
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s1"), "first!\nmore")); /* as it is typed */
    act_panel_back(k->m);
    kit_pass(k, 1);
    kit_tick(k);
    assert_string_equal(posted(k), "first!\nmore");
    assert_string_equal(buf_str(&k->m->shown->draft.text), "a draft");
    kit_free(k);
}

static void one_that_was_emptied_is_gone(void **state) {
    struct kit *k = waiting();

    (void)state;
    open_queue(k);
    choose(k, "first");
    key(k, 'e');
    editor_set(panel_editor(k->m), " ");
    act_panel_changed(k->m, k->fx);
    act_panel_back(k->m);
    is(k, "second third");
    kit_free(k);
}

static void sent_now_cancels_waits_and_leaves_the_rest_held(void **state) {
    struct kit *k = waiting();

    (void)state;
    open_queue(k);
    choose(k, "third");
    key(k, 's');
    assert_null(kit_last(k, OP_SESSION_CANCEL)); /* asked: a turn is destroyed */
    panel_fresh(k->m);
    kit_paint(k);
    kit_pass(k, 100);
    key(k, 's'); /* too soon */
    assert_null(kit_last(k, OP_SESSION_CANCEL));
    kit_pass(k, 400);
    key(k, 's');
    assert_non_null(kit_last(k, OP_SESSION_CANCEL));
    assert_string_equal(posted(k), "runs"); /* not yet: the turn has to end */
    assert_string_equal(queue_state(k->m->shown, 2), "as soon as the turn has ended");
    kit_event(k, "s1", EV_ERROR, .error = "Request cancelled by user");
    kit_pass(k, 100);
    assert_string_equal(posted(k), "third");
    is(k, "first second");
    assert_true(k->m->shown->held);
    kit_free(k);
}

static void sent_now_waits_for_a_turn_that_does_not_say_that_it_ended(void **state) {
    struct kit *k = waiting();

    (void)state;
    act_queue_now(k->m, k->m->shown, id_of(k, 1), k->fx);
    kit_step(k);
    kit_pass(k, 3100); /* no answer, no event */
    assert_string_equal(posted(k), "runs");
    assert_int_equal(k->m->shown->turn, TURN_UNSURE);
    complete(k);
    kit_pass(k, 100);
    assert_string_equal(posted(k), "second");
    kit_free(k);
}

static void an_idle_session_sends_now_without_asking(void **state) {
    struct kit *k = waiting();

    (void)state;
    kit_event(k, "s1", EV_ERROR, .error = "broke");
    kit_pass(k, 100);
    assert_true(k->m->shown->held);
    open_queue(k);
    choose(k, "second");
    key(k, 's');
    assert_string_equal(posted(k), "second");
    is(k, "first third");
    kit_free(k);
}

static void a_held_queue_goes_on_by_a_key(void **state) {
    struct kit *k = waiting();

    (void)state;
    kit_event(k, "s1", EV_ERROR, .error = "broke");
    kit_pass(k, 10000);
    assert_string_equal(posted(k), "runs");
    open_queue(k);
    act_panel_retry(k->m, k->fx); /* r */
    kit_step(k);
    assert_string_equal(posted(k), "first");
    kit_free(k);
}

static void the_files_of_a_message_are_kept_with_it(void **state) {
    struct kit *k = waiting();
    struct session *s = k->m->shown;

    (void)state;
    kit_type(k, "look at @a.txt");
    editor_chip(&s->draft, CHIP_FILE, 8, 6, "/home/a.txt", 12);
    act_draft_changed(k->m, s);
    kit_pass(k, 2000);
    kit_restart(k, with_disk());
    s = k->m->shown;
    kit_list(k, one, 1);
    kit_pass(k, 100);
    for (size_t i = 0; i < k->m->n_sessions; i++)
        s = k->m->sessions[i];
    act_session_show(k->m, s, k->fx);
    kit_step(k);
    assert_string_equal(buf_str(&s->draft.text), "look at @a.txt");
    assert_int_equal(s->draft.n_chips, 1);
    assert_string_equal(s->draft.chips[0].path, "/home/a.txt");
    assert_int_equal(s->draft.chips[0].off, 8);
    assert_int_equal(s->n_queue, 3);
    assert_true(s->held);
    assert_true(editor_undo(&s->draft)); /* so does what can be undone */
    kit_free(k);
}

static void chips_of_a_file_edited_by_hand_stay_within_the_text(void **state) {
    static const char *const files[] = {
        "mixtui draft 1\nchip 1 99 4 1 2\n/a\ndraft 0 2\nab\nend\n",
        "mixtui draft 1\nchip 1 0 999999999 1 2\n/a\nqueue 2\nab\nend\n",
        "mixtui draft 1\nchip 7 0 1 1 2\n/a\ndraft 0 2\nab\nend\n",
        "mixtui draft 1\nchip 0 1 1 1 0\n\ndraft 0 3\na\303\251\nend\n", /* half a letter */
        "mixtui draft 1\nchip 1 2 1 1 2\n/a\nqueue 3\na\303\251\nend\n", /* its other half */
        "mixtui draft 1\nchip 1 0 2 1 2\n/a\nchip 1 1 1 1 2\n/b\nqueue 2\nab\nend\n",
        "mixtui draft 1\nchip 1 1 1 1 2\n/a\nchip 1 0 1 1 2\n/b\nqueue 2\nab\nend\n",
        "mixtui draft 1\nchip 1 0 1 1 0\n\ndraft 0 2\nab\nend\n",
        "mixtui draft 1\ndraft 0 2\nab\nundo 5\n\xff\xfe\001\002\003\nend\n",
        "mixtui draft 1\ndraft 0 2\nab\nundo 99999\nx\nend\n",
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(files); i++) {
        struct kit *k = kit_new_with(with_disk());

        kit_put_file(k, DIR_ "drafts/new", files[i]);
        kit_step(k);
        assert_int_equal(k->m->shown->draft.n_chips, 0);
        assert_true(k->m->shown->n_queue == 0 || k->m->shown->queue[0].n_chips == 0);
        kit_free(k);
    }
}

static void the_unread_line_stays_where_it_is_when_the_queue_drains(void **state) {
    struct kit *k = waiting();

    (void)state;
    k->m->shown->reading.unread = 1;
    complete(k);
    kit_pass(k, 100);
    assert_string_equal(posted(k), "first");
    assert_int_equal(k->m->shown->reading.unread, 1); /* nobody was there */
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_is_changed_by_keys_and_kept),
        cmocka_unit_test(what_is_taken_out_comes_back_to_its_place),
        cmocka_unit_test(what_comes_back_alone_waits_for_a_key),
        cmocka_unit_test(it_is_changed_in_its_place_and_the_draft_stays),
        cmocka_unit_test(one_that_was_emptied_is_gone),
        cmocka_unit_test(sent_now_cancels_waits_and_leaves_the_rest_held),
        cmocka_unit_test(sent_now_waits_for_a_turn_that_does_not_say_that_it_ended),
        cmocka_unit_test(an_idle_session_sends_now_without_asking),
        cmocka_unit_test(a_held_queue_goes_on_by_a_key),
        cmocka_unit_test(the_files_of_a_message_are_kept_with_it),
        cmocka_unit_test(chips_of_a_file_edited_by_hand_stay_within_the_text),
        cmocka_unit_test(the_unread_line_stays_where_it_is_when_the_queue_drains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
