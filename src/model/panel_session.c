/* panel_session.c - everything the server knows of one session. */
#include "panels.h"
#include "mix/copy.h"

#include <stdlib.h>
#include <string.h>

enum { TAG_CALLBACK = PANEL_FACT + 1 };
struct details {
    const struct session_data *data; /* NULL: not answered yet */
};

static const char *why_session(const struct model *m) { return panel_why_op(m, OP_SESSION_GET); }

static void session_open(struct model *m, struct panel *p, struct effects *fx) {
    (void)m;
    (void)fx;
    p->data = xcalloc(1, sizeof(struct details));
}

static void session_load(struct model *m, struct panel *p, struct effects *fx) {
    if (!p->session || !p->session->id)
        return;
    struct request *r = panel_call(m, p, OP_SESSION_GET, fx);
    struct session_ref *in = call_in(r, sizeof *in);

    in->id = arena_strdup(&r->arena, p->session->id);
}

static void session_taken(struct model *m, struct panel *p, struct incoming *in,
                          struct effects *fx) {
    struct details *d = p->data;

    (void)fx;
    if (in->kind != IN_REPLY || !in->out)
        return;
    panel_drop(p);
    d->data = in->out;
    if (p->session)
        session_take_data(m, p->session, d->data);
    panel_keep(p, in);
}

static void number(struct panel *p, const char *label, int64_t n) {
    panel_fact(p, label, arena_printf(&p->rows_arena, "%lld", (long long)n));
}

static void callback_text(struct panel *p, const struct callback *c) {
    auto_buf struct buf text = {.max = MIX_MIB};

    panel_line(&text, "runs", c->bash_command);
    panel_line(&text, "asks a sub-agent", c->sub_agent_prompt);
    panel_line(&text, "of the kind", c->sub_agent_type);
    panel_line(&text, "sends", c->message_content);
    if (c->bash_timeout > 0)
        (void)buf_addf(&text, "time limit: %lld ms\n", (long long)c->bash_timeout);
    (void)buf_addf(&text, "%s the context, %s the history",
                   c->exclude_from_context ? "kept out of" : "goes into",
                   c->include_full_history ? "with" : "without");
    panel_add_text(p, TAG_CALLBACK, buf_str(&text), text.n)->indent = 3;
}

static void session_callback_rows(struct panel *p, const struct session_data *d) {
    panel_add(p, ROW_HEADING, 0, "Callbacks", "%zu", d->callbacks.n);
    for (size_t i = 0; i < d->callbacks.n; i++) {
        const struct callback *c = &d->callbacks.items[i];
        struct panel_row *row =
            panel_add(p, ROW_VALUE, TAG_CALLBACK, c->name ? c->name : c->tool_name, "%s after %s",
                      c->type ? c->type : "?", c->tool_name ? c->tool_name : "?");

        row->index = i;
        if (panel_unfolded(p, TAG_CALLBACK, i))
            callback_text(p, c);
    }
}

static void server_rows(struct panel *p, const struct session_data *d) {
    panel_fact(p, "title", d->title);
    panel_fact(p, "id", d->id);
    panel_fact(p, "created", panel_time(d->created_at).s);
    panel_fact(p, "kind", d->session_type);
    panel_fact(p, "parent", d->parent_session_id);
    panel_fact(p, "parent's call", d->parent_tool_call_id);
    panel_fact(p, "sub-agent", d->subagent_type);
    panel_fact(p, "directory", d->working_directory);
    panel_fact(p, "provider", d->provider);
    panel_fact(p, "model", d->model_id);
    panel_fact(p, "browser mode", d->browser_mode);
    panel_fact(p, "CDP URL", d->cdp_url);
    panel_fact(p, "first message", d->first_user_message);
    panel_add(p, ROW_HEADING, 0, "Size and cost", NULL);
    number(p, "your messages", d->user_messages);
    number(p, "answers", d->assistant_messages);
    number(p, "tool calls", d->tool_calls);
    number(p, "prompt tokens", d->prompt_tokens);
    number(p, "completion tokens", d->completion_tokens);
    panel_fact(p, "cost", arena_printf(&p->rows_arena, "$%.4f, sub-agents included", d->cost));
    session_callback_rows(p, d);
}

static void session_rows(const struct model *m, struct panel *p) {
    const struct details *d = p->data;

    (void)m;
    if (!p->session)
        panel_add_text(p, 0, "The session is gone.", (size_t)-1)->tone = TONE_BAD;
    if (!d->data)
        return;
    panel_add_text(p, 0,
                   "Enter copies a value. The tokens are those of the last call to the model; "
                   "servers keep what their generation knows, - is the rest.",
                   (size_t)-1)
        ->tone = TONE_DIM;
    server_rows(p, d->data);
}

static void session_enter(struct model *m, struct panel *p, const struct panel_row *row,
                          struct effects *fx) {
    if (row->tag == TAG_CALLBACK)
        panel_fold(m, p, row);
    else if (!str_eq(row->value, "-"))
        act_copy(m, row->value, strlen(row->value), row->label, fx);
}

static void session_unfold(struct model *m, struct panel *p, const struct panel_row *row,
                           struct effects *fx) {
    (void)fx;
    if (row->tag == TAG_CALLBACK)
        panel_fold(m, p, row);
}

static void session_close(struct model *m, struct panel *p) {
    (void)m;
    free(TAKE(p->data));
}

const struct panel_spec panel_session = {
    .title = "Session",
    .why_not = why_session,
    .open = session_open,
    .load = session_load,
    .rows = session_rows,
    .enter = session_enter,
    .unfold = session_unfold,
    .reply = session_taken,
    .close = session_close,
};
