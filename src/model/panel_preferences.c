/* panel_preferences.c - the provider and the models that agents use. Servers reset what is not
 * said, so what is saved is always said whole. */
#include "forms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGENTS = 2, TOKENS_MAIN = 4096, TOKENS_SUB = 2048, TOKENS_MOST = 100000000 };
enum {
    R_TEXT,
    R_PROVIDER,
    R_MODEL,
    R_TOKENS = R_MODEL + AGENTS,
    R_EFFORT = R_TOKENS + AGENTS,
    R_SAVE = R_EFFORT + AGENTS,
    R_RESET,
};
static const char *const agent_names[AGENTS] = {"main agent", "sub-agents"};

struct prefs {
    struct provider_list list;
    struct arena arena; /* of the list */
    char *model[AGENTS];
    int64_t created_at, updated_at;
    bool known, none; /* the server answered; it has none saved */
    bool changed;     /* and not saved */
};

/* ---- taking in ---- */
static void set_tokens(struct panel *p, int agent, int64_t tokens) {
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)tokens);
    editor_set(&panel_text(p, R_TOKENS + agent, 24, ONE_LINE)->text, text);
}

static void set_choice(struct panel *p, int tag, const char *value) {
    struct panel_field *f = panel_field(p, tag);
    const char *all[34];
    size_t n = 0;

    for (size_t i = 0; i < f->choices.n; i++)
        if (str_eq(f->choices.items[i], value)) {
            f->choice = i;
            return;
        }
    if (str_blank(value)) {
        f->choice = 0;
        return;
    }
    for (; n < f->choices.n && n + 1 < MIX_COUNT(all); n++) /* a word newer than we are */
        all[n] = f->choices.items[n];
    all[n++] = value;
    f = panel_choices(p, tag, all, n);
    f->choice = n - 1;
}

static void take_values(struct panel *p, const struct preferences *v) {
    struct prefs *d = p->data;
    const char *const models[AGENTS] = {v->main_model, v->sub_model};
    const char *const efforts[AGENTS] = {v->main_effort, v->sub_effort};
    const int64_t tokens[AGENTS] = {v->main_max_tokens, v->sub_max_tokens};

    set_choice(p, R_PROVIDER, v->preferred_provider);
    for (int i = 0; i < AGENTS; i++) {
        set_string(&d->model[i], models[i]);
        set_tokens(p, i, tokens[i] > 0 ? tokens[i] : i == 0 ? TOKENS_MAIN : TOKENS_SUB);
        set_choice(p, R_EFFORT + i, efforts[i]);
    }
    d->created_at = v->created_at;
    d->updated_at = v->updated_at;
    d->changed = false;
}

static void take_list(struct panel *p, struct incoming *in) {
    const struct preferences_reply *r = in->out;
    struct prefs *d = p->data;
    const char *names[64];
    size_t n = 0;

    arena_free(&d->arena);
    d->arena = in->arena; /* the lists lie in it */
    in->arena = (struct arena){0};
    d->list.list.items = r->providers.items;
    d->list.list.n = r->providers.n;
    for (; n < r->providers.n && n < MIX_COUNT(names); n++)
        names[n] = r->providers.items[n].provider;
    const char *chosen = panel_chosen(p, R_PROVIDER);
    auto_free char *provider = chosen ? xstrdup(chosen) : NULL;

    (void)panel_choices(p, R_PROVIDER, names, n);
    d->known = true;
    d->none = r->preferences == NULL;
    if (d->changed) { /* asked again with something written: that stays */
        set_choice(p, R_PROVIDER, provider);
        return;
    }
    if (r->preferences) {
        take_values(p, r->preferences);
        return;
    }
    const struct provider_models *first = n > 0 ? &r->providers.items[0] : NULL;
    const char *model = first && first->models.n > 0 ? first->models.items[0] : NULL;

    take_values(p, &(struct preferences){.preferred_provider = first ? first->provider : NULL,
                                         .main_model = model,
                                         .sub_model = model});
}

/* ---- rows ---- */
static void prefs_rows(const struct model *m, struct panel *p) {
    const struct prefs *d = p->data;
    struct panel_row *row;

    (void)m;
    if (!d->known)
        return;
    if (d->none)
        panel_add(p, ROW_TEXT, R_TEXT, NULL,
                  "Nothing is saved on this server yet: what stands here is a suggestion.");
    panel_add_field(p, ROW_CHOICE, R_PROVIDER, "provider", "the preferred one");
    for (int i = 0; i < AGENTS; i++) {
        panel_add(p, ROW_HEADING, R_TEXT, i == 0 ? "Main agent" : "Sub-agents", NULL);
        row = panel_add(p, ROW_VALUE, R_MODEL + i, "model", "%s",
                        d->model[i] ? d->model[i] : "none chosen");
        row->help = "Enter lists all models";
        panel_add_field(p, ROW_FIELD, R_TOKENS + i, "max tokens", "of one answer");
        panel_add_field(p, ROW_CHOICE, R_EFFORT + i, "effort", "of reasoning");
    }
    panel_add(p, ROW_HEADING, R_TEXT, "Both together", NULL);
    row = panel_add(p, ROW_ACTION, R_SAVE, "save", NULL);
    row->help = d->changed ? "not saved yet" : "for all sessions of this server";
    if (p->loading > 0)
        row->why_not = "a request is under way";
    row = panel_add(p, ROW_ACTION, R_RESET, "reset", NULL);
    row->destroys = "provider, models, tokens and effort of all agents become the server's own";
    if (d->updated_at > 0 || d->created_at > 0)
        panel_add(p, ROW_TEXT, R_TEXT, NULL, "Saved %s, for the first time %s.",
                  panel_time(d->updated_at).s, panel_time(d->created_at).s)
            ->tone = TONE_DIM;
}

/* ---- doing ---- */
/* > 0, or 0 with a complaint under the field */
static int64_t tokens_of(struct model *m, struct panel *p, int agent) {
    const char *s = panel_value(p, R_TOKENS + agent);
    char *end = NULL;
    const long long n = strtoll(s, &end, 10);

    if (*s != '\0' && s[strspn(s, "0123456789")] == '\0' && end != s && n > 0 && n <= TOKENS_MOST)
        return n;
    panel_complain(m, p, R_TOKENS + agent, "a number of 1 or more");
    return 0;
}

static void save(struct model *m, struct panel *p, struct effects *fx) {
    const struct prefs *d = p->data;
    int64_t tokens[AGENTS];

    for (int i = 0; i < AGENTS; i++) {
        if (str_blank(d->model[i])) {
            act_notice(m, "Not saved: choose a model for the %s", agent_names[i]);
            return;
        }
        tokens[i] = tokens_of(m, p, i);
        if (tokens[i] == 0)
            return;
    }
    const char *provider = panel_chosen(p, R_PROVIDER);
    const char *main_effort = panel_chosen(p, R_EFFORT),
               *sub_effort = panel_chosen(p, R_EFFORT + 1);
    struct request *r = panel_call(m, p, OP_PREFERENCES_UPDATE, fx);
    struct preferences_update *in = call_in(r, sizeof *in);

    in->preferred_provider = arena_strdup(&r->arena, provider);
    in->main_model = arena_strdup(&r->arena, d->model[0]);
    in->sub_model = arena_strdup(&r->arena, d->model[1]);
    in->main_max_tokens = tokens[0];
    in->sub_max_tokens = tokens[1];
    in->main_effort = arena_strdup(&r->arena, main_effort ? main_effort : "");
    in->sub_effort = arena_strdup(&r->arena, sub_effort ? sub_effort : "");
}

static void picked(struct model *m, struct panel *p, int agent, const char *provider,
                   const char *id, struct effects *fx) {
    struct prefs *d = p->data;

    (void)fx;
    set_string(&d->model[agent], id);
    if (agent == 0) /* the main agent's model is what the provider is preferred for */
        set_choice(p, R_PROVIDER, provider);
    d->changed = true;
    panel_touch(m, p);
}

static void prefs_enter(struct model *m, struct panel *p, const struct panel_row *row,
                        struct effects *fx) {
    const struct prefs *d = p->data;

    if (row->tag >= R_MODEL && row->tag < R_MODEL + AGENTS) {
        const int agent = row->tag - R_MODEL;

        models_open(m,
                    &(struct model_pick){
                        .list = &d->list, .now = d->model[agent], .picked = picked, .agent = agent},
                    fx);
    } else if (row->tag == R_SAVE) {
        save(m, p, fx);
    } else if (row->tag == R_RESET) {
        (void)panel_call(m, p, OP_PREFERENCES_RESET, fx);
    }
}

static void prefs_changed(struct model *m, struct panel *p, const struct panel_row *row,
                          struct effects *fx) {
    struct prefs *d = p->data;

    (void)m;
    (void)row;
    (void)fx;
    d->changed = true;
}

static void refused(struct model *m, struct panel *p, const struct incoming *in) {
    const char *text = in->err.text;

    /* what is wrong with it is known by the type alone: which of the two agents is not */
    if (strstr(text, "INVALID_TOKEN_COUNT"))
        panel_complain(m, p, R_TOKENS,
                       "the server does not take this number for one of the agents");
    else if (strstr(text, "INVALID_REASONING_EFFORT"))
        panel_complain(m, p, R_EFFORT,
                       "the server does not take this effort for one of the agents");
    act_error(m, &in->err,
              in->op == OP_PREFERENCES_RESET ? "Nothing was reset" : "Nothing was saved");
}

static void prefs_reply(struct model *m, struct panel *p, struct incoming *in, struct effects *fx) {
    struct prefs *d = p->data;

    if (in->kind == IN_FAIL && in->op != OP_PREFERENCES_GET)
        refused(m, p, in);
    if (in->kind != IN_REPLY || !in->out)
        return;
    if (in->op == OP_PREFERENCES_GET) {
        take_list(p, in);
        return;
    }
    const struct preferences *now = in->out;

    d->none = false;
    d->changed = false;
    if (str_blank(now->main_model)) /* an answer that does not tell them */
        (void)panel_call(m, p, OP_PREFERENCES_GET, fx);
    else
        take_values(p, now);
    act_notice(m, in->op == OP_PREFERENCES_RESET ? "The preferences are the server's own again"
                                                 : "The preferences are saved");
}

static void prefs_open(struct model *m, struct panel *p, struct effects *fx) {
    static const char *const efforts[] = {"", "low", "medium", "high"};

    (void)m;
    (void)fx;
    p->data = xcalloc(1, sizeof(struct prefs));
    for (int i = 0; i < AGENTS; i++)
        (void)panel_choices(p, R_EFFORT + i, efforts, MIX_COUNT(efforts));
}

static void prefs_load(struct model *m, struct panel *p, struct effects *fx) {
    (void)panel_call(m, p, OP_PREFERENCES_GET, fx);
}

static void prefs_close(struct model *m, struct panel *p) {
    struct prefs *d = p->data;

    (void)m;
    arena_free(&d->arena);
    for (int i = 0; i < AGENTS; i++)
        free(d->model[i]);
    free(d);
}

static bool prefs_unsaved(const struct panel *p) {
    const struct prefs *d = p->data;

    return d->changed;
}

static const char *prefs_why_not(const struct model *m) {
    const char *why = panel_why_op(m, OP_PREFERENCES_GET);

    return why && m->server.caps.version >= GEN_POST
               ? "not on this server: Ctrl+X N chooses provider and model"
               : why;
}

const struct panel_spec panel_preferences = {
    .title = "Preferences",
    .why_not = prefs_why_not,
    .open = prefs_open,
    .load = prefs_load,
    .rows = prefs_rows,
    .enter = prefs_enter,
    .changed = prefs_changed,
    .reply = prefs_reply,
    .close = prefs_close,
    .unsaved = prefs_unsaved,
};
