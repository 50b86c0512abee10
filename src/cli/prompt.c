/* prompt.c - secrets from a person. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "api.h"

enum rc api_prompt(struct buf *out, const char *what, struct err *err) {
    struct termios was, quiet;
    sigset_t stop, before;
    char text[4096] = "";

    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &was) != 0)
        return RC_OK;    /* nobody to ask */
    cli_catch_signals(); /* so that the echo comes back */
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigprocmask(SIG_BLOCK, &stop, &before);
    quiet = was;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    fprintf(stderr, "%s (what you type is not shown): ", what);
    const bool typed = cli_readable(STDIN_FILENO);
    const ssize_t got = typed ? read(STDIN_FILENO, text, sizeof text) : -1;
    const int why = errno;

    tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
    sigprocmask(SIG_SETMASK, &before, NULL);
    fputs("\n", stderr);
    enum rc rc = RC_OK;

    if (got < 0)
        rc = err_set(err, !typed || why == EINTR ? RC_CANCELLED : RC_IO, why, "no answer");
    else
        rc = buf_add(out, text, (size_t)got);
    explicit_bzero(text, sizeof text);
    return rc;
}
