/* agents.h - what the agent of the shown session has laid before the person: a plan, a todo list,
 * sub-agents. Part of the model floor; main thread only. */
#ifndef MIX_AGENTS_H
#define MIX_AGENTS_H

#include "mix/model.h"

enum {
    AGENTS_LOOK = 400
}; /* entries from the end on in which plans and todo lists are looked for */

/* The plan of the session that waits for a word: the last call of a turn that is over. NULL: none.
 */
const struct part *session_plan(const struct session *s);
/* The newest todo list while something of it is to be done, or while the turn that wrote it runs.
 * NULL: none. */
const struct part *session_todos(const struct session *s);
struct todo_count {
    size_t n, done;
    size_t now; /* the first that is worked on, else the first open one; n: none */
};
struct todo_count todo_count(const struct part *p);

/* The sub-agent a Task started; NULL: none, or not known here. */
struct session *model_child(const struct model *m, const char *call_id);
/* The Task of the shown session that is selected, else its newest one with a sub-agent. NULL: none.
 */
struct session *model_chosen_child(const struct model *m);
/* Place of a sub-agent among those of its parent, counted from 1; *n: how many there are. */
size_t model_sibling(const struct model *m, const struct session *s, size_t *n);

/* ---- acts ---- */
/* Sends that the plan shall be carried out, plan mode off. */
void act_plan_proceed(struct model *m, struct effects *fx);
/* Plan mode on, and the caret into the composer. */
void act_plan_keep(struct model *m);
/* What the selected Task shows of its sub-agent, when it is open and that was never read. */
void act_child_load(struct model *m, struct effects *fx);
void act_child_show(struct model *m, struct effects *fx);
void act_parent_show(struct model *m, struct effects *fx); /* where it was left */
void act_sibling_show(struct model *m, int by, struct effects *fx);

#endif
