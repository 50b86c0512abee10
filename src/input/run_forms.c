/* run_forms.c - commands of the panels that change things, and of what a message asks of its turn.
 */
#include "private.h"

/* ---- the next messages ---- */
COMMAND(cmd_plan_mode) { act_plan_mode(m, m->shown); }

COMMAND(cmd_thinking) { act_thinking(m, m->shown, arg); }

const char *why_no_plan(const struct model *m) {
    return m->shown->options.plan ? NULL : why_no_turn_option(m, TURN_PLAN);
}

const char *why_no_thinking(const struct model *m) {
    return m->shown->options.thinking ? NULL : why_no_turn_option(m, TURN_THINKING);
}

/* ---- panels about the session of the pane ---- */
COMMAND(cmd_session_panel) { act_panel_about(m, (enum panel_id)arg, session_chosen(m), fx); }

static const char *why_not_of(const struct model *m, enum panel_id id) {
    const char *why = panel_why(m, id);

    return why ? why : why_no_session(m);
}

const char *why_no_callbacks(const struct model *m) { return why_not_of(m, PANEL_CALLBACKS); }

const char *why_no_export(const struct model *m) { return why_not_of(m, PANEL_EXPORT); }

const char *why_no_rewind(const struct model *m) {
    const char *why = why_not_of(m, PANEL_REWIND);

    if (!why && session_chosen(m)->turn != TURN_IDLE)
        why = "a turn runs: cancel it first";
    return why;
}

/* ---- panels about the server ---- */
const char *why_no_auth(const struct model *m) { return panel_why(m, PANEL_AUTH); }

const char *why_no_preferences(const struct model *m) { return panel_why(m, PANEL_PREFERENCES); }

const char *why_no_create(const struct model *m) { return panel_why(m, PANEL_CREATE); }
