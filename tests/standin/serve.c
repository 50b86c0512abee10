/* serve.c - one connection of the stand-in: reads requests, records them, answers as the rules say.
 */
#include "standin_inner.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

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

    while (!c->in.p || !(end = strstr(c->in.p, "\r\n\r\n"))) {
        if (c->in.n > HEAD_MAX || !fill(c))
            return NULL;
        if (c->in.p[0] == TLS_HELLO) { /* as servers do that speak no TLS */
            puts_to(c, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent TLS");
            return NULL;
        }
    }
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

static bool take_bytes(struct client *c, struct seen_request *r, size_t left) {
    while (left > 0) {
        if (c->in.n == 0 && !fill(c))
            return false;
        const size_t n = c->in.n < left ? c->in.n : left;

        take_body(c, r, n);
        left -= n;
    }
    return true;
}

/* The line that is next, gone from what came; -1: the connection ended. */
static long long take_size(struct client *c) {
    const char *end;

    while (!c->in.p || !(end = strstr(c->in.p, "\r\n")))
        if (!fill(c))
            return -1;
    const long long size = end > c->in.p ? strtoll(c->in.p, NULL, 16) : 0;

    buf_cut(&c->in, 0, (size_t)(end - c->in.p) + 2);
    return size;
}

/* What has no known length comes in pieces. */
static bool read_pieces(struct client *c, struct seen_request *r) {
    long long size;

    while ((size = take_size(c)) > 0)
        if (!take_bytes(c, r, (size_t)size) || take_size(c) != 0)
            return false;
    return size == 0 && take_size(c) == 0;
}

static bool read_body(struct client *c, struct seen_request *r) {
    const char *length = header(r->headers, "Content-Length");

    if (header(r->headers, "Expect") && !puts_to(c, "HTTP/1.1 100 Continue\r\n\r\n"))
        return false;
    if (header(r->headers, "Transfer-Encoding")
            ? !read_pieces(c, r)
            : !take_bytes(c, r, length ? strtoull(length, NULL, 10) : 0))
        return false;
    pthread_mutex_lock(&c->s->lock);
    r->whole = true;
    pthread_cond_broadcast(&c->s->news);
    pthread_mutex_unlock(&c->s->lock);
    return true;
}

bool fits(const char *have_method, const char *have_path, const char *method, const char *path) {
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
            if (step[1].kind == STEP_HOLD) /* what is pushed once this was read is not lost */
                set_holding(c, true);
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
    set_holding(c, false);
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

void *serve(void *arg) {
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
