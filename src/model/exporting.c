/* exporting.c - a session becomes a file in the start directory: asked for, written down, saved
 * under a name that nobody has. */
#include "forms.h"
#include "mix/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS = 999 };
#define DOCUMENT_MAX (512 * MIX_MIB)

static void reset(struct exporting *e) {
    for (size_t i = 0; i < e->n_arenas; i++)
        arena_free(&e->arenas[i]);
    free(e->arenas);
    free(e->rows);
    free(e->id);
    free(e->title);
    free(e->path);
    buf_fini(&e->session);
    buf_fini(&e->messages);
    buf_fini(&e->document);
    *e = (struct exporting){0};
}

void exporting_free(struct exporting *e) { reset(e); }

/* ---- asking ---- */
static uint32_t ask(struct model *m, struct panel *p, const struct exporting *e, enum op op,
                    struct effects *fx) {
    struct request *r = panel_call(m, p, op, fx);
    struct session_ref *in = call_in(r, sizeof *in);

    in->id = arena_strdup(&r->arena, e->id);
    if (e->format != EXPORT_MARKDOWN) {
        struct call_options *o = arena_alloc(&r->arena, sizeof *o);

        o->answer = REPLY_AS_IT_IS;
        r->options = o;
    }
    return r->id;
}

void exporting_start(struct model *m, struct panel *p, struct exporting *e,
                     enum export_format format, struct effects *fx) {
    const struct session *s = p->session;

    reset(e);
    e->format = format;
    e->running = true;
    e->number = 1;
    e->id = xstrdup(s->id);
    e->title = xstrdup(session_title(s));
    e->data.id = e->id;
    e->data.title = e->title;
    buf_init(&e->session, 16 * MIX_MIB);
    buf_init(&e->messages, DOCUMENT_MAX);
    buf_init(&e->document, DOCUMENT_MAX);
    if (format == EXPORT_SERVER) {
        e->messages_call = ask(m, p, e, OP_SESSION_EXPORT, fx);
        return;
    }
    e->session_call = ask(m, p, e, OP_SESSION_GET, fx);
    e->messages_call = ask(m, p, e, OP_MESSAGES_LIST, fx);
}

/* ---- answers ---- */
static void keep_arena(struct exporting *e, struct incoming *in) {
    e->arenas = xgrow(e->arenas, e->n_arenas, &e->cap_arenas, sizeof *e->arenas);
    e->arenas[e->n_arenas++] = in->arena;
    in->arena = (struct arena){0};
}

static void take_rows(struct exporting *e, struct incoming *in) {
    const struct message *rows = in->out;

    for (size_t i = 0; i < in->n; i++) {
        e->rows = xgrow(e->rows, e->n_rows, &e->cap_rows, sizeof *e->rows);
        e->rows[e->n_rows++] = rows[i];
    }
    if (in->n > 0)
        keep_arena(e, in);
}

static void take_session(struct exporting *e, struct incoming *in) {
    e->data = *(const struct session_data *)in->out;
    keep_arena(e, in);
}

static void written(struct model *m, struct panel *p, struct exporting *e, const struct err *err,
                    struct effects *fx) {
    e->running = false;
    e->task = 0;
    buf_fini(&e->document);
    if (p->id == PANEL_REWIND)
        rewind_written(m, p, err, fx);
    else
        export_written(m, p, err, fx);
}

/* ---- the file ---- */
static void write_out(struct model *m, struct exporting *e, struct effects *fx) {
    static const char *const suffixes[] = {
        [EXPORT_JSON] = ".json", [EXPORT_MARKDOWN] = ".md", [EXPORT_SERVER] = ".server.json"};
    auto_buf struct buf path = {0}, suffix = {0};

    buf_init(&path, 16 * MIX_KIB);
    buf_init(&suffix, 64);
    if (e->number > 1)
        (void)buf_addf(&suffix, "-%d", e->number);
    (void)buf_adds(&suffix, suffixes[e->format]);
    (void)buf_addf(&path, "%s/", m->start_dir);
    export_file_name(&path, &e->data, buf_str(&suffix));
    set_string(&e->path, buf_str(&path));
    struct task *t = fx_task(m, fx, TASK_WRITE, e->path, TAG_EXPORT, NULL);

    t->fresh = true;
    task_data(t, buf_str(&e->document), e->document.n);
    e->task = t->id;
}

static void finish(struct model *m, struct panel *p, struct exporting *e, struct effects *fx) {
    struct err err = {.rc = RC_OK};
    enum rc rc = RC_OK;

    if (e->format == EXPORT_JSON)
        rc = export_json(&e->document, buf_str(&e->session), e->session.n, buf_str(&e->messages),
                         e->messages.n);
    else if (e->format == EXPORT_MARKDOWN)
        rc = export_markdown(&e->document, &e->data, e->rows, e->n_rows);
    else
        rc = buf_add(&e->document, buf_str(&e->messages), e->messages.n);
    if (rc == RC_OK && e->document.n > 0) {
        write_out(m, e, fx);
        return;
    }
    (void)err_set(&err, rc == RC_OK ? RC_PROTO : rc, 0,
                  rc == RC_OK ? "the server's answer was empty" : "it is too large");
    written(m, p, e, &err, fx);
}

static bool take_bytes(struct exporting *e, const struct incoming *in) {
    struct buf *to = in->request == e->session_call ? &e->session : &e->messages;

    return buf_add(to, in->out, in->n) == RC_OK;
}

static void restart(struct exporting *e, const struct incoming *in) {
    if (in->request == e->session_call) {
        buf_clear(&e->session);
        return;
    }
    buf_clear(&e->messages);
    e->n_rows = 0;
}

static void answered(struct exporting *e, struct incoming *in) {
    uint32_t *call = in->request == e->session_call ? &e->session_call : &e->messages_call;

    if (e->format == EXPORT_MARKDOWN && call == &e->messages_call)
        take_rows(e, in);
    else if (e->format == EXPORT_MARKDOWN && in->out)
        take_session(e, in);
    *call = 0;
}

bool exporting_reply(struct model *m, struct panel *p, struct exporting *e, struct incoming *in,
                     struct effects *fx) {
    struct err err = {.rc = RC_OK};

    if (in->request == 0 || (in->request != e->session_call && in->request != e->messages_call))
        return false;
    switch ((int)in->kind) {
    case IN_BYTES:
        if (e->running && !take_bytes(e, in))
            (void)err_set(&err, RC_LIMIT, 0, "it is larger than %zu MiB", DOCUMENT_MAX / MIX_MIB);
        break;
    case IN_ITEMS:
        take_rows(e, in);
        break;
    case IN_RESTART:
        restart(e, in);
        break;
    case IN_FAIL:
        err = in->err;
        answered(e, &(struct incoming){.request = in->request});
        break;
    case IN_REPLY:
        answered(e, in);
        if (e->running && e->session_call == 0 && e->messages_call == 0)
            finish(m, p, e, fx);
        break;
    default:
        break;
    }
    if (err.rc != RC_OK && e->running)
        written(m, p, e, &err, fx);
    return true;
}

/* ---- the disk's answer ---- */
static struct exporting *exporting_of(struct panel *p) {
    return p->id == PANEL_EXPORT ? export_of(p) : p->id == PANEL_REWIND ? rewind_of(p) : NULL;
}

void exporting_task(struct model *m, const struct task *t, struct effects *fx) {
    for (struct panel *p = m->ui.panel; p; p = p->below) {
        struct exporting *e = exporting_of(p);

        if (!e || e->task != t->id)
            continue;
        panel_touch(m, p);
        if (t->err.rc == RC_IO && t->err.detail == EEXIST && e->number < NUMBERS) {
            e->number++;
            write_out(m, e, fx);
        } else {
            written(m, p, e, &t->err, fx);
        }
        return;
    }
    if (t->err.rc == RC_OK) /* its panel is closed */
        act_notice(m, "Exported to %s", t->path);
    else
        act_error(m, &t->err, "Not exported");
}
