/* json.c - JSON text by hand, for what has no shape. Written as Go writes it, with <, > and & as
 * escapes. */
#include "demo.h"

static void comma(struct buf *b) {
    char last = b->n ? b->p[b->n - 1] : '[';
    if (last != '[' && last != '{' && last != ':')
        buf_adds(b, ",");
}

static void start(struct buf *b, const char *key) {
    comma(b);
    if (key) {
        jtext_quote_server(b, key);
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
    jtext_quote_server(b, value ? value : "");
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

void json_shape(struct buf *b, const char *shape, const void *value, int version) {
    shape_write_server(b, shape_named(shape), value, version);
    if (b->n && b->p[b->n - 1] == '\n')
        buf_cut(b, b->n - 1, 1);
}
