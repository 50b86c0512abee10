/* screen.h - what the loop (screen.c) and the servers behind it (servers.c) share. Private to the
 * app floor. Main thread only. */
#ifndef MIX_APP_SCREEN_H
#define MIX_APP_SCREEN_H

#include "app.h"
#include "mix/act.h"
#include "mix/attention.h"
#include "mix/cli.h"
#include "mix/config.h"
#include "mix/input.h"
#include "mix/job.h"
#include "mix/net.h"
#include "mix/picture.h"
#include "mix/servers.h"
#include "mix/term.h"
#include "mix/view.h"

/* What stands behind a row of `servers`, under the same index. */
struct link {
    struct effects *fx;    /* NULL: not open */
    struct net *net;       /* NULL while the demo is starting */
    bool more;             /* results are waiting: do not sleep */
    bool late;             /* to be opened once the first frame is out */
    struct profile *ready; /* its profile, opened before there was a screen; NULL: it was not */
    struct err unready;    /* ... or why it could not be */
};
/* What others are told (publish.c). */
struct publisher {
    char *path; /* NULL: nowhere */
    struct buf text;
    uint64_t seen;
    int64_t looked_at;
    bool begun;
};
/* The first minutes (start.c). */
struct start {
    struct net *net; /* asks the second usual address; NULL: not */
    bool asked;
    char *name, *url; /* to be saved once it answers; NULL: nothing */
};
/* Who is called (attend.c). */
struct attending {
    struct attention state;
    uint32_t hooks[ATTENTION_HOOKS]; /* tasks that run the command */
    bool told;                       /* ... that it fails */
};
/* A program without a screen (keep.c). */
struct keep_facts {
    int64_t since;   /* ms since 1970 */
    const char *key; /* of its server */
    const struct keep_order *order;
};
struct app;
/* A program that has the terminal (guest.c). */
struct guest {
    int pid; /* 0: there is none */
    bool own_group;
    void (*ended)(struct app *a, int status); /* NULL: nobody hears of it */
};
/* A draft in $EDITOR (outside.c). */
struct outside {
    enum { OUTSIDE_NOT, OUTSIDE_GUEST, OUTSIDE_PANE } where;
    int pid;  /* of the tmux that opens a pane; 0: it did */
    int line; /* a fifo, on which the pane tells how it goes; -1 */
    struct buf said;
    char *path;
    char *text; /* as it was given */
    char *pane;
    int64_t asked_at; /* that the pane be closed */
};
struct app {
    const struct options *options;
    const struct keep_facts *keeping; /* NULL: there is a screen */
    const char *argv0;
    char *state_dir, *start_dir, *cache_dir;
    struct term *term;
    struct input *input;
    struct servers servers;
    size_t first; /* the row it began with, reached as the command line says */
    struct link *links;
    struct pollfd *fds;
    struct model *model; /* the shown one */
    struct view *view;
    struct canvas canvas;
    const char *themes[16]; /* names of the compiled-in ones */
    char *theme;            /* chosen while running: the next server keeps it */
    struct effects *fx;     /* its own */
    struct job *job;
    struct child demo;
    bool demo_forgets;        /* another one has the demo's data: this one keeps nothing */
    struct terminal terminal; /* what it can do, for every model */
    const char *pictured;     /* the bytes of the picture over the frame; NULL: none */
    uint64_t shown_rev;
    int64_t paid_until; /* every frame costs FRAME_MS; the next one may come SAVED_MS before this */
    bool typed;         /* the next frame is drawn at once */
    bool started;       /* the first server was asked */
    bool bared;         /* lines stand in place of the screen, until a key */
    struct drag drag;   /* where the button went down, and where it is */
    bool held;          /* ... in the thread */
    bool quit, keep;    /* keep: what works is handed over at the end */
    int exit_code;
    struct start start;
    struct publisher publisher;
    struct attending attending;
    struct guest guest;
    struct outside outside;
};

/* ---- servers.c ---- */
size_t server_add(struct app *a, const char *name, const char *url); /* a row */
/* Opens it where it is not, gives it the screen, and closes the one that had it unless that is
 * watched or busy. */
void server_show(struct app *a, size_t row);
void server_connect(struct app *a, size_t row); /* once it has a model */
/* Those that could not be used at all: a file may be there now. */
void servers_retry(struct app *a);
void servers_terminal(struct app *a); /* the terminal is known better, or another size */
void server_demo(struct app *a);      /* the embedded one, started anew when it is shown */
void server_address(struct app *a, const char *url); /* somebody typed it */
/* --watch. Fails: RC_USAGE. */
enum rc server_watch(struct app *a, const char *name_or_url, struct err *err);
void servers_watch_late(struct app *a); /* what is to be watched besides is opened soon */
bool servers_open_late(struct app *a);  /* one; false: none is left */
void servers_send(struct app *a);       /* requests and tasks that wait in effects */
void servers_save(struct app *a);
void servers_send_last(struct app *a); /* after the last save: until the job thread has all */
void servers_end(struct app *a);
/* keep.c: a row that is opened without a screen. */
void server_keep(struct app *a, size_t row, const struct net_config *config);
void take_tasks(struct app *a);
void take_incomings(struct app *a, size_t row);
void take_demo(struct app *a);

/* ---- start.c ---- */
void start_keys(struct app *a); /* [keys] of config.ini */
void start_tell(struct app *a); /* what is wrong with it, as notices */
bool start_runs_commands(const struct config *c, const char *name); /* for its secrets */
/* profile_open, with the terminal given back while secrets are asked for */
enum rc start_profile(struct app *a, struct profile *out, const struct connect_flags *flags,
                      struct err *err);
void start_warn(struct app *a, size_t row, const struct profile *p); /* how the server is reached */
bool start_name(struct app *a, char *typed); /* takes the name off; false: it cannot be saved */
void start_retry(struct app *a);             /* the second address too */
void start_incoming(struct app *a);
void start_turn(struct app *a);
void start_end(struct app *a);

/* ---- mouse.c ---- */
bool mouse_took(struct app *a, const struct key *k); /* false: it is of no mouse */

/* ---- outside.c ---- */
void outside_start(struct app *a); /* tells of drafts that were left in an editor */
void outside_effects(struct app *a);
void outside_child(struct app *a); /* a child may have ended */
int outside_fd(const struct app *a);
void outside_heard(struct app *a);
void outside_end(struct app *a);

/* ---- guest.c ---- */
/* Gives the terminal away until the program ends; `ended` (or NULL) comes behind that, with its
 * exit status, 128 + signal. Fails: RC_BUSY, RC_IO; the screen is back then. */
enum rc guest_start(struct app *a, const char *const *argv,
                    void (*ended)(struct app *a, int status), struct err *err);
bool guest_here(const struct app *a);
void guest_turn(struct app *a); /* a child may have ended */
void guest_end(struct app *a);  /* we leave: it is hung up */

/* ---- screen.c ---- */
void screen_back(struct app *a); /* takes the terminal again, and paints it */

/* ---- publish.c ---- */
void publish_turn(struct app *a, int64_t now);
int64_t publish_due(const struct app *a); /* -1: only after something happened */
void publish_end(struct app *a);          /* before the job thread is ended */

/* ---- attend.c ---- */
void calls_start(struct app *a,
                 const struct attend_config *config); /* with or without a terminal */
void calls_turn(struct app *a, int64_t now);
int64_t calls_due(const struct app *a);               /* -1: nothing waits */
bool calls_task(struct app *a, const struct task *t); /* false: it is not its own */
void calls_title(struct app *a);                      /* before a flush */
void calls_end(struct app *a);

#endif
