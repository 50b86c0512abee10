/* admin.c - provider keys, sign-in and preferences: format checks and rules as servers have them,
 * no provider asked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"

struct provider {
    const char *key, *display, *prefix;
    size_t least;
    bool listed; /* in GET /api/auth/status: two are forgotten there */
    struct strings models;
};
#define MODELS(...)                                                                                \
    { (const char *[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *) }
static const struct provider providers[] = {
    {"anthropic", "Anthropic (Claude)", "sk-ant-", 40, true,
     MODELS("claude-sonnet-4-5", "claude-4-sonnet", "claude-3.7-sonnet", "claude-4-opus")},
    {"brave", "Brave Search", "", 30, false, {NULL, 0}},
    {"gemini", "Google Gemini", "", 30, false, MODELS("gemini-2.5-pro", "gemini-2.5-flash")},
    {"openai", "OpenAI", "sk-", 40, true, MODELS("gpt-4.1", "o3", "o4-mini")},
    {"openrouter", "OpenRouter", "", 40, true,
     MODELS("openrouter.deepseek-v3.1", "openrouter.zai-glm-4.6")},
};
#define PROVIDERS MIX_COUNT(providers)

struct admin {
    const char *method[PROVIDERS]; /* "oauth", "api_key" or NULL */
    char state[80];                /* of the sign-in that was begun; "" when none was */
    bool saved;
    struct preferences p;
    struct arena models; /* never freed before the end: turns hold on to names */
};

void admin_init(struct demo *d) {
    d->admin = xcalloc(1, sizeof *d->admin);
    if (!d->o.quirk[QUIRK_SIGNED_OUT])
        d->admin->method[0] = "api_key";
}

void admin_free(struct demo *d) {
    if (!d->admin)
        return;
    arena_free(&d->admin->models);
    free(d->admin);
    d->admin = NULL;
}

static const struct provider *find(const char *key, size_t *index) {
    for (size_t i = 0; i < PROVIDERS; i++)
        if (str_eq(providers[i].key, key)) {
            if (index)
                *index = i;
            return &providers[i];
        }
    return NULL;
}

bool admin_signed_in(const struct demo *d) {
    for (size_t i = 0; i < PROVIDERS; i++)
        if (d->admin->method[i] && providers[i].models.n)
            return true;
    return false;
}

const char *admin_model(const struct demo *d) {
    const struct preferences *p = &d->admin->p;
    return d->admin->saved && !str_blank(p->main_model) ? p->main_model : "claude-sonnet-4-5";
}

static const char *preferred(const struct demo *d) {
    if (d->admin->saved && !str_blank(d->admin->p.preferred_provider))
        return d->admin->p.preferred_provider;
    return "anthropic";
}

/* ---- keys ---- */
static void status(struct request *r) {
    struct provider_auth all[PROVIDERS];
    size_t n = 0;
    for (size_t i = 0; i < PROVIDERS; i++) {
        const char *method = r->d->admin->method[i];
        bool star = str_eq(providers[i].key, preferred(r->d));
        if (!providers[i].listed)
            continue;
        all[n++] = (struct provider_auth){
            .provider = providers[i].key,
            .display_name = star ? arena_printf(&r->a, "%s \xe2\xad\x90", providers[i].display)
                                 : providers[i].display,
            .auth_method = method ? method : "none",
            .authenticated = method != NULL};
    }
    struct auth_status out = {.providers = {all, n}};
    reply_shape(r, 200, "auth_status", &out);
}

static void validate(struct request *r) {
    size_t i = 0;
    const struct provider *p = find(preferred(r->d), &i);
    const char *method = p ? r->d->admin->method[i] : NULL;
    struct auth_validity out = {.valid = method != NULL, .provider = p ? p->key : NULL};
    if (method) {
        out.auth_method = method;
        out.message = arena_printf(&r->a, "%s is authenticated", p->display);
    } else {
        out.error = "not authenticated";
        out.message = "The preferred provider is not authenticated";
    }
    reply_shape(r, 200, "auth_validity", &out);
}

static void store_key(struct request *r) {
    const struct api_key *in = r->in;
    size_t i = 0;
    if (!request_read(r))
        return;
    if (str_blank(in->provider)) {
        reply_upper(r, 400, "MISSING_PROVIDER", "Provider is required");
        return;
    }
    if (str_blank(in->api_key)) {
        reply_upper(r, 400, "MISSING_API_KEY", "API key is required");
        return;
    }
    const struct provider *p = find(in->provider, &i);
    if (!p) {
        reply_upper(r, 400, "INVALID_PROVIDER", "Unsupported provider: %s", in->provider);
        return;
    }
    if (strlen(in->api_key) < p->least || strncmp(in->api_key, p->prefix, strlen(p->prefix)) != 0) {
        reply_upper(r, 400, "INVALID_API_KEY_FORMAT", "Invalid API key format for %s", p->key);
        return;
    }
    r->d->admin->method[i] = "api_key"; /* the key itself is forgotten at once */
    reply_shape(r, 200, "status_reply",
                &(struct status_reply){
                    .status = "success",
                    .provider = p->key,
                    .message = arena_printf(&r->a, "API key stored for %s", p->display)});
}

static void delete_key(struct request *r) {
    const struct provider_ref *in = r->in;
    size_t i = 0;
    const struct provider *p = find(in->provider, &i);
    if (!p) {
        reply_upper(r, 400, "INVALID_PROVIDER", "Unsupported provider: %s", in->provider);
        return;
    }
    r->d->admin->method[i] = NULL;
    reply_shape(r, 200, "status_reply",
                &(struct status_reply){
                    .status = "success",
                    .provider = p->key,
                    .message = arena_printf(&r->a, "Credentials deleted for %s", p->display)});
}

static void oauth_start(struct request *r) {
    const struct provider_ref *in = r->in;
    struct admin *a = r->d->admin;
    if (!str_eq(in->provider, "anthropic")) {
        reply_upper(r, 400, "OAUTH_NOT_SUPPORTED", "OAuth is not supported for provider: %s",
                    in->provider);
        return;
    }
    char one[37], two[37];
    new_id(one);
    new_id(two);
    snprintf(a->state, sizeof a->state, "%s%s", one, two);
    struct oauth_start out = {
        .auth_url = arena_printf(
            &r->a,
            "https://claude.ai/oauth/authorize?code=true&client_id=demo&response_type=code"
            "&redirect_uri=https%%3A%%2F%%2Fconsole.anthropic.com%%2Foauth%%2Fcode"
            "%%2Fcallback&code_challenge_method=S256&state=%s",
            a->state),
        .state = a->state,
        .message = "Open the URL, sign in and copy the code"};
    reply_shape(r, 200, "oauth_start", &out);
}

static void oauth_callback(struct request *r) {
    const struct oauth_code *in = r->in;
    struct admin *a = r->d->admin;
    if (!request_read(r))
        return;
    if (str_blank(in->code)) {
        reply_upper(r, 400, "MISSING_CODE", "Authorization code is required");
    } else if (!str_eq(in->provider, "anthropic")) {
        reply_upper(r, 400, "OAUTH_NOT_SUPPORTED", "OAuth is not supported for this provider");
    } else if (str_blank(in->state) || strcmp(in->state, a->state) != 0) {
        reply_upper(r, 400, "INVALID_STATE", "Invalid or expired state");
    } else if (strchr(in->code, '#')) {
        reply_upper(r, 500, "OAUTH_ERROR", "token exchange failed: 400 Bad Request");
    } else {
        a->state[0] = '\0';
        a->method[0] = "oauth";
        reply_shape(r, 200, "status_reply",
                    &(struct status_reply){.status = "success",
                                           .provider = "anthropic",
                                           .message = "Authentication successful",
                                           .expires_in = 28800});
    }
}

static void health_auth(struct request *r) {
    struct oauth_provider one = {
        .key = "anthropic", .provider = "anthropic", .status = "not_found"};
    int64_t now = clock_real();
    bool active = str_eq(r->d->admin->method[0], "oauth");
    if (active) {
        one.status = "active";
        one.expires_at = now + 9015000;
        one.expires_in = "2h30m15s";
    }
    struct oauth_health out = {
        .status = active ? "healthy" : "degraded", .timestamp = now, .providers = {&one, 1}};
    reply_shape(r, 200, "oauth_health", &out);
}

static void refresh(struct request *r) {
    reply_shape(r, 200, "status_reply",
                &(struct status_reply){.status = "success", .message = "Token refresh completed"});
}

/* ---- preferences ---- */
static void model_map(struct provider_models out[PROVIDERS], size_t *n) {
    *n = 0;
    for (size_t i = 0; i < PROVIDERS; i++)
        if (providers[i].models.n)
            out[(*n)++] = (struct provider_models){providers[i].key, providers[i].display,
                                                   providers[i].models};
}

static void get_preferences(struct request *r) {
    struct provider_models map[PROVIDERS];
    struct preferences_reply out = {.preferences = r->d->admin->saved ? &r->d->admin->p : NULL};
    model_map(map, &out.providers.n);
    out.providers.items = map;
    reply_shape(r, 200, "preferences_reply", &out);
}

static void get_providers(struct request *r) {
    struct provider_models map[PROVIDERS];
    struct provider_list out = {0};
    model_map(map, &out.list.n);
    out.list.items = map;
    reply_shape(r, 200, "provider_list", &out);
}

static bool known_model(const char *model) {
    for (size_t i = 0; i < PROVIDERS; i++)
        for (size_t k = 0; k < providers[i].models.n; k++)
            if (!strcmp(providers[i].models.items[k], model))
                return true;
    return false;
}

static bool check_agent(struct request *r, const char *model, int64_t tokens, const char *effort) {
    if (str_blank(model))
        return true; /* then the rest is ignored */
    if (!known_model(model))
        reply_upper(r, 400, "INVALID_MODEL", "Unsupported model: %s", model);
    else if (tokens < 0 || tokens > 200000)
        reply_upper(r, 400, "INVALID_TOKEN_COUNT", "Max tokens must be between 1 and 200000");
    else if (!str_blank(effort) && strcmp(effort, "low") != 0 && strcmp(effort, "medium") != 0 &&
             strcmp(effort, "high") != 0)
        reply_upper(r, 400, "INVALID_REASONING_EFFORT",
                    "Reasoning effort must be low, medium or high");
    else
        return true;
    return false;
}

static void save(struct request *r) {
    struct preferences *p = &r->d->admin->p;
    int64_t now = clock_real() / 1000 * 1000;
    if (!r->d->admin->saved)
        p->created_at = now;
    p->updated_at = now;
    r->d->admin->saved = true;
    reply_shape(r, 200, "preferences", p);
}

static void update(struct request *r) {
    struct admin *a = r->d->admin;
    struct preferences *p = &a->p;
    const struct preferences_update *in = r->in;
    if (!request_read(r))
        return;
    if (!str_blank(in->preferred_provider) && !find(in->preferred_provider, NULL)) {
        reply_upper(r, 400, "INVALID_PROVIDER", "Unsupported provider: %s", in->preferred_provider);
        return;
    }
    if (!check_agent(r, in->main_model, in->main_max_tokens, in->main_effort) ||
        !check_agent(r, in->sub_model, in->sub_max_tokens, in->sub_effort))
        return;
    if (!str_blank(in->preferred_provider))
        p->preferred_provider = arena_strdup(&a->models, in->preferred_provider);
    if (!str_blank(in->main_model)) {
        p->main_model = arena_strdup(&a->models, in->main_model);
        p->main_max_tokens = in->main_max_tokens ? in->main_max_tokens : 4096;
        p->main_effort = arena_strdup(&a->models, in->main_effort ? in->main_effort : "");
    }
    if (!str_blank(in->sub_model)) {
        p->sub_model = arena_strdup(&a->models, in->sub_model);
        p->sub_max_tokens = in->sub_max_tokens ? in->sub_max_tokens : 2048;
        p->sub_effort = arena_strdup(&a->models, in->sub_effort ? in->sub_effort : "");
    }
    save(r);
}

static void reset(struct request *r) {
    struct preferences *p = &r->d->admin->p;
    p->preferred_provider = "anthropic";
    p->main_model = p->sub_model = "claude-4-sonnet";
    p->main_max_tokens = 4096;
    p->sub_max_tokens = 2048;
    p->main_effort = p->sub_effort = "";
    save(r);
}

const struct route routes_admin[] = {
    {OP_AUTH_STATUS, status},
    {OP_AUTH_VALIDATE, validate},
    {OP_AUTH_API_KEY, store_key},
    {OP_AUTH_DELETE, delete_key},
    {OP_AUTH_OAUTH_START, oauth_start},
    {OP_AUTH_OAUTH_CALLBACK, oauth_callback},
    {OP_HEALTH_AUTH, health_auth},
    {OP_REFRESH_TOKENS, refresh},
    {OP_PREFERENCES_GET, get_preferences},
    {OP_PREFERENCES_PROVIDERS, get_providers},
    {OP_PREFERENCES_UPDATE, update},
    {OP_PREFERENCES_RESET, reset},
    {OP_COUNT, NULL},
};
