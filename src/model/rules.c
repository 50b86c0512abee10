/* rules.c - what the rules say to a request that arrives, and the audit log of what was answered.
 * The job thread reads the files; here its verdict becomes an answer, unless a person was first. */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

enum {
    LEAST_LEFT_MS = 1000, /* an answer that leaves later may not count */
    SLOW_MS = 1000,       /* a disk that hangs: whoever is there is called */
    SAY_MS = 60000,       /* between two notices of a failure */
    LINE_MAX_BYTES = 256 * 1024,
    OBJECT_MAX = 16 * 1024 * 1024,
    CHAIN_MAX = 32,
};

struct rules_state *rules_of(struct model *m) {
    if (!m->priv->rules)
        m->priv->rules = xcalloc(1, sizeof *m->priv->rules);
    return m->priv->rules;
}

void rule_draft_free(struct rule_draft *d) {
    if (!d)
        return;
    arena_free(&d->arena);
    free(d);
}

void rules_free(struct rules_state *r) {
    if (!r)
        return;
    rule_draft_free(r->draft);
    free(r);
}

/* ---- what is asked ---- */
static const char *const *chain_of(struct arena *a, const struct session *s) {
    const char **ids = arena_alloc(a, (CHAIN_MAX + 1) * sizeof *ids);
    size_t n = 0;

    for (; s && n < CHAIN_MAX; s = s->parent)
        if (s->id)
            ids[n++] = arena_strdup(a, s->id);
    ids[n] = NULL;
    return ids;
}

void ruling_ask_of(struct ruling_ask *out, struct arena *a, const struct model *owner,
                   const struct ask *ask) {
    auto_buf struct buf object = {.max = OBJECT_MAX};
    const bool question = ask->kind == ASK_QUESTION;

    *out = (struct ruling_ask){
        .id = arena_strdup(a, ask->id),
        .tool = arena_strdup(a, ask->tool),
        .params = ask->params ? arena_strdup(a, ask->params) : NULL,
        .work_dir = ask->session->work_dir ? arena_strdup(a, ask->session->work_dir) : NULL,
        .server = arena_strdup(a, owner->server.key),
        .sessions = chain_of(a, ask->session),
        .title = arena_strdup(a, session_title(ask->session)),
    };
    if (question)
        out->object = arena_strdup(a, ask->message);
    else if (ask->params && policy_object(&object, ask->tool, ask->params))
        out->object = arena_strdup(a, buf_str(&object));
}

static void say_failure(struct model *m, const struct err *err, const char *what) {
    struct rules_state *r = rules_of(m);

    if (r->said_at > 0 && m->now - r->said_at < SAY_MS)
        return;
    r->said_at = m->now > 0 ? m->now : 1;
    act_error(model_viewer(m), err, "%s", what);
}

void rules_asked(struct model *m, struct ask *a, struct effects *fx) {
    if (!m->rules_dir || a->kind != ASK_PERMISSION || a->rules_asked)
        return;
    struct task *t = fx_task(m, fx, TASK_RULES_ASK, m->rules_dir, TAG_RULES, a->session);

    ruling_ask_of(&t->ask, &t->arena, m, a);
    t->real = m->real;
    a->rules_asked = true;
    a->rules_task = t->id;
}

/* ---- the audit log ---- */
static void write_line(struct model *m, const struct ruling_ask *ask,
                       const struct ruling_answer *answer, const struct ruling *ruling,
                       struct effects *fx) {
    auto_buf struct buf line = {.max = LINE_MAX_BYTES};
    const enum rc rc = audit_line(&line, ask, answer, ruling, m->real);

    if (rc != RC_OK) {
        struct err err;

        (void)err_set(&err, rc, 0, "its line cannot be made");
        say_failure(m, &err, "An answer is not in the audit log");
        return;
    }
    struct task *t = fx_task(m, fx, TASK_AUDIT_ADD, m->rules_dir, TAG_RULES, NULL);

    task_data(t, buf_str(&line), line.n);
}

void rules_answered(struct model *m, const struct ask *a, const char *answer, const char *by,
                    int64_t armed_ms, struct effects *fx) {
    struct arena arena = {0};
    struct ruling_ask ask;

    if (!m->rules_dir)
        return;
    ruling_ask_of(&ask, &arena, m, a);
    write_line(m, &ask, &(struct ruling_answer){.answer = answer, .by = by, .armed_ms = armed_ms},
               &(struct ruling){.verdict = VERDICT_ASK}, fx);
    arena_free(&arena);
}

/* ---- the verdict ---- */
static void answer(struct model *m, struct ask *a, const struct ruling *r, struct effects *fx) {
    const bool allow = r->verdict == VERDICT_ALLOW;

    hold_forget(a, "a rule answered it");
    a->decision = allow ? DECIDE_GRANT : DECIDE_DENY;
    a->state = ASK_SENT;
    a->late = m->now - a->arrived_at > ASK_LATE_MS;
    a->err = (struct err){.rc = RC_OK};
    a->rule_text = arena_strdup(&a->arena, r->rule_text ? r->rule_text : r->rule);
    a->request =
        fx_call_id(m, fx, allow ? OP_PERMISSION_GRANT : OP_PERMISSION_DENY, a->session, a->id);
    int depth = 0;

    for (struct session *s = a->session; s && depth < CHAIN_MAX; s = s->parent, depth++)
        s->automatic++;
    order_touch(m);
    watch_touch(m);
    model_touch(model_viewer(m));
}

static struct ask *asker_of(const struct model *m, uint32_t task) {
    for (size_t i = 0; i < m->n_asks; i++)
        if (m->asks[i]->rules_task == task)
            return m->asks[i];
    return NULL;
}

/* Nobody began to decide. Held: somebody granted it; gathered: somebody has it before the eyes;
 * with a decision: somebody's answer did not arrive; with a reason: somebody denies it. */
static bool untouched(struct model *m, const struct ask *a) {
    const bool reasoned = inbox_selected(m, a) && model_viewer(m)->ui.replying;

    return ask_answerable(a) && a->held_until == 0 && a->batch == 0 && a->decision == DECIDE_NONE &&
           !reasoned;
}

static void verdict(struct model *m, struct task *t, struct effects *fx) {
    struct ask *a = asker_of(m, t->id);
    const bool decided = t->err.rc == RC_OK && t->ruling.verdict != VERDICT_ASK;

    if (a)
        a->rules_task = 0;
    if (t->err.rc != RC_OK && t->err.rc != RC_CANCELLED)
        say_failure(m, &t->err, "The rules were not asked, requests wait for you");
    if (!decided && a && ask_answerable(a) && !a->rules_slow)
        attend_ask(m, a, fx);
    if (!decided)
        return;
    if (a && untouched(m, a) && a->deadline - m->now >= LEAST_LEFT_MS) {
        answer(m, a, &t->ruling, fx);
        return;
    }
    /* The log has it as answered already: a person was first, or it was too late. */
    write_line(m, &t->ask,
               &(struct ruling_answer){.answer = "unsent", .by = "rule", .armed_ms = -1},
               &t->ruling, fx);
}

static bool is_slow(const struct ask *a) {
    return a->rules_task && !a->rules_slow && ask_answerable(a);
}

void rules_tick(struct model *m, struct effects *fx) {
    for (size_t i = 0; i < m->n_asks; i++) {
        struct ask *a = m->asks[i];

        if (!is_slow(a) || m->now - a->arrived_at < SLOW_MS)
            continue;
        a->rules_slow = true;
        attend_ask(m, a, fx);
    }
}

int64_t rules_next(const struct model *m) {
    int64_t at = -1;

    for (size_t i = 0; i < m->n_asks; i++)
        if (is_slow(m->asks[i]))
            sooner(&at, m->asks[i]->arrived_at + SLOW_MS);
    return at;
}

/* ---- tasks ---- */
struct task *rules_start(struct model *m, enum task_kind kind, const char *data,
                         struct effects *fx) {
    struct task *t = fx_task(m, fx, kind, m->rules_dir, TAG_RULES, NULL);

    if (data)
        task_data(t, data, strlen(data));
    return t;
}

static void to_panel(struct model *m, struct task *t, struct effects *fx) {
    for (struct panel *p = m->ui.panel, *below; p; p = below) {
        below = p->below; /* it may be closed by it */
        if (p->id == PANEL_RULE)
            rule_panel_task(m, p, t, fx);
        else if (p->id == PANEL_RULES)
            rules_panel_task(m, p, t, fx);
        else if (p->id == PANEL_AUDIT)
            audit_panel_task(m, p, t, fx);
    }
}

void rules_task(struct model *m, struct task *t, struct effects *fx) {
    if (t->kind == TASK_RULES_ASK)
        verdict(m, t, fx);
    else if (t->kind == TASK_AUDIT_ADD && t->err.rc != RC_OK)
        say_failure(m, &t->err, "The audit log takes no lines");
    else
        to_panel(m, t, fx);
}

/* ---- the log, read again ---- */
size_t audit_rows(struct audit_row **rows, struct arena *a, const char *data, size_t n) {
    const char *end = data ? data + n : data;
    size_t count = 0, cap = 0;

    *rows = NULL;
    for (const char *p = data; p && p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        struct audit_row row;

        if (!stop)
            stop = end;
        if (audit_read(&row, a, p, (size_t)(stop - p))) {
            *rows = xgrow(*rows, count, &cap, sizeof **rows);
            (*rows)[count++] = row;
        }
        p = stop + 1;
    }
    return count;
}

const char *answer_word(const struct audit_row *row) {
    static const char *const words[][2] = {
        {"grant", "granted"}, {"deny", "denied"}, {"reply", "answered"}, {"unsent", "not sent"}};

    for (size_t i = 0; i < MIX_COUNT(words); i++)
        if (str_eq(row->answer, words[i][0]))
            return words[i][1];
    return row->answer ? row->answer : "";
}

void rules_second(struct model *m) {
    struct panel *p = m->ui.panel;

    if (p && p->id == PANEL_RULE && m->ui.over == OVER_PANEL)
        panel_touch(m, p);
}
