/* Moving by messages, calls, errors, marks and the first unread one; places over restarts; the list
 * of messages. */
#include "panel_kit.h"
#include "model_rows.h"

#include "mix/copy.h"
#include "mix/editor.h"

#include <time.h>

static const char *const ids[] = {"s1", "s2"};
static const struct given day[] = {
    {.id = "m1", .role = "user", .text = "# Begin\nwith this"},
    {.id = "m2",
     .role = "assistant",
     .text = "",
     .thinking = "hm",
     .call = "c1",
     .input = "{}",
     .result = "fine"},
    {.id = "m3",
     .role = "assistant",
     .text = "Then that.",
     .call = "c2",
     .input = "{\"command\":\"false\"}",
     .result = "no",
     .is_error = true},
    {.id = "m4", .role = "user", .text = "Go on"},
    {.id = "m5", .role = "assistant", .text = "Done.", .call = "c3", .input = "{}", .result = "ok"},
};

static void give(struct kit *k, const struct given *rows, size_t n) {
    const struct request *r = kit_last(k, OP_MESSAGES_LIST);
    struct incoming *in = incoming_new(IN_REPLY, r->id);

    in->op = OP_MESSAGES_LIST;
    in->status = 200;
    in->out = chunk(&in->arena, rows, n);
    in->n = n;
    kit_apply(k, in);
}

static const struct model_config kept = {.url = "http://localhost:8088", .state_dir = "/state"};
static const char places_file[] = "/state/http_localhost_8088/places";

static void show(struct kit *k, const char *id) {
    act_session_show(k->m, model_session(k->m, id), k->fx);
    kit_step(k);
}

static void open_day(struct kit *k) {
    show(k, "s1");
    kit_live(k, "s1");
    give(k, day, MIX_COUNT(day));
    act_focus(k->m, PANE_THREAD);
}

static struct kit *begin(void) {
    struct kit *k = kit_online_with(kept, GEN_TOP, ids, 2);

    open_day(k);
    return k;
}

/* As the layout does it: the top of the screen is where the move went. */
static void settle(struct kit *k) {
    struct reading *r = &k->m->shown->reading;

    if (r->move == MOVE_TO) {
        r->entry = r->to_entry;
        r->piece = r->to_part == SIZE_MAX ? 0 : r->to_part + 1;
        r->top_off = r->to_off;
        r->top_result = r->to_result;
    }
    r->move = MOVE_NONE;
    kit_paint(k);
    kit_pass(k, 1);
}

static void stand(struct kit *k, size_t entry, size_t part) {
    struct reading *r = &k->m->shown->reading;

    r->follow = false;
    r->entry = r->sel_entry = entry;
    r->sel_part = part;
    r->piece = part + 1;
}

/* ---- moving ---- */

static const struct {
    enum goal goal;
    int by;
    size_t entry, part; /* from */
    const char *to;     /* entry.part, or what is said */
} moves[] = {
    {GOAL_PERSON, 1, 0, 0, "3.0"},
    {GOAL_PERSON, 1, 2, 1, "3.0"},
    {GOAL_PERSON, 1, 3, 0, "No later message of yours"},
    {GOAL_PERSON, -1, 4, 1, "3.0"},
    {GOAL_PERSON, -1, 3, 0, "0.0"},
    {GOAL_PERSON, -1, 0, 0, "No earlier message of yours"},
    {GOAL_CALL, 1, 0, 0, "1.1"},
    {GOAL_CALL, 1, 1, 1, "2.1"},
    {GOAL_CALL, 1, 4, 1, "No later tool call"},
    {GOAL_CALL, -1, 4, 1, "2.1"},
    {GOAL_CALL, -1, 1, 0, "No earlier tool call"},
    {GOAL_ERROR, 1, 0, 0, "2.1"},
    {GOAL_ERROR, 1, 2, 1, "No later error"},
    {GOAL_ERROR, -1, 4, 0, "2.1"},
    {GOAL_ERROR, -1, 2, 1, "No earlier error"},
    {GOAL_UNREAD, 1, 0, 0, "Nothing came while you were away"},
    {GOAL_MARK, 1, 0, 0, "Nothing is marked here: * sets a mark"},
};

static void one_goes_to_the_next_of_a_kind(void **state) {
    struct kit *k = begin();
    const struct reading *r = &k->m->shown->reading;

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(moves); i++) {
        char got[80];

        stand(k, moves[i].entry, moves[i].part);
        act_goal(k->m, moves[i].goal, moves[i].by);
        if (r->move == MOVE_TO)
            snprintf(got, sizeof got, "%zu.%zu", r->sel_entry, r->sel_part);
        else
            snprintf(got, sizeof got, "%s", k->m->notices[k->m->n_notices - 1].text);
        assert_string_equal(got, moves[i].to);
        settle(k);
    }
    kit_free(k);
}

static void an_error_of_a_turn_is_an_error(void **state) {
    struct kit *k = begin();
    const struct reading *r = &k->m->shown->reading;

    (void)state;
    kit_event(k, "s1", EV_ERROR, .error = "out of money");
    stand(k, 4, 0);
    act_goal(k->m, GOAL_ERROR, 1);
    assert_int_equal(r->sel_entry, 5);
    kit_event(k, "s1", EV_CONTENT, .message_id = "m9", .content = "again");
    kit_event(k, "s1", EV_ERROR, .error = "request cancelled by user");
    settle(k);
    act_goal(k->m, GOAL_ERROR, 1); /* to be cancelled is none */
    assert_int_equal(r->sel_entry, 5);
    kit_free(k);
}

/* ---- marks ---- */

static void marks_are_set_taken_away_and_walked(void **state) {
    struct kit *k = begin();
    const struct reading *r = &k->m->shown->reading;

    (void)state;
    stand(k, 2, 1);
    act_mark(k->m);
    stand(k, 4, 0);
    act_mark(k->m);
    assert_true(thread_marked(k->m->shown, 2, 1));
    assert_false(thread_marked(k->m->shown, 2, 0));
    assert_true(thread_marked(k->m->shown, 4, SIZE_MAX));
    act_goal(k->m, GOAL_MARK, 1); /* round */
    assert_int_equal(r->sel_entry, 2);
    assert_int_equal(r->sel_part, 1);
    settle(k);
    act_goal(k->m, GOAL_MARK, 1);
    assert_int_equal(r->sel_entry, 4);
    settle(k);
    act_mark(k->m);
    assert_false(thread_marked(k->m->shown, 4, SIZE_MAX));
    kit_free(k);
}

static void what_the_server_has_not_cannot_be_marked(void **state) {
    struct kit *k = begin();

    (void)state;
    kit_event(k, "s1", EV_ERROR, .error = "out of money");
    stand(k, 5, 0);
    act_mark(k->m);
    assert_false(thread_marked(k->m->shown, 5, SIZE_MAX));
    assert_string_equal(k->m->notices[k->m->n_notices - 1].text,
                        "Only a message that the server has can be marked");
    kit_free(k);
}

/* ---- unread ---- */

static void say(struct kit *k, const char *id, const char *message) {
    kit_event(k, id, EV_CONTENT, .message_id = message, .content = "news");
}

static void what_comes_while_another_is_shown_is_unread(void **state) {
    struct kit *k = begin();
    struct session *s = k->m->shown;

    (void)state;
    kit_paint(k);
    say(k, "s1", "m6");
    assert_int_equal(s->reading.unread, 0); /* it was on screen */
    show(k, "s2");
    say(k, "s1", "m7");
    say(k, "s1", "m8");
    assert_int_equal(s->reading.unread, 7);
    show(k, "s1");
    settle(k);
    stand(k, 0, 0);
    act_goal(k->m, GOAL_UNREAD, 1);
    assert_int_equal(s->reading.to_entry, 6);
    assert_true(s->reading.to_top);
    settle(k);
    say(k, "s1", "m9");
    assert_int_equal(s->reading.unread, 7); /* the line stays */
    show(k, "s2");
    say(k, "s1", "m10");
    assert_int_equal(s->reading.unread, 10); /* until there is more that nobody saw */
    kit_free(k);
}

static void a_terminal_without_the_focus_shows_nobody_anything(void **state) {
    struct kit *k = begin();

    (void)state;
    kit_paint(k);
    k->m->ui.focused = false;
    say(k, "s1", "m6");
    assert_int_equal(k->m->shown->reading.unread, 6);
    k->m->ui.focused = true;
    kit_paint(k);
    kit_send(k, "seen"); /* who answers has read it */
    assert_int_equal(k->m->shown->reading.unread, 0);
    kit_free(k);
}

static void a_reload_keeps_the_unread_line_at_its_message(void **state) {
    static const struct given older[] = {
        {.id = "m0", .role = "user", .text = "before"},
        {.id = "m1", .role = "user", .text = "# Begin\nwith this"},
        {.id = "m7", .role = "assistant", .text = "news"},
    };
    struct kit *k = begin();
    struct session *s = k->m->shown;

    (void)state;
    kit_paint(k);
    k->m->ui.focused = false;
    say(k, "s1", "m7");
    assert_int_equal(s->reading.unread, 6);
    load_now(k->m, s, k->fx);
    kit_step(k);
    give(k, older, MIX_COUNT(older));
    assert_int_equal(s->reading.unread, 3);
    kit_free(k);
}

/* ---- over restarts ---- */

static void again(struct kit *k) {
    kit_restart(k, kept);
    kit_caps(k, caps_of(GEN_TOP));
    kit_list(k, ids, 2);
}

static void the_place_is_there_after_a_restart(void **state) {
    struct kit *k = begin();
    struct reading *r = &k->m->shown->reading;

    (void)state;
    stand(k, 2, 1);
    r->top_off = 7;
    r->raw = true;
    act_mark(k->m);
    kit_paint(k);
    kit_pass(k, 2000);
    assert_non_null(kit_file(k, places_file));
    again(k);
    open_day(k);
    r = &k->m->shown->reading;
    assert_false(r->follow);
    assert_true(r->raw);
    assert_int_equal(r->move, MOVE_TO);
    assert_true(r->to_top);
    assert_int_equal(r->to_entry, 2);
    assert_int_equal(r->to_part, 1);
    assert_int_equal(r->to_off, 7);
    assert_true(thread_marked(k->m->shown, 2, 1));
    show(k, "s2"); /* has none */
    assert_true(k->m->shown->reading.follow);
    kit_free(k);
}

static void who_follows_follows_and_finds_what_came(void **state) {
    struct kit *k = begin();

    (void)state;
    kit_paint(k);
    kit_pass(k, 20000);
    again(k);
    show(k, "s1");
    kit_live(k, "s1");
    static const struct given more[] = {
        {.id = "m4", .role = "user", .text = "Go on"},
        {.id = "m5", .role = "assistant", .text = "Done."},
        {.id = "m6", .role = "user", .text = "by phone"},
    };

    give(k, more, MIX_COUNT(more));
    assert_true(k->m->shown->reading.follow);
    assert_int_equal(k->m->shown->reading.unread, 3);
    kit_free(k);
}

static void a_message_that_is_gone_leaves_the_reader_at_the_end(void **state) {
    struct kit *k = begin();

    (void)state;
    stand(k, 2, 1);
    kit_paint(k);
    model_save_all(k->m, k->fx);
    kit_step(k);
    again(k);
    show(k, "s1");
    kit_live(k, "s1");
    give(k, day, 2);
    assert_true(k->m->shown->reading.follow);
    kit_free(k);
}

static void a_deleted_session_is_forgotten(void **state) {
    struct kit *k = begin();

    (void)state;
    stand(k, 2, 1);
    act_mark(k->m);
    kit_paint(k);
    kit_pass(k, 2000);
    assert_non_null(strstr(kit_file(k, places_file), "s1"));
    session_gone(k->m, k->m->shown, k->fx);
    kit_pass(k, 20000);
    assert_null(strstr(kit_file(k, places_file), "s1"));
    kit_free(k);
}

static void a_file_of_anything_is_read(void **state) {
    static const char *const files[] = {
        "",
        "mixtui places 1\n",
        "mixtui places 1\nat s1 1 2 7",
        "mixtui places 1\nat s1\nat\n\nlook s1 1\nmark s1 0 0\nseen s1\nmark s1 0 0 %zz\n",
        "mixtui places 1\nat s1 1 2 99999999999999999999 0 m3\nmark %00 1 2 m3\n",
        "mixtui places 1\nat s1 1 400 5 0 m3\nmark s1 1 99 m3\nlook s1 7 7\n",
        "something else\n",
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(files); i++) {
        struct kit *k = begin();

        kit_put_file(k, places_file, files[i]);
        again(k);
        open_day(k);
        settle(k);
        kit_pass(k, 20000);
        kit_free(k);
    }
}

/* ---- the list of messages ---- */

static const struct panel_row *row_at(const struct kit *k, size_t i) {
    panel_fresh(k->m);
    return &k->m->ui.panel->rows[i];
}

static void the_list_shows_each_message_in_a_line(void **state) {
    static const char *const want[] = {
        "you|Begin",
        "mix|Bash",
        "mix|Then that.  \u00b7 1 call  \u00b7 1 error",
        "you|Go on",
        "mix|* Done.  \u00b7 1 call",
    };
    struct kit *k = begin();

    (void)state;
    stand(k, 4, 0);
    act_mark(k->m);
    stand(k, 2, 0);
    act_panel_open(k->m, PANEL_OUTLINE, k->fx);
    for (size_t i = 0; i < MIX_COUNT(want); i++) {
        char got[200];

        snprintf(got, sizeof got, "%s|%s", row_at(k, i)->label, row_at(k, i)->value);
        assert_string_equal(got, want[i]);
    }
    assert_int_equal(k->m->ui.panel->n_rows, MIX_COUNT(want));
    assert_int_equal(k->m->ui.panel->cursor, 2);
    kit_free(k);
}

static void the_list_is_filtered_and_enter_goes_there(void **state) {
    struct kit *k = begin();

    (void)state;
    act_panel_open(k->m, PANEL_OUTLINE, k->fx);
    editor_set(&k->m->ui.panel->filter, "error");
    act_panel_changed(k->m, k->fx);
    assert_int_equal(row_at(k, 0)->index, 2);
    assert_int_equal(k->m->ui.panel->n_rows, 1);
    act_panel_enter(k->m, k->fx);
    assert_null(k->m->ui.panel);
    assert_int_equal(k->m->ui.over, OVER_NONE);
    assert_int_equal(k->m->ui.focus, PANE_THREAD);
    assert_int_equal(k->m->shown->reading.move, MOVE_TO);
    assert_int_equal(k->m->shown->reading.to_entry, 2);
    assert_int_equal(k->m->shown->reading.sel_entry, 2);
    kit_free(k);
}

static void a_long_list_is_shown_around_the_place_and_searched_whole(void **state) {
    enum { N = 5000 };
    struct given *rows = xcalloc(N, sizeof *rows);
    char(*names)[16] = xcalloc(N, sizeof *names);
    struct kit *k = kit_online_with(kept, GEN_TOP, ids, 2);

    (void)state;
    for (size_t i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "m%zu", i);
        rows[i] = (struct given){.id = names[i], .role = "user", .text = names[i]};
    }
    show(k, "s1");
    give(k, rows, N);
    stand(k, 2500, 0);
    act_panel_open(k->m, PANEL_OUTLINE, k->fx);
    assert_string_equal(row_at(k, 0)->value, "1500 earlier ones: type a part to find them");
    assert_int_equal(row_at(k, k->m->ui.panel->cursor)->index, 2500);
    editor_set(&k->m->ui.panel->filter, "m77");
    act_panel_changed(k->m, k->fx);
    bool found = false;

    panel_fresh(k->m);
    for (size_t i = 0; i < k->m->ui.panel->n_rows; i++)
        found = found || k->m->ui.panel->rows[i].index == 77;
    assert_true(found);
    kit_free(k);
    free(rows);
    free(names);
}

/* ---- long threads ---- */

static double goal_ms(struct kit *k, enum goal goal) {
    struct timespec from, to;

    k->m->shown->reading.sel_entry = k->m->shown->reading.sel_part = 0;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    act_goal(k->m, goal, 1);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
}

/* A list of marks is not walked for every message that has none. */
static void a_mark_far_away_is_found_as_fast_as_an_error(void **state) {
    enum { MESSAGES = 20000, MARKS = 500 };
    static struct given rows[MESSAGES];
    static char names[MESSAGES][16];
    struct kit *k = kit_online_with(kept, GEN_TOP, ids, 2);

    (void)state;
    for (size_t i = 0; i < MESSAGES; i++) {
        snprintf(names[i], sizeof names[i], "message-%zu", i);
        rows[i] = (struct given){.id = names[i], .role = i % 2 ? "assistant" : "user", .text = "x"};
    }
    show(k, "s1");
    kit_live(k, "s1");
    give(k, rows, MESSAGES);
    for (size_t i = 0; i < MARKS; i++) {
        k->m->shown->reading.sel_entry = MESSAGES - 1 - i;
        k->m->shown->reading.sel_part = 0;
        act_mark(k->m);
    }
    const double none = goal_ms(k, GOAL_ERROR), marked = goal_ms(k, GOAL_MARK);

    assert_int_equal(k->m->shown->reading.sel_entry, MESSAGES - MARKS);
    if (marked > 30 * none + 2)
        fail_msg("%.2f ms, an error %.2f ms", marked, none);
    act_mark(k->m); /* taken away again */
    (void)goal_ms(k, GOAL_MARK);
    assert_int_equal(k->m->shown->reading.sel_entry, MESSAGES - MARKS + 1);
    kit_free(k);
}

/* What streams behind the list is no reason to look through all messages again. */
static void a_filtered_list_waits_for_another_message(void **state) {
    struct kit *k = begin();

    (void)state;
    act_panel_open(k->m, PANEL_OUTLINE, k->fx);
    struct panel *p = k->m->ui.panel;

    editor_set(&p->filter, "done");
    panel_fresh(k->m);
    p->dirty = false;
    unread_came(k->m, k->m->shown, k->m->shown->transcript.n);
    assert_false(p->dirty);
    unread_came(k->m, k->m->shown, k->m->shown->transcript.n - 1);
    assert_true(p->dirty);
    kit_free(k);
}

/* Another session may come to stand where it stood in memory. */
static void a_session_that_goes_ends_the_choosing_in_it(void **state) {
    struct kit *k = begin();

    (void)state;
    act_visual(k->m);
    assert_true(visual_on(k->m));
    session_gone(k->m, k->m->shown, k->fx);
    kit_step(k);
    assert_false(k->m->ui.visual.on);
    assert_null(k->m->ui.visual.session);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_goes_to_the_next_of_a_kind),
        cmocka_unit_test(an_error_of_a_turn_is_an_error),
        cmocka_unit_test(marks_are_set_taken_away_and_walked),
        cmocka_unit_test(what_the_server_has_not_cannot_be_marked),
        cmocka_unit_test(what_comes_while_another_is_shown_is_unread),
        cmocka_unit_test(a_terminal_without_the_focus_shows_nobody_anything),
        cmocka_unit_test(a_reload_keeps_the_unread_line_at_its_message),
        cmocka_unit_test(the_place_is_there_after_a_restart),
        cmocka_unit_test(who_follows_follows_and_finds_what_came),
        cmocka_unit_test(a_message_that_is_gone_leaves_the_reader_at_the_end),
        cmocka_unit_test(a_deleted_session_is_forgotten),
        cmocka_unit_test(a_file_of_anything_is_read),
        cmocka_unit_test(the_list_shows_each_message_in_a_line),
        cmocka_unit_test(the_list_is_filtered_and_enter_goes_there),
        cmocka_unit_test(a_long_list_is_shown_around_the_place_and_searched_whole),
        cmocka_unit_test(a_mark_far_away_is_found_as_fast_as_an_error),
        cmocka_unit_test(a_filtered_list_waits_for_another_message),
        cmocka_unit_test(a_session_that_goes_ends_the_choosing_in_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
