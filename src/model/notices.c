/* notices.c - what the program says about itself: the status line and the log. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1024, BODIES_MAX = 1024 * 1024 };

/* ---- what an error was, whole ---- */
void notice_free(struct notice *n) {
    free(n->text);
    free(n->body);
    arena_free(&n->arena);
}

static void forget_body(struct model *m, struct notice *n) {
    if (!n->body)
        return;
    m->priv->fault_bytes -= n->fault->body_len;
    free(TAKE(n->body));
    n->fault->body = NULL;
    n->fault->body_len = 0;
}

static void attach(struct model *m, struct notice *n, const struct fault *f) {
    struct model_private *p = m->priv;
    struct fault without = *f;

    forget_body(m, n);
    arena_free(&n->arena);
    without.body = NULL;
    without.body_len = 0;
    n->fault = arena_alloc(&n->arena, sizeof *n->fault);
    fault_copy(n->fault, &without, &n->arena);
    if (f->body && f->body_len > 0) {
        n->body = xstrndup(f->body, f->body_len);
        n->fault->body = n->body;
        n->fault->body_len = f->body_len;
        p->fault_bytes += f->body_len;
    }
    for (size_t i = 0; i < m->n_notices && p->fault_bytes > BODIES_MAX; i++)
        forget_body(m, &m->notices[i]);
}

/* ---- adding ---- */

static void keep(struct model *m, const struct err *err, bool bad, bool quiet, const char *raw,
                 const struct fault *f) {
    char *text = clean_line(raw, LINE_MAX_BYTES);

    if (!text)
        return;
    m->priv->n_said++;
    if (!quiet)
        m->notice_at = m->now;
    model_touch(m);
    if (m->n_notices > 0 && str_eq(m->notices[m->n_notices - 1].text, text)) {
        m->notices[m->n_notices - 1].real_at = m->real; /* said again: one line is enough */
        m->notices[m->n_notices - 1].quiet &= quiet;
        free(text);
        if (f)
            attach(m, &m->notices[m->n_notices - 1], f);
        panels_notice(m);
        return;
    }
    if (m->n_notices == NOTICES_MAX) {
        forget_body(m, &m->notices[0]);
        notice_free(&m->notices[0]);
        m->priv->notices_gone++;
        memmove(m->notices, m->notices + 1, (NOTICES_MAX - 1) * sizeof(*m->notices));
        m->n_notices--;
    }
    m->notices = xgrow(m->notices, m->n_notices, &m->cap_notices, sizeof(*m->notices));
    m->notices[m->n_notices++] = (struct notice){
        .text = text,
        .err = err ? *err : (struct err){.rc = RC_OK},
        .real_at = m->real,
        .bad = bad,
        .quiet = quiet,
    };
    if (f)
        attach(m, &m->notices[m->n_notices - 1], f);
    panels_notice(m);
}

/* What goes wrong with a server that is not shown also stands in the log of the one that is. */
static void add(struct model *m, const struct err *err, bool bad, const char *raw) {
    char line[LINE_MAX_BYTES];

    const struct fault *f = m->priv->fault;

    f = bad && err && f && f->rc == err->rc ? f : NULL;
    keep(m, err, bad, false, raw, f);
    if (!bad || !model_hidden(m))
        return;
    (void)snprintf(line, sizeof line, "%s: %s", server_name(m), raw);
    keep(model_viewer(m), err, bad, true, line, f);
}

void act_notice(struct model *m, const char *fmt, ...) {
    char line[LINE_MAX_BYTES];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    add(m, NULL, false, line);
}

/* `session fork: server answered ...` behind words that name the act already. */
static const char *without_operation(const char *text) {
    const char *at = strstr(text, ": server answered ");

    return at && strspn(text, "abcdefghijklmnopqrstuvwxyz ") == (size_t)(at - text) ? at + 2 : text;
}

void act_error(struct model *m, const struct err *err, const char *fmt, ...) {
    char line[LINE_MAX_BYTES];
    va_list args;

    va_start(args, fmt);
    const int n = vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    if (err && n >= 0 && (size_t)n < sizeof line)
        (void)snprintf(line + n, sizeof line - (size_t)n, ": %s",
                       err->text[0] ? without_operation(err->text) : rc_text(err->rc));
    add(m, err, true, line);
}

void notice_failure(struct model *m, const struct err *err) {
    const struct fault *f = m->priv->fault;

    keep(m, err, true, true, err->text[0] ? err->text : rc_text(err->rc),
         f && f->rc == err->rc ? f : NULL);
}
