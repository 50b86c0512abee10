/* view_reader.c - the file picker's list. */
#include "overlay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the picker ---- */

void picker_settle(struct view *v, const struct model *m, int height) {
    const struct picker *p = &m->ui.picker;

    v->picker_top = list_top(v->picker_top, p->cursor, p->n_rows, height);
}

static const char *kind_word(const struct picker_row *e) {
    switch (e->kind) {
    case ENTRY_FILE:
        return e->readable ? NULL : "unreadable";
    case ENTRY_DIR:
        return NULL;
    case ENTRY_FIFO:
        return "FIFO";
    case ENTRY_SOCKET:
        return "socket";
    case ENTRY_DEVICE:
        return "device";
    case ENTRY_DANGLING:
        return "leads nowhere";
    case ENTRY_GONE:
        return "gone";
    }
    return NULL;
}

/* The end of a path that is too long tells more than its start. */
static int draw_path(const struct model *m, struct canvas *c, int x, int y, int w, enum style s,
                     const char *name) {
    auto_buf struct buf clean = {.max = MIX_MIB};

    (void)text_clean(&clean, name, strlen(name), CLEAN_NAME);
    const char *path = buf_str(&clean);

    if (w < 2 || end_fit(path, w) == path)
        return put(c, x, y, w, s, path);
    put(c, x, y, 1, s, m->ui.ascii ? "<" : "\u2026");
    return 1 + put(c, x + 1, y, w - 1, s, end_fit(path, w - 1));
}

static void draw_entry(const struct model *m, struct canvas *c, struct rect r,
                       const struct picker_row *e, bool cursor) {
    const char *odd = kind_word(e);
    enum style s = odd ? STYLE_UNAVAILABLE : STYLE_OVERLAY, dim = STYLE_DIM;
    const int right = r.x + r.w - 1;
    int used = 1;

    if (cursor) {
        s = dim = STYLE_CURSOR_ROW;
        canvas_fill(c, (struct rect){r.x + 1, r.y, r.w - 1, 1}, ' ', s);
        put(c, r.x, r.y, 1, STYLE_BORDER_FOCUS, glyph(m, G_CURSOR));
    }
    if (e->marked)
        put(c, r.x + 1, r.y, 1, cursor ? s : STYLE_KEY, "+");
    if (e->modified >= 0)
        used = put_right(c, right, r.y, 9, dim, say_time(e->modified, m->real).s) > 0 ? 20 : 1;
    if (odd)
        used = 9 + put_right(c, right - 9, r.y, 14, dim, odd);
    else if (e->kind != ENTRY_DIR && e->size >= 0)
        put_right(c, right - 9, r.y, 10, dim, say_size(e->size).s);
    const int x = r.x + 2, w = right - used - x - 1;
    const int n = draw_path(m, c, x, r.y, w, s, e->name);

    if (e->kind == ENTRY_DIR)
        put(c, x + n, r.y, 1, s, "/");
}

static const char *why_none(const struct picker *p) {
    if (p->err.rc != RC_OK)
        return p->err.text;
    if (p->searching)
        return "searching";
    if (!p->listing)
        return "reading the directory";
    return p->listing->n_entries == 0 ? "nothing is here" : "nothing matches";
}

/* ` 3 marked  12,345 found ...` */
static void draw_counts(const struct model *m, struct canvas *c, struct rect r) {
    const struct picker *p = &m->ui.picker;
    const bool cut = p->cut || (p->listing && p->listing->cut);
    auto_buf struct buf text = {.max = 256};

    if (p->n_marks > 0)
        (void)buf_addf(&text, " %s marked: Enter uploads ", say_grouped(p->n_marks).s);
    if (p->filter.text.n > 0 && !p->recent)
        (void)buf_addf(&text, " %s found%s ", say_grouped(p->found).s,
                       p->searching ? ", searching" : "");
    if (p->recent)
        (void)buf_adds(&text, " uploaded from lately ");
    if (p->scan)
        (void)buf_adds(&text, " reading ");
    if (cut)
        (void)buf_adds(&text, " only the first ones are listed ");
    if (text.n > 0)
        put(c, r.x + 2, r.y + r.h - 1, r.w - 4, p->n_marks > 0 ? STYLE_KEY : STYLE_DIM,
            buf_str(&text));
}

void draw_picker(struct view *v, const struct dialog *dialog, const struct model *m,
                 struct canvas *c, int y) {
    const struct picker *p = &m->ui.picker;
    const struct rect r = dialog->box;

    for (int i = 0; i < dialog->list && v->picker_top + (size_t)i < p->n_rows; i++) {
        const size_t at = v->picker_top + (size_t)i;

        draw_entry(m, c, (struct rect){r.x + 1, y + i, r.w - 2, 1}, &p->rows[at], at == p->cursor);
    }
    if (p->n_rows == 0 && dialog->list > 0)
        put_foreign(c, r.x + 2, y, r.w - 4, p->err.rc ? STYLE_NOTICE_BAD : STYLE_DIM, why_none(p),
                    CLEAN_LINE);
    draw_counts(m, c, r);
}
