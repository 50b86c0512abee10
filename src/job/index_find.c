/* index_find.c - a question and its answers.
 *
 * The newest that fit are weighed, by how well they fit (bm25) and how old they are; words that are
 * everywhere fit too many for more than that. */
#include "index.h"

#include <stdlib.h>
#include <string.h>

enum {
    WEIGHED = 3000, /* of those that fit, the newest */
    AGED = 400,     /* of those, the best: how old they are is looked at */
    AROUND = 20,    /* messages before and after one that is read */
    READ_BYTES = 1024 * 1024,
};
static const double FADE_MS = 30.0 * 24 * 3600 * 1000;

struct fit {
    int64_t id, at;
    double rank; /* the less, the better */
};
struct fits {
    struct fit *v;
    size_t n, cap;
};

static int by_rank(const void *a, const void *b) {
    const struct fit *x = a, *y = b;

    if (x->rank < y->rank || x->rank > y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->id > y->id ? -1 : x->id < y->id;
}

/* ---- what fits ---- */
static int weigh(const struct index *x, const char *query, struct fits *fits, bool *more) {
    sqlite3_stmt *s = NULL;
    int code = index_prepare(x, &s,
                             "SELECT rowid, bm25(words) FROM words WHERE words MATCH ?1 "
                             "ORDER BY rowid DESC LIMIT ?2");

    if (code == SQLITE_OK) {
        index_bind(s, 1, query);
        sqlite3_bind_int(s, 2, WEIGHED + 1);
        while ((code = sqlite3_step(s)) == SQLITE_ROW) {
            fits->v = xgrow(fits->v, fits->n, &fits->cap, sizeof *fits->v);
            fits->v[fits->n++] =
                (struct fit){.id = sqlite3_column_int64(s, 0), .rank = sqlite3_column_double(s, 1)};
        }
    }
    sqlite3_finalize(s);
    *more = fits->n > WEIGHED;
    if (fits->n > 1)
        qsort(fits->v, fits->n, sizeof *fits->v, by_rank);
    return code;
}

/* The best of them, and of those that fit as well the newer ones; without what was given up. */
static int age(const struct index *x, struct fits *fits) {
    sqlite3_stmt *s = NULL;
    int64_t newest = 0;
    size_t n = 0;
    int code = index_prepare(x, &s,
                             "SELECT max(m.at, s.at) FROM message m JOIN session s ON s.id = "
                             "m.session WHERE m.id = ?1 AND s.key IS NOT NULL");

    for (size_t i = 0; code == SQLITE_OK && i < fits->n && n < AGED; i++) {
        struct fit *f = &fits->v[i];

        sqlite3_bind_int64(s, 1, f->id);
        const int step = sqlite3_step(s);

        if (step == SQLITE_ROW) {
            f->at = sqlite3_column_int64(s, 0);
            newest = f->at > newest ? f->at : newest;
            fits->v[n++] = *f;
        } else if (step != SQLITE_DONE) {
            code = step;
        }
        (void)sqlite3_reset(s);
    }
    sqlite3_finalize(s);
    fits->n = n;
    for (size_t i = 0; i < n; i++)
        fits->v[i].rank *= 1 + 0.5 / (1 + (double)(newest - fits->v[i].at) / FADE_MS);
    if (n > 1)
        qsort(fits->v, n, sizeof *fits->v, by_rank);
    return code;
}

/* ---- as rows ---- */
static const char *copy(struct task *t, sqlite3_stmt *s, int column, size_t *len) {
    const int n = sqlite3_column_bytes(s, column);
    const void *p = sqlite3_column_text(s, column);

    if (len)
        *len = p ? (size_t)n : 0;
    return arena_strndup(&t->arena, p ? p : "", p ? (size_t)n : 0);
}

/* Columns: session, title, message, role, at, place, text. */
static void fill(struct task *t, struct index_row *row, sqlite3_stmt *s, int from) {
    row->session = copy(t, s, from, NULL);
    row->title = copy(t, s, from + 1, NULL);
    row->message = copy(t, s, from + 2, NULL);
    row->role = sqlite3_column_int(s, from + 3) == 'u' ? 'u' : 'a';
    row->at = sqlite3_column_int64(s, from + 4);
    row->place = sqlite3_column_int64(s, from + 5);
    row->text = copy(t, s, from + 6, &row->len);
}

static void ids_text(struct buf *out, const struct fits *fits, size_t n) {
    (void)buf_adds(out, "[");
    for (size_t i = 0; i < n; i++)
        (void)buf_addf(out, "%s%lld", i ? "," : "", (long long)fits->v[i].id);
    (void)buf_adds(out, "]");
}

/* What stands around the hits, of all answers in one walk; `+`: the words lead, not the ids. */
static int answer(const struct index *x, struct task *t, const char *query,
                  const struct fits *fits) {
    auto_buf struct buf ids = {.max = 64 * MIX_KIB};
    sqlite3_stmt *s = NULL;
    if (fits->n == 0)
        return SQLITE_OK;
    int code = index_prepare(
        x, &s,
        "SELECT words.rowid, s.key, s.title, m.key, m.role, max(m.at, s.at), m.place, "
        "snippet(words, 0, char(2), char(3), '\xe2\x80\xa6', 24) FROM words "
        "CROSS JOIN message m ON m.id = words.rowid CROSS JOIN session s ON s.id = m.session "
        "WHERE words MATCH ?1 AND +words.rowid IN (SELECT value FROM json_each(?2)) "
        "ORDER BY words.rowid DESC");

    if (code != SQLITE_OK)
        return code;
    struct index_row *rows = arena_alloc(&t->arena, fits->n * sizeof *rows);
    bool found[INDEX_FOUND_MAX] = {false};

    ids_text(&ids, fits, fits->n);
    index_bind(s, 1, query);
    index_bind(s, 2, buf_str(&ids));
    for (size_t left = fits->n; left > 0 && (code = sqlite3_step(s)) == SQLITE_ROW; left--) {
        const int64_t id = sqlite3_column_int64(s, 0);

        for (size_t i = 0; i < fits->n; i++)
            if (fits->v[i].id == id) {
                fill(t, &rows[i], s, 1);
                found[i] = true;
            }
    }
    sqlite3_finalize(s);
    t->index.rows = rows;
    for (size_t i = 0; i < fits->n; i++)
        if (found[i])
            rows[t->index.n_rows++] = rows[i];
    return code;
}

int index_find(const struct index *x, struct task *t) {
    auto_buf struct buf query = {.max = 64 * MIX_KIB};
    struct fits fits = {0};
    bool more = false;

    if (!index_query(&query, t->index.query ? t->index.query : ""))
        return SQLITE_OK;
    int code = weigh(x, query.p, &fits, &more);

    if (code == SQLITE_DONE)
        code = age(x, &fits);
    if (code == SQLITE_OK) {
        t->index.more = more || fits.n > INDEX_FOUND_MAX;
        fits.n = fits.n < INDEX_FOUND_MAX ? fits.n : INDEX_FOUND_MAX;
        code = answer(x, t, query.p, &fits);
    }
    free(fits.v);
    return code;
}

/* ---- what stands around one ---- */
int index_read(const struct index *x, struct task *t) {
    const struct index_row *asked = t->index.n_rows > 0 ? &t->index.rows[0] : NULL;
    struct index_row *rows = arena_alloc(&t->arena, (2 * AROUND + 1) * sizeof *rows);
    size_t n = 0, bytes = 0;
    sqlite3_stmt *s = NULL;
    int code = index_prepare(
        x, &s,
        "SELECT s.key, s.title, m.key, m.role, m.at, m.place, m.text FROM session s JOIN message "
        "m ON m.session = s.id, (SELECT f.session AS session, f.place AS place FROM message f JOIN "
        "session g ON g.id = f.session WHERE g.key = ?1 AND f.key = ?2 AND f.role = ?3) AS here "
        "WHERE s.id = here.session AND m.place BETWEEN here.place - ?4 AND here.place + ?4 "
        "ORDER BY m.place, m.id");

    if (code == SQLITE_OK && asked) {
        index_bind(s, 1, t->index.session);
        index_bind(s, 2, asked->message);
        sqlite3_bind_int(s, 3, asked->role);
        sqlite3_bind_int(s, 4, AROUND);
        while (n < 2 * AROUND + 1 && bytes < READ_BYTES && (code = sqlite3_step(s)) == SQLITE_ROW) {
            fill(t, &rows[n], s, 0);
            bytes += rows[n++].len;
        }
    }
    sqlite3_finalize(s);
    t->index.rows = rows;
    t->index.n_rows = n;
    return code;
}
