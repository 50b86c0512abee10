/* order.c - marks, and the order in which sessions are listed. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

char mark_char(enum mark mark) {
    static const char chars[MARK_COUNT] = {
        [MARK_APPROVAL] = '!', [MARK_QUESTION] = '?', [MARK_ERROR] = 'x',     [MARK_WORKING] = '*',
        [MARK_DONE] = '+',     [MARK_IDLE] = ' ',     [MARK_UNWATCHED] = '.',
    };

    return mark < MARK_COUNT ? chars[mark] : ' ';
}

static bool within(const struct session *s, const struct session *top) {
    for (; s; s = s->parent)
        if (s == top)
            return true;
    return false;
}

/* it or a sub-agent of it */
static bool session_asks(const struct model *m, const struct session *s, enum ask_kind kind) {
    for (size_t i = 0; i < m->n_asks; i++)
        if (m->asks[i]->kind == kind && ask_answerable(m->asks[i]) &&
            within(m->asks[i]->session, s))
            return true;
    return false;
}

enum mark session_mark(const struct session *s, const struct model *m) {
    if (m->n_asks > 0 && session_asks(m, s, ASK_PERMISSION))
        return MARK_APPROVAL;
    if (m->n_asks > 0 && session_asks(m, s, ASK_QUESTION))
        return MARK_QUESTION;
    if (s->failed)
        return MARK_ERROR;
    if (s->turn != TURN_IDLE)
        return MARK_WORKING;
    if (!s->seen)
        return MARK_DONE;
    return s->stream || !s->id ? MARK_IDLE : MARK_UNWATCHED;
}

/* Who asks is at work, also when another turn of the session has ended meanwhile. */
static bool is_at_work(const struct model *m, const struct session *s) {
    return s->turn != TURN_IDLE || (m->n_asks > 0 && (session_asks(m, s, ASK_PERMISSION) ||
                                                      session_asks(m, s, ASK_QUESTION)));
}

size_t model_working(const struct model *m) {
    size_t n = 0;

    for (size_t i = 0; i < m->n_sessions; i++)
        n += !m->sessions[i]->subagent && is_at_work(m, m->sessions[i]);
    return n;
}

size_t model_unsent(const struct model *m) {
    size_t n = m->fresh ? m->fresh->n_queue : 0;

    for (size_t i = 0; i < m->n_sessions; i++)
        n += m->sessions[i]->n_queue;
    return n;
}

bool model_keepable(const struct model *m) {
    const struct model *peer;

    for (size_t i = 0; (peer = model_peer(m, i)); i++)
        if (model_working(peer) > 0 && !peer->server.caps.sync_send && !peer->server.demo)
            return true;
    return false;
}

size_t model_transfers(const struct model *m) {
    size_t n = 0;

    for (size_t i = 0; i < m->files.n_transfers; i++)
        n += m->files.transfers[i].state == XFER_RUNNING ||
             m->files.transfers[i].state == XFER_WAITING;
    return n;
}

struct place {
    struct session *s;
    const struct session *parent;
    int rank;
    int64_t at;
};

static int by_rank(const void *va, const void *vb) {
    const struct place *a = va;
    const struct place *b = vb;

    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->at != b->at)
        return a->at > b->at ? -1 : 1;
    return strcmp(a->s->id, b->s->id);
}

static int by_parent(const void *va, const void *vb) {
    const struct place *a = va;
    const struct place *b = vb;

    if (a->parent != b->parent)
        return (uintptr_t)a->parent < (uintptr_t)b->parent ? -1 : 1;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return strcmp(a->s->id, b->s->id);
}

struct listing {
    struct model *m;
    const char *query;
    struct place *subs; /* by parent, then oldest first */
    size_t n_subs;
};

static size_t first_sub(const struct listing *l, const struct session *parent) {
    size_t lo = 0;
    size_t hi = l->n_subs;

    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;

        if ((uintptr_t)l->subs[mid].parent < (uintptr_t)parent)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static bool matches(const char *query, const struct session *s) {
    return str_blank(query) || text_fuzzy(query, session_title(s)) > 0 ||
           (s->first_message && text_fuzzy(query, s->first_message) > 0);
}

/* Puts s and what is below it; a parent stays as long as one of its sub-agents matches. */
static bool put(struct listing *l, struct session *s, const char *query) {
    struct model *m = l->m;
    const size_t at = m->n_visible++;
    const bool own = matches(query, s);
    bool any = own;

    m->visible[at] = s;
    for (size_t i = first_sub(l, s); i < l->n_subs && l->subs[i].parent == s; i++)
        any |= put(l, l->subs[i].s, own ? "" : query);
    if (!any)
        m->n_visible = at;
    return any;
}

/* The one not created yet is listed while it is used. */
static bool fresh_listed(const struct model *m) {
    const struct session *s = m->fresh;

    return s && (s == m->shown || s->draft.text.n > 0 || s->sending || s->n_queue > 0);
}

void sessions_order(struct model *m) {
    struct listing l = {.m = m, .query = buf_str(&m->ui.session_filter.text)};
    auto_free struct place *tops = xmalloc((m->n_sessions + 1) * sizeof *tops);
    auto_free struct place *subs = xmalloc((m->n_sessions + 1) * sizeof *subs);
    size_t n_tops = 0;

    m->priv->order_dirty = false;
    if (m->n_sessions + 1 > m->priv->cap_visible) {
        m->priv->cap_visible = 2 * m->n_sessions + 16;
        m->visible = xrealloc(m->visible, m->priv->cap_visible * sizeof(*m->visible));
    }
    for (size_t i = 0; i < m->n_sessions; i++) {
        struct session *s = m->sessions[i];

        if (s->parent)
            subs[l.n_subs++] = (struct place){.s = s, .parent = s->parent, .at = s->created_at};
        else
            tops[n_tops++] = (struct place){
                .s = s,
                .rank = (int)session_mark(s, m),
                .at = s->active_at > s->created_at ? s->active_at : s->created_at,
            };
    }
    qsort(tops, n_tops, sizeof *tops, by_rank);
    qsort(subs, l.n_subs, sizeof *subs, by_parent);
    l.subs = subs;
    m->n_visible = 0;
    if (fresh_listed(m) && matches(l.query, m->fresh))
        m->visible[m->n_visible++] = m->fresh;
    for (size_t i = 0; i < n_tops; i++)
        (void)put(&l, tops[i].s, l.query);
}
