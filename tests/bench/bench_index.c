/* The index over 1,000 sessions: a question against reading the same text, and how long others wait
 * behind what is fed. The floor is grep over the same text as files. */
#include "bench.h"

#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mix/job.h"

enum { WORDS = 20000, PER_MESSAGE = 60, TIMES = 20 };
static const char *const queries[] = {"needle",      "needle w17",  "w5 w6",      "w1",
                                      "\"w11 w12\"", "w7 w77 w777", "absentword", "w19"};

static char dir[64], file[96];
static size_t sessions, messages;
static size_t length; /* of all messages */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static struct task *ask(struct job *j, struct task *t) {
    (void)job_send(j, t);
    while (!(t = job_next(j))) {
        struct pollfd p = {.fd = job_fd(j), .events = POLLIN};

        (void)poll(&p, 1, -1);
        job_ack(j);
    }
    return t;
}

static uint32_t seed = 1;

static uint32_t next(uint32_t below) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

/* Few words are in most messages, most words in few. */
static size_t make_text(char *out, size_t size, size_t nth) {
    size_t n = 0;

    for (int i = 0; i < PER_MESSAGE; i++) {
        const uint32_t span = 1u << (1 + next(14));

        n += (size_t)snprintf(out + n, size - n, "w%u ", next(span < WORDS ? span : WORDS));
    }
    if (nth % 997 == 0)
        n += (size_t)snprintf(out + n, size - n, "needle ");
    out[n - 1] = '\n';
    return n;
}

/* The same text as files, one for each session, read by grep. */
static double read_once(void) {
    char command[256];
    const uint64_t from = clock_ns();

    snprintf(command, sizeof command, "grep -rciw needle %s/text >/dev/null", dir);
    if (system(command) != 0)
        fprintf(stderr, "grep finds nothing\n");
    return (double)(clock_ns() - from) / 1e6;
}

static void write_text(size_t nth, const char *text, size_t n) {
    char path[96];

    snprintf(path, sizeof path, "%s/text", dir);
    (void)mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/text/%zu", dir, nth);
    auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0 || write(fd, text, n) != (ssize_t)n)
        fprintf(stderr, "%s could not be written\n", path);
}

/* What a draft takes by itself: it is what waits behind the index. */
static double draft_alone(struct job *j) {
    double took[TIMES * 5];

    for (size_t i = 0; i < MIX_COUNT(took); i++) {
        struct task *t = task_new(TASK_WRITE, "");
        const uint64_t from = clock_ns();

        t->path = arena_printf(&t->arena, "%s/draft", dir);
        t->data = arena_printf(&t->arena, "a draft, %zu", i);
        t->len = strlen(t->data);
        task_free(ask(j, t));
        took[i] = (double)(clock_ns() - from) / 1e6;
    }
    return bench_percentile(took, MIX_COUNT(took), 0.99);
}

/* One session; the longest that a task of somebody else would have waited. */
static double feed_session(struct job *j, size_t nth) {
    struct task *t = task_new(TASK_INDEX_ADD, file);
    auto_free char *text = xcalloc(messages, 1024);
    size_t at = 0;
    double longest = 0;

    t->index.session = arena_printf(&t->arena, "session-%zu", nth);
    t->index.title = arena_printf(&t->arena, "Session %zu", nth);
    t->index.at = (int64_t)nth * 3600000;
    t->index.rows = arena_alloc(&t->arena, messages * sizeof *t->index.rows);
    for (size_t i = 0; i < messages; i++) {
        char one[1024];
        const size_t n = make_text(one, sizeof one, nth * messages + i);

        t->index.rows[i] = (struct index_row){.message = arena_printf(&t->arena, "m%zu", i),
                                              .role = i % 2 ? 'a' : 'u',
                                              .place = (int64_t)i,
                                              .text = arena_strndup(&t->arena, one, n),
                                              .len = n};
        memcpy(text + at, one, n);
        at += n;
    }
    write_text(nth, text, at);
    length += at;
    t->index.n_rows = messages;
    while (t->index.n_rows > 0) {
        const uint64_t from = clock_ns();

        t = ask(j, t);
        const double took = (double)(clock_ns() - from) / 1e6;

        longest = took > longest ? took : longest;
        if (t->err.rc != RC_OK) {
            fprintf(stderr, "%s\n", t->err.text);
            exit(2);
        }
        t->index.rows += t->index.done;
        t->index.n_rows -= t->index.done;
        t->index.done = 0;
    }
    task_free(t);
    return longest;
}

static void find_all(struct job *j) {
    double floor[TIMES], took[TIMES], worst = 0;

    for (size_t i = 0; i < TIMES; i++)
        floor[i] = read_once();
    const double scan = bench_percentile(floor, TIMES, 0.5);

    for (size_t q = 0; q < MIX_COUNT(queries); q++) {
        size_t found = 0;
        char name[64];

        for (size_t i = 0; i < TIMES; i++) {
            struct task *t = task_new(TASK_INDEX_FIND, file);
            const uint64_t from = clock_ns();

            t->index.query = arena_strdup(&t->arena, queries[q]);
            t = ask(j, t);
            took[i] = (double)(clock_ns() - from) / 1e6;
            found = t->index.n_rows;
            task_free(t);
        }
        const double p99 = bench_percentile(took, TIMES, 0.99);

        snprintf(name, sizeof name, "index: %s (%zu found)", queries[q], found);
        bench_most(name, "ms", p99, scan, 50);
        worst = p99 > worst ? p99 : worst;
    }
    bench_ratio("index: the slowest question / grep -rciw over the text", "ms", worst, scan, 2);
}

int main(int argc, char **argv) {
    sessions = (size_t)bench_number(argc, argv, "--sessions", 1000);
    messages = (size_t)bench_number(argc, argv, "--messages", 100);
    snprintf(dir, sizeof dir, "/tmp/bench-index-XXXXXX");
    if (!mkdtemp(dir))
        return 2;
    snprintf(file, sizeof file, "%s/index.db", dir);
    struct job *j = job_new();
    double *waits = xcalloc(sessions, sizeof *waits);
    const uint64_t from = clock_ns();

    for (size_t i = 0; i < sessions; i++)
        waits[i] = feed_session(j, i);
    const double seconds = (double)(clock_ns() - from) / 1e9;
    struct task *t = ask(j, task_new(TASK_INDEX_FACTS, file));

    fprintf(stderr,
            "%lld sessions, %lld messages, %.1f MB of text, %.1f MB of files, fed in %.1f s\n",
            (long long)t->index.facts.sessions, (long long)t->index.facts.messages,
            (double)length / 1e6, (double)t->index.facts.bytes / 1e6, seconds);
    bench_ratio("index: bytes of its files / bytes of the text", "MB",
                (double)t->index.facts.bytes / 1e6, (double)length / 1e6, 3);
    task_free(t);
    bench_most("index: another task waits behind feeding, median", "ms",
               bench_percentile(waits, sessions, 0.5), 0, 20);
    bench_most("index: that wait, p99 (beside it the write of a draft)", "ms",
               bench_percentile(waits, sessions, 0.99), draft_alone(j), 100);
    find_all(j);
    job_free(j);
    free(waits);
    (void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return bench_exit();
}
