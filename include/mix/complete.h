/* complete.h - the list above the composer while a word is typed that begins with / or @. Part of
 * the model floor; it has no focus of its own: what is typed goes into the draft as ever. Main
 * thread only. */
#ifndef MIX_COMPLETE_H
#define MIX_COMPLETE_H

#include "mix/model.h"

enum { COMPLETE_MOST = 200 };
struct complete_row {
    const char *text;   /* `/name`; a path, clean */
    const char *detail; /* what it does; NULL */
    const char *hint;   /* its arguments; NULL: none, or the server tells none */
    enum { ROW_OWN, ROW_SERVERS, ROW_UPLOADED, ROW_LOCAL, ROW_DIRECTORY } from;
    const char *path; /* LOCAL: as the file system has it; UPLOADED: its URL */
    int64_t size;     /* -1: not known */
};
struct complete {
    enum { COMPLETE_NOTHING, COMPLETE_COMMAND, COMPLETE_FILE } kind; /* NOTHING: it is shut */
    size_t off, len;                                                 /* the word, with its sign */
    char *query; /* what the rows are matched by: the letters that stand out */
    struct complete_row *rows;
    size_t n, cursor, top; /* top: the first one shown; the view's */
    size_t found;          /* n is at most COMPLETE_MOST of them */
    bool looking;          /* names still come in */
    struct arena arena;
    struct complete_private *priv;
};
/* NULL: there is no list now. */
const struct complete *complete_shown(const struct model *m);
/* The arguments of the command that the draft begins with, while none is typed; NULL: nothing. */
const char *complete_hint(const struct model *m);

/* ---- acts ---- */
void act_complete(struct model *m, struct effects *fx);       /* Tab: opens it, or says why not */
void act_complete_typed(struct model *m, struct effects *fx); /* somebody changed the draft */
void act_complete_look(struct model *m); /* shuts it when caret or focus are elsewhere */
void act_complete_move(struct model *m, int by, struct effects *fx);
void act_complete_accept(struct model *m, struct effects *fx);
void act_complete_close(struct model *m); /* until another word begins */
/* `@name ` at the caret of the shown draft. One of the two is NULL: a local file by its absolute
 * path, uploaded when the message is sent; or one that the server has. */
void act_attach(struct model *m, const char *path, const struct file_info *uploaded);

#endif
