/* transcript.c - entries and parts as they grow live. What the server has is in stage.c. */
#include "history.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- segments ---- */

struct segment *segment_new(void) {
    struct segment *s = xcalloc(1, sizeof *s);

    s->refs = 1;
    return s;
}

void segment_release(struct segment *s) {
    if (!s || --s->refs > 0)
        return;
    arena_free(&s->arena);
    free(s->parts);
    free(s);
}

/* ---- parts ---- */

static void part_fini(struct part *p) {
    if (!p->grow)
        return;
    buf_fini(p->grow);
    free(p->grow);
    p->grow = NULL;
}

/* Draws the next number: it is the transcript's state and the part's. */
void part_changed(struct transcript *t, struct part *p) { p->rev = ++t->rev; }

bool part_call_open(const struct part *p) {
    return p->state == CALL_STREAMING || p->state == CALL_WAITING || p->state == CALL_RUNNING;
}

/* Adds to the text; what does not fit the cap is not shown before the reconcile. */
static void part_append(struct part *p, const char *text, size_t n) {
    if (!p->grow) {
        p->grow = xmalloc(sizeof *p->grow);
        buf_init(p->grow, PART_TEXT_MAX);
        if (p->len > 0 && buf_add(p->grow, p->text, p->len) != RC_OK) {
            part_fini(p); /* the text stays the borrowed one */
            return;
        }
    }
    const size_t room = p->grow->max - p->grow->n;

    if (buf_add(p->grow, text, n < room ? n : room) != RC_OK)
        return;
    p->text = buf_str(p->grow);
    p->len = p->grow->n;
}

/* Thinking and text stop growing; thinking then knows how long it took. */
static void part_close(struct transcript *t, struct part *p, int64_t now) {
    if (!p->live || p->kind == PART_TOOL)
        return;
    p->live = false;
    if (p->kind == PART_THINKING && p->seconds < 0 && p->started_at > 0)
        p->seconds = (double)(now - p->started_at) / 1000;
    part_changed(t, p);
}

/* Meant for the person, not a trace of work. */
static bool is_shown(const struct part *p) {
    return tool_is(p->name, "ExitPlanMode") || tool_is(p->name, "Show");
}

bool part_open(const struct part *p) {
    if (p->fold != FOLD_AUTO)
        return p->fold == FOLD_OPEN;
    if (p->kind == PART_TOOL)
        return is_shown(p);
    return p->kind != PART_THINKING || p->live;
}

void part_fold(struct transcript *t, struct part *p, enum fold fold) {
    if (p->fold == fold)
        return;
    p->fold = fold;
    part_changed(t, p);
}

void part_shows_more(struct transcript *t, struct part *p) { part_changed(t, p); }

void part_child_call(struct transcript *t, struct part *p) {
    p->child_calls++;
    part_changed(t, p);
}

void part_input(struct transcript *t, struct part *p, const char *json, size_t n) {
    if (p->len == n && memcmp(p->text, json, n) == 0)
        return;
    part_fini(p);
    p->text = "";
    p->len = 0;
    part_input_more(t, p, json, n);
}

void part_input_more(struct transcript *t, struct part *p, const char *json, size_t n) {
    part_append(p, json, n);
    part_changed(t, p);
}

void part_state(struct transcript *t, struct part *p, enum call_state state, double seconds) {
    const bool live = state == CALL_STREAMING;
    const bool longer = seconds >= 0 && (p->seconds < seconds || p->seconds > seconds);

    if (p->state == state && p->live == live && !longer)
        return;
    p->state = state;
    p->live = live;
    if (longer)
        p->seconds = seconds;
    part_changed(t, p);
}

/* ---- entries ---- */

void entry_fini(struct entry *e) {
    for (size_t i = 0; i < e->n_parts; i++)
        part_fini(&e->parts[i]);
    if (e->cap_parts > 0)
        free(e->parts);
    segment_release(e->segment);
    *e = (struct entry){0};
}

struct part *entry_add(struct entry *e, enum part_kind kind) {
    if (e->cap_parts == 0) {
        struct part *own = xmalloc((e->n_parts + 1) * sizeof *own);

        if (e->n_parts > 0)
            memcpy(own, e->parts, e->n_parts * sizeof *own);
        e->parts = own;
        e->cap_parts = e->n_parts + 1;
    }
    e->parts = xgrow(e->parts, e->n_parts, &e->cap_parts, sizeof *e->parts);
    struct part *p = &e->parts[e->n_parts++];

    *p = (struct part){.kind = kind, .text = "", .seconds = -1};
    return p;
}

struct part *entry_call(const struct entry *e, const char *call_id) {
    for (size_t i = 0; i < e->n_parts; i++)
        if (e->parts[i].kind == PART_TOOL && str_eq(e->parts[i].call_id, call_id))
            return &e->parts[i];
    return NULL;
}

struct part *entry_first(const struct entry *e, enum part_kind kind) {
    for (size_t i = 0; i < e->n_parts; i++)
        if (e->parts[i].kind == kind)
            return &e->parts[i];
    return NULL;
}

struct entry *transcript_append(struct transcript *t, const struct entry *e) {
    t->entries = xgrow(t->entries, t->n, &t->cap, sizeof *t->entries);
    t->entries[t->n] = *e;
    t->grown = t->n;
    t->rev++;
    return &t->entries[t->n++];
}

static struct entry *entry_new(struct transcript *t, enum role role, const char *id,
                               int64_t real_now) {
    struct entry e = {.role = role, .at = real_now, .segment = segment_new()};

    e.id = arena_strdup(&e.segment->arena, id);
    return transcript_append(t, &e);
}

/* Live events are of what is new: what stands further back is not looked through for them. */
static size_t back_to(const struct transcript *t) {
    enum { LOOKED_BACK = 4096 };

    return t->n > LOOKED_BACK ? t->n - LOOKED_BACK : 0;
}

/* Something will change in this entry. */
static struct entry *touch(struct transcript *t, size_t at) {
    t->grown = at;
    if (at < t->settled)
        t->settled = at;
    return &t->entries[at];
}

static struct entry *find_entry(struct transcript *t, enum role role, const char *id) {
    if (t->grown < t->n && str_eq(t->entries[t->grown].id, id) && t->entries[t->grown].role == role)
        return touch(t, t->grown);
    for (size_t i = t->n; i-- > back_to(t);)
        if (t->entries[i].role == role && str_eq(t->entries[i].id, id))
            return touch(t, i);
    return NULL;
}

static bool is_live(const struct entry *e) {
    for (size_t i = 0; i < e->n_parts; i++)
        if (e->parts[i].live || part_call_open(&e->parts[i]))
            return true;
    return false;
}

/* Without an id: the newest answer to the newest message, unless it is all history. */
static struct entry *find_nameless(struct transcript *t) {
    for (size_t i = t->n; i-- > 0;) {
        struct entry *e = &t->entries[i];

        if (e->role == ROLE_ASSISTANT && !e->local)
            return e->server_index > 0 && !is_live(e) ? NULL : touch(t, i);
        if (e->role == ROLE_USER)
            return NULL;
    }
    return NULL;
}

/* The server asks its model again only when every call of the last answer has ended. A call that is
 * waited for here is left alone: its end is still to come. */
static void close_before(struct transcript *t, int64_t now) {
    for (size_t i = t->n; i-- > 0 && t->entries[i].role != ROLE_USER;) {
        struct entry *e = &t->entries[i];

        for (size_t k = 0; k < e->n_parts; k++) {
            part_close(t, &e->parts[k], now);
            if (e->parts[k].state == CALL_STREAMING || e->parts[k].state == CALL_RUNNING)
                part_state(t, &e->parts[k], CALL_UNKNOWN, -1);
        }
        if (e->role == ROLE_ASSISTANT)
            return;
    }
}

static struct entry *answer_for(struct transcript *t, const char *id, int64_t now,
                                int64_t real_now) {
    struct entry *e = id ? find_entry(t, ROLE_ASSISTANT, id) : find_nameless(t);

    if (!e) {
        close_before(t, now);
        e = entry_new(t, ROLE_ASSISTANT, id, real_now);
    }
    return e;
}

/* ---- live events ---- */

struct entry *transcript_user(struct transcript *t, const char *id, const char *text,
                              int64_t real_now) {
    struct entry *e = id ? find_entry(t, ROLE_USER, id) : NULL;
    const char *shown;
    size_t len;

    if (e)
        return e;
    struct segment *s = segment_new();

    user_text(&s->arena, text, &shown, &len);
    /* The echo of what was sent from here: the oldest one not acknowledged yet. */
    for (size_t i = back_to(t); id && i < t->n; i++) {
        e = &t->entries[i];
        if (e->role != ROLE_USER || e->id || e->local || e->n_parts != 1 ||
            e->parts[0].len != len || memcmp(e->parts[0].text, shown, len) != 0)
            continue;
        e->id = arena_strdup(&e->segment->arena, id);
        e->pending = false;
        t->rev++;
        segment_release(s);
        return e;
    }
    const struct entry fresh = {.role = ROLE_USER,
                                .id = arena_strdup(&s->arena, id),
                                .at = real_now,
                                .pending = !id,
                                .segment = s};

    e = transcript_append(t, &fresh);
    struct part *p = entry_add(e, PART_TEXT);

    p->text = arena_strndup(&s->arena, shown, len);
    p->len = strlen(p->text);
    part_changed(t, p);
    return e;
}

void transcript_delta(struct transcript *t, enum part_kind kind, const char *message_id,
                      const char *text, size_t n, int64_t now, int64_t real_now) {
    assert(kind == PART_TEXT || kind == PART_THINKING);
    struct entry *e = answer_for(t, message_id, now, real_now);

    if (e->complete)
        return;
    /* Without ids only the order tells one answer from the next: text after calls is the next. */
    if (!message_id && entry_first(e, PART_TOOL)) {
        close_before(t, now);
        e = entry_new(t, ROLE_ASSISTANT, NULL, real_now);
    }
    struct part *thinking = entry_first(e, PART_THINKING);
    struct part *p = kind == PART_THINKING ? thinking : entry_first(e, PART_TEXT);

    if (kind == PART_TEXT && thinking)
        part_close(t, thinking, now);
    if (!p) {
        p = entry_add(e, kind);
        p->started_at = now;
    }
    p->live = true;
    part_append(p, text, n);
    part_changed(t, p);
}

static bool calls_ended(const struct entry *e) {
    bool any = false;

    for (size_t i = 0; i < e->n_parts; i++) {
        if (part_call_open(&e->parts[i]))
            return false;
        any = any || e->parts[i].kind == PART_TOOL;
    }
    return any;
}

struct part *transcript_call(struct transcript *t, const char *message_id, const char *call_id,
                             const char *name, int64_t now, int64_t real_now) {
    struct part *p = call_id ? transcript_find_call(t, call_id) : NULL;

    if (p && (*p->name != '\0' || str_blank(name)))
        return p;
    struct entry *e;

    if (p) { /* an earlier event of it had no name */
        e = &t->entries[t->grown];
    } else {
        e = answer_for(t, message_id, now, real_now);
        if (!message_id && calls_ended(e)) { /* only the next answer calls again */
            close_before(t, now);
            e = entry_new(t, ROLE_ASSISTANT, NULL, real_now);
        }
        p = entry_first(e, PART_THINKING);
        if (p)
            part_close(t, p, now);
        p = entry_add(e, PART_TOOL);
        p->call_id = arena_strdup(&e->segment->arena, call_id ? call_id : "");
        p->state = CALL_STREAMING;
        p->live = true;
        p->started_at = now;
    }
    p->name = arena_strdup(&e->segment->arena, name ? name : "");
    part_changed(t, p);
    return p;
}

struct part *transcript_find_call(struct transcript *t, const char *call_id) {
    struct part *p = t->grown < t->n ? entry_call(&t->entries[t->grown], call_id) : NULL;

    if (p)
        touch(t, t->grown);
    for (size_t i = t->n; !p && i-- > back_to(t);) {
        p = entry_call(&t->entries[i], call_id);
        if (p)
            touch(t, i);
    }
    return p;
}

/* The final text of one answer: longer than what streamed when `complete` overtook its tail. */
static void finish_text(struct transcript *t, struct entry *e, const char *final) {
    struct part *p = entry_first(e, PART_TEXT);
    const size_t n = strlen(final);

    if (!p) {
        if (n == 0)
            return;
        p = entry_add(e, PART_TEXT);
    }
    if (n <= p->len || memcmp(final, p->text, p->len) != 0)
        return;
    part_append(p, final + p->len, n - p->len);
    part_changed(t, p);
}

/* Where deltas had no ids, `complete` has one all the same: it names what streamed, unless that was
 * an answer before. */
static struct entry *name_nameless(struct transcript *t, const char *id, const char *final) {
    struct entry *e = id ? find_nameless(t) : NULL;
    const struct part *text = e ? entry_first(e, PART_TEXT) : NULL;

    if (!e || e->id || entry_first(e, PART_TOOL) ||
        (text && (text->len > strlen(final) || memcmp(text->text, final, text->len) != 0)))
        return NULL;
    e->id = arena_strdup(&e->segment->arena, id);
    return e;
}

void transcript_complete(struct transcript *t, const char *message_id, const char *final,
                         int64_t now) {
    struct entry *e = message_id ? find_entry(t, ROLE_ASSISTANT, message_id) : find_nameless(t);

    if (!e)
        e = name_nameless(t, message_id, final ? final : "");
    if (!e && !str_blank(final))
        e = entry_new(t, ROLE_ASSISTANT, message_id, 0);
    if (e) {
        if (final)
            finish_text(t, e, final);
        e->complete = true;
    }
    transcript_settle(t, CALL_UNKNOWN, now);
}

void transcript_settle(struct transcript *t, enum call_state open_calls_become, int64_t now) {
    for (size_t i = t->settled; i < t->n; i++)
        for (size_t k = 0; k < t->entries[i].n_parts; k++) {
            struct part *p = &t->entries[i].parts[k];

            part_close(t, p, now);
            if (part_call_open(p))
                part_state(t, p, open_calls_become, -1);
        }
    t->settled = t->n;
}

void transcript_note(struct transcript *t, const char *text, int64_t real_now) {
    struct entry *e = entry_new(t, ROLE_NOTE, NULL, real_now);
    struct part *p = entry_add(e, PART_NOTE);

    e->local = true;
    p->text = arena_strdup(&e->segment->arena, text);
    p->len = strlen(text);
    part_changed(t, p);
}

/* ---- countdowns ---- */

/* The words change with every whole second that is left. */
static void count_text(struct transcript *t, struct part *p, int64_t left_ms) {
    const char *at = strstr(p->text, COUNT_WORDS);
    const int64_t left = left_ms > 0 ? (left_ms + 999) / 1000 : 0;

    if (!at)
        return;
    const size_t head = (size_t)(at - p->text);
    const char *tail = at + sizeof COUNT_WORDS - 1;
    struct buf *text = xcalloc(1, sizeof *text);

    tail += strspn(tail, "0123456789");
    tail += *tail == ':' ? 1 + strspn(tail + 1, "0123456789") : 0;
    buf_init(text, PART_TEXT_MAX);
    (void)buf_add(text, p->text, head);
    if (left > 0)
        (void)buf_addf(text, COUNT_WORDS "%lld:%02d", (long long)(left / 60), (int)(left % 60));
    else
        (void)buf_adds(text, ", worth another try now");
    (void)buf_adds(text, tail);
    part_fini(p);
    p->grow = text;
    p->text = buf_str(text);
    p->len = text->n;
    part_changed(t, p);
}

void transcript_count_from(struct transcript *t, int64_t until, int64_t now) {
    for (size_t i = t->n; i-- > 0;) {
        struct entry *e = &t->entries[i];

        if (e->role != ROLE_NOTE || e->n_parts == 0 || e->parts[0].kind != PART_NOTE)
            continue;
        e->parts[0].until = until;
        t->count_at = now;
        (void)transcript_count(t, now);
        return;
    }
}

bool transcript_count(struct transcript *t, int64_t now) {
    if (t->count_at == 0 || now < t->count_at)
        return false;
    t->count_at = 0;
    for (size_t i = 0; i < t->n; i++) {
        struct entry *e = &t->entries[i];
        struct part *p = e->role == ROLE_NOTE && e->n_parts > 0 ? &e->parts[0] : NULL;

        if (!p || p->until == 0)
            continue;
        const int64_t left = p->until - now;

        count_text(t, p, left);
        if (left <= 0) {
            p->until = 0;
            continue;
        }
        const int64_t next = now + (left % 1000 ? left % 1000 : 1000);

        if (t->count_at == 0 || next < t->count_at)
            t->count_at = next;
    }
    return true;
}

bool transcript_has_open_call(const struct transcript *t) {
    for (size_t i = t->n; i-- > t->settled;)
        for (size_t k = 0; k < t->entries[i].n_parts; k++)
            if (part_call_open(&t->entries[i].parts[k]))
                return true;
    return false;
}

void transcript_fini(struct transcript *t) {
    transcript_stage_drop(t);
    for (size_t i = 0; i < t->n; i++)
        entry_fini(&t->entries[i]);
    free(t->entries);
    *t = (struct transcript){0};
}
