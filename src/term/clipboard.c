/* clipboard.c - OSC 52: the terminal keeps a text for other programs. */
#include "clipboard.h"

static void encode(char out[4], const unsigned char *p, size_t n) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint32_t bits =
        (uint32_t)p[0] << 16 | (uint32_t)(n > 1 ? p[1] : 0) << 8 | (uint32_t)(n > 2 ? p[2] : 0);

    for (size_t i = 0; i < 4; i++)
        out[i] = i <= n ? digits[bits >> (18 - 6 * i) & 63] : '=';
}

enum rc clipboard_sequence(struct buf *out, const char *text, size_t n) {
    const unsigned char *p = (const unsigned char *)text;
    enum rc rc = buf_adds(out, "\033]52;c;");

    for (size_t i = 0; i < n && rc == RC_OK; i += 3) {
        char four[4];

        encode(four, p + i, n - i < 3 ? n - i : 3);
        rc = buf_add(out, four, sizeof four);
    }
    return rc == RC_OK ? buf_adds(out, "\a") : rc;
}
