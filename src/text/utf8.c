/* utf8.c - bytes to code points and back. */
#include "utf8.h"

#include <string.h>

static bool is_continuation(unsigned char c) { return (c & 0xc0) == 0x80; }

/* Length a lead byte announces; 0 for a byte that starts nothing. */
static size_t announced(unsigned char lead) {
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* Some second bytes would make an overlong form, a surrogate or something past U+10FFFF. */
static bool second_fits(unsigned char lead, unsigned char second) {
    if (!is_continuation(second))
        return false;
    switch (lead) {
    case 0xe0:
        return second >= 0xa0;
    case 0xed:
        return second < 0xa0;
    case 0xf0:
        return second >= 0x90;
    case 0xf4:
        return second < 0x90;
    default:
        return true;
    }
}

/* How many bytes at s are a valid beginning of one sequence, up to its announced length. */
static size_t valid_prefix(const unsigned char *s, size_t n) {
    const size_t len = n > 0 ? announced(s[0]) : 0;
    size_t have = 1;

    if (len == 0)
        return 0;
    while (have < len && have < n &&
           (have == 1 ? second_fits(s[0], s[1]) : is_continuation(s[have])))
        have++;
    return have;
}

uint32_t text_decode(const char *s, size_t n, size_t *used) {
    static const unsigned char lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    const unsigned char *u = (const unsigned char *)s;

    *used = 1;
    if (n == 0)
        return 0xfffd;
    if (u[0] < 0x80)
        return u[0];
    const size_t len = announced(u[0]);

    if (len == 0 || valid_prefix(u, n) < len)
        return 0xfffd;
    uint32_t cp = u[0] & lead_bits[len];

    for (size_t i = 1; i < len; i++)
        cp = cp << 6 | (u[i] & 0x3f);
    *used = len;
    return cp;
}

size_t text_encode(char out[4], uint32_t cp) {
    if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
        cp = 0xfffd;
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    const size_t len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t i = len - 1; i > 0; i--, cp >>= 6)
        out[i] = (char)(0x80 | (cp & 0x3f));
    out[0] = (char)(leads[len] | cp);
    return len;
}

bool text_valid(const char *s, size_t n) {
    size_t at = 0;

    while (at < n) {
        uint64_t word;

        if (n - at >= sizeof word) {
            memcpy(&word, s + at, sizeof word);
            if ((word & 0x8080808080808080U) == 0) {
                at += sizeof word;
                continue;
            }
        }
        const unsigned char *u = (const unsigned char *)s + at;
        const size_t len = announced(*u);

        if (len == 0 || valid_prefix(u, n - at) < len)
            return false;
        at += len;
    }
    return true;
}

size_t text_tail(const char *s, size_t n) {
    for (size_t back = 1; back <= 3 && back <= n; back++) {
        const unsigned char *u = (const unsigned char *)s + n - back;

        if (is_continuation(*u))
            continue;
        return announced(*u) > back && valid_prefix(u, back) == back ? back : 0;
    }
    return 0;
}

uint32_t utf8_back(const char *s, size_t at, size_t *start) {
    for (size_t back = 1; back <= 4 && back <= at; back++) {
        size_t used;

        if (is_continuation((unsigned char)s[at - back]))
            continue;
        const uint32_t cp = text_decode(s + at - back, back, &used);

        if (used != back)
            break;
        *start = at - back;
        return cp;
    }
    *start = at - 1;
    return 0xfffd;
}
