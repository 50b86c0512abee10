/* Source text of any kind in any language. First byte: language, second: width. */
#include "fuzz.h"

#include <locale.h>
#include <string.h>

#include "flow_checks.h"
#include "mix/code.h"

enum { BITS = 24 };

/* The bits cover the line without holes. */
static void check_line(struct code_state *state, enum lang lang, const char *s, size_t n) {
    struct flow_bit bits[BITS];
    const size_t i = code_line(state, lang, s, n, bits, BITS);
    size_t at = 0;

    CHECK_FLOW(i <= BITS && (i > 0) == (n > 0));
    for (size_t k = 0; k < i; k++) {
        CHECK_FLOW(bits[k].s == s + at && bits[k].src == at && bits[k].n > 0);
        CHECK_FLOW(bits[k].ink < INK_COUNT);
        at += bits[k].n;
    }
    CHECK_FLOW(at == n);
    CHECK_FLOW(memchr(state->until, 0, sizeof state->until));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    setlocale(LC_ALL, "C.UTF-8");
    const enum lang lang = (enum lang)(data[0] % LANG_COUNT);
    const char *s = (const char *)data + 2;
    const size_t n = size - 2, i = 0;
    struct code_state state = {0};
    struct flow f = {0};

    for (size_t at = 0; at < n;) {
        const char *nl = memchr(s + at, '\n', n - at);
        const size_t end = nl ? (size_t)(nl - s) : n;

        check_line(&state, lang, s + at, end - at);
        at = end + 1;
    }
    const struct code_how how = {.lang = lang, .width = 1 + data[1] % 100, .gutter = ""};

    CHECK_FLOW(code_flow(&f, s, n, &how, SIZE_MAX) == n);
    check_flow(&f, 0, how.width);
    CHECK_FLOW(lang_named(s, n) < LANG_COUNT && lang_of_path(s, n) < LANG_COUNT);
    flow_fini(&f);
    return 0;
}
