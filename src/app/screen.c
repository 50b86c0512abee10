/* screen.c - THE loop. Data goes round in one direction: key or incoming -> model -> effects ->
 * workers; and once a frame model -> view -> terminal. Nothing here decides anything about Mix. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keep.h"
#include "screen.h"

/* What was not typed is painted less than 60 times a second; a pause saves up ten frames, so that
 * the first answers after it are shown as they come. */
enum { FRAME_MS = 17, SAVED_MS = 170 };

/* ---- effects ---- */
/* The screen is back. */
void screen_back(struct app *a) {
    int cols, rows;
    a->bared = false;
    term_enter(a->term);
    term_size(a->term, &cols, &rows);
    act_resize(a->model, cols, rows);
    act_look_again(a->model);
    a->shown_rev = 0;
}

static void suspend(struct app *a) {
    for (size_t i = 0; i < a->servers.n_rows; i++)
        if (a->links[i].fx)
            model_save_all(a->servers.rows[i].model, a->links[i].fx);
    servers_send(a);
    a->pictured = NULL;
    term_leave(a->term);
    raise(SIGSTOP);
    screen_back(a);
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

    if (copy)
        act_copied(a->model, term_copy(a->term, copy, strlen(copy)), a->fx);
    if (url && open_url(url, &err) == RC_OK)
        act_notice(a->model, "opened in the browser");
    else if (url)
        act_notice(a->model, "%s", err.text);
}

static void file_seen(struct app *a, int status) {
    if (status != 0)
        act_notice(a->model, "The program for that file ended with %d", status);
}

/* A file that was fetched for it goes to a program. */
static void open_file(struct app *a) {
    auto_free char *path = TAKE(a->fx->open_file);
    struct open_way way;
    struct err err = {0};

    if (!path)
        return;
    enum rc rc = open_way(&way, a->options->config.ui.open, path, &err);

    if (rc == RC_OK && way.argv)
        rc = guest_start(a, way.argv, file_seen, &err);
    else if (rc == RC_OK)
        act_notice(a->model, "opened by the desktop");
    if (rc != RC_OK)
        act_notice(a->model, "%s", err.text);
    arena_free(&way.arena);
}

static void bare(struct app *a) {
    auto_free char *text = TAKE(a->fx->bare);
    if (!text || a->bared || guest_here(a))
        return;
    act_look_again(a->model);
    term_bare(a->term, text);
    a->bared = true;
}

/* Another server gets the screen; its effects are others than before. */
static void change_server(struct app *a) {
    struct effects *fx = a->fx;
    auto_free char *url = TAKE(fx->connect_url);
    const size_t show = fx->show;
    const bool died = fx->retry_now && a->model->server.demo && !child_runs(&a->demo);
    const bool demo = fx->start_demo || died;

    if (fx->retry_now) {
        start_retry(a);
        servers_retry(a);
    }
    fx->retry_now = fx->start_demo = false;
    fx->show = 0;
    if (url && !start_name(a, url))
        return;
    if (demo)
        server_demo(a);
    else if (url)
        server_address(a, url);
    else if (show > 0)
        server_show(a, show - 1);
    if (demo || url || show > 0)
        servers_send(a);
}

static void run_effects(struct app *a) {
    struct effects *fx = a->fx;
    servers_send(a);
    calls_turn(a, clock_now());
    if (fx->redraw)
        term_redraw(a->term), a->shown_rev = 0, a->pictured = NULL;
    if (fx->theme_changed)
        load_theme(a);
    use_desk(a);
    open_file(a);
    outside_effects(a);
    bare(a);
    a->quit = a->quit || fx->quit;
    a->keep = a->keep || fx->keep;
    bool stop = fx->suspend;
    fx->redraw = fx->theme_changed = fx->suspend = fx->quit = fx->keep = false;
    if (stop)
        suspend(a);
    change_server(a);
}

/* ---- what comes in ---- */
static void set_background(struct app *a, const struct key *k) {
    if (background_read(k->paste) == BACKGROUND_LIGHT && !a->model->ui.theme_chosen &&
        term_colours(a->term) > 0)
        act_theme(a->model, "light", a->fx), a->model->ui.theme_chosen = false;
}

/* What is known of both: kitty's come out sharper, and are gone with one word. */
static void set_graphics(struct app *a, uint32_t code) {
    if (code == K_KITTY)
        a->terminal.graphics = GRAPHICS_KITTY;
    else if (a->terminal.graphics == GRAPHICS_NONE)
        a->terminal.graphics = GRAPHICS_SIXEL;
    servers_terminal(a);
}

static void take_keys(struct app *a) {
    struct key k;
    while (!guest_here(a) && term_key(a->term, &k, clock_now())) {
        if (k.code == K_HANGUP) {
            a->quit = true;
            return;
        }
        if (k.code == K_BACKGROUND) {
            set_background(a, &k);
            continue;
        }
        if (k.code == K_SIXEL || k.code == K_KITTY) {
            set_graphics(a, k.code);
            continue;
        }
        if (a->bared && k.code != K_FOCUS_IN && k.code != K_FOCUS_OUT) {
            const bool stop = k.code == 'z' && k.mods == MOD_CTRL;

            screen_back(a);
            if (k.code != K_PASTE && !stop)
                continue;
        }
        if (!mouse_took(a, &k))
            input_key(a->input, a->model, &k, clock_now(), clock_real(), a->fx);
        a->typed = true;
        run_effects(a); /* a key acts before the next one is read */
    }
}

static void take_signals(struct app *a) {
    for (int number; (number = signals_next());) {
        if (number == SIGWINCH || number == SIGCONT) {
            int cols, rows;
            term_picture_end(a->term), a->pictured = NULL; /* what is painted anew covers it */
            term_resized(a->term);
            term_size(a->term, &cols, &rows);
            act_resize(a->model, cols, rows);
            servers_terminal(a);
            if (number == SIGCONT && a->bared)
                screen_back(a); /* the shell had the line */
            if (number == SIGCONT)
                term_redraw(a->term), act_look_again(a->model);
            a->shown_rev = 0;
        } else if (number == SIGCHLD) {
            guest_turn(a);
            outside_child(a);
        } else if (number == SIGTSTP) {
            a->fx->suspend = true;
        } else {
            a->quit = true;
            a->exit_code = number == SIGINT ? 130 : 0;
        }
    }
}

/* ---- the frame ---- */
static void show_full(struct app *a, const struct picture *p, const struct picture_ask *ask) {
    term_picture(a->term, (ask->w - p->w) / 2, (ask->h - p->h) / 2, p->bytes, p->n);
    a->pictured = p->bytes;
}

static void paint(struct app *a, enum frame_kind kind) {
    struct model *m = a->model;
    view_hurry(a->view, kind);
    input_refresh(a->input, m);
    if (a->canvas.w != m->ui.cols || a->canvas.h != m->ui.rows)
        canvas_resize(&a->canvas, m->ui.cols, m->ui.rows);
    view_settle(a->view, m);
    view_draw(a->view, m, &a->canvas);
    struct picture_ask ask;
    const struct picture *full = picture_full(m, &ask);
    if (a->pictured && (!full || full->bytes != a->pictured))
        term_picture_end(a->term), a->pictured = NULL;
    calls_title(a);
    term_flush(a->term, &a->canvas);
    if (full && !a->pictured)
        show_full(a, full, &ask);
    const int64_t now = clock_now();
    a->shown_rev = view_behind(a->view) ? 0 : m->rev;
    if (a->shown_rev) /* else the whole frame comes when it is due */
        a->paid_until = (a->paid_until > now ? a->paid_until : now) + FRAME_MS;
    a->typed = false;
    model_painted(m, now);
}

static int64_t earlier(int64_t a, int64_t b) { return a < 0 ? b : b < 0 ? a : a < b ? a : b; }

static bool due(const struct app *a) { return clock_now() >= a->paid_until - SAVED_MS; }

static bool stale(const struct app *a) {
    return !a->bared && !guest_here(a) && a->model->rev != a->shown_rev;
}

/* Milliseconds to sleep at most; -1: until something happens. */
static int sleep_ms(const struct app *a, int64_t now) {
    const int64_t key = guest_here(a) ? -1 : term_deadline(a->term); /* else nobody takes it */
    int64_t due = earlier(earlier(key, publish_due(a)), calls_due(a));
    for (size_t i = 0; i < a->servers.n_rows; i++) {
        if (a->links[i].more || a->links[i].late)
            return 0;
        if (a->links[i].fx)
            due = earlier(due, model_next_tick(a->servers.rows[i].model, now));
    }
    if (stale(a))
        due = earlier(due, a->typed ? now : a->paid_until - SAVED_MS);
    if (due < 0)
        return -1;
    return due <= now ? 0 : due - now > 60000 ? 60000 : (int)(due - now);
}

enum { FD_TERM, FD_OUTSIDE, FD_BARE, FD_SIGNALS, FD_JOB, FD_DEMO, FD_START, FD_NETS };

static size_t fill_fds(struct app *a) {
    const size_t n = a->servers.n_rows;
    a->fds = xrealloc(a->fds, (FD_NETS + n) * sizeof *a->fds);
    a->fds[FD_TERM] =
        (struct pollfd){.fd = guest_here(a) ? -1 : term_fd(a->term), .events = POLLIN};
    a->fds[FD_OUTSIDE] = (struct pollfd){.fd = outside_fd(a), .events = POLLIN};
    a->fds[FD_BARE] = (struct pollfd){.fd = term_bare_fd(a->term), .events = POLLOUT};
    a->fds[FD_SIGNALS] = (struct pollfd){.fd = signals_fd(), .events = POLLIN};
    a->fds[FD_JOB] = (struct pollfd){.fd = job_fd(a->job), .events = POLLIN};
    a->fds[FD_DEMO] = (struct pollfd){.fd = a->demo.out, .events = POLLIN};
    a->fds[FD_START] =
        (struct pollfd){.fd = a->start.net ? net_fd(a->start.net) : -1, .events = POLLIN};
    for (size_t i = 0; i < n; i++)
        a->fds[FD_NETS + i] =
            (struct pollfd){.fd = a->links[i].net ? net_fd(a->links[i].net) : -1, .events = POLLIN};
    return n;
}

/* What was polled may have gone meanwhile, with its server. */
static void take_nets(struct app *a, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (a->links[i].net && (a->fds[FD_NETS + i].revents || a->links[i].more))
            take_incomings(a, i);
}

static void tick(struct app *a) {
    const int64_t now = clock_now(), real = clock_real();
    for (size_t i = 0; i < a->servers.n_rows; i++)
        if (a->links[i].fx)
            model_tick(a->servers.rows[i].model, now, real, a->links[i].fx);
}

static void turn(struct app *a) {
    const size_t n = fill_fds(a);
    poll(a->fds, FD_NETS + n, sleep_ms(a, clock_now()));
    if (a->fds[FD_SIGNALS].revents)
        take_signals(a);
    if (a->fds[FD_BARE].revents)
        term_bare_more(a->term);
    if (a->fds[FD_TERM].revents)
        term_read(a->term, clock_now());
    take_keys(a); /* also when nothing was read: an Esc is known by the time that passed */
    if (a->typed && stale(a))
        paint(a, due(a) ? FRAME_WHOLE : FRAME_ECHO); /* an echo waits for nothing else */
    if (a->fds[FD_OUTSIDE].revents)
        outside_heard(a);
    if (a->fds[FD_DEMO].revents)
        take_demo(a);
    if (a->fds[FD_JOB].revents)
        take_tasks(a);
    take_nets(a, n);
    if (a->start.net && a->fds[FD_START].revents)
        start_incoming(a);
    start_turn(a);
    servers_open_late(a);
    tick(a);
    run_effects(a);
    publish_turn(a, clock_now());
    if (stale(a) && (a->typed || due(a)))
        paint(a, due(a) ? FRAME_WHOLE : FRAME_ECHO);
}

/* ---- life ---- */
static void end(struct app *a) {
    guest_end(a);
    outside_end(a);
    servers_save(a);
    servers_send(a);
    term_leave(a->term); /* a terminal that stands still holds us here: what is written is not */
    servers_send_last(a);
    publish_end(a);
    calls_end(a);
    start_end(a);
    job_free(a->job);
    child_stop(&a->demo);
    servers_end(a);
    view_free(a->view);
    input_free(a->input);
    canvas_fini(&a->canvas);
    term_free(a->term);
    free(a->theme);
    free(a->state_dir);
    free(a->cache_dir);
    free(a->start_dir);
    log_close();
}

/* The profiles, and what is to be watched beside the first server. */
static enum rc find_servers(struct app *a, struct err *err) {
    const struct options *o = a->options;
    for (size_t i = 0; i < o->config.n_profiles; i++) {
        const struct profile *p = &o->config.profiles[i];
        if (!p->url)
            continue;
        const size_t row = server_add(a, p->name, p->url);
        a->servers.rows[row].profile = true;
        a->servers.rows[row].watch = p->watch;
    }
    const size_t none = a->servers.n_rows;
    a->first = o->profile.name ? servers_find(&a->servers, o->profile.name) : none;
    if (a->first < none && !str_eq(a->servers.rows[a->first].url, o->url))
        a->first = none; /* its settings, but for another address */
    if (a->first == none && !o->demo)
        a->first = servers_find(&a->servers, o->url);
    if (a->first == none)
        a->first = server_add(a, NULL, o->demo ? NULL : o->url);
    for (size_t i = 0; i < o->n_watch; i++)
        if (server_watch(a, o->watch[i], err) != RC_OK)
            return err->rc;
    servers_watch_late(a);
    return RC_OK;
}

int screen_run(const struct options *o, const char *argv0) {
    struct app a = {.options = o, .argv0 = argv0, .demo = {.in = -1, .out = -1}};
    struct err err = {0};
    enum rc rc = o->demo ? RC_OK : net_url_check(o->url, &err);
    if (rc == RC_OK)
        rc = find_servers(&a, &err);
    a.state_dir = path_state_dir();
    a.cache_dir = path_cache_dir();
    if (rc == RC_OK)
        rc = connect_log(&o->connect, &err);
    if (rc == RC_OK)
        rc = signals_start(&err); /* before ncurses: one that finds SIGTSTP taken leaves it alone,
                                   * else it would be lost while something is written */
    term_ambiguous(o->config.ui.wide ? AMBIGUOUS_WIDE : AMBIGUOUS_NARROW);
    if (rc == RC_OK)
        rc = term_open(&a.term, &err);
    if (rc != RC_OK) {
        if (a.term)
            term_free(a.term);
        servers_end(&a);
        free(a.state_dir);
        free(a.cache_dir);
        fprintf(stderr, "mixtui: %s\n", err.text);
        return rc_exit_code(rc, err.detail);
    }
    a.start_dir = getcwd(NULL, 0);
    if (o->config.ui.mouse != MOUSE_OFF)
        term_mouse(a.term);
    a.input = input_new();
    start_keys(&a);
    calls_start(&a, &o->config.ui.attend);
    a.view = view_new();
    a.job = job_new();
    servers_terminal(&a);
    server_show(&a, a.first);
    load_theme(&a);
    start_tell(&a);
    outside_start(&a);
    if (o->demo)
        server_connect(&a, a.first); /* it starts while this draws */
    paint(&a, FRAME_WHOLE);
    if (!o->demo)
        server_connect(&a, a.first);
    a.started = true;
    run_effects(&a);
    while (!a.quit)
        turn(&a);
    struct handed handed = {0};
    if (a.keep)
        keep_collect(&handed, &a);
    end(&a);
    keep_hand_over(&handed, o);
    return a.exit_code;
}
