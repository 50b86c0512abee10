/* picker_facts.c - size and time of what the tree gave no more than a name for: looked at a page at
 * a time, where the cursor is. And the sizes of files that were put into a message. */
#include "editing.h"
#include "finder.h"

#include <stdlib.h>
#include <string.h>

enum { AROUND = 50 }; /* rows above the cursor and below it: more than a screen has */

struct picker_fact {
    int64_t size, modified;
    enum entry_kind kind;
    bool known, readable;
};

void picker_facts_drop(struct picker *p) {
    size_t at = 0;
    const char *key;
    void *value;

    while (map_next(&p->facts, &at, &key, &value))
        free(value);
    map_fini(&p->facts);
    p->facts = (struct map){0};
    free_strings(p->asked, p->n_asked);
    p->asked = NULL;
    p->n_asked = 0;
    p->asking = 0;
}

void picker_fact_of(const struct picker *p, struct picker_row *r) {
    const struct picker_fact *f = map_get(&p->facts, r->name);

    if (!f || !f->known)
        return;
    r->size = f->size;
    r->modified = f->modified;
    r->kind = f->kind;
    r->readable = f->readable;
}

void picker_facts(struct model *m, struct effects *fx) {
    struct picker *p = &m->ui.picker;
    const size_t first = p->cursor > AROUND ? p->cursor - AROUND : 0;
    auto_buf struct buf names = {.max = MIX_MIB};

    if (m->ui.over != OVER_PICKER || p->asking || p->scan || p->recent || !p->dir)
        return;
    for (size_t i = first; i < p->n_rows && i < first + 2 * (size_t)AROUND; i++) {
        const struct picker_row *r = &p->rows[i];

        if (r->kind != ENTRY_FILE || r->size >= 0 || map_get(&p->facts, r->name) ||
            buf_add(&names, r->name, strlen(r->name) + 1) != RC_OK)
            continue;
        map_set(&p->facts, r->name, xcalloc(1, sizeof(struct picker_fact)));
        p->asked = xrealloc(p->asked, (p->n_asked + 1) * sizeof *p->asked);
        p->asked[p->n_asked++] = xstrdup(r->name);
    }
    if (p->n_asked == 0)
        return;
    struct task *t = fx_task(m, fx, TASK_LOOK, p->dir, TAG_PICKER_FACTS, NULL);

    task_data(t, names.p, names.n - 1);
    p->asking = t->id;
}

void picker_facts_came(struct model *m, const struct task *t) {
    struct picker *p = &m->ui.picker;

    if (t->id == p->asking) {
        for (size_t i = 0; i < p->n_asked && i < t->n_entries; i++) {
            struct picker_fact *f = map_get(&p->facts, p->asked[i]);
            const struct dir_entry *e = &t->entries[i];

            if (f && e->kind != ENTRY_GONE)
                *f = (struct picker_fact){.size = e->size,
                                          .modified = e->modified,
                                          .kind = e->is_dir ? ENTRY_DIR : e->kind,
                                          .known = true,
                                          .readable = e->readable};
        }
        free_strings(p->asked, p->n_asked);
        p->asked = NULL;
        p->n_asked = 0;
        p->asking = 0;
        picker_refresh(m);
    }
}

/* ---- files of a message ---- */
void chip_size_ask(struct model *m, const char *path, struct effects *fx) {
    (void)fx_task(m, fx, TASK_STAT, path, TAG_CHIP_SIZE, m->shown);
}

void chip_size_came(struct model *m, const struct task *t, struct session *s) {
    const bool file = t->err.rc == RC_OK && t->n_entries > 0 && !t->entries[0].is_dir;

    for (size_t i = 0; file && s && i < s->draft.n_chips; i++) {
        struct chip *c = &s->draft.chips[i];

        if (c->kind == CHIP_FILE && c->size < 0 && str_eq(c->path, t->path)) {
            c->size = t->entries[0].size;
            model_touch(m);
        }
    }
}
