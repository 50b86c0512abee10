/* output.c - one frame, one write. ncurses writes a frame in dozens of pieces, over ssh each a
 * packet and a glimpse of half a frame; while a frame is held, its descriptor leads to memory. */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PIECE = 64 << 10, FRAME_MAX = 64 << 20 }; /* a frame of the largest screens has 16 MiB */

void output_raw(const char *p, size_t n) {
    while (n > 0) {
        const ssize_t done = write(STDOUT_FILENO, p, n);

        if (done > 0) {
            p += done;
            n -= (size_t)done;
        } else if (done < 0 && errno == EAGAIN) {
            poll(&(struct pollfd){.fd = STDOUT_FILENO, .events = POLLOUT}, 1, -1);
        } else if (done == 0 || errno != EINTR) {
            return;
        }
    }
}

/* A limit on the size of files holds for memory, too, and would cut a frame short. */
static bool may_hold(void) {
    const rlim_t most = 16 * MIX_MIB; /* a frame of the largest screens, every cell its own look */
    struct rlimit limit;

    return getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
           (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= most);
}

bool output_open(struct output *o) {
    const int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);

    *o = (struct output){.file = fd < 0 ? NULL : fdopen(fd, "w"), .off = OFF_BY_RESET};
    if (!o->file) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    o->memory = may_hold() ? memfd_create("frame", MFD_CLOEXEC) : -1;
    return true;
}

void output_close(struct output *o) {
    fclose(o->file);
    buf_fini(&o->frame);
    buf_fini(&o->shorter);
    if (o->memory >= 0)
        close(o->memory);
}

void output_hold(struct output *o) {
    o->held = o->memory >= 0 && dup3(o->memory, fileno(o->file), O_CLOEXEC) >= 0;
}

/* All that was kept; false: there is no room, or it cannot be read. */
static bool read_back(const struct output *o, struct buf *frame, size_t n) {
    for (size_t at = 0; at < n;) {
        static char piece[PIECE];
        const ssize_t got = pread(o->memory, piece, n - at < PIECE ? n - at : PIECE, (off_t)at);

        if (got <= 0 || buf_add(frame, piece, (size_t)got) != RC_OK)
            return false;
        at += (size_t)got;
    }
    return true;
}

void output_release(struct output *o) {
    if (!o->held)
        return;
    o->held = false;
    dup3(STDOUT_FILENO, fileno(o->file), O_CLOEXEC);
    const off_t end = lseek(o->memory, 0, SEEK_CUR);

    buf_clear(&o->frame);
    buf_clear(&o->shorter);
    o->frame.max = o->shorter.max = FRAME_MAX;
    if (end > 0 && read_back(o, &o->frame, (size_t)end)) {
        const bool can = sgr_shorten(&o->shorter, buf_str(&o->frame), o->frame.n, o->off) == RC_OK;
        const struct buf *out = can ? &o->shorter : &o->frame;

        output_raw(buf_str(out), out->n);
    }
    lseek(o->memory, 0, SEEK_SET);
}
