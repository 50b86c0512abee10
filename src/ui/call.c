/* call.c - what a tool call shows: its object, its input or diff when unfolded, and its result. */
#include "mix/jtext.h"
#include "ui.h"
#include "call.h"

#include <string.h>

enum {
    RESULT_LINES = 200,    /* of one input or result; the rest is counted */
    HEAD_BYTES = 64 << 10, /* of an input are searched for the object */
    CONTEXT_LINES = 3,     /* of an edit, around what changed */
    FIELD_MAX = 1 << 20
};

static const struct block_style plain = {
    .style = STYLE_TOOL_OUTPUT, .gutter = GUTTER_INDENT, .clean = CLEAN_TEXT};

struct span {
    const char *p;
    size_t n;
};

/* What an Edit or Write does: lines before, taken away, added, and after. */
struct change {
    struct span before, removed, added, after;
};

static size_t lines_in(struct span s) {
    size_t n = s.n > 0 && s.p[s.n - 1] != '\n';

    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == '\n';
    return n;
}

/* Whole lines that both texts have in common at their start (or end) are not part of the change. */
static struct change compare(struct span old, struct span new) {
    size_t head = 0, tail = 0;
    const size_t shorter = old.n < new.n ? old.n : new.n;

    for (size_t i = 0; i < shorter && old.p[i] == new.p[i]; i++)
        if (old.p[i] == '\n')
            head = i + 1;
    if (old.n == new.n && memcmp(old.p, new.p, old.n) == 0)
        head = old.n;
    for (size_t i = 1; i <= shorter - head; i++) {
        if (old.p[old.n - i] != new.p[new.n - i])
            break;
        const bool starts = (i == old.n - head || old.p[old.n - i - 1] == '\n') &&
                            (i == new.n - head || new.p[new.n - i - 1] == '\n');

        if (starts)
            tail = i;
    }
    return (struct change){.before = {old.p, head},
                           .removed = {old.p + head, old.n - head - tail},
                           .added = {new.p + head, new.n - head - tail},
                           .after = {old.p + old.n - tail, tail}};
}

static struct span span_of(const struct buf *b) { return (struct span){buf_str(b), b->n}; }

/* The texts of an Edit or Write; false when the call is neither, or has none. */
static bool read_change(const struct part *p, struct buf *old, struct buf *new) {
    const bool edit = tool_is(p->name, "Edit"), write = tool_is(p->name, "Write");

    if (!edit && !write)
        return false;
    const bool has_old = edit && jtext_find(old, p->text, p->len, "old_string");

    return jtext_find(new, p->text, p->len, edit ? "new_string" : "content") || has_old;
}

static void keep_last_lines(struct span *s, int n) {
    size_t at = s->n;

    while (at > 0 && n >= 0)
        if (s->p[--at] == '\n' && at + 1 < s->n && --n == 0) {
            at++;
            break;
        }
    s->p += at;
    s->n -= at;
}

static void keep_first_lines(struct span *s, int n) {
    size_t at = 0;

    while (at < s->n && n > 0)
        n -= s->p[at++] == '\n';
    s->n = at;
}

static void add_diff_lines(struct block *b, struct span s, enum style style, enum gutter gutter,
                           int width) {
    const struct block_style how = {style, gutter, CLEAN_TEXT, width};

    if (s.n > 0 && s.p[s.n - 1] == '\n')
        s.n--;
    else if (s.n == 0)
        return;
    const size_t left = block_add(b, s.p, s.n, how, b->n + RESULT_LINES);

    if (left > 0)
        block_note(b, STYLE_DIM, gutter, "… %s more lines", say_grouped(left).s);
}

static void add_change(struct block *b, const struct part *p, int width) {
    auto_buf struct buf old = {.max = FIELD_MAX}, new = {.max = FIELD_MAX};

    if (!read_change(p, &old, &new))
        return;
    struct change c = compare(span_of(&old), span_of(&new));

    keep_last_lines(&c.before, CONTEXT_LINES);
    keep_first_lines(&c.after, CONTEXT_LINES);
    add_diff_lines(b, c.before, STYLE_TOOL_OUTPUT, GUTTER_SAME, width);
    add_diff_lines(b, c.removed, STYLE_DIFF_DEL, GUTTER_DEL, width);
    add_diff_lines(b, c.added, STYLE_DIFF_ADD, GUTTER_ADD, width);
    add_diff_lines(b, c.after, STYLE_TOOL_OUTPUT, GUTTER_SAME, width);
}

static bool says_nothing(const struct buf *value) {
    static const char *const nothing[] = {"", "0", "false", "null", "[]", "{}"};

    for (size_t i = 0; i < MIX_COUNT(nothing); i++)
        if (str_eq(buf_str(value), nothing[i]))
            return true;
    return false;
}

/* The fields that the head line and the diff do not show. */
static void add_fields(struct block *b, const struct part *p, const struct buf *object, bool change,
                       struct block_style how) {
    auto_buf struct buf key = {.max = 256}, value = {.max = FIELD_MAX},
                        text = {.max = 2 * FIELD_MAX};
    struct jwalk walk = jtext_walk(p->text, p->len);
    struct jtext name, found;
    const bool head_whole = !memchr(buf_str(object), '\n', object->n) &&
                            text_width(buf_str(object), object->n) < how.width - 32;
    size_t left = 0;

    while (jtext_next(&walk, &name, &found)) {
        buf_clear(&key);
        buf_clear(&value);
        (void)jtext_add(&key, name); /* as much as there is */
        (void)jtext_add(&value, found);
        const bool is_object = object->n > 0 && value.n == object->n &&
                               memcmp(buf_str(&value), object->p, value.n) == 0;
        const bool in_diff = change && (jtext_is(name, "old_string") ||
                                        jtext_is(name, "new_string") || jtext_is(name, "content"));

        if (in_diff || (is_object && head_whole) || says_nothing(&value))
            continue;
        buf_clear(&text);
        if (!is_object)
            buf_addf(&text, "%s:%s", buf_str(&key), memchr(value.p, '\n', value.n) ? "\n" : " ");
        buf_add(&text, buf_str(&value), value.n);
        left = block_add(b, buf_str(&text), text.n, how, b->n + RESULT_LINES);
        if (left > 0)
            block_note(b, STYLE_DIM, how.gutter, "… %s more lines", say_grouped(left).s);
    }
}

static void add_result(struct block *b, const struct part *p, int width) {
    const struct block_style how = {STYLE_TOOL_OUTPUT, GUTTER_RESULT, CLEAN_TEXT, width};
    const bool over = p->state == CALL_OK || p->state == CALL_FAILED;
    size_t n = p->result ? strlen(p->result) : 0;

    while (n > 0 && (p->result[n - 1] == '\n' || p->result[n - 1] == ' '))
        n--;
    if (n == 0) {
        if (over)
            block_note(b, STYLE_DIM, GUTTER_RESULT, p->result ? "no output" : "output not known");
        return;
    }
    const size_t left = block_add(b, p->result, n, how, b->n + RESULT_LINES);

    if (left > 0)
        block_note(b, STYLE_DIM, GUTTER_RESULT, "… %s more lines", say_grouped(left).s);
}

void block_call_head(struct block *b, const struct part *p) {
    auto_buf struct buf object = {.max = FIELD_MAX};
    const size_t n = p->len < HEAD_BYTES ? p->len : HEAD_BYTES;

    b->object.max = 4096;
    if (tool_object(&object, p->name, p->text, n)) {
        const size_t shown = object.n < 1024 ? object.n : 1024;

        text_clean(&b->object, object.p,
                   shown - (shown < object.n ? text_tail(object.p, shown) : 0), CLEAN_LINE);
    }
    if (p->live || p->state == CALL_STREAMING)
        return;
    auto_buf struct buf old = {.max = FIELD_MAX}, new = {.max = FIELD_MAX};

    if (read_change(p, &old, &new)) {
        const struct change c = compare(span_of(&old), span_of(&new));

        b->removed = (uint32_t)lines_in(c.removed);
        b->added = (uint32_t)lines_in(c.added);
    }
}

void block_call_body(struct block *b, const struct part *p, int width) {
    auto_buf struct buf object = {.max = FIELD_MAX};
    const bool change = tool_is(p->name, "Edit") || tool_is(p->name, "Write");
    struct block_style how = plain;

    how.width = width;
    tool_object(&object, p->name, p->text, p->len);
    add_fields(b, p, &object, change, how);
    if (change)
        add_change(b, p, width);
    add_result(b, p, width);
}
