/* bench_calls - many calls at once against `curl --parallel` over the same addresses.
 *
 * usage: bench_calls [--calls N] [--rounds N] [--delay MS] */
#include "bench.h"

#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mix/net.h"

enum { ROUNDS_MAX = 50 };

struct job {
    char url[64], list[64];
    long calls;
};

static struct request *a_request(long i) {
    struct request *r = request_new(REQ_CALL, OP_SESSION_GET);
    struct session_ref *ref = arena_alloc(&r->arena, sizeof *ref);

    ref->id = arena_printf(&r->arena, "bench-%ld", i);
    r->in = ref;
    r->version = GEN_TOP;
    return r;
}

/* Takes what is there; how many calls ended. */
static long drain(struct net *net, int ms) {
    struct pollfd fd = {.fd = net_fd(net), .events = POLLIN};
    struct incoming *in;
    long ended = 0;

    if (poll(&fd, 1, ms) < 0)
        exit(2);
    net_ack(net);
    while ((in = net_next(net))) {
        if (in->kind == IN_FAIL) {
            fprintf(stderr, "%s\n", in->err.text);
            exit(2);
        }
        ended += in->kind == IN_REPLY;
        incoming_free(in);
    }
    net_drained(net);
    return ended;
}

/* Seconds for all, from the first worker's breath to the last answer. */
static double ours(const struct job *job) {
    const uint64_t from = clock_ns();
    struct err err = {0};
    struct net *net;
    long ended = 0;

    if (net_new(&net, &(struct net_config){.url = job->url}, &err) != RC_OK)
        exit(2);
    for (long i = 0; i < job->calls; i++) {
        struct request *r = a_request(i);

        while (net_send(net, r) == RC_BUSY)
            ended += drain(net, 1);
    }
    while (ended < job->calls)
        ended += drain(net, 1000);
    const double s = (double)(clock_ns() - from) / 1e9;

    net_free(net);
    return s;
}

static void write_list(const struct job *job) {
    FILE *f = fopen(job->list, "w");

    if (!f)
        exit(2);
    for (long i = 0; i < job->calls; i++)
        fprintf(f, "url = \"%s/api/sessions/bench-%ld\"\noutput = \"/dev/null\"\n", job->url, i);
    fclose(f);
}

static double theirs(const struct job *job, const char *at_once) {
    char *const argv[] = {(char[]){"curl"},       (char[]){"-q"},
                          (char[]){"-sS"},        (char[]){"--no-progress-meter"},
                          (char[]){"--parallel"}, (char[]){"--parallel-max"},
                          xstrdup(at_once),       (char[]){"-K"},
                          xstrdup(job->list),     NULL};
    extern char **environ;
    const uint64_t from = clock_ns();
    pid_t pid;
    int status;

    if (posix_spawnp(&pid, "curl", NULL, NULL, argv, environ) != 0 ||
        waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr, "the curl program did not do it\n");
        exit(2);
    }
    free(argv[6]);
    free(argv[8]);
    return (double)(clock_ns() - from) / 1e9;
}

static void compare(const struct job *job, long rounds, const char *at_once) {
    double mine[ROUNDS_MAX], curl[ROUNDS_MAX];
    char name[100];

    for (long i = 0; i < rounds; i++) { /* by turns: what slows one down slows down the other */
        curl[i] = theirs(job, at_once);
        mine[i] = ours(job);
    }
    snprintf(name, sizeof name, "%ld calls at once against curl --parallel-max %s", job->calls,
             at_once);
    bench_ratio(name, "ms", 1000 * bench_percentile(mine, (size_t)rounds, 0.5),
                1000 * bench_percentile(curl, (size_t)rounds, 0.5), 1 / 0.8);
}

int main(int argc, char **argv) {
    const long rounds = bench_number(argc, argv, "rounds", 9);
    struct job job = {.calls = bench_number(argc, argv, "calls", 500)};
    char dir[] = "/tmp/mixtui-bench.XXXXXX";
    int port;

    if (!mkdtemp(dir))
        return 2;
    const struct feed plan = {.sessions = (size_t)job.calls,
                              .delay_ms = (int)bench_number(argc, argv, "delay", 0)};
    const pid_t feed = feed_start(&plan, &port);

    snprintf(job.url, sizeof job.url, "http://127.0.0.1:%d", port);
    snprintf(job.list, sizeof job.list, "%s/list", dir);
    write_list(&job);
    ours(&job); /* both warm */
    theirs(&job, "50");
    compare(&job, rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX, "50");
    compare(&job, rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX, "300");
    feed_stop(feed);
    unlink(job.list);
    rmdir(dir);
    return bench_exit();
}
