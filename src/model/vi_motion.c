/* vi_motion.c - where vi's motions go and what its text objects are. */
#include <string.h>

#include "vi.h"

static enum text_class class_at(const struct editor *e, size_t at, bool big) {
    const enum text_class c = edit_class(e, at);
    return big && c > CLASS_LINE_END ? CLASS_LETTER : c;
}

static bool blank(enum text_class c) { return c <= CLASS_LINE_END; }

static bool ends_line(const struct editor *e, size_t at) {
    return at >= e->text.n || (e->text.p[at] == '\n' && !editor_chip_at(e, at));
}

static bool empty_line(const struct editor *e, size_t at) {
    return ends_line(e, at) && edit_line_start(e, at) == at;
}

size_t vi_first_mark(const struct editor *e, size_t at) {
    at = edit_line_start(e, at);
    while (!ends_line(e, at) && class_at(e, at, false) == CLASS_BLANK)
        at = edit_next(e, at);
    return at;
}

/* ---- words ---- */
static size_t word_next(const struct editor *e, size_t at, bool big) {
    const enum text_class c = class_at(e, at, big);
    const size_t start = at;
    while (!blank(c) && at < e->text.n && class_at(e, at, big) == c)
        at = edit_next(e, at);
    while (at < e->text.n && blank(class_at(e, at, big)) && (at == start || !empty_line(e, at)))
        at = edit_next(e, at);
    return at;
}

static size_t word_back(const struct editor *e, size_t at, bool big) {
    if (at == 0)
        return 0;
    at = edit_prev(e, at);
    while (at > 0 && blank(class_at(e, at, big)) && !empty_line(e, at))
        at = edit_prev(e, at);
    const enum text_class c = class_at(e, at, big);
    while (!blank(c) && at > 0 && class_at(e, edit_prev(e, at), big) == c)
        at = edit_prev(e, at);
    return at;
}

static size_t word_last(const struct editor *e, size_t at, bool big) {
    at = edit_next(e, at);
    while (at < e->text.n && blank(class_at(e, at, big)))
        at = edit_next(e, at);
    const enum text_class c = class_at(e, at, big);
    for (size_t next; at < e->text.n && (next = edit_next(e, at)) < e->text.n; at = next)
        if (class_at(e, next, big) != c)
            break;
    return at;
}

/* ---- lines and paragraphs ---- */
static size_t lines_on(struct editor *e, size_t count, enum motion to) {
    const size_t caret = e->caret;
    size_t at;
    while (count-- > 0 && editor_move(e, to))
        continue;
    at = e->caret;
    e->caret = caret;
    return at;
}

static size_t line_number(const struct editor *e, size_t number) {
    size_t at = 0;
    while (number-- > 1 && edit_line_end(e, at) < e->text.n)
        at = edit_line_end(e, at) + 1;
    return vi_first_mark(e, at);
}

static size_t paragraph_next(const struct editor *e, size_t at) {
    bool text = false;
    for (at = edit_line_start(e, at); at < e->text.n; at = edit_line_end(e, at) + 1) {
        if (empty_line(e, at) && text)
            return at;
        text = text || !empty_line(e, at);
        if (edit_line_end(e, at) == e->text.n)
            break;
    }
    return e->text.n;
}

static size_t paragraph_back(const struct editor *e, size_t at) {
    at = edit_line_start(e, at);
    bool text = !empty_line(e, at);
    while (at > 0) {
        at = edit_line_start(e, at - 1);
        if (empty_line(e, at) && text)
            return at;
        text = text || !empty_line(e, at);
    }
    return 0;
}

/* ---- characters of the line ---- */
static bool is_char(const struct editor *e, size_t at, uint32_t cp) {
    size_t used;
    return !editor_chip_at(e, at) && text_decode(e->text.p + at, e->text.n - at, &used) == cp;
}

static bool find_on(const struct editor *e, uint32_t find, uint32_t cp, size_t count, bool again,
                    size_t *out) {
    const bool back = find == 'F' || find == 'T', short_of = find == 't' || find == 'T';
    const size_t start = edit_line_start(e, e->caret);
    size_t at = e->caret;
    if (short_of && again) /* the one it stands before is not found once more */
        at = back ? (at > start ? edit_prev(e, at) : at) : edit_next(e, at);
    for (;;) {
        if (back ? at == start : ends_line(e, at))
            return false;
        at = back ? edit_prev(e, at) : edit_next(e, at);
        if (!ends_line(e, at) && is_char(e, at, cp) && --count == 0)
            break;
    }
    *out = !short_of ? at : back ? edit_next(e, at) : edit_prev(e, at);
    return true;
}

/* ---- brackets ---- */
static const char open_signs[] = "([{<", close_signs[] = ")]}>";

/* From an opening one forwards or a closing one backwards; false: it has no other. */
static bool bracket_other(const struct editor *e, size_t at, char open, char close, bool back,
                          size_t *out) {
    size_t depth = 0;
    for (;; at = back ? edit_prev(e, at) : edit_next(e, at)) {
        const char c = at < e->text.n && !editor_chip_at(e, at) ? e->text.p[at] : 0;
        if (c == (back ? close : open))
            depth++;
        else if (c == (back ? open : close) && --depth == 0) {
            *out = at;
            return true;
        }
        if (depth == 0 || (back ? at == 0 : at >= e->text.n))
            return false;
    }
}

static bool percent(const struct editor *e, size_t *out) {
    for (size_t at = e->caret; !ends_line(e, at); at = edit_next(e, at)) {
        const char c = editor_chip_at(e, at) ? 0 : e->text.p[at];
        const char *o = c && c != '<' ? strchr(open_signs, c) : NULL;
        const char *s = c && c != '>' ? strchr(close_signs, c) : NULL;
        if (o)
            return bracket_other(e, at, c, close_signs[o - open_signs], false, out);
        if (s)
            return bracket_other(e, at, open_signs[s - close_signs], c, true, out);
    }
    return false;
}

/* ---- motions ---- */
bool vi_wants_character(uint32_t key) {
    return key != 0 && key < 0x80 && strchr("fFtTg", (int)key);
}

static size_t sideways(const struct editor *e, size_t count, uint32_t key) {
    size_t at = e->caret;
    const size_t start = edit_line_start(e, at);
    for (; count > 0; count--) {
        if (key == 'l' ? ends_line(e, at) : at == start)
            break;
        at = key == 'l' ? edit_next(e, at) : edit_prev(e, at);
    }
    return at;
}

static size_t by_words(const struct editor *e, uint32_t key, size_t count) {
    const uint32_t small = key | 32;
    const bool big = key != small;
    size_t at = e->caret;
    for (; count > 0; count--)
        at = small == 'w'   ? word_next(e, at, big)
             : small == 'b' ? word_back(e, at, big)
                            : word_last(e, at, big);
    return at;
}

static bool by_find(struct vi *v, const struct editor *e, uint32_t key, uint32_t with, size_t count,
                    struct span *out) {
    uint32_t find = key;
    const bool again = key == ';' || key == ',';
    if (again) {
        find = key == ';' ? v->find : v->find ^ 32;
        with = v->found;
        if (v->find == 0)
            return false;
    } else {
        v->find = key;
        v->found = with;
    }
    out->kind = find == 'f' || find == 't' ? SPAN_WITH : SPAN_UP_TO;
    return find_on(e, find, with, count, again, &out->to);
}

static bool by_lines(struct editor *e, uint32_t key, uint32_t with, size_t count, bool counted,
                     struct span *out) {
    const size_t from = e->caret;
    out->kind = SPAN_LINES;
    switch (key) {
    case 'j':
    case 'k':
        out->to = lines_on(e, count, key == 'j' ? TO_DOWN : TO_UP);
        return edit_line_start(e, out->to) != edit_line_start(e, from);
    case 'g':
        out->to = line_number(e, counted ? count : 1);
        return with == 'g';
    case 'G':
        out->to = counted ? line_number(e, count) : vi_first_mark(e, e->text.n);
        return true;
    default:
        return false;
    }
}

bool vi_motion(struct vi *v, struct editor *e, uint32_t key, uint32_t with, size_t count,
               struct span *out) {
    const size_t times = count > 0 ? count : 1;
    *out = (struct span){.from = e->caret, .to = e->caret, .kind = SPAN_UP_TO};
    switch (key) {
    case 'h':
    case 'l':
        out->to = sideways(e, times, key);
        return out->to != out->from || key == 'l';
    case 'e':
    case 'E':
        out->kind = SPAN_WITH;
        out->to = by_words(e, key, times);
        return true;
    case 'w':
    case 'W':
    case 'b':
    case 'B':
        out->to = by_words(e, key, times);
        return out->to != out->from;
    case '0':
        out->to = edit_line_start(e, e->caret);
        return true;
    case '^':
        out->to = vi_first_mark(e, e->caret);
        return true;
    case '$':
        out->to = edit_line_end(e, times > 1 ? lines_on(e, times - 1, TO_DOWN) : e->caret);
        return true;
    case '{':
    case '}':
        for (size_t i = 0; i < times; i++)
            out->to = key == '}' ? paragraph_next(e, out->to) : paragraph_back(e, out->to);
        return true;
    case '%':
        out->kind = SPAN_WITH;
        return percent(e, &out->to);
    case 'f':
    case 'F':
    case 't':
    case 'T':
    case ';':
    case ',':
        return by_find(v, e, key, with, times, out);
    default:
        return by_lines(e, key, with, times, count > 0, out);
    }
}

/* ---- text objects: from and to are a stretch, `to` behind it ---- */
static size_t run_end(const struct editor *e, size_t at) {
    const enum text_class c = class_at(e, at, false);
    while (!ends_line(e, at) && class_at(e, at, false) == c)
        at = edit_next(e, at);
    return at;
}

static size_t big_run_end(const struct editor *e, size_t at, bool big) {
    if (!big)
        return run_end(e, at);
    const enum text_class c = class_at(e, at, true);
    while (!ends_line(e, at) && class_at(e, at, true) == c)
        at = edit_next(e, at);
    return at;
}

static bool word_object(const struct editor *e, bool around, bool big, size_t count,
                        struct span *out) {
    const size_t start = edit_line_start(e, e->caret);
    size_t at = e->caret;
    const enum text_class c = class_at(e, at, big);
    while (at > start && class_at(e, edit_prev(e, at), big) == c)
        at = edit_prev(e, at);
    out->from = out->to = at;
    for (; count > 0 && !ends_line(e, out->to); count--) {
        const bool blanks = class_at(e, out->to, big) == CLASS_BLANK;
        out->to = big_run_end(e, out->to, big);
        if (!around)
            continue;
        const bool more = blanks || class_at(e, out->to, big) == CLASS_BLANK;
        if (more && !ends_line(e, out->to))
            out->to = big_run_end(e, out->to, big);
        else /* nothing behind it: the blanks before it */
            while (!blanks && out->from > start &&
                   class_at(e, edit_prev(e, out->from), big) == CLASS_BLANK)
                out->from = edit_prev(e, out->from);
    }
    return out->to > out->from;
}

static bool quote_object(const struct editor *e, char quote, bool around, struct span *out) {
    const size_t end = edit_line_end(e, e->caret);
    size_t open = 0, n = 0;
    for (size_t at = edit_line_start(e, e->caret); at < end; at = edit_next(e, at)) {
        if (e->text.p[at] == '\\' && at + 1 < end) {
            at++;
            continue;
        }
        if (e->text.p[at] != quote || editor_chip_at(e, at))
            continue;
        if (n++ % 2 == 0) {
            open = at;
        } else if (at >= e->caret) {
            out->from = around ? open : open + 1;
            out->to = around ? at + 1 : at;
            for (size_t b = out->to; around && b < end && e->text.p[b] == ' '; b++)
                out->to = b + 1;
            return true;
        }
    }
    return false;
}

static bool bracket_object(const struct editor *e, size_t which, bool around, size_t count,
                           struct span *out) {
    const char open = open_signs[which], close = close_signs[which];
    size_t at = e->caret, depth = 0;
    for (;; at = edit_prev(e, at)) {
        const char c = at < e->text.n && !editor_chip_at(e, at) ? e->text.p[at] : 0;
        if (c == close && at != e->caret)
            depth++;
        else if (c == open && depth > 0)
            depth--;
        else if (c == open && --count == 0)
            break;
        if (at == 0)
            return false;
    }
    size_t end;
    if (!bracket_other(e, at, open, close, false, &end))
        return false;
    out->from = around ? at : at + 1;
    out->to = around ? end + 1 : end;
    return true;
}

static bool paragraph_object(const struct editor *e, bool around, struct span *out) {
    size_t at = edit_line_start(e, e->caret);
    const bool blanks = empty_line(e, at);
    while (at > 0 && empty_line(e, edit_line_start(e, at - 1)) == blanks)
        at = edit_line_start(e, at - 1);
    out->from = at;
    bool now = blanks;
    for (int part = 0; part < 1 + around; part++, now = !now)
        while (at <= e->text.n && empty_line(e, at) == now) {
            out->to = edit_line_end(e, at);
            at = out->to + 1;
        }
    out->kind = SPAN_LINES;
    return true;
}

bool vi_object(const struct editor *e, uint32_t how, uint32_t what, size_t count,
               struct span *out) {
    static const char names[] = "()b[]{}B<>";
    static const uint8_t which[] = {0, 0, 0, 1, 1, 2, 2, 2, 3, 3};
    const bool around = how == 'a';
    const char *name = what > 0 && what < 0x80 ? strchr(names, (int)what) : NULL;

    *out = (struct span){.from = e->caret, .to = e->caret, .kind = SPAN_UP_TO};
    count = count > 0 ? count : 1;
    if (name)
        return bracket_object(e, which[name - names], around, count, out);
    switch (what) {
    case 'w':
    case 'W':
        return word_object(e, around, what == 'W', count, out);
    case '"':
    case '\'':
    case '`':
        return quote_object(e, (char)what, around, out);
    case 'p':
        return paragraph_object(e, around, out);
    default:
        return false;
    }
}
