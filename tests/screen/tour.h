/* tour.h - one person's walk through everything the screen offers, by keys alone, behind a tap that
 * writes down what was sent. */
#ifndef MIX_TESTS_SCREEN_TOUR_H
#define MIX_TESTS_SCREEN_TOUR_H

#include "forms.h"
#include "mix/wire.h"

#define TOUR_LOG "tour.log" /* the debug log of the program */

struct tour {
    const struct stage *stage;
    bool probed; /* the server has no document: the first request of the log asks what it can do */
    struct caps caps; /* of the generation, as the table says */
    struct peer *demo, *tap;
    struct screen *s;
};

static inline bool offers(const struct tour *t, enum op op) { return caps_has(&t->caps, op); }
/* Whether requests and answers of that generation have the field. */
bool knows(const struct tour *t, const char *shape, const char *field);
/* How often a request of that operation was sent, with that text in its body or path. */
size_t sent(const struct tour *t, const char *text);
#define wait_sent(t, text, n) screen_wait_that((t)->s, sent(t, text) >= (n))

/* tour_server.c: the screens about the server */
void tour_signs_in(struct tour *t);
void tour_looks_around(struct tour *t);
void tour_sets_preferences(struct tour *t);
void tour_reads_reasons(struct tour *t);
/* tour_session.c: a session from its form to its end */
void tour_does_the_whole_job(struct tour *t);
/* tour_turns.c: messages of every kind, and the session's other acts */
void tour_sends_in_every_shape(struct tour *t);
void tour_answers_questions(struct tour *t);
void tour_forks_and_rewinds(struct tour *t);
/* tour_reading.c: reading, searching and copying */
void tour_reads(struct tour *t);
/* tour_record.c: what was sent, against the table */
void tour_judges(const struct tour *t);

#endif
