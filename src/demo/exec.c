/* exec.c - runs a command line for the agent: own process group, time limit, capped output, empty
 * input. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "demo.h"

#define OUTPUT_MAX (30 * MIX_KIB)

static void limit(int what, rlim_t value) {
    struct rlimit now;
    if (getrlimit(what, &now) != 0)
        return;
    if (now.rlim_max < value)
        value = now.rlim_max;
    now.rlim_cur = now.rlim_max = value;
    setrlimit(what, &now);
}

/* Between fork and exec only calls that are safe after a fork of a threaded program. */
static _Noreturn void child(const struct command *c, char *const env[], int out, int null) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0);
    if (dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 || chdir(c->folder) != 0)
        _exit(126);
    for (int fd = 3; fd < 1024; fd++)
        close(fd);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, 60);
    limit(RLIMIT_FSIZE, 256 * MIX_MIB);
    char *const argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)c->line, NULL};
    execve("/bin/sh", argv, env);
    _exit(127);
}

/* Reads until the pipe closes; true when it did, false when time was up or the turn was cancelled.
 */
static bool drain(struct buf *out, const struct command *c, int fd, bool *cut) {
    int64_t deadline = clock_now() + c->limit_ms;
    char chunk[4096];
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int ready = poll(&p, 1, 50);
        if (ready > 0) {
            ssize_t n = read(fd, chunk, sizeof chunk);
            if (n == 0)
                return true;
            size_t room = out->n < OUTPUT_MAX ? OUTPUT_MAX - out->n : 0;
            if (n > 0)
                buf_add(out, chunk, (size_t)n < room ? (size_t)n : room);
            *cut = *cut || (n > 0 && (size_t)n > room);
        }
        if (clock_now() >= deadline || c->stopped(c->arg))
            return false;
    }
}

/* The shell itself may have ended with a child left behind that holds the pipe: the group is killed
 * either way. */
static int reap(pid_t pid, bool wait_for_it) {
    int status = 0;
    if (!wait_for_it)
        kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    kill(-pid, SIGKILL);
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    return 128 + (WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

enum rc command_run(struct buf *out, const struct command *c, int *exit_code, struct err *err) {
    int pipes[2];
    auto_fd int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || pipe2(pipes, O_CLOEXEC) != 0)
        return err_set(err, RC_IO, errno, "cannot make a pipe: %s", strerror(errno));
    auto_fd int in = pipes[0];
    const char *path = getenv("PATH");
    auto_free char *path_env = NULL;
    auto_free char *home_env = NULL;
    struct buf text;
    buf_init(&text, 64 * MIX_KIB);
    buf_addf(&text, "PATH=%s", path ? path : "/usr/bin:/bin");
    path_env = buf_take(&text);
    buf_addf(&text, "HOME=%s", c->folder);
    home_env = buf_take(&text);
    char *env[] = {path_env, home_env, (char[]){"LC_ALL=C.UTF-8"}, (char[]){"TERM=dumb"}, NULL};
    pid_t pid = fork();
    if (pid == 0)
        child(c, env, pipes[1], null);
    close(pipes[1]);
    if (pid < 0)
        return err_set(err, RC_IO, errno, "cannot start a process: %s", strerror(errno));
    setpgid(pid, pid);
    bool cut = false;
    bool closed = drain(out, c, in, &cut);
    *exit_code = reap(pid, closed);
    if (cut)
        buf_adds(out, "\n[output cut at 30 KiB]\n");
    if (!closed)
        return err_set(err, RC_TIMEOUT, 0, "command stopped after %lld s",
                       (long long)(c->limit_ms / 1000));
    return RC_OK;
}
