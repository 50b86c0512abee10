/* run_copy.c - commands that take texts out of the thread. */
#include <string.h>

#include "private.h"

COMMAND(cmd_open_link) { act_open_link(m, fx); }

COMMAND(cmd_pipe) { act_pipe(m, fx); }

COMMAND(cmd_bare) { act_bare(m, fx); }

COMMAND(cmd_visual) { act_visual(m); }

COMMAND(cmd_visual_key) { act_visual_key(m, (enum visual_key)arg); }

COMMAND(cmd_visual_leave) { act_visual_leave(m); }

COMMAND(cmd_quote) { act_quote(m); }

COMMAND(cmd_session_copy) {
    const char *id = session_chosen(m)->id;
    act_copy(m, id, strlen(id), "id", fx);
}

const char *why_no_pipe(const struct model *m) {
    const struct session *s = m->shown;
    return s->reading.sel_entry < s->transcript.n ? NULL : "select a message first, with J and K";
}

const char *why_no_bare(const struct model *m) {
    return m->shown->transcript.n > 0 ? NULL : "the thread is empty";
}
