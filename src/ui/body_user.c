/* body_user.c - what a person wrote: as it was typed, to the sign, but blocks of code between
 * fences have their colours. */
#include "body.h"

#include <string.h>

enum {
    FENCES_MOST = 64, /* what follows is plain */
    FENCE_SIGNS = 3,
    INDENT_MOST = 3
};

struct line {
    size_t from, end; /* end: behind its line end */
};

static struct line line_at(const struct body *all, size_t from) {
    const char *nl = memchr(all->text + from, '\n', all->len - from);

    return (struct line){from, nl ? (size_t)(nl - all->text) + 1 : all->len};
}

/* ``` or ~~~ and what stands behind it. Returns the number of signs; 0: it is no fence. */
static size_t fence_of(const char *s, size_t n, char *sign, size_t *info) {
    size_t at = 0;

    while (at < n && at < INDENT_MOST && s[at] == ' ')
        at++;
    const size_t first = at;

    if (at == n || (s[at] != '`' && s[at] != '~'))
        return 0;
    *sign = s[at];
    while (at < n && s[at] == *sign)
        at++;
    *info = at;
    if (at - first < FENCE_SIGNS || (*sign == '`' && memchr(s + at, '`', n - at)))
        return 0;
    return at - first;
}

static bool closes(const char *s, size_t n, char sign, size_t signs) {
    char is;
    size_t info;

    if (fence_of(s, n, &is, &info) < signs || is != sign)
        return false;
    while (info < n && strchr(" \t\r\n", s[info]))
        info++;
    return info == n;
}

static void add(struct bodies *out, const struct body *all, enum body_sort kind, uint8_t ink,
                struct line where) {
    if (where.end == where.from)
        return;
    struct body *b = bodies_add(out, kind);

    b->ink = ink;
    b->text = all->text + where.from;
    b->len = where.end - where.from;
    b->src = all->src + (uint32_t)where.from;
}

static enum lang lang_of_info(const char *s, size_t n) {
    size_t from = 0;

    while (from < n && s[from] == ' ')
        from++;
    size_t to = from;

    while (to < n && !strchr(" \t\r\n{,", s[to]))
        to++;
    return lang_named(s + from, to - from);
}

/* `all` is the whole text as one body; plain and code take its place. */
void user_bodies(struct bodies *out, const struct body *all) {
    size_t plain = 0, at = 0;

    for (size_t fences = 0; at < all->len && fences < FENCES_MOST;) {
        const struct line open = line_at(all, at);
        size_t info = 0, to = open.end;
        char sign = 0;
        const size_t signs = fence_of(all->text + open.from, open.end - open.from, &sign, &info);
        struct line close = {to, to};

        at = open.end;
        if (signs == 0)
            continue;
        fences++;
        do {
            to = close.end;
            close = line_at(all, to);
        } while (close.end > to && !closes(all->text + to, close.end - to, sign, signs));
        add(out, all, BODY_PLAIN, INK_USER, (struct line){plain, open.from});
        add(out, all, BODY_PLAIN, INK_FENCE, open);
        const enum lang lang =
            lang_of_info(all->text + open.from + info, open.end - open.from - info);

        add(out, all, BODY_CODE, INK_USER, (struct line){open.end, to});
        if (to > open.end)
            out->v[out->n - 1].lang = (uint8_t)lang;
        add(out, all, BODY_PLAIN, INK_FENCE, close);
        plain = at = close.end;
    }
    add(out, all, BODY_PLAIN, INK_USER, (struct line){plain, all->len});
}
