/* run.c - programs as children.
 *
 * A child is a session and a process group of its own: it has no terminal, and all it starts dies
 * with it. It is over when it has ended, not when its output has: what stays behind of it (xclip,
 * wl-copy) keeps that open for ever. */
#include "run.h"

#include "mix/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SLICE = 64 << 10,   /* read of one pipe in one turn */
    SAID_MAX = 4 << 10, /* of its error output only the first line is kept */
    BLIND_MS = 10,      /* between two looks where the kernel tells no end of a process */
    LAST_MS = 1000,     /* the end of the program waits for those it killed */
    STATUS_SIGNAL = 128,
};

struct child {
    struct task *task; /* NULL: a free slot */
    pid_t pid;
    int end;          /* readable once it ended; -1: not known */
    int in, out, say; /* our ends; -1 closed */
    size_t sent;
    struct buf heard, said;
    int64_t deadline; /* 0: none */
    bool killed;
};
struct fifo_of_tasks {
    struct task **v;
    size_t n, cap;
};
struct runs {
    struct child child[RUNS_AT_ONCE];
    struct fifo_of_tasks waiting, over;
    char **env;
};

static void push(struct fifo_of_tasks *f, struct task *t) {
    f->v = xgrow(f->v, f->n, &f->cap, sizeof(struct task *));
    f->v[f->n++] = t;
}

static struct task *take(struct fifo_of_tasks *f, size_t at) {
    struct task *t = f->v[at];

    f->n--;
    memmove(f->v + at, f->v + at + 1, (f->n - at) * sizeof(struct task *));
    return t;
}

/* The descriptor becomes the caller's. */
static int own(int *fd) {
    const int taken = *fd;

    *fd = -1;
    return taken;
}

static void shut(int *fd) {
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* ---- the environment ---- */

/* Ours can hold keys, and an address with a password. */
static bool is_secret(const char *var) {
    static const char url[] = "MIX_SERVER_URL=", debug[] = "MIX_DEBUG=";

    if (strncmp(var, "MIX_", 4) != 0 || strncmp(var, debug, sizeof debug - 1) == 0)
        return false;
    return strncmp(var, url, sizeof url - 1) != 0 || strchr(var, '@') != NULL;
}

static char **own_environment(void) {
    size_t n = 0, kept = 0;

    while (environ && environ[n])
        n++;
    char **env = xcalloc(n + 1, sizeof *env);

    for (size_t i = 0; i < n; i++)
        if (!is_secret(environ[i]))
            env[kept++] = xstrdup(environ[i]);
    return env;
}

struct runs *runs_new(void) {
    struct runs *r = xcalloc(1, sizeof *r);

    r->env = own_environment();
    return r;
}

/* It never ran. */
static void give_up(struct runs *r, struct task *t) {
    t->data = NULL;
    t->len = 0;
    push(&r->over, t);
}

/* ---- starting ---- */

struct pipes {
    int in[2], out[2], say[2]; /* [0] is read */
};

static void pipes_close(struct pipes *p) {
    for (int i = 0; i < 2; i++) {
        shut(&p->in[i]);
        shut(&p->out[i]);
        shut(&p->say[i]);
    }
}

static bool pipe_open(int pair[2], int ours) {
    return pipe2(pair, O_CLOEXEC) == 0 && fcntl(pair[ours], F_SETFL, O_NONBLOCK) == 0;
}

/* 0 or an errno. */
static int pipes_open(struct pipes *p, const struct task *t) {
    *p = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    if ((t->len > 0 && !pipe_open(p->in, 1)) || (t->most > 0 && !pipe_open(p->out, 0)) ||
        !pipe_open(p->say, 0))
        return errno;
    return 0;
}

/* Its standard descriptors, and no other. dup2 onto itself would leave it closed on exec, so the
 * ends of the pipes must lie above them: they do, the terminal has 0 to 2. */
static int set_files(posix_spawn_file_actions_t *files, const struct pipes *p) {
    const int std[3] = {p->in[0], p->out[1], p->say[1]};
    int error = 0;

    for (int fd = 0; fd < 3 && error == 0; fd++)
        error = std[fd] >= 0 ? posix_spawn_file_actions_adddup2(files, std[fd], fd)
                             : posix_spawn_file_actions_addopen(files, fd, "/dev/null",
                                                                fd == 0 ? O_RDONLY : O_WRONLY, 0);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    if (error == 0)
        error = posix_spawn_file_actions_addclosefrom_np(files, 3);
#endif
    return error;
}

static int set_manners(posix_spawnattr_t *how) {
    sigset_t none, all;
    int error = posix_spawnattr_setflags(how, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                  POSIX_SPAWN_SETSIGDEF);

    sigemptyset(&none);
    sigfillset(&all);
    if (error == 0)
        error = posix_spawnattr_setsigmask(how, &none);
    return error == 0 ? posix_spawnattr_setsigdefault(how, &all) : error;
}

static bool names_same(const char *a, const char *b) {
    const size_t n = strcspn(a, "=");

    return strncmp(a, b, n) == 0 && b[n] == '=';
}

/* What is given stands for what there is of the same name: of two, some programs take the first and
 * some the last. */
static char **environment(const struct runs *r, const struct task *t) {
    size_t more = 0, own = 0;

    while (t->env && t->env[more])
        more++;
    while (r->env[own])
        own++;
    char **env = xcalloc(more + own + 1, sizeof *env);

    for (size_t i = 0; i < more; i++)
        env[i] = (char *)(uintptr_t)t->env[i];
    for (size_t i = 0, n = more; i < own; i++) {
        size_t k = 0;

        while (k < more && !names_same(t->env[k], r->env[i]))
            k++;
        if (k == more)
            env[n++] = r->env[i];
    }
    return env;
}

static int spawn(const struct runs *r, struct child *c, const struct pipes *p) {
    auto_free char **env = environment(r, c->task);
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    int error = posix_spawn_file_actions_init(&files);

    if (error != 0)
        return error;
    error = posix_spawnattr_init(&how);
    if (error == 0) {
        error = set_files(&files, p);
        if (error == 0)
            error = set_manners(&how);
        if (error == 0) /* takes words that could be changed, and changes none */
            error = posix_spawnp(&c->pid, c->task->argv[0], &files, &how,
                                 (char *const *)(uintptr_t)c->task->argv, env);
        posix_spawnattr_destroy(&how);
    }
    posix_spawn_file_actions_destroy(&files);
    return error;
}

static int end_of(pid_t pid) {
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, pid, 0); /* closed on exec by itself */
#else
    (void)pid;
    return -1;
#endif
}

static void not_started(struct task *t, int error) {
    char text[128];
    const char *why =
        error == ENOENT ? "there is no such program" : strerror_r(error, text, sizeof text);

    err_set(&t->err, RC_IO, error, "could not start %.100s: %s", t->argv[0], why);
}

static void start(struct runs *r, struct child *c, struct task *t) {
    struct pipes p;

    *c = (struct child){.task = t, .end = -1, .in = -1, .out = -1, .say = -1};
    int error = pipes_open(&p, t);

    if (error == 0)
        error = spawn(r, c, &p);
    if (error == 0) {
        c->in = own(&p.in[1]);
        c->out = own(&p.out[0]);
        c->say = own(&p.say[0]);
        c->end = end_of(c->pid);
        c->deadline = t->limit_ms > 0 ? clock_now() + t->limit_ms : 0;
        buf_init(&c->heard, t->most);
        buf_init(&c->said, SAID_MAX);
    }
    pipes_close(&p);
    if (error == 0)
        return;
    not_started(t, error);
    c->task = NULL;
    give_up(r, t);
}

static void start_waiting(struct runs *r) {
    for (size_t i = 0; i < RUNS_AT_ONCE; i++)
        while (!r->child[i].task && r->waiting.n > 0)
            start(r, &r->child[i], take(&r->waiting, 0));
}

void runs_add(struct runs *r, struct task *t) {
    if (!t->argv || !t->argv[0]) {
        err_set(&t->err, RC_USAGE, 0, "no program was named");
        give_up(r, t);
        return;
    }
    push(&r->waiting, t);
    start_waiting(r);
}

/* ---- ending ---- */

/* Not reaped yet, so the group is still its own. */
static void kill_group(struct child *c, enum rc why, const char *text) {
    if (c->killed)
        return;
    c->killed = true;
    err_set(&c->task->err, why, 0, "%.100s: %s", c->task->argv[0], text);
    kill(-c->pid, SIGKILL);
    shut(&c->in);
}

bool runs_cancel(struct runs *r, uint32_t id) {
    for (size_t i = 0; i < r->waiting.n; i++)
        if (r->waiting.v[i]->id == id) {
            struct task *t = take(&r->waiting, i);

            err_set(&t->err, RC_CANCELLED, 0, "cancelled");
            give_up(r, t);
            return true;
        }
    for (size_t i = 0; i < RUNS_AT_ONCE; i++)
        if (r->child[i].task && r->child[i].task->id == id) {
            kill_group(&r->child[i], RC_CANCELLED, "cancelled");
            return true;
        }
    return false;
}

static void first_line(struct child *c) {
    auto_buf struct buf line = {.max = sizeof c->task->err.text - 1};
    const char *s = buf_str(&c->said);
    size_t n = strcspn(s, "\r\n");

    if (n > sizeof c->task->err.text / 4)
        n = sizeof c->task->err.text / 4; /* cleaning can make it longer */
    n -= text_tail(s, n);
    (void)text_clean(&line, s, n, CLEAN_LINE);
    err_set(&c->task->err, RC_OK, 0, "%s", buf_str(&line));
}

static void finish(struct runs *r, struct child *c, int status) {
    struct task *t = c->task;

    t->status = WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_SIGNAL + WTERMSIG(status);
    if (t->err.rc == RC_OK)
        first_line(c);
    char *heard = arena_alloc(&t->arena, c->heard.n + 1);

    memcpy(heard, buf_str(&c->heard), c->heard.n);
    t->data = heard;
    t->len = c->heard.n;
    buf_fini(&c->heard);
    buf_fini(&c->said);
    shut(&c->in);
    shut(&c->out);
    shut(&c->say);
    shut(&c->end);
    c->task = NULL;
    push(&r->over, t);
}

/* ---- the pipes ---- */

static void feed(struct child *c) {
    while (c->in >= 0) {
        const struct task *t = c->task;
        const ssize_t n = write(c->in, t->data + c->sent, t->len - c->sent);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (n > 0)
            c->sent += (size_t)n;
        if (n <= 0 || c->sent == t->len)
            shut(&c->in); /* all of it, or nobody reads it any more */
    }
}

/* What lies in a pipe, or a slice of it. False: nothing for now. */
static bool hear(int *fd, char *to, size_t size, size_t *n) {
    ssize_t got;

    *n = 0;
    if (*fd < 0)
        return false;
    do
        got = read(*fd, to, size);
    while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return false;
    if (got <= 0) {
        shut(fd);
        return false;
    }
    *n = (size_t)got;
    return true;
}

static void listen_to(struct child *c) {
    char piece[SLICE];
    size_t n;

    if (hear(&c->say, piece, SAID_MAX, &n))
        (void)buf_add(&c->said, piece, n > SAID_MAX - c->said.n ? SAID_MAX - c->said.n : n);
    if (c->killed || !hear(&c->out, piece, sizeof piece, &n))
        return;
    const size_t room = c->task->most - c->heard.n;

    (void)buf_add(&c->heard, piece, n < room ? n : room);
    if (n > room)
        kill_group(c, RC_LIMIT, "it says more than is taken");
}

/* What it left in its pipe when it ended; that of its heirs is not waited for. */
static void listen_last(struct child *c) {
    for (size_t before = (size_t)-1; before != c->heard.n && !c->killed;) {
        before = c->heard.n;
        listen_to(c);
    }
}

static void child_turn(struct runs *r, struct child *c, int64_t now) {
    siginfo_t info = {0};
    int status = 0;

    feed(c);
    listen_to(c);
    if (c->deadline > 0 && now >= c->deadline)
        kill_group(c, RC_TIMEOUT, "it took too long");
    if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0)
        return;
    listen_last(c);
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        ;
    finish(r, c, status);
}

void runs_turn(struct runs *r) {
    const int64_t now = clock_now();

    for (size_t i = 0; i < RUNS_AT_ONCE; i++)
        if (r->child[i].task)
            child_turn(r, &r->child[i], now);
    start_waiting(r);
}

size_t runs_poll(const struct runs *r, struct pollfd fds[RUNS_FDS]) {
    size_t n = 0;

    for (size_t i = 0; i < RUNS_AT_ONCE; i++) {
        const struct child *c = &r->child[i];

        if (!c->task)
            continue;
        fds[n++] = (struct pollfd){.fd = c->end, .events = POLLIN};
        fds[n++] = (struct pollfd){.fd = c->in, .events = POLLOUT};
        fds[n++] = (struct pollfd){.fd = c->killed ? -1 : c->out, .events = POLLIN};
        fds[n++] = (struct pollfd){.fd = c->say, .events = POLLIN};
    }
    return n;
}

int runs_wait_ms(const struct runs *r, int64_t now) {
    int64_t wait = r->over.n > 0 ? 0 : -1;

    for (size_t i = 0; i < RUNS_AT_ONCE && wait != 0; i++) {
        const struct child *c = &r->child[i];
        int64_t due = -1;

        if (!c->task)
            continue;
        if (c->deadline > 0 && !c->killed)
            due = c->deadline > now ? c->deadline - now : 0;
        if (c->end < 0 && (due < 0 || due > BLIND_MS))
            due = BLIND_MS;
        if (due >= 0 && (wait < 0 || due < wait))
            wait = due;
    }
    return wait > INT32_MAX ? INT32_MAX : (int)wait;
}

struct task *runs_next(struct runs *r) {
    return r->over.n > 0 ? take(&r->over, 0) : NULL;
}

/* ---- the end ---- */

static bool any_runs(const struct runs *r) {
    for (size_t i = 0; i < RUNS_AT_ONCE; i++)
        if (r->child[i].task)
            return true;
    return false;
}

void runs_free(struct runs *r) {
    const int64_t until = clock_now() + LAST_MS;
    struct task *t;

    while (r->waiting.n > 0)
        task_free(take(&r->waiting, 0));
    for (size_t i = 0; i < RUNS_AT_ONCE; i++)
        if (r->child[i].task)
            kill_group(&r->child[i], RC_CANCELLED, "the program ends");
    while (any_runs(r) && clock_now() < until) { /* one that no signal reaches is left alone */
        struct pollfd fds[RUNS_FDS];

        poll(fds, (nfds_t)runs_poll(r, fds), BLIND_MS);
        runs_turn(r);
    }
    for (size_t i = 0; i < RUNS_AT_ONCE; i++)
        if (r->child[i].task)
            finish(r, &r->child[i], SIGKILL);
    while ((t = runs_next(r)) != NULL)
        task_free(t);
    for (size_t i = 0; r->env[i]; i++)
        free(r->env[i]);
    free(r->env);
    free(r->waiting.v);
    free(r->over.v);
    free(r);
}
