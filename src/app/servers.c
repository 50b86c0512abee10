/* servers.c - what stands behind the screen: the models of the servers that are open, their
 * workers, their files, and the embedded demo. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "screen.h"

enum {
    INCOMING_US = 1000
};                       /* what servers sent is taken in for so long before keys are looked at */
enum { READ_MS = 3000 }; /* the end waits for so long until drafts are read */

static struct server_row *row_at(struct app *a, size_t row) { return &a->servers.rows[row]; }

size_t server_add(struct app *a, const char *name, const char *url) {
    const size_t row = servers_add(&a->servers, name, url);

    a->links = xrealloc(a->links, (row + 1) * sizeof *a->links);
    a->links[row] = (struct link){0};
    return row;
}

/* ---- the files of all models ---- */
static void send_tasks(struct app *a, struct effects *fx) {
    size_t sent = 0;

    while (sent < fx->n_tasks && job_send(a->job, fx->tasks[sent]) == RC_OK)
        sent++;
    if (sent == 0)
        return;
    memmove(fx->tasks, fx->tasks + sent, (fx->n_tasks - sent) * sizeof(struct task *));
    fx->n_tasks -= sent;
}

static void stop_task(struct app *a, uint32_t id) {
    struct task *stop = task_new(TASK_CANCEL, NULL);

    stop->target = id;
    if (job_send(a->job, stop) != RC_OK)
        task_free(stop);
}

static void give_task(struct app *a, struct task *t) {
    for (size_t i = 0; i < a->servers.n_rows; i++)
        if (a->links[i].fx && model_asked_task(row_at(a, i)->model, t->id)) {
            model_task_done(row_at(a, i)->model, t, clock_now(), clock_real(), a->links[i].fx);
            return;
        }
    (void)calls_task(a, t);
    if (t->more) /* of a scan, which waits to be asked on */
        stop_task(a, t->id);
    task_free(t); /* its model is gone, or it is nobody's */
}

void take_tasks(struct app *a) {
    struct task *t;

    job_ack(a->job);
    while ((t = job_next(a->job)))
        give_task(a, t);
}

static void wait_for_disk(struct app *a, int ms) {
    poll(&(struct pollfd){.fd = job_fd(a->job), .events = POLLIN}, 1, ms);
    take_tasks(a);
}

static size_t tasks_left(struct app *a) {
    size_t n = 0;

    for (size_t i = 0; i < a->servers.n_rows; i++) {
        if (!a->links[i].fx)
            continue;
        send_tasks(a, a->links[i].fx);
        n += a->links[i].fx->n_tasks;
    }
    return n;
}

/* A full ring empties as the job thread works. */
void servers_send_last(struct app *a) {
    for (int i = 0; i < 1000 && tasks_left(a) > 0; i++)
        wait_for_disk(a, 10);
}

/* What is typed before its draft's file was read is saved as a draft once it was; a disk that takes
 * longer than this gets it as a line of the history. */
static void save(struct app *a, size_t row) {
    const int64_t until = clock_now() + READ_MS;
    struct effects *fx = a->links[row].fx;

    send_tasks(a, fx);
    while (model_reading(row_at(a, row)->model) && clock_now() < until) {
        wait_for_disk(a, 50);
        send_tasks(a, fx);
    }
    model_save_all(row_at(a, row)->model, fx);
}

void servers_save(struct app *a) {
    for (size_t i = 0; i < a->servers.n_rows; i++)
        if (a->links[i].fx)
            save(a, i);
}

/* ---- the terminal ---- */
void servers_terminal(struct app *a) {
    a->terminal.colours = term_colours(a->term);
    term_cell(a->term, &a->terminal.cell_w, &a->terminal.cell_h);
    for (size_t i = 0; i < a->servers.n_rows; i++)
        if (a->links[i].fx && row_at(a, i)->model)
            act_terminal(row_at(a, i)->model, &a->terminal);
}

/* ---- open ---- */
static size_t theme_names(struct app *a) {
    size_t n = theme_count() < MIX_COUNT(a->themes) ? theme_count() : MIX_COUNT(a->themes);

    for (size_t i = 0; i < n; i++)
        a->themes[i] = theme_name(i);
    return n;
}

/* What config.ini says; `profile` means servers that have one. */
static enum index_choice index_choice(const struct app *a, size_t row) {
    const enum index_choice said = a->options->config.ui.index;

    return said == INDEX_PROFILE && !a->servers.rows[row].profile ? INDEX_OFF : said;
}

static void open_model(struct app *a, size_t row) {
    const struct keep_order *order = a->keeping ? a->keeping->order : NULL;
    const struct model_config config = {
        .keeps = !order          ? KEEPS_NOT
                 : order->denies ? KEEPS_DENYING
                                 : KEEPS_BY_RULES,
        .rules_dir = a->state_dir,
        .url = row_at(a, row)->url,
        .demo = row_at(a, row)->demo,
        .state_dir = order ? NULL : a->state_dir, /* drafts and queues are the screen's */
        .cache_dir = a->cache_dir,
        .index = index_choice(a, row),
        .index_bytes = a->options->config.ui.index_bytes,
        .start_dir = a->start_dir,
        .session_id = a->started ? NULL : a->options->session,
        .theme = a->theme ? a->theme : a->options->theme,
        .themes = a->themes,
        .n_themes = theme_names(a),
        .watch_limit =
            order && order->n_sessions > 0 ? order->n_sessions : a->options->config.ui.watch_limit,
        .transfers_at_once = a->options->config.ui.transfers,
        .copy_ways = desk_copy_ways(),
        .ascii = a->options->ascii,
        .animate = !a->options->still,
        .vi = a->options->config.ui.vi,
    };
    struct effects *fx = effects_new();
    struct model *m = model_new(&config, clock_now(), clock_real(), fx);
    int cols, rows;

    a->links[row].fx = fx;
    if (a->term) {
        term_size(a->term, &cols, &rows);
        act_resize(m, cols, rows);
        act_terminal(m, &a->terminal);
    }
    servers_open(&a->servers, row, m, fx);
}

static void close_model(struct app *a, size_t row) {
    struct link *l = &a->links[row];
    struct model *m = row_at(a, row)->model;

    save(a, row);
    send_tasks(a, l->fx);
    for (int i = 0; i < 1000 && l->fx->n_tasks > 0; i++) {
        wait_for_disk(a, 10);
        send_tasks(a, l->fx);
    }
    net_free(TAKE(l->net));
    if (m == a->model && m->ui.theme_chosen) {
        free(a->theme);
        a->theme = xstrdup(m->ui.theme);
    }
    if (m == a->model)
        a->model = NULL;
    model_free(m);
    effects_free(l->fx);
    *l = (struct link){0};
}

/* ---- connected ---- */
static void no_server(struct app *a, size_t row, const struct err *err, const char *what) {
    act_error(row_at(a, row)->model, err, "%s", what);
    act_no_server(row_at(a, row)->model, err, a->links[row].fx);
}

static void connect_to(struct app *a, size_t row, const struct net_config *config) {
    struct err err = {0};

    if (net_new(&a->links[row].net, config, &err) != RC_OK)
        no_server(a, row, &err, "cannot be used");
}

void server_keep(struct app *a, size_t row, const struct net_config *config) {
    open_model(a, row);
    connect_to(a, row, config);
    for (size_t i = 0; i < a->keeping->order->n_sessions; i++)
        model_watch(row_at(a, row)->model, a->keeping->order->sessions[i], a->links[row].fx);
}

static void start_demo(struct app *a, size_t row) {
    struct err err = {0};
    auto_free char *program = path_demo_program(a->argv0);

    child_stop(&a->demo);
    if (!program) {
        err_set(&err, RC_IO, ENOENT, "mixtui-demo is not installed beside mixtui or in %s",
                MIX_LIBEXEC_DIR);
        no_server(a, row, &err, "no demo");
        return;
    }
    struct buf data = {0};
    const bool keep = a->state_dir && !a->demo_forgets;

    buf_init(&data, 4096);
    if (keep)
        buf_addf(&data, "%s/demo-server", a->state_dir);
    if (child_start(&a->demo, program, keep ? buf_str(&data) : NULL, &err) != RC_OK)
        no_server(a, row, &err, "no demo");
    buf_fini(&data);
}

/* How a row is reached: its profile when there is one, else the address alone. */
static struct connect_flags flags_of(struct app *a, size_t row) {
    const struct server_row *r = row_at(a, row);

    return (struct connect_flags){.server = r->url, .profile = r->profile ? r->name : NULL};
}

static enum rc settings_of(struct app *a, size_t row, struct profile *out, struct err *err) {
    const struct connect_flags flags = flags_of(a, row);
    struct link *l = &a->links[row];

    if (l->ready) {
        *out = *l->ready;
        free(TAKE(l->ready));
        return RC_OK;
    }
    if (l->unready.rc != RC_OK) { /* once: asked for again, it is tried again */
        *err = l->unready;
        l->unready = (struct err){.rc = RC_OK};
        return err->rc;
    }
    const enum rc rc = net_url_check(row_at(a, row)->url, err);

    return rc == RC_OK ? start_profile(a, out, &flags, err) : rc;
}

void server_connect(struct app *a, size_t row) {
    struct profile p = {0};
    struct err err = {0};

    if (row_at(a, row)->demo) {
        a->demo_forgets = false;
        start_demo(a, row);
        return;
    }
    if (row == a->first && str_eq(row_at(a, row)->url, a->options->profile.url)) {
        start_warn(a, row, &a->options->profile);
        connect_to(a, row, &a->options->profile.net);
    } else if (settings_of(a, row, &p, &err) == RC_OK) {
        start_warn(a, row, &p);
        connect_to(a, row, &p.net);
    } else
        no_server(a, row, &err, "cannot be used");
    profile_fini(&p);
}

void servers_retry(struct app *a) {
    for (size_t i = 0; i < a->servers.n_rows; i++)
        if (a->links[i].fx && !a->links[i].net && !row_at(a, i)->demo)
            server_connect(a, i);
}

void take_demo(struct app *a) {
    size_t row = 0;
    auto_free char *url = NULL;

    if (a->demo.out < 0)
        return;
    const bool found = child_address(&a->demo, &url);

    while (row < a->servers.n_rows && !(row_at(a, row)->demo && row_at(a, row)->model))
        row++;
    if (row == a->servers.n_rows)
        return; /* it was left meanwhile */
    if (found) {
        /* our own child: no proxy of the environment knows it */
        connect_to(a, row, &(struct net_config){.url = url, .proxy = ""});
    } else if (a->demo.out < 0 && !a->demo_forgets) {
        a->demo_forgets = true;
        start_demo(a, row);
        act_notice(a->model, "The demo's data cannot be used, perhaps another demo does: this one "
                             "keeps nothing");
    } else if (a->demo.out < 0) {
        struct err err = {0};
        err_set(&err, RC_IO, 0, "mixtui-demo ended before it was ready");
        no_server(a, row, &err, "no demo");
    }
}

/* ---- shown ---- */
static void give_screen(struct app *a, size_t row) {
    servers_show(&a->servers, row, clock_now(), clock_real());
    a->model = row_at(a, row)->model;
    a->fx = a->links[row].fx;
    view_free(a->view);
    a->view = view_new();
    a->shown_rev = 0;
}

/* Whether the address can be used at all and nobody else has its files: before anything is left. */
static bool may_open(struct app *a, size_t row, size_t leaving) {
    const size_t twin = servers_twin(&a->servers, row);
    struct err err = {0};

    if (!row_at(a, row)->demo && net_url_check(row_at(a, row)->url, &err) != RC_OK) {
        act_error(a->model, &err, "cannot use %s", row_at(a, row)->name);
        return false;
    }
    if (twin == a->servers.n_rows ||
        (twin == leaving && !row_at(a, twin)->watch && !servers_busy(row_at(a, twin))))
        return true;
    act_notice(a->model, "%s is the same server as %s, which is open", row_at(a, row)->name,
               row_at(a, twin)->name);
    return false;
}

void server_show(struct app *a, size_t row) {
    size_t was = a->model ? servers_row_of(&a->servers, a->model) : a->servers.n_rows;
    const bool fresh = !row_at(a, row)->model;

    if (was == row)
        return;
    if (fresh && a->model) {
        if (!may_open(a, row, was))
            return;
        if (servers_twin(&a->servers, row) == was) {
            close_model(a, was); /* the other one reads the files it writes */
            was = a->servers.n_rows;
        }
    }
    if (fresh)
        open_model(a, row);
    a->links[row].late = false;
    give_screen(a, row);
    if (fresh && a->started)
        server_connect(a, row);
    if (was >= a->servers.n_rows || row_at(a, was)->watch)
        return;
    const char *busy = servers_busy(row_at(a, was));

    if (busy)
        act_notice(a->model, "%s stays watched: %s", row_at(a, was)->name, busy);
    else
        close_model(a, was);
}

/* The same server from the beginning. */
static void restart(struct app *a, size_t row) {
    close_model(a, row);
    server_show(a, row);
}

void server_demo(struct app *a) {
    size_t row = 0;

    while (row < a->servers.n_rows && !row_at(a, row)->demo)
        row++;
    if (row == a->servers.n_rows)
        server_add(a, "demo", NULL);
    if (row_at(a, row)->model != a->model)
        server_show(a, row);
    else if (a->model->server.state != SERVER_ONLINE || !child_runs(&a->demo))
        restart(a, row);
    else
        act_over_close(a->model);
}

void server_address(struct app *a, const char *url) {
    struct err err = {0};

    if (net_url_check(url, &err) != RC_OK) {
        act_error(a->model, &err, "cannot use it"); /* this server is not left for that */
        a->model->ui.typing_address =
            a->model->ui.over == OVER_SERVER || a->model->ui.over == OVER_SERVERS;
        a->model->rev++;
        return;
    }
    size_t row = servers_find(&a->servers, url);

    if (row == a->servers.n_rows)
        row = server_add(a, NULL, url);
    else if (!row_at(a, row)->profile)
        servers_set_url(&a->servers, row, url); /* userinfo may differ */
    if (row_at(a, row)->model != a->model)
        server_show(a, row);
    else if (a->model->server.state != SERVER_ONLINE)
        restart(a, row);
    else
        act_over_close(a->model);
}

enum rc server_watch(struct app *a, const char *name_or_url, struct err *err) {
    size_t row = servers_find(&a->servers, name_or_url);

    if (row == a->servers.n_rows && !strstr(name_or_url, ":/"))
        return err_set(err, RC_USAGE, 0, "--watch %.80s: no profile has that name", name_or_url);
    if (row == a->servers.n_rows && net_url_check(name_or_url, err) != RC_OK)
        return err->rc;
    if (row == a->servers.n_rows)
        row = server_add(a, NULL, name_or_url);
    row_at(a, row)->watch = true;
    return RC_OK;
}

void servers_watch_late(struct app *a) {
    for (size_t i = 0; i < a->servers.n_rows; i++) {
        const struct connect_flags flags = flags_of(a, i);
        struct link *l = &a->links[i];

        l->late = row_at(a, i)->watch && i != a->first;
        if (!l->late || !start_runs_commands(&a->options->config, flags.profile))
            continue;
        l->ready =
            xcalloc(1, sizeof *l->ready); /* what asks at the terminal asks before the screen */
        if (profile_open(l->ready, &a->options->config, &flags, &l->unready) != RC_OK)
            free(TAKE(l->ready));
    }
}

bool servers_open_late(struct app *a) {
    size_t row = 0;

    while (row < a->servers.n_rows && !a->links[row].late)
        row++;
    if (row == a->servers.n_rows)
        return false;
    a->links[row].late = false;
    if (!row_at(a, row)->model && may_open(a, row, a->servers.n_rows)) {
        open_model(a, row);
        server_connect(a, row);
    }
    return true;
}

/* ---- what goes out and comes in ---- */
static void send_requests(struct link *l) {
    struct effects *fx = l->fx;
    size_t sent = 0;

    while (l->net && sent < fx->n_requests && net_send(l->net, fx->requests[sent]) == RC_OK)
        sent++;
    if (sent == 0)
        return;
    memmove(fx->requests, fx->requests + sent, (fx->n_requests - sent) * sizeof(struct request *));
    fx->n_requests -= sent;
}

void servers_send(struct app *a) {
    for (size_t i = 0; i < a->servers.n_rows; i++)
        if (a->links[i].fx) {
            send_requests(&a->links[i]);
            send_tasks(a, a->links[i].fx);
        }
}

void take_incomings(struct app *a, size_t row) {
    struct link *l = &a->links[row];
    struct incoming *in;
    int64_t now = clock_now(), real = clock_real();
    uint64_t share = INCOMING_US * (uint64_t)1000;

    if (row_at(a, row)->model != a->model)
        share /= 4; /* the one that is looked at comes first */
    const uint64_t until = clock_ns() + share;

    net_ack(l->net);
    while (!(l->more = clock_ns() >= until) && (in = net_next(l->net)))
        model_apply(row_at(a, row)->model, in, now, real, l->fx);
    net_drained(l->net);
}

void servers_end(struct app *a) {
    for (size_t i = 0; i < a->servers.n_rows; i++) {
        if (a->links[i].ready)
            profile_fini(a->links[i].ready);
        free(a->links[i].ready);
        net_free(a->links[i].net);
        model_free(row_at(a, i)->model);
        effects_free(a->links[i].fx);
    }
    servers_fini(&a->servers);
    free(a->links);
    free(a->fds);
}
