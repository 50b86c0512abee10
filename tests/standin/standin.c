/* standin.c - a thread that accepts and one thread for each connection; every wait also waits for
 * the end. */
#include "standin.h"

#include "mix/base.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD_MAX = 64 << 10, BODY_KEPT = 64 << 10, PIECE = 64 << 10, BEAT_MS = 10 };

struct rule {
    struct rule *next;
    char *method, *path;
    struct answer answer;
    int left; /* -1: any number */
};
struct pushed {
    struct pushed *next;
    char *text;
};
struct client {
    struct client *next;
    struct standin *s;
    pthread_t thread;
    int fd, wake; /* wake: eventfd, something was pushed */
    int number;
    bool gone, holding;
    struct pushed *queue, **queue_end;
    struct buf in; /* read and not yet used */
};
struct standin {
    pthread_mutex_t lock; /* for all below */
    pthread_cond_t news;
    pthread_t thread;
    int listen_fd, stop, deaf;
    char url[64];
    struct rule *rules;
    struct client *clients;
    struct seen_request *seen, **seen_end;
};

/* ---- waiting and writing ---- */
/* False when the server ends or the time is over. */
static bool wait_fd(const struct client *c, int fd, short what, int ms) {
    struct pollfd fds[] = {{.fd = c->s->stop, .events = POLLIN}, {.fd = fd, .events = what}};

    while (poll(fds, fd >= 0 ? 2 : 1, ms) < 0 && errno == EINTR)
        continue;
    return !fds[0].revents && fd >= 0 && fds[1].revents;
}

static bool stopped(const struct client *c) {
    struct pollfd fd = {.fd = c->s->stop, .events = POLLIN};

    return poll(&fd, 1, 0) > 0;
}

static void pause_for(const struct client *c, int ms) {
    if (ms > 0)
        wait_fd(c, -1, 0, ms);
}

static bool put(const struct client *c, const char *p, size_t n) {
    while (n > 0) {
        const ssize_t wrote = send(c->fd, p, n, MSG_NOSIGNAL);

        if (wrote < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (wrote < 0 && !wait_fd(c, c->fd, POLLOUT, -1))
            return false;
        if (wrote > 0) {
            p += wrote;
            n -= (size_t)wrote;
        }
    }
    return !stopped(c);
}

static bool puts_to(const struct client *c, const char *text) { return put(c, text, strlen(text)); }

static bool put_chunk(const struct client *c, const char *p, size_t n) {
    char head[32];

    snprintf(head, sizeof head, "%zx\r\n", n);
    return puts_to(c, head) && put(c, p, n) && puts_to(c, "\r\n");
}

static void reset(const struct client *c) {
    const struct linger now = {.l_onoff = 1};

    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/* ---- requests ---- */
static bool fill(struct client *c) {
    char space[PIECE];

    while (wait_fd(c, c->fd, POLLIN, -1)) {
        const ssize_t n = recv(c->fd, space, sizeof space, 0);

        if (n > 0)
            return buf_add(&c->in, space, (size_t)n) == RC_OK;
        if (n == 0 || (errno != EAGAIN && errno != EINTR))
            return false;
    }
    return false;
}

static const char *header(const char *headers, const char *name) {
    const size_t n = strlen(name);

    for (const char *line = headers; line && *line; line = strchr(line, '\n'), line += line != NULL)
        if (strncasecmp(line, name, n) == 0 && line[n] == ':')
            return line + n + 1 + strspn(line + n + 1, " ");
    return NULL;
}

static struct seen_request *read_head(struct client *c) {
    const char *end;

    while (!c->in.p || !(end = strstr(c->in.p, "\r\n\r\n")))
        if (c->in.n > HEAD_MAX || !fill(c))
            return NULL;
    const char *line_end = strstr(c->in.p, "\r\n");
    struct seen_request *r = xcalloc(1, sizeof *r);
    char *target = xcalloc(1, HEAD_MAX + PIECE);

    sscanf(c->in.p, "%15s %s", r->method, target); /* target is longer than the whole head */
    r->target = xstrdup(target);
    free(target);
    r->headers = end > line_end ? xstrndup(line_end + 2, (size_t)(end - line_end)) : xstrdup("");
    r->at = clock_now();
    r->body = xcalloc(1, BODY_KEPT + 1);
    buf_cut(&c->in, 0, (size_t)(end - c->in.p) + 4);
    return r;
}

static void record(struct standin *s, struct seen_request *r) {
    pthread_mutex_lock(&s->lock);
    *s->seen_end = r;
    s->seen_end = &r->next;
    pthread_cond_broadcast(&s->news);
    pthread_mutex_unlock(&s->lock);
}

static void take_body(struct client *c, struct seen_request *r, size_t n) {
    pthread_mutex_lock(&c->s->lock);
    if (r->body_len < BODY_KEPT)
        memcpy(r->body + r->body_len, c->in.p,
               n < BODY_KEPT - r->body_len ? n : BODY_KEPT - r->body_len);
    r->body_len += n;
    pthread_mutex_unlock(&c->s->lock);
    buf_cut(&c->in, 0, n);
}

/* Only bodies with a Content-Length: that is all a client of a Mix server sends. */
static bool read_body(struct client *c, struct seen_request *r) {
    const char *length = header(r->headers, "Content-Length");
    size_t left = length ? strtoull(length, NULL, 10) : 0;

    if (header(r->headers, "Expect") && !puts_to(c, "HTTP/1.1 100 Continue\r\n\r\n"))
        return false;
    while (left > 0) {
        if (c->in.n == 0 && !fill(c))
            return false;
        const size_t n = c->in.n < left ? c->in.n : left;

        take_body(c, r, n);
        left -= n;
    }
    pthread_mutex_lock(&c->s->lock);
    r->whole = true;
    pthread_cond_broadcast(&c->s->news);
    pthread_mutex_unlock(&c->s->lock);
    return true;
}

static bool fits(const char *have_method, const char *have_path, const char *method,
                 const char *path) {
    return (!method || strcmp(have_method, method) == 0) &&
           strncmp(have_path, path, strlen(path)) == 0;
}

static struct answer choose(struct standin *s, const struct seen_request *r) {
    struct answer a = {.status = 404,
                       .headers = "Content-Type: text/plain; charset=utf-8\r\n",
                       .body = "404 page not found\n"};

    pthread_mutex_lock(&s->lock);
    for (struct rule *rule = s->rules; rule; rule = rule->next)
        if (rule->left != 0 && fits(r->method, r->target, rule->method, rule->path)) {
            rule->left -= rule->left > 0;
            a = rule->answer;
            break;
        }
    pthread_mutex_unlock(&s->lock);
    return a;
}

/* ---- answers ---- */
static bool put_head(const struct client *c, const struct answer *a, const char *type,
                     const char *length) {
    struct buf head;

    buf_init(&head, HEAD_MAX);
    buf_addf(&head, "HTTP/1.1 %d Scripted\r\n", a->status ? a->status : 200);
    if (!a->headers || !header(a->headers, "Content-Type"))
        buf_addf(&head, "Content-Type: %s\r\n", type);
    buf_addf(&head, "%s%s\r\n\r\n", a->headers ? a->headers : "", length);
    const bool ok = put(c, head.p, head.n);

    buf_fini(&head);
    return ok;
}

/* One piece of the body, wherever it comes from. */
static bool put_piece(const struct client *c, const struct answer *a, size_t at, size_t n) {
    static char filler[PIECE];
    const char *p = a->filler ? filler : a->body + at;

    return a->chunk ? put_chunk(c, p, n) : put(c, p, n);
}

static bool put_body(const struct client *c, const struct answer *a, size_t len) {
    const size_t piece = a->chunk && a->chunk < PIECE ? a->chunk : PIECE;

    for (size_t at = 0, n; at < len; at += n) {
        n = len - at < piece ? len - at : piece;
        if (a->cut_after && at + n > a->cut_after)
            n = a->cut_after - at;
        if (n > 0 && !put_piece(c, a, at, n))
            return false;
        if (a->cut_after && at + n >= a->cut_after)
            return false;
        pause_for(c, a->pause_ms);
    }
    return !a->chunk || puts_to(c, "0\r\n\r\n");
}

static bool put_plain(const struct client *c, const struct answer *a) {
    const size_t len = a->filler     ? a->filler
                       : a->body_len ? a->body_len
                       : a->body     ? strlen(a->body)
                                     : 0;
    char length[64] = "Transfer-Encoding: chunked";

    if (!a->chunk)
        snprintf(length, sizeof length, "Content-Length: %zu", len);
    if ((a->status == 204 || a->status == 304))
        return put_head(c, a, "text/plain", "X-Empty: yes");
    return put_head(c, a, "application/json", length) && put_body(c, a, len);
}

static bool put_pushed(struct client *c) {
    uint64_t n;

    while (read(c->wake, &n, sizeof n) < 0 && errno == EINTR)
        continue;
    for (;;) {
        pthread_mutex_lock(&c->s->lock);
        struct pushed *p = c->queue;

        if (p) {
            c->queue = p->next;
            if (!c->queue)
                c->queue_end = &c->queue;
        }
        pthread_mutex_unlock(&c->s->lock);
        if (!p)
            return true;
        const bool ok = put_chunk(c, p->text, strlen(p->text));

        free(p->text);
        free(p);
        if (!ok)
            return false;
    }
}

static void set_holding(struct client *c, bool holding) {
    pthread_mutex_lock(&c->s->lock);
    c->holding = holding;
    pthread_cond_broadcast(&c->s->news);
    pthread_mutex_unlock(&c->s->lock);
}

static bool put_beats(const struct client *c, const struct step *step) {
    for (int ms = 0; ms < step->n; ms += BEAT_MS) {
        if (step->text && !put_chunk(c, step->text, strlen(step->text)))
            return false;
        pause_for(c, step->n - ms < BEAT_MS ? step->n - ms : BEAT_MS);
    }
    return true;
}

static bool hold(struct client *c, const char *beat) {
    bool ok = true;

    set_holding(c, true);
    while (ok) {
        struct pollfd fds[] = {{.fd = c->s->stop, .events = POLLIN},
                               {.fd = c->wake, .events = POLLIN},
                               {.fd = c->fd, .events = POLLIN | POLLRDHUP}};

        if (poll(fds, 3, beat ? BEAT_MS : -1) < 0 && errno != EINTR)
            break;
        ok = !fds[0].revents && !fds[2].revents && (!fds[1].revents || put_pushed(c)) &&
             (!beat || put_chunk(c, beat, strlen(beat)));
    }
    set_holding(c, false);
    return false;
}

/* In chunks of about 16 KiB, as fast as the other side takes them. */
static bool put_many(const struct client *c, const struct step *step) {
    struct buf out;
    bool ok = true;

    buf_init(&out, MIX_MIB);
    for (int i = 0; ok && i < step->n; i++) {
        const char *mark = strstr(step->text, "%d");
        const int before = mark ? (int)(mark - step->text) : (int)strlen(step->text);

        buf_addf(&out, "%.*s", before, step->text);
        if (mark)
            buf_addf(&out, "%d%s", i, mark + 2);
        if (out.n > 16 * MIX_KIB || i + 1 == step->n) {
            ok = put_chunk(c, out.p, out.n);
            buf_clear(&out);
        }
    }
    buf_fini(&out);
    return ok;
}

static bool run_steps(struct client *c, const struct answer *a) {
    bool ok = put_head(c, a, "text/event-stream",
                       "Cache-Control: no-cache\r\nTransfer-Encoding: chunked");

    for (const struct step *step = a->steps; ok; step++) {
        switch (step->kind) {
        case STEP_END:
            return puts_to(c, "0\r\n\r\n");
        case STEP_SEND:
            ok = put_chunk(c, step->text, strlen(step->text));
            break;
        case STEP_MANY:
            ok = put_many(c, step);
            break;
        case STEP_WAIT:
            ok = put_beats(c, step);
            break;
        case STEP_HOLD:
            ok = hold(c, step->text);
            break;
        case STEP_RESET:
            reset(c);
            ok = false;
            break;
        case STEP_CLOSE:
            ok = false;
            break;
        }
    }
    return ok;
}

/* True: the connection stays for another request. */
static bool give(struct client *c, const struct answer *a) {
    pause_for(c, a->delay_ms);
    switch (a->manner) {
    case ANSWER_PLAIN:
        return a->steps ? run_steps(c, a) : put_plain(c, a);
    case ANSWER_UNREAD:
        put_plain(c, a);
        wait_fd(c, c->fd, POLLRDHUP, -1);
        return false;
    case ANSWER_SILENT:
        wait_fd(c, c->fd, POLLRDHUP, -1);
        return false;
    case ANSWER_RESET:
        reset(c);
        return false;
    case ANSWER_CLOSE:
        return false;
    case ANSWER_RAW:
        put(c, a->body, a->body_len ? a->body_len : strlen(a->body));
        return false;
    case ANSWER_ENDLESS:
        if (put_head(c, a, "application/json", "Transfer-Encoding: chunked"))
            while (put_chunk(c, a->body, strlen(a->body)))
                pause_for(c, a->pause_ms);
        return false;
    }
    return false;
}

static void *serve(void *arg) {
    struct client *c = arg;
    struct seen_request *r;
    bool more = true;

    while (more && (r = read_head(c))) {
        record(c->s, r);
        const struct answer a = choose(c->s, r);

        more = (a.manner == ANSWER_UNREAD || read_body(c, r)) && give(c, &a);
    }
    pthread_mutex_lock(&c->s->lock);
    close(c->fd);
    c->fd = -1;
    c->gone = true;
    pthread_cond_broadcast(&c->s->news);
    pthread_mutex_unlock(&c->s->lock);
    return NULL;
}

/* ---- connections ---- */
static void client_free(struct client *c) {
    while (c->queue) {
        struct pushed *p = c->queue;

        c->queue = p->next;
        free(p->text);
        free(p);
    }
    close(c->wake);
    buf_fini(&c->in);
    free(c);
}

static void client_new(struct standin *s, int fd) {
    struct client *c = xcalloc(1, sizeof *c);
    const int on = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    *c = (struct client){.s = s, .fd = fd, .wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    c->queue_end = &c->queue;
    buf_init(&c->in, HEAD_MAX + 2 * PIECE);
    pthread_mutex_lock(&s->lock);
    c->number = s->clients ? s->clients->number + 1 : 0;
    c->next = s->clients;
    s->clients = c;
    if (pthread_create(&c->thread, NULL, serve, c) != 0)
        abort();
    pthread_mutex_unlock(&s->lock);
}

static void *accept_all(void *arg) {
    struct standin *s = arg;
    struct pollfd fds[] = {{.fd = s->stop, .events = POLLIN},
                           {.fd = s->deaf, .events = POLLIN},
                           {.fd = s->listen_fd, .events = POLLIN}};

    for (;;) {
        if (poll(fds, 3, -1) < 0 && errno != EINTR)
            abort();
        if (fds[0].revents || fds[1].revents)
            return NULL;
        const int fd = accept4(s->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd >= 0)
            client_new(s, fd);
    }
}

struct standin *standin_new(void) {
    struct standin *s = xcalloc(1, sizeof *s);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;

    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->news, NULL);
    s->seen_end = &s->seen;
    s->stop = eventfd(0, EFD_CLOEXEC);
    s->deaf = eventfd(0, EFD_CLOEXEC);
    s->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->listen_fd < 0 || bind(s->listen_fd, (struct sockaddr *)&at, sizeof at) != 0 ||
        listen(s->listen_fd, 64) != 0 ||
        getsockname(s->listen_fd, (struct sockaddr *)&at, &n) != 0 ||
        pthread_create(&s->thread, NULL, accept_all, s) != 0)
        abort();
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d", ntohs(at.sin_port));
    return s;
}

static void raise_flag(int fd) {
    const uint64_t one = 1;

    if (write(fd, &one, sizeof one) != (ssize_t)sizeof one)
        abort();
}

void standin_free(struct standin *s) {
    if (!s)
        return;
    raise_flag(s->stop);
    pthread_join(s->thread, NULL);
    while (s->clients) {
        struct client *c = s->clients;

        pthread_join(c->thread, NULL);
        s->clients = c->next;
        client_free(c);
    }
    while (s->seen) {
        struct seen_request *r = s->seen;

        s->seen = r->next;
        free(r->target);
        free(r->headers);
        free(r->body);
        free(r);
    }
    standin_clear(s);
    close(s->listen_fd);
    close(s->stop);
    close(s->deaf);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->news);
    free(s);
}

const char *standin_url(const struct standin *s) { return s->url; }

void standin_on(struct standin *s, const char *method, const char *path, const struct answer *a) {
    struct rule *rule = xcalloc(1, sizeof *rule);
    struct rule **end = &s->rules;

    *rule = (struct rule){.method = xstrdup(method),
                          .path = xstrdup(path),
                          .answer = *a,
                          .left = a->times > 0 ? a->times : -1};
    pthread_mutex_lock(&s->lock);
    while (*end)
        end = &(*end)->next;
    *end = rule;
    pthread_mutex_unlock(&s->lock);
}

void standin_clear(struct standin *s) {
    pthread_mutex_lock(&s->lock);
    while (s->rules) {
        struct rule *rule = s->rules;

        s->rules = rule->next;
        free(rule->method);
        free(rule->path);
        free(rule);
    }
    pthread_mutex_unlock(&s->lock);
}

void standin_deaf(struct standin *s) { raise_flag(s->deaf); }

void standin_push(struct standin *s, const char *text) {
    pthread_mutex_lock(&s->lock);
    for (struct client *c = s->clients; c; c = c->next) {
        if (!c->holding)
            continue;
        struct pushed *p = xcalloc(1, sizeof *p);

        p->text = xstrdup(text);
        *c->queue_end = p;
        c->queue_end = &p->next;
        raise_flag(c->wake);
    }
    pthread_mutex_unlock(&s->lock);
}

static void drop(struct standin *s, int number) {
    pthread_mutex_lock(&s->lock);
    for (struct client *c = s->clients; c; c = c->next)
        if (c->fd >= 0 && (number < 0 || c->number == number))
            shutdown(c->fd, SHUT_RDWR);
    pthread_mutex_unlock(&s->lock);
}

void standin_drop(struct standin *s, int i) { drop(s, i); }

void standin_drop_all(struct standin *s) { drop(s, -1); }

/* ---- what came ---- */
static int count(const struct standin *s, const char *method, const char *path) {
    int n = 0;

    for (const struct seen_request *r = s->seen; r; r = r->next)
        n += fits(r->method, r->target, method, path);
    return n;
}

int standin_count(struct standin *s, const char *method, const char *path) {
    return standin_wait(s, method, path, 0, 0);
}

int standin_wait(struct standin *s, const char *method, const char *path, int n, int ms) {
    struct timespec until;
    int have;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (ms % 1000) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&s->lock);
    while ((have = count(s, method, path)) < n)
        if (pthread_cond_timedwait(&s->news, &s->lock, &until) != 0)
            break;
    pthread_mutex_unlock(&s->lock);
    return have;
}

const struct seen_request *standin_request(struct standin *s, const char *method, const char *path,
                                           int i) {
    const struct seen_request *found = NULL;

    pthread_mutex_lock(&s->lock);
    for (const struct seen_request *r = s->seen; r && !found; r = r->next)
        if (fits(r->method, r->target, method, path) && i-- == 0)
            found = r;
    pthread_mutex_unlock(&s->lock);
    return found;
}

int standin_connections(struct standin *s) {
    int n = 0;

    pthread_mutex_lock(&s->lock);
    for (const struct client *c = s->clients; c; c = c->next)
        n += !c->gone;
    pthread_mutex_unlock(&s->lock);
    return n;
}

int standin_streams(struct standin *s) {
    int n = 0;

    pthread_mutex_lock(&s->lock);
    for (const struct client *c = s->clients; c; c = c->next)
        n += c->holding;
    pthread_mutex_unlock(&s->lock);
    return n;
}
