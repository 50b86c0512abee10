/* act_visual.c - text of the thread chosen by keys: what was pressed waits for the layout. */
#include "private.h"

#include "mix/copy.h"

#include <stdlib.h>
#include <string.h>

bool visual_on(const struct model *m) {
    const struct ui *ui = &m->ui;

    return ui->visual.on && ui->focus == PANE_THREAD && ui->over == OVER_NONE &&
           ui->visual.session == m->shown;
}

void act_visual(struct model *m) {
    struct visual *v = &m->ui.visual;

    if (m->shown->transcript.n == 0) {
        act_notice(m, "nothing to choose: the thread is empty");
        return;
    }
    act_focus(m, PANE_THREAD);
    free(v->text);
    *v = (struct visual){.on = true, .session = m->shown};
    model_touch(m);
}

void act_visual_key(struct model *m, enum visual_key key) {
    struct visual *v = &m->ui.visual;

    if (v->on && v->n_keys < MIX_COUNT(v->keys))
        v->keys[v->n_keys++] = (uint8_t)key;
    model_touch(m);
}

void act_visual_drag(struct model *m, const struct drag *drag) {
    struct visual *v = &m->ui.visual;

    if (!visual_on(m))
        act_visual(m);
    v->dragged = true;
    v->from_x = drag->from_x;
    v->from_y = drag->from_y;
    v->to_x = drag->to_x;
    v->to_y = drag->to_y;
    model_touch(m);
}

void act_visual_leave(struct model *m) {
    m->ui.visual.on = false;
    model_touch(m);
}

void visual_tick(struct model *m, struct effects *fx) {
    auto_free char *text = TAKE(m->ui.visual.text);

    if (text)
        act_copy(m, text, strlen(text), NULL, fx);
}
