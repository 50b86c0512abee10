/* refusal.c - what a server says when it refuses, as one line: two JSON vocabularies, plain text,
 * or a proxy's page. */
#include "json.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SHOWN_BYTES = 200, PAGE_BYTES = 400 };

static const char *text_of(const cJSON *object, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, key);

    return cJSON_IsString(v) ? v->valuestring : NULL;
}

static void set(char *out, size_t room, const char *s) {
    line_clean(out, room, s ? s : "", s ? strlen(s) : 0);
}

/* {"error": {"message", "type"}}, or what proxies send: {"error": "..."}, {"message": "..."}. */
static bool from_json(struct refusal *out, const char *body, size_t n) {
    const cJSON *tree = json_parse(body, n, NULL, NULL);

    if (cJSON_IsObject(tree)) {
        const cJSON *error = cJSON_GetObjectItemCaseSensitive(tree, "error");

        if (cJSON_IsObject(error)) {
            set(out->message, sizeof out->message, text_of(error, "message"));
            set(out->type, sizeof out->type, text_of(error, "type"));
        } else {
            const char *message = text_of(tree, "message");

            set(out->message, sizeof out->message, message ? message : text_of(tree, "error"));
        }
    }
    json_done(tree);
    return out->message[0] != '\0' || out->type[0] != '\0';
}

/* The text between <title> and </title>; NULL when there is none. */
static const char *title_of(const char *page, size_t n, size_t *len) {
    const char *end = page + n;

    for (const char *p = page; end - p > 7; p++) {
        if (strncasecmp(p, "<title", 6) != 0)
            continue;
        const char *from = memchr(p, '>', (size_t)(end - p));
        const char *to = from ? memchr(from, '<', (size_t)(end - from)) : NULL;

        if (!to)
            return NULL;
        *len = (size_t)(to - from - 1);
        return from + 1;
    }
    return NULL;
}

/* A page without its tags; the first words are enough. */
static void strip_tags(char *out, size_t room, const char *page, size_t n) {
    char words[PAGE_BYTES];
    size_t k = 0;
    bool tag = false;

    for (size_t i = 0; i < n && k + 1 < sizeof words; i++) {
        if (page[i] == '<' || page[i] == '>') {
            tag = page[i] == '<';
            words[k++] = ' ';
        } else if (!tag) {
            words[k++] = page[i];
        }
    }
    line_clean(out, room, words, k);
}

static bool from_page(struct refusal *out, const char *body, size_t n) {
    size_t i = 0, len = 0;

    while (i < n && strchr(" \t\r\n", body[i]) && body[i])
        i++;
    if (i == n || body[i] != '<')
        return false;
    const char *title = title_of(body, n, &len);

    if (title)
        line_clean(out->message, sizeof out->message, title, len);
    if (out->message[0] == '\0')
        strip_tags(out->message, sizeof out->message, body, n);
    return true;
}

void reply_refusal(struct refusal *out, const char *body, size_t n) {
    *out = (struct refusal){0};
    if (n > 0 && !from_json(out, body, n) && !from_page(out, body, n))
        line_clean(out->message, sizeof out->message, body, n);
}

void reply_error(struct err *err, enum op op, int status, const char *body, size_t n) {
    struct refusal why;
    char words[40], shown[SHOWN_BYTES];

    snprintf(words, sizeof words, "%s", op_spec(op)->short_name);
    for (char *p = words; *p; p++)
        if (*p == '-')
            *p = ' ';
    reply_refusal(&why, body, n);
    line_clean(shown, sizeof shown, why.message, strlen(why.message));
    err_set(err, RC_HTTP, status, "%s: server answered %d%s%s%s%s%s", words, status,
            *why.type ? " (" : "", why.type, *why.type ? ")" : "", *shown ? ": " : "", shown);
}
