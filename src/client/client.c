/* client.c - start and end, the client's own thread, and who is called when. */
#include "inner.h"

#include <assert.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { RING_FULL_MS = 20 };

static _Thread_local const struct mix_client *entered;

const struct mix_client *client_enter(const struct mix_client *c) {
    const struct mix_client *before = entered;

    entered = c;
    return before;
}

bool client_may_wait(const struct mix_client *c, struct mix_error *err) {
    struct err why;

    mix_error_clear(err);
    if (entered != c)
        return true;
    err_set(&why, RC_USAGE, 0, "a callback must not wait for the client that called it");
    error_set(err, &why);
    return false;
}

/* ---- to the worker ---- */
void client_send(struct mix_client *c, struct request *r) {
    if (c->n_outbox == 0 && net_send(c->net, r) == RC_OK)
        return;
    c->outbox = xgrow(c->outbox, c->n_outbox, &c->room_outbox, sizeof(struct request *));
    c->outbox[c->n_outbox++] = r;
    bell_ring(c->wake);
}

static void send_outbox(struct mix_client *c) {
    size_t sent = 0;

    while (sent < c->n_outbox && net_send(c->net, c->outbox[sent]) == RC_OK)
        sent++;
    c->n_outbox -= sent;
    if (sent > 0)
        memmove(c->outbox, c->outbox + sent, c->n_outbox * sizeof(struct request *));
}

/* ---- deliveries ---- */
void client_deliver(struct mix_client *c, struct call *call, struct mix_stream *stream) {
    struct delivery *d = xcalloc(1, sizeof *d);

    *d = (struct delivery){.call = call, .stream = stream};
    *c->last = d;
    c->last = &d->next;
    if (c->delivery == MIX_BY_DISPATCH)
        bell_ring(c->bell);
}

static size_t deliver_all(struct mix_client *c) {
    for (size_t n = 0;; n++) {
        pthread_mutex_lock(&c->lock);
        struct delivery *d = c->first;

        if (d) {
            c->first = d->next;
            if (!c->first)
                c->last = &c->first;
        }
        pthread_mutex_unlock(&c->lock);
        if (!d)
            return n;
        if (d->call)
            call_deliver(d->call);
        else
            stream_deliver(d->stream);
        free(d);
    }
}

int mix_client_fd(const struct mix_client *c) { return bell_fd(c->bell); }

size_t mix_client_dispatch(struct mix_client *c) {
    if (c->delivery != MIX_BY_DISPATCH)
        return 0;
    bell_ack(c->bell);
    return deliver_all(c);
}

/* ---- the client's own thread ---- */
/* False: it is to end. */
static bool housekeep(struct mix_client *c, int *timeout) {
    pthread_mutex_lock(&c->lock);
    send_outbox(c);
    const bool go_on = !c->closing;

    *timeout = c->n_outbox > 0 ? RING_FULL_MS : -1;
    pthread_mutex_unlock(&c->lock);
    return go_on;
}

static void *run(void *arg) {
    struct mix_client *c = arg;
    struct pollfd fds[] = {{.fd = net_fd(c->net), .events = POLLIN},
                           {.fd = bell_fd(c->wake), .events = POLLIN}};
    struct incoming *in;
    int timeout;

#ifdef __linux__
    pthread_setname_np(pthread_self(), "mix");
#endif
    client_enter(c);
    while (housekeep(c, &timeout)) {
        poll(fds, MIX_COUNT(fds), timeout);
        bell_ack(c->wake);
        net_ack(c->net);
        while ((in = net_next(c->net)))
            if (!stream_incoming(c, in))
                call_incoming(c, in);
        net_drained(c->net);
        if (c->delivery == MIX_ON_OWN_THREAD)
            deliver_all(c);
    }
    return NULL;
}

/* No signal is ever delivered to it: they are the program's business. */
static int start_thread(struct mix_client *c) {
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = pthread_create(&c->thread, NULL, run, c);

    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

/* ---- start and end ---- */
static void release(struct mix_client *c) {
    for (size_t i = 0; i < c->n_outbox; i++)
        request_free(c->outbox[i]);
    free(c->outbox);
    streams_release(c);
    hooks_close(c);
    bell_free(c->wake);
    bell_free(c->bell);
    pthread_cond_destroy(&c->idle);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* libcurl's first start is not to happen on two threads at once. */
static enum rc start_net(struct mix_client *c, const struct mix_options *o, struct err *err) {
    static pthread_mutex_t starting = PTHREAD_MUTEX_INITIALIZER;
    struct net_config config = {
        .url = o->server,
        .headers = o->headers,
        .n_headers = o->n_headers,
        .proxy = o->proxy,
        .ca_file = o->ca_file,
        .client_cert = o->client_cert,
        .client_key = o->client_key,
        .key_password = o->key_password,
        .tls = o->tls == MIX_TLS_INSECURE ? TLS_INSECURE : TLS_VERIFIED,
        .http_version = o->http == MIX_HTTP_2 ? HTTP_2 : HTTP_1_1,
        .connect_timeout_ms = o->connect_timeout_ms,
        .reply_timeout_ms = o->idle_timeout_ms,
        .total_timeout_ms = o->total_timeout_ms,
        .retry =
            {
                .mode = o->retry.mode == MIX_RETRY_OFF ? RETRY_OFF : RETRY_AS_ROW,
                .attempts = o->retry.attempts,
                .initial_ms = o->retry.initial_ms,
                .max_ms = o->retry.max_ms,
                .elapsed_ms = o->retry.elapsed_ms,
                .exponent = o->retry.exponent,
            },
    };

    hooks_fill(c, &config.hooks);
    pthread_mutex_lock(&starting);
    const enum rc rc = net_new(&c->net, &config, err);

    pthread_mutex_unlock(&starting);
    return rc;
}

static enum rc start(struct mix_client *c, const struct mix_options *o, struct err *err) {
    if (str_blank(o->server))
        return err_set(err, RC_USAGE, 0, "the options name no server");
    enum rc rc = hooks_open(c, o, err);

    if (rc == RC_OK)
        rc = start_net(c, o, err);
    if (rc != RC_OK)
        return rc;
    const int failed = start_thread(c);

    if (failed == 0)
        return RC_OK;
    net_free(c->net);
    return err_set(err, RC_IO, failed, "the client's thread does not start: %s", strerror(failed));
}

struct mix_client *mix_client_new(const struct mix_options *options, struct mix_error *err) {
    struct mix_client *c = xcalloc(1, sizeof *c);
    struct err why = {0};

    mix_error_clear(err);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->idle, NULL);
    c->hooks = options->hooks;
    c->delivery = options->delivery;
    c->version = options->generation;
    c->log_fd = -1;
    c->last = &c->first;
    c->wake = bell_new();
    c->bell = bell_new();
    if (start(c, options, &why) == RC_OK)
        return c;
    error_set(err, &why);
    release(c);
    return NULL;
}

/* From the network upwards: after each step nothing can come any more from what it ended. */
void mix_client_free(struct mix_client *c) {
    if (!c)
        return;
    assert(entered != c);
    pthread_mutex_lock(&c->lock);
    c->closing = true;
    pthread_mutex_unlock(&c->lock);
    bell_ring(c->wake);
    pthread_join(c->thread, NULL);
    net_free(c->net);
    exchanges_join(c);
    calls_end(c);
    streams_end(c);
    deliver_all(c);
    pthread_mutex_lock(&c->lock);
    while (c->inside > 0)
        pthread_cond_wait(&c->idle, &c->lock);
    pthread_mutex_unlock(&c->lock);
    release(c);
}
