/* pairs.h - private to term: which of the terminal's colour pairs show the cells of pictures. Pure.
 *
 * A picture has thousands of pairs, a terminal some: those that no cell on the screen has any more
 * make way. */
#ifndef MIX_TERM_PAIRS_H
#define MIX_TERM_PAIRS_H

#include "mix/canvas.h"

enum { PICTURE_PAIRS = 8192 }; /* at most */

struct pairs {
    uint16_t *of;  /* extra of a cell -> slot + 1; 0: none */
    uint16_t *key; /* slot -> extra */
    uint8_t *used; /* slot -> it is on the screen */
    int first;     /* the pair of slot 0 */
    int n, room;   /* slots in use, slots there are */
    int hand;      /* where the search for one that makes way goes on */
    bool counted;  /* `used` holds for this frame */
};
/* first: the number of the first pair that is theirs; end: the one behind the last. */
void pairs_init(struct pairs *p, int first, int end);
void pairs_fini(struct pairs *p);
void pairs_frame(struct pairs *p); /* another frame begins */
/* The pair for a cell's `extra`; *fresh: it has to be told its colours. 0: there is none left.
 * shown and next: what is on the screen, and what comes; both of their cells keep theirs. */
int pairs_get(struct pairs *p, uint16_t extra, const struct canvas *shown,
              const struct canvas *next, bool *fresh);

#endif
