/* http.c - libmicrohttpd on one thread: takes requests in, sends replies out, suspends those that
 * wait. */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "demo.h"

#define BODY_MAX  (32 * MIX_MIB)
#define REPLY_MAX ((size_t)1024 * MIX_MIB)

/* ---- a request's life ---- */
static void *request_new(void *cls, const char *uri, struct MHD_Connection *c) {
    struct demo *d = cls;
    struct request *r = xcalloc(1, sizeof *r);
    r->d = d;
    r->conn = c;
    r->op = OP_COUNT;
    r->reply.fd = -1;
    buf_init(&r->body, BODY_MAX);
    buf_init(&r->reply.body, REPLY_MAX);
    char *path = arena_strdup(&r->a, uri);
    char *query = strchr(path, '?');
    if (query)
        *query++ = '\0';
    r->path = path;
    r->query = query;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    r->fd = info ? info->connect_fd : -1;
    pthread_mutex_lock(&d->lock);
    r->serial = ++d->serial;
    r->next = d->requests;
    d->requests = r;
    pthread_mutex_unlock(&d->lock);
    return r;
}

/* Early servers tied a turn to the connection that listened to it or had started it. */
static void hang_up(struct request *r) {
    struct demo *d = r->d;
    if (d->o.version >= GEN(0, 5, 6) || !d->o.quirk[QUIRK_HANG_UP] || d->stopping)
        return;
    struct session *s =
        r->reply.stream ? store_find(d, stream_session(r->reply.stream)) : r->wait_for;
    if (s && s->current && (r->reply.stream || r->turn == s->current))
        turn_cancel(d, s->current);
}

static void request_done(void *cls, struct MHD_Connection *c, void **slot,
                         enum MHD_RequestTerminationCode why) {
    struct demo *d = cls;
    struct request *r = *slot;
    (void)c;
    (void)why;
    if (!r)
        return;
    pthread_mutex_lock(&d->lock);
    struct request **at = &d->requests;
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    hang_up(r);
    if (r->reply.stream)
        stream_close(d, r->reply.stream);
    if (r->turn)
        r->turn->holders--;
    if (r->wait_for)
        store_release(r->wait_for);
    pthread_mutex_unlock(&d->lock);
    demo_wake(d);
    upload_free(r);
    buf_fini(&r->body);
    buf_fini(&r->reply.body);
    cleanup_fd(&r->reply.fd);
    arena_free(&r->a);
    free(r);
    *slot = NULL;
}

void request_wait(struct request *r, int64_t until) {
    r->wake_at = until;
    r->suspended = true;
    MHD_suspend_connection(r->conn);
    demo_wake(r->d);
}

static void wake(struct request *r) {
    if (!r->suspended)
        return;
    r->suspended = false;
    MHD_resume_connection(r->conn);
}

void requests_wake(struct demo *d, const struct session *s) {
    for (struct request *r = d->requests; r; r = r->next)
        if (r->wait_for == s && s)
            wake(r);
}

int64_t requests_tick(struct demo *d, int64_t now) {
    int64_t next = INT64_MAX;
    for (struct request *r = d->requests; r; r = r->next) {
        if (!r->suspended)
            continue;
        if (now >= r->wake_at || d->stopping)
            wake(r);
        else if (r->wake_at < next)
            next = r->wake_at;
    }
    return next;
}

size_t http_watch(const struct demo *d, struct watched *out, size_t max) {
    size_t n = 0;
    for (const struct request *r = d->requests; r && n < max; r = r->next)
        if (r->fd >= 0 && !r->gone && (r->suspended || r->reply.stream))
            out[n++] = (struct watched){r->fd, r->serial};
    return n;
}

void http_left(struct demo *d, struct watched w) {
    for (struct request *r = d->requests; r; r = r->next)
        if (r->fd == w.fd && r->serial == w.serial) {
            r->gone = true;
            if (r->reply.stream)
                stream_gone(r->reply.stream);
            else
                wake(r);
        }
}

const char *request_header(struct request *r, const char *name) {
    return MHD_lookup_connection_value(r->conn, MHD_HEADER_KIND, name);
}

/* ---- sending ---- */
struct cut_body {
    char *p; /* NULL: the file instead */
    size_t n, stop;
    int fd;
    int64_t from;
};

static ssize_t cut_read(void *cls, uint64_t pos, char *out, size_t max) {
    struct cut_body *b = cls;
    if (pos >= b->stop)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t n = b->stop - pos < max ? b->stop - (size_t)pos : max;
    if (!b->p)
        return pread(b->fd, out, n, (off_t)(b->from + (int64_t)pos));
    memcpy(out, b->p + pos, n);
    return (ssize_t)n;
}

static void cut_free(void *cls) {
    struct cut_body *b = cls;
    cleanup_fd(&b->fd);
    free(b->p);
    free(b);
}

static struct MHD_Response *make_response(struct request *r) {
    struct reply *y = &r->reply;
    if (y->stream)
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 32 * MIX_KIB, stream_read,
                                                 y->stream, NULL);
    const int fd = y->fd;
    const size_t n = fd >= 0 ? (size_t)y->size : y->body.n;
    y->fd = -1;
    if (r->fault.kind == FAULT_CUT && n > 0) {
        struct cut_body *b = xmalloc(sizeof *b);
        size_t stop = (size_t)r->fault.arg < n ? (size_t)r->fault.arg : n - 1;
        *b = (struct cut_body){fd >= 0 ? NULL : buf_take(&y->body), n, stop, fd, y->from};
        return MHD_create_response_from_callback(n, 4 * MIX_KIB, cut_read, b, cut_free);
    }
    if (fd >= 0)
        return MHD_create_response_from_fd_at_offset64(n, fd, (uint64_t)y->from);
    return MHD_create_response_from_buffer(n, buf_take(&y->body), MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result send_reply(struct request *r) {
    const struct reply *y = &r->reply;
    int status = y->status;
    struct MHD_Response *response = make_response(r);
    if (!response)
        return MHD_NO;
    if (y->type)
        MHD_add_response_header(response, "Content-Type", y->type);
    if (y->header)
        MHD_add_response_header(response, y->header, y->value);
    if (y->range)
        MHD_add_response_header(response, "Content-Range", y->range);
    if (y->modified) {
        MHD_add_response_header(response, "Accept-Ranges", "bytes");
        MHD_add_response_header(response, "Last-Modified", y->modified);
    }
    if (y->stream) {
        MHD_add_response_header(response, "Cache-Control", "no-cache");
        MHD_add_response_header(response, "Connection", "keep-alive");
    }
    if (r->d->o.quirk[QUIRK_CORS]) {
        MHD_add_response_header(response, "Access-Control-Allow-Origin", "*");
        MHD_add_response_header(response, "Access-Control-Allow-Methods",
                                "GET, POST, PUT, PATCH, DELETE, OPTIONS");
        MHD_add_response_header(response, "Access-Control-Allow-Headers", "*");
    }
    enum MHD_Result result = MHD_queue_response(r->conn, (unsigned)status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result reset(const struct request *r) {
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(r->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    return MHD_NO;
}

/* The whole request is here, or one that waited goes on. */
static enum MHD_Result answer(struct request *r) {
    struct demo *d = r->d;
    pthread_mutex_lock(&d->lock);
    bool drop = r->gone || d->stopping;
    if (!drop)
        request_run(r);
    bool waits = r->suspended;
    pthread_mutex_unlock(&d->lock);
    if (drop || r->fault.kind == FAULT_RESET)
        return r->fault.kind == FAULT_RESET && !drop ? reset(r) : MHD_NO;
    if (waits)
        return MHD_YES;
    return send_reply(r);
}

static enum MHD_Result on_access(void *cls, struct MHD_Connection *c, const char *url,
                                 const char *method, const char *version, const char *data,
                                 size_t *size, void **slot) {
    struct request *r = *slot;
    (void)cls;
    (void)url;
    (void)version;
    if (!r->started) {
        r->started = true;
        r->conn = c;
        request_route(r, method, MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Host"),
                      MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Origin"));
        if (r->op == OP_FILE_UPLOAD && !r->refused)
            upload_start(r);
        return MHD_YES;
    }
    if (*size) {
        if (r->upload)
            upload_feed(r, data, *size);
        else if (!r->refused && buf_add(&r->body, data, *size) != RC_OK)
            r->too_big = true;
        *size = 0;
        return MHD_YES;
    }
    return answer(r);
}

/* ---- the daemon ---- */
static size_t keep_escapes(void *cls, struct MHD_Connection *c, char *s) {
    (void)cls;
    (void)c;
    return strlen(s);
}

static void MIX_PRINTF(2, 0) on_log(void *cls, const char *fmt, va_list args) {
    (void)cls;
    char line[256];
    vsnprintf(line, sizeof line, fmt, args);
    log_line("http", "%s", line);
}

static int listen_on(const struct options *o, int *port, struct err *err) {
    char service[16];
    char host[64];
    snprintf(service, sizeof service, "%d", o->port);
    size_t n = strlen(o->host);
    bool brackets = o->host[0] == '[' && n > 2 && o->host[n - 1] == ']';
    snprintf(host, sizeof host, "%.*s", (int)(brackets ? n - 2 : n), o->host + brackets);
    struct addrinfo hints = {
        .ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    int bad = getaddrinfo(host, service, &hints, &found);
    if (bad) {
        err_set(err, RC_USAGE, 0, "--host %s: %s", o->host, gai_strerror(bad));
        return -1;
    }
    int on = 1;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, 128) != 0) {
        err_set(err, RC_CONNECT, errno, "cannot listen on %s port %d: %s", o->host, o->port,
                strerror(errno));
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } own = {0};
    socklen_t len = sizeof own;
    if (fd >= 0 && getsockname(fd, &own.any, &len) == 0)
        *port = ntohs(own.any.sa_family == AF_INET6 ? own.v6.sin6_port : own.v4.sin_port);
    return fd;
}

enum rc http_start(struct demo *d, struct err *err) {
    int fd = listen_on(&d->o, &d->port, err);
    if (fd < 0)
        return err->rc;
    d->http = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        on_access, d, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_URI_LOG_CALLBACK, request_new, d, MHD_OPTION_NOTIFY_COMPLETED, request_done, d,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)(128 * MIX_KIB), MHD_OPTION_CONNECTION_LIMIT, 900u, MHD_OPTION_END);
    if (!d->http) {
        close(fd);
        return err_set(err, RC_IO, errno, "cannot start the HTTP thread: %s", strerror(errno));
    }
    return RC_OK;
}

void http_stop(struct demo *d) {
    pthread_mutex_lock(&d->lock);
    streams_stop(d);
    requests_tick(d, clock_now());
    pthread_mutex_unlock(&d->lock);
    MHD_stop_daemon(d->http);
    d->http = NULL;
}
