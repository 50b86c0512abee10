/* tree.c - names packed one behind the other, each once as it is and once with small letters. */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

enum { CHARS_DIGITS = 26, CHARS_OTHER = 36, CHARS_OTHERS = 27, CHARS_WIDE = 63 };

uint64_t tree_char_bit(unsigned char c) {
    if (c >= 'A' && c <= 'Z')
        c = (unsigned char)(c + 32);
    if (c >= 'a' && c <= 'z')
        return (uint64_t)1 << (c - 'a');
    if (c >= '0' && c <= '9')
        return (uint64_t)1 << (CHARS_DIGITS + c - '0');
    return (uint64_t)1 << (c >= 0x80 ? CHARS_WIDE : CHARS_OTHER + c % CHARS_OTHERS);
}

struct tree *tree_new(void) {
    return xcalloc(1, sizeof(struct tree));
}

void tree_free(struct tree *t) {
    if (!t)
        return;
    free(t->names);
    free(t->low);
    free(t->rows);
    free(t->masks);
    free(t);
}

static void more_bytes(struct tree *t, size_t n) {
    if (t->cap_bytes - t->n_bytes >= n)
        return;
    t->cap_bytes = (t->cap_bytes + n) * 2;
    if (t->cap_bytes < MIX_MIB / 4)
        t->cap_bytes = MIX_MIB / 4;
    t->names = xrealloc(t->names, t->cap_bytes);
    t->low = xrealloc(t->low, t->cap_bytes);
}

static void add(struct tree *t, enum tree_kind kind, const char *name, size_t n) {
    size_t cap = t->cap;
    size_t base = 0;
    uint64_t mask = 0;

    more_bytes(t, n + 1);
    t->rows = xgrow(t->rows, t->n, &cap, sizeof *t->rows);
    if (cap != t->cap)
        t->masks = xrealloc(t->masks, cap * sizeof *t->masks);
    t->cap = cap;
    char *to = t->names + t->n_bytes, *low = t->low + t->n_bytes;

    for (size_t i = 0; i <= n; i++) {
        const unsigned char c = (unsigned char)name[i];

        to[i] = name[i];
        low[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : name[i];
        mask |= i < n ? tree_char_bit(c) : 0;
        if (c == '/')
            base = i + 1;
    }
    t->rows[t->n] = (struct tree_row){.off = (uint32_t)t->n_bytes,
                                      .len = (uint16_t)n,
                                      .base = (uint16_t)base,
                                      .kind = (uint8_t)kind};
    t->masks[t->n++] = mask;
    t->n_bytes += n + 1;
}

bool tree_add(struct tree *t, const char *chunk, size_t n) {
    for (size_t at = 0; at < n;) {
        const char *end = memchr(chunk + at, '\0', n - at);
        const char kind = chunk[at];

        if (!end || kind < '0' || kind > '0' + TREE_DANGLING)
            return false;
        const size_t len = (size_t)(end - chunk) - at - 1;

        if (t->n == TREE_NAMES_MAX || t->n_bytes + len + 1 > TREE_BYTES_MAX)
            return false;
        if (len > 0 && len < UINT16_MAX) /* no file system opens a longer one */
            add(t, (enum tree_kind)(kind - '0'), chunk + at + 1, len);
        at += len + 2;
    }
    return true;
}

size_t tree_count(const struct tree *t) { return t->n; }

const char *tree_name(const struct tree *t, size_t at) { return t->names + t->rows[at].off; }

size_t tree_length(const struct tree *t, size_t at) { return t->rows[at].len; }

enum tree_kind tree_kind(const struct tree *t, size_t at) {
    return (enum tree_kind)t->rows[at].kind;
}
