/* run.h - programs as children of the job thread, several at once. Private to the job floor; job
 * thread only, but for runs_new. */
#ifndef MIX_JOB_RUN_H
#define MIX_JOB_RUN_H

#include "mix/task.h"

#include <poll.h>

enum { RUNS_AT_ONCE = 4, RUNS_FDS = 4 * RUNS_AT_ONCE };

struct runs;
struct runs *runs_new(void); /* keeps the environment of now, without our secrets. Thread: main */
void runs_add(struct runs *r, struct task *t); /* takes t; starts it or lets it wait */
bool runs_cancel(struct runs *r, uint32_t id); /* false: it is not here */
size_t runs_poll(const struct runs *r, struct pollfd fds[RUNS_FDS]);
int runs_wait_ms(const struct runs *r, int64_t now); /* at most so long; -1: for ever */
void runs_turn(struct runs *r);                      /* all that can be done without waiting */
struct task *runs_next(struct runs *r);              /* one that is over, NULL: none */
void runs_free(struct runs *r);                      /* kills what is left */

#endif
