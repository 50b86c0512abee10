/* markup_items.c - code blocks, links and images of a text, for pickers. */
#include <stdlib.h>
#include <string.h>

#include "markup_span.h"

enum { ITEM_MAX = 1 << 20 /* bytes of one code block */ };

struct collector {
    struct markup_items *out;
    size_t most;
    struct map seen; /* addresses */
    const char *s;   /* of the section */
    size_t n, base, src;
    unsigned link, image; /* depth */
    size_t link_src, image_src;
    struct buf href, label, source, alt, body;
    char lang[32];
    bool in_code;
    size_t code_src;
};

static void add_item(struct collector *c, enum markup_item_kind kind, size_t off,
                     const struct buf *text, const struct buf *label) {
    struct markup_items *out = c->out;
    auto_buf struct buf shown = {.max = ITEM_MAX};

    if (out->n >= c->most || (kind != ITEM_CODE && text->n == 0))
        return;
    if (kind != ITEM_CODE) {
        if (map_get(&c->seen, text->p))
            return;
        map_set(&c->seen, text->p, c);
    }
    text_clean(&shown, buf_str(label), label->n, CLEAN_LINE);
    out->v = xgrow(out->v, out->n, &out->cap, sizeof *out->v);
    out->v[out->n++] = (struct markup_item){.kind = kind,
                                            .off = off,
                                            .text = xstrndup(buf_str(text), text->n),
                                            .label = xstrndup(buf_str(&shown), shown.n)};
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *user) {
    struct collector *c = user;

    if (type != MD_BLOCK_CODE)
        return 0;
    const MD_ATTRIBUTE *lang = &((const MD_BLOCK_CODE_DETAIL *)detail)->lang;
    const size_t n = lang->size < sizeof c->lang - 1 ? lang->size : sizeof c->lang - 1;

    if (n > 0)
        memcpy(c->lang, lang->text, n);
    c->lang[n] = '\0';
    c->in_code = true;
    c->code_src = c->src;
    buf_clear(&c->body);
    return 0;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *user) {
    struct collector *c = user;

    (void)detail;
    if (type != MD_BLOCK_CODE)
        return 0;
    c->in_code = false;
    buf_clear(&c->label);
    buf_adds(&c->label, c->lang);
    add_item(c, ITEM_CODE, c->code_src, &c->body, &c->label);
    return c->out->n >= c->most;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *user) {
    struct collector *c = user;

    if (type == MD_SPAN_A && c->link++ == 0) {
        markup_attribute(&c->href, &((const MD_SPAN_A_DETAIL *)detail)->href);
        buf_clear(&c->label);
        c->link_src = SIZE_MAX;
    } else if (type == MD_SPAN_IMG && c->image++ == 0) {
        markup_attribute(&c->source, &((const MD_SPAN_IMG_DETAIL *)detail)->src);
        buf_clear(&c->alt);
        c->image_src = SIZE_MAX;
    }
    return 0;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *user) {
    struct collector *c = user;

    (void)detail;
    if (type == MD_SPAN_A && --c->link == 0)
        add_item(c, ITEM_LINK, c->link_src == SIZE_MAX ? c->src : c->link_src, &c->href, &c->label);
    else if (type == MD_SPAN_IMG && --c->image == 0)
        add_item(c, ITEM_IMAGE, c->image_src == SIZE_MAX ? c->src : c->image_src, &c->source,
                 &c->alt);
    return c->out->n >= c->most;
}

static int text(MD_TEXTTYPE type, const char *s, unsigned size, void *user) {
    struct collector *c = user;
    const char *from = s;
    size_t n = size;
    char character[8];

    if ((uintptr_t)s >= (uintptr_t)c->s && (uintptr_t)s < (uintptr_t)c->s + c->n)
        c->src = c->base + (size_t)(s - c->s);
    if (type == MD_TEXT_ENTITY) {
        const size_t got = markup_entity(character, s, size);

        from = got > 0 ? character : s;
        n = got > 0 ? got : size;
    } else if (type == MD_TEXT_SOFTBR || type == MD_TEXT_BR) {
        from = " ";
        n = 1;
    }
    if (c->in_code) {
        if (c->body.n == 0)
            c->code_src = c->src;
        buf_add(&c->body, from, n);
        return 0;
    }
    if (c->link > 0) {
        c->link_src = c->link_src == SIZE_MAX ? c->src : c->link_src;
        buf_add(&c->label, from, n);
    }
    if (c->image > 0) {
        c->image_src = c->image_src == SIZE_MAX ? c->src : c->image_src;
        buf_add(&c->alt, from, n);
    }
    return 0;
}

/* Fenced code, of as many sections as it was cut into; returns how many. */
static size_t fenced(struct collector *c, const struct markup_split *split, size_t at,
                     const char *s) {
    const struct markup_section *first = &split->v[at];
    size_t i = at, from = 0, to = 0, off = 0;

    buf_clear(&c->body);
    buf_clear(&c->label);
    do {
        const struct markup_section *section = &split->v[i];

        markup_fenced_body(s, section, &from, &to);
        off = i == at ? from : off;
        markup_unindent(&c->body, s + from, to - from, section->fence_indent);
        i++;
    } while (i < split->n && split->v[i].kind == MARKUP_CODE && !split->v[i].opens &&
             split->v[i].tight);
    if (first->opens) {
        size_t n;
        const char *label = markup_fence_label(s, first, &n);

        buf_add(&c->label, label, n);
    }
    add_item(c, ITEM_CODE, off, &c->body, &c->label);
    return i - at;
}

static void blocks(struct collector *c, const char *s, const struct markup_section *section) {
    static const MD_PARSER parser = {.flags = MARKUP_FLAGS,
                                     .enter_block = enter_block,
                                     .leave_block = leave_block,
                                     .enter_span = enter_span,
                                     .leave_span = leave_span,
                                     .text = text};

    c->s = s + section->off;
    c->n = section->len;
    c->base = c->src = section->off;
    c->link = c->image = 0;
    md_parse(c->s, (MD_SIZE)c->n, &parser, c);
}

void markup_items(struct markup_items *out, const char *s, size_t n, size_t most) {
    struct collector c = {.out = out, .most = most};
    struct markup_split split = {0};

    c.href.max = c.label.max = c.source.max = c.alt.max = 4 * MARKUP_SECTION;
    c.body.max = ITEM_MAX;
    markup_split(&split, s, n, MARKUP_WHOLE);
    for (size_t i = 0; i < split.n && out->n < most;) {
        if (split.v[i].kind == MARKUP_CODE) {
            i += fenced(&c, &split, i, s);
            continue;
        }
        if (split.v[i].kind == MARKUP_BLOCKS)
            blocks(&c, s, &split.v[i]);
        i++;
    }
    markup_split_fini(&split);
    map_fini(&c.seen);
    buf_fini(&c.href);
    buf_fini(&c.label);
    buf_fini(&c.source);
    buf_fini(&c.alt);
    buf_fini(&c.body);
}

void markup_items_fini(struct markup_items *items) {
    for (size_t i = 0; i < items->n; i++) {
        free(items->v[i].text);
        free(items->v[i].label);
    }
    free(items->v);
    *items = (struct markup_items){0};
}
