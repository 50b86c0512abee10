/* ini.c - a reader in front of inih: it counts lines, checks each one, and hides from inih what it
 * would misread
 * (` ;` in a value, `:` before `=`, leading blanks, which mean a continued value). */
#define ini_handler inih_handler /* inih and mix/ini.h both have a type of that name */
#include <ini.h>
#undef ini_handler

#include "mix/ini.h"
#include "mix/text.h"

#include <string.h>

enum {
    MAX_LINE_BYTES = 190,   /* inih silently cuts at 197 */
    MAX_SECTION_BYTES = 49, /* and section names here */
    HIDDEN_SEMICOLON = 1,   /* control bytes never come from the file: such lines are refused */
    HIDDEN_COLON = 2,
};

struct reader {
    const char *name;
    const char *text;
    size_t n, at;
    ini_handler *handler;
    void *ctx;
    struct buf *complaints;
    int line, count;
    bool expects_key; /* the line given to inih last should reach the handler */
    bool begun;       /* inih had its first line */
    bool skipping;    /* after a bad section header: its keys belong nowhere */
};

static void complain(struct reader *r, const char *text) {
    r->count++;
    if (r->complaints)
        (void)buf_addf(r->complaints, "%s:%d: %s\n", r->name, r->line, text);
}

/* What is wrong with a line whatever it says, or NULL. */
static const char *unreadable(const char *s, size_t n) {
    if (n > MAX_LINE_BYTES)
        return "line longer than 190 bytes";
    for (size_t i = 0; i < n; i++)
        if ((s[i] >= 0 && s[i] < 0x20 && s[i] != '\t') || s[i] == 0x7f)
            return "control character";
    return text_valid(s, n) ? NULL : "not valid UTF-8";
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/* What is wrong with a `[section]` line, or NULL. */
static const char *bad_section(const char *s, size_t n) {
    const char *close = memchr(s, ']', n);

    if (!close)
        return "expected ] after the section name";
    if (close - s - 1 > MAX_SECTION_BYTES)
        return "section name longer than 49 bytes";
    const char *rest = close + 1;

    while (rest < s + n && is_space(*rest))
        rest++;
    return rest < s + n && *rest != ';' && *rest != '#' ? "unexpected text after ]" : NULL;
}

/* What is wrong with a `key = value` line, or NULL. */
static const char *bad_key(const char *s, size_t n) {
    const char *equals = memchr(s, '=', n);

    if (!equals)
        return "expected [section] or key = value";
    return equals == s ? "expected a key before =" : NULL;
}

/* Decides whether inih gets to see the line, and complains. */
static bool accept_line(struct reader *r, const char *s, size_t n) {
    if (n == 0 || *s == ';' || *s == '#')
        return false;
    const char *wrong = unreadable(s, n);

    if (*s == '[') {
        if (!wrong)
            wrong = bad_section(s, n);
        r->skipping = wrong != NULL;
    } else {
        if (!wrong)
            wrong = bad_key(s, n);
        if (!wrong && r->skipping)
            return false;
        r->expects_key = !wrong;
    }
    if (wrong)
        complain(r, wrong);
    return !wrong;
}

static void hide(char *s, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (s[i] == ';')
            s[i] = HIDDEN_SEMICOLON;
        else if (s[i] == ':')
            s[i] = HIDDEN_COLON;
}

static const char *unhide(char *copy, size_t max, const char *s) {
    size_t n = 0;

    for (; s[n] && n + 1 < max; n++)
        copy[n] = s[n] == HIDDEN_SEMICOLON ? ';' : s[n] == HIDDEN_COLON ? ':' : s[n];
    copy[n] = '\0';
    return copy;
}

/* inih saw the line and passed no key on: it did not understand something we let through. */
static void check_last(struct reader *r) {
    if (r->expects_key)
        complain(r, "expected key = value");
    r->expects_key = false;
}

/* Behaves as fgets for inih. Lines it should not see come as empty ones. */
static char *next_line(char *out, int max, void *stream) {
    struct reader *r = stream;

    check_last(r);
    if (!r->begun) {
        /* inih takes a byte order mark off its first line; that would leave ` \xef\xbb\xbf= v`
         * without a key. */
        r->begun = true;
        memcpy(out, "\n", 2);
        return out;
    }
    if (r->at >= r->n || max < MAX_LINE_BYTES + 2)
        return NULL;
    const char *s = r->text + r->at;
    const char *nl = memchr(s, '\n', r->n - r->at);
    size_t n = nl ? (size_t)(nl - s) : r->n - r->at;

    r->at += n + (nl != NULL);
    r->line++;
    while (n > 0 && is_space(s[n - 1]))
        n--;
    while (n > 0 && is_space(*s)) {
        s++;
        n--;
    }
    if (!accept_line(r, s, n))
        n = 0;
    memcpy(out, s, n);
    hide(out, n);
    out[n] = '\n';
    out[n + 1] = '\0';
    return out;
}

static int take_item(void *user, const char *section, const char *key, const char *value) {
    struct reader *r = user;
    char copies[3][MAX_LINE_BYTES + 1];
    const struct ini_item item = {.section = unhide(copies[0], sizeof copies[0], section),
                                  .key = unhide(copies[1], sizeof copies[1], key),
                                  .value = unhide(copies[2], sizeof copies[2], value ? value : ""),
                                  .line = r->line};
    r->expects_key = false;
    const char *complaint = r->handler(r->ctx, &item);

    if (complaint)
        complain(r, complaint);
    return 1;
}

int ini_read(const char *name, const char *text, size_t n, ini_handler *handler, void *ctx,
             struct buf *complaints) {
    struct reader r = {.name = name,
                       .text = text,
                       .n = n,
                       .handler = handler,
                       .ctx = ctx,
                       .complaints = complaints};

    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        r.at = 3;
    (void)ini_parse_stream(next_line, &r, take_item, &r);
    check_last(&r);
    return r.count;
}
