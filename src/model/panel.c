/* panel.c - what all server screens have in common: the stack, their rows, their requests. */
#include "panels.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct panel_spec *const panel_specs[PANEL_COUNT] = {
#define PANEL(id, spec) [PANEL_##id] = &(spec),
#include "panels.def"
#undef PANEL
};

static const struct panel_spec *spec_of(const struct panel *p) { return panel_specs[p->id]; }

struct panel *panel_top(const struct model *m) {
    return m->ui.panel;
}

const struct panel_row *panel_row_at(const struct panel *p) {
    return p->cursor < p->n_rows ? &p->rows[p->cursor] : NULL;
}

void panel_touch(struct model *m, struct panel *p) {
    p->dirty = true;
    model_touch(m);
}

/* ---- the stack ---- */
static void forget_calls(struct model *m, const struct panel *p) {
    struct model_private *mp = m->priv;

    for (size_t i = 0; i < mp->n_pending; i++) {
        struct pending *call = &mp->pending[i];

        if (call->panel != p)
            continue;
        call->panel = NULL;
        if (op_spec(call->op)->method == M_GET)
            panel_end_request(m, call->id);
    }
}

void panel_end_request(struct model *m, uint32_t id) {
    struct model_private *mp = m->priv;

    if (id == 0)
        return;
    mp->panel_ended =
        xgrow(mp->panel_ended, mp->n_panel_ended, &mp->cap_panel_ended, sizeof *mp->panel_ended);
    mp->panel_ended[mp->n_panel_ended++] = id;
}

void panels_settle(struct model *m, struct effects *fx) {
    struct model_private *mp = m->priv;

    for (size_t i = 0; i < mp->n_panel_ended; i++)
        fx_cancel(fx, mp->panel_ended[i]);
    mp->n_panel_ended = 0;
    pipe_settle(m, fx);
    queue_settle(m, fx);
}

static void panel_free(struct panel *p) {
    for (size_t i = 0; i < p->n_fields; i++)
        editor_fini(&p->fields[i].text);
    free(p->fields);
    free(p->rows);
    free(p->title);
    panel_drop(p);
    free(p->kept);
    free(p->unfolded);
    editor_fini(&p->filter);
    arena_free(&p->rows_arena);
    arena_free(&p->arena);
    free(p);
}

/* The top one goes. */
static void pop(struct model *m) {
    struct panel *p = m->ui.panel;

    m->ui.panel = p->below;
    forget_calls(m, p);
    if (spec_of(p)->close)
        spec_of(p)->close(m, p);
    panel_free(p);
    if (m->ui.panel)
        panel_touch(m, m->ui.panel);
    model_touch(m);
}

void panels_park(struct model *m) {
    struct panel *p = m->ui.panel;

    if (!p || m->ui.over != OVER_PANEL)
        return;
    p->confirm = 0; /* it is asked anew */
    p->confirm_painted_at = 0;
    m->ui.over = OVER_NONE;
    panel_touch(m, p);
}

bool panels_wait(const struct model *m) {
    return m->ui.panel && m->ui.over != OVER_PANEL && m->ui.focus == PANE_PERMISSIONS;
}

void act_panel_close_all(struct model *m) {
    while (m->ui.panel)
        pop(m);
}

void panels_free(struct model *m) { act_panel_close_all(m); }

void act_panel_close(struct model *m, struct panel *p) {
    const struct panel *at = m->ui.panel;

    while (at && at != p)
        at = at->below;
    if (!at)
        return; /* it is closed already */
    struct panel *below = p->below;

    while (m->ui.panel != below)
        pop(m);
    if (!m->ui.panel && m->ui.over == OVER_PANEL)
        act_over_close(m);
}

void act_panel_back(struct model *m) {
    struct panel *p = m->ui.panel;

    if (!p)
        return;
    if (p->confirm) {
        p->confirm = 0;
        panel_touch(m, p);
        return;
    }
    if (!spec_of(p)->unsaved || !spec_of(p)->unsaved(p) ||
        (p->leaving_at > 0 && m->now - p->leaving_at >= ARM_MS)) {
        act_panel_close(m, p);
        return;
    }
    p->leaving_at = m->now > 0 ? m->now : 1;
    act_notice(m, "not saved: Esc again leaves and forgets what was changed");
}

const char *panel_why(const struct model *m, enum panel_id id) {
    const struct panel_spec *spec = panel_specs[id];

    if (!spec)
        return "it is not available in this build";
    return spec->why_not ? spec->why_not(m) : NULL;
}

static void start_loading(struct model *m, struct panel *p, struct effects *fx) {
    if (!spec_of(p)->load || p->loading > 0)
        return;
    p->err = (struct err){.rc = RC_OK};
    spec_of(p)->load(m, p, fx);
    panel_touch(m, p);
}

static struct panel *push(struct model *m, enum panel_id id, struct session *about,
                          struct effects *fx) {
    const char *why = panel_why(m, id);

    if (why) {
        act_notice(m, "%s: %s", panel_specs[id] ? panel_specs[id]->title : "this screen", why);
        return NULL;
    }
    if (m->ui.over != OVER_PANEL)
        act_over(m, OVER_PANEL);
    struct panel *p = xcalloc(1, sizeof *p);

    p->id = id;
    p->title = xstrdup(panel_specs[id]->title);
    p->filtered = panel_specs[id]->filtered;
    p->below = m->ui.panel;
    p->session = about;
    p->dirty = p->reveal = true;
    editor_init_line(&p->filter, 1024);
    m->ui.panel = p;
    if (panel_specs[id]->open)
        panel_specs[id]->open(m, p, fx);
    if (m->ui.panel == p)
        start_loading(m, p, fx);
    model_touch(m);
    return m->ui.panel == p ? p : NULL;
}

struct panel *act_panel_push(struct model *m, enum panel_id id, struct effects *fx) {
    return push(m, id, m->ui.panel ? m->ui.panel->session : m->shown, fx);
}

void act_panel_about(struct model *m, enum panel_id id, struct session *s, struct effects *fx) {
    if (!panel_why(m, id))
        act_over(m, OVER_NONE);
    (void)push(m, id, s, fx);
    model_settle(m, fx);
}

void act_panel_open(struct model *m, enum panel_id id, struct effects *fx) {
    act_panel_about(m, id, m->shown, fx);
}

void act_panel_retry(struct model *m, struct effects *fx) {
    struct panel *p = m->ui.panel;

    if (p && spec_of(p)->key && strchr(spec_of(p)->keys, 'r'))
        act_panel_key(m, 'r', fx);
    else if (!p || !spec_of(p)->load)
        act_notice(m, "nothing here comes from the server");
    else
        start_loading(m, p, fx);
}

void act_panel_key(struct model *m, int key, struct effects *fx) {
    struct panel *p = m->ui.panel;

    if (!p)
        return;
    panel_fresh(m);
    if (!spec_of(p)->key || !strchr(spec_of(p)->keys, key)) {
        act_notice(m, "%c means nothing here", key);
        return;
    }
    spec_of(p)->key(m, p, key, fx);
    model_settle(m, fx);
}

void panels_session(struct model *m, const struct session *was, struct session *now) {
    for (struct panel *p = m->ui.panel; p; p = p->below)
        if (p->session == was) {
            p->session = now;
            panel_touch(m, p);
        }
}

/* ---- requests ---- */
struct request *panel_call(struct model *m, struct panel *p, enum op op, struct effects *fx) {
    struct request *r = fx_call(m, fx, op, NULL);
    struct pending *call = &m->priv->pending[m->priv->n_pending - 1];

    call->panel = p;
    call->had_panel = true;
    p->loading++;
    panel_touch(m, p);
    return r;
}

void panel_reply(struct model *m, struct panel *p, struct incoming *in, struct effects *fx) {
    const struct panel_spec *spec = spec_of(p);

    if (in->kind == IN_REPLY || in->kind == IN_FAIL) {
        assert(p->loading > 0);
        p->loading--;
    }
    if (in->kind == IN_FAIL)
        p->err = in->err;
    p->retry_at = in->kind == IN_RETRY ? in->retry_at : 0;
    p->attempt = in->attempt + 1;
    panel_touch(m, p); /* before: the reply may close it */
    const uint32_t said = m->priv->n_said;

    if (spec->reply)
        spec->reply(m, p, in, fx);
    if (m->priv->n_said != said)
        return; /* it said so itself */
    for (const struct panel *at = m->ui.panel; at && in->kind == IN_FAIL; at = at->below)
        if (at == p && p->err.rc != RC_OK)
            notice_failure(m, &in->err);
}

void panel_frames(struct model *m, struct incoming *in, struct effects *fx) {
    (void)fx;
    for (struct panel *p = m->ui.panel; p; p = p->below)
        if (spec_of(p)->frames) {
            spec_of(p)->frames(m, p, in);
            panel_touch(m, p);
            return;
        }
}

static void say_why_op(char *out, size_t size, const struct caps *caps, enum op op) {
    const struct op_spec *spec = op_spec(op);
    const int v = caps->version, since = spec->since, until = spec->until;

    if (v < since)
        snprintf(out, size, "needs a server of %d.%d.%d or newer, this one is %d.%d.%d",
                 since / 10000, since / 100 % 100, since % 100, v / 10000, v / 100 % 100, v % 100);
    else if (v > until)
        snprintf(out, size, "servers after %d.%d.%d have it no more, this one is %d.%d.%d",
                 until / 10000, until / 100 % 100, until % 100, v / 10000, v / 100 % 100, v % 100);
    else
        snprintf(out, size, "this server does not offer it");
}

const char *panel_why_op(const struct model *m, enum op op) {
    struct model_private *mp = m->priv;
    const struct caps *caps = &m->server.caps;

    if (caps->version == GEN_NONE || caps_has(caps, op))
        return NULL;
    if (!mp->why_op)
        mp->why_op = xcalloc(OP_COUNT, sizeof *mp->why_op);
    say_why_op(mp->why_op[op], sizeof mp->why_op[op], caps, op);
    return mp->why_op[op];
}

/* ---- time ---- */
void panels_painted(struct model *m, int64_t now) {
    struct panel *p = m->ui.panel;

    if (p && m->ui.over == OVER_PANEL && p->confirm && p->confirm_painted_at == 0 && !p->dirty)
        p->confirm_painted_at = now > 0 ? now : 1;
}

int64_t panel_armed_at(const struct model *m) {
    const struct panel *p = m->ui.panel;
    const bool wait = p && p->confirm && p->confirm_painted_at > 0 &&
                      m->priv->confirm_done != p->confirm_painted_at;

    return wait ? p->confirm_painted_at + ARM_MS : 0;
}
