/* act_files.c - the list of what was uploaded to a server.
 *
 * The list is asked for when somebody can see it, and after every change from here. */
#include "pictures.h"

#include <stdlib.h>
#include <string.h>

enum { WIDE_COLS = 140 /* from here on the pane is always in view */ };

/* ---- which session speaks for the uploads ---- */

struct session *files_speaker(const struct model *m) {
    return m->shown && m->shown->id ? m->shown : session_newest(m);
}

/* ---- the list ---- */

const struct file_info *model_selected_file(const struct model *m) {
    for (size_t i = 0; m->ui.file_cursor && i < m->files.n; i++)
        if (str_eq(m->files.list[i].name, m->ui.file_cursor))
            return &m->files.list[i];
    return NULL;
}

static size_t cursor_index(const struct model *m) {
    const struct file_info *f = model_selected_file(m);

    return f ? (size_t)(f - m->files.list) : 0;
}

static void arriving_drop(struct files_arriving *a) {
    arena_free(&a->arena);
    free(a->v);
    *a = (struct files_arriving){0};
}

void files_list(struct model *m, struct effects *fx) {
    struct session *s = files_speaker(m);

    if (!s || m->files.request)
        return;
    arriving_drop(&m->priv->files_arriving);
    m->files.session = s;
    m->files.err = (struct err){0};
    m->files.request = fx_call_id(m, fx, OP_FILES_LIST, s, s->id);
    model_touch(m);
}

void files_update(struct model *m, struct effects *fx) {
    const bool seen = m->ui.focus == PANE_FILES || m->ui.drawer || m->ui.cols >= WIDE_COLS;

    if (seen && !m->files.loaded && m->files.err.rc == RC_OK && m->server.state == SERVER_ONLINE)
        files_list(m, fx);
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

/* Newest first; where the server tells no times, by name. */
static int newest_first(const void *a, const void *b) {
    const struct file_info *x = a, *y = b;

    if (x->modified != y->modified)
        return x->modified > y->modified ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* The cursor stays on its file; when that is gone, at its place. */
static void take_list(struct model *m) {
    struct files_arriving *a = &m->priv->files_arriving;
    struct files *f = &m->files;
    const bool had = model_selected_file(m) != NULL;
    size_t at = cursor_index(m);

    arena_free(&f->arena);
    f->list = NULL;
    f->n = a->n;
    if (a->n > 0) {
        qsort(a->v, a->n, sizeof *a->v, newest_first);
        f->list = arena_alloc(&a->arena, a->n * sizeof *a->v);
        memcpy(f->list, a->v, a->n * sizeof *a->v);
    }
    f->arena = a->arena;
    a->arena = (struct arena){0};
    arriving_drop(a);
    f->loaded = true;
    if (model_selected_file(m))
        return;
    if (!had)
        at = 0;
    set_string(&m->ui.file_cursor, f->n > 0 ? f->list[at < f->n ? at : f->n - 1].name : NULL);
}

static void list_reply(struct model *m, const struct incoming *in) {
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
    } else if (in->kind == IN_FAIL) {
        f->request = 0;
        f->err = in->err;
        arriving_drop(&m->priv->files_arriving);
        if (m->ui.focus == PANE_FILES) /* else nobody asked: the pane says it */
            act_error(m, &in->err, "Could not list the files");
    }
    model_touch(m);
}

void act_files_move(struct model *m, int by) {
    const struct files *f = &m->files;

    if (f->n == 0)
        return;
    const int64_t at = (int64_t)cursor_index(m) + (model_selected_file(m) ? by : 0);
    const size_t to = at < 0 ? 0 : at >= (int64_t)f->n ? f->n - 1 : (size_t)at;

    set_string(&m->ui.file_cursor, f->list[to].name);
    model_touch(m);
}

/* ---- delete ---- */

void act_file_delete(struct model *m, struct effects *fx) {
    const struct file_info *f = model_selected_file(m);
    struct session *s = files_speaker(m);

    if (!f || !s) {
        act_notice(m, "No file is selected");
        return;
    }
    if (f->is_dir) {
        act_notice(m, "Servers delete no directories");
        return;
    }
    struct request *r = fx_call(m, fx, OP_FILE_DELETE, s);
    struct file_ref *ref = call_in(r, sizeof *ref);

    ref->id = arena_strdup(&r->arena, s->id);
    ref->name = arena_strdup(&r->arena, f->name);
    set_string(&m->priv->deleting, f->name);
    m->priv->delete_request = r->id;
}

static void delete_file_reply(struct model *m, const struct incoming *in, struct effects *fx) {
    const bool known = in->request == m->priv->delete_request;
    const char *name = known && m->priv->deleting ? m->priv->deleting : "the file";

    if (in->kind == IN_REPLY && known)
        pictures_forget(m, m->priv->deleting);
    if (in->kind == IN_REPLY)
        act_notice(m, "Deleted %s for all sessions", name);
    else if (in->kind == IN_FAIL)
        act_error(m, &in->err, "Could not delete %s", name);
    else
        return;
    files_list(m, fx); /* also when it was gone already */
}

/* ---- hooks ---- */

void files_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx) {
    (void)s;
    if (in->op == OP_FILES_LIST || in->request == m->files.request)
        list_reply(m, in);
    else if (!transfer_reply(m, in, fx) && !picture_reply(m, in, fx) && in->op != OP_FILE_GET)
        delete_file_reply(m, in, fx);
}

void files_task(struct model *m, struct task *t, struct effects *fx) {
    switch (t->tag) {
    case TAG_PICKER_SCAN:
        picker_listed(m, t, fx);
        return;
    case TAG_UPLOAD_STAT:
        transfer_stat(m, t, fx);
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

void files_fini(struct model *m) {
    struct files *f = &m->files;

    transfers_fini(m);
    arena_free(&f->arena);
    arriving_drop(&m->priv->files_arriving);
    free(m->priv->deleting);
    picker_fini(&m->ui.picker);
}
