/* tick.c - time: what is due, and when the next thing is. Idle asks for no wake-up at all. */
#include "pictures.h"

#include <stdlib.h>
#include <string.h>

enum { STATE_SAVE_MS = 1000 };

/* ---- countdowns ---- */
/* What of the screen counts whole seconds: a number that changes when one of them does; *next:
 * when. */
static void count(uint64_t *key, int64_t *next, int64_t left, int64_t now) {
    if (left <= 0)
        return;
    *key = *key * 31 + (uint64_t)((left + 999) / 1000);
    sooner(next, now + (left % 1000 ? left % 1000 : 1000));
}

static uint64_t seconds(const struct model *m, int64_t now, int64_t *next) {
    const struct session *s = m->shown;
    uint64_t key = 1;
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);

    for (size_t i = 0; i < n; i++)
        if (ask_answerable(asks[i]))
            count(&key, next, asks[i]->deadline - now, now);
    if (m->server.state == SERVER_OFFLINE && m->server.retry_at > 0)
        count(&key, next, m->server.retry_at - now, now);
    count(&key, next, m->retrying.at - now, now);
    if (s && s->link == LINK_RETRYING && s->retry_at > 0)
        count(&key, next, s->retry_at - now, now);
    if (s && s->link == LINK_LATE && now > s->last_byte_at) { /* its age goes up */
        key = key * 31 + (uint64_t)((now - s->last_byte_at) / 1000);
        sooner(next, now + 1000 - (now - s->last_byte_at) % 1000);
    }
    return key;
}

static bool spins(const struct model *m) {
    return m->ui.animate && m->shown && m->shown->turn != TURN_IDLE;
}

static int64_t leader_at(const struct model *m) {
    const bool wait = m->ui.leader && m->priv->leader_done != m->ui.leader_at;

    return wait ? m->ui.leader_at + ARM_MS : 0;
}

static int64_t confirm_at(const struct model *m) {
    const bool wait = m->ui.over == OVER_CONFIRM && m->ui.confirm_painted_at > 0 &&
                      m->priv->confirm_done != m->ui.confirm_painted_at;

    return wait ? m->ui.confirm_painted_at + ARM_MS : 0;
}

static int64_t notice_at(const struct model *m) {
    return m->notice_at > 0 ? m->notice_at + NOTICE_MS : 0;
}

static void tick_screen(struct model *m) {
    struct model_private *p = m->priv;
    int64_t ignored = -1;
    const uint64_t key = seconds(m, m->now, &ignored);

    if (key != p->seconds_key) {
        p->seconds_key = key;
        model_touch(m);
        rules_second(m);
    }
    if (spins(m) && m->now / SPIN_MS != p->spun) {
        p->spun = m->now / SPIN_MS;
        model_touch(m);
    }
    if (notice_at(m) > 0 && m->now >= notice_at(m)) {
        m->notice_at = 0;
        model_touch(m);
    }
    if (leader_at(m) > 0 && m->now >= leader_at(m)) {
        p->leader_done = m->ui.leader_at;
        model_touch(m);
    }
    if (panel_armed_at(m) > 0 && m->now >= panel_armed_at(m)) {
        p->confirm_done = m->ui.panel->confirm_painted_at;
        model_touch(m);
    }
    if (confirm_at(m) > 0 && m->now >= confirm_at(m)) {
        p->confirm_done = m->ui.confirm_painted_at;
        model_touch(m);
    }
    arm_tick(m);
}

/* ---- the door ---- */
static void tick_session(struct model *m, struct session *s, struct effects *fx) {
    turn_tick(m, s, fx);
    send_tick(m, s);
    load_tick(m, s, fx);
    draft_tick(m, s, fx);
    own_tick(m, s, fx);
    if (transcript_count(&s->transcript, m->now) && s == m->shown)
        model_touch(m);
}

void model_tick(struct model *m, int64_t now, int64_t real, struct effects *fx) {
    struct model_private *p = m->priv;

    model_clock(m, now, real);
    if (!model_hidden(m))
        holds_tick(m, fx);
    asks_tick(m);
    rules_tick(m, fx);
    connect_tick(m, fx);
    watch_tick(m, fx);
    for (size_t i = 0; i < m->n_sessions; i++)
        tick_session(m, m->sessions[i], fx);
    if (m->fresh)
        tick_session(m, m->fresh, fx);
    if (p->state_dirty_at > 0 && now >= p->state_dirty_at + STATE_SAVE_MS && p->state_read)
        state_save(m, fx);
    places_tick(m, fx);
    prompts_tick(m, fx);
    pictures_tick(m, fx);
    transfers_tick(m, fx);
    picker_tick(m, fx);
    index_tick(m, fx);
    if (!model_hidden(m)) {
        tick_screen(m);
        search_tick(m);
        complete_tick(m, fx);
        visual_tick(m, fx);
    }
    model_settle(m, fx);
}

static void sooner_of(int64_t *at, int64_t t) {
    if (t >= 0 && (*at < 0 || t < *at))
        *at = t;
}

static int64_t session_next(const struct session *s) {
    int64_t at = -1;

    sooner_of(&at, turn_next(s));
    sooner_of(&at, load_next(s));
    sooner_of(&at, draft_next(s));
    sooner_of(&at, own_next(s));
    sooner(&at, s->sending ? s->priv->live_by : 0);
    sooner(&at, s->transcript.count_at);
    return at;
}

static int64_t screen_next(const struct model *m, int64_t now) {
    int64_t at = arm_next(m);

    if (seconds(m, now, &at) != m->priv->seconds_key)
        sooner(&at, now);
    if (spins(m))
        sooner(&at, (now / SPIN_MS + 1) * SPIN_MS);
    sooner(&at, notice_at(m));
    sooner(&at, leader_at(m));
    sooner(&at, confirm_at(m));
    sooner(&at, panel_armed_at(m));
    sooner_of(&at, search_next(m, now));
    sooner_of(&at, holds_next(m));
    sooner_of(&at, complete_next(m));
    return at;
}

int64_t model_next_tick(const struct model *m, int64_t now) {
    const struct model_private *p = m->priv;
    int64_t at = -1;

    if (p->order_dirty || p->watch_dirty || p->n_unsaved > 0 || p->n_panel_ended > 0 ||
        p->pipe_ended > 0 || m->ui.visual.text)
        return now;
    for (size_t i = 0; i < m->n_sessions; i++)
        sooner_of(&at, session_next(m->sessions[i]));
    if (m->fresh)
        sooner_of(&at, session_next(m->fresh));
    sooner_of(&at, asks_next(m, now));
    sooner_of(&at, rules_next(m));
    sooner_of(&at, connect_next(m));
    sooner_of(&at, watch_next(m));
    sooner_of(&at, pictures_next(m));
    sooner_of(&at, transfers_next(m));
    sooner_of(&at, picker_next(m));
    sooner_of(&at, index_next(m));
    if (p->state_dirty_at > 0 && p->state_read)
        sooner(&at, p->state_dirty_at + STATE_SAVE_MS);
    sooner_of(&at, places_next(m));
    sooner_of(&at, prompts_next(m));
    if (!model_hidden(m)) {
        sooner_of(&at, screen_next(m, now));
        sooner_of(&at, files_next(m));
    }
    return at >= 0 && at < now ? now : at;
}
