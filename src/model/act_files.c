/* act_files.c - the uploads of a server, and what is on its way to or from it.
 *
 * The list is asked for when somebody can see it, and after every change from here. */
#include "pictures.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    WIDE_COLS = 140,     /* from here on the pane is always in view */
    ENDED_MAX = 20,      /* transfers that are over and still shown */
    LAST_NUMBER = 99,    /* of NAME (1).ext */
    LOCAL_NAME_MAX = 200 /* bytes: room for the number and the worker's suffix */
};

/* ---- which session speaks for the uploads ---- */

static bool exists(const struct session *s) { return s && s->id; }

static struct session *speaker(const struct model *m) {
    return exists(m->shown) ? m->shown : session_newest(m);
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
    struct session *s = speaker(m);

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
    if (!speaker(m))
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

/* ---- transfers ---- */

static void transfer_free(struct transfer *t) {
    free(t->name);
    free(t->path);
}

static void drop_ended(struct files *f) {
    size_t ended = 0;

    for (size_t i = f->n_transfers; i-- > 0;) {
        if (f->transfers[i].state == XFER_RUNNING || ++ended <= ENDED_MAX)
            continue;
        transfer_free(&f->transfers[i]);
        memmove(&f->transfers[i], &f->transfers[i + 1],
                (f->n_transfers - i - 1) * sizeof *f->transfers);
        f->n_transfers--;
    }
}

static struct transfer *transfer_new(struct model *m, const char *name, const char *path) {
    struct files *f = &m->files;

    drop_ended(f);
    f->transfers = xgrow(f->transfers, f->n_transfers, &f->cap_transfers, sizeof *f->transfers);
    struct transfer *t = &f->transfers[f->n_transfers++];

    *t = (struct transfer){
        .name = xstrdup(name), .path = xstrdup(path), .total = -1, .started_at = m->now};
    model_touch(m);
    return t;
}

static struct transfer *transfer_of(struct model *m, uint32_t request) {
    for (size_t i = m->files.n_transfers; i-- > 0;)
        if (m->files.transfers[i].request == request)
            return &m->files.transfers[i];
    return NULL;
}

void act_transfer_cancel(struct model *m, struct effects *fx) {
    for (size_t i = m->files.n_transfers; i-- > 0;) {
        if (m->files.transfers[i].state != XFER_RUNNING)
            continue;
        fx_cancel(fx, m->files.transfers[i].request);
        return;
    }
    act_notice(m, "Nothing is being transferred");
}

/* ---- upload ---- */

/* What servers make of a name: blanks, and dots before the last, become `_`, runs of it one. */
char *file_server_name(const char *path) {
    const char *name = path_base(path), *dot = strrchr(name, '.');
    char *out = xstrdup(name), *to = out;

    for (const char *p = name; *p; p++) {
        const char c = *p == ' ' || *p == '\t' || (*p == '.' && p != dot) ? '_' : *p;

        if (c != '_' || to == out || to[-1] != '_')
            *to++ = c;
    }
    *to = '\0';
    return out;
}

const struct file_info *file_replaced_by(const struct model *m, const char *path) {
    auto_free char *name = file_server_name(path);

    for (size_t i = 0; i < m->files.n; i++)
        if (str_eq(m->files.list[i].name, name) || str_eq(m->files.list[i].name, path_base(path)))
            return &m->files.list[i];
    return NULL;
}

static void upload(struct model *m, const char *path, struct effects *fx) {
    struct session *s = m->shown;
    struct transfer *t = transfer_new(m, path_base(path), path);
    struct request *r = fx_call(m, fx, OP_FILE_UPLOAD, s);
    struct session_ref *ref = call_in(r, sizeof *ref);

    ref->id = arena_strdup(&r->arena, s->id);
    r->local_path = arena_strdup(&r->arena, path);
    t->upload = true;
    t->request = r->id;
}

void act_upload(struct model *m, const char *path, struct effects *fx) {
    if (!exists(m->shown))
        act_notice(m, "The session is not created yet: send a message first");
    else if (str_blank(path))
        act_notice(m, "No file is named");
    else if (path[0] == '~')
        fx_task(m, fx, TASK_STAT, path, TAG_UPLOAD_STAT, NULL); /* comes back with the real path */
    else
        upload(m, path, fx);
}

static void upload_done(struct model *m, struct transfer *t, const struct incoming *in,
                        struct effects *fx) {
    const struct file_info *f = in->out;

    if (f && !str_blank(f->name)) {
        if (!str_eq(f->name, t->name))
            act_notice(m, "Uploaded %s, called %s there", t->name, f->name);
        else
            act_notice(m, "Uploaded %s", t->name);
        set_string(&t->name, f->name);
        set_string(&m->ui.file_cursor, f->name);
        pictures_forget(m, f->name);
    }
    files_list(m, fx);
}

/* ---- download ---- */

/* A name for a local file: not hidden, in one directory, without controls. */
static char *local_name(const char *name) {
    while (*name == '.')
        name++;
    size_t n = strlen(name);

    if (n > LOCAL_NAME_MAX)
        n = LOCAL_NAME_MAX - text_tail(name, LOCAL_NAME_MAX);
    char *out = xstrndup(*name ? name : "file", *name ? n : 4);

    for (char *p = out; *p; p++)
        if (*p == '/' || (unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '_';
    return out;
}

/* DIR/NAME, or DIR/STEM (number).EXT. */
static char *local_path(const struct model *m, const char *name, unsigned number) {
    auto_free char *local = local_name(name);
    const char *dot = strrchr(local, '.');
    const size_t stem = dot && dot != local ? (size_t)(dot - local) : strlen(local);
    struct buf out = {.max = 64 * MIX_KIB};

    (void)buf_addf(&out, "%s/", strcmp(m->start_dir, "/") == 0 ? "" : m->start_dir);
    if (number == 0)
        (void)buf_adds(&out, local);
    else
        (void)buf_addf(&out, "%.*s (%u)%s", (int)stem, local, number, local + stem);
    return buf_take(&out);
}

static void request_download(struct model *m, struct transfer *t, struct effects *fx) {
    struct session *s = speaker(m);
    struct request *r = fx_call(m, fx, OP_FILE_GET, s);
    struct file_ref *ref = call_in(r, sizeof *ref);

    ref->id = arena_strdup(&r->arena, s->id);
    ref->name = arena_strdup(&r->arena, t->name);
    r->local_path = arena_strdup(&r->arena, t->path);
    t->request = r->id;
}

void act_download(struct model *m, struct effects *fx) {
    const struct file_info *f = model_selected_file(m);

    if (!f || !speaker(m)) {
        act_notice(m, "No file is selected");
        return;
    }
    if (f->is_dir) {
        act_notice(m, "Directories cannot be downloaded");
        return;
    }
    auto_free char *path = local_path(m, f->name, 0);
    struct transfer *t = transfer_new(m, f->name, path);

    t->total = f->size > 0 ? f->size : -1;
    request_download(m, t, fx);
}

/* The name is taken: the next number. False when there is none left, or nobody to ask. */
static bool download_again(struct model *m, struct transfer *t, struct effects *fx) {
    for (unsigned number = 0; number < LAST_NUMBER; number++) {
        auto_free char *tried = local_path(m, t->name, number);

        if (!str_eq(tried, t->path))
            continue;
        free(t->path);
        t->path = local_path(m, t->name, number + 1);
        if (speaker(m))
            request_download(m, t, fx);
        return speaker(m) != NULL;
    }
    return false;
}

/* ---- their answers ---- */

static void transfer_failed(struct model *m, struct transfer *t, const struct incoming *in,
                            struct effects *fx) {
    if (!t->upload && in->err.rc == RC_IO && in->err.detail == EEXIST && download_again(m, t, fx))
        return;
    t->err = in->err;
    t->state = in->err.rc == RC_CANCELLED ? XFER_CANCELLED : XFER_FAILED;
    if (t->state == XFER_CANCELLED)
        act_notice(m, "Stopped: %s", t->name);
    else
        act_error(m, &in->err, t->upload ? "Could not upload %s" : "Could not download %s",
                  t->name);
}

static void transfer_reply(struct model *m, const struct incoming *in, struct effects *fx) {
    struct transfer *t = transfer_of(m, in->request);

    if (!t || t->state != XFER_RUNNING)
        return;
    if (in->kind == IN_PROGRESS) {
        t->done = in->done;
        t->total = in->total;
    } else if (in->kind == IN_FAIL) {
        transfer_failed(m, t, in, fx);
    } else if (in->kind == IN_REPLY) {
        t->state = XFER_DONE;
        if (t->upload)
            upload_done(m, t, in, fx);
        else
            act_notice(m, "Saved %s as %s", t->name, t->path);
    }
    model_touch(m);
}

/* ---- delete ---- */

void act_file_delete(struct model *m, struct effects *fx) {
    const struct file_info *f = model_selected_file(m);
    struct session *s = speaker(m);

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
    else if (transfer_of(m, in->request))
        transfer_reply(m, in, fx);
    else if (!picture_reply(m, in, fx) && in->op != OP_FILE_GET)
        delete_file_reply(m, in, fx);
}

static void upload_stat(struct model *m, const struct task *t, struct effects *fx) {
    if (t->err.rc != RC_OK)
        act_error(m, &t->err, "Could not upload");
    else if (t->n_entries > 0 && t->entries[0].is_dir)
        act_notice(m, "Directories cannot be uploaded");
    else if (*t->path != '~')
        act_upload(m, t->path, fx);
}

void files_task(struct model *m, struct task *t, struct effects *fx) {
    switch (t->tag) {
    case TAG_PICKER_SCAN:
        picker_listed(m, t, fx);
        return;
    case TAG_UPLOAD_STAT:
        upload_stat(m, t, fx);
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

    for (size_t i = 0; i < f->n_transfers; i++)
        transfer_free(&f->transfers[i]);
    free(f->transfers);
    arena_free(&f->arena);
    arriving_drop(&m->priv->files_arriving);
    free(m->priv->deleting);
    picker_fini(&m->ui.picker);
}
