/* run_screen.c - commands of the whole screen, the composer, the permissions pane and lists. */
#include <limits.h>

#include "mix/complete.h"
#include "mix/servers.h"
#include "private.h"

/* ---- everywhere ---- */
COMMAND(cmd_help) {
    act_over(m, OVER_COMMANDS);
    editor_set(&m->ui.over_filter, "");
    m->ui.over_cursor = m->ui.over_top = 0;
}

COMMAND(cmd_menu) {
    m->ui.menu_pane = m->ui.focus;
    act_over(m, OVER_MENU);
    m->ui.over_cursor = m->ui.over_top = 0;
    m->ui.menu_moved = false;
}

COMMAND(cmd_focus_next) { act_focus_next(m, arg); }

COMMAND(cmd_focus) { act_focus(m, (enum pane)arg); }

COMMAND(cmd_permissions) {
    const enum overlay over = m->ui.over;
    if (m->ui.focus == PANE_PERMISSIONS && over == OVER_NONE) {
        act_asks_leave(m);
        return;
    }
    if (over != OVER_NONE && over != OVER_PANEL)
        act_over_close(m);
    act_asks_enter(m);
}

COMMAND(cmd_next_needy) { act_next_needy(m, fx); }

COMMAND(cmd_zoom) {
    static const int steps = ZOOM_FULL + 1;
    m->ui.zoom = (enum zoom)(((int)m->ui.zoom + arg + steps) % steps);
}

COMMAND(cmd_themes) {
    act_over(m, OVER_THEMES);
    m->ui.over_cursor = m->ui.over_top = 0;
    for (size_t i = 0; i < m->ui.n_themes; i++)
        if (str_eq(m->ui.themes[i], m->ui.theme))
            m->ui.over_cursor = i;
    editor_set(&m->ui.over_filter, m->ui.theme); /* no field shows it: what Esc goes back to */
}

COMMAND(cmd_log) { act_panel_open(m, PANEL_LOG, fx); }

COMMAND(cmd_refresh) {
    fx->redraw = true;
    act_refresh(m, fx);
}

COMMAND(cmd_reconnect) { act_reconnect(m, fx); }

COMMAND(cmd_servers) {
    act_over(m, OVER_SERVERS);
    m->ui.over_cursor = m->servers ? servers_row_of(m->servers, m) : 0;
}

COMMAND(cmd_suspend) { act_suspend(m, fx); }

COMMAND(cmd_quit) { act_quit(m, fx); }

/* ---- composer ---- */
COMMAND(cmd_send) { act_send(m, fx); }

COMMAND(cmd_newline) {
    if (editor_insert(&m->shown->draft, "\n", 1))
        field_changed(m, fx);
}

COMMAND(cmd_complete) { act_complete(m, fx); }

COMMAND(cmd_complete_move) { act_complete_move(m, arg, fx); }

COMMAND(cmd_complete_accept) { act_complete_accept(m, fx); }

COMMAND(cmd_complete_close) { act_complete_close(m); }

COMMAND(cmd_draft_clear) {
    const struct editor *e = &m->shown->draft;
    const bool was_empty = editor_empty(e);
    bool files = false;

    for (size_t i = 0; i < e->n_chips; i++)
        files = files || e->chips[i].kind == CHIP_FILE;
    if (was_empty)
        act_notice(m, "Ctrl+C never quits: Esc, then q does");
    else
        act_draft_clear(m);
    if (!was_empty && editor_empty(e)) /* a prompt is text: its files would not go along */
        act_notice(m, files ? "the draft is in the history, without its files: Ctrl+_ has both"
                            : "the draft is in the history: Ctrl+_ or Up brings it back");
}

COMMAND(cmd_edit_line) {
    if (editor_move_row(&m->shown->draft, arg, m->ui.draft_cells))
        m->rev++;
    else if (!act_history(m, arg) && arg < 0)
        act_notice(m, "no older message");
}

/* ---- permissions ---- */
const char *why_no_ask(const struct model *m) {
    return model_selected_ask(m) ? NULL : "no request is selected";
}

const char *why_not_answerable(const struct model *m) {
    (void)m;
    return NULL; /* act_decide says it, and an early key has to start the arming time again */
}

const char *why_no_question(const struct model *m) {
    const struct ask *a = model_selected_ask(m);
    return a && a->kind == ASK_QUESTION ? NULL
                                        : "the selected request is no question: y grants, n denies";
}

const char *why_no_choices(const struct model *m) {
    const struct ask *a = model_selected_ask(m);
    if (!a || a->choices.n == 0)
        return "the selected request has nothing to choose from";
    return ask_answerable(a) ? NULL : "it is answered or expired already";
}

COMMAND(cmd_decide) { act_decide(m, (enum decision)arg, fx); }

const char *why_no_batch(const struct model *m) { return act_batch_why_not(m); }

const char *why_not_again(const struct model *m) { return act_again_why_not(m); }

const char *why_nothing_is_held(const struct model *m) {
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);
    for (size_t i = 0; i < n; i++)
        if (asks[i]->held_until > 0)
            return NULL;
    return "no grant is held";
}

COMMAND(cmd_deny_why) { act_deny_why(m, fx); }

COMMAND(cmd_batch) { act_batch(m); }

COMMAND(cmd_hold_drop) { act_hold_drop(m); }

COMMAND(cmd_ask_again) { act_ask_again(m, fx); }

COMMAND(cmd_ask_scroll) { act_ask_scroll(m, arg); }

COMMAND(cmd_ask_split) {
    m->ui.ask_split = !m->ui.ask_split;
    m->rev++;
}

COMMAND(cmd_ask_view) {
    act_over(m, OVER_ASK);
    m->ui.over_scroll = 0;
}

COMMAND(cmd_ask_answer) {
    const struct ask *a = model_selected_ask(m);
    if (str_eq(a->response_type, "text"))
        m->ui.replying = true;
    else
        act_decide(m, DECIDE_REPLY, fx);
}

COMMAND(cmd_ask_leave) { act_asks_leave(m); }

COMMAND(cmd_ask_move) { act_asks_move(m, arg); }

COMMAND(cmd_choice_move) { act_choice_move(m, arg); }

/* ---- lists ---- */
static size_t stepped(size_t at, int by, size_t n) {
    if (n == 0)
        return 0;
    int64_t to = (int64_t)at + by;
    return to < 0 ? 0 : to >= (int64_t)n ? n - 1 : (size_t)to;
}

COMMAND(cmd_list_move) {
    struct ui *ui = &m->ui;
    if (ui->over == OVER_PICKER) {
        act_picker_move(m, arg);
        return;
    }
    if (ui->over == OVER_ASK) {
        int64_t to = (int64_t)ui->over_scroll + arg;
        ui->over_scroll = to < 0 ? 0 : to > INT_MAX ? INT_MAX : (int)to;
        return;
    }
    ui->over_cursor = stepped(ui->over_cursor, arg, ui->n_menu_rows);
    ui->menu_moved = true;
    if (ui->over == OVER_THEMES && ui->over_cursor < ui->n_themes)
        act_theme(m, ui->themes[ui->over_cursor], fx);
}

COMMAND(cmd_list_choose) {
    if (m->ui.over == OVER_PICKER)
        act_picker_enter(m, fx);
    else if (m->ui.over == OVER_CONFIRM && m->ui.confirm_named)
        confirm_again(m, fx);
    else
        menus_choose(m, fx);
}

COMMAND(cmd_list_close) {
    if (m->ui.over == OVER_PICKER) {
        act_picker_close(m);
        return;
    }
    if (m->ui.over == OVER_THEMES && !editor_empty(&m->ui.over_filter))
        act_theme(m, buf_str(&m->ui.over_filter.text), fx);
    act_over_close(m);
}

COMMAND(cmd_picker_up) { act_picker_up(m, fx); }
COMMAND(cmd_picker_into) { act_picker_into(m, fx); }
COMMAND(cmd_picker_mark) { act_picker_mark(m); }
COMMAND(cmd_picker_mark_all) { act_picker_mark_all(m); }
COMMAND(cmd_picker_hidden) { act_picker_hidden(m, fx); }
COMMAND(cmd_picker_recent) { act_picker_recent(m); }
