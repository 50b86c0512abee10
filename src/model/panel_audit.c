/* panel_audit.c - the audit log: what was answered, by whom and by which rule, newest first. */
#include "panels.h"
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TAG_ANSWER,
    TAG_WHOLE,
    TAG_MORE,
    TAG_FILE,
    FIRST_BYTES = 512 * 1024,
    LINE_BYTES = 128 * 1024, /* the longest line */
    MOST_BYTES = 8 * 1024 * 1024,
    LABEL_BYTES = 400
};
struct audit {
    struct audit_row *rows; /* oldest first */
    size_t n, most, got;
    struct arena arena;
    uint32_t reading;
    bool known;
};

static const char *audit_why_not(const struct model *m) {
    return m->state_dir ? NULL : "nothing is kept on this computer: there is no state directory";
}

static void audit_open(struct model *m, struct panel *p, struct effects *fx) {
    struct audit *d = xcalloc(1, sizeof *d);

    (void)m;
    (void)fx;
    d->most = FIRST_BYTES;
    p->data = d;
}

static void read_log(struct model *m, struct panel *p, struct effects *fx) {
    struct audit *d = p->data;
    struct task *t = rules_start(m, TASK_AUDIT_READ, NULL, fx);

    t->most = d->most;
    d->reading = t->id;
    p->loading++;
    panel_touch(m, p);
}

static void audit_load(struct model *m, struct panel *p, struct effects *fx) { read_log(m, p, fx); }

/* What was cut off at the front may be there. */
static bool has_more(const struct audit *d) {
    return d->known && d->got + LINE_BYTES >= d->most && d->most < MOST_BYTES;
}

static void audit_more(struct model *m, struct panel *p, struct effects *fx) {
    struct audit *d = p->data;

    if (!has_more(d) || d->reading || p->err.rc != RC_OK)
        return;
    d->most *= 4;
    if (d->most > MOST_BYTES)
        d->most = MOST_BYTES;
    read_log(m, p, fx);
}

void audit_panel_task(struct model *m, struct panel *p, struct task *t, struct effects *fx) {
    struct audit *d = p->data;

    (void)fx;
    if (t->id != d->reading)
        return;
    d->reading = 0;
    p->loading--;
    p->err = t->err;
    panel_touch(m, p);
    if (t->err.rc != RC_OK)
        return;
    free(d->rows);
    arena_free(&d->arena);
    d->arena = (struct arena){0};
    d->n = audit_rows(&d->rows, &d->arena, t->data, t->len);
    d->got = t->len;
    d->known = true;
}

/* ---- rows ---- */
/* The same line has it when the log was read again. */
static size_t sign_of(const struct audit_row *r) {
    uint64_t hash = 1469598103934665603U ^ (uint64_t)r->real;
    const char *const all[] = {r->request, r->session, r->answer, r->by};

    for (size_t i = 0; i < MIX_COUNT(all); i++)
        for (const char *s = all[i]; s && *s; s++)
            hash = (hash ^ (unsigned char)*s) * 1099511628211U;
    return (size_t)hash;
}

static void whole(struct panel *p, const struct audit_row *r) {
    auto_buf struct buf text = {.max = (size_t)AUDIT_OBJECT * 4};
    const int64_t shown = r->object ? (int64_t)strlen(r->object) : 0;
    struct panel_row *row;

    panel_line(&text, "session", r->title);
    panel_line(&text, "session id", r->session);
    panel_line(&text, "server", r->server);
    panel_line(&text, "request", r->request);
    panel_line(&text, "rule", r->rule_text);
    panel_line(&text, "rule id", r->rule);
    panel_line(&text, "sha256", r->sha256);
    if (r->armed_ms >= 0)
        (void)buf_addf(&text, "armed for: %lld ms\n", (long long)r->armed_ms);
    if (r->bytes > 0)
        (void)buf_addf(&text, "bytes: %lld%s\n", (long long)r->bytes,
                       r->bytes != shown ? " (cut or redacted below)" : "");
    row = panel_add_text(p, TAG_WHOLE, buf_str(&text), text.n);
    row->indent = 3;
    row->tone = TONE_DIM;
    row = panel_add_text(p, TAG_WHOLE, r->object ? r->object : "", (size_t)-1);
    row->indent = 3;
}

static void answer_row(struct panel *p, const struct audit_row *r) {
    const bool by_rule = str_eq(r->by, "rule");
    const size_t sign = sign_of(r);
    char said[128];

    snprintf(said, sizeof said, "%s by %s%s%.80s", answer_word(r), r->by ? r->by : "?",
             by_rule ? " " : "", by_rule && r->rule_text ? r->rule_text : "");
    /* answers by hand stand in columns; a rule is as long as it is */
    struct panel_row *row =
        panel_add(p, ROW_VALUE, TAG_ANSWER, panel_time(r->real).s, "%-15s  %-5.60s  %.*s", said,
                  r->tool ? r->tool : "?", LABEL_BYTES, r->object ? r->object : "");

    row->index = sign;
    row->tone = str_eq(r->answer, "deny")     ? TONE_BAD
                : str_eq(r->answer, "unsent") ? TONE_DIM
                                              : TONE_PLAIN;
    if (panel_unfolded(p, TAG_ANSWER, sign))
        whole(p, r);
}

static void audit_list(const struct model *m, struct panel *p) {
    const struct audit *d = p->data;

    panel_add(p, ROW_TEXT, TAG_FILE, NULL, "%s/audit.jsonl, and .1 to .4 before it", m->state_dir)
        ->tone = TONE_DIM;
    for (size_t i = d->n; i-- > 0;)
        answer_row(p, &d->rows[i]);
    if (d->known && d->n == 0)
        panel_add(p, ROW_TEXT, TAG_FILE, NULL, "Nothing was answered here yet.");
    if (has_more(d))
        panel_add(p, ROW_ACTION, TAG_MORE, "older ones", NULL)->help = "they come as one scrolls";
}

static void audit_unfold(struct model *m, struct panel *p, const struct panel_row *row,
                         struct effects *fx) {
    (void)fx;
    if (row->tag == TAG_ANSWER)
        panel_fold(m, p, row);
}

static void audit_enter(struct model *m, struct panel *p, const struct panel_row *row,
                        struct effects *fx) {
    if (row->tag == TAG_MORE)
        audit_more(m, p, fx);
    else
        audit_unfold(m, p, row, fx);
}

static void audit_close(struct model *m, struct panel *p) {
    struct audit *d = p->data;

    (void)m;
    free(d->rows);
    arena_free(&d->arena);
    free(TAKE(p->data));
}

const struct panel_spec panel_audit = {
    .title = "Audit log",
    .why_not = audit_why_not,
    .open = audit_open,
    .load = audit_load,
    .rows = audit_list,
    .enter = audit_enter,
    .unfold = audit_unfold,
    .near_end = audit_more,
    .close = audit_close,
    .filtered = true,
    .wide = true,
};
