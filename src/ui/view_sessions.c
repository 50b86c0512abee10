/* view_sessions.c - the list of sessions, and the line of tabs where only one pane fits. */
#include "ui.h"

#include <stdio.h>
#include <string.h>

enum { DEEPEST = 4 }; /* levels of sub-agents that are indented */

static enum style mark_style(enum mark mark) {
    switch (mark) {
    case MARK_APPROVAL:
        return STYLE_MARK_APPROVAL;
    case MARK_QUESTION:
        return STYLE_MARK_QUESTION;
    case MARK_ERROR:
        return STYLE_MARK_ERROR;
    case MARK_WORKING:
        return STYLE_MARK_WORKING;
    case MARK_DONE:
        return STYLE_MARK_DONE;
    case MARK_IDLE:
    case MARK_UNWATCHED:
    case MARK_COUNT:
        break;
    }
    return STYLE_DIM;
}

static int depth_of(const struct session *s) {
    int depth = 0;

    for (; s->parent && depth < DEEPEST; s = s->parent)
        depth++;
    return depth;
}

static size_t cursor_index(const struct model *m) {
    for (size_t i = 0; i < m->n_visible; i++)
        if (m->visible[i] == m->ui.session_cursor)
            return i;
    return SIZE_MAX;
}

static void draw_session(const struct model *m, struct canvas *c, struct rect r,
                         const struct session *s) {
    const bool cursor = s == m->ui.session_cursor;
    const bool focus = m->ui.focus == PANE_SESSIONS && m->ui.over == OVER_NONE;
    const enum mark mark = session_mark(s, m);
    const int64_t when = s->active_at ? s->active_at : s->created_at;
    enum style text = s == m->shown ? STYLE_SELECTED : STYLE_TEXT;
    enum style time = s->active_at ? STYLE_TEXT : STYLE_DIM, sign = mark_style(mark);
    const int indent = 2 * depth_of(s), right = r.x + r.w;
    char ch[2] = {mark_char(mark), '\0'};

    if (cursor) {
        const enum style row = focus ? STYLE_CURSOR_ROW : STYLE_CURSOR_ROW_IDLE;

        text = time = row;
        sign = focus ? row : sign;
        canvas_fill(c, (struct rect){r.x + 1, r.y, r.w - 1, 1}, ' ', row);
        put(c, r.x, r.y, 1, STYLE_BORDER_FOCUS, glyph(m, G_CURSOR));
    }
    put(c, r.x + 1, r.y, 1, sign, mark == MARK_UNWATCHED ? glyph(m, G_UNWATCHED) : ch);
    /* a time in parentheses is that of creation: nothing was seen of the session yet */
    char said[40];

    snprintf(said, sizeof said, s->active_at ? "%s" : "(%s)", say_time(when, m->real).s);
    const int used = put_right(c, right, r.y, r.w, time, when ? said : "");

    put_foreign(c, r.x + 3 + indent, r.y, r.w - 3 - indent - (used ? used + 1 : 0), text,
                session_title(s), CLEAN_LINE);
}

static void draw_head(const struct model *m, struct canvas *c, struct rect r) {
    const bool filter = m->ui.filtering || m->ui.session_filter.text.n > 0;
    char title[64];
    int x = r.x;

    snprintf(title, sizeof title, "Sessions %s", say_grouped(m->n_visible).s);
    x += draw_title(c, m, x, r.y, r.w, PANE_SESSIONS, title) + 1;
    if (filter) {
        x += put(c, x, r.y, r.x + r.w - x, STYLE_KEY, "/");
        draw_field(c, x, r.y, r.x + r.w - x, STYLE_TEXT, &m->ui.session_filter,
                   m->ui.filtering && m->ui.focus == PANE_SESSIONS && m->ui.over == OVER_NONE);
        return;
    }
    put(c, x, r.y, r.x + r.w - x, STYLE_DIM, "/filter");
}

static const char *why_empty(const struct model *m) {
    if (m->ui.session_filter.text.n > 0)
        return "no session matches";
    if (!m->sessions_loaded)
        return m->server.state == SERVER_ONLINE || m->server.state == SERVER_CONNECTING
                   ? "reading the list"
                   : "not connected";
    return "none yet: write a message";
}

void draw_sessions(struct view *v, const struct model *m, struct canvas *c, struct rect r) {
    const int rows = r.h - 1;

    if (r.w <= 4 || r.h <= 0)
        return;
    r.w--; /* a blank before the next pane */
    draw_head(m, c, (struct rect){r.x, r.y, r.w, 1});
    v->sessions_top = list_top(v->sessions_top, cursor_index(m), m->n_visible, rows);
    for (int y = 0; y < rows && v->sessions_top + (size_t)y < m->n_visible; y++)
        draw_session(m, c, (struct rect){r.x, r.y + 1 + y, r.w, 1},
                     m->visible[v->sessions_top + (size_t)y]);
    if (m->n_visible == 0 && rows > 0)
        put(c, r.x + 1, r.y + 1, r.w - 1, STYLE_DIM, why_empty(m));
}

/* ---- tabs ---- */

static int draw_tab(struct canvas *c, struct rect r, int x, bool shown, enum style s,
                    const char *text) {
    char padded[64];

    snprintf(padded, sizeof padded, " %s ", text);
    return put(c, x, r.y, r.x + r.w - x, shown ? STYLE_TITLE_FOCUS : s, padded);
}

void draw_tabs(const struct model *m, struct canvas *c, struct rect r) {
    const size_t asks = model_asks_pending(m, ASK_PERMISSION);
    const size_t questions = model_asks_pending(m, ASK_QUESTION);
    const enum pane f = m->ui.focus;
    int x = r.x;
    char text[48];

    if (r.h <= 0)
        return;
    x += draw_tab(c, r, x, f == PANE_SESSIONS, STYLE_TITLE, "1 sessions");
    x += draw_tab(c, r, x, f == PANE_THREAD || f == PANE_COMPOSER, STYLE_TITLE, "2 thread");
    x += draw_tab(c, r, x, f == PANE_FILES, STYLE_TITLE, "3 files");
    if (questions == 0)
        snprintf(text, sizeof text, "4 !%zu", asks);
    else if (asks == 0)
        snprintf(text, sizeof text, "4 ?%zu", questions);
    else
        snprintf(text, sizeof text, "4 !%zu ?%zu", asks, questions);
    draw_tab(c, r, x, f == PANE_PERMISSIONS,
             asks        ? STYLE_MARK_APPROVAL
             : questions ? STYLE_MARK_QUESTION
                         : STYLE_TITLE,
             text);
}
