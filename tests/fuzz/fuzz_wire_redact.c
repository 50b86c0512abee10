/* fuzz_wire_redact.c - any bytes as header, address and body; then a secret planted beside them, in
 * JSON, in JSON within JSON and cut short at a place the first bytes pick, which must not be seen.
 */
#include "fuzz.h"

#include "json.h"

#include <stdlib.h>
#include <string.h>

static const char planted[] = "S3cr3tPl4nted0123456789";

static void expect_none(const struct buf *out) {
    if (out->n > 0 && memmem(out->p, out->n, planted, 8))
        abort();
}

static void body(enum op op, const char *p, size_t n) {
    struct buf out;

    buf_init(&out, 64 * MIX_MIB);
    if (redact_body(&out, op, p, n) != RC_OK)
        abort();
    expect_none(&out);
    buf_fini(&out);
}

static void any_bytes(enum op op, const char *p, size_t n) {
    struct buf out;

    buf_init(&out, 64 * MIX_MIB);
    if (redact_header(&out, p, n) != RC_OK || redact_url(&out, p, n) != RC_OK ||
        redact_body(&out, op, p, n) != RC_OK)
        abort();
    /* Each hidden value takes the place of at least one byte. */
    if (out.n > 3 * (n + 1) * 9)
        abort();
    buf_fini(&out);
}

static void cut_anywhere(const struct buf *json, enum op op, size_t cut) {
    body(op, json->p, json->n);
    body(op, json->p, cut % (json->n + 1));
}

static void planted_beside(enum op op, const char *p, size_t n, size_t cut) {
    static const char *const names[] = {"api_key", "apiKey", "code",         "state",
                                        "secret",  "token",  "access_token", "password"};
    struct buf json, outer;
    char *text = xstrndup(p, n);

    buf_init(&json, 64 * MIX_MIB);
    buf_init(&outer, 64 * MIX_MIB);
    (void)buf_adds(&json, "{\"x\":");
    (void)json_add_string(&json, text, STYLE_CLIENT);
    (void)buf_addf(&json, ",\"%s\":\"%s\",\"y\":[", names[cut % MIX_COUNT(names)], planted);
    (void)json_add_string(&json, text, STYLE_CLIENT);
    (void)buf_addf(&json, ",{\"%s\" : [\"%s\", {\"z\":\"%s\"}]}]}", names[cut / 8 % 8], planted,
                   planted);
    cut_anywhere(&json, op, cut);
    (void)buf_adds(&outer, "{\"input\":");
    (void)json_add_string(&outer, buf_str(&json), STYLE_SERVER);
    (void)buf_adds(&outer, "}");
    cut_anywhere(&outer, op, cut);
    buf_fini(&outer);
    buf_fini(&json);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 3 || size > 16 * MIX_KIB)
        return 0;
    const enum op op = (enum op)(data[0] % OP_COUNT);
    const size_t cut = data[1] | (size_t)data[2] << 8;
    const char *p = (const char *)data + 3;

    any_bytes(op, p, size - 3);
    if (!memmem(p, size - 3, planted, 8))
        planted_beside(op, p, size - 3, cut);
    return 0;
}
