/* app.h - private to the app floor: the parts main wires together. Main thread only. */
#ifndef MIX_APP_APP_H
#define MIX_APP_APP_H

#include "mix/config.h"

/* ---- what was asked on the command line and by the environment ---- */
struct options {
    const char *url, *session, *theme, *debug;
    bool url_given, demo, ascii, still;
    bool allow_core;
    enum { DO_SCREEN, DO_HELP, DO_VERSION, DO_HELP_KEYS, DO_HELP_KEYS_MARKDOWN } what;
};
/* Fails: RC_USAGE with one line naming the word that is wrong. */
enum rc options_read(struct options *out, int argc, char **argv, struct err *err);
void options_help(void);

/* ---- where files are ---- */
char *path_demo_program(
    const char *argv0); /* mixtui-demo beside this program, else in libexec; NULL: not found */

/* ---- the embedded demo: mixtui-demo as a child that ends with us ---- */
struct child {
    int pid;     /* 0: none */
    int in, out; /* its stdin and stdout; -1 closed */
    struct buf line;
};
enum rc child_start(struct child *c, const char *program, const char *data_dir, struct err *err);
/* Reads what is there. True once the line with the address came: *url is the caller's. Fails by
 * ending: out becomes -1. */
bool child_address(struct child *c, char **url);
bool child_runs(struct child *c); /* reaps it when it does not */
void child_stop(struct child *c); /* closes its stdin, then SIGTERM, then SIGKILL after a second */

/* ---- the desk around the terminal ---- */
/* Starts the browser, which then goes its own way. Fails when there is none, RC_USAGE: no web
 * address. */
enum rc open_url(const char *url, struct err *err);

/* ---- signals as bytes in a pipe ---- */
enum rc signals_start(struct err *err); /* also the crash handler that gives the terminal back */
int signals_fd(void);
int signals_next(void); /* a signal number, 0: none */

/* ---- the screen program; returns the exit code ---- */
int screen_run(const struct options *o, const char *argv0);

#endif
