/* markup_split.c - a growing text cut into sections, line by line.
 *
 * What is decided about a line depends only on the text up to its end (or up to the bytes looked
 * at), so that the same text gives the same sections however it arrives. */
#include "markup.h"

#include <stdlib.h>
#include <string.h>

enum {
    SECTION_MIN = 2 << 10,                    /* shorter ones are not cut at a blank line */
    LIST_MIN = 4 << 10,                       /* nor between the items of a list */
    LIMIT = MARKUP_SECTION - 2 * MARKUP_LOOK, /* longer ones are cut anywhere */
    /* of bytes that begin what md4c looks for the end of, in one section */
    OPENERS_MAX = 400,
    COUNTED = 128,   /* bytes looked at together */
    WORD_MAX = 1024, /* bytes of a word with several addresses in it */
    INNER = 2        /* indentation that surely belongs to a list item */
};

/* ---- one line ---- */
static bool is_item(const char *s, size_t n) {
    size_t i = 0;

    if (n > 0 && (s[0] == '-' || s[0] == '*' || s[0] == '+'))
        return n == 1 || s[1] == ' ' || s[1] == '\t';
    while (i < n && i < 10 && s[i] >= '0' && s[i] <= '9')
        i++;
    if (i == 0 || i == 10 || i >= n || (s[i] != '.' && s[i] != ')'))
        return false;
    return i + 1 == n || s[i + 1] == ' ' || s[i + 1] == '\t';
}

/* `[name]:` */
static bool defines(const char *s, size_t n) {
    const char *end = memchr(s, ']', n);

    return end && end + 1 < s + n && end[1] == ':';
}

static void look_for_fence(struct markup_line *line, const char *s, size_t n) {
    size_t i = 0;

    if (n < 3 || (s[0] != '`' && s[0] != '~'))
        return;
    while (i < n && s[i] == s[0])
        i++;
    if (i < 3)
        return;
    line->fence = s[0];
    line->fence_len = i;
    if (s[0] == '`' && memchr(s + i, '`', n - i)) {
        line->fence_len = 0;
        return;
    }
    while (i < n && (s[i] == ' ' || s[i] == '\t'))
        i++;
    line->closes = i == n;
}

struct markup_line markup_line(const char *s, size_t n) {
    struct markup_line line = {0};
    size_t i = 0;

    while (n > 0 && (s[n - 1] == '\r' || s[n - 1] == '\n'))
        n--;
    n = n < MARKUP_LOOK ? n : MARKUP_LOOK;
    for (; i < n && (s[i] == ' ' || s[i] == '\t'); i++)
        line.indent = s[i] == ' ' ? line.indent + 1 : (line.indent | 3) + 1;
    line.marker = i;
    line.blank = i == n;
    if (line.blank)
        return line;
    line.item = is_item(s + i, n - i);
    look_for_fence(&line, s + i, n - i);
    line.defines = s[i] == '[' && defines(s + i, n - i);
    return line;
}

/* ---- what md4c cannot take ---- */
/* A word with many addresses in it is read once for each. */
static size_t addresses(const char *s, size_t n, size_t *at) {
    size_t found = 0, i = *at;

    for (; i < n && s[i] != ' ' && s[i] != '\n' && s[i] != '\t'; i++)
        found += s[i] == ':' || s[i] == '@' || (s[i] == 'w' && i + 3 < n && s[i + 3] == '.');
    const size_t length = i - *at;

    *at = i;
    return length > WORD_MAX ? found : 0;
}

static bool many_columns(const char *s, size_t n) {
    size_t bars = 0;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == '|')
            bars++;
        else if (s[i] != '-' && s[i] != ':' && s[i] != ' ' && s[i] != '\t' && s[i] != '>' &&
                 s[i] != '\r')
            return false;
    }
    return bars > MARKUP_COLUMNS + 1;
}

struct counts {
    size_t brackets, angles, marks, colons, bars;
};

typedef uint8_t bytes16 __attribute__((vector_size(16)));

static size_t sum(bytes16 v) {
    size_t n = 0;

    for (size_t i = 0; i < sizeof v; i++)
        n += v[i];
    return n;
}

/* Sixteen bytes are compared at once; a comparison that holds gives 255, which is taken away. Few
 * enough bytes for counters of one byte each. */
static void count_block(struct counts *out, const char *s) {
    bytes16 brackets = {0}, angles = {0}, marks = {0}, colons = {0}, bars = {0};

    for (size_t i = 0; i < COUNTED; i += sizeof(bytes16)) {
        bytes16 c;

        memcpy(&c, s + i, sizeof c);
        brackets -= (bytes16)(c == '[');
        angles -= (bytes16)(c == '<');
        marks -= (bytes16)((c == '*') | (c == '_') | (c == '~') | (c == '`'));
        colons -= (bytes16)((c == ':') | (c == '@') | (c == '.'));
        bars -= (bytes16)(c == '|');
    }
    out->brackets += sum(brackets);
    out->angles += sum(angles);
    out->marks += sum(marks);
    out->colons += sum(colons);
    out->bars += sum(bars);
}

static struct counts count(const char *s, size_t n) {
    struct counts counts = {0};
    char rest[COUNTED] = {0};
    size_t i = 0;

    for (; i + COUNTED <= n; i += COUNTED)
        count_block(&counts, s + i);
    if (i < n)
        memcpy(rest, s + i, n - i);
    count_block(&counts, rest);
    return counts;
}

/* More than md4c can take in linear time. */
static bool is_hostile(const char *s, size_t n) {
    const struct counts found = count(s, n);

    if (found.brackets > OPENERS_MAX || found.angles > OPENERS_MAX || found.marks > 8 * OPENERS_MAX)
        return true;
    size_t within = 0;

    for (size_t at = 0; found.colons > OPENERS_MAX && at < n; at++)
        within += addresses(s, n, &at);
    if (within > OPENERS_MAX)
        return true;
    for (size_t at = 0; found.bars > MARKUP_COLUMNS && at < n;) {
        const char *nl = memchr(s + at, '\n', n - at);
        const size_t end = nl ? (size_t)(nl - s) : n;

        if (many_columns(s + at, end - at))
            return true;
        at = end + 1;
    }
    return false;
}

/* ---- the scan ---- */
static struct markup_section *add_section(struct markup_split *split,
                                          const struct markup_section *section) {
    split->v = xgrow(split->v, split->n, &split->cap, sizeof *split->v);
    split->v[split->n] = *section;
    return &split->v[split->n++];
}

/* The section in the making ends at `at`. */
static void end_section(struct markup_split *split, struct markup_scan *scan, const char *s,
                        size_t at) {
    struct markup_section *section = add_section(split, &scan->section);

    section->len = at - section->off;
    if (section->kind == MARKUP_BLOCKS && is_hostile(s + section->off, section->len))
        section->kind = MARKUP_PLAIN;
}

static void cut(struct markup_split *split, struct markup_scan *scan, const char *s, size_t at,
                bool tight) {
    struct markup_section *section = &scan->section;

    if (at == section->off)
        return;
    end_section(split, scan, s, at);
    section->off = at;
    section->tight = tight;
    section->opens = section->closes = false;
    section->head = 0;
    scan->defines = false;
    if (!scan->fence)
        section->kind = MARKUP_BLOCKS;
    else
        section->kind = MARKUP_CODE;
}

static void open_fence(struct markup_scan *scan, const struct markup_line *line, const char *s,
                       size_t n) {
    size_t i = line->marker + line->fence_len, word;

    n = n < MARKUP_LOOK ? n : MARKUP_LOOK;
    while (i < n && (s[i] == ' ' || s[i] == '\t'))
        i++;
    for (word = i; word < n && (unsigned char)s[word] > ' ';)
        word++;
    scan->fence = (uint8_t)line->fence;
    scan->fence_len = (uint16_t)(line->fence_len < UINT16_MAX ? line->fence_len : UINT16_MAX);
    scan->section.fence_indent = (uint8_t)line->indent;
    scan->section.lang = (uint8_t)lang_named(s + i, word - i);
}

/* A line in an open fence; false when it is none of it. */
static bool fenced_line(struct markup_scan *scan, const struct markup_line *line) {
    if (scan->list_fence && !line->blank && line->indent < INNER) {
        scan->fence = 0;
        return false;
    }
    if (line->fence == (char)scan->fence && line->closes && line->fence_len >= scan->fence_len &&
        (scan->list_fence || line->indent < 4)) {
        scan->fence = 0;
        scan->section.closes = scan->section.kind == MARKUP_CODE;
    }
    return true;
}

/* A line that is not blank, outside of fences: does a new section begin with it? */
static void begin_line(struct markup_split *split, struct markup_scan *scan, const char *s,
                       const struct markup_line *line) {
    const size_t so_far = scan->at - scan->section.off;
    const bool top_item = line->item && line->indent < INNER;
    const bool inner = scan->in_list ? line->item || line->indent >= INNER : line->indent >= 4;

    if (scan->section.kind == MARKUP_CODE ||
        (scan->blank && !inner && (so_far >= SECTION_MIN || scan->defines)))
        cut(split, scan, s, scan->at, false);
    else if (scan->in_list && top_item && so_far >= LIST_MIN)
        cut(split, scan, s, scan->at, !scan->blank);
    if (line->item && line->indent < 4)
        scan->in_list = true;
    else if (scan->blank && line->indent < INNER)
        scan->in_list = false;
}

static void take_line(struct markup_split *split, struct markup_scan *scan, const char *s,
                      size_t end) {
    const char *from = s + scan->at;
    const size_t n = end - scan->at;
    const struct markup_line line = markup_line(from, n);

    if (scan->fence && fenced_line(scan, &line)) {
        scan->table = 0;
        return;
    }
    if (line.blank || from[line.marker] != '|' || line.indent > 3)
        scan->table = 0;
    else if (scan->table == 0)
        scan->table = scan->at + 1;
    if (line.blank) {
        scan->blank = true;
        return;
    }
    begin_line(split, scan, s, &line);
    scan->defines = scan->defines || line.defines;
    scan->blank = false;
    if (line.fence_len == 0)
        return;
    if (line.indent < INNER || (!scan->in_list && line.indent < 4)) {
        cut(split, scan, s, scan->at, false);
        open_fence(scan, &line, from, n);
        scan->section.kind = MARKUP_CODE;
        scan->section.opens = true;
        scan->list_fence = scan->in_list = false;
    } else if (scan->in_list) {
        open_fence(scan, &line, from, n);
        scan->list_fence = true;
    }
}

/* Where a line of more than a section's size is cut: behind a blank, else between characters. */
static size_t cut_place(const char *s, size_t from, size_t to) {
    for (size_t at = to; at > to - MARKUP_LOOK; at--)
        if (s[at - 1] == ' ')
            return at;
    for (size_t at = to; at > to - 4 && at > from; at--)
        if (((unsigned char)s[at] & 0xc0) != 0x80)
            return at;
    return to;
}

/* Takes lines as long as they are whole; the last one too when `all`. */
static void scan_lines(struct markup_split *split, struct markup_scan *scan, const char *s,
                       size_t n, bool all) {
    while (scan->at < n) {
        /* not further than a section reaches: a line of megabytes is not looked through for each */
        const size_t seen = n - scan->at < LIMIT + 1 ? n : scan->at + LIMIT + 1;
        const char *nl = memchr(s + scan->at, '\n', seen - scan->at);
        const size_t end = nl ? (size_t)(nl - s) + 1 : seen;

        if (end - scan->section.off > LIMIT && scan->at > scan->section.off) {
            cut(split, scan, s, scan->at, !scan->blank || scan->fence != 0);
            if (s[scan->at] == '|')
                scan->section.head = scan->table;
        }
        if (end - scan->at > LIMIT) {
            take_line(split, scan, s, end);
            scan->at = cut_place(s, scan->at, scan->at + LIMIT);
            cut(split, scan, s, scan->at, true);
            continue;
        }
        if (!nl && !all)
            return;
        take_line(split, scan, s, end);
        scan->at = end;
    }
}

void markup_split(struct markup_split *split, const char *s, size_t n, enum markup_end end) {
    split->n = split->closed;
    scan_lines(split, &split->scan, s, n, false);
    split->closed = split->n;
    struct markup_scan rest = split->scan;

    scan_lines(split, &rest, s, n, true);
    if (rest.section.off < n)
        end_section(split, &rest, s, n);
    for (size_t i = split->closed; i < split->n; i++)
        split->v[i].open = end == MARKUP_GROWS && i + 1 == split->n;
    if (end == MARKUP_WHOLE) {
        split->scan = rest;
        split->scan.section.off = n;
        split->closed = split->n;
    }
}

void markup_split_fini(struct markup_split *split) {
    free(split->v);
    *split = (struct markup_split){0};
}
