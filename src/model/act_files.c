/* act_files.c - the list of what was uploaded to a server.
 *
 * The list is asked for when somebody can see it, and after every change from here. */
#include "files.h"

#include <stdlib.h>
#include <string.h>

enum { WIDE_COLS = 140 /* from here on the pane is always in view */ };

/* ---- which session speaks for the uploads ---- */

struct session *files_speaker(const struct model *m) {
    return m->shown && m->shown->id ? m->shown : session_newest(m);
}

/* ---- the list ---- */

static void arriving_drop(struct files_arriving *a) {
    arena_free(&a->arena);
    free(a->v);
    *a = (struct files_arriving){0};
}

void files_list(struct model *m, struct effects *fx) {
    struct session *s = files_speaker(m);

    m->priv->files_work->list_again = m->files.request != 0;
    if (!s || m->files.request)
        return;
    arriving_drop(&m->priv->files_arriving);
    m->files.session = s;
    m->files.err = (struct err){0};
    m->files.request = fx_call_id(m, fx, OP_FILES_LIST, s, s->id);
    model_touch(m);
}

static bool in_view(const struct model *m) {
    return m->ui.focus == PANE_FILES || m->ui.drawer || m->ui.cols >= WIDE_COLS;
}

int64_t files_next(const struct model *m) {
    return in_view(m) && m->files.outputs->more ? m->now : -1;
}

void files_update(struct model *m, struct effects *fx) {
    if (!in_view(m))
        return;
    if (!m->files.loaded && !m->files.request && m->files.err.rc == RC_OK &&
        m->server.state == SERVER_ONLINE)
        files_list(m, fx);
    const size_t at = files_cursor_row(m);

    if (m->shown && outputs_read(m->files.outputs, m->shown)) {
        files_show(m);
        files_cursor_settle(m, at);
    }
}

void act_files_refresh(struct model *m, struct effects *fx) {
    if (!files_speaker(m))
        act_notice(m, "No session exists yet: files are reached through one");
    pictures_forget(m, NULL);
    files_list(m, fx);
}

static void arrive(struct files_arriving *a, const struct incoming *in) {
    const struct file_info *v = in->out;

    for (size_t i = 0; i < in->n; i++) {
        if (str_blank(v[i].name))
            continue;
        a->v = xgrow(a->v, a->n, &a->cap, sizeof *a->v);
        struct file_info *f = &a->v[a->n++];

        *f = v[i];
        f->name = arena_strdup(&a->arena, v[i].name);
        f->original_name = arena_strdup(&a->arena, v[i].original_name);
        f->url = arena_strdup(&a->arena, v[i].url);
    }
}

/* What is selected and marked stays so as long as it is there. */
static void take_list(struct model *m) {
    struct files_arriving *a = &m->priv->files_arriving;
    struct files *f = &m->files;
    const size_t at = files_cursor_row(m);

    arena_free(&f->arena);
    f->list = NULL;
    f->n = a->n;
    if (a->n > 0) {
        f->list = arena_alloc(&a->arena, a->n * sizeof *a->v);
        memcpy(f->list, a->v, a->n * sizeof *a->v);
    }
    f->arena = a->arena;
    a->arena = (struct arena){0};
    arriving_drop(a);
    f->loaded = true;
    files_sort(m);
    files_marks_settle(m);
    files_cursor_settle(m, at);
}

static void list_reply(struct model *m, const struct incoming *in, struct effects *fx) {
    struct files *f = &m->files;

    if (in->request != f->request)
        return;
    if (in->kind == IN_RESTART)
        arriving_drop(&m->priv->files_arriving);
    if (in->kind == IN_ITEMS || in->kind == IN_REPLY)
        arrive(&m->priv->files_arriving, in);
    if (in->kind == IN_REPLY) {
        f->request = 0;
        take_list(m);
        complete_files(m, fx);
        attach_listed(m, fx);
    } else if (in->kind == IN_FAIL) {
        f->request = 0;
        f->err = in->err;
        arriving_drop(&m->priv->files_arriving);
        if (m->ui.focus == PANE_FILES) /* else nobody asked: the pane says it */
            act_error(m, &in->err, "Could not list the files");
        attach_listed(m, fx);
    }
    if (!f->request && m->priv->files_work->list_again)
        files_list(m, fx); /* something changed while it came */
    model_touch(m);
}

/* ---- delete ---- */

enum { NAMES_SHOWN = 12, QUESTION_MOST = 1200, DELETIONS_AT_ONCE = 8 };

static void add_name(struct buf *text, const char *name) {
    auto_buf struct buf clean = {.max = 4096};

    (void)text_clean(&clean, name, strlen(name), CLEAN_NAME);
    const size_t n = text_fit(buf_str(&clean), clean.n, 60);

    (void)buf_add(text, buf_str(&clean), n);
    if (n < clean.n)
        (void)buf_adds(text, "...");
}

bool files_deletion(const struct model *m, struct buf *text, struct buf *object) {
    size_t n, shown = 0;
    auto_free const struct file_info **v = files_chosen(m, &n);
    uint64_t hash = HASH_START;

    if (n == 1) {
        (void)buf_adds(text, "Delete ");
        add_name(text, v[0]->name);
        (void)buf_adds(text, " for all sessions of this server?");
    } else if (n > 1) {
        (void)buf_addf(text, "Delete %zu uploads of all sessions: ", n);
        for (; shown < n && shown < NAMES_SHOWN && text->n < QUESTION_MOST; shown++) {
            (void)buf_adds(text, shown > 0 ? ", " : "");
            add_name(text, v[shown]->name);
        }
        if (shown < n)
            (void)buf_addf(text, " and %zu more", n - shown);
        (void)buf_adds(text, "?");
    }
    for (size_t i = 0; i < n; i++)
        hash = hash_add(hash, v[i]->name, strlen(v[i]->name) + 1);
    (void)buf_addf(object, "%zu %016llx", n, (unsigned long long)hash);
    return n > 0;
}

static void delete_next(struct model *m, struct effects *fx) {
    struct files_work *w = m->priv->files_work;
    struct session *s = files_speaker(m);
    size_t under_way = 0;

    for (size_t i = 0; i < w->n_deletions; i++)
        under_way += w->deletions[i].request != 0;
    for (size_t i = 0; s && i < w->n_deletions && under_way < DELETIONS_AT_ONCE; i++) {
        if (w->deletions[i].request != 0)
            continue;
        struct request *r = fx_call(m, fx, OP_FILE_DELETE, s);
        struct file_ref *ref = call_in(r, sizeof *ref);

        ref->id = arena_strdup(&r->arena, s->id);
        ref->name = arena_strdup(&r->arena, w->deletions[i].name);
        w->deletions[i].request = r->id;
        under_way++;
    }
}

void act_file_delete(struct model *m, struct effects *fx) {
    struct files_work *w = m->priv->files_work;
    size_t n, folders = 0;
    auto_free const struct file_info **v = files_chosen(m, &n);

    if (n == 0 || !files_speaker(m)) {
        act_notice(m, "No file is selected");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        folders += v[i]->is_dir;
        if (v[i]->is_dir)
            continue;
        w->deletions = xgrow(w->deletions, w->n_deletions, &w->cap_deletions, sizeof *w->deletions);
        w->deletions[w->n_deletions++] = (struct deletion){.name = xstrdup(v[i]->name)};
    }
    if (folders > 0)
        act_notice(m, "Servers delete no directories");
    delete_next(m, fx);
}

static void deletions_over(struct model *m, struct effects *fx) {
    struct files_work *w = m->priv->files_work;

    if (w->deleted == 1)
        act_notice(m, "Deleted %s for all sessions", w->deleted_name);
    else if (w->deleted > 1)
        act_notice(m, "Deleted %zu uploads of all sessions", w->deleted);
    w->deleted = w->failed = 0;
    set_string(&w->deleted_name, NULL);
    files_list(m, fx); /* also when they were gone already */
}

static void delete_reply(struct model *m, const struct incoming *in, struct effects *fx) {
    struct files_work *w = m->priv->files_work;
    size_t at = 0;

    while (at < w->n_deletions && w->deletions[at].request != in->request)
        at++;
    if (at == w->n_deletions || (in->kind != IN_REPLY && in->kind != IN_FAIL))
        return;
    auto_free char *name = w->deletions[at].name;

    w->deletions[at] = w->deletions[--w->n_deletions];
    if (in->kind == IN_FAIL) {
        w->failed++;
        act_error(m, &in->err, "Could not delete %s", name);
    } else {
        w->deleted++;
        pictures_forget(m, name);
        (void)map_del(&m->files.marked, name);
        set_string(&w->deleted_name, name);
    }
    delete_next(m, fx);
    if (w->n_deletions == 0)
        deletions_over(m, fx);
    model_touch(m);
}

/* ---- hooks ---- */

void files_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx) {
    (void)s;
    if (in->op == OP_FILES_LIST || in->request == m->files.request)
        list_reply(m, in, fx);
    else if (!transfer_reply(m, in, fx) && !picture_reply(m, in, fx) && in->op != OP_FILE_GET)
        delete_reply(m, in, fx);
}

void files_task(struct model *m, struct task *t, struct effects *fx) {
    switch (t->tag) {
    case TAG_PICKER_SCAN:
        picker_listed(m, t, fx);
        return;
    case TAG_PICKER_FIND:
        picker_tree(m, t, fx);
        return;
    case TAG_PICKER_LOOK:
        picker_looked(m, t, fx);
        return;
    case TAG_UPLOAD_STAT:
        transfer_stat(m, t, fx);
        break;
    case TAG_TREE:
        tree_task(m, t, fx);
        break;
    case TAG_OPENING:
        opening_task(m, t, fx);
        break;
    default:
        break;
    }
    task_free(t);
}

void files_session_gone(struct model *m, struct session *s) {
    if (m->files.session == s)
        m->files.session = NULL;
}

static void files_work_free(struct files_work *w) {
    for (size_t i = 0; i < w->n_deletions; i++)
        free(w->deletions[i].name);
    free(w->deletions);
    free(w->deleted_name);
    opening_free(w->opening);
    free(w->temp);
    free(w);
}

void files_fini(struct model *m) {
    struct files *f = &m->files;

    transfers_fini(m);
    arena_free(&f->arena);
    arriving_drop(&m->priv->files_arriving);
    fetch_tree_free(TAKE(m->files.fetching));
    files_work_free(TAKE(m->priv->files_work));
    files_lists_fini(m);
    picker_fini(m);
}
