/* bench_asks - 200 requests pending over 50 sessions: what a frame costs, and how long a grant
 * takes from its key into the worker's ring.
 *
 * usage: bench_asks [--frames N] */
#include "bench.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mix/act.h"
#include "mix/input.h"
#include "mix/ring.h"
#include "mix/view.h"

enum { SESSIONS = 50, ASKS = 200, FRAMES_MAX = 20000, SLOTS = 1024 };

struct desk {
    struct model *m;
    struct effects *fx;
    struct input *in;
    struct view *v;
    struct canvas c;
    struct ring *ring;
    int64_t now, real;
};

static double cpu_ms(void) {
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* What the model asked for goes to the worker, as the program does it. */
static size_t hand_over(struct desk *d) {
    const size_t n = d->fx->n_requests;

    for (size_t i = 0; i < n; i++)
        if (!ring_push(d->ring, d->fx->requests[i]))
            exit(2);
    d->fx->n_requests = 0;
    return n;
}

static void throw_away(struct desk *d) {
    struct request *r;

    (void)hand_over(d);
    while ((r = ring_pop(d->ring)))
        request_free(r);
    for (size_t i = 0; i < d->fx->n_tasks; i++)
        task_free(d->fx->tasks[i]);
    d->fx->n_tasks = 0;
}

static uint32_t asked(const struct desk *d, enum request_kind kind, enum op op) {
    for (size_t i = 0; i < d->fx->n_requests; i++)
        if (d->fx->requests[i]->kind == kind && (kind != REQ_CALL || d->fx->requests[i]->op == op))
            return d->fx->requests[i]->id;
    fprintf(stderr, "the model asked for nothing\n");
    exit(2);
}

static void apply(struct desk *d, struct incoming *in) {
    in->at = d->now;
    model_apply(d->m, in, d->now, d->real, d->fx);
}

static void ask(struct desk *d, size_t i) {
    const struct session *s = d->m->sessions[i % SESSIONS];
    struct incoming *in = incoming_new(IN_EVENTS, s->stream);
    struct arena *a = &in->arena;

    in->events = arena_alloc(a, sizeof *in->events);
    in->events->kind = EV_PERMISSION;
    in->events->data = (struct event_data){
        .id = arena_printf(a, "p%zu", i),
        .session_id = arena_strdup(a, s->id),
        .tool_name = i % 3 ? "Bash" : "Edit",
        .action = i % 3 ? "execute" : "write",
        .path = "/srv/storage",
        .params_raw =
            i % 3 ? arena_printf(a, "{\"command\":\"make target-%zu && ./run --with %zu\"}", i, i)
                  : arena_printf(a,
                                 "{\"file_path\":\"src/file-%zu.c\",\"old_string\":\"int a;\\n\","
                                 "\"new_string\":\"int b%zu;\\n\"}",
                                 i, i)};
    apply(d, in);
}

static void start(struct desk *d) {
    struct session_data rows[SESSIONS];
    char ids[SESSIONS][16];

    *d = (struct desk){.now = 1000000, .real = 1700000000000, .ring = ring_new(SLOTS)};
    d->fx = effects_new();
    d->in = input_new();
    d->v = view_new();
    canvas_init(&d->c, 200, 50);
    d->m = model_new(&(struct model_config){.url = "http://localhost:8088", .watch_limit = 64},
                     d->now, d->real, d->fx);
    act_resize(d->m, 200, 50);
    struct incoming *in = incoming_new(IN_CAPS, asked(d, REQ_PROBE, OP_COUNT));

    in->caps = caps_of(GEN_TOP);
    apply(d, in);
    for (size_t i = 0; i < SESSIONS; i++) {
        snprintf(ids[i], sizeof ids[i], "s%zu", i);
        rows[i] = (struct session_data){
            .id = ids[i], .title = ids[i], .session_type = "main", .created_at = 1000 + (int64_t)i};
    }
    in = incoming_new(IN_REPLY, asked(d, REQ_CALL, OP_SESSIONS_LIST));
    in->op = OP_SESSIONS_LIST;
    in->status = 200;
    in->out = rows;
    in->n = SESSIONS;
    apply(d, in);
    model_tick(d->m, d->now, d->real, d->fx);
    for (size_t i = 0; i < ASKS; i++)
        ask(d, i);
    throw_away(d);
}

static void stop(struct desk *d) {
    throw_away(d);
    model_free(d->m);
    effects_free(d->fx);
    input_free(d->in);
    view_free(d->v);
    canvas_fini(&d->c);
    ring_free(d->ring);
}

static void press(struct desk *d, const char *name) {
    struct key k;

    if (!key_parse(&k, name))
        exit(2);
    input_key(d->in, d->m, &k, d->now, d->real, d->fx);
}

static void frame(struct desk *d) {
    input_refresh(d->in, d->m);
    view_settle(d->v, d->m);
    view_draw(d->v, d->m, &d->c);
    model_painted(d->m, d->now);
}

static void pass(struct desk *d, int64_t ms) {
    d->now += ms;
    d->real += ms;
    model_tick(d->m, d->now, d->real, d->fx);
}

int main(int argc, char **argv) {
    static double ms[FRAMES_MAX], grant[ASKS];
    const size_t n = (size_t)bench_number(argc, argv, "frames", 2000);
    size_t given = 0;
    struct desk d;

    if (n == 0 || n > FRAMES_MAX)
        return 2;
    setlocale(LC_ALL, "C.UTF-8");
    start(&d);
    press(&d, "M-p");
    if (model_asks_pending(d.m, ASK_PERMISSION) != ASKS) {
        fprintf(stderr, "%zu pending\n", model_asks_pending(d.m, ASK_PERMISSION));
        return 2;
    }
    for (size_t i = 0; i < n; i++) { /* another selection each time; no second goes by */
        const double before = cpu_ms();

        press(&d, i % 400 < 200 ? "j" : "k");
        pass(&d, i % 100 == 0);
        frame(&d);
        ms[i] = cpu_ms() - before;
        throw_away(&d);
    }
    bench_most("frame with 200 requests over 50 sessions, CPU, p99", "ms",
               bench_percentile(ms, n, 0.99), 0, 3);
    stop(&d);
    for (size_t round = 0; given < ASKS && round < ASKS; round++) {
        start(&d);
        press(&d, "M-p");
        for (int i = 0; i < 20 && given < ASKS; i++) {
            frame(&d);
            pass(&d, 500);
            frame(&d);
            const uint64_t before = clock_ns();

            press(&d, "y");
            if (hand_over(&d) == 0) {
                fprintf(stderr, "a grant did not leave\n");
                return 2;
            }
            grant[given++] = (double)(clock_ns() - before) / 1e6;
            throw_away(&d);
            pass(&d, 100);
            press(&d, "j");
        }
        stop(&d);
    }
    bench_most("a grant that is not held, key to the worker's ring, p99", "ms",
               bench_percentile(grant, given, 0.99), 0, 5);
    return bench_exit();
}
