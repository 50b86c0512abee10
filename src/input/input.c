/* input.c - the one way in for a key. Scope by scope: overlay, leader, field, pane, everywhere. */
#include "mix/input.h"

#include <stdlib.h>
#include <string.h>

#include "mix/complete.h"
#include "mix/text.h"
#include "private.h"

struct input {
    struct keymap keymap;
    uint64_t rev; /* of the model when the menus were made */
};

struct input *input_new(void) {
    struct input *in = xcalloc(1, sizeof *in);
    keymap_defaults(&in->keymap);
    in->rev = UINT64_MAX;
    return in;
}

void input_free(struct input *in) {
    if (!in)
        return;
    free(in->keymap.v);
    free(in);
}

const char *input_bind(struct input *in, const char *command, const char *keys) {
    return keymap_bind(&in->keymap, command, keys);
}

void input_refresh(struct input *in, struct model *m) {
    if (in->rev == m->rev)
        return;
    menus_refresh(&in->keymap, m);
    in->rev = m->rev;
}

/* ---- text ---- */
static bool is_text(const struct key *k) {
    return k->mods == 0 && k->code >= ' ' && k->code < K_FIRST && k->code != 0x7f;
}

static bool is_leader(const struct key *k) { return k->code == 'x' && k->mods == MOD_CTRL; }

static void leader(struct model *m) {
    m->ui.leader = true;
    m->ui.leader_at = m->now;
    m->rev++;
}

/* ---- overlays ---- */
/* The same key again, as it means in the pane under the question. */
static bool confirm_key(const struct input *in, struct model *m, const struct key *k,
                        struct effects *fx) {
    if (k->code == K_TAB && confirm_turn_index(m))
        return true;
    if (m->ui.over != OVER_CONFIRM || m->ui.confirm_named)
        return false;
    const enum cmd asked = (enum cmd)m->ui.confirm_command;
    if (asked < CMD_COUNT &&
        (keymap_find(&in->keymap, scope_of_pane(m->ui.focus), k) == asked ||
         keymap_find(&in->keymap, command_home(asked), k) == asked)) /* as the row names it */
        confirm_again(m, fx);
    else if (is_text(k))
        act_notice(m, "press the same key again, or Esc to keep it");
    else
        return false;
    return true;
}

/* In a field of a server screen the keys that edit come before those that turn choices; in its
 * filter only what the screen itself does not use. */
static enum cmd panel_key(const struct input *in, const struct model *m, const struct key *k) {
    const struct editor *e = panel_editor(m);
    const enum cmd edit = e ? keymap_find(&in->keymap, SCOPE_FIELD, k) : CMD_COUNT;
    const enum cmd own = keymap_find(&in->keymap, SCOPE_PANEL, k);
    const bool edits = edit != CMD_COUNT && command_home(edit) == SCOPE_COMPOSER;
    const bool turns = own == CMD_PANEL_NEXT || own == CMD_PANEL_PREVIOUS;

    if (edits &&
        (own == CMD_COUNT || e != &panel_top(m)->filter || (turns && !panel_turns(panel_top(m)))))
        return edit;
    return own;
}

/* On a choice or a switch; in a filter it is text. */
static bool blank_turns(const struct model *m) {
    const struct panel *p = panel_top(m);
    const struct panel_row *row = p ? panel_row_at(p) : NULL;
    return row && (row->kind == ROW_CHOICE || row->kind == ROW_SWITCH);
}

/* Somebody waits for an answer, for 30 seconds, or for the shell: no list or form is in the way. */
static bool urgent(const struct input *in, struct model *m, const struct key *k,
                   struct effects *fx) {
    const enum cmd c = keymap_find(&in->keymap, SCOPE_EVERYWHERE, k);
    const bool asked = c == CMD_PERMISSIONS || c == CMD_SUSPEND;
    if (!is_text(k) && asked)
        run_command(m, c, fx);
    return !is_text(k) && asked;
}

static bool overlay_key(const struct input *in, struct model *m, const struct key *k,
                        struct effects *fx) {
    enum scope scope = overlay_scope(m);
    if (scope == SCOPE_COUNT)
        return false;
    if (confirm_key(in, m, k, fx))
        return true;
    struct editor *field = field_focused(m);
    if (field && is_text(k) && !(k->code == ' ' && blank_turns(m)))
        return false;
    if (m->ui.typing_address)
        scope = SCOPE_FIELD;
    enum cmd c = scope == SCOPE_PANEL ? panel_key(in, m, k) : keymap_find(&in->keymap, scope, k);
    if (scope == SCOPE_PICTURE && m->ui.preview_full &&
        !(c == CMD_PICTURE_LATER || c == CMD_PICTURE_EARLIER))
        c = CMD_PICTURE_CLOSE; /* any key */
    if (c == CMD_COUNT && field && scope != SCOPE_PANEL)
        c = keymap_find(&in->keymap, SCOPE_FIELD, k);
    if (c != CMD_COUNT) {
        run_command(m, c, fx);
        return true;
    }
    if (is_leader(k)) {
        leader(m);
        return true;
    }
    char name[32];
    key_text(name, sizeof name, k);
    if (!menus_letter(m, name, fx))
        (void)urgent(in, m, k, fx);
    return true; /* nothing else under an overlay hears a key */
}

/* ---- panes ---- */
static bool leader_key(const struct input *in, struct model *m, const struct key *k,
                       struct effects *fx) {
    if (!m->ui.leader)
        return false;
    m->ui.leader = false;
    m->rev++;
    enum cmd c = keymap_find(&in->keymap, SCOPE_LEADER, k);
    char name[32];
    key_text(name, sizeof name, k);
    const bool anywhere =
        c == CMD_PERMISSIONS || c == CMD_SUSPEND || c == CMD_RECONNECT || c == CMD_ERROR_DETAILS;
    if (m->ui.over != OVER_NONE && !anywhere && k->code != K_ESC)
        act_notice(m, "Ctrl+X %s: press Esc first, to leave what is open", name);
    else if (c != CMD_COUNT)
        run_command(m, c, fx);
    else if (k->code != K_ESC)
        act_notice(m, "Ctrl+X %s means nothing; ? lists the keys", name);
    return true;
}

static bool field_key(const struct input *in, struct model *m, const struct key *k,
                      struct effects *fx) {
    struct editor *field = field_focused(m);
    if (!field)
        return false;
    if (field == &m->shown->draft && edit_vi(m, k, fx))
        return true;
    if (is_text(k)) {
        char bytes[4];
        edit_type(m, field, bytes, text_encode(bytes, k->code), fx);
        return true;
    }
    if (field == &m->shown->draft)
        return false;
    enum cmd c = keymap_find(&in->keymap, SCOPE_FIELD, k);
    if (c != CMD_COUNT)
        run_command(m, c, fx);
    return c != CMD_COUNT;
}

/* What is typed goes into the draft; only what is no text means the list. */
static bool complete_key(const struct input *in, struct model *m, const struct key *k,
                         struct effects *fx) {
    const enum cmd c =
        complete_shown(m) && !is_text(k) ? keymap_find(&in->keymap, SCOPE_COMPLETE, k) : CMD_COUNT;
    if (c != CMD_COUNT)
        run_command(m, c, fx);
    return c != CMD_COUNT;
}

/* False: it means what it always does. */
static bool visual_key(const struct input *in, struct model *m, const struct key *k,
                       struct effects *fx) {
    const enum cmd c = visual_on(m) ? keymap_find(&in->keymap, SCOPE_VISUAL, k) : CMD_COUNT;
    if (c != CMD_COUNT)
        run_command(m, c, fx);
    else if (visual_on(m) && is_text(k))
        act_notice(m, "Enter or c copies what is chosen, Esc leaves it");
    return c != CMD_COUNT || (visual_on(m) && is_text(k));
}

static void pane_key(const struct input *in, struct model *m, const struct key *k,
                     struct effects *fx) {
    enum cmd c = keymap_find(&in->keymap, scope_of_pane(m->ui.focus), k);
    if (c == CMD_COUNT)
        c = keymap_find(&in->keymap, SCOPE_EVERYWHERE, k);
    char name[32];
    key_text(name, sizeof name, k);
    if (c != CMD_COUNT)
        run_command(m, c, fx);
    else if (is_text(k))
        act_notice(m, "%s means nothing here: ? lists the keys, Ctrl+X i the message", name);
}

static void dispatch(const struct input *in, struct model *m, const struct key *k,
                     struct effects *fx) {
    if (leader_key(in, m, k, fx) || overlay_key(in, m, k, fx))
        return;
    if (is_leader(k)) {
        leader(m);
        return;
    }
    if (!complete_key(in, m, k, fx) && !field_key(in, m, k, fx) && !visual_key(in, m, k, fx))
        pane_key(in, m, k, fx);
}

void input_key(struct input *in, struct model *m, const struct key *k, int64_t now, int64_t real,
               struct effects *fx) {
    model_clock(m, now, real);
    input_refresh(in, m); /* a row is chosen from what the model is now */
    switch (k->code) {
    case K_FOCUS_IN:
    case K_FOCUS_OUT:
        m->ui.focused = k->code == K_FOCUS_IN;
        m->ui.focus_known = true;
        if (m->ui.focused)
            act_alive(m, fx);
        return;
    case K_PASTE:
        act_look_again(m); /* a clipboard may hold the mark that ends a paste, and more */
        edit_paste(m, k, fx);
        break;
    default:
        if (m->notice_at)
            m->notice_at = 0, m->rev++;
        if (k->code == K_ESC || (k->crowded && (is_text(k) || k->code == K_ENTER)))
            act_look_again(m); /* half an Alt chord, or a paste that nothing marks as one */
        dispatch(in, m, k, fx);
        break;
    }
    act_complete_look(m);
    act_alive(m, fx);
    input_refresh(in, m);
}
