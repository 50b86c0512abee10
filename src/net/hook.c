/* hook.c - what a program around the worker sees and changes of each request, and a network of its
 * own.
 *
 * A refused request goes the way of one that cannot connect, so that it ends like any other. */
#include "inner.h"

#include <stdlib.h>
#include <string.h>

static struct strings request_headers(struct arena *a, const struct curl_slist *list) {
    struct strings out = {0};

    for (const struct curl_slist *h = list; h; h = h->next)
        out.n++;
    out.items = arena_alloc(a, (out.n + 1) * sizeof *out.items);
    out.n = 0;
    for (const struct curl_slist *h = list; h; h = h->next)
        out.items[out.n++] = h->data;
    return out;
}

static void take_headers(struct task *t, const struct strings *headers) {
    struct curl_slist *list = NULL;

    for (size_t i = 0; i < headers->n; i++) {
        struct curl_slist *longer = curl_slist_append(list, headers->items[i]);

        if (!longer)
            abort();
        list = longer;
    }
    curl_slist_free_all(t->headers);
    t->headers = list;
}

static void take_body(struct task *t, const struct net_outgoing *out) {
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)out->body_len);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, out->body);
    curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, out->method);
    t->body = out->body;
    t->body_len = out->body_len;
}

static curl_socket_t on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *to) {
    struct task *t = arg;
    const struct net_hooks *h = &t->net->set.hooks;
    unsigned len = sizeof to->addr;

    (void)purpose;
    if (t->refused.rc != RC_OK || !h->connect)
        return CURL_SOCKET_BAD;
    const int fd = h->connect(h->user, t->url, &to->addr, &len);

    if (fd < 0)
        return CURL_SOCKET_BAD;
    t->connected = len == 0;
    to->addrlen = len > 0 ? len : to->addrlen;
    return fd;
}

static int on_opened(void *arg, curl_socket_t fd, curlsocktype purpose) {
    const struct task *t = arg;

    (void)fd;
    (void)purpose;
    return t->connected ? CURL_SOCKOPT_ALREADY_CONNECTED : CURL_SOCKOPT_OK;
}

/* No name is looked up and no TLS spoken: curl believes in a unix socket. */
static void replace_network(struct task *t) {
    CURL *e = t->easy;

    curl_easy_setopt(e, CURLOPT_UNIX_SOCKET_PATH, "/");
    curl_easy_setopt(e, CURLOPT_PROXY, "");
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(e, CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, t);
    curl_easy_setopt(e, CURLOPT_SOCKOPTFUNCTION, on_opened);
    curl_easy_setopt(e, CURLOPT_SOCKOPTDATA, t);
}

void hooks_before(struct task *t, const struct task_options *o) {
    const struct net_hooks *h = &t->net->set.hooks;

    t->body = o->body;
    t->body_len = o->body_len;
    if (h->before) {
        struct net_outgoing out = {
            .request = t->flow->request,
            .op = t->flow->op,
            .attempt = t->attempt,
            .method = method_name(o->method),
            .url = t->url,
            .body = o->body,
            .body_len = o->body_len,
        };

        out.headers = request_headers(&out.arena, t->headers);
        if (h->before(h->user, &out, &t->refused) != RC_OK && t->refused.rc == RC_OK)
            err_set(&t->refused, RC_CANCELLED, 0, "refused before it was sent");
        take_headers(t, &out.headers);
        if (out.body != o->body || out.body_len != o->body_len)
            take_body(t, &out);
        if (out.url != t->url) {
            free(t->url);
            t->url = xstrdup(out.url);
        }
        t->hooked = out.arena;
    }
    if (h->connect || t->refused.rc != RC_OK)
        replace_network(t);
}

void hooks_handle(struct task *t) {
    static const char secure[] = "https:";
    const struct net_hooks *h = &t->net->set.hooks;

    if ((h->connect || t->refused.rc != RC_OK) && strncmp(t->url, secure, strlen(secure)) == 0) {
        struct buf url;

        buf_init(&url, MIX_MIB);
        (void)buf_addf(&url, "http:%s", t->url + strlen(secure));
        curl_easy_setopt(t->easy, CURLOPT_URL, buf_str(&url));
        buf_fini(&url);
    }
    if (h->handle)
        h->handle(h->user, t->easy);
}

/* ---- the answer ---- */
static struct strings answer_headers(struct arena *a, CURL *easy) {
    struct strings out = {0};
    struct curl_header *at = NULL;

    while ((at = curl_easy_nextheader(easy, CURLH_HEADER, -1, at)))
        out.n++;
    out.items = arena_alloc(a, (out.n + 1) * sizeof *out.items);
    out.n = 0;
    while ((at = curl_easy_nextheader(easy, CURLH_HEADER, -1, at)))
        out.items[out.n++] = arena_printf(a, "%s: %s", at->name, at->value);
    return out;
}

void hooks_after(const struct task *t, const char *method, CURLcode code, const struct buf *body,
                 struct err *err) {
    const struct net_hooks *h = &t->net->set.hooks;

    if (!h->after || t->refused.rc != RC_OK)
        return;
    struct arena arena = {0};
    struct err why = {0};
    curl_off_t us = 0;

    curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &us);
    const struct net_answer a = {
        .request = t->flow->request,
        .op = t->flow->op,
        .attempt = t->attempt,
        .method = method,
        .url = t->url,
        .status = task_status(t),
        .headers = answer_headers(&arena, t->easy),
        .body = body->n > 0 ? buf_str(body) : NULL,
        .body_len = body->n,
        .ms = us / 1000,
        .failure = code == CURLE_OK ? NULL
                   : t->why[0]      ? t->why
                                    : curl_easy_strerror(code),
    };

    if (h->after(h->user, &a, &why) != RC_OK) {
        if (why.rc == RC_OK)
            err_set(&why, RC_CANCELLED, 0, "the answer was refused");
        *err = why;
    }
    arena_free(&arena);
}
