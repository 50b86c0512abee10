/* act_editor.c - the draft in $EDITOR, and back. While it is there nobody writes here. */
#include "editing.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

void act_editor(struct model *m, struct effects *fx) {
    struct session *s = m->shown;

    if (s->own == OWN_OTHER) {
        act_notice(m, "another mixtui has this draft");
        return;
    }
    if (!s->away) {
        s->away = true;
        fx->edit = xstrdup(buf_str(&s->draft.text));
    }
    fx->edit_asked = true;
    m->rev++;
}

bool draft_free(const struct session *s) { return editor_empty(&s->draft) && !s->away; }

bool draft_locked(struct model *m, const struct session *s) {
    if (s->away)
        act_notice(m, "this draft is in $EDITOR: leave the editor first");
    return s->away;
}

/* Not by its id: it may have got one meanwhile. */
struct session *model_away(const struct model *m) {
    for (size_t i = 0; i < m->n_sessions; i++)
        if (m->sessions[i]->away)
            return m->sessions[i];
    return m->fresh && m->fresh->away ? m->fresh : NULL;
}

/* Files that are uploaded with the message stay with their names. */
static void chip_again(struct editor *e, const struct chip *was, const char *name, size_t n) {
    const char *text = buf_str(&e->text), *at = text;

    while ((at = memmem(at, e->text.n - (size_t)(at - text), name, n))) {
        const size_t off = (size_t)(at - text);

        if (!editor_chip_at(e, off)) {
            editor_chip(e, was->kind, off, n, was->path, was->size);
            return;
        }
        at += n;
    }
}

static void take_text(struct editor *e, const char *text) {
    const size_t n = e->n_chips;
    struct chip *chips = chips_copy(e->chips, n);
    auto_free char *was = xstrdup(buf_str(&e->text));

    editor_set(e, text);
    for (size_t i = 0; i < n; i++)
        if (chips[i].kind == CHIP_FILE)
            chip_again(e, &chips[i], was + chips[i].off, chips[i].len);
    chips_free(chips, n);
}

void act_editor_done(struct model *m, struct session *s, const char *text) {
    struct editor *e = &s->draft;
    const bool clean = !text || text_valid(text, strlen(text));

    s->away = false;
    m->rev++;
    if (!text || str_eq(text, buf_str(&e->text)))
        return;
    if (str_blank(text) && !editor_empty(e)) {
        act_notice(m, "the editor left an empty file: the draft is as it was");
        return;
    }
    if (s->own == OWN_OTHER) {
        history_said(m, s, text, NULL);
        act_notice(m, "another mixtui has this draft now: what the editor wrote is in the prompt "
                      "history (Up)");
        return;
    }
    take_text(e, text);
    act_draft_changed(m, s);
    act_notice(m, clean ? "the draft is what the editor wrote; undo brings the old one back"
                        : "the draft is what the editor wrote, without what was no UTF-8; undo "
                          "brings the old one back");
}
