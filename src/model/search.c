/* search.c - what a person does with the search, and its time. */
#include "searching.h"

#include <stdlib.h>
#include <string.h>

enum { QUERY_MAX = 4096, SHOW_MS = 100 };

/* ---- life ---- */

struct search *search_new(void) {
    struct search *se = xcalloc(1, sizeof *se);

    se->priv = xcalloc(1, sizeof *se->priv);
    editor_init_line(&se->query, QUERY_MAX);
    query_fini(&se->priv->query);
    return se;
}

void search_free(struct search *se) {
    if (!se)
        return;
    query_fini(&se->priv->query);
    count_fini(&se->priv->counting);
    free(se->priv->last);
    free(se->priv);
    editor_fini(&se->query);
    free(se);
}

bool search_on(const struct model *m) {
    const struct search *se = m->search;

    return se->session && se->session == m->shown;
}

bool search_again(const struct model *m) {
    return m->search->priv->last || (search_on(m) && query_means(&m->search->priv->query));
}

struct find *search_marks(const struct model *m) {
    return search_on(m) ? m->search->find : NULL;
}

/* ---- folds ---- */

static struct part *part_at(const struct model *m, size_t entry, size_t part) {
    const struct transcript *t = &m->shown->transcript;

    return entry < t->n && part < t->entries[entry].n_parts ? &t->entries[entry].parts[part] : NULL;
}

/* What was unfolded for a hit folds again, unless somebody has folded it meanwhile. */
static void fold_back(struct model *m) {
    struct opened *o = &m->search->priv->opened;
    struct part *p = o->any ? part_at(m, o->entry, o->part) : NULL;

    if (p && p->fold == FOLD_OPEN)
        part_fold(&m->shown->transcript, p, o->was);
    o->any = false;
}

static void unfold(struct model *m, const struct hit *hit) {
    struct opened *o = &m->search->priv->opened;
    struct part *p = part_at(m, hit->entry, hit->part);

    if (o->any && o->entry == hit->entry && o->part == hit->part)
        return;
    fold_back(m);
    if (!p || part_open(p))
        return;
    *o = (struct opened){true, hit->entry, hit->part, p->fold};
    part_fold(&m->shown->transcript, p, FOLD_OPEN);
}

/* ---- going ---- */

static void go(struct model *m, const struct hit *hit) {
    struct search *se = m->search;

    se->hit = *hit;
    se->shown = true;
    if (se->find)
        unfold(m, hit);
    act_go_to(m, hit->entry, hit->part, hit->off);
    m->shown->reading.to_result = hit->in_result;
}

static void go_back(struct model *m) {
    struct search_private *p = m->search->priv;
    struct reading *r = &m->shown->reading;
    const struct reading now = *r;

    fold_back(m);
    if (!p->has_origin)
        return;
    *r = p->origin;
    r->move = MOVE_NONE;
    r->raw = now.raw;
    r->split = now.split;
    r->unread = now.unread;
    r->new_below = r->follow ? 0 : now.new_below;
}

/* The first text on the screen. */
static struct mark_at place_of(const struct transcript *t, const struct reading *r) {
    struct mark_at at = {.entry = r->entry};

    if (at.entry >= t->n)
        return (struct mark_at){.entry = t->n > 0 ? t->n - 1 : 0, .off = SIZE_MAX};
    if (r->piece == 0)
        return at;
    at.part = r->piece - 1;
    if (at.part >= t->entries[at.entry].n_parts) {
        if (at.entry + 1 < t->n)
            at = (struct mark_at){.entry = at.entry + 1};
        return at;
    }
    at.in_result = r->top_result;
    at.off = r->top_off;
    return at;
}

static void seek(struct search *se, const struct transcript *t, int what, int by,
                 struct mark_at from) {
    struct seeking *s = &se->priv->seeking;

    *s = (struct seeking){.by = by, .at = from, .left = t->n};
    s->what = what == SEEK_FIRST ? SEEK_FIRST : SEEK_STEP;
    se->seeking = true;
    se->round = NULL;
}

/* ---- slices ---- */

static void sought(struct model *m, const struct hit *hit, bool any) {
    struct search *se = m->search;
    struct seeking *s = &se->priv->seeking;
    const bool first = s->what == SEEK_FIRST;

    if (first && !any && s->by > 0) { /* none from here on: the nearest before it */
        seek(se, &m->shown->transcript, SEEK_FIRST, -1,
             place_of(&m->shown->transcript, &se->priv->origin));
        return;
    }
    if (any && s->round)
        se->round = s->by > 0 ? "from the top" : "from the end";
    s->what = SEEK_NONE;
    se->seeking = false;
    if (any) {
        if (first || (s->round && se->hits == 0))
            se->nth = 0;
        go(m, hit);
    } else {
        se->shown = false;
        se->nth = 0;
        if (first)
            go_back(m);
    }
    model_touch(m);
}

/* The number of the next hit follows from that of the last one. */
static void step_number(struct search *se, int by, bool round) {
    if (se->nth == 0 || se->counting)
        se->nth = 0;
    else if (round)
        se->nth = by > 0 ? 1 : se->hits;
    else
        se->nth = by > 0 ? se->nth + 1 : se->nth - 1;
}

static void seek_on(struct model *m, int64_t *work) {
    struct search *se = m->search;
    struct seeking *s = &se->priv->seeking;
    struct hit hit;
    bool any = false;

    while (s->what != SEEK_NONE && *work > 0) {
        if (!seek_slice(se, &m->shown->transcript, work, &hit, &any))
            continue;
        if (any && s->what == SEEK_STEP)
            step_number(se, s->by, s->round);
        sought(m, &hit, any);
    }
}

static bool same_hit(const struct hit *a, const struct hit *b) {
    return a->entry == b->entry && a->part == b->part && a->in_result == b->in_result &&
           a->off == b->off && a->len == b->len;
}

static void number_hit(struct search *se, const struct transcript *t) {
    struct search_private *p = se->priv;

    if (!se->shown || se->nth != 0 || (p->far.len > 0 && same_hit(&p->far, &se->hit)))
        return;
    const size_t nth = hit_number(se, t, &se->hit);

    if (nth == HIT_FAR)
        p->far = se->hit;
    else
        se->nth = nth;
}

static void count_on(struct model *m, int64_t *work) {
    struct search *se = m->search;
    struct search_private *p = se->priv;
    const struct transcript *t = &m->shown->transcript;
    const struct search before = *se;

    se->counting = count_slice(se, t, m->now, work);
    if (!p->recount || !se->counting) {
        if (se->hits != p->counting.total && !before.counting)
            se->nth = 0; /* it may have changed, too */
        se->hits = p->counting.total;
        p->recount = false;
    }
    number_hit(se, t);
    se->gave_up = se->find && find_given_up(se->find) > 0;
    const bool changed = se->hits != before.hits || se->nth != before.nth ||
                         se->counting != before.counting || se->gave_up != before.gave_up;

    p->unshown = p->unshown || changed;
    if (p->unshown && (!se->counting || m->now - p->shown_at >= SHOW_MS)) {
        p->shown_at = m->now;
        p->unshown = false;
        model_touch(m);
    }
}

void search_tick(struct model *m) {
    int64_t work = SLICE_WORK;

    if (!search_on(m) || !query_means(&m->search->priv->query))
        return;
    seek_on(m, &work);
    if (work > 0)
        count_on(m, &work);
}

int64_t search_next(const struct model *m, int64_t now) {
    const struct search *se = m->search;

    if (!search_on(m) || !query_means(&se->priv->query))
        return -1;
    if (se->seeking)
        return now;
    return count_wake(&se->priv->counting, &m->shown->transcript, now);
}

/* ---- what others do ---- */

void search_end(struct model *m) {
    struct search *se = m->search;

    if (!str_blank(buf_str(&se->query.text)))
        set_string(&se->priv->last, buf_str(&se->query.text));
    query_fini(&se->priv->query);
    count_reset(&se->priv->counting);
    se->priv->seeking.what = SEEK_NONE;
    se->priv->opened.any = se->priv->has_origin = se->priv->recount = false;
    se->find = NULL;
    se->session = NULL;
    se->err = (struct err){0};
    se->typing = se->shown = se->counting = se->seeking = se->gave_up = false;
    se->nth = se->hits = 0;
    se->round = NULL;
    model_touch(m);
}

size_t search_entries(struct model *m, const struct session *s, size_t *at[SEARCH_ENTRIES]) {
    struct search_private *p = m->search->priv;

    if (m->search->session != s)
        return 0;
    at[0] = &m->search->hit.entry;
    at[1] = &p->seeking.at.entry;
    at[2] = &p->origin.entry;
    at[3] = &p->origin.sel_entry;
    at[4] = &p->opened.entry;
    return SEARCH_ENTRIES;
}

void search_committed(struct model *m, const struct session *s) {
    struct search *se = m->search;

    if (se->session != s)
        return;
    count_reset(&se->priv->counting);
    se->priv->recount = true;
    se->nth = 0;
    if (!part_at(m, se->hit.entry, se->hit.part))
        se->shown = false;
}

/* ---- acts ---- */

static bool begin(struct model *m) {
    struct search *se = m->search;
    struct search_private *p = se->priv;
    const bool ok = query_parse(&p->query, buf_str(&se->query.text), &se->err) == RC_OK;

    count_reset(&p->counting);
    p->seeking.what = SEEK_NONE;
    p->recount = false;
    p->far = (struct hit){0};
    se->find = p->query.text;
    se->session = m->shown;
    se->nth = se->hits = 0;
    se->seeking = se->gave_up = false;
    se->counting = ok && query_means(&p->query);
    se->round = NULL;
    model_touch(m);
    return se->counting;
}

static void begin_last(struct model *m) {
    struct search *se = m->search;

    editor_set(&se->query, se->priv->last);
    se->shown = false;
    (void)begin(m);
}

void act_search(struct model *m) {
    struct search *se = m->search;

    search_end(m);
    editor_set(&se->query, "");
    se->typing = true;
    se->session = m->shown;
    se->priv->origin = m->shown->reading;
    se->priv->has_origin = true;
    act_focus(m, PANE_THREAD);
}

void act_search_typed(struct model *m) {
    struct search *se = m->search;
    int64_t work = SLICE_WORK;

    if (!se->typing)
        return;
    if (begin(m)) {
        seek(se, &m->shown->transcript, SEEK_FIRST, 1,
             place_of(&m->shown->transcript, &se->priv->origin));
        seek_on(m, &work);
    } else if (se->err.rc == RC_OK) {
        se->shown = false;
        go_back(m);
    } else {
        se->shown = false;
    }
}

void act_search_done(struct model *m) {
    struct search *se = m->search;

    if (!se->typing || se->err.rc != RC_OK)
        return;
    if (str_blank(buf_str(&se->query.text)) && se->priv->last) {
        se->typing = false;
        act_search_next(m, 1);
        return;
    }
    if (!query_means(&se->priv->query)) {
        search_end(m);
        return;
    }
    se->typing = false;
    model_touch(m);
}

void act_search_leave(struct model *m) {
    if (!search_on(m))
        return;
    if (m->search->typing)
        go_back(m);
    search_end(m);
}

void act_search_next(struct model *m, int by) {
    struct search *se = m->search;
    const struct reading *r = &m->shown->reading;
    const struct transcript *t = &m->shown->transcript;
    int64_t work = SLICE_WORK;

    if ((!search_on(m) || !query_means(&se->priv->query)) && se->priv->last)
        begin_last(m);
    if (!search_on(m) || !query_means(&se->priv->query) || se->seeking)
        return;
    const bool at_hit =
        se->shown &&
        ((r->sel_entry == se->hit.entry && r->sel_part == se->hit.part) || r->move == MOVE_TO);
    struct mark_at from = place_of(t, r);

    if (at_hit) {
        from = (struct mark_at){se->hit.entry, se->hit.part, se->hit.in_result, se->hit.off};
        if (by > 0)
            from.off += se->hit.len > 0 ? se->hit.len : 1;
    } else {
        se->nth = 0;
    }
    seek(se, t, SEEK_STEP, by, from);
    seek_on(m, &work);
    model_touch(m);
}
