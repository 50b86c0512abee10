/* queue.c - the messages that wait for their turn: added, moved, changed, taken out, sent now. */
#include "mix/editor.h"
#include "editing.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* ---- one message ---- */
/* Copies of those that are files: a fold of a paste means nothing outside an editor. */
size_t chips_of_files(const struct chip *v, size_t n, struct chip **out) {
    size_t n_out = 0;

    *out = NULL;
    for (size_t i = 0; i < n; i++) {
        if (v[i].kind != CHIP_FILE || !v[i].path)
            continue;
        *out = xrealloc(*out, (n_out + 1) * sizeof **out);
        (*out)[n_out] = v[i];
        (*out)[n_out++].path = xstrdup(v[i].path);
    }
    return n_out;
}

void queued_fini(struct queued *q) {
    free(q->text);
    chips_free(q->chips, q->n_chips);
    free(q->why_waits);
    *q = (struct queued){0};
}

static void insert(struct session *s, size_t at, const struct queued *q) {
    s->queue = xgrow(s->queue, s->n_queue, &s->cap_queue, sizeof(*s->queue));
    memmove(s->queue + at + 1, s->queue + at, (s->n_queue - at) * sizeof(*s->queue));
    s->queue[at] = *q;
    s->n_queue++;
}

struct queued *queue_add(struct model *m, struct session *s, size_t at, const char *text,
                         const struct turn_options *options) {
    insert(s, at,
           &(struct queued){
               .text = xstrdup(text), .id = ++s->priv->next_queue_id, .options = *options});
    journal_touch(m, s);
    return &s->queue[at];
}

/* The caller has it now. */
struct queued queue_take(struct model *m, struct session *s, size_t at) {
    struct queued q = s->queue[at];

    memmove(s->queue + at, s->queue + at + 1, (s->n_queue - at - 1) * sizeof(*s->queue));
    s->n_queue--;
    if (s->n_queue == 0)
        s->held = false;
    if (q.id == s->priv->now_id)
        s->priv->now_id = 0;
    journal_touch(m, s);
    return q;
}

size_t queue_find(const struct session *s, uint32_t id) {
    size_t at = 0;

    while (at < s->n_queue && s->queue[at].id != id)
        at++;
    return at;
}

void queue_hold(struct model *m, struct session *s) {
    if (s->n_queue == 0 || s->held)
        return;
    s->held = true;
    model_touch(m);
}

void queue_clear(struct session *s) {
    for (size_t i = 0; i < s->n_queue; i++)
        queued_fini(&s->queue[i]);
    s->n_queue = 0;
    s->held = false;
    s->priv->now_id = 0;
}

void queue_fini(struct session *s) {
    struct session_private *p = s->priv;

    queue_clear(s);
    free(s->queue);
    for (size_t i = 0; i < p->n_gone; i++)
        queued_fini(&p->gone[i].queued);
    p->n_gone = 0;
}

const char *queue_state(const struct session *s, size_t at) {
    const struct queued *q = &s->queue[at];

    if (q->edited)
        return "being changed";
    if (q->why_waits)
        return q->why_waits;
    if (s->own == OWN_OTHER)
        return "of another mixtui";
    if (q->id == s->priv->now_id)
        return "as soon as the turn has ended";
    if (s->sent == SENT_UNKNOWN)
        return "waits for what you decide about the unknown one";
    if (s->held)
        return "held";
    if (at == 0 && q->n_chips > 0 && s->turn == TURN_IDLE)
        return "uploading";
    return at == 0 ? "waits for the turn" : "waits for those before it";
}

bool queue_state_matters(const struct session *s, size_t at) {
    const struct queued *q = &s->queue[at];

    return q->edited || q->why_waits || (q->id > 0 && q->id == s->priv->now_id) ||
           (at == 0 && q->n_chips > 0 && s->turn == TURN_IDLE && !s->held);
}

/* ---- back to the person ---- */
void message_to_draft(struct model *m, struct session *s, const struct queued *q) {
    editor_set(&s->draft, q->text);
    chips_put(&s->draft, q->text, q->chips, q->n_chips);
    s->options = q->options;
    act_draft_changed(m, s);
}

/* ---- what the person does ---- */
static bool elsewhere(struct model *m, const struct session *s) {
    if (s->own == OWN_OTHER)
        own_say(m, s);
    return s->own == OWN_OTHER;
}

static bool missing(struct model *m, const struct session *s, size_t at) {
    if (!s || at >= s->n_queue)
        act_notice(m, "Nothing is queued there");
    return !s || at >= s->n_queue || elsewhere(m, s);
}

void act_queue_go(struct model *m, struct session *s, struct effects *fx) {
    if (!s || s->n_queue == 0) {
        act_notice(m, "Nothing is queued here");
        return;
    }
    if (elsewhere(m, s))
        return;
    if (s->sent == SENT_UNKNOWN) {
        act_notice(m, "First decide about the message nobody knows the fate of: r sends it again, "
                      "x drops it");
        return;
    }
    s->held = false;
    for (size_t i = 0; i < s->n_queue; i++)
        set_string(&s->queue[i].why_waits, NULL); /* it is tried once more */
    if (s->turn == TURN_UNSURE && !session_has_open_call(s) && !s->send_request)
        s->turn = TURN_IDLE; /* somebody looked and decided */
    send_drain(m, s, fx);
    order_touch(m);
    model_settle(m, fx);
}

/* So that it can come back to its place. */
static void remember_gone(struct session *s, size_t at, struct queued *q) {
    struct session_private *p = s->priv;

    if (p->n_gone == GONE_MAX) {
        queued_fini(&p->gone[0].queued);
        memmove(p->gone, p->gone + 1, (GONE_MAX - 1) * sizeof p->gone[0]);
        p->n_gone--;
    }
    p->gone[p->n_gone++] = (struct queue_gone){.queued = *q, .at = at};
}

void act_queue_drop(struct model *m, struct session *s, size_t at, struct effects *fx) {
    if (missing(m, s, at))
        return;
    if (!draft_free(s)) {
        act_queue_delete(m, s, s->queue[at].id, fx);
        return;
    }
    struct queued q = queue_take(m, s, at);

    message_to_draft(m, s, &q);
    queued_fini(&q);
    model_settle(m, fx);
}

void act_queue_delete(struct model *m, struct session *s, uint32_t id, struct effects *fx) {
    const size_t at = queue_find(s, id);

    if (missing(m, s, at))
        return;
    struct queued q = queue_take(m, s, at);

    history_said(m, s, q.text, fx);
    q.edited = false;
    remember_gone(s, at, &q);
    act_notice(m, "Taken out of the queue; it is in the prompt history (Up)");
    model_settle(m, fx);
}

void act_queue_clear(struct model *m, struct session *s, struct effects *fx) {
    const size_t n = s->n_queue;

    while (s->n_queue > 0) {
        const size_t left = s->n_queue;

        act_queue_delete(m, s, s->queue[left - 1].id, fx);
        if (s->n_queue == left) /* why was said */
            return;
    }
    if (n > 0)
        act_notice(m, "All %zu taken out of the queue; they are in the prompt history (Up)", n);
}

void act_queue_undo(struct model *m, struct session *s, struct effects *fx) {
    struct session_private *p = s->priv;

    if (elsewhere(m, s))
        return;
    if (p->n_gone == 0) {
        act_notice(m, "Nothing was taken out of this queue");
        return;
    }
    const struct queue_gone *g = &p->gone[--p->n_gone];
    const size_t at = g->at < s->n_queue ? g->at : s->n_queue;
    const bool alone = s->n_queue == 0;

    insert(s, at, &g->queued);
    if (alone)
        s->held = true; /* nobody said that it should leave this moment */
    journal_touch(m, s);
    model_settle(m, fx);
}

void act_queue_move(struct model *m, struct session *s, uint32_t id, int by, struct effects *fx) {
    const size_t at = queue_find(s, id);

    if (missing(m, s, at))
        return;
    if (by < 0 ? at == 0 : at + 1 >= s->n_queue)
        return;
    const size_t to = by < 0 ? at - 1 : at + 1;
    const struct queued q = s->queue[at];

    s->queue[at] = s->queue[to];
    s->queue[to] = q;
    journal_touch(m, s);
    model_settle(m, fx);
}

void act_queue_now(struct model *m, struct session *s, uint32_t id, struct effects *fx) {
    const size_t at = queue_find(s, id);

    if (missing(m, s, at))
        return;
    if (s->sent == SENT_UNKNOWN) {
        act_queue_go(m, s, fx); /* says what has to be decided first */
        return;
    }
    s->priv->now_id = id;
    set_string(&s->queue[at].why_waits, NULL);
    if (s->turn != TURN_IDLE && s->turn != TURN_CANCELLING)
        act_session_cancel(m, s, fx);
    send_drain(m, s, fx);
    model_settle(m, fx);
}
