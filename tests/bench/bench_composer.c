/* bench_composer - what a key in the composer takes at most, with its frame and what follows by
 * itself: in a draft of 1 MB, with `@` over 200,000 local names, and searching 10,000 prompts.
 *
 * usage: bench_composer [--names N] [--prompts N] */
#include "bench.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mix/act.h"
#include "mix/complete.h"
#include "mix/editor.h"
#include "mix/input.h"
#include "mix/panel.h"
#include "mix/view.h"

enum { COLS = 140, ROWS = 40, LIMIT_MS = 20, DRAFT = 1000 * 1000, TICKS_MAX = 2000 };

struct desk {
    struct model *m;
    struct effects *fx;
    struct input *in;
    struct view *v;
    struct canvas c;
    int64_t now, real;
    struct buf names, prompts; /* what the disk has */
};

static double cpu_ms(void) {
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- a disk that answers at once ---- */
static void answer(struct desk *d, struct task *t) {
    const size_t n = strlen(t->path ? t->path : "");
    const struct buf *has =
        t->kind == TASK_TREE                                                        ? &d->names
        : t->kind == TASK_READ && n > 8 && strcmp(t->path + n - 8, "/history") == 0 ? &d->prompts
                                                                                    : NULL;

    if (has && has->n > 0) {
        char *copy = arena_alloc(&t->arena, has->n + 1);

        memcpy(copy, has->p, has->n);
        t->data = copy;
        t->len = has->n;
    }
    model_task_done(d->m, t, d->now, d->real, d->fx);
}

/* Nothing but the model's own work counts: what the disk does is another thread's. */
static double settle(struct desk *d) {
    double ms = 0;

    for (size_t i = 0; i < d->fx->n_requests; i++)
        request_free(d->fx->requests[i]);
    d->fx->n_requests = 0;
    while (d->fx->n_tasks > 0) {
        struct task *t = d->fx->tasks[0];

        memmove(d->fx->tasks, d->fx->tasks + 1, (d->fx->n_tasks - 1) * sizeof *d->fx->tasks);
        d->fx->n_tasks--;
        if (t->kind == TASK_OWN_WATCH) {
            task_free(t);
            continue;
        }
        const double from = cpu_ms();

        answer(d, t);
        ms += t->kind == TASK_TREE ? 0 : cpu_ms() - from;
    }
    return ms;
}

static uint32_t asked(const struct desk *d, enum request_kind kind, enum op op) {
    for (size_t i = 0; i < d->fx->n_requests; i++)
        if (d->fx->requests[i]->kind == kind && (kind != REQ_CALL || d->fx->requests[i]->op == op))
            return d->fx->requests[i]->id;
    fprintf(stderr, "the model asked for nothing\n");
    exit(2);
}

static void frame(struct desk *d) {
    input_refresh(d->in, d->m);
    view_settle(d->v, d->m);
    view_draw(d->v, d->m, &d->c);
    model_painted(d->m, d->now);
}

static void open_desk(struct desk *d) {
    struct session_data one = {
        .id = "s1", .title = "One", .session_type = "main", .created_at = 1000};

    d->now = 1000000;
    d->real = 1700000000000;
    d->fx = effects_new();
    d->in = input_new();
    d->v = view_new();
    canvas_init(&d->c, COLS, ROWS);
    d->m = model_new(&(struct model_config){.url = "http://localhost:8088",
                                            .watch_limit = 64,
                                            .state_dir = "/state",
                                            .start_dir = "/w"},
                     d->now, d->real, d->fx);
    act_resize(d->m, COLS, ROWS);
    struct incoming *in = incoming_new(IN_CAPS, asked(d, REQ_PROBE, OP_COUNT));

    in->caps = caps_of(GEN_TOP);
    model_apply(d->m, in, d->now, d->real, d->fx);
    in = incoming_new(IN_REPLY, asked(d, REQ_CALL, OP_SESSIONS_LIST));
    in->op = OP_SESSIONS_LIST;
    in->status = 200;
    in->out = &one;
    in->n = 1;
    model_apply(d->m, in, d->now, d->real, d->fx);
    (void)settle(d);
    act_focus(d->m, PANE_COMPOSER);
    frame(d);
}

static void close_desk(struct desk *d) {
    (void)settle(d);
    model_free(d->m);
    effects_free(d->fx);
    input_free(d->in);
    view_free(d->v);
    canvas_fini(&d->c);
    buf_fini(&d->names);
    buf_fini(&d->prompts);
}

/* ---- keys ---- */
/* Until nothing is due any more; the longest step of it. */
static double ticks(struct desk *d) {
    double worst = 0;

    for (int i = 0; i < TICKS_MAX && model_next_tick(d->m, d->now) == d->now; i++) {
        const double from = cpu_ms();

        model_tick(d->m, d->now, d->real, d->fx);
        double ms = cpu_ms() - from;

        ms += settle(d);
        worst = ms > worst ? ms : worst;
    }
    const double from = cpu_ms();

    frame(d);
    return cpu_ms() - from > worst ? cpu_ms() - from : worst;
}

/* The key, its frame, then whatever it has begun and the second in which the draft is saved. */
static double key_ms(struct desk *d, const char *name) {
    struct key k;

    if (!key_parse(&k, name))
        exit(2);
    const double from = cpu_ms();

    input_key(d->in, d->m, &k, d->now, d->real, d->fx);
    frame(d);
    double worst = cpu_ms() - from;

    worst += settle(d);
    const double after = ticks(d);

    worst = after > worst ? after : worst;
    d->now += 1000;
    d->real += 1000;
    const double saved = ticks(d);

    return saved > worst ? saved : worst;
}

static double type_ms(struct desk *d, const char *text) {
    double worst = 0;

    for (; *text; text++) {
        const char name[2] = {*text, '\0'};
        const double ms = key_ms(d, *text == ' ' ? "Space" : name);

        worst = ms > worst ? ms : worst;
    }
    return worst;
}

/* ---- a long draft ---- */
static void measure_draft(const char *what, size_t line) {
    static const char *const keys[] = {"a",    "Space", "Backspace", "Left", "Right", "Up",
                                       "Down", "M-b",   "M-f",       "C-w",  "C-y",   "C-k",
                                       "C-_",  "C-a",   "C-e",       "C-d",  "M-u",   "C-t"};
    struct desk d = {.names.max = MIX_MIB, .prompts.max = MIX_MIB};
    auto_buf struct buf text = {.max = 2 * MIX_MIB};
    const size_t places[] = {DRAFT - 40, DRAFT / 2, 0};
    char name[120], worst_key[64] = "";
    double worst = 0;

    open_desk(&d);
    for (size_t i = 0; text.n < DRAFT; i++)
        (void)buf_adds(&text, line > 0 && i % line == line - 1 ? "words\n" : "words ");
    if (!editor_insert(&d.m->shown->draft, text.p, DRAFT))
        exit(2);
    act_draft_changed(d.m, d.m->shown);
    frame(&d);
    for (size_t p = 0; p < MIX_COUNT(places); p++) {
        d.m->shown->draft.caret = places[p];
        const uint64_t rev = d.m->shown->draft.rev;

        (void)key_ms(&d, "a"); /* the first one looks at all of it */
        if (d.m->shown->draft.rev == rev)
            exit(2);
        for (size_t i = 0; i < MIX_COUNT(keys); i++) {
            const double ms = key_ms(&d, keys[i]);

            if (ms > worst)
                snprintf(worst_key, sizeof worst_key, "%s", keys[i]);
            worst = ms > worst ? ms : worst;
        }
    }
    snprintf(name, sizeof name, "a key in a draft of 1 MB %s, at worst (%s)", what, worst_key);
    bench_most(name, "ms", worst, 0, LIMIT_MS);
    close_desk(&d);
}

/* ---- @ ---- */
static void measure_files(size_t n) {
    struct desk d = {.names.max = 64 * MIX_MIB, .prompts.max = MIX_MIB};
    char name[120];

    for (size_t i = 0; i < n; i++) {
        (void)buf_addf(&d.names, "0src/module%zu/part%zu/file_%zu.c", i % 97, i % 13, i);
        (void)buf_add(&d.names, "", 1);
    }
    open_desk(&d);
    (void)type_ms(&d, "@"); /* the names come in pieces of the disk's choice: see bench_picker */
    const double worst = type_ms(&d, "mod7par3fil99");
    const struct complete *c = complete_shown(d.m);

    if (!c || c->n == 0)
        exit(2);
    snprintf(name, sizeof name, "a key of @ over %zu names, at worst", n);
    bench_most(name, "ms", worst, 0, LIMIT_MS);
    close_desk(&d);
}

/* ---- Ctrl+R ---- */
static void measure_prompts(size_t n) {
    static const char *const words[] = {"make",   "the",       "tests", "green",  "deploy",
                                        "parser", "streaming", "again", "please", "why"};
    struct desk d = {.names.max = MIX_MIB, .prompts.max = 64 * MIX_MIB};
    uint32_t seed = 7;
    char name[120];

    for (size_t i = 0; i < n; i++) {
        (void)buf_addf(&d.prompts, "\\@%zu s1", i + 1);
        for (int k = 0; k < 14; k++) {
            seed = seed * 1664525U + 1013904223U;
            (void)buf_addf(&d.prompts, " %s", words[(seed >> 16) % MIX_COUNT(words)]);
        }
        (void)buf_addf(&d.prompts, " %zu\n", i);
    }
    open_desk(&d);
    const double opened = key_ms(&d, "C-r");

    if (!panel_top(d.m) || d.m->n_history < n) {
        fprintf(stderr, "%zu prompts\n", d.m->n_history);
        exit(2);
    }
    const double worst = type_ms(&d, "makegreen please 77");

    snprintf(name, sizeof name, "Ctrl+R over %zu prompts: opened", n);
    bench_most(name, "ms", opened, 0, LIMIT_MS);
    bench_most("  a key of its search, at worst", "ms", worst, 0, LIMIT_MS);
    close_desk(&d);
}

int main(int argc, char **argv) {
    const size_t names = (size_t)bench_number(argc, argv, "names", 200000);
    const size_t prompts = (size_t)bench_number(argc, argv, "prompts", 10000);

    setlocale(LC_ALL, "C.UTF-8");
    measure_draft("in lines", 12);
    measure_draft("in one line", 0);
    measure_files(names);
    measure_prompts(prompts);
    return bench_exit();
}
