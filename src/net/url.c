/* url.c - the server's address: what is accepted, what requests are sent to, what people are shown.
 */
#include "inner.h"

#include <stdlib.h>
#include <string.h>

static const char unix_scheme[] = "unix:";

enum { URL_MAX = 2048 };

/* The part as a string the caller frees with curl_free; NULL when the address has none. */
static char *part(CURLU *u, CURLUPart what) {
    char *text = NULL;

    return curl_url_get(u, what, &text, 0) == CURLUE_OK ? text : NULL;
}

static bool has(CURLU *u, CURLUPart what) {
    char *text = part(u, what);
    const bool there = text != NULL;

    curl_free(text);
    return there;
}

static enum rc check_shape(const char *url, struct err *err) {
    if (str_blank(url))
        return err_set(err, RC_USAGE, 0, "the server's address is empty");
    if (strlen(url) > URL_MAX)
        return err_set(err, RC_USAGE, 0, "the server's address is longer than %d bytes", URL_MAX);
    for (const char *s = url; *s; s++)
        if ((unsigned char)*s <= ' ' || *s == 0x7f)
            return err_set(err, RC_USAGE, 0, "the server's address contains a blank");
    return RC_OK;
}

static enum rc parse_unix(struct address *out, const char *path, struct err *err) {
    if (strncmp(path, "//", 2) == 0)
        path += 2;
    if (*path != '/')
        return err_set(err, RC_USAGE, 0, "unix:%s: the path of a socket must be absolute", path);
    struct buf origin;

    buf_init(&origin, URL_MAX + sizeof unix_scheme);
    (void)buf_addf(&origin, "unix:%s", path);
    *out = (struct address){
        .base = xstrdup("http://localhost"),
        .origin = buf_take(&origin),
        .socket = xstrdup(path),
    };
    return RC_OK;
}

static enum rc check_parts(CURLU *u, const char *scheme, struct err *err) {
    if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
        return err_set(err, RC_USAGE, 0, "%s://: only http, https and unix are understood", scheme);
    if (has(u, CURLUPART_QUERY))
        return err_set(err, RC_USAGE, 0, "the server's address must not have a ?query");
    if (has(u, CURLUPART_FRAGMENT))
        return err_set(err, RC_USAGE, 0, "the server's address must not have a #fragment");
    return RC_OK;
}

enum rebuilt { WHOLE, ORIGIN };

/* The address back as text, without what is not to be shown. */
static char *rebuild(CURLU *u, enum rebuilt how) {
    CURLU *copy = curl_url_dup(u);
    char *text = NULL;

    if (!copy)
        abort();
    if (how == ORIGIN) {
        curl_url_set(copy, CURLUPART_USER, NULL, 0);
        curl_url_set(copy, CURLUPART_PASSWORD, NULL, 0);
        curl_url_set(copy, CURLUPART_PATH, NULL, 0);
    }
    if (curl_url_get(copy, CURLUPART_URL, &text, 0) != CURLUE_OK)
        abort();
    size_t n = strlen(text);

    while (n > 0 && text[n - 1] == '/')
        n--;
    char *own = xstrndup(text, n);

    curl_free(text);
    curl_url_cleanup(copy);
    return own;
}

static enum rc parse_http(struct address *out, const char *url, struct err *err) {
    CURLU *u = curl_url();

    if (!u)
        abort();
    const CURLUcode code = curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);
    char *scheme = part(u, CURLUPART_SCHEME);
    enum rc rc;

    if (code != CURLUE_OK || !scheme)
        rc = err_set(err, RC_USAGE, 0, "the server's address is not a URL: %s",
                     curl_url_strerror(code));
    else
        rc = check_parts(u, scheme, err);
    if (rc == RC_OK)
        *out = (struct address){.base = rebuild(u, WHOLE), .origin = rebuild(u, ORIGIN)};
    curl_free(scheme);
    curl_url_cleanup(u);
    return rc;
}

enum rc address_parse(struct address *out, const char *url, struct err *err) {
    *out = (struct address){0};
    const enum rc rc = check_shape(url, err);

    if (rc != RC_OK)
        return rc;
    if (strncmp(url, unix_scheme, strlen(unix_scheme)) == 0)
        return parse_unix(out, url + strlen(unix_scheme), err);
    /* Not guessed: `host:80` would else be taken for a scheme, and http for somebody who meant
     * https. */
    if (!strstr(url, "://"))
        return err_set(err, RC_USAGE, 0, "write the address with its scheme, as in http://%s", url);
    return parse_http(out, url, err);
}

void address_free(struct address *a) {
    free(a->base);
    free(a->origin);
    free(a->socket);
    *a = (struct address){0};
}

enum rc net_url_check(const char *url, struct err *err) {
    struct address a;
    const enum rc rc = address_parse(&a, url, err);

    address_free(&a);
    return rc;
}
