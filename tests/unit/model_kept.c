/* Nothing typed is lost, the awkward cases: what is deleted before its draft was read, what is sent
 * before that, and what is on disk when a message leaves. */
#include "model_kit.h"

#include "mix/editor.h"

static const char *const two[] = {"s1", "s2"};
#define DIR_ "/s/http_localhost_8088/"

static struct model_config with_disk(void) {
    return (struct model_config){.url = "http://localhost:8088", .state_dir = "/s"};
}

static struct kit *online(void) { return kit_online_with(with_disk(), GEN_TOP, two, 2); }

static bool remembered(const struct kit *k, const char *text) {
    for (size_t i = 0; i < k->m->n_history; i++)
        if (strcmp(k->m->history[i].text, text) == 0)
            return true;
    return false;
}

/* ---- deleted ---- */
static const char old_file[] = "mixtui draft 1\ndraft 3 3\nold\nqueue 5\nlater\nend\n";

static void a_draft_that_was_never_shown_outlives_its_session(void **state) {
    struct kit *k = online(); /* s2 is shown, the draft of s1 is only on disk */

    (void)state;
    kit_put_file(k, DIR_ "drafts/s1", old_file);
    kit_event(k, "s2", EV_SESSION_DELETED, .session_id = "s1");
    assert_null(model_session(k->m, "s1"));
    assert_true(remembered(k, "old"));
    assert_true(remembered(k, "later"));
    assert_non_null(strstr(kit_file(k, DIR_ "history"), "old\n"));
    assert_null(kit_file(k, DIR_ "drafts/s1"));
    kit_free(k);
}

static void a_session_deleted_while_its_draft_is_read_leaves_it(void **state) {
    struct kit *k = online();

    (void)state;
    kit_put_file(k, DIR_ "drafts/s1", old_file);
    k->disk_slow = true;
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    kit_step(k);
    kit_type(k, "new words");
    kit_event(k, "s1", EV_SESSION_DELETED, .session_id = "s1");
    k->disk_slow = false;
    kit_step(k);
    assert_true(remembered(k, "new words"));
    assert_true(remembered(k, "old"));
    assert_true(remembered(k, "later"));
    assert_null(kit_file(k, DIR_ "drafts/s1"));
    kit_free(k);
}

static void half_a_message_never_ends_in_another_session(void **state) {
    struct kit *k = online();

    (void)state;
    kit_type(k, "half a mess");
    act_focus(k->m, PANE_SESSIONS);
    kit_event(k, "s1", EV_SESSION_DELETED, .session_id = "s2");
    assert_ptr_equal(k->m->shown, k->m->fresh);
    assert_string_equal(buf_str(&k->m->shown->draft.text), "half a mess");
    assert_true(remembered(k, "half a mess"));
    assert_int_equal(k->m->ui.focus, PANE_SESSIONS); /* nor do keys mean something else */
    kit_event(k, "s1", EV_SESSION_DELETED, .session_id = "s1");
    assert_string_equal(buf_str(&k->m->shown->draft.text), "half a mess");
    assert_int_equal(k->m->ui.focus, PANE_SESSIONS);
    kit_pass(k, 1000);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/new"), "half a mess"));
    kit_free(k);
}

static void an_answer_nobody_waits_for_any_more_is_kept(void **state) {
    struct kit *k = online();

    (void)state;
    kit_event(k, "s2", EV_NOTIFICATION, .id = "q1", .session_id = "s2", .response_type = "text",
              .message = "Which?", .timeout_s = 10);
    assert_true(editor_insert(&k->m->asks[0]->reply, "the long one", 12));
    kit_pass(k, 30000);
    assert_int_equal(k->m->asks[0]->state, ASK_EXPIRED);
    kit_pass(k, 90000);
    assert_int_equal(k->m->n_asks, 0);
    assert_true(remembered(k, "the long one"));
    kit_event(k, "s2", EV_NOTIFICATION, .id = "q2", .session_id = "s2", .response_type = "text",
              .message = "Which?", .timeout_s = 10);
    assert_true(editor_insert(&k->m->asks[0]->reply, "another", 7));
    model_save_all(k->m, k->fx);
    kit_step(k);
    assert_non_null(strstr(kit_file(k, DIR_ "history"), "another\n"));
    kit_free(k);
}

/* ---- leaving ---- */
static const struct message_send *sent(struct kit *k) {
    const struct request *r = kit_last(k, OP_MESSAGE_SEND);

    return r ? r->in : NULL;
}

static void a_message_leaves_when_it_is_on_disk(void **state) {
    struct kit *k = online();

    (void)state;
    kit_pass(k, 2000);
    k->disk_slow = true;
    kit_send(k, "hello");
    kit_pass(k, 500);
    assert_null(sent(k));
    kit_disk(k);
    kit_step(k);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s2"), "sending 5 2\nhelloh2\n"));
    assert_string_equal(sent(k)->text, "hello");
    assert_int_equal(k->m->shown->sent, SENT_POSTED);
    kit_free(k);
}

static void a_full_disk_does_not_silence_anybody(void **state) {
    struct kit *k = online();

    (void)state;
    k->disk_full = true;
    kit_send(k, "hello");
    assert_string_equal(sent(k)->text, "hello");
    assert_true(remembered(k, "hello"));
    kit_free(k);
}

static void what_waits_for_the_disk_can_be_taken_back(void **state) {
    struct kit *k = online();

    (void)state;
    kit_pass(k, 2000);
    k->disk_slow = true;
    kit_send(k, "hello");
    act_session_cancel(k->m, k->m->shown, k->fx);
    kit_step(k);
    k->disk_slow = false;
    kit_step(k);
    assert_null(sent(k));
    assert_string_equal(buf_str(&k->m->shown->draft.text), "hello");
    kit_pass(k, 1000);
    const char *start = "mixtui draft 1\ndraft 5 5\nhello\n";

    assert_memory_equal(kit_file(k, DIR_ "drafts/s2"), start, strlen(start));
    kit_free(k);
}

static void a_stream_lost_while_the_disk_writes_is_waited_for(void **state) {
    struct kit *k = online();

    (void)state;
    kit_pass(k, 2000);
    k->disk_slow = true;
    kit_send(k, "hello");
    kit_link_as(k, "s2", LINK_RETRYING, true);
    k->disk_slow = false;
    kit_step(k);
    assert_null(sent(k));
    kit_live(k, "s2");
    assert_string_equal(sent(k)->text, "hello");
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 1);
    kit_free(k);
}

/* What an earlier run sent without hearing of it comes first. */
static void a_send_waits_until_the_draft_file_was_read(void **state) {
    struct kit *k = online();

    (void)state;
    kit_put_file(k, DIR_ "drafts/s1", "mixtui draft 1\nsending 5 2\nhellom9\nend\n");
    kit_live(k, "s1");
    k->disk_slow = true;
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    kit_step(k);
    kit_send(k, "new words");
    kit_pass(k, 500);
    assert_null(sent(k));
    k->disk_slow = false;
    kit_step(k);
    assert_null(sent(k));
    assert_string_equal(k->m->shown->sending, "hello");
    assert_int_equal(k->m->shown->n_queue, 1);
    assert_string_equal(k->m->shown->queue[0].text, "new words");
    kit_free(k);
}

/* A draft's file is read whole, 16 MiB at most: a longer queue would not come back. */
static void a_queue_is_never_longer_than_what_can_be_read(void **state) {
    struct kit *k = online();
    char *text = xmalloc(1 << 20);

    (void)state;
    memset(text, 'a', (1 << 20) - 1);
    text[(1 << 20) - 1] = '\0';
    for (int i = 0; i < 20; i++)
        kit_send(k, text);
    assert_in_range(k->m->shown->n_queue, 7, 8);
    assert_int_equal(k->m->shown->draft.text.n, (1 << 20) - 1);
    kit_pass(k, 2000);
    assert_true(strlen(kit_file(k, DIR_ "drafts/s2")) < 12 << 20);
    free(text);
    kit_free(k);
}

/* ---- two at once ---- */
static const char theirs[] = "mixtui draft 1\ndraft 6 6\ntheirs\nqueue 4\nmine\nend\n";

static void what_another_one_wrote_is_not_overwritten_unread(void **state) {
    struct kit *k = online();

    (void)state;
    kit_type(k, "my words");
    kit_pass(k, 1000);
    kit_put_file(k, DIR_ "drafts/s2", theirs);
    kit_type(k, "mine");
    kit_pass(k, 1000);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s2"), "draft 4 4\nmine\n"));
    assert_true(remembered(k, "theirs"));
    assert_false(remembered(k, "mine"));
    assert_false(remembered(k, "my words"));
    assert_non_null(strstr(kit_notice(k), "Another mixtui"));
    kit_free(k);
}

static void a_draft_that_is_only_looked_at_is_not_written(void **state) {
    struct kit *k = online();

    (void)state;
    kit_put_file(k, DIR_ "drafts/s1", old_file);
    kit_pass(k, 5000);
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    kit_step(k);
    assert_string_equal(buf_str(&k->m->shown->draft.text), "old");
    kit_put_file(k, DIR_ "drafts/s1", theirs);
    kit_pass(k, 5000);
    model_save_all(k->m, k->fx);
    kit_step(k);
    assert_string_equal(kit_file(k, DIR_ "drafts/s1"), theirs);
    kit_free(k);
}

static void ones_own_writes_are_no_strangers(void **state) {
    struct kit *k = online();

    (void)state;
    for (int i = 0; i < 20; i++) {
        char text[16];

        k->disk_slow = i % 5 > 1;
        k->disk_full = i % 3 == 2;
        snprintf(text, sizeof text, "words %d", i);
        kit_type(k, text);
        kit_pass(k, 1100);
    }
    k->disk_slow = k->disk_full = false;
    kit_step(k);
    kit_pass(k, 10000);
    assert_non_null(strstr(kit_file(k, DIR_ "drafts/s2"), "words 19"));
    assert_int_equal(k->m->n_history, 0);
    kit_free(k);
}

static void a_new_session_takes_nobody_elses_draft_away(void **state) {
    struct kit *k = kit_online_with(with_disk(), GEN_TOP, NULL, 0);
    struct session_data data = {.id = "n1", .title = "x", .created_at = 5};

    (void)state;
    kit_type(k, "hello");
    kit_pass(k, 1000);
    kit_send(k, "hello");
    kit_pass(k, 1000);
    kit_put_file(k, DIR_ "drafts/new", theirs);
    kit_reply(k, OP_SESSION_CREATE, &data, 0);
    assert_null(kit_file(k, DIR_ "drafts/new"));
    assert_true(remembered(k, "theirs"));
    kit_free(k);
}

/* ---- leaving the program ---- */
static void quitting_asks_while_the_disk_refuses(void **state) {
    struct kit *k = online();

    (void)state;
    k->disk_full = true;
    kit_type(k, "precious");
    kit_pass(k, 1000);
    assert_int_equal(model_unsaved(k->m), 1);
    act_quit(k->m, k->fx);
    assert_false(k->fx->quit);
    assert_int_equal(k->m->ui.over, OVER_QUIT);
    act_over_close(k->m);
    k->disk_full = false;
    kit_pass(k, 5000);
    assert_int_equal(model_unsaved(k->m), 0);
    act_quit(k->m, k->fx);
    assert_true(k->fx->quit);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draft_that_was_never_shown_outlives_its_session),
        cmocka_unit_test(a_session_deleted_while_its_draft_is_read_leaves_it),
        cmocka_unit_test(half_a_message_never_ends_in_another_session),
        cmocka_unit_test(an_answer_nobody_waits_for_any_more_is_kept),
        cmocka_unit_test(a_message_leaves_when_it_is_on_disk),
        cmocka_unit_test(a_full_disk_does_not_silence_anybody),
        cmocka_unit_test(what_waits_for_the_disk_can_be_taken_back),
        cmocka_unit_test(a_stream_lost_while_the_disk_writes_is_waited_for),
        cmocka_unit_test(a_send_waits_until_the_draft_file_was_read),
        cmocka_unit_test(a_queue_is_never_longer_than_what_can_be_read),
        cmocka_unit_test(what_another_one_wrote_is_not_overwritten_unread),
        cmocka_unit_test(a_draft_that_is_only_looked_at_is_not_written),
        cmocka_unit_test(ones_own_writes_are_no_strangers),
        cmocka_unit_test(quitting_asks_while_the_disk_refuses),
        cmocka_unit_test(a_new_session_takes_nobody_elses_draft_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
