/* call.h - the parts of a thread that are tool calls. Private to the ui floor. */
#ifndef MIX_UI_CALL_H
#define MIX_UI_CALL_H

#include "ui.h"

void block_call_head(struct block *b, const struct part *p); /* the object and the counts of a change */
void block_call_body(struct block *b, const struct part *p, int width); /* what unfolding shows */

#endif
