/* vi.h - the composer as vi has it: modes, counts, operators with motions and text objects. Keys it
 * does not know are nobody's text; those it does not want (Enter, arrows with modifiers, control
 * keys) mean what they mean without it. Part of the model floor. Main thread only. */
#ifndef MIX_VI_H
#define MIX_VI_H

#include "mix/editor.h"
#include "mix/key.h"

enum vi_mode { VI_INSERT, VI_NORMAL, VI_VISUAL, VI_LINES };
struct vi {
    enum vi_mode mode;
    const struct editor *in; /* whose keys are half typed */
    uint32_t rev;            /* of its text behind the last of them */
    uint32_t counts[2];      /* before and behind the operator; 0: none */
    uint32_t op, prefix;     /* d c y; f t r g i a that wait for their character */
    size_t anchor;           /* VISUAL: the other end */
    uint32_t found, find;    /* of ; and , */
    struct buf yanked;
    bool yanked_lines;
    /* of the last change, for `.` */
    uint32_t keys[32], last[32];
    size_t n_keys, n_last;
    size_t inserting; /* where what is being inserted began */
    struct buf inserted;
    bool again; /* `.` is under way */
};
void vi_init(struct vi *v);
void vi_fini(struct vi *v);
/* NOT: it is for somebody else */
enum vi_did { VI_NOT, VI_DONE } vi_key(struct vi *v, struct editor *e, const struct key *k);
/* The text was taken away, or another is edited: insert mode, nothing half typed. */
void vi_reset(struct vi *v);
const char *vi_word(const struct vi *v); /* "INSERT", "NORMAL" ... */
/* What is selected; false: nothing. */
bool vi_selected(const struct vi *v, const struct editor *e, size_t *from, size_t *to);

#endif
