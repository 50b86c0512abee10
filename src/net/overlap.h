/* overlap.h - replacing a stream by a second one without losing or doubling an event. No curl in
 * here.
 *
 * While both are open, every frame of the old one is delivered and its fingerprint kept; the frames
 * of the new one are held back. Then the old one is closed and the longest end of what it delivered
 * that is also a beginning of what is held is dropped. Frames that servers write out of turn
 * (permissions, notifications, sessions coming and going) are compared one by one instead;
 * heartbeats and `connected` are not compared at all. */
#ifndef NET_OVERLAP_H
#define NET_OVERLAP_H

#include "mix/wire.h"

struct prints {
    uint64_t *items;
    size_t n, cap;
};
struct held_frame {
    struct held_frame *next;
    struct frame frame;
    uint64_t print;
    bool loose;
};
struct overlap {
    struct prints seen, loose_seen; /* delivered by the old stream, in order */
    size_t unsure; /* of `seen`: from before the new stream was connected, so it may lack them */
    struct prints held_prints; /* of the held frames that are not loose */
    struct held_frame *first, *last;
    struct arena arena; /* the held frames */
};
enum overlap_state {
    OVERLAP_CLEAR, /* `drop` says how many held frames were delivered already */
    OVERLAP_BEHIND /* the new stream has yet to repeat what the old one delivered: hold on */
};

void overlap_saw(struct overlap *o, const struct frame *f);
void overlap_connected(
    struct overlap *o); /* the new stream is: what is seen from now on it must bring as well */
void overlap_hold(struct overlap *o, const struct frame *f);
enum overlap_state overlap_find(const struct overlap *o, size_t *drop);
/* The next held frame that was not delivered yet; *drop counts down. NULL: none left. */
const struct frame *overlap_next(struct overlap *o, size_t *drop);
/* Frames may come twice: the new stream is still behind, or has nothing of what the old one
 * delivered while both were connected. Asked before overlap_next. */
bool overlap_doubtful(const struct overlap *o, enum overlap_state found, size_t drop);
void overlap_free(struct overlap *o);

#endif
