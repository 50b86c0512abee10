/* screen.c - THE loop. Data goes round in one direction: key or incoming -> model -> effects ->
 * workers; and once a frame model -> view -> terminal. Nothing here decides anything about Mix. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "mix/act.h"
#include "mix/input.h"
#include "mix/job.h"
#include "mix/net.h"
#include "mix/term.h"
#include "mix/view.h"

/* What was not typed is painted at most 60 times a second; a pause saves up ten frames, so that the
 * first answers after it are shown as they come. */
enum { FRAME_MS = 16, SAVED_MS = 160 };
enum { INCOMING_MS = 1 }; /* what a server sent is taken in for so long before keys are looked at */
enum { READ_MS = 3000 };  /* the end waits for so long until drafts are read */

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

/* ---- the model of one server ---- */
static size_t theme_names(struct app *a) {
    size_t n = theme_count() < MIX_COUNT(a->themes) ? theme_count() : MIX_COUNT(a->themes);

    for (size_t i = 0; i < n; i++)
        a->themes[i] = theme_name(i);
    return n;
}

static void begin(struct app *a, const char *url, bool demo) {
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

static enum rc connect_net(struct app *a, const char *url) {
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

static void start_demo(struct app *a) {
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

static void run_effects(struct app *a);

static void send_tasks(struct app *a) {
    struct effects *fx = a->fx;
    size_t sent = 0;
    while (sent < fx->n_tasks && job_send(a->job, fx->tasks[sent]) == RC_OK)
        sent++;
    memmove(fx->tasks, fx->tasks + sent, (fx->n_tasks - sent) * sizeof(struct task *));
    fx->n_tasks -= sent;
}

/* Nobody hears the answers any more. A full ring empties as the job thread works. */
static void send_last_tasks(struct app *a) {
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

static void take_tasks(struct app *a) {
    struct task *t;
    job_ack(a->job);
    while ((t = job_next(a->job)))
        model_task_done(a->model, t, clock_now(), clock_real(), a->fx);
}

/* What is typed before its draft's file was read is saved as a draft once it was; a disk that takes
 * longer than this gets it as a line of the history. */
static void save_all(struct app *a) {
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
static void change_server(struct app *a, const char *url, bool demo) {
    save_all(a);
    send_last_tasks(a);
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
    begin(a, url, demo);
    a->shown_rev = 0;
    if (demo)
        start_demo(a);
    else
        connect_net(a, url);
}

/* ---- effects ---- */
static void send_requests(struct app *a) {
    struct effects *fx = a->fx;
    size_t sent = 0;
    while (a->net && sent < fx->n_requests && net_send(a->net, fx->requests[sent]) == RC_OK)
        sent++;
    memmove(fx->requests, fx->requests + sent, (fx->n_requests - sent) * sizeof(struct request *));
    fx->n_requests -= sent;
}

static void suspend(struct app *a) {
    model_save_all(a->model, a->fx);
    send_tasks(a);
    term_leave(a->term);
    raise(SIGSTOP);
    term_enter(a->term);
    int cols, rows;
    term_size(a->term, &cols, &rows);
    act_resize(a->model, cols, rows);
    act_look_again(a->model);
    a->shown_rev = 0;
}

static void load_theme(struct app *a) {
    struct theme theme;
    struct err err = {0};
    if (theme_builtin(&theme, a->model->ui.theme, &err) == RC_OK)
        term_theme(a->term, &theme);
    else
        act_error(a->model, &err, "theme %s", a->model->ui.theme);
    a->shown_rev = 0;
}

static void run_effects(struct app *a) {
    struct effects *fx = a->fx;
    send_requests(a);
    send_tasks(a);
    if (fx->bell)
        term_bell(a->term);
    if (fx->redraw)
        term_redraw(a->term), a->shown_rev = 0;
    if (fx->theme_changed)
        load_theme(a);
    a->quit = a->quit || fx->quit;
    bool stop = fx->suspend;
    fx->bell = fx->redraw = fx->theme_changed = fx->suspend = fx->quit = false;
    if (stop)
        suspend(a);
    const bool again = fx->retry_now && a->model->server.demo && !child_runs(&a->demo);

    fx->retry_now = false;
    if (fx->start_demo || again) {
        change_server(a, "demo", true);
    } else if (fx->connect_url) {
        auto_free char *url = TAKE(fx->connect_url);
        struct err err = {0};
        if (net_url_check(url, &err) == RC_OK)
            change_server(a, url, false);
        else
            act_error(a->model, &err, "cannot use %s", url); /* this server is not left for that */
    }
}

/* ---- what comes in ---- */
static void set_background(struct app *a, const struct key *k) {
    if (background_read(k->paste) == BACKGROUND_LIGHT && !a->model->ui.theme_chosen &&
        term_colours(a->term) > 0)
        act_theme(a->model, "light", a->fx), a->model->ui.theme_chosen = false;
}

static void take_keys(struct app *a) {
    struct key k;
    while (term_key(a->term, &k, clock_now())) {
        if (k.code == K_HANGUP) {
            a->quit = true;
            return;
        }
        if (k.code == K_BACKGROUND) {
            set_background(a, &k);
            continue;
        }
        input_key(a->input, a->model, &k, clock_now(), clock_real(), a->fx);
        a->typed = true;
        run_effects(a); /* a key acts before the next one is read */
    }
}

static void take_incomings(struct app *a) {
    struct incoming *in;
    int64_t now = clock_now(), real = clock_real();
    uint64_t until = clock_ns() + (uint64_t)INCOMING_MS * 1000 * 1000;
    net_ack(a->net);
    while (!(a->more = clock_ns() >= until) && (in = net_next(a->net)))
        model_apply(a->model, in, now, real, a->fx);
    net_drained(a->net);
}

static void take_signals(struct app *a) {
    for (int number; (number = signals_next());) {
        if (number == SIGWINCH || number == SIGCONT) {
            int cols, rows;
            term_resized(a->term);
            term_size(a->term, &cols, &rows);
            act_resize(a->model, cols, rows);
            if (number == SIGCONT)
                term_redraw(a->term), act_look_again(a->model);
            a->shown_rev = 0;
        } else if (number == SIGTSTP) {
            a->fx->suspend = true;
        } else {
            a->quit = true;
            a->exit_code = number == SIGINT ? 130 : 0;
        }
    }
}

static void take_demo(struct app *a) {
    char *url = NULL;
    if (a->demo.out < 0)
        return;
    if (child_address(&a->demo, &url)) {
        connect_net(a, url);
        free(url);
    } else if (a->demo.out < 0 && !a->demo_forgets) {
        a->demo_forgets = true;
        start_demo(a);
        act_notice(a->model, "The demo's data cannot be used, perhaps another demo does: this one "
                             "keeps nothing");
    } else if (a->demo.out < 0) {
        struct err err = {0};
        err_set(&err, RC_IO, 0, "mixtui-demo ended before it was ready");
        no_demo(a, &err);
    }
}

/* ---- the frame ---- */
static void paint(struct app *a) {
    struct model *m = a->model;
    input_refresh(a->input, m);
    if (a->canvas.w != m->ui.cols || a->canvas.h != m->ui.rows)
        canvas_resize(&a->canvas, m->ui.cols, m->ui.rows);
    view_settle(a->view, m);
    view_draw(a->view, m, &a->canvas);
    term_flush(a->term, &a->canvas);
    a->shown_rev = m->rev;
    int64_t now = clock_now();
    a->paid_until = (a->paid_until > now ? a->paid_until : now) + FRAME_MS;
    a->typed = false;
    model_painted(m, now);
}

static int64_t earlier(int64_t a, int64_t b) { return a < 0 ? b : b < 0 ? a : a < b ? a : b; }

/* Milliseconds to sleep at most; -1: until something happens. */
static int sleep_ms(const struct app *a, int64_t now) {
    int64_t due = earlier(model_next_tick(a->model, now), term_deadline(a->term));
    if (a->model->rev != a->shown_rev)
        due = earlier(due, a->typed ? now : a->paid_until - SAVED_MS);
    if (a->more)
        return 0;
    if (due < 0)
        return -1;
    return due <= now ? 0 : due - now > 60000 ? 60000 : (int)(due - now);
}

static void turn(struct app *a) {
    struct pollfd fds[] = {
        {.fd = term_fd(a->term), .events = POLLIN},
        {.fd = signals_fd(), .events = POLLIN},
        {.fd = job_fd(a->job), .events = POLLIN},
        {.fd = a->net ? net_fd(a->net) : -1, .events = POLLIN},
        {.fd = a->demo.out, .events = POLLIN},
    };
    poll(fds, MIX_COUNT(fds), sleep_ms(a, clock_now()));
    if (fds[1].revents)
        take_signals(a);
    if (fds[0].revents)
        term_read(a->term, clock_now());
    take_keys(a); /* also when nothing was read: an Esc is known by the time that passed */
    if (a->typed && a->model->rev != a->shown_rev)
        paint(a); /* an echo waits for nothing else */
    if (fds[4].revents)
        take_demo(a);
    if (fds[2].revents)
        take_tasks(a);
    if (a->net && (fds[3].revents || a->more))
        take_incomings(a);
    model_tick(a->model, clock_now(), clock_real(), a->fx);
    run_effects(a);
    if (a->model->rev != a->shown_rev && (a->typed || clock_now() >= a->paid_until - SAVED_MS))
        paint(a);
}

/* ---- life ---- */
static void end(struct app *a) {
    save_all(a);
    send_tasks(a);
    term_leave(a->term); /* a terminal that stands still holds us here: what is written is not */
    send_last_tasks(a);
    job_free(a->job);
    child_stop(&a->demo);
    net_free(a->net);
    model_free(a->model);
    view_free(a->view);
    input_free(a->input);
    canvas_fini(&a->canvas);
    effects_free(a->fx);
    term_free(a->term);
    free(a->theme);
    free(a->state_dir);
    free(a->start_dir);
    log_close();
}

static void open_log(const struct app *a, struct err *err) {
    const char *env = getenv("MIX_DEBUG");
    if (a->options->debug) {
        log_open(a->options->debug, err);
    } else if (env && !str_blank(env) && strcmp(env, "0") != 0 && a->state_dir) {
        struct buf path = {0};
        buf_init(&path, 4096);
        buf_addf(&path, "%s/debug.log", a->state_dir);
        log_open(buf_str(&path), err);
        buf_fini(&path);
    }
}

int screen_run(const struct options *o, const char *argv0) {
    struct app a = {.options = o, .argv0 = argv0, .demo = {.in = -1, .out = -1}};
    struct err err = {0};
    enum rc rc = o->demo ? RC_OK : net_url_check(o->url, &err);
    a.state_dir = path_state_dir();
    if (rc == RC_OK)
        open_log(&a, &err), rc = err.rc;
    if (rc == RC_OK)
        rc = signals_start(&err); /* before ncurses: one that finds SIGTSTP taken leaves it alone,
                                   * else it would be lost while something is written */
    if (rc == RC_OK)
        rc = term_open(&a.term, &err);
    if (rc != RC_OK) {
        if (a.term)
            term_free(a.term);
        free(a.state_dir);
        fprintf(stderr, "mixtui: %s\n", err.text);
        return rc_exit_code(rc, err.detail);
    }
    a.start_dir = getcwd(NULL, 0);
    a.fx = effects_new();
    a.input = input_new();
    a.view = view_new();
    a.job = job_new();
    begin(&a, o->demo ? "demo" : o->url, o->demo);
    load_theme(&a);
    if (o->demo)
        start_demo(&a);
    paint(&a);
    if (!o->demo)
        connect_net(&a, o->url);
    run_effects(&a);
    while (!a.quit)
        turn(&a);
    end(&a);
    return a.exit_code;
}
