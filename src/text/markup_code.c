/* markup_code.c - sections of fenced code. */
#include "markup.h"

#include <stdlib.h>
#include <string.h>

static size_t line_behind(const char *s, size_t at, size_t end) {
    const char *nl = at < end ? memchr(s + at, '\n', end - at) : NULL;

    return nl ? (size_t)(nl - s) + 1 : end;
}

static size_t line_start(const char *s, size_t from, size_t at) {
    while (at > from && s[at - 1] != '\n')
        at--;
    return at;
}

/* A line that may become the closing fence: its first characters. */
static bool half_fence(const char *s, size_t from, size_t to) {
    size_t n = 0;

    while (from < to && s[from] == ' ')
        from++;
    while (from + n < to && s[from + n] == s[from])
        n++;
    return n > 0 && from + n == to && (s[from] == '`' || s[from] == '~');
}

void markup_fenced_body(const char *s, const struct markup_section *section, size_t *from,
                        size_t *to) {
    size_t end = section->off + section->len;

    *from = section->opens ? line_behind(s, section->off, end) : section->off;
    if (section->closes) {
        size_t start;

        do {
            end = end > *from && s[end - 1] == '\n' ? end - 1 : end;
            start = line_start(s, *from, end);
        } while (start > *from && markup_line(s + start, end - start).blank && (end = start));
        end = start;
    } else if (section->open) {
        const size_t start = line_start(s, *from, end);

        if (half_fence(s, start, end))
            end = start;
    }
    *to = end > *from ? end : *from;
}

/* Lines lose the blanks their fence has in front. */
void markup_unindent(struct buf *out, const char *s, size_t n, size_t indent) {
    for (size_t at = 0; at < n;) {
        const size_t end = line_behind(s, at, n);
        size_t skip = 0;

        while (skip < indent && at + skip < end && s[at + skip] == ' ')
            skip++;
        buf_add(out, s + at + skip, end - at - skip);
        at = end;
    }
}

const char *markup_fence_label(const char *s, const struct markup_section *section, size_t *n) {
    const size_t end = line_behind(s, section->off, section->off + section->len);
    const struct markup_line line = markup_line(s + section->off, end - section->off);
    size_t at = section->off + line.marker + line.fence_len, to;

    while (at < end && (s[at] == ' ' || s[at] == '\t'))
        at++;
    for (to = at; to < end && (unsigned char)s[to] > ' ';)
        to++;
    *n = to - at;
    return s + at;
}

void markup_fenced(struct flow *out, const char *s, const struct markup_section *section,
                   const struct markup_how *how) {
    struct markup_code code = {.src = (uint32_t)section->off, .lang = section->lang};
    auto_buf struct buf copy = {.max = 2 * MARKUP_SECTION};
    size_t from, to;

    markup_fenced_body(s, section, &from, &to);
    if (section->opens)
        code.label = markup_fence_label(s, section, &code.label_n);
    code.s = s + from;
    code.n = to - from;
    code.src = (uint32_t)from;
    if (section->fence_indent > 0) {
        markup_unindent(&copy, code.s, code.n, section->fence_indent);
        code.s = buf_str(&copy);
        code.n = copy.n;
    }
    struct markup_out *o = xcalloc(1, sizeof *o);

    o->flow = out;
    o->how = how;
    markup_document(o);
    markup_code(o, &code);
    free(o);
}
