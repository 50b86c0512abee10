/* A rule and a text, held against an oracle that tries every way to lay the pattern over the text.
 */
#include "fuzz.h"

#include "mix/rule.h"
#include "mix/text.h"
#include "text_checks.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 400 };

/* What no wildcard stands for. Written down a second time on purpose. */
static bool operator_char(char c) {
    return (unsigned char)c < 0x20 || c == 0x7f || strchr(";&|<>`$(){}\\", c) != NULL;
}

/* Whether some way exists to lay p over s; stars of a path stop at slashes unless doubled. */
static bool oracle(const char *p, const char *s, bool path) {
    const size_t np = strlen(p), ns = strlen(s);
    bool *can = xcalloc((np + 1) * (ns + 1), sizeof *can);
#define CAN(i, k) can[(i) * (ns + 1) + (k)]

    CAN(np, ns) = true;
    for (size_t i = np + 1; i-- > 0;)
        for (size_t k = ns + 1; k-- > 0;) {
            if (i == np)
                continue;
            const bool eats = k < ns && !operator_char(s[k]);
            bool yes = false;

            if (p[i] == '*')
                yes =
                    CAN(i + 1, k) ||
                    (eats && (!path || s[k] != '/' || p[i + 1] == '*' || (i && p[i - 1] == '*')) &&
                     CAN(i, k + 1));
            else if (p[i] == '?' && eats && (!path || s[k] != '/')) {
                size_t used;

                (void)text_decode(s + k, ns - k, &used);
                yes = CAN(i + 1, k + used);
            }
            if (!yes && k < ns && p[i] == s[k] && p[i] != '?')
                yes = CAN(i + 1, k + 1);
            /* a double star and its slash may stand for nothing */
            if (!yes && path && strncmp(p + i, "**/", 3) == 0)
                yes = CAN(i + 3, k);
            CAN(i, k) = yes;
        }
    const bool out = CAN(0, 0);

    free(can);
    return out;
}

static size_t count(const char *s, char c) {
    size_t n = 0;

    for (; *s; s++)
        n += *s == c;
    return n;
}

static void check_match(const struct rule *r, const char *object) {
    const char *p = r->pattern;

    CHECK(object && p);
    CHECK(!rule_hidden(object));
    CHECK(text_valid(object, strlen(object)));
    if (r->kind == RULE_EXACT) {
        CHECK(strcmp(p, object) == 0);
        return;
    }
    for (const char *c = ";&|<>`$(){}\\\n\r\t"; *c; c++)
        CHECK(count(p, *c) == count(object, *c));
    if (r->kind == RULE_PREFIX)
        CHECK(strncmp(p, object, strlen(p) - 1) == 0);
    CHECK(!strstr(object, "/../") && strncmp(object, "../", 3) != 0);
    if (r->kind == RULE_PATH) {
        if (p[0] == '.')
            CHECK(object[0] != '/' && object[0] != '~');
        p += p[0] == '.' && strncmp(object, "./", 2) != 0 ? 2 : 0;
    }
    CHECK(oracle(p, object, r->kind == RULE_PATH));
}

/* Where a match is refused though the pattern fits, one of the reasons must be there. */
static void check_refusal(const struct rule *r, const char *object) {
    if (r->kind != RULE_GLOB && r->kind != RULE_PREFIX)
        return;
    if (rule_hidden(object) || strstr(object, "..") || strpbrk(object, "\"'"))
        return;
    CHECK(!oracle(r->pattern, object, false));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *cut = size ? memchr(data, '\n', size) : NULL;

    if (!cut || size > MOST)
        return 0;
    char *text = xstrndup((const char *)data, (size_t)(cut - data));
    char *object = xstrndup((const char *)cut + 1, size - (size_t)(cut - data) - 1);
    struct rule r;
    struct err err = {0};

    if (rule_parse(&r, text, &err) == RC_OK) {
        char *tool = xstrndup(text, strcspn(text, ":"));
        const char *call = str_eq(tool, "*") ? "Bash" : tool;

        if (r.kind == RULE_ANY)
            CHECK(rule_matches(&r, call, object) && rule_matches(&r, call, NULL));
        else if (rule_matches(&r, call, object))
            check_match(&r, object);
        else
            check_refusal(&r, object);
        if (r.kind != RULE_ANY)
            CHECK(!rule_matches(&r, call, NULL));
        free(tool);
    } else {
        CHECK(err.rc == RC_USAGE && err.text[0]);
    }
    rule_fini(&r);
    free(text);
    free(object);
    return 0;
}
