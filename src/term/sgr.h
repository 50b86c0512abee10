/* sgr.h - private to term: the looks in a frame said in as few bytes as can be.
 *
 * ncurses says both colours and often a reset for every change of look; over ssh that is more than
 * the text. Here a look is only written when something is about to be drawn with it, and only what
 * is another than before. Everything else passes as it is. Pure. */
#ifndef MIX_TERM_SGR_H
#define MIX_TERM_SGR_H

#include "mix/base.h"

enum sgr_off {
    OFF_BY_RESET, /* a look is taken back by a reset alone */
    OFF_SINGLY,   /* 22, 23, 24, 27, 29 are known, and 39 and 49 */
};
/* One frame, from the normal look (as after a reset) to whatever it ends with. Fails: RC_LIMIT. */
enum rc sgr_shorten(struct buf *out, const char *p, size_t n, enum sgr_off off);

#endif
