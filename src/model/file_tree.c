/* file_tree.c - downloads of several files: those that are chosen, and everything a session has,
 * into a directory of its own. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"

enum { LAST_NUMBER = 99, TITLE_CELLS = 60 };

struct wanted {
    char *name;
    int64_t size;
    bool named; /* by the agent, not listed: it may not be there */
};
struct fetch_tree {
    char *dir, *title;
    unsigned number; /* of the directory's name */
    struct wanted *v;
    size_t n, cap, next;
    size_t running, done, failed, missing;
    bool made, stopped;
    bool asking;     /* go_on is: what ends meanwhile ends under it */
    uint32_t serial; /* in the tags of its transfers: what is tried again later is none of ours */
};
enum { INDEX_BITS = 20 };

static size_t index_of(const struct fetch_tree *t, const struct transfer *x) {
    const bool own = t && x->tag >> INDEX_BITS == t->serial;

    return own ? x->tag & ((1U << INDEX_BITS) - 1) : SIZE_MAX;
}

void fetch_tree_free(struct fetch_tree *t) {
    for (size_t i = 0; t && i < t->n; i++)
        free(t->v[i].name);
    if (t) {
        free(t->v);
        free(t->dir);
        free(t->title);
    }
    free(t);
}

static void want(struct fetch_tree *t, const char *name, int64_t size, bool named) {
    if (t->n >> INDEX_BITS)
        return;
    t->v = xgrow(t->v, t->n, &t->cap, sizeof *t->v);
    t->v[t->n++] = (struct wanted){xstrdup(name), size, named};
}

/* ---- one after the other ---- */

static void over(struct model *m) {
    struct fetch_tree *t = m->files.fetching;

    if (t->stopped)
        act_notice(m, "Stopped: %zu of %zu files are in %s", t->done, t->n, t->dir);
    else if (t->failed + t->missing == 0)
        act_notice(m, "Saved %zu files in %s", t->done, t->dir);
    else if (t->failed == 0)
        act_notice(m, "Saved %zu files in %s; %zu that the agent named are not on the server",
                   t->done, t->dir, t->missing);
    else
        act_notice(m, "Saved %zu of %zu files in %s; %zu failed", t->done, t->n, t->dir,
                   t->failed + t->missing);
    fetch_tree_free(TAKE(m->files.fetching));
}

static void go_on(struct model *m, struct effects *fx);

static void ended(struct model *m, const struct transfer *x, struct effects *fx) {
    struct fetch_tree *t = m->files.fetching;
    const size_t at = index_of(t, x);

    if (at == SIZE_MAX)
        return; /* of a tree that is over, tried again */
    if (t->running > 0)
        t->running--;
    if (x->state == XFER_DONE)
        t->done++;
    else if (x->state == XFER_CANCELLED)
        t->stopped = true; /* who stops one of them means all */
    else if (t->v[at].named && x->err.rc == RC_HTTP && x->err.detail == 404)
        t->missing++;
    else
        t->failed++;
    go_on(m, fx);
}

static const struct transfer_ends tree_ends = {.ended = ended, .quiet = true};

static void go_on(struct model *m, struct effects *fx) {
    struct fetch_tree *t = m->files.fetching;

    if (t->asking)
        return;
    t->asking = true;
    while (!t->stopped && t->next < t->n && t->running < transfers_most(m)) {
        const size_t at = t->next++;
        auto_free char *path = file_local_path(t->dir, t->v[at].name);

        t->running++;
        (void)transfers_download(m, t->v[at].name, path, t->v[at].size, &tree_ends,
                                 t->serial << INDEX_BITS | (uint32_t)at, fx);
    }
    t->asking = false;
    if (t->running == 0)
        over(m);
    model_touch(m);
}

/* ---- the directory ---- */

static void make_dir(struct model *m, struct effects *fx) {
    struct fetch_tree *t = m->files.fetching;
    auto_free char *name = file_local_name(t->title);
    struct buf path = {.max = 64 * MIX_KIB};

    (void)buf_addf(&path, "%s/%s", strcmp(m->start_dir, "/") == 0 ? "" : m->start_dir, name);
    if (t->number > 0)
        (void)buf_addf(&path, " (%u)", t->number);
    free(t->dir);
    t->dir = buf_take(&path);
    (void)fx_task(m, fx, TASK_MKDIR, t->dir, TAG_TREE, NULL);
}

void tree_task(struct model *m, const struct task *task, struct effects *fx) {
    struct fetch_tree *t = m->files.fetching;

    if (!t || t->made)
        return;
    if (task->err.rc == RC_IO && task->err.detail == EEXIST && t->number < LAST_NUMBER) {
        t->number++;
        make_dir(m, fx);
    } else if (task->err.rc != RC_OK) {
        act_error(m, &task->err, "Could not make %s", t->dir);
        fetch_tree_free(TAKE(m->files.fetching));
    } else {
        t->made = true;
        go_on(m, fx);
    }
}

bool files_tree_count(const struct model *m, struct tree_count *out) {
    const struct fetch_tree *t = m->files.fetching;

    *out = (struct tree_count){0};
    if (!t)
        return false;
    *out = (struct tree_count){.files = t->n, .done = t->done, .failed = t->failed + t->missing};
    for (size_t i = 0; i < t->n; i++) {
        out->bytes += t->v[i].size > 0 ? t->v[i].size : 0;
        out->bytes_done += i < t->next && t->v[i].size > 0 ? t->v[i].size : 0;
    }
    for (size_t i = 0; i < m->files.n_transfers; i++) {
        const struct transfer *x = &m->files.transfers[i];
        const size_t at = x->ends == &tree_ends ? index_of(t, x) : SIZE_MAX;
        const bool here = x->state == XFER_RUNNING || x->state == XFER_WAITING;

        if (at != SIZE_MAX && here && t->v[at].size > x->done)
            out->bytes_done -= t->v[at].size - x->done;
    }
    return true;
}

/* ---- acts ---- */

static char *title_of(const struct session *s) {
    auto_buf struct buf clean = {.max = 64 * MIX_KIB};
    const char *title = session_title(s);

    (void)text_clean(&clean, title, strlen(title), CLEAN_LINE);
    const size_t n = text_fit(buf_str(&clean), clean.n, TITLE_CELLS);

    return n > 0 ? xstrndup(clean.p, n) : xstrdup("session");
}

void act_files_tree(struct model *m, struct effects *fx) {
    const struct files *f = &m->files;

    if (m->files.fetching) {
        act_notice(m, "A whole session is being downloaded already: x stops it");
        return;
    }
    if (!m->shown || !m->shown->id || !f->loaded) {
        act_notice(m, "The list of files is not there yet");
        return;
    }
    struct fetch_tree *t = xcalloc(1, sizeof *t);

    t->serial = ++m->priv->files_work->trees & ((1U << (32 - INDEX_BITS)) - 1);
    for (size_t i = 0; i < f->n; i++)
        if (!f->list[i].is_dir)
            want(t, f->list[i].name, f->list[i].size, false);
    for (size_t i = 0; i < f->outputs->n; i++) {
        const struct output *o = &f->outputs->v[i];
        bool listed = o->why_not || !str_eq(o->session, m->shown->id);

        for (size_t k = 0; k < t->n && !listed; k++)
            listed = str_eq(t->v[k].name, o->name);
        if (!listed)
            want(t, o->name, -1, true);
    }
    if (t->n == 0) {
        act_notice(m, "There are no files to download");
        fetch_tree_free(t);
        return;
    }
    t->title = title_of(m->shown);
    m->files.fetching = t;
    make_dir(m, fx);
    model_touch(m);
}

void file_download(struct model *m, const struct file_pick *pick, struct effects *fx) {
    const struct session *speaker = files_speaker(m);

    if (pick->why_not)
        act_notice(m, "Not downloaded: %s", pick->why_not);
    else if (!speaker || (pick->session && !str_eq(pick->session, speaker->id)))
        act_notice(m, "Not downloaded: it belongs to another session, show that one first");
    else
        (void)transfers_download(m, pick->name, NULL, pick->size, NULL, 0, fx);
}

void act_files_download(struct model *m, struct effects *fx) {
    struct file_pick pick;
    size_t n, folders = 0;
    auto_free const struct file_info **v = files_chosen(m, &n);

    if (n == 0) {
        if (files_pick(m, &pick))
            file_download(m, &pick, fx);
        else
            act_notice(m, "No file is selected");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        folders += v[i]->is_dir;
        if (!v[i]->is_dir)
            (void)transfers_download(m, v[i]->name, NULL, v[i]->size, NULL, 0, fx);
    }
    if (folders > 0)
        act_notice(m, "Directories cannot be downloaded");
}
