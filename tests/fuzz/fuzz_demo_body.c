/* What the demo server reads by hand: words of a message, a Host header. */
#include <assert.h>
#include <string.h>

#include "demo.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    char *text = arena_strndup(&a, (const char *)data, size);
    struct step steps[STEPS_MAX];
    size_t count = words_read(text, steps);
    assert(count >= 1 && count <= STEPS_MAX);
    for (size_t i = 0; i < count; i++)
        assert(steps[i].arg >= text && steps[i].arg + steps[i].n <= text + strlen(text));

    char room[24];
    text_cut(room, sizeof room, text, size);
    assert(strlen(room) < sizeof room && !strncmp(room, text, strlen(room)));
    host_is_loopback(text);
    arena_free(&a);
    return 0;
}
