/* ini.h - reads `[section]` / `key = value` texts (themes, config) through inih, with what inih
 * lacks: line numbers, whole long values reported instead of cut, and no inline comments inside
 * values. Pure: the caller has read the file. */
#ifndef MIX_INI_H
#define MIX_INI_H

#include "mix/base.h"

struct ini_item {
    const char *section, *key, *value; /* borrowed for the call; value trimmed */
    int line;                          /* 1-based */
};
/* Called for each key; returns NULL when it is fine, else a complaint (static or borrowed until the
 * next call). */
typedef const char *ini_handler(void *ctx, const struct ini_item *item);
/* Reads all of it, collecting every complaint as `NAME:LINE: text\n` into complaints (may be NULL).
 * Returns how many there were. A line over 190 bytes is a complaint. */
int ini_read(const char *name, const char *text, size_t n, ini_handler *handler, void *ctx,
             struct buf *complaints);

#endif
