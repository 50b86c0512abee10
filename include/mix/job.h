/* job.h - the thread for slow local work (scans, reads, fsync of drafts, the search index), behind
 * two rings and a bell like the net worker. Tasks run in order of arrival; WRITEs to one path that
 * wait behind each other collapse into the last; a long task looks for its cancel between slices.
 * Programs (RUN) are children beside it, which nothing waits for. Results of at most 16 MiB are
 * read (RC_LIMIT beyond). */
#ifndef MIX_JOB_H
#define MIX_JOB_H

#include "mix/task.h"

struct job;
struct job *job_new(void);
/* takes t on RC_OK; RC_BUSY: the caller keeps it. Thread: main */
enum rc job_send(struct job *j, struct task *t);
int job_fd(const struct job *j);      /* poll it for reading */
void job_ack(struct job *j);          /* first this, then job_next until NULL */
struct task *job_next(struct job *j); /* caller frees */
/* Finishes every WRITE and APPEND already sent, drops the rest, joins. */
void job_free(struct job *j);

#endif
