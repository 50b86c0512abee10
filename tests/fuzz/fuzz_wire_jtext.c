/* JSON text: any bytes as an object, and any text out and in again. */
#include "fuzz.h"

#include "json.h"
#include "mix/jtext.h"
#include "mix/pretty.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool valid(const char *s, size_t n) {
    for (size_t at = 0, used; at < n; at += used)
        if ((used = utf8_length(s + at, n - at)) == 0)
            return false;
    return true;
}

static void there_and_back(const char *text) {
    auto_buf struct buf json = {.max = MIX_MIB}, back = {.max = MIX_MIB}, again = {.max = MIX_MIB};

    buf_adds(&json, "{\"a\":1");
    jtext_field(&json, "k", text);
    buf_adds(&json, "}");
    for (size_t i = 0; i < json.n; i++)
        assert((unsigned char)json.p[i] >= 0x20 && json.p[i] != 0x7f);
    assert(jtext_get(&back, buf_str(&json), "k"));
    assert(valid(buf_str(&back), back.n));
    assert(!valid(text, strlen(text)) || strcmp(buf_str(&back), text) == 0);
    buf_adds(&again, "{\"a\":1");
    jtext_field(&again, "k", buf_str(&back));
    buf_adds(&again, "}");
    assert(strcmp(buf_str(&json), buf_str(&again)) == 0);
}

static void walk(const char *json, size_t n) {
    auto_buf struct buf out = {.max = 64};
    struct jwalk w = jtext_walk(json, n);
    struct jtext name, value;
    const char *before = json;

    while (jtext_next(&w, &name, &value)) {
        assert(name.p > before && name.p + name.n < value.p && value.p + value.n <= json + n);
        before = value.p + value.n;
        buf_clear(&out);
        (void)jtext_add(&out, name);
        (void)jtext_add(&out, value);
        assert(out.n <= out.max);
    }
    assert(w.whole || json_check(json, n, NULL) != RC_OK || jtext_span(json, n) == 0 ||
           json[strspn(json, " \t\r\n")] != '{');
    assert(jtext_span(json, n) <= n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 10000)
        return 0;
    char *text = xstrndup((const char *)data, size);
    const size_t n = strlen(text);
    char *exact = xmalloc(n + 1);
    auto_buf struct buf value = {.max = MIX_MIB}, found = {.max = 10};

    memcpy(exact + 1, text, n); /* no byte behind the text may be read */
    walk(text, n);
    assert(!jtext_get(&value, text, "command") || jtext_find(&found, exact + 1, n, "command"));
    there_and_back(text);
    free(exact);
    free(text);
    return 0;
}
