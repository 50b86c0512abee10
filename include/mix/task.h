/* task.h - one piece of slow local work: what main asks of the job thread and what comes back, in
 * one owned struct. Lives in the base floor so that model and job need not know each other. */
#ifndef MIX_TASK_H
#define MIX_TASK_H

#include "mix/base.h"
#include "mix/index.h"
#include "mix/ruling.h"

enum task_kind {
    TASK_READ, /* path -> data; a missing file is RC_OK with data NULL */
    /* data -> path: temporary file, fsync, rename, 0600; directories made 0700; len 0 removes the
       file */
    TASK_WRITE,
    TASK_RENAME, /* the file at path gets the name in data, at once; one that is missing: RC_OK */
    TASK_APPEND, /* data -> end of path, one write, fsync; 0600 */
    /* path (a directory; `~` expanded) -> entries, sorted directories first, then by name, at most
       50,000 */
    TASK_SCAN,
    TASK_STAT, /* path -> entries[0] */
    /* path: a new directory, as the person's others are; RC_IO, EEXIST when the name is taken */
    TASK_MKDIR,
    /* -> path: a directory of our own where temporary files are, 0700, the same one each time; it
       goes with all that lies in it when the job thread ends */
    TASK_TEMP,
    /* path: the directory names are relative to; data: names, each behind a NUL but the first
       (also absolute, `~/` expanded) -> entries in that order, those that are not there ENTRY_GONE
     */
    TASK_LOOK,
    /* The names of the whole tree below path, in chunks for tree_add as they are found, broad
       first, by a thread of its own: no other task waits. scan 0 begins; it comes back with the
       first chunk in data and a number in scan, and is asked again with that number while `more`.
       It waits until there is something to bring. Cancelled, the scan is over. Links are not
       followed; what begins with `.`, and node_modules, only with `hidden`. cut: the tree is larger
       than TREE_NAMES_MAX or TREE_BYTES_MAX. Eight scans at once; RC_BUSY beyond. */
    TASK_TREE,
    /* argv, looked up in PATH, without a shell; data -> its standard input; its standard output ->
       data, at most `most` bytes (0: none is wanted); status, and when it failed by itself err.text
       is the first line of its error output. Nothing of our terminal, nor of our own variables.
       After limit_ms (RC_TIMEOUT), beyond `most` (RC_LIMIT, what fits is there), on CANCEL and at
       the end of the program it and its process group are killed. It is over when the program
       itself has ended. Four run at once, and no other task waits for them. Not started: RC_IO. */
    TASK_RUN,
    /* On the index at path, see index.h; each takes a few ms, so that no draft waits behind it.
       Fails: RC_BUSY, another mixtui writes it now; RC_IO, it cannot be used. */
    TASK_INDEX_ADD,
    TASK_INDEX_FIND,   /* at most 200 rows; a new one is asked for by cancelling the old */
    TASK_INDEX_READ,   /* a message and those around it */
    TASK_INDEX_FORGET, /* a session, or everything: then the file is gone */
    TASK_INDEX_FACTS,  /* makes no file where there is none */
    /* Who owns a session's draft and queue, when several mixtui run: path is a file in the
       directory `owners` of the state, see src/job/own.h. TAKE: owned_by and owned_since say who
       has it, 0: we do now; `force` takes it from whoever has it. DROP: what was written before is
       on disk by then; data: the id of who asked for it. ASK: the owner for it; RC_IO: it cannot be
       asked. */
    TASK_OWN_TAKE,
    TASK_OWN_DROP,
    TASK_OWN_ASK,
    /* path: the directory. Comes back when another asks or answers, in data: `take NAME ID` or
       `gone NAME ID`. Nobody waits for it. */
    TASK_OWN_WATCH,
    /* On the rules and the audit log in the directory `path`, see policy_store.h. */
    TASK_RULES_READ,   /* -> data: the rules file; used: the file of hits */
    TASK_RULES_ADD,    /* data: a line of policy_write_rule */
    TASK_RULES_REMOVE, /* data: the id */
    TASK_RULES_ASK,    /* ask -> ruling, already counted and written down; `real` */
    TASK_AUDIT_ADD,    /* data: a line of audit_line */
    TASK_AUDIT_READ,   /* -> data: the newest lines, at most `most` bytes */
    /* target: ends that task soon, which still comes back, RC_CANCELLED; is not answered itself */
    TASK_CANCEL,
};
enum entry_kind { /* of what a link leads to */
                  ENTRY_FILE,
                  ENTRY_DIR,
                  ENTRY_FIFO,
                  ENTRY_SOCKET,
                  ENTRY_DEVICE,
                  ENTRY_DANGLING, /* a link to nothing, or in a ring of them */
                  ENTRY_GONE
};
struct dir_entry {
    const char *name;       /* as the file system has it: not UTF-8, not clean */
    int64_t size, modified; /* bytes; ms since 1970 */
    bool is_dir, hidden, readable;
    enum entry_kind kind;
};
struct task {
    enum task_kind kind;
    uint32_t id; /* unique, never 0 */
    uint32_t target;
    uint32_t tag;     /* the asker's own mark, handed back untouched */
    const char *path; /* in arena; comes back with a leading `~` expanded */
    /* in arena; asked with WRITE and APPEND, answered with READ. NUL-terminated */
    const char *data;
    size_t len;
    const char *guard; /* WRITE, in arena: a file of TASK_OWN_TAKE; RC_BUSY: another has it now */
    bool force;        /* OWN_TAKE */
    long owned_by;     /* process id */
    int64_t owned_since;
    bool fresh; /* WRITE: never over a file that is there: RC_IO, EEXIST */
    /* RUN; in arena */
    const char *const *argv; /* NULL ends it */
    const char *const *env;  /* NAME=VALUE besides, or in place of, what there is; NULL: nothing */
    int64_t limit_ms;        /* 0: none */
    size_t most;
    int status; /* of its exit; 128 + signal */
    /* TREE */
    uint32_t scan;
    bool hidden, more;
    struct index_task index;
    struct ruling_ask ask; /* RULES_ASK; in arena */
    struct ruling ruling;
    int64_t real;     /* RULES_ASK: clock_real() of the asker */
    const char *used; /* RULES_READ: in arena */
    size_t n_used;
    /* the answer */
    struct err err;
    struct dir_entry *entries;
    size_t n_entries;
    bool cut; /* more entries exist than were given */
    struct arena arena;
};
struct task *task_new(enum task_kind kind, const char *path); /* with a fresh id */
void task_free(struct task *t);

#endif
