/* options.c - what a message asks of its turn: plan mode, thinking, a limit of steps; and which
 * fields a server's generation knows. */
#include "private.h"

#include <string.h>

/* ---- what the server knows ---- */
bool field_known(const struct model *m, const char *shape, const char *field) {
    const int version = m->server.caps.version;
    const struct shape *s = shape_named(shape);
    struct field_view v;

    for (size_t i = 0; version != GEN_NONE && shape_field(s, i, &v); i++)
        if (v.place == PLACE_BODY && str_eq(v.name, field) && version >= v.since &&
            (v.until == 0 || version <= v.until))
            return true;
    return false;
}

static const struct {
    const char *field, *why_not;
} options[] = {
    [TURN_PLAN] = {"plan_mode", "servers before 0.4.5 have no plan mode"},
    [TURN_THINKING] = {"thinking_level", "servers before 0.7.2 have no thinking levels"},
    [TURN_STEPS] = {"max_steps", "servers before 0.8.1 have no limit of steps"},
};

const char *why_no_turn_option(const struct model *m, enum turn_option o) {
    if (m->server.caps.version == GEN_NONE)
        return "it is not known what this server can do";
    return field_known(m, "message_send", options[o].field) ? NULL : options[o].why_not;
}

bool turn_options_set(const struct turn_options *o) {
    return o->plan || o->thinking != THINK_UNSAID || o->max_steps > 0;
}

const char *turn_options_unfit(const struct model *m, const struct turn_options *o) {
    const char *why = o->plan ? why_no_turn_option(m, TURN_PLAN) : NULL;

    if (!why && o->thinking != THINK_UNSAID)
        why = why_no_turn_option(m, TURN_THINKING);
    if (!why && o->max_steps > 0)
        why = why_no_turn_option(m, TURN_STEPS);
    return why;
}

/* ---- words ---- */
const char *thinking_name(enum thinking t) {
    static const char *const names[THINK_COUNT] = {
        [THINK_OFF] = "off",
        [THINK_BASIC] = "basic",
        [THINK_MEDIUM] = "medium",
        [THINK_MAXIMUM] = "maximum",
    };
    return names[t];
}

void turn_options_text(struct buf *out, const struct turn_options *o, const char *between) {
    const size_t start = out->n;

    if (o->plan)
        (void)buf_adds(out, "plan mode");
    if (o->thinking != THINK_UNSAID)
        (void)buf_addf(out, "%sthinking %s", out->n > start ? between : "",
                       thinking_name(o->thinking));
    if (o->max_steps > 0)
        (void)buf_addf(out, "%s%lld step%s at most", out->n > start ? between : "",
                       (long long)o->max_steps, o->max_steps == 1 ? "" : "s");
}

/* ---- what the person does ---- */
static bool can(struct model *m, enum turn_option o, bool taken_back) {
    const char *why = taken_back ? NULL : why_no_turn_option(m, o);

    if (why)
        act_notice(m, "%s", why);
    return !why;
}

static void changed(struct model *m, struct session *s) {
    journal_touch(m, s); /* the file of the draft keeps them */
    model_touch(m);
}

void act_plan_mode(struct model *m, struct session *s) {
    if (!s || !can(m, TURN_PLAN, s->options.plan))
        return;
    s->options.plan = !s->options.plan;
    changed(m, s);
    act_notice(m, s->options.plan ? "Plan mode: the agent of this session plans and changes nothing"
                                  : "Plan mode is off");
}

void act_thinking(struct model *m, struct session *s, int by) {
    if (!s)
        return;
    const int to = ((int)s->options.thinking + by % THINK_COUNT + THINK_COUNT) % THINK_COUNT;

    if (!can(m, TURN_THINKING, to == THINK_UNSAID)) {
        if (s->options.thinking == THINK_UNSAID)
            return;
        s->options.thinking = THINK_UNSAID; /* of another server's time */
    } else {
        s->options.thinking = (enum thinking)to;
    }
    changed(m, s);
    const char *name = thinking_name(s->options.thinking);

    act_notice(m,
               name ? "Thinking: %s" : "Thinking: not asked for, the words of the message decide",
               name);
}

void act_max_steps(struct model *m, struct session *s, int64_t steps) {
    if (!s || !can(m, TURN_STEPS, steps <= 0))
        return;
    s->options.max_steps = steps < 0 ? 0 : steps > MAX_STEPS ? MAX_STEPS : steps;
    changed(m, s);
}
