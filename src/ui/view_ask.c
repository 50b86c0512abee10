/* view_ask.c - a request on the whole screen, to be read: no key decides here. */
#include "overlay.h"

#include <stdio.h>
#include <string.h>

enum { FRAME_ROWS = 4 }; /* borders, asker, count */

static struct rect whole_box(const struct model *m) {
    return (struct rect){0, 0, m->ui.cols, m->ui.rows - 1};
}

/* Rows above the text: who asks, where, what looks dangerous. */
static int head_rows(const struct ask *a, struct rect r) {
    const int risks = risk_rows(a, NULL, 0, 0, 0);

    return r.h >= FRAME_ROWS + 2 * RISK_ROWS ? risks : 0;
}

static int text_rows(const struct ask *a, struct rect r) {
    const int rows = r.h - FRAME_ROWS - head_rows(a, r);

    return rows > 0 ? rows : 0;
}

void whole_ask_settle(struct view *v, struct model *m) {
    struct ask *a = model_selected_ask(m);
    const struct rect r = whole_box(m);

    if (!a || r.w < 4)
        return;
    const int n = ask_body_rows(ask_body(v, m, a, ASK_WHOLE, r.w - 2)), rows = text_rows(a, r);
    const int most = n > rows ? n - rows : 0;

    m->ui.over_scroll = m->ui.over_scroll > most ? most : m->ui.over_scroll;
    m->ui.over_scroll = m->ui.over_scroll < 0 ? 0 : m->ui.over_scroll;
    if (m->ui.over_scroll == most && rows > 0)
        a->uncut = true;
}

static void draw_name(const struct model *m, struct canvas *c, struct rect r, const struct ask *a) {
    char words[64];
    int x = r.x + 2;

    (void)ask_words(m, a, words);
    const int right = r.x + r.w - 4 - (int)strlen(words);

    x += put(c, x, r.y, r.w - 4, STYLE_OVERLAY_TITLE, " ");
    x += put_foreign(c, x, r.y, right - x, STYLE_OVERLAY_TITLE, ask_name(a), CLEAN_NAME);
    x += put(c, x, r.y, right - x, STYLE_OVERLAY_TITLE, "  ");
    x += put_foreign(c, x, r.y, right - x, STYLE_OVERLAY, ask_action(a), CLEAN_NAME);
    put(c, x, r.y, right - x, STYLE_OVERLAY, " ");
    canvas_putf(c, right, r.y, r.x + r.w - right - 1, ask_words(m, a, words), " %s ", words);
}

static void draw_asker(const struct model *m, struct canvas *c, struct rect r,
                       const struct ask *a) {
    auto_buf struct buf chain = {.max = 8192};
    char age[32];
    const int used = put_right(c, r.x + r.w - 2, r.y + 1, r.w - 4, STYLE_DIM, ask_age(m, a, age));

    ask_chain(&chain, m, a);
    if (!str_blank(a->path))
        buf_addf(&chain, "  in %s", a->path);
    if (!str_blank(a->description) && !str_eq(a->description, a->object))
        buf_addf(&chain, "  %s", a->description);
    put_foreign(c, r.x + 2, r.y + 1, r.w - 4 - (used ? used + 2 : 0), STYLE_DIM, buf_str(&chain),
                CLEAN_NAME);
}

void draw_whole_ask(struct view *v, const struct model *m, struct canvas *c) {
    const struct ask *a = model_selected_ask(m);
    const struct rect r = whole_box(m);

    draw_box(c, m, r, STYLE_BORDER_FOCUS);
    if (!a || r.w < 8 || r.h < 5) {
        put(c, r.x + 2, r.y + 1, r.w - 4, STYLE_DIM, "no request is selected");
        return;
    }
    const struct ask_body *b = ask_body(v, m, a, ASK_WHOLE, r.w - 2);
    const int n = ask_body_rows(b), first = m->ui.over_scroll, rows = text_rows(a, r);
    const int last = first + rows < n ? first + rows : n;
    const int y = r.y + 2 + head_rows(a, r);

    draw_name(m, c, r, a);
    draw_asker(m, c, r, a);
    if (head_rows(a, r) > 0)
        (void)risk_rows(a, c, r.x + 2, r.y + 2, r.w - 4);
    for (int i = first; i < last; i++)
        ask_body_draw(b, c, r.x + 1, y + i - first, r.w - 2, i);
    canvas_putf(c, r.x + 2, r.y + r.h - 2, r.w - 4, STYLE_DIM,
                "lines %d-%d of %d; no key decides here%s", n ? first + 1 : 0, last, n,
                a->input && r.w - 4 >= 80 ? "; t side by side" : "");
}
