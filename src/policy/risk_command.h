/* risk_command.h - one command, as risk_judge.c and its neighbours look at it. Private to them. */
#ifndef MIX_POLICY_RISK_COMMAND_H
#define MIX_POLICY_RISK_COMMAND_H

#include <string.h>

#include "risk.h"

struct command {
    struct scan *sc;
    const struct word *w; /* the program, then its arguments */
    size_t n;
    enum piped piped;
    bool fed; /* it has arguments that do not stand here */
    int depth;
};

static inline const char *text(const struct command *c, size_t i) {
    return word_text(c->sc, &c->w[i]);
}

static inline bool is(const struct command *c, size_t i, const char *what) {
    return i < c->n && strcmp(text(c, i), what) == 0;
}

static inline void mark(const struct command *c, enum why why, size_t i) {
    scan_mark(c->sc, why, c->w[i].from, c->w[i].to);
}

/* The command from its program to its last word. */
static inline void mark_all(const struct command *c, enum why why) {
    scan_mark(c->sc, why, c->w[0].from, c->w[c->n - 1].to);
}

static inline const char *base(const char *s) {
    const char *slash = strrchr(s, '/');

    return slash ? slash + 1 : s;
}

static inline bool option(const char *s) { return s[0] == '-' && s[1] != '\0'; }

/* -x among letters that stand together, or --long. */
bool has_option(const struct command *c, char letter, const char *name);

size_t first_argument(const struct command *c);
enum where where_of(const struct command *c, size_t i);
static inline bool far(enum where where) { return where == WHERE_OUTSIDE || where == WHERE_DEVICE; }

void look_word(const struct command *c, size_t i, bool writes);

/* ---- risk_files.c ---- */
void judge_remove(struct command *c);
void judge_modes(struct command *c);
void judge_blocks(struct command *c);

/* ---- risk_git.c ---- */
void judge_git(struct command *c);

#endif
