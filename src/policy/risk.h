/* risk.h - what the files of risk_look share. Private to it.
 *
 *   risk.c       tools other than a shell; the marks   risk_scan.c   a shell text, into commands
 *   risk_judge.c one command                           risk_path.c   paths and secrets
 *   risk_files.c programs that remove and the like     risk_git.c    git */
#ifndef MIX_POLICY_RISK_H
#define MIX_POLICY_RISK_H

#include "mix/policy.h"

enum why {
#define RISK(id, level, why) WHY_##id,
#include "risks.def"
    WHY_COUNT
};
/* How the arguments of a program are read. */
enum how {
    HOW_PLAIN,
    HOW_WRAPPER, /* another command follows */
    HOW_ENV,     /* the same, and alone it prints everything */
    HOW_XARGS,   /* the same, with arguments that nobody sees here */
    HOW_FIND,
    HOW_SHELL, /* -c TEXT, a file, or what comes in */
    HOW_EVAL,
    HOW_SOURCE,
    HOW_LANGUAGE, /* -c or -e TEXT, a file, or what comes in */
    HOW_REMOTE,   /* a host, then a command */
    HOW_REMOVE,
    HOW_WRITES,
    HOW_COPIES, /* only the last argument is written, or what -t says */
    HOW_SCRIPT, /* the first argument is no path */
    HOW_AWK,    /* ... and a program */
    HOW_PRINTS, /* none is */
    HOW_SETS,
    HOW_MODES,
    HOW_DD,
    HOW_GOES,
    HOW_GIT,
    HOW_KILL,
};

/* ---- risk.c ---- */
struct look {
    const struct ruling_ask *ask;
    struct risk_mark *out;
    size_t n, max, severe; /* severe ones stand first */
    struct buf dir;        /* where the command is by now; empty: not known */
    bool home;             /* ... in the session's directory or below */
    bool lost;             /* it went where nobody can tell from the text */
    char function[32];     /* the one that was defined last */
    size_t commands;       /* so far */
    size_t work;           /* bytes that inner texts may have in all */
};
void look_mark(struct look *l, enum why why, size_t from, size_t to);

/* ---- risk_scan.c ---- */
struct word {
    size_t from, to; /* in the text */
    size_t off, len; /* without its quotes, in scan.text */
    bool var;        /* something in it is not known here: a variable, what a command prints */
    bool run;        /* ... the latter */
    bool glob, brace, quoted;
    enum { WORD_PLAIN, WORD_OUT, WORD_IN, WORD_TEXT } as; /* TEXT: <<< */
};
/* What a command does with what comes in. */
enum reads { READS_ITSELF, READS_COMMANDS, READS_CODE };
enum { DOCS = 8, DOC_END = 64, DEPTH_MAX = 24 };
struct scan {
    struct look *look;
    const char *s;
    size_t n, at;
    struct word *words;
    size_t n_words, cap_words;
    struct buf text;
    int depth;
    bool inner; /* a text within the text: marks are of all of it */
    size_t from, to;
    struct doc {
        char end[DOC_END];
        bool raw, dash;
        enum reads into;
    } docs[DOCS];
    size_t n_docs;
};
void scan_mark(const struct scan *sc, enum why why, size_t from, size_t to);
static inline const char *word_text(const struct scan *sc, const struct word *w) {
    return buf_str(&sc->text) + w->off;
}
/* A text with commands; inner: from..to are of the word that it is of. */
void scan_text(struct look *l, const char *s, size_t n, int depth, const struct word *of,
               const struct scan *outer);

/* ---- risk_judge.c ---- */
/* The words behind the scan's `start`. */
enum piped { PIPED_NOT, PIPED_IN };
enum reads judge(struct scan *sc, size_t start, enum piped piped);
/* A program text of another language. */
void judge_code(struct look *l, const char *s, size_t n, size_t from, size_t to);

/* ---- risk_path.c ---- */
enum where { WHERE_INSIDE, WHERE_OUTSIDE, WHERE_DEVICE, WHERE_NOWHERE };
/* Where a path leads from where the command is. */
enum where path_where(const struct look *l, const char *s, size_t n);
void path_go(struct look *l, const char *s, size_t n); /* cd */
bool path_hidden_file(const char *s, size_t n);
/* It is outside, and where the system has its own files. */
bool path_system(const struct look *l, const char *s, size_t n);
bool path_starts(const char *s, size_t n); /* a file that is run by itself later */
/* A secret in it: its bytes; false: none. */
bool find_secret(const char *s, size_t n, size_t *from, size_t *to);
bool private_name(const char *s, size_t n);

#endif
