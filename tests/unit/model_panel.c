/* What all server screens have in common. */
#include "mix/types_admin.h"
#include "panel_kit.h"

static const char *const ids[] = {"s1", "s2"};

/* ---- the stack ---- */
static void panels_stack_and_escape_goes_back_one_by_one(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    act_notice(k->m, "one");
    open_panel(k, PANEL_LOG);
    enter(k);
    assert_int_equal(top(k)->id, PANEL_FAULT);
    act_panel_back(k->m);
    assert_int_equal(top(k)->id, PANEL_LOG);
    assert_int_equal(k->m->ui.over, OVER_PANEL);
    act_panel_back(k->m);
    assert_int_equal(k->m->ui.over, OVER_NONE);
    assert_null(panel_top(k->m));
    act_panel_back(k->m);
    kit_free(k);
}

static void another_overlay_closes_the_whole_stack(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    act_notice(k->m, "one");
    open_panel(k, PANEL_LOG);
    enter(k);
    act_over(k->m, OVER_COMMANDS);
    assert_null(panel_top(k->m));
    kit_free(k);
}

/* ---- requests ---- */
static void an_answer_to_a_closed_panel_is_dropped_and_its_get_cancelled(void **state) {
    struct kit *k = kit_online(ids, 2);
    struct health health = {.status = "ok"};

    (void)state;
    open_panel(k, PANEL_HEALTH);
    assert_int_equal(top(k)->loading, 3);
    const uint32_t id = kit_last(k, OP_HEALTH)->id;
    const size_t cancelled = kit_count_kind(k, REQ_CANCEL);

    act_panel_back(k->m);
    kit_pass(k, 10);
    assert_int_equal(kit_count_kind(k, REQ_CANCEL), cancelled + 3);
    kit_reply_as(k, IN_REPLY, id, OP_HEALTH, &health, 0);
    open_panel(k, PANEL_HEALTH); /* an answer to the one before is none to this */
    kit_reply_as(k, IN_REPLY, id, OP_HEALTH, &health, 0);
    assert_int_equal(top(k)->loading, 3);
    assert_null(find_row(k, "database"));
    kit_free(k);
}

static void a_failure_is_shown_and_tried_again_by_its_row(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_MCP);
    kit_http_fail(k, OP_MCP_LIST, 502);
    assert_int_equal(top(k)->loading, 0);
    assert_int_equal(top(k)->err.rc, RC_HTTP);
    assert_string_equal(at_cursor(k), "try again");
    enter(k);
    assert_int_equal(kit_count(k, OP_MCP_LIST), 2);
    assert_int_equal(top(k)->err.rc, RC_OK);
    assert_int_equal(top(k)->loading, 1);
    act_panel_retry(k->m, k->fx); /* while one is under way nothing is asked twice */
    kit_step(k);
    assert_int_equal(kit_count(k, OP_MCP_LIST), 2);
    kit_free(k);
}

static void a_retry_counts_down_in_the_panel_and_for_the_status_line(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_MCP);
    struct incoming *in = incoming_new(IN_RETRY, kit_last(k, OP_MCP_LIST)->id);

    in->op = OP_MCP_LIST;
    in->attempt = 1;
    in->retry_at = k->now + 3000;
    (void)err_set(&in->err, RC_HTTP, 503, "could not list MCP servers: server answered 503");
    kit_apply(k, in);
    assert_int_equal(top(k)->attempt, 2);
    assert_int_equal(top(k)->retry_at, k->now + 3000);
    assert_int_equal(k->m->retrying.at, k->now + 3000);
    assert_int_equal(k->m->retrying.attempt, 2);
    assert_non_null(strstr(k->m->retrying.err.text, "503"));
    const uint64_t rev = k->m->rev;
    const size_t ticks = k->n_ticks;

    kit_pass(k, 2500); /* the countdown moves, once a second */
    assert_true(k->m->rev > rev);
    assert_in_range(k->n_ticks - ticks, 2, 4);
    kit_reply(k, OP_MCP_LIST, NULL, 0);
    assert_int_equal(top(k)->retry_at, 0);
    assert_int_equal(k->m->retrying.at, 0);
    kit_free(k);
}

static void a_refused_write_is_told_though_its_panel_is_closed(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_HEALTH);
    kit_reply(k, OP_HEALTH, NULL, 0);
    kit_reply(k, OP_SYSTEM_INFO, NULL, 0);
    kit_reply(k, OP_HEALTH_AUTH, NULL, 0);
    go_to(k, "refresh the tokens");
    enter(k);
    assert_int_equal(kit_count(k, OP_REFRESH_TOKENS), 1);
    const size_t cancelled = kit_count_kind(k, REQ_CANCEL);

    act_panel_back(k->m);
    kit_pass(k, 10);
    assert_int_equal(kit_count_kind(k, REQ_CANCEL), cancelled); /* it may have happened already */
    kit_http_fail(k, OP_REFRESH_TOKENS, 500);
    assert_non_null(strstr(kit_notice(k), "refresh-tokens"));
    kit_free(k);
}

static void what_a_generation_lacks_says_so_and_is_not_sent(void **state) {
    struct kit *k =
        kit_online_with((struct model_config){.url = "http://localhost:8088"}, GEN_SEED, ids, 2);

    (void)state;
    open_panel(k, PANEL_HEALTH);
    assert_int_equal(kit_count(k, OP_HEALTH), 1);
    assert_int_equal(kit_count(k, OP_SYSTEM_INFO), 0);
    assert_int_equal(kit_count(k, OP_HEALTH_AUTH), 0);
    const struct panel_row *row = find_row(k, "refresh the tokens");

    assert_string_equal(row->why_not, "needs a server of 0.6.6 or newer, this one is 0.2.5");
    go_to(k, "refresh the tokens");
    enter(k);
    assert_int_equal(kit_count(k, OP_REFRESH_TOKENS), 0);
    assert_non_null(strstr(kit_notice(k), "0.6.6"));
    assert_null(panel_why_op(k->m, OP_SESSION_FORK));
    kit_free(k);
    k = kit_online(ids, 2);
    assert_string_equal(panel_why_op(k->m, OP_SESSION_FORK),
                        "servers after 0.7.2 have it no more, this one is 0.8.1");
    kit_free(k);
}

/* ---- rows ---- */
static void fill_commands(struct kit *k, size_t n) {
    static struct command_info v[200];
    static char names[200][16];

    for (size_t i = 0; i < n; i++) {
        snprintf(names[i], sizeof names[i], "c%03zu", i);
        v[i] = (struct command_info){.name = names[i], .description = "does something"};
    }
    v[2].description = "finds a needle";
    kit_reply(k, OP_COMMANDS_LIST, v, n);
}

static void the_cursor_stays_on_its_row_when_rows_are_made_anew(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_COMMANDS);
    fill_commands(k, 20);
    go_to(k, "/c005");
    turn(k, 1); /* unfolds it: rows come behind */
    kit_reply(k, OP_COMMAND_GET, NULL, 0);
    assert_string_equal(at_cursor(k), "/c005");
    go_to(k, "/c002");
    turn(k, 1); /* rows come before that one */
    kit_reply(k, OP_COMMAND_GET, NULL, 0);
    go_to(k, "/c005");
    act_panel_retry(k->m, k->fx);
    kit_step(k);
    assert_string_equal(at_cursor(k), "");
    fill_commands(k, 20);
    assert_string_equal(at_cursor(k), "/c005"); /* also over a time without rows */
    kit_free(k);
}

static void the_filter_finds_rows_by_what_they_say(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_COMMANDS);
    fill_commands(k, 20);
    write_in(k, "needle");
    assert_int_equal(top(k)->n_rows, 1);
    assert_string_equal(at_cursor(k), "/c002");
    turn(k, 1); /* what belongs to a row is kept with it */
    assert_non_null(find_row(k, "usage"));
    write_in(k, "zzz");
    assert_int_equal(top(k)->n_rows, 0);
    enter(k); /* nothing is there: nothing happens */
    act_panel_move(k->m, 1, k->fx);
    editor_kill(panel_editor(k->m), TO_START, NULL);
    act_panel_changed(k->m, k->fx);
    assert_true(top(k)->n_rows >= 20);
    kit_free(k);
}

static void a_heading_stays_only_with_rows_under_it(void **state) {
    struct kit *k = kit_online(ids, 2);
    struct tool_info tool = {.name = "Bash", .description = "runs"};
    struct tool_list list = {.tools = {&tool, 1}};

    (void)state;
    open_panel(k, PANEL_TOOLS);
    kit_reply(k, OP_TOOLS_LIST, &list, 0);
    assert_non_null(find_row(k, "Keys of tools"));
    write_in(k, "bash");
    assert_non_null(find_row(k, "Tools"));
    assert_null(find_row(k, "Keys of tools"));
    kit_free(k);
}

static void a_page_and_the_ends_are_reached(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_COMMANDS);
    fill_commands(k, 100);
    lay_out(k, 20, 1);
    act_panel_move(k->m, 10, k->fx);
    assert_int_equal(top(k)->scroll, 19);
    assert_true(top(k)->cursor >= 19 && top(k)->cursor < 39);
    act_panel_move(k->m, INT_MAX, k->fx);
    assert_string_equal(at_cursor(k), "/c099");
    act_panel_move(k->m, -10, k->fx);
    act_panel_move(k->m, INT_MIN, k->fx);
    assert_string_equal(at_cursor(k), "/c000");
    act_panel_move(k->m, -1, k->fx);
    assert_string_equal(at_cursor(k), "/c000");
    kit_free(k);
}

/* Down goes over a text that is longer than the screen line by line: nothing of it is skipped. */
static void a_long_text_is_scrolled_over_before_the_next_row_is_reached(void **state) {
    struct kit *k = kit_online(ids, 2);
    int seen = 0;

    (void)state;
    open_panel(k, PANEL_COMMANDS);
    fill_commands(k, 3);
    go_to(k, "/c001");
    turn(k, 1);
    lay_out(k, 10, 40);
    for (int i = 0; i < 100 && strcmp(at_cursor(k), "/c001") == 0; i++) {
        const int before = top(k)->scroll;

        act_panel_move(k->m, 1, k->fx);
        assert_true(top(k)->scroll - before <= 1);
        seen = top(k)->scroll;
    }
    assert_true(seen >= 30);
    assert_string_equal(at_cursor(k), "put it into the message");
    kit_free(k);
}

/* ---- questions ---- */
static void what_destroys_is_done_by_a_second_enter_after_the_question_was_seen(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_CREATE);
    go_to(k, "title");
    write_in(k, "abc");
    go_to(k, "empty the form");
    enter(k);
    assert_true(top(k)->confirm > 0);
    enter(k); /* not painted yet */
    kit_pass(k, 1000);
    enter(k);
    assert_true(top(k)->confirm > 0);
    kit_paint(k);
    kit_pass(k, 399);
    enter(k);
    assert_true(top(k)->confirm > 0);
    kit_pass(k, 1);
    enter(k);
    assert_int_equal(top(k)->confirm, 0);
    go_to(k, "title");
    assert_true(editor_empty(panel_editor(k->m)));
    kit_free(k);
}

static void escape_and_every_move_take_a_question_back(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_CREATE);
    go_to(k, "title");
    write_in(k, "abc");
    go_to(k, "empty the form");
    enter(k);
    kit_paint(k);
    kit_pass(k, 500);
    act_panel_back(k->m);
    assert_int_equal(top(k)->id, PANEL_CREATE);
    enter(k); /* asks anew */
    assert_true(top(k)->confirm > 0);
    kit_paint(k);
    kit_pass(k, 500);
    act_look_again(k->m); /* a paste, a suspend */
    enter(k);
    assert_true(top(k)->confirm > 0);
    act_panel_move(k->m, -1, k->fx);
    assert_int_equal(top(k)->confirm, 0);
    go_to(k, "title");
    assert_string_equal(buf_str(&panel_editor(k->m)->text), "abc");
    kit_free(k);
}

/* ---- fields ---- */
static void enter_goes_on_from_a_line_and_begins_one_in_a_text(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_CREATE);
    go_to(k, "title");
    write_in(k, "abc");
    enter(k);
    assert_string_not_equal(at_cursor(k), "title");
    struct panel_field *choice = NULL;

    for (size_t i = 0; i < top(k)->n_rows; i++)
        if (top(k)->rows[i].kind == ROW_CHOICE && strstr(top(k)->rows[i].label, "prompt")) {
            choice = &top(k)->fields[top(k)->rows[i].field];
            go_to(k, top(k)->rows[i].label);
            break;
        }
    assert_non_null(choice);
    const size_t was = choice->choice;

    turn(k, 1);
    turn(k, -1);
    for (size_t i = 0; i < top(k)->n_fields; i++)
        if (strstr(at_cursor(k), "prompt"))
            choice = &top(k)->fields[panel_row_at(top(k))->field];
    assert_int_equal(choice->choice, was);
    turn(k, 1);
    size_t many = 0;

    while (many < top(k)->n_rows && (top(k)->rows[many].kind != ROW_FIELD ||
                                     top(k)->fields[top(k)->rows[many].field].text.one_line))
        many++;
    assert_true(many < top(k)->n_rows);
    go_to(k, top(k)->rows[many].label);
    write_in(k, "one");
    enter(k);
    write_in(k, "two");
    assert_string_equal(buf_str(&panel_editor(k->m)->text), "one\ntwo");
    const size_t at = top(k)->cursor;

    act_panel_move(k->m, -1, k->fx); /* within the text */
    assert_int_equal(top(k)->cursor, at);
    act_panel_move(k->m, -1, k->fx); /* out of it */
    assert_true(top(k)->cursor < at);
    kit_free(k);
}

static void many_choices_are_a_list_above(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_KEY);
    go_to(k, "provider");
    const size_t n = top(k)->fields[panel_row_at(top(k))->field].choices.n;

    assert_true(n > 3);
    enter(k);
    assert_int_equal(top(k)->id, PANEL_CHOICE);
    assert_int_equal(top(k)->n_rows, n);
    act_panel_move(k->m, INT_MAX, k->fx);
    auto_free char *last = xstrdup(at_cursor(k));

    enter(k);
    assert_int_equal(top(k)->id, PANEL_KEY);
    const struct panel_field *f = &top(k)->fields[panel_row_at(top(k))->field];

    assert_string_equal(f->choices.items[f->choice], last);
    kit_free(k);
}

/* What was written is nowhere when the panel is closed: not in an undo, not where the text was. */
static void a_secret_is_wiped_and_cannot_be_undone(void **state) {
    struct editor e;
    char *memory;

    (void)state;
    editor_init_secret(&e, 4096);
    assert_true(editor_insert(&e, "sk-ant-", 7));
    memory = e.text.p;
    for (int i = 0; i < 400; i++)
        assert_true(editor_insert(&e, "12345", 5));
    assert_ptr_equal(e.text.p, memory); /* it never moved, so no copy was left behind */
    assert_false(editor_undo(&e));
    assert_null(e.undo);
    static char more[4096];

    memset(more, 'x', sizeof more);
    assert_false(editor_insert(&e, more, sizeof more));
    editor_kill(&e, TO_START, NULL);
    assert_false(editor_undo(&e));
    editor_fini(&e);
}

static void a_secret_field_of_a_form_is_one(void **state) {
    struct kit *k = kit_online(ids, 2);

    (void)state;
    open_panel(k, PANEL_KEY);
    go_to(k, "key");
    assert_true(panel_editor(k->m)->secret);
    write_in(k, "planted-secret");
    for (size_t i = 0; i < top(k)->n_rows; i++) { /* no row has it */
        assert_null(strstr(top(k)->rows[i].value, "planted"));
        assert_null(strstr(top(k)->rows[i].label, "planted"));
    }
    kit_free(k);
}

static void a_panel_about_a_session_outlives_it(void **state) {
    struct kit *k = kit_online(ids, 2);
    struct session *s = model_session(k->m, "s1");

    (void)state;
    act_panel_about(k->m, PANEL_SESSION, s, k->fx);
    kit_step(k);
    assert_ptr_equal(top(k)->session, s);
    kit_list(k, &ids[1], 1); /* no list was asked for: ignored */
    session_gone(k->m, s, k->fx);
    kit_pass(k, 10);
    assert_null(top(k)->session);
    assert_non_null(find_row(k, "The session is gone"));
    act_panel_retry(k->m, k->fx);
    kit_step(k);
    kit_free(k);
}

static void every_panel_opens_moves_and_closes_in_every_generation(void **state) {
    static const int versions[] = {GEN_SEED,     GEN(0, 4, 5), GEN(0, 6, 4),
                                   GEN(0, 7, 2), GEN(0, 8, 1), GEN_POST};

    (void)state;
    for (size_t v = 0; v < MIX_COUNT(versions); v++)
        for (int id = 0; id < PANEL_COUNT; id++) {
            struct kit *k = kit_online_with((struct model_config){.url = "http://localhost:8088"},
                                            versions[v], ids, 2);

            act_panel_open(k->m, (enum panel_id)id, k->fx);
            kit_step(k);
            panel_fresh(k->m);
            for (int i = 0; i < 5 && panel_top(k->m); i++) {
                act_panel_move(k->m, i, k->fx);
                act_panel_turn(k->m, 1, k->fx);
                act_panel_retry(k->m, k->fx);
                kit_step(k);
                panel_fresh(k->m);
            }
            for (size_t i = 0; i < k->n_sent; i++) /* nothing is sent that it would reject */
                if (k->sent[i]->kind == REQ_CALL)
                    assert_true(caps_has(&k->m->server.caps, k->sent[i]->op));
            kit_free(k);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(panels_stack_and_escape_goes_back_one_by_one),
        cmocka_unit_test(another_overlay_closes_the_whole_stack),
        cmocka_unit_test(an_answer_to_a_closed_panel_is_dropped_and_its_get_cancelled),
        cmocka_unit_test(a_failure_is_shown_and_tried_again_by_its_row),
        cmocka_unit_test(a_retry_counts_down_in_the_panel_and_for_the_status_line),
        cmocka_unit_test(a_refused_write_is_told_though_its_panel_is_closed),
        cmocka_unit_test(what_a_generation_lacks_says_so_and_is_not_sent),
        cmocka_unit_test(the_cursor_stays_on_its_row_when_rows_are_made_anew),
        cmocka_unit_test(the_filter_finds_rows_by_what_they_say),
        cmocka_unit_test(a_heading_stays_only_with_rows_under_it),
        cmocka_unit_test(a_page_and_the_ends_are_reached),
        cmocka_unit_test(a_long_text_is_scrolled_over_before_the_next_row_is_reached),
        cmocka_unit_test(what_destroys_is_done_by_a_second_enter_after_the_question_was_seen),
        cmocka_unit_test(escape_and_every_move_take_a_question_back),
        cmocka_unit_test(enter_goes_on_from_a_line_and_begins_one_in_a_text),
        cmocka_unit_test(many_choices_are_a_list_above),
        cmocka_unit_test(a_secret_is_wiped_and_cannot_be_undone),
        cmocka_unit_test(a_secret_field_of_a_form_is_one),
        cmocka_unit_test(a_panel_about_a_session_outlives_it),
        cmocka_unit_test(every_panel_opens_moves_and_closes_in_every_generation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
