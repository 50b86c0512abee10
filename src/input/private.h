/* private.h - shared inside the input floor. */
#ifndef MIX_INPUT_PRIVATE_H
#define MIX_INPUT_PRIVATE_H

#include "mix/act.h"
#include "mix/copy.h"
#include "mix/editor.h"
#include "mix/files.h"
#include "mix/input.h"
#include "mix/panel.h"

/* A function of the table: most use only some of its three arguments. */
#define COMMAND(name)                                                                              \
    void name(struct model *m __attribute__((unused)), struct effects *fx __attribute__((unused)), \
              int arg __attribute__((unused)))
#define CMD(id, name, bindings, label, help, run, arg, why_not) COMMAND(run);
#include "mix/commands.def"
#undef CMD
const char *why_no_session(const struct model *m);
const char *why_no_fork(const struct model *m);
const char *why_no_plan(const struct model *m);
const char *why_no_thinking(const struct model *m);
const char *why_no_callbacks(const struct model *m);
const char *why_no_export(const struct model *m);
const char *why_no_rewind(const struct model *m);
const char *why_no_auth(const struct model *m);
const char *why_no_preferences(const struct model *m);
const char *why_no_create(const struct model *m);
const char *why_no_fork_here(const struct model *m);
const char *why_no_turn(const struct model *m);
const char *why_nothing_held(const struct model *m);
const char *why_nothing_queued(const struct model *m);
const char *why_no_queue(const struct model *m);
const char *why_no_take_over(const struct model *m);
const char *why_not_answerable(const struct model *m);
const char *why_no_search(const struct model *m);
const char *why_no_mark(const struct model *m);
const char *why_no_outline(const struct model *m);
const char *why_no_ask(const struct model *m);
const char *why_no_batch(const struct model *m);
const char *why_nothing_is_held(const struct model *m);
const char *why_not_again(const struct model *m);
const char *why_no_question(const struct model *m);
const char *why_no_choices(const struct model *m);
const char *why_no_upload(const struct model *m);
const char *why_no_file(const struct model *m);
const char *why_no_upload_chosen(const struct model *m);
const char *why_no_preview(const struct model *m);
const char *why_no_transfer(const struct model *m);
const char *why_no_retry(const struct model *m);
const char *why_no_picture(const struct model *m);
const char *why_no_chip(const struct model *m);
/* of copies: run_copy.c, copy.h */
const char *why_no_pipe(const struct model *m);
const char *why_no_bare(const struct model *m);
/* of the server screens: run_panel.c */
const char *why_no_tools(const struct model *m);
const char *why_no_mcp(const struct model *m);
const char *why_no_commands(const struct model *m);
const char *why_no_health(const struct model *m);
const char *why_no_history(const struct model *m);
const char *why_no_rules(const struct model *m);
const char *why_no_audit(const struct model *m);
const char *why_no_rule(const struct model *m);
const char *why_no_index(const struct model *m);
const char *why_no_session_details(const struct model *m);
const char *why_no_message(const struct model *m);
struct session *session_chosen(const struct model *m); /* the list's, when it is focused */
const char *why_no_frames(const struct model *m);
const char *why_no_fault(const struct model *m);
/* of plans and sub-agents: run_agents.c */
const char *why_no_waiting_plan(const struct model *m);
const char *why_no_child(const struct model *m);
const char *why_no_parent(const struct model *m);
const char *why_no_sibling(const struct model *m);

/* ---- keymap.c ---- */
struct binding {
    enum scope scope;
    struct key key;
    enum cmd command;
    char text[24]; /* of the key, for people */
};
struct keymap {
    struct binding *v;
    size_t n, cap;
    uint16_t scopes[CMD_COUNT]; /* bit: bound in that scope */
};
bool keymap_bound(const struct keymap *k, enum cmd c, enum scope scope);
void keymap_defaults(struct keymap *k);
enum cmd keymap_find(const struct keymap *k, enum scope scope,
                     const struct key *key); /* CMD_COUNT: none */
/* The key a person would press for it in this scope, else anywhere; "" when there is none. */
void keymap_key_of(const struct keymap *k, enum cmd c, enum scope scope, char *out, size_t size);
/* A complaint, or NULL. */
const char *keymap_bind(struct keymap *k, const char *command, const char *keys);
const char *scope_name(enum scope s);
enum scope scope_of_pane(enum pane p);

/* ---- fields.c: which text field has the caret ---- */
struct editor *field_focused(struct model *m); /* NULL: none, keys are commands */
void field_changed(struct model *m, struct effects *fx);

/* ---- edit.c ---- */
void edit_type(struct model *m, struct editor *e, const char *text, size_t n, struct effects *fx);
/* Into the field with the caret, else the draft. It is never read as keys. */
void edit_paste(struct model *m, const struct key *k, struct effects *fx);

/* The draft is in $EDITOR, and this would change it; says so. CMD_COUNT: text. */
bool edit_locked(struct model *m, enum cmd c);
/* The draft as vi has it. False: it has not, or the key is not for it. */
bool edit_vi(struct model *m, const struct key *k, struct effects *fx);
bool edit_hides(const struct model *m, enum cmd c); /* its key is vi's now, or nobody writes here */
enum cmd edit_way_back(const struct model *m);      /* to writing; CMD_COUNT: it is possible */

/* ---- menus.c ---- */
enum scope overlay_scope(const struct model *m); /* SCOPE_COUNT: none is open */
void menus_refresh(const struct keymap *k, struct model *m);
struct menu_row menu_row_of(const struct keymap *k, const struct model *m, enum cmd c,
                            enum scope scope);
bool command_decides(enum cmd c); /* about a request for permission */
void hints_refresh(const struct keymap *k, struct model *m);
/* Enter on a row of the open overlay. */
void menus_choose(struct model *m, struct effects *fx);
/* The letter of a row, in the overlays whose rows have letters. False: no row has it. */
bool menus_letter(struct model *m, const char *key, struct effects *fx);
void run_command(struct model *m, enum cmd c, struct effects *fx); /* says why when it cannot */
size_t name_shown(const char *name);
/* How near a command is to what was typed: 0 is its name, FARTHEST letters strewn over it, -1 not
 * meant. `where`: the pane it belongs to. */
enum { FARTHEST = 5 };
int command_closeness(const char *query, enum cmd c, const char *where);
/* Whether a session's deletion is also one from the search index, the other way round. */
bool confirm_turn_index(struct model *m);
/* Enter, or the repeated key, in OVER_CONFIRM. */
void confirm_again(struct model *m, struct effects *fx);

#endif
