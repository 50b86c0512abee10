/* complete_rows.c - what may stand where a word begins with / or @: commands, uploads, and local
 * files, by how well they fit. */
#include "completing.h"

#include <stdlib.h>
#include <string.h>

enum { TOP_SIZES = 8 };

/* ---- one list of scores ---- */
struct scored {
    struct complete_row row;
    int score;
    size_t at; /* where it stood: the first of equals stays before */
};
struct ranked {
    struct scored *v;
    size_t n, cap;
};

static void rank(struct ranked *r, struct complete_row row, int score) {
    if (score <= 0)
        return;
    r->v = xgrow(r->v, r->n, &r->cap, sizeof *r->v);
    r->v[r->n] = (struct scored){row, score, r->n};
    r->n++;
}

static int best_first(const void *a, const void *b) {
    const struct scored *x = a, *y = b;

    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->at < y->at ? -1 : 1;
}

enum order { BY_SCORE, AS_THEY_CAME };

static void hand_over(struct complete *c, struct ranked *r, enum order order) {
    if (order == BY_SCORE && r->n > 1)
        qsort(r->v, r->n, sizeof *r->v, best_first);
    c->n = r->n < COMPLETE_MOST ? r->n : COMPLETE_MOST;
    c->rows = c->n > 0 ? arena_alloc(&c->arena, c->n * sizeof *c->rows) : NULL;
    for (size_t i = 0; i < c->n; i++)
        c->rows[i] = r->v[i].row;
    free(r->v);
}

/* ---- commands ---- */
static const struct own_command own_commands[] = {
    {"clear", "an empty thread; nothing is deleted", NULL},
    {"help", "every key and command", NULL},
    {"mcp", "MCP servers and their tools", NULL},
    {"model", "which models the agents of this server use", NULL},
    {"permissions", "the requests that wait for an answer", NULL},
    {"sessions", "the list of sessions", NULL},
};

const struct own_command *own_command(const char *name) {
    for (size_t i = 0; i < MIX_COUNT(own_commands); i++)
        if (str_eq(own_commands[i].name, name))
            return &own_commands[i];
    return NULL;
}

static const char *clean(struct arena *a, const char *s, enum clean how) {
    auto_buf struct buf out = {.max = 64 * MIX_KIB};

    if (str_blank(s))
        return NULL;
    (void)text_clean(&out, s, strlen(s), how);
    return arena_strdup(a, buf_str(&out));
}

/* Of a usage like `/commit MESSAGE`: MESSAGE. */
static const char *arguments(struct arena *a, const char *name, const char *usage) {
    if (str_blank(usage))
        return NULL;
    const char *at = *usage == '/' ? usage + 1 : usage;
    const size_t n = strlen(name);

    if (strncmp(at, name, n) == 0 && (at[n] == '\0' || at[n] == ' '))
        at += n;
    else
        at = usage;
    at += strspn(at, " \t\n");
    return clean(a, at, CLEAN_LINE);
}

const char *complete_hint(const struct model *m) {
    const char *text = buf_str(&m->shown->draft.text);
    const size_t n = strcspn(text, " \t\n");

    if (text[0] != '/' || n < 2 || text[n] != ' ' || text[n + 1] != '\0')
        return NULL;
    for (size_t i = 0; i < m->priv->n_commands; i++) {
        const struct known_command *k = &m->priv->commands[i];

        if (strlen(k->name) == n - 1 && strncmp(k->name, text + 1, n - 1) == 0)
            return k->hint;
    }
    return NULL;
}

void command_learn(struct model *m, const struct command_info *info) {
    struct model_private *p = m->priv;
    struct arena a = {0};
    const char *hint = arguments(&a, info->name, info->usage);
    const char *detail = clean(&a, info->description, CLEAN_LINE);

    p->commands = xgrow(p->commands, p->n_commands, &p->cap_commands, sizeof *p->commands);
    p->commands[p->n_commands++] = (struct known_command){
        .name = xstrdup(*info->name == '/' ? info->name + 1 : info->name),
        .detail = detail ? xstrdup(detail) : NULL,
        .hint = hint ? xstrdup(hint) : NULL,
    };
    arena_free(&a);
}

void commands_free(struct known_command *v, size_t n) {
    for (size_t i = 0; i < n; i++) {
        free(v[i].name);
        free(v[i].detail);
        free(v[i].hint);
    }
    free(v);
}

static void commands(struct model *m, struct complete *c) {
    struct ranked r = {0};

    for (size_t i = 0; i < MIX_COUNT(own_commands); i++) {
        const struct own_command *k = &own_commands[i];
        const struct complete_row row = {.text = arena_printf(&c->arena, "/%s", k->name),
                                         .detail = k->detail,
                                         .hint = k->hint,
                                         .from = ROW_OWN,
                                         .size = -1};

        rank(&r, row, text_fuzzy(c->query, k->name));
    }
    for (size_t i = 0; i < m->priv->n_commands; i++) {
        const struct known_command *k = &m->priv->commands[i];

        if (own_command(k->name))
            continue;
        const struct complete_row row = {
            .text = arena_printf(&c->arena, "/%s", clean(&c->arena, k->name, CLEAN_NAME)),
            .detail = arena_strdup(&c->arena, k->detail),
            .hint = arena_strdup(&c->arena, k->hint),
            .from = ROW_SERVERS,
            .size = -1};

        rank(&r, row, text_fuzzy(c->query, k->name));
    }
    c->found = r.n;
    hand_over(c, &r, c->query[0] ? BY_SCORE : AS_THEY_CAME);
}

/* ---- uploads ---- */
/* Where an agent finds it. Before 0.5.3 servers did not say it. */
static const char *url_of(const struct model *m, struct arena *a, const struct file_info *f) {
    const struct session *s = files_speaker(m);

    if (!str_blank(f->url))
        return arena_strdup(a, f->url);
    return arena_printf(a, "%s/api/sessions/%s/files/%s", m->server.url, s ? s->id : "", f->name);
}

static struct complete_row upload_row(const struct model *m, struct complete *c,
                                      const struct file_info *f) {
    return (struct complete_row){.text = clean(&c->arena, f->name, CLEAN_NAME),
                                 .from = ROW_UPLOADED,
                                 .path = url_of(m, &c->arena, f),
                                 .size = f->size};
}

/* ---- local files ---- */
bool complete_by_path(const char *query) {
    return query[0] == '/' || strncmp(query, "./", 2) == 0 || strncmp(query, "../", 3) == 0 ||
           str_eq(query, "..") || (query[0] == '~' && (query[1] == '/' || query[1] == '\0'));
}

static const char *joined(struct arena *a, const char *dir, const char *name) {
    const size_t n = strlen(dir);

    return arena_printf(a, "%s%s%s", dir, n > 0 && dir[n - 1] == '/' ? "" : "/", name);
}

static int64_t size_of(const struct complete *c, const char *path) {
    const struct complete_size *size = map_get(&c->priv->sizes, path);

    return size ? size->size : -1;
}

static int score(const struct finder *f, const char *query, const char *name) {
    return f->find ? tree_score(f->find, name, strlen(name)) : text_fuzzy(query, name);
}

/* What the tree found, beside the uploads that fit. */
static void everywhere(struct model *m, struct complete *c, struct effects *fx) {
    struct finder *f = &c->priv->finder;
    struct ranked r = {0};
    size_t n = 0, uploads = 0;

    if (m->start_dir)
        finder_begin(m, f, m->start_dir, c->query[0] == '.', TAG_COMPLETE_TREE, fx);
    if (!str_eq(f->query, c->query))
        finder_query(f, c->query);
    for (size_t i = 0; i < m->files.n; i++)
        if (!m->files.list[i].is_dir)
            rank(&r, upload_row(m, c, &m->files.list[i]),
                 score(f, c->query, m->files.list[i].name));
    uploads = r.n;
    const uint32_t *best = f->find ? tree_best(f->find, &n) : NULL;

    for (size_t i = 0; i < n && r.n < uploads + COMPLETE_MOST; i++) {
        if (tree_kind(f->tree, best[i]) != TREE_FILE)
            continue;
        const char *name = tree_name(f->tree, best[i]);
        const char *path = joined(&c->arena, f->dir, name);
        const struct complete_row row = {.text = clean(&c->arena, name, CLEAN_NAME),
                                         .from = ROW_LOCAL,
                                         .path = path,
                                         .size = size_of(c, path)};

        rank(&r, row, c->query[0] ? score(f, c->query, name) : 1);
    }
    /* directories are among what the tree found: told apart while all of it is looked at */
    c->found = f->find && tree_found(f->find) > COMPLETE_MOST ? uploads + tree_found(f->find) : r.n;
    c->looking = finder_busy(f) || f->task != 0;
    hand_over(c, &r, c->query[0] ? BY_SCORE : AS_THEY_CAME);
}

/* ---- one directory ---- */
static void ask_listing(struct model *m, struct complete *c, const char *dir, struct effects *fx) {
    struct complete_private *p = c->priv;
    auto_buf struct buf path = {.max = 64 * MIX_KIB};

    if (str_eq(p->dir, dir))
        return;
    set_string(&p->dir, dir);
    task_free(TAKE(p->listing));
    if (dir[0] != '/' && dir[0] != '~')
        (void)buf_addf(&path, "%s/", m->start_dir ? m->start_dir : ".");
    if (buf_adds(&path, dir) == RC_OK)
        p->scan = fx_task(m, fx, TASK_SCAN, buf_str(&path), TAG_COMPLETE_SCAN, NULL)->id;
}

static bool same_when_clean(const char *name, const char *cleaned) {
    return cleaned && str_eq(name, cleaned) && !strpbrk(name, " \t");
}

static void in_directory(struct model *m, struct complete *c, struct effects *fx) {
    const char *slash = strrchr(c->query, '/');
    const char *dir = slash ? arena_strndup(&c->arena, c->query, (size_t)(slash + 1 - c->query))
                            : arena_printf(&c->arena, "%s/", c->query);
    const char *rest = slash ? slash + 1 : "";
    struct ranked r = {0};

    ask_listing(m, c, dir, fx);
    const struct task *t = c->priv->listing;

    c->looking = !t;
    for (size_t i = 0; t && i < t->n_entries; i++) {
        const struct dir_entry *e = &t->entries[i];
        const char *name = clean(&c->arena, e->name, CLEAN_NAME);

        /* a directory is gone on in by what stands in the draft: it has to be its name */
        if ((e->hidden && rest[0] != '.') || (e->is_dir && !same_when_clean(e->name, name)))
            continue;
        const struct complete_row row = {
            .text = arena_printf(&c->arena, "%s%s%s", dir, name, e->is_dir ? "/" : ""),
            .from = e->is_dir ? ROW_DIRECTORY : ROW_LOCAL,
            .path = joined(&c->arena, t->path, e->name),
            .size = e->is_dir ? -1 : e->size};

        rank(&r, row, text_fuzzy(rest, e->name));
    }
    c->found = r.n;
    hand_over(c, &r, rest[0] ? BY_SCORE : AS_THEY_CAME);
}

/* ---- both ---- */
/* Only of the rows in view: a look costs the job thread a little each. */
void complete_sizes(struct model *m, struct complete *c, struct effects *fx) {
    const size_t first = c->cursor >= TOP_SIZES ? c->cursor - TOP_SIZES : 0;

    for (size_t i = first; i < c->n && i < c->cursor + TOP_SIZES; i++) {
        const struct complete_row *row = &c->rows[i];

        if (row->from != ROW_LOCAL || row->size >= 0 || map_get(&c->priv->sizes, row->path))
            continue;
        struct complete_size *size = xcalloc(1, sizeof *size);

        size->size = -1;
        map_set(&c->priv->sizes, row->path, size);
        (void)fx_task(m, fx, TASK_STAT, row->path, TAG_COMPLETE_STAT, NULL);
    }
}

void complete_make(struct model *m, struct complete *c, struct effects *fx) {
    arena_free(&c->arena);
    c->rows = NULL;
    c->n = c->found = 0;
    c->looking = false;
    if (c->kind == COMPLETE_COMMAND)
        commands(m, c);
    else if (complete_by_path(c->query))
        in_directory(m, c, fx);
    else
        everywhere(m, c, fx);
    if (c->cursor >= c->n)
        c->cursor = c->n > 0 ? c->n - 1 : 0;
    for (size_t i = 0; i < c->n && c->priv->chosen; i++)
        if (str_eq(c->rows[i].text, c->priv->chosen))
            c->cursor = i;
    complete_sizes(m, c, fx);
}
