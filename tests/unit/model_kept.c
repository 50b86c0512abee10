/* Nothing typed is lost, the awkward cases: what is deleted before its draft was read, what is sent
 * before that, and what is on disk when a message leaves. */
#include "model_kit.h"

static const char *const two[] = {"s1", "s2"};
#define DIR_ "/s/http_localhost_8088/"

static struct model_config with_disk(void) {
    return (struct model_config){.url = "http://localhost:8088", .state_dir = "/s"};
}

static struct kit *online(void) { return kit_online_with(with_disk(), GEN_TOP, two, 2); }

static bool remembered(const struct kit *k, const char *text) {
    for (size_t i = 0; i < k->m->n_history; i++)
        if (strcmp(k->m->history[i], text) == 0)
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draft_that_was_never_shown_outlives_its_session),
        cmocka_unit_test(a_session_deleted_while_its_draft_is_read_leaves_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
