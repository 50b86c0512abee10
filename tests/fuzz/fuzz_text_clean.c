/* The sanitiser on any bytes, in every mode. */
#include "fuzz.h"

#include "text_checks.h"

#include <locale.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const enum clean modes[] = {CLEAN_LINE, CLEAN_TEXT, CLEAN_MARKS, CLEAN_NAME};

    setlocale(LC_ALL, "C.UTF-8");
    for (size_t i = 0; i < MIX_COUNT(modes); i++)
        check_clean((const char *)data, size, modes[i]);
    CHECK(text_tail((const char *)data, size) <= 3);
    return 0;
}
