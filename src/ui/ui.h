/* ui.h - what the files of the ui floor share. Private to it.
 *
 *   view.c settle and draw, frame by frame     layout.c  where the panes are
 *   draw.c glyphs, foreign text, numbers       block.c   cleaned and wrapped text, and its memo
 *   piece.c what one part of a thread becomes  thread.c  the reader's place
 *   view_*.c one pane or overlay each */
#ifndef MIX_UI_UI_H
#define MIX_UI_UI_H

#include "mix/view.h"

/* ---- glyphs: each with a twin for terminals and fonts that lack it ---- */
enum glyph {
    G_CURSOR,
    G_SHUT,
    G_OPEN,
    G_HLINE,
    G_VLINE,
    G_TOP_LEFT,
    G_TOP_RIGHT,
    G_BOTTOM_LEFT,
    G_BOTTOM_RIGHT,
    G_DOWN,
    G_DOT,
    G_LIVE,
    G_LATE,
    G_DOWNLINK,
    G_UNWATCHED,
    G_UPLOAD,
    G_DOWNLOAD,
    G_BAR_FULL,
    G_BAR_EMPTY,
    G_COUNT
};
const char *glyph(const struct model *m, enum glyph g);
const char *spinner(const struct model *m); /* a blank and a sign; "" where animations are off */

/* ---- drawing ---- */
int put(struct canvas *c, int x, int y, int max, enum style s, const char *text);
/* As canvas_put_cut, for text of one line that came from outside. */
int put_foreign(struct canvas *c, int x, int y, int max, enum style s, const char *text,
                enum clean how);
/* Ends before `right`; nothing when it does not fit into max. Returns the cells used. */
int put_right(struct canvas *c, int right, int y, int max, enum style s, const char *text);
/* Clean text, wrapped into r; what does not fit is left out. */
void draw_words(struct canvas *c, struct rect r, enum style s, const char *text);
void draw_line(struct canvas *c, const struct model *m, int x, int y, int w, enum style s);
void draw_box(struct canvas *c, const struct model *m, struct rect r, enum style s);
/* The title of a pane at (x, y): focused ones stand out. Returns the cells used. */
int draw_title(struct canvas *c, const struct model *m, int x, int y, int max, enum pane pane,
               const char *title);
/* A one-line field, scrolled so that its caret is seen; has: it has the caret. */
void draw_field(struct canvas *c, int x, int y, int w, enum style s, const struct editor *e,
                bool has);
/* As many hints as fit in w. Returns the cells used. */
int draw_hints(struct canvas *c, int x, int y, int w, const struct menu_row *rows, size_t n,
               const char *between);
int hint_cells(const struct menu_row *h);
bool hint_decides(const struct menu_row *h); /* grant or deny */
/* First row to show so that `cursor` is among the `height` shown, moving `top` as little as can be.
 */
size_t list_top(size_t top, size_t cursor, size_t n, int height);

/* ---- numbers for people ---- */
struct words {
    char s[32];
};
struct words say_time(int64_t at, int64_t now); /* 14:02, Mon, 3 Nov, 2024; "" for 0 */
struct words say_size(int64_t bytes);
struct words say_count(int64_t n);     /* 312, 3.1k, 2.4M */
struct words say_seconds(double s);    /* 0.02s, 3.40s, 2m 05s */
struct words say_left(int64_t ms);     /* 0:21 */
struct words say_cost(double dollars); /* $0.021 */
struct words say_grouped(uint64_t n);  /* 1,234 */
const char *state_word(const struct ask *a);

/* ---- wrapped text ---- */
enum gutter { GUTTER_NONE, GUTTER_INDENT, GUTTER_RESULT, GUTTER_ADD, GUTTER_DEL, GUTTER_SAME };
struct line {
    uint32_t off, len; /* in the block's text */
    uint8_t style, gutter;
};
struct block {
    struct buf text; /* clean */
    struct line *lines;
    size_t n, cap;
    size_t shown; /* lines without the empty ones at the end */
    /* what it was made from */
    uint32_t rev;
    int width;
    bool open, used;
    const void *source;
    size_t source_len;
    /* a text that grows: what can no longer change */
    size_t stable_source, stable_text, stable_lines;
    char guard[32]; /* the source just before that, to know it again */
    size_t guard_n;
    /* facts for the folded line */
    uint32_t words, added, removed;
    struct buf object;
};
void block_clear(struct block *b);
void block_fini(struct block *b);
struct block_style {
    enum style style;
    enum gutter gutter;
    enum clean clean;
    int width;
};
/* Adds text line by line, at most until the block has max_lines. Returns the source lines left out.
 */
size_t block_add(struct block *b, const char *s, size_t n, struct block_style how,
                 size_t max_lines);
void block_note(struct block *b, enum style s, enum gutter g, const char *fmt, ...)
    MIX_PRINTF(4, 5);
/* Follows a text that only grows at its end, wrapping no more than its last line again. */
void block_grow(struct block *b, const char *s, size_t n, struct block_style how);
void draw_block_line(struct canvas *c, int x, int y, int w, const struct block *b, size_t at);
/* The same, what was unsafe in the source standing out. */
void draw_marked_line(struct canvas *c, int x, int y, int w, const struct block *b, size_t at);

/* ---- the thread ---- */
enum { MEMO_SLOTS = 1024, LIVE_SLOTS = 4 };
struct spot {
    size_t entry, piece;
    int row;
};
struct view {
    struct block *memo[MEMO_SLOTS]; /* of parts, by rev */
    struct block live[LIVE_SLOTS];  /* of texts that grow */
    size_t next_live, memo_bytes;
    const struct session *thread; /* whose parts the memo holds */
    char *thread_id;
    int thread_width;  /* at the last settle */
    uint64_t laid_out; /* parts wrapped so far: for tests of cost */
    /* the draft */
    struct buf draft, draft_clean;
    struct rows draft_rows;
    int draft_width;
    size_t draft_top;
    /* the ask */
    struct block ask;
    char *ask_id;
    const struct model *ask_owner;
    size_t sessions_top, files_top, picker_top;
    /* the picker's visible entries */
    size_t *picker_rows, picker_n;
    char *picker_filter;
    uint32_t picker_id;
    bool hints_shown; /* the focused pane shows its own hints */
};
/* The rows of one part; valid until the next call. */
const struct block *part_block(struct view *v, const struct part *p, enum role role, int width);
int piece_height(struct view *v, const struct transcript *t, size_t entry, size_t piece, int width);
struct thread_place {
    const struct model *m;
    struct session *s;
    struct rect r; /* text only: without the marker column and the padding */
};
struct thread_place thread_place(const struct model *m, const struct frame_layout *l);
void thread_settle(struct view *v, struct model *m, const struct frame_layout *l);
bool thread_at_end(struct view *v, const struct thread_place *at);
void drop_memo(struct view *v);
/* A place that exists: what was there may have been replaced by something shorter. */
struct spot spot_existing(struct view *v, const struct thread_place *at, struct spot spot);
/* Steps a place down by rows, stopping at the end; false when it stopped. */
bool spot_down(struct view *v, const struct thread_place *at, struct spot *spot, int rows);
void draw_piece_row(struct view *v, const struct thread_place *at, struct canvas *c, int y,
                    struct spot spot);

/* ---- panes ---- */
const char *ask_name(const struct ask *a); /* the tool, or the title of a question */
/* session > task > tool, before it the server when that is another one */
const char *ask_action(const struct ask *a);
void ask_chain(struct buf *out, const struct model *m, const struct ask *a);
const struct block *ask_block(struct view *v, const struct ask *a, int width);
int composer_rows(const struct model *m, int width, int max); /* rows the draft wants */
int composer_extra(const struct model *m);                    /* lines above its box */
int plan_rows(const struct model *m);                         /* of them for a plan that waits */
int todo_rows(const struct model *m);                         /* of them for the todo list */
void draw_plan(const struct model *m, struct canvas *c, struct rect r);
void draw_todos(const struct model *m, struct canvas *c, struct rect r);
void composer_settle(struct view *v, const struct model *m, struct rect r);
void ask_settle(struct view *v, struct model *m, const struct frame_layout *l);
void overlay_settle(struct view *v, struct model *m);
void draw_sessions(struct view *v, const struct model *m, struct canvas *c, struct rect r);
void draw_header(const struct model *m, struct canvas *c, struct rect r);
void draw_thread(struct view *v, const struct model *m, struct canvas *c,
                 const struct frame_layout *l);
void draw_composer(struct view *v, const struct model *m, struct canvas *c, struct rect r);
void draw_asks(struct view *v, const struct model *m, struct canvas *c, struct rect r);
void draw_files(struct view *v, const struct model *m, struct canvas *c, struct rect r);
void draw_tabs(const struct model *m, struct canvas *c, struct rect r);
void draw_status(const struct view *v, const struct model *m, struct canvas *c, struct rect r);
/* `build offline `: watched servers that do not answer; the cells used */
int draw_away(const struct model *m, struct canvas *c, int x, int y, int right);
void draw_leader(const struct model *m, struct canvas *c);
void draw_overlay(struct view *v, const struct model *m, struct canvas *c);

#endif
