/* ask_text.c - what a request for permission is about, as text: the diff of an edit, readable JSON.
 */
#include "mix/jtext.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 64 * 1024 * 1024, INDENT = 2, DEPTH_MAX = 64 };

/* A decision shows its whole object or none: text that does not fit is not shown in part. */
struct text {
    struct buf b;
    bool full;
};

static void put(struct text *out, const char *p, size_t n) {
    out->full = out->full || buf_add(&out->b, p, n) != RC_OK;
}

static char *finish(struct text *out, struct arena *a) {
    char *s = out->full ? NULL : arena_strndup(a, buf_str(&out->b), out->b.n);

    buf_fini(&out->b);
    return s;
}

/* ---- diff ---- */
static const char *line_end(const char *p) {
    const char *stop = strchr(p, '\n');

    return stop ? stop + 1 : p + strlen(p);
}

static void put_lines(struct text *out, char sign, const char *p, const char *end) {
    while (p < end) {
        const char *stop = line_end(p);

        put(out, &sign, 1);
        put(out, " ", 1);
        put(out, p, (size_t)(stop - p));
        if (stop[-1] != '\n')
            put(out, "\n", 1);
        p = stop;
    }
}

static bool same_line(const char *a, const char *b) {
    const size_t n = (size_t)(line_end(a) - a);

    return n == (size_t)(line_end(b) - b) && memcmp(a, b, n) == 0;
}

/* The start of the last line of [from, end), or end when there is none. */
static const char *last_line(const char *from, const char *end) {
    const char *p = end;

    if (p > from)
        p--;
    while (p > from && p[-1] != '\n')
        p--;
    return p;
}

/* Lines both begin and end with are context; what lies between is replaced as a whole. */
static void put_diff(struct text *out, const char *old, const char *new) {
    const char *o = old;
    const char *n = new;

    while (*o && *n && same_line(o, n)) {
        o = line_end(o);
        n = line_end(n);
    }
    const char *o_end = o + strlen(o);
    const char *n_end = n + strlen(n);

    while (o_end > o && n_end > n) {
        const char *ol = last_line(o, o_end);
        const char *nl = last_line(n, n_end);

        if (o_end - ol != n_end - nl || memcmp(ol, nl, (size_t)(o_end - ol)) != 0)
            break;
        o_end = ol;
        n_end = nl;
    }
    put_lines(out, ' ', old, o);
    put_lines(out, '-', o, o_end);
    put_lines(out, '+', n, n_end);
    put_lines(out, ' ', o_end, o_end + strlen(o_end));
}

char *ask_diff(struct arena *a, const char *tool, const char *input, size_t n) {
    struct buf path, old, new;
    char *diff = NULL;

    buf_init(&path, TEXT_MAX);
    buf_init(&old, TEXT_MAX);
    buf_init(&new, TEXT_MAX);
    (void)jtext_find(&path, input, n, "file_path");
    const bool edit = tool_is(tool, "Edit");
    const bool has_old = edit && jtext_find(&old, input, n, "old_string");
    const bool has_new = jtext_find(&new, input, n, edit ? "new_string" : "content");

    if (has_old || has_new) {
        struct text out = {.full = false};

        buf_init(&out.b, 2 * (size_t)TEXT_MAX);
        put(&out, buf_str(&path), path.n);
        put(&out, "\n", 1);
        put_diff(&out, buf_str(&old), buf_str(&new));
        diff = finish(&out, a);
    }
    buf_fini(&path);
    buf_fini(&old);
    buf_fini(&new);
    return diff;
}

/* ---- JSON for reading ---- */
static void new_line(struct text *out, int depth) {
    put(out, "\n", 1);
    for (int i = 0; i < INDENT * (depth < DEPTH_MAX ? depth : DEPTH_MAX); i++)
        put(out, " ", 1);
}

/* Copies a string token with its quotes; a line end inside is shown as one. */
static const char *put_string(struct text *out, const char *p, const char *end, int depth) {
    put(out, p++, 1);
    while (p < end && *p != '"') {
        if (*p == '\\' && p + 1 < end) {
            if (p[1] == 'n')
                new_line(out, depth);
            else
                put(out, p, 2);
            p += 2;
            continue;
        }
        put(out, p++, 1);
    }
    if (p < end)
        put(out, p++, 1);
    return p;
}

char *ask_pretty(struct arena *a, const char *json, size_t n) {
    const char *p = json;
    const char *end = json + n;
    struct text out = {.full = false};
    int depth = 0;

    if (n == 0 || (*p != '{' && *p != '['))
        return arena_strndup(a, json, n); /* servers may send plain text */
    buf_init(&out.b, 2 * (size_t)TEXT_MAX);
    while (p < end) {
        const char c = *p;

        if (c == '"') {
            p = put_string(&out, p, end, depth + 1);
            continue;
        }
        p++;
        if (c == '{' || c == '[') {
            put(&out, &c, 1);
            depth++;
            new_line(&out, depth);
        } else if (c == '}' || c == ']') {
            depth -= depth > 0;
            new_line(&out, depth);
            put(&out, &c, 1);
        } else if (c == ',') {
            put(&out, &c, 1);
            new_line(&out, depth);
        } else if (c == ':') {
            put(&out, ": ", 2);
        } else if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
            put(&out, &c, 1);
        }
    }
    char *text = finish(&out, a);

    return text ? text : arena_strndup(a, json, n);
}
