/* Texts out of the thread: which there are, which way they go, and what is said of it. */
#include "copies.h"
#include "mix/copy.h"
#include "panel_kit.h"

static const char *const ids[] = {"s1", "s2"};
static const char *const tmux[] = {"tmux", "load-buffer", "-w", "-", NULL};
static const char *const xclip[] = {"xclip", NULL};
static const struct copy_ways two_ways = {
    .v = {{"tmux", tmux}, {"xclip", xclip}}, .n = 2, .home = "/home/me"};
static const struct copy_ways no_ways = {.n = 0};

static const char *said(const struct kit *k) {
    return k->m->n_notices ? k->m->notices[k->m->n_notices - 1].text : "";
}

static struct task *asked(struct kit *k, enum task_kind kind) {
    for (size_t i = 0; i < k->fx->n_tasks; i++)
        if (k->fx->tasks[i]->kind == kind)
            return k->fx->tasks[i];
    return NULL;
}

/* A task is done as the job thread would. */
static void done(struct kit *k, struct task *t, enum rc rc, int status, const char *text) {
    for (size_t i = 0; i < k->fx->n_tasks; i++)
        if (k->fx->tasks[i] == t) {
            memmove(k->fx->tasks + i, k->fx->tasks + i + 1,
                    (k->fx->n_tasks - i - 1) * sizeof(struct task *));
            k->fx->n_tasks--;
        }
    err_set(&t->err, rc, 0, "%s", text);
    t->status = status;
    model_task_done(k->m, t, k->now, k->real, k->fx);
}

static struct kit *begin(const struct copy_ways *ways) {
    struct kit *k = kit_online(ids, 2);

    kit_disk(k);
    free(k->m->state_dir);
    k->m->state_dir = xstrdup("/home/me/.local/state/mixtui");
    k->m->copy_ways = ways;
    return k;
}

static void copy(struct kit *k, const char *text) {
    act_copy(k->m, text, strlen(text), NULL, k->fx);
}

/* ---- ways ---- */

static void a_copy_goes_the_first_way_and_into_a_file(void **state) {
    struct kit *k = begin(&two_ways);

    (void)state;
    copy(k, "one\ntwo\n");
    struct task *run = asked(k, TASK_RUN), *file = asked(k, TASK_WRITE);

    assert_non_null(run);
    assert_non_null(file);
    assert_ptr_equal(run->argv, tmux);
    assert_string_equal(run->data, "one\ntwo\n");
    assert_string_equal(file->path, "/home/me/.local/state/mixtui/copied.txt");
    assert_string_equal(file->data, "one\ntwo\n");
    assert_null(k->fx->copy);
    done(k, run, RC_OK, 0, "");
    done(k, file, RC_OK, 0, "");
    assert_string_equal(
        said(k), "copied 2 lines (8 bytes) by tmux; also in ~/.local/state/mixtui/copied.txt");
    kit_free(k);
}

static void a_way_that_fails_leads_to_the_next_and_is_told(void **state) {
    struct kit *k = begin(&two_ways);

    (void)state;
    copy(k, "x");
    done(k, asked(k, TASK_WRITE), RC_OK, 0, "");
    done(k, asked(k, TASK_RUN), RC_OK, 1, "no server running");
    struct task *second = asked(k, TASK_RUN);

    assert_non_null(second);
    assert_ptr_equal(second->argv, xclip);
    done(k, second, RC_IO, 0, "could not start xclip: there is no such program");
    assert_string_equal(k->fx->copy, "x");
    act_copied(k->m, RC_OK, k->fx);
    assert_string_equal(said(k),
                        "copied 1 byte by OSC 52, if the terminal allows it; also in "
                        "~/.local/state/mixtui/copied.txt; tmux: no server running; xclip: could "
                        "not start xclip: there is no such program");
    kit_free(k);
}

static void without_a_way_the_file_has_it(void **state) {
    static const struct {
        enum rc terminal, file;
        const char *said;
    } cases[] = {
        {RC_IO, RC_OK,
         "copied 1 byte; only into /home/me/.local/state/mixtui/copied.txt; the terminal: takes no "
         "copies"},
        {RC_LIMIT, RC_OK,
         "copied 1 byte; only into /home/me/.local/state/mixtui/copied.txt; the terminal: too much "
         "for OSC 52"},
        {RC_IO, RC_IO, "not copied: 1 byte; the terminal: takes no copies; no file: disk full"},
        {RC_OK, RC_IO, "copied 1 byte by OSC 52, if the terminal allows it; no file: disk full"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct kit *k = begin(&no_ways);

        copy(k, "x");
        act_copied(k->m, cases[i].terminal, k->fx);
        done(k, asked(k, TASK_WRITE), cases[i].file, 0, cases[i].file ? "disk full" : "");
        assert_string_equal(said(k), cases[i].said);
        kit_free(k);
    }
}

static void what_a_terminal_would_obey_is_not_copied(void **state) {
    struct kit *k = begin(&no_ways);

    (void)state;
    copy(k, "a\tb\r\nc\033[201~d\xc2\x9b"
            "1me\x7f\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb\n");
    assert_string_equal(k->fx->copy, "a\tb\r\nc[201~d"
                                     "1me\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb\n");
    copy(k, "\033");
    assert_string_equal(said(k), "nothing to copy: it is empty");
    kit_free(k);
}

static void a_newer_copy_is_the_one_that_is_told(void **state) {
    struct kit *k = begin(&two_ways);

    (void)state;
    copy(k, "old");
    struct task *old = asked(k, TASK_RUN), *old_file = asked(k, TASK_WRITE);
    const size_t before = k->m->n_notices;

    copy(k, "newer");
    done(k, old, RC_OK, 0, "");
    done(k, old_file, RC_OK, 0, "");
    assert_int_equal(k->m->n_notices, before);
    done(k, asked(k, TASK_RUN), RC_OK, 0, "");
    done(k, asked(k, TASK_WRITE), RC_OK, 0, "");
    assert_non_null(strstr(said(k), "copied 5 bytes by tmux"));
    kit_free(k);
}

/* ---- the list ---- */

static void load(struct kit *k, struct message *rows, size_t n) {
    act_refresh(k->m, k->fx);
    kit_step(k);
    struct incoming *in = incoming_new(IN_REPLY, kit_last(k, OP_MESSAGES_LIST)->id);

    in->op = OP_MESSAGES_LIST;
    in->status = 200;
    in->out = rows;
    in->n = n;
    kit_apply(k, in);
    k->m->copy_ways = &no_ways;
}

static struct tool_call calls[] = {
    {.id = "c1",
     .name = "Bash",
     .input = "{\"command\":\"rm -rf build \\\"x\\\"\",\"timeout\":5}",
     .result = "41 passed\n0 failed\n",
     .finished = true},
    {.id = "c2",
     .name = "Edit",
     .input = "{\"file_path\":\"a.c\",\"old_string\":\"one\\n\",\"new_string\":\"two\\n\"}",
     .result = "ok",
     .finished = true},
};

static struct message rows[] = {
    {.id = "m1", .role = "user", .user_input = "what is it?"},
    {.id = "m2",
     .role = "assistant",
     .assistant_response = "See:\n\n```c\nint a;\n```\n\nand <https://mix.example/>.\n",
     .tool_calls = {.items = calls, .n = 2}},
};

static size_t part_of(const struct entry *e, const char *call) {
    for (size_t i = 0; i < e->n_parts; i++)
        if (str_eq(e->parts[i].call_id, call))
            return i;
    return SIZE_MAX;
}

static void select_call(struct kit *k, const char *call) {
    struct session *s = k->m->shown;

    s->reading.sel_entry = 1;
    s->reading.sel_part = part_of(&s->transcript.entries[1], call);
}

static void every_text_of_a_message_can_be_copied(void **state) {
    static const struct {
        const char *label, *text;
    } cases[] = {
        {"message", "See:\n\n```c\nint a;\n```\n\nand <https://mix.example/>.\n"},
        {"command", "rm -rf build \"x\""},
        {"output", "41 passed\n0 failed\n"},
        {"input, JSON", "{\"command\":\"rm -rf build \\\"x\\\"\",\"timeout\":5}"},
        {"diff", "-one\n+two\n"},
        {"code, c", "int a;\n"},
        {"link", "https://mix.example/"},
        {"id of the call", "c1"},
        {"id of the message", "m2"},
        {"id of the session", "s2"},
    };
    struct kit *k = kit_online(ids, 2);

    (void)state;
    load(k, rows, 2);
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        select_call(k, "c1");
        open_panel(k, PANEL_COPY);
        go_to(k, cases[i].label);
        enter(k);
        assert_string_equal(k->fx->copy, cases[i].text);
        assert_null(panel_top(k->m));
    }
    kit_free(k);
}

static void the_list_begins_at_the_selected_call(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    load(k, rows, 2);
    select_call(k, "c2");
    open_panel(k, PANEL_COPY);
    assert_string_equal(at_cursor(k), "file path");
    kit_free(k);
}

static void what_grew_meanwhile_is_copied_as_it_is(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    kit_event(k, "s2", EV_CONTENT, .message_id = "m9", .content = "one");
    k->m->shown->reading.sel_entry = k->m->shown->transcript.n - 1;
    k->m->copy_ways = &no_ways;
    open_panel(k, PANEL_COPY);
    kit_event(k, "s2", EV_CONTENT, .message_id = "m9", .content = " two");
    go_to(k, "message");
    enter(k);
    assert_string_equal(k->fx->copy, "one two");
    kit_free(k);
}

static void a_message_that_went_away_is_not_copied(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    load(k, rows, 2);
    k->m->shown->reading.sel_entry = 1;
    open_panel(k, PANEL_COPY);
    go_to(k, "message");
    load(k, rows, 1);
    enter(k);
    assert_null(k->fx->copy);
    assert_non_null(strstr(said(k), "no more"));
    kit_free(k);
}

/* ---- the draft ---- */

static void a_quotation_goes_behind_what_is_written(void **state) {
    static const struct {
        const char *draft, *after;
    } cases[] = {
        {"", "> 41 passed\n> 0 failed\n\n"},
        {"mine", "mine\n\n> 41 passed\n> 0 failed\n\n"},
        {"mine\n", "mine\n\n> 41 passed\n> 0 failed\n\n"},
        {"mine\n\n", "mine\n\n> 41 passed\n> 0 failed\n\n"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct kit *k = kit_online(ids, 2);
        struct session *s = k->m->shown;

        load(k, rows, 2);
        select_call(k, "c1");
        editor_set(&s->draft, cases[i].draft);
        act_quote(k->m);
        assert_string_equal(buf_str(&s->draft.text), cases[i].after);
        assert_int_equal(s->draft.caret, s->draft.text.n);
        assert_int_equal(k->m->ui.focus, PANE_COMPOSER);
        assert_true(editor_undo(&s->draft));
        assert_string_equal(buf_str(&s->draft.text), cases[i].draft);
        kit_free(k);
    }
}

static void a_quotation_that_does_not_fit_changes_nothing(void **state) {
    struct kit *k = kit_online(ids, 2);
    struct session *s = k->m->shown;
    char *long_draft = xcalloc(1, DRAFT_MAX);

    (void)state;
    memset(long_draft, 'x', DRAFT_MAX - 5);
    load(k, rows, 2);
    select_call(k, "c1");
    editor_set(&s->draft, long_draft);
    s->draft.caret = 7;
    act_quote(k->m);
    assert_string_equal(buf_str(&s->draft.text), long_draft);
    assert_int_equal(s->draft.caret, 7);
    assert_non_null(strstr(said(k), "not quoted"));
    free(long_draft);
    kit_free(k);
}

/* ---- commands ---- */

static struct task *run_command_of(struct kit *k, const char *command) {
    write_in(k, command);
    enter(k);
    return asked(k, TASK_RUN);
}

static void a_text_goes_through_a_command_and_its_answer_is_shown(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    load(k, rows, 2);
    k->disk_slow = true;
    select_call(k, "c1");
    act_pipe(k->m, k->fx);
    struct task *t = run_command_of(k, "wc -l");

    assert_non_null(t);
    assert_string_equal(t->argv[0], "sh");
    assert_string_equal(t->argv[4], "wc -l");
    assert_null(t->argv[5]);
    assert_string_equal(t->data, "41 passed\n0 failed\n");
    assert_true(t->limit_ms > 0 && t->most > 0);
    assert_int_equal(top(k)->id, PANEL_PIPED);
    assert_row(k, "state", "running");
    t->data = arena_strdup(&t->arena, "2\n\033[31mred\n");
    t->len = strlen(t->data);
    k->now += 1500;
    done(k, t, RC_OK, 3, "");
    assert_row(k, "state", "exit 3 after 1.50 s");
    assert_non_null(find_row(k, "2\n[31mred"));
    act_panel_back(k->m);
    assert_int_equal(top(k)->id, PANEL_PIPE);
    assert_non_null(find_row(k, "wc -l"));
    kit_free(k);
}

static void leaving_ends_a_command_that_runs(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    load(k, rows, 2);
    k->disk_slow = true;
    select_call(k, "c1");
    act_pipe(k->m, k->fx);
    struct task *t = run_command_of(k, "sleep 100");
    const uint32_t id = t->id;

    act_panel_back(k->m);
    model_tick(k->m, k->now, k->real, k->fx);
    assert_non_null(asked(k, TASK_CANCEL));
    assert_int_equal(asked(k, TASK_CANCEL)->target, id);
    done(k, t, RC_CANCELLED, 137, "cancelled"); /* nobody looks */
    kit_free(k);
}

static void the_chosen_copy_is_what_goes_through(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    load(k, rows, 2);
    k->disk_slow = true;
    select_call(k, "c1");
    open_panel(k, PANEL_COPY);
    go_to(k, "command");
    act_pipe(k->m, k->fx);
    assert_string_equal(run_command_of(k, "cat")->data, "rm -rf build \"x\"");
    kit_free(k);
}

/* ---- bare ---- */

static void the_bare_view_has_clean_logical_lines(void **state) {
    struct kit *k = kit_online(ids, 2);
    struct message evil[] = {
        {.id = "m1", .role = "user", .user_input = "a\033]52;c;eA==\ab\nlong line"},
        rows[1],
    };

    (void)state;
    load(k, evil, 2);
    k->m->shown->reading.entry = k->m->shown->reading.sel_entry = 0;
    act_bare(k->m, k->fx);
    assert_non_null(k->fx->bare);
    assert_null(strchr(k->fx->bare, '\033'));
    assert_non_null(strstr(k->fx->bare, "a]52;c;eA==b\nlong line\n"));
    assert_non_null(strstr(k->fx->bare, "* Bash  rm -rf build \"x\"  "));
    assert_non_null(strstr(k->fx->bare, "and <https://mix.example/>.\n"));
    kit_free(k);
}

/* A key waits for the list: what a screen compares slice by slice is not compared for it. */
static void huge_changes_are_copied_without_a_diff(void **state) {
    enum { SIDE = 600 << 10 };
    auto_buf struct buf input = {.max = 4 * MIX_MIB};

    (void)state;
    for (size_t side = 100; side <= SIDE; side += SIDE - 100) {
        buf_clear(&input);
        buf_adds(&input, "{\"old_string\":\"");
        for (size_t i = 0; i < side; i++)
            buf_add(&input, i % 2 ? "a" : "b", 1);
        buf_adds(&input, "\",\"new_string\":\"");
        for (size_t i = 0; i < side; i++)
            buf_add(&input, "c", 1);
        buf_adds(&input, "\"}");
        struct part part = {.kind = PART_TOOL,
                            .name = "Edit",
                            .call_id = "c",
                            .text = buf_str(&input),
                            .len = input.n};
        const struct entry e = {.role = ROLE_ASSISTANT, .parts = &part, .n_parts = 1};
        const struct session s = {.id = NULL};
        struct copy_list l;
        bool diff = false, whole = false;

        copies_of(&l, &s, &e);
        for (size_t i = 0; i < l.n; i++) {
            diff = diff || l.v[i].kind == COPY_DIFF;
            whole = whole || (l.v[i].kind == COPY_INPUT && l.v[i].n == input.n);
        }
        assert_int_equal(diff, side < SIDE);
        assert_true(whole);
        copies_fini(&l);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_goes_the_first_way_and_into_a_file),
        cmocka_unit_test(a_way_that_fails_leads_to_the_next_and_is_told),
        cmocka_unit_test(without_a_way_the_file_has_it),
        cmocka_unit_test(what_a_terminal_would_obey_is_not_copied),
        cmocka_unit_test(a_newer_copy_is_the_one_that_is_told),
        cmocka_unit_test(every_text_of_a_message_can_be_copied),
        cmocka_unit_test(the_list_begins_at_the_selected_call),
        cmocka_unit_test(what_grew_meanwhile_is_copied_as_it_is),
        cmocka_unit_test(a_message_that_went_away_is_not_copied),
        cmocka_unit_test(a_quotation_goes_behind_what_is_written),
        cmocka_unit_test(a_quotation_that_does_not_fit_changes_nothing),
        cmocka_unit_test(a_text_goes_through_a_command_and_its_answer_is_shown),
        cmocka_unit_test(leaving_ends_a_command_that_runs),
        cmocka_unit_test(the_chosen_copy_is_what_goes_through),
        cmocka_unit_test(the_bare_view_has_clean_logical_lines),
        cmocka_unit_test(huge_changes_are_copied_without_a_diff),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
