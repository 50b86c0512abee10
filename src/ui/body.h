/* body.h - what one part of a thread shows below its head line, as a list of bodies that the thread
 * cuts into slices and lays out when they come near the screen. Private to the ui floor. */
#ifndef MIX_UI_BODY_H
#define MIX_UI_BODY_H

#include "mix/diff.h"
#include "mix/markup.h"
#include "ui.h"

#define NO_SRC       UINT32_MAX
#define BODY_OWN_MAX (64 * MIX_MIB) /* of a text made for a body */

enum body_sort {
    BODY_MARKUP, /* Markdown */
    BODY_PLAIN,  /* text as it is */
    BODY_CODE,
    BODY_DIFF,
    BODY_ROWS,    /* a few rows that are made already */
    BODY_PICTURE, /* a thumbnail */
};
struct body {
    enum body_sort kind;
    /* borrowed from the part, or from `own` */
    const char *text;
    size_t len;
    struct buf own;
    uint32_t src; /* where the text begins in the part's text; NO_SRC: it is not from there */
    /* by its address: a piece of the part's text or result, which begins there */
    enum { PIECE_OF_NEITHER, PIECE_OF_TEXT, PIECE_OF_RESULT } piece;
    uint32_t piece_at;
    uint8_t ink, lang;
    bool thinking;      /* every ink but links and code is INK_THINKING */
    const char *gutter; /* decoration in front of each row; NULL: none */
    enum clean clean;
    struct diff *diff;           /* DIFF */
    struct buf old, new;         /* its texts */
    size_t first_old, first_new; /* number of their first lines; 0: unknown */
    struct flow rows;            /* ROWS */
    const char *picture;         /* PICTURE: file name or URL, in `own` */
};
struct bodies {
    struct body *v;
    size_t n, cap;
};
struct body_how {
    enum role role;
    int width;
    bool raw, split, ascii;
    /* of the sub-agent a Task started (model_child); NULL: none, or not known here */
    const struct transcript *child;
};
/* What an open part shows; for a tool call that is its input, its change and its result, not the
 * head line. Pure: the same part gives the same bodies. */
void bodies_of(struct bodies *out, const struct part *p, const struct body_how *how);
void bodies_fini(struct bodies *b);
struct body *bodies_add(struct bodies *b, enum body_sort kind);

/* A person's text, given as one body: as it was typed, fenced code in its colours. */
void user_bodies(struct bodies *out, const struct body *all);

/* The head line of a tool call. */
struct call_head {
    struct buf object; /* the one thing it touches, clean, one line */
    struct buf extra;  /* "lines 20-60", "41 matches", "exit 2"; clean, one line */
    uint32_t added, removed;
};
void call_head(struct call_head *out, const struct part *p);
void call_head_fini(struct call_head *h);
/* The bodies of an open tool call: call.c and its siblings, by a table of tools. */
void call_bodies(struct bodies *out, const struct part *p, const struct body_how *how);

#endif
