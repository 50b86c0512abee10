/* file.c - uploads and downloads: the local side. Memory stays constant, whatever the size. */
#include "inner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLUSH_BYTES = 8 << 20 };

/* The reason first: the line may be cut where the screen ends. */
static enum rc failed(struct err *err, const char *path, const char *doing, int why) {
    char space[128];

    return err_set(err, RC_IO, why, "%s (%s %s)", strerror_r(why, space, sizeof space), doing,
                   path);
}

void file_close(struct local_file *f) {
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    if (f->part && !f->keeps)
        unlink(f->part);
    free(TAKE(f->part));
}

/* ---- upload ---- */
enum rc file_open_upload(struct local_file *f, const char *path, struct err *err) {
    /* Without O_NONBLOCK a fifo would stop the worker until somebody writes to it. */
    *f = (struct local_file){.path = path, .told_at = INT64_MIN};
    f->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    struct stat st = {0};

    if (f->fd < 0)
        return failed(err, path, "could not read", errno);
    const enum rc rc = fstat(f->fd, &st) != 0 ? failed(err, path, "could not read", errno)
                       : S_ISDIR(st.st_mode)  ? failed(err, path, "could not read", EISDIR)
                       : !S_ISREG(st.st_mode)
                           ? err_set(err, RC_IO, EINVAL, "%s is not a regular file", path)
                           : RC_OK;

    f->total = (int64_t)st.st_size;
    if (rc != RC_OK)
        file_close(f);
    return rc;
}

static size_t read_transfer(struct local_file *f, char *out, size_t room) {
    const int64_t left = f->total - f->done;

    if (f->total >= 0 && (int64_t)room > left)
        room = (size_t)left;
    const int64_t got = room > 0 ? f->transfer->read(f->transfer->user, out, room) : 0;

    f->waits = got == BYTES_LATER;
    if (f->waits)
        return CURL_READFUNC_PAUSE;
    if (got < 0 || got > (int64_t)room)
        err_set(&f->err, RC_IO, 0, "the bytes to send could not be read");
    else if (got == 0 && room > 0 && f->total >= 0)
        err_set(&f->err, RC_IO, 0, "%lld bytes less than announced were there to be sent",
                (long long)left);
    if (f->err.rc != RC_OK)
        return CURL_READFUNC_ABORT;
    f->done += got;
    return (size_t)got;
}

static size_t on_read(char *out, size_t size, size_t count, void *arg) {
    struct local_file *f = arg;

    if (f->transfer)
        return read_transfer(f, out, size * count);
    const int64_t left = f->total - f->done;
    size_t want = size * count;
    ssize_t got;

    if ((int64_t)want > left)
        want = (size_t)left; /* a file that grows meanwhile: what was announced is what is sent */
    if (want == 0)
        return 0;
    do
        got = pread(f->fd, out, want, (off_t)f->done);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        failed(&f->err, f->path, "could not read", errno);
    else if (got == 0)
        err_set(&f->err, RC_IO, 0, "%s became shorter while it was sent", f->path);
    if (got <= 0)
        return CURL_READFUNC_ABORT;
    f->done += got;
    return (size_t)got;
}

/* curl starts over when it has to send a request again. */
static int on_seek(void *arg, curl_off_t offset, int origin) {
    struct local_file *f = arg;

    if (f->transfer) {
        if (origin != SEEK_SET || offset != 0 || file_restart(f, &f->err) != RC_OK)
            return CURL_SEEKFUNC_FAIL;
        return CURL_SEEKFUNC_OK;
    }
    if (origin != SEEK_SET || offset < 0 || offset > f->total)
        return CURL_SEEKFUNC_FAIL;
    f->done = (int64_t)offset;
    return CURL_SEEKFUNC_OK;
}

/* curl escapes CR, LF and quotes in the name. */
curl_mime *file_mime(struct local_file *f, CURL *easy) {
    const struct own_bytes *t = f->transfer;
    const char *name = t ? t->name : path_base(f->path);
    curl_mime *m = curl_mime_init(easy);
    curl_mimepart *part = m ? curl_mime_addpart(m) : NULL;

    if (!part || curl_mime_name(part, "file") != CURLE_OK ||
        curl_mime_filename(part, name) != CURLE_OK ||
        curl_mime_data_cb(part, (curl_off_t)f->total, on_read, on_seek, NULL, f) != CURLE_OK)
        abort(); /* out of memory only */
    curl_mime_type(part, t && t->type ? t->type : "application/octet-stream");
    f->done = 0;
    return m;
}

/* ---- download ---- */
/* "SIZE VALIDATOR". The part is taken up only when it is a file of ours that is no longer. */
static bool take_up(struct local_file *f, const char *name, const char *resume) {
    char *end = NULL;
    struct stat st;

    errno = 0;
    f->whole = strtoll(resume, &end, 10);
    if (errno != 0 || *end != ' ' || strlen(end + 1) >= sizeof f->validator)
        return false;
    f->fd = open(name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (f->fd < 0)
        return false;
    if (fstat(f->fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1 ||
        (f->whole >= 0 && st.st_size > f->whole)) {
        close(f->fd);
        f->fd = -1;
        return false;
    }
    snprintf(f->validator, sizeof f->validator, "%s", end + 1);
    f->done = (int64_t)st.st_size;
    return true;
}

enum rc file_open_download(struct local_file *f, const char *path, const char *resume,
                           struct err *err) {
    struct stat st;
    struct buf part;

    *f =
        (struct local_file){.path = path, .fd = -1, .total = -1, .whole = -1, .told_at = INT64_MIN};
    if (lstat(path, &st) == 0)
        return failed(err, path, "could not make", EEXIST);
    buf_init(&part, 64 * MIX_KIB);
    if (buf_addf(&part, "%s.part", path) != RC_OK) {
        buf_fini(&part);
        return failed(err, path, "could not make", ENAMETOOLONG);
    }
    char *name = buf_take(&part);

    if (!resume || !take_up(f, name, resume))
        f->fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (f->fd < 0) {
        const enum rc rc = failed(err, name, "could not make", errno);

        free(name);
        return rc;
    }
    f->part = name;
    return RC_OK;
}

void file_forget(struct local_file *f) {
    *f->validator = '\0';
    f->whole = -1;
}

/* Strong ones only: a part of something similar is no part of it. */
static void note_validator(struct local_file *f, const struct file_head *head) {
    const bool strong = head->etag && strncmp(head->etag, "W/", 2) != 0;
    const char *v = strong ? head->etag : head->modified;

    *f->validator = '\0';
    if (v && strlen(v) < sizeof f->validator)
        snprintf(f->validator, sizeof f->validator, "%s", v);
    f->whole = head->length;
}

/* "bytes FROM-TO/WHOLE" of what was asked for, which may be all of it. */
static bool is_our_part(struct local_file *f, const char *range) {
    long long from = -1, to = -1, whole = -1;

    if (!range || sscanf(range, "bytes %lld-%lld/%lld", &from, &to, &whole) < 2)
        return false;
    if (from != f->from || to < from || (whole >= 0 && to >= whole) ||
        (f->whole >= 0 && whole >= 0 && whole != f->whole))
        return false;
    f->whole = whole >= 0 ? whole : f->whole;
    return true;
}

bool file_answered(struct local_file *f, const struct file_head *head) {
    f->answered = true;
    if (head->status == 206) {
        if (f->from == 0)
            note_validator(f, head), f->whole = -1; /* the range says how much there is */
        if (!is_our_part(f, head->range)) {
            file_forget(f);
            err_set(&f->err, RC_CONNECT, 0, "%s: another part came than was asked for", f->path);
            return false;
        }
        f->total = head->length >= 0 ? f->from + head->length : f->whole;
        return true;
    }
    if (f->from > 0) { /* all of it, from the start */
        f->from = 0;
        f->done = 0;
        if (ftruncate(f->fd, 0) != 0 || lseek(f->fd, 0, SEEK_SET) != 0) {
            failed(&f->err, f->part, "could not write", errno);
            return false;
        }
    }
    f->total = head->length;
    note_validator(f, head);
    return true;
}

void file_resume(const struct local_file *f, struct buf *out) {
    if (f->part && f->done > 0 && *f->validator)
        (void)buf_addf(out, "%lld %s", (long long)f->whole, f->validator);
}

/* A transfer's counters start over; whether its bytes can is asked when they must. */
void file_open_transfer(struct local_file *f, const struct own_bytes *t) {
    *f = (struct local_file){.transfer = t, .fd = -1, .total = t->size, .told_at = INT64_MIN};
    if (!t->read)
        f->total = -1;
}

/* Starts what is full on its way to the disk, so that the fsync at the end has little to wait for:
 * streams stand still meanwhile. */
static void flush_behind(const struct local_file *f, size_t n) {
#ifdef SYNC_FILE_RANGE_WRITE
    const int64_t now = f->done / FLUSH_BYTES, before = (f->done - (int64_t)n) / FLUSH_BYTES;

    if (now != before)
        (void)sync_file_range(f->fd, (off_t)(before * FLUSH_BYTES),
                              (off_t)((now - before) * FLUSH_BYTES), SYNC_FILE_RANGE_WRITE);
#else
    (void)f;
    (void)n;
#endif
}

size_t file_write(struct local_file *f, const char *p, size_t n) {
    if (f->transfer) {
        const int wrote = f->transfer->write(f->transfer->user, p, n);

        f->waits = wrote == BYTES_LATER;
        if (f->waits)
            return CURL_WRITEFUNC_PAUSE;
        if (wrote != 0) {
            err_set(&f->err, RC_IO, 0, "the bytes that came could not be stored");
            return CURL_WRITEFUNC_ERROR;
        }
        f->done += (int64_t)n;
        return n;
    }
    for (size_t at = 0; at < n;) {
        const ssize_t wrote = write(f->fd, p + at, n - at);

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            failed(&f->err, f->part, "could not write", wrote < 0 ? errno : ENOSPC);
            return CURL_WRITEFUNC_ERROR;
        }
        at += (size_t)wrote;
    }
    f->done += (int64_t)n;
    flush_behind(f, n);
    return n;
}

enum rc file_restart(struct local_file *f, struct err *err) {
    const struct own_bytes *t = f->transfer;

    if (t && f->done > 0 && !(t->restart && t->restart(t->user)))
        return err_set(err, RC_IO, 0, "the bytes cannot be had from the start again");
    f->waits = f->answered = false;
    f->err = (struct err){0};
    f->from = f->part && *f->validator && f->done > 0 ? f->done : 0;
    f->done = f->from;
    if (f->from > 0)
        return lseek(f->fd, (off_t)f->from, SEEK_SET) < 0
                   ? failed(err, f->part, "could not write", errno)
                   : RC_OK;
    if (f->part && (ftruncate(f->fd, 0) != 0 || lseek(f->fd, 0, SEEK_SET) != 0))
        return failed(err, f->part, "could not write", errno);
    return RC_OK;
}

/* Gives the file its name unless that is taken. */
static int rename_new(const char *from, const char *to) {
#ifdef RENAME_NOREPLACE
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
#endif
    if (link(from, to) != 0)
        return -1;
    unlink(from);
    return 0;
}

enum rc file_finish(struct local_file *f, struct err *err) {
    const int fd = f->fd;

    if (f->transfer)
        return RC_OK;
    if (f->whole >= 0 && f->done != f->whole) { /* a part that was cut, or longer than it said */
        const long long there = (long long)f->done, whole = (long long)f->whole;

        if (f->done > f->whole)
            file_forget(f);
        return err_set(err, RC_CONNECT, 0, "%s: %lld bytes came of %lld", f->path, there, whole);
    }
    f->fd = -1;
    f->keeps = false;
    if (fsync(fd) != 0 && errno != EINVAL && errno != EROFS) {
        const int why = errno;

        close(fd);
        return failed(err, f->part, "could not write", why);
    }
    if (close(fd) != 0)
        return failed(err, f->part, "could not write", errno);
    if (rename_new(f->part, f->path) != 0)
        return failed(err, f->path, "could not make", errno);
    free(TAKE(f->part));
    return RC_OK;
}
