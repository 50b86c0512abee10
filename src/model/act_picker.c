/* act_picker.c - choosing a local file: one directory at a time, filtered by name.
 *
 * A filter with a slash is a path: what comes before its last slash is gone to, the rest goes on
 * filtering. The directory shown changes only when the new one could be read. */
#include "private.h"

#include "mix/editor.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is visible ---- */

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

static const char *after_slash(const char *filter) {
    const char *slash = strrchr(filter, '/');

    return slash ? slash + 1 : filter;
}

size_t *picker_visible(const struct picker *p, size_t *n) {
    const char *filter = after_slash(buf_str(&p->filter.text));
    const size_t total = p->listing ? p->listing->n_entries : 0;
    struct hit *hits = xmalloc((total + 1) * sizeof *hits);

    *n = 0;
    for (size_t i = 0; i < total; i++) {
        const struct dir_entry *e = &p->listing->entries[i];
        const int score = e->hidden && *filter != '.' ? 0 : text_fuzzy(filter, e->name);

        if (score > 0)
            hits[(*n)++] = (struct hit){i, score};
    }
    if (*filter != '\0' && *n > 1)
        qsort(hits, *n, sizeof *hits, best_first);
    size_t *out = xmalloc((*n + 1) * sizeof *out);

    for (size_t i = 0; i < *n; i++)
        out[i] = hits[i].at;
    free(hits);
    return out;
}

static const struct dir_entry *under_cursor(const struct picker *p) {
    size_t n;
    auto_free size_t *rows = picker_visible(p, &n);

    return p->cursor < n ? &p->listing->entries[rows[p->cursor]] : NULL;
}

/* ---- paths ---- */

static char *join(const char *dir, const char *name) {
    struct buf out = {.max = 64 * MIX_KIB};

    if (*name == '/' || *name == '~' || str_blank(dir))
        return xstrdup(name);
    if (buf_addf(&out, "%s%s%s", dir, dir[strlen(dir) - 1] == '/' ? "" : "/", name) != RC_OK)
        buf_clear(&out);
    return buf_take(&out);
}

/* Drops the last part of a path; false when there is none that `..` may take away. */
static bool cut_last(struct buf *out) {
    const char *slash = strrchr(buf_str(out), '/');
    const size_t from = slash ? (size_t)(slash - out->p) : 0;
    const char *last = buf_str(out) + (slash ? from + 1 : 0);

    if (*last == '\0' || *last == '~' || strcmp(last, "..") == 0)
        return false;
    buf_cut(out, from, out->n - from);
    return true;
}

/* Without empty parts, `.` and, as far as the text alone tells, `..`. */
static char *tidy(const char *path) {
    struct buf out = {.max = strlen(path) + 2};
    const bool rooted = *path == '/';

    while (*path) {
        const size_t n = strcspn(path, "/");
        const bool up = n == 2 && memcmp(path, "..", 2) == 0;
        const bool skip = n == 0 || (n == 1 && *path == '.') || (up && (cut_last(&out) || rooted));

        if (!skip) {
            if (rooted || out.n > 0)
                (void)buf_add(&out, "/", 1);
            (void)buf_add(&out, path, n);
        }
        path += n + (path[n] == '/' ? 1 : 0);
    }
    if (out.n == 0)
        (void)buf_adds(&out, rooted ? "/" : ".");
    return buf_take(&out);
}

/* ---- going somewhere ---- */

static void stop_scan(struct picker *p, struct effects *fx) {
    if (!p->scan)
        return;
    fx_stop_task(fx, p->scan);
    p->scan = 0;
}

static void go_to(struct model *m, const char *path, struct effects *fx) {
    struct picker *p = &m->ui.picker;
    auto_free char *dir = tidy(path);

    stop_scan(p, fx);
    m->priv->scan_typed = false;
    p->scan = fx_task(m, fx, TASK_SCAN, dir, TAG_PICKER_SCAN, NULL)->id;
    model_touch(m);
}

/* The cursor goes to the directory one came up from, else to the first row. */
static void place_cursor(struct picker *p, const char *before) {
    size_t n;
    auto_free size_t *rows = picker_visible(p, &n);
    auto_free char *parent = before ? join(before, "..") : NULL;
    auto_free char *up = parent ? tidy(parent) : NULL;
    const char *slash = before ? strrchr(before, '/') : NULL;
    const char *name = slash && str_eq(up, p->dir) ? slash + 1 : "";

    p->cursor = 0;
    for (size_t i = 0; *name && i < n; i++)
        if (strcmp(p->listing->entries[rows[i]].name, name) == 0)
            p->cursor = i;
}

void picker_listed(struct model *m, struct task *t, struct effects *fx) {
    struct picker *p = &m->ui.picker;

    (void)fx;
    if (t->id != p->scan) {
        task_free(t);
        return;
    }
    p->scan = 0;
    p->err = t->err;
    model_touch(m);
    if (t->err.rc != RC_OK) {
        act_error(m, &t->err, "Cannot go there");
        task_free(t);
        return;
    }
    auto_free char *before = p->dir;
    auto_free char *tail = xstrdup(after_slash(buf_str(&p->filter.text)));

    p->dir = tidy(t->path);
    task_free(p->listing);
    p->listing = t;
    if (strchr(buf_str(&p->filter.text), '/'))
        editor_set(&p->filter, tail);
    place_cursor(p, before);
}

/* ---- acts ---- */

static void ask_nothing(struct model *m) {
    set_string(&m->ui.confirm_object, NULL);
    m->ui.confirm_painted_at = 0;
}

void act_picker_open(struct model *m, struct effects *fx) {
    struct picker *p = &m->ui.picker;

    if (!m->shown->id) {
        act_notice(m, "The session is not created yet: send a message first");
        return;
    }
    act_over(m, OVER_PICKER);
    editor_set(&p->filter, "");
    p->cursor = 0;
    p->err = (struct err){0};
    if (!m->files.loaded)
        files_list(m, fx); /* to know what an upload would replace */
    go_to(m, p->dir ? p->dir : m->start_dir, fx);
    model_settle(m, fx);
}

/* A file that would be replaced takes a second Enter, 400 ms after the question was seen. */
static bool replaces(struct model *m, const char *path) {
    const struct file_info *f = file_replaced_by(m, path);
    struct ui *ui = &m->ui;

    if (!f)
        return false;
    if (str_eq(ui->confirm_object, path) && ui->confirm_painted_at > 0)
        return m->now - ui->confirm_painted_at < ARM_MS;
    if (!str_eq(ui->confirm_object, path)) {
        set_string(&ui->confirm_object, path);
        ui->confirm_painted_at = 0;
    }
    act_notice(m, "This replaces %s for all sessions: Enter again does it", f->name);
    return true;
}

void act_picker_enter(struct model *m, struct effects *fx) {
    struct picker *p = &m->ui.picker;
    const struct dir_entry *e = p->scan ? NULL : under_cursor(p);

    if (p->scan) {
        act_notice(m, "The directory is being read");
        return;
    }
    if (!e && strcmp(buf_str(&p->filter.text), "~") == 0) {
        editor_set(&p->filter, "");
        go_to(m, "~", fx);
        return;
    }
    if (!e) {
        act_notice(m, "Nothing matches");
        return;
    }
    auto_free char *path = join(p->dir, e->name);

    if (e->is_dir) {
        editor_set(&p->filter, "");
        ask_nothing(m);
        go_to(m, path, fx);
    } else if (!e->readable) {
        act_notice(m, "That file cannot be read");
    } else if (!replaces(m, path)) {
        act_picker_close(m);
        act_upload(m, path, fx);
    }
}

void act_picker_up(struct model *m, struct effects *fx) {
    struct picker *p = &m->ui.picker;

    if (!editor_empty(&p->filter)) {
        if (editor_move(&p->filter, TO_LEFT))
            model_touch(m);
        return;
    }
    auto_free char *parent = join(p->dir ? p->dir : m->start_dir, "..");

    ask_nothing(m);
    go_to(m, parent, fx);
}

void act_picker_move(struct model *m, int by) {
    struct picker *p = &m->ui.picker;
    const int64_t at = (int64_t)p->cursor + by;
    size_t n;

    free(picker_visible(p, &n));
    p->cursor = at < 0 || n == 0 ? 0 : at >= (int64_t)n ? n - 1 : (size_t)at;
    ask_nothing(m);
    model_touch(m);
}

void act_picker_filter(struct model *m, struct effects *fx) {
    struct picker *p = &m->ui.picker;
    const char *filter = buf_str(&p->filter.text), *slash = strrchr(filter, '/');

    p->cursor = 0;
    ask_nothing(m);
    model_touch(m);
    if (!slash) {
        if (m->priv->scan_typed) /* the path was taken back; what Enter asked for goes on */
            stop_scan(p, fx);
        return;
    }
    auto_free char *typed = xstrndup(filter, (size_t)(slash - filter) + 1);
    auto_free char *path = join(p->dir ? p->dir : m->start_dir, typed);

    go_to(m, path, fx);
    m->priv->scan_typed = true;
}

void act_picker_close(struct model *m) {
    ask_nothing(m);
    act_over_close(m);
}

void picker_fini(struct picker *p) {
    free(p->dir);
    task_free(p->listing);
    editor_fini(&p->filter);
    *p = (struct picker){0};
}
