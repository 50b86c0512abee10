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

/* ---- validity, for text that is written unquoted ---- */
struct cursor {
    const char *p, *end;
};

static void skip_blanks(struct cursor *c) {
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\n' || *c->p == '\r'))
        c->p++;
}

static bool eat(struct cursor *c, char want) {
    skip_blanks(c);
    if (c->p == c->end || *c->p != want)
        return false;
    c->p++;
    return true;
}

static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

static bool valid_string(struct cursor *c) {
    if (!eat(c, '"'))
        return false;
    while (c->p < c->end) {
        const unsigned char ch = (unsigned char)*c->p++;

        if (ch == '"')
            return true;
        if (ch < 0x20)
            return false;
        if (ch != '\\')
            continue;
        if (c->p == c->end || !strchr("\"\\/bfnrtu", *c->p) || *c->p == '\0')
            return false;
        if (*c->p++ == 'u') {
            for (int i = 0; i < 4; i++, c->p++)
                if (c->p == c->end || !is_hex(*c->p))
                    return false;
        }
    }
    return false;
}

static bool digits(struct cursor *c) {
    const char *from = c->p;

    while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
        c->p++;
    return c->p > from;
}

static bool valid_scalar(struct cursor *c) {
    static const char *const words[] = {"true", "false", "null"};

    for (size_t i = 0; i < MIX_COUNT(words); i++) {
        const size_t n = strlen(words[i]);

        if ((size_t)(c->end - c->p) >= n && memcmp(c->p, words[i], n) == 0)
            return c->p += n, true;
    }
    if (c->p < c->end && *c->p == '-')
        c->p++;
    const bool zero = c->p < c->end && *c->p == '0';
    const char *from = c->p;

    if (!digits(c) || (zero && c->p - from > 1))
        return false;
    if (c->p < c->end && *c->p == '.' && (c->p++, !digits(c)))
        return false;
    if (c->p < c->end && (*c->p | 32) == 'e') {
        c->p++;
        if (c->p < c->end && (*c->p == '+' || *c->p == '-'))
            c->p++;
        return digits(c);
    }
    return true;
}

static bool valid_value(struct cursor *c, int depth);

static bool valid_members(struct cursor *c, char close, int depth) {
    if (eat(c, close))
        return true;
    do {
        if (close == '}' && (!valid_string(c) || !eat(c, ':')))
            return false;
        if (!valid_value(c, depth))
            return false;
    } while (eat(c, ','));
    return eat(c, close);
}

static bool valid_value(struct cursor *c, int depth) {
    skip_blanks(c);
    if (c->p == c->end || depth > 500)
        return false;
    if (*c->p == '{')
        return c->p++, valid_members(c, '}', depth + 1);
    if (*c->p == '[')
        return c->p++, valid_members(c, ']', depth + 1);
    if (*c->p == '"')
        return valid_string(c);
    return valid_scalar(c);
}

bool json_valid(const char *p, size_t n) {
    struct cursor c = {p, p + n};

    if (!valid_value(&c, 0))
        return false;
    skip_blanks(&c);
    return c.p == c.end;
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
