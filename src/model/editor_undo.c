/* editor_undo.c - what was changed, step by step: the bytes that went and those that came, so a
 * long draft costs no more than a short one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "editing.h"
#include "mix/text.h"

enum { UNDO_STEPS = 1000, RUN_BYTES = 256, STEP_CHIPS = 10000 };
#define UNDO_BYTES (8 * MIX_MIB)
static const char undo_head[] = "mixtui undo 1 ";

struct edit_step {
    char *old, *now;
    size_t at, n_old, n_now, caret_before, caret_after;
    uint32_t group; /* steps of the same one go together; 0: alone */
    struct chip *before, *after;
    size_t n_before, n_after;
};
struct edit_stack {
    struct edit_step *v;
    size_t n, cap;
};
struct edit_undo {
    struct edit_stack done, undone;
    size_t bytes;
    uint32_t group, groups; /* of the changes under way; 0: none */
    enum edit_join last;    /* what the next change may join */
    size_t at;              /* first byte that undo or redo changed last */
};

static struct edit_undo *undo_of(struct editor *e) {
    if (!e->undo)
        e->undo = xcalloc(1, sizeof *e->undo);
    return e->undo;
}

static void forget(struct edit_undo *u, struct edit_step *s) {
    u->bytes -= s->n_old + s->n_now;
    free(s->old);
    free(s->now);
    chips_free(s->before, s->n_before);
    chips_free(s->after, s->n_after);
    *s = (struct edit_step){0};
}

static void forget_all(struct edit_undo *u, struct edit_stack *stack) {
    while (stack->n > 0)
        forget(u, &stack->v[--stack->n]);
}

void undo_fini(struct editor *e) {
    if (!e->undo)
        return;
    forget_all(e->undo, &e->undo->done);
    forget_all(e->undo, &e->undo->undone);
    free(e->undo->done.v);
    free(e->undo->undone.v);
    free(e->undo);
    e->undo = NULL;
}

/* The oldest go first, in one piece of many so that it is not done for each. */
static void make_room(struct edit_undo *u) {
    struct edit_stack *d = &u->done;
    size_t gone = 0;
    if (d->n <= UNDO_STEPS && u->bytes <= UNDO_BYTES)
        return;
    while (gone < d->n && (d->n - gone > UNDO_STEPS * 3 / 4 || u->bytes > UNDO_BYTES))
        forget(u, &d->v[gone++]);
    memmove(d->v, d->v + gone, (d->n - gone) * sizeof *d->v);
    d->n -= gone;
}

/* ---- recording ---- */
static void extend(char **p, size_t *n, const char *front, size_t n_front, const char *back,
                   size_t n_back) {
    *p = xrealloc(*p, *n + n_front + n_back + 1);
    memmove(*p + n_front, *p, *n);
    memcpy(*p, front, n_front);
    memcpy(*p + n_front + *n, back, n_back);
    *n += n_front + n_back;
    (*p)[*n] = 0;
}

static bool joins(const struct edit_undo *u, size_t at, size_t n_old, const char *now, size_t n_now,
                  enum edit_join join) {
    if (join == JOIN_NOT || join != u->last || u->done.n == 0)
        return false;
    const struct edit_step *s = &u->done.v[u->done.n - 1];
    if (s->group != u->group || s->n_old + s->n_now > RUN_BYTES)
        return false;
    if (join == JOIN_ERASED)
        return s->n_now == 0 && n_now == 0 && (at + n_old == s->at || at == s->at);
    /* a word and the blanks behind it */
    return n_old == 0 && at == s->at + s->n_now && s->n_now > 0 &&
           (*now == ' ' || s->now[s->n_now - 1] != ' ');
}

void undo_record(struct editor *e, size_t at, size_t n_old, const char *now, size_t n_now,
                 size_t caret, enum edit_join join) {
    if (e->secret)
        return;
    struct edit_undo *u = undo_of(e);
    const char *old = buf_str(&e->text) + at;
    forget_all(u, &u->undone);
    if (joins(u, at, n_old, now, n_now, join)) {
        struct edit_step *s = &u->done.v[u->done.n - 1];
        const bool front = at < s->at;
        extend(&s->old, &s->n_old, old, front ? n_old : 0, old, front ? 0 : n_old);
        extend(&s->now, &s->n_now, "", 0, now, n_now);
        s->at = front ? at : s->at;
        s->caret_after = caret;
        u->bytes += n_old + n_now;
        return;
    }
    u->last = join;
    u->done.v = xgrow(u->done.v, u->done.n, &u->done.cap, sizeof *u->done.v);
    u->done.v[u->done.n++] = (struct edit_step){.old = xstrndup(old, n_old),
                                                .now = xstrndup(now, n_now),
                                                .at = at,
                                                .n_old = n_old,
                                                .n_now = n_now,
                                                .caret_before = e->caret,
                                                .caret_after = caret,
                                                .group = u->group,
                                                .before = chips_copy(e->chips, e->n_chips),
                                                .n_before = e->n_chips};
    u->bytes += n_old + n_now;
    make_room(u);
}

void undo_recorded(struct editor *e) {
    struct edit_undo *u = e->undo;
    if (e->secret || !u || u->done.n == 0 || u->undone.n > 0)
        return;
    struct edit_step *s = &u->done.v[u->done.n - 1];
    if (s->n_after == 0 && e->n_chips == 0)
        return;
    chips_free(s->after, s->n_after);
    s->after = chips_copy(e->chips, e->n_chips);
    s->n_after = e->n_chips;
}

void edit_undo_break(struct editor *e) {
    if (e->undo)
        e->undo->last = JOIN_NOT;
}

void editor_group(struct editor *e) {
    if (e->secret || undo_of(e)->group)
        return;
    e->undo->group = ++e->undo->groups;
    e->undo->last = JOIN_NOT;
}

void editor_group_end(struct editor *e) {
    if (!e->undo)
        return;
    e->undo->group = 0;
    e->undo->last = JOIN_NOT;
}

/* ---- going back and forth ---- */
static void swap_in(struct editor *e, const struct edit_step *s, bool back) {
    const size_t n_out = back ? s->n_now : s->n_old, n_in = back ? s->n_old : s->n_now;
    if (s->n_before + s->n_after > 0)
        chips_set(e, back ? s->before : s->after, back ? s->n_before : s->n_after);
    else
        chips_shift(e, s->at, n_out, n_in);
    buf_cut(&e->text, s->at, n_out);
    (void)buf_insert(&e->text, s->at, back ? s->old : s->now, n_in); /* was within the cap before */
    e->caret = back ? s->caret_before : s->caret_after;
}

static bool step(struct editor *e, bool back) {
    struct edit_undo *u = e->undo;
    if (!u)
        return false;
    struct edit_stack *from = back ? &u->done : &u->undone, *to = back ? &u->undone : &u->done;
    if (from->n == 0)
        return false;
    const uint32_t group = from->v[from->n - 1].group;
    u->group = 0;
    u->at = SIZE_MAX;
    do {
        to->v = xgrow(to->v, to->n, &to->cap, sizeof *to->v);
        to->v[to->n++] = from->v[--from->n];
        swap_in(e, &to->v[to->n - 1], back);
        u->at = to->v[to->n - 1].at < u->at ? to->v[to->n - 1].at : u->at;
    } while (group && from->n > 0 && from->v[from->n - 1].group == group);
    u->last = JOIN_NOT;
    edit_touched(e);
    return true;
}

bool editor_undo(struct editor *e) { return step(e, true); }

bool editor_redo(struct editor *e) { return step(e, false); }

size_t edit_undo_at(const struct editor *e) { return e->undo ? e->undo->at : 0; }

/* ---- on disk ----
 *   mixtui undo 1 LENGTH HASH          of the text it belongs to
 *   u|r AT OLD NEW BEFORE AFTER GROUP CHIPS CHIPS, then the bytes of old and new and a line end
 *   KIND OFF LEN SIZE PATHLENGTH       for each chip before and after, then the path and a line end
 * The newest come first. */
static void write_chips(struct buf *out, const struct chip *v, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const char *path = v[i].path ? v[i].path : "";
        (void)buf_addf(out, "%d %zu %zu %lld %zu\n", (int)v[i].kind, v[i].off, v[i].len,
                       (long long)v[i].size, strlen(path));
        (void)buf_addf(out, "%s\n", path);
    }
}

static void write_stack(struct buf *out, const struct edit_stack *stack, char name, size_t most) {
    for (size_t i = stack->n; i-- > 0;) {
        const struct edit_step *s = &stack->v[i];
        const size_t was = out->n;
        if (s->n_old + s->n_now > most)
            return;
        (void)buf_addf(out, "%c %zu %zu %zu %zu %zu %u %zu %zu\n", name, s->at, s->n_old, s->n_now,
                       s->caret_before, s->caret_after, (unsigned)s->group, s->n_before,
                       s->n_after);
        (void)buf_add(out, s->old, s->n_old);
        (void)buf_add(out, s->now, s->n_now);
        (void)buf_add(out, "\n", 1);
        write_chips(out, s->before, s->n_before);
        write_chips(out, s->after, s->n_after);
        if (out->n > most) {
            buf_cut(out, was, out->n - was);
            return;
        }
    }
}

void editor_undo_keep(const struct editor *e, struct buf *out, size_t most) {
    if (!e->undo || (e->undo->done.n == 0 && e->undo->undone.n == 0))
        return;
    auto_buf struct buf all = {.max = most + UNDO_BYTES + MIX_MIB};
    (void)buf_addf(&all, "%s%zu %016llx\n", undo_head, e->text.n,
                   (unsigned long long)hash_add(HASH_START, buf_str(&e->text), e->text.n));
    if (all.n > most)
        return;
    write_stack(&all, &e->undo->undone, 'r', most / 4);
    write_stack(&all, &e->undo->done, 'u', most);
    (void)buf_add(out, all.p, all.n);
}

struct reader {
    const char *p, *end;
};

/* Numbers of one line, each behind one blank; false: another number of them, or no line. */
static bool numbers(struct reader *r, int64_t *v, size_t n) {
    for (size_t i = 0; i < n; i++) {
        bool minus = r->p < r->end && *r->p == '-';
        const char *from = r->p += minus;
        int64_t value = 0;
        while (r->p < r->end && *r->p >= '0' && *r->p <= '9' && value < (int64_t)1 << 55)
            value = value * 10 + (*r->p++ - '0');
        if (r->p == from || r->p == r->end || *r->p != (i + 1 < n ? ' ' : '\n'))
            return false;
        r->p++;
        v[i] = minus ? -value : value;
    }
    return true;
}

static char *take_bytes(struct reader *r, int64_t n) {
    if (n < 0 || n > r->end - r->p || memchr(r->p, 0, (size_t)n))
        return NULL;
    r->p += n;
    return xstrndup(r->p - n, (size_t)n);
}

static bool take_line_end(struct reader *r) {
    if (r->p == r->end || *r->p != '\n')
        return false;
    r->p++;
    return true;
}

static bool read_chips(struct reader *r, struct chip **out, size_t *n_out, int64_t n) {
    if (n < 0 || n > STEP_CHIPS)
        return false;
    *out = n > 0 ? xcalloc((size_t)n, sizeof **out) : NULL;
    for (int64_t i = 0; i < n; i++) {
        int64_t v[5];
        if (!numbers(r, v, 5) || v[0] < 0 || v[0] > CHIP_FILE || v[1] < 0 || v[2] < 1)
            return false;
        char *path = take_bytes(r, v[4]);
        (*out)[i] = (struct chip){.kind = (enum chip_kind)v[0],
                                  .off = (size_t)v[1],
                                  .len = (size_t)v[2],
                                  .size = v[3],
                                  .path = v[4] > 0 ? path : NULL};
        *n_out = (size_t)i + 1;
        if (v[4] == 0)
            free(path);
        if (!path || !take_line_end(r))
            return false;
    }
    return true;
}

static bool read_step(struct reader *r, struct edit_step *s) {
    int64_t v[8];
    if (!numbers(r, v, 8) || v[0] < 0 || v[3] < 0 || v[4] < 0)
        return false;
    s->at = (size_t)v[0];
    s->caret_before = (size_t)v[3];
    s->caret_after = (size_t)v[4];
    s->group = (uint32_t)v[5];
    s->old = take_bytes(r, v[1]);
    s->now = s->old ? take_bytes(r, v[2]) : NULL;
    if (!s->now)
        return false;
    s->n_old = (size_t)v[1];
    s->n_now = (size_t)v[2];
    return text_valid(s->old, s->n_old) && text_valid(s->now, s->n_now) && take_line_end(r) &&
           read_chips(r, &s->before, &s->n_before, v[6]) &&
           read_chips(r, &s->after, &s->n_after, v[7]);
}

/* ---- is it of this text? Each step is tried on a copy before any is believed. ---- */
static bool on_border(const struct buf *text, size_t at) {
    return at <= text->n && (at == text->n || ((unsigned char)text->p[at] & 0xc0) != 0x80);
}

static bool chips_fit(const struct chip *v, size_t n, const struct buf *text) {
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (v[i].off < at || !chip_fits(&v[i], buf_str(text), text->n))
            return false;
        at = v[i].off + v[i].len;
    }
    return true;
}

static bool fits(struct buf *text, const struct edit_step *s, bool back) {
    const char *out = back ? s->now : s->old, *in = back ? s->old : s->now;
    const size_t n_out = back ? s->n_now : s->n_old, n_in = back ? s->n_old : s->n_now;
    if (!on_border(text, s->at) || text->n - s->at < n_out ||
        (n_out > 0 && memcmp(text->p + s->at, out, n_out) != 0))
        return false;
    if (!on_border(text, back ? s->caret_after : s->caret_before))
        return false;
    if (!chips_fit(back ? s->after : s->before, back ? s->n_after : s->n_before, text))
        return false;
    buf_cut(text, s->at, n_out);
    return buf_insert(text, s->at, in, n_in) == RC_OK &&
           chips_fit(back ? s->before : s->after, back ? s->n_before : s->n_after, text) &&
           on_border(text, back ? s->caret_before : s->caret_after);
}

static bool all_fit(const struct editor *e) {
    for (int back = 0; back < 2; back++) {
        const struct edit_stack *stack = back ? &e->undo->done : &e->undo->undone;
        auto_buf struct buf text = {.max = e->text.max};
        (void)buf_add(&text, buf_str(&e->text), e->text.n);
        for (size_t i = stack->n; i-- > 0;)
            if (!fits(&text, &stack->v[i], back))
                return false;
    }
    return true;
}

static void turn_round(struct edit_stack *s) {
    for (size_t i = 0; i < s->n / 2; i++) {
        const struct edit_step other = s->v[i];
        s->v[i] = s->v[s->n - 1 - i];
        s->v[s->n - 1 - i] = other;
    }
}

static bool read_all(struct editor *e, struct reader *r) {
    struct edit_undo *u = e->undo;
    char head[64];
    const int n = snprintf(head, sizeof head, "%s%zu %016llx\n", undo_head, e->text.n,
                           (unsigned long long)hash_add(HASH_START, buf_str(&e->text), e->text.n));
    if (r->end - r->p < n || memcmp(r->p, head, (size_t)n) != 0)
        return false;
    r->p += n;
    while (r->end - r->p > 2) {
        struct edit_stack *stack = *r->p == 'u' ? &u->done : &u->undone;
        if ((*r->p != 'u' && *r->p != 'r') || r->p[1] != ' ' || stack->n == UNDO_STEPS)
            return false;
        r->p += 2;
        stack->v = xgrow(stack->v, stack->n, &stack->cap, sizeof *stack->v);
        struct edit_step *s = &stack->v[stack->n++];
        *s = (struct edit_step){0};
        const bool good = read_step(r, s);
        u->bytes += s->n_old + s->n_now;
        u->groups = s->group > u->groups ? s->group : u->groups;
        if (!good)
            return false;
    }
    turn_round(&u->done);
    turn_round(&u->undone);
    return r->p == r->end && u->bytes <= UNDO_BYTES && all_fit(e);
}

bool editor_undo_take(struct editor *e, const char *bytes, size_t n) {
    struct reader r = {bytes, bytes + n};
    undo_fini(e);
    if (e->secret)
        return false;
    (void)undo_of(e);
    if (n > 0 && read_all(e, &r))
        return true;
    undo_fini(e);
    return false;
}
