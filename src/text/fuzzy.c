/* fuzzy.c - subsequence match with a score: the best alignment by dynamic programming. */
#include "utf8.h"

#include <utf8proc.h>

enum {
    MAX_QUERY =
        64, /* code points of one word that count; more than anybody types to find something */
    MAX_LINE = 1024, /* code points of the line in which the best alignment is looked for */
    SCORE_MATCH = 16,
    GAP_START = -3,
    GAP_MORE = -1,
    BONUS_START = 10, /* begins the line or follows a blank */
    BONUS_PATH = 9,   /* follows / . _ - and the like */
    BONUS_CAMEL = 7,  /* aB, a1 */
    BONUS_RUN = 4,    /* follows the match before it */
    FIRST_FACTOR = 2, /* the first letter of the query counts twice */
    POINT = 64,       /* one point in the result; earliness and shortness decide below it */
    IMPOSSIBLE = -100000,
};

enum kind { KIND_BLANK, KIND_MARK, KIND_LOWER, KIND_UPPER, KIND_DIGIT, KIND_OTHER };

struct line {
    uint32_t cp[MAX_LINE], low[MAX_LINE];
    int16_t bonus[MAX_LINE];
    int n;
};

struct word {
    uint32_t cp[MAX_QUERY];
    int n;
    bool exact; /* has a capital letter: case counts */
};

/* Best alignment that ends at a position: its score, where it began, and the bonus of its last run.
 */
struct cell {
    int score, start, run_bonus;
};

static uint32_t lower(uint32_t cp) {
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
}

static enum kind kind_of(uint32_t cp) {
    if (cp == ' ' || cp == '\t' || cp == 0xa0 || cp == 0x3000)
        return KIND_BLANK;
    if (cp >= '0' && cp <= '9')
        return KIND_DIGIT;
    if (cp < 0x80 && !((cp | 32) >= 'a' && (cp | 32) <= 'z'))
        return KIND_MARK;
    if (lower(cp) != cp)
        return KIND_UPPER;
    if (cp < 0x80 || (uint32_t)utf8proc_toupper((utf8proc_int32_t)cp) != cp)
        return KIND_LOWER;
    return KIND_OTHER;
}

static int bonus_between(enum kind before, enum kind here) {
    if (here == KIND_BLANK || here == KIND_MARK)
        return before == KIND_BLANK ? BONUS_RUN : 0;
    if (before == KIND_BLANK)
        return BONUS_START;
    if (before == KIND_MARK)
        return BONUS_PATH;
    if (before == KIND_LOWER && here == KIND_UPPER)
        return BONUS_CAMEL;
    return before != KIND_DIGIT && here == KIND_DIGIT ? BONUS_CAMEL : 0;
}

static void read_line(struct line *line, const char *s) {
    enum kind before = KIND_BLANK;

    line->n = 0;
    while (*s && line->n < MAX_LINE) {
        size_t used;
        /* s is NUL-terminated, so that a cut sequence stops at the NUL. */
        const uint32_t cp = byte_ascii(*s) ? (used = 1, (uint32_t)*s) : text_decode(s, 4, &used);
        const enum kind here = kind_of(cp);

        line->cp[line->n] = cp;
        line->low[line->n] = lower(cp);
        line->bonus[line->n++] = (int16_t)bonus_between(before, here);
        before = here;
        s += used;
    }
}

/* Next word of the query; false at its end. */
static bool read_word(struct word *word, const char **query) {
    const char *s = *query;

    *word = (struct word){0};
    while (*s == ' ' || *s == '\t')
        s++;
    while (*s && *s != ' ' && *s != '\t') {
        size_t used;
        const uint32_t cp = text_decode(s, 4, &used);

        if (word->n < MAX_QUERY)
            word->cp[word->n++] = cp;
        word->exact = word->exact || lower(cp) != cp;
        s += used;
    }
    *query = s;
    return word->n > 0;
}

/* Is the word there at all? Looks at the whole line, however long. */
static bool is_subsequence(const struct word *word, const char *s) {
    int found = 0;

    while (*s && found < word->n) {
        size_t used = 1;
        const uint32_t cp = byte_ascii(*s) ? (uint32_t)*s : text_decode(s, 4, &used);

        if ((word->exact ? cp : lower(cp)) == word->cp[found])
            found++;
        s += used;
    }
    return found == word->n;
}

/* Cell of query letter i at position j, from the cell of letter i-1 before it and the best one with
 * a gap. */
static struct cell place(const struct line *line, int i, int j, struct cell before,
                         struct cell gapped) {
    const int bonus = line->bonus[j];

    if (i == 0)
        return (struct cell){SCORE_MATCH + FIRST_FACTOR * bonus, j, bonus};
    struct cell best = {IMPOSSIBLE, 0, 0};

    if (before.score > IMPOSSIBLE / 2) {
        int run = before.run_bonus > bonus ? before.run_bonus : bonus;

        if (run < BONUS_RUN)
            run = BONUS_RUN;
        best = (struct cell){before.score + SCORE_MATCH + run, before.start, run};
    }
    if (gapped.score > IMPOSSIBLE / 2 && gapped.score + SCORE_MATCH + bonus > best.score)
        best = (struct cell){gapped.score + SCORE_MATCH + bonus, gapped.start, bonus};
    return best;
}

/* Best alignment of the word within line; its score is IMPOSSIBLE when there is none. */
static struct cell align(const struct word *word, const struct line *line) {
    static const struct cell none = {IMPOSSIBLE, 0, 0};
    const uint32_t *letters = word->exact ? line->cp : line->low;
    struct cell at[MAX_LINE]; /* at[j]: the letters so far, the last of them at j */
    struct cell best = none;

    for (int i = 0; i < word->n; i++) {
        struct cell before = none, gapped = none;

        best = none;
        for (int j = 0; j < line->n; j++) {
            const struct cell old = i > 0 ? at[j] : none;

            at[j] = letters[j] == word->cp[i] ? place(line, i, j, before, gapped) : none;
            if (at[j].score > best.score)
                best = at[j];
            /* A gap opens after `before`, or the open one grows. */
            gapped.score += GAP_MORE;
            if (before.score + GAP_START > gapped.score)
                gapped = (struct cell){before.score + GAP_START, before.start, 0};
            if (gapped.score < IMPOSSIBLE)
                gapped.score = IMPOSSIBLE;
            before = old;
        }
    }
    return best;
}

static int score_of(struct cell best) {
    const int score = best.score > 1 ? best.score : 1;
    const int late = best.start < POINT / 2 - 1 ? best.start : POINT / 2 - 1;

    return score * POINT + (POINT / 2 - 1 - late);
}

int text_fuzzy(const char *query, const char *line) {
    const char *rest = query;
    struct word word;
    int words = 0;

    while (read_word(&word, &rest)) {
        if (!is_subsequence(&word, line))
            return 0;
        words++;
    }
    if (words == 0)
        return 1;
    struct line decoded;
    int total = 0;

    read_line(&decoded, line);
    for (rest = query; read_word(&word, &rest);)
        total += score_of(align(&word, &decoded));
    return total + (decoded.n / 8 < POINT / 2 ? POINT / 2 - 1 - decoded.n / 8 : 0);
}
