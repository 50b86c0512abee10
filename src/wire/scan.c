/* scan.c - looking at JSON text and at lines without building anything. */
#include "json.h"

#include <string.h>

/* What a byte outside strings means. */
enum { C_OTHER, C_QUOTE, C_OPEN, C_CLOSE, C_STOP };
static const uint8_t outside[256] = {
    ['"'] = C_QUOTE, ['{'] = C_OPEN, ['['] = C_OPEN,  ['}'] = C_CLOSE, [']'] = C_CLOSE,
    [','] = C_STOP,  [' '] = C_STOP, ['\t'] = C_STOP, ['\n'] = C_STOP, ['\r'] = C_STOP,
};
static const uint8_t inside[256] = {['"'] = 1, ['\\'] = 1};

/* Skips to behind the closing quote, or to n. */
static size_t scan_string(struct json_scan *s, const char *p, size_t i, size_t n) {
    if (s->escaped && i < n) {
        s->escaped = false;
        i++;
    }
    while (i < n) {
        while (i < n && !inside[(unsigned char)p[i]])
            i++;
        if (i == n)
            break;
        if (p[i++] == '"') {
            s->in_string = false;
            break;
        }
        if (i == n || p[i] == 'u') /* looked at by memcmp, or cut and not looked at: maybe */
            s->nul = n - i < 5 || memcmp(p + i, "u0000", 5) == 0 ? NUL_MAYBE : s->nul;
        if (i == n)
            s->escaped = true;
        else
            i++;
    }
    return i;
}

size_t json_scan(struct json_scan *s, const char *p, size_t n, bool *end) {
    size_t i = 0;

    *end = false;
    if (n > 0 && !s->started) {
        s->started = true;
        s->scalar = outside[(unsigned char)p[0]] == C_OTHER;
    }
    while (i < n) {
        if (s->in_string) {
            i = scan_string(s, p, i, n);
            if (!s->in_string && s->depth == 0)
                return *end = true, i;
            continue;
        }
        const uint8_t c = outside[(unsigned char)p[i]];

        if (s->scalar && c != C_OTHER)
            return *end = true, i;
        i++;
        if (c == C_QUOTE)
            s->in_string = true;
        else if (c == C_OPEN)
            s->depth++;
        else if (c == C_CLOSE && (s->depth == 0 || --s->depth == 0))
            return *end = true, i;
    }
    return i;
}

/* ---- digits ---- */
int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    return (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

bool hex4(const char *s, uint32_t *out) {
    uint32_t value = 0;

    for (int i = 0; i < 4; i++) {
        if (hex_digit(s[i]) < 0)
            return false;
        value = value << 4 | (uint32_t)hex_digit(s[i]);
    }
    *out = value;
    return true;
}

/* ---- UTF-8 and lines ---- */
size_t utf8_length(const char *s, size_t n) {
    const unsigned char *u = (const unsigned char *)s;

    if (n == 0)
        return 0;
    if (u[0] < 0x80)
        return 1;
    const size_t len = u[0] >= 0xf0 ? 4 : u[0] >= 0xe0 ? 3 : 2;

    if (u[0] < 0xc2 || u[0] > 0xf4 || n < len)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((u[i] & 0xc0) != 0x80)
            return 0;
    /* Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte. */
    if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) ||
        (u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f))
        return 0;
    return len;
}

enum part { PART_SHOWN, PART_BLANK, PART_CONTROL };
/* What the bytes at s are to a line; *len of them. A byte that is no UTF-8 is shown as U+FFFD. */
static enum part next_part(const char *s, size_t n, size_t *len) {
    const unsigned char c = (unsigned char)*s;
    const size_t whole = utf8_length(s, n);

    *len = whole > 0 ? whole : 1;
    if (c == ' ' || (c >= '\t' && c <= '\r'))
        return PART_BLANK;
    if (c < 0x20 || c == 0x7f || (whole == 2 && c == 0xc2 && (unsigned char)s[1] < 0xa0))
        return PART_CONTROL;
    return PART_SHOWN;
}

size_t line_clean(char *out, size_t room, const char *s, size_t n) {
    size_t k = 0, len = 0;
    bool gap = false;

    for (size_t i = 0; i < n; i += len) {
        const enum part part = next_part(s + i, n - i, &len);

        if (part == PART_BLANK)
            gap = k > 0;
        if (part != PART_SHOWN)
            continue;
        const bool bad = utf8_length(s + i, n - i) == 0;
        const size_t bytes = bad ? 3 : len;

        if (k + bytes + (gap ? 1 : 0) >= room)
            break;
        if (gap)
            out[k++] = ' ';
        gap = false;
        memcpy(out + k, bad ? "\xef\xbf\xbd" : s + i, bytes);
        k += bytes;
    }
    out[k] = '\0';
    return k;
}
