/* view.c - one frame: first positions are settled, then everything is drawn from the model. */
#include <stdio.h>
#include <stdlib.h>

#include "sheet.h"

struct view *view_new(void) {
    return xcalloc(1, sizeof(struct view));
}

void view_free(struct view *v) {
    if (!v)
        return;
    sheets_free(v);
    draft_fini(&v->draft);
    for (size_t i = 0; i < ASK_BODIES; i++)
        ask_body_free(v->asks[i]);
    body_fini(&v->body);
    free(v->thread_id);
    free(v);
}

void view_hurry(struct view *v, enum frame_kind kind) { v->hurry = kind; }
bool view_behind(const struct view *v) { return v->behind; }

void view_settle(struct view *v, struct model *m) {
    v->behind = false;
    const struct frame_layout l = view_layout(m);

    if (l.width == WIDTH_TINY)
        return;
    sheets_settle(v);
    thread_settle(v, m, &l);
    composer_settle(v, m, l.pane[PANE_COMPOSER]);
    complete_settle(m);
    ask_settle(v, m, &l);
    files_settle(v, m, l.pane[PANE_FILES]);
    overlay_settle(v, m);
}

static void draw_tiny(const struct model *m, struct canvas *out) {
    char text[64];

    snprintf(text, sizeof text, "mixtui needs 40x10, this is %dx%d", m->ui.cols, m->ui.rows);
    draw_words(out, (struct rect){0, 0, out->w, out->h}, STYLE_TEXT, text);
}

/* A drawer covers what is below it, and has an edge. */
static void draw_drawer(const struct model *m, struct canvas *out, const struct frame_layout *l) {
    struct rect r = l->pane[PANE_FILES];

    r.h += l->pane[PANE_PERMISSIONS].h;
    r.x--;
    r.w++;
    canvas_fill(out, r, ' ', STYLE_TEXT);
    for (int y = r.y; y < r.y + r.h; y++)
        put(out, r.x, y, 1, STYLE_BORDER, glyph(m, G_VLINE));
}

void view_draw(struct view *v, const struct model *m, struct canvas *out) {
    const struct frame_layout l = view_layout(m);

    canvas_resize(out, m->ui.cols, m->ui.rows);
    out->ascii = m->ui.ascii;
    if (l.width == WIDTH_TINY) {
        draw_tiny(m, out);
        return;
    }
    v->hints_shown = false;
    draw_tabs(m, out, l.tabs);
    draw_header(m, out, l.header);
    draw_sessions(v, m, out, l.pane[PANE_SESSIONS]);
    draw_thread(v, m, out, &l);
    draw_composer(v, m, out, l.pane[PANE_COMPOSER]);
    if (l.width == WIDTH_MEDIUM && l.pane[PANE_FILES].x > 0)
        draw_drawer(m, out, &l);
    draw_files(v, m, out, l.pane[PANE_FILES]);
    draw_asks(v, m, out, l.pane[PANE_PERMISSIONS]);
    draw_complete(m, out, l.pane[PANE_COMPOSER]);
    draw_status(v, m, out, l.status);
    draw_leader(m, out);
    draw_overlay(v, m, out);
}
