/* flags.h - command lines from tables. A table row is what help, man page and completions are made
 * of too. `--name value` and `--name=value`; `--` ends the flags; `-` is an operand. */
#ifndef MIX_FLAGS_H
#define MIX_FLAGS_H

#include "mix/base.h"

struct flag {
    const char *name; /* "--server" */
    const char
        *value;       /* "URL", or "ask|deny|grant" for a closed set, "FILE" for a path; NULL: none;
                         "[true|false]": may be left out, and is given with an equals sign only */
    const char *help; /* one line without a full stop */
    int id;           /* for the reader's switch */
};
struct flag_table {
    const struct flag *rows;
    size_t n;
};
struct flag_reader {
    int argc;
    char **argv;
    int at;                          /* the next word */
    const struct flag_table *tables; /* looked through in order */
    size_t n_tables;
    const char *usage; /* "mixtui send --help": named by complaints */
    bool plain;        /* `--` was seen */
};
struct flag_given {
    const struct flag *flag; /* NULL: an operand */
    const char *value;       /* of the flag, or the operand; borrowed from argv */
};
/* The next flag or operand. At the end both members are NULL. Fails: RC_USAGE naming the word: an
 * unknown flag, a missing value, a value where none belongs, a word outside a closed set. */
enum rc flags_next(struct flag_reader *r, struct flag_given *out, struct err *err);
/* The rows as lines of a help text. */
void flags_help(struct buf *out, const struct flag_table *table);
/* Numbers of flags. Fails: RC_USAGE naming flag and value. */
enum rc flag_number(int64_t *out, const struct flag_given *g, int64_t min, int64_t max,
                    struct err *err);
/* "1500ms", "30s", "2m", "1.5s", "0" -> ms */
enum rc flag_duration(int64_t *out, const struct flag_given *g, struct err *err);

#endif
