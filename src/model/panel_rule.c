/* panel_rule.c - the editor of a rule, made from a request or from what the log has. It never
 * answers the request that it is made from. */
#include "mix/wire.h"
#include "panels.h"
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RULE_MAX = 4096, UNTIL_MAX = 64, SUGGESTED = 8, LOG_BYTES = 256 * 1024 };
enum { HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS };
static const int64_t longest_ms = (int64_t)3660 * DAY_MS;
enum { R_TEXT, R_RULE, R_SUGGEST, R_ANSWER, R_SCOPE, R_EXPIRY, R_UNTIL, R_SAVE };

static const char *const answers[] = {"allow", "deny"};
static const char *const expiries[] = {"never", "in 1 hour", "today", "in 1 week", "typed"};
enum { UNTIL_NEVER, UNTIL_HOUR, UNTIL_TODAY, UNTIL_WEEK, UNTIL_TYPED };

struct rule_editor {
    struct rule_draft *from;
    enum rule_scope scopes[3]; /* of the choices, in their order */
    size_t n_scopes;
    struct audit_row *log; /* what was answered lately */
    size_t n_log;
    struct arena log_arena;
    bool log_known;
    uint32_t reading, saving; /* tasks; 0: none */
    bool saved;
};

/* ---- opening ---- */
static const char *no_rules(const struct model *m) {
    return m->state_dir ? NULL : "nothing is kept on this computer: there is no state directory";
}

const char *act_rule_why_not(const struct model *m) {
    const struct ask *a = model_selected_ask(m);

    if (!a)
        return "no request is selected";
    if (a->kind != ASK_PERMISSION)
        return "this is a question: only you can answer it";
    if (!a->uncut)
        return "read it to its end first: v";
    return no_rules(m);
}

void rule_edit(struct model *m, struct rule_draft *d, enum rule_where where, struct effects *fx) {
    struct rules_state *r = rules_of(m);

    rule_draft_free(r->draft);
    r->draft = d;
    if (where == RULE_ABOVE)
        (void)act_panel_push(m, PANEL_RULE, fx);
    else
        act_panel_open(m, PANEL_RULE, fx);
    rule_draft_free(TAKE(r->draft)); /* it did not open */
}

static struct session *root_of(struct session *s) {
    for (int depth = 0; s->parent && s->parent->id && depth < 100; depth++)
        s = s->parent;
    return s;
}

void act_rule_new(struct model *m, struct effects *fx) {
    const char *why = act_rule_why_not(m);
    const struct ask *a = model_selected_ask(m);

    if (why) {
        act_notice(m, "%s", why);
        return;
    }
    struct rule_draft *d = xcalloc(1, sizeof *d);

    ruling_ask_of(&d->ask, &d->arena, a->owner ? a->owner : m, a);
    d->session_title = arena_strdup(&d->arena, session_title(root_of(a->session)));
    d->live = true;
    rule_edit(m, d, RULE_OVER_PANES, fx);
}

static void suggest(struct panel *p, const struct rule_draft *from) {
    const char *found[SUGGESTED];
    const size_t n = policy_suggest(&p->arena, &from->ask, found, SUGGESTED);
    const char *first = n > 0 ? found[0] : from->ask.tool;

    if (n > 0)
        (void)panel_choices(p, R_SUGGEST, found, n);
    if (from->rule_text)
        first = from->rule_text;
    for (size_t i = 0; i < n; i++)
        if (str_eq(found[i], first))
            panel_field(p, R_SUGGEST)->choice = i;
    editor_set(&panel_text(p, R_RULE, RULE_MAX, ONE_LINE)->text, first ? first : "");
}

static void add_scope(struct rule_editor *d, const char **labels, enum rule_scope scope,
                      const char *label) {
    labels[d->n_scopes] = label;
    d->scopes[d->n_scopes++] = scope;
}

static void rule_open(struct model *m, struct panel *p, struct effects *fx) {
    struct rule_editor *d = xcalloc(1, sizeof *d);
    const char *scopes[3];

    p->data = d;
    d->from = TAKE(rules_of(m)->draft);
    if (!d->from)
        return;
    suggest(p, d->from);
    (void)panel_choices(p, R_ANSWER, answers, MIX_COUNT(answers));
    if (d->from->ask.sessions && d->from->ask.sessions[0])
        add_scope(d, scopes, RULE_SESSION, "this session");
    if (!str_blank(d->from->ask.work_dir))
        add_scope(d, scopes, RULE_DIRECTORY, "this server and directory");
    add_scope(d, scopes, RULE_ALWAYS, "always");
    (void)panel_choices(p, R_SCOPE, scopes, d->n_scopes);
    (void)panel_choices(p, R_EXPIRY, expiries, MIX_COUNT(expiries));
    (void)panel_text(p, R_UNTIL, UNTIL_MAX, ONE_LINE);
    struct task *t = rules_start(m, TASK_AUDIT_READ, NULL, fx);

    t->most = LOG_BYTES;
    d->reading = t->id;
}

/* ---- times ---- */
static int64_t day_end(int64_t real) {
    const time_t s = (time_t)(real / 1000);
    struct tm t;

    if (!localtime_r(&s, &t))
        return real + DAY_MS;
    t.tm_hour = 23;
    t.tm_min = 59;
    t.tm_sec = 59;
    t.tm_isdst = -1;
    return (int64_t)mktime(&t) * 1000 + 999;
}

/* 90m, 2d, 1h30m; 0: it is none */
static int64_t span(const char *s) {
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'m', 60 * 1000}, {'h', HOUR_MS}, {'d', DAY_MS}, {'w', (int64_t)7 * DAY_MS}};
    int64_t sum = 0;

    while (*s) {
        int64_t n = 0;
        size_t u = 0;

        if (*s < '0' || *s > '9')
            return 0;
        for (; *s >= '0' && *s <= '9' && n < 1000000; s++)
            n = 10 * n + (*s - '0');
        while (u < MIX_COUNT(units) && units[u].unit != *s)
            u++;
        if (u == MIX_COUNT(units))
            return 0;
        sum += n * units[u].ms;
        if (sum > longest_ms)
            return longest_ms + 1;
        s++;
        s += strspn(s, " ");
    }
    return sum;
}

/* 2026-12-01, 2026-12-01 14:30, 14:30; 0: it is none */
static int64_t moment(const char *s, int64_t real) {
    const time_t now = (time_t)(real / 1000);
    struct tm t = {.tm_sec = 59};
    int year, month, day, hour = 23, minute = 59, used = 0;

    if (!localtime_r(&now, &t))
        return 0;
    if (sscanf(s, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 && used > 0) {
        t.tm_year = year - 1900;
        t.tm_mon = month - 1;
        t.tm_mday = day;
        s += used;
        used = 0;
        t.tm_sec = *s ? 0 : 59;
        s += strspn(s, " T");
        if (*s && (sscanf(s, "%2d:%2d%n", &hour, &minute, &used) != 2 || s[used]))
            return 0;
        if (month < 1 || month > 12 || day < 1 || day > 31)
            return 0;
    } else if (sscanf(s, "%2d:%2d%n", &hour, &minute, &used) != 2 || used == 0 || s[used]) {
        return 0;
    } else {
        t.tm_sec = 0;
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return 0;
    t.tm_hour = hour;
    t.tm_min = minute;
    t.tm_isdst = -1;
    return (int64_t)mktime(&t) * 1000;
}

/* When the rule ends; *why: it cannot be told. 0: never. */
static int64_t expiry_of(const struct model *m, struct panel *p, const char **why) {
    const char *typed = panel_value(p, R_UNTIL);
    int64_t at;

    *why = NULL;
    switch (panel_field(p, R_EXPIRY)->choice) {
    case UNTIL_HOUR:
        return m->real + HOUR_MS;
    case UNTIL_TODAY:
        return day_end(m->real);
    case UNTIL_WEEK:
        return m->real + (int64_t)7 * DAY_MS;
    case UNTIL_TYPED:
        at = span(typed);
        at = at > 0 ? m->real + at : moment(typed, m->real);
        if (at == 0)
            *why = "like 90m, 2d, 18:30, 2026-12-01 or 2026-12-01 14:30";
        else if (at <= m->real)
            *why = "that time is over";
        else if (at - m->real > longest_ms)
            *why = "at most ten years";
        return at;
    default:
        return 0;
    }
}

/* ---- the rule as it stands ---- */
static enum rule_scope scope_of(struct panel *p) {
    const struct rule_editor *d = p->data;
    const size_t at = panel_field(p, R_SCOPE)->choice;

    return at < d->n_scopes ? d->scopes[at] : RULE_SESSION;
}

static const char *root_id(const struct rule_draft *from) {
    const char *const *ids = from->ask.sessions;

    for (; ids[0] && ids[1]; ids++)
        ;
    return ids[0];
}

/* A fresh id: nobody else makes the same rule in the same millisecond. */
static void make_id(char out[24], const struct model *m, const char *text) {
    uint64_t hash = 1469598103934665603U ^ (uint64_t)m->real;

    hash = (hash ^ (uint64_t)m->now) * 1099511628211U;
    for (const char *s = text; *s; s++)
        hash = (hash ^ (unsigned char)*s) * 1099511628211U;
    snprintf(out, 24, "r%010llx", (unsigned long long)(hash >> 24));
}

/* RC_OK: r is whole and has to be ended. */
static enum rc rule_now(const struct model *m, struct panel *p, struct policy_rule *r,
                        struct err *err) {
    const struct rule_editor *d = p->data;
    const char *text = panel_value(p, R_RULE), *why;

    *r = (struct policy_rule){.made = m->real, .scope = scope_of(p)};
    const enum rc rc = rule_parse(&r->rule, text, err);

    if (rc != RC_OK)
        return rc;
    r->text = xstrdup(text);
    r->deny = panel_field(p, R_ANSWER)->choice == 1;
    r->expires = expiry_of(m, p, &why);
    if (r->scope != RULE_ALWAYS)
        r->server = xstrdup(d->from->ask.server);
    if (r->scope == RULE_SESSION)
        r->session = xstrdup(root_id(d->from));
    if (r->scope == RULE_DIRECTORY)
        r->directory = xstrdup(d->from->ask.work_dir);
    make_id(r->id, m, text);
    return RC_OK;
}

/* ---- rows ---- */
static const struct ask *request_of(const struct model *m, const struct rule_draft *from) {
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);

    for (size_t i = 0; from->live && i < n; i++) {
        const struct model *owner = asks[i]->owner ? asks[i]->owner : m;

        if (str_eq(asks[i]->id, from->ask.id) && str_eq(owner->server.key, from->ask.server))
            return asks[i];
    }
    return NULL;
}

static bool asks_still(const struct model *m, const struct rule_draft *from) {
    const struct ask *a = request_of(m, from);

    return a && ask_answerable(a) && a->deadline > m->now;
}

/* The request goes on waiting: its countdown stands in the title. */
static void say_title(const struct model *m, struct panel *p) {
    const struct rule_editor *d = p->data;
    const struct ask *a = request_of(m, d->from);
    char title[64] = "New rule";

    if (asks_still(m, d->from))
        snprintf(title, sizeof title, "New rule \xc2\xb7 the request waits 0:%02d",
                 (int)((a->deadline - m->now + 999) / 1000 % 60));
    else if (d->from->live)
        snprintf(title, sizeof title, "New rule \xc2\xb7 the request %s",
                 a && a->state != ASK_EXPIRED ? "is answered" : "has expired");
    if (m->ui.ascii) {
        char *dot = strstr(title, "\xc2\xb7");

        if (dot) {
            *dot = '-';
            memmove(dot + 1, dot + 2, strlen(dot + 2) + 1);
        }
    }
    set_string(&p->title, title);
}

static const char *scope_help(struct panel *p) {
    const struct rule_draft *from = ((const struct rule_editor *)p->data)->from;

    switch (scope_of(p)) {
    case RULE_SESSION:
        return arena_printf(&p->rows_arena, "\"%s\" and its sub-agents",
                            from->session_title ? from->session_title : "it");
    case RULE_DIRECTORY:
        return arena_printf(&p->rows_arena, "sessions that work in %s", from->ask.work_dir);
    case RULE_ALWAYS:
        break;
    }
    return "every session of every server, those that come as well";
}

static void live_row(struct panel *p, const char *label, bool good, const char *text) {
    struct panel_row *row = panel_add(p, ROW_TEXT, R_TEXT, NULL, "%s%s", label, text);

    row->tone = good ? TONE_GOOD : TONE_BAD;
}

static bool in_chain(const struct rule_draft *from, const char *session) {
    for (const char *const *id = from->ask.sessions; *id; id++)
        if (str_eq(*id, session))
            return true;
    return false;
}

/* The log does not tell directories: those of the server are taken together. */
static bool row_fits(const struct rule_draft *from, const struct policy_rule *r,
                     const struct audit_row *row) {
    if (r->scope != RULE_ALWAYS && !str_eq(r->server, row->server))
        return false;
    if (r->scope == RULE_SESSION && !in_chain(from, row->session))
        return false;
    return rule_matches(&r->rule, row->tool, row->object) &&
           (r->deny || !rule_hidden(row->object ? row->object : ""));
}

static void log_row(struct panel *p, const struct policy_rule *r) {
    const struct rule_editor *d = p->data;
    size_t fits = 0;

    if (!d->log_known || d->n_log == 0)
        return;
    for (size_t i = 0; i < d->n_log; i++)
        fits += row_fits(d->from, r, &d->log[i]);
    panel_add(p, ROW_TEXT, R_TEXT, NULL, "of the last %zu answers in the log: it fits %zu",
              d->n_log, fits)
        ->tone = TONE_DIM;
}

/* What the rule would do, as it is typed. Why it cannot be saved, or NULL; *risk: it is broad. */
static const char *live_rows(const struct model *m, struct panel *p, const char **risk) {
    const struct rule_editor *d = p->data;
    struct policy_rule r;
    struct err err = {.rc = RC_OK};
    const char *until_bad;

    *risk = NULL;
    (void)expiry_of(m, p, &until_bad);
    if (rule_now(m, p, &r, &err) != RC_OK) {
        live_row(p, "not a rule: ", false, err.text);
        policy_rule_fini(&r);
        return "it is not a rule yet";
    }
    const char *why = policy_why_not(&r, &d->from->ask, m->real);
    const char *which = d->from->live ? "one like this request: " : "what was granted: ";

    live_row(p, which, !why, why ? why : r.deny ? "would be denied" : "would be granted");
    log_row(p, &r);
    if (r.expires > 0 && !until_bad)
        panel_add(p, ROW_TEXT, R_TEXT, NULL, "it ends %s", panel_time(r.expires).s)->tone =
            TONE_DIM;
    *risk = rule_broad(&p->rows_arena, &r);
    if (*risk)
        live_row(p, "broad: ", false, *risk);
    else if (!why && (*risk = rule_severe(&p->rows_arena, &r, &d->from->ask)))
        live_row(p, "severe: ", false, *risk);
    policy_rule_fini(&r);
    return until_bad ? "its end is not known" : NULL;
}

static void rule_rows(const struct model *m, struct panel *p) {
    const struct rule_editor *d = p->data;
    const char *risk;

    if (!d->from)
        return;
    say_title(m, p);
    panel_add_field(p, ROW_FIELD, R_RULE, "rule",
                    "Enter saves; TOOL, TOOL:begin*, TOOL:=exactly or TOOL:/a/path/**");
    if (panel_field(p, R_SUGGEST)->choices.n > 0)
        panel_add_field(p, ROW_CHOICE, R_SUGGEST, "suggested", "puts it into the line above");
    panel_add_field(p, ROW_CHOICE, R_ANSWER, "answer", "deny beats allow");
    panel_add_field(p, ROW_CHOICE, R_SCOPE, "holds for", scope_help(p));
    panel_add_field(p, ROW_CHOICE, R_EXPIRY, "ends", NULL);
    if (panel_field(p, R_EXPIRY)->choice == UNTIL_TYPED) {
        const char *why;

        (void)expiry_of(m, p, &why);
        panel_add_field(p, ROW_FIELD, R_UNTIL, "at", why ? why : "90m, 2d, a time or a date");
    }
    panel_add(p, ROW_HEADING, R_TEXT, "", NULL);
    const char *why_not = live_rows(m, p, &risk);
    struct panel_row *row = panel_add(p, ROW_ACTION, R_SAVE, "save the rule", NULL);

    row->help = asks_still(m, d->from) ? "this request still waits for your answer" : NULL;
    row->why_not = d->saving ? "it is being saved" : why_not;
    row->destroys = risk;
}

/* ---- doing ---- */
static void rule_changed(struct model *m, struct panel *p, const struct panel_row *row,
                         struct effects *fx) {
    (void)fx;
    if (row && row->tag == R_SUGGEST && panel_chosen(p, R_SUGGEST))
        editor_set(&panel_field(p, R_RULE)->text, panel_chosen(p, R_SUGGEST));
    panel_touch(m, p);
}

/* Enter in a line of text saves at once: a request waits behind this. */
static void save_from_field(struct model *m, struct panel *p, struct effects *fx) {
    size_t at = 0;

    while (at < p->n_rows && p->rows[at].tag != R_SAVE)
        at++;
    if (at == p->n_rows)
        return;
    if (p->rows[at].why_not) { /* the caret stays where it can be mended */
        act_notice(m, "%s: %s", p->rows[at].label, p->rows[at].why_not);
        return;
    }
    p->cursor = at;
    p->reveal = true;
    act_panel_enter(m, fx);
}

static void rule_enter(struct model *m, struct panel *p, const struct panel_row *row,
                       struct effects *fx) {
    struct rule_editor *d = p->data;
    auto_buf struct buf line = {.max = 64 * 1024};
    struct policy_rule r;
    struct err err = {.rc = RC_OK};

    if (row->kind == ROW_FIELD) {
        save_from_field(m, p, fx);
        return;
    }
    if (row->tag != R_SAVE || d->saving)
        return;
    enum rc rc = rule_now(m, p, &r, &err);

    if (rc == RC_OK)
        rc = policy_write_rule(&line, &r, &err);
    policy_rule_fini(&r);
    if (rc != RC_OK) {
        panel_complain(m, p, R_RULE, arena_strdup(&p->arena, err.text));
        return;
    }
    d->saving = rules_start(m, TASK_RULES_ADD, buf_str(&line), fx)->id;
    panel_touch(m, p);
}

static void took_log(struct model *m, struct panel *p, const struct task *t) {
    struct rule_editor *d = p->data;

    d->reading = 0;
    if (t->err.rc != RC_OK)
        return; /* the log's own screen tells why */
    d->n_log = audit_rows(&d->log, &d->log_arena, t->data, t->len);
    d->log_known = true;
    panel_touch(m, p);
}

void rule_panel_task(struct model *m, struct panel *p, struct task *t, struct effects *fx) {
    struct rule_editor *d = p->data;

    (void)fx;
    if (t->id == d->reading) {
        took_log(m, p, t);
        return;
    }
    if (t->id != d->saving)
        return;
    d->saving = 0;
    panel_touch(m, p);
    if (t->err.rc != RC_OK) {
        act_error(m, &t->err, "The rule was not saved");
        return;
    }
    d->saved = true;
    act_notice(m, "Saved: %.200s is %s, for requests from now on", panel_value(p, R_RULE),
               panel_field(p, R_ANSWER)->choice == 1 ? "denied" : "granted");
    act_panel_close(m, p);
}

static bool rule_unsaved(const struct panel *p) {
    const struct rule_editor *d = p->data;

    return p->touched && !d->saved;
}

static void rule_close(struct model *m, struct panel *p) {
    struct rule_editor *d = p->data;

    (void)m;
    rule_draft_free(d->from);
    free(d->log);
    arena_free(&d->log_arena);
    free(d);
}

static const char *rule_why_not(const struct model *m) {
    const char *why = no_rules(m);

    if (why)
        return why;
    return m->priv->rules && m->priv->rules->draft ? NULL : "choose a request first";
}

const struct panel_spec panel_rule = {
    .title = "New rule",
    .why_not = rule_why_not,
    .open = rule_open,
    .rows = rule_rows,
    .enter = rule_enter,
    .changed = rule_changed,
    .close = rule_close,
    .unsaved = rule_unsaved,
    .wide = true,
    .prompt = true,
};
