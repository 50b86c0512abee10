/* copy.h - texts out of the thread: into the clipboard, through a command, onto a bare screen, into
 * the draft. Part of the model floor. Main thread only.
 *
 * A copy goes the ways there are in their order until one takes it, and always into a file too; a
 * notice says which it was. What a text is copied as is what was written: no borders, no breaks of
 * the layout, nothing a terminal would obey. */
#ifndef MIX_COPY_H
#define MIX_COPY_H

#include "mix/model.h"

/* What there is on this desk; read once, at start. */
struct copy_way {
    const char *name;        /* for people: "tmux" */
    const char *const *argv; /* takes the text on its standard input */
};
struct copy_ways {
    struct copy_way v[4];
    size_t n;
    const char *home; /* paths below it are shown with `~`; NULL: as they are */
};

/* The text, copied. what: "message", "code"; NULL: nothing is said of it */
void act_copy(struct model *m, const char *text, size_t n, const char *what, struct effects *fx);
/* What became of fx->copy; anything but RC_OK: this terminal does not take it. */
void act_copied(struct model *m, enum rc rc, struct effects *fx);
/* The lines of the selected message, each behind `> `, at the end of the draft; the composer gets
 * the caret. */
void act_quote(struct model *m);
/* The thread from the first message in view on, as clean lines, in fx->bare. */
void act_bare(struct model *m, struct effects *fx);
/* Visual mode: text of the thread chosen by keys. */
enum visual_key {
    VISUAL_LEFT,
    VISUAL_RIGHT,
    VISUAL_UP,
    VISUAL_DOWN,
    VISUAL_WORD,
    VISUAL_WORD_BACK,
    VISUAL_START,
    VISUAL_END,
    VISUAL_PGUP,
    VISUAL_PGDN,
    VISUAL_SWAP,  /* the other end moves */
    VISUAL_LINES, /* whole rows, or cells again */
    VISUAL_COPY,
};
void act_visual(struct model *m);
void act_visual_key(struct model *m, enum visual_key key);
void act_visual_leave(struct model *m);
/* The mouse was dragged from there to there over the thread. */
struct drag {
    int from_x, from_y, to_x, to_y;
};
void act_visual_drag(struct model *m, const struct drag *drag);
bool visual_on(const struct model *m); /* it is on, and has the keys */
/* Asks for a command that gets the selected message, or what is chosen in the list of copies. */
void act_pipe(struct model *m, struct effects *fx);
/* The link under the cursor of that list. */
void act_open_link(struct model *m, struct effects *fx);
const char *why_no_link(const struct model *m); /* NULL: there is one */
const char *why_no_copy(const struct model *m); /* nothing is selected */

#endif
