/* map.c - open addressing with linear probing. Deleting shifts the run back, so there are no
 * tombstones. */
#include "mix/base.h"

#include <stdlib.h>
#include <string.h>

struct map_slot {
    char *key; /* NULL: free */
    void *value;
    uint64_t hash;
};

enum { START_SLOTS = 16 };

static uint64_t hash_of(const char *key) {
    const uint64_t h = hash_add(HASH_START, key, strlen(key));

    return h ^ (h >> 32);
}

/* The slot of the key, or the free slot where it would go. cap > n, so there is one. */
static struct map_slot *find(const struct map *m, const char *key, uint64_t hash) {
    size_t i = hash & (m->cap - 1);

    while (m->slots[i].key && (m->slots[i].hash != hash || strcmp(m->slots[i].key, key) != 0))
        i = (i + 1) & (m->cap - 1);
    return &m->slots[i];
}

static void rehash(struct map *m, size_t cap) {
    const struct map old = *m;

    m->cap = cap;
    m->slots = xcalloc(cap, sizeof *m->slots);
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].key)
            *find(m, old.slots[i].key, old.slots[i].hash) = old.slots[i];
    free(old.slots);
}

void map_set(struct map *m, const char *key, void *value) {
    const uint64_t hash = hash_of(key);

    if (4 * (m->n + 1) > 3 * m->cap)
        rehash(m, m->cap ? 2 * m->cap : START_SLOTS);
    struct map_slot *slot = find(m, key, hash);

    if (!slot->key) {
        slot->key = xstrdup(key);
        slot->hash = hash;
        m->n++;
    }
    slot->value = value;
}

void *map_get(const struct map *m, const char *key) {
    return m->n > 0 ? find(m, key, hash_of(key))->value : NULL;
}

void *map_del(struct map *m, const char *key) {
    struct map_slot *slot = m->n > 0 ? find(m, key, hash_of(key)) : NULL;

    if (!slot || !slot->key)
        return NULL;
    void *value = slot->value;
    size_t hole = (size_t)(slot - m->slots);

    free(slot->key);
    m->n--;
    for (size_t i = (hole + 1) & (m->cap - 1); m->slots[i].key; i = (i + 1) & (m->cap - 1)) {
        const size_t home = m->slots[i].hash & (m->cap - 1);

        /* It may fill the hole only when its home is not between the hole and itself. */
        if (((i - home) & (m->cap - 1)) < ((i - hole) & (m->cap - 1)))
            continue;
        m->slots[hole] = m->slots[i];
        hole = i;
    }
    m->slots[hole] = (struct map_slot){0};
    return value;
}

bool map_next(const struct map *m, size_t *at, const char **key, void **value) {
    while (*at < m->cap) {
        const struct map_slot *slot = &m->slots[(*at)++];

        if (!slot->key)
            continue;
        *key = slot->key;
        *value = slot->value;
        return true;
    }
    return false;
}

void map_fini(struct map *m) {
    for (size_t i = 0; i < m->cap; i++)
        free(m->slots[i].key);
    free(m->slots);
    *m = (struct map){0};
}
