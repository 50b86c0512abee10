/* log.c - the debug log: one file, one write(2) a line, so that lines of several threads stay
 * whole. */
#include "mix/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_BYTES = 4096 };

static atomic_int log_fd = -1;
static _Thread_local struct log_sink log_sink;

enum rc log_open(const char *path, struct err *err) {
    const int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (fd < 0)
        return err_set(err, RC_IO, errno, "log %s: %s", path, strerror(errno));
    const int old = atomic_exchange(&log_fd, fd);

    if (old >= 0)
        close(old);
    return RC_OK;
}

bool log_on(void) {
    return log_sink.line || atomic_load_explicit(&log_fd, memory_order_relaxed) >= 0;
}

void log_to(const struct log_sink *sink) { log_sink = sink ? *sink : (struct log_sink){0}; }

static size_t stamp(char *line, size_t max) {
    const int64_t now = clock_real();
    const time_t seconds = (time_t)(now / 1000);
    struct tm utc = {0};

    gmtime_r(&seconds, &utc);
    const size_t n = strftime(line, max, "%Y-%m-%dT%H:%M:%S", &utc);
    const int more = snprintf(line + n, max - n, ".%03dZ ", (int)(now % 1000));

    return n + (more > 0 ? (size_t)more : 0);
}

/* C0, DEL and the two bytes of a C1 control: somebody will read this in a terminal. */
static void mask_controls(char *s, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)s[i];

        if (c < 0x20 || c == 0x7f)
            s[i] = '.';
        if (c == 0xc2 && i + 1 < n && ((unsigned char)s[i + 1] & 0xe0) == 0x80)
            s[i] = s[i + 1] = '.';
    }
}

void log_line(const char *topic, const char *fmt, ...) {
    const int fd = atomic_load_explicit(&log_fd, memory_order_relaxed);

    if (fd < 0 && !log_sink.line)
        return;
    const int saved = errno;
    char line[LINE_BYTES];
    size_t n = stamp(line, sizeof line);
    va_list args;

    n += (size_t)snprintf(line + n, sizeof line - n, "%.32s: ", topic);
    va_start(args, fmt);
    errno = saved; /* for %m */
    const int len = vsnprintf(line + n, sizeof line - n, fmt, args);

    va_end(args);
    if (len > 0)
        n += (size_t)len < sizeof line - n ? (size_t)len : sizeof line - n - 1;
    mask_controls(line, n);
    line[n] = '\0';
    if (log_sink.line)
        log_sink.line(log_sink.user, line);
    if (fd < 0) {
        errno = saved;
        return;
    }
    line[n++] = '\n';
    ssize_t wrote;

    do
        wrote = write(fd, line, n);
    while (wrote < 0 && errno == EINTR);
    errno = saved;
}

void log_close(void) {
    const int fd = atomic_exchange(&log_fd, -1);

    if (fd >= 0)
        close(fd);
}
