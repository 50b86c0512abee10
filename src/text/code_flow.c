/* code_flow.c - foreign source text set out in rows, line by line. */
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "mix/code.h"

enum { BITS = 1024 };

struct source {
    struct flow *f;
    const struct code_how *how;
    struct code_state *state;
    struct flow_prefix prefix;
    struct buf clean;
    struct flow_bit *bits;
};

static void source_line(struct source *c, const char *s, size_t n, uint32_t src) {
    const char *text = s;
    size_t len = n;

    if (n > 0 && s[n - 1] == '\r')
        n--;
    buf_clear(&c->clean);
    /* A place where two readers would read two programs is shown, not hidden. */
    if (text_clean(&c->clean, s, n, CLEAN_MARKS) != RC_OK)
        return;
    text = buf_str(&c->clean);
    len = c->clean.n;
    const size_t bits = code_line(c->state, c->how->lang, text, len, c->bits, BITS);

    for (size_t i = 0; i < bits; i++) {
        const size_t at = c->bits[i].src;

        c->bits[i].src = src + (uint32_t)(at < n ? at : n);
    }
    const struct flow_bit none = {.s = "", .src = src, .ink = INK_PLAIN_CODE};

    flow_line(c->f, bits > 0 ? c->bits : &none, bits > 0 ? bits : 1,
              c->how->gutter ? &c->prefix : NULL, WRAP_CELLS, c->how->width, c->how->fill);
}

size_t code_flow(struct flow *out, const char *s, size_t n, const struct code_how *how,
                 size_t max_rows) {
    struct code_state fresh = {0};
    struct source c = {.f = out,
                       .how = how,
                       .state = how->state ? how->state : &fresh,
                       .prefix = {how->gutter, how->gutter, INK_DIM, 0}};
    size_t at = 0;

    buf_init(&c.clean, FLOW_TEXT_MAX);
    if (n > 0 && out->n < max_rows)
        c.bits = xmalloc(BITS * sizeof *c.bits);
    while (at < n && out->n < max_rows) {
        const char *nl = memchr(s + at, '\n', n - at);
        const size_t end = nl ? (size_t)(nl - s) : n;
        const size_t take = flow_piece(s + at, end - at);
        const bool piece = at + take < end;
        const size_t rows = out->n;

        source_line(&c, s + at, take, how->src + (uint32_t)at);
        if (piece && out->n > rows) { /* the line goes on */
            out->rows[out->n - 1].soft = true;
            buf_cut(&out->text, out->text.n - 1, 1);
        }
        at += take + (nl && !piece);
    }
    free(c.bits);
    buf_fini(&c.clean);
    return at;
}
