/* ask_risk.c - what looks dangerous in a request, and where in the text that is shown. */
#include "private.h"
#include "rules.h"

#include <string.h>

enum { RISKS_MAX = 32 };

/* The object may be shown as something else than it is judged by: then a mark is of all of it. */
static bool shown_as_it_is(const struct ask *a, const char *object) {
    return object && a->object && strncmp(a->object, object, strlen(object)) == 0;
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
