/* pretty.h - JSON text checked and set out in lines while it arrives. No tree: memory stays the
 * same however long the text is. Pure; any thread. */
#ifndef MIX_PRETTY_H
#define MIX_PRETTY_H

#include "mix/base.h"

enum { PRETTY_DEPTH = 1000 };
struct pretty {
    /* where the text goes; NULL: it is only checked. What it fails with ends the reading. */
    enum rc (*put)(void *arg, const char *p, size_t n, struct err *err);
    void *arg;
    bool lines;      /* set out: one value a line, two blanks a level; else without blanks */
    uint64_t offset; /* bytes read so far */
    /* private */
    uint8_t state, number, left;
    const char *literal;
    uint16_t depth;
    bool key, empty;
    char open[PRETTY_DEPTH];
};
/* The next bytes, split anywhere. Strings and numbers go out as they came. Fails: RC_PROTO naming
 * the byte, RC_LIMIT when nested too deeply. */
enum rc pretty_feed(struct pretty *p, const char *s, size_t n, struct err *err);
/* The text is over. Fails: RC_PROTO when the value is not whole; nothing at all is not whole. */
enum rc pretty_end(struct pretty *p, struct err *err);
/* A whole text at once. Fails: RC_PROTO. */
enum rc json_check(const char *s, size_t n, struct err *err);

#endif
