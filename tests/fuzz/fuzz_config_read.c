/* config.ini from any bytes: complaints are lines that name the file and a line of it, a server
 * with a mistake is not used, and what was taken is what may be sent. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text_checks.h"

#include "private.h"

/* Each is `F:LINE: text`; how many. */
static size_t check_complaints(const struct buf *complaints, int lines) {
    size_t count = 0;

    for (size_t at = 0; at < complaints->n;) {
        const char *s = complaints->p + at, *nl = memchr(s, '\n', complaints->n - at);
        int line = 0;

        CHECK(nl && sscanf(s, "F:%d: ", &line) == 1 && line >= 1 && line <= lines);
        CHECK(text_valid(s, (size_t)(nl - s)));
        for (const char *c = s; c < nl; c++)
            CHECK((unsigned char)*c >= ' ' || *c == '\t');
        at += (size_t)(nl - s) + 1;
        count++;
    }
    return count;
}

static void check_profile(const struct profile *p, size_t complaints) {
    CHECK(profile_name_ok(p->name, strlen(p->name)));
    CHECK(complaints > 0 || !p->fault);
    CHECK(!p->url || (net_url_check(p->url, NULL) == RC_OK));
    if (p->url && strncmp(p->url, "unix:", 5) != 0) {
        const char *host = strstr(p->url, "://") + 3;

        CHECK(!memchr(host, '@', strcspn(host, "/?#")));
    }
    for (size_t i = 0; i < p->headers.n; i++) {
        const char *h = p->headers.items[i];

        CHECK(strchr(h, ':') > h && !strpbrk(h, "\r\n"));
        CHECK(strncasecmp(h, "cookie:", 7) != 0 && strncasecmp(h, "authorization:", 14) != 0);
    }
    for (size_t i = 0; i < p->secrets.n; i++)
        CHECK(p->secrets.items[i].how == SECRET_COMMAND || p->secrets.items[i].from[0] == '/');
    CHECK(p->net.connect_timeout_ms >= -1 && p->net.retry.attempts >= 0);
    CHECK(p->net.tls == TLS_VERIFIED); /* that is decided when it is opened */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    auto_buf struct buf complaints = {.max = 16 * MIX_MIB}, again = {.max = 16 * MIX_MIB};
    struct config c, same;
    int lines = 1;

    setenv("HOME", "/home/x", 1);
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    config_parse(&c, "F", (const char *)data, size, false, &complaints);
    const size_t count = check_complaints(&complaints, lines);

    for (size_t i = 0; i < c.n_profiles; i++)
        check_profile(&c.profiles[i], count);
    config_parse(&same, "F", (const char *)data, size, true, &again);
    CHECK(check_complaints(&again, lines) >= count && same.n_profiles == c.n_profiles);
    config_fini(&c);
    config_fini(&same);
    return 0;
}
