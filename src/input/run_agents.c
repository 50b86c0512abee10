/* run_agents.c - commands about what the agent laid before the person: its plan, its sub-agents. */
#include "mix/agents.h"

#include "private.h"

const char *why_no_waiting_plan(const struct model *m) {
    if (m->ui.focus != PANE_THREAD)
        return "only in the thread, where the plan is read";
    return session_plan(m->shown) ? NULL : "no plan waits for an answer here";
}

const char *why_no_child(const struct model *m) {
    return model_chosen_child(m) ? NULL : "no sub-agent of this session is known";
}

const char *why_no_parent(const struct model *m) {
    return m->shown->parent ? NULL : "this is no sub-agent";
}

const char *why_no_sibling(const struct model *m) {
    size_t n;

    (void)model_sibling(m, m->shown, &n);
    if (!m->shown->parent)
        return "this is no sub-agent";
    return n > 1 ? NULL : "its parent has no other sub-agent";
}

COMMAND(cmd_plan_proceed) { act_plan_proceed(m, fx); }

COMMAND(cmd_plan_keep) { act_plan_keep(m); }

COMMAND(cmd_child_show) { act_child_show(m, fx); }

COMMAND(cmd_parent_show) { act_parent_show(m, fx); }

COMMAND(cmd_sibling_show) { act_sibling_show(m, arg, fx); }
