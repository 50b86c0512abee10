/* Any bytes, in two different splits, give the same keys; nothing hangs, grows or leaks. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mix/term.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(struct buf *out, const uint8_t *p, size_t n, size_t step) {
    struct decoder *d = decoder_new();
    struct key k;
    int64_t now = 0;
    /* pastes have marks from now on: without them a read is one or not as it was split */
    decoder_feed(d, "\033[200~\033[201~", 12, now);
    (void)decoder_next(d, &k, now);
    for (size_t i = 0; i <= n; i += step) {
        decoder_feed(d, (const char *)p + i, n - i < step ? n - i : step, now);
        while (decoder_next(d, &k, now)) {
            buf_addf(out, "%x %x ", k.code, k.mods);
            if (k.paste)
                (void)buf_add(out, k.paste, k.n);
        }
    }
    while ((now = decoder_deadline(d)) >= 0)
        while (decoder_next(d, &k, now))
            buf_addf(out, "%x %x ", k.code, k.mods);
    decoder_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct buf whole, split;
    buf_init(&whole, 64 * MIX_MIB);
    buf_init(&split, 64 * MIX_MIB);
    decode(&whole, data, size, size + 1);
    decode(&split, data, size, 1);
    if (whole.n != split.n || memcmp(buf_str(&whole), buf_str(&split), whole.n) != 0)
        abort();
    buf_fini(&whole);
    buf_fini(&split);
    return 0;
}
