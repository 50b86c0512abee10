/* hostile.h - texts made to break whoever shows them: what md4c's own tests of that kind hold, and
 * what is aimed at us. For unit tests and benchmarks. */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

#include "mix/base.h"

#include <stdlib.h>
#include <string.h>

/* ---- building ---- */
static inline void hostile_repeat(struct buf *out, const char *unit, size_t bytes) {
    const size_t n = strlen(unit);

    for (size_t at = 0; n > 0 && at + n <= bytes; at += n)
        if (buf_add(out, unit, n) != RC_OK)
            abort();
}

/* What a JSON string is made of: controls and quotes escaped, everything else as it is. */
static inline void hostile_escape(struct buf *out, const char *s, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)s[i];

        if (c < 0x20 || c == 0x7f)
            buf_addf(out, "\\u%04x", c);
        else if (c == '"' || c == '\\')
            buf_addf(out, "\\%c", c);
        else
            buf_add(out, s + i, 1);
    }
}

/* ---- Markdown ---- */
/* head, units, middle, as many units of the other kind, tail */
struct hostile_text {
    const char *name;
    const char *head, *unit, *middle, *back, *tail;
    void (*make)(struct buf *out, size_t bytes); /* instead of them */
};

static inline void hostile_ticks(struct buf *out, size_t bytes) {
    for (size_t i = 1; out->n + i + 1 < bytes; i++) {
        buf_add(out, "e", 1);
        hostile_repeat(out, "`", i);
    }
}

static inline void hostile_definitions(struct buf *out, size_t bytes) {
    for (size_t i = 0; out->n < bytes / 2; i++)
        buf_addf(out, "[%zu]: u\n", i);
    buf_adds(out, "\n");
    while (out->n + 8 < bytes)
        buf_adds(out, "[0] ");
}

static inline void hostile_used_definitions(struct buf *out, size_t bytes) {
    for (size_t i = 0; out->n + 64 < bytes; i++)
        buf_addf(out, "[r%zu]: http://e.com/%zu\n\n[r%zu] ", i, i, i / 2);
}

static inline void hostile_long_definition(struct buf *out, size_t bytes) {
    buf_adds(out, "[a]: http://");
    hostile_repeat(out, "0", bytes / 3);
    buf_adds(out, "\n\n");
    hostile_repeat(out, "[a] ", bytes - bytes / 3 - 16);
}

static inline void hostile_list(struct buf *out, size_t bytes) {
    for (size_t i = 0; out->n + 2 * i + 8 < bytes; i++)
        buf_addf(out, "%*s* a\n", (int)(2 * i), "");
}

static inline void hostile_numbers(struct buf *out, size_t bytes) {
    for (size_t i = 0; out->n + 3 * i + 8 < bytes; i++)
        buf_addf(out, "%*s1. a\n", (int)(3 * i), "");
}

static inline void hostile_columns(struct buf *out, size_t bytes) {
    enum { COLUMNS = 10000 };

    for (size_t row = 0; out->n + 4 * (size_t)COLUMNS < bytes; row++) {
        for (size_t i = 0; i < COLUMNS; i++)
            buf_adds(out, row == 1 ? "|-" : "|a");
        buf_adds(out, "|\n");
    }
}

static inline void hostile_wide_head(struct buf *out, size_t bytes) {
    hostile_repeat(out, "|x", 2 * (size_t)64);
    buf_adds(out, "|\n");
    hostile_repeat(out, "|-", 2 * (size_t)64);
    buf_adds(out, "|\n");
    hostile_repeat(out, "|\n", bytes > 600 ? bytes - 600 : 0);
}

static inline void hostile_cell(struct buf *out, size_t bytes) {
    buf_adds(out, "|a|b|\n|-|-|\n|");
    hostile_repeat(out, "x", bytes > 32 ? bytes - 32 : 0);
    buf_adds(out, "|y|\n");
}

static inline void hostile_cells(struct buf *out, size_t bytes) {
    buf_adds(out, "|a|b|c|d|\n|-|:-:|-:|-|\n");
    hostile_repeat(out, "|*a*|`b`|[c](d)|<br>|\n", bytes - 32);
}

static inline void hostile_late_emphasis(struct buf *out, size_t bytes) {
    while (out->n + 8 < bytes)
        buf_adds(out, out->n % 16000 < 8000 ? "*a " : "a* ");
}

static inline void hostile_nul(struct buf *out, size_t bytes) {
    while (out->n + 16 < bytes)
        buf_add(out, "abc\0de\0*\0*`\0`[\0]", 17);
}

static inline void hostile_noise(struct buf *out, size_t bytes) {
    static const char letters[] = "*_`[]()<>!#|-+~&;:\\\"'=.1 a\n\n\t\r{}@/\xc3\xa9\xe2\x80\xae";
    uint64_t x = 88172645463325252U;

    while (out->n + 1 < bytes) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        buf_add(out, &letters[x % (sizeof letters - 1)], 1);
    }
}

static inline void hostile_fences(struct buf *out, size_t bytes) {
    for (size_t i = 3; out->n + i + 2 < bytes; i++) {
        hostile_repeat(out, "`", i);
        buf_adds(out, "\n");
    }
}

static inline void hostile_blank_lines(struct buf *out, size_t bytes) {
    buf_adds(out, "first\n");
    hostile_repeat(out, "\n", bytes - 16);
    buf_adds(out, "last\n");
}

static inline void hostile_fence_line(struct buf *out, size_t bytes) {
    buf_adds(out, "```c\n");
    hostile_repeat(out, "int a = \"b\"; /* c */ ", bytes > 32 ? bytes - 32 : 0);
    buf_adds(out, "\n```\n");
}

static const struct hostile_text hostile_markdown[] = {
    /* of md4c's tests */
    {"nested strong emphasis", "", "*a **a ", "b", " a** a*", "", NULL},
    {"closers without openers", "", "a_ ", "", "", "", NULL},
    {"openers without closers", "", "_a ", "", "", "", NULL},
    {"triple openers", "", "a***", "", "", "", NULL},
    {"link closers", "", "a]", "", "", "", NULL},
    {"link openers", "", "[a", "", "", "", NULL},
    {"mismatched emphasis", "", "*a_ ", "", "", "", NULL},
    {"emphasis by threes", "a**b", "c* ", "", "", "", NULL},
    {"links and emphasis", "", "[ a_", "", "", "", NULL},
    {"hard case", "", "**x [a*b**c*](d)", "", "", "", NULL},
    {"nested brackets", "", "[", "a", "]", "", NULL},
    {"nested quotes", "", "> ", "a", "", "", NULL},
    {"quotes without blanks", "", ">", "a", "", "", NULL},
    {"U+0000", "", "", "", "", "", hostile_nul},
    {"backticks", "", "", "", "", "", hostile_ticks},
    {"links", "", "[t](/u) ", "", "", "", NULL},
    {"references", "", "", "", "", "", hostile_definitions},
    {"nested lists", "", "", "", "", "", hostile_list},
    {"nested numbers", "", "", "", "", "", hostile_numbers},
    {"lists in one line", "", "- ", "a", "", "", NULL},
    {"openers and closers of HTML", "", "<>", "", "", "", NULL},
    {"processing instructions", "x", "<?", "", "", "", NULL},
    {"CDATA", "x", "<![CDATA[", "", "", "", NULL},
    {"declarations", "x", "<!A ", "", "", "", NULL},
    {"comments", "x", "<!--", "", "", "", NULL},
    {"tags", "", "<a x=\"", "", "", "", NULL},
    {"less than", "", "<", "", "", "", NULL},
    {"backticks and escapes", "", "\\``", "", "", "", NULL},
    {"broken autolinks", "", "www._", "x", "", "", NULL},
    {"addresses", "", "http://", "", "", "", NULL},
    {"mail", "", "a@b.c ", "", "", "", NULL},
    {"a rule that is none", "", "* ", "a", "", "", NULL},
    {"broken links", "", "](\n[", "", "", "", NULL},
    {"images of links", "", "![[]()", "", "", "", NULL},
    {"images of images", "", "![![", "", "", "", NULL},
    {"an angle in a link", "", "[a](<b", "", "", "", NULL},
    {"titles", "", "[a](b \"c", "", "", "", NULL},
    {"definitions that do not end", "", "[a]: b \"\n", "", "", "", NULL},
    {"many strong openers", "", "**x* ", "", "", "", NULL},
    {"entities", "", "&#x1;&amp;&;&#", "", "", "", NULL},
    {"strike", "", "~~a ~b~~ ", "", "", "", NULL},
    /* ours */
    {"definitions that are used", "", "", "", "", "", hostile_used_definitions},
    {"one long address", "", "", "", "", "", hostile_long_definition},
    {"10,000 columns", "", "", "", "", "", hostile_columns},
    {"short rows", "", "", "", "", "", hostile_wide_head},
    {"one wide cell", "", "", "", "", "", hostile_cell},
    {"many cells", "", "", "", "", "", hostile_cells},
    {"bars", "", "|", "", "", "", NULL},
    {"late emphasis", "", "", "", "", "", hostile_late_emphasis},
    {"noise", "", "", "", "", "", hostile_noise},
    {"longer and longer fences", "", "", "", "", "", hostile_fences},
    {"fences", "", "```\n~~~\n", "", "", "", NULL},
    {"blank lines", "", "", "", "", "", hostile_blank_lines},
    {"blanks", "a", " ", "", "", "b", NULL},
    {"blanks and nothing else", "", " \n", "", "", "", NULL},
    {"tabs", "a", "\t", "", "", "b", NULL},
    {"returns", "a", "\r", "", "", "b", NULL},
    {"headings", "", "# a\n", "", "", "", NULL},
    {"underlines", "", "a\n=\n", "", "", "", NULL},
    {"tasks", "", "- [x] a\n", "", "", "", NULL},
    {"indented code", "", "    a\n", "", "", "", NULL},
    {"one line", "", "a", "", "", "", NULL},
    {"one line of words", "", "word ", "", "", "", NULL},
    {"one line of wide letters", "", "\xe6\xbc\xa2", "", "", "", NULL},
    {"one line of code", "", "", "", "", "", hostile_fence_line},
    {"marks upon a letter", "a", "\xcc\x81", "", "", "", NULL},
    {"a chain of joiners", "", "\xf0\x9f\x91\xa9\xe2\x80\x8d", "", "", "", NULL},
    {"flags", "", "\xf0\x9f\x87\xa6", "", "", "", NULL},
    {"no UTF-8", "", "\xff\xfe\xc0\xaf\xed\xa0\x80", "", "", "", NULL},
    {"bidi", "", "\xe2\x80\xae\xd7\x90\xe2\x81\xa6", "", "", "", NULL},
    {"zero width", "a", "\xe2\x80\x8b\xef\xbb\xbf", "", "", "b", NULL},
    {"escapes", "", "\033[31m\033]0;x\a", "", "", "", NULL},
};

/* At most so many bytes of it. */
static inline void hostile_make(const struct hostile_text *t, struct buf *out, size_t bytes) {
    const bool both = t->make == NULL && t->back[0] != '\0';
    const size_t fixed = strlen(t->head) + strlen(t->middle) + strlen(t->tail);
    const size_t room = bytes > fixed ? bytes - fixed : 0;

    buf_clear(out);
    if (t->make) {
        t->make(out, bytes);
        return;
    }
    const size_t pair = strlen(t->unit) + strlen(t->back);
    const size_t times = both ? room / pair : room / strlen(t->unit);

    buf_adds(out, t->head);
    hostile_repeat(out, t->unit, times * strlen(t->unit));
    buf_adds(out, t->middle);
    if (both)
        hostile_repeat(out, t->back, times * strlen(t->back));
    buf_adds(out, t->tail);
}

/* ---- what a terminal would obey, and what an eye would not see ---- */
/* Sequences of every kind, 7 and 8 bits, UTF-8 and raw; each followed by '|'. */
static inline void hostile_sequences(struct buf *out) {
    static const char *const bodies[] = {
        "c",
        "[2J",
        "[?1049l",
        "[?2004l",
        "[6n",
        "[31m",
        "[?1000h",
        "[>c",
        "[8;1;1t",
        "[20t",
        "]0;title\a",
        "]2;t\033\\",
        "]52;c;aGVsbG8=\a",
        "]8;;http://x\a",
        "]4;1;rgb:0/0/0\a",
        "]1337;File=:AA\a",
        "P$q m\033\\",
        "Pq#0~\033\\",
        "_Ga=T;AAAA\033\\",
        "^pm\033\\",
        "Xsos\033\\",
        "(0",
        "#8",
        "=",
        "7",
        "[?25l",
        "[3J",
        "[r",
        "[5i",
        "%@",
    };

    for (size_t i = 0; i < MIX_COUNT(bodies); i++) {
        const char c1 = (char)(0x40 + bodies[i][0]);

        buf_addf(out, "\033%s|", bodies[i]);
        if (bodies[i][0] < 0x40 || bodies[i][0] > 0x5f)
            continue;
        buf_add(out, (const char[]){'\xc2', c1}, 2); /* C1 as UTF-8 */
        buf_addf(out, "%s|", bodies[i] + 1);
        buf_add(out, &c1, 1); /* and as a byte */
        buf_addf(out, "%s|", bodies[i] + 1);
    }
    for (int c = 1; c < 0x20; c++)
        if (c != '\n')
            buf_addf(out, "%c|", c);
    buf_adds(out, "\x7f|");
    for (int c = 0x80; c < 0xa0; c++) {
        buf_add(out, (const char[]){'\xc2', (char)c, '|', (char)c, '|'}, 5);
    }
}

/* Code points that turn text round, hide in it, or take room without a shape. */
static inline void hostile_unseen(struct buf *out) {
    static const uint32_t points[] = {
        0xad,    0x34f,   0x61c,   0x115f,  0x1160,  0x17b4,  0x17b5, 0x180b, 0x180e, 0x200b,
        0x200c,  0x200d,  0x200e,  0x200f,  0x2028,  0x2029,  0x202a, 0x202b, 0x202c, 0x202d,
        0x202e,  0x2060,  0x2061,  0x2064,  0x2066,  0x2067,  0x2068, 0x2069, 0x206a, 0x206f,
        0x3164,  0xfe00,  0xfe0f,  0xfeff,  0xffa0,  0xfff9,  0xfffa, 0xfffb, 0xfffe, 0x1bca0,
        0x1d173, 0xe0001, 0xe0041, 0xe007f, 0xe0100, 0xe01ef,
    };

    for (size_t i = 0; i < MIX_COUNT(points); i++) {
        const uint32_t cp = points[i];

        buf_adds(out, "r");
        if (cp < 0x800)
            buf_add(out, (const char[]){(char)(0xc0 | cp >> 6), (char)(0x80 | (cp & 63))}, 2);
        else if (cp < 0x10000)
            buf_add(out,
                    (const char[]){(char)(0xe0 | cp >> 12), (char)(0x80 | (cp >> 6 & 63)),
                                   (char)(0x80 | (cp & 63))},
                    3);
        else
            buf_add(out,
                    (const char[]){(char)(0xf0 | cp >> 18), (char)(0x80 | (cp >> 12 & 63)),
                                   (char)(0x80 | (cp >> 6 & 63)), (char)(0x80 | (cp & 63))},
                    4);
        buf_adds(out, "m ");
    }
    buf_adds(out, "\xed\xa0\x80 \xed\xbf\xbf \xc0\x80 \xf4\x90\x80\x80 \xf8\x88 "); /* no UTF-8 */
}

/* All of that, between two words that are to be seen. */
static inline void hostile_tricks(struct buf *out) {
    buf_adds(out, "BEGIN ");
    hostile_sequences(out);
    hostile_unseen(out);
    buf_adds(out, " END");
}

#endif
