/* risk_path.c - where paths lead, by their text alone, and what is secret. */
#include "risk.h"

#include <string.h>

enum { PATH_LONG = 4096 };

static bool plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

static bool begins(const char *s, size_t n, const char *with) {
    const size_t k = strlen(with);

    return n >= k && memcmp(s, with, k) == 0;
}

/* ---- joining ---- */

/* Adds the parts of s to an absolute path without `.` and `..`. */
static void add_parts(struct buf *out, const char *s, size_t n) {
    for (size_t at = 0; at < n;) {
        const char *slash = memchr(s + at, '/', n - at);
        const size_t len = slash ? (size_t)(slash - s) - at : n - at;

        if (len == 2 && memcmp(s + at, "..", 2) == 0) {
            while (out->n > 0 && out->p[out->n - 1] != '/')
                buf_cut(out, out->n - 1, 1);
            if (out->n > 0)
                buf_cut(out, out->n - 1, 1);
        } else if (len > 0 && !(len == 1 && s[at] == '.')) {
            (void)buf_add(out, "/", 1);
            (void)buf_add(out, s + at, len);
        }
        at += len + 1;
    }
}

static bool under(const struct buf *path, const char *dir) {
    auto_buf struct buf top = {.max = PATH_LONG};

    add_parts(&top, dir, strnlen(dir, PATH_LONG - 1));
    if (path->n < top.n || memcmp(buf_str(path), buf_str(&top), top.n) != 0)
        return false;
    return path->n == top.n || path->p[top.n] == '/';
}

/* `a/../../b` from a directory nobody knows. */
static bool climbs_out(const char *s, size_t n) {
    int depth = 0;

    for (size_t at = 0; at < n;) {
        const char *slash = memchr(s + at, '/', n - at);
        const size_t len = slash ? (size_t)(slash - s) - at : n - at;

        if (len == 2 && memcmp(s + at, "..", 2) == 0)
            depth--;
        else if (len > 0 && !(len == 1 && s[at] == '.'))
            depth++;
        if (depth < 0)
            return true;
        at += len + 1;
    }
    return false;
}

static bool harmless_device(const char *s, size_t n) {
    static const char *const those[] = {"/dev/null", "/dev/stdin", "/dev/stdout", "/dev/stderr",
                                        "/dev/tty",  "/dev/zero",  "/dev/random", "/dev/urandom",
                                        "/dev/full", "/dev/fd"};

    for (size_t i = 0; i < MIX_COUNT(those); i++)
        if (begins(s, n, those[i]) && (n == strlen(those[i]) || s[strlen(those[i])] == '/'))
            return true;
    return false;
}

enum where path_where(const struct look *l, const char *s, size_t n) {
    auto_buf struct buf path = {.max = 2 * (size_t)PATH_LONG};
    const char *work = l->ask->work_dir;

    if (n == 0 || n >= PATH_LONG || memchr(s, ':', n < 8 ? n : 8))
        return WHERE_NOWHERE; /* an address, or no path at all */
    if (harmless_device(s, n))
        return WHERE_INSIDE;
    if (begins(s, n, "/dev/"))
        return WHERE_DEVICE;
    if (s[0] == '~')
        return WHERE_OUTSIDE;
    if (s[0] != '/' && l->lost)
        return WHERE_OUTSIDE;
    if (!memmem(s, n, "..", 2) && s[0] != '/' && l->home)
        return WHERE_INSIDE;
    if (s[0] != '/' && (l->dir.n == 0 || str_blank(work)))
        return climbs_out(s, n) ? WHERE_OUTSIDE : WHERE_INSIDE;
    if (str_blank(work))
        return WHERE_OUTSIDE;
    if (s[0] != '/')
        add_parts(&path, buf_str(&l->dir), l->dir.n);
    add_parts(&path, s, n);
    return under(&path, work) ? WHERE_INSIDE : WHERE_OUTSIDE;
}

bool path_system(const struct look *l, const char *s, size_t n) {
    static const char *const those[] = {
#define SYSTEM_DIR(name) name,
#include "risks.def"
    };
    auto_buf struct buf path = {.max = 2 * (size_t)PATH_LONG};

    if (n >= PATH_LONG || path_where(l, s, n) != WHERE_OUTSIDE || s[0] == '~' ||
        (s[0] != '/' && l->dir.n == 0))
        return false;
    if (s[0] != '/')
        add_parts(&path, buf_str(&l->dir), l->dir.n);
    add_parts(&path, s, n);
    for (size_t i = 0; i < MIX_COUNT(those); i++)
        if (under(&path, those[i]))
            return true;
    return false;
}

void path_go(struct look *l, const char *s, size_t n) {
    auto_buf struct buf path = {.max = 2 * (size_t)PATH_LONG};

    l->lost = l->lost && s[0] != '/';
    if (n == 0 || n >= PATH_LONG || s[0] == '~' || s[0] == '-') {
        l->lost = true;
        return;
    }
    if (s[0] != '/' && l->dir.n == 0) {
        l->lost = l->lost || climbs_out(s, n);
        return;
    }
    if (s[0] != '/')
        add_parts(&path, buf_str(&l->dir), l->dir.n);
    add_parts(&path, s, n);
    l->home = l->home && s[0] != '/' && !climbs_out(s, n);
    buf_clear(&l->dir);
    (void)buf_add(&l->dir, path.n > 0 ? path.p : "/", path.n > 0 ? path.n : 1);
    if (str_blank(l->ask->work_dir)) /* where that is nobody knows: it is not the session's */
        l->lost = true;
}

/* ---- what it is ---- */
bool path_hidden_file(const char *s, size_t n) {
    for (size_t i = 0; i + 1 < n; i++) {
        const bool dots = s[i + 1] == '.' || s[i + 1] == '/';

        if (s[i] == '.' && (i == 0 || s[i - 1] == '/') && !dots)
            return true;
    }
    return false;
}

/* The first place of `what` that stands there as a whole part. */
static bool find_part(const char *s, size_t n, const char *what, size_t *from) {
    const size_t k = strlen(what);

    for (size_t at = 0; at + k <= n;) {
        const char *hit = memmem(s + at, n - at, what, k);

        if (!hit)
            return false;
        const size_t i = (size_t)(hit - s);
        const bool left = i == 0 || !(plain(s[i - 1]) || s[i - 1] == '.') || what[0] == '/';
        const bool right = i + k == n || !plain(s[i + k]);

        if (left && right) {
            *from = i;
            return true;
        }
        at = i + 1;
    }
    return false;
}

bool path_starts(const char *s, size_t n) {
    static const char *const those[] = {
#define STARTS(text) text,
#include "risks.def"
    };
    size_t from;

    for (size_t i = 0; i < MIX_COUNT(those); i++)
        if (find_part(s, n, those[i], &from))
            return true;
    return false;
}

/* `.env.example` is there to be read; `id_rsa.pub` as well. */
static bool sample(const char *s, size_t n, size_t end) {
    static const char *const those[] = {".example", ".sample", ".template", ".dist", ".pub"};

    for (size_t i = 0; i < MIX_COUNT(those); i++)
        if (begins(s + end, n - end, those[i]))
            return true;
    return false;
}

/* A word of everyday language: it is a file only where it is the whole name of one. */
static bool whole_name(const char *s, size_t n, size_t at, size_t k) {
    return (at == 0 || strchr("/=@:\"'", s[at - 1])) && (at + k == n || strchr("/\"')", s[at + k]));
}

bool find_secret(const char *s, size_t n, size_t *from, size_t *to) {
    enum { PART, MARK, NAME };
    static const struct {
        const char *text;
        int where;
    } those[] = {
#define SECRET(text, where) {text, where},
#include "risks.def"
    };

    for (size_t i = 0; i < MIX_COUNT(those); i++) {
        const size_t k = strlen(those[i].text);
        size_t at = 0;
        bool found;

        if (n < k)
            continue;

        if (those[i].where == MARK) {
            const char *hit = n >= k ? memmem(s, n, those[i].text, k) : NULL;

            at = hit ? (size_t)(hit - s) : 0;
            found = hit && (those[i].text[0] != '.' || at + k == n || !plain(s[at + k]));
        } else {
            found = find_part(s, n, those[i].text, &at) &&
                    (those[i].where == PART || whole_name(s, n, at, k));
        }
        if (found && !sample(s, n, at + k)) {
            *from = at;
            *to = at + k;
            return true;
        }
    }
    return false;
}

bool private_name(const char *s, size_t n) {
    static const char *const those[] = {
#define PRIVATE(name) name,
#include "risks.def"
    };

    for (size_t i = 0; i < MIX_COUNT(those); i++)
        if (n >= strlen(those[i]) && memmem(s, n, those[i], strlen(those[i])))
            return true;
    return false;
}
