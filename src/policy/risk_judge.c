/* risk_judge.c - one command: what it is, behind which others it stands, what it touches. */
#include "risk_command.h"

#include <stdlib.h>
#include <string.h>

static const struct program {
    const char *name;
    enum how how;
    enum why why;
} programs[] = {
#define PROGRAM(name, how, why) {name, HOW_##how, WHY_##why},
#include "risks.def"
};

static enum reads run(struct command *c);

/* ---- looking ---- */
static const struct program *find_program(const char *word) {
    const char *name = base(word);

    for (size_t i = 0; i < MIX_COUNT(programs); i++)
        if (programs[i].name[0] == name[0] && strcmp(programs[i].name, name) == 0)
            return &programs[i];
    if (strncmp(name, "mkfs.", 5) == 0)
        return find_program("mkfs");
    if (strncmp(name, "python3.", 8) == 0)
        return find_program("python3");
    return NULL;
}

static bool keyword(const char *s) {
    static const char *const those[] = {"if", "then", "elif", "else", "do", "while", "until",
                                        "!",  "{",    "}",    "done", "fi", "esac"};

    for (size_t i = 0; i < MIX_COUNT(those); i++)
        if (strcmp(s, those[i]) == 0)
            return true;
    return false;
}

static bool assigns(const char *s) {
    size_t i = 0;

    while ((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') || s[i] == '_' ||
           (i > 0 && s[i] >= '0' && s[i] <= '9'))
        i++;
    return i > 0 && (s[i] == '=' || (s[i] == '+' && s[i + 1] == '='));
}

bool has_option(const struct command *c, char letter, const char *name) {
    for (size_t i = 1; i < c->n; i++) {
        const char *s = text(c, i);

        if (strcmp(s, "--") == 0)
            return false;
        if (s[0] == '-' && s[1] == '-' ? name && strncmp(s + 2, name, strlen(name)) == 0
                                       : s[0] == '-' && letter && strchr(s + 1, letter))
            return true;
    }
    return false;
}

size_t first_argument(const struct command *c) {
    size_t i = 1;

    while (i < c->n && option(text(c, i)))
        i++;
    return i;
}

/* ---- words ---- */
enum where where_of(const struct command *c, size_t i) {
    const char *s = text(c, i);
    const char *value = option(s) ? strchr(s, '=') : NULL;

    if (option(s) && !value)
        return WHERE_NOWHERE;
    s = value ? value + 1 : s;
    return path_where(c->sc->look, s, strlen(s));
}

static void look_secret(const struct scan *sc, const struct word *w) {
    size_t from, to;

    if (!find_secret(word_text(sc, w), w->len, &from, &to))
        return;
    /* where nothing was taken out of the word it is known which bytes they are */
    if (w->to - w->from == w->len)
        scan_mark(sc, WHY_SECRETS, w->from + from, w->from + to);
    else
        scan_mark(sc, WHY_SECRETS, w->from, w->to);
}

static bool names_path(const char *s) {
    return s[0] == '/' || s[0] == '~' || strncmp(s, "..", 2) == 0 || strchr(s, '/');
}

void look_word(const struct command *c, size_t i, bool writes) {
    const char *s = text(c, i);
    const enum where where = where_of(c, i);

    if (writes && !option(s) && path_starts(s, strlen(s)))
        mark(c, WHY_LATER, i);
    if (where == WHERE_OUTSIDE && (names_path(s) || writes))
        mark(c, WHY_OUTSIDE, i);
    if (writes && where == WHERE_DEVICE)
        mark(c, WHY_DEVICE, i);
    if (strncmp(s, "/dev/tcp/", 9) == 0 || strncmp(s, "/dev/udp/", 9) == 0)
        mark(c, WHY_NETWORK, i);
    if (writes && !option(s) && path_system(c->sc->look, s, strlen(s)))
        mark(c, WHY_SYSTEM_FILE, i);
    if (writes && !option(s) && path_hidden_file(s, strlen(s)))
        mark(c, WHY_HIDDEN_FILE, i);
}

/* < and >: taken out of the words, so that what is left is the program and its arguments. */
static size_t redirections(struct scan *sc, size_t start, struct word *here) {
    const struct command one = {.sc = sc, .n = 1};
    size_t n = 0;

    for (size_t i = start; i < sc->n_words; i++) {
        struct command c = one;
        const struct word w = sc->words[i];

        look_secret(sc, &w);
        if (w.as == WORD_PLAIN || (w.run && w.as != WORD_TEXT)) {
            sc->words[start + n++] = w;
            continue;
        }
        c.w = &sc->words[i];
        if (w.as == WORD_TEXT)
            *here = w;
        else
            look_word(&c, 0, w.as == WORD_OUT);
    }
    return n;
}

/* ---- programs ---- */
static void go(struct command *c) {
    const size_t at = first_argument(c);

    if (at < c->n)
        look_word(c, at, false);
    if (at < c->n && !c->w[at].var)
        path_go(c->sc->look, text(c, at), c->w[at].len);
    else
        c->sc->look->lost = true;
}

static void subcommands(const struct command *c) {
    static const struct {
        const char *name, *word;
        enum why why;
    } those[] = {
#define SUBCOMMAND(name, word, why) {name, word, WHY_##why},
#include "risks.def"
    };
    const char *name = base(text(c, 0));

    for (size_t i = 0; i < MIX_COUNT(those); i++) {
        if (those[i].name[0] != name[0] || strcmp(those[i].name, name) != 0)
            continue;
        for (size_t k = 1; k < c->n && k < 8; k++)
            if (is(c, k, those[i].word))
                mark(c, those[i].why, k);
    }
}

/* ---- what runs a text ---- */
static void inner_text(struct command *c, size_t i) {
    if (c->w[i].run || (c->w[i].var && text(c, i)[0] == '$'))
        mark(c, WHY_FETCHED, i);
    scan_text(c->sc->look, text(c, i), c->w[i].len, c->sc->depth, &c->w[i], c->sc);
}

static enum reads shell(struct command *c) {
    for (size_t i = 1; i < c->n; i++) {
        const char *s = text(c, i);

        if (c->w[i].run && c->w[i].as == WORD_IN) {
            mark_all(c, WHY_FETCHED);
            return READS_ITSELF;
        }
        if (option(s) && s[1] != '-' && strchr(s, 'c') && i + 1 < c->n) {
            if (c->fed)
                mark_all(c, WHY_PIPED);
            inner_text(c, i + 1);
            return READS_ITSELF;
        }
        if (strcmp(s, "--command") == 0 && i + 1 < c->n) {
            inner_text(c, i + 1);
            return READS_ITSELF;
        }
        if (!option(s) && strcmp(s, "-") != 0 && strcmp(s, "/dev/stdin") != 0) {
            look_word(c, i, false);
            return has_option(c, 's', NULL) && c->piped ? READS_COMMANDS : READS_ITSELF;
        }
    }
    if (c->piped == PIPED_IN || c->fed)
        mark_all(c, WHY_PIPED);
    return READS_COMMANDS;
}

void judge_code(struct look *l, const char *s, size_t n, size_t from, size_t to) {
    static const struct {
        const char *text;
        enum why why;
    } those[] = {
#define CODE(text, why) {text, WHY_##why},
#include "risks.def"
    };
    size_t a, b;

    for (size_t i = 0; i < MIX_COUNT(those); i++)
        if (memmem(s, n, those[i].text, strlen(those[i].text)))
            look_mark(l, those[i].why, from, to);
    if (find_secret(s, n, &a, &b))
        look_mark(l, WHY_SECRETS, from, to);
}

/* -c, -e and the like, alone or behind other letters: `-pie`, `-Ic`. */
static bool takes_code(const char *s) {
    const size_t n = strlen(s);

    if (strcmp(s, "--eval") == 0 || strcmp(s, "-r") == 0)
        return true;
    return s[0] == '-' && s[1] != '-' && n >= 2 && n <= 5 && (s[n - 1] == 'e' || s[n - 1] == 'c');
}

static void judge_word(const struct command *c, const struct word *w) {
    judge_code(c->sc->look, word_text(c->sc, w), w->len, c->sc->inner ? c->sc->from : w->from,
               c->sc->inner ? c->sc->to : w->to);
}

static enum reads language(struct command *c) {
    for (size_t i = 1; i < c->n; i++) {
        const char *s = text(c, i);

        if (c->w[i].run && c->w[i].as == WORD_IN) {
            mark_all(c, WHY_FETCHED);
            return READS_ITSELF;
        }
        if (takes_code(s) && i + 1 < c->n) {
            mark(c, WHY_LANGUAGE, 0);
            if (c->w[i + 1].run)
                mark(c, WHY_FETCHED, i + 1);
            judge_word(c, &c->w[i + 1]);
            return READS_ITSELF;
        }
        if (!option(s) && strcmp(s, "-") != 0) {
            look_word(c, i, false);
            return READS_ITSELF;
        }
    }
    if (c->piped == PIPED_IN && c->n <= (is(c, 1, "-") ? 2U : 1U))
        mark_all(c, WHY_PIPED);
    return READS_CODE;
}

static void source(struct command *c) {
    if (c->n < 2)
        return;
    if (c->w[1].run)
        mark_all(c, WHY_FETCHED);
    look_word(c, 1, false);
}

static void evaluate(struct command *c) {
    for (size_t i = 1; i < c->n; i++)
        inner_text(c, i);
}

/* ---- in front of others ---- */
/* The word at which the command inside begins: the first that is known, else the first that is no
 * option, no assignment and no number. */
static size_t inner_command(const struct command *c, size_t from) {
    size_t first = c->n;

    for (size_t i = from; i < c->n; i++) {
        const char *s = text(c, i);

        if (find_program(s) && !option(s))
            return i;
        const bool skipped = option(s) || assigns(s) || strspn(s, "0123456789.smhd") == strlen(s);

        if (first == c->n && !skipped)
            first = i;
    }
    return first;
}

static enum reads behind(const struct command *c, size_t from, bool fed) {
    struct command sub = *c;

    if (from >= c->n || c->depth >= DEPTH_MAX)
        return READS_ITSELF;
    sub.w += from;
    sub.n -= from;
    sub.fed = fed;
    sub.depth++;
    return run(&sub);
}

static enum reads wrapper(struct command *c, const struct program *p) {
    if (p->how == HOW_ENV && has_option(c, 'S', "split-string"))
        mark_all(c, WHY_UNREADABLE);
    const size_t at = inner_command(c, 1);

    if (p->how == HOW_ENV && at == c->n)
        mark(c, WHY_ENVIRONMENT, 0);
    if (p->why == WHY_ROOT && at == c->n)
        return READS_COMMANDS; /* sudo -s: a shell */
    return behind(c, at, c->fed || p->how == HOW_XARGS);
}

static bool removes(const char *name) {
    const struct program *p = find_program(name);

    return p && p->how == HOW_REMOVE;
}

static void find(struct command *c) {
    bool outside = false;

    for (size_t i = 1; i < c->n && !option(text(c, i)); i++) {
        look_word(c, i, false);
        outside = outside || far(where_of(c, i)) || c->w[i].var;
    }
    for (size_t i = 1; i < c->n; i++) {
        const char *s = text(c, i);

        if (strcmp(s, "-delete") == 0)
            mark_all(c, outside ? WHY_REMOVES_OUTSIDE : WHY_REMOVES);
        if (strncmp(s, "-exec", 5) == 0 || strncmp(s, "-ok", 3) == 0 || strcmp(s, "-x") == 0 ||
            strcmp(s, "-X") == 0) {
            (void)behind(c, i + 1, outside);
            if (outside && i + 1 < c->n && removes(text(c, i + 1)))
                mark_all(c, WHY_REMOVES_OUTSIDE);
            break;
        }
    }
}

static void remote(struct command *c) {
    const size_t at = inner_command(c, 1);

    if (at + 1 >= c->n)
        return;
    for (size_t i = at + 1; i < c->n; i++)
        if (!option(text(c, i)) && c->w[i].quoted)
            inner_text(c, i);
    struct command sub = *c;

    sub.w += at;
    sub.n -= at;
    (void)behind(&sub, inner_command(&sub, 1), false);
}

/* What of the arguments is written: all, the last ones from there on, or none. */
static size_t written_from(const struct command *c, const struct program *p) {
    if (p && p->how == HOW_COPIES && !has_option(c, 't', "target-directory"))
        return c->n - 1;
    if (p && (p->how == HOW_WRITES || p->how == HOW_COPIES ||
              (p->how == HOW_SCRIPT && has_option(c, 'i', "in-place"))))
        return 0;
    return c->n;
}

static void arguments(const struct command *c, const struct program *p) {
    const bool has_script = p && (p->how == HOW_SCRIPT || p->how == HOW_AWK);
    const size_t script = has_script ? first_argument(c) : c->n, from = written_from(c, p);

    for (size_t i = 1; i < c->n && !(p && p->how == HOW_PRINTS); i++)
        if (i != script)
            look_word(c, i, i >= from);
    if (p && p->how == HOW_AWK && script < c->n)
        judge_word(c, &c->w[script]);
}

/* ---- one of them ---- */
/* A variable that makes every program run something more. */
static bool injects(const char *assignment) {
    static const char *const those[] = {
#define INJECTS(name) name "=",
#include "risks.def"
    };

    for (size_t i = 0; i < MIX_COUNT(those); i++)
        if (strncmp(assignment, those[i], strlen(those[i])) == 0)
            return true;
    return false;
}

static void sets(const struct command *c) {
    if (c->n == 1 || is(c, 1, "-p") || is(c, 1, "-x"))
        mark(c, WHY_ENVIRONMENT, 0);
    for (size_t i = 1; i < c->n; i++)
        if (injects(text(c, i)))
            mark(c, WHY_INJECTS, i);
}

static enum reads run_program(struct command *c, const struct program *p) {
    switch (p->how) {
    case HOW_WRAPPER:
    case HOW_ENV:
    case HOW_XARGS:
        return wrapper(c, p);
    case HOW_FIND:
        find(c);
        break;
    case HOW_SHELL:
        return shell(c);
    case HOW_EVAL:
        evaluate(c);
        break;
    case HOW_SOURCE:
        source(c);
        break;
    case HOW_LANGUAGE:
        return language(c);
    case HOW_REMOTE:
        remote(c);
        break;
    case HOW_REMOVE:
        judge_remove(c);
        break;
    case HOW_SETS:
        sets(c);
        break;
    case HOW_MODES:
        judge_modes(c);
        break;
    case HOW_DD:
        judge_blocks(c);
        break;
    case HOW_GOES:
        go(c);
        break;
    case HOW_GIT:
        judge_git(c);
        break;
    case HOW_KILL:
        if (is(c, c->n - 1, "-1") && c->n > 2)
            mark_all(c, WHY_HALTS);
        break;
    case HOW_PLAIN:
    case HOW_WRITES:
    case HOW_COPIES:
    case HOW_SCRIPT:
    case HOW_AWK:
    case HOW_PRINTS:
        arguments(c, p);
        break;
    }
    return READS_ITSELF;
}

static enum reads run(struct command *c) {
    while (c->n > 0 && (keyword(text(c, 0)) || assigns(text(c, 0)))) {
        if (injects(text(c, 0)))
            mark(c, WHY_INJECTS, 0);
        c->w++;
        c->n--;
    }
    if (c->n == 0)
        return READS_ITSELF;
    const char *name = text(c, 0);
    const struct word *w = &c->w[0];
    const bool test = strcmp(name, "[") == 0 || strcmp(name, "[[") == 0;

    if ((w->var || w->glob || w->brace) && !test && !(w->as == WORD_IN))
        mark(c, WHY_UNREADABLE, 0);
    if (c->sc->look->function[0] && strcmp(name, c->sc->look->function) == 0 &&
        c->piped == PIPED_IN)
        mark_all(c, WHY_BOMB);
    const struct program *p = w->as == WORD_IN ? NULL : find_program(name);

    subcommands(c);
    if (!p) {
        if (strcmp(name, "for") != 0 && strcmp(name, "case") != 0)
            arguments(c, NULL);
        return READS_ITSELF;
    }
    mark(c, p->why, 0);
    return run_program(c, p);
}

static bool opens_all(const struct program *p, const char *second) {
    const bool script = second[0] && second[0] != '-' && second[0] != '*';

    switch (p->how) {
    case HOW_WRAPPER:
    case HOW_ENV:
    case HOW_XARGS:
    case HOW_FIND:
    case HOW_EVAL:
    case HOW_SOURCE:
    case HOW_REMOTE:
    case HOW_REMOVE:
    case HOW_DD:
        return true;
    case HOW_SHELL:
    case HOW_LANGUAGE:
        return !script;
    case HOW_PLAIN:
    case HOW_WRITES:
    case HOW_COPIES:
    case HOW_SCRIPT:
    case HOW_AWK:
    case HOW_PRINTS:
    case HOW_SETS:
    case HOW_MODES:
    case HOW_GOES:
    case HOW_GIT:
    case HOW_KILL:
        break;
    }
    return p->why == WHY_ROOT;
}

bool policy_opens_all(const char *beginning) {
    const size_t n = strcspn(beginning, " *");
    auto_free char *first = xstrndup(beginning, n);
    const struct program *p = find_program(first);

    return assigns(first) || (p && opens_all(p, beginning + n + strspn(beginning + n, " ")));
}

enum reads judge(struct scan *sc, size_t start, enum piped piped) {
    struct command c = {.sc = sc, .piped = piped, .depth = sc->depth};
    struct word here = {.as = WORD_PLAIN};

    c.n = redirections(sc, start, &here);
    c.w = sc->words + start;
    const enum reads reads = c.n > 0 ? run(&c) : READS_ITSELF;

    if (here.as != WORD_TEXT || reads == READS_ITSELF)
        return reads;
    if (here.var)
        scan_mark(sc, WHY_FETCHED, here.from, here.to);
    if (reads == READS_CODE)
        judge_word(&c, &here);
    else
        scan_text(sc->look, word_text(sc, &here), here.len, sc->depth, &here, sc);
    return reads;
}
