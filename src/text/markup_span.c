/* markup_span.c - what stands within a block: looks, links, images, entities, line ends. */
#include "markup_span.h"

#include <string.h>
#include <strings.h>

#include "utf8.h"

enum { DATA_SHOWN = 48 /* bytes of a data: address */ };

/* ---- bits ---- */
static void push_bit(struct markup_out *o, struct flow_bit bit) {
    o->bits = xgrow(o->bits, o->n_bits, &o->cap_bits, sizeof *o->bits);
    o->bits[o->n_bits++] = bit;
}

static struct flow_bit look_of(const struct markup_out *o) {
    struct flow_bit bit = {.ink = o->ink, .src = o->src, .link = o->link};

    if (o->head)
        bit.ink = INK_TABLE_HEAD;
    if (o->link > 0)
        bit.ink = INK_LINK;
    if (o->code > 0)
        bit.ink = INK_CODE;
    bit.attrs = (uint8_t)((o->strong > 0 ? ATTR_BOLD : 0) | (o->em > 0 ? ATTR_ITALIC : 0) |
                          (o->strike > 0 ? ATTR_STRIKE : 0));
    return bit;
}

/* The clean form of s, which lives as long as the section is worked on. */
static const char *cleaned(struct markup_out *o, const char *s, size_t *n) {
    const size_t at = o->clean.n;

    if (text_clean(&o->clean, s, *n, CLEAN_LINE) != RC_OK) {
        *n = 0;
        return "";
    }
    *n = o->clean.n - at;
    return o->clean.p + at;
}

static bool in_source(const struct markup_out *o, const char *s) {
    return (uintptr_t)s >= (uintptr_t)o->s && (uintptr_t)s < (uintptr_t)o->s + o->n;
}

static void note_source(struct markup_out *o, const char *s) {
    if (!in_source(o, s))
        return;
    const size_t at = (size_t)(s - o->s);

    o->src = (uint32_t)(o->base + (at > o->skip ? at - o->skip : 0));
    while (o->def < o->n_defs && o->defs[o->def].to <= at)
        o->def++;
    if (o->def < o->n_defs && o->defs[o->def].from <= at)
        o->defs[o->def].shown = true;
}

static void add_text(struct markup_out *o, const char *s, size_t n, struct flow_bit look) {
    while (o->n_bits == 0 && n > 0 && s[0] == ' ' && !o->in_cell && o->code == 0) {
        s++;
        n--;
    }
    look.s = in_source(o, s) && bytes_printable(s, n) ? s : cleaned(o, s, &n);
    look.n = n;
    if (n > 0)
        push_bit(o, look);
}

void markup_flush(struct markup_out *o) {
    while (o->n_bits > 0 && o->bits[o->n_bits - 1].n == 1 && o->bits[o->n_bits - 1].s[0] == ' ')
        o->n_bits--;
    if (o->n_bits > 0)
        markup_emit(o, o->bits, o->n_bits, markup_text_width(o));
    o->n_bits = 0;
    o->link_bit = 0;
}

static void line_end(struct markup_out *o, bool hard) {
    struct flow_bit bit = look_of(o);

    bit.n = 1;
    if (o->in_cell) {
        bit.s = hard ? "\n" : " ";
        push_bit(o, bit);
    } else if (hard) {
        markup_flush(o);
    } else if (o->n_bits > 0) {
        bit.s = " ";
        push_bit(o, bit);
    }
}

/* ---- text ---- */
static bool is_break(const char *s, size_t n) {
    static const char *const forms[] = {"<br>", "<br/>", "<br />"};

    for (size_t i = 0; i < MIX_COUNT(forms); i++)
        if (n == strlen(forms[i]) && strncasecmp(s, forms[i], n) == 0)
            return true;
    return false;
}

static void take_body(struct markup_out *o, MD_TEXTTYPE type, const char *s, size_t n) {
    if (o->body.n == 0)
        o->body_src = o->src;
    if (type == MD_TEXT_NULLCHAR)
        buf_adds(&o->body, "\ufffd");
    else
        buf_add(&o->body, s, n);
}

int markup_text(MD_TEXTTYPE type, const char *s, unsigned n, void *user) {
    struct markup_out *o = user;
    char character[8];

    note_source(o, s);
    if (o->takes != TAKES_TEXT) {
        take_body(o, type, s, n);
        return 0;
    }
    if (type == MD_TEXT_ENTITY) {
        const size_t got = markup_entity(character, s, n);

        s = got > 0 ? character : s;
        n = got > 0 ? (unsigned)got : n;
    }
    if (o->image > 0) {
        buf_add(&o->alt, type == MD_TEXT_BR || type == MD_TEXT_SOFTBR ? " " : s,
                type == MD_TEXT_BR || type == MD_TEXT_SOFTBR ? 1 : n);
        return 0;
    }
    markup_imply(o);
    struct flow_bit look = look_of(o);

    if (type == MD_TEXT_BR || (type == MD_TEXT_HTML && is_break(s, n))) {
        line_end(o, true);
    } else if (type == MD_TEXT_SOFTBR) {
        line_end(o, o->how->breaks);
    } else if (type == MD_TEXT_NULLCHAR) {
        add_text(o, "\ufffd", 3, look);
    } else {
        if (type == MD_TEXT_HTML)
            look.ink = INK_DIM;
        add_text(o, s, n, look);
    }
    return 0;
}

/* ---- spans ---- */
void markup_attribute(struct buf *out, const MD_ATTRIBUTE *from) {
    buf_clear(out);
    if (from->size == 0)
        return;
    for (size_t i = 0; from->substr_offsets[i] < from->size; i++) {
        const char *s = from->text + from->substr_offsets[i];
        const size_t n = from->substr_offsets[i + 1] - from->substr_offsets[i];
        char character[8];
        const size_t got =
            from->substr_types[i] == MD_TEXT_ENTITY ? markup_entity(character, s, n) : 0;

        buf_add(out, got > 0 ? character : s, got > 0 ? got : n);
    }
}

/* One address repeated many times is worth no more memory than the text itself. */
static uint16_t link_to(struct markup_out *o, const struct buf *url, bool image) {
    struct flow *f = o->flow;
    const struct flow_link *last = f->n_links > 0 ? &f->links[f->n_links - 1] : NULL;

    if (last && last->image == image && last->url_len == url->n &&
        memcmp(f->text.p + last->url, buf_str(url), url->n) == 0)
        return (uint16_t)f->n_links;
    o->urls += url->n;
    if (o->urls > 2 * o->n + 4096)
        return 0;
    return flow_add_link(f, buf_str(url), url->n, image);
}

static void enter_link(struct markup_out *o, const MD_SPAN_A_DETAIL *detail) {
    if (o->image > 0)
        return;
    markup_imply(o);
    markup_attribute(&o->url, &detail->href);
    o->link_url_n = o->url.n;
    o->link_url = "";
    o->link_bit = o->n_bits;
    if (o->url.n == 0)
        return;
    o->link = link_to(o, &o->url, false);
    if (o->link == 0)
        o->link_url_n = 0;
    else
        o->link_url = cleaned(o, o->url.p, &o->link_url_n);
}

/* Whether what the link says is its address, with or without the scheme. */
static bool says_address(const struct markup_out *o) {
    static const char *const schemes[] = {"", "http://", "https://", "mailto:"};

    for (size_t i = 0; i < MIX_COUNT(schemes); i++) {
        const size_t skip = strlen(schemes[i]);
        size_t at = skip, bit = o->link_bit;

        if (skip > o->link_url_n || memcmp(o->link_url, schemes[i], skip) != 0)
            continue;
        for (; bit < o->n_bits && o->link_url_n - at >= o->bits[bit].n; bit++) {
            if (memcmp(o->link_url + at, o->bits[bit].s, o->bits[bit].n) != 0)
                break;
            at += o->bits[bit].n;
        }
        if (at == o->link_url_n && bit == o->n_bits)
            return true;
    }
    return false;
}

static void leave_link(struct markup_out *o) {
    if (o->image > 0 || o->link == 0)
        return;
    struct flow_bit look = look_of(o);
    const bool bare = o->n_bits == o->link_bit;

    look.ink = INK_URL;
    look.attrs = 0;
    o->link = 0;
    if (o->link_url_n == 0 || o->in_cell || says_address(o))
        return;
    const struct flow_bit open = {
        .s = bare ? "" : " (", .n = bare ? 0 : 2, .src = look.src, .ink = INK_URL};
    struct flow_bit close = open;

    close.s = bare ? "" : ")";
    close.n = bare ? 0 : 1;
    look.s = o->link_url;
    look.n = o->link_url_n;
    push_bit(o, open);
    push_bit(o, look);
    push_bit(o, close);
}

static void enter_image(struct markup_out *o, const MD_SPAN_IMG_DETAIL *detail) {
    if (o->image++ > 0)
        return;
    markup_imply(o);
    buf_clear(&o->alt);
    markup_attribute(&o->url, &detail->src);
    o->image_link = o->url.n > 0 ? link_to(o, &o->url, true) : 0;
}

/* A row of its own, but in a table. */
static void leave_image(struct markup_out *o) {
    if (--o->image > 0)
        return;
    struct flow_bit look = look_of(o);
    const uint16_t link = o->link;
    const bool data = o->url.n > 5 && memcmp(o->url.p, "data:", 5) == 0;

    if (!o->in_cell)
        markup_flush(o);
    look.ink = INK_IMAGE;
    look.link = o->image_link > 0 ? o->image_link : link;
    look.attrs = 0;
    add_text(o, o->alt.n > 0 ? "[image: " : "[image", o->alt.n > 0 ? 8 : 6, look);
    add_text(o, buf_str(&o->alt), o->alt.n, look);
    add_text(o, "]", 1, look);
    if (o->in_cell)
        return;
    if (o->url.n > 0 && o->image_link > 0) {
        add_text(o, " ", 1, look);
        look.ink = INK_URL;
        add_text(o, o->url.p, data && o->url.n > DATA_SHOWN ? DATA_SHOWN : o->url.n, look);
        if (data && o->url.n > DATA_SHOWN)
            add_text(o, o->how->ascii ? "..." : "\u2026", 3, look);
    }
    markup_flush(o);
}

int markup_enter_span(MD_SPANTYPE type, void *detail, void *user) {
    struct markup_out *o = user;

    if (type == MD_SPAN_A)
        enter_link(o, detail);
    else if (type == MD_SPAN_IMG)
        enter_image(o, detail);
    o->strong += type == MD_SPAN_STRONG;
    o->em += type == MD_SPAN_EM;
    o->strike += type == MD_SPAN_DEL;
    o->code += type == MD_SPAN_CODE;
    return 0;
}

int markup_leave_span(MD_SPANTYPE type, void *detail, void *user) {
    struct markup_out *o = user;

    (void)detail;
    if (type == MD_SPAN_A)
        leave_link(o);
    else if (type == MD_SPAN_IMG)
        leave_image(o);
    o->strong -= type == MD_SPAN_STRONG;
    o->em -= type == MD_SPAN_EM;
    o->strike -= type == MD_SPAN_DEL;
    o->code -= type == MD_SPAN_CODE;
    return 0;
}
