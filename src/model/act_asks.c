/* act_asks.c - rule 1: no permission is answered by accident. */
#include "mix/search.h"
#include "pictures.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST_COLS = 40, SMALLEST_ROWS = 10 };

/* ---- armed ---- */
bool ask_on_screen(const struct model *m) {
    const struct ui *ui = &m->ui;

    if (ui->focus != PANE_PERMISSIONS || ui->cols < SMALLEST_COLS || ui->rows < SMALLEST_ROWS)
        return false;
    if (ui->leader) /* whose list of keys comes up over the panes */
        return false;
    return ui->over == OVER_NONE || (ui->over == OVER_MENU && ui->menu_pane == PANE_PERMISSIONS);
}

bool ask_armed(const struct model *m, const struct ask *a, int64_t now) {
    const struct ui *ui = &m->ui;

    if (!a || !ask_answerable(a) || now >= a->deadline || !ask_on_screen(m))
        return false;
    if (!ask_selected(m, a) || !str_eq(ui->painted_ask, a->id))
        return false;
    if (ui->over == OVER_MENU && !ui->menu_moved)
        return false;
    return now - ui->painted_at >= ARM_MS && now - ui->last_decision_at >= ARM_MS;
}

void ask_unpaint(struct model *m) {
    free(m->ui.painted_ask);
    m->ui.painted_ask = NULL;
    m->ui.early = false;
    model_touch(m); /* so that a frame comes that arms it again */
}

void act_look_again(struct model *m) {
    struct ui *ui = &m->ui;

    holds_drop(m, "what was on screen may be out of mind");
    if (ui->painted_ask)
        ask_unpaint(m);
    if (ui->panel && ui->panel->confirm_painted_at) {
        ui->panel->confirm_painted_at = 0;
        model_touch(m);
    }
    if (ui->confirm_painted_at == 0)
        return;
    ui->confirm_painted_at = 0;
    model_touch(m);
}

void model_painted(struct model *m, int64_t now) {
    struct ui *ui = &m->ui;
    const struct ask *a = model_selected_ask(m);

    if (!a || !ask_on_screen(m)) {
        free(ui->painted_ask);
        ui->painted_ask = NULL;
    } else if (!str_eq(ui->painted_ask, a->id)) {
        set_string(&ui->painted_ask, a->id);
        ui->painted_at = now;
        m->priv->arm_shown = false;
    }
    if ((ui->over == OVER_CONFIRM || ui->over == OVER_QUIT ||
         (ui->over == OVER_PICKER && ui->confirm_object)) &&
        ui->confirm_painted_at == 0)
        ui->confirm_painted_at = now > 0 ? now : 1;
    panels_painted(m, now);
    places_painted(m);
    pictures_painted(m);
}

/* The moment at which the selected one becomes armed; -1: it does not, or is. */
int64_t arm_next(const struct model *m) {
    const struct ui *ui = &m->ui;
    const struct ask *a = model_selected_ask(m);

    if (m->priv->arm_shown || !a || !ask_answerable(a) || !ask_on_screen(m) ||
        !str_eq(ui->painted_ask, a->id))
        return -1;
    const int64_t since =
        ui->painted_at > ui->last_decision_at ? ui->painted_at : ui->last_decision_at;

    return since + ARM_MS;
}

void arm_tick(struct model *m) {
    const int64_t at = arm_next(m);

    if (at < 0 || m->now < at)
        return;
    m->priv->arm_shown = true;
    model_touch(m); /* the hints become bright */
}

/* ---- moving ---- */
static void select_ask(struct model *m, const struct ask *a) {
    if (ask_selected(m, a))
        return;
    set_string(&m->ui.ask_cursor, a->id);
    set_string(&m->ui.ask_server, a->owner && a->owner != m ? a->owner->server.key : NULL);
    m->ui.ask_scroll = 0;
    m->ui.replying = false;
    ask_unpaint(m);
}

void act_asks_enter(struct model *m) {
    struct ui *ui = &m->ui;

    if (ui->focus != PANE_PERMISSIONS)
        ui->before_asks = ui->focus;
    ask_unpaint(m);
    panels_park(m);
    act_focus(m, PANE_PERMISSIONS);
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);
    const struct ask *kept = model_selected_ask(m);

    if (kept && ask_answerable(kept))
        return;
    for (size_t i = 0; i < n; i++) {
        if (!ask_answerable(asks[i]) || ask_folded(asks[i]))
            continue;
        select_ask(m, asks[i]); /* the entering key selects the most urgent */
        return;
    }
    if (!kept && n > 0)
        select_ask(m, asks[0]);
}

/* What is typed on goes where it went before, not to the keys of the pane. */
static void go_on_typing(struct model *m) {
    struct ui *ui = &m->ui;

    ui->filtering = ui->focus == PANE_SESSIONS;
    ui->file_filtering = ui->focus == PANE_FILES;
    m->search->typing = ui->focus == PANE_THREAD && search_on(m);
    model_touch(m);
}

void act_asks_leave(struct model *m) {
    struct ui *ui = &m->ui;

    ask_unpaint(m);
    if (ui->focus != PANE_PERMISSIONS)
        return;
    act_focus(m, ui->before_asks == PANE_PERMISSIONS ? PANE_COMPOSER : ui->before_asks);
    if (ui->before_typing)
        go_on_typing(m);
}

/* The row that many rows on, of those that have one. */
static size_t stepped(struct ask *const *asks, size_t n, size_t at, int by) {
    const int step = by < 0 ? -1 : 1;
    size_t last = at;

    for (int64_t left = by < 0 ? -(int64_t)by : by; left > 0;) {
        if (step < 0 ? at == 0 : at + 1 >= n)
            break;
        at = step < 0 ? at - 1 : at + 1;
        if (!ask_folded(asks[at])) {
            last = at;
            left--;
        }
    }
    return last;
}

void act_asks_move(struct model *m, int by) {
    size_t at = 0, n;
    struct ask *const *asks = model_inbox(m, &n);

    if (n == 0) {
        act_notice(m, "Nobody asks for anything");
        return;
    }
    while (at < n && !ask_selected(m, asks[at]))
        at++;
    if (at == n) {
        at = by == INT_MAX ? n - 1 : 0;
    } else {
        at = stepped(asks, n, at, by);
    }
    while (at > 0 && ask_folded(asks[at]))
        at--;
    while (at + 1 < n && ask_folded(asks[at]))
        at++;
    select_ask(m, asks[at]);
    m->ui.early = false;
    model_touch(m);
}

void act_ask_scroll(struct model *m, int by) {
    const int64_t to = (int64_t)m->ui.ask_scroll + by;

    m->ui.ask_scroll = to < 0 ? 0 : to > INT_MAX ? INT_MAX : (int)to;
    model_touch(m);
}

void act_choice_move(struct model *m, int by) {
    struct ask *a = model_selected_ask(m);

    if (!a || a->choices.n == 0 || !ask_answerable(a))
        return;
    const int64_t to = (int64_t)a->choice + by;

    a->choice = to < 0 ? 0 : to >= (int64_t)a->choices.n ? a->choices.n - 1 : (size_t)to;
    model_touch(m);
}

/* ---- answering ---- */
static void answer_permission(struct model *m, struct ask *a, enum decision d, struct effects *fx) {
    a->request = fx_call_id(m, fx, d == DECIDE_GRANT ? OP_PERMISSION_GRANT : OP_PERMISSION_DENY,
                            a->session, a->id);
}

static void answer_question(struct model *m, struct ask *a, struct effects *fx) {
    struct request *r = fx_call(m, fx, OP_NOTIFICATION_RESPOND, a->session);
    struct notification_answer *in = call_in(r, sizeof *in);

    in->id = arena_strdup(&r->arena, a->id);
    in->type = arena_strdup(&r->arena, a->response_type);
    if (str_eq(a->response_type, "text"))
        in->value = arena_strdup(&r->arena, buf_str(&a->reply.text));
    else if (a->choice < a->choices.n)
        in->value = arena_strdup(&r->arena, a->choices.items[a->choice]);
    a->request = r->id;
}

static const char *unfit(const struct ask *a, enum decision d) {
    if (!ask_answerable(a))
        return a->state == ASK_EXPIRED ? "Too late: this request has expired"
                                       : "This request is answered already";
    if (a->kind == ASK_PERMISSION && d == DECIDE_REPLY)
        return "This is a request for permission: grant or deny it";
    if (a->kind == ASK_QUESTION && d != DECIDE_REPLY)
        return "This is a question: r answers it";
    if (a->kind == ASK_QUESTION && str_eq(a->response_type, "text") && a->reply.text.n == 0)
        return "Type the answer first";
    return NULL;
}

/* How long it had been armed. */
static int64_t armed_for(const struct model *m) {
    const struct ui *ui = &m->ui;
    const int64_t since =
        ui->painted_at > ui->last_decision_at ? ui->painted_at : ui->last_decision_at;

    return m->now - since - ARM_MS;
}

void ask_answer(struct model *m, struct ask *a, enum decision d, const char *by, int64_t armed_ms,
                struct effects *fx) {
    static const char *const words[] = {[DECIDE_NONE] = "",
                                        [DECIDE_GRANT] = "grant",
                                        [DECIDE_DENY] = "deny",
                                        [DECIDE_REPLY] = "reply"};
    struct model *owner = a->owner ? a->owner : m; /* the answer goes where the request came from */

    hold_end(m, a);
    batch_leave(a);
    a->decision = d;
    a->state = ASK_SENT;
    a->late = a->kind == ASK_PERMISSION && m->now - a->arrived_at > ASK_LATE_MS;
    a->err = (struct err){.rc = RC_OK};
    fx = peer_effects(m, owner, fx);
    if (a->kind == ASK_PERMISSION)
        answer_permission(owner, a, d, fx);
    else
        answer_question(owner, a, fx);
    rules_answered(owner, a, words[d], by, armed_ms, fx);
    order_touch(owner);
    model_settle(owner, fx);
}

/* All of a batch, or the one. */
static void answer(struct model *m, struct ask *a, enum decision d, int64_t armed_ms,
                   struct effects *fx) {
    const char *by = m->ui.over == OVER_MENU ? "menu" : "key";
    const struct ask *all[BATCH_MAX];
    size_t n = 0, at = 0;

    while (n < BATCH_MAX && (all[n] = ask_batch_next(m, a, &at)))
        n++;
    ask_answer(m, a, d, n > 0 ? "batch" : by, armed_ms, fx);
    for (size_t i = 0; i < n; i++)
        ask_answer(m, model_ask_of(m, all[i]), d, "batch", armed_ms, fx);
}

/* A severe grant that would be held beyond the time there is. False: not one of these. */
static bool too_late_to_hold(struct model *m, const struct ask *a) {
    if (a->deadline - m->now >= HOLD_LEAST_MS)
        return false;
    act_notice(m, "Under 2 s are left: a grant of something dangerous is not given in a hurry; "
                  "n denies");
    return true;
}

void act_decide(struct model *m, enum decision d, struct effects *fx) {
    struct ui *ui = &m->ui;
    struct ask *a = model_selected_ask(m);

    if (!a || d == DECIDE_NONE || ui->focus != PANE_PERMISSIONS) {
        act_notice(m, "No request is selected");
        return;
    }
    const char *why = unfit(a, d);
    /* A key that waited while the machine stood still came before the hints were bright. */
    const bool armed = ask_armed(m, a, m->now) && m->priv->arm_shown;
    const int64_t armed_ms = armed_for(m);

    ui->last_decision_at = m->now;
    m->priv->arm_shown = false;
    model_touch(m);
    if (why) {
        act_notice(m, "%s", why);
        return;
    }
    if (!armed) {
        ui->early = true;
        return;
    }
    ui->early = false;
    if (d == DECIDE_GRANT && a->held_until > 0)
        act_notice(m, "It is held already: u drops it");
    else if (d != DECIDE_GRANT || !ask_severe(a))
        answer(m, a, d, armed_ms, fx);
    else if (!too_late_to_hold(m, a))
        hold_begin(m, a, ui->over == OVER_MENU ? "menu" : "key", armed_ms);
}
