/* servers.h - the servers one program knows. One of them is shown; others are watched: their models
 * live beside it, each with its own worker, but without the screen, and their requests stand in one
 * inbox with those of the shown one. What a request is known by is its owner and its id: ids of two
 * servers may be equal.
 *
 * Rows are made once and never go, so that the app keeps its own things under the same index. A
 * model without `servers` (as in most tests) is alone and its own inbox. Main thread only, pure. */
#ifndef MIX_SERVERS_H
#define MIX_SERVERS_H

#include "mix/model.h"

struct server_row {
    char *name;    /* of the profile, else the address; one clean line */
    char *address; /* what is shown of the URL, without userinfo */
    char *url;     /* as it was given: may hold secrets */
    char *key;     /* as struct server has it */
    bool watch;    /* open also while another one is shown */
    bool profile;  /* it has one, of that name */
    bool demo;
    struct model *model; /* NULL: not open */
    struct effects *fx;  /* what that model asks for; the app's */
};
struct servers {
    struct server_row *rows;
    size_t n_rows, cap_rows;
    struct model *shown; /* NULL: none yet */
    struct ask **asks;   /* of all that are open, by deadline */
    size_t n_asks, cap_asks;
    uint64_t last_rev; /* of the one shown before: revisions only go up */
};
void servers_fini(struct servers *s); /* models are the app's */
/* name NULL: the address; url NULL: the embedded demo. Returns its index. */
size_t servers_add(struct servers *s, const char *name, const char *url);
/* The row with that name, or that names the same server; n_rows: none. */
size_t servers_find(const struct servers *s, const char *name_or_url);
size_t servers_row_of(const struct servers *s, const struct model *m); /* n_rows: none */
void servers_set_url(struct servers *s, size_t row, const char *url);  /* of the same server */
void servers_rename(struct servers *s, size_t row, const char *name);
/* Another open row that names the same server, whose files it would share; n_rows: none. */
size_t servers_twin(const struct servers *s, size_t row);

/* The model of that row was made; its effects are fx from now on. */
void servers_open(struct servers *s, size_t row, struct model *m, struct effects *fx);
/* Its requests leave the inbox. What was selected stays selected, though nothing is there. Done by
 * model_free too. */
void servers_close(struct servers *s, size_t row);
/* Gives the screen to an open one: sizes, colours and what is selected in the inbox go along,
 * nothing is armed, and the permissions pane is not focused. */
void servers_show(struct servers *s, size_t row, int64_t now, int64_t real);
/* What a server that is not watched stays open for when it is left: a clause, NULL: nothing. */
const char *servers_busy(const struct server_row *row);

#endif
