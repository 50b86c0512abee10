/* bench_transfer - a large upload and download: how much memory grows.
 *
 * usage: bench_transfer [--mb N] */
#include "bench.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mix/net.h"

struct job {
    char url[64], dir[64];
    enum op op;
    int64_t bytes;
};

/* VmHWM counts from here on. */
static void forget_peak(void) {
    int fd = open("/proc/self/clear_refs", O_WRONLY);

    if (fd < 0 || write(fd, "5", 1) != 1)
        fprintf(stderr, "the kernel does not reset peaks: numbers are too high\n");
    if (fd >= 0)
        close(fd);
}

static struct request *a_request(enum op op, const char *path) {
    struct request *r = request_new(REQ_CALL, op);
    struct file_ref *ref = arena_alloc(&r->arena, sizeof *ref);

    ref->id = "bench-0";
    if (op == OP_FILE_GET)
        ref->name = "big.bin";
    r->in = ref;
    r->version = GEN_TOP;
    if (path)
        r->local_path = arena_strdup(&r->arena, path);
    return r;
}

static bool finish(struct net *net, uint32_t id, int64_t *done) {
    for (;;) {
        struct pollfd fd = {.fd = net_fd(net), .events = POLLIN};
        struct incoming *in;
        if (poll(&fd, 1, 60000) == 0)
            return false;
        net_ack(net);
        while ((in = net_next(net))) {
            bool mine = in->request == id, good = in->kind == IN_REPLY, bad = in->kind == IN_FAIL;
            if (mine && in->kind == IN_PROGRESS)
                *done = in->done;
            if (mine && bad)
                fprintf(stderr, "%s\n", in->err.text);
            incoming_free(in);
            if (mine && (good || bad))
                return good;
        }
        net_drained(net);
    }
}

static void transfer(void *arg, double *out) {
    const struct job *job = arg;
    struct err err = {0};
    struct net *net;
    int64_t done = 0;
    char path[128];

    snprintf(path, sizeof path, "%s/%s", job->dir,
             job->op == OP_FILE_UPLOAD ? "up.bin" : "down.bin");
    if (net_new(&net, &(struct net_config){.url = job->url}, &err) != RC_OK)
        exit(2);
    struct request *warm = a_request(OP_FILES_LIST, NULL);
    uint32_t id = warm->id;
    if (net_send(net, warm) != RC_OK || !finish(net, id, &done))
        exit(2);
    struct request *r = a_request(job->op, path);
    id = r->id;
    forget_peak();
    int64_t before = bench_status(getpid(), "VmRSS");
    uint64_t from = clock_ns();
    if (net_send(net, r) != RC_OK || !finish(net, id, &done))
        exit(2);
    out[0] = (double)(bench_status(getpid(), "VmHWM") - before) / 1024;
    out[1] = (double)done;
    out[2] = (double)(clock_ns() - from) / 1e9;
    net_free(net);
}

static void measure(struct job *job, enum op op, const char *what) {
    double out[3];
    char name[100];

    job->op = op;
    bench_apart(transfer, job, out, 3);
    if ((int64_t)out[1] < job->bytes) {
        fprintf(stderr, "%s: only %.0f bytes\n", what, out[1]);
        exit(2);
    }
    snprintf(name, sizeof name, "%s of %.2f GB (%.1f s): memory grows by", what,
             (double)job->bytes / 1e9, out[2]);
    bench_most(name, "MB", out[0], 0, 2);
}

/* ---- eight at once ---- */
enum { AT_ONCE = 8, ROUNDS = 6 };

static void parallel(void *arg, double *out) {
    const struct job *job = arg;
    struct err err = {0};
    struct net *net;
    size_t left = AT_ONCE;
    char path[128];
    const uint64_t from = clock_ns(); /* curl has to start, too */

    if (net_new(&net, &(struct net_config){.url = job->url}, &err) != RC_OK)
        exit(2);
    snprintf(path, sizeof path, "%s/up.bin", job->dir);
    struct request *warm = a_request(OP_FILES_LIST, NULL);
    int64_t done = 0;
    const uint32_t id = warm->id;

    if (net_send(net, warm) != RC_OK || !finish(net, id, &done))
        exit(2);
    forget_peak();
    const int64_t before = bench_status(getpid(), "VmRSS");

    for (int i = 0; i < AT_ONCE; i++)
        if (net_send(net, a_request(OP_FILE_UPLOAD, path)) != RC_OK)
            exit(2);
    while (left > 0) {
        struct pollfd fd = {.fd = net_fd(net), .events = POLLIN};
        struct incoming *in;

        if (poll(&fd, 1, 60000) == 0)
            exit(2);
        net_ack(net);
        while ((in = net_next(net))) {
            if (in->kind == IN_FAIL || (in->kind == IN_REPLY && in->done < 100 * 1000 * 1000))
                exit(2);
            left -= in->kind == IN_REPLY;
            incoming_free(in);
        }
        net_drained(net);
    }
    out[0] = (double)(clock_ns() - from) / 1e6;
    out[1] = (double)(bench_status(getpid(), "VmHWM") - before) / 1024;
    net_free(net);
}

/* 0: no curl. */
static double curl_ms(const struct job *job) {
    auto_buf struct buf command = {.max = 4096};

    (void)buf_adds(&command, "curl -s --parallel --parallel-immediate");
    for (int i = 0; i < AT_ONCE; i++)
        (void)buf_addf(&command,
                       "%s -o /dev/null -F file=@%s/up.bin %s/api/sessions/bench-0/files/upload",
                       i > 0 ? " --next -s" : "", job->dir, job->url);
    (void)buf_adds(&command, " >/dev/null 2>&1");
    const uint64_t from = clock_ns();

    return system(command.p) == 0 ? (double)(clock_ns() - from) / 1e6 : 0;
}

static void measure_parallel(struct job *job) {
    double own = 1e12, curl = 1e12, grows = 0;

    for (int i = 0; i < ROUNDS; i++) { /* who goes first changes */
        double out[2], theirs = i % 2 == 0 ? curl_ms(job) : 0;

        bench_apart(parallel, job, out, 2);
        theirs = i % 2 == 0 ? theirs : curl_ms(job);
        own = out[0] < own ? out[0] : own;
        curl = theirs < curl ? theirs : curl;
        grows = out[1] > grows ? out[1] : grows;
    }
    if (curl > 0)
        bench_ratio("8 uploads of 100 MB at once, beside curl --parallel", "ms", own, curl,
                    1 / 0.9);
    bench_most("8 uploads of 100 MB at once: memory grows by", "MB", grows, 0, 4);
}

int main(int argc, char **argv) {
    struct job job = {.bytes = bench_number(argc, argv, "mb", 1000) * 1000 * 1000,
                      .dir = "/tmp/mixtui-bench.XXXXXX"};
    char path[128];
    int port;

    if (!mkdtemp(job.dir))
        return 2;
    snprintf(path, sizeof path, "%s/up.bin", job.dir);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    bool sparse = fd >= 0 && ftruncate(fd, job.bytes) == 0;
    close(fd);
    pid_t feed = feed_start(&(struct feed){.sessions = 1, .download = job.bytes}, &port);
    snprintf(job.url, sizeof job.url, "http://127.0.0.1:%d", port);
    if (sparse) {
        measure(&job, OP_FILE_UPLOAD, "upload");
        measure(&job, OP_FILE_GET, "download");
        if (truncate(path, 100 * 1000 * 1000) == 0)
            measure_parallel(&job);
    }
    feed_stop(feed);
    unlink(path);
    snprintf(path, sizeof path, "%s/down.bin", job.dir);
    unlink(path);
    rmdir(job.dir);
    return sparse ? bench_exit() : 2;
}
