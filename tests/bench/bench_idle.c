/* bench_idle - with three open streams and nothing to say: wake-ups of all threads, bytes written;
 * while text is half typed, with the file picker open, and of a keeper.
 *
 * usage: bench_idle [--seconds N] */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness.h"

static void measure(struct screen *s, long seconds, const char *what) {
    char name[100];

    screen_pause(s, 12000); /* libcurl looks once more when the time for connecting is over, 10 s */
    int64_t switches = bench_switches(screen_pid(s));
    size_t written = screen_written(s);
    double cpu = bench_process_cpu(screen_pid(s));
    screen_pause(s, (int)seconds * 1000);
    switches = bench_switches(screen_pid(s)) - switches;
    written = screen_written(s) - written;
    cpu = bench_process_cpu(screen_pid(s)) - cpu;
    if (screen_ended(s))
        screen_failed(s, what, __FILE__, __LINE__);

    snprintf(name, sizeof name, "idle %ld s, 3 streams%s: wake-ups of all threads", seconds, what);
    bench_most(name, "", (double)switches, 0, 0);
    snprintf(name, sizeof name, "idle %ld s, 3 streams%s: bytes written", seconds, what);
    bench_most(name, "B", (double)written, 0, 0);
    snprintf(name, sizeof name, "idle %ld s, 3 streams%s: CPU", seconds, what);
    bench_most(name, "ms", cpu * 1000, 0, 0);
}

int main(int argc, char **argv) {
    long seconds = bench_number(argc, argv, "seconds", 12);
    struct feed calm = {.sessions = 3};
    char url[64];
    int port;

    atexit(screen_at_exit);
    pid_t feed = feed_start(&calm, &port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    struct screen *s = screen_start(&(struct screen_setup){
        .cols = 140, .rows = 40, .args = (const char *[]){"--server", url, NULL}});
    screen_wait(s, "Bench 2");
    screen_keys(s, "half a thought"); /* a draft is saved once, then that is over too */
    measure(s, seconds, "");
    screen_keys(s, KEY_LEADER "u");
    screen_wait(s, "Upload");
    screen_wait_quiet(s, 500);
    measure(s, seconds, ", the picker open");
    screen_stop(s);

    s = screen_start(&(struct screen_setup){
        .cols = 140,
        .rows = 40,
        .args = (const char *[]){"keep", "--foreground", "--server", url, NULL}});
    measure(s, seconds, ", a keeper");
    screen_stop(s);
    feed_stop(feed);
    return bench_exit();
}
