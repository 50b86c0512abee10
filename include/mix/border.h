/* border.h - what crosses between the main thread and the workers: owned messages, nothing else.
 * Main makes a `struct request` and forgets it once pushed; the worker answers with `struct
 * incoming`s that carry the request's id. Both belong to the wire floor so that net and model need
 * not know each other. */
#ifndef MIX_BORDER_H
#define MIX_BORDER_H

#include "mix/wire.h"

/* ---- main -> net ---- */
enum request_kind {
    REQ_CALL,   /* one operation, by its row: JSON, upload or download */
    REQ_STREAM, /* GET /stream, kept open by the worker until cancelled */
    REQ_PROBE,  /* learn the server's generation; answered by IN_CAPS or IN_FAIL */
    REQ_CANCEL, /* ends request `target`, which answers IN_FAIL with RC_CANCELLED */
    REQ_WAKE,   /* every stream reconnects and every retry is due now */
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
    IN_CAPS, /* the server's generation */
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
    struct wire_event *events;
    enum link_state link;
    bool gap;
    int64_t at;           /* clock_now() when the worker had it */
    int64_t retry_at;     /* clock_now() time */
    int64_t last_byte_at; /* IN_LINK: when the stream was last heard */
    int64_t done, total;  /* bytes; total -1: unknown */
    struct caps caps;
    /* owns all of the above; the receiver may keep it by moving it out and zeroing this */
    struct arena arena;
};
struct incoming *incoming_new(enum incoming_kind kind, uint32_t request);
void incoming_free(struct incoming *in);

#endif
