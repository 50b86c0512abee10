/* code.c - a line of source text cut into bits by a row of the table of languages. */
#include "lexer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"

void lex_put(struct lexer *x, size_t to, enum ink ink) {
    struct flow_bit *last = x->n_bits > 0 ? &x->bits[x->n_bits - 1] : NULL;

    while (to < x->n && ((unsigned char)x->s[to] & 0xc0) == 0x80) /* letters stay whole */
        to++;
    if (to <= x->at)
        return;
    assert(last || x->max > 0);
    if (last && last->ink == ink && last->attrs == x->attrs) {
        last->n += to - x->at;
    } else if (last && x->n_bits == x->max) {
        last->n += to - x->at;
        last->ink = INK_PLAIN_CODE;
        last->attrs = 0;
    } else {
        x->bits[x->n_bits++] = (struct flow_bit){.s = x->s + x->at,
                                                 .n = to - x->at,
                                                 .src = (uint32_t)x->at,
                                                 .ink = (uint8_t)ink,
                                                 .attrs = x->attrs};
    }
    x->at = to;
}

bool lex_is(const struct lexer *x, size_t at, const char *word) {
    if (at >= x->n || x->s[at] != word[0])
        return false;
    const size_t n = strlen(word);

    return n > 0 && at + n <= x->n && memcmp(x->s + at, word, n) == 0;
}

size_t lex_blanks(const struct lexer *x, size_t at) {
    while (at < x->n && lex_blank(x->s[at]))
        at++;
    return at;
}

enum { WORD_MAX = 24 }; /* no keyword is longer */

/* A binary search by bytes: from the middle back to the start of the word there. */
bool lex_among(const char *list, const char *word, size_t n) {
    size_t low = 0, high = list && n <= WORD_MAX ? strlen(list) : 0;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        while (mid > low && list[mid - 1] != ' ')
            mid--;
        const int first = (unsigned char)word[0] - (unsigned char)list[mid];
        size_t len = 1;

        if (first < 0) {
            high = mid;
            continue;
        }
        while (mid + len < high && list[mid + len] != ' ') /* shorter than a call */
            len++;
        const int order = first != 0 ? first : memcmp(word, list + mid, n < len ? n : len);

        if (order == 0 && n == len)
            return true;
        if (order < 0 || (order == 0 && n < len))
            high = mid;
        else
            low = mid + len + 1;
    }
    return false;
}

static bool in_word(const struct lexer *x, char c) {
    if (lex_letter(c) || lex_digit(c))
        return true;
    for (const char *ident = x->lang->ident; ident && *ident; ident++)
        if (*ident == c)
            return true;
    return false;
}

size_t lex_word_end(const struct lexer *x, size_t at) {
    while (at < x->n && in_word(x, x->s[at]))
        at++;
    return at;
}

static bool hex_digit(char c) {
    return lex_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

size_t lex_number_end(const struct lexer *x, size_t at) {
    const bool hex = lex_is(x, at, "0x") || lex_is(x, at, "0X");

    for (at++; at < x->n; at++) {
        const char c = x->s[at], next = at + 1 < x->n ? x->s[at + 1] : 0;

        if (c == '.' && (next == '.' || (lex_letter(next) && !hex && next != 'e' && next != 'f')))
            break;
        if ((c == '+' || c == '-') && !hex && (x->s[at - 1] | 32) == 'e' && lex_digit(next))
            continue;
        if (c == '\'' && hex_digit(next))
            continue;
        if (c != '.' && !lex_digit(c) && !(lex_letter(c) && !(c & 0x80)))
            break;
    }
    return at;
}

/* ---- strings ---- */

/* What lies between the ends: to x->at from `at` on. True when the string ended before `end`. */
static bool string_inner(struct lexer *x, size_t end, const struct quote *q, size_t at) {
    const size_t close = strlen(q->close);

    while (at < end) {
        if ((q->flags & QUOTE_ESCAPE) && x->s[at] == '\\') {
            at += at + 1 < end ? 2 : 1;
        } else if (lex_is(x, at, q->close) && at + close <= end) {
            at += close;
            if (!(q->flags & QUOTE_DOUBLED) || !lex_is(x, at, q->close) || at >= end) {
                lex_put(x, at, INK_STRING);
                return true;
            }
            at += close;
        } else if ((q->flags & QUOTE_EXPAND) && x->s[at] == '$' &&
                   lex_variable_end(x, at) > at + 1) {
            lex_put(x, at, INK_STRING);
            at = lex_variable_end(x, at);
            at = at < end ? at : end;
            lex_put(x, at, INK_META);
        } else if ((q->flags & QUOTE_CODE) && lex_is(x, at, "${") &&
                   x->state->depth + 2U < sizeof x->state->until) {
            lex_put(x, at, INK_STRING);
            lex_put(x, at + 2, INK_META);
            x->state->until[x->state->depth++] = 0;
            x->state->inside = 0;
            x->before = TOKEN_OPERATOR;
            return true;
        } else {
            at++;
        }
    }
    lex_put(x, end, INK_STRING);
    return false;
}

void lex_string(struct lexer *x, size_t end, size_t quote, size_t from) {
    const struct quote *q = &x->lang->quotes[quote];

    x->before = TOKEN_VALUE;
    x->state->inside = 0;
    if (!string_inner(x, end, q, from) && (q->flags & QUOTE_LINES))
        x->state->inside = (uint8_t)(quote + 1);
}

/* 'x' and '\n', but no 'lifetime. */
static bool is_char(const struct lexer *x, size_t at, const char *close) {
    if (at + 1 >= x->n)
        return false;
    if (x->s[at + 1] == '\\')
        return true;
    const size_t n = text_cluster(x->s + at + 1, x->n - at - 1).bytes;

    return lex_is(x, at + 1 + n, close);
}

/* A string behind its opening quote; false: none begins here. */
static bool quoted(struct lexer *x, size_t end) {
    const struct language *l = x->lang;

    for (size_t i = 0; i < MIX_COUNT(l->quotes) && l->quotes[i].open; i++) {
        const struct quote *q = &l->quotes[i];

        if (x->s[x->at] != q->open[0] || !lex_is(x, x->at, q->open))
            continue;
        if ((q->flags & QUOTE_CHAR) && !is_char(x, x->at, q->close)) {
            lex_put(x, lex_word_end(x, x->at + 1), INK_META);
            return true;
        }
        lex_string(x, end, i, x->at + strlen(q->open));
        return true;
    }
    return false;
}

static void until_raw(struct lexer *x, size_t end, size_t at) {
    const size_t n = strlen(x->state->until);

    if (n == 0)
        x->state->inside = 0;
    for (; n > 0 && at + n <= end; at++)
        if (x->s[at] == x->state->until[0] && memcmp(x->s + at, x->state->until, n) == 0) {
            x->state->inside = 0;
            memset(x->state->until, 0, sizeof x->state->until);
            lex_put(x, at + n, INK_STRING);
            return;
        }
    lex_put(x, end, INK_STRING);
}

/* r#"..."# and R"x(...)x" from the quote or the hashes on, which stand at `at`. */
static bool raw(struct lexer *x, size_t end, size_t at) {
    char *until = x->state->until;
    const size_t max = sizeof x->state->until - 3;
    size_t n = 0;

    if (x->lang->traits & TRAIT_RAW_HASHES) {
        while (at + n < end && n < max && x->s[at + n] == '#')
            n++;
        if (at + n >= end || x->s[at + n] != '"')
            return false;
        memset(until, 0, sizeof x->state->until);
        until[0] = '"';
        memset(until + 1, '#', n);
    } else {
        if (at >= end || x->s[at] != '"')
            return false;
        while (at + 1 + n < end && n < max && x->s[at + 1 + n] != '(')
            n++;
        if (at + 1 + n >= end || x->s[at + 1 + n] != '(')
            return false;
        memset(until, 0, sizeof x->state->until);
        until[0] = ')';
        memcpy(until + 1, x->s + at + 1, n);
        until[n + 1] = '"';
        n++;
    }
    x->state->inside = IN_RAW;
    x->before = TOKEN_VALUE;
    until_raw(x, end, at + n + 1);
    return true;
}

/* ---- comments ---- */
static void comment(struct lexer *x, size_t end, size_t at) {
    const struct language *l = x->lang;

    while (at < end) {
        if (lex_is(x, at, l->close)) {
            at += strlen(l->close);
            if (!(l->traits & TRAIT_NESTED) || --x->state->depth == 0) {
                x->state->inside = 0;
                lex_put(x, at < end ? at : end, INK_COMMENT);
                return;
            }
        } else if ((l->traits & TRAIT_NESTED) && lex_is(x, at, l->open) &&
                   x->state->depth < UINT8_MAX) {
            x->state->depth++;
            at += strlen(l->open);
        } else {
            at++;
        }
    }
    lex_put(x, end, INK_COMMENT);
}

static bool commented(struct lexer *x, size_t end) {
    const struct language *l = x->lang;

    if (l->open && lex_is(x, x->at, l->open)) {
        x->state->inside = IN_COMMENT;
        if (l->traits & TRAIT_NESTED)
            x->state->depth = 1;
        comment(x, end, x->at + strlen(l->open));
        return true;
    }
    for (size_t i = 0; i < MIX_COUNT(l->comment); i++)
        if (l->comment[i] && lex_is(x, x->at, l->comment[i])) {
            lex_put(x, end, INK_COMMENT);
            return true;
        }
    return false;
}

/* ---- words ---- */
static bool capital_type(const char *s, size_t n) {
    if (s[0] < 'A' || s[0] > 'Z')
        return false;
    for (size_t i = 1; i < n; i++)
        if (s[i] >= 'a' && s[i] <= 'z')
            return true;
    return n == 1;
}

static bool ends_with(const struct lexer *x, char c) {
    size_t n = x->n;

    while (n > x->at && lex_blank(x->s[n - 1]))
        n--;
    return n > x->at && x->s[n - 1] == c;
}

/* Is the word up to `to` what is defined here? */
static bool defines(struct lexer *x, size_t to) {
    const unsigned traits = x->lang->traits;
    const bool call = lex_is(x, lex_blanks(x, to), "(");

    if (x->define && x->parens == 0) {
        const bool behind = (traits & TRAIT_RECEIVER) && x->before == TOKEN_VALUE;

        x->define = false;
        return !behind || call;
    }
    if (!call)
        return false;
    if ((traits & TRAIT_TYPED) && x->before == TOKEN_WORD)
        return true;
    if ((traits & TRAIT_TYPED) && x->before == TOKEN_OPERATOR && x->at > 0 &&
        x->s[x->at - 1] == '*' && x->n > 0 && lex_letter(x->s[0]))
        return true;
    return (traits & TRAIT_METHODS) && x->before == TOKEN_NONE && ends_with(x, '{');
}

static void word(struct lexer *x, size_t to) {
    const struct language *l = x->lang;
    const char *s = x->s + x->at;
    const size_t n = to - x->at;
    char lower[24] = "";

    assert(n > 0);
    if ((l->traits & TRAIT_CASELESS) && n < sizeof lower) {
        for (size_t i = 0; i < n; i++)
            lower[i] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]);
        s = lower;
    }
    if (lex_among(l->keywords, s, n)) {
        lex_put(x, to, INK_KEYWORD);
        if (lex_among(l->define, s, n)) {
            x->define = true;
            x->parens = 0;
        }
        x->before = TOKEN_KEYWORD;
    } else if (defines(x, to)) {
        lex_put(x, to, INK_NAME);
        x->before = TOKEN_VALUE;
    } else {
        const bool type =
            lex_among(l->types, s, n) || ((l->traits & TRAIT_CAPITALS) && capital_type(s, n)) ||
            ((l->traits & TRAIT_SIZED_TYPES) && n > 2 && s[n - 1] == 't' && s[n - 2] == '_');

        lex_put(x, to, type ? INK_TYPE : INK_PLAIN_CODE);
        x->before = TOKEN_WORD;
    }
}

/* Prefixes of strings are part of them: b'', f"", L"". */
static bool prefixed(struct lexer *x, size_t end, size_t to) {
    const unsigned traits = x->lang->traits;
    const char last = x->s[to - 1];

    if (to - x->at > 3 || to >= end)
        return false;
    if (((traits & TRAIT_RAW_HASHES) && last == 'r' && raw(x, end, to)) ||
        ((traits & TRAIT_RAW_PARENS) && last == 'R' && raw(x, end, to)))
        return true;
    if (to - x->at > 2 || !strchr("bBfFrRuULc", last) || !strchr("bBfFrRuULc8", x->s[x->at]))
        return false;
    for (size_t i = 0; i < MIX_COUNT(x->lang->quotes) && x->lang->quotes[i].open; i++) {
        const struct quote *q = &x->lang->quotes[i];

        if (strchr("\"'", q->open[0]) && lex_is(x, to, q->open) &&
            (!(q->flags & QUOTE_CHAR) || is_char(x, to, q->close))) {
            lex_string(x, end, i, to + strlen(q->open));
            return true;
        }
    }
    return false;
}

/* ---- what is left ---- */
static bool regex(struct lexer *x, size_t end) {
    bool set = false;

    if (x->no_regex || x->before == TOKEN_WORD || x->before == TOKEN_VALUE)
        return false;
    for (size_t at = x->at + 1; at < end; at++) {
        if (x->s[at] == '\\')
            at++;
        else if (x->s[at] == '[')
            set = true;
        else if (x->s[at] == ']')
            set = false;
        else if (x->s[at] == '/' && !set) {
            lex_put(x, lex_word_end(x, at + 1), INK_STRING);
            x->before = TOKEN_VALUE;
            return true;
        }
    }
    x->no_regex = true; /* looked for once a line */
    return false;
}

/* #include <x>, #define X */
static void directive(struct lexer *x, size_t end) {
    const size_t name = lex_blanks(x, x->at + 1), to = lex_word_end(x, name);
    const bool include = lex_is(x, name, "include"), define = lex_is(x, name, "define");

    lex_put(x, to, INK_META);
    lex_put(x, lex_blanks(x, to), INK_PLAIN_CODE);
    if (include && x->at < end && x->s[x->at] == '<') {
        const char *close = memchr(x->s + x->at, '>', end - x->at);

        lex_put(x, close ? (size_t)(close - x->s) + 1 : end, INK_STRING);
    } else if (define) {
        lex_put(x, lex_word_end(x, x->at), INK_NAME);
    }
    x->before = TOKEN_KEYWORD;
}

static void bracket(struct lexer *x, char c) {
    struct code_state *st = x->state;
    const bool braces = x->lang->quotes[0].flags & QUOTE_CODE;

    if (braces && st->depth > 0 && (c == '{' || c == '}')) {
        char *open = &st->until[(st->depth - 1U) % sizeof st->until];

        if (c == '}' && *open == 0) { /* back in the text around it */
            st->depth--;
            lex_put(x, x->at + 1, INK_META);
            st->inside = 1;
            return;
        }
        if (c == '{' && *open < INT8_MAX)
            ++*open;
        else if (c == '}')
            --*open;
    }
    if (c == '(')
        x->parens++;
    else if (c == ')' && x->parens > 0)
        x->parens--;
    else if (c == '{' || c == '}' || c == ';' || (c == ')' && x->define))
        x->define = false;
    lex_put(x, x->at + 1, INK_PLAIN_CODE);
    x->before = strchr(")]}", c) ? TOKEN_VALUE : TOKEN_OPERATOR;
}

static void other(struct lexer *x, size_t end) {
    const char c = x->s[x->at];
    const bool attribute = (x->lang->traits & TRAIT_ATTRIBUTES) && c == '#';

    if ((x->lang->traits & TRAIT_DECORATORS) && c == '@' && x->at + 1 < end &&
        lex_letter(x->s[x->at + 1])) {
        lex_put(x, lex_word_end(x, x->at + 1), INK_META);
        return;
    }
    if (attribute && (lex_is(x, x->at, "#[") || lex_is(x, x->at, "#!["))) {
        const char *close = memchr(x->s + x->at, ']', end - x->at);

        lex_put(x, close ? (size_t)(close - x->s) + 1 : end, INK_META);
        return;
    }
    if ((x->lang->traits & TRAIT_REGEX) && c == '/' && regex(x, end))
        return;
    lex_put(x, x->at + 1, strchr("+-*/%=<>!&|^~?:", c) ? INK_OPERATOR : INK_PLAIN_CODE);
    x->before = TOKEN_OPERATOR;
}

static void token(struct lexer *x, size_t end) {
    const char c = x->s[x->at], next = x->at + 1 < end ? x->s[x->at + 1] : 0;

    if (lex_blank(c)) {
        const size_t to = lex_blanks(x, x->at);

        lex_put(x, to < end ? to : end, INK_PLAIN_CODE);
    } else if (lex_letter(c) || (c == '$' && in_word(x, c))) {
        size_t to = lex_word_end(x, x->at);

        to = to < end ? to : end;
        if (!prefixed(x, end, to))
            word(x, to);
    } else if (lex_digit(c) ||
               (c == '.' && lex_digit(next) && !(x->at > 0 && x->s[x->at - 1] == '.'))) {
        const size_t to = lex_number_end(x, x->at);

        lex_put(x, to < end ? to : end, INK_NUMBER);
        x->before = TOKEN_VALUE;
    } else if (c == '#' && (x->lang->traits & TRAIT_DIRECTIVES) && x->before == TOKEN_NONE) {
        directive(x, end);
    } else if (commented(x, end) || quoted(x, end)) {
        return;
    } else if (c && strchr("()[]{};,", c)) {
        bracket(x, c);
    } else {
        other(x, end);
    }
}

/* Keys: a string in front of a colon is a name. */
static void name_keys(struct lexer *x, size_t bit) {
    if (bit < x->n_bits && x->bits[bit].ink == INK_STRING &&
        x->at == x->bits[bit].src + x->bits[bit].n && lex_is(x, lex_blanks(x, x->at), ":"))
        x->bits[bit].ink = INK_NAME;
}

void lex_code(struct lexer *x, size_t end) {
    while (x->at < end) {
        const uint8_t inside = x->state->inside;
        const size_t bits = x->n_bits;

        if (inside == IN_COMMENT)
            comment(x, end, x->at);
        else if (inside == IN_RAW)
            until_raw(x, end, x->at);
        else if (inside > 0 && inside <= MIX_COUNT(x->lang->quotes) &&
                 x->lang->quotes[inside - 1].open)
            lex_string(x, end, inside - 1U, x->at);
        else
            token(x, end);
        if ((x->lang->traits & TRAIT_KEYS) && x->n_bits > bits)
            name_keys(x, x->n_bits - 1);
    }
}

void lex_other(struct lexer *x, size_t end, enum lang lang, size_t slot) {
    struct code_state *outer = x->state, inner = {0};
    const struct language *own = x->lang;
    const size_t n = x->n, kept = sizeof inner.until - slot - 2;
    char *at = outer->until + slot;

    inner.inside = (uint8_t)at[0];
    inner.depth = (uint8_t)at[1];
    memcpy(inner.until, at + 2, kept);
    x->lang = lex_language(lang);
    x->state = &inner;
    x->n = end;
    if (x->lang->line)
        x->lang->line(x);
    else
        lex_code(x, end);
    lex_put(x, end, INK_PLAIN_CODE);
    x->n = n;
    x->state = outer;
    x->lang = own;
    at[0] = (char)inner.inside;
    at[1] = (char)inner.depth;
    memcpy(at + 2, inner.until, kept);
}

size_t code_line(struct code_state *state, enum lang lang, const char *s, size_t n,
                 struct flow_bit *bits, size_t max) {
    struct lexer x = {.state = state,
                      .lang = lex_language(lang),
                      .s = s,
                      .n = n <= LEX_LOOK ? n : flow_piece(s, LEX_LOOK),
                      .bits = bits,
                      .max = max};

    if (max == 0)
        return 0;
    if (x.lang->line)
        x.lang->line(&x);
    else if (lang != LANG_NONE)
        lex_code(&x, x.n);
    x.attrs = 0;
    x.n = n;
    lex_put(&x, n, INK_PLAIN_CODE);
    return x.n_bits;
}
