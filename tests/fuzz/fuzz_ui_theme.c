/* Any bytes are a theme: what is wrong is counted and named, what is right is in range. */
#include "fuzz.h"
#include "mix/theme.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct buf complaints = {.max = 16 * MIX_MIB};
    struct theme t;
    int lines = 0;

    const int n = theme_read(&t, "fuzz", (const char *)data, size, &complaints);

    for (size_t i = 0; i < complaints.n; i++)
        lines += complaints.p[i] == '\n';
    assert(lines == n);
    for (int s = 0; s < STYLE_COUNT; s++) {
        const struct look *l = &t.look[s];

        assert(l->fg >= COLOUR_DEFAULT && l->fg < 2 * COLOUR_RGB);
        assert(l->bg >= COLOUR_DEFAULT && l->bg < 2 * COLOUR_RGB);
        assert(l->attrs < 32);
    }
    buf_fini(&complaints);
    return 0;
}
