/* sheet.h - one part of a thread as a sheet of slices: what it shows, cut, and laid out where
 * somebody looks. Private to the ui floor.
 *
 * A sheet is a memo: by the part's revision, or for a text that grows by the text itself, so that
 * only its open end is cut and laid out again. Of all sheets the memo keeps SHEET_BYTES. */
#ifndef MIX_UI_SHEET_H
#define MIX_UI_SHEET_H

#include "body.h"

enum {
    SHEET_BYTES = 16 << 20, /* then what is not on screen goes */
    SHEET_HEAVY = 64 << 20, /* ... at once, however much the screen needs */
    SLICE_BYTES = 16 << 10, /* of plain text and code */
    SLICE_LINES = 100,      /* of a diff */
    READING_WIDTH = 100,    /* running text is not wider */
    SEAM_EDGES = 4,         /* columns of a note that its rule keeps */
};
struct slice {
    uint32_t body;
    uint32_t at, n;    /* bytes of the body's text; of a diff lines; of Markdown a section */
    struct flow *flow; /* NULL: not laid out */
    int width;         /* its, and what else it was laid out for */
    bool last, tight;
    bool used;
};
struct sheet {
    uint32_t rev;
    const void *source; /* the part's text; while it grows the buffer that owns it */
    const void *result; /* the part's: both may move while it stays the same part */
    size_t source_len;
    enum call_state state;
    struct lay lay;
    bool used;
    /* below the head line; not known while it is shut */
    bool cut;
    struct bodies bodies;
    struct markup_split *splits; /* one for each body */
    size_t n_splits;
    struct slice *slices;
    size_t n, cap;
    char guard[32]; /* of a text that grows: the source just before what can still change */
    size_t guard_n, guard_at;
    /* of the head line; not known before it is drawn */
    bool headed, compared; /* compared: with what is known while it is open */
    struct call_head head;
    uint64_t words, lines;
    size_t counted; /* bytes of the text these are of */
    size_t bytes;   /* as counted in the memo */
};

/* Valid until the next call. */
struct sheet *sheet_of(struct view *v, const struct part *p, const struct lay *lay);
/* The same, cut. */
struct sheet *sheet_cut(struct view *v, const struct part *p, enum role role,
                        const struct lay *lay);
/* The rows of a slice of a sheet that is cut. */
const struct flow *sheet_flow(struct view *v, struct sheet *s, size_t slice, const struct lay *lay);
/* What the head line says, counted once for a part that is open and once for one that is shut. */
void sheet_head(struct sheet *s, const struct part *p);
/* Of the slice's first byte (of a diff: line) in its body. */
uint32_t slice_src(const struct sheet *s, size_t slice);
int gutter_cells(const struct body *b);
/* Where a body's text begins in the part's text, or in its result. False: it is made, not taken. */
bool body_base(const struct body *b, bool in_result, uint32_t *from);
void sheets_settle(struct view *v); /* before a frame */
void sheets_clear(struct view *v);
void sheets_free(struct view *v);
size_t sheets_bytes(const struct view *v);

#endif
