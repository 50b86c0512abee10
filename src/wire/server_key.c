/* server_key.c - what a server is called on disk. */
#include "mix/wire.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_MAX = 120 };

char *server_key(const char *url) {
    if (!url)
        return xstrdup("demo");
    struct buf key;
    const char *scheme = strstr(url, "://");
    const char *host = scheme ? scheme + 3 : url;
    const char *at = strchr(host, '@');
    const char *slash = strchr(host, '/');
    uint32_t hash = 2166136261U;

    buf_init(&key, 4 * (size_t)KEY_MAX);
    if (scheme)
        (void)buf_addf(&key, "%.*s_", (int)(scheme - url), url);
    if (at && (!slash || at < slash))
        host = at + 1;
    for (const char *p = host; *p; p++) {
        const bool plain = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') ||
                           (*p >= 'A' && *p <= 'Z') || *p == '-' || (*p == '.' && key.n > 0);

        hash = (hash ^ (unsigned char)*p) * 16777619U;
        if (key.n < KEY_MAX && (plain || key.n == 0 || key.p[key.n - 1] != '_'))
            (void)buf_add(&key, plain ? p : "_", 1);
    }
    while (key.n > 0 && key.p[key.n - 1] == '_')
        buf_cut(&key, key.n - 1, 1);
    if (key.n >= KEY_MAX)
        (void)buf_addf(&key, "-%08x", (unsigned)hash);
    return key.n > 0 ? buf_take(&key) : xstrdup("server");
}
