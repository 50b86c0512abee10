/* markup.h - what the files that set out Markdown share. */
#ifndef MIX_TEXT_MARKUP_H
#define MIX_TEXT_MARKUP_H

#include "flow.h"
#include "mix/markup.h"

/* ---- lines, as far as their beginning tells ---- */
struct markup_line {
    size_t indent;    /* cells of blanks */
    size_t marker;    /* bytes of blanks in front */
    size_t fence_len; /* of a run of ` or ~ of three or more; 0: none */
    char fence;
    bool defines;             /* it may say what a reference means */
    bool blank, item, closes; /* closes: nothing behind the run, it may end a fence */
};
/* n: up to its line end, which is not counted. Looks at MARKUP_LOOK bytes. */
enum { MARKUP_LOOK = 256 };
struct markup_line markup_line(const char *s, size_t n);

/* ---- a section in the making ---- */
enum {
    MARKUP_DEPTH = 64,     /* containers that are told apart */
    MARKUP_BARS = 8,       /* quotes that show */
    MARKUP_PREFIX = 256,   /* bytes in front of a row */
    MARKUP_COLUMNS = 64,   /* of a table */
    MARKUP_CELLS = 4 << 10 /* of the tables of a section */
};
/* A list item or a quote around what is being set out. */
struct markup_box {
    bool item, loose; /* item: else a quote or the document */
    bool begun;       /* something is in it */
    uint8_t cells;    /* what it adds in front of a row */
    uint8_t bytes;
    uint8_t ink;      /* of the bullet */
    uint8_t bullet_n; /* 0: none, or it was shown */
    char bullet[24];
};
struct markup_list {
    bool ordered, loose, begun;
    uint8_t digits; /* of the numbers */
    unsigned number;
};
struct markup_cell {
    uint32_t bits, n; /* among those of the table */
    int cells;        /* of its longest line */
};
struct markup_table {
    struct flow_bit *bits; /* a bit of one '\n' is a line end within a cell */
    struct markup_cell *cells;
    size_t n_bits, cap_bits, n_cells, cap_cells;
    size_t columns;
    uint8_t align[MARKUP_COLUMNS]; /* MD_ALIGN */
    size_t column;                 /* of the row in the making */
};
struct markup_def {
    size_t from, to; /* in the section */
    size_t label_n;  /* bytes up to and with its colon */
    bool shown;      /* as text */
};
struct markup_out {
    struct flow *flow;
    const struct markup_how *how;
    const char *s; /* what is parsed */
    size_t n;
    size_t base; /* of s in the whole text */
    size_t skip; /* bytes put in front of it: the head of a table */
    uint32_t src;

    struct markup_box box[MARKUP_DEPTH];
    size_t depth, over; /* over: containers beyond */
    struct markup_list list[MARKUP_DEPTH];
    size_t lists, lists_over;
    size_t gap_depth; /* boxes around both what was and what comes */
    size_t quotes;
    bool gap, any; /* an empty row is due; something was set out */

    /* the line in the making */
    struct flow_bit *bits;
    size_t n_bits, cap_bits;
    struct buf clean; /* never moves */
    uint8_t ink, attrs;
    unsigned strong, em, strike, code; /* how many spans around */
    bool in_block, implied; /* implied: text of a tight item, which has no block of its own */

    uint16_t link; /* of the spans around */
    size_t link_bit;
    const char *link_url; /* cleaned */
    size_t link_url_n;
    size_t urls; /* bytes of addresses shown */

    unsigned image; /* depth */
    uint16_t image_link;
    struct buf alt, url;

    struct markup_def *defs; /* lines that may define what a reference means */
    size_t n_defs, cap_defs, def;
    size_t first_link; /* of the flow: of this section */

    enum { TAKES_TEXT, TAKES_CODE, TAKES_HTML } takes;
    struct buf body; /* of a code block */
    uint32_t body_src;
    char lang[32];
    bool in_cell, head;
    struct markup_table table;
};
/* ---- boxes ---- */
/* A block begins in the innermost box. */
void markup_begin(struct markup_out *o);
void markup_end_implied(struct markup_out *o);
void markup_push_box(struct markup_out *o, struct markup_box box);
void markup_pop_box(struct markup_out *o);
void markup_enter_list(struct markup_out *o, struct markup_list list);
void markup_leave_list(struct markup_out *o);
void markup_leave_item(struct markup_out *o);
/* A row that is decoration only. */
void markup_emit_decor(struct markup_out *o, const char *s, size_t n, uint8_t ink, uint32_t src);
/* The outermost box: first of all. */
void markup_document(struct markup_out *o);
/* Width for running text, for code and tables; without what stands in front. */
int markup_text_width(const struct markup_out *o);
/* The decoration of the next line; the strings lie in `into`. Bullets are shown once. */
struct markup_prefix {
    struct flow_bit first[FLOW_DECORS], rest[FLOW_DECORS];
    size_t n_first, n_rest;
    int cells;
    char bytes[2 * MARKUP_PREFIX];
    size_t n;
};
void markup_prefix(struct markup_out *o, struct markup_prefix *p);
/* The empty row before a block, when one is due. */
void markup_gap(struct markup_out *o);
void markup_emit(struct markup_out *o, const struct flow_bit *bits, size_t n, int width);
/* Bullets that wait for a row get one of their own. */
void markup_bullet(struct markup_out *o);
/* A code block of foreign lines; label: the word behind the fence. */
struct markup_code {
    const char *s;
    size_t n;
    uint32_t src;
    const char *label;
    size_t label_n;
    enum lang lang;
};
void markup_code(struct markup_out *o, const struct markup_code *code);
/* Cells of what stands in front of the rows of the boxes around. */
int markup_prefix_cells(const struct markup_out *o);

void markup_table(struct markup_out *o);
/* Definitions of references (`[name]: address`) would be seen nowhere when what they are for stands
 * in another section: those that no link here has used are shown. */
void markup_find_definitions(struct markup_out *o);
void markup_definitions(struct markup_out *o);
/* A section of fenced code. */
void markup_fenced(struct flow *out, const char *s, const struct markup_section *section,
                   const struct markup_how *how);
/* Its lines without the fences: where they are in s. */
void markup_fenced_body(const char *s, const struct markup_section *section, size_t *from,
                        size_t *to);
/* The word behind the opening fence. */
const char *markup_fence_label(const char *s, const struct markup_section *section, size_t *n);
/* Appends lines without up to `indent` blanks in front. */
void markup_unindent(struct buf *out, const char *s, size_t n, size_t indent);
/* The text of a section with the head of its table in front; 0: it needs none. */
size_t markup_headed(struct buf *out, const char *s, const struct markup_section *section);
/* The text with the lines below the heads of tables as wide as md4c wants them (what follows moves
 * by as many bytes); false: they are. */
bool markup_widen(struct buf *out, const char *s, size_t n);
/* The text of an open section with what is begun at its end brought to an end; false: it needs
 * nothing. */
bool markup_mend(struct buf *out, const char *s, size_t n);

/* The characters of an entity (with & and ;) into out; 0 when it is none. */
size_t markup_entity(char out[8], const char *s, size_t n);

#endif
