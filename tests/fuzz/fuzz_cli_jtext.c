/* JSON text: any bytes as an object, and any text out and in again. */
#include "fuzz.h"

#include "jtext.h"
#include "mix/text.h"
#include "text_checks.h"

#include <stdlib.h>
#include <string.h>

static void there_and_back(const char *text) {
    auto_buf struct buf json = {.max = MIX_MIB}, back = {.max = MIX_MIB}, want = {.max = MIX_MIB};
    size_t used;

    for (size_t at = 0, n = strlen(text); at < n; at += used) {
        char bytes[4];
        const uint32_t cp = text_decode(text + at, n - at, &used);

        buf_add(&want, bytes, text_encode(bytes, cp));
    }
    buf_adds(&json, "{\"a\":1");
    jtext_field(&json, "k", text);
    buf_adds(&json, "}");
    for (size_t i = 0; i < json.n; i++)
        CHECK((unsigned char)json.p[i] >= 0x20 && json.p[i] != 0x7f);
    CHECK(jtext_get(&back, buf_str(&json), "k"));
    CHECK(strcmp(buf_str(&back), buf_str(&want)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 10000)
        return 0;
    char *text = xstrndup((const char *)data, size);
    auto_buf struct buf key = {.max = MIX_MIB}, value = {.max = MIX_MIB};
    size_t at = 0, before = 0;
    bool string = false, whole = false;

    while (jtext_member(text, &at, &key, &value, &string, &whole)) {
        CHECK(at > before && at <= strlen(text));
        before = at;
    }
    jtext_get(&value, text, "command");
    there_and_back(text);
    free(text);
    return 0;
}
