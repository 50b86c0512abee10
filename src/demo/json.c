/* json.c - JSON text by hand: what has no shape, and the keys of a body. Written as Go writes it,
 * with <, > and & as escapes. */
#include <stdio.h>
#include <string.h>

#include "demo.h"

static void comma(struct buf *b) {
    char last = b->n ? b->p[b->n - 1] : '[';
    if (last != '[' && last != '{' && last != ':')
        buf_adds(b, ",");
}

static void quoted(struct buf *b, const char *s) {
    buf_adds(b, "\"");
    for (const char *p = s; *p;) {
        size_t plain =
            strcspn(p, "\"\\<>&\x01\x02\x03\x04\x05\x06\x07\b\t\n\x0b\x0c\r\x0e\x0f\x10\x11"
                       "\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\xe2");
        buf_add(b, p, plain);
        p += plain;
        if (!*p)
            break;
        if (*p == '\xe2') {
            if (!strncmp(p, "\xe2\x80\xa8", 3) || !strncmp(p, "\xe2\x80\xa9", 3)) {
                buf_adds(b, p[2] == '\xa8' ? "\\u2028" : "\\u2029");
                p += 3;
            } else {
                buf_add(b, p++, 1);
            }
            continue;
        }
        const char *at = strchr("\"\\\n\r\t", *p);
        if (at)
            buf_addf(b, "\\%c", "\"\\nrt"[at - "\"\\\n\r\t"]);
        else
            buf_addf(b, "\\u%04x", (unsigned)(unsigned char)*p);
        p++;
    }
    buf_adds(b, "\"");
}

static void start(struct buf *b, const char *key) {
    comma(b);
    if (key) {
        quoted(b, key);
        buf_adds(b, ":");
    }
}

void json_open(struct buf *b, const char *key, char bracket) {
    start(b, key);
    buf_add(b, &bracket, 1);
}

void json_close(struct buf *b, char bracket) { buf_add(b, &bracket, 1); }

void json_str(struct buf *b, const char *key, const char *value) {
    start(b, key);
    quoted(b, value ? value : "");
}

void json_int(struct buf *b, const char *key, int64_t value) {
    start(b, key);
    buf_addf(b, "%lld", (long long)value);
}

void json_bool(struct buf *b, const char *key, int value) {
    json_raw(b, key, value ? "true" : "false");
}

void json_raw(struct buf *b, const char *key, const char *json) {
    start(b, key);
    buf_adds(b, json);
}

/* One past the string whose opening quote is at `at`. */
static size_t skip_string(const char *json, size_t n, size_t at) {
    for (at++; at < n && json[at] != '"'; at++)
        if (json[at] == '\\')
            at++;
    return at < n ? at + 1 : n;
}

static size_t skip_blanks(const char *json, size_t n, size_t at) {
    while (at < n && (json[at] == ' ' || json[at] == '\t' || json[at] == '\n' || json[at] == '\r'))
        at++;
    return at;
}

/* The depth behind one character that is not part of a string. */
static int deeper(int depth, char c) {
    return depth + (c == '{' || c == '[') - (c == '}' || c == ']');
}

/* A string at depth 1 with a colon behind it is a key; the next call goes on there. */
char *json_key(const char *json, size_t n, size_t *at, struct arena *a) {
    int depth = *at ? 1 : 0;
    for (size_t i = *at; i < n && (depth > 0 || *at == 0);) {
        if (json[i] != '"') {
            depth = deeper(depth, json[i++]);
            if (depth == 0 && (json[i - 1] == '}' || json[i - 1] == ']'))
                break;
            continue;
        }
        size_t end = skip_string(json, n, i), colon = skip_blanks(json, n, end);
        if (depth == 1 && colon < n && json[colon] == ':') {
            *at = colon;
            return arena_strndup(a, json + i + 1, end - i - 2);
        }
        i = end;
    }
    *at = n;
    return NULL;
}

size_t json_span(const char *json, size_t n) {
    int depth = 0;
    for (size_t i = 0; i < n;) {
        char c = json[i];
        if (c == '"')
            i = skip_string(json, n, i);
        else
            i++;
        depth = deeper(depth, c);
        if (depth <= 0 && (c == '}' || c == ']'))
            return i;
    }
    return 0;
}

void json_shape(struct buf *b, const char *shape, const void *value, int version) {
    shape_write_server(b, shape_named(shape), value, version);
    if (b->n && b->p[b->n - 1] == '\n')
        buf_cut(b, b->n - 1, 1);
}
