/* fds.c - descriptors in a child that becomes another program. Libraries open some that are not
 * closed on exec by themselves, among them connections to servers. */
#include "mix/base.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void fds_close_others(void) {
    enum { FIRST = STDERR_FILENO + 1, MOST = 1 << 16 };
    struct rlimit limit = {.rlim_cur = MOST};

#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)FIRST, ~0U, 0U) == 0)
        return;
#endif
    (void)getrlimit(RLIMIT_NOFILE, &limit);
    for (int fd = FIRST; fd < MOST && (rlim_t)fd < limit.rlim_cur; fd++)
        close(fd);
}
