/* asks.c - requests for permission and questions of all watched sessions of one server, what
 * becomes of them. The keys that answer are in act_asks.c, the inbox of several servers is in
 * servers.c. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

enum {
    ANSWER_MARGIN_MS = 1000, /* the server's own clock ends it a little later than ours */
    QUESTION_S = 60,
    QUESTION_MAX_S = 3600,
    KEEP_MS = 60000, /* an answered one, once it is looked away from */
    PENDING_MAX = 1000,
    OBJECT_MAX = 16 * 1024 * 1024,
};

/* ---- looking ---- */
struct ask *model_ask(const struct model *m, const char *id) {
    for (size_t i = 0; id && i < m->n_asks; i++)
        if (str_eq(m->asks[i]->id, id))
            return m->asks[i];
    return NULL;
}

bool ask_answerable(const struct ask *a) {
    return a->state == ASK_PENDING || a->state == ASK_FAILED;
}

void ask_free(struct ask *a) {
    editor_fini(&a->reply);
    arena_free(&a->arena);
    free(a);
}

/* It is shown as another one than before, or no more: whoever looks at it has to look again. */
static void unpaint(struct model *m, const struct ask *a) {
    struct model *viewer = model_viewer(m);

    if (viewer->ui.painted_ask && ask_selected(viewer, a))
        ask_unpaint(viewer);
}

static void touch(struct model *m) {
    model_touch(m);
    if (model_hidden(m))
        model_touch(model_viewer(m));
}

/* An answer that was typed and not given. */
static void keep_reply(struct model *m, const struct ask *a) {
    const bool given = a->kind == ASK_QUESTION && (a->state == ASK_SENT || a->state == ASK_GRANTED);

    if (!given && !str_blank(buf_str(&a->reply.text)))
        history_said(m, a->kind == ASK_PERMISSION ? a->session : NULL, buf_str(&a->reply.text),
                     NULL);
}

void asks_keep_replies(struct model *m) {
    for (size_t i = 0; i < m->n_asks; i++)
        keep_reply(m, m->asks[i]);
}

static void drop(struct model *m, size_t at) {
    keep_reply(m, m->asks[at]);
    hold_forget(m->asks[at], "it is gone");
    unpaint(m, m->asks[at]); /* another one with its id was never seen */
    inbox_remove(m, m->asks[at]);
    ask_free(m->asks[at]);
    memmove(m->asks + at, m->asks + at + 1, (m->n_asks - at - 1) * sizeof(*m->asks));
    m->n_asks--;
    touch(m);
}

static void set_state(struct model *m, struct ask *a, enum ask_state state) {
    if (a->state == state)
        return;
    a->state = state;
    if (a->ended_at == 0 && !ask_answerable(a) && state != ASK_SENT)
        a->ended_at = m->now > 0 ? m->now : 1;
    if (ask_answerable(a))
        a->ended_at = 0;
    else
        hold_forget(a, "it is over");
    order_touch(m);
    watch_touch(m);
    touch(m);
}

/* ---- what is decided on ---- */
/* The calls that may be the one asked for. NULL while none or several fit. */
static struct part *match(struct ask *a) {
    struct buf object;
    struct part *found = NULL;

    if (a->call_id)
        return transcript_find_call(&a->session->transcript, a->call_id);
    buf_init(&object, OBJECT_MAX);
    if (a->params && tool_object(&object, a->tool, a->params, strlen(a->params)))
        found = transcript_match_call(&a->session->transcript, a->tool, buf_str(&object));
    buf_fini(&object);
    return found;
}

static const char *object_of(struct ask *a, const struct part *call) {
    const char *params = a->params ? a->params : "";
    struct buf out;
    const char *object = NULL;

    if (tool_is(a->tool, "Write") || tool_is(a->tool, "Edit")) {
        a->input = NULL;
        if (call)
            object = ask_diff(&a->arena, a->tool, call->text, call->len);
        if (object)
            a->input = arena_strndup(&a->arena, call->text, call->len);
        if (!object)
            object = ask_diff(&a->arena, a->tool, params, strlen(params));
        if (object) {
            a->input = a->input ? a->input : params;
            return object;
        }
    }
    buf_init(&out, OBJECT_MAX);
    if (tool_is(a->tool, "Bash") && tool_object(&out, a->tool, params, strlen(params)))
        object = arena_strdup(&a->arena, buf_str(&out));
    buf_fini(&out);
    if (object)
        return object;
    if (params[0])
        return ask_pretty(&a->arena, params, strlen(params));
    return arena_strdup(&a->arena, a->description ? a->description : "");
}

static void bind_call(struct model *m, struct ask *a, struct part *call) {
    const char *before = a->object;

    a->call_id = arena_strdup(&a->arena, call->call_id);
    if (ask_answerable(a) && (call->state == CALL_STREAMING || call->state == CALL_RUNNING))
        part_state(&a->session->transcript, call, CALL_WAITING, -1.0);
    a->object = object_of(a, call);
    if (before && !str_eq(before, a->object)) {
        a->uncut = false;
        hold_forget(a, "it is not what it was");
        unpaint(m, a);
    }
    ask_look(m, a);
    touch(m);
}

void asks_call_input(struct model *m, struct session *s) {
    for (size_t i = 0; i < m->n_asks; i++) {
        struct ask *a = m->asks[i];

        if (a->session != s || a->kind != ASK_PERMISSION || a->call_id)
            continue;
        struct part *call = match(a);

        if (call)
            bind_call(m, a, call);
    }
}

/* ---- arrival ---- */
static void insert(struct model *m, struct ask *a) {
    size_t at = m->n_asks;

    m->asks = xgrow(m->asks, m->n_asks, &m->cap_asks, sizeof(*m->asks));
    while (at > 0 && m->asks[at - 1]->deadline > a->deadline)
        at--;
    memmove(m->asks + at + 1, m->asks + at, (m->n_asks - at) * sizeof(*m->asks));
    m->asks[at] = a;
    m->n_asks++;
    inbox_insert(m, a);
    touch(m);
}

static bool same_text(const char *a, const char *b) { return str_eq(a ? a : "", b ? b : ""); }

/* Two streams of one session tell it twice. */
static bool told_again(const struct ask *a, enum ask_kind kind, const struct event_data *d) {
    if (a->kind != kind)
        return false;
    if (kind == ASK_QUESTION)
        return same_text(a->message, d->message) && same_text(a->title, d->title);
    return same_text(a->tool, d->tool_name ? d->tool_name : "tool") &&
           same_text(a->params, d->params_raw) && same_text(a->path, d->path) &&
           same_text(a->description, d->description);
}

/* A server that began anew counts from the beginning: who has the id now is another one, and what
 * was meant for the old one must not reach it. It is not selected either: nobody chose it. */
static void give_id_away(struct model *m, struct ask *a) {
    struct model *viewer = model_viewer(m);
    size_t at = 0;

    if (ask_selected(viewer, a)) {
        act_notice(viewer, "The server gave the id of the selected request to another one");
        set_string(&viewer->ui.ask_cursor, NULL);
        set_string(&viewer->ui.ask_server, NULL);
        viewer->ui.replying = false;
        ask_unpaint(viewer);
    }
    while (m->asks[at] != a)
        at++;
    drop(m, at);
}

static struct ask *arrive(struct model *m, struct session *s, enum ask_kind kind,
                          const struct event_data *d, int64_t at) {
    struct ask *known = str_blank(d->id) ? NULL : model_ask(m, d->id);

    if (str_blank(d->id) || (known && told_again(known, kind, d)))
        return NULL;
    if (known)
        give_id_away(m, known);
    if (m->n_asks >= PENDING_MAX) {
        act_notice(m, "More than %d requests wait: the rest is left to the server's time limit",
                   (int)PENDING_MAX);
        return NULL;
    }
    struct ask *a = xcalloc(1, sizeof *a);

    a->id = arena_strdup(&a->arena, d->id);
    a->kind = kind;
    a->session = s;
    a->owner = m;
    a->state = ASK_PENDING;
    a->arrived_at = at > 0 && at <= m->now ? at : m->now;
    editor_init(&a->reply, 64 * MIX_KIB);
    session_active(m, s);
    order_touch(m);
    watch_touch(m);
    return a;
}

void ask_permission(struct model *m, struct session *s, const struct event_data *d, int64_t at,
                    struct effects *fx) {
    struct ask *a = arrive(m, s, ASK_PERMISSION, d, at);

    if (!a)
        return;
    a->deadline = a->arrived_at + ASK_LIFE_MS;
    a->tool = arena_strdup(&a->arena, d->tool_name ? d->tool_name : "tool");
    a->description = arena_strdup(&a->arena, d->description);
    a->action = arena_strdup(&a->arena, d->action);
    a->path = arena_strdup(&a->arena, d->path);
    a->params = arena_strdup(&a->arena, d->params_raw);
    insert(m, a);
    turn_runs(m, s);
    struct part *call = match(a);

    if (call)
        bind_call(m, a, call);
    else
        a->object = object_of(a, NULL);
    if (!call)
        ask_look(m, a);
    if (m->keeps == KEEPS_DENYING) {
        keep_denies(m, a, fx);
        return;
    }
    rules_asked(m, a, fx);
    if (!a->rules_task) /* else somebody is called when no rule decides */
        attend_ask(m, a, fx);
}

void ask_notification(struct model *m, struct session *s, const struct event_data *d, int64_t at,
                      struct effects *fx) {
    struct ask *a = arrive(m, s, ASK_QUESTION, d, at);
    int64_t seconds = d->timeout_s > 0 ? d->timeout_s : QUESTION_S;

    if (!a)
        return;
    if (seconds > QUESTION_MAX_S)
        seconds = QUESTION_MAX_S;
    a->deadline = a->arrived_at + 1000 * seconds - ANSWER_MARGIN_MS;
    if (a->deadline <= a->arrived_at)
        a->deadline = a->arrived_at + 1000 * seconds;
    a->tool = arena_strdup(&a->arena, d->notification_type ? d->notification_type : "question");
    a->title = arena_strdup(&a->arena, d->title);
    a->message = arena_strdup(&a->arena, d->message ? d->message : "");
    a->response_type = arena_strdup(&a->arena, d->response_type ? d->response_type : "acknowledge");
    a->object = a->message;
    a->choices.items = arena_alloc(&a->arena, (d->choices.n + 1) * sizeof(char *));
    for (size_t i = 0; i < d->choices.n; i++)
        if (d->choices.items[i])
            a->choices.items[a->choices.n++] = arena_strdup(&a->arena, d->choices.items[i]);
    insert(m, a);
    turn_runs(m, s);
    attend_ask(m, a, fx);
}

/* ---- what became of it ---- */
static void call_resumes(struct ask *a) {
    struct part *call =
        a->call_id ? transcript_find_call(&a->session->transcript, a->call_id) : NULL;

    if (call && call->state == CALL_WAITING)
        part_state(&a->session->transcript, call, CALL_RUNNING, -1.0);
}

static enum ask_state outcome(const struct ask *a, bool success, bool denied) {
    switch (a->state) {
    case ASK_SENT:
    case ASK_ACCEPTED:
        if (denied)
            return ASK_REFUSED;
        return a->decision == DECIDE_DENY ? ASK_ELSEWHERE : ASK_GRANTED;
    case ASK_PENDING:
    case ASK_FAILED:
        return denied ? ASK_EXPIRED : ASK_ELSEWHERE;
    case ASK_EXPIRED:
        return success ? ASK_ELSEWHERE : ASK_EXPIRED;
    case ASK_GRANTED:
    case ASK_REFUSED:
    case ASK_ELSEWHERE:
        break;
    }
    return a->state;
}

void asks_call_done(struct model *m, struct session *s, const char *call_id, bool success,
                    bool denied) {
    for (size_t i = 0; i < m->n_asks; i++) {
        struct ask *a = m->asks[i];

        if (a->session == s && a->kind == ASK_PERMISSION && str_eq(a->call_id, call_id))
            set_state(m, a, outcome(a, success, denied));
    }
}

void asks_turn_over(struct model *m, struct session *s) {
    for (size_t i = 0; i < m->n_asks; i++)
        if (m->asks[i]->session == s && ask_answerable(m->asks[i]))
            set_state(m, m->asks[i], ASK_EXPIRED);
}

void asks_session_gone(struct model *m, struct session *s) {
    for (size_t i = m->n_asks; i-- > 0;)
        if (m->asks[i]->session == s)
            drop(m, i);
}

/* It takes answers again where there is time for one, and is armed anew. */
static void answer_lost(struct model *m, struct ask *a, const struct incoming *in,
                        struct effects *fx) {
    act_error(model_viewer(m), &in->err, "The answer to %s did not arrive", a->tool);
    if (in->status == 404)
        set_state(m, a, a->kind == ASK_QUESTION ? ASK_ELSEWHERE : ASK_EXPIRED);
    else
        set_state(m, a, m->now < a->deadline ? ASK_FAILED : ASK_EXPIRED);
    unpaint(m, a);
    if (a->rule_text && ask_answerable(a))
        attend_ask(m, a, fx); /* now it needs somebody */
    a->rule_text = NULL;
}

void asks_reply(struct model *m, struct incoming *in, struct session *s, struct effects *fx) {
    struct ask *a = NULL;

    (void)s;
    for (size_t i = 0; i < m->n_asks && !a; i++)
        if (m->asks[i]->request == in->request)
            a = m->asks[i];
    if (!a || (in->kind != IN_REPLY && in->kind != IN_FAIL))
        return;
    a->request = 0;
    a->err = in->err;
    if (in->kind == IN_REPLY) {
        a->err = (struct err){.rc = RC_OK};
        if (a->state == ASK_SENT)
            set_state(m, a, a->kind == ASK_QUESTION ? ASK_GRANTED : ASK_ACCEPTED);
        call_resumes(a);
    } else if (a->state == ASK_SENT) {
        answer_lost(m, a, in, fx);
    }
}

/* ---- time ---- */
static bool droppable(const struct model *m, const struct ask *a) {
    return !ask_answerable(a) && a->state != ASK_SENT && !inbox_selected(m, a);
}

void asks_tick(struct model *m) {
    for (size_t i = 0; i < m->n_asks; i++) {
        struct ask *a = m->asks[i];

        if (!ask_answerable(a) || m->now < a->deadline)
            continue;
        set_state(m, a, ASK_EXPIRED);
        call_resumes(a); /* it waits for nobody here any more */
    }
    for (size_t i = m->n_asks; i-- > 0;)
        if (droppable(m, m->asks[i]) && m->now - m->asks[i]->ended_at >= KEEP_MS)
            drop(m, i);
    for (size_t i = 0; m->n_asks > ASKS_MAX && i < m->n_asks;) {
        if (droppable(m, m->asks[i]))
            drop(m, i);
        else
            i++;
    }
}

int64_t asks_next(const struct model *m, int64_t now) {
    int64_t at = -1;

    for (size_t i = 0; i < m->n_asks; i++) {
        const struct ask *a = m->asks[i];

        if (ask_answerable(a)) {
            sooner(&at, a->deadline <= now ? now : a->deadline); /* seconds: see tick.c */
        } else if (droppable(m, a)) {
            sooner(&at, a->ended_at + KEEP_MS);
        }
    }
    return at;
}
