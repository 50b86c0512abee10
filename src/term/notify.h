/* notify.h - private to the term floor: what makes a terminal show a title, or a notice on the
 * desktop. Pure. */
#ifndef MIX_TERM_NOTIFY_H
#define MIX_TERM_NOTIFY_H

#include "mix/attend.h"

enum { NOTIFY_TITLE = 160, NOTIFY_TEXT = 400 }; /* bytes of each at most */
/* Nothing in the texts ends the sequence or begins another one: controls and semicolons are
 * replaced, what is too long is cut on a character. DESKTOP_AUTO and OFF append nothing. */
void notify_sequence(struct buf *out, enum desktop how, const char *title, const char *text);
void notify_title(struct buf *out, const char *title);

#endif
