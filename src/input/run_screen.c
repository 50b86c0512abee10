/* run_screen.c - commands of the whole screen, the composer, the permissions pane and lists. */
#include <limits.h>

#include "private.h"

enum { PAGE = 10 };

/* ---- everywhere ---- */
void cmd_help(struct model *m, struct effects *fx) {
    (void)fx;
    act_over(m, OVER_COMMANDS);
    editor_set(&m->ui.over_filter, "");
    m->ui.over_cursor = m->ui.over_top = 0;
}

void cmd_menu(struct model *m, struct effects *fx) {
    (void)fx;
    m->ui.menu_pane = m->ui.focus;
    act_over(m, OVER_MENU);
    m->ui.over_cursor = m->ui.over_top = 0;
    m->ui.menu_moved = false;
}

void cmd_pane_next(struct model *m, struct effects *fx) {
    (void)fx;
    act_focus_next(m, 1);
}

void cmd_pane_previous(struct model *m, struct effects *fx) {
    (void)fx;
    act_focus_next(m, -1);
}

void cmd_pane_sessions(struct model *m, struct effects *fx) {
    (void)fx;
    act_focus(m, PANE_SESSIONS);
}

void cmd_pane_thread(struct model *m, struct effects *fx) {
    (void)fx;
    act_focus(m, PANE_THREAD);
}

void cmd_pane_composer(struct model *m, struct effects *fx) {
    (void)fx;
    act_focus(m, PANE_COMPOSER);
}

void cmd_pane_files(struct model *m, struct effects *fx) {
    (void)fx;
    act_focus(m, PANE_FILES);
}

void cmd_permissions(struct model *m, struct effects *fx) {
    (void)fx;
    if (m->ui.focus == PANE_PERMISSIONS)
        act_asks_leave(m);
    else
        act_asks_enter(m);
}

void cmd_next_needy(struct model *m, struct effects *fx) { act_next_needy(m, fx); }

void cmd_zoom_in(struct model *m, struct effects *fx) {
    (void)fx;
    m->ui.zoom = m->ui.zoom == ZOOM_FULL ? ZOOM_NORMAL : (enum zoom)(m->ui.zoom + 1);
}

void cmd_zoom_out(struct model *m, struct effects *fx) {
    (void)fx;
    m->ui.zoom = m->ui.zoom == ZOOM_NORMAL ? ZOOM_FULL : (enum zoom)(m->ui.zoom - 1);
}

void cmd_themes(struct model *m, struct effects *fx) {
    (void)fx;
    act_over(m, OVER_THEMES);
    m->ui.over_cursor = m->ui.over_top = 0;
    for (size_t i = 0; i < m->ui.n_themes; i++)
        if (str_eq(m->ui.themes[i], m->ui.theme))
            m->ui.over_cursor = i;
}

void cmd_log(struct model *m, struct effects *fx) {
    (void)fx;
    act_over(m, OVER_LOG);
    m->ui.over_scroll = INT_MAX; /* the view clamps it: the newest is last */
}

void cmd_refresh(struct model *m, struct effects *fx) {
    fx->redraw = true;
    act_refresh(m, fx);
}

void cmd_reconnect(struct model *m, struct effects *fx) { act_reconnect(m, fx); }

void cmd_suspend(struct model *m, struct effects *fx) {
    (void)m;
    fx->suspend = true;
}

void cmd_quit(struct model *m, struct effects *fx) { act_quit(m, fx); }

/* ---- composer ---- */
void cmd_send(struct model *m, struct effects *fx) { act_send(m, fx); }

void cmd_newline(struct model *m, struct effects *fx) {
    if (editor_insert(&m->shown->draft, "\n", 1))
        field_changed(m, fx);
}

void cmd_complete(struct model *m, struct effects *fx) {
    (void)fx;
    act_notice(m, "nothing to complete here; Esc goes to the thread");
}

void cmd_draft_clear(struct model *m, struct effects *fx) {
    (void)fx;
    if (editor_empty(&m->shown->draft))
        act_notice(m, "Ctrl+C never quits: Esc, then q does");
    else
        act_draft_clear(m);
}

void cmd_edit_up(struct model *m, struct effects *fx) {
    (void)fx;
    if (!editor_move(&m->shown->draft, TO_UP) && !act_history(m, -1))
        act_notice(m, "no older message");
}

void cmd_edit_down(struct model *m, struct effects *fx) {
    (void)fx;
    if (!editor_move(&m->shown->draft, TO_DOWN))
        act_history(m, 1);
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

void cmd_grant(struct model *m, struct effects *fx) { act_decide(m, DECIDE_GRANT, fx); }

void cmd_deny(struct model *m, struct effects *fx) { act_decide(m, DECIDE_DENY, fx); }

void cmd_ask_view(struct model *m, struct effects *fx) {
    (void)fx;
    act_over(m, OVER_ASK);
    m->ui.over_scroll = 0;
}

void cmd_ask_answer(struct model *m, struct effects *fx) {
    const struct ask *a = model_selected_ask(m);
    if (str_eq(a->response_type, "text"))
        m->ui.replying = true;
    else
        act_decide(m, DECIDE_REPLY, fx);
}

void cmd_ask_leave(struct model *m, struct effects *fx) {
    (void)fx;
    act_asks_leave(m);
}

void cmd_ask_down(struct model *m, struct effects *fx) {
    (void)fx;
    act_asks_move(m, 1);
}

void cmd_ask_up(struct model *m, struct effects *fx) {
    (void)fx;
    act_asks_move(m, -1);
}

void cmd_choice_next(struct model *m, struct effects *fx) {
    (void)fx;
    act_choice_move(m, 1);
}

void cmd_choice_previous(struct model *m, struct effects *fx) {
    (void)fx;
    act_choice_move(m, -1);
}

/* ---- lists ---- */
static size_t stepped(size_t at, int by, size_t n) {
    if (n == 0)
        return 0;
    int64_t to = (int64_t)at + by;
    return to < 0 ? 0 : to >= (int64_t)n ? n - 1 : (size_t)to;
}

static void list_by(struct model *m, int by, struct effects *fx) {
    struct ui *ui = &m->ui;
    if (ui->over == OVER_PICKER) {
        act_picker_move(m, by);
        return;
    }
    if (ui->over == OVER_ASK || ui->over == OVER_LOG) {
        int64_t to = (int64_t)ui->over_scroll + by;
        ui->over_scroll = to < 0 ? 0 : to > INT_MAX ? INT_MAX : (int)to;
        return;
    }
    ui->over_cursor = stepped(ui->over_cursor, by, ui->n_menu_rows);
    ui->menu_moved = true;
    if (ui->over == OVER_THEMES && ui->over_cursor < ui->n_themes)
        act_theme(m, ui->themes[ui->over_cursor], fx);
}

void cmd_list_down(struct model *m, struct effects *fx) { list_by(m, 1, fx); }

void cmd_list_up(struct model *m, struct effects *fx) { list_by(m, -1, fx); }

void cmd_list_pgdn(struct model *m, struct effects *fx) { list_by(m, PAGE, fx); }

void cmd_list_pgup(struct model *m, struct effects *fx) { list_by(m, -PAGE, fx); }

void cmd_list_first(struct model *m, struct effects *fx) { list_by(m, INT_MIN, fx); }

void cmd_list_last(struct model *m, struct effects *fx) { list_by(m, INT_MAX, fx); }

void cmd_list_choose(struct model *m, struct effects *fx) {
    if (m->ui.over == OVER_PICKER)
        act_picker_enter(m, fx);
    else if (m->ui.over == OVER_CONFIRM && m->ui.confirm_named)
        confirm_again(m, fx);
    else
        menus_choose(m, fx);
}

void cmd_list_close(struct model *m, struct effects *fx) {
    (void)fx;
    if (m->ui.over == OVER_PICKER)
        act_picker_close(m);
    else
        act_over_close(m);
}

void cmd_picker_up(struct model *m, struct effects *fx) { act_picker_up(m, fx); }
