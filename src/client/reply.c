/* reply.c - what a call hands out: one block with everything it points to, and errors. */
#include "inner.h"

#include <stdlib.h>
#include <string.h>

/* The struct the caller sees stands at the end of it. */
struct block {
    struct mix_info info;
    struct arena *arenas;
    size_t n_arenas;
    char *items;
    _Alignas(max_align_t) char data[];
};

static struct block *block_of(const void *out) {
    union { /* it came from us and is ours to change */
        const void *seen;
        char *own;
    } p = {out};

    return (struct block *)(void *)(p.own - offsetof(struct block, data));
}

void *reply_make(struct call *call, struct incoming *in) {
    static const struct mix_bytes nothing = {"", 0};
    const struct op_spec *spec = op_spec(call->op);
    const bool bytes = spec->reply == REPLY_BYTES;
    const size_t elem = shape_element_size(spec->out);
    const size_t size = bytes ? sizeof(struct mix_bytes) : spec->out ? shape_size(spec->out) : 0;

    if (size == 0)
        return NULL;
    struct block *b = xcalloc(1, sizeof *b + size);

    if (bytes) {
        const struct mix_bytes whole = {in->out, in->n};

        memcpy(b->data, in->out ? &whole : &nothing, sizeof whole);
    } else if (elem > 0) {
        const struct strings list = {(const char **)(void *)call->items, call->n_items};

        memcpy(b->data, &list, sizeof list); /* every list looks like that */
    } else if (in->out) {
        memcpy(b->data, in->out, size);
    }
    b->info = (struct mix_info){in->status, in->attempt, in->headers};
    b->arenas = TAKE(call->arenas);
    b->n_arenas = call->n_arenas;
    b->items = TAKE(call->items);
    return b->data;
}

void mix_reply_free(void *out) {
    if (!out)
        return;
    struct block *b = block_of(out);

    for (size_t i = 0; i < b->n_arenas; i++)
        arena_free(&b->arenas[i]);
    free(b->arenas);
    free(b->items);
    free(b);
}

const struct mix_info *mix_reply_info(const void *out) { return &block_of(out)->info; }

/* ---- errors ---- */
void mix_error_clear(struct mix_error *err) {
    if (!err)
        return;
    if (err->memory) {
        arena_free(err->memory);
        free(err->memory);
    }
    *err = (struct mix_error){.op = MIX_OP_COUNT};
}

void error_set(struct mix_error *out, const struct err *err) {
    if (!out)
        return;
    mix_error_clear(out);
    out->rc = (enum mix_rc)err->rc;
    out->status = err->rc == RC_HTTP ? err->detail : 0;
    out->retryable = rc_retryable(err->rc);
    memcpy(out->text, err->text, sizeof out->text);
}
_Static_assert(sizeof((struct mix_error *)NULL)->text == sizeof((struct err *)NULL)->text,
               "the one is copied to the other");

void error_take(struct mix_error *out, struct incoming *in) {
    const struct fault *f = in->fault;

    error_set(out, &in->err);
    out->status = in->status;
    out->attempt = in->attempt;
    out->op = (enum mix_op)in->op;
    out->headers = in->headers;
    if (f) {
        out->retryable = f->retryable;
        out->type = f->type;
        out->message = f->message;
        out->where = f->where;
        out->body = f->body;
        out->body_len = f->body_len;
    }
    struct arena *memory = xmalloc(sizeof *memory);

    *memory = in->arena;
    in->arena = (struct arena){0};
    out->memory = memory;
}

enum mix_rc error_move(struct mix_error *to, struct mix_error *from) {
    const enum mix_rc rc = from->rc;

    if (to) {
        mix_error_clear(to);
        *to = *from;
        from->memory = NULL;
    }
    mix_error_clear(from);
    return rc;
}

/* ---- words ---- */
const char *mix_rc_text(enum mix_rc rc) { return rc_text((enum rc)rc); }

const char *mix_version(void) { return MIX_VERSION; }

const char *mix_op_name(enum mix_op op) {
    return (unsigned)op < MIX_OP_COUNT ? op_spec((enum op)op)->sdk_name : "";
}

const char *mix_ev_name(enum mix_ev kind) {
    return (unsigned)kind < MIX_EV_COUNT ? ev_name((enum ev)kind) : "";
}
