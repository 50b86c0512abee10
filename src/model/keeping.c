/* keeping.c - a model that nobody looks at, of `mixtui keep`. */
#include "private.h"
#include "rules.h"

void model_watch(struct model *m, const char *id, struct effects *fx) {
    struct session *s = model_session(m, id);

    if (!s) {
        s = session_new(m, id);
        s->priv->provisional = true;
    }
    s->priv->touched = true;
    turn_unsure(m, s);
    load_plan(m, s, 0); /* the last rows tell whether it works */
    watch_touch(m);
    model_settle(m, fx);
}

void keep_denies(struct model *m, struct ask *a, struct effects *fx) {
    a->decision = DECIDE_DENY;
    a->state = ASK_SENT;
    a->request = fx_call_id(m, fx, OP_PERMISSION_DENY, a->session, a->id);
    rules_answered(m, a, "deny", "keep", -1, fx);
    order_touch(m);
    watch_touch(m);
    model_touch(m);
}
