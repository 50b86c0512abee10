/* history.h - what transcript.c, stage.c and tools.c share. Private to the model floor. */
#ifndef MIX_MODEL_HISTORY_H
#define MIX_MODEL_HISTORY_H

#include "mix/transcript.h"

#define PART_TEXT_MAX (16 * MIX_MIB)

/* Owner of the strings of some entries: of a chunk of GET messages, or of one live entry. */
struct segment {
    struct arena arena;
    struct part *parts; /* where the parts of the entries of a chunk lie */
    uint32_t refs;      /* entries that point into it */
};
struct segment *segment_new(void); /* one reference */
void segment_release(struct segment *s);

void entry_fini(struct entry *e);
struct part *entry_add(struct entry *e, enum part_kind kind); /* moves borrowed parts out first */
struct part *entry_call(const struct entry *e, const char *call_id);
struct part *entry_first(const struct entry *e, enum part_kind kind);
struct entry *transcript_append(struct transcript *t, const struct entry *e);
void part_changed(struct transcript *t, struct part *p);
bool part_call_open(const struct part *p); /* a call whose end nobody has told yet */

/* A user row as a person wrote it: without the system's reminder, out of its JSON wrapping. The
 * result points into `raw` or, rarely, into the arena. */
void user_text(struct arena *a, const char *raw, const char **text, size_t *len);

#endif
