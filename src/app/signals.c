/* signals.c - every signal we live with becomes a byte in a pipe; the deadly ones give the terminal
 * back first. */
#include "app.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mix/term.h"

static int pipe_ends[2] = {-1, -1};

static void note(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t done = write(pipe_ends[1], &byte, 1); /* a full pipe already says enough */
    (void)done;
    errno = saved;
}

static void crash(int number) {
    static const char line[] =
        "mixtui crashed. What you typed is kept up to the last second; start it again to go on.\n";
    term_rescue();
    ssize_t done = write(STDERR_FILENO, line, sizeof line - 1);
    (void)done;
    raise(number); /* SA_RESETHAND: now the default action */
}

static void handle(int number, void (*handler)(int), int flags) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

enum rc signals_start(struct err *err) {
    if (pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return err_set(err, RC_IO, errno, "could not make a pipe: %s", strerror(errno));
    static const int living[] = {SIGWINCH, SIGTERM, SIGHUP,  SIGINT,
                                 SIGQUIT,  SIGTSTP, SIGCONT, SIGCHLD};
    static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    for (size_t i = 0; i < MIX_COUNT(living); i++)
        handle(living[i], note, SA_RESTART);
    static char crash_stack[64 * 1024]; /* the ordinary one may be what overflowed */
    stack_t stack = {.ss_sp = crash_stack, .ss_size = sizeof crash_stack};
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < MIX_COUNT(deadly); i++)
        handle(deadly[i], crash, (int)(SA_ONSTACK | SA_RESETHAND | SA_NODEFER));
    handle(SIGPIPE, SIG_IGN, 0);
    handle(SIGXFSZ, SIG_IGN, 0); /* a file-size limit is an error of write(2), not a death */
    return RC_OK;
}

int signals_fd(void) { return pipe_ends[0]; }

int signals_next(void) {
    unsigned char byte;
    return read(pipe_ends[0], &byte, 1) == 1 ? byte : 0;
}
