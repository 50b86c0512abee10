/* draft_file.c - what the file of a draft, a queue and the journal of sends is made of.
 *
 *   mixtui draft 1
 *   draft CARET LENGTH        each record is followed by its bytes and a line end
 *   queue LENGTH
 *   sending LENGTH IDLENGTH   the text and the id of the last message known before it was sent
 *   options PLAN THINK STEPS  of the record after it; no bytes of its own
 *   session PLAN THINK STEPS  of what is written next
 *   chip KIND OFF LEN SIZE PATHLEN   of the record after it; the path; a size not known is -
 *   undo LENGTH               of the draft before it
 *   end */
#include "draft_file.h"
#include "editing.h"
#include "mix/editor.h"

#include <stdlib.h>
#include <string.h>

/* More than are let in (send.c): what comes back into a full queue is not lost. */
enum { QUEUE_LOAD_MAX = 1000, UNDO_MAX = 256 * 1024 };
static const char draft_head[] = "mixtui draft 1\n";

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

        (void)buf_addf(out, "chip %d %zu %zu ", (int)v[i].kind, v[i].off, v[i].len);
        if (v[i].size < 0)
            (void)buf_adds(out, "-");
        else
            (void)buf_addf(out, "%lld", (long long)v[i].size);
        (void)buf_addf(out, " %zu\n", strlen(path));
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

void draft_write(struct buf *out, const struct session *s) {
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
        if (browsing)
            write_chips(out, p->stash_chips, p->n_stash_chips);
        else
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

/* ---- reading ---- */
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

/* Names of files are any bytes. */
static char *path_of(struct reader *r, size_t n) {
    const char *p = take(r, n);

    if (p && (n > DRAFT_MAX || memchr(p, '\0', n)))
        r->bad = true;
    return p && !r->bad ? xstrndup(p, n) : NULL;
}

static void read_chip(struct reader *r, struct record *rec) {
    const size_t kind = number(r, ' ');

    rec->chip.off = number(r, ' ');
    rec->chip.len = number(r, ' ');
    rec->chip.size = word(r, "- ") ? -1 : (int64_t)number(r, ' ');
    rec->id = path_of(r, number(r, '\n'));
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

static void chips_to_queued(struct queued *q, struct taken *taken) {
    const size_t n = strlen(q->text);
    size_t at = 0;

    for (size_t i = 0; i < taken->n_chips; i++) {
        if (taken->chips[i].off < at || !chip_fits(&taken->chips[i], q->text, n))
            return;
        at = taken->chips[i].off + taken->chips[i].len;
    }
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
        if (s->history_at == 0)
            chips_put(&s->draft, rec->text, taken->chips, taken->n_chips);
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
size_t draft_keep(struct model *m, const struct task *t, const struct session *s,
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

bool draft_take(struct model *m, struct session *s, const struct task *t, size_t *queued,
                struct effects *fx) {
    struct reader r = {.p = t->data, .end = t->data + t->len, .bad = false};
    struct taken taken = {0};
    struct record rec;

    r.bad = !word(&r, draft_head);
    while (!r.bad && next_record(&r, &rec)) {
        if (rec.text || (!r.bad && rec.kind >= REC_OPTIONS))
            take_record(m, s, &rec, &taken, fx);
        record_free(&rec);
    }
    taken_fini(&taken);
    *queued = taken.queued;
    return !r.bad && word(&r, "end\n") && r.p == r.end;
}
