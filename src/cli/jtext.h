/* jtext.h - private: JSON text, written and looked into on the main thread (the parser of the wire
 * floor belongs to the worker). */
#ifndef MIX_CLI_JTEXT_H
#define MIX_CLI_JTEXT_H

#include "mix/base.h"

/* Appends a string literal; what is not seen goes out as \uXXXX, bad UTF-8 as U+FFFD. */
enum rc jtext_string(struct buf *out, const char *s);
/* `,"name":"value"`; nothing when the value is NULL */
void jtext_field(struct buf *out, const char *name, const char *value);

/* Walks the members of a JSON object: *at starts at 0. `value` is decoded when it is a string, else
 * its JSON text. False at the end; *whole then tells whether the object was well-formed up to its
 * brace and nothing follows. */
bool jtext_member(const char *json, size_t *at, struct buf *key, struct buf *value, bool *string,
                  bool *whole);
/* The string member of that name. False: there is none, it is there twice, it is no string, it does
 * not fit, or the object is broken. */
bool jtext_get(struct buf *out, const char *json, const char *name);

#endif
