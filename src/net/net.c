/* net.c - the worker: start, stop, and the loop. */
#include "inner.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { RING_SLOTS = 256, TRANSFERS_HEARD = 64 };

/* ---- the worker's side ---- */
int64_t net_delay(const struct net *n, int64_t ms) {
    const int64_t scaled = (int64_t)((double)ms / n->set.time_scale);

    return scaled > 1 ? scaled : 1;
}

int64_t net_backoff(const struct net *n, const struct retry_policy *p, int attempt) {
    double ms = (double)p->initial_ms;

    for (int i = 1; i < attempt && ms < (double)p->max_ms; i++)
        ms *= p->exponent;
    if (ms > (double)p->max_ms)
        ms = (double)p->max_ms;
    /* Three quarters to the whole of it, so that many clients of a server that restarts do not come
     * at once. */
    const double chance = 0.75 + 0.25 * (random_u32() / (double)UINT32_MAX);

    return net_delay(n, (int64_t)(ms * chance));
}

bool net_sync(const struct net *n) {
    return !n->caps_known || n->caps.version == GEN_NONE || n->caps.sync_send;
}

static void take_command(struct net *n, struct request *r) {
    switch (r->kind) {
    case REQ_CALL:
    case REQ_PROBE:
        call_begin(n, r);
        return;
    case REQ_STREAM:
        stream_begin(n, r);
        return;
    case REQ_CANCEL:
        if (!call_cancel(n, r->target) && !stream_cancel(n, r->target))
            frames_cancel(n, r->target);
        break;
    case REQ_FRAMES:
        frames_begin(n, r);
        break;
    case REQ_WAKE:
        streams_reconnect(n);
        calls_hurry(n);
        break;
    }
    request_free(r);
}

static void notice_sleep(struct net *n) {
    if (!suspend_happened(&n->suspend))
        return;
    log_line("net", "the machine slept");
    n->fresh_until = n->now + FRESH_MS;
    streams_suspended(n);
    calls_slept(n);
}

static void reap(struct net *n) {
    const CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(n->multi, &left))) {
        if (m->msg != CURLMSG_DONE)
            continue;
        const CURLcode code = m->data.result;
        struct task *t = NULL;

        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
        t->done(t, code);
    }
}

static void wait_for_something(struct net *n) {
    const int64_t calls = calls_deadline(n), streams = streams_deadline(n);
    const int64_t until = calls < streams ? calls : streams;
    int64_t ms = INT32_MAX;

    if (until != INT64_MAX) {
        const int64_t left = until - net_clock.boot();

        ms = left < 0 ? 0 : left < ms ? left : ms;
    }
    struct curl_waitfd fds[1 + TRANSFERS_HEARD] = {
        {.fd = n->suspend.fd, .events = CURL_WAIT_POLLIN}};
    const size_t first = n->suspend.fd >= 0 ? 1 : 0;
    const size_t waiting = calls_wait_for(n, fds + first, TRANSFERS_HEARD);

    curl_multi_poll(n->multi, fds, (unsigned)(first + waiting), (int)ms, NULL);
    n->suspend.heard = first > 0 && fds[0].revents != 0;
    calls_heard(n, fds + first, waiting);
}

static void *run(void *arg) {
    struct net *n = arg;
    struct request *r;
    int running;

#ifdef __linux__
    pthread_setname_np(pthread_self(), "net");
    setpriority(PRIO_PROCESS, 0,
                5); /* of this thread: while megabytes are decoded, keys go first */
#endif
    if (n->set.hooks.started)
        n->set.hooks.started(n->set.hooks.user);
    while (!atomic_load(&n->quit)) {
        n->now = net_clock.boot();
        notice_sleep(n);
        while ((r = ring_pop(n->commands)))
            take_command(n, r);
        calls_tick(n);
        streams_tick(n);
        curl_multi_perform(n->multi, &running);
        reap(n);
        frames_flush(n);
        backlog_flush(n);
        wait_for_something(n);
    }
    calls_free(n);
    streams_free(n);
    frames_free(n);
    backlog_free(&n->backlog);
    return NULL;
}

/* ---- main's side ---- */
static void release(struct net *n) {
    struct request *r;
    struct incoming *in;

    while ((r = ring_pop(n->commands)))
        request_free(r);
    while ((in = ring_pop(n->incomings)))
        incoming_free(in);
    ring_free(n->commands);
    ring_free(n->incomings);
    bell_free(n->bell);
    suspend_forget(&n->suspend);
    if (n->multi)
        curl_multi_cleanup(n->multi);
    settings_free(&n->set);
    free(n);
}

/* No signal is ever delivered to the worker: main alone decides what they mean. */
static int start_thread(struct net *n) {
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = pthread_create(&n->thread, NULL, run, n);

    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

enum rc net_new(struct net **out, const struct net_config *config, struct err *err) {
    static bool curl_ready;

    *out = NULL;
    if (!curl_ready && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(err, RC_IO, 0, "libcurl does not start");
    curl_ready = true;
    struct net *n = xcalloc(1, sizeof *n);

    n->commands = ring_new(RING_SLOTS);
    n->incomings = ring_new(RING_SLOTS);
    n->bell = bell_new();
    atomic_init(&n->quit, false);
    atomic_init(&n->starved, false);
    atomic_init(&n->popped, 0);
    n->now = net_clock.boot();
    suspend_watch(&n->suspend);
    const enum rc rc = settings_read(&n->set, config, err);

    if (rc != RC_OK) {
        release(n);
        return rc;
    }
    n->multi = curl_multi_init();
    const int failed = n->multi ? start_thread(n) : ENOMEM;

    if (failed != 0) {
        release(n);
        return err_set(err, RC_IO, failed, "the network thread does not start: %s",
                       strerror(failed));
    }
    *out = n;
    return RC_OK;
}

enum rc net_send(struct net *net, struct request *r) {
    if (!ring_push(net->commands, r))
        return RC_BUSY;
    curl_multi_wakeup(net->multi);
    return RC_OK;
}

int net_fd(const struct net *net) { return bell_fd(net->bell); }

void net_ack(struct net *net) { bell_ack(net->bell); }

struct incoming *net_next(struct net *net) {
    struct incoming *in = ring_pop(net->incomings);

    if (in)
        atomic_fetch_add(&net->popped, incoming_bytes(in));
    return in;
}

void net_drained(struct net *net) {
    if (atomic_exchange(&net->starved, false))
        curl_multi_wakeup(net->multi);
}

void net_free(struct net *net) {
    if (!net)
        return;
    atomic_store(&net->quit, true);
    curl_multi_wakeup(net->multi);
    pthread_join(net->thread, NULL);
    release(net);
}
