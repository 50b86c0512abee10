/* clean.c - the one sanitiser: what foreign text may put on the screen. */
#include "utf8.h"

#include <string.h>
#include <utf8proc.h>

enum {
    ZWJ = 0x200d,
    VS16 = 0xfe0f,
    LINE_SEPARATOR = 0x2028,
    PARAGRAPH_SEPARATOR = 0x2029,
    TAB_STOP = 8
};

/* Everything beyond ASCII that is dropped (or marked): C1, what has no shape of its own, what turns
 * the reading direction round, and line ends in disguise. Sorted. Right-to-left letters themselves
 * stay. */
static const struct {
    uint32_t first, last;
} unseen[] = {
    {0x80, 0x9f},       /* C1 */
    {0xad, 0xad},       /* soft hyphen */
    {0x34f, 0x34f},     /* combining grapheme joiner */
    {0x61c, 0x61c},     /* Arabic letter mark */
    {0x115f, 0x1160},   /* Hangul fillers */
    {0x17b4, 0x17b5},   /* Khmer inherent vowels */
    {0x180b, 0x180f},   /* Mongolian selectors */
    {0x200b, 0x200f},   /* zero-width blank, joiners, direction marks */
    {0x2028, 0x202e},   /* line and paragraph separators, bidi embeddings and overrides */
    {0x2060, 0x206f},   /* word joiner, invisible operators, bidi isolates */
    {0x3164, 0x3164},   /* Hangul filler */
    {0xfe00, 0xfe0f},   /* variation selectors */
    {0xfeff, 0xfeff},   /* byte order mark */
    {0xffa0, 0xffa0},   /* halfwidth Hangul filler */
    {0xfff0, 0xfffb},   /* specials, interlinear annotation */
    {0x1bca0, 0x1bca3}, /* shorthand format controls */
    {0x1d173, 0x1d17a}, /* musical format controls */
    {0xe0000, 0xe0fff}, /* tags, more variation selectors */
};

struct cleaner {
    struct buf *out;
    const char *s;
    size_t n;
    enum clean how;
    size_t start;     /* of our part of out */
    size_t column_at; /* position in out up to which `column` was counted */
    size_t column;    /* cells since the last line end before column_at */
};

static bool is_unseen(uint32_t cp) {
    size_t low = 0, high = MIX_COUNT(unseen);

    while (low < high) {
        const size_t mid = (low + high) / 2;

        if (cp > unseen[mid].last)
            low = mid + 1;
        else if (cp < unseen[mid].first)
            high = mid;
        else
            return true;
    }
    return false;
}

static bool many_lines(enum clean how) { return how == CLEAN_TEXT || how == CLEAN_MARKS; }

static bool shows_marks(enum clean how) { return how == CLEAN_MARKS || how == CLEAN_NAME; }

static int class_of(uint32_t cp) { return utf8proc_get_property((utf8proc_int32_t)cp)->boundclass; }

/* Whether what was written last is a pictograph, perhaps with a skin tone or selector after it. */
static bool after_pictograph(const struct cleaner *c, uint32_t coming) {
    size_t at = c->out->n;

    for (int steps = 0; steps < 4 && at > c->start; steps++) {
        const uint32_t cp = utf8_back(c->out->p, at, &at);

        if (class_of(cp) == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC)
            return true;
        if (class_of(cp) != UTF8PROC_BOUNDCLASS_EXTEND || (cp == VS16 && coming == VS16))
            return false;
    }
    return false;
}

/* A joiner or selector that holds an emoji together is the one thing unseen that may stay. */
static bool holds_emoji(const struct cleaner *c, uint32_t cp, size_t next) {
    if ((cp != ZWJ && cp != VS16) || !after_pictograph(c, cp))
        return false;
    if (cp == VS16)
        return true;
    size_t used;

    return next < c->n && class_of(text_decode(c->s + next, c->n - next, &used)) ==
                              UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

static enum rc add_code_point(struct buf *out, uint32_t cp) {
    char bytes[4];

    return buf_add(out, bytes, text_encode(bytes, cp));
}

static enum rc add_mark(struct buf *out, uint32_t cp) {
    if (cp < 0x20)
        return add_code_point(out, 0x2400 + cp);
    if (cp == 0x7f)
        return add_code_point(out, 0x2421);
    char text[] = "<U+______>";
    size_t n = 3;

    for (int shift = cp > 0xfffff ? 20 : cp > 0xffff ? 16 : 12; shift >= 0; shift -= 4)
        text[n++] = "0123456789ABCDEF"[cp >> shift & 15];
    text[n++] = '>';
    return buf_add(out, text, n);
}

static enum rc add_tab(struct cleaner *c) {
    if (c->how == CLEAN_LINE)
        return buf_adds(c->out, " ");
    if (c->how == CLEAN_NAME)
        return add_mark(c->out, '\t');
    size_t line = c->out->n;

    while (line > c->column_at && c->out->p[line - 1] != '\n')
        line--;
    if (line > c->column_at)
        c->column = 0;
    if (c->out->n > line)
        c->column += (size_t)text_width(c->out->p + line, c->out->n - line);
    c->column_at = c->out->n;
    return buf_add(c->out, "        ", TAB_STOP - c->column % TAB_STOP);
}

static enum rc add_line_end(struct cleaner *c) {
    return c->how == CLEAN_LINE ? add_code_point(c->out, 0x21b5) : buf_adds(c->out, "\n");
}

/* One ASCII control at `at`; *at moves past what was consumed. */
static enum rc add_control(struct cleaner *c, size_t *at) {
    const char byte = c->s[(*at)++];

    if (byte == '\t')
        return add_tab(c);
    if (byte == '\n' && c->how != CLEAN_NAME)
        return add_line_end(c);
    if (shows_marks(c->how))
        return add_mark(c->out, (uint32_t)byte);
    if (byte != '\r')
        return RC_OK;
    /* \r\n and \r\r\n are one line end; so are bare returns, which would glue two lines together.
     */
    while (*at < c->n && c->s[*at] == '\r')
        (*at)++;
    if (*at < c->n && c->s[*at] == '\n')
        (*at)++;
    return add_line_end(c);
}

/* One code point that cannot be copied as it stands. */
static enum rc add_unseen(struct cleaner *c, uint32_t cp, size_t next) {
    if (holds_emoji(c, cp, next))
        return add_code_point(c->out, cp);
    if (shows_marks(c->how))
        return add_mark(c->out, cp);
    return cp == LINE_SEPARATOR || cp == PARAGRAPH_SEPARATOR ? add_line_end(c) : RC_OK;
}

/* Length of what can be copied as it stands. */
static size_t plain_run(const struct cleaner *c, size_t from) {
    const bool lines = many_lines(c->how);
    const char *s = c->s;
    size_t at = from;

    while (at < c->n) {
        at += bytes_printable_run(s + at, c->n - at);
        if (at < c->n && s[at] == '\n' && lines) {
            at++;
            continue;
        }
        if (at == c->n)
            break;
        if (byte_ascii(s[at]))
            break;
        size_t used;
        const uint32_t cp = text_decode(s + at, c->n - at, &used);

        if ((cp == 0xfffd && used == 1) || is_unseen(cp))
            break;
        at += used;
    }
    return at - from;
}

static enum rc clean_all(struct cleaner *c) {
    enum rc rc = RC_OK;
    size_t at = 0;

    while (at < c->n && rc == RC_OK) {
        const size_t run = plain_run(c, at);

        rc = buf_add(c->out, c->s + at, run);
        at += run;
        if (at >= c->n || rc != RC_OK)
            break;
        if (byte_ascii(c->s[at])) {
            rc = add_control(c, &at);
            continue;
        }
        size_t used;
        const uint32_t cp = text_decode(c->s + at, c->n - at, &used);

        at += used;
        rc = cp == 0xfffd ? add_code_point(c->out, cp) : add_unseen(c, cp, at);
    }
    return rc;
}

enum rc text_clean(struct buf *out, const char *s, size_t n, enum clean how) {
    struct cleaner c = {
        .out = out, .s = s, .n = n, .how = how, .start = out->n, .column_at = out->n};
    const enum rc rc = clean_all(&c);

    if (rc != RC_OK)
        buf_cut(out, c.start, out->n - c.start);
    return rc;
}
