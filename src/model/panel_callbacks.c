/* panel_callbacks.c - what runs after an agent's tools in one session. The list is sent whole. */
#include "forms.h"

#include <stdlib.h>

enum { R_TEXT, R_CALLBACK, R_CHANGE, R_REMOVE, R_ADD, R_AGAIN };

struct callbacks {
    struct callback_set set, wanted; /* what the server has, and what was asked for */
    bool known, refused;             /* refused: `wanted` is what the server did not take */
    char *id;
    size_t open; /* row + 1 whose actions are shown */
};

static void callbacks_load(struct model *m, struct panel *p, struct effects *fx) {
    const struct callbacks *d = p->data;

    if (!d->id)
        return;
    struct request *r = panel_call(m, p, OP_SESSION_GET, fx);
    struct session_ref *in = call_in(r, sizeof *in);

    in->id = arena_strdup(&r->arena, d->id);
}

static void callbacks_rows(const struct model *m, struct panel *p) {
    const struct callbacks *d = p->data;
    struct panel_row *row;

    (void)m;
    if (!d->id) {
        panel_add(p, ROW_TEXT, R_TEXT, NULL, "The session is not created yet.");
        return;
    }
    panel_add(p, ROW_TEXT, R_TEXT, NULL, "%s", callback_warning)->tone = TONE_BAD;
    if (!d->known)
        return;
    if (d->set.n == 0)
        panel_add(p, ROW_TEXT, R_TEXT, NULL, "This session has none.");
    callback_rows(p, &d->set, R_CALLBACK);
    if (d->open > 0 && d->open <= d->set.n) {
        panel_add(p, ROW_HEADING, R_TEXT, "The chosen one", NULL);
        row = panel_add(p, ROW_ACTION, R_CHANGE, "change it", NULL);
        row->index = d->open - 1;
        row = panel_add(p, ROW_ACTION, R_REMOVE, "remove it", NULL);
        row->index = d->open - 1;
        row->destroys = "the session runs it no more";
    }
    if (d->refused)
        panel_add(p, ROW_ACTION, R_AGAIN, "send the refused change again", NULL);
    row = panel_add(p, ROW_ACTION, R_ADD, "add one", NULL);
    if (p->loading > 0)
        row->why_not = "a request is under way";
}

/* ---- doing ---- */
static void send_list(struct model *m, struct panel *p, struct effects *fx) {
    struct callbacks *d = p->data;
    struct request *r = panel_call(m, p, OP_SESSION_CALLBACKS, fx);
    struct session_callbacks *in = call_in(r, sizeof *in);

    d->refused = false;
    in->id = arena_strdup(&r->arena, d->id);
    in->callbacks.items = callback_set_items(&d->wanted, &r->arena);
    in->callbacks.n = d->wanted.n;
}

static void edited(struct model *m, struct panel *p, size_t at, const struct callback *c,
                   struct effects *fx) {
    struct callbacks *d = p->data;

    if (!d->refused)
        callback_set_take(&d->wanted, d->set.v, d->set.n);
    callback_set_put(&d->wanted, at, c);
    send_list(m, p, fx);
}

static void callbacks_enter(struct model *m, struct panel *p, const struct panel_row *row,
                            struct effects *fx) {
    struct callbacks *d = p->data;
    const size_t at = row->index;

    switch (row->tag) {
    case R_CALLBACK:
        d->open = d->open == at + 1 ? 0 : at + 1;
        panel_touch(m, p);
        break;
    case R_CHANGE:
        if (at < d->set.n)
            callback_edit(m, &d->set.v[at], at, edited, fx);
        break;
    case R_REMOVE:
        callback_set_take(&d->wanted, d->set.v, d->set.n);
        callback_set_remove(&d->wanted, at);
        send_list(m, p, fx);
        break;
    case R_AGAIN:
        send_list(m, p, fx);
        break;
    case R_ADD:
        callback_edit(m, NULL, d->set.n, edited, fx);
        break;
    default:
        break;
    }
}

static void callbacks_reply(struct model *m, struct panel *p, struct incoming *in,
                            struct effects *fx) {
    struct callbacks *d = p->data;
    const struct session_data *s = in->out;

    if (in->kind == IN_FAIL && in->op == OP_SESSION_CALLBACKS) {
        d->refused = true;
        act_error(m, &in->err, "The callbacks stay as they were");
    }
    if (in->kind != IN_REPLY || !s)
        return;
    d->open = 0;
    if (in->op == OP_SESSION_CALLBACKS && s->callbacks.n != d->wanted.n) {
        callbacks_load(m, p, fx); /* some answers leave them out */
        return;
    }
    callback_set_take(&d->set, s->callbacks.items, s->callbacks.n);
    d->known = true;
    if (in->op == OP_SESSION_CALLBACKS)
        act_notice(m, "The session has %zu callback%s now", d->set.n, d->set.n == 1 ? "" : "s");
}

static void callbacks_open(struct model *m, struct panel *p, struct effects *fx) {
    struct callbacks *d = xcalloc(1, sizeof *d);

    (void)m;
    (void)fx;
    p->data = d;
    if (p->session && p->session->id)
        d->id = xstrdup(p->session->id);
}

static void callbacks_close(struct model *m, struct panel *p) {
    struct callbacks *d = p->data;

    (void)m;
    callback_set_free(&d->set);
    callback_set_free(&d->wanted);
    free(d->id);
    free(d);
}

static const char *callbacks_why_not(const struct model *m) {
    return panel_why_op(m, OP_SESSION_CALLBACKS);
}

const struct panel_spec panel_callbacks = {
    .title = "Callbacks",
    .why_not = callbacks_why_not,
    .open = callbacks_open,
    .load = callbacks_load,
    .rows = callbacks_rows,
    .enter = callbacks_enter,
    .reply = callbacks_reply,
    .close = callbacks_close,
};
