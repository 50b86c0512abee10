/* panel_fault.c - what was said, and the details of what went wrong. */
#include "panels.h"
#include "mix/copy.h"

#include <stdlib.h>
#include <string.h>

/* ---- every notice ---- */
/* What a row is known by stays the same when the oldest ones go. */
static size_t serial(const struct model *m, size_t i) { return m->priv->notices_gone + i; }

void panels_notice(struct model *m) {
    for (struct panel *p = m->ui.panel; p; p = p->below)
        if (p->id == PANEL_LOG)
            p->dirty = true;
}

static void log_open_panel(struct model *m, struct panel *p, struct effects *fx) {
    (void)fx;
    p->follow = true;
    p->cursor = 0;
    panel_fresh(m);
    p->cursor = p->n_rows;
    panel_cursor_settle(p);
}

/* Without the day when it is this one. */
static struct panel_words when(const struct model *m, const struct notice *n) {
    struct panel_words at = panel_time(n->real_at), now = panel_time(m->real);
    const char *clock = strrchr(at.s, ' ');
    const size_t day = clock ? (size_t)(clock - at.s) : 0;

    if (day > 0 && strncmp(at.s, now.s, day + 1) == 0)
        memmove(at.s, at.s + day + 1, strlen(at.s + day + 1) + 1);
    return at;
}

static void log_rows(const struct model *m, struct panel *p) {
    if (m->n_notices == 0)
        panel_add_text(p, 0, "nothing was said yet", (size_t)-1)->tone = TONE_DIM;
    for (size_t i = 0; i < m->n_notices; i++) {
        const struct notice *n = &m->notices[i];
        struct panel_row *row =
            panel_add(p, ROW_VALUE, 0, when(m, n).s, "%s", n->text ? n->text : "");

        row->index = serial(m, i);
        row->tone = n->bad ? TONE_BAD : TONE_PLAIN;
    }
}

static void log_enter(struct model *m, struct panel *p, const struct panel_row *row,
                      struct effects *fx) {
    (void)p;
    m->priv->notice_chosen = row->index;
    (void)act_panel_push(m, PANEL_FAULT, fx);
}

const struct panel_spec panel_log = {
    .title = "Log",
    .open = log_open_panel,
    .rows = log_rows,
    .enter = log_enter,
    .filtered = true,
    .wide = true,
};

/* ---- one of them, whole ---- */
struct fault_data {
    const char *text;
    int64_t real_at;
    struct err err;
    struct fault fault;
    bool whole; /* there is a fault, not only a line */
};

void fault_copy(struct fault *out, const struct fault *from, struct arena *a) {
    *out = *from;
    out->type = arena_strdup(a, from->type);
    out->message = arena_strdup(a, from->message);
    out->where = arena_strdup(a, from->where);
    out->body = from->body ? arena_strndup(a, from->body, from->body_len) : NULL;
}

static size_t newest_error(const struct model *m) {
    for (size_t i = m->n_notices; i-- > 0;)
        if (m->notices[i].bad)
            return i;
    return m->n_notices;
}

static const char *why_fault(const struct model *m) {
    return m->n_notices > 0 ? NULL : "nothing was said yet";
}

static void fault_open(struct model *m, struct panel *p, struct effects *fx) {
    struct fault_data *d = arena_alloc(&p->arena, sizeof *d);
    const size_t at = m->priv->notice_chosen - m->priv->notices_gone;

    (void)fx;
    p->data = d;
    if (at >= m->n_notices) {
        d->text = "it is not kept any more";
        return;
    }
    const struct notice *n = &m->notices[at];

    if (!n->bad)
        set_string(&p->title, "Message");
    d->text = arena_strdup(&p->arena, n->text);
    d->real_at = n->real_at;
    d->err = n->err;
    d->whole = n->fault != NULL;
    if (n->fault)
        fault_copy(&d->fault, n->fault, &p->arena);
}

static struct panel_row *fact(struct panel *p, const char *label, const char *value) {
    struct panel_row *row = panel_add(p, ROW_VALUE, 0, label, "%s", value);

    row->index = p->n_rows;
    return row;
}

static void fact_if(struct panel *p, const char *label, const char *value) {
    if (!str_blank(value))
        fact(p, label, value);
}

static void body_rows(struct panel *p, const struct fault *f) {
    if (!f->body || f->body_len == 0)
        return;
    const char *pretty = ask_pretty(&p->rows_arena, f->body, f->body_len);

    panel_add(p, ROW_HEADING, 0, "The answer", "%zu bytes%s", f->body_len,
              f->body_len >= 64 * MIX_KIB ? " or more" : "");
    panel_add_text(p, 0, pretty ? pretty : f->body, pretty ? (size_t)-1 : f->body_len)->indent = 1;
}

static void fault_facts(struct panel *p, const struct fault *f) {
    const struct op_spec *op = f->op < OP_COUNT ? op_spec(f->op) : NULL;

    if (op) {
        fact(p, "operation", op->sdk_name);
        fact(p, "request",
             arena_printf(&p->rows_arena, "%s %s", method_name(op->method), op->path));
    }
    fact(p, "kind", rc_text(f->rc));
    if (f->status > 0)
        fact(p, "status", arena_printf(&p->rows_arena, "%d", f->status));
    fact_if(p, "type", f->type);
    fact_if(p, "message", f->message);
    fact_if(p, "where", f->where);
    if (f->attempt > 0)
        fact(p, "attempt", arena_printf(&p->rows_arena, "%d", f->attempt));
    fact(p, "another try",
         f->retryable ? "may help: the same request may succeed later"
                      : "will not help: the same request fails again");
    body_rows(p, f);
}

static void fault_rows(const struct model *m, struct panel *p) {
    const struct fault_data *d = p->data;

    (void)m;
    panel_add_text(p, 0, d->text, (size_t)-1);
    fact_if(p, "when", panel_time(d->real_at).s);
    if (d->whole) {
        fault_facts(p, &d->fault);
    } else if (d->err.rc != RC_OK) {
        fact(p, "kind", rc_text(d->err.rc));
        if (d->err.detail != 0)
            fact(p, "code", arena_printf(&p->rows_arena, "%d", d->err.detail));
        fact_if(p, "message", d->err.text);
        fact(p, "another try", rc_retryable(d->err.rc) ? "may help" : "will not help");
    }
}

static void fault_enter(struct model *m, struct panel *p, const struct panel_row *row,
                        struct effects *fx) {
    (void)p;
    act_copy(m, row->value, strlen(row->value), row->label, fx);
}

const struct panel_spec panel_fault = {
    .title = "Error details",
    .why_not = why_fault,
    .open = fault_open,
    .rows = fault_rows,
    .enter = fault_enter,
};

void panel_newest_fault(struct model *m, struct effects *fx) {
    m->priv->notice_chosen = serial(m, newest_error(m));
    (void)act_panel_push(m, PANEL_FAULT, fx);
}

void act_panel_fault(struct model *m, size_t notice, struct effects *fx) {
    if (notice == (size_t)-1) {
        notice = newest_error(m);
        if (notice == m->n_notices) {
            act_notice(m, "nothing went wrong so far");
            return;
        }
    }
    m->priv->notice_chosen = serial(m, notice);
    if (m->ui.over != OVER_PANEL) {
        act_panel_open(m, PANEL_FAULT, fx);
        return;
    }
    (void)act_panel_push(m, PANEL_FAULT, fx); /* a form below stays as it is */
    model_settle(m, fx);
}
