/* Markdown of any bytes. First byte: the width; second: what is wanted, and the steps it comes in.
 */
#include "fuzz.h"

#include "markup_checks.h"

#include <locale.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    setlocale(LC_ALL, "C.UTF-8");
    const char *s = (const char *)data + 2;
    const size_t n = size - 2;
    const struct markup_how how = {.width = 1 + data[0] % 120,
                                   .max_width = data[1] & 1 ? 40 : 0,
                                   .ascii = (data[1] & 2) != 0,
                                   .breaks = (data[1] & 4) != 0};
    struct markup_items items = {0};

    check_whole(s, n, &how);
    check_stream(s, n, 1 + n / (1 + (data[1] >> 3)), &how);
    markup_items(&items, s, n, 100);
    for (size_t i = 0; i < items.n; i++)
        CHECK_MARKUP(items.v[i].off <= n && items.v[i].text && items.v[i].label);
    markup_items_fini(&items);
    return 0;
}
