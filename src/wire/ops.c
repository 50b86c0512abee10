/* ops.c - the table of operations, its names, and the way between an operation and a request
 * target. */
#include "json.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S(name)   &shape_##name
#define NO        NULL
#define END       GEN_END
#define CAP_JSON  (16 * MIX_MIB)
#define CAP_WHOLE (1024 * MIX_MIB) /* whole conversations */
#define CAP_NO    SIZE_MAX

static const struct op_spec specs[OP_COUNT] = {
#define OP(id, sdk, operation, people, verb, where, input, output, answer, sent, again, most,      \
           from, to)                                                                               \
    [OP_##id] = {.sdk_name = (sdk),                                                                \
                 .operation_id = (operation),                                                      \
                 .short_name = (people),                                                           \
                 .method = M_##verb,                                                               \
                 .path = (where),                                                                  \
                 .in = (input),                                                                    \
                 .out = (output),                                                                  \
                 .reply = REPLY_##answer,                                                          \
                 .body = BODY_##sent,                                                              \
                 .retry = RETRY_##again,                                                           \
                 .cap = (most),                                                                    \
                 .since = (from),                                                                  \
                 .until = (to)},
#include "mix/ops.def"
#undef OP
};
static_assert(OP_COUNT <= 64, "struct caps keeps one bit for each");

const struct op_spec *op_spec(enum op op) {
    assert((unsigned)op < OP_COUNT);
    return &specs[op];
}

enum op op_by_name(const char *name) {
    if (str_blank(name))
        return OP_COUNT;
    for (int op = 0; op < OP_COUNT; op++) {
        const struct op_spec *s = &specs[op];

        if (strcmp(s->sdk_name, name) == 0 || strcmp(s->operation_id, name) == 0 ||
            strcmp(s->short_name, name) == 0)
            return (enum op)op;
    }
    return OP_COUNT;
}

const char *method_name(enum method m) {
    static const char *const names[] = {
        [M_GET] = "GET", [M_POST] = "POST", [M_PATCH] = "PATCH", [M_DELETE] = "DELETE"};

    assert((unsigned)m < MIX_COUNT(names));
    return names[m];
}

/* ---- what a server can do ---- */
struct caps caps_of(int version) {
    const int v = version == GEN_NONE ? GEN_TOP : version;
    struct caps caps = {
        .version = version,
        .sync_send = v < GEN_ASYNC,
        .strict_text = v >= GEN(0, 4, 5),
        .browser_mode = v >= GEN_LATE,
    };

    for (int op = 0; op < OP_COUNT; op++)
        if (version == GEN_NONE || (specs[op].since <= v && v <= specs[op].until))
            caps.ops |= UINT64_C(1) << op;
    return caps;
}

bool caps_has(const struct caps *caps, enum op op) {
    return caps->version == GEN_NONE || (caps->ops >> op & 1);
}

/* ---- op -> target ---- */
static enum rc add_encoded(struct buf *out, const char *s) {
    enum rc rc = RC_OK;

    for (; *s && rc == RC_OK; s++) {
        const char c = *s;
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';

        rc = plain ? buf_add(out, s, 1) : buf_addf(out, "%%%02X", (unsigned)(unsigned char)c);
    }
    return rc;
}

static const struct field *field_named(const struct shape *s, enum where where, const char *name,
                                       size_t n) {
    for (size_t i = 0; s && i < s->n; i++)
        if (s->fields[i].where == where && strlen(s->fields[i].name) == n &&
            memcmp(s->fields[i].name, name, n) == 0)
            return &s->fields[i];
    return NULL;
}

static const char *path_value(const struct field *f, const void *in) {
    return f && in ? *(const char *const *)(const void *)((const char *)in + f->at) : NULL;
}

/* The value of {name}, which must be one path segment that no URL parser folds away. */
static enum rc add_parameter(struct buf *out, const struct op_spec *spec, const void *in,
                             const char *name, size_t n, struct err *err) {
    const char *value = path_value(field_named(spec->in, IN_PATH, name, n), in);

    if (str_blank(value))
        return err_set(err, RC_USAGE, 0, "%s: %.*s is missing", spec->short_name, (int)n, name);
    if (strcmp(value, ".") == 0 || strcmp(value, "..") == 0)
        return err_set(err, RC_USAGE, 0, "%s: \"%s\" is no usable %.*s", spec->short_name, value,
                       (int)n, name);
    return add_encoded(out, value);
}

static enum rc add_query_value(struct buf *out, const struct field *f, const void *p) {
    if (f->kind == K_BOOL)
        return buf_adds(out, "true");
    if (f->kind == K_INT)
        return buf_addf(out, "%lld", (long long)*(const int64_t *)p);
    if (f->kind == K_DBL)
        return json_add_double(out, *(const double *)p);
    return add_encoded(out, *(const char *const *)p);
}

static bool query_present(const struct field *f, const void *p) {
    if (f->kind == K_BOOL)
        return *(const bool *)p;
    if (f->kind == K_INT)
        return *(const int64_t *)p > 0;
    if (f->kind == K_DBL)
        return *(const double *)p > 0;
    return !str_blank(*(const char *const *)p);
}

static enum rc add_query(struct buf *out, const struct op_spec *spec, const void *in, int version,
                         struct err *err) {
    enum rc rc = RC_OK;
    const char *mark = "?";

    for (size_t i = 0; spec->in && i < spec->in->n && rc == RC_OK; i++) {
        const struct field *f = &spec->in->fields[i];
        const char *p = in ? (const char *)in + f->at : NULL;

        if (f->where != IN_QUERY || !field_known(f, version))
            continue;
        if (!p || !query_present(f, p)) {
            if (f->flags & REQ)
                return err_set(err, RC_USAGE, 0, "%s: %s is missing", spec->short_name, f->name);
            continue;
        }
        rc = buf_addf(out, "%s%s=", mark, f->name);
        mark = "&";
        if (rc == RC_OK)
            rc = add_query_value(out, f, p);
    }
    return rc;
}

enum rc op_target(struct buf *out, enum op op, const void *in, int version, struct err *err) {
    const struct op_spec *spec = op_spec(op);
    enum rc rc = RC_OK;

    for (const char *p = spec->path; *p && rc == RC_OK;) {
        const size_t n = strcspn(p, "{");

        rc = buf_add(out, p, n);
        p += n;
        if (*p == '{' && rc == RC_OK) {
            const size_t len = strcspn(++p, "}");

            rc = add_parameter(out, spec, in, p, len, err);
            p += len + 1;
        }
    }
    if (rc == RC_OK)
        rc = add_query(out, spec, in, version, err);
    return rc == RC_LIMIT
               ? err_set(err, RC_LIMIT, 0, "%s: the address is too long", spec->short_name)
               : rc;
}

/* ---- target -> op ---- */
static char *decoded(struct arena *a, const char *s, size_t n, bool query) {
    char *out = arena_alloc(a, n + 1);
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == '%' && n - i > 2 && hex_digit(s[i + 1]) >= 0 && hex_digit(s[i + 2]) >= 0) {
            out[k++] = (char)(16 * hex_digit(s[i + 1]) + hex_digit(s[i + 2]));
            i += 2;
        } else {
            out[k++] = query && s[i] == '+' ? ' ' : s[i];
        }
    }
    return out;
}

/* Digits and one dot; strtod would ask the locale. */
static double decimal(const char *s) {
    double value = 0, weight = 1;

    for (; *s >= '0' && *s <= '9'; s++)
        value = 10 * value + (*s - '0');
    if (*s == '.')
        for (s++; *s >= '0' && *s <= '9'; s++)
            value += (weight /= 10) * (*s - '0');
    return value;
}

static void set_value(const struct field *f, void *p, const char *value) {
    if (f->kind == K_STR)
        *(const char **)p = value;
    else if (f->kind == K_BOOL)
        *(bool *)p = strcmp(value, "true") == 0;
    else if (f->kind == K_INT)
        *(int64_t *)p = strtoll(value, NULL, 10);
    else if (f->kind == K_DBL)
        *(double *)p = decimal(value);
}

static void read_query(const struct shape *s, char *in, struct arena *a, const char *query) {
    while (*query) {
        const size_t n = strcspn(query, "&");
        const size_t name = strcspn(query, "=") < n ? strcspn(query, "=") : n;
        const struct field *f = field_named(s, IN_QUERY, query, name);

        if (f && name < n)
            set_value(f, in + f->at, decoded(a, query + name + 1, n - name - 1, true));
        query += n + (query[n] == '&');
    }
}

/* Walks the row's path and the request's side by side; fills parameters when `in` is given. */
static bool same_path(const struct op_spec *spec, char *in, struct arena *a, const char *path,
                      size_t n) {
    const char *p = path, *end = path + n;
    const char *want = spec->path;

    while (*want) {
        if (*want != '{') {
            if (p == end || *p != *want)
                return false;
            p++, want++;
            continue;
        }
        const size_t name = strcspn(want + 1, "}");
        const char *slash = memchr(p, '/', (size_t)(end - p));
        const size_t len = (size_t)((slash ? slash : end) - p);
        const struct field *f = field_named(spec->in, IN_PATH, want + 1, name);

        if (len == 0)
            return false;
        if (in && f)
            set_value(f, in + f->at, decoded(a, p, len, false));
        want += name + 2;
        p += len;
    }
    return p == end;
}

bool op_match(enum op *op, void *in, struct arena *a, const char *method, const char *path) {
    const size_t n = strcspn(path, "?");

    for (int i = 0; i < OP_COUNT; i++) {
        const struct op_spec *spec = &specs[i];

        if (strcmp(method_name(spec->method), method) != 0 || !same_path(spec, NULL, a, path, n))
            continue;
        if (in) {
            same_path(spec, in, a, path, n);
            if (path[n] == '?')
                read_query(spec->in, in, a, path + n + 1);
        }
        *op = (enum op)i;
        return true;
    }
    return false;
}
