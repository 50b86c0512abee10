/* view_status.c - the bottom line: the stream's state, what waits, what it cost, and what to press
 * or what just happened. */
#include "ui.h"

#include <stdio.h>
#include <string.h>

enum { NOTICE_MS = 8000, HINT_GAP = 2 };

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

static int draw_counts(const struct model *m, struct canvas *c, int x, int y, int right) {
    const int start = x;

    x +=
        draw_count(c, x, y, right, STYLE_MARK_APPROVAL, '!', model_asks_pending(m, ASK_PERMISSION));
    x += draw_count(c, x, y, right, STYLE_MARK_QUESTION, '?', model_asks_pending(m, ASK_QUESTION));
    x += draw_count(c, x, y, right, STYLE_MARK_WORKING, '*', model_working(m));
    return x - start;
}

static int draw_facts(const struct model *m, struct canvas *c, int x, int y, int right) {
    const struct session *s = m->shown;
    const int start = x;

    if (s && s->context_tokens > 0)
        x += canvas_putf(c, x, y, right - x, STYLE_STATUS, "%s ctx  ",
                         say_count(s->context_tokens).s);
    if (s && s->cost > 0)
        x += canvas_putf(c, x, y, right - x, STYLE_STATUS, "%s  ", say_cost(s->cost).s);
    return x - start;
}

static const char *short_url(const char *url) {
    if (!url)
        return "";
    return strncmp(url, "http://", 7) == 0 ? url + 7 : url;
}

static const struct notice *fresh_notice(const struct model *m) {
    if (m->n_notices == 0 || m->notice_at == 0 || m->now - m->notice_at >= NOTICE_MS)
        return NULL;
    return &m->notices[m->n_notices - 1];
}

/* Cells of the first hints that fit into room; *n becomes their number. */
static int fitting(const struct menu_row *rows, size_t *n, int room) {
    int w = 0;

    for (size_t i = 0; i < *n; i++) {
        const int more = hint_cells(&rows[i]) + (i ? HINT_GAP : 0);

        if (w + more > room) {
            *n = i;
            break;
        }
        w += more;
    }
    return w;
}

/* At the right end: what holds everywhere, and before it as many of the pane's own hints as fit,
 * unless the pane shows them itself. */
static void draw_hint_tail(const struct view *v, const struct model *m, struct canvas *c, int x,
                           int y, int right) {
    const struct menu_row *own = m->ui.hints, *rest = own + m->ui.n_own_hints;
    /* the keys that decide stand only where they are dim until they count */
    const bool elsewhere =
        v->hints_shown || m->ui.over != OVER_NONE || m->ui.focus == PANE_PERMISSIONS;
    size_t n_own = elsewhere ? 0 : m->ui.n_own_hints;
    size_t n_rest = m->ui.n_hints - m->ui.n_own_hints;
    const int rest_cells = fitting(rest, &n_rest, right - x);
    const int gap = rest_cells > 0 ? HINT_GAP : 0;
    const int own_cells = fitting(own, &n_own, right - x - rest_cells - gap);

    draw_hints(c, right - rest_cells, y, rest_cells, rest, n_rest, "  ");
    draw_hints(c, right - rest_cells - gap - own_cells, y, own_cells, own, n_own, "  ");
}

void draw_status(const struct view *v, const struct model *m, struct canvas *c, struct rect r) {
    const struct link_words link = link_words(m);
    const struct notice *notice = fresh_notice(m);
    const int right = r.x + r.w - 1;
    int x = r.x + 1;

    if (r.h <= 0)
        return;
    canvas_fill(c, r, ' ', STYLE_STATUS);
    x += put(c, x, r.y, right - x, link.style, link.s) + 2;
    if (!notice && r.w >= 60)
        x += put_foreign(c, x, r.y, right - x, STYLE_STATUS, short_url(m->server.url), CLEAN_LINE) +
             2;
    if (!notice || r.w >= 90) /* in a narrow one the tabs say it */
        x += draw_counts(m, c, x, r.y, right) + 1;
    if (notice) {
        put_foreign(c, x, r.y, right - x, notice->bad ? STYLE_NOTICE_BAD : STYLE_NOTICE,
                    notice->text, CLEAN_LINE);
        return;
    }
    if (r.w >= 80)
        x += draw_facts(m, c, x, r.y, right);
    draw_hint_tail(v, m, c, x + 1, r.y, right);
}
