/* editing.h - shared by the files of the editor: the one way in which its text changes, and what is
 * kept of each change. */
#ifndef MIX_MODEL_EDITING_H
#define MIX_MODEL_EDITING_H

#include "mix/editor.h"
#include "mix/text.h"

/* What a change may be one step of undo with. */
enum edit_join { JOIN_NOT, JOIN_TYPED, JOIN_ERASED };

/* The only change there is: n_old bytes at `at` become others, the caret goes to `caret`. Chips
 * move along. False: it would not fit, nothing changed. */
bool edit_replace(struct editor *e, size_t at, size_t n_old, const char *now, size_t n_now,
                  size_t caret, enum edit_join join);
void edit_touched(struct editor *e); /* text or chips are others now */
/* What is typed next is a step of its own. */
void edit_undo_break(struct editor *e);

/* Places, over chips in one step. A line end inside a chip ends no line. */
size_t edit_line_start(const struct editor *e, size_t at);
size_t edit_line_end(const struct editor *e, size_t at);
size_t edit_next(const struct editor *e, size_t at);
size_t edit_prev(const struct editor *e, size_t at);

/* ---- editor_words.c ---- */
size_t edit_word_left(const struct editor *e, size_t at);
size_t edit_blank_left(const struct editor *e, size_t at); /* over blanks, then back to one */
size_t edit_word_right(const struct editor *e, size_t at);
enum text_class edit_class(const struct editor *e, size_t at); /* of the cluster there */

/* ---- editor_undo.c ---- */
void undo_record(struct editor *e, size_t at, size_t n_old, const char *now, size_t n_now,
                 size_t caret, enum edit_join join); /* before the change */
void undo_recorded(struct editor *e);                /* behind it, or when chips came */
void undo_fini(struct editor *e);
size_t edit_undo_at(const struct editor *e); /* where the last undo or redo changed something */

/* ---- editor_chips.c ---- */
struct chip *chips_copy(const struct chip *v, size_t n);
void chips_free(struct chip *v, size_t n);
void chips_shift(struct editor *e, size_t at, size_t n_old, size_t n_now);
void chips_set(struct editor *e, const struct chip *v, size_t n);
/* Chips of that text, when it is what the editor has: what is foreign is tidied as it comes in. */
void chips_put(struct editor *e, const char *text, const struct chip *v, size_t n);
/* Of a file, that is: within the text, around whole characters, and a file has a path. */
bool chip_fits(const struct chip *c, const char *text, size_t n);

#endif
