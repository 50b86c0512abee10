/* vi.h - between vi.c and vi_motion.c. */
#ifndef MIX_MODEL_VI_H
#define MIX_MODEL_VI_H

#include "editing.h"
#include "mix/vi.h"

enum span_kind { SPAN_UP_TO, SPAN_WITH, SPAN_LINES }; /* whether the character there is in it */
struct span {
    size_t from, to; /* motions: `to` is where the caret goes */
    enum span_kind kind;
};
/* `key` is of a motion, `with` its character (f t g) or 0. False: there is none, or nothing there.
 */
bool vi_motion(struct vi *v, struct editor *e, uint32_t key, uint32_t with, size_t count,
               struct span *out);
/* i or a, and what of. */
bool vi_object(const struct editor *e, uint32_t how, uint32_t what, size_t count, struct span *out);
size_t vi_first_mark(const struct editor *e, size_t at); /* first non-blank of its line */
bool vi_wants_character(uint32_t key);

#endif
