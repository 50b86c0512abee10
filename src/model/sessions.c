/* sessions.c - the sessions of the server: made, filled from what the server says, taken away. */
#include "mix/search.h"
#include "editing.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

enum { TITLE_MAX = 512, FIRST_MAX = 1024, NESTING_MAX = 8, ACTIVE_STEP_MS = 60000 };

struct session *session_new(struct model *m, const char *id) {
    struct session *s = xcalloc(1, sizeof *s);

    s->priv = xcalloc(1, sizeof *s->priv);
    s->seen = true;
    s->reading.follow = true;
    s->draft_loaded = m->state_dir == NULL;
    editor_init(&s->draft, DRAFT_MAX);
    if (id) {
        s->id = xstrdup(id);
        m->sessions = xgrow(m->sessions, m->n_sessions, &m->cap_sessions, sizeof(*m->sessions));
        m->sessions[m->n_sessions++] = s;
        map_set(&m->sessions_by_id, id, s);
        s->pinned = pin_has(m, id);
    }
    order_touch(m);
    watch_touch(m);
    return s;
}

void session_free(struct session *s) {
    struct session_private *p = s->priv;

    queue_fini(s);
    free(s->owner);
    for (size_t i = 0; i < p->n_tasks; i++)
        free(p->tasks[i].call_id);
    for (size_t i = 0; i < p->n_done; i++)
        free(p->done_ids[i]);
    free(p->tasks);
    free(p->end_text);
    free(p->answered_id);
    free(p->message_id);
    free(p->known_id);
    free(p->stash);
    chips_free(p->stash_chips, p->n_stash_chips);
    free(p->theirs);
    free(p->index_signs);
    jump_end(s);
    free(p);
    free(s->sending);
    free(s->id);
    free(s->title);
    free(s->parent_id);
    free(s->parent_call_id);
    free(s->work_dir);
    free(s->first_message);
    transcript_fini(&s->transcript);
    editor_fini(&s->draft);
    free(s);
}

struct session *model_session(const struct model *m, const char *id) {
    return id ? map_get(&m->sessions_by_id, id) : NULL;
}

const char *session_title(const struct session *s) {
    if (!str_blank(s->title))
        return s->title;
    if (!str_blank(s->first_message))
        return s->first_message;
    return s->id ? s->id : "new";
}

bool session_has_open_call(const struct session *s) {
    return transcript_has_open_call(&s->transcript);
}

void session_active(struct model *m, struct session *s) {
    struct session_private *p = s->priv;

    if (p->active_mark && m->now - p->active_mark < ACTIVE_STEP_MS)
        return; /* two streaming sessions must not change places with every token */
    p->active_mark = m->now;
    s->active_at = m->real;
    order_touch(m);
}

/* ---- what the server says of it ---- */
static bool take_line(char **field, const char *value, size_t max) {
    char *line = clean_line(value, max);

    if (!line || str_eq(*field, line)) {
        free(line);
        return false;
    }
    free(*field);
    *field = line;
    return true;
}

static bool take_id(char **field, const char *value) {
    if (str_blank(value) || str_eq(*field, value))
        return false;
    set_string(field, value);
    return true;
}

static void forget_call(struct model *m, struct session *s) {
    struct map *calls = &m->priv->children_by_call;

    if (s->parent_call_id && map_get(calls, s->parent_call_id) == s)
        map_del(calls, s->parent_call_id);
}

/* A chain that would lead back to s is cut: servers can be wrong, walks must end. */
static void link_parent(struct model *m, struct session *s) {
    struct session *parent = s->subagent ? model_session(m, s->parent_id) : NULL;
    int depth = 0;

    for (const struct session *up = parent; up; up = up->parent)
        if (up == s || ++depth > NESTING_MAX)
            parent = NULL;
    if (parent == s->parent)
        return;
    s->parent = parent;
    order_touch(m);
}

void session_link_parents(struct model *m) {
    for (size_t i = 0; i < m->n_sessions; i++)
        if (m->sessions[i]->parent_id && !m->sessions[i]->parent)
            link_parent(m, m->sessions[i]);
}

void session_take_data(struct model *m, struct session *s, const struct session_data *d) {
    const int64_t tokens = d->prompt_tokens + d->completion_tokens;
    bool changed = take_line(&s->title, d->title, TITLE_MAX);

    changed |= take_line(&s->first_message, d->first_user_message, FIRST_MAX);
    changed |= take_id(&s->parent_id, d->parent_session_id);
    (void)take_id(&s->work_dir, d->working_directory);
    if (!str_blank(d->parent_tool_call_id) && !str_eq(d->parent_tool_call_id, s->parent_call_id)) {
        forget_call(m, s);
        set_string(&s->parent_call_id, d->parent_tool_call_id);
        map_set(&m->priv->children_by_call, s->parent_call_id, s);
        changed = true;
    }
    s->subagent = s->subagent || str_eq(d->session_type, "subagent") || s->parent_call_id;
    s->forked = s->forked || str_eq(d->session_type, "forked") || (s->parent_id && !s->subagent);
    if (d->created_at > 0 && d->created_at != s->created_at) {
        s->created_at = d->created_at;
        changed = true;
    }
    if (d->cost != s->cost || tokens != s->context_tokens || d->user_messages != s->user_messages) {
        s->cost = d->cost;
        s->context_tokens = tokens;
        s->user_messages = d->user_messages;
        model_touch(m);
    }
    s->priv->rows = d->user_messages + d->assistant_messages + d->tool_calls;
    s->priv->counted = true;
    s->priv->provisional = false;
    link_parent(m, s);
    if (changed) {
        order_touch(m);
        index_touch(m, s);
    }
}

struct session *session_add(struct model *m, const struct session_data *d) {
    if (str_blank(d->id))
        return NULL;
    struct session *s = model_session(m, d->id);

    if (!s)
        s = session_new(m, d->id);
    session_take_data(m, s, d);
    return s;
}

/* ---- it goes away ---- */
static void keep_texts(struct model *m, struct session *s, struct effects *fx) {
    if (s->sending)
        history_said(m, s, s->sending, fx);
    for (size_t i = 0; i < s->n_queue; i++)
        history_said(m, s, s->queue[i].text, fx);
    if (!str_blank(s->priv->stash))
        history_said(m, s, s->priv->stash, fx);
    if (s->draft.text.n > 0) {
        history_said(m, s, buf_str(&s->draft.text), fx);
        act_notice(m, "The draft of a session that is gone is in the prompt history (Up)");
    }
}

static void let_go(struct model *m, struct session *s) {
    struct model_private *p = m->priv;

    for (size_t i = 0; i < p->n_pending; i++)
        if (p->pending[i].session == s)
            p->pending[i].session = NULL;
    for (size_t i = 0; i < p->n_tasks; i++)
        if (p->tasks[i].session == s)
            p->tasks[i].session = NULL;
    forget_call(m, s);
    if (p->hit == s)
        p->hit = NULL;
    for (size_t i = 0; i < m->n_sessions; i++) {
        struct session *other = m->sessions[i];

        if (other->parent == s)
            other->parent = NULL;
        for (size_t k = 0; k < other->priv->n_tasks; k++)
            if (other->priv->tasks[k].child == s)
                other->priv->tasks[k].child = NULL;
    }
    asks_session_gone(m, s);
    files_session_gone(m, s);
    complete_session_gone(m, s);
    attach_session_gone(m, s);
    if (m->search->session == s)
        search_end(m);
    if (m->ui.visual.session == s) {
        m->ui.visual.on = false;
        m->ui.visual.session = NULL;
    }
}

static void unlist(struct model *m, struct session *s) {
    if (m->fresh == s)
        m->fresh = NULL;
    if (s->id && model_session(m, s->id) == s)
        map_del(&m->sessions_by_id, s->id);
    for (size_t i = 0; i < m->n_sessions; i++) {
        if (m->sessions[i] != s)
            continue;
        memmove(m->sessions + i, m->sessions + i + 1,
                (m->n_sessions - i - 1) * sizeof(*m->sessions));
        m->n_sessions--;
        break;
    }
}

struct session *session_newest(const struct model *m) {
    struct session *best = NULL;
    int64_t best_at = 0;

    for (size_t i = 0; i < m->n_sessions; i++) {
        struct session *s = m->sessions[i];
        const int64_t at = s->active_at > s->created_at ? s->active_at : s->created_at;

        if (s->subagent || (best && at <= best_at))
            continue;
        best = s;
        best_at = at;
    }
    return best;
}

/* Not into another session's message: the next Enter would send it there. */
static void move_typed(struct model *m, const char *typed, struct effects *fx) {
    if (!m->fresh)
        m->fresh = session_new(m, NULL);
    act_session_show(m, m->fresh, fx);
    if (!typed || m->fresh->draft.text.n > 0)
        return;
    editor_set(&m->fresh->draft, typed);
    act_draft_changed(m, m->fresh);
    act_notice(m, "The session is gone: what you typed is the message of a new one");
}

void session_gone(struct model *m, struct session *s, struct effects *fx) {
    const bool shown = m->shown == s;
    const char *draft = buf_str(&s->draft.text);
    auto_free char *typed =
        shown && s->history_at == 0 && !str_blank(draft) ? xstrdup(draft) : NULL;
    struct session *next = shown ? s->parent : NULL;

    keep_texts(m, s, fx);
    if (s->priv->index_forget) /* its end is also told by a stream, perhaps before the answer */
        index_forget(m, s->id, fx);
    watch_stop(m, s, fx);
    draft_bury(m, s, fx);
    places_forget(m, s->id);
    let_go(m, s);
    panels_session(m, s, NULL);
    unlist(m, s);
    if (m->ui.session_cursor == s)
        m->ui.session_cursor = NULL;
    session_free(s);
    order_touch(m);
    watch_touch(m);
    if (!shown)
        return;
    m->shown = NULL;
    if (!next)
        next = session_newest(m);
    if (next && !typed)
        act_session_show(m, next, fx);
    else
        move_typed(m, typed, fx);
}

/* ---- the fresh one was created ---- */
static void replace(struct model *m, struct session *old, struct session *s) {
    struct model_private *p = m->priv;

    for (size_t i = 0; i < m->n_asks; i++)
        if (m->asks[i]->session == old)
            m->asks[i]->session = s;
    panels_session(m, old, s);
    for (size_t i = 0; i < p->n_pending; i++)
        if (p->pending[i].session == old && p->pending[i].op != OP_MESSAGES_LIST)
            p->pending[i].session = s;
    if (old->stream) {
        char key[16];

        s->stream = old->stream;
        old->stream = 0;
        s->link = old->link;
        s->last_byte_at = old->last_byte_at;
        s->priv->was_live = old->priv->was_live;
        stream_key(key, s->stream);
        map_set(&m->streams, key, s);
    }
    if (m->shown == old)
        m->shown = s;
    if (m->ui.session_cursor == old)
        m->ui.session_cursor = s;
    keep_texts(m, old, NULL);
    let_go(m, old);
    unlist(m, old);
    session_free(old);
}

void session_name(struct model *m, struct session *s, const char *id) {
    struct session *other = model_session(m, id);

    if (other) /* another stream told of it before the answer came */
        replace(m, other, s);
    s->id = xstrdup(id);
    m->sessions = xgrow(m->sessions, m->n_sessions, &m->cap_sessions, sizeof(*m->sessions));
    m->sessions[m->n_sessions++] = s;
    map_set(&m->sessions_by_id, id, s);
    if (m->fresh == s)
        m->fresh = NULL;
    order_touch(m);
    watch_touch(m);
}
