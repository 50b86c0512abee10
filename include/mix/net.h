/* net.h - the worker: one thread, one curl_multi, every request and every stream.
 *
 * main pushes requests into one ring and wakes the worker; the worker pushes incomings into another
 * and rings a bell. Neither side ever blocks on the other: what does not fit the ring waits in a
 * backlog of the worker (adjacent deltas of one part are merged, 16 MiB a stream; beyond that the
 * stream pauses, a gap is marked), and net_send says RC_BUSY. Streams are always read. Nothing
 * received is lost and nothing is polled.
 *
 * Retries: by the operation's row and struct retry_policy, with backoff, jitter and Retry-After (in
 * seconds or as a date, a minute at most; 0 and nonsense do not count). What is NEVER, a message
 * send above all, goes out once, on a connection of its own, since libcurl repeats by itself what
 * fails on a reused one. A probe is retried like a SAFE call. Time-outs measure silence, not
 * length.
 *
 * A stream reconnects until cancelled (500 ms x 1.5, cap 30 s, short again once a connection stood
 * for 5 s), is replaced before the server's 10-minute cut where a disconnect does not cancel the
 * turn (known from a probe on this worker), counts as LATE after 60 s and as dead after 100 s
 * without a byte, and all of them reconnect after a suspend (CLOCK_BOOTTIME running ahead of
 * CLOCK_MONOTONIC); only where a disconnect is known to cancel the turn they are LATE first. A
 * stream refused by `error: Invalid session ID` or a 4xx is LINK_REFUSED and has ended: IN_FAIL
 * follows; likewise one whose own retry policy has run out.
 *
 * Every request ends in exactly one IN_REPLY, IN_FAIL or IN_CAPS. A redirect is an error that names
 * its target. Compressed answers are not asked for, so that caps count what comes; what comes
 * compressed all the same is RC_PROTO.
 *
 * The debug log (log_open) gets every request and answer, frame, retry and link, see trace.c; the
 * values of `headers` are never in it.
 *
 * Downloads go to `<path>.part` beside the target, are renamed when whole and on the disk, and
 * never replace a file. A retry asks only for what is missing (Range, If-Range) where the server
 * said by what the file can be known again (a strong ETag, else Last-Modified). */
#ifndef MIX_NET_H
#define MIX_NET_H

#include "mix/border.h"

struct sockaddr;

/* What a program around the worker may see and change. Called on the worker, which stands still
 * meanwhile; a call that is cancelled has no `after`. */
struct net_outgoing { /* one attempt, about to be sent */
    uint32_t request;
    enum op op;
    int attempt;
    const char *method;
    /* these may be changed, the new ones in `arena` */
    const char *url;
    struct strings headers; /* "Name: value" */
    const char *body;       /* NULL: none, or one that is not in memory */
    size_t body_len;
    struct arena arena;
};
struct net_answer { /* what came of it */
    uint32_t request;
    enum op op;
    int attempt;
    const char *method, *url;
    int status; /* 0: nothing came */
    struct strings headers;
    const char *body; /* of a refusal */
    size_t body_len;
    int64_t ms;
    const char *failure; /* of the connection; NULL: none */
};
struct net_hooks { /* each may be NULL */
    void *user;
    void (*started)(void *user); /* the worker, before anything else */
    /* not RC_OK: it is not sent, or its answer is dropped; the request fails with that */
    enum rc (*before)(void *user, struct net_outgoing *o, struct err *err);
    enum rc (*after)(void *user, const struct net_answer *a, struct err *err);
    void (*handle)(void *user, void *easy); /* all options are set */
    /* Instead of the network: a stream socket on which one request for url arrives as HTTP/1.1 and
       which is closed behind the answer; -1: no connection. It is connected, or *peer is where to;
       *len comes with the room there and goes with what is used, 0: connected. */
    int (*connect)(void *user, const char *url, struct sockaddr *peer, unsigned *len);
};

struct net_config {
    const char *url; /* http(s)://host[:port][/base] or unix:/path; checked by net_url_check */
    const char *const *headers; /* "Name: value", n_headers of them; never logged */
    size_t n_headers;
    const char *proxy;   /* may hold user:password; NULL: from the environment; "": none */
    const char *ca_file; /* PEM; NULL: curl's default */
    const char *client_cert, *client_key, *key_password; /* PEM files; NULL: none */
    enum { TLS_VERIFIED, TLS_INSECURE } tls;
    enum { HTTP_1_1, HTTP_2 } http_version; /* streams stay with 1.1 */
    int64_t connect_timeout_ms;             /* 0: 10 s; -1: none */
    /* without a byte. 0: 60 s; -1: none; never applied to streams, transfers or a synchronous
       send */
    int64_t reply_timeout_ms;
    int64_t total_timeout_ms; /* 0: none; never applied to those either */
    struct retry_policy retry;
    struct net_hooks hooks;
    /* Plain GETs beyond that wait for each other; 0: 512, as far as there are descriptors. The
       first 16 go out at once, more as soon as an answer takes long. */
    int reads_at_once;
    double time_scale; /* 0: 1; tests divide every delay by it, but not these time-outs */
};

struct net;
/* One line naming what is wrong with an address. Fails: RC_USAGE. Thread: main. */
enum rc net_url_check(const char *url, struct err *err);
/* Starts the worker; copies the config. curl_global_init is done by the first call, so call it
 * before any other thread exists or from main only. Fails: RC_USAGE (address, proxy, headers),
 * RC_IO (a file that cannot be read). Thread: main, like everything below. */
enum rc net_new(struct net **out, const struct net_config *config, struct err *err);
/* Takes *r on RC_OK; on RC_BUSY (the ring is full) the caller keeps it and tries after the next
 * net_ack. */
enum rc net_send(struct net *net, struct request *r);
int net_fd(const struct net *net);          /* poll it for reading */
void net_ack(struct net *net);              /* first this, then net_next until NULL */
struct incoming *net_next(struct net *net); /* caller frees */
/* after the last net_next: lets a starved worker go on */
void net_drained(struct net *net);
/* Cancels everything, joins the worker within a second, frees what was not taken. */
void net_free(struct net *net);

#endif
