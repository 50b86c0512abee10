/* client.h - libmix: a Mix server from a program of your own. Plain C, and C++ includes it too.
 *
 * A client is one server, its settings and two threads. `mix_sessions_list` and its like (calls.h)
 * wait for an answer; `mix_call_async` does not; `mix_stream_open` gives the events of a session.
 *
 * What servers take and send are the structs of types.h, under their short names: `struct message`,
 * `struct callback` ... Where those are taken C++ can include this in a namespace (behind
 * <stdint.h>, <stddef.h> and <stdbool.h>). All macros begin with MIX_.
 *
 * Memory: what a call hands out is one block with all it points to; mix_reply_free gives it back.
 * Strings passed in are copied before the function returns, and an absent string is NULL.
 * Errors: every function that can fail returns an enum mix_rc and fills the struct mix_error given,
 * which may be NULL. Start it as `struct mix_error err = {0};` and end it with mix_error_clear.
 * Threads: a client may be used from any number of threads at once; a stream by one at a time.
 * Several clients live side by side. Completions, events and link states come on the client's own
 * thread (or within mix_client_dispatch, by option): there the client may be called, but what waits
 * (mix_call, mix_client_probe, mix_stream_next, mix_client_free) is refused with MIX_RC_USAGE or
 * must not be done. Hooks, read and write callbacks come on its network thread: they must return
 * soon and must not call the client at all. */
#ifndef MIX_CLIENT_H
#define MIX_CLIENT_H

#include "mix/types_admin.h"

#define MIX_API __attribute__((visibility("default")))
#ifdef __cplusplus
extern "C" {
#endif

/* ---- words ---- */
#pragma push_macro("RC")
#pragma push_macro("OP")
#pragma push_macro("EVENT")
#pragma push_macro("ALIAS")
#undef RC
#undef OP
#undef EVENT
#undef ALIAS
/* The kind of an error: MIX_RC_OK, _BUSY, _USAGE, _CONNECT, _TLS, _TIMEOUT, _HTTP, _PROTO (an
 * answer that is not what it should be), _LIMIT, _CANCELLED, _IO. */
enum mix_rc {
#define RC(name, text, retryable, exit_code) MIX_RC_##name,
#include "mix/errors.def"
#undef RC
};
/* Every operation, as in MIX_OP_SESSIONS_LIST; ops.def, and the reference, list them. */
enum mix_op {
#define OP(id, ...) MIX_OP_##id,
#include "mix/ops.def"
#undef OP
    MIX_OP_COUNT
};
/* Every kind of event, as in MIX_EV_CONTENT. The reference, libmix(3), says what of struct
 * event_data each fills. */
enum mix_ev {
#define EVENT(id, ...) MIX_EV_##id,
#include "mix/events.def"
#undef EVENT
    MIX_EV_COUNT
};
#pragma pop_macro("RC")
#pragma pop_macro("OP")
#pragma pop_macro("EVENT")
#pragma pop_macro("ALIAS")
/* What a stream's connection is at. */
enum mix_link {
    MIX_LINK_IDLE,
    MIX_LINK_CONNECTING,
    MIX_LINK_LIVE,
    MIX_LINK_LATE,     /* open, but silent for longer than a heartbeat */
    MIX_LINK_RETRYING, /* down; it is tried again by itself */
    MIX_LINK_REFUSED   /* the server does not know the session; the stream ends */
};
enum mix_retry_mode {
    MIX_RETRY_BY_OPERATION, /* where a repeat can do no harm */
    MIX_RETRY_OFF
};
enum mix_tls { MIX_TLS_VERIFIED, MIX_TLS_INSECURE };
enum mix_http { MIX_HTTP_1_1, MIX_HTTP_2 };
/* Where completions and events are delivered. */
enum mix_delivery { MIX_ON_OWN_THREAD, MIX_BY_DISPATCH };
/* Without a log callback: MIX_DEBUG=1 logs to stderr, MIX_DEBUG=FILE to that file. */
enum mix_debug { MIX_DEBUG_BY_ENVIRONMENT, MIX_DEBUG_OFF };

/* ---- errors ---- */
/* What went wrong. Strings live until it is cleared or used again. */
struct mix_error {
    enum mix_rc rc;
    int status;                 /* HTTP, 0 when there was no answer */
    int attempt;                /* the last one, from 1 */
    bool retryable;             /* the same request may succeed later */
    char text[232];             /* one line for people */
    enum mix_op op;             /* MIX_OP_COUNT: none */
    const char *type, *message; /* the server's own, parsed; NULL when it gave none */
    const char *where;          /* place of an unexpected value, as in `[3].id`; NULL: none */
    const char *body;           /* of the answer, NULL when none came */
    size_t body_len;
    struct strings headers; /* of the answer, "Name: value" */
    void *memory;           /* of the above */
};
/* Frees what it holds; it can be used again. */
MIX_API void mix_error_clear(struct mix_error *err);
/* The kind in words, as in "timed out". */
MIX_API const char *mix_rc_text(enum mix_rc rc);
/* The version of the library that runs. */
MIX_API const char *mix_version(void);
/* "sessions.list" for MIX_OP_SESSIONS_LIST. */
MIX_API const char *mix_op_name(enum mix_op op);
/* "content" for MIX_EV_CONTENT. */
MIX_API const char *mix_ev_name(enum mix_ev kind);

/* ---- settings ---- */
/* How often a failed call is tried again; zero stands for the default beside it. Retry-After is
 * honoured. */
struct mix_retry {
    enum mix_retry_mode mode;
    int attempts;               /* 5 */
    int64_t initial_ms, max_ms; /* 500, 60 s */
    int64_t elapsed_ms;         /* 2 min */
    double exponent;            /* 1.5 */
};
struct mix_outgoing;
struct mix_answer;
struct mix_retrying;
struct mix_exchange;
/* What may be looked at and changed around each attempt, retries and streams included. Each may be
 * NULL. On the network thread. */
struct mix_hooks {
    void *user; /* the first argument of all of them */
    /* Before it is sent. Anything but MIX_RC_OK: it is not, and the call fails with that kind, or
     * the stream ends. */
    enum mix_rc (*before)(void *user, struct mix_outgoing *request);
    /* When the answer is complete, or nothing came. Anything but MIX_RC_OK: the call fails. Not
     * called for what is cancelled. */
    enum mix_rc (*after)(void *user, const struct mix_answer *answer);
    /* A `CURL *` with all our options set, right before it is used. */
    void (*curl)(void *user, void *easy);
    /* Instead of the network: answers one request by the mix_exchange_ functions. On a thread of
     * its own, where it may wait, but mix_client_free waits for it. Anything but MIX_RC_OK: the
     * connection is lost. */
    enum mix_rc (*transport)(void *user, struct mix_exchange *x);
    /* One line of the debug log without its end. */
    void (*log)(void *user, const char *line);
    /* An attempt of a call failed and another follows; mix_cancel ends that. Not on the network
     * thread but where `progress` comes. Of a stream MIX_LINK_RETRYING tells. */
    void (*retry)(void *user, const struct mix_retrying *r);
};
/* Zero is a good value for everything but `server`. */
struct mix_options {
    const char *server;         /* http(s)://host[:port][/base] or unix:/path */
    const char *const *headers; /* "Name: value", with every request */
    size_t n_headers;
    const char *proxy;   /* NULL: as the environment says; "": none */
    const char *ca_file; /* PEM; NULL: the system's */
    const char *client_cert, *client_key, *key_password; /* PEM files */
    enum mix_tls tls;
    enum mix_http http;
    int64_t connect_timeout_ms; /* 0: 10 s; -1: none */
    int64_t idle_timeout_ms;    /* without a byte. 0: 60 s; -1: none */
    int64_t total_timeout_ms;   /* 0: none. Neither holds for streams, uploads, downloads, nor
                                   for a send that answers when the turn is over (before 0.7) */
    struct mix_retry retry;
    /* Of the server, x*10000 + y*100 + z; 0: the newest, until a probe says. An older server
     * refuses what only newer ones know: probe first, unless it is known. */
    int generation;
    enum mix_delivery delivery;
    enum mix_debug debug;
    struct mix_hooks hooks;
};
/* Where bytes of an upload or download are. */
enum mix_place { MIX_PATH, MIX_FD, MIX_MEMORY, MIX_CALLBACK };
/* Bytes to upload. A pipe, socket or terminal may keep the upload waiting, and nothing else. A
 * callback that waits holds up the whole client. */
struct mix_source {
    enum mix_place from;
    const char *path; /* MIX_PATH */
    int fd;           /* MIX_FD: from where it stands to the end; not closed */
    const void *data; /* MIX_MEMORY: kept by the caller until the call has ended */
    size_t len;
    /* MIX_CALLBACK: bytes put at `to`, 0 at the end, -1 for a failure. */
    int64_t (*read)(void *user, char *to, size_t room);
    int (*rewind)(void *user); /* 0: back at the start; NULL: it cannot */
    void *user;
    int64_t size;     /* of a callback or a pipe, which must then give as many; 0: unknown */
    const char *name; /* as the server sees it; NULL: of the path, else "file" */
    const char *type; /* NULL: application/octet-stream */
};
/* Where a download goes. */
struct mix_sink {
    enum mix_place to;
    const char *path; /* MIX_PATH: a new file */
    int fd;           /* MIX_FD: not closed; may keep it waiting, as above */
    /* MIX_CALLBACK: 0 when taken, else the call fails */
    int (*write)(void *user, const void *p, size_t n);
    int (*rewind)(void *user); /* a retry starts over; 0: done; NULL: it cannot */
    void *user;
};
/* What one call or stream does differently; zero: as the client is set. */
struct mix_call_options {
    const char *server; /* to another one than its own the client's headers are not sent */
    const struct mix_retry *retry;
    int64_t connect_timeout_ms;
    int64_t idle_timeout_ms;    /* -1: none; given here it holds for transfers and streams, too */
    int64_t total_timeout_ms;   /* -1: none; as little as the client's for transfers and the like */
    const char *const *headers; /* further ones; they replace equally named ones */
    size_t n_headers;
    /* not of streams: */
    const struct mix_source *upload;
    const struct mix_sink *download; /* NULL: into memory, like MIX_MEMORY; 32 MiB at most */
    /* On the client's own thread, also with MIX_BY_DISPATCH; ten times a second at most, and at the
     * end. total -1: unknown. The first may come before mix_call_async has returned. */
    void (*progress)(void *user, int64_t done, int64_t total);
    void *progress_user;
};

/* ---- the client ---- */
struct mix_client;
/* NULL with *err on failure: MIX_RC_USAGE, MIX_RC_IO. */
MIX_API struct mix_client *mix_client_new(const struct mix_options *options, struct mix_error *err);
/* Cancels every call, closes every stream, joins the threads and frees it all; also when other
 * threads wait in it, which return MIX_RC_CANCELLED. Completions still owed are called from within.
 * Streams and ids of it are gone. Not from one of its own callbacks. NULL is fine. */
MIX_API void mix_client_free(struct mix_client *c);
/* Learns what the client's server is, so that requests are written as it understands them. Returns
 * its generation in *generation (may be NULL), 0 when it could not be told. Another server in the
 * options is not looked at. */
MIX_API enum mix_rc mix_client_probe(struct mix_client *c, int *generation,
                                     const struct mix_call_options *options, struct mix_error *err);
/* The generation set, or learnt by the last probe (the newest of its kind); 0: not known. */
MIX_API int mix_client_generation(struct mix_client *c);
/* With MIX_BY_DISPATCH: readable when something is to be delivered. */
MIX_API int mix_client_fd(const struct mix_client *c);
/* Delivers it, on this thread. Returns how many callbacks were called. */
MIX_API size_t mix_client_dispatch(struct mix_client *c);

/* ---- calls ---- */
/* One operation, waited for. `in` is the struct its row of calls.h names, NULL: all absent. *out,
 * which may be NULL, gets the answer; NULL where it failed or the operation has none. */
MIX_API enum mix_rc mix_call(struct mix_client *c, enum mix_op op, const void *in, void **out,
                             const struct mix_call_options *options, struct mix_error *err);
/* Gives an answer back. NULL is fine. */
MIX_API void mix_reply_free(void *out);
/* What came with an answer, waited for or not: HTTP status, number of attempts, headers. */
struct mix_info {
    int status, attempts;
    struct strings headers;
};
MIX_API const struct mix_info *mix_reply_info(const void *out); /* lives as long as `out` */
/* An answer that is bytes: `p` has a NUL behind its n bytes. */
struct mix_bytes {
    const char *p;
    size_t n;
};
/* What an asynchronous call ends in, exactly once. `out` is the callee's to free; `err` (rc
 * MIX_RC_OK when it went well) is gone when the function returns. */
typedef void mix_done(void *user, uint32_t id, void *out, const struct mix_error *err);
/* The same without waiting; `done` may be NULL. Returns the id of the call, 0 with *err when it was
 * not even begun (then `done` is not called). */
MIX_API uint32_t mix_call_async(struct mix_client *c, enum mix_op op, const void *in,
                                const struct mix_call_options *options, mix_done *done, void *user,
                                struct mix_error *err);
/* A probe without waiting: `done` gets no `out`; then ask mix_client_generation. */
MIX_API uint32_t mix_client_probe_async(struct mix_client *c,
                                        const struct mix_call_options *options, mix_done *done,
                                        void *user, struct mix_error *err);
/* The call ends soon, with MIX_RC_CANCELLED unless it was faster. Nothing when it has ended. */
MIX_API void mix_cancel(struct mix_client *c, uint32_t id);

/* ---- streams ---- */
enum mix_event_what { MIX_EVENT, MIX_EVENT_LINK, MIX_EVENT_END };
struct mix_event {
    enum mix_event_what what;
    enum mix_ev kind;              /* MIX_EVENT */
    const char *name;              /* of the kind */
    const struct event_data *data; /* types.h */
    enum mix_link link;            /* MIX_EVENT_LINK */
    int64_t wait_ms;               /* MIX_LINK_RETRYING: until it is tried again */
    bool gap;                      /* events may have been lost before this one */
    const struct mix_error *err;   /* MIX_EVENT_END, and LINK when it was lost; else NULL */
};
struct mix_stream;
/* An event, gone when the function returns. */
typedef void mix_on_event(void *user, struct mix_stream *s, const struct mix_event *event);
/* Follows a session, and reconnects until closed: after 500 ms, 1.5 times as long each further
 * time, 30 s at most. Its connection is lost after 100 s without a byte. Of `options`, which may be
 * NULL, a time-out without a byte replaces that (servers are heard every 45 s), and `retry`, which
 * the client's is not for, limits it: MIX_RETRY_OFF or so many failures in a row end the stream
 * with MIX_EVENT_END. With a callback events come by it, else by mix_stream_next. NULL with *err:
 * MIX_RC_USAGE, MIX_RC_CANCELLED; wrong options come as MIX_EVENT_END. */
MIX_API struct mix_stream *mix_stream_open(struct mix_client *c, const char *session,
                                           const struct mix_call_options *options,
                                           mix_on_event *on_event, void *user,
                                           struct mix_error *err);
/* The next event, waited for timeout_ms at most (-1: for ever). It lives until the next call.
 * MIX_RC_TIMEOUT: none came; MIX_RC_CANCELLED: the client is being freed. What nobody takes is kept
 * up to 16 MiB; then events are dropped and the next one says `gap`. */
MIX_API enum mix_rc mix_stream_next(struct mix_stream *s, int64_t timeout_ms,
                                    const struct mix_event **event);
/* Waits until the server listens to it, dropping what comes before: send after this. Without a
 * callback only. */
MIX_API enum mix_rc mix_stream_wait(struct mix_stream *s, int64_t timeout_ms,
                                    struct mix_error *err);
/* Also from its own callback; no event comes after it, and one being delivered on another thread is
 * waited for. NULL is fine. */
MIX_API void mix_stream_close(struct mix_stream *s);

/* ---- for hooks ---- */
/* A request about to be sent. The functions below change it. */
struct mix_outgoing {
    uint32_t id;
    enum mix_op op;
    int attempt;
    const char *method, *url;
    struct strings headers;
    const char *body; /* NULL: none, or an upload */
    size_t body_len;
    void *inner;
};
/* Adds a header; an equally named one is replaced; "Name:" removes. */
MIX_API void mix_outgoing_header(struct mix_outgoing *o, const char *header);
/* Sends it elsewhere. */
MIX_API void mix_outgoing_url(struct mix_outgoing *o, const char *url);
/* Another body; copied. */
MIX_API void mix_outgoing_body(struct mix_outgoing *o, const void *p, size_t n);
/* What the error says when the hook refuses: `return mix_outgoing_refuse(o, "no deletes");`. Its
 * kind is MIX_RC_CANCELLED. */
MIX_API enum mix_rc mix_outgoing_refuse(struct mix_outgoing *o, const char *why);
/* What came of it. */
struct mix_answer {
    uint32_t id;
    enum mix_op op;
    int attempt;
    const char *method, *url;
    int status; /* 0: nothing came */
    struct strings headers;
    const char *body; /* of a refusal, else NULL */
    size_t body_len;
    int64_t ms;
    const char *failure; /* of the connection, NULL: none */
};
/* A call about to be tried again. */
struct mix_retrying {
    uint32_t id;
    enum mix_op op;              /* MIX_OP_COUNT: a probe */
    int attempt;                 /* the one that failed */
    int64_t wait_ms;             /* until the next */
    const struct mix_error *err; /* gone when the function returns */
};
/* A request to a replaced transport. */
struct mix_exchange {
    const char *method, *url;
    struct strings headers;
    void *inner;
};
/* The next bytes of its body; 0: the end, -1: nobody waits for the answer any more. */
MIX_API int64_t mix_exchange_read(struct mix_exchange *x, void *to, size_t room);
/* The answer, in this order: one status, headers, pieces of the body; none is status 200. Anything
 * but MIX_RC_OK: nobody waits for it any more, return. */
MIX_API enum mix_rc mix_exchange_status(struct mix_exchange *x, int status);
MIX_API enum mix_rc mix_exchange_header(struct mix_exchange *x, const char *header);
MIX_API enum mix_rc mix_exchange_write(struct mix_exchange *x, const void *p, size_t n);

#include "mix/calls.h"

#ifdef __cplusplus
}
#endif
#endif
