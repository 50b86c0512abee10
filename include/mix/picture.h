/* picture.h - thumbnails as cells. Part of the model floor; main thread only.
 *
 * The server makes the thumbnail (GET file with ?thumb), the chafa program in a child process turns
 * it into characters with colours, picture_read turns those into cells: no picture is decoded here,
 * and nothing but cells comes out of it. What is not on screen any more is cancelled; what is ready
 * is kept, at most PICTURE_KEPT bytes. */
#ifndef MIX_PICTURE_H
#define MIX_PICTURE_H

#include "mix/model.h"

enum { PICTURE_ROWS = 10, PICTURE_COLS = 40, PICTURE_KEPT = 8 << 20 };
struct picture_cell {
    uint32_t cp; /* one cell wide */
    uint8_t fg, bg;
};
struct picture {
    enum { PICTURE_WAITS, PICTURE_READY, PICTURE_FAILED } state;
    int w, h;                         /* cells; 0 until it is ready */
    const struct picture_cell *cells; /* row by row */
    const char *bytes;                /* made of pixels: for the terminal as they are */
    size_t n;
    const char *why; /* FAILED: one line */
};
/* What chafa writes for `-f symbols -c 256`, and nothing else: characters one cell wide, line ends,
 * SGR with 38;5, 48;5, 39, 49, 7, 27 and 0. Anything else ends it. Fails: RC_PROTO, RC_LIMIT.
 * Caller frees *cells. */
enum rc picture_read(struct picture_cell **cells, int *w, int *h, const char *s, size_t n,
                     struct err *err);

/* Made of pixels, where the terminal can: PICTURE_CELLS anywhere with 256 colours. */
enum picture_form { PICTURE_CELLS, PICTURE_SIXEL, PICTURE_KITTY };
struct picture_room {
    int w, h;       /* pixels */
    int cols, rows; /* cells */
};
/* Bytes of s that may be written to a terminal: one whole picture of that form, no larger than the
 * room. 0: it is not that, and nothing of it may be written. *size: pixels of a sixel picture,
 * cells of a kitty one. */
size_t picture_graphics(enum picture_form form, const char *s, size_t n,
                        const struct picture_room *room, struct picture_room *size);

struct picture_ask {
    const char *file; /* name, path or URL of a file of the shown session */
    int w, h;         /* cells, at most */
    double seconds;   /* into a film; 0: where the server likes */
    enum picture_form form;
};
/* During settling: a view will show it. Asks for it when it is not there; what no view wanted for a
 * frame is cancelled. */
void picture_want_as(struct model *m, const struct picture_ask *ask);
void picture_want(struct model *m, const char *file, int w, int h); /* as cells */
/* During drawing. Never NULL: what is not known waits. */
const struct picture *picture_of_as(const struct model *m, const struct picture_ask *ask);
const struct picture *picture_of(const struct model *m, const char *file, int w, int h);
/* Whether a name or URL is of a picture or a film that a thumbnail can be asked of. */
bool picture_named(const char *file);
bool picture_film(const char *file); /* ... of a film */
/* The first picture of the part that is selected in the thread: in its text, its result or among
 * its screenshots. NULL: there is none. Caller frees. */
char *picture_selected(const struct session *s);
/* The same, where showing it is what the part is for. */
char *picture_shown_by(const struct session *s);
/* The name of it on the server, within `file`; *n: its bytes. */
const char *picture_name(const char *file, size_t *n);
bool pictures_shown(const struct model *m); /* the terminal has the colours for them */

/* ---- the preview: OVER_PICTURE ---- */
/* Over the panes; what is no picture is said. */
void act_picture_open(struct model *m, const char *file);
void act_picture_time(struct model *m, int by); /* of a film, in steps */
void act_picture_full(struct model *m);         /* the whole screen, in the best form there is */
void act_picture_close(struct model *m);        /* back to the preview, then to the panes */
struct picture_ask picture_preview(const struct model *m, int w, int h);
/* For the app: what is to be written over the frame, in cells from the corner; NULL: nothing. */
const struct picture *picture_full(const struct model *m, struct picture_ask *ask);

#endif
