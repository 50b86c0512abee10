/* ink.c - rows of a flow on the canvas: what an ink looks like, and what is found in a row. */
#include <string.h>

#include "mix/find.h"
#include "ui.h"

static enum style ink_style(uint8_t ink) {
    static const uint8_t styles[INK_COUNT] = {
        [INK_TEXT] = STYLE_TEXT,
        [INK_DIM] = STYLE_DIM,
        [INK_HEADING] = STYLE_HEADING,
        [INK_SUBHEADING] = STYLE_SUBHEADING,
        [INK_CODE] = STYLE_CODE,
        [INK_LINK] = STYLE_LINK,
        [INK_URL] = STYLE_URL,
        [INK_QUOTE] = STYLE_QUOTE,
        [INK_RULE] = STYLE_RULE,
        [INK_BULLET] = STYLE_BULLET,
        [INK_TASK_OPEN] = STYLE_TASK_OPEN,
        [INK_TASK_DONE] = STYLE_TASK_DONE,
        [INK_TABLE_HEAD] = STYLE_TABLE_HEAD,
        [INK_IMAGE] = STYLE_IMAGE,
        [INK_FENCE] = STYLE_CODE_FENCE,
        [INK_PLAIN_CODE] = STYLE_CODE_TEXT,
        [INK_KEYWORD] = STYLE_CODE_KEYWORD,
        [INK_TYPE] = STYLE_CODE_TYPE,
        [INK_NAME] = STYLE_CODE_NAME,
        [INK_STRING] = STYLE_CODE_STRING,
        [INK_NUMBER] = STYLE_CODE_NUMBER,
        [INK_COMMENT] = STYLE_CODE_COMMENT,
        [INK_OPERATOR] = STYLE_CODE_OPERATOR,
        [INK_META] = STYLE_CODE_META,
        [INK_ADDED] = STYLE_DIFF_ADD,
        [INK_REMOVED] = STYLE_DIFF_DEL,
        [INK_HUNK] = STYLE_DIFF_HUNK,
        [INK_LINE_NUMBER] = STYLE_DIFF_NUMBER,
        [INK_OUTPUT] = STYLE_TOOL_OUTPUT,
        [INK_THINKING] = STYLE_THINKING,
        [INK_USER] = STYLE_USER_TEXT,
        [INK_KEY] = STYLE_FIELD_NAME,
        [INK_GOOD] = STYLE_TOOL_OK,
        [INK_BAD] = STYLE_TOOL_FAILED,
        [INK_SEAM] = STYLE_SEAM,
    };

    return ink < INK_COUNT ? (enum style)styles[ink] : STYLE_TEXT;
}

/* Of a thought only what can be followed or run keeps its look. */
static enum style look_of(const struct run *run, bool thinking) {
    const bool kept = run->ink == INK_LINK || run->ink == INK_URL ||
                      (run->ink >= INK_FENCE && run->ink <= INK_META);

    return thinking && !kept ? STYLE_THINKING : ink_style(run->ink);
}

/* ---- what is found ---- */
enum {
    MARKED_BYTES = 64 << 10, /* a longer logical line is not looked through */
    MARKED_BEFORE = 2 << 10  /* where a hit may begin that reaches into the row */
};

/* The text of rows [first, last], without decoration. False: they have none. */
static bool rows_text(const struct flow *f, size_t first, size_t last, size_t *from, size_t *to) {
    bool any = false;

    for (size_t r = first; r <= last; r++)
        for (size_t i = 0; i < f->rows[r].n_runs; i++) {
            const struct run *run = &f->runs[f->rows[r].run + i];

            if (run->flags & RUN_DECOR)
                continue;
            if (!any || run->off < *from)
                *from = run->off;
            if (!any || run->off + run->len > *to)
                *to = run->off + run->len;
            any = true;
        }
    return any;
}

/* The text of the logical line that a row is of: it lies in one piece. */
static bool logical_line(const struct flow *f, size_t row, size_t *from, size_t *to) {
    size_t first = row, last = row;

    while (first > 0 && f->rows[first - 1].soft && row - first < 1000)
        first--;
    while (f->rows[last].soft && last + 1 < f->n && last - row < 1000)
        last++;
    return rows_text(f, first, last, from, to) && *to - *from <= MARKED_BYTES;
}

struct marked {
    struct canvas *c;
    const struct flow *f;
    const struct flow_row *row;
    int x, y, w;
    enum style style;
};

/* Draws bytes [from, to) of the flow's text once more where they are in the row. */
static void mark(const struct marked *m, size_t from, size_t to) {
    int x = 0;

    for (size_t i = 0; i < m->row->n_runs && x < m->w; i++) {
        const struct run *run = &m->f->runs[m->row->run + i];
        const char *s = m->f->text.p + run->off;
        if (!(run->flags & RUN_DECOR) && to > run->off && from < run->off + run->len) {
            const size_t a = from > run->off ? from - run->off : 0;
            const size_t b = to < run->off + run->len ? to - run->off : run->len;
            const int skip = x + text_width(s, a);

            canvas_put(m->c, m->x + skip, m->y, m->w - skip, m->style, s + a, b - a);
        }
        x += text_width(s, run->len);
    }
}

static void mark_row(const struct marked *m, size_t row, struct find *find) {
    size_t from, to, first, last, at, len;

    if (!logical_line(m->f, row, &from, &to) || !rows_text(m->f, row, row, &first, &last))
        return;
    const char *s = m->f->text.p + from;
    size_t i = first - from;

    if (i > MARKED_BEFORE) /* not all of a long line for each of its rows */
        i = text_prev(s + i - MARKED_BEFORE, MARKED_BEFORE / 2) + i - MARKED_BEFORE;
    else
        i = 0;
    for (; find_next(find, s, to - from, i, &at, &len) && from + at < last;
         i = at + (len ? len : 1))
        if (from + at + len > first)
            mark(m, from + at, from + at + len);
}

/* ---- drawing ---- */

/* From the sign of a changed line on, to the bar between both sides of it. */
static enum ground ground_of(const struct run *run, enum ground before) {
    if (!(run->flags & RUN_DECOR))
        return before;
    return run->ink == INK_ADDED     ? GROUND_ADDED
           : run->ink == INK_REMOVED ? GROUND_REMOVED
           : run->ink == INK_RULE    ? GROUND_OWN
                                     : before;
}

void draw_flow_row(struct canvas *c, int x, int y, int w, const struct flow *f, size_t row,
                   bool thinking, struct ink_marks marks) {
    const struct flow_row *r = &f->rows[row];
    enum ground ground = GROUND_OWN;
    int used = 0;

    if (r->fill != INK_TEXT)
        canvas_fill(c, (struct rect){x, y, w, 1}, ' ', ink_style(r->fill));
    for (size_t i = 0; i < r->n_runs && used < w; i++) {
        const struct run *run = &f->runs[r->run + i];

        ground = ground_of(run, ground);
        used += canvas_put_attrs(c, x + used, y, w - used, look_of(run, thinking),
                                 run->attrs | ground, f->text.p + run->off, run->len);
    }
    if (marks.find)
        mark_row(&(struct marked){.c = c,
                                  .f = f,
                                  .row = r,
                                  .x = x,
                                  .y = y,
                                  .w = w,
                                  .style = marks.here ? STYLE_HIT_HERE : STYLE_HIT},
                 row, marks.find);
}
