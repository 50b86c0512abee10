/* index.c - the index of what was read: what was allowed, what is asked, and the way to a result.
 */
#include "index.h"

#include "mix/servers.h"

#include <stdlib.h>
#include <string.h>

enum { CHOICES_MAX = 64 * 1024 };
static const int64_t MOST_BYTES = (int64_t)256 * 1024 * 1024;

bool index_on(const struct model *m) {
    const struct index_state *x = m->priv->index;

    return x->path && !x->failed && (x->choice == INDEX_PROFILE || x->choice == INDEX_ALL);
}

bool model_indexes(const struct model *m) { return index_on(m); }

struct task *index_task_new(struct model *m, struct effects *fx, enum task_kind kind,
                            struct session *s) {
    return fx_task(m, fx, kind, m->priv->index->path, TAG_INDEX, s);
}

/* ---- what was chosen ---- */
/* The file: `off`, `all`, or the servers it was allowed for, a line each. */
static bool choices_path(const struct model *m, struct buf *out) {
    if (!m->state_dir)
        return false;
    buf_init(out, 16 * MIX_KIB);
    return buf_addf(out, "%s/index", m->state_dir) == RC_OK;
}

static bool has_line(const char *text, const char *line) {
    const size_t n = strlen(line);

    for (const char *p = text; p && (p = strstr(p, line)); p += n)
        if ((p == text || p[-1] == '\n') && p[n] == '\n')
            return true;
    return false;
}

static enum index_choice choice_in(const struct model *m, const char *text) {
    auto_buf struct buf own = {.max = 4096};

    (void)buf_addf(&own, "profile %s", m->server.key);
    if (has_line(text, "all"))
        return INDEX_ALL;
    if (has_line(text, "off"))
        return INDEX_OFF;
    return has_line(text, buf_str(&own)) ? INDEX_PROFILE : INDEX_ASK;
}

static void take_choice(struct model *m, const char *text, struct effects *fx) {
    struct index_state *x = m->priv->index;

    set_string(&x->chosen, text);
    x->known = true;
    if (!x->fixed)
        x->choice = choice_in(m, text);
    if (index_on(m)) {
        index_feed_anew(m);
        index_ask_facts(m, fx);
    }
    model_touch(m);
}

void index_choose(struct model *m, enum index_choice choice, struct effects *fx) {
    struct index_state *x = m->priv->index;
    auto_buf struct buf text = {.max = CHOICES_MAX}, path = {0};
    struct model *peer;

    if (choice == INDEX_PROFILE) {
        if (!has_line(x->chosen, "all") && !has_line(x->chosen, "off"))
            (void)buf_adds(&text, x->chosen ? x->chosen : "");
        if (choice_in(m, buf_str(&text)) != INDEX_PROFILE)
            (void)buf_addf(&text, "profile %s\n", m->server.key);
    } else {
        (void)buf_adds(&text, choice == INDEX_ALL ? "all\n" : "off\n");
    }
    if (choices_path(m, &path))
        task_data(fx_task(m, fx, TASK_WRITE, path.p, TAG_INDEX_CHOICE, NULL), buf_str(&text),
                  text.n);
    for (size_t i = 0; (peer = peer_at(m, i)); i++)
        take_choice(peer, buf_str(&text), peer_effects(m, peer, fx));
}

void index_start(struct model *m, const struct model_config *config, struct effects *fx) {
    struct index_state *x = m->priv->index = xcalloc(1, sizeof *x);
    auto_buf struct buf path = {.max = 16 * MIX_KIB};
    auto_buf struct buf choices = {0};

    x->most = config->index_bytes > 0 ? config->index_bytes : MOST_BYTES;
    x->choice = config->index;
    x->fixed = config->index != INDEX_ASK;
    if (config->cache_dir &&
        buf_addf(&path, "%s/index-%s.db", config->cache_dir, m->server.key) == RC_OK)
        x->path = buf_take(&path);
    if (!x->fixed && x->path && choices_path(m, &choices))
        (void)fx_task(m, fx, TASK_READ, choices.p, TAG_INDEX_CHOICE, NULL);
    else
        x->known = true;
    if (index_on(m))
        index_ask_facts(m, fx);
}

void index_place_fini(struct index_place *p) {
    free(p->session);
    free(p->title);
    free(p->message);
    free(p->hit);
    *p = (struct index_place){0};
}

void index_free(struct index_state *x) {
    free(x->path);
    free(x->chosen);
    free(x->asked);
    task_free(x->found);
    task_free(x->read);
    index_place_fini(&x->chosen_place);
    free(x);
}

/* ---- asking ---- */
void index_ask_facts(struct model *m, struct effects *fx) {
    if (m->priv->index->path)
        (void)index_task_new(m, fx, TASK_INDEX_FACTS, NULL);
}

void index_ask(struct model *m, const char *query, struct effects *fx) {
    struct index_state *x = m->priv->index;
    struct task *t;

    if (!str_eq(x->asked, query))
        set_string(&x->asked, query);
    else if (x->finding || x->found)
        return;
    if (x->finding) { /* one at a time: the old one comes back soon, given up */
        if (!x->ask_again)
            fx_stop_task(fx, x->finding);
        x->ask_again = true;
        return;
    }
    x->ask_again = false;
    if (str_blank(query)) {
        task_free(TAKE(x->found));
        return;
    }
    t = index_task_new(m, fx, TASK_INDEX_FIND, NULL);
    t->index.query = arena_strdup(&t->arena, query);
    x->finding = t->id;
}

void index_ask_again(struct model *m, struct effects *fx) {
    auto_free char *query = TAKE(m->priv->index->asked);

    if (query)
        index_ask(m, query, fx);
}

void index_forget(struct model *m, const char *session, struct effects *fx) {
    struct task *t;

    if (!m->priv->index->path)
        return;
    t = index_task_new(m, fx, TASK_INDEX_FORGET, NULL);
    t->index.session = arena_strdup(&t->arena, session);
}

void index_ask_text(struct model *m, struct effects *fx) {
    struct index_state *x = m->priv->index;
    struct task *t = index_task_new(m, fx, TASK_INDEX_READ, NULL);

    task_free(TAKE(x->read));
    t->index.session = arena_strdup(&t->arena, x->chosen_place.session);
    t->index.rows = arena_alloc(&t->arena, sizeof *t->index.rows);
    t->index.rows[0].message = arena_strdup(&t->arena, x->chosen_place.message);
    t->index.rows[0].role = x->chosen_place.role;
    t->index.n_rows = 1;
    x->reading = t->id;
}

/* ---- answers ---- */
static void panels_see(struct model *m) {
    for (struct panel *p = m->ui.panel; p; p = p->below)
        if (p->id == PANEL_INDEX || p->id == PANEL_INDEXED)
            panel_touch(m, p);
}

static void taken_found(struct model *m, struct task *t, struct effects *fx) {
    struct index_state *x = m->priv->index;

    x->finding = 0;
    if (!x->asked) { /* nobody looks any more */
        task_free(t);
        return;
    }
    if (x->ask_again) {
        auto_free char *query = TAKE(x->asked);

        index_ask(m, query, fx);
        task_free(t);
        return;
    }
    x->find_err = t->err;
    task_free(x->found);
    x->found = t;
}

static void failed(struct model *m, const struct err *err) {
    struct index_state *x = m->priv->index;

    if (x->failed)
        return;
    x->failed = true;
    x->err = *err;
    act_error(m, err, "The search index cannot be used, it is off until mixtui starts again");
}

static void take_facts(struct model *m, const struct task *t) {
    struct index_state *x = m->priv->index;

    if (t->index.facts.renewed)
        act_notice(m, "The search index was damaged and begins anew; the old one is beside it");
    if (t->err.rc == RC_OK && t->kind != TASK_INDEX_FIND && t->kind != TASK_INDEX_READ) {
        x->facts = t->index.facts;
        x->facts_known = true;
        x->wanted = x->wanted || x->facts.busy;
    }
}

void index_task(struct model *m, struct task *t, struct session *s, struct effects *fx) {
    struct index_state *x = m->priv->index;

    take_facts(m, t);
    if (t->kind == TASK_INDEX_FIND) {
        taken_found(m, TAKE(t), fx);
    } else if (t->kind == TASK_INDEX_READ) {
        if (t->id == x->reading)
            x->read = TAKE(t);
        panels_see(m);
        index_arrived(m);
    } else if (t->err.rc == RC_IO || t->err.rc == RC_LIMIT) {
        failed(m, &t->err);
    }
    if (t && t->kind == TASK_INDEX_ADD)
        index_fed(m, t, s);
    if (t && t->kind == TASK_INDEX_FORGET)
        index_ask_again(m, fx); /* what is shown may be forgotten */
    task_free(t);
    panels_see(m);
    model_touch(m);
}

void index_choice_task(struct model *m, struct task *t, struct effects *fx) {
    struct index_state *x = m->priv->index;

    if (t->kind == TASK_WRITE && t->err.rc != RC_OK)
        act_error(m, &t->err, "What was chosen for the search index holds until mixtui ends");
    if (t->kind == TASK_READ && !x->known)
        take_choice(m, t->data && t->err.rc == RC_OK && t->len < CHOICES_MAX ? t->data : "", fx);
    panels_see(m);
}

/* ---- to a result ---- */
void index_choose_place(struct model *m, const struct index_row *row) {
    struct index_place *p = &m->priv->index->chosen_place;
    const char *from = strchr(row->text, '\2'), *to = from ? strchr(from, '\3') : NULL;

    index_place_fini(p);
    p->session = xstrdup(row->session);
    p->title = xstrdup(row->title);
    p->message = xstrdup(row->message);
    p->role = row->role;
    p->hit = to ? xstrndup(from + 1, (size_t)(to - from - 1)) : NULL;
}

static void jump_free(struct jump *j) {
    if (!j)
        return;
    free(j->message);
    free(j->hit);
    free(j);
}

void jump_end(struct session *s) { jump_free(TAKE(s->priv->jump)); }

/* Not over what somebody opened meanwhile. */
static void show_indexed(struct model *m, struct effects *fx) {
    if (m->ui.over == OVER_NONE && !model_hidden(m))
        act_panel_open(m, PANEL_INDEXED, fx);
}

static bool is_it(const struct entry *e, const struct jump *j) {
    return e->id && str_eq(e->id, j->message) &&
           (j->role == 'u' ? e->role == ROLE_USER : e->role == ROLE_ASSISTANT);
}

/* The part that holds the hit, and where. */
static void go_to(struct model *m, const struct entry *e, const struct jump *j) {
    const size_t n = j->hit ? strlen(j->hit) : 0;
    const size_t at = (size_t)(e - m->shown->transcript.entries);

    for (size_t i = 0; n > 0 && i < e->n_parts; i++) {
        const struct part *p = &e->parts[i];
        const char *in = p->kind == PART_THINKING ? NULL : memmem(p->text, p->len, j->hit, n);

        if (in || (p->result && strstr(p->result, j->hit))) {
            act_go_to(m, at, i, in ? (size_t)(in - p->text) : 0);
            return;
        }
    }
    act_go_to(m, at, e->n_parts > 0 ? 0 : SIZE_MAX, 0);
}

void jump_now(struct model *m, struct session *s, struct effects *fx) {
    const struct transcript *t = &s->transcript;
    struct jump *j = TAKE(s->priv->jump);
    const struct entry *e = NULL;

    for (size_t i = 0; j && i < t->n && !e; i++)
        e = is_it(&t->entries[i], j) ? &t->entries[i] : NULL;
    if (j && s == m->shown && e) {
        go_to(m, e, j);
    } else if (j && s == m->shown) {
        act_notice(m, "That message is gone from the server; this is what the search index has");
        show_indexed(m, fx);
    }
    jump_free(j);
}

void jump_failed(struct model *m, struct session *s, struct effects *fx) {
    if (s->priv->jump && s == m->shown)
        show_indexed(m, fx);
    jump_end(s);
}

void index_go(struct model *m, struct effects *fx) {
    const struct index_place *p = &m->priv->index->chosen_place;
    struct session *s = p->session ? model_session(m, p->session) : NULL;

    if (!s || (!s->transcript.loaded && m->server.state != SERVER_ONLINE)) {
        (void)act_panel_push(m, PANEL_INDEXED, fx);
        return;
    }
    jump_end(s);
    s->priv->jump = xcalloc(1, sizeof *s->priv->jump);
    s->priv->jump->message = xstrdup(p->message);
    s->priv->jump->hit = p->hit ? xstrdup(p->hit) : NULL;
    s->priv->jump->role = p->role;
    act_over_close(m);
    act_session_show(m, s, fx);
    act_focus(m, PANE_THREAD);
    if (s->transcript.loaded)
        jump_now(m, s, fx);
}
