/* exchange.c - a replaced transport: libcurl speaks HTTP/1.1 into a local socket, and a thread at
 * its other end turns that into the program's function. So everything above, retries, streams,
 * time-outs and cancelling, works as it does over a network. */
#include "inner.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

enum { HEAD_MAX = 512 << 10, AHEAD = 16 << 10, CONNECT_MS = 5000 };

struct exchange {
    struct exchange *next;
    struct mix_client *client;
    pthread_t thread;
    bool over; /* its thread has nothing more to do; under the client's lock */
    int fd;
    int door; /* where libcurl comes in, once */
    struct arena arena;
    struct mix_exchange face;
    /* the request */
    char in[AHEAD];
    size_t at, n; /* of `in`, not looked at yet */
    int64_t left; /* bytes of the body or of its piece */
    bool chunked, body_over;
    /* the answer */
    struct buf head;
    int status;
    bool head_sent, bodiless;
};

/* ---- the socket ---- */
static int take_fd(int *fd) {
    const int out = *fd;

    *fd = -1;
    return out;
}

static bool refill(struct exchange *x) {
    ssize_t got;

    do
        got = recv(x->fd, x->in, sizeof x->in, 0);
    while (got < 0 && errno == EINTR);
    x->at = 0;
    x->n = got > 0 ? (size_t)got : 0;
    return got > 0;
}

static int next_byte(struct exchange *x) {
    if (x->at == x->n && !refill(x))
        return -1;
    return (unsigned char)x->in[x->at++];
}

static bool send_all(const struct exchange *x, const char *p, size_t n) {
    while (n > 0) {
        const ssize_t sent = send(x->fd, p, n, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        p += sent;
        n -= (size_t)sent;
    }
    return true;
}

/* ---- the request ---- */
/* One line without its end, in the arena; NULL at the end of the connection. */
static const char *read_line(struct exchange *x) {
    struct buf line;
    const char *out = NULL;
    int c;

    buf_init(&line, HEAD_MAX);
    while ((c = next_byte(x)) >= 0 && c != '\n') {
        const char byte = (char)c;

        if (buf_add(&line, &byte, 1) != RC_OK)
            break;
    }
    if (c == '\n') {
        if (line.n > 0 && line.p[line.n - 1] == '\r')
            buf_cut(&line, line.n - 1, 1);
        out = arena_strdup(&x->arena, buf_str(&line));
    }
    buf_fini(&line);
    return out;
}

static bool header_is(const char *line, const char *name) {
    const size_t n = strlen(name);

    return strncasecmp(line, name, n) == 0 && line[n] == ':';
}

static void note_framing(struct exchange *x, const char *line) {
    if (header_is(line, "Content-Length"))
        x->left = strtoll(line + strlen("Content-Length:"), NULL, 10);
    else if (header_is(line, "Transfer-Encoding"))
        x->chunked = true;
}

static bool read_head(struct exchange *x) {
    const char **items = NULL;
    size_t n = 0, room = 0;
    const char *line = read_line(x);
    const size_t method = line ? strcspn(line, " ") : 0;

    if (!line)
        return false;
    x->face.method = arena_strndup(&x->arena, line, method);
    while ((line = read_line(x)) && *line && x->arena.bytes < HEAD_MAX) {
        note_framing(x, line);
        if (header_is(line, "Expect") || header_is(line, "Transfer-Encoding"))
            continue;
        items = xgrow(items, n, &room, sizeof *items);
        items[n++] = line;
    }
    x->face.headers.items = arena_alloc(&x->arena, (n + 1) * sizeof *items);
    if (n > 0)
        memcpy(x->face.headers.items, items, n * sizeof *items);
    x->face.headers.n = n;
    free(items);
    x->body_over = !x->chunked && x->left <= 0;
    return line && !*line;
}

/* The size of the next piece; false when nobody is there any more. */
static bool next_chunk(struct exchange *x) {
    const char *line = read_line(x);

    if (line && !*line) /* the end of the piece before */
        line = read_line(x);
    if (!line)
        return false;
    x->left = strtoll(line, NULL, 16);
    if (x->left <= 0) {
        x->body_over = true;
        return read_line(x) != NULL;
    }
    return true;
}

int64_t mix_exchange_read(struct mix_exchange *face, void *to, size_t room) {
    struct exchange *x = face->inner;

    if (!x->body_over && x->chunked && x->left == 0 && !next_chunk(x))
        return -1;
    if (x->body_over || room == 0)
        return 0;
    if (x->at == x->n && !refill(x))
        return -1;
    size_t n = x->n - x->at;

    n = n < room ? n : room;
    n = (int64_t)n < x->left ? n : (size_t)x->left;
    memcpy(to, x->in + x->at, n);
    x->at += n;
    x->left -= (int64_t)n;
    x->body_over = !x->chunked && x->left == 0;
    return (int64_t)n;
}

/* ---- the answer ---- */
enum mix_rc mix_exchange_status(struct mix_exchange *face, int status) {
    struct exchange *x = face->inner;

    if (x->status != 0 || status < 200 || status > 599)
        return MIX_RC_USAGE;
    x->status = status;
    x->bodiless = status == 204 || status == 304;
    return (enum mix_rc)buf_addf(&x->head, "HTTP/1.1 %d -\r\nConnection: close\r\n%s", status,
                                 x->bodiless ? "" : "Transfer-Encoding: chunked\r\n");
}

enum mix_rc mix_exchange_header(struct mix_exchange *face, const char *header) {
    struct exchange *x = face->inner;

    if (x->head_sent || !strchr(header, ':') || strpbrk(header, "\r\n"))
        return MIX_RC_USAGE;
    if (x->status == 0)
        mix_exchange_status(face, 200);
    if (header_is(header, "Content-Length") || header_is(header, "Transfer-Encoding") ||
        header_is(header, "Connection"))
        return MIX_RC_OK; /* where the body ends is said by us */
    return (enum mix_rc)buf_addf(&x->head, "%s\r\n", header);
}

static bool send_head(struct exchange *x) {
    if (x->head_sent)
        return true;
    if (x->status == 0)
        mix_exchange_status(&x->face, 200);
    x->head_sent = true;
    return buf_adds(&x->head, "\r\n") == RC_OK && send_all(x, buf_str(&x->head), x->head.n);
}

enum mix_rc mix_exchange_write(struct mix_exchange *face, const void *p, size_t n) {
    struct exchange *x = face->inner;
    char size[32];

    if (!send_head(x))
        return MIX_RC_CANCELLED;
    if (n == 0 || x->bodiless)
        return MIX_RC_OK;
    const int len = snprintf(size, sizeof size, "%zx\r\n", n);
    const bool sent = send_all(x, size, (size_t)len) && send_all(x, p, n) && send_all(x, "\r\n", 2);

    return sent ? MIX_RC_OK : MIX_RC_CANCELLED;
}

/* What is not read would make the end of the answer look like a lost connection. */
static void finish(struct exchange *x) {
    char rest[4096];

    while (mix_exchange_read(&x->face, rest, sizeof rest) > 0)
        ;
    if (send_head(x) && !x->bodiless)
        send_all(x, "0\r\n\r\n", 5);
}

/* ---- its thread ---- */
#ifdef __linux__
/* libcurl before 8 connects even what is connected, so it is given something to connect to: a name
 * only the kernel knows, with which this process alone may speak. */
static int open_pair(struct exchange *x, struct sockaddr *peer, unsigned *len) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    socklen_t size = sizeof name;
    auto_fd int end = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto_fd int door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (end < 0 || door < 0 || bind(door, (struct sockaddr *)&name, sizeof name.sun_family) != 0 ||
        listen(door, 1) != 0 || getsockname(door, (struct sockaddr *)&name, &size) != 0 ||
        size > *len)
        return -1;
    memcpy(peer, &name, size);
    *len = size;
    x->door = take_fd(&door);
    return take_fd(&end);
}

static bool is_own(int fd) {
    struct ucred who = {0};
    socklen_t size = sizeof who;

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 && who.pid == getpid();
}

static bool wait_for_peer(struct exchange *x) {
    struct pollfd door = {.fd = x->door, .events = POLLIN};

    while (x->fd < 0 && poll(&door, 1, CONNECT_MS) > 0) {
        x->fd = accept4(x->door, NULL, NULL, SOCK_CLOEXEC);
        if (x->fd >= 0 && !is_own(x->fd))
            cleanup_fd(&x->fd);
    }
    cleanup_fd(&x->door);
    return x->fd >= 0;
}
#else
static int open_pair(struct exchange *x, struct sockaddr *peer, unsigned *len) {
    int fds[2];

    (void)peer;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
        return -1;
    *len = 0;
    x->fd = take_fd(&fds[1]);
    return fds[0];
}

static bool wait_for_peer(struct exchange *x) { return x->fd >= 0; }
#endif

static void *run(void *arg) {
    struct exchange *x = arg;
    struct mix_client *c = x->client;

    if (wait_for_peer(x) && read_head(x) &&
        c->hooks.transport(c->hooks.user, &x->face) == MIX_RC_OK)
        finish(x);
    cleanup_fd(&x->fd);
    pthread_mutex_lock(&c->lock);
    x->over = true;
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static void exchange_free(struct exchange *x) {
    arena_free(&x->arena);
    buf_fini(&x->head);
    free(x);
}

enum whose { OVER, ALL };

/* The lock is not held while a thread is waited for. */
static void join(struct mix_client *c, enum whose whose) {
    for (;;) {
        pthread_mutex_lock(&c->lock);
        struct exchange **link = &c->exchanges;

        while (*link && whose == OVER && !(*link)->over)
            link = &(*link)->next;
        struct exchange *x = *link;

        if (x)
            *link = x->next;
        pthread_mutex_unlock(&c->lock);
        if (!x)
            return;
        pthread_join(x->thread, NULL);
        exchange_free(x);
    }
}

int exchange_begin(struct mix_client *c, const char *url, struct sockaddr *peer, unsigned *len) {
    struct exchange *x = xcalloc(1, sizeof *x);

    join(c, OVER);
    x->client = c;
    x->fd = x->door = -1;
    buf_init(&x->head, HEAD_MAX);
    x->face.inner = x;
    x->face.url = arena_strdup(&x->arena, url);
    int end = open_pair(x, peer, len);

    if (end < 0 || pthread_create(&x->thread, NULL, run, x) != 0) {
        cleanup_fd(&end);
        cleanup_fd(&x->fd);
        cleanup_fd(&x->door);
        exchange_free(x);
        return -1;
    }
    pthread_mutex_lock(&c->lock);
    x->next = c->exchanges;
    c->exchanges = x;
    pthread_mutex_unlock(&c->lock);
    return end;
}

void exchanges_join(struct mix_client *c) { join(c, ALL); }
