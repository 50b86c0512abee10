/* panel_act.c - what a person does in a panel: move, choose, turn, type. */
#include "panels.h"

#include <limits.h>
#include <stdio.h>

enum { NEAR_END = 10, PAGE_UNKNOWN = 10, FEW_CHOICES = 3 };

static const struct panel_spec *spec_of(const struct panel *p) { return panel_specs[p->id]; }

/* ---- moving ---- */
static int height_of(const struct panel_row *row) { return row->height > 0 ? row->height : 1; }

/* First display row of a row. */
static int line_of(const struct panel *p, size_t row) {
    int64_t at = 0;

    for (size_t i = 0; i < row && i < p->n_rows; i++)
        at += height_of(&p->rows[i]);
    return at > INT_MAX / 2 ? INT_MAX / 2 : (int)at;
}

static int lines_of(const struct panel *p) { return line_of(p, p->n_rows); }

static bool step(const struct panel *p, int by, size_t *at) {
    for (size_t i = *at; by > 0 ? ++i < p->n_rows : i-- > 0;)
        if (panel_selectable(&p->rows[i])) {
            *at = i;
            return true;
        }
    return false;
}

static bool on_screen(const struct panel *p, size_t row) {
    const int at = line_of(p, row);

    return at >= p->scroll && at < p->scroll + p->page;
}

static void scroll_by(struct panel *p, int by) {
    const int most = lines_of(p) - p->page;
    const int64_t to = (int64_t)p->scroll + by;

    p->scroll = to < 0 || most < 0 ? 0 : to > most ? most : (int)to;
}

/* Nothing between two rows goes by unseen: what lies beyond the edge is scrolled in first. */
static void move_one(struct panel *p, int by) {
    size_t to = p->cursor;
    const bool more = step(p, by, &to);

    if (p->page > 0 && (!more || !on_screen(p, to))) {
        const int edge = more ? line_of(p, to) : 0;
        const bool next_line = more && (edge == p->scroll + p->page || edge == p->scroll - 1);
        const int before = p->scroll;

        if (!next_line)
            scroll_by(p, by);
        if (!more || (!next_line && before != p->scroll && !on_screen(p, to)))
            return;
    }
    if (more) {
        p->cursor = to;
        p->reveal = true;
    }
}

static void move_page(struct panel *p, int by) {
    const int page = p->page > 1 ? p->page - 1 : PAGE_UNKNOWN;
    const int before = p->scroll;

    if (p->page > 0)
        scroll_by(p, by > 0 ? page : -page);
    if (p->page == 0 || p->scroll == before) { /* all of that side is in view */
        for (size_t i = 0; i < (size_t)page && step(p, by, &p->cursor); i++)
            ;
        p->reveal = true;
        return;
    }
    for (size_t at = p->cursor; !on_screen(p, p->cursor) && step(p, by, &at);)
        if (on_screen(p, at))
            p->cursor = at;
        else if (line_of(p, at) >= p->scroll + p->page || line_of(p, at) < p->scroll - page)
            break;
}

static void near_end(struct model *m, struct panel *p, struct effects *fx) {
    if (spec_of(p)->near_end && p->cursor + NEAR_END >= p->n_rows)
        spec_of(p)->near_end(m, p, fx);
}

void act_panel_move(struct model *m, int by, struct effects *fx) {
    struct panel *p = m->ui.panel;

    if (!p)
        return;
    panel_fresh(m);
    struct panel_field *f = panel_field_at(p);
    const bool step_by_one = by == 1 || by == -1;

    if (f && !f->text.one_line && step_by_one && p->rows[p->cursor].kind == ROW_FIELD &&
        editor_move(&f->text, by < 0 ? TO_UP : TO_DOWN)) {
        p->reveal = true;
        model_touch(m);
        return;
    }
    p->has_lost = false;
    if (p->confirm) { /* looking elsewhere is a no */
        p->confirm = 0;
        p->confirm_painted_at = 0;
        p->dirty = true;
    }
    if (step_by_one) {
        move_one(p, by);
    } else if (by == INT_MIN || by == INT_MAX) {
        p->cursor = by < 0 ? 0 : p->n_rows;
        panel_cursor_settle(p);
        p->scroll = by < 0 ? 0 : INT_MAX / 2; /* the view clamps it */
        p->reveal = p->page == 0;
    } else {
        move_page(p, by);
    }
    model_touch(m);
    if (spec_of(p)->moved)
        spec_of(p)->moved(m, p);
    near_end(m, p, fx);
}

/* ---- Enter ---- */
static void changed(struct model *m, struct panel *p, struct effects *fx) {
    const struct panel_row *row = panel_row_at(p);
    struct panel_field *f = panel_field_at(p);

    if (f)
        f->complaint = NULL;
    p->touched = p->touched || f;
    p->leaving_at = 0;
    panel_touch(m, p);
    if (row && f && spec_of(p)->changed)
        spec_of(p)->changed(m, p, row, fx);
}

static bool confirmed(struct model *m, struct panel *p) {
    if (p->confirm != p->cursor + 1) {
        p->confirm = p->cursor + 1;
        p->confirm_painted_at = 0;
        p->reveal = true;
        model_touch(m);
        return false;
    }
    if (p->confirm_painted_at == 0 || m->now - p->confirm_painted_at < ARM_MS)
        return false;
    p->confirm = 0;
    p->confirm_painted_at = 0;
    panel_touch(m, p);
    return true;
}

static void enter_action(struct model *m, struct panel *p, const struct panel_row *row,
                         struct effects *fx) {
    if (row->destroys && !confirmed(m, p))
        return;
    if (row->tag == TAG_RETRY)
        act_panel_retry(m, fx);
    else if (row->tag == TAG_DETAILS)
        panel_newest_fault(m, fx);
    else if (spec_of(p)->enter)
        spec_of(p)->enter(m, p, row, fx);
}

void act_panel_enter(struct model *m, struct effects *fx) {
    struct panel *p = m->ui.panel;

    if (!p)
        return;
    panel_fresh(m);
    const struct panel_row *row = panel_row_at(p);
    struct panel_field *f = panel_field_at(p);

    if (!row || !panel_selectable(row))
        return;
    if (row->why_not) {
        act_notice(m, "%s: %s", row->label, row->why_not);
        return;
    }
    panel_touch(m, p);
    if (row->kind == ROW_SWITCH || (row->kind == ROW_CHOICE && f->choices.n <= FEW_CHOICES)) {
        act_panel_turn(m, 1, fx);
    } else if (row->kind == ROW_CHOICE) {
        (void)act_panel_push(m, PANEL_CHOICE, fx);
    } else if (row->kind == ROW_FIELD && !f->text.one_line) {
        if (editor_insert(&f->text, "\n", 1))
            changed(m, p, fx);
    } else if (f && !spec_of(p)->prompt) {
        act_panel_move(m, 1, fx);
    } else {
        enter_action(m, p, row, fx);
    }
}

void act_panel_turn(struct model *m, int by, struct effects *fx) {
    struct panel *p = m->ui.panel;

    if (!p)
        return;
    panel_fresh(m);
    const struct panel_row *row = panel_row_at(p);
    struct panel_field *f = panel_field_at(p);

    if (!f && row && row->kind == ROW_VALUE && spec_of(p)->unfold)
        spec_of(p)->unfold(m, p, row, fx);
    if (!f || (row->kind != ROW_CHOICE && row->kind != ROW_SWITCH))
        return;
    if (row->why_not) {
        act_notice(m, "%s: %s", row->label, row->why_not);
        return;
    }
    if (row->kind == ROW_SWITCH)
        f->on = !f->on;
    else if (f->choices.n > 0)
        f->choice = (f->choice + (by > 0 ? 1 : f->choices.n - 1)) % f->choices.n;
    changed(m, p, fx);
}

static size_t best_match(const struct panel *p) {
    char line[1024];
    size_t best = 0;
    int best_score = 0;

    for (size_t i = 0; i < p->n_rows; i++) {
        const struct panel_row *row = &p->rows[i];

        snprintf(line, sizeof line, "%s %s", row->label, row->value);
        const int score = panel_selectable(row) ? text_fuzzy(buf_str(&p->filter.text), line) : 0;

        if (score > best_score) {
            best_score = score;
            best = i;
        }
    }
    return best;
}

void act_panel_changed(struct model *m, struct effects *fx) {
    struct panel *p = m->ui.panel;

    if (!p)
        return;
    if (panel_editor(m) != &p->filter) {
        changed(m, p, fx);
        return;
    }
    p->has_lost = false;
    p->cursor = 0;
    p->scroll = 0;
    p->dirty = true;
    if (spec_of(p)->asks)
        spec_of(p)->changed(m, p, NULL, fx);
    panel_fresh(m);
    p->cursor = spec_of(p)->best ? best_match(p) : 0;
    panel_cursor_settle(p);
    p->reveal = true;
    model_touch(m);
    if (spec_of(p)->moved)
        spec_of(p)->moved(m, p);
    near_end(m, p, fx);
}

/* ---- the choices of a field ---- */
static const char *why_no_choice(const struct model *m) {
    return m->ui.panel ? NULL : "it belongs to a field";
}

static void choice_open(struct model *m, struct panel *p, struct effects *fx) {
    const struct panel_row *row = panel_row_at(p->below);
    const struct panel_field *f = panel_field_at(p->below);

    (void)m;
    (void)fx;
    if (!row || !f)
        return;
    set_string(&p->title, row->label);
    panel_fresh(m);
    p->cursor = f->choice;
}

static void choice_rows(const struct model *m, struct panel *p) {
    const struct panel_field *f = panel_field_at(p->below);

    (void)m;
    for (size_t i = 0; f && i < f->choices.n; i++) {
        const bool is_it = i == f->choice;
        struct panel_row *row =
            panel_add(p, ROW_ACTION, 0, f->choices.items[i][0] ? f->choices.items[i] : "(none)",
                      "%s", is_it ? "now" : "");

        row->index = i;
    }
}

static void choice_enter(struct model *m, struct panel *p, const struct panel_row *row,
                         struct effects *fx) {
    struct panel *below = p->below;
    struct panel_field *f = panel_field_at(below);
    const size_t chosen = row->index;

    act_panel_close(m, p);
    if (!f || chosen >= f->choices.n)
        return;
    f->choice = chosen;
    changed(m, below, fx);
}

const struct panel_spec panel_choice = {
    .title = "Choose",
    .why_not = why_no_choice,
    .open = choice_open,
    .rows = choice_rows,
    .enter = choice_enter,
    .best = true,
    .filtered = true,
};
