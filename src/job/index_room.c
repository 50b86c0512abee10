/* index_room.c - forgetting, and keeping the file small.
 *
 * What is given up is found no more at once. Its rows, the words of them that other pieces of the
 * index still name, and the pages they stood on go slice by slice, over restarts: the step is kept
 * in the file. */
#include "index.h"

#include <stdlib.h>

enum {
    STEP_NOTHING,
    STEP_ROWS,  /* rows of what was given up */
    STEP_BEGIN, /* the index is written anew without their words; behind the COMMIT of the rows */
    STEP_MERGE,
    STEP_PAGES, /* free pages go, and what the log of the file still holds */
    MERGE_PAGES = 64,
    ROOM_PERCENT = 85, /* of the limit, once something had to go */
};

bool index_slice_over(const struct index_slice *slice) { return clock_now() >= slice->until; }

static int set_step(const struct index *x, int step) {
    sqlite3_stmt *s = NULL;
    int code = index_prepare(x, &s, "UPDATE step SET step = ?1");

    if (code == SQLITE_OK) {
        sqlite3_bind_int(s, 1, step);
        code = sqlite3_step(s);
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

int index_give_up(const struct index *x, int64_t session) {
    sqlite3_stmt *s = NULL;
    int code = index_prepare(x, &s, "UPDATE session SET key = NULL, title = '' WHERE id = ?1");

    if (code == SQLITE_OK) {
        sqlite3_bind_int64(s, 1, session);
        code = sqlite3_step(s);
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE ? set_step(x, STEP_ROWS) : code;
}

/* ---- rows ---- */
static int remove_row(const struct index *x, sqlite3_stmt *from, sqlite3_stmt *unword) {
    sqlite3_stmt *s = NULL;
    const int64_t id = sqlite3_column_int64(from, 0);
    int code;

    sqlite3_bind_int64(unword, 1, id);
    sqlite3_bind_value(unword, 2, sqlite3_column_value(from, 1));
    code = sqlite3_step(unword);
    (void)sqlite3_reset(unword);
    if (code != SQLITE_DONE)
        return code;
    code = index_prepare(x, &s, "DELETE FROM message WHERE id = ?1");
    if (code == SQLITE_OK) {
        sqlite3_bind_int64(s, 1, id);
        code = sqlite3_step(s);
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int remove_rows(const struct index *x, const struct index_slice *slice, bool *all) {
    sqlite3_stmt *from = NULL, *unword = NULL;
    int code =
        index_prepare(x, &from,
                      "SELECT m.id, m.text FROM session s JOIN message m ON m.session = s.id "
                      "WHERE s.key IS NULL LIMIT 1");

    *all = false;
    if (code == SQLITE_OK)
        code = index_prepare(x, &unword,
                             "INSERT INTO words(words, rowid, text) VALUES('delete', ?1, ?2)");
    while (code == SQLITE_OK && !*all && !index_slice_over(slice)) {
        code = sqlite3_step(from);
        *all = code == SQLITE_DONE;
        if (code == SQLITE_ROW)
            code = remove_row(x, from, unword);
        else if (*all)
            code = SQLITE_OK;
        (void)sqlite3_reset(from);
    }
    sqlite3_finalize(from);
    sqlite3_finalize(unword);
    if (code == SQLITE_OK && *all)
        code = index_exec(x, "DELETE FROM session WHERE key IS NULL");
    return code;
}

/* ---- words ---- */
/* pages < 0: of the whole index. It says that it is through by changing nothing. */
static int merge(const struct index *x, int pages, bool *all) {
    sqlite3_stmt *s = NULL;
    const int before = sqlite3_total_changes(x->db);
    int code = index_prepare(x, &s, "INSERT INTO words(words, rank) VALUES('merge', ?1)");

    if (code == SQLITE_OK) {
        sqlite3_bind_int(s, 1, pages);
        code = sqlite3_step(s);
    }
    sqlite3_finalize(s);
    *all = sqlite3_total_changes(x->db) - before < 2;
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* ---- pages ---- */
static int64_t free_pages(const struct index *x) {
    return index_number(x, "PRAGMA freelist_count");
}

static int step_on(const struct index *x, const struct index_slice *slice, int *step) {
    bool all = false;
    int code = SQLITE_OK;

    switch (*step) {
    case STEP_ROWS:
        code = remove_rows(x, slice, &all);
        *step = all ? STEP_BEGIN : STEP_ROWS;
        break;
    case STEP_BEGIN:
        code = merge(x, -MERGE_PAGES, &all);
        *step = STEP_MERGE;
        break;
    case STEP_MERGE:
        code = merge(x, MERGE_PAGES, &all);
        *step = all ? STEP_PAGES : STEP_MERGE;
        break;
    case STEP_PAGES:
        code = index_exec(x, "PRAGMA incremental_vacuum(128)");
        if (free_pages(x) == 0)
            *step = STEP_NOTHING;
        break;
    default:
        *step = STEP_NOTHING;
        break;
    }
    return code;
}

int index_tidy(const struct index *x, const struct index_slice *slice, bool *left) {
    int step = (int)index_number(x, "SELECT step FROM step");
    const int was = step;
    int code = SQLITE_OK;

    *left = false;
    if (step == STEP_NOTHING)
        return SQLITE_OK;
    code = index_exec(x, "BEGIN IMMEDIATE");
    do
        code = code == SQLITE_OK ? step_on(x, slice, &step) : code;
    while (code == SQLITE_OK && step == was && !index_slice_over(slice));
    if (code == SQLITE_OK && step != was)
        code = set_step(x, step);
    if (code == SQLITE_OK)
        code = index_exec(x, "COMMIT");
    else
        (void)index_exec(x, "ROLLBACK");
    if (code == SQLITE_OK &&
        step == STEP_NOTHING) /* a reader may hold it: the next one empties it */
        (void)index_exec(x, "PRAGMA wal_checkpoint(TRUNCATE)");
    *left = step != STEP_NOTHING;
    return code;
}

/* ---- the limit ---- */
static int64_t used_bytes(const struct index *x) {
    return (index_number(x, "PRAGMA page_count") - free_pages(x)) *
           index_number(x, "PRAGMA page_size");
}

/* Of the limit only a part is filled: writing the index anew needs room for its words twice. */
int index_make_room(const struct index *x, int64_t limit, int64_t keep, bool *full) {
    const int64_t most = limit / 8 * 5;
    const int64_t used = used_bytes(x);
    const int64_t texts = index_number(x, "SELECT sum(bytes) FROM session");
    const double each = texts > 0 ? (double)used / (double)texts : 1;
    double over = (double)used - (double)most / 100 * ROOM_PERCENT;
    sqlite3_stmt *s = NULL;
    int code = SQLITE_OK;

    *full = false;
    if (most <= 0 || used <= most || index_number(x, "SELECT step FROM step") != STEP_NOTHING)
        return SQLITE_OK;
    code = index_prepare(x, &s,
                         "SELECT id, bytes FROM session WHERE id <> ?1 AND key IS NOT NULL ORDER "
                         "BY at LIMIT 10000");
    *full = true;
    if (code == SQLITE_OK) {
        sqlite3_bind_int64(s, 1, keep);
        while (over > 0 && (code = sqlite3_step(s)) == SQLITE_ROW) {
            *full = false;
            over -= (double)sqlite3_column_int64(s, 1) * each;
            code = index_give_up(x, sqlite3_column_int64(s, 0));
            if (code != SQLITE_OK)
                break;
        }
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}
