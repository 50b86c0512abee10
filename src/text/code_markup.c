/* code_markup.c - languages that are mostly text: HTML, CSS, Markdown. */
#include <string.h>

#include "lexer.h"

/* ---- HTML ---- */
static size_t find_text(const struct lexer *x, size_t at, const char *text) {
    const size_t n = strlen(text);

    for (; at + n <= x->n; at++) {
        size_t i = 0;

        while (i < n &&
               (x->s[at + i] | (x->s[at + i] >= 'A' && x->s[at + i] <= 'Z' ? 32 : 0)) == text[i])
            i++;
        if (i == n)
            return at;
    }
    return x->n;
}

static void html_comment(struct lexer *x, size_t from, const char *close) {
    const size_t at = find_text(x, from, close);

    x->state->inside = at < x->n ? 0 : IN_COMMENT;
    lex_put(x, at < x->n ? at + strlen(close) : x->n, INK_COMMENT);
}

static void html_text(struct lexer *x) {
    const char *less = memchr(x->s + x->at, '<', x->n - x->at);

    lex_put(x, less ? (size_t)(less - x->s) : x->n, INK_PLAIN_CODE);
    if (!less)
        return;
    const bool ending = lex_is(x, x->at, "</");
    const size_t name = x->at + 1 + ending, to = lex_word_end(x, name);

    if (lex_is(x, x->at, "<!--")) {
        html_comment(x, x->at + 4, "-->");
    } else if (lex_is(x, x->at, "<!") || lex_is(x, x->at, "<?")) {
        const char *close = memchr(less, '>', x->n - x->at);

        lex_put(x, close ? (size_t)(close - x->s) + 1 : x->n, INK_META);
    } else if (to > name && lex_letter(x->s[name])) {
        const size_t n = to - name;
        const bool opens = !ending;

        lex_put(x, name, INK_OPERATOR);
        lex_put(x, to, INK_NAME);
        x->state->inside = IN_TAG;
        x->state->depth = 0;
        if (opens && n == 6 && find_text(x, name, "script") == name)
            x->state->depth = IN_SCRIPT;
        else if (opens && n == 5 && find_text(x, name, "style") == name)
            x->state->depth = IN_STYLE;
    } else {
        lex_put(x, x->at + 1, INK_PLAIN_CODE);
    }
}

static void html_tag(struct lexer *x) {
    const char c = x->s[x->at];

    if (c == '>') {
        x->state->inside = x->state->depth;
        x->state->depth = 0;
        x->before = TOKEN_NONE;
        memset(x->state->until, 0, sizeof x->state->until);
        lex_put(x, x->at + 1, INK_OPERATOR);
    } else if (c == '"' || c == '\'') {
        lex_string(x, x->n, c == '\'', x->at + 1);
        if (x->state->inside == 0)
            x->state->inside = IN_TAG;
    } else if (lex_word_end(x, x->at) > x->at) {
        const bool value = x->before == TOKEN_OPERATOR;

        lex_put(x, lex_word_end(x, x->at), value ? INK_STRING : INK_TYPE);
        x->before = TOKEN_WORD;
    } else {
        x->before = c == '=' ? TOKEN_OPERATOR : lex_blank(c) ? x->before : TOKEN_NONE;
        lex_put(x, x->at + 1, c == '=' || c == '/' ? INK_OPERATOR : INK_PLAIN_CODE);
    }
}

static void html_other(struct lexer *x, bool script) {
    const size_t end = find_text(x, x->at, script ? "</script" : "</style");

    lex_other(x, end, script ? LANG_JAVASCRIPT : LANG_CSS, 0);
    if (end < x->n)
        *x->state = (struct code_state){0};
}

void lex_html(struct lexer *x) {
    while (x->at < x->n) {
        const uint8_t inside = x->state->inside;

        if (inside == IN_COMMENT)
            html_comment(x, x->at, "-->");
        else if (inside == IN_TAG)
            html_tag(x);
        else if (inside == IN_SCRIPT || inside == IN_STYLE)
            html_other(x, inside == IN_SCRIPT);
        else if (inside == 0)
            html_text(x);
        else {
            lex_string(x, x->n, (inside - 1U) % 2, x->at);
            if (x->state->inside == 0)
                x->state->inside = IN_TAG;
        }
    }
}

/* ---- CSS: until[0] says that a value is being read ---- */
static void css_value(struct lexer *x) {
    const char c = x->s[x->at], next = x->at + 1 < x->n ? x->s[x->at + 1] : 0;
    size_t to = x->at + 1;

    if (c == '"' || c == '\'') {
        lex_string(x, x->n, c == '\'', to);
    } else if (c == '#') {
        lex_put(x, lex_word_end(x, to), INK_NUMBER);
    } else if (c == '!' || c == '@') {
        lex_put(x, lex_word_end(x, to), INK_KEYWORD);
    } else if (c == '$' || (c == '-' && next == '-')) {
        lex_put(x, lex_word_end(x, to), INK_META);
    } else if (lex_digit(c) || (strchr("+-.", c) && (lex_digit(next) || next == '.'))) {
        to = lex_number_end(x, x->at);
        lex_put(x, to + lex_is(x, to, "%"), INK_NUMBER);
    } else if (lex_word_end(x, x->at) > x->at) {
        lex_put(x, lex_word_end(x, x->at), INK_PLAIN_CODE);
    } else {
        lex_put(x, to, strchr("+*/>=<:", c) ? INK_OPERATOR : INK_PLAIN_CODE);
    }
}

/* A statement begins: what ends it in this line tells what it is. */
static void css_statement(struct lexer *x) {
    size_t stop = x->at, colon = x->n;

    while (stop < x->n && !strchr("{};", x->s[stop]) && !lex_is(x, stop, "/*")) {
        if (x->s[stop] == ':' && colon == x->n)
            colon = stop;
        stop++;
    }
    const bool opens = lex_is(x, stop, "{");
    const bool declares = colon < stop && !opens && (x->state->depth > 0 || lex_is(x, stop, ";"));

    if (lex_is(x, x->at, "@")) {
        lex_put(x, lex_word_end(x, x->at + 1), INK_KEYWORD);
        x->state->until[0] = 1;
    } else if (declares) {
        const bool variable = lex_is(x, x->at, "--") || lex_is(x, x->at, "$");

        lex_put(x, colon, variable ? INK_META : INK_TYPE);
        lex_put(x, colon + 1, INK_OPERATOR);
        x->state->until[0] = 1;
    } else {
        lex_put(x, stop > x->at ? stop : x->at + 1, INK_NAME);
    }
}

void lex_css(struct lexer *x) {
    struct code_state *st = x->state;

    while (x->at < x->n) {
        const char c = x->s[x->at];

        if (st->inside == IN_COMMENT) {
            html_comment(x, x->at, "*/");
        } else if (lex_blank(c)) {
            lex_put(x, lex_blanks(x, x->at), INK_PLAIN_CODE);
        } else if (lex_is(x, x->at, "/*")) {
            html_comment(x, x->at + 2, "*/");
        } else if (lex_is(x, x->at, "//") && !st->until[0]) {
            lex_put(x, x->n, INK_COMMENT);
        } else if (c && strchr("{};", c)) {
            st->until[0] = 0;
            if (c == '{' && st->depth < UINT8_MAX)
                st->depth++;
            else if (c == '}' && st->depth > 0)
                st->depth--;
            lex_put(x, x->at + 1, INK_PLAIN_CODE);
        } else if (st->until[0]) {
            css_value(x);
        } else {
            css_statement(x);
        }
    }
}

/* ---- Markdown ---- */

/* ``` or ~~~ at `at`: how many; 0: none. */
static size_t fence_at(const struct lexer *x, size_t at) {
    const char c = at < x->n ? x->s[at] : 0;
    size_t n = 0;

    if (c != '`' && c != '~')
        return 0;
    while (at + n < x->n && x->s[at + n] == c)
        n++;
    return n >= 3 ? n : 0;
}

/* until: the sign, how many, the language; behind them the state in it. */
static void in_fence(struct lexer *x) {
    struct code_state *st = x->state;
    const size_t at = lex_blanks(x, 0), n = fence_at(x, at);

    if (n >= (size_t)st->until[1] && x->s[at] == st->until[0] && lex_blanks(x, at + n) == x->n) {
        *st = (struct code_state){0};
        lex_put(x, x->n, INK_META);
    } else {
        lex_other(x, x->n, (enum lang)st->until[2], 3);
    }
}

static void open_fence(struct lexer *x, size_t at, size_t n) {
    struct code_state *st = x->state;
    const enum lang lang = lang_named(x->s + at + n, x->n - at - n);

    st->inside = IN_FENCE;
    memset(st->until, 0, sizeof st->until);
    st->until[0] = x->s[at];
    st->until[1] = (char)(n < INT8_MAX ? n : INT8_MAX);
    st->until[2] = (char)(lang == LANG_MARKDOWN ? LANG_NONE : lang); /* no fence in a fence */
    lex_put(x, x->n, INK_META);
}

/* What ends a stretch of text is looked for once a line when there is none. */
struct inlines {
    struct lexer *x;
    bool no_code, no_strong, no_link;
};

static bool md_between(struct inlines *m, const char *mark, bool *none, enum ink ink, int attrs) {
    struct lexer *x = m->x;
    const size_t n = strlen(mark);

    if (*none || !lex_is(x, x->at, mark))
        return false;
    const size_t close = find_text(x, x->at + n, mark);

    if (close >= x->n) {
        *none = true;
        return false;
    }
    x->attrs = (uint8_t)attrs;
    lex_put(x, close + n, ink);
    x->attrs = 0;
    return true;
}

static bool md_link(struct inlines *m) {
    struct lexer *x = m->x;

    if (m->no_link || x->s[x->at] != '[')
        return false;
    const size_t middle = find_text(x, x->at, "](");
    const size_t close = middle < x->n ? find_text(x, middle, ")") : x->n;

    if (close >= x->n) {
        m->no_link = true;
        return false;
    }
    lex_put(x, middle + 1, INK_NAME);
    lex_put(x, close + 1, INK_STRING);
    return true;
}

static void md_inline(struct lexer *x) {
    struct inlines m = {.x = x};
    size_t at = x->at;

    while (at < x->n) {
        const char c = x->s[at];

        if (c != '`' && c != '*' && c != '[') {
            at++;
            continue;
        }
        lex_put(x, at, INK_PLAIN_CODE);
        if (!md_between(&m, "`", &m.no_code, INK_STRING, 0) &&
            !md_between(&m, "**", &m.no_strong, INK_PLAIN_CODE, ATTR_BOLD) && !md_link(&m))
            lex_put(x, at + 1, INK_PLAIN_CODE);
        at = x->at;
    }
    lex_put(x, at, INK_PLAIN_CODE);
}

void lex_markdown(struct lexer *x) {
    if (x->state->inside == IN_FENCE) {
        in_fence(x);
        return;
    }
    size_t at = lex_blanks(x, 0), to = at;
    const size_t fence = fence_at(x, at);

    if (fence > 0) {
        open_fence(x, at, fence);
        return;
    }
    lex_put(x, at, INK_PLAIN_CODE);
    while (lex_is(x, to, "#"))
        to++;
    if (to > at && to - at <= 6 && (to == x->n || lex_blank(x->s[to]))) {
        x->attrs = ATTR_BOLD;
        lex_put(x, x->n, INK_KEYWORD);
        x->attrs = 0;
        return;
    }
    while (lex_is(x, x->at, ">"))
        lex_put(x, lex_blanks(x, x->at + 1), INK_COMMENT);
    for (to = x->at; to < x->n && lex_digit(x->s[to]);)
        to++;
    if (to > x->at && to + 1 < x->n && strchr(".)", x->s[to]) && lex_blank(x->s[to + 1]))
        lex_put(x, to + 1, INK_OPERATOR);
    else if (x->at + 1 < x->n && strchr("-*+", x->s[x->at]) && lex_blank(x->s[x->at + 1]))
        lex_put(x, x->at + 1, INK_OPERATOR);
    md_inline(x);
}
