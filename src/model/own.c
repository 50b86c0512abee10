/* own.c - one mixtui has a session's draft and queue; another one shows them as they are on disk,
 * and can take them over. Nobody wakes up for that: who only shows looks again when a key comes or
 * the screen gets the focus. */
#include "mix/editor.h"
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LOOK_MS = 2000, SURE_MS = 5000, ANSWER_MS = 2000, SLOTS = 8 };

/* ---- tasks ---- */
static bool owner_path(const struct model *m, struct buf *out, const struct session *s) {
    return draft_path(m, out, "owners/", s->id, s->priv->slot);
}

static void watch(struct model *m, struct effects *fx) {
    struct buf path = {0};

    if (m->priv->own_watch == 0 && state_path(m, &path, "owners"))
        m->priv->own_watch = fx_task(m, fx, TASK_OWN_WATCH, path.p, TAG_OWN_WATCH, NULL)->id;
    buf_fini(&path);
}

void own_take(struct model *m, struct session *s, enum own_how how, struct effects *fx) {
    struct buf path = {0};

    watch(m, fx);
    if (owner_path(m, &path, s)) {
        struct task *t = fx_task(m, fx, TASK_OWN_TAKE, path.p, TAG_OWN_TAKE, s);

        t->force = how == OWN_BY_FORCE;
        if (s->own == OWN_NOBODY)
            s->own = OWN_ASKED;
    }
    buf_fini(&path);
}

void own_guard(struct model *m, const struct session *s, struct task *write) {
    struct buf path = {0};

    if (owner_path(m, &path, s))
        write->guard = arena_strdup(&write->arena, path.p);
    buf_fini(&path);
}

static void drop(struct model *m, const char *id, unsigned slot, const char *whom,
                 struct effects *fx) {
    struct buf path = {0};

    if (draft_path(m, &path, "owners/", id, slot)) {
        struct task *t = fx_task(m, fx, TASK_OWN_DROP, path.p, TAG_OWN_DROP, NULL);

        if (whom)
            task_data(t, whom, strlen(whom));
    }
    buf_fini(&path);
}

void own_named(struct model *m, struct session *s, struct effects *fx) {
    own_take(m, s, OWN_IF_FREE, fx);
}

void own_drop_new(struct model *m, unsigned slot, struct effects *fx) {
    drop(m, NULL, slot, NULL, fx);
}

/* Its file is read once more, after the answer to whose it is. */
static void read_again(struct model *m, struct session *s, enum own_how how, struct effects *fx) {
    struct session_private *p = s->priv;

    p->draft_read = 0;
    p->looked_at = m->now;
    if (how == OWN_BY_FORCE)
        own_take(m, s, how, fx);
    draft_load(m, s, fx);
}

/* ---- what is shown of another's ---- */
void own_say(struct model *m, const struct session *s) {
    act_notice(m, "Read only: Ctrl+X = takes over from %s", s->owner ? s->owner : "another mixtui");
}

void own_shown(struct session *s) { set_string(&s->priv->theirs, buf_str(&s->draft.text)); }

bool own_keeps(struct model *m, struct session *s) {
    if (s->own != OWN_OTHER)
        return false;
    s->history_at = 0;
    set_string(&s->priv->stash, NULL);
    editor_set(&s->draft, s->priv->theirs ? s->priv->theirs : "");
    own_say(m, s);
    model_touch(m);
    return true;
}

static void into_history(struct model *m, const struct session *s, const char *text, size_t *n,
                         struct effects *fx) {
    if (str_blank(text))
        return;
    history_said(m, s, text, fx);
    ++*n;
}

/* A message that has not left yet; what was posted goes on, and its answer is waited for. */
static char *take_unsent(struct session *s) {
    struct session_private *p = s->priv;
    char *text;

    if (!s->sending || s->sent == SENT_POSTED)
        return NULL;
    text = TAKE(s->sending);
    transcript_unsend(&s->transcript, text);
    s->sent = SENT_NONE;
    p->leaving = p->check = false;
    p->live_by = 0;
    set_string(&p->known_id, NULL);
    if (s->turn == TURN_SENDING)
        s->turn = TURN_IDLE;
    return text;
}

static void clear_shown(struct session *s) {
    s->history_at = 0;
    set_string(&s->priv->stash, NULL);
    queue_clear(s);
    editor_set(&s->draft, "");
    s->options = (struct turn_options){0};
    s->draft_dirty_at = 0;
}

void own_show_nothing(struct model *m, struct session *s, struct effects *fx) {
    size_t n = 0;

    if (!s->priv->theirs) { /* typed here, before it was known whose it is */
        auto_free char *unsent = take_unsent(s);

        into_history(m, s, unsent, &n, fx);
        for (size_t i = 0; i < s->n_queue; i++)
            into_history(m, s, s->queue[i].text, &n, fx);
        into_history(m, s, s->history_at > 0 ? s->priv->stash : buf_str(&s->draft.text), &n, fx);
    }
    clear_shown(s);
    if (n > 0)
        act_notice(m,
                   "Read only, what you typed is in the prompt history: Ctrl+X = takes over "
                   "from %s",
                   s->owner ? s->owner : "another mixtui");
}

void own_forget_theirs(struct model *m, struct session *s) {
    if (!s->priv->theirs)
        return;
    set_string(&s->priv->theirs, NULL);
    clear_shown(s);
    model_touch(m);
}

/* ---- given away, lost ---- */
static void becomes_theirs(struct model *m, struct session *s, const char *who) {
    struct session_private *p = s->priv;

    s->own = OWN_OTHER;
    set_string(&s->owner, who);
    s->draft_loaded = false;
    p->draft_read = 0;
    p->draft_write = 0;
    p->save_again_at = 0;
    s->draft_dirty_at = 0;
    p->now_id = 0;
    for (size_t i = 0; i < s->n_queue; i++)
        s->queue[i].edited = false;
    s->held = s->n_queue > 0;
    order_touch(m);
}

/* Another asked for it: everything is on disk before it goes. */
static void give(struct model *m, struct session *s, const char *whom, struct effects *fx) {
    size_t n = 0;

    s->priv->leaving = false; /* it did not leave yet: the file has it as the first of the queue */
    (void)draft_save(m, s, fx);
    if (m->disk_failed) {
        for (size_t i = 0; i < s->n_queue; i++)
            into_history(m, s, s->queue[i].text, &n, fx);
        into_history(m, s, buf_str(&s->draft.text), &n, fx);
    }
    drop(m, s->id, s->priv->slot, whom, fx);
    if (s->sent != SENT_POSTED)
        free(take_unsent(s));
    becomes_theirs(m, s, "another mixtui");
    if (s->history_at > 0)
        editor_set(&s->draft, s->priv->stash ? s->priv->stash : "");
    s->history_at = 0;
    set_string(&s->priv->stash, NULL);
    own_shown(s);
    act_notice(m, "Another mixtui took over the draft and the queue of \"%s\"", session_title(s));
}

/* This one stood still, and another took it by force: what only we have goes into the history. */
void own_lost(struct model *m, struct session *s, struct effects *fx) {
    auto_free char *unsent = NULL;
    size_t n = 0;

    if (s->own == OWN_OTHER)
        return;
    unsent = take_unsent(s);
    into_history(m, s, unsent, &n, fx);
    into_history(m, s, s->history_at > 0 ? s->priv->stash : buf_str(&s->draft.text), &n, fx);
    for (size_t i = 0; i < s->n_queue; i++)
        into_history(m, s, s->queue[i].text, &n, fx);
    clear_shown(s);
    becomes_theirs(m, s, "another mixtui");
    own_shown(s);
    act_notice(m,
               "Another mixtui took over \"%s\" meanwhile: what was written here is in the "
               "prompt history",
               session_title(s));
    read_again(m, s, OWN_IF_FREE, fx);
}

/* ---- answers ---- */
static char *who_has(const struct task *t) {
    const time_t since = (time_t)(t->owned_since / 1000);
    struct buf out = {.max = 200};
    struct tm tm;

    (void)buf_addf(&out, "another mixtui (process %ld", t->owned_by);
    if (since > 0 && localtime_r(&since, &tm))
        (void)buf_addf(&out, ", since %02d:%02d", tm.tm_hour, tm.tm_min);
    (void)buf_adds(&out, ")");
    return buf_take(&out);
}

static void taken(struct model *m, const struct task *t, struct session *s, struct effects *fx) {
    const bool was_theirs = s->own == OWN_OTHER;

    if (t->err.rc == RC_OK && t->owned_by > 0) {
        if (!s->id && s->priv->slot + 1 < SLOTS) { /* each has a new session of its own */
            s->priv->slot++;
            s->own = OWN_NOBODY;
            read_again(m, s, OWN_IF_FREE, fx);
            return;
        }
        auto_free char *who = who_has(t);

        if (s->own == OWN_MINE) { /* found out before a write did */
            own_lost(m, s, fx);
            set_string(&s->owner, who);
            return;
        }
        s->own = OWN_OTHER;
        set_string(&s->owner, who);
        model_touch(m);
        return;
    }
    if (was_theirs)
        s->priv->granted = true; /* ours as soon as its file was read */
    else
        s->own = OWN_MINE;
}

void own_granted(struct model *m, struct session *s) {
    if (!s->priv->granted)
        return;
    s->priv->granted = false;
    s->own = OWN_MINE;
    s->priv->take_by = 0;
    set_string(&s->owner, NULL);
    act_notice(m, "The draft and the queue of \"%s\" are here now", session_title(s));
    model_touch(m);
}

/* Drafts of new sessions that others left behind: not ours to go on with, but nothing is lost. */
static void left_found(struct model *m, const struct task *t, uint64_t slot, struct effects *fx) {
    if (t->kind == TASK_READ && t->err.rc == RC_OK && t->data && t->len > 0) {
        struct buf path = {0};

        if (draft_path(m, &path, "owners/", NULL, (unsigned)slot)) {
            (void)fx_task(m, fx, TASK_OWN_TAKE, path.p, TAG_OWN_LEFT, NULL);
            m->priv->tasks[m->priv->n_tasks - 1].hash = slot;
        }
        buf_fini(&path);
    } else if (t->kind == TASK_OWN_TAKE && t->err.rc == RC_OK && t->owned_by == 0 &&
               !(m->fresh && m->fresh->priv->slot == slot)) {
        draft_bury_file(m, NULL, (unsigned)slot, BURY_READ, fx);
        drop(m, NULL, (unsigned)slot, NULL, fx);
        act_notice(m, "What another mixtui left in a new session is in the prompt history");
    }
}

void own_look_for_left(struct model *m, const struct session *s, struct effects *fx) {
    if (s->id || m->priv->left_looked)
        return;
    m->priv->left_looked = true;
    for (unsigned i = 0; i < SLOTS; i++) {
        struct buf path = {0};

        if (i != s->priv->slot && draft_path(m, &path, "drafts/", NULL, i)) {
            (void)fx_task(m, fx, TASK_READ, path.p, TAG_OWN_LEFT, NULL);
            m->priv->tasks[m->priv->n_tasks - 1].hash = i;
        }
        buf_fini(&path);
    }
}

static bool is_named(const struct model *m, const struct session *s, const char *name, size_t n) {
    struct buf path = {0};
    const bool made = owner_path(m, &path, s);
    const char *base = made ? path_base(path.p) : "";
    const bool same = made && strlen(base) == n && strncmp(base, name, n) == 0;

    buf_fini(&path);
    return same;
}

/* `take NAME ID` or `gone NAME ID` */
static void asked_by(struct model *m, const char *line, struct effects *fx) {
    const bool wants = strncmp(line, "take ", 5) == 0;

    if (!wants && strncmp(line, "gone ", 5) != 0)
        return;
    const char *name = line + 5;
    const size_t n = strcspn(name, " ");

    if (n == 0 || name[n] != ' ')
        return;
    for (size_t i = 0; i <= m->n_sessions; i++) {
        struct session *s = i < m->n_sessions ? m->sessions[i] : m->fresh;

        if (!s || s->own == OWN_NOBODY || !is_named(m, s, name, n))
            continue;
        if (wants && s->own == OWN_MINE && s->draft_loaded)
            give(m, s, name + n + 1, fx);
        else if (!wants && s->own == OWN_OTHER)
            read_again(m, s, OWN_IF_FREE, fx);
        return;
    }
}

void own_task(struct model *m, struct task *t, const struct pending_task *asked,
              struct effects *fx) {
    struct session *s = asked->session;

    if (asked->tag == TAG_OWN_WATCH) {
        m->priv->own_watch = 0;
        if (t->err.rc == RC_OK && t->data)
            asked_by(m, t->data, fx);
        watch(m, fx);
    } else if (asked->tag == TAG_OWN_LEFT) {
        left_found(m, t, asked->hash, fx);
    } else if (asked->tag == TAG_OWN_TAKE && s) {
        taken(m, t, s, fx);
    } else if (asked->tag == TAG_OWN_ASK && s && t->err.rc != RC_OK && s->priv->take_by > 0) {
        s->priv->take_by = 0; /* nobody reads there: it is gone, or cannot be told */
        read_again(m, s, OWN_BY_FORCE, fx);
    }
}

/* ---- the person, and time ---- */
void act_take_over(struct model *m, struct session *s, struct effects *fx) {
    struct buf path = {0};

    if (s->own != OWN_OTHER) {
        act_notice(m, "The draft and the queue are here already");
        return;
    }
    if (s->priv->take_by == 0 && owner_path(m, &path, s)) {
        (void)fx_task(m, fx, TASK_OWN_ASK, path.p, TAG_OWN_ASK, s);
        s->priv->take_by = m->now + ANSWER_MS;
        act_notice(m, "Asking the other mixtui for the draft and the queue");
    }
    buf_fini(&path);
    model_settle(m, fx);
}

void own_look(struct model *m, struct effects *fx) {
    struct session *s = m->shown;

    if (s->own == OWN_OTHER && s->priv->draft_read == 0 && m->now - s->priv->looked_at >= LOOK_MS)
        read_again(m, s, OWN_IF_FREE, fx);
    if (s->own == OWN_MINE && m->now - s->priv->looked_at >= SURE_MS) { /* is it still? */
        s->priv->looked_at = m->now;
        own_take(m, s, OWN_IF_FREE, fx);
    }
}

void own_tick(struct model *m, struct session *s, struct effects *fx) {
    if (s->priv->take_by == 0 || m->now < s->priv->take_by)
        return;
    s->priv->take_by = 0; /* it does not answer */
    read_again(m, s, OWN_BY_FORCE, fx);
}

int64_t own_next(const struct session *s) {
    int64_t at = -1;

    sooner(&at, s->priv->take_by);
    return at;
}
