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
    const char *why;                  /* FAILED: one line */
};
/* What chafa writes for `-f symbols -c 256`, and nothing else: characters one cell wide, line ends,
 * SGR with 38;5, 48;5, 39, 49, 7, 27 and 0. Anything else ends it. Fails: RC_PROTO, RC_LIMIT.
 * Caller frees *cells. */
enum rc picture_read(struct picture_cell **cells, int *w, int *h, const char *s, size_t n,
                     struct err *err);

/* During settling: a view will show this file of the session, in at most w x h cells. Asks for it
 * when it is not there; what no view wanted for a frame is cancelled. */
void picture_want(struct model *m, const char *file, int w, int h);
/* During drawing. Never NULL: what is not known waits. */
const struct picture *picture_of(const struct model *m, const char *file, int w, int h);
/* Whether a name or URL is of a picture or a film that a thumbnail can be asked of. */
bool picture_named(const char *file);

#endif
