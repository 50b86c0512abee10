/* profile.c - from flags, environment and file to one server that can be reached. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "private.h"

static const char default_url[] = "http://localhost:8088";

/* ---- one profile over another ---- */
static size_t header_name(const char *header) { return strcspn(header, ":"); }

static bool same_header(const char *a, const char *b) {
    const size_t n = header_name(a);

    return n == header_name(b) && strncasecmp(a, b, n) == 0;
}

/* What a secret ends up as: two for the same would be one too many. */
static const char *target(const struct secret_source *s) {
    switch (s->what) {
    case SECRET_HEADER:
        return s->header;
    case SECRET_BEARER:
    case SECRET_BASIC:
        return "Authorization";
    case SECRET_PROXY:
        return "proxy:";
    case SECRET_KEY_PASSWORD:
        return "key password:";
    }
    return "";
}

bool secret_rivals(const struct secret_source *a, const struct secret_source *b) {
    return strcasecmp(target(a), target(b)) == 0;
}

static bool has_secret(const struct profile *p, const struct secret_source *s) {
    for (size_t i = 0; i < p->secrets.n; i++)
        if (secret_rivals(&p->secrets.items[i], s))
            return true;
    return false;
}

static bool has_header(const struct profile *p, const char *header) {
    for (size_t i = 0; i < p->headers.n; i++)
        if (same_header(p->headers.items[i], header))
            return true;
    return false;
}

static bool was_given(const struct profile *p, int id) { return p->given >> id & 1; }

static void copy_member(struct profile *p, const struct profile *from, const struct setting *row) {
    char *to_at = (char *)p + row->at;
    const char *from_at = (const char *)from + row->at;
    const char *text = NULL;

    switch ((int)row->kind) {
    case KIND_URL:
    case KIND_PROXY:
    case KIND_PATH:
    case KIND_HOST:
        memcpy(&text, from_at, sizeof text);
        text = arena_strdup(&p->arena, text);
        memcpy(to_at, &text, sizeof text);
        break;
    case KIND_TIME:
    case KIND_WAIT:
        memcpy(to_at, from_at, sizeof(int64_t));
        break;
    case KIND_FACTOR:
        memcpy(to_at, from_at, sizeof(double));
        break;
    case KIND_YES:
        memcpy(to_at, from_at, sizeof(bool));
        break;
    case KIND_COUNT:
        memcpy(to_at, from_at, sizeof(int));
        break;
    case KIND_RETRY:
        p->net.retry.mode = from->net.retry.mode;
        break;
    case KIND_HTTP:
        p->net.http_version = from->net.http_version;
        break;
    default:
        break; /* lists are merged; `insecure` is not taken over but counted */
    }
}

static void copy_secret(struct profile *p, const struct secret_source *s) {
    struct secret_source *items = arena_alloc(&p->arena, (p->secrets.n + 1) * sizeof *items);

    if (p->secrets.n > 0)
        memcpy(items, p->secrets.items, p->secrets.n * sizeof *items);
    items[p->secrets.n] = *s;
    items[p->secrets.n].header = arena_strdup(&p->arena, s->header);
    items[p->secrets.n].from = arena_strdup(&p->arena, s->from);
    items[p->secrets.n].said = arena_strdup(&p->arena, s->said);
    p->secrets.items = items;
    p->secrets.n++;
}

/* Of the lists only what the one above does not replace. */
static void drop_replaced(struct profile *p, const struct profile *above) {
    size_t n = 0;

    for (size_t i = 0; i < p->headers.n; i++)
        if (!has_header(above, p->headers.items[i]))
            p->headers.items[n++] = p->headers.items[i];
    p->headers.n = n;
    n = 0;
    for (size_t i = 0; i < p->secrets.n; i++) {
        const struct secret_source *s = &p->secrets.items[i];
        bool replaced = has_secret(above, s);

        replaced = replaced || (s->what == SECRET_PROXY && was_given(above, SET_PROXY));
        replaced = replaced || (s->what == SECRET_HEADER && has_header(above, s->header));
        if (!replaced)
            p->secrets.items[n++] = *s;
    }
    p->secrets.n = n;
}

/* Settings that `from` was given replace those of p. */
static void profile_merge(struct profile *p, const struct profile *from) {
    drop_replaced(p, from);
    for (int i = 0; i < SET_COUNT; i++)
        if (was_given(from, i))
            copy_member(p, from, &settings[i]);
    for (size_t i = 0; i < from->headers.n; i++)
        strings_add(&p->headers, &p->arena, from->headers.items[i]);
    for (size_t i = 0; i < from->secrets.n; i++)
        copy_secret(p, &from->secrets.items[i]);
    p->given |= from->given;
}

/* ---- which profile, which address ---- */
static const struct profile *profile_named(const struct config *c, const char *name) {
    for (size_t i = 0; c && i < c->n_profiles; i++)
        if (str_eq(c->profiles[i].name, name))
            return &c->profiles[i];
    return NULL;
}

static enum rc no_such_profile(const struct config *c, const char *name, struct err *err) {
    struct buf known;

    buf_init(&known, 120);
    for (size_t i = 0; c && i < c->n_profiles; i++)
        (void)buf_addf(&known, "%s%s", i > 0 ? ", " : "", c->profiles[i].name);
    err_set(err, RC_USAGE, 0, "no profile %.40s%s%s%s%s", name, c && c->path ? " in " : "",
            c && c->path ? c->path : "", known.n > 0 ? ": there is " : "", buf_str(&known));
    buf_fini(&known);
    return RC_USAGE;
}

static enum rc choose_profile(const struct profile **out, const struct config *c,
                              const struct connect_flags *f, const char *address, struct err *err) {
    *out = NULL;
    if (f->profile)
        *out = profile_named(c, f->profile);
    else if (!address && !f->demo)
        *out = profile_named(c, "default");
    if (f->profile && !*out)
        return no_such_profile(c, f->profile, err);
    return *out && (*out)->fault ? err_set(err, RC_USAGE, 0, "profile %.40s cannot be used: %s",
                                           (*out)->name, (*out)->fault)
                                 : RC_OK;
}

static enum rc choose_address(const char **out, const struct connect_flags *f, struct err *err) {
    const char *env = getenv("MIX_SERVER_URL");

    *out = f->server;
    if (f->server || f->demo || str_blank(env))
        return RC_OK;
    const struct said said = {
        .row = &settings[SET_URL], .name = "MIX_SERVER_URL", .value = env, .where = SAID_IN_FILE};

    *out = env;
    return check_url(&said, err);
}

/* The file's settings, without what is meant for its own server only when it is another one. */
static void take_profile(struct profile *out, const struct profile *from, const char *address) {
    const bool foreign = address && from->url && !url_equal(from->url, address);
    size_t n = 0;

    profile_merge(out, from);
    out->insecure = from->insecure;
    out->name = arena_strdup(&out->arena, from->name);
    if (!foreign)
        return;
    for (size_t i = 0; i < out->headers.n; i++)
        if (!header_is_secret(out->headers.items[i], header_name(out->headers.items[i])))
            out->headers.items[n++] = out->headers.items[i];
    if (from->secrets.n > 0 || n < out->headers.n || from->insecure)
        out->warning = arena_printf(&out->arena,
                                    "profile %s is of another server: its secrets are "
                                    "not sent to this one",
                                    from->name);
    out->headers.n = n;
    out->secrets.n = 0;
    out->insecure = 0;
}

/* ---- TLS that is not verified: asked for twice ---- */
static enum rc settle_insecure(struct profile *p, const struct profile *file, int flags,
                               struct err *err) {
    char host[256];

    url_host(host, sizeof host, p->url);
    if (flags == 0 && file && p->insecure > 0) {
        if (!file->insecure_host || strcasecmp(file->insecure_host, host) != 0)
            return err_set(err, RC_USAGE, 0,
                           "profile %.40s: insecure counts together with insecure_host = %.80s",
                           file->name, host);
        flags = 2;
    }
    if (flags == 1)
        return err_set(err, RC_USAGE, 0,
                       "--insecure: say it twice if the server's certificate is really not to be "
                       "verified; --ca-file FILE trusts one's own authority");
    p->net.tls = flags > 1 ? TLS_INSECURE : TLS_VERIFIED;
    return RC_OK;
}

/* ---- secrets ---- */
/* Memory of its own, overwritten at the end. */
static char *keep_wiped(struct profile *p, size_t n) {
    char *own = xcalloc(1, n + 1);
    const char **items = arena_alloc(&p->arena, (p->wiped.n + 1) * sizeof *items);

    if (p->wiped.n > 0)
        memcpy(items, p->wiped.items, p->wiped.n * sizeof *items);
    items[p->wiped.n++] = own;
    p->wiped.items = items;
    return own;
}

static void base64(char *out, const char *s, size_t n) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)(unsigned char)s[i] << 16;

        v |= i + 1 < n ? (uint32_t)(unsigned char)s[i + 1] << 8 : 0;
        v |= i + 2 < n ? (uint32_t)(unsigned char)s[i + 2] : 0;
        *out++ = digits[v >> 18 & 63];
        *out++ = digits[v >> 12 & 63];
        *out++ = i + 1 < n ? digits[v >> 6 & 63] : '=';
        *out++ = i + 2 < n ? digits[v & 63] : '=';
    }
    *out = '\0';
}

/* "Name: value" in place of an equally named one. */
static void put_header(struct profile *p, const char *header) {
    struct strings *h = &p->headers;

    for (size_t i = 0; i < h->n; i++)
        if (same_header(h->items[i], header)) {
            h->items[i] = header;
            return;
        }
    const char **items = arena_alloc(&p->arena, (h->n + 1) * sizeof *items);

    if (h->n > 0)
        memcpy(items, h->items, h->n * sizeof *items);
    items[h->n++] = header;
    h->items = items;
}

static void join(char *out, size_t size, const char *a, const char *b, const char *c) {
    (void)snprintf(out, size, "%s%s%s", a, b, c);
}

static enum rc use_secret(struct profile *p, const struct secret_source *s, const char *text,
                          struct err *err) {
    static const char basic[] = "Authorization: Basic ", bearer[] = "Authorization: Bearer ";
    const struct said said = {.row = &settings[SET_PROXY], .name = s->said};
    const size_t n = strlen(text);
    const size_t size = 2 * n + sizeof bearer + (s->header ? strlen(s->header) : 0) + 8;
    char *own = keep_wiped(p, size);

    switch (s->what) {
    case SECRET_HEADER:
        join(own, size, s->header, ": ", text);
        put_header(p, own);
        break;
    case SECRET_BEARER:
        join(own, size, bearer, text, "");
        put_header(p, own);
        break;
    case SECRET_BASIC:
        if (!strchr(text, ':'))
            return err_set(err, RC_USAGE, 0, "%s: the secret is not user:password", s->said);
        join(own, size, basic, "", "");
        base64(own + strlen(own), text, n);
        put_header(p, own);
        break;
    case SECRET_PROXY:
        join(own, size, text, "", "");
        p->net.proxy = own;
        return check_proxy(&said, own, err);
    case SECRET_KEY_PASSWORD:
        join(own, size, text, "", "");
        p->net.key_password = own;
        break;
    }
    return RC_OK;
}

static enum rc take_secrets(struct profile *p, struct err *err) {
    enum rc rc = RC_OK;

    for (size_t i = 0; i < p->secrets.n && rc == RC_OK; i++) {
        char *text = NULL;

        rc = secret_read(&text, &p->secrets.items[i], err);
        if (rc == RC_OK)
            rc = use_secret(p, &p->secrets.items[i], text, err);
        secret_forget(text);
    }
    p->net.headers = p->headers.items;
    p->net.n_headers = p->headers.n;
    return rc;
}

/* ---- opening ---- */
static enum rc check_files(const struct profile *p, struct err *err) {
    const struct {
        int id;
        const char *path;
    } files[] = {
        {SET_CA_FILE, p->net.ca_file},
        {SET_CERT, p->net.client_cert},
        {SET_KEY, p->net.client_key},
    };

    for (size_t i = 0; i < MIX_COUNT(files); i++)
        if (files[i].path && access(files[i].path, R_OK) != 0)
            return err_set(err, RC_IO, errno, "%s %.120s: %s", settings[files[i].id].name,
                           files[i].path, strerror(errno));
    if (p->net.client_key && !p->net.client_cert)
        return err_set(err, RC_USAGE, 0, "key %.80s: there is no cert to go with it",
                       p->net.client_key);
    return RC_OK;
}

static void settle_warning(struct profile *p) {
    const bool far = !url_is_near(p->url);
    char host[80];

    url_host(host, sizeof host, p->url);
    if (far && url_is_plain(p->url)) {
        p->sign = "! http";
        p->warning = arena_printf(&p->arena,
                                  "plain http to %s: whoever is on the way reads all, and can run "
                                  "commands there%s%s",
                                  host, p->warning ? " · " : "", p->warning ? p->warning : "");
    } else if (p->net.tls == TLS_INSECURE) {
        p->sign = "! tls";
        p->warning = arena_printf(&p->arena,
                                  "the certificate of %s is not verified: whoever is on the way "
                                  "reads all, and can run commands there%s%s",
                                  host, p->warning ? " · " : "", p->warning ? p->warning : "");
    }
}

enum rc profile_open(struct profile *out, const struct config *c, const struct connect_flags *flags,
                     struct err *err) {
    const struct profile *file = NULL;
    const char *address = NULL;

    *out = (struct profile){0};
    enum rc rc = choose_address(&address, flags, err);

    if (rc == RC_OK)
        rc = choose_profile(&file, c, flags, address, err);
    if (rc != RC_OK)
        return rc;
    if (file)
        take_profile(out, file, address);
    profile_merge(out, &flags->over);
    address = address ? address : out->url ? out->url : default_url;
    out->url = arena_strdup(&out->arena, address);
    out->net.url = out->url;
    rc = settle_insecure(out, file, flags->over.insecure, err);
    if (rc == RC_OK)
        rc = check_files(out, err);
    if (rc == RC_OK)
        rc = take_secrets(out, err);
    if (rc == RC_OK)
        settle_warning(out);
    else
        profile_fini(out);
    return rc;
}

void profile_fini(struct profile *p) {
    for (size_t i = 0; i < p->wiped.n; i++) {
        char *own = (char *)(uintptr_t)p->wiped.items[i];

        secret_forget(own);
    }
    arena_free(&p->arena);
    *p = (struct profile){0};
}

const char *profile_warning(const struct profile *p) { return p->warning; }

const char *profile_sign(const struct profile *p) { return p->sign; }
