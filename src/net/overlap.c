/* overlap.c - see overlap.h. */
#include "overlap.h"

#include <stdlib.h>
#include <string.h>

static const char *const silent[] = {"connected", "heartbeat"};
static const char *const loose[] = {"permission", "notification", "session_created",
                                    "session_deleted"};

static bool named(const struct frame *f, const char *const *names, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(f->event, names[i]))
            return true;
    return false;
}

/* Ids count per connection, so they are left out. */
static uint64_t print_of(const struct frame *f) {
    const uint64_t name = hash_add(HASH_START, f->event, strlen(f->event) + 1);

    return hash_add(name, f->data, f->data_len);
}

static void add(struct prints *p, uint64_t print) {
    p->items = xgrow(p->items, p->n, &p->cap, sizeof *p->items);
    p->items[p->n++] = print;
}

void overlap_saw(struct overlap *o, const struct frame *f) {
    if (!named(f, silent, MIX_COUNT(silent)))
        add(named(f, loose, MIX_COUNT(loose)) ? &o->loose_seen : &o->seen, print_of(f));
}

void overlap_connected(struct overlap *o) { o->unsure = o->seen.n; }

void overlap_hold(struct overlap *o, const struct frame *f) {
    if (named(f, silent, MIX_COUNT(silent)))
        return;
    struct held_frame *h = arena_alloc(&o->arena, sizeof *h);
    char *data = arena_alloc(&o->arena, f->data_len + 1);

    memcpy(data, f->data, f->data_len);
    *h = (struct held_frame){
        .frame = {.event = arena_strdup(&o->arena, f->event),
                  .id = arena_strdup(&o->arena, f->id),
                  .data = data,
                  .data_len = f->data_len,
                  .retry_ms = f->retry_ms},
        .print = print_of(f),
        .loose = named(f, loose, MIX_COUNT(loose)),
    };
    if (o->last)
        o->last->next = h;
    else
        o->first = h;
    o->last = h;
    if (!h->loose)
        add(&o->held_prints, h->print);
}

enum overlap_state overlap_find(const struct overlap *o, size_t *drop) {
    const struct prints *seen = &o->seen, *held = &o->held_prints;

    for (size_t from = 0; from < seen->n; from++) {
        const size_t left = seen->n - from;
        const size_t common = left < held->n ? left : held->n;

        if (common > 0 &&
            memcmp(seen->items + from, held->items, common * sizeof *held->items) != 0)
            continue;
        *drop = common;
        return left <= held->n ? OVERLAP_CLEAR : OVERLAP_BEHIND;
    }
    *drop = 0;
    return OVERLAP_CLEAR;
}

static bool take_loose(struct prints *p, uint64_t print) {
    for (size_t i = 0; i < p->n; i++)
        if (p->items[i] == print) {
            p->items[i] = p->items[--p->n];
            return true;
        }
    return false;
}

const struct frame *overlap_next(struct overlap *o, size_t *drop) {
    while (o->first) {
        const struct held_frame *h = o->first;

        o->first = h->next;
        if (h->loose ? take_loose(&o->loose_seen, h->print) : *drop > 0) {
            *drop -= !h->loose;
            continue;
        }
        return &h->frame;
    }
    o->last = NULL;
    return NULL;
}

bool overlap_doubtful(const struct overlap *o, enum overlap_state found, size_t drop) {
    if (found == OVERLAP_BEHIND)
        return true;
    return drop == 0 && o->held_prints.n > 0 && o->seen.n > o->unsure;
}

void overlap_free(struct overlap *o) {
    free(o->seen.items);
    free(o->loose_seen.items);
    free(o->held_prints.items);
    arena_free(&o->arena);
    *o = (struct overlap){0};
}
