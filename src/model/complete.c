/* complete.c - the list above the composer: opened by what is typed, shut by what is not. */
#include "completing.h"
#include "mix/editor.h"
#include "editing.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE_MAX = 4096 };

/* ---- the word at the caret ---- */
struct word {
    size_t off, end; /* with its sign */
    char sign;       /* '/' or '@'; 0: it begins with neither */
};

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

static struct word word_at(const struct editor *e) {
    const char *text = buf_str(&e->text);
    struct word w = {.off = e->caret, .end = e->caret};

    while (w.off > 0 && !is_blank(text[w.off - 1]) && !editor_chip_at(e, w.off - 1))
        w.off--;
    while (w.end < e->text.n && !is_blank(text[w.end]) && !editor_chip_at(e, w.end))
        w.end++;
    if (text[w.off] == '/' && w.off == 0 && e->text.n > 0)
        w.sign = '/';
    while (w.off < e->caret && strchr("([{\"'", text[w.off]))
        w.off++; /* (@file) */
    if (text[w.off] == '@' && w.off < e->caret)
        w.sign = '@';
    if (w.sign && w.off >= e->caret)
        w.sign = '\0'; /* the caret stands before it */
    return w;
}

/* ---- open and shut ---- */
/* The draft may become another by an answer, too. */
static bool is_current(const struct model *m, const struct complete_private *p) {
    const struct editor *e = &m->shown->draft;

    return !p || (p->session == m->shown && !m->shown->away && p->draft_rev == e->rev &&
                  p->caret == e->caret);
}

const struct complete *complete_shown(const struct model *m) {
    const struct complete *c = m->complete;

    return c && c->kind != COMPLETE_NOTHING && c->n > 0 && m->ui.focus == PANE_COMPOSER &&
                   m->ui.over == OVER_NONE && is_current(m, c->priv)
               ? c
               : NULL;
}

static struct complete *complete_of(struct model *m) {
    if (!m->complete) {
        m->complete = xcalloc(1, sizeof *m->complete);
        m->complete->priv = xcalloc(1, sizeof *m->complete->priv);
    }
    return m->complete;
}

static void shut(struct model *m) {
    struct complete *c = m->complete;

    if (!c || c->kind == COMPLETE_NOTHING)
        return;
    c->kind = COMPLETE_NOTHING;
    set_string(&c->priv->chosen, NULL);
    set_string(&c->priv->dir, NULL); /* what lies in it is looked at anew the next time */
    task_free(TAKE(c->priv->listing));
    c->priv->scan = 0;
    model_touch(m);
}

static void drop_sizes(struct complete_private *p) {
    size_t at = 0;
    const char *key;
    void *value;

    while (map_next(&p->sizes, &at, &key, &value))
        free(value);
    map_fini(&p->sizes);
    p->sizes = (struct map){0};
}

/* Nothing is left to complete: its Enter would mean nothing but another Enter. */
static bool is_done(const struct complete *c, const char *word, size_t n) {
    return c->kind == COMPLETE_COMMAND && c->n > 0 && strlen(c->rows[0].text) == n &&
           strncmp(c->rows[0].text, word, n) == 0;
}

static void look_up(struct model *m, const struct word *w, struct effects *fx) {
    struct complete *c = complete_of(m);
    const struct editor *e = &m->shown->draft;
    const bool fresh = c->kind == COMPLETE_NOTHING || c->off != w->off;

    c->kind = w->sign == '/' ? COMPLETE_COMMAND : COMPLETE_FILE;
    c->off = w->off;
    c->len = w->end - w->off;
    free(c->query);
    c->query = xstrndup(buf_str(&e->text) + w->off + 1, e->caret - w->off - 1);
    c->priv->draft_rev = e->rev;
    c->priv->caret = e->caret;
    c->priv->session = m->shown;
    set_string(&c->priv->chosen, NULL);
    c->cursor = c->top = 0;
    if (fresh)
        drop_sizes(c->priv);
    if (fresh && c->kind == COMPLETE_FILE && !m->files.loaded && m->server.state == SERVER_ONLINE)
        files_list(m, fx);
    complete_make(m, c, fx);
    model_touch(m);
}

static bool refused(const struct model *m, const struct word *w) {
    const struct complete_private *p = m->complete ? m->complete->priv : NULL;

    return p && p->refused_in == m->shown && p->refused_off == w->off;
}

void act_complete_typed(struct model *m, struct effects *fx) {
    struct session *s = m->shown;
    const struct word w = word_at(&s->draft);

    if (!w.sign || s->history_at > 0) {
        shut(m);
        if (m->complete)
            m->complete->priv->refused_in = NULL;
        return;
    }
    if (refused(m, &w))
        return;
    look_up(m, &w, fx);
    if (is_done(m->complete, buf_str(&s->draft.text) + w.off, w.end - w.off))
        shut(m);
}

void act_complete_look(struct model *m) {
    const struct complete *c = m->complete;

    if (!c || c->kind == COMPLETE_NOTHING)
        return;
    if (!is_current(m, c->priv) || m->ui.focus != PANE_COMPOSER || m->ui.over != OVER_NONE)
        shut(m);
}

void act_complete_close(struct model *m) {
    struct complete *c = m->complete;

    if (!c || c->kind == COMPLETE_NOTHING)
        return;
    c->priv->refused_in = m->shown;
    c->priv->refused_off = c->off;
    shut(m);
}

void act_complete(struct model *m, struct effects *fx) {
    const struct word w = word_at(&m->shown->draft);

    if (complete_shown(m)) {
        act_complete_accept(m, fx);
        return;
    }
    if (!w.sign) {
        act_notice(m, "Tab completes @names, and /commands at the start; Esc: thread");
        return;
    }
    if (m->complete)
        m->complete->priv->refused_in = NULL;
    look_up(m, &w, fx);
    if (m->complete->n > 0)
        return;
    if (m->complete->looking) {
        act_notice(m, "looking for files ...");
        return;
    }
    act_notice(m, w.sign == '/' ? "no command fits that" : "no file fits that");
    shut(m);
}

void act_complete_move(struct model *m, int by, struct effects *fx) {
    struct complete *c = m->complete;

    if (!complete_shown(m))
        return;
    const int64_t to = (int64_t)c->cursor + by;

    c->cursor = to < 0 ? 0 : to >= (int64_t)c->n ? c->n - 1 : (size_t)to;
    set_string(&c->priv->chosen, c->rows[c->cursor].text);
    complete_sizes(m, c, fx);
    model_touch(m);
}

/* ---- accept ---- */
/* The word becomes other words; the caret goes behind them. False: no room. */
static bool put(struct model *m, size_t off, size_t len, const char *text) {
    struct session *s = m->shown;
    const size_t n = strlen(text);

    if (edit_replace(&s->draft, off, len, text, n, off + n, JOIN_NOT))
        return true;
    act_notice(m, "The draft is full: nothing was put into it");
    return false;
}

static void put_file(struct model *m, size_t off, size_t len, const char *name, const char *path,
                     int64_t size) {
    struct editor *e = &m->shown->draft;
    auto_buf struct buf text = {.max = 2 * (size_t)PATH_SIZE_MAX};
    const bool blank = off + len < e->text.n && is_blank(e->text.p[off + len]);

    if (e->n_chips >= CHIPS_MAX) {
        act_notice(m, "At most %d files go with one message", CHIPS_MAX);
        return;
    }
    if (buf_addf(&text, "@%s%s", name, blank ? "" : " ") != RC_OK) {
        act_notice(m, "The name is too long");
        return;
    }
    editor_group(e);
    if (put(m, off, len, buf_str(&text))) {
        editor_chip(e, CHIP_FILE, off, text.n - !blank, path, size);
        e->caret = off + text.n + blank;
    }
    editor_group_end(e);
    act_draft_changed(m, m->shown);
}

void act_complete_accept(struct model *m, struct effects *fx) {
    struct complete *c = m->complete;

    if (!complete_shown(m))
        return;
    const struct complete_row row = c->rows[c->cursor];
    const size_t off = c->off, len = c->len;
    auto_buf struct buf text = {.max = 2 * (size_t)PATH_SIZE_MAX};

    switch (row.from) {
    case ROW_OWN:
    case ROW_SERVERS:
        if (buf_addf(&text, "%s ", row.text) == RC_OK && put(m, off, len, buf_str(&text)))
            act_draft_changed(m, m->shown);
        shut(m);
        break;
    case ROW_DIRECTORY:
        if (buf_addf(&text, "@%s", row.text) == RC_OK && put(m, off, len, buf_str(&text))) {
            act_draft_changed(m, m->shown);
            act_complete_typed(m, fx);
        }
        break;
    case ROW_UPLOADED:
    case ROW_LOCAL:
        put_file(m, off, len, row.text, row.path, row.size);
        shut(m);
        break;
    }
    model_touch(m);
}

void act_attach(struct model *m, const char *path, const struct file_info *uploaded) {
    const struct editor *e = &m->shown->draft;
    const char *from = uploaded ? uploaded->name : path_base(path);
    const struct session *s = files_speaker(m);
    auto_buf struct buf name = {.max = 2 * (size_t)PATH_SIZE_MAX}, url = {.max = 64 * MIX_KIB};
    const bool glued = e->caret > 0 && !is_blank(e->text.p[e->caret - 1]);

    if (draft_locked(m, m->shown))
        return;
    if (uploaded && uploaded->url)
        (void)buf_adds(&url, uploaded->url);
    else if (uploaded)
        (void)buf_addf(&url, "%s/api/sessions/%s/files/%s", m->server.url, s ? s->id : "",
                       uploaded->name);
    (void)text_clean(&name, from, strlen(from), CLEAN_NAME);
    if (glued && !put(m, e->caret, 0, " "))
        return;
    put_file(m, e->caret, 0, buf_str(&name), uploaded ? buf_str(&url) : path,
             uploaded ? uploaded->size : -1);
    shut(m);
    model_touch(m);
}

/* ---- what comes in ---- */
static void sized(struct complete *c, const struct task *t) {
    struct complete_size *size = map_get(&c->priv->sizes, t->path);

    if (size && t->err.rc == RC_OK && t->n_entries > 0 && !t->entries[0].is_dir)
        size->size = t->entries[0].size;
    for (size_t i = 0; size && i < c->n; i++)
        if (str_eq(c->rows[i].path, t->path) && c->rows[i].from == ROW_LOCAL)
            c->rows[i].size = size->size;
}

void complete_task(struct model *m, struct task *t, struct effects *fx) {
    struct complete *c = complete_of(m);
    struct complete_private *p = c->priv;
    const bool open = c->kind == COMPLETE_FILE;

    if (t->tag == TAG_COMPLETE_TREE) {
        if (finder_task(m, &p->finder, t, TAG_COMPLETE_TREE, fx) && open)
            complete_make(m, c, fx);
        model_touch(m);
        return;
    }
    if (t->tag == TAG_COMPLETE_STAT) {
        sized(c, t);
    } else if (t->id == p->scan) {
        p->scan = 0;
        task_free(p->listing);
        p->listing = t;
        t = NULL;
        if (open)
            complete_make(m, c, fx);
    }
    task_free(t);
    if (open)
        model_touch(m);
}

void complete_files(struct model *m, struct effects *fx) {
    if (m->complete && m->complete->kind == COMPLETE_FILE)
        complete_make(m, m->complete, fx);
}

void complete_tick(struct model *m, struct effects *fx) {
    struct complete *c = m->complete;

    if (!c || c->kind != COMPLETE_FILE || !finder_busy(&c->priv->finder))
        return;
    if (finder_step(&c->priv->finder) || !finder_busy(&c->priv->finder)) {
        complete_make(m, c, fx);
        model_touch(m);
    }
}

int64_t complete_next(const struct model *m) {
    const struct complete *c = m->complete;

    return c && c->kind == COMPLETE_FILE && finder_busy(&c->priv->finder) ? m->now : -1;
}

void complete_session_gone(struct model *m, const struct session *s) {
    if (m->complete && m->complete->priv->session == s)
        shut(m);
    if (m->complete && m->complete->priv->refused_in == s)
        m->complete->priv->refused_in = NULL;
}

void complete_free(struct complete *c) {
    if (!c)
        return;
    finder_fini(&c->priv->finder);
    drop_sizes(c->priv);
    task_free(c->priv->listing);
    free(c->priv->dir);
    free(c->priv->chosen);
    free(c->priv);
    arena_free(&c->arena);
    free(c->query);
    free(c);
}
