/* drafts.c - drafts, queues and the journal of sends on disk, one file a session: draft_file.c. */
#include "draft_file.h"

#include <stdlib.h>
#include <string.h>

enum { SAVE_AFTER_MS = 1000, SAVE_AGAIN_MS = 5000, FILE_NAME_MAX = 180 };

/* ---- names ---- */
/* An id is the server's word: only harmless characters become part of a file name. Several that are
 * not created yet, of several mixtui, have a number. */
static bool add_name(struct buf *out, const char *id, unsigned slot) {
    const size_t start = out->n;

    if (!id)
        return (slot > 0 ? buf_addf(out, "new~%u", slot) : buf_adds(out, "new")) == RC_OK;
    for (const char *p = id; *p; p++) {
        const bool safe = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                          (*p >= '0' && *p <= '9') || *p == '-' || *p == '_';

        if (out->n - start > FILE_NAME_MAX)
            return false;
        /* `new` is the file of the session without an id */
        if (safe && !(p == id && str_eq(id, "new")))
            (void)buf_add(out, p, 1);
        else
            (void)buf_addf(out, "%%%02x", (unsigned)(unsigned char)*p);
    }
    return true;
}

bool draft_path(const struct model *m, struct buf *out, const char *dir, const char *id,
                unsigned slot) {
    return state_path(m, out, dir) && add_name(out, id, slot);
}

static bool path_of(const struct model *m, struct buf *out, const struct session *s) {
    return draft_path(m, out, "drafts/", s->id, s->priv->slot);
}

/* ---- writing ---- */
/* Another mixtui may have written the file since: it is looked at before it is replaced. */
static void look(struct model *m, struct session *s, const char *path, struct effects *fx) {
    (void)fx_task(m, fx, TASK_READ, path, TAG_DRAFT_LOOK, s);
    m->priv->tasks[m->priv->n_tasks - 1].hash = s->priv->disk_asked;
}

uint32_t draft_save(struct model *m, struct session *s, struct effects *fx) {
    struct session_private *p = s->priv;
    struct buf path = {0};
    struct buf out;

    if (!s->draft_loaded)
        return 0; /* what is on disk would be lost */
    s->draft_dirty_at = 0;
    p->save_again_at = 0;
    s->draft_saved_rev = s->draft.rev;
    p->draft_write = 0;
    if (path_of(m, &path, s)) {
        buf_init(&out, 1024 * MIX_MIB);
        draft_write(&out, s);
        look(m, s, path.p, fx);
        struct task *t = fx_task(m, fx, TASK_WRITE, path.p, TAG_DRAFT_WRITE, s);

        own_guard(m, s, t);

        task_data(t, buf_str(&out), out.n);
        p->draft_write = t->id;
        p->disk_asked = hash_add(HASH_START, buf_str(&out), out.n);
        m->priv->tasks[m->priv->n_tasks - 1].hash = p->disk_asked;
        buf_fini(&out);
    }
    buf_fini(&path);
    return p->draft_write;
}

static void draft_remove(struct model *m, const char *id, unsigned slot, struct effects *fx) {
    struct buf path = {0};

    if (draft_path(m, &path, "drafts/", id, slot))
        task_data(fx_task(m, fx, TASK_WRITE, path.p, TAG_DRAFT_WRITE, NULL), "", 0);
    buf_fini(&path);
}

/* At no moment does the disk have it under both names, or under none. */
static void rename_new(struct model *m, const struct session *s, unsigned slot,
                       struct effects *fx) {
    struct buf from = {0}, to = {0};

    if (draft_path(m, &from, "drafts/", NULL, slot) && path_of(m, &to, s))
        task_data(fx_task(m, fx, TASK_RENAME, from.p, TAG_NONE, NULL), to.p, to.n);
    buf_fini(&from);
    buf_fini(&to);
}

void draft_move(struct model *m, struct session *s, struct effects *fx) {
    const unsigned slot = s->priv->slot;
    struct buf path = {0};

    if (s->draft_loaded && draft_path(m, &path, "drafts/", NULL, slot))
        look(m, s, path.p, fx);
    buf_fini(&path);
    s->priv->slot = 0;
    own_named(m, s, fx);
    rename_new(m, s, slot, fx);
    (void)draft_save(m, s, fx);
    own_drop_new(m, slot, fx);
}

/* Read before it goes, unless that was done: what it holds is nowhere else. */
void draft_bury(struct model *m, const struct session *s, struct effects *fx) {
    draft_bury_file(m, s->id, s->priv->slot,
                    !s->draft_loaded && !s->priv->draft_read ? BURY_READ : BURY_KNOWN, fx);
}

void draft_bury_file(struct model *m, const char *id, unsigned slot, enum bury how,
                     struct effects *fx) {
    struct buf path = {0};

    if (how == BURY_READ && draft_path(m, &path, "drafts/", id, slot))
        (void)fx_task(m, fx, TASK_READ, path.p, TAG_DRAFT_READ, NULL);
    buf_fini(&path);
    draft_remove(m, id, slot, fx);
}

/* ---- reading ---- */
void draft_load(struct model *m, struct session *s, struct effects *fx) {
    struct session_private *p = s->priv;
    struct buf path = {0};

    if (s->draft_loaded || p->draft_read)
        return;
    if (path_of(m, &path, s)) {
        own_take(m, s, OWN_IF_FREE, fx); /* its answer comes first */
        const struct task *t = fx_task(m, fx, TASK_READ, path.p, TAG_DRAFT_READ, s);

        p->draft_read = t->id;
    } else {
        s->draft_loaded = true;
    }
    buf_fini(&path);
}

static void draft_looked(struct model *m, const struct task *t, const struct pending_task *asked,
                         struct effects *fx) {
    const struct session *s = asked->session;
    const uint64_t found = t->data ? hash_add(HASH_START, t->data, t->len) : 0;

    if (!s || !t->data || found == asked->hash || found == s->priv->disk_has)
        return;
    if (draft_keep(m, t, s, fx) > 0)
        act_notice(m, "Another mixtui wrote a draft of \"%s\": it is in the prompt history (Up)",
                   session_title(s));
}
/* What another mixtui has is shown as it is, and nothing of it is done here. */
static void theirs_read(struct model *m, struct task *t, struct session *s, struct effects *fx) {
    size_t queued;

    s->priv->draft_read = 0; /* it is looked at again */
    own_show_nothing(m, s, fx);
    if (t->err.rc == RC_OK && t->data && t->len > 0)
        (void)draft_take(m, s, t, &queued, fx);
    s->held = s->n_queue > 0;
    s->draft_dirty_at = 0;
    own_shown(s);
    order_touch(m);
    start_choose(m, fx);
}

/* What cannot be read may be read another time: nothing is written over it. */
static void put_aside(struct model *m, const struct session *s, struct effects *fx) {
    struct buf from = {0}, to = {0};

    if (path_of(m, &from, s) && path_of(m, &to, s) && buf_adds(&to, ".damaged") == RC_OK)
        task_data(fx_task(m, fx, TASK_RENAME, from.p, TAG_NONE, NULL), to.p, to.n);
    buf_fini(&from);
    buf_fini(&to);
}

static void draft_read(struct model *m, struct task *t, struct session *s, struct effects *fx) {
    size_t queued = 0;

    own_granted(m, s);
    if (s->own == OWN_OTHER) {
        theirs_read(m, t, s, fx);
        return;
    }
    own_forget_theirs(m, s);
    const bool typed =
        s->draft.text.n > 0 || s->sending || s->n_queue > 0 || turn_options_set(&s->options);
    bool damaged = false;

    s->draft_loaded = true;
    s->priv->disk_has = s->priv->disk_asked = t->data ? hash_add(HASH_START, t->data, t->len) : 0;
    if (t->err.rc != RC_OK) {
        act_error(m, &t->err, "Could not read the draft of \"%s\", it is kept as *.damaged",
                  session_title(s));
        put_aside(m, s, fx);
    }
    if (t->err.rc == RC_OK && t->data && t->len > 0) {
        damaged = !draft_take(m, s, t, &queued, fx);
        if (damaged) {
            struct buf path = {0};

            if (path_of(m, &path, s) && buf_adds(&path, ".damaged") == RC_OK)
                task_data(fx_task(m, fx, TASK_WRITE, path.p, TAG_DRAFT_WRITE, NULL), t->data,
                          t->len);
            buf_fini(&path);
            act_notice(m,
                       "The draft file of \"%s\" is damaged; what could be read is here, the "
                       "file is kept as *.damaged",
                       session_title(s));
        }
        if (queued > 0) {
            s->held = true;
            act_notice(m, "%zu messages of an earlier run wait in the queue", queued);
        }
    }
    own_look_for_left(m, s, fx);
    if (typed || damaged) {
        journal_touch(m, s);
    } else { /* as it is on disk */
        s->draft_saved_rev = s->draft.rev;
        s->draft_dirty_at = 0;
    }
    send_live(m, s, fx);
    order_touch(m); /* the one not created yet is listed for its draft */
    start_choose(m, fx);
    model_touch(m);
}

static void saved_again(struct model *m) {
    for (size_t i = 0; i <= m->n_sessions; i++) {
        const struct session *s = i < m->n_sessions ? m->sessions[i] : m->fresh;

        if (s && s->priv->save_again_at > 0)
            return;
    }
    m->disk_failed = false;
    act_notice(m, "Drafts are saved again");
}

static void draft_written(struct model *m, const struct task *t, const struct pending_task *asked,
                          struct effects *fx) {
    struct session *s = asked->session;
    const bool newest = s && s->priv->draft_write == t->id;

    if (newest)
        s->priv->draft_write = 0;
    if (t->err.rc == RC_BUSY) {
        if (s)
            own_lost(m, s, fx);
        return;
    }
    if (s)
        send_written(m, s, t->id, fx);
    if (t->err.rc == RC_OK) {
        if (s)
            s->priv->disk_has = asked->hash;
        if (m->disk_failed)
            saved_again(m);
        return;
    }
    if (!m->disk_failed)
        act_error(m, &t->err,
                  "Drafts cannot be saved, they are only in memory; tried again every 5 s");
    m->disk_failed = true;
    if (!newest)
        return;
    s->priv->save_again_at = m->now + SAVE_AGAIN_MS;
    if (s->draft_dirty_at == 0)
        s->draft_dirty_at = m->now;
}

void draft_task(struct model *m, struct task *t, const struct pending_task *asked,
                struct effects *fx) {
    struct session *s = asked->session;

    if (t->tag == TAG_DRAFT_WRITE)
        draft_written(m, t, asked, fx);
    else if (t->tag == TAG_DRAFT_LOOK)
        draft_looked(m, t, asked, fx);
    else if (s && s->priv->draft_read == t->id)
        draft_read(m, t, s, fx);
    else if (!s) /* deleted meanwhile: nobody asks for the file any more */
        (void)draft_keep(m, t, NULL, fx);
}

/* ---- dirty ---- */
size_t model_unsaved(const struct model *m) {
    size_t n = 0;

    for (size_t i = 0; m->disk_failed && i <= m->n_sessions; i++) {
        const struct session *s = i < m->n_sessions ? m->sessions[i] : m->fresh;

        n += s && s->draft_dirty_at > 0 &&
             (!str_blank(buf_str(&s->draft.text)) || s->sending || s->n_queue > 0);
    }
    return n;
}

void journal_touch(struct model *m, struct session *s) {
    if (s->draft_dirty_at == 0)
        s->draft_dirty_at = m->now > 0 ? m->now : 1;
    model_touch(m);
}

static int64_t due(const struct session *s) {
    if (s->draft_dirty_at == 0 || !s->draft_loaded || s->priv->draft_write)
        return 0; /* a disk that hangs gets the newest once it takes something again */
    return s->priv->save_again_at ? s->priv->save_again_at : s->draft_dirty_at + SAVE_AFTER_MS;
}

void draft_tick(struct model *m, struct session *s, struct effects *fx) {
    const int64_t at = due(s);

    if (at > 0 && m->now >= at)
        draft_save(m, s, fx);
}

int64_t draft_next(const struct session *s) {
    int64_t at = -1;

    sooner(&at, due(s));
    return at;
}
