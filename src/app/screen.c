/* screen.c - THE loop. Data goes round in one direction: key or incoming -> model -> effects ->
 * workers; and once a frame model -> view -> terminal. Nothing here decides anything about Mix. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "screen.h"

/* What was not typed is painted at most 60 times a second; a pause saves up ten frames, so that the
 * first answers after it are shown as they come. */
enum { FRAME_MS = 16, SAVED_MS = 160 };

/* ---- effects ---- */
static void suspend(struct app *a) {
    model_save_all(a->model, a->fx);
    servers_send(a);
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

/* The clipboard and the browser. */
static void use_desk(struct app *a) {
    auto_free char *copy = TAKE(a->fx->copy), *url = TAKE(a->fx->open_url);
    struct err err = {0};

    if (copy && term_copy(a->term, copy, strlen(copy)))
        act_notice(a->model, "copied: %zu bytes are with the terminal", strlen(copy));
    else if (copy)
        act_notice(a->model, "this terminal takes no copies: mark the text with the mouse");
    if (url && open_url(url, &err) == RC_OK)
        act_notice(a->model, "opened in the browser");
    else if (url)
        act_notice(a->model, "%s", err.text);
}

static void run_effects(struct app *a) {
    struct effects *fx = a->fx;
    servers_send(a);
    if (fx->bell)
        term_bell(a->term);
    if (fx->redraw)
        term_redraw(a->term), a->shown_rev = 0;
    if (fx->theme_changed)
        load_theme(a);
    use_desk(a);
    a->quit = a->quit || fx->quit;
    bool stop = fx->suspend;
    fx->bell = fx->redraw = fx->theme_changed = fx->suspend = fx->quit = false;
    if (stop)
        suspend(a);
    const bool again = fx->retry_now && a->model->server.demo && !child_runs(&a->demo);

    fx->retry_now = false;
    if (fx->start_demo || again) {
        server_change(a, "demo", true);
    } else if (fx->connect_url) {
        auto_free char *url = TAKE(fx->connect_url);
        struct err err = {0};
        if (net_url_check(url, &err) == RC_OK)
            server_change(a, url, false);
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
    servers_save(a);
    servers_send(a);
    term_leave(a->term); /* a terminal that stands still holds us here: what is written is not */
    servers_send_last(a);
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
    server_begin(&a, o->demo ? "demo" : o->url, o->demo);
    load_theme(&a);
    if (o->demo)
        server_start_demo(&a);
    paint(&a);
    if (!o->demo)
        server_connect(&a, o->url);
    run_effects(&a);
    while (!a.quit)
        turn(&a);
    end(&a);
    return a.exit_code;
}
