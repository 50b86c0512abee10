/* panel_kit.h - somebody in front of a server screen. */
#ifndef MIX_TESTS_PANEL_KIT_H
#define MIX_TESTS_PANEL_KIT_H

#include "mix/editor.h"
#include "model_kit.h"

#include <limits.h>

KIT_FN struct panel *top(struct kit *k) {
    panel_fresh(k->m);
    assert_non_null(panel_top(k->m));
    return panel_top(k->m);
}

KIT_FN struct panel *open_panel(struct kit *k, enum panel_id id) {
    model_clock(k->m, k->now, k->real);
    act_panel_open(k->m, id, k->fx);
    kit_step(k);
    return top(k);
}

/* The first row whose label, or text, holds that. */
KIT_FN const struct panel_row *find_row(struct kit *k, const char *text) {
    struct panel *p = top(k);

    for (size_t i = 0; i < p->n_rows; i++)
        if (strstr(p->rows[i].label, text) ||
            (p->rows[i].kind == ROW_TEXT && strstr(p->rows[i].value, text)))
            return &p->rows[i];
    return NULL;
}

KIT_FN void assert_row(struct kit *k, const char *label, const char *value) {
    const struct panel_row *row = find_row(k, label);

    if (!row)
        print_error("no row %s\n", label);
    assert_non_null(row);
    if (!strstr(row->value, value))
        assert_string_equal(row->value, value);
}

KIT_FN const char *at_cursor(struct kit *k) {
    const struct panel_row *row = panel_row_at(top(k));

    return row ? row->label : "";
}

KIT_FN void go_to(struct kit *k, const char *label) {
    act_panel_move(k->m, INT_MIN, k->fx);
    for (size_t i = 0; i < 2000 && strcmp(at_cursor(k), label) != 0; i++) {
        const struct panel *p = top(k);
        const size_t before = p->cursor;

        /* out of a text of many lines in one step */
        while (panel_editor(k->m) && !panel_editor(k->m)->one_line &&
               editor_move(panel_editor(k->m), TO_DOWN))
            ;
        act_panel_move(k->m, 1, k->fx);
        if (top(k)->cursor == before)
            break;
    }
    assert_string_equal(at_cursor(k), label);
}

KIT_FN void enter(struct kit *k) {
    model_clock(k->m, k->now, k->real);
    act_panel_enter(k->m, k->fx);
    kit_step(k);
}

KIT_FN void turn(struct kit *k, int by) {
    act_panel_turn(k->m, by, k->fx);
    kit_step(k);
}

KIT_FN void write_in(struct kit *k, const char *text) {
    struct editor *e = panel_editor(k->m);

    assert_non_null(e);
    assert_true(editor_insert(e, text, strlen(text)));
    act_panel_changed(k->m, k->fx);
    kit_step(k);
}

/* What a settle of the view does: every row takes that many display rows. */
KIT_FN void lay_out(struct kit *k, int page, int text_height) {
    struct panel *p = top(k);

    for (size_t i = 0; i < p->n_rows; i++)
        p->rows[i].height = p->rows[i].kind == ROW_TEXT ? text_height : 1;
    p->page = page;
}

#endif
