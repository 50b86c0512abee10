/* child.c - the embedded demo server: a child that ends with our end of its standard input. */
#include "app.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* In the child: never returns. */
static void become(const char *program, const char *data_dir, int in, int out) {
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null >= 0)
        dup2(null, STDERR_FILENO);
    fds_close_others();
    setsid(); /* Ctrl+Z and a hang-up of our terminal are not its business; its stdin tells it when
                 we are gone */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (data_dir)
        execl(program, "mixtui-demo", "--port", "0", "--exit-with-stdin", "--data", data_dir,
              (char *)NULL);
    else
        execl(program, "mixtui-demo", "--port", "0", "--exit-with-stdin", (char *)NULL);
    _exit(127);
}

enum rc child_start(struct child *c, const char *program, const char *data_dir, struct err *err) {
    int in[2], out[2];
    *c = (struct child){.in = -1, .out = -1};
    buf_init(&c->line, 4096);
    if (pipe2(in, O_CLOEXEC) != 0)
        return err_set(err, RC_IO, errno, "could not start the demo: %s", strerror(errno));
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]), close(in[1]);
        return err_set(err, RC_IO, errno, "could not start the demo: %s", strerror(errno));
    }
    int pid = fork();
    if (pid == 0)
        become(program, data_dir, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    if (pid < 0) {
        close(in[1]), close(out[0]);
        return err_set(err, RC_IO, errno, "could not start the demo: %s", strerror(errno));
    }
    c->pid = pid;
    c->in = in[1];
    c->out = out[0];
    fcntl(c->out, F_SETFL, O_NONBLOCK);
    return RC_OK;
}

bool child_address(struct child *c, char **url) {
    char bytes[512];
    ssize_t n;
    while ((n = read(c->out, bytes, sizeof bytes)) > 0)
        if (buf_add(&c->line, bytes, (size_t)n) != RC_OK)
            break;
    bool ended = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
    const char *line = buf_str(&c->line), *end = strchr(line, '\n');
    static const char head[] = "listening on ";
    bool found = end && strncmp(line, head, sizeof head - 1) == 0;
    if (found)
        *url = xstrndup(line + sizeof head - 1, (size_t)(end - line) - (sizeof head - 1));
    if (ended || found) {
        close(c->out);
        c->out = -1;
    }
    return found;
}

bool child_runs(struct child *c) {
    if (c->pid > 0 && waitpid(c->pid, NULL, WNOHANG) != 0)
        c->pid = 0;
    return c->pid > 0;
}

void child_stop(struct child *c) {
    if (c->in >= 0)
        close(c->in);
    if (c->out >= 0)
        close(c->out);
    c->in = c->out = -1;
    buf_fini(&c->line);
    if (c->pid <= 0)
        return;
    kill(c->pid, SIGTERM);
    for (int i = 0; i < 100; i++) {
        if (waitpid(c->pid, NULL, WNOHANG) != 0) {
            c->pid = 0;
            return;
        }
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    }
    kill(c->pid, SIGKILL);
    waitpid(c->pid, NULL, 0);
    c->pid = 0;
}
