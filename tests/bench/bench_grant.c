/* bench_grant - a grant in the program: from the byte of its key on the terminal until its request
 * arrives at the server, against a program that posts each key, with nothing else to do and while
 * a session streams; and what the program's frames cost with 200 requests over 50 sessions.
 *
 * usage: bench_grant [--grants N] [--rate DELTAS] [--moves N] */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

enum { COLS = 140, ROWS = 40, GRANTS_MAX = 2000, ASKS = 200, SESSIONS = 50 };

static struct screen *start_mixtui(const char *url, int cols, int rows) {
    struct screen *s = screen_start(&(struct screen_setup){
        .cols = cols, .rows = rows, .args = (const char *[]){"--server", url, NULL}});

    screen_wait(s, "Bench 0");
    return s;
}

static struct screen *start_floor(const char *url) {
    char post[128];

    snprintf(post, sizeof post, "%s/api/permissions/p/grant", url);
    struct screen *s = screen_start(
        &(struct screen_setup){.cols = COLS,
                               .rows = ROWS,
                               .program = BENCH_FLOOR_EXE,
                               .args = (const char *[]){"2000", "30", "37", post, NULL}});

    screen_wait_quiet(s, 300);
    return s;
}

static uint64_t answered_at(const uint64_t *at) { return __atomic_load_n(at, __ATOMIC_ACQUIRE); }

static double answer_ms(struct screen *s, const uint64_t *answered) {
    const uint64_t before = answered_at(answered), from = clock_ns();
    const int64_t until = clock_now() + 5000;

    screen_bytes(s, "y", 1);
    while (answered_at(answered) == before)
        if (!screen_pump(s, 1) || clock_now() > until)
            screen_failed(s, "an answer at the server", __FILE__, __LINE__);
    return (double)(answered_at(answered) - from) / 1e6;
}

/* Both in turn, so that a machine that slows down slows both. */
static void measure(size_t rate, size_t n, const char *what) {
    static double ms[GRANTS_MAX], least[GRANTS_MAX];
    uint64_t *answered = feed_shared();
    const struct feed plan = {.sessions = 4,
                              .events = rate * 3600,
                              .rate = rate,
                              .asks = 9,
                              .ask_every_ms = 400, /* sooner than they are answered */
                              .answered = answered};
    char url[64], name[100];
    int port;
    const pid_t feed = feed_start(&plan, &port);

    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    struct screen *s = start_mixtui(url, COLS, ROWS), *floor_screen = start_floor(url);

    screen_keys(s, "\033p"); /* Alt+P */
    for (size_t i = 0; i < n; i++) {
        screen_wait_armed(s, "y grant");
        ms[i] = answer_ms(s, answered);
        least[i] = answer_ms(floor_screen, answered);
        screen_keys(s, "j");
        screen_pause(s, 80);
    }
    screen_stop(s);
    screen_stop(floor_screen);
    feed_stop(feed);
    snprintf(name, sizeof name, "a grant%s: from its key to the server, p95", what);
    bench_most(name, "ms", bench_percentile(ms, n, 0.95), bench_percentile(least, n, 0.95), 5);
    bench_ratio("  the median, beside a program that posts each key", "ms",
                bench_percentile(ms, n, 0.5), bench_percentile(least, n, 0.5), 10);
}

/* Each key moves the selection, and a second goes by now and then. */
static void measure_frames(size_t n, int cols, int rows) {
    const struct feed plan = {.sessions = SESSIONS + 1, .asks = ASKS};
    char url[64], name[100];
    int port;
    const pid_t feed = feed_start(&plan, &port);

    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    screen_file("config/mixtui/config.ini", "[ui]\nwatched = all\n");
    struct screen *s = start_mixtui(url, cols, rows);

    screen_keys(s, "\033p");
    screen_wait(s, "Permissions 200");
    screen_wait_quiet(s, 200);
    const double before = bench_process_cpu(screen_pid(s));

    for (size_t i = 0; i < n; i++) {
        const size_t written = screen_written(s);

        screen_keys(s, i % 300 < 150 ? "j" : "k");
        while (screen_written(s) == written)
            if (!screen_pump(s, 2000))
                screen_failed(s, "the next request", __FILE__, __LINE__);
        screen_pause(s, 15);
    }
    const double cpu = bench_process_cpu(screen_pid(s)) - before;

    if (!screen_has(s, "Permissions 200"))
        screen_failed(s, "200 requests to the end", __FILE__, __LINE__);
    screen_stop(s);
    feed_stop(feed);
    snprintf(name, sizeof name,
             "the program at %dx%d with 200 requests: CPU for a key and its frames", cols, rows);
    bench_most(name, "ms", cpu * 1000 / (double)n, 0, 3);
}

int main(int argc, char **argv) {
    const size_t n = (size_t)bench_number(argc, argv, "grants", 60);
    const size_t rate = (size_t)bench_number(argc, argv, "rate", 5000);
    const size_t moves = (size_t)bench_number(argc, argv, "moves", 600);

    if (n == 0 || n > GRANTS_MAX || moves == 0)
        return 2;
    atexit(screen_at_exit);
    measure(0, n, "");
    measure(rate, n, " while 5,000 deltas/s arrive");
    measure_frames(moves, 80, 24);
    measure_frames(moves, 200, 50);
    return bench_exit();
}
