/* own.h - who owns what: one mixtui at a time writes the draft and sends the queue of a session,
 * when several run on one state directory. Private to the job floor; job thread only, but for
 * owners_new.
 *
 * In the directory `owners` of a server lie a file for each owned session, which names its owner,
 * and a FIFO for each mixtui, `.ID`, which it holds open for reading. The FIFO is the heartbeat:
 * the kernel closes it with the process, however that ends, and opening it for writing fails from
 * then on, so there are no stale owners and nobody wakes up to say that they live. A take-over is a
 * line in the owner's FIFO, `take NAME ID`; it saves, lets go and answers `gone NAME` into the FIFO
 * of who asked. One that does not answer (it is stopped) loses by force: the file gets another
 * name. It finds that out before it next writes the draft, which is also before it sends anything,
 * and its write comes back RC_BUSY. The file `lock` is held (flock) while files are compared and
 * changed, drafts included, and for at most as long as that takes. Where FIFOs or locks cannot be
 * had everybody owns what they ask for, as if alone. Two machines on one home are not told apart.
 */
#ifndef MIX_JOB_OWN_H
#define MIX_JOB_OWN_H

#include "mix/task.h"

#include <poll.h>

enum { OWNERS_FDS = 32 };
struct owners;
struct owners *owners_new(void); /* Thread: main */
/* TASK_OWN_TAKE, DROP, ASK; TASK_WRITE, guarded or not */
void owners_run(struct owners *o, struct task *t);
void owners_watch(struct owners *o, struct task *t); /* takes t: TASK_OWN_WATCH */
bool owners_cancel(struct owners *o, uint32_t id);   /* false: it is not here */
size_t owners_poll(const struct owners *o, struct pollfd fds[OWNERS_FDS]);
void owners_turn(struct owners *o);
struct task *owners_next(struct owners *o); /* a WATCH that is answered, NULL: none */
void owners_free(struct owners *o);         /* lets everything go */

#endif
