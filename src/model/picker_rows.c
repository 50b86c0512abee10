/* picker_rows.c - what the picker lists: a directory, what matches in the whole tree below it, or
 * the directories used last.
 *
 * Without a filter it is the directory. With one it is the tree, as far as it is known, and until
 * anything of that is there the directory again. A pattern such as *.png takes what it matches in
 * the directory, and behind `**` and a slash in the tree. */
#include "finder.h"

#include "mix/editor.h"

#include <stdlib.h>
#include <string.h>

/* ---- patterns ---- */

bool picker_is_glob(const char *filter) { return strpbrk(filter, "*?[") != NULL; }

/* [abc] [a-z] [!abc]; *p is at the bracket and goes behind it. A bracket without an end is one. */
static bool in_set(const char **p, char c) {
    const char *s = *p + 1;
    const bool others = *s == '!' || *s == '^';
    bool found = false;

    s += others;
    for (bool first = true; *s && (*s != ']' || first); first = false, s++) {
        const unsigned char from = (unsigned char)*s;
        unsigned char to = from;

        if (s[1] == '-' && s[2] && s[2] != ']')
            to = (unsigned char)s[2], s += 2;
        found = found || ((unsigned char)c >= from && (unsigned char)c <= to);
    }
    if (*s != ']')
        return *(*p)++ == c;
    *p = s + 1;
    return found != others;
}

/* Only the last star can be wrong about how much it took. */
static bool glob(const char *p, const char *s) {
    const char *star = NULL, *again = NULL;

    while (*s) {
        if (*p == '*') {
            star = ++p;
            again = s;
            continue;
        }
        const char *at = p;
        const bool fits = *p == '[' ? in_set(&at, *s) : *p && (*p == '?' || *p == *s);

        if (fits) {
            p = *p == '[' ? at : p + 1;
            s++;
        } else if (star) {
            p = star;
            s = ++again;
        } else {
            return false;
        }
    }
    while (*p == '*')
        p++;
    return *p == '\0';
}

/* ---- rows ---- */

char *picker_join(const char *dir, const char *name) {
    struct buf out = {.max = 64 * MIX_KIB};

    if (*name == '/' || *name == '~' || str_blank(dir))
        return xstrdup(name);
    if (buf_addf(&out, "%s%s%s", dir, dir[strlen(dir) - 1] == '/' ? "" : "/", name) != RC_OK)
        buf_clear(&out);
    return buf_take(&out);
}

static struct picker_row *add(struct picker *p, const char *name) {
    p->rows = xgrow(p->rows, p->n_rows, &p->cap_rows, sizeof *p->rows);
    struct picker_row *r = &p->rows[p->n_rows++];

    *r = (struct picker_row){.name = name, .size = -1, .modified = -1, .readable = true};
    if (p->n_marks > 0) {
        auto_free char *path = picker_join(p->dir, name);

        r->marked = picker_marked(p, path);
    }
    return r;
}

static void add_entry(struct picker *p, const struct dir_entry *e) {
    struct picker_row *r = add(p, e->name);

    r->size = e->size;
    r->modified = e->modified;
    r->kind = e->is_dir ? ENTRY_DIR : e->kind;
    r->readable = e->readable;
}

struct hit {
    size_t at;
    int score;
};

static int best_first(const void *a, const void *b) {
    const struct hit *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->at < y->at ? -1 : 1;
}

static void list_directory(struct picker *p, const char *filter) {
    const size_t total = p->listing ? p->listing->n_entries : 0;
    const bool pattern = picker_is_glob(filter);
    struct hit *hits = xmalloc((total + 1) * sizeof *hits);
    size_t n = 0;

    for (size_t i = 0; i < total; i++) {
        const struct dir_entry *e = &p->listing->entries[i];
        const bool out = e->hidden && !p->hidden && *filter != '.';
        const int score = out       ? 0
                          : pattern ? (int)glob(filter, e->name)
                                    : text_fuzzy(filter, e->name);

        if (score > 0)
            hits[n++] = (struct hit){i, score};
    }
    if (*filter && !pattern && n > 1)
        qsort(hits, n, sizeof *hits, best_first);
    for (size_t i = 0; i < n; i++)
        add_entry(p, &p->listing->entries[hits[i].at]);
    free(hits);
    p->found = n;
}

static enum entry_kind kind_in_tree(enum tree_kind kind) {
    switch (kind) {
    case TREE_FILE:
        break;
    case TREE_DIR:
        return ENTRY_DIR;
    case TREE_FIFO:
        return ENTRY_FIFO;
    case TREE_SOCKET:
        return ENTRY_SOCKET;
    case TREE_DEVICE:
        return ENTRY_DEVICE;
    case TREE_DANGLING:
        return ENTRY_DANGLING;
    }
    return ENTRY_FILE;
}

/* What lies in the directory itself is known better. */
static const struct dir_entry *listed(struct picker *p, const char *name) {
    if (!p->listing || strchr(name, '/'))
        return NULL;
    const bool fresh = p->entries.n == 0;

    for (size_t i = 0; fresh && i < p->listing->n_entries; i++)
        map_set(&p->entries, p->listing->entries[i].name, &p->listing->entries[i]);
    return map_get(&p->entries, name);
}

static void add_from_tree(struct picker *p, const struct tree *t, size_t at) {
    const struct dir_entry *e = listed(p, tree_name(t, at));

    if (e) {
        add_entry(p, e);
        return;
    }
    struct picker_row *r = add(p, tree_name(t, at));

    r->kind = kind_in_tree(tree_kind(t, at));
    picker_fact_of(p, r);
}

static void list_found(struct picker *p, struct finder *f) {
    size_t n;
    const uint32_t *best = tree_best(f->find, &n);

    for (size_t i = 0; i < n; i++)
        add_from_tree(p, f->tree, best[i]);
    p->found = tree_found(f->find);
}

static int by_name(const void *a, const void *b) {
    const struct picker_row *x = a, *y = b;

    return strcmp(x->name, y->name);
}

/* In the order of names: the tree has them as the disk gave them. */
static void list_pattern(struct picker *p, const struct finder *f, const char *pattern) {
    const size_t total = f->tree ? tree_count(f->tree) : 0;

    p->found = 0;
    for (size_t i = 0; i < total; i++) {
        if (tree_kind(f->tree, i) == TREE_DIR || !glob(pattern, path_base(tree_name(f->tree, i))))
            continue;
        p->found++;
        if (p->n_rows < 10 * TREE_BEST)
            add_from_tree(p, f->tree, i);
    }
    if (p->n_rows > 1)
        qsort(p->rows, p->n_rows, sizeof *p->rows, by_name);
}

static void list_recent(struct picker *p, const char *filter) {
    p->found = 0;
    for (size_t i = 0; i < p->n_recents; i++)
        if (text_fuzzy(filter, p->recents[i]) > 0) {
            add(p, p->recents[i])->kind = ENTRY_DIR;
            p->found++;
        }
}

static const char *after_slash(const char *filter) {
    const char *slash = strrchr(filter, '/');

    return slash && !picker_is_glob(filter) ? slash + 1 : filter;
}

static bool is_place(const char *filter) { return *filter && strchr("/~", *filter) != NULL; }

static bool is_tree_of(const struct finder *f, const struct picker *p) {
    return f && f->tree && f->find && str_eq(f->dir, p->dir);
}

static void fill(const struct model *m, struct picker *p) {
    const char *filter = buf_str(&p->filter.text);
    struct finder *f = m->priv->picker_finder;
    const bool tree = is_tree_of(f, p);

    p->searching = p->cut = false;
    p->n_rows = 0;
    if (p->recent) {
        list_recent(p, filter);
        return;
    }
    const bool deep = strncmp(filter, "**/", 3) == 0;

    if (is_place(filter)) {
        list_directory(p, after_slash(filter));
        return;
    }
    if (*filter && tree && (deep || !picker_is_glob(filter))) {
        p->searching = f->task != 0 || finder_busy(f);
        p->cut = f->cut;
    }
    if (deep && tree)
        list_pattern(p, f, filter + 3);
    else if (*filter && !picker_is_glob(filter) && tree && tree_count(f->tree) > 0)
        list_found(p, f);
    else
        list_directory(p, after_slash(filter));
}

void picker_refresh(struct model *m) {
    struct picker *p = &m->ui.picker;
    auto_free char *name = p->cursor > 0 && p->cursor < p->n_rows
                               ? xstrdup(p->cursor_name ? p->cursor_name : "")
                               : NULL;

    fill(m, p);
    for (size_t i = 0; name && *name && i < p->n_rows; i++)
        if (strcmp(p->rows[i].name, name) == 0)
            p->cursor = i;
    if (p->cursor >= p->n_rows)
        p->cursor = p->n_rows > 0 ? p->n_rows - 1 : 0;
    set_string(&p->cursor_name, p->cursor < p->n_rows ? p->rows[p->cursor].name : NULL);
    model_touch(m);
}

/* ---- the tree ---- */

void picker_search(struct model *m, struct effects *fx) {
    struct picker *p = &m->ui.picker;
    const char *filter = buf_str(&p->filter.text);

    if (*filter && !is_place(filter) && p->dir && !p->recent) {
        if (!m->priv->picker_finder)
            m->priv->picker_finder = xcalloc(1, sizeof *m->priv->picker_finder);
        struct finder *f = m->priv->picker_finder;

        finder_begin(m, f, p->dir, p->hidden || *filter == '.', TAG_PICKER_FIND, fx);
        finder_query(f, picker_is_glob(filter) ? "" : filter);
    }
    picker_refresh(m);
}

void picker_tree(struct model *m, struct task *t, struct effects *fx) {
    struct finder *f = m->priv->picker_finder;

    if (!f) {
        task_free(t);
        return;
    }
    if (finder_task(m, f, t, TAG_PICKER_FIND, fx) && m->ui.over == OVER_PICKER) {
        (void)finder_step(f);
        picker_refresh(m);
    }
}

void picker_tick(struct model *m, struct effects *fx) {
    struct finder *f = m->priv->picker_finder;

    if (m->ui.over == OVER_PICKER && f && finder_step(f))
        picker_refresh(m);
    picker_facts(m, fx);
}

int64_t picker_next(const struct model *m) {
    const struct finder *f = m->priv->picker_finder;

    return m->ui.over == OVER_PICKER && f && finder_busy(f) ? m->now : -1;
}
