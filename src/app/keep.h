/* keep.h - the program without a screen, and what the screen hands to it. Private to the app floor.
 * Main thread only, and no other one may run. */
#ifndef MIX_APP_KEEP_H
#define MIX_APP_KEEP_H

#include "mix/cli.h"

char *keep_lock_path(const char *key); /* of a server; NULL: there is no directory */
/* Starts it and waits until it is connected, or is it itself in the foreground. The exit code. */
int keep_run(const struct keep_order *order);

/* What works on the servers of a screen that is left. */
struct app;
struct options;
struct handed {
    struct handed_server {
        char *url, *name; /* name: of its profile, else NULL */
        char **sessions;
        size_t n, cap;
        bool first; /* reached as the command line says */
    } * servers;
    size_t n, cap;
};
void keep_collect(struct handed *h, const struct app *a); /* while models are there */
/* Once everything is ended and the terminal is the shell's. Frees what was collected. */
void keep_hand_over(struct handed *h, const struct options *o);

#endif
