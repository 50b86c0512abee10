/* rules.h - answers without a person, as the files of it share them: what a rule is made from, and
 * tasks on the rules and the audit log for the panels. */
#ifndef MIX_MODEL_RULES_H
#define MIX_MODEL_RULES_H

#include "mix/policy.h"
#include "private.h"

/* What a rule is made from, copied: the request may go away under the editor. */
struct rule_draft {
    struct ruling_ask ask;
    const char *session_title;
    const char *rule_text; /* to begin with; NULL: the first suggestion */
    const char *work_dir;  /* of the session; NULL: not known */
    bool live;             /* a request that is there: `ask.id` of `owner_key` */
    struct arena arena;
};
struct rules_state {
    struct rule_draft *draft; /* for the editor that opens next */
    int64_t said_at;          /* when a failure was told last */
};
struct rules_state *rules_of(struct model *m); /* made when there is none */
/* What is asked of the rules; strings in a, the object as well. */
void ruling_ask_of(struct ruling_ask *out, struct arena *a, const struct model *owner,
                   const struct ask *ask);
void rule_draft_free(struct rule_draft *d);
/* Opens the editor for it, above what is open when `above`; takes the draft. */
enum rule_where { RULE_OVER_PANES, RULE_ABOVE };
void rule_edit(struct model *m, struct rule_draft *d, enum rule_where where, struct effects *fx);

/* A task for a panel; its end comes to panel_rules_task. */
struct task *rules_start(struct model *m, enum task_kind kind, const char *data,
                         struct effects *fx);
void rule_panel_task(struct model *m, struct panel *p, struct task *t, struct effects *fx);
void rules_panel_task(struct model *m, struct panel *p, struct task *t, struct effects *fx);
void audit_panel_task(struct model *m, struct panel *p, struct task *t, struct effects *fx);

/* Lines of the log, oldest first, as rows in a; how many. *rows is malloc'd. */
size_t audit_rows(struct audit_row **rows, struct arena *a, const char *data, size_t n);
const char *answer_word(const struct audit_row *row); /* "granted", "denied" ... */
/* ---- rule_risk.c: why it should not be saved in passing; NULL: nothing to say ---- */
const char *rule_broad(struct arena *a, const struct policy_rule *r);
const char *rule_severe(struct arena *a, const struct policy_rule *r, const struct ruling_ask *ask);

#endif
