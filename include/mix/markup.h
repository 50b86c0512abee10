/* markup.h - Markdown (CommonMark with GitHub's tables, task lists, strike-through, autolinks) as
 * rows of cells, by md4c. Pure; any thread.
 *
 * A text is cut into sections at blank lines between its top-level blocks, so that what has been
 * written is laid out once and only the open tail again while it streams, and so that of a long
 * text only what is near the screen is laid out. A section is at most MARKUP_SECTION bytes; fenced
 * code is cut at line ends. What would cost more than linear time in md4c (0.4.8 is quadratic on
 * bracket openers) is found by a scan before and shown as plain text. Raw HTML is shown as text. */
#ifndef MIX_MARKUP_H
#define MIX_MARKUP_H

#include "mix/code.h"
#include "mix/flow.h"

enum { MARKUP_SECTION = 16 << 10 };
enum markup_kind { MARKUP_BLOCKS, MARKUP_CODE, MARKUP_PLAIN };
struct markup_section {
    size_t off, len; /* of the source; sections follow each other without a gap */
    uint8_t kind;
    uint8_t lang;       /* of MARKUP_CODE: enum lang */
    bool opens, closes; /* MARKUP_CODE: it has the fence's first, last line */
    size_t head; /* of MARKUP_BLOCKS: 1 + where the head of the table is that it goes on with */
    bool tight;  /* no empty row before it: it goes on with what the last one began */
    bool open;   /* more may come: what is begun at its end is shown as if it were ended */
    uint8_t fence_indent; /* of MARKUP_CODE: blanks that its lines lose */
};
/* Where the scan stands: private. */
struct markup_scan {
    size_t at;                     /* start of the line that comes next */
    struct markup_section section; /* in the making; its len is not set */
    uint16_t fence_len;
    uint8_t fence; /* the character; 0: none is open */
    bool in_list, list_fence;
    bool defines; /* the section has a line that says what a reference means */
    bool blank;   /* the line before was */
    size_t table; /* 1 + the first of the lines with a bar in front that come last; 0: none */
};
/* The scan; zeroed at first. Private but for v, n and closed. */
struct markup_split {
    struct markup_section *v;
    size_t n, cap;
    size_t closed; /* sections that no further text can change */
    struct markup_scan scan;
};
/* Brings the sections up to date with a text that only grew at its end since the last call; when it
 * changed otherwise, zero it (after markup_split_fini). Linear in what is new. */
enum markup_end {
    MARKUP_GROWS, /* more may come */
    MARKUP_WHOLE  /* nothing more will: the tail is closed too */
};
void markup_split(struct markup_split *split, const char *s, size_t n, enum markup_end end);
void markup_split_fini(struct markup_split *split);

struct markup_how {
    int width;     /* cells, >= 1 */
    int max_width; /* of running text; 0: width. Code and tables may use all of it */
    bool ascii;    /* bullets, bars and borders of ASCII */
    bool breaks;   /* line ends within a paragraph are kept: text that somebody typed */
};
/* Appends a section's rows: blocks with one empty row between them, and one at the end when
 * another section follows that is not tight. src of the rows counts from the text's start. Tables
 * wider than the width wrap their cells, then become cards (`name: value` lines); a table of more
 * than 64 columns is shown as plain text. An image is one row `[image: alt] url` with a link. */
void markup_flow(struct flow *out, const char *s, size_t n, const struct markup_section *section,
                 const struct markup_how *how);

/* ---- what is in it: for pickers ---- */
enum markup_item_kind { ITEM_CODE, ITEM_LINK, ITEM_IMAGE };
struct markup_item {
    enum markup_item_kind kind;
    size_t off;  /* in the source */
    char *text;  /* code without its fences; address of a link */
    char *label; /* language of code; text of a link */
};
struct markup_items {
    struct markup_item *v;
    size_t n, cap;
};
/* In the order of the source, at most `most`; the same link once. */
void markup_items(struct markup_items *out, const char *s, size_t n, size_t most);
void markup_items_fini(struct markup_items *items);

#endif
