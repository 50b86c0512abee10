/* completing.h - shared by complete.c, which opens, moves and shuts the list, and complete_rows.c,
 * which makes its rows. */
#ifndef MIX_MODEL_COMPLETING_H
#define MIX_MODEL_COMPLETING_H

#include "finder.h"
#include "mix/complete.h"

struct complete_size {
    int64_t size; /* -1: asked for, or not to be had */
};
struct complete_private {
    struct finder finder;
    uint32_t draft_rev; /* of the draft the rows were made for */
    size_t caret;
    const struct session *session;
    /* Esc shut it for the word that begins there in that draft */
    const struct session *refused_in;
    size_t refused_off;
    /* of one directory: `@~/`, `@../`, `@/` */
    char *dir; /* as it was asked for */
    struct task *listing;
    uint32_t scan;
    struct map sizes; /* path -> struct complete_size */
    char *chosen;     /* text of the row under the cursor: it stays on it while rows come in */
};
bool complete_by_path(const char *query); /* a path from somewhere else than the start directory */
/* Rows for the query of the open list; asks for what it lacks. */
void complete_make(struct model *m, struct complete *c, struct effects *fx);
void complete_sizes(struct model *m, struct complete *c, struct effects *fx);
/* What is known of a command, by its name without the slash; NULL: it is none. */
const struct own_command *own_command(const char *name);
struct own_command {
    const char *name, *detail, *hint;
};

#endif
