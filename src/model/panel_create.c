/* panel_create.c - the full form of a new session: every field that the server's generation knows.
 * What was written in it stays until a session was made of it. */
#include "forms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TITLE_MAX = 4096,
    APPEND_MAX = 50 * 1024,
    REPLACE_MAX = 100 * 1024,
    PROMPT_ROOM = 1024 * 1024, /* more than a server takes: the person cuts it, not we */
};
enum {
    R_TEXT,
    R_TITLE,
    R_DIRECTORY,
    R_BROWSER,
    R_CDP,
    R_MODE,
    R_PROMPT,
    R_TYPE,
    R_PROVIDER,
    R_MODEL,
    R_CALLBACK,
    R_ADD,
    R_REMOVE,
    R_MODELS,
    R_CREATE,
    R_EMPTY,
};

static const char *const browsers[] = {"local-browser-service", "electron-embedded-browser",
                                       "remote-cdp-websocket"};
static const char *const modes[] = {"default", "append", "replace"};
static const char *const session_types[] = {"main"};

/* One row of the form for a field of the request. */
static const struct {
    int tag;
    const char *wire, *label, *help;
    enum row_kind kind;
    size_t max;
    enum panel_lines lines;
} fields[] = {
    {R_TITLE, "title", "title", "empty: New session; newer servers change it later", ROW_FIELD,
     TITLE_MAX, ONE_LINE},
    {R_DIRECTORY, "workingDirectory", "directory", "on the server, where the agent works",
     ROW_FIELD, 4096, ONE_LINE},
    {R_PROVIDER, "provider", "provider", "as anthropic; empty: the server's own", ROW_FIELD, 256,
     ONE_LINE},
    {R_MODEL, "modelId", "model", "empty: the server's own", ROW_FIELD, 256, ONE_LINE},
    {R_BROWSER, "browserMode", "browser", NULL, ROW_CHOICE, 0, ONE_LINE},
    {R_CDP, "cdpUrl", "CDP URL", "of the browser to drive: ws:// or wss://", ROW_FIELD, 4096,
     ONE_LINE},
    {R_MODE, "promptMode", "prompt mode", NULL, ROW_CHOICE, 0, ONE_LINE},
    {R_PROMPT, "customSystemPrompt", "prompt", NULL, ROW_FIELD, PROMPT_ROOM, MANY_LINES},
    {R_TYPE, "sessionType", "type", "servers make no other on request", ROW_CHOICE, 0, ONE_LINE},
};

/* Model ids that servers without a list of them were seen to take. */
static const char *anthropic[] = {"claude-sonnet-4-5", "claude-4-sonnet", "claude-4-opus",
                                  "claude-3.7-sonnet"};
static const char *gemini[] = {"gemini-3-flash-preview", "gemini-2.5-pro", "gemini-2.5-flash"};
static const char *openai[] = {"gpt-4.1", "o3", "o4-mini"};
static const char *openrouter[] = {"openrouter.deepseek-v3.1", "openrouter.zai-glm-4.6",
                                   "openrouter.zai-glm-4.5-air"};
static struct provider_models seen[] = {
    {"anthropic", "Anthropic", {anthropic, MIX_COUNT(anthropic)}},
    {"gemini", "Google Gemini", {gemini, MIX_COUNT(gemini)}},
    {"openai", "OpenAI", {openai, MIX_COUNT(openai)}},
    {"openrouter", "OpenRouter", {openrouter, MIX_COUNT(openrouter)}},
};
static const struct provider_list seen_models = {{seen, MIX_COUNT(seen)}};

/* ---- what is kept while the form is closed ---- */
struct create_kept {
    char *text[R_EMPTY];
    size_t choice[R_EMPTY];
    struct callback_set callbacks;
};

void create_kept_free(struct create_kept *kept) {
    if (!kept)
        return;
    for (int i = 0; i < R_EMPTY; i++)
        free(kept->text[i]);
    callback_set_free(&kept->callbacks);
    free(kept);
}

struct create {
    struct callback_set callbacks;
    size_t open; /* callback + 1 whose actions are shown */
    bool done;   /* a session was made of it: nothing is kept */
};

static void keep(struct model *m, struct panel *p) {
    const struct create *d = p->data;
    struct create_kept *kept = xcalloc(1, sizeof *kept);

    for (size_t i = 0; i < MIX_COUNT(fields); i++) {
        const struct panel_field *f = panel_field(p, fields[i].tag);

        if (fields[i].kind == ROW_CHOICE)
            kept->choice[fields[i].tag] = f->choice;
        else if (f->text.text.n > 0)
            kept->text[fields[i].tag] = xstrdup(buf_str(&f->text.text));
    }
    callback_set_take(&kept->callbacks, d->callbacks.v, d->callbacks.n);
    create_kept_free(m->priv->create_kept);
    m->priv->create_kept = kept;
}

static void create_open(struct model *m, struct panel *p, struct effects *fx) {
    const struct create_kept *kept = m->priv->create_kept;
    struct create *d = xcalloc(1, sizeof *d);

    (void)fx;
    p->data = d;
    p->session = NULL;
    (void)panel_choices(p, R_BROWSER, browsers, MIX_COUNT(browsers));
    (void)panel_choices(p, R_MODE, modes, MIX_COUNT(modes));
    (void)panel_choices(p, R_TYPE, session_types, MIX_COUNT(session_types));
    for (size_t i = 0; i < MIX_COUNT(fields); i++)
        if (fields[i].kind == ROW_FIELD)
            (void)panel_text(p, fields[i].tag, fields[i].max, fields[i].lines);
    for (size_t i = 0; kept && i < MIX_COUNT(fields); i++) {
        struct panel_field *f = panel_field(p, fields[i].tag);

        if (kept->text[fields[i].tag])
            editor_set(&f->text, kept->text[fields[i].tag]);
        f->choice = kept->choice[fields[i].tag];
    }
    if (kept)
        callback_set_take(&d->callbacks, kept->callbacks.v, kept->callbacks.n);
}

/* ---- rows ---- */
static size_t prompt_limit(struct panel *p) {
    const char *mode = panel_chosen(p, R_MODE);

    return str_eq(mode, "append") ? APPEND_MAX : str_eq(mode, "replace") ? REPLACE_MAX : 0;
}

/* The prompt's length against what its mode allows, as it is typed. */
static const char *prompt_help(struct panel *p, bool *bad) {
    const size_t n = strlen(panel_value(p, R_PROMPT)), limit = prompt_limit(p);

    *bad = limit > 0 && n > limit;
    if (limit == 0)
        return n == 0 ? "the mode `default` has none: append or replace take one"
                      : "the mode is `default`: the server ignores this prompt";
    return arena_printf(&p->rows_arena, "%zu of %zu bytes%s", n, limit,
                        *bad ? ": too long for this mode" : "");
}

static bool shown(struct panel *p, int tag) {
    return tag != R_CDP || str_eq(panel_chosen(p, R_BROWSER), "remote-cdp-websocket");
}

static void field_row(struct panel *p, size_t i) {
    const int tag = fields[i].tag;
    bool bad = false;
    const char *help = tag == R_PROMPT ? prompt_help(p, &bad) : fields[i].help;
    struct panel_row *row = panel_add_field(p, fields[i].kind, tag, fields[i].label, help);

    if (bad)
        row->tone = TONE_BAD;
}

static void callbacks_part(struct panel *p, const struct create *d) {
    panel_add(p, ROW_HEADING, R_TEXT, "Callbacks", NULL);
    callback_rows(p, &d->callbacks, R_CALLBACK);
    if (d->open > 0 && d->open <= d->callbacks.n) {
        struct panel_row *row = panel_add(p, ROW_ACTION, R_REMOVE, "take it out of the form", NULL);

        row->index = d->open - 1;
        row->indent = 1;
    }
    panel_add(p, ROW_ACTION, R_ADD, "add one", NULL);
}

static void create_rows(const struct model *m, struct panel *p) {
    const struct create *d = p->data;

    for (size_t i = 0; i < MIX_COUNT(fields); i++)
        if (field_known(m, "session_create", fields[i].wire) && shown(p, fields[i].tag))
            field_row(p, i);
    if (field_known(m, "session_create", "modelId"))
        panel_add(p, ROW_ACTION, R_MODELS, "choose a model", NULL)->help =
            "of those that servers were seen to take; others can be typed";
    if (field_known(m, "session_create", "callbacks"))
        callbacks_part(p, d);
    panel_add(p, ROW_HEADING, R_TEXT, "", NULL);
    struct panel_row *row = panel_add(p, ROW_ACTION, R_CREATE, "create the session", NULL);

    if (p->loading > 0)
        row->why_not = "it is being created";
    row = panel_add(p, ROW_ACTION, R_EMPTY, "empty the form", NULL);
    row->destroys = "what is written in it is gone";
}

/* ---- sending ---- */
static bool complete(struct model *m, struct panel *p) {
    const bool remote = field_known(m, "session_create", "cdpUrl") && shown(p, R_CDP);
    const char *cdp = panel_value(p, R_CDP);
    const size_t limit = prompt_limit(p);

    if (remote && strncmp(cdp, "ws://", 5) != 0 && strncmp(cdp, "wss://", 6) != 0) {
        panel_complain(m, p, R_CDP,
                       *cdp ? "it must begin with ws:// or wss://"
                            : "remote-cdp-websocket needs the address of a browser");
        return false;
    }
    if (field_known(m, "session_create", "customSystemPrompt") && limit > 0 &&
        strlen(panel_value(p, R_PROMPT)) > limit) {
        panel_complain(m, p, R_PROMPT, "too long: servers refuse it. Nothing was sent");
        return false;
    }
    return true;
}

/* What is typed there, NULL when that is nothing or nothing the server knows. */
static const char *value(const struct model *m, struct panel *p, size_t i, struct arena *a) {
    const char *s = fields[i].kind == ROW_CHOICE ? panel_chosen(p, fields[i].tag)
                                                 : panel_value(p, fields[i].tag);

    if (!field_known(m, "session_create", fields[i].wire) || !shown(p, fields[i].tag) ||
        str_blank(s) || s[strspn(s, " \t\n")] == '\0')
        return NULL;
    return arena_strdup(a, s);
}

static void create_send(struct model *m, struct panel *p, struct effects *fx) {
    const struct create *d = p->data;

    if (!complete(m, p))
        return;
    struct request *r = panel_call(m, p, OP_SESSION_CREATE, fx);
    struct session_create *in = call_in(r, sizeof *in);
    const char **const places[MIX_COUNT(fields)] = {
        &in->title,       &in->working_directory,    &in->provider,
        &in->model_id,    &in->browser_mode,         &in->cdp_url,
        &in->prompt_mode, &in->custom_system_prompt, &in->session_type};

    for (size_t i = 0; i < MIX_COUNT(fields); i++)
        *places[i] = value(m, p, i, &r->arena);
    if (!in->title)
        in->title = "New session";
    if (prompt_limit(p) == 0)
        in->custom_system_prompt = NULL; /* it would be ignored there */
    if (field_known(m, "session_create", "callbacks") && d->callbacks.n > 0) {
        in->callbacks.items = callback_set_items(&d->callbacks, &r->arena);
        in->callbacks.n = d->callbacks.n;
    }
}

/* ---- doing ---- */
static void model_picked(struct model *m, struct panel *p, int agent, const char *provider,
                         const char *id, struct effects *fx) {
    (void)agent;
    (void)fx;
    editor_set(&panel_field(p, R_PROVIDER)->text, provider);
    editor_set(&panel_field(p, R_MODEL)->text, id);
    panel_touch(m, p);
}

static void edited(struct model *m, struct panel *p, size_t at, const struct callback *c,
                   struct effects *fx) {
    struct create *d = p->data;

    (void)fx;
    callback_set_put(&d->callbacks, at, c);
    panel_touch(m, p);
}

static void empty(struct model *m, struct panel *p) {
    struct create *d = p->data;

    for (size_t i = 0; i < MIX_COUNT(fields); i++) {
        struct panel_field *f = panel_field(p, fields[i].tag);

        editor_set(&f->text, "");
        f->choice = 0;
        f->complaint = NULL;
    }
    callback_set_free(&d->callbacks);
    d->open = 0;
    panel_touch(m, p);
}

static void create_enter(struct model *m, struct panel *p, const struct panel_row *row,
                         struct effects *fx) {
    struct create *d = p->data;
    const size_t at = row->index;

    switch (row->tag) {
    case R_CALLBACK:
        d->open = at + 1;
        if (at < d->callbacks.n)
            callback_edit(m, &d->callbacks.v[at], at, edited, fx);
        break;
    case R_REMOVE:
        callback_set_remove(&d->callbacks, at);
        d->open = 0;
        panel_touch(m, p);
        break;
    case R_ADD:
        callback_edit(m, NULL, d->callbacks.n, edited, fx);
        break;
    case R_MODELS:
        models_open(m,
                    &(struct model_pick){.list = &seen_models,
                                         .now = panel_value(p, R_MODEL),
                                         .picked = model_picked},
                    fx);
        break;
    case R_CREATE:
        create_send(m, p, fx);
        break;
    case R_EMPTY:
        empty(m, p);
        break;
    default:
        break;
    }
}

/* The field that the server's message names, if it names one. */
static void blame(struct model *m, struct panel *p, const struct incoming *in) {
    const char *text = in->fault && in->fault->message ? in->fault->message : in->err.text;

    for (size_t i = 0; i < MIX_COUNT(fields); i++)
        if (strstr(text, fields[i].wire) && shown(p, fields[i].tag)) {
            panel_complain(m, p, fields[i].tag, arena_strdup(&p->arena, text));
            return;
        }
}

static void create_reply_in(struct model *m, struct panel *p, struct incoming *in,
                            struct effects *fx) {
    struct create *d = p->data;

    if (in->kind == IN_FAIL) {
        blame(m, p, in);
        act_error(m, &in->err, "The session was not created; the form is as it was");
    }
    if (in->kind != IN_REPLY || !in->out)
        return;
    struct session *s = session_add(m, in->out);

    if (!s)
        return;
    s->priv->touched = true;
    s->transcript.loaded = true; /* it is empty there, too */
    d->done = true;
    act_panel_close_all(m);
    act_over_close(m);
    act_session_show(m, s, fx);
    act_focus(m, PANE_COMPOSER);
    act_notice(m, "Created: \"%s\"", session_title(s));
}

static void create_close(struct model *m, struct panel *p) {
    struct create *d = p->data;

    if (d->done) {
        create_kept_free(m->priv->create_kept);
        m->priv->create_kept = NULL;
    } else {
        keep(m, p);
    }
    callback_set_free(&d->callbacks);
    free(d);
}

static const char *create_why_not(const struct model *m) {
    return m->server.caps.version == GEN_NONE ? "it is not known what this server can do" : NULL;
}

const struct panel_spec panel_create = {
    .title = "New session",
    .why_not = create_why_not,
    .open = create_open,
    .rows = create_rows,
    .enter = create_enter,
    .reply = create_reply_in,
    .close = create_close,
};
