/* redact.c - what may be written down of headers, addresses and bodies.
 *
 * A body is walked as what it claims to be, JSON, and as what it may turn out to be, any bytes cut
 * anywhere: strings and names are found without asking whether they fit together. Inside strings
 * and outside of JSON the same names are looked for as words before a `=` or `:`, for forms,
 * queries and JSON within JSON. When in doubt, it is hidden. */
#include "json.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char hidden[] = "(hidden)";

enum { NAME_BYTES = 64, SHORT_NUMBER = 3, OPAQUE = 20, KEY_BYTES = 8 };

enum member {
    M_PLAIN,
    M_SECRET,
    M_CODE,     /* a secret unless it is a short number: errors have a `code` too */
    M_AUTH_URL, /* its query */
    M_LINE,     /* all of the line, as in a header */
    M_ALLOWED,  /* where everything else is hidden */
};

struct redaction {
    struct buf *out;
    const char *p; /* the body */
    size_t n, at;
    const char *text; /* of the text in hand, what is not written yet */
    bool strict;      /* only what is allowed is shown */
    enum rc rc;
};

static void put(struct redaction *r, const char *s, size_t n) {
    if (r->rc == RC_OK)
        r->rc = buf_add(r->out, s, n);
}

static void put_hidden(struct redaction *r) { put(r, hidden, sizeof hidden - 1); }

/* ---- names ---- */
struct name {
    char s[NAME_BYTES + 1];
    size_t n;
};

/* A letter however it is written: `\u0061`, `%61`. *used: bytes it takes. */
static char letter_at(const char *p, size_t n, size_t *used) {
    const bool unicode = n >= 6 && p[0] == '\\' && p[1] == 'u' && p[2] == '0' && p[3] == '0';
    const bool percent = n >= 3 && p[0] == '%';
    const size_t skip = unicode ? 4 : 1;

    *used = 1;
    if (!unicode && !percent)
        return *p;
    const int high = hex_digit(p[skip]), low = hex_digit(p[skip + 1]);

    if (high < 0 || low < 0)
        return *p;
    *used = skip + 2;
    return (char)(16 * high + low);
}

/* The end of a name in lower case, letters and digits only: api_key, apiKey and API-Key are one. */
static struct name name_of(const char *p, size_t n) {
    struct name out = {.n = 0};

    for (size_t i = 0, used; i < n; i += used) {
        const unsigned char c = (unsigned char)letter_at(p + i, n - i, &used);

        if (!isalnum(c))
            continue;
        if (out.n == NAME_BYTES)
            memmove(out.s, out.s + 1, --out.n);
        out.s[out.n++] = (char)tolower(c);
    }
    out.s[out.n] = '\0';
    return out;
}

static bool ends_with(const struct name *n, const char *end) {
    const size_t k = strlen(end);

    return n->n >= k && strcmp(n->s + n->n - k, end) == 0;
}

static bool is_one_of(const struct name *n, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(n->s, list[i]) == 0)
            return true;
    return false;
}

static enum member member_of(const struct name *n) {
    static const char *const ends[] = {"token",      "apikey",    "secret",    "password",
                                       "passphrase", "passwd",    "verifier",  "privatekey",
                                       "accesskey",  "secretkey", "credential"};
    static const char *const codes[] = {"code", "state", "authcode", "oauthcode", "oauthstate"};
    static const char *const lines[] = {"authorization", "proxyauthorization", "cookie",
                                        "setcookie"};

    if (is_one_of(n, codes, MIX_COUNT(codes)))
        return M_CODE;
    if (strcmp(n->s, "authurl") == 0)
        return M_AUTH_URL;
    if (is_one_of(n, lines, MIX_COUNT(lines)))
        return M_LINE;
    for (size_t i = 0; i < MIX_COUNT(ends); i++)
        if (ends_with(n, ends[i]))
            return M_SECRET;
    return M_PLAIN;
}

/* Of a query or form. */
static enum member word_member(const struct name *n) {
    const enum member m = member_of(n);

    return m == M_PLAIN && ends_with(n, "key") ? M_SECRET : m == M_AUTH_URL ? M_PLAIN : m;
}

static enum member strict_member(const struct name *n) {
    static const char *const allowed[] = {"provider",   "status", "message", "displayname",
                                          "authmethod", "type",   "error"};
    const enum member m = member_of(n);

    return m == M_PLAIN && is_one_of(n, allowed, MIX_COUNT(allowed)) ? M_ALLOWED : m;
}

bool redact_header_secret(const char *header, size_t n) {
    static const char *const parts[] = {"key",    "token",    "secret",     "auth",
                                        "cookie", "password", "credential", "session"};
    const char *colon = memchr(header, ':', n);
    const struct name name = name_of(header, colon ? (size_t)(colon - header) : n);

    for (size_t i = 0; i < MIX_COUNT(parts); i++)
        if (strstr(name.s, parts[i]))
            return true;
    return false;
}

/* ---- words in any text ---- */
static bool is_word(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.' || c == '%';
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }
static bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }

static size_t word_length(const char *p, size_t n) {
    size_t i = 0;

    while (i < n && is_word(p[i]))
        i++;
    return i;
}

static size_t skip_blanks(const char *p, size_t n, size_t i) {
    while (i < n && is_blank(p[i]))
        i++;
    return i;
}

/* Behind backslashes and one quote, if that is what stands there; the quote, or 0. */
static char skip_quote(const char *p, size_t n, size_t *i) {
    size_t k = *i;

    while (k < n && p[k] == '\\')
        k++;
    if (k == n || !is_quote(p[k]))
        return 0;
    *i = k + 1;
    return p[k];
}

/* Bytes of an escape that stands for something between words: \n, or \u0026 as servers write an &.
 */
static size_t separator_length(const char *p, size_t n) {
    size_t used;

    if (n < 2 || p[0] != '\\')
        return 0;
    if (strchr("nrtbf", p[1]) && p[1])
        return 2;
    if (p[1] != 'u' || n < 6)
        return 0;
    return isalnum((unsigned char)letter_at(p, n, &used)) ? 0 : 6;
}

static bool is_short_number(const char *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!isdigit((unsigned char)p[i]))
            return false;
    return n <= SHORT_NUMBER;
}

/* Whether an unquoted value ends with the escape at p. */
static bool escape_ends(const char *p, size_t n) {
    static const char *const ends[] = {"\\n",     "\\r",     "\\t",     "\\\"",    "\\'",
                                       "\\u0026", "\\u003c", "\\u003e", "\\u0022", "\\u0020"};

    for (size_t i = 0; i < MIX_COUNT(ends); i++)
        if (n >= strlen(ends[i]) && strncasecmp(p, ends[i], strlen(ends[i])) == 0)
            return true;
    return n < 2;
}

/* Where a value ends that begins at i; in quotes: at the next one of its kind. */
static size_t value_end(const char *p, size_t n, size_t i, enum member m, char quote) {
    const char *const stops = m == M_LINE ? "\r\n" : " \t\r\n&#\"'`<>,;)]}";
    size_t k = i;

    if (!quote && i < n && (p[i] == '{' || p[i] == '['))
        return n; /* where it ends only a parser would know */
    for (; k < n; k++) {
        if (quote ? p[k] == quote : p[k] != '\0' && strchr(stops, p[k]) != NULL)
            break;
        if (!quote && p[k] == '\\' && escape_ends(p + k, n - k))
            break;
    }
    while (quote && k > i && p[k - 1] == '\\')
        k--;
    return k;
}

/* What stands before p in the text in hand goes out. */
static void put_before(struct redaction *r, const char *p) {
    put(r, r->text, (size_t)(p - r->text));
    r->text = p;
}

static size_t hide(struct redaction *r, const char *p, size_t from, size_t end) {
    put_before(r, p + from);
    put_hidden(r);
    r->text = p + end;
    return end;
}

/* The part of a dotted name that counts. */
static struct name last_name(const char *p, size_t word) {
    const char *dot = memrchr(p, '.', word);

    return dot ? name_of(dot + 1, word - (size_t)(dot + 1 - p)) : name_of(p, word);
}

/* `--password value`, as on a command line. */
static bool is_option(const char *p, size_t n, size_t word, size_t i) {
    return n > 2 && p[0] == '-' && p[1] == '-' && i > word && i < n && p[i] != '-';
}

/* `name=value`, `name: value` or `--name value` at p: its length when something in it was hidden or
 * seen, else 0. *open: the text ends where the value would begin. */
static size_t put_pair(struct redaction *r, const char *p, size_t n, bool *open) {
    const size_t word = word_length(p, n);
    const struct name name = last_name(p, word);
    const enum member m = word_member(&name);
    size_t i = word;

    (void)skip_quote(p, n, &i);
    i = skip_blanks(p, n, i);
    const bool pair = i < n && (p[i] == '=' || p[i] == ':');

    if (m == M_PLAIN || (!pair && !(m == M_SECRET && is_option(p, n, word, i))))
        return 0;
    if (pair)
        i = skip_blanks(p, n, i + 1);
    const char quote = skip_quote(p, n, &i);
    const size_t end = value_end(p, n, i, m, quote);

    *open = i == n;
    if (end == i || (m == M_CODE && is_short_number(p + i, end - i)))
        return i > word ? i : word;
    return hide(r, p, i, end);
}

/* Something nobody would write by hand: long, letters and digits mixed. */
static size_t opaque_length(const char *p, size_t n) {
    size_t i = 0;
    bool digit = false, letter = false;

    for (; i < n && (isalnum((unsigned char)p[i]) || (p[i] && strchr("_-.~+/=#", p[i]))); i++) {
        digit |= isdigit((unsigned char)p[i]) != 0;
        letter |= isalpha((unsigned char)p[i]) != 0;
    }
    return i >= OPAQUE && digit && letter ? i : 0;
}

/* Keys that say by their beginning what they are. */
static bool is_key(const char *p, size_t n) {
    static const char *const begins[] = {"ghp_",  "gho_",  "ghs_",  "ghu_", "github_pat_", "glpat-",
                                         "xoxb-", "xoxp-", "xoxa-", "AKIA", "ASIA",        "AIza",
                                         "npm_",  "pypi-", "hf_",   "eyJ"};

    if (n >= KEY_BYTES + 3 && strncasecmp(p, "sk-", 3) == 0)
        return true;
    for (size_t i = 0; i < MIX_COUNT(begins); i++)
        if (n > OPAQUE - 1 && memcmp(p, begins[i], strlen(begins[i])) == 0)
            return opaque_length(p, n) > 0;
    return false;
}

/* `-u name:password`, as of curl. */
static size_t put_user(struct redaction *r, const char *p, size_t n, size_t word) {
    const size_t from = skip_blanks(p, n, word);
    const size_t end = value_end(p, n, from, M_LINE, 0);
    const char quote = from < end && is_quote(p[from]) ? p[from] : 0;
    size_t colon = from, stop;

    while (colon < end && p[colon] != ':' && !is_blank(p[colon]))
        colon++;
    if (from == word || colon == from || colon + 1 >= end || p[colon] != ':')
        return 0;
    stop = value_end(p, n, colon + 1, M_SECRET, quote);
    return hide(r, p, colon + 1, stop > colon + 1 ? stop : colon + 2);
}

/* A private key as it stands in a file. */
static size_t put_armoured(struct redaction *r, const char *p, size_t n, size_t word) {
    static const char begin[] = "-----BEGIN", sign[] = "PRIVATE KEY-----", end[] = "-----END";
    const bool begins = word >= sizeof begin - 1 && memcmp(p, begin, sizeof begin - 1) == 0;
    const char *head = begins ? memmem(p, n < 80 ? n : 80, sign, sizeof sign - 1) : NULL;

    if (!head)
        return 0;
    const size_t from = (size_t)(head - p) + sizeof sign - 1;
    const char *stop = memmem(p + from, n - from, end, sizeof end - 1);

    return hide(r, p, from, stop ? (size_t)(stop - p) : n);
}

/* `Bearer abc`, `sk-abc`: secrets that need no name. */
static size_t put_known(struct redaction *r, const char *p, size_t n) {
    static const char *const schemes[] = {"Bearer", "Basic"};
    static const char *const users[] = {"-u", "-U", "--user", "--proxy-user"};
    const size_t word = word_length(p, n);

    for (size_t i = 0; i < MIX_COUNT(schemes); i++) {
        const size_t k = strlen(schemes[i]);

        if (word != k || strncasecmp(p, schemes[i], k) != 0)
            continue;
        const size_t from = skip_blanks(p, n, k);
        const size_t end = value_end(p, n, from, M_SECRET, 0);

        return from == k || end - from < KEY_BYTES ? 0 : hide(r, p, from, end);
    }
    for (size_t i = 0; i < MIX_COUNT(users); i++)
        if (word == strlen(users[i]) && memcmp(p, users[i], word) == 0)
            return put_user(r, p, n, word);
    return is_key(p, word) ? hide(r, p, 0, word) : put_armoured(r, p, n, word);
}

/* `user:password@` behind `://`. */
static size_t put_userinfo(struct redaction *r, const char *p, size_t n) {
    size_t at = 0;

    if (n < 3 || memcmp(p, "://", 3) != 0)
        return 0;
    for (size_t i = 3; i < n && !(p[i] && strchr("/?#\"'<> \t\r\n\\", p[i])); i++)
        if (p[i] == '@')
            at = i;
    return at == 0 ? 0 : hide(r, p, 3, at);
}

/* The word at p: its length, whether it was hidden or not. */
static size_t put_word(struct redaction *r, const char *p, size_t n, bool *open) {
    const size_t opaque = r->strict ? opaque_length(p, n) : 0;

    if (opaque > 0)
        return hide(r, p, 0, opaque);
    const size_t pair = put_pair(r, p, n, open);
    const size_t known = pair > 0 ? pair : put_known(r, p, n);

    return known > 0 ? known : word_length(p, n);
}

/* Any text. True: it ends where the value of a secret would begin. */
static bool put_text(struct redaction *r, const char *p, size_t n) {
    bool open = false;

    r->text = p;
    for (size_t i = 0, used; i < n; i += used) {
        used = separator_length(p + i, n - i);
        if (used == 0 && is_word(p[i]))
            used = put_word(r, p + i, n - i, &open);
        else if (used == 0)
            used = put_userinfo(r, p + i, n - i);
        used = used > 0 ? used : 1;
    }
    put_before(r, p + n);
    return open;
}

/* ---- bodies ---- */
/* Where the string ends that begins at r->at: at its closing quote, or where the body was cut. */
static size_t string_end(const struct redaction *r) {
    size_t i = r->at + 1;

    while (i < r->n && r->p[i] != '"')
        i += r->p[i] == '\\' ? 2 : 1;
    return i < r->n ? i : r->n;
}

static void put_url(struct redaction *r, const char *p, size_t n) {
    const char *query = memchr(p, '?', n);
    const char *mark = memchr(p, '#', n);
    const char *cut = query && (!mark || query < mark) ? query : mark;

    put_text(r, p, cut ? (size_t)(cut - p) : n);
    if (!cut)
        return;
    put(r, cut, 1);
    put_hidden(r);
}

static void put_string(struct redaction *r, enum member m) {
    const size_t end = string_end(r), from = r->at + 1, n = end - from;
    const bool closed = end < r->n;

    put(r, "\"", 1);
    if (n == 0)
        ;
    else if (m == M_AUTH_URL)
        put_url(r, r->p + from, n);
    else if (m == M_ALLOWED || (m == M_PLAIN && !r->strict))
        (void)put_text(r, r->p + from, n);
    else
        put_hidden(r);
    if (closed)
        put(r, "\"", 1);
    r->at = closed ? end + 1 : end;
}

/* Past an object or a list, whole or cut. */
static void skip_container(struct redaction *r) {
    struct json_scan scan = {0};
    bool end;

    r->at += json_scan(&scan, r->p + r->at, r->n - r->at, &end);
}

static bool is_literal(const char *p, size_t n) {
    static const char *const words[] = {"true", "false", "null"};

    for (size_t i = 0; i < MIX_COUNT(words); i++)
        if (n == strlen(words[i]) && memcmp(p, words[i], n) == 0)
            return true;
    return n == 0;
}

/* A number or word as a value. */
static void put_scalar(struct redaction *r, enum member m) {
    const char *p = r->p + r->at;
    size_t n = 0;

    while (r->at + n < r->n && !(p[n] && strchr(" \t\r\n,]}\"", p[n])))
        n++;
    const bool code = (m == M_CODE || r->strict) && is_short_number(p, n);

    if (is_literal(p, n) || code)
        put(r, p, n);
    else if (m == M_PLAIN && !r->strict)
        (void)put_text(r, p, n);
    else
        put_hidden(r);
    r->at += n;
}

/* What stands behind the name of a member. */
static void put_value(struct redaction *r, enum member m) {
    if (r->at >= r->n)
        return;
    const char c = r->p[r->at];
    const bool secret = m == M_SECRET || m == M_CODE || m == M_LINE;

    if (c == '"') {
        put_string(r, m);
    } else if (c == '{' || c == '[') {
        if (!secret)
            return;
        skip_container(r);
        put_hidden(r);
    } else {
        put_scalar(r, m);
    }
}

static bool is_space(char c) { return is_blank(c) || c == '\r' || c == '\n'; }

/* A string: the name of a member with its value, or a value without a name. */
static void put_member(struct redaction *r, bool expected) {
    const size_t end = string_end(r), from = r->at;
    size_t next = end < r->n ? end + 1 : end;

    while (next < r->n && is_space(r->p[next]))
        next++;
    if (expected || next >= r->n || r->p[next] != ':') {
        put_string(r, expected ? M_SECRET : M_PLAIN);
        return;
    }
    const struct name name = name_of(r->p + from + 1, end - from - 1);

    next++;
    while (next < r->n && is_space(r->p[next]))
        next++;
    put(r, "\"", 1);
    (void)put_text(r, r->p + from + 1, end - from - 1);
    put(r, r->p + end, next - end);
    r->at = next;
    put_value(r, r->strict ? strict_member(&name) : member_of(&name));
}

/* Between strings. Where only what is allowed is shown, that is the punctuation of JSON. True: a
 * secret is expected next. */
static bool put_between(struct redaction *r) {
    const char *p = r->p + r->at;
    const char *quote = memchr(p, '"', r->n - r->at);
    const size_t n = quote ? (size_t)(quote - p) : r->n - r->at;

    if (!r->strict) {
        r->at += n;
        return put_text(r, p, n);
    }
    for (const size_t end = r->at + n; r->at < end;) {
        const char c = r->p[r->at];

        if (is_space(c) || (c && strchr("{}[]:,", c))) {
            put(r, &c, 1);
            r->at++;
        } else {
            put_scalar(r, M_SECRET);
        }
    }
    return false;
}

static bool is_strict(enum op op) {
    if (op >= OP_COUNT)
        return false;
    const char *name = op_spec(op)->sdk_name;

    return strncmp(name, "authentication.", 15) == 0 || strncmp(name, "internal.", 9) == 0;
}

enum rc redact_body(struct buf *out, enum op op, const char *body, size_t n) {
    struct redaction r = {.out = out, .p = body, .n = n, .strict = is_strict(op)};
    bool expected = false;

    while (r.at < n && is_space(body[r.at]))
        r.at++;
    if (r.at < n && body[r.at] != '{' && body[r.at] != '[') { /* no JSON: it may be anything */
        if (r.strict)
            put_hidden(&r);
        else
            (void)put_text(&r, body, n);
        return r.rc;
    }
    while (r.at < n && r.rc == RC_OK) {
        if (body[r.at] == '"') {
            put_member(&r, expected);
            expected = false;
        } else {
            expected = put_between(&r);
        }
    }
    return r.rc;
}

enum rc redact_text(struct buf *out, enum op op, const char *text, size_t n) {
    struct redaction r = {.out = out, .strict = is_strict(op)};

    (void)put_text(&r, text, n);
    return r.rc;
}

enum rc redact_url(struct buf *out, const char *url, size_t n) {
    struct redaction r = {.out = out};

    (void)put_text(&r, url, n);
    return r.rc;
}

enum rc redact_header(struct buf *out, const char *header, size_t n) {
    struct redaction r = {.out = out};
    const char *colon = memchr(header, ':', n);

    if (!redact_header_secret(header, n)) {
        (void)put_text(&r, header, n);
        return r.rc;
    }
    if (colon)
        put(&r, header, (size_t)(colon - header) + 1);
    put(&r, " ", colon ? 1 : 0);
    put_hidden(&r);
    return r.rc;
}
