/* transfers.c - what is on its way to or from a server. */
#include "files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    ENDED_MAX = 20,   /* transfers that are over and still shown */
    LAST_NUMBER = 99, /* of NAME (1).ext */
    AT_ONCE = 4,
    TRIES_MAX = 5,   /* in a row that brought nothing */
    AGAIN_MS = 1000, /* after the first of them, then twice that ... */
    SPEED_MS = 250,  /* between two measurements */
};

static void transfer_free(struct transfer *t) {
    free(t->name);
    free(t->path);
    free(t->session);
    free(t->wanted);
    free(t->resume);
    free(t->url);
}

static bool under_way(const struct transfer *t) {
    return t->state == XFER_RUNNING || t->state == XFER_WAITING;
}

/* Counted as they change: there may be a hundred thousand of them. */
static void become(struct model *m, struct transfer *t, enum transfer_state state) {
    struct files *f = &m->files;

    f->n_running += (state == XFER_RUNNING) - (t->state == XFER_RUNNING);
    f->n_ended -= !under_way(t);
    t->state = state;
    f->n_ended += !under_way(t);
}

static void drop_ended(struct files *f) {
    size_t ended = 0;

    if (f->n_ended <= ENDED_MAX)
        return;
    for (size_t i = f->n_transfers; i-- > 0;) {
        if (under_way(&f->transfers[i]) || ++ended <= ENDED_MAX)
            continue;
        transfer_free(&f->transfers[i]);
        memmove(&f->transfers[i], &f->transfers[i + 1],
                (f->n_transfers - i - 1) * sizeof *f->transfers);
        f->n_transfers--;
        f->n_ended--;
    }
}

static struct transfer *transfer_new(struct model *m, const char *name, const char *path) {
    struct files *f = &m->files;

    drop_ended(f);
    f->transfers = xgrow(f->transfers, f->n_transfers, &f->cap_transfers, sizeof *f->transfers);
    struct transfer *t = &f->transfers[f->n_transfers++];

    if (++m->priv->last_transfer == 0)
        m->priv->last_transfer = 1;
    *t = (struct transfer){.id = m->priv->last_transfer,
                           .name = xstrdup(name),
                           .path = xstrdup(path),
                           .total = -1,
                           .started_at = m->now,
                           .state = XFER_WAITING};
    model_touch(m);
    return t;
}

static struct transfer *transfer_of(struct model *m, uint32_t request) {
    for (size_t i = m->files.n_transfers; request != 0 && i-- > 0;)
        if (m->files.transfers[i].request == request)
            return &m->files.transfers[i];
    return NULL;
}

struct transfer *transfer_by_id(const struct model *m, uint32_t id) {
    for (size_t i = 0; i < m->files.n_transfers; i++)
        if (m->files.transfers[i].id == id)
            return &m->files.transfers[i];
    return NULL;
}

/* ---- going ---- */

static struct session *session_of(const struct model *m, const struct transfer *t) {
    struct session *s = t->session ? model_session(m, t->session) : NULL;

    return s && s->id ? s : files_speaker(m);
}

static void request_upload(struct model *m, struct transfer *t, struct session *s,
                           struct effects *fx) {
    struct request *r = fx_call(m, fx, OP_FILE_UPLOAD, s);
    struct session_ref *ref = call_in(r, sizeof *ref);

    ref->id = arena_strdup(&r->arena, s->id);
    r->local_path = arena_strdup(&r->arena, t->path);
    t->request = r->id;
}

static void request_download(struct model *m, struct transfer *t, struct session *s,
                             struct effects *fx) {
    struct request *r = fx_call(m, fx, OP_FILE_GET, s);
    struct file_ref *ref = call_in(r, sizeof *ref);

    ref->id = arena_strdup(&r->arena, s->id);
    ref->name = arena_strdup(&r->arena, t->name);
    r->local_path = arena_strdup(&r->arena, t->path);
    r->resume = t->resume ? arena_strdup(&r->arena, t->resume) : NULL;
    r->keep_part = true;
    t->request = r->id;
}

/* The transfer may be gone, or elsewhere, afterwards: what is told of it is a copy. */
static void ended(struct model *m, const struct transfer *t, struct effects *fx) {
    struct transfer told = *t;

    model_touch(m);
    if (!t->ends)
        return;
    auto_free char *name = xstrdup(t->name);
    auto_free char *path = xstrdup(t->path);
    auto_free char *url = t->url ? xstrdup(t->url) : NULL;

    told.name = name;
    told.path = path;
    told.url = url;
    told.session = told.wanted = told.resume = NULL;
    told.ends->ended(m, &told, fx);
}

static void begin(struct model *m, struct transfer *t, struct effects *fx) {
    struct session *s = session_of(m, t);

    t->retry_at = 0;
    if (!s) {
        become(m, t, XFER_FAILED);
        err_set(&t->err, RC_USAGE, 0, "no session exists through which files could be reached");
        ended(m, t, fx);
        return;
    }
    become(m, t, XFER_RUNNING);
    t->started_at = m->now;
    t->speed = 0;
    t->speed_at = 0;
    if (t->upload)
        request_upload(m, t, s, fx);
    else
        request_download(m, t, s, fx);
    model_touch(m);
}

static struct transfer *next_waiting(const struct model *m) {
    for (size_t i = 0; i < m->files.n_transfers; i++) {
        struct transfer *t = &m->files.transfers[i];

        if (t->state == XFER_WAITING && t->retry_at <= m->now)
            return t;
    }
    return NULL;
}

size_t transfers_most(const struct model *m) {
    return m->transfers_at_once ? m->transfers_at_once : AT_ONCE;
}

/* In the order they were asked for, as many as may run. */
static void begin_waiting(struct model *m, struct effects *fx) {
    struct transfer *t;

    while (m->files.n_running < transfers_most(m) && (t = next_waiting(m)) != NULL)
        begin(m, t, fx);
}

void transfers_tick(struct model *m, struct effects *fx) { begin_waiting(m, fx); }

int64_t transfers_next(const struct model *m) {
    int64_t at = -1;

    for (size_t i = 0; i < m->files.n_transfers; i++) {
        const struct transfer *t = &m->files.transfers[i];

        if (t->state == XFER_WAITING && t->retry_at > m->now) /* else it waits for another's end */
            sooner(&at, t->retry_at);
    }
    return at;
}

/* ---- stopping, and trying again ---- */

static void stop(struct model *m, struct transfer *t, struct effects *fx) {
    if (t->state == XFER_RUNNING) {
        fx_cancel(fx, t->request);
    } else if (t->state == XFER_WAITING) {
        become(m, t, XFER_CANCELLED);
        err_set(&t->err, RC_CANCELLED, 0, "cancelled");
        ended(m, t, fx);
    }
}

void transfers_cancel(struct model *m, uint32_t id, struct effects *fx) {
    struct transfer *t = transfer_by_id(m, id);

    if (t)
        stop(m, t, fx);
}

/* The newest of those that run, else of those that wait. */
void act_transfer_cancel(struct model *m, struct effects *fx) {
    struct transfer *found = NULL;

    for (size_t i = m->files.n_transfers; i-- > 0;) {
        struct transfer *t = &m->files.transfers[i];

        if (t->state == XFER_RUNNING) {
            stop(m, t, fx);
            return;
        }
        if (t->state == XFER_WAITING && !found)
            found = t;
    }
    if (found)
        stop(m, found, fx);
    else
        act_notice(m, "Nothing is being transferred");
}

void act_transfers_cancel(struct model *m, struct effects *fx) {
    size_t n = 0;

    for (size_t i = m->files.n_transfers; i-- > 0;) {
        if (i >= m->files.n_transfers || !under_way(&m->files.transfers[i]))
            continue;
        stop(m, &m->files.transfers[i], fx);
        n++;
    }
    if (n > 0)
        act_notice(m, "Stopping %zu %s", n, n == 1 ? "transfer" : "transfers");
    else
        act_notice(m, "Nothing is being transferred");
}

/* Those that failed, and those that were stopped, in the order they had. */
void act_transfers_retry(struct model *m, struct effects *fx) {
    size_t n = 0;

    for (size_t i = 0; i < m->files.n_transfers; i++) {
        struct transfer *t = &m->files.transfers[i];

        if (t->state != XFER_FAILED && t->state != XFER_CANCELLED)
            continue;
        become(m, t, XFER_WAITING);
        t->retry_at = 0;
        t->tries = 0;
        n++;
    }
    if (n == 0)
        act_notice(m, "No transfer failed");
    else
        act_notice(m, "Trying %zu %s again", n, n == 1 ? "transfer" : "transfers");
    begin_waiting(m, fx);
    model_touch(m);
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

uint32_t transfers_upload(struct model *m, const char *path, const struct session *session,
                          const struct transfer_ends *ends, uint32_t tag, struct effects *fx) {
    struct transfer *t = transfer_new(m, path_base(path), path);
    const uint32_t id = t->id;

    t->upload = true;
    set_string(&t->session, session ? session->id : NULL);
    t->ends = ends;
    t->tag = tag;
    begin_waiting(m, fx);
    return id;
}

void act_upload(struct model *m, const char *path, struct effects *fx) {
    if (!m->shown || !m->shown->id)
        act_notice(m, "The session is not created yet: send a message first");
    else if (str_blank(path))
        act_notice(m, "No file is named");
    else if (path[0] == '~')
        fx_task(m, fx, TASK_STAT, path, TAG_UPLOAD_STAT, NULL); /* comes back with the real path */
    else
        (void)transfers_upload(m, path, m->shown, NULL, 0, fx);
}

static void upload_done(struct model *m, struct transfer *t, const struct incoming *in,
                        struct effects *fx) {
    const struct file_info *f = in->out;

    if (f && !str_blank(f->name)) {
        if (t->ends && t->ends->quiet)
            ;
        else if (!str_eq(f->name, t->name))
            act_notice(m, "Uploaded %s, called %s there", t->name, f->name);
        else
            act_notice(m, "Uploaded %s", t->name);
        set_string(&t->name, f->name);
        set_string(&t->url, f->url);
        set_string(&m->ui.file_cursor, f->name);
        pictures_forget(m, f->name);
    }
    files_list(m, fx);
}

/* ---- download ---- */

/* DIR/STEM (number).EXT; 0: the path itself. */
static char *numbered(const char *path, unsigned number) {
    const char *name = path_base(path), *dot = strrchr(name, '.');
    const size_t stem = dot && dot != name ? (size_t)(dot - path) : strlen(path);
    struct buf out = {.max = 64 * MIX_KIB};

    if (number == 0)
        return xstrdup(path);
    (void)buf_addf(&out, "%.*s (%u)%s", (int)stem, path, number, path + stem);
    return buf_take(&out);
}

uint32_t transfers_download(struct model *m, const char *name, const char *path, int64_t size,
                            const struct transfer_ends *ends, uint32_t tag, struct effects *fx) {
    auto_free char *own = path ? NULL : file_local_path(m->start_dir, name);
    struct transfer *t = transfer_new(m, name, path ? path : own);
    const uint32_t id = t->id;

    t->wanted = xstrdup(t->path);
    t->total = size > 0 ? size : -1;
    t->ends = ends;
    t->tag = tag;
    begin_waiting(m, fx);
    return id;
}

/* The name is taken: the next number. False when there is none left. */
static bool download_again(struct model *m, struct transfer *t, struct effects *fx) {
    if (t->number == LAST_NUMBER)
        return false;
    free(t->path);
    t->path = numbered(t->wanted, ++t->number);
    begin(m, t, fx);
    return true;
}

/* ---- their answers ---- */

/* A download that broke off goes on from where it was, as long as something comes at all. */
static bool goes_on(struct model *m, struct transfer *t, const struct incoming *in) {
    const int64_t done = in->done > t->done ? in->done : t->done;

    if (t->upload || !rc_retryable(in->err.rc) || !t->resume)
        return false;
    /* further than ever: a server that always starts over would go on for ever */
    t->tries = done > t->kept ? 0 : t->tries + 1;
    t->kept = done > t->kept ? done : t->kept;
    if (t->tries >= TRIES_MAX)
        return false;
    become(m, t, XFER_WAITING);
    t->retry_at = m->now + ((int64_t)AGAIN_MS << t->tries);
    return true;
}

static void transfer_failed(struct model *m, struct transfer *t, const struct incoming *in,
                            struct effects *fx) {
    t->request = 0;
    if (!t->upload && in->err.rc == RC_IO && in->err.detail == EEXIST && download_again(m, t, fx))
        return;
    if (!t->upload)
        set_string(&t->resume, in->resume);
    t->err = in->err;
    if (goes_on(m, t, in))
        return;
    become(m, t, in->err.rc == RC_CANCELLED ? XFER_CANCELLED : XFER_FAILED);
    if (t->state == XFER_CANCELLED)
        act_notice(m, "Stopped: %s", t->name);
    else
        act_error(m, &in->err, t->upload ? "Could not upload %s" : "Could not download %s",
                  t->name);
    ended(m, t, fx);
}

static void progress(const struct model *m, struct transfer *t, const struct incoming *in) {
    const int64_t ms = m->now - t->speed_at;

    t->done = in->done;
    t->total = in->total;
    t->retry_at = 0;
    if (t->speed_at == 0 || t->done < t->speed_done) {
        t->speed_done = t->done;
        t->kept = t->kept == 0 ? t->done : t->kept;
        t->speed_at = m->now;
    } else if (ms >= SPEED_MS) {
        const double now = (double)(t->done - t->speed_done) * 1000 / (double)ms;

        t->speed = t->speed > 0 ? 0.7 * t->speed + 0.3 * now : now;
        t->speed_at = m->now;
        t->speed_done = t->done;
    }
}

static void transfer_done(struct model *m, struct transfer *t, const struct incoming *in,
                          struct effects *fx) {
    become(m, t, XFER_DONE);
    t->request = 0;
    set_string(&t->resume, NULL);
    if (t->upload)
        upload_done(m, t, in, fx);
    else if (!t->ends || !t->ends->quiet)
        act_notice(m, "Saved %s as %s", t->name, t->path);
    ended(m, t, fx);
}

bool transfer_reply(struct model *m, const struct incoming *in, struct effects *fx) {
    struct transfer *t = transfer_of(m, in->request);

    if (!t)
        return false;
    if (t->state != XFER_RUNNING)
        return true;
    if (in->kind == IN_PROGRESS) {
        progress(m, t, in);
    } else if (in->kind == IN_RETRY) {
        t->retry_at = in->retry_at;
        t->err = in->err;
    } else if (in->kind == IN_FAIL) {
        transfer_failed(m, t, in, fx);
    } else if (in->kind == IN_REPLY) {
        transfer_done(m, t, in, fx);
    }
    begin_waiting(m, fx);
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
