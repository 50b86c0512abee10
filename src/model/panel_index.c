/* panel_index.c - search over everything that was read here: the question of what may be kept, the
 * results while one types, and a result as the index has it. */
#include "index.h"
#include "panels.h"

#include <stdlib.h>
#include <string.h>

enum {
    TAG_RESULT,
    TAG_PROFILE,
    TAG_ALL,
    TAG_OFF,
    TAG_CHANGE,
    TAG_FORGET_ALL,
    TAG_MESSAGE,
    TAG_FORGET
};

struct asking {
    bool changing; /* what may be kept is asked anew */
};

static const char *why_index(const struct model *m) {
    if (!m->priv->index->path)
        return "there is no directory to keep an index in: neither HOME nor XDG_CACHE_HOME is set";
    return NULL;
}

static bool is_asking(const struct model *m, const struct panel *p) {
    const struct asking *a = p->data;

    return a->changing || (m->priv->index->choice == INDEX_ASK && m->priv->index->known);
}

static void settle(struct model *m, struct panel *p) {
    p->filtered = index_on(m) && !is_asking(m, p);
    panel_touch(m, p);
}

static void index_panel_open(struct model *m, struct panel *p, struct effects *fx) {
    p->data = xcalloc(1, sizeof(struct asking));
    index_ask_facts(m, fx);
    settle(m, p);
}

/* ---- what may be kept ---- */
static void add_choice(struct panel *p, const struct model *m, int tag, enum index_choice is,
                       const char *label, const char *help) {
    struct panel_row *row = panel_add(p, ROW_ACTION, tag, label, NULL);

    row->help = help;
    if (m->priv->index->choice == is)
        row->tone = TONE_GOOD;
    if (m->priv->index->fixed)
        row->why_not = "config.ini says what is kept: index in [ui]";
}

static void choice_rows(const struct model *m, struct panel *p) {
    const struct index_state *x = m->priv->index;

    panel_add(p, ROW_HEADING, 0, "May messages you read be kept on this computer, to be searched?",
              NULL);
    panel_add_text(
        p, 0,
        "Their text goes into a file in the cache directory that only you can read. It is not "
        "encrypted. Nothing leaves this computer, and everything can be forgotten again here. "
        "Keys and other secrets that stand in messages are in it, too.",
        (size_t)-1);
    panel_add_text(p, 0, x->path, (size_t)-1)->tone = TONE_DIM;
    panel_add_text(p, 0, "", 0);
    add_choice(p, m, TAG_OFF, INDEX_OFF, "off",
               x->facts_known && x->facts.bytes > 0 ? "what is there stays until it is forgotten"
                                                    : "nothing is kept");
    add_choice(p, m, TAG_PROFILE, INDEX_PROFILE, "only of this server",
               arena_printf(&p->rows_arena, "%s", server_name(m)));
    add_choice(p, m, TAG_ALL, INDEX_ALL, "of every server", "also of those that come later");
}

static void choose(struct model *m, struct panel *p, int tag, struct effects *fx) {
    struct asking *a = p->data;

    a->changing = false;
    index_choose(m,
                 tag == TAG_PROFILE ? INDEX_PROFILE
                 : tag == TAG_ALL   ? INDEX_ALL
                                    : INDEX_OFF,
                 fx);
    p->cursor = 0;
    settle(m, p);
    if (m->priv->index->choice == INDEX_OFF)
        act_notice(m, "Nothing that you read is kept for searching");
    else
        act_notice(m, "What you read from now on is found here, and the threads read already");
}

/* ---- facts ---- */
static void add_size(struct buf *out, int64_t bytes) {
    const double mb = (double)bytes / (1024 * 1024);

    (void)buf_addf(out, mb < 10 ? "%.1f MB" : "%.0f MB", mb);
}

static const char *choice_name(const struct index_state *x) {
    return x->choice == INDEX_ALL ? "every server" : x->choice == INDEX_OFF ? "off" : "this server";
}

static void fact_row(const struct model *m, struct panel *p) {
    const struct index_state *x = m->priv->index;
    auto_buf struct buf text = {.max = 1024};

    if (x->facts_known) {
        (void)buf_addf(&text, "%lld session%s \xc2\xb7 %lld message%s \xc2\xb7 ",
                       (long long)x->facts.sessions, x->facts.sessions == 1 ? "" : "s",
                       (long long)x->facts.messages, x->facts.messages == 1 ? "" : "s");
        add_size(&text, x->facts.bytes);
        (void)buf_adds(&text, " of ");
        add_size(&text, x->most);
        (void)buf_adds(&text, " \xc2\xb7 ");
    }
    (void)buf_adds(&text, choice_name(x));
    panel_add_text(p, 0, buf_str(&text), text.n)->tone = TONE_DIM;
}

static void action_rows(const struct model *m, struct panel *p) {
    const struct index_state *x = m->priv->index;
    struct panel_row *row = panel_add(p, ROW_ACTION, TAG_CHANGE, "change what is kept", NULL);

    row->help = x->fixed ? "config.ini says it" : NULL;
    if (!x->facts_known || x->facts.bytes == 0)
        return;
    row = panel_add(p, ROW_ACTION, TAG_FORGET_ALL, "forget everything", NULL);
    row->destroys = "everything the index has of this server";
}

/* ---- results ---- */
/* 14:02, 23 Nov, 23 Nov 2025: as much as tells it from now. */
static const char *when(const struct model *m, struct panel *p, int64_t at) {
    const struct panel_words full = panel_time(at), now = panel_time(m->real);
    const char *year = strlen(full.s) > 14 ? full.s + strlen(full.s) - 13 : full.s;
    const size_t day = full.s[0] ? (size_t)(year - full.s) - 1 : 0;

    if (full.s[0] == '\0')
        return "";
    if (strncmp(full.s, now.s, day + 5) == 0 && now.s[day] == ' ')
        return arena_strndup(&p->rows_arena, year + 5, 5);
    if (strlen(now.s) > 14 && strncmp(year, now.s + strlen(now.s) - 13, 4) == 0)
        return arena_strndup(&p->rows_arena, full.s, day);
    return arena_strndup(&p->rows_arena, full.s, day + 5);
}

static const char *title_of(const struct model *m, const char *session, const char *title) {
    const struct session *s = model_session(m, session);

    if (s && (!str_blank(s->title) || str_blank(title)))
        return session_title(s);
    return str_blank(title) ? session : title; /* a server that is away has told no titles */
}

static const char *one_line(struct panel *p, const struct index_row *r) {
    char *text = arena_strndup(&p->rows_arena, r->text, r->len);

    for (char *c = text; *c; c++)
        *c = *c == '\n' || *c == '\t' || *c == '\r' ? ' ' : *c;
    return text;
}

static void result_rows(const struct model *m, struct panel *p) {
    const struct task *found = m->priv->index->found;

    for (size_t i = 0; found && i < found->index.n_rows; i++) {
        const struct index_row *r = &found->index.rows[i];
        struct panel_row *row = panel_add(
            p, ROW_FOUND, TAG_RESULT, title_of(m, r->session, r->title), "%s%s%s%s",
            when(m, p, r->at), r->at > 0 ? " \xc2\xb7 " : "", r->role == 'u' ? "you" : "mix",
            m->sessions_loaded && !model_session(m, r->session) ? " \xc2\xb7 gone from the server"
                                                                : "");

        row->help = one_line(p, r);
        row->index = i;
    }
}

static void say_state(const struct model *m, struct panel *p) {
    const struct index_state *x = m->priv->index;
    const char *say = NULL;

    if (x->found && x->find_err.rc != RC_OK && x->find_err.rc != RC_CANCELLED)
        say = x->find_err.text;
    else if (p->filter.text.n == 0)
        say = "Type words, or \"a phrase\"; the last word may be its beginning.";
    else if (x->found && x->found->index.n_rows == 0 && !x->finding)
        say = "Nothing that was read here has all of these words.";
    else if (x->found && x->found->index.more)
        say = "More fit: the best of the newest are shown.";
    if (say)
        panel_add_text(p, 0, say, (size_t)-1)->tone = TONE_DIM;
}

static void index_rows(const struct model *m, struct panel *p) {
    const struct index_state *x = m->priv->index;

    if (x->failed) {
        panel_add_text(p, 0, "The index is off until mixtui starts again:", (size_t)-1);
        panel_add_text(p, 0, x->err.text, (size_t)-1)->tone = TONE_BAD;
        return;
    }
    if (!x->known)
        return;
    if (is_asking(m, p)) {
        choice_rows(m, p);
        return;
    }
    fact_row(m, p);
    if (x->choice == INDEX_OFF)
        panel_add_text(p, 0, "The index is off: nothing that you read is kept, or found here.",
                       (size_t)-1);
    else
        say_state(m, p);
    if (p->filter.text.n > 0 && index_on(m))
        result_rows(m, p);
    if (p->filter.text.n == 0 || !index_on(m))
        action_rows(m, p);
}

static void index_typed(struct model *m, struct panel *p, const struct panel_row *row,
                        struct effects *fx) {
    (void)row;
    index_ask(m, buf_str(&p->filter.text), fx);
}

static void index_enter(struct model *m, struct panel *p, const struct panel_row *row,
                        struct effects *fx) {
    struct index_state *x = m->priv->index;
    struct asking *a = p->data;

    switch (row->tag) {
    case TAG_PROFILE:
    case TAG_ALL:
    case TAG_OFF:
        choose(m, p, row->tag, fx);
        break;
    case TAG_CHANGE:
        a->changing = true;
        p->cursor = 0;
        settle(m, p);
        break;
    case TAG_FORGET_ALL:
        index_forget(m, NULL, fx);
        act_notice(m, "Forgotten: the files of the index are gone");
        break;
    case TAG_RESULT:
        if (x->found && row->index < x->found->index.n_rows) {
            index_choose_place(m, &x->found->index.rows[row->index]);
            index_go(m, fx);
        }
        break;
    default:
        break;
    }
}

static void index_panel_close(struct model *m, struct panel *p) {
    struct index_state *x = m->priv->index;

    set_string(&x->asked, NULL);
    x->ask_again = false;
    task_free(TAKE(x->found));
    free(TAKE(p->data));
}

const struct panel_spec panel_index = {
    .title = "Search all sessions",
    .why_not = why_index,
    .open = index_panel_open,
    .rows = index_rows,
    .enter = index_enter,
    .changed = index_typed,
    .close = index_panel_close,
    .filtered = true,
    .asks = true,
    .wide = true,
};

/* ---- a result as the index has it ---- */
static const char *why_indexed(const struct model *m) {
    return m->priv->index->chosen_place.session ? NULL : "search first";
}

static void indexed_open(struct model *m, struct panel *p, struct effects *fx) {
    const struct index_place *at = &m->priv->index->chosen_place;

    set_string(&p->title, title_of(m, at->session, at->title));
    index_ask_text(m, fx);
}

static bool is_chosen(const struct model *m, const struct index_row *r) {
    const struct index_place *at = &m->priv->index->chosen_place;

    return str_eq(r->message, at->message) && r->role == at->role;
}

static void indexed_rows(const struct model *m, struct panel *p) {
    const struct index_state *x = m->priv->index;
    const struct task *t = x->read;
    struct panel_row *row;

    if (!t)
        return;
    panel_add_text(p, 0, "This is the search index: text only, as it was when it was read here.",
                   (size_t)-1)
        ->tone = TONE_DIM;
    for (size_t i = 0; i < t->index.n_rows; i++) {
        const struct index_row *r = &t->index.rows[i];

        row = panel_add(p, ROW_VALUE, TAG_MESSAGE, r->role == 'u' ? "you" : "mix", "%s",
                        panel_time(r->at).s);
        row->index = i;
        row->tone = is_chosen(m, r) ? TONE_GOOD : TONE_DIM;
        row = panel_add_text(p, TAG_MESSAGE, r->text, r->len);
        row->indent = 2;
    }
    if (t->index.n_rows == 0) {
        panel_add_text(p, 0, t->err.rc == RC_OK ? "The index has it no more." : t->err.text,
                       (size_t)-1);
        return;
    }
    row = panel_add(p, ROW_ACTION, TAG_FORGET, "forget this session here", NULL);
    row->destroys = "what the index has of this session; the server keeps its own";
}

/* The cursor goes to the message once it is there. */
static void indexed_arrived(struct model *m, struct panel *p) {
    const struct task *t = m->priv->index->read;

    panel_fresh(m);
    for (size_t i = 0; t && i < p->n_rows; i++)
        if (p->rows[i].tag == TAG_MESSAGE && p->rows[i].kind == ROW_VALUE &&
            is_chosen(m, &t->index.rows[p->rows[i].index])) {
            p->cursor = i;
            p->reveal = true;
        }
}

void index_arrived(struct model *m) {
    if (m->ui.panel && m->ui.panel->id == PANEL_INDEXED)
        indexed_arrived(m, m->ui.panel);
}

static void indexed_enter(struct model *m, struct panel *p, const struct panel_row *row,
                          struct effects *fx) {
    if (row->tag != TAG_FORGET)
        return;
    index_forget(m, m->priv->index->chosen_place.session, fx);
    index_place_fini(&m->priv->index->chosen_place);
    act_notice(m, "Forgotten on this computer");
    act_panel_close(m, p);
}

static void indexed_close(struct model *m, struct panel *p) {
    (void)p;
    m->priv->index->reading = 0;
    task_free(TAKE(m->priv->index->read));
}

const struct panel_spec panel_indexed = {
    .title = "From the index",
    .why_not = why_indexed,
    .open = indexed_open,
    .rows = indexed_rows,
    .enter = indexed_enter,
    .close = indexed_close,
    .wide = true,
};
