/* json.c - cJSON on scratch memory: a parse allocates by moving a pointer and frees everything at
 * once.
 *
 * cJSON's hooks and its place of the last error are process-wide, and so is the scratch: one thread
 * parses at a time, from json_parse to json_done. The hooks stay, but what another thread of the
 * program does with cJSON goes to malloc and free as it would without them. */
#include "json.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 64 * 1024, ALIGN = 16 };

struct chunk {
    struct chunk *next;
    size_t size, used;
    _Alignas(max_align_t) unsigned char data[];
};
static struct chunk *scratch;   /* whoever holds the lock */
static _Thread_local bool ours; /* cJSON was called from here */

static void *scratch_alloc(size_t n) {
    n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (scratch && n <= scratch->size - scratch->used) {
        void *p = scratch->data + scratch->used;

        scratch->used += n;
        return p;
    }
    const size_t size = n > CHUNK_BYTES / 4 ? n : CHUNK_BYTES;
    struct chunk *c = xmalloc(sizeof *c + size);

    *c = (struct chunk){.size = size, .used = n};
    if (scratch && size != CHUNK_BYTES) { /* a large one goes behind: the first still has room */
        c->next = scratch->next;
        scratch->next = c;
    } else {
        c->next = scratch;
        scratch = c;
    }
    return c->data;
}

static void *hook_alloc(size_t n) { return ours ? scratch_alloc(n) : malloc(n); }

static void hook_free(void *p) {
    if (!ours)
        free(p);
}

/* The scratch and cJSON are this thread's until leave. */
static void enter(void) {
    static bool hooked;
    static cJSON_Hooks hooks = {hook_alloc, hook_free};

    process_lock();
    if (!hooked)
        cJSON_InitHooks(&hooks);
    hooked = true;
    ours = true;
}

static void leave(void) {
    ours = false;
    process_unlock();
}

static void clear_scratch(void) {
    struct chunk *keep = NULL;

    while (scratch) {
        struct chunk *next = scratch->next;

        if (!keep && scratch->size == CHUNK_BYTES) {
            keep = scratch;
            keep->used = 0;
            keep->next = NULL;
        } else {
            free(scratch);
        }
        scratch = next;
    }
    scratch = keep;
}

void json_done(const cJSON *tree) {
    if (!tree)
        return;
    clear_scratch();
    leave();
}

const char *json_what(const cJSON *v) {
    switch (v->type & 0xff) {
    case cJSON_False:
    case cJSON_True:
        return "a boolean";
    case cJSON_NULL:
        return "null";
    case cJSON_Number:
        return "a number";
    case cJSON_String:
        return "a string";
    case cJSON_Array:
        return "a list";
    default:
        return "an object";
    }
}

/* True when the backslash at s[i] starts an escape, that is when no odd run of backslashes stands
 * before it. */
static bool starts_escape(const char *s, size_t i) {
    size_t before = 0;

    while (before < i && s[i - before - 1] == '\\')
        before++;
    return before % 2 == 0;
}

/* Length of the escape at s[i] when it is a half of a pair without its other half, or NUL: 6; else
 * 0. `skip`: what a good escape takes. */
static size_t bad_escape(const char *s, size_t i, size_t n, size_t *skip) {
    uint32_t cp, low;

    *skip = 2;
    if (n - i < 6 || !hex4(s + i + 2, &cp))
        return 0;
    *skip = 6;
    if (cp == 0 || (cp >= 0xdc00 && cp <= 0xdfff))
        return 6;
    if (cp < 0xd800 || cp > 0xdfff)
        return 0;
    if (n - i >= 12 && s[i + 6] == '\\' && s[i + 7] == 'u' && hex4(s + i + 8, &low) &&
        low >= 0xdc00 && low <= 0xdfff) {
        *skip = 12;
        return 0;
    }
    return 6;
}

/* A copy in which \u0000 and lone surrogates are \ufffd; NULL when there are none. */
static const char *repaired(const char *p, size_t n) {
    char *copy = NULL;
    size_t i = 0;

    while (i < n) {
        const char *hit = memmem(p + i, n - i, "\\u", 2);

        if (!hit)
            break;
        i = (size_t)(hit - p);
        size_t skip = 2;

        if (starts_escape(p, i) && bad_escape(p, i, n, &skip)) {
            if (!copy) {
                copy = scratch_alloc(n + 1);
                memcpy(copy, p, n);
                copy[n] = '\0';
            }
            memcpy(copy + i, "\\ufffd", 6);
        }
        i += skip;
    }
    return copy;
}

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static enum rc not_json(struct err *err, const char *at, const char *what, const char *p,
                        size_t n) {
    char seen[80];

    line_clean(seen, sizeof seen, p, n);
    return err_set(err, RC_PROTO, 0, "%s%s%s%s%s", at ? at : "", at ? ": " : "", what,
                   *seen ? ": " : "", seen);
}

/* cJSON 1.7.15 looks one byte past a text that ends in a comma, so what cannot be whole never
 * reaches it. */
static bool whole(const char *p, size_t n) {
    const char last = p[n - 1];

    if (p[0] == '{')
        return n > 1 && last == '}';
    if (p[0] == '[')
        return n > 1 && last == ']';
    return true;
}

static const cJSON *parse(const char *p, size_t n, enum nul_escapes nul, const char *at,
                          struct err *err) {
    while (n > 0 && blank(*p))
        p++, n--;
    while (n > 0 && blank(p[n - 1]))
        n--;
    if (n == 0)
        return err_set(err, RC_PROTO, 0, "%s%sempty answer", at ? at : "", at ? ": " : ""), NULL;
    if (!whole(p, n))
        return not_json(err, at, "JSON cut short", p, n), NULL;
    if (memchr(p, '\0', n))
        return not_json(err, at, "not JSON: a NUL byte inside", "", 0), NULL;
    enter();
    const char *end = NULL;
    const char *text = nul == NUL_MAYBE ? repaired(p, n) : NULL;

    text = text ? text : p;
    const cJSON *tree = cJSON_ParseWithLengthOpts(text, n, &end, false);
    /* Only now look for what is rare: half of a surrogate pair. */
    if (!tree && text == p && (text = repaired(p, n)) != NULL)
        tree = cJSON_ParseWithLengthOpts(text, n, &end, false);
    text = text ? text : p;
    if (tree && end == text + n)
        return tree;
    const size_t off = end && end >= text && end <= text + n ? (size_t)(end - text) : 0;

    clear_scratch();
    leave();
    return not_json(err, at, "not JSON", p + off, n - off), NULL;
}

const cJSON *json_parse(const char *p, size_t n, const char *at, struct err *err) {
    const bool nul = memmem(p, n, "\\u0000", 6) != NULL;

    return parse(p, n, nul ? NUL_MAYBE : NUL_NONE, at, err);
}

const cJSON *json_parse_scanned(const char *p, size_t n, enum nul_escapes nul, struct err *err) {
    return parse(p, n, nul, NULL, err);
}

const char *json_text(const cJSON *v) {
    const char *text = cJSON_PrintUnformatted(v);

    return text ? text : "null";
}
