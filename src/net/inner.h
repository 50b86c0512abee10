/* inner.h - what the files of this floor share. Everything here belongs to the worker thread unless
 * it says otherwise.
 *
 *   net.c      the public face and the loop
 *   url.c      the server's address · settings.c: everything else a worker is set to
 *   task.c     one easy handle: options common to all, what an error means
 *   trace.c    the debug log
 *   hook.c     what a program around the worker sees and changes of it
 *   backlog.c  the way back to main: a queue before the ring, deltas merged
 *   call.c     one operation: attempts and their end · answer.c: what came back · retry.c: when
 *              again · fault.c: a failure whole
 *   file.c     uploads and downloads: the local side
 *   stream.c   GET /stream: states, deadlines, frames · replace.c: before the server cuts it
 *   frames.c   their frames as they came
 *   suspend.c  clocks */
#ifndef NET_INNER_H
#define NET_INNER_H

#include "clock.h"
#include "mix/net.h"
#include "mix/ring.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
    FLOW_CAP = 16 << 20,   /* bytes of one request that may wait for main; beyond that it pauses */
    ERROR_BODY = 64 << 10, /* of an error answer as much is read */
    RING_BYTES = 4 << 20,  /* so much lies in the ring at most, besides one message of any size */
    FRESH_MS = 120000,     /* connections from before a suspend are not used again */
};

/* ---- the server's address ---- */
struct address {
    char *base;   /* what targets are appended to; may hold userinfo, so it is never shown */
    char *origin; /* scheme://host[:port], for people */
    char *socket; /* path of a unix socket, or NULL */
};
enum rc address_parse(struct address *out, const char *url, struct err *err);
void address_free(struct address *a);

/* ---- suspend ---- */
struct suspend {
    int fd;        /* to poll beside curl's; -1: none */
    bool heard;    /* the poll said that fd is readable */
    int64_t ahead; /* of the boot clock before the monotonic one */
};
void suspend_watch(struct suspend *s);
bool suspend_happened(struct suspend *s);
void suspend_forget(struct suspend *s);

/* ---- the way back to main ---- */
struct parcel; /* one incoming that waits */
struct flow {  /* of one request: what waits in the backlog for main */
    uint32_t request;
    enum op op;
    size_t queued;       /* bytes */
    struct parcel *open; /* the batch of events that still grows */
};
struct backlog {
    struct parcel *head, *tail;
};

/* ---- where one request goes, and how ---- */
struct route {
    const struct address *address; /* the worker's, or `own` */
    struct address own;
    bool elsewhere;             /* another server: the headers meant for the worker's stay here */
    const char *const *headers; /* of this request; win over equally named ones */
    size_t n_headers;
    int64_t connect_ms, idle_ms, total_ms; /* INT64_MAX: none */
    bool idle_asked; /* for this request: holds for a transfer and a stream too */
    struct retry_policy retry;
    bool retry_asked; /* holds for a stream too */
};

/* ---- one easy handle ---- */
struct task {
    struct net *net;
    const struct route *route;
    CURL *easy; /* NULL: not running */
    struct curl_slist *headers;
    void (*done)(struct task *t, CURLcode code); /* it ended by itself; the handle is still there */
    struct flow *flow;
    bool paused; /* by us, until main has taken most of flow */
    int attempt; /* for hooks, like these */
    char *url;
    const char *body; /* what is sent, when it is in memory */
    size_t body_len;
    struct arena hooked; /* what a hook put in place of ours */
    struct err refused;  /* by a hook */
    bool connected;      /* the socket a hook gave */
    char why[CURL_ERROR_SIZE];
    bool tracing; /* into the debug log */
    struct buf traced;
    size_t came; /* bytes of the answer, of which `traced` holds the first */
};

struct settings {
    struct address address;
    char **headers; /* their values are never shown */
    size_t n_headers;
    char *proxy; /* NULL: from the environment; "": none */
    char *ca_file, *client_cert, *client_key, *key_password;
    bool insecure, http2;
    int64_t connect_ms, idle_ms, total_ms; /* INT64_MAX: none */
    struct retry_policy retry;             /* no zero in it */
    double time_scale;
    size_t reads_at_once;
    struct net_hooks hooks;
};

struct net {
    /* constant while the worker runs; rings, bell and curl_multi_wakeup are safe from both sides */
    CURLM *multi;
    struct ring *commands, *incomings;
    struct bell *bell;
    struct settings set;
    pthread_t thread;
    /* shared */
    atomic_bool quit;
    atomic_bool starved;  /* the worker has a backlog; whoever clears it must wake the worker */
    atomic_size_t popped; /* bytes of the incomings that main has taken; written by main */
    /* net thread only */
    size_t pushed; /* bytes of the incomings in the ring so far */
    struct backlog backlog;
    struct call *calls; /* in order of arrival */
    struct stream *streams;
    size_t reads_limit; /* so many plain GETs at once, for now */
    int64_t grow_at;    /* not to be raised before */
    struct looker *lookers;
    struct frames *frames; /* NULL: none came yet */
    int64_t frames_at, frames_real;
    struct caps caps;
    bool caps_known;
    struct suspend suspend;
    int64_t now;         /* of this turn */
    int64_t fresh_until; /* no connection is reused before */
};

/* A delay as the tests want it. */
int64_t net_delay(const struct net *n, int64_t ms);
/* Exponential with jitter. */
int64_t net_backoff(const struct net *n, const struct retry_policy *p, int attempt);
/* A lost connection cancels the turn there, as far as we know. */
bool net_sync(const struct net *n);

/* ---- settings.c ---- */
enum rc settings_read(struct settings *s, const struct net_config *c, struct err *err);
void settings_free(struct settings *s);
/* Secrets of the headers that stand in the text, the last one perhaps cut, give way to "(hidden)".
 */
void settings_hide(const struct settings *s, struct buf *text);
/* `o` must live as long as the route. */
enum rc route_find(struct route *r, const struct settings *s, const struct call_options *o,
                   struct err *err);
void route_free(struct route *r);
size_t header_name(const char *header); /* bytes of its name */

/* ---- backlog.c ---- */
void emit(struct net *n, struct flow *f, struct incoming *in);
/* Adds the event of one frame to the open batch. False: a torn frame, dropped. */
bool emit_frame(struct net *n, struct flow *f, const struct frame *frame);
/* Pushes what fits, wakes main, and lets paused tasks go on. */
void backlog_flush(struct net *n);
size_t incoming_bytes(const struct incoming *in);
/* The request has ended; what it left in the backlog is delivered all the same. */
void backlog_disown(struct net *n, const struct flow *f);
void backlog_free(struct backlog *b);

/* ---- task.c ---- */
struct task_options {
    enum method method;
    const char *target; /* path and query */
    const char *accept, *content_type;
    const char *body; /* kept by the caller; NULL: none */
    size_t body_len;
    curl_mime *mime; /* instead of a body */
    curl_write_callback write;
    long buffer_size;
    const char *extra_header, *second_header; /* NULL: none */
    enum { REUSE_CONNECTION, OWN_CONNECTION } connection;
    enum { AS_SET, ALWAYS_1_1 } http;
};
void task_start(struct task *t, const struct task_options *o);
void task_stop(struct task *t); /* also when it does not run */
int task_status(const struct task *t);
/* What curl's code means, with the server's address. */
enum rc task_error(const struct task *t, CURLcode code, struct err *err);
/* An answer outside 2xx. */
void task_refusal(const struct task *t, enum op op, const struct buf *body, struct err *err);
int64_t task_retry_after(const struct task *t); /* ms, -1: the server did not say */

/* ---- trace.c ---- */
void trace_request(struct task *t, const struct task_options *o); /* the easy handle is ready */
void trace_bytes(struct task *t, const char *p, size_t n);        /* of an answer's body */
void trace_answer(struct task *t, CURLcode code);
void trace_end(struct task *t);
void trace_frame(const struct task *t, const struct frame *f);
void trace_retry(const struct flow *f, int attempt, int64_t ms);
void trace_link(const struct flow *f, enum link_state state, const char *gap);

/* ---- frames.c ---- */
void frames_keep(struct net *n, const char *session, const struct frame *frame);
void frames_begin(struct net *n, const struct request *r);
bool frames_cancel(struct net *n, uint32_t id);
void frames_flush(struct net *n); /* before backlog_flush */
void frames_free(struct net *n);

/* ---- hook.c ---- */
/* Everything but the URL is set; t->url is what it would be. */
void hooks_before(struct task *t, const struct task_options *o);
void hooks_handle(struct task *t);
/* Sets *err when a hook refuses the answer. */
void hooks_after(const struct task *t, const char *method, CURLcode code, const struct buf *body,
                 struct err *err);

/* ---- call.c ---- */
void call_begin(struct net *n, struct request *r); /* takes r */
bool call_cancel(struct net *n, uint32_t id);
void calls_tick(struct net *n);  /* what is due by the clock */
void calls_hurry(struct net *n); /* retries are due now */
/* What transfers wait for, room of them at most; and what was heard of it. */
size_t calls_wait_for(const struct net *n, struct curl_waitfd *out, size_t room);
void calls_heard(struct net *n, const struct curl_waitfd *fds, size_t count);
void calls_slept(struct net *n);
int64_t calls_deadline(const struct net *n); /* INT64_MAX: none */
void calls_resume(struct net *n);
void calls_free(struct net *n);

/* ---- file.c ---- */
struct local_file { /* of an upload or download */
    const char *path;
    const struct own_bytes *transfer; /* instead of it */
    char *part;                       /* where a download goes until it is whole */
    int fd;
    int64_t done, total, told_at; /* total -1: unknown */
    struct err err;               /* why a callback gave up */
    bool waits;                   /* for transfer->fd; curl is paused */
    /* A download that goes on: bytes of the part that this attempt asks to leave out, and what the
       server said of the file they are of: its size and a validator. "": it cannot go on */
    int64_t from;
    int64_t whole;
    char validator[200];
    bool answered; /* the head of this attempt's answer was looked at */
    bool keeps;    /* the part stays behind */
};
enum rc file_open_upload(struct local_file *f, const char *path, struct err *err);
/* resume: as file_resume gave it; NULL: from the start */
enum rc file_open_download(struct local_file *f, const char *path, const char *resume,
                           struct err *err);
/* What the head of an answer to a download says; each may be NULL. False: f->err is set. */
struct file_head {
    int status;
    const char *etag, *modified, *range; /* Content-Range */
    int64_t length;                      /* -1: unknown */
};
bool file_answered(struct local_file *f, const struct file_head *head);
/* Appends what the part is a part of; nothing when it cannot go on. */
void file_resume(const struct local_file *f, struct buf *out);
void file_forget(struct local_file *f); /* the part: the next attempt begins at the start */
void file_open_transfer(struct local_file *f, const struct own_bytes *t);
curl_mime *file_mime(struct local_file *f, CURL *easy);
size_t file_write(struct local_file *f, const char *p,
                  size_t n); /* n, or CURL_WRITEFUNC_ERROR with f->err set */
enum rc file_restart(struct local_file *f, struct err *err);
enum rc file_finish(struct local_file *f,
                    struct err *err);  /* a download is whole: gives it its name */
void file_close(struct local_file *f); /* an unfinished download leaves nothing unless it keeps */

/* ---- stream.c ---- */
void stream_begin(struct net *n, struct request *r); /* takes r */
bool stream_cancel(struct net *n, uint32_t id);
void streams_tick(struct net *n);
void streams_reconnect(struct net *n); /* all of them, now */
void streams_suspended(struct net *n);
int64_t streams_deadline(const struct net *n);
void streams_resume(struct net *n);
void streams_free(struct net *n);

#endif
