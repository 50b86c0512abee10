/* stage.c - takes over what the server has, without moving what the reader sees.
 *
 * Rows arrive in chunks. A row that would change nothing stays the entry that is shown; the others
 * wait beside it, in their chunk or, when much of it is not needed, in a copy. The commit then only
 * moves entries. Rows are matched by id, never by place alone: rows of one second may
 * swap. */
#include "rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NONE SIZE_MAX

struct row {
    struct entry fresh; /* what is to be shown, when `kept` is not set */
    size_t old;         /* the entry it was matched with, or NONE */
    bool kept;
};
struct staging {
    struct row *rows;
    size_t n, cap;
    size_t shown;        /* where the next row is looked for among the entries */
    uint32_t served;     /* messages so far, hidden ones too */
    bool tail_open;      /* of the last message */
    bool last_is_hidden; /* a hidden message came after the last row */
};

static bool starts(const char *s, const char *with) {
    return s && strncmp(s, with, strlen(with)) == 0;
}

/* ---- staging ---- */

void transcript_stage_begin(struct transcript *t) {
    transcript_stage_drop(t);
    t->staging = xcalloc(1, sizeof *t->staging);
    t->loading = true;
}

void transcript_stage_drop(struct transcript *t) {
    struct staging *s = TAKE(t->staging);

    t->loading = false;
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++)
        if (!s->rows[i].kept)
            entry_fini(&s->rows[i].fresh);
    free(s->rows);
    free(s);
}

/* The entry shown for this place of the server's list, or NONE. Both are in the server's order. */
static size_t shown_at(const struct transcript *t, struct staging *s, uint32_t server_index) {
    while (s->shown < t->n && (t->entries[s->shown].server_index == 0 ||
                               t->entries[s->shown].server_index < server_index))
        s->shown++;
    return s->shown < t->n && t->entries[s->shown].server_index == server_index ? s->shown : NONE;
}

static bool may_run(const struct message *m) {
    if (!str_eq(m->role, "assistant"))
        return true;
    for (size_t i = 0; i < m->tool_calls.n; i++)
        if (!m->tool_calls.items[i].result && !m->tool_calls.items[i].is_error)
            return true;
    return false;
}

static struct row *add_row(struct staging *s) {
    s->rows = xgrow(s->rows, s->n, &s->cap, sizeof *s->rows);
    s->rows[s->n] = (struct row){.old = NONE};
    return &s->rows[s->n++];
}

/* Rows made of the messages; returns the bytes of those that are not kept. */
static size_t stage_rows(struct transcript *t, struct segment *seg, const struct message *messages,
                         size_t n) {
    struct staging *s = t->staging;
    struct part *parts = seg->parts;
    size_t fresh_bytes = 0;

    for (size_t i = 0; i < n; i++) {
        const struct message *m = &messages[i];

        s->served++;
        s->tail_open = may_run(m);
        s->last_is_hidden = row_hidden(m);
        if (s->last_is_hidden)
            continue;
        struct row *row = add_row(s);
        const size_t at = shown_at(t, s, s->served);

        row_build(&row->fresh, m, parts, &seg->arena);
        parts += row_parts(m);
        row->fresh.server_index = s->served;
        row->kept = at != NONE && row_same(&t->entries[at], &row->fresh);
        row->old = row->kept ? at : NONE;
        if (!row->kept)
            fresh_bytes += row_bytes(&row->fresh);
    }
    return fresh_bytes;
}

static size_t give_segment(struct row *rows, size_t n, struct segment *seg) {
    size_t used = 0;

    for (size_t i = 0; i < n; i++)
        if (!rows[i].kept) {
            rows[i].fresh.segment = seg;
            used++;
        }
    return used;
}

static struct segment *copy_rows(struct row *rows, size_t n, size_t bytes) {
    struct segment *seg = segment_new();
    size_t n_parts = 0;

    for (size_t i = 0; i < n; i++)
        n_parts += rows[i].kept ? 0 : rows[i].fresh.n_parts;
    seg->parts = xcalloc(n_parts, sizeof *seg->parts);
    struct part *parts = seg->parts;
    char *room = arena_alloc(&seg->arena, bytes);

    for (size_t i = 0; i < n; i++)
        if (!rows[i].kept) {
            row_copy(&rows[i].fresh, parts, &room);
            parts += rows[i].fresh.n_parts;
        }
    return seg;
}

void transcript_stage(struct transcript *t, struct message *messages, size_t n,
                      struct arena *arena) {
    assert(t->staging);
    struct segment *seg = segment_new();
    const size_t first = t->staging->n;
    size_t n_parts = 0;

    seg->arena = *arena;
    *arena = (struct arena){0};
    for (size_t i = 0; i < n; i++)
        n_parts += row_parts(&messages[i]);
    seg->parts = xcalloc(n_parts, sizeof *seg->parts);
    const size_t fresh_bytes = stage_rows(t, seg, messages, n);
    struct row *rows = t->staging->rows ? t->staging->rows + first : NULL;
    const size_t n_rows = t->staging->n - first;

    /* Servers send the text of an answer twice, and most rows are known: then a copy of what is
     * needed costs less memory than the chunk. */
    if (fresh_bytes > 0 && fresh_bytes < seg->arena.bytes / 8 * 7) {
        struct segment *copy = copy_rows(rows, n_rows, fresh_bytes);

        segment_release(seg);
        seg = copy;
    }
    const size_t used = give_segment(rows, n_rows, seg);

    if (used == 0)
        segment_release(seg);
    else
        seg->refs = (uint32_t)used;
}

/* ---- carrying over ---- */

/* Text that streamed on where the row ends is newer than the row, as long as the row is not final.
 */
static void keep_growth(struct part *to, struct part *from, bool last) {
    if (!from->grow || from->len < to->len || memcmp(from->text, to->text, to->len) != 0 ||
        (!from->live && (!last || from->len == to->len)))
        return;
    to->grow = TAKE(from->grow);
    to->text = from->text;
    to->len = from->len;
    to->live = from->live;
    from->text = "";
    from->len = 0;
}

static void carry_part(struct transcript *t, struct part *to, struct part *from, bool last) {
    const struct part before = *from;

    to->fold = from->fold;
    to->started_at = from->started_at;
    to->child_calls = from->child_calls;
    if (from->seconds >= 0)
        to->seconds = from->seconds;
    to->state = row_state(from->state, to, last);
    keep_growth(to, from, last);
    if (to->kind == PART_TOOL)
        to->live = to->state == CALL_STREAMING;
    if (part_same(to, &before) && to->state == before.state && to->live == before.live &&
        (to->seconds < 0) == (before.seconds < 0))
        to->rev = before.rev;
    else
        part_changed(t, to);
}

static bool alike(const struct part *a, const struct part *b) {
    return a->kind == b->kind && (a->kind != PART_TOOL || str_eq(a->call_id, b->call_id));
}

/* The part of `other` that stands for part `at` of `e`: the same call, or as many of its kind
 * before it. */
static struct part *counterpart(const struct entry *other, const struct entry *e, size_t at) {
    size_t nth = 0;

    for (size_t i = 0; i < at; i++)
        nth += alike(&e->parts[i], &e->parts[at]) ? 1 : 0;
    for (size_t i = 0; i < other->n_parts; i++)
        if (alike(&other->parts[i], &e->parts[at]) && nth-- == 0)
            return &other->parts[i];
    return NULL;
}

/* A row of an answer under way lacks what streams right now: it stays behind what the row has. */
static void keep_unserved(struct entry *to, struct entry *from) {
    for (size_t i = 0; i < from->n_parts; i++) {
        struct part *p = &from->parts[i];

        if (!(p->live || part_call_open(p)) || counterpart(to, from, i))
            continue;
        struct part *kept = entry_add(to, p->kind);

        *kept = *p;
        p->grow = NULL;
        kept->call_id = arena_strdup(&to->segment->arena, p->call_id);
        kept->name = arena_strdup(&to->segment->arena, p->name);
        kept->result = arena_strdup(&to->segment->arena, p->result);
        kept->screenshots = arena_strdup(&to->segment->arena, p->screenshots);
        if (!kept->grow)
            kept->text = arena_strndup(&to->segment->arena, p->text, p->len);
    }
}

/* The row takes over what only this client knows of the entry, which is then empty. */
static void carry(struct transcript *t, struct entry *to, struct entry *from, bool last) {
    to->at = from->at;
    to->complete = from->complete;
    if (!entry_same_head(to, from))
        t->rev++;
    for (size_t i = 0; i < to->n_parts; i++) {
        struct part *old = counterpart(from, to, i);

        if (old)
            carry_part(t, &to->parts[i], old, last);
        else
            part_changed(t, &to->parts[i]);
    }
    if (from->n_parts != to->n_parts)
        t->rev++;
    keep_unserved(to, from);
    entry_fini(from);
}

/* A row nobody has seen before. */
static void settle_fresh(struct transcript *t, struct entry *e, bool last) {
    for (size_t i = 0; i < e->n_parts; i++) {
        e->parts[i].state = row_state(CALL_NONE, &e->parts[i], last);
        part_changed(t, &e->parts[i]);
    }
    t->rev++;
}

/* ---- matching ---- */

struct plan {
    size_t *row_of; /* entry -> row, or NONE */
    struct place {
        size_t after, old; /* behind how many rows; which entry */
    } * places;            /* entries that stay without a row */
    size_t n_places;
};

/* An id counts together with its role: the first servers use one for question and answer. */
static void match_ids(const struct transcript *t, struct staging *s, struct plan *plan) {
    struct map by_id[3] = {{0}};

    static_assert(ROLE_NOTE == 2, "one map for each role");
    for (size_t i = t->n; i-- > 0;) {
        const struct entry *e = &t->entries[i];

        if (plan->row_of[i] == NONE && e->id && !e->local)
            map_set(&by_id[e->role], e->id, &t->entries[i]);
    }
    for (size_t r = 0; r < s->n; r++) {
        struct row *row = &s->rows[r];
        const struct entry *e =
            row->kept || !row->fresh.id ? NULL : map_del(&by_id[row->fresh.role], row->fresh.id);

        if (!e)
            continue;
        row->old = (size_t)(e - t->entries);
        plan->row_of[row->old] = r;
    }
    for (size_t i = 0; i < MIX_COUNT(by_id); i++)
        map_fini(&by_id[i]);
}

static bool shares_call(const struct entry *a, const struct entry *b) {
    for (size_t i = 0; i < a->n_parts; i++)
        if (a->parts[i].kind == PART_TOOL && *a->parts[i].call_id != '\0' &&
            entry_call(b, a->parts[i].call_id))
            return true;
    return false;
}

/* The same thing under an id that was not known here. An answer without one may have been cut. */
static bool row_tells(const struct entry *row, const struct entry *e) {
    if (row->role != e->role || (e->role == ROLE_USER && e->id))
        return false;
    if (entry_same_text(row, e))
        return true;
    if (e->role != ROLE_ASSISTANT)
        return false;
    const struct part *had = entry_first(e, PART_TEXT), *has = entry_first(row, PART_TEXT);

    return shares_call(e, row) || (!e->id && had && has && had->len > 0 && had->len <= has->len &&
                                   memcmp(had->text, has->text, had->len) == 0);
}

/* Before the first load every row is new, also the many that said "go on" before: then only as many
 * of the last rows of a person count as there are messages waiting for theirs. */
static size_t first_candidate(const struct transcript *t, const struct staging *s) {
    size_t waiting = 0, r = s->n;

    if (t->loaded)
        return 0;
    for (size_t i = 0; i < t->n; i++)
        waiting += t->entries[i].role == ROLE_USER && !t->entries[i].id ? 1 : 0;
    if (waiting == 0)
        waiting = 1;
    while (r > 0 && waiting > 0)
        waiting -= s->rows[--r].fresh.role == ROLE_USER ? 1 : 0;
    return r;
}

static void match_texts(const struct transcript *t, struct staging *s, struct plan *plan) {
    size_t from = first_candidate(t, s);

    for (size_t i = 0; i < t->n; i++) {
        const struct entry *e = &t->entries[i];

        if (plan->row_of[i] != NONE || e->server_index > 0 || e->local)
            continue;
        for (size_t r = from; r < s->n; r++) {
            if (s->rows[r].old != NONE || !row_tells(&s->rows[r].fresh, e))
                continue;
            s->rows[r].old = i;
            plan->row_of[i] = r;
            from = r + 1;
            break;
        }
    }
}

static int by_place(const void *a, const void *b) {
    const struct place *x = a, *y = b;

    if (x->after != y->after)
        return x->after < y->after ? -1 : 1;
    return x->old < y->old ? -1 : 1;
}

/* Where the entries without a row go: notes behind what they followed; what the server does not
 * know yet behind everything, unless it is old enough that later ones are known. */
static void find_places(const struct transcript *t, const struct staging *s, struct plan *plan) {
    size_t last_known = 0, after = t->loaded ? 0 : s->n;

    for (size_t i = t->n; i-- > 0;) {
        if (plan->row_of[i] == NONE)
            continue;
        if (last_known == 0)
            last_known = i + 1;
        if (!t->loaded)
            after = plan->row_of[i];
    }
    plan->places = xcalloc(t->n, sizeof *plan->places);
    for (size_t i = 0; i < t->n; i++) {
        const struct entry *e = &t->entries[i];

        if (plan->row_of[i] != NONE) {
            after = plan->row_of[i] + 1;
            continue;
        }
        if (e->server_index > 0 && !e->local)
            continue; /* the server has it no longer */
        if (!e->local && i >= last_known)
            after = s->n;
        plan->places[plan->n_places++] = (struct place){after, i};
    }
    if (plan->n_places > 1)
        qsort(plan->places, plan->n_places, sizeof *plan->places, by_place);
}

/* ---- commit ---- */

static void move_entry(struct transcript *t, size_t *new_at, struct entry *to, size_t n,
                       size_t old) {
    if (n > 0 && old != NONE)
        new_at[old] = n - 1;
    if (old != NONE) {
        *to = t->entries[old];
        t->entries[old] = (struct entry){0};
    }
}

/* The new list; new_at becomes entry -> its place there, or NONE. */
static struct entry *merge(struct transcript *t, struct staging *s, struct plan *plan,
                           size_t *new_at) {
    struct entry *out = xcalloc(s->n + plan->n_places, sizeof *out);
    size_t n = 0, p = 0;

    for (size_t r = 0; r <= s->n; r++) {
        for (; p < plan->n_places && plan->places[p].after == r; p++, n++)
            move_entry(t, new_at, &out[n], n + 1, plan->places[p].old);
        if (r == s->n)
            break;
        struct row *row = &s->rows[r];
        const bool last = r + 1 == s->n && !s->last_is_hidden;

        if (row->kept) {
            move_entry(t, new_at, &out[n], n + 1, row->old);
        } else {
            out[n] = row->fresh;
            if (row->old == NONE)
                settle_fresh(t, &out[n], last);
            else
                carry(t, &out[n], &t->entries[row->old], last);
            if (row->old != NONE)
                new_at[row->old] = n;
        }
        n++;
    }
    return out;
}

/* An entry that is gone passes its place to the one before it. */
static void translate(size_t *positions, size_t n_positions, const size_t *new_at, size_t old_n,
                      size_t new_n) {
    for (size_t i = 0; i < n_positions; i++) {
        size_t at = positions[i];

        if (at >= old_n) {
            positions[i] = new_n;
            continue;
        }
        while (at > 0 && new_at[at] == NONE)
            at--;
        positions[i] = new_at[at] == NONE ? 0 : new_at[at];
    }
}

/* Whatever was not moved is gone; order is a change, too. */
static void drop_rest(struct transcript *t, const size_t *new_at) {
    size_t before = 0;

    for (size_t i = 0; i < t->n; i++) {
        if (new_at[i] == NONE) {
            t->rev++;
            entry_fini(&t->entries[i]);
            continue;
        }
        if (new_at[i] < before)
            t->rev++;
        before = new_at[i];
    }
    free(t->entries);
}

void transcript_commit(struct transcript *t, size_t *positions, size_t n_positions) {
    struct staging *s = t->staging;

    if (!s)
        return;
    size_t *ids = xmalloc((2 * t->n + 1) * sizeof *ids), *new_at = ids + t->n;
    struct plan plan = {.row_of = ids};

    for (size_t i = 0; i < 2 * t->n; i++)
        ids[i] = NONE;
    for (size_t r = 0; r < s->n; r++)
        if (s->rows[r].kept)
            plan.row_of[s->rows[r].old] = r;
    match_ids(t, s, &plan);
    match_texts(t, s, &plan);
    find_places(t, s, &plan);
    struct entry *entries = merge(t, s, &plan, new_at);
    const size_t n = s->n + plan.n_places;

    drop_rest(t, new_at);
    translate(positions, n_positions, new_at, t->n, n);
    if (!t->loaded || t->tail_open != s->tail_open || t->error.rc != RC_OK)
        t->rev++;
    t->entries = entries;
    t->n = t->cap = n;
    t->grown = n > 0 ? n - 1 : 0;
    t->settled = 0;
    t->loaded = true;
    t->loading = false;
    t->tail_open = s->tail_open;
    t->error = (struct err){0};
    t->staging = NULL;
    free(plan.places);
    free(ids);
    free(s->rows);
    free(s);
}

/* ---- one message ---- */

/* The newest message of ours that the server has not acknowledged and that says this, or NONE. */
static size_t find_unacknowledged(const struct transcript *t, const char *text) {
    for (size_t i = t->n; text && i-- > 0;) {
        const struct entry *e = &t->entries[i];
        const struct part *p = entry_first(e, PART_TEXT);

        if (e->role == ROLE_USER && !e->id && !e->local && p && strlen(text) == p->len &&
            memcmp(text, p->text, p->len) == 0)
            return i;
    }
    return NONE;
}

/* Our message that asked a slash command is stored by no server. */
static void localise_question(struct transcript *t, const char *question) {
    const size_t at = find_unacknowledged(t, question);

    if (at == NONE)
        return;
    t->entries[at].local = true;
    t->entries[at].pending = false;
    t->rev++;
}

void transcript_unsend(struct transcript *t, const char *text) {
    const size_t at = find_unacknowledged(t, text);
    struct staging *s = t->staging;

    if (at == NONE)
        return;
    entry_fini(&t->entries[at]);
    memmove(&t->entries[at], &t->entries[at + 1], (t->n - at - 1) * sizeof *t->entries);
    t->n--;
    t->grown = t->n > 0 ? t->n - 1 : 0;
    t->settled = t->settled < t->n ? t->settled : t->n;
    t->rev++;
    for (size_t r = 0; s && r < s->n; r++)
        if (s->rows[r].kept && s->rows[r].old > at)
            s->rows[r].old--;
    if (s && s->shown > at)
        s->shown--;
}

static struct entry *shown_as(struct transcript *t, const struct entry *e) {
    for (size_t i = t->n; i-- > 0;) {
        struct entry *shown = &t->entries[i];

        if (shown->role != e->role)
            continue;
        if ((shown->id && str_eq(shown->id, e->id)) ||
            (shown->server_index == 0 && !shown->local && row_tells(e, shown)))
            return shown;
    }
    return NULL;
}

void transcript_put(struct transcript *t, struct message *message, struct arena *arena) {
    struct segment *seg = segment_new();
    struct entry e;

    seg->arena = *arena;
    *arena = (struct arena){0};
    /* The first servers answer with one message that holds question and answer, as "user". */
    if (str_eq(message->role, "user") && !str_blank(message->assistant_response))
        message->role = "assistant";
    seg->parts = xcalloc(row_parts(message), sizeof *seg->parts);
    row_build(&e, message, seg->parts, &seg->arena);
    e.segment = seg;
    e.local = starts(e.id, "cmd-") || starts(e.id, "system-");
    if (e.local)
        localise_question(t, message->user_input);
    struct entry *shown = shown_as(t, &e);

    if (shown) {
        const size_t at = (size_t)(shown - t->entries);

        t->settled = t->settled < at ? t->settled : at;
        e.server_index = shown->server_index;
        carry(t, &e, shown, false);
        *shown = e;
        t->rev++;
    } else {
        settle_fresh(t, &e, false);
        transcript_append(t, &e);
    }
}
