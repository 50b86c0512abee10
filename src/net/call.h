/* call.h - what the files about one operation share: call.c (its life), answer.c (what comes back),
 * retry.c (when again), fault.c (a failure whole). The worker thread only. */
#ifndef NET_CALL_H
#define NET_CALL_H

#include "inner.h"

#include <string.h>

enum call_state { CALL_WAITING, CALL_RUNNING, CALL_RETRYING };

struct call {
    struct task task; /* first: callbacks get it */
    struct flow flow;
    struct call *next;
    struct net *net;
    struct request *req;
    const struct op_spec *spec;
    const struct call_options *options; /* never NULL */
    struct route route;
    enum call_state state;
    struct buf target, body; /* the same for every attempt */
    int attempt;
    int64_t began, retry_at, heard_at, started_at;
    bool items_sent, bytes_sent;
    /* of this attempt */
    struct reply_reader *reader;
    /* an error's body, the beginning of an answer, a probe's answer, bytes without a file */
    struct buf kept;
    bool kept_enough;
    size_t passed_on; /* bytes that main got as they are */
    curl_mime *mime;
    struct err given_up; /* why a callback refused to go on */
    struct local_file file;
    int64_t told, moved; /* of file.done: what main knows, what was seen last */
    struct probe probe;
    struct probe_request question;
};

static inline bool call_is_probe(const struct call *c) { return c->req->kind == REQ_PROBE; }
static inline bool call_has_file(const struct call *c) { return c->file.path || c->file.transfer; }
static inline enum method call_method(const struct call *c) {
    return call_is_probe(c) ? c->question.method : c->spec->method;
}
/* Codes, keys and state may stand in what goes out and comes in. */
static inline bool call_is_sign_in(const struct call *c) {
    return strncmp(c->spec->sdk_name, "authentication.", 15) == 0;
}
static inline bool call_as_it_is(const struct call *c) {
    const bool to_file = call_has_file(c) && c->spec->reply == REPLY_BYTES;

    return c->options->answer == REPLY_AS_IT_IS && !to_file && !call_is_probe(c);
}

/* ---- call.c ---- */
void call_start(struct call *c);
void call_clear_attempt(struct call *c);
void call_fail(struct call *c, const struct err *err, int status); /* frees c */
void call_succeed(struct call *c, struct incoming *in);            /* frees c */
int64_t call_total_until(const struct call *c);                    /* INT64_MAX: no end */

/* ---- answer.c ---- */
size_t answer_bytes(char *p, size_t one, size_t count, void *arg);
void answer_done(struct task *t, CURLcode code);

/* ---- retry.c ---- */
bool retry_may_help(const struct err *err);
/* An attempt failed: again, or for good (then c is freed). */
void retry_or_fail(struct call *c, struct err *err);

/* ---- fault.c ---- */
void fault_attach(const struct call *c, struct incoming *in);
void fault_headers(const struct call *c, struct incoming *in);

#endif
