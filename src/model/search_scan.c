/* search_scan.c - hits in the texts of a thread, found and counted in slices.
 *
 * A long text is looked through in windows of the same borders each time, so that a hit is found
 * upwards, downwards and by counting, and the work of a slice is bounded. A hit belongs to the
 * window it begins in. */
#include "history.h"
#include "searching.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    WINDOW = 64 * 1024,
    OVERLAP = 4 * 1024, /* how far a hit may reach into the next window */
    /* work in nanoseconds, by rule of thumb */
    WORK_FIELD = 30,
    WORK_HIT = 60,
    WORK_GIVEN_UP = SLICE_WORK,
    BYTES_A_NS_TEXT = 8,
};

/* ---- fields: the texts of a part ---- */

struct field {
    const char *s;
    size_t n;
    struct find *find;
};

static bool passes(const struct query *q, const struct entry *e, const struct part *p) {
    if (!q->any_role && e->role != q->role)
        return false;
    if (q->thoughts && p->kind != PART_THINKING)
        return false;
    if (q->tool && (p->kind != PART_TOOL || (!tool_is(p->name, q->tool) &&
                                             strncasecmp(p->name, q->tool, strlen(q->tool)) != 0)))
        return false;
    return !q->errors || part_failed(p);
}

/* It is asked for window by window. */
static size_t result_length(struct counting *c, const struct part *p) {
    if (c->measured.s == p->result && c->measured.rev == p->rev)
        return c->measured.n;
    const size_t n = strlen(p->result);

    if (n > WINDOW) {
        c->measured.s = p->result;
        c->measured.rev = p->rev;
        c->measured.n = n;
    }
    return n;
}

/* False: nothing is looked for there. */
static bool field_at(struct search_private *sp, const struct entry *e, const struct mark_at *at,
                     struct field *out) {
    const struct query *q = &sp->query;
    const struct part *p = &e->parts[at->part];

    if (at->in_result && (!p->result || !q->text))
        return false;
    if (!passes(q, e, p))
        return false;
    out->s = at->in_result ? p->result : p->text;
    out->n = at->in_result ? result_length(&sp->counting, p) : p->len;
    out->find = p->kind == PART_TOOL && !at->in_result ? q->inside : q->text;
    if (out->n > UINT32_MAX)
        out->n = UINT32_MAX;
    return true;
}

/* ---- windows ---- */

/* Where window k begins: at a line when one begins near, else at a character. */
static size_t cut(const struct field *f, size_t k) {
    size_t at = k * WINDOW;

    if (k == 0 || at >= f->n)
        return k == 0 ? 0 : f->n;
    const size_t near = f->n - at < WINDOW ? f->n - at : WINDOW;
    const char *line = memchr(f->s + at, '\n', near);

    if (line)
        return (size_t)(line - f->s) + 1;
    for (int i = 0; i < 3 && at < f->n && ((unsigned char)f->s[at] & 0xc0) == 0x80; i++)
        at++;
    return at;
}

struct window {
    size_t from, to, end; /* hits begin in [from, to) and end before `end` */
};

static struct window window_at(const struct field *f, size_t k) {
    const size_t from = cut(f, k), to = cut(f, k + 1);

    return (struct window){from, to, f->n - to < OVERLAP ? f->n : to + OVERLAP};
}

/* The window that `off` is in. */
static size_t window_of(const struct field *f, size_t off) {
    size_t k = off / WINDOW;

    while (k > 0 && cut(f, k) > off)
        k--;
    return k;
}

static size_t windows(const struct field *f) { return f->n / WINDOW + 1; }

static void pay(const struct search *se, const struct window *w, size_t hits, size_t gave_up_before,
                int64_t *work) {
    const struct find *text = se->priv->query.text;
    const size_t bytes = w->to - w->from;

    *work -= WORK_FIELD + (int64_t)(bytes / BYTES_A_NS_TEXT) + (int64_t)hits * WORK_HIT;
    if (text && find_given_up(text) > gave_up_before)
        *work -= WORK_GIVEN_UP;
}

static size_t count_window(const struct search *se, const struct field *f, size_t k, size_t before,
                           int64_t *work) {
    const struct window w = window_at(f, k);
    const size_t given_up = find_given_up(f->find);
    const size_t hits = find_count(f->find, f->s, w.end, w.from, before < w.to ? before : w.to);

    pay(se, &w, hits, given_up, work);
    return hits;
}

/* ---- seeking ---- */

/* The first hit of the window that begins at or behind `off`, or the last before it. */
static bool hit_in_window(const struct search *se, const struct field *f, size_t k, int by,
                          size_t off, struct hit *hit, int64_t *work) {
    const struct window w = window_at(f, k);
    const size_t given_up = find_given_up(f->find);
    size_t at = 0, len = 0, tried = 0, from = w.from;
    bool found = false;

    if (by < 0) {
        found = find_last(f->find, f->s, w.end, w.from, off < w.to ? off : w.to, &at, &len);
    } else {
        while (!found && find_next(f->find, f->s, w.end, from, &at, &len) && at < w.to) {
            found = at >= off;
            from = at + len;
            tried++;
        }
    }
    pay(se, &w, tried, given_up, work);
    if (found) {
        hit->off = (uint32_t)at;
        hit->len = (uint32_t)len;
    }
    return found;
}

enum looked { LOOK_NONE, LOOK_HIT, LOOK_MORE };

/* Looks through a field from its place on, or until the work is used up. */
static enum looked hit_in_field(struct search *se, const struct field *f, struct hit *hit,
                                int64_t *work) {
    struct seeking *s = &se->priv->seeking;
    const size_t off = s->at.off < f->n ? s->at.off : f->n;
    size_t k = window_of(f, s->by < 0 && off > 0 ? off - 1 : off);

    for (;;) {
        if (hit_in_window(se, f, k, s->by, s->at.off, hit, work))
            return LOOK_HIT;
        if (s->by > 0 ? k + 1 >= windows(f) : k == 0)
            return LOOK_NONE;
        k += s->by > 0 ? 1 : (size_t)-1;
        s->at.off = cut(f, s->by > 0 ? k : k + 1);
        if (*work <= 0)
            return LOOK_MORE;
    }
}

static struct mark_at entry_end(const struct transcript *t, size_t entry) {
    const size_t parts = t->entries[entry].n_parts;

    return (struct mark_at){entry, parts > 0 ? parts - 1 : 0, true, SIZE_MAX};
}

/* On to the next field. False: the whole thread was looked through. */
static bool next_field(struct seeking *s, const struct transcript *t) {
    struct mark_at *at = &s->at;

    if (s->by > 0) {
        at->off = 0;
        if (!at->in_result) {
            at->in_result = true;
            return true;
        }
        at->in_result = false;
        if (++at->part < t->entries[at->entry].n_parts)
            return true;
    } else {
        at->off = SIZE_MAX;
        if (at->in_result) {
            at->in_result = false;
            return true;
        }
        at->in_result = true;
        if (at->part > 0) {
            at->part--;
            return true;
        }
    }
    if (s->left == 0)
        return false;
    s->left--;
    if (s->by > 0) {
        *at = (struct mark_at){.entry = at->entry + 1};
        if (at->entry >= t->n) {
            if (s->what == SEEK_FIRST)
                return false;
            at->entry = 0;
            s->round = true;
        }
        return true;
    }
    if (at->entry == 0) {
        if (s->what == SEEK_FIRST)
            return false;
        s->round = true;
    }
    *at = entry_end(t, at->entry > 0 ? at->entry - 1 : t->n - 1);
    return true;
}

/* A part that passes the filters is a hit as a whole. */
static bool whole_part(const struct seeking *s) {
    return !s->at.in_result && (s->by > 0 ? s->at.off == 0 : s->at.off > 0);
}

static enum looked look_here(struct search *se, const struct transcript *t, struct hit *found,
                             int64_t *work) {
    struct search_private *p = se->priv;
    struct seeking *s = &p->seeking;
    const struct entry *e = &t->entries[s->at.entry];
    struct field f;

    *found = (struct hit){.entry = s->at.entry, .part = s->at.part, .in_result = s->at.in_result};
    *work -= WORK_FIELD;
    if (s->at.part >= e->n_parts || !field_at(p, e, &s->at, &f))
        return LOOK_NONE;
    if (!p->query.text)
        return whole_part(s) ? LOOK_HIT : LOOK_NONE;
    return hit_in_field(se, &f, found, work);
}

bool seek_slice(struct search *se, const struct transcript *t, int64_t *work, struct hit *found,
                bool *any) {
    struct seeking *s = &se->priv->seeking;

    *any = false;
    if (t->n == 0)
        return true;
    if (s->at.entry >= t->n)
        s->at = entry_end(t, t->n - 1);
    while (*work > 0) {
        const enum looked looked = look_here(se, t, found, work);

        *any = looked == LOOK_HIT;
        if (*any || (looked == LOOK_NONE && !next_field(s, t)))
            return true;
    }
    return false;
}

/* ---- counting ---- */

void count_reset(struct counting *c) {
    c->n = c->total = c->check = c->check_to = 0;
    c->busy = c->partly = false;
    c->due = c->next_whole = 0;
    c->measured.s = NULL;
}

void count_fini(struct counting *c) {
    free(c->hits);
    free(c->keys);
    *c = (struct counting){0};
}

/* What an entry is known by: every change of a part draws a new revision. */
static uint64_t key_of(const struct entry *e) {
    uint64_t key = e->n_parts + 1;

    for (size_t i = 0; i < e->n_parts; i++)
        key = hash_add(key, &e->parts[i].rev, sizeof e->parts[i].rev);
    return key;
}

static void begin_entry(struct counting *c, const struct transcript *t, size_t entry) {
    c->busy = true;
    c->at = (struct mark_at){.entry = entry};
    c->key = key_of(&t->entries[entry]);
    c->so_far = 0;
}

static void end_entry(struct counting *c) {
    const size_t entry = c->at.entry;

    c->busy = false;
    if (entry == c->n) {
        if (c->n == c->cap) {
            const size_t cap = c->cap;

            c->hits = xgrow(c->hits, c->n, &c->cap, sizeof *c->hits);
            c->cap = cap;
            c->keys = xgrow(c->keys, c->n, &c->cap, sizeof *c->keys);
        }
        c->hits[c->n++] = 0;
    }
    c->total += c->so_far;
    c->total -= c->hits[entry];
    c->hits[entry] = c->so_far;
    c->keys[entry] = c->key;
}

/* One window of the entry under way; `off` counts windows here. */
static void count_on(struct search *se, const struct transcript *t, int64_t *work) {
    struct search_private *p = se->priv;
    struct counting *c = &p->counting;
    const struct entry *e = &t->entries[c->at.entry];
    struct field f;

    *work -= WORK_FIELD;
    if (c->at.part >= e->n_parts) {
        end_entry(c);
        return;
    }
    if (field_at(p, e, &c->at, &f)) {
        if (!p->query.text) {
            c->so_far++;
        } else {
            c->so_far += (uint32_t)count_window(se, &f, c->at.off, SIZE_MAX, work);
            if (++c->at.off < windows(&f))
                return;
        }
    }
    c->at.off = 0;
    if (!c->at.in_result) {
        c->at.in_result = true;
    } else {
        c->at.in_result = false;
        c->at.part++;
    }
}

/* Entries went away: those behind them moved up, and are compared. */
static void forget_gone(struct counting *c, const struct transcript *t) {
    while (c->n > t->n)
        c->total -= c->hits[--c->n];
    if (c->check > c->n)
        c->check = c->check_to = c->n; /* the new revision brings the next check */
    if (c->busy && (c->at.entry >= t->n || key_of(&t->entries[c->at.entry]) != c->key))
        c->busy = false; /* it is compared again, or begun again as the next one */
}

static bool under_way(const struct counting *c, const struct transcript *t) {
    return c->busy || c->n < t->n || c->check > c->check_to;
}

/* Text that streams changes the last entries many times a second, others seldom. */
static void plan_check(struct counting *c, const struct transcript *t, int64_t now) {
    enum { TAIL = 32, TAIL_MS = 100, WHOLE_MS = 1000 };

    if (c->due == 0)
        c->due = t->rev != c->rev ? now + TAIL_MS : c->partly ? c->next_whole : 0;
    if (c->due == 0 || now < c->due)
        return;
    c->due = 0;
    c->rev = t->rev;
    c->partly = now < c->next_whole && c->n > TAIL;
    c->check = c->n;
    c->check_to = c->partly ? c->n - TAIL : 0;
    if (!c->partly)
        c->next_whole = now + WHOLE_MS;
}

bool count_slice(struct search *se, const struct transcript *t, int64_t now, int64_t *work) {
    struct counting *c = &se->priv->counting;

    forget_gone(c, t);
    if (c->n == 0 && !c->busy)
        c->rev = t->rev;
    if (!under_way(c, t))
        plan_check(c, t, now);
    while (*work > 0 && under_way(c, t)) {
        if (c->busy) {
            count_on(se, t, work);
        } else if (c->n < t->n) {
            begin_entry(c, t, c->n);
        } else {
            c->check--;
            *work -= WORK_FIELD;
            if (c->keys[c->check] != key_of(&t->entries[c->check]))
                begin_entry(c, t, c->check);
        }
    }
    return under_way(c, t);
}

int64_t count_wake(const struct counting *c, const struct transcript *t, int64_t now) {
    if (under_way(c, t))
        return now;
    if (t->rev != c->rev || c->partly)
        return c->due > 0 ? c->due : now;
    return -1;
}

/* Those of one field that begin before the hit, or all of them; false: they are too many. */
static bool add_before(struct search *se, const struct field *f, const struct hit *until,
                       int64_t *work, size_t *nth) {
    for (size_t k = 0; k < windows(f) && (!until || cut(f, k) < until->off); k++) {
        *nth += count_window(se, f, k, until ? until->off : SIZE_MAX, work);
        if (*work <= 0)
            return false;
    }
    return true;
}

size_t hit_number(struct search *se, const struct transcript *t, const struct hit *hit) {
    struct search_private *p = se->priv;
    const struct counting *c = &p->counting;
    struct mark_at at = {.entry = hit->entry};
    int64_t work = 4 * SLICE_WORK;
    size_t nth = 1;
    struct field f;

    if (hit->entry >= c->n || hit->entry >= t->n || (c->busy && c->at.entry <= hit->entry))
        return 0;
    for (size_t i = 0; i < hit->entry; i++)
        nth += c->hits[i];
    for (; at.part <= hit->part; at.part += at.in_result, at.in_result = !at.in_result) {
        const bool here = at.part == hit->part && at.in_result == hit->in_result;
        const bool looked = field_at(p, &t->entries[at.entry], &at, &f);

        if (here && !p->query.text)
            break;
        if (looked && !p->query.text)
            nth++;
        if (looked && p->query.text && !add_before(se, &f, here ? hit : NULL, &work, &nth))
            return HIT_FAR;
        if (here)
            break;
    }
    return nth;
}
