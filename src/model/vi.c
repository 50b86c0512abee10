/* vi.c - keys of vi become changes of an editor. */
#include "vi.h"

#include <string.h>

enum { YANK_BYTES = 4 * MIX_MIB, COUNT_MAX = 9999 };

void vi_init(struct vi *v) {
    *v = (struct vi){.mode = VI_INSERT};
    buf_init(&v->yanked, YANK_BYTES);
    buf_init(&v->inserted, YANK_BYTES);
}

void vi_fini(struct vi *v) {
    buf_fini(&v->yanked);
    buf_fini(&v->inserted);
}

static void forget_half(struct vi *v) {
    v->counts[0] = v->counts[1] = v->op = v->prefix = 0;
    v->n_keys = 0;
}

void vi_reset(struct vi *v) {
    forget_half(v);
    v->mode = VI_INSERT;
    v->inserting = SIZE_MAX;
}

const char *vi_word(const struct vi *v) {
    static const char *const words[] = {"INSERT", "NORMAL", "VISUAL", "V-LINE"};
    return words[v->mode];
}

/* Outside insert mode the caret stands on a character, where the line has one. */
static void settle(const struct vi *v, struct editor *e) {
    if (v->mode != VI_NORMAL)
        return;
    const size_t start = edit_line_start(e, e->caret);
    if (e->caret > start && e->caret == edit_line_end(e, e->caret))
        e->caret = edit_prev(e, e->caret);
}

static size_t count_of(const struct vi *v) {
    const size_t a = v->counts[0], b = v->counts[1];
    const size_t n = a && b ? a * b : a + b;
    return n > COUNT_MAX ? COUNT_MAX : n;
}

static size_t times_of(const struct vi *v) { return count_of(v) > 0 ? count_of(v) : 1; }

bool vi_selected(const struct vi *v, const struct editor *e, size_t *from, size_t *to) {
    if (v->mode < VI_VISUAL || v->in != e || v->rev != e->rev)
        return false;
    *from = v->anchor < e->caret ? v->anchor : e->caret;
    *to = v->anchor < e->caret ? e->caret : v->anchor;
    if (v->mode == VI_LINES) {
        *from = edit_line_start(e, *from);
        *to = edit_line_end(e, *to);
    }
    *to = *to < e->text.n ? edit_next(e, *to) : *to;
    return true;
}

/* ---- changing ---- */
static void changed(struct vi *v) {
    if (v->again || v->n_keys == 0)
        return;
    memcpy(v->last, v->keys, sizeof v->last);
    v->n_last = v->n_keys;
    buf_clear(&v->inserted);
}

static void insert_at(struct vi *v, struct editor *e, size_t at) {
    changed(v);
    e->caret = at;
    editor_group(e);
    v->mode = VI_INSERT;
    v->inserting = at;
}

static void leave_insert(struct vi *v, struct editor *e) {
    if (v->inserting <= e->caret && !v->again) {
        buf_clear(&v->inserted);
        (void)buf_add(&v->inserted, buf_str(&e->text) + v->inserting, e->caret - v->inserting);
    }
    v->inserting = SIZE_MAX;
    editor_group_end(e);
    v->mode = VI_NORMAL;
    if (e->caret > edit_line_start(e, e->caret))
        e->caret = edit_prev(e, e->caret);
    e->goal = -1;
}

static bool put(struct editor *e, size_t from, size_t to, const char *now, size_t n, size_t caret) {
    return edit_replace(e, from, to - from, now, n, caret, JOIN_NOT);
}

static void yank(struct vi *v, const struct editor *e, size_t from, size_t to, bool lines) {
    buf_clear(&v->yanked);
    (void)buf_add(&v->yanked, buf_str(&e->text) + from, to - from);
    v->yanked_lines = lines;
}

static void delete_lines(struct editor *e, size_t from, size_t to) {
    if (to < e->text.n)
        to++;
    else if (from > 0)
        from--;
    (void)put(e, from, to, "", 0, from);
    e->caret = vi_first_mark(e, from < e->text.n || from == 0 ? from : e->text.n);
}

/* A stretch [from, to), or the lines of it. */
static void operate(struct vi *v, struct editor *e, uint32_t op, size_t from, size_t to,
                    bool lines) {
    if (lines) {
        from = edit_line_start(e, from);
        to = edit_line_end(e, to);
    }
    yank(v, e, from, to, lines);
    if (op == 'y') {
        if (!lines || from < edit_line_start(e, e->caret))
            e->caret = from;
    } else if (op == 'c') {
        editor_group(e);
        if (to > from)
            (void)put(e, from, to, "", 0, from);
        insert_at(v, e, from);
    } else {
        if (lines)
            delete_lines(e, from, to);
        else if (to > from)
            (void)put(e, from, to, "", 0, from);
        changed(v);
    }
}

/* What an exclusive motion that ends at the start of a line means to an operator. */
static void trim(const struct editor *e, uint32_t key, struct span *s) {
    size_t last = s->to;
    if (s->kind != SPAN_UP_TO || s->to <= s->from)
        return;
    if ((key | 32) == 'w') { /* not over the end of the line in which the last word is */
        while (last > s->from && edit_class(e, edit_prev(e, last)) <= CLASS_LINE_END)
            last = edit_prev(e, last);
        if (last > s->from && edit_line_end(e, last) < s->to)
            s->to = edit_line_end(e, last);
        else if (last <= s->from && edit_line_end(e, s->from) < s->to &&
                 edit_line_end(e, s->from) > s->from)
            s->to = edit_line_end(e, s->from);
    } else if (edit_line_start(e, s->to) == s->to && edit_line_end(e, s->from) < s->to &&
               s->to < e->text.n) {
        s->to--;
        if (s->from <= vi_first_mark(e, s->from))
            s->kind = SPAN_LINES;
    }
}

static void operate_motion(struct vi *v, struct editor *e, uint32_t key, struct span s) {
    const uint32_t op = v->op;
    if (s.to < s.from) {
        const size_t from = s.to;
        s.to = s.from;
        s.from = from;
    } else {
        trim(e, key, &s);
    }
    if (s.kind == SPAN_WITH && s.to < e->text.n)
        s.to = edit_next(e, s.to);
    operate(v, e, op, s.from, s.to, s.kind == SPAN_LINES);
}

static bool motion(struct vi *v, struct editor *e, uint32_t key, uint32_t with) {
    struct span s;
    if (v->op == 'c' && (key | 32) == 'w' && edit_class(e, e->caret) > CLASS_LINE_END) {
        /* as `e`, but a word of one character is its own end */
        const size_t caret = e->caret, n = times_of(v);
        const bool big = key == 'W';
        const size_t next = edit_next(e, caret);
        const enum text_class here = edit_class(e, caret), then = edit_class(e, next);
        const bool alone = big ? then <= CLASS_LINE_END : here != then;
        s = (struct span){.from = caret, .to = caret, .kind = SPAN_WITH};
        if (!(alone && n == 1) && !vi_motion(v, e, big ? 'E' : 'e', 0, alone ? n - 1 : n, &s))
            return false;
    } else if (!vi_motion(v, e, key, with, count_of(v), &s)) {
        return false;
    }
    if (v->op) {
        operate_motion(v, e, key, s);
        return true;
    }
    e->caret = s.to;
    if (key != 'j' && key != 'k')
        e->goal = key == '$' ? INT32_MAX / 4 : -1;
    edit_undo_break(e);
    return true;
}

static bool object(struct vi *v, struct editor *e, uint32_t how, uint32_t what) {
    struct span s;
    if (!vi_object(e, how, what, count_of(v), &s))
        return false;
    if (v->op) {
        operate(v, e, v->op, s.from, s.to, s.kind == SPAN_LINES);
    } else {
        v->anchor = s.from;
        e->caret = s.to > s.from && s.kind != SPAN_LINES ? edit_prev(e, s.to) : s.to;
        v->mode = s.kind == SPAN_LINES ? VI_LINES : v->mode;
    }
    return true;
}

/* In the last of so many lines, this one counted. */
static size_t lines_below(const struct editor *e, size_t n) {
    size_t end = edit_line_end(e, e->caret);
    for (; n > 1 && end < e->text.n; n--)
        end = edit_line_end(e, end + 1);
    return end;
}

/* ---- commands of one key ---- */
static void replace_with(struct vi *v, struct editor *e, uint32_t cp) {
    char bytes[4];
    const size_t n = text_encode(bytes, cp);
    size_t from = e->caret, to = from;
    const bool visual = vi_selected(v, e, &from, &to);
    auto_buf struct buf now = {.max = YANK_BYTES};

    for (size_t i = 0; !visual && i < times_of(v); i++) {
        if (to >= edit_line_end(e, to))
            return;
        to = edit_next(e, to);
    }
    for (size_t at = from; at < to; at = edit_next(e, at)) {
        const bool end = edit_class(e, at) == CLASS_LINE_END;
        (void)buf_add(&now, end ? "\n" : bytes, end ? 1 : n);
    }
    if (now.n > 0)
        (void)put(e, from, to, now.p, now.n, visual ? from : from + now.n - n);
    v->mode = VI_NORMAL;
    changed(v);
}

/* u: small, U: capitals, ~: the other */
static void turn_case(struct vi *v, struct editor *e, uint32_t how, size_t from, size_t to,
                      size_t caret) {
    auto_buf struct buf now = {.max = YANK_BYTES};
    for (size_t at = from, used; at < to; at += used) {
        const uint32_t cp = text_decode(e->text.p + at, to - at, &used);
        const uint32_t up = text_upper(cp), low = text_lower(cp);
        char bytes[4];
        const uint32_t as = how == 'U' || (how == '~' && up != cp) ? up : low;
        (void)buf_add(&now, bytes, text_encode(bytes, as));
    }
    if (now.n > 0)
        (void)put(e, from, to, now.p, now.n, caret > to ? from + now.n : caret);
    changed(v);
}

static void tilde(struct vi *v, struct editor *e) {
    size_t to = e->caret;
    for (size_t i = 0; i < times_of(v) && to < edit_line_end(e, to); i++)
        to = edit_next(e, to);
    turn_case(v, e, '~', e->caret, to, to);
}

static void join(struct vi *v, struct editor *e, size_t lines) {
    editor_group(e);
    for (; lines > 1; lines--) {
        const size_t end = edit_line_end(e, e->caret);
        size_t next = end + 1;
        if (end >= e->text.n)
            break;
        next = vi_first_mark(e, next);
        const bool plain = next >= e->text.n || e->text.p[next] == '\n' || e->text.p[next] == ')' ||
                           (end > 0 && strchr(" \t\n", e->text.p[end - 1]));
        (void)put(e, end, next, " ", plain ? 0 : 1, end);
    }
    editor_group_end(e);
    changed(v);
}

static void paste(struct vi *v, struct editor *e, bool before) {
    const char *s = buf_str(&v->yanked);
    const size_t n = v->yanked.n, times = times_of(v);
    auto_buf struct buf now = {.max = e->text.max};
    size_t at = e->caret, caret;

    if (n == 0 && !v->yanked_lines)
        return;
    for (size_t i = 0; i < times; i++) {
        if (v->yanked_lines && !before)
            (void)buf_adds(&now, "\n");
        if (buf_add(&now, s, n) != RC_OK)
            return;
        if (v->yanked_lines && before)
            (void)buf_adds(&now, "\n");
    }
    if (v->yanked_lines) {
        at = before ? edit_line_start(e, at) : edit_line_end(e, at);
        caret = before ? at : at + 1;
    } else {
        at = before || at == edit_line_end(e, at) ? at : edit_next(e, at);
        caret = at + now.n;
    }
    if (!put(e, at, at, buf_str(&now), now.n, caret))
        return;
    e->caret = v->yanked_lines ? vi_first_mark(e, caret) : edit_prev(e, caret);
    changed(v);
}

static void open_line(struct vi *v, struct editor *e, bool above) {
    const size_t at = above ? edit_line_start(e, e->caret) : edit_line_end(e, e->caret);
    editor_group(e);
    if (put(e, at, at, "\n", 1, at))
        insert_at(v, e, above ? at : at + 1);
}

static void normal(struct vi *v, struct editor *e, uint32_t key);

static void again(struct vi *v, struct editor *e) {
    const size_t n = v->n_last;
    uint32_t keys[MIX_COUNT(v->last)];
    if (n == 0 || v->again)
        return;
    memcpy(keys, v->last, sizeof keys);
    const bool counted = v->counts[0] > 0;
    const uint32_t count = v->counts[0];
    size_t first = 0;
    forget_half(v);
    v->again = true;
    if (counted) /* in place of its own */
        while (first < n && keys[first] >= '0' && keys[first] <= '9')
            first++;
    v->counts[0] = count;
    for (size_t i = first; i < n; i++)
        normal(v, e, keys[i]);
    if (v->mode == VI_INSERT) {
        (void)editor_insert(e, buf_str(&v->inserted), v->inserted.n);
        leave_insert(v, e);
    }
    v->again = false;
    forget_half(v);
}

static void steps(struct vi *v, struct editor *e, bool back) {
    for (size_t i = times_of(v); i > 0 && (back ? editor_undo(e) : editor_redo(e)); i--)
        e->caret = back ? e->caret : edit_undo_at(e);
}

/* What is written shorter for an operator and a motion. */
static const struct {
    char key, op, motion;
} shorts[] = {{'x', 'd', 'l'}, {'X', 'd', 'h'}, {'D', 'd', '$'}, {'C', 'c', '$'},
              {'s', 'c', 'l'}, {'S', 'c', 'c'}, {'Y', 'y', 'y'}};

static bool short_for(struct vi *v, struct editor *e, uint32_t key) {
    for (size_t i = 0; i < MIX_COUNT(shorts); i++) {
        if ((uint32_t)shorts[i].key != key)
            continue;
        v->op = (uint32_t)shorts[i].op;
        if (shorts[i].motion == shorts[i].op) {
            const struct span s = {e->caret, lines_below(e, times_of(v)), SPAN_LINES};
            operate(v, e, v->op, s.from, s.to, true);
        } else {
            (void)motion(v, e, (uint32_t)shorts[i].motion, 0);
        }
        return true;
    }
    return false;
}

static void command(struct vi *v, struct editor *e, uint32_t key) {
    switch (key) {
    case 'i':
        insert_at(v, e, e->caret);
        break;
    case 'a':
        insert_at(v, e, e->caret < edit_line_end(e, e->caret) ? edit_next(e, e->caret) : e->caret);
        break;
    case 'I':
        insert_at(v, e, vi_first_mark(e, e->caret));
        break;
    case 'A':
        insert_at(v, e, edit_line_end(e, e->caret));
        break;
    case 'o':
    case 'O':
        open_line(v, e, key == 'O');
        break;
    case 'v':
    case 'V':
        v->anchor = e->caret;
        v->mode = key == 'v' ? VI_VISUAL : VI_LINES;
        break;
    case 'p':
    case 'P':
        paste(v, e, key == 'P');
        break;
    case 'J':
        join(v, e, times_of(v) > 1 ? times_of(v) : 2);
        break;
    case '~':
        tilde(v, e);
        break;
    case 'u':
        steps(v, e, true);
        break;
    case '.':
        again(v, e);
        break;
    default:
        break;
    }
}

/* ---- visual ---- */
static void put_over(struct vi *v, struct editor *e, size_t from, size_t to, bool lines) {
    auto_buf struct buf was = {.max = YANK_BYTES};
    const size_t end = lines && to > from && e->text.p[to - 1] == '\n' ? to - 1 : to;
    (void)buf_add(&was, buf_str(&e->text) + from, end - from);
    (void)put(e, from, end, buf_str(&v->yanked), v->yanked.n, from + v->yanked.n);
    e->caret = v->yanked.n > 0 ? edit_prev(e, e->caret) : from;
    buf_clear(&v->yanked);
    (void)buf_add(&v->yanked, buf_str(&was), was.n);
    v->yanked_lines = lines;
}

/* What changes the selection itself. */
static bool visual_turn(struct vi *v, struct editor *e, uint32_t key) {
    const enum vi_mode as = key == 'v' ? VI_VISUAL : VI_LINES;
    const size_t caret = e->caret;

    if (key == 'v' || key == 'V') {
        v->mode = v->mode == as ? VI_NORMAL : as;
    } else if (key == 'o') {
        e->caret = v->anchor;
        v->anchor = caret;
    } else {
        return false;
    }
    return true;
}

static bool is_of(uint32_t key, const char *keys) {
    return key > 0 && key < 0x80 && strchr(keys, (int)key);
}

static size_t lines_in(const struct editor *e, size_t from, size_t to) {
    size_t n = 1;
    for (size_t at = from; at < to; at = edit_next(e, at))
        n += edit_class(e, at) == CLASS_LINE_END && at + 1 < to;
    return n;
}

/* True: it was a key of visual mode only. */
static bool visual(struct vi *v, struct editor *e, uint32_t key) {
    size_t from, to;
    const bool lines = v->mode == VI_LINES || is_of(key, "XDYCRS");

    if (visual_turn(v, e, key))
        return true;
    if (!is_of(key, "dxXDyYcsCSRuU~JpP") || !vi_selected(v, e, &from, &to))
        return false;
    v->mode = VI_NORMAL;
    v->n_keys = 0; /* `.` does not know what was selected */
    if (is_of(key, "uU~")) {
        turn_case(v, e, key, from, to, from);
    } else if (key == 'J') {
        const size_t n = lines_in(e, from, to);
        e->caret = from;
        join(v, e, n > 1 ? n : 2);
    } else if (key == 'p' || key == 'P') {
        put_over(v, e, from, to, lines);
    } else {
        const size_t end = lines && to > from && e->text.p[to - 1] == '\n' ? to - 1 : to;
        e->caret = from;
        operate(v, e, (key | 32) == 'y' ? 'y' : is_of(key, "dxXD") ? 'd' : 'c', from, end, lines);
    }
    return true;
}

/* ---- keys ---- */
static void with_prefix(struct vi *v, struct editor *e, uint32_t key) {
    const uint32_t prefix = v->prefix;
    v->prefix = 0;
    if (prefix == 'r')
        replace_with(v, e, key);
    else if (prefix == 'i' || prefix == 'a')
        (void)object(v, e, prefix, key);
    else
        (void)motion(v, e, prefix, key);
}

static bool takes_count(struct vi *v, uint32_t key) {
    uint32_t *n = &v->counts[v->op != 0];
    if (key < '0' || key > '9' || (key == '0' && *n == 0))
        return false;
    *n = *n * 10 + (key - '0') > COUNT_MAX ? COUNT_MAX : *n * 10 + (key - '0');
    return true;
}

static bool is_op(uint32_t key) { return key == 'd' || key == 'c' || key == 'y'; }

/* False: more keys are needed. */
static bool take(struct vi *v, struct editor *e, uint32_t key) {
    const bool selecting = v->mode >= VI_VISUAL;
    if (v->prefix) {
        with_prefix(v, e, key);
        return true;
    }
    if (takes_count(v, key))
        return false;
    if (vi_wants_character(key) || (key == 'r' && !v->op) ||
        ((key == 'i' || key == 'a') && (v->op || selecting))) {
        v->prefix = key;
        return false;
    }
    if (selecting && visual(v, e, key))
        return true;
    if (is_op(key) && !v->op) {
        v->op = key;
        return false;
    }
    if (is_op(key) && v->op == key) {
        operate(v, e, key, e->caret, lines_below(e, times_of(v)), true);
        return true;
    }
    if (!motion(v, e, key, 0) && !v->op && !selecting && !short_for(v, e, key))
        command(v, e, key);
    return true;
}

static void normal(struct vi *v, struct editor *e, uint32_t key) {
    if (v->n_keys < MIX_COUNT(v->keys))
        v->keys[v->n_keys++] = key;
    if (take(v, e, key))
        forget_half(v);
    if (v->op == 0 && v->prefix == 0)
        settle(v, e);
}

static uint32_t as_letter(const struct key *k) {
    static const struct {
        uint32_t code, letter;
    } table[] = {{K_LEFT, 'h'}, {K_RIGHT, 'l'},  {K_BACKSPACE, 'h'}, {K_HOME, '0'},
                 {K_END, '$'},  {K_DELETE, 'x'}, {' ', 'l'}};
    if (k->code == 'j' && k->mods == MOD_CTRL)
        return 'j';
    for (size_t i = 0; k->mods == 0 && i < MIX_COUNT(table); i++)
        if (table[i].code == k->code)
            return table[i].letter;
    return k->mods == 0 && k->code >= ' ' && k->code < K_FIRST ? k->code : 0;
}

static bool is_half(const struct vi *v) {
    return v->op || v->prefix || v->counts[0] || v->mode >= VI_VISUAL;
}

static enum vi_did press(struct vi *v, struct editor *e, const struct key *k) {
    const bool esc = k->code == K_ESC && k->mods == 0;
    if (v->mode == VI_INSERT) {
        if (esc)
            leave_insert(v, e);
        return esc ? VI_DONE : VI_NOT;
    }
    if (v->mode >= VI_VISUAL && v->rev != e->rev)
        v->mode = VI_NORMAL; /* the text was changed from elsewhere: its other end is nowhere */
    settle(v, e);
    if (k->code == 'r' && k->mods == MOD_CTRL && v->mode == VI_NORMAL) {
        steps(v, e, false);
        forget_half(v);
        settle(v, e);
        return VI_DONE;
    }
    const uint32_t key = v->prefix && k->code == ' ' ? ' ' : as_letter(k);
    if (key) {
        normal(v, e, key);
        return VI_DONE;
    }
    const bool half = is_half(v);
    if (v->mode >= VI_VISUAL && (esc || k->code == K_ENTER))
        v->mode = VI_NORMAL;
    forget_half(v);
    return half && (esc || k->code == K_ENTER) ? VI_DONE : VI_NOT;
}

enum vi_did vi_key(struct vi *v, struct editor *e, const struct key *k) {
    if (v->in != e)
        vi_reset(v);
    v->in = e;
    const enum vi_did did = press(v, e, k);
    v->rev = e->rev;
    return did;
}
