/* Whoever has no Alt and no Latin letters gets everywhere: with F1 or F2, arrows, Enter and Esc. */
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

static void look(struct desk *d) {
    input_refresh(d->in, d->m);
    model_painted(d->m, d->now);
    d->now += 500;
    model_tick(d->m, d->now, d->now, d->fx);
    input_refresh(d->in, d->m);
}

static void press(struct desk *d, uint32_t code) {
    const struct key k = {.code = code};

    input_key(d->in, d->m, &k, d->now, d->now, d->fx);
}

static void receive(struct desk *d, enum ev kind, struct event_data data) {
    struct incoming *in = incoming_new(IN_EVENTS, d->m->sessions[0]->stream);

    data.session_id = "s1";
    in->at = d->now;
    in->events = arena_alloc(&in->arena, sizeof *in->events);
    in->events->kind = kind;
    in->events->data = data;
    model_apply(d->m, in, d->now, d->now, d->fx);
}

/* A session that asks, something written, a theme list; the caret in the middle. */
static struct desk *desk_in(enum pane pane) {
    static const char *const themes[] = {"default", "mono"};
    struct desk *d = xcalloc(1, sizeof *d);
    struct model_config config = {.url = "http://localhost:8088",
                                  .session_id = "s1",
                                  .themes = themes,
                                  .n_themes = MIX_COUNT(themes)};

    d->now = 1000000;
    d->fx = effects_new();
    d->in = input_new();
    d->m = model_new(&config, d->now, d->now, d->fx);
    act_resize(d->m, 120, 40);
    receive(d, EV_PERMISSION,
            (struct event_data){
                .id = "p1", .tool_name = "Bash", .params_raw = "{\"command\":\"make\"}"});
    receive(d, EV_CONTENT, (struct event_data){.content = "some words"});
    editor_set(&d->m->shown->draft, "two words\nmore of them");
    editor_move(&d->m->shown->draft, TO_UP);
    editor_move(&d->m->shown->draft, TO_LEFT);
    if (pane == PANE_PERMISSIONS)
        act_asks_enter(d->m);
    else
        act_focus(d->m, pane);
    look(d);
    return d;
}

static void desk_free(struct desk *d) {
    model_free(d->m);
    input_free(d->in);
    effects_free(d->fx);
    free(d);
}

/* What a command can change, in words. */
static void digest(struct buf *out, const struct desk *d) {
    const struct model *m = d->m;
    const struct ui *ui = &m->ui;
    const struct effects *fx = d->fx;
    const struct ask *a = model_selected_ask(m);

    buf_addf(out, "focus %d over %d zoom %d leader %d field %d%d%d ", ui->focus, ui->over, ui->zoom,
             ui->leader, ui->filtering, ui->replying, ui->typing_address);
    buf_addf(out, "shown %s draft %zu %s reading %d %d %d ", m->shown->id ? m->shown->id : "-",
             m->shown->draft.caret, buf_str(&m->shown->draft.text), m->shown->reading.follow,
             m->shown->reading.move, m->shown->reading.move_by);
    buf_addf(out, "killed %s ", ui->killed.n > 0 ? ui->killed.v[ui->killed.n - 1] : "");
    buf_addf(out, "ask %s %d ", a ? a->id : "-", a ? (int)a->state : -1);
    buf_addf(out, "fx %zu %d%d%d%d ", fx->n_requests, fx->quit, fx->suspend, fx->redraw,
             fx->start_demo);
    buf_addf(out, "confirm %u ", ui->confirm_command);
}

static const char *said(const struct desk *d) {
    return d->m->n_notices ? d->m->notices[d->m->n_notices - 1].text : "";
}

static enum pane pane_of(enum cmd c) {
    for (int p = 0; p < PANE_COUNT; p++)
        if (scope_of_pane((enum pane)p) == command_home(c))
            return (enum pane)p;
    return PANE_THREAD;
}

/* Opens the list with a function key and goes to the row with the arrow. False: it is not there. */
static bool choose(struct desk *d, uint32_t list, enum cmd c) {
    press(d, list);
    look(d);
    for (size_t i = 0; i < d->m->ui.n_menu_rows; i++) {
        if (d->m->ui.menu_rows[d->m->ui.over_cursor].command == (uint32_t)c) {
            look(d);
            press(d, K_ENTER);
            return true;
        }
        press(d, K_DOWN);
    }
    press(d, K_ESC);
    return false;
}

/* The same time passes and the same frames are shown as on the way through a list. */
static void run_at_once(struct desk *d, enum cmd c) {
    look(d);
    look(d);
    run_command(d->m, c, d->fx);
}

static bool is_the_same_from(enum cmd c, uint32_t list) {
    auto_buf struct buf chosen = {.max = MIX_MIB}, meant = {.max = MIX_MIB};
    struct desk *d = desk_in(pane_of(c));
    const bool found = choose(d, list, c);

    digest(&chosen, d);
    buf_adds(&chosen, said(d));
    desk_free(d);
    d = desk_in(pane_of(c));
    run_at_once(d, c);
    digest(&meant, d);
    buf_adds(&meant, said(d));
    desk_free(d);
    if (found && strcmp(buf_str(&chosen), buf_str(&meant)) != 0) {
        print_error("%s\n", command_row(c)->name);
        assert_string_equal(buf_str(&chosen), buf_str(&meant));
    }
    return found;
}

/* Keys that every terminal and every layout has, of this command or of one that does the same. */
static bool has_a_named_key(enum cmd c, enum scope scope) {
    struct keymap k = {0};
    bool found = false;

    keymap_defaults(&k);
    for (size_t i = 0; i < k.n; i++)
        found =
            found || (command_row(k.v[i].command)->run == command_row(c)->run &&
                      command_row(k.v[i].command)->arg == command_row(c)->arg &&
                      k.v[i].scope == scope && k.v[i].key.code >= K_FIRST && k.v[i].key.mods == 0);
    free(k.v);
    return found;
}

static void every_command_runs_without_alt_and_without_letters(void **state) {
    (void)state;
    for (int i = 0; i < CMD_COUNT; i++) {
        const enum cmd c = (enum cmd)i;
        const enum scope home = command_home(c);
        const bool named = has_a_named_key(c, home);
        const bool inside = home == SCOPE_LIST || home == SCOPE_FIELD || home == SCOPE_PICKER ||
                            home == SCOPE_ASK || home == SCOPE_PANEL || home == SCOPE_PICTURE ||
                            home == SCOPE_VISUAL || home == SCOPE_COMPLETE;
        const bool list = !inside && !command_decides(c) && is_the_same_from(c, K_F1);
        const bool menu = !inside && is_the_same_from(c, K_F2);

        if (!list && !menu && !named)
            print_error("%s cannot be reached\n", command_row(c)->name);
        assert_true(list || menu || named);
    }
}

static void the_lists_open_from_everywhere(void **state) {
    (void)state;
    for (int p = 0; p < PANE_COUNT; p++) {
        struct desk *d = desk_in((enum pane)p);

        press(d, K_F1);
        assert_int_equal(d->m->ui.over, OVER_COMMANDS);
        press(d, K_ESC);
        press(d, K_F2);
        assert_int_equal(d->m->ui.over, OVER_MENU);
        press(d, K_ESC);
        assert_int_equal(d->m->ui.over, OVER_NONE);
        assert_int_equal(d->m->ui.focus, p);
        desk_free(d);
    }
}

static size_t decided(const struct desk *d) {
    size_t n = 0;

    for (size_t i = 0; i < d->fx->n_requests; i++)
        n += d->fx->requests[i]->kind == REQ_CALL &&
             (d->fx->requests[i]->op == OP_PERMISSION_GRANT ||
              d->fx->requests[i]->op == OP_PERMISSION_DENY);
    return n;
}

static void a_request_is_granted_by_function_keys_arrows_and_enter(void **state) {
    struct desk *d = desk_in(PANE_COMPOSER);

    (void)state;
    assert_true(choose(d, K_F1, CMD_PERMISSIONS));
    assert_int_equal(d->m->ui.focus, PANE_PERMISSIONS);
    look(d);
    assert_true(choose(d, K_F2, CMD_GRANT));
    assert_int_equal(decided(d), 1);
    desk_free(d);
}

static void the_list_names_the_keys_that_decide_and_decides_nothing(void **state) {
    static const enum cmd deciding[] = {CMD_GRANT, CMD_DENY, CMD_DENY_WHY};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(deciding); i++) {
        struct desk *d = desk_in(PANE_PERMISSIONS);

        look(d);
        assert_true(choose(d, K_F1, deciding[i]));
        assert_int_equal(d->m->ui.over, OVER_COMMANDS);
        assert_int_equal(decided(d), 0);
        assert_non_null(strstr(said(d), "only in the permissions pane"));
        desk_free(d);
    }
}

static void no_printable_key_decides_in_an_overlay(void **state) {
    (void)state;
    for (int over = OVER_NONE + 1; over <= OVER_PICTURE; over++)
        for (uint32_t key = '!'; key < 0x7f; key++) {
            struct desk *d = desk_in(PANE_PERMISSIONS);

            d->m->ui.menu_pane = PANE_PERMISSIONS;
            act_over(d->m, (enum overlay)over);
            look(d);
            press(d, K_DOWN);
            look(d);
            press(d, key);
            assert_int_equal(decided(d), 0);
            desk_free(d);
        }
}

static void the_shell_is_reached_from_every_overlay(void **state) {
    (void)state;
    for (int over = OVER_NONE; over <= OVER_PANEL; over++) {
        const struct key stop = {.code = 'z', .mods = MOD_CTRL};
        struct desk *d = desk_in(PANE_THREAD);

        const bool asks = over == OVER_NONE || over == OVER_QUIT; /* something would be lost */

        act_over(d->m, (enum overlay)over);
        input_key(d->in, d->m, &stop, d->now, d->now, d->fx);
        assert_int_equal(d->fx->suspend, !asks);
        assert_int_equal(d->m->ui.over, asks ? OVER_QUIT : over);
        look(d);
        input_key(d->in, d->m, &stop, d->now, d->now, d->fx);
        assert_true(d->fx->suspend);
        desk_free(d);
    }
}

static void y_does_nothing_outside_the_permissions_and_text_fields(void **state) {
    static const enum pane panes[] = {PANE_SESSIONS, PANE_THREAD, PANE_FILES};

    (void)state;
    for (size_t i = 0; i < MIX_COUNT(panes); i++) {
        auto_buf struct buf before = {.max = MIX_MIB}, after = {.max = MIX_MIB};
        struct desk *d = desk_in(panes[i]);

        digest(&before, d);
        press(d, 'y');
        digest(&after, d);
        assert_string_equal(buf_str(&after), buf_str(&before));
        desk_free(d);
    }
    for (int c = 0; c < CMD_COUNT; c++) { /* no binding but the one, behind Ctrl+X neither */
        struct keymap k = {0};

        keymap_defaults(&k);
        for (size_t i = 0; i < k.n; i++)
            if (k.v[i].key.code == 'y' && k.v[i].key.mods == 0)
                assert_int_equal(k.v[i].command, CMD_GRANT);
        free(k.v);
    }
}

static void what_means_nothing_in_the_list_of_commands_says_so(void **state) {
    struct desk *d = desk_in(PANE_THREAD);

    (void)state;
    assert_true(choose(d, K_F1, CMD_LIST_CHOOSE));
    assert_int_equal(d->m->ui.over, OVER_COMMANDS);
    assert_non_null(strstr(said(d), "only in a list"));
    press(d, K_ESC);
    assert_true(choose(d, K_F1, CMD_EDIT_LEFT));
    assert_int_equal(d->m->ui.over, OVER_COMMANDS);
    assert_non_null(strstr(said(d), "only in the message"));
    desk_free(d);
}

static void themes_are_tried_and_escape_gives_the_old_one_back(void **state) {
    struct desk *d = desk_in(PANE_THREAD);
    auto_free char *before = xstrdup(d->m->ui.theme);

    (void)state;
    assert_true(choose(d, K_F1, CMD_THEMES));
    press(d, K_DOWN);
    assert_string_equal(d->m->ui.theme, "mono");
    press(d, K_ESC);
    assert_string_equal(d->m->ui.theme, before);
    assert_int_equal(d->m->ui.over, OVER_NONE);
    assert_true(choose(d, K_F1, CMD_THEMES));
    press(d, K_DOWN);
    press(d, K_ENTER);
    assert_string_equal(d->m->ui.theme, "mono");
    desk_free(d);
}

static void type(struct desk *d, const char *text) {
    for (; *text; text++)
        press(d, (uint32_t)(unsigned char)*text);
}

/* Of a name that the question cuts, what it shows is enough; less is not. */
static void a_long_name_is_typed_as_far_as_it_is_shown(void **state) {
    static char title[301];
    struct desk *d = desk_in(PANE_SESSIONS);

    (void)state;
    memset(title, 'n', sizeof title - 1);
    free(d->m->shown->title);
    d->m->shown->title = xstrdup(title);
    assert_true(choose(d, K_F1, CMD_SESSION_DELETE));
    assert_true(d->m->ui.confirm_named);
    assert_null(strstr(d->m->ui.confirm_text, title));
    look(d);
    type(d, title + sizeof title - 60);
    press(d, K_ENTER);
    assert_int_equal(d->m->ui.over, OVER_CONFIRM);
    assert_non_null(strstr(said(d), "not its name"));
    press(d, 'n');
    press(d, K_ENTER);
    assert_int_equal(d->m->ui.over, OVER_NONE);
    desk_free(d);
}

static void rows_of_one_name_say_which_pane_they_mean(void **state) {
    struct desk *d = desk_in(PANE_COMPOSER);

    (void)state;
    press(d, K_F1);
    look(d);
    for (size_t i = 0; i < d->m->ui.n_menu_rows; i++)
        for (size_t j = 0; j < i; j++) {
            const struct menu_row *a = &d->m->ui.menu_rows[i], *b = &d->m->ui.menu_rows[j];

            assert_non_null(a->where);
            assert_false(str_eq(a->label, b->label) && str_eq(a->where, b->where));
        }
    desk_free(d);
}

/* A hint under an overlay that names a key of the pane below would be a lie. */
static void the_hints_of_an_overlay_are_its_own(void **state) {
    struct desk *d = desk_in(PANE_PERMISSIONS);

    (void)state;
    press(d, K_F2);
    look(d);
    assert_true(d->m->ui.n_hints > 0);
    assert_int_equal(d->m->ui.n_hints, d->m->ui.n_own_hints);
    for (size_t i = 0; i < d->m->ui.n_hints; i++)
        assert_true(command_home((enum cmd)d->m->ui.hints[i].command) >= SCOPE_LIST);
    desk_free(d);
}

static void a_request_that_waits_is_among_the_hints_of_every_other_pane(void **state) {
    (void)state;
    for (int p = 0; p < PANE_PERMISSIONS; p++) {
        struct desk *d = desk_in((enum pane)p);
        bool named = false;

        for (size_t i = 0; i < d->m->ui.n_hints; i++)
            named = named || d->m->ui.hints[i].command == CMD_PERMISSIONS;
        assert_true(named);
        desk_free(d);
    }
}

int main(void) {
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_runs_without_alt_and_without_letters),
        cmocka_unit_test(the_lists_open_from_everywhere),
        cmocka_unit_test(a_request_is_granted_by_function_keys_arrows_and_enter),
        cmocka_unit_test(the_list_names_the_keys_that_decide_and_decides_nothing),
        cmocka_unit_test(no_printable_key_decides_in_an_overlay),
        cmocka_unit_test(the_shell_is_reached_from_every_overlay),
        cmocka_unit_test(y_does_nothing_outside_the_permissions_and_text_fields),
        cmocka_unit_test(what_means_nothing_in_the_list_of_commands_says_so),
        cmocka_unit_test(themes_are_tried_and_escape_gives_the_old_one_back),
        cmocka_unit_test(a_long_name_is_typed_as_far_as_it_is_shown),
        cmocka_unit_test(rows_of_one_name_say_which_pane_they_mean),
        cmocka_unit_test(the_hints_of_an_overlay_are_its_own),
        cmocka_unit_test(a_request_that_waits_is_among_the_hints_of_every_other_pane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
