/* attach.c - the files of a message: uploaded before it leaves, then named in it by their URLs.
 *
 * The message stands in its queue meanwhile, with its chips. Nothing of it is sent half: when one
 * file cannot be had, it stays there, held, and says why. */
#include "editing.h"
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SENT_MOST = 500 };

/* One local file of one message. */
struct attached {
    struct session *session;
    uint32_t message, tag, transfer;
    char *path;
    int64_t size, modified;
    enum { ATT_ASKED, ATT_LISTING, ATT_UPLOADING, ATT_DONE, ATT_FAILED } state;
    bool overwrites; /* it was said that it would */
    char *url;
};
/* What was uploaded from here already, as it was then. */
struct sent_file {
    char *path, *name, *url;
    int64_t size, modified;
};
struct attaching {
    struct attached *v;
    size_t n, cap;
    struct sent_file *sent;
    size_t n_sent, cap_sent;
    uint32_t tags;
};

static struct attaching *attaching_of(struct model *m) {
    if (!m->priv->attaching)
        m->priv->attaching = xcalloc(1, sizeof *m->priv->attaching);
    return m->priv->attaching;
}

static bool is_local(const struct chip *c) {
    return c->kind == CHIP_FILE && c->path && c->path[0] == '/';
}

/* ---- the entries ---- */
static void attached_fini(struct attached *a) {
    free(a->path);
    free(a->url);
}

static void drop(struct attaching *all, size_t at) {
    attached_fini(&all->v[at]);
    memmove(all->v + at, all->v + at + 1, (--all->n - at) * sizeof *all->v);
}

static struct attached *find(struct attaching *all, const struct session *s, uint32_t message,
                             const char *path) {
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].session == s && all->v[i].message == message && str_eq(all->v[i].path, path))
            return &all->v[i];
    return NULL;
}

static struct attached *find_tag(struct attaching *all, uint32_t tag) {
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].tag == tag)
            return &all->v[i];
    return NULL;
}

static struct queued *message_of(const struct attached *a) {
    const size_t at = queue_find(a->session, a->message);

    return at < a->session->n_queue ? &a->session->queue[at] : NULL;
}

static struct sent_file *sent_find(struct attaching *all, const char *path) {
    for (size_t i = all->n_sent; i-- > 0;)
        if (str_eq(all->sent[i].path, path))
            return &all->sent[i];
    return NULL;
}

static void sent_fini(struct sent_file *f) {
    free(f->path);
    free(f->name);
    free(f->url);
}

static void sent_put(struct attaching *all, const struct attached *a, const char *name) {
    struct sent_file *f = sent_find(all, a->path);

    if (!f && all->n_sent == SENT_MOST) {
        sent_fini(&all->sent[0]);
        memmove(all->sent, all->sent + 1, --all->n_sent * sizeof *all->sent);
    }
    if (!f) {
        all->sent = xgrow(all->sent, all->n_sent, &all->cap_sent, sizeof *all->sent);
        f = &all->sent[all->n_sent++];
        *f = (struct sent_file){0};
    }
    set_string(&f->path, a->path);
    set_string(&f->name, name);
    set_string(&f->url, a->url);
    f->size = a->size;
    f->modified = a->modified;
}

/* ---- it cannot leave ---- */
static void wait_for_person(struct model *m, struct session *s, struct queued *q, const char *path,
                            const char *why) {
    auto_free char *name = clean_line(path_base(path), 80);
    auto_buf struct buf text = {.max = 1024};

    (void)buf_addf(&text, "%s: %.300s", name ? name : "a file", why);
    set_string(&q->why_waits, buf_str(&text));
    s->held = true;
    if (s->priv->now_id == q->id)
        s->priv->now_id = 0;
    act_notice(m, "A message waits, %s; r in the thread tries again, x takes it back",
               q->why_waits);
    journal_touch(m, s);
}

static void failed(struct model *m, struct attached *a, const char *why) {
    struct queued *q = message_of(a);

    a->state = ATT_FAILED;
    if (q)
        wait_for_person(m, a->session, q, a->path, why);
}

/* ---- uploading ---- */
static void upload_ended(struct model *m, const struct transfer *t, struct effects *fx) {
    struct attaching *all = attaching_of(m);
    struct attached *a = find_tag(all, t->tag);

    if (!a)
        return; /* the message was taken back */
    if (t->state == XFER_CANCELLED) {
        failed(m, a, "its upload was stopped");
        return;
    }
    if (t->state != XFER_DONE) {
        failed(m, a, t->err.text[0] ? t->err.text : rc_text(t->err.rc));
        return;
    }
    auto_buf struct buf url = {.max = 64 * MIX_KIB};

    if (!str_blank(t->url))
        (void)buf_adds(&url, t->url);
    else /* before 0.5.3 */
        (void)buf_addf(&url, "%s/api/sessions/%s/files/%s", m->server.url, a->session->id, t->name);
    set_string(&a->url, buf_str(&url));
    a->state = ATT_DONE;
    sent_put(all, a, t->name);
    send_drain(m, a->session, fx);
}

static const struct transfer_ends uploads = {.ended = upload_ended, .quiet = true};

static const char *kind_word(const struct dir_entry *e) {
    switch (e->kind) {
    case ENTRY_FILE:
        break;
    case ENTRY_DIR:
        return "it is a directory";
    case ENTRY_FIFO:
        return "it is a FIFO, not a file";
    case ENTRY_SOCKET:
        return "it is a socket, not a file";
    case ENTRY_DEVICE:
        return "it is a device, not a file";
    case ENTRY_DANGLING:
        return "the link leads nowhere";
    case ENTRY_GONE:
        return "it is not there";
    }
    if (e->is_dir)
        return "it is a directory";
    return e->readable ? NULL : "you may not read it";
}

/* Another one of this message would get the same name: one of them would be lost. */
static bool twin(const struct queued *q, const char *path) {
    auto_free char *name = file_server_name(path);

    for (size_t i = 0; i < q->n_chips; i++) {
        if (!is_local(&q->chips[i]) || str_eq(q->chips[i].path, path))
            continue;
        auto_free char *other = file_server_name(q->chips[i].path);

        if (str_eq(name, other))
            return true;
    }
    return false;
}

static const struct file_info *listed(const struct model *m, const char *name) {
    for (size_t i = 0; i < m->files.n; i++)
        if (str_eq(m->files.list[i].name, name))
            return &m->files.list[i];
    return NULL;
}

static void upload(struct model *m, struct attached *a, const struct queued *q,
                   struct effects *fx) {
    struct attaching *all = attaching_of(m);
    const struct sent_file *sent = sent_find(all, a->path);
    const struct file_info *there = sent ? listed(m, sent->name) : NULL;
    const uint32_t tag = a->tag;

    if (sent && sent->size == a->size && sent->modified == a->modified &&
        (!m->files.loaded || (there && there->size == a->size))) {
        set_string(&a->url, sent->url);
        a->state = ATT_DONE; /* it lies there as it is here */
        return;
    }
    if (!m->files.loaded && m->files.err.rc == RC_OK) { /* what would it replace? */
        a->state = ATT_LISTING;
        files_list(m, fx);
        if (m->files.request)
            return; /* attach_listed goes on */
    }
    if (twin(q, a->path)) {
        failed(m, a, "two files of this message have that name: the server would keep one");
        return;
    }
    if (!sent && !a->overwrites && file_replaced_by(m, a->path)) {
        a->overwrites = true; /* who lets it go on means it */
        failed(m, a, "a file of that name is there, for all sessions: trying again replaces it");
        return;
    }
    a->state = ATT_UPLOADING;
    const uint32_t id = transfers_upload(m, a->path, a->session, &uploads, tag, fx);

    a = find_tag(all, tag);
    if (a)
        a->transfer = id;
}

void attach_task(struct model *m, struct task *t, struct effects *fx) {
    struct attaching *all = attaching_of(m);

    for (size_t i = 0; i < all->n; i++) {
        struct attached *a = &all->v[i];
        struct queued *q = message_of(a);

        if (a->state != ATT_ASKED || a->transfer != t->id || !q)
            continue;
        const struct dir_entry *e = t->n_entries > 0 ? &t->entries[0] : NULL;
        const char *why = t->err.rc != RC_OK ? t->err.text : e ? kind_word(e) : "it is not there";
        struct session *s = a->session;

        a->transfer = 0;
        if (why) {
            const char *behind = strstr(why, a->path); /* its name is said before */

            failed(m, a,
                   behind == why && why[strlen(a->path)] == ':' ? why + strlen(a->path) + 2 : why);
            return;
        }
        a->size = e->size;
        a->modified = e->modified;
        upload(m, a, q, fx);
        send_drain(m, s, fx);
        return;
    }
}

void attach_listed(struct model *m, struct effects *fx) {
    struct attaching *all = attaching_of(m);

    for (size_t i = 0; i < all->n; i++) {
        struct attached *a = &all->v[i];
        const struct queued *q = message_of(a);
        struct session *s = a->session;

        if (a->state != ATT_LISTING || !q)
            continue;
        upload(m, a, q, fx);
        send_drain(m, s, fx); /* it may take the message, and its entries with it */
        i = (size_t)-1;
    }
}

/* ---- before it leaves ---- */
static void begin(struct model *m, struct session *s, struct queued *q, const char *path,
                  struct effects *fx) {
    struct attaching *all = attaching_of(m);
    struct attached *a = find(all, s, q->id, path);

    if (!a) {
        all->v = xgrow(all->v, all->n, &all->cap, sizeof *all->v);
        a = &all->v[all->n++];
        *a = (struct attached){
            .session = s, .message = q->id, .tag = ++all->tags, .path = xstrdup(path)};
    }
    a->state = ATT_ASKED;
    a->transfer = fx_task(m, fx, TASK_STAT, path, TAG_ATTACH, NULL)->id;
}

/* `@name` gives way to the address. Places beyond the text: at its end. */
static char *with_urls(struct attaching *all, const struct session *s, const struct queued *q) {
    struct buf out = {.max = SIZE_MAX};
    const size_t n = strlen(q->text);
    size_t at = 0;

    for (size_t i = 0; i < q->n_chips; i++) {
        const struct chip *c = &q->chips[i];
        const struct attached *a = is_local(c) ? find(all, s, q->id, c->path) : NULL;
        const char *url = a ? a->url : c->path;
        const bool fits = c->off >= at && c->off <= n && c->len <= n - c->off;

        if (c->kind != CHIP_FILE || !url)
            continue;
        if (fits)
            (void)buf_add(&out, q->text + at, c->off - at);
        else
            (void)buf_adds(&out, "\n");
        (void)buf_adds(&out, url);
        at = fits ? c->off + c->len : at;
    }
    (void)buf_adds(&out, q->text + at);
    return buf_take(&out);
}

static void forget(struct attaching *all, const struct session *s, uint32_t message) {
    for (size_t i = all->n; i-- > 0;)
        if (all->v[i].session == s && all->v[i].message == message)
            drop(all, i);
}

/* False: something of it is under way, or waits for somebody. */
static bool all_there(struct model *m, struct session *s, struct queued *q, struct effects *fx) {
    struct attaching *all = attaching_of(m);
    const uint32_t message = q->id;
    bool there = true;

    for (size_t i = 0; i < q->n_chips; i++) {
        if (!is_local(&q->chips[i]))
            continue;
        const struct attached *a = find(all, s, message, q->chips[i].path);

        if (!a || a->state == ATT_FAILED)
            begin(m, s, q, q->chips[i].path, fx);
        there = there && a && a->state == ATT_DONE;
    }
    return there;
}

static bool any_local(const struct queued *q) {
    for (size_t i = 0; i < q->n_chips; i++)
        if (is_local(&q->chips[i]))
            return true;
    return false;
}

bool attach_ready(struct model *m, struct session *s, struct queued *q, struct effects *fx) {
    if (q->why_waits || m->priv->probe_request)
        return false; /* send_resume goes on */
    if (any_local(q)) {
        const char *why = panel_why_op(m, OP_FILE_UPLOAD);

        if (why) {
            wait_for_person(m, s, q, q->chips[0].path, why);
            return false;
        }
        if (!s->id) { /* files are reached through a session */
            send_create(m, s, q->text, fx);
            return false;
        }
        if (!all_there(m, s, q, fx))
            return false;
    }
    struct attaching *all = attaching_of(m);
    char *text = with_urls(all, s, q);

    forget(all, s, q->id);
    free(q->text);
    q->text = text;
    chips_free(q->chips, q->n_chips);
    q->chips = NULL;
    q->n_chips = 0;
    journal_touch(m, s);
    return true;
}

bool attach_progress(const struct model *m, const struct session *s, const struct queued *q,
                     struct buf *out) {
    const struct attaching *all = q->n_chips > 0 ? m->priv->attaching : NULL;
    int64_t done = 0, total = 0;
    size_t n = 0, ready = 0;
    bool uploads_now = false;

    for (size_t i = 0; all && i < all->n; i++) {
        const struct attached *a = &all->v[i];

        if (a->session != s || a->message != q->id)
            continue;
        const struct transfer *t =
            a->state == ATT_UPLOADING ? transfer_by_id(m, a->transfer) : NULL;

        n++;
        ready += a->state == ATT_DONE;
        uploads_now = uploads_now || a->state <= ATT_UPLOADING;
        total += a->size;
        done += a->state == ATT_DONE ? a->size : t ? t->done : 0;
    }
    if (!uploads_now)
        return false;
    (void)buf_addf(out, "uploading %zu of %zu", ready + 1 < n ? ready + 1 : n, n);
    if (total > 0)
        (void)buf_addf(out, " \xc2\xb7 %d%%", (int)(done * 100 / total));
    return true;
}

/* ---- life ---- */
/* What nobody waits for any more is not uploaded: the message was taken back or dropped. */
void attach_settle(struct model *m, struct effects *fx) {
    struct attaching *all = m->priv->attaching;

    for (size_t i = all ? all->n : 0; i-- > 0;) {
        const struct attached a = all->v[i];
        const struct queued *q = message_of(&a);
        bool named = false;

        for (size_t k = 0; q && k < q->n_chips; k++)
            named = named || str_eq(q->chips[k].path, a.path);
        if (named)
            continue;
        const uint32_t transfer = a.state == ATT_UPLOADING ? a.transfer : 0;

        drop(all, i);
        if (transfer)
            transfers_cancel(m, transfer, fx);
    }
}

void attach_session_gone(struct model *m, const struct session *s) {
    struct attaching *all = m->priv->attaching;

    for (size_t i = all ? all->n : 0; i-- > 0;)
        if (all->v[i].session == s)
            drop(all, i);
}

void attach_free(struct attaching *all) {
    if (!all)
        return;
    while (all->n > 0)
        drop(all, all->n - 1);
    for (size_t i = 0; i < all->n_sent; i++)
        sent_fini(&all->sent[i]);
    free(all->sent);
    free(all->v);
    free(all);
}
