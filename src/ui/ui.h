/* ui.h - what the files of the ui floor share. Private to it.
 *
 *   view.c settle and draw, frame by frame     layout.c  where the panes are
 *   draw.c glyphs, foreign text, numbers       block.c   the text of an ask
 *   body*.c what a part of a thread shows      sheet.c   that, cut, laid out and kept
 *   piece.c the rows of a thread, drawn        walk.c    from row to row
 *   thread.c the reader's moves                place.c   the text that stays where it is
 *   ink.c   rows of a flow on the canvas       visual.c  text chosen by keys
 *   call_head.c tool_*.c  what calls show      view_*.c  one pane or overlay each */
#ifndef MIX_UI_UI_H
#define MIX_UI_UI_H

#include "mix/view.h"

/* ---- glyphs: each with a twin for terminals and fonts that lack it ---- */
enum glyph {
    G_CURSOR,
    G_SHUT,
    G_OPEN,
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
const char *end_fit(const char *text, int cells); /* as much of its end as fits them; clean */
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

/* ---- wrapped text of an ask ---- */
struct block_line {
    uint32_t off, len; /* in the block's text */
    uint8_t style;
};
struct block {
    struct buf text; /* clean */
    struct block_line *lines;
    size_t n, cap;
    size_t shown;       /* lines without the empty ones at the end */
    struct block_mark { /* of the text; in its order */
        uint32_t from, to;
        uint8_t style;
    } * marks;
    size_t n_marks, cap_marks;
    /* what it was made from */
    int width;
    const void *source;
    size_t source_len;
};
void block_clear(struct block *b);
void block_fini(struct block *b);
struct block_style {
    enum style style;
    enum clean clean;
    int width;
    const struct risk_mark *risks; /* of s */
    size_t n_risks;
};
/* Adds text line by line. Every row is indented by 2. */
void block_add(struct block *b, const char *s, size_t n, struct block_style how);
/* What was unsafe in the source stands out. */
void draw_marked_line(struct canvas *c, int x, int y, int w, const struct block *b, size_t at);

/* ---- what is decided on: ask_body.c ---- */
struct ask_body;
enum ask_place { ASK_IN_PANE, ASK_WHOLE, ASK_BODIES };
/* Its rows at that width, kept until it changes. */
struct ask_body *ask_body(struct view *v, const struct model *m, const struct ask *a,
                          enum ask_place place, int width);
int ask_body_rows(const struct ask_body *b);
void ask_body_draw(const struct ask_body *b, struct canvas *c, int x, int y, int w, int row);
void ask_body_free(struct ask_body *b);
/* `!! runs as root`: what looks dangerous in it, one row each, at most this many; draws them when c
 * is given. */
enum { RISK_ROWS = 3 };
int risk_rows(const struct ask *a, struct canvas *c, int x, int y, int w);
void risks_say(struct buf *out, const struct ask *a); /* the same, each behind a line end */

/* ---- the thread ---- */
struct sheets; /* sheet.h: parts cut into slices and laid out */
/* A row: of a slice, of a piece, of an entry. Slice 0 of a call or a thought is its head line; the
 * others count through all its bodies. */
struct spot {
    size_t entry, piece, slice;
    int row;
};
/* A long text in the open panel; view_body.c. */
struct body_memo {
    uint64_t rev;
    int width, gutter, per_row;
    bool ascii;
    struct flow flow;
    uint32_t *numbers; /* of lines, by row; NULL: they have none */
};
void body_fini(struct body_memo *b);
/* The draft as it was laid out last (draft.c). */
struct draft_label {
    size_t off, len; /* of the label, in what is shown */
};
struct draft_view {
    struct buf with_labels;     /* the text, labels in place of what chips stand for */
    struct draft_label *labels; /* one a chip; NULL: there is none */
    struct buf raw, clean;      /* what was wrapped, before it was cleaned and behind it */
    struct rows rows;           /* of `clean` */
    int width;
};
void draft_fini(struct draft_view *d);
void draft_source(struct buf *out, struct draft_label **labels, const struct editor *e);
void draft_settle(struct draft_view *d, const struct editor *e, int width);
/* Where a byte of the editor's text is in `clean`, and the row of such a place. */
size_t draft_place(const struct draft_view *d, const struct editor *e, size_t off);
size_t draft_row(const struct draft_view *d, size_t place);
struct view {
    struct sheets *sheets;
    struct body_memo body;
    const struct session *thread; /* whose parts they are */
    char *thread_id;
    uint64_t laid_out; /* slices laid out so far: for tests of cost */
    enum frame_kind hurry;
    bool behind; /* something that streams is shown as it was before */
    struct draft_view draft;
    size_t draft_top;
    struct ask_body *asks[ASK_BODIES];
    size_t sessions_top, files_top, picker_top;
    bool hints_shown; /* the focused pane shows its own hints */
};
/* How a thread is laid out. */
struct lay {
    int width;
    bool raw, split, ascii;
    const struct model *m; /* whose sub-agents are known; NULL: nobody's */
};
struct thread_place {
    const struct model *m;
    struct session *s;
    struct rect r; /* text only: without the marker column and the padding */
    struct lay lay;
};
struct thread_place thread_place(const struct model *m, const struct frame_layout *l);
void thread_settle(struct view *v, struct model *m, const struct frame_layout *l);
bool thread_at_end(struct view *v, const struct thread_place *at);
/* piece.c */
bool piece_empty(const struct thread_place *at, size_t entry, size_t piece); /* it has no rows */
size_t piece_slices(struct view *v, const struct thread_place *at, struct spot spot); /* >= 1 */
int slice_height(struct view *v, const struct thread_place *at, struct spot spot);
void draw_piece_row(struct view *v, const struct thread_place *at, struct canvas *c, int y,
                    struct spot spot);
/* The rows that a place of the thread is drawn from, and which of them it is; x of its first cell
 * in the pane. NULL: it is a head line, a heading or a gap. */
const struct flow *spot_flow(struct view *v, const struct thread_place *at, struct spot spot,
                             size_t *row, int *x);
const char *spot_picture(struct view *v, const struct thread_place *at, struct spot spot);
/* walk.c */
int spot_compare(struct spot a, struct spot b);
/* A place that exists: what was there may have been replaced by something shorter. */
struct spot spot_existing(struct view *v, const struct thread_place *at, struct spot spot);
/* Steps a place by rows, stopping at the ends; false when it stopped. */
bool spot_down(struct view *v, const struct thread_place *at, struct spot *spot, int rows);
bool spot_up(struct view *v, const struct thread_place *at, struct spot *spot, int rows);
/* The next piece that has rows, at its first one. */
bool piece_down(const struct thread_place *at, struct spot *spot);
bool piece_up(const struct thread_place *at, struct spot *spot);
struct spot end_top(struct view *v, const struct thread_place *at); /* top when the end shows */
const struct part *spot_part(const struct thread_place *at, struct spot spot); /* NULL: none */
/* place.c: where a text is */
struct spot place_kept(struct view *v, const struct thread_place *at, struct reading *r);
void place_note(struct view *v, const struct thread_place *at, struct reading *r);
struct spot place_asked(struct view *v, const struct thread_place *at, const struct reading *r);
/* visual.c: text chosen by keys */
void visual_settle(struct view *v, struct model *m, const struct thread_place *at);
/* Row y shows that place: what is chosen of it stands out. */
void visual_draw_row(struct view *v, const struct thread_place *at, struct canvas *c, int y,
                     struct spot spot);
/* ink.c */
struct ink_marks {
    struct find *find; /* NULL: nothing is marked */
    bool here;         /* the hit that is shown is in this row */
};
/* thinking: what is said in it is drawn as a thought. */
void draw_flow_row(struct canvas *c, int x, int y, int w, const struct flow *f, size_t row,
                   bool thinking, struct ink_marks marks);

/* ---- pictures ---- */
struct picture;
/* From the left upper corner of r, cut at its edges; what is not there yet, or never will be, is
 * said in its first row. */
void draw_picture(struct canvas *c, struct rect r, const struct picture *p);

/* ---- panes ---- */
void files_settle(const struct view *v, struct model *m, struct rect r);
const char *ask_name(const struct ask *a); /* the tool, or the title of a question */
/* Behind the name: what is to be done, or what kind of question it is. */
const char *ask_action(const struct ask *a);
/* `0:21`, or what became of it; and how long it has waited, "" when it does not. */
enum style ask_words(const struct model *m, const struct ask *a, char out[64]);
const char *ask_age(const struct model *m, const struct ask *a, char out[32]);
/* session > task > tool, before it the server when that is another one */
void ask_chain(struct buf *out, const struct model *m, const struct ask *a);
void draft_draw(const struct draft_view *d, const struct model *m, struct canvas *c, struct rect r,
                size_t top);
int composer_rows(const struct model *m, int width, int max); /* rows the draft wants */
int composer_extra(const struct model *m);                    /* lines above its box */
int plan_rows(const struct model *m);                         /* of them for a plan that waits */
int todo_rows(const struct model *m);                         /* of them for the todo list */
void draw_plan(const struct model *m, struct canvas *c, struct rect r);
void draw_todos(const struct model *m, struct canvas *c, struct rect r);
void complete_settle(const struct model *m);
void draw_complete(const struct model *m, struct canvas *out, struct rect composer);
void composer_settle(struct view *v, struct model *m, struct rect r);
void ask_settle(struct view *v, struct model *m, const struct frame_layout *l);
void overlay_settle(struct view *v, struct model *m);
void draw_sessions(struct view *v, const struct model *m, struct canvas *c, struct rect r);
/* Tokens a model can take in, as its name tells; 0: it does not. */
int64_t context_window(const char *model);
void draw_header(const struct model *m, struct canvas *c, struct rect r);
void draw_thread(struct view *v, const struct model *m, struct canvas *c,
                 const struct frame_layout *l);
void draw_composer(struct view *v, const struct model *m, struct canvas *c, struct rect r);
void draw_asks(struct view *v, const struct model *m, struct canvas *c, struct rect r);
void draw_files(struct view *v, const struct model *m, struct canvas *c, struct rect r);
void draw_tabs(const struct model *m, struct canvas *c, struct rect r);
/* the search that is on; the cells used */
int draw_search(const struct model *m, struct canvas *c, int x, int y, int right);
void draw_status(const struct view *v, const struct model *m, struct canvas *c, struct rect r);
/* `build offline `: watched servers that do not answer; the cells used */
int draw_away(const struct model *m, struct canvas *c, int x, int y, int right);
void draw_leader(const struct model *m, struct canvas *c);
void draw_overlay(struct view *v, const struct model *m, struct canvas *c);

#endif
