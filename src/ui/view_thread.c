/* view_thread.c - the thread pane. */
#include "ui.h"

#include <stdio.h>
#include <string.h>

/* ---- an empty thread says why ---- */

static void draw_empty(const struct thread_place *at, struct canvas *c) {
    const struct transcript *t = &at->s->transcript;
    const struct rect r = {at->r.x, at->r.y + (at->r.h > 2), at->r.w, at->r.h - (at->r.h > 2)};

    if (t->error.rc != RC_OK) {
        auto_buf struct buf text = {.max = 4096}, clean = {.max = 8192};

        buf_addf(&text, "could not read the messages: %s", t->error.text);
        text_clean(&clean, buf_str(&text), text.n, CLEAN_LINE);
        draw_words(c, r, STYLE_NOTICE_BAD, buf_str(&clean));
    } else if (at->s->id && !t->loaded) {
        draw_words(c, r, STYLE_DIM, t->loading ? "reading the messages" : "not read yet");
    } else {
        draw_words(c, r, STYLE_DIM, "no messages yet: type below and press Enter");
    }
}

/* ---- the text ---- */

static void draw_rows(struct view *v, const struct thread_place *at, struct canvas *c, int rows) {
    const struct reading *r = &at->s->reading;
    const bool focus = at->m->ui.focus == PANE_THREAD;
    struct spot spot = spot_existing(v, at, (struct spot){r->entry, r->piece, r->slice, r->row});

    for (int y = 0; y < rows; y++) {
        draw_piece_row(v, at, c, at->r.y + y, spot);
        visual_draw_row(v, at, c, at->r.y + y, spot);
        if (focus && spot.entry == r->sel_entry && spot.piece == r->sel_part + 1)
            put(c, at->r.x - 1, at->r.y + y, 1, STYLE_BORDER_FOCUS, glyph(at->m, G_CURSOR));
        if (spot.piece > 0 && spot.slice == 0 && spot.row == 0 &&
            thread_marked(at->s, spot.entry, spot.piece - 1))
            put(c, at->r.x - 1, at->r.y + y, 1, STYLE_MARK_QUESTION, "*");
        if (!spot_down(v, at, &spot, 1))
            break;
    }
}

/* The text that is being written grows below without a new part. */
static bool is_written_below(struct view *v, const struct thread_place *at) {
    const struct entry *e = &at->s->transcript.entries[at->s->transcript.n - 1];

    return e->n_parts > 0 && e->parts[e->n_parts - 1].live && !thread_at_end(v, at);
}

void draw_thread(struct view *v, const struct model *m, struct canvas *c,
                 const struct frame_layout *l) {
    const struct thread_place at = thread_place(m, l);
    const struct reading *r;

    if (!at.s || at.r.h <= 0 || l->pane[PANE_THREAD].w <= 0)
        return;
    if (at.s->transcript.n == 0) {
        draw_empty(&at, c);
        return;
    }
    r = &at.s->reading;
    const bool new = r->new_below > 0, more = !r->follow && (new || is_written_below(v, &at));

    draw_rows(v, &at, c, at.r.h - (more && at.r.h > 1));
    if (more) {
        const int y = at.r.y + at.r.h - 1;
        char text[64];

        snprintf(text, sizeof text, new ? "%s %s new" : "%s new text", glyph(m, G_DOWN),
                 say_grouped(r->new_below).s);
        canvas_fill(c, (struct rect){at.r.x, y, at.r.w, 1}, ' ', STYLE_TEXT);
        put(c, at.r.x, y, at.r.w, STYLE_NEW_BELOW, text);
    }
}
