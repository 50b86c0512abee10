/* ask_risk.c - what looks dangerous in a request, and where in the text that is shown. */
#include "private.h"
#include "rules.h"

#include <string.h>

enum { RISKS_MAX = 32 };

/* The object may be shown as something else than it is judged by: then a mark is of all of it. */
static bool shown_as_it_is(const struct ask *a, const char *object) {
    return object && a->object && strncmp(a->object, object, strlen(object)) == 0;
}

/* Servers that tell no directory of a session keep its files in `storage/ID`, and so does the path
 * of a file there say where that is. The session that asks, or one it works for; NULL: elsewhere.
 */
static const char *own_storage(struct arena *arena, const struct ruling_ask *ask,
                               const char *path) {
    if (!path || path[0] != '/')
        return NULL;
    for (const char *const *id = ask->sessions; id && *id; id++) {
        const char *part = arena_printf(arena, "/storage/%s", *id);
        const char *at = str_blank(*id) ? NULL : strstr(path, part);
        const size_t n = at ? (size_t)(at - path) + strlen(part) : 0;

        if (at && (path[n] == '/' || path[n] == '\0') && !memmem(path, n, "..", 2))
            return arena_printf(arena, "%.*s", (int)n, path);
    }
    return NULL;
}

void ask_look(struct model *m, struct ask *a) {
    struct risk_mark marks[RISKS_MAX];
    struct arena arena = {0};
    struct ruling_ask ask;

    if (a->kind != ASK_PERMISSION)
        return;
    ruling_ask_of(&ask, &arena, m, a);
    if (!ask.work_dir && tool_is(a->tool, "Bash") && a->path && a->path[0] == '/')
        ask.work_dir = a->path; /* of commands it is the session's directory */
    if (!ask.object && tool_is(a->tool, "Bash") && a->object)
        ask.object = a->object;
    if (!ask.work_dir)
        ask.work_dir = own_storage(&arena, &ask, a->path ? a->path : ask.object);
    const size_t n = risk_look(&ask, marks, RISKS_MAX);
    const bool exact = shown_as_it_is(a, ask.object);

    a->risks = arena_alloc(&a->arena, (n + 1) * sizeof *a->risks);
    for (size_t i = 0; i < n; i++) {
        a->risks[i] = marks[i];
        if (!exact)
            a->risks[i].from = a->risks[i].to = 0;
    }
    a->n_risks = n;
    arena_free(&arena);
}
