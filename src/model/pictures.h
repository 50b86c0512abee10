/* pictures.h - what the doors of the model tell the pictures. Private to the floor. */
#ifndef MIX_MODEL_PICTURES_H
#define MIX_MODEL_PICTURES_H

#include "mix/picture.h"
#include "private.h"

void pictures_init(struct model *m);
void pictures_fini(struct model *m);
/* Of the file with that name, or all (NULL): they may have changed. */
void pictures_forget(struct model *m, const char *name);
void pictures_painted(struct model *m); /* a frame is out */
/* false: it is none of theirs */
bool picture_reply(struct model *m, const struct incoming *in, struct effects *fx);
void picture_task(struct model *m, const struct task *t);
void pictures_tick(struct model *m, struct effects *fx);
int64_t pictures_next(const struct model *m); /* -1: nothing is due */

#endif
