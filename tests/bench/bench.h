/* bench.h - what the benchmarks share: a line of output, measuring, and a server that feeds.
 *
 * Every result is one line of tab-separated fields: name, value, floor, ratio, limit, ok or OVER.
 */
#ifndef MIX_TESTS_BENCH_H
#define MIX_TESTS_BENCH_H

#include <sys/types.h>

#include "mix/base.h"

/* ---- results ---- */
/* value / floor must not be above the limit */
void bench_ratio(const char *name, const char *unit, double value, double floor, double limit);
/* value itself must not; the floor is shown for comparison when it is above 0 */
void bench_most(const char *name, const char *unit, double value, double floor, double limit);
int bench_exit(void); /* 1 when a line was OVER */

/* ---- measuring ---- */
/* Sorts; p in 0..1. */
double bench_percentile(double *values, size_t n, double p);
double bench_cpu(void);                             /* seconds of this process, all threads */
double bench_process_cpu(pid_t pid);                /* the same of another */
int64_t bench_pss(pid_t pid);                       /* KiB; -1: not readable */
int64_t bench_status(pid_t pid, const char *field); /* "VmHWM": KiB of /proc/PID/status */
int64_t bench_switches(pid_t pid);                  /* context switches of all threads */
/* Runs f in a process of its own; what it wrote through `out`, n doubles. */
void bench_apart(void (*f)(void *arg, double *out), void *arg, double *out, size_t n);
long bench_number(int argc, char **argv, const char *name, long otherwise); /* --name N */

/* ---- a server of fixed answers on 127.0.0.1, a process of its own ---- */
struct feed {
    size_t sessions;      /* "bench-0" ... in the list */
    const char *messages; /* file with the body of GET messages; NULL: [] */
    size_t events;        /* content events on the stream of bench-0, then it stays open */
    size_t rate;          /* of them a second; 0: as fast as it can */
    bool markup;          /* they are Markdown with code and a table, else numbered words */
    int64_t download;     /* size of every file */
    int delay_ms;         /* before the answer about one session */
    size_t asks;          /* requests for permission, at once, over all sessions but bench-0 */
    int ask_every_ms;     /* then one more each time; 0: no more */
    uint64_t *answered;   /* clock_ns() when the last answer to one came; of feed_shared() */
};
#define FEED_DELTA 12 /* bytes of text in one event */
pid_t feed_start(const struct feed *f, int *port);
void feed_stop(pid_t pid);
uint64_t *feed_shared(void); /* a number that the server's processes share with this one */
/* A GET messages body of n messages and about `bytes` bytes; the path. */
char *feed_history(const char *path, size_t n, size_t bytes);

#endif
