/* Keys in the server screens. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/input/private.h"

struct desk {
    struct model *m;
    struct input *in;
    struct effects *fx;
    int64_t now;
};

static void press(struct desk *d, uint32_t code) {
    const struct key k = {.code = code};

    input_key(d->in, d->m, &k, d->now, d->now, d->fx);
    panel_fresh(d->m);
    input_refresh(d->in, d->m);
}

static void chord(struct desk *d, uint32_t code) {
    const struct key k = {.code = code, .mods = MOD_CTRL};

    input_key(d->in, d->m, &k, d->now, d->now, d->fx);
    panel_fresh(d->m);
}

static void type(struct desk *d, const char *text) {
    for (; *text; text++)
        press(d, (uint32_t)(unsigned char)*text);
}

static struct desk *desk_new(int version) {
    static struct desk d;
    struct model_config config = {
        .url = "http://localhost:8088", .session_id = "s1", .state_dir = "/state"};

    d = (struct desk){.now = 1000000, .fx = effects_new(), .in = input_new()};
    d.m = model_new(&config, d.now, d.now, d.fx);
    d.m->server.caps = caps_of(version);
    act_resize(d.m, 100, 30);
    act_focus(d.m, PANE_THREAD);
    return &d;
}

static void desk_free(struct desk *d) {
    model_free(d->m);
    input_free(d->in);
    effects_free(d->fx);
}

/* The answer to the last call. */
static void answer(struct desk *d, enum op op, void *out, size_t n) {
    uint32_t id = 0;

    for (size_t i = 0; i < d->fx->n_requests; i++)
        if (d->fx->requests[i]->kind == REQ_CALL && d->fx->requests[i]->op == op)
            id = d->fx->requests[i]->id;
    assert_int_not_equal(id, 0);
    struct incoming *in = incoming_new(IN_REPLY, id);

    in->op = op;
    in->status = 200;
    in->out = out;
    in->n = n;
    model_apply(d->m, in, d->now, d->now, d->fx);
    panel_fresh(d->m);
    input_refresh(d->in, d->m);
}

/* `:name` Enter, as on a command line. */
static void names_open_their_screens(void **state) {
    static const struct {
        const char *typed;
        enum panel_id id;
    } rows[] = {
        {"tools", PANEL_TOOLS},
        {"mcp", PANEL_MCP},
        {"MCP servers", PANEL_MCP},
        {"commands", PANEL_COMMANDS},
        {"health", PANEL_HEALTH},
        {"history", PANEL_HISTORY},
        {"session-details", PANEL_SESSION},
        {"raw events", PANEL_FRAMES},
        {"raw-events", PANEL_FRAMES},
        {"log", PANEL_LOG},
        {"messages", PANEL_LOG},
        /* as other programs call them */
        {"login", PANEL_AUTH},
        {"sign in", PANEL_AUTH},
        {"api key", PANEL_AUTH},
        {"key", PANEL_AUTH},
        {"credentials", PANEL_AUTH},
        {"model", PANEL_PREFERENCES},
        {"settings", PANEL_PREFERENCES},
        {"max steps", PANEL_TURN},
        {"status", PANEL_HEALTH},
        {"debug", PANEL_FRAMES},
        {"rules", PANEL_RULES},
        {"allowlist", PANEL_RULES},
        {"audit-log", PANEL_AUDIT},
        {"decisions", PANEL_AUDIT},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct desk *d = desk_new(GEN_TOP);

        press(d, ':');
        type(d, rows[i].typed);
        press(d, K_ENTER);
        if (!panel_top(d->m) || panel_top(d->m)->id != rows[i].id)
            print_error("%s\n", rows[i].typed);
        assert_non_null(panel_top(d->m));
        assert_int_equal(panel_top(d->m)->id, rows[i].id);
        desk_free(d);
    }
}

static void help_texts_match_by_words_only(void **state) {
    struct desk *d = desk_new(GEN_TOP);

    (void)state;
    press(d, ':');
    type(d, "untouched sessions"); /* its letters are strewn over several help texts */
    assert_int_equal(d->m->ui.n_menu_rows, 0);
    chord(d, 'u');
    type(d, "slash commands of the server");
    assert_int_equal(d->m->ui.n_menu_rows, 1);
    desk_free(d);
}

/* A permission has 30 s; a form that is half filled in is there again afterwards. */
static void a_form_waits_while_a_permission_is_answered(void **state) {
    static const struct key alt_p = {.code = 'p', .mods = MOD_ALT};
    struct desk *d = desk_new(GEN_TOP);

    (void)state;
    act_panel_open(d->m, PANEL_CREATE, d->fx);
    panel_fresh(d->m);
    type(d, "a title");
    struct panel *form = panel_top(d->m);

    input_key(d->in, d->m, &alt_p, d->now, d->now, d->fx);
    assert_int_equal(d->m->ui.over, OVER_NONE);
    assert_int_equal(d->m->ui.focus, PANE_PERMISSIONS);
    press(d, K_ENTER); /* its menu, and out of it */
    press(d, K_ESC);
    press(d, K_ESC);
    assert_int_equal(d->m->ui.over, OVER_PANEL);
    assert_ptr_equal(panel_top(d->m), form);
    assert_string_equal(buf_str(&panel_editor(d->m)->text), "a title");
    chord(d, 'x');
    press(d, 'p');
    assert_int_equal(d->m->ui.focus, PANE_PERMISSIONS);
    input_key(d->in, d->m, &alt_p, d->now, d->now, d->fx);
    assert_ptr_equal(panel_top(d->m), form);
    chord(d, 'x'); /* nothing else behind Ctrl+X throws it away */
    press(d, 'A');
    assert_ptr_equal(panel_top(d->m), form);
    press(d, K_ESC);
    assert_null(panel_top(d->m));
    desk_free(d);
}

static void an_address_may_be_typed_without_its_scheme(void **state) {
    static const char *const rows[][2] = {
        {"localhost:8088", "http://localhost:8088"},
        {"mix.example work", "http://mix.example work"},
        {"https://mix.example", "https://mix.example"},
        {"unix:/run/mix.sock", "unix:/run/mix.sock"},
        {"http:/typo", "http:/typo"}, /* said, not guessed */
        {"nonsense", "nonsense"},
    };

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(rows); i++) {
        struct desk *d = desk_new(GEN_TOP);

        act_over(d->m, OVER_SERVER);
        input_refresh(d->in, d->m);
        press(d, 'a');
        chord(d, 'u');
        type(d, rows[i][0]);
        press(d, K_ENTER);
        assert_non_null(d->fx->connect_url);
        assert_string_equal(d->fx->connect_url, rows[i][1]);
        desk_free(d);
    }
}

static void a_list_makes_room_for_a_permission(void **state) {
    static const struct key alt_p = {.code = 'p', .mods = MOD_ALT};
    struct desk *d = desk_new(GEN_TOP);

    (void)state;
    press(d, ':');
    input_key(d->in, d->m, &alt_p, d->now, d->now, d->fx);
    assert_int_equal(d->m->ui.over, OVER_NONE);
    assert_int_equal(d->m->ui.focus, PANE_PERMISSIONS);
    press(d, K_ESC);
    assert_int_equal(d->m->ui.focus, PANE_THREAD);
    desk_free(d);
}

/* It may be a key: drafts are on disk. */
static void a_paste_beside_the_fields_of_a_screen_goes_nowhere(void **state) {
    char key[] = "sk-pasted";
    const struct key paste = {.code = K_PASTE, .paste = key, .n = sizeof key - 1};
    struct desk *d = desk_new(GEN_TOP);

    (void)state;
    act_panel_open(d->m, PANEL_AUTH, d->fx);
    panel_fresh(d->m);
    input_key(d->in, d->m, &paste, d->now, d->now, d->fx);
    assert_int_equal(d->m->shown->draft.text.n, 0);
    act_panel_push(d->m, PANEL_KEY, d->fx);
    panel_fresh(d->m);
    press(d, K_HOME); /* the provider; but what can be pasted here is the key */
    input_key(d->in, d->m, &paste, d->now, d->now, d->fx);
    assert_string_equal(buf_str(&panel_editor(d->m)->text), key);
    assert_true(panel_editor(d->m)->secret);
    desk_free(d);
}

static void the_palette_says_why_a_screen_is_missing(void **state) {
    struct desk *d = desk_new(GEN_POST);
    bool said = false;

    (void)state;
    press(d, ':');
    for (size_t i = 0; i < d->m->ui.n_menu_rows; i++)
        said =
            said || (str_eq(d->m->ui.menu_rows[i].label, "preferences") &&
                     d->m->ui.menu_rows[i].why_not && strlen(d->m->ui.menu_rows[i].why_not) > 10);
    assert_true(said);
    type(d, "preferences");
    press(d, K_ENTER);
    assert_null(panel_top(d->m));
    desk_free(d);
}

static void letters_and_blanks_filter(void **state) {
    struct command_info v[] = {{.name = "help", .description = "what there is"},
                               {.name = "clear", .description = "a new session"}};
    struct desk *d = desk_new(GEN_TOP);

    (void)state;
    act_panel_open(d->m, PANEL_COMMANDS, d->fx);
    answer(d, OP_COMMANDS_LIST, v, MIX_COUNT(v));
    type(d, "new jq"); /* j, q and blanks are text there */
    assert_string_equal(buf_str(&panel_top(d->m)->filter.text), "new jq");
    press(d, K_BACKSPACE);
    press(d, K_BACKSPACE);
    assert_int_equal(panel_top(d->m)->n_rows, 1);
    press(d, K_RIGHT); /* more of the row */
    assert_true(panel_unfolded(panel_top(d->m), 0, 1));
    chord(d, 'u');
    assert_int_equal(panel_top(d->m)->filter.text.n, 0);
    press(d, K_ESC);
    assert_int_equal(d->m->ui.over, OVER_NONE);
    desk_free(d);
}

static void letters_move_where_nothing_is_typed(void **state) {
    struct health health = {.status = "ok"};
    struct desk *d = desk_new(GEN_TOP);

    (void)state;
    act_panel_open(d->m, PANEL_HEALTH, d->fx);
    answer(d, OP_HEALTH, &health, 0);
    const size_t at = panel_top(d->m)->cursor;

    press(d, 'j');
    assert_true(panel_top(d->m)->cursor > at);
    press(d, 'k');
    assert_int_equal(panel_top(d->m)->cursor, at);
    press(d, 'q'); /* means nothing: the program does not end under a screen */
    assert_int_equal(d->m->ui.over, OVER_PANEL);
    assert_false(d->fx->quit);
    desk_free(d);
}

static void fields_take_text_and_the_arrows_leave_them(void **state) {
    struct desk *d = desk_new(GEN_TOP);

    (void)state;
    act_panel_open(d->m, PANEL_CREATE, d->fx);
    press(d, K_HOME);
    type(d, "j k r q");
    assert_string_equal(buf_str(&panel_editor(d->m)->text), "j k r q");
    press(d, K_LEFT);
    press(d, K_BACKSPACE);
    assert_string_equal(buf_str(&panel_editor(d->m)->text), "j k rq");
    press(d, K_DOWN);
    assert_ptr_not_equal(panel_row_at(panel_top(d->m)), NULL);
    assert_true(panel_top(d->m)->cursor > 0);
    press(d, K_BACKTAB);
    assert_int_equal(panel_top(d->m)->cursor, 0);
    desk_free(d);
}

static void a_choice_is_turned_by_arrows_and_blank(void **state) {
    struct desk *d = desk_new(GEN_TOP);
    const struct panel_field *f;

    (void)state;
    act_panel_open(d->m, PANEL_CREATE, d->fx);
    press(d, K_HOME);
    for (int i = 0; i < 20 && panel_row_at(panel_top(d->m))->kind != ROW_CHOICE; i++)
        press(d, K_DOWN);
    assert_int_equal(panel_row_at(panel_top(d->m))->kind, ROW_CHOICE);
    f = &panel_top(d->m)->fields[panel_row_at(panel_top(d->m))->field];
    assert_int_equal(f->choice, 0);
    press(d, ' ');
    f = &panel_top(d->m)->fields[panel_row_at(panel_top(d->m))->field];
    assert_int_equal(f->choice, 1);
    press(d, K_LEFT);
    f = &panel_top(d->m)->fields[panel_row_at(panel_top(d->m))->field];
    assert_int_equal(f->choice, 0);
    desk_free(d);
}

/* What is deleted in a secret does not come back in the next field. */
static void a_secret_is_not_kept_for_yank(void **state) {
    struct desk *d = desk_new(GEN_TOP);

    (void)state;
    act_panel_open(d->m, PANEL_KEY, d->fx);
    press(d, K_HOME);
    for (int i = 0; i < 10 && (!panel_editor(d->m) || !panel_editor(d->m)->secret); i++)
        press(d, K_DOWN);
    assert_true(panel_editor(d->m)->secret);
    type(d, "planted");
    chord(d, 'u');
    assert_int_equal(panel_editor(d->m)->text.n, 0);
    for (size_t i = 0; i < d->m->ui.killed.n; i++)
        assert_null(strstr(d->m->ui.killed.v[i], "planted"));
    chord(d, 'y');
    assert_int_equal(panel_editor(d->m)->text.n, 0);
    desk_free(d);
}

/* Rule 1: under a screen no key reaches the permissions. */
static void a_paste_goes_into_the_field_and_is_no_key(void **state) {
    static const char text[] = "y\ny\n";
    struct desk *d = desk_new(GEN_TOP);
    const struct key k = {.code = K_PASTE, .paste = text, .n = sizeof text - 1};

    (void)state;
    act_panel_open(d->m, PANEL_CREATE, d->fx);
    press(d, K_HOME);
    input_key(d->in, d->m, &k, d->now, d->now, d->fx);
    panel_fresh(d->m);
    assert_string_equal(buf_str(&panel_editor(d->m)->text), "y y ");
    assert_int_equal(panel_top(d->m)->cursor, 0);
    desk_free(d);
}

static bool hinted(const struct desk *d, enum cmd c) {
    bool found = false;

    for (size_t i = 0; i < d->m->ui.n_hints; i++)
        found = found || d->m->ui.hints[i].command == (uint32_t)c;
    return found;
}

static void an_error_names_the_key_of_its_details(void **state) {
    const struct err err = {.rc = RC_HTTP, .detail = 500, .text = "server answered 500"};
    struct desk *d = desk_new(GEN_TOP);

    (void)state;
    act_notice(d->m, "all is well");
    input_refresh(d->in, d->m);
    assert_false(hinted(d, CMD_ERROR_DETAILS));
    act_error(d->m, &err, "could not fork");
    input_refresh(d->in, d->m);
    assert_true(hinted(d, CMD_ERROR_DETAILS));
    chord(d, 'x');
    press(d, 'v');
    assert_int_equal(panel_top(d->m)->id, PANEL_FAULT);
    desk_free(d);
}

/* Answers to a part of what was asked: some fail, some are empty. */
static void answer_some(struct desk *d) {
    for (size_t i = 0; i < d->fx->n_requests; i++) {
        const struct request *r = d->fx->requests[i];
        struct incoming *in = NULL;

        if (r->kind == REQ_CALL && rand() % 3)
            in = incoming_new(rand() % 2 ? IN_REPLY : IN_FAIL, r->id);
        if (!in)
            continue;
        in->op = r->op;
        if (in->kind == IN_FAIL)
            err_set(&in->err, RC_HTTP, 500, "it failed");
        model_apply(d->m, in, d->now, d->now, d->fx);
    }
}

static void any_keys_in_any_screen_do_no_harm(void **state) {
    static const uint32_t keys[] = {
        K_DOWN, K_DOWN, K_UP, K_ENTER, K_ENTER, K_LEFT,      K_RIGHT,  K_PGDN,   K_PGUP, K_END,
        K_HOME, K_TAB,  ' ',  'a',     '/',     K_BACKSPACE, K_DELETE, K_F1 + 4, K_ESC};

    (void)state;
    srand(11);
    for (int round = 0; round < 3; round++)
        for (int id = 0; id < PANEL_COUNT; id++) {
            struct desk *d = desk_new(round == 0 ? GEN_SEED : round == 1 ? GEN_TOP : GEN_POST);

            act_panel_open(d->m, (enum panel_id)id, d->fx);
            for (int i = 0; i < 150 && panel_top(d->m); i++) {
                press(d, keys[(size_t)rand() % MIX_COUNT(keys)]);
                if (i % 10 == 0)
                    answer_some(d);
                model_painted(d->m, d->now);
                d->now += rand() % 500;
                model_tick(d->m, d->now, d->now, d->fx);
                panel_fresh(d->m);
                if (panel_top(d->m) && panel_top(d->m)->n_rows > 0)
                    assert_true(panel_top(d->m)->cursor < panel_top(d->m)->n_rows);
            }
            desk_free(d);
        }
}

int main(void) {
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_open_their_screens),
        cmocka_unit_test(help_texts_match_by_words_only),
        cmocka_unit_test(a_form_waits_while_a_permission_is_answered),
        cmocka_unit_test(a_list_makes_room_for_a_permission),
        cmocka_unit_test(an_address_may_be_typed_without_its_scheme),
        cmocka_unit_test(a_paste_beside_the_fields_of_a_screen_goes_nowhere),
        cmocka_unit_test(the_palette_says_why_a_screen_is_missing),
        cmocka_unit_test(letters_and_blanks_filter),
        cmocka_unit_test(letters_move_where_nothing_is_typed),
        cmocka_unit_test(fields_take_text_and_the_arrows_leave_them),
        cmocka_unit_test(a_choice_is_turned_by_arrows_and_blank),
        cmocka_unit_test(a_secret_is_not_kept_for_yank),
        cmocka_unit_test(a_paste_goes_into_the_field_and_is_no_key),
        cmocka_unit_test(an_error_names_the_key_of_its_details),
        cmocka_unit_test(any_keys_in_any_screen_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
