/* start.c - the first minutes: what config.ini says about the screen, the second usual address, and
 * an address that is kept as a profile once a server answered there. */
#include <stdlib.h>
#include <string.h>

#include "screen.h"

static const char second_url[] = "http://localhost:8080";

/* ---- config.ini ---- */
void start_keys(struct app *a) {
    const struct ui_config *ui = &a->options->config.ui;

    for (size_t i = 0; i < ui->keys.n; i++) /* what is wrong was said when the file was read */
        (void)input_bind(a->input, ui->keys.items[i].command, ui->keys.items[i].keys);
}

void start_tell(struct app *a) {
    const struct buf *all = &a->options->complaints;
    size_t count = 0;

    for (size_t at = 0; at < all->n;) {
        const size_t n = strcspn(all->p + at, "\n");

        act_error(a->model, NULL, "%.*s", (int)n, all->p + at);
        at += n + (all->p[at + n] == '\n');
        count++;
    }
    if (count > 1)
        act_error(a->model, NULL, "%s has %zu mistakes: mixtui config --check names them",
                  a->options->config.path, count);
}

/* Its commands may ask at the terminal, and what they complain of is to be read there. */
bool start_runs_commands(const struct config *c, const char *name) {
    for (size_t i = 0; name && i < c->n_profiles; i++)
        for (size_t k = 0; str_eq(c->profiles[i].name, name) && k < c->profiles[i].secrets.n; k++)
            if (c->profiles[i].secrets.items[k].how == SECRET_COMMAND)
                return true;
    return false;
}

enum rc start_profile(struct app *a, struct profile *out, const struct connect_flags *flags,
                      struct err *err) {
    const struct config *c = &a->options->config;
    const bool away = start_runs_commands(c, flags->profile);

    if (away)
        term_leave(a->term);
    const enum rc rc = profile_open(out, c, flags, err);

    if (away) {
        term_enter(a->term);
        a->shown_rev = 0;
    }
    return rc;
}

void start_warn(struct app *a, size_t row, const struct profile *p) {
    struct model *m = a->servers.rows[row].model;

    m->server.sign = profile_sign(p);
    if (profile_warning(p) && m != a->model) /* watched only: its status line is not seen */
        act_notice(a->model, "%s: %s", a->servers.rows[row].name, profile_warning(p));
    else if (profile_warning(p))
        act_notice(m, "%s", profile_warning(p));
}

/* ---- the second usual address, asked once while the first says nothing ---- */
static bool absent(const struct model *m) {
    return (m->server.state == SERVER_OFFLINE || m->server.state == SERVER_FOREIGN) &&
           !m->sessions_loaded;
}

static bool at_first(const struct app *a) { return a->model == a->servers.rows[a->first].model; }

static void ask_second(struct app *a) {
    const struct net_config config = {.url = second_url,
                                      .connect_timeout_ms = 3000,
                                      .reply_timeout_ms = 3000,
                                      .retry = {.mode = RETRY_OFF}};
    struct start *s = &a->start;
    struct err err;

    s->asked = true;
    if (net_new(&s->net, &config, &err) != RC_OK)
        return;
    struct request *r = request_new(REQ_PROBE, 0);

    if (net_send(s->net, r) != RC_OK)
        request_free(r);
}

/* Nothing moves under the caret of somebody who types already. */
static bool may_move(const struct app *a) {
    return at_first(a) && absent(a->model) && !a->model->ui.typing_address &&
           a->model->shown->draft.text.n == 0;
}

static void second_answered(struct app *a, bool is_mix) {
    struct model *first = a->servers.rows[a->first].model;

    if (!is_mix && first) {
        first->server.tried = second_url;
        first->rev++;
    } else if (is_mix && may_move(a)) {
        server_address(a, second_url);
        act_notice(a->model, "No server at %s: this is the one at %s", a->options->url, second_url);
    } else if (is_mix) {
        act_notice(a->model, "A Mix server answers at %s", second_url);
    }
}

void start_incoming(struct app *a) {
    struct start *s = &a->start;
    struct incoming *in;
    int answer = -1;

    net_ack(s->net);
    while ((in = net_next(s->net))) {
        if (in->kind == IN_CAPS)
            answer = in->caps.version != GEN_NONE; /* many other things are at that port */
        else if (in->kind == IN_FAIL)
            answer = 0;
        incoming_free(in);
    }
    if (answer < 0)
        return;
    net_free(TAKE(s->net));
    second_answered(a, answer > 0);
}

void start_retry(struct app *a) { a->start.asked = a->start.net != NULL; }

/* ---- an address kept as a profile ---- */
/* "URL NAME": what was typed. The name is taken off. */
bool start_name(struct app *a, char *typed) {
    struct start *s = &a->start;
    const size_t n = strcspn(typed, " \t");
    const char *name = typed + n + strspn(typed + n, " \t");
    struct err err = {0};

    typed[n] = '\0';
    free(TAKE(s->name));
    free(TAKE(s->url));
    if (!*name)
        return true;
    if (config_check_server(a->options->config.path, name, typed, &err) != RC_OK) {
        act_error(a->model, &err, "cannot be saved");
        return false;
    }
    s->name = xstrdup(name);
    s->url = xstrdup(typed);
    return true;
}

static void keep_server(struct app *a) {
    struct start *s = &a->start;
    auto_free char *usual = path_config_file();
    const char *path = a->options->config.path           ? a->options->config.path
                       : a->options->connect.config_file ? a->options->connect.config_file
                                                         : usual;
    struct err err = {0};

    if (config_add_server(path, s->name, s->url, &err) == RC_OK) {
        servers_rename(&a->servers, servers_row_of(&a->servers, a->model), s->name);
        act_notice(a->model, "saved as [server %s] in %s: mixtui --profile %s", s->name, path,
                   s->name);
    } else {
        act_error(a->model, &err, "cannot be saved");
    }
    free(TAKE(s->name));
    free(TAKE(s->url));
}

/* ---- the loop's part ---- */
void start_turn(struct app *a) {
    const struct options *o = a->options;
    const struct start *s = &a->start;

    if (!s->asked && !o->url_given && !o->demo && at_first(a) && absent(a->model))
        ask_second(a);
    if (s->name && a->model->server.state == SERVER_ONLINE &&
        servers_row_of(&a->servers, a->model) == servers_find(&a->servers, s->url))
        keep_server(a);
}

void start_end(struct app *a) {
    net_free(TAKE(a->start.net));
    free(TAKE(a->start.name));
    free(TAKE(a->start.url));
}
