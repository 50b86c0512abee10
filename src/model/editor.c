/* editor.c - text with a caret. Positions are bytes on cluster borders; up and down keep a column
 * in cells. */
#include "mix/editor.h"

#include <stdlib.h>
#include <string.h>

#include "mix/text.h"

enum { UNDO_STEPS = 200 };
#define UNDO_BYTES (8 * MIX_MIB)

struct snapshot {
    char *text;
    size_t n, caret;
};
struct edit_undo {
    struct snapshot done[UNDO_STEPS], undone[UNDO_STEPS];
    size_t n_done, n_undone, bytes;
    bool typing; /* the last change was a typed character: the next one joins it */
};

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

static void forget(struct edit_undo *u, struct snapshot *s) {
    u->bytes -= s->n;
    free(s->text);
    *s = (struct snapshot){0};
}

void editor_fini(struct editor *e) {
    if (e->secret && e->text.p)
        explicit_bzero(e->text.p, e->text.cap);
    buf_fini(&e->text);
    for (size_t i = 0; e->undo && i < e->undo->n_done; i++)
        forget(e->undo, &e->undo->done[i]);
    for (size_t i = 0; e->undo && i < e->undo->n_undone; i++)
        forget(e->undo, &e->undo->undone[i]);
    free(e->undo);
    *e = (struct editor){.goal = -1};
}

/* ---- undo ---- */
static void keep(struct edit_undo *u, struct snapshot *stack, size_t *n, const struct editor *e) {
    while (*n > 0 && (*n == UNDO_STEPS || u->bytes + e->text.n > UNDO_BYTES)) {
        forget(u, &stack[0]);
        memmove(stack, stack + 1, --*n * sizeof *stack);
    }
    if (e->text.n > UNDO_BYTES)
        return;
    stack[(*n)++] = (struct snapshot){
        .text = xstrndup(buf_str(&e->text), e->text.n), .n = e->text.n, .caret = e->caret};
    u->bytes += e->text.n;
}

static void before_change(struct editor *e, bool typing) {
    if (e->secret)
        return;
    if (!e->undo)
        e->undo = xcalloc(1, sizeof *e->undo);
    struct edit_undo *u = e->undo;
    while (u->n_undone > 0)
        forget(u, &u->undone[--u->n_undone]);
    if (!typing || !u->typing)
        keep(u, u->done, &u->n_done, e);
    u->typing = typing;
}

static void changed(struct editor *e) {
    e->goal = -1;
    e->rev++;
}

static bool step(struct editor *e, struct snapshot *from, size_t *n_from, struct snapshot *to,
                 size_t *n_to) {
    if (*n_from == 0)
        return false;
    keep(e->undo, to, n_to, e);
    struct snapshot *s = &from[--*n_from];
    buf_clear(&e->text);
    (void)buf_add(&e->text, s->text, s->n); /* it was within the cap before */
    e->caret = s->caret;
    e->undo->typing = false;
    forget(e->undo, s);
    changed(e);
    return true;
}

bool editor_undo(struct editor *e) {
    struct edit_undo *u = e->undo;
    return u && step(e, u->done, &u->n_done, u->undone, &u->n_undone);
}

bool editor_redo(struct editor *e) {
    struct edit_undo *u = e->undo;
    return u && step(e, u->undone, &u->n_undone, u->done, &u->n_done);
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
    const bool fits = e->text.n + clean.n <= e->text.max;
    if (fits && clean.n > 0) {
        before_change(e, clean.n <= 4 && clean.p[0] != ' ' && clean.p[0] != '\n');
        (void)buf_insert(&e->text, e->caret, clean.p, clean.n);
        e->caret += clean.n;
        changed(e);
    }
    if (e->secret && clean.p)
        explicit_bzero(clean.p, clean.cap);
    return fits;
}

void editor_set(struct editor *e, const char *text) {
    before_change(e, false);
    buf_clear(&e->text);
    e->caret = 0;
    auto_buf struct buf clean = {0};
    buf_init(&clean, e->text.max);
    tidy(&clean, e, text, strlen(text));
    (void)buf_add(&e->text, buf_str(&clean), clean.n);
    e->caret = e->text.n;
    changed(e);
}

bool editor_empty(const struct editor *e) { return e->text.n == 0; }

/* ---- moving ---- */
static size_t line_start(const char *s, size_t at) {
    while (at > 0 && s[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(const char *s, size_t n, size_t at) {
    const char *end = at < n ? memchr(s + at, '\n', n - at) : NULL;
    return end ? (size_t)(end - s) : n;
}

static bool is_word(const char *s, size_t n) {
    unsigned char c = (unsigned char)*s;
    (void)n;
    return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_';
}

static size_t word_left(const char *s, size_t at) {
    bool seen = false;
    while (at > 0) {
        size_t before = text_prev(s, at);
        bool word = is_word(s + before, at - before);
        if (seen && !word)
            break;
        seen = seen || word;
        at = before;
    }
    return at;
}

static size_t word_right(const char *s, size_t n, size_t at) {
    bool seen = false;
    while (at < n) {
        size_t used = text_cluster(s + at, n - at).bytes;
        bool word = is_word(s + at, used);
        if (seen && !word)
            break;
        seen = seen || word;
        at += used;
    }
    return at;
}

/* The caret one line up or down at the wanted column; the same place when there is no such line. */
static size_t vertical(struct editor *e, const char *s, size_t n, int by) {
    size_t start = line_start(s, e->caret), end = line_end(s, n, e->caret);
    if ((by < 0 && start == 0) || (by > 0 && end == n))
        return e->caret;
    if (e->goal < 0)
        e->goal = text_width(s + start, e->caret - start);
    size_t to = by < 0 ? line_start(s, start - 1) : end + 1;
    size_t to_end = line_end(s, n, to);
    return to + text_fit(s + to, to_end - to, e->goal);
}

static size_t target(struct editor *e, enum motion to) {
    const char *s = buf_str(&e->text);
    size_t n = e->text.n, at = e->caret;
    switch (to) {
    case TO_LEFT:
        return at > 0 ? text_prev(s, at) : 0;
    case TO_RIGHT:
        return at < n ? at + text_cluster(s + at, n - at).bytes : n;
    case TO_WORD_LEFT:
        return word_left(s, at);
    case TO_WORD_RIGHT:
        return word_right(s, n, at);
    case TO_LINE_START:
        return line_start(s, at);
    case TO_LINE_END:
        return line_end(s, n, at);
    case TO_START:
        return 0;
    case TO_END:
        return n;
    case TO_UP:
        return vertical(e, s, n, -1);
    case TO_DOWN:
        return vertical(e, s, n, 1);
    }
    return at;
}

bool editor_move(struct editor *e, enum motion to) {
    size_t at = target(e, to);
    bool moved = at != e->caret;
    if (to != TO_UP && to != TO_DOWN)
        e->goal = -1;
    e->caret = at;
    if (e->undo)
        e->undo->typing = false;
    return moved;
}

bool editor_kill(struct editor *e, enum motion to, struct buf *killed) {
    size_t at = target(e, to);
    if (to == TO_LINE_END && at == e->caret && at < e->text.n)
        at++; /* at the end of a line its line end goes, as in readline's multi-line kin */
    size_t from = at < e->caret ? at : e->caret, n = at < e->caret ? e->caret - at : at - e->caret;
    if (n == 0)
        return false;
    before_change(e, false);
    if (killed) {
        buf_clear(killed);
        (void)buf_add(killed, e->text.p + from, n);
    }
    buf_cut(&e->text, from, n);
    e->caret = from;
    changed(e);
    return true;
}

void editor_transpose(struct editor *e) {
    const char *s = buf_str(&e->text);
    size_t right = e->caret;
    if (right == e->text.n || s[right] == '\n')
        right = right > 0 ? text_prev(s, right) : 0;
    if (right == 0 || right >= e->text.n || s[right] == '\n')
        return;
    size_t left = text_prev(s, right);
    if (s[left] == '\n')
        return;
    size_t n_left = right - left, n_right = text_cluster(s + right, e->text.n - right).bytes;
    auto_free char *first = xstrndup(s + left, n_left);
    before_change(e, false);
    memmove(e->text.p + left, e->text.p + right, n_right);
    memcpy(e->text.p + left + n_right, first, n_left);
    e->caret = right + n_right;
    changed(e);
}
