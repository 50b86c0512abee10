/* task.c - one easy handle: the options every request has in common, and what it means when it
 * fails. */
#include "inner.h"

#include <ctype.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { KEEPALIVE_IDLE_S = 30, KEEPALIVE_EVERY_S = 10, TOO_LARGE = 100 /* of curl 8.6 */ };
#define SECONDS_MAX INT64_C(100000000000) /* more is only a longer word for never */

static void add_header(struct task *t, const char *text) {
    struct curl_slist *longer = curl_slist_append(t->headers, text);

    if (!longer)
        abort();
    t->headers = longer;
}

static bool same_name(const char *a, const char *b) {
    const size_t n = header_name(a);

    return n == header_name(b) && strncasecmp(a, b, n) == 0;
}

static bool is_among(const char *header, const char *const *headers, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (same_name(header, headers[i]))
            return true;
    return false;
}

/* What somebody else set. To curl a name without a value means that it is not sent. */
static void add_given(struct task *t, const char *header) {
    const size_t name = header_name(header);
    struct buf line;

    if (header[name + 1 + strspn(header + name + 1, " \t")]) {
        add_header(t, header);
        return;
    }
    buf_init(&line, MIX_MIB);
    (void)buf_addf(&line, "%.*s;", (int)name, header);
    add_header(t, buf_str(&line));
    buf_fini(&line);
}

/* The request's win over the worker's, both over what is usual. */
static void add_usual(struct task *t, const char *header) {
    const struct settings *s = &t->net->set;
    const struct route *r = t->route;

    if (is_among(header, r->headers, r->n_headers) ||
        (!r->elsewhere && is_among(header, (const char *const *)s->headers, s->n_headers)))
        return;
    add_header(t, header);
}

static void add_headers(struct task *t, const struct task_options *o) {
    const struct settings *s = &t->net->set;
    const struct route *r = t->route;
    char line[256];

    for (size_t i = 0; i < r->n_headers; i++)
        add_given(t, r->headers[i]);
    for (size_t i = 0; i < s->n_headers && !r->elsewhere; i++)
        if (!is_among(s->headers[i], r->headers, r->n_headers))
            add_given(t, s->headers[i]);
    snprintf(line, sizeof line, "Accept: %s", o->accept);
    add_usual(t, line);
    if (o->body) {
        snprintf(line, sizeof line, "Content-Type: %s", o->content_type ? o->content_type : "");
        add_usual(t, line);
    } else if (!o->mime && o->method == M_POST) {
        add_usual(t, "Content-Type:"); /* curl would say it is a form */
    }
    if (o->extra_header)
        add_usual(t, o->extra_header);
    if (o->second_header)
        add_usual(t, o->second_header);
}

static void set_body(CURL *e, const struct task_options *o) {
    if (o->mime)
        curl_easy_setopt(e, CURLOPT_MIMEPOST, o->mime);
    else if (o->body || o->method == M_POST) {
        curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)o->body_len);
        curl_easy_setopt(e, CURLOPT_POSTFIELDS, o->body ? o->body : "");
    }
    if (o->method == M_PATCH || o->method == M_DELETE)
        curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, method_name(o->method));
}

static void set_tls(CURL *e, const struct settings *s) {
    if (s->ca_file) {
        curl_easy_setopt(e, CURLOPT_CAINFO, s->ca_file);
        curl_easy_setopt(e, CURLOPT_PROXY_CAINFO, s->ca_file);
    }
    if (s->client_cert) {
        curl_easy_setopt(e, CURLOPT_SSLCERT, s->client_cert);
        curl_easy_setopt(e, CURLOPT_SSLKEY, s->client_key ? s->client_key : s->client_cert);
        /* Without one, OpenSSL would ask for it on the terminal. */
        curl_easy_setopt(e, CURLOPT_KEYPASSWD, s->key_password ? s->key_password : "");
    }
    if (s->insecure) {
        curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

static void set_connection(struct task *t, const struct task_options *o) {
    const struct settings *s = &t->net->set;
    const struct route *r = t->route;
    const bool newer = s->http2 && o->http == AS_SET;
    CURL *e = t->easy;

    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    /* Over TLS only: no Mix server knows the upgrade of a plain connection. */
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION,
                     (long)(newer ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
    /* Nobody waits for as long as the largest number. To curl 0 is not none, but its own limit. */
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(r->connect_ms < INT32_MAX ? r->connect_ms : INT32_MAX));
    curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(e, CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_IDLE_S);
    curl_easy_setopt(e, CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_EVERY_S);
    /* curl repeats by itself what fails on a reused connection: wrong for what must not happen
     * twice. */
    if (o->connection == OWN_CONNECTION || t->net->now < t->net->fresh_until)
        curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
    if (r->address->socket)
        curl_easy_setopt(e, CURLOPT_UNIX_SOCKET_PATH, r->address->socket);
    if (s->proxy)
        curl_easy_setopt(e, CURLOPT_PROXY, s->proxy);
    set_tls(e, s);
}

void task_start(struct task *t, const struct task_options *o) {
    struct buf url;

    t->easy = t->easy ? t->easy : curl_easy_init();
    if (!t->easy)
        abort();
    t->paused = false;
    t->why[0] = '\0';
    add_headers(t, o);
    set_connection(t, o);
    set_body(t->easy, o);
    buf_init(&url, MIX_MIB);
    (void)buf_addf(&url, "%s%s", t->route->address->base, o->target);
    t->url = buf_take(&url);
    hooks_before(t, o);
    curl_easy_setopt(t->easy, CURLOPT_URL, t->url);
    curl_easy_setopt(t->easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "mixtui/" MIX_VERSION);
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
    curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->why);
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, o->write);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    if (o->buffer_size > 0)
        curl_easy_setopt(t->easy, CURLOPT_BUFFERSIZE, o->buffer_size);
    hooks_handle(t);
    trace_request(t, o);
    curl_multi_add_handle(t->net->multi, t->easy);
}

void task_stop(struct task *t) {
    if (t->easy) {
        curl_multi_remove_handle(t->net->multi, t->easy);
        curl_easy_cleanup(t->easy);
    }
    trace_end(t);
    curl_slist_free_all(t->headers);
    free(TAKE(t->url));
    arena_free(&t->hooked);
    t->refused = (struct err){0};
    t->easy = NULL;
    t->headers = NULL;
    t->paused = false;
}

int task_status(const struct task *t) {
    long status = 0;

    if (t->easy)
        curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    return (int)status;
}

/* ---- what went wrong ---- */
/* "Connection refused" -> "connection refused", to stand after a colon. */
static void copy_reason(char *out, size_t max, const struct task *t, CURLcode code) {
    long os = 0;
    const char *text = t->why[0] ? t->why : curl_easy_strerror(code);

    if (code == CURLE_COULDNT_CONNECT || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR)
        curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &os);
    char space[128];

    if (os != 0)
        text = strerror_r((int)os, space, sizeof space);
    size_t n = strnlen(text, max - 1);

    memcpy(out, text, n);
    while (n > 0 && (out[n - 1] == '\n' || out[n - 1] == '.'))
        n--;
    out[n] = '\0';
    if (isupper((unsigned char)out[0]) && islower((unsigned char)out[1]))
        out[0] = (char)tolower((unsigned char)out[0]);
}

static enum rc kind_of(CURLcode code) {
    static const struct {
        CURLcode code;
        enum rc rc;
    } kinds[] = {
        {CURLE_OPERATION_TIMEDOUT, RC_TIMEOUT},
        {CURLE_SSL_CONNECT_ERROR, RC_TLS},
        {CURLE_PEER_FAILED_VERIFICATION, RC_TLS},
        {CURLE_SSL_CERTPROBLEM, RC_TLS},
        {CURLE_SSL_CIPHER, RC_TLS},
        {CURLE_SSL_CACERT_BADFILE, RC_TLS},
        {CURLE_SSL_ISSUER_ERROR, RC_TLS},
        {CURLE_SSL_ENGINE_NOTFOUND, RC_TLS},
        {CURLE_SSL_INVALIDCERTSTATUS, RC_TLS},
        {CURLE_WEIRD_SERVER_REPLY, RC_PROTO},
        {CURLE_UNSUPPORTED_PROTOCOL, RC_PROTO},
        {CURLE_HTTP2, RC_PROTO},
        {CURLE_BAD_CONTENT_ENCODING, RC_PROTO},
        {CURLE_URL_MALFORMAT, RC_USAGE},
    };

    for (size_t i = 0; i < MIX_COUNT(kinds); i++)
        if (kinds[i].code == code)
            return kinds[i].rc;
    return RC_CONNECT;
}

enum rc task_error(const struct task *t, CURLcode code, struct err *err) {
    const char *origin = t->route->address->origin;
    curl_off_t sent_at = 0;
    char reason[CURL_ERROR_SIZE];

    if (t->refused.rc != RC_OK) {
        *err = t->refused;
        return err->rc;
    }
    copy_reason(reason, sizeof reason, t, code);
    curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &sent_at);
    /* curl reads 300 KB of headers; what it says then depends on its version. */
    const bool flood = (int)code == TOO_LARGE || code == CURLE_OUT_OF_MEMORY ||
                       (code == CURLE_RECV_ERROR && strstr(reason, "response headers"));
    const enum rc rc = flood ? RC_LIMIT : kind_of(code);

    if (flood)
        return err_set(err, rc, (int)code, "%s sent headers without end", origin);

    if (rc == RC_TIMEOUT)
        return err_set(err, rc, (int)code, "could not reach %s: no answer within %g s", origin,
                       (double)t->route->connect_ms / 1000);
    if (rc == RC_PROTO)
        return err_set(err, rc, (int)code, "%s does not speak HTTP: %s", origin, reason);
    if (rc == RC_CONNECT && sent_at > 0)
        return err_set(err, rc, (int)code, "the connection to %s was lost: %s", origin, reason);
    return err_set(err, rc, (int)code, "could not reach %s: %s", origin, reason);
}

static void redirected(const struct task *t, int status, const char *to, struct err *err) {
    struct buf shown;

    buf_init(&shown, MIX_MIB);
    (void)redact_url(&shown, to, strlen(to));
    err_set(err, RC_HTTP, status, "%s redirects to %s, which is not followed",
            t->route->address->origin, buf_str(&shown));
    buf_fini(&shown);
}

void task_refusal(const struct task *t, enum op op, const struct buf *body, struct err *err) {
    const int status = task_status(t);
    const char *to = NULL;

    if (status >= 300 && status < 400)
        curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &to);
    if (to)
        redirected(t, status, to, err);
    else
        reply_error(err, op, status, buf_str(body), body->n);
}

/* Seconds or a date; what is neither, or lies in the past, says nothing. */
int64_t task_retry_after(const struct task *t) {
    struct curl_header *h = NULL;
    int64_t seconds = 0;

    if (!t->easy || curl_easy_header(t->easy, "Retry-After", 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
        return -1;
    const char *v = h->value + strspn(h->value, " \t");
    const size_t digits = strspn(v, "0123456789");

    if (digits > 0 && v[digits + strspn(v + digits, " \t")] == '\0') {
        for (size_t i = 0; i < digits && seconds < SECONDS_MAX; i++)
            seconds = 10 * seconds + (v[i] - '0');
    } else if (isalpha((unsigned char)*v) && strstr(v, ":")) {
        const int64_t date = (int64_t)curl_getdate(v, NULL);

        seconds = date > 0 ? date - clock_real() / 1000 : 0;
    }
    if (seconds <= 0)
        return -1;
    return (seconds < SECONDS_MAX ? seconds : SECONDS_MAX) * 1000;
}
