/* files.h - the files pane: which files there are, in what order, and which are meant. Part of the
 * model floor; main thread only.
 *
 * Two lists stand in it: the uploads of the server, which all sessions share, and below them what
 * the agent of the shown session named in its calls and answers and the server does not list. */
#ifndef MIX_FILES_H
#define MIX_FILES_H

#include "mix/model.h"

/* ---- what the agent named ---- */
enum { OUTPUTS_MOST = 500 };
struct output {
    const char *name;    /* what the server is asked for: one segment, decoded */
    const char *where;   /* as it was named: a path or a URL */
    const char *session; /* id of the one it belongs to */
    const char *why_not; /* why no server gives it out, static; NULL: it may */
    bool hidden;         /* it is listed above, or the filter leaves it out */
};
struct outputs {
    struct output *v; /* newest last; strings in arena */
    size_t n, cap;
    size_t n_shown; /* not hidden */
    struct arena arena;
    struct map seen; /* where -> v + 1, as a number */
    /* how far the transcript was read */
    char *session;
    size_t entries;
    uint64_t last; /* of the last entry read */
    uint32_t rev;
    bool more; /* there is more to read at once */
};
/* Reads on in the transcript of the shown session, a few hundred kB at a time. True: it changed. */
bool outputs_read(struct outputs *o, const struct session *s);
void outputs_clear(struct outputs *o);
/* What a path or URL comes to: its name and whether the server gives it out. False: it names no
 * file. Strings in the arena. */
bool output_of(struct output *out, struct arena *a, const char *where, size_t n,
               const char *session);

/* ---- what stands in the pane ---- */
/* A short word: from the name's end, "folder", or "file". Static. */
const char *file_type(const char *name);
const char *file_sort_name(enum file_sort sort); /* "newest" */
/* One row of the pane: uploads first, a heading, then what the agent named. */
struct file_row {
    const struct file_info *file; /* one of the uploads */
    const struct output *output;  /* one of the others; neither: the heading */
};
size_t files_rows(const struct model *m);
struct file_row files_row(const struct model *m, size_t at);
size_t files_cursor_row(const struct model *m); /* SIZE_MAX: nothing is selected */
bool file_marked(const struct model *m, const char *name);

/* The selected one of either list. */
struct file_pick {
    const char *name;    /* what the server is asked for */
    const char *session; /* id; NULL: any speaks for it */
    const char *where;   /* for people: how it was named; the name for uploads */
    const char *why_not; /* it cannot be had, static; NULL */
    int64_t size;        /* -1: unknown */
    bool is_dir, listed;
};
bool files_pick(const struct model *m, struct file_pick *out);
/* The marked uploads in their order, else the selected one. Caller frees. */
const struct file_info **files_chosen(const struct model *m, size_t *n);

/* A session that is being downloaded whole; false: none is. */
struct tree_count {
    size_t files, done, failed;
    int64_t bytes, bytes_done; /* of those that were listed with a size */
};
bool files_tree_count(const struct model *m, struct tree_count *out);

/* ---- acts ---- */
void act_files_sort(struct model *m);
void act_files_filter(struct model *m); /* the filter text changed */
void act_files_clear(struct model *m);  /* the filter, else the marks */
enum file_marking { MARK_THIS, MARK_EVERY, MARK_OTHERS };
/* this one, and down; all that are visible, or none when they all are; the other ones */
void act_files_mark(struct model *m, enum file_marking how);
void act_files_other(struct model *m); /* to the list of what the agent named, and back */
/* What is about to be deleted: text for the question, object to know it again by. */
bool files_deletion(const struct model *m, struct buf *text, struct buf *object);
void act_files_download(struct model *m, struct effects *fx); /* what is chosen */
/* everything listed, and what the agent named, into a new directory */
void act_files_tree(struct model *m, struct effects *fx);
/* Enter: pictures large, anything else read */
void act_file_preview(struct model *m, struct effects *fx);
void act_file_open(struct model *m, struct effects *fx);    /* with a program */
void act_file_mention(struct model *m, struct effects *fx); /* into the message */

#endif
