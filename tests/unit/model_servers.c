/* Several servers in one program: one inbox, one screen, and rule 1 over all of them. */
#include "model_kit.h"

#include "mix/servers.h"

static const char *const one[] = {"s1"};

/* Server 0 is shown, server 1 is watched; their ids are the same on purpose. */
struct pair {
    struct servers s;
    struct kit *k[2];
};

static struct pair *pair_new(void) {
    static const char *const urls[] = {"http://localhost:8088", "http://build:8088"};
    static const char *const names[] = {"home", "build"};
    struct pair *p = xcalloc(1, sizeof *p);

    for (size_t i = 0; i < 2; i++) {
        p->k[i] = kit_online_with((struct model_config){.url = urls[i], .animate = true}, GEN_TOP,
                                  one, 1);
        kit_type(p->k[i], "");
        assert_int_equal(servers_add(&p->s, names[i], urls[i]), i);
        servers_open(&p->s, i, p->k[i]->m, p->k[i]->fx);
        p->s.rows[i].watch = true;
    }
    p->k[1]->now = p->k[0]->now;
    p->k[1]->real = p->k[0]->real;
    servers_show(&p->s, 0, p->k[0]->now, p->k[0]->real);
    return p;
}

static void pair_free(struct pair *p) {
    for (size_t i = 0; i < 2; i++)
        if (p->k[i])
            kit_free(p->k[i]);
    assert_int_equal(p->s.n_asks, 0);
    servers_fini(&p->s);
    free(p);
}

static void step(struct pair *p) {
    for (size_t i = 0; i < 2; i++)
        if (p->k[i])
            kit_step(p->k[i]);
    for (size_t i = 1; i < p->s.n_asks; i++)
        assert_true(p->s.asks[i - 1]->deadline <= p->s.asks[i]->deadline);
}

/* Time passes for both; each is ticked when it wants to be. */
static void pass(struct pair *p, int64_t ms) {
    const int64_t until = p->k[0]->now + ms;

    for (int guard = 0; guard < 10000; guard++) {
        int64_t at = until;

        for (size_t i = 0; i < 2; i++) {
            const int64_t next = p->k[i] ? model_next_tick(p->k[i]->m, p->k[i]->now) : -1;

            at = next >= 0 && next < at ? next : at;
        }
        for (size_t i = 0; i < 2; i++) {
            if (!p->k[i])
                continue;
            p->k[i]->real += at - p->k[i]->now;
            p->k[i]->now = at;
            kit_tick(p->k[i]);
        }
        if (at >= until)
            return;
    }
    fail_msg("time spins");
}

static void permission(struct pair *p, size_t server, const char *id, const char *command) {
    char params[256];

    (void)snprintf(params, sizeof params, "{\"command\":\"%s\"}", command);
    kit_event(p->k[server], "s1", EV_PERMISSION, .id = id, .session_id = "s1", .tool_name = "Bash",
              .params_raw = params);
}

static struct ask *selected(const struct pair *p) { return model_selected_ask(p->s.shown); }

static size_t answers(const struct pair *p, size_t server) {
    return kit_count(p->k[server], OP_PERMISSION_GRANT) +
           kit_count(p->k[server], OP_PERMISSION_DENY);
}

static void enter(struct pair *p) {
    kit_enter_asks(p->k[0]);
    step(p);
}

static void move(struct pair *p, int by) {
    kit_move_asks(p->k[0], by);
    step(p);
}

static void decide(struct pair *p, enum decision d) {
    kit_decide(p->k[0], d);
    step(p);
}

static void arm(struct pair *p) {
    kit_paint(p->k[0]);
    pass(p, 400);
}

static bool armed(const struct pair *p) { return ask_armed(p->s.shown, selected(p), p->k[0]->now); }

/* ---- the inbox ---- */
static void requests_of_all_servers_stand_by_time_left(void **state) {
    struct pair *p = pair_new();
    size_t n;

    (void)state;
    permission(p, 1, "p1", "make");
    pass(p, 1000);
    permission(p, 0, "p1", "ls");
    pass(p, 1000);
    permission(p, 1, "p2", "rm");
    for (size_t i = 0; i < 2; i++) {
        struct ask *const *asks = model_inbox(p->k[i]->m, &n);

        assert_int_equal(n, 3);
        assert_string_equal(asks[0]->object, "make");
        assert_string_equal(asks[1]->object, "ls");
        assert_string_equal(asks[2]->object, "rm");
        assert_int_equal(model_asks_pending(p->k[i]->m, ASK_PERMISSION), 3);
    }
    assert_int_equal(model_own_pending(p->k[0]->m, ASK_PERMISSION), 1);
    assert_int_equal(session_mark(p->k[1]->m->shown, p->k[1]->m), MARK_APPROVAL);
    assert_int_equal(p->k[0]->m->ui.focus, PANE_COMPOSER);
    assert_null(p->k[0]->m->ui.ask_cursor);
    pair_free(p);
}

static void an_answer_goes_where_the_request_came_from(void **state) {
    struct pair *p = pair_new();

    (void)state;
    permission(p, 0, "p1", "ls");
    pass(p, 1000);
    permission(p, 1, "p1", "make");
    enter(p);
    assert_string_equal(selected(p)->object, "ls");
    move(p, 1);
    assert_string_equal(selected(p)->object, "make");
    arm(p);
    decide(p, DECIDE_GRANT);
    assert_int_equal(answers(p, 0), 0);
    assert_int_equal(answers(p, 1), 1);
    assert_int_equal(model_ask(p->k[0]->m, "p1")->state, ASK_PENDING);
    assert_int_equal(model_ask(p->k[1]->m, "p1")->state, ASK_SENT);
    kit_reply(p->k[1], OP_PERMISSION_GRANT, NULL, 0);
    assert_int_equal(model_ask(p->k[1]->m, "p1")->state, ASK_ACCEPTED);
    move(p, -1);
    arm(p);
    decide(p, DECIDE_DENY);
    assert_int_equal(kit_count(p->k[0], OP_PERMISSION_DENY), 1);
    assert_int_equal(answers(p, 1), 1);
    pair_free(p);
}

/* Whatever the other server does, what is selected stays, armed, and what is decided is it. */
static void nothing_elsewhere_moves_or_disarms_the_selection(void **state) {
    struct pair *p = pair_new();

    (void)state;
    permission(p, 1, "p1", "make"); /* more urgent, same id */
    pass(p, 5000);
    permission(p, 0, "p1", "ls");
    enter(p);
    move(p, 1);
    arm(p);
    assert_true(armed(p));
    permission(p, 1, "p0", "first");
    permission(p, 1, "p2", "second");
    kit_event(p->k[1], "s1", EV_ERROR, .error = "request cancelled by user");
    assert_int_equal(model_ask(p->k[1]->m, "p1")->state, ASK_EXPIRED);
    assert_string_equal(selected(p)->object, "ls");
    assert_true(armed(p));
    permission(p, 1, "p3", "third");
    session_gone(p->k[1]->m, model_session(p->k[1]->m, "s1"), p->k[1]->fx);
    step(p);
    assert_int_equal(p->s.n_asks, 1);
    assert_string_equal(selected(p)->object, "ls");
    assert_true(armed(p));
    decide(p, DECIDE_GRANT);
    assert_int_equal(answers(p, 0), 1);
    assert_int_equal(answers(p, 1), 0);
    pair_free(p);
}

static void what_expires_elsewhere_stays_selected_and_takes_no_answer(void **state) {
    struct pair *p = pair_new();

    (void)state;
    permission(p, 1, "p1", "make");
    enter(p);
    arm(p);
    pass(p, 28000);
    permission(p, 0, "p1", "ls");
    pass(p, 600);
    assert_int_equal(selected(p)->state, ASK_EXPIRED);
    assert_ptr_equal(selected(p)->owner, p->k[1]->m);
    pass(p, 1000);
    decide(p, DECIDE_GRANT);
    assert_int_equal(answers(p, 0) + answers(p, 1), 0);
    pass(p, 200000); /* it is looked at: it stays */
    assert_string_equal(selected(p)->object, "make");
    permission(p, 0, "p2", "ls");
    move(p, 1);
    pass(p, 1);
    assert_int_equal(p->k[1]->m->n_asks, 0);
    pair_free(p);
}

static void a_server_that_is_closed_leaves_nothing_under_the_cursor(void **state) {
    struct pair *p = pair_new();

    (void)state;
    permission(p, 1, "p1", "make");
    pass(p, 100);
    permission(p, 0, "p1", "ls");
    enter(p);
    arm(p);
    assert_ptr_equal(selected(p)->owner, p->k[1]->m);
    assert_true(armed(p));
    kit_free(p->k[1]);
    p->k[1] = NULL;
    assert_null(selected(p));
    assert_int_equal(p->s.n_asks, 1);
    decide(p, DECIDE_GRANT);
    pass(p, 1000);
    kit_paint(p->k[0]);
    pass(p, 1000);
    decide(p, DECIDE_GRANT);
    assert_int_equal(answers(p, 0), 0);
    assert_string_equal(p->k[0]->m->ui.ask_cursor, "p1"); /* still that of the other one */
    pair_free(p);
}

static void what_grows_elsewhere_has_to_be_looked_at_again(void **state) {
    struct pair *p = pair_new();

    (void)state;
    kit_event(p->k[1], "s1", EV_PERMISSION, .id = "p1", .session_id = "s1", .tool_name = "Edit",
              .params_raw = "{\"file_path\":\"/w/a.c\",\"diff\":\"--- a\\n+++ b\"}");
    enter(p);
    arm(p);
    assert_true(armed(p));
    const uint64_t rev = p->k[0]->m->rev;

    kit_event(p->k[1], "s1", EV_TOOL_START, .tool_call_id = "c1", .tool_name = "Edit",
              .message_id = "m9");
    kit_event(p->k[1], "s1", EV_TOOL_INPUT, .tool_call_id = "c1", .tool_name = "Edit",
              .input = "{\"file_path\":\"/w/a.c\",\"old_string\":\"one\\n\","
                       "\"new_string\":\"two\\n\"}");
    assert_true(p->k[0]->m->rev > rev); /* it is drawn again */
    assert_false(armed(p));
    decide(p, DECIDE_GRANT);
    assert_int_equal(answers(p, 1), 0);
    pair_free(p);
}

static void an_answer_that_fails_elsewhere_is_told_and_armed_anew(void **state) {
    struct pair *p = pair_new();

    (void)state;
    permission(p, 1, "p1", "make");
    enter(p);
    arm(p);
    decide(p, DECIDE_GRANT);
    kit_http_fail(p->k[1], OP_PERMISSION_GRANT, 500);
    assert_int_equal(selected(p)->state, ASK_FAILED);
    assert_non_null(strstr(kit_notice(p->k[0]), "The answer to Bash did not arrive"));
    assert_true(p->k[0]->m->notice_at > 0);
    decide(p, DECIDE_GRANT);
    assert_int_equal(answers(p, 1), 1);
    arm(p);
    decide(p, DECIDE_GRANT);
    assert_int_equal(answers(p, 1), 2);
    pair_free(p);
}

static void one_server_under_two_addresses_rings_once(void **state) {
    struct pair *p = pair_new();

    (void)state;
    permission(p, 0, "p1", "ls");
    assert_int_equal(p->k[0]->fx->n_attend, 1);
    permission(p, 1, "p1", "ls");
    assert_int_equal(p->k[1]->fx->n_attend, 0);
    permission(p, 1, "p2", "ls");
    assert_int_equal(p->k[1]->fx->n_attend, 1);
    pair_free(p);
}

/* ---- who has no screen ---- */
static void a_watched_server_that_is_away_takes_neither_screen_nor_status_line(void **state) {
    struct pair *p = pair_new();
    struct model_config config = {.url = "http://away:1"};
    struct kit *away = kit_new_with(config);
    const size_t row = servers_add(&p->s, "away\x1b[2J", config.url);
    struct model *m = p->k[0]->m;

    (void)state;
    servers_open(&p->s, row, away->m, away->fx);
    kit_step(away);
    m->notice_at = 0;
    const size_t notices = m->n_notices;
    const uint64_t rev = m->rev;

    kit_fail_at(away, OP_SESSIONS_LIST, RC_CONNECT, 0, 7);
    assert_int_equal(away->m->server.state, SERVER_OFFLINE);
    assert_int_equal(away->m->ui.over, OVER_NONE);
    assert_int_equal(m->ui.over, OVER_NONE);
    assert_int_equal(m->notice_at, 0);
    assert_int_equal(m->n_notices, notices + 1); /* but the log has it, and says where */
    assert_non_null(strstr(kit_notice(p->k[0]), "No server at http://away:1"));
    assert_null(strchr(kit_notice(p->k[0]), '\x1b'));
    assert_true(m->rev > rev);
    servers_show(&p->s, row, p->k[0]->now, p->k[0]->real); /* now somebody wants it */
    assert_int_equal(away->m->ui.over, OVER_SERVER);
    kit_free(away);
    pair_free(p);
}

static void a_hidden_one_wakes_nobody_for_its_looks(void **state) {
    struct pair *p = pair_new();
    struct model *hidden = p->k[1]->m;

    (void)state;
    kit_event(p->k[1], "s1", EV_THINKING, .content = "hm", .message_id = "m9");
    pass(p, 10000);
    assert_int_not_equal(hidden->shown->turn, TURN_IDLE);
    /* no spinner, no seconds: only what a turn without a word is looked after by */
    assert_true(model_next_tick(hidden, p->k[1]->now) > p->k[1]->now + 60000);
    const uint64_t rev = p->k[0]->m->rev;

    kit_event(p->k[1], "s1", EV_CONTENT, .content = "word", .message_id = "m9");
    assert_int_equal(p->k[0]->m->rev, rev); /* nothing of that is on the screen */
    kit_event(p->k[1], "s1", EV_COMPLETE, .message_id = "m9");
    assert_true(p->k[0]->m->rev > rev); /* one agent less works */
    assert_false(hidden->shown->seen);
    pair_free(p);
}

static void the_shown_one_counts_the_seconds_of_all(void **state) {
    struct pair *p = pair_new();

    (void)state;
    pass(p, 10000);
    permission(p, 1, "p1", "make");
    kit_tick(p->k[0]);
    const uint64_t rev = p->k[0]->m->rev;

    assert_int_equal(model_next_tick(p->k[0]->m, p->k[0]->now), p->k[0]->now + 1000);
    pass(p, 1000);
    assert_true(p->k[0]->m->rev > rev);
    pass(p, 40000);
    assert_int_equal(model_ask(p->k[1]->m, "p1")->state, ASK_EXPIRED);
    pair_free(p);
}

/* ---- from one to another ---- */
static void the_next_that_needs_somebody_may_be_on_another_server(void **state) {
    struct pair *p = pair_new();
    struct model *m = p->k[0]->m;

    (void)state;
    p->s.rows[0].watch = false;
    act_next_needy(m, p->k[0]->fx);
    assert_int_equal(p->k[0]->fx->show, 0);
    permission(p, 1, "p1", "make");
    act_next_needy(m, p->k[0]->fx);
    assert_int_equal(p->k[0]->fx->show, 2);
    assert_string_equal(p->k[1]->m->shown->id, "s1");
    assert_true(p->s.rows[0].watch); /* it goes on in the background */
    p->k[0]->fx->show = 0;
    servers_show(&p->s, 1, p->k[0]->now, p->k[0]->real);
    permission(p, 0, "p1", "ls");
    act_next_needy(p->k[1]->m, p->k[1]->fx);
    assert_int_equal(p->k[1]->fx->show, 1);
    pair_free(p);
}

static void a_switch_takes_the_selection_along_and_disarms_it(void **state) {
    struct pair *p = pair_new();
    struct model *a = p->k[0]->m, *b = p->k[1]->m;

    (void)state;
    permission(p, 1, "p1", "make");
    pass(p, 10);
    permission(p, 0, "p1", "ls");
    enter(p);
    move(p, 1);
    arm(p);
    act_resize(a, 133, 44);
    b->ui.focus = PANE_PERMISSIONS; /* left so */
    b->ui.before_asks = PANE_THREAD;
    const uint64_t rev = a->rev;

    p->k[0]->selecting = p->k[1]->selecting = true;
    servers_show(&p->s, 1, p->k[0]->now, p->k[0]->real);
    step(p);
    assert_ptr_equal(p->s.shown, b);
    assert_true(b->rev > rev);
    assert_int_equal(b->ui.cols, 133);
    assert_int_equal(a->ui.focus, PANE_COMPOSER);
    assert_int_equal(b->ui.focus, PANE_THREAD);
    assert_string_equal(selected(p)->object, "ls");
    assert_ptr_equal(selected(p)->owner, a);
    assert_false(ask_armed(b, selected(p), p->k[1]->now + 1000));
    act_decide(b, DECIDE_GRANT, p->k[1]->fx);
    step(p);
    assert_int_equal(answers(p, 0) + answers(p, 1), 0);
    kit_enter_asks(p->k[1]); /* kept: it waits still */
    assert_string_equal(selected(p)->object, "ls");
    kit_paint(p->k[1]);
    pass(p, 400);
    kit_decide(p->k[1], DECIDE_GRANT);
    step(p);
    assert_int_equal(answers(p, 0), 1);
    assert_int_equal(answers(p, 1), 0);
    pair_free(p);
}

static void quitting_asks_for_the_agents_of_all(void **state) {
    struct pair *p = pair_new();
    struct model *m = p->k[0]->m;

    (void)state;
    kit_event(p->k[1], "s1", EV_THINKING, .content = "hm", .message_id = "m9");
    act_quit(m, p->k[0]->fx);
    assert_false(p->k[0]->fx->quit);
    assert_int_equal(m->ui.over, OVER_QUIT);
    act_over_close(m);
    kit_event(p->k[1], "s1", EV_COMPLETE, .message_id = "m9");
    act_quit(m, p->k[0]->fx);
    assert_true(p->k[0]->fx->quit);
    pair_free(p);
}

static void a_left_server_says_what_it_stays_for(void **state) {
    struct pair *p = pair_new();

    (void)state;
    assert_null(servers_busy(&p->s.rows[1]));
    kit_event(p->k[1], "s1", EV_THINKING, .content = "hm", .message_id = "m9");
    assert_string_equal(servers_busy(&p->s.rows[1]), "agents work there");
    permission(p, 1, "p1", "make");
    assert_string_equal(servers_busy(&p->s.rows[1]), "somebody asks there");
    enter(p);
    arm(p);
    kit_event(p->k[1], "s1", EV_COMPLETE, .message_id = "m9");
    decide(p, DECIDE_GRANT);
    assert_int_equal(model_working(p->k[1]->m), 0);
    assert_string_equal(servers_busy(&p->s.rows[1]), "an answer is on its way");
    pair_free(p);
}

static void rows_are_found_by_name_and_address(void **state) {
    struct servers s = {0};

    (void)state;
    servers_add(&s, "prod", "http://me:secret@host:1/mix");
    servers_add(&s, NULL, "http://other:2");
    servers_add(&s, "demo", NULL);
    assert_int_equal(servers_find(&s, "prod"), 0);
    assert_int_equal(servers_find(&s, "http://host:1/mix"), 0);
    assert_int_equal(servers_find(&s, "http://other:2/"), 1);
    assert_int_equal(servers_find(&s, "http://host:2"), 3);
    assert_null(strstr(s.rows[0].address, "secret"));
    assert_string_equal(s.rows[1].name, "other:2");
    servers_fini(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_of_all_servers_stand_by_time_left),
        cmocka_unit_test(an_answer_goes_where_the_request_came_from),
        cmocka_unit_test(nothing_elsewhere_moves_or_disarms_the_selection),
        cmocka_unit_test(what_expires_elsewhere_stays_selected_and_takes_no_answer),
        cmocka_unit_test(a_server_that_is_closed_leaves_nothing_under_the_cursor),
        cmocka_unit_test(what_grows_elsewhere_has_to_be_looked_at_again),
        cmocka_unit_test(an_answer_that_fails_elsewhere_is_told_and_armed_anew),
        cmocka_unit_test(one_server_under_two_addresses_rings_once),
        cmocka_unit_test(a_watched_server_that_is_away_takes_neither_screen_nor_status_line),
        cmocka_unit_test(a_hidden_one_wakes_nobody_for_its_looks),
        cmocka_unit_test(the_shown_one_counts_the_seconds_of_all),
        cmocka_unit_test(the_next_that_needs_somebody_may_be_on_another_server),
        cmocka_unit_test(a_switch_takes_the_selection_along_and_disarms_it),
        cmocka_unit_test(quitting_asks_for_the_agents_of_all),
        cmocka_unit_test(a_left_server_says_what_it_stays_for),
        cmocka_unit_test(rows_are_found_by_name_and_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
