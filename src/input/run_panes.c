/* run_panes.c - commands of sessions, thread and files: each one a call into act.h with what the
 * cursor stands on. */
#include <stdio.h>

#include "mix/agents.h"

#include "private.h"

/* ---- sessions ---- */
struct session *session_chosen(const struct model *m) {
    bool list = m->ui.focus == PANE_SESSIONS && m->ui.session_cursor;
    return list ? m->ui.session_cursor : m->shown;
}

const char *why_no_session(const struct model *m) {
    return session_chosen(m)->id ? NULL : "it is not created yet: its first message does that";
}

const char *why_no_fork(const struct model *m) {
    if (m->server.caps.version != GEN_NONE && !caps_has(&m->server.caps, OP_SESSION_FORK))
        return "this server's generation has no fork";
    return why_no_session(m);
}

const char *why_no_turn(const struct model *m) {
    return session_chosen(m)->turn == TURN_IDLE ? "no turn runs there" : NULL;
}

COMMAND(cmd_session_open) {
    act_session_show(m, session_chosen(m), fx);
    act_focus(m, PANE_COMPOSER);
}

COMMAND(cmd_session_new) {
    act_session_new(m, fx);
    act_focus(m, PANE_COMPOSER);
}

COMMAND(cmd_session_filter) { m->ui.filtering = true; }

COMMAND(cmd_session_fork) { act_session_fork(m, session_chosen(m), 0, fx); }

COMMAND(cmd_session_cancel) { act_session_cancel(m, session_chosen(m), fx); }

COMMAND(cmd_session_delete) {
    struct session *s = session_chosen(m);
    if (act_confirmed(m, CMD_SESSION_DELETE, s->id)) {
        act_session_delete(m, s, fx);
        return;
    }
    if (m->ui.over == OVER_CONFIRM)
        return; /* too early: the question stays */
    bool messages = s->user_messages > 0 || s->transcript.n > 0;
    char text[400];
    if (messages)
        snprintf(text, sizeof text,
                 "Delete \"%.*s\" and its messages from the server? It cannot come back. Type its "
                 "name, then Enter.",
                 (int)name_shown(session_title(s)), session_title(s));
    else
        snprintf(text, sizeof text, "Delete the empty session \"%.*s\"?",
                 (int)name_shown(session_title(s)), session_title(s));
    act_confirm(m, CMD_SESSION_DELETE, s->id, text);
    m->ui.confirm_named = messages;
    if (messages && model_indexes(m))
        m->ui.confirm_index = CONFIRM_FORGETS;
    editor_set(&m->ui.over_filter, "");
}

COMMAND(cmd_session_pin) { act_session_pin(m, session_chosen(m), fx); }

COMMAND(cmd_session_move) { act_sessions_move(m, arg); }

/* ---- thread ---- */
const char *why_no_fork_here(const struct model *m) {
    const char *why = why_no_fork(m);
    const struct transcript *t = &m->shown->transcript;
    size_t at = m->shown->reading.sel_entry;
    if (!why && (at >= t->n || t->entries[at].server_index == 0))
        why = "select a message the server has, with J and K";
    return why;
}

COMMAND(cmd_fork_here) {
    const struct entry *e = &m->shown->transcript.entries[m->shown->reading.sel_entry];
    act_session_fork(m, m->shown, e->server_index, fx);
}

COMMAND(cmd_fold) {
    act_fold(m);
    act_child_load(m, fx);
}

COMMAND(cmd_fold_all) { act_fold_all(m); }

COMMAND(cmd_message) { act_scroll(m, MOVE_MESSAGE, arg); }

COMMAND(cmd_thread_end) { act_follow(m); }

COMMAND(cmd_scroll_rows) { act_scroll(m, MOVE_ROWS, arg); }

COMMAND(cmd_scroll_pages) { act_scroll(m, MOVE_PAGES, arg); }

COMMAND(cmd_thread_top) { act_scroll(m, MOVE_TOP, 0); }

const char *why_nothing_held(const struct model *m) {
    const struct session *s = m->shown;
    if (s->sent == SENT_UNKNOWN || (s->held && s->n_queue > 0))
        return NULL;
    return s->n_queue > 0 ? "the queue goes on by itself once the turn is over"
                          : "nothing is held back";
}

const char *why_nothing_queued(const struct model *m) {
    const struct session *s = m->shown;
    return s->sent == SENT_UNKNOWN || s->n_queue > 0 ? NULL : "the queue is empty";
}

COMMAND(cmd_resend) {
    if (m->shown->sent == SENT_UNKNOWN)
        act_unknown_resend(m, m->shown, fx);
    else
        act_queue_go(m, m->shown, fx);
}

COMMAND(cmd_drop) {
    if (m->shown->sent == SENT_UNKNOWN)
        act_unknown_drop(m, m->shown, fx);
    else
        act_queue_drop(m, m->shown, m->shown->n_queue - 1, fx);
}

const char *why_no_take_over(const struct model *m) {
    return m->shown->own == OWN_OTHER ? NULL : "the draft and the queue are here already";
}

COMMAND(cmd_take_over) { act_take_over(m, m->shown, fx); }

/* ---- files ---- */
const char *why_no_upload(const struct model *m) {
    return m->shown->id ? NULL : "the session is not created yet: send a message first";
}

const char *why_no_transfer(const struct model *m) {
    for (size_t i = 0; i < m->files.n_transfers; i++)
        if (m->files.transfers[i].state == XFER_RUNNING ||
            m->files.transfers[i].state == XFER_WAITING)
            return NULL;
    return "nothing is being transferred";
}

const char *why_no_retry(const struct model *m) {
    for (size_t i = 0; i < m->files.n_transfers; i++)
        if (m->files.transfers[i].state == XFER_FAILED ||
            m->files.transfers[i].state == XFER_CANCELLED)
            return NULL;
    return "no transfer failed or was stopped";
}

COMMAND(cmd_upload) { act_picker_open(m, fx); }

COMMAND(cmd_attach) { act_picker_attach(m, fx); }

COMMAND(cmd_transfer_cancel) { act_transfer_cancel(m, fx); }
COMMAND(cmd_transfers_cancel) { act_transfers_cancel(m, fx); }
COMMAND(cmd_transfers_retry) { act_transfers_retry(m, fx); }
