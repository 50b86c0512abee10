/* suspend.c - notices that the machine slept, without waking up to look.
 *
 * The sleep is the difference between CLOCK_BOOTTIME and CLOCK_MONOTONIC. Poll time-outs stand
 * still meanwhile, so on Linux a timer that never expires is added to the poll: the kernel cancels
 * it, which makes it readable, whenever the real-time clock jumps, and it does jump on resume.
 * Elsewhere the next wake-up of any kind notices. */
#include "inner.h"

#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/timerfd.h>
#endif

enum { JUMP_MS = 5000 };

static int64_t read_monotonic(void) {
    struct timespec t = {0};

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct net_clock net_clock = {.boot = clock_now, .monotonic = read_monotonic};

#ifdef __linux__
static bool arm(int fd) {
    const struct itimerspec never = {
        .it_value.tv_sec = sizeof(time_t) > 4 ? (time_t)((int64_t)1 << 40) : INT32_MAX,
    };

    return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) == 0;
}
#endif

void suspend_watch(struct suspend *s) {
    s->fd = -1;
    s->ahead = net_clock.boot() - net_clock.monotonic();
#ifdef __linux__
    s->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (s->fd >= 0 && !arm(s->fd))
        suspend_forget(s);
#endif
}

bool suspend_happened(struct suspend *s) {
    const int64_t ahead = net_clock.boot() - net_clock.monotonic();
    const bool slept = ahead - s->ahead > JUMP_MS;

    s->ahead = ahead;
#ifdef __linux__
    uint64_t expired = 0;

    /* After a jump it fails with ECANCELED, which also arms it anew. */
    if (s->heard && s->fd >= 0 && read(s->fd, &expired, sizeof expired) >= 0)
        suspend_forget(s); /* it expired after all: better none than one that is always readable */
    s->heard = false;
#endif
    return slept;
}

void suspend_forget(struct suspend *s) {
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}
