/* mem.c - allocation that cannot fail, and the cleanups behind auto_free, auto_fd. */
#include "mix/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void out_of_memory(void) {
    fputs("mixtui: out of memory\n", stderr);
    abort();
}

void *xmalloc(size_t n) {
    void *p = malloc(n > 0 ? n : 1);

    if (!p)
        out_of_memory();
    return p;
}

void *xcalloc(size_t count, size_t size) {
    void *p = count > 0 && size > 0 ? calloc(count, size) : calloc(1, 1);

    if (!p)
        out_of_memory();
    return p;
}

void *xrealloc(void *p, size_t n) {
    void *q = realloc(p, n > 0 ? n : 1);

    if (!q)
        out_of_memory();
    return q;
}

char *xstrdup(const char *s) { return xstrndup(s, strlen(s)); }

char *xstrndup(const char *s, size_t n) {
    const size_t len = strnlen(s, n);
    char *copy = xmalloc(len + 1);

    memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

void *xgrow(void *vec, size_t count, size_t *cap, size_t size) {
    if (vec && count < *cap)
        return vec;
    size_t grown = *cap < 8 ? 8 : *cap;

    while (grown <= count) {
        if (grown > SIZE_MAX / 2)
            out_of_memory();
        grown *= 2;
    }
    if (grown > SIZE_MAX / size)
        out_of_memory();
    *cap = grown;
    return xrealloc(vec, grown * size);
}

void cleanup_free(void *pp) { free(*(void **)pp); }

void cleanup_fd(int *fd) {
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

bool str_eq(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

bool str_blank(const char *s) { return !s || *s == '\0'; }

const char *path_base(const char *path) {
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

uint64_t hash_add(uint64_t hash, const void *p, size_t n) {
    const unsigned char *bytes = p;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ bytes[i]) * 1099511628211U;
    return hash;
}
