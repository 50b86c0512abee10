/* turns.c - when an agent works, and when it is over. Servers cannot be asked; events and
 * reconciles tell. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

enum {
    CANCEL_MS = 3000,
    UNSURE_MS = 3000,
    UNSURE_SLOW_MS = 30000,
    UNSURE_FAST = 20,    /* so many loads at the fast pace */
    UNSURE_GIVE_UP = 10, /* loads without a sign of life of a turn that was never seen running */
    QUIET_LOADS = 2,
    SILENCE_MS = 120000, /* a running turn without open call that says nothing for so long */
    TITLE_FIRST_MS = 5000,
    TITLE_SECOND_MS = 30000,
};

/* ---- late deltas ---- */
bool delta_late(const struct session *s, const char *message_id) {
    const struct session_private *p = s->priv;

    if (!message_id)
        return false;
    for (size_t i = 0; i < p->n_done; i++)
        if (str_eq(p->done_ids[i], message_id))
            return true;
    return false;
}

void delta_seen(struct session *s, const char *message_id) {
    if (message_id && !str_eq(s->priv->message_id, message_id))
        set_string(&s->priv->message_id, message_id);
}

void message_done(struct session *s, const char *message_id) {
    struct session_private *p = s->priv;

    if (!message_id || delta_late(s, message_id))
        return;
    if (p->n_done == DONE_IDS) {
        free(p->done_ids[0]);
        memmove(p->done_ids, p->done_ids + 1, (DONE_IDS - 1) * sizeof p->done_ids[0]);
        p->n_done--;
    }
    p->done_ids[p->n_done++] = xstrdup(message_id);
}

/* ---- begin ---- */
void turn_runs(struct model *m, struct session *s) {
    s->priv->heard_at = m->now;
    if (s->turn == TURN_RUNNING || s->turn == TURN_CANCELLING)
        return;
    if (s->priv->began_at == 0)
        s->priv->began_at = m->now;
    s->turn = TURN_RUNNING;
    s->failed = false;
    s->quiet_loads = 0;
    s->priv->unsure_loads = 0;
    s->priv->seen_running = true;
    session_active(m, s);
    order_touch(m);
    watch_touch(m);
}

void turn_unsure(struct model *m, struct session *s) {
    if (s->turn == TURN_CANCELLING || (s->sending && s->sent == SENT_NONE))
        return;
    s->turn = TURN_UNSURE;
    if (s->priv->began_at == 0)
        s->priv->began_at = m->now;
    s->quiet_loads = 0;
    s->priv->unsure_loads = 0;
    order_touch(m);
    watch_touch(m);
}

/* ---- end ---- */
static void plan_title(struct model *m, struct session *s) {
    if (s->subagent || s->priv->turns_done++ > 0 || s->user_messages > 1)
        return;
    s->priv->title_at[0] = m->now + TITLE_FIRST_MS;
    s->priv->title_at[1] = m->now + TITLE_SECOND_MS;
}

/* A thread nobody looked at is read whole when somebody does: until then it need not be kept. What
 * only we know, a failure's note, is. */
static void forget_unseen(struct model *m, struct session *s) {
    struct transcript *t = &s->transcript;
    const uint32_t rev = t->rev; /* numbers of parts are never used twice */

    if (t->loaded || s == m->shown || s->load_request || s->sending || s->failed)
        return;
    for (size_t i = 0; i < t->n; i++)
        if (t->entries[i].role == ROLE_NOTE)
            return;
    transcript_fini(t);
    *t = (struct transcript){.rev = rev + 1};
    s->reading = (struct reading){.follow = true};
}

void turn_ends(struct model *m, struct session *s, enum turn_end how, struct effects *fx) {
    struct session_private *p = s->priv;

    message_done(s, p->message_id);
    s->turn = TURN_IDLE;
    s->failed = how == END_ERROR;
    s->seen = (s == m->shown && !model_hidden(m)) || s->subagent;
    s->quiet_loads = 0;
    p->unsure_loads = 0;
    p->seen_running = false;
    p->ended_at = m->now;
    p->cancel_at = 0;
    p->active_mark = 0;
    transcript_settle(&s->transcript, CALL_UNKNOWN, m->now);
    if (how == END_ERROR || how == END_CANCELLED) {
        asks_turn_over(m, s);
        queue_hold(m, s);
    }
    if (how != END_SETTLED) {
        session_active(m, s);
        plan_title(m, s);
        load_plan(m, s, 0);
        info_plan(s, m->now);
    }
    task_ends(m, s, NULL, fx);
    index_touch(m, s);
    forget_unseen(m, s);
    order_touch(m);
    watch_touch(m);
    if (s->n_queue == 0 || s->held) /* else it goes on */
        attend_turn(m, s, how, fx);
    send_drain(m, s, fx);
    p->began_at = 0;
}

/* ---- doubt ---- */
/* A load was applied. */
void turn_loaded(struct model *m, struct session *s, bool first, struct effects *fx) {
    struct session_private *p = s->priv;
    const struct transcript *t = &s->transcript;

    if (s->turn == TURN_IDLE && first && t->tail_open && !s->sending && !s->subagent &&
        p->ended_at == 0)
        turn_unsure(m, s);
    if (s->turn != TURN_UNSURE)
        return;
    const bool open = session_has_open_call(s);

    p->unsure_loads++;
    s->quiet_loads = open ? 0 : s->quiet_loads + 1;
    if (!open && !t->tail_open && s->quiet_loads >= QUIET_LOADS) {
        turn_ends(m, s, END_SETTLED, fx);
        return;
    }
    if (p->unsure_loads >= UNSURE_GIVE_UP && (!p->seen_running || !open)) {
        queue_hold(m, s); /* nobody knows how it ended: a key decides what happens next */
        p->now_id = 0;
        turn_ends(m, s, END_SETTLED, fx);
        return;
    }
    load_plan(m, s, p->unsure_loads < UNSURE_FAST ? UNSURE_MS : UNSURE_SLOW_MS);
}

/* ---- cancel ---- */
void act_session_cancel(struct model *m, struct session *s, struct effects *fx) {
    if (!s)
        return;
    if (s->sending && s->sent == SENT_NONE) {
        send_take_back(m, s);
        return;
    }
    if (!s->id || (s->turn == TURN_IDLE && s->link == LINK_LIVE)) {
        act_notice(m, "Nothing to cancel: no agent works in \"%s\"", session_title(s));
        return;
    }
    if (s->turn == TURN_CANCELLING && s->cancel_request)
        return;
    s->cancel_request = fx_call_id(m, fx, OP_SESSION_CANCEL, s, s->id);
    s->turn = TURN_CANCELLING;
    s->priv->cancel_at = m->now + CANCEL_MS;
    queue_hold(m, s);
    order_touch(m);
    watch_touch(m);
    model_settle(m, fx);
}

void cancel_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx) {
    (void)fx;
    if (in->kind != IN_REPLY && in->kind != IN_FAIL)
        return;
    s->cancel_request = 0;
    if (in->kind == IN_FAIL)
        act_error(m, &in->err, "Could not cancel \"%s\"", session_title(s));
}

/* ---- time ---- */
static int64_t silent_at(const struct session *s) {
    if (s->turn != TURN_RUNNING || s->send_request || s->subagent || session_has_open_call(s))
        return 0;
    return s->priv->heard_at + SILENCE_MS;
}

void turn_tick(struct model *m, struct session *s, struct effects *fx) {
    if (s->turn == TURN_CANCELLING && m->now >= s->priv->cancel_at && s->priv->now_id) {
        s->turn = TURN_RUNNING; /* what is to follow waits until it surely is over */
        turn_unsure(m, s);
        load_plan(m, s, 0);
        return;
    }
    if (s->turn == TURN_CANCELLING && m->now >= s->priv->cancel_at) {
        turn_ends(m, s, END_CANCELLED, fx);
        return;
    }
    const int64_t silent = silent_at(s);

    if (silent > 0 && m->now >= silent) {
        s->priv->heard_at = m->now;
        turn_unsure(m, s);
        load_plan(m, s, 0);
    }
}

int64_t turn_next(const struct session *s) {
    int64_t at = -1;

    if (s->turn == TURN_CANCELLING)
        sooner(&at, s->priv->cancel_at);
    sooner(&at, silent_at(s));
    return at;
}
