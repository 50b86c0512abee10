/* search.h - looking for text in the thread that is shown. Part of the model floor; main thread
 * only.
 *
 * What is searched is what the messages say, not how it is drawn: their Markdown, thoughts, inputs
 * and results of calls. Hits are counted in slices by model_tick, so that no frame waits. */
#ifndef MIX_SEARCH_H
#define MIX_SEARCH_H

#include "mix/find.h"
#include "mix/model.h"

/* Where a hit is: in the text of a part, or in its result. */
struct hit {
    size_t entry, part;
    bool in_result;
    uint32_t off, len; /* of the text it is in */
};
/* Words in front of the query are filters: role:user role:mix role:note tool:Bash err: think: ; the
 * rest is looked for, and without a rest every part that they let pass is a hit. A query between
 * slashes, /so/, is a regular expression. */
struct search {
    bool typing;                   /* the field has the caret */
    struct editor query;           /* as typed */
    struct find *find;             /* NULL: no text is looked for */
    struct err err;                /* why the query cannot be used */
    const struct session *session; /* whose hits these are; NULL: nothing is looked for */
    bool shown;                    /* there is a hit to show */
    struct hit hit;
    size_t nth, hits; /* 1-based number of the hit shown, 0: not known yet; counted so far */
    bool counting, seeking;
    bool gave_up;      /* in places: there may be more */
    const char *round; /* it went on at the other end: "from the top"; NULL: it did not */
    struct search_private *priv;
};

/* `/`: the field opens; what is found is shown while one types. */
void act_search(struct model *m);
void act_search_typed(struct model *m); /* the query changed */
/* Enter: the field closes, the hits stay; with nothing typed, those looked for before */
void act_search_done(struct model *m);
/* Esc: while one types back to where the reader was, and what was unfolded folds again; later the
 * reader stays, and only the hits are no longer marked */
void act_search_leave(struct model *m);
void act_search_next(struct model *m, int by); /* n, N; round at the ends, and says so */
/* n has something to look for: this search, or the one before. */
bool search_again(const struct model *m);
/* Something is looked for in the thread that is shown. */
bool search_on(const struct model *m);
/* What a row of the thread is marked by, NULL: nothing. For views. */
struct find *search_marks(const struct model *m);

#endif
