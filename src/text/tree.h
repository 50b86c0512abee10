/* tree.h - how names are packed. Private to the text floor. */
#ifndef MIX_TEXT_TREE_H
#define MIX_TEXT_TREE_H

#include "mix/tree.h"

struct tree_row {
    uint32_t off;
    uint16_t len, base; /* where its last part begins */
    uint8_t kind;
};
struct tree {
    char *names, *low; /* the same places; A-Z became a-z */
    size_t n_bytes, cap_bytes;
    struct tree_row *rows;
    uint64_t *masks; /* of each row: which characters are in it */
    size_t n, cap;
};
uint64_t tree_char_bit(unsigned char c);

/* ---- tree_score.c ---- */
enum { WORDS_MAX = 16, WORD_MAX = 128 };
struct tree_word {
    char text[WORD_MAX]; /* small letters unless `exact` */
    size_t n;
    bool exact;   /* has a capital letter: case counts */
    bool literal; /* as it stands */
    bool begins, ends, not ;
    bool wide; /* not only ASCII */
};
struct tree_query {
    struct tree_word words[WORDS_MAX];
    size_t n;
    uint64_t need; /* characters without which nothing matches */
};
void tree_query_read(struct tree_query *q, const char *typed);
/* 0: no match. low: the same name with small letters. */
int tree_query_score(const struct tree_query *q, const char *name, const char *low, size_t n,
                     size_t base);

#endif
