/* uploads.h - the files of a server and what is on its way to or from it: a part of struct model,
 * see model.h. Which of them stand in the pane, and what is done with them: files.h. */
#ifndef MIX_UPLOADS_H
#define MIX_UPLOADS_H

#include "mix/wire.h"

struct session;

struct transfer {
    uint32_t id;       /* its own, never 0; stays when it is tried again */
    uint32_t request;  /* 0: none is under way */
    char *name, *path; /* shown name; local path */
    char *session;     /* id of the one it goes through; NULL: whichever speaks for the uploads */
    char *wanted;      /* download: the path before it got a number */
    unsigned number;
    char *resume; /* download: what the server said of the file whose part is here; NULL: no part */
    bool upload;
    int64_t done, total, started_at;
    int64_t kept;                 /* the furthest that any try came */
    double speed;                 /* bytes a second, smoothed; 0: not known yet */
    int64_t speed_at, speed_done; /* where that was measured last */
    int64_t retry_at;             /* WAITING: it broke off and goes on then; 0: for its turn */
    int tries;                    /* that broke off without a byte between them */
    enum transfer_state {
        XFER_RUNNING,
        XFER_DONE,
        XFER_FAILED,
        XFER_CANCELLED,
        XFER_WAITING
    } state;
    struct err err;                   /* FAILED; WAITING after a break: why */
    const struct transfer_ends *ends; /* who hears of it besides the person; NULL: nobody */
    uint32_t tag;                     /* theirs */
    char *url; /* of an upload that is DONE, as the server told it; NULL before 0.5.3 */
};
enum file_sort { FILES_NEWEST, FILES_BY_NAME, FILES_BY_SIZE, FILES_BY_TYPE, FILES_SORTS };
struct files {
    struct file_info *list; /* in arena, in the order of `sort` */
    size_t n;
    size_t *visible; /* of them, those that match the filter */
    size_t n_visible, cap_visible;
    enum file_sort sort;
    struct map marked;           /* names; files.h */
    struct outputs *outputs;     /* what the agent of the shown session named; never NULL */
    struct fetch_tree *fetching; /* a session that is downloaded whole; private, NULL: none is */
    struct arena arena;
    struct session *session; /* through which they were listed */
    uint32_t request;
    bool loaded;
    struct err err;
    struct transfer *transfers;
    size_t n_transfers, cap_transfers, n_running, n_ended; /* counted in transfers.c alone */
};

#endif
