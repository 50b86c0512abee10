/* secret.c - a secret read from its file or printed by its command, in memory that is overwritten
 * afterwards. Messages name where it comes from, never what it is. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "private.h"

struct reading {
    const struct secret_source *from;
    char *p; /* SECRET_BYTES + 2 bytes, never moved: no copy is left behind */
    size_t n;
    int64_t until;
};

void secret_forget(char *secret) {
    if (!secret)
        return;
    explicit_bzero(secret, strlen(secret));
    free(secret);
}

static enum rc too_late(const struct reading *r, struct err *err) {
    return err_set(err, RC_IO, ETIMEDOUT, "%s: %.80s gave nothing within %d s", r->from->said,
                   r->from->from, SECRET_MS / 1000);
}

/* Until its end, the cap or the time is over. */
static enum rc drain(struct reading *r, int fd, struct err *err) {
    for (;;) {
        const int64_t left = r->until - clock_now();
        struct pollfd p = {.fd = fd, .events = POLLIN};

        if (left <= 0 || poll(&p, 1, (int)left) == 0)
            return too_late(r, err);
        const ssize_t n = read(fd, r->p + r->n, SECRET_BYTES + 1 - r->n);

        if (n == 0)
            return RC_OK;
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return err_set(err, RC_IO, errno, "%s: %.80s: %s", r->from->said, r->from->from,
                           strerror(errno));
        r->n += n > 0 ? (size_t)n : 0;
        if (r->n > SECRET_BYTES)
            return err_set(err, RC_IO, 0,
                           "%s: %.80s holds more than 64 KiB: no secret is that long",
                           r->from->said, r->from->from);
    }
}

/* ---- a file ---- */
static enum rc check_file(const struct secret_source *from, int fd, struct err *err) {
    struct stat st;

    if (fstat(fd, &st) != 0)
        return err_set(err, RC_IO, errno, "%s: %.80s: %s", from->said, from->from, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return err_set(err, RC_IO, EISDIR, "%s: %.80s is a directory", from->said, from->from);
    if (S_ISREG(st.st_mode) && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return err_set(err, RC_IO, EPERM, "%s: others may read %.80s: chmod 600 %.80s", from->said,
                       from->from, from->from);
    return RC_OK;
}

static enum rc read_file(struct reading *r, struct err *err) {
    auto_fd int fd = open(r->from->from, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0)
        return err_set(err, RC_IO, errno, "%s: %.80s: %s", r->from->said, r->from->from,
                       strerror(errno));
    const enum rc rc = check_file(r->from, fd, err);

    return rc == RC_OK ? drain(r, fd, err) : rc;
}

/* ---- a command ---- */
/* In the child: never returns. It has a group of its own, so that all of it can be ended. */
static void become(const char *command, int out) {
    sigset_t none;
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    setpgid(0, 0);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
        _exit(126);
    fds_close_others(); /* what it starts may stay: an agent that keeps keys */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

/* Its exit status, waited for as long as the rest of its time. */
static enum rc await(const struct reading *r, pid_t pid, struct err *err) {
    int status = 0;
    pid_t ended = 0;

    while ((ended = waitpid(pid, &status, WNOHANG)) == 0 && clock_now() < r->until)
        nanosleep(&(struct timespec){.tv_nsec = 2 * 1000 * 1000}, NULL);
    if (ended == 0) {
        kill(-pid, SIGKILL);
        waitpid(pid, NULL, 0);
        return too_late(r, err);
    }
    if (ended < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
        return RC_OK;
    if (WIFEXITED(status))
        return err_set(err, RC_IO, 0, "%s: %.80s ended with %d", r->from->said, r->from->from,
                       WEXITSTATUS(status));
    return err_set(err, RC_IO, 0, "%s: %.80s was ended by signal %d", r->from->said, r->from->from,
                   WTERMSIG(status));
}

static enum rc run_command(struct reading *r, struct err *err) {
    int out[2];

    if (pipe2(out, O_CLOEXEC) != 0)
        return err_set(err, RC_IO, errno, "%s: could not make a pipe: %s", r->from->said,
                       strerror(errno));
    const pid_t pid = fork();

    if (pid == 0)
        become(r->from->from, out[1]);
    close(out[1]);
    enum rc rc;

    if (pid < 0) {
        rc = err_set(err, RC_IO, errno, "%s: could not run it: %s", r->from->said, strerror(errno));
    } else {
        rc = drain(r, out[0], err);
        if (rc != RC_OK) {
            setpgid(pid, pid); /* it may not have got so far itself */
            kill(-pid, SIGKILL);
            waitpid(pid, NULL, 0);
        } else {
            rc = await(r, pid, err);
        }
    }
    close(out[0]);
    return rc;
}

/* ---- what both have in common ---- */
static enum rc check_text(struct reading *r, struct err *err) {
    while (r->n > 0 && (r->p[r->n - 1] == '\n' || r->p[r->n - 1] == '\r'))
        r->n--;
    if (r->n == 0)
        return err_set(err, RC_IO, 0, "%s: %.80s: the secret is empty", r->from->said,
                       r->from->from);
    for (size_t i = 0; i < r->n; i++) {
        const unsigned char c = (unsigned char)r->p[i];

        if (c == '\n')
            return err_set(err, RC_IO, 0, "%s: %.80s: the secret has more than one line",
                           r->from->said, r->from->from);
        if (c < ' ' || c == 0x7f)
            return err_set(err, RC_IO, 0, "%s: %.80s: a control character in the secret",
                           r->from->said, r->from->from);
    }
    r->p[r->n] = '\0';
    return RC_OK;
}

enum rc secret_read(char **out, const struct secret_source *from, struct err *err) {
    struct reading r = {
        .from = from, .p = xmalloc(SECRET_BYTES + 2), .until = clock_now() + SECRET_MS};
    enum rc rc = from->how == SECRET_FILE ? read_file(&r, err) : run_command(&r, err);

    if (rc == RC_OK)
        rc = check_text(&r, err);
    *out = rc == RC_OK ? xstrndup(r.p, r.n) : NULL;
    explicit_bzero(r.p, SECRET_BYTES + 2);
    free(r.p);
    return rc;
}
