/* bench_keys - from a key to its echo, idle, while a session streams, and while requests for
 * permission wait besides; bytes written per key.
 *
 * usage: bench_keys [--keys N] [--rate DELTAS] */
#include "bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

enum { COLS = 140, ROWS = 40, KEYS_MAX = 20000, LINE = 60 };

static struct screen *start_mixtui(const char *url, const char *theme) {
    struct screen *s = screen_start(&(struct screen_setup){
        .cols = COLS,
        .rows = ROWS,
        .args = (const char *[]){"--server", url, theme ? "--theme" : NULL, theme, NULL}});

    screen_wait(s, "Bench 0");
    screen_wait_quiet(s, 300);
    screen_keys(s, KEY_CTRL('u')); /* the draft of the run before */
    screen_wait_quiet(s, 300);
    return s;
}

static struct screen *start_floor(void) {
    struct screen *s =
        screen_start(&(struct screen_setup){.cols = COLS,
                                            .rows = ROWS,
                                            .program = BENCH_FLOOR_EXE,
                                            .args = (const char *[]){"2000", "30", "37", NULL}});

    screen_wait_quiet(s, 300);
    return s;
}

/* Where text is typed: behind the composer's bar, or where the floor's cursor rests. While a
 * session streams the cursor may be read in the middle of a frame. */
static void caret(struct screen *s, int *x, int *y) {
    if (screen_find(s, "┌ message", x, y))
        *x += 2, *y += 1;
    else
        screen_cursor(s, x, y, NULL);
}

static void type_one(struct screen *s, int x, int y, char key) {
    const char text[2] = {key, 0};
    int64_t until = clock_now() + 5000;

    screen_bytes(s, text, 1);
    while (strcmp(screen_cell(s, x, y).text, text) != 0)
        if (!screen_pump(s, 100) || clock_now() > until)
            screen_failed(s, "the echo of a key", __FILE__, __LINE__);
}

static void clear_line(struct screen *s, int x, int y) {
    screen_keys(s, KEY_CTRL('u'));
    while (strcmp(screen_cell(s, x, y).text, " ") != 0)
        if (!screen_pump(s, 2000))
            screen_failed(s, "an empty line", __FILE__, __LINE__);
    screen_pause(s, 20);
}

/* Milliseconds from each key to its echo, a key every few milliseconds as fast hands would. */
static void latencies(struct screen *s, double *ms, size_t n) {
    int x, y;

    caret(s, &x, &y);
    type_one(s, x, y, 'x');
    clear_line(s, x, y);
    for (size_t i = 0; i < n; i++) {
        if (i && i % LINE == 0)
            clear_line(s, x, y);
        screen_pause(s, 7);
        uint64_t from = clock_ns();
        type_one(s, x + (int)(i % LINE), y, (char)('a' + i % 26));
        ms[i] = (double)(screen_heard(s) - from) / 1e6;
    }
    clear_line(s, x, y);
}

/* Both in turn, so that a machine that slows down slows both. */
static void in_turn(struct screen *a, double *a_ms, struct screen *b, double *b_ms, size_t n) {
    for (size_t at = 0; at < n; at += LINE) {
        size_t some = n - at < LINE ? n - at : LINE;
        latencies(a, a_ms + at, some);
        latencies(b, b_ms + at, some);
    }
}

/* The most and the mean number of bytes a key costs at the end of a line. */
static void bytes_per_key(struct screen *s, double *most, double *mean) {
    int x, y;
    size_t sum = 0;

    *most = 0;
    caret(s, &x, &y);
    type_one(s, x, y, 'x'); /* the first one also takes the hint away */
    screen_wait_quiet(s, 200);
    for (int i = 1; i < LINE; i++) {
        size_t before = screen_written(s);
        type_one(s, x + i, y, (char)('!' + i));
        screen_wait_quiet(s, 40);
        size_t cost = screen_written(s) - before;
        sum += cost;
        *most = (double)cost > *most ? (double)cost : *most;
    }
    *mean = (double)sum / (LINE - 1);
}

static void bytes_in_theme(const char *url, const char *theme, double limit) {
    char name[80];
    double most, mean;
    struct screen *s = start_mixtui(url, theme);

    bytes_per_key(s, &most, &mean);
    screen_stop(s);
    snprintf(name, sizeof name, "bytes written per key, theme %s (most)", theme);
    bench_most(name, "B", most, 0, limit);
}

/* While bench-0 streams, and the others ask. */
static void while_streaming(struct feed plan, const char *what, struct screen *least_screen,
                            size_t n) {
    static double busy[KEYS_MAX], least[KEYS_MAX];
    char url[64], name[100];
    int port;
    const pid_t feed = feed_start(&plan, &port);

    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    struct screen *s = screen_start(&(struct screen_setup){
        .cols = COLS, .rows = ROWS, .args = (const char *[]){"--server", url, NULL}});

    screen_wait(s, "word 0");
    if (plan.asks > 0)
        screen_wait(s, "make part");
    in_turn(s, busy, least_screen, least, n);
    screen_stop(s);
    feed_stop(feed);
    snprintf(name, sizeof name, "key to echo while 5,000 deltas/s arrive%s, p99", what);
    bench_ratio(name, "ms", bench_percentile(busy, n, 0.99), bench_percentile(least, n, 0.99), 3);
}

int main(int argc, char **argv) {
    static double idle[KEYS_MAX], least[KEYS_MAX];
    size_t n = (size_t)bench_number(argc, argv, "keys", 1500);
    size_t rate = (size_t)bench_number(argc, argv, "rate", 5000);
    char url[64];
    int port;

    if (n == 0 || n > KEYS_MAX)
        return 2;
    atexit(screen_at_exit);
    struct feed calm = {.sessions = 3}, flood = {.sessions = 3, .events = rate * 600, .rate = rate};
    pid_t feed = feed_start(&calm, &port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    struct screen *s = start_mixtui(url, NULL), *least_screen = start_floor();
    in_turn(s, idle, least_screen, least, n);
    screen_stop(s);
    bytes_in_theme(url, "default", 8);
    bytes_in_theme(url, "dark", 48);
    bytes_in_theme(url, "light", 48);
    bytes_in_theme(url, "16", 48);
    bytes_in_theme(url, "mono", 48);
    feed_stop(feed);

    bench_ratio("key to echo, p99", "ms", bench_percentile(idle, n, 0.99),
                bench_percentile(least, n, 0.99), 3);
    while_streaming(flood, "", least_screen, n);
    flood.asks = 2; /* at any time */
    flood.ask_every_ms = 12000;
    while_streaming(flood, " and a request waits", least_screen, n);
    flood.asks = 200; /* which live for 30 s */
    flood.ask_every_ms = 150;
    while_streaming(flood, " and 200 requests wait", least_screen, n);
    screen_stop(least_screen);
    return bench_exit();
}
