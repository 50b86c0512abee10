/* ask_batch.c - requests that are the same, gathered by a person into one. Nothing joins by itself;
 * whatever ends or changes leaves. */
#include "private.h"
#include "rules.h"

#include <string.h>

struct ask *model_ask_of(const struct model *m, const struct ask *a) {
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);
    size_t i = 0;

    while (i < n && asks[i] != a)
        i++;
    return i < n ? asks[i] : NULL;
}

bool ask_folded(const struct ask *a) { return a->batch != 0 && !a->leads; }

static struct model *owner_of(const struct ask *a) { return a->owner; }

const struct ask *ask_batch_next(const struct model *m, const struct ask *a, size_t *at) {
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);

    while (a->batch != 0 && *at < n) {
        const struct ask *other = asks[(*at)++];

        if (other != a && other->batch == a->batch && owner_of(other) == owner_of(a) &&
            ask_answerable(other))
            return other;
    }
    return NULL;
}

static void part(const struct ask *a) {
    struct model *m = a->owner;
    const uint32_t batch = a->batch;

    for (size_t i = 0; i < m->n_asks; i++)
        if (m->asks[i]->batch == batch) {
            m->asks[i]->batch = 0;
            m->asks[i]->leads = false;
            m->asks[i]->held_until = 0;
        }
    model_touch(model_viewer(m));
}

void batch_leave(struct ask *a) {
    const struct ask *lead = NULL;
    const uint32_t batch = a->batch;
    size_t left = 0;

    if (batch == 0)
        return;
    if (a->leads) {
        part(a);
        return;
    }
    a->batch = 0;
    for (size_t i = 0; i < a->owner->n_asks; i++) {
        const struct ask *other = a->owner->asks[i];

        left += other->batch == batch;
        lead = other->batch == batch && other->leads ? other : lead;
    }
    if (left < 2 && lead && lead->held_until == 0)
        part(lead);
    model_touch(model_viewer(a->owner));
}

static bool same_text(const char *a, const char *b) { return str_eq(a ? a : "", b ? b : ""); }

static bool same(const struct ask *a, const struct ask *b) {
    return b->kind == ASK_PERMISSION && ask_answerable(b) && a->owner == b->owner &&
           same_text(a->tool, b->tool) && same_text(a->path, b->path) &&
           same_text(a->session->work_dir, b->session->work_dir) &&
           same_text(a->action, b->action) && same_text(a->params, b->params) &&
           same_text(a->object, b->object);
}

static bool readable(const struct ask *a) {
    struct arena arena = {0};
    struct ruling_ask ask;

    ruling_ask_of(&ask, &arena, a->owner, a);
    const bool hides = policy_hides(&ask);

    arena_free(&arena);
    return !hides && !str_blank(a->object) && a->params;
}

const char *act_batch_why_not(const struct model *m) {
    const struct ask *a = model_selected_ask(m);
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);

    if (!a || a->kind != ASK_PERMISSION)
        return "no request for permission is selected";
    if (a->batch != 0)
        return NULL;
    if (!ask_answerable(a))
        return "the selected request is over";
    for (size_t i = 0; i < n; i++)
        if (asks[i] != a && same(a, asks[i]))
            return NULL;
    return "no other request is the same: tool, object and directory";
}

void act_batch(struct model *m) {
    struct ask *a = model_selected_ask(m);
    const char *why = act_batch_why_not(m);
    size_t n, all = 1;
    struct ask *const *asks = model_inbox(m, &n);

    if (!why && !a->batch && !readable(a))
        why = "not all of it can be read plainly: each is answered alone";
    if (why) {
        act_notice(m, "%s", why);
        return;
    }
    holds_drop(m, "what it would be given to is another thing now");
    ask_unpaint(m); /* it is armed anew */
    if (a->batch != 0) {
        part(a);
        return;
    }
    a->batch = ++m->priv->batches;
    a->leads = true;
    for (size_t i = 0; i < n && all < BATCH_MAX; i++)
        if (asks[i] != a && asks[i]->batch == 0 && same(a, asks[i])) {
            asks[i]->batch = a->batch;
            all++;
        }
    m->ui.ask_scroll = 0;
    model_touch(m);
}
