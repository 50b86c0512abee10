/* canvas.h - a rectangle of cells that views write and a terminal shows. Cells have roles, never
 * colours. Pure. */
#ifndef MIX_CANVAS_H
#define MIX_CANVAS_H

#include "mix/flow.h"

enum style {
#define STYLE(id, ...) STYLE_##id,
#include "mix/styles.def"
#undef STYLE
    STYLE_COUNT
};

/* The background of a cell: its style's own, or that of a changed line, on which code keeps its
 * colours. */
enum ground { GROUND_OWN, GROUND_ADDED = 1 << 8, GROUND_REMOVED = 2 << 8 };
struct cell {
    /* one spacing code point and up to three combining ones; 0 ends; cp[0] == 0: right half of a
     * wide one */
    uint32_t cp[4];
    uint8_t style;
    uint8_t width; /* 1, 2, or 0 for the right half */
    /* enum attr added to the style's look, and enum ground; of STYLE_PICTURE: colours of the xterm
     * palette of 256, foreground | background << 8 */
    uint16_t extra;
};
struct rect {
    int x, y, w, h;
};
struct canvas {
    int w, h;
    struct cell *cells;     /* row by row */
    int cursor_x, cursor_y; /* -1: hidden */
    bool ascii;             /* what is cut ends in ~ */
};
void canvas_init(struct canvas *c, int w, int h);   /* blank, role TEXT */
void canvas_resize(struct canvas *c, int w, int h); /* blanks it */
void canvas_fini(struct canvas *c);
struct cell *canvas_at(const struct canvas *c, int x, int y);                 /* NULL outside */
void canvas_fill(struct canvas *c, struct rect r, uint32_t cp, enum style s); /* clipped */
/* Writes clean text of one line from (x, y), at most `max` cells and never beyond r or the canvas;
 * a cluster that does not fit whole is left out. Returns the cells used. Controls in it show as
 * U+FFFD: sanitise first. */
int canvas_put(struct canvas *c, int x, int y, int max, enum style s, const char *text, size_t n);
/* The same with enum attr added to the style's look, and enum ground. */
int canvas_put_attrs(struct canvas *c, int x, int y, int max, enum style s, unsigned extra,
                     const char *text, size_t n);
/* One cell of a picture in colours of the xterm palette; cp is one cell wide. */
void canvas_put_picture(struct canvas *c, int x, int y, uint32_t cp, uint8_t fg, uint8_t bg);
/* As canvas_put; when it does not fit it ends in U+2026, or in ~ (ascii, or where that is wide). */
int canvas_put_cut(struct canvas *c, int x, int y, int max, enum style s, const char *text,
                   size_t n);
int canvas_putf(struct canvas *c, int x, int y, int max, enum style s, const char *fmt, ...)
    MIX_PRINTF(6, 7);
/* rows ended by \n, trailing blanks cut: for golden tests */
void canvas_text(const struct canvas *c, struct buf *out);

#endif
