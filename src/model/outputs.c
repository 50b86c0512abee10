/* outputs.c - the files that an agent's calls and answers name. The server lists only uploads; what
 * stands in the session's own folder it gives out by name, so the names are gathered here. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mix/files.h"
#include "mix/jtext.h"
#include "mix/text.h"

enum {
    LOOK_MOST = 512 << 10, /* bytes read at once */
    PART_MOST = 64 << 10,  /* of one text: names stand in its beginning, or in its end */
    NAMED_MOST = 1024,     /* bytes of a path or URL */
};

static const char not_segment[] = "it lies in a folder: servers give out none of those";
static const char not_session[] = "it lies outside the session's folder, which servers do not show";
static const char not_here[] = "it lies on another server";

/* ---- what a name comes to ---- */

static int hex_of(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Without percent-encoding; what is none stays. */
static char *decoded(struct arena *a, const char *s, size_t n) {
    char *out = arena_strndup(a, s, n), *to = out;

    for (size_t i = 0; i < n; i++) {
        const int hi = s[i] == '%' && n - i > 2 ? hex_of(s[i + 1]) : -1;
        const int lo = hi >= 0 ? hex_of(s[i + 2]) : -1;
        const char c = (char)(lo >= 0 ? hi << 4 | lo : s[i]);

        *to++ = c ? c : '?';
        i += lo >= 0 ? 2 : 0;
    }
    *to = '\0';
    return out;
}

static size_t name_at(const char *s, size_t n) {
    while (n > 0 && s[n - 1] != '/')
        n--;
    return n;
}

static bool is_name(const char *s) {
    return !str_blank(s) && strcmp(s, ".") != 0 && strcmp(s, "..") != 0 && !strchr(s, '/');
}

/* .../api/sessions/ID/files/NAME, whatever the host is called from there. */
static bool of_url(struct output *out, struct arena *a, const char *s, size_t n) {
    static const char sessions[] = "/sessions/", files[] = "/files/";
    const char *end = s + n;
    const char *id = memmem(s, n, sessions, sizeof sessions - 1);
    const char *name = id ? memmem(id, (size_t)(end - id), files, sizeof files - 1) : NULL;

    if (!id || !name) {
        out->why_not = not_here;
        id = NULL;
        name = s + name_at(s, n);
    } else {
        id += sizeof sessions - 1;
        if (name <= id || name - id > 64 || memchr(id, '/', (size_t)(name - id)))
            return false;
        out->session = arena_strndup(a, id, (size_t)(name - id));
        name += sizeof files - 1;
    }
    size_t len = 0;

    while (name + len < end && name[len] != '?' && name[len] != '#')
        len++;
    out->name = decoded(a, name, len);
    return is_name(out->name);
}

static bool ends_in_segment(const char *s, size_t n, const char *segment) {
    const size_t len = segment ? strlen(segment) : 0;

    return len > 0 && n >= len && memcmp(s + n - len, segment, len) == 0 &&
           (n == len || s[n - len - 1] == '/');
}

static bool of_path(struct output *out, struct arena *a, const char *s, size_t n,
                    const char *session) {
    while (n > 2 && s[0] == '.' && s[1] == '/')
        s += 2, n -= 2;
    const size_t name = name_at(s, n), folder = name > 0 ? name - 1 : 0;

    out->name = arena_strndup(a, s + name, n - name);
    if (name > 0 && !ends_in_segment(s, folder, session) && !ends_in_segment(s, folder, "uploads"))
        out->why_not = *s == '/' || *s == '~' ? not_session : not_segment;
    return is_name(out->name);
}

bool output_of(struct output *out, struct arena *a, const char *where, size_t n,
               const char *session) {
    static const char file[] = "file://";

    *out = (struct output){.session = session};
    if (n == 0 || n > NAMED_MOST || memchr(where, '\n', n) || memchr(where, '\0', n))
        return false;
    if (n > sizeof file - 1 && strncasecmp(where, file, sizeof file - 1) == 0)
        where += sizeof file - 1, n -= sizeof file - 1;
    out->where = arena_strndup(a, where, n);
    return memmem(where, n, "://", 3) ? of_url(out, a, where, n)
                                      : of_path(out, a, where, n, session);
}

/* ---- gathering ---- */

struct look {
    struct outputs *o;
    const char *session;
    size_t bytes;
    bool found;
};

static void found(struct look *l, const char *where, size_t n) {
    struct outputs *o = l->o;
    const struct arena_mark mark = arena_mark(&o->arena);
    struct output out;

    if (o->n >= OUTPUTS_MOST || !output_of(&out, &o->arena, where, n, l->session) ||
        map_get(&o->seen, out.where)) {
        arena_rewind(&o->arena, mark);
        return;
    }
    for (size_t i = 0; i < o->n; i++) /* by another way, or at another host name */
        if (str_eq(o->v[i].name, out.name) && str_eq(o->v[i].session, out.session) &&
            !o->v[i].why_not == !out.why_not) {
            arena_rewind(&o->arena, mark);
            return;
        }
    o->v = xgrow(o->v, o->n, &o->cap, sizeof *o->v);
    o->v[o->n++] = out;
    map_set(&o->seen, out.where, o);
    l->found = true;
}

static bool ends_url(char c) {
    return (unsigned char)c <= ' ' || c == 0x7f || strchr("\"'`<>()[]{}|\\^,;", c) != NULL;
}

/* Every URL of a file of a session. */
static void urls_in(struct look *l, const char *s, size_t n) {
    static const char files[] = "/files/";
    const char *end = s + n, *at = s;

    while (at < end && (at = memmem(at, (size_t)(end - at), files, sizeof files - 1)) != NULL) {
        const char *from = at, *to = at + sizeof files - 1;

        while (from > s && at - from < NAMED_MOST && !ends_url(from[-1]))
            from--;
        while (to < end && !ends_url(*to))
            to++;
        const char *next = to;

        while (to > at && strchr(".,:!?*_", to[-1])) /* of the sentence */
            to--;
        if (memmem(from, (size_t)(to - from), "://", 3) &&
            memmem(from, (size_t)(to - from), "/sessions/", 10))
            found(l, from, (size_t)(to - from));
        at = next;
    }
}

/* [words](target): a file beside the session's others. */
static void links_in(struct look *l, const char *s, size_t n) {
    const char *end = s + n, *at = s;

    while (at < end && (at = memmem(at, (size_t)(end - at), "](", 2)) != NULL) {
        const char *from = at + 2, *to = from;

        while (to < end && to - from < NAMED_MOST && !strchr(") \t\r\n\"<>", *to) && *to)
            to++;
        const size_t len = (size_t)(to - from);

        if (to < end && *to == ')' && len > 0 && *from != '#' && !memmem(from, len, ":", 1) &&
            memchr(from, '.', len))
            found(l, from, len);
        at = to > at ? to : at + 2;
    }
}

/* `report.pdf`: only of kinds that nobody writes about without meaning the file. */
static void quoted_in(struct look *l, const char *s, size_t n) {
    static const char *const kinds[] = {"picture", "film",  "sound", "pdf",
                                        "archive", "table", "page"};
    const char *end = s + n, *at = s;

    while (at < end && (at = memchr(at, '`', (size_t)(end - at))) != NULL) {
        const char *from = ++at, *to = from;

        while (to < end && *to != '`' && *to != '\n' && to - from < NAMED_MOST)
            to++;
        if (to == end || *to != '`')
            continue;
        at = to + 1;
        if (to == from || memchr(from, ' ', (size_t)(to - from)))
            continue;
        auto_free char *word = xstrndup(from, (size_t)(to - from));
        const char *type = file_type(word);

        for (size_t i = 0; i < MIX_COUNT(kinds); i++)
            if (str_eq(type, kinds[i]))
                found(l, word, strlen(word));
    }
}

static void lines_in(struct look *l, const char *s) {
    while (s && *s) {
        const size_t n = strcspn(s, "\n");

        found(l, s, n);
        s += n + (s[n] == '\n');
    }
}

static void member(struct look *l, const struct part *p, const char *name) {
    auto_buf struct buf value = {.max = NAMED_MOST};

    if (jtext_find(&value, p->text, p->len < PART_MOST ? p->len : PART_MOST, name))
        found(l, buf_str(&value), value.n);
}

static void ends_of(struct look *l, const char *s, size_t n) {
    urls_in(l, s, n < PART_MOST ? n : PART_MOST);
    if (n > PART_MOST)
        urls_in(l, s + n - PART_MOST, PART_MOST);
    l->bytes += n < 2 * PART_MOST ? n : 2 * PART_MOST;
}

static void look_at_call(struct look *l, const struct part *p) {
    static const char *const writes[] = {"Write", "Edit", "MultiEdit", "NotebookEdit"};
    static const char *const paths[] = {"file_path", "path"}, *const shows[] = {"url", "file"};
    const bool show = tool_is(p->name, "Show");
    bool names = show;

    l->bytes += 64;
    for (size_t i = 0; i < MIX_COUNT(writes); i++)
        names = names || tool_is(p->name, writes[i]);
    for (size_t i = 0; names && i < MIX_COUNT(paths); i++)
        member(l, p, paths[i]);
    for (size_t i = 0; show && i < MIX_COUNT(shows); i++)
        member(l, p, shows[i]);
    lines_in(l, p->screenshots);
    ends_of(l, p->text, p->len);
    if (p->result)
        ends_of(l, p->result, strlen(p->result));
}

static void look_at(struct look *l, const struct entry *e) {
    l->bytes += 64;
    for (size_t i = 0; e->role == ROLE_ASSISTANT && i < e->n_parts; i++) {
        const struct part *p = &e->parts[i];

        if (p->live)
            continue; /* a name that is not written to its end is another name */
        if (p->kind == PART_TOOL) {
            look_at_call(l, p);
        } else if (p->kind == PART_TEXT) {
            const size_t n = p->len < PART_MOST ? p->len : PART_MOST;

            ends_of(l, p->text, p->len);
            links_in(l, p->text, n);
            quoted_in(l, p->text, n);
        }
    }
}

/* ---- how far it was read ---- */

static uint64_t sign_of(const struct entry *e) {
    const uint64_t sign = hash_add(HASH_START, &e->role, sizeof e->role);

    return e->id ? hash_add(sign, e->id, strlen(e->id)) : sign;
}

void outputs_clear(struct outputs *o) {
    arena_free(&o->arena);
    map_fini(&o->seen);
    free(o->v);
    free(o->session);
    *o = (struct outputs){0};
}

static void start_over(struct outputs *o, const struct session *s) {
    outputs_clear(o);
    o->session = s->id ? xstrdup(s->id) : NULL;
}

/* Of the end that still moves: when it may name more than it did. */
static uint32_t tail_of(const struct transcript *t) {
    const size_t last = t->n > 0 ? t->entries[t->n - 1].n_parts : 0;
    uint64_t sign = hash_add(HASH_START, &t->n, sizeof t->n);

    sign = hash_add(sign, &last, sizeof last);
    sign = hash_add(sign, &t->settled, sizeof t->settled);
    return (uint32_t)sign | 1;
}

bool outputs_read(struct outputs *o, const struct session *s) {
    const struct transcript *t = &s->transcript;
    bool changed = false;

    if (!str_eq(o->session, s->id) || o->entries > t->n ||
        (o->entries > 0 && sign_of(&t->entries[o->entries - 1]) != o->last)) {
        changed = o->n > 0;
        start_over(o, s);
    }
    const uint32_t tail = tail_of(t);

    if (!s->id || (o->rev == tail && !o->more))
        return changed;
    struct look l = {.o = o, .session = o->session};
    size_t at = o->entries;
    const size_t settled = t->settled < t->n ? t->settled : t->n;

    for (; at < settled && l.bytes < LOOK_MOST; at++)
        look_at(&l, &t->entries[at]);
    o->more = at < settled;
    o->entries = at;
    o->last = at > 0 ? sign_of(&t->entries[at - 1]) : 0;
    for (; !o->more && at < t->n && l.bytes < LOOK_MOST; at++)
        look_at(&l, &t->entries[at]);
    o->rev = tail;
    return changed || l.found;
}
