/* screen.h - what the loop (screen.c) and the servers behind it (servers.c) share. Private to the
 * app floor. Main thread only. */
#ifndef MIX_APP_SCREEN_H
#define MIX_APP_SCREEN_H

#include "app.h"
#include "mix/act.h"
#include "mix/input.h"
#include "mix/job.h"
#include "mix/net.h"
#include "mix/term.h"
#include "mix/view.h"

struct app {
    const struct options *options;
    const char *argv0;
    char *state_dir, *start_dir;
    struct term *term;
    struct input *input;
    struct model *model;
    struct view *view;
    struct canvas canvas;
    const char *themes[16]; /* names of the compiled-in ones */
    char *theme;            /* chosen while running: the next server keeps it */
    struct effects *fx;
    struct net *net; /* NULL while the demo is starting */
    struct job *job;
    struct child demo;
    bool demo_forgets; /* another one has the demo's data: this one keeps nothing */
    uint64_t shown_rev;
    int64_t paid_until; /* every frame costs FRAME_MS; the next one may come SAVED_MS before this */
    bool typed;         /* the next frame is drawn at once */
    bool more;          /* results are waiting: do not sleep */
    bool quit;
    int exit_code;
};

/* ---- servers.c ---- */
void server_begin(struct app *a, const char *url, bool demo); /* its model; nothing is sent yet */
enum rc server_connect(struct app *a, const char *url);
void server_start_demo(struct app *a);
/* Leaves this server with everything saved, begins with another. */
void server_change(struct app *a, const char *url, bool demo);
void servers_send(struct app *a); /* requests and tasks that wait in effects */
void servers_save(struct app *a);
void servers_send_last(struct app *a); /* after the last save: until the job thread has all */
void take_tasks(struct app *a);
void take_incomings(struct app *a);
void take_demo(struct app *a);

#endif
