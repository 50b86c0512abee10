/* callbacks.c - a list of callbacks that a form changes, and the form for one of them. */
#include "forms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MOST = 24 * 60 * 60 * 1000, TEXT_MAX = 64 * 1024 };

const char callback_warning[] =
    "A bash callback runs in a shell on the server whenever its tool has run, without asking for "
    "permission.";

/* ---- the list ---- */
static struct callback copied(struct arena *a, const struct callback *c) {
    struct callback out = *c;
    const char **const strings[] = {
        &out.tool_name,        &out.type,           &out.name,           &out.bash_command,
        &out.sub_agent_prompt, &out.sub_agent_type, &out.message_content};

    for (size_t i = 0; i < MIX_COUNT(strings); i++)
        *strings[i] = arena_strdup(a, *strings[i]);
    return out;
}

void callback_set_put(struct callback_set *set, size_t at, const struct callback *c) {
    if (at >= set->n) {
        set->v = xgrow(set->v, set->n, &set->cap, sizeof *set->v);
        at = set->n++;
    }
    set->v[at] = copied(&set->arena, c);
}

void callback_set_take(struct callback_set *set, const struct callback *items, size_t n) {
    struct callback_set new = {0};

    for (size_t i = 0; i < n; i++)
        callback_set_put(&new, i, &items[i]);
    callback_set_free(set);
    *set = new;
}

void callback_set_remove(struct callback_set *set, size_t at) {
    if (at >= set->n)
        return;
    memmove(set->v + at, set->v + at + 1, (set->n - at - 1) * sizeof *set->v);
    set->n--;
}

void callback_set_free(struct callback_set *set) {
    free(set->v);
    arena_free(&set->arena);
    *set = (struct callback_set){0};
}

struct callback *callback_set_items(const struct callback_set *set, struct arena *a) {
    struct callback *out = arena_alloc(a, (set->n + 1) * sizeof *out);

    for (size_t i = 0; i < set->n; i++)
        out[i] = copied(a, &set->v[i]);
    return out;
}

void callback_rows(struct panel *p, const struct callback_set *set, int tag) {
    for (size_t i = 0; i < set->n; i++) {
        const struct callback *c = &set->v[i];
        const char *what = !str_blank(c->bash_command)       ? c->bash_command
                           : !str_blank(c->sub_agent_prompt) ? c->sub_agent_prompt
                                                             : c->message_content;
        const bool every = str_eq(c->tool_name, "*");
        const char *label =
            str_blank(c->name)
                ? arena_printf(&p->rows_arena, "after %s", every ? "every tool" : c->tool_name)
                : arena_printf(&p->rows_arena, "%s, after %s", c->name,
                               every ? "every tool" : c->tool_name);
        struct panel_row *row =
            panel_add(p, ROW_VALUE, tag, label, "%s: %s", c->type ? c->type : "", what ? what : "");

        row->index = i;
        row->help = "Enter changes it";
    }
}

/* ---- the form for one ---- */
enum {
    R_TEXT,
    R_TOOL,
    R_TYPE,
    R_NAME,
    R_BASH,
    R_TIMEOUT,
    R_PROMPT,
    R_AGENT,
    R_HISTORY,
    R_MESSAGE,
    R_EXCLUDE,
    R_DONE
};
static const char *const types[] = {"bash_script", "sub_agent", "send_message"};

struct edit {
    size_t at;
    void (*done)(struct model *m, struct panel *below, size_t at, const struct callback *c,
                 struct effects *fx);
};

static void edit_open(struct model *m, struct panel *p, struct effects *fx) {
    static const struct {
        int tag;
        enum panel_lines lines;
    } texts[] = {{R_TOOL, ONE_LINE},     {R_NAME, ONE_LINE},     {R_BASH, MANY_LINES},
                 {R_TIMEOUT, ONE_LINE},  {R_PROMPT, MANY_LINES}, {R_AGENT, ONE_LINE},
                 {R_MESSAGE, MANY_LINES}};

    (void)m;
    (void)fx;
    p->data = xcalloc(1, sizeof(struct edit));
    for (size_t i = 0; i < MIX_COUNT(texts); i++)
        (void)panel_text(p, texts[i].tag, texts[i].lines == ONE_LINE ? 4096 : TEXT_MAX,
                         texts[i].lines);
    (void)panel_choices(p, R_TYPE, types, MIX_COUNT(types));
}

static void fill(struct panel *p, const struct callback *c) {
    const struct {
        int tag;
        const char *value;
    } texts[] = {{R_TOOL, c->tool_name},       {R_NAME, c->name},
                 {R_BASH, c->bash_command},    {R_PROMPT, c->sub_agent_prompt},
                 {R_AGENT, c->sub_agent_type}, {R_MESSAGE, c->message_content}};
    struct panel_field *type = panel_field(p, R_TYPE);
    char number[24];

    for (size_t i = 0; i < MIX_COUNT(texts); i++)
        editor_set(&panel_field(p, texts[i].tag)->text, texts[i].value ? texts[i].value : "");
    for (size_t i = 0; i < type->choices.n; i++)
        if (str_eq(type->choices.items[i], c->type))
            type->choice = i;
    snprintf(number, sizeof number, "%lld", (long long)c->bash_timeout);
    editor_set(&panel_field(p, R_TIMEOUT)->text, c->bash_timeout > 0 ? number : "");
    panel_field(p, R_EXCLUDE)->on = c->exclude_from_context;
    panel_field(p, R_HISTORY)->on = c->include_full_history;
}

void callback_edit(struct model *m, const struct callback *c, size_t at,
                   void (*done)(struct model *m, struct panel *below, size_t at,
                                const struct callback *c, struct effects *fx),
                   struct effects *fx) {
    struct panel *p = act_panel_push(m, PANEL_CALLBACK, fx);

    if (!p)
        return;
    struct edit *e = p->data;

    e->at = at;
    e->done = done;
    if (c) {
        fill(p, c);
        set_string(&p->title, "Change a callback");
    } else {
        editor_set(&panel_field(p, R_TOOL)->text, "*");
    }
    panel_touch(m, p);
}

static void edit_rows(const struct model *m, struct panel *p) {
    const char *type = panel_chosen(p, R_TYPE);

    (void)m;
    panel_add_field(p, ROW_FIELD, R_TOOL, "tool", "a name as Write or Bash; * is every tool");
    panel_add_field(p, ROW_CHOICE, R_TYPE, "type", "what happens when that tool has run");
    panel_add_field(p, ROW_FIELD, R_NAME, "name", "for people; may be empty");
    if (str_eq(type, "bash_script")) {
        panel_add(p, ROW_TEXT, R_TEXT, NULL, "%s", callback_warning)->tone = TONE_BAD;
        panel_add_field(p, ROW_FIELD, R_BASH, "command",
                        "its environment: CALLBACK_TOOL_RESULT, _TOOL_NAME, _TOOL_ID, _SESSION_ID");
        panel_add_field(p, ROW_FIELD, R_TIMEOUT, "time limit",
                        "milliseconds; empty: the server's, 120000");
    } else if (str_eq(type, "sub_agent")) {
        panel_add_field(p, ROW_FIELD, R_PROMPT, "prompt", NULL);
        panel_add_field(p, ROW_FIELD, R_AGENT, "sub-agent", "its type; empty: general-purpose");
        panel_add_field(p, ROW_SWITCH, R_HISTORY, "full history", "the sub-agent sees the session");
    } else {
        panel_add_field(p, ROW_FIELD, R_MESSAGE, "message", "sent into the session");
    }
    panel_add_field(p, ROW_SWITCH, R_EXCLUDE, "not in context",
                    "its result is kept from the agent");
    panel_add(p, ROW_ACTION, R_DONE, "take it", NULL);
}

static const char *text_in(struct panel *p, int tag) {
    const char *s = panel_value(p, tag);

    return s[strspn(s, " \t\r\n")] == '\0' ? NULL : s;
}

/* False: the form says what is wrong. */
static bool read_form(struct model *m, struct panel *p, struct callback *c) {
    const char *timeout = text_in(p, R_TIMEOUT);

    *c = (struct callback){.tool_name = text_in(p, R_TOOL),
                           .type = panel_chosen(p, R_TYPE),
                           .name = text_in(p, R_NAME),
                           .exclude_from_context = panel_is_on(p, R_EXCLUDE)};
    const bool bash = str_eq(c->type, "bash_script"), agent = str_eq(c->type, "sub_agent");
    const int needed = bash ? R_BASH : agent ? R_PROMPT : R_MESSAGE;

    if (!c->tool_name) {
        panel_complain(m, p, R_TOOL, "which tool? * is every one");
        return false;
    }
    if (!text_in(p, needed)) {
        panel_complain(m, p, needed, "it cannot be empty");
        return false;
    }
    if (bash && timeout) {
        c->bash_timeout = strtoll(timeout, NULL, 10);
        if (timeout[strspn(timeout, "0123456789")] != '\0' || c->bash_timeout < 1 ||
            c->bash_timeout > TIMEOUT_MOST) {
            panel_complain(m, p, R_TIMEOUT, "milliseconds, at most those of a day");
            return false;
        }
    }
    c->bash_command = bash ? text_in(p, R_BASH) : NULL;
    c->sub_agent_prompt = agent ? text_in(p, R_PROMPT) : NULL;
    c->sub_agent_type = agent ? text_in(p, R_AGENT) : NULL;
    c->include_full_history = agent && panel_is_on(p, R_HISTORY);
    c->message_content = !bash && !agent ? text_in(p, R_MESSAGE) : NULL;
    return true;
}

static void edit_enter(struct model *m, struct panel *p, const struct panel_row *row,
                       struct effects *fx) {
    const struct edit e = *(struct edit *)p->data;
    struct panel *below = p->below;
    struct callback c;
    struct arena a = {0};

    if (row->tag != R_DONE || !read_form(m, p, &c))
        return;
    c = copied(&a, &c); /* the form goes before it is taken */
    act_panel_close(m, p);
    if (below && e.done)
        e.done(m, below, e.at, &c, fx);
    arena_free(&a);
}

static void edit_close(struct model *m, struct panel *p) {
    (void)m;
    free(p->data);
}

static bool edit_unsaved(const struct panel *p) { return p->touched; }

const struct panel_spec panel_callback = {
    .title = "New callback",
    .open = edit_open,
    .rows = edit_rows,
    .enter = edit_enter,
    .close = edit_close,
    .unsaved = edit_unsaved,
};
