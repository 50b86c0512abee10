/* jtext.h - JSON text looked into and written without a tree, by whoever has only the text. It may
 * be cut anywhere; nothing is read past its end, and nothing recurses. Pure; any thread. */
#ifndef MIX_JTEXT_H
#define MIX_JTEXT_H

#include "mix/base.h"

/* ---- looking ---- */
/* A value as it stands in the text, borrowed from it; of a string what is between its quotes. */
struct jtext {
    const char *p;
    size_t n; /* bytes */
    bool string;
    bool cut; /* the text ended inside it */
};
/* Over the members of an object. */
struct jwalk {
    const char *p, *end;
    bool begun;
    bool whole; /* once jtext_next said false: the object was closed, and nothing follows it */
};
struct jwalk jtext_walk(const char *json, size_t n);
/* False at the end of the object or of the text, or where it makes no sense. */
bool jtext_next(struct jwalk *w, struct jtext *name, struct jtext *value);
/* Appends a string without its escapes, any other value as it stands: as much as there is and fits.
 * U+0000 and half a surrogate pair become U+FFFD. Fails: RC_PROTO when it is cut or an escape is
 * none, RC_LIMIT. */
enum rc jtext_add(struct buf *out, struct jtext v);
/* Whether it stands for this text, however it is written. */
bool jtext_is(struct jtext v, const char *text);
/* Adds the first member of that name, or what there is and fits of it; the object may be cut.
 * False: none. */
bool jtext_find(struct buf *out, const char *json, size_t n, const char *name);
/* Where a wrong answer would do harm: the one string member of that name, in *out. False: the text
 * is not wholly well-formed JSON, the member is not there, is there twice, is no string, or does
 * not fit. */
bool jtext_get(struct buf *out, const char *json, const char *name);
/* Bytes of the first value with the blanks before it; 0: there is none, or not all of it. */
size_t jtext_span(const char *json, size_t n);

/* ---- writing ---- */
/* Appends a string literal. What is not seen goes out as \uXXXX, invalid UTF-8 as U+FFFD. Fails:
 * RC_LIMIT; out is then as before. */
enum rc jtext_quote(struct buf *out, const char *s);
/* The same as servers write it: <, >, & and U+2028/9 as \uXXXX, what else is unseen as it is. */
enum rc jtext_quote_server(struct buf *out, const char *s);
/* `,"name":"value"`; nothing when the value is NULL or does not fit. */
void jtext_field(struct buf *out, const char *name, const char *value);

#endif
