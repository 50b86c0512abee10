/* history.h - a session's messages read into a model, as the program does it but without a worker
 * between them. */
#ifndef MIX_TESTS_HISTORY_H
#define MIX_TESTS_HISTORY_H

#include "mix/model.h"

struct loaded {
    struct effects *fx;
    struct model *m;
    uint32_t request; /* of the messages, not yet answered */
};
/* A model of one session, bench-0, that has asked for its messages. */
struct loaded history_model(int cols, int rows);
void history_load(struct loaded *l, const char *path);
struct incoming *history_answer(enum incoming_kind kind, enum op op, uint32_t id);

#endif
