/* tool_web.c - the web, sub-agents, questions, and tools nobody knows. */
#include "tool.h"

#include <string.h>

enum { FOUND_MAX = 200, CALLS_SHOWN = 200 };

/* ---- WebFetch ---- */

void fetch_head(struct call_head *out, const struct part *p) {
    auto_buf struct buf format = {.max = 64};
    const struct span s = tool_output(p);

    if (tool_field(&format, p, "format"))
        add_line(&out->extra, buf_str(&format), format.n);
    if (s.n > 0 && p->state == CALL_OK)
        (void)buf_addf(&out->extra, "%s%s", out->extra.n > 0 ? ", " : "", say_size((int64_t)s.n).s);
}

void fetch_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    static const char *const but[] = {"url", "format", NULL};
    auto_buf struct buf format = {.max = 64};
    const struct span s = tool_output(p);

    (void)tool_field(&format, p, "format");
    tool_fields(out, p, how, but);
    if (s.n == 0 || p->state != CALL_OK || p->is_error)
        tool_plain(out, p, how);
    else if (str_eq(buf_str(&format), "html"))
        tool_borrow(out, BODY_CODE, s, output_gutter(how))->lang = LANG_HTML;
    else if (str_eq(buf_str(&format), "text"))
        tool_any(out, p, how, false);
    else if (s.p[0] == '{' || s.p[0] == '[')
        tool_any(out, p, how, true);
    else
        tool_markdown(out, s, how);
}

/* ---- Search ---- */

/* The list of what was found: the result itself, or the first list in it that holds objects. */
static struct span found_in(struct span s, int depth) {
    if (s.n == 0)
        return s;
    struct jwalk walk = jtext_walk(s.p, s.n);
    struct jtext name, v;

    if (s.p[0] == '[')
        return (struct span){s.p + 1, s.n - 1};
    while (depth > 0 && jtext_next(&walk, &name, &v)) {
        const struct span inner = {v.p, v.n};

        if (v.string || v.n < 2 || (v.p[0] != '[' && v.p[0] != '{'))
            continue;
        const struct span list = found_in(inner, depth - 1);

        if (list.p && memchr(list.p, '{', list.n))
            return list;
    }
    return (struct span){NULL, 0};
}

/* Between the elements; {NULL, 0} at the end. */
static struct span next_found(struct span *list) {
    while (list->n > 0 && strchr(" \t\r\n,", list->p[0])) {
        list->p++;
        list->n--;
    }
    const size_t n = list->n > 0 && list->p[0] == '{' ? jtext_span(list->p, list->n) : 0;
    const struct span out = {n > 0 ? list->p : NULL, n};

    if (n == 0)
        return out;
    list->p += n;
    list->n -= n;
    return out;
}

static bool find_first(struct buf *out, struct span s, const char *const *names) {
    for (; *names && out->n == 0; names++)
        (void)jtext_find(out, s.p, s.n, *names);
    return out->n > 0;
}

/* Foreign words between ours in Markdown. */
static void add_escaped(struct buf *out, const struct buf *text) {
    auto_buf struct buf clean = {.max = 8192};

    add_line(&clean, buf_str(text), text->n);
    for (size_t i = 0; i < clean.n; i++) {
        if (strchr("\\`*_[]<>#|~!&", clean.p[i]))
            (void)buf_add(out, "\\", 1);
        (void)buf_add(out, clean.p + i, 1);
    }
}

static bool is_address(const struct buf *url) {
    const char *s = buf_str(url);

    return (strncmp(s, "http://", 7) == 0 || strncmp(s, "https://", 8) == 0) &&
           s[strcspn(s, " <>\r\n\t\\")] == '\0';
}

static size_t add_found(struct buf *out, struct span list) {
    static const char *const titles[] = {"title", "name", NULL},
                             *const urls[] = {"url", "link", NULL},
                             *const texts[] = {"snippet", "description", "text", "content", NULL};
    size_t n = 0;

    for (struct span s = next_found(&list); s.p && n < FOUND_MAX; s = next_found(&list)) {
        auto_buf struct buf title = {.max = LOOK_BYTES}, url = {.max = LOOK_BYTES},
                            text = {.max = LOOK_BYTES};
        const bool titled = find_first(&title, s, titles), placed = find_first(&url, s, urls);

        if (!titled && !placed)
            continue;
        n++;
        if (out) {
            (void)buf_addf(out, "%zu. **", n);
            add_escaped(out, titled ? &title : &url);
            (void)buf_adds(out, "**");
            if (placed && is_address(&url))
                (void)buf_addf(out, "  \n   <%s>", buf_str(&url));
            if (find_first(&text, s, texts)) {
                (void)buf_adds(out, "  \n   ");
                add_escaped(out, &text);
            }
            (void)buf_adds(out, "\n");
        }
    }
    return n;
}

void search_head(struct call_head *out, const struct part *p) {
    const struct span s = tool_output(p);
    const size_t n = p->state == CALL_OK ? add_found(NULL, found_in(s, 3)) : 0;

    if (n > 0)
        (void)buf_addf(&out->extra, "%zu result%s", n, n == 1 ? "" : "s");
}

void search_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    static const char *const but[] = {"query", NULL};
    auto_buf struct buf text = {.max = FIELD_BYTES};
    const struct span s = tool_output(p);

    tool_fields(out, p, how, but);
    if (p->state == CALL_OK && add_found(&text, found_in(s, 3)) > 0)
        tool_own(out, BODY_MARKUP, &text, input_gutter(how));
    else
        tool_any(out, p, how, true);
}

/* ---- Task ---- */

void task_head(struct call_head *out, const struct part *p) {
    auto_buf struct buf type = {.max = 256};

    if (tool_field(&type, p, "subagent_type") && !str_eq(buf_str(&type), "general-purpose"))
        add_line(&out->extra, buf_str(&type), type.n);
}

static const struct {
    const char *word;
    uint8_t ink;
} states[] = {
    [CALL_NONE] = {"", INK_DIM},
    [CALL_STREAMING] = {"preparing", INK_DIM},
    [CALL_WAITING] = {"waiting for you", INK_BAD},
    [CALL_RUNNING] = {"running", INK_DIM},
    [CALL_OK] = {"ok", INK_GOOD},
    [CALL_FAILED] = {"failed", INK_BAD},
    [CALL_DENIED] = {"denied", INK_BAD},
    [CALL_UNKNOWN] = {"outcome not known", INK_DIM},
};

static void add_call(struct bodies *out, const struct body_how *how, const struct part *p) {
    struct call_head head;
    auto_buf struct buf name = {.max = 1024};
    struct flow_bit bits[8];
    size_t n = 0;
    const struct flow_bit gap = {.s = "  ", .n = 2, .ink = INK_DIM};

    call_head(&head, p);
    add_line(&name, p->name, strlen(p->name) < 200 ? strlen(p->name) : 200);
    bits[n++] =
        (struct flow_bit){.s = buf_str(&name), .n = name.n, .ink = INK_TEXT, .attrs = ATTR_BOLD};
    bits[n++] = gap;
    if (head.object.n > 0) {
        const size_t fit = text_fit(head.object.p, head.object.n,
                                    how->width > 60 ? how->width - 40 : how->width / 2);

        bits[n++] = (struct flow_bit){.s = head.object.p, .n = fit, .ink = INK_OUTPUT};
        bits[n++] = gap;
    }
    if (head.extra.n > 0) {
        bits[n++] = (struct flow_bit){.s = head.extra.p, .n = head.extra.n, .ink = INK_DIM};
        bits[n++] = gap;
    }
    bits[n++] = (struct flow_bit){.s = states[p->state].word,
                                  .n = strlen(states[p->state].word),
                                  .ink = states[p->state].ink};
    flow_line(tool_rows(out), bits, n,
              &(struct flow_prefix){input_gutter(how), how->width < GUTTER_ROOM ? "" : "      ",
                                    INK_TEXT, 0},
              WRAP_WORDS, how->width, INK_TEXT);
    call_head_fini(&head);
}

/* The newest calls of the sub-agent. */
static void add_calls(struct bodies *out, const struct part *p, const struct body_how *how) {
    const struct transcript *t = how->child;
    size_t all = 0, at = 0;

    for (size_t e = 0; t && e < t->n; e++)
        for (size_t i = 0; i < t->entries[e].n_parts; i++)
            all += t->entries[e].parts[i].kind == PART_TOOL;
    if (all == 0) {
        if (p->child_calls > 0)
            tool_say(out, how, INK_DIM, "%u call%s of the sub-agent", p->child_calls,
                     p->child_calls == 1 ? "" : "s");
        return;
    }
    if (all > CALLS_SHOWN)
        tool_say(out, how, INK_DIM, "%s calls before", say_grouped(all - CALLS_SHOWN).s);
    for (size_t e = 0; e < t->n; e++)
        for (size_t i = 0; i < t->entries[e].n_parts; i++)
            if (t->entries[e].parts[i].kind == PART_TOOL && at++ + CALLS_SHOWN >= all)
                add_call(out, how, &t->entries[e].parts[i]);
}

void task_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    static const char *const but[] = {"description", "prompt", "subagent_type", NULL};
    auto_buf struct buf prompt = {.max = FIELD_BYTES};
    const struct span s = tool_output(p);

    if (tool_field(&prompt, p, "prompt") && prompt.n > 0)
        tool_own(out, BODY_MARKUP, &prompt, output_gutter(how));
    tool_fields(out, p, how, but);
    add_calls(out, p, how);
    if (s.n > 0 && p->state == CALL_OK && !p->is_error)
        tool_markdown(out, s, how);
    else
        tool_plain(out, p, how);
}

/* ---- Notify ---- */

void notify_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    static const char *const but[] = {"title", "message", NULL};
    auto_buf struct buf message = {.max = FIELD_BYTES};

    if (tool_field(&message, p, "message") && message.n > 0)
        tool_own(out, BODY_MARKUP, &message, input_gutter(how));
    tool_fields(out, p, how, but);
    tool_plain(out, p, how);
}

/* ---- those of MCP servers, and what servers will think of ---- */

void any_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    tool_fields(out, p, how, NULL);
    tool_any(out, p, how, true);
}
