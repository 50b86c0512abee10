/* model_run.h - a model driven by bytes, and what must hold after every step. */
#ifndef MIX_TESTS_MODEL_RUN_H
#define MIX_TESTS_MODEL_RUN_H

#include "mix/servers.h"
#include "private.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALLS_MAX = 512, TOKENS_MAX = 400, STEPS_MAX = 3000, SELECTED_MAX = 128 };

struct source {
    const uint8_t *p;
    size_t n;
};
struct call {
    uint32_t id;
    enum request_kind kind;
    enum op op;
    char session[24];
};
/* One server: its model and what is on its way there. */
struct side {
    struct model *m;
    struct effects *fx;
    struct call calls[CALLS_MAX];
    size_t n_calls;
};
struct run {
    struct source in;
    /* the server that is dealt with: as a rule the shown one */
    struct model *m;
    struct effects *fx;
    struct call calls[CALLS_MAX]; /* on their way */
    size_t n_calls;
    int64_t now;
    struct servers servers; /* none: the model is alone */
    struct side other;      /* m NULL: there is none */
    bool closed;            /* one was closed, with what was typed there */
    unsigned tokens;        /* typed so far */
    unsigned made;          /* sessions created so far */
    char coming[16];        /* the id of the next one */
    char cursor[SELECTED_MAX];
    uint64_t cursor_says; /* what that request asks for */
    /* rule 1, kept by other means */
    char painted[SELECTED_MAX];
    int64_t painted_at, decided_at;
    bool deciding, moving;
    char answered[SELECTED_MAX]; /* what may be answered now */
    size_t answers;
};

static inline unsigned next(struct run *r) {
    if (r->in.n == 0)
        return 0;
    r->in.n--;
    return *r->in.p++;
}

static inline const char *pick(struct run *r, const char *const *words, size_t n) {
    return words[next(r) % n];
}
#define PICK(r, ...)                                                                               \
    pick(r, (const char *const[]){__VA_ARGS__},                                                    \
         sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static inline const char *session_id(struct run *r) {
    return PICK(r, "s0", "s1", "s2", "s3", "k1", "k2", NULL, r->coming);
}
static inline const char *call_id(struct run *r) {
    return PICK(r, "t1", "t2", "c1", "c2", "c3", NULL);
}
static inline const char *message_id(struct run *r) {
    return PICK(r, "m1", "m2", "m3", "m4", NULL);
}
static inline const char *ask_id(struct run *r) {
    return PICK(r, "p1", "p2", "p3", "p4", "p5", "p6");
}
static inline const char *text(struct run *r) {
    return PICK(r, "", "x", "token1 ", "boom", "request cancelled by user",
                "Invalid session ID: s1", "\xff\xfe", "a\nb", NULL, "\x1b[31m", "/cmd");
}
static inline const char *input(struct run *r) {
    return PICK(r, "{\"command\":\"ls\"}", "{\"command\":\"make\"}", "{\"comm", "", "plain", NULL,
                "{\"file_path\":\"/a\",\"old_string\":\"x\",\"new_string\":\"y\"}", "[{[\"\\n");
}
static inline const char *tool(struct run *r) {
    return PICK(r, "Bash", "Edit", "Task", "bash", NULL);
}

/* ---- invariants ---- */
static inline struct session *nth(const struct run *r, unsigned n) {
    const struct model *m = r->m;

    return m->n_sessions ? m->sessions[n % m->n_sessions] : m->shown;
}

static inline bool holds(const struct session *s, const char *token) {
    if (strstr(buf_str(&s->draft.text), token) || (s->sending && strstr(s->sending, token)) ||
        (s->priv->stash && strstr(s->priv->stash, token)))
        return true;
    for (size_t i = 0; i < s->n_queue; i++)
        if (strstr(s->queue[i].text, token))
            return true;
    return false;
}

static inline bool kept(const struct model *m, const char *token) {
    if (m->fresh && holds(m->fresh, token))
        return true;
    for (size_t i = 0; i < m->n_sessions; i++)
        if (holds(m->sessions[i], token))
            return true;
    for (size_t i = m->n_history; i-- > 0;)
        if (strstr(m->history[i].text, token))
            return true;
    return false;
}

static inline void check_typed(const struct run *r) {
    char token[32];

    for (unsigned i = 0; i < r->tokens && !r->closed; i++) {
        (void)snprintf(token, sizeof token, "token%u ", i);
        if (!kept(r->m, token) && !(r->other.m && kept(r->other.m, token)))
            abort();
    }
}

/* What a request is known by: its server and its id. "" for none. */
static inline void ask_key(char out[SELECTED_MAX], const struct model *m, const char *id) {
    (void)snprintf(out, SELECTED_MAX, "%s%s%s", id ? m->server.key : "", id ? " " : "",
                   id ? id : "");
}

static inline void key_of(char out[SELECTED_MAX], const struct run *r, const struct ask *a) {
    ask_key(out, a->owner ? a->owner : r->m, a->id);
}

static inline const struct model *viewer(const struct run *r) {
    return r->servers.shown ? r->servers.shown : r->m;
}

static inline void cursor_key(char out[SELECTED_MAX], const struct model *m) {
    ask_key(out, m, m->ui.ask_cursor);
    if (m->ui.ask_cursor && m->ui.ask_server)
        (void)snprintf(out, SELECTED_MAX, "%s %s", m->ui.ask_server, m->ui.ask_cursor);
}

static inline uint64_t add_text(uint64_t hash, const char *text) {
    return text ? hash_add(hash, text, strlen(text) + 1) : hash_add(hash, "", 0);
}

/* What the request of that key asks for; 0: there is none. */
static inline uint64_t said_by(const struct run *r, const char *key) {
    char of[SELECTED_MAX];
    size_t n;
    struct ask *const *asks = model_inbox(viewer(r), &n);

    for (size_t i = 0; i < n; i++) {
        const struct ask *a = asks[i];

        key_of(of, r, a);
        if (strcmp(of, key) == 0)
            return 1 |
                   add_text(add_text(add_text(add_text(a->kind + 1, a->tool), a->params), a->title),
                            a->message);
    }
    return 0;
}

/* The cursor stays, but where a server gives its id to another request: then nothing is chosen. */
static inline bool cursor_kept(const struct run *r, const char *cursor) {
    const uint64_t says = said_by(r, r->cursor);

    return strcmp(cursor, r->cursor) == 0 ||
           (cursor[0] == '\0' && says != 0 && says != r->cursor_says);
}

static inline void check_asks(struct run *r) {
    const struct model *m = viewer(r);
    char cursor[SELECTED_MAX], key[SELECTED_MAX];
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);

    cursor_key(cursor, m);
    if (!r->moving)
        assert(cursor_kept(r, cursor));
    if (strcmp(cursor, r->cursor) != 0 || m->ui.focus != PANE_PERMISSIONS ||
        (m->ui.over != OVER_NONE && m->ui.over != OVER_MENU))
        r->painted[0] = '\0';
    (void)snprintf(r->cursor, sizeof r->cursor, "%s", cursor);
    r->cursor_says = said_by(r, r->cursor);
    r->moving = false;
    for (size_t i = 0; i < n; i++) {
        assert(asks[i]->session && asks[i]->object);
        assert(i == 0 || asks[i - 1]->deadline <= asks[i]->deadline);
        key_of(key, r, asks[i]);
        assert(!ask_armed(m, asks[i], r->now) || strcmp(key, r->painted) == 0);
    }
    if (r->other.m)
        assert(n == r->m->n_asks + r->other.m->n_asks);
}

static inline void check_sessions(const struct run *r) {
    const struct model *m = r->m;
    size_t streams = 0;

    assert(m->shown);
    for (size_t i = 0; i < m->n_sessions; i++) {
        const struct session *s = m->sessions[i];

        assert(s->id && model_session(m, s->id) == s && s != m->fresh);
        assert(s->sent == SENT_NONE || s->sending);
        assert(!s->held || s->n_queue > 0);
        assert(s->draft.caret <= s->draft.text.n);
        streams += s->stream != 0;
    }
    assert(streams == m->n_watched && streams == m->streams.n);
    for (size_t i = 0; i < m->n_visible; i++)
        assert(m->visible[i] == m->fresh || model_session(m, m->visible[i]->id) == m->visible[i]);
}

/* ---- what leaves ---- */
static inline bool is_answer(enum op op) {
    return op == OP_PERMISSION_GRANT || op == OP_PERMISSION_DENY || op == OP_NOTIFICATION_RESPOND;
}

static inline void remember(struct run *r, const struct request *q) {
    struct call c = {.id = q->id, .kind = q->kind, .op = q->op};

    if (q->kind == REQ_CALL && is_answer(q->op)) {
        const struct session_ref *ref = q->in; /* of a notification the id comes first too */
        char key[SELECTED_MAX];

        ask_key(key, r->m, ref->id);
        assert(r->deciding);
        assert(strcmp(key, r->answered) == 0); /* the selected one, at its own server */
        r->answers++;
    }
    if (q->kind == REQ_CALL && q->op == OP_MESSAGE_SEND) {
        const struct message_send *in = q->in;
        const struct session *s = model_session(r->m, in->id);

        (void)snprintf(c.session, sizeof c.session, "%s", in->id);
        assert(!s || s->link == LINK_LIVE || s->link == LINK_LATE);
        for (size_t i = 0; i < r->n_calls; i++)
            assert(r->calls[i].op != OP_MESSAGE_SEND || strcmp(r->calls[i].session, in->id) != 0);
    }
    if (q->kind == REQ_CALL || q->kind == REQ_PROBE) {
        if (r->n_calls < CALLS_MAX)
            r->calls[r->n_calls++] = c;
    }
}

static inline void take_effects(struct run *r) {
    for (size_t i = 0; i < r->fx->n_requests; i++) {
        remember(r, r->fx->requests[i]);
        request_free(r->fx->requests[i]);
    }
    r->fx->n_requests = 0;
    for (size_t i = 0; i < r->n_calls; i++) /* a later session with the same id is another one */
        if (!model_session(r->m, r->calls[i].session))
            r->calls[i].session[0] = '\0';
    check_asks(r);
    check_sessions(r);
}

/* The other server is dealt with until this is done again. */
static inline void turn_round(struct run *r) {
    static struct side was;

    was.m = r->m;
    was.fx = r->fx;
    memcpy(was.calls, r->calls, r->n_calls * sizeof *r->calls);
    was.n_calls = r->n_calls;
    r->m = r->other.m;
    r->fx = r->other.fx;
    memcpy(r->calls, r->other.calls, r->other.n_calls * sizeof *r->calls);
    r->n_calls = r->other.n_calls;
    memcpy(r->other.calls, was.calls, was.n_calls * sizeof *was.calls);
    r->other.m = was.m;
    r->other.fx = was.fx;
    r->other.n_calls = was.n_calls;
}

static inline void take_all_effects(struct run *r) {
    take_effects(r);
    if (!r->other.m)
        return;
    turn_round(r);
    take_effects(r);
    turn_round(r);
}

#endif
