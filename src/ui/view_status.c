/* view_status.c - the bottom line: the stream's state, what waits, what it cost, and what to press
 * or what just happened. */
#include "mix/search.h"
#include "ui.h"

#include <stdio.h>
#include <string.h>

enum { NOTICE_MS = 8000, HINT_GAP = 2, ROOMY = 120, COUNTED = 1000 };

struct link_words {
    char s[128];
    enum style style;
};

static struct link_words words(const struct model *m, enum style style, enum glyph sign,
                               const char *text, const char *detail) {
    struct link_words w = {.style = style};

    snprintf(w.s, sizeof w.s, "%s %s%s%s", glyph(m, sign), text, *detail ? " " : "", detail);
    return w;
}

static struct link_words stream_words(const struct model *m, const struct session *s) {
    char detail[64] = "";

    switch (s->link) {
    case LINK_IDLE:
        return words(m, STYLE_DIM, G_UNWATCHED, "not watched", "");
    case LINK_CONNECTING:
        return words(m, STYLE_STATUS_LATE, G_DOWNLINK, "connecting", "");
    case LINK_LIVE:
        return words(m, STYLE_STATUS_LIVE, G_LIVE, "live", "");
    case LINK_LATE:
        if (s->last_byte_at > 0)
            snprintf(detail, sizeof detail, "%lld s", (long long)(m->now - s->last_byte_at) / 1000);
        return words(m, STYLE_STATUS_LATE, G_LATE, "late", detail);
    case LINK_RETRYING:
        snprintf(detail, sizeof detail, "in %s", say_left(s->retry_at - m->now).s);
        return words(m, STYLE_STATUS_DOWN, G_DOWNLINK, "retrying", detail);
    case LINK_REFUSED:
        return words(m, STYLE_STATUS_DOWN, G_DOWNLINK, "refused", "");
    }
    return (struct link_words){.style = STYLE_DIM};
}

static struct link_words link_words(const struct model *m) {
    char detail[64] = "";

    switch (m->server.state) {
    case SERVER_CONNECTING:
        return words(m, STYLE_STATUS_LATE, G_DOWNLINK, "connecting", "");
    case SERVER_OFFLINE:
        if (m->server.retry_at > 0)
            snprintf(detail, sizeof detail, "again in %s", say_left(m->server.retry_at - m->now).s);
        return words(m, STYLE_STATUS_DOWN, G_DOWNLINK, "offline", detail);
    case SERVER_FOREIGN:
        return words(m, STYLE_STATUS_DOWN, G_DOWNLINK, "not a Mix server", "");
    case SERVER_ONLINE:
        break;
    }
    if (!m->shown || !m->shown->id)
        return words(m, STYLE_STATUS_LIVE, G_LIVE, "online", "");
    return stream_words(m, m->shown);
}

static int draw_count(struct canvas *c, int x, int y, int right, enum style s, char sign,
                      size_t n) {
    char text[32];

    snprintf(text, sizeof text, "%c%zu ", sign, n);
    return n > 0 ? put(c, x, y, right - x, s, text) : 0;
}

/* How long the most urgent one still waits: its pane may be hidden. */
static int draw_time_left(const struct model *m, struct canvas *c, int x, int y, int right) {
    int64_t first = INT64_MAX;
    size_t n;
    struct ask *const *asks = model_inbox(m, &n);

    for (size_t i = 0; i < n; i++)
        if (ask_answerable(asks[i]) && asks[i]->deadline < first)
            first = asks[i]->deadline;
    return first == INT64_MAX ? 0
                              : canvas_putf(c, x, y, right - x, STYLE_MARK_APPROVAL, "%s ",
                                            say_left(first - m->now).s);
}

/* Those that are under way or wait for it, of the newest: the pane of files may be hidden. */
static int draw_transfers(const struct model *m, struct canvas *c, int x, int y, int right,
                          bool up) {
    const size_t all = m->files.n_transfers;
    size_t n = 0;

    for (size_t i = all > COUNTED ? all - COUNTED : 0; i < all; i++) {
        const struct transfer *t = &m->files.transfers[i];

        n += t->upload == up && (t->state == XFER_RUNNING || t->state == XFER_WAITING);
    }
    return n > 0 ? canvas_putf(c, x, y, right - x, STYLE_DIM, "%s%zu ",
                               glyph(m, up ? G_UPLOAD : G_DOWNLOAD), n)
                 : 0;
}

static int draw_counts(const struct model *m, struct canvas *c, int x, int y, int right) {
    const int start = x;
    const struct model *peer;
    size_t working = 0;

    for (size_t i = 0; (peer = model_peer(m, i)); i++)
        working += model_working(peer);
    x +=
        draw_count(c, x, y, right, STYLE_MARK_APPROVAL, '!', model_asks_pending(m, ASK_PERMISSION));
    x += draw_count(c, x, y, right, STYLE_MARK_QUESTION, '?', model_asks_pending(m, ASK_QUESTION));
    x += draw_time_left(m, c, x, y, right);
    x += draw_count(c, x, y, right, STYLE_MARK_WORKING, '*', working);
    x += draw_transfers(m, c, x, y, right, true);
    x += draw_transfers(m, c, x, y, right, false);
    return x - start;
}

int draw_away(const struct model *m, struct canvas *c, int x, int y, int right) {
    const struct model *peer;
    const int start = x;

    for (size_t i = 0; (peer = model_peer(m, i)); i++) {
        const enum server_state state = peer->server.state;

        if (peer == m || (state != SERVER_OFFLINE && state != SERVER_FOREIGN))
            continue;
        x += put_foreign(c, x, y, right - x, STYLE_STATUS_DOWN, server_name(peer), CLEAN_NAME);
        x += put(c, x, y, right - x, STYLE_STATUS_DOWN,
                 state == SERVER_OFFLINE ? " offline " : " no Mix ");
    }
    return x - start;
}

static const char *short_url(const char *url) {
    if (!url)
        return "";
    return strncmp(url, "http://", 7) == 0 ? url + 7 : url;
}

static const struct notice *fresh_notice(const struct model *m) {
    size_t n = m->n_notices;

    while (n > 0 && m->notices[n - 1].quiet)
        n--;
    if (n == 0 || m->notice_at == 0 || m->now - m->notice_at >= NOTICE_MS)
        return NULL;
    return &m->notices[n - 1];
}

struct hint_room {
    bool shown[MIX_COUNT(((struct ui *)0)->hints)];
    int left; /* cells */
};

static void take_hint(struct hint_room *room, const struct model *m, size_t i) {
    const int cells = hint_cells(&m->ui.hints[i]) + HINT_GAP;

    if (room->shown[i] || cells > room->left || hint_decides(&m->ui.hints[i]))
        return;
    room->shown[i] = true;
    room->left -= cells;
}

/* At the right end, as many as there is room for: the way to all the others first, then the pane's
 * own unless they stand elsewhere, then what holds everywhere. */
static void draw_hint_tail(const struct view *v, const struct model *m, struct canvas *c, int x,
                           int y, int right) {
    const struct ui *ui = &m->ui;
    struct hint_room room = {.left = right - x};
    /* the keys that decide stand only where they are dim until they count */
    const bool elsewhere =
        v->hints_shown || (ui->over == OVER_NONE && ui->focus == PANE_PERMISSIONS);

    for (size_t i = ui->n_own_hints; i < ui->n_hints; i++)
        if (str_eq(ui->hints[i].label, "keys"))
            take_hint(&room, m, i);
    for (size_t i = 0; i < ui->n_own_hints && !elsewhere; i++)
        take_hint(&room, m, i);
    for (size_t i = ui->n_own_hints; i < ui->n_hints; i++)
        take_hint(&room, m, i);
    for (size_t i = ui->n_hints; i-- > 0;)
        if (room.shown[i]) {
            right -= hint_cells(&ui->hints[i]);
            draw_hints(c, right, y, hint_cells(&ui->hints[i]), &ui->hints[i], 1, "");
            right -= HINT_GAP;
        }
}

/* A call that failed is tried again: never a wait without a countdown. */
static bool draw_retrying(const struct model *m, struct canvas *c, int x, int y, int right) {
    const struct retrying *again = &m->retrying;

    if (again->at <= m->now || m->server.state != SERVER_ONLINE)
        return false;
    x += canvas_putf(c, x, y, right - x, STYLE_STATUS_LATE, "retrying in %s, attempt %d  ",
                     say_left(again->at - m->now).s, again->attempt);
    put_foreign(c, x, y, right - x, STYLE_NOTICE_BAD, again->err.text, CLEAN_LINE);
    return true;
}

/* Behind an error that is whole on the line with it. */
static void draw_way_to_details(const struct model *m, struct canvas *c, int x, int y, int right) {
    for (size_t i = 0; i < m->ui.n_hints; i++) {
        const struct menu_row *hint = &m->ui.hints[i];
        const int cells = hint_cells(hint);

        if (str_eq(hint->label, "error details") && x + HINT_GAP + cells <= right)
            draw_hints(c, right - cells, y, cells, hint, 1, "");
    }
}

static void draw_notice(const struct model *m, struct canvas *c, int x, int y, int right,
                        const struct notice *notice) {
    x += put_foreign(c, x, y, right - x, notice->bad ? STYLE_NOTICE_BAD : STYLE_NOTICE,
                     notice->text, CLEAN_LINE);
    if (notice->bad)
        draw_way_to_details(m, c, x, y, right);
}

/* Which message the selection is in, and what that one alone has used: its heading tells of the
 * whole turn. */
static int draw_message(const struct model *m, struct canvas *c, int x, int y, int right) {
    const struct session *s = m->shown;
    char text[160];
    int n;

    if (m->ui.focus != PANE_THREAD || m->ui.over != OVER_NONE || !s ||
        s->reading.sel_entry >= s->transcript.n)
        return 0;
    const struct entry *e = &s->transcript.entries[s->reading.sel_entry];
    const int64_t tokens = e->input_tokens + e->output_tokens;
    const char *dot = glyph(m, G_DOT);

    n = snprintf(text, sizeof text, "message %s of ", say_grouped(s->reading.sel_entry + 1).s);
    n += snprintf(text + n, sizeof text - (size_t)n, "%s", say_grouped(s->transcript.n).s);
    if (e->role == ROLE_ASSISTANT && tokens > 0)
        n += snprintf(text + n, sizeof text - (size_t)n, "%s%s tok", dot, say_count(tokens).s);
    if (e->role == ROLE_ASSISTANT && e->cost > 0)
        snprintf(text + n, sizeof text - (size_t)n, "%s%s", dot, say_cost(e->cost).s);
    return put(c, x, y, right - x, STYLE_DIM, text) + HINT_GAP;
}

void draw_status(const struct view *v, const struct model *m, struct canvas *c, struct rect r) {
    const struct link_words link = link_words(m);
    const bool typing = search_on(m) && m->search->typing;
    const struct notice *notice = fresh_notice(m);
    const int right = r.x + r.w - 1;
    int x = r.x + 1;

    if (r.h <= 0)
        return;
    canvas_fill(c, r, ' ', STYLE_STATUS);
    x += put(c, x, r.y, right - x, link.style, link.s) + 2;
    if (search_on(m) && (typing || !notice)) {
        if (r.w >= 90) /* whoever searches is waited for, too; in a narrow one the tabs say it */
            x += draw_counts(m, c, x, r.y, right) + 1;
        x += draw_search(m, c, x, r.y, right);
        if (notice) /* behind what is typed: a paste that was refused, say */
            draw_notice(m, c, x, r.y, right, notice);
        else
            draw_hint_tail(v, m, c, x + 1, r.y, right);
        return;
    }
    if (!notice && r.w >= 60)
        x += put_foreign(c, x, r.y, right - x, STYLE_STATUS, short_url(m->server.url), CLEAN_LINE) +
             2;
    if (m->server.sign)
        x += put(c, x, r.y, right - x, STYLE_STATUS_LATE, m->server.sign) + 2;
    if (!notice || r.w >= 90) /* in a narrow one the tabs say it */
        x += draw_counts(m, c, x, r.y, right) + 1;
    if (notice) {
        draw_notice(m, c, x, r.y, right, notice);
        return;
    }
    if (draw_retrying(m, c, x, r.y, right))
        return;
    x += draw_away(m, c, x, r.y, right);
    if (r.w >= ROOMY)
        x += draw_message(m, c, x, r.y, right);
    draw_hint_tail(v, m, c, x + 1, r.y, right);
}
