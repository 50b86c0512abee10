/* bench_events - small content events through HTTP, SSE, JSON, queue and reducer, against libcurl
 * receiving and cJSON parsing the same bytes and nothing else.
 *
 * usage: bench_events [--events N] [--runs N] */
#include "bench.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix/act.h"
#include "mix/net.h"

enum { RUNS_MAX = 50 };
struct job {
    char url[64];
    size_t events;
};

/* ---- ours: a model on a worker, as main has them ---- */
static void pass_on(struct net *net, struct effects *fx) {
    size_t sent = 0;

    while (sent < fx->n_requests && net_send(net, fx->requests[sent]) == RC_OK)
        sent++;
    memmove(fx->requests, fx->requests + sent, (fx->n_requests - sent) * sizeof *fx->requests);
    fx->n_requests -= sent;
    for (size_t i = 0; i < fx->n_tasks; i++)
        task_free(fx->tasks[i]);
    fx->n_tasks = 0;
}

static size_t text_bytes(const struct incoming *in) {
    size_t n = 0;

    for (const struct wire_event *e = in->kind == IN_EVENTS ? in->events : NULL; e; e = e->next)
        if (e->kind == EV_CONTENT && e->data.content)
            n += strlen(e->data.content);
    return n;
}

static void receive(void *arg, double *out) {
    const struct job *job = arg;
    struct err err = {0};
    struct net *net;
    struct effects *fx = effects_new();
    struct model_config config = {.url = job->url};
    size_t seen = 0, want = job->events * FEED_DELTA;

    if (net_new(&net, &(struct net_config){.url = job->url}, &err) != RC_OK)
        exit(2);
    struct model *m = model_new(&config, clock_now(), clock_real(), fx);
    act_resize(m, 140, 40);
    uint64_t from = clock_ns();
    double cpu = bench_cpu();
    while (seen < want) {
        struct pollfd fd = {.fd = net_fd(net), .events = POLLIN};
        struct incoming *in;
        pass_on(net, fx);
        if (poll(&fd, 1, 20000) == 0) {
            fprintf(stderr, "only %zu of %zu bytes came\n", seen, want);
            break;
        }
        net_ack(net);
        int64_t now = clock_now(), real = clock_real();
        while ((in = net_next(net))) {
            seen += text_bytes(in);
            model_apply(m, in, now, real, fx);
        }
        net_drained(net);
        model_tick(m, now, real, fx);
    }
    out[0] = bench_cpu() - cpu;
    out[1] = (double)(clock_ns() - from) / 1e9;
    out[2] = (double)seen;
    net_free(net);
    model_free(m);
    effects_free(fx);
}

/* ---- the floor ---- */
struct receiver {
    struct buf rest;
    size_t events, want;
};

static size_t on_bytes(char *p, size_t size, size_t n, void *user) {
    struct receiver *r = user;
    char *line, *end;

    buf_add(&r->rest, p, size * n);
    for (line = r->rest.p; (end = memchr(line, '\n', r->rest.n - (size_t)(line - r->rest.p)));
         line = end + 1) {
        if (strncmp(line, "data: ", 6) != 0)
            continue;
        cJSON *tree = cJSON_ParseWithLength(line + 6, (size_t)(end - line) - 6);
        r->events += tree != NULL;
        cJSON_Delete(tree);
    }
    buf_cut(&r->rest, 0, (size_t)(line - r->rest.p));
    return r->events > r->want ? 0 : size * n; /* one more than the events: `connected` */
}

static void receive_least(void *arg, double *out) {
    const struct job *job = arg;
    struct receiver r = {.want = job->events};
    char url[128];

    buf_init(&r.rest, 64 * MIX_MIB);
    snprintf(url, sizeof url, "%s/stream?sessionId=bench-0", job->url);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &r);
    uint64_t from = clock_ns();
    double cpu = bench_cpu();
    curl_easy_perform(easy);
    out[0] = bench_cpu() - cpu;
    out[1] = (double)(clock_ns() - from) / 1e9;
    out[2] = (double)r.events;
    curl_easy_cleanup(easy);
    buf_fini(&r.rest);
}

int main(int argc, char **argv) {
    double cpu[RUNS_MAX], least[RUNS_MAX], wall[RUNS_MAX];
    size_t runs = (size_t)bench_number(argc, argv, "runs", 5);
    struct job job = {.events = (size_t)bench_number(argc, argv, "events", 1000000)};
    struct feed plan = {.sessions = 1, .events = job.events};
    int port;
    char name[80];

    if (runs == 0 || runs > RUNS_MAX)
        return 2;
    pid_t feed = feed_start(&plan, &port);
    snprintf(job.url, sizeof job.url, "http://127.0.0.1:%d", port);
    for (size_t i = 0; i < runs; i++) {
        double out[3];
        bench_apart(receive, &job, out, 3);
        if ((size_t)out[2] < job.events * FEED_DELTA)
            return 2;
        cpu[i] = out[0];
        wall[i] = out[1];
        bench_apart(receive_least, &job, out, 3);
        if ((size_t)out[2] < job.events)
            return 2;
        least[i] = out[0];
    }
    feed_stop(feed);
    snprintf(name, sizeof name, "%zu events: CPU (%.2f s on the clock)", job.events,
             bench_percentile(wall, runs, 0.5));
    bench_ratio(name, "s", bench_percentile(cpu, runs, 0.5), bench_percentile(least, runs, 0.5), 4);
    return bench_exit();
}
