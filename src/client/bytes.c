/* bytes.c - uploads and downloads that are no files by name. Runs on the worker, but for opening
 * and closing. */
#include "inner.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- to the server ---- */
static int64_t read_fd(struct bytes *b, char *to, size_t room) {
    struct pollfd ready = {.fd = b->source.fd, .events = POLLIN};
    ssize_t got;

    /* The worker has more to do than to stand still until somebody writes. */
    if (!b->seeks && poll(&ready, 1, 0) == 0)
        return BYTES_LATER;
    do
        got = b->seeks ? pread(b->source.fd, to, room, (off_t)b->at) : read(b->source.fd, to, room);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        b->at += got;
    if (got < 0)
        return !b->seeks && (errno == EAGAIN || errno == EWOULDBLOCK) ? BYTES_LATER : -1;
    return (int64_t)got;
}

static int64_t on_read(void *user, char *to, size_t room) {
    struct bytes *b = user;

    if (b->source.from == MIX_CALLBACK)
        return b->source.read(b->source.user, to, room);
    if (b->source.from != MIX_MEMORY)
        return read_fd(b, to, room);
    const size_t left = b->source.len - (size_t)b->at;
    const size_t n = left < room ? left : room;

    if (n > 0)
        memcpy(to, (const char *)b->source.data + b->at, n);
    b->at += (int64_t)n;
    return (int64_t)n;
}

static bool on_read_again(void *user) {
    struct bytes *b = user;

    if (b->source.from == MIX_CALLBACK)
        return b->source.rewind && b->source.rewind(b->source.user) == 0;
    b->at = b->start;
    return b->seeks;
}

/* Whether fd has an end and can start over, and how many bytes are left in it. */
static void look_at(struct bytes *b, int fd) {
    struct stat st;
    const off_t at = lseek(fd, 0, SEEK_CUR);

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || at < 0)
        return;
    b->seeks = true;
    b->at = b->start = (int64_t)at;
    b->face.size = st.st_size > at ? (int64_t)(st.st_size - at) : 0;
}

static enum rc open_path(struct bytes *b, const char *path, struct err *err) {
    b->own_fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (b->own_fd < 0)
        return err_set(err, RC_IO, errno, "could not read %s: %s", path, strerror(errno));
    b->source.fd = b->own_fd;
    look_at(b, b->own_fd);
    return b->seeks ? RC_OK : err_set(err, RC_IO, EINVAL, "%s is not a regular file", path);
}

static enum rc open_source(struct bytes *b, struct err *err) {
    const struct mix_source *s = &b->source;

    switch (s->from) {
    case MIX_PATH:
        if (!s->path)
            break;
        return open_path(b, s->path, err);
    case MIX_FD:
        if (s->fd < 0)
            break;
        if ((fcntl(s->fd, F_GETFL) & O_ACCMODE) == O_WRONLY) /* it would be waited for for ever */
            return err_set(err, RC_IO, EBADF, "descriptor %d cannot be read", s->fd);
        look_at(b, s->fd);
        return RC_OK;
    case MIX_MEMORY:
        if (!s->data && s->len > 0)
            break;
        b->face.size = (int64_t)s->len;
        b->seeks = true;
        return RC_OK;
    case MIX_CALLBACK:
        if (!s->read)
            break;
        return RC_OK;
    }
    return err_set(err, RC_USAGE, 0, "the source of the upload names no bytes");
}

enum rc bytes_upload(struct bytes *b, const struct mix_source *s, struct request *r,
                     struct err *err) {
    const char *name = s->name ? s->name : s->path ? path_base(s->path) : "file";

    b->source = *s;
    b->face = (struct own_bytes){
        .user = b,
        .name = arena_strdup(&r->arena, name),
        .type = arena_strdup(&r->arena, s->type),
        .size = s->size > 0 ? s->size : -1,
        .fd = s->fd,
        .read = on_read,
        .restart = on_read_again,
    };
    r->transfer = &b->face;
    return open_source(b, err);
}

/* ---- from the server ---- */
/* As much as fd takes without waiting. */
static ssize_t write_some(const struct bytes *b, const char *p, size_t n) {
    struct pollfd ready = {.fd = b->sink.fd, .events = POLLOUT};

    if (b->seeks)
        return write(b->sink.fd, p, n);
    if (poll(&ready, 1, 0) == 0) {
        errno = EAGAIN;
        return -1;
    }
    n = n < PIPE_BUF ? n : PIPE_BUF; /* a pipe that can be written to takes so many */
    const ssize_t sent = send(b->sink.fd, p, n, MSG_DONTWAIT);

    return sent < 0 && errno == ENOTSOCK ? write(b->sink.fd, p, n) : sent;
}

static int write_fd(struct bytes *b, const char *p, size_t n) {
    while (b->written < n) {
        const ssize_t wrote = write_some(b, p + b->written, n - b->written);

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0 && !b->seeks && (errno == EAGAIN || errno == EWOULDBLOCK))
            return BYTES_LATER;
        if (wrote <= 0)
            return -1;
        b->written += (size_t)wrote;
    }
    b->written = 0;
    return 0;
}

static int on_write(void *user, const char *p, size_t n) {
    struct bytes *b = user;

    if (b->sink.to == MIX_CALLBACK)
        return b->sink.write(b->sink.user, p, n) == 0 ? 0 : -1;
    return write_fd(b, p, n);
}

static bool on_write_again(void *user) {
    struct bytes *b = user;

    if (b->sink.to == MIX_CALLBACK)
        return b->sink.rewind && b->sink.rewind(b->sink.user) == 0;
    return b->seeks && ftruncate(b->sink.fd, (off_t)b->start) == 0 &&
           lseek(b->sink.fd, (off_t)b->start, SEEK_SET) >= 0;
}

enum rc bytes_download(struct bytes *b, const struct mix_sink *s, struct request *r,
                       struct err *err) {
    const bool usable = s->to == MIX_PATH       ? s->path != NULL
                        : s->to == MIX_FD       ? s->fd >= 0
                        : s->to == MIX_CALLBACK ? s->write != NULL
                                                : true;

    if (!usable)
        return err_set(err, RC_USAGE, 0, "the sink of the download names no place");
    if (s->to == MIX_MEMORY)
        return RC_OK;
    if (s->to == MIX_PATH) {
        r->local_path = arena_strdup(&r->arena, s->path);
        return RC_OK;
    }
    b->sink = *s;
    b->face = (struct own_bytes){
        .user = b, .size = -1, .fd = s->fd, .write = on_write, .restart = on_write_again};
    if (s->to == MIX_FD)
        look_at(b, s->fd);
    r->transfer = &b->face;
    return RC_OK;
}

void bytes_close(struct bytes *b) {
    if (b->own_fd >= 0)
        close(b->own_fd);
    b->own_fd = -1;
}
