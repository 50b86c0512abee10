/* index.h - the index of what was read, as the model keeps it: what may be written, what is fed,
 * what was found. Private to index.c, index_feed.c and panel_index.c. */
#ifndef MIX_MODEL_INDEX_H
#define MIX_MODEL_INDEX_H

#include "private.h"

/* Where a search result leads. */
struct index_place {
    char *session, *title, *message, *hit; /* hit: its words as they stand there */
    char role;
};
struct index_state {
    char *path; /* of the file; NULL: there is no place for one */
    int64_t most;
    enum index_choice choice; /* in force here */
    bool fixed;               /* config.ini says so */
    bool known;               /* it was read what was chosen before */
    char *chosen;             /* what the file of choices holds */
    bool failed;              /* nothing more until the program starts again */
    struct err err;
    struct index_facts facts;
    bool facts_known;
    /* feeding */
    uint32_t adding; /* the task; 0: none */
    bool wanted;     /* some session may have what the index has not */
    int64_t next_at;
    /* finding: one question at a time */
    uint32_t finding;
    char *asked;        /* what was asked last */
    bool ask_again;     /* it is another by now */
    struct task *found; /* the last answer, NULL: none */
    struct err find_err;
    uint32_t reading;
    struct task *read;
    struct index_place chosen_place; /* what is read, and offered to be forgotten */
};

bool index_on(const struct model *m);
/* Remembers it, for all servers of this program. */
void index_choose(struct model *m, enum index_choice choice, struct effects *fx);
void index_ask_facts(struct model *m, struct effects *fx);
void index_ask(struct model *m, const char *query, struct effects *fx);
void index_ask_again(struct model *m, struct effects *fx); /* the index changed */
void index_ask_text(struct model *m, struct effects *fx);  /* of chosen_place */
void index_choose_place(struct model *m, const struct index_row *row);
void index_place_fini(struct index_place *p);
/* Into that session at that message, or to what the index has of it. */
void index_go(struct model *m, struct effects *fx);
struct task *index_task_new(struct model *m, struct effects *fx, enum task_kind kind,
                            struct session *s);
void index_arrived(struct model *m); /* panel_index.c: what was read is there */
/* index_feed.c */
void index_fed(struct model *m, struct task *t, struct session *s);
void index_feed_anew(struct model *m); /* everything that is loaded */

#endif
