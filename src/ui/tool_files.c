/* tool_files.c - reading, searching and changing files. */
#include "tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHANGE_SEEN = 256 << 10 }; /* bytes of an input whose change a head line counts */

static bool digit(char c) { return c >= '0' && c <= '9'; }

static void add_path(struct buf *out, const struct part *p) {
    if (!tool_field(out, p, "file_path") && !tool_field(out, p, "path"))
        (void)tool_field(out, p, "url");
}

/* ---- ReadText ---- */

/* "  12|text", "12\ttext", "   12→text": the number, and what is behind it. */
static bool numbered(struct span line, int64_t *number, struct span *text) {
    static const char arrow[] = "→";
    size_t at = 0;

    while (at < line.n && line.p[at] == ' ')
        at++;
    const size_t from = at;

    for (*number = 0; at < line.n && digit(line.p[at]) && at - from < 10; at++)
        *number = *number * 10 + (line.p[at] - '0');
    if (at == from || at == line.n)
        return false;
    if (line.p[at] == '|' || line.p[at] == '\t')
        at++;
    else if (line.n - at >= sizeof arrow - 1 && memcmp(line.p + at, arrow, sizeof arrow - 1) == 0)
        at += sizeof arrow - 1;
    else
        return false;
    *text = (struct span){line.p + at, line.n - at};
    return true;
}

void read_head(struct call_head *out, const struct part *p) {
    const int64_t offset = tool_number(p, "offset", 0), limit = tool_number(p, "limit", 0);
    struct span rest = tool_output(p), text;
    int64_t first = 0, last = 0, number;

    if (offset > 0 || limit > 0) { /* the offset counts lines before the first one */
        first = offset + 1;
        last = limit > 0 ? offset + limit : 0;
    }
    for (size_t n = 0; n < LIST_ROWS && rest.n > 0; n++)
        if (numbered(next_line(&rest), &number, &text)) {
            first = n == 0 ? number : first;
            last = number;
        }
    if (first > 0 && last > 0 && rest.n == 0)
        (void)buf_addf(&out->extra, "lines %lld-%lld", (long long)first, (long long)last);
    else if (first > 1 || (first > 0 && last > 0))
        (void)buf_addf(&out->extra, "lines from %lld", (long long)first);
}

/* Room for the numbers, of which the last is the largest, behind the indent of what is unfolded. */
static int number_cells(struct span s) {
    enum { INDENT = 2, LEAST = 3, LAST_LINES = 8 };
    int64_t number = 0;
    int digits = 0;

    for (int i = 0; i < LAST_LINES && s.n > 0 && number == 0; i++) {
        const char *nl = memrchr(s.p, '\n', s.n);
        const size_t from = nl ? (size_t)(nl - s.p) + 1 : 0;
        struct span text;

        if (!numbered((struct span){s.p + from, s.n - from}, &number, &text))
            number = 0; /* said below the lines */
        s.n = from > 0 ? from - 1 : 0;
    }
    for (; number > 0; number /= 10)
        digits++;
    return INDENT + (digits < LEAST ? LEAST : digits);
}

static void add_numbered(struct bodies *out, const struct body_how *how, enum lang lang,
                         struct span s) {
    struct code_state state = {0};
    size_t rows = 0;
    const int cells = how->width < GUTTER_ROOM ? 0 : number_cells(s);

    while (s.n > 0 && rows++ < LIST_ROWS) {
        auto_buf struct buf clean = {.max = 4 << 20};
        struct flow_bit bits[128];
        char first[48] = "", rest[48];
        struct span line = next_line(&s), text = line;
        int64_t number;
        const bool has = numbered(line, &number, &text);

        snprintf(rest, sizeof rest, "%*s", cells > 0 ? cells + 1 : 0, "");
        if (has && cells > 0)
            snprintf(first, sizeof first, "%*lld ", cells, (long long)number);
        (void)text_clean(&clean, text.p, text.n, CLEAN_TEXT);
        for (char *cr = clean.p;
             clean.n > 0 && (cr = memchr(cr, '\n', clean.n - (size_t)(cr - clean.p)));)
            *cr = ' '; /* a carriage return was there */
        const size_t n = code_line(&state, has ? lang : LANG_NONE, buf_str(&clean), clean.n, bits,
                                   MIX_COUNT(bits));

        flow_line(tool_rows(out), bits, n,
                  &(struct flow_prefix){has ? first : rest, rest, INK_LINE_NUMBER, 0}, WRAP_CELLS,
                  how->width, INK_TEXT);
    }
    if (s.n > 0) {
        tool_say(out, how, INK_DIM, "the rest without colours:");
        tool_borrow(out, BODY_PLAIN, s, output_gutter(how))->ink = INK_OUTPUT;
    }
}

void read_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    static const char *const but[] = {"file_path", "path", "url", "offset", "limit", NULL};
    auto_buf struct buf path = {.max = LOOK_BYTES};
    const struct span s = tool_output(p);
    struct span rest = s, text;
    int64_t number;

    tool_path(out, p, how);
    tool_fields(out, p, how, but);
    add_path(&path, p);
    const enum lang lang = lang_of_path(buf_str(&path), path.n);

    if (s.n == 0 || p->state == CALL_FAILED || p->state == CALL_DENIED) {
        tool_plain(out, p, how);
    } else if (numbered(next_line(&rest), &number, &text)) {
        add_numbered(out, how, lang, s);
    } else {
        auto_buf struct buf small = {.max = FIELD_BYTES};
        const bool cut = add_without_base64(&small, s);

        if (cut)
            tool_own(out, BODY_CODE, &small, output_gutter(how))->lang = (uint8_t)lang;
        else
            tool_borrow(out, BODY_CODE, s, output_gutter(how))->lang = (uint8_t)lang;
    }
}

/* ---- Write, Edit ---- */

/* The texts before and after; false when the input has none of them. */
static bool read_change(const struct part *p, struct buf *old, struct buf *new) {
    const bool edit = tool_is(p->name, "Edit");
    const bool has_old = edit && tool_field(old, p, "old_string");

    return tool_field(new, p, edit ? "new_string" : "content") || has_old;
}

void change_head(struct call_head *out, const struct part *p) {
    auto_buf struct buf old = {.max = FIELD_BYTES}, new = {.max = FIELD_BYTES};

    if (p->len > CHANGE_SEEN) { /* a screen may hold many heads: compared only where it is shown */
        (void)buf_adds(&out->extra, say_size((int64_t)p->len).s);
        return;
    }
    if (p->live || p->state == CALL_STREAMING || !read_change(p, &old, &new))
        return;
    struct diff *d = diff_new(buf_str(&old), old.n, buf_str(&new), new.n);

    out->added = (uint32_t)diff_added(d);
    out->removed = (uint32_t)diff_removed(d);
    diff_free(d);
}

static void add_change(struct bodies *out, const struct part *p, const struct buf *path) {
    struct body *b = bodies_add(out, BODY_DIFF);

    b->src = NO_SRC;
    b->gutter = "  ";
    b->old.max = b->new.max = FIELD_BYTES;
    b->lang = (uint8_t)lang_of_path(buf_str(path), path->n);
    (void)read_change(p, &b->old, &b->new);
    b->diff = diff_new(buf_str(&b->old), b->old.n, buf_str(&b->new), b->new.n);
}

void change_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    static const char *const but[] = {"file_path",  "path",    "old_string",
                                      "new_string", "content", NULL};
    auto_buf struct buf path = {.max = LOOK_BYTES}, old = {.max = 16}, new = {.max = 16};
    const struct span s = tool_output(p);
    const bool plain_success =
        p->state == CALL_OK && !p->is_error && !memchr(s.p ? s.p : "", '\n', s.n);

    tool_path(out, p, how);
    tool_fields(out, p, how, but);
    add_path(&path, p);
    if (read_change(p, &old, &new))
        add_change(out, p, &path);
    if (!plain_success) /* that it was written says the head */
        tool_plain(out, p, how);
}

/* ---- Grep, Glob ---- */

static bool nothing_found(struct span s) {
    static const char no[] = "No ";

    return s.n > sizeof no && memcmp(s.p, no, sizeof no - 1) == 0 && !memchr(s.p, '\n', s.n) &&
           s.n < 80;
}

/* What a line of a search is: a path above its hits, or a hit with or without its path. */
struct hit {
    struct span path, number, text;
};

/* `path:12: text`, as grep writes. */
static bool split_grep(struct span l, struct hit *hit) {
    const char *end = l.p + l.n, *colon = memchr(l.p, ':', l.n);

    for (; colon; colon = memchr(colon + 1, ':', (size_t)(end - colon - 1))) {
        const char *to = colon + 1;

        while (to < end && digit(*to))
            to++;
        if (to == colon + 1 || to == end || *to != ':' || colon == l.p)
            continue;
        hit->path = (struct span){l.p, (size_t)(colon - l.p)};
        hit->number = (struct span){colon + 1, (size_t)(to - colon - 1)};
        hit->text = (struct span){to + 1, (size_t)(end - to - 1)};
        return true;
    }
    return false;
}

/* `  Line 12: text` below `path:`. */
static bool split_line(struct span l, struct hit *hit) {
    static const char word[] = "Line ";
    size_t at = 0;

    while (at < l.n && l.p[at] == ' ')
        at++;
    if (at == 0 || l.n - at < sizeof word || memcmp(l.p + at, word, sizeof word - 1) != 0)
        return false;
    const size_t from = at += sizeof word - 1;

    while (at < l.n && digit(l.p[at]))
        at++;
    if (at == from || at == l.n || l.p[at] != ':')
        return false;
    hit->number = (struct span){l.p + from, at - from};
    hit->text = (struct span){l.p + at + 1, l.n - at - 1};
    return true;
}

static bool read_hit(struct span l, struct hit *hit) {
    *hit = (struct hit){0};
    if (split_line(l, hit) || split_grep(l, hit))
        return true;
    if (l.n > 1 && l.p[l.n - 1] == ':' && l.p[0] != ' ')
        hit->path = (struct span){l.p, l.n - 1};
    return false;
}

static void add_count(struct buf *out, size_t n, const char *one, bool more) {
    (void)buf_addf(out, "%s%s %s%s", say_grouped(n).s, more ? " and more" : "", one,
                   n == 1 && !more        ? ""
                   : str_eq(one, "match") ? "es"
                                          : "s");
}

void grep_head(struct call_head *out, const struct part *p) {
    struct span rest = tool_output(p);
    struct hit hit;
    size_t n = 0;

    if (rest.n == 0 || p->state != CALL_OK)
        return;
    if (nothing_found(rest)) {
        (void)buf_adds(&out->extra, "no matches");
        return;
    }
    const size_t seen = rest.n < LOOK_BYTES * 16 ? rest.n : LOOK_BYTES * 16;
    struct span look = {rest.p, seen};

    for (struct span l = next_line(&look); l.p; l = next_line(&look))
        n += read_hit(l, &hit);
    if (n > 0)
        add_count(&out->extra, n, "match", seen < rest.n);
}

static void add_hit(struct bodies *out, const struct body_how *how, struct span l) {
    auto_buf struct buf path = {.max = 8192}, number = {.max = 64}, text = {.max = 8192};
    struct flow_bit bits[5];
    struct hit hit;
    size_t n = 0;

    if (!read_hit(l, &hit) && hit.path.n == 0)
        hit.text = l;
    add_line(&path, hit.path.p, hit.path.n);
    add_line(&number, hit.number.p, hit.number.n);
    add_line(&text, hit.text.p, hit.text.n);
    if (path.n > 0)
        bits[n++] = (struct flow_bit){.s = path.p, .n = path.n, .ink = INK_NAME};
    if (number.n > 0) {
        if (n > 0)
            bits[n++] = (struct flow_bit){.s = ":", .n = 1, .ink = INK_DIM};
        bits[n++] = (struct flow_bit){.s = number.p, .n = number.n, .ink = INK_LINE_NUMBER};
        bits[n++] = (struct flow_bit){.s = ":", .n = 1, .ink = INK_DIM};
    }
    if (text.n > 0)
        bits[n++] = (struct flow_bit){.s = text.p, .n = text.n, .ink = INK_OUTPUT};
    flow_line(tool_rows(out), bits, n,
              &(struct flow_prefix){output_gutter(how), output_gutter(how), INK_RULE, 0},
              WRAP_WORDS, how->width, INK_TEXT);
}

static void add_lines(struct bodies *out, const struct body_how *how, struct span s,
                      void add(struct bodies *out, const struct body_how *how, struct span l)) {
    for (size_t n = 0; s.n > 0 && n < LIST_ROWS; n++)
        add(out, how, next_line(&s));
    if (s.n > 0)
        tool_borrow(out, BODY_PLAIN, s, output_gutter(how))->ink = INK_OUTPUT;
}

/* What was looked for beside the pattern, which the head line has, and line by line what was found.
 */
static void found_bodies(struct bodies *out, const struct part *p, const struct body_how *how,
                         void add(struct bodies *out, const struct body_how *how, struct span l)) {
    static const char *const but[] = {"pattern", NULL};
    const struct span s = tool_output(p);

    tool_fields(out, p, how, but);
    if (s.n == 0 || p->state != CALL_OK || nothing_found(s))
        tool_plain(out, p, how);
    else
        add_lines(out, how, s, add);
}

void grep_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    found_bodies(out, p, how, add_hit);
}

/* `(Results are truncated ...)` is no file. */
static bool is_file(struct span l) { return l.n > 0 && l.p[0] != '('; }

void glob_head(struct call_head *out, const struct part *p) {
    struct span rest = tool_output(p);
    size_t n = 0;

    if (rest.n == 0 || p->state != CALL_OK)
        return;
    if (nothing_found(rest)) {
        (void)buf_adds(&out->extra, "no files");
        return;
    }
    for (struct span l = next_line(&rest); l.p; l = next_line(&rest))
        n += is_file(l);
    if (n > 0)
        add_count(&out->extra, n, "file", false);
}

static void add_file(struct bodies *out, const struct body_how *how, struct span l) {
    auto_buf struct buf path = {.max = 8192};
    size_t name = 0;

    add_line(&path, l.p, l.n);
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] == '/' && i + 1 < path.n)
            name = i + 1;
    const struct flow_bit bits[] = {
        {.s = buf_str(&path), .n = name, .ink = INK_DIM},
        {.s = buf_str(&path) + name, .n = path.n - name, .ink = is_file(l) ? INK_OUTPUT : INK_DIM}};

    flow_line(tool_rows(out), name > 0 ? bits : bits + 1, name > 0 ? 2 : 1,
              &(struct flow_prefix){output_gutter(how), output_gutter(how), INK_RULE, 0},
              WRAP_WORDS, how->width, INK_TEXT);
}

void glob_bodies(struct bodies *out, const struct part *p, const struct body_how *how) {
    found_bodies(out, p, how, add_file);
}
