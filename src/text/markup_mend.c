/* markup_mend.c - the open end of a text that still arrives: what was begun is brought to an end,
 * and what may become anything is not shown yet, so that little changes its look later. */
#include "markup.h"

#include <string.h>

enum { DELIMITERS = 32 };

struct mender {
    const char *s;
    size_t at, end;
    struct {
        char c;
        size_t n, at;
    } open[DELIMITERS];
    size_t depth;
    size_t code, code_at; /* length of the run of backticks that is open */
    size_t dangling;      /* where the text shall end; SIZE_MAX: at its end */
    size_t target;        /* "](" without its end: where it is; SIZE_MAX: none */
};

static bool word(char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           ((unsigned char)c & 0x80);
}

static bool blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

static size_t run_of(const struct mender *m) {
    size_t n = 1;

    while (m->at + n < m->end && m->s[m->at + n] == m->s[m->at])
        n++;
    return n;
}

static void delimiter(struct mender *m) {
    const size_t run = run_of(m);
    const char c = m->s[m->at];
    const char before = m->at > 0 ? m->s[m->at - 1] : ' ';
    const char behind = m->at + run < m->end ? m->s[m->at + run] : ' ';
    const bool inside = c == '_' && word(before) && word(behind);
    size_t n = c == '~' && run < 2 ? 0 : run;

    if (c == '~' && run < 2 && m->at + run == m->end)
        m->dangling = m->at; /* half of a mark */
    m->at += run;
    if (inside)
        return;
    while (!blank(before) && n > 0 && m->depth > 0 && m->open[m->depth - 1].c == c) {
        const size_t take = n < m->open[m->depth - 1].n ? n : m->open[m->depth - 1].n;

        n -= take;
        m->open[m->depth - 1].n -= take;
        m->depth -= m->open[m->depth - 1].n == 0;
    }
    if (n == 0 || m->depth == DELIMITERS || (m->at < m->end ? blank(behind) : word(before)))
        return;
    m->open[m->depth].c = c;
    m->open[m->depth].n = n;
    m->open[m->depth++].at = m->at - n;
}

static void backticks(struct mender *m) {
    const size_t run = run_of(m);

    if (m->code == 0) {
        m->code = run;
        m->code_at = m->at;
    } else if (m->code == run) {
        m->code = 0;
    }
    m->at += run;
}

static void walk(struct mender *m) {
    m->target = m->dangling = SIZE_MAX;
    while (m->at < m->end) {
        const char c = m->s[m->at];

        if (c == '`') {
            backticks(m);
        } else if (m->code > 0) {
            m->at++;
        } else if (c == '\\') {
            m->at += 2;
        } else if (m->target != SIZE_MAX) {
            if (c == ')' || blank(c))
                m->target = SIZE_MAX;
            m->at++;
        } else if (c == '*' || c == '_' || c == '~') {
            delimiter(m);
        } else {
            if (c == ']' && m->at + 1 < m->end && m->s[m->at + 1] == '(')
                m->target = m->at;
            m->at++;
        }
    }
}

static size_t line_start(const char *s, size_t at) {
    while (at > 0 && s[at - 1] != '\n')
        at--;
    return at;
}

/* Where the block begins that the text ends in. */
static size_t block_start(const char *s, size_t n) {
    size_t at = line_start(s, n);

    for (;;) {
        const struct markup_line line = markup_line(s + at, n - at);
        const char c = line.blank ? '\0' : s[at + line.marker];

        if (line.item || c == '#' || c == '|' || c == '>' || at == 0)
            return at;
        const size_t before = line_start(s, at - 1);

        if (markup_line(s + before, at - 1 - before).blank)
            return at;
        at = before;
    }
}

/* Bytes of a mark at a line's start that is no part of the text. */
static size_t markers(const char *s, size_t at, size_t n) {
    for (;;) {
        const struct markup_line line = markup_line(s + at, n - at);

        at += line.marker;
        if (at >= n || (!line.item && s[at] != '>'))
            return at;
        for (at++; at < n && !blank(s[at]) && s[at - 1] != '>';)
            at++;
    }
}

static bool only(const char *s, size_t n, const char *set) {
    for (size_t i = 0; i < n; i++)
        if (!strchr(set, s[i]) || s[i] == '\0')
            return false;
    return true;
}

/* A last line that may become a fence, or end one. */
static bool half_fence(const char *s, size_t at, size_t n) {
    while (at < n && s[at] == ' ')
        at++;
    return at < n && (only(s + at, n - at, "`") || only(s + at, n - at, "~"));
}

/* A last line of nothing but such characters may become a list, a rule, a fence, a heading. */
static bool undecided(const char *s, size_t at, size_t n) {
    while (at < n && s[at] == ' ')
        at++;
    return at < n &&
           (only(s + at, n - at, "-") || only(s + at, n - at, "=") || only(s + at, n - at, "`") ||
            only(s + at, n - at, "~") || only(s + at, n - at, "*") || only(s + at, n - at, "_") ||
            only(s + at, n - at, "#"));
}

/* Whether the text ends within fenced code, which stands in a list or a quote. */
static bool in_fence(const char *s, size_t n) {
    struct markup_line open = {0};

    for (size_t at = 0; at < n;) {
        const char *nl = memchr(s + at, '\n', n - at);
        const size_t end = nl ? (size_t)(nl - s) : n;
        size_t from = at;

        while (from < end && (s[from] == '>' || s[from] == ' '))
            from++;
        const struct markup_line item = markup_line(s + from, end - from);

        if (item.item && open.fence_len == 0)
            from = markers(s, from, end);
        const struct markup_line line = markup_line(s + from, end - from);

        if (open.fence_len == 0 && line.fence_len > 0)
            open = line;
        else if (line.fence == open.fence && line.closes && line.fence_len >= open.fence_len)
            open.fence_len = 0;
        at = end + 1;
    }
    return open.fence_len > 0;
}

/* The head of a table with half of the line below: that line is made whole. */
static bool mend_table(struct buf *out, const char *s, size_t last, size_t n) {
    if (last == 0 || n - last > MARKUP_LOOK || !only(s + last, n - last, "|:- "))
        return false;
    const size_t head = line_start(s, last - 1);
    const struct markup_line line = markup_line(s + head, last - head);
    size_t end = last - 1, bars = 0;

    while (end > head && blank(s[end - 1]))
        end--;
    if (line.blank || line.indent > 3 || s[head + line.marker] != '|' ||
        end < head + line.marker + 3 || s[end - 1] != '|')
        return false;
    const size_t before = head > 0 ? line_start(s, head - 1) : 0;

    if (head > 0 && !markup_line(s + before, head - before).blank)
        return false;
    for (size_t i = head; i < end; i++)
        bars += s[i] == '|' && (i == 0 || s[i - 1] != '\\');
    if (bars < 2 || bars > MARKUP_COLUMNS)
        return false;
    buf_add(out, s, last);
    for (; bars > 1; bars--)
        buf_adds(out, "|---");
    buf_adds(out, "|\n");
    return true;
}

static void close_all(struct buf *out, struct mender *m) {
    static const char runs[] = "````````````````****************________________~~~~~~~~~~~~~~~~";

    if (m->code > 0 && m->code <= 16)
        buf_add(out, runs, m->code);
    if (m->code == 0 && m->target != SIZE_MAX)
        buf_adds(out, ")");
    while (m->depth-- > 0) {
        const char c = m->open[m->depth].c;
        const size_t n = m->open[m->depth].n < 16 ? m->open[m->depth].n : 16;

        buf_add(out, runs + (c == '*' ? 16 : c == '_' ? 32 : 48), n);
    }
}

size_t markup_headed(struct buf *out, const char *s, const struct markup_section *section) {
    size_t at = section->head;

    if (at == 0)
        return 0;
    for (int lines = 0; lines < 2; lines++) {
        const char *nl = memchr(s + at, '\n', section->off - at);

        if (!nl || (size_t)(nl - s) - section->head > MARKUP_SECTION / 4)
            return 0;
        at = (size_t)(nl - s) + 1;
    }
    const size_t head = section->head - 1, rule = line_start(s, at - 1);

    if (!only(s + rule, at - 1 - rule, "|:- \r"))
        return 0;
    buf_add(out, s + head, at - head);
    buf_add(out, s + section->off, section->len);
    return at - head;
}

/* A line below a table's head, some dashes of which are too few for md4c: it wants three. */
static bool narrow(const char *s, size_t n) {
    bool bar = false, few = false;
    size_t run = 0;

    while (n > 0 && blank(s[n - 1]))
        n--;
    if (n == 0 || !only(s, n, "|:- "))
        return false;
    for (size_t i = 0; i <= n; i++) {
        if (i < n && s[i] == '-') {
            run++;
            continue;
        }
        few = few || (run > 0 && run < 3);
        run = 0;
        bar = bar || (i < n && s[i] == '|');
    }
    return bar && few;
}

static void widen(struct buf *out, const char *s, size_t n) {
    for (size_t i = 0; i < n; i++)
        buf_add(out, s[i] == '-' ? "---" : s + i, s[i] == '-' ? 3 : 1);
}

bool markup_widen(struct buf *out, const char *s, size_t n) {
    size_t done = 0;

    for (size_t at = 0; at < n;) {
        const char *dash = memchr(s + at, '-', n - at);
        const char *nl = dash ? memchr(dash, '\n', (size_t)(s + n - dash)) : NULL;
        const size_t end = nl ? (size_t)(nl - s) : n;
        const size_t start = dash ? line_start(s, (size_t)(dash - s)) : n;

        at = end + 1;
        if (!dash || !memchr(s + start, '|', end - start) || !narrow(s + start, end - start))
            continue;
        buf_add(out, s + done, start - done);
        widen(out, s + start, end - start);
        done = end;
    }
    if (done == 0)
        return false;
    buf_add(out, s + done, n - done);
    return true;
}

bool markup_mend(struct buf *out, const char *s, size_t n) {
    size_t last;

    if (n > 0 && s[n - 1] == '\n' && mend_table(out, s, n, n))
        return true;
    while (n > 0 && blank(s[n - 1]) && s[n - 1] != '\n')
        n--;
    last = line_start(s, n);
    if (n == 0 || s[n - 1] == '\n')
        return false;
    const bool code = in_fence(s, last);

    if (!code && mend_table(out, s, last, n))
        return true;
    if (code ? half_fence(s, last, n) : undecided(s, last, n)) {
        buf_add(out, s, last);
        return true;
    }
    if (code || in_fence(s, n))
        return false;
    const size_t start = block_start(s, n);
    if (s[start] == '<') /* may be HTML, which is shown as it stands */
        return false;
    struct mender m = {.s = s, .at = markers(s, start, n), .end = n};

    walk(&m);
    /* A mark at the very end has nothing to mark yet. */
    if (m.code > 0 && m.code_at + m.code == n) {
        n = m.code_at;
        m.code = 0;
    } else if (m.dangling != SIZE_MAX) {
        n = m.dangling;
    } else if (m.code == 0 && m.depth > 0 && m.open[m.depth - 1].at + m.open[m.depth - 1].n == n) {
        n = m.open[--m.depth].at;
    }
    if (m.code == 0 && m.depth == 0 && m.target == SIZE_MAX && n == m.end)
        return false;
    while (n > start && blank(s[n - 1]))
        n--;
    buf_add(out, s, n);
    close_all(out, &m);
    return true;
}
