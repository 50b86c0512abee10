/* buf.c - a growing byte string that never passes its stated cap. */
#include "mix/base.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { START_BYTES = 64 };

void buf_init(struct buf *b, size_t max) { *b = (struct buf){.max = max}; }

/* Room for n more bytes and the NUL. */
static enum rc reserve(struct buf *b, size_t n) {
    if (b->n > b->max || n > b->max - b->n || b->n + n == SIZE_MAX)
        return RC_LIMIT;
    const size_t need = b->n + n + 1;

    if (need <= b->cap)
        return RC_OK;
    size_t cap = b->cap > SIZE_MAX / 2 ? SIZE_MAX : 2 * b->cap;

    if (cap < START_BYTES)
        cap = START_BYTES;
    if (b->max < SIZE_MAX && cap > b->max + 1)
        cap = b->max + 1;
    if (cap < need)
        cap = need;
    b->p = xrealloc(b->p, cap);
    b->cap = cap;
    return RC_OK;
}

enum rc buf_add(struct buf *b, const void *p, size_t n) { return buf_insert(b, b->n, p, n); }

enum rc buf_adds(struct buf *b, const char *s) { return buf_add(b, s, strlen(s)); }

enum rc buf_addf(struct buf *b, const char *fmt, ...) {
    char small[256];
    va_list args, again;

    va_start(args, fmt);
    va_copy(again, args);
    const int len = vsnprintf(small, sizeof small, fmt, args);

    va_end(args);
    enum rc rc = len < 0 ? RC_LIMIT : RC_OK;

    if (rc == RC_OK && (size_t)len < sizeof small) {
        rc = buf_add(b, small, (size_t)len);
    } else if (rc == RC_OK && (rc = reserve(b, (size_t)len)) == RC_OK) {
        vsnprintf(b->p + b->n, (size_t)len + 1, fmt, again);
        b->n += (size_t)len;
    }
    va_end(again);
    return rc;
}

void buf_cut(struct buf *b, size_t from, size_t n) {
    assert(from <= b->n);
    const size_t gone = n < b->n - from ? n : b->n - from;

    if (gone == 0)
        return;
    memmove(b->p + from, b->p + from + gone, b->n - from - gone);
    b->n -= gone;
    b->p[b->n] = '\0';
}

enum rc buf_insert(struct buf *b, size_t at, const void *p, size_t n) {
    assert(at <= b->n);
    const enum rc rc = reserve(b, n);

    if (rc != RC_OK)
        return rc;
    if (n > 0) {
        memmove(b->p + at + n, b->p + at, b->n - at);
        memcpy(b->p + at, p, n);
        b->n += n;
    }
    b->p[b->n] = '\0';
    return RC_OK;
}

void buf_clear(struct buf *b) {
    b->n = 0;
    if (b->p)
        b->p[0] = '\0';
}

char *buf_take(struct buf *b) {
    char *p = b->p ? b->p : xstrdup("");

    buf_init(b, b->max);
    return p;
}

const char *buf_str(const struct buf *b) { return b->p ? b->p : ""; }

void buf_fini(struct buf *b) {
    free(b->p);
    buf_init(b, b->max);
}

void cleanup_buf(struct buf *b) { buf_fini(b); }
