/* panel_rules.c - every rule there is, what it did, and what the log suggests for more of them. */
#include "panels.h"
#include "rules.h"

#include <stdlib.h>
#include <string.h>

enum {
    TAG_TEXT,
    TAG_RULE,
    TAG_BAD,
    TAG_FACT,
    TAG_REVOKE,
    TAG_GONE,
    TAG_RESTORE,
    TAG_SUGGESTED,
    LOG_BYTES = 1024 * 1024,
    PATTERNS = 3,
    SUGGESTED_MOST = 8,
    LEAST_TIMES = 2,
    GROUPS_MOST = 500
};
/* What was granted by hand again and again. */
struct group {
    const char *pattern;         /* in the log's arena */
    const struct audit_row *row; /* the newest of them */
    size_t times;
};
struct gone {
    char *line, *text;
};
struct rules_screen {
    struct policy rules;
    size_t *order; /* rules, by last use */
    bool known;
    struct gone *gone; /* revoked here, oldest first */
    size_t n_gone, cap_gone;
    struct audit_row *log;
    size_t n_log;
    struct arena arena; /* of the log and the groups */
    struct group *groups;
    size_t n_groups;
    uint32_t reading, log_reading, changing;
    enum { NO_CHANGE, REVOKES, RESTORES } change;
    struct gone moving; /* what the change is about */
};

static const char *rules_why_not(const struct model *m) {
    return m->state_dir ? NULL : "nothing is kept on this computer: there is no state directory";
}

static void rules_open(struct model *m, struct panel *p, struct effects *fx) {
    (void)m;
    (void)fx;
    p->data = xcalloc(1, sizeof(struct rules_screen));
}

static void rules_load(struct model *m, struct panel *p, struct effects *fx) {
    struct rules_screen *d = p->data;

    d->reading = rules_start(m, TASK_RULES_READ, NULL, fx)->id;
    struct task *t = rules_start(m, TASK_AUDIT_READ, NULL, fx);

    t->most = LOG_BYTES;
    d->log_reading = t->id;
    p->loading += 2;
    panel_touch(m, p);
}

/* ---- taking in ---- */
static int64_t freshness(const struct policy_rule *r) {
    return r->off ? -1 : r->used > 0 ? r->used : 0;
}

/* Used last comes first, then made last; bad lines at the end, in their order. */
static bool comes_before(const struct policy_rule *a, const struct policy_rule *b) {
    if (freshness(a) != freshness(b))
        return freshness(a) > freshness(b);
    return !a->off && a->made > b->made;
}

static void sort(struct rules_screen *d) {
    free(d->order);
    d->order = xcalloc(d->rules.n ? d->rules.n : 1, sizeof *d->order);
    for (size_t i = 0; i < d->rules.n; i++) {
        size_t at = i;

        for (; at > 0 && comes_before(&d->rules.rules[i], &d->rules.rules[d->order[at - 1]]); at--)
            d->order[at] = d->order[at - 1];
        d->order[at] = i;
    }
}

static void take_rules(struct rules_screen *d, const struct task *t) {
    policy_fini(&d->rules);
    policy_read(&d->rules, t->data, t->len, t->used, t->n_used);
    sort(d);
    d->known = true;
}

static struct group *group_of(struct rules_screen *d, const char *pattern) {
    for (size_t i = 0; i < d->n_groups; i++)
        if (str_eq(d->groups[i].pattern, pattern))
            return &d->groups[i];
    if (d->n_groups >= GROUPS_MOST)
        return NULL;
    struct group *g = &d->groups[d->n_groups++];

    *g = (struct group){.pattern = pattern};
    return g;
}

static struct ruling_ask ask_of(struct arena *a, const struct audit_row *row) {
    const char **ids = arena_alloc(a, 2 * sizeof *ids);

    ids[0] = row->session;
    ids[1] = NULL;
    return (struct ruling_ask){.id = row->request,
                               .tool = row->tool,
                               .object = row->object,
                               .server = row->server,
                               .sessions = ids,
                               .title = row->title};
}

/* Its object is whole: neither cut nor redacted. */
static bool is_whole(const struct audit_row *row) {
    return row->object && row->bytes == (int64_t)strlen(row->object);
}

static bool by_hand(const struct audit_row *row) {
    return str_eq(row->answer, "grant") && !str_eq(row->by, "rule");
}

/* What is held before it is granted by hand is nothing to grant unseen. */
static bool is_severe(const struct ruling_ask *ask) {
    struct risk_mark marks[PATTERNS];
    const size_t n = risk_look(ask, marks, PATTERNS);

    return n > 0 && marks[0].level == RISK_SEVERE;
}

/* The narrowest pattern that is more than this one call. */
static const char *pattern_of(struct rules_screen *d, const struct ruling_ask *ask) {
    const char *found[PATTERNS];
    const size_t n = policy_suggest(&d->arena, ask, found, PATTERNS);

    return n == 0 ? NULL : found[n > 1 ? 1 : 0];
}

static void take_log(struct rules_screen *d, const struct task *t) {
    free(d->log);
    free(d->groups);
    arena_free(&d->arena);
    d->arena = (struct arena){0};
    d->n_log = audit_rows(&d->log, &d->arena, t->data, t->len);
    d->groups = xcalloc(GROUPS_MOST, sizeof *d->groups);
    d->n_groups = 0;
    for (size_t i = 0; i < d->n_log; i++) {
        const struct audit_row *row = &d->log[i];

        if (!by_hand(row) || !is_whole(row))
            continue;
        const struct ruling_ask ask = ask_of(&d->arena, row);
        const char *pattern = policy_hides(&ask) || is_severe(&ask) ? NULL : pattern_of(d, &ask);
        struct group *g = pattern ? group_of(d, pattern) : NULL;

        if (g) {
            g->times++;
            g->row = row;
        }
    }
    for (size_t i = 1; i < d->n_groups; i++) {
        const struct group g = d->groups[i];
        size_t at = i;

        for (; at > 0 && d->groups[at - 1].times < g.times; at--)
            d->groups[at] = d->groups[at - 1];
        d->groups[at] = g;
    }
}

static void gone_fini(struct gone *g) {
    free(TAKE(g->line));
    free(TAKE(g->text));
}

/* The change is in the file. */
static void changed(struct model *m, struct rules_screen *d) {
    if (d->change == REVOKES) {
        d->gone = xgrow(d->gone, d->n_gone, &d->cap_gone, sizeof *d->gone);
        act_notice(m, "Revoked: %.200s. It can be added back until this screen closes",
                   d->moving.text);
        d->gone[d->n_gone++] = d->moving;
        d->moving = (struct gone){0};
        return;
    }
    size_t at = 0;

    act_notice(m, "Added back: %.200s", d->moving.text);
    while (at < d->n_gone && !str_eq(d->gone[at].line, d->moving.line))
        at++;
    if (at == d->n_gone)
        return;
    gone_fini(&d->gone[at]);
    memmove(d->gone + at, d->gone + at + 1, (d->n_gone - at - 1) * sizeof *d->gone);
    d->n_gone--;
}

static void took_change(struct model *m, struct panel *p, const struct task *t,
                        struct effects *fx) {
    struct rules_screen *d = p->data;

    d->changing = 0;
    if (t->err.rc == RC_OK)
        changed(m, d);
    else
        act_error(m, &t->err, d->change == REVOKES ? "Not revoked" : "Not added back");
    gone_fini(&d->moving);
    d->change = NO_CHANGE;
    rules_load(m, p, fx);
}

void rules_panel_task(struct model *m, struct panel *p, struct task *t, struct effects *fx) {
    struct rules_screen *d = p->data;
    const bool rules = t->id == d->reading, log = t->id == d->log_reading;

    if (t->id == d->changing) {
        took_change(m, p, t, fx);
        return;
    }
    if (rules || log)
        panel_touch(m, p);
    if ((t->kind == TASK_RULES_READ || t->kind == TASK_AUDIT_READ) && (rules || log)) {
        p->loading--;
        if (t->err.rc != RC_OK)
            p->err = t->err;
    } else if (t->kind == TASK_RULES_ADD && t->err.rc == RC_OK) {
        rules_load(m, p, fx); /* of the editor above */
    }
    if (rules)
        d->reading = 0;
    if (log)
        d->log_reading = 0;
    if (rules && t->err.rc == RC_OK)
        take_rules(d, t);
    if (log && t->err.rc == RC_OK)
        take_log(d, t);
}

/* ---- rows ---- */
static void say_scope(struct buf *out, const struct model *m, const struct policy_rule *r) {
    const struct session *s = r->session ? model_session(m, r->session) : NULL;

    switch (r->scope) {
    case RULE_SESSION:
        (void)buf_addf(out, "session %.80s", s ? session_title(s) : r->session);
        break;
    case RULE_DIRECTORY:
        (void)buf_addf(out, "in %.120s", r->directory);
        break;
    case RULE_ALWAYS:
        (void)buf_adds(out, "always");
        break;
    }
}

static bool expired(const struct model *m, const struct policy_rule *r) {
    return r->expires > 0 && m->real >= r->expires;
}

static void details(struct panel *p, const struct policy_rule *r, size_t at) {
    auto_buf struct buf text = {.max = 64 * 1024};
    struct panel_row *row;

    panel_line(&text, "server", r->server);
    panel_line(&text, "session", r->session);
    panel_line(&text, "directory", r->directory);
    panel_line(&text, "made", panel_time(r->made).s);
    panel_line(&text, "ends", r->expires > 0 ? panel_time(r->expires).s : "never");
    panel_line(&text, "used last", r->used > 0 ? panel_time(r->used).s : "never");
    (void)buf_addf(&text, "id: %s, line %zu", r->id, r->line);
    row = panel_add_text(p, TAG_FACT, buf_str(&text), text.n);
    row->indent = 3;
    row->tone = TONE_DIM;
    row = panel_add(p, ROW_ACTION, TAG_REVOKE, "revoke it", NULL);
    row->index = at;
    row->indent = 3;
}

/* 14:02, else the day. */
static const char *when(const struct model *m, struct panel *p, int64_t at) {
    const struct panel_words full = panel_time(at), now = panel_time(m->real);
    const size_t n = strlen(full.s), day = n > 9 ? n - 9 : n;

    if (n == strlen(now.s) && strncmp(full.s, now.s, day) == 0 && n > 9)
        return arena_strndup(&p->rows_arena, full.s + day + 1, 5);
    return arena_strndup(&p->rows_arena, full.s, day);
}

static void rule_row(const struct model *m, struct panel *p, size_t at) {
    const struct rules_screen *d = p->data;
    const struct policy_rule *r = &d->rules.rules[at];
    auto_buf struct buf text = {.max = 4096};

    (void)buf_adds(&text, r->deny ? "deny  " : "allow  ");
    say_scope(&text, m, r);
    (void)buf_addf(&text, "  %lld hit%s", (long long)r->hits, r->hits == 1 ? "" : "s");
    if (r->used > 0)
        (void)buf_addf(&text, ", last %s", when(m, p, r->used));
    if (expired(m, r))
        (void)buf_adds(&text, "  expired");
    else if (r->expires > 0)
        (void)buf_addf(&text, "  until %s", when(m, p, r->expires));
    struct panel_row *row = panel_add(p, ROW_VALUE, TAG_RULE, r->text, "%s", buf_str(&text));

    row->index = at;
    row->tone = expired(m, r) ? TONE_DIM : r->deny ? TONE_BAD : TONE_PLAIN;
    if (panel_unfolded(p, TAG_RULE, at))
        details(p, r, at);
}

static void bad_rows(struct panel *p) {
    const struct rules_screen *d = p->data;

    if (d->rules.n_off == 0)
        return;
    panel_add(p, ROW_HEADING, TAG_TEXT, "Lines that are off, to be mended in the file", NULL);
    for (size_t i = 0; i < d->rules.n; i++) {
        const struct policy_rule *r = &d->rules.rules[i];

        if (!r->off)
            continue;
        struct panel_row *row = panel_add(
            p, ROW_VALUE, TAG_BAD, arena_printf(&p->rows_arena, "line %zu", r->line), "%s", r->off);

        row->index = r->line;
        row->tone = TONE_BAD;
        if (!panel_unfolded(p, TAG_BAD, r->line))
            continue;
        row = panel_add_text(p, TAG_FACT, r->text, (size_t)-1);
        row->indent = 3;
    }
}

static void gone_rows(struct panel *p) {
    const struct rules_screen *d = p->data;

    if (d->n_gone == 0)
        return;
    panel_add(p, ROW_HEADING, TAG_TEXT, "Revoked here", NULL);
    for (size_t i = d->n_gone; i-- > 0;) {
        struct panel_row *row =
            panel_add(p, ROW_ACTION, TAG_RESTORE, d->gone[i].text, "Enter adds it back");

        row->index = i;
        row->tone = TONE_DIM;
    }
}

/* A rule there is grants it already. */
static bool covered(const struct model *m, const struct rules_screen *d, const struct group *g,
                    struct arena *a) {
    const struct session *s = g->row->session ? model_session(m, g->row->session) : NULL;
    struct ruling_ask ask = ask_of(a, g->row);

    if (s && str_eq(g->row->server, m->server.key))
        ask.work_dir = s->work_dir;
    return policy_decide(&d->rules, &ask, m->real).verdict != VERDICT_ASK;
}

static void suggested_rows(const struct model *m, struct panel *p) {
    const struct rules_screen *d = p->data;
    size_t shown = 0;

    for (size_t i = 0; i < d->n_groups && shown < SUGGESTED_MOST; i++) {
        const struct group *g = &d->groups[i];

        if (g->times < LEAST_TIMES || covered(m, d, g, &p->rows_arena))
            continue;
        if (shown++ == 0)
            panel_add(p, ROW_HEADING, TAG_TEXT, "Granted by hand most: Enter makes a rule of it",
                      NULL);
        struct panel_row *row =
            panel_add(p, ROW_ACTION, TAG_SUGGESTED, g->pattern, "%zu times", g->times);

        row->index = i;
    }
}

static void rules_rows(const struct model *m, struct panel *p) {
    const struct rules_screen *d = p->data;

    panel_add(p, ROW_TEXT, TAG_TEXT, NULL, "%s/rules.jsonl", m->state_dir)->tone = TONE_DIM;
    for (size_t i = 0; i < d->rules.n; i++)
        if (!d->rules.rules[d->order[i]].off)
            rule_row(m, p, d->order[i]);
    if (d->known && d->rules.n == d->rules.n_off)
        panel_add(p, ROW_TEXT, TAG_TEXT, NULL,
                  "There are no rules: every request waits for you. "
                  "a in the permissions makes one.");
    bad_rows(p);
    gone_rows(p);
    suggested_rows(m, p);
}

/* ---- doing ---- */
static void revoke(struct model *m, struct panel *p, size_t at, struct effects *fx) {
    struct rules_screen *d = p->data;
    auto_buf struct buf line = {.max = 64 * 1024};
    struct err err;

    if (d->changing || at >= d->rules.n || d->rules.rules[at].off)
        return;
    const struct policy_rule *r = &d->rules.rules[at];

    if (policy_write_rule(&line, r, &err) != RC_OK) {
        act_error(m, &err, "Not revoked");
        return;
    }
    d->moving = (struct gone){xstrdup(buf_str(&line)), xstrdup(r->text)};
    d->change = REVOKES;
    d->changing = rules_start(m, TASK_RULES_REMOVE, r->id, fx)->id;
}

static void restore(struct model *m, struct panel *p, size_t at, struct effects *fx) {
    struct rules_screen *d = p->data;

    if (d->changing || at >= d->n_gone)
        return;
    d->moving = (struct gone){xstrdup(d->gone[at].line), xstrdup(d->gone[at].text)};
    d->change = RESTORES;
    d->changing = rules_start(m, TASK_RULES_ADD, d->moving.line, fx)->id;
}

static void make_rule(struct model *m, const struct rules_screen *d, size_t at,
                      struct effects *fx) {
    if (at >= d->n_groups)
        return;
    const struct group *g = &d->groups[at];
    const struct audit_row *row = g->row;
    const struct session *s = row->session ? model_session(m, row->session) : NULL;
    struct rule_draft *made = xcalloc(1, sizeof *made);
    struct arena *a = &made->arena;
    const char **ids = arena_alloc(a, 2 * sizeof *ids);
    const bool here = s && str_eq(row->server, m->server.key);

    ids[0] = row->session ? arena_strdup(a, row->session) : NULL;
    ids[1] = NULL;
    made->ask = (struct ruling_ask){
        .id = arena_strdup(a, row->request ? row->request : ""),
        .tool = arena_strdup(a, row->tool),
        .object = arena_strdup(a, row->object),
        .work_dir = here && s->work_dir ? arena_strdup(a, s->work_dir) : NULL,
        .server = arena_strdup(a, row->server ? row->server : ""),
        .sessions = ids,
    };
    made->session_title = arena_strdup(a, row->title ? row->title : "");
    made->rule_text = arena_strdup(a, g->pattern);
    rule_edit(m, made, RULE_ABOVE, fx);
}

static void rules_unfold(struct model *m, struct panel *p, const struct panel_row *row,
                         struct effects *fx) {
    (void)fx;
    if (row->tag == TAG_RULE || row->tag == TAG_BAD)
        panel_fold(m, p, row);
}

static void rules_enter(struct model *m, struct panel *p, const struct panel_row *row,
                        struct effects *fx) {
    switch (row->tag) {
    case TAG_REVOKE:
        revoke(m, p, row->index, fx);
        break;
    case TAG_RESTORE:
        restore(m, p, row->index, fx);
        break;
    case TAG_SUGGESTED:
        make_rule(m, p->data, row->index, fx);
        break;
    default:
        rules_unfold(m, p, row, fx);
        break;
    }
}

/* d: the one under the cursor goes; u: the last that went comes back. */
static void rules_key(struct model *m, struct panel *p, int key, struct effects *fx) {
    const struct rules_screen *d = p->data;
    const struct panel_row *row = panel_row_at(p);
    const bool is_rule = row && (row->tag == TAG_RULE || row->tag == TAG_REVOKE);

    if (key == 'd' && is_rule)
        revoke(m, p, row->index, fx);
    else if (key == 'd')
        act_notice(m, "revoke: choose a rule");
    else if (key == 'u' && d->n_gone > 0)
        restore(m, p, d->n_gone - 1, fx);
    else if (key == 'u')
        act_notice(m, "add back: nothing was revoked here");
}

static void rules_close(struct model *m, struct panel *p) {
    struct rules_screen *d = p->data;

    (void)m;
    policy_fini(&d->rules);
    free(d->order);
    for (size_t i = 0; i < d->n_gone; i++)
        gone_fini(&d->gone[i]);
    free(d->gone);
    gone_fini(&d->moving);
    free(d->log);
    free(d->groups);
    arena_free(&d->arena);
    free(d);
}

const struct panel_spec panel_rules = {
    .title = "Rules",
    .why_not = rules_why_not,
    .open = rules_open,
    .load = rules_load,
    .rows = rules_rows,
    .enter = rules_enter,
    .unfold = rules_unfold,
    .key = rules_key,
    .keys = "du",
    .close = rules_close,
    .wide = true,
};
