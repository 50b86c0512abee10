/* out.c - data out, data in: standard output or a new file, a file or standard input. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mix/text.h"
#include "run.h"

enum { HELD = 64 << 10, CLEAN_MAX = 1 << 20 };

enum rc cli_out_open(struct cli_out *out, const char *path, struct err *err) {
    *out = (struct cli_out){.fd = STDOUT_FILENO, .path = path};
    buf_init(&out->held, 2 * HELD);
    buf_init(&out->clean, CLEAN_MAX);
    if (!path) {
        out->tty = isatty(STDOUT_FILENO) != 0;
        return RC_OK;
    }
    out->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (out->fd >= 0)
        return RC_OK;
    const int why = errno;

    buf_fini(&out->held);
    buf_fini(&out->clean);
    return err_set(err, RC_IO, why, "could not make %s: %s", path, strerror(why));
}

static enum rc write_all(const struct cli_out *out, const char *p, size_t n, struct err *err) {
    while (n > 0) {
        const ssize_t wrote = write(out->fd, p, n);

        if (wrote < 0 && errno == EINTR && !cli_interrupted())
            continue;
        if (wrote < 0 && errno == EINTR)
            return err_set(err, RC_CANCELLED, 0, "interrupted");
        if (wrote < 0)
            return err_set(err, RC_IO, errno, "could not write %s: %s",
                           out->path ? out->path : "to standard output", strerror(errno));
        p += wrote;
        n -= (size_t)wrote;
    }
    return RC_OK;
}

/* A whole number of UTF-8 sequences, unless it is the end. */
static enum rc write_held(struct cli_out *out, size_t n, struct err *err) {
    enum rc rc;

    if (out->tty) {
        buf_clear(&out->clean);
        rc = text_clean(&out->clean, buf_str(&out->held), n, CLEAN_MARKS);
        if (rc == RC_OK)
            rc = write_all(out, buf_str(&out->clean), out->clean.n, err);
        else
            err_set(err, rc, 0, "a line is too long to be shown");
    } else {
        rc = write_all(out, buf_str(&out->held), n, err);
    }
    buf_cut(&out->held, 0, n);
    return rc;
}

enum rc cli_put(struct cli_out *out, const char *p, size_t n, struct err *err) {
    while (n > 0) {
        const size_t take = n < HELD ? n : HELD;

        if (buf_add(&out->held, p, take) != RC_OK)
            return err_set(err, RC_LIMIT, 0, "out of room");
        p += take;
        n -= take;
        if (out->held.n < HELD)
            continue;
        const size_t tail = out->tty ? text_tail(out->held.p, out->held.n) : 0;
        const enum rc rc = write_held(out, out->held.n - tail, err);

        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

enum rc cli_out_flush(struct cli_out *out, struct err *err) {
    return out->held.n > 0 ? write_held(out, out->held.n, err) : RC_OK;
}

enum rc cli_out_close(struct cli_out *out, enum rc rc, struct err *err) {
    if (rc == RC_OK)
        rc = cli_out_flush(out, err);
    if (out->path && out->fd >= 0) {
        if (close(out->fd) != 0 && rc == RC_OK)
            rc = err_set(err, RC_IO, errno, "could not write %s: %s", out->path, strerror(errno));
        if (rc != RC_OK)
            unlink(out->path);
    }
    out->fd = -1;
    buf_fini(&out->held);
    buf_fini(&out->clean);
    return rc;
}

enum rc cli_read_all(struct buf *out, const char *path, size_t max, struct err *err) {
    const bool standard = str_eq(path, "-");
    const char *name = standard ? "standard input" : path;
    const int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    enum rc rc = RC_OK;
    char piece[16 << 10];

    if (fd < 0)
        return err_set(err, RC_IO, errno, "could not read %s: %s", name, strerror(errno));
    for (;;) {
        const bool ready = !standard || cli_readable(fd);
        const ssize_t got = ready ? read(fd, piece, sizeof piece) : -1;

        if (got < 0 && ready && errno == EINTR && !cli_interrupted())
            continue;
        if (got < 0 && (!ready || errno == EINTR))
            rc = err_set(err, RC_CANCELLED, 0, "interrupted");
        else if (got < 0)
            rc = err_set(err, RC_IO, errno, "could not read %s: %s", name, strerror(errno));
        else if (got > 0 &&
                 (out->n + (size_t)got > max || buf_add(out, piece, (size_t)got) != RC_OK))
            rc = err_set(err, RC_USAGE, 0, "%s is longer than %zu bytes", name, max);
        if (got <= 0 || rc != RC_OK)
            break;
    }
    memset(piece, 0, sizeof piece);
    if (!standard)
        close(fd);
    return rc;
}
