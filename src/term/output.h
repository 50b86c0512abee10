/* output.h - private to term: what leads to the terminal. */
#ifndef MIX_TERM_OUTPUT_H
#define MIX_TERM_OUTPUT_H

#include <stdio.h>

#include "sgr.h"

struct output {
    FILE *file; /* for ncurses: a descriptor of its own, so that nobody else's output is held */
    int memory; /* -1: the system has none to give, nothing is held */
    bool held;
    enum sgr_off off;          /* how this terminal takes a look back */
    struct buf frame, shorter; /* of output_release */
};
bool output_open(struct output *o); /* false: out of descriptors */
void output_close(struct output *o);
/* From here on what ncurses writes is kept. */
void output_hold(struct output *o);
/* It goes out whole, its looks said in fewer bytes. */
void output_release(struct output *o);
/* To standard output, whatever is held. Async-signal-safe. */
void output_raw(const char *p, size_t n);

#endif
