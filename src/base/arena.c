/* arena.c - blocks that grow: the first is small, because most messages are; the last are 1 MiB. */
#include "mix/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BYTES = 512, SECOND_BYTES = 4096, LAST_BYTES = 1 << 20 };

struct arena_block {
    struct arena_block *next;
    size_t size, used;
    _Alignas(max_align_t) unsigned char data[];
};

static struct arena_block *block_new(size_t data_bytes) {
    if (data_bytes > SIZE_MAX - sizeof(struct arena_block))
        abort();
    struct arena_block *b = xmalloc(sizeof *b + data_bytes);

    b->next = NULL;
    b->size = data_bytes;
    b->used = 0;
    return b;
}

static size_t next_bytes(const struct arena *a) {
    if (!a->head)
        return FIRST_BYTES - sizeof(struct arena_block);
    const size_t total = a->head->size + sizeof(struct arena_block);
    const size_t grown = total < SECOND_BYTES ? SECOND_BYTES : 2 * total;

    return (grown < LAST_BYTES ? grown : LAST_BYTES) - sizeof(struct arena_block);
}

/* A block of its own for something large: it goes behind the head, whose free space stays in use.
 */
static void *take_own_block(struct arena *a, size_t n) {
    struct arena_block *b = block_new(n);

    b->used = n;
    if (a->head) {
        b->next = a->head->next;
        a->head->next = b;
    } else {
        a->head = b;
    }
    return b->data;
}

static void *take(struct arena *a, size_t n, size_t align) {
    const size_t want = n > 0 ? n : 1;
    struct arena_block *b = a->head;

    a->bytes += n;
    if (b) {
        const size_t at = (b->used + align - 1) & ~(align - 1);

        if (at <= b->size && want <= b->size - at) {
            b->used = at + want;
            return b->data + at;
        }
    }
    const size_t room = next_bytes(a);

    if (want > room / 4 && (b || want > room))
        return take_own_block(a, want);
    struct arena_block *fresh = block_new(room);

    fresh->next = b;
    fresh->used = want;
    a->head = fresh;
    return fresh->data;
}

void *arena_alloc(struct arena *a, size_t n) {
    void *p = take(a, n, _Alignof(max_align_t));

    memset(p, 0, n > 0 ? n : 1);
    return p;
}

char *arena_strdup(struct arena *a, const char *s) {
    return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_strndup(struct arena *a, const char *s, size_t n) {
    if (!s)
        return NULL;
    const size_t len = strnlen(s, n);
    char *copy = take(a, len + 1, 1);

    memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

char *arena_printf(struct arena *a, const char *fmt, ...) {
    va_list args, again;

    va_start(args, fmt);
    va_copy(again, args);
    const int len = vsnprintf(NULL, 0, fmt, args);

    va_end(args);
    if (len < 0)
        abort();
    char *text = take(a, (size_t)len + 1, 1);

    vsnprintf(text, (size_t)len + 1, fmt, again);
    va_end(again);
    return text;
}

void arena_free(struct arena *a) {
    struct arena_block *b = a->head;

    while (b) {
        struct arena_block *next = b->next;

        free(b);
        b = next;
    }
    *a = (struct arena){0};
}

struct arena_mark arena_mark(const struct arena *a) {
    return (struct arena_mark){
        .head = a->head,
        .behind = a->head ? a->head->next : NULL,
        .used = a->head ? a->head->used : 0,
        .bytes = a->bytes,
    };
}

static void free_until(struct arena_block **link, const struct arena_block *end) {
    while (*link != end) {
        struct arena_block *b = *link;

        *link = b->next;
        free(b);
    }
}

/* A head made since the mark stays, empty: work that is undone again and again would else allocate
 * each time. */
void arena_rewind(struct arena *a, struct arena_mark mark) {
    if (!a->head)
        return;
    if (a->head == mark.head) {
        free_until(&a->head->next, mark.behind);
        a->head->used = mark.used;
    } else {
        free_until(&a->head->next, mark.head);
        if (mark.head) {
            free_until(&mark.head->next, mark.behind);
            mark.head->used = mark.used;
        }
        a->head->used = 0;
    }
    a->bytes = mark.bytes;
}
