/* index_file.c - the file of an index: opened, checked, put aside when it is none of ours. */
#include "index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    APPLICATION = 0x4d697874, /* Mixt */
    VERSION = 1,
    BUSY_MS = 10, /* another mixtui writes: later again */
};
static const char *const companions[] = {"", "-wal", "-shm", "-journal"};

/* auto_vacuum has to come before the first table. */
static const char schema[] =
    "PRAGMA auto_vacuum=INCREMENTAL;"
    "PRAGMA journal_mode=WAL;"
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS session(id INTEGER PRIMARY KEY, key TEXT UNIQUE, title TEXT NOT "
    "NULL, at INTEGER NOT NULL, bytes INTEGER NOT NULL DEFAULT 0, messages INTEGER NOT NULL "
    "DEFAULT 0);" /* key NULL: given up */
    "CREATE TABLE IF NOT EXISTS message(id INTEGER PRIMARY KEY, session INTEGER NOT NULL, key TEXT "
    "NOT NULL, role INTEGER NOT NULL, place INTEGER NOT NULL, at INTEGER NOT NULL, hash INTEGER "
    "NOT NULL, text TEXT NOT NULL, UNIQUE(session, key, role));"
    "CREATE INDEX IF NOT EXISTS place ON message(session, place);"
    "CREATE TABLE IF NOT EXISTS step(id INTEGER PRIMARY KEY, step INTEGER NOT NULL);"
    "INSERT OR IGNORE INTO step VALUES(1, 0);"
    "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, content='message', "
    "content_rowid='id', tokenize='mixtui', prefix='2 3');"
    "PRAGMA application_id=0x4d697874;"
    "PRAGMA user_version=1;"
    "COMMIT;";

/* A hostile file runs nothing: no triggers, no views, no schema that was written by hand. */
static const char settings[] = "PRAGMA synchronous=NORMAL;"
                               "PRAGMA wal_autocheckpoint=256;"
                               "PRAGMA secure_delete=ON;"
                               "PRAGMA trusted_schema=OFF;"
                               "PRAGMA cell_size_check=ON;"
                               "PRAGMA temp_store=MEMORY;"
                               "PRAGMA mmap_size=0;"
                               "PRAGMA cache_size=-8192;"
                               "PRAGMA journal_size_limit=1048576;";

/* ---- what SQLite says ---- */
bool index_is_broken(int code) {
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB ||
           (code & 0xff) == SQLITE_FORMAT || (code & 0xff) == SQLITE_SCHEMA;
}

enum rc index_failed(const struct index *x, int code, struct err *err) {
    char text[128];

    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return RC_OK;
    case SQLITE_INTERRUPT:
        return err_set(err, RC_CANCELLED, 0, "cancelled");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(err, RC_BUSY, 0, "another mixtui writes %s", x->path);
    default:
        break;
    }
    const int error = x->db ? sqlite3_system_errno(x->db) : 0;

    if (error != 0)
        return err_set(err, RC_IO, error, "%s: %s", x->path, strerror_r(error, text, sizeof text));
    return err_set(err, RC_IO, 0, "%s: %s", x->path,
                   x->db ? sqlite3_errmsg(x->db) : sqlite3_errstr(code));
}

int index_prepare(const struct index *x, sqlite3_stmt **out, const char *sql) {
    return sqlite3_prepare_v2(x->db, sql, -1, out, NULL);
}

int index_exec(const struct index *x, const char *sql) {
    return sqlite3_exec(x->db, sql, NULL, NULL, NULL);
}

int64_t index_number(const struct index *x, const char *sql) {
    sqlite3_stmt *s = NULL;
    int64_t n = 0;

    if (index_prepare(x, &s, sql) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
        n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

void index_bind(sqlite3_stmt *s, int at, const char *text) {
    if (text)
        sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
    else
        sqlite3_bind_null(s, at);
}

/* ---- files ---- */
static char *beside(const char *path, const char *end) {
    struct buf b = {.max = 64 * MIX_KIB};

    (void)buf_addf(&b, "%s%s", path, end);
    return buf_take(&b);
}

int64_t index_bytes(const char *path) {
    int64_t n = 0;

    for (size_t i = 0; i < MIX_COUNT(companions); i++) {
        auto_free char *file = beside(path, companions[i]);
        struct stat st;

        n += lstat(file, &st) == 0 ? (int64_t)st.st_size : 0;
    }
    return n;
}

void index_close(struct index *x) { sqlite3_close_v2(TAKE(x->db)); }

void index_remove(struct index *x) {
    index_close(x);
    for (size_t i = 0; i < MIX_COUNT(companions); i++) {
        auto_free char *file = beside(x->path, companions[i]);

        unlink(file);
    }
}

/* What is there is kept for whoever wants to look at it, one of them. */
void index_put_aside(struct index *x) {
    index_close(x);
    auto_free char *aside = beside(x->path, ".damaged");

    if (rename(x->path, aside) != 0 && errno != ENOENT)
        unlink(x->path);
    index_remove(x);
    x->renewed = true;
}

/* Only its owner reads it, whatever it was before. SQLite gives its other files the same mode. */
static int guard(const struct index *x, enum index_make make) {
    struct stat st;
    const int flags = make == INDEX_MAKE ? O_RDWR | O_CREAT : O_RDONLY;
    auto_fd int fd = open(x->path, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, S_IRUSR | S_IWUSR);

    if (fd < 0 || fstat(fd, &st) != 0)
        return errno;
    if (!S_ISREG(st.st_mode))
        return EINVAL;
    for (size_t i = 0; i < MIX_COUNT(companions); i++) {
        auto_free char *file = beside(x->path, companions[i]);

        if (lstat(file, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) != 0)
            (void)chmod(file, S_IRUSR | S_IWUSR);
    }
    return 0;
}

static int make_directory(const char *path) {
    struct stat st;
    const int error = fs_make_parents(path);
    const char *slash = strrchr(path, '/');
    auto_free char *dir = slash ? xstrndup(path, (size_t)(slash - path)) : NULL;

    if (error == 0 && dir && stat(dir, &st) == 0 && (st.st_mode & 077) != 0 &&
        st.st_uid == geteuid())
        (void)chmod(dir, S_IRWXU);
    return error;
}

/* ---- opening ---- */
static int set_up(struct index *x, enum index_make make) {
    int on = 0;
    int code = sqlite3_open_v2(x->path, &x->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

    if (code != SQLITE_OK)
        return code;
    (void)sqlite3_extended_result_codes(x->db, 1);
    (void)sqlite3_busy_timeout(x->db, BUSY_MS);
    (void)sqlite3_db_config(x->db, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
    (void)sqlite3_db_config(x->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, &on);
    (void)sqlite3_db_config(x->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, &on);
    (void)sqlite3_limit(x->db, SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024);
    code = index_words(x->db);
    if (code == SQLITE_OK)
        code = index_exec(x, settings);
    if (code != SQLITE_OK)
        return code;
    sqlite3_stmt *s = NULL;

    /* the first look at what it holds */
    code = index_prepare(x, &s, "SELECT count(*) FROM sqlite_master");
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    const bool empty = code == SQLITE_ROW && sqlite3_column_int64(s, 0) == 0;

    sqlite3_finalize(s);
    if (code != SQLITE_ROW)
        return code;
    if (empty && make == INDEX_LOOK)
        index_close(x);
    if (empty)
        return make == INDEX_MAKE ? index_exec(x, schema) : SQLITE_OK;
    if (index_number(x, "PRAGMA application_id") != APPLICATION ||
        index_number(x, "PRAGMA user_version") != VERSION)
        return SQLITE_NOTADB;
    code = index_prepare(x, &s, "SELECT m.text, w.text FROM message m, words w, session, step");
    sqlite3_finalize(s);
    return code == SQLITE_ERROR ? SQLITE_NOTADB : code;
}

static bool same_file(const struct index *x) {
    struct stat st;

    return stat(x->path, &st) == 0 && st.st_dev == x->device && st.st_ino == x->inode;
}

static enum rc cannot(const struct index *x, int error, struct err *err) {
    char text[128];

    return err_set(err, RC_IO, error, "%s: %s", x->path, strerror_r(error, text, sizeof text));
}

enum rc index_open(struct index *x, enum index_make make, struct err *err) {
    struct stat st;

    if (x->db && same_file(x))
        return RC_OK;
    index_close(x);
    if (make == INDEX_LOOK && lstat(x->path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return RC_OK;
    int error = make == INDEX_MAKE ? make_directory(x->path) : 0;

    if (error == 0)
        error = guard(x, make);
    if (error != 0)
        return cannot(x, error, err);
    int code = set_up(x, make);

    if (index_is_broken(code)) {
        index_put_aside(x);
        if (make == INDEX_LOOK)
            return RC_OK;
        error = guard(x, make);
        if (error != 0)
            return cannot(x, error, err);
        code = set_up(x, make);
    }
    if (code != SQLITE_OK || stat(x->path, &st) != 0) {
        const enum rc rc = code != SQLITE_OK ? index_failed(x, code, err) : cannot(x, errno, err);

        index_close(x);
        return rc;
    }
    x->device = st.st_dev;
    x->inode = st.st_ino;
    return RC_OK; /* of a file without anything in it there is no db */
}
