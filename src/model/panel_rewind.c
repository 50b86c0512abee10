/* panel_rewind.c - a session goes back to one of its messages. What comes behind it cannot be
 * brought back, so it is exported first and the question says how much it is. */
#include "forms.h"

#include <stdlib.h>
#include <string.h>

enum { R_TEXT, R_EXPORT, R_MEDIA, R_MESSAGE, LINE_MAX_BYTES = 120 };

/* What is left of a message of the server for this list. */
struct stop {
    char *id, *line;
    bool user, shown; /* rows of results are counted, not shown */
};
struct rewinding {
    struct stop *v;
    size_t n, cap;
    uint32_t list_call;
    bool known, placed;
    struct exporting e;
    char *wanted; /* the message the export is made for, then gone to */
    char *at;     /* the message selected in the thread */
    size_t removed;
};

struct exporting *rewind_of(struct panel *p) {
    return &((struct rewinding *)p->data)->e;
}

/* ---- the list ---- */
static void drop_list(struct rewinding *d) {
    for (size_t i = 0; i < d->n; i++) {
        free(d->v[i].id);
        free(d->v[i].line);
    }
    d->n = 0;
}

/* NULL: nothing is said. */
static char *beginning_of(const char *text) {
    auto_free char *line = clean_line(text, LINE_MAX_BYTES);
    auto_buf struct buf out = {.max = (size_t)8 * LINE_MAX_BYTES};

    if (!line)
        return NULL;
    buf_addf(&out, "%s%s", line, strlen(text) > LINE_MAX_BYTES ? " ..." : "");
    return buf_take(&out);
}

static void take_rows(struct rewinding *d, const struct message *rows, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct message *row = &rows[i];
        const char *text = str_blank(row->user_input) ? row->assistant_response : row->user_input;
        char *line = beginning_of(text);

        d->v = xgrow(d->v, d->n, &d->cap, sizeof *d->v);
        if (!line && row->tool_calls.n > 0)
            line = clean_line(row->tool_calls.items[0].name, LINE_MAX_BYTES);
        d->v[d->n++] = (struct stop){.id = xstrdup(row->id ? row->id : ""),
                                     .line = line ? line : xstrdup("(no text)"),
                                     .user = str_eq(row->role, "user"),
                                     .shown = !str_eq(row->role, "tool")};
    }
}

static void rewind_load(struct model *m, struct panel *p, struct effects *fx) {
    struct rewinding *d = p->data;

    if (!p->session || !p->session->id)
        return;
    drop_list(d);
    d->known = false;
    struct request *r = panel_call(m, p, OP_MESSAGES_LIST, fx);
    struct session_ref *in = call_in(r, sizeof *in);

    in->id = arena_strdup(&r->arena, p->session->id);
    d->list_call = r->id;
}

/* On the message selected in the thread, else on the last but one of the person's. */
static void place_cursor(struct model *m, struct panel *p) {
    struct rewinding *d = p->data;
    size_t best = 0;

    if (d->placed || d->n == 0)
        return;
    d->placed = true;
    for (size_t i = 0; i + 1 < d->n; i++)
        if (d->v[i].shown)
            best = i;
    for (size_t i = 0; i < d->n; i++)
        if (d->at && str_eq(d->v[i].id, d->at))
            best = i;
    panel_touch(m, p);
    if (m->ui.panel != p)
        return;
    panel_fresh(m);
    for (size_t i = 0; i < p->n_rows; i++)
        if (p->rows[i].tag == R_MESSAGE && p->rows[i].index == best)
            p->cursor = i;
    p->reveal = true;
}

/* ---- rows ---- */
static const char *why_not_now(const struct panel *p) {
    const struct rewinding *d = p->data;

    if (!p->session)
        return "the session is gone";
    if (p->session->turn != TURN_IDLE)
        return "a turn runs: cancel it first (Ctrl+X k)";
    return d->wanted ? "it is on its way" : NULL;
}

static void message_row(struct panel *p, size_t i) {
    const struct rewinding *d = p->data;
    const size_t behind = d->n - 1 - i;
    const char *why = why_not_now(p);
    struct panel_row *row =
        panel_add(p, ROW_ACTION, R_MESSAGE, d->v[i].user ? "you" : "mix", "%s", d->v[i].line);

    row->index = i;
    row->why_not = why ? why : behind == 0 ? "nothing comes after it" : NULL;
    row->destroys = arena_printf(
        &p->rows_arena, "%zu message%s after this one %s removed from the server%s%s", behind,
        behind == 1 ? "" : "s", behind == 1 ? "is" : "are",
        panel_is_on(p, R_MEDIA) ? ", and the files made since then with them" : "; files stay",
        panel_is_on(p, R_EXPORT) ? "; a copy of the whole session is saved before"
                                 : "; no copy is saved");
}

static void rewind_rows(const struct model *m, struct panel *p) {
    const struct rewinding *d = p->data;

    if (!p->session || !p->session->id) {
        panel_add(p, ROW_TEXT, R_TEXT, NULL, "There is no session to rewind.");
        return;
    }
    if (why_not_now(p))
        panel_add(p, ROW_TEXT, R_TEXT, NULL, "%s", why_not_now(p))->tone = TONE_BAD;
    panel_add_field(p, ROW_SWITCH, R_EXPORT, "export first",
                    arena_printf(&p->rows_arena, "JSON, into %s", m->start_dir));
    panel_add_field(p, ROW_SWITCH, R_MEDIA, "files too",
                    "what agents made after that message is deleted as well");
    if (!d->known)
        return;
    panel_add(p, ROW_HEADING, R_TEXT, "Back to which message? It stays, what follows goes", NULL);
    for (size_t i = 0; i < d->n; i++)
        if (d->v[i].shown)
            message_row(p, i);
}

/* ---- doing ---- */
static void post(struct model *m, struct panel *p, struct effects *fx) {
    struct rewinding *d = p->data;
    const char *why = !p->session                     ? "the session is gone"
                      : p->session->turn != TURN_IDLE ? "a turn began meanwhile"
                                                      : NULL;

    if (why) {
        act_notice(m, "Not rewound: %s", why);
        set_string(&d->wanted, NULL);
        return;
    }
    struct request *r = panel_call(m, p, OP_SESSION_REWIND, fx);
    struct session_rewind *in = call_in(r, sizeof *in);

    in->id = arena_strdup(&r->arena, p->session->id);
    in->message_id = arena_strdup(&r->arena, d->wanted);
    in->cleanup_media = panel_is_on(p, R_MEDIA);
}

static void rewind_enter(struct model *m, struct panel *p, const struct panel_row *row,
                         struct effects *fx) {
    struct rewinding *d = p->data;

    if (row->tag != R_MESSAGE || row->index >= d->n || d->wanted)
        return;
    set_string(&d->wanted, d->v[row->index].id);
    d->removed = d->n - 1 - row->index;
    if (panel_is_on(p, R_EXPORT))
        exporting_start(m, p, &d->e, EXPORT_JSON, fx);
    else
        post(m, p, fx);
}

void rewind_written(struct model *m, struct panel *p, const struct err *err, struct effects *fx) {
    struct rewinding *d = p->data;

    panel_touch(m, p);
    if (err->rc != RC_OK) {
        act_error(m, err,
                  "Not rewound: the copy could not be saved (the switch above turns it off)");
        set_string(&d->wanted, NULL);
        return;
    }
    act_notice(m, "A copy is in %s", d->e.path);
    post(m, p, fx);
}

static void rewound(struct model *m, struct panel *p, struct incoming *in, struct effects *fx) {
    struct rewinding *d = p->data;
    struct session *s = p->session;
    const size_t removed = d->removed;

    if (in->kind == IN_FAIL) {
        set_string(&d->wanted, NULL);
        act_error(m, &in->err, "Not rewound");
        return;
    }
    if (s) {
        if (in->out) /* what it lacks (browser, callbacks) is not taken from it */
            session_take_data(m, s, in->out);
        load_now(m, s, fx);
        act_notice(m, "\"%s\" went back: %zu message%s removed", session_title(s), removed,
                   removed == 1 ? "" : "s");
    }
    act_panel_close(m, p);
}

static void rewind_reply(struct model *m, struct panel *p, struct incoming *in,
                         struct effects *fx) {
    struct rewinding *d = p->data;

    if (exporting_reply(m, p, &d->e, in, fx))
        return;
    if (in->op == OP_SESSION_REWIND && (in->kind == IN_REPLY || in->kind == IN_FAIL)) {
        rewound(m, p, in, fx);
        return;
    }
    if (in->request != d->list_call)
        return;
    if (in->kind == IN_RESTART)
        drop_list(d);
    if (in->kind == IN_ITEMS || in->kind == IN_REPLY)
        take_rows(d, in->out, in->n);
    if (in->kind == IN_REPLY) {
        d->known = true;
        place_cursor(m, p);
    }
}

static void rewind_open(struct model *m, struct panel *p, struct effects *fx) {
    struct rewinding *d = xcalloc(1, sizeof *d);
    const struct session *s = p->session;

    (void)fx;
    p->data = d;
    panel_field(p, R_EXPORT)->on = true;
    (void)panel_field(p, R_MEDIA);
    if (s && s == m->shown && s->reading.sel_entry < s->transcript.n && !s->reading.follow)
        set_string(&d->at, s->transcript.entries[s->reading.sel_entry].id);
}

static void rewind_close(struct model *m, struct panel *p) {
    struct rewinding *d = p->data;

    (void)m;
    drop_list(d);
    exporting_free(&d->e);
    free(d->v);
    free(d->wanted);
    free(d->at);
    free(d);
}

static const char *rewind_why_not(const struct model *m) {
    return panel_why_op(m, OP_SESSION_REWIND);
}

const struct panel_spec panel_rewind = {
    .title = "Rewind",
    .why_not = rewind_why_not,
    .open = rewind_open,
    .load = rewind_load,
    .rows = rewind_rows,
    .enter = rewind_enter,
    .reply = rewind_reply,
    .close = rewind_close,
    .wide = true,
};
