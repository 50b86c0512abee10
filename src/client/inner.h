/* inner.h - what the files of the client floor share.
 *
 *   client.c    start and end, the client's own thread, deliveries
 *   call.c      calls: begun, collected, ended
 *   reply.c     what a call hands out, errors
 *   bytes.c     uploads and downloads by descriptor, memory and callback
 *   stream.c    streams
 *   hook.c      hooks, and the debug log
 *   exchange.c  a replaced transport
 *
 * Three kinds of threads: the callers', the client's own (takes what the worker hands over, and
 * delivers unless mix_client_dispatch does), the worker of the net floor. `lock` guards everything
 * they share; it is never held while a callback runs. */
#ifndef CLIENT_INNER_H
#define CLIENT_INNER_H

#include "mix/client.h"
#include "mix/net.h"
#include "mix/ring.h"

#include <pthread.h>

enum { STREAM_CAP = 16 << 20, BUCKETS = 64 };

/* ---- bytes.c ---- */
struct bytes {
    struct mix_source source;
    struct mix_sink sink;
    int64_t at, start; /* of memory or a file that can be sought: next byte, first byte */
    int own_fd;        /* -1: none */
    bool seeks;
    size_t written;        /* of the piece that a pipe did not take whole */
    struct own_bytes face; /* what the worker sees */
};
enum rc bytes_upload(struct bytes *b, const struct mix_source *s, struct request *r,
                     struct err *err);
enum rc bytes_download(struct bytes *b, const struct mix_sink *s, struct request *r,
                       struct err *err);
void bytes_close(struct bytes *b);

/* ---- call.c ---- */
struct call {
    struct call *next; /* in its bucket, or waiting for delivery */
    uint32_t id;
    enum op op; /* OP_COUNT: a probe */
    struct bytes bytes;
    void (*progress)(void *user, int64_t done, int64_t total);
    void *progress_user;
    mix_done *done; /* NULL: somebody waits for it, or nobody cares */
    void *user;
    bool waited, ended;
    pthread_cond_t wake; /* of who waits */
    /* collected */
    struct arena *arenas;
    size_t n_arenas, room_arenas;
    char *items;
    size_t n_items, room_items;
    int generation;
    void *out;
    struct mix_error err;
};
/* o may be NULL. */
const struct call_options *options_copy(struct arena *a, const struct mix_call_options *o);
/* The client's own thread, without the lock. Takes in. */
void call_incoming(struct mix_client *c, struct incoming *in);
void call_deliver(struct call *call); /* an asynchronous one has ended */
void calls_end(struct mix_client *c); /* all that are left, cancelled */

/* ---- reply.c ---- */
/* Takes the arenas and the items of the call. */
void *reply_make(struct call *call, struct incoming *in);
void error_set(struct mix_error *out, const struct err *err); /* out may be NULL */
void error_take(struct mix_error *out, struct incoming *in);
enum mix_rc error_move(struct mix_error *to, struct mix_error *from); /* to may be NULL */

/* ---- stream.c ---- */
bool stream_incoming(struct mix_client *c, struct incoming *in); /* false: of no stream */
void stream_deliver(struct mix_stream *s);
void streams_end(struct mix_client *c); /* the client goes */
void streams_release(struct mix_client *c);

/* ---- hook.c ---- */
void hooks_fill(struct mix_client *c, struct net_hooks *out);
enum rc hooks_open(struct mix_client *c, const struct mix_options *o, struct err *err);
void hooks_close(struct mix_client *c);

/* ---- exchange.c ---- */
struct exchange;
int exchange_begin(struct mix_client *c, const char *url, struct sockaddr *peer,
                   unsigned *len); /* -1: failed */
void exchanges_join(struct mix_client *c);

/* ---- client.c ---- */
struct mix_client {
    /* constant */
    struct net *net;
    struct mix_hooks hooks;
    enum mix_delivery delivery;
    int log_fd; /* of MIX_DEBUG; -1: none */
    pthread_t thread;
    struct bell *wake; /* of the own thread */
    struct bell *bell; /* of mix_client_dispatch */
    /* under lock */
    pthread_mutex_t lock;
    pthread_cond_t idle; /* nobody is inside any more */
    bool closing;
    size_t inside; /* threads that wait in it */
    int version;
    struct call *calls[BUCKETS];
    struct mix_stream *streams;
    struct request **outbox; /* did not fit the ring */
    size_t n_outbox, room_outbox;
    struct delivery *first, **last;
    struct exchange *exchanges;
};
/* Something to be delivered: one of the two. */
struct delivery {
    struct delivery *next;
    struct call *call;
    struct mix_stream *stream;
};

/* All with the lock held. */
void client_send(struct mix_client *c, struct request *r);
void client_deliver(struct mix_client *c, struct call *call, struct mix_stream *stream);
/* What waits must not be done where it would wait for itself. Sets err; lock not needed. */
bool client_may_wait(const struct mix_client *c, struct mix_error *err);
/* Which client's callback this thread is in; returns the one before. */
const struct mix_client *client_enter(const struct mix_client *c);

#endif
