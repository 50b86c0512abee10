/* pairs.c - colour pairs of pictures, lent to the cells that are on the screen. */
#include "pairs.h"

#include <stdlib.h>
#include <string.h>

enum { EXTRAS = 1 << 16 };

void pairs_init(struct pairs *p, int first, int end) {
    *p = (struct pairs){.first = first, .room = end - first};
    p->room = p->room > PICTURE_PAIRS ? PICTURE_PAIRS : p->room < 0 ? 0 : p->room;
}

void pairs_fini(struct pairs *p) {
    free(p->of);
    free(p->key);
    free(p->used);
    *p = (struct pairs){0};
}

void pairs_frame(struct pairs *p) { p->counted = false; }

static void count(struct pairs *p, const struct canvas *c) {
    const size_t cells = (size_t)c->w * (size_t)c->h;

    for (size_t i = 0; i < cells; i++) {
        const struct cell *cell = &c->cells[i];

        if (cell->style == STYLE_PICTURE && p->of[cell->extra] > 0)
            p->used[p->of[cell->extra] - 1] = 1;
    }
}

/* A slot that no cell needs; -1: every one is needed. */
static int make_way(struct pairs *p, const struct canvas *shown, const struct canvas *next) {
    if (!p->counted) {
        memset(p->used, 0, (size_t)p->room);
        count(p, shown);
        count(p, next);
        p->counted = true;
    }
    for (int i = 0; i < p->room; i++) {
        const int slot = (p->hand + i) % p->room;

        if (p->used[slot])
            continue;
        p->hand = (slot + 1) % p->room;
        p->of[p->key[slot]] = 0;
        return slot;
    }
    return -1;
}

int pairs_get(struct pairs *p, uint16_t extra, const struct canvas *shown,
              const struct canvas *next, bool *fresh) {
    *fresh = false;
    if (p->room == 0)
        return 0;
    if (!p->of) {
        p->of = xcalloc(EXTRAS, sizeof *p->of);
        p->key = xcalloc((size_t)p->room, sizeof *p->key);
        p->used = xcalloc((size_t)p->room, sizeof *p->used);
    }
    if (p->of[extra] > 0)
        return p->first + p->of[extra] - 1;
    const int slot = p->n < p->room ? p->n++ : make_way(p, shown, next);

    if (slot < 0)
        return 0;
    *fresh = true;
    p->of[extra] = (uint16_t)(slot + 1);
    p->key[slot] = extra;
    p->used[slot] = 1;
    return p->first + slot;
}
