/* Focus, overlays, confirmations, the way out. */
#include "model_kit.h"

static const char *const ids[] = {"s1", "s2"};

static void tab_visits_every_pane_but_the_permissions(void **state) {
    static const enum pane order[] = {PANE_FILES, PANE_SESSIONS, PANE_THREAD, PANE_COMPOSER};
    struct kit *k = kit_online(ids, 2);

    (void)state;
    assert_int_equal(k->m->ui.focus, PANE_COMPOSER);
    for (size_t i = 0; i < 2 * MIX_COUNT(order); i++) {
        act_focus_next(k->m, 1);
        assert_int_equal(k->m->ui.focus, order[i % MIX_COUNT(order)]);
        assert_int_equal(k->m->ui.drawer, k->m->ui.focus == PANE_FILES);
    }
    for (size_t i = MIX_COUNT(order) - 1; i-- > 0;) {
        act_focus_next(k->m, -1);
        assert_int_equal(k->m->ui.focus, order[i]);
    }
    kit_enter_asks(k);
    assert_true(k->m->ui.drawer);
    assert_int_equal(k->m->ui.before_asks, PANE_FILES);
    act_focus_next(k->m, 1);
    assert_int_equal(k->m->ui.focus, PANE_SESSIONS);
    kit_enter_asks(k);
    act_focus_next(k->m, -1);
    assert_int_equal(k->m->ui.focus, PANE_FILES);
    kit_free(k);
}

static void a_question_is_answered_by_the_same_key_400_ms_later(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    act_confirm(k->m, 7, "a.c", "Delete a.c?");
    assert_int_equal(k->m->ui.over, OVER_CONFIRM);
    assert_false(act_confirmed(k->m, 7, "a.c")); /* not painted yet */
    kit_pass(k, 1000);
    assert_false(act_confirmed(k->m, 7, "a.c"));
    kit_paint(k);
    kit_pass(k, 399);
    assert_false(act_confirmed(k->m, 7, "a.c"));
    kit_pass(k, 1);
    assert_false(act_confirmed(k->m, 8, "a.c"));
    assert_false(act_confirmed(k->m, 7, "b.c"));
    assert_int_equal(k->m->ui.over, OVER_CONFIRM);
    assert_true(act_confirmed(k->m, 7, "a.c"));
    assert_int_equal(k->m->ui.over, OVER_NONE);
    assert_false(act_confirmed(k->m, 7, "a.c")); /* once */
    kit_free(k);
}

static void another_overlay_takes_the_question_back(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    act_confirm(k->m, 7, "a.c", "Delete a.c?");
    kit_paint(k);
    act_over(k->m, OVER_THEMES);
    act_over_close(k->m);
    kit_pass(k, 1000);
    assert_false(act_confirmed(k->m, 7, "a.c"));
    act_confirm(k->m, 7, "a.c", "Delete a.c?"); /* asked again: it has to be painted again */
    assert_false(act_confirmed(k->m, 7, "a.c"));
    act_confirm(k->m, 8, k->m->ui.confirm_object, k->m->ui.confirm_text);
    assert_string_equal(k->m->ui.confirm_object, "a.c");
    assert_string_equal(k->m->ui.confirm_text, "Delete a.c?");
    kit_free(k);
}

static void quit_asks_only_when_agents_work(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    act_quit(k->m, k->fx);
    assert_true(k->fx->quit);
    k->fx->quit = false;
    kit_send(k, "go");
    assert_true(model_working(k->m) > 0);
    act_quit(k->m, k->fx);
    assert_false(k->fx->quit);
    assert_int_equal(k->m->ui.over, OVER_QUIT);
    kit_paint(k);
    for (int i = 0; i < 13; i++) { /* a held key is not a second one */
        act_quit(k->m, k->fx);
        assert_false(k->fx->quit);
        kit_pass(k, 30);
    }
    kit_pass(k, 10);
    act_quit(k->m, k->fx);
    assert_true(k->fx->quit);
    kit_free(k);
}

static void suspending_asks_once_and_is_answered_by_itself(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    act_suspend(k->m, k->fx);
    assert_true(k->fx->suspend); /* nobody works */
    k->fx->suspend = false;
    kit_send(k, "go");
    act_suspend(k->m, k->fx);
    assert_false(k->fx->suspend);
    assert_int_equal(k->m->ui.over, OVER_QUIT);
    assert_int_equal(k->m->ui.leaving, LEAVE_SUSPEND);
    act_suspend(k->m, k->fx); /* not painted yet */
    assert_false(k->fx->suspend);
    kit_paint(k);
    kit_pass(k, 399);
    act_suspend(k->m, k->fx);
    assert_false(k->fx->suspend);
    act_over_close(k->m); /* staying is no answer for the next time */
    act_suspend(k->m, k->fx);
    kit_paint(k);
    kit_pass(k, 400);
    act_suspend(k->m, k->fx);
    assert_true(k->fx->suspend);
    assert_int_equal(k->m->ui.over, OVER_NONE);
    k->fx->suspend = false;
    act_suspend(k->m, k->fx);
    assert_true(k->fx->suspend);
    kit_free(k);
}

static void the_question_about_quitting_becomes_one_about_suspending(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    kit_send(k, "go");
    act_quit(k->m, k->fx);
    kit_paint(k);
    kit_pass(k, 400);
    act_suspend(k->m, k->fx);
    assert_false(k->fx->suspend);
    assert_int_equal(k->m->ui.leaving, LEAVE_SUSPEND);
    act_suspend(k->m, k->fx); /* the new words were not painted yet */
    act_quit(k->m, k->fx);
    assert_false(k->fx->suspend || k->fx->quit);
    kit_paint(k);
    kit_pass(k, 400);
    act_suspend(k->m, k->fx);
    assert_true(k->fx->suspend);
    kit_free(k);
}

static void a_form_is_not_lost_to_the_question_of_a_suspend(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    kit_send(k, "go");
    act_over(k->m, OVER_THEMES);
    act_suspend(k->m, k->fx);
    assert_true(k->fx->suspend);
    assert_int_equal(k->m->ui.over, OVER_THEMES);
    kit_free(k);
}

static void only_what_outlives_a_disconnect_is_kept(void **state) {
    static const struct {
        bool sync, demo, works, keeps;
    } rows[] = {
        {false, false, true, true},
        {true, false, true, false},
        {false, true, true, false},
        {false, false, false, false},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct kit *k = kit_online(ids, 2);

        if (rows[i].works)
            kit_send(k, "go");
        k->m->server.caps.sync_send = rows[i].sync;
        k->m->server.demo = rows[i].demo;
        assert_int_equal(model_keepable(k->m), rows[i].keeps);
        act_keep(k->m, k->fx); /* nobody was asked */
        assert_false(k->fx->keep || k->fx->quit);
        act_over(k->m, OVER_QUIT);
        kit_paint(k);
        act_keep(k->m, k->fx);
        assert_false(k->fx->keep || k->fx->quit);
        kit_pass(k, 400);
        act_keep(k->m, k->fx);
        assert_int_equal(k->fx->keep && k->fx->quit, rows[i].keeps);
        kit_free(k);
    }
}

static void only_what_changes_is_drawn_again(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    act_resize(k->m, 100, 30);
    uint64_t rev = k->m->rev;

    act_resize(k->m, 100, 30);
    act_focus(k->m, k->m->ui.focus);
    assert_int_equal(k->m->rev, rev);
    act_resize(k->m, 100, 31);
    assert_int_not_equal(k->m->rev, rev);
    act_theme(k->m, "dark", k->fx);
    assert_true(k->fx->theme_changed);
    assert_true(k->m->ui.theme_chosen);
    assert_string_equal(k->m->ui.theme, "dark");
    k->fx->theme_changed = false;
    act_theme(k->m, "dark", k->fx);
    assert_false(k->fx->theme_changed);
    kit_free(k);
}

static void a_prompt_stays_armed_when_its_menu_closes(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    kit_event(k, "s2", EV_PERMISSION, .id = "p1", .session_id = "s2", .tool_name = "Bash",
              .params_raw = "{\"command\":\"make\"}");
    kit_enter_asks(k);
    kit_paint(k);
    kit_pass(k, 1000);
    const struct ask *a = model_selected_ask(k->m);

    assert_true(ask_armed(k->m, a, k->now));
    k->m->ui.menu_pane = PANE_PERMISSIONS;
    act_over(k->m, OVER_MENU);
    assert_false(ask_armed(k->m, a, k->now)); /* the menu arms it anew */
    kit_paint(k);
    kit_pass(k, 400);
    assert_false(ask_armed(k->m, a, k->now)); /* nothing was moved yet */
    k->m->ui.menu_moved = true;
    assert_true(ask_armed(k->m, a, k->now));
    act_over_close(k->m);
    assert_true(ask_armed(k->m, a, k->now));
    act_over(k->m, OVER_THEMES);
    act_over_close(k->m);
    assert_false(ask_armed(k->m, a, k->now)); /* it was out of sight */
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tab_visits_every_pane_but_the_permissions),
        cmocka_unit_test(a_question_is_answered_by_the_same_key_400_ms_later),
        cmocka_unit_test(another_overlay_takes_the_question_back),
        cmocka_unit_test(quit_asks_only_when_agents_work),
        cmocka_unit_test(suspending_asks_once_and_is_answered_by_itself),
        cmocka_unit_test(the_question_about_quitting_becomes_one_about_suspending),
        cmocka_unit_test(a_form_is_not_lost_to_the_question_of_a_suspend),
        cmocka_unit_test(only_what_outlives_a_disconnect_is_kept),
        cmocka_unit_test(only_what_changes_is_drawn_again),
        cmocka_unit_test(a_prompt_stays_armed_when_its_menu_closes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
