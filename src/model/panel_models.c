/* panel_models.c - one model of all providers, found by a few letters. */
#include "forms.h"

#include <stdlib.h>
#include <string.h>

enum { R_MODEL, R_TEXT };

/* The rows' index: which provider, which of its models. */
static const struct provider_models *model_at(const struct provider_list *list, size_t at,
                                              const char **id) {
    for (size_t i = 0; i < list->list.n; i++) {
        const struct provider_models *p = &list->list.items[i];

        if (at < p->models.n) {
            *id = p->models.items[at];
            return p;
        }
        at -= p->models.n;
    }
    return NULL;
}

static void models_rows(const struct model *m, struct panel *p) {
    const struct model_pick *pick = p->data;
    const struct provider_models *of;
    const char *id;

    (void)m;
    for (size_t i = 0; pick && (of = model_at(pick->list, i, &id)); i++) {
        const bool now = str_eq(id, pick->now);
        struct panel_row *row =
            panel_add(p, ROW_ACTION, R_MODEL, of->provider, "%s%s", id, now ? "  (now)" : "");

        if (!str_blank(of->display_name) && !str_eq(of->display_name, of->provider))
            row->help = of->display_name;

        row->index = i;
    }
}

static void models_enter(struct model *m, struct panel *p, const struct panel_row *row,
                         struct effects *fx) {
    const struct model_pick *data = p->data;
    struct panel *below = p->below;
    const char *id;
    const struct provider_models *of = data ? model_at(data->list, row->index, &id) : NULL;

    if (!of)
        return;
    const char *provider = of->provider;
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
    const char *id;

    if (!p)
        return;
    struct model_pick *own = xmalloc(sizeof *own);

    *own = *pick;
    p->data = own;
    panel_touch(m, p);
    panel_fresh(m);
    for (size_t i = 0; model_at(own->list, i, &id); i++)
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
