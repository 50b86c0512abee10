/* index.h - the index of what was read: one SQLite file for each server. Private to the job floor;
 * job thread only.
 *
 *   index.c        the tasks
 *   index_file.c   the file: opened, checked, put aside when it is none of ours
 *   index_find.c   a question and its answers
 *   index_words.c  how text becomes words, and what is typed a question
 *   index_room.c   forgetting, and keeping it small
 *
 * Text is cut into words by SQLite's unicode61 without diacritics, but a letter of a script that
 * writes without blanks (Han, kana, Thai, ...; Hangul too, for its endings) is a word by itself,
 * and a run of them in a question is a phrase: so two kanji are found anywhere, which words of
 * three letters (trigram) could not do, and the index stays half as big. */
#ifndef MIX_JOB_INDEX_H
#define MIX_JOB_INDEX_H

#include <sqlite3.h>
#include <sys/types.h>

#include "fs.h"

enum {
    INDEX_FOUND_MAX = 100, /* answers */
    INDEX_SLICE_MS = 8,    /* of work between two tasks */
    INDEX_TEXT_MAX = 32 * 1024,
};

struct indexes; /* those that are open */
struct indexes *indexes_new(void);
void indexes_free(struct indexes *all);
void index_run(struct indexes *all, struct task *t, struct fs_stop stop);

/* ---- index_file.c ---- */
struct index {
    struct index *next;
    char *path;
    sqlite3 *db; /* NULL: closed */
    dev_t device;
    ino_t inode; /* of the file: another process may have put a new one there */
    bool renewed;
};
enum index_make { INDEX_LOOK, INDEX_MAKE };
/* Opens it when it is not. RC_OK with db NULL: there is none, and it was only looked for. */
enum rc index_open(struct index *x, enum index_make make, struct err *err);
void index_close(struct index *x);
void index_remove(struct index *x);    /* all its files */
void index_put_aside(struct index *x); /* the same, but kept as *.damaged */
int64_t index_bytes(const char *path);
/* What SQLite said last; RC_CANCELLED, RC_BUSY or RC_IO. */
enum rc index_failed(const struct index *x, int code, struct err *err);
bool index_is_broken(int code); /* so that only a new file helps */
int index_prepare(const struct index *x, sqlite3_stmt **out, const char *sql);
int index_exec(const struct index *x, const char *sql);
int64_t index_number(const struct index *x, const char *sql); /* one value; 0 when there is none */
void index_bind(sqlite3_stmt *s, int at, const char *text);

/* ---- index_words.c ---- */
int index_words(sqlite3 *db); /* the tokenizer `mixtui` of this connection */
/* What is typed as a question of FTS5, which has no syntax error for it. False: nothing is asked.
 */
bool index_query(struct buf *out, const char *typed);

/* ---- index_find.c ---- */
int index_find(const struct index *x, struct task *t);
int index_read(const struct index *x, struct task *t);

/* ---- index_room.c ---- */
struct index_slice {
    int64_t until;
    struct fs_stop stop;
};
bool index_slice_over(const struct index_slice *slice);
int index_give_up(const struct index *x, int64_t session); /* it is found no more */
/* One slice of removing what was given up. *left: there is more to do. */
int index_tidy(const struct index *x, const struct index_slice *slice, bool *left);
/* Gives up the oldest sessions but `keep` until the rest fits. *full: nothing is left to give up.
 */
int index_make_room(const struct index *x, int64_t limit, int64_t keep, bool *full);

#endif
