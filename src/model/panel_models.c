/* panel_models.c - one model of all providers, found by a few letters. */
#include "forms.h"

#include <stdlib.h>
#include <string.h>

enum { R_MODEL, R_TEXT };

/* The rows' index: which provider, which of its models. */
static bool model_at(const struct provider_list *list, size_t at, const char **provider,
                     const char **id) {
    for (size_t i = 0; i < list->list.n; i++) {
        const struct provider_models *p = &list->list.items[i];

        if (at < p->models.n) {
            *provider = p->provider;
            *id = p->models.items[at];
            return true;
        }
        at -= p->models.n;
    }
    return false;
}

static void models_rows(const struct model *m, struct panel *p) {
    const struct model_pick *pick = p->data;
    const char *provider, *id;

    (void)m;
    for (size_t i = 0; pick && model_at(pick->list, i, &provider, &id); i++) {
        const bool now = str_eq(id, pick->now);
        struct panel_row *row =
            panel_add(p, ROW_ACTION, R_MODEL, provider, "%s%s", id, now ? "  (now)" : "");

        row->index = i;
    }
}

static void models_enter(struct model *m, struct panel *p, const struct panel_row *row,
                         struct effects *fx) {
    const struct model_pick *data = p->data;
    struct panel *below = p->below;
    const char *provider, *id;

    if (!data || !model_at(data->list, row->index, &provider, &id))
        return;
    const struct model_pick pick = *data;

    act_panel_close(m, p);
    if (below)
        pick.picked(m, below, pick.agent, provider, id, fx);
}

static void models_close(struct model *m, struct panel *p) {
    (void)m;
    free(p->data);
}

void models_open(struct model *m, const struct model_pick *pick, struct effects *fx) {
    struct panel *p = act_panel_push(m, PANEL_MODELS, fx);
    const char *provider, *id;

    if (!p)
        return;
    struct model_pick *own = xmalloc(sizeof *own);

    *own = *pick;
    p->data = own;
    panel_touch(m, p);
    panel_fresh(m);
    for (size_t i = 0; model_at(own->list, i, &provider, &id); i++)
        if (str_eq(id, own->now))
            p->cursor = i;
}

const struct panel_spec panel_models = {
    .title = "Models",
    .rows = models_rows,
    .enter = models_enter,
    .close = models_close,
    .filtered = true,
    .best = true,
};
