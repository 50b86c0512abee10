/* task.c - making and freeing of what main and the job thread hand to each other. */
#include "mix/task.h"

#include <stdatomic.h>
#include <stdlib.h>

struct task *task_new(enum task_kind kind, const char *path) {
    static atomic_uint last_id;
    struct task *t = xcalloc(1, sizeof *t);

    t->kind = kind;
    do
        t->id = atomic_fetch_add_explicit(&last_id, 1, memory_order_relaxed) + 1;
    while (t->id == 0);
    t->path = arena_strdup(&t->arena, path ? path : "");
    return t;
}

void task_free(struct task *t) {
    if (!t)
        return;
    arena_free(&t->arena);
    free(t);
}
