/* mouse.c - the wheel and dragging. The mouse moves what is looked at and chooses text; it never
 * answers, sends or opens anything, and never goes to the permissions. */
#include "screen.h"

#include "mix/panel.h"

enum { WHEEL_ROWS = 3 };

static bool inside(const struct rect *r, int x, int y) {
    return x >= r->x && x < r->x + r->w && y >= r->y && y < r->y + r->h;
}

/* PANE_COUNT: none. */
static enum pane pane_under(const struct app *a, int x, int y) {
    const struct frame_layout l = view_layout(a->model);

    for (int p = 0; p < PANE_COUNT; p++)
        if (inside(&l.pane[p], x, y))
            return (enum pane)p;
    return PANE_COUNT;
}

static void wheel(struct app *a, const struct key *k, int by) {
    struct model *m = a->model;

    if (m->ui.over == OVER_PANEL) {
        for (int i = 0; i < WHEEL_ROWS; i++)
            act_panel_move(m, by, a->fx);
        return;
    }
    if (m->ui.over != OVER_NONE)
        return;
    switch (pane_under(a, k->x, k->y)) {
    case PANE_THREAD:
    case PANE_COMPOSER:
        act_scroll(m, MOVE_ROWS, by * WHEEL_ROWS);
        break;
    case PANE_SESSIONS:
        act_sessions_move(m, by);
        break;
    case PANE_FILES:
        act_files_move(m, by);
        break;
    case PANE_PERMISSIONS: /* what is selected there is for the keys alone */
    case PANE_COUNT:
        break;
    }
}

static void button(struct app *a, const struct key *k) {
    struct model *m = a->model;

    if (a->options->config.ui.mouse != MOUSE_ON)
        return;
    if (k->code == K_PRESS) {
        a->held = m->ui.over == OVER_NONE && pane_under(a, k->x, k->y) == PANE_THREAD;
        a->drag = (struct drag){k->x, k->y, k->x, k->y};
        if (visual_on(m))
            act_visual_leave(m);
        return;
    }
    if (!a->held || m->ui.over != OVER_NONE)
        return;
    const bool moved = a->drag.to_x != k->x || a->drag.to_y != k->y;

    a->drag.to_x = k->x;
    a->drag.to_y = k->y;
    if (moved)
        act_visual_drag(m, &a->drag);
    if (k->code == K_RELEASE) {
        a->held = false;
        if (visual_on(m))
            act_visual_key(m, VISUAL_COPY);
    }
}

bool mouse_took(struct app *a, const struct key *k) {
    if (k->code < K_PRESS || k->code > K_WHEEL_DOWN)
        return false;
    if (a->options->config.ui.mouse == MOUSE_OFF)
        return true; /* another program left it on */
    model_clock(a->model, clock_now(), clock_real());
    if (k->code == K_WHEEL_UP || k->code == K_WHEEL_DOWN)
        wheel(a, k, k->code == K_WHEEL_UP ? -1 : 1);
    else
        button(a, k);
    return true;
}
