/* hammer_oracle.h - for app_hammer.c: what may be answered, kept by other means than the program's.
 * It looks at what is on the screen when a frame is done, at the keys that hands pressed, and at
 * what the server and the rules said; it never asks the model whether something is armed. */
#ifndef HAMMER_ORACLE_H
#define HAMMER_ORACLE_H

#include "hammer_world.h"

enum {
    ARMS_AFTER = 400,
    HELD_FOR = 700,
    LEFT_FOR_HOLD = 2000,
    GATHERED = 64,
    HOLDS = 8,
    KEY_BYTES = 100
};

/* ---- what was asked ---- */
enum fate { WAITS, ANSWERED, OVER };
struct rec {
    enum { PLAIN, SEVERE, SAME, SAME_SEVERE, EDIT, LONG, CHOICE, WORDS, CLASSES } class;
    enum fate fate;
    int64_t arrived, life;
    int answers;
};
static struct rec *recs[ROWS];
static size_t cap_recs[ROWS];

HAMMER_FN struct rec *rec_of(size_t row, int n) {
    return row < ROWS && n > 0 && n <= w.side[row].asked ? &recs[row][n - 1] : NULL;
}

HAMMER_FN struct rec *rec_new(size_t row) {
    const size_t n = (size_t)w.side[row].asked++;

    recs[row] = xgrow(recs[row], n, &cap_recs[row], sizeof *recs[row]);
    recs[row][n] = (struct rec){.arrived = hammer_now};
    return &recs[row][n];
}

HAMMER_FN bool is_severe(const struct rec *r) {
    return r->class == SEVERE || r->class == SAME_SEVERE;
}
HAMMER_FN bool is_question(const struct rec *r) { return r->class == CHOICE || r->class == WORDS; }

/* ---- what was seen, pressed and held ---- */
struct sight { /* the selected one, on the screen of the focused pane */
    bool on;
    size_t row;
    int n;
    int64_t since;
    uint32_t object;
    int gathered[GATHERED]; /* with it, when it was seen */
    size_t n_gathered;
};
struct held {
    bool on;
    int64_t at;
    struct sight what;
};
static struct oracle {
    struct sight seen;
    int64_t decided_at;
    struct held held[HOLDS];
    bool menu, moved; /* a movement key since it opened */
    int64_t esc_at;   /* the last byte that could begin a chord */
    /* what this step may do */
    enum decision may;
    struct sight of;
    bool by_menu_row;
    const char *rule_id;
    enum verdict verdict;
    size_t rule_row;
    int rule_n;
    bool ticking;
    int step_keys;
    /* to be compared behind the step */
    char cursor[KEY_BYTES];
    enum pane focus;
    /* counted */
    size_t grants, denials, replies, batches, holds_left, by_rule, by_menu, missed, failed;
} o;

HAMMER_FN uint32_t hash_of(const char *s) {
    uint32_t h = 2166136261U;

    for (; s && *s; s++)
        h = (h ^ (unsigned char)*s) * 16777619U;
    return h;
}

/* Looked up here, not by the model's own function. */
HAMMER_FN const struct ask *selected(void) {
    const struct model *m = shown();
    const struct servers *all = &w.app.servers;

    for (size_t i = 0; m->ui.ask_cursor && i < all->n_asks; i++) {
        const struct ask *a = all->asks[i];
        const char *server = m->ui.ask_server ? m->ui.ask_server : m->server.key;

        if (strcmp(a->id, m->ui.ask_cursor) == 0 && strcmp(a->owner->server.key, server) == 0)
            return a;
    }
    return NULL;
}

HAMMER_FN bool pane_in_view(void) {
    const struct ui *ui = &shown()->ui;

    return ui->focus == PANE_PERMISSIONS && ui->cols >= 40 && ui->rows >= 10 &&
           (ui->over == OVER_NONE || (ui->over == OVER_MENU && ui->menu_pane == PANE_PERMISSIONS));
}

HAMMER_FN bool sight_now(struct sight *out) {
    const struct servers *all = &w.app.servers;
    const struct ask *a = pane_in_view() ? selected() : NULL;

    *out = (struct sight){.on = a != NULL, .since = hammer_now};
    if (!a)
        return false;
    out->row = row_of(a->owner);
    out->n = ask_number(a->id);
    out->object = hash_of(a->object);
    for (size_t i = 0; a->batch && i < all->n_asks && out->n_gathered < GATHERED; i++)
        if (all->asks[i] != a && all->asks[i]->batch == a->batch && all->asks[i]->owner == a->owner)
            out->gathered[out->n_gathered++] = ask_number(all->asks[i]->id);
    return true;
}

HAMMER_FN bool in_sight(const struct sight *s, int n) {
    for (size_t i = 0; i < s->n_gathered; i++)
        if (s->gathered[i] == n)
            return true;
    return s->n == n;
}

/* The same thing as before, or less of it. */
HAMMER_FN bool still(const struct sight *was, const struct sight *is) {
    if (!was->on || !is->on || was->row != is->row || was->n != is->n || was->object != is->object)
        return false;
    for (size_t i = 0; i < is->n_gathered; i++)
        if (!in_sight(was, is->gathered[i]))
            return false;
    return true;
}

HAMMER_FN void out_of_mind(void) {
    o.seen.on = false;
    for (size_t i = 0; i < HOLDS; i++)
        o.held[i].on = false;
}

HAMMER_FN bool anything_held(void) {
    for (size_t i = 0; i < HOLDS; i++)
        if (o.held[i].on)
            return true;
    return false;
}

/* A frame is done. */
HAMMER_FN void saw(void) {
    struct sight is;

    sight_now(&is);
    is.on = is.on && !shown()->ui.leader; /* whose list of keys stands over the panes */
    if (!still(&o.seen, &is))
        o.seen = is;
}

HAMMER_FN bool really_held(const struct sight *s) {
    const struct model *m = w.side[s->row].m;

    for (size_t i = 0; i < m->n_asks; i++)
        if (ask_number(m->asks[i]->id) == s->n)
            return m->asks[i]->held_until > 0;
    return false;
}

/* Behind every step: what is no longer there was not seen all the time. */
HAMMER_FN void look_away(void) {
    struct sight is;
    const struct ui *ui = &shown()->ui;

    sight_now(&is);
    if (!still(&o.seen, &is))
        o.seen.on = false;
    for (size_t i = 0; i < HOLDS; i++)
        if (!pane_in_view() || ui->over != OVER_NONE || !really_held(&o.held[i].what))
            o.held[i].on = false;
    if (ui->over != OVER_MENU)
        o.menu = o.moved = false;
    o.menu = ui->over == OVER_MENU;
}

/* ---- keys ---- */
/* The decision that a key of hands means where it is pressed. *decides: it starts the time anew,
 * whatever comes of it. */
HAMMER_FN enum decision meant(const struct key *k, bool *decides) {
    const struct ui *ui = &shown()->ui;
    const struct ask *a = selected();
    const bool question = a && a->kind == ASK_QUESTION;
    const bool words = question && str_eq(a->response_type, "text");
    enum decision d = DECIDE_NONE;

    if (ui->focus != PANE_PERMISSIONS || ui->leader || !a || k->mods)
        return DECIDE_NONE;
    if (ui->over == OVER_NONE && ui->replying && k->code == K_ENTER)
        d = question ? DECIDE_REPLY : DECIDE_DENY;
    else if (ui->over == OVER_NONE && !ui->replying)
        d = k->code == 'y' || k->code == 0x43d     ? DECIDE_GRANT
            : k->code == 'n' || k->code == 'd'     ? DECIDE_DENY
            : k->code == 'r' && question && !words ? DECIDE_REPLY
                                                   : DECIDE_NONE;
    else if (ui->over == OVER_MENU && k->code == K_ENTER && o.moved &&
             ui->menu_pane == PANE_PERMISSIONS && ui->over_cursor < ui->n_menu_rows) {
        const uint32_t c = ui->menu_rows[ui->over_cursor].command;

        d = c == CMD_GRANT                              ? DECIDE_GRANT
            : c == CMD_DENY || c == CMD_DENY_WHY        ? DECIDE_DENY
            : c == CMD_ASK_ANSWER && question && !words ? DECIDE_REPLY
                                                        : DECIDE_NONE;
    }
    *decides = d != DECIDE_NONE;
    return d;
}

HAMMER_FN bool moves_menu(const struct key *k) {
    const bool c = k->mods == MOD_CTRL && (k->code == 'n' || k->code == 'p');

    return c || (k->mods == 0 && (k->code == K_UP || k->code == K_DOWN || k->code == K_PGUP ||
                                  k->code == K_PGDN || k->code == K_HOME || k->code == K_END));
}

HAMMER_FN void begin_hold(const struct sight *s) {
    struct held *free_one = NULL;

    for (size_t i = 0; i < HOLDS; i++) {
        if (o.held[i].on && o.held[i].what.row == s->row && o.held[i].what.n == s->n)
            return;
        free_one = o.held[i].on ? free_one : &o.held[i];
    }
    if (free_one)
        *free_one = (struct held){.on = true, .at = hammer_now, .what = *s};
}

/* Before the program has it. hands: pressed as one key, in no paste and behind no Esc. */
HAMMER_FN void before_key(const struct key *k, bool hands) {
    const struct ui *ui = &shown()->ui;
    const bool text = k->mods == 0 && k->code >= ' ' && k->code < K_FIRST;
    bool decides = false;
    enum decision d;

    if (k->code == K_PASTE || k->code == K_ESC ||
        (k->crowded && (text || (k->code == K_ENTER && k->mods == 0))))
        out_of_mind();
    d = meant(k, &decides);
    const struct rec *r = o.seen.on ? rec_of(o.seen.row, o.seen.n) : NULL;
    const bool armed = hands && r && hammer_now - o.seen.since >= ARMS_AFTER &&
                       hammer_now - o.decided_at >= ARMS_AFTER && r->fate == WAITS &&
                       hammer_now < r->arrived + r->life;

    o.by_menu_row = ui->over == OVER_MENU;
    if (decides)
        o.decided_at = hammer_now;
    if (ui->over == OVER_MENU && moves_menu(k))
        o.moved = true;
    if (k->code == 'u' && k->mods == 0 && ui->focus == PANE_PERMISSIONS && ui->over == OVER_NONE &&
        !ui->replying && !ui->leader) {
        o.seen.on = o.seen.on && !anything_held();
        for (size_t i = 0; i < HOLDS; i++)
            o.held[i].on = false;
    }
    if (!armed || d == DECIDE_NONE || is_question(r) != (d == DECIDE_REPLY))
        return;
    if (d != DECIDE_GRANT || !is_severe(r)) {
        o.may = d;
        o.of = o.seen;
    } else if (r->arrived + r->life - hammer_now >= LEFT_FOR_HOLD) {
        begin_hold(&o.seen);
    }
}

/* ---- what leaves ---- */
HAMMER_FN enum decision decision_of(enum op op) {
    return op == OP_PERMISSION_GRANT  ? DECIDE_GRANT
           : op == OP_PERMISSION_DENY ? DECIDE_DENY
                                      : DECIDE_REPLY;
}

HAMMER_FN bool by_hold(size_t row, int n) {
    for (size_t i = 0; o.ticking && i < HOLDS; i++)
        if (o.held[i].on && o.held[i].what.row == row && in_sight(&o.held[i].what, n) &&
            hammer_now - o.held[i].at >= HELD_FOR)
            return true;
    return false;
}

HAMMER_FN bool is_held(size_t row, int n) {
    for (size_t i = 0; i < HOLDS; i++)
        if (o.held[i].on && o.held[i].what.row == row && in_sight(&o.held[i].what, n))
            return true;
    return false;
}

HAMMER_FN void explain(size_t row, const struct request *q) {
    const int n = ask_number(((const struct session_ref *)q->in)->id);
    const enum decision d = decision_of(q->op);
    struct rec *r = rec_of(row, n);

    note("  answer %d to p%d of server %zu", (int)d, n, row);
    if (!r)
        fails("an answer to something nobody asked");
    if (r->fate != WAITS)
        fails("p%d of %zu is answered twice, or when it is over", n, row);
    if (hammer_now >= r->arrived + r->life)
        fails("p%d of %zu is answered after its time", n, row);
    r->fate = ANSWERED;
    r->answers++;
    o.failed += r->answers > 1;
    const bool rule = o.verdict != VERDICT_ASK && o.rule_row == row && o.rule_n == n;

    if (rule) {
        if (d != (o.verdict == VERDICT_ALLOW ? DECIDE_GRANT : DECIDE_DENY))
            fails("a rule said another thing of p%d", n);
        o.verdict = VERDICT_ASK; /* once */
        o.by_rule++;
    } else if (o.may == d && o.of.row == row && in_sight(&o.of, n)) {
        o.batches += o.of.n != n;
        o.by_menu += o.by_menu_row;
    } else if (d == DECIDE_GRANT && by_hold(row, n)) {
        o.holds_left++;
    } else {
        fails("nobody pressed a key for answer %d to p%d of server %zu", (int)d, n, row);
    }
    o.grants += d == DECIDE_GRANT;
    o.denials += d == DECIDE_DENY;
    o.replies += d == DECIDE_REPLY;
}

/* ---- around a step ---- */
HAMMER_FN void cursor_text(char out[KEY_BYTES]) {
    const struct model *m = shown();

    (void)snprintf(out, KEY_BYTES, "%s %s", m->ui.ask_server ? m->ui.ask_server : m->server.key,
                   m->ui.ask_cursor ? m->ui.ask_cursor : "");
    if (!m->ui.ask_cursor)
        out[0] = '\0';
}

HAMMER_FN void step_begins(void) {
    o.may = DECIDE_NONE;
    o.verdict = VERDICT_ASK;
    o.ticking = false;
    cursor_text(o.cursor);
    o.focus = shown()->ui.focus;
}

/* What a key may choose: those that move there, and those that enter. */
HAMMER_FN bool chooses(const struct key *k, enum pane focus, bool leader, enum overlay over) {
    if (k->code == K_ENTER)
        return over != OVER_NONE; /* a row of a menu or of the palette */
    if (k->mods == MOD_ALT)
        return k->code == 'p' || k->code == '4';
    if (leader)
        return k->code == 'p';
    return k->mods == 0 && over == OVER_NONE && focus == PANE_PERMISSIONS &&
           (k->code == 'j' || k->code == 'k' || k->code == K_UP || k->code == K_DOWN);
}

HAMMER_FN void selection_stays(const char *by) {
    char is[KEY_BYTES];

    cursor_text(is);
    if (strcmp(is, o.cursor) != 0)
        fails("%s moved the selection from %s to %s", by, o.cursor, is);
}

HAMMER_FN void focus_stays(const char *by) {
    if (shown()->ui.focus == PANE_PERMISSIONS && o.focus != PANE_PERMISSIONS)
        fails("%s went to the permissions", by);
}

#endif
