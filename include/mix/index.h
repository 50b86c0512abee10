/* index.h - what was read on this computer, to be found again: what the model asks of the job
 * thread and what comes back, and what the person allowed. Part of the base floor, like task.h.
 *
 * One SQLite file for each server, in the cache directory, readable by its owner only. It holds the
 * text of messages that were shown here and nothing else; it can be thrown away at any time. */
#ifndef MIX_INDEX_H
#define MIX_INDEX_H

#include "mix/base.h"

/* What may be written. */
enum index_choice {
    INDEX_ASK, /* nothing yet: the first search asks */
    INDEX_OFF,
    INDEX_PROFILE, /* only servers that were named: a profile, or the one it was chosen on */
    INDEX_ALL,
};
/* Asked with ADD: text replaces what was there when it is another. Answered by FIND, best first:
 * text is what stands around the hit, which is between \2 and \3; by READ, in the thread's order:
 * the whole text. A message is known by session, message and role: the first servers use one id for
 * a question and its answer. */
struct index_row {
    const char *session, *title; /* answered; ADD has them in struct index_task */
    const char *message;
    char role;     /* 'u' the person, 'a' the agent */
    int64_t at;    /* real ms; 0: unknown */
    int64_t place; /* in its thread, counted from 0 */
    const char *text;
    size_t len;
};
struct index_facts {
    int64_t sessions, messages;
    int64_t bytes; /* of its files */
    bool busy;     /* makes room: a further ADD, even an empty one, goes on with it */
    bool renewed;  /* what was there could not be used and lies beside it; this one began empty */
};
/* Of a task; every string in its arena. */
struct index_task {
    const char *session, *title; /* ADD, READ; FORGET, where NULL means everything */
    int64_t at;                  /* ADD: last activity of the session */
    int64_t most;                /* ADD: bytes all files may take; the oldest sessions make way */
    const char *query;           /* FIND */
    struct index_row *rows;      /* ADD, READ (the first tells around which); answered */
    size_t n_rows;
    size_t done;              /* ADD: so many were taken in; the rest is to be sent again */
    bool more;                /* FIND: more fit than were answered */
    struct index_facts facts; /* answered with every kind but FIND and READ */
};

#endif
