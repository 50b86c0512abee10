/* tools.c - what can be told of a tool call from its name and its input.
 *
 * The input is JSON text that may still be arriving, so it is scanned, not parsed: keys of the top
 * level only, and the end of the text may come anywhere. */
#include "history.h"
#include "private.h"

#include <assert.h>
#include <string.h>

enum { MAX_KEYS = 8, OBJECT_MAX = 1 << 20 };

/* ---- names ---- */

static int fold(char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c; }

static bool same_folded(const char *a, const char *b) {
    for (;;) {
        while (*a == '_')
            a++;
        while (*b == '_')
            b++;
        if (fold(*a) != fold(*b))
            return false;
        if (*a == '\0')
            return true;
        a++;
        b++;
    }
}

static const char *newest_name(const char *name) {
    return same_folded(name, "ShowMedia") ? "Show" : name;
}

bool tool_is(const char *name, const char *canonical) {
    return name && canonical && same_folded(newest_name(name), newest_name(canonical));
}

/* ---- scanning ---- */

struct slice {
    const char *p;
    size_t n;
    bool cut;    /* the text ended inside it */
    bool string; /* between quotes: may hold escapes */
};
struct scan {
    const char *p, *end;
};

static void skip_blank(struct scan *s) {
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r'))
        s->p++;
}

static bool take_char(struct scan *s, char c) {
    skip_blank(s);
    if (s->p >= s->end || *s->p != c)
        return false;
    s->p++;
    return true;
}

/* From after the opening quote to the closing one, which is passed. */
static struct slice take_string(struct scan *s) {
    const char *start = s->p;

    while (s->p < s->end && *s->p != '"')
        s->p += *s->p == '\\' && s->end - s->p > 1 ? 2 : 1;
    const struct slice out = {start, (size_t)(s->p - start), s->p >= s->end, true};

    if (!out.cut)
        s->p++;
    return out;
}

/* Of a value that is not a string its raw text. Ends before the comma or brace that follows it. */
static struct slice take_value(struct scan *s) {
    const char *start;
    size_t depth = 0;

    skip_blank(s);
    start = s->p;
    if (s->p < s->end && *s->p == '"') {
        s->p++;
        return take_string(s);
    }
    while (s->p < s->end) {
        const char c = *s->p;

        if (depth == 0 && (c == ',' || c == '}' || c == ']'))
            break;
        s->p++;
        if (c == '"')
            take_string(s);
        else if (c == '{' || c == '[')
            depth++;
        else if (c == '}' || c == ']')
            depth--;
    }
    return (struct slice){start, (size_t)(s->p - start), s->p >= s->end, false};
}

/* The next key and value of the object; false at its end or where the text makes no sense. */
static bool take_pair(struct scan *s, struct slice *key, struct slice *value) {
    if (!take_char(s, '"'))
        return false;
    *key = take_string(s);
    if (key->cut || !take_char(s, ':'))
        return false;
    *value = take_value(s);
    take_char(s, ',');
    return true;
}

static size_t rank_of(const struct slice *key, const char *const *keys) {
    size_t i = 0;

    while (keys[i] && (strlen(keys[i]) != key->n || memcmp(keys[i], key->p, key->n) != 0))
        i++;
    return i;
}

static int hex4(const char *p, const char *end) {
    int v = 0;

    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        const int c = fold(p[i]);

        if (c >= '0' && c <= '9')
            v = 16 * v + c - '0';
        else if (c >= 'a' && c <= 'f')
            v = 16 * v + c - 'a' + 10;
        else
            return -1;
    }
    return v;
}

/* The code point of \uXXXX with p after the u, and how much of the text it took. A half of a pair
 * and U+0000 become U+FFFD. 0: the text ends too early. */
static uint32_t unicode_escape(const char *p, const char *end, size_t *used) {
    const int high = hex4(p, end);

    *used = high < 0 ? 0 : 4;
    if (high < 0)
        return end - p < 4 ? 0 : 0xFFFD;
    if (high >= 0xD800 && high < 0xDC00 && end - p >= 10 && p[4] == '\\' && p[5] == 'u') {
        const int low = hex4(p + 6, end);

        if (low >= 0xDC00 && low < 0xE000) {
            *used = 10;
            return 0x10000 + (((uint32_t)high - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
        }
    }
    return high == 0 || (high >= 0xD800 && high < 0xE000) ? 0xFFFD : (uint32_t)high;
}

static char plain_escape(char c) {
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    default:
        return c; /* \" \\ \/, and whatever else was meant */
    }
}

/* One escape, p at its backslash. Returns the bytes it took, 0 when it is not all there yet. */
static size_t add_escape(struct buf *out, const char *p, const char *end) {
    char bytes[4];
    size_t used = 0, n = 1;

    if (end - p < 2)
        return 0;
    if (p[1] == 'u') {
        const uint32_t cp = unicode_escape(p + 2, end, &used);

        if (cp == 0)
            return 0;
        n = text_encode(bytes, cp);
    } else {
        bytes[0] = plain_escape(p[1]);
    }
    return buf_add(out, bytes, n) == RC_OK ? 2 + used : 0;
}

/* A full buffer or the end of the text ends it early: what fits is what can be shown. */
static void decode(struct buf *out, const struct slice *s) {
    const char *p = s->p, *end = s->p + s->n;

    while (p < end) {
        const char *stop = memchr(p, '\\', (size_t)(end - p));
        const size_t run = (size_t)((stop ? stop : end) - p);
        const size_t room = out->max > out->n ? out->max - out->n : 0;

        if (buf_add(out, p, run < room ? run : room) != RC_OK || run > room || !stop)
            return;
        const size_t used = add_escape(out, stop, end);

        if (used == 0)
            return;
        p = stop + used;
    }
}

bool json_pick(struct buf *out, const char *json, size_t n, const char *const *keys, bool *whole) {
    struct scan s = {json, json + n};
    struct slice key, value, best = {0};
    size_t best_rank = MAX_KEYS;
    const size_t before = out->n;

    if (!take_char(&s, '{'))
        return false;
    while ((best_rank > 0 || whole) && take_pair(&s, &key, &value)) {
        const size_t rank = rank_of(&key, keys);

        if (rank < best_rank && keys[rank] && value.string && value.n > 0) {
            best = value;
            best_rank = rank;
        }
    }
    if (whole) {
        *whole = take_char(&s, '}');
        skip_blank(&s);
        *whole = *whole && s.p == s.end;
    }
    if (best_rank < MAX_KEYS)
        decode(out, &best);
    return out->n > before;
}

/* A string decoded, any other value as its JSON; as much of it as fits. */
static void add_value(struct buf *out, struct slice value) {
    const size_t room = out->max > out->n ? out->max - out->n : 0;

    if (value.string) {
        decode(out, &value);
        return;
    }
    while (value.n > 0 && strchr(" \t\r\n", value.p[value.n - 1]))
        value.n--;
    if (buf_add(out, value.p, value.n < room ? value.n : room) != RC_OK)
        return;
}

bool json_field(struct buf *out, const char *json, size_t n, const char *key) {
    const char *const keys[] = {key, NULL};
    struct scan s = {json, json + n};
    struct slice name, value;

    if (!take_char(&s, '{'))
        return false;
    while (take_pair(&s, &name, &value)) {
        if (rank_of(&name, keys) != 0)
            continue;
        add_value(out, value);
        return true;
    }
    return false;
}

/* ---- objects ---- */

static const struct {
    const char *tool;
    const char *keys[MAX_KEYS];
} objects[] = {
    {"Bash", {"command"}},
    {"ReadText", {"file_path", "path", "url"}},
    {"ReadMedia", {"file_path", "path", "url"}},
    {"Write", {"file_path", "path"}},
    {"Edit", {"file_path", "path"}},
    {"Glob", {"pattern", "path"}},
    {"Grep", {"pattern", "path"}},
    {"python_execution", {"code"}},
    {"Search", {"query"}},
    {"WebFetch", {"url"}},
    {"Task", {"description", "prompt"}},
    {"Show", {"title", "path", "file_path"}},
    {"Notify", {"title", "message"}},
    {"TodoWrite", {0}},
    {"ExitPlanMode", {0}},
};
/* Of a tool that nobody knows, as those of MCP servers. */
static const char *const any_object[] = {"command", "file_path", "path",  "url", "pattern",
                                         "query",   "name",      "title", NULL};

static_assert(MIX_COUNT(any_object) <= MAX_KEYS + 1, "ranks stay below MAX_KEYS");

bool tool_object(struct buf *out, const char *name, const char *input, size_t n) {
    const char *const *keys = any_object;

    for (size_t i = 0; i < MIX_COUNT(objects); i++)
        if (tool_is(name, objects[i].tool))
            keys = objects[i].keys;
    return input && json_pick(out, input, n, keys, NULL);
}

/* One is the other, or the end of it behind a slash: a call may name a file relatively. */
static bool same_thing(const char *a, const char *b) {
    const size_t na = strlen(a), nb = strlen(b);

    if (na == nb)
        return memcmp(a, b, na) == 0;
    const char *longer = na > nb ? a : b, *shorter = na > nb ? b : a;

    if (*longer != '/')
        return false;
    while (strncmp(shorter, "./", 2) == 0)
        shorter += 2;
    const size_t ns = strlen(shorter), nl = strlen(longer);

    return ns > 0 && *shorter != '/' && longer[nl - ns - 1] == '/' &&
           memcmp(longer + nl - ns, shorter, ns) == 0;
}

static bool call_touches(const struct part *p, const char *what) {
    static const char *const keys[] = {"command", "file_path", "path", "url", "pattern", NULL};

    if (str_blank(what))
        return true;
    if (strlen(what) == p->len && memcmp(what, p->text, p->len) == 0)
        return true;
    for (size_t i = 0; keys[i]; i++) {
        const char *const one[] = {keys[i], NULL};
        auto_buf struct buf object = {.max = OBJECT_MAX};

        if (json_pick(&object, p->text, p->len, one, NULL) &&
            (i == 0 ? str_eq(object.p, what) : same_thing(object.p, what)))
            return true;
    }
    return false;
}

struct part *transcript_match_call(struct transcript *t, const char *tool,
                                   const char *command_or_path) {
    struct part *found = NULL;

    for (size_t e = t->n; e-- > 0;)
        for (size_t i = 0; i < t->entries[e].n_parts; i++) {
            struct part *p = &t->entries[e].parts[i];

            if (!part_call_open(p) || !tool_is(p->name, tool) || !call_touches(p, command_or_path))
                continue;
            if (found)
                return NULL;
            found = p;
        }
    return found;
}

/* ---- fields ---- */

bool tool_field(size_t *at, const char *input, size_t n, struct buf *key, struct buf *value) {
    struct scan s = {input + *at, input + n};
    struct slice name, found;

    buf_clear(key);
    buf_clear(value);
    if ((*at == 0 && !take_char(&s, '{')) || !take_pair(&s, &name, &found))
        return false;
    decode(key, &name);
    add_value(value, found);
    *at = (size_t)(s.p - input);
    return true;
}
