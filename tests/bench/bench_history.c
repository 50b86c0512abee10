/* bench_history - a session of 10,000 messages (28 MB): decoded into the model against
 * cJSON_ParseWithLength alone; memory, its last screen, and keys meanwhile.
 *
 * usage: bench_history [--messages N] [--mb N] [--runs N] */
#include "bench.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "history.h"
#include "mix/view.h"

enum { RUNS_MAX = 50 };
struct job {
    const char *path;
    size_t bytes, messages;
};

/* ---- ours ---- */
static void decode(void *arg, double *out) {
    const struct job *job = arg;
    struct loaded l = history_model(140, 40);
    struct view *view = view_new();
    struct canvas canvas = {0};

    canvas_init(&canvas, 140, 40);
    int64_t before = bench_status(getpid(), "VmRSS");
    uint64_t from = clock_ns();
    history_load(&l, job->path);
    out[0] = (double)(clock_ns() - from) / 1e6;
    out[1] = (double)(bench_status(getpid(), "VmHWM") - before) / 1024;
    from = clock_ns();
    view_settle(view, l.m);
    view_draw(view, l.m, &canvas);
    out[2] = (double)(clock_ns() - from) / 1e6;
    out[3] = (double)l.m->shown->transcript.n;
}

/* ---- the floor ---- */
static void decode_least(void *arg, double *out) {
    const struct job *job = arg;
    char *text = xmalloc(job->bytes + 1);
    int file = open(job->path, O_RDONLY);

    for (size_t at = 0; at < job->bytes;) {
        ssize_t n = read(file, text + at, job->bytes - at);
        if (n <= 0)
            exit(2);
        at += (size_t)n;
    }
    uint64_t from = clock_ns();
    cJSON *tree = cJSON_ParseWithLength(text, job->bytes);
    out[0] = (double)(clock_ns() - from) / 1e6;
    out[1] = tree ? cJSON_GetArraySize(tree) : 0;
    close(file);
}

/* ---- the program: keys while the history arrives ---- */
static double slowest_key(const struct job *job, double *keys) {
    struct feed plan = {.sessions = 2, .messages = job->path};
    char url[64];
    int port, x, y;
    double most = 0;

    pid_t feed = feed_start(&plan, &port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    struct screen *s = screen_start(&(struct screen_setup){
        .cols = 140, .rows = 40, .args = (const char *[]){"--server", url, NULL}});
    while (!screen_has(s, "Bench 1"))
        if (!screen_pump(s, 5000))
            screen_failed(s, "the list of sessions", __FILE__, __LINE__);
    screen_cursor(s, &x, &y, NULL);
    for (int i = 0; i < 60 && !screen_has(s, "tokens."); i++) {
        const char text[2] = {(char)('a' + i % 26), 0};
        uint64_t from = clock_ns();
        screen_bytes(s, text, 1);
        while (strcmp(screen_cell(s, x + i, y).text, text) != 0)
            if (!screen_pump(s, 5000))
                screen_failed(s, "the echo of a key", __FILE__, __LINE__);
        double ms = (double)(screen_heard(s) - from) / 1e6;
        most = ms > most ? ms : most;
        ++*keys;
        screen_pause(s, 5);
    }
    screen_stop(s);
    feed_stop(feed);
    return most;
}

int main(int argc, char **argv) {
    double ms[RUNS_MAX], least[RUNS_MAX], peak[RUNS_MAX], draw[RUNS_MAX], keys = 0, most = 0;
    size_t runs = (size_t)bench_number(argc, argv, "runs", 7);
    struct job job = {.messages = (size_t)bench_number(argc, argv, "messages", 10000)};
    struct stat st;
    char name[100];

    if (runs == 0 || runs > RUNS_MAX)
        return 2;
    atexit(screen_at_exit);
    auto_free char *path = feed_history(screen_path("history.json"), job.messages,
                                        (size_t)bench_number(argc, argv, "mb", 28) * 1000 * 1000);
    job.path = path;
    if (stat(path, &st) != 0)
        return 2;
    job.bytes = (size_t)st.st_size;
    for (size_t i = 0; i < runs; i++) {
        double out[4];
        bench_apart(decode, &job, out, 4);
        ms[i] = out[0];
        peak[i] = out[1];
        draw[i] = out[2];
        if ((size_t)out[3] < job.messages)
            return 2;
        bench_apart(decode_least, &job, out, 2);
        least[i] = out[0];
        if ((size_t)out[1] != job.messages)
            return 2;
    }
    for (size_t i = 0; i < runs; i++) {
        double one = slowest_key(&job, &keys);
        most = one > most ? one : most;
    }
    double mb = (double)job.bytes / 1e6;
    snprintf(name, sizeof name, "%zu messages, %.0f MB: decoded into the model", job.messages, mb);
    bench_ratio(name, "ms", bench_percentile(ms, runs, 0.5), bench_percentile(least, runs, 0.5), 2);
    bench_ratio("  peak memory against the input", "MB",
                bench_percentile(peak, runs, 0.5) * 1.048576, mb, 3);
    bench_most("  its last screen, wrapped and drawn", "ms", bench_percentile(draw, runs, 0.5), 0,
               16);
    snprintf(name, sizeof name, "  slowest of %.0f keys while it arrives", keys);
    bench_most(name, "ms", most, 0, 5);
    return bench_exit();
}
