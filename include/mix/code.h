/* code.h - source text coloured by a small lexer, one table row a language. Knows comments,
 * strings, numbers, keywords, types, and what is defined; no grammar. Pure; any thread. */
#ifndef MIX_CODE_H
#define MIX_CODE_H

#include "mix/flow.h"

enum lang {
    LANG_NONE,
    LANG_C,
    LANG_CPP,
    LANG_PYTHON,
    LANG_JAVASCRIPT,
    LANG_TYPESCRIPT,
    LANG_GO,
    LANG_RUST,
    LANG_JAVA,
    LANG_SHELL,
    LANG_JSON,
    LANG_YAML,
    LANG_TOML,
    LANG_SQL,
    LANG_HTML,
    LANG_CSS,
    LANG_MARKDOWN,
    LANG_DIFF,
    LANG_COUNT
};
/* The word behind a fence ("c++", "js", "console", "{.python}"), or the end of a file name with its
 * dot (".py") or a name like "Makefile"; LANG_NONE when unknown. */
enum lang lang_named(const char *s, size_t n);
enum lang lang_of_path(const char *path, size_t n);
const char *lang_name(enum lang lang);

/* What a line leaves open for the next: a comment, a string, a here-document. Zero at first. */
struct code_state {
    uint8_t inside; /* which of the language's brackets of text; 0: none */
    uint8_t depth;  /* of nested comments */
    char until[30]; /* here-documents, raw strings */
};
/* The bits of one line of clean text (no line end), into bits[0..max); the last takes the rest of
 * the line. Returns how many. Linear. Looks at 64 KiB of a line at most. */
size_t code_line(struct code_state *state, enum lang lang, const char *s, size_t n,
                 struct flow_bit *bits, size_t max);
struct code_how {
    enum lang lang;
    int width;
    uint32_t src;       /* of s[0] */
    const char *gutter; /* decoration in front of every row; NULL: none */
    uint8_t fill;
    struct code_state *state; /* goes on there; NULL: afresh */
};
/* Adds lines of foreign source text. Stops before the flow has max_rows; returns the bytes taken.
 */
size_t code_flow(struct flow *out, const char *s, size_t n, const struct code_how *how,
                 size_t max_rows);

#endif
