/* edit.c - what is typed, pasted and edited: every verb means the focused field, whichever it is.
 */
#include "mix/vi.h"
#include "private.h"

#include <string.h>

enum { FOLD_LINES = 10 };

static bool fits(struct model *m, const struct editor *e, bool done) {
    if (!done)
        act_notice(m, "too long: %zu bytes fit here, nothing was inserted", e->text.max);
    return done;
}

void edit_type(struct model *m, struct editor *e, const char *text, size_t n, struct effects *fx) {
    if (e == &m->shown->draft && edit_locked(m, CMD_COUNT))
        return;
    if (fits(m, e, editor_insert(e, text, n)))
        field_changed(m, fx);
}

/* The draft is changed from other places than itself, too. */
static void edit_changed(struct model *m, struct editor *e, struct effects *fx) {
    field_changed(m, fx);
    if (e == &m->shown->draft && e != field_focused(m))
        act_draft_changed(m, m->shown);
}

/* ---- pastes ---- */
static size_t lines_of(const char *s, size_t n) {
    size_t lines = n > 0;
    for (size_t i = 0; i + 1 < n; i++)
        lines += s[i] == '\n' || (s[i] == '\r' && s[i + 1] != '\n');
    return lines;
}

static void insert_paste(struct model *m, struct editor *e, const struct key *k,
                         struct effects *fx) {
    const size_t from = e->caret;
    const bool fold = !e->one_line && lines_of(k->paste, k->n) > FOLD_LINES;

    if (k->lost > 0 || !editor_insert(e, k->paste, k->n)) {
        act_notice(m, "nothing was inserted: the paste has %zu bytes, %zu fit here", k->n + k->lost,
                   e->text.max);
        return;
    }
    if (fold && e->caret > from)
        editor_chip(e, CHIP_PASTE, from, e->caret - from, NULL, -1);
    edit_changed(m, e, fx);
    if (k->unended)
        act_notice(m, "the end of the paste never came: look at what is there, %zu bytes", k->n);
}

/* Over a server screen it may be a key of a provider, and drafts are on disk. */
void edit_paste(struct model *m, const struct key *k, struct effects *fx) {
    struct editor *field = field_focused(m), *draft = &m->shown->draft;

    if (!field && m->ui.over == OVER_PANEL)
        field = panel_secret_field(m);
    if (!field && m->ui.over == OVER_PANEL) {
        act_notice(m, "nothing was pasted: choose a field first");
        return;
    }
    if (m->ui.over == OVER_PICKER && k->lost == 0 && !k->unended &&
        act_picker_paste(m, k->paste, k->n, fx))
        return;
    const uint32_t rev = draft->rev;
    if ((!field || field == draft) && m->shown->away) {
        act_notice(m, "this draft is in $EDITOR: nothing was pasted");
        return;
    }
    insert_paste(m, field ? field : draft, k, fx);
    if ((!field || m->ui.over == OVER_ASK) && draft->rev != rev && !k->unended)
        act_notice(m, "pasted into the draft: %zu bytes", k->n);
}

const char *why_no_chip(const struct model *m) {
    const struct editor *e = &m->shown->draft;
    for (size_t i = 0; i < e->n_chips; i++)
        if (e->chips[i].kind == CHIP_PASTE)
            return NULL;
    return "no paste is folded in the message";
}

/* The one at the caret or before it, else the first behind it. */
COMMAND(cmd_unfold) {
    struct editor *e = &m->shown->draft;
    const struct chip *best = NULL;

    for (size_t i = 0; i < e->n_chips; i++)
        if (e->chips[i].kind == CHIP_PASTE && (!best || e->chips[i].off <= e->caret))
            best = &e->chips[i];
    if (!best)
        return;
    editor_unchip(e, best->off);
    edit_changed(m, e, fx);
}

/* ---- vi ---- */
/* What a hand that knows vi tries, and what has no meaning in a message. */
static bool vi_lacks(const struct vi *v, const struct key *k) {
    return v->mode == VI_NORMAL && !v->op && !v->prefix && k->mods == 0 && k->code < 0x80 &&
           k->code > 0 && strchr(":/?", (int)k->code);
}

bool edit_vi(struct model *m, const struct key *k, struct effects *fx) {
    struct editor *e = &m->shown->draft;
    const uint32_t rev = e->rev;

    if (m->ui.vi && !m->shown->away && vi_lacks(m->ui.vi, k))
        act_notice(m, "%c is not of this vi: Ctrl+P has the commands", (int)k->code);
    if (!m->ui.vi || m->shown->away || vi_key(m->ui.vi, e, k) == VI_NOT)
        return false;
    m->rev++;
    if (e->rev != rev)
        field_changed(m, fx);
    return true;
}

static bool vi_hides(const struct vi *v, enum cmd c) {
    if (!v || v->mode == VI_INSERT)
        return false;
    return c == CMD_NEWLINE || c == CMD_PROMPTS || (c == CMD_SEND && v->mode >= VI_VISUAL);
}

/* ---- $EDITOR ---- */
COMMAND(cmd_editor) { act_editor(m, fx); }

/* Moving is not writing. */
static bool only_moves(enum cmd c) {
    static const enum cmd moves[] = {CMD_EDIT_LEFT,       CMD_EDIT_RIGHT,      CMD_EDIT_WORD_LEFT,
                                     CMD_EDIT_WORD_RIGHT, CMD_EDIT_LINE_START, CMD_EDIT_LINE_END,
                                     CMD_EDIT_START,      CMD_EDIT_END};
    for (size_t i = 0; i < MIX_COUNT(moves); i++)
        if (moves[i] == c)
            return true;
    return false;
}

static bool writes(enum cmd c) {
    return c == CMD_COUNT || c == CMD_CHIP_UNFOLD ||
           (command_home(c) == SCOPE_COMPOSER && !only_moves(c) && c != CMD_PROMPTS);
}

enum cmd edit_way_back(const struct model *m) {
    const struct session *s = m->shown;

    if (s && s->away)
        return CMD_EDITOR;
    return s && s->own == OWN_OTHER ? CMD_TAKE_OVER : CMD_COUNT;
}

bool edit_hides(const struct model *m, enum cmd c) {
    return vi_hides(m->ui.vi, c) || edit_way_back(m) != CMD_COUNT;
}

bool edit_locked(struct model *m, enum cmd c) {
    const struct editor *e = field_focused(m);

    if (!m->shown->away || !writes(c) || (e && e != &m->shown->draft))
        return false;
    act_notice(m, "this draft is in $EDITOR: leave the editor, or Ctrl+X e");
    return true;
}

/* ---- moving and killing ---- */
COMMAND(cmd_edit_move) {
    struct editor *e = field_focused(m);
    if (e && editor_move(e, (enum motion)arg))
        m->rev++;
}

static void erase(struct model *m, enum motion to, struct effects *fx) {
    struct editor *e = field_focused(m);
    if (e && editor_kill(e, to, NULL))
        field_changed(m, fx);
}

COMMAND(cmd_edit_backspace) {
    const struct editor *e = field_focused(m);
    if (m->ui.over == OVER_PICKER && e && editor_empty(e))
        act_picker_up(m, fx);
    else
        erase(m, TO_LEFT, fx);
}

COMMAND(cmd_edit_delete) { erase(m, TO_RIGHT, fx); }

COMMAND(cmd_edit_kill) {
    struct editor *e = field_focused(m);
    if (e && editor_kill_into(e, (enum motion)arg, &m->ui.killed))
        field_changed(m, fx);
}

COMMAND(cmd_edit_yank) {
    struct editor *e = field_focused(m);
    if (!e)
        return;
    if (m->ui.killed.n == 0)
        act_notice(m, "nothing was deleted that could be inserted");
    else if (fits(m, e, editor_yank(e, &m->ui.killed)))
        field_changed(m, fx);
}

COMMAND(cmd_edit_yank_older) {
    struct editor *e = field_focused(m);
    if (e && editor_yank_older(e, &m->ui.killed))
        field_changed(m, fx);
    else
        act_notice(m, "yank something first: this puts what was deleted before it in its place");
}

/* ---- changing ---- */
static void changed_by(struct model *m, struct editor *e, uint32_t rev, struct effects *fx) {
    if (e->rev != rev)
        field_changed(m, fx);
}

COMMAND(cmd_edit_transpose) {
    struct editor *e = field_focused(m);
    const uint32_t rev = e ? e->rev : 0;
    if (!e)
        return;
    editor_transpose(e);
    changed_by(m, e, rev, fx);
}

COMMAND(cmd_edit_words) {
    struct editor *e = field_focused(m);
    const uint32_t rev = e ? e->rev : 0;
    if (!e)
        return;
    editor_transpose_words(e);
    changed_by(m, e, rev, fx);
}

COMMAND(cmd_edit_case) {
    struct editor *e = field_focused(m);
    const uint32_t rev = e ? e->rev : 0;
    if (!e)
        return;
    editor_case(e, (enum word_case)arg);
    m->rev++;
    changed_by(m, e, rev, fx);
}

COMMAND(cmd_undo) {
    struct editor *e = field_focused(m);
    if (e && editor_undo(e))
        field_changed(m, fx);
    else
        act_notice(m, "nothing to undo");
}

COMMAND(cmd_redo) {
    struct editor *e = field_focused(m);
    if (e && editor_redo(e))
        field_changed(m, fx);
    else
        act_notice(m, "nothing to make again");
}
