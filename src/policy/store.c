/* store.c - the files of rules and of the audit log. A lock file beside them is held over every
 * change; it is never removed, so that all who wait wait for the same one. */
#include "inner.h"
#include "mix/policy_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 16 * 1024, LOCK_MS = 2000, AGAIN_MS = 200, AGAIN_US = 2000, STUCK_MS = 30000 };

static enum rc failed(struct err *err, const char *what, const char *path, int error) {
    char text[128];

    return err_set(err, RC_IO, error, "could not %s %s: %s", what, path,
                   strerror_r(error, text, sizeof text));
}

static char *file_in(const char *dir, const char *name) {
    struct buf out = {.max = PATH_BYTES};

    (void)buf_addf(&out, "%s/%s", dir, name);
    return buf_take(&out);
}

static enum rc make_dir(const char *dir, struct err *err) {
    auto_free char *path = xstrdup(dir);

    for (char *p = path + 1;; p++) {
        const char was = *p;

        if (was != '/' && was != '\0')
            continue;
        *p = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return failed(err, "make", path, errno);
        if (was == '\0')
            return RC_OK;
        *p = '/';
    }
}

/* The lock, for this process and thread; -1 with err. Waits 2 s: what others do takes far less.
 * Whoever held it for so long is stopped in the middle of something: for a while nobody waits for
 * it again, else two hundred requests would hold this thread for minutes. */
static int lock(const char *dir, struct err *err) {
    static _Thread_local int64_t stuck_until, had_until;
    auto_free char *path = file_in(dir, "rules.lock");
    const int64_t begun = clock_now(), until = begun < stuck_until ? begun : begun + LOCK_MS;

    if (make_dir(dir, err) != RC_OK)
        return -1;
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);

    if (fd < 0) {
        (void)failed(err, "open", path, errno);
        return -1;
    }
    if (begun < had_until)
        usleep(AGAIN_US); /* others, who look more often than that, come first */
    for (;;) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            stuck_until = 0;
            had_until = clock_now() + AGAIN_MS;
            return fd;
        }
        if ((errno != EWOULDBLOCK && errno != EINTR) || clock_now() >= until)
            break;
        usleep(200 + random_u32() % (AGAIN_US / 2));
    }
    if (until > begun)
        stuck_until = clock_now() + STUCK_MS;
    (void)err_set(err, RC_BUSY, 0, "another mixtui holds %s for too long", path);
    close(fd);
    return -1;
}

/* ---- reading and writing whole files ---- */
/* Rules that somebody else may write would grant what somebody else wants. */
static enum rc trusted(const struct stat *st, const char *path, struct err *err) {
    if (st->st_uid != geteuid())
        return err_set(err, RC_IO, 0, "%s is not used: it belongs to somebody else", path);
    if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return err_set(err, RC_IO, 0, "%s is not used: others may write it (chmod 600 %s)", path,
                       path);
    return RC_OK;
}

/* A missing file is empty. */
static enum rc read_file(struct buf *out, const char *path, size_t max, struct err *err) {
    struct stat st;
    auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    buf_init(out, max);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return RC_OK;
    if (fd < 0 || fstat(fd, &st) != 0)
        return failed(err, "read", path, errno);
    if (!S_ISREG(st.st_mode))
        return err_set(err, RC_IO, 0, "could not read %s: not a regular file", path);
    if (trusted(&st, path, err) != RC_OK)
        return RC_IO;
    for (;;) {
        char block[16 * 1024];
        const ssize_t n = read(fd, block, sizeof block);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failed(err, "read", path, errno);
        if (n == 0)
            return RC_OK;
        if (buf_add(out, block, (size_t)n) != RC_OK)
            return err_set(err, RC_LIMIT, 0, "could not read %s: larger than %zu bytes", path, max);
    }
}

static bool write_full(int fd, const char *p, size_t n) {
    while (n > 0) {
        const ssize_t put = write(fd, p, n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        p += put;
        n -= (size_t)put;
    }
    return true;
}

static void sync_dir(const char *dir) {
    auto_fd int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0)
        (void)fsync(fd);
}

static enum rc write_file(const char *dir, const char *path, const struct buf *data,
                          struct err *err) {
    struct buf name = {.max = PATH_BYTES};

    (void)buf_addf(&name, "%s.%08x", path, random_u32());
    auto_free char *beside = buf_take(&name);
    auto_fd int fd =
        open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);

    if (fd < 0)
        return failed(err, "write", path, errno);
    if (!write_full(fd, buf_str(data), data->n) || fsync(fd) != 0 || rename(beside, path) != 0) {
        const int error = errno;

        (void)unlink(beside);
        return failed(err, "write", path, error);
    }
    sync_dir(dir);
    return RC_OK;
}

/* ---- rules ---- */
static enum rc load(struct policy *out, const char *dir, struct err *err) {
    auto_free char *rules = file_in(dir, "rules.jsonl"), *hits = file_in(dir, "rules.used");
    auto_buf struct buf data = {0};
    auto_buf struct buf used = {0};
    const enum rc rc = read_file(&data, rules, RULES_BYTES, err);

    *out = (struct policy){0};
    if (rc != RC_OK)
        return rc;
    (void)read_file(&used, hits, RULES_BYTES, NULL); /* how often is no reason to stop */
    policy_read(out, buf_str(&data), data.n, buf_str(&used), used.n);
    return RC_OK;
}

enum rc policy_check(const char *dir, struct err *err) {
    auto_free char *path = file_in(dir, "rules.jsonl");
    struct stat st;

    if (stat(path, &st) != 0)
        return RC_OK; /* whoever reads it says why it cannot be read */
    return trusted(&st, path, err);
}

enum rc policy_load(struct policy *out, const char *dir, struct err *err) {
    return load(out, dir, err); /* files change by renaming: what is read is whole */
}

enum rc policy_add(const char *dir, const char *line, struct err *err) {
    auto_free char *path = file_in(dir, "rules.jsonl");
    auto_buf struct buf data = {0};
    auto_fd int held = lock(dir, err);
    struct policy after;

    if (held < 0)
        return err ? err->rc : RC_IO;
    enum rc rc = read_file(&data, path, RULES_BYTES, err);

    if (rc != RC_OK)
        return rc;
    policy_read(&after, buf_str(&data), data.n, NULL, 0);
    const size_t n = after.n, off = after.n_off;

    policy_fini(&after);
    if ((data.n > 0 && data.p[data.n - 1] != '\n' && buf_adds(&data, "\n") != RC_OK) ||
        buf_adds(&data, line) != RC_OK)
        return err_set(err, RC_LIMIT, 0, "the rules file is full: take some rules away first");
    policy_read(&after, buf_str(&data), data.n, NULL, 0);
    if (after.n != n + 1 || after.n_off != off)
        rc = err_set(err, RC_USAGE, 0, "not added: %s",
                     after.n > 0 && after.rules[after.n - 1].off ? after.rules[after.n - 1].off
                                                                 : "it is not one rule");
    policy_fini(&after);
    return rc == RC_OK ? write_file(dir, path, &data, err) : rc;
}

enum rc policy_remove(const char *dir, const char *id, struct err *err) {
    auto_free char *path = file_in(dir, "rules.jsonl");
    auto_buf struct buf data = {0};
    auto_buf struct buf rest = {.max = RULES_BYTES};
    auto_fd int held = lock(dir, err);
    const char *line;
    char of[24];
    size_t n, gone = 0;

    if (held < 0)
        return err ? err->rc : RC_IO;
    const enum rc rc = read_file(&data, path, RULES_BYTES, err);

    if (rc != RC_OK)
        return rc;
    for (const char *at = data.p, *end = data.p ? data.p + data.n : NULL;
         policy_next_line(&at, end, &line, &n);) {
        if (policy_line_says(line, n) && policy_line_id(line, n, of) && str_eq(of, id))
            gone++;
        else
            (void)buf_add(&rest, line, (size_t)(at - line));
    }
    if (gone == 0)
        return err_set(err, RC_USAGE, 0, "there is no rule \"%.40s\"", id);
    return write_file(dir, path, &rest, err);
}

/* One more hit; the lock is held. */
static enum rc count_hit(const char *dir, const struct policy *p, const char *id, int64_t real,
                         struct err *err) {
    auto_free char *path = file_in(dir, "rules.used");
    auto_buf struct buf out = {.max = RULES_BYTES};

    for (size_t i = 0; i < p->n; i++) {
        const struct policy_rule *r = &p->rules[i];
        const bool hit = !r->off && str_eq(r->id, id);

        if (!r->off && (hit || r->hits > 0))
            policy_add_used(&out, r->id, r->hits + hit, hit ? real : r->used);
    }
    return write_file(dir, path, &out, err);
}

static enum rc append(const char *dir, const char *line, size_t n, struct err *err);

enum rc policy_rule_on(const char *dir, const struct ruling_ask *ask, int64_t real, struct arena *a,
                       struct ruling *out, struct err *err) {
    auto_buf struct buf line = {.max = MIX_MIB};
    struct policy p;
    struct stat st;
    auto_free char *rules = file_in(dir, "rules.jsonl");

    *out = (struct ruling){.verdict = VERDICT_ASK};
    if (stat(rules, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return RC_OK; /* no rules: nothing to be locked, made or written */
    auto_fd int held = lock(dir, err);

    if (held < 0)
        return err ? err->rc : RC_IO;
    enum rc rc = load(&p, dir, err);

    if (rc != RC_OK)
        return rc;
    struct ruling found = policy_decide(&p, ask, real);
    const struct ruling_answer how = {found.verdict == VERDICT_ALLOW ? "grant" : "deny", "rule",
                                      -1};

    if (found.verdict != VERDICT_ASK) {
        found.rule_text = arena_strdup(a, found.rule_text);
        rc = audit_line(&line, ask, &how, &found, real);
        if (rc == RC_OK)
            rc = count_hit(dir, &p, found.rule, real, err);
        if (rc == RC_OK) /* last: what it says was answered is answered */
            rc = append(dir, buf_str(&line), line.n, err);
    }
    policy_fini(&p);
    if (rc == RC_OK)
        *out = found;
    return rc;
}

/* ---- the audit log ---- */
static char *audit_file(const char *dir, int number) {
    char name[32];

    if (number == 0)
        return file_in(dir, "audit.jsonl");
    snprintf(name, sizeof name, "audit.jsonl.%d", number);
    return file_in(dir, name);
}

static void rotate(const char *dir) {
    for (int i = AUDIT_FILES - 1; i > 0; i--) {
        auto_free char *from = audit_file(dir, i - 1), *to = audit_file(dir, i);

        (void)rename(from, to); /* the oldest is gone; a gap is none */
    }
}

/* The lock is held. */
static enum rc append(const char *dir, const char *line, size_t n, struct err *err) {
    auto_free char *path = audit_file(dir, 0);
    struct stat st;

    if (stat(path, &st) == 0 && st.st_size > 0 && (size_t)st.st_size + n > AUDIT_BYTES)
        rotate(dir);
    auto_fd int fd =
        open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW,
             S_IRUSR | S_IWUSR);
    char last = '\n';

    if (fd < 0 || fstat(fd, &st) != 0)
        return failed(err, "write", path, errno);
    if (!S_ISREG(st.st_mode))
        return err_set(err, RC_IO, 0, "could not write %s: not a regular file", path);
    if (st.st_uid != geteuid())
        return err_set(err, RC_IO, 0, "could not write %s: it belongs to somebody else", path);
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0 && fchmod(fd, S_IRUSR | S_IWUSR) != 0)
        return failed(err, "write", path, errno);
    if (st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) < 0)
        return failed(err, "read", path, errno);
    /* a line that was torn by a crash ends here */
    if ((last != '\n' && !write_full(fd, "\n", 1)) || !write_full(fd, line, n) || fsync(fd) != 0) {
        const int error = errno;

        /* half a line would say what was not done */
        return failed(err, ftruncate(fd, st.st_size) == 0 ? "write" : "repair", path, error);
    }
    return RC_OK;
}

enum rc audit_append(const char *dir, const char *line, size_t n, struct err *err) {
    auto_fd int held = lock(dir, err);

    if (held < 0)
        return err ? err->rc : RC_IO;
    return append(dir, line, n, err);
}

/* The end of a file, from a line's beginning on; false: it has more before it. */
static enum rc read_tail(struct buf *out, const char *path, size_t most, bool *all,
                         struct err *err) {
    struct stat st;
    auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    *all = true;
    buf_init(out, most);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return RC_OK;
    if (fd < 0 || fstat(fd, &st) != 0)
        return failed(err, "read", path, errno);
    if (!S_ISREG(st.st_mode))
        return err_set(err, RC_IO, 0, "could not read %s: not a regular file", path);
    const size_t size = (size_t)st.st_size, n = size < most ? size : most;
    auto_free char *data = xmalloc(n + 1);
    const ssize_t got = pread(fd, data, n, (off_t)(size - n));

    if (got < 0)
        return failed(err, "read", path, errno);
    size_t from = 0;

    *all = n == size;
    if (!*all) {
        const char *line_end = memchr(data, '\n', (size_t)got);

        from = line_end ? (size_t)(line_end + 1 - data) : (size_t)got;
    }
    (void)buf_add(out, data + from, (size_t)got - from);
    return RC_OK;
}

enum rc audit_tail(const char *dir, struct buf *out, size_t most, struct err *err) {
    bool all = true;

    buf_clear(out);
    out->max = most + 1;
    for (int i = 0; i < AUDIT_FILES && all && out->n < most; i++) {
        auto_free char *path = audit_file(dir, i);
        auto_buf struct buf part = {0};
        const enum rc rc = read_tail(&part, path, most - out->n, &all, err);

        if (rc != RC_OK)
            return rc;
        (void)buf_insert(out, 0, buf_str(&part), part.n);
    }
    return RC_OK;
}
