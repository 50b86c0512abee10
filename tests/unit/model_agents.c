/* What the agent laid before the person: plans, todo lists, sub-agents, limits that count down. */
#include "mix/agents.h"
#include "model_kit.h"

static const char *const one[] = {"s1"};

static const char plan[] = "{\"plan\":\"# Do it\"}";
static const char half[] =
    "{\"todos\":[{\"content\":\"a\",\"status\":\"completed\"},"
    "{\"content\":\"b\",\"status\":\"in_progress\"},{\"content\":\"c\",\"status\":\"pending\"}]}";
static const char done[] = "{\"todos\":[{\"content\":\"a\",\"status\":\"completed\"}]}";

static void call(struct kit *k, const char *id, const char *tool, const char *input, bool success) {
    kit_event(k, "s1", EV_TOOL_START, .message_id = "m2", .tool_call_id = id, .tool_name = tool);
    kit_event(k, "s1", EV_TOOL_INPUT, .tool_call_id = id, .tool_name = tool, .input = input);
    kit_event(k, "s1", EV_EXECUTION_COMPLETE, .tool_call_id = id, .success = success,
              .progress = success ? "Completed" : "Failed: permission denied");
}

static void asked(struct kit *k) {
    kit_event(k, "s1", EV_USER_MESSAGE, .message_id = "m1", .content = "plan it");
}

static void ended(struct kit *k) {
    kit_event(k, "s1", EV_COMPLETE, .message_id = "m2", .content = "", .done = true);
}

static void a_plan_waits_when_its_call_was_the_last_of_a_turn(void **state) {
    enum { BEFORE = 1, AFTER = 2, RUNS = 4, REFUSED = 8, ANSWERED = 16 };
    static const struct {
        int how;
        bool waits;
    } rows[] = {
        {0, true},     {BEFORE, true},   {AFTER, false},
        {RUNS, false}, {REFUSED, false}, {ANSWERED, false},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct kit *k = kit_online(one, 1);

        asked(k);
        if (rows[i].how & BEFORE)
            call(k, "c0", "Bash", "{\"command\":\"ls\"}", true);
        call(k, "c1", "ExitPlanMode", plan, !(rows[i].how & REFUSED));
        if (rows[i].how & AFTER)
            call(k, "c2", "Bash", "{\"command\":\"ls\"}", true);
        if (!(rows[i].how & RUNS))
            ended(k);
        if (rows[i].how & ANSWERED) {
            kit_event(k, "s1", EV_USER_MESSAGE, .message_id = "m3", .content = "no");
            kit_event(k, "s1", EV_COMPLETE, .message_id = "m4", .content = "well", .done = true);
        }
        assert_int_equal(session_plan(k->m->shown) != NULL, rows[i].waits);
        kit_free(k);
    }
}

static void to_proceed_sends_without_plan_mode_and_keeps_the_draft(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    asked(k);
    call(k, "c1", "ExitPlanMode", plan, true);
    ended(k);
    k->m->shown->options.plan = true;
    kit_type(k, "half a thought");
    act_plan_proceed(k->m, k->fx);
    kit_step(k);
    const struct request *r = kit_last(k, OP_MESSAGE_SEND);

    assert_non_null(r);
    const struct message_send *in = r->in;

    assert_string_equal(
        in->text, "Proceed with implementing the plan you just created. Begin implementation now.");
    assert_false(in->plan_mode);
    assert_string_equal(buf_str(&k->m->shown->draft.text), "half a thought");
    assert_null(session_plan(k->m->shown)); /* once */
    act_plan_proceed(k->m, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 1);
    assert_string_equal(kit_notice(k), "No plan waits here");
    kit_free(k);
}

static void to_keep_planning_puts_plan_mode_on_and_the_caret_into_the_composer(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    asked(k);
    call(k, "c1", "exit_plan_mode", plan, true);
    ended(k);
    act_focus(k->m, PANE_THREAD);
    act_plan_keep(k->m);
    assert_true(k->m->shown->options.plan);
    assert_int_equal(k->m->ui.focus, PANE_COMPOSER);
    act_plan_keep(k->m);
    assert_true(k->m->shown->options.plan); /* not back off */
    assert_int_equal(kit_count(k, OP_MESSAGE_SEND), 0);
    kit_free(k);
}

static void a_todo_list_is_shown_while_it_is_worked_on(void **state) {
    enum { RUNS = 1, LATER = 2 };
    static const struct {
        const char *input;
        int how;
        bool shown;
    } rows[] = {
        {half, RUNS, true},          {half, 0, true},     {half, LATER, false},
        {half, RUNS | LATER, true},  {done, 0, false},    {done, RUNS, true},
        {done, RUNS | LATER, false}, {"{}", RUNS, false},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct kit *k = kit_online(one, 1);

        asked(k);
        call(k, "c1", "todo_write", rows[i].input, true);
        if (rows[i].how != RUNS)
            ended(k);
        if (rows[i].how & LATER)
            kit_event(k, "s1", EV_USER_MESSAGE, .message_id = "m3", .content = "and then");
        if (rows[i].how == LATER)
            kit_event(k, "s1", EV_COMPLETE, .message_id = "m4", .content = "yes", .done = true);
        assert_int_equal(session_todos(k->m->shown) != NULL, rows[i].shown);
        kit_free(k);
    }
}

static void what_is_done_and_what_is_worked_on_is_counted(void **state) {
    static const struct {
        const char *input;
        size_t n, done, now;
    } rows[] = {
        {half, 3, 1, 1},
        {done, 1, 1, 1},
        {"{\"todos\":[{\"status\":\"completed\"},{\"content\":\"x\"},{}]}", 3, 1, 1},
        {"{\"todos\":[{\"content\":\"x\",\"status\":\"pen", 1, 0, 0},
        {"{\"todos\":[{\"con", 0, 0, 0},
        {"{\"todos\":[", 0, 0, 0},
        {"{\"todos\":\"none\"}", 0, 0, 0},
        {"", 0, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        const struct part p = {.text = rows[i].input, .len = strlen(rows[i].input)};
        const struct todo_count c = todo_count(&p);

        assert_int_equal(c.n, rows[i].n);
        assert_int_equal(c.done, rows[i].done);
        assert_int_equal(c.now, rows[i].now);
    }
}

/* s1 with two sub-agents, of the calls t1 and t2. */
static struct kit *family(void) {
    struct kit *k = kit_online(one, 1);
    struct session_data list[] = {
        {.id = "s1", .title = "s1"},
        {.id = "k2",
         .title = "second",
         .session_type = "subagent",
         .parent_session_id = "s1",
         .parent_tool_call_id = "t2",
         .created_at = 2000},
        {.id = "k1",
         .title = "first",
         .session_type = "subagent",
         .parent_session_id = "s1",
         .parent_tool_call_id = "t1",
         .created_at = 1000},
    };

    asked(k);
    call(k, "t1", "Task", "{\"prompt\":\"a\"}", true);
    call(k, "t2", "Task", "{\"prompt\":\"b\"}", true);
    act_refresh(k->m, k->fx);
    kit_step(k);
    kit_reply(k, OP_SESSIONS_LIST, list, MIX_COUNT(list));
    return k;
}

static void sub_agents_are_walked_in_out_and_along(void **state) {
    struct kit *k = family();
    struct model *m = k->m;
    struct session *s1 = model_session(m, "s1");
    size_t n;

    (void)state;
    assert_ptr_equal(m->shown, s1);
    assert_non_null(model_child(m, "t1"));
    assert_null(model_child(m, "t3"));
    s1->reading = (struct reading){.sel_entry = s1->transcript.n - 1, .entry = 1, .row = 1};
    assert_string_equal(s1->transcript.entries[s1->transcript.n - 1].parts[0].call_id, "t1");
    act_child_show(m, k->fx);
    assert_string_equal(m->shown->id, "k1");
    assert_int_equal(model_sibling(m, m->shown, &n), 1);
    assert_int_equal(n, 2);
    act_sibling_show(m, 1, k->fx);
    assert_string_equal(m->shown->id, "k2");
    act_sibling_show(m, 1, k->fx); /* around */
    assert_string_equal(m->shown->id, "k1");
    act_sibling_show(m, -1, k->fx);
    assert_string_equal(m->shown->id, "k2");
    act_child_show(m, k->fx); /* it has none */
    assert_string_equal(m->shown->id, "k2");
    act_parent_show(m, k->fx);
    assert_ptr_equal(m->shown, s1);
    assert_int_equal(s1->reading.entry, 1);
    assert_int_equal(s1->reading.row, 1);
    act_parent_show(m, k->fx);
    assert_ptr_equal(m->shown, s1);
    s1->reading.sel_entry = 0; /* no Task: the newest sub-agent */
    act_child_show(m, k->fx);
    assert_string_equal(m->shown->id, "k2");
    kit_step(k);
    kit_free(k);
}

static void an_unfolded_task_reads_its_sub_agent_once(void **state) {
    struct kit *k = family();
    struct model *m = k->m;
    struct session *s1 = model_session(m, "s1");
    struct transcript *t = &s1->transcript;

    (void)state;
    s1->reading = (struct reading){.sel_entry = t->n - 1};
    struct part *task = &t->entries[t->n - 1].parts[0];
    const size_t before = kit_count(k, OP_MESSAGES_LIST);

    act_child_load(m, k->fx); /* shut */
    kit_step(k);
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), before);
    act_fold(m);
    act_child_load(m, k->fx);
    act_child_load(m, k->fx);
    kit_step(k);
    assert_int_equal(kit_count(k, OP_MESSAGES_LIST), before + 1);
    const struct session_ref *in = kit_last(k, OP_MESSAGES_LIST)->in;

    assert_string_equal(in->id, "k1");
    const uint32_t rev = task->rev;
    static const struct row_spec rows[] = {
        {"x1", "user", "a", NULL, NULL, NULL, false},
        {"x2", "assistant", "b", "y1", "Bash", "{\"command\":\"ls\"}", false},
    };

    kit_messages(k, rows, MIX_COUNT(rows));
    assert_true(transcript_find_call(t, "t1")->rev > rev); /* it shows more */
    kit_free(k);
}

static const char *newest_note(const struct kit *k) {
    const struct transcript *t = &k->m->shown->transcript;

    for (size_t i = t->n; i-- > 0;)
        if (t->entries[i].role == ROLE_NOTE)
            return t->entries[i].parts[0].text;
    return "";
}

static void a_rate_limit_counts_down_second_by_second_and_then_rests(void **state) {
    struct kit *k = kit_online(one, 1);

    (void)state;
    asked(k);
    kit_event(k, "s1", EV_RATE_LIMIT, .error = "12:30, worth another try in 5: no luck",
              .retry_after_s = 62, .attempt = 1, .max_attempts = 8);
    assert_string_equal(newest_note(k),
                        "Rate limited, attempt 1 of 8, worth another try in 1:02: 12:30, "
                        "worth another try in 5: no luck");
    const uint64_t rev = k->m->rev;

    kit_pass(k, 1000);
    assert_string_equal(newest_note(k),
                        "Rate limited, attempt 1 of 8, worth another try in 1:01: 12:30, "
                        "worth another try in 5: no luck");
    assert_true(k->m->rev > rev);
    assert_in_range(k->m->shown->transcript.count_at - k->now, 1, 1000);
    kit_pass(k, 61000);
    assert_string_equal(newest_note(k), "Rate limited, attempt 1 of 8, worth another try now: "
                                        "12:30, worth another try in 5: no luck");
    assert_int_equal(k->m->shown->transcript.count_at, 0);
    kit_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_waits_when_its_call_was_the_last_of_a_turn),
        cmocka_unit_test(to_proceed_sends_without_plan_mode_and_keeps_the_draft),
        cmocka_unit_test(to_keep_planning_puts_plan_mode_on_and_the_caret_into_the_composer),
        cmocka_unit_test(a_todo_list_is_shown_while_it_is_worked_on),
        cmocka_unit_test(what_is_done_and_what_is_worked_on_is_counted),
        cmocka_unit_test(sub_agents_are_walked_in_out_and_along),
        cmocka_unit_test(an_unfolded_task_reads_its_sub_agent_once),
        cmocka_unit_test(a_rate_limit_counts_down_second_by_second_and_then_rests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
