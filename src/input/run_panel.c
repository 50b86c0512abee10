/* run_panel.c - commands of the server screens. */
#include "private.h"

/* ---- inside ---- */
COMMAND(cmd_panel_move) { act_panel_move(m, arg, fx); }

COMMAND(cmd_panel_enter) { act_panel_enter(m, fx); }

COMMAND(cmd_panel_back) { act_panel_back(m); }

COMMAND(cmd_panel_retry) { act_panel_retry(m, fx); }

COMMAND(cmd_panel_key) { act_panel_key(m, arg, fx); }

COMMAND(cmd_panel_turn) { act_panel_turn(m, arg, fx); }

/* ---- opening ---- */
COMMAND(cmd_panel) { act_panel_open(m, (enum panel_id)arg, fx); }

COMMAND(cmd_session_details) { act_panel_about(m, PANEL_SESSION, session_chosen(m), fx); }

COMMAND(cmd_error_details) { act_panel_fault(m, (size_t)-1, fx); }

#define WHY(name, id)                                                                              \
    const char *why_no_##name(const struct model *m) { return panel_why(m, PANEL_##id); }
WHY(tools, TOOLS)
WHY(mcp, MCP)
WHY(commands, COMMANDS)
WHY(health, HEALTH)
WHY(history, HISTORY)
WHY(index, INDEX)
WHY(frames, FRAMES)
WHY(queue, QUEUE)
#undef WHY

const char *why_no_session_details(const struct model *m) {
    const char *why = panel_why(m, PANEL_SESSION);

    return why ? why : why_no_session(m);
}

const char *why_no_message(const struct model *m) {
    const struct transcript *t = &m->shown->transcript;
    const size_t at = m->shown->reading.sel_entry;

    return at < t->n && t->entries[at].id ? NULL : "select a message the server has, with J and K";
}

const char *why_no_fault(const struct model *m) {
    for (size_t i = 0; i < m->n_notices; i++)
        if (m->notices[i].bad)
            return NULL;
    return "nothing went wrong so far";
}

/* ---- rules ---- */
COMMAND(cmd_rule_new) { act_rule_new(m, fx); }

const char *why_no_rule(const struct model *m) { return act_rule_why_not(m); }

const char *why_no_rules(const struct model *m) { return panel_why(m, PANEL_RULES); }

const char *why_no_audit(const struct model *m) { return panel_why(m, PANEL_AUDIT); }
