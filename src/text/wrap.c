/* wrap.c - one source line into rows of cells. Greedy, in one pass; ASCII takes a short way. */
#include "utf8.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { WIDEST = 16384 }; /* keeps row.cells in its 16 bits whatever the width asked for */

/* A row in the making. The word is what stands after the last place where the row could end. */
struct wrapper {
    struct rows *out;
    const char *s;
    size_t end; /* of the source line */
    int width;
    size_t row; /* start of the row */
    int cells;  /* from there to here */
    size_t cut; /* where the row would end, and its cells there */
    int cut_cells;
    size_t word; /* start of the word, and the cells before it */
    int word_cells;
    bool breakable;      /* cut and word are set */
    struct cluster prev; /* cluster before here, for the break rules; 0 bytes after a blank */
    size_t prev_at;
};

static void add_row(struct wrapper *w, size_t end, int cells, bool hard) {
    struct rows *r = w->out;

    r->v = xgrow(r->v, r->n, &r->cap, sizeof *r->v);
    r->v[r->n++] = (struct row){.off = (uint32_t)w->row,
                                .len = (uint32_t)(end - w->row),
                                .cells = (uint16_t)cells,
                                .hard = hard};
}

static bool listed(uint32_t cp, const uint16_t *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (list[i] == cp)
            return true;
    return false;
}

/* Closing punctuation: no row starts with it. */
static bool closes(uint32_t cp) {
    static const uint16_t list[] = {
        '!',    ')',    ',',    '.',    ':',    ';',    '?',    ']',    '}',    '\'',   '"',
        '%',    0x2019, 0x201d, 0x2026, 0x2025, 0x3001, 0x3002, 0x3005, 0x3009, 0x300b, 0x300d,
        0x300f, 0x3011, 0x3015, 0x3017, 0x3019, 0x301b, 0x301c, 0x30fb, 0x30fc, 0xff01, 0xff05,
        0xff09, 0xff0c, 0xff0e, 0xff1a, 0xff1b, 0xff1f, 0xff3d, 0xff5d, 0xff60, 0xff61, 0xff63};

    return listed(cp, list, MIX_COUNT(list));
}

/* Opening punctuation: no row ends with it. */
static bool opens(uint32_t cp) {
    static const uint16_t list[] = {'(',    '[',    '{',    0x2018, 0x201c, 0x3008, 0x300a,
                                    0x300c, 0x300e, 0x3010, 0x3014, 0x3016, 0x3018, 0x301a,
                                    0xff08, 0xff3b, 0xff5b, 0xff5f, 0xff62};

    return listed(cp, list, MIX_COUNT(list));
}

/* May a row end between the cluster at `a` and the one at `b`, neither being a blank? */
static bool may_break(const struct wrapper *w, size_t a, struct cluster ca, size_t b,
                      struct cluster cb) {
    size_t used;

    if (ca.cells < 2 && cb.cells < 2)
        return false;
    return !closes(text_decode(w->s + b, w->end - b, &used)) &&
           !opens(text_decode(w->s + a, w->end - a, &used));
}

static bool is_blank(const struct wrapper *w, size_t at) {
    const char c = w->s[at];

    if (c != ' ' && c != '\t')
        return false;
    return at + 1 >= w->end || byte_ascii(w->s[at + 1]) ||
           text_cluster(w->s + at, w->end - at).bytes == 1;
}

static struct cluster cluster_at(const struct wrapper *w, size_t at) {
    const char c = w->s[at];

    if (c >= 0 && c < 0x20)
        return (struct cluster){.bytes = 1, .cells = c == '\t'};
    return text_cluster(w->s + at, w->end - at);
}

/* Cells of the whole word that starts at w->word. */
static int64_t word_width(const struct wrapper *w) {
    struct cluster prev = {0};
    int64_t cells = 0;
    size_t at = w->word, prev_at = at;

    while (at < w->end && !is_blank(w, at)) {
        const struct cluster c = cluster_at(w, at);

        if (prev.bytes > 0 && may_break(w, prev_at, prev, at, c))
            break;
        cells += c.cells;
        prev = c;
        prev_at = at;
        at += c.bytes;
    }
    return cells;
}

/* The word runs over the edge: shall it start on the next row? Yes when it then fits, and when it
 * has to be cut anyway, if that takes no more rows than cutting it here. */
static bool move_word(const struct wrapper *w) {
    if (!w->breakable)
        return false;
    const int64_t cells = word_width(w), width = w->width;

    if (cells <= width)
        return true;
    const int64_t rest = cells - (width - w->word_cells);

    return (cells + width - 1) / width <= (rest + width - 1) / width;
}

/* Ends the row because the cluster at `at` does not fit any more. */
static void wrap_before(struct wrapper *w, size_t at) {
    if (move_word(w)) {
        add_row(w, w->cut, w->cut_cells, false);
        w->row = w->word;
        w->cells -= w->word_cells;
    } else {
        add_row(w, at, w->cells, false);
        w->row = at;
        w->cells = 0;
    }
    w->breakable = false;
}

static void mark_break(struct wrapper *w, size_t cut, int cut_cells, size_t word) {
    w->cut = cut;
    w->cut_cells = cut_cells;
    w->word = word;
    w->word_cells = w->cells;
    w->breakable = true;
}

/* A run of blanks at `at`; returns where it ends. Those that do not fit are swallowed with the rest
 * of the run. */
static size_t take_blanks(struct wrapper *w, size_t at) {
    const size_t from = at;
    const int before = w->cells;

    while (at < w->end && is_blank(w, at))
        at++;
    w->prev = (struct cluster){0};
    if (at - from <= (size_t)(w->width - before > 0 ? w->width - before : 0)) {
        w->cells = before + (int)(at - from);
        mark_break(w, from, before, at);
        return at;
    }
    add_row(w, from, before, at == w->end);
    w->row = at;
    w->cells = 0;
    w->breakable = false;
    return at;
}

/* Printable ASCII that fits and is followed by more ASCII needs no cluster. */
static size_t take_ascii(struct wrapper *w, size_t at) {
    const char *s = w->s;
    const size_t from = at;
    const size_t room = (size_t)(w->width > w->cells ? w->width - w->cells : 0);
    const size_t stop = room < w->end - at ? at + room : w->end;

    while (at < stop && s[at] > ' ' && s[at] < 0x7f && (at + 1 >= w->end || byte_ascii(s[at + 1])))
        at++;
    if (at > from) {
        w->cells += (int)(at - from);
        w->prev = (struct cluster){.bytes = 1, .cells = 1};
        w->prev_at = at - 1;
    }
    return at;
}

static size_t take_cluster(struct wrapper *w, size_t at) {
    const struct cluster c = cluster_at(w, at);

    if (at > w->row && w->prev.bytes > 0 && may_break(w, w->prev_at, w->prev, at, c))
        mark_break(w, at, w->cells, at);
    /* Twice at most: a word that moved to the next row can fill that one too. */
    while (w->cells + c.cells > w->width && at > w->row)
        wrap_before(w, at);
    w->cells += c.cells;
    w->prev = c;
    w->prev_at = at;
    return at + c.bytes;
}

/* ---- printable ASCII: a byte is a cell, so only the ends of rows are looked at ---- */
/* The word over the edge at `edge` starts at w->word: see move_word. */
static bool move_ascii(const struct wrapper *w, size_t edge) {
    const char *blank = memchr(w->s + edge, ' ', w->end - edge);
    const size_t cells = (size_t)(blank ? blank - w->s : (ptrdiff_t)w->end) - w->word;
    const size_t width = (size_t)w->width, rest = cells - (edge - w->word);

    return cells <= width || (cells + width - 1) / width <= (rest + width - 1) / width;
}

/* Ends the row that is cut at `edge`, bytes of which follow; the next one starts at w->row. */
static void wrap_ascii_row(struct wrapper *w, size_t edge) {
    const char *s = w->s;
    size_t cut = edge, next = edge;

    while (next < w->end && s[next] == ' ')
        next++;
    w->word = edge;
    while (next == edge && w->word > w->row && s[w->word - 1] != ' ')
        w->word--;
    if (next == edge && w->word > w->row && (w->word == edge || move_ascii(w, edge)))
        cut = next = w->word;
    while ((next > edge || cut < edge || w->word == edge) && cut > w->row && s[cut - 1] == ' ')
        cut--;
    add_row(w, cut, (int)(cut - w->row), next == w->end);
    w->row = next;
}

static void wrap_ascii(struct wrapper *w, size_t start) {
    w->row = start;
    while (w->end - w->row > (size_t)w->width) {
        wrap_ascii_row(w, w->row + (size_t)w->width);
        if (w->row == w->end)
            return;
    }
    add_row(w, w->end, (int)(w->end - w->row), true);
}

static void wrap_line(struct wrapper *w, size_t start) {
    bool open = true; /* a row was begun and not ended by swallowed blanks */
    size_t at = start;

    w->row = start;
    w->cells = 0;
    w->breakable = false;
    w->prev = (struct cluster){0};
    while (at < w->end) {
        if (is_blank(w, at)) {
            at = take_blanks(w, at);
            open = at < w->end || w->row < at;
            continue;
        }
        if (w->prev.cells < 2)
            at = take_ascii(w, at);
        if (at < w->end && !is_blank(w, at))
            at = take_cluster(w, at);
    }
    if (open)
        add_row(w, w->end, w->cells, true);
}

void text_wrap(struct rows *out, const char *s, size_t n, int width) {
    assert(width >= 1 && n < UINT32_MAX);
    struct wrapper w = {.out = out, .s = s, .width = width < WIDEST ? width : WIDEST};
    size_t at = 0;

    for (;;) {
        const char *nl = at < n ? memchr(s + at, '\n', n - at) : NULL;

        w.end = nl ? (size_t)(nl - s) : n;
        if (bytes_printable(s + at, w.end - at))
            wrap_ascii(&w, at);
        else
            wrap_line(&w, at);
        if (!nl)
            return;
        at = w.end + 1;
    }
}

void rows_fini(struct rows *r) {
    free(r->v);
    *r = (struct rows){0};
}
