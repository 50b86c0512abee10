/* copies.h - the texts a message has for copying, quoting and piping. Private to the model floor.
 */
#ifndef MIX_MODEL_COPIES_H
#define MIX_MODEL_COPIES_H

#include "private.h"

enum copy_kind {
    COPY_MESSAGE, /* all its text, as Markdown */
    COPY_TEXT,    /* of one part of several */
    COPY_THINKING,
    COPY_CODE, /* a fenced block */
    COPY_LINK,
    COPY_ARGUMENT, /* one string of a call's input: a command, a path, a text */
    COPY_INPUT,    /* all of it, JSON */
    COPY_OUTPUT,
    COPY_DIFF,
    COPY_CALL_ID,
    COPY_MESSAGE_ID,
    COPY_SESSION_ID,
    COPY_TITLE,
};
enum { COPY_NOT_OF_A_PART = -1 };
struct copy_item {
    enum copy_kind kind;
    int part;         /* of the entry; COPY_NOT_OF_A_PART */
    int nth;          /* of its kind in the part */
    const char *name; /* for people */
    const char *more; /* language, label of a link; NULL: none */
    const char *text;
    size_t n;
};
struct copy_list {
    struct copy_item *v;
    size_t n, cap;
    struct copy_item beyond; /* the cap: thrown away */
    size_t compared;         /* bytes of inputs that were made diffs of */
    struct arena arena;      /* of what is not borrowed from the transcript */
};
/* Every text there is, those of the message first. Borrows from the transcript: not to be kept. */
void copies_of(struct copy_list *out, const struct session *s, const struct entry *e);
void copies_fini(struct copy_list *l);
/* The selected entry of the shown thread, NULL: none. */
const struct entry *copy_entry(const struct model *m);
/* Of which the list of copies on top shows one under its cursor; false: no such list is open. */
bool copy_chosen(const struct model *m, struct copy_list *l, const struct copy_item **item);
/* What `copy` without further questions means: the selected call's output or input, else the text
 * of the message. NULL: it has none. */
const struct copy_item *copies_main(const struct copy_list *l, const struct entry *e,
                                    size_t sel_part);
/* "12 lines (1.2 kB)" */
void say_extent(struct buf *out, const char *s, size_t n);

#endif
