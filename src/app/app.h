/* app.h - private to the app floor: the parts main wires together. Main thread only. */
#ifndef MIX_APP_APP_H
#define MIX_APP_APP_H

#include "mix/config.h"
#include "mix/copy.h"

/* ---- what was asked on the command line, by the environment and by config.ini ---- */
struct options {
    const char *session, *theme;
    const char *url;       /* where to; lives as long as this */
    bool url_given;        /* by a flag, the environment or a profile: not the built-in address */
    const char *watch[32]; /* profiles and addresses besides */
    size_t n_watch;
    bool demo, ascii, still;
    enum { DO_SCREEN, DO_HELP, DO_VERSION, DO_HELP_KEYS, DO_HELP_KEYS_MARKDOWN, DO_DOCUMENT } what;
    const char *document; /* which */
    struct connect_flags connect;
    /* of options_open */
    struct config config;
    struct buf complaints;  /* what is wrong with the file, a line each */
    struct profile profile; /* of the first server, its secrets read; empty for the demo */
};
extern const struct flag_table screen_flag_table; /* the screen's own flags */
/* Fails: RC_USAGE with one line naming the word that is wrong. */
enum rc options_read(struct options *out, int argc, char **argv, struct err *err);
/* Reads the file, opens the profile, settles how things look. Fails: as those. */
enum rc options_open(struct options *o, struct err *err);
void options_fini(struct options *o);
void options_help(void);
void options_judge(void); /* config_read knows keys and themes from here on */

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
/* A program for a file of our own. argv NULL: the desktop has it already; else it wants the
 * terminal. Fails: RC_USAGE, RC_IO. */
struct open_way {
    const char *const *argv;
    struct arena arena;
};
enum rc open_way(struct open_way *out, const char *command, const char *path, struct err *err);
/* How texts get into a clipboard from here. Once, at start. */
const struct copy_ways *desk_copy_ways(void);

/* ---- signals as bytes in a pipe ---- */
enum rc signals_start(struct err *err); /* also the crash handler that gives the terminal back */
int signals_fd(void);
int signals_next(void); /* a signal number, 0: none */

/* ---- the screen program; returns the exit code ---- */
int screen_run(const struct options *o, const char *argv0);

#endif
