/* flow.h - text set out in rows of cells: what Markdown, code, diffs, terminal output and plain
 * text all become before a screen shows them. A flow knows what its text means (ink), never a
 * colour. Pure; any thread.
 *
 * The text of a flow is clean (text_clean) and logical: a wrapped paragraph lies in it in one
 * piece, so that it can be searched and copied whole. What is drawn only for the eye (bullets,
 * bars, borders, padding, line numbers) is in it too, in runs marked RUN_DECOR, always between line
 * ends of the logical text or in front of them. */
#ifndef MIX_FLOW_H
#define MIX_FLOW_H

#include "mix/text.h"

/* What a piece of text is. */
enum ink {
    INK_TEXT,
    INK_DIM,
    INK_HEADING, /* level 1 and 2 */
    INK_SUBHEADING,
    INK_CODE, /* inline */
    INK_LINK,
    INK_URL, /* its address, shown behind it */
    INK_QUOTE,
    INK_RULE, /* rules, borders of tables, bars */
    INK_BULLET,
    INK_TASK_OPEN,
    INK_TASK_DONE,
    INK_TABLE_HEAD,
    INK_IMAGE,
    INK_FENCE, /* the line that names the language of a block */
    /* code */
    INK_PLAIN_CODE,
    INK_KEYWORD,
    INK_TYPE,
    INK_NAME, /* what is defined: function, key, selector, tag */
    INK_STRING,
    INK_NUMBER,
    INK_COMMENT,
    INK_OPERATOR,
    INK_META, /* preprocessor, decorator, variable of a shell */
    /* diffs */
    INK_ADDED,
    INK_REMOVED,
    INK_HUNK,
    INK_LINE_NUMBER,
    /* of tools and the program */
    INK_OUTPUT,
    INK_THINKING,
    INK_USER,
    INK_KEY, /* name of a field */
    INK_GOOD,
    INK_BAD,
    INK_SEAM,
    INK_COUNT
};
/* Added to the look of an ink. */
enum attr {
    ATTR_BOLD = 1,
    ATTR_DIM = 2,
    ATTR_ITALIC = 4,
    ATTR_UNDERLINE = 8,
    ATTR_REVERSE = 16,
    ATTR_STRIKE = 32 /* shown as the terminal can: dim when it cannot */
};
enum run_flag {
    RUN_DECOR = 1, /* for the eye only: a copy and a search leave it out */
};
struct run {
    uint32_t off, len; /* in the flow's text */
    uint16_t link;     /* 1 + index into links; 0: none */
    uint8_t ink, attrs, flags;
};
struct flow_row {
    uint32_t run; /* its first run; they follow each other */
    uint32_t
        src; /* where in the source it begins, as near as is known; never falls from row to row */
    uint16_t n_runs;
    uint16_t cells;
    uint8_t
        fill;  /* an ink that colours the rest of the row (code, diff lines); INK_TEXT: nothing */
    bool soft; /* the same logical line goes on in the next row */
};
struct flow_link {
    uint32_t url, url_len; /* in the flow's text; it is not shown from there */
    bool image;
};
struct flow {
    struct buf text;
    struct run *runs;
    size_t n_runs, cap_runs;
    struct flow_row *rows;
    size_t n, cap;
    struct flow_link *links;
    size_t n_links, cap_links;
    struct rows scratch; /* private: where lines are wrapped */
};
/* Zeroed is a valid empty flow. */
void flow_clear(struct flow *f);
void flow_fini(struct flow *f);
size_t flow_bytes(const struct flow *f); /* of memory it holds */

/* ---- building: by whoever makes flows ---- */
/* Starts a logical line; `first` and `rest` are decoration in front of its first row and of the
 * rows it is wrapped into. Both clean, one line, shorter than the width. */
struct flow_prefix {
    const char *first, *rest;
    uint8_t ink, attrs;
};
/* A stretch of a logical line with one look. Clean text without line ends. */
struct flow_bit {
    const char *s;
    size_t n;
    uint32_t src;
    uint16_t link;
    uint8_t ink, attrs;
};
/* Adds one logical line made of bits, wrapped to width (>= 1) together with its prefix. An empty
 * line gives one row. No row is wider than width, but one that is a single cluster. A flow holds 1
 * GiB of text; lines beyond are left out. */
enum flow_wrap {
    WRAP_WORDS,
    WRAP_CELLS /* hard at the edge: code and output keep their columns */
};
void flow_line(struct flow *f, const struct flow_bit *bits, size_t n,
               const struct flow_prefix *prefix, enum flow_wrap wrap, int width, uint8_t fill);
/* Many lines of foreign text with one ink: cleaned (how), each a logical line. Stops before the
 * flow has max_rows; returns the bytes of s that were taken: whole lines, and of a line of more
 * than 64 KiB pieces of that size, which a copy joins again. A line end at the end of s adds no
 * empty row; \r alone and U+2028 end lines too. */
struct flow_plain {
    uint8_t ink, attrs, fill;
    enum clean clean;
    enum flow_wrap wrap;
    const char *gutter; /* decoration in front of every row; NULL: none */
    int width;
    uint32_t src; /* of s[0] */
};
size_t flow_plain(struct flow *f, const char *s, size_t n, const struct flow_plain *how,
                  size_t max_rows);

/* ---- taking out ---- */
/* The logical text of rows [from, to) without decoration and soft breaks, from cell from_x of the
 * first to cell to_x of the last (to_x < 0: all of it). Blanks at line ends are cut; texts with
 * decoration between them (cells of a table) get a tab between them, and what is only the border of
 * a table is no line. Marks of list items are kept, as Markdown writes them: `- a`, `1. b`. */
void flow_copy(struct buf *out, const struct flow *f, size_t from, size_t to, int from_x, int to_x);

#endif
