/* picker_marks.c - several files at once: marked one by one, by a pattern, or pasted; and the
 * directories files came from. */
#include "private.h"

#include "mix/editor.h"

#include <stdlib.h>
#include <string.h>

enum { MARKS_MAX = 10000, PASTE_MAX = 1024 * 1024 };

bool picker_marked(const struct picker *p, const char *path) {
    return map_get(&p->marked, path) != NULL;
}

bool picker_set_mark(struct picker *p, const char *path, bool on) {
    size_t at = 0;

    if (on == picker_marked(p, path) || (on && p->n_marks == MARKS_MAX))
        return false;
    if (on) {
        p->marks = xgrow(p->marks, p->n_marks, &p->cap_marks, sizeof *p->marks);
        p->marks[p->n_marks++] = xstrdup(path);
        map_set(&p->marked, path, p);
    } else {
        while (strcmp(p->marks[at], path) != 0)
            at++;
        free(p->marks[at]);
        memmove(p->marks + at, p->marks + at + 1, (--p->n_marks - at) * sizeof *p->marks);
        (void)map_del(&p->marked, path);
    }
    return true;
}

void picker_no_marks(struct picker *p) {
    free_strings(p->marks, p->n_marks);
    map_fini(&p->marked);
    p->marks = NULL;
    p->n_marks = p->cap_marks = 0;
    p->marked = (struct map){0};
}

const char *picker_why_not(const struct picker_row *r) {
    switch (r->kind) {
    case ENTRY_FILE:
        return r->readable ? NULL : "That file cannot be read";
    case ENTRY_DIR:
        return "A directory cannot be uploaded: Right opens it";
    case ENTRY_FIFO:
        return "That is a FIFO, not a file";
    case ENTRY_SOCKET:
        return "That is a socket, not a file";
    case ENTRY_DEVICE:
        return "That is a device, not a file";
    case ENTRY_DANGLING:
        return "That link leads nowhere";
    case ENTRY_GONE:
        return "That file is gone";
    }
    return NULL;
}

static bool mark_row(struct picker *p, struct picker_row *r, bool on) {
    auto_free char *path = picker_join(p->dir, r->name);

    r->marked = on;
    return picker_set_mark(p, path, on);
}

void act_picker_mark(struct model *m) {
    struct picker *p = &m->ui.picker;
    struct picker_row *r = p->cursor < p->n_rows ? &p->rows[p->cursor] : NULL;
    const char *why = !r ? "Nothing matches" : r->marked ? NULL : picker_why_not(r);

    if (why) {
        act_notice(m, "%s", why);
        return;
    }
    if (!mark_row(p, r, !r->marked))
        act_notice(m, "At most %d files are uploaded at once", MARKS_MAX);
    act_picker_move(m, 1);
}

bool picker_mark_rows(struct model *m) {
    struct picker *p = &m->ui.picker;
    size_t n = 0;

    for (size_t i = 0; i < p->n_rows; i++)
        if (!picker_why_not(&p->rows[i]))
            n += mark_row(p, &p->rows[i], true);
    if (n > 0) {
        act_notice(m, "%zu marked", p->n_marks);
        picker_refresh(m);
    }
    return n > 0;
}

void act_picker_mark_all(struct model *m) {
    struct picker *p = &m->ui.picker;
    const bool any = picker_mark_rows(m);

    if (any)
        return;
    if (p->n_marks > 0) {
        picker_no_marks(p);
        act_notice(m, "Nothing is marked any more");
    } else {
        act_notice(m, "No file is listed");
    }
    picker_refresh(m);
}

/* ---- pasted paths ---- */

/* One word as a shell reads it; without quotes the whole line when `line`. NUL at its end. */
static const char *read_word(struct buf *out, const char *s, const char *end, bool line) {
    char quote = '\0';

    for (; s < end; s++) {
        if (quote ? *s == quote : *s == '\'' || *s == '"') {
            quote = quote ? '\0' : *s;
            continue;
        }
        if (!quote && !line && (*s == ' ' || *s == '\t'))
            break;
        if (*s == '\\' && quote != '\'' && s + 1 < end)
            s++;
        (void)buf_add(out, s, 1);
    }
    (void)buf_add(out, "", 1);
    return s;
}

static bool is_path(const char *s) {
    return *s == '/' || strncmp(s, "~/", 2) == 0 || strncmp(s, "./", 2) == 0 ||
           strncmp(s, "../", 3) == 0 || strncmp(s, "file:///", 8) == 0;
}

/* What a file manager gives. */
static void drop_scheme(struct buf *paths, size_t from) {
    if (strncmp(paths->p + from, "file:///", 8) == 0)
        buf_cut(paths, from, 7);
}

/* Words of one line; 0 when not all of them are paths. */
static size_t read_words(struct buf *paths, const char *s, const char *end) {
    size_t n = 0;

    while (s < end) {
        const size_t from = paths->n;

        s = read_word(paths, s, end, false);
        drop_scheme(paths, from);
        if (!is_path(paths->p + from))
            return 0;
        n++;
        while (s < end && (*s == ' ' || *s == '\t'))
            s++;
    }
    return n;
}

/* Several, or one that has blanks of its own. */
static size_t read_one_line(struct buf *paths, const char *text, const char *end) {
    const size_t found = read_words(paths, text, end);

    if (found > 1)
        return found;
    buf_clear(paths);
    if (memchr(text, ' ', (size_t)(end - text)) && found == 0)
        (void)buf_add(paths, text, (size_t)(end - text));
    else
        (void)read_word(paths, text, end, true);
    if (paths->n == 0 || paths->p[paths->n - 1] != '\0')
        (void)buf_add(paths, "", 1);
    drop_scheme(paths, 0);
    return is_path(paths->p) ? 1 : 0;
}

static void read_line(struct buf *paths, const char *s, const char *end) {
    const bool quoted = *s == '\'' || *s == '"' || memchr(s, '\\', (size_t)(end - s));
    const size_t from = paths->n;

    if (quoted)
        (void)read_word(paths, s, end, true);
    else
        (void)buf_add(paths, s, (size_t)(end - s)), (void)buf_add(paths, "", 1);
    drop_scheme(paths, from);
}

/* Paths with a NUL behind each; how many. */
static size_t read_paths(struct buf *paths, const char *text, size_t n) {
    const char *end = text + n;
    const char *first = memchr(text, '\n', n);
    const bool lines = first && first + 1 < end;
    size_t found = 0;

    while (end > text && strchr(" \t\r\n", end[-1]))
        end--;
    while (text < end && strchr(" \t", *text))
        text++;
    if (!lines)
        return read_one_line(paths, text, end);
    for (const char *s = text; s < end;) {
        const char *nl = memchr(s, '\n', (size_t)(end - s)), *stop = nl ? nl : end;
        const char *tail = stop > s && stop[-1] == '\r' ? stop - 1 : stop;

        if (tail > s) {
            read_line(paths, s, tail);
            found++;
        }
        s = stop + 1;
    }
    return found;
}

bool act_picker_paste(struct model *m, const char *text, size_t n, struct effects *fx) {
    struct picker *p = &m->ui.picker;
    auto_buf struct buf paths = {.max = PASTE_MAX + 64};

    if (n == 0 || n > PASTE_MAX || memchr(text, '\0', n))
        return false;
    const size_t found = read_paths(&paths, text, n);

    if (found == 0)
        return false;
    if (found == 1) { /* gone to, with its name in the filter */
        if (!text_valid(paths.p, strlen(paths.p)))
            return false;
        p->recent = false;
        editor_set(&p->filter, paths.p);
        act_picker_filter(m, fx);
        return true;
    }
    struct task *t =
        fx_task(m, fx, TASK_LOOK, p->dir ? p->dir : m->start_dir, TAG_PICKER_LOOK, NULL);

    task_data(t, paths.p, paths.n - 1);
    p->look = t->id;
    return true;
}

void picker_looked(struct model *m, struct task *t, struct effects *fx) {
    struct picker *p = &m->ui.picker;
    const struct dir_entry *odd = NULL;
    size_t n = 0, left = 0;

    (void)fx;
    if (t->id != p->look || t->err.rc != RC_OK) {
        task_free(t);
        return;
    }
    p->look = 0;
    for (size_t i = 0; i < t->n_entries; i++) {
        const struct dir_entry *e = &t->entries[i];
        const bool good = e->kind == ENTRY_FILE && e->readable;

        n += good && picker_set_mark(p, e->name, true);
        left += !good;
        odd = good || odd ? odd : e;
    }
    if (odd) {
        const struct picker_row row = {
            .name = odd->name, .kind = odd->kind, .readable = odd->readable};
        auto_free char *name = clean_line(path_base(odd->name), 60);

        act_notice(m, "%zu marked, %zu left out: %s: %s", n, left, name ? name : "?",
                   picker_why_not(&row));
    } else {
        act_notice(m, "%zu marked", n);
    }
    task_free(t);
    picker_refresh(m);
}

/* ---- recent directories ---- */

void picker_visited(struct model *m, const char *dir) {
    struct picker *p = &m->ui.picker;
    size_t at = 0;

    if (str_blank(dir) || strpbrk(dir, "\n\r") || !text_valid(dir, strlen(dir)))
        return;
    while (at < p->n_recents && strcmp(p->recents[at], dir) != 0)
        at++;
    char *kept = at < p->n_recents ? p->recents[at] : xstrdup(dir);

    if (at == p->n_recents && at == RECENTS_MAX)
        free(p->recents[--at]);
    else if (at == p->n_recents) {
        p->recents = xgrow(p->recents, at, &p->cap_recents, sizeof *p->recents);
        p->n_recents++;
    }
    memmove(p->recents + 1, p->recents, at * sizeof *p->recents);
    p->recents[0] = kept;
    state_touch(m);
}

/* As the state file has them: newest first, behind those of this run. */
void picker_remember(struct model *m, const char *dir, size_t n) {
    struct picker *p = &m->ui.picker;

    if (p->n_recents == RECENTS_MAX || *dir != '/')
        return;
    p->recents = xgrow(p->recents, p->n_recents, &p->cap_recents, sizeof *p->recents);
    p->recents[p->n_recents++] = xstrndup(dir, n);
}

void act_picker_recent(struct model *m) {
    struct picker *p = &m->ui.picker;

    if (!p->recent && p->n_recents == 0) {
        act_notice(m, "Nothing was uploaded from here yet");
        return;
    }
    p->recent = !p->recent;
    p->cursor = 0;
    editor_set(&p->filter, "");
    picker_refresh(m);
}
