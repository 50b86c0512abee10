/* markup.c - what md4c finds in a section, as rows: blocks, and which section is what. */
#include "markup.h"

#include <assert.h>
#include <md4c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "markup_span.h"

enum { ABORT = 1, GUTTER_FROM = 16 /* width that has room for a gutter */ };

/* ---- boxes: quotes and list items ---- */
static struct markup_box *inner_box(struct markup_out *o) { return &o->box[o->depth - 1]; }

static void want_gap(struct markup_out *o) {
    if (!o->gap || o->gap_depth > o->depth)
        o->gap_depth = o->depth;
    o->gap = true;
}

/* A block begins in the innermost box. */
static void begin_block(struct markup_out *o) {
    struct markup_box *box = inner_box(o);

    if (box->begun && (!box->item || box->loose))
        want_gap(o);
    box->begun = true;
}

static void end_implied(struct markup_out *o) {
    if (!o->implied)
        return;
    markup_flush(o);
    o->implied = o->in_block = false;
}

void markup_imply(struct markup_out *o) {
    if (o->in_block)
        return;
    begin_block(o);
    o->implied = o->in_block = true;
}

int markup_prefix_cells(const struct markup_out *o) {
    int cells = 0;

    for (size_t i = 0; i < o->depth; i++)
        cells += o->box[i].cells;
    return cells;
}

static void push_box(struct markup_out *o, struct markup_box box) {
    const int width = o->how->width, budget = width / 2 < 64 ? width / 2 : 64;
    size_t bars = 0;

    if (o->depth == MARKUP_DEPTH) {
        o->over++;
        return;
    }
    for (size_t i = 0; i < o->depth; i++)
        bars += !o->box[i].item && o->box[i].cells > 0;
    if (markup_prefix_cells(o) + box.cells > budget || (!box.item && bars == MARKUP_BARS))
        box.cells = 0;
    o->box[o->depth++] = box;
}

void markup_document(struct markup_out *o) { push_box(o, (struct markup_box){0}); }

static void pop_box(struct markup_out *o) {
    if (o->over > 0)
        o->over--;
    else
        o->depth--;
}

static void enter_list(struct markup_out *o, struct markup_list list) {
    begin_block(o);
    if (o->lists == MARKUP_DEPTH)
        o->lists_over++;
    else
        o->list[o->lists++] = list;
}

static void leave_list(struct markup_out *o) {
    if (o->lists_over > 0)
        o->lists_over--;
    else
        o->lists--;
}

static const char *bullet_of(const struct markup_out *o) {
    static const char *const round[] = {"\u2022 ", "\u25e6 ", "\u25aa "};
    static const char *const ascii[] = {"* ", "- ", "+ "};
    size_t level = 0;

    for (size_t i = 0; i + 1 < o->lists; i++)
        level += !o->list[i].ordered;
    return o->how->ascii ? ascii[level % 3] : round[level % 3];
}

static void enter_item(struct markup_out *o, const MD_BLOCK_LI_DETAIL *detail) {
    struct markup_list *list = &o->list[o->lists - 1];
    struct markup_box box = {.item = true, .loose = list->loose, .ink = INK_BULLET};
    const bool done = detail->task_mark != ' ';
    int n;

    if (list->begun && list->loose)
        want_gap(o);
    list->begun = true;
    if (detail->is_task) {
        const char *mark = done ? "\u2611 " : "\u2610 ";

        if (o->how->ascii)
            mark = done ? "[x] " : "[ ] ";
        n = snprintf(box.bullet, sizeof box.bullet, "%s", mark);
        box.ink = done ? INK_TASK_DONE : INK_TASK_OPEN;
    } else if (list->ordered) {
        n = snprintf(box.bullet, sizeof box.bullet, "%2u. ", list->number++);
    } else {
        n = snprintf(box.bullet, sizeof box.bullet, "%s", bullet_of(o));
    }
    box.bullet_n = (uint8_t)n;
    box.cells = (uint8_t)text_width(box.bullet, (size_t)n);
    push_box(o, box);
}

static void leave_item(struct markup_out *o) {
    end_implied(o);
    if (o->over == 0 && inner_box(o)->bullet_n > 0)
        markup_emit(o, NULL, 0, o->how->width);
    pop_box(o);
}

/* ---- decoration in front of rows ---- */
static void add_piece(struct markup_prefix *p, struct flow_bit *bits, size_t *n, const char *s,
                      size_t len, uint8_t ink) {
    if (p->n + len > sizeof p->bytes || len == 0)
        return;
    char *at = p->bytes + p->n;
    struct flow_bit *last = *n > 0 ? &bits[*n - 1] : NULL;

    memcpy(at, s, len);
    p->n += len;
    if (last && (last->ink == ink || *n == FLOW_DECORS || s[0] == ' '))
        last->n += len;
    else
        bits[(*n)++] = (struct flow_bit){.s = at, .n = len, .ink = ink};
}

static const char blanks[] = "                                                                ";

static void add_rest(const struct markup_out *o, struct markup_prefix *p, size_t depth) {
    for (size_t i = 0; i < depth; i++) {
        const struct markup_box *box = &o->box[i];

        if (box->cells == 0)
            continue;
        if (box->item)
            add_piece(p, p->rest, &p->n_rest, blanks, box->cells, INK_BULLET);
        else
            add_piece(p, p->rest, &p->n_rest, o->how->ascii ? "| " : "\u2502 ",
                      o->how->ascii ? 2 : sizeof "\u2502 " - 1, INK_RULE);
        p->cells += box->cells;
    }
}

void markup_prefix(struct markup_out *o, struct markup_prefix *p) {
    p->n = p->n_first = p->n_rest = 0;
    p->cells = 0;
    add_rest(o, p, o->depth);
    int cells = p->cells;

    for (size_t i = 0; i < o->depth; i++) {
        struct markup_box *box = &o->box[i];
        const int own = box->item ? text_width(box->bullet, box->bullet_n) : 0;

        if (box->item && box->bullet_n > 0 && (box->cells > 0 || cells + own < o->how->width)) {
            add_piece(p, p->first, &p->n_first, box->bullet, box->bullet_n, box->ink);
            cells += box->cells > 0 ? 0 : own;
        } else if (box->item) {
            add_piece(p, p->first, &p->n_first, blanks, box->cells, INK_BULLET);
        } else if (box->cells > 0) {
            add_piece(p, p->first, &p->n_first, o->how->ascii ? "| " : "\u2502 ",
                      o->how->ascii ? 2 : sizeof "\u2502 " - 1, INK_RULE);
        }
        box->bullet_n = 0;
    }
}

void markup_gap(struct markup_out *o) {
    o->any = true;
    if (!o->gap)
        return;
    struct markup_prefix p;

    o->gap = false;
    p.n = p.n_rest = 0;
    p.cells = 0;
    add_rest(o, &p, o->gap_depth < o->depth ? o->gap_depth : o->depth);
    flow_line_decor(o->flow, NULL, 0,
                    &(struct flow_decor){
                        .first = p.rest, .rest = p.rest, .n_first = p.n_rest, .n_rest = p.n_rest},
                    WRAP_WORDS, o->how->width, INK_TEXT);
}

void markup_emit(struct markup_out *o, const struct flow_bit *bits, size_t n, int width) {
    const struct flow_bit empty = {.s = "", .src = o->src};
    struct markup_prefix p;

    markup_gap(o);
    markup_prefix(o, &p);
    flow_line_decor(o->flow, n > 0 ? bits : &empty, n > 0 ? n : 1,
                    &(struct flow_decor){
                        .first = p.first, .rest = p.rest, .n_first = p.n_first, .n_rest = p.n_rest},
                    WRAP_WORDS, width, INK_TEXT);
}

int markup_text_width(const struct markup_out *o) {
    const int width = o->how->width, most = o->how->max_width;

    return most > 0 && most < width ? most : width;
}

/* ---- blocks ---- */
/* A row that is decoration only. */
static void emit_decor(struct markup_out *o, const char *s, size_t n, uint8_t ink, uint32_t src) {
    const struct flow_bit empty = {.s = "", .src = src};
    struct markup_prefix p;

    markup_gap(o);
    markup_prefix(o, &p);
    if (p.n_first == FLOW_DECORS)
        p.n_first--;
    p.first[p.n_first++] = (struct flow_bit){.s = s, .n = n, .ink = ink};
    flow_line_decor(o->flow, &empty, 1,
                    &(struct flow_decor){
                        .first = p.first, .rest = p.rest, .n_first = p.n_first, .n_rest = p.n_rest},
                    WRAP_WORDS, o->how->width, INK_TEXT);
}

static void rule(struct markup_out *o) {
    const int width = markup_text_width(o) - markup_prefix_cells(o);
    const char *one = o->how->ascii ? "-" : "\u2500";
    auto_buf struct buf line = {.max = 4 * FLOW_WIDEST};

    for (int i = 0; i < width && i < FLOW_WIDEST; i++)
        buf_adds(&line, one);
    emit_decor(o, buf_str(&line), line.n, INK_RULE, o->src);
}

void markup_bullet(struct markup_out *o) {
    for (size_t i = 0; i < o->depth; i++) {
        if (o->box[i].bullet_n == 0)
            continue;
        emit_decor(o, "", 0, INK_TEXT, o->src);
        return;
    }
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
        emit_decor(o, label.p, shown, INK_FENCE, code->src);
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
    begin_block(o);
    o->takes = code ? TAKES_CODE : TAKES_HTML;
    buf_clear(&o->body);
    o->body_src = o->src;
}

static void begin_text(struct markup_out *o, uint8_t ink) {
    begin_block(o);
    o->in_block = true;
    o->ink = ink;
}

static int begin_table(struct markup_out *o, const MD_BLOCK_TABLE_DETAIL *detail) {
    if (detail->col_count > MARKUP_COLUMNS || detail->col_count == 0)
        return ABORT;
    begin_block(o);
    o->in_table = true;
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

static void copy_word(char *out, size_t cap, const MD_ATTRIBUTE *from) {
    const size_t n = from->size < cap - 1 ? from->size : cap - 1;

    if (n > 0)
        memcpy(out, from->text, n);
    out[n] = '\0';
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *user) {
    struct markup_out *o = user;

    end_implied(o);
    switch (type) {
    case MD_BLOCK_DOC:
        markup_document(o);
        break;
    case MD_BLOCK_QUOTE:
        begin_block(o);
        push_box(o, (struct markup_box){.cells = 2});
        break;
    case MD_BLOCK_UL:
        enter_list(o,
                   (struct markup_list){.loose = !((const MD_BLOCK_UL_DETAIL *)detail)->is_tight});
        break;
    case MD_BLOCK_OL:
        enter_list(o, (struct markup_list){.ordered = true,
                                           .loose = !((const MD_BLOCK_OL_DETAIL *)detail)->is_tight,
                                           .number = ((const MD_BLOCK_OL_DETAIL *)detail)->start});
        break;
    case MD_BLOCK_LI:
        enter_item(o, detail);
        break;
    case MD_BLOCK_HR:
        begin_block(o);
        rule(o);
        break;
    case MD_BLOCK_H:
        begin_text(o,
                   ((const MD_BLOCK_H_DETAIL *)detail)->level < 3 ? INK_HEADING : INK_SUBHEADING);
        break;
    case MD_BLOCK_CODE:
        begin_body(o, true);
        copy_word(o->lang, sizeof o->lang, &((const MD_BLOCK_CODE_DETAIL *)detail)->lang);
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
    o->quotes += type == MD_BLOCK_QUOTE;
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
        end_implied(o);
        break;
    case MD_BLOCK_QUOTE:
        end_implied(o);
        o->quotes--;
        pop_box(o);
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        leave_list(o);
        break;
    case MD_BLOCK_LI:
        leave_item(o);
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
        o->in_table = false;
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
    o->body.max = o->alt.max = o->url.max = 8 * MARKUP_SECTION;
    return md_parse(o->s, (MD_SIZE)o->n, &parser, o) == 0;
}

static void out_fini(struct markup_out *o) {
    buf_fini(&o->clean);
    buf_fini(&o->alt);
    buf_fini(&o->url);
    buf_fini(&o->body);
    free(o->bits);
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
    auto_buf struct buf mended = {.max = 2 * MARKUP_SECTION};
    struct markup_out *o = xcalloc(1, sizeof *o);

    *o = (struct markup_out){.flow = out,
                             .how = how,
                             .s = s + section->off,
                             .n = section->len,
                             .base = section->off,
                             .src = (uint32_t)section->off,
                             .ink = INK_TEXT};
    if (section->open && markup_mend(&mended, o->s, o->n)) {
        o->s = buf_str(&mended);
        o->n = mended.n;
    }
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
    if (out->n > rows && end < n && !section[1].tight)
        flow_line(out, NULL, 0, NULL, WRAP_WORDS, how->width, INK_TEXT);
}
