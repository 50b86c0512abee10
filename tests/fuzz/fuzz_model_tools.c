/* Inputs of tool calls: no byte past the end is read, and what is found fits its buffer. */
#include "fuzz.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

static const char *const tools[] = {"Bash", "Write", "Grep", "Task", "srv_tool"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    auto_buf struct buf key = {.max = 64}, value = {.max = 64};
    /* Not NUL-terminated, as inputs are not. */
    char *input = xmalloc(size);
    size_t at = 0;

    if (size > 0)
        memcpy(input, data, size);
    for (size_t i = 0; i < MIX_COUNT(tools); i++) {
        auto_buf struct buf out = {.max = 32};

        if (tool_object(&out, tools[i], input, size) != (out.n > 0) || out.n > out.max)
            abort();
    }
    while (tool_field(&at, input, size, &key, &value))
        if (at > size || key.n > key.max || value.n > value.max)
            abort();
    buf_clear(&value);
    json_field(&value, input, size, "command");
    free(input);
    return 0;
}
