/* fields.c - which text field has the caret, and the keys that edit it. */
#include "mix/complete.h"
#include "mix/files.h"
#include "mix/search.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

struct editor *field_focused(struct model *m) {
    struct ui *ui = &m->ui;
    switch (ui->over) {
    case OVER_COMMANDS:
        return &ui->over_filter;
    case OVER_PICKER:
        return &ui->picker.filter;
    case OVER_CONFIRM:
        return ui->confirm_named ? &ui->over_filter : NULL;
    case OVER_SERVER:
    case OVER_SERVERS:
        return ui->typing_address ? &ui->over_filter : NULL;
    case OVER_PANEL:
        return panel_editor(m);
    case OVER_MENU:
    case OVER_ASK:
    case OVER_PICTURE:
    case OVER_THEMES:
    case OVER_QUIT:
        return NULL;
    case OVER_NONE:
        break;
    }
    struct ask *a = model_selected_ask(m);
    if (ui->replying && ui->focus == PANE_PERMISSIONS && a)
        return &a->reply;
    if (ui->filtering && ui->focus == PANE_SESSIONS)
        return &ui->session_filter;
    if (ui->file_filtering && ui->focus == PANE_FILES)
        return &ui->file_filter;
    if (m->search->typing && ui->focus == PANE_THREAD)
        return &m->search->query;
    return ui->focus == PANE_COMPOSER ? &m->shown->draft : NULL;
}

void field_changed(struct model *m, struct effects *fx) {
    struct editor *e = field_focused(m);
    m->rev++;
    if (e == &m->shown->draft)
        act_draft_changed(m, m->shown), act_complete_typed(m, fx);
    else if (e == &m->ui.session_filter)
        act_sessions_filter(m);
    else if (e == &m->ui.file_filter)
        act_files_filter(m);
    else if (e == &m->search->query)
        act_search_typed(m);
    else if (e == &m->ui.picker.filter)
        act_picker_filter(m, fx);
    else if (m->ui.over == OVER_PANEL)
        act_panel_changed(m, fx);
    else if (m->ui.over == OVER_COMMANDS)
        m->ui.over_cursor = m->ui.over_top = 0;
}

/* `localhost:8088`, perhaps with a name behind it: people leave the scheme out. */
static bool without_scheme(const char *s) {
    const size_t n = strcspn(s, " ");
    return memchr(s, '/', n) == NULL && strncmp(s, "unix:", 5) != 0 && n > 1 &&
           (memchr(s + 1, ':', n - 1) || memchr(s + 1, '.', n - 1));
}

/* ---- ends of a field ---- */
COMMAND(cmd_field_done) {
    struct ui *ui = &m->ui;
    m->rev++;
    if (ui->replying) {
        struct ask *a = model_selected_ask(m);
        if (a && a->kind == ASK_PERMISSION) {
            act_reason(m, fx);
            return;
        }
        ui->replying = false;
        act_decide(m, DECIDE_REPLY, fx);
        a = model_selected_ask(m);
        ui->replying = a && ask_answerable(a); /* too early: what is typed goes on into the field */
    } else if (ui->typing_address) {
        ui->typing_address = false;
        if (!editor_empty(&ui->over_filter)) {
            const char *typed = buf_str(&ui->over_filter.text);
            auto_buf struct buf url = {.max = ui->over_filter.text.n + 16};
            buf_addf(&url, "%s%s", without_scheme(typed) ? "http://" : "", typed);
            free(fx->connect_url);
            fx->connect_url = buf_take(&url);
        }
    } else if (m->search->typing) {
        act_search_done(m);
    } else if (ui->file_filtering) {
        ui->file_filtering = false;
    } else if (ui->filtering) {
        ui->filtering = false; /* the filter stays; Esc in the list or an empty filter ends it */
    }
}

COMMAND(cmd_field_leave) {
    struct ui *ui = &m->ui;
    m->rev++;
    if (ui->filtering) {
        ui->filtering = false;
        editor_set(&ui->session_filter, "");
        act_sessions_filter(m);
    }
    if (ui->file_filtering && ui->file_filter.text.n > 0)
        act_files_clear(m);
    ui->file_filtering = false;
    if (m->search->typing)
        act_search_leave(m);
    if (ui->replying)
        act_reason_leave(m);
    ui->replying = ui->typing_address =
        false; /* what was written of an answer stays in its field */
}

COMMAND(cmd_field_move) {
    if (m->ui.filtering)
        act_sessions_move(m, arg);
    else if (m->ui.file_filtering)
        act_files_move(m, arg);
    else if (m->search->typing)
        act_search_next(m, arg);
}
