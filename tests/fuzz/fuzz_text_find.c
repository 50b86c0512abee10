/* Finding anything in anything. First byte: how, and how long the query is; then query and text. */
#include "fuzz.h"

#include "mix/find.h"

#include <stdlib.h>
#include <string.h>

#define CHECK(what)                                                                                \
    do {                                                                                           \
        if (!(what))                                                                               \
            abort();                                                                               \
    } while (0)

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }

/* Plain letters, none of which is another letter's other case outside ASCII. */
static bool is_simple(const char *query) {
    for (const char *p = query; *p; p++)
        if ((unsigned char)*p >= 0x80 || lower(*p) == 'k' || lower(*p) == 's')
            return false;
    return true;
}

static size_t naive_count(const char *query, const char *s, size_t n) {
    const size_t len = strlen(query);
    bool capitals = false;
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        capitals = capitals || lower(query[i]) != query[i];
    for (size_t at = 0; at + len <= n;) {
        size_t same = 0;

        while (same < len && (capitals ? s[at + same] : lower(s[at + same])) == query[same])
            same++;
        count += same == len ? 1 : 0;
        at += same == len ? len : 1;
    }
    return count;
}

static void check_found(struct find *f, const char *s, size_t n) {
    size_t at = 0, len = 0, last = n, count = 0, found, size;

    for (size_t from = 0; find_next(f, s, n, from, &at, &len); from = at + len, count++) {
        CHECK(at >= from && len > 0 && at + len <= n);
        last = at;
    }
    CHECK(find_count(f, s, n, 0, n) == count);
    CHECK(find_last(f, s, n, 0, n, &found, &size) == (count > 0));
    CHECK(count == 0 || found == last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    const enum find_kind kind = data[0] & 1 ? FIND_REGEX : FIND_TEXT;
    size_t n = data[0] >> 1;
    struct find *f = NULL;
    struct err err = {0};

    if (n > size - 1)
        n = size - 1;
    if (size > 4096)
        return 0;
    char *query = xstrndup((const char *)data + 1, n);
    char *text = xcalloc(1, size);
    const size_t text_n = size - 1 - n;

    if (text_n > 0)
        memcpy(text, data + 1 + n, text_n);
    if (find_new(&f, query, kind, &err) == RC_OK) {
        check_found(f, text, text_n);
        if (kind == FIND_TEXT && is_simple(query))
            CHECK(find_count(f, text, text_n, 0, text_n) == naive_count(query, text, text_n));
    } else {
        CHECK(err.rc == RC_USAGE && !f);
    }
    find_free(f);
    free(query);
    free(text);
    return 0;
}
