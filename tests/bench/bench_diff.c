/* bench_diff - two texts of 10 MB each compared: beside the work of cutting both into lines and
 * hashing them, and the diff program where there is one. And the first screen of it.
 *
 * usage: bench_diff [--bytes N] */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mix/diff.h"

enum { ROUNDS = 5, LINE = 40 };

/* Lines of code-like length, some of them often; every `step`th is different in the new text. */
static char *make_text(size_t bytes, size_t step, size_t *n) {
    char *s = xmalloc(bytes + 2 * LINE);
    uint32_t seed = 1;

    *n = 0;
    for (size_t i = 0; *n < bytes; i++) {
        seed = seed * 1664525U + 1013904223U;
        const char *changed = step > 0 && i % step == step / 2 ? "changed" : "value";

        if (seed % 8 == 0)
            *n += (size_t)snprintf(s + *n, 2 * LINE, "    }\n");
        else if (step == 0 || i % (7 * step) != 3)
            *n += (size_t)snprintf(s + *n, 2 * LINE, "    %s_%zu = call(%u, other_%u);\n", changed,
                                   i, seed >> 20, seed >> 28);
    }
    return s;
}

/* The least anybody can do: every line of both found and hashed. */
static uint64_t hash_lines(const char *s, size_t n) {
    uint64_t sum = 0;

    for (size_t at = 0; at < n;) {
        const char *nl = memchr(s + at, '\n', n - at);
        const size_t end = nl ? (size_t)(nl - s) : n;
        uint64_t hash = 5381;

        for (; at < end; at++)
            hash = hash * 33 + (unsigned char)s[at];
        sum ^= hash;
        at = end + 1;
    }
    return sum;
}

static char *to_file(const char *s, size_t n) {
    char *path = xstrdup("/tmp/mix-bench-XXXXXX");
    const int fd = mkstemp(path);

    if (fd < 0 || write(fd, s, n) != (ssize_t)n)
        abort();
    close(fd);
    return path;
}

/* Milliseconds; 0: no such program. */
static double diff_program(const char *old, const char *new) {
    char command[160];

    snprintf(command, sizeof command, "diff %s %s >/dev/null 2>&1", old, new);
    const uint64_t from = clock_ns();
    const int status = system(command);

    return status == 256 ? (double)(clock_ns() - from) / 1e6 : 0;
}

struct texts {
    char *old, *new;
    size_t n, m;
};

static double least(double a, double b) { return a == 0 || b < a ? b : a; }

static void measure(const char *name, const struct texts *t, double most_ms) {
    char text[96];
    double ours = 0, floor = 0, program = 0, screen = 0;
    volatile uint64_t sum = 0; /* so that the floor is not optimised away */
    char *old = to_file(t->old, t->n), *new = to_file(t->new, t->m);

    for (int i = 0; i < ROUNDS; i++) {
        uint64_t from = clock_ns();

        sum ^= hash_lines(t->old, t->n) ^ hash_lines(t->new, t->m);
        (void)sum;
        floor = least(floor, (double)(clock_ns() - from) / 1e6);
        from = clock_ns();
        struct diff *d = diff_new(t->old, t->n, t->new, t->m);

        ours = least(ours, (double)(clock_ns() - from) / 1e6);
        from = clock_ns();
        struct flow f = {0};

        diff_context(d, 3);
        diff_flow(&f, d, diff_lines(d, &(struct diff_how){.width = 80, .split = true}) / 2, 50,
                  &(struct diff_how){.lang = LANG_C,
                                     .width = 160,
                                     .split = true,
                                     .numbers = true,
                                     .first_old = 1,
                                     .first_new = 1});
        screen = least(screen, (double)(clock_ns() - from) / 1e6);
        flow_fini(&f);
        diff_free(d);
        program = least(program, diff_program(old, new));
    }
    snprintf(text, sizeof text, "%s, beside hashing the lines", name);
    bench_most(text, "ms", ours, floor, most_ms);
    if (program > 0) {
        snprintf(text, sizeof text, "%s, beside the diff program", name);
        bench_ratio(text, "ms", ours, program, 2);
    }
    snprintf(text, sizeof text, "%s, 50 lines of it shown", name);
    bench_most(text, "ms", screen, 0, 5);
    unlink(old);
    unlink(new);
    free(old);
    free(new);
}

int main(int argc, char **argv) {
    const size_t bytes = (size_t)bench_number(argc, argv, "bytes", 10000000);
    static const struct {
        const char *name;
        size_t step;
    } cases[] = {
        {"a change every 1,000 lines", 1000}, {"every 20 lines", 20}, {"every other line", 2}};

    for (size_t i = 0; i < MIX_COUNT(cases); i++) {
        struct texts t;

        t.old = make_text(bytes, 0, &t.n);
        t.new = make_text(bytes, cases[i].step, &t.m);
        measure(cases[i].name, &t, 150);
        free(t.old);
        free(t.new);
    }
    return bench_exit();
}
