/* publish.h - what a running mixtui tells others of this user: one small file for each process, in
 * path_runtime_dir(), `PID.marks`. Lines of fields with tabs between them:
 *
 *   mixtui 1 PID
 *   mixtui 1 PID keep SINCE KEY                      · of a keeper; KEY names its lock
 *   server NAME STATE APPROVALS QUESTIONS UNWATCHED  · STATE: online, offline, connecting, foreign
 *   session MARK ID TITLE                            · of the server above; MARK as mark_char, idle
 * -
 *
 * Read by `mixtui status`. */
#ifndef MIX_PUBLISH_H
#define MIX_PUBLISH_H

#include "mix/model.h"

enum { PUBLISH_MAX = 64 << 10, PUBLISH_SESSIONS = 200 };
void publish_begin(struct buf *out, int pid);
/* ... by a keeper, since then (ms since 1970), of the server with that key. */
void publish_keeper(struct buf *out, int pid, int64_t since, const char *key);
/* Watched sessions, the ones that need somebody first, at most PUBLISH_SESSIONS. Pure. */
void publish_server(struct buf *out, const struct model *m, const char *name);

#endif
