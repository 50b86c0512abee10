/* write.c - struct -> JSON text, by field table. No cJSON: any thread may write. */
#include "json.h"
#include "mix/pretty.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct writing {
    struct buf *out;
    int version;
    enum style style;
};

/* ---- strings ---- */
/* Bytes at s that go out as they are. */
static size_t plain_run(const char *s, enum style style) {
    size_t n = 0;

    for (;; n++) {
        const unsigned char c = (unsigned char)s[n];

        if (c < 0x20 || c == '"' || c == '\\' || c >= 0x80 || c == 0x7f)
            return n;
        if (style == STYLE_SERVER && (c == '<' || c == '>' || c == '&'))
            return n;
    }
}

/* Of a well-formed sequence of len bytes. */
static uint32_t code_point(const char *s, size_t len) {
    uint32_t cp = (unsigned char)*s & (len > 1 ? 0xffu >> (len + 1) : 0x7fu);

    for (size_t i = 1; i < len; i++)
        cp = cp << 6 | ((unsigned char)s[i] & 0x3f);
    return cp;
}

/* Controls, soft hyphens, what changes the direction, blanks without width, tags. */
static bool unseen(uint32_t cp) {
    return (cp >= 0x7f && cp < 0xa0) || cp == 0xad || cp == 0x61c ||
           (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
           (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff || cp >= 0xe0000;
}

static enum rc add_escape(struct buf *out, uint32_t cp) {
    if (cp < 0x10000)
        return buf_addf(out, "\\u%04x", (unsigned)cp);
    cp -= 0x10000;
    return buf_addf(out, "\\u%04x\\u%04x", 0xd800u + (unsigned)(cp >> 10),
                    0xdc00u + (unsigned)(cp & 0x3ff));
}

/* Writes what stands at s instead of itself; returns the bytes of s it stands for. */
static size_t add_special(struct buf *out, const char *s, enum style style, enum rc *rc) {
    static const char from[] = "\"\\\n\r\t", to[] = "\"\\nrt";
    const unsigned char c = (unsigned char)*s;
    const char *hit = strchr(from, (char)c);

    if (hit) {
        *rc = buf_addf(out, "\\%c", to[hit - from]);
        return 1;
    }
    const size_t len = utf8_length(s, strnlen(s, 4));

    if (len == 0) {
        *rc = buf_adds(out, style == STYLE_SERVER ? "\\ufffd" : "\xef\xbf\xbd");
        return 1;
    }
    const uint32_t cp = code_point(s, len);
    const bool line = style == STYLE_SERVER && (cp | 1) == 0x2029;
    const bool html = style == STYLE_SERVER && (cp == '<' || cp == '>' || cp == '&');

    *rc = cp < 0x20 || line || html || (style == STYLE_SEEN && unseen(cp)) ? add_escape(out, cp)
                                                                           : buf_add(out, s, len);
    return len;
}

enum rc json_add_string(struct buf *out, const char *s, enum style style) {
    enum rc rc = buf_add(out, "\"", 1);

    while (rc == RC_OK && *s) {
        const size_t n = plain_run(s, style);

        if (n > 0 && (rc = buf_add(out, s, n)) != RC_OK)
            break;
        s += n;
        if (*s)
            s += add_special(out, s, style, &rc);
    }
    return rc == RC_OK ? buf_add(out, "\"", 1) : rc;
}

/* ---- numbers ---- */
/* The shortest text that reads back as the same number, whatever decimal point the locale has. */
enum rc json_add_double(struct buf *out, double d) {
    char text[64];

    if (!isfinite(d))
        return buf_adds(out, "0");
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, d);
        if (strtod(text, NULL) >= d && strtod(text, NULL) <= d)
            break;
    }
    size_t k = 0;

    for (size_t i = 0; text[i]; i++) {
        const bool known = strchr("+-0123456789e", text[i]) != NULL;

        if (known || k == 0 || text[k - 1] != '.')
            text[k++] = known ? text[i] : '.';
    }
    return buf_add(out, text, k);
}

/* ---- values ---- */
static const char *string_at(const void *p) { return *(const char *const *)p; }

static struct list list_at(const void *p) {
    struct list list;

    memcpy(&list, p, sizeof list);
    return list;
}

static const void *pointer_at(const void *p) {
    const void *to;

    memcpy(&to, p, sizeof to);
    return to;
}

/* Whether a field has something to say. */
static bool present(const struct field *f, const void *p) {
    switch (f->kind) {
    case K_STR:
    case K_INPUT:
    case K_RAW:
        return string_at(p) != NULL;
    case K_BOOL:
        return *(const bool *)p;
    case K_INT:
    case K_TIME:
    case K_SECS:
    case K_MILLIS:
        return *(const int64_t *)p != 0;
    case K_DBL:
        return fpclassify(*(const double *)p) != FP_ZERO;
    case K_STRS:
    case K_LIST:
    case K_MAP:
        return list_at(p).n > 0;
    case K_OPT:
        return pointer_at(p) != NULL;
    case K_OBJ:
        return true;
    case K_KEY:
    case K_SELF:
    case K_EMPTY:
        break;
    }
    return false;
}

static enum rc write_object(const struct writing *w, const struct shape *s, const void *in);

static enum rc write_elements(const struct writing *w, const struct shape *sub, enum form form,
                              const void *p) {
    const struct list list = list_at(p);
    const char *item = list.items;
    enum rc rc = buf_adds(w->out, form == FORM_MAP ? "{" : "[");

    for (size_t i = 0; rc == RC_OK && i < list.n; i++, item += sub->size) {
        if (i > 0)
            rc = buf_adds(w->out, ",");
        if (rc == RC_OK && form == FORM_MAP) {
            const char *key = string_at(item);

            rc = json_add_string(w->out, key ? key : "", w->style);
            if (rc == RC_OK)
                rc = buf_adds(w->out, ":");
        }
        if (rc == RC_OK)
            rc = write_object(w, sub, item);
    }
    return rc == RC_OK ? buf_adds(w->out, form == FORM_MAP ? "}" : "]") : rc;
}

static enum rc write_strings(const struct writing *w, const struct strings *list) {
    enum rc rc = buf_adds(w->out, "[");

    for (size_t i = 0; rc == RC_OK && i < list->n; i++) {
        if (i > 0)
            rc = buf_adds(w->out, ",");
        if (rc == RC_OK)
            rc = json_add_string(w->out, list->items[i], w->style);
    }
    return rc == RC_OK ? buf_adds(w->out, "]") : rc;
}

static enum rc write_time(const struct writing *w, int64_t ms) {
    char text[32];

    time_write(text, ms);
    return json_add_string(w->out, text, w->style);
}

static enum rc write_text(const struct writing *w, const struct field *f, const char *s) {
    if (!s)
        s = f->fallback ? f->fallback : "";
    if (f->kind == K_RAW && json_check(s, strlen(s), NULL) == RC_OK)
        return buf_adds(w->out, s);
    return json_add_string(w->out, s, w->style);
}

static enum rc write_value(const struct writing *w, const struct field *f, const void *p) {
    switch (f->kind) {
    case K_STR:
    case K_INPUT:
    case K_RAW:
        return write_text(w, f, string_at(p));
    case K_BOOL:
        return buf_adds(w->out, *(const bool *)p ? "true" : "false");
    case K_INT:
    case K_MILLIS:
        return buf_addf(w->out, "%lld", (long long)*(const int64_t *)p);
    case K_SECS:
        return buf_addf(w->out, "%lld", (long long)*(const int64_t *)p / 1000);
    case K_DBL:
        return json_add_double(w->out, *(const double *)p);
    case K_TIME:
        return write_time(w, *(const int64_t *)p);
    case K_STRS:
        return write_strings(w, p);
    case K_OBJ:
        return write_object(w, f->sub, p);
    case K_OPT:
        return pointer_at(p) ? write_object(w, f->sub, pointer_at(p)) : buf_adds(w->out, "null");
    case K_LIST:
        return write_elements(w, f->sub, FORM_LIST, p);
    case K_MAP:
        return write_elements(w, f->sub, FORM_MAP, p);
    case K_EMPTY:
        return buf_adds(w->out, "[]");
    case K_KEY:
    case K_SELF:
        break;
    }
    return RC_OK;
}

static enum rc write_field(const struct writing *w, const struct field *f, const void *p,
                           bool *first) {
    enum rc rc = *first ? RC_OK : buf_adds(w->out, ",");

    *first = false;
    if (rc == RC_OK)
        rc = json_add_string(w->out, f->name, w->style);
    if (rc == RC_OK)
        rc = buf_adds(w->out, ":");
    return rc == RC_OK ? write_value(w, f, p) : rc;
}

static enum rc write_fields(const struct writing *w, const struct shape *s, const char *in,
                            bool *first) {
    enum rc rc = RC_OK;

    for (size_t i = 0; rc == RC_OK && i < s->n; i++) {
        const struct field *f = &s->fields[i];
        const int version = w->version == GEN_NONE ? GEN_TOP : w->version;

        /* The other table stands alone when its first field says that it is the one that was
         * filled. */
        if (f->kind == K_SELF && string_at(in + f->at + f->sub->fields[0].at))
            return write_fields(w, f->sub, in + f->at, first);
        if (f->where != IN_BODY || !field_known(f, version))
            continue;
        if ((f->flags & ALWAYS) || present(f, in + f->at))
            rc = write_field(w, f, in + f->at, first);
    }
    return rc;
}

static enum rc write_object(const struct writing *w, const struct shape *s, const void *in) {
    bool first = true;
    enum rc rc = buf_adds(w->out, "{");

    if (rc == RC_OK)
        rc = write_fields(w, s, in, &first);
    return rc == RC_OK ? buf_adds(w->out, "}") : rc;
}

static enum rc write_top(const struct writing *w, const struct shape *s, const void *in) {
    return s->form == FORM_OBJECT ? write_object(w, s, in) : write_elements(w, s->sub, s->form, in);
}

enum rc shape_write(struct buf *out, const struct shape *s, const void *in, int version) {
    return write_top(&(struct writing){out, version, STYLE_CLIENT}, s, in);
}

enum rc shape_write_server(struct buf *out, const struct shape *s, const void *in, int version) {
    const enum rc rc = write_top(&(struct writing){out, version, STYLE_SERVER}, s, in);

    return rc == RC_OK ? buf_adds(out, "\n") : rc;
}

enum rc shape_write_fields(struct buf *out, const struct shape *s, const void *in, int version,
                           enum style style, bool *first) {
    return write_fields(&(struct writing){out, version, style}, s, in, first);
}
