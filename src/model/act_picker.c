/* act_picker.c - choosing a local file: one directory at a time, filtered by name.
 *
 * A filter with a slash is a path: what comes before its last slash is gone to, the rest goes on
 * filtering. The directory shown changes only when the new one could be read. */
#include "mix/complete.h"
#include "private.h"

#include "mix/editor.h"

#include "finder.h"

#include <stdlib.h>
#include <string.h>

static const char *after_slash(const char *filter) {
    const char *slash = strrchr(filter, '/');

    return slash ? slash + 1 : filter;
}

static const struct picker_row *under_cursor(const struct picker *p) {
    return p->cursor < p->n_rows ? &p->rows[p->cursor] : NULL;
}

/* ---- paths ---- */

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
static void place_cursor(struct model *m, const char *before) {
    struct picker *p = &m->ui.picker;
    auto_free char *parent = before ? picker_join(before, "..") : NULL;
    auto_free char *up = parent ? tidy(parent) : NULL;
    const char *slash = before ? strrchr(before, '/') : NULL;
    const char *name = slash && str_eq(up, p->dir) ? slash + 1 : "";

    p->cursor = 0;
    picker_refresh(m);
    for (size_t i = 0; *name && i < p->n_rows; i++)
        if (strcmp(p->rows[i].name, name) == 0)
            p->cursor = i;
    set_string(&p->cursor_name, p->cursor < p->n_rows ? p->rows[p->cursor].name : NULL);
}

/* `src/ma` may be meant for the whole tree as well: only what names a place has to be there. */
static bool is_place(const char *filter) { return strchr("/~.", *filter) != NULL && *filter; }

void picker_listed(struct model *m, struct task *t, struct effects *fx) {
    struct picker *p = &m->ui.picker;

    if (t->id != p->scan) {
        task_free(t);
        return;
    }
    p->scan = 0;
    model_touch(m);
    if (t->err.rc != RC_OK) {
        if (!m->priv->scan_typed || is_place(buf_str(&p->filter.text))) {
            p->err = t->err;
            act_error(m, &t->err, "Cannot go there");
        }
        task_free(t);
        picker_refresh(m);
        return;
    }
    auto_free char *before = p->dir;
    auto_free char *tail = xstrdup(after_slash(buf_str(&p->filter.text)));

    p->err = (struct err){0};
    p->dir = tidy(t->path);
    p->n_rows = 0; /* their names go */
    task_free(p->listing);
    map_fini(&p->entries);
    p->entries = (struct map){0};
    p->listing = t;
    picker_facts_drop(p);
    if (strchr(buf_str(&p->filter.text), '/'))
        editor_set(&p->filter, tail);
    place_cursor(m, before);
    picker_search(m, fx);
}

/* ---- acts ---- */

static void ask_nothing(struct model *m) {
    set_string(&m->ui.confirm_object, NULL);
    m->ui.confirm_painted_at = 0;
}

static void open_picker(struct model *m, struct effects *fx) {
    struct picker *p = &m->ui.picker;

    act_over(m, OVER_PICKER);
    editor_set(&p->filter, "");
    p->cursor = 0;
    p->recent = false;
    p->err = (struct err){0};
    picker_facts_drop(p);
    picker_refresh(m); /* what its rows were made of went on without them */
    if (!m->files.loaded)
        files_list(m, fx); /* to know what an upload would replace */
    go_to(m, p->dir ? p->dir : m->start_dir, fx);
    model_settle(m, fx);
}

void act_picker_open(struct model *m, struct effects *fx) {
    if (!m->shown->id) {
        act_notice(m, "The session is not created yet: send a message first");
        return;
    }
    m->ui.picker.attach = false;
    open_picker(m, fx);
}

void act_picker_attach(struct model *m, struct effects *fx) {
    m->ui.picker.attach = true;
    open_picker(m, fx);
}

/* What uploads of these would replace, here or by each other: "a, b and 3 more"; how many. */
static size_t replaced(const struct model *m, char *const *paths, size_t n, struct buf *names) {
    enum { NAMED = 3 };
    size_t found = 0;
    struct map seen = {0};

    for (size_t i = 0; i < n; i++) {
        auto_free char *there = file_server_name(paths[i]);
        const struct file_info *f = file_replaced_by(m, paths[i]);
        const bool twice = map_get(&seen, there) != NULL;

        if (!twice)
            map_set(&seen, there, names);
        if (!f && !twice)
            continue;
        auto_free char *name = clean_line(f ? f->name : there, 40);

        if (found++ < NAMED && name)
            (void)buf_addf(names, "%s%s", found > 1 ? ", " : "", name);
    }
    if (found > NAMED)
        (void)buf_addf(names, " and %zu more", found - NAMED);
    map_fini(&seen);
    return found;
}

/* Files that would be replaced take a second Enter, 400 ms after the question was seen. */
static bool replaces(struct model *m, char *const *paths, size_t n) {
    auto_buf struct buf names = {.max = 4096};
    auto_buf struct buf object = {.max = 16 * MIX_MIB};
    struct ui *ui = &m->ui;

    if (replaced(m, paths, n, &names) == 0)
        return false;
    for (size_t i = 0; i < n; i++)
        (void)buf_addf(&object, "%s%s", i > 0 ? "\n" : "", paths[i]);
    if (str_eq(ui->confirm_object, buf_str(&object)) && ui->confirm_painted_at > 0)
        return m->now - ui->confirm_painted_at < ARM_MS;
    if (!str_eq(ui->confirm_object, buf_str(&object))) {
        set_string(&ui->confirm_object, buf_str(&object));
        ui->confirm_painted_at = 0;
    }
    act_notice(m, "Enter again replaces %s for all sessions", buf_str(&names));
    return true;
}

/* They stand in the draft, and go when it is sent. */
static void attach_all(struct model *m, char *const *paths, size_t n, struct effects *fx) {
    if (n > CHIPS_MAX) {
        act_notice(m, "At most %d files go with one message: mark fewer, or upload them",
                   CHIPS_MAX);
        return;
    }
    act_picker_close(m);
    act_focus(m, PANE_COMPOSER);
    for (size_t i = 0; i < n; i++) {
        act_attach(m, paths[i], NULL);
        chip_size_ask(m, paths[i], fx);
    }
}

static void upload_all(struct model *m, char *const *paths, size_t n, struct effects *fx) {
    if (m->ui.picker.attach) {
        attach_all(m, paths, n, fx);
        return;
    }
    if (replaces(m, paths, n))
        return;
    for (size_t i = 0; i < n; i++) {
        const char *slash = strrchr(paths[i], '/');
        auto_free char *dir = slash ? xstrndup(paths[i], (size_t)(slash - paths[i])) : NULL;

        picker_visited(m, dir && *dir ? dir : "/");
        act_upload(m, paths[i], fx);
    }
    if (n > 1)
        act_notice(m, "Uploading %zu files", n);
    act_picker_close(m);
}

static void upload_marked(struct model *m, struct effects *fx) {
    struct picker *p = &m->ui.picker;

    upload_all(m, p->marks, p->n_marks, fx);
    if (m->ui.over == OVER_PICKER)
        return; /* it asks first */
    picker_no_marks(p);
}

static void open_directory(struct model *m, const struct picker_row *r, struct effects *fx) {
    struct picker *p = &m->ui.picker;
    auto_free char *path = picker_join(p->dir, r->name);

    p->recent = false;
    editor_set(&p->filter, "");
    ask_nothing(m);
    go_to(m, path, fx);
}

static void choose(struct model *m, const struct picker_row *r, struct effects *fx) {
    auto_free char *path = picker_join(m->ui.picker.dir, r->name);
    const char *why = picker_why_not(r);

    if (why)
        act_notice(m, "%s", why);
    else
        upload_all(m, &path, 1, fx);
}

/* What Enter and Right share. False: there is nothing, and it was said. */
static bool chosen(struct model *m, struct effects *fx) {
    struct picker *p = &m->ui.picker;

    if (p->scan) {
        act_notice(m, "The directory is being read");
        return false;
    }
    if (under_cursor(p))
        return true;
    if (strcmp(buf_str(&p->filter.text), "~") == 0) {
        editor_set(&p->filter, "");
        go_to(m, "~", fx);
        return false;
    }
    act_notice(m, "Nothing matches");
    return false;
}

void act_picker_enter(struct model *m, struct effects *fx) {
    struct picker *p = &m->ui.picker;

    if (!p->scan && picker_is_glob(buf_str(&p->filter.text)) && picker_mark_rows(m))
        return; /* a pattern marks first */
    if (p->n_marks > 0 && (m->shown->id || p->attach)) {
        upload_marked(m, fx);
        return;
    }
    if (!chosen(m, fx))
        return;
    if (under_cursor(p)->kind == ENTRY_DIR)
        open_directory(m, under_cursor(p), fx);
    else
        choose(m, under_cursor(p), fx);
}

void act_picker_into(struct model *m, struct effects *fx) {
    struct picker *p = &m->ui.picker;

    if (p->filter.caret < p->filter.text.n) {
        if (editor_move(&p->filter, TO_RIGHT))
            model_touch(m);
    } else if (chosen(m, fx) && under_cursor(p)->kind == ENTRY_DIR) {
        open_directory(m, under_cursor(p), fx);
    } else if (under_cursor(p) && p->n_marks == 0 && !p->scan) {
        choose(m, under_cursor(p), fx);
    }
}

void act_picker_hidden(struct model *m, struct effects *fx) {
    struct picker *p = &m->ui.picker;

    p->hidden = !p->hidden;
    act_notice(m, p->hidden ? "Hidden files and all directories are searched"
                            : "Hidden files and node_modules are left out");
    picker_search(m, fx);
}

void act_picker_up(struct model *m, struct effects *fx) {
    struct picker *p = &m->ui.picker;

    if (!editor_empty(&p->filter)) {
        if (editor_move(&p->filter, TO_LEFT))
            model_touch(m);
        return;
    }
    auto_free char *parent = picker_join(p->dir ? p->dir : m->start_dir, "..");

    ask_nothing(m);
    go_to(m, parent, fx);
}

void act_picker_move(struct model *m, int by) {
    struct picker *p = &m->ui.picker;
    const int64_t at = (int64_t)p->cursor + by;
    const size_t n = p->n_rows;

    p->cursor = at < 0 || n == 0 ? 0 : at >= (int64_t)n ? n - 1 : (size_t)at;
    set_string(&p->cursor_name, p->cursor < n ? p->rows[p->cursor].name : NULL);
    ask_nothing(m);
    model_touch(m);
}

void act_picker_filter(struct model *m, struct effects *fx) {
    struct picker *p = &m->ui.picker;
    const char *filter = buf_str(&p->filter.text);
    const char *slash = p->recent || picker_is_glob(filter) ? NULL : strrchr(filter, '/');

    p->cursor = 0;
    ask_nothing(m);
    picker_search(m, fx);
    if (!slash) {
        if (m->priv->scan_typed) /* the path was taken back; what Enter asked for goes on */
            stop_scan(p, fx);
        return;
    }
    auto_free char *typed = xstrndup(filter, (size_t)(slash - filter) + 1);
    auto_free char *path = picker_join(p->dir ? p->dir : m->start_dir, typed);

    go_to(m, path, fx);
    m->priv->scan_typed = true;
}

void act_picker_close(struct model *m) {
    ask_nothing(m);
    act_over_close(m);
}

void picker_fini(struct model *m) {
    struct picker *p = &m->ui.picker;

    if (m->priv->picker_finder)
        finder_fini(m->priv->picker_finder);
    free(TAKE(m->priv->picker_finder));
    picker_no_marks(p);
    picker_facts_drop(p);
    map_fini(&p->entries);
    free_strings(p->recents, p->n_recents);
    free(p->rows);
    free(p->dir);
    free(p->cursor_name);
    task_free(p->listing);
    editor_fini(&p->filter);
    *p = (struct picker){0};
}
