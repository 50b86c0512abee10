/* standin.c - a thread that accepts and one thread for each connection; every wait also waits for
 * the end. */
#include "standin_inner.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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

static struct standin *start(int fd) {
    struct standin *s = xcalloc(1, sizeof *s);

    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->news, NULL);
    s->seen_end = &s->seen;
    s->stop = eventfd(0, EFD_CLOEXEC);
    s->deaf = eventfd(0, EFD_CLOEXEC);
    s->listen_fd = fd;
    if (fd < 0 || listen(fd, 64) != 0 || pthread_create(&s->thread, NULL, accept_all, s) != 0)
        abort();
    return s;
}

struct standin *standin_new(void) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &n) != 0)
        abort();
    struct standin *s = start(fd);

    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d", ntohs(at.sin_port));
    return s;
}

struct standin *standin_new_unix(const char *path) {
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0)
        abort();
    struct standin *s = start(fd);

    snprintf(s->url, sizeof s->url, "unix:%s", at.sun_path);
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
