/* jtext.c - members found by counting brackets and quotes; where that makes no sense, it ends. */
#include "mix/jtext.h"

#include "json.h"
#include "mix/pretty.h"

#include <string.h>

/* ---- walking ---- */
struct jwalk jtext_walk(const char *json, size_t n) {
    return (struct jwalk){.p = json, .end = json + n};
}

static void skip_blanks(struct jwalk *w) {
    while (w->p < w->end && (*w->p == ' ' || *w->p == '\t' || *w->p == '\n' || *w->p == '\r'))
        w->p++;
}

static bool take(struct jwalk *w, char c) {
    skip_blanks(w);
    if (w->p == w->end || *w->p != c)
        return false;
    w->p++;
    return true;
}

static bool take_value(struct jwalk *w, struct jtext *out) {
    struct json_scan scan = {0};
    bool end;

    skip_blanks(w);
    if (w->p == w->end || *w->p == ',' || *w->p == '}' || *w->p == ']')
        return false;
    const char *p = w->p;
    const size_t n = json_scan(&scan, p, (size_t)(w->end - p), &end);

    w->p += n;
    *out = *p == '"' ? (struct jtext){p + 1, n - 1 - end, true, !end}
                     : (struct jtext){p, n, false, !end};
    return true;
}

static bool stop(struct jwalk *w) {
    w->p = w->end;
    return false;
}

bool jtext_next(struct jwalk *w, struct jtext *name, struct jtext *value) {
    const bool first = !w->begun;

    w->begun = true;
    if (first && !take(w, '{'))
        return stop(w);
    if (take(w, '}')) {
        skip_blanks(w);
        w->whole = w->p == w->end;
        return stop(w);
    }
    if ((!first && !take(w, ',')) || !take_value(w, name) || !name->string || name->cut)
        return stop(w);
    return (take(w, ':') && take_value(w, value)) || stop(w);
}

size_t jtext_span(const char *json, size_t n) {
    struct jwalk w = jtext_walk(json, n);
    struct jtext value;

    return take_value(&w, &value) && !value.cut ? (size_t)(w.p - json) : 0;
}

/* ---- strings ---- */
static size_t encode(char out[4], uint32_t cp) {
    const size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t i = n; i-- > 1; cp >>= 6)
        out[i] = (char)(0x80 | (cp & 0x3f));
    out[0] = (char)(lead[n] | cp);
    return n;
}

/* The bytes of the escape at p, a backslash, and what it stands for; 0: it is cut. *rc when it is
 * none: then the backslash alone is passed over. */
static size_t escape(const char *p, size_t n, uint32_t *cp, enum rc *rc) {
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char *at = n > 1 && p[1] ? strchr(names, p[1]) : NULL;
    uint32_t low;

    if (at) {
        *cp = (unsigned char)values[at - names];
        return 2;
    }
    if (n < 2 || (p[1] == 'u' && n < 6))
        return 0;
    *cp = 0xfffd;
    if (p[1] != 'u' || !hex4(p + 2, cp)) {
        *rc = RC_PROTO;
        return p[1] == 'u' ? 2 : 1;
    }
    if (*cp >= 0xd800 && *cp < 0xdc00 && n >= 12 && p[6] == '\\' && p[7] == 'u' &&
        hex4(p + 8, &low) && low >= 0xdc00 && low < 0xe000) {
        *cp = 0x10000 + ((*cp - 0xd800) << 10) + (low - 0xdc00);
        return 12;
    }
    if (*cp == 0 || (*cp >= 0xd800 && *cp < 0xe000))
        *cp = 0xfffd;
    return 6;
}

/* As much of it as fits. */
static enum rc add_some(struct buf *out, const char *p, size_t n) {
    const size_t room = out->max > out->n ? out->max - out->n : 0;
    const enum rc rc = buf_add(out, p, n < room ? n : room);

    return n > room ? RC_LIMIT : rc;
}

enum rc jtext_add(struct buf *out, struct jtext v) {
    const char *p = v.p, *const end = v.p + v.n;
    enum rc rc = v.cut ? RC_PROTO : RC_OK;

    while (p < end) {
        const char *mark = v.string ? memchr(p, '\\', (size_t)(end - p)) : NULL;
        uint32_t cp;
        char bytes[4];

        if (add_some(out, p, (size_t)((mark ? mark : end) - p)) != RC_OK)
            return RC_LIMIT;
        if (!mark)
            return rc;
        const size_t used = escape(mark, (size_t)(end - mark), &cp, &rc);

        if (used == 0)
            return RC_PROTO;
        if (used > 1 && buf_add(out, bytes, encode(bytes, cp)) != RC_OK)
            return RC_LIMIT;
        p = mark + used;
    }
    return rc;
}

bool jtext_is(struct jtext v, const char *text) {
    const size_t n = strlen(text);
    auto_buf struct buf plain = {.max = n};

    return jtext_add(&plain, v) == RC_OK && plain.n == n && memcmp(buf_str(&plain), text, n) == 0;
}

bool jtext_find(struct buf *out, const char *json, size_t n, const char *name) {
    struct jwalk w = jtext_walk(json, n);
    struct jtext key, value;

    while (jtext_next(&w, &key, &value))
        if (jtext_is(key, name))
            return (void)jtext_add(out, value), true;
    return false;
}

bool jtext_get(struct buf *out, const char *json, const char *name) {
    const size_t n = strlen(json);
    struct jwalk w = jtext_walk(json, n);
    struct jtext key, value, found = {0};
    size_t times = 0;

    buf_clear(out);
    if (json_check(json, n, NULL) != RC_OK)
        return false;
    while (jtext_next(&w, &key, &value))
        if (jtext_is(key, name)) {
            found = value;
            times++;
        }
    return times == 1 && found.string && jtext_add(out, found) == RC_OK;
}

/* ---- writing ---- */
static enum rc quote(struct buf *out, const char *s, enum style style) {
    const size_t before = out->n;
    const enum rc rc = json_add_string(out, s, style);

    if (rc != RC_OK)
        buf_cut(out, before, out->n - before);
    return rc;
}

enum rc jtext_quote(struct buf *out, const char *s) { return quote(out, s, STYLE_SEEN); }
enum rc jtext_quote_server(struct buf *out, const char *s) { return quote(out, s, STYLE_SERVER); }

void jtext_field(struct buf *out, const char *name, const char *value) {
    const size_t before = out->n;

    if (!value)
        return;
    if (buf_addf(out, ",\"%s\":", name) != RC_OK || jtext_quote(out, value) != RC_OK)
        buf_cut(out, before, out->n - before);
}
