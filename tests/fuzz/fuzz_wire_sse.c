/* fuzz_wire_sse.c - the first byte says how the rest is split; the frames must not depend on it. */
#include "fuzz.h"

#include "mix/wire.h"

#include <stdlib.h>
#include <string.h>

enum { CAP = 256 };

/* Feeds in pieces of `piece` bytes and notes every frame; events are read on the way. */
static void frames(struct buf *out, const char *p, size_t n, size_t piece) {
    struct sse *s = sse_new(CAP);
    enum rc rc = RC_OK;

    for (size_t at = 0; at < n && rc == RC_OK; at += piece) {
        struct frame f;

        rc = sse_feed(s, p + at, n - at < piece ? n - at : piece, NULL);
        while (rc == RC_OK && sse_next(s, &f)) {
            struct arena a = {0};
            struct err err = {0};
            const struct wire_event *e = event_read(&f, &a, &err);

            if (!e && err.rc != RC_PROTO)
                abort();
            if (f.data[f.data_len] != '\0' || f.data_len > CAP)
                abort();
            buf_addf(out, "%s|%s|%lld|%d|", f.event, f.id ? f.id : "-", (long long)f.retry_ms,
                     e ? (int)e->kind : -1);
            buf_add(out, f.data, f.data_len);
            arena_free(&a);
        }
    }
    sse_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    struct buf whole, split;
    const char *p = (const char *)data + 1;

    buf_init(&whole, SIZE_MAX);
    buf_init(&split, SIZE_MAX);
    frames(&whole, p, size - 1, size);
    frames(&split, p, size - 1, 1 + data[0] % 64);
    if (whole.n != split.n || (whole.n > 0 && memcmp(whole.p, split.p, whole.n) != 0))
        abort();
    buf_fini(&whole);
    buf_fini(&split);
    return 0;
}
