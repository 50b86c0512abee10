/* place.c - the text that stays where it is. What is on the top row is known by the source it
 * shows; when its part or its layout becomes another, the row with that source is looked for. */
#include <string.h>

#include "sheet.h"

static bool has_head(const struct part *p) {
    return p->kind == PART_TOOL || p->kind == PART_THINKING;
}

static uint8_t how_of(const struct lay *lay) {
    return (uint8_t)(lay->raw | lay->split << 1 | lay->ascii << 2);
}

bool body_base(const struct body *b, bool in_result, uint32_t *from) {
    if (b->piece == (in_result ? PIECE_OF_RESULT : PIECE_OF_TEXT)) {
        *from = b->piece_at;
        return true;
    }
    *from = b->src;
    return !in_result && b->src != NO_SRC && b->kind != BODY_DIFF;
}

/* ---- rows of a source ---- */

/* The row of a flow that shows src; sub rows below the first of the same src. */
static int row_of(const struct flow *f, uint32_t src, uint32_t sub) {
    size_t lo = 0, hi = f->n; /* rows[lo - 1].src <= src < rows[hi].src */

    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;

        if (f->rows[mid].src <= src)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == 0)
        return 0;
    size_t row = lo - 1;

    if (f->rows[row].src != src)
        return (int)row;
    while (row > 0 && f->rows[row - 1].src == src)
        row--;
    return (int)(row + sub < lo ? row + sub : lo - 1);
}

/* The last slice of a body that begins at src or before. False: the body has none. */
static bool slice_of(const struct sheet *s, uint32_t body, uint32_t src, size_t *slice) {
    size_t lo = 0, hi = s->n;

    while (lo < hi) { /* slices go by body and src */
        const size_t mid = lo + (hi - lo) / 2;
        const struct slice *at = &s->slices[mid];

        if (at->body < body || (at->body == body && slice_src(s, mid) <= src))
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == 0 || s->slices[lo - 1].body != body) {
        *slice = lo;
        return lo < s->n && s->slices[lo].body == body;
    }
    *slice = lo - 1;
    return true;
}

/* What is shown of a part, by what it is made from. */
struct source {
    unsigned of; /* TOP_... */
    uint32_t body, src, sub;
};

/* The body that shows a byte of the text or the result, and where in it. False: none does. */
static bool body_of(const struct sheet *s, struct source *source) {
    bool found = false;
    uint32_t best = 0;

    if (source->of == TOP_MADE)
        return source->body < s->bodies.n;
    for (size_t i = 0; i < s->bodies.n; i++) {
        uint32_t from;

        if (!body_base(&s->bodies.v[i], source->of == TOP_RESULT, &from) || from > source->src ||
            (found && from < best))
            continue;
        found = true;
        best = from;
        source->body = (uint32_t)i;
    }
    source->src -= best;
    return found;
}

static struct spot spot_of_source(struct view *v, const struct thread_place *at, struct spot spot,
                                  struct source source) {
    const struct part *p = spot_part(at, spot);
    const struct entry *e = &at->s->transcript.entries[spot.entry];

    spot.slice = 0;
    spot.row = 0;
    if (source.of == TOP_HEAD || !part_open(p))
        return spot;
    struct sheet *s = sheet_cut(v, p, e->role, &at->lay);
    size_t slice;

    if (!body_of(s, &source)) {
        if (s->bodies.n == 0)
            return spot;
        source.body = (uint32_t)s->bodies.n - 1; /* nothing is nearer */
        source.src = 0;
    }
    if (!slice_of(s, source.body, source.src, &slice))
        return spot;
    spot.slice = slice + has_head(p);
    if (s->bodies.v[source.body].kind == BODY_PICTURE) {
        spot.row = (int)source.sub;
        return spot;
    }
    const struct flow *f = sheet_flow(v, s, slice, &at->lay);

    /* a slice of nothing but blanks shows nothing: what stands before it does */
    while (f->n == 0 && slice > 0 && s->slices[slice - 1].body == source.body) {
        spot.slice--;
        f = sheet_flow(v, s, --slice, &at->lay);
    }
    spot.row = f->n > 0 ? row_of(f, source.src, source.sub) : 0;
    return spot;
}

static struct source noted(const struct reading_top *top) {
    return (struct source){top->of, top->body, top->src, top->sub};
}

/* ---- the top row ---- */

/* A part that only changed its place among its siblings is still the same. */
static void follow_part(const struct thread_place *at, struct reading *r) {
    const struct entry *e = &at->s->transcript.entries[r->entry];

    if (r->piece == 0 || r->piece > e->n_parts || e->parts[r->piece - 1].rev == r->top.rev)
        return;
    for (size_t i = 0; i < e->n_parts; i++)
        if (e->parts[i].rev == r->top.rev)
            r->piece = i + 1;
}

static bool still_so(const struct thread_place *at, const struct reading *r, const struct part *p) {
    return r->top.width == at->lay.width && r->top.how == how_of(&at->lay) && r->top.rev == p->rev;
}

struct spot place_kept(struct view *v, const struct thread_place *at, struct reading *r) {
    if (r->top.known && r->entry < at->s->transcript.n)
        follow_part(at, r);
    const struct spot spot = {r->entry, r->piece, r->slice, r->row};
    const struct part *p = spot_part(at, spot);

    if (!p || !r->top.known || still_so(at, r, p))
        return spot_existing(v, at, spot);
    return spot_existing(v, at, spot_of_source(v, at, spot, noted(&r->top)));
}

/* What the row shows. */
static struct reading_top source_of(struct view *v, const struct thread_place *at,
                                    const struct part *p, struct spot spot) {
    struct reading_top top = {
        .known = true, .how = how_of(&at->lay), .width = at->lay.width, .rev = p->rev};
    const struct entry *e = &at->s->transcript.entries[spot.entry];
    uint32_t from = 0;

    if (has_head(p) && (spot.slice == 0 || !part_open(p)))
        return top;
    struct sheet *s = sheet_cut(v, p, e->role, &at->lay);
    const size_t slice = spot.slice - has_head(p);

    if (slice >= s->n)
        return top;
    const struct body *b = &s->bodies.v[top.body = s->slices[slice].body];

    top.of = body_base(b, false, &from)  ? TOP_TEXT
             : body_base(b, true, &from) ? TOP_RESULT
                                         : TOP_MADE;
    if (b->kind == BODY_PICTURE) {
        top.of = TOP_MADE;
        top.sub = (uint32_t)spot.row;
        return top;
    }
    const struct flow *f = sheet_flow(v, s, slice, &at->lay);
    if (f->n == 0)
        return top;
    size_t row = (size_t)spot.row < f->n ? (size_t)spot.row : f->n - 1;
    const uint32_t src = f->rows[row].src;

    for (; row > 0 && f->rows[row - 1].src == src; row--)
        top.sub++;
    top.src = src + (top.of == TOP_MADE ? 0 : from);
    return top;
}

void place_note(struct view *v, const struct thread_place *at, struct reading *r) {
    const struct spot spot = {r->entry, r->piece, r->slice, r->row};
    const struct part *p = spot_part(at, spot);
    const struct reading_top was = r->top;

    r->top = (struct reading_top){.known = true, .width = at->lay.width};
    if (p) {
        const struct spot kept =
            was.known ? spot_of_source(v, at, spot, noted(&was)) : (struct spot){0};

        r->top = source_of(v, at, p, spot);
        /* As long as it is the same row by what was noted first, that stays: a place that is laid
         * out again and again does not creep. */
        if (was.known && spot_compare(kept, spot) == 0 && r->top.of == was.of &&
            was.of != TOP_HEAD) {
            r->top.src = was.src;
            r->top.sub = was.sub;
        }
    }
    r->top_off = r->top.of == TOP_TEXT || r->top.of == TOP_RESULT ? r->top.src : 0;
    r->top_result = r->top.of == TOP_RESULT;
}

/* ---- going to a text ---- */

struct spot place_asked(struct view *v, const struct thread_place *at, const struct reading *r) {
    const struct spot spot = {.entry = r->to_entry,
                              .piece = r->to_part == SIZE_MAX ? 0 : r->to_part + 1};
    const bool start = r->to_off == 0 && !r->to_result;

    if (!spot_part(at, spot) || start || r->to_off >= UINT32_MAX)
        return spot_existing(v, at, spot);
    return spot_existing(v, at,
                         spot_of_source(v, at, spot,
                                        (struct source){.of = r->to_result ? TOP_RESULT : TOP_TEXT,
                                                        .src = (uint32_t)r->to_off}));
}
