/* markup_def.c - definitions of references that would not be seen. */
#include "markup.h"

#include <string.h>

enum { LABEL_MAX = 200 };

/* Bytes of `[name]:` at s, 0 when it is none. */
static size_t label(const char *s, size_t n) {
    size_t i = 1;

    if (n < 4 || s[0] != '[' || s[1] == ']')
        return 0;
    while (i < n && i < LABEL_MAX && s[i] != ']' && s[i] != '[' && s[i] != '\n')
        i++;
    return i + 1 < n && s[i] == ']' && s[i + 1] == ':' ? i + 2 : 0;
}

void markup_find_definitions(struct markup_out *o) {
    bool may = true; /* begin here: not within a paragraph */

    if (!memchr(o->s, '[', o->n))
        return;
    for (size_t at = 0; at < o->n;) {
        const char *nl = memchr(o->s + at, '\n', o->n - at);
        const size_t end = nl ? (size_t)(nl - o->s) + 1 : o->n;
        const struct markup_line line = markup_line(o->s + at, end - at);
        const size_t from = at + line.marker;
        const size_t n = may && line.indent < 4 ? label(o->s + from, end - from) : 0;

        at = end;
        may = line.blank || n > 0;
        if (n == 0)
            continue;
        o->defs = xgrow(o->defs, o->n_defs, &o->cap_defs, sizeof *o->defs);
        o->defs[o->n_defs++] = (struct markup_def){.from = from, .to = end, .label_n = n};
    }
}

static bool used(const struct markup_out *o, const char *url, size_t n) {
    for (size_t i = o->first_link; i < o->flow->n_links; i++) {
        const struct flow_link *link = &o->flow->links[i];

        if (link->url_len == n && memcmp(o->flow->text.p + link->url, url, n) == 0)
            return true;
    }
    return false;
}

void markup_definitions(struct markup_out *o) {
    size_t behind = SIZE_MAX; /* where the one set out last ends */

    for (size_t i = 0; i < o->n_defs; i++) {
        const struct markup_def *def = &o->defs[i];
        auto_buf struct buf name = {.max = 4 * LABEL_MAX}, url = {.max = 4 * MARKUP_SECTION};
        size_t at = def->from + def->label_n, to;

        while (at < def->to && (o->s[at] == ' ' || o->s[at] == '\t' || o->s[at] == '<'))
            at++;
        for (to = at; to < def->to && (unsigned char)o->s[to] > ' ' && o->s[to] != '>';)
            to++;
        if (def->shown || to == at || used(o, o->s + at, to - at))
            continue;
        text_clean(&name, o->s + def->from, def->label_n, CLEAN_LINE);
        text_clean(&url, o->s + at, to - at, CLEAN_LINE);
        o->src = (uint32_t)(o->base + (def->from > o->skip ? def->from - o->skip : 0));
        const uint16_t link = flow_add_link(o->flow, o->s + at, to - at, false);
        const struct flow_bit bits[] = {
            {.s = buf_str(&name), .n = name.n, .src = o->src, .ink = INK_DIM},
            {.s = " ", .n = 1, .src = o->src, .ink = INK_DIM},
            {.s = buf_str(&url), .n = url.n, .src = o->src, .ink = INK_URL, .link = link},
        };

        markup_begin(o);
        o->gap = o->gap && behind != def->from;
        behind = def->to;
        markup_emit(o, bits, MIX_COUNT(bits), markup_text_width(o));
    }
}
