/* files.c - which files stand in the pane, in what order, and which are meant. No requests. */
#include "files.h"

#include <stdlib.h>
#include <string.h>

#include "mix/editor.h"

enum { FILTER_MAX = 1024 };

void files_init(struct model *m) {
    m->files.outputs = xcalloc(1, sizeof *m->files.outputs);
    m->priv->files_work = xcalloc(1, sizeof *m->priv->files_work);
    editor_init_line(&m->ui.file_filter, FILTER_MAX);
}

void files_lists_fini(struct model *m) {
    outputs_clear(m->files.outputs);
    free(TAKE(m->files.outputs));
    free(TAKE(m->files.visible));
    map_fini(&m->files.marked);
    editor_fini(&m->ui.file_filter);
    free(TAKE(m->ui.output_cursor));
}

/* ---- order ---- */

struct sorted {
    struct file_info f;
    const char *type;
};

static int by_name(const struct file_info *x, const struct file_info *y) {
    return strcmp(x->name, y->name);
}

/* Where the server tells no times, by name. */
static int newest(const void *a, const void *b) {
    const struct sorted *x = a, *y = b;

    if (x->f.modified != y->f.modified)
        return x->f.modified > y->f.modified ? -1 : 1;
    return by_name(&x->f, &y->f);
}

static int named(const void *a, const void *b) {
    const struct sorted *x = a, *y = b;

    return by_name(&x->f, &y->f);
}

static int largest(const void *a, const void *b) {
    const struct sorted *x = a, *y = b;

    if (x->f.size != y->f.size)
        return x->f.size > y->f.size ? -1 : 1;
    return by_name(&x->f, &y->f);
}

static int typed(const void *a, const void *b) {
    const struct sorted *x = a, *y = b;
    const int by = strcmp(x->type, y->type);

    return by != 0 ? by : by_name(&x->f, &y->f);
}

static const struct {
    const char *name;
    int (*compare)(const void *a, const void *b);
} orders[FILES_SORTS] = {
    [FILES_NEWEST] = {"newest", newest},
    [FILES_BY_NAME] = {"name", named},
    [FILES_BY_SIZE] = {"size", largest},
    [FILES_BY_TYPE] = {"type", typed},
};

const char *file_sort_name(enum file_sort sort) { return orders[sort].name; }

bool files_sort_named(struct model *m, const char *name, size_t n) {
    for (size_t i = 0; i < FILES_SORTS; i++)
        if (strlen(orders[i].name) == n && memcmp(orders[i].name, name, n) == 0) {
            m->files.sort = (enum file_sort)i;
            return true;
        }
    return false;
}

void files_sort(struct model *m) {
    struct files *f = &m->files;
    auto_free struct sorted *v = xmalloc((f->n + 1) * sizeof *v);

    for (size_t i = 0; i < f->n; i++)
        v[i] = (struct sorted){f->list[i], f->sort != FILES_BY_TYPE ? NULL
                                           : f->list[i].is_dir      ? "folder"
                                                                    : file_type(f->list[i].name)};
    if (f->n > 0)
        qsort(v, f->n, sizeof *v, orders[f->sort].compare);
    for (size_t i = 0; i < f->n; i++)
        f->list[i] = v[i].f;
    files_show(m);
}

/* ---- what the filter leaves ---- */

static bool fits(const char *query, const char *name, const char *other) {
    return str_blank(query) || text_fuzzy(query, name) > 0 ||
           (other && text_fuzzy(query, other) > 0);
}

static void show_outputs(struct model *m) {
    struct outputs *o = m->files.outputs;
    const char *query = buf_str(&m->ui.file_filter.text);
    struct map listed = {0};

    for (size_t i = 0; o->n > 0 && i < m->files.n; i++)
        map_set(&listed, m->files.list[i].name, m);
    o->n_shown = 0;
    for (size_t i = 0; i < o->n; i++) {
        o->v[i].hidden = map_get(&listed, o->v[i].name) || !fits(query, o->v[i].where, NULL);
        o->n_shown += !o->v[i].hidden;
    }
    map_fini(&listed);
}

void files_show(struct model *m) {
    struct files *f = &m->files;
    const char *query = buf_str(&m->ui.file_filter.text);

    if (f->n > f->cap_visible) {
        f->cap_visible = f->n + 16;
        f->visible = xrealloc(f->visible, f->cap_visible * sizeof *f->visible);
    }
    f->n_visible = 0;
    for (size_t i = 0; i < f->n; i++)
        if (fits(query, f->list[i].name, f->list[i].original_name))
            f->visible[f->n_visible++] = i;
    show_outputs(m);
    model_touch(m);
}

/* ---- rows ---- */

size_t files_rows(const struct model *m) {
    const size_t named_too = m->files.outputs->n_shown;

    return m->files.n_visible + (named_too > 0 ? 1 + named_too : 0);
}

/* Those named last come first. */
static const struct output *shown_output(const struct outputs *o, size_t at) {
    for (size_t i = o->n; i-- > 0;)
        if (!o->v[i].hidden && at-- == 0)
            return &o->v[i];
    return NULL;
}

struct file_row files_row(const struct model *m, size_t at) {
    const struct files *f = &m->files;

    if (at < f->n_visible)
        return (struct file_row){.file = &f->list[f->visible[at]]};
    if (at == f->n_visible)
        return (struct file_row){0};
    return (struct file_row){.output = shown_output(f->outputs, at - f->n_visible - 1)};
}

static const struct output *selected_output(const struct model *m, size_t *row) {
    const struct outputs *o = m->files.outputs;

    *row = m->files.n_visible;
    for (size_t i = o->n; m->ui.output_cursor && i-- > 0;) {
        *row += !o->v[i].hidden;
        if (!o->v[i].hidden && str_eq(o->v[i].where, m->ui.output_cursor))
            return &o->v[i];
    }
    return NULL;
}

static size_t upload_row(const struct model *m) {
    const struct files *f = &m->files;

    for (size_t i = 0; m->ui.file_cursor && i < f->n_visible; i++)
        if (str_eq(f->list[f->visible[i]].name, m->ui.file_cursor))
            return i;
    return SIZE_MAX;
}

size_t files_cursor_row(const struct model *m) {
    size_t row;

    if (selected_output(m, &row))
        return row;
    return m->ui.output_cursor ? SIZE_MAX : upload_row(m);
}

const struct file_info *model_selected_file(const struct model *m) {
    const size_t row = m->ui.output_cursor ? SIZE_MAX : upload_row(m);

    return row == SIZE_MAX ? NULL : &m->files.list[m->files.visible[row]];
}

bool files_pick(const struct model *m, struct file_pick *out) {
    size_t row;
    const struct file_info *f = model_selected_file(m);
    const struct output *o = f ? NULL : selected_output(m, &row);

    *out = (struct file_pick){.size = -1};
    if (f) {
        out->name = out->where = f->name;
        out->size = f->size;
        out->is_dir = f->is_dir;
        out->why_not = f->is_dir ? "servers give out no directories" : NULL;
        out->listed = true;
    } else if (o) {
        out->name = o->name;
        out->where = o->where;
        out->session = o->session;
        out->why_not = o->why_not;
    }
    return f || o;
}

/* ---- the cursor ---- */

static void select_row(struct model *m, size_t at) {
    const struct file_row row = files_row(m, at);

    if (row.output) {
        set_string(&m->ui.output_cursor, row.output->where);
    } else if (row.file) {
        set_string(&m->ui.output_cursor, NULL);
        set_string(&m->ui.file_cursor, row.file->name);
    }
    model_touch(m);
}

static bool is_heading(const struct model *m, size_t at) { return at == m->files.n_visible; }

/* Stays on its file; when that is gone, at its place. */
void files_cursor_settle(struct model *m, size_t was) {
    const size_t n = files_rows(m);
    size_t at = was;

    if (files_cursor_row(m) != SIZE_MAX)
        return;
    if (n == 0) {
        set_string(&m->ui.output_cursor, NULL);
        if (m->files.n == 0)
            set_string(&m->ui.file_cursor, NULL);
        return;
    }
    at = at == SIZE_MAX ? 0 : at < n ? at : n - 1;
    if (is_heading(m, at))
        at = at > 0 ? at - 1 : at + 1;
    select_row(m, at);
}

void act_files_move(struct model *m, int by) {
    const size_t n = files_rows(m), now = files_cursor_row(m);

    if (n == 0)
        return;
    const int64_t to = now == SIZE_MAX ? 0 : (int64_t)now + by;
    size_t at = to < 0 ? 0 : to >= (int64_t)n ? n - 1 : (size_t)to;

    if (is_heading(m, at))
        at = by < 0 && at > 0 ? at - 1 : at + 1;
    select_row(m, at);
}

void act_files_other(struct model *m) {
    if (m->ui.output_cursor && m->files.n_visible > 0) {
        set_string(&m->ui.output_cursor, NULL);
        if (upload_row(m) == SIZE_MAX)
            select_row(m, 0);
        model_touch(m);
    } else if (m->files.outputs->n_shown > 0) {
        select_row(m, m->files.n_visible + 1);
    } else {
        act_notice(m, "The agent of this session named no other files");
    }
}

/* ---- sort and filter ---- */

void act_files_sort(struct model *m) {
    m->files.sort = (enum file_sort)((m->files.sort + 1) % FILES_SORTS);
    files_sort(m);
    state_touch(m);
    act_notice(m, "Files by %s", file_sort_name(m->files.sort));
}

void act_files_filter(struct model *m) {
    files_show(m);
    files_cursor_settle(m, 0);
}

void act_files_clear(struct model *m) {
    if (m->ui.file_filter.text.n > 0) {
        m->ui.file_filtering = false;
        editor_set(&m->ui.file_filter, "");
        act_files_filter(m);
    } else if (m->files.marked.n > 0) {
        map_fini(&m->files.marked);
        m->files.marked = (struct map){0};
    }
    model_touch(m);
}

/* ---- marks ---- */

bool file_marked(const struct model *m, const char *name) {
    return m->files.marked.n > 0 && map_get(&m->files.marked, name);
}

static void mark(struct model *m, const char *name, bool on) {
    if (on)
        map_set(&m->files.marked, name, m);
    else
        (void)map_del(&m->files.marked, name);
}

static void mark_every(struct model *m, enum file_marking how) {
    struct files *f = &m->files;
    size_t on = 0;

    for (size_t i = 0; i < f->n_visible; i++)
        on += file_marked(m, f->list[f->visible[i]].name);
    for (size_t i = 0; i < f->n_visible; i++) {
        const char *name = f->list[f->visible[i]].name;

        mark(m, name, how == MARK_OTHERS ? !file_marked(m, name) : on < f->n_visible);
    }
}

void act_files_mark(struct model *m, enum file_marking how) {
    const struct file_info *f = model_selected_file(m);

    if (how != MARK_THIS) {
        mark_every(m, how);
    } else if (f) {
        const size_t at = files_cursor_row(m);

        mark(m, f->name, !file_marked(m, f->name));
        if (at + 1 < m->files.n_visible)
            select_row(m, at + 1);
    } else {
        act_notice(m, "Only uploads can be selected with others");
    }
    model_touch(m);
}

/* A name that is listed no more has no mark. */
void files_marks_settle(struct model *m) {
    struct map still = {0};

    for (size_t i = 0; m->files.marked.n > 0 && i < m->files.n; i++)
        if (file_marked(m, m->files.list[i].name))
            map_set(&still, m->files.list[i].name, m);
    map_fini(&m->files.marked);
    m->files.marked = still;
}

const struct file_info **files_chosen(const struct model *m, size_t *n) {
    const struct files *f = &m->files;
    const struct file_info **out = xcalloc(f->marked.n + 1, sizeof *out);
    const struct file_info *one = model_selected_file(m);

    *n = 0;
    for (size_t i = 0; f->marked.n > 0 && i < f->n && *n < f->marked.n; i++)
        if (file_marked(m, f->list[i].name))
            out[(*n)++] = &f->list[i];
    if (*n == 0 && one)
        out[(*n)++] = one;
    return out;
}
