/* prompts.c - the history of prompts: one line each in a file, newest last.
 *
 *   \@TIME SESSION TEXT   ms since 1970, the id or -; in the text \n is a line end and \\ a
 *                         backslash
 *   TEXT                  as older versions wrote it: no such text begins with \@ */
#include "editing.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

enum { REWRITE_AT = 2 * HISTORY_MAX, ID_MOST = 200 };
enum { SAVE_AGAIN_MS = 5000, LATE_MAX = 8 * 1024 * 1024 };

/* ---- the list ---- */
static void prompt_fini(struct prompt *p) {
    free(p->text);
    free(p->session);
}

void prompts_free(struct prompt *v, size_t n) {
    for (size_t i = 0; i < n; i++)
        prompt_fini(&v[i]);
    free(v);
}

static void drop_oldest(struct model *m) {
    prompt_fini(&m->history[0]);
    memmove(m->history, m->history + 1, (m->n_history - 1) * sizeof(*m->history));
    m->n_history--;
}

/* The session of what was said before it had an id becomes known later: then it is said again. */
static bool same_as_last(struct model *m, const char *text, const char *session) {
    struct prompt *last = m->n_history > 0 ? &m->history[m->n_history - 1] : NULL;

    if (!last || !str_eq(last->text, text))
        return false;
    if (session && !last->session)
        last->session = xstrdup(session);
    return !session || str_eq(last->session, session);
}

static bool remember(struct model *m, const char *text, const char *session, int64_t at) {
    if (str_blank(text) || same_as_last(m, text, session))
        return false;
    if (m->n_history == HISTORY_MAX)
        drop_oldest(m);
    m->history = xgrow(m->history, m->n_history, &m->cap_history, sizeof(*m->history));
    m->history[m->n_history++] = (struct prompt){.text = xstrdup(text),
                                                 .session = session ? xstrdup(session) : NULL,
                                                 .at = at,
                                                 .id = ++m->priv->next_prompt};
    return true;
}

static void unsaved(struct model *m, const char *text, const char *session, struct effects *fx) {
    struct model_private *p = m->priv;

    if (!m->state_dir)
        return;
    p->unsaved = xgrow(p->unsaved, p->n_unsaved, &p->cap_unsaved, sizeof(*p->unsaved));
    p->unsaved[p->n_unsaved++] = (struct prompt){
        .text = xstrdup(text), .session = session ? xstrdup(session) : NULL, .at = m->real};
    if (fx)
        prompts_save(m, fx);
}

void history_said(struct model *m, const struct session *s, const char *text, struct effects *fx) {
    const char *id = s ? s->id : NULL;

    if (remember(m, text, id, m->real))
        unsaved(m, text, id, fx);
}

void history_add(struct model *m, const char *text, struct effects *fx) {
    history_said(m, NULL, text, fx);
}

void history_named(struct model *m, const struct session *s, struct effects *fx) {
    const struct prompt *last = m->n_history > 0 ? &m->history[m->n_history - 1] : NULL;

    if (!last || last->session || !s->id || !str_eq(last->text, s->sending))
        return;
    (void)same_as_last(m, last->text, s->id);
    unsaved(m, last->text, s->id, fx);
}

/* ---- the file ---- */
static bool plain_id(const char *id) {
    return !str_blank(id) && strlen(id) <= ID_MOST && !strpbrk(id, " \n\r\\") && !str_eq(id, "-");
}

static void write_line(struct buf *out, const struct prompt *said) {
    const char *text = said->text;

    (void)buf_addf(out, "\\@%lld %s ", (long long)said->at,
                   plain_id(said->session) ? said->session : "-");
    for (; *text; text++) {
        if (*text == '\n')
            (void)buf_add(out, "\\n", 2);
        else if (*text == '\\')
            (void)buf_add(out, "\\\\", 2);
        else
            (void)buf_add(out, text, 1);
    }
    (void)buf_add(out, "\n", 1);
}

static char *read_text(const char *line, size_t n) {
    char *text = xmalloc(n + 1);
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        if (line[i] == '\\' && i + 1 < n) {
            i++;
            text[len++] = line[i] == 'n' ? '\n' : line[i];
        } else {
            text[len++] = line[i];
        }
    }
    text[len] = '\0';
    return text;
}

/* How many bytes stand before the text; 0: an old line, or a damaged one. */
static size_t read_head(const char *line, size_t n, struct prompt *out) {
    size_t at = 2;
    int64_t time = 0;

    if (n < 5 || line[0] != '\\' || line[1] != '@')
        return 0;
    for (; at < n && line[at] >= '0' && line[at] <= '9' && at < 17; at++)
        time = 10 * time + (line[at] - '0');
    if (at == 2 || at >= n || line[at] != ' ')
        return 0;
    const char *id = line + at + 1, *stop = memchr(id, ' ', n - at - 1);

    if (!stop || stop == id || stop - id > ID_MOST)
        return 0;
    out->at = time;
    if (stop - id > 1 || *id != '-')
        out->session = xstrndup(id, (size_t)(stop - id));
    return (size_t)(stop + 1 - line);
}

static void read_line(struct model *m, const char *line, size_t n) {
    struct prompt said = {0};
    const size_t head = read_head(line, n, &said);

    said.text = read_text(line + head, n - head);
    if (text_valid(said.text, strlen(said.text)) &&
        (!said.session || text_valid(said.session, strlen(said.session))))
        (void)remember(m, said.text, said.session, said.at);
    prompt_fini(&said);
}

void prompts_save(struct model *m, struct effects *fx) {
    struct model_private *p = m->priv;
    struct buf path = {0};
    struct buf out;

    if (p->n_unsaved == 0)
        return;
    if (state_path(m, &path, "history")) {
        buf_init(&out, 1024 * MIX_MIB);
        if (p->history_torn) /* the line that somebody's crash cut stays one of its own */
            (void)buf_adds(&out, "\n");
        p->history_torn = false;
        for (size_t i = 0; i < p->n_unsaved; i++)
            write_line(&out, &p->unsaved[i]);
        task_data(fx_task(m, fx, TASK_APPEND, path.p, TAG_HISTORY_WRITE, NULL), buf_str(&out),
                  out.n);
        buf_fini(&out);
    }
    buf_fini(&path);
    prompts_free(p->unsaved, p->n_unsaved);
    p->unsaved = NULL;
    p->n_unsaved = p->cap_unsaved = 0;
}

static void rewrite(struct model *m, struct effects *fx) {
    struct buf path = {0};
    struct buf out;

    if (state_path(m, &path, "history")) {
        buf_init(&out, 1024 * MIX_MIB);
        for (size_t i = 0; i < m->n_history; i++)
            write_line(&out, &m->history[i]);
        task_data(fx_task(m, fx, TASK_WRITE, path.p, TAG_HISTORY_WRITE, NULL), buf_str(&out),
                  out.n);
        buf_fini(&out);
    }
    buf_fini(&path);
}

static void history_loaded(struct model *m, const struct task *t, struct effects *fx) {
    struct prompt *own = m->history; /* typed while the file was read */
    const size_t n_own = m->n_history;
    size_t lines = 0;

    m->history = NULL;
    m->n_history = m->cap_history = 0;
    for (const char *p = t->data; p && p < t->data + t->len;) {
        const char *stop = memchr(p, '\n', (size_t)(t->data + t->len - p));

        if (!stop) { /* torn by a crash */
            m->priv->history_torn = true;
            break;
        }
        lines++;
        read_line(m, p, (size_t)(stop - p));
        p = stop + 1;
    }
    for (size_t i = 0; i < n_own; i++)
        (void)remember(m, own[i].text, own[i].session, own[i].at);
    prompts_free(own, n_own);
    if (lines > REWRITE_AT) {
        m->priv->history_torn = false;
        rewrite(m, fx);
    }
}

/* The disk took nothing: these lines are written when it does again. A part of them may be there,
 * the last one cut. */
static void history_late(struct model *m, const struct task *t) {
    struct model_private *p = m->priv;

    if (p->late_at == 0)
        act_error(m, &t->err,
                  "The prompt history cannot be saved, it is in memory; tried again every 5 s");
    p->late_at = m->now + SAVE_AGAIN_MS;
    p->history_torn = true;
    p->late.max = LATE_MAX;
    if (t->kind == TASK_APPEND)
        (void)buf_add(&p->late, t->data, t->len);
}

void prompts_tick(struct model *m, struct effects *fx) {
    struct model_private *p = m->priv;
    struct buf path = {0};

    if (p->late_at == 0 || m->now < p->late_at)
        return;
    p->late_at = 0;
    if (p->late.n > 0 && state_path(m, &path, "history")) {
        struct buf out = {.max = LATE_MAX + 1};

        (void)buf_add(&out, "\n", p->history_torn);
        (void)buf_add(&out, p->late.p, p->late.n);
        buf_clear(&p->late);
        p->history_torn = false;
        p->late_at = -1; /* under way: a failure is not told again */
        task_data(fx_task(m, fx, TASK_APPEND, path.p, TAG_HISTORY_WRITE, NULL), out.p, out.n);
        buf_fini(&out);
    }
    buf_fini(&path);
}

int64_t prompts_next(const struct model *m) { return m->priv->late_at > 0 ? m->priv->late_at : -1; }

void history_task(struct model *m, struct task *t, struct effects *fx) {
    if (t->tag == TAG_HISTORY_READ) {
        if (t->err.rc == RC_OK)
            history_loaded(m, t, fx);
        m->priv->history_read = true;
        history_seed(m);
    } else if (t->err.rc != RC_OK) {
        history_late(m, t);
    } else if (m->priv->late_at < 0) {
        m->priv->late_at = 0;
    }
}

void history_seed(struct model *m) {
    struct model_private *p = m->priv;

    if (!p->history_read || !p->server_history_read || m->n_history > 0)
        return;
    for (size_t i = p->n_server_prompts; i-- > 0;) /* the server gives the newest first */
        (void)remember(m, p->server_prompts[i].text, p->server_prompts[i].session, 0);
}

void prompts_start(struct model *m, struct effects *fx) {
    struct buf path = {0};

    if (state_path(m, &path, "history"))
        (void)fx_task(m, fx, TASK_READ, path.p, TAG_HISTORY_READ, NULL);
    else
        m->priv->history_read = true;
    buf_fini(&path);
}

/* ---- the composer ---- */
static bool is_own(const struct session *s, const struct prompt *p) {
    return s->id && str_eq(p->session, s->id);
}

/* Where the prompt with that id is; n_history: it is there no more. */
static size_t place_of(const struct model *m, size_t id) {
    size_t low = 0, high = m->n_history;

    while (low < high) { /* ids grow */
        const size_t mid = (low + high) / 2;

        if (m->history[mid].id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < m->n_history && m->history[low].id == id ? low : m->n_history;
}

const struct prompt *prompt_recalled(const struct model *m, const struct session *s) {
    const size_t at = s->history_at > 0 ? place_of(m, s->history_at) : m->n_history;

    return m->history && at < m->n_history ? &m->history[at] : NULL;
}

bool prompt_elsewhere(const struct model *m, const struct session *s) {
    const struct prompt *p = prompt_recalled(m, s);

    return p && !is_own(s, p);
}

/* From `at` on; the texts of neighbours differ, or one presses Up and sees nothing happen. */
static const struct prompt *older(const struct model *m, const struct session *s, size_t at,
                                  bool own, const char *text) {
    while (at-- > 0)
        if (is_own(s, &m->history[at]) == own && !str_eq(m->history[at].text, text))
            return &m->history[at];
    return NULL;
}

static const struct prompt *newer(const struct model *m, const struct session *s, size_t at,
                                  bool own, const char *text) {
    for (at++; at < m->n_history; at++)
        if (is_own(s, &m->history[at]) == own && !str_eq(m->history[at].text, text))
            return &m->history[at];
    return NULL;
}

static const struct prompt *oldest_own(const struct model *m, const struct session *s) {
    for (size_t i = 0; i < m->n_history; i++)
        if (is_own(s, &m->history[i]))
            return &m->history[i];
    return NULL;
}

/* The session's own from the newest on, then those of others. NULL: the end on that side. */
static const struct prompt *step(const struct model *m, const struct session *s, int by) {
    const struct prompt *now = prompt_recalled(m, s), *next;
    const char *text = now ? now->text : buf_str(&s->draft.text);
    const size_t at = now ? (size_t)(now - m->history) : m->n_history;
    const bool own = !now || is_own(s, now);

    if (!m->history)
        return NULL;
    if (by < 0) {
        next = older(m, s, at, own, text);
        return !next && own ? older(m, s, m->n_history, false, text) : next;
    }
    if (!now)
        return NULL;
    next = newer(m, s, at, own, text);
    return !next && !own ? oldest_own(m, s) : next;
}

static const char *recalled(const struct model *m, const struct session *s) {
    const struct prompt *p = prompt_recalled(m, s);

    return p ? p->text : NULL;
}

void act_draft_changed(struct model *m, struct session *s) {
    if (own_keeps(m, s))
        return;
    if (s->history_at > 0 && !str_eq(recalled(m, s), buf_str(&s->draft.text))) {
        s->history_at = 0; /* what was recalled became a draft of its own */
        if (!str_blank(s->priv->stash))
            history_said(m, s, s->priv->stash, NULL);
        set_string(&s->priv->stash, NULL);
    }
    journal_touch(m, s);
}

void act_draft_clear(struct model *m) {
    struct session *s = m->shown;

    if (s->draft.text.n == 0 || own_keeps(m, s))
        return;
    history_said(m, s, buf_str(&s->draft.text), NULL);
    s->history_at = 0;
    if (!str_blank(s->priv->stash))
        history_said(m, s, s->priv->stash, NULL);
    set_string(&s->priv->stash, NULL);
    editor_set(&s->draft, "");
    act_draft_changed(m, s);
}

static void stash(struct session *s) {
    struct session_private *p = s->priv;

    set_string(&p->stash, buf_str(&s->draft.text));
    chips_free(p->stash_chips, p->n_stash_chips);
    p->stash_chips = chips_copy(s->draft.chips, s->draft.n_chips);
    p->n_stash_chips = s->draft.n_chips;
}

static void unstash(struct session *s) {
    struct session_private *p = s->priv;

    editor_set(&s->draft, p->stash ? p->stash : "");
    if (p->stash)
        chips_set(&s->draft, p->stash_chips, p->n_stash_chips);
    undo_recorded(&s->draft);
    set_string(&p->stash, NULL);
}

/* The newest one reads as the draft that was left: going up stepped over it, too. */
static bool is_draft_again(const struct model *m, struct session *s, const struct prompt *next) {
    const size_t was = s->history_at;

    if (!next || !str_eq(next->text, s->priv->stash))
        return false;
    s->history_at = next->id;
    const bool newest = !step(m, s, 1);

    s->history_at = was;
    return newest;
}

bool act_history(struct model *m, int by) {
    struct session *s = m->shown;
    const struct prompt *next = by > 0 && s->history_at == 0 ? NULL : step(m, s, by);

    if (by > 0 && is_draft_again(m, s, next))
        next = NULL;
    if (own_keeps(m, s))
        return true;
    if (!next && (by < 0 || s->history_at == 0))
        return false;
    if (s->history_at == 0)
        stash(s);
    s->history_at = next ? next->id : 0;
    if (next) {
        editor_set(&s->draft, next->text);
    } else {
        unstash(s);
    }
    journal_touch(m, s);
    return true;
}

void prompt_take(struct model *m, const char *text) {
    struct session *s = m->shown;

    if (draft_locked(m, s) || own_keeps(m, s))
        return;
    if (s->history_at == 0 && !str_blank(buf_str(&s->draft.text)))
        history_said(m, s, buf_str(&s->draft.text), NULL);
    if (!str_blank(s->priv->stash))
        history_said(m, s, s->priv->stash, NULL);
    set_string(&s->priv->stash, NULL);
    s->history_at = 0;
    editor_set(&s->draft, text);
    act_draft_changed(m, s);
}
