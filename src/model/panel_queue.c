/* panel_queue.c - the messages of a session that wait, and one of them opened to be changed. What
 * is changed there is the queued message itself, letter by letter: nothing is left to be saved, and
 * while it is open it does not leave. */
#include "editing.h"
#include "panels.h"

#include <stdlib.h>
#include <string.h>

enum { R_UNKNOWN, R_MESSAGE, R_GO, R_TEXT, R_NONE, R_RESEND, R_DROP, R_EDIT, R_NOW, R_UP, R_DOWN };
enum { R_OUT = R_DOWN + 1, R_UNDO, R_FIELD, R_DONE, R_ALL };
enum { LINE_MAX_BYTES = 1000 };

static const char *why_queue(const struct model *m) {
    const struct session *s = m->shown;

    return s->n_queue > 0 || s->sent == SENT_UNKNOWN || s->priv->n_gone > 0 ? NULL
                                                                            : "nothing waits here";
}

/* ---- rows ---- */
static const char *line_of(struct panel *p, const char *text) {
    size_t n = strlen(text);

    if (n > LINE_MAX_BYTES) {
        n = LINE_MAX_BYTES;
        n -= text_tail(text, n);
    }
    return arena_strndup(&p->rows_arena, text, n);
}

static struct panel_row *action(struct panel *p, int tag, size_t index, const char *label,
                                const char *value) {
    struct panel_row *row = panel_add(p, ROW_ACTION, tag, label, value ? "%s" : NULL, value);

    row->index = index;
    row->indent = 1;
    return row;
}

static void add_unknown(struct panel *p) {
    const struct session *s = p->session;

    panel_add(p, ROW_VALUE, R_UNKNOWN, "unknown", "%s", line_of(p, s->sending))->tone = TONE_BAD;
    if (!panel_unfolded(p, R_UNKNOWN, 0))
        return;
    panel_add_text(p, R_TEXT, s->sending, (size_t)-1)->indent = 1;
    action(p, R_RESEND, 0, "send it again", "r: it was not seen in the thread");
    action(p, R_DROP, 0, "drop it", "d: into the draft, else the prompt history");
}

static void add_message(struct panel *p, size_t at) {
    const struct session *s = p->session;
    const struct queued *q = &s->queue[at];
    auto_buf struct buf options = {.max = 256}, label = {.max = 64};

    (void)buf_addf(&label, "%zu", at + 1);
    struct panel_row *row =
        panel_add(p, ROW_VALUE, R_MESSAGE, buf_str(&label), "%s", line_of(p, q->text));

    row->index = q->id;
    turn_options_text(&options, &q->options, ", ");
    row->help = arena_printf(&p->rows_arena, "%s%s%s", queue_state(s, at),
                             options.n > 0 ? "; " : "", buf_str(&options));
    if (!panel_unfolded(p, R_MESSAGE, q->id))
        return;
    panel_add_text(p, R_TEXT, q->text, (size_t)-1)->indent = 1;
    action(p, R_EDIT, q->id, "change it", "e");
    row = action(p, R_NOW, q->id, "send it now", "s");
    if (s->turn != TURN_IDLE)
        row->destroys = "the turn that runs is cancelled";
    if (at > 0)
        action(p, R_UP, q->id, "move up", "K");
    if (at + 1 < s->n_queue)
        action(p, R_DOWN, q->id, "move down", "J");
    action(p, R_OUT, q->id, "take it out", "d");
}

static void queue_rows(const struct model *m, struct panel *p) {
    const struct session *s = p->session;

    if (!s)
        return;
    if (s->own == OWN_OTHER)
        panel_add(p, ROW_TEXT, R_TEXT, NULL, "%s has this queue: Ctrl+X = takes it over",
                  s->owner ? s->owner : "another mixtui")
            ->tone = TONE_BAD;
    if (s->sent == SENT_UNKNOWN)
        add_unknown(p);
    for (size_t i = 0; i < s->n_queue; i++)
        add_message(p, i);
    if (s->n_queue == 0 && s->sent != SENT_UNKNOWN)
        panel_add(p, ROW_TEXT, R_NONE, NULL, "Nothing waits here.");
    if (s->held && s->sent != SENT_UNKNOWN)
        panel_add(p, ROW_ACTION, R_GO, "let it go on", "r: the queue is held")->tone = TONE_GOOD;
    if (s->priv->n_gone > 0)
        panel_add(p, ROW_ACTION, R_UNDO, "bring back", "u: what was taken out last");
    if (s->n_queue > 1)
        panel_add(p, ROW_ACTION, R_ALL, "take all out", "into the prompt history")->destroys =
            arena_printf(&p->rows_arena, "%zu messages leave the queue", s->n_queue);
    if (s->n_queue > 0)
        panel_add(
            p, ROW_TEXT, R_TEXT, NULL,
            "Enter or e changes the message, K and J move it, d takes it out, s sends it now; "
            "Space shows all of it")
            ->tone = TONE_DIM;
    (void)m;
}

/* ---- what is done there ---- */
static void change(struct model *m, uint32_t id, struct effects *fx) {
    struct session *s = m->ui.panel->session;
    const size_t at = queue_find(s, id);

    if (at >= s->n_queue)
        return;
    if (s->own == OWN_OTHER) {
        own_say(m, s);
        return;
    }
    struct panel *p = act_panel_push(m, PANEL_QUEUED, fx);

    if (!p)
        return;
    uint32_t *which = xcalloc(1, sizeof *which);

    *which = id;
    p->data = which;
    s->queue[at].edited = true;
    struct panel_field *f = panel_text(p, R_FIELD, DRAFT_MAX, MANY_LINES);

    editor_set(&f->text, s->queue[at].text);
    chips_put(&f->text, s->queue[at].text, s->queue[at].chips, s->queue[at].n_chips);
    panel_fresh(m);
    model_touch(m);
}

/* Confirmed by the same key again: the row that says what is destroyed is opened and chosen. */
static void now(struct model *m, struct panel *p, uint32_t id, struct effects *fx) {
    if (!panel_unfolded(p, R_MESSAGE, id))
        panel_fold(m, p, panel_row_at(p));
    panel_touch(m, p);
    panel_fresh(m);
    for (size_t i = 0; i < p->n_rows; i++)
        if (p->rows[i].tag == R_NOW && p->rows[i].index == id) {
            p->cursor = i;
            p->reveal = true;
        }
    act_panel_enter(m, fx);
}

static void on_unknown(struct model *m, struct panel *p, int tag, struct effects *fx) {
    if (tag == R_RESEND)
        act_unknown_resend(m, p->session, fx);
    else
        act_unknown_drop(m, p->session, fx);
}

static void queue_enter(struct model *m, struct panel *p, const struct panel_row *row,
                        struct effects *fx) {
    struct session *s = p->session;
    const uint32_t id = (uint32_t)row->index;

    if (!s)
        return;
    switch (row->tag) {
    case R_UNKNOWN:
        panel_fold(m, p, row);
        break;
    case R_RESEND:
    case R_DROP:
        on_unknown(m, p, row->tag, fx);
        break;
    case R_MESSAGE:
    case R_EDIT:
        change(m, id, fx);
        return;
    case R_NOW:
        act_queue_now(m, s, id, fx);
        break;
    case R_UP:
    case R_DOWN:
        act_queue_move(m, s, id, row->tag == R_UP ? -1 : 1, fx);
        break;
    case R_OUT:
        act_queue_delete(m, s, id, fx);
        break;
    case R_UNDO:
        act_queue_undo(m, s, fx);
        break;
    case R_ALL:
        act_queue_clear(m, s, fx);
        break;
    case R_GO:
        act_queue_go(m, s, fx);
        break;
    default:
        break;
    }
    panel_touch(m, p);
}

static void queue_key(struct model *m, struct panel *p, int key, struct effects *fx) {
    const struct panel_row *row = panel_row_at(p);
    struct session *s = p->session;
    const int tag = row ? row->tag : R_NONE;
    const uint32_t id = row ? (uint32_t)row->index : 0;
    const bool message = tag == R_MESSAGE || tag == R_EDIT || (tag >= R_NOW && tag <= R_OUT);
    const bool unknown = tag == R_UNKNOWN || tag == R_RESEND || tag == R_DROP;

    if (!s)
        return;
    if (key == 'u')
        act_queue_undo(m, s, fx);
    else if (key == 'r' && s->sent != SENT_UNKNOWN)
        act_queue_go(m, s, fx);
    else if (unknown && (key == 'r' || key == 'd'))
        on_unknown(m, p, key == 'r' ? R_RESEND : R_DROP, fx);
    else if (!message)
        act_notice(m, "%c: choose a queued message first", key);
    else if (key == 'e')
        change(m, id, fx);
    else if (key == 'd')
        act_queue_delete(m, s, id, fx);
    else if (key == 's')
        now(m, p, id, fx);
    else
        act_queue_move(m, s, id, key == 'K' ? -1 : 1, fx);
    if (m->ui.panel == p)
        panel_touch(m, p);
}

static void queue_unfold(struct model *m, struct panel *p, const struct panel_row *row,
                         struct effects *fx) {
    (void)fx;
    if (row->tag == R_MESSAGE || row->tag == R_UNKNOWN)
        panel_fold(m, p, row);
}

const struct panel_spec panel_queue = {
    .title = "Queue",
    .why_not = why_queue,
    .rows = queue_rows,
    .enter = queue_enter,
    .unfold = queue_unfold,
    .key = queue_key,
    .keys = "edKJsur",
    .wide = true,
};

/* ---- one of them ---- */
static struct queued *opened(const struct panel *p) {
    struct session *s = p->session;
    const uint32_t *id = p->data;
    const size_t at = s && id ? queue_find(s, *id) : 0;

    return s && id && at < s->n_queue ? &s->queue[at] : NULL;
}

static void queued_rows(const struct model *m, struct panel *p) {
    (void)m;
    if (!p->data)
        return;
    panel_add_field(p, ROW_FIELD, R_FIELD, "message", "waits here while it is changed; Tab leaves");
    panel_add(p, ROW_ACTION, R_DONE, "back to the queue", NULL);
    if (!opened(p))
        panel_add(p, ROW_TEXT, R_TEXT, NULL,
                  "It is no longer in this queue: what is written here "
                  "goes into the prompt history.")
            ->tone = TONE_BAD;
}

static void queued_changed(struct model *m, struct panel *p, const struct panel_row *row,
                           struct effects *fx) {
    struct queued *q = opened(p);
    const struct panel_field *f = panel_field(p, R_FIELD);

    (void)row;
    (void)fx;
    if (!q)
        return;
    set_string(&q->text, buf_str(&f->text.text));
    chips_free(q->chips, q->n_chips);
    q->n_chips = chips_of_files(f->text.chips, f->text.n_chips, &q->chips);
    journal_touch(m, p->session);
}

static void queued_enter(struct model *m, struct panel *p, const struct panel_row *row,
                         struct effects *fx) {
    (void)fx;
    if (row->tag == R_DONE)
        act_panel_close(m, p);
}

static void queued_close(struct model *m, struct panel *p) {
    struct queued *q = opened(p);
    const char *text = panel_value(p, R_FIELD);

    if (q) {
        q->edited = false;
        if (q->text[strspn(q->text, " \t\r\n")] == '\0') { /* emptied: taken out */
            struct queued gone = queue_take(m, p->session, (size_t)(q - p->session->queue));

            queued_fini(&gone);
        }
    } else if (p->data && !str_blank(text)) {
        history_add(m, text, NULL);
    }
    free(TAKE(p->data));
    m->priv->drain = true; /* it may leave now */
}

const struct panel_spec panel_queued = {
    .title = "Message",
    .rows = queued_rows,
    .enter = queued_enter,
    .changed = queued_changed,
    .close = queued_close,
    .wide = true,
};

/* ---- what it shows changed ---- */
static uint64_t sign_of(const struct session *s) {
    uint64_t sign = hash_add(HASH_START, &s->n_queue, sizeof s->n_queue);
    const uint32_t state[] = {s->held, s->sent, s->turn, s->own, (uint32_t)s->priv->n_gone};

    sign = hash_add(sign, state, sizeof state);
    for (size_t i = 0; i < s->n_queue; i++) {
        const char *why = s->queue[i].why_waits;

        sign = hash_add(sign, &s->queue[i].id, sizeof s->queue[i].id);
        sign = hash_add(sign, &s->queue[i].edited, sizeof s->queue[i].edited);
        sign = hash_add(sign, why ? why : "", why ? strlen(why) : 0);
    }
    return sign;
}

void queue_settle(struct model *m, struct effects *fx) {
    if (m->priv->drain) {
        m->priv->drain = false;
        for (size_t i = 0; i < m->n_sessions; i++)
            send_drain(m, m->sessions[i], fx);
    }
    for (struct panel *p = m->ui.panel; p; p = p->below) {
        if (p->id != PANEL_QUEUE || !p->session || sign_of(p->session) == m->priv->queue_sign)
            continue;
        m->priv->queue_sign = sign_of(p->session);
        panel_touch(m, p);
    }
}
