/* suggest.c - patterns for a rule made from a request: what was asked, then ever more, as long as
 * it stays what a person can oversee. */
#include "inner.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_MAX = 2048 };

struct list {
    struct arena *a;
    const struct ruling_ask *ask;
    const char **out;
    size_t n, max;
};

/* Only what is a rule, fits the request itself and is not there yet. */
static void add(struct list *l, const char *text) {
    struct rule rule;
    struct err err;

    if (l->n == l->max || rule_parse(&rule, text, &err) != RC_OK)
        return;
    const bool fits = rule_matches(&rule, l->ask->tool, l->ask->object);

    rule_fini(&rule);
    for (size_t i = 0; i < l->n; i++)
        if (str_eq(l->out[i], text))
            return;
    if (fits)
        l->out[l->n++] = arena_strdup(l->a, text);
}

static bool opens_all(const char *object, size_t n) {
    auto_free char *beginning = xstrndup(object, n);

    return policy_opens_all(beginning);
}

static void add_pattern(struct list *l, const char *pattern, size_t n, const char *more) {
    auto_buf struct buf text = {.max = 2 * SHOWN_MAX};

    if (buf_addf(&text, "%s:%.*s%s", l->ask->tool, (int)n, pattern, more) == RC_OK)
        add(l, text.p);
}

/* Exactly this: with `=` where it would be read as something else. */
static void add_exact(struct list *l) {
    const char *object = l->ask->object;

    add_pattern(l, "=", 1, object);
}

/* A command by its words: all but the last ones, ever fewer, at least the program and, where it is
 * one of many trades (git, npm, make), what it is told to do. */
static void add_command(struct list *l) {
    static const char *const trades[] = {
        "git", "npm",  "pnpm",  "yarn", "cargo", "go", "docker", "kubectl", "python", "python3",
        "pip", "make", "cmake", "node", "npx",   "uv", "gh",     "apt-get", "apt",    "systemctl"};
    const char *object = l->ask->object;
    size_t ends[4], n = 0;

    if (strpbrk(object, "\n;&|<>`$(){}\\\"'"))
        return; /* several commands, or quotes: no prefix of it says what it does */
    for (const char *p = object; *p && n < MIX_COUNT(ends);) {
        p += strcspn(p, " ");
        ends[n++] = (size_t)(p - object);
        p += strspn(p, " ");
    }
    bool trade = false;

    for (size_t i = 0; n > 0 && i < MIX_COUNT(trades); i++)
        trade = trade || (ends[0] == strlen(trades[i]) && memcmp(object, trades[i], ends[0]) == 0);
    for (size_t k = n; k-- > (trade ? 1U : 0U);)
        if (object[ends[k]] == ' ' && !opens_all(object, ends[k]))
            add_pattern(l, object, ends[k], " *");
}

/* A file: its kind in its directory, the directory, what is below it. */
static void add_path(struct list *l) {
    const char *object = l->ask->object;
    const char *slash = strrchr(object, '/');
    const char *dot = slash ? strrchr(slash, '.') : NULL;
    auto_buf struct buf kind = {.max = SHOWN_MAX};

    if (!slash || object[0] != '/')
        return;
    if (dot && dot > slash + 1 && buf_addf(&kind, "/*%s", dot) == RC_OK)
        add_pattern(l, object, (size_t)(slash - object), kind.p);
    add_pattern(l, object, (size_t)(slash - object), "/*");
    if (slash > object)
        add_pattern(l, object, (size_t)(slash - object), "/**");
    const size_t root = l->ask->work_dir ? strlen(l->ask->work_dir) : 0;

    if (root > 1 && strncmp(object, l->ask->work_dir, root) == 0 && object[root] == '/')
        add_pattern(l, object, root, "/**");
}

/* A page: its site. */
static void add_url(struct list *l) {
    const char *object = l->ask->object;
    const char *host = strstr(object, "://");
    const char *end = host ? strchr(host + 3, '/') : NULL;

    if (end)
        add_pattern(l, object, (size_t)(end - object), "/*");
}

size_t policy_suggest(struct arena *a, const struct ruling_ask *ask, const char **out, size_t max) {
    struct list l = {.a = a, .ask = ask, .out = out, .max = max};
    const char *name = policy_object_name(ask->tool);

    if (str_blank(ask->tool))
        return 0;
    if (ask->object && ask->object[0] && strlen(ask->object) <= SHOWN_MAX) {
        add_exact(&l);
        if (str_eq(name, "command"))
            add_command(&l);
        else if (str_eq(name, "file_path") || str_eq(name, "path"))
            add_path(&l);
        else if (str_eq(name, "url"))
            add_url(&l);
    }
    if (!str_eq(name, "command") && !str_eq(name, "code"))
        add(&l, ask->tool); /* every command at once is no suggestion */
    return l.n;
}
