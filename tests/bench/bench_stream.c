/* bench_stream - Markdown with code streams into a thread of 10,000 messages: frames a second, and
 * bytes written for what changed on the screen.
 *
 * usage: bench_stream [--messages N] [--rate DELTAS] [--seconds N] */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

enum { COLS = 140, ROWS = 40 };

static struct screen_cell shown[ROWS][COLS];

/* Takes the screen over; the bytes of the characters that are others than before. */
static size_t take_changes(struct screen *s) {
    size_t bytes = 0;

    for (int y = 0; y < ROWS; y++)
        for (int x = 0; x < COLS; x++) {
            const struct screen_cell c = screen_cell(s, x, y), *was = &shown[y][x];

            if (strcmp(c.text, was->text) != 0 || c.fg != was->fg || c.bg != was->bg ||
                c.bold != was->bold || c.reverse != was->reverse || c.italic != was->italic ||
                c.underline != was->underline)
                bytes += strlen(c.text);
            shown[y][x] = c;
        }
    return bytes;
}

int main(int argc, char **argv) {
    const size_t messages = (size_t)bench_number(argc, argv, "messages", 10000);
    const size_t rate = (size_t)bench_number(argc, argv, "rate", 5000);
    const long seconds = bench_number(argc, argv, "seconds", 10);
    const char *theme =
        argc > 1 && argv[argc - 1][0] != '-' && argc % 2 == 0 ? argv[argc - 1] : "dark";
    char path[] = "/tmp/bench-stream-XXXXXX", url[64];
    const int file = mkstemp(path);
    int port;

    if (file < 0)
        return 2;
    close(file);
    atexit(screen_at_exit);
    free(feed_history(path, messages, messages * 2700));
    const struct feed plan = {.sessions = 1,
                              .messages = path,
                              .events = rate * (size_t)(seconds + 20),
                              .rate = rate,
                              .markup = true};
    const pid_t feed = feed_start(&plan, &port);

    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    struct screen *s = screen_start(
        &(struct screen_setup){.cols = COLS,
                               .rows = ROWS,
                               .args = (const char *[]){"--server", url, "--theme", theme, NULL}});

    screen_wait(s, "What was found");
    screen_pause(s, 2000);
    take_changes(s);
    const size_t written_before = screen_written(s);
    const double cpu_before = bench_process_cpu(screen_pid(s));
    const int64_t from = clock_now(), until = from + seconds * 1000;
    size_t frames = 0, changed = 0;

    while (clock_now() < until) {
        const size_t before = screen_written(s);

        screen_pump(s, 100);
        if (screen_written(s) > before) {
            for (size_t n = before; n < screen_written(s);) { /* the rest of a large frame */
                n = screen_written(s);
                screen_pump(s, 2);
            }
            frames++;
            changed += take_changes(s);
        }
    }
    const double took = (double)(clock_now() - from) / 1000;
    const double cpu = bench_process_cpu(screen_pid(s)) - cpu_before;
    const double written = (double)(screen_written(s) - written_before);

    screen_stop(s);
    feed_stop(feed);
    unlink(path);
    bench_most("5,000 deltas/s of Markdown into 10,000 messages: frames a second", "",
               (double)frames / took, 0, 60);
    bench_most("... CPU of the program for a frame, all threads, mean", "ms",
               cpu * 1000 / (double)(frames ? frames : 1), 0, 3);
    bench_ratio("... bytes written against those that changed on the screen", "B", written,
                (double)(changed ? changed : 1), 1.5);
    return bench_exit();
}
