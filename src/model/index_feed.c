/* index_feed.c - what was read goes to the index: slice by slice, one task under way, and of a
 * thread only what changed since. */
#include "index.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROWS = 200,   /* of one task */
    LOOKS = 4000, /* entries looked at for one */
    BYTES = 256 * 1024,
    TEXT_BYTES = 32 * 1024,
    RESULT_BYTES = 2048, /* of the beginning and the end of what a call gave */
    PAUSE_MS = 20,       /* the disk's thread is for others, too */
    BUSY_MS = 2000,      /* another mixtui writes */
};

void index_touch(struct model *m, struct session *s) {
    struct index_state *x = m->priv->index;

    if (!index_on(m) || !s->id || !s->transcript.loaded)
        return;
    s->priv->index_wanted = x->wanted = true;
    s->priv->index_at = 0;
}

void index_feed_anew(struct model *m) {
    for (size_t i = 0; i < m->n_sessions; i++) {
        m->sessions[i]->priv->n_index_signs = 0;
        m->sessions[i]->priv->index_title = 0;
        index_touch(m, m->sessions[i]);
    }
}

/* ---- one message ---- */
static bool is_fed(const struct entry *e) {
    return e->id && !e->local && !e->pending && e->role != ROLE_NOTE;
}

/* Another number once anything of it changed; never 0. */
static uint64_t sign_of(const struct entry *e) {
    uint64_t h = hash_add(HASH_START, e->id, strlen(e->id));

    for (size_t i = 0; i < e->n_parts; i++)
        h = hash_add(h, &e->parts[i].rev, sizeof e->parts[i].rev);
    return h | 1;
}

static void add_cut(struct buf *out, const char *text, size_t n) {
    const size_t room = TEXT_BYTES - (out->n < TEXT_BYTES ? out->n : TEXT_BYTES);
    size_t k = n < room ? n : room;

    if (k < n)
        k -= text_tail(text, k);
    (void)buf_add(out, text, k);
}

/* Of a call what it touches and what it gave, not its whole input: files would fill the index. */
static void add_call(struct buf *out, const struct part *p) {
    auto_buf struct buf object = {.max = 4096};
    const size_t n = p->result ? strlen(p->result) : 0;

    add_cut(out, p->name, strlen(p->name));
    if (tool_object(&object, p->name, p->text, p->len)) {
        add_cut(out, " ", 1);
        add_cut(out, buf_str(&object), object.n);
    }
    if (n == 0)
        return;
    add_cut(out, "\n", 1);
    if (n <= 2 * (size_t)RESULT_BYTES) {
        add_cut(out, p->result, n);
        return;
    }
    size_t head = RESULT_BYTES, tail = n - RESULT_BYTES;

    head -= text_tail(p->result, head);
    while (tail < n && ((unsigned char)p->result[tail] & 0xC0) == 0x80)
        tail++;
    add_cut(out, p->result, head);
    add_cut(out, " ... ", 5);
    add_cut(out, p->result + tail, n - tail);
}

static void add_entry(struct task *t, const struct entry *e, size_t place) {
    struct index_row *row = &t->index.rows[t->index.n_rows++];
    auto_buf struct buf text = {.max = TEXT_BYTES + 4096};

    for (size_t i = 0; i < e->n_parts && text.n < TEXT_BYTES; i++) {
        const struct part *p = &e->parts[i];

        if (p->kind != PART_TEXT && p->kind != PART_TOOL)
            continue;
        if (text.n > 0)
            add_cut(&text, "\n", 1);
        if (p->kind == PART_TEXT)
            add_cut(&text, p->text, p->len);
        else
            add_call(&text, p);
    }
    *row = (struct index_row){
        .message = arena_strdup(&t->arena, e->id),
        .role = e->role == ROLE_USER ? 'u' : 'a',
        .at = e->at,
        .place = (int64_t)place,
        .text = arena_strndup(&t->arena, buf_str(&text), text.n),
        .len = text.n,
    };
}

/* ---- one slice of a session ---- */
static void make_marks(struct session_private *p, size_t n) {
    if (n <= p->n_index_signs)
        return;
    p->index_signs = xrealloc(p->index_signs, n * sizeof *p->index_signs);
    memset(p->index_signs + p->n_index_signs, 0, (n - p->n_index_signs) * sizeof *p->index_signs);
    p->n_index_signs = n;
}

static void fill(struct session *s, struct task *t) {
    struct session_private *p = s->priv;
    const struct transcript *tr = &s->transcript;
    size_t bytes = 0;

    make_marks(p, tr->n);
    t->index.rows = arena_alloc(&t->arena, ROWS * sizeof *t->index.rows);
    for (int looks = 0;
         p->index_at < tr->n && looks < LOOKS && t->index.n_rows < ROWS && bytes < BYTES;
         looks++, p->index_at++) {
        const struct entry *e = &tr->entries[p->index_at];

        if (!is_fed(e) || p->index_signs[p->index_at] == sign_of(e))
            continue;
        p->index_signs[p->index_at] = sign_of(e);
        add_entry(t, e, p->index_at);
        bytes += t->index.rows[t->index.n_rows - 1].len;
    }
    p->index_wanted = p->index_at < tr->n;
}

static int64_t last_activity(const struct model *m, const struct session *s) {
    const int64_t at = s->active_at > s->created_at ? s->active_at : s->created_at;

    return at > 0 ? at : m->real;
}

static uint64_t title_sign(const struct session *s) {
    const char *title = session_title(s);

    return hash_add(HASH_START, title, strlen(title));
}

/* False: there was nothing to send. */
static bool feed(struct model *m, struct session *s, struct effects *fx) {
    struct index_state *x = m->priv->index;
    struct task *t = task_new(TASK_INDEX_ADD, x->path);
    const bool told = s->priv->index_title == title_sign(s);

    fill(s, t);
    if (t->index.n_rows == 0 && (told || s->priv->index_wanted)) {
        task_free(t);
        return false;
    }
    s->priv->index_title = title_sign(s);
    t->index.session = arena_strdup(&t->arena, s->id);
    t->index.title = arena_strdup(&t->arena, session_title(s));
    t->index.at = last_activity(m, s);
    t->index.most = x->most;
    fx_task_take(m, fx, t, TAG_INDEX, s);
    x->adding = t->id;
    return true;
}

/* ---- time ---- */
static struct session *next_session(const struct model *m) {
    if (m->shown && m->shown->priv->index_wanted)
        return m->shown;
    for (size_t i = 0; i < m->n_sessions; i++)
        if (m->sessions[i]->priv->index_wanted)
            return m->sessions[i];
    return NULL;
}

static void tidy(struct model *m, struct effects *fx) {
    struct index_state *x = m->priv->index;
    struct task *t = index_task_new(m, fx, TASK_INDEX_ADD, NULL);

    t->index.most = x->most;
    x->adding = t->id;
}

void index_tick(struct model *m, struct effects *fx) {
    struct index_state *x = m->priv->index;

    if (index_next(m) < 0 || m->now < index_next(m))
        return;
    struct session *s = index_on(m) ? next_session(m) : NULL;

    x->next_at = m->now + 1;
    if (s)
        (void)feed(m, s, fx);
    else if (x->facts.busy && !x->failed)
        tidy(m, fx);
    else
        x->wanted = false;
    if (!x->wanted)
        index_ask_again(m, fx);
}

int64_t index_next(const struct model *m) {
    const struct index_state *x = m->priv->index;

    if (!x->wanted || x->adding || !x->path)
        return -1;
    return x->next_at > 0 ? x->next_at : 1;
}

/* ---- answers ---- */
/* What was not taken in is sent again. */
static void again(struct session *s, const struct task *t) {
    struct session_private *p = s->priv;

    for (size_t i = t->index.done; i < t->index.n_rows; i++) {
        const size_t at = (size_t)t->index.rows[i].place;

        if (at < p->n_index_signs)
            p->index_signs[at] = 0;
        if (at < p->index_at)
            p->index_at = at;
    }
    if (t->err.rc != RC_OK)
        p->index_title = 0;
    p->index_wanted = true;
}

void index_fed(struct model *m, struct task *t, struct session *s) {
    struct index_state *x = m->priv->index;

    if (t->id != x->adding)
        return;
    x->adding = 0;
    x->next_at = m->now + (t->err.rc == RC_BUSY ? BUSY_MS : PAUSE_MS);
    if (s && !x->failed && (t->err.rc != RC_OK || t->index.done < t->index.n_rows))
        again(s, t);
    if (t->index.facts.renewed)
        index_feed_anew(m);
}
