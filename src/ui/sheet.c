/* sheet.c - parts of a thread cut into slices, slices laid out, and both kept while they are used.
 */
#include "sheet.h"

#include "mix/agents.h"

#include <stdlib.h>
#include <string.h>

enum {
    SETS = 256,
    WAYS = 4,
    LIVE_SHEETS = 4,
    ASCII_BIT = 1 << 20,
    COUNT_BYTES = 8 << 20 /* looked through for the number of words or lines */
};
struct sheets {
    struct sheet *memo[SETS][WAYS]; /* by revision */
    struct sheet live[LIVE_SHEETS]; /* of texts that grow */
    size_t next_live, bytes, limit;
};

static struct sheets *all(struct view *v) {
    if (!v->sheets) {
        v->sheets = xcalloc(1, sizeof *v->sheets);
        v->sheets->limit = SHEET_BYTES;
    }
    return v->sheets;
}

/* ---- freeing, and what it is worth ---- */

static size_t flow_worth(const struct flow *f) { return f ? sizeof *f + flow_bytes(f) : 0; }

static void charge(struct sheets *all, struct sheet *s, size_t from, size_t to) {
    s->bytes += to - from;
    all->bytes += to - from;
}

static void drop_flow(struct sheets *all, struct sheet *s, struct slice *slice) {
    if (!slice->flow)
        return;
    charge(all, s, flow_worth(slice->flow), 0);
    flow_fini(slice->flow);
    free(slice->flow);
    slice->flow = NULL;
}

static size_t body_worth(const struct body *b) {
    return sizeof *b + b->own.cap + b->old.cap + b->new.cap + flow_bytes(&b->rows) +
           (b->diff ? diff_bytes(b->diff) : 0);
}

static size_t cut_worth(const struct sheet *s) {
    size_t bytes = s->cap * sizeof *s->slices;

    for (size_t i = 0; i < s->bodies.n; i++)
        bytes += body_worth(&s->bodies.v[i]);
    for (size_t i = 0; i < s->n_splits; i++)
        bytes += s->splits[i].cap * sizeof *s->splits[i].v;
    return bytes;
}

static void uncut(struct sheets *all, struct sheet *s) {
    for (size_t i = 0; i < s->n; i++)
        drop_flow(all, s, &s->slices[i]);
    charge(all, s, s->bytes, 0);
    free(s->slices);
    for (size_t i = 0; i < s->n_splits; i++)
        markup_split_fini(&s->splits[i]);
    free(s->splits);
    bodies_fini(&s->bodies);
    s->slices = NULL;
    s->splits = NULL;
    s->n = s->cap = s->n_splits = s->guard_n = s->guard_at = 0;
    s->cut = false;
}

static void sheet_fini(struct sheets *all, struct sheet *s) {
    uncut(all, s);
    call_head_fini(&s->head);
    *s = (struct sheet){0};
}

void sheets_clear(struct view *v) {
    struct sheets *memo = all(v);

    for (size_t i = 0; i < SETS; i++)
        for (size_t w = 0; w < WAYS; w++) {
            if (memo->memo[i][w])
                sheet_fini(memo, memo->memo[i][w]);
            free(TAKE(memo->memo[i][w]));
        }
    for (size_t i = 0; i < LIVE_SHEETS; i++)
        sheet_fini(memo, &memo->live[i]);
    memo->bytes = 0;
    memo->limit = SHEET_BYTES;
}

void sheets_free(struct view *v) {
    sheets_clear(v);
    free(TAKE(v->sheets));
}

size_t sheets_bytes(const struct view *v) { return v->sheets ? v->sheets->bytes : 0; }

/* Slices that nobody looked at since the last time; of the others only that is forgotten. */
static void shrink_sheet(struct sheets *all, struct sheet *s) {
    for (size_t i = 0; i < s->n; i++) {
        if (!s->slices[i].used)
            drop_flow(all, s, &s->slices[i]);
        s->slices[i].used = false;
    }
}

static void shrink(struct sheets *all, struct sheet *keep, const struct slice *slice) {
    for (size_t i = 0; i < SETS; i++)
        for (size_t w = 0; w < WAYS; w++) {
            struct sheet *s = all->memo[i][w];

            if (!s || s == keep)
                continue;
            if (s->used) {
                shrink_sheet(all, s);
                s->used = false;
                continue;
            }
            sheet_fini(all, s);
            free(TAKE(all->memo[i][w]));
        }
    for (size_t i = 0; i < LIVE_SHEETS; i++)
        if (&all->live[i] != keep)
            shrink_sheet(all, &all->live[i]);
    for (size_t i = 0; keep && i < keep->n; i++) {
        if (!keep->slices[i].used && &keep->slices[i] != slice)
            drop_flow(all, keep, &keep->slices[i]);
        keep->slices[i].used = false;
    }
    /* What the screen needs may be more than that; then it is not looked through every time. */
    all->limit = all->bytes > SHEET_BYTES / 2 ? 2 * all->bytes : SHEET_BYTES;
}

void sheets_settle(struct view *v) {
    if (all(v)->bytes > SHEET_HEAVY)
        shrink(all(v), NULL, NULL);
}

/* ---- finding ---- */

static bool grows(const struct part *p) { return p->live && p->grow && p->kind != PART_TOOL; }

static struct sheet *memo_sheet(struct sheets *all, const struct part *p) {
    struct sheet **set = all->memo[p->rev % SETS], **free_way = NULL;

    for (size_t w = 0; w < WAYS; w++) {
        struct sheet *s = set[w];

        if (s && s->rev == p->rev) {
            if (s->source == p->text && s->result == p->result && s->source_len == p->len &&
                s->state == p->state)
                return s;
            free_way = &set[w];
            break;
        }
        if (!free_way && (!s || !s->used))
            free_way = &set[w];
    }
    if (!free_way) {
        for (size_t w = 0; w < WAYS; w++)
            set[w]->used = false;
        free_way = &set[p->rev / SETS % WAYS];
    }
    if (*free_way)
        sheet_fini(all, *free_way);
    else
        *free_way = xcalloc(1, sizeof **free_way);
    **free_way = (struct sheet){.rev = p->rev,
                                .source = p->text,
                                .result = p->result,
                                .source_len = p->len,
                                .state = p->state};
    return *free_way;
}

static struct sheet *live_sheet(struct sheets *all, const struct part *p) {
    for (size_t i = 0; i < LIVE_SHEETS; i++)
        if (all->live[i].source == p->grow)
            return &all->live[i];
    struct sheet *s = &all->live[all->next_live++ % LIVE_SHEETS];

    sheet_fini(all, s);
    s->source = p->grow;
    return s;
}

struct sheet *sheet_of(struct view *v, const struct part *p, const struct lay *lay) {
    struct sheet *s = grows(p) ? live_sheet(all(v), p) : memo_sheet(all(v), p);

    s->used = true;
    if (!s->cut)
        s->lay = *lay;
    return s;
}

/* ---- cutting ---- */

static struct slice *add_slice(struct sheet *s, size_t body, size_t at, size_t n) {
    s->slices = xgrow(s->slices, s->n, &s->cap, sizeof *s->slices);
    struct slice *slice = &s->slices[s->n++];

    *slice =
        (struct slice){.body = (uint32_t)body, .at = (uint32_t)at, .n = (uint32_t)n, .used = true};
    return slice;
}

static bool in_sequence(char c) { return ((unsigned char)c & 0xc0) == 0x80; }

/* Where a line that is longer than a slice is cut: behind a blank when one is near, else between
 * clusters, of which none is longer than what is looked at. */
static size_t hard_cut(const char *s, size_t at, size_t n) {
    enum { NEAR = 256 };
    size_t end = at + SLICE_BYTES, from = end - NEAR;

    for (size_t i = 0; i < NEAR; i++)
        if (s[end - i - 1] == ' ' && (unsigned char)s[end - i] < 0x80)
            return end - i;
    while (from < end - NEAR / 2 && in_sequence(s[from]))
        from++;
    for (size_t next = from; next < end;
         next += text_cluster(s + next, n - next < NEAR ? n - next : NEAR).bytes)
        from = next;
    return from > at ? from : end;
}

static void cut_text(struct sheet *s, size_t body, size_t at) {
    const struct body *b = &s->bodies.v[body];

    while (at < b->len) {
        size_t end = b->len;

        if (end - at > SLICE_BYTES) {
            const char *nl = memrchr(b->text + at, '\n', SLICE_BYTES);

            end = nl ? (size_t)(nl - b->text) + 1 : hard_cut(b->text, at, b->len);
        }
        add_slice(s, body, at, end - at);
        at = end;
    }
}

static void cut_markup(struct sheet *s, size_t body, size_t from, bool whole) {
    struct markup_split *split = &s->splits[body];
    const struct body *b = &s->bodies.v[body];

    markup_split(split, b->text, b->len, whole ? MARKUP_WHOLE : MARKUP_GROWS);
    for (size_t i = from; i < split->n; i++)
        add_slice(s, body, i, 1);
}

static int body_width(const struct body *b, const struct lay *lay) {
    const int room = lay->width - gutter_cells(b) - (b->ink == INK_SEAM ? SEAM_EDGES : 0);

    return room > 0 ? room : 1;
}

static struct diff_how diff_how(const struct body *b, const struct lay *lay) {
    return (struct diff_how){.lang = (enum lang)b->lang,
                             .width = body_width(b, lay),
                             .split = lay->split,
                             .numbers = b->first_new > 0,
                             .first_old = b->first_old,
                             .first_new = b->first_new,
                             .ascii = lay->ascii};
}

static void cut_body(struct sheet *s, size_t body, const struct lay *lay, bool whole) {
    const struct body *b = &s->bodies.v[body];

    switch (b->kind) {
    case BODY_MARKUP:
        cut_markup(s, body, 0, whole);
        break;
    case BODY_PLAIN:
    case BODY_CODE:
        cut_text(s, body, 0);
        break;
    case BODY_DIFF: {
        const struct diff_how how = diff_how(b, lay);
        const size_t n = diff_lines(b->diff, &how);

        for (size_t at = 0; at < n; at += SLICE_LINES)
            add_slice(s, body, at, n - at < SLICE_LINES ? n - at : SLICE_LINES);
        break;
    }
    case BODY_ROWS:
    case BODY_PICTURE:
        add_slice(s, body, 0, 1);
        break;
    }
}

static void fill_bodies(struct sheet *s, const struct part *p, enum role role,
                        const struct lay *lay) {
    const struct session *child = lay->m && p->kind == PART_TOOL && tool_is(p->name, "Task")
                                      ? model_child(lay->m, p->call_id)
                                      : NULL;
    const struct body_how how = {.role = role,
                                 .width = lay->width,
                                 .raw = lay->raw,
                                 .split = lay->split,
                                 .ascii = lay->ascii,
                                 .child = child ? &child->transcript : NULL};

    bodies_fini(&s->bodies);
    bodies_of(&s->bodies, p, &how);
}

static void cut_all(struct sheets *all, struct sheet *s, const struct part *p, enum role role,
                    const struct lay *lay) {
    fill_bodies(s, p, role, lay);
    s->n_splits = s->bodies.n;
    s->splits = xcalloc(s->n_splits ? s->n_splits : 1, sizeof *s->splits);
    for (size_t i = 0; i < s->bodies.n; i++)
        cut_body(s, i, lay, !grows(p));
    s->lay = *lay;
    s->cut = true;
    charge(all, s, 0, cut_worth(s));
}

/* ---- a text that grows ---- */

/* How many of the slices of the only body nothing can change any more. */
static size_t closed_slices(const struct sheet *s) {
    if (s->bodies.v[0].kind == BODY_MARKUP)
        return s->splits[0].closed < s->n ? s->splits[0].closed : s->n;
    return s->n > 0 ? s->n - 1 : 0;
}

static bool may_grow(const struct sheet *s) {
    return s->bodies.n == 1 &&
           (s->bodies.v[0].kind == BODY_MARKUP || s->bodies.v[0].kind == BODY_PLAIN);
}

static void note_guard(struct sheet *s) {
    const struct body *b = &s->bodies.v[0];
    const size_t closed = closed_slices(s);

    s->guard_at = closed < s->n ? slice_src(s, closed) : closed > 0 ? b->len : 0;
    s->guard_n = s->guard_at < sizeof s->guard ? s->guard_at : sizeof s->guard;
    if (s->guard_n > 0)
        memcpy(s->guard, b->text + s->guard_at - s->guard_n, s->guard_n);
}

static bool still_there(const struct sheet *s, const struct body *b, uint32_t src) {
    return b->src == src && b->len >= s->guard_at &&
           (s->guard_n == 0 ||
            memcmp(b->text + s->guard_at - s->guard_n, s->guard, s->guard_n) == 0);
}

/* False: it is not the text it was. */
static bool grow(struct sheets *all, struct sheet *s, const struct part *p, enum role role,
                 const struct lay *lay) {
    const uint32_t src = s->bodies.v[0].src;
    const enum body_sort kind = s->bodies.v[0].kind;
    const size_t closed = closed_slices(s), worth = cut_worth(s);
    struct flow *spare = NULL;

    fill_bodies(s, p, role, lay);
    if (!may_grow(s) || s->bodies.v[0].kind != kind || !still_there(s, &s->bodies.v[0], src))
        return false;
    const size_t at = closed < s->n ? slice_src(s, closed) : s->guard_at;

    for (size_t i = closed; i < s->n; i++) {
        if (spare) {
            drop_flow(all, s, &s->slices[i]);
            continue;
        }
        spare = s->slices[i].flow;
    }
    s->n = closed;
    if (kind == BODY_MARKUP)
        cut_markup(s, 0, closed, false);
    else
        cut_text(s, 0, at);
    if (closed < s->n) {
        s->slices[closed].flow = spare; /* its memory */
    } else if (spare) {
        charge(all, s, flow_worth(spare), 0);
        flow_fini(spare);
        free(spare);
    }
    charge(all, s, worth, cut_worth(s));
    return true;
}

static bool cut_for(const struct sheet *s, const struct part *p, const struct lay *lay) {
    if (p->kind == PART_TOOL)
        return s->lay.width == lay->width && s->lay.split == lay->split &&
               s->lay.ascii == lay->ascii && s->lay.raw == lay->raw;
    return s->lay.raw == lay->raw && (p->kind != PART_NOTE || s->lay.width == lay->width);
}

/* The slices stay as they are, over the text as it is now: it may lie elsewhere. False: it is not
 * the text it was. */
static bool stay(struct view *v, struct sheet *s, const struct part *p, const struct lay *lay) {
    struct body *b = s->bodies.v;

    if (v->hurry != FRAME_ECHO || !lay->m || !lay->m->shown->reading.follow || !may_grow(s) ||
        b->src == NO_SRC || b->own.n > 0 || p->len < b->src + b->len)
        return false;
    struct body moved = *b;

    moved.text = p->text + b->src;
    if (!still_there(s, &moved, b->src))
        return false;
    b->text = moved.text;
    v->behind = true;
    return true;
}

struct sheet *sheet_cut(struct view *v, const struct part *p, enum role role,
                        const struct lay *lay) {
    struct sheet *s = sheet_of(v, p, lay);

    if (s->cut && cut_for(s, p, lay)) {
        if (!grows(p) || (s->rev == p->rev && s->source_len == p->len))
            return s;
        if (stay(v, s, p, lay))
            return s;
        if (may_grow(s) && grow(all(v), s, p, role, lay)) {
            s->rev = p->rev;
            s->source_len = p->len;
            note_guard(s);
            return s;
        }
    }
    uncut(all(v), s);
    cut_all(all(v), s, p, role, lay);
    if (grows(p)) {
        s->rev = p->rev;
        s->source_len = p->len;
        if (may_grow(s))
            note_guard(s);
    }
    return s;
}

/* ---- laying out ---- */

int gutter_cells(const struct body *b) {
    return b->gutter ? text_width(b->gutter, strlen(b->gutter)) : 0;
}

uint32_t slice_src(const struct sheet *s, size_t slice) {
    const struct slice *at = &s->slices[slice];

    if (s->bodies.v[at->body].kind == BODY_MARKUP)
        return (uint32_t)s->splits[at->body].v[at->at].off;
    return at->at;
}

static void lay_plain(struct flow *f, const struct body *b, const struct slice *slice, int width) {
    const bool output = b->ink == INK_OUTPUT;

    flow_plain(
        f, b->text + slice->at, slice->n,
        &(struct flow_plain){.ink = b->ink,
                             .clean = b->clean,
                             .wrap = output ? WRAP_CELLS : WRAP_WORDS,
                             .width = output || width < READING_WIDTH ? width : READING_WIDTH,
                             .src = slice->at},
        SIZE_MAX);
}

static void lay_slice(struct flow *f, const struct sheet *s, const struct slice *slice,
                      const struct lay *lay) {
    const struct body *b = &s->bodies.v[slice->body];
    const int width = body_width(b, lay);

    switch (b->kind) {
    case BODY_MARKUP:
        markup_flow(
            f, b->text, b->len, &s->splits[slice->body].v[slice->at],
            &(struct markup_how){.width = width, .max_width = READING_WIDTH, .ascii = lay->ascii});
        break;
    case BODY_PLAIN:
        lay_plain(f, b, slice, width);
        break;
    case BODY_CODE:
        code_flow(f, b->text + slice->at, slice->n,
                  &(struct code_how){.lang = (enum lang)b->lang, .width = width, .src = slice->at},
                  SIZE_MAX);
        break;
    case BODY_DIFF: {
        const struct diff_how how = diff_how(b, lay);

        diff_flow(f, b->diff, slice->at, slice->n, &how);
        break;
    }
    case BODY_ROWS:
    case BODY_PICTURE:
        break;
    }
}

const struct flow *sheet_flow(struct view *v, struct sheet *s, size_t slice,
                              const struct lay *lay) {
    struct slice *at = &s->slices[slice];
    struct body *b = &s->bodies.v[at->body];
    const int width = lay->width | (lay->ascii ? ASCII_BIT : 0);
    const bool last = slice + 1 == s->n || s->slices[slice + 1].body != at->body;
    const bool tight = b->kind == BODY_MARKUP && !last && s->splits[at->body].v[at->at + 1].tight;

    at->used = true;
    if (b->kind == BODY_ROWS || b->kind == BODY_PICTURE)
        return &b->rows;
    if (at->flow && at->width == width && at->last == last && at->tight == tight)
        return at->flow;
    const size_t before = flow_worth(at->flow);

    if (at->flow)
        flow_clear(at->flow);
    else
        at->flow = xcalloc(1, sizeof *at->flow);
    lay_slice(at->flow, s, at, lay);
    at->width = width;
    at->last = last;
    at->tight = tight;
    v->laid_out++;
    charge(all(v), s, before, flow_worth(at->flow));
    if (all(v)->bytes > all(v)->limit)
        shrink(all(v), s, at);
    return at->flow;
}

/* ---- the head line ---- */

static uint64_t count_words(const char *s, size_t n) {
    bool inside = false;
    uint64_t words = 0;

    for (size_t i = 0; i < n; i++) {
        const bool blank = s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r';

        words += !blank && !inside;
        inside = !blank;
    }
    return words;
}

static uint64_t count_lines(const char *s, size_t n) {
    uint64_t lines = 0;

    while (n > 0 && (s[n - 1] == '\n' || s[n - 1] == ' '))
        n--;
    for (const char *at = s; n > 0 && (at = memchr(at, '\n', (size_t)(s + n - at))); at++)
        lines++;
    return lines + (n > 0);
}

/* What a large change comes to is only known where it is shown. */
static void head_of_call(struct sheet *s, const struct part *p) {
    call_head(&s->head, p);
    for (size_t i = 0; s->compared && i < s->bodies.n; i++) {
        const struct diff *d = s->bodies.v[i].diff;

        s->head.added = d ? (uint32_t)diff_added(d) : s->head.added;
        s->head.removed = d ? (uint32_t)diff_removed(d) : s->head.removed;
    }
}

void sheet_head(struct sheet *s, const struct part *p) {
    const bool compared = s->cut && part_open(p);

    if (s->headed && s->compared == compared)
        return;
    call_head_fini(&s->head);
    s->headed = true;
    s->compared = compared;
    s->counted = p->len < COUNT_BYTES ? p->len : COUNT_BYTES;
    if (p->kind == PART_TOOL)
        head_of_call(s, p);
    else if (p->kind == PART_THINKING)
        s->words = count_words(p->text, s->counted);
    else
        s->lines = count_lines(p->text, s->counted);
}
