/* files.h - what the files of the files pane share. Private to the model floor. */
#ifndef MIX_MODEL_FILES_H
#define MIX_MODEL_FILES_H

#include "mix/files.h"
#include "pictures.h"

/* ---- files.c ---- */
void files_sort(struct model *m); /* and shows */
void files_show(struct model *m); /* the filter or a list changed */
void files_cursor_settle(struct model *m, size_t was);
void files_marks_settle(struct model *m);

/* What is under way besides transfers. */
struct deletion {
    uint32_t request; /* 0: it waits for its turn */
    char *name;
};
struct files_work {
    struct deletion *deletions;
    size_t n_deletions, cap_deletions;
    bool list_again;
    size_t deleted, failed; /* of those that were asked for together */
    char *deleted_name;     /* the last */
    uint32_t trees;
    struct opening *opening;
    char *temp; /* a directory of our own; NULL: not made yet */
};

/* ---- file_names.c ---- */
/* In one directory, not hidden, no option, nothing that is not seen. */
char *file_local_name(const char *name);
char *file_local_path(const char *dir, const char *name);

/* ---- file_tree.c ---- */
void tree_task(struct model *m, const struct task *t, struct effects *fx);
void fetch_tree_free(struct fetch_tree *t);
void file_download(struct model *m, const struct file_pick *pick, struct effects *fx);
/* ---- file_open.c ---- */
void file_open(struct model *m, const struct file_pick *pick, struct effects *fx);
void opening_task(struct model *m, const struct task *t, struct effects *fx);
void opening_free(struct opening *o);

#endif
