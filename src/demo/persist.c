/* persist.c - one log per session under DIR/sessions. Records, one a line:
 *   session {...}            the newest wins
 *   message MS FINISH {...}  a known id replaces, another one is appended
 *   cut N                    only the first N messages stay
 * A record is one write. At start a log is read up to its last whole line and written anew under
 * another name that then takes its place, so a killed server loses nothing that a client was told
 * of. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "demo.h"

#define LOG_MAX ((size_t)1024 * MIX_MIB)

static char *log_path(const struct demo *d, const char *id, const char *tail) {
    struct buf path;
    buf_init(&path, 4096);
    buf_addf(&path, "%s/sessions/%s%s", d->base, id, tail);
    return buf_take(&path);
}

static bool write_all(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t w = write(fd, p, n);
        if (w < 0 && errno == EINTR)
            continue;
        if (w <= 0)
            return false;
        p += w;
        n -= (size_t)w;
    }
    return true;
}

static void append(const struct demo *d, const struct session *s, const struct buf *b) {
    if (!d->o.data || s->deleted)
        return;
    auto_free char *path = log_path(d, s->d.id, ".log");
    auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0 || !write_all(fd, b->p, b->n))
        log_line("demo", "cannot write %s: %s", path, strerror(errno));
}

static void session_record(struct buf *b, const struct session *s) {
    struct session_data data = s->d;
    buf_adds(b, "session ");
    json_shape(b, "session_data", &data, GEN_TOP);
    if (data.working_directory &&
        !strchr(data.working_directory,
                '\n')) { /* no shape writes both eras' fields: the folder stands beside it */
        buf_adds(b, "\nfolder ");
        buf_adds(b, data.working_directory);
    }
    if (data.provider)
        buf_addf(b, "\nmodel %s %s", data.provider, data.model_id ? data.model_id : "");
    buf_adds(b, "\n");
}

static void row_record(struct buf *b, const struct row *r) {
    struct message m = r->m;
    m.user_input = buf_str(&r->text);
    m.reasoning = r->reasoning.n ? buf_str(&r->reasoning) : NULL;
    buf_addf(b, "message %lld %s ", (long long)r->created_at, r->finish ? r->finish : "-");
    json_shape(b, "message", &m, GEN_TOP);
    buf_adds(b, "\n");
}

void persist_session(struct demo *d, const struct session *s) {
    auto_buf struct buf b = {.max = LOG_MAX};
    session_record(&b, s);
    append(d, s, &b);
}

void persist_row(struct demo *d, const struct session *s, const struct row *r) {
    if (!d->o.data || r->dead)
        return;
    auto_buf struct buf b = {.max = LOG_MAX};
    row_record(&b, r);
    append(d, s, &b);
}

void persist_cut(struct demo *d, const struct session *s, size_t keep) {
    auto_buf struct buf b = {.max = MIX_KIB};
    buf_addf(&b, "cut %zu\n", keep);
    append(d, s, &b);
}

static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw) {
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

void persist_delete(struct demo *d, const struct session *s) {
    auto_free char *path = log_path(d, s->d.id, ".log");
    auto_free char *folder = store_folder(d, s->d.id);
    unlink(path);
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- reading ---- */
static const char *known_role(const char *role) {
    static const char *const roles[] = {"user", "assistant", "tool"};
    for (size_t i = 0; i < MIX_COUNT(roles); i++)
        if (str_eq(role, roles[i]))
            return roles[i];
    return NULL;
}

static const char *known_finish(const char *s, size_t n) {
    static const char *const all[] = {"end_turn", "tool_use", "canceled", "error"};
    for (size_t i = 0; i < MIX_COUNT(all); i++)
        if (strlen(all[i]) == n && !memcmp(all[i], s, n))
            return all[i];
    return NULL;
}

static struct row *row_slot(struct demo *d, struct session *s, const char *id) {
    for (size_t i = s->n; i > 0; i--)
        if (!strcmp(s->rows[i - 1]->m.id, id))
            return s->rows[i - 1];
    return store_add(d, s, "user", NULL);
}

static bool read_message(struct demo *d, struct session *s, const char *p, size_t n) {
    char *end = NULL;
    long long when = strtoll(p, &end, 10);
    const char *finish = end + (*end == ' ');
    size_t f = strcspn(finish, " \n");
    const char *json = finish + f;
    if (json >= p + n)
        return false;
    struct arena a = {0};
    struct message m = {0};
    if (shape_read(&m, shape_named("message"), json, n - (size_t)(json - p), &a, SHAPE_LENIENT,
                   NULL) != RC_OK ||
        !m.id || !known_role(m.role)) {
        arena_free(&a);
        return false;
    }
    struct row *r = row_slot(d, s, m.id);
    arena_free(&r->a);
    buf_clear(&r->text);
    buf_clear(&r->reasoning);
    r->a = a;
    r->m = m;
    r->m.session_id = arena_strdup(&r->a, s->d.id);
    r->m.role = known_role(m.role);
    if (r->m.tool_calls.n > CALLS_MAX)
        r->m.tool_calls.n = CALLS_MAX;
    buf_adds(&r->text, m.user_input ? m.user_input : "");
    buf_adds(&r->reasoning, m.reasoning ? m.reasoning : "");
    r->created_at = when;
    r->finish = known_finish(finish, f);
    return true;
}

static bool read_session(struct session *s, const char *p, size_t n) {
    struct arena a = {0};
    struct session_data data = {0};
    if (shape_read(&data, shape_named("session_data"), p, n, &a, SHAPE_LENIENT, NULL) != RC_OK ||
        !data.id) {
        arena_free(&a);
        return false;
    }
    arena_free(&s->a);
    s->a = a;
    s->d = data;
    return true;
}

static void read_model(struct session *s, const char *p, size_t n) {
    size_t space = 0;
    while (space < n && p[space] != ' ')
        space++;
    s->d.provider = arena_strndup(&s->a, p, space);
    if (space + 1 < n)
        s->d.model_id = arena_strndup(&s->a, p + space + 1, n - space - 1);
}

static void read_record(struct demo *d, struct session *s, const char *p, size_t n) {
    size_t key = 0;
    while (key < n && p[key] != ' ')
        key++;
    const char *rest = p + key + (key < n);
    size_t left = n - (size_t)(rest - p);
    bool good = true;
    if (key == 7 && !memcmp(p, "session", 7))
        good = read_session(s, rest, left);
    else if (key == 7 && !memcmp(p, "message", 7))
        good = s->d.id && read_message(d, s, rest, left);
    else if (key == 6 && !memcmp(p, "folder", 6))
        s->d.working_directory = arena_strndup(&s->a, rest, left);
    else if (key == 5 && !memcmp(p, "model", 5))
        read_model(s, rest, left);
    else if (key == 3 && !memcmp(p, "cut", 3)) {
        char *end = NULL;
        size_t keep = (size_t)strtoull(rest, &end, 10);
        good = end == rest + left && left > 0;
        if (good && s->d.id && keep < s->n)
            store_cut(d, s, keep);
    }
    if (!good)
        log_line("demo", "a record of %zu bytes was not understood", n);
}

static enum rc read_file(struct buf *out, const char *path, struct err *err) {
    auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set(err, RC_IO, errno, "%s: %s", path, strerror(errno));
    char *chunk = xmalloc(64 * MIX_KIB);
    ssize_t n;
    while ((n = read(fd, chunk, 64 * MIX_KIB)) > 0)
        if (buf_add(out, chunk, (size_t)n) != RC_OK) {
            free(chunk);
            return err_set(err, RC_LIMIT, 0, "%s: too large", path);
        }
    free(chunk);
    return n < 0 ? err_set(err, RC_IO, errno, "%s: %s", path, strerror(errno)) : RC_OK;
}

static void rewrite(struct demo *d, const struct session *s) {
    auto_buf struct buf b = {.max = LOG_MAX};
    session_record(&b, s);
    for (size_t i = 0; i < s->n; i++)
        row_record(&b, s->rows[i]);
    auto_free char *now = log_path(d, s->d.id, ".log");
    auto_free char *next = log_path(d, s->d.id, ".new");
    auto_fd int fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || !write_all(fd, b.p, b.n) || fsync(fd) != 0 || rename(next, now) != 0)
        log_line("demo", "cannot rewrite %s: %s", now, strerror(errno));
}

static enum rc load(struct demo *d, const char *name, struct err *err) {
    auto_buf struct buf path = {.max = 4096};
    buf_addf(&path, "%s/sessions/%s", d->base, name);
    auto_buf struct buf text = {.max = LOG_MAX};
    enum rc rc = read_file(&text, buf_str(&path), err);
    if (rc)
        return rc;
    struct session *s = xcalloc(1, sizeof *s);
    char *data = d->o.data; /* nothing is appended while it is read */
    d->o.data = NULL;
    const char *p = buf_str(&text);
    for (const char *line; (line = strchr(p, '\n')) != NULL; p = line + 1)
        read_record(d, s, p, (size_t)(line - p));
    d->o.data = data;
    s->running = 1;
    if (!s->d.id) {
        s->deleted = true;
        store_release(s);
        return RC_OK;
    }
    s->running = 0;
    for (size_t i = 0; i < s->n; i++)
        s->turns_done += !strcmp(s->rows[i]->m.role, "user");
    if (d->n == d->cap)
        d->sessions = xgrow(d->sessions, d->n, &d->cap, sizeof *d->sessions);
    d->sessions[d->n++] = s;
    rewrite(d, s);
    return RC_OK;
}

static int by_age(const void *a, const void *b) {
    const struct session *x = *(struct session *const *)a, *y = *(struct session *const *)b;
    if (x->d.created_at != y->d.created_at)
        return x->d.created_at < y->d.created_at ? -1 : 1;
    return strcmp(x->d.id, y->d.id);
}

static enum rc make_folder(const struct demo *d, const char *name, bool *made, struct err *err) {
    auto_buf struct buf path = {.max = 4096};
    buf_addf(&path, "%s%s", d->base, name);
    *made = mkdir(buf_str(&path), 0700) == 0;
    if (!*made && errno != EEXIST)
        return err_set(err, RC_IO, errno, "%s: %s", buf_str(&path), strerror(errno));
    return RC_OK;
}

enum rc persist_open(struct demo *d, struct err *err) {
    static const char *const folders[] = {"/storage", "/storage/uploads", "/sessions"};
    for (size_t i = 0; i < MIX_COUNT(folders); i++) {
        enum rc rc = make_folder(d, folders[i], &d->fresh, err); /* the last one tells */
        if (rc)
            return rc;
    }
    if (!d->o.data)
        return RC_OK;
    auto_free char *path = log_path(d, "", "");
    DIR *dir = opendir(path);
    if (!dir)
        return err_set(err, RC_IO, errno, "%s: %s", path, strerror(errno));
    enum rc rc = RC_OK;
    for (struct dirent *e; rc == RC_OK && (e = readdir(dir));) {
        const char *dot = strrchr(e->d_name, '.');
        if (dot && !strcmp(dot, ".log"))
            rc = load(d, e->d_name, err);
    }
    closedir(dir);
    if (d->n)
        qsort(d->sessions, d->n, sizeof *d->sessions, by_age);
    return rc;
}
