/* editor_words.c - what is done by words. */
#include <string.h>

#include "editing.h"

enum text_class edit_class(const struct editor *e, size_t at) {
    size_t used;
    if (at >= e->text.n)
        return CLASS_LINE_END;
    return editor_chip_at(e, at) ? CLASS_SIGN
                                 : text_class(text_decode(e->text.p + at, e->text.n - at, &used));
}

static bool in_word(enum text_class c) { return c > CLASS_SIGN; }

size_t edit_word_left(const struct editor *e, size_t at) {
    enum text_class is = CLASS_BLANK;
    while (at > 0) {
        const size_t before = edit_prev(e, at);
        const enum text_class c = edit_class(e, before);
        if (editor_chip_at(e, before))
            return in_word(is) ? at : before;
        if (in_word(is) && c != is)
            break;
        is = c;
        at = before;
    }
    return at;
}

size_t edit_blank_left(const struct editor *e, size_t at) {
    bool inside = false;
    while (at > 0) {
        const size_t before = edit_prev(e, at);
        const enum text_class c = edit_class(e, before);
        const bool blank = c == CLASS_BLANK || c == CLASS_LINE_END;
        if (blank && inside)
            break;
        if (editor_chip_at(e, before))
            return inside ? at : before;
        inside = inside || !blank;
        at = before;
    }
    return at;
}

size_t edit_word_right(const struct editor *e, size_t at) {
    enum text_class is = CLASS_BLANK;
    while (at < e->text.n) {
        const enum text_class c = edit_class(e, at);
        if (editor_chip_at(e, at))
            return in_word(is) ? at : edit_next(e, at);
        if (in_word(is) && c != is)
            break;
        is = c;
        at = edit_next(e, at);
    }
    return at;
}

/* The one the caret is in or before changes place with the one before it; at the end of the text
 * the last two. */
void editor_transpose_words(struct editor *e) {
    const size_t end = edit_word_right(e, e->caret), right = edit_word_left(e, end);
    const size_t left = edit_word_left(e, right), left_end = edit_word_right(e, left);
    const char *s = buf_str(&e->text);

    if (left >= right || left_end > right || !in_word(edit_class(e, right)) ||
        !in_word(edit_class(e, left)))
        return;
    for (size_t i = 0; i < e->n_chips; i++)
        if (e->chips[i].off >= left && e->chips[i].off < end)
            return;
    size_t stop = right;
    while (stop < end && in_word(edit_class(e, stop)))
        stop = edit_next(e, stop);
    auto_buf struct buf now = {.max = stop - left};
    (void)buf_add(&now, s + right, stop - right);
    (void)buf_add(&now, s + left_end, right - left_end);
    (void)buf_add(&now, s + left, left_end - left);
    (void)edit_replace(e, left, now.n, now.p, now.n, stop, JOIN_NOT);
}

void editor_case(struct editor *e, enum word_case how) {
    const size_t end = edit_word_right(e, e->caret);
    auto_buf struct buf now = {.max = 4 * (end - e->caret) + 4};
    bool first = true;

    for (size_t i = 0; i < e->n_chips; i++)
        if (e->chips[i].off >= e->caret && e->chips[i].off < end) {
            (void)editor_move(e, TO_WORD_RIGHT);
            return;
        }
    for (size_t at = e->caret, used; at < end; at += used) {
        const uint32_t cp = text_decode(e->text.p + at, end - at, &used);
        const bool up = how == CASE_UPPER || (how == CASE_CAPITAL && first);
        char bytes[4];
        (void)buf_add(&now, bytes, text_encode(bytes, up ? text_upper(cp) : text_lower(cp)));
        first = first && !in_word(text_class(cp));
    }
    if (now.n > 0)
        (void)edit_replace(e, e->caret, end - e->caret, now.p, now.n, e->caret + now.n, JOIN_NOT);
}
