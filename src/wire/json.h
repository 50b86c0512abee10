/* json.h - private: cJSON fenced in. */
#ifndef MIX_WIRE_JSON_H
#define MIX_WIRE_JSON_H

#include "shape.h"

#include <cjson/cJSON.h>

/* The tree of one JSON text; it and everything made from it live until json_done, which must follow
 * soon: every other thread that parses waits for it. Strings cannot end early: \u0000 becomes
 * U+FFFD. Fails: NULL with RC_PROTO; `at` names the text ("[3]"), or NULL. */
const cJSON *json_parse(const char *p, size_t n, const char *at, struct err *err);
/* The same for a text that was scanned already: `nul` tells whether \u0000 may stand in it. */
enum nul_escapes { NUL_NONE, NUL_MAYBE };
const cJSON *json_parse_scanned(const char *p, size_t n, enum nul_escapes nul, struct err *err);
/* JSON text of a parsed value, in the same memory. */
const char *json_text(const cJSON *v);
void json_done(const cJSON *tree); /* gives back what it needed; NULL: nothing */
/* What a value is, in words: "a list". */
const char *json_what(const cJSON *v);

/* Appends a string literal with its quotes; invalid UTF-8 becomes U+FFFD. Fails: RC_LIMIT. */
enum rc json_add_string(struct buf *out, const char *s, enum style style);
enum rc json_add_double(struct buf *out, double d);
bool hex4(const char *s, uint32_t *out); /* four hexadecimal digits; out only when they are */
int hex_digit(char c);                   /* -1: it is none */

/* Where one value ends, over any split: feed bytes until it says so. Zeroed, it waits for a value's
 * first byte, which must not be a blank. Brackets and strings are counted, nothing else is checked.
 */
struct json_scan {
    uint32_t depth;
    bool in_string, escaped, scalar, started;
    enum nul_escapes nul;
};
/* Bytes that belong to the value; *end is set when it is complete (a bare number ends before what
 * follows). */
size_t json_scan(struct json_scan *s, const char *p, size_t n, bool *end);

/* One line of valid UTF-8 from any bytes: blanks and line ends become one blank, controls go.
 * Always terminated. */
size_t line_clean(char *out, size_t room, const char *s, size_t n);
/* Bytes of the well-formed UTF-8 sequence at s; 0 when there is none. */
size_t utf8_length(const char *s, size_t n);

/* The decoded element or object, for the reply reader and the stream. */
struct place {
    const struct place *up;
    const char *name; /* NULL: index */
    size_t index;
};
struct place_text {
    char s[160];
};
/* `found`: where a wrong value stands, or NULL */
enum rc shape_from_tree(void *out, const struct shape *s, const cJSON *v, struct arena *a,
                        const struct place *at, struct place_text *found, struct err *err);
/* shape_read, lenient, that also tells where a wrong value stands. */
enum rc shape_read_at(void *out, const struct shape *s, const char *json, size_t n, struct arena *a,
                      struct place_text *found, struct err *err);

#endif
