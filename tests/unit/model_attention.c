/* Who is called when, and what is told of it. */
#include "mix/attention.h"
#include "model_kit.h"

static struct attend event(enum attend_kind kind, const char *text) {
    return (struct attend){
        .kind = kind, .session = xstrdup("s1"), .title = xstrdup("Parser"), .text = xstrdup(text)};
}

static void add(struct attention *a, enum attend_kind kind, const char *text) {
    struct attend e = event(kind, text);

    attention_add(a, &e);
    assert_null(e.text);
}

static void focus_and_tmux_decide_which_ways_are_taken(void **state) {
    static const struct {
        enum focus focus;
        bool tmux, asked; /* an approval, else a turn that is over */
        bool bell, hook, desktop;
    } rows[] = {
        {FOCUS_UNKNOWN, false, true, true, true, true},
        {FOCUS_UNKNOWN, false, false, true, true, true},
        {FOCUS_OUT, false, true, true, true, true},
        {FOCUS_OUT, false, false, true, true, true},
        {FOCUS_IN, false, true, true, false, false},
        {FOCUS_IN, false, false, false, false, false},
        {FOCUS_UNKNOWN, true, true, true, true, false},
        {FOCUS_OUT, true, false, true, true, false},
        {FOCUS_IN, true, true, true, false, false},
        {FOCUS_IN, true, false, false, false, false},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        for (int question = 0; question < 2; question++) {
            struct attention a = {.config = {.hook = "true", .desktop = DESKTOP_OSC9},
                                  .multiplexed = rows[i].tmux};
            struct attention_call c;
            const enum attend_kind asked = question ? ATTEND_QUESTION : ATTEND_APPROVAL;
            const enum attend_kind over = question ? ATTEND_ERROR : ATTEND_FINISHED;
            const bool any = rows[i].bell || rows[i].hook || rows[i].desktop;

            add(&a, rows[i].asked ? asked : over, "asks");
            assert_int_equal(attention_next(&a, rows[i].focus, 1000, &c), any);
            if (any) {
                assert_int_equal(c.bell, rows[i].bell);
                assert_int_equal(c.hook, rows[i].hook);
                assert_int_equal(c.desktop == DESKTOP_OSC9, rows[i].desktop);
                attention_call_fini(&c);
            }
            assert_int_equal(attention_due(&a), -1);
            attention_fini(&a);
        }
    }
}

static void what_is_switched_off_is_not_told(void **state) {
    struct attention a = {
        .config = {.off = {[ATTEND_FINISHED] = true}, .silent = true, .desktop = DESKTOP_OFF}};
    struct attention_call c;

    (void)state;
    add(&a, ATTEND_FINISHED, "finished after 1:00");
    assert_int_equal(attention_due(&a), -1);
    add(&a, ATTEND_APPROVAL, "asks"); /* no way is left */
    assert_false(attention_next(&a, FOCUS_OUT, 1000, &c));
    assert_int_equal(attention_due(&a), -1);
    attention_fini(&a);
}

static void what_is_held_back_is_counted_in_the_next(void **state) {
    struct attention a = {.config = {.desktop = DESKTOP_OSC9}};
    struct attention_call c;

    (void)state;
    add(&a, ATTEND_APPROVAL, "one");
    assert_true(attention_next(&a, FOCUS_OUT, 1000, &c));
    assert_string_equal(c.heading, "approval: Parser");
    assert_string_equal(c.text, "one");
    assert_string_equal(c.session, "s1");
    attention_call_fini(&c);
    add(&a, ATTEND_APPROVAL, "two");
    add(&a, ATTEND_APPROVAL, "three");
    add(&a, ATTEND_APPROVAL, "four");
    add(&a, ATTEND_QUESTION, "what");
    assert_int_equal(attention_due(&a), 1000 + ATTENTION_ALL_MS);
    assert_false(attention_next(&a, FOCUS_OUT, 1000 + ATTENTION_ALL_MS - 1, &c));
    assert_true(attention_next(&a, FOCUS_OUT, 1000 + ATTENTION_ALL_MS, &c));
    assert_int_equal(c.kind, ATTEND_QUESTION); /* another kind waits only for the pause of all */
    attention_call_fini(&c);
    assert_int_equal(attention_due(&a), 1000 + ATTENTION_KIND_MS);
    assert_false(attention_next(&a, FOCUS_OUT, 999 + ATTENTION_KIND_MS, &c));
    assert_true(attention_next(&a, FOCUS_OUT, 1000 + ATTENTION_KIND_MS, &c));
    assert_string_equal(c.text, "four (and 2 more)");
    attention_call_fini(&c);
    assert_int_equal(attention_due(&a), -1);
    attention_fini(&a);
}

static void a_command_never_runs_more_than_twice_at_once(void **state) {
    struct attention a = {.config = {.hook = "slow", .silent = true, .desktop = DESKTOP_OFF}};
    struct attention_call c;
    int64_t now = 1000;

    (void)state;
    for (int i = 0; i < 2; i++, now += ATTENTION_KIND_MS) {
        add(&a, ATTEND_ERROR, "failed: x");
        assert_true(attention_next(&a, FOCUS_OUT, now, &c));
        assert_true(c.hook);
        attention_call_fini(&c);
    }
    assert_int_equal(a.hooks, 2);
    add(&a, ATTEND_ERROR, "failed: y");
    assert_false(attention_next(&a, FOCUS_OUT, now, &c));
    assert_true(attention_due(&a) > now); /* nobody spins meanwhile */
    a.hooks--;
    now = attention_due(&a);
    assert_true(attention_next(&a, FOCUS_OUT, now, &c));
    assert_string_equal(c.text, "failed: y");
    attention_call_fini(&c);
    attention_fini(&a);
}

static void the_bell_does_not_wait_for_a_slow_command(void **state) {
    struct attention a = {.config = {.hook = "slow"}, .hooks = ATTENTION_HOOKS};
    struct attention_call c;

    (void)state;
    add(&a, ATTEND_APPROVAL, "one");
    assert_true(attention_next(&a, FOCUS_OUT, 1000, &c));
    assert_true(c.bell);
    assert_false(c.hook);
    attention_call_fini(&c);
    a.hooks = 0;
    add(&a, ATTEND_APPROVAL, "two");
    assert_true(attention_next(&a, FOCUS_OUT, 1000 + ATTENTION_KIND_MS, &c));
    assert_string_equal(c.text, "two (and 1 more)");
    attention_call_fini(&c);
    attention_fini(&a);
}

/* ---- what the model tells ---- */
static const char *const ids[] = {"s1", "s2"};

static void clear(struct kit *k) {
    for (size_t i = 0; i < k->fx->n_attend; i++) {
        free(k->fx->attend[i].session);
        free(k->fx->attend[i].title);
        free(k->fx->attend[i].text);
    }
    k->fx->n_attend = 0;
}

static void only_long_turns_are_told_of(void **state) {
    static const struct {
        int64_t ms;
        enum ev end;
        size_t told;
        const char *text;
    } rows[] = {
        {29000, EV_COMPLETE, 0, NULL},
        {131000, EV_COMPLETE, 1, "finished after 2:11"},
        {29000, EV_ERROR, 0, NULL},
        {31000, EV_ERROR, 1, "failed: no more↵money"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct kit *k = kit_online(ids, 2);

        kit_event(k, "s2", EV_THINKING, .content = "hm", .message_id = "m9");
        kit_pass(k, rows[i].ms);
        clear(k);
        kit_event(k, "s2", rows[i].end, .message_id = "m9", .error = "no more\nmoney");
        assert_int_equal(k->fx->n_attend, rows[i].told);
        if (rows[i].told) {
            assert_string_equal(k->fx->attend[0].text, rows[i].text);
            assert_string_equal(k->fx->attend[0].session, "s2");
        }
        kit_free(k);
    }
}

/* A desktop keeps what it was told, and a command's arguments are seen by everybody. */
static void no_secret_is_told(void **state) {
    struct kit *k = kit_online(ids, 2);
    const char *secret = "abcdefghijk";

    (void)state;
    clear(k);
    kit_event(k, "s2", EV_PERMISSION, .id = "p1", .session_id = "s2", .tool_name = "Bash",
              .params_raw = "{\"command\":\"curl -u me:abcdefghijk -H 'X-Api-Key: abcdefghijk' "
                            "https://me:abcdefghijk@h/?token=abcdefghijk\"}");
    kit_event(k, "s2", EV_NOTIFICATION, .id = "n1", .session_id = "s2", .response_type = "text",
              .message = "is password=abcdefghijk right?");
    assert_int_equal(k->fx->n_attend, 2);
    for (size_t i = 0; i < 2; i++)
        assert_null(strstr(k->fx->attend[i].text, secret));
    assert_non_null(strstr(k->fx->attend[0].text, "asks for Bash: curl -u me:(hidden)"));
    kit_free(k);
}

static void of_a_change_the_name_of_its_file_is_told(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    clear(k);
    kit_event(k, "s2", EV_PERMISSION, .id = "p1", .session_id = "s2", .tool_name = "Write",
              .path = "/storage/s2",
              .params_raw = "{\"file_path\":\"/storage/s2/a.md\",\"content\":\"x\\ny\"}");
    kit_event(k, "s2", EV_PERMISSION, .id = "p2", .session_id = "s2", .tool_name = "Edit",
              .path = "/storage/s2", .params_raw = "{\"what\":1}");
    assert_string_equal(k->fx->attend[0].text, "asks for Write: /storage/s2/a.md");
    assert_string_equal(k->fx->attend[1].text, "asks for Edit: /storage/s2");
    kit_free(k);
}

static void a_turn_that_goes_on_with_the_queue_is_not_finished(void **state) {
    struct kit *k = kit_online(ids, 2);
    const char *id = k->m->shown->id;

    (void)state;
    assert_non_null(id);
    kit_send(k, "one");
    kit_event(k, id, EV_THINKING, .content = "hm", .message_id = "m9");
    kit_pass(k, 40000);
    kit_send(k, "two");
    assert_int_equal(k->m->shown->n_queue, 1);
    clear(k);
    kit_event(k, id, EV_COMPLETE, .message_id = "m9");
    assert_int_equal(k->fx->n_attend, 0);
    kit_free(k);
}

static void a_cancel_is_no_news(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    kit_event(k, "s2", EV_THINKING, .content = "hm", .message_id = "m9");
    kit_pass(k, 60000);
    clear(k);
    kit_event(k, "s2", EV_ERROR, .error = "request cancelled by user");
    assert_int_equal(k->fx->n_attend, 0);
    kit_free(k);
}

static void the_next_that_needs_somebody_goes_down_the_list(void **state) {
    static const char *const three[] = {"s1", "s2", "s3"};
    struct kit *k = kit_online(three, 3);

    (void)state;
    act_session_show(k->m, model_session(k->m, "s2"), k->fx);
    for (size_t i = 0; i < 3; i += 2) { /* s3 is the newer one, and listed first */
        kit_event(k, three[i], EV_THINKING, .content = "hm", .message_id = three[i]);
        kit_event(k, three[i], EV_COMPLETE, .message_id = three[i]);
        kit_pass(k, 120000);
    }
    assert_int_equal(session_mark(model_session(k->m, "s1"), k->m), MARK_DONE);
    assert_string_equal(k->m->visible[0]->id, "s3");
    act_next_needy(k->m, k->fx);
    assert_string_equal(k->m->shown->id, "s3");
    kit_step(k);
    act_next_needy(k->m, k->fx);
    assert_string_equal(k->m->shown->id, "s1");
    kit_free(k);
}

static void the_title_counts_what_waits_and_what_works(void **state) {
    struct kit *k = kit_online(ids, 2);
    struct buf title = {.max = MIX_KIB};

    (void)state;
    attention_title(&title, k->m);
    assert_string_equal(buf_str(&title), "mixtui");
    buf_fini(&title);
    kit_event(k, "s2", EV_THINKING, .content = "hm", .message_id = "m9");
    title = (struct buf){.max = MIX_KIB};
    attention_title(&title, k->m);
    assert_string_equal(buf_str(&title), "*1 mixtui");
    buf_fini(&title);
    kit_free(k);
}

static void focus_is_unknown_until_the_terminal_tells(void **state) {
    struct ui ui = {.focused = true};

    (void)state;
    assert_int_equal(ui_focus(&ui), FOCUS_UNKNOWN);
    ui.focus_known = true;
    assert_int_equal(ui_focus(&ui), FOCUS_IN);
    ui.focused = false;
    assert_int_equal(ui_focus(&ui), FOCUS_OUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(focus_and_tmux_decide_which_ways_are_taken),
        cmocka_unit_test(what_is_switched_off_is_not_told),
        cmocka_unit_test(what_is_held_back_is_counted_in_the_next),
        cmocka_unit_test(a_command_never_runs_more_than_twice_at_once),
        cmocka_unit_test(the_bell_does_not_wait_for_a_slow_command),
        cmocka_unit_test(only_long_turns_are_told_of),
        cmocka_unit_test(of_a_change_the_name_of_its_file_is_told),
        cmocka_unit_test(no_secret_is_told),
        cmocka_unit_test(a_turn_that_goes_on_with_the_queue_is_not_finished),
        cmocka_unit_test(a_cancel_is_no_news),
        cmocka_unit_test(the_next_that_needs_somebody_goes_down_the_list),
        cmocka_unit_test(the_title_counts_what_waits_and_what_works),
        cmocka_unit_test(focus_is_unknown_until_the_terminal_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
