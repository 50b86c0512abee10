/* bench_start - from exec to the first full screen, and the memory then, against the floor.
 *
 * usage: bench_start [--runs N] */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

enum { COLS = 140, ROWS = 40, RUNS_MAX = 400 };

/* The last row of the floor is full; mixtui's says how to get help. */
static bool painted(struct screen *s, const char *text) {
    return strstr(screen_row(s, ROWS - 1), text) != NULL;
}

struct run {
    double first_ms, full_ms, pss_kib;
};

static struct screen *start_mixtui(const struct peer *demo) {
    return screen_start(&(struct screen_setup){
        .cols = COLS, .rows = ROWS, .args = (const char *[]){"--server", demo->url, NULL}});
}

static double since(uint64_t from, uint64_t to) { return (double)(to - from) / 1e6; }

static struct run run_mixtui(const struct peer *demo, int *cells) {
    struct run r = {0};
    uint64_t from = clock_ns();
    struct screen *s = start_mixtui(demo);

    while (!painted(s, "keys"))
        if (!screen_pump(s, 5000))
            screen_failed(s, "the first frame", __FILE__, __LINE__);
    r.first_ms = since(from, screen_heard(s));
    while (!screen_has(s, "Bench me") || !screen_has(s, "int main"))
        if (!screen_pump(s, 5000))
            screen_failed(s, "session and thread", __FILE__, __LINE__);
    r.full_ms = since(from, screen_heard(s));
    screen_wait_quiet(s, 300);
    r.pss_kib = (double)bench_pss(screen_pid(s));
    *cells = 0;
    for (const char *p = screen_text(s); *p; p++)
        *cells += *p != ' ' && *p != '\n' && (*p & 0xC0) != 0x80;
    screen_stop(s);
    return r;
}

static struct run run_floor(int cells) {
    struct run r = {0};
    char count[16];

    snprintf(count, sizeof count, "%d", cells);
    uint64_t from = clock_ns();
    struct screen *s =
        screen_start(&(struct screen_setup){.cols = COLS,
                                            .rows = ROWS,
                                            .program = BENCH_FLOOR_EXE,
                                            .args = (const char *[]){count, "30", "37", NULL}});
    while (!screen_row(s, ROWS - 1)[0])
        if (!screen_pump(s, 5000))
            screen_failed(s, "the floor's frame", __FILE__, __LINE__);
    r.first_ms = r.full_ms = since(from, screen_heard(s));
    screen_wait_quiet(s, 300);
    r.pss_kib = (double)bench_pss(screen_pid(s));
    screen_stop(s);
    return r;
}

int main(int argc, char **argv) {
    static double first[RUNS_MAX], full[RUNS_MAX], pss[RUNS_MAX], floor_ms[RUNS_MAX],
        floor_pss[RUNS_MAX];
    size_t n = (size_t)bench_number(argc, argv, "runs", 21);
    int cells = 0;
    char id[40];

    if (n == 0 || n > RUNS_MAX)
        return 2;
    atexit(screen_at_exit);
    struct peer *demo =
        demo_start((const char *[]){"--speed", "0", "--quirk", "retitle=off", NULL});
    demo_session(demo, "Bench me", id);
    demo_send(demo, id, "code c");
    run_mixtui(demo, &cells); /* warms the caches and tells how many cells there are */
    for (size_t i = 0; i < n; i++) {
        struct run mine = run_mixtui(demo, &cells), least = run_floor(cells);
        first[i] = mine.first_ms;
        full[i] = mine.full_ms;
        pss[i] = mine.pss_kib;
        floor_ms[i] = least.first_ms;
        floor_pss[i] = least.pss_kib;
    }
    double least = bench_percentile(floor_ms, n, 0.5);
    double least_pss = bench_percentile(floor_pss, n, 0.5) / 1024;
    bench_ratio("start to the first frame", "ms", bench_percentile(first, n, 0.5), least, 2);
    bench_ratio("start to sessions and thread", "ms", bench_percentile(full, n, 0.5), least, 2);
    bench_most("memory after start (PSS) above the floor's", "MB",
               bench_percentile(pss, n, 0.5) / 1024 - least_pss, least_pss, 6);
    return bench_exit();
}
