/* call.c - calls: begun, collected while their answer arrives, ended exactly once. */
#include "inner.h"

#include <stdlib.h>
#include <string.h>

_Static_assert((int)MIX_OP_COUNT == (int)OP_COUNT && (int)MIX_EV_COUNT == (int)EV_COUNT &&
                   (int)MIX_RC_IO == (int)RC_IO && (int)MIX_LINK_REFUSED == (int)LINK_REFUSED,
               "the public words are the inner ones");

/* ---- begin ---- */
static const char *const *copy_headers(struct arena *a, const char *const *from, size_t n) {
    const char **to = arena_alloc(a, (n + 1) * sizeof *to);

    for (size_t i = 0; i < n; i++)
        to[i] = arena_strdup(a, from[i]);
    return to;
}

const struct call_options *options_copy(struct arena *a, const struct mix_call_options *o) {
    struct call_options *to = arena_alloc(a, sizeof *to);

    to->want_headers = true;
    if (!o)
        return to;
    to->server = arena_strdup(a, o->server);
    to->connect_timeout_ms = o->connect_timeout_ms;
    to->idle_timeout_ms = o->idle_timeout_ms;
    to->total_timeout_ms = o->total_timeout_ms;
    to->headers = copy_headers(a, o->headers, o->n_headers);
    to->n_headers = o->n_headers;
    if (o->retry) {
        struct retry_policy *p = arena_alloc(a, sizeof *p);

        p->mode = o->retry->mode == MIX_RETRY_OFF ? RETRY_OFF : RETRY_AS_ROW;
        p->attempts = o->retry->attempts;
        p->initial_ms = o->retry->initial_ms;
        p->max_ms = o->retry->max_ms;
        p->elapsed_ms = o->retry->elapsed_ms;
        p->exponent = o->retry->exponent;
        to->retry = p;
    }
    return to;
}

static enum rc prepare(struct call *call, struct request *r, const void *in,
                       const struct mix_call_options *o, struct err *err) {
    const struct op_spec *spec = op_spec(r->op);
    enum rc rc = RC_OK;

    if (spec->reply == REPLY_STREAM)
        return err_set(err, RC_USAGE, 0, "%s: open a stream instead", spec->sdk_name);
    if (spec->in) /* without one all of it is absent */
        r->in =
            in ? shape_copy(spec->in, in, &r->arena) : arena_alloc(&r->arena, shape_size(spec->in));
    if (spec->body == BODY_MULTIPART && !(o && o->upload))
        return err_set(err, RC_USAGE, 0, "%s: options name nothing to upload", spec->sdk_name);
    if (spec->body == BODY_MULTIPART)
        rc = bytes_upload(&call->bytes, o->upload, r, err);
    else if (spec->reply == REPLY_BYTES && o && o->download)
        rc = bytes_download(&call->bytes, o->download, r, err);
    r->options = options_copy(&r->arena, o);
    call->progress = o ? o->progress : NULL;
    call->progress_user = o ? o->progress_user : NULL;
    return rc;
}

static void call_free(struct call *call) {
    bytes_close(&call->bytes);
    for (size_t i = 0; i < call->n_arenas && call->arenas; i++)
        arena_free(&call->arenas[i]);
    free(call->arenas);
    free(call->items);
    mix_reply_free(call->out);
    mix_error_clear(&call->err);
    pthread_cond_destroy(&call->wake);
    free(call);
}

static struct call *call_new(const struct request *r) {
    struct call *call = xcalloc(1, sizeof *call);

    pthread_cond_init(&call->wake, NULL);
    call->id = r->id;
    call->op = r->kind == REQ_PROBE ? OP_COUNT : r->op;
    call->bytes.own_fd = -1;
    call->err.op = (enum mix_op)call->op;
    return call;
}

static enum rc refuse_closing(struct err *err) {
    return err_set(err, RC_CANCELLED, 0, "the client is being freed");
}

/* With the lock held. Takes r. */
static void begin(struct mix_client *c, struct call *call, struct request *r) {
    struct call **bucket = &c->calls[call->id % BUCKETS];

    r->version = c->version;
    call->next = *bucket;
    *bucket = call;
    client_send(c, r);
}

static struct call *call_find(struct mix_client *c, uint32_t id) {
    struct call *call = c->calls[id % BUCKETS];

    while (call && call->id != id)
        call = call->next;
    return call;
}

static void call_unlink(struct mix_client *c, const struct call *call) {
    struct call **link = &c->calls[call->id % BUCKETS];

    while (*link != call)
        link = &(*link)->next;
    *link = call->next;
}

/* ---- what comes ---- */
static void keep_arena(struct call *call, struct incoming *in) {
    call->arenas = xgrow(call->arenas, call->n_arenas, &call->room_arenas, sizeof *call->arenas);
    call->arenas[call->n_arenas++] = in->arena;
    in->arena = (struct arena){0};
}

static void keep_items(struct call *call, const struct incoming *in) {
    const size_t size = shape_element_size(op_spec(call->op)->out);

    if (size == 0 || in->n == 0)
        return;
    if (call->n_items + in->n > call->room_items) {
        call->room_items = (call->n_items + in->n) * 3 / 2;
        call->items = xrealloc(call->items, call->room_items * size);
    }
    memcpy(call->items + call->n_items * size, in->out, in->n * size);
    call->n_items += in->n;
}

static void drop_items(struct call *call) {
    for (size_t i = 0; i < call->n_arenas; i++)
        arena_free(&call->arenas[i]);
    call->n_arenas = call->n_items = 0;
}

static void succeeded(struct call *call, struct incoming *in) {
    call->err.attempt = in->attempt;
    if (call->op == OP_COUNT) {
        call->generation = in->caps.version;
        return;
    }
    keep_items(call, in);
    keep_arena(call, in);
    call->out = reply_make(call, in);
}

/* With the lock held. */
static void call_end(struct mix_client *c, struct call *call) {
    call_unlink(c, call);
    call->ended = true;
    if (call->waited)
        pthread_cond_signal(&call->wake);
    else
        client_deliver(c, call, NULL);
}

static void tell_retry(struct mix_client *c, const struct call *call, struct incoming *in) {
    struct mix_error err = {.rc = MIX_RC_OK};
    const int64_t left = in->retry_at - clock_now();

    if (!c->hooks.retry)
        return;
    error_take(&err, in);
    err.op = (enum mix_op)call->op;
    const struct mix_retrying r = {
        .id = call->id,
        .op = err.op,
        .attempt = in->attempt,
        .wait_ms = left > 0 ? left : 0,
        .err = &err,
    };
    const struct mix_client *before = client_enter(c);

    c->hooks.retry(c->hooks.user, &r);
    client_enter(before);
    mix_error_clear(&err);
}

static void take(struct mix_client *c, struct call *call, struct incoming *in) {
    switch (in->kind) {
    case IN_ITEMS:
        keep_items(call, in);
        keep_arena(call, in);
        return;
    case IN_RESTART:
        drop_items(call);
        return;
    case IN_REPLY:
    case IN_CAPS:
        succeeded(call, in);
        break;
    case IN_FAIL:
        error_take(&call->err, in);
        break;
    case IN_RETRY:
        tell_retry(c, call, in);
        return;
    case IN_PROGRESS:
    case IN_EVENTS:
    case IN_LINK:
    case IN_BYTES:
    case IN_FRAMES:
        return;
    }
    pthread_mutex_lock(&c->lock);
    if (in->kind == IN_CAPS && in->caps.version != GEN_NONE)
        c->version = in->caps.version;
    call_end(c, call);
    pthread_mutex_unlock(&c->lock);
}

/* Until it ends a call is only touched by the client's own thread. */
void call_incoming(struct mix_client *c, struct incoming *in) {
    pthread_mutex_lock(&c->lock);
    struct call *call = call_find(c, in->request);

    pthread_mutex_unlock(&c->lock);
    if (call && in->kind == IN_PROGRESS && call->progress) {
        const struct mix_client *before = client_enter(c);

        call->progress(call->progress_user, in->done, in->total);
        client_enter(before);
    } else if (call) {
        take(c, call, in);
    }
    incoming_free(in);
}

void call_deliver(struct call *call) {
    if (call->done)
        call->done(call->user, call->id, TAKE(call->out), &call->err);
    call_free(call);
}

void calls_end(struct mix_client *c) {
    struct err err;

    refuse_closing(&err);
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        while (c->calls[i]) {
            struct call *call = c->calls[i];

            error_set(&call->err, &err);
            call->err.op = (enum mix_op)call->op;
            call_end(c, call);
        }
    pthread_mutex_unlock(&c->lock);
}

/* ---- waited for ---- */
static enum mix_rc failed_early(struct mix_error *out, struct call *call, const struct err *err) {
    error_set(out, err);
    if (out)
        out->op = (enum mix_op)call->op;
    call_free(call);
    return (enum mix_rc)err->rc;
}

/* Takes both. */
static enum mix_rc wait_for(struct mix_client *c, struct call *call, struct request *r, void **out,
                            int *generation, struct mix_error *err) {
    struct err why;

    call->waited = true;
    pthread_mutex_lock(&c->lock);
    if (c->closing) {
        pthread_mutex_unlock(&c->lock);
        request_free(r);
        refuse_closing(&why);
        return failed_early(err, call, &why);
    }
    c->inside++;
    begin(c, call, r);
    while (!call->ended)
        pthread_cond_wait(&call->wake, &c->lock);
    if (--c->inside == 0)
        pthread_cond_broadcast(&c->idle);
    pthread_mutex_unlock(&c->lock);
    if (out)
        *out = TAKE(call->out);
    if (generation)
        *generation = call->generation;
    const enum mix_rc rc = error_move(err, &call->err);

    call_free(call);
    return rc;
}

enum mix_rc mix_call(struct mix_client *c, enum mix_op op, const void *in, void **out,
                     const struct mix_call_options *options, struct mix_error *err) {
    struct err why = {0};

    if (out)
        *out = NULL;
    if (!client_may_wait(c, err))
        return MIX_RC_USAGE;
    if ((unsigned)op >= MIX_OP_COUNT) {
        err_set(&why, RC_USAGE, 0, "there is no operation %d", (int)op);
        error_set(err, &why);
        return MIX_RC_USAGE;
    }
    struct request *r = request_new(REQ_CALL, (enum op)op);
    struct call *call = call_new(r);

    if (prepare(call, r, in, options, &why) != RC_OK) {
        request_free(r);
        return failed_early(err, call, &why);
    }
    return wait_for(c, call, r, out, NULL, err);
}

static struct request *probe_new(const struct mix_call_options *options) {
    struct request *r = request_new(REQ_PROBE, OP_COUNT);
    struct mix_call_options o = options ? *options : (struct mix_call_options){0};

    o.server = NULL;
    r->options = options_copy(&r->arena, &o);
    return r;
}

enum mix_rc mix_client_probe(struct mix_client *c, int *generation,
                             const struct mix_call_options *options, struct mix_error *err) {
    if (generation)
        *generation = 0;
    if (!client_may_wait(c, err))
        return MIX_RC_USAGE;
    struct request *r = probe_new(options);

    return wait_for(c, call_new(r), r, NULL, generation, err);
}

int mix_client_generation(struct mix_client *c) {
    pthread_mutex_lock(&c->lock);
    const int version = c->version;

    pthread_mutex_unlock(&c->lock);
    return version;
}

/* ---- not waited for ---- */
/* Takes both. Returns the id, 0 with *err. */
static uint32_t begin_async(struct mix_client *c, struct call *call, struct request *r,
                            struct mix_error *err) {
    struct err why = {0};
    const uint32_t id = call->id;

    pthread_mutex_lock(&c->lock);
    if (!c->closing)
        begin(c, call, TAKE(r));
    pthread_mutex_unlock(&c->lock);
    if (!r)
        return id;
    refuse_closing(&why);
    request_free(r);
    failed_early(err, call, &why);
    return 0;
}

uint32_t mix_client_probe_async(struct mix_client *c, const struct mix_call_options *options,
                                mix_done *done, void *user, struct mix_error *err) {
    struct request *r = probe_new(options);
    struct call *call = call_new(r);

    mix_error_clear(err);
    call->done = done;
    call->user = user;
    return begin_async(c, call, r, err);
}

uint32_t mix_call_async(struct mix_client *c, enum mix_op op, const void *in,
                        const struct mix_call_options *options, mix_done *done, void *user,
                        struct mix_error *err) {
    struct err why = {0};

    mix_error_clear(err);
    if ((unsigned)op >= MIX_OP_COUNT) {
        err_set(&why, RC_USAGE, 0, "there is no operation %d", (int)op);
        error_set(err, &why);
        return 0;
    }
    struct request *r = request_new(REQ_CALL, (enum op)op);
    struct call *call = call_new(r);

    call->done = done;
    call->user = user;
    if (prepare(call, r, in, options, &why) == RC_OK)
        return begin_async(c, call, r, err);
    request_free(r);
    failed_early(err, call, &why);
    return 0;
}

void mix_cancel(struct mix_client *c, uint32_t id) {
    pthread_mutex_lock(&c->lock);
    if (!c->closing && call_find(c, id)) {
        struct request *r = request_new(REQ_CANCEL, OP_COUNT);

        r->target = id;
        client_send(c, r);
    }
    pthread_mutex_unlock(&c->lock);
}
