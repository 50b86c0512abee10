/* guest.c - a program that has the terminal for a while: streams and requests go on behind it, only
 * nothing is painted and no key is read. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "screen.h"

/* The terminal goes to that process group, whoever has it now. */
static void give_line(pid_t group) {
    sigset_t stop, before;

    sigemptyset(&stop);
    sigaddset(&stop, SIGTTOU);
    sigprocmask(SIG_BLOCK, &stop, &before);
    (void)tcsetpgrp(STDIN_FILENO, group);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

/* In the child; never returns. */
static void become(const char *const *argv, bool own_group) {
    static const int taken[] = {SIGPIPE, SIGXFSZ};
    sigset_t none;

    if (own_group) {
        setpgid(0, 0);
        give_line(getpid());
    }
    for (size_t i = 0; i < MIX_COUNT(taken); i++)
        signal(taken[i], SIG_DFL);
    fds_close_others();
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    static const char said[] = "mixtui: the program could not be started\n";
    const ssize_t done = write(STDERR_FILENO, said, sizeof said - 1);

    (void)done;
    _exit(127);
}

enum rc guest_start(struct app *a, const char *const *argv,
                    void (*ended)(struct app *a, int status), struct err *err) {
    /* else there is no job control, and it reads from the terminal as we do */
    const bool own_group = tcgetpgrp(STDIN_FILENO) == getpgrp();

    if (a->guest.pid > 0)
        return err_set(err, RC_BUSY, 0, "another program has the terminal");
    a->pictured = NULL;
    act_look_again(a->model); /* what is held would be given behind it, unseen */
    term_lend(a->term);
    const pid_t pid = fork();

    if (pid == 0)
        become(argv, own_group);
    if (pid < 0) {
        const int why = errno;

        screen_back(a);
        return err_set(err, RC_IO, why, "%s was not started: %s", argv[0], strerror(why));
    }
    if (own_group) {
        setpgid(pid, pid); /* whichever of us is first */
        give_line(pid);
    }
    a->guest = (struct guest){.pid = pid, .own_group = own_group, .ended = ended};
    return RC_OK;
}

bool guest_here(const struct app *a) { return a->guest.pid > 0; }

void guest_turn(struct app *a) {
    const struct guest g = a->guest;
    int status = 0;

    if (g.pid <= 0 || waitpid(g.pid, &status, WNOHANG | WUNTRACED) != g.pid)
        return;
    if (WIFSTOPPED(status)) { /* there is no shell here that could go on with it */
        kill(g.own_group ? -g.pid : g.pid, SIGCONT);
        return;
    }
    a->guest = (struct guest){0};
    if (g.own_group)
        give_line(getpgrp());
    screen_back(a);
    if (g.ended)
        g.ended(a, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

void guest_end(struct app *a) {
    const struct guest g = a->guest;

    if (g.pid <= 0)
        return;
    kill(g.own_group ? -g.pid : g.pid, SIGHUP);
    if (g.own_group)
        give_line(getpgrp());
    a->guest = (struct guest){0};
}
