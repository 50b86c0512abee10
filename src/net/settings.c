/* settings.c - what a worker is set to, checked once, and what a single request says differently.
 */
#include "inner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    CONNECT_MS = 10000,
    IDLE_MS = 60000,
    HEADER_MAX = 64 << 10,
    ATTEMPTS_MAX = 1000,
    READS_AT_ONCE = 512,
    SECRET_LEAST = 6, /* bytes: less would be found everywhere */
};

/* ---- headers ---- */
static bool is_name_byte(unsigned char c) {
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
           (c != 0 && strchr("!#$%&'*+-.^_`|~", c));
}

/* Where a body ends is ours to say: a second opinion on it would split requests in two. */
static bool is_framing(const char *header, size_t n) {
    static const char *const names[] = {"Content-Length", "Transfer-Encoding"};

    for (size_t i = 0; i < MIX_COUNT(names); i++)
        if (n == strlen(names[i]) && strncasecmp(header, names[i], n) == 0)
            return true;
    return false;
}

size_t header_name(const char *header) { return strcspn(header, ":"); }

/* Its text is never repeated: it may be a key. */
static enum rc check_header(const char *h, size_t number, struct err *err) {
    const size_t name = h ? header_name(h) : 0;
    bool good = name > 0 && h[name] == ':';

    for (size_t i = 0; good && i < name; i++)
        good = is_name_byte((unsigned char)h[i]);
    if (!good)
        return err_set(err, RC_USAGE, 0, "header %zu is not of the form `Name: value`", number);
    for (const char *p = h + name; *p; p++)
        if (((unsigned char)*p < ' ' && *p != '\t') || *p == 0x7f)
            return err_set(err, RC_USAGE, 0, "header %zu has a line end or control byte in it",
                           number);
    if (strlen(h) > HEADER_MAX)
        return err_set(err, RC_USAGE, 0, "header %zu is longer than %d KiB", number,
                       HEADER_MAX >> 10);
    if (is_framing(h, name))
        return err_set(err, RC_USAGE, 0, "header %zu: %.*s is not to be set by hand", number,
                       (int)name, h);
    return RC_OK;
}

static enum rc check_headers(const char *const *headers, size_t n, struct err *err) {
    enum rc rc = RC_OK;

    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = check_header(headers[i], i + 1, err);
    return rc;
}

/* ---- proxy and files ---- */
static enum rc check_proxy(const char *proxy, struct err *err) {
    static const char *const schemes[] = {"http",    "https",  "socks4",
                                          "socks4a", "socks5", "socks5h"};
    CURLU *u = curl_url();
    char *scheme = NULL, *host = NULL;
    bool good = false;

    if (!u)
        abort();
    for (const char *p = proxy; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f) {
            curl_url_cleanup(u);
            return err_set(err, RC_USAGE, 0, "the proxy's address contains a blank");
        }
    if (curl_url_set(u, CURLUPART_URL, proxy, CURLU_NON_SUPPORT_SCHEME | CURLU_DEFAULT_SCHEME) ==
            CURLUE_OK &&
        curl_url_get(u, CURLUPART_SCHEME, &scheme, CURLU_DEFAULT_SCHEME) == CURLUE_OK &&
        curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK)
        for (size_t i = 0; i < MIX_COUNT(schemes); i++)
            good |= strcmp(scheme, strstr(proxy, "://") ? schemes[i] : scheme) == 0;
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(u);
    if (good)
        return RC_OK;
    /* It may hold a password, so it is not repeated. */
    return err_set(err, RC_USAGE, 0,
                   "the proxy's address is not http, https, socks4 or socks5://host:port");
}

static enum rc check_file(const char *what, const char *path, struct err *err) {
    char byte, space[128];

    if (!path)
        return RC_OK;
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    const ssize_t got = fd >= 0 ? read(fd, &byte, 1) : -1;
    const int why = errno;

    if (fd >= 0)
        close(fd);
    if (got > 0)
        return RC_OK;
    return err_set(err, RC_IO, got < 0 ? why : 0, "%s (could not read the %s %s)",
                   got < 0 ? strerror_r(why, space, sizeof space) : "empty", what, path);
}

static enum rc check_files(const struct settings *s, struct err *err) {
    if (s->client_key && !s->client_cert)
        return err_set(err, RC_USAGE, 0, "a client key needs a client certificate");
    const enum rc ca = check_file("CA file", s->ca_file, err);
    const enum rc cert = ca == RC_OK ? check_file("client certificate", s->client_cert, err) : ca;

    return cert == RC_OK ? check_file("client key", s->client_key, err) : cert;
}

/* ---- the worker's ---- */
static int64_t limit(int64_t given, int64_t otherwise) {
    return given > 0 ? given : given < 0 ? INT64_MAX : otherwise;
}

static struct retry_policy policy_of(const struct retry_policy *given) {
    struct retry_policy p = {
        .mode = given->mode,
        .attempts = given->attempts > 0 ? given->attempts : 5,
        .initial_ms = given->initial_ms > 0 ? given->initial_ms : 500,
        .max_ms = given->max_ms > 0 ? given->max_ms : 60000,
        .elapsed_ms = given->elapsed_ms > 0 ? given->elapsed_ms : 120000,
        .exponent = given->exponent > 0 ? given->exponent : 1.5,
    };

    p.attempts = p.attempts < ATTEMPTS_MAX ? p.attempts : ATTEMPTS_MAX;
    p.exponent = p.exponent > 1 ? p.exponent : 1;
    return p;
}

/* Half of the descriptors are left to everybody else. */
static size_t usual_reads(void) {
    struct rlimit files = {0};

    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur / 2 > READS_AT_ONCE)
        return READS_AT_ONCE;
    return files.rlim_cur / 2 > 1 ? (size_t)files.rlim_cur / 2 : 1;
}

static char *copy(const char *s) { return str_blank(s) ? NULL : xstrdup(s); }

enum rc settings_read(struct settings *s, const struct net_config *c, struct err *err) {
    enum rc rc = address_parse(&s->address, c->url, err);

    if (rc == RC_OK)
        rc = check_headers(c->headers, c->n_headers, err);
    if (rc == RC_OK && !str_blank(c->proxy))
        rc = check_proxy(c->proxy, err);
    if (rc != RC_OK)
        return rc;
    s->headers = xcalloc(c->n_headers + 1, sizeof *s->headers);
    for (size_t i = 0; i < c->n_headers; i++)
        s->headers[s->n_headers++] = xstrdup(c->headers[i]);
    s->proxy = c->proxy ? xstrdup(c->proxy) : NULL;
    s->ca_file = copy(c->ca_file);
    s->client_cert = copy(c->client_cert);
    s->client_key = copy(c->client_key);
    s->key_password = copy(c->key_password);
    s->insecure = c->tls == TLS_INSECURE;
    s->http2 = c->http_version == HTTP_2;
    s->connect_ms = limit(c->connect_timeout_ms, CONNECT_MS);
    s->idle_ms = limit(c->reply_timeout_ms, IDLE_MS);
    s->total_ms = limit(c->total_timeout_ms, INT64_MAX);
    s->retry = policy_of(&c->retry);
    s->hooks = c->hooks;
    s->time_scale = c->time_scale > 0 ? c->time_scale : 1;
    s->reads_at_once = c->reads_at_once > 0 ? (size_t)c->reads_at_once : usual_reads();
    return check_files(s, err);
}

/* Freed memory may end up in a core file. */
static void wipe(char *s) {
    if (s)
        explicit_bzero(s, strlen(s));
    free(s);
}

void settings_free(struct settings *s) {
    address_free(&s->address);
    for (size_t i = 0; i < s->n_headers; i++)
        wipe(s->headers[i]);
    free(s->headers);
    wipe(s->proxy);
    free(s->ca_file);
    free(s->client_cert);
    free(s->client_key);
    wipe(s->key_password);
}

/* ---- what a server repeats of them ---- */
/* The longest beginning of the secret that stands at p; less than all of it only at the end. */
static size_t repeated(const char *p, size_t n, const char *secret, size_t len) {
    const size_t k = n < len ? n : len;

    return k >= SECRET_LEAST && memcmp(p, secret, k) == 0 ? k : 0;
}

static void hide_one(struct buf *text, const char *secret, size_t len) {
    struct buf out;
    size_t from = 0;

    if (len < SECRET_LEAST)
        return;
    buf_init(&out, 4 * text->n + MIX_KIB);
    for (size_t i = 0; i < text->n; i++) {
        const size_t k = repeated(text->p + i, text->n - i, secret, len);

        if (k == 0)
            continue;
        (void)buf_add(&out, text->p + from, i - from);
        (void)buf_adds(&out, "(hidden)");
        from = i + k;
        i = from - 1;
    }
    if (from > 0) {
        (void)buf_add(&out, text->p + from, text->n - from);
        buf_fini(text);
        *text = out;
    } else {
        buf_fini(&out);
    }
}

void settings_hide(const struct settings *s, struct buf *text) {
    for (size_t i = 0; i < s->n_headers && text->n > 0; i++) {
        const char *h = s->headers[i];
        const char *value = h + header_name(h);

        if (*value != ':' || !redact_header_secret(h, strlen(h)))
            continue;
        value += 1 + strspn(value + 1, " \t");
        const char *blank = strchr(value, ' '); /* "Bearer abc": the scheme may be left out */

        value = blank ? blank + 1 : value;
        hide_one(text, value, strlen(value));
    }
}

/* ---- one request's ---- */
enum rc route_find(struct route *r, const struct settings *s, const struct call_options *o,
                   struct err *err) {
    *r = (struct route){
        .address = &s->address,
        .connect_ms = s->connect_ms,
        .idle_ms = s->idle_ms,
        .total_ms = s->total_ms,
        .retry = s->retry,
    };
    if (!o)
        return RC_OK;
    enum rc rc = check_headers(o->headers, o->n_headers, err);

    if (rc == RC_OK && o->server)
        rc = address_parse(&r->own, o->server, err);
    if (rc != RC_OK)
        return rc;
    if (o->server)
        r->address = &r->own;
    r->elsewhere = o->server && !str_eq(r->own.origin, s->address.origin);
    r->headers = o->headers;
    r->n_headers = o->n_headers;
    r->connect_ms = limit(o->connect_timeout_ms, s->connect_ms);
    r->idle_ms = limit(o->idle_timeout_ms, s->idle_ms);
    r->total_ms = limit(o->total_timeout_ms, s->total_ms);
    r->idle_asked = o->idle_timeout_ms != 0;
    r->retry_asked = o->retry != NULL;
    if (o->retry)
        r->retry = policy_of(o->retry);
    return RC_OK;
}

void route_free(struct route *r) { address_free(&r->own); }
