/* border.c - the messages that cross between the main thread and the workers. */
#include "mix/border.h"

#include <stdlib.h>

struct request *request_new(enum request_kind kind, enum op op) {
    static uint32_t last; /* atomic: a test may make requests on several threads */
    struct request *r = xcalloc(1, sizeof *r);
    uint32_t id = 0;

    while (id == 0) /* again after four thousand million */
        id = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
    r->kind = kind;
    r->op = op;
    r->id = id;
    return r;
}

void request_free(struct request *r) {
    if (!r)
        return;
    arena_free(&r->arena);
    free(r);
}

struct incoming *incoming_new(enum incoming_kind kind, uint32_t request) {
    struct incoming *in = xcalloc(1, sizeof *in);

    in->kind = kind;
    in->request = request;
    in->op = OP_COUNT;
    in->total = -1;
    return in;
}

void incoming_free(struct incoming *in) {
    if (!in)
        return;
    arena_free(&in->arena);
    free(in);
}
