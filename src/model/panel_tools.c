/* panel_tools.c - what agents can use: tools, the keys some of them need, MCP servers, commands. */
#include "mix/types_admin.h"
#include "panels.h"

#include <stdlib.h>
#include <string.h>

/* ---- tools ---- */
enum { TAG_TOOL, TAG_CREDENTIAL };
struct tools {
    const struct tool_list *tools;
    const struct tool_credentials *credentials; /* NULL: not known */
    bool from_status;                           /* by the older of the two operations */
};

static void tools_open(struct model *m, struct panel *p, struct effects *fx) {
    (void)m;
    (void)fx;
    p->data = xcalloc(1, sizeof(struct tools));
}

static void tools_load(struct model *m, struct panel *p, struct effects *fx) {
    static const enum op ops[] = {OP_TOOLS_LIST, OP_TOOLS_CREDENTIALS, OP_TOOLS_STATUS};

    *(struct tools *)p->data = (struct tools){0};
    panel_drop(p);
    for (size_t i = 0; i < MIX_COUNT(ops); i++)
        if (!panel_why_op(m, ops[i]))
            (void)panel_call(m, p, ops[i], fx);
}

/* Servers stopped routing tools/status before they stopped publishing it: that it fails says
 * nothing where the other one is answered. */
static void tools_reply(struct model *m, struct panel *p, struct incoming *in, struct effects *fx) {
    struct tools *t = p->data;
    const bool older = in->op == OP_TOOLS_STATUS;

    (void)fx;
    if (in->kind == IN_FAIL && older && in->status == 404 && !panel_why_op(m, OP_TOOLS_CREDENTIALS))
        p->err = (struct err){.rc = RC_OK};
    if (in->kind != IN_REPLY || !in->out)
        return;
    if (in->op == OP_TOOLS_LIST) {
        t->tools = in->out;
    } else if (!older || !t->credentials) {
        t->credentials = in->out;
        t->from_status = older;
    } else {
        return;
    }
    panel_keep(p, in);
}

static void unfolded_tool(struct panel *p, const struct tool_info *tool) {
    auto_buf struct buf text = {.max = MIX_MIB};
    const char *raw = tool->parameters_raw;

    (void)buf_addf(&text, "%s\n", tool->description ? tool->description : "");
    (void)buf_adds(&text, "needs:");
    for (size_t i = 0; i < tool->required.n; i++)
        (void)buf_addf(&text, " %s", tool->required.items[i]);
    (void)buf_adds(&text, tool->required.n ? "\n" : " nothing\n");
    if (!str_blank(raw)) {
        const char *pretty = ask_pretty(&p->rows_arena, raw, strlen(raw));

        (void)buf_addf(&text, "parameters:\n%s", pretty ? pretty : raw);
    }
    panel_add_text(p, TAG_TOOL, buf_str(&text), text.n)->indent = 3;
}

static void tool_rows(const struct model *m, struct panel *p, const struct tools *t) {
    const char *why = panel_why_op(m, OP_TOOLS_LIST);
    struct panel_row *head = panel_add(p, ROW_HEADING, 0, "Tools", "%s", why ? why : "");

    if (!why && t->tools)
        head->value =
            arena_printf(&p->rows_arena, "%zu; Enter shows the parameters", t->tools->tools.n);
    for (size_t i = 0; t->tools && i < t->tools->tools.n; i++) {
        const struct tool_info *tool = &t->tools->tools.items[i];
        const char *line = tool->description ? tool->description : "";

        panel_add(p, ROW_VALUE, TAG_TOOL, tool->name ? tool->name : "?", "%.*s",
                  (int)strcspn(line, "\n"), line)
            ->index = i;
        if (panel_unfolded(p, TAG_TOOL, i))
            unfolded_tool(p, tool);
    }
}

static void unfolded_credential(struct panel *p, const struct tool_category *c,
                                const struct tool_provider *t) {
    const char *text = arena_printf(
        &p->rows_arena, "%s\nprovider: %s   category: %s\nkey: %s%s%s",
        t->description ? t->description : "", t->provider ? t->provider : "?",
        c->category ? c->category : "?", t->api_key_required ? "required" : "not required",
        str_blank(t->api_key_format) ? "" : ", looks like ",
        t->api_key_format ? t->api_key_format : "");

    panel_add_text(p, TAG_CREDENTIAL, text, (size_t)-1)->indent = 3;
}

static void credential_row(struct panel *p, const struct tool_provider *tool, size_t index) {
    const char *name = tool->display_name ? tool->display_name : tool->provider;
    struct panel_row *row = panel_add(p, ROW_VALUE, TAG_CREDENTIAL, name ? name : "?", "%s",
                                      tool->authenticated      ? "authenticated"
                                      : tool->api_key_required ? "no key: it cannot be used"
                                                               : "no key needed");

    row->index = index;
    row->indent = 1;
    row->tone = tool->authenticated ? TONE_GOOD : tool->api_key_required ? TONE_BAD : TONE_PLAIN;
}

static void category_heading(struct panel *p, const struct tool_category *c) {
    const char *name = c->display_name ? c->display_name : c->category;

    panel_add(p, ROW_HEADING, 0, name ? name : "?", "%s%s%s", c->icon ? c->icon : "",
              c->icon ? " " : "", c->description ? c->description : "")
        ->indent = 1;
}

static void credential_rows(const struct model *m, struct panel *p, const struct tools *t) {
    const char *why = panel_why_op(m, OP_TOOLS_CREDENTIALS);
    size_t index = 0;

    if (!panel_why_op(m, OP_TOOLS_STATUS))
        why = t->from_status ? "as tools/status says" : "";
    panel_add(p, ROW_HEADING, 0, "Keys of tools", "%s", why ? why : "");
    for (size_t i = 0; t->credentials && i < t->credentials->categories.n; i++) {
        const struct tool_category *c = &t->credentials->categories.items[i];

        category_heading(p, c);
        for (size_t k = 0; k < c->tools.n; k++, index++) {
            credential_row(p, &c->tools.items[k], index);
            if (panel_unfolded(p, TAG_CREDENTIAL, index))
                unfolded_credential(p, c, &c->tools.items[k]);
        }
    }
}

static void tools_rows(const struct model *m, struct panel *p) {
    tool_rows(m, p, p->data);
    credential_rows(m, p, p->data);
}

static void fold_enter(struct model *m, struct panel *p, const struct panel_row *row,
                       struct effects *fx) {
    (void)fx;
    panel_fold(m, p, row);
}

static void free_data(struct model *m, struct panel *p) {
    (void)m;
    free(TAKE(p->data));
}

const struct panel_spec panel_tools = {
    .title = "Tools",
    .open = tools_open,
    .load = tools_load,
    .rows = tools_rows,
    .enter = fold_enter,
    .unfold = fold_enter,
    .reply = tools_reply,
    .close = free_data,
    .filtered = true,
    .wide = true,
};

/* ---- MCP servers ---- */
struct list { /* elements of answers, in their order; their strings are kept by the panel */
    void *v;
    size_t n, cap;
};

static void list_open(struct model *m, struct panel *p, struct effects *fx) {
    (void)m;
    (void)fx;
    p->data = xcalloc(1, sizeof(struct list));
}

static void list_close(struct model *m, struct panel *p) {
    (void)m;
    free(((struct list *)p->data)->v);
    free(TAKE(p->data));
}

static void list_clear(struct panel *p) {
    ((struct list *)p->data)->n = 0;
    panel_drop(p);
}

/* Elements of `size` bytes; true: something was added or taken away. */
static void list_take(struct panel *p, struct incoming *in, size_t size) {
    enum { MOST = 5000 };
    struct list *l = p->data;

    if (in->kind == IN_RESTART)
        list_clear(p);
    if ((in->kind != IN_REPLY && in->kind != IN_ITEMS) || in->n == 0)
        return;
    for (size_t i = 0; i < in->n && l->n < MOST; i++) {
        l->v = xgrow(l->v, l->n, &l->cap, size);
        memcpy((char *)l->v + l->n++ * size, (const char *)in->out + i * size, size);
    }
    panel_keep(p, in);
}

static const char *why_mcp(const struct model *m) { return panel_why_op(m, OP_MCP_LIST); }

static void mcp_load(struct model *m, struct panel *p, struct effects *fx) {
    list_clear(p);
    (void)panel_call(m, p, OP_MCP_LIST, fx);
}

static void mcp_reply(struct model *m, struct panel *p, struct incoming *in, struct effects *fx) {
    (void)m;
    (void)fx;
    list_take(p, in, sizeof(struct mcp_server));
}

static void mcp_tools(struct panel *p, size_t server, const struct mcp_server *s) {
    for (size_t k = 0; k < s->tools.n; k++) {
        const struct mcp_tool *tool = &s->tools.items[k];
        struct panel_row *row = panel_add(p, ROW_VALUE, 1, tool->name ? tool->name : "?", "%s",
                                          tool->description ? tool->description : "");

        row->indent = 2;
        row->index = server << 16 | k;
    }
}

static void mcp_rows(const struct model *m, struct panel *p) {
    const struct list *l = p->data;
    const struct mcp_server *v = l->v;

    (void)m;
    if (p->loading > 0)
        panel_add_text(p, 0, "The server starts every MCP server anew for this: it takes a while.",
                       (size_t)-1)
            ->tone = TONE_DIM;
    if (p->loading == 0 && p->err.rc == RC_OK && l->n == 0)
        panel_add_text(p, 0, "The server has no MCP servers configured.", (size_t)-1);
    for (size_t i = 0; i < l->n; i++) {
        const bool shut = panel_unfolded(p, 0, i);
        struct panel_row *row = panel_add(
            p, ROW_VALUE, 0, v[i].name ? v[i].name : "?", "%s, %s, %zu tool%s%s",
            v[i].connected ? "connected" : "not connected", v[i].status ? v[i].status : "no state",
            v[i].tools.n, v[i].tools.n == 1 ? "" : "s", shut ? " (folded)" : "");

        row->index = i;
        row->tone = v[i].connected ? TONE_GOOD : TONE_BAD;
        if (!v[i].connected && v[i].name && strchr(v[i].name, '_'))
            row->help = "servers take any name with an underscore for failed";
        if (!shut)
            mcp_tools(p, i, &v[i]);
    }
}

static void mcp_enter(struct model *m, struct panel *p, const struct panel_row *row,
                      struct effects *fx) {
    (void)fx;
    if (row->tag == 0)
        panel_fold(m, p, row);
}

const struct panel_spec panel_mcp = {
    .title = "MCP servers",
    .why_not = why_mcp,
    .open = list_open,
    .load = mcp_load,
    .rows = mcp_rows,
    .enter = mcp_enter,
    .unfold = mcp_enter,
    .reply = mcp_reply,
    .close = list_close,
    .filtered = true,
    .wide = true,
};

/* ---- commands ---- */
static const char *why_commands(const struct model *m) { return panel_why_op(m, OP_COMMANDS_LIST); }

static void commands_load(struct model *m, struct panel *p, struct effects *fx) {
    list_clear(p);
    (void)panel_call(m, p, OP_COMMANDS_LIST, fx);
}

static struct command_info *command_named(struct panel *p, const char *name) {
    struct list *l = p->data;
    struct command_info *v = l->v;

    for (size_t i = 0; i < l->n; i++)
        if (str_eq(v[i].name, name))
            return &v[i];
    return NULL;
}

static void commands_answer(struct model *m, struct panel *p, struct incoming *in,
                            struct effects *fx) {
    (void)m;
    (void)fx;
    if (in->op == OP_COMMANDS_LIST) {
        list_take(p, in, sizeof(struct command_info));
    } else if (in->kind == IN_REPLY && in->out) {
        const struct command_info *one = in->out;
        struct command_info *known = command_named(p, one->name);

        if (known) {
            *known = *one;
            panel_keep(p, in);
        }
    }
}

static void commands_rows(const struct model *m, struct panel *p) {
    const struct list *l = p->data;
    const struct command_info *v = l->v;

    (void)m;
    for (size_t i = 0; i < l->n; i++) {
        struct panel_row *row = panel_add(
            p, ROW_VALUE, 0, arena_printf(&p->rows_arena, "/%s", v[i].name ? v[i].name : ""), "%s",
            v[i].description ? v[i].description : "");

        row->index = i;
        if (!panel_unfolded(p, 0, i))
            continue;
        panel_add_text(p, 0,
                       arena_printf(&p->rows_arena, "type: %s   usage: %s",
                                    v[i].type ? v[i].type : "not said",
                                    v[i].usage ? v[i].usage : "not said"),
                       (size_t)-1)
            ->indent = 3;
        row = panel_add(p, ROW_ACTION, 1, "put it into the message", NULL);
        row->index = i;
        row->indent = 3;
    }
}

/* Right asks for that one by its name: lists may leave fields out. */
static void commands_unfold(struct model *m, struct panel *p, const struct panel_row *row,
                            struct effects *fx) {
    const struct list *l = p->data;
    const struct command_info *v = l->v;
    const bool opens = !panel_unfolded(p, 0, row->index);

    panel_fold(m, p, row);
    if (!opens || row->index >= l->n || str_blank(v[row->index].name) ||
        panel_why_op(m, OP_COMMAND_GET))
        return;
    struct request *r = panel_call(m, p, OP_COMMAND_GET, fx);
    struct name_ref *in = call_in(r, sizeof *in);

    in->name = arena_strdup(&r->arena, v[row->index].name);
}

static void commands_enter(struct model *m, struct panel *p, const struct panel_row *row,
                           struct effects *fx) {
    const struct list *l = p->data;
    const struct command_info *v = l->v;

    (void)fx;
    if (row->index >= l->n || str_blank(v[row->index].name))
        return;
    auto_buf struct buf text = {.max = 4096};

    (void)buf_addf(&text, "/%s ", v[row->index].name);
    panel_into_draft(m, buf_str(&text));
}

const struct panel_spec panel_commands = {
    .title = "Commands",
    .why_not = why_commands,
    .open = list_open,
    .load = commands_load,
    .rows = commands_rows,
    .enter = commands_enter,
    .unfold = commands_unfold,
    .reply = commands_answer,
    .close = list_close,
    .filtered = true,
    .wide = true,
};

/* A slash command means something only at the head of a message: a draft is not mixed with it. */
void panel_into_draft(struct model *m, const char *text) {
    struct session *s = m->shown;

    if (draft_locked(m, s))
        return;
    if (!editor_empty(&s->draft)) {
        act_notice(m, "the draft is in the way: send or clear it first");
        return;
    }
    act_panel_close_all(m);
    act_over_close(m);
    act_focus(m, PANE_COMPOSER);
    if (editor_insert(&s->draft, text, strlen(text)))
        act_draft_changed(m, s);
    model_touch(m);
}
