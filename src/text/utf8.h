/* utf8.h - what the files of this floor share. */
#ifndef MIX_TEXT_UTF8_H
#define MIX_TEXT_UTF8_H

#include "mix/text.h"

#include <string.h>

/* The code point that ends at `at` (> 0): its start goes to *start. Splits bad bytes as text_decode
 * does. */
uint32_t utf8_back(const char *s, size_t at, size_t *start);

static inline bool byte_printable(char c) { return c >= 0x20 && c < 0x7f; }

/* How many bytes of printable ASCII s begins with: eight at a time. */
static inline size_t bytes_printable_run(const char *s, size_t n) {
    const uint64_t ones = UINT64_MAX / 255;
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        uint64_t x;

        memcpy(&x, s + i, sizeof x);
        /* below 0x20, 0x7f, and above: each leaves the top bit of a byte */
        if (((x | (x + ones) | (x - ones * 0x20)) & (ones * 0x80)) != 0)
            break;
    }
    while (i < n && byte_printable(s[i]))
        i++;
    return i;
}

static inline bool bytes_printable(const char *s, size_t n) {
    return bytes_printable_run(s, n) == n;
}

static inline bool byte_ascii(char c) { return ((unsigned char)c & 0x80) == 0; }

#endif
