/* overlay.h - what the overlays share. Private to the ui floor. */
#ifndef MIX_UI_OVERLAY_H
#define MIX_UI_OVERLAY_H

#include "mix/preview.h"
#include "ui.h"

/* A box in the middle of the screen: text, a field, a list. */
struct dialog {
    char title[96];     /* clean */
    const char *prompt; /* NULL: no field */
    const struct editor *editor;
    struct buf head; /* clean */
    struct rows lines;
    size_t all_lines; /* of the text; lines holds those that are shown */
    int gap;          /* empty rows between the text and what is below */
    size_t rows;
    int width, list; /* list: rows of it that fit */
    int foot;        /* rows under it, for all of what the selected row says */
    struct rect box;
};

void say_leave(const struct model *m, struct buf *out); /* what leaving ends */
void picker_settle(struct view *v, const struct model *m, int height);
void draw_picker(struct view *v, const struct dialog *dialog, const struct model *m,
                 struct canvas *c, int y);
void whole_ask_settle(struct view *v, struct model *m);
void draw_whole_ask(struct view *v, const struct model *m, struct canvas *c);
void panel_settle(struct view *v, struct model *m);
void preview_settle(struct model *m);
void draw_preview(const struct model *m, struct canvas *c);
void draw_panel(struct view *v, const struct model *m, struct canvas *c);
void panel_draw_path(struct canvas *c, const struct panel *top, struct rect box);
void panel_draw_count(struct canvas *c, const struct panel *p, struct rect box);
int body_rows(struct body_memo *b, const struct model *m, const struct panel_body *body, int width);
void body_draw(const struct body_memo *b, struct canvas *c, struct rect r,
               const struct panel_body *body, size_t row);

/* ---- found.c: what was found, with its hits ---- */
struct found {
    struct buf text; /* clean; its max is the caller's */
    struct rows rows;
    struct hit_span {
        size_t from, to;
    } hits[32];
    size_t n;
};
void found_make(struct found *f, const char *text, int width);
void found_put(const struct found *f, size_t row, struct canvas *c, int x, int y, enum style plain,
               enum style hit);
void found_fini(struct found *f);

#endif
