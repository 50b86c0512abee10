/* ask_words.c - what is said about a request: why it was denied, and that it may be tried again. */
#include "mix/servers.h"
#include "private.h"

#include <string.h>

enum { OBJECT_SAID = 200 };

/* Whom it can be said to: a sub-agent takes no messages. */
static struct session *hearer(const struct ask *a) {
    struct session *s = a->session;

    while (s->subagent && s->parent)
        s = s->parent;
    return s;
}

/* ---- the reason of a denial ---- */
static bool empty(const char *text) { return text[strspn(text, " \t\r\n")] == '\0'; }

static bool denied_here(const struct ask *a) {
    return a->kind == ASK_PERMISSION && a->decision == DECIDE_DENY && !a->rule_text &&
           !ask_answerable(a);
}

void act_deny_why(struct model *m, struct effects *fx) {
    struct ask *a = model_selected_ask(m);

    if (!a || !denied_here(a))
        act_decide(m, DECIDE_DENY, fx);
    if (!a || a->kind != ASK_PERMISSION || m->ui.focus != PANE_PERMISSIONS)
        return;
    /* An early one decided nothing; what is typed now is a reason all the same, and no keys. */
    m->ui.replying = denied_here(a) || (ask_answerable(a) && m->ui.early);
    model_touch(m);
}

void act_reason(struct model *m, struct effects *fx) {
    struct ask *a = model_selected_ask(m);

    if (!a)
        return;
    if (ask_answerable(a))
        act_decide(m, DECIDE_DENY, fx);
    if (!denied_here(a))
        return; /* said why; the text stays in its field */
    struct model *owner = a->owner ? a->owner : m;
    struct session *s = hearer(a);
    const char *reason = buf_str(&a->reply.text);

    model_touch(m);
    if (!empty(reason) && !send_next(owner, s, reason, peer_effects(m, owner, fx))) {
        if (owner != m)
            act_notice(m, "The reason was not taken there: it stays here");
        return;
    }
    if (!empty(reason))
        act_notice(m, "The reason is the next message of \"%s\"", session_title(s));
    editor_set(&a->reply, "");
    m->ui.replying = false;
}

void act_reason_leave(struct model *m) {
    const struct ask *a = model_selected_ask(m);

    if (a && a->kind == ASK_PERMISSION && !empty(buf_str(&a->reply.text)))
        history_said(a->owner ? a->owner : m, hearer(a), buf_str(&a->reply.text), NULL);
    m->ui.replying = false;
    model_touch(m);
}

/* ---- once more ---- */
const char *act_again_why_not(const struct model *m) {
    const struct ask *a = model_selected_ask(m);
    const bool over =
        a && (a->state == ASK_EXPIRED ||
              (a->state == ASK_REFUSED && a->decision == DECIDE_GRANT)); /* granted too late */

    if (!over || a->kind != ASK_PERMISSION)
        return "the selected request has not expired";
    return a->again ? "it is asked for already: see the message of its session" : NULL;
}

static char *again_text(const struct ask *a) {
    const char *object = a->object ? a->object : "";
    size_t n = strcspn(object, "\n");
    struct buf out;

    n = n > OBJECT_SAID ? text_fit(object, n, OBJECT_SAID) : n;
    buf_init(&out, 64 * MIX_KIB);
    (void)buf_addf(&out, "Nobody answered your request for %s in time; please try again", a->tool);
    if (n > 0 && object[0] != '{') {
        (void)buf_adds(&out, ": ");
        (void)text_clean(&out, object, n, CLEAN_LINE);
        (void)buf_adds(&out, object[n] ? " ..." : "");
    }
    return buf_take(&out);
}

/* Where its draft can be seen, with the caret in it. */
static void show(struct model *m, struct model *owner, struct session *s, struct effects *fx) {
    act_session_show(owner, s, peer_effects(m, owner, fx));
    if (owner != m)
        act_server_show(m, servers_row_of(m->servers, owner), fx);
    act_focus(owner, PANE_COMPOSER);
}

void act_ask_again(struct model *m, struct effects *fx) {
    struct ask *a = model_selected_ask(m);
    const char *why = act_again_why_not(m);

    if (why) {
        act_notice(m, "%s", why);
        return;
    }
    struct model *owner = a->owner ? a->owner : m;
    struct session *s = hearer(a);
    auto_free char *text = again_text(a);

    a->again = true;
    if (owner != m)
        (void)peer_effects(m, owner, fx); /* its clock */
    if (draft_free(s) && s->own != OWN_OTHER) {
        editor_set(&s->draft, text);
        act_draft_changed(owner, s);
        show(m, owner, s, fx);
        return;
    }
    (void)queue_add(owner, s, s->n_queue, text, &s->options);
    if (s->turn == TURN_IDLE)
        queue_hold(owner, s); /* one key sends nothing */
    act_notice(m, "Queued in \"%s\", whose draft is not empty: please try again", session_title(s));
    model_settle(owner, peer_effects(m, owner, fx));
}
