/* view_asks.c - the inbox of permissions and questions: one line each, the selected one whole. */
#include "ui.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { LOW_MS = 5000, HINT_ROWS = 3, ASKER_BYTES = 40, OBJECT_BYTES = 400 };

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

/* Of a batch: of the one that is over first. */
static int64_t time_left(const struct model *m, const struct ask *a) {
    const struct ask *other;
    int64_t first = a->deadline;
    size_t at = 0;

    while ((other = ask_batch_next(m, a, &at)))
        first = other->deadline < first ? other->deadline : first;
    return first - m->now;
}

/* `0:21` while it can be answered, else what became of it. */
enum style ask_words(const struct model *m, const struct ask *a, char out[64]) {
    const int64_t left = time_left(m, a);

    if (a->held_until > 0) {
        snprintf(out, 64, "held %s", say_left(left).s);
        return STYLE_RISK_SEVERE;
    }
    if (a->state == ASK_PENDING) {
        snprintf(out, 64, "%s", say_left(left).s);
        return left <= LOW_MS ? STYLE_ASK_TIME_LOW : STYLE_ASK_TIME;
    }
    if (a->state == ASK_FAILED) {
        snprintf(out, 64, "%s %s", state_word(a), say_left(left).s);
        return STYLE_NOTICE_BAD;
    }
    const bool on_its_way = a->state == ASK_SENT || a->state == ASK_ACCEPTED;

    snprintf(out, 64, "%s%s%s", on_its_way ? decision_word(a->decision) : "", state_word(a),
             a->rule_text ? " by rule" : "");
    return a->state == ASK_GRANTED   ? STYLE_TOOL_OK
           : a->state == ASK_REFUSED ? STYLE_TOOL_FAILED
                                     : STYLE_DIM;
}

/* How long it has been waiting, while it can be answered. */
const char *ask_age(const struct model *m, const struct ask *a, char out[32]) {
    out[0] = '\0';
    if (ask_answerable(a) && a->kind == ASK_PERMISSION)
        snprintf(out, 32, "waits %s", say_left(m->now - a->arrived_at).s);
    return out;
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

/* ---- how the pane is divided ---- */

struct plan {
    size_t first, above, below; /* rows of one line before and behind the selected one */
    int first_row, object;      /* of its text: the first that is shown, and how many are */
    int text;                   /* rows there are */
    int rows;                   /* of the selected one in all */
    bool hidden_above;
};

static bool shows_hints(const struct model *m) {
    return m->ui.focus == PANE_PERMISSIONS && m->ui.over == OVER_NONE;
}

static bool is_hidden_hint(const struct ask *a, const struct menu_row *h) {
    if (str_eq(h->label, "answer") && !ask_answerable(a))
        return true;
    return hint_decides(h) && (!ask_answerable(a) || a->kind == ASK_QUESTION);
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

/* Of an answer, or of the reason of a denial. */
static bool has_field(const struct model *m, const struct ask *a) {
    if (a->kind == ASK_QUESTION)
        return str_eq(a->response_type, "text");
    return (m->ui.replying && shows_hints(m)) || a->reply.text.n > 0;
}

static const char *field_name(const struct model *m, const struct ask *a) {
    if (a->kind == ASK_QUESTION)
        return "> ";
    if (ask_answerable(a))
        return m->ui.early ? "early, nothing denied yet; why: " : "Enter denies; why: ";
    return "denied; why: ";
}

/* Everything of the selected one but its text: head, asker, notes, choices, hints. */
static int fixed_rows(const struct model *m, const struct ask *a, int width) {
    int rows = 2 + (a->late && a->state != ASK_PENDING) + (a->err.rc != RC_OK);

    rows += a->rule_text != NULL;
    rows += risk_rows(a, NULL, 0, 0, 0) + (a->held_until > 0) + (a->batch != 0);
    rows += (int)(a->kind == ASK_QUESTION ? a->choices.n : 0) + has_field(m, a);
    if (shows_hints(m))
        rows += flow_hints(m, a, NULL, 0, 0, width - 3) + m->ui.early;
    return rows;
}

/* The requests that have a row: of a batch only the one that stands for it. */
static size_t listed(const struct model *m, const struct ask *until) {
    size_t n, rows = 0;
    struct ask *const *asks = model_inbox(m, &n);

    for (size_t i = 0; i < n && asks[i] != until; i++)
        rows += !ask_folded(asks[i]);
    return rows;
}

/* The selected one gets what it needs, but one row is left for a neighbour on either side. */
static struct plan make_plan(struct view *v, const struct model *m, const struct ask *a,
                             struct rect r) {
    const size_t n = listed(m, NULL), at = listed(m, a), after = n > at ? n - at - 1 : 0;
    const int fixed = fixed_rows(m, a, r.w), room = r.h - 1;
    const int text = ask_body_rows(ask_body(v, m, a, ASK_IN_PANE, r.w - 2));
    const int others = (at > 0) + (after > 0);
    struct plan p = {.object = text, .text = text};

    if (fixed + text > room - others) { /* one row less for `lines 1-20 of 63` */
        p.object = room - others - fixed - 1;
        p.object = p.object < 1 ? 1 : p.object;
    }
    p.rows = fixed + p.object + (p.object < text);
    const int most = text - p.object;

    p.first_row = m->ui.ask_scroll < most ? m->ui.ask_scroll : most;
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

/* The end of a path says more than its beginning. */
static void draw_path(const struct model *m, struct canvas *c, int x, int y, int w,
                      const char *path) {
    auto_buf struct buf clean = {.max = 64 * MIX_KIB};
    const size_t n = strcspn(path, "\n");
    size_t from = 0;

    if (w <= 1 || text_clean(&clean, path, n < 4096 ? n : 4096, CLEAN_NAME) != RC_OK)
        return;
    const char *s = buf_str(&clean);
    const int all = text_width(s, clean.n);

    if (all > w) {
        for (int cells = all; from < clean.n && cells > w - 1;) {
            const struct cluster one = text_cluster(s + from, clean.n - from);

            cells -= one.cells;
            from += one.bytes;
        }
        x += put(c, x, y, 1, STYLE_DIM, m->ui.ascii ? "~" : "\u2026");
        w--;
    }
    canvas_put(c, x, y, w, STYLE_TEXT, s + from, clean.n - from);
}

static bool is_change(const struct ask *a) {
    return a->kind == ASK_PERMISSION && (tool_is(a->tool, "Edit") || tool_is(a->tool, "Write"));
}

/* Who asks, at the right end where the object leaves room for it; the cells it took. */
static int draw_asker(struct canvas *c, int x, int y, int right, const struct ask *a) {
    auto_buf struct buf object = {.max = 4096}, title = {.max = 1024};
    const char *text = ask_text(a), *who = session_title(a->session);
    size_t n = strnlen(text, OBJECT_BYTES);

    if (is_change(a)) /* of which the row has the name of the file */
        n = strcspn(text, "\n") < n ? strcspn(text, "\n") : n;

    if (text_clean(&title, who, strnlen(who, ASKER_BYTES), CLEAN_NAME) != RC_OK ||
        text_clean(&object, text, n, CLEAN_NAME) != RC_OK)
        return 0;
    const int cells = text_width(buf_str(&title), title.n);

    if (x + text_width(buf_str(&object), object.n) + 2 + cells > right)
        return 0;
    canvas_put(c, right - cells, y, cells, STYLE_DIM, buf_str(&title), title.n);
    return cells + 2;
}

static void draw_head_row(const struct model *m, struct canvas *c, struct rect r,
                          const struct ask *a, enum style name) {
    char words[64];
    const enum style look = ask_words(m, a, words);
    const int used = put_right(c, r.x + r.w - 1, r.y, r.w, look, words);
    int right = r.x + r.w - 1 - (used ? used + 1 : 0);
    int x = r.x + 1;

    x += put_foreign(c, x, r.y, right - x, name, ask_name(a), CLEAN_NAME) + 2;
    if (elsewhere(m, a) && name != STYLE_TITLE)
        x += put_foreign(c, x, r.y, right - x, STYLE_KEY, server_name(a->owner), CLEAN_NAME) + 2;
    if (name != STYLE_TITLE && ask_severe(a))
        x += put(c, x, r.y, right - x, STYLE_RISK_SEVERE, "!!") + 1;
    if (name != STYLE_TITLE) /* the selected one says it below */
        right -= draw_asker(c, x, r.y, right - 1, a);
    if (name != STYLE_TITLE && is_change(a))
        draw_path(m, c, x, r.y, right - x, ask_text(a));
    else
        put_foreign(c, x, r.y, right - x, STYLE_TEXT,
                    name == STYLE_TITLE ? ask_action(a) : ask_text(a), CLEAN_NAME);
}

static int draw_choices(const struct model *m, struct canvas *c, struct rect r, int y,
                        const struct ask *a) {
    for (size_t i = 0; i < a->choices.n && y < r.h; i++, y++) {
        const bool chosen = i == a->choice;
        const int x = r.x + 3 + put(c, r.x + 3, r.y + y, r.w - 3, STYLE_KEY, chosen ? "> " : "  ");

        put_foreign(c, x, r.y + y, r.x + r.w - x, chosen ? STYLE_SELECTED : STYLE_TEXT,
                    a->choices.items[i], CLEAN_NAME);
    }
    if (has_field(m, a) && y < r.h) {
        const int x = r.x + 3 + put(c, r.x + 3, r.y + y, r.w - 3, STYLE_KEY, field_name(m, a));

        draw_field(c, x, r.y + y, r.x + r.w - 1 - x, STYLE_TEXT, &a->reply,
                   m->ui.replying && shows_hints(m));
        y++;
    }
    return y;
}

/* Who asks, what looks dangerous, what is under way with it. */
static int draw_notes(const struct model *m, struct canvas *c, struct rect r, int y,
                      const struct ask *a) {
    auto_buf struct buf chain = {.max = 8192};
    const int x = r.x + 3, w = r.w - 4;
    char age[32];

    ask_chain(&chain, m, a);
    const int cells = text_width(buf_str(&chain), chain.n);
    const char *said = ask_age(m, a, age);

    if (cells + 2 + (int)strlen(said) <= w)
        (void)put_right(c, r.x + r.w - 1, r.y + y, w, STYLE_DIM, said);
    put_foreign(c, x, r.y + y++, w, STYLE_DIM, buf_str(&chain), CLEAN_NAME);
    y += risk_rows(a, c, x, r.y + y, w);
    if (a->batch != 0) {
        size_t all = 1, at = 0;

        while (ask_batch_next(m, a, &at))
            all++;
        canvas_putf(c, x, r.y + y++, w, STYLE_KEY, "one answer for %zu requests (b parts)", all);
    }
    if (a->rule_text && y < r.h) {
        const int at = x + put(c, x, r.y + y, w, STYLE_DIM, "by rule ");

        put_foreign(c, at, r.y + y++, r.x + r.w - 1 - at, STYLE_KEY, a->rule_text, CLEAN_NAME);
    }
    return y;
}

/* The selected one, from the pane's row y on. */
static void draw_selected(struct view *v, const struct model *m, struct canvas *c, struct rect r,
                          int y, const struct ask *a, const struct plan *p) {
    const struct ask_body *b = ask_body(v, m, a, ASK_IN_PANE, r.w - 2);
    const int x = r.x + 3, w = r.w - 4;

    for (int i = 0; i < p->rows && y + i < r.h; i++)
        put(c, r.x, r.y + y + i, 1, STYLE_BORDER_FOCUS, glyph(m, G_CURSOR));
    draw_head_row(m, c, (struct rect){r.x, r.y + y++, r.w, 1}, a, STYLE_TITLE);
    y = draw_notes(m, c, r, y, a);
    for (int i = 0; i < p->object && p->first_row + i < p->text && y < r.h; i++)
        ask_body_draw(b, c, r.x + 1, r.y + y++, r.w - 2, p->first_row + i);
    if (p->object < p->text && y < r.h)
        canvas_putf(c, x, r.y + y++, w, STYLE_DIM, "lines %d-%d of %d", p->first_row + 1,
                    p->first_row + p->object, p->text);
    y = draw_choices(m, c, r, y, a);
    if (a->late && a->state != ASK_PENDING && y < r.h)
        put(c, x, r.y + y++, w, STYLE_NOTICE_BAD, "may have been too late");
    if (a->err.rc != RC_OK && y < r.h)
        put_foreign(c, x, r.y + y++, w, STYLE_NOTICE_BAD, a->err.text, CLEAN_LINE);
    if (a->held_until > 0 && y < r.h) /* below the text, which does not move for it */
        put(c, x, r.y + y++, w, STYLE_NOTICE_BAD, "grant held: u drops it");
    if (shows_hints(m) && m->ui.early && y < r.h)
        put(c, x, r.y + y++, w, STYLE_NOTICE_BAD, "too early: key discarded");
    if (shows_hints(m) && y < r.h) {
        flow_hints(m, a, c, x, r.y + y, w);
        v->hints_shown = true;
    }
}

static void draw_list(struct view *v, const struct model *m, struct canvas *c, struct rect r,
                      const struct ask *a) {
    size_t n, row = 0;
    struct ask *const *asks = model_inbox(m, &n);
    const size_t rows = listed(m, NULL);
    const struct plan p =
        a ? make_plan(v, m, a, r) : (struct plan){.below = n < INT_MAX ? n : INT_MAX};
    int y = 1;

    for (size_t i = 0; i < n && y < r.h; i++) {
        const struct ask *each = asks[i];

        if (ask_folded(each) || row++ < p.first)
            continue;
        const size_t at = row - 1;
        const bool hidden_rest = y == r.h - 1 && row < rows;
        const size_t before = p.hidden_above && at == p.first ? at + 1 : 0;

        if (a && each == a) {
            draw_selected(v, m, c, r, y, a, &p);
            y += p.rows;
        } else if (before || hidden_rest) {
            canvas_putf(c, r.x + 1, r.y + y++, r.w - 1, STYLE_DIM, "%zu more %s",
                        before ? before : rows - at, before ? "before" : "after");
        } else {
            draw_head_row(m, c, (struct rect){r.x, r.y + y++, r.w, 1}, each, STYLE_TOOL);
        }
    }
}

/* What comes never chooses itself. */
static void draw_none_chosen(const struct model *m, struct canvas *c, struct rect r) {
    const int y = (int)listed(m, NULL) + 1;

    if (y < r.h && shows_hints(m))
        put(c, r.x + 1, r.y + y, r.w - 1, STYLE_COMPOSER_HINT, "an arrow key chooses one");
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
    const struct ask *chosen = model_selected_ask(m);

    if (n > 0)
        draw_list(v, m, c, r, chosen);
    else if (r.h > 1)
        put(c, r.x + 1, r.y + 1, r.w - 1, STYLE_DIM, "nothing asks for you");
    if (n > 0 && !chosen)
        draw_none_chosen(m, c, r);
}

/* ---- settling: what was shown to its end ---- */

void ask_settle(struct view *v, struct model *m, const struct frame_layout *l) {
    const struct rect r = l->pane[PANE_PERMISSIONS];
    struct ask *a = model_selected_ask(m);

    if (!a || m->ui.over != OVER_NONE || r.h <= 1 || r.w <= 6)
        return;
    const struct plan p = make_plan(v, m, a, r);

    m->ui.ask_scroll = p.first_row;
    if (p.first_row + p.object >= p.text && 1 + (int)p.above + p.rows <= r.h)
        a->uncut = true;
}
