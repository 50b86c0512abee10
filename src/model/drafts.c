/* drafts.c - drafts, queues and the journal of sends, one file a session.
 *
 *   mixtui draft 1
 *   draft CARET LENGTH        each record is followed by its bytes and a line end
 *   queue LENGTH
 *   sending LENGTH IDLENGTH   the text and the id of the last message known before it was sent
 *   options PLAN THINK STEPS  of the record after it; no bytes of its own
 *   session PLAN THINK STEPS  of what is written next
 *   chip KIND OFF LEN SIZE PATHLEN   of the record after it; the path
 *   undo LENGTH               of the draft before it
 *   end */
#include "mix/editor.h"
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAVE_AFTER_MS = 1000, SAVE_AGAIN_MS = 5000, FILE_NAME_MAX = 180, QUEUE_LOAD_MAX = 500 };
enum { CHIPS_MAX = 200, UNDO_MAX = 256 * 1024 };
static const char draft_head[] = "mixtui draft 1\n";

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
static void write_text(struct buf *out, const char *text, size_t n) {
    (void)buf_add(out, text, n);
    (void)buf_add(out, "\n", 1);
}

static void write_options(struct buf *out, const char *name, const struct turn_options *o) {
    if (turn_options_set(o))
        (void)buf_addf(out, "%s %d %d %lld\n\n", name, o->plan, (int)o->thinking,
                       (long long)o->max_steps);
}

static void write_chips(struct buf *out, const struct chip *v, size_t n) {
    for (size_t i = 0; i < n && i < CHIPS_MAX; i++) {
        const char *path = v[i].path ? v[i].path : "";

        (void)buf_addf(out, "chip %d %zu %zu %lld %zu\n", (int)v[i].kind, v[i].off, v[i].len,
                       v[i].size < 0 ? 0LL : (long long)v[i].size, strlen(path));
        write_text(out, path, strlen(path));
    }
}

static void write_undo(struct buf *out, const struct editor *e) {
    struct buf undo = {.max = UNDO_MAX + 64};

    editor_undo_keep(e, &undo, UNDO_MAX);
    if (undo.n > 0) {
        (void)buf_addf(out, "undo %zu\n", undo.n);
        write_text(out, undo.p, undo.n);
    }
    buf_fini(&undo);
}

static void write_queue(struct buf *out, const char *text, const struct turn_options *options) {
    write_options(out, "options", options);
    (void)buf_addf(out, "queue %zu\n", strlen(text));
    write_text(out, text, strlen(text));
}

static void write_draft(struct buf *out, const struct session *s) {
    const struct session_private *p = s->priv;
    const bool browsing = s->history_at > 0;
    const char *text = browsing ? p->stash : buf_str(&s->draft.text);
    const size_t caret = browsing ? 0 : s->draft.caret;
    const bool posted = s->sending && (s->sent != SENT_NONE || p->leaving);

    if (str_blank(text) && s->n_queue == 0 && !s->sending && !turn_options_set(&s->options))
        return; /* an empty file is removed */
    (void)buf_adds(out, draft_head);
    write_options(out, "session", &s->options);
    if (!str_blank(text)) {
        if (!browsing)
            write_chips(out, s->draft.chips, s->draft.n_chips);
        (void)buf_addf(out, "draft %zu %zu\n", caret, strlen(text));
        write_text(out, text, strlen(text));
        if (!browsing)
            write_undo(out, &s->draft);
    }
    if (posted) {
        const char *id = p->known_id ? p->known_id : "";

        write_options(out, "options", &s->sending_options);
        (void)buf_addf(out, "sending %zu %zu\n", strlen(s->sending), strlen(id));
        (void)buf_adds(out, s->sending);
        write_text(out, id, strlen(id));
    } else if (s->sending) { /* it never left: next time it is the first of the queue */
        write_queue(out, s->sending, &s->sending_options);
    }
    for (size_t i = 0; i < s->n_queue; i++) {
        write_chips(out, s->queue[i].chips, s->queue[i].n_chips);
        write_queue(out, s->queue[i].text, &s->queue[i].options);
    }
    (void)buf_adds(out, "end\n");
}

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
        write_draft(&out, s);
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

void draft_move(struct model *m, struct session *s, struct effects *fx) {
    const unsigned slot = s->priv->slot;
    struct buf path = {0};

    if (s->draft_loaded && draft_path(m, &path, "drafts/", NULL, slot))
        look(m, s, path.p, fx);
    buf_fini(&path);
    s->priv->slot = 0;
    own_named(m, s, fx);
    (void)draft_save(m, s, fx); /* on disk under its id before the other file goes */
    draft_remove(m, NULL, slot, fx);
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

struct reader {
    const char *p, *end;
    bool bad;
};

static const char *take(struct reader *r, size_t n) {
    const char *p = r->p;

    if (r->bad || (size_t)(r->end - r->p) < n) {
        r->bad = true;
        return NULL;
    }
    r->p += n;
    return p;
}

static bool word(struct reader *r, const char *w) {
    const size_t n = strlen(w);

    if (r->bad || (size_t)(r->end - r->p) < n || memcmp(r->p, w, n) != 0)
        return false;
    r->p += n;
    return true;
}

static size_t number(struct reader *r, char stop) {
    size_t n = 0;
    int digits = 0;

    while (!r->bad && r->p < r->end && *r->p >= '0' && *r->p <= '9' && digits++ < 12)
        n = 10 * n + (size_t)(*r->p++ - '0');
    const char *p = take(r, 1);

    if (digits == 0 || !p || *p != stop)
        r->bad = true;
    return n;
}

/* An owned copy of the next n bytes, NULL when they are not there or not text. */
static char *text_of(struct reader *r, size_t n) {
    const char *p = take(r, n);

    if (p && (n > DRAFT_MAX || !text_valid(p, n) || memchr(p, '\0', n)))
        r->bad = true;
    return p && !r->bad ? xstrndup(p, n) : NULL;
}

static void merge_draft(struct model *m, struct session *s, const char *text, size_t caret,
                        struct effects *fx) {
    if (s->draft.text.n == 0 && s->history_at == 0) {
        editor_set(&s->draft, text);
        if (caret <= s->draft.text.n)
            s->draft.caret = caret == 0 ? 0
                                        : text_prev(text, caret) + /* on a cluster border */
                                              text_cluster(text + text_prev(text, caret),
                                                           strlen(text) - text_prev(text, caret))
                                                  .bytes;
    } else if (!str_eq(buf_str(&s->draft.text), text)) {
        history_add(m, text, fx);
        act_notice(m, "An older draft of this session is in the prompt history (Up)");
    }
}

static void merge_sending(struct model *m, struct session *s, char *text, const char *id,
                          const struct turn_options *options) {
    if (s->sending) { /* typed and sent while this was read: after it */
        auto_free char *own = TAKE(s->sending);

        transcript_unsend(&s->transcript, own);
        queue_add(m, s, s->n_queue, own, &s->sending_options);
        s->turn = TURN_IDLE;
    }
    s->sending = text;
    s->sending_options = *options;
    s->sent = SENT_POSTED;
    set_string(&s->priv->known_id, str_blank(id) ? NULL : id);
    s->priv->check = true;
    s->priv->checks = 0;
    load_plan(m, s, 0);
}

struct record {
    enum { REC_DRAFT, REC_QUEUE, REC_SENDING, REC_OPTIONS, REC_SESSION, REC_CHIP, REC_UNDO } kind;
    char *text, *id; /* owned */
    size_t caret;
    struct chip chip; /* its path is `id` */
    const char *undo; /* in the file */
    size_t n_undo;
    struct turn_options options;
};

static void record_free(struct record *rec) {
    free(rec->text);
    free(rec->id);
}

static void read_options(struct reader *r, struct record *rec, size_t limit) {
    const size_t plan = number(r, ' '), thinking = number(r, ' '), steps = number(r, '\n');

    r->bad = r->bad || plan > 1 || thinking >= THINK_COUNT || steps > limit;
    if (!r->bad)
        rec->options = (struct turn_options){
            .plan = plan == 1, .thinking = (enum thinking)thinking, .max_steps = (int64_t)steps};
}

static void read_chip(struct reader *r, struct record *rec) {
    const size_t kind = number(r, ' ');

    rec->chip.off = number(r, ' ');
    rec->chip.len = number(r, ' ');
    rec->chip.size = (int64_t)number(r, ' ');
    rec->id = text_of(r, number(r, '\n'));
    rec->chip.kind = kind == CHIP_FILE ? CHIP_FILE : CHIP_PASTE;
    r->bad = r->bad || kind > CHIP_FILE;
}

static void read_undo(struct reader *r, struct record *rec) {
    rec->n_undo = number(r, '\n');
    rec->undo = take(r, rec->n_undo);
}

/* The next record; false at the end or where the file is damaged. */
static bool next_record(struct reader *r, struct record *rec) {
    *rec = (struct record){.kind = REC_DRAFT};
    if (word(r, "draft ")) {
        rec->caret = number(r, ' ');
        rec->text = text_of(r, number(r, '\n'));
    } else if (word(r, "queue ")) {
        rec->kind = REC_QUEUE;
        rec->text = text_of(r, number(r, '\n'));
    } else if (word(r, "sending ")) {
        const size_t n = number(r, ' ');
        const size_t n_id = number(r, '\n');

        rec->kind = REC_SENDING;
        rec->text = text_of(r, n);
        rec->id = rec->text ? text_of(r, n_id) : NULL;
    } else if (word(r, "options ")) {
        rec->kind = REC_OPTIONS;
        read_options(r, rec, MAX_STEPS);
    } else if (word(r, "session ")) {
        rec->kind = REC_SESSION;
        read_options(r, rec, MAX_STEPS);
    } else if (word(r, "chip ")) {
        rec->kind = REC_CHIP;
        read_chip(r, rec);
    } else if (word(r, "undo ")) {
        rec->kind = REC_UNDO;
        read_undo(r, rec);
    } else {
        return false;
    }
    const char *line_end = take(r, 1);

    r->bad = r->bad || !line_end || *line_end != '\n';
    return true;
}

/* What a file that is being read gave so far. */
struct taken {
    size_t queued;
    struct turn_options options; /* of the next record */
    struct chip *chips;          /* of the next record; owned */
    size_t n_chips;
};

static void taken_fini(struct taken *taken) {
    chips_free(taken->chips, taken->n_chips);
    taken->chips = NULL;
    taken->n_chips = 0;
}

static void take_chip(struct taken *taken, struct record *rec) {
    if (taken->n_chips == CHIPS_MAX)
        return;
    taken->chips = xrealloc(taken->chips, (taken->n_chips + 1) * sizeof *taken->chips);
    rec->chip.path = rec->chip.kind == CHIP_FILE ? TAKE(rec->id) : NULL;
    taken->chips[taken->n_chips++] = rec->chip;
}

/* Where they stand was written by somebody: only what is within the text. */
static bool chip_fits(const struct chip *c, size_t n) {
    return c->len > 0 && c->off <= n && c->len <= n - c->off &&
           (c->kind != CHIP_FILE || !str_blank(c->path));
}

static void chips_to_draft(struct session *s, const char *text, const struct taken *taken) {
    const size_t n = strlen(text);

    if (!str_eq(buf_str(&s->draft.text), text) || s->history_at > 0)
        return;
    for (size_t i = 0; i < taken->n_chips; i++)
        if (chip_fits(&taken->chips[i], n))
            editor_chip(&s->draft, taken->chips[i].kind, taken->chips[i].off, taken->chips[i].len,
                        taken->chips[i].path, taken->chips[i].size);
}

static void chips_to_queued(struct queued *q, struct taken *taken) {
    const size_t n = strlen(q->text);

    for (size_t i = 0; i < taken->n_chips; i++)
        if (!chip_fits(&taken->chips[i], n))
            return;
    q->n_chips = chips_of_files(taken->chips, taken->n_chips, &q->chips);
}

static void take_queued(struct model *m, struct session *s, const struct record *rec,
                        struct taken *taken, const struct turn_options *options) {
    if (taken->queued < QUEUE_LOAD_MAX)
        chips_to_queued(queue_add(m, s, taken->queued++, rec->text, options), taken);
}

static void take_record(struct model *m, struct session *s, struct record *rec, struct taken *taken,
                        struct effects *fx) {
    const struct turn_options options = taken->options;

    if (rec->kind == REC_CHIP) {
        take_chip(taken, rec);
        return;
    }
    taken->options = rec->options;
    switch (rec->kind) {
    case REC_DRAFT:
        merge_draft(m, s, rec->text, rec->caret, fx);
        chips_to_draft(s, rec->text, taken);
        break;
    case REC_QUEUE:
        take_queued(m, s, rec, taken, &options);
        break;
    case REC_SENDING:
        if (rec->id && s->sent == SENT_NONE && s->own != OWN_OTHER)
            merge_sending(m, s, TAKE(rec->text), rec->id, &options);
        break;
    case REC_SESSION: /* unless somebody chose meanwhile */
        taken->options = (struct turn_options){0};
        if (!turn_options_set(&s->options))
            s->options = rec->options;
        break;
    case REC_UNDO:
        if (s->history_at == 0)
            (void)editor_undo_take(&s->draft, rec->undo, rec->n_undo);
        break;
    case REC_OPTIONS:
        return;
    case REC_CHIP:
        break;
    }
    if (rec->kind != REC_SESSION)
        taken_fini(taken);
}

static bool is_ours(const struct session *s, const char *text) {
    for (size_t i = 0; i < s->n_queue; i++)
        if (str_eq(s->queue[i].text, text))
            return true;
    return str_eq(buf_str(&s->draft.text), text) || str_eq(s->sending, text) ||
           str_eq(s->priv->stash, text);
}

/* The texts of a file that nobody here has go into the prompt history; how many. s NULL: all. */
static size_t keep_file(struct model *m, const struct task *t, const struct session *s,
                        struct effects *fx) {
    struct reader r = {.p = t->data, .end = t->data ? t->data + t->len : NULL};
    struct record rec;
    size_t n = 0;

    if (t->err.rc != RC_OK || !t->data || !word(&r, draft_head))
        return 0;
    while (!r.bad && next_record(&r, &rec)) {
        if (rec.text && !(s && is_ours(s, rec.text))) {
            history_add(m, rec.text, fx);
            n++;
        }
        record_free(&rec);
    }
    return n;
}

static void draft_looked(struct model *m, const struct task *t, const struct pending_task *asked,
                         struct effects *fx) {
    const struct session *s = asked->session;
    const uint64_t found = t->data ? hash_add(HASH_START, t->data, t->len) : 0;

    if (!s || !t->data || found == asked->hash || found == s->priv->disk_has)
        return;
    if (keep_file(m, t, s, fx) > 0)
        act_notice(m, "Another mixtui wrote a draft of \"%s\": it is in the prompt history (Up)",
                   session_title(s));
}

/* False: the file is damaged; what could be read of it was taken. */
static bool take_records(struct model *m, struct session *s, struct reader *r, struct taken *taken,
                         struct effects *fx) {
    struct record rec;

    r->bad = !word(r, draft_head);
    while (!r->bad && next_record(r, &rec)) {
        if (rec.text || (!r->bad && rec.kind >= REC_OPTIONS))
            take_record(m, s, &rec, taken, fx);
        record_free(&rec);
    }
    return !r->bad && word(r, "end\n") && r->p == r->end;
}

/* What another mixtui has is shown as it is, and nothing of it is done here. */
static void theirs_read(struct model *m, struct task *t, struct session *s, struct effects *fx) {
    struct reader r = {.p = t->data, .end = t->data ? t->data + t->len : NULL};
    struct taken taken = {0};

    s->priv->draft_read = 0; /* it is looked at again */
    own_show_nothing(m, s, fx);
    if (t->err.rc == RC_OK && t->data && t->len > 0)
        (void)take_records(m, s, &r, &taken, fx);
    taken_fini(&taken);
    s->held = s->n_queue > 0;
    s->draft_dirty_at = 0;
    own_shown(s);
    order_touch(m);
    start_choose(m, fx);
}

static void draft_read(struct model *m, struct task *t, struct session *s, struct effects *fx) {
    struct reader r = {.p = t->data, .end = t->data ? t->data + t->len : NULL};
    struct taken taken = {0};

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
    if (t->err.rc != RC_OK)
        act_error(m, &t->err, "Could not read the draft of \"%s\"", session_title(s));
    if (t->err.rc == RC_OK && t->data && t->len > 0) {
        damaged = !take_records(m, s, &r, &taken, fx);
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
        if (taken.queued > 0) {
            s->held = true;
            act_notice(m, "%zu messages of an earlier run wait in the queue", taken.queued);
        }
    }
    taken_fini(&taken);
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

static void draft_written(struct model *m, const struct task *t, const struct pending_task *asked,
                          struct effects *fx) {
    struct session *s = asked->session;

    if (t->err.rc == RC_BUSY) {
        if (s)
            own_lost(m, s, fx);
        return;
    }
    if (s)
        send_written(m, s, t->id, fx);
    if (t->err.rc == RC_OK) {
        m->disk_failed = false;
        if (s)
            s->priv->disk_has = asked->hash;
        return;
    }
    if (!m->disk_failed)
        act_error(m, &t->err, "Drafts cannot be saved, they are only in memory");
    m->disk_failed = true;
    if (!s || s->priv->draft_write != t->id)
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
        (void)keep_file(m, t, NULL, fx);
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
    if (s->draft_dirty_at == 0 || !s->draft_loaded)
        return 0;
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
