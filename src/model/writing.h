/* writing.h - private.h, of what becomes of a message: draft, queue, sending, the old ones.
 * Included by it alone. */
#ifndef MIX_MODEL_WRITING_H
#define MIX_MODEL_WRITING_H

/* ---- send.c ---- */
/* Before everything that is queued, at once when no turn runs; false: not taken, said why */
bool send_next(struct model *m, struct session *s, const char *text, struct effects *fx);
void send_drain(struct model *m, struct session *s, struct effects *fx);
void send_resume(struct model *m, struct effects *fx);                  /* the probe is through */
void send_live(struct model *m, struct session *s, struct effects *fx); /* its stream is open now */
/* the disk has it */
void send_written(struct model *m, struct session *s, uint32_t task, struct effects *fx);
void send_confirmed(struct model *m, struct session *s); /* the server has `sending` */
void send_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx);
void create_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx);
void send_check_row(struct session *s, const struct message *row); /* one row of a load */
void send_check_end(struct model *m, struct session *s);
void send_take_back(struct model *m, struct session *s); /* `sending` did not arrive */
void send_tick(struct model *m, struct session *s);
/* The fresh one is made, with that text's first line as its title; then send_drain goes on. */
void send_create(struct model *m, struct session *s, const char *text, struct effects *fx);
/* ---- queue.c ---- */
struct queued *queue_add(struct model *m, struct session *s, size_t at, const char *text,
                         const struct turn_options *options);
struct queued queue_take(struct model *m, struct session *s, size_t at); /* the caller has it */
size_t queue_find(const struct session *s, uint32_t id);                 /* n_queue: not there */
void queue_hold(struct model *m, struct session *s);
void queue_clear(struct session *s);
void queue_fini(struct session *s);
void queued_fini(struct queued *q);
size_t chips_of_files(const struct chip *v, size_t n, struct chip **out); /* copies */
void queue_settle(struct model *m, struct effects *fx);                   /* of its panels, too */
/* into an empty draft, with its options and files */
void message_to_draft(struct model *m, struct session *s, const struct queued *q);

/* ---- attach.c ---- */
/* The files of a message that wants to leave are uploaded and its text names them; false: not yet,
 * and send_drain is called again when they are, or q->why_waits says why not. */
bool attach_ready(struct model *m, struct session *s, struct queued *q, struct effects *fx);
void attach_task(struct model *m, struct task *t, struct effects *fx);
void attach_listed(struct model *m, struct effects *fx); /* the list of uploads came, or will not */
void attach_settle(struct model *m, struct effects *fx); /* messages were taken back */
void attach_session_gone(struct model *m, const struct session *s);
void attach_free(struct attaching *all);

/* ---- own.c: which mixtui has the draft and the queue of a session ---- */
enum own_how { OWN_IF_FREE, OWN_BY_FORCE };
void own_say(struct model *m, const struct session *s); /* that it is another's, and what to do */
void own_take(struct model *m, struct session *s, enum own_how how, struct effects *fx);
void own_guard(struct model *m, const struct session *s, struct task *write);
void own_named(struct model *m, struct session *s, struct effects *fx); /* it has an id now */
void own_drop_new(struct model *m, unsigned slot, struct effects *fx);
/* What is typed here before it was known that another has it goes into the history. */
void own_show_nothing(struct model *m, struct session *s, struct effects *fx);
void own_shown(struct session *s);
void own_forget_theirs(struct model *m, struct session *s); /* it is ours now, and read anew */
void own_look_for_left(struct model *m, const struct session *s, struct effects *fx);
void own_granted(struct model *m, struct session *s); /* its file was read */
void own_lost(struct model *m, struct session *s, struct effects *fx);
void own_task(struct model *m, struct task *t, const struct pending_task *asked,
              struct effects *fx);
void own_look(struct model *m, struct effects *fx); /* somebody is there: has it changed? */
bool own_keeps(struct model *m, struct session *s); /* another's draft, which was put back */
void own_tick(struct model *m, struct session *s, struct effects *fx);
int64_t own_next(const struct session *s);

/* ---- act_editor.c: while a draft is in $EDITOR nothing else changes it ---- */
bool draft_free(const struct session *s); /* nothing is in it, and nobody writes it elsewhere */
bool draft_locked(struct model *m, const struct session *s); /* it is elsewhere; says so */

/* ---- slash.c ---- */
/* True: the text was dealt with here, or refused with a notice. */
bool slash_typed(struct model *m, struct session *s, const char *text, struct effects *fx);

/* ---- options.c ---- */
/* What of them this server would refuse, in words; NULL: nothing */
const char *turn_options_unfit(const struct model *m, const struct turn_options *o);
bool turn_options_set(const struct turn_options *o); /* any of them */
/* Whether a request of this shape has the field in the server's generation. */
bool field_known(const struct model *m, const char *shape, const char *field);

/* ---- drafts.c, prompts.c ---- */
void drafts_start(struct model *m, struct effects *fx);
void journal_touch(struct model *m, struct session *s); /* draft, queue or `sending` changed */
void draft_load(struct model *m, struct session *s, struct effects *fx); /* once */
bool draft_path(const struct model *m, struct buf *out, const char *dir, const char *id,
                unsigned slot);
enum bury { BURY_KNOWN, BURY_READ };
void draft_bury_file(struct model *m, const char *id, unsigned slot, enum bury how,
                     struct effects *fx);
/* now; the task, 0: nothing is written */
uint32_t draft_save(struct model *m, struct session *s, struct effects *fx);
/* the fresh one has an id now, and its file another name */
void draft_move(struct model *m, struct session *s, struct effects *fx);
/* the session is gone: what only its file holds goes into the prompt history */
void draft_bury(struct model *m, const struct session *s, struct effects *fx);
void draft_task(struct model *m, struct task *t, const struct pending_task *asked,
                struct effects *fx);
void draft_tick(struct model *m, struct session *s, struct effects *fx);
int64_t draft_next(const struct session *s);
enum pin { PIN_OFF, PIN_ON };
bool pin_has(const struct model *m, const char *id);
void pin_set(struct model *m, struct session *s, enum pin pin);
void state_task(struct model *m, struct task *t, struct effects *fx);
void state_touch(struct model *m);
void state_save(struct model *m, struct effects *fx);
void prompts_free(struct prompt *v, size_t n);
/* In that session; fx NULL: saved soon. history_add: in which is not known. */
void history_said(struct model *m, const struct session *s, const char *text, struct effects *fx);
void history_add(struct model *m, const char *text, struct effects *fx);
/* The fresh one, whose message was said just now, has an id. */
void history_named(struct model *m, const struct session *s, struct effects *fx);
/* Into the draft of the shown one; what stood there goes into the history. */
void prompt_take(struct model *m, const char *text);
void history_task(struct model *m, struct task *t, struct effects *fx);
void prompts_tick(struct model *m, struct effects *fx);
int64_t prompts_next(const struct model *m);
void history_seed(struct model *m);
void prompts_start(struct model *m, struct effects *fx);
void prompts_save(struct model *m, struct effects *fx);

#endif
