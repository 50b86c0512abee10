/* trees.c - scans of whole trees.
 *
 * A thread walks, broad first, and fills chunks; it waits when the asker is CHUNKS_AHEAD behind. A
 * chunk is handed over when it is full or a few ms old, so that the first rows are there at once.
 */
#include "fs.h"
#include "trees.h"

#include "mix/ring.h"
#include "mix/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SCANS_AT_ONCE = 8,
    CHUNKS_AHEAD = 8,
    CHUNK_BYTES = 256 * 1024,
    CHUNK_MS = 10, /* at most so long until what was found is told */
    LOOK_EVERY = 256,
};

struct scan {
    uint32_t id; /* 0: a free place */
    pthread_t thread;
    struct bell *bell;
    char *path;
    bool hidden;
    struct task *waits; /* job thread only; NULL: nobody asks now */
    uint32_t asker;     /* ... id of the last task, also when it was answered */
    bool unwanted;      /* stopped, and freed once its thread has seen that */
    atomic_bool stop;
    pthread_mutex_t lock;
    pthread_cond_t room; /* under the lock from here on */
    struct buf ready[CHUNKS_AHEAD];
    size_t n_ready;
    bool over, cut;
    struct err err;
};
struct trees {
    struct bell *bell;
    struct scan *scans[SCANS_AT_ONCE];
    struct task **done; /* answered without a chunk */
    size_t n_done, cap_done;
    uint32_t last;
};

/* ---- the thread ---- */

struct walk {
    struct scan *scan;
    struct buf chunk;
    struct buf dirs; /* those found: path, NUL; read from the front */
    size_t next_dir, names, bytes;
    int64_t began; /* the chunk */
};

/* False: nobody wants it any more. */
static bool hand_over(struct walk *w) {
    struct scan *s = w->scan;

    if (w->chunk.n == 0)
        return !atomic_load(&s->stop);
    pthread_mutex_lock(&s->lock);
    while (s->n_ready == CHUNKS_AHEAD && !atomic_load(&s->stop))
        pthread_cond_wait(&s->room, &s->lock);
    const bool go_on = !atomic_load(&s->stop);

    if (go_on) {
        s->ready[s->n_ready++] = w->chunk;
        w->chunk = (struct buf){.max = TREE_BYTES_MAX};
    }
    pthread_mutex_unlock(&s->lock);
    bell_ring(s->bell);
    w->began = clock_now();
    return go_on;
}

static enum tree_kind kind_of(mode_t mode) {
    if (S_ISDIR(mode))
        return TREE_DIR;
    if (S_ISFIFO(mode))
        return TREE_FIFO;
    if (S_ISSOCK(mode))
        return TREE_SOCKET;
    return S_ISCHR(mode) || S_ISBLK(mode) ? TREE_DEVICE : S_ISLNK(mode) ? TREE_DANGLING : TREE_FILE;
}

/* *below: it is a directory and no link. */
static enum tree_kind look(int dir, const struct dirent *d, bool *below) {
    struct stat st;
    unsigned char type = d->d_type;

    if (type == DT_UNKNOWN && fstatat(dir, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        type = (unsigned char)IFTODT(st.st_mode);
    *below = type == DT_DIR;
    if (type == DT_LNK)
        return fstatat(dir, d->d_name, &st, 0) == 0 ? kind_of(st.st_mode) : TREE_DANGLING;
    return kind_of(DTTOIF(type));
}

static bool passed_over(const struct scan *s, const char *name) {
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    return !s->hidden && (*name == '.' || strcmp(name, "node_modules") == 0);
}

static bool add_name(struct walk *w, const char *prefix, int dir, const struct dirent *d) {
    const size_t before = w->chunk.n;
    bool below;
    const char kind = (char)('0' + look(dir, d, &below));

    (void)buf_add(&w->chunk, &kind, 1); /* its cap is beyond what is looked at below */
    (void)buf_adds(&w->chunk, prefix);
    (void)buf_adds(&w->chunk, *prefix ? "/" : "");
    (void)buf_add(&w->chunk, d->d_name, strlen(d->d_name) + 1);
    w->bytes += w->chunk.n - before;
    w->names++;
    if (w->names > TREE_NAMES_MAX || w->bytes > TREE_BYTES_MAX) {
        buf_cut(&w->chunk, before, w->chunk.n - before);
        return false;
    }
    return !below || buf_add(&w->dirs, w->chunk.p + before + 1, w->chunk.n - before - 1) == RC_OK;
}

enum step { STEP_ON, STEP_CUT, STEP_STOP };

static enum step walk_dir(struct walk *w, DIR *dir, const char *prefix) {
    const struct dirent *d;

    for (size_t i = 1; (d = readdir(dir)) != NULL; i++) {
        if (!passed_over(w->scan, d->d_name) && !add_name(w, prefix, dirfd(dir), d))
            return STEP_CUT;
        if (i % LOOK_EVERY != 0)
            continue;
        const bool due = w->chunk.n >= CHUNK_BYTES || clock_now() - w->began >= CHUNK_MS;

        if (atomic_load(&w->scan->stop) || (due && !hand_over(w)))
            return STEP_STOP;
    }
    return STEP_ON;
}

/* Unreadable ones have nothing below them. */
static enum step walk_next(struct walk *w) {
    auto_free char *prefix = xstrdup(w->dirs.p + w->next_dir);
    auto_buf struct buf path = {.max = 64 * MIX_KIB};

    w->next_dir += strlen(prefix) + 1;
    if (w->next_dir > MIX_MIB) { /* what was walked is in nobody's way */
        buf_cut(&w->dirs, 0, w->next_dir);
        w->next_dir = 0;
    }
    if (buf_addf(&path, "%s/%s", w->scan->path, prefix) != RC_OK)
        return STEP_ON;
    DIR *dir = fs_open_dir(path.p, O_NOFOLLOW);

    if (!dir)
        return STEP_ON;
    const enum step step = walk_dir(w, dir, prefix);

    closedir(dir);
    if (step != STEP_ON)
        return step;
    const bool due = w->chunk.n >= CHUNK_BYTES || clock_now() - w->began >= CHUNK_MS;

    return atomic_load(&w->scan->stop) || (due && !hand_over(w)) ? STEP_STOP : STEP_ON;
}

static void *scan_tree(void *arg) {
    struct scan *s = arg;
    struct walk w = {.scan = s,
                     .chunk.max = 2 * TREE_BYTES_MAX,
                     .dirs.max = TREE_BYTES_MAX,
                     .began = clock_now()};
    DIR *dir = fs_open_dir(s->path, 0);
    const int why = errno;
    enum step step = STEP_ON;

    if (dir) {
        step = walk_dir(&w, dir, "");
        closedir(dir);
        while (step == STEP_ON && w.next_dir < w.dirs.n)
            step = walk_next(&w);
    }
    if (step != STEP_STOP)
        (void)hand_over(&w);
    pthread_mutex_lock(&s->lock);
    s->over = true;
    s->cut = step == STEP_CUT;
    if (!dir) {
        char text[128];

        err_set(&s->err, RC_IO, why, "could not list %s: %s", s->path,
                strerror_r(why, text, sizeof text));
    }
    pthread_mutex_unlock(&s->lock);
    buf_fini(&w.chunk);
    buf_fini(&w.dirs);
    bell_ring(s->bell);
    return NULL;
}

/* ---- the job thread ---- */

struct trees *trees_new(struct bell *bell) {
    struct trees *all = xcalloc(1, sizeof *all);

    all->bell = bell;
    return all;
}

static void scan_free(struct scan *s) {
    atomic_store(&s->stop, true);
    pthread_mutex_lock(&s->lock);
    pthread_cond_broadcast(&s->room);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    for (size_t i = 0; i < s->n_ready; i++)
        buf_fini(&s->ready[i]);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->room);
    free(s->path);
    free(s);
}

static void answered(struct trees *all, struct task *t) {
    all->done = xgrow(all->done, all->n_done, &all->cap_done, sizeof(struct task *));
    all->done[all->n_done++] = t;
}

static void begin(struct trees *all, struct scan **place, struct task *t) {
    struct scan *s = xcalloc(1, sizeof *s);

    if (++all->last == 0)
        all->last = 1;
    s->id = all->last;
    s->path = xstrdup(t->path);
    s->hidden = t->hidden;
    s->bell = all->bell;
    s->waits = t;
    s->asker = t->id;
    atomic_init(&s->stop, false);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->room, NULL);
    if (pthread_create(&s->thread, NULL, scan_tree, s) != 0) {
        err_set(&t->err, RC_BUSY, 0, "no thread can be had to list %s", t->path);
        pthread_mutex_destroy(&s->lock);
        pthread_cond_destroy(&s->room);
        free(s->path);
        free(s);
        answered(all, t);
        return;
    }
    *place = s;
}

void trees_add(struct trees *all, struct task *t) {
    struct scan **room = NULL;

    for (size_t i = 0; i < SCANS_AT_ONCE; i++) {
        struct scan *s = all->scans[i];

        if (!s) {
            room = &all->scans[i];
        } else if (t->scan != 0 && s->id == t->scan && !s->waits && !s->unwanted) {
            s->waits = t;
            s->asker = t->id;
            return;
        }
    }
    if (t->scan == 0 && room) {
        begin(all, room, t);
        return;
    }
    if (t->scan == 0)
        err_set(&t->err, RC_BUSY, 0, "too many directories are being listed");
    else
        err_set(&t->err, RC_CANCELLED, 0, "cancelled"); /* it is over */
    answered(all, t);
}

bool trees_cancel(struct trees *all, uint32_t id) {
    for (size_t i = 0; i < SCANS_AT_ONCE; i++) {
        struct scan *s = all->scans[i];

        if (!s || s->asker != id || s->unwanted)
            continue;
        if (s->waits) { /* else its answer is on the way to somebody who does not ask again */
            err_set(&s->waits->err, RC_CANCELLED, 0, "cancelled");
            answered(all, TAKE(s->waits));
        }
        s->unwanted = true;
        atomic_store(&s->stop, true);
        pthread_mutex_lock(&s->lock);
        pthread_cond_broadcast(&s->room);
        pthread_mutex_unlock(&s->lock);
        return true;
    }
    return false;
}

/* Gives the task the oldest chunk. False: there is none yet. */
static bool answer(struct scan *s, struct task *t, bool *over) {
    struct buf chunk = {0};

    pthread_mutex_lock(&s->lock);
    const bool any = s->n_ready > 0;

    if (any) {
        chunk = s->ready[0];
        s->n_ready--;
        memmove(s->ready, s->ready + 1, s->n_ready * sizeof *s->ready);
        pthread_cond_signal(&s->room);
    }
    *over = s->over && s->n_ready == 0;
    t->cut = *over && s->cut;
    if (*over && !any)
        t->err = s->err;
    pthread_mutex_unlock(&s->lock);
    t->scan = s->id;
    t->more = !*over;
    if (any) {
        char *copy = arena_alloc(&t->arena, chunk.n + 1); /* there are NULs in it */

        memcpy(copy, chunk.p, chunk.n);
        t->data = copy;
        t->len = chunk.n;
        buf_fini(&chunk);
    }
    return any || *over;
}

static bool is_over(struct scan *s) {
    pthread_mutex_lock(&s->lock);
    const bool over = s->over;

    pthread_mutex_unlock(&s->lock);
    return over;
}

struct task *trees_next(struct trees *all) {
    if (all->n_done > 0)
        return all->done[--all->n_done];
    for (size_t i = 0; i < SCANS_AT_ONCE; i++) {
        struct scan *s = all->scans[i];
        bool over;

        if (s && s->unwanted && is_over(s)) {
            scan_free(s);
            all->scans[i] = NULL;
            continue;
        }
        if (!s || !s->waits || !answer(s, s->waits, &over))
            continue;
        struct task *t = TAKE(s->waits);

        if (over) {
            scan_free(s);
            all->scans[i] = NULL;
        }
        return t;
    }
    return NULL;
}

void trees_free(struct trees *all) {
    for (size_t i = 0; i < SCANS_AT_ONCE; i++) {
        if (!all->scans[i])
            continue;
        task_free(all->scans[i]->waits);
        scan_free(all->scans[i]);
    }
    for (size_t i = 0; i < all->n_done; i++)
        task_free(all->done[i]);
    free(all->done);
    free(all);
}
