/* panel_turn.c - what the next messages of a session ask of their turns, each with the reason where
 * the server has it not. A change holds at once. */
#include "forms.h"

#include <stdio.h>
#include <stdlib.h>

enum { R_TEXT, R_PLAN, R_THINKING, R_STEPS, R_DONE };

static void turn_open(struct model *m, struct panel *p, struct effects *fx) {
    static const char *const levels[THINK_COUNT] = {"as the message says", "off", "basic", "medium",
                                                    "maximum"};
    const struct session *s = p->session;
    char steps[24] = "";

    (void)m;
    (void)fx;
    (void)panel_choices(p, R_THINKING, levels, MIX_COUNT(levels));
    (void)panel_text(p, R_STEPS, 12, ONE_LINE);
    if (!s)
        return;
    panel_field(p, R_PLAN)->on = s->options.plan;
    panel_field(p, R_THINKING)->choice = s->options.thinking;
    if (s->options.max_steps > 0)
        snprintf(steps, sizeof steps, "%lld", (long long)s->options.max_steps);
    editor_set(&panel_field(p, R_STEPS)->text, steps);
}

static void turn_rows(const struct model *m, struct panel *p) {
    const struct turn_options *o = p->session ? &p->session->options : &(struct turn_options){0};

    panel_add_field(p, ROW_SWITCH, R_PLAN, "plan mode", "the agent plans and changes nothing")
        ->why_not = o->plan ? NULL : why_no_turn_option(m, TURN_PLAN);
    panel_add_field(p, ROW_CHOICE, R_THINKING, "thinking", "how much, before it answers")->why_not =
        o->thinking != THINK_UNSAID ? NULL : why_no_turn_option(m, TURN_THINKING);
    panel_add_field(p, ROW_FIELD, R_STEPS, "max steps", "of one turn; empty: no limit")->why_not =
        o->max_steps > 0 ? NULL : why_no_turn_option(m, TURN_STEPS);
    panel_add(p, ROW_ACTION, R_DONE, "back to the message", NULL);
    panel_add(p, ROW_TEXT, R_TEXT, NULL,
              "For the messages written from now on in this session; those in the queue keep what "
              "they were written with.")
        ->tone = TONE_DIM;
}

static void turn_changed(struct model *m, struct panel *p, const struct panel_row *row,
                         struct effects *fx) {
    struct session *s = p->session;

    (void)fx;
    if (!s)
        return;
    if (row->tag == R_PLAN) {
        if (s->options.plan != panel_is_on(p, R_PLAN))
            act_plan_mode(m, s);
    } else if (row->tag == R_THINKING) {
        act_thinking(m, s, (int)panel_field(p, R_THINKING)->choice - (int)s->options.thinking);
    } else {
        const char *typed = panel_value(p, R_STEPS);
        char *end = NULL;
        const long long n = strtoll(typed, &end, 10);
        const bool good = *typed == '\0' || (*end == '\0' && n >= 1 && n <= MAX_STEPS);

        panel_field(p, R_STEPS)->complaint =
            good ? NULL : "a number from 1 to 100000; empty: no limit";
        if (good)
            act_max_steps(m, s, n);
    }
}

static void turn_enter(struct model *m, struct panel *p, const struct panel_row *row,
                       struct effects *fx) {
    (void)row;
    (void)fx;
    act_panel_close(m, p);
}

const struct panel_spec panel_turn = {
    .title = "Message options",
    .open = turn_open,
    .rows = turn_rows,
    .enter = turn_enter,
    .changed = turn_changed,
};
