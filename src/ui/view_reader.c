/* view_reader.c - a permission's whole text, and the file picker's list. */
#include "overlay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a permission's whole text ---- */

static struct rect whole_box(const struct model *m) {
    return (struct rect){0, 0, m->ui.cols, m->ui.rows - 1};
}

static int text_rows(struct rect r) { return r.h > 4 ? r.h - 4 : 0; } /* frame, asker, count */

void whole_ask_settle(struct view *v, struct model *m) {
    struct ask *a = model_selected_ask(m);
    const struct rect r = whole_box(m);

    if (!a || r.w < 4)
        return;
    const int n = (int)ask_block(v, a, r.w - 2)->shown, rows = text_rows(r);
    const int most = n > rows ? n - rows : 0;

    m->ui.over_scroll = m->ui.over_scroll > most ? most : m->ui.over_scroll;
    m->ui.over_scroll = m->ui.over_scroll < 0 ? 0 : m->ui.over_scroll;
    if (m->ui.over_scroll == most && rows > 0)
        a->uncut = true;
}

void draw_whole_ask(struct view *v, const struct model *m, struct canvas *c) {
    const struct ask *a = model_selected_ask(m);
    const struct rect r = whole_box(m);
    auto_buf struct buf chain = {.max = 8192};

    draw_box(c, m, r, STYLE_BORDER_FOCUS);
    if (!a || r.w < 8 || r.h < 5) {
        put(c, r.x + 2, r.y + 1, r.w - 4, STYLE_DIM, "no request is selected");
        return;
    }
    const struct block *b = ask_block(v, a, r.w - 2);
    const int first = m->ui.over_scroll, rows = text_rows(r);
    const int last = first + rows < (int)b->shown ? first + rows : (int)b->shown;
    int x = r.x + 2;

    x += put(c, x, r.y, r.w - 4, STYLE_OVERLAY_TITLE, " ");
    x += put_foreign(c, x, r.y, r.w - 16, STYLE_OVERLAY_TITLE, ask_name(a), CLEAN_NAME);
    x += put(c, x, r.y, r.x + r.w - x - 1, STYLE_OVERLAY_TITLE, "  ");
    x += put_foreign(c, x, r.y, r.x + r.w - x - 12, STYLE_OVERLAY, ask_action(a), CLEAN_NAME);
    put(c, x, r.y, r.x + r.w - x - 1, STYLE_OVERLAY, " ");
    if (a->state == ASK_PENDING)
        canvas_putf(c, r.x + r.w - 9, r.y, 7, STYLE_ASK_TIME, " %s ",
                    say_left(a->deadline - m->now).s);
    else
        canvas_putf(c, r.x + r.w - 3 - (int)strlen(state_word(a)), r.y, 20, STYLE_DIM, " %s ",
                    state_word(a));
    ask_chain(&chain, m, a);
    if (!str_blank(a->path))
        buf_addf(&chain, "  in %s", a->path);
    if (!str_blank(a->description) && !str_eq(a->description, a->object))
        buf_addf(&chain, "  %s", a->description);
    put_foreign(c, r.x + 2, r.y + 1, r.w - 4, STYLE_DIM, buf_str(&chain), CLEAN_NAME);
    for (int i = first; i < last; i++)
        draw_marked_line(c, r.x + 1, r.y + 2 + i - first, r.w - 2, b, (size_t)i);
    canvas_putf(c, r.x + 2, r.y + r.h - 2, r.w - 4, STYLE_DIM,
                "lines %d-%d of %zu; no key decides here", b->shown ? first + 1 : 0, last,
                b->shown);
}

/* ---- the picker ---- */

/* The visible entries, kept until the listing or the filter changes: there may be 50,000. */
static void refresh_picker(struct view *v, const struct picker *p) {
    const uint32_t id = p->listing ? p->listing->id : 0;

    if (v->picker_id == id && v->picker_filter &&
        str_eq(v->picker_filter, buf_str(&p->filter.text)))
        return;
    free(v->picker_rows);
    free(v->picker_filter);
    v->picker_n = 0;
    v->picker_rows = p->listing ? picker_visible(p, &v->picker_n) : NULL;
    v->picker_filter = xstrdup(buf_str(&p->filter.text));
    v->picker_id = id;
}

void picker_settle(struct view *v, const struct model *m, int height) {
    refresh_picker(v, &m->ui.picker);
    v->picker_top = list_top(v->picker_top, m->ui.picker.cursor, v->picker_n, height);
}

static void draw_entry(const struct model *m, struct canvas *c, struct rect r,
                       const struct dir_entry *e, bool cursor) {
    enum style s = e->readable ? STYLE_OVERLAY : STYLE_UNAVAILABLE, dim = STYLE_DIM;
    const int right = r.x + r.w - 1;

    if (cursor) {
        s = dim = STYLE_CURSOR_ROW;
        canvas_fill(c, (struct rect){r.x + 1, r.y, r.w - 1, 1}, ' ', s);
        put(c, r.x, r.y, 1, STYLE_BORDER_FOCUS, glyph(m, G_CURSOR));
    }
    put_right(c, right, r.y, 9, dim, say_time(e->modified, m->real).s);
    if (!e->is_dir)
        put_right(c, right - 9, r.y, 10, dim, say_size(e->size).s);
    const int x =
        r.x + 1 + put_foreign(c, r.x + 1, r.y, right - 20 - r.x - 2, s, e->name, CLEAN_NAME);

    if (e->is_dir)
        put(c, x, r.y, 1, s, "/");
}

static const char *why_none(const struct picker *p) {
    if (p->err.rc != RC_OK)
        return p->err.text;
    if (!p->listing)
        return "reading the directory";
    return p->listing->n_entries == 0 ? "nothing is here" : "nothing matches";
}

void draw_picker(struct view *v, const struct dialog *dialog, const struct model *m,
                 struct canvas *c, int y) {
    const struct picker *p = &m->ui.picker;
    const struct rect r = dialog->box;

    refresh_picker(v, p);
    for (int i = 0; i < dialog->list && v->picker_top + (size_t)i < v->picker_n; i++) {
        const size_t at = v->picker_top + (size_t)i;

        draw_entry(m, c, (struct rect){r.x + 1, y + i, r.w - 2, 1},
                   &p->listing->entries[v->picker_rows[at]], at == p->cursor);
    }
    if (v->picker_n == 0 && dialog->list > 0)
        put_foreign(c, r.x + 2, y, r.w - 4, p->err.rc ? STYLE_NOTICE_BAD : STYLE_DIM, why_none(p),
                    CLEAN_LINE);
    if (p->scan || (p->listing && p->listing->cut))
        put(c, r.x + 2, r.y + r.h - 1, r.w - 4, STYLE_DIM,
            p->scan ? " reading " : " only the first ones are listed ");
}
