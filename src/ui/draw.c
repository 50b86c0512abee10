/* draw.c - glyphs, foreign text, titles, fields, and numbers as people read them. */
#include "ui.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const glyphs[G_COUNT][2] = {
    [G_CURSOR] = {"▌", ">"},      [G_SHUT] = {"▸", "+"},         [G_OPEN] = {"▾", "-"},
    [G_VLINE] = {"│", "|"},       [G_TOP_LEFT] = {"┌", "+"},     [G_TOP_RIGHT] = {"┐", "+"},
    [G_BOTTOM_LEFT] = {"└", "+"}, [G_BOTTOM_RIGHT] = {"┘", "+"}, [G_DOWN] = {"▼", "v"},
    [G_DOT] = {" · ", " - "},     [G_LIVE] = {"●", "*"},         [G_LATE] = {"◐", "~"},
    [G_DOWNLINK] = {"○", "o"},    [G_UNWATCHED] = {"·", "."},    [G_UPLOAD] = {"↑", "^"},
    [G_DOWNLOAD] = {"↓", "v"},    [G_BAR_FULL] = {"█", "#"},     [G_BAR_EMPTY] = {"░", "."},
};

const char *glyph(const struct model *m, enum glyph g) { return glyphs[g][m->ui.ascii]; }

const char *spinner(const struct model *m) {
    static const char *const frames[] = {" |", " /", " -", " \\"};

    return m->ui.animate ? frames[(uint64_t)m->now / 250 % 4] : "";
}

/* ---- drawing ---- */

int put(struct canvas *c, int x, int y, int max, enum style s, const char *text) {
    return canvas_put_cut(c, x, y, max, s, text, strlen(text));
}

int put_foreign(struct canvas *c, int x, int y, int max, enum style s, const char *text,
                enum clean how) {
    enum { LONGEST = 4096 }; /* far more than a row shows */
    auto_buf struct buf clean = {.max = 16 * LONGEST};
    const size_t n = text ? strnlen(text, LONGEST) : 0;

    if (n == 0 || max <= 0 || text_clean(&clean, text, n, how) != RC_OK || clean.n == 0)
        return 0;
    return canvas_put_cut(c, x, y, max, s, clean.p, clean.n);
}

int put_right(struct canvas *c, int right, int y, int max, enum style s, const char *text) {
    const size_t n = strlen(text);
    const int w = text_width(text, n);

    return w <= max ? canvas_put(c, right - w, y, w, s, text, n) : 0;
}

const char *end_fit(const char *text, int cells) {
    const char *end = text + strlen(text);

    for (int w = text_width(text, (size_t)(end - text)); w > cells && text < end;) {
        const struct cluster first = text_cluster(text, (size_t)(end - text));

        w -= first.cells;
        text += first.bytes;
    }
    return text;
}

void draw_line(struct canvas *c, const struct model *m, int x, int y, int w, enum style s) {
    canvas_fill(c, (struct rect){x, y, w, 1}, m->ui.ascii ? '-' : 0x2500, s);
}

void draw_box(struct canvas *c, const struct model *m, struct rect r, enum style s) {
    const int right = r.x + r.w - 1, bottom = r.y + r.h - 1;

    if (r.w < 2 || r.h < 2)
        return;
    canvas_fill(c, r, ' ', STYLE_OVERLAY);
    draw_line(c, m, r.x, r.y, r.w, s);
    draw_line(c, m, r.x, bottom, r.w, s);
    for (int y = r.y + 1; y < bottom; y++) {
        put(c, r.x, y, 1, s, glyph(m, G_VLINE));
        put(c, right, y, 1, s, glyph(m, G_VLINE));
    }
    put(c, r.x, r.y, 1, s, glyph(m, G_TOP_LEFT));
    put(c, right, r.y, 1, s, glyph(m, G_TOP_RIGHT));
    put(c, r.x, bottom, 1, s, glyph(m, G_BOTTOM_LEFT));
    put(c, right, bottom, 1, s, glyph(m, G_BOTTOM_RIGHT));
}

int draw_title(struct canvas *c, const struct model *m, int x, int y, int max, enum pane pane,
               const char *title) {
    const bool focus = m->ui.focus == pane && m->ui.over == OVER_NONE;
    const enum style s = focus ? STYLE_TITLE_FOCUS : STYLE_TITLE;
    int used = canvas_put(c, x, y, max, s, " ", 1);

    used += put(c, x + used, y, max - used, s, title);
    return used + canvas_put(c, x + used, y, max - used, s, " ", 1);
}

void draw_field(struct canvas *c, int x, int y, int w, enum style s, const struct editor *e,
                bool has) {
    auto_buf struct buf clean = {.max = 64 * MIX_KIB}, head = {.max = 64 * MIX_KIB};
    size_t from = 0;

    if (w <= 0)
        return;
    if (e->text.n > 0)
        text_clean(&clean, e->text.p, e->text.n, CLEAN_LINE);
    if (e->caret > 0)
        text_clean(&head, e->text.p, e->caret, CLEAN_LINE);
    const size_t caret = head.n < clean.n ? head.n : clean.n;

    for (int wide = text_width(buf_str(&clean), caret); wide > w - 1 && from < caret;) {
        const struct cluster k = text_cluster(clean.p + from, clean.n - from);

        wide -= k.cells;
        from += k.bytes;
    }
    canvas_put(c, x, y, w, s, buf_str(&clean) + from, clean.n - from);
    if (has) {
        c->cursor_x = x + (from < caret ? text_width(buf_str(&clean) + from, caret - from) : 0);
        c->cursor_y = y;
    }
}

void draw_words(struct canvas *c, struct rect r, enum style s, const char *text) {
    struct rows rows = {0};

    text_wrap(&rows, text, strlen(text), r.w > 0 ? r.w : 1);
    for (size_t i = 0; i < rows.n && (int)i < r.h; i++)
        canvas_put(c, r.x, r.y + (int)i, r.w, s, text + rows.v[i].off, rows.v[i].len);
    rows_fini(&rows);
}

int hint_cells(const struct menu_row *h) {
    return text_width(h->keys, strlen(h->keys)) + 1 + text_width(h->label, strlen(h->label));
}

bool hint_decides(const struct menu_row *h) {
    return str_eq(h->label, "grant") || str_eq(h->label, "deny") || str_eq(h->label, "deny+why");
}

int draw_hints(struct canvas *c, int x, int y, int w, const struct menu_row *rows, size_t n,
               const char *between) {
    const int gap = text_width(between, strlen(between));
    int used = 0;

    for (size_t i = 0; i < n; i++) {
        if (used + (i ? gap : 0) + hint_cells(&rows[i]) > w)
            break;
        if (i > 0)
            used += put(c, x + used, y, w - used, STYLE_COMPOSER_HINT, between);
        used += put(c, x + used, y, w - used, STYLE_KEY, rows[i].keys);
        used += put(c, x + used, y, w - used, STYLE_COMPOSER_HINT, " ");
        used += put(c, x + used, y, w - used, STYLE_COMPOSER_HINT, rows[i].label);
    }
    return used;
}

size_t list_top(size_t top, size_t cursor, size_t n, int height) {
    const size_t h = height > 0 ? (size_t)height : 1;

    if (top + h > n)
        top = n > h ? n - h : 0;
    if (cursor < n && cursor < top)
        top = cursor;
    if (cursor < n && cursor >= top + h)
        top = cursor - h + 1;
    return top;
}

/* ---- numbers ---- */

struct words say_time(int64_t at, int64_t now) {
    enum { SECONDS_A_YEAR = 31556952 };
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const time_t then_s = (time_t)(at / 1000), now_s = (time_t)(now / 1000);
    struct words w = {""};
    struct tm t, n;

    if (at <= 0 || at / 1000 / SECONDS_A_YEAR > 8000 || !localtime_r(&then_s, &t) ||
        !localtime_r(&now_s, &n))
        return w;
    const bool same_year = t.tm_year == n.tm_year;

    if (same_year && t.tm_yday == n.tm_yday)
        snprintf(w.s, sizeof w.s, "%02d:%02d", t.tm_hour, t.tm_min);
    else if (now - at > 0 && now - at < (int64_t)6 * 24 * 3600 * 1000)
        snprintf(w.s, sizeof w.s, "%s", days[t.tm_wday]);
    else if (same_year)
        snprintf(w.s, sizeof w.s, "%d %s", t.tm_mday, months[t.tm_mon]);
    else
        snprintf(w.s, sizeof w.s, "%d", t.tm_year + 1900);
    return w;
}

static struct words scaled(double v, double step, const char *const *units, const char *gap) {
    struct words w;
    int i = 0;

    for (; units[i + 1] && v >= step - 0.5; i++)
        v /= step;
    snprintf(w.s, sizeof w.s, i > 0 && v < 9.95 ? "%.1f%s%s" : "%.0f%s%s", v, gap, units[i]);
    return w;
}

struct words say_size(int64_t bytes) {
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", NULL};

    const double v = bytes > 0 ? (double)bytes : 0;

    if (bytes >= 1000 && bytes < 999500) { /* no tenths of a kB */
        struct words w;

        snprintf(w.s, sizeof w.s, "%.0f kB", v / 1000);
        return w;
    }
    return scaled(v, 1000, units, " ");
}

struct words say_count(int64_t n) {
    static const char *const units[] = {"", "k", "M", "G", NULL};
    struct words w;

    if (n >= 10000 && n < 99950) { /* 12.3k */
        snprintf(w.s, sizeof w.s, "%.1fk", (double)n / 1000);
        return w;
    }
    return scaled(n > 0 ? (double)n : 0, 1000, units, "");
}

struct words say_seconds(double s) {
    struct words w;

    if (s < 0)
        w.s[0] = '\0';
    else if (s < 10)
        snprintf(w.s, sizeof w.s, "%.2fs", s);
    else if (s < 99.95)
        snprintf(w.s, sizeof w.s, "%.1fs", s);
    else if (s < 86400)
        snprintf(w.s, sizeof w.s, "%dm %02ds", (int)s / 60, (int)s % 60);
    else
        snprintf(w.s, sizeof w.s, "over a day");
    return w;
}

struct words say_left(int64_t ms) {
    const int64_t s = ms > 0 ? (ms + 999) / 1000 : 0;
    struct words w;

    snprintf(w.s, sizeof w.s, "%lld:%02d", (long long)(s / 60), (int)(s % 60));
    return w;
}

struct words say_cost(double dollars) {
    struct words w;

    snprintf(w.s, sizeof w.s, dollars < 0.0995 ? "$%.3f" : "$%.2f", dollars);
    return w;
}

struct words say_grouped(uint64_t n) {
    struct words plain, w;
    size_t at = 0;

    const size_t len = (size_t)snprintf(plain.s, sizeof plain.s, "%llu", (unsigned long long)n);

    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            w.s[at++] = ',';
        w.s[at++] = plain.s[i];
    }
    w.s[at] = '\0';
    return w;
}

const char *state_word(const struct ask *a) {
    switch (a->state) {
    case ASK_PENDING:
        return "";
    case ASK_SENT:
        return "sending";
    case ASK_ACCEPTED:
        return "accepted";
    case ASK_GRANTED:
        return a->kind == ASK_QUESTION ? "answered" : "granted";
    case ASK_REFUSED:
        return "refused";
    case ASK_EXPIRED:
        return "expired?";
    case ASK_ELSEWHERE:
        return "answered elsewhere";
    case ASK_FAILED:
        return "not sent";
    }
    return "";
}
