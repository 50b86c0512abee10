/* fuzz_wire_reply.c - the first byte picks an operation, the second how the rest is split; the
 * outcome must not depend on it. Requests are matched and the probe fed with the same bytes. */
#include "fuzz.h"

#include "json.h"

#include <stdlib.h>
#include <string.h>

/* The answer read in pieces, written again element by element, or the error. */
static void outcome(struct buf *text, enum op op, const char *p, size_t n, size_t piece) {
    const struct shape *s = op_spec(op)->out;
    struct reply_reader *r = reply_new(op);
    struct err err = {0};
    enum rc rc = RC_OK;
    void *out = NULL;
    size_t count = 0;
    struct arena a = {0};

    for (size_t at = 0; at < n && rc == RC_OK; at += piece)
        rc = reply_feed(r, p + at, n - at < piece ? n - at : piece, &err);
    if (rc == RC_OK)
        rc = reply_end(r, &out, &count, &a, &err);
    if (rc != RC_OK)
        buf_addf(text, "%d %s", (int)rc, err.text);
    for (size_t i = 0; rc == RC_OK && i < count; i++) {
        const struct shape *elem = s->form == FORM_LIST ? s->sub : s;

        if (shape_write(text, elem, (char *)out + i * elem->size, GEN_NONE) != RC_OK)
            abort();
    }
    reply_free(r);
    arena_free(&a);
}

static void feed_probe(const char *p, size_t n, int status) {
    struct probe probe = {0};
    struct probe_request ask;
    int asked = 0;

    while (probe_next(&probe, &ask)) {
        if (asked++ > 20)
            abort();
        probe_feed(&probe, status, p, n);
    }
    if (probe.caps.why[0] == '\0')
        abort();
}

static void match_request(const char *p, size_t n) {
    static const char *const methods[] = {"GET", "POST", "PATCH", "DELETE"};
    struct arena a = {0};
    char *path = arena_strndup(&a, p, n);

    for (size_t m = 0; m < MIX_COUNT(methods); m++) {
        _Alignas(max_align_t) char in[OP_IN_MAX] = {0};
        enum op op = OP_COUNT;

        if (op_match(&op, in, &a, methods[m], path) && op >= OP_COUNT)
            abort();
    }
    arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    const enum op op = (enum op)(data[0] % OP_COUNT);
    const char *p = (const char *)data + 2;
    struct buf whole, split;

    buf_init(&whole, SIZE_MAX);
    buf_init(&split, SIZE_MAX);
    outcome(&whole, op, p, size - 2, size);
    outcome(&split, op, p, size - 2, 1 + data[1] % 64);
    if (whole.n != split.n || (whole.n > 0 && memcmp(whole.p, split.p, whole.n) != 0))
        abort();
    buf_fini(&whole);
    buf_fini(&split);
    feed_probe(p, size - 2, data[1] & 64 ? 200 : 404);
    match_request(p, size - 2);
    return 0;
}
