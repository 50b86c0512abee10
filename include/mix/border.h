/* border.h - what crosses between the main thread and the workers: owned messages, nothing else.
 * Main makes a `struct request` and forgets it once pushed; the worker answers with `struct
 * incoming`s that carry the request's id. Both belong to the wire floor so that net and model need
 * not know each other. */
#ifndef MIX_BORDER_H
#define MIX_BORDER_H

#include "mix/wire.h"

/* How often a failed call is tried again. Zero in a field stands for the default beside it. */
struct retry_policy {
    enum { RETRY_AS_ROW, RETRY_OFF } mode; /* AS_ROW: what the operation's row says */
    int attempts;                          /* 5 */
    int64_t initial_ms, max_ms;            /* 500, 60 s */
    int64_t elapsed_ms;                    /* 2 min from the first attempt to the last */
    double exponent;                       /* 1.5 */
};
/* What one call does differently from the rest of its worker. Zero: as the worker is set. All of it
 * lies in the request's arena. */
struct call_options {
    const struct retry_policy *retry; /* of a stream: NULL: for ever */
    /* another address, as in struct net_config; the worker's own headers stay with its own server
     */
    const char *server;
    int64_t connect_timeout_ms; /* -1: none */
    /* without a byte; -1: none; given here it holds for transfers and streams too */
    int64_t idle_timeout_ms;
    int64_t total_timeout_ms;   /* never applied to streams, transfers, synchronous sends */
    const char *const *headers; /* "Name: value", further ones; replace equally named */
    size_t n_headers;
    const char *target; /* path and query, sent as they are, likewise; NULL: what `in` gives */
    const char *body;   /* sent as it is, instead of what `in` gives; NULL: none */
    size_t body_len;
    /* AS_IT_IS: the body of a 2xx answer comes as IN_BYTES and is not decoded; IN_REPLY follows,
       with the number of bytes in `done`. Once some came nothing is tried again. The row's cap
       holds, but not for files and streams: OP_STREAM can be called so, until it is cancelled. */
    enum { REPLY_DECODED, REPLY_AS_IT_IS } answer;
    bool want_headers; /* the headers of the answer come with IN_REPLY and IN_FAIL */
};

/* Bytes that come from or go to the asker instead of a file. Called on the worker, which stands
 * still meanwhile. */
enum { BYTES_LATER = -2 };
struct own_bytes {
    void *user;
    const char *name; /* of an upload, as the server sees it */
    const char *type; /* NULL: application/octet-stream */
    int64_t size;     /* of an upload; -1: unknown */
    int fd;           /* what BYTES_LATER waits for */
    /* bytes put at `to`; 0: the end; -1: it failed; BYTES_LATER: when fd can be read */
    int64_t (*read)(void *user, char *to, size_t room);
    /* 0: taken; -1: it failed; BYTES_LATER: the same again, or more, when fd can be written to */
    int (*write)(void *user, const char *p, size_t n);
    bool (*restart)(void *user); /* back to the start, for a retry; NULL: it cannot */
};

/* ---- main -> net ---- */
enum request_kind {
    REQ_CALL,   /* one operation, by its row: JSON, upload or download */
    REQ_STREAM, /* GET /stream, kept open by the worker until cancelled */
    REQ_PROBE,  /* learn the server's generation; answered by IN_CAPS or IN_FAIL */
    REQ_CANCEL, /* ends request `target`, which answers IN_FAIL with RC_CANCELLED */
    REQ_WAKE,   /* every stream reconnects and every retry is due now */
    /* From now on frames of every stream come as IN_FRAMES, the last 256 KiB of past ones first;
       REQ_CANCEL of it ends that. Who lags loses some: gap. While a stream is being replaced both
       connections are heard. */
    REQ_FRAMES,
};
struct request {
    enum request_kind kind;
    uint32_t id; /* unique in the process, never 0 */
    uint32_t target;
    enum op op;
    int version;    /* of the server, for the fields to write */
    const void *in; /* struct of the row's `in` shape, in `arena` */
    /* upload: the file to read; download: the file to make (never an existing one) */
    /* NULL for bytes: they come in memory, at most 32 MiB, as `out` and n of the IN_REPLY */
    const char *local_path;
    /* download: `.part` stays when it fails, and IN_FAIL tells what it is a part of (resume, unless
       the server gave no way to tell). Handed back here, what is missing is asked for; the server
       that has another file by now, or knows no Range, starts over. NULL: from the start */
    bool keep_part;
    const char *resume;                 /* in arena */
    const struct own_bytes *transfer;   /* instead of local_path, in `arena` */
    const struct call_options *options; /* NULL: none */
    struct arena arena;
};
struct request *request_new(enum request_kind kind, enum op op); /* with a fresh id */
void request_free(struct request *r);

/* ---- net -> main ---- */
enum link_state {
    LINK_IDLE,       /* not watched */
    LINK_CONNECTING, /* asked for, `connected` not seen yet */
    LINK_LIVE,
    LINK_LATE,     /* open, but nothing was heard for longer than a heartbeat */
    LINK_RETRYING, /* down; `retry_at` says when it is tried again */
    LINK_REFUSED,  /* the server does not know the session: not tried again, IN_FAIL follows */
};
enum incoming_kind {
    IN_REPLY,   /* the operation succeeded; out, n */
    IN_ITEMS,   /* elements of a list that is still arriving; IN_REPLY follows with the rest */
    IN_RESTART, /* a retry starts over: drop the IN_ITEMS seen so far */
    IN_FAIL,    /* it failed for good; err */
    IN_RETRY,   /* it failed and will be tried again at retry_at; err, attempt */
    /* done, total bytes of an upload or download; at most 10 a second and one at the end */
    IN_PROGRESS,
    IN_EVENTS, /* a batch from a stream, in order */
    /* a stream changed its state: link, retry_at, err; gap: events may have been lost since the
       last one */
    IN_LINK,
    IN_CAPS,   /* the server's generation */
    IN_BYTES,  /* a piece of a raw answer, in order: out, n bytes */
    IN_FRAMES, /* frames as they came over the wire: out is struct raw_frame[n] */
};
/* A failure whole: what `err` says in one line. Strings in the arena of its incoming. */
struct fault {
    enum rc rc; /* the kind */
    int status; /* HTTP, 0 when there was no answer */
    enum op op;
    int attempt;
    const char *type, *message; /* the server's, in either vocabulary; or its plain text */
    const char *where;          /* of an unexpected answer: "[3].id", NULL when none */
    bool retryable;             /* the same request may succeed later */
    const char *body;           /* of the answer, at most 64 KiB; NULL when none came */
    size_t body_len;
};
struct raw_frame {
    const char *session_id, *event, *id, *data; /* data: at most 16 KiB of it */
    size_t data_len;                            /* whole length */
    int64_t real_at;
};
struct incoming {
    enum incoming_kind kind;
    uint32_t request;
    enum op op;
    int status;  /* HTTP status, 0 when there was none */
    int attempt; /* 1-based */
    void *out;   /* struct of the row's `out` shape; for a list the elements (n of them) */
    size_t n;
    struct err err;
    const struct fault *fault; /* IN_FAIL and IN_RETRY of a call; else NULL */
    struct strings headers;    /* "Name: value", when they were asked for */
    struct wire_event *events;
    enum link_state link;
    bool gap;
    int64_t at;           /* clock_now() when the worker had it */
    int64_t retry_at;     /* clock_now() time */
    int64_t last_byte_at; /* IN_LINK: when the stream was last heard */
    int64_t done, total;  /* bytes; total -1: unknown */
    const char *resume;   /* IN_FAIL of a download: see struct request; in arena */
    struct caps caps;
    /* owns all of the above; the receiver may keep it by moving it out and zeroing this */
    struct arena arena;
};
struct incoming *incoming_new(enum incoming_kind kind, uint32_t request);
void incoming_free(struct incoming *in);

#endif
