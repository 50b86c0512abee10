/* prompts.c - the history of prompts: one line each in a file, newest last. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

enum { REWRITE_AT = 2 * HISTORY_MAX };

/* ---- the list ---- */
static void drop_oldest(struct model *m) {
    free(m->history[0]);
    memmove(m->history, m->history + 1, (m->n_history - 1) * sizeof(*m->history));
    m->n_history--;
}

static bool remember(struct model *m, const char *text) {
    if (str_blank(text) || (m->n_history > 0 && str_eq(m->history[m->n_history - 1], text)))
        return false;
    if (m->n_history == HISTORY_MAX)
        drop_oldest(m);
    m->history = xgrow(m->history, m->n_history, &m->cap_history, sizeof(*m->history));
    m->history[m->n_history++] = xstrdup(text);
    return true;
}

void history_add(struct model *m, const char *text, struct effects *fx) {
    struct model_private *p = m->priv;

    if (!remember(m, text))
        return;
    for (size_t i = 0; i < m->n_sessions; i++)
        if (m->sessions[i]->history_at > 0)
            m->sessions[i]->history_at++; /* it counts from the newest */
    if (m->fresh && m->fresh->history_at > 0)
        m->fresh->history_at++;
    if (!m->state_dir)
        return;
    p->unsaved = xgrow(p->unsaved, p->n_unsaved, &p->cap_unsaved, sizeof(*p->unsaved));
    p->unsaved[p->n_unsaved++] = xstrdup(text);
    if (fx)
        prompts_save(m, fx);
}

/* ---- the file ---- */
static void write_line(struct buf *out, const char *text) {
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

static char *read_line(const char *line, size_t n) {
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

void prompts_save(struct model *m, struct effects *fx) {
    struct model_private *p = m->priv;
    struct buf path = {0};
    struct buf out;

    if (p->n_unsaved == 0)
        return;
    if (state_path(m, &path, "history")) {
        buf_init(&out, 1024 * MIX_MIB);
        for (size_t i = 0; i < p->n_unsaved; i++)
            write_line(&out, p->unsaved[i]);
        task_data(fx_task(m, fx, TASK_APPEND, path.p, TAG_HISTORY_WRITE, NULL), buf_str(&out),
                  out.n);
        buf_fini(&out);
    }
    buf_fini(&path);
    free_strings(p->unsaved, p->n_unsaved);
    p->unsaved = NULL;
    p->n_unsaved = p->cap_unsaved = 0;
}

static void rewrite(struct model *m, struct effects *fx) {
    struct buf path = {0};
    struct buf out;

    if (state_path(m, &path, "history")) {
        buf_init(&out, 1024 * MIX_MIB);
        for (size_t i = 0; i < m->n_history; i++)
            write_line(&out, m->history[i]);
        task_data(fx_task(m, fx, TASK_WRITE, path.p, TAG_HISTORY_WRITE, NULL), buf_str(&out),
                  out.n);
        buf_fini(&out);
    }
    buf_fini(&path);
}

static void history_loaded(struct model *m, const struct task *t, struct effects *fx) {
    char **own = m->history; /* typed while the file was read */
    const size_t n_own = m->n_history;
    size_t lines = 0;

    m->history = NULL;
    m->n_history = m->cap_history = 0;
    for (const char *p = t->data; p && p < t->data + t->len;) {
        const char *stop = memchr(p, '\n', (size_t)(t->data + t->len - p));

        if (!stop)
            break; /* torn by a crash */
        auto_free char *text = read_line(p, (size_t)(stop - p));

        lines++;
        if (text_valid(text, strlen(text)))
            (void)remember(m, text);
        p = stop + 1;
    }
    for (size_t i = 0; i < n_own; i++)
        (void)remember(m, own[i]);
    free_strings(own, n_own);
    if (lines > REWRITE_AT)
        rewrite(m, fx);
}

void history_task(struct model *m, struct task *t, struct effects *fx) {
    if (t->tag == TAG_HISTORY_READ) {
        if (t->err.rc == RC_OK)
            history_loaded(m, t, fx);
        m->priv->history_read = true;
        history_seed(m);
    } else if (t->err.rc != RC_OK) {
        act_error(m, &t->err, "The prompt history cannot be saved");
    }
}

void history_seed(struct model *m) {
    struct model_private *p = m->priv;

    if (!p->history_read || !p->server_history_read || m->n_history > 0)
        return;
    for (size_t i = p->n_server_prompts; i-- > 0;) /* the server gives the newest first */
        (void)remember(m, p->server_prompts[i]);
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
static const char *recalled(const struct model *m, const struct session *s) {
    if (s->history_at == 0 || s->history_at > m->n_history)
        return NULL;
    return m->history[m->n_history - s->history_at];
}

void act_draft_changed(struct model *m, struct session *s) {
    if (s->history_at > 0 && !str_eq(recalled(m, s), buf_str(&s->draft.text))) {
        s->history_at = 0; /* what was recalled became a draft of its own */
        if (!str_blank(s->priv->stash))
            history_add(m, s->priv->stash, NULL);
        set_string(&s->priv->stash, NULL);
    }
    journal_touch(m, s);
}

void act_draft_clear(struct model *m) {
    struct session *s = m->shown;

    if (s->draft.text.n == 0)
        return;
    history_add(m, buf_str(&s->draft.text), NULL);
    s->history_at = 0;
    if (!str_blank(s->priv->stash))
        history_add(m, s->priv->stash, NULL);
    set_string(&s->priv->stash, NULL);
    editor_set(&s->draft, "");
    act_draft_changed(m, s);
}

bool act_history(struct model *m, int by) {
    struct session *s = m->shown;
    const size_t at = s->history_at;

    if (by < 0 ? at >= m->n_history : at == 0)
        return false;
    if (at == 0)
        set_string(&s->priv->stash, buf_str(&s->draft.text));
    s->history_at = by < 0 ? at + 1 : at - 1;
    if (s->history_at == 0) {
        editor_set(&s->draft, s->priv->stash ? s->priv->stash : "");
        set_string(&s->priv->stash, NULL);
    } else {
        editor_set(&s->draft, recalled(m, s));
    }
    journal_touch(m, s);
    return true;
}
