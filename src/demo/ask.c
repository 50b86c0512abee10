/* ask.c - what turns wait for: permissions and notifications. They live only here and are listed
 * nowhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"

struct ask *ask_new(struct demo *d, const char *session, int64_t wait_ms) {
    struct ask *a = xcalloc(1, sizeof *a);
    new_id(a->id);
    snprintf(a->session, sizeof a->session, "%s", session);
    a->deadline = clock_now() + wait_ms;
    a->next = d->asks;
    d->asks = a;
    return a;
}

bool ask_answer(struct demo *d, const char *id, enum answer answer, const char *value) {
    bool notification = answer == ANSWER_TEXT;
    for (struct ask *a = d->asks; a; a = a->next) {
        if (strcmp(a->id, id) != 0 || a->notification != notification || a->answer != ANSWER_NONE ||
            clock_now() >= a->deadline)
            continue;
        a->answer = answer;
        snprintf(a->value, sizeof a->value, "%s", value ? value : "");
        pthread_cond_broadcast(&d->changed);
        return true;
    }
    return false;
}

void ask_free(struct demo *d, struct ask *ask) {
    struct ask **at = &d->asks;
    while (*at != ask)
        at = &(*at)->next;
    *at = ask->next;
    free(ask);
}
