/* fuzz_wire_shape.c - the first byte picks a table, the second a generation; what is read is
 * written, and what was written reads back and is written the same. */
#include "fuzz.h"

#include "json.h"
#include "mix/pretty.h"

#include <stdlib.h>
#include <string.h>

static void check_round_trip(const struct shape *s, const void *in, int version) {
    struct arena a = {0};
    struct buf first, second;
    struct err err = {0};
    void *back = arena_alloc(&a, s->size);

    buf_init(&first, SIZE_MAX);
    buf_init(&second, SIZE_MAX);
    if (shape_write_server(&first, s, in, version) != RC_OK ||
        json_check(first.p, first.n, NULL) != RC_OK)
        abort();
    if (shape_read(back, s, first.p, first.n, &a, SHAPE_LENIENT, &err) != RC_OK)
        abort();
    if (shape_write_server(&second, s, back, version) != RC_OK ||
        json_check(second.p, second.n, NULL) != RC_OK)
        abort();
    buf_fini(&first);
    buf_fini(&second);
    arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const int versions[] = {GEN_NONE, GEN_SEED, GEN(0, 4, 5), GEN(0, 7, 2), GEN_POST};

    if (size < 2)
        return 0;
    const struct shape *s = shape_table[data[0] % shape_count];
    const int version = versions[data[1] % MIX_COUNT(versions)];
    const char *json = (const char *)data + 2;
    struct arena a = {0};
    struct err err = {0}, strict = {0};
    void *out = arena_alloc(&a, s->size), *again = arena_alloc(&a, s->size);
    const enum rc rc = shape_read(out, s, json, size - 2, &a, SHAPE_LENIENT, &err);

    if (rc != RC_OK && (rc != RC_PROTO || err.text[0] == '\0'))
        abort();
    if (rc == RC_OK)
        check_round_trip(s, out, version);
    /* What a strict server takes a tolerant one takes too. */
    if (shape_read_strict(again, s, json, size - 2, &a, version, &strict) == RC_OK && rc != RC_OK)
        abort();
    reply_error(&err, (enum op)(data[1] % OP_COUNT), 500, json, size - 2);
    for (size_t i = 0, n = strlen(err.text); i < n;) {
        const size_t len = utf8_length(err.text + i, n - i);

        if (len == 0 || (unsigned char)err.text[i] < 0x20)
            abort();
        i += len;
    }
    arena_free(&a);
    return 0;
}
