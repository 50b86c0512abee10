/* places.c - where the reader is in every session, what is marked there and what was seen; kept in
 * one file for each server.
 *
 *   mixtui places 1
 *   at SESSION ROLE PIECE OFF RESULT MESSAGE    not at the end: what the top row shows
 *   look SESSION RAW SPLIT
 *   seen SESSION ROLE MESSAGE                   the last message that was on screen
 *   mark SESSION ROLE PART MESSAGE
 *
 * An id is the server's word: in the file every byte that is not harmless is written as %xx. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SAVE_MS = 1000,
    SEEN_MS = 10 * 1000, /* what was seen changes with every message */
    PLACES_MAX = 2000,
    MARKS_MAX = 500, /* of one session */
    ID_MAX = 300,
    FILE_MAX = 16 * 1024 * 1024,
};
static const char places_head[] = "mixtui places 1\n";

struct spot {
    char *id; /* of the message; NULL: none */
    enum role role;
    size_t part; /* of marks; else the piece of struct reading */
    size_t off;
    bool in_result;
};
struct place {
    char *session;
    struct spot at, seen;
    bool raw, split;
    struct spot *marks;
    size_t n_marks, cap_marks;
    struct map marked; /* ids of messages with a mark: asked message by message */
};
struct places {
    struct map by_session;
    struct place **v; /* used last comes last */
    size_t n, cap;
    bool read;
    int64_t save_at; /* 0: nothing changed */
};

/* ---- life ---- */

static void place_free(struct place *p) {
    for (size_t i = 0; i < p->n_marks; i++)
        free(p->marks[i].id);
    free(p->marks);
    map_fini(&p->marked);
    free(p->session);
    free(p->at.id);
    free(p->seen.id);
    free(p);
}

void places_free(struct places *all) {
    if (!all)
        return;
    for (size_t i = 0; i < all->n; i++)
        place_free(all->v[i]);
    free(all->v);
    map_fini(&all->by_session);
    free(all);
}

static void unlink_place(struct model *m, const struct place *p) {
    for (size_t i = 0; i < m->n_sessions; i++)
        if (m->sessions[i]->priv->place == p)
            m->sessions[i]->priv->place = NULL;
}

static void drop_at(struct model *m, size_t i) {
    struct places *all = m->priv->places;

    unlink_place(m, all->v[i]);
    (void)map_del(&all->by_session, all->v[i]->session);
    place_free(all->v[i]);
    memmove(all->v + i, all->v + i + 1, (all->n - i - 1) * sizeof(*all->v));
    all->n--;
}

static struct place *place_named(struct model *m, const char *session) {
    struct places *all = m->priv->places;
    struct place *p = map_get(&all->by_session, session);

    if (p)
        return p;
    if (all->n >= PLACES_MAX)
        drop_at(m, 0);
    p = xcalloc(1, sizeof *p);
    p->session = xstrdup(session);
    map_set(&all->by_session, session, p);
    all->v = xgrow(all->v, all->n, &all->cap, sizeof(*all->v));
    all->v[all->n++] = p;
    return p;
}

/* NULL: it has no id yet */
static struct place *place_of(struct model *m, struct session *s) {
    if (!s->priv->place && s->id && strlen(s->id) <= ID_MAX)
        s->priv->place = place_named(m, s->id);
    return s->priv->place;
}

void places_forget(struct model *m, const char *session) {
    struct places *all = m->priv->places;

    for (size_t i = 0; session && i < all->n; i++)
        if (str_eq(all->v[i]->session, session)) {
            drop_at(m, i);
            all->save_at = m->now + SAVE_MS;
            return;
        }
}

static void changed(struct model *m, const struct place *p, int64_t in_ms) {
    struct places *all = m->priv->places;
    size_t i = all->n;

    while (i > 0 && all->v[i - 1] != p)
        i--;
    if (i > 0 && i < all->n) {
        struct place *own = all->v[i - 1];

        memmove(all->v + i - 1, all->v + i, (all->n - i) * sizeof(*all->v));
        all->v[all->n - 1] = own;
    }
    if (m->state_dir && (all->save_at == 0 || m->now + in_ms < all->save_at))
        all->save_at = m->now + in_ms;
}

/* ---- the file ---- */

static void put_id(struct buf *out, const char *id) {
    for (const char *p = id; *p; p++) {
        const bool safe = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                          (*p >= '0' && *p <= '9') || strchr("-_.:", *p);

        if (safe)
            (void)buf_add(out, p, 1);
        else
            (void)buf_addf(out, "%%%02x", (unsigned)(unsigned char)*p);
    }
}

static void put_line(struct buf *out, const char *what, const char *session, const char *numbers,
                     const char *message) {
    (void)buf_addf(out, "%s ", what);
    put_id(out, session);
    (void)buf_addf(out, " %s%s", numbers, message ? " " : "");
    if (message)
        put_id(out, message);
    (void)buf_adds(out, "\n");
}

static void put_place(struct buf *out, const struct place *p) {
    char numbers[80];

    if (p->at.id) {
        snprintf(numbers, sizeof numbers, "%d %zu %zu %d", (int)p->at.role, p->at.part, p->at.off,
                 p->at.in_result);
        put_line(out, "at", p->session, numbers, p->at.id);
    }
    if (p->raw || p->split) {
        snprintf(numbers, sizeof numbers, "%d %d", p->raw, p->split);
        put_line(out, "look", p->session, numbers, NULL);
    }
    if (p->seen.id) {
        snprintf(numbers, sizeof numbers, "%d", (int)p->seen.role);
        put_line(out, "seen", p->session, numbers, p->seen.id);
    }
    for (size_t i = 0; i < p->n_marks; i++) {
        snprintf(numbers, sizeof numbers, "%d %zu", (int)p->marks[i].role, p->marks[i].part);
        put_line(out, "mark", p->session, numbers, p->marks[i].id);
    }
}

void places_save(struct model *m, struct effects *fx) {
    struct places *all = m->priv->places;
    auto_buf struct buf path = {.max = MIX_MIB}, out = {.max = FILE_MAX};

    if (all->save_at == 0 || !all->read)
        return;
    all->save_at = 0;
    if (!state_path(m, &path, "places"))
        return;
    (void)buf_adds(&out, places_head);
    for (size_t i = 0; i < all->n; i++)
        put_place(&out, all->v[i]);
    task_data(fx_task(m, fx, TASK_WRITE, path.p, TAG_PLACES_WRITE, NULL), buf_str(&out), out.n);
}

static int hex(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The id in a field of n bytes; NULL: it is none. */
static char *get_id(const char *s, size_t n) {
    auto_buf struct buf out = {.max = ID_MAX};

    for (size_t i = 0; i < n; i++) {
        char c = s[i];

        if (c == '%') {
            const int high = i + 2 < n ? hex(s[i + 1]) : -1, low = i + 2 < n ? hex(s[i + 2]) : -1;

            if (high < 0 || low < 0)
                return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (c == '\0' || buf_add(&out, &c, 1) != RC_OK)
            return NULL;
    }
    return out.n > 0 && text_valid(out.p, out.n) ? buf_take(&out) : NULL;
}

struct words {
    const char *at[8];
    size_t len[8];
    size_t n;
};

static struct words split(const char *line, size_t n) {
    struct words w = {.n = 0};
    const char *end = line + n;

    while (line < end && w.n < MIX_COUNT(w.at)) {
        const char *stop = memchr(line, ' ', (size_t)(end - line));

        if (!stop)
            stop = end;
        w.at[w.n] = line;
        w.len[w.n++] = (size_t)(stop - line);
        line = stop < end ? stop + 1 : end;
    }
    return w;
}

static size_t number(const struct words *w, size_t i) {
    size_t n = 0;

    for (size_t k = 0; k < w->len[i] && k < 12; k++)
        if (w->at[i][k] >= '0' && w->at[i][k] <= '9')
            n = n * 10 + (size_t)(w->at[i][k] - '0');
    return n;
}

static bool is(const struct words *w, const char *what, size_t n) {
    return w->n == n && w->len[0] == strlen(what) && memcmp(w->at[0], what, w->len[0]) == 0;
}

static enum role role_of(const struct words *w, size_t i) {
    const size_t n = number(w, i);

    return n == 0 ? ROLE_USER : n == 1 ? ROLE_ASSISTANT : ROLE_NOTE;
}

static void take_id(struct spot *to, const struct words *w, size_t i) {
    free(to->id);
    to->id = get_id(w->at[i], w->len[i]);
}

static void add_mark(struct place *p, struct spot mark) {
    p->marks = xgrow(p->marks, p->n_marks, &p->cap_marks, sizeof *p->marks);
    p->marks[p->n_marks++] = mark;
    map_set(&p->marked, mark.id, p);
}

static void remove_mark(struct place *p, size_t at) {
    auto_free char *id = p->marks[at].id;
    bool other = false;

    memmove(p->marks + at, p->marks + at + 1, (p->n_marks - at - 1) * sizeof *p->marks);
    p->n_marks--;
    for (size_t i = 0; i < p->n_marks && !other; i++)
        other = str_eq(p->marks[i].id, id);
    if (!other)
        (void)map_del(&p->marked, id);
}

static void take_mark(struct place *p, const struct words *w) {
    if (p->n_marks >= MARKS_MAX)
        return;
    struct spot mark = {.role = role_of(w, 2), .part = number(w, 3)};

    take_id(&mark, w, 4);
    if (!mark.id)
        return;
    add_mark(p, mark);
}

static void take_line(struct model *m, const char *line, size_t n) {
    const struct words w = split(line, n);
    auto_free char *session = w.n > 1 ? get_id(w.at[1], w.len[1]) : NULL;

    if (!session)
        return;
    struct place *p = place_named(m, session);

    if (is(&w, "at", 7)) {
        p->at.role = role_of(&w, 2);
        p->at.part = number(&w, 3);
        p->at.off = number(&w, 4);
        p->at.in_result = number(&w, 5) != 0;
        take_id(&p->at, &w, 6);
    } else if (is(&w, "look", 4)) {
        p->raw = number(&w, 2) != 0;
        p->split = number(&w, 3) != 0;
    } else if (is(&w, "seen", 4)) {
        p->seen.role = role_of(&w, 2);
        take_id(&p->seen, &w, 3);
    } else if (is(&w, "mark", 5)) {
        take_mark(p, &w);
    }
}

static void restore(struct model *m, struct session *s);

void places_task(struct model *m, struct task *t) {
    struct places *all = m->priv->places;
    const size_t head = sizeof places_head - 1;

    if (t->tag != TAG_PLACES_READ)
        return;
    all->read = true;
    if (t->err.rc == RC_OK && t->data && t->len > head && memcmp(t->data, places_head, head) == 0) {
        const char *end = t->data + t->len;

        for (const char *p = t->data + head, *stop; p < end; p = stop + 1) {
            stop = memchr(p, '\n', (size_t)(end - p));
            if (!stop)
                break; /* a torn line is none */
            take_line(m, p, (size_t)(stop - p));
        }
    }
    for (size_t i = 0; i < m->n_sessions; i++)
        if (m->sessions[i]->transcript.loaded)
            restore(m, m->sessions[i]);
}

void places_start(struct model *m, struct effects *fx) {
    auto_buf struct buf path = {.max = MIX_MIB};

    m->priv->places = xcalloc(1, sizeof *m->priv->places);
    if (state_path(m, &path, "places"))
        (void)fx_task(m, fx, TASK_READ, path.p, TAG_PLACES_READ, NULL);
    else
        m->priv->places->read = true;
}

void places_tick(struct model *m, struct effects *fx) {
    const struct places *all = m->priv->places;

    if (all->save_at > 0 && m->now >= all->save_at)
        places_save(m, fx);
}

int64_t places_next(const struct model *m) {
    const struct places *all = m->priv->places;

    return all->save_at > 0 && all->read ? all->save_at : -1;
}

/* ---- from the thread and back ---- */

static size_t find(const struct transcript *t, const struct spot *spot) {
    for (size_t i = t->n; spot->id && i-- > 0;)
        if (t->entries[i].role == spot->role && str_eq(t->entries[i].id, spot->id))
            return i;
    return SIZE_MAX;
}

static void restore(struct model *m, struct session *s) {
    struct session_private *sp = s->priv;
    struct reading *r = &s->reading;
    const struct transcript *t = &s->transcript;
    const struct place *p = place_of(m, s);

    if (sp->placed || !m->priv->places->read || !p)
        return;
    sp->placed = true;
    r->raw = r->raw || p->raw;
    r->split = r->split || p->split;
    const size_t seen = find(t, &p->seen), at = find(t, &p->at);

    if (seen != SIZE_MAX && seen + 1 < t->n && r->unread == 0)
        r->unread = seen + 2;
    if (at == SIZE_MAX || !r->follow || r->move != MOVE_NONE)
        return;
    const size_t parts = t->entries[at].n_parts;
    size_t part = p->at.part == 0 ? SIZE_MAX : p->at.part - 1;

    if (part != SIZE_MAX && part >= parts)
        part = parts > 0 ? parts - 1 : SIZE_MAX;
    r->follow = false;
    r->entry = r->sel_entry = at;
    r->sel_part = part == SIZE_MAX ? 0 : part;
    r->piece = part == SIZE_MAX ? 0 : part + 1;
    r->move = MOVE_TO;
    r->to_entry = at;
    r->to_part = part;
    r->to_off = part == SIZE_MAX ? 0 : p->at.off;
    r->to_result = p->at.in_result;
    r->to_top = true;
}

void places_loaded(struct model *m, struct session *s) { restore(m, s); }

static bool same_spot(const struct spot *a, const struct spot *b) {
    return str_eq(a->id, b->id) && a->role == b->role && a->part == b->part && a->off == b->off &&
           a->in_result == b->in_result;
}

/* Takes over *from, whose id is borrowed. True: it was another. */
static bool set_spot(struct spot *to, const struct spot *from) {
    if (same_spot(to, from))
        return false;
    char *id = from->id ? xstrdup(from->id) : NULL;

    free(to->id);
    *to = *from;
    to->id = id;
    return true;
}

static bool in_sight(const struct model *m, const struct session *s) {
    return s == m->shown && !model_hidden(m) && m->ui.focused;
}

/* Ids in the transcript are read only, those here are owned. */
static struct spot spot_of(const struct entry *e) {
    char *id;

    memcpy(&id, &e->id, sizeof id);
    return (struct spot){.id = id, .role = e->role};
}

/* The top of the screen; nothing while the end is followed. */
static struct spot top_of(const struct session *s) {
    const struct reading *r = &s->reading;
    const struct transcript *t = &s->transcript;
    struct spot at = {0};

    if (r->follow || r->entry >= t->n || !t->entries[r->entry].id)
        return at;
    at = spot_of(&t->entries[r->entry]);
    at.part = r->piece;
    at.off = r->top_off;
    at.in_result = r->top_result;
    return at;
}

static struct spot last_of(const struct session *s) {
    const struct transcript *t = &s->transcript;

    for (size_t i = t->n; i-- > 0;)
        if (t->entries[i].id)
            return spot_of(&t->entries[i]);
    return (struct spot){0};
}

void places_painted(struct model *m) {
    struct session *s = m->shown;
    struct place *p = s && s->priv->placed && in_sight(m, s) ? place_of(m, s) : NULL;

    if (!p)
        return;
    const struct reading *r = &s->reading;
    const struct spot top = top_of(s), last = last_of(s);
    const bool looks = p->raw != r->raw || p->split != r->split;

    s->priv->unread_seen = true;
    if (set_spot(&p->at, &top) || looks) {
        p->raw = r->raw;
        p->split = r->split;
        changed(m, p, SAVE_MS);
    }
    if (set_spot(&p->seen, &last))
        changed(m, p, SEEN_MS);
}

void unread_came(struct model *m, struct session *s, size_t before) {
    struct reading *r = &s->reading;
    struct panel *p = m->ui.panel;

    /* a filter looks at all of a long thread: not for every word that streams */
    if (p && p->id == PANEL_OUTLINE && p->session == s &&
        (s->transcript.n != before || p->filter.text.n == 0))
        panel_touch(m, p);

    if (s->transcript.n <= before || in_sight(m, s))
        return;
    if (r->unread > 0 && !s->priv->unread_seen)
        return; /* they go on below it */
    r->unread = before + 1;
    s->priv->unread_seen = false;
}

/* ---- marks ---- */

static size_t mark_at(const struct place *p, const struct entry *e, size_t part) {
    if (!map_get(&p->marked, e->id))
        return SIZE_MAX;
    for (size_t i = 0; i < p->n_marks; i++)
        if ((part == SIZE_MAX || p->marks[i].part == part) && p->marks[i].role == e->role &&
            str_eq(p->marks[i].id, e->id))
            return i;
    return SIZE_MAX;
}

bool thread_marked(const struct session *s, size_t entry, size_t part) {
    const struct place *p = s->priv ? s->priv->place : NULL;

    return p && p->n_marks > 0 && entry < s->transcript.n && s->transcript.entries[entry].id &&
           mark_at(p, &s->transcript.entries[entry], part) != SIZE_MAX;
}

void act_mark(struct model *m) {
    struct session *s = m->shown;
    const struct reading *r = &s->reading;
    const struct transcript *t = &s->transcript;
    struct place *p = place_of(m, s);

    if (!p || r->sel_entry >= t->n || !t->entries[r->sel_entry].id) {
        act_notice(m, "Only a message that the server has can be marked");
        return;
    }
    const struct entry *e = &t->entries[r->sel_entry];
    const size_t at = mark_at(p, e, r->sel_part);

    if (at != SIZE_MAX) {
        remove_mark(p, at);
    } else if (p->n_marks >= MARKS_MAX) {
        act_notice(m, "There are %d marks in this session: take one away first", (int)MARKS_MAX);
        return;
    } else {
        add_mark(p, (struct spot){.id = xstrdup(e->id), .role = e->role, .part = r->sel_part});
    }
    changed(m, p, SAVE_MS);
    model_touch(m);
}
