/* rows.h - messages of the server as entries: built, compared, copied. Private to the model floor.
 */
#ifndef MIX_MODEL_ROWS_H
#define MIX_MODEL_ROWS_H

#include "history.h"

/* nothing to show: a tool row only chains, an answer may have failed at once */
bool row_hidden(const struct message *m);
size_t row_parts(const struct message *m); /* room for them is enough */
/* `parts` has that room; few texts need the arena. Segment and server_index are the caller's. */
void row_build(struct entry *e, const struct message *m, struct part *parts, struct arena *a);

enum call_state row_state(enum call_state old, const struct part *row, bool last);
bool row_same(const struct entry *shown,
              const struct entry *row);                     /* showing the row changes nothing */
bool part_same(const struct part *a, const struct part *b); /* all but state and fold */
bool entry_same_head(const struct entry *a, const struct entry *b);
bool entry_same_text(const struct entry *a, const struct entry *b); /* who and what was said */

size_t row_bytes(const struct entry *e); /* of its strings */
/* Into parts and strings of its own; *room moves on by row_bytes. */
void row_copy(struct entry *e, struct part *parts, char **room);

#endif
