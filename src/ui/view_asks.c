/* view_asks.c - the inbox of permissions and questions: one line each, the selected one whole. */
#include "ui.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { LOW_MS = 5000, HINT_ROWS = 3, ASK_BYTES = 16 << 20 };

/* ---- words ---- */

static const char *decision_word(enum decision d) {
    switch (d) {
    case DECIDE_GRANT:
        return "grant ";
    case DECIDE_DENY:
        return "deny ";
    case DECIDE_REPLY:
        return "answer ";
    case DECIDE_NONE:
        break;
    }
    return "";
}

/* `0:21` while it can be answered, else what became of it. */
static enum style ask_words(const struct model *m, const struct ask *a, char out[48]) {
    const int64_t left = a->deadline - m->now;

    if (a->state == ASK_PENDING) {
        snprintf(out, 48, "%s", say_left(left).s);
        return left <= LOW_MS ? STYLE_ASK_TIME_LOW : STYLE_ASK_TIME;
    }
    if (a->state == ASK_FAILED) {
        snprintf(out, 48, "%s %s", state_word(a), say_left(left).s);
        return STYLE_NOTICE_BAD;
    }
    const bool on_its_way = a->state == ASK_SENT || a->state == ASK_ACCEPTED;

    snprintf(out, 48, "%s%s%s", on_its_way ? decision_word(a->decision) : "", state_word(a),
             a->rule_text ? " by rule" : "");
    return a->state == ASK_GRANTED   ? STYLE_TOOL_OK
           : a->state == ASK_REFUSED ? STYLE_TOOL_FAILED
                                     : STYLE_DIM;
}

const char *ask_name(const struct ask *a) {
    if (a->kind == ASK_QUESTION)
        return !str_blank(a->title) ? a->title : "question";
    return !str_blank(a->tool) ? a->tool : "request";
}

static const char *ask_text(const struct ask *a) {
    if (!str_blank(a->object))
        return a->object;
    if (!str_blank(a->message))
        return a->message;
    return !str_blank(a->description) ? a->description : "";
}

static bool elsewhere(const struct model *m, const struct ask *a) {
    return a->owner && a->owner != m;
}

const char *ask_action(const struct ask *a) {
    return a->kind == ASK_QUESTION ? a->tool : a->action;
}

void ask_chain(struct buf *out, const struct model *m, const struct ask *a) {
    const struct session *chain[8];
    int n = 0;

    if (elsewhere(m, a))
        buf_addf(out, "%s: ", server_name(a->owner));

    for (const struct session *s = a->session; s && n < 8; s = s->parent)
        chain[n++] = s;
    while (n-- > 0)
        buf_addf(out, "%s%s", session_title(chain[n]), n > 0 ? " > " : "");
    if (a->kind == ASK_PERMISSION)
        buf_addf(out, " > %s", ask_name(a));
}

/* ---- the whole text, wrapped ---- */

const struct block *ask_block(struct view *v, const struct ask *a, int width) {
    struct block *b = &v->ask;
    const char *text = ask_text(a);
    const size_t n = strnlen(text, ASK_BYTES);
    const bool diff = tool_is(a->tool, "Edit") || tool_is(a->tool, "Write");
    struct block_style how = {STYLE_ASK_OBJECT, CLEAN_MARKS, width};

    if (b->source == text && b->source_len == n && b->width == width && str_eq(v->ask_id, a->id) &&
        v->ask_owner == a->owner)
        return b;
    v->ask_owner = a->owner;
    cleanup_free(&v->ask_id);
    v->ask_id = xstrdup(a->id ? a->id : "");
    block_clear(b);
    b->source = text;
    b->source_len = n;
    b->width = width;
    if (a->kind == ASK_QUESTION)
        how.style = STYLE_TEXT;
    block_add(b, text, n, how);
    for (size_t i = 0; diff && i < b->n; i++) {
        const char first = b->lines[i].len ? b->text.p[b->lines[i].off] : ' ';

        b->lines[i].style = first == '+'   ? STYLE_DIFF_ADD
                            : first == '-' ? STYLE_DIFF_DEL
                                           : STYLE_TEXT;
    }
    return b;
}

/* ---- how the pane is divided ---- */

struct plan {
    size_t first, above, below; /* rows of one line before and behind the selected one */
    int object;                 /* rows of its text */
    int rows;                   /* of the selected one in all */
    bool hidden_above;
};

static bool shows_hints(const struct model *m) {
    return m->ui.focus == PANE_PERMISSIONS && m->ui.over == OVER_NONE;
}

static bool is_hidden_hint(const struct ask *a, const struct menu_row *h) {
    if (str_eq(h->label, "answer") && !ask_answerable(a))
        return true;
    const bool decides = hint_decides(h);

    return decides && (!ask_answerable(a) || a->kind == ASK_QUESTION);
}

/* Rows the hints take when they flow within w; draws them when c is given. */
static int flow_hints(const struct model *m, const struct ask *a, struct canvas *c, int x, int y,
                      int w) {
    const enum style armed = ask_armed(m, a, m->now) ? STYLE_HINT_ARMED : STYLE_HINT_UNARMED;
    int used = 0, row = 0;

    for (size_t i = 0; i < m->ui.n_own_hints; i++) {
        const struct menu_row *h = &m->ui.hints[i];
        const bool decides = hint_decides(h);
        const int need = hint_cells(h);

        if (is_hidden_hint(a, h) || need > w)
            continue;
        if (used > 0 && used + 2 + need > w) {
            row++;
            used = 0;
        }
        if (row >= HINT_ROWS)
            return HINT_ROWS;
        used += used ? 2 : 0;
        if (c) {
            int at = x + used;

            at += put(c, at, y + row, w, decides ? armed : STYLE_KEY, h->keys);
            at += put(c, at, y + row, w, decides ? armed : STYLE_COMPOSER_HINT, " ");
            put(c, at, y + row, w, decides ? armed : STYLE_COMPOSER_HINT, h->label);
        }
        used += need;
    }
    return row + (used > 0);
}

static bool has_field(const struct ask *a) {
    return a->kind == ASK_QUESTION && str_eq(a->response_type, "text");
}

/* Everything of the selected one but its text: head, asker, notes, choices, hints. */
static int fixed_rows(const struct model *m, const struct ask *a, int width) {
    int rows = 2 + (a->late && a->state != ASK_PENDING) + (a->err.rc != RC_OK);

    rows += a->rule_text != NULL;
    rows += (int)(a->kind == ASK_QUESTION ? a->choices.n : 0) + has_field(a);
    if (shows_hints(m))
        rows += flow_hints(m, a, NULL, 0, 0, width - 3) + m->ui.early;
    return rows;
}

static size_t index_of(const struct model *m, const struct ask *a) {
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);

    for (size_t i = 0; i < n; i++)
        if (asks[i] == a)
            return i;
    return 0;
}

/* The selected one gets what it needs, but one row is left for a neighbour on either side. */
static struct plan make_plan(struct view *v, const struct model *m, const struct ask *a,
                             struct rect r) {
    size_t n;

    model_inbox(m, &n);
    const size_t at = index_of(m, a), after = n - at - 1;
    const int fixed = fixed_rows(m, a, r.w), room = r.h - 1;
    const int text = (int)ask_block(v, a, r.w - 2)->shown;
    const int others = (at > 0) + (after > 0);
    struct plan p = {.object = text};

    if (fixed + text > room - others) { /* one row less for `lines 1-20 of 63` */
        p.object = room - others - fixed - 1;
        p.object = p.object < 1 ? 1 : p.object;
    }
    p.rows = fixed + p.object + (p.object < text);
    int left = room - p.rows > 0 ? room - p.rows : 0;

    p.below = after < (size_t)left ? after : (size_t)left;
    if (at > 0 && p.below > 0 && p.below == (size_t)left)
        p.below--;
    left -= (int)p.below;
    p.above = at < (size_t)left ? at : (size_t)left;
    p.first = at - p.above;
    p.hidden_above = p.above < at;
    return p;
}

/* ---- drawing ---- */

static void draw_head_row(const struct model *m, struct canvas *c, struct rect r,
                          const struct ask *a, enum style name) {
    char words[48];
    const enum style look = ask_words(m, a, words);
    const int used = put_right(c, r.x + r.w - 1, r.y, r.w, look, words);
    const int right = r.x + r.w - 1 - (used ? used + 1 : 0);
    int x = r.x + 1;

    x += put_foreign(c, x, r.y, right - x, name, ask_name(a), CLEAN_NAME) + 2;
    if (elsewhere(m, a) && name != STYLE_TITLE) /* the selected one says it below */
        x += put_foreign(c, x, r.y, right - x, STYLE_KEY, server_name(a->owner), CLEAN_NAME) + 2;
    put_foreign(c, x, r.y, right - x, STYLE_TEXT, name == STYLE_TITLE ? ask_action(a) : ask_text(a),
                CLEAN_NAME);
}

static int draw_choices(const struct model *m, struct canvas *c, struct rect r, int y,
                        const struct ask *a) {
    for (size_t i = 0; i < a->choices.n && y < r.h; i++, y++) {
        const bool chosen = i == a->choice;
        const int x = r.x + 3 + put(c, r.x + 3, r.y + y, r.w - 3, STYLE_KEY, chosen ? "> " : "  ");

        put_foreign(c, x, r.y + y, r.x + r.w - x, chosen ? STYLE_SELECTED : STYLE_TEXT,
                    a->choices.items[i], CLEAN_NAME);
    }
    if (has_field(a) && y < r.h) {
        const int x = r.x + 3 + put(c, r.x + 3, r.y + y, r.w - 3, STYLE_KEY, "> ");

        draw_field(c, x, r.y + y, r.x + r.w - 1 - x, STYLE_TEXT, &a->reply,
                   m->ui.replying && shows_hints(m));
        y++;
    }
    return y;
}

/* The selected one, from the pane's row y on. */
static void draw_selected(struct view *v, const struct model *m, struct canvas *c, struct rect r,
                          int y, const struct ask *a, const struct plan *p) {
    const struct block *b = ask_block(v, a, r.w - 2);
    auto_buf struct buf chain = {.max = 8192};
    const int x = r.x + 3, w = r.w - 4;

    for (int i = 0; i < p->rows && y + i < r.h; i++)
        put(c, r.x, r.y + y + i, 1, STYLE_BORDER_FOCUS, glyph(m, G_CURSOR));
    draw_head_row(m, c, (struct rect){r.x, r.y + y++, r.w, 1}, a, STYLE_TITLE);
    ask_chain(&chain, m, a);
    put_foreign(c, x, r.y + y++, w, STYLE_DIM, buf_str(&chain), CLEAN_NAME);
    if (a->rule_text && y < r.h) {
        const int at = x + put(c, x, r.y + y, w, STYLE_DIM, "by rule ");

        put_foreign(c, at, r.y + y++, r.x + r.w - 1 - at, STYLE_KEY, a->rule_text, CLEAN_NAME);
    }
    for (int i = 0; i < p->object && (size_t)i < b->shown && y < r.h; i++)
        draw_marked_line(c, r.x + 1, r.y + y++, r.w - 2, b, (size_t)i);
    if ((size_t)p->object < b->shown && y < r.h)
        canvas_putf(c, x, r.y + y++, w, STYLE_DIM, "lines 1-%d of %zu", p->object, b->shown);
    y = draw_choices(m, c, r, y, a);
    if (a->late && a->state != ASK_PENDING && y < r.h)
        put(c, x, r.y + y++, w, STYLE_NOTICE_BAD, "may have been too late");
    if (a->err.rc != RC_OK && y < r.h)
        put_foreign(c, x, r.y + y++, w, STYLE_NOTICE_BAD, a->err.text, CLEAN_LINE);
    if (shows_hints(m) && m->ui.early && y < r.h)
        put(c, x, r.y + y++, w, STYLE_NOTICE_BAD, "too early: key discarded");
    if (shows_hints(m) && y < r.h) {
        flow_hints(m, a, c, x, r.y + y, w);
        v->hints_shown = true;
    }
}

static void draw_list(struct view *v, const struct model *m, struct canvas *c, struct rect r,
                      const struct ask *a) {
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);
    const struct plan p =
        a ? make_plan(v, m, a, r) : (struct plan){.below = n < INT_MAX ? n : INT_MAX};
    int y = 1;

    for (size_t i = p.first; i < n && y < r.h; i++) {
        const struct ask *each = asks[i];
        const bool selected = a && each == a;
        const bool hidden_rest = y == r.h - 1 && i + 1 < n;
        const size_t before = p.hidden_above && i == p.first ? i + 1 : 0;

        if (selected) {
            draw_selected(v, m, c, r, y, a, &p);
            y += p.rows;
        } else if (before || hidden_rest) {
            canvas_putf(c, r.x + 1, r.y + y++, r.w - 1, STYLE_DIM, "%zu more %s",
                        before ? before : n - i, before ? "before" : "after");
        } else {
            draw_head_row(m, c, (struct rect){r.x, r.y + y++, r.w, 1}, each, STYLE_TOOL);
        }
    }
}

/* How much can be heard at all: servers that are away, and sessions with a stream. */
static void draw_watched(const struct model *m, struct canvas *c, int x, int y, int right) {
    const struct model *peer;
    size_t watched = 0, all = 0;

    x += draw_away(m, c, x, y, right);
    for (size_t i = 0; (peer = model_peer(m, i)); i++) {
        watched += peer->n_watched;
        all += peer->n_sessions;
    }
    canvas_putf(c, x, y, right - x, STYLE_DIM, "%s%zu of %zu watched", m->ui.ascii ? "- " : "· ",
                watched, all);
}

void draw_asks(struct view *v, const struct model *m, struct canvas *c, struct rect r) {
    const size_t pending =
        model_asks_pending(m, ASK_PERMISSION) + model_asks_pending(m, ASK_QUESTION);
    char title[64];
    size_t n;

    model_inbox(m, &n);
    if (r.w <= 6 || r.h <= 0)
        return;
    snprintf(title, sizeof title, "Permissions %s", say_grouped(pending).s);
    const int x = r.x + draw_title(c, m, r.x, r.y, r.w, PANE_PERMISSIONS, title);

    draw_watched(m, c, x, r.y, r.x + r.w);
    if (n > 0)
        draw_list(v, m, c, r, model_selected_ask(m));
    else if (r.h > 1)
        put(c, r.x + 1, r.y + 1, r.w - 1, STYLE_DIM, "nothing asks for you");
}

/* ---- settling: what was shown to its end ---- */

void ask_settle(struct view *v, struct model *m, const struct frame_layout *l) {
    const struct rect r = l->pane[PANE_PERMISSIONS];
    struct ask *a = model_selected_ask(m);

    if (!a || m->ui.over != OVER_NONE || r.h <= 1 || r.w <= 6)
        return;
    const struct plan p = make_plan(v, m, a, r);

    if ((size_t)p.object >= ask_block(v, a, r.w - 2)->shown && 1 + (int)p.above + p.rows <= r.h)
        a->uncut = true;
}
