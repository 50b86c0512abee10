/* Two texts compared: parted by the first NUL byte. First byte: width, second: context. */
#include "fuzz.h"

#include <locale.h>

#include "diff_checks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    setlocale(LC_ALL, "C.UTF-8");
    const char *old = (const char *)data + 2;
    const char *end = memchr(old, 0, size - 2);
    const size_t n = end ? (size_t)(end - old) : size - 2;
    const char *new = end ? end + 1 : old;

    check_diff(old, n, new, end ? size - 3 - n : n, 1 + data[0] % 100, data[1] % 6 - 1);
    return 0;
}
