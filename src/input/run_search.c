/* run_search.c - commands that find something in the thread: the search, and what one goes to. */
#include "mix/search.h"
#include "private.h"

const char *why_no_search(const struct model *m) {
    return search_again(m) ? NULL : "nothing is looked for: / begins a search";
}

const char *why_no_mark(const struct model *m) {
    const struct reading *r = &m->shown->reading;
    const struct transcript *t = &m->shown->transcript;

    return r->sel_entry < t->n && t->entries[r->sel_entry].id
               ? NULL
               : "only a message that the server has can be marked";
}

const char *why_no_outline(const struct model *m) { return panel_why(m, PANEL_OUTLINE); }

COMMAND(cmd_search) { act_search(m); }

COMMAND(cmd_search_next) { act_search_next(m, arg); }

COMMAND(cmd_search_end) { act_search_leave(m); }

COMMAND(cmd_goal_next) { act_goal(m, (enum goal)arg, 1); }

COMMAND(cmd_goal_previous) { act_goal(m, (enum goal)arg, -1); }

COMMAND(cmd_mark) { act_mark(m); }
