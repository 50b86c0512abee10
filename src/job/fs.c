/* fs.c - files read, written whole, and appended to. */
#include "fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEMPORARY_TRIES = 8 };

static enum rc io_error(struct task *t, const char *what, int error) {
    char text[128];

    return err_set(&t->err, RC_IO, error, "could not %s %s: %s", what, t->path,
                   strerror_r(error, text, sizeof text));
}

void fs_expand(struct task *t, const char *home) {
    if (t->path[0] == '~' && (t->path[1] == '/' || t->path[1] == '\0') && home && *home)
        t->path = arena_printf(&t->arena, "%s%s", home, t->path + 1);
}

/* ---- reading ---- */

static ssize_t read_full(int fd, char *to, size_t n) {
    size_t at = 0;

    while (at < n) {
        const ssize_t got = read(fd, to + at, n - at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        at += (size_t)got;
    }
    return (ssize_t)at;
}

void fs_read(struct task *t) {
    struct stat st;
    /* Not blocking: a FIFO without a writer would hold the thread for ever. */
    auto_fd int fd = open(t->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return;
    if (fd < 0 || fstat(fd, &st) != 0) {
        io_error(t, "read", errno);
        return;
    }
    if (!S_ISREG(st.st_mode)) {
        err_set(&t->err, RC_IO, 0, "could not read %s: not a regular file", t->path);
        return;
    }
    if ((size_t)st.st_size > FS_READ_MAX) {
        err_set(&t->err, RC_LIMIT, 0, "could not read %s: larger than %zu MiB", t->path,
                FS_READ_MAX / MIX_MIB);
        return;
    }
    char *data = arena_alloc(&t->arena, (size_t)st.st_size + 1);
    const ssize_t n = read_full(fd, data, (size_t)st.st_size);

    if (n < 0) {
        io_error(t, "read", errno);
        return;
    }
    data[n] = '\0';
    t->data = data;
    t->len = (size_t)n;
}

/* ---- writing ---- */

static bool write_full(int fd, const char *p, size_t n) {
    while (n > 0) {
        const ssize_t put = write(fd, p, n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        p += put;
        n -= (size_t)put;
    }
    return true;
}

/* The directories of a path, for nobody else. 0 or an errno. */
int fs_make_parents(const char *path) {
    auto_free char *dir = xstrdup(path);

    for (char *p = dir + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(dir, 0700) != 0 && errno != EEXIST)
            return errno;
        *p = '/';
    }
    return 0;
}

static char *parent_of(const char *path) {
    const char *slash = strrchr(path, '/');

    if (!slash)
        return xstrdup(".");
    return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

/* So that a rename or removal outlives a power cut. Not every file system can; that is no error. */
static void sync_parent(const char *path) {
    auto_free char *dir = parent_of(path);
    auto_fd int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0)
        fsync(fd);
}

/* A file nobody has yet, beside the path. Its name goes to *name. */
static int open_temporary(const char *path, char **name) {
    const char *base = path_base(path);
    auto_buf struct buf out = {.max = 2 * MIX_KIB * 4};

    for (int i = 0; i < TEMPORARY_TRIES; i++) {
        buf_clear(&out);
        if (buf_add(&out, path, (size_t)(base - path)) != RC_OK ||
            buf_addf(&out, ".%.200s.%08x", base, random_u32()) != RC_OK) {
            errno = ENAMETOOLONG;
            return -1;
        }
        const int fd =
            open(out.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);

        if (fd >= 0) {
            *name = buf_take(&out);
            return fd;
        }
        if (errno != EEXIST)
            return -1;
    }
    return -1;
}

static void remove_file(struct task *t) {
    if (unlink(t->path) == 0)
        sync_parent(t->path);
    else if (errno != ENOENT && errno != ENOTDIR)
        io_error(t, "remove", errno);
}

/* Under its name when nobody has it yet. 0 or an errno. */
static int claim(const char *temporary, const char *path) {
    int error = link(temporary, path) == 0 ? 0 : errno;

    if (error != 0 && error != EEXIST) { /* a file system without links */
        const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);

        if (fd < 0)
            return errno;
        close(fd);
        return rename(temporary, path) == 0 ? 0 : errno;
    }
    if (error == 0)
        unlink(temporary);
    return error;
}

void fs_write(struct task *t) {
    auto_free char *temporary = NULL;

    if (t->len == 0) {
        remove_file(t);
        return;
    }
    int error = fs_make_parents(t->path);
    auto_fd int fd = error == 0 ? open_temporary(t->path, &temporary) : -1;

    if (error == 0 && fd < 0)
        error = errno;
    if (error == 0 && (!write_full(fd, t->data, t->len) || fsync(fd) != 0))
        error = errno;
    if (error == 0 && temporary && t->fresh)
        error = claim(temporary, t->path);
    else if (error == 0 && temporary && rename(temporary, t->path) != 0)
        error = errno;
    if (error == 0) {
        sync_parent(t->path);
        return;
    }
    if (temporary)
        unlink(temporary);
    io_error(t, "write", error);
}

void fs_rename(struct task *t) {
    if (rename(t->path, t->data) == 0)
        sync_parent(t->data);
    else if (errno != ENOENT && errno != ENOTDIR)
        io_error(t, "rename", errno);
}

void fs_append(struct task *t) {
    int error = fs_make_parents(t->path);
    auto_fd int fd =
        error == 0
            ? open(t->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                   S_IRUSR | S_IWUSR)
            : -1;

    if (error == 0 && (fd < 0 || !write_full(fd, t->data, t->len) || fsync(fd) != 0))
        error = errno;
    if (error != 0)
        io_error(t, "write", error);
}
