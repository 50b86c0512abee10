/* probe.c - which generation a server is, from requests that cannot succeed.
 *
 * The server's own document (GET /doc) says it at once. Without one: bodies are decoded with
 * unknown fields forbidden, so an empty message with one new field after another is refused in the
 * name of the first field the server does not know. Every request here is refused by every
 * generation: an empty text or title, a session that cannot exist. */
#include "json.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define NOBODY "/api/sessions/00000000-0000-0000-0000-000000000000"

enum step {
    ASK_DOC,
    ASK_HEALTH,
    ASK_SEND,
    ASK_CREATE,
    ASK_ROUTES,
    ASK_APPS = ASK_ROUTES + 7,
    ASK_FORM,
    DONE
};

/* Routes that came or went. A plain-text 404 or a 405 is the router's; anything else means that the
 * route exists. */
static const struct {
    enum op op;
    struct probe_request request;
} routes[] = {
    {OP_PREFERENCES_GET, {M_GET, "/api/preferences", NULL}},
    {OP_SESSION_FORK, {M_POST, NOBODY "/fork", "{\"messageIndex\":-1}"}},
    {OP_SESSION_REWIND, {M_POST, NOBODY "/rewind", "{\"messageId\":\"\"}"}},
    {OP_SESSION_EXPORT, {M_GET, NOBODY "/export", NULL}},
    {OP_SYSTEM_INFO, {M_GET, "/api/system/info", NULL}},
    {OP_HEALTH_AUTH, {M_GET, "/health/auth", NULL}},
    {OP_TOOLS_LIST, {M_GET, "/api/tools", NULL}},
};
static_assert(MIX_COUNT(routes) == ASK_APPS - ASK_ROUTES, "a step for each route");

bool probe_next(struct probe *p, struct probe_request *out) {
    static const struct probe_request asks[] = {
        [ASK_DOC] = {M_GET, "/doc", NULL},
        [ASK_HEALTH] = {M_GET, "/health", NULL},
        [ASK_SEND] = {M_POST, NOBODY "/messages",
                      "{\"text\":\"\",\"thinking_level\":\"-\",\"max_steps\":0}"},
        [ASK_CREATE] = {M_POST, "/api/sessions",
                        "{\"title\":\"\",\"browserMode\":\"-\",\"provider\":\"\"}"},
    };

    static const struct probe_request early[] = {
        {M_POST, NOBODY "/messages", "{\"text\":\"\",\"apps\":[]}"},
        {M_POST, "/api/sessions",
         "{\"title\":\"\",\"workingDirectory\":\"\",\"promptMode\":\"-\"}"},
    };

    if (p->step == DONE)
        return false;
    if (p->step >= ASK_APPS)
        *out = early[p->step - ASK_APPS];
    else
        *out = p->step < ASK_ROUTES ? asks[p->step] : routes[p->step - ASK_ROUTES].request;
    return true;
}

static bool finish(struct probe *p, const char *why) {
    p->step = DONE;
    snprintf(p->caps.why, sizeof p->caps.why, "%s", why);
    return true;
}

static bool has(const struct caps *caps, enum op op) { return caps->ops >> op & 1; }

static void set(struct caps *caps, enum op op, bool present) {
    const uint64_t bit = UINT64_C(1) << op;

    caps->ops = present ? caps->ops | bit : caps->ops & ~bit;
}

/* ---- the document ---- */
/* Same path but for the names of its parameters. */
static bool same_route(const char *a, const char *b) {
    while (*a && *b) {
        if (*a == '{' && *b == '{') {
            a += strcspn(a, "}");
            b += strcspn(b, "}");
            continue;
        }
        if (*a++ != *b++)
            return false;
    }
    return *a == *b;
}

static const cJSON *operation_in(const cJSON *paths, const struct op_spec *spec) {
    static const char *const verbs[] = {
        [M_GET] = "get", [M_POST] = "post", [M_PATCH] = "patch", [M_DELETE] = "delete"};

    for (const cJSON *path = paths->child; path; path = path->next)
        if (same_route(path->string, spec->path))
            return cJSON_GetObjectItemCaseSensitive(path, verbs[spec->method]);
    return NULL;
}

static bool says(const char *body, size_t n, const char *word) {
    return memmem(body, n, word, strlen(word)) != NULL;
}

static int early_version_of_doc(const struct caps *caps, const char *body, size_t n) {
    if (has(caps, OP_SESSION_EXPORT))
        return has(caps, OP_SYSTEM_INFO) ? GEN(0, 5, 7) : GEN(0, 5, 6);
    if (has(caps, OP_SESSION_REWIND))
        return GEN(0, 5, 4);
    if (!caps->strict_text)
        return GEN_SEED;
    if (!says(body, n, "\"apps\""))
        return GEN(0, 5, 3);
    if (says(body, n, "promptMode"))
        return GEN(0, 5, 1);
    return says(body, n, "workingDirectory") ? GEN(0, 4, 5) : GEN(0, 4, 6);
}

/* The newest generation that fits a document. */
static int version_of_doc(const struct caps *caps, const char *body, size_t n, bool async) {
    if (!caps->browser_mode) {
        if (says(body, n, "thinking_level"))
            return GEN(0, 7, 2);
        if (has(caps, OP_TOOLS_LIST))
            return GEN(0, 7, 1);
        if (has(caps, OP_HEALTH_AUTH))
            return GEN(0, 6, 6);
        if (async)
            return GEN_ASYNC;
        if (has(caps, OP_SYSTEM_INFO) && !has(caps, OP_STREAM_MESSAGE))
            return GEN(0, 6, 4);
        return early_version_of_doc(caps, body, n);
    }
    if (!has(caps, OP_PREFERENCES_GET))
        return GEN_POST;
    return says(body, n, "max_steps") ? GEN_TOP : GEN_LATE;
}

/* Whether send's body has a property of that name, whether written out or by reference. */
static bool send_takes_text(const char *body, size_t n) { return says(body, n, "\"plan_mode\""); }

static bool learn_from_doc(struct probe *p, const char *body, size_t n) {
    const cJSON *tree = json_parse(body, n, NULL, NULL);
    const cJSON *paths = tree ? cJSON_GetObjectItemCaseSensitive(tree, "paths") : NULL;
    bool async = false;

    p->caps = (struct caps){0};
    if (!paths || !cJSON_IsObject(paths) || !operation_in(paths, op_spec(OP_MESSAGE_SEND)))
        return json_done(tree), false;
    for (int op = 0; op < OP_COUNT; op++)
        set(&p->caps, (enum op)op, operation_in(paths, op_spec((enum op)op)) != NULL);
    const cJSON *send = operation_in(paths, op_spec(OP_MESSAGE_SEND));
    const cJSON *answers = cJSON_GetObjectItemCaseSensitive(send, "responses");

    async = answers && cJSON_GetObjectItemCaseSensitive(answers, "202");
    json_done(tree);
    /* Served by every generation, published or not. */
    set(&p->caps, OP_STREAM, true);
    set(&p->caps, OP_DOC, true);
    p->caps.browser_mode = says(body, n, "browserMode");
    p->caps.strict_text = send_takes_text(body, n);
    p->caps.sync_send = !async;
    p->caps.version = version_of_doc(&p->caps, body, n, async);
    return finish(p, "read from the server's own document");
}

/* ---- refused requests ---- */
static bool refuses_field(const char *body, size_t n, const char *field) {
    const char *at = memmem(body, n, "unknown field", 13);
    char quoted[32];

    if (!at)
        return false;
    const int len = snprintf(quoted, sizeof quoted, "%s", field);
    const size_t rest = n - (size_t)(at - body);
    const char *hit = memmem(at, rest, quoted, (size_t)len);

    return hit && hit - at < 24; /* behind the words, whatever quotes stand between */
}

static void not_mix(struct probe *p, int status, bool json) {
    char why[sizeof p->caps.why];

    p->caps = (struct caps){0};
    if (status == 0)
        snprintf(why, sizeof why, "no answer to GET /health");
    else if (status == 200)
        snprintf(why, sizeof why, "not a Mix server: GET /health answered %s",
                 json ? "something else" : "no JSON");
    else
        snprintf(why, sizeof why, "not a Mix server: GET /health answered %d", status);
    finish(p, why);
}

static void learn_health(struct probe *p, int status, const char *body, size_t n) {
    const cJSON *tree = status == 200 ? json_parse(body, n, NULL, NULL) : NULL;
    const bool mix =
        cJSON_IsObject(tree) && cJSON_IsString(cJSON_GetObjectItemCaseSensitive(tree, "status"));
    const bool json = tree != NULL;

    json_done(tree);
    if (!mix) {
        not_mix(p, status, json);
        return;
    }
    p->caps = (struct caps){0};
    p->step = ASK_SEND;
}

static void learn_send(struct probe *p, const char *body, size_t n) {
    if (refuses_field(body, n, "text"))
        p->caps.version = GEN_SEED;
    else if (refuses_field(body, n, "thinking_level"))
        p->caps.version = GEN(0, 7, 1);
    else if (refuses_field(body, n, "max_steps"))
        p->caps.version = GEN_LATE;
    else
        p->caps.version = GEN_TOP;
    p->step = ASK_CREATE;
}

static void learn_create(struct probe *p, const char *body, size_t n) {
    if (refuses_field(body, n, "browserMode")) {
        if (p->caps.version > GEN(0, 7, 2))
            p->caps.version = GEN(0, 7, 2);
    } else if (p->caps.version >= GEN_LATE && !refuses_field(body, n, "provider")) {
        p->caps.version = GEN_POST;
    }
    p->step = ASK_ROUTES;
}

static bool routed(int status, const char *body, size_t n) {
    while (n > 0 && strchr(" \t\r\n", *body) && *body)
        body++, n--;
    if (status == 404)
        return n > 0 && *body == '{';
    return status != 405 && status != 501;
}

/* The newest generation whose routes are those seen, among the ones a refused message left open. */
static int narrow(const struct caps *caps) {
    if (caps->version == GEN_TOP && !has(caps, OP_PREFERENCES_GET))
        return GEN_POST;
    if (caps->version != GEN(0, 7, 1))
        return caps->version;
    if (has(caps, OP_TOOLS_LIST))
        return GEN(0, 7, 1);
    if (has(caps, OP_HEALTH_AUTH))
        return GEN(0, 6, 6);
    if (has(caps, OP_SYSTEM_INFO))
        return GEN_ASYNC;
    if (has(caps, OP_SESSION_EXPORT))
        return GEN(0, 5, 6);
    return has(caps, OP_SESSION_REWIND) ? GEN(0, 5, 4) : GEN(0, 5, 3);
}

static void settle(struct probe *p, int version) {
    const struct caps seen = p->caps;

    p->caps = caps_of(version);
    for (size_t k = 0; k < MIX_COUNT(routes); k++)
        set(&p->caps, routes[k].op, has(&seen, routes[k].op));
    /* 0.6.5 looks like the synchronous ones before it: wait for the answer as if it took the whole
     * turn. */
    if (version == GEN_ASYNC)
        p->caps.sync_send = true;
    finish(p, "told by what the server refuses");
}

static void learn_route(struct probe *p, int status, const char *body, size_t n) {
    const size_t i = (size_t)p->step - ASK_ROUTES;

    set(&p->caps, routes[i].op, routed(status, body, n));
    p->step++;
    if (i + 1 < MIX_COUNT(routes))
        return;
    const int version = narrow(&p->caps);

    if (version == GEN(0, 5, 3))
        p->step = ASK_APPS;
    else
        settle(p, version);
}

/* Before 0.5.2 a message had apps. The form lost the directory in 0.4.6 and won the prompt in
 * 0.5.0: between the two, what both take is what is offered. */
static void learn_early(struct probe *p, const char *body, size_t n) {
    if (p->step == ASK_APPS && refuses_field(body, n, "apps"))
        settle(p, GEN(0, 5, 3));
    else if (p->step == ASK_APPS)
        p->step = ASK_FORM;
    else
        settle(p, refuses_field(body, n, "promptMode") ? GEN(0, 4, 5) : GEN(0, 4, 6));
}

void probe_feed(struct probe *p, int status, const char *body, size_t n) {
    if (!body)
        body = "", n = 0;
    switch (p->step) {
    case ASK_DOC:
        if (status != 200 || !learn_from_doc(p, body, n))
            p->step = ASK_HEALTH;
        break;
    case ASK_HEALTH:
        learn_health(p, status, body, n);
        break;
    case ASK_SEND:
        learn_send(p, body, n);
        break;
    case ASK_CREATE:
        learn_create(p, body, n);
        break;
    case ASK_APPS:
    case ASK_FORM:
        learn_early(p, body, n);
        break;
    case DONE:
        break;
    default:
        learn_route(p, status, body, n);
        break;
    }
}
