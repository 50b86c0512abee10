/* bench_idle - with three open streams and nothing to say: wake-ups of all threads, bytes written.
 *
 * usage: bench_idle [--seconds N] */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness.h"

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
    screen_pause(s, 12000); /* libcurl looks once more when the time for connecting is over, 10 s */
    int64_t switches = bench_switches(screen_pid(s));
    size_t written = screen_written(s);
    double cpu = bench_process_cpu(screen_pid(s));
    screen_pause(s, (int)seconds * 1000);
    switches = bench_switches(screen_pid(s)) - switches;
    written = screen_written(s) - written;
    cpu = bench_process_cpu(screen_pid(s)) - cpu;
    screen_stop(s);
    feed_stop(feed);

    char name[80];
    snprintf(name, sizeof name, "idle %ld s, 3 streams: wake-ups of all threads", seconds);
    bench_most(name, "", (double)switches, 0, 0);
    snprintf(name, sizeof name, "idle %ld s, 3 streams: bytes written", seconds);
    bench_most(name, "B", (double)written, 0, 0);
    snprintf(name, sizeof name, "idle %ld s, 3 streams: CPU", seconds);
    bench_most(name, "ms", cpu * 1000, 0, 0);
    return bench_exit();
}
