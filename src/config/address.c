/* address.c - what is wrong with an address, a proxy or a header, said without repeating what may
 * be a secret. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mix/wire.h"
#include "private.h"

/* user:password@ before the path, however slashes and scheme are mistaken. */
static bool has_userinfo(const char *url) {
    const char *colon = strchr(url, ':'), *at = url;

    if (colon && strcspn(url, "/\\?#@") > (size_t)(colon - url))
        at = colon + 1;
    at += strspn(at, "/\\");
    return memchr(at, '@', strcspn(at, "/?#")) != NULL;
}

enum rc check_url(const struct said *s, struct err *err) {
    if (strncmp(s->value, "unix:", 5) != 0 && has_userinfo(s->value))
        return err_set(err, RC_USAGE, 0,
                       "%s: no user or password in an address, others can read it there: use %s",
                       s->name,
                       s->where == SAID_AS_FLAG ? "--basic-file FILE" : "basic_file = FILE");
    struct err why = {0};

    if (net_url_check(s->value, &why) != RC_OK)
        return err_set(err, RC_USAGE, 0, "%s: %s", s->name, why.text);
    return RC_OK;
}

enum rc check_proxy(const struct said *s, const char *value, struct err *err) {
    static const char *const schemes[] = {"http",    "https",  "socks4",
                                          "socks4a", "socks5", "socks5h"};
    const char *colon = strstr(value, "://");
    const size_t n = colon ? (size_t)(colon - value) : 0;
    bool known = !colon;

    if (value == s->value && has_userinfo(value))
        return err_set(err, RC_USAGE, 0, "%s: no user or password here, others can read it: use %s",
                       s->name,
                       s->where == SAID_AS_FLAG ? "--proxy-file FILE" : "proxy_file = FILE");
    for (size_t i = 0; i < MIX_COUNT(schemes); i++)
        known = known || (strlen(schemes[i]) == n && strncasecmp(value, schemes[i], n) == 0);
    for (const char *c = value; *c; c++)
        known = known && (unsigned char)*c > ' ' && *c != 0x7f;
    if (!known || !*(colon ? colon + 3 : value))
        return err_set(err, RC_USAGE, 0,
                       "%s: it is http://HOST:PORT, https://, socks5://, socks5h:// or none",
                       s->name);
    return RC_OK;
}

static bool token_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

enum rc check_header_name(const struct said *s, const char *name, size_t n, struct err *err) {
    /* They say how the bytes of a request are to be read: not a matter of taste. */
    static const char *const ours[] = {"Content-Length", "Content-Type", "Transfer-Encoding",
                                       "Connection",     "Upgrade",      "Expect"};
    bool fine = n > 0 && n <= 100;

    for (size_t i = 0; fine && i < n; i++)
        fine = token_char(name[i]);
    if (!fine)
        return err_set(err, RC_USAGE, 0, "%s: it is %s, the name in letters, digits and -", s->name,
                       s->row->value);
    for (size_t i = 0; i < MIX_COUNT(ours); i++)
        if (strlen(ours[i]) == n && strncasecmp(name, ours[i], n) == 0)
            return err_set(err, RC_USAGE, 0, "%s: %s is set by mixtui itself", s->name, ours[i]);
    return RC_OK;
}

/* The three that are refused wherever they are written out. */
static bool is_forbidden(const char *name, size_t n) {
    static const char *const names[] = {"Authorization", "Proxy-Authorization", "Cookie"};

    for (size_t i = 0; i < MIX_COUNT(names); i++)
        if (strlen(names[i]) == n && strncasecmp(name, names[i], n) == 0)
            return true;
    return false;
}

bool header_is_secret(const char *name, size_t n) {
    return is_forbidden(name, n) || redact_header_secret(name, n);
}

enum rc check_header(const struct said *s, struct err *err) {
    const char *colon = strchr(s->value, ':');
    const size_t n = colon ? (size_t)(colon - s->value) : 0;

    if (!colon || !colon[1 + strspn(colon + 1, " \t")])
        return err_set(err, RC_USAGE, 0, "%s: it is %s", s->name, s->row->value);
    if (check_header_name(s, s->value, n, err) != RC_OK)
        return err->rc;
    if (s->where == SAID_AS_FLAG ? header_is_secret(s->value, n) : is_forbidden(s->value, n))
        return err_set(err, RC_USAGE, 0, "%s: %.*s is a secret, others can read it here: use %s",
                       s->name, (int)n, s->value,
                       s->where == SAID_AS_FLAG ? "--header-file NAME:FILE or --bearer-file FILE"
                                                : "header_file or header_command");
    for (const char *c = colon; *c; c++)
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
            return err_set(err, RC_USAGE, 0, "%s: a control character in the value of %.*s",
                           s->name, (int)n, s->value);
    return RC_OK;
}

/* ---- hosts ---- */
void url_host(char *out, size_t size, const char *url) {
    const char *at = strstr(url, "://");

    *out = '\0';
    if (!at || strncmp(url, "unix:", 5) == 0)
        return;
    at += 3;
    const char *user = memchr(at, '@', strcspn(at, "/?#"));
    size_t n;

    if (user)
        at = user + 1;
    if (*at == '[') {
        at++;
        n = strcspn(at, "]/?#");
    } else {
        n = strcspn(at, ":/?#");
    }
    for (size_t i = 0; i < n && i + 1 < size; i++) {
        out[i] = at[i] >= 'A' && at[i] <= 'Z' ? (char)(at[i] + 32) : at[i];
        out[i + 1] = '\0';
    }
}

bool url_is_near(const char *url) {
    char host[256];
    struct in_addr four;
    struct in6_addr six;
    static const char local[] = ".localhost";

    if (strncmp(url, "unix:", 5) == 0)
        return true;
    url_host(host, sizeof host, url);
    const size_t n = strlen(host);

    if (inet_pton(AF_INET, host, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    if (inet_pton(AF_INET6, host, &six) == 1)
        return IN6_IS_ADDR_LOOPBACK(&six);
    return str_eq(host, "localhost") ||
           (n >= sizeof local && str_eq(host + n - (sizeof local - 1), local));
}

bool url_is_plain(const char *url) { return strncasecmp(url, "http://", 7) == 0; }

bool url_equal(const char *a, const char *b) {
    size_t n = strlen(a), m = strlen(b);

    while (n > 0 && a[n - 1] == '/')
        n--;
    while (m > 0 && b[m - 1] == '/')
        m--;
    return n == m && strncasecmp(a, b, n) == 0;
}
