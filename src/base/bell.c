/* bell.c - one descriptor to poll on, written at most once between two acknowledgements.
 *
 * Why no wake-up is lost: both sides change `rung` by a read-modify-write, so one of them is first.
 *  - The producer's exchange comes first: the consumer's exchange reads what it wrote and thereby
 * acquires everything pushed before it; the drain that follows finds the item.
 *  - The consumer's exchange comes first: the producer's reads `false` and writes to the
 * descriptor. bell_ack empties the descriptor BEFORE it resets the flag: the other way round, a
 * write between the two would be eaten while `rung` stays true, and nobody would ever write again.
 */
#include "mix/ring.h"

#include "mix/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#if defined(__linux__) && !defined(MIX_BELL_PIPE)
#include <sys/eventfd.h>
#endif

struct bell {
    atomic_bool rung;
    int read_fd, write_fd; /* the same one for an eventfd */
};

#if defined(__linux__) && !defined(MIX_BELL_PIPE)
static bool open_fds(struct bell *b) {
    b->read_fd = b->write_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return b->read_fd >= 0;
}
#else
static bool open_fds(struct bell *b) {
    int fds[2];

    if (pipe(fds) != 0)
        return false;
    for (size_t i = 0; i < MIX_COUNT(fds); i++) {
        fcntl(fds[i], F_SETFD, FD_CLOEXEC);
        fcntl(fds[i], F_SETFL, fcntl(fds[i], F_GETFL) | O_NONBLOCK);
    }
    b->read_fd = fds[0];
    b->write_fd = fds[1];
    return true;
}
#endif

struct bell *bell_new(void) {
    struct bell *b = xcalloc(1, sizeof *b);

    atomic_init(&b->rung, false);
    if (!open_fds(b))
        abort(); /* at start-up, without a descriptor to spare nothing else would work either */
    return b;
}

int bell_fd(const struct bell *b) { return b->read_fd; }

void bell_ring(struct bell *b) {
    static const uint64_t one = 1;

    if (atomic_exchange_explicit(&b->rung, true, memory_order_acq_rel))
        return;
    const int saved = errno;

    while (write(b->write_fd, &one, sizeof one) < 0 && errno == EINTR)
        continue;
    errno = saved;
}

void bell_ack(struct bell *b) {
    uint64_t count[8];
    const int saved = errno;
    ssize_t n;

    do
        n = read(b->read_fd, count, sizeof count);
    while (n == (ssize_t)sizeof count || (n < 0 && errno == EINTR));
    errno = saved;
    atomic_exchange_explicit(&b->rung, false, memory_order_acq_rel);
}

void bell_free(struct bell *b) {
    if (!b)
        return;
    close(b->read_fd);
    if (b->write_fd != b->read_fd)
        close(b->write_fd);
    free(b);
}
