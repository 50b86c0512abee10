/* A draft in $EDITOR: nothing else changes it, and what the editor wrote finds its way back. */
#include "mix/complete.h"
#include "mix/editor.h"
#include "model_kit.h"

static const char *const two[] = {"s1", "s2"};

static const char *draft(const struct kit *k) { return buf_str(&k->m->shown->draft.text); }

static void type(struct kit *k, const char *text) {
    assert_true(editor_insert(&k->m->shown->draft, text, strlen(text)));
    act_draft_changed(k->m, k->m->shown);
}

static void leave(struct kit *k) {
    act_editor(k->m, k->fx);
    assert_non_null(k->fx->edit);
    free(TAKE(k->fx->edit));
    kit_step(k);
}

static bool remembered(const struct kit *k, const char *text) {
    for (size_t i = 0; i < k->m->n_history; i++)
        if (strcmp(k->m->history[i].text, text) == 0)
            return true;
    return false;
}

static void a_session_that_was_created_meanwhile_gets_its_draft(void **state) {
    struct kit *k = kit_online(NULL, 0);
    struct session_data data = {.id = "n1", .title = "first", .created_at = 5};

    (void)state;
    kit_send(k, "first");
    leave(k);
    assert_ptr_equal(model_away(k->m), k->m->fresh);
    kit_reply(k, OP_SESSION_CREATE, &data, 0);
    assert_null(k->m->fresh);
    assert_ptr_equal(model_away(k->m), model_session(k->m, "n1"));
    act_editor_done(k->m, model_away(k->m), "the next");
    assert_string_equal(draft(k), "the next");
    assert_null(model_away(k->m));
    kit_free(k);
}

static void of_a_draft_that_was_taken_over_the_text_is_in_the_history(void **state) {
    struct kit *k = kit_online_with(
        (struct model_config){.url = "http://localhost:8088", .state_dir = "/s"}, GEN_TOP, two, 2);

    (void)state;
    act_session_show(k->m, model_session(k->m, "s1"), k->fx);
    kit_step(k);
    type(k, "mine");
    kit_pass(k, 2000);
    leave(k);
    map_set(&k->others, "/s/http_localhost_8088/owners/s1", (void *)(intptr_t)4711);
    kit_other_says(k, "take s1 9-00000001");
    kit_step(k);
    assert_int_equal(k->m->shown->own, OWN_OTHER);
    act_editor_done(k->m, model_away(k->m), "mine and what was written there");
    assert_true(remembered(k, "mine and what was written there"));
    kit_free(k);
}

static void files_prompts_and_quotations_wait_until_it_is_back(void **state) {
    const struct file_info uploaded = {.name = "a.png", .url = "http://x/a.png"};
    struct kit *k = kit_online(two, 2);

    (void)state;
    type(k, "before");
    leave(k);
    act_attach(k->m, "/home/me/x", NULL);
    act_attach(k->m, NULL, &uploaded);
    prompt_take(k->m, "an old one");
    assert_string_equal(draft(k), "before");
    assert_int_equal(k->m->shown->draft.n_chips, 0);
    assert_non_null(strstr(kit_notice(k), "$EDITOR"));
    act_editor_done(k->m, model_away(k->m), "after");
    act_attach(k->m, NULL, &uploaded);
    assert_string_equal(draft(k), "after @a.png ");
    kit_free(k);
}

static void an_empty_one_is_not_filled_behind_its_back(void **state) {
    struct kit *k = kit_online(two, 2);
    struct session *s = k->m->shown;

    (void)state;
    (void)queue_add(k->m, s, 0, "waits", &s->options);
    s->held = true;
    leave(k);
    act_queue_drop(k->m, s, 0, k->fx);
    assert_string_equal(draft(k), "");
    assert_int_equal(s->n_queue, 0);
    act_editor_done(k->m, s, "written there");
    assert_string_equal(draft(k), "written there");
    act_queue_undo(k->m, s, k->fx); /* and what was taken out can be had back */
    assert_string_equal(s->queue[0].text, "waits");
    kit_free(k);
}

static void a_list_of_completions_goes_with_it(void **state) {
    struct kit *k = kit_online(two, 2);

    (void)state;
    act_focus(k->m, PANE_COMPOSER);
    type(k, "/he");
    act_complete_typed(k->m, k->fx);
    assert_non_null(complete_shown(k->m));
    leave(k);
    assert_null(complete_shown(k->m));
    act_complete_accept(k->m, k->fx);
    assert_string_equal(draft(k), "/he");
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_that_was_created_meanwhile_gets_its_draft),
        cmocka_unit_test(of_a_draft_that_was_taken_over_the_text_is_in_the_history),
        cmocka_unit_test(files_prompts_and_quotations_wait_until_it_is_back),
        cmocka_unit_test(a_list_of_completions_goes_with_it),
        cmocka_unit_test(an_empty_one_is_not_filled_behind_its_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
