/* keep.c - `mixtui keep`: models and workers as behind the screen, without one. A process of its
 * own, away from the terminal; whoever started it waits until it is connected. */
#include "keep.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mix/text.h"
#include "screen.h"

enum { CONNECT_MS = 20000, SAID_BYTES = 512 };

struct keeper {
    struct app app;
    struct keep_facts keeping;
    const struct keep_order *order;
    int tell;          /* to who waits; -1: nobody does any more */
    int64_t until;     /* it has to be connected by then; 0: it is */
    int64_t quiet_at;  /* nothing works since then; 0: something does */
    int64_t absent_at; /* the server does not answer since then; 0: it does */
    bool stop;
    int code;
};

/* ---- one for each server ---- */
char *keep_lock_path(const char *key) {
    auto_free char *dir = path_runtime_dir();
    struct buf path;

    if (!dir || strchr(key, '/'))
        return NULL;
    buf_init(&path, 64 * MIX_KIB);
    (void)buf_addf(&path, "%s/keep-%s.lock", dir, key);
    return buf_take(&path);
}

static enum rc take_lock(const char *key, struct err *err) {
    auto_free char *path = keep_lock_path(key);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    if (!path)
        return err_set(err, RC_IO, 0, "there is no directory for the files of running programs");
    if (path_make_dirs(path, err) != RC_OK)
        return err->rc;
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return err_set(err, RC_IO, errno, "%.200s: %s", path, strerror(errno));
    if (fcntl(fd, F_SETLK, &lock) == 0)
        return RC_OK; /* open until the end */
    const bool there = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;

    close(fd);
    return err_set(err, RC_BUSY, 0, "it is kept already, by process %d: mixtui status --stop",
                   there ? (int)lock.l_pid : 0);
}

/* ---- who waits ---- */
/* "CODE TEXT\n"; on stderr in the foreground. */
static void tell(struct keeper *k, int code, const char *text) {
    char line[SAID_BYTES];
    const int n = snprintf(line, sizeof line, "%d %s\n", code, text);

    if (k->tell >= 0) {
        const ssize_t done = write(k->tell, line, n < (int)sizeof line ? (size_t)n : sizeof line);
        (void)done; /* it may have gone */
        close(k->tell);
    } else if (k->order->foreground) {
        fprintf(stderr, "mixtui keep: %s\n", text);
    }
    k->tell = -1;
}

static void give_up(struct keeper *k, enum rc rc, int detail, const char *text) {
    k->stop = true;
    k->code = rc_exit_code(rc, detail);
    tell(k, k->code, text);
}

/* ---- the loop ---- */
static struct model *model_of(struct keeper *k) { return k->app.servers.rows[0].model; }

static void judge_connection(struct keeper *k, int64_t now) {
    const struct model *m = model_of(k);
    char line[SAID_BYTES];

    if (m->server.state == SERVER_ONLINE && k->until > 0) {
        snprintf(line, sizeof line, "keeps %.200s, process %d", k->app.servers.rows[0].name,
                 (int)getpid());
        k->until = 0;
        tell(k, 0, line);
    }
    if (k->until > 0 && (m->server.state == SERVER_OFFLINE || now >= k->until)) {
        const enum rc rc = m->server.err.rc != RC_OK ? m->server.err.rc : RC_CONNECT;

        snprintf(line, sizeof line, "%s: %.300s", rc_text(rc), m->server.err.text);
        give_up(k, rc, m->server.err.detail, line);
    } else if (k->until > 0 && m->server.state == SERVER_FOREIGN) {
        give_up(k, RC_PROTO, 0, "what answers there is not Mix");
    }
}

static bool works(const struct model *m) {
    return model_working(m) + model_own_pending(m, ASK_PERMISSION) +
               model_own_pending(m, ASK_QUESTION) >
           0;
}

static void since(int64_t *at, bool holds, int64_t now) { *at = !holds ? 0 : *at > 0 ? *at : now; }

static void judge(struct keeper *k, int64_t now) {
    const struct model *m = model_of(k);

    judge_connection(k, now);
    if (k->until > 0 || k->stop)
        return;
    since(&k->quiet_at, !works(m), now);
    since(&k->absent_at, m->server.state != SERVER_ONLINE, now);
    if (k->absent_at > 0 && now - k->absent_at >= k->order->idle_ms) {
        k->stop = true;
        k->code = rc_exit_code(RC_CONNECT, 0);
    } else if (k->quiet_at > 0 && now - k->quiet_at >= k->order->idle_ms) {
        k->stop = true;
    }
}

static int64_t earlier(int64_t a, int64_t b) { return a < 0 ? b : b < 0 ? a : a < b ? a : b; }

static int sleep_ms(const struct keeper *k, int64_t now) {
    const struct app *a = &k->app;
    int64_t due = earlier(publish_due(a), calls_due(a));

    if (a->links[0].more)
        return 0;
    due = earlier(due, model_next_tick(a->servers.rows[0].model, now));
    due = earlier(due, k->until > 0 ? k->until : -1);
    due = earlier(due, k->quiet_at > 0 ? k->quiet_at + k->order->idle_ms : -1);
    due = earlier(due, k->absent_at > 0 ? k->absent_at + k->order->idle_ms : -1);
    if (due < 0)
        return -1;
    return due <= now ? 0 : due - now > 60000 ? 60000 : (int)(due - now);
}

static void take_signals(struct keeper *k) {
    for (int number; (number = signals_next());)
        if (number == SIGTERM || number == SIGINT || number == SIGQUIT ||
            (number == SIGHUP && k->order->foreground)) {
            k->stop = true;
            k->code = number == SIGINT ? 130 : 0;
        }
}

static void turn(struct keeper *k) {
    struct app *a = &k->app;
    struct pollfd fds[] = {
        {.fd = signals_fd(), .events = POLLIN},
        {.fd = job_fd(a->job), .events = POLLIN},
        {.fd = a->links[0].net ? net_fd(a->links[0].net) : -1, .events = POLLIN},
    };

    poll(fds, MIX_COUNT(fds), sleep_ms(k, clock_now()));
    if (fds[0].revents)
        take_signals(k);
    if (fds[1].revents)
        take_tasks(a);
    if (a->links[0].net && (fds[2].revents || a->links[0].more))
        take_incomings(a, 0);
    model_tick(model_of(k), clock_now(), clock_real(), a->links[0].fx);
    servers_send(a);
    calls_turn(a, clock_now());
    publish_turn(a, clock_now());
    judge(k, clock_now());
}

/* ---- life ---- */
static int keep_here(const struct keep_order *order, int tell_fd) {
    static const struct options none;
    struct keeper k = {.order = order, .tell = tell_fd};
    struct app *a = &k.app;
    struct err err = {0};

    a->options = &none;
    a->demo = (struct child){.in = -1, .out = -1};
    a->keeping = &k.keeping;
    a->state_dir = path_state_dir();
    server_add(a, order->name, order->url);
    k.keeping =
        (struct keep_facts){.since = clock_real(), .key = a->servers.rows[0].key, .order = order};
    enum rc rc = take_lock(k.keeping.key, &err);

    if (rc == RC_OK)
        rc = signals_start(&err);
    if (rc == RC_OK) {
        a->job = job_new();
        calls_start(a, &order->attend);
        k.until = clock_now() + CONNECT_MS;
        server_keep(a, 0, order->net);
        if (!a->links[0].net)
            give_up(&k, RC_USAGE, 0, "the server's address or its files cannot be used");
        servers_send(a);
        while (!k.stop)
            turn(&k);
        servers_send_last(a);
        publish_end(a);
        calls_end(a);
        job_free(a->job);
    } else {
        give_up(&k, rc, err.detail, err.text);
    }
    servers_end(a);
    free(a->state_dir);
    if (k.tell >= 0)
        tell(&k, k.code, "it was stopped before it was connected");
    return k.code;
}

/* Away from the terminal, its jobs and its directory. */
static void leave_terminal(void) {
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const int moved = chdir("/");

    (void)moved;
    for (int fd = 0; null >= 0 && fd < 3; fd++)
        dup2(null, fd);
    if (null > 2)
        close(null);
}

/* In the first child: the second one stays. Never returns. */
static void detach(const struct keep_order *order, int tell_fd) {
    setsid();
    const int pid = fork();

    if (pid != 0)
        _exit(pid < 0 ? 1 : 0);
    leave_terminal();
    _exit(keep_here(order, tell_fd));
}

/* What the keeper tells: its code, and the line. */
static int wait_for(int fd) {
    char line[SAID_BYTES];
    size_t n = 0;
    ssize_t got;

    while (n < sizeof line - 1 &&
           ((got = read(fd, line + n, sizeof line - 1 - n)) > 0 || (got < 0 && errno == EINTR)))
        n += got > 0 ? (size_t)got : 0;
    line[n] = '\0';
    line[strcspn(line, "\n")] = '\0';
    char *text = NULL;
    const long code = strtol(line, &text, 10);

    if (n == 0 || text == line) {
        fprintf(stderr, "mixtui keep: it ended before it was ready\n");
        return 1;
    }
    auto_buf struct buf clean = {.max = MIX_KIB * 4};

    (void)text_clean(&clean, text, strlen(text), CLEAN_NAME);
    fprintf(stderr, "mixtui keep:%s\n", buf_str(&clean));
    return (int)code;
}

int keep_run(const struct keep_order *order) {
    int ends[2];

    if (order->foreground)
        return keep_here(order, -1);
    fflush(NULL);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        fprintf(stderr, "mixtui keep: %s\n", strerror(errno));
        return 1;
    }
    const int pid = fork();

    if (pid == 0) {
        close(ends[0]);
        detach(order, ends[1]);
    }
    close(ends[1]);
    if (pid < 0)
        fprintf(stderr, "mixtui keep: %s\n", strerror(errno));
    const int code = pid < 0 ? 1 : wait_for(ends[0]);

    close(ends[0]);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return code;
}
