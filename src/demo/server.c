/* server.c - start, the main thread's loop (signals, timers, readers that left), and a clean end.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "demo.h"

#define WATCHED_MAX 1000

void demo_wake(struct demo *d) {
    uint64_t one = 1;
    ssize_t n = write(d->wake_fd, &one, sizeof one);
    (void)n; /* a full counter wakes as well */
}

/* ---- start ---- */
/* Two servers over one folder would overwrite each other's sessions. */
static enum rc lock_base(struct demo *d, struct err *err) {
    d->lock_fd = open(d->base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (d->lock_fd < 0 || flock(d->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return err_set(err, RC_IO, errno, "%s: %s", d->base,
                       errno == EWOULDBLOCK ? "another server uses it" : strerror(errno));
    return RC_OK;
}

/* The directory and those above it, 0700 each. */
static int make_directories(const char *path) {
    auto_free char *part = xstrdup(path);

    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return -1;
        *slash = '/';
    }
    return mkdir(path, 0700) != 0 && errno != EEXIST ? -1 : 0;
}

static enum rc choose_base(struct demo *d, struct err *err) {
    if (d->o.data) {
        char *full = NULL;
        if (make_directories(d->o.data) != 0)
            return err_set(err, RC_IO, errno, "--data %s: %s", d->o.data, strerror(errno));
        full = realpath(d->o.data, NULL);
        if (!full)
            return err_set(err, RC_IO, errno, "--data %s: %s", d->o.data, strerror(errno));
        d->base = full;
    } else {
        const char *tmp = getenv("TMPDIR");
        struct buf path;
        buf_init(&path, 4096);
        buf_addf(&path, "%s/mixtui-demo-XXXXXX", str_blank(tmp) ? "/tmp" : tmp);
        d->base = buf_take(&path);
        if (!mkdtemp(d->base)) /* 0700 */
            return err_set(err, RC_IO, errno, "%s: %s", d->base, strerror(errno));
        d->base_is_ours = true;
    }
    struct buf path;
    buf_init(&path, 8192);
    buf_addf(&path, "%s/storage/uploads", d->base);
    d->uploads = buf_take(&path);
    return RC_OK;
}

static enum rc start(struct demo *d, struct err *err) {
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&d->changed, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&d->lock, NULL);
    d->may_execute = host_is_loopback(d->o.host) || d->o.allow_remote_exec;
    d->started_at = clock_now();
    admin_init(d);
    enum rc rc = choose_base(d, err);
    if (rc == RC_OK)
        rc = lock_base(d, err);
    if (rc == RC_OK)
        rc = persist_open(d, err);
    if (rc)
        return rc;
    if (d->fresh)
        seed_sessions(d);
    if (d->o.history > 0)
        seed_history(d, d->o.history);
    if (d->o.days > 0)
        seed_days(d, d->o.days);
    return http_start(d, err);
}

/* ---- the loop ---- */
static void retitle(struct demo *d, struct session *s) {
    const char *text = NULL;
    for (size_t i = 0; i < s->n && !text; i++)
        if (!strcmp(s->rows[i]->m.role, "user"))
            text = buf_str(&s->rows[i]->text);
    s->retitle_at = 0;
    if (!text || !*text)
        return;
    size_t n = 0, words = 0;
    while (text[n] && text[n] != '\n' && n < 60 && (text[n] != ' ' || ++words < 6))
        n++;
    while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    s->d.title = arena_printf(&s->a, "About: %.*s", (int)n, text);
    persist_session(d, s);
}

static int64_t sessions_tick(struct demo *d, int64_t now) {
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < d->n; i++) {
        struct session *s = d->sessions[i];
        if (s->retitle_at && now >= s->retitle_at)
            retitle(d, s);
        else if (s->retitle_at && s->retitle_at < next)
            next = s->retitle_at;
    }
    return next;
}

static int64_t tick(struct demo *d, struct watched *watched, size_t *n) {
    pthread_mutex_lock(&d->lock);
    int64_t now = clock_now();
    int64_t a = streams_tick(d, now), b = requests_tick(d, now), c = sessions_tick(d, now);
    *n = http_watch(d, watched, WATCHED_MAX);
    pthread_mutex_unlock(&d->lock);
    a = b < a ? b : a;
    return c < a ? c : a;
}

static bool stdin_closed(const struct pollfd *p) {
    char dump[256];
    return p->revents && read(p->fd, dump, sizeof dump) <= 0;
}

struct watch { /* what poll waits for: three of our own, then connections */
    struct pollfd fds[WATCHED_MAX + 3];
    struct watched seen[WATCHED_MAX];
    size_t n;
};

/* How long poll may sleep, after everything that is due was done. */
static int prepare(struct demo *d, struct watch *w, int signals) {
    int64_t next = tick(d, w->seen, &w->n), left = next - clock_now();
    w->fds[0] = (struct pollfd){.fd = signals, .events = POLLIN};
    w->fds[1] = (struct pollfd){.fd = d->wake_fd, .events = POLLIN};
    w->fds[2] = (struct pollfd){.fd = d->o.exit_with_stdin ? 0 : -1, .events = POLLIN};
    for (size_t i = 0; i < w->n; i++)
        w->fds[3 + i] = (struct pollfd){.fd = w->seen[i].fd, .events = POLLRDHUP};
    if (next == INT64_MAX)
        return -1;
    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

static void tell_who_left(struct demo *d, const struct watch *w) {
    pthread_mutex_lock(&d->lock);
    for (size_t i = 0; i < w->n; i++)
        if (w->fds[3 + i].revents)
            http_left(d, w->seen[i]);
    pthread_mutex_unlock(&d->lock);
}

static void loop(struct demo *d, int signals) {
    struct watch *w = xcalloc(1, sizeof *w);
    for (;;) {
        int wait = prepare(d, w, signals);
        if (poll(w->fds, (nfds_t)(3 + w->n), wait) < 0) {
            if (errno == EINTR)
                continue;
            break;
        }
        if (w->fds[0].revents || stdin_closed(&w->fds[2]))
            break;
        uint64_t count;
        if (w->fds[1].revents && read(d->wake_fd, &count, sizeof count) < 0)
            log_line("demo", "wake-up: %s", strerror(errno));
        tell_who_left(d, w);
        turns_reap(d, false);
    }
    free(w);
}

/* ---- the end ---- */
static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw) {
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static void stop(struct demo *d) {
    pthread_mutex_lock(&d->lock);
    d->stopping = true;
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
    turns_reap(d, true);
    if (d->http)
        http_stop(d);
    store_free(d);
    admin_free(d);
    if (d->base_is_ours)
        nftw(d->base, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    cleanup_fd(&d->wake_fd);
    cleanup_fd(&d->lock_fd);
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
    free(d->base);
    free(d->uploads);
}

int server_run(const struct options *o) {
    struct demo d = {.o = *o, .lock_fd = -1};
    struct err err = {0};
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    auto_fd int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    d.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (start(&d, &err) != RC_OK) {
        fprintf(stderr, "mixtui-demo: %s\n", err.text);
        stop(&d);
        return err.rc == RC_USAGE ? 2 : 1;
    }
    bool six = strchr(d.o.host, ':') && d.o.host[0] != '[';
    printf("listening on http://%s%s%s:%d\n", six ? "[" : "", d.o.host, six ? "]" : "", d.port);
    fflush(stdout);
    loop(&d, signals);
    stop(&d);
    return 0;
}
