/* panel_history.c - everything people said to this server, newest first, page by page. */
#include "mix/jtext.h"
#include "panels.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 100, MOST = 20000, TAG_SAID = 0, TAG_TAKE, TAG_MORE };
struct said {
    const char *id, *session_id, *text;
};
struct history {
    struct said *v;
    size_t n, cap;
    size_t page_at; /* rows before the page that is under way */
    int64_t offset; /* of the next page */
    size_t page_rows;
    bool all;
};

static const char *why_history(const struct model *m) {
    return panel_why_op(m, OP_MESSAGES_HISTORY);
}

static void history_open(struct model *m, struct panel *p, struct effects *fx) {
    (void)m;
    (void)fx;
    p->data = xcalloc(1, sizeof(struct history));
}

static void ask_page(struct model *m, struct panel *p, struct effects *fx) {
    struct history *h = p->data;
    struct request *r = panel_call(m, p, OP_MESSAGES_HISTORY, fx);
    struct history_query *in = call_in(r, sizeof *in);

    in->limit = PAGE;
    in->offset = h->offset;
    h->page_at = h->n;
    h->page_rows = 0;
}

/* Again from the newest; after a failure only the page that is missing. */
static void history_load(struct model *m, struct panel *p, struct effects *fx) {
    struct history *h = p->data;

    if (h->all || h->n == 0) {
        panel_drop(p);
        h->n = 0;
        h->offset = 0;
        h->all = false;
    }
    ask_page(m, p, fx);
}

static void history_more(struct model *m, struct panel *p, struct effects *fx) {
    const struct history *h = p->data;

    if (!h->all && p->loading == 0 && p->err.rc == RC_OK)
        ask_page(m, p, fx);
}

const char *panel_said(struct panel *p, const char *text) {
    const char *reminder = strstr(text, "\n\n<system-reminder>");
    auto_buf struct buf inner = {.max = MIX_MIB};

    if (text[0] == '{' && jtext_find(&inner, text, strlen(text), "text"))
        return arena_strndup(&p->arena, buf_str(&inner), inner.n);
    return reminder ? arena_strndup(&p->arena, text, (size_t)(reminder - text)) : text;
}

static bool known(const struct history *h, const char *id) {
    for (size_t i = h->n; i-- > 0;)
        if (id && str_eq(h->v[i].id, id))
            return true;
    return false;
}

static void take(struct panel *p, struct history *h, const struct message *row) {
    h->page_rows++;
    if (str_blank(row->user_input) || h->n >= MOST || known(h, row->id))
        return; /* what came meanwhile has moved the pages */
    h->v = xgrow(h->v, h->n, &h->cap, sizeof *h->v);
    h->v[h->n++] = (struct said){row->id, row->session_id, panel_said(p, row->user_input)};
}

static void history_taken(struct model *m, struct panel *p, struct incoming *in,
                          struct effects *fx) {
    struct history *h = p->data;
    const struct message *rows = in->out;

    if (in->kind == IN_RESTART) {
        h->n = h->page_at;
        h->page_rows = 0;
    }
    if (in->kind != IN_REPLY && in->kind != IN_ITEMS)
        return;
    for (size_t i = 0; i < in->n; i++)
        take(p, h, &rows[i]);
    if (in->n > 0)
        panel_keep(p, in);
    if (in->kind != IN_REPLY)
        return;
    h->all = h->page_rows < PAGE || h->n >= MOST;
    h->offset += (int64_t)h->page_rows;
    if (!h->all && h->n == h->page_at)
        ask_page(m, p, fx); /* nothing in it but what was here */
}

static const char *where(const struct model *m, struct panel *p, const char *id) {
    const struct session *s = id ? model_session(m, id) : NULL;
    const char *title = s ? session_title(s) : id ? id : "?";

    return arena_strndup(&p->rows_arena, title, text_fit(title, strlen(title), 28));
}

static void history_rows(const struct model *m, struct panel *p) {
    const struct history *h = p->data;

    for (size_t i = 0; i < h->n; i++) {
        const char *text = h->v[i].text;
        struct panel_row *row = panel_add(p, ROW_VALUE, TAG_SAID, where(m, p, h->v[i].session_id),
                                          "%.*s", (int)strnlen(text, 600), text);

        row->index = i;
        if (!panel_unfolded(p, TAG_SAID, i))
            continue;
        panel_add_text(p, TAG_SAID, text, (size_t)-1)->indent = 3;
        row = panel_add(p, ROW_ACTION, TAG_TAKE, "put it into the message", NULL);
        row->index = i;
        row->indent = 3;
    }
    if (h->n > 0 && !h->all && p->loading == 0)
        panel_add(p, ROW_ACTION, TAG_MORE, "older ones", NULL)->help = "they come as one scrolls";
}

static void history_unfold(struct model *m, struct panel *p, const struct panel_row *row,
                           struct effects *fx) {
    (void)fx;
    if (row->tag == TAG_SAID)
        panel_fold(m, p, row);
}

static void history_enter(struct model *m, struct panel *p, const struct panel_row *row,
                          struct effects *fx) {
    const struct history *h = p->data;

    if (row->tag == TAG_MORE) {
        history_more(m, p, fx);
        return;
    }
    if (row->index >= h->n)
        return;
    const struct said *said = &h->v[row->index];

    if (row->tag == TAG_TAKE) {
        auto_free char *text = xstrdup(said->text);

        panel_into_draft(m, text);
        return;
    }
    struct session *s = said->session_id ? model_session(m, said->session_id) : NULL;

    if (!s) {
        act_notice(m, "that session is not in the list: Right shows the whole text");
        return;
    }
    act_over_close(m);
    act_session_show(m, s, fx);
    act_focus(m, PANE_COMPOSER);
}

static void history_close(struct model *m, struct panel *p) {
    struct history *h = p->data;

    (void)m;
    free(h->v);
    free(TAKE(p->data));
}

const struct panel_spec panel_history = {
    .title = "Message history",
    .why_not = why_history,
    .open = history_open,
    .load = history_load,
    .rows = history_rows,
    .enter = history_enter,
    .unfold = history_unfold,
    .near_end = history_more,
    .reply = history_taken,
    .close = history_close,
    .filtered = true,
    .wide = true,
};
