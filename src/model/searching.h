/* searching.h - what the files of the search share. Private to the model floor.
 *
 *   search_query.c  what is typed as what is meant
 *   search_scan.c   hits in texts, in slices
 *   search.c        what a person does with it */
#ifndef MIX_MODEL_SEARCHING_H
#define MIX_MODEL_SEARCHING_H

#include "mix/search.h"
#include "private.h"

/* ---- the query ---- */
struct query {
    bool any_role;
    enum role role;
    char *tool; /* NULL: any part */
    bool errors, thoughts;
    struct find *text;   /* NULL: every part that passes is one hit */
    struct find *inside; /* the same as it is written inside JSON */
};
/* RC_OK without a text and without a filter: nothing is looked for yet. */
enum rc query_parse(struct query *q, const char *typed, struct err *err);
bool query_means(const struct query *q); /* anything at all */
void query_fini(struct query *q);

/* ---- places and walking ---- */
struct mark_at { /* a place in the texts of a thread */
    size_t entry, part;
    bool in_result;
    size_t off;
};
/* The work one slice may do, in nanoseconds by rule of thumb: no clock is looked at here. */
enum { SLICE_WORK = 1000 * 1000 };

/* Counting: every entry once, then those that changed. */
struct counting {
    uint32_t *hits; /* of each entry */
    uint64_t *keys; /* of what was counted there */
    size_t n, cap;  /* entries counted */
    size_t total;
    bool busy; /* with `at`, an entry of which `part_hits` were counted so far */
    struct mark_at at;
    uint64_t key;
    uint32_t so_far;
    /* what came since: entries in [check_to, check) are compared, the last first */
    size_t check, check_to;
    uint32_t rev;       /* of the transcript, when that began */
    bool partly;        /* only the last ones were compared */
    int64_t due;        /* when the next comparison begins; 0: none is planned */
    int64_t next_whole; /* when all of them may be compared again */
    struct {            /* the long result looked through last: its end is looked for once */
        const char *s;
        uint32_t rev; /* of its part */
        size_t n;
    } measured;
};
struct seeking {
    enum { SEEK_NONE, SEEK_FIRST, SEEK_STEP } what;
    int by; /* 1 down, -1 up */
    struct mark_at at;
    size_t left; /* entries still to be looked through */
    bool round;  /* it went round at an end */
};
struct opened { /* a part that was unfolded to show a hit */
    bool any;
    size_t entry, part;
    enum fold was;
};
struct search_private {
    struct query query;
    struct counting counting;
    struct seeking seeking;
    struct opened opened;
    struct reading origin; /* where `/` was pressed */
    bool has_origin;
    char *last;     /* the query before this one */
    struct hit far; /* its number is not known: too much stands before it in its message */
    bool recount;   /* counted anew: the old numbers stand until that is done */
    bool unshown;   /* the numbers changed since they were shown, at shown_at */
    int64_t shown_at;
};

/* Looks for the next hit from s->at on. True: it is found, or there is none (*found). */
bool seek_slice(struct search *se, const struct transcript *t, int64_t *work, struct hit *found,
                bool *any);
void count_reset(struct counting *c);
void count_fini(struct counting *c);
/* True while there is more to count. */
bool count_slice(struct search *se, const struct transcript *t, int64_t now, int64_t *work);
/* when the next slice is wanted; -1: never */
int64_t count_wake(const struct counting *c, const struct transcript *t, int64_t now);
/* 1-based, among all hits; 0: not known yet; HIT_FAR: it would take too long */
#define HIT_FAR SIZE_MAX
size_t hit_number(struct search *se, const struct transcript *t, const struct hit *hit);

#endif
