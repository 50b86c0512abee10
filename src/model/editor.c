/* editor.c - text with a caret. Positions are bytes on cluster borders; up and down keep a column
 * in cells. */
#include "mix/editor.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "editing.h"
#include "mix/text.h"

/* ---- life ---- */
void editor_init(struct editor *e, size_t max) {
    *e = (struct editor){.goal = -1};
    buf_init(&e->text, max);
}

void editor_init_line(struct editor *e, size_t max) {
    editor_init(e, max);
    e->one_line = true;
}

void editor_init_secret(struct editor *e, size_t max) {
    auto_free char *room = xcalloc(1, max);

    editor_init_line(e, max);
    e->secret = true;
    (void)buf_add(&e->text, room, max); /* it never grows, so it leaves no copy behind */
    buf_clear(&e->text);
}

void editor_fini(struct editor *e) {
    if (e->secret && e->text.p)
        explicit_bzero(e->text.p, e->text.cap);
    buf_fini(&e->text);
    chips_free(e->chips, e->n_chips);
    undo_fini(e);
    *e = (struct editor){.goal = -1};
}

/* ---- changing ---- */
/* What of foreign text may stand in an editor: valid UTF-8, no controls but \n and \t; \r\n and \r
 * are \n. */
static void tidy(struct buf *out, const struct editor *e, const char *s, size_t n) {
    for (size_t i = 0; i < n;) {
        unsigned char c = (unsigned char)s[i];
        if (c == '\r' && i + 1 < n && s[i + 1] == '\n') {
            i++;
            continue;
        }
        if (c == '\r' || c == '\n' || c == '\t') {
            buf_adds(out, c == '\t' ? (e->one_line ? " " : "\t") : e->one_line ? " " : "\n");
            i++;
            continue;
        }
        size_t used;
        char bytes[4];
        uint32_t cp = text_decode(s + i, n - i, &used);
        i += used;
        if (cp >= 0x20 && !(cp >= 0x7f && cp < 0xa0))
            buf_add(out, bytes, text_encode(bytes, cp));
    }
}

void edit_touched(struct editor *e) {
    e->goal = -1;
    e->rev++;
}

bool edit_replace(struct editor *e, size_t at, size_t n_old, const char *now, size_t n_now,
                  size_t caret, enum edit_join join) {
    if (e->text.n - n_old + n_now > e->text.max)
        return false;
    undo_record(e, at, n_old, now, n_now, caret, join);
    buf_cut(&e->text, at, n_old);
    (void)buf_insert(&e->text, at, now, n_now);
    chips_shift(e, at, n_old, n_now);
    e->caret = caret;
    undo_recorded(e);
    edit_touched(e);
    return true;
}

bool editor_insert(struct editor *e, const char *text, size_t n) {
    if (n > e->text.max)
        return false;
    auto_buf struct buf clean = {0};
    buf_init(&clean, 4 * e->text.max + 16);
    if (e->secret) { /* it must not grow either */
        auto_free char *room = xcalloc(3, n + 1);
        (void)buf_add(&clean, room, 3 * n);
        buf_clear(&clean);
    }
    tidy(&clean, e, text, n);
    const bool typed = clean.n <= 4 && clean.n > 0 && clean.p[0] != '\n';
    const bool fits =
        clean.n == 0 || edit_replace(e, e->caret, 0, clean.p, clean.n, e->caret + clean.n,
                                     typed ? JOIN_TYPED : JOIN_NOT);
    if (e->secret && clean.p)
        explicit_bzero(clean.p, clean.cap);
    return fits;
}

void editor_set(struct editor *e, const char *text) {
    auto_buf struct buf clean = {0};
    buf_init(&clean, e->text.max);
    tidy(&clean, e, text, strlen(text));
    editor_group_end(e);
    (void)edit_replace(e, 0, e->text.n, buf_str(&clean), clean.n, clean.n, JOIN_NOT);
}

bool editor_empty(const struct editor *e) { return e->text.n == 0; }

/* ---- moving ---- */
static struct chip whole(const struct editor *e, size_t at) {
    const struct chip *c = editor_chip_at(e, at);
    return c ? *c : (struct chip){.off = at, .len = 0};
}

size_t edit_line_start(const struct editor *e, size_t at) {
    const char *s = buf_str(&e->text);
    while (at > 0) {
        const char *end = memrchr(s, '\n', at);
        if (!end)
            return 0;
        const struct chip *c = editor_chip_at(e, (size_t)(end - s));
        if (!c)
            return (size_t)(end - s) + 1;
        at = c->off;
    }
    return 0;
}

size_t edit_line_end(const struct editor *e, size_t at) {
    const char *s = buf_str(&e->text);
    while (at < e->text.n) {
        const char *end = memchr(s + at, '\n', e->text.n - at);
        if (!end)
            return e->text.n;
        const struct chip *c = editor_chip_at(e, (size_t)(end - s));
        if (!c)
            return (size_t)(end - s);
        at = c->off + c->len;
    }
    return e->text.n;
}

size_t edit_next(const struct editor *e, size_t at) {
    const struct chip c = whole(e, at);
    if (c.len > 0)
        return c.off + c.len;
    if (at >= e->text.n)
        return at;
    const size_t next = at + text_cluster(e->text.p + at, e->text.n - at).bytes;
    const struct chip *into = editor_chip_at(e, next - 1); /* what joins the letter before it */
    return into ? into->off : next;
}

size_t edit_prev(const struct editor *e, size_t at) {
    if (at == 0)
        return 0;
    const struct chip *c = editor_chip_at(e, at - 1);
    if (c)
        return c->off;
    const size_t prev = text_prev(e->text.p, at);
    const struct chip *into = editor_chip_at(e, prev);
    return into ? into->off + into->len : prev;
}

/* Cells of a line, or of its head: bytes from `from` as far as they fit `cells`. */
static size_t line_fit(const struct editor *e, size_t from, size_t to, int *cells) {
    const char *s = buf_str(&e->text);
    int used = 0;
    size_t at = from;
    for (size_t i = 0; i <= e->n_chips && at < to; i++) {
        const struct chip *c = i < e->n_chips ? &e->chips[i] : NULL;
        if (c && c->off < at)
            continue;
        const size_t stop = c && c->off < to ? c->off : to;
        const size_t fit = text_fit(s + at, stop - at, *cells - used);
        used += text_width(s + at, fit);
        at += fit;
        if (at < stop || stop == to)
            break;
        auto_buf struct buf label = {.max = 4096};
        editor_chip_label(e, c, &label);
        const int wide = text_width(buf_str(&label), label.n);
        if (used + wide > *cells)
            break;
        used += wide;
        at += c->len;
    }
    *cells = used;
    return at;
}

/* The caret one line up or down at the wanted column; the same place when there is no such line. */
static size_t vertical(struct editor *e, int by) {
    const size_t start = edit_line_start(e, e->caret), end = edit_line_end(e, e->caret);
    if ((by < 0 && start == 0) || (by > 0 && end == e->text.n))
        return e->caret;
    if (e->goal < 0) {
        int cells = INT_MAX / 2;
        (void)line_fit(e, start, e->caret, &cells);
        e->goal = cells;
    }
    const size_t to = by < 0 ? edit_line_start(e, start - 1) : end + 1;
    int cells = e->goal;
    return line_fit(e, to, edit_line_end(e, to), &cells);
}

static size_t target(struct editor *e, enum motion to) {
    switch (to) {
    case TO_LEFT:
        return edit_prev(e, e->caret);
    case TO_RIGHT:
        return edit_next(e, e->caret);
    case TO_WORD_LEFT:
        return edit_word_left(e, e->caret);
    case TO_BLANK_LEFT:
        return edit_blank_left(e, e->caret);
    case TO_WORD_RIGHT:
        return edit_word_right(e, e->caret);
    case TO_LINE_START:
        return edit_line_start(e, e->caret);
    case TO_LINE_END:
        return edit_line_end(e, e->caret);
    case TO_START:
        return 0;
    case TO_END:
        return e->text.n;
    case TO_UP:
        return vertical(e, -1);
    case TO_DOWN:
        return vertical(e, 1);
    }
    return e->caret;
}

bool editor_move(struct editor *e, enum motion to) {
    size_t at = target(e, to);
    bool moved = at != e->caret;
    if (to != TO_UP && to != TO_DOWN)
        e->goal = -1;
    e->caret = at;
    edit_undo_break(e);
    return moved;
}

bool editor_kill(struct editor *e, enum motion to, struct buf *killed) {
    size_t at = target(e, to);
    if (to == TO_LINE_END && at == e->caret && at < e->text.n)
        at++; /* at the end of a line its line end goes, as in readline's multi-line kin */
    size_t from = at < e->caret ? at : e->caret, n = at < e->caret ? e->caret - at : at - e->caret;
    if (n == 0)
        return false;
    if (killed) {
        buf_clear(killed);
        (void)buf_add(killed, e->text.p + from, n);
    }
    const bool one = to == TO_LEFT || to == TO_RIGHT;
    return edit_replace(e, from, n, "", 0, from, one ? JOIN_ERASED : JOIN_NOT);
}

void editor_transpose(struct editor *e) {
    const char *s = buf_str(&e->text);
    size_t right = e->caret;
    if (right == e->text.n || s[right] == '\n')
        right = edit_prev(e, right);
    if (right == 0 || right >= e->text.n || s[right] == '\n')
        return;
    const size_t left = edit_prev(e, right), end = edit_next(e, right);
    if (s[left] == '\n' || editor_chip_at(e, left) || editor_chip_at(e, right))
        return;
    auto_buf struct buf both = {.max = end - left};
    (void)buf_add(&both, s + right, end - right);
    (void)buf_add(&both, s + left, right - left);
    (void)edit_replace(e, left, both.n, both.p, both.n, end, JOIN_NOT);
}
