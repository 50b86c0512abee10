/* hook.c - the program's hooks, called by the worker's; and the debug log. */
#include "inner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* ---- a request before it is sent ---- */
struct inner {
    struct net_outgoing *out;
    struct err *err;
};

static const struct inner *inner_of(const struct mix_outgoing *o) { return o->inner; }

static bool same_name(const char *a, const char *b) {
    const size_t n = strcspn(a, ":");

    return n == strcspn(b, ":") && strncasecmp(a, b, n) == 0;
}

void mix_outgoing_header(struct mix_outgoing *o, const char *header) {
    struct net_outgoing *out = inner_of(o)->out;
    const char **items = arena_alloc(&out->arena, (out->headers.n + 1) * sizeof *items);
    size_t n = 0;

    if (!strchr(header, ':') || strpbrk(header, "\r\n"))
        return;
    for (size_t i = 0; i < out->headers.n; i++)
        if (!same_name(out->headers.items[i], header))
            items[n++] = out->headers.items[i];
    items[n++] = arena_strdup(&out->arena, header);
    out->headers = (struct strings){items, n};
    o->headers = out->headers;
}

void mix_outgoing_url(struct mix_outgoing *o, const char *url) {
    struct net_outgoing *out = inner_of(o)->out;

    o->url = out->url = arena_strdup(&out->arena, url);
}

void mix_outgoing_body(struct mix_outgoing *o, const void *p, size_t n) {
    struct net_outgoing *out = inner_of(o)->out;
    char *copy = arena_alloc(&out->arena, n + 1);

    if (n > 0)
        memcpy(copy, p, n);
    o->body = out->body = copy;
    o->body_len = out->body_len = n;
}

enum mix_rc mix_outgoing_refuse(struct mix_outgoing *o, const char *why) {
    err_set(inner_of(o)->err, RC_CANCELLED, 0, "%s", why);
    return MIX_RC_CANCELLED;
}

/* What the hook answered, as an error; its words unless it gave none. */
static enum rc verdict(enum mix_rc rc, struct err *err, const char *what) {
    if (rc == MIX_RC_OK)
        *err = (struct err){0};
    else if (err->rc == RC_OK)
        err_set(err, (enum rc)rc, 0, "a hook refused the %s", what);
    return err->rc;
}

static enum rc on_before(void *user, struct net_outgoing *out, struct err *err) {
    struct mix_client *c = user;
    struct inner inner = {out, err};
    struct mix_outgoing o = {
        .id = out->request,
        .op = (enum mix_op)out->op,
        .attempt = out->attempt,
        .method = out->method,
        .url = out->url,
        .headers = out->headers,
        .body = out->body,
        .body_len = out->body_len,
        .inner = &inner,
    };

    return verdict(c->hooks.before(c->hooks.user, &o), err, "request");
}

static enum rc on_after(void *user, const struct net_answer *a, struct err *err) {
    struct mix_client *c = user;
    const struct mix_answer answer = {
        .id = a->request,
        .op = (enum mix_op)a->op,
        .attempt = a->attempt,
        .method = a->method,
        .url = a->url,
        .status = a->status,
        .headers = a->headers,
        .body = a->body,
        .body_len = a->body_len,
        .ms = a->ms,
        .failure = a->failure,
    };

    return verdict(c->hooks.after(c->hooks.user, &answer), err, "answer");
}

static void on_handle(void *user, void *easy) {
    struct mix_client *c = user;

    c->hooks.curl(c->hooks.user, easy);
}

static int on_connect(void *user, const char *url, struct sockaddr *peer, unsigned *len) {
    return exchange_begin(user, url, peer, len);
}

/* ---- the debug log ---- */
static void on_line(void *user, const char *line) {
    struct mix_client *c = user;

    if (c->hooks.log) {
        c->hooks.log(c->hooks.user, line);
        return;
    }
    struct buf whole; /* one write for a line: several clients may share the file */
    ssize_t wrote;

    buf_init(&whole, MIX_MIB);
    if (buf_addf(&whole, "%s\n", line) == RC_OK)
        do
            wrote = write(c->log_fd, whole.p, whole.n);
        while (wrote < 0 && errno == EINTR);
    buf_fini(&whole);
}

static void on_started(void *user) {
    struct mix_client *c = user;

    client_enter(c); /* a hook must not wait for the worker it runs on */
    if (c->hooks.log || c->log_fd >= 0)
        log_to(&(struct log_sink){on_line, c});
}

void hooks_fill(struct mix_client *c, struct net_hooks *out) {
    *out = (struct net_hooks){
        .user = c,
        .started = on_started,
        .before = c->hooks.before ? on_before : NULL,
        .after = c->hooks.after ? on_after : NULL,
        .handle = c->hooks.curl ? on_handle : NULL,
        .connect = c->hooks.transport ? on_connect : NULL,
    };
}

enum rc hooks_open(struct mix_client *c, const struct mix_options *o, struct err *err) {
    const char *where = o->debug == MIX_DEBUG_OFF || o->hooks.log ? NULL : getenv("MIX_DEBUG");

    if (!where || !*where || str_eq(where, "0"))
        return RC_OK;
    c->log_fd = str_eq(where, "1") ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
                                   : open(where, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (c->log_fd < 0 && !str_eq(where, "1"))
        return err_set(err, RC_IO, errno, "MIX_DEBUG: %s: %s", where, strerror(errno));
    return RC_OK;
}

void hooks_close(struct mix_client *c) {
    if (c->log_fd >= 0)
        close(c->log_fd);
}
