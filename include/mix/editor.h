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
    TO_BLANK_LEFT, /* back to a blank, as Ctrl+W of shells */
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
/* Up (by < 0) or down by rows of so many cells; below 1: by lines. false: there is none. */
bool editor_move_row(struct editor *e, int by, int width);
/* deletes from the caret to there; killed may be NULL */
bool editor_kill(struct editor *e, enum motion to, struct buf *killed);
/* Kills that follow each other become one. False: there was nothing. */
bool editor_kill_into(struct editor *e, enum motion to, struct kills *k);
bool editor_yank(struct editor *e, struct kills *k);
/* In place of what was yanked just now. False: nothing was. */
bool editor_yank_older(struct editor *e, struct kills *k);
void kills_fini(struct kills *k);
void editor_transpose(struct editor *e);
void editor_transpose_words(struct editor *e);
/* from the caret to the end of the next word; the caret goes there */
enum word_case { CASE_UPPER, CASE_LOWER, CASE_CAPITAL };
void editor_case(struct editor *e, enum word_case how);
bool editor_undo(struct editor *e);
bool editor_redo(struct editor *e);
/* What changes between them is one step of undo. */
void editor_group(struct editor *e);
void editor_group_end(struct editor *e);
bool editor_empty(const struct editor *e);

/* ---- chips: see struct chip ---- */
enum { CHIPS_MAX = 200 }; /* of one text: as many as are kept on disk */
/* Over text that is there already; it stays what it is when there are CHIPS_MAX. path is copied;
 * NULL for a paste. */
void editor_chip(struct editor *e, enum chip_kind kind, size_t off, size_t len, const char *path,
                 int64_t size);
/* The one that holds the byte at `off`; NULL: none. */
const struct chip *editor_chip_at(const struct editor *e, size_t off);
/* the text under it is shown; undone like an edit */
void editor_unchip(struct editor *e, size_t off);
/* How it is shown: "[63 lines, 2.1 kB: first words...]", "[@name, 12 kB]". Clean. */
void editor_chip_label(const struct editor *e, const struct chip *c, struct buf *out);

/* ---- on disk ---- */
/* What undo and redo would bring back, the newest steps first, as much as fits `most` bytes: bytes
 * that editor_undo_take understands, for the same text. */
void editor_undo_keep(const struct editor *e, struct buf *out, size_t most);
/* False: not understood, or of another text; the undo of e is empty then. */
bool editor_undo_take(struct editor *e, const char *bytes, size_t n);

#endif
