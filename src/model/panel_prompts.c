/* panel_prompts.c - Ctrl+R: every prompt of this server, those sent from here and those the server
 * knows, found by a few of their letters. */
#include "mix/tree.h"
#include "panels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAGE = 500,
    MOST = 20000,
    KEY_MAX_BYTES = 400, /* of a prompt that are looked at: no key waits for what was pasted once */
    SHOWN = 200,
    PREVIEW_LINES = 10,
    TAG_PROMPT = 0
};

/* Named by its place: it is also the place of its first bytes in the tree. */
struct known {
    size_t id;        /* of the history here; 0: of the server */
    const char *text; /* of the server's, whole */
    const char *head, *session;
    int64_t at;
};
struct prompts {
    struct known *v;
    size_t n, cap;
    struct map seen; /* hashes of their texts */
    struct tree *tree;
    struct tree_find *find;
    size_t chosen; /* under the cursor: shown whole */
    bool whole;    /* ... however long */
    int64_t offset;
    size_t page_rows;
    bool all;
};

static bool is_new(struct prompts *d, const char *text) {
    char hash[20];
    const size_t n = d->seen.n;

    (void)snprintf(hash, sizeof hash, "%016llx",
                   (unsigned long long)hash_add(HASH_START, text, strlen(text)));
    map_set(&d->seen, hash, d);
    return d->seen.n > n;
}

static void add(struct panel *p, struct known known, const char *text) {
    struct prompts *d = p->data;
    char chunk[KEY_MAX_BYTES + 2];
    size_t n = strlen(text);

    if (str_blank(text) || d->n >= MOST || !is_new(d, text))
        return;
    if (n > KEY_MAX_BYTES)
        n = KEY_MAX_BYTES - text_tail(text, KEY_MAX_BYTES);
    chunk[0] = '0' + TREE_FILE;
    memcpy(chunk + 1, text, n);
    chunk[n + 1] = '\0';
    if (!tree_add(d->tree, chunk, n + 2))
        return;
    known.head = arena_strndup(&p->arena, text, n);
    d->v = xgrow(d->v, d->n, &d->cap, sizeof *d->v);
    d->v[d->n++] = known;
}

static const struct prompt *own(const struct model *m, size_t id) {
    for (size_t i = m->n_history; i-- > 0;)
        if (m->history[i].id == id)
            return &m->history[i];
    return NULL;
}

/* NULL: it is gone meanwhile. */
static const char *text_of(const struct model *m, const struct known *k) {
    const struct prompt *p = k->id ? own(m, k->id) : NULL;

    return k->id ? (p ? p->text : NULL) : k->text;
}

static void prompts_open(struct model *m, struct panel *p, struct effects *fx) {
    struct prompts *d = xcalloc(1, sizeof *d);

    (void)fx;
    p->data = d;
    d->tree = tree_new();
    d->find = tree_find_new(d->tree);
    for (size_t i = m->n_history; i-- > 0;) {
        const struct prompt *said = &m->history[i];
        const struct known known = {
            .id = said->id, .session = arena_strdup(&p->arena, said->session), .at = said->at};

        add(p, known, said->text);
    }
    tree_find_set(d->find, "");
}

/* ---- the server's ---- */
static void ask_page(struct model *m, struct panel *p, struct effects *fx) {
    struct prompts *d = p->data;
    struct request *r = panel_call(m, p, OP_MESSAGES_HISTORY, fx);
    struct history_query *in = call_in(r, sizeof *in);

    in->limit = PAGE;
    in->offset = d->offset;
    d->page_rows = 0;
}

/* Without a server that has it, what is known here is all there is. */
static void prompts_load(struct model *m, struct panel *p, struct effects *fx) {
    const struct prompts *d = p->data;

    if (m->server.state == SERVER_ONLINE && !panel_why_op(m, OP_MESSAGES_HISTORY) && !d->all)
        ask_page(m, p, fx);
}

static void prompts_taken(struct model *m, struct panel *p, struct incoming *in,
                          struct effects *fx) {
    struct prompts *d = p->data;
    const struct message *rows = in->out;

    if (in->kind == IN_RESTART)
        d->page_rows = 0; /* what is known already is not added again */
    if (in->kind != IN_REPLY && in->kind != IN_ITEMS)
        return;
    for (size_t i = 0; i < in->n; i++) {
        d->page_rows++;
        if (str_blank(rows[i].user_input) || (rows[i].role && !str_eq(rows[i].role, "user")))
            continue;
        const char *text = panel_said(p, rows[i].user_input);

        add(p, (struct known){.text = text, .session = rows[i].session_id}, text);
    }
    if (in->n > 0)
        panel_keep(p, in);
    if (in->kind != IN_REPLY)
        return;
    d->all = d->page_rows < PAGE || d->n >= MOST;
    d->offset += (int64_t)d->page_rows;
    if (!d->all)
        ask_page(m, p, fx); /* in the background, while somebody types */
}

/* ---- rows ---- */
static const char *where(const struct model *m, struct panel *p, const struct known *k) {
    const struct session *s = k->session ? model_session(m, k->session) : NULL;
    const char *title = s == m->shown && s ? "here" : s ? session_title(s) : "";
    const struct panel_words at = panel_time(k->at);
    const size_t n = text_fit(title, strlen(title), 20);

    if (k->at > 0 && k->at / 86400000 == m->real / 86400000) /* the time of a day, without the s */
        return arena_printf(&p->rows_arena, "%.5s %.*s", at.s + strlen(at.s) - 8, (int)n, title);
    return n > 0 ? arena_strndup(&p->rows_arena, title, n) : "elsewhere";
}

/* The first lines; how many are left out. */
static size_t cut_lines(const char *text, size_t *n) {
    size_t lines = 0, more = 0;

    *n = strlen(text);
    for (const char *s = text; (s = strchr(s, '\n')) != NULL; s++) {
        if (++lines == PREVIEW_LINES)
            *n = (size_t)(s - text);
        more += lines >= PREVIEW_LINES;
    }
    return more;
}

static void preview(struct panel *p, const char *text, bool whole) {
    size_t n;
    size_t more = cut_lines(text, &n);

    if (whole) {
        n = strlen(text);
        more = 0;
    } else if (n > 4000) {
        n = 4000 - text_tail(text, 4000);
        more++;
    }
    panel_add_text(p, TAG_PROMPT, text, n)->indent = 3;
    if (more > 0) {
        const char *say = "... Right shows all of it";

        struct panel_row *row = panel_add_text(p, TAG_PROMPT, say, strlen(say));

        row->indent = 3;
        row->tone = TONE_DIM;
    }
}

static void prompts_rows(const struct model *m, struct panel *p) {
    struct prompts *d = p->data;
    size_t n, width = m->ui.cols > 60 ? (size_t)m->ui.cols - 40 : 20;

    while (tree_find_step(d->find, SIZE_MAX / 2))
        ;
    const uint32_t *best = tree_best(d->find, &n);
    bool has = false;

    n = n < SHOWN ? n : SHOWN;
    for (size_t i = 0; i < n; i++)
        has = has || best[i] == d->chosen;
    if (!has && n > 0)
        d->chosen = best[0];
    for (size_t i = 0; i < n; i++) {
        const struct known *k = &d->v[best[i]];
        const char *text = best[i] == d->chosen ? text_of(m, k) : NULL;
        const size_t fits = text_fit(k->head, strlen(k->head), (int)width);
        struct panel_row *row = panel_add(p, ROW_VALUE, TAG_PROMPT, where(m, p, k), "%.*s%s",
                                          (int)fits, k->head, k->head[fits] ? "..." : "");

        row->index = best[i];
        if (text && (strchr(text, '\n') || k->head[fits] || strlen(text) > KEY_MAX_BYTES))
            preview(p, text, d->whole);
    }
    if (tree_found(d->find) > SHOWN)
        panel_add_text(p, TAG_PROMPT, "More fit: type more of it.", (size_t)-1)->tone = TONE_DIM;
}

/* ---- keys ---- */
static void prompts_moved(struct model *m, struct panel *p) {
    struct prompts *d = p->data;
    const struct panel_row *row = panel_row_at(p);

    if (!row || row->tag != TAG_PROMPT || row->index == d->chosen)
        return;
    d->chosen = row->index;
    d->whole = false;
    p->reveal = true;
    panel_touch(m, p);
}

static void prompts_typed(struct model *m, struct panel *p, const struct panel_row *row,
                          struct effects *fx) {
    struct prompts *d = p->data;

    (void)m;
    (void)row;
    (void)fx;
    tree_find_set(d->find, buf_str(&p->filter.text));
    d->chosen = SIZE_MAX;
    d->whole = false;
}

static void prompts_unfold(struct model *m, struct panel *p, const struct panel_row *row,
                           struct effects *fx) {
    struct prompts *d = p->data;

    (void)row;
    (void)fx;
    d->whole = !d->whole;
    p->reveal = true;
    panel_touch(m, p);
}

static void prompts_enter(struct model *m, struct panel *p, const struct panel_row *row,
                          struct effects *fx) {
    const struct prompts *d = p->data;
    const char *text = row->index < d->n ? text_of(m, &d->v[row->index]) : NULL;

    (void)fx;
    if (!text) {
        act_notice(m, "that one is gone from the history");
        return;
    }
    auto_free char *copy = xstrdup(text);
    const bool had = !str_blank(buf_str(&m->shown->draft.text)) && m->shown->history_at == 0;

    act_panel_close_all(m);
    act_over_close(m);
    act_focus(m, PANE_COMPOSER);
    prompt_take(m, copy);
    if (had)
        act_notice(m, "The draft that stood here is in the history (Up); undo brings it back, too");
}

/* Ctrl+R once more: the next one. */
static void prompts_key(struct model *m, struct panel *p, int key, struct effects *fx) {
    (void)p;
    (void)key;
    act_panel_move(m, 1, fx);
}

static void prompts_close(struct model *m, struct panel *p) {
    struct prompts *d = p->data;

    (void)m;
    tree_find_free(d->find);
    tree_free(d->tree);
    map_fini(&d->seen);
    free(d->v);
    free(TAKE(p->data));
}

const struct panel_spec panel_prompts = {
    .title = "Prompts",
    .open = prompts_open,
    .load = prompts_load,
    .rows = prompts_rows,
    .enter = prompts_enter,
    .changed = prompts_typed,
    .moved = prompts_moved,
    .unfold = prompts_unfold,
    .key = prompts_key,
    .keys = "r",
    .reply = prompts_taken,
    .close = prompts_close,
    .filtered = true,
    .asks = true,
    .wide = true,
};
