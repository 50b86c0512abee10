/* diff.c - two texts as lines, what changed between them, and which of it is shown. */
#include "diff.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    WORK = 8000000,  /* steps of the exact search: a few dozen milliseconds */
    SLIDE_MAX = 256, /* lines a change is moved to stand better */
    CONTEXT = 3
};

/* ---- equal pieces of text ---- */
void pieces_init(struct pieces *p, size_t expected) {
    size_t slots = 16;

    while (slots < 2 * expected)
        slots *= 2;
    *p = (struct pieces){.v = xmalloc((expected + 1) * sizeof *p->v),
                         .slots = xcalloc(slots, sizeof *p->slots),
                         .mask = slots - 1};
}

void pieces_fini(struct pieces *p) {
    free(p->v);
    free(p->slots);
    *p = (struct pieces){0};
}

static uint32_t hash_of(const char *s, size_t n) {
    uint64_t h = 0x9e3779b97f4a7c15U ^ n;

    for (; n >= 8; s += 8, n -= 8) {
        uint64_t word;

        memcpy(&word, s, 8);
        h = (h ^ word) * 0xff51afd7ed558ccdU;
        h ^= h >> 32;
    }
    uint64_t word = 0;

    memcpy(&word, s, n);
    h = (h ^ word) * 0xc4ceb9fe1a85ec53U;
    return (uint32_t)(h ^ (h >> 33));
}

uint32_t piece_number(struct pieces *p, const char *s, size_t n) {
    const uint32_t hash = hash_of(s, n);
    size_t at = hash & p->mask;

    /* Texts made to collide are merely taken for different: steps are bounded. */
    for (int steps = 0; p->slots[at].number != 0; steps++, at = (at + 1) & p->mask) {
        const struct slot *slot = &p->slots[at];
        const struct piece *known = &p->v[slot->number - 1];

        if (slot->hash == hash && known->n == n && memcmp(known->s, s, n) == 0)
            return slot->number - 1;
        if (steps > 256)
            break;
    }
    p->v[p->n] = (struct piece){.s = s, .n = (uint32_t)n};
    if (p->slots[at].number == 0)
        p->slots[at] = (struct slot){.hash = hash, .number = (uint32_t)p->n + 1};
    return (uint32_t)p->n++;
}

/* ---- lines ---- */
static void side_init(struct side *side, const char *s, size_t n) {
    size_t cap = 0;

    assert(n < UINT32_MAX);
    *side = (struct side){.s = s, .n = n};
    for (size_t at = 0; at < n;) {
        const char *nl = memchr(s + at, '\n', n - at);

        side->start = xgrow(side->start, side->lines, &cap, sizeof *side->start);
        side->start[side->lines++] = (uint32_t)at;
        at = nl ? (size_t)(nl - s) + 1 : n;
    }
    side->start = xgrow(side->start, side->lines, &cap, sizeof *side->start);
    side->start[side->lines] = (uint32_t)n;
}

static bool same_line(const struct side *a, size_t x, const struct side *b, size_t y) {
    size_t n, m;
    const char *s = side_line(a, x, &n), *t = side_line(b, y, &m);

    return n == m && memcmp(s, t, n) == 0;
}

static void add_change(struct diff *d, struct change c) {
    d->changes = xgrow(d->changes, d->n, &d->cap, sizeof *d->changes);
    d->changes[d->n++] = c;
    d->removed += c.an;
    d->added += c.bn;
}

static void collect(struct diff *d, const struct seq *s, size_t head) {
    size_t x = 0, y = 0;

    while (x < s->n || y < s->m) {
        const size_t a = x, b = y;

        while (x < s->n && s->gone[x])
            x++;
        while (y < s->m && s->come[y])
            y++;
        if (x > a || y > b) {
            add_change(d, (struct change){.a = (uint32_t)(head + a),
                                          .b = (uint32_t)(head + b),
                                          .an = (uint32_t)(x - a),
                                          .bn = (uint32_t)(y - b)});
            continue;
        }
        x++;
        y++;
    }
}

static void compare(struct diff *d) {
    size_t head = 0, tail = 0;
    struct side *old = &d->old, *new = &d->new;

    while (head < old->lines && head < new->lines &&same_line(old, head, new, head))
        head++;
    while (tail < old->lines - head &&
           tail < new->lines -
                      head &&same_line(old, old->lines - 1 - tail, new, new->lines - 1 - tail))
        tail++;
    const size_t n = old->lines - head - tail, m = new->lines - head - tail;
    auto_free uint32_t *numbers = xmalloc((n + m + 1) * sizeof *numbers);
    auto_free uint8_t *marks = xcalloc(n + m + 1, 1);
    struct pieces pieces;

    pieces_init(&pieces, n + m);
    for (size_t i = 0; i < n + m; i++) {
        size_t len;
        const char *s = i < n ? side_line(old, head + i, &len) : side_line(new, head + i - n, &len);

        numbers[i] = piece_number(&pieces, s, len);
    }
    const struct seq s = {.a = numbers,
                          .b = numbers + n,
                          .n = n,
                          .m = m,
                          .gone = marks,
                          .come = marks + n,
                          .ids = (uint32_t)pieces.n,
                          .work = WORK};

    pieces_fini(&pieces);
    seq_compare(&s);
    collect(d, &s, head);
}

/* ---- changes that may stand elsewhere, stand where people would put them ---- */

static bool blank_line(const struct side *s, size_t line, size_t *indent) {
    size_t n;
    const char *text = side_line(s, line, &n);

    *indent = 0;
    while (*indent < n && *indent < 200 && (text[*indent] == ' ' || text[*indent] == '\t'))
        ++*indent;
    return *indent == n;
}

/* How bad a border in front of this line looks: behind a blank line and little indented is best. */
static int border(const struct side *s, size_t line) {
    size_t indent, other;

    if (line >= s->lines)
        return 0;
    if (blank_line(s, line, &indent))
        return 3;
    if (line == 0 || blank_line(s, line - 1, &other))
        return (int)indent * 2;
    return (int)indent * 2 + 4;
}

/* Lines only added or only removed: the block [at, at + n) of one side may go up while the line
 * above is its last, and down while the line below is its first. */
static void slide(struct diff *d, size_t i) {
    struct change *c = &d->changes[i];
    const bool added = c->an == 0;
    const struct side *s = added ? &d->new : &d->old;
    const size_t n = added ? c->bn : c->an, at = added ? c->b : c->a;
    const struct change *before = i > 0 ? c - 1 : NULL, *after = i + 1 < d->n ? c + 1 : NULL;
    const size_t low = !before ? 0 : added ? before->b + before->bn : before->a + before->an;
    const size_t high = !after ? s->lines : added ? after->b : after->a;
    size_t first = at, last = at, best;
    int least;

    if (c->an > 0 && c->bn > 0)
        return;
    while (first > low + (before != NULL) && at - first < SLIDE_MAX &&
           same_line(s, first - 1, s, first + n - 1))
        first--;
    while (last + n + (after != NULL) < high && last - at < SLIDE_MAX &&
           same_line(s, last, s, last + n))
        last++;
    best = last;
    least = border(s, last) + border(s, last + n);
    for (size_t to = last; to-- > first;) {
        const int cost = border(s, to) + border(s, to + n);

        if (cost < least) {
            least = cost;
            best = to;
        }
    }
    c->a = (uint32_t)(c->a + best - at);
    c->b = (uint32_t)(c->b + best - at);
}

struct diff *diff_new(const char *old, size_t old_n, const char *new, size_t new_n) {
    struct diff *d = xcalloc(1, sizeof *d);

    side_init(&d->old, old, old_n);
    side_init(&d->new, new, new_n);
    compare(d);
    for (size_t i = 0; i < d->n; i++)
        slide(d, i);
    diff_context(d, CONTEXT);
    return d;
}

void diff_free(struct diff *d) {
    if (!d)
        return;
    free(d->old.start);
    free(d->new.start);
    free(d->changes);
    free(d->blocks);
    free(d);
}

size_t diff_added(const struct diff *d) { return d->added; }

size_t diff_removed(const struct diff *d) { return d->removed; }

size_t diff_bytes(const struct diff *d) {
    return sizeof *d + (d->old.lines + d->new.lines + 2) * sizeof *d->old.start +
           d->cap * sizeof *d->changes + d->cap_blocks * sizeof *d->blocks;
}

/* ---- what is shown ---- */
static void add_block(struct diff *d, struct block b) {
    const size_t wide = b.kind == BLOCK_GAP ? 1 : b.an > b.bn ? b.an : b.bn;

    if (wide == 0)
        return;
    b.at[0] = d->lines[0];
    b.at[1] = d->lines[1];
    d->blocks = xgrow(d->blocks, d->n_blocks, &d->cap_blocks, sizeof *d->blocks);
    d->blocks[d->n_blocks++] = b;
    d->lines[0] += b.kind == BLOCK_CHANGE ? b.an + b.bn : wide;
    d->lines[1] += wide;
}

static void add_same(struct diff *d, size_t a, size_t b, size_t n, enum block_kind kind) {
    add_block(d, (struct block){.kind = (uint8_t)kind,
                                .a = (uint32_t)a,
                                .b = (uint32_t)b,
                                .an = (uint32_t)n,
                                .bn = (uint32_t)n});
}

/* Lines both have, between two changes (or before the first, behind the last). */
static void add_between(struct diff *d, size_t a, size_t b, size_t n, size_t head, size_t tail,
                        bool inner) {
    if (head == SIZE_MAX || tail == SIZE_MAX || n <= head || n - head <= tail + inner) {
        add_same(d, a, b, n, BLOCK_SAME);
        return;
    }
    add_same(d, a, b, head, BLOCK_SAME);
    if (inner)
        add_same(d, a + head, b + head, n - head - tail, BLOCK_GAP);
    add_same(d, a + n - tail, b + n - tail, tail, BLOCK_SAME);
}

void diff_context(struct diff *d, int context) {
    const size_t around = context < 0 ? SIZE_MAX : (size_t)context;
    size_t a = 0, b = 0;

    d->n_blocks = 0;
    d->lines[0] = d->lines[1] = 0;
    for (size_t i = 0; i < d->n; i++) {
        const struct change *c = &d->changes[i];

        add_between(d, a, b, c->a - a, i > 0 ? around : 0, around, i > 0);
        add_block(d, (struct block){
                         .kind = BLOCK_CHANGE, .a = c->a, .b = c->b, .an = c->an, .bn = c->bn});
        a = c->a + c->an;
        b = c->b + c->bn;
    }
    if (d->n > 0 || context < 0)
        add_between(d, a, b, d->old.lines - a, d->n > 0 ? around : SIZE_MAX, 0, false);
}

static enum rc add_lines(struct buf *out, const struct side *s, size_t from, size_t n, char sign) {
    enum rc rc = RC_OK;

    for (size_t i = from; i < from + n && rc == RC_OK; i++) {
        size_t len;
        const char *line = side_line(s, i, &len);

        rc = buf_add(out, &sign, 1);
        rc = rc == RC_OK ? buf_add(out, line, len) : rc;
        rc = rc == RC_OK ? buf_add(out, "\n", 1) : rc;
    }
    return rc;
}

enum rc diff_text(struct buf *out, const struct diff *d) {
    const size_t before = out->n;
    enum rc rc = RC_OK;

    for (size_t i = 0; i < d->n_blocks && rc == RC_OK; i++) {
        const struct block *b = &d->blocks[i];

        if (b->kind == BLOCK_GAP) {
            rc = buf_adds(out, "@@\n");
        } else if (b->kind == BLOCK_SAME) {
            rc = add_lines(out, &d->new, b->b, b->bn, ' ');
        } else {
            rc = add_lines(out, &d->old, b->a, b->an, '-');
            rc = rc == RC_OK ? add_lines(out, &d->new, b->b, b->bn, '+') : rc;
        }
    }
    if (rc != RC_OK)
        buf_cut(out, before, out->n - before);
    return rc;
}
