/* markup_box.c - the quotes and list items around a block: what stands in front of its rows, and
 * where empty rows go. */
#include <string.h>

#include "markup_span.h"

static struct markup_box *inner_box(struct markup_out *o) { return &o->box[o->depth - 1]; }

static void want_gap(struct markup_out *o) {
    if (!o->gap || o->gap_depth > o->depth)
        o->gap_depth = o->depth;
    o->gap = true;
}

/* A block begins in the innermost box. */
void markup_begin(struct markup_out *o) {
    struct markup_box *box = inner_box(o);

    if (box->begun && o->over == 0 && (!box->item || box->loose))
        want_gap(o);
    box->begun = true;
}

void markup_end_implied(struct markup_out *o) {
    if (!o->implied)
        return;
    markup_flush(o);
    o->implied = o->in_block = false;
}

void markup_imply(struct markup_out *o) {
    if (o->in_block)
        return;
    markup_begin(o);
    o->implied = o->in_block = true;
}

int markup_prefix_cells(const struct markup_out *o) {
    int cells = 0;

    for (size_t i = 0; i < o->depth; i++)
        cells += o->box[i].cells;
    return cells;
}

void markup_push_box(struct markup_out *o, struct markup_box box) {
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

void markup_document(struct markup_out *o) { markup_push_box(o, (struct markup_box){0}); }

void markup_pop_box(struct markup_out *o) {
    if (o->over > 0)
        o->over--;
    else
        o->depth--;
}

void markup_enter_list(struct markup_out *o, struct markup_list list) {
    markup_begin(o);
    if (o->lists == MARKUP_DEPTH)
        o->lists_over++;
    else
        o->list[o->lists++] = list;
}

void markup_leave_list(struct markup_out *o) {
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

/* Room for two digits at least, so that a list does not move when its tenth item comes. */
static void number_bullet(struct markup_box *box, unsigned number) {
    char digits[12];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    if (at == sizeof digits - 1)
        digits[--at] = ' ';
    box->bullet_n = (uint8_t)(sizeof digits - at);
    memcpy(box->bullet, digits + at, box->bullet_n);
    box->bullet[box->bullet_n++] = '.';
    box->bullet[box->bullet_n++] = ' ';
}

void markup_enter_item(struct markup_out *o, const MD_BLOCK_LI_DETAIL *detail) {
    struct markup_list *list = &o->list[o->lists - 1];
    struct markup_box box = {.item = true, .loose = list->loose, .ink = INK_BULLET};
    const bool done = detail->task_mark != ' ';
    const char *mark = "";

    if (list->begun && list->loose)
        want_gap(o);
    list->begun = true;
    if (detail->is_task) {
        box.ink = done ? INK_TASK_DONE : INK_TASK_OPEN;
        mark = done ? "\u2611 " : "\u2610 ";
        if (o->how->ascii)
            mark = done ? "[x] " : "[ ] ";
    } else if (!list->ordered) {
        mark = bullet_of(o);
    }
    box.bullet_n = (uint8_t)strlen(mark);
    memcpy(box.bullet, mark, box.bullet_n);
    if (list->ordered && !detail->is_task)
        number_bullet(&box, list->number);
    list->number++;
    box.cells = (uint8_t)text_width(box.bullet, box.bullet_n);
    markup_push_box(o, box);
}

void markup_leave_item(struct markup_out *o) {
    markup_end_implied(o);
    if (o->over == 0 && inner_box(o)->bullet_n > 0)
        markup_emit(o, NULL, 0, o->how->width);
    markup_pop_box(o);
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

/* A row that is decoration only. */
void markup_emit_decor(struct markup_out *o, const char *s, size_t n, uint8_t ink, uint32_t src) {
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

void markup_bullet(struct markup_out *o) {
    for (size_t i = 0; i < o->depth; i++) {
        if (o->box[i].bullet_n == 0)
            continue;
        markup_emit_decor(o, "", 0, INK_TEXT, o->src);
        return;
    }
}
