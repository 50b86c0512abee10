/* view_picture.c - pictures as cells: in a thread, under the files, large over the panes. */
#include "overlay.h"

#include <stdio.h>
#include <string.h>

#include "mix/picture.h"

enum { LOW = 16 }; /* rows of the screen: below it the preview covers the header too */

/* ---- one picture ---- */

static void draw_cells(struct canvas *c, struct rect r, const struct picture *p) {
    const int w = p->w < r.w ? p->w : r.w, h = p->h < r.h ? p->h : r.h;

    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            const struct picture_cell *cell = &p->cells[(size_t)y * (size_t)p->w + (size_t)x];

            canvas_put_picture(c, r.x + x, r.y + y, cell->cp, cell->fg, cell->bg);
        }
}

void draw_picture(struct canvas *c, struct rect r, const struct picture *p) {
    if (r.w <= 0 || r.h <= 0)
        return;
    switch (p->state) {
    case PICTURE_WAITS:
        put(c, r.x, r.y, r.w, STYLE_DIM, "the picture is on its way");
        break;
    case PICTURE_READY:
        if (p->cells)
            draw_cells(c, r, p);
        break;
    case PICTURE_FAILED:
        put_foreign(c, r.x, r.y, r.w, STYLE_DIM, p->why ? p->why : "", CLEAN_LINE);
        break;
    }
}

static void draw_centred(struct canvas *c, struct rect r, const struct picture *p) {
    if (p->state == PICTURE_READY && p->w < r.w) {
        r.x += (r.w - p->w) / 2;
        r.w = p->w;
    }
    if (p->state == PICTURE_READY && p->h < r.h) {
        r.y += (r.h - p->h) / 2;
        r.h = p->h;
    }
    draw_picture(c, r, p);
}

/* ---- the preview ---- */

static struct rect box_of(const struct model *m) {
    const int top = m->ui.rows >= LOW ? 1 : 0;

    return (struct rect){0, top, m->ui.cols, m->ui.rows - 1 - top};
}

static struct rect room_of(const struct model *m) {
    const struct rect box = box_of(m);

    if (m->ui.preview_full)
        return (struct rect){0, 0, m->ui.cols, m->ui.rows - 1};
    return (struct rect){box.x + 1, box.y + 1, box.w - 2, box.h - 2};
}

static void say_title(struct buf *out, const struct model *m) {
    auto_buf struct buf raw = {.max = 4096};
    const char *file = m->ui.preview ? m->ui.preview : "";
    size_t n;
    const char *name = picture_name(file, &n);

    if (n > 200)
        n = 200 - text_tail(name, 200);
    buf_add(&raw, name, n);
    if (picture_film(file))
        buf_addf(&raw, " %d:%02d", (int)m->ui.preview_at / 60, (int)m->ui.preview_at % 60);
    text_clean(out, buf_str(&raw), raw.n, CLEAN_NAME);
}

void preview_settle(struct model *m) {
    const struct rect r = room_of(m);
    const struct picture_ask ask = picture_preview(m, r.w, r.h);

    picture_want_as(m, &ask);
}

/* Pixels are written over the frame by the app: under them it is blank. */
static void draw_full(const struct model *m, struct canvas *c) {
    const struct rect r = room_of(m);
    const struct picture_ask ask = picture_preview(m, r.w, r.h);
    const struct picture *p = picture_of_as(m, &ask);
    auto_buf struct buf title = {.max = 4096};

    say_title(&title, m);
    canvas_fill(c, (struct rect){0, 0, c->w, c->h}, ' ', STYLE_TEXT);
    draw_centred(c, r, p);
    const int x = put_foreign(c, 1, c->h - 1, c->w / 2, STYLE_TITLE, buf_str(&title), CLEAN_NAME);

    const size_t asks = model_asks_pending(m, ASK_PERMISSION) + model_asks_pending(m, ASK_QUESTION);
    const char *back = "any key: back";

    put_right(c, c->w - 1, c->h - 1, c->w - x - 3, STYLE_DIM, back);
    if (asks > 0) /* nobody waits behind a picture unseen */
        put_right(c, c->w - 3 - (int)strlen(back), c->h - 1, c->w - x - 20, STYLE_MARK_APPROVAL,
                  "somebody waits for an answer");
}

void draw_preview(const struct model *m, struct canvas *c) {
    if (m->ui.preview_full) {
        draw_full(m, c);
        return;
    }
    const struct rect box = box_of(m), r = room_of(m);
    const struct picture_ask ask = picture_preview(m, r.w, r.h);
    auto_buf struct buf title = {.max = 4096};

    say_title(&title, m);
    canvas_fill(c, box, ' ', STYLE_OVERLAY);
    draw_box(c, m, box, STYLE_BORDER_FOCUS);
    put(c, box.x + 2, box.y, 1, STYLE_OVERLAY, " ");
    const int used = put_foreign(c, box.x + 3, box.y, box.w - 6, STYLE_OVERLAY_TITLE,
                                 buf_str(&title), CLEAN_NAME);

    put(c, box.x + 3 + used, box.y, 1, STYLE_OVERLAY, " ");
    draw_centred(c, r, picture_of_as(m, &ask));
}
