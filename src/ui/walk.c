/* walk.c - from row to row of a thread, up and down, without a count of rows from the start. */
#include "ui.h"

int spot_compare(struct spot a, struct spot b) {
    if (a.entry != b.entry)
        return a.entry < b.entry ? -1 : 1;
    if (a.piece != b.piece)
        return a.piece < b.piece ? -1 : 1;
    if (a.slice != b.slice)
        return a.slice < b.slice ? -1 : 1;
    return a.row < b.row ? -1 : a.row > b.row;
}

static const struct transcript *text_of(const struct thread_place *at) {
    return &at->s->transcript;
}

const struct part *spot_part(const struct thread_place *at, struct spot spot) {
    const struct transcript *t = text_of(at);

    if (spot.entry >= t->n || spot.piece == 0 || spot.piece > t->entries[spot.entry].n_parts)
        return NULL;
    return &t->entries[spot.entry].parts[spot.piece - 1];
}

/* ---- pieces ---- */

bool piece_down(const struct thread_place *at, struct spot *spot) {
    const struct transcript *t = text_of(at);
    struct spot to = *spot;

    do {
        if (to.piece <= t->entries[to.entry].n_parts)
            to.piece++;
        else if (to.entry + 1 < t->n)
            to = (struct spot){.entry = to.entry + 1};
        else
            return false;
    } while (piece_empty(at, to.entry, to.piece));
    *spot = (struct spot){.entry = to.entry, .piece = to.piece};
    return true;
}

bool piece_up(const struct thread_place *at, struct spot *spot) {
    const struct transcript *t = text_of(at);
    struct spot to = *spot;

    do {
        if (to.piece > 0)
            to.piece--;
        else if (to.entry > 0)
            to =
                (struct spot){.entry = to.entry - 1, .piece = t->entries[to.entry - 1].n_parts + 1};
        else
            return false;
    } while (piece_empty(at, to.entry, to.piece));
    *spot = (struct spot){.entry = to.entry, .piece = to.piece};
    return true;
}

/* ---- rows ---- */

static bool next_slice(struct view *v, const struct thread_place *at, struct spot *spot) {
    struct spot to = *spot;

    do {
        if (to.slice + 1 < piece_slices(v, at, to))
            to.slice++;
        else if (!piece_down(at, &to))
            return false;
    } while (slice_height(v, at, to) == 0);
    to.row = 0;
    *spot = to;
    return true;
}

static bool prev_slice(struct view *v, const struct thread_place *at, struct spot *spot) {
    struct spot to = *spot;
    int height;

    do {
        if (to.slice > 0) {
            to.slice--;
        } else {
            if (!piece_up(at, &to))
                return false;
            to.slice = piece_slices(v, at, to) - 1;
        }
    } while ((height = slice_height(v, at, to)) == 0);
    to.row = height - 1;
    *spot = to;
    return true;
}

bool spot_down(struct view *v, const struct thread_place *at, struct spot *spot, int rows) {
    while (rows > 0) {
        const int left = slice_height(v, at, *spot) - 1 - spot->row;
        const int step = left < rows ? left : rows;

        if (step > 0) {
            spot->row += step;
            rows -= step;
        } else if (next_slice(v, at, spot)) {
            rows--;
        } else {
            return false;
        }
    }
    return true;
}

bool spot_up(struct view *v, const struct thread_place *at, struct spot *spot, int rows) {
    while (rows > 0) {
        const int step = spot->row < rows ? spot->row : rows;

        if (step > 0) {
            spot->row -= step;
            rows -= step;
        } else if (prev_slice(v, at, spot)) {
            rows--;
        } else {
            return false;
        }
    }
    return true;
}

static struct spot last_spot(struct view *v, const struct thread_place *at) {
    const struct transcript *t = text_of(at);
    struct spot spot = {.entry = t->n - 1, .piece = t->entries[t->n - 1].n_parts + 1};

    if (!prev_slice(v, at, &spot))
        spot = (struct spot){0};
    return spot;
}

struct spot end_top(struct view *v, const struct thread_place *at) {
    struct spot spot = last_spot(v, at);

    spot_up(v, at, &spot, at->r.h - 1);
    return spot;
}

struct spot spot_existing(struct view *v, const struct thread_place *at, struct spot spot) {
    const struct transcript *t = text_of(at);

    if (spot.entry >= t->n)
        return last_spot(v, at);
    const size_t last = t->entries[spot.entry].n_parts + 1;

    if (spot.piece > last)
        spot.piece = last;
    const size_t slices = piece_empty(at, spot.entry, spot.piece) ? 0 : piece_slices(v, at, spot);

    if (spot.slice >= slices) {
        spot.slice = slices > 0 ? slices - 1 : 0;
        spot.row = slices > 0 ? INT32_MAX : 0;
    }
    const int height = slices > 0 ? slice_height(v, at, spot) : 0;

    if (height == 0) {
        if (!next_slice(v, at, &spot) && !prev_slice(v, at, &spot))
            spot = (struct spot){0};
        return spot;
    }
    spot.row = spot.row < 0 ? 0 : spot.row >= height ? height - 1 : spot.row;
    return spot;
}
