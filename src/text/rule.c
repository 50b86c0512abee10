/* rule.c - rules for automatic answers. Every doubt ends in "does not match". */
#include "mix/rule.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "mix/text.h"

enum { NAME_MAX_BYTES = 200, PATTERN_MAX = 4096, SUBJECT_MAX = 256 * 1024 };

/* ---- names of tools ---- */
/* Only these were ever spelled in more than one way. Everywhere else `_` counts: the tool `sh` of
 * an MCP server called `ba` is no Bash. */
static const char *const respelled[][2] = {
    {"todo_write", "todowrite"},
    {"exit_plan_mode", "exitplanmode"},
    {"python_execution", "pythonexecution"},
    {"show_media", "show"},
    {"showmedia", "show"},
    {"read_text", "readtext"},
    {"read_media", "readmedia"},
    {"web_fetch", "webfetch"},
};

static char *tool_key(const char *name, size_t n) {
    char *key = xstrndup(name, n);

    for (char *p = key; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    for (size_t i = 0; i < MIX_COUNT(respelled); i++)
        if (str_eq(key, respelled[i][0])) {
            free(key);
            return xstrdup(respelled[i][1]);
        }
    return key;
}

/* ---- what is not seen ---- */
struct range {
    uint32_t first, last;
};
/* Letters, marks and signs that show nothing of their own. */
static const struct range blank_looking[] = {
    {0x034f, 0x034f}, {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},   {0x2800, 0x2800},
    {0x3164, 0x3164}, {0xfe00, 0xfe0f}, {0xffa0, 0xffa0}, {0xe0000, 0xe0fff},
};

static bool seen(uint32_t cp) {
    if (cp < 0x80)
        return cp >= 0x20 && cp != 0x7f;
    if (cp == 0xfffd) /* stands for something else */
        return false;
    for (size_t i = 0; i < MIX_COUNT(blank_looking); i++)
        if (cp >= blank_looking[i].first && cp <= blank_looking[i].last)
            return false;
    const uint32_t unseen =
        1u << UTF8PROC_CATEGORY_CN | 1u << UTF8PROC_CATEGORY_CC | 1u << UTF8PROC_CATEGORY_CF |
        1u << UTF8PROC_CATEGORY_CS | 1u << UTF8PROC_CATEGORY_CO | 1u << UTF8PROC_CATEGORY_ZS |
        1u << UTF8PROC_CATEGORY_ZL | 1u << UTF8PROC_CATEGORY_ZP; /* ZS: a blank that is none */

    return (unseen >> utf8proc_category((utf8proc_int32_t)cp) & 1) == 0;
}

/* `layout`: line ends and tabs are seen, by what they do. */
static bool all_seen(const char *s, size_t n, bool layout) {
    size_t used;

    for (size_t at = 0; at < n; at += used) {
        const uint32_t cp = text_decode(s + at, n - at, &used);

        if (!seen(cp) && !(layout && (cp == '\n' || cp == '\t')))
            return false;
    }
    return true;
}

bool rule_hidden(const char *object) { return !all_seen(object, strlen(object), true); }

/* ---- paths ---- */
struct span {
    const char *p;
    size_t n;
};

/* Cuts the next segment off. */
static struct span segment(const char **at) {
    const size_t n = strcspn(*at, "/");
    const struct span out = {*at, n};

    *at += n + ((*at)[n] == '/');
    return out;
}

/* No `.`, no `..`, nothing between two slashes: what the text says is where it leads. */
static bool plain_path(const char *s) {
    if (*s == '\0' || s[strlen(s) - 1] == '/')
        return false;
    while (*s) {
        const struct span one = segment(&s);

        if (one.n == 0 || (one.p[0] == '.' && (one.n == 1 || (one.n == 2 && one.p[1] == '.'))))
            return false;
    }
    return true;
}

/* ---- reading a rule ---- */
static bool is_path(const char *p) {
    return p[0] == '/' || strncmp(p, "./", 2) == 0 || strncmp(p, "~/", 2) == 0;
}

/* Between slashes `**` stands alone, or nobody knows what it crosses. */
static bool lone_double_stars(const char *p) {
    for (const char *s = p; (s = strstr(s, "**")); s += 2)
        if (s == p || s[-1] != '/' || (s[2] != '/' && s[2] != '\0'))
            return false;
    return true;
}

static enum rc read_pattern(struct rule *out, const char *p, struct err *err) {
    const size_t n = strlen(p);
    const char *wild = strpbrk(p, "*?");

    if (n == 0)
        return err_set(err, RC_USAGE, 0,
                       "nothing follows the \":\"; for every call write the tool "
                       "alone");
    if (n > PATTERN_MAX)
        return err_set(err, RC_USAGE, 0, "a pattern has at most %d bytes", PATTERN_MAX);
    if (!all_seen(p, n, false))
        return err_set(err, RC_USAGE, 0, "a pattern holds visible characters and blanks only");
    if (p[0] == '=') {
        out->kind = RULE_EXACT;
        if (n == 1)
            return err_set(err, RC_USAGE, 0, "nothing follows the \"=\"");
        out->pattern = xstrdup(p + 1);
        return RC_OK;
    }
    if (strspn(p, "*? ") == n)
        return err_set(err, RC_USAGE, 0,
                       "\"%s\" is everything; for every call write the tool alone", p);
    if (is_path(p)) {
        out->kind = RULE_PATH;
        if (!lone_double_stars(p))
            return err_set(err, RC_USAGE, 0, "in a path \"**\" stands alone between slashes");
        if (!plain_path(p + (p[0] == '.' ? 2 : p[0] == '/')))
            return err_set(err, RC_USAGE, 0,
                           "a path has no \"..\", \".\" or empty part and no "
                           "\"/\" at its end");
    } else if (!wild) {
        out->kind = RULE_EXACT;
    } else {
        out->kind = *wild == '*' && wild[1] == '\0' ? RULE_PREFIX : RULE_GLOB;
    }
    out->pattern = xstrdup(p);
    return RC_OK;
}

enum rc rule_parse(struct rule *out, const char *text, struct err *err) {
    const size_t n = strcspn(text, ":");

    *out = (struct rule){.kind = RULE_ANY};
    if (n == 0)
        return err_set(err, RC_USAGE, 0, "a rule begins with the name of a tool");
    if (n > NAME_MAX_BYTES || !all_seen(text, n, false) || memchr(text, ' ', n))
        return err_set(err, RC_USAGE, 0, "that is no name of a tool");
    if (memchr(text, '?', n) || (memchr(text, '*', n) && n > 1))
        return err_set(err, RC_USAGE, 0, "the name of a tool is written whole, or \"*\" for all");
    const enum rc rc = text[n] ? read_pattern(out, text + n + 1, err) : RC_OK;

    if (rc == RC_OK)
        out->tool = tool_key(text, n);
    return rc;
}

void rule_fini(struct rule *r) {
    free(r->tool);
    free(r->pattern);
    *r = (struct rule){0};
}

/* ---- matching ---- */
/* How strict a wildcard is. */
struct wild {
    const char *never; /* what it does not stand for */
};
/* Operators of shells, and what changes the meaning of the characters around it. */
#define OPERATORS "\n\r;&|<>`$(){}\\"
#define QUOTES    "\"'"

static bool may_be(const struct wild *w, char c) {
    return (unsigned char)c >= 0x20 && c != 0x7f && !strchr(w->never, c);
}

static size_t char_len(const char *s, size_t n) {
    size_t used;

    (void)text_decode(s, n, &used);
    return used;
}

/* The whole of s against a pattern with `*` and `?`. Only the last star is ever taken further: an
 * earlier one that stands for as little as it can is never the reason for a failure. */
static bool glob(struct span p, struct span s, const struct wild *w) {
    size_t pi = 0, si = 0, star = SIZE_MAX, kept = 0;

    while (si < s.n) {
        if (pi < p.n && p.p[pi] == '*') {
            star = ++pi;
            kept = si;
        } else if (pi < p.n && p.p[pi] == '?' && may_be(w, s.p[si])) {
            si += char_len(s.p + si, s.n - si);
            pi++;
        } else if (pi < p.n && p.p[pi] != '?' && p.p[pi] == s.p[si]) {
            pi++;
            si++;
        } else if (star == SIZE_MAX || !may_be(w, s.p[kept])) {
            return false;
        } else {
            kept += char_len(s.p + kept, s.n - kept);
            si = kept;
            pi = star;
        }
    }
    while (pi < p.n && p.p[pi] == '*')
        pi++;
    return pi == p.n;
}

/* Quotes are opened and closed again. */
static bool balanced(const char *s) {
    char open = '\0';

    for (; *s; s++)
        if (open ? *s == open : strchr(QUOTES, *s) != NULL)
            open = open ? '\0' : *s;
    return open == '\0';
}

static bool prefix(const char *pattern, const char *s) {
    const size_t n = strlen(pattern) - 1;
    /* A quote in the pattern could be closed by one in the rest. */
    const bool quoted = strcspn(pattern, QUOTES "\\") < n;
    const struct wild w = {quoted ? OPERATORS QUOTES : OPERATORS};

    if (strncmp(pattern, s, n) != 0)
        return false;
    for (const char *p = s + n; *p; p++)
        if (!may_be(&w, *p))
            return false;
    return balanced(s + n);
}

/* ---- paths ---- */
static bool is_double(struct span p) { return p.n == 2 && memcmp(p.p, "**", 2) == 0; }

/* As in shells a wildcard does not stand for a dot at the beginning: `/src/` and two stars are not
 * `/src/.git/hooks/...`. */
static bool dot_ok(struct span p, struct span s) {
    return s.n == 0 || s.p[0] != '.' || (p.n > 0 && p.p[0] == '.');
}

static bool crossable(struct span s, const struct wild *w) {
    for (size_t i = 0; i < s.n; i++)
        if (!may_be(w, s.p[i]))
            return false;
    return s.n > 0 && s.p[0] != '.';
}

static bool all_crossable(const char *s, const struct wild *w) {
    while (*s)
        if (!crossable(segment(&s), w))
            return false;
    return true;
}

static bool path_segments(const char *p, const char *s, const struct wild *w) {
    const char *after = NULL, *kept = NULL; /* the last `**`, and where it stopped */

    while (*s) {
        const char *p_next = p, *s_next = s;
        const struct span ps = segment(&p_next), ss = segment(&s_next);

        if (*p && is_double(ps)) {
            after = p = p_next;
            kept = s;
            if (*p == '\0')
                return all_crossable(s, w);
            continue;
        }
        if (*p && dot_ok(ps, ss) && glob(ps, ss, w)) {
            if (*s_next == '\0')
                return *p_next == '\0';
            if (*p_next != '\0') {
                p = p_next;
                s = s_next;
                continue;
            }
        }
        if (!after || !crossable(segment(&kept), w))
            return false;
        s = kept;
        p = after;
    }
    return *p == '\0';
}

static bool runs_commands(const char *tool) {
    return str_eq(tool, "bash") || str_eq(tool, "pythonexecution");
}

static bool path(const char *pattern, const char *s, bool command) {
    /* In a command a blank is where the path ends. */
    const struct wild w = {command ? OPERATORS QUOTES " " : OPERATORS QUOTES};

    if (pattern[0] == '.') {
        pattern += 2;
        s += strncmp(s, "./", 2) == 0 ? 2 : 0;
        if (*s == '/' || *s == '~')
            return false;
    } else if (pattern[0] == '/') {
        if (*s != '/')
            return false;
        pattern++;
        s++;
    }
    return plain_path(s) && path_segments(pattern, s, &w);
}

/* `..` between slashes, blanks, quotes or the like: it leads out of what the pattern names. */
static bool climbs(const char *s) {
    static const char around[] = " /=:,\"'\t\n";

    for (const char *p = s; (p = strstr(p, "..")); p++)
        if ((p == s || strchr(around, p[-1])) && (p[2] == '\0' || strchr(around, p[2])))
            return true;
    return false;
}

static bool object_matches(const struct rule *r, const char *object, bool command) {
    const struct wild w = {OPERATORS QUOTES};
    const size_t n = strlen(object);

    if (!all_seen(object, n, true))
        return false;
    if (r->kind == RULE_EXACT)
        return strcmp(r->pattern, object) == 0;
    if (n > SUBJECT_MAX || climbs(object))
        return false;
    switch (r->kind) {
    case RULE_PREFIX:
        return prefix(r->pattern, object);
    case RULE_GLOB:
        return glob((struct span){r->pattern, strlen(r->pattern)}, (struct span){object, n}, &w);
    case RULE_PATH:
        return path(r->pattern, object, command);
    case RULE_ANY:
    case RULE_EXACT:
        break;
    }
    return false;
}

bool rule_matches(const struct rule *r, const char *tool, const char *object) {
    if (!r->tool || str_blank(tool))
        return false;
    auto_free char *key = tool_key(tool, strlen(tool));

    if (!str_eq(r->tool, "*") && !str_eq(r->tool, key))
        return false;
    if (r->kind == RULE_ANY)
        return true;
    return object && object_matches(r, object, runs_commands(key));
}
