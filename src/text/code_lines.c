/* code_lines.c - languages whose lines have a shape: shells, YAML, TOML, diffs. */
#include <string.h>

#include "lexer.h"

/* ---- shells ---- */
enum { VARIABLE_LOOK = 256 };

size_t lex_variable_end(const struct lexer *x, size_t at) {
    const char next = at + 1 < x->n ? x->s[at + 1] : 0;

    if (next == '{') {
        const size_t look = x->n - at < VARIABLE_LOOK ? x->n - at : VARIABLE_LOOK;
        const char *close = memchr(x->s + at, '}', look);

        return close ? (size_t)(close - x->s) + 1 : at + 2;
    }
    if (next && strchr("@*#?$!-0123456789", next))
        return at + 2;
    size_t to = at + 1;

    while (to < x->n && !(x->s[to] & 0x80) && (lex_letter(x->s[to]) || lex_digit(x->s[to])))
        to++;
    return to;
}

struct shell {
    struct lexer *x;
    bool command; /* a command may stand here */
    bool listing; /* after for, case and select: `in` is a keyword */
    uint8_t here; /* a here-document begins below: what the state will be inside of */
};

static bool word_ends(const struct lexer *x, size_t at) {
    return at >= x->n || strchr(" \t;|&()<>\"'`$", x->s[at]) != NULL;
}

/* <<END, <<-'END' */
static bool here_document(struct shell *sh) {
    struct lexer *x = sh->x;
    char *until = x->state->until;
    size_t at = x->at + 2, n = 0;

    if (!lex_is(x, x->at, "<<") || lex_is(x, x->at, "<<<"))
        return false;
    const bool tabs = lex_is(x, at, "-");

    at = lex_blanks(x, at + tabs);
    lex_put(x, at, INK_OPERATOR);
    if (at < x->n && strchr("'\"\\", x->s[at]))
        at++;
    memset(until, 0, sizeof x->state->until);
    for (; at < x->n && (lex_letter(x->s[at]) || lex_digit(x->s[at]) || x->s[at] == '-'); at++)
        if (n + 1 < sizeof x->state->until)
            until[n++] = x->s[at];
    if (at < x->n && strchr("'\"", x->s[at]))
        at++;
    lex_put(x, at, INK_META);
    if (n > 0)
        sh->here = tabs ? IN_HERE_TABS : IN_HERE;
    return true;
}

static void shell_word(struct shell *sh) {
    struct lexer *x = sh->x;
    size_t to = lex_word_end(x, x->at);
    const size_t n = to - x->at;
    const char *s = x->s + x->at;
    const bool whole = word_ends(x, to);

    if (x->define || (sh->command && lex_is(x, lex_blanks(x, to), "()"))) {
        lex_put(x, to, INK_NAME);
        x->define = false;
        return;
    }
    if (sh->command && (lex_is(x, to, "=") || lex_is(x, to, "+="))) {
        lex_put(x, to, INK_META);
        lex_put(x, to + (x->s[to] == '+' ? 2 : 1), INK_OPERATOR);
        return;
    }
    if (whole && ((sh->command && lex_among(x->lang->keywords, s, n)) ||
                  (sh->listing && n == 2 && memcmp(s, "in", 2) == 0))) {
        x->define = lex_among(x->lang->define, s, n);
        sh->listing = !sh->listing && (lex_among("case for select", s, n));
        sh->command = !sh->listing && !lex_among("declare export local readonly typeset", s, n);
        lex_put(x, to, INK_KEYWORD);
        return;
    }
    if (lex_among("declare export local readonly typeset", s, n))
        sh->command = true; /* name=value may follow */
    else
        sh->command = sh->command && s[0] == '-';
    while (to < x->n && !strchr(" \t'\"`$;|&<>()\\", x->s[to]))
        to++;
    lex_put(x, to, INK_PLAIN_CODE);
}

static void shell_sign(struct shell *sh) {
    struct lexer *x = sh->x;
    const char c = x->s[x->at];

    if (c == '$') {
        const size_t to = lex_variable_end(x, x->at);

        lex_put(x, to, to > x->at + 1 ? INK_META : INK_OPERATOR);
        sh->command = lex_is(x, x->at, "(") || lex_blank(x->at < x->n ? x->s[x->at] : 0);
        return;
    }
    if (c == '\\') {
        lex_put(x, x->at + 1 < x->n ? x->at + 2 : x->n, INK_PLAIN_CODE);
        return;
    }
    if (strchr("|&;({!", c))
        sh->command = true;
    lex_put(x, x->at + 1, strchr("|&<>!=", c) ? INK_OPERATOR : INK_PLAIN_CODE);
}

static bool shell_quote(struct lexer *x) {
    for (size_t i = 0; i < MIX_COUNT(x->lang->quotes) && x->lang->quotes[i].open; i++)
        if (x->s[x->at] == x->lang->quotes[i].open[0]) {
            lex_string(x, x->n, i, x->at + 1);
            return true;
        }
    return false;
}

static void shell_token(struct shell *sh) {
    struct lexer *x = sh->x;
    const char c = x->s[x->at];

    if (lex_blank(c)) {
        lex_put(x, lex_blanks(x, x->at), INK_PLAIN_CODE);
    } else if (c == '#' && (x->at == 0 || strchr(" \t;(", x->s[x->at - 1]))) {
        lex_put(x, x->n, INK_COMMENT);
    } else if (shell_quote(x)) {
        sh->command = false;
    } else if (lex_letter(c) || c == '-' || c == '/' || c == '.' || c == '~') {
        if (c == '/' || c == '.' || c == '~')
            lex_put(x, x->at + 1, INK_PLAIN_CODE);
        else
            shell_word(sh);
    } else if (lex_digit(c)) {
        const size_t to = lex_word_end(x, x->at);

        lex_put(x, to, word_ends(x, to) ? INK_NUMBER : INK_PLAIN_CODE);
    } else if (!here_document(sh)) {
        shell_sign(sh);
    }
}

void lex_shell(struct lexer *x) {
    struct code_state *st = x->state;
    struct shell sh = {.x = x, .command = true};

    if (st->inside == IN_HERE || st->inside == IN_HERE_TABS) {
        size_t from = 0, to = x->n;

        while (st->inside == IN_HERE_TABS && from < x->n && lex_blank(x->s[from]))
            from++;
        while (to > from && lex_blank(x->s[to - 1]))
            to--;
        const bool end =
            to - from >= strlen(st->until) && lex_is(x, from, st->until) &&
            (to - from == strlen(st->until) || strlen(st->until) + 1 == sizeof st->until);

        lex_put(x, x->n, end ? INK_META : INK_STRING);
        if (end)
            *st = (struct code_state){0};
        return;
    }
    while (x->at < x->n)
        if (st->inside > 0 && st->inside <= MIX_COUNT(x->lang->quotes))
            lex_string(x, x->n, st->inside - 1U, x->at);
        else
            shell_token(&sh);
    if (st->inside == 0)
        st->inside = sh.here;
}

/* ---- YAML ---- */

/* A key and where its colon is; x->n: none. */
static size_t yaml_key(const struct lexer *x) {
    size_t at = x->at;
    const char quote = at < x->n && (x->s[at] == '"' || x->s[at] == '\'') ? x->s[at] : 0;

    if (quote) {
        for (at++; at < x->n && x->s[at] != quote; at++)
            if (x->s[at] == '\\' && quote == '"')
                at++;
        at = lex_blanks(x, at < x->n ? at + 1 : x->n);
        return lex_is(x, at, ":") ? at : x->n;
    }
    if (at < x->n && strchr("[{#&*!|>%@`", x->s[at]))
        return x->n;
    for (; at < x->n; at++) {
        if (x->s[at] == ':' && (at + 1 >= x->n || lex_blank(x->s[at + 1])))
            return at;
        if (x->s[at] == '#' && at > 0 && lex_blank(x->s[at - 1]))
            return x->n;
    }
    return x->n;
}

static bool is_number(const struct lexer *x, size_t from, size_t to) {
    if (from < to && (x->s[from] == '-' || x->s[from] == '+'))
        from++;
    return from < to && lex_digit(x->s[from]) && lex_number_end(x, from) == to;
}

/* A scalar without quotes: up to a comment, in brackets also to the next sign of theirs. */
static void yaml_scalar(struct lexer *x) {
    size_t to = x->at, end;

    for (; to < x->n; to++) {
        const char c = x->s[to];

        if ((x->parens > 0 && strchr(",]}", c)) ||
            (c == ':' && (to + 1 >= x->n || lex_blank(x->s[to + 1]))) ||
            (c == '#' && to > 0 && lex_blank(x->s[to - 1])))
            break;
    }
    for (end = to; end > x->at && lex_blank(x->s[end - 1]);)
        end--;
    const size_t n = end - x->at;

    if (lex_is(x, to, ":"))
        lex_put(x, end, INK_NAME);
    else if (lex_among(x->lang->keywords, x->s + x->at, n) || (n == 1 && x->s[x->at] == '~'))
        lex_put(x, end, INK_KEYWORD);
    else
        lex_put(x, end, is_number(x, x->at, end) ? INK_NUMBER : INK_PLAIN_CODE);
    lex_put(x, to, INK_PLAIN_CODE);
}

static void yaml_values(struct lexer *x) {
    while (x->at < x->n) {
        const char c = x->s[x->at];

        if (x->state->inside > 0) {
            lex_string(x, x->n, x->state->inside - 1U, x->at);
        } else if (lex_blank(c)) {
            lex_put(x, lex_blanks(x, x->at), INK_PLAIN_CODE);
        } else if (c == '#' && (x->at == 0 || lex_blank(x->s[x->at - 1]))) {
            lex_put(x, x->n, INK_COMMENT);
        } else if (c == '"' || c == '\'') {
            lex_string(x, x->n, c == '\'', x->at + 1);
        } else if (strchr("&*!", c)) {
            lex_put(x, lex_word_end(x, x->at + 1), INK_META);
        } else if (strchr("[]{},:", c)) {
            x->parens += c == '[' || c == '{';
            x->parens -= c == ']' || c == '}';
            lex_put(x, x->at + 1, c == ':' ? INK_OPERATOR : INK_PLAIN_CODE);
        } else {
            yaml_scalar(x);
        }
    }
}

static bool yaml_block(struct lexer *x, size_t column) {
    size_t to = x->at;

    if (to >= x->n || !strchr("|>", x->s[to]))
        return false;
    for (to++; to < x->n && (strchr("+-", x->s[to]) || lex_digit(x->s[to]));)
        to++;
    if (lex_blanks(x, to) < x->n && x->s[lex_blanks(x, to)] != '#')
        return false;
    lex_put(x, to, INK_OPERATOR);
    lex_put(x, lex_blanks(x, to), INK_PLAIN_CODE);
    lex_put(x, x->n, INK_COMMENT);
    x->state->inside = IN_BLOCK;
    x->state->depth = (uint8_t)(column < UINT8_MAX ? column : UINT8_MAX);
    return true;
}

void lex_yaml(struct lexer *x) {
    size_t column = lex_blanks(x, 0);

    if (x->state->inside == IN_BLOCK) {
        if (column == x->n || column > x->state->depth) {
            lex_put(x, x->n, INK_STRING);
            return;
        }
        *x->state = (struct code_state){0};
    } else if (x->state->inside > 0) {
        yaml_values(x);
        return;
    }
    if (lex_is(x, 0, "---") || lex_is(x, 0, "...") || lex_is(x, 0, "%")) {
        lex_put(x, lex_is(x, 0, "%") ? x->n : 3, INK_META);
        yaml_values(x);
        return;
    }
    lex_put(x, column, INK_PLAIN_CODE);
    while (lex_is(x, x->at, "- ") || (lex_is(x, x->at, "-") && x->at + 1 == x->n)) {
        column = x->at;
        lex_put(x, x->at + 1, INK_OPERATOR);
        lex_put(x, lex_blanks(x, x->at), INK_PLAIN_CODE);
    }
    const size_t colon = yaml_key(x);

    if (colon < x->n) {
        column = x->at;
        lex_put(x, colon, INK_NAME);
        lex_put(x, colon + 1, INK_OPERATOR);
        lex_put(x, lex_blanks(x, x->at), INK_PLAIN_CODE);
    }
    if (!yaml_block(x, column))
        yaml_values(x);
}

/* ---- TOML and its older relatives ---- */
static size_t toml_key(const struct lexer *x) {
    size_t at = x->at;

    while (at < x->n && x->s[at] != '=') {
        const char c = x->s[at];

        if (c == '"' || c == '\'') {
            const char *close = memchr(x->s + at + 1, c, x->n - at - 1);

            if (!close)
                return x->n;
            at = (size_t)(close - x->s);
        } else if (!lex_letter(c) && !lex_digit(c) && !lex_blank(c) && c != '-' && c != '.') {
            return x->n;
        }
        at++;
    }
    return at;
}

void lex_toml(struct lexer *x) {
    if (x->state->inside == 0) {
        lex_put(x, lex_blanks(x, 0), INK_PLAIN_CODE);
        const size_t key = toml_key(x);

        if (lex_is(x, x->at, "[") && x->at == 0) {
            const char *close = memchr(x->s, ']', x->n);
            size_t to = close ? (size_t)(close - x->s) + 1 : x->n;

            to += lex_is(x, to, "]");
            lex_put(x, to, INK_TYPE);
        } else if (lex_is(x, x->at, ";")) {
            lex_put(x, x->n, INK_COMMENT);
        } else if (key > x->at && key < x->n) {
            lex_put(x, key, INK_NAME);
            lex_put(x, key + 1, INK_OPERATOR);
        }
    }
    lex_code(x, x->n);
}

/* ---- diffs ---- */
void lex_diff(struct lexer *x) {
    static const struct {
        const char *start;
        enum ink ink;
    } kinds[] = {
        {"+++", INK_META},        {"---", INK_META},          {"@@", INK_HUNK},
        {"+", INK_ADDED},         {">", INK_ADDED},           {"-", INK_REMOVED},
        {"<", INK_REMOVED},       {"diff ", INK_META},        {"index ", INK_META},
        {"new file", INK_META},   {"deleted file", INK_META}, {"rename ", INK_META},
        {"similarity", INK_META}, {"Index: ", INK_META},      {"\\ ", INK_COMMENT},
    };

    for (size_t i = 0; i < MIX_COUNT(kinds); i++)
        if (lex_is(x, 0, kinds[i].start)) {
            lex_put(x, x->n, kinds[i].ink);
            return;
        }
}
