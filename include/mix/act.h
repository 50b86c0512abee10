/* act.h - what a person can do, as verbs on the model. Called by the command table of the input
 * floor; each checks its own preconditions and answers a refusal with one notice, so that a key
 * never does something half. Main thread only. */
#ifndef MIX_ACT_H
#define MIX_ACT_H

#include "mix/model.h"

/* one line in the status bar and the log */
void act_notice(struct model *m, const char *fmt, ...) MIX_PRINTF(2, 3);
void act_error(struct model *m, const struct err *err, const char *fmt, ...) MIX_PRINTF(3, 4);

/* sessions */
void act_session_show(struct model *m, struct session *s, struct effects *fx);
/* an empty thread; created by its first message */
void act_session_new(struct model *m, struct effects *fx);
/* 0: all */
void act_session_fork(struct model *m, struct session *s, uint32_t message_count,
                      struct effects *fx);
void act_session_cancel(struct model *m, struct session *s, struct effects *fx);
/* already confirmed */
void act_session_delete(struct model *m, struct session *s, struct effects *fx);
void act_session_pin(struct model *m, struct session *s, struct effects *fx);
void act_next_needy(struct model *m, struct effects *fx); /* on whichever server it is */
/* whether the shown one stays open when another is shown, the other way round */
void act_server_watch(struct model *m);
void act_server_show(struct model *m, size_t row, struct effects *fx); /* of m->servers */
void act_sessions_move(struct model *m, int by); /* INT_MIN and INT_MAX: the ends */
void act_sessions_filter(struct model *m);       /* the filter text changed */
void act_refresh(struct model *m, struct effects *fx);
void act_reconnect(struct model *m, struct effects *fx);
/* the one that was to be started does not run: until it is retried there is none */
void act_no_server(struct model *m, const struct err *err, struct effects *fx);
void act_alive(
    struct model *m,
    struct effects *fx); /* a key or the focus came: a list older than a minute is fetched again */

/* composer */
void act_send(struct model *m, struct effects *fx); /* the draft of the shown session */
/* other words, with the options of the session; the draft stays */
void act_send_text(struct model *m, const char *text, struct effects *fx);
/* releases a held queue */
void act_queue_go(struct model *m, struct session *s, struct effects *fx);
/* back into the draft when that is empty, else the history */
void act_queue_drop(struct model *m, struct session *s, size_t at, struct effects *fx);
/* Of a message by its id. Into the history as well; act_queue_undo puts it where it was. */
void act_queue_delete(struct model *m, struct session *s, uint32_t id, struct effects *fx);
void act_queue_clear(struct model *m, struct session *s, struct effects *fx); /* all of them */
void act_queue_undo(struct model *m, struct session *s, struct effects *fx);
void act_queue_move(struct model *m, struct session *s, uint32_t id, int by, struct effects *fx);
/* Cancels the turn, waits until that has settled, and sends this one before the others. */
void act_queue_now(struct model *m, struct session *s, uint32_t id, struct effects *fx);
/* asks the mixtui that has the draft and the queue for them */
void act_take_over(struct model *m, struct session *s, struct effects *fx);
void act_unknown_resend(struct model *m, struct session *s, struct effects *fx);
void act_unknown_drop(struct model *m, struct session *s, struct effects *fx);
void act_draft_changed(struct model *m, struct session *s);
void act_editor(struct model *m, struct effects *fx); /* $EDITOR, with the shown draft */
struct session *model_away(const struct model *m);    /* whose draft is there; NULL: none */
/* What it wrote; NULL: the draft stays as it is. */
void act_editor_done(struct model *m, struct session *s, const char *text);
/* Of the messages written from now on; what cannot be asked of this server can only be taken back.
 */
void act_plan_mode(struct model *m, struct session *s);
void act_thinking(struct model *m, struct session *s, int by);
void act_max_steps(struct model *m, struct session *s, int64_t steps); /* 0: no limit */
void act_draft_clear(struct model *m);     /* Ctrl+C: into the history */
bool act_history(struct model *m, int by); /* -1 older; false at the end */

/* thread */
void act_scroll(struct model *m, int move, int by); /* enum of struct reading */
void act_follow(struct model *m);
/* MOVE_TO of struct reading: ends following; part SIZE_MAX is the entry's heading */
void act_go_to(struct model *m, size_t entry, size_t part, size_t off);
/* What one may look for next from the selection on; a mark and the first unread go round. */
enum goal {
    GOAL_PERSON, /* what a person wrote */
    GOAL_CALL,
    GOAL_ERROR,
    GOAL_UNREAD,
    GOAL_MARK,
};
void act_goal(struct model *m, enum goal goal, int by);
void act_mark(struct model *m); /* the selected part: sets it or takes it away */
void act_fold(struct model *m); /* the selected part */
void act_fold_all(struct model *m);
void act_source(struct model *m); /* Markdown as it is written, or as it reads */
void act_split(struct model *m);  /* diffs side by side, or one below the other */

/* permissions: every one of these discards an early key by rule 1 and says so */
void act_asks_enter(struct model *m);
void act_asks_leave(struct model *m);
void act_asks_move(struct model *m, int by);
/* the selected ask, if armed */
void act_decide(struct model *m, enum decision d, struct effects *fx);
void act_choice_move(struct model *m, int by);
void act_ask_scroll(struct model *m, int by); /* rows of the selected one's object */
/* Denies as act_decide does, then the caret is in the field of the reason; one that came early
 * decides nothing, and the field says so. On one that was denied: the reason, later. */
void act_deny_why(struct model *m, struct effects *fx);
/* The reason is written: the next message of the session that asked. */
void act_reason(struct model *m, struct effects *fx);
void act_reason_leave(struct model *m); /* it stays, and is in the prompt history */
/* Every held grant: it was never given. */
void act_hold_drop(struct model *m);
/* Gathers the requests that are the same as the selected one, or parts them again. */
void act_batch(struct model *m);
const char *act_batch_why_not(const struct model *m);
/* An expired one: "please try again" into the draft of its session, which is shown, or where that
 * is not empty, into its queue. */
void act_ask_again(struct model *m, struct effects *fx);
const char *act_again_why_not(const struct model *m);
/* the editor of a rule, made from the selected request; why not, NULL: it can be */
void act_rule_new(struct model *m, struct effects *fx);
const char *act_rule_why_not(const struct model *m);
/* What was on screen is out of mind, or what comes next may not be a key: a suspend, a paste, Esc.
 * A request or a question is armed anew by the next frame. */
void act_look_again(struct model *m);

/* files */
void act_files_refresh(struct model *m, struct effects *fx);
void act_files_move(struct model *m, int by);
void act_upload(struct model *m, const char *path, struct effects *fx);
void act_file_delete(struct model *m, struct effects *fx);     /* already confirmed */
void act_transfer_cancel(struct model *m, struct effects *fx); /* the newest */
void act_transfers_cancel(struct model *m, struct effects *fx);
void act_transfers_retry(struct model *m, struct effects *fx); /* what failed or was stopped */
void act_picker_open(struct model *m, struct effects *fx);
void act_picker_attach(struct model *m, struct effects *fx); /* ... for files of the message */
void act_picker_enter(struct model *m, struct effects *fx);  /* descends or uploads */
void act_picker_into(struct model *m, struct effects *fx);   /* the same, never what is marked */
void act_picker_up(struct model *m, struct effects *fx);
void act_picker_move(struct model *m, int by);
/* the filter text changed; up to its last slash it is a path to go to */
void act_picker_filter(struct model *m, struct effects *fx);
void act_picker_close(struct model *m);
void act_picker_mark(struct model *m);     /* the row: sets it or takes it away, and goes on */
void act_picker_mark_all(struct model *m); /* every file that is listed; again: none at all */
void act_picker_hidden(struct model *m, struct effects *fx);
void act_picker_recent(struct model *m); /* the directories used last, or back */
/* Several paths, one a line or quoted as for a shell, are marked; one is gone to. False: it is none
   and belongs into the filter */
bool act_picker_paste(struct model *m, const char *text, size_t n, struct effects *fx);

/* screen */
void act_focus(struct model *m, enum pane pane);
/* Tab order: sessions, thread, composer, files; never permissions */
void act_focus_next(struct model *m, int by);
void act_resize(struct model *m, int cols, int rows);
void act_terminal(struct model *m, const struct terminal *t);
void act_over(struct model *m, enum overlay over);
void act_over_close(struct model *m);
/* opens OVER_CONFIRM */
void act_confirm(struct model *m, uint32_t command, const char *object, const char *text);
/* the second key: true once, and only 400 ms after the paint */
bool act_confirmed(struct model *m, uint32_t command, const char *object);
void act_theme(struct model *m, const char *name, struct effects *fx);
void act_quit(struct model *m, struct effects *fx); /* asks first when agents work */
/* The same before the program stands still, once: who went then may go again unasked. */
void act_suspend(struct model *m, struct effects *fx);
/* Out of the question of either: leaves, and `mixtui keep` goes on with what works. */
void act_keep(struct model *m, struct effects *fx);

#endif
