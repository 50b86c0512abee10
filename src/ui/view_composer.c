/* view_composer.c - the box the next message is written in, and what waits above it. */
#include "mix/complete.h"
#include "mix/vi.h"
#include "ui.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FRAME_COLS = 5, /* cursor column, border, blank; room for the caret; blank at the right */
    QUEUE_LINES = 3,
    SCAN_BYTES = 1 << 15 /* enough of one line to fill any box */
};

static int text_width_of(int pane_width) {
    return pane_width > FRAME_COLS ? pane_width - FRAME_COLS : 1;
}

/* ---- how tall it wants to be ---- */

static int line_rows(const char *s, size_t n, int width, int most) {
    struct rows rows = {0};
    auto_buf struct buf clean = {.max = 16 * SCAN_BYTES};

    if (n < (size_t)width)
        return 1;
    if (n > SCAN_BYTES)
        return most;
    text_clean(&clean, s, n, CLEAN_TEXT);
    text_wrap(&rows, buf_str(&clean), clean.n, width);
    const int count = (int)rows.n;

    rows_fini(&rows);
    return count;
}

int composer_rows(const struct model *m, int width, int max) {
    const struct editor *e = m->shown ? &m->shown->draft : NULL;
    int rows = 0;

    if (!e)
        return 1;
    auto_buf struct buf labelled = {.max = 64 * MIX_MIB};
    auto_free struct draft_label *labels = NULL;
    const struct buf *text = &e->text;

    if (e->n_chips > 0) {
        draft_source(&labelled, &labels, e);
        text = &labelled;
    }
    for (size_t at = 0; at <= text->n && rows < max;) {
        const char *s = buf_str(text) + at;
        const char *end = memchr(s, '\n', text->n - at);
        const size_t n = end ? (size_t)(end - s) : text->n - at;

        rows += line_rows(s, n, text_width_of(width), max);
        at += n + 1;
    }
    return rows < max ? rows : max;
}

static bool no_provider(const struct model *m) {
    return m->server.auth_known && m->server.no_provider;
}

int composer_extra(const struct model *m) {
    const struct session *s = m->shown;

    if (!s)
        return 0;
    const int queue = s->n_queue < QUEUE_LINES ? (int)s->n_queue : QUEUE_LINES;

    return no_provider(m) + (s->sending && s->sent == SENT_UNKNOWN) + plan_rows(m) + todo_rows(m) +
           queue;
}

static int box_rows(const struct model *m, struct rect r) {
    const int extra = composer_extra(m), room = r.h - 3;
    const int shown = extra < room ? extra : room;

    return r.h - 2 - (shown > 0 ? shown : 0);
}

void composer_settle(struct view *v, struct model *m, struct rect r) {
    if (!m->shown || r.h <= 0 || r.w <= 0)
        return;
    const struct editor *e = &m->shown->draft;

    m->ui.draft_cells = text_width_of(r.w);
    draft_settle(&v->draft, e, m->ui.draft_cells);
    v->draft_top = list_top(v->draft_top, draft_row(&v->draft, draft_place(&v->draft, e, e->caret)),
                            v->draft.rows.n, box_rows(m, r));
}

/* ---- drawing ---- */

/* What the agent laid before the person. One line is left to what is queued. */
static int draw_agents(const struct model *m, struct canvas *c, struct rect r) {
    const int room = r.h - (m->shown->n_queue > 0 && r.h > 1), plan = plan_rows(m);
    int todo = todo_rows(m);

    if (room <= 0)
        return 0;
    if (plan > 0)
        draw_plan(m, c, r);
    todo = todo < room - plan ? todo : room - plan;
    if (todo > 0)
        draw_todos(m, c, (struct rect){r.x, r.y + plan, r.w, todo});
    return plan + (todo > 0 ? todo : 0);
}

/* Lines above the box; the most urgent ones when there is not room for all. Returns their number.
 */
static int draw_extra(const struct model *m, struct canvas *c, struct rect r, int lines) {
    const struct session *s = m->shown;
    int y = 0;

    if (s->sending && s->sent == SENT_UNKNOWN && y < lines) {
        int x = r.x + put(c, r.x, r.y + y, r.w, STYLE_NOTICE_BAD,
                          "unknown: in the thread r sends again, x takes back  ");

        put_foreign(c, x, r.y + y++, r.x + r.w - x, STYLE_DIM, s->sending, CLEAN_LINE);
    }
    if (no_provider(m) && y < lines)
        put(c, r.x, r.y + y++, r.w, STYLE_NOTICE_BAD,
            "no provider has a key: sending will fail; Ctrl+X A stores one");
    y += draw_agents(m, c, (struct rect){r.x, r.y + y, r.w, lines - y});
    for (size_t i = 0; i < s->n_queue && y < lines; i++) {
        const bool last = y + 1 == lines && i + 1 < s->n_queue;
        int x = r.x;

        if (last) {
            canvas_putf(c, x, r.y + y++, r.w, STYLE_DIM, "and %s more queued",
                        say_grouped(s->n_queue - i).s);
            break;
        }
        auto_buf struct buf options = {.max = 256};

        turn_options_text(&options, &s->queue[i].options, ", ");
        auto_buf struct buf files = {.max = 128};

        if (attach_progress(m, s, &s->queue[i], &files) || queue_state_matters(s, i))
            buf_addf(&options, "%s%s", options.n > 0 ? ", " : "",
                     files.n > 0 ? buf_str(&files) : queue_state(s, i));
        x += canvas_putf(c, x, r.y + y, r.w, STYLE_DIM, "queued %zu%s%s  ", i + 1,
                         options.n > 0 ? ": " : "", buf_str(&options));
        put_foreign(c, x, r.y + y++, r.x + r.w - x, STYLE_USER_TEXT, s->queue[i].text, CLEAN_LINE);
    }
    return y;
}

static const char *turn_word(const struct session *s) {
    switch (s->turn) {
    case TURN_IDLE:
        return "";
    case TURN_SENDING:
        return "sending";
    case TURN_RUNNING:
        return "mix is working";
    case TURN_UNSURE:
        return "not known whether mix works";
    case TURN_CANCELLING:
        return "cancelling";
    }
    return "";
}

/* Which part of a draft that is longer than its box is seen, where there is room to say so. */
static int draw_part(const struct view *v, const struct model *m, struct canvas *c, struct rect r,
                     int rows) {
    const size_t n = v->draft.rows.n, room = rows > 0 ? (size_t)rows : 0;

    if (n <= room)
        return 0;
    char text[96];
    const int len = snprintf(text, sizeof text, "%slines %zu-%zu of %zu", glyph(m, G_DOT),
                             v->draft_top + 1, v->draft_top + room, n);

    /* cut off, it would name other lines */
    return text_width(text, (size_t)len) <= r.w ? put(c, r.x, r.y, r.w, STYLE_DIM, text) : 0;
}

static void draw_box_top(const struct view *v, const struct model *m, struct canvas *c,
                         struct rect r, enum style edge, int rows) {
    const struct session *s = m->shown;
    const bool focus = m->ui.focus == PANE_COMPOSER && m->ui.over == OVER_NONE;
    const char *dot = glyph(m, G_DOT);
    auto_buf struct buf options = {.max = 256};
    char facts[256] = "";
    int n = 0, x = r.x + 1;

    turn_options_text(&options, &s->options, dot);
    if (options.n > 0) /* what the next message asks of its turn */
        n = snprintf(facts, sizeof facts, "%s%s", dot, buf_str(&options));
    if (s->turn != TURN_IDLE)
        n += snprintf(facts + n, sizeof facts - (size_t)n, "%s%s%s", dot, turn_word(s), spinner(m));
    if (s->n_queue > 0)
        n += snprintf(facts + n, sizeof facts - (size_t)n, "%squeued %zu%s", dot, s->n_queue,
                      s->held && s->own != OWN_OTHER ? ", held: r in the thread goes on" : "");
    if (s->history_at > 0)
        snprintf(facts + n, sizeof facts - (size_t)n, "%s%s", dot,
                 prompt_elsewhere(m, s) ? "history, of other sessions" : "history");
    draw_line(c, m, r.x, r.y, r.w, edge);
    put(c, r.x, r.y, 1, edge, glyph(m, G_TOP_LEFT));
    x += put(c, x, r.y, r.w - 1, edge, " ");
    x += put(c, x, r.y, r.x + r.w - x, focus ? STYLE_TITLE : STYLE_DIM, "message");
    if (s->away)
        x += canvas_putf(c, x, r.y, r.x + r.w - x, STYLE_NOTICE_BAD, "%sin $EDITOR, read only here",
                         dot);
    else if (m->ui.vi)
        x += canvas_putf(c, x, r.y, r.x + r.w - x, focus ? STYLE_TITLE : STYLE_DIM, "%s%s", dot,
                         vi_word(m->ui.vi));
    if (s->own == OWN_OTHER) {
        x += put(c, x, r.y, r.x + r.w - x, STYLE_DIM, dot);
        x += put(c, x, r.y, r.x + r.w - x, STYLE_NOTICE_BAD,
                 "read only, of another mixtui: Ctrl+X = takes over");
    }
    x += put(c, x, r.y, r.x + r.w - x, STYLE_DIM, facts);
    x += draw_part(v, m, c, (struct rect){x, r.y, r.x + r.w - x, 1}, rows);
    put(c, x, r.y, r.x + r.w - x, edge, " ");
}

void draw_composer(struct view *v, const struct model *m, struct canvas *c, struct rect r) {
    const bool focus = m->ui.focus == PANE_COMPOSER && m->ui.over == OVER_NONE;
    const enum style edge = focus ? STYLE_BORDER_FOCUS : STYLE_BORDER;
    const int rows = box_rows(m, r);

    if (!m->shown || r.h < 1 || r.w < 8)
        return;
    r.x++;
    r.w -= 2;
    const int extra = draw_extra(m, c, r, r.h - 2 - rows);
    const int top = r.y + extra, bottom = r.y + r.h - 1;

    draw_box_top(v, m, c, (struct rect){r.x, top, r.w, 1}, edge, bottom - top - 1);
    for (int y = top + 1; y < bottom; y++)
        put(c, r.x, y, 1, edge, glyph(m, G_VLINE));
    draft_draw(&v->draft, m, c,
               (struct rect){r.x + 2, top + 1, text_width_of(r.w + 2), bottom - top - 1},
               v->draft_top);
    if (bottom <= top)
        return;
    put(c, r.x, bottom, 1, edge, glyph(m, G_BOTTOM_LEFT));
    if (!focus) {
        draw_line(c, m, r.x + 1, bottom, r.w - 1, edge);
        return;
    }
    v->hints_shown = true;
    draw_hints(c, r.x + 2, bottom, r.w - 2, m->ui.hints, m->ui.n_own_hints, glyph(m, G_DOT));
}
