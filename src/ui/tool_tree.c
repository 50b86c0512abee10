/* tool_tree.c - JSON as people write notes: `key: value`, deeper levels indented, a dash before
 * each element of a list. The text may be cut anywhere; what there is of it is shown. */
#include "tool.h"

#include <stdio.h>
#include <string.h>

enum {
    DEPTH_MAX = 32, /* deeper values are shown as they stand */
    SCALAR_MAX = 1 << 20,
    INDENT = 2,
    PREFIX_MAX = 160
};

struct tree {
    struct flow *f;
    const char *gutter;
    int width;
    size_t most; /* rows */
    int dashes;  /* of lists whose element the next line begins */
    bool ended;  /* the rows are full: said once */
};

static bool full(struct tree *t) {
    if (t->ended)
        return true;
    if (t->f->n < t->most)
        return false;
    const struct flow_bit bit = {
        .s = "… and more", .n = strlen("… and more"), .ink = INK_DIM, .src = 0};

    t->ended = true;
    flow_line(t->f, &bit, 1, &(struct flow_prefix){t->gutter, t->gutter, INK_RULE, 0}, WRAP_WORDS,
              t->width, INK_TEXT);
    return true;
}

/* Blanks to the level, with the dashes of lists that begin here. */
static void prefix(struct tree *t, int level, char first[PREFIX_MAX], char rest[PREFIX_MAX]) {
    const int room = t->width < GUTTER_ROOM ? 0 : t->width / 2, gutter = (int)strlen(t->gutter);
    int indent = level * INDENT, dashes = t->dashes * INDENT;

    if (indent > room)
        indent = room;
    if (indent > PREFIX_MAX - 16 - gutter)
        indent = PREFIX_MAX - 16 - gutter;
    if (dashes > indent)
        dashes = indent / INDENT * INDENT;
    snprintf(rest, PREFIX_MAX, "%s%*s", t->gutter, indent, "");
    snprintf(first, PREFIX_MAX, "%s", rest);
    for (int i = 0; i < dashes / INDENT; i++)
        first[gutter + indent - dashes + i * INDENT] = '-';
    t->dashes = 0;
}

static void line(struct tree *t, int level, const struct flow_bit *bits, size_t n) {
    char first[PREFIX_MAX], rest[PREFIX_MAX];

    if (full(t))
        return;
    prefix(t, level, first, rest);
    flow_line(t->f, bits, n, &(struct flow_prefix){first, rest, INK_BULLET, 0}, WRAP_WORDS,
              t->width, INK_TEXT);
}

static struct flow_bit bit(const struct buf *b, uint8_t ink) {
    return (struct flow_bit){.s = buf_str(b), .n = b->n, .ink = ink};
}

static uint8_t ink_of(struct jtext v) {
    if (v.string)
        return INK_TEXT;
    return v.n > 0 && strchr("-0123456789", v.p[0]) ? INK_NUMBER : INK_KEYWORD;
}

/* A text of several lines stands below its key. */
static void text_block(struct tree *t, int level, const struct buf *text) {
    struct span rest = {buf_str(text), text->n};
    struct span s;

    while (rest.n > 0 && !full(t)) {
        auto_buf struct buf clean = {.max = 4 * SCALAR_MAX};

        s = next_line(&rest);
        (void)text_clean(&clean, s.p, s.n, CLEAN_LINE);
        line(t, level, &(struct flow_bit){.s = buf_str(&clean), .n = clean.n, .ink = INK_TEXT}, 1);
    }
}

static void scalar(struct tree *t, int level, const struct buf *key, struct jtext v) {
    auto_buf struct buf text = {.max = SCALAR_MAX}, clean = {.max = 4 * SCALAR_MAX},
                        small = {.max = SCALAR_MAX};
    struct flow_bit bits[2];
    size_t n = 0;

    (void)jtext_add(&text, v); /* as much as there is */
    if (add_without_base64(&small, (struct span){buf_str(&text), text.n})) {
        buf_fini(&text);
        text = small;
        small = (struct buf){0};
    }
    const bool block = v.string && text.n > 0 && memchr(text.p, '\n', text.n - 1);

    if (key->n > 0)
        bits[n++] = bit(key, INK_KEY);
    if (block) {
        if (n > 0)
            line(t, level, bits, n);
        text_block(t, level + (n > 0), &text);
        return;
    }
    while (text.n > 0 && text.p[text.n - 1] == '\n')
        text.n--;
    (void)text_clean(&clean, buf_str(&text), text.n, CLEAN_LINE);
    if (clean.n == 0 && v.string)
        (void)buf_adds(&clean, "\"\"");
    bits[n++] = bit(&clean, clean.n == 2 && v.n == 0 ? INK_DIM : ink_of(v));
    line(t, level, bits, n);
}

static void skip_to_value(struct span *s) {
    while (s->n > 0 && strchr(" \t\r\n,", s->p[0])) {
        s->p++;
        s->n--;
    }
}

static struct jtext value_at(struct span s) {
    const size_t whole = jtext_span(s.p, s.n), n = whole > 0 ? whole : s.n;

    if (s.p[0] != '"')
        return (struct jtext){s.p, n, false, whole == 0};
    return (struct jtext){s.p + 1, n - 1 - (whole > 0), true, whole == 0};
}

static void value(struct tree *t, int level, int depth, const struct jtext *name, struct jtext v);

static void members(struct tree *t, int level, int depth, struct jtext v) {
    struct jwalk walk = jtext_walk(v.p, v.n);
    struct jtext name, inner;

    while (!full(t) && jtext_next(&walk, &name, &inner))
        value(t, level, depth + 1, &name, inner);
}

static void elements(struct tree *t, int level, int depth, struct jtext v) {
    struct span s = {v.p + 1, v.n - 1};

    for (skip_to_value(&s); s.n > 0 && s.p[0] != ']' && !full(t); skip_to_value(&s)) {
        const struct jtext inner = value_at(s);
        const size_t used = inner.cut ? s.n : (size_t)(inner.p - s.p) + inner.n + inner.string;

        t->dashes++;
        value(t, level + 1, depth + 1, NULL, inner);
        t->dashes = 0;
        s.p += used;
        s.n -= used;
    }
}

static bool is_empty(struct jtext v) {
    struct span s = {v.p + 1, v.n - 1};

    skip_to_value(&s);
    return s.n > 0 && (s.p[0] == '}' || s.p[0] == ']');
}

static void value(struct tree *t, int level, int depth, const struct jtext *name, struct jtext v) {
    auto_buf struct buf raw = {.max = 4096}, key = {.max = 4096};
    const bool nested = !v.string && v.n > 0 && (v.p[0] == '{' || v.p[0] == '[');

    if (name) {
        (void)jtext_add(&raw, *name);
        (void)text_clean(&key, buf_str(&raw), raw.n < 1024 ? raw.n : 1024, CLEAN_LINE);
        (void)buf_adds(&key, ": ");
    }
    if (!nested || depth >= DEPTH_MAX || is_empty(v)) {
        scalar(t, level, &key, v);
        return;
    }
    if (name)
        line(t, level, &(struct flow_bit){.s = buf_str(&key), .n = key.n - 1, .ink = INK_KEY}, 1);
    if (v.p[0] == '{')
        members(t, level + (name != NULL), depth, v);
    else
        elements(t, level, depth, v);
}

void tree_member(struct bodies *out, const struct body_how *how, const char *gutter,
                 const struct jtext *name, struct jtext v) {
    struct tree t = {.f = tool_rows(out), .gutter = gutter, .width = how->width};

    t.most = LIST_ROWS;
    value(&t, 0, 0, name, v);
}

void tree_value(struct bodies *out, const struct body_how *how, const char *gutter, struct span s) {
    skip_to_value(&s);
    if (s.n > 0)
        tree_member(out, how, gutter, NULL, value_at(s));
}
