/* fs.h - what the tasks do to the file system. Private to the job floor; job thread only. */
#ifndef MIX_JOB_FS_H
#define MIX_JOB_FS_H

#include <dirent.h>

#include "mix/task.h"

enum { FS_ENTRIES_MAX = 50000 };
#define FS_READ_MAX (16 * MIX_MIB)

/* Asked now and then by what may take long: true ends it with RC_CANCELLED. */
struct fs_stop {
    bool (*asked)(void *of);
    void *of;
};
int fs_make_parents(const char *path);            /* for nobody else; 0 or an errno */
void fs_expand(struct task *t, const char *home); /* a leading `~` of the path */
/* Each fills t->err and the answer of its kind. */
void fs_read(struct task *t);
void fs_write(struct task *t);
void fs_append(struct task *t);
void fs_rename(struct task *t);
void fs_stat(struct task *t);
void fs_look(struct task *t, struct fs_stop stop, const char *home);
void fs_scan(struct task *t, struct fs_stop stop);
DIR *fs_open_dir(const char *path, int flags); /* of open(2); no FIFO holds it; NULL: errno */
/* TASK_RULES_* and TASK_AUDIT_*. */
void policy_run(struct task *t);

#endif
