/* ask_body.c - what is decided on, whole: a text with what looks dangerous in it marked, or a
 * change compared line by line; for a batch all of them. */
#include <stdlib.h>
#include <string.h>

#include "mix/diff.h"
#include "mix/jtext.h"
#include "ui.h"

enum {
    ASK_BYTES = 16 << 20,
    CHANGE_BYTES = 1 << 20, /* a longer change is shown line by line without being compared */
    LINE_BYTES = 16 << 10,  /* of a longer line a comparison shows the beginning only */
    BATCH_BYTES = 1 << 20,  /* of the texts of a batch that are all the same */
    SPLIT_WIDTH = 80,
    INDENT = 2
};

struct ask_body {
    struct block block; /* the text, or what stands above the change */
    struct diff *diff;
    struct buf old, new;
    struct flow flow;
    /* what it was made from */
    char *id;
    const struct model *owner;
    const char *object;
    const struct risk_mark *risks;
    size_t batch; /* how many it is */
    int width;
    bool split, ascii;
};

static void clear(struct ask_body *b) {
    block_clear(&b->block);
    diff_free(b->diff);
    b->diff = NULL;
    buf_clear(&b->old);
    buf_clear(&b->new);
    flow_clear(&b->flow);
    free(b->id);
    b->id = NULL;
}

void ask_body_free(struct ask_body *b) {
    if (!b)
        return;
    clear(b);
    block_fini(&b->block);
    buf_fini(&b->old);
    buf_fini(&b->new);
    flow_fini(&b->flow);
    free(b);
}

/* ---- the change ---- */
static bool long_line(const struct buf *text) {
    for (size_t at = 0; at < text->n;) {
        const char *nl = memchr(text->p + at, '\n', text->n - at);
        const size_t end = nl ? (size_t)(nl - text->p) : text->n;

        if (end - at >= LINE_BYTES)
            return true;
        at = end + 1;
    }
    return false;
}

/* False: there is none that can be shown whole. */
static bool read_change(struct ask_body *b, const struct ask *a) {
    const bool edit = tool_is(a->tool, "Edit");
    const size_t n = a->input ? strnlen(a->input, CHANGE_BYTES) : 0;

    if (n == 0 || n == CHANGE_BYTES)
        return false;
    b->old.max = b->new.max = CHANGE_BYTES;
    const bool had = edit && jtext_find(&b->old, a->input, n, "old_string");
    const bool has = jtext_find(&b->new, a->input, n, edit ? "new_string" : "content");

    return (had || has) && !long_line(&b->old) && !long_line(&b->new);
}

static void make_change(struct ask_body *b, const struct ask *a) {
    const char *path = a->object ? a->object : "";
    const bool write = tool_is(a->tool, "Write");

    b->diff = diff_new(buf_str(&b->old), b->old.n, buf_str(&b->new), b->new.n);
    diff_context(b->diff, -1);
    const struct diff_how how = {.lang = lang_of_path(path, strcspn(path, "\n")),
                                 .width = b->width - INDENT > 1 ? b->width - INDENT : 1,
                                 .split = b->split && b->width - INDENT >= SPLIT_WIDTH,
                                 .numbers = write,
                                 .first_old = write,
                                 .first_new = write,
                                 .ascii = b->ascii};

    diff_flow(&b->flow, b->diff, 0, diff_lines(b->diff, &how), &how);
}

/* ---- the text ---- */
static const char *text_of(const struct ask *a) {
    if (!str_blank(a->object))
        return a->object;
    if (!str_blank(a->message))
        return a->message;
    return !str_blank(a->description) ? a->description : "";
}

static void add_text(struct ask_body *b, const struct ask *a, size_t n) {
    const bool change = tool_is(a->tool, "Edit") || tool_is(a->tool, "Write");
    const size_t first = b->block.n;

    block_add(&b->block, text_of(a), n,
              (struct block_style){.style = a->kind == ASK_QUESTION ? STYLE_TEXT : STYLE_ASK_OBJECT,
                                   .clean = CLEAN_MARKS,
                                   .width = b->width,
                                   .risks = a->risks,
                                   .n_risks = a->n_risks});
    for (size_t i = first; change && i < b->block.n; i++) {
        struct block_line *l = &b->block.lines[i];
        const char sign = l->len ? b->block.text.p[l->off] : ' ';

        l->style = sign == '+' ? STYLE_DIFF_ADD : sign == '-' ? STYLE_DIFF_DEL : STYLE_TEXT;
    }
}

/* Every asker of a batch; with what each asks for, again and whole. */
static void add_batch(struct ask_body *b, const struct model *m, const struct ask *a, size_t n) {
    const struct ask *other;
    size_t at = 0;
    const bool whole = !b->diff && n * b->batch <= BATCH_BYTES;

    while ((other = ask_batch_next(m, a, &at))) {
        auto_buf struct buf line = {.max = 16 * MIX_KIB};

        (void)buf_adds(&line, whole ? "asked by " : "the same is asked by ");
        ask_chain(&line, m, other);
        block_add(&b->block, buf_str(&line), line.n,
                  (struct block_style){.style = STYLE_KEY, .clean = CLEAN_NAME, .width = b->width});
        if (whole)
            add_text(b, other, n);
    }
}

static void make(struct ask_body *b, const struct model *m, const struct ask *a) {
    const char *text = text_of(a);
    const size_t n = strnlen(text, ASK_BYTES);
    const bool change = a->kind == ASK_PERMISSION && !str_blank(a->object) && read_change(b, a);

    if (change)
        make_change(b, a);
    add_text(b, a, change ? strcspn(text, "\n") : n);
    add_batch(b, m, a, n);
}

struct ask_body *ask_body(struct view *v, const struct model *m, const struct ask *a,
                          enum ask_place place, int width) {
    const bool split = place == ASK_WHOLE && m->ui.ask_split;
    size_t batch = 1, at = 0;

    if (!v->asks[place])
        v->asks[place] = xcalloc(1, sizeof *v->asks[place]);
    struct ask_body *b = v->asks[place];

    while (ask_batch_next(m, a, &at))
        batch++;
    if (b->id && str_eq(b->id, a->id ? a->id : "") && b->owner == a->owner &&
        b->object == text_of(a) && b->risks == a->risks && b->batch == batch && b->width == width &&
        b->split == split && b->ascii == m->ui.ascii)
        return b;
    clear(b);
    b->id = xstrdup(a->id ? a->id : "");
    b->owner = a->owner;
    b->object = text_of(a);
    b->risks = a->risks;
    b->batch = batch;
    b->width = width;
    b->split = split;
    b->ascii = m->ui.ascii;
    make(b, m, a);
    return b;
}

int ask_body_rows(const struct ask_body *b) { return (int)(b->block.shown + b->flow.n); }

void ask_body_draw(const struct ask_body *b, struct canvas *c, int x, int y, int w, int row) {
    const size_t above = b->block.shown, at = (size_t)row;

    if (at < above)
        draw_marked_line(c, x, y, w, &b->block, at);
    else if (at - above < b->flow.n)
        draw_flow_row(c, x + INDENT, y, w - INDENT, &b->flow, at - above, false,
                      (struct ink_marks){0});
}

/* ---- what looks dangerous ---- */
static bool said_before(const struct ask *a, size_t at) {
    for (size_t i = 0; i < at; i++)
        if (str_eq(a->risks[i].why, a->risks[at].why))
            return true;
    return false;
}

int risk_rows(const struct ask *a, struct canvas *c, int x, int y, int w) {
    size_t all = 0;
    int rows = 0;

    for (size_t i = 0; i < a->n_risks; i++)
        all += !said_before(a, i);
    for (size_t i = 0; i < a->n_risks && rows < RISK_ROWS; i++) {
        const bool severe = a->risks[i].level == RISK_SEVERE;

        if (said_before(a, i))
            continue;
        if (c && rows == RISK_ROWS - 1 && all > RISK_ROWS)
            canvas_putf(c, x, y + rows, w, STYLE_RISK, "! %s, and %zu more", a->risks[i].why,
                        all - RISK_ROWS);
        else if (c)
            canvas_putf(c, x, y + rows, w, severe ? STYLE_RISK_SEVERE : STYLE_RISK, "%s %s",
                        severe ? "!!" : "!", a->risks[i].why);
        rows++;
    }
    return rows;
}

void risks_say(struct buf *out, const struct ask *a) {
    int rows = 0;

    for (size_t i = 0; i < a->n_risks && rows < RISK_ROWS; i++) {
        if (said_before(a, i))
            continue;
        (void)buf_addf(out, "\n%s %s", a->risks[i].level == RISK_SEVERE ? "!!" : "!",
                       a->risks[i].why);
        rows++;
    }
}
