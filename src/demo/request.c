/* request.c - from METHOD PATH to a handler, and the replies in the words of real servers. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"

#define INPUT_SIZE 512 /* the largest input struct is far smaller */

bool demo_has(const struct demo *d, enum op op) {
    const struct op_spec *spec = op_spec(op);
    if (op == OP_SESSION_FORK && d->o.fork)
        return true;
    if (op == OP_DOC)
        return d->o.quirk[QUIRK_DOC];
    if (op == OP_TOOLS_STATUS && d->o.version >= GEN_LATE)
        return false; /* still in the documents, no longer routed */
    return spec->since <= d->o.version && d->o.version <= spec->until;
}

/* ---- routing ---- */
static bool any_method(enum op op) { return op == OP_STREAM || op == OP_HEALTH; }

static const char *const methods[] = {"GET", "POST", "PATCH", "DELETE"};

static bool match(struct request *r, const char *method) {
    enum op op = OP_COUNT;
    void *in = arena_alloc(&r->a, INPUT_SIZE);
    if (!op_match(&op, in, &r->a, method, r->path) || !demo_has(r->d, op))
        return false;
    r->op = op;
    r->in = in;
    return true;
}

void request_route(struct request *r, const char *method, const char *host, const char *origin) {
    r->routed = true;
    r->method = arena_strdup(&r->a, method);
    r->host = arena_strdup(&r->a, host);
    if (!r->d->o.quirk[QUIRK_CORS] && (origin || !host_is_loopback(host))) {
        r->refused = 403;
        return;
    }
    if (!strcmp(method, "OPTIONS")) {
        r->refused = 200;
        return;
    }
    if (match(r, !strcmp(method, "HEAD") ? "GET" : method))
        return;
    auto_buf struct buf allow = {.max = 64};
    for (size_t i = 0; i < MIX_COUNT(methods); i++) {
        if (!match(r, methods[i]))
            continue;
        if (any_method(r->op))
            return;
        buf_addf(&allow, "%s%s", allow.n ? ", " : "", i ? methods[i] : "GET, HEAD");
    }
    r->op = OP_COUNT;
    r->refused = allow.n ? 405 : 404;
    r->allow = arena_strdup(&r->a, buf_str(&allow));
}

static void refuse(struct request *r) {
    switch (r->refused) {
    case 200:
        r->reply.status = 200;
        break;
    case 403:
        reply_text(r, 403, "this server answers programs on this machine only");
        break;
    case 405:
        reply_text(r, 405, "Method Not Allowed");
        r->reply.header = "Allow";
        r->reply.value = r->allow;
        break;
    default:
        reply_text(r, 404, "404 page not found");
    }
}

/* ---- faults ---- */
static void choose_fault(struct request *r) {
    struct options *o = &r->d->o;
    for (size_t i = 0; i < o->n_faults; i++) {
        struct fault *f = &o->faults[i];
        if (f->op != OP_COUNT && f->op != r->op)
            continue;
        f->seen++;
        bool hit = f->nth == 0 || f->seen == f->nth || (f->onward && f->seen > f->nth);
        if (hit && r->fault.kind == FAULT_NONE)
            r->fault = *f;
    }
}

/* True: this is all that happens to the request. */
static bool spoil(struct request *r) {
    switch (r->fault.kind) {
    case FAULT_STATUS:
        reply_lower(r, (int)r->fault.arg, "injected fault");
        return true;
    case FAULT_HTML:
        r->reply.status = (int)r->fault.arg;
        r->reply.type = "text/html";
        buf_adds(&r->reply.body, "<html>\n<head><title>Bad Gateway</title></head>\n<body>\n"
                                 "<center><h1>Bad Gateway</h1></center>\n</body>\n</html>\n");
        return true;
    case FAULT_HANG:
        request_wait(r, INT64_MAX);
        return true;
    case FAULT_RESET:
        return true;
    case FAULT_SLOW:
        r->fault.kind = FAULT_NONE;
        request_wait(r, clock_now() + r->fault.arg);
        return true;
    case FAULT_GARBAGE:
        if (r->op == OP_STREAM)
            return false;
        buf_adds(&r->reply.body, "{\"id\":\"6f0c2c1e\",\"title\":\xff\"half a");
        r->reply.status = 200;
        r->reply.type = "application/json";
        return true;
    case FAULT_CUT:
    case FAULT_NONE:
        break;
    }
    return false;
}

void request_run(struct request *r) {
    static const struct route *const tables[] = {routes_sessions, routes_messages, routes_files,
                                                 routes_admin, routes_system};
    if (r->refused) {
        refuse(r);
        return;
    }
    if (r->too_big) {
        reply_lower(r, 400, "http: request body too large");
        return;
    }
    if (r->routed) { /* the first time only */
        r->routed = false;
        choose_fault(r);
        if (spoil(r))
            return;
    } else if (r->fault.kind == FAULT_HANG && spoil(r)) {
        return;
    }
    for (size_t t = 0; t < MIX_COUNT(tables); t++)
        for (const struct route *row = tables[t]; row->op != OP_COUNT; row++)
            if (row->op == r->op) {
                row->run(r);
                return;
            }
    reply_text(r, 404, "404 page not found");
}

/* ---- input ---- */
static int hex(char c) {
    return isdigit((unsigned char)c)    ? c - '0'
           : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
                                        : -1;
}

static char *decode(struct arena *a, const char *p, size_t n) {
    char *out = arena_alloc(a, n + 1);
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '%' && i + 2 < n && hex(p[i + 1]) >= 0 && hex(p[i + 2]) >= 0) {
            out[m++] = (char)(hex(p[i + 1]) * 16 + hex(p[i + 2]));
            i += 2;
        } else {
            out[m++] = p[i] == '+' ? ' ' : p[i];
        }
    }
    out[m] = '\0';
    return out;
}

const char *request_query(struct request *r, const char *name) {
    size_t len = strlen(name);
    for (const char *p = r->query; p && *p;) {
        size_t n = strcspn(p, "&");
        if (n > len && !strncmp(p, name, len) && p[len] == '=')
            return decode(&r->a, p + len + 1, n - len - 1);
        p += n;
        p += *p == '&';
    }
    return NULL;
}

static bool upper_case(enum op op) {
    const char *sdk = op_spec(op)->sdk_name;
    return !strncmp(sdk, "auth", 4) || !strncmp(sdk, "preferences", 11) ||
           !strncmp(sdk, "tools", 5);
}

static bool op_is_strict(enum op op) {
    return op == OP_SESSION_CREATE || op == OP_SESSION_FORK || op == OP_SESSION_REWIND ||
           op == OP_MESSAGE_SEND;
}

static bool bad_body(struct request *r, const char *why) {
    if (upper_case(r->op))
        reply_upper(r, 400, "INVALID_JSON", "Invalid JSON: %s", why);
    else
        reply_lower(r, 400, "Validation error for field 'body': %s", why);
    return false;
}

bool request_read(struct request *r) {
    const struct shape *shape = op_spec(r->op)->in;
    const char *json = buf_str(&r->body);
    size_t n = jtext_span(json, r->body.n); /* what follows the first value is ignored */
    if (n == 0)
        return bad_body(r, r->body.n ? "unexpected end of JSON input" : "EOF");
    bool strict = op_is_strict(r->op);
    struct jwalk walk = jtext_walk(json, n);
    for (struct jtext name, value; strict && jtext_next(&walk, &name, &value);) {
        const char *key = arena_strndup(&r->a, name.p, name.n);
        if (!field_known(r->d, r->op, key))
            return bad_body(r, arena_printf(&r->a, "json: unknown field \"%s\"", key));
    }
    /* Path parameters are already in r->in; a body never holds them. */
    struct err err = {0};
    if (shape_read(r->in, shape, json, n, &r->a, strict ? SHAPE_STRICT : SHAPE_LENIENT, &err))
        return bad_body(r, arena_strdup(&r->a, err.text));
    return true;
}

struct session *request_session(struct request *r) {
    const struct session_ref *in = r->in; /* every input with an id begins with it */
    struct session *s = store_find(r->d, in->id);
    if (!s)
        reply_lower(r, 404, "Session with ID '%s' not found", in->id ? in->id : "");
    return s;
}

/* ---- output ---- */
void reply_json(struct request *r, int status) {
    buf_adds(&r->reply.body, "\n");
    r->reply.status = status;
    r->reply.type = "application/json";
}

void reply_shape(struct request *r, int status, const char *shape, const void *value) {
    json_shape(&r->reply.body, shape, value, r->d->o.version);
    reply_json(r, status);
}

void reply_text(struct request *r, int status, const char *text) {
    buf_addf(&r->reply.body, "%s\n", text);
    r->reply.status = status;
    r->reply.type = "text/plain; charset=utf-8";
}

static void reply_error_body(struct request *r, int status, const char *type, const char *message) {
    struct buf *b = &r->reply.body;
    buf_clear(b);
    json_open(b, NULL, '{');
    json_open(b, "error", '{');
    json_int(b, "code", status);
    json_str(b, "message", message);
    json_str(b, "type", type);
    json_close(b, '}');
    json_close(b, '}');
    reply_json(r, status);
}

void reply_lower(struct request *r, int status, const char *fmt, ...) {
    char line[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    bool validation = !strncmp(line, "Validation", 10);
    const char *type = status == 400   ? validation ? "validation_error" : "bad_request"
                       : status == 401 ? "unauthorized"
                       : status == 404 ? "not_found"
                                       : "internal_error";
    reply_error_body(r, status, type, line);
}

void reply_upper(struct request *r, int status, const char *type, const char *fmt, ...) {
    char line[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    reply_error_body(r, status, type, line);
}
