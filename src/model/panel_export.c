/* panel_export.c - a session as a file: JSON, Markdown, or what the server itself calls an export.
 */
#include "forms.h"

#include <stdlib.h>

enum { R_TEXT, R_JSON, R_MARKDOWN, R_SERVER };

struct export {
    struct exporting e;
    char *done; /* where the last one went */
};

struct exporting *export_of(struct panel *p) {
    return &((struct export *)p->data)->e;
}

static void export_open(struct model *m, struct panel *p, struct effects *fx) {
    (void)m;
    (void)fx;
    p->data = xcalloc(1, sizeof(struct export));
}

static void format_row(struct panel *p, int tag, const char *label, const char *help,
                       const char *why_not) {
    struct panel_row *row = panel_add(p, ROW_ACTION, tag, label, NULL);

    row->help = help;
    row->why_not = why_not;
}

static void export_rows(const struct model *m, struct panel *p) {
    const struct export *x = p->data;
    const struct session *s = p->session;
    const char *why = !s             ? "the session is gone"
                      : !s->id       ? "the session is not created yet"
                      : x->e.running ? "one is being made"
                                     : NULL;
    const char *server = why ? why : panel_why_op(m, OP_SESSION_EXPORT);

    if (s)
        panel_add(p, ROW_TEXT, R_TEXT, NULL, "\"%s\" becomes a file in %s", session_title(s),
                  m->start_dir);
    format_row(p, R_MARKDOWN, "Markdown", "to be read: messages, thinking, calls and results", why);
    format_row(p, R_JSON, "JSON", "session and messages, byte for byte as the server wrote them",
               why);
    format_row(p, R_SERVER, "the server's own export",
               "JSON too; servers leave out the results of tools there", server);
    if (x->done)
        panel_add(p, ROW_TEXT, R_TEXT, NULL, "Saved: %s", x->done)->tone = TONE_GOOD;
}

static void export_enter(struct model *m, struct panel *p, const struct panel_row *row,
                         struct effects *fx) {
    struct export *x = p->data;

    if (!p->session || !p->session->id || x->e.running)
        return;
    set_string(&x->done, NULL);
    exporting_start(m, p, &x->e,
                    row->tag == R_JSON     ? EXPORT_JSON
                    : row->tag == R_SERVER ? EXPORT_SERVER
                                           : EXPORT_MARKDOWN,
                    fx);
}

void export_written(struct model *m, struct panel *p, const struct err *err, struct effects *fx) {
    struct export *x = p->data;

    (void)fx;
    panel_touch(m, p);
    if (err->rc != RC_OK) {
        act_error(m, err, "Not exported");
        return;
    }
    set_string(&x->done, x->e.path);
    act_notice(m, "Exported to %s", x->done);
}

static void export_reply(struct model *m, struct panel *p, struct incoming *in,
                         struct effects *fx) {
    struct export *x = p->data;

    (void)exporting_reply(m, p, &x->e, in, fx);
}

static void export_close(struct model *m, struct panel *p) {
    struct export *x = p->data;

    (void)m;
    exporting_free(&x->e);
    free(x->done);
    free(x);
}

const struct panel_spec panel_export = {
    .title = "Export",
    .open = export_open,
    .rows = export_rows,
    .enter = export_enter,
    .reply = export_reply,
    .close = export_close,
};
