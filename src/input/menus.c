/* menus.c - the rows of overlays and the hint line, made from the command table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix/search.h"
#include "mix/text.h"
#include "mix/servers.h"
#include "mix/agents.h"
#include "mix/complete.h"
#include "mix/picture.h"
#include "mix/preview.h"
#include "private.h"

/* Rows that stand for an act no command has. */
enum {
    ROW_BACK = CMD_COUNT,
    ROW_AGAIN,
    ROW_INDEX,
    ROW_QUIT,
    ROW_SUSPEND,
    ROW_KEEP,
    ROW_RETRY,
    ROW_ADDRESS,
    ROW_DEMO,
    ROW_THEME,
    ROW_SERVER,
    ROW_WATCH
};

struct menu {
    struct menu_row *v;
    size_t n, cap;
};

static void push(struct menu *r, struct menu_row row) {
    r->v = xgrow(r->v, r->n, &r->cap, sizeof *r->v);
    r->v[r->n++] = row;
}

struct menu_row menu_row_of(const struct keymap *k, const struct model *m, enum cmd c,
                            enum scope scope) {
    const struct command *row = command_row(c);
    struct menu_row out = {.label = row->label, .help = row->help, .command = c};
    out.why_not = row->why_not ? row->why_not(m) : NULL;
    keymap_key_of(k, c, scope, out.keys, sizeof out.keys);
    return out;
}

/* Moving about inside a field or list is no row of a palette. */
static bool is_act(enum cmd c) {
    switch (command_home(c)) {
    case SCOPE_EVERYWHERE:
    case SCOPE_LEADER:
    case SCOPE_SESSIONS:
    case SCOPE_THREAD:
    case SCOPE_FILES:
    case SCOPE_PERMISSIONS:
        return true;
    case SCOPE_COMPOSER:
        return c == CMD_SEND || c == CMD_PROMPTS || c == CMD_DRAFT_CLEAR || c == CMD_EDIT_UNDO ||
               c == CMD_EDIT_REDO || c == CMD_EDIT_KILL_WORD || c == CMD_EDIT_YANK_OLDER ||
               c == CMD_EDIT_WORDS || c == CMD_EDIT_UPPER || c == CMD_EDIT_LOWER ||
               c == CMD_EDIT_CAPITAL || c == CMD_EDIT_KILL_NEXT;
    case SCOPE_LIST:
    case SCOPE_FIELD:
    case SCOPE_ASK:
    case SCOPE_PICKER:
    case SCOPE_PANEL:
    case SCOPE_PICTURE:
    case SCOPE_VISUAL:
    case SCOPE_COMPLETE:
    case SCOPE_COUNT:
        break;
    }
    return false;
}

/* What the palette lists to be read: it means something only where its own key is heard. */
static const char *why_not_here(const struct model *m, enum cmd c) {
    if (command_decides(c)) /* rule 1: nowhere else */
        return "only in the permissions pane, or in its menu";
    switch (command_home(c)) {
    case SCOPE_LIST:
        return "only in a list, as this one";
    case SCOPE_FIELD:
        return "only in a field of one line";
    case SCOPE_ASK:
        return "only in the whole text of a permission";
    case SCOPE_PICKER:
        return "only in the file picker";
    case SCOPE_PANEL:
        return "only in a server screen";
    case SCOPE_PICTURE:
        return "only over a picture";
    case SCOPE_VISUAL:
        return "only while text is chosen, with v in the thread";
    case SCOPE_COMPLETE:
        return "only in the list that / or @ opens in the message";
    case SCOPE_COMPOSER:
        return is_act(c) || m->ui.focus == PANE_COMPOSER ? NULL : "only in the message";
    case SCOPE_EVERYWHERE:
    case SCOPE_LEADER:
    case SCOPE_SESSIONS:
    case SCOPE_THREAD:
    case SCOPE_FILES:
    case SCOPE_PERMISSIONS:
    case SCOPE_COUNT:
        break;
    }
    return NULL;
}

bool command_decides(enum cmd c) { return c == CMD_GRANT || c == CMD_DENY || c == CMD_DENY_WHY; }

static bool in_palette(enum cmd c) { return c != CMD_HELP && c != CMD_PALETTE; }

static void commands_rows_at(struct menu *r, const struct keymap *k, const struct model *m,
                             int close) {
    const char *query = buf_str(&m->ui.over_filter.text);
    for (int c = 0; c < CMD_COUNT; c++) {
        const enum scope home = command_home((enum cmd)c);
        const bool anywhere = home == SCOPE_EVERYWHERE || home == SCOPE_LEADER;
        if (!in_palette((enum cmd)c) || (*query && !is_act((enum cmd)c)))
            continue;
        if (*query && command_closeness(query, (enum cmd)c, scope_name(home)) != close)
            continue;
        struct menu_row shown = menu_row_of(k, m, (enum cmd)c, home);

        shown.where = anywhere ? "" : scope_name(home);
        if (!shown.why_not || command_decides((enum cmd)c))
            shown.why_not = why_not_here(m, (enum cmd)c);
        push(r, shown);
    }
}

static void commands_rows(struct menu *r, const struct keymap *k, const struct model *m) {
    const int last = m->ui.over_filter.text.n > 0 ? FARTHEST : 0;
    for (int close = 0; close <= last; close++)
        commands_rows_at(r, k, m, close);
}

/* Nobody grants a question, and nobody answers a request for permission with words. */
static bool not_of_this(const struct model *m, enum cmd c) {
    const struct ask *a = model_selected_ask(m);
    const bool question = a && a->kind == ASK_QUESTION;
    return question ? command_decides(c)
                    : c == CMD_ASK_ANSWER || c == CMD_CHOICE_NEXT || c == CMD_CHOICE_PREVIOUS;
}

static void menu_rows(struct menu *r, const struct keymap *k, const struct model *m) {
    enum scope scope = scope_of_pane(m->ui.menu_pane);
    push(r, (struct menu_row){
                .label = "back", .help = "close this menu", .keys = "Esc", .command = ROW_BACK});
    for (int c = 0; c < CMD_COUNT; c++)
        if (keymap_bound(k, (enum cmd)c, scope) && c != CMD_MENU &&
            !(scope == SCOPE_PERMISSIONS && not_of_this(m, (enum cmd)c)))
            push(r, menu_row_of(k, m, (enum cmd)c, scope));
}

/* What may follow Ctrl+X, for the panel that comes when nothing does. */
static void leader_rows(struct menu *r, const struct keymap *k, const struct model *m) {
    for (int c = 0; c < CMD_COUNT; c++)
        if (keymap_bound(k, (enum cmd)c, SCOPE_LEADER))
            push(r, menu_row_of(k, m, (enum cmd)c, SCOPE_LEADER));
}

static void server_rows(struct menu *r, const struct model *m) {
    (void)m;
    push(r, (struct menu_row){.label = "retry",
                              .help = "ask the address again now",
                              .keys = "r",
                              .command = ROW_RETRY});
    push(r, (struct menu_row){.label = "another address",
                              .help = "type the URL of a server",
                              .keys = "a",
                              .command = ROW_ADDRESS});
    push(r,
         (struct menu_row){.label = "demo",
                           .help = "try everything on the embedded demo server; no key is needed",
                           .keys = "d",
                           .command = ROW_DEMO});
    push(r, (struct menu_row){.label = "quit", .help = "leave", .keys = "q", .command = ROW_QUIT});
}

static const char *server_where(const struct server_row *row) {
    static const char *const words[] = {
        [SERVER_CONNECTING] = "connecting",
        [SERVER_ONLINE] = "watched",
        [SERVER_OFFLINE] = "offline",
        [SERVER_FOREIGN] = "not a Mix server",
    };
    return row->model ? words[row->model->server.state] : "not open";
}

/* `!1 ?2 *1`, as the status line has it. */
static void server_counts(const struct model *m, char *out, size_t size) {
    const size_t counts[] = {model_own_pending(m, ASK_PERMISSION),
                             model_own_pending(m, ASK_QUESTION), model_working(m)};
    size_t n = 0;
    for (size_t i = 0; i < MIX_COUNT(counts); i++)
        if (counts[i] > 0 && n < size)
            n += (size_t)snprintf(out + n, size - n, "%s%c%zu", n ? " " : "", "!?*"[i], counts[i]);
}

static void servers_rows(struct menu *r, const struct model *m) {
    const struct servers *s = m->servers;
    for (size_t i = 0; s && i < s->n_rows; i++) {
        struct menu_row row = {.label = s->rows[i].name,
                               .help = s->rows[i].address,
                               .where =
                                   s->rows[i].model == m ? "shown here" : server_where(&s->rows[i]),
                               .command = ROW_SERVER};
        if (s->rows[i].model)
            server_counts(s->rows[i].model, row.keys, sizeof row.keys);
        push(r, row);
    }
    if (s && servers_row_of(s, m) < s->n_rows)
        push(r, (struct menu_row){.label = "keep watching",
                                  .help = "this one while another is shown; Enter changes it",
                                  .where = s->rows[servers_row_of(s, m)].watch ? "yes" : "no",
                                  .command = ROW_WATCH});
    push(r, (struct menu_row){.label = "another address",
                              .help = "type the URL of a server",
                              .where = "",
                              .command = ROW_ADDRESS});
    push(r, (struct menu_row){.label = "demo",
                              .help = "the embedded demo server; no key is needed",
                              .where = "",
                              .command = ROW_DEMO});
}

static void confirm_rows(struct menu *r, const struct keymap *k, const struct model *m) {
    push(r, (struct menu_row){
                .label = "keep", .help = "change nothing", .keys = "Esc", .command = ROW_BACK});
    if (m->ui.confirm_index != CONFIRM_NOT_INDEXED)
        push(r, (struct menu_row){.label = "search index",
                                  .help = m->ui.confirm_index == CONFIRM_FORGETS
                                              ? "forgets it, too; Tab: keep it"
                                              : "keeps it; Tab: forget it",
                                  .keys = "Tab",
                                  .command = ROW_INDEX});
    if (m->ui.confirm_named)
        return;
    struct menu_row again = {
        .label = "yes, do it", .help = "press the key again", .command = ROW_AGAIN};
    if (m->ui.confirm_command < CMD_COUNT) {
        const enum cmd c = (enum cmd)m->ui.confirm_command;
        again.label = command_row(c)->label;
        again.help = command_row(c)->help;
        keymap_key_of(k, c, command_home(c), again.keys, sizeof again.keys);
    }
    push(r, again);
}

static void quit_rows(struct menu *r, const struct model *m) {
    push(r, (struct menu_row){
                .label = "stay", .help = "go on watching", .keys = "Esc", .command = ROW_BACK});
    if (m->ui.leaving == LEAVE_SUSPEND)
        push(r, (struct menu_row){.label = "suspend",
                                  .help = "to the shell; fg returns",
                                  .keys = "Ctrl+Z",
                                  .command = ROW_SUSPEND});
    if (model_keepable(m))
        push(r, (struct menu_row){.label = "keep",
                                  .help = "leave; mixtui keep answers by the rules",
                                  .keys = "k",
                                  .command = ROW_KEEP});
    push(r,
         (struct menu_row){.label = "quit", .help = "leave now", .keys = "q", .command = ROW_QUIT});
}

static void theme_rows(struct menu *r, const struct model *m) {
    for (size_t i = 0; i < m->ui.n_themes; i++)
        push(r, (struct menu_row){.label = m->ui.themes[i], .help = "", .command = ROW_THEME});
}

enum scope overlay_scope(const struct model *m) {
    switch (m->ui.over) {
    case OVER_ASK:
        return SCOPE_ASK;
    case OVER_PICKER:
        return SCOPE_PICKER;
    case OVER_PANEL:
        return SCOPE_PANEL;
    case OVER_PICTURE:
        return SCOPE_PICTURE;
    case OVER_NONE:
        return SCOPE_COUNT;
    case OVER_COMMANDS:
    case OVER_MENU:
    case OVER_THEMES:
    case OVER_CONFIRM:
    case OVER_QUIT:
    case OVER_SERVER:
    case OVER_SERVERS:
        break;
    }
    return SCOPE_LIST;
}

void menus_refresh(const struct keymap *k, struct model *m) {
    struct menu r = {0};
    switch (m->ui.over) {
    case OVER_COMMANDS:
        commands_rows(&r, k, m);
        break;
    case OVER_MENU:
        menu_rows(&r, k, m);
        break;
    case OVER_SERVER:
        server_rows(&r, m);
        break;
    case OVER_CONFIRM:
        confirm_rows(&r, k, m);
        break;
    case OVER_SERVERS:
        servers_rows(&r, m);
        break;
    case OVER_QUIT:
        quit_rows(&r, m);
        break;
    case OVER_THEMES:
        theme_rows(&r, m);
        break;
    case OVER_NONE:
        if (m->ui.leader)
            leader_rows(&r, k, m);
        break;
    case OVER_ASK:
    case OVER_PICKER:
    case OVER_PANEL:
    case OVER_PICTURE:
        break;
    }
    free(m->ui.menu_rows);
    m->ui.menu_rows = r.v;
    m->ui.n_menu_rows = r.n;
    if (m->ui.over_cursor >= r.n && r.n > 0)
        m->ui.over_cursor = r.n - 1;
    hints_refresh(k, m);
}

/* ---- Enter on a row ---- */
void run_command(struct model *m, enum cmd c, struct effects *fx) {
    const struct command *row = command_row(c);
    const char *why = row->why_not ? row->why_not(m) : NULL;
    if (why)
        act_notice(m, "%s: %s", row->label, why);
    else if (!edit_locked(m, c))
        row->run(m, fx, row->arg);
    m->rev++;
}

static void choose_extra(struct model *m, uint32_t row, struct effects *fx) {
    switch (row) {
    case ROW_INDEX:
        confirm_turn_index(m);
        break;
    case ROW_AGAIN:
        confirm_again(m, fx);
        break;
    case ROW_QUIT:
        if (m->ui.over == OVER_QUIT)
            act_quit(m, fx);
        else
            fx->quit = true;
        break;
    case ROW_SUSPEND:
        act_suspend(m, fx);
        break;
    case ROW_KEEP:
        act_keep(m, fx);
        break;
    case ROW_RETRY:
        act_over_close(m);
        act_reconnect(m, fx);
        break;
    case ROW_ADDRESS:
        m->ui.typing_address = true;
        editor_set(&m->ui.over_filter, m->server.url);
        break;
    case ROW_DEMO:
        fx->start_demo = true;
        break;
    case ROW_WATCH:
        act_server_watch(m);
        break;
    case ROW_SERVER:
        act_server_show(m, m->ui.over_cursor, fx);
        if (!fx->show)
            act_over_close(m);
        break;
    default: /* ROW_BACK, ROW_THEME: a theme is in force since the cursor reached it */
        act_over_close(m);
        break;
    }
    m->rev++;
}

void menus_choose(struct model *m, struct effects *fx) {
    const struct ui *ui = &m->ui;
    if (ui->over_cursor >= ui->n_menu_rows)
        return;
    const struct menu_row row = ui->menu_rows[ui->over_cursor];
    if (row.command >= CMD_COUNT) {
        choose_extra(m, row.command, fx);
        return;
    }
    const char *why = ui->over == OVER_COMMANDS ? why_not_here(m, (enum cmd)row.command) : NULL;
    if (why) {
        act_notice(m, "%s: %s", row.label, why);
        return;
    }
    if (command_decides((enum cmd)row.command)) {
        if (!ui->menu_moved)
            return;                                /* rule 1: a movement key comes first */
        run_command(m, (enum cmd)row.command, fx); /* closing disarms: it comes after */
        act_over_close(m);
        return;
    }
    act_over_close(m);
    run_command(m, (enum cmd)row.command, fx);
}

/* The letter of a row in the overlays whose rows have one. */
bool menus_letter(struct model *m, const char *key, struct effects *fx) {
    if (m->ui.over != OVER_SERVER && m->ui.over != OVER_QUIT)
        return false;
    for (size_t i = 0; i < m->ui.n_menu_rows; i++)
        if (strcmp(m->ui.menu_rows[i].keys, key) == 0) {
            m->ui.over_cursor = i;
            menus_choose(m, fx);
            return true;
        }
    return false;
}
