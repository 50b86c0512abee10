/* diff.h - what the files of the diff share. */
#ifndef MIX_TEXT_DIFF_H
#define MIX_TEXT_DIFF_H

#include "mix/diff.h"

/* ---- sequences of numbers compared (diff_seq.c) ---- */
/* Marks in gone[] and come[] what is not common to a and b. Both zeroed before. work bounds the
 * steps of the exact search; then anchors are taken. ids: above every number in a and b. */
struct seq {
    const uint32_t *a, *b;
    size_t n, m;
    uint8_t *gone, *come;
    uint32_t ids;
    int64_t work;
};
void seq_compare(const struct seq *s);

/* ---- equal pieces of text get equal numbers (diff.c) ---- */
struct piece {
    const char *s;
    uint32_t n;
};
struct slot {
    uint32_t hash, number; /* 1 + number; 0: free */
};
struct pieces {
    struct piece *v; /* by number */
    size_t n;
    struct slot *slots;
    size_t mask;
};
/* For so many pieces at most. */
void pieces_init(struct pieces *p, size_t expected);
uint32_t piece_number(struct pieces *p, const char *s, size_t n);
void pieces_fini(struct pieces *p);

/* ---- the diff ---- */
struct side {
    const char *s;
    size_t n;
    uint32_t *start; /* of each line, and n behind the last */
    size_t lines;
};
/* Lines [a, a + an) became [b, b + bn). */
struct change {
    uint32_t a, b, an, bn;
};
enum block_kind { BLOCK_SAME, BLOCK_CHANGE, BLOCK_GAP };
/* Display lines of one kind; `at` is the display line it begins at, unified and split. */
struct block {
    uint8_t kind; /* enum block_kind */
    uint32_t a, b, an, bn;
    size_t at[2];
};
struct diff {
    struct side old, new;
    struct change *changes;
    size_t n, cap;
    size_t added, removed;
    struct block *blocks;
    size_t n_blocks, cap_blocks;
    size_t lines[2];
};
/* The line without its end. */
static inline const char *side_line(const struct side *s, size_t line, size_t *n) {
    const size_t from = s->start[line];
    size_t to = s->start[line + 1];

    if (to > from && s->s[to - 1] == '\n')
        to--;
    *n = to - from;
    return s->s + from;
}

/* ---- words of two lines (diff_words.c) ---- */
struct mark {
    uint32_t from, to; /* bytes of the line */
};
enum { MARKS_MAX = 64 };
struct marks {
    struct mark v[MARKS_MAX];
    size_t n;
};
/* What differs in two alike lines; false: they are not alike. */
bool diff_words(const char *old, size_t old_n, const char *new, size_t new_n, struct marks *gone,
                struct marks *come);

#endif
