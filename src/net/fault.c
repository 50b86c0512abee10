/* fault.c - a failure whole: what the server said apart from what we make of it. */
#include "call.h"

#include <string.h>

static const char *kept_text(struct arena *a, const char *s) {
    return *s ? arena_strdup(a, s) : NULL;
}

static void add_body(const struct call *c, struct incoming *in, struct fault *f) {
    const size_t n = c->kept.n < ERROR_BODY ? c->kept.n : ERROR_BODY;

    if (n == 0)
        return;
    struct buf body;

    buf_init(&body, MIX_MIB);
    if (call_is_sign_in(c)) /* codes and state may be in it, and a fault is shown */
        (void)redact_body(&body, f->op, c->kept.p, n);
    else
        (void)buf_add(&body, c->kept.p, n);
    char *copy = arena_alloc(&in->arena, body.n + 1);

    memcpy(copy, buf_str(&body), body.n);
    f->body = copy;
    f->body_len = body.n;
    buf_fini(&body);
}

void fault_attach(const struct call *c, struct incoming *in) {
    struct fault *f = arena_alloc(&in->arena, sizeof *f);

    *f = (struct fault){
        .rc = in->err.rc,
        .status = in->status,
        .op = call_is_probe(c) ? OP_DOC : c->req->op,
        .attempt = in->attempt,
        .retryable = retry_may_help(&in->err) || in->err.rc == RC_TIMEOUT,
    };
    if (in->err.rc == RC_HTTP) {
        struct refusal said;

        reply_refusal(&said, buf_str(&c->kept), c->kept.n);
        f->type = kept_text(&in->arena, said.type);
        f->message = kept_text(&in->arena, said.message);
    }
    if (in->err.rc == RC_PROTO && c->reader)
        f->where = kept_text(&in->arena, reply_where(c->reader));
    add_body(c, in, f);
    in->fault = f;
}

void fault_headers(const struct call *c, struct incoming *in) {
    struct curl_header *h = NULL;
    size_t n = 0;

    if (!c->options->want_headers || !c->task.easy)
        return;
    while ((h = curl_easy_nextheader(c->task.easy, CURLH_HEADER, -1, h)))
        n++;
    if (n == 0)
        return;
    in->headers.items = arena_alloc(&in->arena, n * sizeof *in->headers.items);
    while (in->headers.n < n && (h = curl_easy_nextheader(c->task.easy, CURLH_HEADER, -1, h)))
        in->headers.items[in->headers.n++] = arena_printf(&in->arena, "%s: %s", h->name, h->value);
}
