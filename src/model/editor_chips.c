/* editor_chips.c - stretches of the text that are shown as one thing. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "editing.h"
#include "mix/text.h"

enum { LABEL_BYTES = 512, LABEL_WORDS = 28 };

struct chip *chips_copy(const struct chip *v, size_t n) {
    if (n == 0)
        return NULL;
    struct chip *copy = xcalloc(n, sizeof *copy);
    for (size_t i = 0; i < n; i++) {
        copy[i] = v[i];
        copy[i].path = v[i].path ? xstrndup(v[i].path, strlen(v[i].path)) : NULL;
    }
    return copy;
}

void chips_free(struct chip *v, size_t n) {
    for (size_t i = 0; i < n; i++)
        free(v[i].path);
    free(v);
}

void chips_set(struct editor *e, const struct chip *v, size_t n) {
    struct chip *copy = chips_copy(v, n);
    chips_free(e->chips, e->n_chips);
    e->chips = copy;
    e->n_chips = e->cap_chips = n;
}

static bool on_border(const char *text, size_t n, size_t at) {
    return at == n || ((unsigned char)text[at] & 0xc0) != 0x80;
}

bool chip_fits(const struct chip *c, const char *text, size_t n) {
    return c->len > 0 && c->off <= n && c->len <= n - c->off && on_border(text, n, c->off) &&
           on_border(text, n, c->off + c->len) && (c->kind != CHIP_FILE || (c->path && *c->path));
}

static void drop(struct editor *e, size_t i) {
    free(e->chips[i].path);
    memmove(e->chips + i, e->chips + i + 1, (--e->n_chips - i) * sizeof *e->chips);
}

void chips_shift(struct editor *e, size_t at, size_t n_old, size_t n_now) {
    for (size_t i = e->n_chips; i-- > 0;) {
        struct chip *c = &e->chips[i];
        if (c->off >= at + n_old)
            c->off += n_now - n_old;
        else if (c->off + c->len > at)
            drop(e, i);
    }
}

void editor_chip(struct editor *e, enum chip_kind kind, size_t off, size_t len, const char *path,
                 int64_t size) {
    assert(off <= e->text.n && len <= e->text.n - off);
    if (len == 0)
        return;
    for (size_t i = e->n_chips; i-- > 0;)
        if (e->chips[i].off < off + len && off < e->chips[i].off + e->chips[i].len)
            drop(e, i);
    if (e->n_chips >= CHIPS_MAX)
        return;
    e->chips = xgrow(e->chips, e->n_chips, &e->cap_chips, sizeof *e->chips);
    size_t i = e->n_chips++;
    for (; i > 0 && e->chips[i - 1].off > off; i--)
        e->chips[i] = e->chips[i - 1];
    e->chips[i] = (struct chip){.off = off,
                                .len = len,
                                .kind = kind,
                                .path = path ? xstrndup(path, strlen(path)) : NULL,
                                .size = size};
    if (e->caret > off && e->caret < off + len)
        e->caret = off + len;
    undo_recorded(e);
    edit_touched(e);
}

const struct chip *editor_chip_at(const struct editor *e, size_t off) {
    size_t low = 0, high = e->n_chips;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const struct chip *c = &e->chips[mid];
        if (off >= c->off && off < c->off + c->len)
            return c;
        if (c->off > off)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

void editor_unchip(struct editor *e, size_t off) {
    const struct chip *c = editor_chip_at(e, off);
    if (!c)
        return;
    undo_record(e, c->off, 0, "", 0, e->caret, JOIN_NOT);
    drop(e, (size_t)(c - e->chips));
    undo_recorded(e);
    edit_touched(e);
}

static void label_size(struct buf *out, size_t n) {
    static const char *const units[] = {"B", "kB", "MB", "GB"};
    double size = (double)n;
    size_t unit = 0;
    while (size >= 999.5 && unit + 1 < MIX_COUNT(units))
        size /= 1000, unit++;
    (void)buf_addf(out, unit > 0 && size < 9.95 ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

void editor_chip_label(const struct editor *e, const struct chip *c, struct buf *out) {
    const char *text = e->text.p + c->off;
    auto_buf struct buf words = {.max = LABEL_BYTES};
    const size_t head = c->len < LABEL_BYTES / 4 ? c->len : LABEL_BYTES / 4;

    if (c->kind == CHIP_FILE) {
        (void)text_clean(&words, text, head - (head < c->len ? text_tail(text, head) : 0),
                         CLEAN_NAME);
        (void)buf_addf(out, "[%s", buf_str(&words));
        if (c->size >= 0)
            (void)buf_adds(out, ", "), label_size(out, (size_t)c->size);
        (void)buf_adds(out, "]");
        return;
    }
    size_t lines = 1, from = 0;
    for (const char *p = text; (p = memchr(p, '\n', (size_t)(text + c->len - p))) != NULL; p++)
        lines += p + 1 < text + c->len; /* the last line end ends the last line */
    while (from < head && (text[from] == ' ' || text[from] == '\n' || text[from] == '\t'))
        from++;
    const char *end = memchr(text + from, '\n', head - from);
    const size_t n = end ? (size_t)(end - text) - from : head - from;
    (void)text_clean(&words, text + from, n - (end ? 0 : text_tail(text + from, n)), CLEAN_LINE);
    const size_t fit = text_fit(buf_str(&words), words.n, LABEL_WORDS);
    (void)buf_addf(out, "[%zu line%s, ", lines, lines == 1 ? "" : "s");
    label_size(out, c->len);
    (void)buf_addf(out, "%s%.*s%s]", fit > 0 ? ": " : "", (int)fit, buf_str(&words),
                   fit > 0 && (fit < words.n || lines > 1) ? "..." : "");
}

void chips_put(struct editor *e, const char *text, const struct chip *v, size_t n) {
    if (strcmp(buf_str(&e->text), text) != 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (chip_fits(&v[i], text, e->text.n)) /* the file they are from may be anybody's work */
            editor_chip(e, v[i].kind, v[i].off, v[i].len, v[i].path, v[i].size);
}
