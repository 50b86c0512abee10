/* act_screen.c - what is focused, what stands over it, and the way out. */
#include "mix/search.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* ---- focus ---- */

void act_focus(struct model *m, enum pane pane) {
    struct ui *ui = &m->ui;

    if (ui->focus == pane)
        return;
    if (pane == PANE_PERMISSIONS) {
        ui->before_asks = ui->focus;
        ui->before_typing = ui->filtering || ui->file_filtering || m->search->typing;
    }
    ask_unpaint(m);
    ui->focus = pane;
    ui->drawer = pane == PANE_FILES || pane == PANE_PERMISSIONS;
    ui->filtering = ui->file_filtering = ui->replying = false;
    m->search->typing = m->search->typing && pane == PANE_THREAD;
    if (ui->panel && ui->over == OVER_NONE && pane != PANE_PERMISSIONS)
        ui->over = OVER_PANEL; /* it was left for a permission */
    holds_look(m);
    model_touch(m);
}

void act_focus_next(struct model *m, int by) {
    static const enum pane order[] = {PANE_SESSIONS, PANE_THREAD, PANE_COMPOSER, PANE_FILES};
    const size_t n = MIX_COUNT(order);
    size_t at = 0;

    while (at < n && order[at] != m->ui.focus)
        at++;
    if (at == n) /* from the permissions, which stand behind the files */
        at = by > 0 ? n - 1 : 0;
    act_focus(m, order[by > 0 ? (at + 1) % n : (at + n - 1) % n]);
}

void act_resize(struct model *m, int cols, int rows) {
    if (m->ui.cols == cols && m->ui.rows == rows)
        return;
    m->ui.cols = cols;
    m->ui.rows = rows;
    model_touch(m);
}

void act_terminal(struct model *m, const struct terminal *t) {
    m->ui.terminal = *t;
    model_touch(m);
}

/* ---- overlays ---- */

static void forget_question(struct ui *ui) {
    set_string(&ui->confirm_object, NULL);
    set_string(&ui->confirm_text, NULL);
    ui->confirm_command = 0;
    ui->confirm_painted_at = 0;
    ui->confirm_named = false;
}

void act_over(struct model *m, enum overlay over) {
    struct ui *ui = &m->ui;

    if (over != OVER_CONFIRM)
        forget_question(ui);
    if (over != OVER_PANEL && !panels_wait(m))
        act_panel_close_all(m);
    /* Back from its menu, a prompt was in view all the time. */
    if (over != OVER_NONE || !ask_on_screen(m))
        ask_unpaint(m);
    ui->over = over;
    ui->over_cursor = ui->over_top = 0;
    ui->over_scroll = 0;
    ui->menu_moved = ui->typing_address = false;
    editor_set(&ui->over_filter, "");
    holds_look(m);
    model_touch(m);
}

void act_over_close(struct model *m) { act_over(m, OVER_NONE); }

void act_confirm(struct model *m, uint32_t command, const char *object, const char *text) {
    struct ui *ui = &m->ui;
    /* either may be one of the strings that the question before holds */
    char *object_copy = xstrdup(object ? object : ""), *text_copy = xstrdup(text);

    forget_question(ui);
    ui->confirm_index = CONFIRM_NOT_INDEXED;
    ui->confirm_command = command;
    ui->confirm_object = object_copy;
    ui->confirm_text = text_copy;
    act_over(m, OVER_CONFIRM);
}

bool act_confirmed(struct model *m, uint32_t command, const char *object) {
    const struct ui *ui = &m->ui;

    if (ui->over != OVER_CONFIRM || ui->confirm_command != command ||
        !str_eq(ui->confirm_object, object ? object : ""))
        return false;
    if (ui->confirm_painted_at == 0 || m->now - ui->confirm_painted_at < ARM_MS)
        return false;
    act_over_close(m);
    return true;
}

/* ---- the rest ---- */

void act_theme(struct model *m, const char *name, struct effects *fx) {
    m->ui.theme_chosen = true;
    if (str_eq(m->ui.theme, name))
        return;
    set_string(&m->ui.theme, name);
    fx->theme_changed = true;
    model_touch(m);
}

/* Somebody works, or something would be lost, on any server that is open. */
static bool quiet_everywhere(const struct model *m) {
    const struct model *peer;

    for (size_t i = 0; (peer = model_peer(m, i)); i++)
        if (model_working(peer) > 0 || model_transfers(peer) > 0 || model_unsaved(peer) > 0)
            return false;
    return true;
}

/* The question was answered, not by the key that asked it. */
static bool leave_armed(const struct model *m, enum leaving how) {
    const struct ui *ui = &m->ui;

    return ui->over == OVER_QUIT && ui->leaving == how && ui->confirm_painted_at > 0 &&
           m->now - ui->confirm_painted_at >= ARM_MS;
}

static void ask_leave(struct model *m, enum leaving how) {
    if (m->ui.over == OVER_QUIT && (m->ui.leaving == how || how == LEAVE_QUIT))
        return; /* it stands there; only one about quitting becomes one about suspending */
    m->ui.leaving = how;
    act_over(m, OVER_QUIT);
}

void act_quit(struct model *m, struct effects *fx) {
    if (leave_armed(m, LEAVE_QUIT) || leave_armed(m, LEAVE_SUSPEND) || quiet_everywhere(m))
        fx->quit = true;
    else
        ask_leave(m, LEAVE_QUIT);
}

void act_suspend(struct model *m, struct effects *fx) {
    const bool answered = leave_armed(m, LEAVE_SUSPEND);

    /* a form that is being filled in is worth more than the question */
    if (answered || m->ui.suspend_asked || quiet_everywhere(m) ||
        (m->ui.over != OVER_NONE && m->ui.over != OVER_QUIT)) {
        m->ui.suspend_asked = m->ui.suspend_asked || answered;
        if (answered)
            act_over_close(m);
        fx->suspend = true;
    } else {
        ask_leave(m, LEAVE_SUSPEND);
    }
}

void act_keep(struct model *m, struct effects *fx) {
    if (!model_keepable(m) || !(leave_armed(m, LEAVE_QUIT) || leave_armed(m, LEAVE_SUSPEND)))
        return;
    fx->keep = fx->quit = true;
}
