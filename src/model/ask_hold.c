/* ask_hold.c - a grant of something severe is held a moment, in which it can be dropped. It is only
 * in memory, and only while it can be seen: whatever takes it out of sight drops it. */
#include "private.h"

#include <string.h>

enum { STOOD_STILL_MS = 1000 }; /* later than this nobody was there to drop it */

bool ask_severe(const struct ask *a) {
    return a->kind == ASK_PERMISSION && a->n_risks > 0 && a->risks[0].level == RISK_SEVERE;
}

void hold_begin(struct model *m, struct ask *a, const char *by, int64_t armed_ms) {
    a->held_until = m->now + HOLD_MS;
    a->held_by = by;
    a->held_armed = armed_ms;
    m->priv->holds++;
    model_touch(m);
}

void hold_end(struct model *m, struct ask *a) {
    if (a->held_until == 0)
        return;
    a->held_until = 0;
    m->priv->holds -= m->priv->holds > 0;
}

static void drop(struct model *m, struct ask *a, const char *why) {
    hold_end(m, a);
    if (m->ui.painted_ask)
        ask_unpaint(m); /* it is armed anew */
    act_notice(m, "The grant of %s was not given: %s", a->tool, why);
    model_touch(m);
}

void hold_forget(struct ask *a, const char *why) {
    const bool held = a->held_until > 0;

    if (held)
        drop(model_viewer(a->owner), a, why);
    batch_leave(a);
}

void holds_drop(struct model *m, const char *why) {
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);

    if (m->priv->holds == 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (asks[i]->held_until > 0)
            drop(m, asks[i], why);
    m->priv->holds = 0;
}

void act_hold_drop(struct model *m) {
    if (m->priv->holds == 0)
        act_notice(m, "No grant is held");
    holds_drop(m, "u dropped it");
}

void holds_look(struct model *m) {
    /* under a menu it would be seen, but u not heard */
    if (m->priv->holds > 0 && (!ask_on_screen(m) || m->ui.over != OVER_NONE))
        holds_drop(m, "it was out of sight before it left");
}

static void leave(struct model *m, struct ask *a, struct effects *fx) {
    const struct ask *all[BATCH_MAX];
    const int64_t armed_ms = a->held_armed;
    size_t n = 0, at = 0;

    while (n < BATCH_MAX && (all[n] = ask_batch_next(m, a, &at)))
        n++;
    ask_answer(m, a, DECIDE_GRANT, n > 0 ? "batch" : a->held_by, armed_ms, fx);
    for (size_t i = 0; i < n; i++)
        ask_answer(m, model_ask_of(m, all[i]), DECIDE_GRANT, "batch", armed_ms, fx);
    model_touch(m);
}

void holds_tick(struct model *m, struct effects *fx) {
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);

    holds_look(m);
    for (size_t i = 0; m->priv->holds > 0 && i < n; i++) {
        struct ask *a = asks[i];

        if (a->held_until == 0 || m->now < a->held_until)
            continue;
        if (m->now - a->held_until > STOOD_STILL_MS)
            drop(m, a, "the program stood still meanwhile");
        else if (!ask_answerable(a) || m->now >= a->deadline)
            drop(m, a, "it is over");
        else
            leave(m, a, fx);
    }
}

int64_t holds_next(const struct model *m) {
    int64_t next = -1;
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);

    for (size_t i = 0; m->priv->holds > 0 && i < n; i++)
        sooner(&next, asks[i]->held_until);
    return next;
}
