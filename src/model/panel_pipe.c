/* panel_pipe.c - a text goes through a command of the shell: the prompt, and above it what the
 * command says. */
#include "copies.h"
#include "panels.h"

#include "mix/copy.h"

#include <stdlib.h>
#include <string.h>

enum { R_TEXT, R_COMMAND, R_BEFORE, R_STATE, R_COPY, R_OUT };
enum { PIPE_MS = 120 * 1000, BEFORE_MAX = 50, COMMAND_MAX = 16 * 1024, PIECE = 64 * 1024 };
#define OUT_MAX (8 * MIX_MIB)

/* ---- the prompt ---- */

struct source {
    char *text;
    size_t n;
    char *name;
};

static struct source *source_of(struct model *m) {
    struct source *d = xcalloc(1, sizeof *d);
    const struct entry *e = copy_entry(m);
    const struct copy_item *item;
    struct copy_list l;

    if (!copy_chosen(m, &l, &item)) {
        copies_of(&l, m->shown, e);
        item = e ? copies_main(&l, e, m->shown->reading.sel_part) : NULL;
    }
    if (item) {
        d->text = xmalloc(item->n + 1);
        memcpy(d->text, item->text, item->n);
        d->n = item->n;
        set_string(&d->name, item->name);
    }
    copies_fini(&l);
    return d;
}

static void source_free(struct source *d) {
    free(d->text);
    free(d->name);
    free(d);
}

void act_pipe(struct model *m, struct effects *fx) {
    const bool above = m->ui.over == OVER_PANEL;
    struct source *d = source_of(m);

    if (!d->text) {
        source_free(d);
        act_notice(m, "nothing to pipe: select a message with J and K");
        return;
    }
    if (!above)
        act_over(m, OVER_NONE);
    struct panel *p = act_panel_push(m, PANEL_PIPE, fx);

    if (p)
        p->data = d;
    else
        source_free(d);
    panel_fresh(m); /* its field has the caret, whatever comes next */
    model_settle(m, fx);
}

static void pipe_open(struct model *m, struct panel *p, struct effects *fx) {
    (void)m;
    (void)fx;
    (void)panel_text(p, R_COMMAND, COMMAND_MAX, ONE_LINE);
}

static void pipe_rows(const struct model *m, struct panel *p) {
    const struct source *d = p->data;
    auto_buf struct buf size = {.max = 100};

    if (!d)
        return;
    say_extent(&size, d->text, d->n);
    panel_add_field(p, ROW_FIELD, R_COMMAND, "command",
                    arena_printf(&p->rows_arena, "sh -c; gets the %s, %s; Enter runs it", d->name,
                                 buf_str(&size)));
    if (m->priv->n_piped > 0)
        panel_add(p, ROW_HEADING, 0, "before", NULL);
    for (size_t i = m->priv->n_piped; i-- > 0;)
        panel_add(p, ROW_ACTION, R_BEFORE, m->priv->piped[i], NULL)->index = i;
}

static void remember(struct model_private *mp, const char *command) {
    for (size_t i = 0; i < mp->n_piped; i++)
        if (strcmp(mp->piped[i], command) == 0) {
            free(mp->piped[i]);
            memmove(mp->piped + i, mp->piped + i + 1, (mp->n_piped - i - 1) * sizeof(char *));
            mp->n_piped--;
        }
    if (mp->n_piped == BEFORE_MAX) {
        free(mp->piped[0]);
        memmove(mp->piped, mp->piped + 1, (BEFORE_MAX - 1) * sizeof(char *));
        mp->n_piped--;
    }
    mp->piped = xgrow(mp->piped, mp->n_piped, &mp->cap_piped, sizeof *mp->piped);
    mp->piped[mp->n_piped++] = xstrdup(command);
}

static void run(struct model *m, struct panel *p, struct effects *fx);

static void pipe_enter(struct model *m, struct panel *p, const struct panel_row *row,
                       struct effects *fx) {
    if (row->tag == R_COMMAND) {
        run(m, p, fx);
        return;
    }
    if (row->tag != R_BEFORE || row->index >= m->priv->n_piped)
        return;
    editor_set(&panel_field(p, R_COMMAND)->text, m->priv->piped[row->index]);
    p->cursor = 0; /* to be seen and changed before it runs */
    p->reveal = true;
    panel_touch(m, p);
}

static void pipe_close(struct model *m, struct panel *p) {
    (void)m;
    if (p->data)
        source_free(TAKE(p->data));
}

const struct panel_spec panel_pipe = {
    .title = "Pipe",
    .open = pipe_open,
    .rows = pipe_rows,
    .enter = pipe_enter,
    .close = pipe_close,
    .wide = true,
    .prompt = true,
};

/* ---- what it said ---- */

struct output {
    uint32_t task; /* 0: it is over */
    int64_t since, took;
    int status;
    struct err err;
    struct buf text; /* as it came */
    char *command;
};

static void run(struct model *m, struct panel *p, struct effects *fx) {
    static const char *const shell[] = {"sh", "-c", "exec 2>&1; eval \"$1\"", "sh"};
    auto_free char *command = xstrdup(panel_value(p, R_COMMAND));
    const struct source *d = p->data;

    if (str_blank(command) || !d) {
        act_notice(m, "write a command first");
        return;
    }
    remember(m->priv, command);
    struct task *t = fx_task(m, fx, TASK_RUN, "", TAG_PIPE, NULL);
    const char **argv = arena_alloc(&t->arena, (MIX_COUNT(shell) + 2) * sizeof *argv);

    memcpy(argv, shell, sizeof shell);
    argv[MIX_COUNT(shell)] = arena_strdup(&t->arena, command);
    t->argv = argv;
    t->limit_ms = PIPE_MS;
    t->most = OUT_MAX;
    task_data(t, d->text, d->n);
    const uint32_t id = t->id;
    struct panel *above = act_panel_push(m, PANEL_PIPED, fx);
    struct output *o = above ? above->data : NULL;

    if (!o)
        return;
    o->task = id;
    o->since = m->now;
    set_string(&o->command, command);
    panel_touch(m, above);
}

static void piped_open(struct model *m, struct panel *p, struct effects *fx) {
    struct output *o = xcalloc(1, sizeof *o);

    (void)m;
    (void)fx;
    buf_init(&o->text, OUT_MAX);
    p->data = o;
}

static const char *state_of(struct panel *p, const struct output *o) {
    if (o->task)
        return "running; Esc ends it";
    if (o->err.rc != RC_OK)
        return arena_strdup(&p->rows_arena, o->err.text);
    return arena_printf(&p->rows_arena, "exit %d after %.2f s", o->status,
                        (double)o->took / 1000.0);
}

/* Line by line in pieces, so that one row is no megabyte. */
static void text_rows(struct panel *p, const char *s, size_t n) {
    while (n > 0) {
        size_t take = n < PIECE ? n : PIECE;
        const char *end = take < n ? memrchr(s, '\n', take) : NULL;

        if (end)
            take = (size_t)(end - s) + 1;
        else if (take < n)
            take -= text_tail(s, take);
        const bool lf = s[take - 1] == '\n';

        panel_add_text(p, R_OUT, s, take - lf);
        s += take;
        n -= take;
    }
}

static void piped_rows(const struct model *m, struct panel *p) {
    const struct output *o = p->data;
    auto_buf struct buf clean = {.max = 4 * OUT_MAX};
    struct panel_row *row;

    (void)m;
    panel_add(p, ROW_VALUE, R_STATE, "command", "%s", o->command ? o->command : "");
    row = panel_add(p, ROW_VALUE, R_STATE, "state", "%s", state_of(p, o));
    row->index = 1;
    row->tone = o->task ? TONE_DIM : o->err.rc != RC_OK || o->status ? TONE_BAD : TONE_GOOD;
    if (o->text.n > 0)
        panel_add(p, ROW_ACTION, R_COPY, "copy the output", NULL);
    panel_add(p, ROW_HEADING, 0, "output", NULL);
    if (o->text.n == 0 && !o->task)
        panel_add_text(p, R_OUT, "(none)", (size_t)-1)->tone = TONE_DIM;
    (void)text_clean(&clean, buf_str(&o->text), o->text.n, CLEAN_TEXT);
    text_rows(p, buf_str(&clean), clean.n);
}

static void piped_enter(struct model *m, struct panel *p, const struct panel_row *row,
                        struct effects *fx) {
    const struct output *o = p->data;

    if (row->tag == R_COPY)
        act_copy(m, buf_str(&o->text), o->text.n, NULL, fx);
}

static void piped_close(struct model *m, struct panel *p) {
    struct output *o = p->data;

    if (o->task)
        m->priv->pipe_ended = o->task;
    buf_fini(&o->text);
    free(o->command);
    free(TAKE(p->data));
}

void pipe_task(struct model *m, struct task *t, struct effects *fx) {
    struct panel *p = m->ui.panel;

    (void)fx;
    while (p && !(p->id == PANEL_PIPED && ((struct output *)p->data)->task == t->id))
        p = p->below;
    if (!p)
        return;
    struct output *o = p->data;

    o->task = 0;
    o->took = m->now - o->since;
    o->status = t->status;
    o->err = t->err;
    if (t->data)
        (void)buf_add(&o->text, t->data, t->len);
    panel_touch(m, p);
}

void pipe_settle(struct model *m, struct effects *fx) {
    if (m->priv->pipe_ended == 0)
        return;
    fx_stop_task(fx, m->priv->pipe_ended);
    m->priv->pipe_ended = 0;
}

const struct panel_spec panel_piped = {
    .title = "Output",
    .open = piped_open,
    .rows = piped_rows,
    .enter = piped_enter,
    .close = piped_close,
    .wide = true,
};
