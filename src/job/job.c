/* job.c - the job thread: takes tasks from one ring, gives them back through the other.
 *
 * Nothing given back is lost and nothing blocks: what does not fit the ring waits in `backlog`.
 * With a backlog left the worker sets `starved` and rings main's bell, in this order; main drains,
 * takes the flag down and rings the worker. The bell of main is what makes that complete: had main
 * drained just before the flag was set, it is woken once more and sees it then. */
#include "mix/job.h"

#include "fs.h"
#include "index.h"
#include "own.h"
#include "run.h"
#include "temp.h"
#include "trees.h"
#include "mix/ring.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 256 };

/* A task that waits, with the earlier WRITEs to its path that it makes unnecessary. */
struct waiting {
    struct task *task;
    struct waiting *next, *absorbed;
};
struct fifo {
    struct waiting *head, **tail;
};
struct job {
    pthread_t thread;
    struct ring *in, *out;
    struct bell *worker, *main;
    atomic_bool starved; /* results wait in the backlog; whoever clears it rings the worker */
    atomic_bool quit;
    char *home; /* constant */
    /* worker only from here on */
    struct fifo queue, backlog;
    struct runs *runs;
    struct trees *trees;
    struct indexes *index;
    struct owners *own;
    char *temp; /* NULL: not made yet */
    uint32_t running;
    bool running_cancelled;
};

/* ---- queues of the worker ---- */

static void fifo_init(struct fifo *f) {
    f->head = NULL;
    f->tail = &f->head;
}

static void fifo_add(struct fifo *f, struct waiting *w) {
    w->next = NULL;
    *f->tail = w;
    f->tail = &w->next;
}

static struct waiting *fifo_unlink(struct fifo *f, struct waiting **at) {
    struct waiting *w = *at;

    *at = w->next;
    if (f->tail == &w->next)
        f->tail = at;
    w->next = NULL;
    return w;
}

static struct waiting *fifo_take(struct fifo *f) {
    return f->head ? fifo_unlink(f, &f->head) : NULL;
}

/* ---- results ---- */

static void flush(struct job *j) {
    bool rang = false;

    while (j->backlog.head && ring_push(j->out, j->backlog.head->task)) {
        free(fifo_take(&j->backlog));
        rang = true;
    }
    if (j->backlog.head)
        atomic_store(&j->starved, true);
    if (rang || j->backlog.head)
        bell_ring(j->main);
}

/* Gives a task back, and before it those it stands for: their fate is the same. */
static void give_back(struct job *j, struct waiting *w) {
    while (w->absorbed) {
        struct waiting *early = w->absorbed;

        w->absorbed = early->next;
        early->task->err = w->task->err;
        fifo_add(&j->backlog, early);
    }
    fifo_add(&j->backlog, w);
}

/* What the children and the scans came to meanwhile. */
static void turn_runs(struct job *j) {
    struct task *t;
    bool any = false;

    runs_turn(j->runs);
    owners_turn(j->own);
    while ((t = runs_next(j->runs)) != NULL || (t = trees_next(j->trees)) != NULL ||
           (t = owners_next(j->own)) != NULL) {
        struct waiting *w = xcalloc(1, sizeof *w);

        w->task = t;
        give_back(j, w);
        any = true;
    }
    if (any)
        flush(j);
}

/* ---- arrivals ---- */

static void cancel(struct job *j, uint32_t target) {
    if (target == j->running) {
        j->running_cancelled = true;
        return;
    }
    if (runs_cancel(j->runs, target) || trees_cancel(j->trees, target) ||
        owners_cancel(j->own, target))
        return;
    for (struct waiting **at = &j->queue.head; *at; at = &(*at)->next)
        if ((*at)->task->id == target) {
            struct waiting *w = fifo_unlink(&j->queue, at);

            err_set(&w->task->err, RC_CANCELLED, 0, "cancelled");
            give_back(j, w);
            return;
        }
}

/* The last waiting task that touches this path, when it is a WRITE. */
static struct waiting **superseded(struct job *j, const char *path) {
    struct waiting **found = NULL;

    for (struct waiting **at = &j->queue.head; *at; at = &(*at)->next)
        if (strcmp((*at)->task->path, path) == 0)
            found = (*at)->task->kind == TASK_WRITE && !(*at)->task->fresh ? at : NULL;
    return found;
}

static void arrive(struct job *j, struct task *t) {
    if (t->kind == TASK_CANCEL) {
        cancel(j, t->target);
        task_free(t);
        return;
    }
    if (t->kind == TASK_RUN) {
        runs_add(j->runs, t);
        return;
    }
    if (t->kind == TASK_TREE) {
        fs_expand(t, j->home);
        trees_add(j->trees, t);
        return;
    }
    if (t->kind == TASK_OWN_WATCH) {
        owners_watch(j->own, t);
        return;
    }
    struct waiting *w = xcalloc(1, sizeof *w);
    struct waiting **old = t->kind == TASK_WRITE && !t->fresh ? superseded(j, t->path) : NULL;

    w->task = t;
    if (old) {
        struct waiting *early = fifo_unlink(&j->queue, old), **end = &w->absorbed;

        w->absorbed = early->absorbed;
        early->absorbed = NULL;
        while (*end)
            end = &(*end)->next;
        *end = early;
    }
    fifo_add(&j->queue, w);
}

static void take_arrivals(struct job *j) {
    struct task *t;

    while ((t = ring_pop(j->in)) != NULL)
        arrive(j, t);
}

/* ---- work ---- */

static bool stop_asked(void *of) {
    struct job *j = of;

    take_arrivals(j);
    turn_runs(j); /* a long search does not hold a child's pipes */
    return j->running_cancelled || atomic_load(&j->quit);
}

static void run(struct job *j, struct task *t) {
    const struct fs_stop stop = {stop_asked, j};

    fs_expand(t, j->home);
    switch (t->kind) {
    case TASK_READ:
        fs_read(t);
        break;
    case TASK_WRITE:
    case TASK_OWN_TAKE:
    case TASK_OWN_DROP:
    case TASK_OWN_ASK:
        owners_run(j->own, t);
        break;
    case TASK_APPEND:
        fs_append(t);
        break;
    case TASK_RENAME:
        fs_rename(t);
        break;
    case TASK_SCAN:
        fs_scan(t, stop);
        break;
    case TASK_STAT:
        fs_stat(t);
        break;
    case TASK_MKDIR:
        temp_mkdir(t);
        break;
    case TASK_TEMP:
        temp_make(&j->temp, t);
        break;
    case TASK_LOOK:
        fs_look(t, stop, j->home);
        break;
    case TASK_INDEX_ADD:
    case TASK_INDEX_FIND:
    case TASK_INDEX_READ:
    case TASK_INDEX_FORGET:
    case TASK_INDEX_FACTS:
        index_run(j->index, t, stop);
        break;
    case TASK_RULES_READ:
    case TASK_RULES_ADD:
    case TASK_RULES_REMOVE:
    case TASK_RULES_ASK:
    case TASK_AUDIT_ADD:
    case TASK_AUDIT_READ:
        policy_run(t);
        break;
    case TASK_OWN_WATCH: /* never here: see arrive */
    case TASK_TREE:
    case TASK_RUN:
    case TASK_CANCEL:
        break;
    }
}

static void run_next(struct job *j) {
    struct waiting *w = fifo_take(&j->queue);

    j->running = w->task->id;
    j->running_cancelled = false;
    run(j, w->task);
    j->running = 0;
    give_back(j, w);
}

/* What must not be lost is still done, the rest dropped. */
static void run_last(struct job *j) {
    take_arrivals(j);
    while (j->queue.head) {
        const enum task_kind kind = j->queue.head->task->kind;

        if (kind == TASK_WRITE || kind == TASK_APPEND || kind == TASK_RENAME ||
            kind == TASK_OWN_DROP || kind == TASK_INDEX_FORGET || kind == TASK_RULES_ADD ||
            kind == TASK_RULES_REMOVE || kind == TASK_AUDIT_ADD)
            run_next(j);
        else
            give_back(j, fifo_take(&j->queue));
    }
}

static void sleep_until_asked(const struct job *j) {
    struct pollfd p[1 + RUNS_FDS + OWNERS_FDS] = {{.fd = bell_fd(j->worker), .events = POLLIN}};
    size_t n = runs_poll(j->runs, p + 1);

    n += owners_poll(j->own, p + 1 + n);
    if (poll(p, (nfds_t)(1 + n), runs_wait_ms(j->runs, clock_now())) < 0 && errno != EINTR)
        abort();
}

static void *work(void *arg) {
    struct job *j = arg;

    while (!atomic_load(&j->quit)) {
        if (!j->queue.head)
            sleep_until_asked(j);
        bell_ack(j->worker);
        take_arrivals(j);
        turn_runs(j);
        flush(j);
        if (j->queue.head && !atomic_load(&j->quit)) {
            run_next(j);
            flush(j);
        }
    }
    run_last(j);
    indexes_free(TAKE(j->index));
    owners_free(TAKE(j->own));
    runs_free(TAKE(j->runs));
    temp_remove(TAKE(j->temp));
    trees_free(TAKE(j->trees));
    return NULL;
}

/* ---- main ---- */

struct job *job_new(void) {
    struct job *j = xcalloc(1, sizeof *j);
    sigset_t all, before;
    const char *home = getenv("HOME");

    j->in = ring_new(SLOTS);
    j->out = ring_new(SLOTS);
    j->worker = bell_new();
    j->main = bell_new();
    j->home = home ? xstrdup(home) : NULL;
    j->runs = runs_new();
    j->own = owners_new();
    j->trees = trees_new(j->worker);
    j->index = indexes_new();
    fifo_init(&j->queue);
    fifo_init(&j->backlog);
    atomic_init(&j->starved, false);
    atomic_init(&j->quit, false);
    /* Signals are main's business: the thread starts with all of them blocked. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = pthread_create(&j->thread, NULL, work, j);

    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        abort(); /* at start-up, without a thread to spare nothing else would work either */
    return j;
}

enum rc job_send(struct job *j, struct task *t) {
    if (!ring_push(j->in, t))
        return RC_BUSY;
    bell_ring(j->worker);
    return RC_OK;
}

int job_fd(const struct job *j) { return bell_fd(j->main); }

void job_ack(struct job *j) { bell_ack(j->main); }

struct task *job_next(struct job *j) {
    struct task *t = ring_pop(j->out);

    if (!t && atomic_exchange(&j->starved, false))
        bell_ring(j->worker);
    return t;
}

void job_free(struct job *j) {
    struct task *t;
    struct waiting *w;

    if (!j)
        return;
    atomic_store(&j->quit, true);
    bell_ring(j->worker);
    pthread_join(j->thread, NULL);
    while ((t = ring_pop(j->out)) != NULL)
        task_free(t);
    while ((w = fifo_take(&j->backlog)) != NULL) {
        task_free(w->task);
        free(w);
    }
    ring_free(j->in);
    ring_free(j->out);
    bell_free(j->worker);
    bell_free(j->main);
    free(j->home);
    free(j);
}
