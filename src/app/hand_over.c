/* hand_over.c - what works when the screen is left goes on in keepers. Secrets stay in this
 * program's memory, of which a keeper is a copy, or are read anew as at the start. */
#include <stdio.h>
#include <stdlib.h>

#include "keep.h"
#include "screen.h"

enum { IDLE_MS = 60000 };

static bool at_work(const struct model *m, const struct session *s) {
    const enum mark mark = session_mark(s, m);

    return s->id && !s->subagent &&
           (mark == MARK_APPROVAL || mark == MARK_QUESTION || s->turn != TURN_IDLE);
}

static void collect_server(struct handed *h, const struct app *a, size_t row) {
    const struct server_row *r = &a->servers.rows[row];
    const struct model *m = r->model;
    struct handed_server to = {.url = xstrdup(r->url),
                               .name = r->profile ? xstrdup(r->name) : NULL,
                               .first = row == a->first && str_eq(r->url, a->options->profile.url)};

    for (size_t i = 0; i < m->n_sessions; i++)
        if (at_work(m, m->sessions[i])) {
            to.sessions = xgrow(to.sessions, to.n, &to.cap, sizeof *to.sessions);
            to.sessions[to.n++] = xstrdup(m->sessions[i]->id);
        }
    h->servers = xgrow(h->servers, h->n, &h->cap, sizeof *h->servers);
    h->servers[h->n++] = to;
}

void keep_collect(struct handed *h, const struct app *a) {
    for (size_t i = 0; i < a->servers.n_rows; i++) {
        const struct model *m = a->servers.rows[i].model;

        /* the embedded demo ends with us, and so does a turn that a disconnect cancels */
        if (m && !m->server.demo && !m->server.caps.sync_send && model_working(m) > 0)
            collect_server(h, a, i);
    }
}

static void hand_over(const struct handed_server *s, const struct options *o) {
    const struct connect_flags flags = {.server = s->url, .profile = s->name};
    const char **sessions = xcalloc(s->n + 1, sizeof *sessions);
    struct profile own = {0};
    struct err err = {0};
    enum rc rc = RC_OK;

    for (size_t i = 0; i < s->n; i++)
        sessions[i] = s->sessions[i];
    if (!s->first)
        rc = profile_open(&own, &o->config, &flags, &err);
    if (rc == RC_OK) {
        (void)keep_run(&(struct keep_order){
            .net = s->first ? &o->profile.net : &own.net,
            .url = s->url,
            .name = s->name,
            .sessions = sessions,
            .n_sessions = s->n,
            .idle_ms = IDLE_MS,
            .attend = o->config.ui.attend,
        });
        profile_fini(&own);
    } else {
        fprintf(stderr, "mixtui keep: %s\n", err.text);
    }
    free(sessions);
}

void keep_hand_over(struct handed *h, const struct options *o) {
    for (size_t i = 0; i < h->n; i++) {
        struct handed_server *s = &h->servers[i];

        hand_over(s, o);
        for (size_t k = 0; k < s->n; k++)
            free(s->sessions[k]);
        free(s->sessions);
        free(s->url);
        free(s->name);
    }
    free(h->servers);
    *h = (struct handed){0};
}
