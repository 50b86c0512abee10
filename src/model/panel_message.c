/* panel_message.c - everything the server knows of one message. The thread keeps only what it
 * shows, so this asks for the list once more and keeps the one row. */
#include "panels.h"
#include "mix/copy.h"

#include <stdlib.h>
#include <string.h>

struct whole {
    char *id;
    enum role role;
    const struct message *message; /* NULL: not found yet */
    bool answered;
    struct arena arena;
};

static void message_open(struct model *m, struct panel *p, struct effects *fx) {
    struct whole *d = xcalloc(1, sizeof *d);
    const struct session *s = p->session;

    (void)fx;
    p->data = d;
    if (!s || s != m->shown || s->reading.sel_entry >= s->transcript.n)
        return;
    const struct entry *e = &s->transcript.entries[s->reading.sel_entry];

    set_string(&d->id, e->id);
    d->role = e->role;
}

static void message_load(struct model *m, struct panel *p, struct effects *fx) {
    struct whole *d = p->data;

    if (!d->id || !p->session || !p->session->id)
        return;
    struct request *r = panel_call(m, p, OP_MESSAGES_LIST, fx);
    struct session_ref *in = call_in(r, sizeof *in);

    in->id = arena_strdup(&r->arena, p->session->id);
    d->message = NULL;
    d->answered = false;
    arena_free(&d->arena);
}

/* The first servers use one id for question and answer. */
static bool is_it(const struct whole *d, const struct message *row) {
    const char *role = d->role == ROLE_USER ? "user" : d->role == ROLE_NOTE ? "tool" : "assistant";

    return str_eq(row->id, d->id) && str_eq(row->role, role);
}

static void message_taken(struct model *m, struct panel *p, struct incoming *in,
                          struct effects *fx) {
    struct whole *d = p->data;
    const struct message *rows = in->out;

    (void)m;
    (void)fx;
    if (in->kind != IN_REPLY && in->kind != IN_ITEMS)
        return;
    for (size_t i = 0; i < in->n && !d->message; i++)
        if (is_it(d, &rows[i]))
            d->message = shape_copy(shape_named("message"), &rows[i], &d->arena);
    d->answered = d->answered || in->kind == IN_REPLY;
}

/* ---- rows ---- */
static void number(struct panel *p, const char *label, int64_t n) {
    panel_fact(p, label, n != 0 ? arena_printf(&p->rows_arena, "%lld", (long long)n) : NULL);
}

static void text_of(struct panel *p, const char *heading, const char *text) {
    if (str_blank(text))
        return;
    panel_add(p, ROW_HEADING, 0, heading, NULL);
    panel_add_text(p, 0, text, (size_t)-1)->indent = 1;
}

static void call_rows(struct panel *p, const struct tool_call *c) {
    auto_buf struct buf text = {.max = 16 * MIX_MIB};
    const char *pretty =
        str_blank(c->input) ? NULL : ask_pretty(&p->rows_arena, c->input, strlen(c->input));

    panel_add(p, ROW_HEADING, 0, str_blank(c->name) ? "call" : c->name, "%s%s",
              c->finished ? "finished" : "not finished", c->is_error ? ", failed" : "");
    panel_line(&text, "call", c->id);
    panel_line(&text, "type", c->type);
    panel_line(&text, "input", pretty ? pretty : c->input);
    panel_line(&text, "result", c->result);
    for (size_t i = 0; i < c->screenshot_urls.n; i++)
        panel_line(&text, "screenshot", c->screenshot_urls.items[i]);
    panel_add_text(p, 0, buf_str(&text), text.n)->indent = 1;
}

static void callback_rows_of(struct panel *p, const struct callback_result *c) {
    auto_buf struct buf text = {.max = 16 * MIX_MIB};

    panel_add(p, ROW_HEADING, 0,
              arena_printf(&p->rows_arena, "callback %s", c->callback_name ? c->callback_name : ""),
              "%s after %s: %s, exit code %lld", c->callback_type ? c->callback_type : "?",
              c->tool_name ? c->tool_name : "?", c->success ? "ok" : "failed",
              (long long)c->exit_code);
    panel_line(&text, "of the call", c->tool_call_id);
    panel_line(&text, "error", c->error);
    panel_line(&text, "output", c->stdout_text);
    panel_line(&text, "error output", c->stderr_text);
    panel_line(&text, "sub-agent", c->subagent_id);
    panel_line(&text, "its result", c->subagent_result);
    (void)buf_adds(&text, c->exclude_from_context ? "kept out of the context" : "in the context");
    panel_add_text(p, 0, buf_str(&text), text.n)->indent = 1;
}

static void message_rows(const struct model *m, struct panel *p) {
    const struct whole *d = p->data;
    const struct message *row = d->message;

    (void)m;
    if (!d->id)
        panel_add_text(p, 0, "Select a message that the server has, with J and K.", (size_t)-1);
    else if (d->answered && !row)
        panel_add_text(p, 0, "The server has this message no more.", (size_t)-1);
    if (!row)
        return;
    panel_fact(p, "role", row->role);
    panel_fact(p, "id", row->id);
    panel_fact(p, "session", row->session_id);
    panel_fact(p, "model", row->model);
    number(p, "input tokens", row->input_tokens);
    number(p, "output tokens", row->output_tokens);
    number(p, "written to cache", row->cache_creation_tokens);
    number(p, "read from cache", row->cache_read_tokens);
    panel_fact(p, "cost", row->cost > 0 ? arena_printf(&p->rows_arena, "$%.4f", row->cost) : NULL);
    panel_fact(p, "thought for",
               row->reasoning_seconds > 0
                   ? arena_printf(&p->rows_arena, "%lld s", (long long)row->reasoning_seconds)
                   : NULL);
    if (!str_eq(row->user_input, row->assistant_response)) /* servers say an answer twice */
        text_of(p, "What was asked", row->user_input);
    text_of(p, "Thinking", row->reasoning);
    text_of(p, "Answer", row->assistant_response);
    for (size_t i = 0; i < row->tool_calls.n; i++)
        call_rows(p, &row->tool_calls.items[i]);
    for (size_t i = 0; i < row->callback_results.n; i++)
        callback_rows_of(p, &row->callback_results.items[i]);
}

static void message_enter(struct model *m, struct panel *p, const struct panel_row *row,
                          struct effects *fx) {
    (void)p;
    if (!str_eq(row->value, "-"))
        act_copy(m, row->value, strlen(row->value), row->label, fx);
}

static void message_close(struct model *m, struct panel *p) {
    struct whole *d = p->data;

    (void)m;
    arena_free(&d->arena);
    free(d->id);
    free(TAKE(p->data));
}

const struct panel_spec panel_message = {
    .title = "Message",
    .open = message_open,
    .load = message_load,
    .rows = message_rows,
    .enter = message_enter,
    .reply = message_taken,
    .close = message_close,
    .wide = true,
};
