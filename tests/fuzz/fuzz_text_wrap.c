/* Wrapping and clusters of any bytes. First byte: the width. */
#include "fuzz.h"

#include "text_checks.h"

#include <locale.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    setlocale(LC_ALL, "C.UTF-8");
    const char *s = (const char *)data + 1;

    check_clusters(s, size - 1);
    check_wrap(s, size - 1, 1 + data[0] % 100);
    check_wrap(s, size - 1, 2);
    return 0;
}
