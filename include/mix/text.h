/* text.h - what text looks like in cells. Pure: bytes in, positions out.
 *
 * Clusters are Unicode extended grapheme clusters (UAX 29, by utf8proc). Cells are what ncurses
 * will do: each spacing code point of a cluster takes wcwidth(3) cells of its own, because setcchar
 * keeps no more; so callers must have set a UTF-8 locale. What wcwidth does not know counts 1 cell,
 * and the terminal floor shows U+FFFD for it. Invalid UTF-8 counts as U+FFFD byte by byte and is
 * never an error. Offsets and lengths are bytes, widths are cells. */
#ifndef MIX_TEXT_H
#define MIX_TEXT_H

#include "mix/base.h"

/* One grapheme cluster at the head of a string. */
struct cluster {
    uint32_t bytes; /* >= 1 while anything is left */
    /* 0 for a lone combining mark or control; never above 255: an endless joiner chain is cut */
    uint8_t cells;
};
struct cluster text_cluster(const char *s, size_t n);
size_t text_prev(const char *s, size_t at); /* start of the cluster that ends at `at` */
int text_width(const char *s, size_t n);    /* cells of one line; tabs count 1 */
/* bytes of the longest run of whole clusters that fits */
size_t text_fit(const char *s, size_t n, int cells);
/* one code point; U+FFFD on bad bytes, used >= 1 */
uint32_t text_decode(const char *s, size_t n, size_t *used);
size_t text_encode(char out[4], uint32_t cp);
/* What words are made of: a word is a run of one of these but the first two. Scripts that put no
 * blanks between words are told from each other, as vi does. */
enum text_class {
    CLASS_BLANK,
    CLASS_LINE_END,
    CLASS_SIGN,
    CLASS_LETTER,
    CLASS_HAN,
    CLASS_HIRAGANA,
    CLASS_KATAKANA,
    CLASS_HANGUL,
    CLASS_EMOJI
};
enum text_class text_class(uint32_t cp);
uint32_t text_upper(uint32_t cp);
uint32_t text_lower(uint32_t cp);
bool text_valid(const char *s, size_t n);
/* Bytes of an incomplete but so far valid UTF-8 sequence at the end of s: 0..3. */
size_t text_tail(const char *s, size_t n);

/* The one sanitiser. Every foreign string passes it before it reaches a canvas or the terminal. */
enum clean {
    /* one line: line ends become U+21B5, tabs one blank; C0/C1, ESC, bidi controls and zero-width
       are dropped */
    CLEAN_LINE,
    CLEAN_TEXT,  /* many lines: \n kept, \r\n folded, tabs to stops of 8; the same dropped */
    CLEAN_MARKS, /* many lines; nothing is dropped: every such character becomes a visible mark:
                    \e[31m shows as U+241B"[31m", C1 and bidi/zero-width as <U+202E> */
    CLEAN_NAME,  /* as CLEAN_MARKS on one line: for file names; \n becomes U+240A */
};
/* Appends the clean form of s to out; invalid UTF-8 becomes U+FFFD. Cleaning twice changes nothing
 * more. A joiner or selector between the pictographs of one emoji stays in every mode; a bare \r is
 * a line end where marks are not shown. Fails: RC_LIMIT when out would pass its cap; out is then as
 * before. */
enum rc text_clean(struct buf *out, const char *s, size_t n, enum clean how);

/* One screen row of wrapped text: a slice of the source. */
struct row {
    uint32_t off, len; /* without the blanks a wrap swallowed */
    uint16_t cells;
    bool hard; /* ends at a line end of the source (or its end) */
};
struct rows {
    struct row *v;
    size_t n, cap;
};
/* Breaks at blanks, else between clusters wherever one side is wide, else hard at `width`; never
 * inside a cluster; a word is kept whole when it fits a row, and no row starts with closing
 * punctuation when that is avoidable. width >= 1 (above 16384 counts as that). Appends to out; an
 * empty text gives one empty row, and n line ends n + 1. A row is wider than width only when it is
 * one cluster that is. Every source line starts a row at its first byte. */
void text_wrap(struct rows *out, const char *s, size_t n, int width);
void rows_fini(struct rows *r);

/* Fuzzy match of a query against a line: 0 no match, higher is better. Every blank-separated word
 * of the query must match as a subsequence; smart case; runs, word starts and earliness score. An
 * empty query scores 1. */
int text_fuzzy(const char *query, const char *line);

#endif
