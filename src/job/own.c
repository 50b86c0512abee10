/* own.c - see own.h. */
#include "own.h"

#include "fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LOCK_TRIES = 200,
    LOCK_PAUSE_MS = 10,
    STUCK_MS = 30000, /* who waited in vain does not wait again for so long */
    LINES_MAX = 64,
    ID_MAX = 40,
    LINE_BYTES = 400
};

struct home {
    char *dir; /* .../owners */
    char id[ID_MAX];
    int in, keep; /* our FIFO; `keep` writes nothing and keeps it from ending; -1: none */
    struct buf line;
    char *lines[LINES_MAX]; /* came while no WATCH waited, oldest first */
    size_t n_lines;
};
struct owners {
    struct home *homes[OWNERS_FDS];
    size_t n_homes;
    struct task **watches, **done;
    size_t n_watches, cap_watches, n_done, cap_done;
};

struct owners *owners_new(void) {
    return xcalloc(1, sizeof(struct owners));
}

/* ---- the lock ---- */
/* -1: it cannot be had; whoever holds it for so long is stopped in the middle of something. */
static int lock_dir(const char *dir) {
    static _Thread_local int64_t stuck_until;
    const int tries = clock_now() < stuck_until ? 0 : LOCK_TRIES;
    struct buf path = {.max = 8192};
    int fd = -1;

    if (buf_addf(&path, "%s/lock", dir) == RC_OK)
        fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    buf_fini(&path);
    for (int i = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0; i++) {
        const bool busy = errno == EWOULDBLOCK || errno == EINTR;

        if (!busy || i == tries) {
            if (busy && tries > 0)
                stuck_until = clock_now() + STUCK_MS;
            close(fd);
            return -1;
        }
        (void)poll(NULL, 0, LOCK_PAUSE_MS);
    }
    return fd;
}

static void unlock(int fd) {
    if (fd >= 0)
        close(fd);
}

/* ---- FIFOs ---- */
static char *fifo_path(const char *dir, const char *id) {
    struct buf path = {.max = 8192};

    return buf_addf(&path, "%s/.%s", dir, id) == RC_OK ? buf_take(&path) : NULL;
}

/* Open for writing when somebody reads it; -1: nobody does. */
static int fifo_of(const char *dir, const char *id) {
    auto_free char *path = fifo_path(dir, id);
    struct stat st;
    const int fd =
        path ? open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY) : -1;

    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISFIFO(st.st_mode))) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool lives(const char *dir, const char *id) {
    auto_fd int fd = fifo_of(dir, id);

    return fd >= 0;
}

static bool tell(const char *dir, const char *id, const char *verb, const char *name,
                 const char *who) {
    auto_fd int fd = fifo_of(dir, id);
    char line[LINE_BYTES];
    const int n = snprintf(line, sizeof line, "%s %s %s\n", verb, name, who);

    return fd >= 0 && n > 0 && (size_t)n < sizeof line && write(fd, line, (size_t)n) == n;
}

/* Of those that were killed. */
static void sweep(const char *dir) {
    DIR *d = opendir(dir);

    for (const struct dirent *e; d && (e = readdir(d));) {
        struct stat st;
        auto_free char *path = NULL;

        if (e->d_name[0] != '.' || strlen(e->d_name) < 3 || strlen(e->d_name) > ID_MAX)
            continue;
        path = fifo_path(dir, e->d_name + 1);
        if (path && lstat(path, &st) == 0 && S_ISFIFO(st.st_mode) && !lives(dir, e->d_name + 1))
            (void)unlink(path);
    }
    if (d)
        closedir(d);
}

static struct home *home_find(const struct owners *o, const char *dir) {
    for (size_t i = 0; i < o->n_homes; i++)
        if (strcmp(o->homes[i]->dir, dir) == 0)
            return o->homes[i];
    return NULL;
}

static void open_fifo(struct home *h) {
    auto_free char *path = fifo_path(h->dir, h->id);

    if (!path || mkfifo(path, S_IRUSR | S_IWUSR) != 0)
        return;
    h->in = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    h->keep = h->in >= 0 ? open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC) : -1;
    if (h->in < 0)
        (void)unlink(path);
}

/* NULL: there is no such place, or no room for one more. */
static struct home *home_at(struct owners *o, const char *dir) {
    struct home *h = home_find(o, dir);

    if (h || o->n_homes == OWNERS_FDS)
        return h;
    auto_free char *below = xmalloc(strlen(dir) + 3);

    snprintf(below, strlen(dir) + 3, "%s/x", dir);
    if (fs_make_parents(below) != 0)
        return NULL;
    h = xcalloc(1, sizeof *h);
    h->dir = xstrdup(dir);
    h->in = h->keep = -1;
    h->line.max = LINE_BYTES;
    snprintf(h->id, sizeof h->id, "%ld-%08x", (long)getpid(), (unsigned)random_u32());
    const int lock = lock_dir(dir);

    sweep(dir);
    open_fifo(h);
    unlock(lock);
    o->homes[o->n_homes++] = h;
    return h;
}

/* ---- files that name owners ---- */
static char *dir_of(const char *path) {
    return xstrndup(path, (size_t)(path_base(path) - path) - (path_base(path) > path));
}

/* Whose it is; false: nobody's, or of somebody who is no more. */
static bool owner_of(const struct home *h, const char *path, char id[ID_MAX], char *since,
                     size_t size) {
    char text[200] = "", named[ID_MAX] = "", time[40] = "";
    auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    const ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;

    if (n <= 0 || text[n - 1] != '\n' ||
        sscanf(text, "mixtui owner 1\n%39[0-9a-f-] %39[0-9]\n", named, time) != 2)
        return false;
    if (strcmp(named, h->id) != 0 && !lives(h->dir, named)) {
        auto_free char *left = fifo_path(h->dir, named);

        if (left)
            (void)unlink(left); /* it was killed */
        return false;
    }
    memcpy(id, named, ID_MAX);
    if (since)
        snprintf(since, size, "%s", time);
    return true;
}

/* What cannot be written is not seen by others; nor can they write a draft there. */
static void sign(const struct home *h, const char *path) {
    char text[200];
    const int n =
        snprintf(text, sizeof text, "mixtui owner 1\n%s %lld\n", h->id, (long long)clock_real());
    auto_fd int fd =
        open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
             S_IRUSR | S_IWUSR);

    if (fd >= 0 && write(fd, text, (size_t)n) != n) {
        const int cut = ftruncate(fd, 0);

        (void)cut; /* half a line names nobody either */
    }
}

static void take(struct home *h, struct task *t) {
    char id[ID_MAX], since[40];
    const int lock = lock_dir(h->dir);
    const bool owned = owner_of(h, t->path, id, since, sizeof since);

    if (owned && strcmp(id, h->id) != 0 && !t->force) {
        t->owned_by = (long)strtol(id, NULL, 10);
        t->owned_since = strtoll(since, NULL, 10);
    } else if (!owned || strcmp(id, h->id) != 0) {
        sign(h, t->path);
    }
    unlock(lock);
}

static void drop(struct home *h, const struct task *t) {
    char id[ID_MAX];
    const int lock = lock_dir(h->dir);

    if (owner_of(h, t->path, id, NULL, 0) && strcmp(id, h->id) == 0)
        (void)unlink(t->path);
    unlock(lock);
    if (t->data && t->len > 0 && t->len < ID_MAX)
        (void)tell(h->dir, t->data, "gone", path_base(t->path), h->id);
}

static void ask(const struct home *h, struct task *t) {
    char id[ID_MAX];

    if (h->in < 0 || !owner_of(h, t->path, id, NULL, 0) ||
        !tell(h->dir, id, "take", path_base(t->path), h->id))
        err_set(&t->err, RC_IO, 0, "its owner cannot be asked");
}

static void write_guarded(struct owners *o, struct task *t) {
    auto_free char *dir = dir_of(t->guard);
    const struct home *h = home_find(o, dir);
    char id[ID_MAX];
    const int lock = h ? lock_dir(dir) : -1;

    if (h && owner_of(h, t->guard, id, NULL, 0) && strcmp(id, h->id) != 0)
        err_set(&t->err, RC_BUSY, 0, "another mixtui has taken it over");
    else
        fs_write(t);
    unlock(lock);
}

void owners_run(struct owners *o, struct task *t) {
    if (t->kind == TASK_WRITE) {
        if (t->guard)
            write_guarded(o, t);
        else
            fs_write(t);
        return;
    }
    auto_free char *dir = dir_of(t->path);
    struct home *h = home_at(o, dir);

    if (!h) /* alone, as far as anybody can tell */
        return;
    if (t->kind == TASK_OWN_TAKE)
        take(h, t);
    else if (t->kind == TASK_OWN_DROP)
        drop(h, t);
    else
        ask(h, t);
}

/* ---- what others ask ---- */
void owners_watch(struct owners *o, struct task *t) {
    (void)home_at(o, t->path);
    o->watches = xgrow(o->watches, o->n_watches, &o->cap_watches, sizeof *o->watches);
    o->watches[o->n_watches++] = t;
}

static void answer(struct owners *o, size_t at) {
    o->done = xgrow(o->done, o->n_done, &o->cap_done, sizeof *o->done);
    o->done[o->n_done++] = o->watches[at];
    o->watches[at] = o->watches[--o->n_watches];
}

bool owners_cancel(struct owners *o, uint32_t id) {
    for (size_t i = 0; i < o->n_watches; i++)
        if (o->watches[i]->id == id) {
            err_set(&o->watches[i]->err, RC_CANCELLED, 0, "cancelled");
            answer(o, i);
            return true;
        }
    return false;
}

size_t owners_poll(const struct owners *o, struct pollfd fds[OWNERS_FDS]) {
    for (size_t i = 0; i < o->n_homes; i++)
        fds[i] = (struct pollfd){.fd = o->homes[i]->in, .events = POLLIN};
    return o->n_homes;
}

static void line_end(struct home *h) {
    if (h->line.n > 0 && h->n_lines < LINES_MAX)
        h->lines[h->n_lines++] = xstrdup(buf_str(&h->line));
    buf_clear(&h->line);
}

static void hear(struct home *h) {
    char bytes[1024];
    ssize_t n;

    while (h->in >= 0 && (n = read(h->in, bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < n; i++)
            if (bytes[i] == '\n')
                line_end(h);
            else if (buf_add(&h->line, bytes + i, 1) != RC_OK)
                buf_clear(&h->line);
}

/* Every watch of that place hears every line. */
static void hand_out(struct owners *o, struct home *h) {
    bool any = false;

    if (h->n_lines == 0)
        return;
    for (size_t i = o->n_watches; i-- > 0;) {
        struct task *t = o->watches[i];

        if (strcmp(t->path, h->dir) != 0)
            continue;
        t->data = arena_strdup(&t->arena, h->lines[0]);
        t->len = strlen(t->data);
        answer(o, i);
        any = true;
    }
    if (!any)
        return;
    free(h->lines[0]);
    memmove(h->lines, h->lines + 1, --h->n_lines * sizeof h->lines[0]);
}

void owners_turn(struct owners *o) {
    for (size_t i = 0; i < o->n_homes; i++) {
        hear(o->homes[i]);
        hand_out(o, o->homes[i]);
    }
}

struct task *owners_next(struct owners *o) {
    return o->n_done > 0 ? o->done[--o->n_done] : NULL;
}

/* ---- the end ---- */
/* Files that name us: they would be taken for those of a dead one, but this is cleaner. */
static void let_go(const struct home *h) {
    const int lock = lock_dir(h->dir);
    DIR *d = opendir(h->dir);

    for (const struct dirent *e; d && (e = readdir(d));) {
        char id[ID_MAX];
        struct buf path = {.max = 8192};

        if (e->d_name[0] != '.' && strcmp(e->d_name, "lock") != 0 &&
            buf_addf(&path, "%s/%s", h->dir, e->d_name) == RC_OK &&
            owner_of(h, path.p, id, NULL, 0) && strcmp(id, h->id) == 0)
            (void)unlink(path.p);
        buf_fini(&path);
    }
    if (d)
        closedir(d);
    auto_free char *fifo = fifo_path(h->dir, h->id);

    if (fifo && h->in >= 0)
        (void)unlink(fifo);
    unlock(lock);
}

void owners_free(struct owners *o) {
    for (size_t i = 0; i < o->n_homes; i++) {
        struct home *h = o->homes[i];

        let_go(h);
        if (h->in >= 0)
            close(h->in);
        if (h->keep >= 0)
            close(h->keep);
        for (size_t k = 0; k < h->n_lines; k++)
            free(h->lines[k]);
        buf_fini(&h->line);
        free(h->dir);
        free(h);
    }
    for (size_t i = 0; i < o->n_watches; i++)
        task_free(o->watches[i]);
    for (size_t i = 0; i < o->n_done; i++)
        task_free(o->done[i]);
    free(o->watches);
    free(o->done);
    free(o);
}
