/* base.h - what every floor stands on: memory, buffers, errors, clock, log.
 *
 * Ownership, everywhere in mixtui:
 *  1. A returned pointer is borrowed and lives until its parent changes.
 *  2. A first parameter `T **out` is owned by the caller.
 *  3. `_take` owns its argument, also on failure. Pushing into a ring is the one exception.
 *  4. One message is one arena; freeing it frees every string in it.
 *  5. A struct field shared between threads says which thread may touch it.
 *
 * Out of memory aborts: caps bound every foreign size before it is allocated.
 * Thread: every function here may be called from any thread on objects that thread owns. */
#ifndef MIX_BASE_H
#define MIX_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIX_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define MIX_COUNT(array)      (sizeof(array) / sizeof((array)[0]))
#define MIX_KIB               ((size_t)1024)
#define MIX_MIB               ((size_t)1024 * 1024)

/* ---- errors ---- */
enum rc {
#define RC(name, text, retryable, exit_code) RC_##name,
#include "mix/errors.def"
#undef RC
    RC_COUNT
};

/* What went wrong. A plain value: copied freely, freed never. */
struct err {
    enum rc rc;
    int detail;     /* HTTP status, CURLcode or errno, by rc; 0 when there is none */
    char text[232]; /* one line: what was tried, what came back; valid UTF-8 */
};

const char *rc_text(enum rc rc);
bool rc_retryable(enum rc rc);
int rc_exit_code(enum rc rc, int detail); /* HTTP 5xx is 6, HTTP 4xx is 5 */
/* Fills *err and returns rc, so that `return err_set(err, RC_IO, errno, "...")` reads well. err may
 * be NULL. */
enum rc err_set(struct err *err, enum rc rc, int detail, const char *fmt, ...) MIX_PRINTF(4, 5);

/* ---- memory: these never return NULL ---- */
void *xmalloc(size_t n) __attribute__((returns_nonnull, malloc));
void *xcalloc(size_t count, size_t size) __attribute__((returns_nonnull));
void *xrealloc(void *p, size_t n) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((returns_nonnull));
char *xstrndup(const char *s, size_t n) __attribute__((returns_nonnull));
/* Makes room for one more element in a vector of `count` elements of `size` bytes; *cap in
 * elements. */
void *xgrow(void *vec, size_t count, size_t *cap, size_t size) __attribute__((returns_nonnull));

#define auto_free __attribute__((cleanup(cleanup_free)))
#define auto_buf  __attribute__((cleanup(cleanup_buf)))
#define auto_fd   __attribute__((cleanup(cleanup_fd)))
#define TAKE(p)                                                                                    \
    __extension__({                                                                                \
        __typeof__(p) take_ = (p);                                                                 \
        (p) = NULL;                                                                                \
        take_;                                                                                     \
    })
void cleanup_free(void *pp);
void cleanup_fd(int *fd);

/* ---- arena: many small allocations freed at once. Zeroed is a valid empty arena. ---- */
struct arena {
    struct arena_block *head;
    size_t bytes; /* handed out so far */
};
/* zeroed, max-aligned */
void *arena_alloc(struct arena *a, size_t n) __attribute__((returns_nonnull));
char *arena_strdup(struct arena *a, const char *s); /* NULL stays NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) MIX_PRINTF(2, 3);
void arena_free(struct arena *a); /* leaves it empty and usable */
/* A mark and going back to it: what was handed out in between is gone. Zeroed marks the start. */
struct arena_mark {
    struct arena_block *head, *behind;
    size_t used, bytes;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark mark);

/* ---- buf: a growing byte string with a stated cap; always NUL-terminated once written to ---- */
struct buf {
    char *p; /* NULL while nothing was added */
    size_t n, cap;
    size_t max; /* adding beyond it fails with RC_LIMIT and leaves the content unchanged */
};
void buf_init(struct buf *b, size_t max);
enum rc buf_add(struct buf *b, const void *p, size_t n);
enum rc buf_adds(struct buf *b, const char *s);
enum rc buf_addf(struct buf *b, const char *fmt, ...) MIX_PRINTF(2, 3);
/* removes n bytes at from */
void buf_cut(struct buf *b, size_t from, size_t n);
enum rc buf_insert(struct buf *b, size_t at, const void *p, size_t n);
void buf_clear(struct buf *b); /* keeps the memory */
/* caller frees; never NULL */
char *buf_take(struct buf *b);
const char *buf_str(const struct buf *b); /* "" when empty */
void buf_fini(struct buf *b);
void cleanup_buf(struct buf *b);

/* ---- map: string -> pointer, open addressing; keys are copied. Zeroed is a valid empty map. */
struct map {
    struct map_slot *slots;
    size_t n, cap;
};
void map_set(struct map *m, const char *key, void *value);
void *map_get(const struct map *m, const char *key); /* NULL when absent */
void *map_del(struct map *m, const char *key);       /* what was there, or NULL */
/* Walks all entries in no order: start with *at = 0; do not change the map on the way. False at the
 * end. */
bool map_next(const struct map *m, size_t *at, const char **key, void **value);
void map_fini(struct map *m); /* frees the keys; the values are the caller's business */

/* ---- clock: milliseconds. Pure floors take `now` as an argument instead. ---- */
int64_t clock_now(void);  /* CLOCK_BOOTTIME where it exists: counts sleep, never jumps */
int64_t clock_real(void); /* since 1970-01-01 UTC */
uint64_t clock_ns(void);  /* monotonic nanoseconds, for measuring */
uint32_t random_u32(void);

/* ---- names ---- */
bool str_eq(const char *a, const char *b); /* NULL equals NULL only */
bool str_blank(const char *s);             /* NULL or "" */
const char *path_base(const char *path);   /* what stands behind the last / */
/* FNV-1a of n more bytes, begun with HASH_START. Files are named by it: it stays what it is. */
#define HASH_START 14695981039346656037U
uint64_t hash_add(uint64_t hash, const void *p, size_t n);

/* ---- one lock of the whole process, around libraries that keep a state of their own. Held
 * shortly, never twice by one thread. ---- */
void process_lock(void);
void process_unlock(void);

/* ---- in a child that is about to become another program: closes all but the standard descriptors.
 * Async-signal-safe. ---- */
void fds_close_others(void);

/* ---- debug log: one file, off until opened. Any thread; a line is one write(2). ---- */
enum rc log_open(const char *path, struct err *err); /* created 0600, appended to */
bool log_on(void);
/* control bytes become '.' */
void log_line(const char *topic, const char *fmt, ...) MIX_PRINTF(2, 3);
void log_close(void);
/* Lines logged by this thread also go there, without their end; NULL: no longer. */
struct log_sink {
    void (*line)(void *user, const char *line);
    void *user;
};
void log_to(const struct log_sink *sink);

#endif
