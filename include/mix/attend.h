/* attend.h - what deserves attention beyond the screen, and the ways to call for it: what the
 * configuration says, what the model tells and what the terminal sends. Plain data, base floor. */
#ifndef MIX_ATTEND_H
#define MIX_ATTEND_H

#include "mix/base.h"

enum attend_kind { ATTEND_APPROVAL, ATTEND_QUESTION, ATTEND_ERROR, ATTEND_FINISHED, ATTEND_COUNT };
/* Which sequence makes the terminal show a notice on the desktop. AUTO: what it is known to take.
 */
enum desktop { DESKTOP_AUTO, DESKTOP_OFF, DESKTOP_OSC9, DESKTOP_OSC777, DESKTOP_OSC99 };

/* Zeroed: the defaults. */
struct attend_config {
    const char *hook;       /* a command for sh; NULL: none */
    bool off[ATTEND_COUNT]; /* nothing is told of these */
    bool silent;            /* no bell */
    enum desktop desktop;
};
static inline const char *attend_word(enum attend_kind kind) {
    static const char *const words[ATTEND_COUNT] = {
        [ATTEND_APPROVAL] = "approval",
        [ATTEND_QUESTION] = "question",
        [ATTEND_ERROR] = "error",
        [ATTEND_FINISHED] = "finished",
    };

    return kind < ATTEND_COUNT ? words[kind] : "";
}

/* Something happened. Strings are owned, clean single lines. */
struct attend {
    enum attend_kind kind;
    char *session, *title; /* its id and title */
    char *text;            /* "asks for Bash: make": begins with a word of ours */
};

#endif
