/* lexer.h - what the highlighter's files share: a line being cut into bits, and the table of
 * languages. */
#ifndef MIX_TEXT_LEXER_H
#define MIX_TEXT_LEXER_H

#include "mix/code.h"

enum { LEX_LOOK = 64 << 10 };

enum quote_flag {
    QUOTE_ESCAPE = 1,  /* a backslash takes the next character with it */
    QUOTE_LINES = 2,   /* goes on in the next line */
    QUOTE_DOUBLED = 4, /* its end written twice is no end */
    QUOTE_EXPAND = 8,  /* variables of a shell in it */
    QUOTE_CODE = 16,   /* ${code} in it */
    QUOTE_CHAR = 32    /* one character, else no quote: lifetimes, separators of digits */
};
struct quote {
    const char *open, *close;
    uint8_t flags;
};
enum trait {
    TRAIT_DIRECTIVES = 1, /* #include */
    TRAIT_DECORATORS = 2, /* @name */
    TRAIT_CASELESS = 4,
    TRAIT_CAPITALS = 8,      /* Names like This are types */
    TRAIT_TYPED = 16,        /* `type name(` defines name */
    TRAIT_METHODS = 32,      /* `name(...) {` defines name */
    TRAIT_RECEIVER = 64,     /* func (r T) name( */
    TRAIT_NESTED = 128,      /* comments nest */
    TRAIT_REGEX = 256,       /* /x/ where a value may begin */
    TRAIT_RAW_HASHES = 512,  /* r#"..."# */
    TRAIT_RAW_PARENS = 1024, /* R"x(...)x" */
    TRAIT_KEYS = 2048,       /* "key": */
    TRAIT_ATTRIBUTES = 4096, /* #[...] */
    TRAIT_SIZED_TYPES = 8192 /* names ending in _t */
};
enum inside { /* beside 1 + index of a quote */
              IN_COMMENT = 32,
              IN_RAW, /* up to state->until */
              IN_HERE,
              IN_HERE_TABS, /* the end may stand behind tabs */
              IN_BLOCK,     /* YAML's | and >: lines further in than state->depth */
              IN_TAG,
              IN_SCRIPT,
              IN_STYLE,
              IN_FENCE
};

struct lexer;
struct language {
    const char *name;
    const char *comment[2];     /* up to the line's end */
    const char *open, *close;   /* of comments over lines */
    struct quote quotes[6];     /* the longer first */
    const char *keywords;       /* sorted, parted by one blank */
    const char *types, *define; /* define: keywords a defined name comes behind */
    const char *ident;          /* in words beside letters, digits, _ and what is not ASCII */
    unsigned traits;
    void (*line)(struct lexer *x); /* a way of its own */
};
const struct language *lex_language(enum lang lang);

enum token {
    TOKEN_NONE, /* nothing yet in this line */
    TOKEN_OPERATOR,
    TOKEN_KEYWORD,
    TOKEN_WORD,
    TOKEN_VALUE /* a number, a string, a closing bracket */
};
struct lexer {
    struct code_state *state;
    const struct language *lang;
    const char *s;
    size_t at, n; /* at: everything before it is in bits */
    struct flow_bit *bits;
    size_t n_bits, max;
    uint8_t before; /* enum token */
    uint8_t attrs;  /* of what is put next */
    bool define;    /* the next name is being defined */
    bool no_regex;  /* none ends in this line */
    int parens;     /* open since `define` */
};
/* Puts what lies before `to` with that ink and goes there. */
void lex_put(struct lexer *x, size_t to, enum ink ink);
bool lex_is(const struct lexer *x, size_t at, const char *word);
size_t lex_blanks(const struct lexer *x, size_t at); /* the first place behind blanks */
bool lex_among(const char *list, const char *word, size_t n);
size_t lex_word_end(const struct lexer *x, size_t at);
size_t lex_number_end(const struct lexer *x, size_t at);
/* From here to `end` by the language's row. */
void lex_code(struct lexer *x, size_t end);
/* The string whose opening quote is at x->at, or that state->inside says is open. */
void lex_string(struct lexer *x, size_t end, size_t quote, size_t from);
/* From here to `end` in another language, whose state is kept in state->until from `slot` on. */
void lex_other(struct lexer *x, size_t end, enum lang lang, size_t slot);

/* Ways of their own. */
void lex_shell(struct lexer *x);
size_t lex_variable_end(const struct lexer *x, size_t at); /* of $x at `at`; at + 1: a lone $ */
void lex_yaml(struct lexer *x);
void lex_toml(struct lexer *x);
void lex_html(struct lexer *x);
void lex_css(struct lexer *x);
void lex_markdown(struct lexer *x);
void lex_diff(struct lexer *x);

static inline bool lex_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool lex_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}
static inline bool lex_blank(char c) { return c == ' ' || c == '\t'; }

#endif
