/* servers.c - what stands behind the screen: the model of a server, its worker, its files, and the
 * embedded demo. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "screen.h"

enum { INCOMING_MS = 1 }; /* what a server sent is taken in for so long before keys are looked at */
enum { READ_MS = 3000 };  /* the end waits for so long until drafts are read */

/* ---- the model of one server ---- */
static size_t theme_names(struct app *a) {
    size_t n = theme_count() < MIX_COUNT(a->themes) ? theme_count() : MIX_COUNT(a->themes);

    for (size_t i = 0; i < n; i++)
        a->themes[i] = theme_name(i);
    return n;
}

void server_begin(struct app *a, const char *url, bool demo) {
    struct model_config config = {
        .url = url,
        .demo = demo,
        .state_dir = a->state_dir,
        .start_dir = a->start_dir,
        .session_id = a->options->session,
        .theme = a->theme ? a->theme : a->options->theme,
        .themes = a->themes,
        .n_themes = theme_names(a),
        .ascii = a->options->ascii,
        .animate = !a->options->still,
    };
    a->model = model_new(&config, clock_now(), clock_real(), a->fx);
    int cols, rows;
    term_size(a->term, &cols, &rows);
    act_resize(a->model, cols, rows);
}

enum rc server_connect(struct app *a, const char *url) {
    struct err err = {0};
    struct net_config config = {.url = url};
    enum rc rc = net_new(&a->net, &config, &err);
    if (rc != RC_OK) {
        act_error(a->model, &err, "cannot use %s", url);
        act_no_server(a->model, &err, a->fx);
    }
    return rc;
}

static void no_demo(struct app *a, const struct err *err) {
    act_error(a->model, err, "no demo");
    act_no_server(a->model, err, a->fx);
}

void server_start_demo(struct app *a) {
    struct err err = {0};
    auto_free char *program = path_demo_program(a->argv0);

    child_stop(&a->demo);
    if (!program) {
        err_set(&err, RC_IO, ENOENT, "mixtui-demo is not installed beside mixtui or in %s",
                MIX_LIBEXEC_DIR);
        no_demo(a, &err);
        return;
    }
    struct buf data = {0};
    const bool keep = a->state_dir && !a->demo_forgets;

    buf_init(&data, 4096);
    if (keep)
        buf_addf(&data, "%s/demo-server", a->state_dir);
    if (child_start(&a->demo, program, keep ? buf_str(&data) : NULL, &err) != RC_OK)
        no_demo(a, &err);
    buf_fini(&data);
}

static void send_tasks(struct app *a) {
    struct effects *fx = a->fx;
    size_t sent = 0;
    while (sent < fx->n_tasks && job_send(a->job, fx->tasks[sent]) == RC_OK)
        sent++;
    memmove(fx->tasks, fx->tasks + sent, (fx->n_tasks - sent) * sizeof(struct task *));
    fx->n_tasks -= sent;
}

/* Nobody hears the answers any more. A full ring empties as the job thread works. */
void servers_send_last(struct app *a) {
    send_tasks(a);
    for (int i = 0; i < 1000 && a->fx->n_tasks > 0; i++) {
        struct task *t;
        poll(&(struct pollfd){.fd = job_fd(a->job), .events = POLLIN}, 1, 10);
        job_ack(a->job);
        while ((t = job_next(a->job)))
            task_free(t);
        send_tasks(a);
    }
}

void take_tasks(struct app *a) {
    struct task *t;
    job_ack(a->job);
    while ((t = job_next(a->job)))
        model_task_done(a->model, t, clock_now(), clock_real(), a->fx);
}

/* What is typed before its draft's file was read is saved as a draft once it was; a disk that takes
 * longer than this gets it as a line of the history. */
void servers_save(struct app *a) {
    const int64_t until = clock_now() + READ_MS;
    send_tasks(a);
    while (model_reading(a->model) && clock_now() < until) {
        poll(&(struct pollfd){.fd = job_fd(a->job), .events = POLLIN}, 1, 50);
        take_tasks(a);
        send_tasks(a);
    }
    model_save_all(a->model, a->fx);
}

/* Leaves this server with everything saved, begins with another. */
void server_change(struct app *a, const char *url, bool demo) {
    servers_save(a);
    servers_send_last(a);
    a->demo_forgets = false;
    net_free(TAKE(a->net));
    a->more = false;
    if (a->model->ui.theme_chosen) {
        free(a->theme);
        a->theme = xstrdup(a->model->ui.theme);
    }
    effects_free(a->fx);
    a->fx = effects_new();
    model_free(TAKE(a->model));
    view_free(a->view);
    a->view = view_new();
    server_begin(a, url, demo);
    a->shown_rev = 0;
    if (demo)
        server_start_demo(a);
    else
        server_connect(a, url);
}

/* ---- what goes out and comes in ---- */
static void send_requests(struct app *a) {
    struct effects *fx = a->fx;
    size_t sent = 0;
    while (a->net && sent < fx->n_requests && net_send(a->net, fx->requests[sent]) == RC_OK)
        sent++;
    memmove(fx->requests, fx->requests + sent, (fx->n_requests - sent) * sizeof(struct request *));
    fx->n_requests -= sent;
}

void servers_send(struct app *a) {
    send_requests(a);
    send_tasks(a);
}

void take_incomings(struct app *a) {
    struct incoming *in;
    int64_t now = clock_now(), real = clock_real();
    uint64_t until = clock_ns() + (uint64_t)INCOMING_MS * 1000 * 1000;
    net_ack(a->net);
    while (!(a->more = clock_ns() >= until) && (in = net_next(a->net)))
        model_apply(a->model, in, now, real, a->fx);
    net_drained(a->net);
}

void take_demo(struct app *a) {
    char *url = NULL;
    if (a->demo.out < 0)
        return;
    if (child_address(&a->demo, &url)) {
        server_connect(a, url);
        free(url);
    } else if (a->demo.out < 0 && !a->demo_forgets) {
        a->demo_forgets = true;
        server_start_demo(a);
        act_notice(a->model, "The demo's data cannot be used, perhaps another demo does: this one "
                             "keeps nothing");
    } else if (a->demo.out < 0) {
        struct err err = {0};
        err_set(&err, RC_IO, 0, "mixtui-demo ended before it was ready");
        no_demo(a, &err);
    }
}
