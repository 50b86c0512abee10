/* markup.c - what md4c finds in a section, as rows: blocks, and which section is what. */
#include "markup.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "markup_span.h"

enum { ABORT = 1, BITS_FIRST = 128, GUTTER_FROM = 16 /* width that has room for a gutter */ };

/* ---- blocks ---- */
static void rule(struct markup_out *o) {
    const int width = markup_text_width(o) - markup_prefix_cells(o);
    const char *one = o->how->ascii ? "-" : "\u2500";
    auto_buf struct buf line = {.max = 4 * FLOW_WIDEST};

    for (int i = 0; i < width && i < FLOW_WIDEST; i++)
        buf_adds(&line, one);
    markup_emit_decor(o, buf_str(&line), line.n, INK_RULE, o->src);
}

static void gutter_of(struct markup_out *o, const char *own, char out[MARKUP_PREFIX + 8]) {
    struct markup_prefix p;

    markup_prefix(o, &p);
    size_t n = 0;

    for (size_t i = 0; i < p.n_rest; i++) {
        if (n + p.rest[i].n > MARKUP_PREFIX)
            break;
        memcpy(out + n, p.rest[i].s, p.rest[i].n);
        n += p.rest[i].n;
    }
    memcpy(out + n, own, strlen(own) + 1);
}

void markup_code(struct markup_out *o, const struct markup_code *code) {
    char gutter[MARKUP_PREFIX + 8];
    auto_buf struct buf label = {.max = 4 * MARKUP_LOOK};
    const int room = o->how->width - markup_prefix_cells(o);

    text_clean(&label, code->label, code->label_n < MARKUP_LOOK ? code->label_n : MARKUP_LOOK,
               CLEAN_NAME);
    const size_t shown = text_fit(buf_str(&label), label.n, room);

    if (shown > 0)
        markup_emit_decor(o, label.p, shown, INK_FENCE, code->src);
    else
        markup_bullet(o);
    markup_gap(o);
    gutter_of(o, room >= GUTTER_FROM ? "  " : "", gutter);
    code_flow(o->flow, code->s, code->n,
              &(struct code_how){.lang = code->lang,
                                 .width = o->how->width,
                                 .src = code->src,
                                 .gutter = gutter[0] ? gutter : NULL,
                                 .fill = INK_PLAIN_CODE},
              SIZE_MAX);
}

static void html(struct markup_out *o) {
    char gutter[MARKUP_PREFIX + 8];

    markup_bullet(o);
    markup_gap(o);
    gutter_of(o, "", gutter);
    flow_plain(o->flow, buf_str(&o->body), o->body.n,
               &(struct flow_plain){.ink = INK_DIM,
                                    .clean = CLEAN_TEXT,
                                    .wrap = WRAP_WORDS,
                                    .gutter = gutter[0] ? gutter : NULL,
                                    .width = o->how->width,
                                    .src = o->body_src},
               SIZE_MAX);
}

static void begin_body(struct markup_out *o, bool code) {
    markup_begin(o);
    o->takes = code ? TAKES_CODE : TAKES_HTML;
    buf_clear(&o->body);
    o->body_src = o->src;
}

static void begin_text(struct markup_out *o, uint8_t ink) {
    markup_begin(o);
    o->in_block = true;
    o->ink = ink;
}

static int begin_table(struct markup_out *o, const MD_BLOCK_TABLE_DETAIL *detail) {
    if (detail->col_count > MARKUP_COLUMNS || detail->col_count == 0)
        return ABORT;
    markup_begin(o);
    o->table.columns = detail->col_count;
    o->table.n_bits = o->table.n_cells = 0;
    memset(o->table.align, 0, sizeof o->table.align);
    return 0;
}

static int begin_cell(struct markup_out *o, MD_BLOCKTYPE type, const MD_BLOCK_TD_DETAIL *detail) {
    struct markup_table *t = &o->table;

    if (t->n_cells >= MARKUP_CELLS)
        return ABORT;
    o->in_block = o->in_cell = true;
    o->head = type == MD_BLOCK_TH;
    if (o->head && t->n_cells < t->columns)
        t->align[t->n_cells] = (uint8_t)detail->align;
    return 0;
}

static void end_cell(struct markup_out *o) {
    struct markup_table *t = &o->table;
    int line = 0;

    t->cells = xgrow(t->cells, t->n_cells, &t->cap_cells, sizeof *t->cells);
    struct markup_cell *cell = &t->cells[t->n_cells++];

    *cell = (struct markup_cell){.bits = (uint32_t)t->n_bits, .n = (uint32_t)o->n_bits};
    for (size_t i = 0; i < o->n_bits; i++) {
        const struct flow_bit *bit = &o->bits[i];

        line = bit->n == 1 && bit->s[0] == '\n' ? 0 : line + text_width(bit->s, bit->n);
        cell->cells = line > cell->cells ? line : cell->cells;
        t->bits = xgrow(t->bits, t->n_bits, &t->cap_bits, sizeof *t->bits);
        t->bits[t->n_bits++] = *bit;
    }
    o->n_bits = 0;
    o->in_block = o->in_cell = o->head = false;
}

static void enter_list(struct markup_out *o, MD_BLOCKTYPE type, const void *detail) {
    struct markup_list list = {0};

    if (type == MD_BLOCK_UL) {
        list.loose = !((const MD_BLOCK_UL_DETAIL *)detail)->is_tight;
    } else {
        const MD_BLOCK_OL_DETAIL *ordered = detail;

        list.ordered = true;
        list.loose = !ordered->is_tight;
        list.number = ordered->start;
    }
    markup_enter_list(o, list);
}

static void enter_code(struct markup_out *o, const MD_BLOCK_CODE_DETAIL *detail) {
    const size_t n =
        detail->lang.size < sizeof o->lang - 1 ? detail->lang.size : sizeof o->lang - 1;

    begin_body(o, true);
    if (n > 0)
        memcpy(o->lang, detail->lang.text, n);
    o->lang[n] = '\0';
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *user) {
    struct markup_out *o = user;

    markup_end_implied(o);
    switch (type) {
    case MD_BLOCK_DOC:
        markup_document(o);
        break;
    case MD_BLOCK_QUOTE:
        markup_begin(o);
        markup_push_box(o, (struct markup_box){.cells = 2});
        o->quotes++;
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        enter_list(o, type, detail);
        break;
    case MD_BLOCK_LI:
        markup_enter_item(o, detail);
        break;
    case MD_BLOCK_HR:
        markup_begin(o);
        rule(o);
        break;
    case MD_BLOCK_H:
        begin_text(o,
                   ((const MD_BLOCK_H_DETAIL *)detail)->level < 3 ? INK_HEADING : INK_SUBHEADING);
        break;
    case MD_BLOCK_CODE:
        enter_code(o, detail);
        break;
    case MD_BLOCK_HTML:
        begin_body(o, false);
        break;
    case MD_BLOCK_P:
        begin_text(o, o->quotes > 0 ? INK_QUOTE : INK_TEXT);
        break;
    case MD_BLOCK_TABLE:
        return begin_table(o, detail);
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        return begin_cell(o, type, detail);
    case MD_BLOCK_THEAD:
    case MD_BLOCK_TBODY:
    case MD_BLOCK_TR:
        break;
    }
    return 0;
}

static void end_body(struct markup_out *o) {
    if (o->takes == TAKES_CODE)
        markup_code(o, &(struct markup_code){.s = buf_str(&o->body),
                                             .n = o->body.n,
                                             .src = o->body_src,
                                             .label = o->lang,
                                             .label_n = strlen(o->lang),
                                             .lang = lang_named(o->lang, strlen(o->lang))});
    else
        html(o);
    o->takes = TAKES_TEXT;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *user) {
    struct markup_out *o = user;

    (void)detail;
    switch (type) {
    case MD_BLOCK_DOC:
        markup_end_implied(o);
        markup_definitions(o);
        break;
    case MD_BLOCK_QUOTE:
        markup_end_implied(o);
        o->quotes--;
        markup_pop_box(o);
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        markup_leave_list(o);
        break;
    case MD_BLOCK_LI:
        markup_leave_item(o);
        break;
    case MD_BLOCK_H:
    case MD_BLOCK_P:
        markup_flush(o);
        o->in_block = false;
        o->ink = o->quotes > 0 ? INK_QUOTE : INK_TEXT;
        break;
    case MD_BLOCK_CODE:
    case MD_BLOCK_HTML:
        end_body(o);
        break;
    case MD_BLOCK_TABLE:
        markup_table(o);
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        end_cell(o);
        break;
    case MD_BLOCK_HR:
    case MD_BLOCK_THEAD:
    case MD_BLOCK_TBODY:
    case MD_BLOCK_TR:
        break;
    }
    return 0;
}

/* ---- sections ---- */

static bool parse(struct markup_out *o) {
    static const MD_PARSER parser = {.flags = MARKUP_FLAGS,
                                     .enter_block = enter_block,
                                     .leave_block = leave_block,
                                     .enter_span = markup_enter_span,
                                     .leave_span = markup_leave_span,
                                     .text = markup_text};
    const size_t room = 4 * o->n + 8192;

    o->clean = (struct buf){.p = xmalloc(room + 1), .cap = room + 1, .max = room};
    o->cap_bits = BITS_FIRST;
    o->bits = xmalloc(o->cap_bits * sizeof *o->bits);
    o->body.max = o->alt.max = o->url.max = 8 * MARKUP_SECTION;
    return md_parse(o->s, (MD_SIZE)o->n, &parser, o) == 0;
}

static void out_fini(struct markup_out *o) {
    buf_fini(&o->clean);
    buf_fini(&o->alt);
    buf_fini(&o->url);
    buf_fini(&o->body);
    free(o->bits);
    free(o->defs);
    free(o->table.bits);
    free(o->table.cells);
}

static void plain(struct flow *out, const char *s, size_t n, size_t src,
                  const struct markup_how *how) {
    const int width =
        how->max_width > 0 && how->max_width < how->width ? how->max_width : how->width;

    while (n > 0 && (s[n - 1] == '\n' || s[n - 1] == '\r'))
        n--;
    flow_plain(out, s, n,
               &(struct flow_plain){.ink = INK_TEXT,
                                    .clean = CLEAN_TEXT,
                                    .wrap = WRAP_WORDS,
                                    .width = width,
                                    .src = (uint32_t)src},
               SIZE_MAX);
}

static void blocks(struct flow *out, const char *s, const struct markup_section *section,
                   const struct markup_how *how) {
    const size_t rows = out->n, runs = out->n_runs, text = out->text.n, links = out->n_links;
    auto_buf struct buf headed = {.max = 2 * MARKUP_SECTION}, mended = {.max = 3 * MARKUP_SECTION},
                        wide = {.max = 8 * MARKUP_SECTION};
    struct markup_out *o = xcalloc(1, sizeof *o);

    *o = (struct markup_out){.flow = out,
                             .how = how,
                             .s = s + section->off,
                             .n = section->len,
                             .base = section->off,
                             .src = (uint32_t)section->off,
                             .first_link = links,
                             .ink = INK_TEXT};
    o->skip = markup_headed(&headed, s, section);
    if (o->skip > 0) {
        o->s = buf_str(&headed);
        o->n = headed.n;
    }
    if (section->open && markup_mend(&mended, o->s, o->n)) {
        o->s = buf_str(&mended);
        o->n = mended.n;
    }
    if (markup_widen(&wide, o->s, o->n)) {
        o->s = buf_str(&wide);
        o->n = wide.n;
    }
    markup_find_definitions(o);
    if (!parse(o)) {
        out->n = rows;
        out->n_runs = runs;
        out->n_links = links;
        buf_cut(&out->text, text, out->text.n - text);
        plain(out, s + section->off, section->len, section->off, how);
    }
    out_fini(o);
    free(o);
}

void markup_flow(struct flow *out, const char *s, size_t n, const struct markup_section *section,
                 const struct markup_how *how) {
    assert(how->width >= 1 && section->off + section->len <= n);
    const size_t rows = out->n, end = section->off + section->len;

    if (out->text.n > FLOW_TEXT_MAX / 2)
        return;
    if (section->kind == MARKUP_CODE)
        markup_fenced(out, s, section, how);
    else if (section->kind == MARKUP_PLAIN)
        plain(out, s + section->off, section->len, section->off, how);
    else
        blocks(out, s, section, how);
    /* Code without what stands in front of it is shorter than its source, but bad bytes grow. */
    for (size_t i = out->n; i > rows && out->rows[i - 1].src > end; i--)
        out->rows[i - 1].src = (uint32_t)end;
    if (out->n > rows && end < n && !section[1].tight)
        flow_line(out, NULL, 0, NULL, WRAP_WORDS, how->width, INK_TEXT);
}
