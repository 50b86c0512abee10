/* tools.c - what can be told of a tool call from its name and its input.
 * The input may still be arriving. */
#include "history.h"
#include "mix/jtext.h"
#include "private.h"

#include <assert.h>
#include <string.h>

enum { MAX_KEYS = 8, OBJECT_MAX = 1 << 20 };

/* ---- names ---- */

static int fold(char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c; }

static bool same_folded(const char *a, const char *b) {
    for (;;) {
        while (*a == '_')
            a++;
        while (*b == '_')
            b++;
        if (fold(*a) != fold(*b))
            return false;
        if (*a == '\0')
            return true;
        a++;
        b++;
    }
}

static const char *newest_name(const char *name) {
    return same_folded(name, "ShowMedia") ? "Show" : name;
}

bool tool_is(const char *name, const char *canonical) {
    return name && canonical && same_folded(newest_name(name), newest_name(canonical));
}

/* ---- objects ---- */

static const struct {
    const char *tool;
    const char *keys[MAX_KEYS];
} objects[] = {
    {"Bash", {"command"}},
    {"ReadText", {"file_path", "path", "url"}},
    {"ReadMedia", {"file_path", "path", "url"}},
    {"Write", {"file_path", "path"}},
    {"Edit", {"file_path", "path"}},
    {"Glob", {"pattern", "path"}},
    {"Grep", {"pattern", "path"}},
    {"python_execution", {"code"}},
    {"Search", {"query"}},
    {"WebFetch", {"url"}},
    {"Task", {"description", "prompt"}},
    {"Show", {"title", "path", "file_path"}},
    {"Notify", {"title", "message"}},
    {"TodoWrite", {0}},
    {"ExitPlanMode", {0}},
};
/* Of a tool that nobody knows, as those of MCP servers. */
static const char *const any_object[] = {"command", "file_path", "path",  "url", "pattern",
                                         "query",   "name",      "title", NULL};

static_assert(MIX_COUNT(any_object) <= MAX_KEYS + 1, "ranks stay below MAX_KEYS");

static size_t rank_of(struct jtext name, const char *const *keys) {
    size_t i = 0;

    while (keys[i] && !jtext_is(name, keys[i]))
        i++;
    return i;
}

/* The string of the first of `keys`, in their order, that the object has. */
static bool add_first(struct buf *out, const char *json, size_t n, const char *const *keys) {
    struct jwalk walk = jtext_walk(json, n);
    struct jtext name, value, best = {0};
    size_t best_rank = MAX_KEYS;
    const size_t before = out->n;

    while (best_rank > 0 && jtext_next(&walk, &name, &value)) {
        const size_t rank = rank_of(name, keys);

        if (rank < best_rank && keys[rank] && value.string && value.n > 0) {
            best = value;
            best_rank = rank;
        }
    }
    if (best.p)
        (void)jtext_add(out, best); /* as much as there is */
    return out->n > before;
}

bool tool_object(struct buf *out, const char *name, const char *input, size_t n) {
    const char *const *keys = any_object;

    for (size_t i = 0; i < MIX_COUNT(objects); i++)
        if (tool_is(name, objects[i].tool))
            keys = objects[i].keys;
    return input && add_first(out, input, n, keys);
}

/* One is the other, or the end of it behind a slash: a call may name a file relatively. */
static bool same_thing(const char *a, const char *b) {
    const size_t na = strlen(a), nb = strlen(b);

    if (na == nb)
        return memcmp(a, b, na) == 0;
    const char *longer = na > nb ? a : b, *shorter = na > nb ? b : a;

    if (*longer != '/')
        return false;
    while (strncmp(shorter, "./", 2) == 0)
        shorter += 2;
    const size_t ns = strlen(shorter), nl = strlen(longer);

    return ns > 0 && *shorter != '/' && longer[nl - ns - 1] == '/' &&
           memcmp(longer + nl - ns, shorter, ns) == 0;
}

static bool call_touches(const struct part *p, const char *what) {
    static const char *const keys[] = {"command", "file_path", "path", "url", "pattern", NULL};

    if (str_blank(what))
        return true;
    if (strlen(what) == p->len && memcmp(what, p->text, p->len) == 0)
        return true;
    for (size_t i = 0; keys[i]; i++) {
        auto_buf struct buf object = {.max = OBJECT_MAX};

        if (jtext_find(&object, p->text, p->len, keys[i]) &&
            (i == 0 ? str_eq(buf_str(&object), what) : same_thing(buf_str(&object), what)))
            return true;
    }
    return false;
}

struct part *transcript_match_call(struct transcript *t, const char *tool,
                                   const char *command_or_path) {
    struct part *found = NULL;

    for (size_t e = t->n; e-- > t->settled;)
        for (size_t i = 0; i < t->entries[e].n_parts; i++) {
            struct part *p = &t->entries[e].parts[i];

            if (!part_call_open(p) || !tool_is(p->name, tool) || !call_touches(p, command_or_path))
                continue;
            if (found)
                return NULL;
            found = p;
        }
    return found;
}

/* ---- results ---- */

int64_t tool_exit(const char *name, const char *result) {
    static const char *const words[] = {"exit code ", "exit status "};
    size_t n = result ? strlen(result) : 0, at, said = 0;
    int64_t code = 0;

    if (!result || !tool_is(name, "Bash"))
        return 0;
    while (n > 0 && strchr(" \r\n", result[n - 1]))
        n--;
    for (at = n; at > 0 && n - at < 64 && result[at - 1] != '\n'; at--)
        ;
    for (size_t i = 0; i < MIX_COUNT(words); i++)
        if (strncasecmp(result + at, words[i], strlen(words[i])) == 0)
            said = strlen(words[i]);
    if (said == 0 || n - at == said)
        return 0;
    for (at += said; at < n && result[at] >= '0' && result[at] <= '9' && code < 1000;)
        code = code * 10 + (result[at++] - '0');
    return at == n ? code : 0;
}

/* ---- todo lists ---- */

struct todo_walk todo_walk(const char *input, size_t n) {
    struct jwalk walk = jtext_walk(input, n);
    struct jtext name, value;

    while (jtext_next(&walk, &name, &value))
        if (jtext_is(name, "todos") && value.n > 0 && value.p[0] == '[')
            return (struct todo_walk){value.p + 1, value.p + value.n};
    return (struct todo_walk){NULL, NULL};
}

static enum todo todo_state(struct buf *status, const char *item, size_t n) {
    if (!jtext_find(status, item, n, "status"))
        return TODO_OPEN;
    if (str_eq(buf_str(status), "completed"))
        return TODO_DONE;
    return str_eq(buf_str(status), "in_progress") ? TODO_NOW : TODO_OPEN;
}

bool todo_next(struct todo_walk *w, struct buf *content, enum todo *state) {
    auto_buf struct buf status = {.max = 64};

    buf_clear(content);
    while (w->p < w->end && strchr(" \t\r\n,", *w->p))
        w->p++;
    if (w->p >= w->end || *w->p != '{')
        return false;
    const size_t whole = jtext_span(w->p, (size_t)(w->end - w->p));
    const size_t n = whole > 0 ? whole : (size_t)(w->end - w->p);

    if (!jtext_find(content, w->p, n, "content") && whole == 0)
        return false; /* nothing of it is there yet */
    *state = todo_state(&status, w->p, n);
    w->p += n;
    return true;
}
