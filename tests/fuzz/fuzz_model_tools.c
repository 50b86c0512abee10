/* Inputs of tool calls: no byte past the end is read, and what is found fits its buffer. */
#include "fuzz.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

static const char *const tools[] = {"Bash", "Write", "Grep", "Task", "srv_tool"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    /* Not NUL-terminated, as inputs are not. */
    char *input = xmalloc(size);

    if (size > 0)
        memcpy(input, data, size);
    for (size_t i = 0; i < MIX_COUNT(tools); i++) {
        auto_buf struct buf out = {.max = 32};

        if (tool_object(&out, tools[i], input, size) != (out.n > 0) || out.n > out.max)
            abort();
    }
    free(input);
    return 0;
}
