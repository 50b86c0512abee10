/* flow.h - how the files of this floor put a flow together below the level of lines. */
#ifndef MIX_TEXT_FLOW_H
#define MIX_TEXT_FLOW_H

#include "mix/flow.h"

enum {
    FLOW_DECORS = 24,
    FLOW_WIDEST = 16384,         /* keeps cells in their 16 bits */
    FLOW_PIECE = 64 << 10,       /* a longer line of foreign text is set out in pieces */
    FLOW_TEXT_MAX = 1 << 30,     /* bytes of a flow's text */
    FLOW_SCRATCH_KEPT = 64 << 10 /* bytes of scratch that wait for the next line */
};

/* Appends to the text; its offset, or UINT32_MAX when the flow is full. */
uint32_t flow_put(struct flow *f, const char *s, size_t n);
/* Starts a row; src is raised to that of the row before. */
void flow_row_begin(struct flow *f, uint32_t src, uint8_t fill);
/* Adds a run to the last row; cells: of the text. A run that goes on where the last one ended, with
 * the same look, becomes part of it. */
void flow_run(struct flow *f, struct run run, int cells);
/* 1 + its index; 0 when there are too many. The address is cleaned. */
uint16_t flow_add_link(struct flow *f, const char *url, size_t n, bool image);
/* flow_line with decoration in several looks: at most FLOW_DECORS pieces each, clean. */
struct flow_decor {
    const struct flow_bit *first, *rest;
    size_t n_first, n_rest;
};
void flow_line_decor(struct flow *f, const struct flow_bit *bits, size_t n,
                     const struct flow_decor *decor, enum flow_wrap wrap, int width, uint8_t fill);
/* Where the piece that begins at s shall end when n bytes are too long for one. */
size_t flow_piece(const char *s, size_t n);

#endif
