/* jtext.c - JSON text without a tree. In doubt there is no value. */
#include "jtext.h"

#include <string.h>

#include "mix/text.h"

/* ---- out ---- */
static bool shown_as_it_is(uint32_t cp) {
    return cp >= 0x20 && cp != '"' && cp != '\\' && (cp < 0x7f || cp > 0x9f) && cp != 0xad &&
           cp != 0x61c && (cp < 0x200b || cp > 0x200f) && (cp < 0x2028 || cp > 0x202e) &&
           (cp < 0x2060 || cp > 0x206f) && cp != 0xfeff && cp < 0xe0000;
}

static enum rc add_escape(struct buf *out, uint32_t cp) {
    switch (cp) {
    case '"':
        return buf_adds(out, "\\\"");
    case '\\':
        return buf_adds(out, "\\\\");
    case '\n':
        return buf_adds(out, "\\n");
    case '\t':
        return buf_adds(out, "\\t");
    case '\r':
        return buf_adds(out, "\\r");
    default:
        break;
    }
    if (cp < 0x10000)
        return buf_addf(out, "\\u%04x", (unsigned)cp);
    cp -= 0x10000;
    return buf_addf(out, "\\u%04x\\u%04x", 0xd800u + (unsigned)(cp >> 10),
                    0xdc00u + (unsigned)(cp & 0x3ff));
}

enum rc jtext_string(struct buf *out, const char *s) {
    const size_t n = strlen(s), before = out->n;
    size_t used, run = 0;
    enum rc rc = buf_adds(out, "\"");

    for (size_t at = 0; rc == RC_OK && at < n; at += used) {
        char bytes[4];
        const uint32_t cp = text_decode(s + at, n - at, &used);

        run = shown_as_it_is(cp) ? text_encode(bytes, cp) : 0;
        rc = run ? buf_add(out, bytes, run) : add_escape(out, cp);
    }
    if (rc == RC_OK)
        rc = buf_adds(out, "\"");
    if (rc != RC_OK)
        buf_cut(out, before, out->n - before);
    return rc;
}

void jtext_field(struct buf *out, const char *name, const char *value) {
    const size_t before = out->n;

    if (!value)
        return;
    if (buf_addf(out, ",\"%s\":", name) != RC_OK || jtext_string(out, value) != RC_OK)
        buf_cut(out, before, out->n - before);
}

/* ---- in ---- */
static const char *skip(const char *p) { return p + strspn(p, " \t\r\n"); }

/* Behind the closing quote; NULL when there is none. p is at the opening one. */
static const char *string_end(const char *p) {
    for (p++; *p && *p != '"'; p++)
        if (*p == '\\' && *++p == '\0')
            return NULL;
    return *p ? p + 1 : NULL;
}

static const char *value_end(const char *p) {
    size_t depth = 0;

    while (*p) {
        if (*p == '"') {
            p = string_end(p);
            if (!p)
                return NULL;
            if (depth == 0)
                return p;
            continue;
        }
        if (depth == 0 && strchr(",}] \t\r\n", *p))
            return p;
        depth += *p == '{' || *p == '[';
        depth -= *p == '}' || *p == ']';
        p++;
        if (depth == 0 && (p[-1] == '}' || p[-1] == ']'))
            return p;
    }
    return NULL;
}

static bool hex4(const char *p, uint32_t *out) {
    *out = 0;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *at = p[i] ? strchr(digits, p[i]) : NULL;

        if (!at)
            return false;
        *out = *out << 4 | (uint32_t)((at - digits) & 15);
    }
    return true;
}

/* The bytes an escape took, p behind its backslash; 0: it is none. */
static size_t escape(const char *p, uint32_t *cp) {
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char *at = *p ? strchr(names, *p) : NULL;
    uint32_t low;

    if (at) {
        *cp = (unsigned char)values[at - names];
        return 1;
    }
    if (*p != 'u' || !hex4(p + 1, cp))
        return 0;
    if (*cp == 0 || (*cp >= 0xdc00 && *cp < 0xe000)) {
        *cp = 0xfffd;
        return 5;
    }
    if (*cp < 0xd800 || *cp >= 0xe000)
        return 5;
    if (p[5] == '\\' && p[6] == 'u' && hex4(p + 7, &low) && low >= 0xdc00 && low < 0xe000) {
        *cp = 0x10000 + ((*cp - 0xd800) << 10) + (low - 0xdc00);
        return 11;
    }
    *cp = 0xfffd;
    return 5;
}

/* p behind the opening quote, end at the closing one. */
static bool decode(struct buf *out, const char *p, const char *end) {
    while (p < end) {
        const char *stop = memchr(p, '\\', (size_t)(end - p));
        uint32_t cp;
        char bytes[4];

        if (buf_add(out, p, (size_t)((stop ? stop : end) - p)) != RC_OK)
            return false;
        if (!stop)
            return true;
        const size_t used = escape(stop + 1, &cp);

        if (used == 0 || buf_add(out, bytes, text_encode(bytes, cp)) != RC_OK)
            return false;
        p = stop + 1 + used;
    }
    return true;
}

bool jtext_member(const char *json, size_t *at, struct buf *key, struct buf *value, bool *string,
                  bool *whole) {
    const char *p = skip(json + *at);

    *whole = false;
    buf_clear(key);
    buf_clear(value);
    if (*at == 0 && *p++ != '{')
        return false;
    p = skip(p);
    if (*p == '}') {
        *whole = *skip(p + 1) == '\0';
        return false;
    }
    if (*at > 0 && *p++ != ',')
        return false;
    p = skip(p);
    const char *end = *p == '"' ? string_end(p) : NULL;

    if (!end || !decode(key, p + 1, end - 1))
        return false;
    p = skip(end);
    if (*p++ != ':')
        return false;
    p = skip(p);
    end = value_end(p);
    if (!end || end == p)
        return false;
    *string = *p == '"';
    *at = (size_t)(end - json);
    return *string ? decode(value, p + 1, end - 1) : buf_add(value, p, (size_t)(end - p)) == RC_OK;
}

bool jtext_get(struct buf *out, const char *json, const char *name) {
    const size_t max = strlen(json) + 1;
    auto_buf struct buf key = {.max = max}, value = {.max = 4 * max};
    size_t at = 0, found = 0;
    bool string = false, whole = false, good = true;

    buf_clear(out);
    while (jtext_member(json, &at, &key, &value, &string, &whole)) {
        if (!str_eq(buf_str(&key), name))
            continue;
        found++;
        good = good && string && buf_adds(out, buf_str(&value)) == RC_OK;
    }
    return whole && good && found == 1;
}
