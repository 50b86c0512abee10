/* answering.h - private.h, of requests and what answers them. Included by it alone. */
#ifndef MIX_MODEL_ANSWERING_H
#define MIX_MODEL_ANSWERING_H

/* ---- asks.c, act_asks.c, ask_text.c ---- */
void ask_permission(struct model *m, struct session *s, const struct event_data *d, int64_t at,
                    struct effects *fx);
void ask_notification(struct model *m, struct session *s, const struct event_data *d, int64_t at,
                      struct effects *fx);
void asks_call_input(struct model *m, struct session *s); /* its calls changed: match what waits */
void asks_call_done(struct model *m, struct session *s, const char *call_id, bool success,
                    bool denied);
void asks_turn_over(struct model *m, struct session *s); /* nobody waits for answers any more */
void asks_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx);
void asks_session_gone(struct model *m, struct session *s);
void asks_tick(struct model *m);
/* One answer leaves; m is the model with the screen. by: of struct ruling_answer. */
void ask_answer(struct model *m, struct ask *a, enum decision d, const char *by, int64_t armed_ms,
                struct effects *fx);

/* ---- ask_hold.c: of the model with the screen ---- */
void hold_begin(struct model *m, struct ask *a, const char *by, int64_t armed_ms);
void hold_end(struct model *m, struct ask *a); /* answered: nothing is said of it */
/* It is over or another one than it was: no grant of it is held, and it is in no batch. */
void hold_forget(struct ask *a, const char *why);
void holds_look(struct model *m); /* what is held goes when nobody could drop it any more */
void holds_drop(struct model *m, const char *why);
void holds_tick(struct model *m, struct effects *fx);
int64_t holds_next(const struct model *m);

/* ---- ask_batch.c ---- */
struct ask *model_ask_of(const struct model *m, const struct ask *a); /* of the inbox */
/* It is over, or another one than it was: it is in no batch any more. */
void batch_leave(struct ask *a);

/* ---- ask_risk.c ---- */
void ask_look(struct model *m, struct ask *a); /* what looks dangerous in it */
int64_t asks_next(const struct model *m, int64_t now);
/* focus, overlay or selection changed: arming starts over with the next paint */
void ask_unpaint(struct model *m);
bool ask_on_screen(const struct model *m); /* the pane is focused and nothing hides it */
int64_t arm_next(const struct model *m);
void arm_tick(struct model *m);
/* typed answers that were not given go into the prompt history */
void asks_keep_replies(struct model *m);
void ask_free(struct ask *a);

/* ---- rules.c: m and fx are those of the request's owner ---- */
/* A request arrived: its answer may come from a rule. Once for each. */
void rules_asked(struct model *m, struct ask *a, struct effects *fx);
/* It was answered: a line of the audit log. answer, by: as struct ruling_answer has them. */
void rules_answered(struct model *m, const struct ask *a, const char *answer, const char *by,
                    int64_t armed_ms, struct effects *fx);
void rules_task(struct model *m, struct task *t, struct effects *fx);
struct rules_state;
void rules_free(struct rules_state *r);
void rules_tick(struct model *m, struct effects *fx);
int64_t rules_next(const struct model *m);
void rules_second(struct model *m); /* a countdown on the screen went on */

#endif
