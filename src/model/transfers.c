/* transfers.c - what is on its way to or from a server. */
#include "pictures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    ENDED_MAX = 20,      /* transfers that are over and still shown */
    LAST_NUMBER = 99,    /* of NAME (1).ext */
    LOCAL_NAME_MAX = 200 /* bytes: room for the number and the worker's suffix */
};

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
    if (!m->shown || !m->shown->id)
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
    struct session *s = files_speaker(m);
    struct request *r = fx_call(m, fx, OP_FILE_GET, s);
    struct file_ref *ref = call_in(r, sizeof *ref);

    ref->id = arena_strdup(&r->arena, s->id);
    ref->name = arena_strdup(&r->arena, t->name);
    r->local_path = arena_strdup(&r->arena, t->path);
    t->request = r->id;
}

void act_download(struct model *m, struct effects *fx) {
    const struct file_info *f = model_selected_file(m);

    if (!f || !files_speaker(m)) {
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
        if (files_speaker(m))
            request_download(m, t, fx);
        return files_speaker(m) != NULL;
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

bool transfer_reply(struct model *m, const struct incoming *in, struct effects *fx) {
    struct transfer *t = transfer_of(m, in->request);

    if (!t)
        return false;
    if (t->state != XFER_RUNNING)
        return true;
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
    return true;
}

void transfer_stat(struct model *m, const struct task *t, struct effects *fx) {
    if (t->err.rc != RC_OK)
        act_error(m, &t->err, "Could not upload");
    else if (t->n_entries > 0 && t->entries[0].is_dir)
        act_notice(m, "Directories cannot be uploaded");
    else if (*t->path != '~')
        act_upload(m, t->path, fx);
}

void transfers_fini(struct model *m) {
    struct files *f = &m->files;

    for (size_t i = 0; i < f->n_transfers; i++)
        transfer_free(&f->transfers[i]);
    free(f->transfers);
}
