/* bench_picker - a search in the names of a local tree: the first rows, each key, the scan beside
 * other tasks, and fzf --filter on the same list where there is one.
 *
 * usage: bench_picker [--names N] */
#include "bench.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "mix/job.h"
#include "mix/tree.h"

enum { ROUNDS = 5, KEY_SLICES = 4 };

static const char *const words[] = {
    "src",    "include", "model",  "view",   "render", "Parser", "lexer", "token",  "stream",
    "net",    "http",    "client", "server", "cache",  "index",  "query", "table",  "column",
    "widget", "button",  "dialog", "picker", "upload", "thread", "queue", "worker", "config",
    "option", "theme",   "colour", "layout", "buffer", "string", "array", "vector", "matrix",
};
static const char *const ends[] = {".c", ".h", ".md", ".txt", ".json", ".png", "_test.c", ".ts"};

struct names {
    struct tree *tree;
    struct buf chunk; /* as the scan brings them */
    struct buf list;  /* for fzf: a line each */
};

/* Paths as projects have them: a few directories deep, names of one to three words. */
static void make_names(struct names *n, size_t count) {
    uint32_t seed = 7;

    *n =
        (struct names){.tree = tree_new(), .chunk.max = TREE_BYTES_MAX, .list.max = TREE_BYTES_MAX};
    for (size_t i = 0; i < count; i++) {
        char path[256];
        size_t at = 0;
        const size_t deep = 1 + i % 6;

        for (size_t d = 0; d <= deep; d++) {
            seed = seed * 1664525U + 1013904223U;
            const char *a = words[(seed >> 8) % MIX_COUNT(words)];
            const char *b = words[(seed >> 20) % MIX_COUNT(words)];

            at += (size_t)snprintf(path + at, sizeof path - at, "%s%s%s%s", d > 0 ? "/" : "", a,
                                   seed % 3 == 0 ? "_" : "", seed % 3 == 0 ? b : "");
        }
        snprintf(path + at, sizeof path - at, "%zu%s", i % 1000, ends[seed % MIX_COUNT(ends)]);
        (void)buf_addf(&n->list, "%s\n", path);
        (void)buf_addf(&n->chunk, "0%s", path);
        (void)buf_add(&n->chunk, "", 1);
    }
    if (!tree_add(n->tree, n->chunk.p, n->chunk.n))
        abort();
}

static double ms_since(uint64_t from) { return (double)(clock_ns() - from) / 1e6; }

/* What fzf does with its list: takes the names in, looks at all of them, tells the best. */
static double search_ms(const struct names *names, const char *query, size_t *found) {
    const uint64_t from = clock_ns();
    struct tree *t = tree_new();
    struct tree_find *f = tree_find_new(t);
    size_t n;

    if (!tree_add(t, names->chunk.p, names->chunk.n))
        abort();
    tree_find_set(f, query);
    while (tree_find_step(f, TREE_SLICE))
        ;
    (void)tree_best(f, &n);
    const double ms = ms_since(from);

    *found = tree_found(f);
    tree_find_free(f);
    tree_free(t);
    return ms;
}

static double cpu_ms(void) { /* of this thread */
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Each letter typed as the model does it: what one key may take at most. */
static void measure_keys(struct tree *t, const char *typed, double *first, double *worst) {
    struct tree_find *f = tree_find_new(t);
    char query[64];
    size_t n;

    *first = *worst = 0;
    for (size_t i = 1; i <= strlen(typed); i++) {
        snprintf(query, sizeof query, "%.*s", (int)i, typed);
        const double from = cpu_ms();

        tree_find_set(f, query);
        bool more = tree_find_step(f, KEY_SLICES * (size_t)TREE_SLICE);
        (void)tree_best(f, &n);
        const double key = cpu_ms() - from;

        *worst = key > *worst ? key : *worst;
        if (i == 1)
            *first = key;
        while (more) {
            const double slice = cpu_ms();

            more = tree_find_step(f, TREE_SLICE);
            (void)tree_best(f, &n);
            *worst = cpu_ms() - slice > *worst ? cpu_ms() - slice : *worst;
        }
    }
    tree_find_free(f);
}

static double fzf_ms(const char *path, const char *query) {
    char command[200];

    snprintf(command, sizeof command, "fzf --filter='%s' <%s >/dev/null 2>&1", query, path);
    const uint64_t from = clock_ns();
    const int status = system(command);

    return status == 0 || status == 256 ? ms_since(from) : 0;
}

/* The same names are to be found, else nothing is compared. */
static size_t fzf_found(const char *path, const char *query) {
    char command[200];
    size_t n = 0;

    snprintf(command, sizeof command, "fzf --filter='%s' <%s 2>/dev/null", query, path);
    FILE *p = popen(command, "r");

    for (int c; p && (c = getc(p)) != EOF;)
        n += c == '\n';
    if (p)
        pclose(p);
    return n;
}

static void against_fzf(const struct names *n, const char *path) {
    static const char *const queries[] = {"s", "main", "parlex", "src model picker", "uplthrd"};

    for (size_t q = 0; q < MIX_COUNT(queries); q++) {
        double own = 1e9, fzf = 1e9;
        size_t found = 0;
        char name[100];

        for (int i = 0; i < ROUNDS; i++) {
            double b = i % 2 ? fzf_ms(path, queries[q]) : 0;
            const double a = search_ms(n, queries[q], &found);

            b = i % 2 ? b : fzf_ms(path, queries[q]);

            own = a < own ? a : own;
            fzf = b < fzf ? b : fzf;
        }
        snprintf(name, sizeof name, "search \"%s\", %zu found, beside fzf --filter", queries[q],
                 found);
        if (fzf > 0 && fzf < 1e9) {
            const size_t theirs = fzf_found(path, queries[q]);

            if (theirs != found) {
                fprintf(stderr, "\"%s\": fzf finds %zu\n", queries[q], theirs);
                exit(2);
            }
            bench_ratio(name, "ms", own, fzf, 2);
        } else {
            bench_most(name, "ms", own, 0, 400);
        }
    }
}

/* ---- the scan ---- */

static void make_tree(const char *dir, size_t files) {
    char path[300];

    for (size_t i = 0; i < files; i++) {
        if (i % 100 == 0) {
            snprintf(path, sizeof path, "%s/d%zu", dir, i / 100);
            if (mkdir(path, 0700) != 0)
                abort();
        }
        snprintf(path, sizeof path, "%s/d%zu/file%zu.txt", dir, i / 100, i);
        const int fd = open(path, O_WRONLY | O_CREAT, 0600);

        if (fd < 0)
            abort();
        close(fd);
    }
}

static struct task *wait_task(struct job *j) {
    struct task *t;

    while (!(t = job_next(j))) {
        struct pollfd fd = {.fd = job_fd(j), .events = POLLIN};

        if (poll(&fd, 1, 10000) == 0)
            abort();
        job_ack(j);
    }
    return t;
}

/* Another task, again and again, while the tree is read: how long each took; and when the first
 * names were there. */
static void measure_scan(const char *dir, size_t files) {
    struct job *j = job_new();
    struct task *t = task_new(TASK_TREE, dir);
    struct tree *tree = tree_new();
    const uint64_t from = clock_ns();
    uint64_t asked = 0;
    double first = 0, worst = 0, all = 0;
    bool over = false;

    if (job_send(j, t) != RC_OK)
        abort();
    while (!over || asked) {
        if (!asked && !over) {
            struct task *w = task_new(TASK_STAT, dir);

            asked = clock_ns();
            if (job_send(j, w) != RC_OK)
                abort();
        }
        t = wait_task(j);
        if (t->kind == TASK_STAT) {
            worst = ms_since(asked) > worst ? ms_since(asked) : worst;
            asked = 0;
        } else {
            if (!tree_add(tree, t->data, t->len))
                abort();
            first = first > 0 ? first : ms_since(from);
            over = !t->more;
            all = ms_since(from);
            if (t->more) {
                struct task *next = task_new(TASK_TREE, dir);

                next->scan = t->scan;
                if (job_send(j, next) != RC_OK)
                    abort();
            }
        }
        task_free(t);
    }
    if (tree_count(tree) < files)
        abort();
    char name[100];

    snprintf(name, sizeof name, "scan of %zu names (%.0f ms): the first after", tree_count(tree),
             all);
    bench_most(name, "ms", first, 0, 50);
    bench_most("scan: another task waits at most", "ms", worst, 0, 20);
    tree_free(tree);
    job_free(j);
}

int main(int argc, char **argv) {
    static const char *const typed[] = {"parser", "Upload", "src/model/view"};
    const size_t count = (size_t)bench_number(argc, argv, "names", 200000);
    char dir[] = "/tmp/mixtui-bench.XXXXXX", path[100], command[120];
    struct names n;

    if (!mkdtemp(dir))
        return 2;
    make_names(&n, count);
    snprintf(path, sizeof path, "%s/list", dir);
    const int fd = open(path, O_WRONLY | O_CREAT, 0600);

    if (fd < 0 || write(fd, n.list.p, n.list.n) != (ssize_t)n.list.n)
        return 2;
    close(fd);
    double first = 0, worst = 0;

    for (size_t i = 0; i < MIX_COUNT(typed); i++) {
        double a, b;

        measure_keys(n.tree, typed[i], &a, &b);
        first = a > first ? a : first;
        worst = b > worst ? b : worst;
    }
    bench_most("picker: first rows of a search, CPU", "ms", first, 0, 50);
    bench_most("picker: a key at worst, CPU", "ms", worst, 0, 20);
    against_fzf(&n, path);
    tree_free(n.tree);
    buf_fini(&n.list);
    buf_fini(&n.chunk);
    make_tree(dir, count / 4);
    measure_scan(dir, count / 4);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command) == 0 ? bench_exit() : 2;
}
