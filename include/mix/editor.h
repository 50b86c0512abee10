/* editor.h - verbs over struct editor (declared in model.h). Part of the model floor. All of them
 * keep the text valid UTF-8 and the caret on a cluster border; text over the editor's cap is
 * refused whole (false). Main thread only. */
#ifndef MIX_EDITOR_H
#define MIX_EDITOR_H

#include "mix/model.h"

enum motion {
    TO_LEFT,
    TO_RIGHT,
    TO_WORD_LEFT,
    TO_WORD_RIGHT,
    TO_LINE_START,
    TO_LINE_END,
    TO_START,
    TO_END,
    TO_UP,
    TO_DOWN
};
/* invalid bytes become U+FFFD, controls but \n \t are dropped */
bool editor_insert(struct editor *e, const char *text, size_t n);
/* false: already there (first or last line for up, down) */
bool editor_move(struct editor *e, enum motion to);
/* deletes from the caret to there; killed may be NULL */
bool editor_kill(struct editor *e, enum motion to, struct buf *killed);
void editor_transpose(struct editor *e);
bool editor_undo(struct editor *e);
bool editor_redo(struct editor *e);
bool editor_empty(const struct editor *e);

#endif
