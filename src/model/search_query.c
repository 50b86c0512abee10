/* search_query.c - what is typed, as what is meant: filters, and a text or an expression. */
#include "searching.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { QUERY_MAX = 4096 };

void query_fini(struct query *q) {
    if (q->inside != q->text)
        find_free(q->inside);
    find_free(q->text);
    free(q->tool);
    *q = (struct query){.any_role = true};
}

bool query_means(const struct query *q) {
    return q->text || !q->any_role || q->tool || q->errors || q->thoughts;
}

/* ---- inside JSON ---- */

static void escaped_unit(struct buf *out, uint32_t unit) {
    (void)buf_addf(out, "\\\\u%04x", (unsigned)unit);
}

/* A character as an expression for all the ways JSON may write it. True: there is more than one. */
static bool add_written(struct buf *out, const char *s, size_t n, uint32_t c) {
    if (c == '"' || c == '\\') {
        (void)buf_addf(out, "\\\\\\%c", (int)c);
        return true;
    }
    if (c == '/') {
        (void)buf_adds(out, "\\\\?/");
        return true;
    }
    if (c < 0x80 && c != '<' && c != '>' && c != '&') {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == ' ' || c == '_';

        (void)buf_addf(out, "%s%c", plain ? "" : "\\", (int)c);
        return false;
    }
    (void)buf_adds(out, "(?:");
    (void)buf_add(out, s, n);
    (void)buf_adds(out, "|(?i:");
    if (c >= 0x10000) {
        escaped_unit(out, 0xd800 + ((c - 0x10000) >> 10));
        escaped_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
    } else {
        escaped_unit(out, c);
    }
    (void)buf_adds(out, "))");
    return true;
}

/* The finder for inputs of calls: `text` itself when JSON writes the query as it is. */
static struct find *find_inside(struct find *text, const char *query) {
    auto_buf struct buf out = {.max = 16 * (size_t)QUERY_MAX};
    const size_t n = strlen(query);
    struct find *f = NULL;
    bool differs = false;

    for (size_t at = 0, used; at < n; at += used) {
        const uint32_t c = text_decode(query + at, n - at, &used);

        differs = add_written(&out, query + at, used, c) || differs;
    }
    if (!differs || find_new(&f, buf_str(&out), FIND_REGEX, NULL) != RC_OK)
        return text;
    return f;
}

/* ---- words ---- */

static enum rc take_role(struct query *q, const char *name, struct err *err) {
    static const struct {
        const char *name;
        enum role role;
    } roles[] = {{"user", ROLE_USER},
                 {"you", ROLE_USER},
                 {"me", ROLE_USER},
                 {"mix", ROLE_ASSISTANT},
                 {"assistant", ROLE_ASSISTANT},
                 {"agent", ROLE_ASSISTANT},
                 {"note", ROLE_NOTE}};

    for (size_t i = 0; i < MIX_COUNT(roles); i++)
        if (strcasecmp(name, roles[i].name) == 0) {
            q->any_role = false;
            q->role = roles[i].role;
            return RC_OK;
        }
    return err_set(err, RC_USAGE, 0, "role: user, mix or note");
}

static const char *behind(const char *word, const char *prefix) {
    const size_t n = strlen(prefix);

    return strncmp(word, prefix, n) == 0 ? word + n : NULL;
}

/* A word that filters; what it leaves to be looked for goes to *rest. False: it is no filter. */
static bool take_filter(struct query *q, const char *word, const char **rest, struct err *err,
                        enum rc *rc) {
    const char *value;

    *rest = "";
    if ((value = behind(word, "role:"))) {
        *rc = take_role(q, value, err);
    } else if ((value = behind(word, "tool:"))) {
        if (*value == '\0')
            *rc = err_set(err, RC_USAGE, 0, "tool: the name of a tool, or its beginning");
        set_string(&q->tool, value);
    } else if ((value = behind(word, "err:"))) {
        q->errors = true;
        *rest = value;
    } else if ((value = behind(word, "think:"))) {
        q->thoughts = true;
        *rest = value;
    } else {
        return false;
    }
    return true;
}

/* Filters are words in front of the text. */
static enum rc take_filters(struct query *q, const char **typed, struct err *err) {
    const char *p = *typed;
    enum rc rc = RC_OK;

    while (rc == RC_OK) {
        const char *word = p + strspn(p, " ");
        const size_t n = strcspn(word, " ");
        auto_free char *copy = xstrndup(word, n);
        const char *rest;

        if (n == 0 || !take_filter(q, copy, &rest, err, &rc))
            break;
        p = word + n - strlen(rest);
        if (*rest != '\0')
            break;
        p += strspn(p, " ");
    }
    *typed = p;
    return rc;
}

enum rc query_parse(struct query *q, const char *typed, struct err *err) {
    query_fini(q);
    *err = (struct err){0};
    enum rc rc = take_filters(q, &typed, err);
    const size_t n = strlen(typed);

    if (rc == RC_OK && strspn(typed, " ") < n) {
        const bool expression = n > 2 && typed[0] == '/' && typed[n - 1] == '/';
        auto_free char *query = expression ? xstrndup(typed + 1, n - 2) : xstrdup(typed);

        rc = find_new(&q->text, query, expression ? FIND_REGEX : FIND_TEXT, err);
        if (rc == RC_OK)
            q->inside = expression ? q->text : find_inside(q->text, query);
    }
    if (rc != RC_OK) {
        const struct err why = *err;

        query_fini(q);
        *err = why;
    }
    return rc;
}
