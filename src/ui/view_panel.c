/* view_panel.c - the server screens: one way to draw them all. A row is laid out by the same code
 * that draws it, so that its height and its picture cannot differ. */
#include "overlay.h"

#include <stdio.h>
#include <string.h>

#include "mix/panel.h"

enum {
    WIDE_MOST = 150,
    FORM_MOST = 90,
    LOW = 16, /* screen rows below which the box takes them all */
    LABEL_LEAST = 8,
    FIELD_MOST = 64,
    VALUE_LINES = 4,
    HELP_LINES = 2,
    FIELD_LINES = 8,
    FOUND_LINES = 2,
    TEXT_MOST = 256 * 1024,
};

struct sheet {
    struct view *v;
    const struct model *m;
    const struct panel *p;
    struct canvas *c; /* NULL: only counted */
    struct rect box, list;
    int label; /* cells of the label column */
    /* while a row is laid out */
    const struct panel_row *row;
    bool cursor;
    int line, x; /* of the row */
    int y;       /* display row at which it begins */
};

/* ---- where things are ---- */
static struct rect box_of(const struct model *m) {
    const struct panel_spec *spec = panel_specs[panel_top(m)->id];
    const int most = spec->wide ? WIDE_MOST : FORM_MOST;
    /* no single column of the panes beside it: it would read as a part of the box */
    const int w = m->ui.cols - 2 > most ? most : m->ui.cols;
    const int top = m->ui.rows < LOW ? 0 : 1;

    return (struct rect){(m->ui.cols - w) / 2, top, w, m->ui.rows - 1 - top};
}

static void say_state(struct buf *out, const struct model *m, const struct panel *p) {
    if (p->retry_at > m->now)
        buf_addf(out, "retrying in %s, attempt %d", say_left(p->retry_at - m->now).s, p->attempt);
    else if (p->loading > 0)
        buf_adds(out, "loading ...");
    else if (p->err.rc != RC_OK)
        buf_addf(out, "error: %s", p->err.text[0] ? p->err.text : rc_text(p->err.rc));
}

struct head {
    struct buf text; /* clean */
    struct rows rows;
    int lines; /* shown: of the text and of the filter */
};

static struct head head_of(const struct model *m, const struct panel *p, struct rect box) {
    enum { STATE_LINES = 3 };
    struct head h = {.text.max = 4096};
    auto_buf struct buf raw = {.max = 4096};

    say_state(&raw, m, p);
    if (raw.n > 0) {
        text_clean(&h.text, raw.p, raw.n, CLEAN_LINE);
        text_wrap(&h.rows, buf_str(&h.text), h.text.n, box.w > 5 ? box.w - 4 : 1);
    }
    if (h.rows.n > STATE_LINES)
        h.rows.n = STATE_LINES;
    h.lines = (int)h.rows.n + p->filtered;
    return h;
}

static void head_fini(struct head *h) {
    buf_fini(&h->text);
    rows_fini(&h->rows);
}

static int label_column(const struct panel *p, int width) {
    int w = LABEL_LEAST;

    for (size_t i = 0; i < p->n_rows; i++) {
        const struct panel_row *row = &p->rows[i];
        const size_t n = strnlen(row->label, 256);
        const int cells = row->kind == ROW_TEXT || row->kind == ROW_HEADING ||
                                  row->kind == ROW_FOUND ||
                                  (row->kind == ROW_ACTION && !row->value[0])
                              ? 0
                              : row->indent + text_width(row->label, n);

        if (cells > w && cells <= width * 2 / 5)
            w = cells;
    }
    return w;
}

static struct sheet sheet_of(struct view *v, const struct model *m, struct canvas *c,
                             const struct head *h) {
    struct sheet s = {.v = v, .m = m, .p = panel_top(m), .c = c, .box = box_of(m)};

    s.list = (struct rect){s.box.x + 1, s.box.y + 1 + h->lines, s.box.w - 2,
                           s.box.h - 2 - h->lines > 0 ? s.box.h - 2 - h->lines : 0};
    s.label = label_column(s.p, s.list.w);
    return s;
}

/* ---- a pen that counts, and draws when it has a canvas ---- */
static int place(const struct sheet *s) { return s->y + s->line - s->p->scroll; }

static bool visible(const struct sheet *s) { return s->c && place(s) >= 0 && place(s) < s->list.h; }

static int screen_y(const struct sheet *s) { return s->list.y + place(s); }

static int room(const struct sheet *s) { return s->list.w - 1 - s->x; }

static void begin_line(const struct sheet *s) {
    if (!visible(s) || !s->cursor)
        return;
    canvas_fill(s->c, (struct rect){s->list.x, screen_y(s), s->list.w, 1}, ' ', STYLE_CURSOR_ROW);
    if (s->line == 0)
        put(s->c, s->list.x, screen_y(s), 1, STYLE_BORDER_FOCUS, glyph(s->m, G_CURSOR));
}

static void new_line(struct sheet *s, int x) {
    s->line++;
    s->x = x;
    begin_line(s);
}

static enum style on_cursor(const struct sheet *s, enum style style) {
    return s->cursor ? STYLE_CURSOR_ROW : style;
}

/* Clean text, from s->x on; wraps under its own beginning, at most `most` lines. */
static void flow(struct sheet *s, enum style style, const char *text, size_t n, int most) {
    struct rows rows = {0};
    const int x = s->x, w = room(s) > 0 ? room(s) : 1;

    text_wrap(&rows, text, n, w);
    const size_t shown = most > 0 && rows.n > (size_t)most ? (size_t)most : rows.n;

    for (size_t i = 0; i < shown; i++) {
        const bool cut = i + 1 == shown && shown < rows.n;

        if (i > 0)
            new_line(s, x);
        if (visible(s) && cut)
            canvas_put_cut(s->c, s->list.x + x, screen_y(s), w, on_cursor(s, style),
                           text + rows.v[i].off, n - rows.v[i].off);
        else if (visible(s))
            canvas_put(s->c, s->list.x + x, screen_y(s), w, on_cursor(s, style),
                       text + rows.v[i].off, rows.v[i].len);
        s->x = x + rows.v[i].cells;
    }
    rows_fini(&rows);
}

static void foreign(struct sheet *s, enum style style, const char *text, enum clean how, int most) {
    auto_buf struct buf clean = {.max = 4 * (size_t)TEXT_MOST};
    size_t n = strlen(text);

    n = n < TEXT_MOST ? n : TEXT_MOST;
    if (text_clean(&clean, text, n, how) == RC_OK && clean.n > 0)
        flow(s, style, clean.p, clean.n, most);
}

/* ---- rows ---- */
static enum style tone_of(const struct panel_row *row) {
    if (row->why_not)
        return STYLE_UNAVAILABLE;
    switch (row->tone) {
    case TONE_DIM:
        return STYLE_DIM;
    case TONE_GOOD:
        return STYLE_TOOL_OK;
    case TONE_BAD:
        return STYLE_NOTICE_BAD;
    case TONE_PLAIN:
        break;
    }
    return STYLE_OVERLAY;
}

static int indent_of(const struct panel_row *row) {
    return 1 + (row->indent < 12 ? row->indent : 12);
}

static int width_of(const char *text) { return text_width(text, strnlen(text, 1024)); }

static void lay_help(struct sheet *s, int x) {
    const struct panel_row *row = s->row;
    const char *help = row->why_not ? row->why_not : row->help;

    if (str_blank(help))
        return;
    if (s->x + 2 + width_of(help) <= s->list.w - 1)
        s->x += 2;
    else
        new_line(s, x + 2 < s->list.w / 2 ? x : indent_of(row) + 1);
    foreign(s, STYLE_DIM, help, CLEAN_LINE, HELP_LINES);
}

/* The label, and the place where what belongs to it begins. */
static int lay_label(struct sheet *s, enum style style) {
    const struct panel_row *row = s->row;
    const int x = indent_of(row), value = s->label + 3;
    const bool fits = x + width_of(row->label) <= value - 2;

    s->x = x;
    foreign(s, style, row->label, CLEAN_LINE, fits ? 1 : 2);
    if (fits) {
        s->x = value;
        return value;
    }
    if (row->value[0] || row->kind >= ROW_FIELD)
        new_line(s, x + 2);
    return x + 2;
}

static void lay_value(struct sheet *s) {
    const struct panel_row *row = s->row;
    const enum style tone = tone_of(row);
    const bool action = row->kind == ROW_ACTION && !row->value[0];

    if (action) {
        s->x = indent_of(row);
        foreign(s, tone == STYLE_OVERLAY ? STYLE_KEY : tone, row->label, CLEAN_LINE, 2);
        lay_help(s, indent_of(row) + 2);
        return;
    }
    const int x = lay_label(s, row->why_not ? STYLE_UNAVAILABLE : STYLE_OVERLAY);

    foreign(s, tone, row->value, CLEAN_LINE, VALUE_LINES);
    lay_help(s, x);
}

static void bracket(const struct sheet *s, int x, const char *sign) {
    put(s->c, s->list.x + x, screen_y(s), 1, on_cursor(s, STYLE_DIM), sign);
}

static void lay_one_line(struct sheet *s, const struct panel_field *f) {
    const int w = room(s) - 2 < FIELD_MOST ? room(s) - 2 : FIELD_MOST;

    if (visible(s) && w > 0) {
        bracket(s, s->x, "[");
        canvas_fill(s->c, (struct rect){s->list.x + s->x + 1, screen_y(s), w, 1}, ' ',
                    STYLE_OVERLAY);
        draw_field(s->c, s->list.x + s->x + 1, screen_y(s), w, STYLE_OVERLAY, &f->text, s->cursor);
        bracket(s, s->x + 1 + w, "]");
    }
    s->x += w + 2;
}

static int letters(const char *text, size_t n) {
    int count = 0;

    for (size_t at = 0; at < n; count++)
        at += text_cluster(text + at, n - at).bytes;
    return count;
}

static void lay_secret(struct sheet *s, const struct panel_field *f) {
    const int w = room(s) - 2 < FIELD_MOST ? room(s) - 2 : FIELD_MOST;
    const char *text = buf_str(&f->text.text);

    if (visible(s) && w > 1) {
        const int n = letters(text, f->text.text.n), caret = letters(text, f->text.caret);
        const int from = caret > w - 1 ? caret - (w - 1) : 0;
        const int x = s->list.x + s->x + 1;

        bracket(s, s->x, "[");
        canvas_fill(s->c, (struct rect){x, screen_y(s), w, 1}, ' ', STYLE_OVERLAY);
        for (int i = 0; i < w && from + i < n; i++)
            put(s->c, x + i, screen_y(s), 1, STYLE_OVERLAY, s->m->ui.ascii ? "*" : "\u2022");
        bracket(s, s->x + 1 + w, "]");
        if (s->cursor) {
            s->c->cursor_x = x + caret - from;
            s->c->cursor_y = screen_y(s);
        }
    }
    s->x += w + 2;
}

static size_t row_of_caret(const struct rows *rows, size_t caret) {
    size_t at = 0;

    while (at + 1 < rows->n && rows->v[at + 1].off <= caret)
        at++;
    return at;
}

static void lay_many_lines(struct sheet *s, const struct panel_field *f) {
    auto_buf struct buf clean = {.max = 4 * MIX_MIB}, head = {.max = 4 * MIX_MIB};
    struct rows rows = {0};
    const int x = s->x, w = room(s) - 3 > 1 ? room(s) - 3 : 1;

    text_clean(&clean, buf_str(&f->text.text), f->text.text.n, CLEAN_TEXT);
    text_clean(&head, buf_str(&f->text.text), f->text.caret, CLEAN_TEXT);
    text_wrap(&rows, buf_str(&clean), clean.n, w);
    const size_t caret = row_of_caret(&rows, head.n);
    const size_t first = caret >= FIELD_LINES ? caret - FIELD_LINES + 1 : 0;

    for (size_t i = first; i < rows.n && i < first + FIELD_LINES; i++) {
        const struct row *r = &rows.v[i];

        if (i > first)
            s->line++;
        if (!visible(s))
            continue;
        if (s->cursor)
            put(s->c, s->list.x, screen_y(s), 1, STYLE_BORDER_FOCUS, glyph(s->m, G_CURSOR));
        put(s->c, s->list.x + x, screen_y(s), 1, STYLE_DIM, glyph(s->m, G_VLINE));
        canvas_put(s->c, s->list.x + x + 2, screen_y(s), w, STYLE_OVERLAY, buf_str(&clean) + r->off,
                   r->len);
        if (s->cursor && i == caret) {
            const size_t n = head.n > r->off ? head.n - r->off : 0;
            const int cells = text_width(buf_str(&clean) + r->off, n < r->len ? n : r->len);

            s->c->cursor_x = s->list.x + x + 2 + (cells < w ? cells : w - 1);
            s->c->cursor_y = screen_y(s);
        }
    }
    if (rows.n > FIELD_LINES) {
        new_line(s, x);
        if (visible(s))
            canvas_putf(s->c, s->list.x + x, screen_y(s), room(s), on_cursor(s, STYLE_DIM),
                        "line %zu of %zu", caret + 1, rows.n);
    }
    s->x = s->list.w;
    rows_fini(&rows);
}

static void lay_choice(struct sheet *s, const struct panel_field *f) {
    const char *now = f->choice < f->choices.n ? f->choices.items[f->choice] : "";
    char text[300];

    snprintf(text, sizeof text, "< %.200s >", now[0] ? now : "(none)");
    foreign(s, tone_of(s->row), text, CLEAN_LINE, 2);
    if (s->cursor && f->choices.n > 1 && room(s) > 14) {
        snprintf(text, sizeof text, "  %zu of %zu", f->choice + 1, f->choices.n);
        foreign(s, STYLE_DIM, text, CLEAN_LINE, 1);
    }
}

static void lay_found(struct sheet *s) {
    const struct panel_row *row = s->row;
    const int x = indent_of(row) + 2, w = s->list.w - 1 - x;
    struct found f = {.text.max = 64 * MIX_KIB};

    foreign(s, STYLE_KEY, row->label, CLEAN_LINE, 1);
    if (width_of(row->value) + 2 <= room(s)) {
        s->x += 2;
        foreign(s, STYLE_DIM, row->value, CLEAN_LINE, 1);
    }
    found_make(&f, row->help ? row->help : "", w > 1 ? w : 1);
    for (size_t i = 0; i < f.rows.n && i < FOUND_LINES; i++) {
        new_line(s, x);
        if (visible(s))
            found_put(&f, i, s->c, s->list.x + x, screen_y(s), on_cursor(s, STYLE_OVERLAY),
                      s->cursor ? STYLE_HIT_HERE : STYLE_HIT);
    }
    found_fini(&f);
}

static void lay_field(struct sheet *s) {
    const struct panel_row *row = s->row;
    const struct panel_field *f = &s->p->fields[row->field];
    const int x = lay_label(s, row->why_not ? STYLE_UNAVAILABLE : STYLE_OVERLAY);

    if (row->kind == ROW_SWITCH)
        foreign(s, tone_of(row), f->on ? "[x] on" : "[ ] off", CLEAN_LINE, 1);
    else if (row->kind == ROW_CHOICE)
        lay_choice(s, f);
    else if (row->kind == ROW_SECRET)
        lay_secret(s, f);
    else if (f->text.one_line)
        lay_one_line(s, f);
    else
        lay_many_lines(s, f);
    lay_help(s, x);
    if (f->complaint) {
        new_line(s, x);
        foreign(s, STYLE_NOTICE_BAD, "! ", CLEAN_LINE, 1);
        foreign(s, STYLE_NOTICE_BAD, f->complaint, CLEAN_LINE, 3);
    }
}

static void lay_question(struct sheet *s) {
    auto_buf struct buf text = {.max = 4096};
    const bool armed = s->p->confirm_painted_at > 0 && s->m->now - s->p->confirm_painted_at >= 400;

    new_line(s, indent_of(s->row) + 2);
    s->cursor = false;
    if (visible(s))
        canvas_fill(s->c, (struct rect){s->list.x, screen_y(s), s->list.w, 1}, ' ', STYLE_OVERLAY);
    buf_addf(&text, "Enter again: %s. Esc: not.", s->row->destroys);
    foreign(s, armed ? STYLE_HINT_ARMED : STYLE_NOTICE_BAD, buf_str(&text), CLEAN_LINE, 6);
}

static bool is_field(const struct panel_row *row) {
    return row->kind >= ROW_FIELD && row->field < 10000;
}

/* Only what is in sight is drawn. */
static void lay_body(struct sheet *s) {
    const int rows = body_rows(&s->v->body, s->m, s->row->body, s->list.w - 2);

    for (int i = s->p->scroll > s->y ? s->p->scroll - s->y : 0; s->c && i < rows; i++) {
        s->line = i;
        if (!visible(s))
            break;
        body_draw(&s->v->body, s->c, (struct rect){s->list.x + 1, screen_y(s), s->list.w - 2, 1},
                  s->row->body, (size_t)i);
    }
    s->line = rows > 0 ? rows - 1 : 0;
}

/* Returns how many display rows it takes. */
static int lay_row(struct sheet *s, size_t i) {
    const struct panel_row *row = &s->p->rows[i];

    s->row = row;
    s->cursor = i == s->p->cursor && row->kind != ROW_TEXT && row->kind != ROW_HEADING;
    s->line = 0;
    s->x = indent_of(row);
    begin_line(s);
    if (row->body)
        lay_body(s);
    else if (row->kind == ROW_TEXT)
        foreign(s, row->tone == TONE_PLAIN ? STYLE_OVERLAY : tone_of(row), row->value, CLEAN_TEXT,
                0);
    else if (row->kind == ROW_HEADING)
        foreign(s, STYLE_OVERLAY_TITLE, row->label, CLEAN_LINE, 2);
    else if (row->kind == ROW_FOUND)
        lay_found(s);
    else if (is_field(row))
        lay_field(s);
    else
        lay_value(s);
    if (row->kind == ROW_HEADING && row->value[0]) {
        s->x += 2;
        foreign(s, row->tone == TONE_PLAIN ? STYLE_DIM : tone_of(row), row->value, CLEAN_LINE, 3);
    }
    if (s->p->confirm == i + 1 && row->destroys)
        lay_question(s);
    return s->line + 1;
}

/* ---- settle ---- */
static void scroll_to_cursor(struct panel *p, int at, int height) {
    int from = at;

    for (size_t i = p->cursor; i-- > 0 && (p->rows[i].kind == ROW_HEADING);)
        from -= p->rows[i].height; /* its heading comes along */
    bool first = true;

    for (size_t i = 0; i < p->cursor; i++)
        first = first && (p->rows[i].kind == ROW_TEXT || p->rows[i].kind == ROW_HEADING);
    if (first && at + height <= p->page)
        from = 0;
    if (at + height > p->scroll + p->page)
        p->scroll = at + height - p->page;
    if (from < p->scroll)
        p->scroll = from;
    if (at + 1 > p->scroll + p->page) /* the row itself before what stands over it */
        p->scroll = at;
}

void panel_settle(struct view *v, struct model *m) {
    struct panel *p = panel_top(m);

    if (!p)
        return;
    panel_fresh(m);
    struct head h = head_of(m, p, box_of(m));
    struct sheet s = sheet_of(v, m, NULL, &h);
    int total = 0, cursor = 0, height = 1;

    for (size_t i = 0; i < p->n_rows; i++) {
        if (i == p->cursor)
            cursor = total;
        if (p->rows[i].height == 0 || p->laid_width != s.list.w || i == p->cursor)
            p->rows[i].height = lay_row(&s, i);
        if (i == p->cursor)
            height = p->rows[i].height;
        total += p->rows[i].height;
    }
    /* another size of the screen: what was in view stays so */
    const bool seen = cursor >= p->scroll && cursor < p->scroll + p->page;

    if (p->laid_width > 0 && (p->laid_width != s.list.w || (seen && p->page != s.list.h)))
        p->reveal = true;
    p->laid_width = s.list.w;
    p->page = s.list.h;
    if (p->reveal && p->n_rows > 0)
        scroll_to_cursor(p, cursor, height < p->page ? height : p->page);
    p->reveal = false;
    if (p->scroll > total - p->page)
        p->scroll = total - p->page;
    if (p->scroll < 0)
        p->scroll = 0;
    head_fini(&h);
}

/* ---- draw ---- */
static void draw_head(const struct sheet *s, const struct head *h) {
    int y = s->box.y + 1;
    const bool bad = s->p->err.rc != RC_OK && s->p->loading == 0;

    if (s->p->filtered) {
        const struct panel_row *row = panel_row_at(s->p);
        const int x = s->box.x + 2 + put(s->c, s->box.x + 2, y, s->box.w - 4, STYLE_KEY, "find ");
        const bool has = !row || (row->kind != ROW_FIELD && row->kind != ROW_SECRET);

        draw_field(s->c, x, y++, s->box.x + s->box.w - 2 - x, STYLE_OVERLAY, &s->p->filter, has);
    }
    for (size_t i = 0; i < h->rows.n; i++, y++)
        canvas_put(s->c, s->box.x + 2, y, s->box.w - 4, bad ? STYLE_NOTICE_BAD : STYLE_DIM,
                   buf_str(&h->text) + h->rows.v[i].off, h->rows.v[i].len);
}

static void draw_edges(const struct sheet *s, int total) {
    const struct panel *p = s->p;
    const int below = total - p->scroll - s->list.h;

    if (below > 0)
        canvas_putf(s->c, s->box.x + 2, s->box.y + s->box.h - 1, s->box.w - 4, STYLE_DIM,
                    " %d more line%s ", below, below == 1 ? "" : "s");
    if (p->n_rows == 0 && p->loading == 0 && p->err.rc == RC_OK)
        put(s->c, s->list.x + 1, s->list.y, s->list.w - 2, STYLE_DIM,
            p->filter.text.n > 0 ? "nothing matches" : "nothing is here");
}

void draw_panel(struct view *v, const struct model *m, struct canvas *c) {
    const struct panel *p = panel_top(m);

    if (!p)
        return;
    struct head h = head_of(m, p, box_of(m));
    struct sheet s = sheet_of(v, m, c, &h);

    draw_box(c, m, s.box, STYLE_BORDER_FOCUS);
    panel_draw_path(c, p, s.box);
    draw_head(&s, &h);
    for (size_t i = 0; i < p->n_rows; i++) {
        const int height = p->rows[i].height > 0 ? p->rows[i].height : 1;

        if (s.y + height > p->scroll && s.y < p->scroll + s.list.h)
            (void)lay_row(&s, i);
        s.y += height;
    }
    draw_edges(&s, s.y);
    panel_draw_count(c, p, s.box);
    head_fini(&h);
}
