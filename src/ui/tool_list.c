/* tool_list.c - todo lists, plans, and media that are shown to the person. */
#include "tool.h"

#include <string.h>

/* ---- TodoWrite ---- */

enum { TODOS_MAX = 1000 };

void todo_head(struct call_head *out, const struct part *p) {
    struct todo_walk walk = todo_walk(p->text, p->len);
    auto_buf struct buf item = {.max = LOOK_BYTES}, now = {.max = LOOK_BYTES};
    size_t done = 0, n = 0;
    enum todo state;

    for (; n < TODOS_MAX && todo_next(&walk, &item, &state); n++) {
        done += state == TODO_DONE;
        if (state == TODO_NOW && now.n == 0)
            (void)buf_add(&now, buf_str(&item), item.n);
    }
    if (n > 0)
        (void)buf_addf(&out->extra, "%zu/%zu", done, n);
    if (out->object.n == 0)
        add_line(&out->object, buf_str(&now), now.n);
}

static void add_todo(struct bodies *out, const struct body_how *how, const struct buf *item,
                     enum todo state) {
    static const struct {
        const char *sign, *ascii;
        uint8_t ink, text, attrs;
    } looks[] = {[TODO_OPEN] = {"☐ ", "[ ] ", INK_TASK_OPEN, INK_TEXT, 0},
                 [TODO_NOW] = {"▸ ", "[>] ", INK_TASK_OPEN, INK_TEXT, ATTR_BOLD},
                 [TODO_DONE] = {"☑ ", "[x] ", INK_TASK_DONE, INK_DIM, 0}};
    auto_buf struct buf clean = {.max = 8192};
    const char *sign = how->ascii ? looks[state].ascii : looks[state].sign;

    const char *rest = how->width < GUTTER_ROOM ? "" : how->ascii ? "      " : "    ";

    add_line(&clean, buf_str(item), item->n);
    const struct flow_bit bits[] = {{.s = sign, .n = strlen(sign), .ink = looks[state].ink},
                                    {.s = buf_str(&clean),
                                     .n = clean.n,
                                     .ink = looks[state].text,
                                     .attrs = looks[state].attrs}};

    flow_line(tool_rows(out), bits, 2, &(struct flow_prefix){input_gutter(how), rest, INK_TEXT, 0},
              WRAP_WORDS, how->width, INK_TEXT);
}

void todo_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    static const char *const but[] = {"todos", NULL};
    struct todo_walk walk = todo_walk(p->text, p->len);
    auto_buf struct buf item = {.max = LOOK_BYTES};
    enum todo state;

    for (size_t n = 0; n < TODOS_MAX && todo_next(&walk, &item, &state); n++)
        add_todo(out, how, &item, state);
    tool_fields(out, p, how, but);
    if (p->is_error || p->state == CALL_FAILED || p->state == CALL_DENIED)
        tool_plain(out, p, how);
}

/* ---- ExitPlanMode ---- */

void plan_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    static const char *const but[] = {"plan", NULL};
    auto_buf struct buf plan = {.max = FIELD_BYTES};

    if (tool_field(&plan, p, "plan"))
        tool_own(out, BODY_MARKUP, &plan, input_gutter(how));
    tool_fields(out, p, how, but);
    if (p->is_error || p->state == CALL_FAILED || p->state == CALL_DENIED)
        tool_plain(out, p, how);
}

/* ---- Show, ReadMedia ---- */

static const char *const places[] = {"path", "file_path", "url"};

static bool add_place(struct buf *out, const char *json, size_t n) {
    for (size_t i = 0; i < MIX_COUNT(places) && out->n == 0; i++)
        (void)jtext_find(out, json, n, places[i]);
    return out->n > 0;
}

/* The next of the outputs of a Show; {NULL, 0} after the last. */
static struct span next_output(struct span *list) {
    while (list->n > 0 && strchr(" \t\r\n,", list->p[0])) {
        list->p++;
        list->n--;
    }
    if (list->n == 0 || list->p[0] != '{')
        return (struct span){NULL, 0};
    const size_t whole = jtext_span(list->p, list->n);
    const struct span out = {list->p, whole > 0 ? whole : list->n};

    list->p += out.n;
    list->n -= out.n;
    return out;
}

static struct span outputs_of(const struct part *p) {
    struct jwalk walk = jtext_walk(p->text, p->len);
    struct jtext name, v;

    while (jtext_next(&walk, &name, &v))
        if (jtext_is(name, "outputs") && v.n > 0 && v.p[0] == '[')
            return (struct span){v.p + 1, v.n - 1};
    return (struct span){NULL, 0};
}

void show_head(struct call_head *out, const struct part *p) {
    struct span list = outputs_of(p);
    const struct span first = next_output(&list);
    auto_buf struct buf name = {.max = LOOK_BYTES};
    size_t more = 0;

    if (!first.p)
        return;
    if (!jtext_find(&name, first.p, first.n, "title") || name.n == 0)
        (void)add_place(&name, first.p, first.n);
    buf_clear(&out->object);
    add_line(&out->object, buf_str(&name), name.n);
    while (next_output(&list).p)
        more++;
    if (more > 0)
        (void)buf_addf(&out->extra, "and %zu more", more);
}

/* The title of the first one stands on the head line, when there is room for it. */
static void add_output(struct bodies *out, const struct body_how *how, struct span o, size_t nth) {
    enum { HEAD_ROOM = 32 };
    auto_buf struct buf title = {.max = LOOK_BYTES}, about = {.max = LOOK_BYTES},
                        path = {.max = LOOK_BYTES};

    if (jtext_find(&title, o.p, o.n, "title") && title.n > 0 &&
        (nth > 0 || text_width(title.p, title.n) > how->width - HEAD_ROOM))
        tool_say(out, how, INK_SUBHEADING, "%s", buf_str(&title));
    if (jtext_find(&about, o.p, o.n, "description") && about.n > 0)
        tool_say(out, how, INK_TEXT, "%s", buf_str(&about));
    if (!add_place(&path, o.p, o.n))
        return;
    tool_say(out, how, INK_URL, "%s", buf_str(&path));
    tool_picture(out, how, (struct span){buf_str(&path), path.n});
}

void show_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    enum { OUTPUTS_MAX = 100 };
    static const char *const but[] = {"outputs",   "title", "description", "path",
                                      "file_path", "url",   NULL};
    struct span list = outputs_of(p);
    size_t n = 0;

    for (struct span o = next_output(&list); o.p && n < OUTPUTS_MAX; o = next_output(&list), n++)
        add_output(out, how, o, n);
    if (n == 0)
        add_output(out, how, (struct span){p->text, p->len}, 0);
    tool_fields(out, p, how, but);
    if (p->state != CALL_OK || p->is_error)
        tool_plain(out, p, how);
}

void media_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    static const char *const but[] = {"path", "file_path", "url", NULL};
    auto_buf struct buf path = {.max = LOOK_BYTES};

    tool_path(out, p, how);
    if (add_place(&path, p->text, p->len))
        tool_picture(out, how, (struct span){buf_str(&path), path.n});
    tool_fields(out, p, how, but);
    tool_any(out, p, how, true);
}
