/* index.c - the tasks of the index. */
#include "index.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS = 2000, FIND_MS = 2000 }; /* instructions of SQLite between two looks at the stop */

struct indexes {
    struct index *first;
};

struct indexes *indexes_new(void) {
    return xcalloc(1, sizeof(struct indexes));
}

void indexes_free(struct indexes *all) {
    struct index *x;

    while ((x = all->first)) {
        all->first = x->next;
        index_close(x);
        free(x->path);
        free(x);
    }
    free(all);
}

static struct index *index_at(struct indexes *all, const char *path) {
    struct index *x = all->first;

    while (x && !str_eq(x->path, path))
        x = x->next;
    if (x)
        return x;
    x = xcalloc(1, sizeof *x);
    x->path = xstrdup(path);
    x->next = all->first;
    all->first = x;
    return x;
}

/* ---- ADD ---- */
static int64_t hash_of(const char *p, size_t n) {
    return (int64_t)(hash_add(HASH_START, p, n) >> 1);
}

struct adding {
    const struct index *x;
    int64_t session;
    sqlite3_stmt *look, *unword, *change, *insert, *word, *move;
    int64_t bytes, messages; /* how much more there is now */
};

static int add_prepare(struct adding *a) {
    struct {
        sqlite3_stmt **s;
        const char *sql;
    } all[] = {
        {&a->look, "SELECT id, hash, place, text FROM message WHERE session = ?1 AND key = ?2 AND "
                   "role = ?3"},
        {&a->unword, "INSERT INTO words(words, rowid, text) VALUES('delete', ?1, ?2)"},
        {&a->change, "UPDATE message SET place = ?2, at = ?3, hash = ?4, text = ?5 WHERE id = ?1"},
        {&a->insert, "INSERT INTO message(session, key, role, place, at, hash, text) VALUES(?1, "
                     "?2, ?3, ?4, ?5, ?6, ?7)"},
        {&a->word, "INSERT INTO words(rowid, text) VALUES(?1, ?2)"},
        {&a->move, "UPDATE message SET place = ?2 WHERE id = ?1"},
    };
    int code = SQLITE_OK;

    for (size_t i = 0; i < MIX_COUNT(all) && code == SQLITE_OK; i++)
        code = index_prepare(a->x, all[i].s, all[i].sql);
    return code;
}

static void add_end(struct adding *a) {
    sqlite3_stmt *all[] = {a->look, a->unword, a->change, a->insert, a->word, a->move};

    for (size_t i = 0; i < MIX_COUNT(all); i++)
        sqlite3_finalize(all[i]);
}

static int run_once(sqlite3_stmt *s) {
    const int code = sqlite3_step(s);

    (void)sqlite3_reset(s);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int add_words(struct adding *a, int64_t id, const struct index_row *row, size_t n) {
    sqlite3_bind_int64(a->word, 1, id);
    sqlite3_bind_text(a->word, 2, row->text, (int)n, SQLITE_STATIC);
    a->bytes += (int64_t)n;
    return run_once(a->word);
}

static int change(struct adding *a, const struct index_row *row, size_t n, int64_t hash) {
    const int64_t id = sqlite3_column_int64(a->look, 0);

    sqlite3_bind_int64(a->unword, 1, id);
    sqlite3_bind_value(a->unword, 2, sqlite3_column_value(a->look, 3));
    a->bytes -= sqlite3_column_bytes(a->look, 3);
    int code = run_once(a->unword);

    if (code != SQLITE_OK)
        return code;
    sqlite3_bind_int64(a->change, 1, id);
    sqlite3_bind_int64(a->change, 2, row->place);
    sqlite3_bind_int64(a->change, 3, row->at);
    sqlite3_bind_int64(a->change, 4, hash);
    sqlite3_bind_text(a->change, 5, row->text, (int)n, SQLITE_STATIC);
    (void)sqlite3_reset(a->look); /* nothing is read of a row that changes */
    code = run_once(a->change);
    return code == SQLITE_OK ? add_words(a, id, row, n) : code;
}

static int insert(struct adding *a, const struct index_row *row, size_t n, int64_t hash) {
    sqlite3_bind_int64(a->insert, 1, a->session);
    index_bind(a->insert, 2, row->message);
    sqlite3_bind_int(a->insert, 3, row->role);
    sqlite3_bind_int64(a->insert, 4, row->place);
    sqlite3_bind_int64(a->insert, 5, row->at);
    sqlite3_bind_int64(a->insert, 6, hash);
    sqlite3_bind_text(a->insert, 7, row->text, (int)n, SQLITE_STATIC);
    const int code = run_once(a->insert);

    a->messages++;
    return code == SQLITE_OK ? add_words(a, sqlite3_last_insert_rowid(a->x->db), row, n) : code;
}

static int add_row(struct adding *a, const struct index_row *row) {
    const size_t n = row->len < INDEX_TEXT_MAX ? row->len : INDEX_TEXT_MAX;
    const int64_t hash = hash_of(row->text, n);
    int code;

    sqlite3_bind_int64(a->look, 1, a->session);
    index_bind(a->look, 2, row->message);
    sqlite3_bind_int(a->look, 3, row->role);
    code = sqlite3_step(a->look);
    if (code == SQLITE_DONE) {
        code = insert(a, row, n, hash);
    } else if (code == SQLITE_ROW && sqlite3_column_int64(a->look, 1) != hash) {
        code = change(a, row, n, hash);
    } else if (code == SQLITE_ROW && sqlite3_column_int64(a->look, 2) != row->place) {
        sqlite3_bind_int64(a->move, 1, sqlite3_column_int64(a->look, 0));
        sqlite3_bind_int64(a->move, 2, row->place);
        (void)sqlite3_reset(a->look);
        code = run_once(a->move);
    } else if (code == SQLITE_ROW) {
        code = SQLITE_OK;
    }
    (void)sqlite3_reset(a->look);
    return code;
}

/* The session's row, made when there is none. */
static int add_session(struct adding *a, const struct index_task *in) {
    sqlite3_stmt *s = NULL;
    int code = index_prepare(a->x, &s,
                             "INSERT INTO session(key, title, at) VALUES(?1, ?2, ?3) ON "
                             "CONFLICT(key) DO UPDATE SET title = excluded.title, at = max(at, "
                             "excluded.at) RETURNING id");

    if (code == SQLITE_OK) {
        index_bind(s, 1, in->session);
        index_bind(s, 2, in->title ? in->title : "");
        sqlite3_bind_int64(s, 3, in->at);
        code = sqlite3_step(s);
        a->session = sqlite3_column_int64(s, 0);
        if (code == SQLITE_ROW)
            code = sqlite3_step(s);
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int add_counts(struct adding *a) {
    sqlite3_stmt *s = NULL;
    int code = index_prepare(a->x, &s,
                             "UPDATE session SET bytes = bytes + ?2, messages = messages + ?3 "
                             "WHERE id = ?1");

    if (code == SQLITE_OK) {
        sqlite3_bind_int64(s, 1, a->session);
        sqlite3_bind_int64(s, 2, a->bytes);
        sqlite3_bind_int64(s, 3, a->messages);
        code = sqlite3_step(s);
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static bool over(const struct index_slice *slice) {
    return index_slice_over(slice) || slice->stop.asked(slice->stop.of);
}

static int add_rows(struct adding *a, struct index_task *in, const struct index_slice *slice) {
    bool full = false;
    int code = add_session(a, in);

    if (code == SQLITE_OK)
        code = index_make_room(a->x, in->most, a->session, &full);
    if (full)
        in->done = in->n_rows; /* one session alone takes it all: what is there has to do */
    if (code == SQLITE_OK)
        code = add_prepare(a);
    while (code == SQLITE_OK && in->done < in->n_rows && (in->done == 0 || !over(slice)))
        code = add_row(a, &in->rows[in->done++]);
    return code == SQLITE_OK ? add_counts(a) : code;
}

static int add(struct index *x, struct index_task *in, const struct index_slice *slice) {
    struct adding a = {.x = x};
    bool left = false;
    int code = index_tidy(x, slice, &left);

    in->facts.busy = left;
    if (code != SQLITE_OK || !in->session ||
        (left && in->most > 0 && index_bytes(x->path) / 5 * 4 > in->most))
        return code; /* there has to be room first */
    code = index_exec(x, "BEGIN IMMEDIATE");
    if (code == SQLITE_OK)
        code = add_rows(&a, in, slice);
    add_end(&a);
    if (code == SQLITE_OK)
        code = index_exec(x, "COMMIT");
    if (code != SQLITE_OK) {
        (void)index_exec(x, "ROLLBACK");
        in->done = 0;
    }
    return code;
}

/* ---- FORGET ---- */
/* At the end of the program it is done to its end: `stop` asks for that. */
static int forget(struct index *x, struct index_task *in, struct index_slice *slice) {
    sqlite3_stmt *s = NULL;
    int code = index_prepare(x, &s, "SELECT id FROM session WHERE key = ?1");

    if (code != SQLITE_OK)
        return code;
    index_bind(s, 1, in->session);
    code = sqlite3_step(s);
    const int64_t id = sqlite3_column_int64(s, 0);

    sqlite3_finalize(s);
    if (code == SQLITE_ROW) {
        code = index_exec(x, "BEGIN IMMEDIATE");
        if (code == SQLITE_OK)
            code = index_give_up(x, id);
        (void)index_exec(x, code == SQLITE_OK ? "COMMIT" : "ROLLBACK");
    } else if (code == SQLITE_DONE) {
        code = SQLITE_OK;
    }
    if (code == SQLITE_OK)
        code = index_tidy(x, slice, &in->facts.busy);
    while (code == SQLITE_OK && in->facts.busy && slice->stop.asked(slice->stop.of)) {
        slice->until = clock_now() + INDEX_SLICE_MS;
        code = index_tidy(x, slice, &in->facts.busy);
    }
    return code;
}

/* ---- the door ---- */
static int facts(const struct index *x, struct index_facts *out) {
    sqlite3_stmt *s = NULL;
    int code = index_prepare(
        x, &s,
        "SELECT count(*), sum(messages) FROM session WHERE key IS NOT NULL AND messages > 0");

    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    if (code == SQLITE_ROW) {
        out->sessions = sqlite3_column_int64(s, 0);
        out->messages = sqlite3_column_int64(s, 1);
    }
    sqlite3_finalize(s);
    out->bytes = index_bytes(x->path);
    out->busy = out->busy || index_number(x, "SELECT step FROM step") != 0;
    return code;
}

static int interrupted(void *of) {
    const struct index_slice *slice = of;

    return over(slice);
}

static int work(struct index *x, struct task *t, struct index_slice *slice) {
    switch ((int)t->kind) {
    case TASK_INDEX_ADD:
        return add(x, &t->index, slice);
    case TASK_INDEX_FIND:
    case TASK_INDEX_READ:
        slice->until = clock_now() + FIND_MS;
        sqlite3_progress_handler(x->db, STEPS, interrupted, slice);
        const int code = t->kind == TASK_INDEX_FIND ? index_find(x, t) : index_read(x, t);

        sqlite3_progress_handler(x->db, 0, NULL, NULL);
        return code;
    case TASK_INDEX_FORGET:
        return forget(x, &t->index, slice);
    default:
        return SQLITE_OK;
    }
}

static bool is_look(enum task_kind kind) {
    return kind == TASK_INDEX_FIND || kind == TASK_INDEX_READ;
}

static enum rc run(struct index *x, struct task *t, struct fs_stop stop) {
    struct index_slice slice = {clock_now() + INDEX_SLICE_MS, stop};
    const enum index_make make = t->kind == TASK_INDEX_ADD ? INDEX_MAKE : INDEX_LOOK;

    if (index_open(x, make, &t->err) != RC_OK)
        return t->err.rc;
    if (!x->db) { /* there is none */
        if (!is_look(t->kind))
            t->index.facts.bytes = index_bytes(x->path);
        return RC_OK;
    }
    int code = work(x, t, &slice);

    if ((code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) && !is_look(t->kind))
        code = facts(x, &t->index.facts);
    return index_is_broken(code) ? RC_COUNT : index_failed(x, code, &t->err);
}

void index_run(struct indexes *all, struct task *t, struct fs_stop stop) {
    struct index *x = index_at(all, t->path);

    if (t->kind == TASK_INDEX_FIND)
        t->index.n_rows = 0;
    if (t->kind == TASK_INDEX_FORGET && !t->index.session) {
        index_remove(x);
    } else if (run(x, t, stop) == RC_COUNT) { /* what is in it cannot be read */
        index_put_aside(x);
        t->index.done = 0;
        t->index.n_rows = t->kind == TASK_INDEX_ADD ? t->index.n_rows : 0;
        t->index.facts = (struct index_facts){0};
        if (run(x, t, stop) == RC_COUNT)
            err_set(&t->err, RC_IO, 0, "%s is damaged", t->path);
    }
    t->index.facts.renewed = x->renewed;
    x->renewed = false;
}
