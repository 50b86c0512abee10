/* call_head.c - the tools there are, what the head line of a call says, and whose bodies it has. */
#include "tool.h"

#include <string.h>

enum { OBJECT_BYTES = 1024 };

static const struct {
    const char *name;
    tool_head_fn *head;
    tool_bodies_fn *bodies;
} tools[] = {
    {"Bash", bash_head, bash_bodies},       {"python_execution", NULL, python_bodies},
    {"ReadText", read_head, read_bodies},   {"Write", change_head, change_bodies},
    {"Edit", change_head, change_bodies},   {"Grep", grep_head, grep_bodies},
    {"Glob", glob_head, glob_bodies},       {"TodoWrite", todo_head, todo_bodies},
    {"ExitPlanMode", NULL, plan_bodies},    {"Show", show_head, show_bodies},
    {"ReadMedia", NULL, media_bodies},      {"Task", task_head, task_bodies},
    {"WebFetch", fetch_head, fetch_bodies}, {"Search", search_head, search_bodies},
    {"Notify", NULL, notify_bodies},        {CALLBACK_TOOL, callback_head, callback_bodies},
};

/* Of a tool nobody knows: what it was given, as far as it is short: `limit 20, open true`. */
static void add_given(struct buf *out, const char *json, size_t n) {
    enum { VALUE_BYTES = 60, ALL_BYTES = 200 };
    struct jwalk walk = jtext_walk(json, n);
    struct jtext name, value;

    while (out->n < ALL_BYTES && jtext_next(&walk, &name, &value)) {
        auto_buf struct buf text = {.max = LOOK_BYTES};

        if (value.n == 0 || value.n > VALUE_BYTES || value.p[0] == '{' || value.p[0] == '[' ||
            jtext_add(&text, name) != RC_OK || buf_adds(&text, " ") != RC_OK ||
            jtext_add(&text, value) != RC_OK)
            continue;
        (void)buf_adds(out, out->n > 0 ? ", " : "");
        add_line(out, buf_str(&text), text.n);
    }
}

static bool is_path(const struct buf *object) {
    return object->n > 0 && object->p[0] == '/' && !memchr(object->p, ' ', object->n);
}

void call_head(struct call_head *out, const struct part *p) {
    auto_buf struct buf object = {.max = LOOK_BYTES};
    const size_t n = p->len < LOOK_BYTES ? p->len : LOOK_BYTES;

    *out = (struct call_head){.object = {.max = 4096}, .extra = {.max = 4096}};
    if (tool_object(&object, p->name, p->text, n)) {
        const size_t skip = is_path(&object) ? session_folder(object.p, object.n) : 0;
        const size_t left = object.n - skip;

        add_line(&out->object, object.p + skip, left < OBJECT_BYTES ? left : OBJECT_BYTES);
    }
    bool known = false;

    for (size_t i = 0; i < MIX_COUNT(tools); i++)
        if (tool_is(p->name, tools[i].name)) {
            known = true;
            if (tools[i].head)
                tools[i].head(out, p);
        }
    if (!known && out->object.n == 0)
        add_given(&out->object, p->text, n);
}

void call_head_fini(struct call_head *h) {
    buf_fini(&h->object);
    buf_fini(&h->extra);
}

void call_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    tool_bodies_fn *bodies = any_bodies;

    for (size_t i = 0; i < MIX_COUNT(tools); i++)
        if (tool_is(p->name, tools[i].name))
            bodies = tools[i].bodies;
    bodies(out, p, how);
    tool_pictures(out, p, how);
}
