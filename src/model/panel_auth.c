/* panel_auth.c - which providers the server has a key of, and what can be done about it. */
#include "forms.h"

#include <stdlib.h>
#include <string.h>

enum { PROVIDERS_MAX = 64 };
enum { R_STATE, R_PROVIDER, R_STORE, R_SIGN_IN, R_DELETE, R_VALIDATE, R_DEMO, R_TEXT };

struct provider {
    const char *key, *name, *method;
    enum { SAID_NOTHING, SAID_NO, SAID_YES } said;
    bool preferred;
};
struct auth {
    struct provider v[PROVIDERS_MAX];
    size_t n;
    struct arena arena;
    char *open; /* the provider whose actions are shown */
    const char *validity;
    bool status_known, valid, looked;
};

/* ---- what is known of providers without asking ---- */
static const struct key_hint hints[] = {
    {"anthropic", "Anthropic (Claude)", "sk-ant-", 40},
    {"openai", "OpenAI", "sk-", 40},
    {"openrouter", "OpenRouter", NULL, 40},
    {"gemini", "Google Gemini", NULL, 30},
    {"brave", "Brave Search", NULL, 30},
    {"azure-foundry", "Azure AI Foundry", NULL, 50},
};
enum { ALWAYS_OFFERED = 5 }; /* the first: servers take them though their list forgets some */

const struct key_hint *key_hint_at(size_t i) { return i < ALWAYS_OFFERED ? &hints[i] : NULL; }

const struct key_hint *key_hint(const char *provider) {
    for (size_t i = 0; i < MIX_COUNT(hints); i++)
        if (str_eq(hints[i].provider, provider))
            return &hints[i];
    return NULL;
}

const char *auth_provider(const struct panel *auth, size_t i) {
    const struct auth *a = auth->data;

    return i < a->n ? a->v[i].key : NULL;
}

/* ---- reading ---- */
static struct provider *provider_of(struct auth *a, const char *key) {
    for (size_t i = 0; i < a->n; i++)
        if (str_eq(a->v[i].key, key))
            return &a->v[i];
    if (a->n == PROVIDERS_MAX || str_blank(key))
        return NULL;
    const struct key_hint *hint = key_hint(key);

    a->v[a->n] = (struct provider){.key = arena_strdup(&a->arena, key)};
    a->v[a->n].name = hint ? hint->name : a->v[a->n].key;
    return &a->v[a->n++];
}

/* Servers mark the preferred one with a star behind its name. */
static const char *without_star(struct arena *a, const char *name, bool *star) {
    static const char mark[] = "\u2b50";
    const char *at = strstr(name, mark);

    *star = at != NULL;
    if (!at)
        return arena_strdup(a, name);
    size_t n = (size_t)(at - name);

    while (n > 0 && name[n - 1] == ' ')
        n--;
    return arena_printf(a, "%.*s%s", (int)n, name, at + sizeof mark - 1);
}

static void take_status(struct auth *a, const struct auth_status *status) {
    a->status_known = true;
    for (size_t i = 0; i < status->providers.n; i++) {
        const struct provider_auth *in = &status->providers.items[i];
        struct provider *p = provider_of(a, in->provider);

        if (!p)
            continue;
        p->said = in->authenticated ? SAID_YES : SAID_NO;
        p->method = arena_strdup(&a->arena, in->auth_method);
        if (!str_blank(in->display_name))
            p->name = without_star(&a->arena, in->display_name, &p->preferred);
    }
}

/* The keys of tools: some of them are in no other list. */
static void take_tools(struct auth *a, const struct tool_credentials *tools) {
    for (size_t i = 0; i < tools->categories.n; i++) {
        const struct tool_category *category = &tools->categories.items[i];

        for (size_t k = 0; k < category->tools.n; k++) {
            const struct tool_provider *in = &category->tools.items[k];
            struct provider *p = in->api_key_required ? provider_of(a, in->provider) : NULL;

            if (!p || p->method)
                continue;
            p->said = in->authenticated ? SAID_YES : SAID_NO;
            if (!str_blank(in->display_name) && !key_hint(p->key))
                p->name = arena_strdup(&a->arena, in->display_name);
        }
    }
}

static void take_validity(struct auth *a, const struct auth_validity *v) {
    const char *words = !str_blank(v->message) ? v->message
                        : !str_blank(v->error) ? v->error
                        : v->valid             ? "it is valid"
                                               : "it is not valid";

    a->valid = v->valid;
    a->validity = arena_printf(&a->arena, "%s%s%s%s%s: %s", v->valid ? "valid" : "not valid",
                               str_blank(v->provider) ? "" : ", ", v->provider ? v->provider : "",
                               str_blank(v->auth_method) ? "" : " by ",
                               v->auth_method ? v->auth_method : "", words);
}

static void auth_load(struct model *m, struct panel *p, struct effects *fx) {
    struct auth *a = p->data;
    const struct caps *caps = &m->server.caps;

    arena_free(&a->arena);
    a->n = 0;
    a->validity = NULL;
    a->status_known = false;
    for (size_t i = 0; i < ALWAYS_OFFERED; i++)
        (void)provider_of(a, hints[i].provider);
    (void)panel_call(m, p, OP_AUTH_STATUS, fx);
    if (caps_has(caps, OP_AUTH_VALIDATE))
        (void)panel_call(m, p, OP_AUTH_VALIDATE, fx);
    if (caps_has(caps, OP_TOOLS_CREDENTIALS))
        (void)panel_call(m, p, OP_TOOLS_CREDENTIALS, fx);
    else if (caps_has(caps, OP_TOOLS_STATUS))
        (void)panel_call(m, p, OP_TOOLS_STATUS, fx);
}

/* ---- rows ---- */
static const char *state_words(const struct auth *a, const struct provider *v) {
    if (v->said == SAID_YES)
        return str_eq(v->method, "oauth") ? "signed in by OAuth" : "has a key";
    if (v->said == SAID_NO)
        return "no key";
    return a->status_known ? "this server does not tell" : "";
}

static void action_rows(struct panel *p, const struct auth *a, size_t i) {
    const struct provider *v = &a->v[i];
    struct panel_row *row = panel_add(
        p, ROW_ACTION, R_STORE, v->said == SAID_YES ? "store another key" : "store a key", NULL);

    row->indent = 1;
    row->index = i;
    if (str_eq(v->key, "anthropic")) {
        row = panel_add(p, ROW_ACTION, R_SIGN_IN, "sign in by OAuth", NULL);
        row->help = "with an account at claude.ai; a browser is needed, on any machine";
        row->indent = 1;
        row->index = i;
    }
    if (v->said == SAID_NO)
        return;
    row = panel_add(p, ROW_ACTION, R_DELETE, "delete what is stored", NULL);
    row->destroys = arena_printf(
        &p->rows_arena,
        "the server forgets the key or sign-in of %s; it cannot be read back from it", v->name);
    row->indent = 1;
    row->index = i;
}

static void auth_rows(const struct model *m, struct panel *p) {
    const struct auth *a = p->data;

    if (m->server.auth_known && m->server.no_provider)
        panel_add(p, ROW_TEXT, R_TEXT, NULL,
                  "No provider can be used yet: the server will refuse what is sent. Choose one "
                  "below, then store a key of it or sign in.")
            ->tone = TONE_BAD;
    if (a->validity) {
        struct panel_row *row =
            panel_add(p, ROW_VALUE, R_STATE, "the preferred one", "%s", a->validity);

        row->tone = a->valid ? TONE_GOOD : TONE_BAD;
    }
    panel_add(p, ROW_HEADING, R_TEXT, "Providers: Enter shows what can be done", NULL);
    for (size_t i = 0; i < a->n; i++) {
        const struct provider *v = &a->v[i];
        struct panel_row *row = panel_add(p, ROW_VALUE, R_PROVIDER, v->name, "%s%s",
                                          state_words(a, v), v->preferred ? ", preferred" : "");

        row->index = i;
        row->tone = v->said == SAID_YES ? TONE_GOOD : TONE_PLAIN;
        if (str_eq(a->open, v->key))
            action_rows(p, a, i);
    }
    panel_add(p, ROW_HEADING, R_TEXT, "All of them", NULL);
    struct panel_row *row = panel_add(p, ROW_ACTION, R_VALIDATE, "check again", NULL);

    row->help = "asks for every state anew, and whether the preferred one is valid";
    if (m->server.no_provider && !m->server.demo) {
        row = panel_add(p, ROW_ACTION, R_DEMO, "try the demo", NULL);
        row->help = "the embedded demo server, which needs no key";
    }
    panel_add(p, ROW_TEXT, R_TEXT, NULL,
              "Keys go to the server, which keeps them; mixtui keeps none.")
        ->tone = TONE_DIM;
}

/* ---- doing ---- */
static void auth_enter(struct model *m, struct panel *p, const struct panel_row *row,
                       struct effects *fx) {
    struct auth *a = p->data;
    const struct provider *v = row->index < a->n ? &a->v[row->index] : NULL;
    struct panel *form = NULL;

    switch (row->tag) {
    case R_PROVIDER:
        set_string(&a->open, v && !str_eq(a->open, v->key) ? v->key : NULL);
        panel_touch(m, p);
        break;
    case R_STORE:
        form = act_panel_push(m, PANEL_KEY, fx);
        if (form && v)
            key_about(m, form, v->key);
        break;
    case R_SIGN_IN:
        (void)act_panel_push(m, PANEL_OAUTH, fx);
        break;
    case R_DELETE:
        if (v) {
            struct request *r = panel_call(m, p, OP_AUTH_DELETE, fx);
            struct provider_ref *in = call_in(r, sizeof *in);

            in->provider = arena_strdup(&r->arena, v->key);
        }
        break;
    case R_DEMO:
        fx->start_demo = true;
        break;
    default: /* R_VALIDATE, R_STATE */
        act_panel_retry(m, fx);
        break;
    }
}

static void deleted(struct model *m, struct panel *p, struct incoming *in, struct effects *fx) {
    const struct status_reply *said = in->out;

    if (in->kind == IN_FAIL) {
        act_error(m, &in->err, "Nothing was deleted");
        return;
    }
    m->priv->stored_unlisted = false;
    act_answer(m, said, "Deleted");
    auth_load(m, p, fx);
}

/* With no provider at all, what can be done is in view. */
static void show_first(const struct model *m, struct auth *a) {
    if (!m->server.auth_known || a->looked)
        return;
    a->looked = true;
    if (m->server.no_provider)
        set_string(&a->open, hints[0].provider);
}

static void auth_reply_in(struct model *m, struct panel *p, struct incoming *in,
                          struct effects *fx) {
    struct auth *a = p->data;
    const bool failed = in->kind == IN_FAIL;

    if (!failed && in->kind != IN_REPLY)
        return;
    switch ((int)in->op) {
    case OP_AUTH_STATUS:
        if (!failed && auth_take(m, in->out))
            take_status(a, in->out);
        show_first(m, a);
        break;
    case OP_AUTH_VALIDATE:
        if (!failed && in->out)
            take_validity(a, in->out);
        validate_reply(m, in, NULL, fx);
        break;
    case OP_TOOLS_CREDENTIALS:
    case OP_TOOLS_STATUS:
        if (failed) /* a server may lack it: the rest stands without */
            p->err = (struct err){.rc = RC_OK};
        else if (in->out)
            take_tools(a, in->out);
        break;
    case OP_AUTH_DELETE:
        deleted(m, p, in, fx);
        break;
    default:
        break;
    }
}

void auth_changed(struct model *m, struct panel *form, const char *provider, struct effects *fx) {
    const struct panel *below = form->below;
    const bool list = below && below->id == PANEL_AUTH;

    if (list) {
        const struct auth *a = below->data;

        for (size_t i = 0; i < a->n; i++)
            if (str_eq(a->v[i].key, provider) && !a->v[i].method && !str_eq(provider, "brave"))
                m->priv->stored_unlisted = true;
    } else {
        m->priv->stored_unlisted = m->priv->stored_unlisted || str_eq(provider, "gemini");
    }
    act_panel_close(m, form);
    if (list)
        act_panel_retry(m, fx);
    else
        (void)fx_call(m, fx, OP_AUTH_STATUS, NULL);
}

static void auth_open(struct model *m, struct panel *p, struct effects *fx) {
    (void)fx;
    p->data = xcalloc(1, sizeof(struct auth));
    show_first(m, p->data);
}

static void auth_close(struct model *m, struct panel *p) {
    struct auth *a = p->data;

    (void)m;
    arena_free(&a->arena);
    free(a->open);
    free(a);
}

static const char *auth_why_not(const struct model *m) { return panel_why_op(m, OP_AUTH_STATUS); }

const struct panel_spec panel_auth = {
    .title = "Authentication",
    .why_not = auth_why_not,
    .open = auth_open,
    .load = auth_load,
    .rows = auth_rows,
    .enter = auth_enter,
    .reply = auth_reply_in,
    .close = auth_close,
};
