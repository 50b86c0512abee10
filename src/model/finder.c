/* finder.c - a local tree as it comes in, and a search in it. */
#include "finder.h"

#include <stdlib.h>
#include <string.h>

enum { FRESH_MS = 30 * 1000, FIRST_SLICES = 4 };

static void forget(struct finder *f) {
    tree_find_free(TAKE(f->find));
    tree_free(TAKE(f->tree));
    f->whole = f->cut = false;
    f->err = (struct err){0};
}

static void ask(struct model *m, struct finder *f, uint32_t scan, enum task_tag tag,
                struct effects *fx) {
    struct task *t = fx_task(m, fx, TASK_TREE, f->dir, tag, NULL);

    t->scan = scan;
    t->hidden = f->hidden;
    f->task = t->id;
}

void finder_begin(struct model *m, struct finder *f, const char *dir, bool hidden,
                  enum task_tag tag, struct effects *fx) {
    const bool same = str_eq(f->dir, dir) && f->hidden == hidden && f->tree;

    const bool ended = f->whole || f->err.rc != RC_OK; /* what failed is no better at once */

    if (same && (f->task || (ended && m->now - f->scanned_at < FRESH_MS)))
        return;
    finder_stop(m, f, fx);
    auto_free char *query = f->find ? xstrdup(f->query) : NULL;

    forget(f);
    set_string(&f->dir, dir);
    f->hidden = hidden;
    f->tree = tree_new();
    f->find = tree_find_new(f->tree);
    if (query)
        tree_find_set(f->find, query);
    ask(m, f, 0, tag, fx);
}

bool finder_task(struct model *m, struct finder *f, struct task *t, enum task_tag tag,
                 struct effects *fx) {
    const bool mine = t->id == f->task && f->tree;

    if (mine) {
        f->task = 0;
        f->err = t->err;
        f->cut = f->cut || t->cut;
        if (t->len > 0 && !tree_add(f->tree, t->data, t->len))
            f->cut = true;
        if (t->err.rc == RC_OK && t->more)
            ask(m, f, t->scan, tag, fx);
        f->whole = !f->task && t->err.rc == RC_OK;
        f->scanned_at = m->now;
        model_touch(m);
    }
    task_free(t);
    return mine;
}

void finder_query(struct finder *f, const char *query) {
    set_string(&f->query, query);
    if (!f->find)
        return;
    tree_find_set(f->find, query);
    (void)tree_find_step(f->find, FIRST_SLICES * (size_t)TREE_SLICE);
}

bool finder_step(struct finder *f) {
    if (!f->find || !tree_find_left(f->find))
        return false;
    (void)tree_find_step(f->find, TREE_SLICE);
    return true;
}

bool finder_busy(const struct finder *f) { return f->find && tree_find_left(f->find); }

void finder_stop(struct model *m, struct finder *f, struct effects *fx) {
    (void)m;
    if (f->task)
        fx_stop_task(fx, f->task);
    f->task = 0;
}

void finder_fini(struct finder *f) {
    forget(f);
    free(f->dir);
    free(f->query);
    *f = (struct finder){0};
}
