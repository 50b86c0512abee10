/* scan.c - a directory, and files somebody named. */
#include "fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLICE = 64 }; /* entries between two looks at the stop */

struct listing {
    struct task *task;
    struct fs_stop stop;
    struct dir_entry *v; /* becomes the task's */
    size_t n, cap, looked;
};

static bool stopped(struct listing *l) {
    if (l->looked++ % SLICE != 0 || !l->stop.asked(l->stop.of))
        return false;
    err_set(&l->task->err, RC_CANCELLED, 0, "cancelled");
    return true;
}

static void fill(struct dir_entry *e, int dir, const char *name) {
    struct stat st;

    e->kind = ENTRY_GONE;
    /* A link shows what it leads to; one that leads nowhere shows itself. */
    if (fstatat(dir, name, &st, 0) != 0 && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    e->kind = S_ISDIR(st.st_mode)    ? ENTRY_DIR
              : S_ISFIFO(st.st_mode) ? ENTRY_FIFO
              : S_ISSOCK(st.st_mode) ? ENTRY_SOCKET
              : S_ISLNK(st.st_mode)  ? ENTRY_DANGLING
              : S_ISREG(st.st_mode)  ? ENTRY_FILE
                                     : ENTRY_DEVICE;
    e->size = st.st_size;
    e->modified = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
    e->is_dir = S_ISDIR(st.st_mode);
    e->readable = faccessat(dir, name, R_OK, 0) == 0;
}

static int by_name(const void *a, const void *b) {
    const struct dir_entry *x = a, *y = b;
    const int folded = strcasecmp(x->name, y->name);

    return folded != 0 ? folded : strcmp(x->name, y->name);
}

static int directories_first(const void *a, const void *b) {
    const struct dir_entry *x = a, *y = b;

    if (x->is_dir != y->is_dir)
        return x->is_dir ? -1 : 1;
    return by_name(a, b);
}

/* Adds what lies in the open directory. False: cancelled. */
static bool list_dir(struct listing *l, DIR *dir) {
    const struct dirent *d;

    while ((d = readdir(dir)) != NULL) {
        if (stopped(l))
            return false;
        if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
            continue;
        if (l->n == FS_ENTRIES_MAX) {
            l->task->cut = true;
            return true;
        }
        l->v = xgrow(l->v, l->n, &l->cap, sizeof *l->v);
        struct dir_entry *e = &l->v[l->n++];

        *e = (struct dir_entry){.hidden = d->d_name[0] == '.'};
        fill(e, dirfd(dir), d->d_name);
        e->name = arena_strdup(&l->task->arena, d->d_name);
    }
    return true;
}

DIR *fs_open_dir(const char *path, int flags) {
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | flags);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

    if (fd >= 0 && !dir)
        close(fd);
    return dir;
}

static DIR *open_top(struct task *t) {
    DIR *dir = fs_open_dir(t->path, 0);
    char text[128];

    if (!dir)
        err_set(&t->err, RC_IO, errno, "could not list %s: %s", t->path,
                strerror_r(errno, text, sizeof text));
    return dir;
}

static void hand_over(struct listing *l) {
    struct task *t = l->task;

    if (t->err.rc == RC_OK && l->n > 0) {
        t->entries = arena_alloc(&t->arena, l->n * sizeof *l->v);
        memcpy(t->entries, l->v, l->n * sizeof *l->v);
        t->n_entries = l->n;
    }
    free(l->v);
}

void fs_scan(struct task *t, struct fs_stop stop) {
    struct listing l = {.task = t, .stop = stop};
    DIR *dir = open_top(t);

    if (!dir)
        return;
    if (list_dir(&l, dir) && l.n > 1)
        qsort(l.v, l.n, sizeof *l.v, directories_first);
    closedir(dir);
    hand_over(&l);
}

void fs_look(struct task *t, struct fs_stop stop, const char *home) {
    struct listing l = {.task = t, .stop = stop};
    const char *end = t->data ? t->data + t->len : NULL;

    for (const char *p = t->data; p && p < end; p += strlen(p) + 1) {
        auto_buf struct buf path = {.max = 64 * MIX_KIB};
        const bool from_home = p[0] == '~' && (p[1] == '/' || p[1] == '\0') && home && *home;
        const char *at = from_home ? home : *p == '/' ? "" : t->path;
        const char *rest = from_home ? p + 1 : p;
        const bool slash = !from_home && *p != '/' && *at && at[strlen(at) - 1] != '/';

        if (stopped(&l))
            break;
        if (l.n == FS_ENTRIES_MAX) {
            t->cut = true;
            break;
        }
        l.v = xgrow(l.v, l.n, &l.cap, sizeof *l.v);
        struct dir_entry *e = &l.v[l.n++];

        *e = (struct dir_entry){.kind = ENTRY_GONE};
        if (buf_addf(&path, "%s%s%s", at, slash ? "/" : "", rest) == RC_OK)
            fill(e, AT_FDCWD, path.p);
        e->name = arena_strdup(&t->arena, buf_str(&path));
        e->hidden = path_base(e->name)[0] == '.';
    }
    hand_over(&l);
}

void fs_stat(struct task *t) {
    struct stat st;
    char text[128];

    if (stat(t->path, &st) != 0) {
        err_set(&t->err, RC_IO, errno, "%s: %s", t->path, strerror_r(errno, text, sizeof text));
        return;
    }
    t->entries = arena_alloc(&t->arena, sizeof *t->entries);
    t->n_entries = 1;
    t->entries[0].name = t->path;
    fill(&t->entries[0], AT_FDCWD, t->path);
}
