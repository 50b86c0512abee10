/* model_form_kit.h - a person in the panels that change things. */
#ifndef MIX_TESTS_MODEL_FORM_KIT_H
#define MIX_TESTS_MODEL_FORM_KIT_H

#include "mix/editor.h"
#include "mix/panel.h"
#include "model_kit.h"

#include "mix/types_admin.h"

/* The row with that label, else the first that begins so; NULL: none. */
KIT_FN struct panel_row *form_find(struct kit *k, const char *label) {
    panel_fresh(k->m);
    struct panel *p = panel_top(k->m);

    for (size_t i = 0; p && i < p->n_rows; i++)
        if (strcmp(p->rows[i].label, label) == 0)
            return &p->rows[i];
    for (size_t i = 0; p && i < p->n_rows; i++)
        if (strncmp(p->rows[i].label, label, strlen(label)) == 0)
            return &p->rows[i];
    return NULL;
}

KIT_FN struct panel_row *form_row(struct kit *k, const char *label) {
    struct panel_row *row = form_find(k, label);

    if (!row)
        fail_msg("no row \"%s\"", label);
    return row;
}

/* Any text of the panel that holds this. */
KIT_FN bool form_says(struct kit *k, const char *text) {
    panel_fresh(k->m);
    struct panel *p = panel_top(k->m);

    for (size_t i = 0; p && i < p->n_rows; i++)
        if (strstr(p->rows[i].value, text) || strstr(p->rows[i].label, text) ||
            (p->rows[i].help && strstr(p->rows[i].help, text)))
            return true;
    for (size_t i = 0; p && i < p->n_fields; i++)
        if (p->fields[i].complaint && strstr(p->fields[i].complaint, text))
            return true;
    return false;
}

KIT_FN void form_go(struct kit *k, const char *label) {
    panel_top(k->m)->cursor = (size_t)(form_row(k, label) - panel_top(k->m)->rows);
}

KIT_FN void form_press(struct kit *k, const char *label) {
    form_go(k, label);
    act_panel_enter(k->m, k->fx);
    model_settle(k->m, k->fx);
    kit_step(k);
}

/* What destroys: asked, painted, and pressed again. */
KIT_FN void form_press_twice(struct kit *k, const char *label) {
    form_press(k, label);
    panel_fresh(k->m);
    kit_paint(k);
    kit_pass(k, 500);
    form_press(k, label);
}

/* Into a text field instead of what stands there, as a paste does it. False: it does not fit. */
KIT_FN bool form_type(struct kit *k, const char *label, const char *text) {
    form_go(k, label);
    struct editor *e = panel_editor(k->m);

    assert_non_null(e);
    (void)editor_move(e, TO_END);
    (void)editor_kill(e, TO_START, NULL);
    const bool fits = editor_insert(e, text, strlen(text));

    act_panel_changed(k->m, k->fx);
    kit_step(k);
    return fits;
}

/* A choice or a switch, until it shows that. */
KIT_FN void form_choose(struct kit *k, const char *label, const char *value) {
    for (int i = 0; i < 20; i++) {
        form_go(k, label);
        struct panel *p = panel_top(k->m);
        const struct panel_row *row = panel_row_at(p);
        const struct panel_field *f = &p->fields[row->field];

        if (row->kind == ROW_SWITCH ? f->on == str_eq(value, "on")
                                    : str_eq(f->choices.items[f->choice], value))
            return;
        act_panel_turn(k->m, 1, k->fx);
        kit_step(k);
    }
    fail_msg("\"%s\" is never %s", label, value);
}

KIT_FN void form_open(struct kit *k, enum panel_id id) {
    act_panel_open(k->m, id, k->fx);
    kit_step(k);
}

/* A refusal with the server's own type and words. */
KIT_FN void form_refuse(struct kit *k, enum op op, int status, const char *type,
                        const char *words) {
    const struct request *r = kit_last(k, op);

    assert_non_null(r);
    struct incoming *in = incoming_new(IN_FAIL, r->id);
    struct fault *fault = arena_alloc(&in->arena, sizeof *fault);

    in->op = op;
    in->status = status;
    (void)err_set(&in->err, RC_HTTP, status, "server answered %d (%s): %s", status, type, words);
    *fault = (struct fault){.rc = RC_HTTP,
                            .status = status,
                            .op = op,
                            .type = arena_strdup(&in->arena, type),
                            .message = arena_strdup(&in->arena, words)};
    in->fault = fault;
    kit_apply(k, in);
}

KIT_FN bool form_is_open(struct kit *k, enum panel_id id) {
    return panel_top(k->m) && panel_top(k->m)->id == id;
}

#endif
