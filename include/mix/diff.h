/* diff.h - two texts compared by lines, and changed lines by words. Pure; any thread.
 *
 * Myers' greedy algorithm between lines that both have in common at start and end, with a bound on
 * its work: beyond it unique lines of both texts are taken as anchors, and what then is left is
 * shown as removed and added whole. Never more than a few passes over texts of any size. */
#ifndef MIX_DIFF_H
#define MIX_DIFF_H

#include "mix/code.h"

struct diff;
/* Borrows both texts for its life. */
struct diff *diff_new(const char *old, size_t old_n, const char *new, size_t new_n);
void diff_free(struct diff *d);
size_t diff_added(const struct diff *d); /* lines */
size_t diff_removed(const struct diff *d);
size_t diff_bytes(const struct diff *d); /* of memory it holds, without the texts */
/* Lines of the display: changed lines with `context` lines around them (-1: all), hunks of more
 * than one parted by a line. Set before diff_lines and diff_flow; cheap. */
void diff_context(struct diff *d, int context);
struct diff_how {
    enum lang lang;
    int width;
    bool split;                  /* old left, new right; for widths of 80 and more, else unified */
    bool numbers;                /* of lines, counted from first_line */
    size_t first_old, first_new; /* number of the first line; 0: unknown, no numbers */
    bool ascii;
};
size_t diff_lines(const struct diff *d, const struct diff_how *how); /* display lines */
/* Adds display lines [from, from + count). Every changed line has its sign; removed words in
 * removed lines and added ones in added lines are marked (ATTR_REVERSE) when the lines are alike.
 * Long lines wrap in their own column; of one line 16 KiB are shown, and how much there is beside
 * them. What would be hidden (controls, bidi, a return at the end where the other side has none) is
 * shown as marks. In two columns the left text is decoration where there is a right one. src of the
 * rows is the display line's number. */
void diff_flow(struct flow *out, const struct diff *d, size_t from, size_t count,
               const struct diff_how *how);
/* Unified text with signs, for copies: "-old\n+new\n"; "@@" where lines are left out. Ends of lines
 * are not compared: a last line with and without one is the same. */
enum rc diff_text(struct buf *out, const struct diff *d);

#endif
