/* hints.c - the keys that are named under a pane or an overlay: never one that means something else
 * there. */
#include <string.h>

#include "mix/search.h"
#include "mix/agents.h"
#include "mix/complete.h"
#include "mix/picture.h"
#include "mix/preview.h"
#include "private.h"

enum { OWN_HINTS = 5, OWN_ASK_HINTS = 7 }; /* of the pane; the rest holds everywhere */

/* Somebody who waits for an answer comes first. */
static void hint_permissions(const struct keymap *k, struct model *m) {
    const size_t asks = model_asks_pending(m, ASK_PERMISSION) + model_asks_pending(m, ASK_QUESTION);
    const bool there = m->ui.focus == PANE_PERMISSIONS && m->ui.over != OVER_PANEL;
    if (asks > 0 && !there)
        m->ui.hints[m->ui.n_hints++] = menu_row_of(k, m, CMD_PERMISSIONS, SCOPE_EVERYWHERE);
}

/* Nobody has to wait for a countdown. */
static void hint_reconnect(const struct keymap *k, struct model *m) {
    const bool waits =
        m->server.state == SERVER_OFFLINE || (m->shown && m->shown->link == LINK_RETRYING);
    if (waits && m->ui.over != OVER_SERVER)
        m->ui.hints[m->ui.n_hints++] = menu_row_of(k, m, CMD_RECONNECT, SCOPE_LEADER);
}

/* Tab moves on from every pane but the composer, where it completes. */
static void hints_everywhere(const struct keymap *k, struct model *m, enum scope scope) {
    static const enum cmd commands[] = {CMD_MENU, CMD_PANE_NEXT, CMD_HELP, CMD_PALETTE};
    struct ui *ui = &m->ui;
    hint_permissions(k, m);
    hint_reconnect(k, m);
    if (scope == SCOPE_COMPLETE) { /* letters are text there, and Ctrl+P goes up */
        ui->hints[ui->n_hints++] = menu_row_of(k, m, CMD_HELP, SCOPE_COMPOSER);
        return;
    }
    for (size_t i = 0; i < MIX_COUNT(commands) && ui->n_hints < MIX_COUNT(ui->hints); i++)
        if ((commands[i] != CMD_MENU || keymap_bound(k, CMD_MENU, scope)) &&
            (commands[i] != CMD_PANE_NEXT || scope != SCOPE_COMPOSER))
            ui->hints[ui->n_hints++] = menu_row_of(k, m, commands[i], scope);
}

static void hints_panel(const struct keymap *k, struct model *m, const struct panel_spec *spec) {
    const char *keys = spec->keys ? spec->keys : "";
    struct ui *ui = &m->ui;
    if (strchr(keys, 's'))
        ui->hints[ui->n_hints++] = menu_row_of(k, m, CMD_PANEL_NOW, SCOPE_PANEL);
    if (strchr(keys, 'd'))
        ui->hints[ui->n_hints++] = menu_row_of(k, m, CMD_PANEL_DELETE, SCOPE_PANEL);
    if (strchr(keys, 'u'))
        ui->hints[ui->n_hints++] = menu_row_of(k, m, CMD_PANEL_UNDO, SCOPE_PANEL);
    if (spec->load && !strchr(keys, 'r')) /* where it may mean something else */
        ui->hints[ui->n_hints++] = menu_row_of(k, m, CMD_PANEL_RETRY, SCOPE_PANEL);
}

/* Under an overlay no key of a pane is heard: only its own are named. */
static void hints_overlay(const struct keymap *k, struct model *m) {
    static const enum cmd commands[] = {CMD_LIST_CLOSE,    CMD_LIST_CHOOSE, CMD_LIST_PGDN,
                                        CMD_PICKER_MARK,   CMD_PICKER_UP,   CMD_PICKER_HIDDEN,
                                        CMD_PICKER_RECENT, CMD_PANEL_BACK,  CMD_PANEL_ENTER,
                                        CMD_PICTURE_CLOSE, CMD_PICTURE_FULL};
    const enum scope scope = overlay_scope(m);
    struct ui *ui = &m->ui;
    hint_permissions(k, m);
    if (ui->typing_address) {
        ui->hints[ui->n_hints++] = menu_row_of(k, m, CMD_FIELD_DONE, SCOPE_FIELD);
        ui->hints[ui->n_hints++] = menu_row_of(k, m, CMD_FIELD_LEAVE, SCOPE_FIELD);
    }
    for (size_t i = 0; i < MIX_COUNT(commands) && !ui->typing_address; i++)
        if (keymap_bound(k, commands[i], scope) &&
            (commands[i] != CMD_LIST_PGDN || scope == SCOPE_ASK) &&
            (commands[i] != CMD_PANEL_ENTER || !preview_of(m)))
            ui->hints[ui->n_hints++] = menu_row_of(k, m, commands[i], scope);
    if (ui->over == OVER_PICTURE && picture_film(ui->preview)) {
        ui->hints[ui->n_hints++] = menu_row_of(k, m, CMD_PICTURE_EARLIER, scope);
        ui->hints[ui->n_hints++] = menu_row_of(k, m, CMD_PICTURE_LATER, scope);
    }
    if (preview_of(m)) {
        ui->hints[ui->n_hints++] = menu_row_of(k, m, CMD_PREVIEW_DOWNLOAD, scope);
        if (!why_no_preview_raw(m))
            ui->hints[ui->n_hints++] = menu_row_of(k, m, CMD_PREVIEW_RAW, scope);
    }
    if (ui->over == OVER_PANEL && ui->panel)
        hints_panel(k, m, panel_specs[ui->panel->id]);
    if (ui->over == OVER_PANEL && panel_turns(ui->panel) && ui->n_hints < MIX_COUNT(ui->hints))
        ui->hints[ui->n_hints++] = menu_row_of(k, m, CMD_PANEL_NEXT, scope);
    if (ui->n_hints < MIX_COUNT(ui->hints))
        hint_reconnect(k, m);
    ui->n_own_hints = ui->n_hints;
}

/* A plan that waits for a word: what can be said. */
static bool answers_plan(enum cmd c) { return c == CMD_PLAN_PROCEED || c == CMD_PLAN_KEEP; }

/* While a search is on, its keys are the pane's own. False: none is. */
static bool hints_search(const struct keymap *k, struct model *m) {
    static const enum cmd typing[] = {CMD_FIELD_DONE, CMD_FIELD_LEAVE, CMD_FIELD_DOWN,
                                      CMD_FIELD_UP};
    static const enum cmd reading[] = {CMD_SEARCH_NEXT, CMD_SEARCH_PREVIOUS, CMD_SEARCH_END};
    struct ui *ui = &m->ui;
    if (!search_on(m) || ui->focus != PANE_THREAD || ui->leader)
        return false;
    for (size_t i = 0; m->search->typing && i < MIX_COUNT(typing); i++)
        ui->hints[ui->n_hints++] = menu_row_of(k, m, typing[i], SCOPE_FIELD);
    for (size_t i = 0; !m->search->typing && i < MIX_COUNT(reading); i++)
        ui->hints[ui->n_hints++] = menu_row_of(k, m, reading[i], SCOPE_THREAD);
    return true;
}

/* A field of a pane has the caret: letters are text there. False: none has. */
static bool hints_field(const struct keymap *k, struct model *m) {
    struct ui *ui = &m->ui;
    const bool replying = ui->replying && ui->focus == PANE_PERMISSIONS;
    if (ui->leader || !(replying || (ui->filtering && ui->focus == PANE_SESSIONS) ||
                        (ui->file_filtering && ui->focus == PANE_FILES)))
        return false;
    const struct ask *a = replying ? model_selected_ask(m) : NULL;
    struct menu_row done = menu_row_of(k, m, CMD_FIELD_DONE, SCOPE_FIELD);
    if (a)
        done.label = a->kind == ASK_QUESTION ? "answer" : "next message";
    ui->hints[ui->n_hints++] = done;
    ui->hints[ui->n_hints++] = menu_row_of(k, m, CMD_FIELD_LEAVE, SCOPE_FIELD);
    ui->n_own_hints = ui->n_hints;
    return true;
}

/* What is asked for first: of a question its answer, of a held grant how it is dropped. */
static void hints_urgent(const struct keymap *k, struct model *m, const struct ask *a) {
    static const enum cmd answers[] = {CMD_ASK_ANSWER, CMD_CHOICE_NEXT, CMD_CHOICE_PREVIOUS};
    struct ui *ui = &m->ui;
    if (a->held_until > 0)
        ui->hints[ui->n_hints++] = menu_row_of(k, m, CMD_HOLD_DROP, SCOPE_PERMISSIONS);
    for (size_t i = 0; a->kind == ASK_QUESTION && ask_answerable(a) && i < MIX_COUNT(answers);
         i++) {
        const struct menu_row row = menu_row_of(k, m, answers[i], SCOPE_PERMISSIONS);
        if (!row.why_not)
            ui->hints[ui->n_hints++] = row;
    }
}

static bool stands_elsewhere(const struct model *m, enum scope scope, enum cmd c) {
    const struct ui *ui = &m->ui;
    for (size_t i = 0; i < ui->n_hints; i++)
        if (ui->hints[i].command == (uint32_t)c)
            return true;
    if (answers_plan(c) || c == CMD_ASK_PGDN || c == CMD_ASK_PGUP)
        return true;
    if (scope == SCOPE_COMPOSER)
        return edit_hides(m, c);
    const struct ask *a = scope == SCOPE_PERMISSIONS ? model_selected_ask(m) : NULL;
    if (!a)
        return false;
    if (!ask_answerable(a))
        return command_decides(c) || c == CMD_ASK_ANSWER;
    if (a->kind == ASK_QUESTION)
        return command_decides(c);
    return a->held_until > 0 && c == CMD_GRANT; /* given once */
}

static void hint_add(const struct keymap *k, struct model *m, enum cmd c, enum scope scope) {
    m->ui.hints[m->ui.n_hints++] = menu_row_of(k, m, c, scope);
}

/* Before all others: what is wanted in a hurry, or is not guessed. */
static void hints_of_moment(const struct keymap *k, struct model *m, enum scope scope) {
    if (scope == SCOPE_FILES && !why_no_transfer(m))
        hint_add(k, m, CMD_TRANSFER_CANCEL, scope);
    if (scope == SCOPE_COMPOSER && edit_way_back(m) != CMD_COUNT)
        hint_add(k, m, edit_way_back(m), SCOPE_LEADER);
    if (scope == SCOPE_THREAD && session_plan(m->shown)) {
        hint_add(k, m, CMD_PLAN_PROCEED, scope);
        hint_add(k, m, CMD_PLAN_KEEP, scope);
    }
}

static void hints_own(const struct keymap *k, struct model *m, enum scope scope, size_t most) {
    struct ui *ui = &m->ui;

    for (int c = 0; c < CMD_COUNT && ui->n_hints < most; c++) {
        if (!keymap_bound(k, (enum cmd)c, scope) || stands_elsewhere(m, scope, (enum cmd)c))
            continue;
        const struct menu_row row = menu_row_of(k, m, (enum cmd)c, scope);
        const bool own = ui->leader || command_home((enum cmd)c) == scope;

        if (strcmp(row.label, "down") == 0 || strcmp(row.label, "up") == 0)
            continue; /* everybody tries the arrows */
        if (!row.why_not && own)
            ui->hints[ui->n_hints++] = row;
    }
}

/* Stands behind the error itself, where the others would be. */
static void hint_failed(const struct keymap *k, struct model *m) {
    const bool failed = m->notice_at > 0 && m->n_notices > 0 && m->notices[m->n_notices - 1].bad;

    if (!failed)
        return;
    m->ui.n_hints -= m->ui.n_hints == MIX_COUNT(m->ui.hints);
    hint_add(k, m, CMD_ERROR_DETAILS, SCOPE_LEADER);
}

void hints_refresh(const struct keymap *k, struct model *m) {
    struct ui *ui = &m->ui;
    enum scope scope = ui->leader          ? SCOPE_LEADER
                       : visual_on(m)      ? SCOPE_VISUAL
                       : complete_shown(m) ? SCOPE_COMPLETE
                                           : scope_of_pane(ui->focus);
    ui->n_hints = 0;
    if (ui->over != OVER_NONE) {
        hints_overlay(k, m);
        return;
    }
    hints_of_moment(k, m, scope);
    const bool searching = hints_search(k, m);
    const size_t most = scope == SCOPE_PERMISSIONS ? OWN_ASK_HINTS : OWN_HINTS;
    const struct ask *asked = scope == SCOPE_PERMISSIONS ? model_selected_ask(m) : NULL;
    if (hints_field(k, m)) {
        hint_permissions(k, m);
        hint_reconnect(k, m);
        ui->hints[ui->n_hints++] = menu_row_of(k, m, CMD_HELP, SCOPE_COMPOSER); /* no letter */
        return;
    }
    if (asked)
        hints_urgent(k, m, asked);
    if (!searching)
        hints_own(k, m, scope, most);
    ui->n_own_hints = ui->n_hints;
    if (!ui->leader && !(searching && m->search->typing))
        hints_everywhere(k, m, scope);
    hint_failed(k, m);
}
